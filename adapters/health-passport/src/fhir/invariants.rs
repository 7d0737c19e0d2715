//! The invariants of R4 that are errors: what elements of a type owe to each other, whatever each of them says alone.
//!
//! Limits: those of the standard's invariants that need neither another document nor a terminology, for the types that
//! are exchanged here; the ones on contained resources stand where references are settled. Format: one line each: its
//! key, the type, whether it holds, what is wrong when it does not, and what to do. Operations: those of a type.

use std::collections::HashSet;

use jiff::Timestamp;
use schemas::diagnostic::{Rule, Severity};

use crate::fhir::tree::Element;

/// One invariant.
pub(crate) struct Invariant {
    /// The type whose elements keep it: a data type, a resource or a component by its path.
    pub(crate) of: &'static str,
    /// Whether an element keeps it.
    pub(crate) holds: fn(Element<'_>) -> bool,
    /// What is told when it does not.
    pub(crate) rule: Rule,
}

macro_rules! invariants {
    ($($key:literal of $of:literal: $holds:expr => $message:literal, $help:literal;)+) => {
        /// Every invariant.
        pub(crate) static ALL: &[Invariant] = &[$(Invariant {
            of: $of,
            holds: $holds,
            rule: Rule {
                code: concat!("fhir/", $key),
                severity: Severity::Error,
                message: $message,
                help: $help,
                source: concat!("FHIR R4, ", $of, ", ", $key),
            },
        }),+];
        /// Their rules.
        pub(crate) static RULES: &[&Rule] = &{
            let mut rules = [&ALL[0].rule; ALL.len()];
            let mut n = 0;
            while n < ALL.len() {
                rules[n] = &ALL[n].rule;
                n += 1;
            }
            rules
        };
    };
}

const UCUM: &str = "http://unitsofmeasure.org";
const ALLERGY_VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
const CONDITION_CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const CONDITION_VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";

invariants! {
    "ext-1" of "Extension": |it| it.has("extension") != it.has("value")
        => "An extension has a value or extensions of its own, and never both or neither", "Give it one of the two.";
    "qty-3" of "Quantity": code_needs_system
        => "A quantity has a code and no system", "Name the system of the code: http://unitsofmeasure.org.";
    "age-1" of "Age": |it| is_measure(it) && it.text("value").is_none_or(|value| is_above_zero(&value))
        => "An age has a code of http://unitsofmeasure.org and is more than nothing", "Write years as a, months as mo, weeks as wk.";
    "age-qty-3" of "Age": code_needs_system
        => "An age has a code and no system", "Name the system of the code: http://unitsofmeasure.org.";
    "dis-1" of "Distance": is_measure
        => "A distance has a value and no code of http://unitsofmeasure.org", "Give the code of its unit.";
    "drt-1" of "Duration": |it| !it.has("code") || it.has("value") && it.says("system", UCUM)
        => "A duration has a code and no value, or of another system", "Give the value, and the code from http://unitsofmeasure.org.";
    "cnt-3" of "Count": |it| is_measure(it) && it.text("code").is_none_or(|code| code == "1") && it.text("value").is_none_or(|value| !value.contains('.'))
        => "A count is a whole number whose unit is 1", "Write the number without a fraction, and 1 as its code.";
    "att-1" of "Attachment": |it| !it.has("data") || it.has("contentType")
        => "An attachment has data and does not say of what type", "Give its contentType.";
    "cpt-2" of "ContactPoint": |it| !it.has("value") || it.has("system")
        => "A contact has a value and does not say whether it is a telephone, an address of mail or another", "Give its system.";
    "exp-1" of "Expression": |it| it.has("expression") || it.has("reference")
        => "An expression is neither here nor referred to", "Give the expression or a reference to it.";
    "per-1" of "Period": |it| !is_later(it.first("start"), it.first("end"))
        => "A period ends before it starts", "Mend one of its two dates.";
    "rng-2" of "Range": |it| !is_more(it.first("low"), it.first("high"))
        => "The low end of a range is above the high one", "Mend one of the two.";
    "rat-1" of "Ratio": |it| it.has("numerator") == it.has("denominator") && (it.has("numerator") || it.has("extension"))
        => "A ratio has one of its two numbers, or neither", "Give both.";
    "tim-1" of "Timing.repeat": |it| needs(it, "duration", "durationUnit")
        => "A duration has no unit", "Give durationUnit.";
    "tim-2" of "Timing.repeat": |it| needs(it, "period", "periodUnit")
        => "A period of repeating has no unit", "Give periodUnit.";
    "tim-4" of "Timing.repeat": |it| it.text("duration").is_none_or(|number| !number.starts_with('-'))
        => "A duration is less than nothing", "Write it as a positive number.";
    "tim-5" of "Timing.repeat": |it| it.text("period").is_none_or(|number| !number.starts_with('-'))
        => "A period of repeating is less than nothing", "Write it as a positive number.";
    "tim-6" of "Timing.repeat": |it| needs(it, "periodMax", "period")
        => "The longest period is told and the period is not", "Give period too.";
    "tim-7" of "Timing.repeat": |it| needs(it, "durationMax", "duration")
        => "The longest duration is told and the duration is not", "Give duration too.";
    "tim-8" of "Timing.repeat": |it| needs(it, "countMax", "count")
        => "The highest count is told and the count is not", "Give count too.";
    "tim-9" of "Timing.repeat": |it| !it.has("offset") || it.has("when") && !["C", "CM", "CD", "CV"].iter().any(|meal| it.says("when", meal))
        => "An offset needs an event of the day, and none that is a meal itself", "Give when, as before or after a meal.";
    "tim-10" of "Timing.repeat": |it| !(it.has("timeOfDay") && it.has("when"))
        => "Times of day and events of the day are both told", "Keep one of the two.";
    "ait-1" of "AllergyIntolerance": |it| is_allergy_in_error(it) || it.has("clinicalStatus")
        => "An allergy has no clinical status", "Give clinicalStatus: active, inactive or resolved.";
    "ait-2" of "AllergyIntolerance": |it| !is_allergy_in_error(it) || !it.has("clinicalStatus")
        => "An allergy that was entered in error has a clinical status", "Leave out clinicalStatus.";
    "app-1" of "Appointment.participant": |it| it.has("type") || it.has("actor")
        => "A participant is neither named nor is said in what role", "Give its actor or its type.";
    "app-2" of "Appointment": |it| it.has("start") == it.has("end")
        => "An appointment has a start or an end and not the other", "Give both or neither.";
    "app-3" of "Appointment": |it| it.has("start") && it.has("end") || one_of(it, "status", &["proposed", "cancelled", "waitlist"])
        => "An appointment has no time", "Give start and end; only what is proposed, cancelled or waiting may have none.";
    "app-4" of "Appointment": |it| !it.has("cancelationReason") || one_of(it, "status", &["noshow", "cancelled"])
        => "An appointment has a reason for being cancelled and was not", "Remove the reason or mend the status.";
    "sev-1" of "AuditEvent.entity": |it| !(it.has("name") && it.has("query"))
        => "What was looked at has both a name and a query", "Keep one of the two.";
    "bdl-1" of "Bundle": |it| !it.has("total") || one_of(it, "type", &["searchset", "history"])
        => "A Bundle that is no search or history has a total", "Leave out total.";
    "bdl-2" of "Bundle": |it| it.says("type", "searchset") || !it.all("entry").any(|entry| entry.has("search"))
        => "An entry of a Bundle that is no search says why it was found", "Leave out search.";
    "bdl-3" of "Bundle": |it| entries_have(it, "request", &["batch", "transaction", "history"])
        => "Requests stand in each entry of a batch, transaction or history, and in no other Bundle", "Give each entry its request, or leave them all out.";
    "bdl-4" of "Bundle": |it| entries_have(it, "response", &["batch-response", "transaction-response", "history"])
        => "Responses stand in each entry of an answer or history, and in no other Bundle", "Give each entry its response, or leave them all out.";
    "bdl-5" of "Bundle.entry": |it| it.has("resource") || it.has("request") || it.has("response")
        => "An entry has neither a resource nor a request nor a response", "Remove the entry.";
    "bdl-7" of "Bundle": full_urls_are_distinct
        => "Two entries have one fullUrl and no versions that tell them apart", "Give each resource one entry, or its version.";
    "bdl-8" of "Bundle.entry": |it| it.text("fullUrl").is_none_or(|url| !url.contains("/_history/"))
        => "A fullUrl names a version", "Write the address of the resource, and the version in its meta.";
    "bdl-9" of "Bundle": |it| !it.says("type", "document") || it.first("identifier").is_some_and(|id| id.has("system") && id.has("value"))
        => "A document has no identifier with system and value", "Give the Bundle its identifier.";
    "bdl-10" of "Bundle": |it| !it.says("type", "document") || it.text("timestamp").is_some()
        => "A document has no timestamp", "Say when it was put together.";
    "bdl-11" of "Bundle": |it| !it.says("type", "document") || first_is(it, "Composition")
        => "A document does not begin with its Composition", "Put the Composition first.";
    "bdl-12" of "Bundle": |it| !it.says("type", "message") || first_is(it, "MessageHeader")
        => "A message does not begin with its MessageHeader", "Put the MessageHeader first.";
    "cpb-1" of "CapabilityStatement": |it| it.has("rest") || it.has("messaging") || it.has("document")
        => "A statement of capabilities tells of none", "Give rest, messaging or document.";
    "cpb-2" of "CapabilityStatement": |it| it.has("description") || it.has("software") || it.has("implementation")
        => "A statement of capabilities does not say of what", "Give description, software or implementation.";
    "cpb-14" of "CapabilityStatement": |it| !it.says("kind", "instance") || it.has("implementation")
        => "A statement of one installation does not name it", "Give implementation.";
    "cpb-15" of "CapabilityStatement": |it| !it.says("kind", "capability") || it.has("software") && !it.has("implementation")
        => "A statement of a software's capabilities names no software, or an installation", "Give software and no implementation.";
    "cpb-16" of "CapabilityStatement": |it| !it.says("kind", "requirements") || !it.has("software") && !it.has("implementation")
        => "A statement of requirements names a software or installation", "Leave out both.";
    "cpb-9" of "CapabilityStatement.rest": |it| are_distinct(it.all("resource").filter_map(|one| one.text("type")))
        => "A type of resource is told of twice", "Join the two.";
    "cpb-12" of "CapabilityStatement.rest.resource": |it| are_distinct(it.all("searchParam").filter_map(|one| one.text("name")))
        => "A search parameter is told of twice", "Join the two.";
    "cpl-3" of "CarePlan.activity": |it| !(it.has("detail") && it.has("reference"))
        => "An activity has details of its own and refers to others", "Keep one of the two.";
    "cmp-1" of "Composition.section": |it| it.has("text") || it.has("entry") || it.has("section")
        => "A section has neither text nor entries nor sections", "Give it one of them, or remove it.";
    "cmp-2" of "Composition.section": |it| !(it.has("emptyReason") && it.has("entry"))
        => "A section says why it is empty and is not", "Remove the reason or the entries.";
    "con-1" of "Condition.stage": |it| it.has("summary") || it.has("assessment")
        => "A stage says nothing", "Give its summary or assessment, or remove it.";
    "con-2" of "Condition.evidence": |it| it.has("code") || it.has("detail")
        => "Evidence says nothing", "Give its code or detail, or remove it.";
    "con-4" of "Condition": |it| !it.has("abatement") || ["resolved", "remission", "inactive"].iter().any(|code| is_coded(it, "clinicalStatus", CONDITION_CLINICAL, code))
        => "A condition has ended and is not said to be resolved, in remission or inactive", "Mend clinicalStatus or leave out the end.";
    "con-5" of "Condition": |it| !(is_coded(it, "verificationStatus", CONDITION_VERIFICATION, "entered-in-error") && it.has("clinicalStatus"))
        => "A condition that was entered in error has a clinical status", "Leave out clinicalStatus.";
    "ppc-1" of "Consent": |it| it.has("policy") || it.has("policyRule")
        => "A consent names no policy", "Give policy or policyRule.";
    "fhs-1" of "FamilyMemberHistory": |it| !(it.has("age") && it.has("born"))
        => "A relative has both an age and a birth", "Keep one of the two.";
    "fhs-2" of "FamilyMemberHistory": |it| it.has("age") || !it.has("estimatedAge")
        => "An age is said to be estimated and is not told", "Give the age.";
    "imm-1" of "Immunization.education": |it| it.has("documentType") || it.has("reference")
        => "What was given to read is not named", "Give documentType or reference.";
    "lst-1" of "List": |it| !(it.has("emptyReason") && it.has("entry"))
        => "A list says why it is empty and is not", "Remove the reason or the entries.";
    "lst-2" of "List": |it| it.says("mode", "changes") || !it.all("entry").any(|entry| entry.has("deleted"))
        => "An entry is deleted in a list that is no list of changes", "Leave out deleted, or mend the mode.";
    "lst-3" of "List": |it| it.says("mode", "working") || !it.all("entry").any(|entry| entry.has("date"))
        => "An entry has a date in a list that is not at work", "Leave out the date, or mend the mode.";
    "mad-1" of "MedicationAdministration.dosage": |it| it.has("dose") || it.has("rate")
        => "A dosage says neither how much nor how fast", "Give its dose or its rate.";
    "mdd-1" of "MedicationDispense": |it| !is_later(it.first("whenPrepared"), it.first("whenHandedOver"))
        => "A medicine was handed over before it was prepared", "Mend one of the two times.";
    "obs-3" of "Observation.referenceRange": |it| it.has("low") || it.has("high") || it.has("text")
        => "A range of reference says nothing", "Give low, high or text.";
    "obs-6" of "Observation": |it| !(it.has("dataAbsentReason") && it.has("value"))
        => "An observation says why it has no value and has one", "Remove one of the two.";
    "obs-7" of "Observation": component_is_another
        => "An observation has a value, and a component with the code of the whole", "Remove the component or the value.";
    "org-1" of "Organization": |it| it.has("identifier") || it.has("name")
        => "An organisation has neither an identifier nor a name", "Give one of them.";
    "org-2" of "Organization": |it| !it.all("address").any(|address| address.says("use", "home"))
        => "An organisation has an address for a home", "Mend its use.";
    "org-3" of "Organization": |it| !it.all("telecom").any(|telecom| telecom.says("use", "home"))
        => "An organisation has a contact for a home", "Mend its use.";
    "inv-1" of "Parameters.parameter": is_parameter
        => "A parameter has a value, a resource or parts: exactly one of them", "Keep the one that is meant.";
    "pat-1" of "Patient.contact": |it| ["name", "telecom", "address", "organization"].iter().any(|name| it.has(name))
        => "A contact of a patient says neither who it is nor how to reach them", "Give a name, telecom, address or organization.";
    "que-1" of "Questionnaire.item": |it| match &*it.text("type").unwrap_or_default() {
            "group" => it.has("item"),
            "display" => !it.has("item"),
            _ => true,
        }
        => "A group has no items, or what is only shown has some", "Give the group its items, or mend the type.";
    "que-2" of "Questionnaire": link_ids_are_distinct
        => "Two items have one linkId", "Give each its own.";
    "que-3" of "Questionnaire.item": |it| !it.says("type", "display") || !it.has("code")
        => "What is only shown has a code", "Leave out the code.";
    "que-4" of "Questionnaire.item": |it| !(it.has("answerOption") && it.has("answerValueSet"))
        => "Answers are both listed and named by a value set", "Keep one of the two.";
    "que-5" of "Questionnaire.item": |it| !(it.has("answerOption") || it.has("answerValueSet")) || one_of(it, "type", &["choice", "open-choice", "decimal", "integer", "date", "dateTime", "time", "string", "quantity"])
        => "Answers are listed for an item that takes none of a list", "Mend the type or leave out the answers.";
    "que-6" of "Questionnaire.item": |it| !it.says("type", "display") || !(it.has("required") || it.has("repeats"))
        => "What is only shown is required or repeats", "Leave out both.";
    "que-7" of "Questionnaire.item.enableWhen": |it| !it.says("operator", "exists") || it.first("answer").is_some_and(|answer| answer.type_name() == "boolean")
        => "Whether there is an answer is compared with something else than true or false", "Write answerBoolean.";
    "que-8" of "Questionnaire.item": |it| !one_of(it, "type", &["group", "display"]) || !it.has("initial")
        => "A group, or what is only shown, has an answer to begin with", "Leave out initial.";
    "que-9" of "Questionnaire.item": |it| !it.says("type", "display") || !it.has("readOnly")
        => "What is only shown is said to be read only", "Leave out readOnly.";
    "que-10" of "Questionnaire.item": |it| !it.has("maxLength") || one_of(it, "type", &["boolean", "decimal", "integer", "string", "text", "url", "open-choice"])
        => "An item without text has a longest length", "Leave out maxLength.";
    "que-11" of "Questionnaire.item": |it| !(it.has("answerOption") && it.has("initial"))
        => "Answers are listed and one is set to begin with", "Mark the one in the list instead.";
    "que-12" of "Questionnaire.item": |it| it.all("enableWhen").count() <= 2 || it.has("enableBehavior")
        => "Several conditions are told and not how they are joined", "Give enableBehavior: all or any.";
    "que-13" of "Questionnaire.item": |it| it.says("repeats", "true") || it.all("initial").count() <= 1
        => "An item that is answered once has several answers to begin with", "Keep one, or let it repeat.";
    "qrs-1" of "QuestionnaireResponse.item": |it| !(it.has("answer") && it.has("item"))
        => "An item has an answer and items beside it", "Put the items into the answer.";
    "rqg-1" of "RequestGroup.action": |it| it.has("resource") != it.has("action")
        => "An action has a resource or actions of its own, and never both or neither", "Keep the one that is meant.";
    "prr-1" of "ServiceRequest": |it| needs(it, "orderDetail", "code")
        => "An order has details and does not say what is ordered", "Give its code.";
    "eld-8" of "ElementDefinition": |it| !(it.has("pattern") && it.has("fixed"))
        => "An element has both a pattern and a fixed value", "Keep one of the two.";
    "drq-1" of "DataRequirement.codeFilter": |it| it.has("path") != it.has("searchParam")
        => "A filter names a path or a search parameter, and never both or neither", "Keep the one that is meant.";
    "drq-2" of "DataRequirement.dateFilter": |it| it.has("path") != it.has("searchParam")
        => "A filter names a path or a search parameter, and never both or neither", "Keep the one that is meant.";
    "trd-1" of "TriggerDefinition": |it| !(it.has("data") && it.has("timing"))
        => "A trigger has both data and a timing", "Keep one of the two.";
}

/// Whether the one is there wherever the other is.
fn needs(it: Element<'_>, name: &'static str, needed: &'static str) -> bool {
    !it.has(name) || it.has(needed)
}

fn one_of(it: Element<'_>, name: &'static str, values: &[&str]) -> bool {
    it.text(name).is_some_and(|text| values.contains(&&*text))
}

fn code_needs_system(it: Element<'_>) -> bool {
    needs(it, "code", "system")
}

/// A quantity whose value has a code, of UCUM where a system is told.
fn is_measure(it: Element<'_>) -> bool {
    needs(it, "value", "code") && it.first("system").is_none_or(|system| system.is(UCUM))
}

fn is_above_zero(number: &str) -> bool {
    !number.starts_with('-')
        && number.split(['e', 'E']).next().unwrap_or_default().bytes().any(|byte| (b'1'..=b'9').contains(&byte))
}

/// Whether a concept of an element has this coding.
pub(crate) fn is_coded(it: Element<'_>, name: &'static str, system: &str, code: &str) -> bool {
    it.all(name)
        .any(|concept| concept.all("coding").any(|coding| coding.says("system", system) && coding.says("code", code)))
}

fn is_allergy_in_error(it: Element<'_>) -> bool {
    is_coded(it, "verificationStatus", ALLERGY_VERIFICATION, "entered-in-error")
}

/// Whether a time is later than another, as far as both tell: what begins alike may be the same time.
fn is_later(one: Option<Element<'_>>, other: Option<Element<'_>>) -> bool {
    let (Some(one), Some(other)) = (one.and_then(Element::value), other.and_then(Element::value)) else { return false };
    if let (Ok(one), Ok(other)) = (one.parse::<Timestamp>(), other.parse::<Timestamp>()) {
        return one > other;
    }
    // A date is that of its own zone: days are compared as they are told.
    let day = |text: &str| text.split('T').next().unwrap_or_default().to_owned();
    let (one, other) = (day(&one), day(&other));
    let common = one.len().min(other.len());
    one.as_bytes()[..common] > other.as_bytes()[..common]
}

/// Whether a quantity is more than another of the same unit.
fn is_more(one: Option<Element<'_>>, other: Option<Element<'_>>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return false };
    let number = |it: Element<'_>| it.text("value").and_then(|text| text.parse::<f64>().ok());
    one.text("code") == other.text("code")
        && one.text("unit") == other.text("unit")
        && matches!((number(one), number(other)), (Some(one), Some(other)) if one > other)
}

fn are_distinct<'t>(mut values: impl Iterator<Item = std::borrow::Cow<'t, str>>) -> bool {
    let mut seen = HashSet::new();
    values.all(|value| seen.insert(value))
}

/// Whether each entry of a Bundle of these types has such a part, and none of another does.
fn entries_have(it: Element<'_>, name: &'static str, types: &[&str]) -> bool {
    let must = one_of(it, "type", types);
    it.all("entry").all(|entry| entry.has(name) == must)
}

fn first_is(it: Element<'_>, resource: &str) -> bool {
    it.first("entry").and_then(|entry| entry.first("resource")).is_some_and(|first| first.type_name() == resource)
}

fn full_urls_are_distinct(it: Element<'_>) -> bool {
    if it.says("type", "history") {
        return true;
    }
    let mut seen = HashSet::new();
    it.all("entry").all(|entry| {
        let version = entry.first("resource").and_then(|resource| resource.first("meta")?.text("versionId"));
        entry.text("fullUrl").is_none_or(|url| seen.insert((url, version)))
    })
}

fn component_is_another(it: Element<'_>) -> bool {
    if !it.has("value") {
        return true;
    }
    let codings = |concept: Element<'_>| -> Vec<(String, String)> {
        let text = |coding: Element<'_>, name| coding.text(name).unwrap_or_default().into_owned();
        concept.all("coding").map(|coding| (text(coding, "system"), text(coding, "code"))).collect()
    };
    let whole = it.first("code").map(codings).unwrap_or_default();
    !it.all("component")
        .filter_map(|component| component.first("code"))
        .flat_map(codings)
        .any(|one| whole.contains(&one))
}

fn is_parameter(it: Element<'_>) -> bool {
    let told = [it.has("part"), it.has("value"), it.has("resource")];
    told.iter().filter(|told| **told).count() == 1
}

fn link_ids_are_distinct(it: Element<'_>) -> bool {
    let mut seen = HashSet::new();
    let mut open: Vec<Element<'_>> = it.all("item").collect();
    while let Some(item) = open.pop() {
        if item.text("linkId").is_some_and(|id| !seen.insert(id)) {
            return false;
        }
        open.extend(item.all("item"));
    }
    true
}
