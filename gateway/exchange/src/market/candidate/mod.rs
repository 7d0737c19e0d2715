//! What a provider's notice would change in the authority's episodes: a difference proposed to a person, who decides it.
//!
//! Nothing here writes an episode: those are the authority's alone (record, section 6). A notice says what the agency
//! knows; what it cannot know is carried over from the open episode, suggested, or left to the person with the codes that
//! come into question. Format: [`Candidate`]. Operation: [`candidate`].
//!
//! Source of every rule: IFA formats, section 6.3; rule numbers are those of the SSDA903 of 2025/26.

mod ending;
mod episode;
mod place;

use schemas::{
    code::{
        CategoryOfNeed, EpisodeEndReason, LegalStatus, NoticeKind, PlacementChangeReason, PlacementProvider,
        PlacementType, ProviderSector, Provision, Rne,
    },
    date::Date,
    diagnostic::{Rule, Severity},
    identifier::OfstedUrn,
    postcode::Postcode,
    record::{CareEpisode, PlacementNotice},
    said::Said,
};

const fn warning(code: &'static str, message: &'static str, help: &'static str) -> Rule {
    Rule { code, severity: Severity::Warning, message, help, source: "IFA formats, section 6.3" }
}

/// Nobody knows whose the provider is.
pub static SECTOR_UNKNOWN: Rule = warning(
    "ifa/sector-unknown",
    "Whether this provider is private, voluntary or public is not known; PLACE_PROVIDER is left blank",
    "Look the provider up in Ofsted's register, and choose.",
);

/// The notice does not tell the placement type.
pub static PLACE_UNDECIDED: Rule = warning(
    "ifa/place-undecided",
    "What this notice says does not decide the placement type (PLACE)",
    "Choose between the codes that are shown.",
);

/// A placement where the child came from.
pub static PLACE_IS_HOME: Rule = warning(
    "ifa/place-is-home",
    "The postcode of the placement is that of the home that the child came from, and the child is not placed with parents (rule 392d)",
    "Check the postcode with the agency.",
);

/// What is told of candidates.
pub static RULES: &[&Rule] = &[&SECTOR_UNKNOWN, &PLACE_UNDECIDED, &PLACE_IS_HOME];

/// What is proposed for one column of the return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal<T> {
    /// It follows from what is known.
    Is(T),
    /// It is suggested, and the person may choose one of the others.
    Suggested {
        /// What is suggested.
        value: T,
        /// What it may be instead.
        or: Vec<T>,
    },
    /// The person decides between these; among all there are, where there are none.
    Decide(Vec<T>),
    /// The return has the column blank.
    Blank,
}

impl<T: Copy + PartialEq> Proposal<T> {
    /// Everything that it may come to.
    #[must_use]
    pub fn choices(&self) -> Vec<T> {
        match self {
            Self::Is(value) => vec![*value],
            Self::Suggested { value, or } => std::iter::once(*value).chain(or.iter().copied()).collect(),
            Self::Decide(choices) => choices.clone(),
            Self::Blank => Vec::new(),
        }
    }

    /// What an authority has said already.
    fn carried(said: &Said<T>) -> Self {
        said.is().map_or(Self::Decide(Vec::new()), Self::Is)
    }
}

/// What stands in URN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlacementUrn {
    /// Ofsted's number.
    Number(OfstedUrn),
    /// `XXXXXXX`: Ofsted does not register the provider.
    NotRegistered,
}

/// What is known of the provider besides the notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// Ofsted registers it.
    Registered {
        /// As what; `None` for what is no place of ours, a school for instance.
        provision: Option<Provision>,
        /// Who owns it; `None` where nobody knows.
        sector: Option<ProviderSector>,
        /// Whether the authority itself runs it, where that is known of a public one.
        is_own: Option<bool>,
    },
    /// Nobody registers it, for certain.
    NotRegistered {
        /// Who owns it; `None` where nobody knows.
        sector: Option<ProviderSector>,
    },
    /// Nothing was looked up, or nothing was found.
    Unknown,
}

impl Provider {
    fn sector(self) -> Option<ProviderSector> {
        match self {
            Self::Registered { sector, .. } | Self::NotRegistered { sector } => sector,
            Self::Unknown => None,
        }
    }
}

/// What the authority knows beside a notice.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'b> {
    /// The child's open episode; `None` where the child is not looked after.
    pub open: Option<&'b CareEpisode>,
    /// The notice by which the open placement began, where an agency sent one.
    pub began: Option<&'b PlacementNotice>,
    /// The notice by which the open placement ended, where an agency sent one.
    pub ended: Option<&'b PlacementNotice>,
    /// The provider of the notice.
    pub provider: Provider,
    /// The child's date of birth.
    pub born: Option<Date>,
}

/// What a notice comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Candidate {
    /// No change: a price is no matter of episodes.
    Nothing,
    /// The child has no open episode. Only the authority can say that a child began to be looked after.
    NoOpenEpisode,
    /// The notice lacks its day, or was sent for what is already so.
    TooLittle,
    /// The child moves.
    Move(Box<Move>),
    /// The placement ends, and no other was told.
    End(End),
}

/// A move: what ends, what begins, and where the child goes back to.
#[derive(Clone, Debug, PartialEq)]
pub struct Move {
    /// The end of the open episode.
    pub ends: Ending,
    /// The episode that begins.
    pub begins: Beginning,
    /// After respite: the episode that begins when the child goes back to the same place (rule 383).
    pub returns: Option<Return>,
    /// What the person is told.
    pub told: Vec<&'static Rule>,
}

/// The end of an open episode by a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// DEC.
    pub end_date: Date,
    /// REC.
    pub end_reason: EpisodeEndReason,
    /// REASON_PLACE_CHANGE.
    pub change_reason: Proposal<PlacementChangeReason>,
}

/// An episode that begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Beginning {
    /// DECOM.
    pub start_date: Date,
    /// RNE.
    pub start_reason: Proposal<Rne>,
    /// LS.
    pub legal_status: Proposal<LegalStatus>,
    /// CIN.
    pub category_of_need: Proposal<CategoryOfNeed>,
    /// PLACE.
    pub placement_type: Proposal<PlacementType>,
    /// PLACE_PROVIDER.
    pub placement_provider: Proposal<PlacementProvider>,
    /// URN.
    pub placement_urn: Proposal<PlacementUrn>,
    /// HOME_POST: what the authority said, never what a provider says.
    pub home_postcode: Proposal<Postcode>,
    /// PL_POST.
    pub placement_postcode: Proposal<Postcode>,
}

/// The way back from respite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return {
    /// DECOM of the episode that begins then, and DEC of the respite.
    pub start_date: Date,
    /// PLACE, as it was before.
    pub placement_type: Said<PlacementType>,
    /// PL_POST, as it was before.
    pub placement_postcode: Said<Postcode>,
}

/// The end of a placement without another: whether care ends, and why, is for the authority to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// DEC.
    pub end_date: Date,
    /// REC: hints only. Blank where the notice gives none.
    pub end_reason: Proposal<EpisodeEndReason>,
    /// REASON_PLACE_CHANGE, should the child have moved and not left care.
    pub change_reason: Proposal<PlacementChangeReason>,
}

/// What a notice would change in the child's episodes.
#[must_use]
pub fn candidate(notice: &PlacementNotice, beside: &Beside<'_>) -> Candidate {
    match notice.kind {
        Said::Is(NoticeKind::Change) => Candidate::Nothing,
        Said::Is(NoticeKind::Start | NoticeKind::End) if beside.open.is_none() => Candidate::NoOpenEpisode,
        Said::Is(NoticeKind::End) => ending::end(notice, beside).map_or(Candidate::TooLittle, Candidate::End),
        Said::Is(NoticeKind::Start) => {
            let moves = beside.open.and_then(|open| episode::moves(notice, open, beside));
            moves.map_or(Candidate::TooLittle, |it| Candidate::Move(Box::new(it)))
        }
        _ => Candidate::TooLittle,
    }
}
