//! The hard rules of UK Core: what it adds to R4 that can be broken (UK Core 2.0.0; nearly all else in it is advice).
//!
//! Profiles of a type hold for every resource of it, claimed or not, as UK Core's own examples claim none; those of
//! vital signs hold where they are claimed. Format: one line each: the type, what is looked at, the rule.

use schemas::diagnostic::{Rule, Severity};

use crate::fhir::tree::Element;

/// The system of NHS numbers.
pub(crate) const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";

/// Hears of a fault: the path below the element, and the byte.
type Tell<'a> = &'a mut dyn FnMut(String, u32);

/// One hard rule.
pub(crate) struct Hard {
    /// The type whose elements keep it.
    pub(crate) of: &'static str,
    /// Tells where an element breaks it.
    pub(crate) look: fn(Element<'_>, Tell<'_>),
    /// The rule.
    pub(crate) rule: Rule,
}

macro_rules! hard {
    ($($code:literal of $of:literal: $look:expr => $message:literal, $help:literal;)+) => {
        /// Every hard rule.
        pub(crate) static HARD: &[Hard] = &[$(Hard {
            of: $of,
            look: $look,
            rule: Rule {
                code: concat!("fhir/", $code),
                severity: Severity::Error,
                message: $message,
                help: $help,
                source: concat!("UK Core 2.0.0, ", $of),
            },
        }),+];

        /// The rules themselves.
        pub(crate) static RULES: &[&Rule] = &{
            let mut rules = [&HARD[0].rule; HARD.len()];
            let mut n = 0;
            while n < HARD.len() {
                rules[n] = &HARD[n].rule;
                n += 1;
            }
            rules
        };
    };
}

hard! {
    "ukcore-nhs-number-once" of "Patient": |it, tell| identified_once(it, NHS_NUMBER, tell)
        => "A patient has more than one NHS number", "Keep the one that PDS has, and have the patient traced where two are in use.";
    "ukcore-nhs-number-value" of "Patient": |it, tell| identified_by_value(it, &[NHS_NUMBER], tell)
        => "An NHS number has no value", "Give the ten digits, or leave out the identifier and say why in NHSNumberUnavailableReason.";
    "ukcore-verification-once" of "Patient": verified_once
        => "An NHS number has more than one verification status", "Keep the latest.";
    "ukcore-ethnic-category-once" of "Patient": |it, tell| extended_once(it, "EthnicCategory", tell)
        => "A patient has more than one ethnic category", "Keep the one that the person gave.";
    "ukcore-language" of "Patient.communication": spoken
        => "A language has no code of BCP 47", "Give a coding of urn:ietf:bcp:47, such as en or cy.";
    "ukcore-related-language" of "RelatedPerson.communication": spoken
        => "A language has no code of BCP 47", "Give a coding of urn:ietf:bcp:47, such as en or cy.";
    "ukcore-proficiency-once" of "Patient.communication": proficient_once
        => "A language has more than one proficiency", "Keep one.";
    "ukcore-allergy-code" of "AllergyIntolerance": |it, tell| if !it.has("code") { tell("code".to_owned(), it.at()) }
        => "An allergy does not say to what", "Give its code; to say that there is none, SNOMED CT 716186003 or 409137002.";
    "ukcore-imm-001" of "Immunization": |it, tell| if it.says("status", "not-done") && !it.has("statusReason") { tell("statusReason".to_owned(), it.at()) }
        => "An immunisation was not done and no reason is told", "Give statusReason.";
    "ukcore-medication-identifier" of "MedicationStatement": identified_wholly
        => "An identifier of a medication statement lacks its system or value", "Give both, or leave out the identifier.";
    "ukcore-care-setting-once" of "Composition": |it, tell| extended_once(it, "CareSettingType", tell)
        => "There is more than one type of care setting", "Keep one.";
    "ukcore-list-care-setting-once" of "List": |it, tell| extended_once(it, "CareSettingType", tell)
        => "There is more than one type of care setting", "Keep one.";
    "ukcore-delivery-channel-once" of "Appointment": |it, tell| extended_once(it, "DeliveryChannel", tell)
        => "An appointment has more than one channel", "Keep one.";
    "ukcore-ods-code-once" of "Organization": |it, tell| ODS.iter().for_each(|system| identified_once(it, system, tell))
        => "An organisation has more than one ODS code of a kind", "Keep the current one.";
    "ukcore-ods-code-value" of "Organization": |it, tell| identified_by_value(it, &ODS, tell)
        => "An ODS code has no value", "Give the code, or leave out the identifier.";
    "ukcore-extension" of "Extension": extension_of_its_type
        => "An extension of UK Core has a value of another type than UK Core gives it", "Give the value as the extension's definition has it.";
    "ukcore-birth-sex" of "Extension": birth_sex
        => "The sex at birth is none of the codes that UK Core requires", "Use M, F or UN of v3-AdministrativeGender, or UNK of v3-NullFlavor.";
    "ukcore-verification-status" of "Extension": verification_status
        => "The verification status is none of the codes that UK Core requires", "Use 01 to 08 of UKCore-NHSNumberVerificationStatusEngland.";
    "ukcore-vital-signs" of "Observation": vital_signs
        => "A vital sign does not keep the profile that it claims", "Final, one category vital-signs, a LOINC and a SNOMED CT coding, whom it is about and when; the profile's own code and unit.";
}

const ODS: [&str; 2] = ["https://fhir.nhs.uk/Id/ods-organization-code", "https://fhir.nhs.uk/Id/ods-site-code"];
const EXTENSION: &str = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-";
const PROFICIENCY: &str = "http://hl7.org/fhir/StructureDefinition/patient-proficiency";
const VITAL_SIGNS: &str = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation-VitalSigns";

/// Types of value of UK Core's extensions; the parts of those that are made of parts stand after their name.
static EXTENSIONS: &[(&str, &[&str])] = &[
    ("ActualProblem", &["Reference"]),
    ("AdditionalContact", &["Reference"]),
    ("AdmissionMethod", &["CodeableConcept"]),
    ("AnaestheticIssues", &["CodeableConcept", "Reference"]),
    ("AssociatedEncounter", &["Reference"]),
    ("BirthSex", &["CodeableConcept"]),
    ("BodySiteReference", &["Reference"]),
    ("BookingOrganization", &["Reference"]),
    ("CareSettingType", &["CodeableConcept"]),
    ("ClinicalSetting", &["CodeableConcept"]),
    ("CodingSCTDescDisplay", &["string"]),
    ("ConditionEpisode", &["CodeableConcept"]),
    ("ContactRank", &["positiveInt"]),
    ("CopyCorrespondenceIndicator", &["boolean"]),
    ("Coverage", &["CodeableConcept"]),
    ("CuffSize", &["CodeableConcept"]),
    ("DeliveryChannel", &["CodeableConcept"]),
    ("DeviceReference", &["Reference"]),
    ("DischargeMethod", &["CodeableConcept"]),
    ("EffectivePeriod", &["Period"]),
    ("EmergencyCareDischargeStatus", &["CodeableConcept"]),
    ("EthnicCategory", &["CodeableConcept"]),
    ("Evidence", &["Reference"]),
    ("ListWarningCode", &["CodeableConcept"]),
    ("MainLocation", &["Reference"]),
    ("MedicalApplianceSupplier", &["Reference"]),
    ("MedicationDosageLastChanged", &["dateTime"]),
    ("MedicationPrescribingAgency", &["CodeableConcept"]),
    ("MedicationPrescribingOrganization", &["CodeableConcept"]),
    ("MedicationPrescribingOrganizationType", &["CodeableConcept"]),
    ("MedicationQuantityText", &["string"]),
    ("MedicationStatementLastIssueDate", &["dateTime"]),
    ("MedicationTradeFamily", &["CodeableConcept"]),
    ("MessageHeaderInstruction", &["Coding"]),
    ("NHSNumberUnavailableReason", &["CodeableConcept"]),
    ("NHSNumberVerificationStatus", &["CodeableConcept"]),
    ("NominatedPharmacy", &["Reference"]),
    // PDS sends a Coding.
    ("OtherContactSystem", &["CodeableConcept", "Coding"]),
    ("OutcomeOfAttendance", &["CodeableConcept"]),
    ("OverseasVisitorChargingCategory", &["CodeableConcept"]),
    ("ParentPresent", &["boolean"]),
    ("PharmacistVerifiedIndicator", &["boolean"]),
    ("PreferredDispenserOrganization", &["Reference"]),
    ("PrescriptionType", &["CodeableConcept"]),
    ("PriorityReason", &["CodeableConcept"]),
    ("ProblemSignificance", &["code"]),
    ("Recorder", &["Reference"]),
    ("RecordingSetting", &["CodeableConcept"]),
    ("RelatedClinicalContent", &["Reference"]),
    ("ReligiousAffiliation", &["CodeableConcept"]),
    ("ResidentialStatus", &["CodeableConcept"]),
    ("SampleCategory", &["CodeableConcept"]),
    ("ServiceRequestMethod", &["CodeableConcept"]),
    ("SourceOfServiceRequest", &["CodeableConcept"]),
    ("TreatmentCategory", &["CodeableConcept"]),
    ("VaccinationProcedure", &["CodeableConcept"]),
    // Made of parts: no value of their own.
    ("AddressKey", &[]),
    ("AllergyIntoleranceEnd", &[]),
    ("CodingSCTDescId", &[]),
    ("ContactPreference", &[]),
    ("DeathNotificationStatus", &[]),
    ("EncounterTransport", &[]),
    ("LegalStatus", &[]),
    ("MedicationChangeSummary", &[]),
    ("MedicationRepeatInformation", &[]),
    ("NHSCommunication", &[]),
    ("RelatedProblemHeader", &[]),
    ("TypedDateTime", &[]),
    ("TypedPeriod", &[]),
];

/// A growth profile: its name after that of vital signs, the LOINC code, and the code of the unit where there is one.
static GROWTH: &[(&str, &str, Option<&str>)] = &[
    ("-BodyHeight", "8302-2", None),
    ("-BodyWeight", "29463-7", Some("kg")),
    ("-HeadCircumference", "9843-4", Some("cm")),
    ("-BMI", "39156-5", Some("kg/m2")),
];

/// The identifiers of a system, each with its place among all.
fn identifiers<'t>(it: Element<'t>, system: &str) -> Vec<(usize, Element<'t>)> {
    it.all("identifier").enumerate().filter(|(_, identifier)| identifier.says("system", system)).collect()
}

fn identified_once(it: Element<'_>, system: &str, tell: Tell<'_>) {
    for (n, identifier) in identifiers(it, system).into_iter().skip(1) {
        tell(format!("identifier[{n}]"), identifier.at());
    }
}

fn identified_by_value(it: Element<'_>, systems: &[&str], tell: Tell<'_>) {
    for (n, identifier) in systems.iter().flat_map(|system| identifiers(it, system)) {
        if !identifier.has("value") {
            tell(format!("identifier[{n}].value"), identifier.at());
        }
    }
}

fn identified_wholly(it: Element<'_>, tell: Tell<'_>) {
    for (n, identifier) in it.all("identifier").enumerate() {
        for name in ["system", "value"] {
            if !identifier.has(name) {
                tell(format!("identifier[{n}].{name}"), identifier.at());
            }
        }
    }
}

/// The extensions of a URL, each with its place among all.
fn extensions<'t>(it: Element<'t>, url: &str) -> Vec<(usize, Element<'t>)> {
    it.all("extension").enumerate().filter(|(_, extension)| extension.says("url", url)).collect()
}

fn extended_once(it: Element<'_>, name: &str, tell: Tell<'_>) {
    for (n, extension) in extensions(it, &format!("{EXTENSION}{name}")).into_iter().skip(1) {
        tell(format!("extension[{n}]"), extension.at());
    }
}

fn proficient_once(it: Element<'_>, tell: Tell<'_>) {
    for (n, extension) in extensions(it, PROFICIENCY).into_iter().skip(1) {
        tell(format!("extension[{n}]"), extension.at());
    }
}

fn verified_once(it: Element<'_>, tell: Tell<'_>) {
    let url = format!("{EXTENSION}NHSNumberVerificationStatus");
    for (n, identifier) in identifiers(it, NHS_NUMBER) {
        for (nth, extension) in extensions(identifier, &url).into_iter().skip(1) {
            tell(format!("identifier[{n}].extension[{nth}]"), extension.at());
        }
    }
}

/// A language has a coding of BCP 47. PDS and others give it codes of UK Core's own human languages, which are the same.
fn spoken(it: Element<'_>, tell: Tell<'_>) {
    let Some(language) = it.first("language") else { return };
    let is_tag = |code: &str| {
        let mut parts = code.split('-');
        let first = parts.next().is_some_and(|first| {
            (2..=8).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        });
        first
            && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    if !language.all("coding").any(|coding| coding.text("code").is_some_and(|code| is_tag(&code))) {
        tell("language".to_owned(), language.at());
    }
}

fn extension_of_its_type(it: Element<'_>, tell: Tell<'_>) {
    let Some(url) = it.text("url") else { return };
    let Some(name) = url.strip_prefix(EXTENSION) else { return };
    let Some((_, types)) = EXTENSIONS.iter().find(|(known, _)| *known == name) else { return };
    match it.first("value") {
        Some(value) if !types.contains(&value.type_name()) => tell("value".to_owned(), value.at()),
        None if !types.is_empty() && it.has("extension") => tell("value".to_owned(), it.at()),
        _ => {}
    }
}

/// Whether the concept of an extension of this name has none of these codings.
fn is_outside(it: Element<'_>, name: &str, codings: &[(&str, &[&str])]) -> bool {
    let own = it.text("url").is_some_and(|url| url.strip_prefix(EXTENSION) == Some(name));
    let listed = |coding: Element<'_>| {
        let (system, code) = (coding.text("system"), coding.text("code"));
        let (system, code) = (system.unwrap_or_default(), code.unwrap_or_default());
        codings.iter().any(|(known, codes)| *known == system && codes.contains(&&*code))
    };
    own && it
        .first("value")
        .is_some_and(|value| value.type_name() == "CodeableConcept" && !value.all("coding").any(listed))
}

fn birth_sex(it: Element<'_>, tell: Tell<'_>) {
    const CODES: &[(&str, &[&str])] = &[
        ("http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", &["M", "F", "UN"]),
        ("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", &["UNK"]),
    ];
    if is_outside(it, "BirthSex", CODES) {
        tell("value".to_owned(), it.at());
    }
}

fn verification_status(it: Element<'_>, tell: Tell<'_>) {
    const NUMBERS: &[&str] = &["01", "02", "03", "04", "05", "06", "07", "08"];
    const WORDS: &[&str] = &[
        "number-present-and-verified",
        "number-present-but-not-traced",
        "trace-required",
        "trace-attempted-no-match-or-multiple-match-found",
        "trace-needs-to-be-resolved-nhs-number-or-patient-detail-conflict",
        "trace-in-progress",
        "number-not-present-and-trace-not-required",
        "trace-postponed-baby-under-six-weeks-old",
    ];
    const OLD: &str = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus";
    // PDS still sends the numbers under the older system.
    let codes: [(&str, &[&str]); 4] = [
        ("https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland", NUMBERS),
        ("https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusWales", NUMBERS),
        (OLD, NUMBERS),
        (OLD, WORDS),
    ];
    if is_outside(it, "NHSNumberVerificationStatus", &codes) {
        tell("value".to_owned(), it.at());
    }
}

fn vital_signs(it: Element<'_>, tell: Tell<'_>) {
    let claims: Vec<String> = it
        .first("meta")
        .into_iter()
        .flat_map(|meta| meta.all("profile"))
        .filter_map(|profile| Some(profile.value()?.strip_prefix(VITAL_SIGNS)?.split('|').next()?.to_owned()))
        .collect();
    let Some(claim) = claims.first() else { return };
    let mut wants = |holds: bool, below: &'static str| {
        if !holds {
            tell(below.to_owned(), it.first(below).map_or(it.at(), Element::at));
        }
    };
    wants(it.says("status", "final"), "status");
    let categories: Vec<Element<'_>> = it.all("category").collect();
    let vital = |category: &Element<'_>| {
        category.all("coding").any(|coding| {
            coding.says("system", "http://terminology.hl7.org/CodeSystem/observation-category")
                && coding.says("code", "vital-signs")
        })
    };
    wants(categories.len() == 1 && categories.iter().all(vital), "category");
    let of = |system: &str| -> Vec<String> {
        let codings = it.first("code").into_iter().flat_map(|code| code.all("coding"));
        codings
            .filter(|coding| coding.says("system", system))
            .map(|coding| coding.text("code").unwrap_or_default().into_owned())
            .collect()
    };
    let (loinc, snomed) = (of("http://loinc.org"), of("http://snomed.info/sct"));
    let growth = GROWTH.iter().find(|(name, ..)| name == claim);
    let own_code = growth.is_none_or(|(_, code, _)| loinc.iter().any(|told| told == code));
    wants(loinc.len() == 1 && !snomed.is_empty() && own_code, "code");
    wants(it.has("subject"), "subject");
    wants(it.has("effective"), "effective");
    if let Some((_, _, unit)) = growth {
        let value = it.first("value").filter(|value| value.type_name() == "Quantity");
        wants(value.is_some_and(|value| unit.is_none_or(|unit| value.says("code", unit))), "value");
    }
}
