//! The page for a foster carer from outside: what it says, what it says of what nobody knows, and that words stay words.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod health;
mod people;

use std::sync::Arc;

use ifa::carer::CARER_HTML;
use kit::{
    adapter::{Disclosure, Options, Organisation, Protection},
    ids::IdKey,
    sheaf::Sheaf,
};
use schemas::{
    code::{Code as _, DelegationDecider, DelegationMatter, NameUse, WorkerRole},
    date::{CollectionYear, Date},
    diagnostic::{Diagnostic, Place},
    identifier::{Identifier, LaChildId, WorkerId},
    record::{
        AnnualHealth, AttendanceSummary, Delegation, EducationPlan, EducationPlanMore, Enrolment, EnrolmentMore,
        Language, Name, NhsOrganisation, Person, PersonMore, Record, Review, SocialWorker, Source, Statement, Subject,
        Target,
    },
    reflect::{Number, Open},
    said::{Reduction, Said},
};

fn day(text: &str) -> Date {
    Date::parse_iso(text.as_bytes()).unwrap()
}

fn text(text: &str) -> Said<Box<str>> {
    Said::Is(text.into())
}

fn options() -> Options {
    let organisation = Organisation { duty_phone: Some("01632 960002".into()), ..Organisation::default() };
    Options { as_at: Some(day("2026-01-30")), organisation, ..Options::plain() }
}

/// The page of a child of whom this is said.
fn page_with(statements: Vec<Statement>, options: &Options) -> String {
    let id = LaChildId::read(b"ZQ4711").unwrap().0;
    let subject = Arc::new(Subject::child(vec![Identifier::LaChild(id)], None));
    let records: Vec<Record> = statements
        .into_iter()
        .map(|statement| Record { subject: subject.clone(), statement, source: Source::at(Place::Document) })
        .collect();
    let ids = IdKey::published().of_subject(b"test", b"test");
    let (mut sheaf, mut told) = (Sheaf::default(), Vec::<Diagnostic>::new());
    let disclosure = Disclosure {
        subject: &subject,
        records: &records,
        ids: &ids,
        protection: Protection::default(),
        photographs: &[],
    };
    CARER_HTML.encode.unwrap().begin(options).subject(&disclosure, &mut sheaf, &mut told);
    assert!(told.is_empty());
    let parts: Vec<_> = sheaf.parts().iter().map(|(_, bytes)| String::from_utf8(bytes.clone()).unwrap()).collect();
    let [page] = &parts[..] else { panic!("one page") };
    page.clone()
}

fn page(statements: Vec<Statement>) -> String {
    page_with(statements, &options())
}

/// What stands beside a name.
fn said<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let before = format!("<dt>{name}</dt>\n<dd dir=\"auto\">");
    let after = page.split(&before).skip(1);
    after.map(|rest| rest.split("</dd>").next().unwrap()).collect()
}

fn person(names: Vec<Name>) -> Statement {
    let more = PersonMore {
        names: Said::Is(names),
        languages: Said::Is(vec![Language { code: text("URD"), interpreter: Said::NotAsked }]),
        religion: text("Muslim"),
        ..PersonMore::default()
    };
    let born = Said::Is(day("2016-01-31"));
    Person { birth_date: born, more: Some(Box::new(more)), ..Person::default() }.into()
}

fn name(of: NameUse, forename: &str, surname: &str) -> Name {
    Name { r#use: Said::Is(of), forename: text(forename), surname: text(surname), ..Name::default() }
}

fn delegation(matter: Open<DelegationMatter>, who: DelegationDecider, conditions: &str, as_at: &str) -> Statement {
    let conditions = if conditions.is_empty() { Said::Blank } else { text(conditions) };
    Delegation { matter: Said::Is(matter), who_decides: Said::Is(who), conditions, as_at: Said::Is(day(as_at)) }.into()
}

#[test]
fn a_page_says_what_is_known() {
    let worker = SocialWorker {
        worker_id: Said::Is(WorkerId::read(b"AB123456789").unwrap()),
        name: text("Jo Fern"),
        team: text("Team 4"),
        role: Said::Is(WorkerRole::SocialWorker),
        ..SocialWorker::default()
    };
    let place = Enrolment {
        school_name: text("Invented Primary"),
        entry_date: Said::Is(day("2024-09-02")),
        more: Some(Box::new(EnrolmentMore { school_phone: text("01632 960111"), ..EnrolmentMore::default() })),
        ..Enrolment::default()
    };
    let plan = EducationPlan {
        meeting_date: Said::Is(day("2026-01-10")),
        next_date: Said::Is(day("2026-05-11")),
        more: Some(Box::new(EducationPlanMore {
            targets: Said::Is(vec![Target { text: text("Read every evening"), ..Target::default() }]),
            ..EducationPlanMore::default()
        })),
        ..EducationPlan::default()
    };
    let sessions = AttendanceSummary {
        attended: Said::Is(Number::new(95).unwrap()),
        possible: Said::Is(Number::new(120).unwrap()),
        period_end: Said::Is(day("2026-01-23")),
        ..AttendanceSummary::default()
    };
    let page = page(vec![
        person(vec![name(NameUse::Usual, "Aisha", "Zqkhan"), name(NameUse::Preferred, "Ash", "")]),
        Review { date: Said::Is(day("2025-11-01")), due_date: Said::Is(day("2026-04-20")), ..Review::default() }.into(),
        worker.into(),
        place.into(),
        plan.into(),
        sessions.into(),
    ]);
    for (name, expected) in [
        ("Name", "Aisha Zqkhan"),
        ("I like to be called", "Ash"),
        ("Age", "9"),
        ("Languages", "URD"),
        ("Faith", "Muslim"),
        ("Next review", "20 April 2026"),
        ("School", "Invented Primary"),
        ("Next meeting about my education plan", "11 May 2026"),
        ("Attendance", "79.2%, up to 23 January 2026"),
        ("Social worker", "Jo Fern, Team 4"),
        ("Duty phone", "01632 960002"),
    ] {
        assert_eq!(said(&page, name).first(), Some(&expected), "{name}");
    }
    assert!(page.contains("<h1>About Ash</h1>") && page.contains("<li dir=\"auto\">Read every evening</li>"), "{page}");
    assert!(page.contains("As at 30 January 2026."));
    assert!(!page.contains("ZQ4711") && !page.contains("AB123456789"), "no number of anybody");
}

#[test]
fn who_decides_is_one_line_a_matter_and_what_nobody_delegated_is_asked_first() {
    use DelegationDecider::{Carer, CarerTellsUs, Court, Parent, SocialWorker, YoungPerson};
    use DelegationMatter::{Dental, Faith, Haircut, HolidayAbroad, OvernightStay, Photograph};
    let listed = |matter, who, conditions| delegation(Open::Listed(matter), who, conditions, "2025-12-01");
    let page = page(vec![
        listed(Haircut, Carer, ""),
        listed(OvernightStay, CarerTellsUs, "with families you know"),
        listed(HolidayAbroad, Court, ""),
        listed(Faith, Parent, ""),
        listed(Dental, SocialWorker, ""),
        listed(Photograph, YoungPerson, ""),
        // Of two the later holds, wherever it stands.
        delegation(Open::Listed(Haircut), SocialWorker, "", "2025-01-01"),
        delegation(Open::Other("Piercing".into()), SocialWorker, "", "2025-01-01"),
    ]);
    for (matter, expected) in [
        ("Haircut", "You decide"),
        ("Overnight stay", "You decide and tell us: with families you know"),
        ("Holiday abroad", "Only the court"),
        ("Faith", "Ask a parent"),
        ("Dental care", "Ask the social worker"),
        ("Photograph", "The young person decides"),
        ("School trip", "Ask first"),
        ("Social media", "Ask first"),
        ("Piercing", "Ask the social worker"),
    ] {
        assert!(said(&page, matter).contains(&expected), "{matter}: {:?}", said(&page, matter));
    }
    assert_eq!(page.matches("<dt>Haircut</dt>").count(), 1);
}

#[test]
fn what_is_not_known_is_never_none_and_tells_of_no_restriction() {
    let nothing: Vec<Statement> = vec![Person::default().into()];
    let page_of_nothing = page(nothing);
    for name in [
        "Name",
        "Age",
        "Languages",
        "School",
        "Attendance",
        "Next review",
        "Allergies",
        "Health assessment",
        "Dentist",
        "Optician",
        "Disability",
        "The plan for me",
        "What is planned for good",
        "Social worker",
        "Nurse",
        "Who has parental responsibility",
    ] {
        assert_eq!(said(&page_of_nothing, name)[0], "not known to us", "{name}");
    }
    let (_, main) = page_of_nothing.split_once("<main>").unwrap();
    assert!(!main.to_lowercase().contains("none"), "{main}");
    assert!(page_of_nothing.contains("Ask the child&#39;s nurse about allergies, health conditions and medicines."));
    assert_eq!(page_of_nothing.matches("Ask first").count(), DelegationMatter::all().count());
    // What a view withholds reads as what nobody said.
    for withheld in [Said::NotAsked, Said::Blank, Said::Unknown, Said::Refused] {
        let place = Enrolment { school_name: withheld, ..Enrolment::default() };
        assert_eq!(page(vec![Person::default().into(), place.into()]), page_of_nothing);
    }
    let reduced = Person { birth_date: Said::Reduced(Reduction::Age(7)), ..Person::default() };
    assert_eq!(said(&page(vec![reduced.into()]), "Age")[0], "7");
}

#[test]
fn a_school_that_the_child_has_left_says_so() {
    let left = Enrolment {
        school_name: text("Old School"),
        entry_date: Said::Is(day("2020-09-01")),
        leaving_date: Said::Is(day("2025-12-19")),
        ..Enrolment::default()
    };
    let page = page(vec![left.into()]);
    assert_eq!((said(&page, "School")[0], said(&page, "Left on")[0]), ("Old School", "19 December 2025"));
}

#[test]
fn hostile_words_are_words_and_the_page_stands_alone() {
    let hostile = "</dd><script>alert(1)</script><img src=x>";
    let page = page(vec![
        person(vec![name(NameUse::Usual, hostile, hostile)]),
        delegation(Open::Other(hostile.into()), DelegationDecider::Carer, hostile, "2025-01-01"),
    ]);
    assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
    assert!(page.matches("&lt;script&gt;alert(1)&lt;/script&gt;").count() >= 5);
    for what in ["href=", "url(", "@import", "<link", "http:", "https:"] {
        assert!(!page.contains(what), "{what}");
    }
    assert!(page.contains("default-src 'none'") && page.contains("@page { size: A4"));
}

#[test]
fn without_a_day_nothing_is_guessed() {
    let review = Review { date: Said::Is(day("2099-01-01")), ..Review::default() };
    let page = page_with(vec![person(Vec::new()), review.into()], &Options::plain());
    for name in ["Age", "Next review", "Duty phone"] {
        assert_eq!(said(&page, name)[0], "not known to us", "{name}");
    }
    assert!(!page.contains("As at"));
}

#[test]
fn a_check_that_was_not_done_is_due_and_allergies_stand_first() {
    let health = |year: u16, assessed, teeth| AnnualHealth {
        year: Said::Is(CollectionYear::new(year).unwrap()),
        health_assessment: assessed,
        teeth_check: teeth,
        ..AnnualHealth::default()
    };
    let doctor = PersonMore {
        gp: Said::Is(NhsOrganisation { name: text("Invented Surgery"), ..NhsOrganisation::default() }),
        ..PersonMore::default()
    };
    let page = page(vec![
        Person { more: Some(Box::new(doctor)), ..Person::default() }.into(),
        health(2025, Said::Is(false), Said::Is(false)).into(),
        health(2026, Said::Is(true), Said::Is(false)).into(),
    ]);
    assert_eq!(said(&page, "Health assessment"), ["up to date in the year to 31 March 2026"]);
    assert_eq!(said(&page, "Dentist"), ["DUE: not done in the year to 31 March 2026"]);
    assert_eq!(
        (said(&page, "Immunisations"), said(&page, "Doctor")),
        (vec!["not known to us"], vec!["Invented Surgery"])
    );
    assert!(said(&page, "Developmental checks").is_empty(), "only small children have them");
    let health = page.split("<h2>Health</h2>").nth(1).unwrap();
    assert!(health.trim_start().starts_with("<dl>\n<dt>Allergies</dt>"), "{health}");
    assert!(!page.split("<main>").nth(1).unwrap().contains("none"), "{page}");
}
