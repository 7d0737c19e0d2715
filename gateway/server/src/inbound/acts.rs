//! What acts have in common: a small body in JSON, a reason, and what the store's refusals are to a caller.

use std::fmt;

use axum::body::{Body, Bytes};
use axum::http::header::{self, HeaderMap};
use http_body_util::{BodyExt, Limited};
use kit::nearest::nearest;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use store::Refused;

use super::problem::{Complaint, Place, Problem};
use super::stack::House;

/// Characters of a reason.
const REASON_CHARS_MAX: usize = 500;

/// Reads the small body of an act, which is JSON where there is one.
///
/// # Errors
/// [`Problem::UnsupportedMediaType`], [`Problem::TooLarge`], [`Problem::InvalidRequest`] when it ends too early.
pub(crate) async fn small_body(headers: &HeaderMap, body: Body, house: &House) -> Result<Bytes, Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?"));
    let most = usize::try_from(house.config.limits.json_bytes_max).unwrap_or(usize::MAX);
    let bytes = Limited::new(body, most).collect().await.map_err(|error| {
        if error.is::<http_body_util::LengthLimitError>() {
            Problem::TooLarge { limit: "json_bytes_max" }
        } else {
            malformed("the body ends before its announced end")
        }
    })?;
    let bytes = bytes.to_bytes();
    if !bytes.is_empty() && !is_json(content_type.unwrap_or_default()) {
        return Err(Problem::UnsupportedMediaType { accepted: vec!["application/json"], coding: false });
    }
    Ok(bytes)
}

/// A small JSON object whose members are known by name; no body is an empty object.
///
/// # Errors
/// [`Problem::InvalidRequest`] for anything else than an object of these members, each once.
pub(crate) fn said(bytes: &[u8], members: &[&'static str]) -> Result<Map<String, Value>, Problem> {
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    let object = strict_object(bytes).ok_or_else(|| malformed("the body is not one JSON object"))?;
    only_known(&object, members, Place::Body)?;
    Ok(object)
}

/// Whether a media type is JSON in UTF-8 (http, section 1.7).
fn is_json(content_type: &str) -> bool {
    let mut parameters = content_type.split(';');
    let essence = parameters.next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        && parameters.filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
            !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
}

/// An object within the body, whose members are known by name too; `None` where there is none.
///
/// # Errors
/// [`Problem::InvalidRequest`] when it is something else, or has a member of another name.
pub(crate) fn object<'b>(
    body: &'b Map<String, Value>,
    name: &'static str,
    members: &[&'static str],
    help: &'static str,
) -> Result<Option<&'b Map<String, Value>>, Problem> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => only_known(object, members, Place::Member(name)).map(|()| Some(object)),
        Some(_) => Err(member(name, "is not an object", help)),
    }
}

fn only_known(object: &Map<String, Value>, members: &[&'static str], place: Place) -> Result<(), Problem> {
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
                place,
            }));
        }
    }
    Ok(())
}

/// How deep one value may stand in another (http, section 1.7).
const DEPTH_LEVELS_MAX: usize = 64;

/// One object in which no member stands twice, at any depth: a map would keep the last without a word.
pub(crate) fn strict_object(bytes: &[u8]) -> Option<Map<String, Value>> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth_left: DEPTH_LEVELS_MAX }.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// Reads a value whose objects name each member once.
struct Strict {
    depth_left: usize,
}

impl Strict {
    fn inner<E: de::Error>(&self) -> Result<Self, E> {
        let depth_left = self.depth_left.checked_sub(1).ok_or_else(|| E::custom("too deep"))?;
        Ok(Self { depth_left })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value in JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            if members.insert(name, access.next_value_seed(self.inner()?)?).is_some() {
                return Err(de::Error::custom("twice"));
            }
        }
        Ok(Value::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self.inner()?)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
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

/// A member that is true or false.
///
/// # Errors
/// [`Problem::InvalidRequest`] when it is something else: what was meant as a trial must not be done.
pub(crate) fn flag(body: &Map<String, Value>, name: &'static str) -> Result<Option<bool>, Problem> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(member(name, "is neither true nor false", "write it without quotes")),
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
        // Another did it since this one asked for the first answer, and it is there now.
        Refused::Repeated { .. } => Problem::IdempotencyInProgress,
        Refused::SameContent(_) | Refused::Used => Problem::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_stands_once_wherever_it_stands() {
        let read = |text: &str| strict_object(text.as_bytes()).map(Value::Object);
        let whole = r#"{"a":{"b":[1,-2,2.5,true,null,"x"],"c":{}},"b":{"b":1}}"#;
        assert_eq!(read(whole), serde_json::from_str(whole).ok());
        for wrong in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[{"b":1,"b":1}]}"#,
            r#"{"a":1,"\u0061":1}"#,
            "[]",
            "7",
            "{} {}",
            "{",
            "",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_not_read() {
        let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(strict_object(nested(DEPTH_LEVELS_MAX - 1).as_bytes()).is_some());
        assert!(strict_object(nested(DEPTH_LEVELS_MAX + 1).as_bytes()).is_none());
        assert!(strict_object(nested(1_000_000).as_bytes()).is_none());
    }
}
