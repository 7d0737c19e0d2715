//! The id of a request, and the rescue: every answer carries the id, and every refusal is drawn here, once.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::Extensions;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::fhir;
use super::problem::{Problem, render};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// Longest X-Correlation-ID.
const CORRELATION_ID_CHARS_MAX: usize = 128;

/// The id of a request, found among its extensions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestId(pub(crate) Uuid);

/// The ids that go with a request, and are told in its answer.
pub(crate) struct Ids {
    id: Uuid,
    mirrored: HeaderValue,
    correlation: Option<HeaderValue>,
    /// How a refusal is told under the addresses of FHIR.
    fhir: Option<fhir::Form>,
}

impl Ids {
    /// Takes or makes the ids, and puts that of the request among its extensions. With them the header that has another
    /// form than it may have.
    pub(crate) fn take(request: &mut Request) -> (Self, Result<(), Problem>) {
        let asked = single(request.headers(), &REQUEST_ID).map(|value| value.and_then(parse_request_id));
        let correlation = single(request.headers(), &CORRELATION_ID).map(|value| value.filter(is_correlation_id));
        let fault = if matches!(asked, Some(None)) {
            Err(Problem::InvalidHeader("X-Request-ID"))
        } else if matches!(correlation, Some(None)) {
            Err(Problem::InvalidHeader("X-Correlation-ID"))
        } else {
            Ok(())
        };
        let (id, mirrored) = asked.flatten().unwrap_or_else(made);
        request.extensions_mut().insert(RequestId(id));
        let fhir = fhir::is_fhir(request.uri().path())
            .then(|| fhir::Form::of_refusal(request.headers(), request.uri().query()));
        (Self { id, mirrored, correlation: correlation.flatten(), fhir }, fault)
    }

    /// The id of the request.
    pub(crate) fn id(&self) -> Uuid {
        self.id
    }

    /// Draws a problem if the request ended in one, and tells the ids.
    pub(crate) fn draw(self, response: Response) -> Response {
        let mut response = match response.extensions().get::<Arc<Problem>>() {
            Some(problem) => {
                let mut drawn = match self.fhir {
                    Some(form) => fhir::outcome::render(problem, &self.id, form),
                    None => render(problem, &self.id),
                };
                drawn.extensions_mut().extend(response.extensions().clone());
                drawn
            }
            None => response,
        };
        response.headers_mut().insert(REQUEST_ID, self.mirrored);
        if let Some(correlation) = self.correlation {
            response.headers_mut().insert(CORRELATION_ID, correlation);
        }
        response
    }
}

/// Takes or makes the ids, runs the request, and draws a problem if it ended in one.
pub(crate) async fn identify(mut request: Request, next: Next) -> Response {
    let (ids, fault) = Ids::take(&mut request);
    let response = match fault {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    ids.draw(response)
}

impl RequestId {
    /// The id of a request that passed the column.
    ///
    /// # Errors
    /// [`Problem::Internal`] when it did not.
    pub(crate) fn of(extensions: &Extensions) -> Result<Self, Problem> {
        extensions.get::<Self>().copied().ok_or(Problem::Internal)
    }
}

/// The caller's own id of the flow, which the column has judged.
pub(crate) fn correlation_id(headers: &HeaderMap) -> Option<String> {
    headers.get(&CORRELATION_ID)?.to_str().ok().map(str::to_owned)
}

/// `None`: absent. `Some(None)`: there more than once.
fn single(headers: &HeaderMap, name: &HeaderName) -> Option<Option<HeaderValue>> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    Some(values.next().is_none().then(|| first.clone()))
}

/// The form that NHS services ask for: 8-4-4-4-12 hexadecimal digits, no other spelling of a UUID.
fn parse_request_id(value: HeaderValue) -> Option<(Uuid, HeaderValue)> {
    const HYPHENATED_CHARS: usize = 36;
    let text = value.to_str().ok().filter(|text| text.len() == HYPHENATED_CHARS)?;
    let id = Uuid::try_parse(text).ok()?;
    Some((id, value))
}

fn is_correlation_id(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    (1..=CORRELATION_ID_CHARS_MAX).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte))
}

fn made() -> (Uuid, HeaderValue) {
    let id = Uuid::now_v7();
    let value = HeaderValue::from_str(&id.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""));
    (id, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hyphenated_spelling_is_an_id() {
        let parse = |text: &str| HeaderValue::from_str(text).ok().and_then(parse_request_id).is_some();
        assert!(parse("60e0b220-8136-4ca5-ae46-1d97ef59d068"));
        assert!(parse("60E0B220-8136-4CA5-AE46-1D97EF59D068"));
        for wrong in [
            "",
            "60e0b22081364ca5ae461d97ef59d068",
            "{60e0b220-8136-4ca5-ae46-1d97ef59d068}",
            "60e0b220-8136-4ca5-ae46-1d97ef59d06",
            "60e0b220-8136-4ca5-ae46-1d97ef59d06g",
            "60e0b2208-136-4ca5-ae46-1d97ef59d068",
            "urn:uuid:60e0b220-8136-4ca5-ae46-1d97ef59d068",
        ] {
            assert!(!parse(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_correlation_id_has_1_to_128_plain_characters() {
        let valid = |text: &str| is_correlation_id(&HeaderValue::from_str(text).unwrap());
        assert!(valid("a") && valid("A-1_b.c") && valid(&"x".repeat(128)));
        assert!(!valid("") && !valid(&"x".repeat(129)) && !valid("a b") && !valid("a;b") && !valid("a/b"));
    }
}
