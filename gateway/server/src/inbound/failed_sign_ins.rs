//! Sign-ins that failed, as counts: how many, by what was shown, of whom it would have been; never what was shown
//! (configuration, section 5.9).
//!
//! **Limits.** What is counted is told apart by the kinds of credentials and by a partner or person of the
//! configuration, never by anything of the caller: a flood of addresses, keys or tokens raises counts and adds none.
//! The counts wait in memory for the next minute, so that a crash may lose those of one.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::http::header::{self, HeaderMap};

use super::partners::{API_KEY, Identity, Known};

/// Counts that wait at once: every kind for several hundred partners. What is more is counted as nobody's.
const COUNTS_MAX: usize = 4_096;

/// What was shown, by its kinds.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Shown {
    certificate: bool,
    token: bool,
    api_key: bool,
    assertion: bool,
}

impl Shown {
    /// A signed JWT that asks for a token.
    pub(super) const ASSERTION: Self = Self { certificate: false, token: false, api_key: false, assertion: true };

    /// What a request and its connection show; `None` when that is nothing.
    pub(super) fn by(headers: &HeaderMap, identity: Option<&Identity>) -> Option<Self> {
        let shown = Self {
            certificate: identity.is_some(),
            token: headers.contains_key(header::AUTHORIZATION),
            api_key: headers.contains_key(&API_KEY),
            assertion: false,
        };
        (shown != Self::default()).then_some(shown)
    }

    /// In the words of the audit chain.
    pub(crate) fn words(self) -> String {
        let all = [
            (self.certificate, "certificate"),
            (self.token, "token"),
            (self.api_key, "api-key"),
            (self.assertion, "assertion"),
        ];
        all.into_iter().filter(|(shown, _)| *shown).map(|(_, word)| word).collect::<Vec<_>>().join(" ")
    }
}

/// Whose sign-ins, as the audit chain names a partner or a person of the configuration.
fn whose(known: &Known) -> String {
    match &known.partner.person {
        Some(person) => format!("person:{}", person.name),
        None => format!("partner:{}", known.partner.name),
    }
}

/// Failures since they were last told.
pub(crate) type Counts = BTreeMap<(Shown, Option<String>), u64>;

/// What counts them.
#[derive(Default)]
pub(crate) struct FailedSignIns(Mutex<Counts>);

impl FailedSignIns {
    /// One more: what was shown, and of whom it would have been, where that is known.
    pub(super) fn note(&self, shown: Shown, known: Option<&Known>) {
        self.add((shown, known.map(whose)), 1);
    }

    /// Takes what was counted.
    pub(crate) fn take(&self) -> Counts {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Gives back what could not be told.
    pub(crate) fn give_back(&self, counts: Counts) {
        counts.into_iter().for_each(|(of, count)| self.add(of, count));
    }

    fn add(&self, (shown, whose): (Shown, Option<String>), count: u64) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let has_room = counts.len() < COUNTS_MAX || counts.contains_key(&(shown, whose.clone()));
        let counted = counts.entry((shown, whose.filter(|_| has_room))).or_default();
        *counted = counted.saturating_add(count);
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn what_is_shown_is_told_by_its_kinds_alone() {
        let mut headers = HeaderMap::new();
        assert_eq!(Shown::by(&headers, None), None);
        headers.insert(API_KEY, HeaderValue::from_static("hw_of-anybody"));
        assert_eq!(Shown::by(&headers, None).map(Shown::words).as_deref(), Some("api-key"));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Basic eDp5"));
        assert_eq!(Shown::by(&headers, None).map(Shown::words).as_deref(), Some("token api-key"));
        assert_eq!(Shown::ASSERTION.words(), "assertion");
    }

    #[test]
    fn counts_are_bounded_and_none_is_lost() {
        let counted = FailedSignIns::default();
        for n in 0..COUNTS_MAX + 10 {
            counted.add((Shown::ASSERTION, Some(format!("partner:{n}"))), 1);
        }
        counted.add((Shown::ASSERTION, Some("partner:0".to_owned())), 1);
        let counts = counted.take();
        assert_eq!(counts.len(), COUNTS_MAX + 1, "and those of nobody");
        assert_eq!(
            (counts[&(Shown::ASSERTION, Some("partner:0".to_owned()))], counts[&(Shown::ASSERTION, None)]),
            (2, 10)
        );
        assert!(counted.take().is_empty());
        counted.add((Shown::ASSERTION, None), u64::MAX);
        counted.give_back(counts);
        assert_eq!(counted.take()[&(Shown::ASSERTION, None)], u64::MAX);
    }
}
