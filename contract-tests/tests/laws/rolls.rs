//! The roll of a day: what a virtual school sees of it, and what whoever collects attendance sees.

use exchange::{
    pipeline::Output,
    views::{COLLECTOR, Views},
    writing::Writer,
};
use kit::adapter::{Disclosure, Options, Protection};
use schemas::{
    code::{
        EnrolStatus, LegalStatus, NameUse, PepStatus, PlacementType, RelationshipRole, RestrictionKind,
        SenProvisionKind, SenType, SettingType, Sex, TelecomSystem, WorkerRole,
    },
    identifier::{Identifier, LaChildId, Laestab, SchoolUrn, Uln, Upn, WorkerId},
    record::{
        CareEpisode, DesignatedTeacher, EducationPlan, Enrolment, EnrolmentMore, Name, Person, PersonMore,
        Relationship, RelationshipMore, Restriction, SenNeed, SenProvision, SocialWorker, Statement, Subject, Telecom,
    },
    reflect::Number,
    said::Said,
};

use crate::{
    made::{Child, format_of},
    support::{authority, bless, cases, day, format, translated_through},
};

const AS_AT: &str = "2026-01-30";

fn is<T>(value: T) -> Said<T> {
    Said::Is(value)
}

fn date(text: &str) -> Said<schemas::date::Date> {
    Said::Is(day(text))
}

fn text(text: &str) -> Said<Box<str>> {
    Said::Is(text.into())
}

fn child(id: &str, born: &str, more: Vec<Statement>) -> Child {
    let names = vec![Name {
        r#use: is(NameUse::Usual),
        forename: text("Person"),
        surname: text("Invented"),
        ..Name::default()
    }];
    let person = Person {
        birth_date: date(born),
        sex: is(Sex::Female),
        more: Some(Box::new(PersonMore { names: is(names), ..PersonMore::default() })),
        ..Person::default()
    };
    let identifiers = vec![
        Identifier::LaChild(LaChildId::read(id.as_bytes()).unwrap().0),
        Identifier::Upn { upn: Upn::read(b"J330999925001").unwrap(), former: false },
        Identifier::Uln(Uln::read(b"1000000043").unwrap()),
    ];
    let statements = std::iter::once(person.into()).chain(more).collect();
    Child {
        subject: Subject::child(identifiers, Some(authority(330))),
        statements,
        guard_unreadable: false,
        traced: true,
    }
}

fn in_care(start: &str) -> CareEpisode {
    CareEpisode {
        start_date: date(start),
        legal_status: is(LegalStatus::FullCareOrder),
        placement_type: is(PlacementType::FosterOtherCarerOther),
        placement_la: is(authority(330)),
        end_date: Said::Blank,
        ..CareEpisode::default()
    }
}

fn at_school(urn: &str, status: EnrolStatus) -> Enrolment {
    Enrolment {
        school_urn: is(SchoolUrn::read(urn.as_bytes()).unwrap()),
        school_laestab: is(Laestab::read(b"3309999").unwrap()),
        school_name: text("Invented Primary School"),
        setting_type: is(SettingType::School),
        entry_date: date("2024-09-02"),
        status: is(status),
        more: Some(Box::new(EnrolmentMore {
            school_phone: text("0121 496 0000"),
            designated_teacher: is(DesignatedTeacher { name: text("A. Teacher"), email: text("dt@school.example") }),
            ..EnrolmentMore::default()
        })),
        ..Enrolment::default()
    }
}

fn worker() -> SocialWorker {
    let way = |system, value: &str| Telecom { system: is(system), value: text(value) };
    SocialWorker {
        worker_id: is(WorkerId::read(b"SW1").unwrap()),
        name: text("Jo Bell"),
        role: is(WorkerRole::SocialWorker),
        telecom: is(vec![
            way(TelecomSystem::Phone, "0121 496 0001"),
            way(TelecomSystem::Email, "jo@authority.example"),
        ]),
        ..SocialWorker::default()
    }
}

fn somebody(role: RelationshipRole, name: &str, phone: &str) -> Statement {
    let way = Telecom { system: is(TelecomSystem::Phone), value: text(phone) };
    let more = RelationshipMore { telecom: is(vec![way]), ..RelationshipMore::default() };
    Relationship { role: is(role), name: text(name), more: Some(Box::new(more)), ..Relationship::default() }.into()
}

fn family() -> Vec<Child> {
    let plan = |status, due: &str, completed: Option<&str>| EducationPlan {
        status: is(status),
        due_date: date(due),
        meeting_date: date(due),
        completed_date: completed.map_or(Said::NotAsked, date),
        ..EducationPlan::default()
    };
    let need =
        SenNeed { rank: Number::new(1).map_or(Said::NotAsked, Said::Is), r#type: is(SenType::SocialEmotionalMental) };
    let earlier = CareEpisode { end_date: date("2025-03-01"), ..in_care("2024-06-01") };
    let ended = |on: &str| CareEpisode { end_date: date(on), ..in_care("2024-06-01") };
    vec![
        // Out of order on purpose: the file is sorted.
        child("90", "2009-11-20", vec![in_care("2025-01-10").into(), worker().into()]),
        child(
            "10",
            "2016-11-20",
            vec![
                earlier.into(),
                in_care("2025-03-01").into(),
                at_school("999999", EnrolStatus::Main).into(),
                at_school("999998", EnrolStatus::Subsidiary).into(),
                somebody(RelationshipRole::Mother, "Mo Wren", "0121 496 0003"),
                somebody(RelationshipRole::FosterCarer, "Cass Lark", "0121 496 0002"),
                Enrolment { leaving_date: date("2024-07-19"), ..at_school("999997", EnrolStatus::Current) }.into(),
                worker().into(),
                SenProvision {
                    provision: is(SenProvisionKind::SenSupport),
                    needs: is(vec![need]),
                    ..SenProvision::default()
                }
                .into(),
                plan(PepStatus::Complete, "2025-11-12", Some("2025-11-20")).into(),
                plan(PepStatus::Planned, "2026-04-01", None).into(),
            ],
        ),
        child(
            "20",
            "2016-01-05",
            vec![
                in_care("2025-02-01").into(),
                at_school("999999", EnrolStatus::Current).into(),
                somebody(RelationshipRole::FosterCarer, "Kit Hawk", "0121 496 0004"),
                worker().into(),
                Restriction { kind: is(RestrictionKind::AuthorityRestricted), ..Restriction::default() }.into(),
            ],
        ),
        child("30", "2016-11-20", vec![ended("2026-01-10").into(), at_school("999999", EnrolStatus::Current).into()]),
        child("40", "2016-11-20", vec![ended("2025-06-10").into(), at_school("999999", EnrolStatus::Current).into()]),
        child(
            "50",
            "2022-11-20",
            vec![in_care("2025-01-10").into(), at_school("999999", EnrolStatus::Current).into(), worker().into()],
        ),
    ]
}

fn roll(view: &str) -> (String, Vec<(&'static str, u64)>) {
    let options = Options { as_at: Some(day(AS_AT)), authority: Some(authority(330)), ..Options::plain() };
    let view = Views::default().get(view).unwrap();
    let formats = (format_of(family()), format("roll-csv"));
    let (outcome, kept) = translated_through(&view, &Default::default(), formats, &options);
    let text = String::from_utf8(kept.0.into_values().next().unwrap()).unwrap();
    (text, outcome.left_out.into_iter().collect())
}

/// The cells of a column, by the child's identifier.
fn column(text: &str, heading: &str) -> Vec<(String, String)> {
    let rows: Vec<Vec<&str>> = text.lines().map(|row| row.split(',').collect()).collect();
    let place = |wanted: &str| rows[0].iter().position(|known| *known == wanted).unwrap();
    let (child, wanted) = (place("la_child_id"), place(heading));
    rows[1..].iter().map(|row| (row[child].to_owned(), row[wanted].to_owned())).collect()
}

#[test]
fn the_roll_of_a_day_is_what_it_was_blessed_to_be() {
    for view in ["local-authority", "virtual-school", COLLECTOR] {
        let (text, left_out) = roll(view);
        let path = cases().join("the-roll-of-a-day");
        bless(&path.join(format!("{view}.csv")), &text).unwrap();
        bless(&path.join(format!("{view}.left-out.txt")), &format!("{left_out:?}\n")).unwrap();
    }
}

#[test]
fn a_roll_is_sorted_and_has_a_row_an_enrolment() {
    let (text, _) = roll("local-authority");
    let schools = column(&text, "school_urn");
    let expected = [("10", "999998"), ("10", "999999"), ("20", "999999"), ("30", ""), ("50", "999999"), ("90", "")];
    assert_eq!(schools, expected.map(|(child, school)| (child.to_owned(), school.to_owned())));
    assert_eq!(text.lines().next().unwrap().split(',').count(), 41);
    let collects: Vec<String> = column(&text, "collect_attendance").into_iter().map(|(_, cell)| cell).collect();
    assert_eq!(collects, ["Y", "Y", "N", "N", "N", "N"], "restricted, left care, too young, no school");
}

#[test]
fn a_restricted_child_has_no_row_with_a_collector_and_keeps_the_school_with_the_virtual_school() {
    let (collector, left_out) = roll(COLLECTOR);
    assert!(column(&collector, "la_child_id").iter().all(|(child, _)| child != "20"), "{collector}");
    assert!(left_out.contains(&("restricted", 1)), "{left_out:?}");
    let (school, _) = roll("virtual-school");
    let of = |heading: &str| column(&school, heading).into_iter().find(|(child, _)| child == "20").unwrap().1;
    assert_eq!(of("school_urn"), "999999");
    assert_eq!(
        (of("collect_attendance"), of("call_mode"), of("alert_to")),
        ("N".into(), "none".into(), "social-worker-only".into())
    );
    assert_eq!((of("placement_in_area"), of("carer_name"), of("carer_phone")), Default::default());
    assert!(!school.contains("Kit Hawk") && school.contains("Cass Lark"), "{school}");
}

#[test]
fn whoever_has_a_row_is_said_to_stand_in_the_file_when_it_is_written() {
    struct Nowhere;
    impl Output for Nowhere {
        fn write(&mut self, _: &str, _: &[u8]) -> std::io::Result<()> {
            Ok(())
        }
    }
    let options = Options { as_at: Some(day(AS_AT)), authority: Some(authority(330)), ..Options::plain() };
    let encoder = format("roll-csv").encode.unwrap().begin(&options);
    let (mut nowhere, mut said) = (Nowhere, Vec::new());
    let mut writer = Writer::begin(&*encoder, &mut nowhere).unwrap();
    for (n, child) in family().iter().enumerate() {
        let ids = options.id_key.of_subject(b"test", n.to_string().as_bytes());
        let records = child.records(n);
        said.push(
            writer
                .subject(&Disclosure {
                    subject: &child.subject,
                    records: &records,
                    ids: &ids,
                    protection: Protection::default(),
                    photographs: &[],
                })
                .unwrap(),
        );
    }
    // All but the one who left care long ago.
    assert_eq!(said, [true, true, true, true, false, true]);
}

#[test]
fn a_collector_sees_the_columns_marked_for_it_and_no_other() {
    let (text, _) = roll(COLLECTOR);
    for withheld in [
        "uln",
        "sex",
        "ethnicity",
        "first_language",
        "care_start",
        "legal_status_group",
        "placement_start",
        "placement_kind",
        "placement_in_area",
        "sen_provision",
        "sen_primary_need",
        "pep_due",
        "pep_last_completed",
    ] {
        assert!(column(&text, withheld).iter().all(|(_, cell)| cell.is_empty()), "{withheld}");
    }
    for let_out in [
        "as_at",
        "la_code",
        "la_child_id",
        "upn",
        "surname",
        "forename",
        "date_of_birth",
        "nc_year",
        "nc_year_basis",
        "school_urn",
        "school_laestab",
        "school_name",
        "setting_type",
        "enrol_status",
        "enrol_start",
        "school_phone",
        "designated_teacher_email",
        "collect_attendance",
        "call_mode",
        "carer_name",
        "carer_phone",
        "social_worker_name",
        "social_worker_phone",
        "social_worker_email",
        "alert_to",
    ] {
        assert!(column(&text, let_out).iter().any(|(_, cell)| !cell.is_empty()), "{let_out}");
    }
    assert!(!text.contains("Mo Wren"), "a mother is not whom a collector calls");
}
