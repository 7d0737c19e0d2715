//! A delivery by request: signed in, under its own key, judged by the answer.

use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, body::Incoming};
use rustls::RootCertStore;
use tokio::time::timeout;

use super::connections::Connections;
use super::outcome::{Outcome, Phase, Reason, retry_after};
use super::parcel::Parcel;
use super::reach::{Connection, Reach, reason_of};
use super::token::Tokens;
use crate::config::{Https, SignIn};
use crate::tls::{TlsFault, client_config};

/// Bytes of an answer that are read; what a recipient says beyond is not looked at.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

const FENCE: HeaderName = HeaderName::from_static("homeward-fence");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// A recipient that takes requests, and what is kept between deliveries to it.
pub(super) struct Recipient {
    https: Https,
    connections: Connections,
    tokens: Option<Tokens>,
    seconds_max: u64,
}

/// An answer, as much of it as is read.
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Bytes,
    /// Whether all of it was read, so that the connection can be used again.
    pub(super) whole: bool,
}

impl Recipient {
    pub(super) fn new(https: &Https, roots: &RootCertStore, seconds_max: u64) -> Result<Self, TlsFault> {
        let mut roots = roots.clone();
        for authority in &https.authorities {
            roots.add(authority.clone()).map_err(|_| TlsFault::Unusable)?;
        }
        let tls = client_config(roots, https.certificate.as_ref())?;
        let reach = Reach { tls, private_network: https.private_network, proxy: https.proxy.clone() };
        let tokens = match &https.sign_in {
            SignIn::Token { url, client_id, proof } => Some(Tokens::new(url.clone(), client_id.clone(), proof.clone())),
            SignIn::None | SignIn::Bearer(_) => None,
        };
        Ok(Self { https: https.clone(), connections: Connections::new(reach), tokens, seconds_max })
    }

    /// Makes one attempt within the time of the target.
    pub(super) async fn send(&self, parcel: &Parcel) -> Outcome {
        let attempt = timeout(Duration::from_secs(self.seconds_max), self.attempt(parcel));
        attempt.await.unwrap_or_else(|_| Outcome::of(Reason::TimedOut(Phase::Exchange), None))
    }

    async fn attempt(&self, parcel: &Parcel) -> Outcome {
        let mut signed_in_again = false;
        loop {
            let authorization = match self.authorization().await {
                Ok(authorization) => authorization,
                Err((reason, after)) => return Outcome::of(reason, after),
            };
            let Some(request) = self.request(parcel, authorization.clone()) else {
                return Outcome::of(Reason::Internal, None);
            };
            let answer = match self.exchange(request).await {
                Ok(answer) => answer,
                Err(reason) => return Outcome::of(reason, None),
            };
            if let (401, false, Some(tokens), Some(refused)) =
                (answer.status, signed_in_again, &self.tokens, &authorization)
            {
                // A token may be revoked before its time: one new one tells that from credentials that are wrong.
                tokens.forget(refused).await;
                signed_in_again = true;
                continue;
            }
            return Outcome::of_answer(answer.status, names(&answer.body, parcel), answer.retry_after);
        }
    }

    async fn authorization(&self) -> Result<Option<HeaderValue>, (Reason, Option<Duration>)> {
        match (&self.https.sign_in, &self.tokens) {
            (SignIn::Bearer(value), _) => Ok(Some(value.clone())),
            (_, Some(tokens)) => tokens.authorization(&self.connections.reach).await.map(Some),
            (_, None) => Ok(None),
        }
    }

    fn request(&self, parcel: &Parcel, authorization: Option<HeaderValue>) -> Option<Request<Full<Bytes>>> {
        let mut headers = HeaderMap::new();
        headers.extend(self.https.headers.iter().cloned());
        headers.insert(header::HOST, HeaderValue::from_str(&self.https.url.host_header()).ok()?);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(parcel.media_type));
        // A compressed answer would only have to be unpacked: nothing of it is needed but a few words.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(IDEMPOTENCY_KEY, HeaderValue::from_str(&parcel.delivery.to_string()).ok()?);
        headers.insert(FENCE, HeaderValue::from(parcel.fence));
        if let Some(id) = &parcel.correlation_id {
            headers.insert(CORRELATION_ID, HeaderValue::from_str(id).ok()?);
        }
        if let Some(authorization) = authorization {
            headers.insert(header::AUTHORIZATION, authorization);
        }
        let mut request = Request::new(Full::new(parcel.body.clone()));
        *request.method_mut() = self.https.method.clone();
        *request.uri_mut() = self.https.url.path_and_query().as_str().parse().ok()?;
        *request.headers_mut() = headers;
        Some(request)
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Answered, Reason> {
        let (connection, response) = self.connections.respond(&self.https.url, request).await?;
        let answer = read(response).await?;
        if answer.whole {
            self.connections.rest(connection).await;
        }
        Ok(answer)
    }
}

/// Sends on a connection and reads the answer.
pub(super) async fn exchange(connection: &mut Connection, request: Request<Full<Bytes>>) -> Result<Answered, Reason> {
    match connection.sender.send_request(request).await {
        Ok(response) => read(response).await,
        Err(error) => Err(connection.reason_of(&error).await),
    }
}

/// Reads an answer up to the limit. One that breaks off before is none: what its status said may be undone.
pub(super) async fn read(response: Response<Incoming>) -> Result<Answered, Reason> {
    let status = response.status().as_u16();
    let asked = response.headers().get(header::RETRY_AFTER);
    let retry_after = asked.and_then(|value| retry_after(value.as_bytes(), SystemTime::now()));
    let mut incoming = response.into_body();
    let mut body = BytesMut::new();
    let mut whole = true;
    while let Some(frame) = incoming.frame().await {
        let Ok(data) = frame.map_err(|error| reason_of(&error))?.into_data() else { continue };
        let room = ANSWER_BYTES_MAX - body.len();
        body.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            whole = false;
            break;
        }
    }
    Ok(Answered { status, retry_after, body: body.freeze(), whole })
}

/// Whether an answer names the key of our delivery.
fn names(body: &[u8], parcel: &Parcel) -> bool {
    let key = parcel.delivery.to_string();
    body.windows(key.len()).any(|window| window.eq_ignore_ascii_case(key.as_bytes()))
}
