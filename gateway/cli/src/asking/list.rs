//! Lists of a gateway, page after page, up to as many as are wanted.

use serde_json::Value;

use super::{
    Asked, Asking, Told,
    draw::{Column, table},
};
use crate::failure::{Ended, Failure};

/// Items of a page at most, as a gateway has it.
pub(super) const PAGE_ITEMS_MAX: u32 = 200;

/// Pages that are asked for: pages may be empty, and a list must end all the same.
const PAGES_MAX: usize = 10_000;

/// A list, its filters and how it is drawn.
pub(crate) struct List<'a> {
    pub(crate) path: &'a str,
    /// Those that are given are asked for.
    pub(crate) filters: &'a [(&'a str, Option<&'a str>)],
    /// How many items at most.
    pub(crate) limit: u32,
    pub(crate) columns: &'a [Column],
}

impl List<'_> {
    /// Asks for the list and tells it: page by page as they come, or as one table.
    pub(crate) fn run(&self, asking: &Asking<'_>) -> Asked<Ended> {
        let mut items: Vec<Value> = Vec::new();
        let (mut left, mut cursor): (u32, Option<Cursor>) = (self.limit, None);
        for _ in 0..PAGES_MAX {
            let mut told = self.page(asking, left, cursor.as_ref())?;
            let found = match told.value.get_mut("items").map(Value::take) {
                Some(Value::Array(found)) => found,
                _ => return Err(no_list().into()),
            };
            if asking.for_machines() {
                asking.tell(&told, |_| String::new())?;
            }
            left = left.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
            if !asking.for_machines() {
                items.extend(found);
            }
            let next = match &told.value["next"] {
                Value::Null => None,
                Value::String(next) => Some(Cursor::read(next).ok_or_else(no_list)?),
                _ => return Err(no_list().into()),
            };
            let Some(next) = next else { break };
            if left == 0 {
                asking.terminal.note("note: there are more; --limit says how many are shown");
                break;
            }
            if cursor.as_ref() == Some(&next) {
                return Err(no_list().into());
            }
            cursor = Some(next);
        }
        if !asking.for_machines() {
            items.truncate(usize::try_from(self.limit).unwrap_or(usize::MAX));
            asking.terminal.print(table(&items, self.columns).as_bytes())?;
        }
        Ok(Ended::Well)
    }

    fn page(&self, asking: &Asking<'_>, left: u32, cursor: Option<&Cursor>) -> Asked<Told> {
        let limit = left.clamp(1, PAGE_ITEMS_MAX).to_string();
        let given = self.filters.iter().filter_map(|(name, value)| value.map(|value| (*name, value)));
        let cursor = cursor.map(|cursor| (cursor.name, &*cursor.value));
        let query: Vec<(&str, &str)> = given.chain([("limit", &*limit)]).chain(cursor).collect();
        asking.get(self.path, &query)
    }
}

/// Where the next page begins: the one thing taken from the address that a gateway names for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    name: &'static str,
    value: String,
}

impl Cursor {
    fn read(next: &str) -> Option<Self> {
        let (_, query) = next.split_once('?')?;
        let find = |name: &'static str| {
            let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
            // Neither base64url nor numbers need an encoding.
            let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            (plain && !value.is_empty()).then(|| Self { name, value: value.to_owned() })
        };
        find("after").or_else(|| find("before"))
    }

    /// The same, from the header `Link` (RFC 8288) of a page that has no other place for it.
    pub(super) fn of_link(link: &str) -> Option<Self> {
        Self::read(link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?)
    }

    /// The line above the next page, where pages go by the numbers of lines.
    pub(super) fn line(&self) -> Option<u64> {
        if self.name == "before" { self.value.parse().ok() } else { None }
    }
}

pub(super) fn no_list() -> Failure {
    Failure::new("the answer is no list of a gateway", "is it a gateway of this version that listens there?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_cursor_is_taken_from_the_address_of_the_next_page() {
        let read = |next| Cursor::read(next).map(|cursor| (cursor.name, cursor.value));
        assert_eq!(read("/v1/messages?state=read&limit=2&after=aB-_9"), Some(("after", "aB-_9".to_owned())));
        assert_eq!(read("/v1/audit?before=41&limit=2"), Some(("before", "41".to_owned())));
        for wrong in ["", "/v1/messages", "/v1/messages?limit=2", "?after=", "?after=a%20b", "?after=a b"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_page_of_lines_goes_on_below_a_line_and_nowhere_else() {
        let line = |link| Cursor::of_link(link).and_then(|cursor| cursor.line());
        assert_eq!(line("</v1/audit?before=41&limit=2>; rel=\"next\""), Some(41));
        for wrong in [
            "/v1/audit?before=41",
            "</v1/audit?before=41>",
            "</v1/audit?before=41>; rel=\"prev\"",
            "</v1/audit?after=41>; rel=\"next\"",
            "</v1/audit?before=-1>; rel=\"next\"",
            "</v1/audit?before=99999999999999999999>; rel=\"next\"",
        ] {
            assert_eq!(line(wrong), None, "{wrong}");
        }
    }
}
