//! Offers over HTTP: providers make and withdraw them, the authority accepts and declines.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use exchange::view::View;
use schemas::identifier::ProviderUrn;
use schemas::record::{Offer, Statement};
use schemas::said::Said;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::acts::{member, reason_of, said, text};
use super::super::asker::{Act, Asker};
use super::super::intake::store_problem;
use super::super::messages::json_answer;
use super::super::problem::Problem;
use super::super::stack::House;
use super::super::tags::{etag, if_match};
use super::super::vacancies::is_own;
use super::{Looks, code_of, document, done, known, person, reference_of, seen};
use crate::durable::market::offering::PROVIDER_NOT_YOURS;
use crate::durable::market::referrals::case::{Answer, Case};
use crate::durable::market::referrals::offers::{is_closed, word};

/// The view through which a provider reads its own offers.
const OWN_VIEW: &str = "provider";

/// `GET /v1/referrals/{reference}/offers`: the authority's all, a provider's own.
pub(crate) async fn list(
    State(house): State<Arc<House>>,
    Path(reference): Path<String>,
    asker: Asker,
) -> Result<Response, Problem> {
    let (case, looks) = known(&asker, &reference)?;
    let is_shown = |answer: &&Answer| matches!(looks, Looks::Authority) || is_own(&asker.caller, answer.urn);
    let items = case.answers.iter().filter(is_shown).map(|answer| drawn(&house, &asker, &case, answer, &looks));
    let items = items.collect::<Result<Vec<Value>, Problem>>()?;
    Ok(json_answer(&json!({ "items": items, "next": null }), None))
}

/// `GET /v1/referrals/{reference}/offers/{id}`.
pub(crate) async fn show(
    State(house): State<Arc<House>>,
    Path((reference, id)): Path<(String, String)>,
    asker: Asker,
) -> Result<Response, Problem> {
    let (case, looks) = known(&asker, &reference)?;
    let answer = find(&case, &id)?;
    if matches!(looks, Looks::Provider) && !is_own(&asker.caller, answer.urn) {
        return Err(Problem::NotFound { nearest: None });
    }
    Ok(json_answer(&drawn(&house, &asker, &case, answer, &looks)?, Some(etag(answer.version))))
}

/// An offer as its format writes it, with what it is called here.
fn drawn(house: &House, asker: &Asker, case: &Case, answer: &Answer, looks: &Looks) -> Result<Value, Problem> {
    let mut offer = answer.offer.clone();
    let view = match looks {
        Looks::Authority => house.config.views.get(&asker.caller.known.partner.view),
        Looks::Provider => {
            // Who decided stays with the authority.
            if let Some(more) = &mut offer.more
                && let Said::Is(decision) = &mut more.decision
            {
                decision.by = Said::NotAsked;
            }
            View::shared(OWN_VIEW)
        }
    };
    let view = view.ok_or(Problem::ViewWithholds)?;
    let drawn = document::drawn("offer-json", case.reference, offer.into(), &view);
    let mut drawn = drawn.ok_or(Problem::ViewWithholds)?;
    drawn["id"] = json!(answer.id);
    drawn["version"] = json!(answer.version);
    Ok(drawn)
}

fn find<'c>(case: &'c Case, id: &str) -> Result<&'c Answer, Problem> {
    let id = id_of(id)?;
    case.answer(id).ok_or(Problem::NotFound { nearest: None })
}

fn id_of(text: &str) -> Result<Uuid, Problem> {
    Uuid::try_parse(text).map_err(|_| Problem::NotFound { nearest: None })
}

/// `POST /v1/referrals/{reference}/offers`.
pub(crate) async fn make(
    State(house): State<Arc<House>>,
    Path(reference): Path<String>,
    act: Act,
) -> Result<Response, Problem> {
    let (asker, _, body) = act.document();
    let (case, _) = seen(&asker, &reference)?;
    let (urn, offer) = read(&house, &asker, &case, body).await?;
    let reference = case.reference;
    done(&asker, move |durable, actor| durable.make_offer(&reference, urn, offer, actor)).await
}

/// `PUT /v1/referrals/{reference}/offers/{id}`.
pub(crate) async fn replace(
    State(house): State<Arc<House>>,
    Path((reference, id)): Path<(String, String)>,
    act: Act,
) -> Result<Response, Problem> {
    let (asker, headers, body) = act.document();
    let seen_version = if_match(&headers)?;
    let (case, _) = seen(&asker, &reference)?;
    let id = id_of(&id)?;
    let (urn, offer) = read(&house, &asker, &case, body).await?;
    let reference = case.reference;
    done(&asker, move |durable, actor| durable.say_offer_anew(&reference, (id, seen_version), urn, offer, actor)).await
}

/// The one offer of a document, which is of the caller's own provider and of this search.
async fn read(house: &Arc<House>, asker: &Asker, case: &Case, body: Bytes) -> Result<(ProviderUrn, Offer), Problem> {
    let names_it = serde_json::from_slice::<Value>(&body).ok().and_then(|document| {
        document.get("referralId").and_then(Value::as_str).map(|id| id == case.reference.as_str())
    });
    if names_it == Some(false) {
        return Err(member(
            "referralId",
            "is of another referral than the address",
            "send it to the address of its own",
        ));
    }
    let Statement::Offer(offer) = document::one(house, "offer-json", body.to_vec()).await? else {
        return Err(Problem::Internal);
    };
    let own = |number: &str| asker.caller.known.partner.registration(number);
    let urn = offer.provider_urn.as_ref().is().and_then(|number| own(number));
    let urn = urn.ok_or(Problem::Breaks(&PROVIDER_NOT_YOURS))?;
    Ok((urn, offer))
}

/// `POST …/offers/{id}/withdraw`.
pub(crate) async fn withdraw(Path((reference, id)): Path<(String, String)>, act: Act) -> Result<Response, Problem> {
    let (asker, said_) = act.said(&[])?;
    drop(said_);
    let (reference, id) = (reference_of(&reference)?, id_of(&id)?);
    let caller = asker.caller.clone();
    done(&asker, move |durable, actor| durable.withdraw_offer(&reference, id, |urn| is_own(&caller, urn), actor)).await
}

/// `POST …/offers/{id}/decline`.
pub(crate) async fn decline(Path((reference, id)): Path<(String, String)>, act: Act) -> Result<Response, Problem> {
    let (asker, said) = act.said(&["reason", "by"])?;
    let (reference, id) = (reference_of(&reference)?, id_of(&id)?);
    let help = "chosen-another, too-far, cost, skills, children-already-here, timing, rating, child-said-no or other";
    let reason = text(&said, "reason")?.and_then(|word| code_of(&word));
    let reason = reason.ok_or_else(|| member("reason", "is no reason of the list", help))?;
    let by = said.contains_key("by").then(|| person(&said)).transpose()?;
    done(&asker, move |durable, actor| durable.decline_offer(&reference, id, reason, by.as_ref(), actor)).await
}

/// `GET …/offers/{id}/release`: what accepting would let out; its tag is what accepting asks for.
pub(crate) async fn release(Path((reference, id)): Path<(String, String)>, asker: Asker) -> Result<Response, Problem> {
    let (case, looks) = seen(&asker, &reference)?;
    if matches!(looks, Looks::Provider) {
        return Err(Problem::NotFound { nearest: None });
    }
    let answer = find(&case, &id)?;
    if is_closed(&case) {
        return Err(Problem::State { state: answer.status().map_or("new", word) });
    }
    let id = answer.id;
    let tag = etag(case.version);
    let drawn = asker.durable.think(move |durable| match case.answer(id) {
        Some(answer) => durable.release(&case, answer),
        None => Ok(Value::Null),
    });
    Ok(json_answer(&drawn.await?.map_err(store_problem)?, Some(tag)))
}

/// `POST …/offers/{id}/accept`.
pub(crate) async fn accept(Path((reference, id)): Path<(String, String)>, act: Act) -> Result<Response, Problem> {
    let (asker, headers, body) = act.document();
    let (reference, id) = (reference_of(&reference)?, id_of(&id)?);
    let seen_version = if_match(&headers)?;
    let by = person(&said(&body, &["by"])?)?;
    done(&asker, move |durable, actor| durable.accept_offer((&reference, id), seen_version, &by, actor)).await
}

/// `POST …/offers/{id}/undo`.
pub(crate) async fn undo(Path((reference, id)): Path<(String, String)>, act: Act) -> Result<Response, Problem> {
    let (asker, headers, body) = act.document();
    let (reference, id) = (reference_of(&reference)?, id_of(&id)?);
    let seen_version = if_match(&headers)?;
    let said = said(&body, &["by", "reason"])?;
    let (by, reason) = (person(&said)?, reason_of(&said)?);
    done(&asker, move |durable, actor| durable.undo_by_person((&reference, id), seen_version, (&by, &reason), actor))
        .await
}
