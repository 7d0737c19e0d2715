//! Who is who and who must not be found, over HTTP: look-ups, proposals, restrictions, exports (http, section 5).
//!
//! No identifier of a person is ever part of an address: look-ups are POSTs, and what comes back are ids of ours.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemas::code::RestrictionKind;
use schemas::date::Date;
use schemas::identifier::{Identifier, IdentifierKind, LaCode};
use serde_json::{Map, Value, json};
use store::audit::AuditEntry;
use store::identity::{BlindIdentifier, Link, Proposal, ProposalAct, ProposalState};
use store::{Batch, Page};
use uuid::Uuid;

use super::acts::{act_problem, member, reason_of, text};
use super::asker::{Act, Asker};
use super::idempotency::Answered;
use super::intake::store_problem;
use super::lists::{PAGE, PageAsked};
use super::messages::{json_answer, list_answer};
use super::partners::Caller;
use super::problem::Problem;
use super::query::Query;
use super::stack::House;
use super::tags::etag;
use crate::config::Role;
use crate::durable::blind::blind_of;
use crate::durable::merging::link_json;
use crate::durable::moment::{now, rfc3339};
use crate::durable::protect::{Acted, Actor, ToRestrict, Whose};

/// Recipients that a restriction may name.
const RECIPIENTS_MAX: usize = 100;

/// `GET /v1/identity/proposals`.
pub(crate) async fn proposals(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let asker = Asker::of(&house, request.extensions())?;
    let durable = &asker.durable;
    let names: Vec<&'static str> = ["state"].into_iter().chain(PAGE).collect();
    let query = Query::parse(request.uri().query(), &names)?;
    let states =
        [("open", ProposalState::Open), ("confirmed", ProposalState::Confirmed), ("rejected", ProposalState::Rejected)];
    let state = query.choice("state", &states)?.unwrap_or(ProposalState::Open);
    let asked = PageAsked::read(&query, &durable.cursors, asker.caller.name(), "/v1/identity/proposals", &["state"])?;
    let most = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let (mut after, limit) = (asked.after, asked.limit);
    let mut page = Page { items: Vec::new(), next: None };
    // One more than a page shows whether there is another: what is not the caller's makes no page fuller.
    while page.items.len() <= most {
        let lot = durable.read(move |store| store.proposals(state, after, limit)).await?;
        after = lot.next;
        page.items.extend(own(&asker, lot.items).await?);
        if after.is_none() {
            break;
        }
    }
    if page.items.len() > most {
        page.items.truncate(most);
        page.next = page.items.last().map(|proposal| proposal.id);
    }
    let (body, next) = asked.answer(&durable.cursors, &page, proposal_json);
    Ok(list_answer(&body, next.as_deref()))
}

/// `GET /v1/identity/proposals/{id}`.
pub(crate) async fn proposal(Path(id): Path<String>, asker: Asker) -> Result<Response, Problem> {
    let proposal = found_proposal(&asker, &id).await?;
    Ok(json_answer(&proposal_json(&proposal), Some(etag(proposal.version))))
}

/// `POST /v1/identity/proposals/{id}/reject`.
pub(crate) async fn reject(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, version, said) = act.on_version(&["reason"])?;
    let reason = text(&said, "reason")?;
    let proposal = found_proposal(&asker, &id).await?;
    if proposal.state != ProposalState::Open {
        return Err(Problem::State { state: state_word(proposal.state) });
    }
    let line = asker.line("reject", |line| {
        line.subject = Some(proposal.keeps);
        line.object = Some(format!("proposal:{}", proposal.id));
        line.basis = reason;
    });
    let (by, at) = (asker.caller.actor(), line.at);
    let act = ProposalAct { id: proposal.id, version, state: ProposalState::Rejected, by, at };
    let proposal = proposal.after(&act);
    let answer = Answered::new(StatusCode::OK, proposal_json(&proposal), Some(proposal.version));
    asker.keep(Batch { proposal_acts: vec![act], audit: vec![line], ..Batch::default() }, answer).await
}

/// `POST /v1/identity/proposals/{id}/confirm`.
pub(crate) async fn confirm(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, version, _) = act.on_version(&[])?;
    let proposal = found_proposal(&asker, &id).await?;
    if proposal.state != ProposalState::Open {
        return Err(Problem::State { state: state_word(proposal.state) });
    }
    let (actor, durable) = (actor(&asker), &asker.durable);
    let acted =
        durable.think(move |durable| durable.confirm(&proposal, version, &actor)).await?.map_err(store_problem)?;
    answer(acted)
}

/// `GET /v1/identity/links/{id}`.
pub(crate) async fn link(Path(id): Path<String>, asker: Asker) -> Result<Response, Problem> {
    let link = found_link(&asker, &id).await?;
    Ok(json_answer(&link_json(&link), Some(etag(link.version))))
}

/// `POST /v1/identity/links/{id}/undo`.
pub(crate) async fn undo(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, version, said) = act.on_version(&["reason"])?;
    let reason = reason_of(&said)?;
    let link = found_link(&asker, &id).await?;
    let (actor, durable) = (actor(&asker), &asker.durable);
    let acted =
        durable.think(move |durable| durable.undo(link.id, version, &reason, &actor)).await?.map_err(store_problem)?;
    answer(acted)
}

/// A link of a child of the caller's authority.
async fn found_link(Asker { caller, durable, .. }: &Asker, id: &str) -> Result<Link, Problem> {
    let missing = || Problem::NotFound { nearest: None };
    let id = Uuid::try_parse(id).map_err(|_| missing())?;
    let link = durable.read(move |store| store.link(id)).await?.ok_or_else(missing)?;
    let (ids, whose) = ([link.winner, link.loser], whose(caller));
    let children = durable.think(move |durable| durable.open_children(&ids)).await?.map_err(store_problem)?;
    let own = children.iter().any(|child| whose.take_in(child));
    if own { Ok(link) } else { Err(missing()) }
}

/// `POST /v1/identity/restrictions`.
pub(crate) async fn restrict(act: Act) -> Result<Response, Problem> {
    let members = ["child", "kind", "since", "until", "reviewOn", "setByRole", "recipients"];
    let (asker, said) = act.said(&members)?;
    let help = "give `{\"system\", \"value\"}` of the child";
    let child = super::acts::object(&said, "child", &["system", "value", "authority"], help)?
        .ok_or_else(|| member("child", "is needed", help))?;
    // Nobody protects, and so tells apart, the children of another authority by naming it.
    let named = text(child, "authority")?;
    if named.is_some() && asker.caller.authority().is_some() && named.as_deref() != asker.caller.authority() {
        return Err(Problem::NotFound { nearest: None });
    }
    let child = identifier_of(child, &asker.caller)?;
    let to_restrict = ToRestrict {
        child,
        kind: match text(&said, "kind")?.as_deref() {
            Some("location") => RestrictionKind::AuthorityRestricted,
            Some("adopted") => RestrictionKind::Adopted,
            _ => return Err(member("kind", "is neither location nor adopted", "say which of them")),
        },
        since: day(&said, "since")?.ok_or_else(|| member("since", "is needed", "a day as YYYY-MM-DD"))?,
        until: day(&said, "until")?,
        review_on: day(&said, "reviewOn")?,
        set_by_role: text(&said, "setByRole")?
            .filter(|role| !role.trim().is_empty())
            .ok_or_else(|| member("setByRole", "is needed", "the role of whoever sets it, never a name"))?,
        recipients: recipients(&said)?,
    };
    let (actor, durable) = (actor(&asker), &asker.durable);
    let acted = durable.think(move |durable| durable.restrict(&to_restrict, &actor)).await?.map_err(store_problem)?;
    answer(acted)
}

/// `GET /v1/identity/restrictions`.
pub(crate) async fn restrictions(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let asker = Asker::of(&house, request.extensions())?;
    let query = Query::parse(request.uri().query(), &["state"])?;
    let review_due = query.choice("state", &[("in-force", false), ("review-due", true)])?.unwrap_or(false);
    let whose = whose(&asker.caller);
    let items = asker
        .durable
        .think(move |durable| {
            let at = now();
            let mut items = Vec::new();
            for row in durable.store.restrictions(None)? {
                if row.lifted_at.is_some() || (review_due && row.review_at.is_none_or(|review| review > at)) {
                    continue;
                }
                let Some(child) = durable.open_children(&[row.subject])?.pop() else { continue };
                let own = whose.take_in(&child);
                if own {
                    items.push(durable.restriction_json(&row, child.epoch)?);
                }
            }
            Ok(items)
        })
        .await?
        .map_err(store_problem)?;
    Ok(list_answer(&json!({ "items": items, "next": null }), None))
}

/// `GET /v1/identity/restrictions/{id}/holders`.
pub(crate) async fn holders(Path(id): Path<String>, asker: Asker) -> Result<Response, Problem> {
    let id = Uuid::try_parse(&id).map_err(|_| Problem::NotFound { nearest: None })?;
    let whose = whose(&asker.caller);
    let found = asker
        .durable
        .think(move |durable| {
            let Some(row) = durable.store.restriction(id)? else { return Ok(None) };
            let child = durable.open_children(&[row.subject])?.pop();
            if !child.is_some_and(|child| whose.take_in(&child)) {
                return Ok(None);
            }
            Ok(Some((row.subject, durable.holders(row.subject)?)))
        })
        .await?
        .map_err(store_problem)?;
    let Some((subject, holders)) = found else { return Err(Problem::NotFound { nearest: None }) };
    let told = |line: &mut AuditEntry| {
        line.subject = Some(subject);
        line.object = Some(format!("restriction:{id}"));
    };
    tell(&asker, "holders", told).await?;
    Ok(json_answer(&json!({ "holders": holders }), None))
}

/// `POST /v1/identity/restrictions/{id}/lift`.
pub(crate) async fn lift(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, version, said) = act.on_version(&["reason"])?;
    let reason = reason_of(&said)?;
    let id = Uuid::try_parse(&id).map_err(|_| Problem::NotFound { nearest: None })?;
    let (actor, durable) = (actor(&asker), &asker.durable);
    let acted =
        durable.think(move |durable| durable.lift(id, version, &reason, &actor)).await?.map_err(store_problem)?;
    answer(acted)
}

/// `POST /v1/identity/subjects/{id}/export`: everything held of a child, from whom, and every disclosure.
pub(crate) async fn export(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, said) = act.said(&["reason"])?;
    let reason = reason_of(&said)?;
    let id = Uuid::try_parse(&id).map_err(|_| Problem::NotFound { nearest: None })?;
    let whose = whose(&asker.caller);
    let found = asker.durable.think(move |durable| durable.export(id, &whose)).await?.map_err(store_problem)?;
    let Some(archive) = found else { return Err(Problem::NotFound { nearest: None }) };
    // Told before the first byte leaves.
    let told = |line: &mut AuditEntry| {
        line.subject = Some(id);
        line.basis = Some(reason);
    };
    tell(&asker, "export", told).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"export.zip\""),
    ];
    Ok((headers, archive).into_response())
}

/// Tells the audit chain what the asker is about to be told of a child.
pub(super) async fn tell(
    asker: &Asker,
    action: &'static str,
    tell: impl FnOnce(&mut AuditEntry),
) -> Result<(), Problem> {
    let line = asker.line(action, |line| {
        line.recipient = Some(asker.caller.actor());
        tell(line);
    });
    asker.tell(line).await
}

/// What came of an act, as whoever acted is told.
///
/// # Errors
/// Why nothing came of it.
pub(crate) fn answer(acted: Acted) -> Result<Response, Problem> {
    match acted {
        Acted::Done(answer) => Ok(answer.into_response()),
        Acted::Missing => Err(Problem::NotFound { nearest: None }),
        Acted::SamePerson => Err(Problem::SecondPersonRequired),
        Acted::NoPerson => Err(Problem::InsufficientRole(Role::Restrictions)),
        Acted::Changed => Err(Problem::PreconditionFailed),
        Acted::Forbidden => Err(Problem::State { state: "never-joined" }),
        Acted::Refused(refused) => Err(act_problem(&refused)),
    }
}

/// Who acts: a person by name, or a partner's system by its own.
pub(crate) fn actor(Asker { caller, request_id, once, .. }: &Asker) -> Actor {
    Actor {
        name: caller.actor(),
        by: Some(caller.by()),
        request: Some(request_id.0),
        is_person: caller.is_person(),
        whose: whose(caller),
        once: once.clone(),
    }
}

/// On whose children a caller looks and acts.
pub(crate) fn whose(caller: &Caller) -> Whose {
    match caller.authority() {
        Some(authority) => Whose::Of(authority.to_owned()),
        None if caller.is_person() => Whose::Everybodys,
        None => Whose::Nobodys,
    }
}

/// The identifier of a child, by its system's name and its value.
pub(super) fn identifier_of(body: &Map<String, Value>, caller: &Caller) -> Result<BlindIdentifier, Problem> {
    let system = text(body, "system")?
        .ok_or_else(|| member("system", "is needed", "one of nhs-number, la-child, upn, uln, la-person"))?;
    let value = text(body, "value")?.ok_or_else(|| member("value", "is needed", "the identifier itself"))?;
    let authority = match text(body, "authority")?.as_deref().or(caller.authority()) {
        None => None,
        Some(code) => Some(
            LaCode::read(code.as_bytes())
                .ok_or_else(|| member("authority", "is not the code of an authority", "three digits, as in 330"))?,
        ),
    };
    let mut of_children = IdentifierKind::ALL.into_iter().filter(|kind| kind.names_a_child());
    let kind = of_children.find(|kind| kind.name() == system).ok_or_else(|| {
        member("system", "is not one that is known", "one of nhs-number, la-child, upn, uln, la-person")
    })?;
    let identifier = Identifier::read(kind, value.trim().as_bytes(), false).ok_or_else(|| {
        member(
            "value",
            "is not an identifier of that system",
            "send it as the system gives it; check digits are checked",
        )
    })?;
    blind_of(&identifier, authority)
        .ok_or_else(|| member("authority", "is needed for this system", "three digits, as in 330"))
}

/// A member that is a day.
pub(super) fn day(body: &Map<String, Value>, name: &'static str) -> Result<Option<Date>, Problem> {
    match text(body, name)? {
        None => Ok(None),
        Some(text) => Date::parse_iso(text.as_bytes())
            .map(Some)
            .ok_or_else(|| member(name, "is not a day", "write it as YYYY-MM-DD")),
    }
}

/// Whether a text has the form of an ODS code.
pub(super) fn is_ods(code: &str) -> bool {
    (3..=12).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn recipients(body: &Map<String, Value>) -> Result<Vec<String>, Problem> {
    let wrong = || member("recipients", "is not a list of at most 100 ODS codes", "as in [\"RKB\"]");
    match body.get("recipients") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(codes)) if codes.len() <= RECIPIENTS_MAX => {
            let read = |code: &Value| code.as_str().filter(|code| is_ods(code)).map(str::to_owned);
            codes.iter().map(read).collect::<Option<Vec<_>>>().ok_or_else(wrong)
        }
        Some(_) => Err(wrong()),
    }
}

async fn found_proposal(asker: &Asker, id: &str) -> Result<Proposal, Problem> {
    let missing = || Problem::NotFound { nearest: None };
    let id = Uuid::try_parse(id).map_err(|_| missing())?;
    let found = asker.durable.read(move |store| store.proposal(id)).await?;
    own(asker, found.into_iter().collect()).await?.pop().ok_or_else(missing)
}

/// Of some proposals those that are about a child within the caller's reach.
async fn own(Asker { caller, durable, .. }: &Asker, proposals: Vec<Proposal>) -> Result<Vec<Proposal>, Problem> {
    let whose = whose(caller);
    durable
        .think(move |durable| {
            let mut own = Vec::new();
            for proposal in proposals {
                let children = durable.open_children(&[proposal.keeps, proposal.other])?;
                if children.iter().any(|child| whose.take_in(child)) {
                    own.push(proposal);
                }
            }
            Ok(own)
        })
        .await?
        .map_err(store_problem)
}

fn state_word(state: ProposalState) -> &'static str {
    match state {
        ProposalState::Open => "open",
        ProposalState::Confirmed => "confirmed",
        ProposalState::Rejected => "rejected",
    }
}

/// A proposal as those who decide read it: what agrees and differs, by names of fields.
pub(super) fn proposal_json(proposal: &Proposal) -> Value {
    let evidence: Value = serde_json::from_slice(&proposal.evidence).unwrap_or_default();
    json!({
        "id": proposal.id,
        "state": state_word(proposal.state),
        "score": evidence["score"],
        "subjects": [proposal.keeps, proposal.other],
        "evidence": evidence,
        "madeAt": rfc3339(proposal.made_at),
        "decidedBy": proposal.decided_by,
    })
}
