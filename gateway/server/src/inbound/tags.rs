//! ETags of `/v1`: strong, the version of the thing; and `If-Match` before anything is changed (RFC 9110, 13.1.1).

use axum::http::header::{self, HeaderMap, HeaderValue};

use super::problem::Problem;

/// The tag of a version.
pub(crate) fn etag(version: u64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

/// The version that the caller has seen: `"n"`, `W/"n"` and `n` are taken.
///
/// # Errors
/// [`Problem::PreconditionRequired`] without the header, [`Problem::InvalidHeader`] for one that holds no version.
pub(crate) fn if_match(headers: &HeaderMap) -> Result<u64, Problem> {
    let mut values = headers.get_all(header::IF_MATCH).iter();
    let Some(value) = values.next() else { return Err(Problem::PreconditionRequired) };
    let malformed = || Problem::InvalidHeader("If-Match");
    if values.next().is_some() {
        return Err(malformed());
    }
    let text = value.to_str().map_err(|_| malformed())?.trim();
    let text = text.strip_prefix("W/").unwrap_or(text);
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed());
    }
    text.parse().map_err(|_| malformed())
}

/// Whether the caller has this version already (`If-None-Match`).
pub(crate) fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().any(|value| {
        let tags = value.to_str().unwrap_or_default();
        let matches =
            |known: &str| known == "*" || known.strip_prefix("W/").unwrap_or(known).as_bytes() == tag.as_bytes();
        tags.split(',').any(|known| matches(known.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Result<u64, Problem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_MATCH, value.parse().unwrap());
        }
        if_match(&headers)
    }

    #[test]
    fn every_form_of_a_version_is_taken_and_nothing_else() {
        for form in ["\"3\"", "W/\"3\"", "3", " \"3\" "] {
            assert_eq!(read(&[form]).ok(), Some(3), "{form}");
        }
        for wrong in ["", "*", "\"\"", "\"3", "-3", "+3", "99999999999999999999999", "\"3\", \"4\""] {
            assert!(matches!(read(&[wrong]), Err(Problem::InvalidHeader("If-Match"))), "{wrong}");
        }
        assert!(matches!(read(&["3", "3"]), Err(Problem::InvalidHeader(_))));
        assert!(matches!(read(&[]), Err(Problem::PreconditionRequired)));
    }
}
