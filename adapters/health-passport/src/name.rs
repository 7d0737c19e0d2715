//! Names of resources: what an id is made from besides the anchor, without an allocation.

use std::ops::Deref;

use kit::ids::{ResourceId, SubjectIds};
use schemas::{date::Date, said::Said};

use crate::{resource_type::ResourceType, writer::decimal};

/// The most parts that the natural key of a statement has.
const KEY_PARTS_MAX: usize = 5;

/// The id of a resource. Of several that would be named alike, the later ones have their ordinal as one part more.
pub(crate) fn identify(ids: &SubjectIds, kind: ResourceType, role: &str, key: &[&[u8]], ordinal: u32) -> ResourceId {
    if ordinal == 0 {
        return ids.id(kind.name(), role, key);
    }
    let mut digits = [0; 10];
    let mut parts: [&[u8]; KEY_PARTS_MAX + 1] = [b""; KEY_PARTS_MAX + 1];
    parts[..key.len()].copy_from_slice(key);
    parts[key.len()] = decimal(ordinal, &mut digits);
    ids.id(kind.name(), role, &parts[..=key.len()])
}

/// A day as a key part: `YYYY-MM-DD`, or nothing where no day is said.
pub(crate) struct DayText {
    text: [u8; 10],
    length: usize,
}

impl DayText {
    /// A day.
    pub(crate) fn of(day: Date) -> Self {
        let text = day.iso();
        Self { text, length: text.len() }
    }

    /// The day that is said, if one is.
    pub(crate) fn said(day: &Said<Date>) -> Self {
        match day {
            Said::Is(day) => Self::of(*day),
            _ => Self { text: [0; 10], length: 0 },
        }
    }
}

impl Deref for DayText {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.text[..self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_spelt_as_everywhere() {
        for text in ["2025-03-12", "1800-01-01", "2199-12-31"] {
            let day = Date::parse_iso(text.as_bytes()).unwrap();
            assert_eq!(&*DayText::of(day), text.as_bytes());
        }
        assert_eq!(&*DayText::said(&Said::Blank), b"");
    }
}
