//! Alerts: what a person must see, kept in the store, once while an open one of its kind and subject matter stands.
//!
//! An alert names its kind, and what it is about by names of the configuration and ids of ours; nothing of a record.

use std::time::Duration;

use store::identity::Alert;
use store::{Batch, Micros};
use tokio::sync::{Mutex, Notify};
use uuid::Uuid;

use super::Durable;
use super::commit::kept;
use super::moment::now;

/// What stays so after a person has seen it is told again after this time.
const AGAIN_AFTER_DAYS: i64 = 7;

const DAY_MICROS: i64 = 86_400_000_000;

/// Kinds of alerts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// A delivery is refused for good, or was tried for too long.
    DeadLetter,
    /// A recipient fails, and is left alone for a while.
    BreakerOpen,
    /// A certificate of ours is near its end, or past it.
    Certificate,
    /// A child was restricted after it was disclosed.
    LateRestriction,
    /// The disk of the store is nearly full, or full.
    StoreFull,
    /// A folder from which files are picked up cannot be read.
    SourceUnreadable,
    /// A mailbox cannot be looked into, or its client takes nothing from it.
    MailboxClosed,
    /// A mailbox holds what no route takes, or what cannot be read.
    MailLeft,
    /// A school has a child as in care whom the authority does not hold as such, or the other way round.
    SchoolDiffers,
    /// A whole file of a schedule could not be made.
    WholeFile,
    /// A file that was left in a folder is larger than any that is taken.
    FileTooLarge,
    /// Nothing is owed to a child any more: what is held is to be handed over before it goes.
    HandOver,
    /// A document speaks of a child that was erased: nothing of it was taken in.
    ErasedAgain,
    /// An agency has not checked its homes for some days, and cannot be told by us.
    HomesUnchecked,
    /// A provider is rated lower than before, and a partner whom that concerns cannot be told by us.
    RatingFell,
    /// A recipient has spoken over FHIR of a child that it is not related to.
    RelationAsked,
}

impl Kind {
    const ALL: [Self; 16] = [
        Self::DeadLetter,
        Self::BreakerOpen,
        Self::Certificate,
        Self::LateRestriction,
        Self::StoreFull,
        Self::SourceUnreadable,
        Self::MailboxClosed,
        Self::MailLeft,
        Self::SchoolDiffers,
        Self::WholeFile,
        Self::FileTooLarge,
        Self::HandOver,
        Self::ErasedAgain,
        Self::HomesUnchecked,
        Self::RatingFell,
        Self::RelationAsked,
    ];

    /// Its word in the store and in the interfaces.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::DeadLetter => "dead-letter",
            Self::BreakerOpen => "breaker-open",
            Self::Certificate => "certificate",
            Self::LateRestriction => "late-restriction",
            Self::StoreFull => "store-full",
            Self::SourceUnreadable => "source-unreadable",
            Self::MailboxClosed => "mailbox-closed",
            Self::MailLeft => "mail-left",
            Self::SchoolDiffers => "school-differs",
            Self::WholeFile => "whole-file",
            Self::FileTooLarge => "file-too-large",
            Self::HandOver => "hand-over",
            Self::ErasedAgain => "erased-again",
            Self::HomesUnchecked => "homes-unchecked",
            Self::RatingFell => "rating-fell",
            Self::RelationAsked => "relation-asked",
        }
    }

    /// The kind of that word.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it tells of a state that goes on, and not of something that happened.
    fn goes_on(self) -> bool {
        matches!(
            self,
            Self::Certificate
                | Self::StoreFull
                | Self::SourceUnreadable
                | Self::MailboxClosed
                | Self::MailLeft
                | Self::HandOver
        )
    }
}

/// What raising and telling share.
#[derive(Default)]
pub(crate) struct Alerts {
    /// Held while one is looked for and raised, so that two do not become of one.
    raising: Mutex<()>,
    raised: Notify,
}

impl Alerts {
    /// Waits until an alert is raised, or a time has passed.
    pub(crate) async fn anything_to_tell(&self, at_most: Duration) {
        let _ = tokio::time::timeout(at_most, self.raised.notified()).await;
    }
}

impl Durable {
    /// Raises an alert, unless one of its kind and about the same stands open. What fails is logged: whoever raises has
    /// something better to do than to wait.
    pub(crate) async fn raise(&self, kind: Kind, about: String) {
        let _raising = self.alerts.raising.lock().await;
        let (open_only, at) = (!kind.goes_on(), now());
        let Ok(known) = self.read(move |store| store.alerts(open_only)).await else {
            tracing::error!(kind = kind.word(), "an alert could not be raised");
            return;
        };
        if known.iter().any(|alert| stands(alert, kind, &about, at)) {
            return;
        }
        tracing::warn!(kind = kind.word(), %about, "an alert is raised");
        let alert = Alert {
            id: Uuid::now_v7(),
            kind: kind.word().to_owned(),
            about,
            subject: None,
            raised_at: at,
            seen_by: None,
        };
        let batch = Batch { alerts: vec![alert], ..Batch::default() };
        if !matches!(kept(|done| self.store.keep(batch, done)).await, Ok(Ok(_))) {
            tracing::error!(kind = kind.word(), "an alert could not be raised");
            return;
        }
        self.alerts.raised.notify_waiters();
    }

    /// Raises an alert for each certificate of ours that ends within the days of the configuration: that of the
    /// listener, and those by which recipients and MESH know us.
    pub(crate) async fn look_at_certificates(&self) {
        let seconds = i64::try_from(self.config.alerts.certificate_days).unwrap_or(i64::MAX).saturating_mul(86_400);
        let listener = self.config.public.tls.iter().map(|tls| ("listener".to_owned(), tls.certificate.seconds_left()));
        let targets = self.ways.all().filter_map(|way| match &way.target.transport {
            crate::config::Transport::Https(https) => {
                Some((format!("target:{}", way.key), https.certificate.as_ref()?.seconds_left()))
            }
            _ => None,
        });
        let mailboxes =
            self.config.mesh.iter().filter_map(|mesh| {
                Some((format!("mailbox:{}", mesh.mailbox), mesh.certificate.as_ref()?.seconds_left()))
            });
        let ending: Vec<String> = listener
            .chain(targets)
            .chain(mailboxes)
            .filter(|(_, left)| *left <= seconds)
            .map(|(about, _)| about)
            .collect();
        for about in ending {
            self.raise(Kind::Certificate, about).await;
        }
    }
}

/// Whether an alert makes another needless: it is open, or tells of what goes on and was raised not long ago.
fn stands(alert: &Alert, kind: Kind, about: &str, at: Micros) -> bool {
    let recent = kind.goes_on() && at.saturating_sub(alert.raised_at) < AGAIN_AFTER_DAYS * DAY_MICROS;
    alert.kind == kind.word() && alert.about == about && (alert.seen_by.is_none() || recent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_its_word() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of(kind.word()), Some(kind));
        }
        assert_eq!(Kind::of("weather"), None);
    }

    #[test]
    fn an_open_alert_stands_and_a_seen_one_only_for_what_goes_on_and_not_for_ever() {
        let alert = |kind: Kind, seen: bool| Alert {
            id: Uuid::nil(),
            kind: kind.word().to_owned(),
            about: "listener".to_owned(),
            subject: None,
            raised_at: 0,
            seen_by: seen.then(|| "person".to_owned()),
        };
        let week = AGAIN_AFTER_DAYS * DAY_MICROS;
        for (kind, seen, at, expected) in [
            (Kind::DeadLetter, false, 10 * week, true),
            (Kind::DeadLetter, true, 1, false),
            (Kind::Certificate, false, 10 * week, true),
            (Kind::Certificate, true, week - 1, true),
            (Kind::Certificate, true, week, false),
        ] {
            assert_eq!(stands(&alert(kind, seen), kind, "listener", at), expected, "{kind:?} {seen} {at}");
        }
        let open = alert(Kind::Certificate, false);
        assert!(!stands(&open, Kind::Certificate, "target:a/b/0", 0), "about another");
        assert!(!stands(&open, Kind::StoreFull, "listener", 0), "of another kind");
    }
}
