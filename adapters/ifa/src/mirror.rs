//! Rows that say what a group of the record says, member for member: one list for both directions.

use schemas::{
    code::Code,
    date::{Date, DateTime},
    money::Pence,
    postcode::Postcode,
    reflect::Number,
    said::Said,
};

use crate::{
    wire::{AsAt, Authority, HomeReference, Languages, Outward, ProviderNumber, Reference, Text, UrnText, WeeklyFee},
    words::{Vocabulary, Word, Words},
};

/// A cell that holds a value of the record.
pub trait Holds: Sized {
    /// The value.
    type Value;
    /// A cell with a value.
    fn hold(value: Self::Value) -> Self;
    /// The value of a cell.
    fn value(self) -> Self::Value;
}

macro_rules! holds {
    ($($cell:ty => $value:ty $(where [$($generics:tt)+])?;)+) => {$(
        impl$(<$($generics)+>)? Holds for $cell {
            type Value = $value;
            fn hold(value: $value) -> Self { Self(value) }
            fn value(self) -> $value { self.0 }
        }
    )+};
    (as they are: $($value:ty),+ $(,)?) => {$(
        impl Holds for $value {
            type Value = Self;
            fn hold(value: Self) -> Self { value }
            fn value(self) -> Self { self }
        }
    )+};
}
pub(crate) use holds;

holds! {
    Word<C> => C where [C: Code + Vocabulary];
    Words<C> => Vec<C> where [C: Code + Vocabulary];
    Text<MOST> => Box<str> where [const MOST: u16];
    Reference => Box<str>;
    HomeReference => Box<str>;
    UrnText => Box<str>;
    ProviderNumber => Box<str>;
    Languages => Vec<Box<str>>;
    Outward => Postcode;
    AsAt => DateTime;
    WeeklyFee => Pence;
    Authority => schemas::identifier::LaCode;
}
holds!(as they are: bool, Date, DateTime, Pence, Vec<Box<str>>);

impl<const MOST: u16> Holds for Number<MOST> {
    type Value = Self;
    fn hold(value: Self) -> Self {
        value
    }
    fn value(self) -> Self {
        self
    }
}

/// What a member of a document says: one that is blank, or not there, says nothing.
pub fn said<C: Holds>(cell: Said<C>) -> Said<C::Value> {
    match cell {
        Said::Is(cell) => Said::Is(cell.value()),
        Said::Unreadable => Said::Unreadable,
        _ => Said::NotAsked,
    }
}

/// The group inside an answer; made where it is not there yet.
pub fn inner<S: Default>(said: &mut Said<S>) -> &mut S {
    if !matches!(said, Said::Is(_)) {
        *said = Said::Is(S::default());
    }
    match said {
        Said::Is(group) => group,
        // It was put there right above.
        _ => unreachable!("a group that was just made"),
    }
}

/// Binds the members of a row to those of a group: `row member: path in the group`. It makes `of`, the row of a group,
/// and `group`, what a row says.
macro_rules! mirror {
    ($($row:ident mirrors $group:ident { $($member:ident: $($path:ident).+),+ $(,)? })+) => {$(
        impl $row {
            /// The row that says what a group says.
            #[must_use]
            #[allow(clippy::needless_update, reason = "some rows have members of the document itself besides")]
            pub fn of(group: &$group) -> Self {
                Self { $($member: $crate::mirror::mirror!(@get Some(group); $($path).+),)+ ..Self::default() }
            }

            /// What the row says.
            #[must_use]
            pub fn group(self) -> $group {
                let mut group = $group::default();
                $({
                    let answer = $crate::mirror::said(self.$member);
                    if answer != schemas::said::Said::NotAsked {
                        $crate::mirror::mirror!(@put &mut group; answer; $($path).+);
                    }
                })+
                group
            }
        }
    )+};
    (@get $group:expr; $last:ident) => {
        $group.map_or(schemas::said::Said::NotAsked, |group| group.$last.clone().map($crate::mirror::Holds::hold))
    };
    (@get $group:expr; $first:ident . $($rest:ident).+) => {
        $crate::mirror::mirror!(@get $group.and_then(|group| group.$first.as_ref().is()); $($rest).+)
    };
    (@put $group:expr; $answer:ident; $last:ident) => {{
        let group = $group;
        group.$last = $answer;
    }};
    (@put $group:expr; $answer:ident; $first:ident . $($rest:ident).+) => {{
        let group = $group;
        $crate::mirror::mirror!(@put $crate::mirror::inner(&mut group.$first); $answer; $($rest).+)
    }};
}
pub(crate) use mirror;
