//! A resource as it is told: with its version, which is that of its content as this reader sees it.
//!
//! The version is made of what is shown: what changes in what a view withholds changes no version, and so tells nobody
//! that anything has changed.

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::header::HeaderValue;

use crate::durable::shown::Resource;

/// Hexadecimal digits of a version.
const VERSION_DIGITS: usize = 16;

impl Resource {
    /// The version of what is shown.
    pub(crate) fn version(&self) -> String {
        let mut version = hex::encode(digest(&SHA256, &self.json));
        version.truncate(VERSION_DIGITS);
        version
    }

    /// Its tag: weak, as FHIR has it.
    pub(crate) fn tag(&self) -> HeaderValue {
        HeaderValue::try_from(format!("W/\"{}\"", self.version())).unwrap_or(HeaderValue::from_static("W/\"0\""))
    }

    /// The resource with its version in `meta`, before everything else that is there.
    pub(crate) fn told(&self) -> Vec<u8> {
        with_version(&self.json, &self.version())
    }
}

/// Sets a version into a resource of ours, which begins with its type, its id and, mostly, `meta`.
fn with_version(json: &[u8], version: &str) -> Vec<u8> {
    const META: &[u8] = b",\"meta\":{";
    let after_id = after_id(json);
    let (before, after) = json.split_at(after_id);
    let mut told = Vec::with_capacity(json.len() + 48);
    told.extend_from_slice(before);
    told.extend_from_slice(META);
    told.extend_from_slice(format!("\"versionId\":\"{version}\"").as_bytes());
    match after.strip_prefix(META) {
        Some(rest) => {
            if !rest.starts_with(b"}") {
                told.push(b',');
            }
            told.extend_from_slice(rest);
        }
        None => {
            told.push(b'}');
            told.extend_from_slice(after);
        }
    }
    told
}

/// Where the id of a resource of ours ends: no sign in type or id is escaped.
fn after_id(json: &[u8]) -> usize {
    const ID: &[u8] = b"\"id\":\"";
    let begin = memchr::memmem::find(json, ID).map_or(0, |at| at + ID.len());
    json[begin..].iter().position(|byte| *byte == b'"').map_or(json.len(), |length| begin + length + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_stands_first_in_meta() {
        for (json, expected) in [
            (
                r#"{"resourceType":"Flag","id":"1","meta":{"profile":["p"]},"status":"active"}"#,
                r#"{"resourceType":"Flag","id":"1","meta":{"versionId":"v","profile":["p"]},"status":"active"}"#,
            ),
            (
                r#"{"resourceType":"Flag","id":"1","meta":{}}"#,
                r#"{"resourceType":"Flag","id":"1","meta":{"versionId":"v"}}"#,
            ),
            (
                r#"{"resourceType":"Flag","id":"1","status":"x"}"#,
                r#"{"resourceType":"Flag","id":"1","meta":{"versionId":"v"},"status":"x"}"#,
            ),
            (r#"{"resourceType":"Flag","id":"1"}"#, r#"{"resourceType":"Flag","id":"1","meta":{"versionId":"v"}}"#),
        ] {
            assert_eq!(String::from_utf8(with_version(json.as_bytes(), "v")).unwrap(), expected);
        }
    }
}
