//! Who is carried: which children a translation takes to a recipient, and why the others are left out.
//!
//! What protects a child counts even where its source takes it back; what opens a record counts only where it stands.

use std::sync::Arc;

use kit::adapter::{Dossier, Protection};
use schemas::{
    code::{
        ConsentDecision, ConsentGivenBy, ConsentScope, Eligibility, EpisodeEndReason, LegalStatus, RestrictionKind,
    },
    date::Date,
    record::{CareEpisode, Consent, Record, Statement, Subject, SubjectKind},
    reflect::Open,
    said::Said,
};

use crate::{
    children::{Statuses, birth_dates, open_episodes},
    recipient::Recipient,
    view::View,
};

/// From this age nothing goes to another organisation without one's own consent (views, section 2).
const ADULT_FROM_YEARS: i16 = 18;

/// From this age nobody is a care leaver any more (Children and Social Work Act 2017, section 3).
const CARE_LEAVER_UNTIL_YEARS: i16 = 25;

/// Why a child is left out. A child is counted once, at the first that holds in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// Under the view of an authority: another one is responsible for the child (views, section 2).
    OtherAuthority,
    /// An adoption order was made, or the adoption is marked (views, section 7.2).
    Adopted,
    /// A field that protects the child could not be read (views, section 7.8).
    GuardUnreadable,
    /// Not looked after on the as-at day.
    NotLookedAfter {
        /// Only because the child's episodes are short breaks (V3, V4).
        short_breaks: bool,
    },
    /// The filter of the view does not ask for this child (views, section 6).
    NotChosen,
    /// The view carries whom a circulated referral or an accepted offer names, and nothing read here is one.
    NotReleased,
    /// An adult on the as-at day who has not consented.
    AdultWithoutConsent,
    /// Sharing was refused (views, section 7.4).
    Consent,
    /// The child's place is protected, and the view tells of no such child.
    Restricted,
    /// Nothing that the view lets out names the child, and without a secret key no other name may be used.
    WithoutIdentifier,
    /// Places that the view carries to their own provider only, and nothing tells whose they are.
    NotOwn,
    /// The format is of children and this is a provider with its places, or the other way round.
    OtherKind,
}

impl LeftOut {
    /// How many words there are.
    pub(crate) const WORDS: [&'static str; 12] = [
        "other-authority",
        "adopted",
        "guard-unreadable",
        "not-looked-after",
        "not-chosen",
        "not-released",
        "adult-without-consent",
        "consent",
        "restricted",
        "without-identifier",
        "not-own",
        "other-kind",
    ];

    /// The word of reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self.index()]
    }

    pub(crate) fn index(self) -> usize {
        match self {
            Self::OtherAuthority => 0,
            Self::Adopted => 1,
            Self::GuardUnreadable => 2,
            Self::NotLookedAfter { .. } => 3,
            Self::NotChosen => 4,
            Self::NotReleased => 5,
            Self::AdultWithoutConsent => 6,
            Self::Consent => 7,
            Self::Restricted => 8,
            Self::WithoutIdentifier => 9,
            Self::NotOwn => 10,
            Self::OtherKind => 11,
        }
    }
}

/// Why the view does not carry this child to this recipient; `None` when it does.
///
/// Under `local-authority` every child of the recipient's own is carried, and under `statistics` every one whose guards
/// could be read, unless the view asks for fewer. Without an as-at day nobody is looked after. Places are carried wherever
/// it need not be known whose they are.
#[must_use]
pub fn left_out(dossier: &Dossier, view: &View, recipient: &Recipient, as_at: Option<Date>) -> Option<LeftOut> {
    if is_place(dossier) {
        // Nothing here tells whose it is.
        return view.carries_nobody().then_some(LeftOut::NotOwn);
    }
    let is_anothers = |subject: &Arc<Subject>| recipient.is_of_another_authority(subject);
    if view.is_for_an_authority() && dossier.subject.as_ref().is_some_and(is_anothers) {
        return Some(LeftOut::OtherAuthority);
    }
    let one_by_one = view.is_of_single_children();
    if one_by_one && is_adopted(dossier) {
        return Some(LeftOut::Adopted);
    }
    if view.is_for_others() && guard_is_unreadable(dossier) {
        return Some(LeftOut::GuardUnreadable);
    }
    let standing = match standing(dossier, view, as_at) {
        Ok(standing) => standing,
        // A home is looked for before a child is looked after; the person who asks for it has decided so.
        Err(LeftOut::NotLookedAfter { .. }) if recipient.is_released => Standing::NotAsked,
        Err(reason) => return Some(reason),
    };
    if !view.children().take_in(dossier, as_at) {
        return Some(LeftOut::NotChosen);
    }
    if view.carries_nobody() && !recipient.is_released {
        return Some(LeftOut::NotReleased);
    }
    if !one_by_one {
        return None;
    }
    // Of whoever has left care without a birth date nobody knows that it is still a child.
    let adult = is_adult(dossier, as_at) || (standing == Standing::Left && birth_dates(dossier).next().is_none());
    if adult && !has_own_consent(dossier, recipient, as_at) {
        return Some(LeftOut::AdultWithoutConsent);
    }
    sharing_is_refused(dossier, recipient, as_at).then_some(LeftOut::Consent)
}

/// Whether it is of a provider and its places, and of no child: no rule about children has a say in it.
#[must_use]
pub fn is_place(dossier: &Dossier) -> bool {
    dossier.subject.as_ref().is_some_and(|subject| subject.kind == SubjectKind::Place)
}

/// How a child stands to care who is carried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    LookedAfter,
    Left,
    NotAsked,
}

/// How the child stands to care, or why that is not what the view asks for.
fn standing(dossier: &Dossier, view: &View, as_at: Option<Date>) -> Result<Standing, LeftOut> {
    let (asked, short_breaks) = (view.children().statuses, view.children().short_breaks);
    let by_default = view.is_of_single_children().then_some(Statuses::LOOKED_AFTER);
    let Some(statuses) = asked.or(by_default) else {
        let unwanted = short_breaks == Some(false) && in_care(dossier, as_at) == Care::ShortBreaks;
        return if unwanted { Err(LeftOut::NotChosen) } else { Ok(Standing::NotAsked) };
    };
    let care = in_care(dossier, as_at);
    let counts = care == Care::LookedAfter || (care == Care::ShortBreaks && short_breaks == Some(true));
    if counts && statuses.looked_after {
        return Ok(Standing::LookedAfter);
    }
    if care != Care::LookedAfter && statuses.care_leaver && is_care_leaver(dossier, as_at) {
        return Ok(Standing::Left);
    }
    Err(if counts { LeftOut::NotChosen } else { LeftOut::NotLookedAfter { short_breaks: care == Care::ShortBreaks } })
}

/// Whether the authority still owes support to one who has left care. Who is eligible is looked after still; a return
/// lists its care leavers without a word on eligibility (SSDA903 2025/26, OC3).
fn is_care_leaver(dossier: &Dossier, as_at: Option<Date>) -> bool {
    let too_old = |born: Date| match (born.add_years(CARE_LEAVER_UNTIL_YEARS), as_at) {
        (Some(until), Some(day)) => until <= day,
        _ => true,
    };
    let listed = dossier.records.iter().any(|Record { statement, source, .. }| {
        let Statement::CareLeaver(leaver) = statement else { return false };
        let entitled = match &leaver.eligibility {
            Said::Is(Open::Listed(Eligibility::Relevant | Eligibility::FormerRelevant | Eligibility::Qualifying)) => {
                true
            }
            said => matches!(said, Said::NotAsked | Said::Blank),
        };
        entitled && !source.retracts
    });
    listed && !birth_dates(dossier).any(too_old)
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

/// What protects the child towards whoever writes of it, before a view hides it.
#[must_use]
pub(crate) fn protection(dossier: &Dossier) -> Protection {
    let standing = dossier.records.iter().filter(|record| !record.source.retracts);
    let restricted = standing.map(|record| &record.statement).any(|statement| match statement {
        Statement::Restriction(restriction) => !matches!(restriction.kind, Said::NotAsked | Said::Blank),
        _ => false,
    });
    Protection { adopted: is_adopted(dossier), restricted }
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
    let mut care = Care::No;
    for episode in open_episodes(dossier, as_at) {
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
    birth_dates(dossier)
        .any(|born| matches!((born.add_years(ADULT_FROM_YEARS), as_at), (Some(of_age), Some(day)) if of_age <= day))
}

/// Whether the adult's own consent to sharing with this recipient stands on the day.
fn has_own_consent(dossier: &Dossier, recipient: &Recipient, as_at: Option<Date>) -> bool {
    dossier.records.iter().any(|Record { statement, source, .. }| {
        let Statement::Consent(consent) = statement else { return false };
        !source.retracts
            && is_about_sharing(consent, ConsentDecision::Permit)
            && matches!(consent.given_by, Said::Is(ConsentGivenBy::Oneself))
            && recipient.is_permitted_by(consent)
            && matches!((consent.start_date, as_at), (Said::Is(start), Some(day)) if start <= day)
            && !has_ended(consent.end_date, as_at)
    })
}

/// Whether sharing with this recipient was refused, and the refusal has not ended. Its last day belongs to it, and it
/// holds from when it is known.
fn sharing_is_refused(dossier: &Dossier, recipient: &Recipient, as_at: Option<Date>) -> bool {
    dossier.statements().any(|statement| {
        let Statement::Consent(consent) = statement else { return false };
        let ended = matches!((consent.end_date, as_at), (Said::Is(end), Some(day)) if end < day);
        is_about_sharing(consent, ConsentDecision::Deny) && !ended && recipient.is_refused_by(consent)
    })
}

fn is_about_sharing(consent: &Consent, decision: ConsentDecision) -> bool {
    matches!(consent.scope, Said::Is(ConsentScope::InformationSharing))
        && matches!(consent.decision, Said::Is(it) if it == decision)
}
