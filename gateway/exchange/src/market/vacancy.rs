//! How long what is said of a home holds, and what may become of it (ifa-formats, section 4.1).

use schemas::{code::VacancyStatus, date::Date};

/// How long what is said of a home holds, in whole days; by default as a framework has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// Up to this age it is searched.
    pub fresh_days: u16,
    /// Beyond this age it is not searched at all.
    pub expire_days: u16,
}

impl Default for Freshness {
    fn default() -> Self {
        Self { fresh_days: 7, expire_days: 14 }
    }
}

impl Freshness {
    /// Whether it was not checked lately: older than fresh. What does not say when it was true is.
    #[must_use]
    pub fn is_stale(self, as_at: Option<Date>, today: Date) -> bool {
        as_at.is_none_or(|as_at| today.days_since(as_at) > i32::from(self.fresh_days))
    }

    /// Whether it is not to be found at all: too old, or over.
    #[must_use]
    pub fn is_expired(self, as_at: Option<Date>, until: Option<Date>, today: Date) -> bool {
        as_at.is_none_or(|as_at| today.days_since(as_at) > i32::from(self.expire_days))
            || until.is_some_and(|until| until < today)
    }

    /// The last day on which it is fresh.
    #[must_use]
    pub fn fresh_until(self, as_at: Date) -> Option<Date> {
        as_at.add_days(i32::from(self.fresh_days))
    }
}

/// When what is said of a home was checked, as one day sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Working days since, Monday to Friday; `None` where nobody said.
    pub working_days: Option<u32>,
}

impl Checked {
    /// As a day sees it.
    #[must_use]
    pub fn of(as_at: Option<Date>, today: Date) -> Self {
        Self { working_days: as_at.map(|as_at| working_days_since(as_at, today)) }
    }

    /// Whether it was checked today or one working day ago.
    #[must_use]
    pub fn is_within_a_working_day(self) -> bool {
        self.working_days.is_some_and(|days| days <= 1)
    }

    /// In plain words: `today`, `2 working days ago`.
    #[must_use]
    pub fn words(self) -> String {
        match self.working_days {
            Some(0) => "today".to_owned(),
            Some(1) => "1 working day ago".to_owned(),
            Some(days) => format!("{days} working days ago"),
            None => "not known".to_owned(),
        }
    }
}

/// After so many working days without a check the agency of a home is reminded.
pub const REMINDER_WORKING_DAYS: [u32; 2] = [4, 5];

/// After how many working days without a check an agency is to be reminded of a home on a day, once each; on no day of a
/// weekend, and of nothing that it could not confirm.
#[must_use]
pub fn reminder_due(status: Option<VacancyStatus>, as_at: Option<Date>, today: Date) -> Option<u32> {
    let is_live = matches!(status, Some(VacancyStatus::Open | VacancyStatus::Reserved));
    let days = Checked::of(as_at, today).working_days.filter(|days| REMINDER_WORKING_DAYS.contains(days))?;
    (is_live && !today.weekday().is_weekend()).then_some(days)
}

/// Mondays to Fridays after a day, up to another.
fn working_days_since(day: Date, today: Date) -> u32 {
    let days = today.days_since(day).max(0);
    let weeks = days / 7;
    let rest = (weeks * 7 + 1..=days).filter_map(|n| day.add_days(n)).filter(|day| !day.weekday().is_weekend()).count();
    (weeks * 5) as u32 + rest as u32
}

/// Who changes the state of a vacancy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The agency whose home it is.
    Agency,
    /// The gateway, when offers, notices and days go by.
    Gateway,
}

/// Whether an actor may change the state of a vacancy; the same state again is no change. `from` is `None` for a new
/// one. What an agency reserved itself it may open again; what an accepted offer holds is for the caller to refuse.
#[must_use]
pub fn may_become(from: Option<VacancyStatus>, to: VacancyStatus, actor: Actor) -> bool {
    use Actor::{Agency, Gateway};
    use VacancyStatus::{Draft, Expired, Filled, Open, Reserved, Withdrawn};
    match (from, to, actor) {
        (Some(from), to, _) if from == to => true,
        (None | Some(Filled | Withdrawn | Expired), Open, Agency) | (None, Draft, Agency) => true,
        (Some(Draft), Open | Withdrawn, Agency) => true,
        (Some(Open), Reserved, _) => true,
        (Some(Open | Reserved), Filled, _) => true,
        (Some(Reserved), Open, _) => true,
        (Some(Open | Reserved | Filled), Withdrawn, _) => true,
        (Some(Open | Reserved), Expired, Gateway) => true,
        _ => false,
    }
}
