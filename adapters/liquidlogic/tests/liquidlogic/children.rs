//! What the rows of one child become: one subject, records in the record's order, doubles settled.

use kit::dialect::Dialect;
use liquidlogic::SSDA903_CSV;
use schemas::{
    code::{LegalStatus, NhsNumberStatus, RestrictionBasis, RestrictionKind},
    identifier::{Identifier, LaCode},
    record::{Record, Statement},
    said::Said,
};

use crate::support::{read, texts, year};

const HEADER: &str = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n";
const EPISODES: &str =
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n";

fn types(records: &[Record]) -> Vec<&'static str> {
    records.iter().map(|record| record.statement.statement_type().name).collect()
}

#[test]
fn a_child_is_one_subject_whatever_the_files_are_called_and_however_the_id_is_spelt() {
    let header = format!("{HEADER}a1,1,14/05/2012,WBRI,W330999924017,,\n");
    let episodes = format!("{EPISODES} A1 ,12/03/2017,S,V2,N1,U6,PR4,,,,B99 1AA,B99 2BB,SC900001\n");
    let links = "la_code,la_child_id,nhs_number,source,verified_on\n330,a1,9000000009,pds-trace,2018-01-02\n";
    let document = texts(&[("1.csv", &episodes), ("2.csv", links), ("3.csv", &header)]);
    let read = read(&document, &year(2018));
    assert_eq!(read.labels, ["episodes", "links", "header"]);
    let [(records, held)] = read.children.as_slice() else { panic!("one child, not {}", read.children.len()) };
    assert_eq!(types(records), ["Person", "CareEpisode"]);
    assert!(!held);
    let kinds: Vec<&str> = records[0].subject.identifiers.iter().map(|identifier| identifier.kind().name()).collect();
    assert_eq!(kinds.len(), 3);
    assert!(matches!(records[0].subject.identifiers[0], Identifier::LaChild(_)), "the anchor comes first");
    assert!(std::sync::Arc::ptr_eq(&records[0].subject, &records[1].subject), "all records share it");
}

#[test]
fn episodes_of_one_day_are_both_kept_and_a_row_said_twice_is_dropped() {
    let first = "7,12/03/2017,S,V2,N1,U6,PR4,12/03/2017,X1,,,,\n";
    let second = "7,12/03/2017,L,C2,N1,U6,PR4,,,,,,\n";
    let episodes = format!("{EPISODES}{first}{second}{second}");
    let read = read(&texts(&[("e.csv", &episodes)]), &year(2018));
    let [(records, _)] = read.children.as_slice() else { panic!("one child") };
    let ordinals: Vec<(Option<u16>, Said<LegalStatus>)> = records
        .iter()
        .map(|record| match &record.statement {
            Statement::CareEpisode(episode) => (episode.ordinal.is().map(|n| n.get()), episode.legal_status),
            _ => panic!("an episode"),
        })
        .collect();
    assert!(
        ordinals
            == [
                (Some(0), Said::Is(LegalStatus::SectionTwentySinglePeriod)),
                (Some(1), Said::Is(LegalStatus::FullCareOrder)),
            ]
    );
    assert_eq!(read.counts().get("record/duplicate"), Some(&1));
    assert_eq!(read.counts().get("record/key-clash"), Some(&1));
}

#[test]
fn a_lost_row_of_a_guarding_module_holds_the_child_and_nobody_else() {
    let episodes = format!("{EPISODES}7,12/03/2017,S\n8,12/03/2017,S,V2,N1,U6,PR4,,,,,,\n9,x,S,V2,N1,U6,PR4,,,,,,\n");
    let read = read(&texts(&[("e.csv", &episodes)]), &year(2018));
    let held: Vec<bool> = read.children.iter().map(|(_, held)| *held).collect();
    assert_eq!(held, [true, false, true]);
    assert_eq!(read.counts().get("view/guard-unreadable"), Some(&2));
}

#[test]
fn a_column_that_the_dialect_names_restricts_the_child() {
    let toml = "[restriction]\ncolumn = \"Restricted record\"\nset = [\"Y\"]\nclear = [\"N\", \"\"]\n";
    let (dialect, faults) = Dialect::read(toml, SSDA903_CSV.tables);
    assert!(faults.is_empty());
    let header = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB,Restricted Record\n\
                  1,1,14/05/2012,WBRI,,,,Y\n2,1,14/05/2012,WBRI,,,,N\n3,1,14/05/2012,WBRI,,,,perhaps\n";
    let mut options = year(2018);
    options.dialect = dialect;
    let read = read(&texts(&[("h.csv", header)]), &options);
    let [(restricted, false), (plain, false), (_, true)] = read.children.as_slice() else { panic!("three children") };
    assert_eq!(types(plain), ["Person"]);
    let Some(Statement::Restriction(restriction)) = restricted.last().map(|record| &record.statement) else {
        panic!("a restriction")
    };
    assert!(restriction.kind == Said::Is(RestrictionKind::AuthorityRestricted));
    assert!(restriction.basis == Said::Is(RestrictionBasis::Stated));
}

#[test]
fn an_error_in_a_restriction_closes_the_document_to_others() {
    let restriction = |kind: &str| {
        format!("la_code,la_child_id,kind,since,until,review_on,set_by_role,recipients\n330,7,{kind},2018-01-01,,,,\n")
    };
    let header = format!("{HEADER}7,1,14/05/2012,WBRI,,,\n");
    for (kind, closed) in [("location", false), ("adopted", false), ("nhs", true), ("", true)] {
        let document = texts(&[("h.csv", &header), ("r.csv", &restriction(kind))]);
        assert_eq!(read(&document, &year(2018)).closed, closed, "kind {kind:?}");
    }
    let mut options = year(2018);
    options.authority = LaCode::new(331);
    let document = texts(&[("h.csv", &header), ("r.csv", &restriction("location"))]);
    assert!(read(&document, &options).closed, "another authority's restriction");
}

#[test]
fn one_identifier_on_two_children_is_used_for_neither() {
    let links = "la_code,la_child_id,nhs_number,source,verified_on\n\
                 330,1,9000000009,pds-trace,2018-01-02\n330,2,9000000009,pds-trace,2018-01-02\n";
    let header = format!("{HEADER}1,1,14/05/2012,WBRI,,,\n2,1,14/05/2012,WBRI,,,\n");
    let read = read(&texts(&[("h.csv", &header), ("l.csv", links)]), &year(2018));
    assert_eq!(read.counts().get("record/link-conflict"), Some(&2));
    for (records, _) in &read.children {
        assert_eq!(records[0].subject.identifiers.len(), 1);
    }
}

#[test]
fn a_table_that_protects_and_lacks_a_column_closes_the_document_to_others() {
    let header = format!("{HEADER}7,1,14/05/2012,WBRI,,,\n");
    let tables = [
        ("la_code,la_child_id,since,until,review_on,set_by_role\n330,7,2018-01-01,,,\n", true),
        ("CHILD,DOB,DATE_PLACED,DATE_PLACED_CEASED\n7,14/05/2012,01/02/2018,\n", true),
        ("CHILD,DOB,REVIEW\n7,14/05/2012,01/02/2018\n", false),
    ];
    for (table, closed) in tables {
        let read = read(&texts(&[("h.csv", &header), ("t.csv", table)]), &year(2018));
        assert_eq!(read.counts().get("table/missing-column"), Some(&1), "{table}");
        assert_eq!(read.closed, closed, "{table}");
    }
}

#[test]
fn a_refusal_is_not_overwritten_by_a_later_row() {
    let consents = "la_code,la_child_id,scope,decision,given_by,start_date\n\
                    330,7,INFORMATION_SHARING,DENY,SELF,2018-01-01\n330,7,INFORMATION_SHARING,PERMIT,SELF,2018-01-01\n";
    let header = format!("{HEADER}7,1,14/05/1999,WBRI,,,\n");
    let read = read(&texts(&[("h.csv", &header), ("c.csv", consents)]), &year(2018));
    assert_eq!(types(&read.children[0].0), ["Person", "Consent", "Consent"]);
    assert_eq!(read.counts().get("record/key-clash"), Some(&1));
}

#[test]
fn a_restriction_whose_child_is_nearly_spelt_as_another_closes_the_document() {
    let header = format!("{HEADER}1000010,1,14/05/2012,WBRI,,,\n");
    for (child, closed, rule) in [
        ("1000010.0", false, None),
        ("01000010", true, Some("record/nearly-another")),
        ("1.000010E6", true, Some("record/nearly-another")),
        ("2000020", false, Some("record/protects-nobody")),
    ] {
        let restriction = format!("la_code,la_child_id,kind,since\n330,{child},location,2018-01-01\n");
        let read = read(&texts(&[("h.csv", &header), ("x.csv", &restriction)]), &year(2018));
        assert_eq!(read.closed, closed, "{child}");
        assert!(rule.is_none_or(|rule| read.counts().get(rule) == Some(&1)), "{child}");
    }
}

#[test]
fn a_trace_on_a_day_to_come_is_none() {
    let header = format!("{HEADER}7,1,14/05/2012,WBRI,,,\n");
    let links = "la_code,la_child_id,nhs_number,source,verified_on\n330,7,9000000009,pds-trace,2018-05-02\n";
    for (recorded_at, status) in [
        ("2018-05-01T09:00:00Z", NhsNumberStatus::PresentButNotTraced),
        ("2018-05-02T09:00:00Z", NhsNumberStatus::PresentAndVerified),
    ] {
        let mut options = year(2018);
        options.recorded_at = Some(recorded_at.into());
        let read = read(&texts(&[("h.csv", &header), ("l.csv", links)]), &options);
        let Statement::Person(person) = &read.children[0].0[0].statement else { panic!("a person") };
        assert!(person.nhs_number_status == Said::Is(status), "{recorded_at}");
    }
}
