//! Lists: how many, from where on, and cursors that hold for one caller and one question only.
//!
//! A cursor is the last id of the page before and a seal (HMAC-SHA-256, cut to 16 bytes) over it, the caller and the
//! filters: it cannot be made up, carried to another partner, or used with other filters.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::problem::{Complaint, Place, Problem};
use super::query::Query;
use store::Page;

/// Items of a page when the caller says nothing, and at most.
pub(crate) const ITEMS_DEFAULT: u64 = 50;
pub(crate) const ITEMS_MAX: u64 = 200;

/// Audit lines that are read at once where all of them are wanted.
pub(crate) const LINES_READ_MAX: u32 = 500;

/// Bytes of a cursor's seal.
const SEAL_BYTES: usize = 16;

/// The key of cursors, derived from the store's.
pub(crate) struct CursorKey(hmac::Key);

impl CursorKey {
    pub(crate) fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    fn seal(&self, place: &[u8], question: &str) -> [u8; SEAL_BYTES] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(place);
        context.update(question.as_bytes());
        let mut seal = [0; SEAL_BYTES];
        seal.copy_from_slice(&context.sign().as_ref()[..SEAL_BYTES]);
        seal
    }

    fn open(&self, cursor: &str, question: &str) -> Option<Uuid> {
        Uuid::from_slice(&self.open_place(cursor, question)?).ok()
    }

    fn write(&self, id: Uuid, question: &str) -> String {
        self.write_place(id.as_bytes(), question)
    }

    /// The place in a list that a cursor names, which was written for this question.
    pub(crate) fn open_place(&self, cursor: &str, question: &str) -> Option<Vec<u8>> {
        let mut place = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let seal = place.split_off(place.len().checked_sub(SEAL_BYTES)?);
        constant_time::verify_slices_are_equal(&seal, &self.seal(&place, question)).ok()?;
        Some(place)
    }

    /// A cursor at a place in the list that answers a question.
    pub(crate) fn write_place(&self, place: &[u8], question: &str) -> String {
        URL_SAFE_NO_PAD.encode([place, &self.seal(place, question)].concat())
    }
}

/// Which page of a list is asked for.
pub(crate) struct PageAsked {
    pub(crate) limit: u32,
    pub(crate) after: Option<Uuid>,
    /// What the cursor hangs on: the caller, the address and its filters.
    question: String,
    path: &'static str,
    filters: String,
}

/// Names of the parameters of every list.
pub(crate) const PAGE: [&str; 2] = ["limit", "after"];

impl PageAsked {
    /// Reads `limit` and `after` of a list at `path`; `filters` are the names of its other parameters.
    ///
    /// # Errors
    /// [`Problem::InvalidRequest`] for a limit out of range, and for a cursor of another question.
    pub(crate) fn read(
        query: &Query<'_>,
        key: &CursorKey,
        caller: &str,
        path: &'static str,
        filters: &[&'static str],
    ) -> Result<Self, Problem> {
        let limit = query.number("limit", ITEMS_MAX)?.unwrap_or(ITEMS_DEFAULT);
        if limit == 0 {
            return Err(complain("limit", "is not between 1 and 200", "ask for 1 to 200 items"));
        }
        let mut given = form_urlencoded::Serializer::new(String::new());
        for name in filters {
            if let Some(value) = query.get(name) {
                given.append_pair(name, value);
            }
        }
        let filters = given.finish();
        let question = format!("{caller}\n{path}\n{filters}");
        let after = match query.get("after") {
            None => None,
            Some(cursor) => Some(key.open(cursor, &question).ok_or_else(|| {
                complain("after", "is no cursor of this list", "take `next` of the page before, with the same filters")
            })?),
        };
        Ok(Self { limit: u32::try_from(limit).unwrap_or(u32::MAX), after, question, path, filters })
    }

    /// The body of the page, and the address of the next.
    pub(crate) fn answer<T>(
        &self,
        key: &CursorKey,
        page: &Page<T>,
        draw: impl Fn(&T) -> Value,
    ) -> (Value, Option<String>) {
        let next = page.next.map(|id| {
            let cursor = key.write(id, &self.question);
            let and = if self.filters.is_empty() { "" } else { "&" };
            format!("{}?{}{and}limit={}&after={cursor}", self.path, self.filters, self.limit)
        });
        let items: Vec<Value> = page.items.iter().map(draw).collect();
        (json!({ "items": items, "next": next }), next)
    }
}

pub(crate) fn complain(name: &'static str, message: &'static str, help: &'static str) -> Problem {
    Problem::InvalidRequest(Complaint {
        rule: "http/parameter",
        message: format!("{name} {message}").into(),
        help,
        place: Place::Parameter(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_for_its_own_question_and_for_no_other() {
        let key = CursorKey::new(&[7; 32]);
        let id = Uuid::now_v7();
        let cursor = key.write(id, "coventry\n/v1/messages\n");
        assert_eq!(key.open(&cursor, "coventry\n/v1/messages\n"), Some(id));
        assert_eq!(key.open(&cursor, "bluebird\n/v1/messages\n"), None);
        assert_eq!(key.open(&cursor, "coventry\n/v1/messages\nstate=dead"), None);
        assert_eq!(CursorKey::new(&[8; 32]).open(&cursor, "coventry\n/v1/messages\n"), None);
    }

    #[test]
    fn a_cursor_with_any_byte_changed_opens_nothing() {
        let key = CursorKey::new(&[7; 32]);
        let cursor = key.write(Uuid::now_v7(), "q");
        for position in 0..cursor.len() {
            let mut bytes = cursor.clone().into_bytes();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            // The last character holds fewer bits than it has room for: it may stand for the same bytes.
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(key.open(&changed, "q"), None, "{position}");
        }
        for end in 0..cursor.len() {
            assert_eq!(key.open(&cursor[..end], "q"), None, "{end}");
        }
    }
}
