//! One child: which resources there are to write, under which ids and in which order.
//!
//! Everything that needs a report is raised here, in the order of the records; what is written afterwards is only
//! words. Ids are made once, and references use them again.

use kit::{
    adapter::Disclosure,
    ids::{ResourceId, SubjectIds},
};
use schemas::{
    code::Code,
    date::{CollectionYear, DateTime},
    diagnostic::{Diagnostic, Place, Report, Rule},
    identifier::{Identifier, IdentifierKind, Laestab, NhsNumber, SchoolUrn},
    record::{
        Address, Allergy, AnnualHealth, AttendanceSummary, CareEpisode, CareLeaver, CarePlan, Coding, Condition,
        Consent, Disability, EducationPlan, Enrolment, HealthCheck, Immigration, Immunisation, LibertyOrder,
        Measurement, Medication, Missing, Record, Relationship, Review, SdqScore, SenProvision, SocialWorker,
        Statement, Subject, SubstanceMisuse, Voice,
    },
    said::Said,
};

use crate::{
    concept::{folded, is_said, key_text},
    conventions::{Authority, Conventions},
    labels::Labels,
    name::{DayText, identify},
    people::People,
    period::{Period, period_id, periods},
    resource_type::ResourceType,
    resources::{
        address, condition,
        observation::{AnnualFlag, attendance, enrolment, has_answer, measurement, substance_misuse},
        patient, plan as care_plan, related_person,
    },
    rules::{NHS_NUMBER_TWICE, NOT_EXPRESSIBLE, TOO_LITTLE, UNIT_NOT_WRITTEN},
    workers::Workers,
    writer::{Ready, decimal},
};

/// A child and what is written of the child.
pub(crate) struct Child<'c> {
    /// How the document is written.
    pub(crate) conventions: &'c Conventions<'c>,
    /// Whom it is about.
    pub(crate) subject: &'c Subject,
    /// The responsible authority.
    pub(crate) authority: Option<&'c Authority>,
    /// A Reference to the Patient.
    pub(crate) patient_reference: Ready,
    /// The labels of every resource.
    pub(crate) labels: Labels,
    /// Who the child is.
    pub(crate) people: People<'c>,
    /// Where the child lives and lived.
    pub(crate) addresses: Vec<&'c Address>,
    /// The health checks that have a day by which they are due.
    pub(crate) due_checks: Vec<&'c HealthCheck>,
    /// The child's periods of care: those that stand in the order of time, then those that were taken back.
    pub(crate) periods: Vec<Period>,
    /// Who works with the child.
    pub(crate) workers: Workers<'c>,
    /// The resources, in the order of a Bundle.
    pub(crate) resources: Vec<Resource<'c>>,
}

/// One resource to write.
#[derive(Clone, Copy)]
pub(crate) struct Resource<'c> {
    /// Its type.
    pub(crate) kind: ResourceType,
    /// Its id.
    pub(crate) id: ResourceId,
    /// What it says.
    pub(crate) content: Content<'c>,
    /// The source has taken it back.
    pub(crate) retracted: bool,
    /// Its place among the records, by which equal names are told apart.
    sequence: u32,
}

/// What a resource says, from which statement.
#[derive(Clone, Copy)]
pub(crate) enum Content<'c> {
    /// Who the child is.
    Patient,
    /// A worker.
    Practitioner(&'c SocialWorker),
    /// Who looks after the child in a period, by its place.
    CareTeam(usize),
    /// That the child is looked after.
    CarePlan(usize),
    /// The same, for readers who must not miss it.
    LookedAfter(usize),
    /// An order that deprives the child of liberty.
    Liberty(&'c LibertyOrder),
    /// An episode of the return.
    Episode(&'c CareEpisode),
    /// Consent.
    Consent(&'c Consent),
    /// Whether the child is a mother.
    Mother,
    /// Immigration status.
    Immigration(&'c Immigration),
    /// A review.
    Review(&'c Review),
    /// Missing.
    Missing(&'c Missing),
    /// A care leaver's situation.
    CareLeaver(&'c CareLeaver),
    /// One statement of the year's health.
    AnnualHealth(&'c AnnualHealth, AnnualFlag),
    /// An SDQ.
    Sdq(&'c SdqScore),
    /// A personal education plan.
    EducationPlan(&'c EducationPlan),
    /// A place at a school.
    Enrolment(&'c Enrolment),
    /// Attendance in a period.
    Attendance(&'c AttendanceSummary),
    /// Provision for special educational needs.
    SenProvision(&'c SenProvision),
    /// What somebody said.
    Voice(&'c Voice),
    /// Somebody who belongs to the child.
    RelatedPerson(&'c Relationship),
    /// What is planned for the child.
    Plan(&'c CarePlan),
    /// Which health checks are due.
    DueChecks,
    /// A health check.
    HealthCheck(&'c HealthCheck),
    /// An immunisation.
    Immunisation(&'c Immunisation),
    /// An allergy.
    Allergy(&'c Allergy),
    /// A health condition.
    Condition(&'c Condition),
    /// A medicine.
    Medication(&'c Medication),
    /// A disability.
    Disability(&'c Disability),
    /// Something measured.
    Measurement(&'c Measurement),
    /// A substance misuse problem.
    SubstanceMisuse(&'c SubstanceMisuse),
}

impl<'c> Child<'c> {
    /// What is written of a child, and what is lost.
    pub(crate) fn plan(
        disclosure: &Disclosure<'c>,
        conventions: &'c Conventions<'c>,
        authority: Option<&'c Authority>,
        report: &mut dyn Report,
    ) -> Self {
        let (ids, records) = (disclosure.ids, disclosure.records);
        let people = People::among(records);
        let patient = ids.id(ResourceType::Patient.name(), "", &[]);
        let mut periods = periods_of(records, false, ids);
        let standing = periods.len();
        let taken_back = periods_of(records, true, ids);
        let stands = |period: &Period| periods.iter().any(|standing| standing.care_team == period.care_team);
        let taken_back: Vec<Period> = taken_back.into_iter().filter(|period| !stands(period)).collect();
        periods.extend(taken_back);
        let mut plan = Plan { ids, year: conventions.year, resources: Vec::with_capacity(2 * records.len() + 8) };
        plan.resources.push(Resource {
            kind: ResourceType::Patient,
            id: patient,
            content: Content::Patient,
            retracted: false,
            sequence: 0,
        });
        if has_answer(people.said(|person| &person.is_mother)) {
            plan.add(Content::Mother, false);
        } else if people.took_back(|person| has_answer(person.is_mother)) {
            plan.add(Content::Mother, true);
        }
        for (n, period) in periods.iter().enumerate() {
            plan.add_period(n, period, n >= standing);
        }
        report_identifiers(disclosure, report);
        people.report(report);
        let workers = Workers::among(
            records,
            ids,
            &periods[..standing],
            |worker, id, retracted| plan.add_named(Content::Practitioner(worker), id, retracted),
            report,
        );
        let (due_checks, due_taken_back) = due_checks(records);
        if !due_checks.is_empty() {
            plan.add(Content::DueChecks, due_taken_back);
        }
        for record in records {
            if !plan.take(record) {
                report.raise(Diagnostic::new(loss_of(&record.statement), record.source.place.clone()));
            }
            if let Statement::Condition(said) = &record.statement
                && condition::is_abated_and_active(said)
            {
                let abatement = Diagnostic::new(&NOT_EXPRESSIBLE, record.source.place.clone());
                report.raise(abatement.of_field("abatement"));
            }
            if let Statement::AnnualHealth(AnnualHealth { convicted: Said::Is(_), .. }) = record.statement {
                let convicted = Diagnostic::new(&NOT_EXPRESSIBLE, record.source.place.clone());
                report.raise(convicted.of_field("convicted"));
            }
        }
        plan.settle();
        Self {
            conventions,
            subject: disclosure.subject,
            authority,
            patient_reference: patient::reference(disclosure.subject, conventions, &patient.into()),
            labels: Labels::of(records),
            people,
            addresses: addresses(records),
            due_checks,
            periods,
            workers,
            resources: plan.resources,
        }
    }
}

/// Resources being gathered.
struct Plan<'p, 'c> {
    ids: &'p SubjectIds,
    year: Option<CollectionYear>,
    resources: Vec<Resource<'c>>,
}

impl<'c> Plan<'_, 'c> {
    fn add(&mut self, content: Content<'c>, retracted: bool) {
        let id = content.id(self.ids, self.year, 0);
        self.add_named(content, id, retracted);
    }

    fn add_named(&mut self, content: Content<'c>, id: ResourceId, retracted: bool) {
        let sequence = u32::try_from(self.resources.len()).unwrap_or(u32::MAX);
        self.resources.push(Resource { kind: content.kind(), id, content, retracted, sequence });
    }

    fn add_period(&mut self, n: usize, period: &Period, retracted: bool) {
        let looked_after = period_id(self.ids, ResourceType::Flag, period.start, period.ordinal);
        self.add_named(Content::CareTeam(n), period.care_team, retracted);
        self.add_named(Content::CarePlan(n), period.care_plan, retracted);
        self.add_named(Content::LookedAfter(n), looked_after, retracted);
    }

    /// Takes what a record has to say; false when something of it is lost that nobody said would be.
    fn take(&mut self, record: &'c Record) -> bool {
        let retracted = record.source.retracts;
        let content = match &record.statement {
            Statement::Person(_) | Statement::SocialWorker(_) | Statement::Restriction(_) => return true,
            // The Patient has it; one that was taken back is there no more.
            Statement::Address(home) => return retracted || address::says_where(home),
            Statement::Relationship(other) if related_person::is_worker(other) => return false,
            Statement::Relationship(other) if related_person::says_something(other) => Content::RelatedPerson(other),
            Statement::Disability(disability) if disability.code.has_value() => Content::Disability(disability),
            Statement::CarePlan(plan) if care_plan::says_something(plan) => Content::Plan(plan),
            Statement::HealthCheck(check) if check.r#type.has_value() && check.date.has_value() => {
                Content::HealthCheck(check)
            }
            Statement::Immunisation(given) if given.status.has_value() => Content::Immunisation(given),
            Statement::Allergy(allergy) if is_said(&allergy.substance) => Content::Allergy(allergy),
            Statement::Condition(condition) if is_said(&condition.code) => Content::Condition(condition),
            Statement::Medication(medicine) if is_said(&medicine.code) => Content::Medication(medicine),
            Statement::Measurement(it) if measurement::says_enough(it) && measurement::has_its_unit(it) => {
                Content::Measurement(it)
            }
            Statement::SubstanceMisuse(misuse) if substance_misuse::says_something(misuse) => {
                Content::SubstanceMisuse(misuse)
            }
            Statement::PreviousPermanence(_)
            | Statement::Adoption(_)
            | Statement::PlacedForAdoption(_)
            | Statement::Delegation(_)
            | Statement::AttendanceMark(_)
            | Statement::Suspension(_)
            | Statement::Attainment(_)
            | Statement::Provider(_)
            | Statement::Vacancy(_)
            | Statement::Referral(_)
            | Statement::Offer(_)
            | Statement::PlacementNotice(_)
            | Statement::PlacementCost(_)
            | Statement::FrameworkReturn(_) => return false,
            Statement::AnnualHealth(health) => {
                let stated = AnnualFlag::ALL.iter().filter(|flag| has_answer(flag.said(health).as_ref()));
                if !health.year.has_value() {
                    return stated.count() == 0;
                }
                for flag in stated {
                    self.add(Content::AnnualHealth(health, *flag), retracted);
                }
                return true;
            }
            Statement::Immigration(immigration) if immigration.status.has_value() => Content::Immigration(immigration),
            Statement::CareEpisode(episode) if episode.start_date.has_value() => Content::Episode(episode),
            Statement::Review(review) if review.date.has_value() || review.due_date.has_value() => {
                Content::Review(review)
            }
            Statement::Missing(missing) if missing.r#type.has_value() && missing.start_date.has_value() => {
                Content::Missing(missing)
            }
            Statement::LibertyOrder(order) if order.start_date.has_value() => Content::Liberty(order),
            Statement::CareLeaver(leaver) => Content::CareLeaver(leaver),
            Statement::SdqScore(sdq) => {
                if !(has_answer(sdq.score.as_ref()) || has_answer(sdq.reason.as_ref())) {
                    return !matches!(sdq.score, Said::Reduced(_));
                }
                Content::Sdq(sdq)
            }
            Statement::Consent(consent) if consent.scope.has_value() && consent.decision.has_value() => {
                Content::Consent(consent)
            }
            Statement::EducationPlan(plan) if plan.status.has_value() => Content::EducationPlan(plan),
            // That there is a plan is all that some may know of it: no resource says just that.
            Statement::EducationPlan(plan) => return matches!(plan.status, Said::Reduced(_)),
            Statement::Enrolment(place) if enrolment::says_something(place) => Content::Enrolment(place),
            Statement::AttendanceSummary(summary) if attendance::says_something(summary) => {
                Content::Attendance(summary)
            }
            Statement::SenProvision(sen) if sen.provision.has_value() || sen.needs.has_value() => {
                Content::SenProvision(sen)
            }
            Statement::Voice(voice) if voice.words.has_value() => Content::Voice(voice),
            Statement::Relationship(_)
            | Statement::Disability(_)
            | Statement::CarePlan(_)
            | Statement::HealthCheck(_)
            | Statement::Immunisation(_)
            | Statement::Allergy(_)
            | Statement::Condition(_)
            | Statement::Medication(_)
            | Statement::Measurement(_)
            | Statement::SubstanceMisuse(_)
            | Statement::AttendanceSummary(_)
            | Statement::Enrolment(_)
            | Statement::SenProvision(_)
            | Statement::Voice(_)
            | Statement::Immigration(_)
            | Statement::CareEpisode(_)
            | Statement::Review(_)
            | Statement::Missing(_)
            | Statement::LibertyOrder(_)
            | Statement::Consent(_) => return false,
        };
        self.add(content, retracted);
        true
    }

    /// Puts the resources in order, joins what is said of one worker, and tells apart what is named alike.
    ///
    /// What is taken back is named as it was when it stood, without what stands now: so nothing that stands is renamed,
    /// and of two named alike the one that stands is written.
    fn settle(&mut self) {
        let order = |resource: &Resource<'_>| (resource.kind, resource.id, resource.retracted, resource.sequence);
        self.resources.sort_unstable_by_key(order);
        self.resources.dedup_by(|later, kept| {
            let one = later.kind == ResourceType::Practitioner && later.kind == kept.kind && later.id == kept.id;
            if one && (kept.retracted || !later.retracted) {
                *kept = *later;
            }
            one
        });
        let mut first: Option<(ResourceType, ResourceId, bool)> = None;
        let (mut ordinal, mut renamed) = (0, false);
        for resource in &mut self.resources {
            let name = (resource.kind, resource.id, resource.retracted);
            ordinal = if first == Some(name) { ordinal + 1 } else { 0 };
            first = Some(name);
            if ordinal > 0 {
                resource.id = resource.content.id(self.ids, self.year, ordinal);
                renamed = true;
            }
        }
        if renamed {
            self.resources.sort_unstable_by_key(order);
        }
        self.resources.dedup_by(|later, kept| later.kind == kept.kind && later.id == kept.id && later.retracted);
    }
}

impl Content<'_> {
    fn kind(&self) -> ResourceType {
        match self {
            Self::Patient => ResourceType::Patient,
            Self::Practitioner(_) => ResourceType::Practitioner,
            Self::CareTeam(_) => ResourceType::CareTeam,
            Self::RelatedPerson(_) => ResourceType::RelatedPerson,
            Self::CarePlan(_) | Self::EducationPlan(_) | Self::Plan(_) | Self::DueChecks => ResourceType::CarePlan,
            Self::HealthCheck(_) => ResourceType::Encounter,
            Self::Immunisation(_) => ResourceType::Immunization,
            Self::Allergy(_) => ResourceType::AllergyIntolerance,
            Self::Condition(_) => ResourceType::Condition,
            Self::Medication(_) => ResourceType::MedicationStatement,
            Self::LookedAfter(_) | Self::Liberty(_) => ResourceType::Flag,
            Self::Episode(_) => ResourceType::EpisodeOfCare,
            Self::Consent(_) => ResourceType::Consent,
            Self::Mother
            | Self::Immigration(_)
            | Self::Review(_)
            | Self::Missing(_)
            | Self::CareLeaver(_)
            | Self::AnnualHealth(..)
            | Self::Sdq(_)
            | Self::Enrolment(_)
            | Self::Attendance(_)
            | Self::SenProvision(_)
            | Self::Disability(_)
            | Self::Measurement(_)
            | Self::SubstanceMisuse(_)
            | Self::Voice(_) => ResourceType::Observation,
        }
    }

    /// The id, by the natural key of the statement; a key part that is not said is empty.
    fn id(&self, ids: &SubjectIds, year: Option<CollectionYear>, ordinal: u32) -> ResourceId {
        let named = |role: &str, key: &[&[u8]]| identify(ids, self.kind(), role, key, ordinal);
        match self {
            // One a child, and periods number themselves: these are never named alike.
            Self::Patient | Self::CareTeam(_) | Self::CarePlan(_) | Self::LookedAfter(_) => named("", &[]),
            Self::Mother => named("mother", &[]),
            Self::Practitioner(worker) => Workers::id(worker, ids),
            Self::Liberty(order) => named("liberty-order", &[&DayText::said(&order.start_date)]),
            // The ordinal is counted, not taken from the statement: a view may not let it out, and the id must not
            // hang on the view.
            Self::Episode(episode) => ids.id(
                self.kind().name(),
                "care-episode",
                &[&DayText::said(&episode.start_date), decimal(ordinal, &mut [0; 10])],
            ),
            Self::Consent(consent) => named("consent", &[code_of(&consent.scope), &DayText::said(&consent.start_date)]),
            Self::Immigration(immigration) => {
                let status = immigration.status.as_ref().is().map_or("", |status| status.word());
                named("immigration", &[status.as_bytes(), &DayText::said(&immigration.start_date)])
            }
            Self::Review(review) => {
                named("cla-review", &[&DayText::said(&review.date), &DayText::said(&review.due_date)])
            }
            Self::Missing(missing) => {
                named("missing", &[code_of(&missing.r#type), &DayText::said(&missing.start_date)])
            }
            Self::CareLeaver(_) => named("care-leaver", &[year_text(year, &mut [0; 5])]),
            Self::AnnualHealth(health, flag) => {
                named("oc2", &[year_text(health.year.is(), &mut [0; 5]), flag.code().as_bytes()])
            }
            Self::Sdq(sdq) => match (sdq.completed_date, sdq.year) {
                (Said::Is(day), _) => named("sdq", &[&DayText::of(day)]),
                (_, Said::Is(year)) => {
                    let mut key = *b"year:0000";
                    key[5..].copy_from_slice(year_text(Some(year), &mut [0; 5]));
                    named("sdq", &[&key])
                }
                _ => named("sdq", &[b""]),
            },
            Self::EducationPlan(plan) => match &plan.plan_ref {
                Said::Is(reference) => named("pep", &[reference.as_bytes()]),
                _ => {
                    let mut year = Vec::new();
                    plan.academic_year.is().iter().for_each(|said| said.write(&mut year));
                    named("pep", &[&year, code_of(&plan.term), &DayText::said(&plan.meeting_date)])
                }
            },
            Self::Enrolment(place) => {
                let school = school_text(&place.school_urn, &place.school_laestab, &place.school_name);
                named("enrolment", &[&school, &DayText::said(&place.entry_date)])
            }
            Self::Attendance(summary) => {
                let school = school_text(&summary.school_urn, &summary.school_laestab, &summary.school_name);
                let days = [DayText::said(&summary.period_start), DayText::said(&summary.period_end)];
                named("attendance", &[&school, &days[0], &days[1]])
            }
            Self::SenProvision(sen) => named("sen", &[code_of(&sen.provision), &DayText::said(&sen.start_date)]),
            Self::RelatedPerson(other) => {
                let name = folded(other.name.as_ref().is().map_or("", |name| name));
                named("person", &[code_of(&other.role), name.as_bytes(), &DayText::said(&other.birth_date)])
            }
            Self::Plan(plan) => named("care-plan", &[&DayText::said(&plan.start_date)]),
            Self::DueChecks => named("health", &[]),
            Self::HealthCheck(check) => named("health-check", &[code_of(&check.r#type), &DayText::said(&check.date)]),
            Self::Immunisation(given) => {
                let day = given.date.is().and_then(DateTime::date).map_or(Said::NotAsked, Said::Is);
                let dose = folded(given.dose_number.as_ref().is().map_or("", |dose| dose));
                named("immunisation", &[&DayText::said(&day), vaccine_text(given).as_bytes(), dose.as_bytes()])
            }
            Self::Allergy(allergy) => named("allergy", &[coded(&allergy.substance).as_bytes()]),
            Self::Condition(condition) => {
                let since = if condition.onset.has_value() { &condition.onset } else { &condition.recorded_date };
                named("condition", &[coded(&condition.code).as_bytes(), &DayText::said(since)])
            }
            Self::Medication(medicine) => {
                named("medication", &[coded(&medicine.code).as_bytes(), &DayText::said(&medicine.start)])
            }
            Self::Disability(disability) => named("disability", &[code_of(&disability.code)]),
            Self::Measurement(it) => named("measurement", &[code_of(&it.kind), &DayText::said(&it.effective)]),
            Self::SubstanceMisuse(misuse) => {
                let substance = folded(misuse.substance.as_ref().is().map_or("", |substance| substance));
                named("substance-misuse", &[&DayText::said(&misuse.date), substance.as_bytes()])
            }
            Self::Voice(voice) => named(
                "voice",
                &[
                    code_of(&voice.context),
                    &DayText::said(&voice.date),
                    code_of(&voice.whose),
                    code_of(&voice.by),
                    code_of(&voice.topic),
                ],
            ),
        }
    }
}

/// Where the child lives and lived, by what stands.
fn addresses(records: &[Record]) -> Vec<&Address> {
    let standing = records.iter().filter(|record| !record.source.retracts);
    let addresses = standing.filter_map(|record| match &record.statement {
        Statement::Address(home) => Some(home),
        _ => None,
    });
    addresses.filter(|home| address::says_where(home)).collect()
}

/// The checks with a day by which they are due, and whether none of them stands any longer.
fn due_checks(records: &[Record]) -> (Vec<&HealthCheck>, bool) {
    let due = |taken_back: bool| -> Vec<&HealthCheck> {
        let records = records.iter().filter(|record| record.source.retracts == taken_back);
        let checks = records.filter_map(|record| match &record.statement {
            Statement::HealthCheck(check) if check.due_date.has_value() && check.r#type.has_value() => Some(check),
            _ => None,
        });
        checks.collect()
    };
    let standing = due(false);
    if standing.is_empty() { (due(true), true) } else { (standing, false) }
}

/// What is coded, as a key part.
fn coded(coding: &Said<Box<Coding>>) -> String {
    coding.as_ref().is().map_or_else(String::new, |coding| key_text(coding))
}

/// A vaccine as a key part, else the diseases in the order of their names.
fn vaccine_text(given: &Immunisation) -> String {
    if given.vaccine.has_value() {
        return coded(&given.vaccine);
    }
    let mut targets: Vec<String> = given.targets.as_ref().is().into_iter().flatten().map(key_text).collect();
    targets.sort_unstable();
    targets.join(",")
}

/// The periods of care that the episodes form which stand, or which were taken back.
fn periods_of(records: &[Record], taken_back: bool, ids: &SubjectIds) -> Vec<Period> {
    let records = records.iter().filter(|record| record.source.retracts == taken_back);
    let episodes = records.filter_map(|record| match &record.statement {
        Statement::CareEpisode(episode) => Some(episode),
        _ => None,
    });
    periods(episodes, ids)
}

/// The child's NHS number, where there is exactly one: of two, nobody knows which is the child's.
pub(crate) fn subject_nhs_number(subject: &Subject) -> Option<NhsNumber> {
    let mut numbers = subject.identifiers.iter().filter_map(|identifier| match identifier {
        Identifier::Nhs(number) => Some(*number),
        _ => None,
    });
    let first = numbers.next()?;
    numbers.all(|other| other == first).then_some(first)
}

fn code_of<C: Code>(said: &Said<C>) -> &'static [u8] {
    said.is().map_or(b"", |code| code.code().as_bytes())
}

/// A school as a key part: the first of its numbers and its name that is said.
fn school_text(urn: &Said<SchoolUrn>, laestab: &Said<Laestab>, name: &Said<Box<str>>) -> Vec<u8> {
    let mut text = Vec::new();
    match (urn, laestab, name) {
        (Said::Is(urn), ..) => urn.write(&mut text),
        (_, Said::Is(laestab), _) => laestab.write(&mut text),
        (.., Said::Is(name)) => text.extend_from_slice(name.as_bytes()),
        _ => (),
    }
    text
}

fn year_text(year: Option<CollectionYear>, digits: &mut [u8; 5]) -> &[u8] {
    year.map_or(b"", |year| decimal(year.number().into(), digits))
}

fn loss_of(statement: &Statement) -> &'static Rule {
    match statement {
        Statement::Relationship(other) if related_person::is_worker(other) => &NOT_EXPRESSIBLE,
        Statement::Measurement(it) if measurement::says_enough(it) => &UNIT_NOT_WRITTEN,
        Statement::PreviousPermanence(_)
        | Statement::Adoption(_)
        | Statement::PlacedForAdoption(_)
        | Statement::Delegation(_)
        | Statement::AttendanceMark(_)
        | Statement::Suspension(_)
        | Statement::Attainment(_)
        | Statement::Provider(_)
        | Statement::Vacancy(_)
        | Statement::Referral(_)
        | Statement::Offer(_)
        | Statement::PlacementNotice(_)
        | Statement::PlacementCost(_)
        | Statement::FrameworkReturn(_) => &NOT_EXPRESSIBLE,
        _ => &TOO_LITTLE,
    }
}

fn report_identifiers(disclosure: &Disclosure<'_>, report: &mut dyn Report) {
    let is_nhs = |kind: &IdentifierKind| *kind == IdentifierKind::NhsNumber;
    if disclosure.subject.identifiers.iter().map(|identifier| identifier.kind()).filter(is_nhs).count() > 1 {
        report.raise(Diagnostic::new(&NHS_NUMBER_TWICE, Place::Document));
    }
}
