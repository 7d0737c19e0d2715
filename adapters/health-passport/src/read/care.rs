//! Care: episodes, plans, workers, orders and consent, as the authority's own resources say them.

use schemas::{
    code::{
        CarePlanKind, Code, ConsentDecision, ConsentGivenBy, ConsentScope, PermanencePlan, PlacementLocation,
        WorkerRole,
    },
    decimal::Decimal,
    identifier::{LaCode, OfstedUrn, WorkerId},
    record::{CareEpisode, CarePlan, Consent, LibertyOrder, SocialWorker},
    said::Said,
};

use crate::{
    coding::{
        CATEGORY_OF_NEED, Codings, LEGAL_STATUS, PERMANENCE_PLAN, PLACEMENT_CHANGE_REASON, PLACEMENT_PROVIDER,
        PLACEMENT_TYPE, REC, RNE,
    },
    fhir::tree::Element,
    read::{
        education,
        elements::{code, code_of, extension, extension_of, is_coded, postcode, said, text},
        opened::Opened,
        says::Says,
    },
    rules,
};

const SNOMED: &str = "http://snomed.info/sct";
const LOOKED_AFTER: &str = "764841000000100";
const CARE_PLAN: &str = "734163000";
const PLAN: &str = "urn:homeward:cs:plan";

/// An EpisodeOfCare: an episode of the return, or a period of being looked after that somebody else tells.
pub(super) fn read_episode(resource: Element<'_>, says: &mut Says<'_>) {
    let types = || resource.all("type");
    let of_care = types()
        .any(|kind| is_coded(Some(kind), SNOMED, LOOKED_AFTER) || code_of(kind, LEGAL_STATUS.system()).is_some());
    if !of_care {
        return says.tell(&rules::EPISODE_OTHER, "", None);
    }
    let (start_date, end_date) = says.period(resource.first("period"), "period");
    let parts = extension_of(resource, "urn:homeward:ext:care-episode");
    let part = |name: &str| parts.and_then(|parts| extension(parts, name));
    let episode = CareEpisode {
        start_date,
        start_reason: code(part("startReason"), &RNE),
        legal_status: among(types(), &LEGAL_STATUS),
        category_of_need: among(types(), &CATEGORY_OF_NEED),
        placement_type: among(types(), &PLACEMENT_TYPE),
        placement_provider: code(part("placementProvider"), &PLACEMENT_PROVIDER),
        placement_urn: read(part("placementUrn"), OfstedUrn::read),
        placement_postcode: postcode(part("placementPostcode")),
        home_postcode: postcode(part("homePostcode")),
        end_date,
        end_reason: code(part("endReason"), &REC),
        placement_change_reason: code(part("changeReason"), &PLACEMENT_CHANGE_REASON),
        placement_la: read(part("placementLa"), LaCode::read),
        placement_location: read(part("placementLocation"), PlacementLocation::from_code),
        placement_distance: read(part("placementDistance"), Decimal::read),
        period_start: says.day(part("periodStart"), "extension"),
        ordinal: Said::NotAsked,
    };
    guards(
        &[
            episode.placement_type == Said::Unreadable,
            episode.end_date == Said::Unreadable,
            episode.end_reason == Said::Unreadable,
        ],
        says,
    );
    says.say(episode);
}

/// A guard that cannot be read holds back everything about the child from others.
fn guards(unreadable: &[bool], says: &mut Says<'_>) {
    if unreadable.contains(&true) {
        says.dossier.guard_unreadable = true;
        says.tell(&rules::GUARD_UNREADABLE, "", None);
    }
}

/// The code of a list among several concepts.
fn among<'t, C: Code>(concepts: impl Iterator<Item = Element<'t>>, list: &Codings<C>) -> Said<C> {
    concepts.map(|concept| code(Some(concept), list)).find(|found| !matches!(found, Said::NotAsked)).unwrap_or_default()
}

fn read<T>(element: Option<Element<'_>>, read: impl Fn(&[u8]) -> Option<T>) -> Said<T> {
    match element.and_then(Element::value) {
        Some(value) => read(value.as_bytes()).map_or(Said::Unreadable, Said::Is),
        None => Said::NotAsked,
    }
}

/// A CarePlan: that the child is looked after, a plan of care, one of education, or which checks are due.
pub(super) fn read_plan(resource: Element<'_>, says: &mut Says<'_>) {
    let kinds: Vec<String> = resource.all("category").filter_map(|category| code_of(category, PLAN)).collect();
    let has = |kind: &str| kinds.iter().any(|known| known == kind);
    let coded = |code: &str| resource.all("category").any(|category| is_coded(Some(category), SNOMED, code));
    if has("pep") {
        return education::read_plan(resource, says);
    }
    if has("health") {
        return super::health::read_due_checks(resource, says);
    }
    let of_period = is_of_looked_after(resource);
    if of_period {
        says.looked_after(resource);
    }
    if !(coded(CARE_PLAN) || has("care") || has("pathway")) {
        if !of_period {
            says.tell(&rules::PLAN_OTHER, "", None);
        }
        return;
    }
    let (start_date, end_date) = says.period(resource.first("period"), "period");
    let mut plans: Vec<PermanencePlan> = Vec::new();
    for activity in resource.all("activity") {
        let detail = activity.first("detail").and_then(|detail| detail.first("code"));
        match code(detail, &PERMANENCE_PLAN) {
            Said::Is(plan) => plans.push(plan),
            Said::Unreadable => says.tell(&rules::CODE_UNKNOWN, "activity", detail),
            _ => {}
        }
    }
    says.say(CarePlan {
        permanence_plans: said((!plans.is_empty()).then_some(plans)),
        start_date,
        end_date,
        kind: match (has("care"), has("pathway")) {
            (true, _) => Said::Is(CarePlanKind::CarePlan),
            (_, true) => Said::Is(CarePlanKind::PathwayPlan),
            _ => Said::NotAsked,
        },
        plain_text: text(resource.first("description")),
    });
}

/// Whether a CarePlan says that the child is looked after.
pub(super) fn is_of_looked_after(plan: Element<'_>) -> bool {
    plan.all("category").any(|category| is_coded(Some(category), SNOMED, LOOKED_AFTER))
}

/// A CareTeam: who works with the child. A worker stands in every period that was worked in, and is one all the same.
pub(super) fn read_team(resource: Element<'_>, opened: &Opened<'_>, says: &mut Says<'_>) {
    for participant in resource.all("participant") {
        let role = participant.all("role").find_map(|role| code_of(role, "urn:homeward:cs:role"));
        let role = match role.as_deref() {
            Some("social-worker") => Said::Is(WorkerRole::SocialWorker),
            Some("personal-adviser") => Said::Is(WorkerRole::PersonalAdviser),
            Some("iro") => Said::Is(WorkerRole::IndependentReviewingOfficer),
            _ => Said::NotAsked,
        };
        let member = participant.first("member").and_then(|member| member.text("reference"));
        let Some(worker) = member.and_then(|member| opened.worker(&member)) else { continue };
        let number = worker.number.as_deref().map(|number| WorkerId::read(number.as_bytes()));
        let Some(number) = number else { continue };
        let (start_date, end_date) = says.period(participant.first("period"), "participant.period");
        says.say_together(SocialWorker {
            worker_id: number.map_or(Said::Unreadable, Said::Is),
            name: said(worker.name.clone()),
            role,
            start_date,
            end_date,
            telecom: said((!worker.telecom.is_empty()).then(|| worker.telecom.clone())),
            ..SocialWorker::default()
        });
    }
}

/// A Flag: an order that deprives the child of liberty, or that the child is looked after. NHS England's own code says
/// only that there is something; what it is stands in the CarePlan that the flag leads to (fhir-mapping, section 5.4).
pub(super) fn read_flag(resource: Element<'_>, opened: &Opened<'_>, says: &mut Says<'_>) {
    const DETAIL: &str = "http://hl7.org/fhir/StructureDefinition/flag-detail";
    let code = resource.first("code");
    if is_coded(code, "urn:homeward:cs:flag", "liberty-order") {
        let (start_date, end_date) = says.period(resource.first("period"), "period");
        return says.say(LibertyOrder { start_date, end_date });
    }
    let of_looked_after = |detail: Element<'_>| {
        let Some(to) = detail.text("reference") else { return false };
        match to.strip_prefix('#') {
            Some(id) => resource.all("contained").any(|plan| plan.says("id", id) && is_of_looked_after(plan)),
            None => opened.is_plan_of_looked_after(&to),
        }
    };
    if is_coded(code, SNOMED, LOOKED_AFTER) || extension(resource, DETAIL).is_some_and(of_looked_after) {
        return says.looked_after(resource);
    }
    says.tell(&rules::FLAG_OTHER, "", None);
}

/// A Consent: a guard, so that one that cannot be read holds the child back. One that is not in force permits nothing,
/// and takes back what it may have permitted; a refusal stands until it is inactive.
pub(super) fn read_consent(resource: Element<'_>, says: &mut Says<'_>) {
    const SCOPE: &str = "http://terminology.hl7.org/CodeSystem/consentscope";
    let scope = match resource.first("scope").and_then(|scope| code_of(scope, SCOPE)).as_deref() {
        Some("patient-privacy") => Said::Is(ConsentScope::InformationSharing),
        Some("treatment") => Said::Is(ConsentScope::Treatment),
        _ => Said::Unreadable,
    };
    let provision = resource.first("provision");
    let policy =
        resource.first("policyRule").and_then(|rule| code_of(rule, "http://terminology.hl7.org/CodeSystem/v3-ActCode"));
    let decision = match (provision.and_then(|it| it.text("type")).as_deref(), policy.as_deref()) {
        (Some("permit"), Some("OPTOUT")) | (Some("deny"), Some("OPTIN")) => Said::Unreadable,
        (Some("permit"), _) | (None, Some("OPTIN")) => Said::Is(ConsentDecision::Permit),
        (Some("deny"), _) | (None, Some("OPTOUT")) => Said::Is(ConsentDecision::Deny),
        _ => Said::Unreadable,
    };
    let (start, end) = says.period(provision.and_then(|it| it.first("period")), "provision.period");
    let start = if start == Said::NotAsked { says.day(resource.first("dateTime"), "dateTime") } else { start };
    let recipients: Vec<Box<str>> =
        provision.into_iter().flat_map(|it| it.all("actor")).filter_map(recipient).collect();
    let (given_by, given_by_name) = giver(resource);
    let is_not_in_force = match resource.text("status").as_deref() {
        Some("inactive") => end == Said::NotAsked,
        Some("draft" | "proposed" | "rejected") => decision != Said::Is(ConsentDecision::Deny),
        _ => false,
    };
    if is_not_in_force {
        says.take_back();
    }
    guards(
        &[scope == Said::Unreadable, decision == Said::Unreadable, start == Said::Unreadable, end == Said::Unreadable],
        says,
    );
    says.say(Consent {
        scope,
        decision,
        given_by,
        given_by_name,
        start_date: start,
        end_date: end,
        recipients: said((!recipients.is_empty()).then_some(recipients)),
    });
}

fn recipient(actor: Element<'_>) -> Option<Box<str>> {
    let reference = actor.first("reference")?;
    let code = reference.first("identifier").and_then(|identifier| text(identifier.first("value")).is());
    code.or_else(|| text(reference.first("display")).is())
}

/// Who gave it: the child, the authority, or whoever is named.
fn giver(resource: Element<'_>) -> (Said<ConsentGivenBy>, Said<Box<str>>) {
    let Some(performer) = resource.first("performer") else { return (Said::NotAsked, Said::NotAsked) };
    let reference = performer.text("reference").unwrap_or_default();
    if reference.contains("Organization/") || performer.says("type", "Organization") {
        return (Said::Is(ConsentGivenBy::LocalAuthority), Said::NotAsked);
    }
    let patient = resource.first("patient").and_then(|patient| patient.text("reference")).unwrap_or_default();
    if !reference.is_empty() && reference == patient {
        return (Said::Is(ConsentGivenBy::Oneself), Said::NotAsked);
    }
    match text(performer.first("display")) {
        Said::Is(name) if &*name == "Parent" => (Said::Is(ConsentGivenBy::Parent), Said::NotAsked),
        Said::Is(name) if &*name == "Court" => (Said::Is(ConsentGivenBy::Court), Said::NotAsked),
        name => (Said::NotAsked, name),
    }
}
