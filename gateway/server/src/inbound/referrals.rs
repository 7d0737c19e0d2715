//! Searches for homes, over HTTP: an authority sends a referral out and decides on offers, providers read what they were
//! asked and answer (http, section 6.2).
//!
//! To a provider that was not asked there is no such referral; to one that was, what is closed or was matched with
//! another is gone. Nothing of whom else was asked, of waves or of other offers reaches a provider, in no tag and no count.

mod document;
pub(super) mod issue;
pub(super) mod offers;

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use exchange::view::View;
use schemas::code::{Code, OfferStatus, ReferralStatus};
use schemas::identifier::{LaCode, ReferralRef};
use schemas::said::Said;
use serde_json::{Map, Value, json};
use store::{Page, StoreFault};

use super::acts::{act_problem, member, object, text};
use super::asker::{Act, Asker};
use super::identity::actor;
use super::intake::store_problem;
use super::lists::{PAGE, PageAsked, complain};
use super::messages::{json_answer, list_answer};
use super::partners::Caller;
use super::problem::Problem;
use super::query::Query;
use super::stack::House;
use super::tags::{etag, is_known};
use super::vacancies::{authority_of, is_own};
use crate::durable::Durable;
use crate::durable::market::referrals::case::Case;
use crate::durable::market::referrals::issuing::{Outcome, Person, state_word};
use crate::durable::moment::{from_rfc3339, rfc3339};
use crate::durable::protect::Actor;
use document::drawn;

const PATH: &str = "/v1/referrals";

/// The format of notices.
const NOTICES: &str = "notice-json";

/// The view through which providers read what they are asked.
const PROVIDERS_VIEW: &str = "referral";

/// Who looks at a search.
pub(super) enum Looks {
    /// The authority whose it is.
    Authority,
    /// A provider that was asked.
    Provider,
}

/// A search that a caller may look at, and as whom.
pub(super) fn seen(asker: &Asker, reference: &str) -> Result<(Arc<Case>, Looks), Problem> {
    let (case, looks) = known(asker, reference)?;
    let is_over = matches!(looks, Looks::Provider) && is_over_for(&asker.caller, &case);
    if is_over { Err(Problem::Gone) } else { Ok((case, looks)) }
}

/// The same of a search that may be over for a provider: what became of its own offers it still reads.
pub(super) fn known(asker: &Asker, reference: &str) -> Result<(Arc<Case>, Looks), Problem> {
    let missing = || Problem::NotFound { nearest: None };
    let reference = ReferralRef::read(reference.as_bytes()).map_err(|_| missing())?;
    let case = asker.durable.referrals.case(&reference).ok_or_else(missing)?;
    if is_of(&asker.caller, &case) {
        return Ok((case, Looks::Authority));
    }
    if !case.asked.iter().any(|urn| is_own(&asker.caller, *urn)) {
        return Err(missing());
    }
    Ok((case, Looks::Provider))
}

/// Whether a caller acts for the authority of a search, or is a person of the house.
fn is_of(caller: &Caller, case: &Case) -> bool {
    match authority_of(caller) {
        Some(authority) => authority == case.authority,
        None => caller.is_person(),
    }
}

/// Whether a provider has nothing more to do with a search: it is closed, or was matched with another.
fn is_over_for(caller: &Caller, case: &Case) -> bool {
    let has_accepted = case.accepted().any(|answer| is_own(caller, answer.urn));
    match case.referral.status {
        Said::Is(ReferralStatus::Open) => false,
        Said::Is(ReferralStatus::Matched) => !has_accepted,
        _ => true,
    }
}

/// `GET /v1/referrals`: an authority's own, or those that a provider was asked about; newest first.
pub(crate) async fn list(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let asker = Asker::of(&house, request.extensions())?;
    let names: Vec<&'static str> = ["state", "since"].into_iter().chain(PAGE).collect();
    let query = Query::parse(request.uri().query(), &names)?;
    let state = query.get("state");
    if state.is_some_and(|state| !["open", "offered", "matched", "closed"].contains(&state)) {
        return Err(complain("state", "is no state of a referral", "open, offered, matched or closed"));
    }
    let since = match query.get("since") {
        None => None,
        Some(text) => Some(
            from_rfc3339(text).ok_or_else(|| complain("since", "is no moment", "write it as 2026-01-12T09:00:00Z"))?,
        ),
    };
    let durable = &asker.durable;
    let asked = PageAsked::read(&query, &durable.cursors, asker.caller.name(), PATH, &["state", "since"])?;
    let mut cases: Vec<(Arc<Case>, Value)> = durable
        .referrals
        .cases()
        .into_iter()
        .filter(|case| asked.after.is_none_or(|after| case.id < after))
        .filter_map(|case| item_of(&asker.caller, &case).map(|item| (case, item)))
        .filter(|(_, item)| state.is_none_or(|state| item["state"] == *state))
        .filter(|(case, _)| since.is_none_or(|since| case.at >= since))
        .collect();
    let most = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let next = (cases.len() > most).then(|| cases[most - 1].0.id);
    cases.truncate(most);
    let (body, next) = asked.answer(&durable.cursors, &Page { items: cases, next }, |(_, item)| item.clone());
    Ok(list_answer(&body, next.as_deref()))
}

/// A search in a list, as far as a caller may see it; nothing where there is none for the caller.
fn item_of(caller: &Caller, case: &Case) -> Option<Value> {
    let moment = |said: Said<schemas::date::DateTime>| {
        said.is().map(|at| {
            let mut text = Vec::new();
            at.write(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        })
    };
    let mut item = json!({
        "reference": case.reference.as_str(),
        "revision": case.referral.revision.is().map(|revision| revision.get()),
        "issuedAt": moment(case.referral.issued_at),
        "respondBy": moment(case.referral.respond_by),
    });
    if is_of(caller, case) {
        let count = |status| case.answers.iter().filter(|answer| answer.status() == Some(status)).count();
        item["state"] = json!(state_word(case));
        item["closeReason"] = json!(case.referral.close_reason.is().map(|reason| reason.word()));
        item["asked"] = json!(case.asked.len());
        item["offers"] = json!(count(OfferStatus::Offered));
        item["noOffers"] = json!(count(OfferStatus::NoOffer));
        item["changedAt"] = json!(rfc3339(case.at));
        item["version"] = json!(case.version);
        return Some(item);
    }
    if !case.asked.iter().any(|urn| is_own(caller, *urn)) {
        return None;
    }
    // A provider sees its own offers behind `offered`, and of others' nothing.
    let own =
        case.answers.iter().any(|answer| is_own(caller, answer.urn) && answer.status() == Some(OfferStatus::Offered));
    item["state"] = json!(match () {
        () if is_over_for(caller, case) => "closed",
        () if case.referral.status == Said::Is(ReferralStatus::Matched) => "matched",
        () if own => "offered",
        () => "open",
    });
    Some(item)
}

/// `GET /v1/referrals/{reference}`: the document; that a provider reads it is told to the audit chain first.
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Path(reference): Path<String>,
    headers: HeaderMap,
    asker: Asker,
) -> Result<Response, Problem> {
    let (case, looks) = seen(&asker, &reference)?;
    let (view, tag) = match looks {
        Looks::Authority => (house.config.views.get(&asker.caller.known.partner.view), case.version),
        // What others do raises the version, and not the revision.
        Looks::Provider => {
            let revision = case.referral.revision.is().map_or(0, |revision| revision.get());
            (View::shared(PROVIDERS_VIEW), revision.into())
        }
    };
    let view = view.ok_or(Problem::ViewWithholds)?;
    let tag = etag(tag);
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let mut drawn =
        drawn("referral-json", case.reference, case.referral.clone().into(), &view).ok_or(Problem::ViewWithholds)?;
    if matches!(looks, Looks::Provider) {
        for child in &case.children {
            let line = asker.line("disclose", |line| {
                line.subject = Some(*child);
                line.object = Some(format!("referral:{}", case.id));
                line.recipient = Some(asker.caller.name().to_owned());
                line.view = Some(view.digest().to_owned());
                line.basis = view.basis().map(str::to_owned);
                line.statements = vec![("Referral", 1)];
            });
            asker.tell(line).await?;
        }
    } else {
        let asked: Vec<&str> = case.asked.iter().map(|urn| urn.as_str()).collect();
        drawn["state"] = json!(state_word(&case));
        drawn["asked"] = json!(asked);
    }
    Ok(json_answer(&drawn, Some(tag)))
}

/// `POST /v1/referrals/{reference}/waves/{n}/open`.
pub(crate) async fn open_wave(
    Path((reference, number)): Path<(String, String)>,
    act: Act,
) -> Result<Response, Problem> {
    let (asker, said) = act.said(&["by"])?;
    let reference = reference_of(&reference)?;
    let number: usize = number.parse().map_err(|_| Problem::NotFound { nearest: None })?;
    let by = person(&said)?;
    done(&asker, move |durable, actor| durable.open_wave(&reference, number, &by, actor)).await
}

/// `POST /v1/referrals/{reference}/close`.
pub(crate) async fn close(Path(reference): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, said) = act.said(&["closeReason"])?;
    let reference = reference_of(&reference)?;
    let help = "withdrawn, placed-in-house, placed-elsewhere, no-match or expired";
    let reason = text(&said, "closeReason")?.and_then(|word| code_of(&word));
    let reason = reason.ok_or_else(|| member("closeReason", "is no reason of the list", help))?;
    done(&asker, move |durable, actor| durable.close(&reference, reason, actor)).await
}

/// `GET /v1/referrals/{reference}/candidates`: what notices would change in the children's episodes.
pub(crate) async fn candidates(Path(reference): Path<String>, asker: Asker) -> Result<Response, Problem> {
    let (case, looks) = seen(&asker, &reference)?;
    if matches!(looks, Looks::Provider) {
        return Err(Problem::NotFound { nearest: None });
    }
    let drawn = asker.durable.think(move |durable| durable.candidates(&case)).await?.map_err(store_problem)?;
    Ok(json_answer(&drawn, None))
}

/// `POST /v1/referrals/{reference}/notices`: a message on the provider's own route of notices.
pub(crate) async fn notices(
    State(house): State<Arc<House>>,
    Path(reference): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let asker = Asker::of(&house, request.extensions())?;
    let (_, looks) = seen(&asker, &reference)?;
    if matches!(looks, Looks::Authority) {
        return Err(Problem::ViewWithholds);
    }
    let routes = asker.durable.ways.routes.iter();
    let mut own = routes.filter(|route| route.from.partner == asker.caller.name());
    let route = own.find(|route| route.from.format.get().name == NOTICES).ok_or(Problem::NotOnThisRoute)?;
    let name = route.name.clone();
    super::intake::send(State(house), Path(name), request).await
}

/// A reference in an address.
pub(super) fn reference_of(text: &str) -> Result<ReferralRef, Problem> {
    ReferralRef::read(text.as_bytes()).map_err(|_| Problem::NotFound { nearest: None })
}

/// A code by our own word for it.
pub(super) fn code_of<C: Code>(word: &str) -> Option<C> {
    C::LIST.find_word(word).and_then(C::from_index)
}

/// The person who answers for an act.
pub(super) fn person(said: &Map<String, Value>) -> Result<Person, Problem> {
    let help = "{\"name\":\"…\",\"role\":\"…\"}: whoever decides; it stays in the audit and is never sent on";
    let by = object(said, "by", &["name", "role"], help)?;
    let part = |name: &'static str| -> Result<Option<Box<str>>, Problem> {
        let said = by.map(|by| text(by, name)).transpose()?.flatten();
        Ok(said.filter(|said| !said.trim().is_empty()).map(|said| said.trim().into()))
    };
    match (part("name")?, part("role")?) {
        (Some(name), Some(role)) => Ok(Person { name, role }),
        _ => Err(Problem::Breaks(&exchange::market::referral::rules::NO_PERSON)),
    }
}

/// The authority that acts.
pub(super) fn own_authority(asker: &Asker) -> Result<LaCode, Problem> {
    authority_of(&asker.caller).ok_or(Problem::ViewWithholds)
}

/// Does it while nobody else thinks, away from the threads that serve connections: whoever goes away meanwhile has done
/// it all the same.
pub(super) async fn done(
    asker: &Asker,
    act: impl FnOnce(&Durable, &Actor) -> Result<Outcome, StoreFault> + Send + 'static,
) -> Result<Response, Problem> {
    let actor = actor(asker);
    let outcome = asker.durable.think(move |durable| act(durable, &actor)).await?.map_err(store_problem)?;
    match outcome {
        Outcome::Done(answer) => Ok(answer.into_response()),
        Outcome::Missing => Err(Problem::NotFound { nearest: None }),
        Outcome::Changed => Err(Problem::PreconditionFailed),
        Outcome::State(state) => Err(Problem::State { state }),
        Outcome::Matched => Err(Problem::AlreadyMatched),
        Outcome::Exists(id) => Err(Problem::Exists { id }),
        Outcome::Breaks(refusal) => Err(Problem::BreaksAt(refusal.rule, refusal.member)),
        Outcome::Refused(refused) => Err(act_problem(&refused)),
    }
}
