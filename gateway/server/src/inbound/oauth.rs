//! `/oauth2/token`: a signed assertion for a token (RFC 6749, 7523), in the manner of the NHS's application-restricted
//! access.
//!
//! Refusals of this address are those of OAuth, in the words that callers of NHS services know; limits are problems as
//! everywhere. The address limits before anything is read, the partner's quota once the signature has shown that it is
//! the partner who asks: a stranger who knows a client id spends nothing of it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Validation;
use serde_json::{Map, Value, json};

use super::admit::{Access, limited, refuse};
use super::body::{BytesMax, read_small};
use super::failed_sign_ins::Shown;
use super::partners::{Identity, Known, Partners, now};
use super::problem::Problem;
use super::published::Published;
use super::query::Query;
use super::request_id::RequestId;
use super::stack::{House, resource};
use super::token::Claims;
use crate::assertions::Assertions;
use crate::config::{OAuth, PublicKey, Scope, Scopes, SigningAlgorithm};

const TOKEN: &str = "/oauth2/token";
const METADATA: &str = "/.well-known/oauth-authorization-server";

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Longest `jti`.
const JTI_CHARS_MAX: usize = 128;

/// Marks an answer that carries a token: it is never packed, since the length of what is packed tells of what is in it.
#[derive(Clone, Copy)]
pub(crate) struct CarriesToken;

/// The routes; none when nobody can ask for a token.
pub(crate) fn routes(house: &Arc<House>) -> Router {
    if house.config.oauth.algorithms.is_empty() || !house.partners.has_clients() {
        return Router::new();
    }
    Router::new()
        .route(TOKEN, resource(house, TOKEN, "POST, OPTIONS", Access::Open, post(token)))
        .route(METADATA, resource(house, METADATA, "GET, HEAD, OPTIONS", Access::Open, get(metadata)))
        .with_state(house.clone())
}

/// Metadata of the authorisation server (RFC 8414).
async fn metadata(State(house): State<Arc<House>>, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    Query::parse(uri.query(), &[])?;
    let issuer = &house.config.public_url;
    let algorithms: Vec<&str> = house.config.oauth.algorithms.iter().map(|algorithm| algorithm.name()).collect();
    let scopes: Vec<&str> = Scope::ALL.iter().map(|(name, _)| *name).collect();
    let metadata = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}{TOKEN}"),
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "scopes_supported": scopes,
        "tls_client_certificate_bound_access_tokens": house.partners.bind_tokens(),
    });
    Published::new("application/json", metadata.to_string().into_bytes())?.answer(&headers)
}

async fn token(State(house): State<Arc<House>>, request: Request) -> Response {
    let message_id = request.extensions().get::<RequestId>().map(|id| id.0.to_string()).unwrap_or_default();
    let identity = request.extensions().get::<Identity>().cloned();
    let (parts, body) = request.into_parts();
    let form = if is_form(&parts.headers) {
        let most = BytesMax { limit: "form_bytes_max", bytes: house.config.limits.form_bytes_max };
        match read_small(&parts.headers, body, &house.config.limits, most).await {
            Ok(bytes) => Form::parse(&bytes),
            Err(problem) => return problem.into_response(),
        }
    } else {
        Err(INVALID_CONTENT_TYPE)
    };
    let asking = Asking {
        partners: &house.partners,
        oauth: &house.config.oauth,
        audience: format!("{}{TOKEN}", house.config.public_url),
        now: now(),
    };
    let form = match form {
        Ok(form) => form,
        Err(refusal) => return refusal.answer(&message_id),
    };
    let failed = |known: Option<&Arc<Known>>| {
        if let Some(durable) = house.durable.as_ref().filter(|_| form.client_assertion.is_some()) {
            durable.failed_sign_ins.note(Shown::ASSERTION, known.map(|known| &**known));
        }
    };
    let verified = match asking.verify(&form) {
        Ok(verified) => verified,
        Err(refusal) => {
            failed(asking.claimed(&form));
            return refusal.answer(&message_id);
        }
    };
    let known = verified.known.clone();
    if let Err(over) = known.quota.pay(0) {
        return refuse(&house, &known, over);
    }
    let answer = match asking.grant(&verified, &form, identity.as_ref(), house.assertions.as_ref()) {
        Ok(claims) => match house.partners.token_key.seal(&claims) {
            Some(token) => issue(&token, &claims),
            None => Problem::Internal.into_response(),
        },
        Err(refusal) => {
            // Whoever asks for too much has signed in all the same.
            if refusal != INVALID_SCOPE {
                failed(Some(&known));
            }
            refusal.answer(&message_id)
        }
    };
    limited(answer, &known, None)
}

fn issue(token: &str, claims: &Claims) -> Response {
    let body = json!({
        "access_token": token,
        // The second in which it was issued has begun already.
        "expires_in": (claims.expires_at - claims.issued_at - 1).max(0),
        "token_type": "Bearer",
        "scope": claims.scopes.to_string(),
        "issued_at": (claims.issued_at * 1_000).to_string(),
    });
    let mut response = oauth_json(StatusCode::OK, &body);
    response.extensions_mut().insert(CarriesToken);
    response
}

/// A body of OAuth's own, never kept (RFC 6749, section 5.1).
fn oauth_json(status: StatusCode, body: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, body.to_string()).into_response()
}

/// A refusal of RFC 6749, section 5.2.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Refusal {
    error: &'static str,
    description: &'static str,
}

const fn invalid_request(description: &'static str) -> Refusal {
    Refusal { error: "invalid_request", description }
}

const INVALID_CONTENT_TYPE: Refusal = invalid_request("Content-Type header must be application/x-www-form-urlencoded");
const REPEATED: Refusal = invalid_request("A parameter of the form is repeated");
const NO_GRANT_TYPE: Refusal = invalid_request("grant_type is missing");
const UNSUPPORTED_GRANT_TYPE: Refusal =
    Refusal { error: "unsupported_grant_type", description: "grant_type is invalid" };
const INVALID_ASSERTION_TYPE: Refusal = invalid_request(
    "Missing or invalid client_assertion_type - must be 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'",
);
const NO_ASSERTION: Refusal = invalid_request("Missing client_assertion");
const MALFORMED: Refusal = invalid_request("Malformed JWT in client_assertion");
const INVALID_ALGORITHM: Refusal = invalid_request("Invalid 'alg' header in client_assertion JWT");
const NO_KEY_ID: Refusal = invalid_request("Missing 'kid' header in client_assertion JWT");
const UNKNOWN_KEY_ID: Refusal =
    invalid_request("Invalid 'kid' header in client_assertion JWT - no matching public key");
const INVALID_ISSUER: Refusal = invalid_request("Invalid 'iss'/'sub' claims in client_assertion JWT");
const INVALID_SIGNATURE: Refusal =
    Refusal { error: "invalid_client", description: "JWT signature verification failed" };
const INVALID_AUDIENCE: Refusal = invalid_request("Missing or invalid 'aud' claim in client_assertion JWT");
const INVALID_EXPIRY: Refusal = invalid_request("Missing or invalid 'exp' claim in client_assertion JWT");
const INVALID_START: Refusal = invalid_request("Invalid 'nbf' claim in client_assertion JWT");
const INVALID_ISSUE: Refusal = invalid_request("Invalid 'iat' claim in client_assertion JWT");
const INVALID_ID: Refusal = invalid_request("Missing or non-unique 'jti' claim in client_assertion JWT");
const INVALID_SCOPE: Refusal =
    Refusal { error: "invalid_scope", description: "scope names what is not known, or not granted to this client" };
const NO_CERTIFICATE: Refusal =
    Refusal { error: "invalid_client", description: "The client certificate of this client is needed" };

impl Refusal {
    fn answer(self, message_id: &str) -> Response {
        let body = json!({ "error": self.error, "error_description": self.description, "message_id": message_id });
        if self.error != "invalid_client" {
            return oauth_json(StatusCode::BAD_REQUEST, &body);
        }
        let mut response = oauth_json(StatusCode::UNAUTHORIZED, &body);
        let challenge = HeaderValue::from_static("Bearer realm=\"homeward\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        response
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The parameters that count; others are passed over (RFC 6749, section 3.2).
#[derive(Default)]
struct Form {
    grant_type: Option<String>,
    client_assertion_type: Option<String>,
    client_assertion: Option<String>,
    scope: Option<String>,
}

impl Form {
    fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(bytes) {
            let place = match name.as_ref() {
                "grant_type" => &mut form.grant_type,
                "client_assertion_type" => &mut form.client_assertion_type,
                "client_assertion" => &mut form.client_assertion,
                "scope" => &mut form.scope,
                _ => continue,
            };
            if place.is_some() {
                return Err(REPEATED);
            }
            // A parameter without a value counts as left out (RFC 6749, section 3.1).
            *place = Some(value.into_owned()).filter(|value| !value.is_empty());
        }
        Ok(form)
    }
}

/// An assertion whose signature is that of its partner.
struct Verified {
    known: Arc<Known>,
    claims: Map<String, Value>,
}

/// One request for a token.
struct Asking<'a> {
    partners: &'a Partners,
    oauth: &'a OAuth,
    /// What `aud` must be.
    audience: String,
    now: i64,
}

impl Asking<'_> {
    /// Whose an assertion says that it is.
    fn claimed(&self, form: &Form) -> Option<&Arc<Known>> {
        let claims = object(form.client_assertion.as_deref()?.split('.').nth(1)?)?;
        self.partners.client(text(&claims, "iss")?)
    }

    /// Finds out whose assertion it is.
    fn verify(&self, form: &Form) -> Result<Verified, Refusal> {
        match form.grant_type.as_deref() {
            None => return Err(NO_GRANT_TYPE),
            Some("client_credentials") => {}
            Some(_) => return Err(UNSUPPORTED_GRANT_TYPE),
        }
        let assertion = form.client_assertion.as_deref();
        if form.client_assertion_type.as_deref() != Some(ASSERTION_TYPE) {
            return Err(INVALID_ASSERTION_TYPE);
        }
        let assertion = assertion.ok_or(NO_ASSERTION)?;
        let mut pieces = assertion.split('.');
        let (Some(head), Some(content), Some(_), None) = (pieces.next(), pieces.next(), pieces.next(), pieces.next())
        else {
            return Err(MALFORMED);
        };
        let head = object(head).ok_or(MALFORMED)?;
        let claims = object(content).ok_or(MALFORMED)?;
        // An extension that must be understood is not (RFC 7515, section 4.1.11).
        if head.contains_key("crit") {
            return Err(MALFORMED);
        }
        let algorithm = head.get("alg").and_then(Value::as_str).and_then(SigningAlgorithm::named);
        let algorithm = algorithm.filter(|algorithm| self.oauth.algorithms.contains(algorithm));
        let algorithm = algorithm.ok_or(INVALID_ALGORITHM)?;
        let key_id = head.get("kid").and_then(Value::as_str).filter(|id| !id.is_empty()).ok_or(NO_KEY_ID)?;
        let issuer = text(&claims, "iss");
        let known = issuer.filter(|issuer| text(&claims, "sub") == Some(issuer));
        let known = known.and_then(|client_id| self.partners.client(client_id)).ok_or(INVALID_ISSUER)?;
        let keys: &[PublicKey] = known.partner.oauth.as_ref().map_or(&[], |oauth| &oauth.keys);
        let key = keys.iter().find(|key| key.id == key_id).and_then(|key| key.for_algorithm(algorithm));
        let key = key.ok_or(UNKNOWN_KEY_ID)?;
        let mut validation = Validation::new(algorithm.algorithm());
        // The claims are judged below, each with its own words.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        let verified = jsonwebtoken::decode::<Value>(assertion, key, &validation);
        verified.map_err(|_| INVALID_SIGNATURE)?;
        Ok(Verified { known: known.clone(), claims })
    }

    /// Judges what the assertion says, and grants what is asked for.
    fn grant(
        &self,
        Verified { known, claims }: &Verified,
        form: &Form,
        identity: Option<&Identity>,
        assertions: &dyn Assertions,
    ) -> Result<Claims, Refusal> {
        if text(claims, "aud") != Some(&self.audience) {
            return Err(INVALID_AUDIENCE);
        }
        let skew = seconds(self.oauth.clock_skew_seconds_max);
        let expires = claims.get("exp").and_then(instant).ok_or(INVALID_EXPIRY)?;
        let last = self.now + seconds(self.oauth.assertion_seconds_max) + skew;
        if expires + skew <= self.now || expires > last {
            return Err(INVALID_EXPIRY);
        }
        for (claim, refusal) in [("nbf", INVALID_START), ("iat", INVALID_ISSUE)] {
            let from = claims.get(claim).map(|from| instant(from).ok_or(refusal)).transpose()?;
            if from.is_some_and(|from| from > self.now + skew) {
                return Err(refusal);
            }
        }
        let partner = &known.partner;
        let scopes = match form.scope.as_deref() {
            None => partner.scopes,
            Some(asked) => {
                let asked: Option<Scopes> =
                    asked.split(' ').filter(|name| !name.is_empty()).map(Scope::named).collect();
                asked.filter(|asked| asked.is_within(partner.scopes)).ok_or(INVALID_SCOPE)?
            }
        };
        let certificate = match identity {
            _ if !partner.binds_tokens() => None,
            Some(Identity { certificate, known: Some(owner) })
                if Arc::ptr_eq(owner, known) && certificate.expires >= self.now =>
            {
                Some(certificate.sha256)
            }
            _ => return Err(NO_CERTIFICATE),
        };
        // Last: an assertion that is refused for another reason may be mended and sent again.
        let jti = text(claims, "jti").filter(|jti| (1..=JTI_CHARS_MAX).contains(&jti.chars().count()));
        let jti = jti.ok_or(INVALID_ID)?;
        if !assertions.once(&partner.name, jti, expires + skew, self.now) {
            return Err(INVALID_ID);
        }
        Ok(Claims {
            partner: partner.name.clone(),
            scopes,
            issued_at: self.now,
            expires_at: self.now + seconds(self.oauth.token_seconds),
            certificate,
        })
    }
}

fn object(piece: &str) -> Option<Map<String, Value>> {
    match serde_json::from_slice(&URL_SAFE_NO_PAD.decode(piece).ok()?).ok()? {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn text<'c>(claims: &'c Map<String, Value>, claim: &str) -> Option<&'c str> {
    claims.get(claim).and_then(Value::as_str)
}

/// A NumericDate (RFC 7519, section 2), cut to whole seconds; `None` for what no clock shows.
fn instant(value: &Value) -> Option<i64> {
    const LAST: f64 = 253_402_300_799.0;
    let second = value.as_f64().filter(|second| (0.0..=LAST).contains(second))?;
    Some(second as i64)
}

fn seconds(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX)
}
