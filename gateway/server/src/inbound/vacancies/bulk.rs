//! Many homes at once: a document of vacancies, each row by itself, one result a row (http, section 6.1).

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use exchange::ask;
use kit::adapter::Format;
use kit::csv::rules as table_rules;
use kit::document::Document;
use kit::nested::rules as nested_rules;
use schemas::diagnostic::{Diagnostic, Place, Report as _, Rule, Severity};
use schemas::identifier::ProviderUrn;
use serde_json::{Map, Value, json};
use tokio::task::spawn_blocking;

use super::super::acts::act_problem;
use super::super::asker::Asker;
use super::super::body::{BytesMax, read_document};
use super::super::idempotency::{Answered, Once};
use super::super::identity::actor;
use super::super::intake::store_problem;
use super::super::media::{BodyKind, body_kind};
use super::super::problem::{Complaint, Place as ProblemPlace, Problem, disk};
use super::super::query::Query;
use super::super::stack::House;
use super::document::{FORMATS, Read, read, row_key, row_path};
use super::is_own;
use crate::durable::arriving::sha256;
use crate::durable::market::offering::{Submission, Taken, Told};
use crate::work::Report;

/// What the caller is told to wait when all places are taken.
const BUSY_RETRY_SECONDS: u64 = 5;

/// Bytes that are read at once of a document that is hashed.
const PIECE_BYTES: usize = 64 * 1024;

/// `POST /v1/vacancies/bulk`.
pub(crate) async fn submit(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let mut asker = Asker::of(&house, request.extensions())?;
    let query = Query::parse(request.uri().query(), &["mode", "errors", "dry_run", "confirmed"])?;
    let flag = [("true", true), ("false", false)];
    // What the request says goes before what the document says of itself.
    let mode = query.choice("mode", &[("merge", false), ("replace", true)])?;
    let submission = Submission {
        replaces: mode.unwrap_or(false),
        all_or_nothing: query.choice("errors", &[("skip", false), ("fail", true)])?.unwrap_or(false),
        dry_run: query.choice("dry_run", &flag)?.unwrap_or(false),
        is_confirmed: query.choice("confirmed", &flag)?.unwrap_or(false),
    };
    let formats = FORMATS.map(|name| roster::format(name).map(|(_, format)| format));
    let formats: Vec<&'static Format> = formats.into_iter().flatten().collect();
    let sources: Vec<&'static str> = formats.iter().flat_map(|format| format.media_types).copied().collect();
    let kind = body_kind(request.headers(), &sources)?;
    let Ok(_place) = house.places.clone().try_acquire_owned() else {
        return Err(Problem::Unavailable { retry_seconds: BUSY_RETRY_SECONDS });
    };
    let (parts, body) = request.into_parts();
    let limits = &house.config.limits;
    let most = BytesMax { bytes: limits.bulk_bytes_max, limit: "bulk_bytes_max" };
    let document = Arc::new(read_document(&parts.headers, body, &kind, limits, most).await?);
    let hashed = document.clone();
    let hash = spawn_blocking(move || hash_of(&hashed)).await.map_err(|_| Problem::Internal)?;
    let hash = hash.map_err(|error| disk(&error))?;
    // A trial changes nothing: it is done as often as it is asked for.
    if !submission.dry_run {
        asker.once = Once::begin_hashed(&asker.durable, asker.caller.name(), &parts, &hash)?;
        if let Some(once) = &asker.once
            && let Some(first) = once.first_answer(&asker.durable).await?
        {
            return Ok(first);
        }
    }
    let format = format_of(&kind, &formats, &document)?;
    let shared = house.clone();
    spawn_blocking(move || take_in(&shared, &asker, &document, format, (submission, mode.is_none())))
        .await
        .map_err(|_| Problem::Internal)?
}

/// The format of a body: by its type, or by what it holds.
fn format_of(kind: &BodyKind, formats: &[&'static Format], document: &Document) -> Result<&'static Format, Problem> {
    let by_type = match kind {
        BodyKind::Single(Some(media_type)) => {
            formats.iter().find(|format| format.media_types.contains(&media_type.as_str())).copied()
        }
        BodyKind::Single(None) | BodyKind::Zip | BodyKind::Multipart { .. } => None,
    };
    let found =
        by_type.ok_or(()).or_else(|()| ask::recognise_format(document, formats.iter().copied()).map_err(|_| ()));
    found.map_err(|()| {
        Problem::InvalidRequest(Complaint {
            rule: "http/format-unclear",
            message: format!("the body is none of: {}", FORMATS.join(", ")).into(),
            help: "send text/csv with the machine names in its first row, the workbook of GET /v1/formats/vacancies-xlsx/template, or application/json",
            place: ProblemPlace::Body,
        })
    })
}

/// SHA-256 of all parts, each behind its length.
fn hash_of(document: &Document) -> std::io::Result<[u8; 32]> {
    let (mut context, mut piece) = (Context::new(&SHA256), vec![0; PIECE_BYTES]);
    for (_, part) in document.parts() {
        context.update(&part.bytes.len().to_be_bytes());
        let mut at = 0;
        loop {
            let count = part.bytes.read_at(at, &mut piece)?;
            if count == 0 {
                break;
            }
            context.update(&piece[..count]);
            at += count as u64;
        }
    }
    Ok(sha256(context.finish()))
}

fn take_in(
    house: &House,
    asker: &Asker,
    document: &Document,
    format: &'static Format,
    (mut submission, hears_document): (Submission, bool),
) -> Result<Response, Problem> {
    let mut read = read(document, format, &house.config);
    submission.replaces |= hears_document && read.is_everything;
    if [&table_rules::TOO_MANY_ROWS, &nested_rules::JSON.too_many_items].iter().any(|rule| is_told(&read, rule)) {
        return Err(Problem::TooLarge { limit: "bulk_rows_max" });
    }
    let own = |urn: ProviderUrn| is_own(&asker.caller, urn);
    let sheet = std::mem::take(&mut read.sheet);
    let mut report = None;
    let answer = |taken: &Taken| {
        for told in &taken.told {
            for rule in &told.rules {
                read.findings.raise(Diagnostic::new(rule, told.place.clone().unwrap_or(Place::Document)));
            }
        }
        let body = body_of((&mut read, document), taken, submission, &mut report);
        Answered::new(StatusCode::OK, body, None)
    };
    let offered = asker.durable.offer(&sheet, submission, &own, &actor(asker), answer).map_err(store_problem)?;
    if let Some(report) = &report {
        house.metrics.rules(report.format, &report.rules);
    }
    match (offered, report) {
        (Err(refused), _) => Err(act_problem(&refused)),
        (Ok((_, false)), Some(report)) => Err(Problem::DocumentHasErrors(report)),
        (Ok((answer, _)), _) => Ok(answer.into_response()),
    }
}

fn is_told(read: &Read, rule: &Rule) -> bool {
    read.findings.counts().any(|count| count.rule.code == rule.code)
}

/// One result a row in the order of the rows, and the report of what was read.
fn body_of(
    (read, document): (&mut Read, &Document),
    taken: &Taken,
    submission: Submission,
    report: &mut Option<Report>,
) -> Value {
    let mut rows: BTreeMap<_, Value> = BTreeMap::new();
    let mut beside = Vec::new();
    for told in &taken.told {
        let Some(place) = &told.place else {
            beside.push(result(None, told.outcome, told, &[]));
            continue;
        };
        let Some(key) = row_key(place) else { continue };
        let heard = read.told.remove(&key).map(|(_, rules)| rules).unwrap_or_default();
        rows.insert(key, result(Some(place), told.outcome, told, &heard));
    }
    // What is left was read as nothing: it is lost, or says what another row says.
    for (key, (place, rules)) in std::mem::take(&mut read.told) {
        let is_lost = rules.iter().any(|rule| rule.severity == Severity::Error);
        let told = Told { place: None, outcome: None, id: None, rules: Vec::new() };
        rows.insert(key, result(Some(&place), (!is_lost).then_some("unchanged"), &told, &rules));
    }
    let results: Vec<Value> = rows.into_values().chain(beside).collect();
    let words = ["created", "updated", "unchanged", "withdrawn", "rejected"];
    let count = |word: &str| results.iter().filter(|result| result["outcome"] == word).count();
    let counts: Map<String, Value> = words.iter().map(|word| ((*word).to_owned(), json!(count(word)))).collect();
    let made = read.report(document);
    let text: Value = serde_json::from_slice(&made.body).unwrap_or_default();
    *report = Some(made);
    json!({
        "dryRun": submission.dry_run,
        "counts": counts,
        "results": results,
        "notWithdrawn": taken.not_withdrawn,
        "report": text,
    })
}

/// What became of a row, with the gravest rule that is told of it.
fn result(place: Option<&Place>, outcome: Option<&'static str>, told: &Told, heard: &[&'static Rule]) -> Value {
    let mut result = Map::new();
    match place {
        Some(Place::Cell { line, .. }) => {
            result.insert("line".to_owned(), json!(line));
        }
        Some(Place::Node { path, .. }) => {
            result.insert("path".to_owned(), json!(row_path(path)));
        }
        _ => {}
    }
    result.insert("outcome".to_owned(), json!(outcome.unwrap_or("rejected")));
    if let Some(id) = told.id {
        result.insert("id".to_owned(), json!(id));
    }
    let rules = told.rules.iter().chain(heard);
    if let Some(rule) = rules.max_by_key(|rule| grave(rule)) {
        result.insert("rule".to_owned(), json!(rule.code));
    }
    Value::Object(result)
}

fn grave(rule: &Rule) -> u8 {
    match rule.severity {
        Severity::Error => 2,
        Severity::Warning => 1,
        Severity::Loss => 0,
    }
}
