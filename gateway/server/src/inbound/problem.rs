//! Every refusal, in one place: what it is called, its status, and what the caller reads (RFC 9457).
//!
//! A handler or a layer gives a [`Problem`]; it travels as an extension of an empty response up to the layer that
//! knows the request's id, which draws the body with [`render`]. A body names parameters, headers, rules and places;
//! never a value from the body, the path or the query.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use schemas::diagnostic::Rule;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::config::{Role, Scope};
use crate::documents::DocumentFault;
use crate::inbound::tags::etag;
use crate::work::{Refusal, Report};

/// Media type of a problem (RFC 9457, section 3).
const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request is refused.
#[derive(Debug)]
pub(crate) enum Problem {
    InvalidRequest(Complaint),
    InvalidHeader(&'static str),
    Unauthenticated,
    InvalidToken,
    CredentialsDisagree,
    InsufficientScope(Scope),
    /// A person without this role.
    InsufficientRole(Role),
    NotOnThisRoute,
    IdempotencyKeyRequired,
    IdempotencyInProgress,
    IdempotencyMismatch,
    DigestMismatch,
    State {
        state: &'static str,
    },
    /// One of that name is there already.
    Exists {
        id: Uuid,
    },
    /// The caller counts another number of things than are held.
    Count {
        held: usize,
    },
    /// It is understood, and breaks a rule of the thing.
    Breaks(&'static Rule),
    /// The same, at a member of what was sent: by its path, of names that are ours.
    BreaksAt(&'static Rule, String),
    /// Another offer was accepted for a child.
    AlreadyMatched,
    SecondPersonRequired,
    /// What it is about cannot follow its state: the rule says why.
    CannotFollow {
        state: &'static str,
        rule: &'static Rule,
    },
    Gone,
    /// It is gone, and whoever asks may bring it back.
    Withdrawn {
        version: u64,
    },
    PreconditionFailed,
    PreconditionRequired,
    ViewRequired,
    ViewWithholds,
    NotFound {
        nearest: Option<&'static str>,
    },
    MethodNotAllowed {
        allow: &'static str,
    },
    NotAcceptable {
        available: Vec<&'static str>,
    },
    RequestTimeout,
    TooLarge {
        limit: &'static str,
    },
    UnsupportedMediaType {
        accepted: Vec<&'static str>,
        coding: bool,
    },
    DocumentHasErrors(Report),
    /// `policy` is absent for those who are limited by address.
    QuotaExceeded {
        retry_seconds: u64,
        policy: Option<&'static str>,
    },
    CostExceedsQuota,
    HeaderTooLarge {
        request_line: bool,
    },
    Internal,
    NotImplemented,
    Unavailable {
        retry_seconds: u64,
    },
    Timeout,
    /// Something that only FHIR refuses.
    Fhir(Box<super::fhir::outcome::Refused>),
    /// Something is wrong with a resource that is stated.
    FhirIssues(StatusCode, Vec<super::fhir::outcome::Issue>),
}

/// One thing that is wrong with a request, with its place.
#[derive(Clone, Debug)]
pub(crate) struct Complaint {
    pub(crate) rule: &'static str,
    pub(crate) message: Cow<'static, str>,
    pub(crate) help: &'static str,
    pub(crate) place: Place,
}

/// Where in a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// A parameter by its name, which is ours.
    Parameter(&'static str),
    /// A parameter by its number from 1, since its name is the caller's.
    ParameterNumber(usize),
    Body,
    /// A member of the body by its name, which is ours.
    Member(&'static str),
}

/// What stays the same for every problem of a type.
struct Kind {
    slug: &'static str,
    status: StatusCode,
    title: &'static str,
    help: &'static str,
}

const fn kind(slug: &'static str, status: StatusCode, title: &'static str, help: &'static str) -> Kind {
    Kind { slug, status, title, help }
}

impl Problem {
    fn kind(&self) -> Kind {
        use StatusCode as S;
        match self {
            Self::InvalidRequest(_) => kind(
                "invalid-request",
                S::BAD_REQUEST,
                "The request cannot be understood",
                "mend what `errors` names and send again",
            ),
            Self::InvalidHeader(_) => kind(
                "invalid-header",
                S::BAD_REQUEST,
                "A header is malformed",
                "mend the header named, or leave it out",
            ),
            Self::Unauthenticated => {
                kind("unauthenticated", S::UNAUTHORIZED, "A credential is needed", "see WWW-Authenticate")
            }
            Self::InvalidToken => kind(
                "invalid-token",
                S::UNAUTHORIZED,
                "The token is not good",
                "ask for a new token, with the certificate that you call with",
            ),
            Self::CredentialsDisagree => kind(
                "credentials-disagree",
                S::UNAUTHORIZED,
                "The credentials name different partners",
                "send the credentials of one partner",
            ),
            Self::InsufficientScope(_) => kind(
                "insufficient-scope",
                S::FORBIDDEN,
                "A scope is missing",
                "ask for a token with this scope, or the operator to grant it",
            ),
            Self::InsufficientRole(_) => kind(
                "insufficient-scope",
                S::FORBIDDEN,
                "This is for people in another role",
                "ask the operator for the role in [[console.person]]",
            ),
            Self::NotOnThisRoute => kind(
                "not-on-this-route",
                S::FORBIDDEN,
                "You may not send on this route, or not in this way",
                "see GET /v1/me for the routes that you send on",
            ),
            Self::IdempotencyKeyRequired => kind(
                "idempotency-key-required",
                S::BAD_REQUEST,
                "This route needs an Idempotency-Key",
                "send one, the same for every repeat of the same message",
            ),
            Self::IdempotencyInProgress => kind(
                "idempotency-in-progress",
                S::CONFLICT,
                "The first request under this key still runs",
                "wait as Retry-After says and send again under the same key",
            ),
            Self::IdempotencyMismatch => kind(
                "idempotency-mismatch",
                S::UNPROCESSABLE_ENTITY,
                "The key was used for another request",
                "use a new key for a new request",
            ),
            Self::DigestMismatch => kind(
                "digest-mismatch",
                S::BAD_REQUEST,
                "The body is not what Content-Digest says",
                "send the whole body again",
            ),
            Self::Exists { .. } => kind(
                "state-conflict",
                S::CONFLICT,
                "This is held already",
                "read the one that `existing` names, and change it with PUT",
            ),
            Self::Count { .. } => kind(
                "state-conflict",
                S::CONFLICT,
                "Another number of them is held",
                "look at what is held: `held` says how many there are; send what changed, then confirm the rest",
            ),
            Self::AlreadyMatched => kind(
                "already-matched",
                S::CONFLICT,
                "Another offer was accepted",
                "read the referral again: undo the accepted offer first, if it does not hold",
            ),
            Self::Breaks(_) | Self::BreaksAt(..) => kind(
                "unprocessable",
                S::UNPROCESSABLE_ENTITY,
                "It breaks a rule",
                "mend what `errors` names and send again",
            ),
            Self::State { .. } | Self::CannotFollow { .. } => kind(
                "state-conflict",
                S::CONFLICT,
                "The state of this thing does not allow it",
                "read it again: `state` says where it is",
            ),
            Self::SecondPersonRequired => kind(
                "second-person-required",
                S::CONFLICT,
                "Another person has to take the second step",
                "ask a second person to do the same",
            ),
            Self::Gone => kind("gone", S::GONE, "It was purged or withdrawn", "its id is not used again"),
            Self::Withdrawn { .. } => kind(
                "gone",
                S::GONE,
                "It was purged or withdrawn",
                "to offer it again, send it with a later asAt: with PUT and this ETag in If-Match, or with POST",
            ),
            Self::PreconditionFailed => kind(
                "precondition-failed",
                S::PRECONDITION_FAILED,
                "It has changed since it was read",
                "read it again, decide, and send the new ETag in If-Match",
            ),
            Self::PreconditionRequired => kind(
                "precondition-required",
                S::PRECONDITION_REQUIRED,
                "If-Match is needed",
                "read it first and send its ETag in If-Match",
            ),
            Self::ViewRequired => kind(
                "view-required",
                S::BAD_REQUEST,
                "Output for another organisation needs a view",
                "add `view=` with the view of the recipient",
            ),
            Self::ViewWithholds => kind(
                "view-withholds",
                S::FORBIDDEN,
                "The view withholds what the request names",
                "name a view that is as narrow as yours, or narrower",
            ),
            Self::NotFound { .. } => {
                kind("not-found", S::NOT_FOUND, "There is no such thing here", "see GET /v1/formats for what there is")
            }
            Self::MethodNotAllowed { .. } => kind(
                "method-not-allowed",
                S::METHOD_NOT_ALLOWED,
                "This method is not for this address",
                "use a method of `Allow`",
            ),
            Self::NotAcceptable { .. } => {
                kind("not-acceptable", S::NOT_ACCEPTABLE, "No acceptable type can be made", "accept one of `available`")
            }
            Self::RequestTimeout => kind(
                "request-timeout",
                S::REQUEST_TIMEOUT,
                "The body came too slowly",
                "send again, on a better line or as several documents",
            ),
            Self::TooLarge { .. } => kind(
                "too-large",
                S::PAYLOAD_TOO_LARGE,
                "More than this gateway takes",
                "split the document, or use the command line",
            ),
            Self::UnsupportedMediaType { coding: false, .. } => kind(
                "unsupported-media-type",
                S::UNSUPPORTED_MEDIA_TYPE,
                "This type of body is not taken here",
                "send one of `accepted`",
            ),
            Self::UnsupportedMediaType { coding: true, .. } => kind(
                "unsupported-media-type",
                S::UNSUPPORTED_MEDIA_TYPE,
                "This type of body is not taken here",
                "send the body as it is, or with Content-Encoding: gzip",
            ),
            Self::DocumentHasErrors(_) => kind(
                "document-has-errors",
                S::UNPROCESSABLE_ENTITY,
                "The document has errors",
                "mend the rows that `report` names, or leave them out with errors=skip",
            ),
            Self::QuotaExceeded { .. } => {
                kind("quota-exceeded", S::TOO_MANY_REQUESTS, "Too many requests", "wait as Retry-After says")
            }
            Self::CostExceedsQuota => kind(
                "cost-exceeds-quota",
                S::PAYLOAD_TOO_LARGE,
                "More than the whole quota",
                "split the document: no waiting lets it pass",
            ),
            Self::HeaderTooLarge { request_line: true } => kind(
                "header-too-large",
                S::URI_TOO_LONG,
                "The header is too large",
                "shorten the address: values of a document belong into the body",
            ),
            Self::HeaderTooLarge { request_line: false } => kind(
                "header-too-large",
                S::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "The header is too large",
                "send fewer or shorter header fields",
            ),
            Self::Internal => kind(
                "internal",
                S::INTERNAL_SERVER_ERROR,
                "Our fault",
                "nothing was changed: send again, and tell the operator the instance if it stays",
            ),
            Self::NotImplemented => {
                kind("not-implemented", S::NOT_IMPLEMENTED, "This method is not known", "use a method of RFC 9110")
            }
            Self::Unavailable { .. } => kind(
                "unavailable",
                S::SERVICE_UNAVAILABLE,
                "Too much at once, or stopping",
                "wait as Retry-After says and send again",
            ),
            Self::FhirIssues(status, _) => kind(
                "invalid-request",
                *status,
                "The resource cannot be held",
                "mend what `issue` names and send again",
            ),
            Self::Fhir(refused) => kind("invalid-request", refused.status, "The request cannot be done", refused.help),
            Self::Timeout => kind(
                "timeout",
                S::GATEWAY_TIMEOUT,
                "The time for this request is used up",
                "nothing was changed: split the document, or use the command line",
            ),
        }
    }

    /// Its status.
    pub(crate) fn status(&self) -> StatusCode {
        self.kind().status
    }

    /// The last word of its type.
    pub(crate) fn slug(&self) -> &'static str {
        self.kind().slug
    }

    /// What to do.
    pub(crate) fn help(&self) -> &'static str {
        self.kind().help
    }

    /// What is wrong, in a sentence.
    pub(crate) fn words(&self) -> Cow<'static, str> {
        self.detail()
    }

    fn detail(&self) -> Cow<'static, str> {
        match self {
            Self::Fhir(refused) => refused.text.clone(),
            Self::FhirIssues(_, issues) => issues.first().map_or_else(|| "".into(), |issue| issue.text.clone()),
            Self::InvalidRequest(complaint) => complaint.message.clone(),
            Self::Breaks(rule) | Self::BreaksAt(rule, _) | Self::CannotFollow { rule, .. } => rule.message.into(),
            Self::InvalidHeader(name) => format!("the header {name} is malformed").into(),
            Self::NotFound { nearest: Some(nearest) } => format!("there is no such format; nearest: {nearest}").into(),
            Self::TooLarge { limit } => format!("the limit {limit} is reached").into(),
            // The means that are taken, never which part of what was shown is wrong.
            Self::Unauthenticated | Self::InvalidToken | Self::CredentialsDisagree => {
                "a client certificate, a bearer token of /oauth2/token, or an API key in X-API-Key is taken here".into()
            }
            Self::InsufficientScope(scope) => format!("the scope {} is needed", scope.name()).into(),
            Self::QuotaExceeded { policy: Some(policy), .. } => format!("the quota {policy} is used up").into(),
            Self::HeaderTooLarge { request_line: true } => "the request line is above 8 KiB".into(),
            Self::HeaderTooLarge { request_line: false } => {
                "the header fields are above header_bytes_max or header_count_max".into()
            }
            Self::UnsupportedMediaType { coding: true, .. } => "the Content-Encoding is not taken here".into(),
            Self::UnsupportedMediaType { coding: false, .. } => "the Content-Type is not taken here".into(),
            Self::DocumentHasErrors(report) => format!("{} errors, {} warnings", report.errors, report.warnings).into(),
            _ => self.kind().title.into(),
        }
    }

    /// Members beyond those of RFC 9457.
    fn members(&self, body: &mut Map<String, Value>) {
        match self {
            Self::InvalidRequest(complaint) => {
                let place = match complaint.place {
                    Place::Parameter(name) => json!({ "parameter": name }),
                    Place::ParameterNumber(number) => json!({ "parameterNumber": number }),
                    Place::Body => json!({ "in": "body" }),
                    Place::Member(name) => json!({ "in": "body", "member": name }),
                };
                let error = json!({
                    "rule": complaint.rule, "message": complaint.message, "help": complaint.help, "place": place,
                });
                body.insert("errors".to_owned(), json!([error]));
            }
            Self::NotAcceptable { available } => {
                body.insert("available".to_owned(), json!(available));
            }
            Self::TooLarge { limit } => {
                body.insert("limit".to_owned(), json!(limit));
            }
            Self::Exists { id } => {
                body.insert("existing".to_owned(), json!(id));
            }
            Self::Count { held } => {
                body.insert("held".to_owned(), json!(held));
            }
            Self::Breaks(rule) | Self::BreaksAt(rule, _) => {
                let mut error = json!({ "rule": rule.code, "message": rule.message, "help": rule.help });
                if let Self::BreaksAt(_, member) = self
                    && !member.is_empty()
                {
                    error["member"] = json!(member);
                }
                body.insert("errors".to_owned(), json!([error]));
            }
            Self::State { state } => {
                body.insert("state".to_owned(), json!(state));
            }
            Self::CannotFollow { state, rule } => {
                body.insert("state".to_owned(), json!(state));
                let error = json!({ "rule": rule.code, "message": rule.message, "help": rule.help });
                body.insert("errors".to_owned(), json!([error]));
            }
            Self::InsufficientRole(role) => {
                body.insert("role".to_owned(), json!(role.name()));
            }
            Self::InsufficientScope(scope) => {
                body.insert("scope".to_owned(), json!(scope.name()));
            }
            Self::QuotaExceeded { policy: Some(policy), .. } => {
                body.insert("violated-policies".to_owned(), json!([policy]));
            }
            Self::UnsupportedMediaType { accepted, coding: false } => {
                body.insert("accepted".to_owned(), json!(accepted));
            }
            _ => {}
        }
    }

    /// The headers that go with it.
    pub(crate) fn headers(&self, headers: &mut HeaderMap) {
        let mut insert = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        match self {
            Self::Unauthenticated | Self::CredentialsDisagree => {
                insert(header::WWW_AUTHENTICATE, "Bearer realm=\"homeward\"");
            }
            Self::InvalidToken => {
                insert(header::WWW_AUTHENTICATE, "Bearer realm=\"homeward\", error=\"invalid_token\"");
            }
            // RFC 6750, section 3.1.
            Self::InsufficientScope(scope) => insert(
                header::WWW_AUTHENTICATE,
                &format!("Bearer realm=\"homeward\", error=\"insufficient_scope\", scope=\"{}\"", scope.name()),
            ),
            Self::MethodNotAllowed { allow } => insert(header::ALLOW, allow),
            Self::Withdrawn { version } => {
                headers.insert(header::ETAG, etag(*version));
            }
            Self::UnsupportedMediaType { coding: true, .. } => insert(header::ACCEPT_ENCODING, "gzip"),
            Self::QuotaExceeded { retry_seconds, .. } | Self::Unavailable { retry_seconds } => {
                insert(header::RETRY_AFTER, &retry_seconds.to_string());
            }
            // The first request is as good as over, or was given up.
            Self::IdempotencyInProgress => insert(header::RETRY_AFTER, "1"),
            _ => {}
        }
    }
}

impl IntoResponse for Problem {
    /// An empty answer that carries the problem to where the request's id is known.
    fn into_response(self) -> axum::response::Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.kind().status;
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Draws the answer of a problem for the request of this id.
pub(crate) fn render(problem: &Problem, request_id: &Uuid) -> axum::response::Response {
    let kind = problem.kind();
    let mut body = Map::new();
    body.insert("type".to_owned(), json!(format!("urn:homeward:problem:{}", kind.slug)));
    body.insert("title".to_owned(), json!(kind.title));
    body.insert("status".to_owned(), json!(kind.status.as_u16()));
    body.insert("detail".to_owned(), json!(problem.detail()));
    body.insert("instance".to_owned(), json!(format!("urn:uuid:{request_id}")));
    problem.members(&mut body);
    body.insert("help".to_owned(), json!(kind.help));
    let mut text = Value::Object(body).to_string().into_bytes();
    if let Problem::DocumentHasErrors(report) = problem {
        // The report is JSON already, and may be long: it is set in, not parsed.
        text.pop();
        text.extend_from_slice(b",\"report\":");
        text.extend_from_slice(&report.body);
        text.push(b'}');
    }
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = kind.status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    problem.headers(response.headers_mut());
    response
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownFormat { nearest } => Self::NotFound { nearest },
            Refusal::Parameter { name, message, help } => Self::InvalidRequest(Complaint {
                rule: "http/parameter",
                message: message.into(),
                help,
                place: Place::Parameter(name),
            }),
            Refusal::ViewRequired => Self::ViewRequired,
            Refusal::ViewWithholds => Self::ViewWithholds,
            Refusal::FormatUnclear { candidates } => Self::InvalidRequest(Complaint {
                rule: "http/format-unclear",
                message: format!("the format is not clear; it may be: {}", candidates.join(", ")).into(),
                help: "name it in `from`",
                place: Place::Parameter("from"),
            }),
            Refusal::DocumentHasErrors(report) => Self::DocumentHasErrors(report),
            Refusal::Output(error) if crate::spool::TooLarge::is_cause_of(&error) => {
                Self::TooLarge { limit: "translate_output_bytes_max" }
            }
            Refusal::Output(error) | Refusal::Document(error) => disk(&error),
            Refusal::Stopped => Self::Timeout,
        }
    }
}

impl From<DocumentFault> for Problem {
    fn from(fault: DocumentFault) -> Self {
        match fault {
            DocumentFault::TooManyMembers { .. } => Self::TooLarge { limit: "zip_members_max" },
            DocumentFault::InflatesTooMuch { .. } => Self::TooLarge { limit: "inflate_ratio_max" },
            DocumentFault::TooLarge { .. } => Self::TooLarge { limit: "translate_bytes_max" },
            DocumentFault::SpoolFailed(error) | DocumentFault::Unreadable(error) => disk(&error),
            fault => Self::InvalidRequest(Complaint {
                rule: "http/body",
                message: fault.to_string().into(),
                help: "make the archive again, without a password, and send all of it",
                place: Place::Body,
            }),
        }
    }
}

/// The disk is full or broken: nothing the caller can mend, and it may pass.
pub(crate) fn disk(error: &std::io::Error) -> Problem {
    tracing::error!(kind = %error.kind(), "a spool could not be written or read");
    Problem::Unavailable { retry_seconds: 30 }
}
