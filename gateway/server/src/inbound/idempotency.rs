//! Idempotency keys: reading them, knowing which of them are under way, and what an act under one is answered with,
//! now and when it is asked for again (http, section 1.6).

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{Context, SHA256, digest};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use store::batch::Idempotency;
use store::{Refused, StoreFault};

use super::acts::act_problem;
use super::intake::store_problem;
use super::messages::json_answer;
use super::problem::Problem;
use super::tags::etag;
use crate::durable::Durable;
use crate::durable::arriving::sha256;
use crate::durable::moment::{hours_before, now};

/// Characters of a key.
const KEY_CHARS_MAX: usize = 255;

/// Bytes of an answer that is kept whole; of a longer one its status and version are.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A caller's key, without the quotes of a structured string.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads the header: a structured string or bare text, 1 to 255 visible ASCII characters.
    ///
    /// # Errors
    /// [`Problem::InvalidHeader`], also when there are two.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let malformed = || Problem::InvalidHeader("Idempotency-Key");
        let mut values = headers.get_all("idempotency-key").iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(malformed());
        }
        let text = value.to_str().map_err(|_| malformed())?.trim();
        let key = match text.strip_prefix('"') {
            Some(rest) => rest.strip_suffix('"').ok_or_else(malformed)?,
            None => text,
        };
        let visible = key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
        if key.is_empty() || key.len() > KEY_CHARS_MAX || !visible {
            return Err(malformed());
        }
        Ok(Some(Self(key.to_owned())))
    }

    /// The id that a caller has given its request, where it gives no key.
    pub(crate) fn of_request(id: uuid::Uuid) -> Self {
        Self(id.to_string())
    }

    /// The key of one entry of a batch, of that of the whole.
    pub(crate) fn of_entry(self, n: usize) -> Self {
        Self(format!("{}.{n}", self.0))
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// Keys whose first request has not been answered yet.
pub(crate) type RunningKeys = Arc<Mutex<HashSet<String>>>;

/// A request under way; it frees its key when it ends, however it ends.
pub(crate) struct Running {
    keys: RunningKeys,
    name: String,
}

impl Running {
    /// Begins a request under a key.
    ///
    /// # Errors
    /// [`Problem::IdempotencyInProgress`] while another runs under it.
    pub(crate) fn begin(keys: &RunningKeys, caller: &str, path: &str, key: &IdempotencyKey) -> Result<Self, Problem> {
        let name = format!("{caller}\n{path}\n{}", key.0);
        let fresh = keys.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        if !fresh {
            return Err(Problem::IdempotencyInProgress);
        }
        Ok(Self { keys: keys.clone(), name })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// What makes two requests under one key the same: query, type and body (http, section 1.6).
pub(crate) fn fingerprint(uri: &Uri, headers: &HeaderMap, body: &[u8; 32]) -> [u8; 32] {
    let content_type = headers.get(header::CONTENT_TYPE).map_or(&[][..], HeaderValue::as_bytes);
    let mut context = Context::new(&SHA256);
    for piece in [uri.query().unwrap_or_default().as_bytes(), content_type] {
        context.update(&(piece.len() as u64).to_be_bytes());
        context.update(piece);
    }
    context.update(body);
    sha256(context.finish())
}

/// An answer of the first request under a key, given again.
pub(crate) fn mark_replayed(headers: &mut HeaderMap) {
    headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
}

/// A key under which an act is done once; nobody else begins one under it as long as this is held.
pub(crate) struct Once {
    key: Idempotency,
    _running: Running,
}

impl Once {
    /// Begins an act under the caller's key, if it shows one.
    ///
    /// # Errors
    /// [`Problem::InvalidHeader`], [`Problem::IdempotencyInProgress`].
    pub(crate) fn begin(
        durable: &Durable,
        caller: &str,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Option<Arc<Self>>, Problem> {
        Self::begin_hashed(durable, caller, parts, &sha256(digest(&SHA256, body)))
    }

    /// The same, of a body of which only the hash is at hand.
    ///
    /// # Errors
    /// As [`Once::begin`].
    pub(crate) fn begin_hashed(
        durable: &Durable,
        caller: &str,
        parts: &Parts,
        body: &[u8; 32],
    ) -> Result<Option<Arc<Self>>, Problem> {
        let Some(key) = IdempotencyKey::read(&parts.headers)? else { return Ok(None) };
        let (path, at) = (parts.uri.path(), now());
        let running = Running::begin(&durable.running, caller, path, &key)?;
        let hours = durable.retention().idempotency_hours;
        let key = Idempotency {
            partner: caller.to_owned(),
            request: format!("{} {path}", parts.method),
            key: key.into_text(),
            fingerprint: fingerprint(&parts.uri, &parts.headers, body),
            answer: Vec::new(),
            expires_at: at.saturating_add(at - hours_before(at, hours)),
            now: at,
            lenient: false,
        };
        Ok(Some(Arc::new(Self { key, _running: running })))
    }

    /// What the first act under this key was answered with; `None` when this is the first.
    ///
    /// # Errors
    /// [`Problem::IdempotencyMismatch`] when it was another request.
    pub(crate) async fn first_answer(&self, durable: &Durable) -> Result<Option<Response>, Problem> {
        let key = self.key.clone();
        match durable.read(move |store| store.first_answer(&key)).await? {
            None => Ok(None),
            Some(Refused::Repeated { answer, .. }) => {
                let answer = Answered::from_bytes(&answer).map_err(store_problem)?;
                let mut response = answer.into_response();
                mark_replayed(response.headers_mut());
                Ok(Some(response))
            }
            Some(refused) => Err(act_problem(&refused)),
        }
    }

    /// The key as the commit keeps it that does the act.
    pub(crate) fn with(&self, answer: &Answered) -> Idempotency {
        Idempotency { answer: answer.to_bytes(), ..self.key.clone() }
    }
}

/// What an act is answered with, known before it is done, so that the commit that does it keeps it too.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Answered {
    status: StatusCode,
    /// The version of the thing from then on.
    version: Option<u64>,
    /// Where the thing is, when it is new.
    location: Option<String>,
    /// What it says; nothing where it was too long to be kept.
    body: Option<Value>,
}

impl Answered {
    pub(crate) fn new(status: StatusCode, body: Value, version: Option<u64>) -> Self {
        Self { status, version, location: None, body: Some(body) }
    }

    /// That it is done, and nothing more.
    pub(crate) fn empty(version: u64) -> Self {
        Self { status: StatusCode::NO_CONTENT, version: Some(version), location: None, body: None }
    }

    /// The same, of something new that is at this address.
    pub(crate) fn at(self, location: String) -> Self {
        Self { location: Some(location), ..self }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let whole = |body: &Option<Value>| json!({ "status": self.status.as_u16(), "version": self.version, "location": self.location, "body": body });
        let bytes = whole(&self.body).to_string();
        if bytes.len() <= ANSWER_BYTES_MAX { bytes.into() } else { whole(&None).to_string().into() }
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, StoreFault> {
        const NOT_OURS: StoreFault = StoreFault::Corrupt("an answer is not what was written");
        let mut stored: Value = serde_json::from_slice(bytes).map_err(|_| NOT_OURS)?;
        let status = stored["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        Ok(Self {
            status: status.and_then(|status| StatusCode::from_u16(status).ok()).ok_or(NOT_OURS)?,
            version: stored["version"].as_u64(),
            location: stored["location"].as_str().map(str::to_owned),
            body: Some(stored["body"].take()).filter(|body| !body.is_null()),
        })
    }
}

impl IntoResponse for Answered {
    fn into_response(self) -> Response {
        let mut response = self.body.map_or_else(Response::default, |body| json_answer(&body, None));
        *response.status_mut() = self.status;
        if let Some(version) = self.version {
            response.headers_mut().insert(header::ETAG, etag(version));
        }
        if let Some(location) = self.location.and_then(|location| HeaderValue::try_from(location).ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_whole_unless_it_is_long() {
        let answer = Answered::new(StatusCode::ACCEPTED, json!({ "a": [1, "b"] }), Some(7));
        assert_eq!(Answered::from_bytes(&answer.to_bytes()).unwrap(), answer);
        let long = Answered::new(StatusCode::OK, json!("x".repeat(ANSWER_BYTES_MAX)), None);
        let kept = Answered::from_bytes(&long.to_bytes()).unwrap();
        assert_eq!(kept, Answered { status: StatusCode::OK, version: None, location: None, body: None });
        let new = answer.at("/v1/things/1".to_owned());
        assert_eq!(Answered::from_bytes(&new.to_bytes()).unwrap(), new);
        let done = Answered::empty(3);
        assert_eq!(Answered::from_bytes(&done.to_bytes()).unwrap(), done);
        for wrong in [&b""[..], b"{}", b"{\"status\":7}", b"[]", b"7"] {
            assert!(Answered::from_bytes(wrong).is_err());
        }
    }

    fn read(values: &[&str]) -> Result<Option<IdempotencyKey>, Problem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("idempotency-key", value.parse().unwrap());
        }
        IdempotencyKey::read(&headers)
    }

    #[test]
    fn a_key_is_a_structured_string_or_bare_text() {
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&["\"abc-1\""]).unwrap(), read(&["abc-1"]).unwrap());
        assert!(read(&[&"k".repeat(255)]).is_ok());
        for wrong in ["", "\"", "\"open", "two words", &"k".repeat(256), "a\"b"] {
            assert!(read(&[wrong]).is_err(), "{wrong}");
        }
        assert!(read(&["a", "b"]).is_err());
    }

    #[test]
    fn a_key_is_taken_while_its_request_runs_and_free_after() {
        let keys = RunningKeys::default();
        let key = read(&["k"]).unwrap().unwrap();
        let running = Running::begin(&keys, "a", "/p", &key).ok().unwrap();
        assert!(matches!(Running::begin(&keys, "a", "/p", &key), Err(Problem::IdempotencyInProgress)));
        assert!(Running::begin(&keys, "b", "/p", &key).is_ok());
        drop(running);
        assert!(Running::begin(&keys, "a", "/p", &key).is_ok());
    }
}
