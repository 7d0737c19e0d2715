//! Codes as our tables spell them: words for one, words with `;` between for several.

use kit::{
    wire::{Heard, Reading, Wire, WireType, Writing, Written},
    words::{Also, each_once, read_word, read_words},
};
use schemas::code::{
    ChildHereAge, Code, CommunicationNeed, CriterionAnswer, CulturalNeed, Disability, EducationPhase, EthnicGroup,
    Ethnicity, FamilyTimeHelp, HouseholdPet, HouseholdReligion, HouseholdSmoking, InfantAge, LanguageGroup,
    LegalStatusGroup, LivingCompanions, NoticeMessage, OfferReason, OfferStatus, OfstedRating, OutOfAreaReason,
    PetsAllowance, PlaceNotAvailableReason, PlacementContract, PlacementDuration, PlacementEndReason, PlacementEndedBy,
    PlacementNeed, PlacementNext, PlacementSupport, PresenceStatus, ProfileRelease, ProviderSector, Provision,
    ReferralCloseReason, ReferralStatus, ReferralUrgency, Regulator, RiskLevel, RowChange, SdqBand, SenProvisionKind,
    Sex, SuitabilityLevel, VacancyConfirmer, VacancyPlacementType, VacancyStatus, WheelchairAccess, WhoCouldLiveHere,
};

use crate::rules;

/// A list whose codes stand in our tables in words of their own.
pub trait Vocabulary: Code {
    /// Whether our own word is written, `not-yet-inspected`, or the code as it is, `APKN`.
    const AS_WORD: bool = true;
    /// What senders write too, and what it means.
    const ALSO: Also<Self> = &[];
}

/// A code in one of our tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<C>(pub C);

/// Several codes in one cell, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words<C>(pub Vec<C>);

fn write_word<C: Vocabulary>(code: C, out: &mut Vec<u8>) {
    if C::AS_WORD {
        out.extend_from_slice(code.word().as_bytes());
    } else {
        out.extend_from_slice(code.code().as_bytes());
    }
}

fn write_words<C: Vocabulary>(codes: &[C], out: &mut Vec<u8>) {
    for (n, code) in codes.iter().enumerate() {
        if n > 0 {
            out.push(b';');
        }
        write_word(*code, out);
    }
}

impl<C: Vocabulary> Wire for Word<C> {
    const TYPE: WireType = if C::AS_WORD { WireType::Word(C::LIST) } else { WireType::Code(C::LIST) };

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        read_word(cell, reading, C::ALSO).map_or(Heard::Unreadable, |code| Heard::Is(Self(code)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        write_word(self.0, out);
        Written::Yes
    }
}

impl<C: Vocabulary> Wire for Words<C> {
    const TYPE: WireType = if C::AS_WORD { WireType::Words(C::LIST) } else { WireType::Codes(C::LIST) };

    /// An item that is in no list costs that item.
    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let (codes, all) = read_words(cell, reading, C::ALSO);
        match (codes.is_empty(), all) {
            (true, _) => Heard::Wrong(&rules::LIST_ITEM_UNKNOWN),
            (false, true) => Heard::Is(Self(each_once(codes))),
            (false, false) => Heard::Mended(Self(each_once(codes)), &rules::LIST_ITEM_UNKNOWN),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        write_words(&self.0, out);
        Written::Yes
    }
}

/// The age bands of the children of a home: one a child, so that a band may stand twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgesHere(pub Vec<ChildHereAge>);

impl Wire for AgesHere {
    const TYPE: WireType = WireType::Words(ChildHereAge::LIST);

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match read_words(cell, reading, ChildHereAge::ALSO) {
            (ages, true) if !ages.is_empty() => Heard::Is(Self(ages)),
            (ages, _) if !ages.is_empty() => Heard::Mended(Self(ages), &rules::LIST_ITEM_UNKNOWN),
            _ => Heard::Wrong(&rules::LIST_ITEM_UNKNOWN),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        write_words(&self.0, out);
        Written::Yes
    }
}

/// Which children could live in a home. What is not understood could be the very child who is asked for, so that it
/// costs more than an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genders(pub Vec<WhoCouldLiveHere>);

impl Wire for Genders {
    const TYPE: WireType = WireType::Words(WhoCouldLiveHere::LIST);

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match read_words(cell, reading, WhoCouldLiveHere::ALSO) {
            (genders, true) if !genders.is_empty() => Heard::Is(Self(each_once(genders))),
            _ => Heard::Wrong(&rules::GENDER_UNKNOWN),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        write_words(&self.0, out);
        Written::Yes
    }
}

/// A status that an agency may give: that a vacancy was not confirmed in time is not theirs to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub VacancyStatus);

impl Wire for Status {
    const TYPE: WireType = WireType::Word(VacancyStatus::LIST);

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match read_word(cell, reading, VacancyStatus::ALSO) {
            Some(status) if status != VacancyStatus::Expired => Heard::Is(Self(status)),
            _ => Heard::Wrong(&rules::STATUS_UNKNOWN),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        write_word(self.0, out);
        Written::Yes
    }
}

macro_rules! vocabularies {
    ($($list:ident $as_word:literal [$($word:literal => $code:ident),* $(,)?],)+) => {
        $(impl Vocabulary for $list {
            const AS_WORD: bool = $as_word;
            const ALSO: Also<Self> = &[$(($word, Self::$code)),*];
        })+
    };
}

vocabularies! {
    Regulator true ["Care Inspectorate (Scotland)" => CareInspectorateScotland, "CIS" => CareInspectorateScotland, "CQC only" => CareQualityCommission],
    ProviderSector true [],
    OfstedRating true ["RI" => RequiresImprovement, "Adequate" => RequiresImprovement, "Satisfactory" => RequiresImprovement,
        "Requires improvement" => RequiresImprovement, "NYI" => NotYetInspected],
    Provision true ["Foster" => Fostering, "Foster care" => Fostering, "Children's home" => Residential, "Residential care" => Residential,
        "Supported lodgings" => SupportedAccommodation],
    VacancyStatus true ["Available" => Open, "On hold" => Reserved, "Closed" => Withdrawn],
    RowChange true ["No" => NoChange, "N" => NoChange, "Yes" => Changed, "Y" => Changed, "Unchanged" => NoChange, "New" => Changed],
    VacancyConfirmer true ["Duty" => DutyTeam],
    PlacementContract true [],
    PlaceNotAvailableReason true [],
    WhoCouldLiveHere true ["Boys" => Male, "Boy" => Male, "M" => Male, "Girls" => Female, "Girl" => Female, "F" => Female,
        "Either" => Any, "M/F" => Any, "Both" => Any, "All" => Any],
    ChildHereAge true ["0 to 4" => Under5, "5 to 10" => From5To10, "11 to 15" => From11To15, "16 to 17" => From16To17],
    VacancyPlacementType true ["Parent & child" => ParentAndChild],
    PlacementNeed true ["Autism" => AutismOrAdhd, "ADHD" => AutismOrAdhd, "BSL" => DeafOrSigning, "Deaf" => DeafOrSigning,
        "CSE" => SexualExploitation, "CCE" => CriminalExploitation, "DoLS" => DeprivationOfLiberty],
    WheelchairAccess true [],
    HouseholdPet true [],
    HouseholdSmoking true [],
    HouseholdReligion true [],
    FamilyTimeHelp true [],
    ProfileRelease true [],
    Ethnicity false [],
    Sex false ["Male" => Male, "Female" => Female],
    SenProvisionKind false [],
    Disability true [],
    ReferralStatus true [],
    ReferralCloseReason true [],
    ReferralUrgency true ["< 5 days" => WithinFiveDays, "> 5 days" => BeyondFiveDays],
    PlacementDuration true [],
    SuitabilityLevel true [],
    EthnicGroup true [],
    LanguageGroup true [],
    LegalStatusGroup true [],
    InfantAge true [],
    SdqBand true [],
    CommunicationNeed true [],
    PlacementSupport true [],
    PresenceStatus true [],
    RiskLevel true [],
    EducationPhase true [],
    LivingCompanions true [],
    PetsAllowance true [],
    CulturalNeed true [],
    OutOfAreaReason true [],
    OfferStatus true [],
    OfferReason true [],
    CriterionAnswer true [],
    NoticeMessage true ["Change of fee" => FeeChange, "Started" => Start, "Ended" => End, "Correct" => Correction, "Cancelled" => Cancel],
    PlacementEndedBy true ["Local authority" => Authority, "Agency" => Provider],
    PlacementEndReason true [],
    PlacementNext true [],
}
