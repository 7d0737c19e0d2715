//! What an authority sends to look for a home: the request, whose children it is about, and who decides.
//!
//! The child's own identifier never leaves the first lines here: everything below knows it as a blind index.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use exchange::market::referral::issue::Choices;
use schemas::record::{Referral, ReferralWave, Statement};
use schemas::reflect::Number;
use schemas::said::Said;
use serde_json::{Map, Value, json};
use store::identity::BlindIdentifier;

use super::super::acts::{flag, member, object, said, text};
use super::super::asker::Act;
use super::super::identity::identifier_of;
use super::super::partners::Caller;
use super::super::problem::Problem;
use super::super::stack::House;
use super::super::tags::if_match;
use super::{document, done, own_authority, person, reference_of};
use crate::durable::market::referrals::issuing::ToIssue;

/// Members of the request that are the document's.
const DOCUMENT: [&str; 9] =
    ["framework", "authority", "request", "children", "siblings", "matching", "summary", "respondBy", "maxWeeklyPence"];

/// Members of a child's identifier.
const LINK: [&str; 3] = ["system", "value", "authority"];

/// The most children of one search.
const CHILDREN_MAX: usize = 12;

/// `POST /v1/referrals`.
pub(crate) async fn issue(State(house): State<Arc<House>>, act: Act) -> Result<Response, Problem> {
    let beside = ["child", "by", "waves", "tick", "withhold", "inHouseSkipped"];
    let members: Vec<&'static str> = DOCUMENT.into_iter().chain(beside).collect();
    let (asker, mut said) = act.said(&members)?;
    let authority = own_authority(&asker)?;
    let by = person(&said)?;
    let choices = choices(&said)?;
    let in_house_skipped = text(&said, "inHouseSkipped")?.filter(|reason| !reason.trim().is_empty());
    let waves = waves(&said)?;
    let children = links(&mut said, &asker.caller)?;
    let mut referral = read(&house, &said).await?;
    referral.more.get_or_insert_default().waves = Said::Is(waves);
    let to_issue = ToIssue { children, referral, choices, by, in_house_skipped };
    done(&asker, move |durable, actor| durable.issue(to_issue, authority, actor)).await
}

/// `PUT /v1/referrals/{reference}`.
pub(crate) async fn revise(
    State(house): State<Arc<House>>,
    Path(reference): Path<String>,
    act: Act,
) -> Result<Response, Problem> {
    let (asker, headers, body) = act.document();
    let seen = if_match(&headers)?;
    let members: Vec<&'static str> = DOCUMENT.into_iter().chain(["by", "tick", "withhold"]).collect();
    let said = said(&body, &members)?;
    let reference = reference_of(&reference)?;
    let (by, choices) = (person(&said)?, choices(&said)?);
    let referral = read(&house, &said).await?;
    done(&asker, move |durable, actor| durable.revise((&reference, seen), &referral, choices, &by, actor)).await
}

/// Reads the members that are the document's by its format.
async fn read(house: &Arc<House>, said: &Map<String, Value>) -> Result<Referral, Problem> {
    // Its name is made when it is sent out; the format asks for one.
    let mut whole = json!({ "format": "homeward/referral", "version": "1", "referralId": "R-NEW" });
    for name in DOCUMENT {
        if let Some(value) = said.get(name).filter(|value| !value.is_null()) {
            whole[name] = match (name, value) {
                ("framework", Value::String(id)) => json!({ "id": id }),
                _ => value.clone(),
            };
        }
    }
    match document::one(house, "referral-json", whole.to_string().into_bytes()).await? {
        Statement::Referral(referral) => Ok(referral),
        _ => Err(Problem::Internal),
    }
}

/// Takes the identifiers of the children out of the request.
fn links(said: &mut Map<String, Value>, caller: &Caller) -> Result<Vec<BlindIdentifier>, Problem> {
    const HELP: &str = "{\"system\":\"la-child\",\"value\":\"…\"}: the child's own id, which never leaves this gateway";
    let first = object(said, "child", &LINK, HELP)?.map(|link| identifier_of(link, caller)).transpose()?;
    let Some(Value::Array(children)) = said.get_mut("children") else {
        return first.map(|first| vec![first]).ok_or_else(|| member("child", "is needed", HELP));
    };
    if children.is_empty() || children.len() > CHILDREN_MAX {
        return Err(member(
            "children",
            "are not 1 to 12",
            "one referral is for one child, or for brothers and sisters",
        ));
    }
    let mut links = Vec::new();
    for (number, child) in children.iter_mut().enumerate() {
        let Value::Object(child) = child else {
            return Err(member("children", "are not objects", "one object a child, as referral-json has them"));
        };
        let own = object(child, "child", &LINK, HELP)?.map(|link| identifier_of(link, caller)).transpose()?;
        child.remove("child");
        let own = own.or_else(|| first.clone().filter(|_| number == 0));
        links.push(own.ok_or_else(|| member("child", "is needed in each of the children", HELP))?);
    }
    Ok(links)
}

fn choices(said: &Map<String, Value>) -> Result<Choices, Problem> {
    let words = |name: &'static str, known: &[&str]| -> Result<Vec<String>, Problem> {
        let help = "tick: languages; withhold: languages, uasc, ethnicGroup";
        let Some(value) = said.get(name).filter(|value| !value.is_null()) else { return Ok(Vec::new()) };
        let words: Option<Vec<String>> =
            value.as_array().and_then(|words| words.iter().map(|word| word.as_str().map(str::to_owned)).collect());
        let words = words.filter(|words| words.iter().all(|word| known.contains(&word.as_str())));
        words.ok_or_else(|| member(name, "is no list of known words", help))
    };
    let (tick, withhold) = (words("tick", &["languages"])?, words("withhold", &["languages", "uasc", "ethnicGroup"])?);
    let withholds = |word: &str| withhold.iter().any(|known| known == word);
    Ok(Choices {
        tells_languages: !tick.is_empty(),
        withholds_languages: withholds("languages"),
        withholds_ethnic_group: withholds("ethnicGroup"),
        withholds_uasc: withholds("uasc"),
    })
}

/// The waves of a request: whom each asks, and when it opens.
fn waves(said: &Map<String, Value>) -> Result<Vec<ReferralWave>, Problem> {
    const HELP: &str = "[{\"to\":[\"in-house\"],\"opens\":\"now\"},{\"to\":[\"tier:1\"],\"opens\":{\"afterHours\":24}},\
        {\"to\":[\"framework:ID\"],\"opens\":\"by-person\"}]";
    let Some(Value::Array(waves)) = said.get("waves") else { return Err(member("waves", "are needed", HELP)) };
    let read = |(number, wave): (usize, &Value)| -> Result<ReferralWave, Problem> {
        let Value::Object(wave) = wave else { return Err(member("waves", "are not objects", HELP)) };
        let known = ["to", "opens", "includeWithoutVacancy"];
        if wave.keys().any(|name| !known.contains(&name.as_str())) {
            return Err(member("waves", "have a member that is not known", HELP));
        }
        let to: Option<Vec<Box<str>>> = wave
            .get("to")
            .and_then(Value::as_array)
            .and_then(|to| to.iter().map(|text| text.as_str().map(Into::into)).collect());
        let to = to.ok_or_else(|| member("waves", "do not say whom they ask", HELP))?;
        let after_hours = match wave.get("opens") {
            Some(Value::String(word)) if word == "now" && number == 0 => Said::NotAsked,
            Some(Value::String(word)) if word == "by-person" && number > 0 => Said::NotAsked,
            Some(Value::Object(opens)) if number > 0 && opens.len() == 1 => {
                let hours = opens.get("afterHours").and_then(Value::as_u64).and_then(|hours| u16::try_from(hours).ok());
                let hours = hours.and_then(Number::<999>::new);
                Said::Is(hours.ok_or_else(|| member("waves", "open after 0 to 999 working hours", HELP))?)
            }
            None if number == 0 => Said::NotAsked,
            _ => return Err(member("waves", "do not say when they open: the first now, others later", HELP)),
        };
        let include = flag(wave, "includeWithoutVacancy")?.map_or(Said::NotAsked, Said::Is);
        Ok(ReferralWave { to: Said::Is(to), after_hours, include_without_vacancy: include, ..ReferralWave::default() })
    };
    waves.iter().enumerate().map(read).collect()
}
