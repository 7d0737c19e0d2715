//! The column that every request passes, from the top down.
//!
//! The order of refusals is the order of the column: ids, header limits, route (404, 405), who may pass (429, 401, 429
//! or 413, 403; see [`super::admit`]), then the handler: media types (406, 415), body limits (413), the work. Nothing
//! above the handler looks at the body, so a refused request is never asked for it.

use std::convert::Infallible;
use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Extensions, Method, StatusCode, Version};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use futures_util::FutureExt;
use governor::clock::MonotonicClock;
use tower::{Layer, ServiceExt, service_fn};
use tower_http::compression::{
    CompressionLayer, Predicate,
    predicate::{NotForContentType, SizeAbove},
};
use uuid::Uuid;

use super::admit::{Access, RateLimited, admit};
use super::limit::AddressLimiter;
use super::oauth::{self, CarriesToken};
use super::partners::Partners;
use super::places::Places;
use super::problem::Problem;
use super::published::PublishedDocuments;
use super::request_id::Ids;
use super::token::TokenKey;
use super::{fhir, v1};
use crate::assertions::{Assertions, RememberedAssertions, StoredAssertions};
use crate::config::{Config, Limits};
use crate::durable::Durable;
use crate::metrics::Metrics;
use crate::work::Work;

/// Longest request line but for method and version: the address.
const REQUEST_TARGET_BYTES_MAX: usize = 8 * 1024;

/// What the handlers share under one configuration. A request keeps the house that it came to until it is answered.
pub(crate) struct House {
    pub(crate) config: Arc<Config>,
    pub(crate) work: Arc<dyn Work>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) limiter: Arc<AddressLimiter<MonotonicClock>>,
    pub(crate) partners: Arc<Partners>,
    pub(crate) documents: PublishedDocuments,
    /// Assertions of token requests, each of which passes once.
    pub(crate) assertions: Arc<dyn Assertions>,
    /// Places of documents that are read, worked on or answered (`translate_waiting_max`).
    pub(crate) places: Places,
    /// Threads that work on documents (`translate_concurrency_max`).
    pub(crate) workers: Places,
    /// What remembers and delivers; `None` without a store.
    pub(crate) durable: Option<Arc<Durable>>,
}

impl House {
    pub(crate) fn new(
        config: Arc<Config>,
        work: Arc<dyn Work>,
        metrics: Arc<Metrics>,
        durable: Option<Arc<Durable>>,
    ) -> Arc<Self> {
        // What is to be known by every process of a gateway hangs on the store, where there is one.
        let token_key = durable.as_ref().map(|durable| TokenKey::derive(&durable.store.derive("homeward token")));
        let token_key = token_key.unwrap_or_else(|| TokenKey::of_ids(&config.ids_key));
        let assertions: Arc<dyn Assertions> = match &durable {
            Some(durable) => Arc::new(StoredAssertions::new(durable.store.clone())),
            None => Arc::new(RememberedAssertions::default()),
        };
        Arc::new(Self {
            durable,
            partners: Arc::new(Partners::new(&config, token_key)),
            documents: PublishedDocuments::default(),
            assertions,
            limiter: Arc::new(AddressLimiter::new(&config.address_limits, MonotonicClock)),
            places: Places::new(config.limits.translate_waiting_max),
            workers: Places::new(config.limits.translate_concurrency_max),
            config,
            work,
            metrics,
        })
    }

    /// The house under another configuration. What callers have used up stays used, and what passes once has passed.
    pub(crate) fn under(&self, config: Arc<Config>, durable: Option<Arc<Durable>>) -> Arc<Self> {
        let limiter = if self.config.address_limits == config.address_limits {
            self.limiter.clone()
        } else {
            Arc::new(AddressLimiter::new(&config.address_limits, MonotonicClock))
        };
        Arc::new(Self {
            durable,
            partners: Arc::new(self.partners.under(&config)),
            // What is published may be other under it.
            documents: PublishedDocuments::default(),
            assertions: self.assertions.clone(),
            limiter,
            places: self.places.of(config.limits.translate_waiting_max),
            workers: self.workers.of(config.limits.translate_concurrency_max),
            work: self.work.under(&config).unwrap_or_else(|| self.work.clone()),
            metrics: self.metrics.clone(),
            config,
        })
    }

    /// What remembers and delivers.
    ///
    /// # Errors
    /// [`Problem::NotFound`] without a store: then there is nothing to be found.
    pub(crate) fn durable(&self) -> Result<Arc<Durable>, Problem> {
        self.durable.clone().ok_or(Problem::NotFound { nearest: None })
    }
}

/// The public surface: the column over the routes.
pub(crate) fn stack(house: &Arc<House>) -> Router {
    let routes = v1::routes(house).merge(oauth::routes(house)).merge(fhir::routes(house)).fallback(unknown_path);
    routes.layer(from_fn_with_state(house.clone(), column))
}

/// What every request passes, in one place: a layer for each step would cost more than the steps.
async fn column(State(house): State<Arc<House>>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let packing = Packing::asked(request.headers());
    // Above everything that may refuse: a refusal is drawn here, in one place, and carries the id.
    let (ids, fault) = Ids::take(&mut request);
    let response = match fault.and_then(|()| limit_header(&house.config.limits, &request)) {
        Ok(()) => catch_panic(next.run(request)).await,
        Err(problem) => problem.into_response(),
    };
    measure(&house.metrics, &method, ids.id(), &response, begun.elapsed());
    // Below whatever draws an answer, problems too: what leaves is packed once, at the door.
    let response = packing.pack(ids.draw(response)).await;
    furnish(response)
}

/// The name of a route in counters and logs, found among the extensions of an answer.
#[derive(Clone, Copy)]
struct RouteTemplate(&'static str);

/// One address: its methods for those who may pass, `OPTIONS`, and a refusal of all others.
pub(crate) fn resource(
    house: &Arc<House>,
    template: &'static str,
    allow: &'static str,
    access: Access,
    methods: MethodRouter<Arc<House>>,
) -> MethodRouter<Arc<House>> {
    let shared = house.clone();
    let named = move |mut response: Response| {
        response.extensions_mut().insert(RouteTemplate(template));
        response
    };
    methods
        .options(async move || (StatusCode::NO_CONTENT, [(header::ALLOW, allow)]))
        // Below the route: an unknown address or method costs nobody a request.
        .route_layer(from_fn(move |request: Request, next: Next| {
            let admitted = admit(shared.clone(), access, request, next);
            async move { named(admitted.await) }
        }))
        .fallback(async move |method: Method| named(unknown_method(&method, allow).into_response()))
}

async fn unknown_path(method: Method) -> Problem {
    if is_known(&method) { Problem::NotFound { nearest: None } } else { Problem::NotImplemented }
}

fn unknown_method(method: &Method, allow: &'static str) -> Problem {
    if is_known(method) { Problem::MethodNotAllowed { allow } } else { Problem::NotImplemented }
}

/// Methods of RFC 9110, section 9, and PATCH of RFC 5789.
fn is_known(method: &Method) -> bool {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::CONNECT,
        Method::OPTIONS,
        Method::TRACE,
        Method::PATCH,
    ];
    known.contains(method)
}

/// Counts the request, and writes its line in the log: template and status, nothing of what was asked.
fn measure(metrics: &Metrics, method: &Method, id: Uuid, response: &Response, took: Duration) {
    let route = response.extensions().get::<RouteTemplate>().map_or("none", |route| route.0);
    let status = response.status().as_u16();
    metrics.request(route, status, took);
    let method = if is_known(method) { method.as_str() } else { "other" };
    tracing::info!(target: "homeward::access", request_id = %id, method, route, status, ms = millis(took), "answered");
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Answers shorter than this are not packed: what is saved does not pay for the packing.
const PACKED_BYTES_MIN: u16 = 1025;

/// Whether an answer is packed, and how: what the caller says that it takes.
struct Packing(Vec<HeaderValue>);

impl Packing {
    fn asked(headers: &HeaderMap) -> Self {
        Self(headers.get_all(header::ACCEPT_ENCODING).iter().cloned().collect())
    }

    /// Packs what is worth it for those who take gzip.
    async fn pack(self, mut response: Response) -> Response {
        if self.0.is_empty() {
            // Another caller would be answered otherwise.
            if is_worth_packing().should_compress(&response) {
                response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
            }
            return response;
        }
        let mut request = axum::http::Request::new(());
        for value in self.0 {
            request.headers_mut().append(header::ACCEPT_ENCODING, value);
        }
        let mut answer = Some(response);
        let answer =
            service_fn(move |_: axum::http::Request<()>| ready(Ok::<_, Infallible>(answer.take().unwrap_or_default())));
        match CompressionLayer::new().compress_when(is_worth_packing()).layer(answer).oneshot(request).await {
            Ok(packed) => packed.map(Body::new),
            Err(never) => match never {},
        }
    }
}

/// Which answers are packed for those who take gzip: not what is packed already, never what carries a token.
fn is_worth_packing() -> impl Predicate {
    let no_token =
        |_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions| extensions.get::<CarriesToken>().is_none();
    SizeAbove::new(PACKED_BYTES_MIN).and(NotForContentType::const_new("application/zip")).and(no_token)
}

/// Headers that every answer has.
fn furnish(mut response: Response) -> Response {
    const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
    const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000");
    const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
    let rate_limited = response.extensions_mut().remove::<RateLimited>();
    let headers = response.headers_mut();
    if let Some(rate_limited) = rate_limited {
        rate_limited.furnish(headers);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    headers.insert(header::STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    // Public documents have said already how long they stay true.
    headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    // Packed, the bytes are others than those that the tag was made of (RFC 9110, 8.8.3).
    if headers.contains_key(header::CONTENT_ENCODING)
        && let Some(strong) = headers.get(header::ETAG).filter(|tag| !tag.as_bytes().starts_with(b"W/"))
        && let Ok(weak) = HeaderValue::from_bytes(&[b"W/", strong.as_bytes()].concat())
    {
        headers.insert(header::ETAG, weak);
    }
    response
}

/// A panic is our fault and ends one request, not the connection of everyone who shares it.
async fn catch_panic(running: impl Future<Output = Response>) -> Response {
    match AssertUnwindSafe(running).catch_unwind().await {
        Ok(response) => response,
        // What the panic said may quote a document: the hook of `install_log` tells its place only.
        Err(_) => Problem::Internal.into_response(),
    }
}

/// Judges the header before anything is looked for by it.
fn limit_header(limits: &Limits, request: &Request) -> Result<(), Problem> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > REQUEST_TARGET_BYTES_MAX {
        return Err(Problem::HeaderTooLarge { request_line: true });
    }
    if !is_text(request.uri().path()) {
        return Err(Problem::NotFound { nearest: None });
    }
    let headers = request.headers();
    let field = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len();
    let bytes: usize = headers.iter().map(field).sum();
    if headers.len() as u64 > limits.header_count_max || bytes as u64 > limits.header_bytes_max {
        return Err(Problem::HeaderTooLarge { request_line: false });
    }
    Ok(())
}

/// Whether a path is UTF-8 once its percent signs are read (RFC 3986, section 2.5): nothing of ours has another name.
fn is_text(path: &str) -> bool {
    let mut bytes = Vec::with_capacity(path.len());
    let mut pieces = path.split('%');
    bytes.extend_from_slice(pieces.next().unwrap_or_default().as_bytes());
    for piece in pieces {
        match piece.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(&piece.as_bytes()[2..]);
            }
            None => bytes.extend_from_slice(piece.as_bytes()),
        }
    }
    std::str::from_utf8(&bytes).is_ok()
}
