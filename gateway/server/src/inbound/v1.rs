//! `/v1`: what there is to know about formats, and `translate` and `check`.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::Uri;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, delete, get, post};
use axum::{Extension, Router};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use uuid::Uuid;

use super::admit::Access;
use super::answer::{Answer, SpooledOutput};
use super::body::{BytesMax, read_document};
use super::media::{BodyKind, body_kind, negotiate};
use super::partners::Caller;
use super::problem::{Problem, disk};
use super::published::Published;
use super::query::{Query, is_name, missing};
use super::stack::{House, resource};
use super::{
    audit, deliveries, identity, intake, lookup, me, messages, providers, referrals, relations, routes, subjects,
    vacancies,
};
use crate::config::{Role, Scope, seconds};
use exchange::precision::Precision;
use exchange::view::{NAMES, matrix};
use kit::document::Document;

use crate::documents::DocumentLimits;
use crate::spool::{Spool, SpoolKey};
use crate::work::{Errors, Question, Refusal, Report, ReportForm, Stop, Target, Translation, Work};

/// Wait for a free worker before the caller is asked to come again.
const WORKER_WAIT: Duration = Duration::from_secs(2);

/// What the caller is told to wait when all places or workers are taken.
const BUSY_RETRY_SECONDS: u64 = 5;

const HOMEWARD_REPORT: HeaderName = HeaderName::from_static("homeward-report");
const HOMEWARD_FORMAT: HeaderName = HeaderName::from_static("homeward-format");
const JSON: &str = "application/json";
const JSON_SCHEMA: &str = "application/schema+json";
const CSV: &str = "text/csv";
const MIXED: &str = "multipart/mixed";

/// Parameters about a document, the same for check and translate.
const QUESTION: [&str; 5] = ["from", "year", "as_at", "authority", "dialect"];

/// The routes, each with its name in counters.
pub(crate) fn routes(house: &Arc<House>) -> Router {
    const READ: &str = "GET, HEAD, OPTIONS";
    const ASK: &str = "POST, OPTIONS";
    const TRANSLATE: Access = Access::Scope(Scope::Translate);
    let route = |router: Router<Arc<House>>, template, allow, access, methods| {
        router.route(template, resource(house, template, allow, access, methods))
    };
    let router = Router::new();
    let router = route(router, "/v1/formats", READ, Access::Document, get(formats));
    let router = route(router, "/v1/formats/{format}", READ, Access::Document, get(format));
    let router = route(router, "/v1/formats/{format}/schema", READ, Access::Document, get(schema));
    let router = route(router, "/v1/formats/{format}/template", READ, Access::Document, get(template));
    let router = route(router, "/v1/schemas/record", READ, Access::Document, get(record_schema));
    let router = route(router, "/v1/translate", ASK, TRANSLATE, post(translate));
    let router = route(router, "/v1/check", ASK, TRANSLATE, post(check));
    // Without partners there is nobody to tell about.
    let router = if house.partners.is_empty() {
        router
    } else {
        let router = route(router, "/v1/me", READ, Access::Any, get(me::me));
        route(router, "/v1/me/limits", READ, Access::Free, get(me::limits))
    };
    // Without a store nothing is taken in, and there is nothing to be told of.
    let router = if house.durable.is_none() { router } else { durable_routes(router, house) };
    router.with_state(house.clone())
}

/// The routes of the durable exchange.
fn durable_routes(router: Router<Arc<House>>, house: &Arc<House>) -> Router<Arc<House>> {
    const READ: &str = "GET, HEAD, OPTIONS";
    const ACT: &str = "POST, OPTIONS";
    const BOTH: &str = "GET, HEAD, POST, OPTIONS";
    let may = Access::Scope;
    let all: [(&'static str, &'static str, Access, MethodRouter<Arc<House>>); 62] = [
        ("/v1/routes/{route}/messages", ACT, may(Scope::MessagesSend), post(intake::send)),
        ("/v1/routes/{route}/preview", READ, Access::Any, get(routes::preview)),
        ("/v1/routes/{route}/approve", ACT, Access::Role(Role::Approve), post(routes::approve)),
        ("/v1/messages", READ, may(Scope::MessagesRead), get(messages::list)),
        ("/v1/messages/{id}", READ, may(Scope::MessagesRead), get(messages::show)),
        ("/v1/messages/{id}/report", READ, may(Scope::MessagesRead), get(messages::report)),
        ("/v1/messages/{id}/rejects", READ, may(Scope::MessagesRead), get(messages::rejects)),
        ("/v1/messages/{id}/content", READ, may(Scope::MessagesRead), get(messages::content)),
        ("/v1/messages/{id}/replay", ACT, may(Scope::MessagesAct), post(messages::replay)),
        ("/v1/messages/{id}/discard", ACT, may(Scope::MessagesAct), post(messages::discard)),
        ("/v1/deliveries", READ, may(Scope::DeliveriesRead), get(deliveries::list)),
        ("/v1/deliveries/{id}", READ, may(Scope::DeliveriesRead), get(deliveries::show)),
        ("/v1/deliveries/{id}/retry", ACT, may(Scope::DeliveriesAct), post(deliveries::retry)),
        ("/v1/deliveries/{id}/discard", ACT, may(Scope::DeliveriesAct), post(deliveries::discard)),
        ("/v1/dead-letters", READ, may(Scope::DeliveriesRead), get(deliveries::dead_letters)),
        ("/v1/dead-letters/retry", ACT, may(Scope::DeliveriesAct), post(deliveries::retry_dead)),
        ("/v1/identity/lookup", ACT, may(Scope::IdentityRead), post(lookup::lookup)),
        ("/v1/identity/proposals", READ, may(Scope::IdentityRead), get(identity::proposals)),
        ("/v1/identity/proposals/{id}", READ, may(Scope::IdentityRead), get(identity::proposal)),
        ("/v1/identity/proposals/{id}/confirm", ACT, may(Scope::IdentityAct), post(identity::confirm)),
        ("/v1/identity/links/{id}", READ, may(Scope::IdentityRead), get(identity::link)),
        ("/v1/identity/links/{id}/undo", ACT, may(Scope::IdentityAct), post(identity::undo)),
        ("/v1/identity/proposals/{id}/reject", ACT, may(Scope::IdentityAct), post(identity::reject)),
        (
            "/v1/identity/restrictions",
            BOTH,
            may(Scope::RestrictionsAct),
            get(identity::restrictions).post(identity::restrict),
        ),
        ("/v1/identity/restrictions/{id}/holders", READ, may(Scope::RestrictionsAct), get(identity::holders)),
        ("/v1/identity/restrictions/{id}/lift", ACT, may(Scope::RestrictionsAct), post(identity::lift)),
        (
            "/v1/identity/relations",
            BOTH,
            Access::ReadOrAct(Scope::IdentityRead, Scope::IdentityAct),
            get(relations::list).post(relations::relate),
        ),
        ("/v1/identity/relations/{id}", "DELETE, OPTIONS", may(Scope::IdentityAct), delete(relations::end)),
        ("/v1/identity/subjects", READ, may(Scope::IdentityRead), get(subjects::list)),
        ("/v1/identity/subjects/{id}", READ, may(Scope::IdentityRead), get(subjects::show)),
        ("/v1/identity/subjects/{id}/release", ACT, may(Scope::RestrictionsAct), post(subjects::release)),
        ("/v1/identity/subjects/{id}/erase", ACT, may(Scope::IdentityAct), post(subjects::erase)),
        ("/v1/identity/subjects/{id}/readmit", ACT, may(Scope::IdentityAct), post(subjects::readmit)),
        ("/v1/identity/subjects/{id}/handed-over", ACT, may(Scope::IdentityAct), post(subjects::handed_over)),
        ("/v1/identity/subjects/{id}/export", ACT, may(Scope::IdentityRead), post(identity::export)),
        (
            "/v1/vacancies",
            BOTH,
            Access::ReadOrAct(Scope::VacanciesRead, Scope::VacanciesWrite),
            get(vacancies::list).post(vacancies::acts::create),
        ),
        (
            "/v1/vacancies/{id}",
            "GET, HEAD, PUT, DELETE, OPTIONS",
            Access::ReadOrAct(Scope::VacanciesRead, Scope::VacanciesWrite),
            get(vacancies::show).put(vacancies::acts::replace).delete(vacancies::acts::withdraw),
        ),
        ("/v1/providers", READ, may(Scope::VacanciesRead), get(providers::list)),
        (
            "/v1/providers/{urn}",
            "GET, HEAD, PUT, OPTIONS",
            Access::ReadOrAct(Scope::VacanciesRead, Scope::VacanciesWrite),
            get(providers::show).put(providers::replace),
        ),
        ("/v1/vacancies/{id}/confirm", ACT, may(Scope::VacanciesWrite), post(vacancies::acts::confirm)),
        ("/v1/vacancies/{id}/history", READ, may(Scope::VacanciesRead), get(vacancies::history)),
        ("/v1/vacancies/{id}/photos", READ, may(Scope::VacanciesRead), get(vacancies::photos::list)),
        (
            "/v1/vacancies/{id}/photos/{name}",
            "GET, HEAD, PUT, DELETE, OPTIONS",
            Access::ReadOrAct(Scope::VacanciesRead, Scope::VacanciesWrite),
            get(vacancies::photos::show).put(vacancies::photos::put).delete(vacancies::photos::remove),
        ),
        ("/v1/vacancies/confirm", ACT, may(Scope::VacanciesWrite), post(vacancies::acts::confirm_all)),
        ("/v1/vacancies/bulk", ACT, may(Scope::VacanciesWrite), post(vacancies::bulk::submit)),
        (
            "/v1/referrals",
            BOTH,
            Access::ReadOrAct(Scope::ReferralsRead, Scope::ReferralsWrite),
            get(referrals::list).post(referrals::issue::issue),
        ),
        (
            "/v1/referrals/{reference}",
            "GET, HEAD, PUT, OPTIONS",
            Access::ReadOrAct(Scope::ReferralsRead, Scope::ReferralsWrite),
            get(referrals::show).put(referrals::issue::revise),
        ),
        ("/v1/referrals/{reference}/waves/{number}/open", ACT, may(Scope::ReferralsWrite), post(referrals::open_wave)),
        ("/v1/referrals/{reference}/close", ACT, may(Scope::ReferralsWrite), post(referrals::close)),
        ("/v1/referrals/{reference}/candidates", READ, may(Scope::ReferralsRead), get(referrals::candidates)),
        ("/v1/referrals/{reference}/notices", ACT, may(Scope::OffersWrite), post(referrals::notices)),
        (
            "/v1/referrals/{reference}/offers",
            BOTH,
            Access::ReadOrAct(Scope::OffersRead, Scope::OffersWrite),
            get(referrals::offers::list).post(referrals::offers::make),
        ),
        (
            "/v1/referrals/{reference}/offers/{id}",
            "GET, HEAD, PUT, OPTIONS",
            Access::ReadOrAct(Scope::OffersRead, Scope::OffersWrite),
            get(referrals::offers::show).put(referrals::offers::replace),
        ),
        (
            "/v1/referrals/{reference}/offers/{id}/withdraw",
            ACT,
            may(Scope::OffersWrite),
            post(referrals::offers::withdraw),
        ),
        (
            "/v1/referrals/{reference}/offers/{id}/release",
            READ,
            may(Scope::OffersRead),
            get(referrals::offers::release),
        ),
        ("/v1/referrals/{reference}/offers/{id}/accept", ACT, may(Scope::OffersWrite), post(referrals::offers::accept)),
        (
            "/v1/referrals/{reference}/offers/{id}/decline",
            ACT,
            may(Scope::OffersWrite),
            post(referrals::offers::decline),
        ),
        ("/v1/referrals/{reference}/offers/{id}/undo", ACT, may(Scope::OffersWrite), post(referrals::offers::undo)),
        ("/v1/audit", READ, may(Scope::AuditRead), get(audit::list)),
        ("/v1/audit/verify", ACT, may(Scope::AuditRead), post(audit::verify)),
        ("/v1/alerts", READ, Access::Person, get(routes::alerts)),
        ("/v1/alerts/{id}/seen", ACT, Access::Person, post(routes::seen)),
    ];
    all.into_iter().fold(router, |router, (template, allow, access, methods)| {
        router.route(template, resource(house, template, allow, access, methods))
    })
}

async fn formats(State(house): State<Arc<House>>, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    Query::parse(uri.query(), &[])?;
    kept(&house, "formats", JSON, |work| Ok(work.formats())).await?.answer(&headers)
}

async fn format(
    State(house): State<Arc<House>>,
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Query::parse(uri.query(), &[])?;
    let name = format_name(name)?;
    // By its name and not by the address, which can be written in many ways.
    kept(&house, &format!("formats/{name}"), JSON, move |work| work.format(&name)).await?.answer(&headers)
}

async fn schema(
    State(house): State<Arc<House>>,
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(uri.query(), &["year", "part"])?;
    let (year, part) = (query.year()?, query.name("part")?);
    let name = format_name(name)?;
    let json = document(&house, move |work| work.schema(&name, year.as_deref(), part.as_deref())).await?;
    Published::new(JSON_SCHEMA, json)?.answer(&headers)
}

async fn template(
    State(house): State<Arc<House>>,
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(uri.query(), &["year", "part"])?;
    let (year, part) = (query.year()?, query.name("part")?);
    let name = format_name(name)?;
    let template = document(&house, move |work| work.template(&name, year.as_deref(), part.as_deref())).await?;
    let mut response = Published::new(template.media_type, template.bytes)?.answer(&headers)?;
    response.headers_mut().insert(header::CONTENT_DISPOSITION, attachment(&template.file_name)?);
    Ok(response)
}

async fn record_schema(State(house): State<Arc<House>>, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    Query::parse(uri.query(), &[])?;
    kept(&house, "schemas/record", JSON_SCHEMA, |work| Ok(work.record_schema())).await?.answer(&headers)
}

async fn check(State(house): State<Arc<House>>, request: Request) -> Result<Response, Problem> {
    let query = Query::parse(request.uri().query(), &QUESTION)?;
    let mut question = question(&house, &query)?;
    let form = match negotiate(request.headers(), &[JSON, CSV])? {
        0 => ReportForm::Json,
        _ => ReportForm::Csv,
    };
    let sources = house.work.sources(&question)?;
    let (document, place) = receive(&house, &mut question, &sources, request).await?;
    let report =
        run(&house, move |work, stop| work.check(&question, &document, form, stop).map_err(Problem::from)).await?;
    house.metrics.rules(report.format, &report.rules);
    let media_type = if form == ReportForm::Json { JSON } else { CSV };
    let mut headers = report_headers(&report)?;
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    Ok((headers, Answer::default().bytes(report.body).keep(place)).into_response())
}

async fn translate(
    State(house): State<Arc<House>>,
    caller: Option<Extension<Caller>>,
    request: Request,
) -> Result<Response, Problem> {
    let mut names = vec!["to", "view", "errors", "errors_max"];
    names.extend(QUESTION);
    let query = Query::parse(request.uri().query(), &names)?;
    let mut translation = Translation {
        question: question(&house, &query)?,
        to: query.name("to")?.ok_or_else(|| missing("to"))?,
        view: query.name("view")?,
        errors: query.choice("errors", &[("fail", Errors::Fail), ("skip", Errors::Skip)])?.unwrap_or(Errors::Fail),
        errors_max: query
            .number("errors_max", house.config.limits.errors_max)?
            .unwrap_or(house.config.limits.errors_max),
    };
    if let (Some(Extension(caller)), Some(view)) = (&caller, &translation.view)
        && !is_within(view, &caller.known.partner.view)
    {
        return Err(Problem::ViewWithholds);
    }
    let target = house.work.prepare(&translation)?;
    let media_type = if target.several_parts { "application/zip" } else { target.media_type };
    let mixed = negotiate(request.headers(), &[media_type, MIXED])? == 1;
    let (document, place) = receive(&house, &mut translation.question, &target.sources, request).await?;

    let mut limits = DocumentLimits::new(&house.config.limits, 0).spool;
    limits.bytes_max = house.config.limits.translate_output_bytes_max;
    let several_parts = target.several_parts;
    let translated = run(&house, move |work, stop| {
        let key = SpoolKey::random().map_err(|error| disk(&error))?;
        let mut output = SpooledOutput::new(&key, limits.clone());
        let report = work.translate(&translation, &document, &mut output, stop)?;
        // Made whole before the status is sent, so that a status is never a lie.
        let whole = if several_parts { output.into_archive(&key, &limits) } else { output.into_one() };
        Ok((report, whole.map_err(|error| disk(&error))?))
    });
    let (report, output) = match translated.await {
        Err(Problem::DocumentHasErrors(report)) => {
            house.metrics.rules(report.format, &report.rules);
            return Err(Problem::DocumentHasErrors(report));
        }
        translated => translated?,
    };
    house.metrics.rules(report.format, &report.rules);
    let mut headers = report_headers(&report)?;
    if mixed {
        let (content_type, answer) = mixed_answer(&target, media_type, report, output);
        headers.insert(header::CONTENT_TYPE, header_value(&content_type)?);
        return Ok((headers, answer.keep(place)).into_response());
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CONTENT_DISPOSITION, attachment(&target.file_name)?);
    Ok((headers, Answer::default().spool(output).keep(place)).into_response())
}

/// What health says and an authority is told of in part alone. A translation shows nothing that its sender did not send:
/// an authority that has a document of these may have it written for health all the same.
const SAID_BY_HEALTH: [&str; 4] = ["HealthCheck", "Immunisation", "Condition", "Medication"];

/// Whether a view shows nothing that the other does not: the same one, or in no row of the matrix more precise.
fn is_within(view: &str, ceiling: &str) -> bool {
    let column = |name: &str| NAMES.iter().position(|known| *known == name);
    let (Some(narrow), Some(wide)) = (column(view), column(ceiling)) else { return view == ceiling };
    narrow == wide
        || matrix().filter(|row| !SAID_BY_HEALTH.contains(&row.statement)).all(|row| {
            let precision = |column: usize| row.precisions[column].unwrap_or(Precision::Withheld);
            let (narrow, wide) = (precision(narrow), precision(wide));
            narrow == wide || wide == Precision::Full || narrow == Precision::Withheld
        })
}

fn question(house: &House, query: &Query<'_>) -> Result<Question, Problem> {
    Ok(Question {
        from: query.name("from")?,
        year: query.year()?,
        as_at: query.day("as_at")?,
        authority: query.authority()?,
        dialect: query.name("dialect")?,
        media_type: None,
        diagnostics_max: house.config.limits.diagnostics_max,
    })
}

/// Takes a place, judges the media type, and reads the body.
async fn receive(
    house: &House,
    question: &mut Question,
    sources: &[&'static str],
    request: Request,
) -> Result<(Arc<Document>, OwnedSemaphorePermit), Problem> {
    let kind = body_kind(request.headers(), sources)?;
    let Ok(place) = house.places.clone().try_acquire_owned() else {
        return Err(Problem::Unavailable { retry_seconds: BUSY_RETRY_SECONDS });
    };
    let (parts, body) = request.into_parts();
    let document = read_document(
        &parts.headers,
        body,
        &kind,
        &house.config.limits,
        BytesMax::of_translation(&house.config.limits),
    )
    .await?;
    if let BodyKind::Single(media_type) = kind {
        question.media_type = media_type;
    }
    Ok((Arc::new(document), place))
}

/// Runs work on a document: on a thread of its own, when one is free, within its time, and only while someone waits.
pub(crate) async fn run<T: Send + 'static>(
    house: &Arc<House>,
    work: impl FnOnce(&dyn Work, &Stop) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let busy = Problem::Unavailable { retry_seconds: BUSY_RETRY_SECONDS };
    let Ok(Ok(worker)) = timeout(WORKER_WAIT, Semaphore::acquire_owned(house.workers.clone())).await else {
        return Err(busy);
    };
    let stop = Stop::default();
    // The caller's going away drops this future, and with it the guard: the work ends within one subject.
    let _guard = stop.on_drop();
    let shared = house.clone();
    let running = spawn_blocking(move || {
        // The thread is taken until the work has ended, even when nobody waits for it any more.
        let _worker = worker;
        work(shared.work.as_ref(), &stop)
    });
    within(seconds(house.config.limits.translate_seconds_max), running).await
}

/// A document about formats that has no parameters: it is made once.
async fn kept(
    house: &Arc<House>,
    key: &str,
    media_type: &'static str,
    make: impl FnOnce(&dyn Work) -> Result<Vec<u8>, Refusal> + Send + 'static,
) -> Result<Published, Problem> {
    if let Some(published) = house.documents.find(key) {
        return Ok(published);
    }
    let published = Published::new(media_type, document(house, make).await?)?;
    house.documents.keep(key, &published);
    Ok(published)
}

/// Makes a document about formats, away from the threads that serve connections.
async fn document<T: Send + 'static>(
    house: &Arc<House>,
    make: impl FnOnce(&dyn Work) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Problem> {
    let shared = house.clone();
    let running = spawn_blocking(move || make(shared.work.as_ref()).map_err(Problem::from));
    within(seconds(house.config.limits.handler_seconds_max), running).await
}

async fn within<T>(
    time: Duration,
    running: impl Future<Output = Result<Result<T, Problem>, tokio::task::JoinError>>,
) -> Result<T, Problem> {
    match timeout(time, running).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Problem::Internal),
        Err(_) => Err(Problem::Timeout),
    }
}

/// A name in an address that has not the form of one names nothing.
fn format_name(name: String) -> Result<String, Problem> {
    if is_name(&name) { Ok(name) } else { Err(Problem::NotFound { nearest: None }) }
}

fn report_headers(report: &Report) -> Result<HeaderMap, Problem> {
    let counts = format!("errors={}, warnings={}, losses={}", report.errors, report.warnings, report.losses);
    let mut headers = HeaderMap::new();
    headers.insert(HOMEWARD_REPORT, header_value(&counts)?);
    headers.insert(HOMEWARD_FORMAT, HeaderValue::from_static(report.format));
    Ok(headers)
}

fn mixed_answer(target: &Target, media_type: &str, report: Report, output: Spool) -> (String, Answer) {
    // Random, so that no output can hold it.
    let boundary = format!("homeward-{}", Uuid::new_v4().simple());
    let head = format!(
        "--{boundary}\r\nContent-Type: {media_type}\r\nContent-Disposition: attachment; filename=\"{}\"\r\n\r\n",
        target.file_name
    );
    let middle = format!("\r\n--{boundary}\r\nContent-Type: {JSON}\r\n\r\n");
    let end = format!("\r\n--{boundary}--\r\n");
    let answer = Answer::default().bytes(head).spool(output).bytes(middle).bytes(report.body).bytes(end);
    (format!("{MIXED}; boundary={boundary}"), answer)
}

fn attachment(file_name: &str) -> Result<HeaderValue, Problem> {
    header_value(&format!("attachment; filename=\"{file_name}\""))
}

/// A header of our own words; one that cannot be written is our fault.
fn header_value(text: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(text).map_err(|_| Problem::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_within_itself_and_within_a_wider_one() {
        for name in NAMES {
            // Pseudonyms are for analysts alone, and what carers are is told to nobody but their own agency until an
            // offer is accepted.
            let is_apart = matches!(name, "statistics" | "provider");
            assert!(is_within(name, name) && is_within(name, "local-authority") != is_apart, "{name}");
        }
        assert!(!is_within("local-authority", "health") && !is_within("health", "provider"));
        assert!(!is_within("health", "coventry-epep") && is_within("coventry-epep", "coventry-epep"));
    }
}
