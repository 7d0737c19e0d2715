//! The placement census: headings however they are written, labels with a slip of the pen, and what is written of it.

use ifa::census::PNW_CSV;
use kit::adapter::Options;
use schemas::{
    code::{NoticeKind, Provision, Regulator, Sex, VacancyPlacementType},
    identifier::{Identifier, LaCode},
    record::{Person, Provider, Statement, SubjectKind},
    said::{Coarse, Reduction, Said},
};

use crate::support::{Read, cell, day, options, read, read_with, write};

const HEADING: &str = "Looked after child?,Placing Authority,Identifier,Age,Gender,Ethnic Group,How the placement was sourced,Organisation,Provider Ofsted (or equivalent) URN,Provider Company number,Establishment,Establishment URN,Primary registration type,Type of provision,UASC,Placement start date,Total weekly cost,Contribution from Social Care,Contribution from Education,Contribution from Health,Does this placement cost include additional packages?,DoLS in place?,Does this CYP require a solo placement?,Placing at Distance Reason\n";
const ROW: &str = "Yes,330,A-1001,9,Female (including trans female),Asian or Asian British,Framework,Invented Fostering,SC999901,01234567,,,Ofsted,Parent and child,No,16/01/2026,945.00,845.00,0.00,100.00,No,No,No,\n";

fn table(rows: &[&str]) -> Vec<u8> {
    [&[HEADING], rows].concat().concat().into_bytes()
}

fn people(read: &Read) -> Vec<&Person> {
    let people = read.records().filter_map(|record| match &record.statement {
        Statement::Person(person) => Some(person),
        _ => None,
    });
    people.collect()
}

fn providers(read: &Read) -> Vec<&Provider> {
    let providers = read.records().filter_map(|record| match &record.statement {
        Statement::Provider(provider) => Some(provider),
        _ => None,
    });
    providers.collect()
}

#[test]
fn a_row_is_a_child_placed_and_a_provider() {
    let read = read(&PNW_CSV, &[&table(&[ROW])]);
    assert_eq!(read.codes(), ["ifa/column-left-out"]);
    assert_eq!(read.subjects.len(), 2);
    let kinds: Vec<_> = read.subjects.iter().map(|records| records[0].subject.kind).collect();
    assert_eq!(kinds, [SubjectKind::Child, SubjectKind::Place]);
    let child = &read.subjects[0][0].subject;
    assert!(matches!(child.identifiers[..], [Identifier::Pseudonym(_)]), "no link to a child");
    assert_eq!(child.authority, LaCode::new(330));
    let [person] = people(&read)[..] else { panic!("one person") };
    assert_eq!(person.birth_date, Said::Reduced(Reduction::Age(9)), "an age is no birth date");
    assert_eq!(
        (person.sex, person.ethnicity),
        (Said::Is(Sex::Female), Said::Reduced(Reduction::Coarse(Coarse::Asian)))
    );
    let [(notice, false)] = read.notices()[..] else { panic!("one notice") };
    assert_eq!((notice.kind, notice.start_date), (Said::Is(NoticeKind::Start), Said::Is(day("2026-01-16"))));
    let more = notice.more.as_deref().unwrap();
    assert_eq!(more.provision, Said::Is(Provision::Fostering));
    assert_eq!(more.placement_type, Said::Is(VacancyPlacementType::ParentAndChild));
    let [(cost, false)] = read.costs()[..] else { panic!("one cost") };
    assert_eq!(cost.total.is().unwrap().number(), 94_500);
    let contributions = cost.more.as_deref().unwrap().contributions.clone().is().unwrap();
    assert_eq!(
        (contributions.health.is().unwrap().number(), contributions.education.is().unwrap().number()),
        (10_000, 0)
    );
    let [provider] = providers(&read)[..] else { panic!("one provider") };
    assert_eq!(provider.name, Said::Is("Invented Fostering".into()));
    assert_eq!(provider.more.as_deref().unwrap().company_number, Said::Is("01234567".into()));
}

#[test]
fn columns_that_are_not_carried_are_told_once_at_their_headings() {
    let read = read(&PNW_CSV, &[&table(&[ROW, &ROW.replace("A-1001", "A-1002")])]);
    let told: Vec<_> = read.told.iter().map(|told| (told.rule.code, cell(&told.place))).collect();
    let columns: Vec<_> = [1, 7, 11, 15, 18, 21, 22, 23, 24].map(|column| ("ifa/column-left-out", (1, column))).into();
    let mut sorted = told.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, columns);
}

#[test]
fn headings_of_other_years_are_known_by_how_they_begin() {
    let minimal = |urn: &str, start: &str| {
        format!(
            "Placing Authority,Identifier,{urn},Type of provision,{start}\n330,A-1,SC999901,Mainstream,16/01/2026\n"
        )
    };
    for (urn, start) in [
        ("Provider ID", "Placement start date (dd/mm/yyyy)"),
        ("Provider Ofsted URN", "PLACEMENT START DATE"),
        ("provider_ofsted_(or equivalent)_urn", "Placement Start"),
    ] {
        let read = read(&PNW_CSV, &[minimal(urn, start).as_bytes()]);
        assert!(read.told.is_empty(), "{urn}, {start}: {:?}", read.codes());
        assert_eq!(read.notices()[0].0.provider_urn, Said::Is("SC999901".into()));
    }
    let other = read(&PNW_CSV, &[minimal("Ofsted", "Placement start").as_bytes()]);
    assert_eq!(other.codes(), ["table/unknown-column"]);
    let removed =
        "Placing Authority,Identifier,Host Authority,SEND status,Placement start date\n330,A-1,331,EHCP,16/01/2026\n";
    let read = read(&PNW_CSV, &[removed.as_bytes()]);
    assert_eq!(read.told.iter().map(|told| told.rule.code).collect::<Vec<_>>(), ["ifa/column-left-out"; 2]);
}

#[test]
fn a_label_one_letter_away_is_read_with_a_warning_and_others_are_not() {
    for (from, to, sex, codes) in [
        ("Female (including trans female)", "Fenale", Said::Is(Sex::Female), vec!["ifa/census-label"]),
        ("Female (including trans female)", "Femal", Said::Is(Sex::Female), vec!["ifa/census-label"]),
        ("Female (including trans female)", "female", Said::Is(Sex::Female), vec![]),
        ("Female (including trans female)", "Non-binary", Said::Is(Sex::Unknown), vec![]),
        ("Female (including trans female)", "Fenaie", Said::Unreadable, vec!["table/cell"]),
        // One letter from Male and one from none other; a girl is two letters away.
        ("Female (including trans female)", "Mala", Said::Is(Sex::Male), vec!["ifa/census-label"]),
        ("Female (including trans female)", "M", Said::Unreadable, vec!["table/cell"]),
    ] {
        let read = read(&PNW_CSV, &[&table(&[&ROW.replace(from, to)])]);
        let told: Vec<_> = read.codes().into_iter().filter(|code| *code != "ifa/column-left-out").collect();
        assert_eq!((people(&read)[0].sex, told), (sex, codes), "{to}");
    }
    let spelt = read(&PNW_CSV, &[&table(&[&ROW.replace("Parent and child", "Mainstreem")])]);
    assert_eq!(spelt.notices()[0].0.more.as_deref().unwrap().provision, Said::Is(Provision::Fostering));
    assert!(spelt.codes().contains(&"ifa/census-label"));
}

#[test]
fn whose_number_it_is_goes_by_who_registers_the_provider() {
    for (registration, urn, code, number) in [
        ("Ofsted", "123456", Some("ifa/census-urn"), None),
        ("", "1234567", None, Some(Regulator::Ofsted)),
        ("Care Inspectorate Wales", "W-17", Some("ifa/urn-unknown-kind"), Some(Regulator::CareInspectorateWales)),
        ("CQC only", "1-101", Some("ifa/urn-unknown-kind"), Some(Regulator::CareQualityCommission)),
    ] {
        let row = ROW.replace("SC999901", urn).replace("Ofsted,Parent", &format!("{registration},Parent"));
        let read = read(&PNW_CSV, &[&table(&[&row])]);
        let told: Vec<_> = read.codes().into_iter().filter(|code| *code != "ifa/column-left-out").collect();
        assert_eq!(told, code.into_iter().collect::<Vec<_>>(), "{registration}");
        assert_eq!(read.notices()[0].0.provider_urn, Said::Is(urn.into()), "kept as it is");
        let of: Vec<_> = read.subjects.iter().flat_map(|records| records[0].subject.identifiers.clone()).collect();
        let of = of.into_iter().find_map(|identifier| match identifier {
            Identifier::Provider(urn) => Some(urn.regulator()),
            _ => None,
        });
        assert_eq!(of, number, "{registration}");
    }
    let home = ROW.replace("01234567,,,", "01234567,,SC888801,");
    assert_eq!(
        read(&PNW_CSV, &[&table(&[&home])]).notices()[0].0.provider_urn,
        Said::Is("SC888801".into()),
        "the home's own"
    );
}

#[test]
fn a_pseudonym_hangs_on_the_authority_and_on_the_installations_key() {
    let name = |authority: &str, key: u8| {
        let options = Options { id_key: kit::ids::IdKey::secret(&[key; 32]), ..options() };
        let read = read_with(&PNW_CSV, &[&table(&[&ROW.replace("330", authority)])], &options);
        read.subjects[0][0].subject.identifiers.clone()
    };
    assert_eq!(name("330", 1), name("330", 1));
    assert_ne!(name("330", 1), name("331", 1));
    assert_ne!(name("330", 1), name("330", 2));
    assert_eq!(name("Birmingham", 1), name("330", 1), "an authority by its name");
}

#[test]
fn two_rows_of_one_child_are_one_subject_and_rows_that_repeat_are_told() {
    let second = ROW.replace("16/01/2026", "01/02/2026");
    let both = read(&PNW_CSV, &[&table(&[ROW, &second])]);
    assert_eq!(both.codes(), ["ifa/column-left-out"]);
    assert_eq!((both.subjects.len(), both.notices().len(), people(&both).len()), (2, 2, 1));
    assert!(read(&PNW_CSV, &[&table(&[ROW, ROW])]).codes().contains(&"record/duplicate"));
    let dearer = ROW.replace("945.00", "990.00");
    let told = read(&PNW_CSV, &[&table(&[ROW, &dearer])]);
    assert!(told.codes().contains(&"record/key-clash"));
    assert_eq!(told.costs()[0].0.total.is().unwrap().number(), 99_000, "the later stands");
}

#[test]
fn what_the_census_has_is_written_and_the_rest_told() {
    let mut first = read(&PNW_CSV, &[&table(&[ROW])]);
    // A row is of a child: its provider is a subject of its own.
    first.subjects.truncate(1);
    let (bytes, lost) = write(&PNW_CSV, &first);
    assert!(lost.is_empty(), "{lost:?}");
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert_eq!(
        text.lines().next().unwrap(),
        "Placing Authority,Identifier,Age,Gender,Ethnic Group,Provider Ofsted (or equivalent) URN,Type of provision,Placement start date,Total weekly cost,Contribution from Education,Contribution from Health"
    );
    assert!(
        text.lines().nth(1).unwrap().ends_with(
            ",9,Female (including trans female),Asian,SC999901,Parent and child,16/01/2026,945.00,0.00,100.00"
        ),
        "{text}"
    );
    let second = read(&PNW_CSV, &[&bytes]);
    assert!(second.told.is_empty(), "{:?}", second.told);
    let statements = |read: &Read| read.subjects[0].iter().map(|record| record.statement.clone()).collect::<Vec<_>>();
    assert_eq!(statements(&first), statements(&second));
    let Statement::PlacementNotice(notice) = &mut first.subjects[0][1].statement else { panic!("a notice") };
    notice.kind = Said::Is(NoticeKind::End);
    let told: Vec<_> = write(&PNW_CSV, &first).1.iter().map(|told| told.rule.code).collect();
    assert_eq!(told, ["ifa/not-expressible"; 2], "an end, and the price of a placement without a row");
}
