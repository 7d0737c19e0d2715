//! What partners are told of what the gateway saw by itself: by a letter to the team that a partner names in `tell_to`.
//! Where it names none, an alert asks those who run the gateway to call.
//!
//! A letter has counts, names of the configuration and ids of ours, and nothing of a record. Whoever tells keeps a line
//! of the audit chain of it afterwards, by which nothing is told twice after a start; a letter that could not be sent is
//! tried again at the next look.

use super::Durable;
use super::alerts::Kind;
use crate::config::AlertMail;
use crate::outbound::mail::Letter;

/// What a partner is told.
pub(crate) struct News {
    /// Of the configuration.
    pub(crate) partner: String,
    /// What those who run the gateway are told instead, where it cannot be told to the partner.
    pub(crate) instead: Kind,
    /// What it is about, of the configuration and of the register, where it is not about the partner alone.
    pub(crate) about: Option<String>,
    pub(crate) letter: Letter,
}

/// How a partner was told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ToldBy {
    Letter,
    Alert,
}

impl ToldBy {
    /// Its word in the audit chain.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Alert => "alert",
        }
    }
}

impl Durable {
    /// Asks those who run the gateway to call a partner.
    pub(crate) async fn call_partner(&self, news: &News) {
        let about = news.about.as_ref().map_or_else(String::new, |about| format!("/{about}"));
        self.raise(news.instead, format!("partner:{}{about}", news.partner)).await;
    }

    /// Tells a partner; `None` where it is to be tried again.
    pub(crate) async fn tell_partner(&self, news: &News) -> Option<ToldBy> {
        let partner = self.config.partner(&news.partner)?;
        let server = self.config.alerts.server.as_deref().filter(|_| !partner.tell_to.is_empty());
        let Some(server) = server.cloned() else {
            self.call_partner(news).await;
            return Some(ToldBy::Alert);
        };
        let post = self.courier.post(&AlertMail { to: partner.tell_to.clone(), server });
        let post = post.inspect_err(|fault| tracing::error!(%fault, "a partner cannot be told by mail")).ok()?;
        let sent = post.send(&news.letter).await;
        sent.inspect_err(|fault| tracing::warn!(%fault, "a partner could not be told by mail")).ok()?;
        Some(ToldBy::Letter)
    }
}
