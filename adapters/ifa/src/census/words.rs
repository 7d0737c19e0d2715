//! Labels of the census: its data has slips of the pen, so that a label one letter away from a known one is read as it,
//! with a warning.

use kit::{
    encoding::text_of,
    nearest::edits,
    wire::{Heard, Reading, Wire, WireType, Writing, Written},
};
use schemas::{
    code::{Provision, Regulator, Sex, VacancyPlacementType},
    reflect::Number,
    said::Coarse,
};

use crate::rules;

/// A type with labels of its own in the census; the first of those of one value is written.
pub trait Labelled: Copy + PartialEq + 'static {
    /// Every label, and what it means.
    const LABELS: &'static [(&'static str, Self)];
}

/// A label of the census.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label<T>(pub T);

impl<T: Labelled> Wire for Label<T> {
    const TYPE: WireType = WireType::Text { characters_max: 0 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let text = letters(&text_of(cell));
        let labels = || T::LABELS.iter().map(|(label, value)| (letters(label), *value));
        if let Some((_, value)) = labels().find(|(label, _)| *label == text) {
            return Heard::Is(Self(value));
        }
        // Of two that are as near nobody knows which was meant.
        let mut near = labels().filter(|(label, _)| is_a_slip(label, &text)).map(|(_, value)| value);
        match (near.next(), near.next()) {
            (Some(value), other) if other.is_none_or(|other| other == value) => {
                Heard::Mended(Self(value), &rules::CENSUS_LABEL)
            }
            _ => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        match T::LABELS.iter().find(|(_, value)| *value == self.0) {
            Some((label, _)) => {
                out.extend_from_slice(label.as_bytes());
                Written::Yes
            }
            None => Written::CannotSay,
        }
    }
}

/// Letters and digits alone, without case.
fn letters(text: &str) -> Vec<char> {
    /// No label is as long; the bound keeps the work small.
    const LABEL_CHARACTERS_MAX: usize = 80;
    text.chars().filter(|one| one.is_alphanumeric()).flat_map(char::to_lowercase).take(LABEL_CHARACTERS_MAX).collect()
}

/// Whether a text is one letter away from a label: of very short ones any other would be.
fn is_a_slip(label: &[char], text: &[char]) -> bool {
    const SLIP_CHARACTERS_MIN: usize = 4;
    label.len() >= SLIP_CHARACTERS_MIN && label.len().abs_diff(text.len()) <= 1 && edits(label, text) == 1
}

/// What the census asks of gender, as far as a record has it.
impl Labelled for Sex {
    const LABELS: &'static [(&'static str, Self)] = &[
        ("Male (including trans male)", Self::Male),
        ("Female (including trans female)", Self::Female),
        ("Male", Self::Male),
        ("Female", Self::Female),
        // What else a child is, no statistical return of ours asks.
        ("Other", Self::Unknown),
        ("Non-binary", Self::Unknown),
        ("Not known", Self::Unknown),
    ];
}

impl Labelled for Regulator {
    const LABELS: &'static [(&'static str, Self)] = &[
        ("Ofsted", Self::Ofsted),
        ("CQC only", Self::CareQualityCommission),
        ("Unregistered", Self::Unregistered),
        ("Care Inspectorate Scotland", Self::CareInspectorateScotland),
        ("Care Inspectorate Wales", Self::CareInspectorateWales),
    ];
}

/// A type of provision of the census: a kind of provision, and of placement where it says one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CensusProvision {
    /// The kind of provision.
    pub provision: Provision,
    /// The kind of placement.
    pub placement_type: Option<VacancyPlacementType>,
}

const fn of(provision: Provision, placement_type: Option<VacancyPlacementType>) -> CensusProvision {
    CensusProvision { provision, placement_type }
}

impl Labelled for CensusProvision {
    const LABELS: &'static [(&'static str, Self)] = &[
        ("Fostering", of(Provision::Fostering, None)),
        ("Mainstream", of(Provision::Fostering, None)),
        ("Enhanced", of(Provision::Fostering, None)),
        ("Mainstream fostering", of(Provision::Fostering, None)),
        ("Enhanced fostering", of(Provision::Fostering, None)),
        ("Parent and child", of(Provision::Fostering, Some(VacancyPlacementType::ParentAndChild))),
        ("Short breaks", of(Provision::Fostering, Some(VacancyPlacementType::ShortBreaks))),
        ("Residential", of(Provision::Residential, None)),
        ("Children's home", of(Provision::Residential, None)),
        ("Residential children's home", of(Provision::Residential, None)),
        ("Supported accommodation", of(Provision::SupportedAccommodation, None)),
        ("Supported lodgings", of(Provision::SupportedAccommodation, Some(VacancyPlacementType::SupportedLodgings))),
    ];
}

impl CensusProvision {
    /// It, if the census has a label for it; otherwise that of its provision alone.
    #[must_use]
    pub fn or_of_its_kind(self) -> Self {
        let is_known = Self::LABELS.iter().any(|(_, known)| *known == self);
        if is_known { self } else { of(self.provision, None) }
    }
}

/// A broad ethnic group: the first word of a label tells it, whatever follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EthnicGroup(pub Coarse);

/// The groups that a view lets out, each with the word by which its labels begin.
const GROUPS: &[(&str, Coarse)] = &[
    ("White", Coarse::White),
    ("Mixed", Coarse::Mixed),
    ("Asian", Coarse::Asian),
    ("Black", Coarse::Black),
    ("Other", Coarse::OtherEthnicity),
    ("Not known", Coarse::EthnicityNotKnown),
];

impl Wire for EthnicGroup {
    const TYPE: WireType = WireType::Text { characters_max: 0 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let text = letters(&text_of(cell));
        let group = GROUPS.iter().find(|(word, _)| text.starts_with(&letters(word)));
        group.map_or(Heard::Unreadable, |(_, group)| Heard::Is(Self(*group)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        match GROUPS.iter().find(|(_, group)| *group == self.0) {
            Some((word, _)) => {
                out.extend_from_slice(word.as_bytes());
                Written::Yes
            }
            None => Written::CannotSay,
        }
    }
}

/// A whole age in years.
pub type Years = Number<25>;

/// A column of which nothing is carried; that it is there is told once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut;

impl Wire for LeftOut {
    const TYPE: WireType = WireType::Text { characters_max: 0 };

    fn read(_: &[u8], _: &Reading<'_>) -> Heard<Self> {
        Heard::Is(Self)
    }

    fn write(&self, _: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        Written::Yes
    }
}
