//! For every rule an input that breaks it, and the nearest that does not: edits of the clean return.

use schemas::{
    code::MeasurementKind,
    decimal::Decimal,
    record::{Measurement, Person, PersonMore, Statement},
    reflect::{Kind, Value},
    said::Said,
};

use super::{Case, How, outcomes};
use crate::{
    base::Edit::{self, *},
    support::day,
};

const fn read(rule: &'static str, raises: &'static [Edit], nearest: &'static [Edit]) -> Case {
    Case { rule, how: How::Read("ssda903-csv"), raises, nearest }
}

const fn to_fhir(rule: &'static str, view: &'static str, raises: &'static [Edit], nearest: &'static [Edit]) -> Case {
    Case { rule, how: How::Translated("fhir-ndjson", view), raises, nearest }
}

const fn to_return(rule: &'static str, raises: &'static [Edit], nearest: &'static [Edit]) -> Case {
    Case { rule, how: How::Translated("ssda903-csv", "local-authority"), raises, nearest }
}

const fn returned(rule: &'static str, says: fn(bool) -> Vec<Statement>) -> Case {
    Case { rule, how: How::Returned(says), raises: &[], nearest: &[] }
}

/// One cell, wrong and right.
macro_rules! cell {
    ($rule:literal, $table:literal $line:literal $column:literal, $wrong:literal, $right:literal) => {
        read($rule, &[Cell($table, $line, $column, $wrong)], &[Cell($table, $line, $column, $right)])
    };
}

/// One row more, wrong and right.
macro_rules! row {
    ($rule:literal, $table:literal, $wrong:literal, $right:literal) => {
        read($rule, &[Append($table, $wrong)], &[Append($table, $right)])
    };
}

pub(super) static CASES: &[Case] = &[
    cell!("table/cell", "header" 2 "MOTHER", "maybe", "yes"),
    cell!("table/blank", "episodes" 3 "PLACE", "", "K1"),
    read(
        "table/unrecognised",
        &[Part("notes", b"a,b,c\n1,2,3\n")],
        &[Part("notes", b"child,dob,review,review code\nC1,,01/02/2027,PN1\n")],
    ),
    read(
        "table/nothing-recognised",
        &[Only(&[]), Part("notes", b"a,b,c\n1,2,3\n")],
        &[Only(&["dolo"]), Part("notes", b"a,b,c\n1,2,3\n")],
    ),
    cell!("table/missing-column", "reviews" 1 "REVIEW_CODE", "CODE", "Review-Code"),
    read(
        "table/unknown-column",
        &[Part("dolo", b"CHILD,DOB,DOLO_START,DOLO_END,NOTE\nC1,14/05/2010,01/09/2026,01/10/2026,\n")],
        &[Part("dolo", b"CHILD,DOB,DOLO_START,DOLO_END,\nC1,14/05/2010,01/09/2026,01/10/2026,\n")],
    ),
    read(
        "table/double-column",
        &[Part("dolo", b"CHILD,DOB,DOLO_START,DOLO_END,DOLO_END\nC1,14/05/2010,01/09/2026,01/10/2026,\n")],
        &[Part("dolo", b"CHILD,DOB,DOLO_START,DOLO_END,\nC1,14/05/2010,01/09/2026,01/10/2026,\n")],
    ),
    read(
        "table/double-part",
        &[Part("more", b"CHILD,DOB,DOLO_START,DOLO_END\nC2,20/09/2013,01/09/2026,01/10/2026\n")],
        &[Without("dolo"), Part("more", b"CHILD,DOB,DOLO_START,DOLO_END\nC2,20/09/2013,01/09/2026,01/10/2026\n")],
    ),
    read("table/header-only", &[Part("dolo", b"CHILD,DOB,DOLO_START,DOLO_END\n")], &[]),
    read("table/empty-part", &[Part("dolo", b"")], &[Part("dolo", b"\n")]),
    read("table/not-in-year", &[Year(2026)], &[Year(2026), Without("dolo")]),
    read(
        "table/short-row",
        &[Line("missing", 3, "C2,20/09/2013,A,04/08/2026")],
        &[Line("missing", 3, "C2,20/09/2013,A,04/08/2026,")],
    ),
    read("table/cut-row", &[Cut("dolo", 12)], &[Cut("dolo", 11)]),
    read("table/no-last-line-end", &[Cut("dolo", 1)], &[]),
    read(
        "table/long-row",
        &[Line("missing", 3, "C2,20/09/2013,A,04/08/2026,,x")],
        &[Line("missing", 3, "C2,20/09/2013,A,04/08/2026,,")],
    ),
    read(
        "table/row-too-long",
        &[RowBytesMax(200), Made("delegation", || delegation_row(201))],
        &[RowBytesMax(200), Made("delegation", || delegation_row(200))],
    ),
    read(
        "table/too-many-columns",
        &[ColumnsMax(13), Cell("episodes", 6, "URN", ",")],
        &[ColumnsMax(13), Cell("episodes", 6, "URN", "")],
    ),
    read(
        "table/open-quote",
        &[Line("missing", 3, "C2,20/09/2013,A,04/08/2026,\"")],
        &[Line("missing", 3, "C2,20/09/2013,A,04/08/2026,\"\"")],
    ),
    read(
        "table/open-quote",
        &[RowLinesMax(2), Cell("delegation", 2, "conditions", "\"a\nb\nc\"")],
        &[RowLinesMax(2), Cell("delegation", 2, "conditions", "\"a\nb\"")],
    ),
    read("table/too-many-rows", &[RowsMax(31)], &[RowsMax(32)]),
    read("table/too-many-parts", &[PartsMax(15)], &[PartsMax(16)]),
    read("table/part-unreadable", &[Failing("dolo")], &[]),
    read(
        "table/encoding",
        &[Made("links", || link_named(b"Ren\xe9"))],
        &[Made("links", || link_named("René".as_bytes()))],
    ),
    cell!("table/decimal-tail", "oc2" 2 "SDQ_SCORE", "13.0", "13"),
    cell!("table/placeholder-date", "episodes" 3 "DEC", "31/12/9999", ""),
    cell!("table/placeholder-postcode", "episodes" 3 "HOME_POST", "XXX XXX", "B99 3WZ"),
    read(
        "table/text-cut",
        &[Made("links", || link_named(&[b'x'; 4001]))],
        &[Made("links", || link_named(&[b'x'; 4000]))],
    ),
    read(
        "record/code-not-in-year",
        &[Cell("header", 2, "ETHNIC", "ABRI"), Year(2025)],
        &[Cell("header", 2, "ETHNIC", "ABRI"), Year(2026)],
    ),
    cell!("record/no-child-id", "reviews" 2 "CHILD", "0", "01"),
    cell!("record/no-child-id-guard", "episodes" 2 "CHILD", "", "C1"),
    row!("record/duplicate", "reviews", b"C1,14/05/2010,10/06/2026,PN1\n", b"C1,14/05/2010,11/06/2026,PN1\n"),
    row!("record/key-clash", "reviews", b"C1,14/05/2010,10/06/2026,PN2\n", b"C1,14/05/2010,11/06/2026,PN2\n"),
    cell!("record/nhs-number", "links" 2 "nhs_number", "9000000008", "900 000 0009"),
    cell!("record/link-conflict", "links" 3 "nhs_number", "9000000009", "9000000017"),
    cell!("record/link-birth-date", "links" 2 "date_of_birth", "2010-05-15", "14/05/2010"),
    cell!("record/other-authority", "links" 2 "la_code", "331", "330"),
    cell!("view/guard-unreadable", "episodes" 3 "PLACE", "Q9", "U1"),
    cell!("ssda903/101", "header" 3 "SEX", "3", "U"),
    cell!("ssda903/102", "header" 2 "DOB", "31/02/2010", "2010-05-14"),
    cell!("ssda903/102", "header" 2 "DOB", "", "14/5/2010"),
    cell!("ssda903/103", "header" 2 "ETHNIC", "WXYZ", "WIRI"),
    cell!("ssda903/104", "uasc" 2 "DUC", "29/02/2026", "28/02/2026"),
    cell!("ssda903/112", "ad1" 2 "DATE_INT", "31/04/2026", "30/04/2026"),
    cell!("ssda903/113", "ad1" 2 "DATE_MATCH", "31/06/2026", "30/06/2026"),
    cell!("ssda903/114", "ad1" 2 "FOSTER_CARE", "2", "1"),
    cell!("ssda903/115", "placed-adoption" 2 "DATE_PLACED", "", "08/08/2026"),
    cell!("ssda903/116", "placed-adoption" 3 "DATE_PLACED_CEASED", "00/05/2025", "01/05/2025"),
    read(
        "ssda903/119",
        &[Cell("placed-adoption", 3, "REASON_PLACED_CEASED", "")],
        &[Line("placed-adoption", 3, "C2,20/09/2013,01/04/2025,,")],
    ),
    cell!("ssda903/120", "placed-adoption" 3 "REASON_PLACED_CEASED", "RD5", "RD4"),
    cell!("ssda903/131", "oc3" 2 "IN_TOUCH", "MAYBE", "NO"),
    cell!("ssda903/132", "oc3" 2 "ACTIV", "F9", "F1"),
    cell!("ssda903/133", "oc3" 2 "ACCOM", "S1", "S2"),
    cell!("ssda903/141", "episodes" 4 "DECOM", "12/13/2025", "12/12/2025"),
    cell!("ssda903/143", "episodes" 4 "RNE", "X", "S"),
    cell!("ssda903/144", "episodes" 4 "LS", "V9", "V4"),
    cell!("ssda903/145", "episodes" 4 "CIN", "N12", "N8"),
    cell!("ssda903/146", "episodes" 4 "PLACE", "Q9", "U5"),
    cell!("ssda903/147", "episodes" 2 "DEC", "31/06/2024", "30/06/2024"),
    read(
        "ssda903/148",
        &[Cell("episodes", 2, "DEC", "")],
        &[Cell("episodes", 2, "DEC", ""), Cell("episodes", 2, "REC", "")],
    ),
    read(
        "ssda903/148",
        &[Cell("episodes", 2, "REC", "")],
        &[Cell("episodes", 2, "DEC", ""), Cell("episodes", 2, "REC", "")],
    ),
    cell!("ssda903/149", "episodes" 2 "REC", "E99", "E4A"),
    read("ssda903/151", &[Cell("ad1", 2, "LS_ADOPTR", "")], &[Line("ad1", 2, "C3,01/12/2022,,,,,,")]),
    read("ssda903/153", &[Cell("oc3", 2, "ACCOM", "")], &[Line("oc3", 2, "C4,02/03/2008,,,")]),
    cell!("ssda903/158", "oc2" 2 "INTERVENTION_RECEIVED", "1", "0"),
    cell!("ssda903/159", "oc2" 2 "INTERVENTION_OFFERED", "", "0"),
    cell!("ssda903/166", "reviews" 2 "REVIEW", "31/09/2026", "30/09/2026"),
    cell!("ssda903/167", "reviews" 2 "REVIEW_CODE", "PN8", "PN7"),
    cell!("ssda903/168", "header" 2 "UPN", "I330999925001", "J330999925001"),
    cell!("ssda903/168", "header" 3 "UPN", "UN6", "UN5"),
    cell!("ssda903/171", "header" 2 "MC_DOB", "29/02/2026", "28/02/2026"),
    cell!("ssda903/174", "header" 2 "SEX", "M", "U"),
    cell!("ssda903/175", "ad1" 2 "NB_ADOPTR", "3", "2"),
    cell!("ssda903/175", "ad1" 2 "NB_ADOPTR", "0", "1"),
    cell!("ssda903/176", "ad1" 2 "SEX_ADOPTR", "FM", "FF"),
    cell!("ssda903/177", "ad1" 2 "LS_ADOPTR", "L1", "L2"),
    cell!("ssda903/178", "episodes" 4 "PLACE_PROVIDER", "PR6", "PR5"),
    cell!("ssda903/178", "episodes" 6 "PLACE_PROVIDER", "PR1", ""),
    cell!("ssda903/180", "oc2" 2 "SDQ_SCORE", "41", "40"),
    cell!("ssda903/181", "oc2" 2 "TEETH_CHECK", "2", "0"),
    cell!("ssda903/182", "oc2" 2 "TEETH_CHECK", "", "0"),
    // Four on 1 April 2027, the day after the year; and on 31 March, its last day.
    row!("ssda903/188", "oc2", b"C5,01/04/2023,5,,0,0,1,1,1,0,,\n", b"C5,31/03/2023,5,,0,0,1,1,1,0,,\n"),
    // Seventeen on 31 March 2026, the day before the year; and on 1 April, its first day.
    row!("ssda903/189", "oc2", b"C5,31/03/2009,5,,0,0,1,1,1,0,,\n", b"C5,01/04/2009,5,,0,0,1,1,1,0,,\n"),
    cell!("ssda903/192", "oc2" 2 "INTERVENTION_RECEIVED", "", "0"),
    cell!("ssda903/193", "oc2" 3 "INTERVENTION_RECEIVED", "0", ""),
    cell!("ssda903/196", "oc2" 3 "SDQ_REASON", "SDQ6", "SDQ4"),
    cell!("ssda903/197a", "oc2" 2 "SDQ_REASON", "SDQ2", ""),
    row!("ssda903/INT01", "ad1", b"C9,,,,,,,\n", b"C4,,,,,,,\n"),
    row!("ssda903/INT02", "placed-adoption", b"C9,,01/01/2026,,\n", b"C4,,01/01/2026,,\n"),
    row!(
        "ssda903/INT03",
        "episodes",
        b"C9,03/03/2021,S,V2,N5,U4,PR1,,,,B99 2AA,B99 2AB,SC123456\n",
        b"C4,03/03/2021,S,V2,N5,U4,PR1,,,,B99 2AA,B99 2AB,SC123456\n"
    ),
    row!("ssda903/INT04", "missing", b"C9,,M,01/01/2027,02/01/2027\n", b"C4,,M,01/01/2027,02/01/2027\n"),
    row!("ssda903/INT05", "oc2", b"C9,,,,,,,,,,,\n", b"C4,,,,,,,,,,,\n"),
    row!("ssda903/INT06", "oc3", b"C9,,,,\n", b"C1,,,,\n"),
    row!("ssda903/INT07", "prev-perm", b"C9,,Z1,,\n", b"C4,,Z1,,\n"),
    row!("ssda903/INT08", "reviews", b"C9,,10/10/2026,PN1\n", b"C4,,10/10/2026,PN1\n"),
    row!("ssda903/INT09", "uasc", b"C9,F,,\n", b"C1,F,,\n"),
    cell!("ssda903/INT11", "ad1" 2 "DOB", "02/12/2022", "1/12/2022"),
    cell!("ssda903/INT12", "placed-adoption" 2 "DOB", "02/12/2022", ""),
    cell!("ssda903/INT13", "missing" 2 "DOB", "15/05/2010", ""),
    cell!("ssda903/INT14", "oc2" 2 "DOB", "15/05/2010", ""),
    cell!("ssda903/INT15", "oc3" 2 "DOB", "03/03/2008", ""),
    cell!("ssda903/INT16", "prev-perm" 2 "DOB", "15/05/2010", ""),
    cell!("ssda903/INT17", "reviews" 2 "DOB", "15/05/2010", ""),
    cell!("ssda903/INT18", "uasc" 2 "DOB", "03/03/2008", ""),
    cell!("ssda903/INT21", "uasc" 2 "SEX", "F", ""),
    row!("ssda903/INT31", "ad1", b"C3,01/12/2022,05/05/2025,06/06/2026,0,2,MF,L11\n", b"C4,,,,,,,\n"),
    row!("ssda903/INT32", "header", b"C1,F,14/05/2010,WBRI,,1,\n", b"C01,F,14/05/2010,WBRI,,1,\n"),
    row!("ssda903/INT33", "oc2", b"C1,,,,,,,,,,,\n", b"C4,,,,,,,,,,,\n"),
    row!("ssda903/INT34", "oc3", b"C4,,,,\n", b"C1,,,,\n"),
    row!("ssda903/INT35", "prev-perm", b"C1,,Z1,,\n", b"C4,,Z1,,\n"),
    row!("ssda903/INT36", "uasc", b"C4,M,,\n", b"C1,F,,\n"),
    cell!("ssda903/sex-notation", "header" 2 "SEX", "2", "F"),
    cell!("ssda903/upn-check-letter", "header" 2 "UPN", "K330999925001", "J330999925001"),
    // Which of two columns is right decides who is protected.
    read(
        "table/double-guard",
        &[
            Part("missing", b"CHILD,CHILD,DOB,MISSING,MIS_START,MIS_END\n"),
            Cell("placed-adoption", 1, "DOB", "DATE_PLACED"),
        ],
        &[Cell("missing", 1, "MIS_END", "MISSING")],
    ),
    read(
        "record/protects-nobody",
        &[Append("restriction", b"330,C77,location,2026-01-01,,,,\n")],
        &[Append("restriction", b"330,C1,location,2026-01-01,,,,\n")],
    ),
    read(
        "record/nearly-another",
        &[Append("restriction", b"330,C-1,location,2026-01-01,,,,\n")],
        &[Append("restriction", b"330,C77,location,2026-01-01,,,,\n")],
    ),
    read(
        "record/protection-unrecognised",
        &[Part("my-restrictions", b"who,what,when\n1,2,3\n")],
        &[Part("my-rooms", b"who,what,when\n1,2,3\n")],
    ),
    to_return("ssda903/not-expressible", &[], &[Without("restriction"), Without("consent"), Without("delegation")]),
    to_return(
        "ssda903/not-repeated",
        &[Append("reviews", b"C9,01/02/2012,10/10/2026,PN1\n")],
        &[Append("reviews", b"C4,02/03/2008,10/10/2026,PN1\n")],
    ),
    // A sex that no return up to 2023/24 had a digit for.
    to_return(
        "ssda903/code-not-written",
        &[Cell("header", 3, "SEX", "U"), Year(2024)],
        &[Cell("header", 3, "SEX", "U"), Year(2025)],
    ),
    to_fhir(
        "fhir/not-expressible",
        "local-authority",
        &[],
        &[Without("ad1"), Without("placed-adoption"), Without("prev-perm"), Without("delegation"), Without("oc2")],
    ),
    // A worker who left the day before the first period of care has no team to be in.
    to_fhir(
        "fhir/too-little-said",
        "local-authority",
        &[Line("social-worker", 2, "C1,14/05/2010,SW101,01/01/2019,31/05/2020,MANAGE")],
        &[Line("social-worker", 2, "C1,14/05/2010,SW101,01/01/2019,01/06/2020,MANAGE")],
    ),
    to_fhir("fhir/ethnicity-coarser", "health", &[Cell("header", 2, "ETHNIC", "ABRI")], &[]),
    to_fhir(
        "fhir/nhs-number-twice",
        "health",
        &[Append("links", b"330,C1,9000000041,,,,,,,\n")],
        &[Append("links", b"330,C1,9000000009,,,,,,,\n")],
    ),
    to_fhir("fhir/authority-missing", "health", &[NoAuthority], &[]),
    to_fhir(
        "fhir/teams-full",
        "local-authority",
        &[Made("episodes", || episodes_of_one_child(33)), Made("social-worker", || workers_of_one_child(31))],
        &[Made("episodes", || episodes_of_one_child(32)), Made("social-worker", || workers_of_one_child(31))],
    ),
    Case {
        rule: "fhir/patient-unmatchable",
        how: How::Translated("fhir-json", "health"),
        raises: &[Setting("fhir.patient", "if-none-exist"), Without("links")],
        nearest: &[Without("links")],
    },
    Case {
        rule: "fhir/passport-not-made",
        how: How::Translated("passport-html", "local-authority"),
        raises: &[Cell("episodes", 3, "DEC", "20/08/2025"), Cell("episodes", 3, "REC", "E11")],
        nearest: &[Cell("episodes", 3, "DEC", "20/08/2025"), Cell("episodes", 3, "REC", "E4A")],
    },
    Case { rule: "record/not-held-in-care", how: How::Believed { in_care: true }, raises: &[], nearest: &[] },
    Case { rule: "record/held-in-care", how: How::Believed { in_care: false }, raises: &[], nearest: &[] },
    returned("record/oc2-flag-differs", outcomes::teeth_differ),
    returned("ssda903/oc2-not-derivable", outcomes::teeth_are_not_known),
    returned("ssda903/immunisation-evidence", outcomes::immunised),
    returned("ssda903/sdq-missing", outcomes::scored_by_another),
    returned("ssda903/sdq-twice", outcomes::scored_twice),
    Case { rule: "fhir/language-unmapped", how: How::Said(speaks), raises: &[], nearest: &[] },
    Case { rule: "fhir/unit-not-written", how: How::Said(weighs), raises: &[], nearest: &[] },
    to_fhir("view/restricted", "health", &[], &[WithoutChild("C3")]),
    to_fhir("view/adopted", "health", &[Cell("prev-perm", 2, "PREV_PERM", "P1")], &[]),
    to_fhir(
        "view/consent",
        "health",
        &[Append("consent", b"330,C1,PASSPORT,PERMIT,SELF,RX1,2026-05-01,\n")],
        &[Append("consent", b"330,C1,PASSPORT,PERMIT,SELF,,2026-05-01,\n")],
    ),
];

/// One delegation whose row is so many bytes long.
fn delegation_row(bytes: usize) -> Vec<u8> {
    let filled = "x".repeat(bytes - "330,C1,HAIRCUT,CARER,,2026-09-01".len());
    format!("la_code,la_child_id,matter,who_decides,conditions,as_at\n330,C1,HAIRCUT,CARER,{filled},2026-09-01\n")
        .into_bytes()
}

/// One link with a surname.
fn link_named(surname: &[u8]) -> Vec<u8> {
    let heading: &[u8] = b"la_code,la_child_id,nhs_number,surname\n330,C1,9000000009,";
    [heading, surname, b"\n"].concat()
}

/// Periods of care that stand apart, each of one day.
fn episodes_of_one_child(periods: u16) -> Vec<u8> {
    let mut text =
        String::from("CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST\n");
    for n in 0..periods {
        let year = 1990 + n;
        text += &format!("C1,01/01/{year},S,C1,N1,U6,PR1,02/01/{year},E4A,,B99 1AA,B99 1AB\n");
    }
    text.into_bytes()
}

/// Workers who were there in every period: 1,000 participants is the most that teams hold.
fn workers_of_one_child(workers: u16) -> Vec<u8> {
    let mut text = String::from("CHILD,DOB,SW_ID,SW_DECOM,SW_DEC,SW_REASON\n");
    for n in 0..workers {
        text += &format!("C1,,SW{n},01/01/1989,,\n");
    }
    text.into_bytes()
}

/// A child who speaks a language: no format reads it yet.
fn weighs(breaks: bool) -> Statement {
    Measurement {
        kind: Said::Is(MeasurementKind::Weight),
        value: Decimal::read(b"19.10").map_or(Said::NotAsked, Said::Is),
        unit: Said::Is(if breaks { "stone" } else { "kg" }.into()),
        effective: Said::Is(day("2026-11-04")),
    }
    .into()
}

fn speaks(breaks: bool) -> Statement {
    let language = if breaks { "QQQ" } else { "ENG" };
    let mut statement = Person { more: Some(Box::<PersonMore>::default()), ..Person::default() }.into();
    let field = Person::TYPE.field("languages").unwrap();
    let Kind::List(Kind::Item(shape)) = field.kind else { panic!("languages are a list of groups") };
    let members = shape.members.iter().map(|member| match member.name {
        "code" => Said::Is(Value::Text(language.into())),
        _ => Said::NotAsked,
    });
    let spoken = Value::List(vec![Value::Item(members.collect())]);
    assert!(field.set(&mut statement, Said::Is(spoken)));
    statement
}
