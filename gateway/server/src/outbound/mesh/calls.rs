//! One call of the MESH API: signed, sent, and answered; and the handshake that comes before the first of a day.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response};
use jiff::Timestamp;
use serde_json::Value;
use tokio::time::{Instant, timeout};

use super::refusal::Refusal;
use super::{Mailbox, MessageId};
use crate::outbound::https::{Answered, read};
use crate::outbound::outcome::{Phase, Reason};
use crate::outbound::reach::Connection;

/// Time for one call that carries no body of a delivery.
pub(super) const CALL_SECONDS_MAX: u64 = 30;

/// Hands are shaken at least once in a day (MESH API, handshake): a little more often, so that a late call is not late.
const GREETING_HOURS_MAX: u64 = 23;

/// Version 2 of the API.
const VERSION: HeaderValue = HeaderValue::from_static("application/vnd.mesh.v2+json");

/// What MESH is told of us; it wants no more than that something stands there.
const CLIENT: HeaderValue = HeaderValue::from_static(concat!("homeward==", env!("CARGO_PKG_VERSION")));

const CLIENT_VERSION: HeaderName = HeaderName::from_static("mex-clientversion");
const SYSTEM_NAME: HeaderName = HeaderName::from_static("mex-osname");
const SYSTEM_VERSION: HeaderName = HeaderName::from_static("mex-osversion");

/// Why a call came to nothing, and the wait that MESH asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Failure {
    /// Why.
    pub reason: Reason,
    /// How long it asks us to wait.
    pub after: Option<Duration>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl std::error::Error for Failure {}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        Self { reason, after: None }
    }
}

/// A call to be made; its path is what follows `/messageexchange/`.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    pub(super) fn new(method: Method, path: String) -> Self {
        Self { method, path, headers: HeaderMap::new(), body: Bytes::new() }
    }
}

/// An answer whose headers count; its body is read up to a limit.
pub(super) struct Answer {
    pub(super) headers: HeaderMap,
    pub(super) read: Answered,
}

impl Answer {
    pub(super) fn is_good(&self) -> bool {
        (200..300).contains(&self.read.status)
    }

    /// Why it is no good one.
    pub(super) fn failure(&self) -> Failure {
        let reason = match self.read.status {
            417 => Reason::Mesh(refusal(&self.read.body)),
            status => Reason::Status(status),
        };
        Failure { reason, after: self.read.retry_after }
    }

    /// The body, of an answer that was read whole.
    pub(super) fn json(&self) -> Option<Value> {
        if self.read.whole { serde_json::from_slice(&self.read.body).ok() } else { None }
    }

    /// The id of a message, by the word of version 2 or 1.
    pub(super) fn message_id(&self) -> Option<MessageId> {
        let said = self.json()?;
        let id = ["message_id", "messageID", "messageId"].iter().find_map(|name| said.get(name)?.as_str());
        MessageId::parse(id?)
    }
}

impl Mailbox {
    /// The path of something of this mailbox.
    pub(super) fn own(&self, rest: &str) -> String {
        format!("{}{rest}", self.mesh.mailbox)
    }

    /// Shakes hands when a day has passed since they were last shaken (MESH API, handshake).
    pub(super) async fn greet(&self) -> Result<(), Failure> {
        let mut greeted = self.greeted.lock().await;
        let every = Duration::from_secs(GREETING_HOURS_MAX * 3_600);
        if greeted.is_some_and(|at| at.elapsed() < every) {
            return Ok(());
        }
        let mut call = Call::new(Method::POST, self.own(""));
        call.headers.insert(CLIENT_VERSION, CLIENT);
        call.headers.insert(SYSTEM_NAME, HeaderValue::from_static(std::env::consts::OS));
        call.headers.insert(SYSTEM_VERSION, HeaderValue::from_static(std::env::consts::ARCH));
        let answer = self.call(call, CALL_SECONDS_MAX).await?;
        if !answer.is_good() {
            return Err(Failure { reason: Reason::Handshake(answer.read.status), after: answer.read.retry_after });
        }
        *greeted = Some(Instant::now());
        Ok(())
    }

    /// Makes a call and reads its answer, all within a time.
    pub(super) async fn call(&self, call: Call, seconds_max: u64) -> Result<Answer, Failure> {
        let calling = async {
            let (connection, response) = self.open(call).await?;
            let headers = response.headers().clone();
            let read = read(response).await?;
            if read.whole {
                self.connections.rest(connection).await;
            }
            Ok(Answer { headers, read })
        };
        let called = timeout(Duration::from_secs(seconds_max), calling).await;
        Ok(called.unwrap_or(Err(Reason::TimedOut(Phase::Exchange)))?)
    }

    /// Makes a call and waits for the head of its answer.
    pub(super) async fn open(&self, call: Call) -> Result<(Connection, Response<Incoming>), Reason> {
        let authorization = self.tokens.next(Timestamp::now()).ok_or(Reason::Internal)?;
        let mut request = Request::new(Full::new(call.body));
        *request.method_mut() = call.method;
        *request.uri_mut() = format!("/messageexchange/{}", call.path).parse().map_err(|_| Reason::Internal)?;
        let headers = request.headers_mut();
        *headers = call.headers;
        let host = HeaderValue::from_str(&self.mesh.url.host_header()).map_err(|_| Reason::Internal)?;
        headers.insert(header::HOST, host);
        headers.insert(header::ACCEPT, VERSION);
        headers.insert(header::USER_AGENT, CLIENT);
        headers.insert(header::AUTHORIZATION, authorization);
        // Only a download takes packed bytes.
        headers.entry(header::ACCEPT_ENCODING).or_insert(HeaderValue::from_static("identity"));
        self.connections.respond(&self.mesh.url, request).await
    }
}

/// The error code of a refused message, by the words of version 2 or 1. Nothing else of the answer is taken.
fn refusal(body: &[u8]) -> Refusal {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let detail = said.get("detail").and_then(|detail| detail.get(0));
    let code = detail.and_then(|detail| detail.get("code")).or_else(|| said.get("errorCode"));
    Refusal::of_code(code.and_then(Value::as_str).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_read_in_both_versions_and_from_nothing_else() {
        for (body, code) in [
            (r#"{"message_id":"A","detail":[{"event":"SEND","code":"12","msg":"Unregistered to address"}]}"#, 12),
            (r#"{"messageID":"A","errorEvent":"SEND","errorCode":"02","errorDescription":"x"}"#, 2),
            (r#"{"detail":"canary"}"#, 0),
            (r#"{"detail":[]}"#, 0),
            (r#"{"detail":[{"code":12}]}"#, 0),
            ("<html>", 0),
            ("", 0),
        ] {
            assert_eq!(refusal(body.as_bytes()).code(), code, "{body}");
        }
    }
}
