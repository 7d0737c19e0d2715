//! From writes to one message and back: each is settled against what is there, all of them become a Bundle that is read
//! like every other document, and each is told by what stands after it.
//!
//! One at a time: from looking at what is there until the message has been read nobody else writes over FHIR, so that of
//! two who have seen the same version one is too late, and of many who create one thing one does.

mod judging;
mod settling;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::Method;
use axum::http::request::Parts;
use jiff::tz::TimeZone;
use schemas::diagnostic::{Diagnostic, Place, Severity};
use serde_json::{Value, json};
use store::batch::Idempotency;
use store::message::{MessageId, MessageState, NewMessage};
use store::{Batch, Refused};
use uuid::Uuid;

use self::settling::settle;
use super::Asking;
use super::outcome::{Issue, VALIDATION_ERROR};
use super::validate::issue_type;
use crate::durable::Durable;
use crate::durable::arriving::Arriving;
use crate::durable::commit::kept;
use crate::durable::moment::{hours_before, now};
use crate::durable::shown::{Resource, Shown};
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
}
