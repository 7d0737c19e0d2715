//! What acts have in common: a small body in JSON, a reason, and what the store's refusals are to a caller.

use axum::extract::Request;
use axum::http::header;
use http_body_util::{BodyExt, Limited};
use kit::nearest::nearest;
use serde_json::{Map, Value};
use store::Refused;

use super::problem::{Complaint, Place, Problem};
use super::stack::House;

/// Characters of a reason.
const REASON_CHARS_MAX: usize = 500;

/// Reads a small JSON object whose members are known by name; no body is an empty object.
///
/// # Errors
/// [`Problem::UnsupportedMediaType`], [`Problem::TooLarge`], [`Problem::InvalidRequest`] for anything else than an
/// object of these members, each once.
pub(crate) async fn body(
    request: Request,
    house: &House,
    members: &[&'static str],
) -> Result<Map<String, Value>, Problem> {
    let content_type =
        request.headers().get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?").to_owned());
    let most = usize::try_from(house.config.limits.json_bytes_max).unwrap_or(usize::MAX);
    let bytes = Limited::new(request.into_body(), most).collect().await.map_err(|error| {
        if error.is::<http_body_util::LengthLimitError>() {
            Problem::TooLarge { limit: "json_bytes_max" }
        } else {
            malformed("the body ends before its announced end")
        }
    })?;
    let bytes = bytes.to_bytes();
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    let essence = content_type.as_deref().and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::UnsupportedMediaType { accepted: vec!["application/json"], coding: false });
    }
    let object = strict_object(&bytes).ok_or_else(|| malformed("the body is not one JSON object"))?;
    for (number, name) in (1..).zip(object.keys()) {
        if !members.contains(&name.as_str()) {
            let nearest = nearest(name, members.iter().copied());
            let message = match nearest {
                Some(nearest) => format!("member number {number} is not known; nearest: {nearest}"),
                None => format!("member number {number} is not known"),
            };
            return Err(Problem::InvalidRequest(Complaint {
                rule: "http/unknown-member",
                message: message.into(),
                help: "leave it out",
                place: Place::Body,
            }));
        }
    }
    Ok(object)
}

/// One object without a member twice: a map would keep the last without a word.
fn strict_object(bytes: &[u8]) -> Option<Map<String, Value>> {
    struct Once(Map<String, Value>);
    impl<'de> serde::Deserialize<'de> for Once {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Once;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut access: A) -> Result<Once, A::Error> {
                    let mut members = Map::new();
                    while let Some((name, value)) = access.next_entry::<String, Value>()? {
                        if members.insert(name, value).is_some() {
                            return Err(serde::de::Error::custom("twice"));
                        }
                    }
                    Ok(Once(members))
                }
            }
            deserializer.deserialize_map(Visitor)
        }
    }
    serde_json::from_slice::<Once>(bytes).ok().map(|once| once.0)
}

/// The reason that a person gives.
///
/// # Errors
/// [`Problem::InvalidRequest`] when there is none, or it is longer than a reason.
pub(crate) fn reason_of(body: &Map<String, Value>) -> Result<String, Problem> {
    let reason = text(body, "reason")?.filter(|reason| !reason.trim().is_empty());
    reason.ok_or_else(|| member("reason", "is needed", "say why, in a sentence that names no child"))
}

/// A text member, of at most as many characters as a reason.
///
/// # Errors
/// [`Problem::InvalidRequest`] when it is something else.
pub(crate) fn text(body: &Map<String, Value>, name: &'static str) -> Result<Option<String>, Problem> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= REASON_CHARS_MAX => Ok(Some(text.clone())),
        Some(_) => Err(member(name, "is not a text of at most 500 characters", "write it in quotes")),
    }
}

/// A complaint about a member of the body.
pub(crate) fn member(name: &'static str, message: &'static str, help: &'static str) -> Problem {
    Problem::InvalidRequest(Complaint {
        rule: "http/member",
        message: format!("{name} {message}").into(),
        help,
        place: Place::Member(name),
    })
}

fn malformed(message: &'static str) -> Problem {
    Problem::InvalidRequest(Complaint {
        rule: "http/body",
        message: message.into(),
        help: "send one JSON object in UTF-8",
        place: Place::Body,
    })
}

/// What a refusal of the store is to whoever acts.
pub(crate) fn act_problem(refused: &Refused) -> Problem {
    match refused {
        Refused::Clash | Refused::Stale => Problem::PreconditionFailed,
        Refused::State(state) => Problem::State { state },
        Refused::Missing => Problem::NotFound { nearest: None },
        Refused::Mismatch => Problem::IdempotencyMismatch,
        Refused::Repeated { .. } | Refused::SameContent(_) | Refused::Used => Problem::Internal,
    }
}
