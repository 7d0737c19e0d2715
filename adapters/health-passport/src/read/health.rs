//! Health: checks, immunisations, allergies, conditions and medicines.

use schemas::{
    code::{
        AllergyCriticality, AllergyStatus, AllergyVerification, ClinicalSeverity, ConditionStatus,
        ConditionVerification, HealthCheckStatus, HealthCheckType, ImmunisationStatus, MedicationStatus,
    },
    record::{
        AllergicReaction, Allergy, Coding, Condition, HealthCheck, HealthCheckMore, Immunisation, ImmunisationMore,
        Medication,
    },
    said::Said,
};

use crate::{
    coding::HEALTH_CHECK_TYPE,
    fhir::tree::Element,
    read::{
        elements::{
            code, code_of, concept, date, extension, extension_of, flag, is_coded, moment, organisation, said, text,
        },
        says::Says,
    },
    rules,
};

const UK: &str = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-";

/// An Encounter: a check of the child's health, if its type says so.
pub(super) fn read_encounter(resource: Element<'_>, says: &mut Says<'_>) {
    let own = extension(resource, "urn:homeward:ext:health-check-status").and_then(Element::value);
    let status = match (resource.text("status").as_deref(), own.as_deref()) {
        (Some("cancelled"), Some("refused")) => Said::Is(HealthCheckStatus::Refused),
        (Some("cancelled"), _) => Said::Is(HealthCheckStatus::Cancelled),
        (Some("finished"), _) => Said::Is(HealthCheckStatus::Completed),
        (Some("planned" | "arrived" | "triaged" | "in-progress" | "onleave"), _) => {
            Said::Is(HealthCheckStatus::Planned)
        }
        // What was entered in error is taken back as it was said.
        (Some("entered-in-error"), Some("completed")) => Said::Is(HealthCheckStatus::Completed),
        (Some("entered-in-error"), Some("planned")) => Said::Is(HealthCheckStatus::Planned),
        (Some("entered-in-error"), Some("refused")) => Said::Is(HealthCheckStatus::Refused),
        (Some("entered-in-error"), Some("cancelled")) => Said::Is(HealthCheckStatus::Cancelled),
        _ => Said::NotAsked,
    };
    let Some(kind) = kind_of_check(resource.all("type"), says) else { return };
    let (start, _) = says.period(resource.first("period"), "period");
    let performer = resource.first("participant").and_then(|participant| participant.first("individual"));
    let more = HealthCheckMore {
        performer_org: said(resource.first("serviceProvider").and_then(organisation)),
        performer: text(performer.and_then(|person| person.first("display"))),
        outcome: text(resource.first("reasonCode").and_then(|reason| reason.first("text"))),
        report: Said::NotAsked,
    };
    says.say(HealthCheck {
        r#type: Said::Is(kind),
        date: start,
        status,
        due_date: Said::NotAsked,
        more: (more != HealthCheckMore::default()).then(|| Box::new(more)),
    });
}

/// An Appointment for a check: one that was kept is told by its Encounter.
pub(super) fn read_appointment(resource: Element<'_>, says: &mut Says<'_>) {
    let status = match resource.text("status").as_deref() {
        Some("proposed" | "pending" | "booked" | "arrived" | "checked-in" | "waitlist") => HealthCheckStatus::Planned,
        Some("cancelled") => HealthCheckStatus::Cancelled,
        // What was entered in error takes back that a check was planned.
        Some("entered-in-error") => HealthCheckStatus::Planned,
        Some("noshow") => {
            says.tell(&rules::NOT_ATTENDED, "status", resource.first("status"));
            HealthCheckStatus::Cancelled
        }
        _ => return,
    };
    let kinds = resource.all("serviceType").chain(resource.all("appointmentType")).chain(resource.all("reasonCode"));
    let Some(kind) = kind_of_check(kinds, says) else { return };
    let day = says.day(resource.first("start"), "start");
    says.say(HealthCheck { r#type: Said::Is(kind), date: day, status: Said::Is(status), ..HealthCheck::default() });
}

/// The kind of check by our code, else by the words that case systems use, which is told.
fn kind_of_check<'t>(types: impl Iterator<Item = Element<'t>>, says: &mut Says<'_>) -> Option<HealthCheckType> {
    let types: Vec<Element<'t>> = types.collect();
    let coded = types.iter().find_map(|kind| code(Some(*kind), &HEALTH_CHECK_TYPE).is());
    if coded.is_some() {
        return coded;
    }
    let words = |kind: &Element<'t>| {
        let displays = kind.all("coding").filter_map(|coding| coding.text("display"));
        kind.text("text").into_iter().chain(displays).map(|words| words.to_lowercase()).collect::<Vec<_>>()
    };
    let told: Vec<String> = types.iter().flat_map(words).collect();
    let has = |parts: &[&str]| told.iter().any(|words| parts.iter().any(|part| words.contains(part)));
    let assessment = has(&["health assessment", "health needs", "looked after"]);
    let found = if has(&["initial"]) && assessment {
        HealthCheckType::InitialHealthAssessment
    } else if has(&["review"]) && assessment {
        HealthCheckType::ReviewHealthAssessment
    } else if has(&["dent"]) && !has(&["accident", "incident", "identi"]) {
        HealthCheckType::DentalCheck
    } else if has(&["opti", "eye test", "sight test"]) {
        HealthCheckType::OpticianCheck
    } else if has(&["developmental", "2 year", "health visitor"]) {
        HealthCheckType::DevelopmentalCheck
    } else {
        says.tell(&rules::ENCOUNTER_OTHER, "type", types.first().copied());
        return None;
    };
    says.tell(&rules::CHECK_BY_WORDS, "type", types.first().copied());
    Some(found)
}

/// The plan of checks that are due: one check an activity.
pub(super) fn read_due_checks(resource: Element<'_>, says: &mut Says<'_>) {
    for detail in resource.all("activity").filter_map(|activity| activity.first("detail")) {
        let Said::Is(kind) = code(detail.first("code"), &HEALTH_CHECK_TYPE) else { continue };
        let due_date = date(detail.first("scheduled"));
        // One that is planned, done or not says so itself, in a resource of its own.
        if due_date.has_value() && detail.says("status", "not-started") {
            says.say(HealthCheck {
                r#type: Said::Is(kind),
                status: Said::Is(HealthCheckStatus::Planned),
                due_date,
                ..HealthCheck::default()
            });
        }
    }
}

/// An Immunization that was given, or was not.
pub(super) fn read_immunization(resource: Element<'_>, says: &mut Says<'_>) {
    let protocol = resource.first("protocolApplied");
    let targets: Vec<Coding> = protocol
        .into_iter()
        .flat_map(|protocol| protocol.all("targetDisease"))
        .filter_map(|it| concept(Some(it)).is())
        .collect();
    let occurrence = resource.first("occurrence").filter(|told| told.type_name() == "dateTime");
    if resource.first("occurrence").is_some() && !moment(occurrence).has_value() && occurrence.is_some() {
        says.tell(&rules::DATE_INCOMPLETE, "occurrence", occurrence);
    }
    let given_at = resource.all("performer").filter_map(|performer| performer.first("actor")).find_map(organisation);
    let more = ImmunisationMore {
        procedure: concept(extension(resource, &format!("{UK}VaccinationProcedure"))),
        not_done_reason: concept(resource.first("statusReason")),
        lot: text(resource.first("lotNumber")),
        expiry: says.day(resource.first("expirationDate"), "expirationDate"),
        site: concept(resource.first("site")),
        route: concept(resource.first("route")),
        performer_org: said(given_at),
        primary_source: flag(resource.first("primarySource")),
        parent_present: flag(extension(resource, &format!("{UK}ParentPresent"))),
    };
    says.say(Immunisation {
        date: moment(occurrence),
        vaccine: concept(resource.first("vaccineCode")).map(Box::new),
        targets: said((!targets.is_empty()).then_some(targets)),
        dose_number: text(protocol.and_then(|protocol| protocol.first("doseNumber"))),
        status: match resource.text("status").as_deref() {
            Some("completed") => Said::Is(ImmunisationStatus::Completed),
            Some("not-done") => Said::Is(ImmunisationStatus::NotDone),
            _ => Said::NotAsked,
        },
        more: (more != ImmunisationMore::default()).then(|| Box::new(more)),
    });
}

/// An AllergyIntolerance, or that none is known.
pub(super) fn read_allergy(resource: Element<'_>, says: &mut Says<'_>) {
    const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical";
    const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
    let clinical = resource.first("clinicalStatus");
    let ended = clinical.and_then(|status| extension_of(status, &format!("{UK}AllergyIntoleranceEnd")));
    let reactions: Vec<AllergicReaction> = resource.all("reaction").map(reaction).collect();
    let allergy = Allergy {
        substance: concept(resource.first("code")).map(Box::new),
        status: match clinical.and_then(|status| code_of(status, CLINICAL)).as_deref() {
            Some("active") => Said::Is(AllergyStatus::Active),
            Some("inactive") => Said::Is(AllergyStatus::Inactive),
            Some("resolved") => Said::Is(AllergyStatus::Resolved),
            _ => Said::NotAsked,
        },
        verification: match resource
            .first("verificationStatus")
            .and_then(|status| code_of(status, VERIFICATION))
            .as_deref()
        {
            Some("unconfirmed") => Said::Is(AllergyVerification::Unconfirmed),
            Some("confirmed") => Said::Is(AllergyVerification::Confirmed),
            Some("refuted") => Said::Is(AllergyVerification::Refuted),
            _ => Said::NotAsked,
        },
        criticality: match resource.text("criticality").as_deref() {
            Some("low") => Said::Is(AllergyCriticality::Low),
            Some("high") => Said::Is(AllergyCriticality::High),
            Some("unable-to-assess") => Said::Is(AllergyCriticality::UnableToAssess),
            _ => Said::NotAsked,
        },
        reactions: said((!reactions.is_empty()).then_some(reactions)),
        onset: says.day(resource.first("onset").filter(|onset| onset.type_name() == "dateTime"), "onset"),
        recorded_date: says.day(resource.first("recordedDate"), "recordedDate"),
        ended: says.day(ended.and_then(|ended| extension(ended, "endDate")), "clinicalStatus.extension"),
    };
    says.say(allergy);
}

/// The codes of a list of allergies: of UK Core's example, of LOINC as the International Patient Summary has them, and of
/// the headings of UK Core.
const ALLERGY_LISTS: [(&str, &str); 3] = [
    ("http://snomed.info/sct", "886921000000105"),
    ("http://loinc.org", "48765-2"),
    ("https://fhir.hl7.org.uk/CodeSystem/UKCore-RecordStandardHeadings", "allergies-and-adverse-reaction"),
];

/// What a List says of allergies by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AllergyList {
    /// It lists something else.
    Other,
    /// What it lists says it.
    Listed,
    /// Somebody asked, and no allergy is known.
    NoneKnown,
    /// It is empty for another reason, is no longer in use, or tells only what changed: nothing.
    SaysNothing,
}

/// What a List says of allergies by itself. That there is no content says nothing of the child.
pub(super) fn allergy_list(list: Element<'_>) -> AllergyList {
    let of_allergies = ALLERGY_LISTS.iter().any(|(system, code)| is_coded(list.first("code"), system, code));
    let none_known =
        is_coded(list.first("emptyReason"), "http://terminology.hl7.org/CodeSystem/list-empty-reason", "nilknown");
    match (of_allergies, list.has("entry")) {
        (false, _) => AllergyList::Other,
        (true, true) => AllergyList::Listed,
        _ if none_known && !list.says("status", "retired") && !list.says("mode", "changes") => AllergyList::NoneKnown,
        _ => AllergyList::SaysNothing,
    }
}

/// A List that is empty because no allergy is known: the negation that an AllergyIntolerance would be (SNOMED CT).
pub(super) fn read_allergy_list(list: Element<'_>, says: &mut Says<'_>) {
    let none_known = Coding {
        system: Said::Is("http://snomed.info/sct".into()),
        code: Said::Is("716186003".into()),
        display: Said::Is("No known allergy".into()),
        text: Said::NotAsked,
    };
    let recorded_date = says.day(list.first("date"), "date");
    says.say(Allergy { substance: Said::Is(Box::new(none_known)), recorded_date, ..Allergy::default() });
}

fn reaction(reaction: Element<'_>) -> AllergicReaction {
    // What we write where nothing was seen says nothing.
    let seen = |it: &Coding| it.text.as_ref().is().is_none_or(|text| &**text != "Not recorded") || it.code.has_value();
    let manifestations: Vec<Coding> =
        reaction.all("manifestation").filter_map(|it| concept(Some(it)).is()).filter(seen).collect();
    AllergicReaction {
        substance: concept(reaction.first("substance")),
        manifestations: said((!manifestations.is_empty()).then_some(manifestations)),
        severity: severity(reaction.text("severity").as_deref()),
    }
}

fn severity(code: Option<&str>) -> Said<ClinicalSeverity> {
    match code {
        Some("mild" | "255604002") => Said::Is(ClinicalSeverity::Mild),
        Some("moderate" | "6736007") => Said::Is(ClinicalSeverity::Moderate),
        Some("severe" | "24484000") => Said::Is(ClinicalSeverity::Severe),
        _ => Said::NotAsked,
    }
}

/// A Condition.
pub(super) fn read_condition(resource: Element<'_>, says: &mut Says<'_>) {
    const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
    const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
    let of_time = |name: &'static str| resource.first(name).filter(|told| told.type_name() == "dateTime");
    let condition = Condition {
        code: concept(resource.first("code")).map(Box::new),
        clinical_status: match resource.first("clinicalStatus").and_then(|status| code_of(status, CLINICAL)).as_deref()
        {
            Some("active") => Said::Is(ConditionStatus::Active),
            Some("recurrence") => Said::Is(ConditionStatus::Recurrence),
            Some("relapse") => Said::Is(ConditionStatus::Relapse),
            Some("inactive") => Said::Is(ConditionStatus::Inactive),
            Some("remission") => Said::Is(ConditionStatus::Remission),
            Some("resolved") => Said::Is(ConditionStatus::Resolved),
            _ => Said::NotAsked,
        },
        verification: match resource
            .first("verificationStatus")
            .and_then(|status| code_of(status, VERIFICATION))
            .as_deref()
        {
            Some("unconfirmed") => Said::Is(ConditionVerification::Unconfirmed),
            Some("provisional") => Said::Is(ConditionVerification::Provisional),
            Some("differential") => Said::Is(ConditionVerification::Differential),
            Some("confirmed") => Said::Is(ConditionVerification::Confirmed),
            Some("refuted") => Said::Is(ConditionVerification::Refuted),
            _ => Said::NotAsked,
        },
        severity: severity(resource.first("severity").and_then(|it| code_of(it, "http://snomed.info/sct")).as_deref()),
        onset: says.day(of_time("onset"), "onset"),
        abatement: says.day(of_time("abatement"), "abatement"),
        recorded_date: says.day(resource.first("recordedDate"), "recordedDate"),
        affects_school: Said::NotAsked,
    };
    says.say(condition);
}

/// A MedicationStatement or a MedicationRequest.
pub(super) fn read_medication(resource: Element<'_>, says: &mut Says<'_>) {
    let medicine = resource.first("medication");
    let code = match medicine {
        Some(medicine) if medicine.type_name() == "CodeableConcept" => concept(Some(medicine)),
        Some(reference) => {
            Said::Is(Coding { text: text(reference.first("display")), ..Coding::default() }).filter_said()
        }
        None => Said::NotAsked,
    };
    if !code.has_value() {
        return says.tell(&rules::MEDICINE_UNNAMED, "medication", medicine);
    }
    let effective = resource.first("effective");
    let (start, end) = match effective {
        Some(period) if period.type_name() == "Period" => says.period(effective, "effective"),
        Some(_) => (says.day(effective, "effective"), Said::NotAsked),
        None => (says.day(resource.first("authoredOn"), "authoredOn"), Said::NotAsked),
    };
    let dosage = resource.first("dosage").or_else(|| resource.first("dosageInstruction"));
    let medication = Medication {
        code: code.map(Box::new),
        status: match resource.text("status").as_deref() {
            Some("active" | "intended" | "on-hold") => Said::Is(MedicationStatus::Active),
            Some("completed") => Said::Is(MedicationStatus::Completed),
            Some("stopped" | "not-taken" | "cancelled") => Said::Is(MedicationStatus::Stopped),
            _ => Said::NotAsked,
        },
        dosage_text: text(dosage.and_then(|dosage| dosage.first("text"))),
        start,
        end,
        last_issued: says.day(extension(resource, &format!("{UK}MedicationStatementLastIssueDate")), "extension"),
        affects_school: Said::NotAsked,
    };
    says.say(medication);
}

/// A coding that says something, or none.
trait FilterSaid {
    fn filter_said(self) -> Self;
}

impl FilterSaid for Said<Coding> {
    fn filter_said(self) -> Self {
        if self.as_ref().is().is_some_and(crate::concept::says_something) { self } else { Said::NotAsked }
    }
}
