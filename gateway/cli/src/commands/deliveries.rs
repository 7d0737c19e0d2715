//! `homeward deliveries`: what leaves a gateway, what could not, and what is done about it.

use serde_json::{Value, json};

use crate::{
    arguments::gateway::{ActArguments, DeliveriesCommand, ToGateway},
    asking::{self, Act, Asked, Asking, List, id, thing},
    failure::{Ended, Failure, Outcome},
    terminal::Terminal,
};

const LIST: [(&str, &str); 8] = [
    ("id", "id"),
    ("route", "route"),
    ("recipient", "recipient"),
    ("state", "state"),
    ("attempt", "attempt"),
    ("planned", "plannedAt"),
    ("next try", "nextAt"),
    ("reason", "reason"),
];

/// Of those that wait for a person: whose fault it is, and whether others wait behind.
const DEAD: [(&str, &str); 8] = [
    ("id", "id"),
    ("route", "route"),
    ("recipient", "recipient"),
    ("attempt", "attempt"),
    ("planned", "plannedAt"),
    ("fault", "faultSide"),
    ("holds lane", "holdsLane"),
    ("reason", "reason"),
];

pub(crate) fn run(group: &ToGateway<DeliveriesCommand>, terminal: &Terminal) -> Outcome {
    asking::run(&group.reach, terminal, |asking| match &group.command {
        DeliveriesCommand::List { dead, state, route, recipient, message, list } => {
            let filters = [
                ("state", state.as_deref()),
                ("route", route.as_deref()),
                ("recipient", recipient.as_deref()),
                ("message", message.as_deref()),
                ("since", list.since.as_deref()),
                ("until", list.until.as_deref()),
            ];
            let (path, columns) = if *dead { ("/v1/dead-letters", &DEAD) } else { ("/v1/deliveries", &LIST) };
            List { path, filters: &filters, limit: list.limit, columns }.run(asking)
        }
        DeliveriesCommand::Show { id } => asking.tell_seen(&asking.get(&path(id)?, &[])?, thing),
        DeliveriesCommand::Retry { act } => acted(asking, act, "Try this delivery again?", "retry", &json!({})),
        DeliveriesCommand::Discard { act, reason } => {
            acted(asking, act, "Give this delivery up?", "discard", &json!({ "reason": reason }))
        }
    })
}

fn path(text: &str) -> Result<String, Failure> {
    Ok(format!("/v1/deliveries/{}", id(text)?))
}

fn acted(asking: &Asking<'_>, act: &ActArguments, question: &str, verb: &str, body: &Value) -> Asked<Ended> {
    let path = path(&act.id)?;
    let act = Act { if_match: act.if_match.as_deref(), question, shown_by: "homeward deliveries show ID --json" };
    let Some(etag) = act.seen(asking, || asking.get(&path, &[]), thing)? else { return Ok(Ended::WithErrors) };
    let told = asking.act(&format!("{path}/{verb}"), body, Some(&etag))?;
    asking.tell_seen(&told, thing)
}
