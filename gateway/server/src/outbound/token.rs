//! Tokens of client credentials: asked for when needed, kept until shortly before they end.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request};
use serde_json::Value;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use super::address::Address;
use super::https::{Answered, exchange};
use super::outcome::{Phase, Reason};
use super::reach::{Reach, within};
use crate::config::ClientProof;

/// Time to get a token.
const TOKEN_SECONDS_MAX: u64 = 15;

/// How long a token is good for when the endpoint does not say.
const LIFE_SECONDS_DEFAULT: u64 = 60;

/// Longest life of a token that is believed.
const LIFE_SECONDS_MAX: u64 = 86_400;

/// A token is renewed this long before it ends, or at half its life if that is sooner.
const EARLY_SECONDS: u64 = 30;

/// Characters of a token.
const TOKEN_CHARACTERS_MAX: usize = 16 * 1024;

/// What gives tokens of one target.
pub(super) struct Tokens {
    url: Address,
    client_id: String,
    proof: ClientProof,
    /// Held while a token is asked for, so that many deliveries ask once.
    kept: Mutex<Option<Token>>,
}

#[derive(Clone)]
struct Token {
    authorization: HeaderValue,
    until: Instant,
}

impl Tokens {
    pub(super) fn new(url: Address, client_id: String, proof: ClientProof) -> Self {
        Self { url, client_id, proof, kept: Mutex::new(None) }
    }

    /// A value of `Authorization` that is good for now, and the wait that the endpoint asks for where it has none.
    pub(super) async fn authorization(&self, reach: &Reach) -> Result<HeaderValue, (Reason, Option<Duration>)> {
        let mut kept = self.kept.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| Instant::now() < token.until) {
            return Ok(token.authorization.clone());
        }
        *kept = None;
        let asked = within(TOKEN_SECONDS_MAX, Phase::Token, async { Ok(self.ask(reach).await) }).await;
        let token = asked.unwrap_or_else(|reason| Err((reason, None)))?;
        Ok(kept.insert(token).authorization.clone())
    }

    /// Forgets a token that was refused, unless another has taken its place since.
    pub(super) async fn forget(&self, refused: &HeaderValue) {
        let mut kept = self.kept.lock().await;
        if kept.as_ref().is_some_and(|token| token.authorization == refused) {
            *kept = None;
        }
    }

    async fn ask(&self, reach: &Reach) -> Result<Token, (Reason, Option<Duration>)> {
        let request = self.request().ok_or((Reason::Internal, None))?;
        let mut connection = reach.connect(&self.url).await.map_err(|reason| (reason, None))?;
        let answer = exchange(&mut connection, request).await.map_err(|reason| (reason, None))?;
        if answer.status != 200 {
            return Err((Reason::TokenStatus(answer.status), answer.retry_after));
        }
        token(&answer, Instant::now()).ok_or((Reason::TokenUnreadable, None))
    }

    fn request(&self) -> Option<Request<Full<Bytes>>> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials");
        match &self.proof {
            ClientProof::SignedAssertion(key) => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
                let assertion = key.assertion(&self.client_id, &self.url.audience(), now)?;
                form.append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
                form.append_pair("client_assertion", &assertion);
            }
            ClientProof::Secret(secret) => {
                form.append_pair("client_id", &self.client_id);
                form.append_pair("client_secret", secret.text());
            }
        }
        Request::builder()
            .method(Method::POST)
            .uri(self.url.path_and_query().as_str())
            .header(header::HOST, self.url.host_header())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .header(header::ACCEPT_ENCODING, "identity")
            .body(Full::new(Bytes::from(form.finish())))
            .ok()
    }
}

/// Reads a token from an answer (RFC 6749, section 5.1).
fn token(answer: &Answered, now: Instant) -> Option<Token> {
    let said: Value = serde_json::from_slice(&answer.body).ok()?;
    let bearer = said.get("token_type").and_then(Value::as_str).is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    let text = said.get("access_token").and_then(Value::as_str)?;
    let plain =
        !text.is_empty() && text.len() <= TOKEN_CHARACTERS_MAX && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !bearer || !plain {
        return None;
    }
    let value = Zeroizing::new(format!("Bearer {text}"));
    let mut authorization = HeaderValue::from_str(&value).ok()?;
    authorization.set_sensitive(true);
    // NHS England's platform writes the number as text.
    let life = said.get("expires_in").and_then(|life| life.as_u64().or_else(|| life.as_str()?.parse().ok()));
    let life = life.unwrap_or(LIFE_SECONDS_DEFAULT).min(LIFE_SECONDS_MAX);
    let good_for = life - EARLY_SECONDS.min(life.div_ceil(2));
    Some(Token { authorization, until: now + Duration::from_secs(good_for) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(body: &str) -> Option<u64> {
        let answer =
            Answered { status: 200, retry_after: None, body: Bytes::copy_from_slice(body.as_bytes()), whole: true };
        let now = Instant::now();
        token(&answer, now).map(|token| (token.until - now).as_secs())
    }

    #[test]
    fn a_token_is_kept_until_shortly_before_its_end() {
        assert_eq!(seconds(r#"{"access_token":"t","expires_in":600,"token_type":"Bearer"}"#), Some(570));
        assert_eq!(seconds(r#"{"access_token":"t","expires_in":"599","token_type":"bearer"}"#), Some(569));
        assert_eq!(seconds(r#"{"access_token":"t"}"#), Some(30));
        assert_eq!(seconds(r#"{"access_token":"t","expires_in":10}"#), Some(5));
        assert_eq!(seconds(r#"{"access_token":"t","expires_in":0}"#), Some(0));
        assert_eq!(seconds(r#"{"access_token":"t","expires_in":18446744073709551615}"#), Some(86_370));
    }

    #[test]
    fn what_is_no_token_is_none() {
        let long = format!(r#"{{"access_token":"{}"}}"#, "t".repeat(TOKEN_CHARACTERS_MAX + 1));
        for body in [
            "",
            "[]",
            "{}",
            r#"{"access_token":""}"#,
            r#"{"access_token":5}"#,
            r#"{"access_token":"a b"}"#,
            r#"{"access_token":"a\r\nX: y"}"#,
            r#"{"access_token":"é"}"#,
            r#"{"access_token":"t","token_type":"mac"}"#,
            &long,
        ] {
            assert_eq!(seconds(body), None, "{body}");
        }
    }
}
