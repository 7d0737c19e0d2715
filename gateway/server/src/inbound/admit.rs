//! Who may pass to a route: limit by address, authentication, limit of the partner, scope, in this order.
//!
//! Nothing here looks at the body but at its length: a refused request is never asked for it.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::accept::Peer;
use super::failed_sign_ins::Shown;
use super::partners::{Caller, Identity, Known, now, shows_credential};
use super::problem::Problem;
use super::quota::Over;
use super::stack::House;
use crate::config::{Role, Scope};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What a route asks of its callers once there are partners. Without partners every route is open.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Access {
    /// Nothing: the route judges for itself.
    Open,
    /// A document: any credential, and none at all while documents are public.
    Document,
    /// Any partner.
    Any,
    /// A partner that has looked at its limits: costs nothing.
    Free,
    /// A partner with this scope.
    Scope(Scope),
    /// A partner with the first scope to look, and with the second to act.
    ReadOrAct(Scope, Scope),
    /// A person.
    Person,
    /// A person in this role.
    Role(Role),
}

/// Lets a request pass, or says why not.
pub(crate) async fn admit(house: Arc<House>, access: Access, mut request: Request, next: Next) -> Response {
    // Requests come through the accept loop, which knows the address.
    let Some(Peer(address)) = request.extensions().get::<Peer>().copied() else {
        return Problem::Internal.into_response();
    };
    let caller = match recognise(&house, access, &request, address) {
        Ok(caller) => caller,
        Err(problem) => {
            if matches!(problem, Problem::Unauthenticated | Problem::InvalidToken | Problem::CredentialsDisagree) {
                count_failure(&house, &request);
            }
            return problem.into_response();
        }
    };
    let Some(caller) = caller else { return next.run(request).await };
    let known = caller.known.clone();
    if access != Access::Free
        && let Err(over) = known.quota.pay(announced(&request))
    {
        return refuse(&house, &known, over);
    }
    let refusal = match access {
        Access::Open | Access::Document | Access::Any | Access::Free => None,
        Access::ReadOrAct(read, act) => {
            let scope = if request.method().is_safe() { read } else { act };
            (!caller.scopes.contains(scope)).then_some(Problem::InsufficientScope(scope))
        }
        Access::Scope(scope) => (!caller.scopes.contains(scope)).then_some(Problem::InsufficientScope(scope)),
        Access::Person => (!caller.is_person()).then_some(Problem::InsufficientRole(Role::Restrictions)),
        Access::Role(role) => (!caller.may(role)).then_some(Problem::InsufficientRole(role)),
    };
    if let Some(refusal) = refusal {
        return refusal.into_response();
    }
    request.extensions_mut().insert(caller);
    let refused = Arc::new(AtomicU64::new(0));
    if request.body().size_hint().exact().is_none() {
        let (parts, body) = request.into_parts();
        let metered = Metered { body, known: known.clone(), refused: refused.clone() };
        request = Request::from_parts(parts, Body::new(metered));
    }
    let mut response = next.run(request).await;
    // What is behind a credential is for its caller's own cache, and for no one's in between.
    if access == Access::Document && !house.config.public_documents {
        let headers = response.headers_mut();
        if headers.contains_key(header::CACHE_CONTROL) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
        }
    }
    match refused.load(Ordering::Acquire) {
        0 => limited(response, &known, None),
        NEVER => refuse(&house, &known, Over::Never),
        retry_seconds => refuse(&house, &known, Over::Later { policy: "bytes", retry_seconds }),
    }
}

fn recognise(house: &House, access: Access, request: &Request, address: IpAddr) -> Result<Option<Caller>, Problem> {
    let (headers, identity) = (request.headers(), request.extensions().get::<Identity>());
    let partners = &house.partners;
    let known = !partners.is_empty() && access != Access::Open;
    if !known || !shows_credential(headers, identity) {
        limit_address(house, address)?;
        let open = match access {
            Access::Open => true,
            Access::Document => house.config.public_documents,
            Access::Any
            | Access::Free
            | Access::Scope(_)
            | Access::ReadOrAct(..)
            | Access::Person
            | Access::Role(_) => partners.is_empty(),
        };
        return if open { Ok(None) } else { Err(Problem::Unauthenticated) };
    }
    match partners.recognise(headers, identity, address, now())? {
        Some(caller) => Ok(Some(caller)),
        None => Err(Problem::Unauthenticated),
    }
}

/// A sign-in failed: it is counted where there is an audit chain. Who shows nothing at all does not sign in.
fn count_failure(house: &House, request: &Request) {
    let (headers, identity) = (request.headers(), request.extensions().get::<Identity>());
    if let (Some(durable), Some(shown)) = (&house.durable, Shown::by(headers, identity)) {
        durable.failed_sign_ins.note(shown, house.partners.claimed(headers, identity).map(|known| &**known));
    }
}

fn limit_address(house: &House, address: IpAddr) -> Result<(), Problem> {
    house.limiter.check(address).map_err(|retry_seconds| {
        house.metrics.limited();
        Problem::QuotaExceeded { retry_seconds, policy: None }
    })
}

/// Bytes of the body, as far as they are told before it comes.
fn announced(request: &Request) -> u64 {
    request.body().size_hint().lower()
}

/// The refusal of a quota, with what is left of it.
pub(crate) fn refuse(house: &House, known: &Known, over: Over) -> Response {
    let problem = match over {
        Over::Never => Problem::CostExceedsQuota,
        Over::Later { policy, retry_seconds } => {
            house.metrics.limited();
            Problem::QuotaExceeded { retry_seconds, policy: Some(policy) }
        }
    };
    limited(problem.into_response(), known, Some(over))
}

/// An answer that tells its caller what is left; 401 and 403 do not.
pub(crate) fn limited(mut response: Response, known: &Known, refused: Option<Over>) -> Response {
    if !matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        && let Ok(left) = HeaderValue::from_str(&known.quota.rate_limit(refused))
    {
        response.extensions_mut().insert(RateLimited { policy: known.quota.policies.clone(), left });
    }
    response
}

/// What an answer tells of quotas, found among its extensions until it is furnished.
#[derive(Clone)]
pub(crate) struct RateLimited {
    policy: HeaderValue,
    left: HeaderValue,
}

impl RateLimited {
    pub(crate) fn furnish(self, headers: &mut HeaderMap) {
        headers.insert(RATE_LIMIT_POLICY, self.policy);
        headers.insert(RATE_LIMIT, self.left);
    }
}

/// What `refused` holds when the quota will never do.
const NEVER: u64 = u64::MAX;

/// A body without a length, paid for as it comes.
struct Metered {
    body: Body,
    known: Arc<Known>,
    /// 0, or the seconds to wait after the quota was used up.
    refused: Arc<AtomicU64>,
}

impl HttpBody for Metered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
            && let Err(over) = self.known.quota.pay_bytes(data.len() as u64)
        {
            let seconds = match over {
                Over::Later { retry_seconds, .. } => retry_seconds,
                Over::Never => NEVER,
            };
            self.refused.store(seconds, Ordering::Release);
            return Poll::Ready(Some(Err(axum::Error::new("the quota of bytes is used up"))));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
