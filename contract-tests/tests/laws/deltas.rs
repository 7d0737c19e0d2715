//! What goes out by and by is what would go out whole: deliveries of what changed leave a recipient as a full one would.

use std::{collections::BTreeMap, num::NonZeroUsize, sync::Arc};

use exchange::{
    delta::compare,
    farewell::{Farewell, farewell},
    holding::{Cover, Holding, Incoming, merge},
    passage::{ChildHeld, Destination, Passage, Through, Untraced, passage},
    planned::{PlanKey, Planned},
    recipient,
    restrict::{ProtectedPlaces, protected_places, protects_others, shares_place},
    view::View,
};
use kit::{
    adapter::{Disclosure, Dossier, Format, Options, Protection},
    document::Document,
    ids::{IdKey, SubjectIds},
    sheaf::{PartName, Sheaf},
};
use proptest::prelude::*;
use schemas::{
    code::{
        AddressType, EpisodeEndReason, HealthCheckStatus, HealthCheckType, LegalStatus, MissingType, PlacementType,
        RestrictionKind, Sex, WorkerRole,
    },
    date::{CollectionYear, Date},
    diagnostic::Diagnostic,
    identifier::{Identifier, LaChildId, NhsNumber, WorkerId},
    record::{
        Address, AnnualHealth, CareEpisode, CareLeaver, HealthCheck, Missing, Person, Record, Restriction, Review,
        SdqScore, SocialWorker, Statement, Subject,
    },
    reflect::Number,
    said::Said,
};
use serde_json::Value;

use crate::{
    made::Child,
    support::{self, authority, cases, day, folder, format, options},
};

const AS_AT: &str = "2026-03-31";

fn key() -> PlanKey {
    PlanKey::new(&[9; 32], b"health fhir-json 1")
}

fn destination(view: &'static str) -> Destination<'static> {
    Destination {
        recipient: recipient::Recipient::unknown(),
        view: View::shipped(view).unwrap(),
        as_at: Some(day(AS_AT)),
        untraced: Untraced::Withhold,
        labels: true,
        diagnostics_max: 100,
    }
}

fn fhir_options() -> Options {
    Options { as_at: Some(day(AS_AT)), ..options(2026) }
}

fn ids() -> SubjectIds {
    IdKey::secret(&[3; 32]).of_subject(b"urn:homeward:subject", b"0001")
}

/// A recipient who puts resources by their ids.
#[derive(Clone, Default, PartialEq)]
struct Recipient(BTreeMap<String, Value>);

impl Recipient {
    fn receive(&mut self, subject: &Subject, records: &[Record]) {
        let (mut sheaf, mut told) = (Sheaf::default(), Vec::<Diagnostic>::new());
        let options = fhir_options();
        let encoder = format("fhir-json").encode.unwrap().begin(&options);
        encoder.subject(
            &Disclosure { subject, records, ids: &ids(), protection: Protection::default(), photographs: &[] },
            &mut sheaf,
            &mut told,
        );
        for (name, bytes) in sheaf.parts() {
            assert!(matches!(name, PartName::Child { .. }));
            let bundle: Value = serde_json::from_slice(bytes).unwrap();
            for entry in bundle["entry"].as_array().unwrap() {
                let url = entry["request"]["url"].as_str().unwrap().to_owned();
                assert_eq!(entry["request"]["method"], "PUT");
                self.0.insert(url, entry["resource"].clone());
            }
        }
    }

    /// What it takes for true: what is not entered in error, and no worker who is not active.
    fn believes(&self) -> BTreeMap<&str, &Value> {
        let stands = |resource: &&Value| {
            resource["status"] != "entered-in-error"
                && !(resource["resourceType"] == "Practitioner" && resource["active"] == false)
        };
        self.0.iter().filter(|(_, resource)| stands(resource)).map(|(url, resource)| (url.as_str(), resource)).collect()
    }
}

fn whole(subject: &Subject, records: &[Record]) -> Recipient {
    let mut recipient = Recipient::default();
    recipient.receive(subject, records);
    recipient
}

fn through(held: &[Holding], view: &'static str) -> Through {
    let child = ChildHeld { holdings: held, beside: &[], shares_place: false, restrictions: &[] };
    match passage(&child, &destination(view)) {
        Passage::Through(through) => through,
        Passage::LeftOut(reason) => panic!("{reason:?}"),
    }
}

fn subject(has_nhs_number: bool) -> Subject {
    let mut identifiers = vec![Identifier::LaChild(LaChildId::read(b"4017").unwrap().0)];
    if has_nhs_number {
        identifiers.push(Identifier::Nhs(NhsNumber::read(b"9000000009").unwrap()));
    }
    Subject::child(identifiers, Some(authority(330)))
}

fn dossier(subject: Subject, statements: Vec<Statement>) -> Dossier {
    let child = Child { subject, statements, guard_unreadable: false, traced: true };
    let records = child.records(0);
    Dossier { subject: Some(Arc::new(child.subject)), records, traced: true, ..Dossier::default() }
}

fn after(start: &str, days: u8) -> Said<Date> {
    Said::Is(day(start).add_days(i32::from(days)).unwrap())
}

fn flag(number: u8) -> Said<bool> {
    match number % 4 {
        0 => Said::Is(true),
        1 => Said::Is(false),
        2 => Said::Unknown,
        _ => Said::Blank,
    }
}

/// One of the statements that a document may hold, from few numbers, so that documents often speak of the same thing.
fn statement(kind: u8, when: u8, what: u8) -> Statement {
    let when = when % 3;
    match kind % 11 {
        0 => CareEpisode {
            start_date: after("2024-01-01", when * 40),
            end_date: if what.is_multiple_of(3) {
                after("2024-01-21", when * 40)
            } else {
                after("2024-02-10", when * 40)
            },
            end_reason: Said::Is(EpisodeEndReason::NewEpisodeSameDay),
            legal_status: Said::Is(if what.is_multiple_of(2) {
                LegalStatus::FullCareOrder
            } else {
                LegalStatus::InterimCareOrder
            }),
            placement_type: Said::Is(PlacementType::FosterOtherCarerOther),
            ordinal: Said::Is(Number::new(u16::from(what / 128)).unwrap()),
            ..CareEpisode::default()
        }
        .into(),
        1 => SocialWorker {
            worker_id: Said::Is(WorkerId::read(&[b'S', b'W', b'1' + when]).unwrap()),
            name: Said::Is(["Ada", "Bo", "Cy"][usize::from(what % 3)].into()),
            role: Said::Is(WorkerRole::SocialWorker),
            start_date: after("2024-01-05", what % 2),
            end_date: Said::Blank,
            ..SocialWorker::default()
        }
        .into(),
        2 => AnnualHealth {
            year: Said::Is(CollectionYear::new(2025 + u16::from(when % 2)).unwrap()),
            convicted: flag(what),
            immunisations: flag(what / 4),
            teeth_check: flag(what / 16),
            ..AnnualHealth::default()
        }
        .into(),
        3 => Review {
            date: after("2024-05-01", when),
            participation: Said::NotAsked,
            cancelled: flag(what),
            ..Review::default()
        }
        .into(),
        4 => SdqScore {
            completed_date: after("2024-06-01", when),
            score: if what.is_multiple_of(3) {
                Said::Blank
            } else {
                Said::Is(Number::new(u16::from(what % 41)).unwrap())
            },
            ..SdqScore::default()
        }
        .into(),
        5 => Missing {
            r#type: Said::Is(if what.is_multiple_of(2) {
                MissingType::Missing
            } else {
                MissingType::AwayWithoutAuthorisation
            }),
            start_date: after("2024-07-01", when),
            end_date: after("2024-07-05", what % 3),
            ..Missing::default()
        }
        .into(),
        6 => Restriction {
            kind: Said::Is(if what.is_multiple_of(2) {
                RestrictionKind::NhsRestricted
            } else {
                RestrictionKind::AuthorityRestricted
            }),
            ..Restriction::default()
        }
        .into(),
        7 => CareLeaver { suitable: flag(what), ..CareLeaver::default() }.into(),
        9 => Address {
            r#type: Said::Is(AddressType::Placement),
            start_date: after("2024-01-01", when * 40),
            town: Said::Is(["Invented", "Larkham", "Wrenton"][usize::from(what % 3)].into()),
            ..Address::default()
        }
        .into(),
        10 => HealthCheck {
            r#type: Said::Is(HealthCheckType::DentalCheck),
            date: after("2026-04-10", when),
            status: Said::Is(HealthCheckStatus::Planned),
            due_date: if what.is_multiple_of(2) { Said::NotAsked } else { after("2026-04-30", what % 3) },
            ..HealthCheck::default()
        }
        .into(),
        _ => Person {
            birth_date: after("2015-06-15", what % 3),
            sex: Said::Is(Sex::Female),
            is_mother: flag(what / 3),
            ..Person::default()
        }
        .into(),
    }
}

/// The open episode that keeps the child in care, and whatever else the numbers say.
fn document((has_nhs_number, numbers): (bool, Vec<(u8, u8, u8)>)) -> Dossier {
    let open = CareEpisode {
        start_date: Said::Is(day("2025-06-01")),
        legal_status: Said::Is(LegalStatus::FullCareOrder),
        placement_type: Said::Is(PlacementType::FosterOtherCarerOther),
        end_date: Said::Blank,
        ..CareEpisode::default()
    };
    let mut statements: Vec<Statement> =
        numbers.into_iter().map(|(kind, when, what)| statement(kind, when, what)).collect();
    statements.insert(statements.len() / 2, open.into());
    dossier(subject(has_nhs_number), statements)
}

fn some_document() -> impl Strategy<Value = (bool, Vec<(u8, u8, u8)>)> {
    (any::<bool>(), prop::collection::vec((0..11u8, 0..3u8, any::<u8>()), 0..14))
}

const ALL: &[&str] = &[
    "Address",
    "CareEpisode",
    "HealthCheck",
    "SocialWorker",
    "AnnualHealth",
    "Review",
    "SdqScore",
    "Missing",
    "Restriction",
    "CareLeaver",
    "Person",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn deliveries_of_what_changed_leave_what_a_full_delivery_would(
        documents in prop::collection::vec((some_document(), any::<[bool; 3]>()), 1..7),
        view in prop::sample::select(vec!["health", "local-authority"]),
    ) {
        let format = format("fhir-json");
        let (mut held, mut before, mut recipient) = (Holding::default(), Planned::default(), Recipient::default());
        for (document_of, [is_whole, is_delivered, all_are_told]) in documents {
            let cover = if is_whole { Cover::Whole { statements: ALL, period: None } } else { Cover::Partial };
            held = merge(held, Incoming { dossier: document(document_of), cover, replaces: false, has_rejected_rows: false }).holding;
            if !is_delivered {
                continue;
            }
            let now = through(std::slice::from_ref(&held), view);
            let delta = compare(&before, &now, format.together, &key());
            prop_assert!(delta.forgotten.is_empty());
            if !delta.is_empty() {
                recipient.receive(&now.subject, &delta.records(&now));
            }
            let full = whole(&now.subject, &now.records);
            prop_assert_eq!(recipient.believes(), full.believes());
            let mut stored = Vec::new();
            delta.planned.write(&mut stored);
            before = Planned::read(&stored).unwrap();
            prop_assert_eq!(&before, &delta.planned);
            let again = compare(&before, &now, format.together, &key());
            prop_assert!(again.is_empty() && again.records(&now).is_empty());
            if all_are_told {
                held.forget_former();
            }
        }
    }

    #[test]
    fn whatever_was_told_is_taken_back_when_the_child_may_no_longer_go(
        documents in prop::collection::vec(some_document(), 1..4),
    ) {
        let (mut held, mut before, mut recipient) = (Holding::default(), Planned::default(), Recipient::default());
        for numbers in documents {
            let cover = Cover::Whole { statements: ALL, period: None };
            held = merge(held, Incoming { dossier: document(numbers), cover, replaces: false, has_rejected_rows: false }).holding;
            let now = through(std::slice::from_ref(&held), "health");
            let delta = compare(&before, &now, format("fhir-json").together, &key());
            recipient.receive(&now.subject, &delta.records(&now));
            before = delta.planned;
        }
        let refused = Restriction { kind: Said::Is(RestrictionKind::Adopted), ..Restriction::default() };
        let child = ChildHeld { holdings: &[held], beside: &[], shares_place: false, restrictions: &[refused] };
        let Passage::LeftOut(reason) = passage(&child, &destination("health")) else { panic!("carried") };
        let goodbye = farewell(&before, &child, &destination("health"), reason, &key());
        let Farewell::Withdrawal { records, forgotten } = goodbye else { panic!("{goodbye:?}") };
        prop_assert!(forgotten.is_empty());
        recipient.receive(&child.dossier().subject.unwrap(), &records);
        for resource in recipient.believes().values() {
            let kind = resource["resourceType"].as_str().unwrap();
            prop_assert!(matches!(kind, "Patient" | "Organization"), "{} stands", kind);
        }
    }
}

fn held(statements: Vec<Statement>) -> Vec<Holding> {
    let dossier = dossier(subject(true), statements);
    vec![
        merge(
            Holding::default(),
            Incoming { dossier, cover: Cover::Partial, replaces: false, has_rejected_rows: false },
        )
        .holding,
    ]
}

fn take(held: &[Holding], statements: Vec<Statement>) -> Vec<Holding> {
    let incoming = Incoming {
        dossier: dossier(subject(true), statements),
        cover: Cover::Partial,
        replaces: false,
        has_rejected_rows: false,
    };
    let before = Holding {
        subject: held[0].subject.clone(),
        records: held[0].records.clone(),
        former: held[0].former.clone(),
        ..Holding::default()
    };
    vec![merge(before, incoming).holding]
}

fn in_care() -> Vec<Statement> {
    let mut statements: Vec<Statement> =
        document((true, Vec::new())).records.into_iter().map(|record| record.statement).collect();
    statements
        .extend([(8, 0, 0), (2, 0, 0), (4, 0, 1), (1, 0, 0)].map(|(kind, when, what)| statement(kind, when, what)));
    statements
}

fn sent_types(before: &[Holding], now: &[Holding]) -> Vec<&'static str> {
    let together = format("fhir-json").together;
    let told = through(before, "health");
    let planned = Planned::of(&told.subject, &told.records, &key());
    let now = through(now, "health");
    let delta = compare(&planned, &now, together, &key());
    let mut types: Vec<_> = delta.send.iter().map(|n| now.records[*n].statement.statement_type().name).collect();
    types.sort_unstable();
    types
}

#[test]
fn a_change_in_a_withheld_field_sends_nothing_and_another_only_what_changed() {
    let before = held(in_care());
    let mut conviction: AnnualHealth = match statement(2, 0, 0) {
        Statement::AnnualHealth(health) => health,
        _ => unreachable!(),
    };
    conviction.convicted = Said::Is(false);
    let withheld = take(&before, vec![conviction.into()]);
    assert!(withheld[0].former.len() == 1, "it did change");
    assert!(sent_types(&before, &withheld).is_empty());
    assert_eq!(sent_types(&before, &take(&before, vec![statement(4, 0, 2)])), ["Person", "SdqScore"]);
    let episode = CareEpisode {
        legal_status: Said::Is(LegalStatus::FullCareOrder),
        ..match statement(0, 1, 1) {
            Statement::CareEpisode(episode) => episode,
            _ => unreachable!(),
        }
    };
    assert_eq!(
        sent_types(&before, &take(&before, vec![episode.into()])),
        ["CareEpisode", "CareEpisode", "Person", "SocialWorker"],
        "what a format joins goes together"
    );
    let restricted = sent_types(&before, &take(&before, vec![statement(6, 0, 0)]));
    assert_eq!(restricted.len(), 6, "a restriction labels everything");
}

#[test]
fn another_version_sends_all_again_once() {
    let now = through(&held(in_care()), "health");
    let together = format("fhir-json").together;
    let told = compare(&Planned::default(), &now, together, &key());
    assert_eq!(told.send.len(), now.records.len());
    let newer = PlanKey::new(&[9; 32], b"health fhir-json 2");
    let again = compare(&told.planned, &now, together, &newer);
    assert_eq!(again.send.len(), now.records.len());
    assert!(again.forgotten.is_empty());
    assert!(compare(&again.planned, &now, together, &newer).is_empty());
}

/// What a recipient knows that was told all of `before`, and what it is told when the child is left out after `then`.
fn parting(before: Vec<Statement>, then: Vec<Statement>) -> (Recipient, Recipient, Farewell) {
    let before = held(before);
    let told = through(&before, "health");
    let planned = Planned::of(&told.subject, &told.records, &key());
    let mut recipient = whole(&told.subject, &told.records);
    let first = recipient.clone();
    let after = take(&before, then);
    let child = ChildHeld { holdings: &after, beside: &[], shares_place: false, restrictions: &[] };
    let Passage::LeftOut(reason) = passage(&child, &destination("health")) else { panic!("still carried") };
    let goodbye = farewell(&planned, &child, &destination("health"), reason, &key());
    assert_eq!(farewell(&Planned::default(), &child, &destination("health"), reason, &key()), Farewell::Nothing);
    match &goodbye {
        Farewell::Closing(records) => recipient.receive(&told.subject, records),
        Farewell::Withdrawal { records, forgotten } => {
            assert!(forgotten.is_empty());
            recipient.receive(&told.subject, records);
        }
        Farewell::Hold | Farewell::Nothing => {}
    }
    (first, recipient, goodbye)
}

fn last_episode(end_reason: EpisodeEndReason) -> Statement {
    CareEpisode {
        start_date: Said::Is(day("2025-06-01")),
        legal_status: Said::Is(LegalStatus::FullCareOrder),
        placement_type: Said::Is(PlacementType::FosterOtherCarerOther),
        end_date: Said::Is(day("2026-02-01")),
        end_reason: Said::Is(end_reason),
        ..CareEpisode::default()
    }
    .into()
}

#[test]
fn when_care_ends_the_recipient_learns_that_and_when_and_no_more() {
    let (before, after, goodbye) =
        parting(in_care(), vec![last_episode(EpisodeEndReason::CareTakenOverByAnotherAuthority)]);
    assert!(matches!(goodbye, Farewell::Closing(_)));
    let of = |recipient: &Recipient, kind: &str| -> Vec<Value> {
        recipient.0.values().filter(|resource| resource["resourceType"] == kind).cloned().collect()
    };
    assert_eq!(of(&before, "Flag")[0]["status"], "active");
    assert_eq!(of(&after, "Flag")[0]["status"], "inactive");
    assert_eq!(of(&after, "CarePlan")[0]["period"]["end"], "2026-02-01");
    assert_eq!(of(&after, "EpisodeOfCare")[0]["status"], "finished");
    assert_eq!(before.0.keys().collect::<Vec<_>>(), after.0.keys().collect::<Vec<_>>());
    assert_eq!(of(&before, "Observation"), of(&after, "Observation"), "nothing else is told");
    let text = serde_json::to_string(&of(&after, "EpisodeOfCare")).unwrap();
    assert!(!text.contains("endReason") && !text.contains("placement"), "{text}");
}

#[test]
fn an_adopted_childs_resources_are_taken_back_without_content_or_reason() {
    let (before, after, goodbye) = parting(in_care(), vec![last_episode(EpisodeEndReason::AdoptedUnopposed)]);
    assert!(matches!(goodbye, Farewell::Withdrawal { .. }));
    assert_eq!(before.0.keys().collect::<Vec<_>>(), after.0.keys().collect::<Vec<_>>());
    for (url, resource) in after.believes() {
        let kind = resource["resourceType"].as_str().unwrap();
        assert!(matches!(kind, "Patient" | "Organization"), "{url} still stands");
        assert!(resource.get("birthDate").is_none() && resource.get("gender").is_none());
    }
    let text: String = after.0.values().map(Value::to_string).collect();
    for word in ["adopt", "valueBoolean", "2026-02-01"] {
        assert!(!text.to_lowercase().contains(&word.to_lowercase()), "{word}");
    }
}

#[test]
fn a_delivery_and_a_translation_have_the_same_bytes() {
    let files = folder(&cases().join("a-return-of-2027-with-every-table-is-clean"));
    for (view, to) in [("health", "fhir-ndjson"), ("local-authority", "ssda903-csv")] {
        let options = Options { id_key: IdKey::secret(&[3; 32]), ..options(2027) };
        let format = format(to);
        let from = support::format("ssda903-csv");
        let document = support::document(&files);
        let translated = support::translated(&document, (from, format), view, &options).1.0;
        let delivered = delivered(&document, (from, format), view, &options);
        assert!(translated.values().map(Vec::len).sum::<usize>() > 1000, "{to}");
        assert_eq!(translated, delivered, "{to}");
    }
}

/// A document through holdings: held child by child, then written by what passes of each.
fn delivered(
    document: &Document,
    (from, to): (&'static Format, &'static Format),
    view: &str,
    options: &Options,
) -> BTreeMap<String, Vec<u8>> {
    let mut told: Vec<Diagnostic> = Vec::new();
    let subjects = from.decode.unwrap().open(document, options, NonZeroUsize::MIN, &mut told);
    let mut reader = subjects.reader();
    let (mut children, mut protected) = (Vec::new(), ProtectedPlaces::default());
    for n in 0..subjects.len() {
        let mut dossier = Dossier::default();
        reader.read(n, &mut dossier, &mut told);
        if protects_others(&dossier, options.as_at_day()) {
            protected.extend(protected_places(&dossier, options.as_at_day()));
        }
        let incoming = Incoming { dossier, cover: Cover::Partial, replaces: false, has_rejected_rows: false };
        children.push(merge(Holding::default(), incoming).holding);
    }
    let view = View::shipped(view).unwrap();
    let as_at = options.as_at_day();
    let labels = view.is_for_others() || !to.case_management;
    let destination = Destination {
        view,
        recipient: recipient::Recipient::unknown(),
        as_at,
        untraced: Untraced::Withhold,
        labels,
        diagnostics_max: 100,
    };
    let encoder = to.encode.unwrap().begin(options);
    let (mut sheaf, mut parts) = (Sheaf::default(), BTreeMap::new());
    encoder.head(&mut sheaf);
    for held in &children {
        let mut child =
            ChildHeld { holdings: std::slice::from_ref(held), beside: &[], shares_place: false, restrictions: &[] };
        child.shares_place = shares_place(&child.dossier(), as_at, &protected);
        let Passage::Through(through) = passage(&child, &destination) else { continue };
        let subject = held.subject.as_ref().unwrap();
        let (mut system, mut value) = (Vec::new(), Vec::new());
        subject.identifiers[0].system(subject.authority, &mut system).unwrap();
        subject.identifiers[0].write_value(&mut value);
        let ids = options.id_key.of_subject(&system, &value);
        let disclosure = Disclosure {
            subject: &through.subject,
            records: &through.records,
            ids: &ids,
            protection: through.protection,
            photographs: &[],
        };
        encoder.subject(&disclosure, &mut sheaf, &mut told);
    }
    encoder.tail(&mut sheaf);
    for (name, bytes) in sheaf.parts().iter().filter(|(_, bytes)| !bytes.is_empty()) {
        let (word, mut whole) = match name {
            PartName::Named(word) => (*word, Vec::new()),
            PartName::Whole | PartName::Child { .. } => ("", Vec::new()),
        };
        encoder.heading(*name, &mut whole);
        whole.extend_from_slice(bytes);
        parts.insert(word.to_owned(), whole);
    }
    parts
}
