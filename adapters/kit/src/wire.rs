//! How values are spelt in a cell, and how a cell becomes a value.

use schemas::{
    code::{Code, CodeList},
    date::{AcademicYear, CollectionYear, Date, DateTime},
    diagnostic::Rule,
    identifier::{
        LaChildId, LaCode, Laestab, NhsNumber, OfstedUrn, PermanenceAuthority, REFERENCE_CHARACTERS_MAX, ReferralRef,
        SchoolUrn, Uln, Upn, WorkerId,
    },
    money::Pence,
    postcode::{Postcode, PostcodeRead},
    reflect::{Number, Open},
    said::Said,
};

use crate::{
    csv::rules,
    dialect::{DateFormat, Dialect},
};

/// What a cell of a column holds.
#[derive(Clone, Copy, Debug)]
pub enum WireType {
    /// A day.
    Date,
    /// A moment with its offset.
    DateTime,
    /// Yes or no.
    Flag,
    /// A whole number.
    Number {
        /// The largest allowed.
        most: u32,
    },
    /// A percentage, 0 to 100.
    Percent,
    /// A number that may have decimals, none below 0.
    Decimal,
    /// Pounds with at most two decimals.
    Money,
    /// A school year.
    AcademicYear,
    /// A code of a list.
    Code(&'static CodeList),
    /// A code of a list as a word: `in-progress` for `IN_PROGRESS`.
    Word(&'static CodeList),
    /// Several codes of a list, `;` between them.
    Codes(&'static CodeList),
    /// Several codes of a list as words, `;` between them.
    Words(&'static CodeList),
    /// A label of somebody else's standard.
    Label(&'static LabelList),
    /// Several labels of somebody else's standard, `;` between them.
    Labels(&'static LabelList),
    /// A child's identifier in the case system.
    LaChildId,
    /// An NHS number.
    NhsNumber,
    /// A unique pupil number, or why there is none.
    Upn,
    /// A unique learner number.
    Uln,
    /// Three digits of an authority.
    Authority,
    /// Three digits of an authority or a word for elsewhere.
    PermanenceAuthority,
    /// A postcode.
    Postcode,
    /// Ofsted's number of a home or agency.
    OfstedUrn,
    /// A school's number in the register of schools.
    SchoolUrn,
    /// A school's number by authority and establishment.
    Laestab,
    /// A worker's number.
    WorkerId,
    /// Text.
    Text {
        /// Longer text is cut; 0 is no limit of the column's own.
        characters_max: u16,
    },
    /// Several texts, `;` between them.
    List,
    /// Several whole numbers, `;` between them.
    Numbers {
        /// The largest allowed.
        most: u32,
    },
    /// A rating on a scheme that another column names.
    Rating,
}

impl WireType {
    /// Whether a cell holds several values, `;` between them, and a member of JSON an array.
    #[must_use]
    pub fn is_list(self) -> bool {
        matches!(self, Self::List | Self::Numbers { .. } | Self::Words(_) | Self::Codes(_) | Self::Labels(_))
    }
}

/// The labels that somebody else's standard has for the answers to one question.
#[derive(Debug)]
pub struct LabelList {
    /// What we call it.
    pub name: &'static str,
    /// Its labels, as tables write them, each with the name of the concept that documents in JSON write.
    pub labels: &'static [(&'static str, &'static str)],
    /// Other spellings: which label is meant, and how it is spelt.
    pub also: &'static [(usize, &'static str)],
}

impl LabelList {
    /// The name of the concept that a label stands for.
    #[must_use]
    pub fn concept(&self, label: &str) -> Option<&'static str> {
        self.labels.iter().find(|(known, _)| *known == label).map(|(_, concept)| *concept)
    }

    /// Which of the labels a cell means: by label, by concept, by the address of the concept, or by another spelling;
    /// letters, digits, `<` and `>` alone count.
    #[must_use]
    pub fn find(&self, cell: &str) -> Option<usize> {
        let short = cell.rsplit(['#', '/', ':']).next().unwrap_or(cell);
        let [whole, short] = [cell, short].map(letters);
        let by = |wanted: &str| {
            let known = |text: &str| !wanted.is_empty() && letters(text) == wanted;
            self.labels.iter().position(|(label, concept)| {
                known(label) || known(concept) || known(concept.rsplit(':').next().unwrap_or(concept))
            })
        };
        let also = || self.also.iter().find(|(_, spelt)| letters(spelt) == whole).map(|(label, _)| *label);
        by(&whole).or_else(|| by(&short)).or_else(also)
    }
}

/// What of a label tells it from others.
fn letters(text: &str) -> String {
    /// No label is as long; the bound keeps the work small.
    const LABEL_CHARACTERS_MAX: usize = 80;
    let counts = |one: &char| one.is_alphanumeric() || matches!(one, '<' | '>');
    text.chars().filter(counts).flat_map(char::to_lowercase).take(LABEL_CHARACTERS_MAX).collect()
}

/// How a table spells what every table has. It is data of the table: see [`Table::spelling`](crate::table::Table).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spelling {
    /// As the DfE's returns: `31/03/2026`, `0` and `1`.
    #[default]
    Return,
    /// As our own tables: `2026-03-31`, `N` and `Y`, more words for nothing.
    Plain,
    /// As our own tables, but for `true` and `false`: XML.
    Xml,
    /// As forms that people fill in: `2026-03-31`, `No` and `Yes`; what is not known is an answer.
    Words,
}

impl Spelling {
    /// The words for no and yes.
    #[must_use]
    pub const fn flags(self) -> [&'static str; 2] {
        match self {
            Self::Return => ["0", "1"],
            Self::Plain => ["N", "Y"],
            Self::Xml => ["false", "true"],
            Self::Words => ["No", "Yes"],
        }
    }

    /// The pattern of a day, as a Table Schema names it.
    #[must_use]
    pub const fn date_pattern(self) -> &'static str {
        match self {
            Self::Return => "%d/%m/%Y",
            Self::Plain | Self::Xml | Self::Words => "%Y-%m-%d",
        }
    }

    /// Whether a trimmed cell stands for nothing beside the words that do so in every table.
    #[must_use]
    #[inline]
    pub fn is_blank(self, cell: &[u8]) -> bool {
        let words: [&[u8]; 3] = [b"!", b"not known", b"not recorded"];
        let may_be = matches!(cell.first(), Some(b'!' | b'n' | b'N'));
        may_be && matches!(self, Self::Plain | Self::Xml) && words.iter().any(|word| cell.eq_ignore_ascii_case(word))
    }

    /// A day in one of the spellings that are read without a dialect.
    fn date(self, cell: &[u8]) -> Option<Date> {
        let usual = |cell| Date::parse_british(cell).or_else(|| Date::parse_iso(cell));
        match self {
            Self::Return => usual(cell),
            Self::Plain | Self::Xml | Self::Words => {
                let day = without_midnight(cell);
                usual(day).or_else(|| DateFormat::NAMED_MONTH.read(day))
            }
        }
    }
}

/// A day without the midnight that an export has added.
fn without_midnight(cell: &[u8]) -> &[u8] {
    let midnights: [&[u8]; 4] = [b" 00:00:00", b"T00:00:00", b" 00:00", b"T00:00"];
    midnights.iter().find_map(|midnight| cell.strip_suffix(*midnight)).unwrap_or(cell)
}

/// What reading a cell takes into account.
#[derive(Clone, Copy)]
pub struct Reading<'o> {
    /// The collection year, where the format has one.
    pub year: Option<CollectionYear>,
    /// The sender's own words.
    pub dialect: &'o Dialect,
    /// Only what has a part in who is protected is read; the rest counts as not asked.
    pub protection_only: bool,
    /// How the table spells; reading a row takes it from the row's table.
    pub spelling: Spelling,
}

/// What writing a cell takes into account.
#[derive(Clone, Copy)]
pub struct Writing<'o> {
    /// The collection year, where the format has one.
    pub year: Option<CollectionYear>,
    /// The recipient's own words.
    pub dialect: &'o Dialect,
    /// How the table spells; writing a row takes it from the row's table.
    pub spelling: Spelling,
}

/// What a cell said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard<T> {
    /// A value.
    Is(T),
    /// A value that is carried, and a rule it breaks.
    Mended(T, &'static Rule),
    /// A placeholder that stands for nothing.
    Blank(&'static Rule),
    /// Nothing that the column can hold.
    Unreadable,
    /// Nothing that the column can hold, for a reason that has a rule of its own.
    Wrong(&'static Rule),
}

impl<T> Heard<T> {
    /// Another value in place of this one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Heard<U> {
        match self {
            Self::Is(value) => Heard::Is(change(value)),
            Self::Mended(value, rule) => Heard::Mended(change(value), rule),
            Self::Blank(rule) => Heard::Blank(rule),
            Self::Unreadable => Heard::Unreadable,
            Self::Wrong(rule) => Heard::Wrong(rule),
        }
    }
}

/// Whether a value could be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It was, or there was nothing to write.
    Yes,
    /// The format has no word for it.
    CannotSay,
}

/// A type that a cell can hold.
pub trait Wire: Sized {
    /// Its kind, for schema and reference.
    const TYPE: WireType;
    /// Reads a cell: trimmed, and not blank.
    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self>;
    /// Writes the value.
    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written;
}

/// Writes an answer: a value in its spelling, blank for what the source left open, a loss for what has no word.
pub fn write_said<T: Wire>(said: &Said<T>, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
    match said {
        Said::Is(value) => value.write(out, writing),
        Said::NotAsked | Said::Blank | Said::Unreadable => Written::Yes,
        Said::Unknown | Said::Refused | Said::NotApplicable | Said::Reduced(_) => Written::CannotSay,
    }
}

impl Wire for Date {
    const TYPE: WireType = WireType::Date;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        if FAR_FUTURE.contains(&cell) {
            return Heard::Blank(&rules::PLACEHOLDER_DATE);
        }
        match reading.dialect.date(cell).or_else(|| reading.spelling.date(cell)) {
            Some(date) if is_placeholder(date) => Heard::Blank(&rules::PLACEHOLDER_DATE),
            Some(date) => Heard::Is(date),
            None => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        match writing.spelling {
            Spelling::Return => self.write_british(out),
            Spelling::Plain | Spelling::Xml | Spelling::Words => self.write_iso(out),
        }
        Written::Yes
    }
}

/// The end of time in exports (record, 1.5): outside the range of [`Date`], it too stands for "no date".
const FAR_FUTURE: [&[u8]; 3] = [b"31/12/9999", b"9999-12-31", b"9999-12-31T00:00:00"];

/// 1 January 1900 stands for "no date" in exports (record, 1.5).
fn is_placeholder(date: Date) -> bool {
    (date.year(), date.month(), date.day()) == (1900, 1, 1)
}

impl Wire for bool {
    const TYPE: WireType = WireType::Flag;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match cell {
            b"0" => return Heard::Is(false),
            b"1" => return Heard::Is(true),
            _ => {}
        }
        let says = |words: &[&[u8]]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
        let letter = |word: &[u8]| reading.spelling != Spelling::Return && cell.eq_ignore_ascii_case(word);
        if says(&[b"false", b"no", b"n", b"0.0"]) || letter(b"f") {
            Heard::Is(false)
        } else if says(&[b"true", b"yes", b"y", b"1.0"]) || letter(b"t") {
            Heard::Is(true)
        } else {
            Heard::Unreadable
        }
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        out.extend_from_slice(writing.spelling.flags()[usize::from(*self)].as_bytes());
        Written::Yes
    }
}

impl<const MOST: u16> Wire for Number<MOST> {
    const TYPE: WireType = WireType::Number { most: MOST as u32 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let (digits, mended) = match cell.strip_suffix(b".0") {
            Some(digits) => (digits, true),
            None => (cell, false),
        };
        if digits.is_empty() || digits.len() > 4 || !digits.iter().all(u8::is_ascii_digit) {
            return Heard::Unreadable;
        }
        let number = digits.iter().fold(0_u16, |number, digit| number * 10 + u16::from(digit - b'0'));
        match Self::new(number) {
            Some(number) if mended => Heard::Mended(number, &rules::DECIMAL_TAIL),
            Some(number) => Heard::Is(number),
            None => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.get().to_string().as_bytes());
        Written::Yes
    }
}

/// Reads a code: by the sender's own word first, then exact, then with its label beside it.
pub fn read_code<C: Code>(cell: &[u8], reading: &Reading<'_>) -> Heard<C> {
    let code = reading.dialect.code::<C>(cell).or_else(|| C::from_code(cell)).or_else(|| C::from_decorated(cell));
    match (code, reading.year) {
        (Some(code), Some(year)) if !code.in_year(year.number()) => Heard::Mended(code, &rules::CODE_NOT_IN_YEAR),
        (Some(code), _) => Heard::Is(code),
        (None, _) => Heard::Unreadable,
    }
}

/// Writes a code, that of another collection year too: reading has told it, and it is carried as it is.
pub fn write_code<C: Code>(code: C, out: &mut Vec<u8>) -> Written {
    out.extend_from_slice(code.code().as_bytes());
    Written::Yes
}

macro_rules! codes {
    ($($list:ty,)+) => {$(
        impl Wire for $list {
            const TYPE: WireType = WireType::Code(<$list as Code>::LIST);
            fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> { read_code(cell, reading) }
            fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written { write_code(*self, out) }
        }
    )+};
}

schemas::every_code_list!(codes);

impl<C: Code> Wire for Open<C> {
    const TYPE: WireType = WireType::Code(C::LIST);

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        match read_code::<C>(cell, reading) {
            Heard::Is(code) => Heard::Is(Self::Listed(code)),
            Heard::Mended(code, rule) => Heard::Mended(Self::Listed(code), rule),
            Heard::Blank(rule) => Heard::Blank(rule),
            Heard::Unreadable | Heard::Wrong(_) => Heard::Is(Self::Other(crate::encoding::text_of(cell))),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.word().as_bytes());
        Written::Yes
    }
}

impl Wire for LaChildId {
    const TYPE: WireType = WireType::LaChildId;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        match Self::read(cell) {
            Ok((id, false)) => Heard::Is(id),
            Ok((id, true)) => Heard::Mended(id, &rules::DECIMAL_TAIL),
            Err(_) => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.as_str().as_bytes());
        Written::Yes
    }
}

impl Wire for Postcode {
    const TYPE: WireType = WireType::Postcode;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        match Self::read(cell) {
            PostcodeRead::Is(postcode) => Heard::Is(postcode),
            PostcodeRead::Placeholder => Heard::Blank(&rules::PLACEHOLDER_POSTCODE),
            PostcodeRead::Unreadable => Heard::Unreadable,
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        self.write_spaced(out);
        Written::Yes
    }
}

impl Wire for ReferralRef {
    const TYPE: WireType = WireType::Text { characters_max: REFERENCE_CHARACTERS_MAX as u16 };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        Self::read(cell).map_or(Heard::Unreadable, Heard::Is)
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        self.write(out);
        Written::Yes
    }
}

/// A rating as it is written; what it means is for its [scheme](crate::dialect::ratings::RatingScheme) to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating(pub Box<str>);

impl Wire for Rating {
    const TYPE: WireType = WireType::Rating;

    fn read(cell: &[u8], reading: &Reading<'_>) -> Heard<Self> {
        Box::<str>::read(cell, reading).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>, writing: &Writing<'_>) -> Written {
        self.0.write(out, writing)
    }
}

fn as_is<T>(read: Option<T>) -> Option<T> {
    read
}

fn ok<T, E>(read: Result<T, E>) -> Option<T> {
    read.ok()
}

macro_rules! read_or_unreadable {
    ($($type:ty => $wire:ident by $how:ident),+ $(,)?) => {$(
        impl Wire for $type {
            const TYPE: WireType = WireType::$wire;
            fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
                $how(Self::read(cell)).map_or(Heard::Unreadable, Heard::Is)
            }
            fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
                self.write(out);
                Written::Yes
            }
        }
    )+};
}

read_or_unreadable! {
    NhsNumber => NhsNumber by ok, Uln => Uln by ok, WorkerId => WorkerId by ok, LaCode => Authority by as_is,
    PermanenceAuthority => PermanenceAuthority by as_is, OfstedUrn => OfstedUrn by as_is, Upn => Upn by as_is,
    SchoolUrn => SchoolUrn by as_is, Laestab => Laestab by as_is, AcademicYear => AcademicYear by as_is,
    DateTime => DateTime by as_is,
}

impl Wire for Pence {
    const TYPE: WireType = WireType::Money;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        // A pound sign may come in Windows-1252.
        let text = crate::encoding::text_of(cell);
        Self::read_pounds(text.as_bytes()).map_or(Heard::Unreadable, Heard::Is)
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        self.write_pounds(out);
        Written::Yes
    }
}

impl Wire for Box<str> {
    const TYPE: WireType = WireType::Text { characters_max: TEXT_CHARACTERS_MAX };

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let text = crate::encoding::text_of(cell);
        match text.char_indices().nth(usize::from(TEXT_CHARACTERS_MAX)) {
            Some((cut, _)) => Heard::Mended(text[..cut].into(), &rules::TEXT_CUT),
            None => Heard::Is(text),
        }
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        out.extend_from_slice(self.as_bytes());
        Written::Yes
    }
}

/// The items of a list: `;` between them, or a bar.
pub fn items_of(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '|']).map(str::trim).filter(|item| !item.is_empty())
}

/// The longest text a cell may say; the rest is cut with a warning.
pub const TEXT_CHARACTERS_MAX: u16 = 4_000;

impl Wire for Vec<Box<str>> {
    const TYPE: WireType = WireType::List;

    fn read(cell: &[u8], _: &Reading<'_>) -> Heard<Self> {
        let text = crate::encoding::text_of(cell);
        let mut items: Self = Vec::new();
        for item in items_of(&text) {
            if !items.iter().any(|known| **known == *item) {
                items.push(item.into());
            }
        }
        Heard::Is(items)
    }

    fn write(&self, out: &mut Vec<u8>, _: &Writing<'_>) -> Written {
        for (n, item) in self.iter().enumerate() {
            if n > 0 {
                out.push(b';');
            }
            out.extend_from_slice(item.as_bytes());
        }
        Written::Yes
    }
}
