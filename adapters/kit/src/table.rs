//! Field tables: one declaration of a column, used by decoding, encoding, schema, template and reference page.
//!
//! A [`Table`] is plain static data. [`rows!`](crate::rows) binds it to a row struct: every column gets a lens that
//! reads a cell into its member and writes it back.

use schemas::{diagnostic::Rule, said::Said};

use crate::{
    dialect::Dialect,
    wire::{Heard, Reading, Spelling, WireType, Writing, Written},
};

/// A table of a format.
#[derive(Debug)]
pub struct Table {
    /// What the format calls it, and its part in reports and file names: `placed-adoption`.
    pub name: &'static str,
    /// What a row of it is.
    pub meaning: &'static str,
    /// Its columns, in the order in which they are written.
    pub columns: &'static [Column],
    /// The first collection year in which it exists.
    pub first_year: Option<u16>,
    /// How its cells spell what every table has.
    pub spelling: Spelling,
}

impl Table {
    /// The columns that are written; the others are only read.
    pub fn written(&self) -> impl Iterator<Item = &'static Column> + use<> {
        self.columns.iter().filter(|column| !column.only_read)
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its heading, as written.
    pub name: &'static str,
    /// What people read above it in a form or workbook, and under which it is read too; empty where it is its name.
    pub heading: &'static str,
    /// Other headings under which it is read; one that ends in `*` is every heading that begins so and is no other column's.
    pub aliases: &'static [&'static str],
    /// What a form says below the heading to whoever fills it in.
    pub help: &'static str,
    /// A cell as it may look.
    pub example: &'static str,
    /// The statement and field of the record that it fills; empty where it is only checked.
    pub field: &'static str,
    /// The heading must be there.
    pub required: bool,
    /// It is read and never written: another spelling of what other columns say.
    pub only_read: bool,
    /// A row without a readable value here makes no record.
    pub loses_row: bool,
    /// Unreadable, it holds the child back from every other organisation.
    pub guard: bool,
    /// It tells where the child lives: what protects one child there protects who lives with it.
    pub locates: bool,
    /// Words that stand for nothing elsewhere, and are answers here.
    pub answered_by: &'static [&'static str],
    /// The rule of a cell that cannot be read.
    pub wrong: &'static Rule,
    /// The rule of a blank cell, where one forbids it.
    pub blank: Option<&'static Rule>,
    /// First and last collection year of the column.
    pub years: (Option<u16>, Option<u16>),
    /// What it means.
    pub meaning: &'static str,
    /// The standard and section.
    pub source: &'static str,
    /// What a cell holds.
    pub wire: WireType,
    /// What the column makes of a cell that is not blank, without keeping it.
    pub hears: fn(&[u8], &Reading<'_>) -> Heard<()>,
}

impl Column {
    /// A column that says nothing special; declarations name what differs.
    pub const PLAIN: Self = Self {
        name: "",
        heading: "",
        aliases: &[],
        help: "",
        example: "",
        field: "",
        required: true,
        only_read: false,
        loses_row: false,
        guard: false,
        locates: false,
        answered_by: &[],
        wrong: &crate::csv::rules::CELL,
        blank: None,
        years: (None, None),
        meaning: "",
        source: "",
        wire: WireType::Text { characters_max: 0 },
        hears: |_, _| Heard::Unreadable,
    };
}

impl Column {
    /// Whether a word that stands for nothing elsewhere is an answer here, because the column's own list has it: the
    /// animals of a home may be `none`. A sender whose dialect calls the word nothing means nothing.
    #[must_use]
    pub fn answers(&self, cell: &[u8], dialect: &Dialect) -> bool {
        let has = |word: &str| match self.wire {
            WireType::Word(list) | WireType::Words(list) => list.find(word).is_some(),
            WireType::Label(list) | WireType::Labels(list) => list.find(word).is_some(),
            _ => self.answered_by.iter().any(|known| known.eq_ignore_ascii_case(word)),
        };
        !dialect.is_own_blank(cell) && std::str::from_utf8(cell).is_ok_and(has)
    }

    /// Every heading under which it is read: its name, what people read above it, and others.
    pub fn headings(&self) -> impl Iterator<Item = &'static str> + use<> {
        let people = Some(self.heading).filter(|heading| !heading.is_empty());
        std::iter::once(self.name).chain(people).chain(self.aliases.iter().copied())
    }

    /// Whether it names the child.
    #[must_use]
    pub const fn names_child(&self) -> bool {
        matches!(self.wire, WireType::LaChildId)
    }

    /// Whether a blank cell is told or loses the row.
    #[must_use]
    pub const fn needs_value(&self) -> bool {
        self.blank.is_some() || self.loses_row
    }

    /// Whether it has a part in who is protected.
    #[must_use]
    pub const fn protects(&self) -> bool {
        self.guard || self.loses_row || self.locates
    }

    /// The record's field that a diagnostic names; the heading where the column is only checked.
    #[must_use]
    pub fn record_field(&self) -> &'static str {
        match self.field.rsplit_once('.') {
            Some((_, field)) => field,
            None => self.name,
        }
    }
}

/// A row struct that is bound to a table.
pub trait Row: Default + 'static {
    /// The table.
    const TABLE: &'static Table;
    /// One lens a column, in the table's order.
    const LENSES: &'static [Lens<Self>];
}

/// How one column is read into a row and written from it.
pub struct Lens<R> {
    /// [`Column::names_child`], beside the lens: a cell that is right asks nothing else of its column.
    pub names_child: bool,
    /// [`Column::needs_value`].
    pub needs_value: bool,
    /// [`Column::protects`].
    pub protects: bool,
    /// Reads a cell that is not blank.
    pub read: fn(&mut R, &[u8], &Reading<'_>) -> Heard<()>,
    /// Takes note of a blank cell.
    pub blank: fn(&mut R),
    /// Takes note of a cell of which not even the text could be read.
    pub unreadable: fn(&mut R),
    /// Whether the member says nothing: it was blank, or not there.
    pub is_blank: fn(&R) -> bool,
    /// Writes the member.
    pub write: fn(&R, &mut Vec<u8>, &Writing<'_>) -> Written,
}

/// Puts what was heard into a member.
pub fn hear<T>(member: &mut Said<T>, heard: Heard<T>) -> Heard<()> {
    match heard {
        Heard::Is(value) => {
            *member = Said::Is(value);
            Heard::Is(())
        }
        Heard::Mended(value, rule) => {
            *member = Said::Is(value);
            Heard::Mended((), rule)
        }
        Heard::Blank(rule) => {
            *member = Said::Blank;
            Heard::Blank(rule)
        }
        Heard::Unreadable => {
            *member = Said::Unreadable;
            Heard::Unreadable
        }
        Heard::Wrong(rule) => {
            *member = Said::Unreadable;
            Heard::Wrong(rule)
        }
    }
}

/// Declares tables with their row structs: `member: Type = Column facts`, the meaning in the member's doc.
#[macro_export]
macro_rules! rows {
    ($(
        $(#[doc = $doc:literal])+
        $row:ident = $table:ident $name:literal $(from $first_year:literal)? $(spelt $spelling:ident)? {
            $($(#[doc = $meaning:literal])+ $member:ident: $type:ty = $column:literal { $($fact:ident: $value:expr),* $(,)? },)+
        }
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $row { $($(#[doc = $meaning])+ pub $member: schemas::said::Said<$type>,)+ }

        $(#[doc = $doc])+
        pub static $table: $crate::table::Table = $crate::table::Table {
            name: $name,
            meaning: concat!($($doc),+),
            columns: &[$($crate::rows!(@column $column: $type, [$($meaning)+] $($fact: $value,)*)),+],
            first_year: $crate::rows!(@year $($first_year)?),
            spelling: $crate::rows!(@spelling $($spelling)?),
        };

        impl $crate::table::Row for $row {
            const TABLE: &'static $crate::table::Table = &$table;
            const LENSES: &'static [$crate::table::Lens<Self>] = &[$($crate::table::Lens {
                names_child: $crate::rows!(@column $column: $type, [$($meaning)+] $($fact: $value,)*).names_child(),
                needs_value: $crate::rows!(@column $column: $type, [$($meaning)+] $($fact: $value,)*).needs_value(),
                protects: $crate::rows!(@column $column: $type, [$($meaning)+] $($fact: $value,)*).protects(),
                read: |row, cell, reading| $crate::table::hear(&mut row.$member, <$type as $crate::wire::Wire>::read(cell, reading)),
                blank: |row| row.$member = schemas::said::Said::Blank,
                unreadable: |row| row.$member = schemas::said::Said::Unreadable,
                is_blank: |row| matches!(row.$member, schemas::said::Said::NotAsked | schemas::said::Said::Blank),
                write: |row, out, writing| $crate::wire::write_said(&row.$member, out, writing),
            }),+];
        }
    )+};
    (@column $name:literal: $type:ty, [$($meaning:literal)+] $($fact:ident: $value:expr,)*) => {
        $crate::table::Column {
            name: $name,
            meaning: concat!($($meaning),+),
            wire: <$type as $crate::wire::Wire>::TYPE,
            hears: |cell, reading| <$type as $crate::wire::Wire>::read(cell, reading).map(|_| ()),
            $($fact: $value,)*
            ..$crate::table::Column::PLAIN
        }
    };
    (@spelling) => { $crate::wire::Spelling::Return };
    (@spelling $spelling:ident) => { $crate::wire::Spelling::$spelling };
    (@year) => { None };
    (@year $year:literal) => { Some($year) };
}
