//! What a row of attendance says of a child, and what is wrong with it by itself.

use schemas::{
    code::{AttendanceCode, Code, SchoolSession, SuspensionCategory},
    date::{AcademicYear, Date},
    diagnostic::Rule,
    record::{AttendanceMark, AttendanceSummary, AttendanceSummaryMore, Enrolment, Suspension},
    reflect::Number,
    said::Said,
};

use crate::{
    attendance::tables::{Action, DayRow, MarkRow, SummaryRow, SuspensionRow},
    document::{Says, Telling},
    records::ChildRecords,
    rules,
    wire::{Estab, Mark, Percent, Urn},
};

/// Marks of more than so many school years before are odd.
const SCHOOL_YEARS_MAX: u16 = 2;
/// A suspension is of at most so many sessions in a school year: 45 days (Education Act 2002, section 51A regulations).
const SUSPENSION_SESSIONS_MAX: u16 = 90;
/// A told percentage may differ by so many hundredths from the computed one.
const PERCENT_HUNDREDTHS_MAX: u32 = 50;
/// The sessions of a suspension may differ by so many from the days it takes.
const SESSIONS_OF_DATES_MAX: u32 = 2;

/// A school as three columns name it.
#[derive(Clone, PartialEq)]
pub(crate) struct School {
    urn: Said<Urn>,
    laestab: Said<Estab>,
    name: Said<Box<str>>,
}

impl School {
    /// A school of these columns.
    pub(super) fn of(urn: Said<Urn>, laestab: Said<Estab>, name: &Said<Box<str>>) -> Self {
        Self { urn, laestab, name: name.clone() }
    }

    /// Whether any of them names it.
    pub(super) fn is_named(&self) -> bool {
        self.urn.has_value() || self.laestab.has_value() || self.name.has_value()
    }

    /// That the child is at this school.
    pub(crate) fn enrolment(&self) -> Enrolment {
        Enrolment {
            school_urn: self.urn.map(|urn| urn.0),
            school_laestab: self.laestab.map(|number| number.0),
            school_name: self.name.clone(),
            ..Enrolment::default()
        }
    }
}

impl Says for MarkRow {
    const ODD_COLUMNS: &'static [&'static str] = &["session", "code"];

    fn oddity(&self) -> Option<(&'static Rule, &'static str)> {
        let (Said::Is(session), Said::Is(mark)) = (self.session, self.code) else { return None };
        (mark.0 != of_session(mark.0, session.0)).then_some((&rules::PRESENT_SLASH, "code"))
    }

    fn says(self, row: &mut Telling<'_>, child: &mut ChildRecords) {
        let school = School::of(self.school_urn, self.school_laestab, &self.school_name);
        let (Said::Is(date), Said::Is(session)) = (self.date, self.session) else { return };
        let retracts = self.action == Said::Is(Action::Delete);
        let mark = SessionMark {
            date,
            session: session.0,
            code: self.code,
            minutes_late: self.minutes_late,
            retracts,
            column: "code",
        };
        let recorded = AttendanceMark {
            recorded_at: self.recorded_at,
            recorded_by: self.recorded_by.map(|by| by.0),
            ..AttendanceMark::default()
        };
        // A word that is neither puts nor takes back: the mark would be put where it was to be taken back.
        if self.action != Said::Unreadable {
            mark.says(&school, recorded, row, child);
        }
    }
}

impl Says for DayRow {
    const ODD_COLUMNS: &'static [&'static str] = &["am", "pm"];

    fn oddity(&self) -> Option<(&'static Rule, &'static str)> {
        let halves = [(self.am, SchoolSession::Morning, "am"), (self.pm, SchoolSession::Afternoon, "pm")];
        halves.into_iter().find_map(|(mark, session, column)| {
            let Said::Is(mark) = mark else { return None };
            (mark.0 != of_session(mark.0, session)).then_some((&rules::PRESENT_SLASH, column))
        })
    }

    fn says(self, row: &mut Telling<'_>, child: &mut ChildRecords) {
        let school = School::of(self.school_urn, self.school_laestab, &self.school_name);
        let Said::Is(date) = self.date else { return };
        for (code, session, column) in
            [(self.am, SchoolSession::Morning, "am"), (self.pm, SchoolSession::Afternoon, "pm")]
        {
            let mark = SessionMark { date, session, code, minutes_late: Said::NotAsked, retracts: false, column };
            let recorded = AttendanceMark {
                recorded_at: self.recorded_at,
                recorded_by: self.recorded_by.map(|by| by.0),
                ..AttendanceMark::default()
            };
            mark.says(&school, recorded, row, child);
        }
    }
}

/// What a session was marked with, wherever in a row it stands.
struct SessionMark {
    date: Date,
    session: SchoolSession,
    code: Said<Mark>,
    minutes_late: Said<Number<240>>,
    retracts: bool,
    column: &'static str,
}

impl SessionMark {
    fn says(self, school: &School, recorded: AttendanceMark, row: &mut Telling<'_>, child: &mut ChildRecords) {
        if !school.is_named() {
            return row.tell(&rules::NO_SCHOOL, "school_urn");
        }
        let code = self.code.map(|mark| of_session(mark.0, self.session));
        match code {
            Said::Is(code) => self.check(code, row),
            _ if self.retracts => {}
            // A code that is none was told where it was read.
            Said::Unreadable => return,
            _ => return row.tell(&rules::MARK_MISSING, self.column),
        }
        let late = matches!(code, Said::Is(AttendanceCode::Late | AttendanceCode::LateAfterRegister));
        let mut minutes_late = self.minutes_late;
        if minutes_late.has_value() && !late {
            row.tell(&rules::MINUTES_LATE_CODE, "minutes_late");
            minutes_late = Said::Unreadable;
        }
        child.is_at(school, row);
        let mark = AttendanceMark {
            school_urn: school.urn.map(|urn| urn.0),
            school_laestab: school.laestab.map(|number| number.0),
            school_name: school.name.clone(),
            date: Said::Is(self.date),
            session: Said::Is(self.session),
            code,
            minutes_late,
            ..recorded
        };
        child.mark(mark, self.retracts, row);
    }

    fn check(&self, code: AttendanceCode, row: &mut Telling<'_>) {
        if code.entry().is_past_on(self.date) {
            row.tell(&rules::CODE_WITHDRAWN, self.column);
        } else if code.entry().is_to_come_on(self.date) {
            row.tell(&rules::CODE_TOO_EARLY, self.column);
        }
        if self.date.weekday().is_weekend() && code != AttendanceCode::PlannedClosure {
            row.tell(&rules::MARK_WEEKEND, "date");
        }
        let Some(as_at) = row.as_at else { return };
        if self.date > as_at {
            row.tell(&rules::MARK_FUTURE, "date");
        } else if let (Some(year), Some(present)) = (AcademicYear::of(self.date), AcademicYear::of(as_at))
            && present.begins_in() - year.begins_in() > SCHOOL_YEARS_MAX
        {
            row.tell(&rules::MARK_TOO_OLD, "date");
        }
    }
}

/// The code as it is written in that half of the day: only present has one for each.
fn of_session(code: AttendanceCode, session: SchoolSession) -> AttendanceCode {
    match (code, session) {
        (AttendanceCode::PresentMorning | AttendanceCode::PresentAfternoon, SchoolSession::Morning) => {
            AttendanceCode::PresentMorning
        }
        (AttendanceCode::PresentMorning | AttendanceCode::PresentAfternoon, SchoolSession::Afternoon) => {
            AttendanceCode::PresentAfternoon
        }
        _ => code,
    }
}

impl Says for SummaryRow {
    fn percent(&self) -> Option<Percent> {
        self.attendance_percent.is()
    }

    fn says(self, row: &mut Telling<'_>, child: &mut ChildRecords) {
        let whole = |said: Said<Number<9999>>| said.is().map(|number| u32::from(number.get()));
        let (attended, authorised, unauthorised) =
            (whole(self.attended), whole(self.authorised), whole(self.unauthorised));
        let counts = [self.possible, self.attended, self.authorised, self.unauthorised, self.late, self.excluded];
        // A count that cannot be read was told; a sum without it would be another sum.
        if counts.contains(&Said::Unreadable) {
            return;
        }
        let added = attended.zip(authorised).zip(unauthorised).map(|((one, two), three)| one + two + three);
        let possible = match (whole(self.possible), added) {
            (Some(possible), Some(added)) => {
                if possible != added {
                    row.tell(&rules::SUMMARY_ADDS_UP, "possible");
                }
                possible
            }
            (Some(possible), None) | (None, Some(possible)) => possible,
            (None, None) => return row.tell(&rules::SUMMARY_EMPTY, "possible"),
        };
        if attended.is_some_and(|attended| attended > possible) {
            return row.tell(&rules::SUMMARY_NEGATIVE, "attended");
        }
        if let (Said::Is(told), Some(attended)) = (self.attendance_percent, attended)
            && possible > 0
            && differs(told, attended, possible)
        {
            row.tell(&rules::SUMMARY_PERCENT, "attendance_percent");
        }
        let Some((start, end)) = self.period(row.as_at) else {
            return row.tell(&rules::SUMMARY_PERIOD, "academic_year");
        };
        let school = School::of(self.school_urn, self.school_laestab, &self.school_name);
        if school.is_named() {
            child.is_at(&school, row);
        }
        let more =
            AttendanceSummaryMore { marks_text: self.marks_text, marks_from: self.marks_from, as_at: self.as_at };
        let summary = AttendanceSummary {
            school_urn: school.urn.map(|urn| urn.0),
            school_laestab: school.laestab.map(|number| number.0),
            school_name: school.name,
            academic_year: self.academic_year,
            period_start: Said::Is(start),
            period_end: end,
            possible: self.possible,
            attended: self.attended,
            authorised: self.authorised,
            unauthorised: self.unauthorised,
            late: self.late,
            excluded: self.excluded,
            told_percent: self.attendance_percent.map(|percent| percent.0),
            more: (more != AttendanceSummaryMore::default()).then(|| Box::new(more)),
        };
        child.say(summary, row);
    }
}

impl SummaryRow {
    /// First and last day: as said, else the school year to the day that the row is true for.
    fn period(&self, as_at: Option<Date>) -> Option<(Date, Said<Date>)> {
        let year = self.academic_year.is();
        let start = self.period_start.is().or_else(|| year.map(AcademicYear::starts))?;
        let true_for = self.as_at.is().or(as_at).filter(|day| year.is_some_and(|year| year.contains(*day)));
        let end = self.period_end.is().or(true_for).or_else(|| year.map(AcademicYear::ends))?;
        Some((start, Said::Is(end)))
    }
}

/// Whether a told percentage is another than attended by possible.
fn differs(told: Percent, attended: u32, possible: u32) -> bool {
    let computed = attended * 10_000 / possible;
    told.hundredths().abs_diff(computed) > PERCENT_HUNDREDTHS_MAX
}

impl Says for SuspensionRow {
    fn says(self, row: &mut Telling<'_>, child: &mut ChildRecords) {
        let school = School::of(self.school_urn, self.school_laestab, &self.school_name);
        if !school.is_named() {
            return row.tell(&rules::NO_SCHOOL, "school_urn");
        }
        let reasons = self.reasons(row);
        let mut end_date = self.end_date;
        if let (Said::Is(start), Said::Is(end)) = (self.start_date, end_date)
            && end < start
        {
            row.tell(&rules::SUSPENSION_DATES, "end_date");
            end_date = Said::Unreadable;
        }
        if has_odd_sessions(&self, end_date) {
            row.tell(&rules::SUSPENSION_SESSIONS, "sessions");
        }
        if matches!(self.sen_provision, Said::Is(kind) if crate::plans::is_historic(kind.0)) {
            row.tell(&rules::SEN_HISTORIC, "sen_provision");
        }
        child.is_at(&school, row);
        let suspension = Suspension {
            suspension_ref: self.suspension_ref,
            school_urn: school.urn.map(|urn| urn.0),
            school_laestab: school.laestab.map(|number| number.0),
            school_name: school.name,
            category: self.category.map(|category| category.0),
            sessions: self.sessions,
            reasons,
            start_date: self.start_date,
            end_date,
            sen_provision: self.sen_provision.map(|kind| kind.0),
            withdrawn: self.withdrawn,
            review: self.review.map(|review| review.0),
            alternative_from: self.alternative_from,
        };
        child.say(suspension, row);
    }
}

/// Most reasons that a suspension has (CBDS).
const REASONS_MAX: usize = 3;

impl SuspensionRow {
    /// The reasons of one column or of three, at most three.
    fn reasons(&self, row: &mut Telling<'_>) -> Said<Vec<schemas::code::SuspensionReason>> {
        let mut reasons = match &self.reasons {
            Said::Is(reasons) => reasons.0.clone(),
            _ => Vec::new(),
        };
        for reason in [self.reason1, self.reason2, self.reason3] {
            if let Said::Is(reason) = reason
                && !reasons.contains(&reason.0)
            {
                reasons.push(reason.0);
            }
        }
        if reasons.len() > REASONS_MAX {
            row.tell(&rules::SUSPENSION_REASON, "reasons");
            reasons.truncate(REASONS_MAX);
        }
        if !reasons.is_empty() {
            return Said::Is(reasons);
        }
        match &self.reasons {
            Said::Is(_) | Said::NotAsked => Said::NotAsked,
            Said::Unreadable => Said::Unreadable,
            _ => Said::Blank,
        }
    }
}

/// Whether the sessions are none, too many, or not those of the days between the dates.
fn has_odd_sessions(row: &SuspensionRow, end: Said<Date>) -> bool {
    let (Said::Is(sessions), Said::Is(category)) = (row.sessions, row.category) else { return false };
    let sessions = sessions.get();
    if sessions == 0 || (category.0 == SuspensionCategory::Suspension && sessions > SUSPENSION_SESSIONS_MAX) {
        return true;
    }
    let (Said::Is(start), Said::Is(end), SuspensionCategory::Suspension) = (row.start_date, end, category.0) else {
        return false;
    };
    let days = end.days_since(start).min(i32::from(SUSPENSION_SESSIONS_MAX) * 2);
    let school_days = (0..=days).filter(|n| start.add_days(*n).is_some_and(|day| !day.weekday().is_weekend())).count();
    (school_days as u32 * 2).abs_diff(u32::from(sessions)) > SESSIONS_OF_DATES_MAX
}
