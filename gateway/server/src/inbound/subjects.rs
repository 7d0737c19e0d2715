//! Children by our ids, over HTTP: which of them wait for people, and the acts that take two (http, section 5).

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use store::Page;
use store::subject::{HandedOver, SubjectId, TwoPersons, Waiting};
use uuid::Uuid;

use super::acts::{member, reason_of, text};
use super::asker::{Act, Asker};
use super::identity::{actor, answer, whose};
use super::intake::store_problem;
use super::lists::{PAGE, PageAsked};
use super::messages::{json_answer, list_answer};
use super::problem::Problem;
use super::query::Query;
use super::stack::House;
use super::tags::etag;
use crate::durable::held::Child;
use crate::durable::moment::now;
use crate::durable::two_persons::{ByTwo, child_json};

/// `GET /v1/identity/subjects`: those that wait for people.
pub(crate) async fn list(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let asker = Asker::of(&house, request.extensions())?;
    let durable = &asker.durable;
    let names: Vec<&'static str> = ["state"].into_iter().chain(PAGE).collect();
    let query = Query::parse(request.uri().query(), &names)?;
    let states = [
        ("held", Waiting::GuardHold),
        ("releasing", Waiting::SecondPerson(TwoPersons::Release)),
        ("erasing", Waiting::SecondPerson(TwoPersons::Erase)),
        ("readmitting", Waiting::SecondPerson(TwoPersons::Readmit)),
        ("to-hand-over", Waiting::HandOver(now())),
    ];
    let what = query.choice("state", &states)?.unwrap_or(Waiting::GuardHold);
    let asked = PageAsked::read(&query, &durable.cursors, asker.caller.name(), "/v1/identity/subjects", &["state"])?;
    let most = usize::try_from(asked.limit).unwrap_or(usize::MAX);
    let (mut after, whose) = (asked.after, whose(&asker.caller));
    let mut page = Page { items: Vec::new(), next: None };
    // One more than a page shows whether there is another: what is not the caller's makes no page fuller.
    while page.items.len() <= most {
        let whose = whose.clone();
        let found = durable.think(move |durable| durable.waiting_children(what, after, most, &whose)).await?;
        let (children, last) = found.map_err(store_problem)?;
        page.items.extend(children);
        after = last;
        if after.is_none() {
            break;
        }
    }
    if page.items.len() > most {
        page.items.truncate(most);
        page.next = page.items.last().map(|child: &Child| child.id);
    }
    let (body, next) = asked.answer(&durable.cursors, &page, |child| child_json(child, child.seen));
    Ok(list_answer(&body, next.as_deref()))
}

/// `GET /v1/identity/subjects/{id}`.
pub(crate) async fn show(Path(id): Path<String>, asker: Asker) -> Result<Response, Problem> {
    let (id, whose) = (id_of(&id)?, whose(&asker.caller));
    let child = asker.durable.think(move |durable| durable.own_child(id, &whose)).await?.map_err(store_problem)?;
    let child = child.ok_or(Problem::NotFound { nearest: None })?;
    Ok(json_answer(&child_json(&child, child.seen), Some(etag(child.seen))))
}

/// `POST /v1/identity/subjects/{id}/release`.
pub(crate) async fn release(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    by_two(&id, act, TwoPersons::Release).await
}

/// `POST /v1/identity/subjects/{id}/erase`.
pub(crate) async fn erase(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    by_two(&id, act, TwoPersons::Erase).await
}

/// `POST /v1/identity/subjects/{id}/readmit`.
pub(crate) async fn readmit(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    by_two(&id, act, TwoPersons::Readmit).await
}

async fn by_two(id: &str, act: Act, what: TwoPersons) -> Result<Response, Problem> {
    let (asker, version, said) = act.on_version(&["reason"])?;
    let asked = ByTwo { id: id_of(id)?, version, act: what, reason: reason_of(&said)? };
    let (actor, durable) = (actor(&asker), &asker.durable);
    answer(durable.think(move |durable| durable.by_two(&asked, &actor)).await?.map_err(store_problem)?)
}

/// `POST /v1/identity/subjects/{id}/handed-over`: a person's word, before which nothing goes by itself.
pub(crate) async fn handed_over(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, version, said) = act.on_version(&["outcome"])?;
    let id = id_of(&id)?;
    let outcome = text(&said, "outcome")?.as_deref().and_then(HandedOver::of_word);
    let outcome =
        outcome.ok_or_else(|| member("outcome", "is neither handed-over nor could-not-be", "say which of them"))?;
    let (actor, durable) = (actor(&asker), &asker.durable);
    let acted =
        durable.think(move |durable| durable.hand_over(id, version, outcome, &actor)).await?.map_err(store_problem)?;
    answer(acted)
}

/// What is no id of ours names nobody.
fn id_of(text: &str) -> Result<SubjectId, Problem> {
    Uuid::try_parse(text).map_err(|_| Problem::NotFound { nearest: None })
}
