//! Relations, over HTTP: which recipients an authority has named for its own children (http, section 5).

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use store::identity::RelationFilter;
use uuid::Uuid;

use super::acts::{member, object, text};
use super::asker::{Act, Asker};
use super::identity::{actor, answer, day, identifier_of, is_ods, whose};
use super::intake::store_problem;
use super::lists::{PAGE, PageAsked};
use super::messages::list_answer;
use super::problem::Problem;
use super::query::Query;
use super::stack::House;
use crate::durable::relating::{ToRelate, relation_json};

const PATH: &str = "/v1/identity/relations";

/// `GET /v1/identity/relations`: those that stand.
pub(crate) async fn list(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let asker = Asker::of(&house, request.extensions())?;
    let durable = &asker.durable;
    let names: Vec<&'static str> = ["ods", "subject"].into_iter().chain(PAGE).collect();
    let query = Query::parse(request.uri().query(), &names)?;
    let asked = PageAsked::read(&query, &durable.cursors, asker.caller.name(), PATH, &["ods", "subject"])?;
    let filter = RelationFilter {
        ods: query.get("ods").map(str::to_owned),
        subject: query.id("subject")?,
        after: asked.after,
        limit: asked.limit,
    };
    let whose = whose(&asker.caller);
    let page = durable.think(move |durable| durable.own_relations(filter, &whose)).await?.map_err(store_problem)?;
    let (body, next) = asked.answer(&durable.cursors, &page, relation_json);
    Ok(list_answer(&body, next.as_deref()))
}

/// `POST /v1/identity/relations`.
pub(crate) async fn relate(act: Act) -> Result<Response, Problem> {
    let (asker, said) = act.said(&["ods", "child", "since", "until"])?;
    let help = "give `{\"system\", \"value\"}` of the child";
    let child = object(&said, "child", &["system", "value", "authority"], help)?
        .ok_or_else(|| member("child", "is needed", help))?;
    let to_relate = ToRelate {
        child: identifier_of(child, &asker.caller)?,
        ods: text(&said, "ods")?
            .filter(|ods| is_ods(ods))
            .ok_or_else(|| member("ods", "is not the ODS code of a recipient", "3 to 12 capital letters and digits"))?,
        since: day(&said, "since")?.ok_or_else(|| member("since", "is needed", "a day as YYYY-MM-DD"))?,
        until: day(&said, "until")?,
    };
    if to_relate.until.is_some_and(|until| until < to_relate.since) {
        return Err(member("until", "is before since", "give a later day, or leave it out"));
    }
    let (actor, durable) = (actor(&asker), &asker.durable);
    answer(durable.think(move |durable| durable.relate(&to_relate, &actor)).await?.map_err(store_problem)?)
}

/// `DELETE /v1/identity/relations/{id}`.
pub(crate) async fn end(Path(id): Path<String>, act: Act) -> Result<Response, Problem> {
    let (asker, _) = act.said(&[])?;
    let id = Uuid::try_parse(&id).map_err(|_| Problem::NotFound { nearest: None })?;
    let (actor, durable) = (actor(&asker), &asker.durable);
    answer(durable.think(move |durable| durable.end_relation(id, &actor)).await?.map_err(store_problem)?)
}
