//! Attendance in JSON: by child and school, marks, sums and suspensions.

use kit::{
    adapter::Disclosure,
    nested::{Branch, Columns, Rows, Spot, TableRows},
};
use schemas::{
    code::EnrolStatus,
    diagnostic::Rule,
    identifier::{LaCode, Laestab, SchoolUrn},
    record::{Enrolment, Statement},
    said::Said,
};

use crate::{
    attendance::{
        encode::{mark_row, summary_row, suspension_row},
        tables::{MARK, MarkRow, SUMMARY, SUSPENSION, SummaryRow, SuspensionRow},
    },
    child::{Identity, NamesChild},
    document::Says,
    encoding::not_replaced,
    json::{
        shape::{CHILD, ChildRow, DOCUMENT_BRANCH, DocumentRow, IDENTIFIER, IdentifierRow, Shape, Teller, identity},
        write::{Members, Shaped, Told, members},
    },
    records::ChildRecords,
    rules as shared,
    wire::{Estab, NotCarried, Urn, Word},
};

kit::rows! {
    /// What a child's attendance stands in.
    AttendeeRow = ATTENDEE "attendee" spelt Plain {
        /// A comment, which is not carried.
        comment: NotCarried = "comment" { required: false, only_read: true, source: "epep 5.2" },
    }
    /// A school of a child.
    SchoolRow = SCHOOL "school" spelt Plain {
        /// URN of the school.
        urn: Urn = "urn" { required: false, field: "Enrolment.school_urn", source: "epep 5.2, 7" },
        /// LAESTAB of the school.
        laestab: Estab = "laestab" { required: false, field: "Enrolment.school_laestab", source: "epep 5.2, 7" },
        /// Name of the school.
        name: Box<str> = "name" { required: false, field: "Enrolment.school_name", source: "epep 5.2" },
        /// Status of the enrolment there.
        enrol_status: Word<EnrolStatus> = "enrolStatus" { required: false, field: "Enrolment.status", source: "epep 5.2" },
    }
}

const SCHOOL_COLUMNS: &[(&str, &str)] =
    &[("urn", "urn"), ("laestab", "laestab"), ("name", "name"), ("enrolStatus", "enrolStatus")];

const MARK_COLUMNS: &[(&str, &str)] = &[
    ("date", "date"),
    ("session", "session"),
    ("code", "code"),
    ("minutes_late", "minutesLate"),
    ("action", "action"),
    ("recorded_at", "recordedAt"),
    ("recorded_by", "recordedBy"),
    ("comment", "comment"),
];

const SUMMARY_COLUMNS: &[(&str, &str)] = &[
    ("academic_year", "academicYear"),
    ("period_start", "periodStart"),
    ("period_end", "periodEnd"),
    ("possible", "possible"),
    ("attended", "attended"),
    ("authorised", "authorised"),
    ("unauthorised", "unauthorised"),
    ("late", "late"),
    ("excluded", "excluded"),
    ("attendance_percent", "attendancePercent"),
    ("marks_text", "marksText"),
    ("marks_from", "marksFrom"),
    ("as_at", "asAt"),
    ("comment", "comment"),
];

const SUSPENSION_COLUMNS: &[(&str, &str)] = &[
    ("suspension_ref", "suspensionRef"),
    ("start_date", "startDate"),
    ("end_date", "endDate"),
    ("sessions", "sessions"),
    ("category", "category"),
    ("reasons", "reasons"),
    ("sen_provision", "senProvision"),
    ("withdrawn", "withdrawn"),
    ("review", "review"),
    ("alternative_from", "alternativeFrom"),
    ("comment", "comment"),
];

/// The rows of a child, while it is read.
#[derive(Default)]
pub(super) struct AttendanceShape {
    attendees: Rows<AttendeeRow>,
    children: Rows<ChildRow>,
    identifiers: Rows<IdentifierRow>,
    schools: Rows<SchoolRow>,
    marks: Rows<MarkRow>,
    sums: Rows<SummaryRow>,
    suspensions: Rows<SuspensionRow>,
}

impl Shape for AttendanceShape {
    const FORMAT: Option<&'static str> = Some("homeward/attendance");
    const ITEMS: Option<&'static str> = Some("children");
    const ITEM_AT: &'static str = "children";

    fn branches() -> Vec<Branch> {
        vec![
            DOCUMENT_BRANCH,
            Branch::several(&ATTENDEE, "children", Columns::Called),
            Branch::one(&CHILD, "children/child", Columns::Called),
            Branch::several(&IDENTIFIER, "children/child/identifiers", Columns::Called),
            Branch::several(&SCHOOL, "children/schools", Columns::Called),
            Branch::several(&MARK, "children/schools/marks", Columns::At(MARK_COLUMNS)),
            Branch::several(&SUMMARY, "children/schools/summaries", Columns::At(SUMMARY_COLUMNS)),
            Branch::several(&SUSPENSION, "children/schools/suspensions", Columns::At(SUSPENSION_COLUMNS)),
        ]
    }

    fn tables<'r>(&'r mut self, document: &'r mut Rows<DocumentRow>) -> Vec<&'r mut dyn TableRows> {
        vec![
            document,
            &mut self.attendees,
            &mut self.children,
            &mut self.identifiers,
            &mut self.schools,
            &mut self.marks,
            &mut self.sums,
            &mut self.suspensions,
        ]
    }

    fn clear(&mut self) {
        let mut document = Rows::default();
        self.tables(&mut document).into_iter().for_each(TableRows::clear);
    }

    fn identity(&mut self, authority: Option<LaCode>, teller: &mut Teller<'_, '_>) -> Identity {
        let child = self.children.held().first().map(|held| &held.row);
        identity(child, self.identifiers.held(), authority, teller)
    }

    fn oddities(&self) -> Vec<(&'static Rule, Spot, &'static str)> {
        let odd = self.marks.held().iter().filter_map(|held| Some((held, held.row.oddity()?)));
        odd.map(|(held, (rule, column))| (rule, held.spot, column)).collect()
    }

    fn say(&mut self, identity: &Identity, teller: &mut Teller<'_, '_>, child: &mut ChildRecords) {
        let Some(held) = self.attendees.held().first() else { return };
        teller.row(&ATTENDEE, held.spot, |row| child.is(identity, row));
        let schools: Vec<_> = self.schools.drain().collect();
        for school in &schools {
            let enrolment = Enrolment {
                school_urn: school.row.urn.map(|urn| urn.0),
                school_laestab: school.row.laestab.map(|number| number.0),
                school_name: school.row.name.clone(),
                status: school.row.enrol_status.map(|status| status.0),
                ..Enrolment::default()
            };
            if enrolment != Enrolment::default() {
                teller.row(&SCHOOL, school.spot, |row| child.say_again(enrolment, row));
            }
        }
        let school = |within: usize| schools.get(within).map(|school| &school.row).cloned().unwrap_or_default();
        for held in self.suspensions.drain().filter(|held| !held.fate.lost) {
            let SchoolRow { urn, laestab, name, .. } = school(held.within);
            let row = SuspensionRow { school_urn: urn, school_laestab: laestab, school_name: name, ..held.row };
            teller.row(&SUSPENSION, held.spot, |telling| row.of(identity).says(telling, child));
        }
        for held in self.marks.drain().filter(|held| !held.fate.lost) {
            let SchoolRow { urn, laestab, name, .. } = school(held.within);
            let row = MarkRow { school_urn: urn, school_laestab: laestab, school_name: name, ..held.row };
            teller.row(&MARK, held.spot, |telling| row.of(identity).says(telling, child));
        }
        for held in self.sums.drain().filter(|held| !held.fate.lost) {
            let SchoolRow { urn, laestab, name, .. } = school(held.within);
            let row = SummaryRow { school_urn: urn, school_laestab: laestab, school_name: name, ..held.row };
            teller.row(&SUMMARY, held.spot, |telling| row.of(identity).says(telling, child));
        }
    }
}

/// Writes attendance.
pub(super) struct AttendanceWrite;

/// A school by which attendance is grouped.
type SchoolKey = (Said<SchoolUrn>, Said<Laestab>, Said<Box<str>>);

/// A school while a child is written.
#[derive(Default)]
struct School {
    marks: Vec<Members>,
    sums: Vec<Members>,
    suspensions: Vec<Members>,
    own: Members,
}

impl Shaped for AttendanceWrite {
    const FORMAT: &'static str = "homeward/attendance";
    const ITEMS: &'static str = "children";

    /// One item a child, its schools in the order in which they are first said.
    fn items(disclosure: &Disclosure<'_>, told: &mut Told<'_>) -> Vec<Members> {
        let mut schools: Vec<(SchoolKey, School)> = Vec::new();
        for record in not_replaced(disclosure.records) {
            let retracts = record.source.retracts;
            let Some(key) = key_of(&record.statement) else {
                if !matches!(record.statement, Statement::Person(_)) {
                    told.lose(record, &shared::NOT_EXPRESSIBLE);
                }
                continue;
            };
            // Only what stands under a name is the enrolment's; the rest of it has no place here.
            if let Statement::Enrolment(enrolment) = &record.statement {
                let said = Enrolment {
                    school_urn: enrolment.school_urn,
                    school_laestab: enrolment.school_laestab,
                    school_name: enrolment.school_name.clone(),
                    status: enrolment.status,
                    ..Enrolment::default()
                };
                let has_a_place = !retracts && !key_is_blank(&key);
                if !has_a_place || *enrolment != said {
                    told.lose(record, &shared::NOT_EXPRESSIBLE);
                }
                if !has_a_place {
                    continue;
                }
            }
            let n = schools.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
                let row = SchoolRow {
                    urn: key.0.map(Urn),
                    laestab: key.1.map(Estab),
                    name: key.2.clone(),
                    enrol_status: Said::NotAsked,
                };
                let own = members(&row, SCHOOL_COLUMNS, record, told);
                schools.push((key, School { own, ..School::default() }));
                schools.len() - 1
            });
            let school = &mut schools[n].1;
            match &record.statement {
                Statement::Enrolment(enrolment) => {
                    let row = SchoolRow { enrol_status: enrolment.status.map(Word), ..SchoolRow::default() };
                    school.own.add(members(&row, SCHOOL_COLUMNS, record, told));
                }
                Statement::AttendanceMark(mark) => {
                    school.marks.push(members(&mark_row(mark, record), MARK_COLUMNS, record, told));
                }
                Statement::AttendanceSummary(sums) if !retracts => {
                    school.sums.push(members(&summary_row(sums), SUMMARY_COLUMNS, record, told));
                }
                Statement::Suspension(suspension) if !retracts => {
                    school.suspensions.push(members(&suspension_row(suspension), SUSPENSION_COLUMNS, record, told));
                }
                _ => told.lose(record, &shared::NOT_EXPRESSIBLE),
            }
        }
        let written = schools.into_iter().map(|(_, mut school)| {
            school.own.list("marks", school.marks);
            school.own.list("summaries", school.sums);
            school.own.list("suspensions", school.suspensions);
            school.own
        });
        let mut item = Members::default();
        item.list("schools", written.collect());
        if item.is_empty() { Vec::new() } else { vec![item] }
    }
}

fn key_is_blank((urn, laestab, name): &SchoolKey) -> bool {
    !urn.has_value() && !laestab.has_value() && !name.has_value()
}

/// The school that a statement is of.
fn key_of(statement: &Statement) -> Option<SchoolKey> {
    Some(match statement {
        Statement::Enrolment(it) => (it.school_urn, it.school_laestab, it.school_name.clone()),
        Statement::AttendanceMark(it) => (it.school_urn, it.school_laestab, it.school_name.clone()),
        Statement::AttendanceSummary(it) => (it.school_urn, it.school_laestab, it.school_name.clone()),
        Statement::Suspension(it) => (it.school_urn, it.school_laestab, it.school_name.clone()),
        _ => return None,
    })
}
