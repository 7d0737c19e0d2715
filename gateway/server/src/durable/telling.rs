//! Telling alerts outside: one message an alert on each way, at least once, again with growing waits, beside all else.
//!
//! What was told is a line of the audit chain (`tell`), so that a start tells nothing twice that is known to be told.
//! Whoever marks an alert as seen ends the telling of it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use store::audit::AuditFilter;
use store::identity::Alert;
use store::{Batch, Micros};
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use super::alerts::Kind;
use super::commit::kept;
use super::moment::{day_in, now, rfc3339};
use super::{Durable, HOUSE};
use crate::inbound::lists::LINES_READ_MAX;
use crate::outbound::mail::{Letter, Post};
use crate::outbound::wait::wait_ms;
use crate::outbound::{Courier, Outcome, Parcel, Webhook};
use crate::standing::Current;
use crate::tls::TlsFault;

/// Between two looks for what is to be told.
const LOOK: Duration = Duration::from_secs(5);

/// Between two tries of one alert.
const WAIT_MS_MIN: u64 = 5_000;
const WAIT_MS_MAX: u64 = 900_000;

/// One way on which alerts are told, and what is remembered of it.
pub(crate) struct Telling {
    durable: Arc<Durable>,
    way: Way,
    /// What is open and was told.
    told: HashSet<Uuid>,
    /// What was tried, how often, and when it is tried again.
    tried: HashMap<Uuid, (u32, Instant)>,
}

enum Way {
    Mail(Box<Post>),
    Webhook(Box<Webhook>),
}

impl Way {
    fn word(&self) -> &'static str {
        match self {
            Self::Mail(_) => "mail",
            Self::Webhook(_) => "webhook",
        }
    }
}

/// The ways of a configuration.
///
/// # Errors
/// [`TlsFault`] when an authority cannot be used.
pub(crate) fn ways(durable: &Arc<Durable>) -> Result<Vec<Telling>, TlsFault> {
    let (alerts, courier) = (&durable.config.alerts, Courier::new());
    let mail = alerts.mail.as_ref().map(|mail| courier.post(mail)).transpose()?;
    let webhook = alerts.webhook.as_ref().map(|https| courier.webhook(https)).transpose()?;
    let mail = mail.map(|post| Way::Mail(Box::new(post)));
    let webhook = webhook.map(|hook| Way::Webhook(Box::new(hook)));
    let telling = |way| Telling { durable: durable.clone(), way, told: HashSet::new(), tried: HashMap::new() };
    Ok(mail.into_iter().chain(webhook).map(telling).collect())
}

/// Tells alerts on the ways of the moment, until it is dropped.
pub(crate) async fn tell(mut current: Current) {
    while let Some(durable) = current.durable() {
        let mut tellings = JoinSet::new();
        match ways(&durable) {
            Ok(ways) => ways.into_iter().for_each(|way| {
                tellings.spawn(way.go());
            }),
            Err(fault) => tracing::error!(%fault, "alerts cannot be told"),
        }
        // Those of the configuration before end here; what they had told, the chain knows.
        if !current.changed().await {
            return;
        }
    }
}

impl Telling {
    /// Tells until it is dropped.
    pub(crate) async fn go(mut self) {
        while !self.remember().await {
            tokio::time::sleep(LOOK).await;
        }
        loop {
            self.round().await;
            self.durable.alerts.anything_to_tell(LOOK).await;
        }
    }

    /// Learns from the audit chain what was told before this start; whether that could be read.
    async fn remember(&mut self) -> bool {
        let word = self.way.word();
        let read = self.durable.read(move |store| {
            let mut told = HashSet::new();
            for alert in store.alerts(true)? {
                let page = store.audit(&AuditFilter {
                    object: Some(object(alert.id)),
                    action: Some("tell".to_owned()),
                    limit: LINES_READ_MAX,
                    ..AuditFilter::default()
                })?;
                let by_this = |line: &str| {
                    let line: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
                    line.get("outcome").and_then(serde_json::Value::as_str) == Some(word)
                };
                if page.items.iter().any(|line| by_this(&line.line)) {
                    told.insert(alert.id);
                }
            }
            Ok(told)
        });
        let Ok(told) = read.await else { return false };
        self.told = told;
        true
    }

    /// Tells what is open, was not told, and is not to wait; ends at the first that fails, for the next would too.
    async fn round(&mut self) {
        let Ok(open) = self.durable.read(|store| store.alerts(true)).await else { return };
        let is_open: HashSet<Uuid> = open.iter().map(|alert| alert.id).collect();
        self.told.retain(|id| is_open.contains(id));
        self.tried.retain(|id, _| is_open.contains(id));
        for alert in open {
            let waits = self.tried.get(&alert.id).is_some_and(|(_, again)| Instant::now() < *again);
            if self.told.contains(&alert.id) || waits {
                continue;
            }
            if !self.tell(&alert).await {
                let attempt = self.tried.get(&alert.id).map_or(0, |(attempt, _)| *attempt);
                let random = Uuid::new_v4().as_u64_pair().1;
                let wait = Duration::from_millis(wait_ms(attempt, WAIT_MS_MIN, WAIT_MS_MAX, random));
                self.tried.insert(alert.id, (attempt.saturating_add(1), Instant::now() + wait));
                return;
            }
            self.told.insert(alert.id);
            self.tried.remove(&alert.id);
            self.note(&alert).await;
        }
    }

    /// Whether an alert could be told.
    async fn tell(&self, alert: &Alert) -> bool {
        let notice = Notice::of(&self.durable.config.name, alert);
        match &self.way {
            Way::Mail(post) => match post.send(&notice.letter()).await {
                Ok(()) => true,
                Err(fault) => {
                    tracing::warn!(%fault, "an alert could not be told by mail");
                    false
                }
            },
            Way::Webhook(hook) => {
                let parcel = Parcel {
                    delivery: alert.id,
                    fence: 1,
                    correlation_id: None,
                    media_type: "application/json",
                    body: Bytes::from(notice.json()),
                    date: day_in(&self.durable.config.timezone, now()),
                    route: String::new(),
                };
                match hook.send(&parcel).await {
                    Outcome::Accepted | Outcome::Sent { .. } => true,
                    Outcome::Retry { reason, .. } | Outcome::Dead { reason, .. } => {
                        tracing::warn!(%reason, "an alert could not be told by webhook");
                        false
                    }
                }
            }
        }
    }

    /// Remembers beyond this process that an alert was told. What fails is told once more after the next start.
    async fn note(&self, alert: &Alert) {
        let line = self.durable.line("tell", HOUSE, now(), |line| {
            line.object = Some(object(alert.id));
            line.outcome = Some(self.way.word().to_owned());
        });
        let batch = Batch { audit: vec![line], ..Batch::default() };
        if !matches!(kept(|done| self.durable.store.keep(batch, done)).await, Ok(Ok(_))) {
            tracing::error!("that an alert was told could not be kept");
        }
    }
}

fn object(alert: Uuid) -> String {
    format!("alert:{alert}")
}

/// An alert in plain words: made of its kind, of names of the configuration and of ids of ours, and of nothing else.
struct Notice {
    id: Uuid,
    gateway: String,
    kind: String,
    about: String,
    since: Micros,
    route: Option<String>,
    recipient: Option<String>,
}

impl Notice {
    fn of(gateway: &str, alert: &Alert) -> Self {
        let named = alert.about.strip_prefix("target:").or_else(|| alert.about.strip_prefix("route:"));
        let mut target = named.unwrap_or_default().split('/');
        let mut name = || target.next().filter(|name| !name.is_empty()).map(str::to_owned);
        let (route, recipient) = (name(), name());
        let partner = alert.about.strip_prefix("partner:").and_then(|about| about.split('/').next()).map(str::to_owned);
        Self {
            id: alert.id,
            gateway: gateway.to_owned(),
            kind: alert.kind.clone(),
            about: alert.about.clone(),
            since: alert.raised_at,
            route,
            recipient: recipient.or(partner),
        }
    }

    /// What has happened, and what to do.
    fn words(&self) -> (&'static str, &'static str) {
        match Kind::of(&self.kind) {
            Some(Kind::DeadLetter) => (
                "A delivery was refused for good, or tried for too long. Later ones for the same child may wait behind it.",
                "List the dead deliveries of this route, mend what the reason names, then retry or discard them.",
            ),
            Some(Kind::BreakerOpen) => (
                "A recipient has failed repeatedly. Deliveries to it wait and are not lost.",
                "Ask the recipient whether its service runs, and whether our certificate or credentials have changed.",
            ),
            Some(Kind::Certificate) => (
                "A certificate of this gateway is near its end, or past it.",
                "Renew it and put it where the configuration names it.",
            ),
            Some(Kind::LateRestriction) => (
                "A child was restricted after it had been disclosed. Withdrawals are on their way to those who hold it.",
                "A person in the role `restrictions` looks at who holds it, and asks them to confirm.",
            ),
            Some(Kind::StoreFull) => (
                "The disk of the store is nearly full. When it is, messages are refused; nothing that was taken is lost.",
                "Give the disk more room, or see why the store grows while retention runs.",
            ),
            Some(Kind::SourceUnreadable) => (
                "The folder from which a route picks up files cannot be read. What lies there is not taken, and not lost.",
                "The log says why: a share that is away, a host that is, or one that shows another key than it should.",
            ),
            Some(Kind::MailboxClosed) => (
                "A MESH mailbox cannot be looked into, or its client takes nothing from its folder. What is in it waits.",
                "See the reason in the log; ask whether the mailbox's password and certificate have changed, and whether the client runs.",
            ),
            Some(Kind::MailLeft) => (
                "A MESH mailbox holds a message that no route takes, or that is too large or broken. MESH gives it up after five days.",
                "Compare the workflows and senders of the routes with what is in the mailbox, and ask the sender.",
            ),
            Some(Kind::SchoolDiffers) => (
                "A school has a child as in care of whom no open episode is held, or the other way round. Nothing was changed.",
                "Read the report of the message; ask the authority, or the school's designated teacher.",
            ),
            Some(Kind::WholeFile) => (
                "The whole file that a schedule asks for could not be made. The recipient still has the one before it.",
                "See the reason in the log: a file larger than limits.message_bytes_max is not made; allow more, or carry fewer children by the route.",
            ),
            Some(Kind::FileTooLarge) => (
                "A file that a partner left in a folder is larger than any that is taken. Nothing of it was read.",
                "Ask the sender to split it, or raise limits.message_bytes_max; its report says how large it may be. Then leave it in the folder again.",
            ),
            Some(Kind::HandOver) => (
                "Nothing is owed to a child any more. What is held goes when a person has said that it was handed over, or could not be.",
                "Export what is held of the child, review it, hand it over, and say so: see the runbook.",
            ),
            Some(Kind::ErasedAgain) => (
                "A document speaks of a child that was erased. Nothing of what it says of that child was taken in.",
                "Ask the sender why it still has the child; two people readmit the child where it is right.",
            ),
            Some(Kind::HomesUnchecked) => (
                "An agency has not checked homes that it offers for four working days or more. Soon they are not shown in searches.",
                "Call the agency; name its team in `tell_to` of its [[partner]], and the gateway writes to it by itself.",
            ),
            Some(Kind::RatingFell) => (
                "The rating of a provider fell. A partner is the provider, has a child placed there, or has an offer of it.",
                "Call the partner; name its team in `tell_to` of its [[partner]], and the gateway writes to it by itself.",
            ),
            Some(Kind::RelationAsked) => (
                "A recipient has spoken of a child that it is not related to. It reads back its own words and nothing else.",
                "Where it takes part in the child's care, name it for the child: POST /v1/identity/relations. Else ask it why it has the child.",
            ),
            None => ("A person must look at this.", "See the alerts of the gateway."),
        }
    }

    fn letter(&self) -> Letter {
        let (what, to_do) = self.words();
        let mut text = format!("{what}\n\nWhat to do: {to_do}\n\n");
        let route = self.route.iter().map(|route| ("Route", route.as_str()));
        let recipient = self.recipient.iter().map(|recipient| ("Recipient", recipient.as_str()));
        let (since, id) = (rfc3339(self.since), self.id.to_string());
        let lines = [("Gateway", self.gateway.as_str()), ("Alert", &self.kind), ("About", &self.about)];
        let rest = [("Since", since.as_str()), ("Id", &id)];
        for (name, value) in lines.into_iter().chain(route).chain(recipient).chain(rest) {
            text.push_str(&format!("{name}: {value}\n"));
        }
        text.push_str("\nMark it as seen in the gateway once somebody has it in hand.\n");
        Letter { id, subject: format!("[homeward {}] {}: {}", self.gateway, self.kind, self.about), text }
    }

    fn json(&self) -> String {
        let (text, help) = self.words();
        json!({
            "gateway": self.gateway, "id": self.id, "kind": self.kind, "about": self.about, "route": self.route,
            "recipient": self.recipient, "since": rfc3339(self.since), "text": text, "help": help,
        })
        .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(kind: &str, about: &str) -> Alert {
        Alert {
            id: Uuid::nil(),
            kind: kind.to_owned(),
            about: about.to_owned(),
            subject: Some(Uuid::max()),
            raised_at: 0,
            seen_by: None,
        }
    }

    #[test]
    fn a_notice_names_route_and_recipient_and_never_the_subject() {
        let notice = Notice::of("coventry", &alert("dead-letter", "target:lcs-to-health/nurses/0"));
        let told: serde_json::Value = serde_json::from_str(&notice.json()).unwrap();
        assert_eq!((&told["route"], &told["recipient"]), (&json!("lcs-to-health"), &json!("nurses")));
        let letter = notice.letter();
        assert!(letter.text.contains("Route: lcs-to-health\nRecipient: nurses\n"), "{}", letter.text);
        let late = Notice::of("coventry", &alert("late-restriction", "restriction:1"));
        for told in [late.json(), late.letter().text, late.letter().subject] {
            assert!(!told.contains(&Uuid::max().to_string()), "{told}");
        }
        assert_eq!((late.route, late.recipient), (None, None));
    }
}
