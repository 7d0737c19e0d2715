//! The facts of FHIR R4 4.0.1 and UK Core that the rules look up: required codes, temporal elements, reference targets.
//!
//! Paths are element paths of the standard, without indexes. A path that starts with a data type (`Identifier.use`)
//! holds wherever that type stands.

/// What the text of a temporal element has to be (R4, data types, "Primitive Types").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Temporal {
    /// A year, a month or a day.
    Date,
    /// A date, or a day with time and offset.
    DateTime,
    /// A day with time, seconds and offset.
    Instant,
}

/// Codes of the required bindings of `code` elements.
pub(super) const CODES: &[(&str, &str)] = &[
    ("Patient.gender", "male female other unknown"),
    ("Patient.contact.gender", "male female other unknown"),
    ("Patient.link.type", "replaced-by replaces refer seealso"),
    ("Practitioner.gender", "male female other unknown"),
    ("RelatedPerson.gender", "male female other unknown"),
    ("EpisodeOfCare.status", "planned waitlist active onhold finished cancelled entered-in-error"),
    ("EpisodeOfCare.statusHistory.status", "planned waitlist active onhold finished cancelled entered-in-error"),
    ("Flag.status", "active inactive entered-in-error"),
    ("CarePlan.status", "draft active on-hold revoked completed entered-in-error unknown"),
    ("CarePlan.intent", "proposal plan order option"),
    (
        "CarePlan.activity.detail.status",
        "not-started scheduled in-progress on-hold completed cancelled stopped unknown entered-in-error",
    ),
    ("CareTeam.status", "proposed active suspended inactive entered-in-error"),
    ("Observation.status", "registered preliminary final amended corrected cancelled entered-in-error unknown"),
    ("Consent.status", "draft proposed active rejected inactive entered-in-error"),
    ("Consent.provision.type", "deny permit"),
    ("Encounter.status", "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown"),
    ("Immunization.status", "completed entered-in-error not-done"),
    ("MedicationStatement.status", "active completed entered-in-error intended stopped on-hold unknown not-taken"),
    ("AllergyIntolerance.type", "allergy intolerance"),
    ("AllergyIntolerance.category", "food medication environment biologic"),
    ("AllergyIntolerance.criticality", "low high unable-to-assess"),
    ("AllergyIntolerance.reaction.severity", "mild moderate severe"),
    ("Composition.status", "preliminary final amended entered-in-error"),
    ("Composition.confidentiality", "U L M N R V"),
    ("Composition.section.mode", "working snapshot changes"),
    ("List.status", "current retired entered-in-error"),
    ("List.mode", "working snapshot changes"),
    ("Provenance.entity.role", "derivation revision quotation source removal"),
    (
        "Bundle.type",
        "document message transaction transaction-response batch batch-response history searchset collection",
    ),
    ("Bundle.entry.request.method", "GET HEAD POST PUT DELETE PATCH"),
    ("Bundle.entry.search.mode", "match include outcome"),
    ("Identifier.use", "usual official temp secondary old"),
    ("ContactPoint.system", "phone fax email pager url sms other"),
    ("ContactPoint.use", "home work temp old mobile"),
    ("HumanName.use", "usual official temp nickname anonymous old maiden"),
    ("Address.use", "home work temp old billing"),
    ("Address.type", "postal physical both"),
    ("Narrative.status", "generated extensions additional empty"),
    ("Quantity.comparator", "< <= >= >"),
];

/// Required bindings of `CodeableConcept` elements: the one system and its codes.
pub(super) const CONCEPTS: &[(&str, &str, &str)] = &[
    (
        "AllergyIntolerance.clinicalStatus",
        "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
        "active inactive resolved",
    ),
    (
        "AllergyIntolerance.verificationStatus",
        "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
        "unconfirmed confirmed refuted entered-in-error",
    ),
    (
        "Condition.clinicalStatus",
        "http://terminology.hl7.org/CodeSystem/condition-clinical",
        "active recurrence relapse inactive remission resolved",
    ),
    (
        "Condition.verificationStatus",
        "http://terminology.hl7.org/CodeSystem/condition-ver-status",
        "unconfirmed provisional differential confirmed refuted entered-in-error",
    ),
];

/// The data type that the items of an element have, by the element's own name.
pub(super) const TYPES: &[(&str, &str)] = &[
    ("identifier", "Identifier"),
    ("valueIdentifier", "Identifier"),
    ("telecom", "ContactPoint"),
    ("valueContactPoint", "ContactPoint"),
    ("name", "HumanName"),
    ("valueHumanName", "HumanName"),
    ("address", "Address"),
    ("valueAddress", "Address"),
    ("text", "Narrative"),
    ("valueQuantity", "Quantity"),
    ("coding", "Coding"),
    ("valueCoding", "Coding"),
    ("security", "Coding"),
    ("tag", "Coding"),
    ("class", "Coding"),
    ("period", "Period"),
    ("effectivePeriod", "Period"),
    ("valuePeriod", "Period"),
    ("onsetPeriod", "Period"),
    ("occurredPeriod", "Period"),
    ("extension", "Extension"),
];

/// Temporal elements, by path or by the element's own name; the first that fits holds.
pub(super) const TEMPORAL: &[(&str, Temporal)] = &[
    ("Provenance.recorded", Temporal::Instant),
    ("Bundle.timestamp", Temporal::Instant),
    ("Observation.issued", Temporal::Instant),
    ("lastUpdated", Temporal::Instant),
    ("lastModified", Temporal::Instant),
    ("valueInstant", Temporal::Instant),
    ("effectiveInstant", Temporal::Instant),
    ("birthDate", Temporal::Date),
    ("expirationDate", Temporal::Date),
    ("valueDate", Temporal::Date),
    ("start", Temporal::DateTime),
    ("end", Temporal::DateTime),
    ("date", Temporal::DateTime),
    ("dateTime", Temporal::DateTime),
    ("created", Temporal::DateTime),
    ("recorded", Temporal::DateTime),
    ("recordedDate", Temporal::DateTime),
    ("dateAsserted", Temporal::DateTime),
    ("valueDateTime", Temporal::DateTime),
    ("effectiveDateTime", Temporal::DateTime),
    ("occurrenceDateTime", Temporal::DateTime),
    ("occurredDateTime", Temporal::DateTime),
    ("onsetDateTime", Temporal::DateTime),
    ("abatementDateTime", Temporal::DateTime),
    ("deceasedDateTime", Temporal::DateTime),
];

/// What a reference may point to; a path that is not listed may point to anything.
pub(super) const TARGETS: &[(&str, &str)] = &[
    ("Patient.generalPractitioner", "Organization Practitioner PractitionerRole"),
    ("Patient.managingOrganization", "Organization"),
    ("Patient.link.other", "Patient RelatedPerson"),
    ("RelatedPerson.patient", "Patient"),
    ("Organization.partOf", "Organization"),
    ("EpisodeOfCare.patient", "Patient"),
    ("EpisodeOfCare.managingOrganization", "Organization"),
    ("EpisodeOfCare.careManager", "Practitioner PractitionerRole"),
    ("EpisodeOfCare.team", "CareTeam"),
    ("CareTeam.subject", "Patient Group"),
    ("CareTeam.managingOrganization", "Organization"),
    ("CareTeam.participant.member", "Practitioner PractitionerRole RelatedPerson Patient Organization CareTeam"),
    ("CareTeam.participant.onBehalfOf", "Organization"),
    ("CarePlan.subject", "Patient Group"),
    ("CarePlan.careTeam", "CareTeam"),
    ("CarePlan.author", "Patient Practitioner PractitionerRole Device RelatedPerson Organization CareTeam"),
    ("Flag.author", "Device Organization Patient Practitioner PractitionerRole"),
    ("Flag.subject", "Patient Location Group Organization Practitioner PlanDefinition Medication Procedure"),
    ("Observation.subject", "Patient Group Device Location"),
    ("Observation.performer", "Practitioner PractitionerRole Organization CareTeam Patient RelatedPerson"),
    ("Observation.encounter", "Encounter"),
    ("Consent.patient", "Patient"),
    ("Consent.performer", "Organization Patient Practitioner RelatedPerson PractitionerRole"),
    ("Consent.organization", "Organization"),
    ("Encounter.subject", "Patient Group"),
    ("Encounter.serviceProvider", "Organization"),
    ("Encounter.participant.individual", "Practitioner PractitionerRole RelatedPerson"),
    ("Immunization.patient", "Patient"),
    ("Immunization.performer.actor", "Practitioner PractitionerRole Organization"),
    ("AllergyIntolerance.patient", "Patient"),
    ("Condition.subject", "Patient Group"),
    ("MedicationStatement.subject", "Patient Group"),
    ("Composition.custodian", "Organization"),
    ("Composition.author", "Practitioner PractitionerRole Device Patient RelatedPerson Organization"),
    ("Provenance.agent.who", "Practitioner PractitionerRole RelatedPerson Patient Device Organization"),
    ("Provenance.agent.onBehalfOf", "Practitioner PractitionerRole RelatedPerson Patient Device Organization"),
];

/// Elements that R4 or UK Core requires where the rule is ours to check; `[x]` means exactly one choice.
pub(super) const REQUIRED: &[(&str, &str)] = &[
    ("Observation", "status"),
    ("Observation", "code"),
    ("AllergyIntolerance", "code"),
    ("AllergyIntolerance", "patient"),
    ("Condition", "subject"),
    ("CarePlan", "status"),
    ("CarePlan", "intent"),
    ("CarePlan", "subject"),
    ("Flag", "status"),
    ("Flag", "code"),
    ("Flag", "subject"),
    ("EpisodeOfCare", "status"),
    ("EpisodeOfCare", "patient"),
    ("Consent", "status"),
    ("Consent", "scope"),
    ("Consent", "category"),
    ("Encounter", "status"),
    ("Encounter", "class"),
    ("Immunization", "status"),
    ("Immunization", "vaccineCode"),
    ("Immunization", "patient"),
    ("Immunization", "occurrence[x]"),
    ("MedicationStatement", "status"),
    ("MedicationStatement", "subject"),
    ("MedicationStatement", "medication[x]"),
    ("RelatedPerson", "patient"),
    ("Provenance", "target"),
    ("Provenance", "recorded"),
    ("Provenance", "agent"),
    ("Bundle", "type"),
];

/// Choice elements of which at most one may be given.
pub(super) const CHOICES: &[(&str, &[&str])] = &[
    ("Patient", &["deceased", "multipleBirth"]),
    ("Observation", &["effective", "value"]),
    ("AllergyIntolerance", &["onset"]),
    ("Condition", &["onset", "abatement"]),
    ("Immunization", &["occurrence"]),
    ("MedicationStatement", &["medication", "effective"]),
    ("Provenance", &["occurred"]),
];

/// The NHS number's identifier system.
pub(super) const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";
/// The identifier systems that an Organization may carry once each.
pub(super) const ODS_CODES: &[&str] =
    &["https://fhir.nhs.uk/Id/ods-organization-code", "https://fhir.nhs.uk/Id/ods-site-code"];
/// The start of every UK Core profile and extension.
pub(super) const UK_CORE: &str = "https://fhir.hl7.org.uk/StructureDefinition/";

/// UK Core extensions that may stand once only, by the name after `Extension-UKCore-`.
pub(super) const ONCE: &[&str] = &[
    "BirthSex",
    "EthnicCategory",
    "NHSNumberUnavailableReason",
    "NHSNumberVerificationStatus",
    "ContactPreference",
    "CopyCorrespondenceIndicator",
    "ContactRank",
    "AllergyIntoleranceEnd",
    "CareSettingType",
];

/// Required bindings of UK Core extensions: extension, system, codes.
pub(super) const EXTENSION_CONCEPTS: &[(&str, &str, &str)] = &[
    ("BirthSex", "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender", "M F UN"),
    ("BirthSex", "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "UNK"),
    (
        "NHSNumberVerificationStatus",
        "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland",
        "01 02 03 04 05 06 07 08",
    ),
    // Extensible, but whoever writes the English system writes its codes.
    (
        "EthnicCategory",
        "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland",
        "A B C D E F G H J K L M N P R S Z 99",
    ),
];

/// Vital-sign profiles: profile, LOINC code, UCUM codes.
pub(super) const VITAL_SIGNS: &[(&str, &str, &str)] = &[
    ("UKCore-Observation-VitalSigns-BodyHeight", "8302-2", "cm"),
    ("UKCore-Observation-VitalSigns-BodyWeight", "29463-7", "kg"),
    ("UKCore-Observation-VitalSigns-HeadCircumference", "9843-4", "cm"),
    ("UKCore-Observation-VitalSigns-BMI", "39156-5", "kg/m2"),
];
