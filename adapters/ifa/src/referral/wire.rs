//! Cells of referrals and offers that are spelt in ways of their own: the name of a search, deadlines, texts for providers.

use kit::{
    encoding::text_of,
    wire::{Heard, Reading, Wire, WireType, Writing, Written, items_of},
};
use schemas::{
    date::DateTime,
    identifier::{REFERENCE_CHARACTERS_MAX, ReferralRef},
    postcode::Postcode,
    reflect::Number,
};

use crate::{
    marks,
    mirror::{Holds, holds},
    rules,
    wire::{Outward, Text},
};

/// The most districts that a referral avoids: more of them would say where somebody lives (IFA formats, section 5).
pub const AVOIDED_DISTRICTS_MAX: usize = 5;

/// Most characters of an item of a list that is written for providers.
const LIST_ITEM_CHARACTERS_MAX: usize = 80;

/// The random name of a search for a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferralId(pub ReferralRef);

impl Wire for ReferralId {
    // REFERENCE_CHARACTERS_MAX is far below what a number of characters can be.
    const TYPE: WireType = WireType::Text { characters_max: REFERENCE_CHARACTERS_MAX as u16 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        ReferralRef::read(cell).map_or(Heard::Unreadable, |reference| Heard::Is(Self(reference)))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        self.0.write(out);
        Written::Yes
    }
}

/// A moment until which something holds. Without an offset it is by the clock in London; a time that this clock skips
/// or shows twice is taken as the first that it can be, and told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline(pub DateTime);

impl Wire for Deadline {
    const TYPE: WireType = WireType::DateTime;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        match DateTime::read(cell) {
            Some(moment) if DateTime::is_in_doubt(cell) => Heard::Mended(Self(moment), &rules::AMBIGUOUS_TIME),
            Some(moment) => Heard::Is(Self(moment)),
            None => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        self.0.write(out);
        Written::Yes
    }
}

/// Text for providers: one that tells who or where somebody is says nothing at all.
#[derive(Clone, PartialEq, Eq)]
pub struct Screened<const MOST: u16>(pub Box<str>);

impl<const MOST: u16> std::fmt::Debug for Screened<MOST> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Screened(..)")
    }
}

impl<const MOST: u16> Wire for Screened<MOST> {
    const TYPE: WireType = Text::<MOST>::TYPE;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        if marks::identifies(&text_of(cell)) {
            return Heard::Wrong(&rules::TEXT_IDENTIFIES);
        }
        Text::<MOST>::read(cell, reading).map(|text| Self(text.0))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.0.as_bytes());
        Written::Yes
    }
}

/// Several short texts for providers.
#[derive(Clone, PartialEq, Eq)]
pub struct ScreenedList(pub Vec<Box<str>>);

impl std::fmt::Debug for ScreenedList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScreenedList(..)")
    }
}

impl Wire for ScreenedList {
    const TYPE: WireType = WireType::List;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let text = text_of(cell);
        if items_of(&text).any(marks::identifies) {
            return Heard::Wrong(&rules::TEXT_IDENTIFIES);
        }
        if items_of(&text).any(|item| item.chars().count() > LIST_ITEM_CHARACTERS_MAX) {
            return Heard::Wrong(&rules::LIST_ITEM_TOO_LONG);
        }
        Vec::read(cell, reading).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        Wire::write(&self.0, out, writing)
    }
}

/// Districts, each by the first half of a postcode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Districts(pub Vec<Postcode>);

impl Wire for Districts {
    const TYPE: WireType = WireType::List;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let (mut districts, mut told) = (Vec::new(), None);
        for item in items_of(&text_of(cell)) {
            match Outward::read(item.as_bytes(), reading) {
                Heard::Is(outward) => districts.push(outward.0),
                Heard::Mended(outward, rule) => {
                    districts.push(outward.0);
                    told = Some(rule);
                }
                _ => return Heard::Wrong(&rules::OUTWARD_SHAPE),
            }
        }
        if districts.len() > AVOIDED_DISTRICTS_MAX {
            return Heard::Wrong(&rules::DISTRICTS_TOO_MANY);
        }
        told.map_or(Heard::Is(Self(districts.clone())), |rule| Heard::Mended(Self(districts), rule))
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        for (n, district) in self.0.iter().enumerate() {
            if n > 0 {
                out.push(b';');
            }
            district.outward().write_compact(out);
        }
        Written::Yes
    }
}

/// Children of a referral by their numbers in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildNumbers(pub Vec<Number<99>>);

impl Wire for ChildNumbers {
    const TYPE: WireType = WireType::Numbers { most: 99 };

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        let mut numbers: Vec<Number<99>> = Vec::new();
        for item in items_of(&text_of(cell)) {
            match Number::<99>::read(item.as_bytes(), reading) {
                Heard::Is(number) | Heard::Mended(number, _) if number.get() > 0 => {
                    if !numbers.contains(&number) {
                        numbers.push(number);
                    }
                }
                _ => return Heard::Unreadable,
            }
        }
        Heard::Is(Self(numbers))
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        for (n, number) in self.0.iter().enumerate() {
            if n > 0 {
                out.push(b';');
            }
            Wire::write(number, out, writing);
        }
        Written::Yes
    }
}

holds! {
    Deadline => DateTime;
    Screened<MOST> => Box<str> where [const MOST: u16];
    ScreenedList => Vec<Box<str>>;
    Districts => Vec<Postcode>;
    ChildNumbers => Vec<Number<99>>;
}
