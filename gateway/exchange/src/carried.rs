//! Who is carried: which children a translation takes to a recipient, and why the others are left out.
//!
//! What protects a child counts even where its source takes it back; what opens a record counts only where it stands.

use kit::adapter::Dossier;
use schemas::{
    code::{ConsentDecision, ConsentGivenBy, ConsentScope, EpisodeEndReason, LegalStatus, RestrictionKind},
    date::Date,
    record::{CareEpisode, Consent, Record, Statement},
    said::Said,
};

use crate::view::{Audience, View};

/// From this age nothing goes to another organisation without one's own consent (views, section 2).
const ADULT_FROM_YEARS: i16 = 18;

/// Why a child is left out. A child is counted once, at the first that holds in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// An adoption order was made, or the adoption is marked (views, section 7.2).
    Adopted,
    /// A field that protects the child could not be read (views, section 7.8).
    GuardUnreadable,
    /// Not looked after on the as-at day.
    NotLookedAfter {
        /// Only because the child's episodes are short breaks (V3, V4).
        short_breaks: bool,
    },
    /// An adult on the as-at day who has not consented.
    AdultWithoutConsent,
    /// Sharing was refused (views, section 7.4).
    Consent,
    /// Nothing that the view lets out names the child, and without a secret key no other name may be used.
    WithoutIdentifier,
}

impl LeftOut {
    /// How many words there are.
    pub(crate) const WORDS: [&'static str; 6] =
        ["adopted", "guard-unreadable", "not-looked-after", "adult-without-consent", "consent", "without-identifier"];

    /// The word of reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self.index()]
    }

    pub(crate) fn index(self) -> usize {
        match self {
            Self::Adopted => 0,
            Self::GuardUnreadable => 1,
            Self::NotLookedAfter { .. } => 2,
            Self::AdultWithoutConsent => 3,
            Self::Consent => 4,
            Self::WithoutIdentifier => 5,
        }
    }
}

/// Why the view does not carry this child; `None` when it does.
///
/// Under `local-authority` every child is carried; under `statistics` every one whose guards could be read. Without an
/// as-at day nobody is looked after.
#[must_use]
pub fn left_out(dossier: &Dossier, view: &View, as_at: Option<Date>) -> Option<LeftOut> {
    match view.audience() {
        Audience::Authority => None,
        Audience::Statistics => guard_is_unreadable(dossier).then_some(LeftOut::GuardUnreadable),
        Audience::Health => {
            if is_adopted(dossier) {
                return Some(LeftOut::Adopted);
            }
            if guard_is_unreadable(dossier) {
                return Some(LeftOut::GuardUnreadable);
            }
            let care = in_care(dossier, as_at);
            if care != Care::LookedAfter {
                return Some(LeftOut::NotLookedAfter { short_breaks: care == Care::ShortBreaks });
            }
            if is_adult(dossier, as_at) && !has_own_consent(dossier, as_at) {
                return Some(LeftOut::AdultWithoutConsent);
            }
            sharing_is_refused(dossier, as_at).then_some(LeftOut::Consent)
        }
    }
}

/// Whether an adoption order was made or the adoption is marked (SSDA903 2025/26, REC E11 and E12; views, section 7.2).
#[must_use]
pub fn is_adopted(dossier: &Dossier) -> bool {
    dossier.statements().any(|statement| match statement {
        Statement::Adoption(adoption) => adoption.order_date.has_value(),
        Statement::CareEpisode(episode) => matches!(
            episode.end_reason,
            Said::Is(EpisodeEndReason::AdoptedUnopposed | EpisodeEndReason::AdoptedConsentDispensedWith)
        ),
        Statement::Restriction(restriction) => matches!(restriction.kind, Said::Is(RestrictionKind::Adopted)),
        _ => false,
    })
}

/// Whether a guard was lost while reading, or stands unreadable in a record (record, section 1.11).
#[must_use]
pub fn guard_is_unreadable(dossier: &Dossier) -> bool {
    dossier.guard_unreadable
        || dossier.statements().any(|statement| {
            let of = statement.statement_type();
            of.guards && of.fields.iter().any(|field| field.guard && field.is_unreadable(statement))
        })
}

/// Whether an episode has not ended by a day; ends are half-open. Without a day only what has no end is open.
pub(crate) fn is_open(episode: &CareEpisode, as_at: Option<Date>) -> bool {
    !has_ended(episode.end_date, as_at)
}

/// Whether something has an end that a day has reached. Without a day, whatever has an end has ended.
pub(crate) fn has_ended(end: Said<Date>, as_at: Option<Date>) -> bool {
    match (end, as_at) {
        (Said::Is(end), Some(as_at)) => end <= as_at,
        (Said::Is(_), None) => true,
        _ => false,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    LookedAfter,
    ShortBreaks,
    No,
}

fn in_care(dossier: &Dossier, as_at: Option<Date>) -> Care {
    let Some(day) = as_at else { return Care::No };
    let mut care = Care::No;
    for Record { statement, source, .. } in &dossier.records {
        let Statement::CareEpisode(episode) = statement else { continue };
        let begun = matches!(episode.start_date, Said::Is(start) if start <= day);
        if source.retracts || !begun || !is_open(episode, as_at) {
            continue;
        }
        match episode.legal_status {
            Said::Is(LegalStatus::ShortBreaksEpisodesRecorded | LegalStatus::ShortBreaksAgreementRecorded) => {
                care = Care::ShortBreaks;
            }
            _ => return Care::LookedAfter,
        }
    }
    care
}

/// Whether any birth date that is given makes the child an adult; one of 29 February is of age on 1 March.
fn is_adult(dossier: &Dossier, as_at: Option<Date>) -> bool {
    dossier.statements().any(|statement| {
        let Statement::Person(person) = statement else { return false };
        let of_age = person.birth_date.is().and_then(|born| born.add_years(ADULT_FROM_YEARS));
        matches!((of_age, as_at), (Some(of_age), Some(day)) if of_age <= day)
    })
}

/// Whether the adult's own consent to sharing stands on the day. It must be to everybody: a file does not say who the
/// recipient is, so that a consent to some cannot be held against a name.
fn has_own_consent(dossier: &Dossier, as_at: Option<Date>) -> bool {
    dossier.records.iter().any(|Record { statement, source, .. }| {
        let Statement::Consent(consent) = statement else { return false };
        !source.retracts
            && is_about_sharing(consent, ConsentDecision::Permit)
            && matches!(consent.given_by, Said::Is(ConsentGivenBy::Oneself))
            && !names_recipients(consent)
            && matches!((consent.start_date, as_at), (Said::Is(start), Some(day)) if start <= day)
            && !has_ended(consent.end_date, as_at)
    })
}

/// Whether sharing was refused, to anybody, and the refusal has not ended. Its last day belongs to it, and it holds
/// from when it is known.
fn sharing_is_refused(dossier: &Dossier, as_at: Option<Date>) -> bool {
    dossier.statements().any(|statement| {
        let Statement::Consent(consent) = statement else { return false };
        let ended = matches!((consent.end_date, as_at), (Said::Is(end), Some(day)) if end < day);
        is_about_sharing(consent, ConsentDecision::Deny) && !ended
    })
}

fn is_about_sharing(consent: &Consent, decision: ConsentDecision) -> bool {
    matches!(consent.scope, Said::Is(ConsentScope::InformationSharing))
        && matches!(consent.decision, Said::Is(it) if it == decision)
}

/// Whether a consent is limited to some recipients; none named is everybody.
pub(crate) fn names_recipients(consent: &Consent) -> bool {
    match &consent.recipients {
        Said::Is(recipients) => !recipients.is_empty(),
        Said::NotAsked | Said::Blank => false,
        _ => true,
    }
}
