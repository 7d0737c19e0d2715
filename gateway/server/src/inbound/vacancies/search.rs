//! A search of a placements team: criteria, their results beside each home, and pages that go on where they ended.

use std::borrow::Cow;
use std::sync::Arc;

use axum::response::Response;
use exchange::market::question::{Kind, PARAMETERS, Question, QuestionFault};
use exchange::market::search::{Found, MILES_SAME_AREA, Paging};
use exchange::market::told::Told;
use kit::nearest::nearest;
use schemas::identifier::LaCode;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::super::asker::Asker;
use super::super::lists::{ITEMS_DEFAULT, ITEMS_MAX, PAGE, complain};
use super::super::messages::list_answer;
use super::super::problem::{Complaint, Place, Problem};
use super::super::stack::House;
use super::document::Seen;
use super::{PATH, item_of, rank, text, today};
use crate::durable::market::around::Around;

/// The parameters of a search as they came.
struct Asked<'q> {
    criteria: Vec<(&'static str, Cow<'q, str>)>,
    limit: u64,
    after: Option<Cow<'q, str>>,
}

impl<'q> Asked<'q> {
    fn read(query: Option<&'q str>) -> Result<Self, Problem> {
        let known = || PARAMETERS.iter().map(|(name, _)| *name).chain(PAGE);
        let mut asked = Self { criteria: Vec::new(), limit: ITEMS_DEFAULT, after: None };
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        for (number, (name, value)) in (1..).zip(pairs) {
            let Some(name) = known().find(|known| *known == name) else { return Err(unknown(number, &name, known())) };
            match name {
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=ITEMS_MAX).contains(limit));
                    let help = "ask for 1 to 200 items";
                    asked.limit = limit.ok_or_else(|| complain("limit", "is not between 1 and 200", help))?;
                }
                "after" => asked.after = Some(value),
                name => asked.criteria.push((name, value)),
            }
        }
        Ok(asked)
    }

    /// The criteria as the address of another page has them.
    fn address(&self) -> String {
        let mut address = form_urlencoded::Serializer::new(String::new());
        self.criteria.iter().for_each(|(name, value)| {
            address.append_pair(name, value);
        });
        address.finish()
    }
}

fn unknown(number: usize, name: &str, known: impl Iterator<Item = &'static str>) -> Problem {
    let message = match nearest(name, known) {
        Some(nearest) => format!("parameter number {number} is not known; nearest: {nearest}"),
        None => format!("parameter number {number} is not known"),
    };
    Problem::InvalidRequest(Complaint {
        rule: "http/unknown-parameter",
        message: message.into(),
        help: "leave it out; the parameters are named in the documentation of this address",
        place: Place::ParameterNumber(number),
    })
}

fn malformed(fault: &QuestionFault) -> Problem {
    let name = fault.parameter.unwrap_or("parameter");
    Problem::InvalidRequest(Complaint {
        rule: "http/parameter",
        message: format!("the parameter {name} is malformed or repeated; it takes {}", fault.takes).into(),
        help: "write it as the message says, once unless it says otherwise; `must:` or `want:` may stand before it",
        place: fault.parameter.map_or(Place::Body, Place::Parameter),
    })
}

/// Answers what an authority asks.
pub(super) async fn search(
    house: &Arc<House>,
    asker: &Asker,
    authority: LaCode,
    query: Option<&str>,
) -> Result<Response, Problem> {
    let asked = Asked::read(query)?;
    let day = today(&house.config);
    let question = Question::read(asked.criteria.iter().map(|(name, value)| (*name, &**value)), authority, day);
    let question = question.map_err(|fault| malformed(&fault))?;
    let views = house.config.views.get(&asker.caller.known.partner.view);
    let may_look =
        views.is_some_and(|view| view.precision("Vacancy", "status") != exchange::precision::Precision::Withheld);
    if question.authority != authority || !may_look {
        // A block contract of another authority is nobody else's to see.
        return Err(Problem::ViewWithholds);
    }
    let (address, cursors) = (asked.address(), &asker.durable.cursors);
    let whose = format!("{}\n{PATH}\n{address}", asker.caller.name());
    let place = match &asked.after {
        None => None,
        Some(cursor) => {
            let help = "take `next` of the page before, with the same filters";
            let place = cursors.open_place(cursor, &whose).and_then(|place| rank::read(&place));
            Some(place.ok_or_else(|| complain("after", "is no cursor of this list", help))?)
        }
    };
    // Another number for another search, so that no agency is always first.
    let (search, after) =
        place.map_or_else(|| (Uuid::new_v4().as_u64_pair().1, None), |(search, rank)| (search, Some(rank)));
    let paging = Paging { search, after, homes: usize::try_from(asked.limit).unwrap_or(usize::MAX) };
    let standing = asker.durable.market.standing();
    let (searched, around) = (standing.clone(), Around::of(&house.config, authority, day));
    let page = spawn_blocking(move || searched.market.search(&question, &around, paging));
    let page = page.await.map_err(|_| Problem::Internal)?;
    let seen = Seen::by(house, &asker.caller);
    let items: Vec<Value> = page
        .homes
        .iter()
        .filter_map(|found| {
            let home = (standing.id_of(&found.home)?, &*found.home);
            let mut item = item_of(&house.config, &seen, home, found.provider.as_deref(), day);
            item["criteria"] = found.criteria.iter().map(criterion).collect();
            item["order"] = order(found);
            Some(item)
        })
        .collect();
    let next = page.next.map(|rank| {
        let cursor = cursors.write_place(&rank::write(search, &rank), &whose);
        let and = if address.is_empty() { "" } else { "&" };
        format!("{PATH}?{address}{and}limit={}&after={cursor}", asked.limit)
    });
    let removed: serde_json::Map<String, Value> =
        page.removed_by_must.iter().map(|(name, count)| (name.clone(), json!(count))).collect();
    let body = json!({
        "items": items,
        "next": next,
        "found": page.found,
        "staleLeftOut": page.stale_left_out,
        "removedByMust": removed,
    });
    Ok(list_answer(&body, next.as_deref()))
}

fn criterion(told: &Told) -> Value {
    json!({
        "name": told.name,
        "kind": if told.kind == Kind::Must { "must" } else { "want" },
        "result": told.result.word(),
        "said": told.said,
        "asked": told.asked,
    })
}

/// The six values of the order (IFA formats, section 8).
fn order(found: &Found) -> Value {
    let rank = &found.rank;
    let miles = (rank.miles < MILES_SAME_AREA).then_some(rank.miles);
    let as_at = rank.as_at.0.map(|as_at| text(|out| as_at.write(out)));
    json!([rank.musts_unknown, rank.wants_met.0, rank.wants_not_met, miles, as_at, format!("{:016x}", rank.tie)])
}
