//! What the sessions of one child come to: which marks stand, how they count, and what follows (ePEP formats, 4.4).
//!
//! Limits: one child at a time, whose marks are sorted once. Format: statements in, whole numbers out; a percentage is
//! made only at the edge, in tenths and half up, and every threshold is exact arithmetic. Operations: [`Register::of`]
//! settles which marks stand, [`Register::count`] adds them up, [`Sessions`] says what follows.

use std::{
    cmp::{Ordering, Reverse},
    fmt,
};

use kit::school_calendar::{DayKind, Days, SchoolCalendar};
use schemas::{
    code::{AttendanceClass, AttendanceCode, EnrolStatus, SchoolSession},
    date::{AcademicYear, Date},
    diagnostic::{Diagnostic, Report},
    identifier::{Laestab, SchoolUrn},
    record::{AttendanceMark, AttendanceSummary, Record, Statement},
    said::Said,
};

use crate::rules;

/// School days after which an absence without a reason is told.
const UNEXPLAINED_AFTER_DAYS: u16 = 5;

/// Fewer possible sessions than this say little.
const FEW_SESSIONS: u32 = 20;

/// School days of the shortest period that is looked at.
const LAST_SCHOOL_DAYS: u16 = 20;

/// How far a sum may lie from its marks, in sessions.
const DIFFERENCE_SESSIONS_MAX: u32 = 2;

/// A school as a statement names it: by the surest of its names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum School<'r> {
    /// By its URN.
    Urn(SchoolUrn),
    /// By its LAESTAB.
    Laestab(Laestab),
    /// By its name alone.
    Name(&'r str),
    /// Not at all: of a sum, all schools together.
    Unnamed,
}

impl<'r> School<'r> {
    fn of(urn: Said<SchoolUrn>, laestab: Said<Laestab>, name: &'r Said<Box<str>>) -> Self {
        match (urn, laestab, name) {
            (Said::Is(urn), _, _) => Self::Urn(urn),
            (_, Said::Is(laestab), _) => Self::Laestab(laestab),
            (_, _, Said::Is(name)) => Self::Name(name),
            _ => Self::Unnamed,
        }
    }
}

/// A mark that stands after all corrections.
#[derive(Clone, Copy)]
struct Standing<'r> {
    date: Date,
    session: SchoolSession,
    school: School<'r>,
    code: AttendanceCode,
    /// Its place among the records: the order in which they came.
    record: usize,
    /// It is the one that counts for its session.
    counts: bool,
    /// Another school marks the session as possible too.
    contested: bool,
}

/// A session at a school.
type SessionAt<'r> = (Date, SchoolSession, School<'r>);

/// The sessions of one child.
#[derive(Default)]
pub struct Register<'r> {
    /// By day, session and school.
    standing: Vec<Standing<'r>>,
    missing: u32,
}

/// What is added up.
#[derive(Clone, Copy)]
pub struct Period {
    /// The days.
    pub days: Days,
    /// How a session counts that could not be attended.
    pub not_possible: NotPossible,
}

/// How a session counts that could not be attended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPossible {
    /// Not at all, as the regulations have it.
    NotCounted,
    /// As authorised absence, as one management system counts: to be compared with it and for nothing else.
    Authorised,
}

impl Period {
    /// The school year up to a day.
    #[must_use]
    pub fn year_to(as_at: Date) -> Option<Self> {
        Self::of(AcademicYear::of(as_at)?.starts(), as_at)
    }

    /// The term of a day, up to it.
    #[must_use]
    pub fn term_to(as_at: Date, calendar: &SchoolCalendar) -> Option<Self> {
        let (term, _) = calendar.term_on_or_after(as_at)?;
        Self::of(term.days.first, as_at)
    }

    /// The last twenty school days up to a day, that day among them.
    #[must_use]
    pub fn last_days_to(as_at: Date, calendar: &SchoolCalendar) -> Option<Self> {
        Self::of(school_days_back(as_at, LAST_SCHOOL_DAYS, calendar)?, as_at)
    }

    fn of(first: Date, last: Date) -> Option<Self> {
        Some(Self { days: Days::new(first, last)?, not_possible: NotPossible::NotCounted })
    }
}

/// The n-th school day back from a day, which counts itself where it is one.
fn school_days_back(from: Date, n: u16, calendar: &SchoolCalendar) -> Option<Date> {
    /// Longer than any holiday, by far.
    const BACK_DAYS_MAX: i32 = 400;
    let mut left = n;
    (0..BACK_DAYS_MAX).filter_map(|days| from.add_days(-days)).find(|day| {
        left -= u16::from(left > 0 && calendar.counts(*day, DayKind::School).0);
        left == 0
    })
}

impl<'r> Register<'r> {
    /// Settles which of a child's marks stand. They come in the order in which they were received.
    ///
    /// The later record of a session at a school replaces the earlier one; where one of the two does not say when it was
    /// recorded, the one received later does. A mark that is taken back takes the session with it. A blank never does.
    #[must_use]
    pub fn of(records: &'r [Record]) -> Self {
        let mut register = Self { standing: Vec::with_capacity(records.len()), missing: 0 };
        let mut marks: Vec<(SessionAt<'r>, usize, &'r AttendanceMark)> = Vec::with_capacity(records.len());
        for (n, record) in records.iter().enumerate() {
            let Statement::AttendanceMark(mark) = &record.statement else { continue };
            let (Said::Is(date), Said::Is(session)) = (mark.date, mark.session) else { continue };
            if !record.source.retracts && !matches!(mark.code, Said::Is(_)) {
                register.missing += 1;
                continue;
            }
            let school = School::of(mark.school_urn, mark.school_laestab, &mark.school_name);
            marks.push(((date, session, school), n, mark));
        }
        // Registers mostly come in order.
        if !marks.is_sorted_by(|one, next| one.0 < next.0) {
            marks.sort_unstable_by_key(|(session, n, _)| (*session, *n));
        }
        for same in marks.chunk_by(|left, right| left.0 == right.0) {
            let last = same.iter().copied().reduce(|old, new| if replaces(old.2, new.2) { new } else { old });
            let Some(((date, session, school), record, mark)) = last else { continue };
            if let (false, Said::Is(code)) = (records[record].source.retracts, mark.code) {
                let standing = Standing { date, session, school, code, record, counts: true, contested: false };
                register.standing.push(standing);
            }
        }
        register.settle_sessions(records);
        register
    }

    /// One mark a session counts, however many schools the child is registered at.
    fn settle_sessions(&mut self, records: &'r [Record]) {
        let mut main = None;
        for same in self.standing.chunk_by_mut(|left, right| (left.date, left.session) == (right.date, right.session)) {
            if same.len() < 2 {
                continue;
            }
            let main = main.get_or_insert_with(|| main_schools(records));
            let possible =
                |mark: &Standing<'_>| mark.code.counts_as(mark.date).is_some_and(AttendanceClass::is_possible);
            let contested = same.iter().filter(|mark| possible(mark)).count() > 1;
            let first = same.iter().min_by_key(|mark| (!possible(mark), !main.contains(&mark.school), mark.record));
            let Some(chosen) = first.map(|mark| mark.record) else { continue };
            for mark in same {
                mark.counts = mark.record == chosen;
                mark.contested = contested && possible(mark);
            }
        }
    }

    /// Adds up a period over all schools, each session once.
    #[must_use]
    pub fn count(&self, period: &Period) -> Sessions {
        self.add_up(period, |mark| mark.counts)
    }

    /// Adds up a period at one school.
    #[must_use]
    pub fn count_at(&self, school: School<'_>, period: &Period) -> Sessions {
        self.add_up(period, |mark| mark.school == school)
    }

    /// Marks that said nothing: a dash, an exclamation mark, a blank.
    #[must_use]
    pub fn missing(&self) -> u32 {
        self.missing
    }

    /// The records of absences that nobody explained within five school days of a day, the earliest first.
    pub fn unexplained(&self, as_at: Date, calendar: &SchoolCalendar) -> impl Iterator<Item = usize> + use<'_, 'r> {
        // More than five school days have passed after a session on a day before the sixth of them.
        let sixth = school_days_back(as_at, UNEXPLAINED_AFTER_DAYS + 1, calendar);
        let old = move |mark: &&Standing<'_>| {
            mark.code == AttendanceCode::NoReasonYet && sixth.is_some_and(|sixth| mark.date < sixth)
        };
        self.standing.iter().filter(old).map(|mark| mark.record)
    }

    /// The records of sessions that another school marked as possible before, each with that of the first to do so.
    pub fn contested(&self) -> impl Iterator<Item = (usize, usize)> + use<'_, 'r> {
        let sessions = self.standing.chunk_by(|left, right| (left.date, left.session) == (right.date, right.session));
        sessions.flat_map(|same| {
            let contested = move || same.iter().filter(|mark| mark.contested).map(|mark| mark.record);
            let first = contested().min();
            contested().filter_map(move |record| first.filter(|first| *first != record).map(|first| (record, first)))
        })
    }

    /// Whether a sum is contradicted by the marks of its period: they cover it, and lie more than two sessions off.
    #[must_use]
    pub fn contradicts(&self, summary: &AttendanceSummary) -> bool {
        let (Said::Is(first), Said::Is(last)) = (summary.period_start, summary.period_end) else { return false };
        let (Some(period), Some(told)) = (Period::of(first, last), Told::of(summary)) else { return false };
        let counted = match School::of(summary.school_urn, summary.school_laestab, &summary.school_name) {
            School::Unnamed => self.count(&period),
            school => self.count_at(school, &period),
        };
        // Nineteen in twenty: what is not covered cannot contradict.
        if counted.possible() == 0 || counted.possible() * 20 < told.possible * 19 {
            return false;
        }
        let pairs = [
            (Some(told.possible), counted.possible()),
            (told.attended, counted.attended),
            (told.authorised, counted.authorised),
            (told.unauthorised, counted.unauthorised),
        ];
        pairs
            .into_iter()
            .any(|(told, counted)| told.is_some_and(|told| told.abs_diff(counted) > DIFFERENCE_SESSIONS_MAX))
    }

    fn add_up(&self, period: &Period, wanted: impl Fn(&Standing<'_>) -> bool) -> Sessions {
        let from = self.standing.partition_point(|mark| mark.date < period.days.first);
        let in_period = self.standing[from..].iter().take_while(|mark| mark.date <= period.days.last);
        let mut sessions = Sessions::default();
        in_period.filter(|mark| wanted(mark)).for_each(|mark| sessions.add(mark.code, mark.date, period.not_possible));
        sessions
    }
}

/// What the sums of a child come to whose periods lie within one: the longest of each school, and of the shorter ones
/// those that share no day with it. A sum of all schools together stands for those of each.
#[must_use]
pub fn told_sums(records: &[Record], period: &Period) -> Sessions {
    let mut told: Vec<(Days, School<'_>, &AttendanceSummary)> = Vec::new();
    for record in records.iter().filter(|record| !record.source.retracts) {
        let Statement::AttendanceSummary(sums) = &record.statement else { continue };
        let (Said::Is(first), Said::Is(last)) = (sums.period_start, sums.period_end) else { continue };
        let Some(days) = Days::new(first, last) else { continue };
        if period.days.contains(first) && period.days.contains(last) {
            told.push((days, School::of(sums.school_urn, sums.school_laestab, &sums.school_name), sums));
        }
    }
    let length = |days: &Days| Reverse(days.last.days_since(days.first));
    told.sort_by_key(|(days, school, _)| (*school != School::Unnamed, length(days), days.first));
    let mut sessions = Sessions::default();
    let mut counted: Vec<(Days, School<'_>)> = Vec::new();
    for (days, school, sums) in told {
        let shares = |(other, of): &(Days, School<'_>)| {
            (*of == school || *of == School::Unnamed) && days.first <= other.last && other.first <= days.last
        };
        let Some(told) = Told::of(sums).filter(|_| !counted.iter().any(shares)) else { continue };
        let Some(attended) = told.attended.filter(|attended| *attended <= told.possible) else { continue };
        let absent = told.possible - attended;
        // What nobody authorised is unauthorised, also where a sum does not say which it was.
        let authorised = told.authorised.unwrap_or_default().min(absent);
        sessions += Sessions { attended, authorised, unauthorised: absent - authorised, ..Sessions::default() };
        counted.push((days, school));
    }
    sessions
}

/// Whether a mark takes the place of one that was received before it.
fn replaces(old: &AttendanceMark, new: &AttendanceMark) -> bool {
    match (old.recorded_at, new.recorded_at) {
        (Said::Is(old), Said::Is(new)) => old.cmp(&new) != Ordering::Greater,
        _ => true,
    }
}

/// Schools at which the child has its only or its main registration.
fn main_schools(records: &[Record]) -> Vec<School<'_>> {
    let mut schools = Vec::new();
    for record in records {
        let Statement::Enrolment(enrolment) = &record.statement else { continue };
        if matches!(enrolment.status, Said::Is(EnrolStatus::Main | EnrolStatus::Current)) {
            schools.push(School::of(enrolment.school_urn, enrolment.school_laestab, &enrolment.school_name));
        }
    }
    schools
}

/// What a sum says of itself.
struct Told {
    possible: u32,
    attended: Option<u32>,
    authorised: Option<u32>,
    unauthorised: Option<u32>,
}

impl Told {
    /// Possible as told, else what its parts come to; `None` where neither is said.
    fn of(summary: &AttendanceSummary) -> Option<Self> {
        let number = |said: Said<schemas::reflect::Number<9999>>| said.is().map(|number| u32::from(number.get()));
        let (attended, authorised) = (number(summary.attended), number(summary.authorised));
        let unauthorised = number(summary.unauthorised);
        let parts = || Some(attended? + authorised? + unauthorised?);
        Some(Self { possible: number(summary.possible).or_else(parts)?, attended, authorised, unauthorised })
    }
}

/// Sessions added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sessions {
    /// In school, or at an approved activity.
    pub attended: u32,
    /// Absent with authority.
    pub authorised: u32,
    /// Absent without.
    pub unauthorised: u32,
    /// Of those attended, late.
    pub late: u32,
    /// Could not have been attended: not counted.
    pub not_possible: u32,
    /// Said nothing of the child, or came under a code that was withdrawn by then: not counted.
    pub not_counted: u32,
}

impl Sessions {
    fn add(&mut self, code: AttendanceCode, date: Date, not_possible: NotPossible) {
        match code.counts_as(date) {
            Some(AttendanceClass::Present | AttendanceClass::ApprovedActivity) => self.attended += 1,
            Some(AttendanceClass::AuthorisedAbsence) => self.authorised += 1,
            Some(AttendanceClass::UnauthorisedAbsence) => self.unauthorised += 1,
            Some(AttendanceClass::NotPossible) if not_possible == NotPossible::Authorised => self.authorised += 1,
            Some(AttendanceClass::NotPossible) => self.not_possible += 1,
            Some(AttendanceClass::Administrative) | None => self.not_counted += 1,
        }
        self.late += u32::from(code == AttendanceCode::Late);
    }

    /// Sessions that could have been attended.
    #[must_use]
    pub fn possible(&self) -> u32 {
        self.attended + self.absent()
    }

    /// Sessions absent, with authority or without.
    #[must_use]
    pub fn absent(&self) -> u32 {
        self.authorised + self.unauthorised
    }

    /// Attendance; none where nothing was possible.
    #[must_use]
    pub fn attendance(&self) -> Option<Tenths> {
        Tenths::of(self.attended, self.possible())
    }

    /// Absence; none where nothing was possible.
    #[must_use]
    pub fn absence(&self) -> Option<Tenths> {
        Tenths::of(self.absent(), self.possible())
    }

    /// Absent for a tenth of the possible sessions or more, exactly (DfE).
    #[must_use]
    pub fn is_persistently_absent(&self) -> bool {
        self.possible() > 0 && 10 * u64::from(self.absent()) >= u64::from(self.possible())
    }

    /// Absent for half of the possible sessions or more, exactly (DfE); persistently absent too.
    #[must_use]
    pub fn is_severely_absent(&self) -> bool {
        self.possible() > 0 && 2 * u64::from(self.absent()) >= u64::from(self.possible())
    }

    /// So few sessions that the rate says little.
    #[must_use]
    pub fn has_few(&self) -> bool {
        self.possible() < FEW_SESSIONS
    }
}

/// Sums of several schools or periods together.
impl std::ops::AddAssign for Sessions {
    fn add_assign(&mut self, other: Self) {
        self.attended += other.attended;
        self.authorised += other.authorised;
        self.unauthorised += other.unauthorised;
        self.late += other.late;
        self.not_possible += other.not_possible;
        self.not_counted += other.not_counted;
    }
}

/// A percentage in tenths, half up: `92.9`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenths(u16);

impl Tenths {
    /// One number of another; none of nothing.
    #[must_use]
    pub fn of(part: impl Into<u64>, whole: impl Into<u64>) -> Option<Self> {
        let (part, whole) = (part.into(), whole.into());
        // Half up: twice the tenths and one, halved.
        let tenths = part.checked_mul(2_000)?.checked_add(whole)?.checked_div(whole.checked_mul(2)?)?;
        u16::try_from(tenths).ok().map(Self)
    }

    /// The tenths of a per cent: 929 is 92.9.
    #[must_use]
    pub fn tenths(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// Tells, once a school, of marks after the day on which the child left it: the last, where it came back.
pub fn check_leaving(records: &[Record], report: &mut dyn Report) {
    let mut left: Vec<(School<'_>, Option<Date>, usize)> = Vec::new();
    for (n, record) in records.iter().enumerate().filter(|(_, record)| !record.source.retracts) {
        let Statement::Enrolment(it) = &record.statement else { continue };
        let school = School::of(it.school_urn, it.school_laestab, &it.school_name);
        let leaving = it.leaving_date.is();
        match left.iter_mut().find(|(known, ..)| *known == school) {
            // A stay that goes on has no last day, whatever others have.
            Some((_, last, at)) if last.is_some_and(|last| leaving.is_none_or(|leaving| leaving > last)) => {
                (*last, *at) = (leaving, n);
            }
            Some(_) => {}
            None => left.push((school, leaving, n)),
        }
    }
    left.retain(|(school, last, _)| *school != School::Unnamed && last.is_some());
    if left.is_empty() {
        return;
    }
    let register = Register::of(records);
    for (school, last, enrolment) in left {
        let after = |mark: &&Standing<'_>| {
            let says_the_child_is_there = mark.code.counts_as(mark.date).is_some_and(AttendanceClass::is_possible);
            mark.school == school && last.is_some_and(|last| last < mark.date) && says_the_child_is_there
        };
        if let Some(mark) = register.standing.iter().find(after) {
            let told = Diagnostic::new(&rules::MARK_AFTER_LEAVING, records[mark.record].source.place.clone());
            report.raise(told.related_to([records[enrolment].source.place.clone()]));
        }
    }
}

/// Tells of one child's sessions what is wrong only when all of them are looked at together.
pub fn check(records: &[Record], as_at: Option<Date>, calendar: &SchoolCalendar, report: &mut dyn Report) {
    if !may_tell(records) {
        return;
    }
    let register = Register::of(records);
    let place = |n: usize| records[n].source.place.clone();
    if let Some(as_at) = as_at {
        for n in register.unexplained(as_at, calendar) {
            report.raise(Diagnostic::new(&rules::N_NOT_RESOLVED, place(n)));
        }
    }
    for (n, first) in register.contested() {
        report.raise(Diagnostic::new(&rules::TWO_SCHOOLS, place(n)).related_to([place(first)]));
    }
    for record in records {
        if let Statement::AttendanceSummary(summary) = &record.statement
            && register.contradicts(summary)
        {
            report.raise(Diagnostic::new(&rules::SUMMARY_MARKS, record.source.place.clone()));
        }
    }
}

/// Whether anything could be told at all: of most children there is one school, no sum, and a reason for each absence.
fn may_tell(records: &[Record]) -> bool {
    let mut first = None;
    records.iter().any(|record| match &record.statement {
        Statement::AttendanceSummary(_) => true,
        Statement::AttendanceMark(mark) => {
            let school = School::of(mark.school_urn, mark.school_laestab, &mark.school_name);
            mark.code == Said::Is(AttendanceCode::NoReasonYet) || *first.get_or_insert(school) != school
        }
        _ => false,
    })
}
