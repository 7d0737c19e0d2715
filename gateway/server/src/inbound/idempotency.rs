//! Idempotency keys: reading them, and knowing which of them are under way (http, section 1.6).

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::header::HeaderMap;

use super::problem::Problem;

/// Characters of a key.
const KEY_CHARS_MAX: usize = 255;

/// A caller's key, without the quotes of a structured string.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads the header: a structured string or bare text, 1 to 255 visible ASCII characters.
    ///
    /// # Errors
    /// [`Problem::InvalidHeader`], also when there are two.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let malformed = || Problem::InvalidHeader("Idempotency-Key");
        let mut values = headers.get_all("idempotency-key").iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(malformed());
        }
        let text = value.to_str().map_err(|_| malformed())?.trim();
        let key = match text.strip_prefix('"') {
            Some(rest) => rest.strip_suffix('"').ok_or_else(malformed)?,
            None => text,
        };
        let visible = key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
        if key.is_empty() || key.len() > KEY_CHARS_MAX || !visible {
            return Err(malformed());
        }
        Ok(Some(Self(key.to_owned())))
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

/// Keys whose first request has not been answered yet.
pub(crate) type RunningKeys = Arc<Mutex<HashSet<String>>>;

/// A request under way; it frees its key when it ends, however it ends.
pub(crate) struct Running {
    keys: RunningKeys,
    name: String,
}

impl Running {
    /// Begins a request under a key.
    ///
    /// # Errors
    /// [`Problem::IdempotencyInProgress`] while another runs under it.
    pub(crate) fn begin(keys: &RunningKeys, caller: &str, path: &str, key: &IdempotencyKey) -> Result<Self, Problem> {
        let name = format!("{caller}\n{path}\n{}", key.0);
        let fresh = keys.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        if !fresh {
            return Err(Problem::IdempotencyInProgress);
        }
        Ok(Self { keys: keys.clone(), name })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> Result<Option<IdempotencyKey>, Problem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("idempotency-key", value.parse().unwrap());
        }
        IdempotencyKey::read(&headers)
    }

    #[test]
    fn a_key_is_a_structured_string_or_bare_text() {
        assert_eq!(read(&[]).unwrap(), None);
        assert_eq!(read(&["\"abc-1\""]).unwrap(), read(&["abc-1"]).unwrap());
        assert!(read(&[&"k".repeat(255)]).is_ok());
        for wrong in ["", "\"", "\"open", "two words", &"k".repeat(256), "a\"b"] {
            assert!(read(&[wrong]).is_err(), "{wrong}");
        }
        assert!(read(&["a", "b"]).is_err());
    }

    #[test]
    fn a_key_is_taken_while_its_request_runs_and_free_after() {
        let keys = RunningKeys::default();
        let key = read(&["k"]).unwrap().unwrap();
        let running = Running::begin(&keys, "a", "/p", &key).ok().unwrap();
        assert!(matches!(Running::begin(&keys, "a", "/p", &key), Err(Problem::IdempotencyInProgress)));
        assert!(Running::begin(&keys, "b", "/p", &key).is_ok());
        drop(running);
        assert!(Running::begin(&keys, "a", "/p", &key).is_ok());
    }
}
