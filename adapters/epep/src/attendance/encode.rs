//! Writes a table of attendance.

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    sheaf::Sheaf,
    table::Table,
};
use schemas::{
    diagnostic::Report,
    record::{AttendanceMark, AttendanceSummary, Enrolment, Record, Statement, Suspension},
    said::Said,
};

use crate::{
    ATTENDANCE_TABLE,
    attendance::tables::{Action, MARK, MarkRow, SUMMARY, SUSPENSION, SummaryRow, SuspensionRow},
    encoding::{RowsOf, asked, head, not_replaced, writing},
    rules,
    wire::{Estab, Mark, Percent, Urn, Word, Words},
};

/// Writes the table that was asked for.
pub struct AttendanceEncode;

impl Encode for AttendanceEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(AttendanceEncoder {
            table: asked(options, &ATTENDANCE_TABLE, &MARK, &[&SUMMARY, &SUSPENSION]),
            options,
        })
    }
}

struct AttendanceEncoder<'o> {
    table: &'static Table,
    options: &'o Options,
}

impl Encoder for AttendanceEncoder<'_> {
    fn head(&self, sheaf: &mut Sheaf) {
        head(self.table, self.options, sheaf);
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let mut rows = RowsOf::new(disclosure, writing(self.options), sheaf, report);
        for record in not_replaced(disclosure.records) {
            self.record(record, disclosure.records, &mut rows);
        }
    }
}

impl AttendanceEncoder<'_> {
    fn record(&self, record: &Record, all: &[Record], rows: &mut RowsOf<'_>) {
        let table = self.table.name;
        match &record.statement {
            Statement::Person(_) => {}
            Statement::AttendanceMark(mark) if table == MARK.name => rows.write(record, mark_row(mark, record)),
            Statement::AttendanceSummary(summary) if table == SUMMARY.name && !record.source.retracts => {
                rows.write(record, summary_row(summary));
            }
            Statement::Suspension(suspension) if table == SUSPENSION.name && !record.source.retracts => {
                rows.write(record, suspension_row(suspension));
            }
            Statement::AttendanceMark(_) if table != MARK.name => rows.lose(record, &rules::OTHER_TABLE),
            Statement::AttendanceSummary(_) if table != SUMMARY.name => rows.lose(record, &rules::OTHER_TABLE),
            Statement::Suspension(_) if table != SUSPENSION.name => rows.lose(record, &rules::OTHER_TABLE),
            // Its school stands in the rows of attendance there.
            Statement::Enrolment(enrolment) if is_only_a_school(enrolment) && all.iter().any(is_attendance) => {}
            _ => rows.lose(record, &rules::NOT_EXPRESSIBLE),
        }
    }
}

fn is_attendance(record: &Record) -> bool {
    matches!(
        record.statement,
        Statement::AttendanceMark(_) | Statement::AttendanceSummary(_) | Statement::Suspension(_)
    )
}

/// Whether an enrolment says nothing but at which school.
pub(crate) fn is_only_a_school(enrolment: &Enrolment) -> bool {
    let school = Enrolment {
        school_urn: enrolment.school_urn,
        school_laestab: enrolment.school_laestab,
        school_name: enrolment.school_name.clone(),
        ..Enrolment::default()
    };
    *enrolment == school
}

pub(crate) fn mark_row(mark: &AttendanceMark, record: &Record) -> MarkRow {
    MarkRow {
        school_urn: mark.school_urn.map(Urn),
        school_laestab: mark.school_laestab.map(Estab),
        school_name: mark.school_name.clone(),
        date: mark.date,
        session: mark.session.map(Word),
        code: mark.code.map(Mark),
        minutes_late: mark.minutes_late,
        action: if record.source.retracts { Said::Is(Action::Delete) } else { Said::NotAsked },
        recorded_at: mark.recorded_at,
        recorded_by: mark.recorded_by.map(Word),
        ..MarkRow::default()
    }
}

pub(crate) fn summary_row(summary: &AttendanceSummary) -> SummaryRow {
    let more = summary.more.as_deref().cloned().unwrap_or_default();
    SummaryRow {
        school_urn: summary.school_urn.map(Urn),
        school_laestab: summary.school_laestab.map(Estab),
        school_name: summary.school_name.clone(),
        academic_year: summary.academic_year,
        period_start: summary.period_start,
        period_end: summary.period_end,
        possible: summary.possible,
        attended: summary.attended,
        authorised: summary.authorised,
        unauthorised: summary.unauthorised,
        late: summary.late,
        excluded: summary.excluded,
        attendance_percent: summary.told_percent.map(Percent),
        marks_text: more.marks_text,
        marks_from: more.marks_from,
        as_at: more.as_at,
        ..SummaryRow::default()
    }
}

pub(crate) fn suspension_row(suspension: &Suspension) -> SuspensionRow {
    SuspensionRow {
        school_urn: suspension.school_urn.map(Urn),
        school_laestab: suspension.school_laestab.map(Estab),
        school_name: suspension.school_name.clone(),
        start_date: suspension.start_date,
        end_date: suspension.end_date,
        sessions: suspension.sessions,
        category: suspension.category.map(Word),
        reasons: suspension.reasons.clone().map(Words),
        sen_provision: suspension.sen_provision.map(Word),
        withdrawn: suspension.withdrawn,
        review: suspension.review.map(Word),
        alternative_from: suspension.alternative_from,
        suspension_ref: suspension.suspension_ref.clone(),
        ..SuspensionRow::default()
    }
}
