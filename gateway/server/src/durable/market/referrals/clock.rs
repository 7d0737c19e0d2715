//! What becomes due by itself: waves that open, offers and searches that run out, accepted offers without a beginning.

use std::sync::Arc;
use std::time::Duration;

use exchange::market::referral::offer::{Actor as By, may_become};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use schemas::code::{OfferStatus, ReferralStatus};
use schemas::date::DateTime;
use schemas::said::Said;
use store::{Batch, Micros, StoreFault};
use tokio::time::{MissedTickBehavior, interval};

use super::case::Case;
use super::issuing::{moment, waves_of};
use crate::durable::Durable;
use crate::durable::moment::{days_before, from_rfc3339, now};
use crate::durable::protect::Actor;
use crate::standing::Current;

/// Between two looks for what is due: the finest step of a wave is an hour.
const LOOK: Duration = Duration::from_secs(30);

/// The hours of a working day, Monday to Friday.
const WORKING_HOURS: (i8, i8) = (9, 17);

/// The longest time that is counted in steps: two years of hours.
const HOURS_MAX: u32 = 17_520;

/// Why an accepted offer is undone by itself.
const NO_START: &str = "no notice of the placement's start came in time";

/// The moment that lies so many working hours after another, by the clock of a zone: Monday to Friday, nine to five.
pub(crate) fn after_working_hours(from: Micros, hours: u16, zone: &str) -> Micros {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let mut at = Timestamp::from_microsecond(from).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut left = SignedDuration::from_hours(hours.into());
    for _ in 0..HOURS_MAX {
        let local = at.to_zoned(zone.clone());
        let is_working = is_working(&local);
        if is_working && left.is_zero() {
            break;
        }
        let into_the_hour = SignedDuration::from_secs(i64::from(local.minute()) * 60 + i64::from(local.second()))
            + SignedDuration::from_nanos(local.subsec_nanosecond().into());
        let to_the_hour = SignedDuration::from_hours(1) - into_the_hour;
        let step = if is_working { to_the_hour.min(left) } else { to_the_hour };
        if is_working {
            left -= step;
            if left.is_zero() {
                at += step;
                break;
            }
        }
        at += step;
    }
    at.as_microsecond()
}

/// Whether people are at work at a moment, by the clock of a zone.
pub(crate) fn is_working_hour(at: Micros, zone: &str) -> bool {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    is_working(&Timestamp::from_microsecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone))
}

fn is_working(local: &Zoned) -> bool {
    let is_weekend = matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday);
    !is_weekend && (WORKING_HOURS.0..WORKING_HOURS.1).contains(&local.hour())
}

/// A moment of the record as the store has it.
pub(super) fn micros_of(at: DateTime) -> Option<Micros> {
    let mut text = Vec::new();
    at.write(&mut text);
    from_rfc3339(&String::from_utf8(text).ok()?)
}

impl Durable {
    /// Does everything that is due now.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn look_at_referrals(&self) -> Result<(), StoreFault> {
        for case in self.referrals.cases() {
            if case.referral.status == Said::Is(ReferralStatus::Closed) {
                continue;
            }
            self.open_waves(&case)?;
            // What was kept right now is another version.
            let Some(case) = self.referrals.case(&case.reference) else { continue };
            self.expire_offers(&case)?;
            let Some(case) = self.referrals.case(&case.reference) else { continue };
            self.close_at_its_time(&case)?;
            let Some(case) = self.referrals.case(&case.reference) else { continue };
            self.undo_without_start(&case)?;
            let Some(case) = self.referrals.case(&case.reference) else { continue };
            self.end_releases(&case)?;
        }
        Ok(())
    }

    fn open_waves(&self, case: &Case) -> Result<(), StoreFault> {
        let at = now();
        if case.referral.status != Said::Is(ReferralStatus::Open) {
            return Ok(());
        }
        let waves = waves_of(case);
        let next = waves.iter().position(|wave| !wave.opened_at.has_value());
        let Some((number, before)) = next.and_then(|number| Some((number, waves.get(number.checked_sub(1)?)?))) else {
            return Ok(());
        };
        let opened = before.opened_at.is().and_then(micros_of);
        let (Some(opened), Said::Is(hours)) = (opened, waves[number].after_hours) else { return Ok(()) };
        if after_working_hours(opened, hours.get(), &self.config.timezone) > at {
            return Ok(());
        }
        let mut opened = case.clone();
        self.advance(&mut opened);
        let opened_at = opened.at;
        self.open_due_wave(&mut opened, number, None, opened_at)?;
        let lines = self.lines(&opened, "open-wave", &Actor::house(), |line| {
            line.outcome = Some(format!("wave={}", number + 1));
        });
        self.keep_case(opened, case.version, Batch { audit: lines, ..Batch::default() }, None).map(drop)
    }

    fn expire_offers(&self, case: &Case) -> Result<(), StoreFault> {
        let at = moment(now())?;
        let is_over = |answer: &super::case::Answer| {
            let until = answer.offer.more.as_deref().and_then(|more| more.valid_until.is());
            let may = answer.status().is_some_and(|from| may_become(Some(from), OfferStatus::Expired, By::Gateway));
            may && until.is_some_and(|until| until <= at)
        };
        if !case.answers.iter().any(is_over) {
            return Ok(());
        }
        let mut next = case.clone();
        self.advance(&mut next);
        next.answers
            .iter_mut()
            .filter(|answer| is_over(answer))
            .for_each(|answer| answer.become_(OfferStatus::Expired));
        let lines = self.lines(&next, "expire-offers", &Actor::house(), |_| {});
        self.keep_case(next, case.version, Batch { audit: lines, ..Batch::default() }, None).map(drop)
    }

    fn undo_without_start(&self, case: &Case) -> Result<(), StoreFault> {
        let before = days_before(now(), self.config.release_days.accepted_days_max);
        let is_over = |answer: &&super::case::Answer| {
            answer.started_at.is_none() && answer.accepted_at.is_some_and(|accepted| accepted <= before)
        };
        let Some(id) = case.accepted().find(is_over).map(|answer| answer.id) else { return Ok(()) };
        self.undo_accepted(case, id, (None, NO_START), None).map(drop)
    }
}

/// Looks for what is due until the gateway ends, by the configuration of the moment.
pub(crate) async fn keep_time(current: Current) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let Some(durable) = current.durable() else { return };
        look_once(&durable).await;
    }
}

async fn look_once(durable: &Arc<Durable>) {
    match durable.think(Durable::look_at_referrals).await {
        Ok(Ok(()) | Err(StoreFault::Closed)) => {}
        Ok(Err(fault)) => tracing::error!(%fault, "searches for homes could not be looked at"),
        Err(_) => tracing::error!("looking at searches for homes panicked"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::durable::moment::rfc3339;

    #[test]
    fn people_are_at_work_from_nine_to_five_on_mondays_to_fridays() {
        let works = |at: &str| is_working_hour(from_rfc3339(at).unwrap(), "Europe/London");
        assert!(works("2026-01-12T09:00:00Z") && works("2026-01-16T16:59:59Z") && works("2026-07-06T08:00:00Z"));
        for at in ["2026-01-12T08:59:59Z", "2026-01-16T17:00:00Z", "2026-01-17T12:00:00Z", "2026-01-18T12:00:00Z"] {
            assert!(!works(at), "{at}");
        }
    }

    #[test]
    fn only_working_hours_count() {
        let after = |from: &str, hours| {
            let from = from_rfc3339(from).unwrap();
            rfc3339(after_working_hours(from, hours, "Europe/London"))
        };
        // 12 January 2026 is a Monday.
        assert_eq!(after("2026-01-12T10:00:00Z", 4), "2026-01-12T14:00:00.000Z");
        assert_eq!(after("2026-01-12T15:30:00Z", 4), "2026-01-13T11:30:00.000Z");
        assert_eq!(after("2026-01-16T16:00:00Z", 2), "2026-01-19T10:00:00.000Z");
        assert_eq!(after("2026-01-17T12:00:00Z", 24), "2026-01-21T17:00:00.000Z");
        assert_eq!(after("2026-01-12T20:00:00Z", 0), "2026-01-13T09:00:00.000Z");
        assert_eq!(after("2026-01-12T10:15:00Z", 0), "2026-01-12T10:15:00.000Z");
        // In summer nine o'clock is eight in UTC.
        assert_eq!(after("2026-07-06T20:00:00Z", 1), "2026-07-07T09:00:00.000Z");
    }
}
