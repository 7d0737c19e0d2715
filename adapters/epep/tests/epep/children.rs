//! Who a row is about: by any of its identifiers, by name and birth, or by the plan it belongs to.

use epep::{ATTENDANCE_CSV, PEP_CSV};
use schemas::{
    code::UpnUnknown,
    identifier::Identifier,
    record::{Person, Statement},
    said::Said,
};

use crate::support::{Read, read};

fn person(read: &Read) -> &Person {
    read.statements()
        .find_map(|statement| match statement {
            Statement::Person(person) => Some(person),
            _ => None,
        })
        .unwrap()
}

fn identifiers(read: &Read, child: usize) -> Vec<String> {
    let written = |identifier: &Identifier| {
        let mut out = identifier.kind().name().as_bytes().to_vec();
        out.push(b'=');
        identifier.write_value(&mut out);
        if let Identifier::Upn { former: true, .. } = identifier {
            out.extend_from_slice(b" former");
        }
        String::from_utf8(out).unwrap()
    };
    read.children[child][0].subject.identifiers.iter().map(written).collect()
}

#[test]
fn every_identifier_of_a_row_is_the_childs() {
    let rows = "la_child_id,upn,former_upn,uln,school_urn,date,session,code\n\
                ab 12,J330999925001,W330999924017,1000000043,999999,2026-01-12,AM,/\n\
                AB12,,,,999999,2026-01-12,PM,\\\n\
                ,W33099992502A,,,999999,2026-01-12,PM,\\\n";
    let read = read(&ATTENDANCE_CSV, &[rows]);
    assert!(read.codes().is_empty(), "{:?}", read.codes());
    assert_eq!(read.children.len(), 2, "identifiers of one child are not looked for among those of another");
    let expected = ["la-child=AB12", "upn=J330999925001", "upn=W330999924017 former", "uln=1000000043"];
    assert_eq!(identifiers(&read, 0), expected);
    assert_eq!(identifiers(&read, 1), ["upn=W33099992502A"], "a temporary number");
}

#[test]
fn a_child_may_be_known_by_name_and_birth_alone() {
    let rows = "surname,forename,date_of_birth,school_urn,date,session,code\n\
                Invented,Person,2016-11-20,999999,2026-01-12,AM,/\n\
                INVENTED,person,20/11/2016,999999,2026-01-12,PM,\\\n\
                Invented,Person,2016-11-21,999999,2026-01-12,AM,/\n\
                Invented,Person,,999999,2026-01-13,AM,/\n";
    let read = read(&ATTENDANCE_CSV, &[rows]);
    assert_eq!(read.children.len(), 2);
    assert_eq!(read.codes(), ["epep/no-subject"]);
}

#[test]
fn why_there_is_no_upn_is_kept() {
    let rows = "la_child_id,upn,school_urn,date,session,code\n1,UN7,999999,2026-01-12,AM,/\n";
    let read = read(&ATTENDANCE_CSV, &[rows]);
    assert_eq!(person(&read).upn_unknown_reason, Said::Is(UpnUnknown::CensusReasonUn7));
    assert_eq!(identifiers(&read, 0), ["la-child=1"]);
}

#[test]
fn a_wrong_identifier_costs_that_identifier() {
    let rows = "la_child_id,upn,school_urn,date,session,code\n\
                1,J33099992500,999999,2026-01-12,AM,/\n000,J330999925001,999999,2026-01-12,AM,/\n";
    let read = read(&ATTENDANCE_CSV, &[rows]);
    assert_eq!(read.children.len(), 2);
    assert_eq!(identifiers(&read, 1), ["upn=J330999925001"], "zeros are no identifier, and the UPN is");
    assert_eq!(read.codes(), ["epep/upn-shape", "table/cell"]);
}

#[test]
fn rows_beside_a_plan_are_of_whoever_has_the_plan() {
    let plans =
        "la_child_id,pep_ref,academic_year,term,status\n1,A,2025/26,autumn,planned\n2,B,2025/26,autumn,planned\n";
    let targets = "pep_ref,target_no,target\nB,1,Read\nA,1,Write\nC,1,Count\n,1,Draw\n";
    let read = read(&PEP_CSV, &[targets, plans]);
    let targets_of = |child: usize| {
        let plans = read.children[child].iter().filter_map(|record| match &record.statement {
            Statement::EducationPlan(plan) => plan.more.as_ref()?.targets.clone().is(),
            _ => None,
        });
        plans.flatten().map(|target| target.text.is().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!((targets_of(0), targets_of(1)), (vec!["Write".to_owned()], vec!["Read".to_owned()]));
    assert_eq!(read.told.iter().filter(|told| told.rule.code == "epep/orphan-row").count(), 2);
}

#[test]
fn a_plan_that_two_children_have_is_nobodys_to_hang_rows_on() {
    let plans =
        "la_child_id,pep_ref,academic_year,term,status\n1,A,2025/26,autumn,planned\n2,A,2025/26,autumn,planned\n";
    let read = read(&PEP_CSV, &[plans, "pep_ref,target_no,target\nA,1,Write\n"]);
    assert_eq!(read.codes(), ["epep/orphan-row"]);
    assert_eq!(read.names(), ["EducationPlan", "EducationPlan"]);
}

/// The columns of a child are read once where rows name it alike, and marks in order are not looked up: neither may
/// change what is said or told. Rows in an order that allows no shortcut are the measure.
#[test]
fn rows_that_name_a_child_alike_say_what_they_say_apart() {
    let head = "la_child_id,upn,date_of_birth,school_urn,date,session,code\n";
    let of = |child: &str, day: u8, session: &str| format!("{child},999999,2026-01-{day:02},{session},I\n");
    for (one, other) in [
        ("1,J330999925001,", "2,,"),
        // What is wrong with the child's columns is told at every row.
        ("1,A330999925001,", "2,J33099992500,2030-01-01"),
        ("1,J330999925001,2016-11-20", "2,J330999925001,2016-11-20"),
        ("1,J330999925001,2016-11-20", "1,J330999925001,2016-11-21"),
        ("1,J330999925001,", "1,,"),
    ] {
        let together: String = [(one, 12), (one, 13), (other, 14), (other, 15), (one, 16), (other, 12)]
            .map(|(child, day)| of(child, day, "AM") + &of(child, day, "PM"))
            .concat();
        let mut rows: Vec<&str> = together.lines().collect();
        let apart = |rows: &[&str]| {
            let read = read(&ATTENDANCE_CSV, &[&format!("{head}{}\n", rows.join("\n"))]);
            let mut said: Vec<String> =
                read.children.iter().flatten().map(|said| format!("{:?}", said.statement)).collect();
            let mut told: Vec<(&str, Option<&str>)> =
                read.told.iter().map(|told| (told.rule.code, told.field)).collect();
            said.sort();
            told.sort_unstable();
            (said, told)
        };
        let expected = apart(&rows);
        // No row names its child as the row before, and no mark follows on the one before.
        rows.reverse();
        rows.sort_by_key(|row| row.contains("AM"));
        assert_eq!(apart(&rows), expected, "{one} | {other}");
    }
}

#[test]
fn every_table_begins_with_the_columns_of_the_child() {
    let columns = usize::from(epep::child::COLUMNS_OF_CHILD);
    let tables = [&ATTENDANCE_CSV, &PEP_CSV, &epep::VOICE_CSV].into_iter().flat_map(|format| format.tables);
    let mut first: Option<Vec<&str>> = None;
    for table in tables {
        let names: Vec<&str> = table.columns.iter().take(columns).map(|column| column.name).collect();
        assert_eq!(names.last(), Some(&"sex"), "{}", table.name);
        assert_eq!(*first.get_or_insert_with(|| names.clone()), names, "{}", table.name);
    }
}
