//! What is told of a request that was refused, or of a resource that was looked at: an OperationOutcome (FHIR R4,
//! `OperationOutcome`; the codes are those of Spine, as NHS services send them).
//!
//! Like a problem it names parameters, rules and places, and never a value.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::header::{self, HeaderValue};
use axum::http::{Response, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::form::{Form, in_xml};
use crate::inbound::problem::Problem;

const SPINE: &str = "https://fhir.hl7.org.uk/CodeSystem/UKCore-SpineErrorOrWarningCode";

/// One thing that is told.
#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub(crate) severity: &'static str,
    /// The code of `http://hl7.org/fhir/issue-type`.
    pub(crate) code: &'static str,
    pub(crate) spine: Option<Spine>,
    pub(crate) text: Cow<'static, str>,
    /// Rule and help.
    pub(crate) diagnostics: Cow<'static, str>,
    /// The element, as a FHIRPath.
    pub(crate) expression: Option<String>,
}

/// A code of Spine and its words.
pub(crate) type Spine = (&'static str, &'static str);

pub(crate) const VALIDATION_ERROR: Spine = ("VALIDATION_ERROR", "Validation error");
pub(crate) const INVALID_RESOURCE_ID: Spine = ("INVALID_RESOURCE_ID", "Resource Id is invalid");
pub(crate) const INVALID_SEARCH_DATA: Spine = ("INVALID_SEARCH_DATA", "Search data is invalid");
pub(crate) const ADDITIONAL_PROPERTIES: Spine =
    ("ADDITIONAL_PROPERTIES", "Invalid request with error - Additional properties are not allowed");
const ACCESS_DENIED: Spine = ("ACCESS_DENIED", "Access has been denied to process this request");
const RESOURCE_NOT_FOUND: Spine = ("RESOURCE_NOT_FOUND", "Resource not found");
const UNSUPPORTED_SERVICE: Spine = ("UNSUPPORTED_SERVICE", "Unsupported Service");
const UNABLE_TO_CALL_SERVICE: Spine = ("UNABLE_TO_CALL_SERVICE", "Unable to call service");
const RESOURCE_VERSION_MISMATCH: Spine = ("RESOURCE_VERSION_MISMATCH", "Resource version mismatch");
const INVALIDATED_RESOURCE: Spine = ("INVALIDATED_RESOURCE", "Resource that has been marked as invalid was requested");
const TOO_MANY_MATCHES: Spine = ("TOO_MANY_MATCHES", "Too many matches");
const PRECONDITION_FAILED: Spine = ("PRECONDITION_FAILED", "Required condition was not fulfilled");
const TOO_MANY_REQUESTS: Spine = ("TOO_MANY_REQUESTS", "Too many requests");
const FAILURE_TO_PROCESS_MESSAGE: Spine = ("FAILURE_TO_PROCESS_MESSAGE", "Generic processing error");
const SERVICE_UNAVAILABLE: Spine = ("SERVICE_UNAVAILABLE", "Service unavailable");

/// Why a FHIR request is refused, where it is not for what every request may be.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) spine: Spine,
    /// What is wrong.
    pub(crate) text: Cow<'static, str>,
    /// Rule of ours, and what to do.
    pub(crate) rule: &'static str,
    pub(crate) help: &'static str,
    /// The parameter, by its name, which is ours.
    pub(crate) parameter: Option<&'static str>,
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::Fhir(Box::new(refused))
    }
}

/// A refusal of something in the question.
pub(crate) fn bad(
    (code, spine): (&'static str, Spine),
    rule: &'static str,
    text: impl Into<Cow<'static, str>>,
    help: &'static str,
) -> Problem {
    Refused { status: StatusCode::BAD_REQUEST, code, spine, text: text.into(), rule, help, parameter: None }.into()
}

/// That several match where one is asked for.
pub(crate) fn several() -> Problem {
    Refused {
        status: StatusCode::PRECONDITION_FAILED,
        code: "multiple-matches",
        spine: TOO_MANY_MATCHES,
        text: "More than one resource matches".into(),
        rule: "http/several-match",
        help: "ask by an identifier that one child has",
        parameter: None,
    }
    .into()
}

/// That there is no such type of resource here.
pub(crate) fn unknown_type() -> Problem {
    Refused {
        status: StatusCode::NOT_FOUND,
        code: "not-supported",
        spine: RESOURCE_NOT_FOUND,
        text: "This type of resource is not read here".into(),
        rule: "http/resource-type",
        help: "see /fhir/R4/metadata for the types that are",
        parameter: None,
    }
    .into()
}

/// What the status of a problem is in FHIR.
fn of_status(status: StatusCode) -> (&'static str, Spine) {
    match status.as_u16() {
        401 => ("login", ACCESS_DENIED),
        403 => ("forbidden", ACCESS_DENIED),
        404 => ("not-found", RESOURCE_NOT_FOUND),
        405 | 406 | 415 | 501 => ("not-supported", UNSUPPORTED_SERVICE),
        408 | 504 => ("timeout", UNABLE_TO_CALL_SERVICE),
        409 | 412 => ("conflict", RESOURCE_VERSION_MISMATCH),
        410 => ("deleted", INVALIDATED_RESOURCE),
        413 | 414 | 431 => ("too-long", VALIDATION_ERROR),
        422 => ("business-rule", VALIDATION_ERROR),
        428 => ("required", PRECONDITION_FAILED),
        429 => ("throttled", TOO_MANY_REQUESTS),
        503 => ("transient", SERVICE_UNAVAILABLE),
        500..=599 => ("exception", FAILURE_TO_PROCESS_MESSAGE),
        _ => ("invalid", VALIDATION_ERROR),
    }
}

impl Issue {
    pub(crate) fn json(&self) -> Value {
        let mut details = Map::new();
        if let Some((code, display)) = self.spine {
            details.insert("coding".to_owned(), json!([{ "system": SPINE, "code": code, "display": display }]));
        }
        details.insert("text".to_owned(), json!(self.text));
        let mut issue = Map::new();
        issue.insert("severity".to_owned(), json!(self.severity));
        issue.insert("code".to_owned(), json!(self.code));
        issue.insert("details".to_owned(), Value::Object(details));
        issue.insert("diagnostics".to_owned(), json!(self.diagnostics));
        if let Some(expression) = &self.expression {
            issue.insert("expression".to_owned(), json!([expression]));
        }
        Value::Object(issue)
    }
}

/// An OperationOutcome of these issues, in JSON.
pub(crate) fn outcome(id: Option<&Uuid>, issues: &[Issue]) -> Vec<u8> {
    let issues: Vec<Value> = issues.iter().map(Issue::json).collect();
    let mut body = Map::new();
    body.insert("resourceType".to_owned(), json!("OperationOutcome"));
    if let Some(id) = id {
        body.insert("id".to_owned(), json!(id));
    }
    body.insert("issue".to_owned(), json!(issues));
    Value::Object(body).to_string().into_bytes()
}

/// What a problem is, as issues.
pub(crate) fn issue_of_problem(problem: &Problem) -> Vec<Issue> {
    let issue = match problem {
        Problem::FhirIssues(_, issues) => return issues.clone(),
        Problem::Fhir(refused) => Issue {
            severity: "error",
            code: refused.code,
            spine: Some(refused.spine),
            text: refused.text.clone(),
            diagnostics: format!("{}: {}", refused.rule, refused.help).into(),
            expression: refused.parameter.map(str::to_owned),
        },
        problem => {
            let (status, slug, help) = (problem.status(), problem.slug(), problem.help());
            let (code, spine) = of_status(status);
            let code = if slug == "invalid-token" { "expired" } else { code };
            Issue {
                severity: if status.is_server_error() { "fatal" } else { "error" },
                code,
                spine: Some(spine),
                text: problem.words(),
                diagnostics: format!("http/{slug}: {help}").into(),
                expression: None,
            }
        }
    };
    vec![issue]
}

/// Draws the answer of a problem under `/fhir/R4`, for the request of this id.
pub(crate) fn render(problem: &Problem, id: &Uuid, form: Form) -> axum::response::Response {
    let body = outcome(Some(id), &issue_of_problem(problem));
    let (body, media_type) = match form {
        Form::Xml => (in_xml(&body).unwrap_or(body), Form::Xml.media_type()),
        _ => (body, Form::Json.media_type()),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = problem.status();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    problem.headers(response.headers_mut());
    response
}
