//! The list of the children that a recipient is related to, with the health checks that are due (FHIR mapping, section
//! 5.5): made when it is asked for, and of nobody else's children.

use axum::response::Response;
use schemas::date::Date;
use serde_json::{Value, json};
use store::StoreFault;
use uuid::Uuid;

use super::bundle::{Bundle, Mode};
use super::outcome::unknown_type;
use super::question::refuse;
use super::{Answer, Asking};
use crate::durable::Durable;
use crate::durable::shown::{Reader, Resource, Shown};
use crate::inbound::intake::store_problem;
use crate::inbound::problem::Problem;

/// The code of the list.
const TOPIC: &str = "urn:homeward:cs:topic";
const RELATED: &str = "related-children";

/// The plan that says which checks are due.
const PLAN: &str = "urn:homeward:cs:plan";
const HEALTH: &str = "health";

const DUE_CHECKS: &str = "urn:homeward:ext:due-checks";

/// Children that are looked at together.
const LOT: usize = 100;

/// `GET /List?code=`.
pub(crate) async fn search(asking: &Asking) -> Result<Response, Problem> {
    asking.given.only(&["code", "status", "_count", "_id"])?;
    if asking.given.get("code").is_some_and(|code| code != RELATED && code != format!("{TOPIC}|{RELATED}")) {
        return Err(refuse("code", "names no list that is held here", "urn:homeward:cs:topic|related-children"));
    }
    let list = made(asking).await?;
    let wanted = asking.given.get("_id").is_none_or(|id| Uuid::try_parse(id).is_ok_and(|id| id == list.id));
    let here = format!("{}/List?code={TOPIC}|{RELATED}", asking.base);
    let mut bundle = Bundle::begin(&asking.base, "searchset", Some(u64::from(wanted)), &[("self", &here)]);
    if wanted {
        bundle.entry(&list, Mode::Match);
    }
    asking.answer(Answer { json: bundle.end(), tag: None })
}

/// `GET /List/{id}`.
pub(crate) async fn read(asking: &Asking, id: &str) -> Result<Response, Problem> {
    let list = made(asking).await?;
    if Uuid::try_parse(id).ok() != Some(list.id) {
        return Err(Problem::NotFound { nearest: None });
    }
    asking.answer(Answer { json: list.told(), tag: Some(list.tag()) })
}

/// The caller's list.
async fn made(asking: &Asking) -> Result<Resource, Problem> {
    let reader = asking.reader.clone();
    // An authority lists its children by searching; whoever has no code is named for nobody.
    if reader.ods_code().is_none() || reader.lists_its_own() {
        return Err(unknown_type());
    }
    asking
        .tell("List", move |durable| {
            let related = related(durable, &reader).map_err(store_problem)?;
            let today = durable.today();
            let entries: Vec<Value> = related.iter().filter_map(|shown| entry(shown, today)).collect();
            let id = durable.list_id(reader.ods_code().unwrap_or_default());
            let members = [
                ("status", json!("current")),
                ("mode", json!("working")),
                ("title", json!("Children related to this organisation")),
                ("code", json!({ "coding": [{ "system": TOPIC, "code": RELATED, "display": "Related children" }] })),
                ("date", json!(today.to_string())),
            ];
            let members = members.into_iter().map(|(name, value)| format!(",\"{name}\":{value}"));
            let mut text = format!("{{\"resourceType\":\"List\",\"id\":\"{id}\"");
            text.extend(members);
            if entries.is_empty() {
                let reason = json!({ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": "nilknown", "display": "Nil Known" }] });
                text.push_str(&format!(",\"emptyReason\":{reason}"));
            } else {
                text.push_str(&format!(",\"entry\":{}", Value::from(entries)));
            }
            text.push('}');
            Ok((Resource { kind: "List".to_owned(), id, json: text.into_bytes().into() }, related))
        })
        .await
}

/// Everybody who is shown to a reader: whom an authority has named it for, and whom routes take to it.
fn related(durable: &Durable, reader: &Reader) -> Result<Vec<Shown>, StoreFault> {
    let named = durable.related(reader.ods_code().unwrap_or_default(), durable.today())?;
    let mut related = Vec::new();
    for lot in named.chunks(LOT) {
        related.extend(durable.shown(lot, reader)?.into_iter().map(without_more));
    }
    if durable.has_ways_to(reader) {
        let mut after = None;
        loop {
            let (lot, last) = durable.all_shown(after, LOT, reader)?;
            related.extend(lot.into_iter().map(without_more));
            after = last;
            if after.is_none() {
                break;
            }
        }
    }
    related.sort_by_key(|shown| shown.id);
    related.dedup_by_key(|shown| shown.id);
    Ok(related)
}

/// Of what is shown of a child only what stands on the list.
fn without_more(mut shown: Shown) -> Shown {
    shown.resources.retain(|resource| matches!(resource.kind.as_str(), "Patient" | "CarePlan"));
    shown
}

/// A child on the list, with what is due.
fn entry(shown: &Shown, today: Date) -> Option<Value> {
    let patient = shown.resources.iter().find(|resource| resource.kind == "Patient")?;
    let plans = shown.resources.iter().filter(|resource| resource.kind == "CarePlan");
    let plans = plans.filter_map(|resource| serde_json::from_slice::<Value>(&resource.json).ok());
    let checks: Vec<Value> = plans.filter(is_of_health).flat_map(|plan| checks(&plan, today)).collect();
    let item = json!({ "reference": format!("Patient/{}", patient.id) });
    Some(match checks.is_empty() {
        true => json!({ "item": item }),
        false => json!({ "extension": [{ "url": DUE_CHECKS, "extension": checks }], "item": item }),
    })
}

fn is_of_health(plan: &Value) -> bool {
    let categories = plan.get("category").and_then(Value::as_array).into_iter().flatten();
    let mut codings = categories.flat_map(|category| category.get("coding").and_then(Value::as_array)).flatten();
    codings.any(|coding| coding["system"] == PLAN && coding["code"] == HEALTH)
}

/// What a plan says is due: which check, when, and whether that day is over.
fn checks(plan: &Value, today: Date) -> Vec<Value> {
    let activities = plan.get("activity").and_then(Value::as_array).into_iter().flatten();
    activities
        .filter_map(|activity| {
            let detail = activity.get("detail")?;
            let due = detail.get("scheduledString")?.as_str()?;
            let day = Date::parse_iso(due.as_bytes())?;
            let code = detail.get("code")?.get("coding")?.get(0)?;
            Some(json!({ "url": "check", "extension": [
                { "url": "type", "valueCoding": code },
                { "url": "due", "valueDate": due },
                { "url": "overdue", "valueBoolean": day < today },
            ] }))
        })
        .collect()
}
