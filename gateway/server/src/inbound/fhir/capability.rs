//! What is done here, for machines: the CapabilityStatement (FHIR R4, `CapabilityStatement`), made of the same tables
//! that are worked by.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderValue};
use axum::response::Response;
use serde_json::{Value, json};

use super::kinds::{KINDS, Kind, LIST};
use super::question::{Given, refuse};
use super::write::judge_type;
use super::{BASE, Form, in_xml};
use crate::inbound::problem::Problem;
use crate::inbound::published::Published;
use crate::inbound::stack::House;

/// When the statement was last another than now.
const DATE: &str = "2026-11-30";

/// `GET /metadata`.
pub(crate) async fn metadata(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let given = Given::read(parts.uri.query(), b"");
    given.only(&["mode"])?;
    let form = Form::asked(&parts.headers, given.get("_format"), false)?;
    let statement = match given.get("mode") {
        None | Some("full" | "normative") => capabilities(&house),
        Some("terminology") => terminology(),
        Some(_) => return Err(refuse("mode", "is not known", "full, normative or terminology")),
    };
    let json = statement.to_string().into_bytes();
    let body = match form {
        Form::Xml => in_xml(&json).ok_or(Problem::Internal)?,
        _ if given.is_pretty() => super::drawn_out(&json),
        _ => json,
    };
    let mut response = Published::new(form.media_type(), body)?.in_this_form(&parts.headers)?;
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

fn capabilities(house: &House) -> Value {
    let resources: Vec<Value> = KINDS.iter().map(of_kind).chain([list()]).collect();
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "software": { "name": "Homeward", "version": env!("CARGO_PKG_VERSION") },
        "implementation": {
            "description": "What an authority knows of its children in care, for those who may read it",
            "url": format!("{}{BASE}", house.config.public_url.trim_end_matches('/')),
        },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "application/fhir+xml"],
        "rest": [{
            "mode": "server",
            "documentation": "Every caller sees what its view lets out of the children that it is related to. A version is that of what is shown; earlier ones are not held. What a caller writes is its own statement: it replaces what it said itself before, and nothing that others say. Care and education are written by the responsible authority alone.",
            "security": {
                "cors": false,
                "description": "A client certificate, a bearer token of /oauth2/token in the NHS manner, or an API key",
            },
            "resource": resources,
            "interaction": [{ "code": "transaction" }, { "code": "batch" }],
            "searchParam": [
                { "name": "_id", "type": "token" },
                { "name": "_count", "type": "number" },
            ],
        }],
    })
}

fn of_kind(kind: &Kind) -> Value {
    let (creates, changes) = (judge_type(kind.name, false).is_ok(), judge_type(kind.name, true).is_ok());
    let mut interactions = vec!["read", "vread", "history-instance", "search-type"];
    interactions.extend(creates.then_some("create"));
    interactions.extend(changes.then_some(["update", "delete"]).into_iter().flatten());
    let interactions: Vec<Value> = interactions.iter().map(|code| json!({ "code": code })).collect();
    let of_a_child = kind.patient.map(|_| json!({ "name": "patient", "type": "reference" }));
    let own =
        kind.parameters.iter().map(|parameter| json!({ "name": parameter.name, "type": parameter.compared.word() }));
    let parameters: Vec<Value> = of_a_child.into_iter().chain(own).collect();
    let mut operations = vec![operation("validate", "Resource-validate")];
    if kind.name == "Patient" {
        operations.push(operation("everything", "Patient-everything"));
        operations.push(json!({
            "name": "summary",
            "definition": "http://hl7.org/fhir/uv/ips/OperationDefinition/summary",
        }));
    }
    json!({
        "type": kind.name,
        "profile": format!("https://fhir.hl7.org.uk/StructureDefinition/UKCore-{}", kind.name),
        "interaction": interactions,
        "versioning": "versioned",
        "readHistory": false,
        "updateCreate": false,
        "conditionalCreate": creates,
        "conditionalUpdate": changes,
        "conditionalDelete": "not-supported",
        "conditionalRead": "not-match",
        "referencePolicy": ["literal", "local"],
        "searchParam": parameters,
        "operation": operations,
    })
}

fn list() -> Value {
    json!({
        "type": LIST,
        "documentation": "The children that the caller is related to, with the health checks that are due",
        "interaction": [{ "code": "read" }, { "code": "search-type" }],
        "versioning": "versioned",
        "readHistory": false,
        "searchParam": [{ "name": "code", "type": "token" }],
    })
}

fn operation(name: &str, definition: &str) -> Value {
    json!({ "name": name, "definition": format!("http://hl7.org/fhir/OperationDefinition/{definition}") })
}

fn terminology() -> Value {
    json!({
        "resourceType": "TerminologyCapabilities",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "codeSearch": "explicit",
    })
}
