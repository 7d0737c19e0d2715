//! `$validate`: what is wrong with a resource, without anything being kept of it (FHIR R4, operation
//! `Resource-validate`).

use axum::body::Body;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;
use kit::document::{Document, Part};
use serde_json::Value;

use super::outcome::{Issue, VALIDATION_ERROR, outcome, unknown_type};
use super::{Answer, Asking};
use crate::config::Scope;
use crate::inbound::body::{BytesMax, read_small};
use crate::inbound::problem::Problem;
use crate::inbound::stack::House;
use crate::inbound::v1::run;
use crate::work::{Question, ReportForm};

/// Media types of a resource, and the format that each is.
const TYPES: [(&str, &str); 7] = [
    ("application/fhir+json", "fhir-json"),
    ("application/json", "fhir-json"),
    ("text/json", "fhir-json"),
    ("application/json+fhir", "fhir-json"),
    ("application/fhir+xml", "fhir-xml"),
    ("application/xml", "fhir-xml"),
    ("text/xml", "fhir-xml"),
];

/// What is no fault of a resource that stands alone: whose it is, it need not say.
const OF_OTHERS: [&str; 2] = ["fhir/subject-unresolved", "fhir/patient-not-found"];

/// Profiles that are known, but for their last word.
const PROFILES: [&str; 2] =
    ["https://fhir.hl7.org.uk/StructureDefinition/UKCore-", "http://hl7.org/fhir/StructureDefinition/"];

/// `POST /{type}/$validate`.
pub(crate) async fn validate(
    house: &std::sync::Arc<House>,
    of: &str,
    parts: Parts,
    body: Body,
) -> Result<Response, Problem> {
    let asking = Asking::begin(house, &parts, b"", false)?;
    asking.may(Scope::FhirRead)?;
    asking.given.only(&["profile", "mode"])?;
    let from = format_of(&parts)?;
    if !of.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Err(unknown_type());
    }
    let most = BytesMax { bytes: house.config.fhir.resource_bytes_max, limit: "resource_bytes_max" };
    let bytes = read_small(&parts.headers, body, &house.config.limits, most).await?;
    judge_profile(&bytes, asking.given.get("profile"))?;
    let is_of_type = is_of_type(&bytes, of);
    let question = Question {
        from: Some(from.to_owned()),
        diagnostics_max: house.config.limits.diagnostics_max,
        ..Question::default()
    };
    let document = Document::new(vec![Part::new("document", bytes)]);
    let report =
        run(house, move |work, stop| work.check(&question, &document, ReportForm::Json, stop).map_err(Problem::from))
            .await?;
    let mut issues = issues(&report.body);
    if !is_of_type {
        issues.insert(0, of_another_type());
    }
    if issues.is_empty() {
        issues.push(Issue {
            severity: "information",
            code: "informational",
            spine: None,
            text: "Nothing is wrong with the resource".into(),
            diagnostics: "fhir/valid: nothing need be done".into(),
            expression: None,
        });
    }
    asking.answer(Answer { json: outcome(Some(&asking.asker.request_id.0), &issues), tag: None })
}

pub(crate) fn format_of(parts: &Parts) -> Result<&'static str, Problem> {
    let unsupported =
        || Problem::UnsupportedMediaType { accepted: TYPES.iter().map(|(name, _)| *name).collect(), coding: false };
    let value =
        parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).ok_or_else(unsupported)?;
    let mut pieces = value.split(';').map(str::trim);
    let essence = pieces.next().unwrap_or_default().to_ascii_lowercase();
    let fits = pieces.filter_map(|piece| piece.split_once('=')).all(|(name, value)| {
        let value = value.trim_matches('"');
        match name.to_ascii_lowercase().as_str() {
            "fhirversion" => value == "4.0",
            "charset" => value.eq_ignore_ascii_case("utf-8"),
            _ => true,
        }
    });
    let found = TYPES.iter().find(|(name, _)| *name == essence).filter(|_| fits);
    found.map(|(_, format)| *format).ok_or_else(unsupported)
}

/// A profile that is asked for has to be one that is known.
fn judge_profile(bytes: &[u8], named: Option<&str>) -> Result<(), Problem> {
    let parameters: Option<Value> = serde_json::from_slice(bytes).ok();
    let within = parameters.as_ref().filter(|it| it["resourceType"] == "Parameters").and_then(|parameters| {
        let all = parameters.get("parameter")?.as_array()?;
        let profile = all.iter().find(|parameter| parameter["name"] == "profile")?;
        profile.get("valueUri").or(profile.get("valueCanonical"))?.as_str()
    });
    let known = |profile: &str| PROFILES.iter().any(|known| profile.starts_with(known));
    match named.or(within) {
        Some(profile) if !known(profile) => Err(Problem::NotFound { nearest: None }),
        _ => Ok(()),
    }
}

/// Whether a resource is of the type of the address; what cannot be read has faults of its own.
fn is_of_type(bytes: &[u8], of: &str) -> bool {
    match serde_json::from_slice::<Value>(bytes) {
        Ok(resource) => match resource["resourceType"].as_str() {
            Some("Parameters") => true,
            Some(name) => name == of,
            None => true,
        },
        Err(_) => true,
    }
}

fn of_another_type() -> Issue {
    Issue {
        severity: "error",
        code: "invalid",
        spine: Some(VALIDATION_ERROR),
        text: "The resource is of another type than the address".into(),
        diagnostics: "fhir/another-type: send it to the address of its type".into(),
        expression: Some("Resource".to_owned()),
    }
}

/// What a report tells, as issues.
fn issues(report: &[u8]) -> Vec<Issue> {
    let report: Value = serde_json::from_slice(report).unwrap_or_default();
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let rules = report.get("rules").and_then(Value::as_array);
    let found = report.get("diagnostics").and_then(Value::as_array).into_iter().flatten();
    found
        .filter_map(|diagnostic| {
            let code = text(diagnostic, "rule").filter(|code| !OF_OTHERS.contains(&code.as_str()))?;
            let rule = rules?.iter().find(|rule| rule["rule"] == code.as_str())?;
            let severity = match rule["severity"].as_str() {
                Some("error") => "error",
                Some("warning") => "warning",
                _ => "information",
            };
            let place = diagnostic.get("place");
            let at = |name: &str| place.and_then(|place| place.get(name)).and_then(Value::as_u64);
            let lines = match (at("line"), at("column")) {
                (Some(line), Some(column)) => format!(" (line {line}, column {column})"),
                _ => String::new(),
            };
            Some(Issue {
                severity,
                code: issue_type(&code),
                spine: (severity == "error").then_some(VALIDATION_ERROR),
                text: text(rule, "message")?.into(),
                diagnostics: format!("{code}: {}{lines}", text(rule, "help").unwrap_or_default()).into(),
                expression: place.and_then(|place| text(place, "path")),
            })
        })
        .collect()
}

/// The issue type that comes nearest to a rule of ours.
pub(crate) fn issue_type(rule: &str) -> &'static str {
    let rule = rule.rsplit_once('/').map_or(rule, |(_, rule)| rule);
    let holds = |words: &[&str]| words.iter().any(|word| rule.contains(word));
    if holds(&["missing", "required", "hollow", "empty"]) {
        "required"
    } else if holds(&["code", "binding"]) {
        "code-invalid"
    } else if holds(&["invariant", "ukcore", "uk-core"]) {
        "invariant"
    } else if holds(&["number", "date", "value", "decimal", "id"]) {
        "value"
    } else if holds(&["lost", "not-held", "loss"]) {
        "informational"
    } else {
        "structure"
    }
}
