//! `$summary`: the health passport of one child, as a document or as the young person's own page (International Patient
//! Summary, operation `summary`).

use axum::body::Body;
use axum::http::header::{self, HeaderValue};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use store::identity::BlindIdentifier;
use store::subject::SubjectId;
use uuid::Uuid;

use super::outcome::several;
use super::question::{Question, Whose, refuse};
use super::{Answer, Asking, Form};
use crate::config::Scope;
use crate::durable::Durable;
use crate::durable::shown::Reader;
use crate::inbound::body::{BytesMax, read_small};
use crate::inbound::intake::store_problem;
use crate::inbound::problem::Problem;
use crate::inbound::stack::House;

/// A page of ours holds its style and its drawings, and asks for nothing.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// The profile that a passport has.
const PROFILE: &str = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Bundle";

/// `GET /Patient/{id}/$summary`.
pub(crate) async fn of_patient(house: &House, parts: &Parts, id: &str) -> Result<Response, Problem> {
    let asking = Asking::begin(house, parts, b"", true)?;
    asking.given.only(&["profile"])?;
    judge_profile(asking.given.get("profile"))?;
    let id = Uuid::try_parse(id).map_err(|_| Problem::NotFound { nearest: None })?;
    summary(&asking, Whose::Patient(id)).await
}

/// `GET /Patient/$summary?identifier=`.
pub(crate) async fn of_identifier(house: &House, parts: &Parts, form: &[u8]) -> Result<Response, Problem> {
    let asking = Asking::begin(house, parts, form, true)?;
    asking.may(Scope::FhirRead)?;
    asking.given.only(&["identifier", "profile"])?;
    judge_profile(asking.given.get("profile"))?;
    let identifier = asking.given.get("identifier").map(str::to_owned);
    by_identifier(&asking, identifier).await
}

/// `POST /Patient/$summary`, with Parameters.
pub(crate) async fn of_parameters(house: &House, parts: Parts, body: Body) -> Result<Response, Problem> {
    let limits = &house.config.limits;
    let most = BytesMax { bytes: limits.json_bytes_max, limit: "json_bytes_max" };
    let body = read_small(&parts.headers, body, limits, most).await?;
    let asking = Asking::begin(house, &parts, b"", true)?;
    asking.may(Scope::FhirRead)?;
    asking.given.only(&[])?;
    let malformed = || refuse("identifier", "is needed", "as Parameters with a valueIdentifier, or in the query");
    let parameters: Value = serde_json::from_slice(&body).map_err(|_| malformed())?;
    let named = |name: &str| {
        let all = parameters.get("parameter").and_then(Value::as_array)?;
        all.iter().find(|parameter| parameter.get("name").and_then(Value::as_str) == Some(name))
    };
    judge_profile(named("profile").and_then(|it| it.get("valueCanonical").or(it.get("valueUri"))?.as_str()))?;
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(escaped);
    let identifier = named("identifier").and_then(|parameter| {
        let identifier = parameter.get("valueIdentifier")?;
        Some(format!("{}|{}", text(identifier, "system")?, text(identifier, "value")?))
    });
    by_identifier(&asking, identifier).await
}

async fn by_identifier(asking: &Asking, identifier: Option<String>) -> Result<Response, Problem> {
    let identifier = identifier
        .ok_or_else(|| refuse("identifier", "is needed", "as in identifier=https://fhir.nhs.uk/Id/nhs-number|…"))?;
    let whose = Question::of_identifier(&identifier, &asking.reader)?;
    summary(asking, whose).await
}

async fn summary(asking: &Asking, whose: Whose) -> Result<Response, Problem> {
    let (reader, is_page) = (asking.reader.clone(), asking.form == Form::Page);
    let bytes = asking
        .tell("Patient:summary", move |durable| {
            let missing = || Problem::NotFound { nearest: None };
            let id = child_of(durable, &whose)?.ok_or_else(missing)?;
            let format = if is_page { "passport-html" } else { "fhir-json" };
            if let Whose::Identifier(identifier) = &whose
                && !is_shown_by(durable, id, identifier, &reader)?
            {
                return Err(missing());
            }
            let (shown, bytes) = durable.passport(id, &reader, format).map_err(store_problem)?.ok_or_else(missing)?;
            Ok((bytes, vec![shown]))
        })
        .await?;
    if !is_page {
        return asking.answer(Answer { json: bytes, tag: None });
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(Form::Page.media_type())),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY)),
    ];
    Ok((headers, bytes).into_response())
}

/// The child that is asked for.
fn child_of(durable: &Durable, whose: &Whose) -> Result<Option<SubjectId>, Problem> {
    Ok(match whose {
        Whose::Patient(id) => {
            let of = durable.store.subjects_of_resources(&[*id]).map_err(store_problem)?.pop().flatten();
            of.filter(|of| durable.patient_id(*of) == *id)
        }
        Whose::Identifier(identifier) => {
            durable.store.find(std::slice::from_ref(identifier)).map_err(store_problem)?.pop().flatten()
        }
        Whose::Nobodys => None,
        Whose::Named { .. } | Whose::Resources(_) | Whose::Everybodys => return Err(several()),
    })
}

/// Whether the reader is shown the child under this identifier: by one that it is not shown nobody is found.
fn is_shown_by(
    durable: &Durable,
    id: SubjectId,
    identifier: &BlindIdentifier,
    reader: &Reader,
) -> Result<bool, Problem> {
    let shown = durable.shown(&[id], reader).map_err(store_problem)?.pop();
    let patient = shown.and_then(|shown| shown.resources.into_iter().find(|resource| resource.kind == "Patient"));
    let Some(patient) = patient else { return Ok(false) };
    let patient: Value = serde_json::from_slice(&patient.json).map_err(|_| Problem::Internal)?;
    let mut identifiers = patient.get("identifier").and_then(Value::as_array).into_iter().flatten();
    Ok(identifiers.any(|it| it["system"] == identifier.system.as_str() && it["value"] == identifier.value.as_str()))
}

fn judge_profile(profile: Option<&str>) -> Result<(), Problem> {
    match profile {
        None | Some(PROFILE) => Ok(()),
        Some(_) => Err(refuse("profile", "is not that of the passport", "leave it out")),
    }
}

/// A text in which no sign parts it from the next.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace(',', "\\,")
}
