//! Cells that are spelt in ways of our own: numbers of providers, references without names, outward postcodes, ages.

use kit::{
    encoding::text_of,
    wire::{Heard, Reading, Wire, WireType, Writing, Written, items_of},
};
use schemas::{
    code::{LOCAL_AUTHORITIES, Regulator},
    date::{Date, DateTime},
    decimal::Decimal,
    identifier::{LaCode, PROVIDER_URN_CHARACTERS_MAX, ProviderUrn},
    money::Pence,
    postcode::{Postcode, PostcodeRead, Precision},
    reflect::Number,
};

use crate::{marks, rules};

/// Most characters of a reference that an agency is free to choose (IFA formats, columns 1 and 9).
pub const REFERENCE_CHARACTERS_MAX: u16 = 40;

/// A cost of a week above this is asked about again, in pence (National Placements Standard, cost shapes).
const WEEKLY_COST_USUAL_PENCE_MAX: u32 = 10_000_000;
/// So is a total below this.
const TOTAL_COST_USUAL_PENCE_MIN: u32 = 10_000;

/// The highest fee of a week that is not asked about again, in pence (IFA formats, column 48).
const WEEKLY_FEE_USUAL_PENCE_MAX: u32 = 2_000_000;

/// Text of at most so many characters; the rest is cut with a warning.
#[derive(Clone, PartialEq, Eq)]
pub struct Text<const MOST: u16>(pub Box<str>);

/// Texts of people stay out of logs and panics.
macro_rules! hide_text_in_debug {
    ($($name:literal $type:ty $([$($generics:tt)+])?;)+) => {$(
        impl $(<$($generics)+>)? std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!($name, "(..)"))
            }
        }
    )+};
}

hide_text_in_debug! {
    "Text" Text<MOST> [const MOST: u16];
    "Reference" Reference;
    "HomeReference" HomeReference;
    "UrnText" UrnText;
    "OfstedNumber" OfstedNumber;
    "ProviderNumber" ProviderNumber;
    "Summary" Summary;
    "Languages" Languages;
}

impl<const MOST: u16> Wire for Text<MOST> {
    const TYPE: WireType = WireType::Text { characters_max: MOST };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let text = text_of(cell);
        match text.char_indices().nth(usize::from(MOST)) {
            Some((cut, _)) => Heard::Mended(Self(text[..cut].into()), &kit::csv::rules::TEXT_CUT),
            None => Heard::Is(Self(text)),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.0.as_bytes());
        Written::Yes
    }
}

/// A reference of the agency's own: too long a one is none, since two that are cut could be one.
#[derive(Clone, PartialEq, Eq)]
pub struct Reference(pub Box<str>);

impl Wire for Reference {
    const TYPE: WireType = WireType::Text { characters_max: REFERENCE_CHARACTERS_MAX };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let text = text_of(cell);
        let fits = text.chars().count() <= usize::from(REFERENCE_CHARACTERS_MAX) && !text.chars().any(char::is_control);
        if fits { Heard::Is(Self(text)) } else { Heard::Unreadable }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.0.as_bytes());
        Written::Yes
    }
}

/// The pseudonym of a household, home or setting, which must not say who or where.
#[derive(Clone, PartialEq, Eq)]
pub struct HomeReference(pub Box<str>);

impl Wire for HomeReference {
    const TYPE: WireType = Reference::TYPE;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let text = text_of(cell);
        if marks::looks_like_a_name(&text) {
            return Heard::Wrong(&rules::CARER_REF_NAME);
        }
        if marks::holds_a_postcode(&text) {
            return Heard::Wrong(&rules::CARER_REF_POSTCODE);
        }
        Reference::read(cell, reading).map(|reference| Self(reference.0))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.0.as_bytes());
        Written::Yes
    }
}

/// The number of a provider, whoever registers it: its shape is known once the row has said who does.
#[derive(Clone, PartialEq, Eq)]
pub struct UrnText(pub Box<str>);

impl Wire for UrnText {
    // PROVIDER_URN_CHARACTERS_MAX is far below what a number of characters can be.
    const TYPE: WireType = WireType::Text { characters_max: PROVIDER_URN_CHARACTERS_MAX as u16 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        Heard::Is(Self(text_of(cell)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.0.as_bytes());
        Written::Yes
    }
}

/// The number of a provider where nothing says who registers it: Ofsted's, or one that has not the look of Ofsted's.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ProviderNumber(pub Box<str>);

impl ProviderNumber {
    /// Whether a number looks as Ofsted's do: digits, or SC and digits. One that does and is none is wrong.
    fn looks_like_ofsteds(number: &[u8]) -> bool {
        let digits = number.strip_prefix(b"SC").or(number.strip_prefix(b"sc")).unwrap_or(number);
        digits.iter().all(u8::is_ascii_digit)
    }
}

impl Wire for ProviderNumber {
    const TYPE: WireType = UrnText::TYPE;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let text = text_of(cell);
        if let Heard::Is(OfstedNumber(number)) = OfstedNumber::read(cell, reading) {
            return Heard::Is(Self(number));
        }
        match ProviderUrn::read(Regulator::Unregistered, text.as_bytes()) {
            Ok(urn) if !Self::looks_like_ofsteds(urn.as_str().as_bytes()) => {
                Heard::Mended(Self(urn.as_str().into()), &rules::URN_UNKNOWN_KIND)
            }
            _ => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.0.as_bytes());
        Written::Yes
    }
}

/// The number of a provider that Ofsted registers.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OfstedNumber(pub Box<str>);

impl Wire for OfstedNumber {
    const TYPE: WireType = UrnText::TYPE;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let urn = ProviderUrn::read(Regulator::Ofsted, text_of(cell).as_bytes());
        urn.map_or(Heard::Unreadable, |urn| Heard::Is(Self(urn.as_str().into())))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.0.as_bytes());
        Written::Yes
    }
}

/// About a home, for people to read: it may name nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Summary(pub Box<str>);

impl Wire for Summary {
    const TYPE: WireType = Text::<600>::TYPE;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        if marks::identifies(&text_of(cell)) {
            return Heard::Wrong(&rules::PERSON_IN_SUMMARY);
        }
        Text::<600>::read(cell, reading).map(|text| Self(text.0))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.0.as_bytes());
        Written::Yes
    }
}

/// The first half of a postcode; a whole one is cut here, before anything else sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outward(pub Postcode);

impl Wire for Outward {
    const TYPE: WireType = WireType::Text { characters_max: 4 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        match Postcode::read(cell) {
            PostcodeRead::Is(postcode) if postcode.precision() == Precision::Outward => Heard::Is(Self(postcode)),
            PostcodeRead::Is(postcode) => Heard::Mended(Self(postcode.outward()), &rules::POSTCODE_FULL),
            PostcodeRead::Placeholder | PostcodeRead::Unreadable => Heard::Wrong(&rules::OUTWARD_SHAPE),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        self.0.outward().write_compact(out);
        Written::Yes
    }
}

/// A number of places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceCount(pub Number<99>);

impl Wire for PlaceCount {
    const TYPE: WireType = <Number<99> as Wire>::TYPE;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match Number::<99>::read(cell, reading) {
            Heard::Unreadable => Heard::Wrong(&rules::PLACES_NUMBER),
            heard => heard.map(Self),
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        Wire::write(&self.0, out, writing)
    }
}

/// An age in whole years, 0 to 25.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age(pub Number<25>);

impl Wire for Age {
    const TYPE: WireType = <Number<25> as Wire>::TYPE;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match Number::<25>::read(cell, reading) {
            // Beyond what anybody is looked after is another fault than no number at all.
            Heard::Unreadable if cell.iter().all(u8::is_ascii_digit) => Heard::Wrong(&rules::AGE_RANGE),
            Heard::Unreadable => Heard::Wrong(&rules::AGE_UNREADABLE),
            heard => heard.map(Self),
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        Wire::write(&self.0, out, writing)
    }
}

/// Two ages in one cell: `5-11`, `0 to 4`, `16+`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeRange {
    /// The youngest.
    pub from: Number<25>,
    /// The oldest; `None` where the range is open.
    pub to: Option<Number<25>>,
}

impl Wire for AgeRange {
    const TYPE: WireType = WireType::Text { characters_max: 12 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let text = text_of(cell).to_lowercase();
        let years = |text: &str| text.trim().parse().ok().and_then(Number::<25>::new);
        let range = match text.strip_suffix('+') {
            Some(from) => years(from).map(|from| Self { from, to: None }),
            None => {
                let halves = text.split_once(" to ").or_else(|| text.split_once(['-', '\u{2013}', '\u{2014}']));
                halves.and_then(|(from, to)| Some(Self { from: years(from)?, to: Some(years(to)?) }))
            }
        };
        range.map_or(Heard::Wrong(&rules::AGE_UNREADABLE), Heard::Is)
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        let to = self.to.map_or("+".to_owned(), |to| format!("-{}", to.get()));
        out.extend_from_slice(format!("{}{to}", self.from.get()).as_bytes());
        Written::Yes
    }
}

/// The largest group of brothers and sisters, 1 or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Siblings(pub Number<99>);

impl Wire for Siblings {
    const TYPE: WireType = <Number<99> as Wire>::TYPE;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match Number::<99>::read(cell, reading) {
            Heard::Is(none) if none.get() == 0 => Heard::Unreadable,
            heard => heard.map(Self),
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        Wire::write(&self.0, out, writing)
    }
}

/// When a row was true: a day, or a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsAt(pub DateTime);

/// How a day alone is held: its first moment.
const FIRST_MOMENT: &str = "T00:00:00+00:00";

impl AsAt {
    /// A day alone.
    #[must_use]
    pub fn of_day(day: Date) -> Option<Self> {
        DateTime::read(format!("{day}{FIRST_MOMENT}").as_bytes()).map(Self)
    }
}

impl Wire for AsAt {
    const TYPE: WireType = WireType::DateTime;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match Date::read(cell, reading) {
            Heard::Is(day) => Self::of_day(day).map_or(Heard::Unreadable, Heard::Is),
            Heard::Blank(rule) => Heard::Blank(rule),
            _ => match DateTime::read(cell) {
                Some(moment) if DateTime::is_in_doubt(cell) => Heard::Mended(Self(moment), &rules::AMBIGUOUS_TIME),
                Some(moment) => Heard::Is(Self(moment)),
                None => Heard::Unreadable,
            },
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        let from = out.len();
        self.0.write(out);
        if out.ends_with(FIRST_MOMENT.as_bytes()) {
            out.truncate(out.len() - FIRST_MOMENT.len());
        }
        debug_assert!(out.len() > from);
        Written::Yes
    }
}

/// What a place costs in a week, without value added tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeeklyFee(pub Pence);

impl Wire for WeeklyFee {
    const TYPE: WireType = WireType::Money;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match Pence::read(cell, reading) {
            Heard::Is(fee) if fee.number() > WEEKLY_FEE_USUAL_PENCE_MAX => Heard::Mended(Self(fee), &rules::FEE_RANGE),
            heard => heard.map(Self),
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        Wire::write(&self.0, out, writing)
    }
}

/// A part of what a placement costs in a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeeklyCost(pub Pence);

impl Wire for WeeklyCost {
    const TYPE: WireType = WireType::Money;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match Pence::read(cell, reading) {
            Heard::Is(cost) if cost.number() > WEEKLY_COST_USUAL_PENCE_MAX => {
                Heard::Mended(Self(cost), &rules::COST_RANGE)
            }
            heard => heard.map(Self),
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        Wire::write(&self.0, out, writing)
    }
}

/// All that a placement costs in a week, which is never next to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TotalCost(pub Pence);

impl Wire for TotalCost {
    const TYPE: WireType = WireType::Money;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match WeeklyCost::read(cell, reading).map(|cost| cost.0) {
            Heard::Is(cost) if cost.number() < TOTAL_COST_USUAL_PENCE_MIN => {
                Heard::Mended(Self(cost), &rules::COST_RANGE)
            }
            heard => heard.map(Self),
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        Wire::write(&self.0, out, writing)
    }
}

/// A mean or a median, as many digits as the sender gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure(pub Decimal);

impl Wire for Figure {
    const TYPE: WireType = WireType::Decimal;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let figure = Decimal::read(cell).filter(|figure| !figure.as_str().starts_with('-'));
        figure.map_or(Heard::Unreadable, |figure| Heard::Is(Self(figure)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        self.0.write(out);
        Written::Yes
    }
}

/// A local authority by its three digits or its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority(pub LaCode);

fn authority_of(text: &str) -> Option<LaCode> {
    LaCode::read(text.as_bytes()).or_else(|| {
        let fold = |name: &str| -> String {
            name.chars().filter(|one| one.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let name = fold(text);
        let known = LOCAL_AUTHORITIES.iter().find(|(_, known)| fold(known) == name);
        known.and_then(|(code, _)| LaCode::new(*code))
    })
}

impl Wire for Authority {
    const TYPE: WireType = WireType::Authority;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        authority_of(&text_of(cell)).map_or(Heard::Unreadable, |authority| Heard::Is(Self(authority)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        self.0.write(out);
        Written::Yes
    }
}

/// Several of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorities(pub Vec<LaCode>);

impl Wire for Authorities {
    const TYPE: WireType = WireType::List;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let text = text_of(cell);
        let read: Vec<Option<LaCode>> = items_of(&text).map(authority_of).collect();
        let known: Vec<LaCode> = read.iter().flatten().copied().collect();
        match (known.is_empty(), known.len() == read.len()) {
            (true, _) => Heard::Wrong(&rules::LIST_ITEM_UNKNOWN),
            (false, true) => Heard::Is(Self(known)),
            (false, false) => Heard::Mended(Self(known), &rules::LIST_ITEM_UNKNOWN),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        for (n, authority) in self.0.iter().enumerate() {
            if n > 0 {
                out.push(b';');
            }
            authority.write(out);
        }
        Written::Yes
    }
}

/// Languages by the DfE's codes of three letters; the names of the commonest are read.
#[derive(Clone, PartialEq, Eq)]
pub struct Languages(pub Vec<Box<str>>);

/// Names that agencies write, and their codes (CBDS language codes).
const LANGUAGE_NAMES: &[(&str, &str)] = &[
    ("english", "ENG"),
    ("urdu", "URD"),
    ("panjabi", "PNJ"),
    ("punjabi", "PNJ"),
    ("bengali", "BNG"),
    ("arabic", "ARA"),
    ("polish", "POL"),
    ("somali", "SOM"),
    ("french", "FRN"),
    ("gujarati", "GUJ"),
    ("hindi", "HIN"),
    ("turkish", "TUR"),
    ("portuguese", "POR"),
    ("spanish", "SPA"),
];

fn language_of(text: &str) -> Option<Box<str>> {
    let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_code {
        return Some(text.to_ascii_uppercase().into());
    }
    LANGUAGE_NAMES.iter().find(|(name, _)| text.eq_ignore_ascii_case(name)).map(|(_, code)| (*code).into())
}

impl Wire for Languages {
    const TYPE: WireType = WireType::List;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let text = text_of(cell);
        let read: Vec<Option<Box<str>>> = items_of(&text).map(language_of).collect();
        let all = read.iter().all(Option::is_some);
        let mut known: Vec<Box<str>> = Vec::new();
        for language in read.into_iter().flatten() {
            if !known.contains(&language) {
                known.push(language);
            }
        }
        match (known.is_empty(), all) {
            (true, _) => Heard::Wrong(&rules::LIST_ITEM_UNKNOWN),
            (false, true) => Heard::Is(Self(known)),
            (false, false) => Heard::Mended(Self(known), &rules::LIST_ITEM_UNKNOWN),
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        Wire::write(&self.0, out, writing)
    }
}
