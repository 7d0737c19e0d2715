//! Looking a child up, over HTTP: by an identifier, which finds it, or by name and birth date, which never does more than
//! show what is proposed (http, section 5).

use axum::response::Response;
use exchange::likeness::Likeness;
use schemas::code::Sex;
use serde_json::{Map, Value, json};

use super::acts::{member, text};
use super::asker::{Act, Asker};
use super::identity::{day, identifier_of, proposal_json, tell, whose};
use super::intake::store_problem;
use super::messages::json_answer;
use super::problem::Problem;

/// `POST /v1/identity/lookup`.
pub(crate) async fn lookup(act: Act) -> Result<Response, Problem> {
    let (asker, said) = act.said(&["system", "value", "authority", "name", "birthDate", "sex"])?;
    let by_name = ["name", "birthDate", "sex"].iter().any(|name| said.contains_key(*name));
    if by_name { by_likeness(asker, &said).await } else { by_identifier(asker, &said).await }
}

async fn by_identifier(asker: Asker, said: &Map<String, Value>) -> Result<Response, Problem> {
    let identifier = identifier_of(said, &asker.caller)?;
    let whose = whose(&asker.caller);
    let durable = &asker.durable;
    let found = durable.read(move |store| store.find(&[identifier])).await?.into_iter().flatten().next();
    let mut subjects = Vec::new();
    if let Some(id) = found {
        let child = durable.think(move |durable| durable.open_children(&[id])).await?.map_err(store_problem)?.pop();
        if let Some(child) = child.filter(|child| whose.take_in(child)) {
            subjects.push(json!({ "id": child.id, "sources": child.holdings.keys().collect::<Vec<_>>() }));
        }
    }
    let subject = if subjects.is_empty() { None } else { found };
    tell(&asker, "lookup", |line| line.subject = subject).await?;
    Ok(json_answer(&json!({ "subjects": subjects }), None))
}

/// What is proposed of the caller's children of that name: never who they are.
async fn by_likeness(asker: Asker, said: &Map<String, Value>) -> Result<Response, Problem> {
    if let Some(other) = ["system", "value", "authority"].into_iter().find(|other| said.contains_key(*other)) {
        return Err(member(other, "does not go with a name", "look up by an identifier, or by name and birth date"));
    }
    let name =
        text(said, "name")?.ok_or_else(|| member("name", "is needed", "first name first, then the family name"))?;
    let born = day(said, "birthDate")?.ok_or_else(|| member("birthDate", "is needed", "a day as YYYY-MM-DD"))?;
    let sex = match text(said, "sex")?.as_deref() {
        None | Some("unknown") => None,
        Some("male") => Some(Sex::Male),
        Some("female") => Some(Sex::Female),
        Some(_) => {
            return Err(member("sex", "is not male, female or unknown", "write one of these words, or leave it out"));
        }
    };
    let asked = Likeness::asked(&name, born, sex)
        .ok_or_else(|| member("name", "is not a first and a family name", "first name first, then the family name"))?;
    let whose = whose(&asker.caller);
    let found = asker.durable.think(move |durable| durable.proposed_of(&asked, &whose)).await?;
    let proposals: Vec<Value> = found.map_err(store_problem)?.iter().map(proposal_json).collect();
    tell(&asker, "lookup", |line| line.outcome = Some("by-name".to_owned())).await?;
    Ok(json_answer(&json!({ "subjects": [], "proposals": proposals }), None))
}
