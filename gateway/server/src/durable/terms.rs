//! What a sender says of a message besides its content: which period and authority it is about, and whether it is the
//! whole of them.

use schemas::date::Date;
use serde_json::{Value, json};

/// The terms of a message.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Terms {
    /// Whether what is missing is to be withdrawn; the route says so where the message does not.
    pub(crate) complete: Option<bool>,
    /// First and last day, `YYYY-MM-DD/YYYY-MM-DD`.
    pub(crate) period: Option<String>,
    /// Three digits.
    pub(crate) authority: Option<String>,
    /// Whether what is said of something is all that is said of it from now on.
    pub(crate) replaces: bool,
}

impl Terms {
    /// As they are kept: the same bytes for the same terms.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut terms = json!({ "authority": self.authority, "complete": self.complete, "period": self.period });
        if self.replaces {
            terms["replaces"] = true.into();
        }
        terms.to_string().into_bytes()
    }

    /// From what was kept; what cannot be read says nothing.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            complete: value.get("complete").and_then(Value::as_bool),
            period: text("period"),
            authority: text("authority"),
            replaces: value.get("replaces").and_then(Value::as_bool).unwrap_or(false),
        }
    }

    /// The period's first and last day.
    pub(crate) fn days(&self) -> Option<(Date, Date)> {
        let (first, last) = self.period.as_deref()?.split_once('/')?;
        Some((Date::parse_iso(first.as_bytes())?, Date::parse_iso(last.as_bytes())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_come_back_as_they_were_kept() {
        let terms = Terms {
            complete: Some(true),
            period: Some("2025-04-01/2026-03-31".to_owned()),
            authority: Some("331".to_owned()),
            replaces: true,
        };
        assert_eq!(Terms::from_bytes(&terms.to_bytes()), terms);
        assert_eq!(Terms::from_bytes(&Terms::default().to_bytes()), Terms::default());
        assert_eq!(Terms::from_bytes(b"not json"), Terms::default());
        assert!(terms.days().is_some_and(|(first, last)| first < last));
    }
}
