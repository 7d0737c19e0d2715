//! `homeward route`: what the first run of a route would send, and the approval of it.

use serde_json::{Value, json};

use crate::{
    arguments::gateway::{RouteCommand, ToGateway},
    asking::{self, Act, name, thing},
    failure::{Ended, Outcome},
    terminal::Terminal,
};

pub(crate) fn run(group: &ToGateway<RouteCommand>, terminal: &Terminal) -> Outcome {
    asking::run(&group.reach, terminal, |asking| match &group.command {
        RouteCommand::Preview { route } => {
            asking.tell_seen(&asking.get(&format!("/v1/routes/{}/preview", name(route)?), &[])?, preview)
        }
        RouteCommand::Approve { route, reason, if_match } => {
            let path = format!("/v1/routes/{}", name(route)?);
            let act = Act {
                if_match: if_match.as_deref(),
                question: "Approve this?",
                shown_by: "homeward route preview ROUTE --json",
            };
            let seen = act.seen(asking, || asking.get(&format!("{path}/preview"), &[]), preview)?;
            let Some(etag) = seen else { return Ok(Ended::WithErrors) };
            let told = asking.act(&format!("{path}/approve"), &json!({ "reason": reason }), Some(&etag))?;
            asking.tell(&told, |answer| {
                let mut text = thing(answer);
                if answer["state"] == "one-of-two" {
                    text.push_str("a second person approves it as well; until then nothing leaves\n");
                }
                text
            })
        }
    })
}

/// A preview for people: each recipient with what it would get, field by field.
fn preview(preview: &Value) -> String {
    let mut text = thing(&json!({ "route": preview["route"] }));
    for target in preview["targets"].as_array().into_iter().flatten() {
        text.push('\n');
        text.push_str(&thing(target));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_shows_each_recipient_with_its_fields_and_who_is_left_out() {
        let target = json!({
            "recipient": "uhcw", "view": "health@7c1e", "children": 12, "statements": {"Person": 12},
            "leftOut": {"adopted": 2}, "approval": "needed", "personsNeeded": 2,
            "fields": [{"field": "Person.name", "precision": "full"}],
        });
        let drawn = preview(&json!({ "route": "lcs-to-health", "targets": [target] }));
        let lines =
            ["route  lcs-to-health\n", "left out adopted   2\n", "persons needed     2\n", "Person.name  full\n"];
        for line in lines {
            assert!(drawn.contains(line), "{drawn}");
        }
    }
}
