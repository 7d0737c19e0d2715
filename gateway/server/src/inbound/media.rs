//! Media types: what a caller accepts (RFC 9110, section 12.5.1), and what its body is (section 8.3).

use axum::http::header::{self, HeaderMap};

use super::problem::Problem;

/// Chooses among what can be made: the first that is most welcome. No `Accept` takes the first.
///
/// # Errors
/// [`Problem::NotAcceptable`] when none is welcome.
pub(crate) fn negotiate(headers: &HeaderMap, available: &[&'static str]) -> Result<usize, Problem> {
    let mut ranges = Vec::new();
    for value in headers.get_all(header::ACCEPT) {
        let value = value.to_str().map_err(|_| Problem::InvalidHeader("Accept"))?;
        ranges.extend(value.split(',').filter_map(Range::parse));
    }
    if ranges.is_empty() {
        return Ok(0);
    }
    let mut best: Option<(usize, u16)> = None;
    for (position, media_type) in available.iter().enumerate() {
        // The most specific range that matches says how welcome a type is.
        let quality =
            ranges.iter().filter_map(|range| Some((range.specificity(media_type)?, range.quality))).max_by_key(|r| r.0);
        match quality {
            Some((_, quality)) if quality > best.map_or(0, |(_, quality)| quality) => best = Some((position, quality)),
            _ => {}
        }
    }
    best.map(|(position, _)| position).ok_or_else(|| Problem::NotAcceptable { available: available.to_vec() })
}

struct Range {
    essence: String,
    /// Thousandths.
    quality: u16,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut pieces = text.split(';').map(str::trim);
        let essence = pieces.next().filter(|essence| !essence.is_empty())?.to_ascii_lowercase();
        let quality = pieces.find_map(|piece| piece.strip_prefix("q=").or_else(|| piece.strip_prefix("Q=")));
        let quality = match quality {
            Some(text) => text.parse::<f32>().ok().filter(|quality| (0.0..=1.0).contains(quality))?,
            None => 1.0,
        };
        Some(Self { essence, quality: (quality * 1000.0).round() as u16 })
    }

    fn specificity(&self, media_type: &str) -> Option<u8> {
        // What can be made may carry parameters; they do not decide.
        let media_type = media_type.split(';').next().unwrap_or_default();
        if self.essence == media_type {
            return Some(2);
        }
        if self.essence == "*/*" || self.essence == "*" {
            return Some(0);
        }
        let family = self.essence.strip_suffix("/*")?;
        media_type.strip_prefix(family).is_some_and(|rest| rest.starts_with('/')).then_some(1)
    }
}

/// How a document comes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum BodyKind {
    /// One document; its type, when that tells anything.
    Single(Option<String>),
    Zip,
    Multipart {
        boundary: String,
    },
}

/// Types that hold any format.
const ANY: &[&str] = &["application/octet-stream", "application/zip", "multipart/form-data"];

/// Judges the Content-Type of a document; `sources` are the types of its format.
///
/// # Errors
/// [`Problem::UnsupportedMediaType`] with what is accepted.
pub(crate) fn body_kind(headers: &HeaderMap, sources: &[&'static str]) -> Result<BodyKind, Problem> {
    let unsupported = || {
        let mut accepted = sources.to_vec();
        accepted.extend(ANY.iter().filter(|any| !sources.contains(any)));
        Problem::UnsupportedMediaType { accepted, coding: false }
    };
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Err(unsupported()) };
    let value = value.to_str().map_err(|_| unsupported())?;
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "multipart/form-data" => {
            let boundary = multer::parse_boundary(value).map_err(|_| unsupported())?;
            Ok(BodyKind::Multipart { boundary })
        }
        "application/zip" => Ok(BodyKind::Zip),
        "application/octet-stream" => Ok(BodyKind::Single(None)),
        _ if sources.contains(&essence.as_str()) => {
            let json = essence.ends_with("json");
            if json && charset(value).is_some_and(|charset| !charset.eq_ignore_ascii_case("utf-8")) {
                return Err(unsupported());
            }
            Ok(BodyKind::Single(Some(essence)))
        }
        _ => Err(unsupported()),
    }
}

/// Whether the body is packed with gzip.
///
/// # Errors
/// [`Problem::UnsupportedMediaType`] for any other coding, or several.
pub(crate) fn is_gzip(headers: &HeaderMap) -> Result<bool, Problem> {
    let unsupported = || Problem::UnsupportedMediaType { accepted: Vec::new(), coding: true };
    let mut values = headers.get_all(header::CONTENT_ENCODING).iter();
    let Some(value) = values.next() else { return Ok(false) };
    let coding = value.to_str().map_err(|_| unsupported())?.trim().to_ascii_lowercase();
    match (coding.as_str(), values.next()) {
        ("gzip" | "x-gzip", None) => Ok(true),
        ("identity" | "", None) => Ok(false),
        _ => Err(unsupported()),
    }
}

fn charset(value: &str) -> Option<&str> {
    value.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.eq_ignore_ascii_case("charset").then(|| value.trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn chosen(accept: &str) -> Option<usize> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        negotiate(&headers, &["application/json", "text/csv"]).ok()
    }

    #[test]
    fn the_most_welcome_type_wins() {
        assert_eq!(negotiate(&HeaderMap::new(), &["application/json"]).ok(), Some(0));
        for (accept, expected) in [
            ("*/*", Some(0)),
            ("text/csv", Some(1)),
            ("TEXT/CSV", Some(1)),
            ("text/*", Some(1)),
            ("application/json;q=0.5, text/csv", Some(1)),
            ("application/json;q=0.5, text/csv;q=0.5", Some(0)),
            ("*/*;q=0.1, text/csv;q=0", Some(0)),
            ("application/json;q=0, */*", Some(1)),
            ("text/html", None),
            ("text/csv;q=0", None),
            ("textual/csv, tex/*", None),
        ] {
            assert_eq!(chosen(accept), expected, "{accept}");
        }
    }

    #[test]
    fn a_body_is_judged_by_its_type() {
        let kind = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(value).unwrap());
            body_kind(&headers, &["text/csv", "application/json"]).ok()
        };
        assert_eq!(kind("text/csv; charset=windows-1252"), Some(BodyKind::Single(Some("text/csv".into()))));
        assert_eq!(kind("application/json; charset=UTF-8"), Some(BodyKind::Single(Some("application/json".into()))));
        assert_eq!(kind("application/json; charset=latin1"), None);
        assert_eq!(kind("application/octet-stream"), Some(BodyKind::Single(None)));
        assert_eq!(kind("multipart/form-data; boundary=x"), Some(BodyKind::Multipart { boundary: "x".into() }));
        assert_eq!(kind("multipart/form-data"), None);
        assert_eq!(kind("text/html"), None);
        assert_eq!(kind(""), None);
    }
}
