//! Rules that look at a whole resource: invariants of R4 and the hard rules of the UK Core profiles.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::tables::{CHOICES, NHS_NUMBER, ODS_CODES, REQUIRED, VITAL_SIGNS};
use super::{Examiner, codings, field, is_in, is_listed, items, text};

type Elements = Map<String, Value>;

/// Checks what holds for every resource and what holds for this type.
pub(super) fn check(examiner: &mut Examiner, kind: &str, resource: &Elements, path: &str) {
    required(examiner, kind, resource, path);
    match kind {
        "Patient" => patient(examiner, resource, path),
        "Organization" => organization(examiner, resource, path),
        "Observation" => observation(examiner, resource, path),
        "AllergyIntolerance" => allergy(examiner, resource, path),
        "Condition" => condition(examiner, resource, path),
        "Immunization" => immunization(examiner, resource, path),
        "MedicationStatement" => medication(examiner, resource, path),
        "CareTeam" => care_team(examiner, resource, path),
        "CarePlan" => care_plan(examiner, resource, path),
        "Consent" => consent(examiner, resource, path),
        "Composition" => composition(examiner, resource, path),
        "Provenance" => provenance(examiner, resource, path),
        "Bundle" => bundle(examiner, resource, path),
        _ => {}
    }
}

fn required(examiner: &mut Examiner, kind: &str, resource: &Elements, path: &str) {
    for (_, element) in REQUIRED.iter().filter(|(of, _)| *of == kind) {
        let given = match element.strip_suffix("[x]") {
            Some(choice) => choices(resource, choice) == 1,
            None => resource.contains_key(*element),
        };
        examiner.require(given, &format!("{path}.{element}"), "a required element");
    }
    for choice in CHOICES.iter().filter(|(of, _)| *of == kind).flat_map(|(_, choices)| *choices) {
        examiner.require(
            choices(resource, choice) <= 1,
            &format!("{path}.{choice}[x]"),
            "one choice of a choice element",
        );
    }
}

/// How many choices of `name[x]` an object gives.
fn choices(elements: &Elements, name: &str) -> usize {
    let is_choice = |key: &&String| {
        key.strip_prefix(name).is_some_and(|kind| kind.starts_with(|first: char| first.is_ascii_uppercase()))
    };
    elements.keys().filter(is_choice).count()
}

/// Identifiers of one system stand once, with a value.
fn identifier_once(examiner: &mut Examiner, resource: &Elements, system: &str, path: &str) {
    let of_system: Vec<_> =
        items(resource.get("identifier")).filter(|one| text(one, "system") == Some(system)).collect();
    let place = format!("{path}.identifier");
    examiner.require(of_system.len() <= 1, &place, "UK Core: an identifier of this system stands once only");
    examiner.require(
        of_system.iter().all(|one| text(one, "value").is_some()),
        &place,
        "UK Core: an identifier of this system has a value",
    );
}

/// UKCore-Patient: one NHS number, whole; languages by code. Then pat-1.
fn patient(examiner: &mut Examiner, patient: &Elements, path: &str) {
    identifier_once(examiner, patient, NHS_NUMBER, path);
    for (index, identifier) in items(patient.get("identifier")).enumerate() {
        let place = format!("{path}.identifier[{index}]");
        if text(identifier, "system") == Some(NHS_NUMBER) {
            let holds = text(identifier, "value").is_some_and(is_nhs_number);
            examiner.require(holds, &place, "an NHS number has ten digits, the last of them by modulus 11");
        }
    }
    for (index, communication) in items(patient.get("communication")).enumerate() {
        let language = communication.get("language").and_then(Value::as_object);
        let holds = language
            .is_some_and(|language| codings(language).any(|one| text(one, "system") == Some("urn:ietf:bcp:47")));
        let place = format!("{path}.communication[{index}].language");
        examiner.require(holds, &place, "UK Core: a language is a code of BCP 47");
    }
    for (index, contact) in items(patient.get("contact")).enumerate() {
        let says_who = ["name", "telecom", "address", "organization"].iter().any(|name| contact.get(name).is_some());
        examiner.require(
            says_who,
            &format!("{path}.contact[{index}]"),
            "pat-1: a contact has details or an organisation",
        );
    }
}

/// Ten digits whose weighted sum (weights 10 to 2) and check digit agree modulo 11.
fn is_nhs_number(number: &str) -> bool {
    let digits: Vec<u32> = number.chars().filter_map(|digit| digit.to_digit(10)).collect();
    let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    number.len() == 10 && digits.len() == 10 && digits.last() == Some(&((11 - sum % 11) % 11))
}

/// org-1, and UKCore-Organization: each ODS code once, with its value.
fn organization(examiner: &mut Examiner, organization: &Elements, path: &str) {
    let is_named = organization.contains_key("name") || organization.contains_key("identifier");
    examiner.require(is_named, path, "org-1: an organisation has a name or an identifier");
    ODS_CODES.iter().for_each(|system| identifier_once(examiner, organization, system, path));
}

/// obs-6 and obs-7, the same for components, and the vital-sign profiles where one is claimed.
fn observation(examiner: &mut Examiner, observation: &Elements, path: &str) {
    let has_value = choices(observation, "value") > 0;
    examiner.require(
        !(has_value && observation.contains_key("dataAbsentReason")),
        path,
        "obs-6: a value or the reason why there is none",
    );
    for (index, component) in items(observation.get("component")).enumerate() {
        let place = format!("{path}.component[{index}]");
        let Some(component) = component.as_object() else { continue };
        examiner.require(component.contains_key("code"), &place, "a required element");
        let values = choices(component, "value");
        examiner.require(values <= 1, &place, "one choice of a choice element");
        examiner.require(
            !(values > 0 && component.contains_key("dataAbsentReason")),
            &place,
            "obs-6: a value or the reason why there is none",
        );
        let repeats = has_value && shares_a_coding(observation.get("code"), component.get("code"));
        examiner.require(!repeats, &place, "obs-7: no value beside a component of the same code");
    }
    let profiles = items(observation.get("meta").and_then(|meta| meta.get("profile"))).filter_map(Value::as_str);
    for (_, loinc, units) in
        profiles.filter_map(|url| VITAL_SIGNS.iter().find(|(name, ..)| url.rsplit('/').next() == Some(name)))
    {
        vital_sign(examiner, observation, path, loinc, units);
    }
}

fn shares_a_coding(left: Option<&Value>, right: Option<&Value>) -> bool {
    let name = |coding: &Value| Some((text(coding, "system")?.to_owned(), text(coding, "code")?.to_owned()));
    let names = |concept: Option<&Value>| -> BTreeSet<_> {
        concept.map(|concept| items(concept.get("coding")).filter_map(name).collect()).unwrap_or_default()
    };
    !names(left).is_disjoint(&names(right))
}

/// UKCore-Observation-VitalSigns: final, one category, one LOINC and a SNOMED CT code, when, of whom, how much.
fn vital_sign(examiner: &mut Examiner, observation: &Elements, path: &str, loinc: &str, units: &str) {
    let concept = |name: &str| items(observation.get(name)).next().and_then(Value::as_object);
    let category = concept("category").is_some_and(|category| {
        codings(category)
            .any(|one| is_in(one, "http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs"))
    });
    let of_system = |system: &'static str| {
        concept("code").into_iter().flat_map(codings).filter(move |coding| text(coding, "system") == Some(system))
    };
    let measured = observation.get("valueQuantity").is_some_and(|quantity| {
        text(quantity, "system") == Some("http://unitsofmeasure.org")
            && text(quantity, "code").is_some_and(|code| is_listed(code, units))
            && quantity.get("value").is_some_and(Value::is_number)
    });
    let code = of_system("http://loinc.org").count() == 1
        && of_system("http://loinc.org").all(|coding| text(coding, "code") == Some(loinc))
        && of_system("http://snomed.info/sct").next().is_some();
    for (holds, element, rule) in [
        (field(observation, "status") == Some("final"), "status", "UK Core vital sign: the status is final"),
        (
            category && items(observation.get("category")).count() == 1,
            "category",
            "UK Core vital sign: one category, vital-signs",
        ),
        (code, "code", "UK Core vital sign: the profile's LOINC code and one of SNOMED CT"),
        (observation.contains_key("subject"), "subject", "UK Core vital sign: a subject"),
        (choices(observation, "effective") == 1, "effective[x]", "UK Core vital sign: when it was measured"),
        (measured, "valueQuantity", "UK Core vital sign: a quantity in the profile's unit"),
    ] {
        examiner.require(holds, &format!("{path}.{element}"), rule);
    }
}

fn has_status(resource: &Elements, element: &str, codes: &str) -> bool {
    let concept = resource.get(element).and_then(Value::as_object);
    concept
        .is_some_and(|concept| codings(concept).any(|one| text(one, "code").is_some_and(|code| is_listed(code, codes))))
}

/// ait-1 and ait-2.
fn allergy(examiner: &mut Examiner, allergy: &Elements, path: &str) {
    let is_error = has_status(allergy, "verificationStatus", "entered-in-error");
    let holds = is_error != allergy.contains_key("clinicalStatus");
    examiner.require(holds, path, "ait-1, ait-2: a clinical status unless entered in error");
    for (index, reaction) in items(allergy.get("reaction")).enumerate() {
        let place = format!("{path}.reaction[{index}].manifestation");
        examiner.require(reaction.get("manifestation").is_some(), &place, "a required element");
    }
}

/// con-4 and con-5.
fn condition(examiner: &mut Examiner, condition: &Elements, path: &str) {
    let is_error = has_status(condition, "verificationStatus", "entered-in-error");
    examiner.require(
        !(is_error && condition.contains_key("clinicalStatus")),
        path,
        "con-5: no clinical status when entered in error",
    );
    let is_over = is_error || has_status(condition, "clinicalStatus", "inactive resolved remission");
    examiner.require(choices(condition, "abatement") == 0 || is_over, path, "con-4: what has abated is not active");
}

/// ukcore-imm-001.
fn immunization(examiner: &mut Examiner, immunization: &Elements, path: &str) {
    let holds = field(immunization, "status") != Some("not-done") || immunization.contains_key("statusReason");
    examiner.require(holds, path, "ukcore-imm-001: what was not done has a reason");
}

/// UKCore-MedicationStatement: every identifier with system and value.
fn medication(examiner: &mut Examiner, medication: &Elements, path: &str) {
    let is_whole = |one: &Value| text(one, "system").is_some() && text(one, "value").is_some();
    let holds = items(medication.get("identifier")).all(is_whole);
    examiner.require(holds, &format!("{path}.identifier"), "UK Core: an identifier has a system and a value");
}

/// ctm-1.
fn care_team(examiner: &mut Examiner, team: &Elements, path: &str) {
    for (index, participant) in items(team.get("participant")).enumerate() {
        let member =
            participant.get("member").and_then(|member| text(member, "reference")).unwrap_or_default().to_owned();
        let is_practitioner = examiner.target(&member) == Some("Practitioner");
        let holds = participant.get("onBehalfOf").is_none() || is_practitioner;
        let place = format!("{path}.participant[{index}]");
        examiner.require(holds, &place, "ctm-1: only a practitioner takes part on behalf of another");
    }
}

/// cpl-3.
fn care_plan(examiner: &mut Examiner, plan: &Elements, path: &str) {
    for (index, activity) in items(plan.get("activity")).enumerate() {
        let place = format!("{path}.activity[{index}]");
        let holds = !(activity.get("detail").is_some() && activity.get("reference").is_some());
        examiner.require(holds, &place, "cpl-3: an activity has a detail or a reference");
        let has_status = activity.get("detail").is_none_or(|detail| detail.get("status").is_some());
        examiner.require(has_status, &place, "a required element");
    }
}

/// ppc-1, and of ppc-2 what concerns privacy.
fn consent(examiner: &mut Examiner, consent: &Elements, path: &str) {
    let has_policy = consent.contains_key("policy") || consent.contains_key("policyRule");
    examiner.require(has_policy, path, "ppc-1: a policy or a policy rule");
    let holds = !has_status(consent, "scope", "patient-privacy") || consent.contains_key("patient");
    examiner.require(holds, path, "ppc-2: a privacy consent is a patient's");
}

/// cmp-1 and cmp-2, down the sections.
fn composition(examiner: &mut Examiner, composition: &Elements, path: &str) {
    for element in ["status", "type", "date", "author", "title"] {
        examiner.require(composition.contains_key(element), &format!("{path}.{element}"), "a required element");
    }
    sections(examiner, composition, path);
}

fn sections(examiner: &mut Examiner, parent: &Elements, path: &str) {
    for (index, section) in items(parent.get("section")).enumerate() {
        let Some(section) = section.as_object() else { continue };
        let place = format!("{path}.section[{index}]");
        let has = |name: &str| section.contains_key(name);
        examiner.require(
            has("text") || has("entry") || has("section"),
            &place,
            "cmp-1: a section has text, entries or sections",
        );
        examiner.require(
            !(has("emptyReason") && has("entry")),
            &place,
            "cmp-2: only an empty section says why it is empty",
        );
        sections(examiner, section, &place);
    }
}

fn provenance(examiner: &mut Examiner, provenance: &Elements, path: &str) {
    for (index, agent) in items(provenance.get("agent")).enumerate() {
        examiner.require(agent.get("who").is_some(), &format!("{path}.agent[{index}].who"), "a required element");
    }
    for (index, entity) in items(provenance.get("entity")).enumerate() {
        let holds = entity.get("role").is_some() && entity.get("what").is_some();
        examiner.require(holds, &format!("{path}.entity[{index}]"), "a required element");
    }
}

/// bdl-3, bdl-7 to bdl-11, and that a PUT names the resource that it carries.
fn bundle(examiner: &mut Examiner, bundle: &Elements, path: &str) {
    let kind = field(bundle, "type").unwrap_or_default();
    let is_request = is_listed(kind, "transaction batch");
    let mut urls = BTreeSet::new();
    for (index, entry) in items(bundle.get("entry")).enumerate() {
        let place = format!("{path}.entry[{index}]");
        let url = text(entry, "fullUrl").unwrap_or_default();
        examiner.require(url.is_empty() || urls.insert(url), &place, "bdl-7: a full URL stands once in a bundle");
        let request = entry.get("request");
        let asks = request.is_some_and(|request| text(request, "method").is_some() && text(request, "url").is_some());
        examiner.require(asks || !is_request, &place, "bdl-3: an entry of a transaction has a method and a URL");
        examiner.require(
            is_request || kind == "history" || request.is_none(),
            &place,
            "bdl-3: only transactions make requests",
        );
        let Some(resource) = entry.get("resource") else { continue };
        let name = text(resource, "resourceType").zip(text(resource, "id")).map(|(kind, id)| format!("{kind}/{id}"));
        let put =
            request.filter(|request| text(request, "method") == Some("PUT")).and_then(|request| text(request, "url"));
        let puts_itself = put.is_none_or(|url| url.contains('?') || name.as_deref() == Some(url));
        examiner.require(puts_itself, &place, "a PUT names the type and id of its resource");
        let is_own =
            url.starts_with("urn:") || name.is_none_or(|name| url.is_empty() || url.ends_with(&format!("/{name}")));
        examiner.require(is_own, &place, "a full URL ends with the type and id of its resource");
        examiner.require(!url.contains("/_history/"), &place, "bdl-8: a full URL names no version");
    }
    if kind == "document" {
        let first = items(bundle.get("entry")).next().and_then(|entry| text(entry.get("resource")?, "resourceType"));
        let identifier =
            bundle.get("identifier").is_some_and(|one| text(one, "system").is_some() && text(one, "value").is_some());
        examiner.require(identifier, path, "bdl-9: a document has an identifier with system and value");
        examiner.require(bundle.contains_key("timestamp"), path, "bdl-10: a document has a timestamp");
        examiner.require(first == Some("Composition"), path, "bdl-11: a document starts with its composition");
    }
}
