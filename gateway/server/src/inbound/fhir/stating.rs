//! From writes to one message and back: each is settled against what is there, all of them become a Bundle that is read
//! like every other document, and each is told by what stands after it.
//!
//! One at a time: from looking at what is there until the message has been read nobody else writes over FHIR, so that of
//! two who have seen the same version one is too late, and of many who create one thing one does.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use jiff::tz::TimeZone;
use schemas::diagnostic::{Diagnostic, Place, Severity};
use serde_json::{Value, json};
use store::batch::Idempotency;
use store::message::{MessageId, MessageState, NewMessage};
use store::{Batch, Refused};
use uuid::Uuid;

use super::Asking;
use super::kinds::{Kind, kind};
use super::outcome::{INVALID_SEARCH_DATA, Issue, Refused as Refusal, VALIDATION_ERROR, bad, several};
use super::question::{Given, Question, Whose};
use super::raw::{items, members};
use super::search::{Asked, matches_of};
use super::validate::issue_type;
use super::write::{no_criteria, no_resource, refused};
use crate::durable::Durable;
use crate::durable::arriving::Arriving;
use crate::durable::commit::kept;
use crate::durable::moment::{hours_before, now};
use crate::durable::shown::{Reader, Resource, Shown};
use crate::durable::stated::LookedAt;
use crate::inbound::idempotency::{IdempotencyKey, Running, fingerprint};
use crate::inbound::intake::store_problem;
use crate::inbound::problem::Problem;
use crate::inbound::stack::House;

/// The longest that a write waits to be read.
const READ_WAIT: Duration = Duration::from_secs(25);

/// An entry of a Bundle that says nothing of anybody.
const NOTHING: &str = "{\"resource\":{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"information\",\"code\":\"informational\"}]}}";

/// One write, or one reading within a Bundle.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) method: Method,
    pub(crate) kind: &'static str,
    /// The id of the address.
    pub(crate) id: Option<Uuid>,
    /// The condition: for a create, that none matches it; for an update, the one that does.
    pub(crate) condition: Option<String>,
    /// The version that was seen.
    pub(crate) if_match: Option<String>,
    pub(crate) full_url: String,
    /// The resource in JSON, as it was written.
    pub(crate) resource: Option<Vec<u8>>,
}

impl Entry {
    /// A write of a type, under an address of its own.
    pub(crate) fn new(method: Method, kind: &'static str) -> Self {
        let full_url = format!("urn:uuid:{}", Uuid::new_v4());
        Self { method, kind, id: None, condition: None, if_match: None, full_url, resource: None }
    }

    /// The same, of the resource of this id.
    pub(crate) fn at(self, base: &str, id: Uuid) -> Self {
        Self { id: Some(id), full_url: format!("{base}/{}/{id}", self.kind), ..self }
    }
}

/// What came of an entry.
pub(crate) enum Outcome {
    /// A resource stands there; `None` where its view withholds it from whoever wrote it.
    Stands { created: bool, kind: String, id: Uuid, resource: Option<Resource> },
    /// It is there no more.
    Deleted,
    /// What was asked for, in JSON.
    Told(Vec<u8>),
}

/// What came of all entries.
pub(crate) struct Stated {
    pub(crate) outcomes: Vec<Outcome>,
    /// What was told of them, errors not among it.
    pub(crate) issues: Vec<Issue>,
    /// The same was done before under this key.
    pub(crate) replayed: bool,
}

/// What is known of an entry before it is done, and kept with the key.
#[derive(Clone, Debug, PartialEq)]
enum Planned {
    /// It becomes a statement; whether it was there before, and as which resource.
    Written { kind: String, held: bool, id: Option<Uuid> },
    /// It is there already.
    Existing { kind: String, id: Uuid },
    /// It is taken back, or was before.
    Deleted,
}

impl Planned {
    fn json(&self) -> Value {
        match self {
            Self::Written { kind, held, .. } => json!({ "kind": kind, "held": held }),
            Self::Existing { kind, id } => json!({ "kind": kind, "id": id }),
            Self::Deleted => Value::Null,
        }
    }

    fn of(value: &Value) -> Option<Self> {
        if value.is_null() {
            return Some(Self::Deleted);
        }
        let kind = value["kind"].as_str()?.to_owned();
        match value["id"].as_str() {
            Some(id) => Some(Self::Existing { kind, id: Uuid::try_parse(id).ok()? }),
            None => Some(Self::Written { kind, held: value["held"].as_bool()?, id: None }),
        }
    }
}

/// Everything that is to be done, settled against what is there.
struct Plan {
    planned: Vec<Planned>,
    bundle: Vec<u8>,
    looked_at: LookedAt,
    /// Whether anything is written at all.
    writes: bool,
}

/// Does writes, all of them or none, and tells what stands after them. Entries of a batch, each done by itself, come with
/// their number.
///
/// # Errors
/// The refusal of the first that cannot be done.
pub(crate) async fn state(
    house: &Arc<House>,
    asking: &Asking,
    parts: &Parts,
    entries: Vec<Entry>,
    nth: Option<usize>,
) -> Result<Stated, Problem> {
    let durable = &asking.asker.durable;
    if !durable.has_room() {
        return Err(Problem::Unavailable { retry_seconds: 30 });
    }
    let zone = TimeZone::get(&house.config.timezone).unwrap_or(TimeZone::UTC);
    let key = key_of(parts, asking, &entries, nth)?;
    let _running = match &key {
        // The id of a request may be one for all: then each waits for its turn.
        Some((key, once)) if !once.lenient => {
            Some(Running::begin(&durable.running, asking.asker.caller.name(), &once.request, key)?)
        }
        _ => None,
    };
    let _alone = durable.stating.lock().await;
    // Under an id that is one for all requests the same may be said again after something else: then it is news.
    let mut is_news = false;
    if let Some((_, once)) = &key {
        let once = once.clone();
        match durable.read(move |store| store.first_answer(&once)).await? {
            Some(Refused::Repeated { answer, message }) => {
                if let Some(stated) = again(asking, &answer, message, !key_is_lenient(&key)).await? {
                    return Ok(stated);
                }
                is_news = true;
            }
            Some(_) => return Err(Problem::IdempotencyMismatch),
            None => {}
        }
    }
    let (reader, base, caller) = (asking.reader.clone(), asking.base.clone(), asking.asker.caller.name().to_owned());
    let plan = {
        let (reader, caller) = (reader.clone(), caller.clone());
        durable.look(move |durable| settle(durable, &entries, &reader, (&base, &caller), &zone)).await??
    };
    let issues = issues_of(&plan.looked_at.told, &plan.planned);
    if plan.writes {
        let answer = Value::from(plan.planned.iter().map(Planned::json).collect::<Vec<_>>()).to_string().into_bytes();
        keep(asking, parts, &plan.bundle, key.filter(|_| !is_news).map(|(_, once)| Idempotency { answer, ..once }))
            .await?;
    }
    let outcomes = outcomes(asking, plan.planned, plan.looked_at).await?;
    Ok(Stated { outcomes, issues, replayed: false })
}

/// The key under which it is done once: the caller's own, or the id of the request, which some send as one
/// for all.
fn key_of(
    parts: &Parts,
    asking: &Asking,
    entries: &[Entry],
    nth: Option<usize>,
) -> Result<Option<(IdempotencyKey, Idempotency)>, Problem> {
    let own = IdempotencyKey::read(&parts.headers)?;
    let lenient = own.is_none();
    let key = match own {
        Some(key) => key,
        None if parts.headers.contains_key("x-request-id") => IdempotencyKey::of_request(asking.asker.request_id.0),
        None => return Ok(None),
    };
    let key = match nth {
        Some(n) => key.of_entry(n),
        None => key,
    };
    let mut body = Vec::new();
    for entry in entries {
        body.extend_from_slice(
            format!("{} {} {:?} {:?} {:?}\n", entry.method, entry.kind, entry.id, entry.condition, entry.if_match)
                .as_bytes(),
        );
        body.extend_from_slice(entry.resource.as_deref().unwrap_or_default());
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, &body).as_ref());
    let at = now();
    let hours = asking.asker.durable.retention().idempotency_hours;
    let once = Idempotency {
        partner: asking.asker.caller.name().to_owned(),
        request: format!("{} {}", parts.method, parts.uri.path()),
        key: key.clone().into_text(),
        fingerprint: fingerprint(&parts.uri, &parts.headers, &hash),
        answer: Vec::new(),
        expires_at: at.saturating_add(at - hours_before(at, hours)),
        now: at,
        lenient,
    };
    Ok(Some((key, once)))
}

/// Settles every entry against what is there, and puts together what is to be read.
fn settle(
    durable: &Durable,
    entries: &[Entry],
    reader: &Reader,
    (base, caller): (&str, &str),
    zone: &TimeZone,
) -> Result<Plan, Problem> {
    let mut planned = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    // What leads to a Patient that is there already: addresses of entries, and conditions.
    let mut leads: BTreeMap<String, String> = BTreeMap::new();
    let mut targets = BTreeSet::new();
    for (n, entry) in entries.iter().enumerate() {
        let of = kind(entry.kind).ok_or(Problem::Internal)?;
        let found = match &entry.condition {
            None => None,
            Some(condition) => one_of(durable, of, condition, reader, (base, caller), zone)?,
        };
        let named = entry.id.or(found.as_ref().map(|(resource, _)| resource.id));
        let target = named
            .map(|id| format!("{}/{id}", entry.kind))
            .or_else(|| entry.condition.as_ref().map(|condition| format!("{}?{condition}", entry.kind)));
        if target.is_some_and(|target| !targets.insert(target)) {
            return Err(twice(n));
        }
        if entry.method == Method::POST
            && let Some((resource, _)) = &found
        {
            leads.insert(entry.full_url.clone(), format!("{}/{}", resource.kind, resource.id));
            planned.push(Planned::Existing { kind: resource.kind.clone(), id: resource.id });
            parts.push(NOTHING.to_owned());
            continue;
        }
        let own = match named {
            None => None,
            Some(id) => Some(owned(durable, of, id, reader, caller)?),
        };
        if let (Some(seen), Some(own)) = (&entry.if_match, &own)
            && own.version.as_ref() != Some(seen)
        {
            return Err(Problem::PreconditionFailed);
        }
        match (&entry.method, own, &entry.resource) {
            (&Method::DELETE, Some(own), _) => {
                planned.push(Planned::Deleted);
                parts.push(match own.json {
                    None => NOTHING.to_owned(),
                    Some(json) => part(&entry.full_url, &taken_back(&json)?),
                });
            }
            (_, own, Some(resource)) => {
                if let Some(Owned { json: None, .. }) = own {
                    return Err(Problem::Gone);
                }
                planned.push(Planned::Written { kind: entry.kind.to_owned(), held: own.is_some(), id: named });
                parts.push(part(&entry.full_url, &String::from_utf8_lossy(resource)));
            }
            _ => return Err(Problem::Internal),
        }
    }
    let references_max = usize::try_from(durable.config.fhir.bundle_entries_max).unwrap_or(usize::MAX);
    let bundle = put_together(durable, parts, (leads, references_max), reader, (base, caller), zone)?;
    let looked_at = durable.look_at(caller, &bundle).map_err(store_problem)?;
    judge(durable, entries, &planned, &looked_at, reader)?;
    note_held(durable, &mut planned, &looked_at, caller)?;
    let writes = looked_at.says_anything();
    Ok(Plan { planned, bundle, looked_at, writes })
}

/// Notes which of what is created its writer has said before.
fn note_held(durable: &Durable, planned: &mut [Planned], looked_at: &LookedAt, caller: &str) -> Result<(), Problem> {
    let standing = durable.standing_of(looked_at, &kinds_of(planned)).map_err(store_problem)?;
    for (n, standing) in standing {
        if let Some(Planned::Written { kind, held, .. }) = planned.get_mut(n)
            && !*held
        {
            let (own, _) = durable.own_resources(standing.child, caller).map_err(store_problem)?;
            *held = own.iter().any(|resource| resource.id == standing.id && resource.kind == *kind);
        }
    }
    Ok(())
}

/// An entry of the Bundle that is read.
fn part(full_url: &str, resource: &str) -> String {
    format!("{{\"fullUrl\":{},\"resource\":{resource}}}", Value::from(full_url))
}

/// Something that a partner says itself.
struct Owned {
    /// As it says it; `None` where it has taken it back.
    json: Option<Vec<u8>>,
    /// The version that the partner reads.
    version: Option<String>,
}

/// What the writer itself says under an id.
fn owned(durable: &Durable, of: &Kind, id: Uuid, reader: &Reader, caller: &str) -> Result<Owned, Problem> {
    let missing = || Problem::NotFound { nearest: None };
    let child =
        durable.store.subjects_of_resources(&[id]).map_err(store_problem)?.pop().flatten().ok_or_else(missing)?;
    let shown = durable.shown(&[child], reader).map_err(store_problem)?.pop();
    let read = shown.and_then(|shown| shown.resources.into_iter().find(|it| it.id == id && it.kind == of.name));
    let (own, former) = durable.own_resources(child, caller).map_err(store_problem)?;
    let version = read.as_ref().map(Resource::version);
    match own.into_iter().find(|resource| resource.id == id && resource.kind == of.name) {
        Some(own) => Ok(Owned { json: Some(own.json.into_vec()), version }),
        None if former.contains(&id) => Ok(Owned { json: None, version }),
        None if read.is_some() => Err(Refusal {
            status: StatusCode::FORBIDDEN,
            code: "forbidden",
            spine: ("FORBIDDEN_UPDATE", "Update is forbidden"),
            text: "Another source says this".into(),
            rule: "http/not-own-statement",
            help: "state what you know yourself as a resource of its own",
            parameter: None,
        }
        .into()),
        None => Err(missing()),
    }
}

/// A resource of the writer's as it takes it back.
fn taken_back(json: &[u8]) -> Result<String, Problem> {
    let mut resource: Value = serde_json::from_slice(json).map_err(|_| Problem::Internal)?;
    let in_error = |list: &str| json!({ "coding": [{ "system": format!("http://terminology.hl7.org/CodeSystem/{list}"), "code": "entered-in-error" }] });
    let members = resource.as_object_mut().ok_or(Problem::Internal)?;
    // A vital sign that is taken back is none any more, and may not claim to be one (FHIR mapping, section 4.4).
    members.remove("meta");
    match members.get("resourceType").and_then(Value::as_str) {
        Some("AllergyIntolerance") => {
            members.remove("clinicalStatus");
            members.insert("verificationStatus".to_owned(), in_error("allergyintolerance-verification"));
        }
        Some("Condition") => {
            members.remove("clinicalStatus");
            members.insert("verificationStatus".to_owned(), in_error("condition-ver-status"));
        }
        Some("RelatedPerson") => drop(members.insert("active".to_owned(), false.into())),
        Some(
            "Consent"
            | "Flag"
            | "CarePlan"
            | "CareTeam"
            | "EpisodeOfCare"
            | "Encounter"
            | "Immunization"
            | "MedicationStatement"
            | "Observation",
        ) => {
            members.insert("status".to_owned(), "entered-in-error".into());
        }
        _ => return Err(Problem::Internal),
    }
    Ok(resource.to_string())
}

/// The one resource that a condition matches.
fn one_of(
    durable: &Durable,
    of: &'static Kind,
    condition: &str,
    reader: &Reader,
    (base, caller): (&str, &str),
    zone: &TimeZone,
) -> Result<Option<(Resource, Shown)>, Problem> {
    let given = Given::read(Some(condition), b"");
    if given.names().any(|name| name.starts_with('_') && name != "_id") {
        return Err(no_criteria());
    }
    let question = Question::read(of, None, &given, &axum::http::HeaderMap::new(), (reader, zone), 2)?;
    if matches!(question.whose, Whose::Everybodys | Whose::Named { .. }) {
        return Err(bad(
            ("too-costly", INVALID_SEARCH_DATA),
            "http/condition-too-wide",
            "The condition does not say which child it is about",
            "name it by an identifier, or by `patient`",
        ));
    }
    let asked = Asked { kind: of, base, path: of.name, reader, caller, children_max: 0 };
    let mut found = matches_of(durable, &question, &asked, zone)?;
    match found.len() {
        0 => Ok(None),
        1 => Ok(found.pop()),
        _ => Err(several()),
    }
}

/// The Bundle that is read: what is stated, what it refers to led to whom it means, and of every Patient of ours that it
/// refers to as much as names the child.
fn put_together(
    durable: &Durable,
    parts: Vec<String>,
    (mut leads, references_max): (BTreeMap<String, String>, usize),
    reader: &Reader,
    (base, caller): (&str, &str),
    zone: &TimeZone,
) -> Result<Vec<u8>, Problem> {
    let mut references = BTreeSet::new();
    let mut there = BTreeSet::new();
    for text in &parts {
        let value: Value = serde_json::from_str(text).map_err(|_| no_resource())?;
        there.extend(value["fullUrl"].as_str().map(str::to_owned));
        gather_references(&value["resource"], &mut references);
    }
    if references.len() > references_max {
        return Err(Problem::TooLarge { limit: "bundle_entries_max" });
    }
    let patients = kind("Patient").ok_or(Problem::Internal)?;
    let mut names: BTreeMap<Uuid, String> = BTreeMap::new();
    for reference in &references {
        if let Some(condition) = reference.strip_prefix("Patient?") {
            let not_found = || not_there("a condition by which a Patient is referred to matches none");
            let (found, _) =
                one_of(durable, patients, condition, reader, (base, caller), zone)?.ok_or_else(not_found)?;
            leads.insert(reference.clone(), format!("Patient/{}", found.id));
        }
    }
    let meant = references.iter().map(|reference| leads.get(reference).unwrap_or(reference).clone());
    for reference in meant.chain(leads.values().cloned()).collect::<BTreeSet<_>>() {
        let plain = reference.strip_prefix(base).map_or(&*reference, |rest| rest.trim_start_matches('/'));
        let plain = plain.split_once("/_history/").map_or(plain, |(plain, _)| plain);
        let Some(id) = plain.strip_prefix("Patient/").and_then(|id| Uuid::try_parse(id).ok()) else { continue };
        let full_url = format!("{base}/Patient/{id}");
        if there.contains(&full_url) || names.contains_key(&id) {
            continue;
        }
        let named = durable.names_of(id, reader).map_err(store_problem)?;
        let named = named.ok_or_else(|| not_there("a Patient that is referred to is not there"))?;
        let identifiers: Vec<Value> =
            named.iter().map(|(system, value)| json!({ "system": system, "value": value })).collect();
        let stub = json!({ "resourceType": "Patient", "id": id, "identifier": identifiers }).to_string();
        names.insert(id, part(&full_url, &stub));
    }
    let mut entries = parts;
    if !leads.is_empty() {
        entries.iter_mut().for_each(|text| *text = led(text, &leads));
    }
    entries.extend(names.into_values());
    Ok(format!("{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{}]}}", entries.join(","))
        .into_bytes())
}

/// An entry whose references lead to whom they mean; everything else in it stays as it was written.
fn led(entry: &str, leads: &BTreeMap<String, String>) -> String {
    let mut spans = Vec::new();
    references_in(entry.as_bytes(), 0..entry.len(), &mut spans);
    let mut led = String::with_capacity(entry.len());
    let mut from = 0;
    for span in spans {
        let reference: Option<String> = serde_json::from_str(&entry[span.clone()]).ok();
        if let Some(to) = reference.and_then(|reference| leads.get(&reference)) {
            led.push_str(&entry[from..span.start]);
            led.push_str(&Value::from(to.as_str()).to_string());
            from = span.end;
        }
    }
    led.push_str(&entry[from..]);
    led
}

/// Where the references of a value stand, from the front to the back.
fn references_in(json: &[u8], value: Range<usize>, into: &mut Vec<Range<usize>>) {
    match json.get(value.start) {
        Some(b'{') => {
            for (name, value) in members(json, value) {
                match json.get(value.start) {
                    Some(b'"') if name == "reference" => into.push(value),
                    _ => references_in(json, value, into),
                }
            }
        }
        Some(b'[') => items(json, value).into_iter().for_each(|item| references_in(json, item, into)),
        _ => {}
    }
}

/// Every reference by an address.
fn gather_references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| match value.as_str() {
            Some(reference) if name == "reference" => drop(into.insert(reference.to_owned())),
            _ => gather_references(value, into),
        }),
        Value::Array(items) => items.iter().for_each(|item| gather_references(item, into)),
        _ => {}
    }
}

fn not_there(text: &'static str) -> Problem {
    bad(
        ("not-found", INVALID_SEARCH_DATA),
        "http/reference",
        text,
        "create the Patient first, or name it by its NHS number in `subject.identifier`",
    )
}

/// Refuses what cannot be stated, by whoever states it.
fn judge(
    durable: &Durable,
    entries: &[Entry],
    planned: &[Planned],
    looked_at: &LookedAt,
    reader: &Reader,
) -> Result<(), Problem> {
    let single = (entries.len() == 1).then(|| entries[0].kind);
    if looked_at.has_errors() {
        let errors = looked_at.told.iter().filter(|told| told.rule.severity == Severity::Error);
        let issues: Vec<Issue> = errors.map(|told| issue_of(told, single)).collect();
        let hard = issues.iter().all(|issue| issue.code == "invariant");
        let status = if hard { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        return Err(Problem::FhirIssues(status, issues));
    }
    if let Some((_, second)) = looked_at.twice() {
        return Err(twice(second));
    }
    if durable.names_erased(looked_at).map_err(store_problem)? {
        return Err(Problem::State { state: "erased" });
    }
    let kinds = kinds_of(planned);
    let standing = durable.standing_of(looked_at, &kinds).map_err(store_problem)?;
    for entry in looked_at.of_the_authority() {
        let of = standing.get(&entry).map(|standing| standing.child);
        let own = of.map(|child| durable.is_responsible(reader, child)).transpose().map_err(store_problem)?;
        // What is taken back is its writer's own.
        if own != Some(true) && planned.get(entry) != Some(&Planned::Deleted) {
            return Err(of_the_authority());
        }
    }
    for (n, (entry, planned)) in entries.iter().zip(planned).enumerate() {
        let Planned::Written { kind, id, .. } = planned else { continue };
        if let Some(resource) = &entry.resource {
            judge_names(resource, reader)?;
        }
        if !durable.can_be_told(looked_at, n, kind).map_err(store_problem)? {
            let text = "Nothing of the resource can be held here";
            return Err(business_rule(
                text,
                "fhir/nothing-held",
                "see the losses of fhir-json: GET /v1/formats/fhir-json",
                (n, single),
            ));
        }
        if id.is_some_and(|id| standing.get(&n).is_none_or(|standing| standing.id != id)) {
            let text = "What tells this from others has changed: it would be another resource";
            return Err(business_rule(text, "fhir/another-statement", "delete it, and create the other", (n, single)));
        }
    }
    Ok(())
}

fn twice(second: usize) -> Problem {
    bad(
        ("duplicate", VALIDATION_ERROR),
        "http/one-identity",
        format!("two entries are of one resource, the second in Bundle.entry[{second}]"),
        "send each once",
    )
}

/// Refuses a child that is named by what is not its writer's to say: everybody names one by its NHS number, and only an
/// authority by its own numbers.
fn judge_names(resource: &[u8], reader: &Reader) -> Result<(), Problem> {
    let value: Value = serde_json::from_slice(resource).map_err(|_| no_resource())?;
    let mut systems = BTreeSet::new();
    gather_systems(&value, &mut systems);
    let own = reader.own_authority();
    let may_say = |system: &String| {
        let of = |before: &str| system.strip_prefix(before).is_some_and(|code| own.as_deref() == Some(code));
        match system.strip_prefix("urn:homeward:id:") {
            None => true,
            Some("upn" | "uln") => own.is_some(),
            Some(_) => of("urn:homeward:id:la-child:") || of("urn:homeward:id:la-person:"),
        }
    };
    if systems.iter().all(may_say) { Ok(()) } else { Err(Problem::ViewWithholds) }
}

/// The systems of everything that has a value in one.
fn gather_systems(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let (Some(Value::String(system)), true) = (members.get("system"), members.contains_key("value")) {
                into.insert(system.clone());
            }
            members.values().for_each(|value| gather_systems(value, into));
        }
        Value::Array(items) => items.iter().for_each(|item| gather_systems(item, into)),
        _ => {}
    }
}

fn of_the_authority() -> Problem {
    Refusal {
        status: StatusCode::FORBIDDEN,
        code: "forbidden",
        spine: ("FORBIDDEN_UPDATE", "Update is forbidden"),
        text: "Only the authority that answers for a child says this of it".into(),
        rule: "http/of-the-authority",
        help: "state what health knows; an authority states a child of its own first, and care then",
        parameter: None,
    }
    .into()
}

fn business_rule(
    text: &'static str,
    rule: &'static str,
    help: &'static str,
    (n, single): (usize, Option<&str>),
) -> Problem {
    let issue = Issue {
        severity: "error",
        code: "business-rule",
        spine: Some(VALIDATION_ERROR),
        text: text.into(),
        diagnostics: format!("{rule}: {help}").into(),
        expression: Some(single.map_or_else(|| format!("Bundle.entry[{n}]"), str::to_owned)),
    };
    refused(&issue, Some(StatusCode::UNPROCESSABLE_ENTITY))
}

fn kinds_of(planned: &[Planned]) -> BTreeMap<usize, String> {
    let of = |(n, planned): (usize, &Planned)| match planned {
        Planned::Written { kind, .. } => Some((n, kind.clone())),
        Planned::Existing { .. } | Planned::Deleted => None,
    };
    planned.iter().enumerate().filter_map(of).collect()
}

/// What a reading tells, as an issue; of one resource that stands alone its place is told in itself.
pub(crate) fn issue_of(told: &Diagnostic, single: Option<&str>) -> Issue {
    let severity = match told.rule.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        _ => "information",
    };
    let expression = match &told.place {
        Place::Node { path, .. } => match (single, path.strip_prefix("Bundle.entry[0].resource")) {
            (Some(kind), Some(rest)) => Some(format!("{kind}{rest}")),
            _ => Some(path.to_string()),
        },
        _ => None,
    };
    Issue {
        severity,
        code: issue_type(told.rule.code),
        spine: (severity == "error").then_some(VALIDATION_ERROR),
        text: told.rule.message.into(),
        diagnostics: format!("{}: {}", told.rule.code, told.rule.help).into(),
        expression,
    }
}

fn issues_of(told: &[Diagnostic], planned: &[Planned]) -> Vec<Issue> {
    let single = match planned {
        [Planned::Written { kind, .. }] => Some(kind.as_str()),
        _ => None,
    };
    told.iter().map(|told| issue_of(told, single)).collect()
}

/// Keeps the message, and waits until it has been read.
async fn keep(asking: &Asking, parts: &Parts, bundle: &[u8], once: Option<Idempotency>) -> Result<(), Problem> {
    let (durable, caller) = (&asking.asker.durable, &asking.asker.caller);
    let mut arriving = Arriving::new(durable.store.clone());
    arriving.push(bundle).await.map_err(store_problem)?;
    let message = arriving.whole().await.map_err(store_problem)?;
    let (id, received_at) = (message.id, now());
    let line = asking.asker.line("receive", |line| line.object = Some(format!("message:{id}")));
    let batch = Batch {
        idempotency: once,
        message: Some(NewMessage {
            id,
            route: Durable::name_of_fhir(caller.name()),
            partner: caller.name().to_owned(),
            correlation_id: crate::inbound::request_id::correlation_id(&parts.headers),
            received_at,
            bytes: message.bytes,
            sha256: message.sha256,
            body: message.body,
            file_name: None,
            media_type: Some("application/fhir+json".to_owned()),
            terms: Durable::terms_of_fhir().to_bytes(),
            // To state something again after something else is news.
            same_since: None,
        }),
        audit: vec![line],
        ..Batch::default()
    };
    let store = durable.store.clone();
    match kept(|done| store.keep(batch, done)).await.map_err(store_problem)? {
        Ok(_) => {}
        Err(refused) => {
            store.abandon(id);
            return Err(crate::inbound::acts::act_problem(&refused));
        }
    }
    store::crash::point("after-commit");
    durable.wake_reader();
    has_been_read(durable, id).await
}

/// Waits until a message has been read.
async fn has_been_read(durable: &Durable, id: MessageId) -> Result<(), Problem> {
    let read = durable.until_read(id, READ_WAIT).await;
    match read.map(|message| message.state) {
        Some(MessageState::Read | MessageState::Settled) => Ok(()),
        // It is held, and it will be read: the same request under its key tells of it.
        None | Some(MessageState::Received | MessageState::Reading) => Err(Problem::Unavailable { retry_seconds: 5 }),
        Some(_) => Err(Problem::State { state: "quarantined" }),
    }
}

/// What stands after it has been read.
async fn outcomes(asking: &Asking, planned: Vec<Planned>, looked_at: LookedAt) -> Result<Vec<Outcome>, Problem> {
    let reader = asking.reader.clone();
    asking
        .tell("write", move |durable| {
            let standing = durable.standing_of(&looked_at, &kinds_of(&planned)).map_err(store_problem)?;
            let mut told: Vec<Shown> = Vec::new();
            let mut outcomes = Vec::new();
            for (n, planned) in planned.iter().enumerate() {
                let (created, kind, id, child) = match planned {
                    Planned::Deleted => {
                        outcomes.push(Outcome::Deleted);
                        continue;
                    }
                    Planned::Existing { kind, id } => {
                        let of = durable.store.subjects_of_resources(&[*id]).map_err(store_problem)?;
                        (false, kind, *id, of.into_iter().next().flatten())
                    }
                    Planned::Written { kind, held, .. } => {
                        let standing = standing.get(&n).ok_or(Problem::Internal)?;
                        (!held, kind, standing.id, Some(standing.child))
                    }
                };
                if let Some(child) = child.filter(|child| told.iter().all(|shown| shown.id != *child)) {
                    told.extend(durable.shown(&[child], &reader).map_err(store_problem)?);
                }
                let resource =
                    told.iter().flat_map(|shown| &shown.resources).find(|it| it.id == id && it.kind == *kind).cloned();
                outcomes.push(Outcome::Stands { created, kind: kind.clone(), id, resource });
            }
            Ok((outcomes, told))
        })
        .await
}

/// What was answered when it was done: made again of what was kept with it.
async fn again(
    asking: &Asking,
    answer: &[u8],
    message: Option<MessageId>,
    whatever_came: bool,
) -> Result<Option<Stated>, Problem> {
    let kept: Value = serde_json::from_slice(answer).map_err(|_| Problem::Internal)?;
    let planned: Option<Vec<Planned>> = kept.as_array().map(|all| all.iter().filter_map(Planned::of).collect());
    let (planned, message) = (planned.ok_or(Problem::Internal)?, message.ok_or(Problem::Internal)?);
    let durable = &asking.asker.durable;
    has_been_read(durable, message).await?;
    let caller = asking.asker.caller.name().to_owned();
    let (looked_at, stands) = durable
        .look(move |durable| {
            let (mut bundle, mut number) = (Vec::new(), 0);
            while let Some(piece) = durable.store.body_chunk(message, number)? {
                bundle.extend_from_slice(&piece);
                number += 1;
            }
            let looked_at = durable.look_at(&caller, &bundle)?;
            let stands = whatever_came || durable.still_said(&looked_at, &caller)?;
            Ok((looked_at, stands))
        })
        .await?
        .map_err(store_problem)?;
    if !stands {
        return Ok(None);
    }
    let issues = issues_of(&looked_at.told, &planned);
    let outcomes = outcomes(asking, planned, looked_at).await?;
    Ok(Some(Stated { outcomes, issues, replayed: true }))
}

fn key_is_lenient(key: &Option<(IdempotencyKey, Idempotency)>) -> bool {
    key.as_ref().is_some_and(|(_, once)| once.lenient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_planned_comes_back_as_it_was_kept() {
        for planned in [
            Planned::Written { kind: "Condition".to_owned(), held: true, id: None },
            Planned::Existing { kind: "Patient".to_owned(), id: Uuid::from_u128(7) },
            Planned::Deleted,
        ] {
            assert_eq!(Planned::of(&planned.json()), Some(planned));
        }
        assert_eq!(Planned::of(&json!({ "kind": 7 })), None);
    }

    #[test]
    fn references_are_found_wherever_they_stand() {
        let mut found = BTreeSet::new();
        let resource = json!({ "subject": { "reference": "Patient/1" }, "performer": [{ "actor": { "reference": "urn:uuid:2" } }], "note": [{ "text": "reference" }] });
        gather_references(&resource, &mut found);
        assert_eq!(found, BTreeSet::from(["Patient/1".to_owned(), "urn:uuid:2".to_owned()]));
    }
}
