//! Children made by hand, documents written of them, and an independent reader that refuses what serde_json lets pass.

use std::{collections::BTreeSet, sync::Arc};

use health_passport::{FHIR_JSON, FHIR_NDJSON};
use kit::{
    adapter::{Disclosure, Format, Options, Organisation, Protection},
    sheaf::Sheaf,
};
use schemas::{
    code::{Disability as DisabilityCode, *},
    date::{ClockTime, CollectionYear, Date, DateTime},
    decimal::Decimal,
    diagnostic::{Diagnostic, PartId, Place, Report},
    identifier::{Identifier, LaChildId, LaCode, NhsNumber, OfstedUrn, PermanenceAuthority, Upn, WorkerId},
    postcode::{Postcode, PostcodeRead},
    record::{Disability, *},
    reflect::{Number, Open},
    said::Said::{self, Is},
};
use serde_json::Value;

/// What was told while writing.
#[derive(Default)]
pub(crate) struct Told(pub(crate) Vec<Diagnostic>);

impl Report for Told {
    fn raise(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }
}

impl Told {
    /// The codes of the rules, in the order of telling.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        self.0.iter().map(|diagnostic| diagnostic.rule.code).collect()
    }
}

/// A child and what is said of it.
pub(crate) struct Child {
    pub(crate) subject: Arc<Subject>,
    pub(crate) records: Vec<Record>,
    pub(crate) protection: Protection,
}

impl Child {
    pub(crate) fn new(id: &str, statements: Vec<Statement>) -> Self {
        Self::with(vec![child_id(id)], statements)
    }

    pub(crate) fn with(identifiers: Vec<Identifier>, statements: Vec<Statement>) -> Self {
        let subject = Arc::new(Subject::child(identifiers, None));
        let records = (1..)
            .zip(statements)
            .map(|(line, statement)| Record {
                subject: subject.clone(),
                statement,
                source: Source::at(Place::Cell { part: PartId(0), line, column: None, byte: line * 10 }),
            })
            .collect();
        Self { subject, records, protection: Protection::default() }
    }
}

/// A document written, part by part.
pub(crate) struct Written {
    pub(crate) parts: Vec<(kit::sheaf::PartName, String)>,
    pub(crate) told: Told,
    pub(crate) counts: Vec<(&'static str, u64)>,
}

impl Written {
    pub(crate) fn text(&self) -> String {
        self.parts.iter().map(|(_, text)| text.as_str()).collect()
    }
}

pub(crate) fn options() -> Options {
    Options {
        year: CollectionYear::new(2026),
        authority: LaCode::read(b"330"),
        organisation: Organisation {
            ods_code: None,
            office_phone: Some("01632 960001".into()),
            duty_phone: Some("01632 960002".into()),
        },
        ..Options::plain()
    }
}

pub(crate) fn option(name: &str, value: &str) -> Options {
    Options { settings: vec![(name.into(), value.into())], ..options() }
}

/// Writes children in a format, and looks at every line or Bundle for what must hold for all.
pub(crate) fn write(format: &Format, options: &Options, children: &[Child]) -> Written {
    let encoder = format.encode.unwrap().begin(options);
    let mut sheaf = Sheaf::default();
    let mut told = Told::default();
    encoder.head(&mut sheaf);
    for child in children {
        let anchor = child.subject.identifiers.first();
        let (mut system, mut value) = (Vec::new(), Vec::new());
        if let Some(anchor) = anchor {
            anchor.system(LaCode::read(b"330"), &mut system).unwrap();
            anchor.write_value(&mut value);
        }
        let ids = options.id_key.of_subject(&system, &value);
        let disclosure = Disclosure {
            subject: &child.subject,
            records: &child.records,
            ids: &ids,
            protection: child.protection,
            photographs: &[],
        };
        encoder.subject(&disclosure, &mut sheaf, &mut told);
    }
    encoder.tail(&mut sheaf);
    for diagnostic in &told.0 {
        assert!(format.rules.iter().any(|rules| rules.contains(&diagnostic.rule)), "an undeclared rule");
    }
    let parts: Vec<_> =
        sheaf.parts().iter().map(|(name, bytes)| (*name, String::from_utf8(bytes.clone()).expect("UTF-8"))).collect();
    for (_, text) in &parts {
        text.lines().for_each(check_json);
    }
    Written { parts, told, counts: sheaf.counts().to_vec() }
}

/// The parts of one child in a format that is no JSON.
pub(crate) fn parts_of(format: &Format, options: &Options, child: &Child) -> Vec<Vec<u8>> {
    let encoder = format.encode.unwrap().begin(options);
    let ids = options.id_key.of_subject(b"system", b"value");
    let disclosure = Disclosure {
        subject: &child.subject,
        records: &child.records,
        ids: &ids,
        protection: child.protection,
        photographs: &[],
    };
    let mut sheaf = Sheaf::default();
    encoder.subject(&disclosure, &mut sheaf, &mut Told::default());
    sheaf.parts().iter().map(|(_, bytes)| bytes.clone()).collect()
}

/// The resources of children as lines, parsed.
pub(crate) fn resources(children: &[Child]) -> Vec<Value> {
    resources_with(&options(), children)
}

pub(crate) fn resources_with(options: &Options, children: &[Child]) -> Vec<Value> {
    parse_lines(&write(&FHIR_NDJSON, options, children).text())
}

pub(crate) fn parse_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The Bundles of one child, as written.
pub(crate) fn bundles(child: Child) -> Vec<String> {
    write(&FHIR_JSON, &options(), &[child]).parts.into_iter().map(|(_, text)| text).collect()
}

/// The only resource of a type.
pub(crate) fn only<'v>(resources: &'v [Value], kind: &str) -> &'v Value {
    let mut found = resources.iter().filter(|resource| resource["resourceType"] == kind);
    let first = found.next().unwrap_or_else(|| panic!("no {kind}"));
    assert!(found.next().is_none(), "several {kind}");
    first
}

/// Refuses duplicate names, and whatever is empty.
pub(crate) fn check_json(text: &str) {
    struct Strict;
    impl<'de> serde::de::DeserializeSeed<'de> for Strict {
        type Value = ();
        fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_any(self)
        }
    }
    impl<'de> serde::de::Visitor<'de> for Strict {
        type Value = ();
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("JSON without duplicate names and without anything empty")
        }
        fn visit_bool<E>(self, _: bool) -> Result<(), E> {
            Ok(())
        }
        fn visit_u64<E>(self, _: u64) -> Result<(), E> {
            Ok(())
        }
        fn visit_f64<E>(self, _: f64) -> Result<(), E> {
            Ok(())
        }
        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
            if text.trim().is_empty() { Err(E::custom("an empty string")) } else { Ok(()) }
        }
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
            let mut count = 0;
            while items.next_element_seed(Strict)?.is_some() {
                count += 1;
            }
            if count == 0 { Err(serde::de::Error::custom("an empty array")) } else { Ok(()) }
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
            let mut names = BTreeSet::new();
            while let Some(name) = members.next_key::<String>()? {
                members.next_value_seed(Strict)?;
                if !names.insert(name) {
                    return Err(serde::de::Error::custom("a name twice"));
                }
            }
            if names.is_empty() { Err(serde::de::Error::custom("an empty object")) } else { Ok(()) }
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    serde::de::DeserializeSeed::deserialize(Strict, &mut deserializer).unwrap_or_else(|e| panic!("{e}: {text}"));
    deserializer.end().unwrap();
}

pub(crate) fn day(text: &str) -> Date {
    Date::parse_iso(text.as_bytes()).unwrap()
}

pub(crate) fn on(text: &str) -> Said<Date> {
    Is(day(text))
}

pub(crate) fn child_id(text: &str) -> Identifier {
    Identifier::LaChild(LaChildId::read(text.as_bytes()).unwrap().0)
}

pub(crate) fn nhs_number(text: &str) -> Identifier {
    Identifier::Nhs(NhsNumber::read(text.as_bytes()).unwrap())
}

pub(crate) fn upn(text: &str, former: bool) -> Identifier {
    Identifier::Upn { upn: Upn::read(text.as_bytes()).unwrap(), former }
}

pub(crate) fn postcode(text: &str) -> Said<Postcode> {
    match Postcode::read(text.as_bytes()) {
        PostcodeRead::Is(postcode) => Is(postcode),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn urn(text: &str) -> Said<OfstedUrn> {
    Is(OfstedUrn::read(text.as_bytes()).unwrap())
}

pub(crate) fn episode(start: &str) -> CareEpisode {
    CareEpisode { start_date: on(start), ..CareEpisode::default() }
}

pub(crate) fn worker(number: Option<&str>, name: &str) -> SocialWorker {
    SocialWorker {
        worker_id: number.map_or(Said::NotAsked, |number| Is(WorkerId::read(number.as_bytes()).unwrap())),
        name: Is(name.into()),
        role: Is(WorkerRole::SocialWorker),
        telecom: Is(vec![Telecom { system: Is(TelecomSystem::Phone), value: Is("01632 960003".into()) }]),
        ..SocialWorker::default()
    }
}

pub(crate) fn restriction(kind: RestrictionKind) -> Statement {
    Restriction { kind: Is(kind), ..Restriction::default() }.into()
}

pub(crate) fn text(text: &str) -> Said<Box<str>> {
    Is(text.into())
}

pub(crate) fn coding(code: &str, display: &str) -> Coding {
    Coding { system: text("http://snomed.info/sct"), code: text(code), display: text(display), ..Coding::default() }
}

pub(crate) fn boxed(code: &str, display: &str) -> Said<Box<Coding>> {
    Is(Box::new(coding(code, display)))
}

pub(crate) fn moment(text: &str) -> Said<DateTime> {
    Is(DateTime::read(text.as_bytes()).unwrap())
}

pub(crate) fn measured(kind: MeasurementKind, value: &str, unit: &str) -> Measurement {
    Measurement {
        kind: Is(kind),
        value: Is(Decimal::read(value.as_bytes()).unwrap()),
        unit: text(unit),
        effective: on("2025-11-04"),
    }
}

/// Who belongs to a child, where it lives, what is planned for it and what health knows of it.
pub(crate) fn home_and_health() -> Vec<Statement> {
    let surgery = || Is(NhsOrganisation { ods: text("A12345"), name: text("The Surgery") });
    vec![
        Address {
            r#type: Is(AddressType::Placement),
            lines: Is(vec!["1 Invented Street".into(), "Sparkhill".into()]),
            town: text("Birmingham"),
            county: text("West Midlands"),
            postcode: postcode("B99 3CC"),
            start_date: on("2025-09-02"),
            end_date: Said::Blank,
            more: Some(Box::new(AddressMore { uprn: text("100070000000") })),
        }
        .into(),
        Relationship {
            role: Is(RelationshipRole::FosterCarer),
            name: text("Cass Carer"),
            birth_date: on("1980-02-03"),
            has_parental_responsibility: Is(false),
            lives_with: Is(true),
            permissions: Is(vec![RelationshipPermission::MayCollect]),
            rank: Number::new(1).map_or(Said::NotAsked, Is),
            start_date: on("2025-09-02"),
            end_date: Said::Blank,
            more: Some(Box::new(RelationshipMore {
                telecom: Is(vec![Telecom { system: Is(TelecomSystem::Phone), value: text("01632 960004") }]),
                address: Is(PostalAddress {
                    lines: Is(vec!["1 Invented Street".into()]),
                    postcode: postcode("B99 3CC"),
                    ..PostalAddress::default()
                }),
            })),
        }
        .into(),
        Disability {
            code: Is(DisabilityCode::Mobility),
            as_at: on("2025-03-31"),
            source_text: text("Uses a wheelchair outside"),
        }
        .into(),
        CarePlan {
            permanence_plans: Is(vec![PermanencePlan::LongTermFostering, PermanencePlan::ReturnEventually]),
            start_date: on("2025-04-01"),
            end_date: Said::Blank,
            kind: Is(CarePlanKind::CarePlan),
            plain_text: text("You stay with Cass."),
        }
        .into(),
        HealthCheck {
            r#type: Is(HealthCheckType::ReviewHealthAssessment),
            date: on("2025-11-04"),
            status: Is(HealthCheckStatus::Completed),
            due_date: Said::NotAsked,
            more: Some(Box::new(HealthCheckMore {
                performer_org: surgery(),
                performer: text("Nurse Nile"),
                outcome: text("Grows well"),
                report: text("report-canary"),
            })),
        }
        .into(),
        HealthCheck {
            r#type: Is(HealthCheckType::DentalCheck),
            date: on("2026-04-10"),
            status: Is(HealthCheckStatus::Planned),
            due_date: on("2026-04-30"),
            more: None,
        }
        .into(),
        Immunisation {
            date: moment("2017-06-14T00:00:00+01:00"),
            vaccine: boxed("39114911000001105", "A vaccine"),
            targets: Is(vec![coding("14189004", "Measles"), coding("36989005", "Mumps")]),
            dose_number: text("1"),
            status: Is(ImmunisationStatus::Completed),
            more: Some(Box::new(ImmunisationMore {
                procedure: Is(coding("38598009", "Vaccination")),
                lot: text("LOT-1"),
                expiry: on("2018-01-31"),
                site: Is(coding("368208006", "Left upper arm")),
                route: Is(coding("78421000", "Intramuscular route")),
                performer_org: surgery(),
                primary_source: Is(true),
                parent_present: Is(false),
                not_done_reason: Said::NotAsked,
            })),
        }
        .into(),
        Allergy {
            substance: boxed("91935009", "Allergy to peanut"),
            status: Is(AllergyStatus::Active),
            verification: Is(AllergyVerification::Confirmed),
            criticality: Is(AllergyCriticality::High),
            reactions: Is(vec![AllergicReaction {
                substance: Is(coding("762952008", "Peanut")),
                manifestations: Is(vec![coding("39579001", "Anaphylaxis")]),
                severity: Is(ClinicalSeverity::Severe),
            }]),
            onset: on("2018-01-01"),
            recorded_date: on("2018-02-01"),
            ended: Said::NotAsked,
        }
        .into(),
        Condition {
            code: boxed("195967001", "Asthma"),
            clinical_status: Is(ConditionStatus::Remission),
            verification: Is(ConditionVerification::Confirmed),
            severity: Is(ClinicalSeverity::Mild),
            onset: on("2019-01-01"),
            abatement: on("2024-01-01"),
            recorded_date: on("2019-02-01"),
            affects_school: Is(true),
        }
        .into(),
        Medication {
            code: boxed("39113611000001102", "Salbutamol inhaler"),
            status: Is(MedicationStatus::Active),
            dosage_text: text("Two puffs when needed"),
            start: on("2019-02-01"),
            end: Said::Blank,
            last_issued: on("2025-10-01"),
            affects_school: Is(true),
        }
        .into(),
        measured(MeasurementKind::Height, "133.0", "cm").into(),
        measured(MeasurementKind::BirthWeight, "3.20", "kg").into(),
        SubstanceMisuse {
            identified: Is(true),
            date: on("2025-11-04"),
            substance: text("Nicotine"),
            intervention: Is(SubstanceIntervention::Refused),
        }
        .into(),
    ]
}

/// A child of whom everything is said that can be.
pub(crate) fn full_child() -> Child {
    let name = |kind, forename: &str| Name {
        r#use: Is(kind),
        forename: Is(forename.into()),
        middle: Is("Max".into()),
        surname: Is("Example".into()),
    };
    let language = |code: &str| Language { code: Is(code.into()), interpreter: Is(code != "ENG") };
    let person = Person {
        birth_date: on("2016-05-14"),
        sex: Is(Sex::Female),
        ethnicity: Is(Ethnicity::GypsyRoma),
        is_mother: Is(true),
        mother_child_birth_date: on("2025-01-01"),
        nhs_number_status: Is(NhsNumberStatus::PresentAndVerified),
        more: Some(Box::new(PersonMore {
            gender: Is(Gender::Neither),
            birth_time: Is(ClockTime::new(7, 30).unwrap()),
            birth_place: Is("Birmingham".into()),
            death_date: on("2026-01-01"),
            names: Is(vec![name(NameUse::Usual, "Ada"), name(NameUse::Former, "Bea"), name(NameUse::Preferred, "A")]),
            languages: Is(vec![language("ENG"), language("PNJ"), language("QQQ")]),
            nationality: Is("nationality-canary".into()),
            religion: Is("religion-canary".into()),
            gp: Is(NhsOrganisation { ods: Is("A12345".into()), name: Is("The Surgery".into()) }),
            telecom: Is(vec![Telecom { system: Is(TelecomSystem::Email), value: Is("a@example.org".into()) }]),
            ..PersonMore::default()
        })),
        ..Person::default()
    };
    let la = LaCode::read(b"331").unwrap();
    let episode = CareEpisode {
        start_reason: Is(Rne::StartedToBeLookedAfter),
        legal_status: Is(LegalStatus::FullCareOrder),
        category_of_need: Is(CategoryOfNeed::AbuseOrNeglect),
        placement_type: Is(PlacementType::LegacyA1),
        placement_provider: Is(PlacementProvider::Private),
        placement_urn: urn("SC000001"),
        placement_postcode: postcode("B99 2BB"),
        home_postcode: postcode("B99"),
        placement_la: Is(la),
        placement_location: Is(PlacementLocation::OutsideAuthority),
        placement_distance: Is(Decimal::read(b"19.10").unwrap()),
        period_start: on("2024-12-01"),
        ..episode("2025-03-12")
    };
    let subscores =
        SdqSubscores { emotional: Is(Number::new(3).unwrap()), impact: Said::Unknown, ..Default::default() };
    let sdq = SdqScore {
        score: Is(Number::new(12).unwrap()),
        completed_date: on("2025-06-01"),
        subscores: Is(subscores),
        ..SdqScore::default()
    };
    let mut statements: Vec<Statement> = vec![
        person.into(),
        Immigration {
            status: Is(Open::Listed(ImmigrationStatus::UnaccompaniedAsylumSeekingChild)),
            start_date: on("2025-03-01"),
            end_date: Said::Blank,
        }
        .into(),
        episode.into(),
        Review {
            date: on("2025-06-01"),
            due_date: on("2025-06-03"),
            participation: Is(ReviewCode::AttendsAndSpeaks),
            ..Review::default()
        }
        .into(),
        Review { due_date: on("2026-06-03"), ..Review::default() }.into(),
        Missing {
            r#type: Is(MissingType::Missing),
            start_date: on("2025-07-01"),
            end_date: on("2025-07-02"),
            return_interview_offered: Is(true),
            return_interview_accepted: Said::NotApplicable,
        }
        .into(),
        SocialWorker { start_date: on("2025-03-12"), ..worker(Some("SW1"), "Wanda Worker") }.into(),
        SocialWorker { role: Is(WorkerRole::IndependentReviewingOfficer), ..worker(Some("X2"), "Ira O") }.into(),
        LibertyOrder { start_date: on("2025-08-01"), end_date: on("2026-08-01") }.into(),
        CareLeaver {
            in_touch: Is(InTouch::InTouch),
            contact_date: on("2026-02-01"),
            activity: Is(Activity::NotApplicable),
            accommodation: Is(Accommodation::IndependentLiving),
            suitable: Is(true),
            eligibility: Is(Open::Other("Another word".into())),
            ..CareLeaver::default()
        }
        .into(),
        AnnualHealth {
            year: Is(CollectionYear::new(2026).unwrap()),
            health_check: Said::NotApplicable,
            immunisations: Is(true),
            immunisations_as_at: on("2026-03-31"),
            teeth_check: Is(false),
            derivation: Is(Derivation::Derived),
            ..AnnualHealth::default()
        }
        .into(),
        sdq.clone().into(),
        SdqScore { rater: Is(SdqRater::Oneself), completed_date: on("2025-06-02"), ..sdq.clone() }.into(),
        SdqScore { rater: Is(SdqRater::Teacher), completed_date: on("2025-06-03"), ..sdq }.into(),
        Consent {
            scope: Is(ConsentScope::Passport),
            decision: Is(ConsentDecision::Permit),
            given_by: Is(ConsentGivenBy::Parent),
            given_by_name: Is("Pat Parent".into()),
            start_date: on("2025-04-01"),
            end_date: Said::Blank,
            recipients: Is(vec!["RXX01".into(), "school nursing".into()]),
        }
        .into(),
    ];
    statements.extend(home_and_health());
    Child::with(
        vec![child_id("4017"), nhs_number("9000000009"), upn("J330999925001", false), upn("A330999925002", true)],
        statements,
    )
}

/// The statements that never leave, full of words that would be found.
pub(crate) fn never_leaving() -> Vec<Statement> {
    vec![
        PreviousPermanence {
            kind: Is(PrevPermanence::all().next().unwrap()),
            la: Is(PermanenceAuthority::read(b"999").unwrap()),
            date: on("1901-01-01"),
        }
        .into(),
        Adoption { decision_date: on("1902-01-01"), order_date: on("1903-01-01"), ..Adoption::default() }.into(),
        PlacedForAdoption { placed_date: on("1904-01-01"), ..PlacedForAdoption::default() }.into(),
        Delegation {
            matter: Is(Open::Other("matter-canary".into())),
            conditions: Is("conditions-canary".into()),
            ..Delegation::default()
        }
        .into(),
        AnnualHealth { year: Is(CollectionYear::new(2026).unwrap()), convicted: Is(true), ..AnnualHealth::default() }
            .into(),
    ]
}
