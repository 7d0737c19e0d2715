//! Reminding agencies: once a working day, of homes that nobody has checked for four or five of them (ifa-formats, 4.1).
//!
//! What is due is seen anew at each look, so that nobody is reminded of a home that was confirmed meanwhile. A line of the
//! audit chain (`remind`) says that a partner was told on a day: it is not told again on that day, also after a start.

use std::sync::Arc;

use exchange::market::vacancy::reminder_due;
use schemas::date::DateTime;
use store::audit::AuditFilter;
use store::home::HomeId;
use store::{Batch, Micros, StoreFault};

use super::referrals::clock::is_working_hour;
use crate::config::Partner;
use crate::durable::alerts::Kind;
use crate::durable::commit::kept;
use crate::durable::moment::{day_in, days_before, from_rfc3339, now};
use crate::durable::partner_letters::News;
use crate::durable::{Durable, HOUSE};
use crate::outbound::mail::Letter;

/// Homes whose ids one letter names; all are counted.
const LETTER_HOMES_MAX: usize = 50;

/// What one partner is reminded of.
struct Reminder {
    partner: String,
    /// Homes, by the working days since they were checked.
    homes: Vec<(u32, HomeId)>,
}

impl Durable {
    /// Reminds every agency that is due to be reminded now.
    pub(crate) async fn remind_agencies(self: &Arc<Self>) {
        let at = now();
        if !is_working_hour(at, &self.config.timezone) {
            return;
        }
        let shared = self.clone();
        let due = tokio::task::spawn_blocking(move || shared.reminders(at)).await;
        let Ok(Ok(due)) = due else {
            tracing::error!("whom to remind of homes could not be seen");
            return;
        };
        for reminder in due {
            let count = reminder.homes.len() as u64;
            let news = self.news_of(reminder, at);
            let Some(told) = self.tell_partner(&news).await else { continue };
            let line = self.line("remind", HOUSE, now(), |line| {
                line.object = Some(object(&news.partner));
                line.recipient = Some(news.partner.clone());
                line.statements = vec![("Vacancy", count)];
                line.outcome = Some(told.word().to_owned());
            });
            let batch = Batch { audit: vec![line], ..Batch::default() };
            if !matches!(kept(|done| self.store.keep(batch, done)).await, Ok(Ok(_))) {
                tracing::error!("that an agency was reminded could not be kept");
            }
        }
    }

    /// Whom to remind, and of what.
    fn reminders(&self, at: Micros) -> Result<Vec<Reminder>, StoreFault> {
        let today = day_in(&self.config.timezone, at);
        let standing = self.market.standing();
        let due: Vec<_> = standing
            .entries()
            .filter(|entry| entry.home.is_registered)
            .filter_map(|entry| {
                let vacancy = &entry.home.vacancy;
                let checked = vacancy.as_at.is().and_then(DateTime::date);
                Some((entry.home.urn, reminder_due(vacancy.status.is(), checked, today)?, entry.id))
            })
            .collect();
        let mut reminders = Vec::new();
        for partner in self.config.partners.iter().filter(|partner| partner.enabled && partner.person.is_none()) {
            let own = due.iter().filter(|(urn, ..)| partner.speaks_for(*urn));
            let mut homes: Vec<(u32, HomeId)> = own.map(|(_, days, id)| (*days, *id)).collect();
            if homes.is_empty() || self.was_reminded(partner, at)? {
                continue;
            }
            homes.sort_unstable();
            reminders.push(Reminder { partner: partner.name.clone(), homes });
        }
        Ok(reminders)
    }

    /// Whether a partner was reminded on the day of a moment.
    fn was_reminded(&self, partner: &Partner, at: Micros) -> Result<bool, StoreFault> {
        let filter = AuditFilter {
            action: Some("remind".to_owned()),
            object: Some(object(&partner.name)),
            since: Some(days_before(at, 1)),
            limit: 1,
            ..AuditFilter::default()
        };
        let day = |line: &str| {
            let line: serde_json::Value = serde_json::from_str(line).ok()?;
            Some(day_in(&self.config.timezone, from_rfc3339(line.get("at")?.as_str()?)?))
        };
        let today = day_in(&self.config.timezone, at);
        Ok(self.store.audit(&filter)?.items.iter().any(|line| day(&line.line) == Some(today)))
    }

    fn news_of(&self, reminder: Reminder, at: Micros) -> News {
        let Reminder { partner, homes } = reminder;
        let (gateway, today) = (&self.config.name, day_in(&self.config.timezone, at));
        let count_of = |days: u32| homes.iter().filter(|(is, _)| *is == days).count();
        let mut text =
            "Nobody has told us for some working days that these homes are still as they were said:\n\n".to_owned();
        let mut all_days: Vec<u32> = homes.iter().map(|(days, _)| *days).collect();
        all_days.dedup();
        for days in all_days {
            text.push_str(&format!("Checked {days} working days ago: {}\n", count_of(days)));
        }
        text.push_str(
            "\nWhat to do: look at each. Where nothing has changed choose \"no change\" in the workbook, or confirm it in \
             your system; where something has, send it anew. A home that nobody checks is soon left out of searches.\n\n",
        );
        for (_, id) in homes.iter().take(LETTER_HOMES_MAX) {
            text.push_str(&format!("/v1/vacancies/{id}\n"));
        }
        if homes.len() > LETTER_HOMES_MAX {
            text.push_str(&format!("and {} more\n", homes.len() - LETTER_HOMES_MAX));
        }
        let subject = format!("[homeward {gateway}] {} homes are to be checked", homes.len());
        let letter = Letter { id: format!("remind-{partner}-{today}"), subject, text };
        News { partner, instead: Kind::HomesUnchecked, about: None, letter }
    }
}

fn object(partner: &str) -> String {
    format!("partner:{partner}")
}
