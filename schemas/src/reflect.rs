//! The record by field names: one reflection for views, JSON Schema, canaries, hashes and merging.
//!
//! Every statement is declared once, by [`statements!`](crate::record); from the declaration come the struct and a
//! slice of [`Field`]s with two lenses each. A lens works on [`Said`]`<`[`Value`]`>`, the common tongue of all fields.

use crate::{
    code::{Code, CodeList},
    date::{AcademicYear, ClockTime, CollectionYear, Date, DateTime},
    decimal::Decimal,
    document::key_part,
    identifier::{LaCode, Laestab, OfstedUrn, PermanenceAuthority, SchoolUrn, WorkerId},
    money::Pence,
    postcode::Postcode,
    record::{Coding, Statement, SubjectKind},
    said::Said,
};

/// What sort of value a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A day.
    Date,
    /// A time of day, hours and minutes.
    ClockTime,
    /// A moment with its offset.
    DateTime,
    /// Yes or no.
    Flag,
    /// A whole number from 0.
    Number {
        /// The largest that the rule of the field allows.
        most: u32,
    },
    /// A collection year, named by its end.
    Year,
    /// A school year.
    AcademicYear,
    /// An amount of money.
    Pence,
    /// Text of people.
    Text,
    /// A decimal number whose digits are kept.
    Decimal,
    /// A postcode, whole or shortened.
    Postcode,
    /// Ofsted's number of a home or agency.
    OfstedUrn,
    /// A school's number in the register of schools.
    SchoolUrn,
    /// A school's number by authority and establishment.
    Laestab,
    /// A local authority by its three digits.
    Authority,
    /// A local authority, or a place outside England.
    PermanenceAuthority,
    /// A social worker's number.
    WorkerId,
    /// One code of a list.
    Code(&'static CodeList),
    /// One code of a list, or a word of the sender's own.
    OpenCode(&'static CodeList),
    /// Several values of one kind.
    List(&'static Kind),
    /// A group of members.
    Item(&'static Shape),
}

impl Kind {
    /// What a person reads: `code of legal_status`.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Date => "date".into(),
            Self::ClockTime => "time of day".into(),
            Self::DateTime => "date and time".into(),
            Self::Flag => "yes or no".into(),
            Self::Number { most } => format!("number, 0 to {most}"),
            Self::Year => "collection year".into(),
            Self::AcademicYear => "school year".into(),
            Self::Pence => "amount in pence".into(),
            Self::Text => "text".into(),
            Self::Decimal => "decimal number, digits kept".into(),
            Self::Postcode => "postcode".into(),
            Self::OfstedUrn => "Ofsted URN".into(),
            Self::SchoolUrn => "school URN".into(),
            Self::Laestab => "LAESTAB".into(),
            Self::Authority => "local authority".into(),
            Self::PermanenceAuthority => "local authority, or elsewhere".into(),
            Self::WorkerId => "worker's number".into(),
            Self::Code(list) => format!("code of {}", list.name),
            Self::OpenCode(list) => format!("code of {}, or another word", list.name),
            Self::List(kind) => format!("list of {}", kind.words()),
            Self::Item(shape) => shape.members.iter().map(|member| member.name).collect::<Vec<_>>().join(" + "),
        }
    }
}

/// A value of any field.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// See [`Kind::Date`].
    Date(Date),
    /// See [`Kind::ClockTime`].
    ClockTime(ClockTime),
    /// See [`Kind::DateTime`].
    DateTime(DateTime),
    /// See [`Kind::Flag`].
    Flag(bool),
    /// See [`Kind::Number`].
    Number(u32),
    /// See [`Kind::Year`].
    Year(CollectionYear),
    /// See [`Kind::AcademicYear`].
    AcademicYear(AcademicYear),
    /// See [`Kind::Pence`].
    Pence(Pence),
    /// See [`Kind::Text`].
    Text(Box<str>),
    /// See [`Kind::Decimal`].
    Decimal(Decimal),
    /// See [`Kind::Postcode`].
    Postcode(Postcode),
    /// See [`Kind::OfstedUrn`].
    OfstedUrn(OfstedUrn),
    /// See [`Kind::SchoolUrn`].
    SchoolUrn(SchoolUrn),
    /// See [`Kind::Laestab`].
    Laestab(Laestab),
    /// See [`Kind::Authority`].
    Authority(LaCode),
    /// See [`Kind::PermanenceAuthority`].
    PermanenceAuthority(PermanenceAuthority),
    /// See [`Kind::WorkerId`].
    WorkerId(WorkerId),
    /// A code by its place in the list of the field's kind.
    Code(u8),
    /// See [`Kind::List`].
    List(Vec<Value>),
    /// See [`Kind::Item`]: one answer a member, in the shape's order.
    Item(Vec<Said<Value>>),
}

/// A group of members inside a field, such as one of a person's names.
#[derive(Debug)]
pub struct Shape {
    /// What the group is called.
    pub name: &'static str,
    /// Its members.
    pub members: &'static [Member],
}

/// A member of a [`Shape`].
#[derive(Debug)]
pub struct Member {
    /// Its name, in snake case.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it means.
    pub meaning: &'static str,
}

/// The lens that looks at a field.
type Get = fn(&Statement) -> Said<Value>;

/// The lens that changes a field.
type Set = fn(&mut Statement, Said<Value>) -> bool;

/// A field of a statement.
pub struct Field {
    /// Its name, in snake case.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it means.
    pub meaning: &'static str,
    /// A decoder makes no record without it.
    pub required: bool,
    /// It protects a child: unreadable, it holds the child back from every other organisation (record, 1.11).
    pub guard: bool,
    get: Get,
    set: Set,
    unreadable: fn(&Statement) -> bool,
}

impl Field {
    /// What the statement says in this field; `NotAsked` when it is of another type.
    #[must_use]
    pub fn get(&self, statement: &Statement) -> Said<Value> {
        (self.get)(statement)
    }

    /// Puts an answer into the field. False, and nothing changed, when the value is of another kind.
    pub fn set(&self, statement: &mut Statement, answer: Said<Value>) -> bool {
        (self.set)(statement, answer)
    }

    /// Whether something stood in the field that could not be read.
    #[must_use]
    pub fn is_unreadable(&self, statement: &Statement) -> bool {
        (self.unreadable)(statement)
    }

    /// For the declaring macro only.
    pub(crate) const fn declare(
        (name, kind, meaning): (&'static str, Kind, &'static str),
        marks: &[&str],
        (get, set): (Get, Set),
        unreadable: fn(&Statement) -> bool,
    ) -> Self {
        Self {
            name,
            kind,
            meaning,
            required: marked(marks, b"required"),
            guard: marked(marks, b"guard"),
            get,
            set,
            unreadable,
        }
    }
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Field").field("name", &self.name).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A type of statement.
#[derive(Debug)]
pub struct StatementType {
    /// Its name, as in the record's document: `CareEpisode`.
    pub name: &'static str,
    /// What sort of subject it is said of.
    pub about: SubjectKind,
    /// What it says.
    pub meaning: &'static str,
    /// Its natural key.
    pub key: Key,
    /// Its fields.
    pub fields: &'static [Field],
    /// Whether any of them protects a child.
    pub guards: bool,
}

/// The natural key of a type of statement (record, section 1.6).
#[derive(Debug)]
pub struct Key {
    /// The fields that alone are the key wherever all of them are said: the sender's own reference, after whose it is
    /// where several senders give theirs. As many as there are parts they never are: no part reads like a reference.
    pub reference: &'static [&'static str],
    /// The parts, in order; none when there is one statement a subject. Each is the first of its fields that is said.
    pub parts: &'static [&'static [&'static str]],
}

impl Key {
    /// Whether there is one statement of the type a subject.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// What a person reads: `start_date, ordinal`, or `plan_ref; else academic_year, term`.
    #[must_use]
    pub fn words(&self) -> String {
        if self.is_empty() {
            return "one a subject".into();
        }
        let parts: Vec<String> = self.parts.iter().map(|part| part.join(" or ")).collect();
        let parts = parts.join(", ");
        if self.reference.is_empty() { parts } else { format!("{}; else {parts}", self.reference.join(", ")) }
    }

    /// Every field that may be part of it.
    pub fn fields(&self) -> impl Iterator<Item = &'static str> {
        self.reference.iter().copied().chain(self.parts.iter().flat_map(|part| part.iter().copied()))
    }
}

/// Whether any field protects a child; for the declaring macro only.
pub(crate) const fn any_guards(fields: &[Field]) -> bool {
    let mut n = 0;
    while n < fields.len() {
        if fields[n].guard {
            return true;
        }
        n += 1;
    }
    false
}

impl StatementType {
    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A type that a field may hold.
pub trait FieldValue: Sized + PartialEq {
    /// Its kind.
    const KIND: Kind;
    /// The value in the common tongue.
    fn to_value(&self) -> Value;
    /// Back; `None` when the value is of another kind.
    fn from_value(value: Value) -> Option<Self>;
    /// Whether both are the same as part of a natural key.
    fn names_the_same(&self, other: &Self) -> bool {
        self == other
    }
}

/// A coding, boxed where it would take too much room in a record. As part of a key it goes by its code, else by its words.
impl FieldValue for Box<Coding> {
    const KIND: Kind = Coding::KIND;
    fn to_value(&self) -> Value {
        Coding::to_value(self)
    }
    fn from_value(value: Value) -> Option<Self> {
        Coding::from_value(value).map(Self::new)
    }
    fn names_the_same(&self, other: &Self) -> bool {
        let key = |it: &Self| key_part(Self::KIND, &it.to_value());
        key(self) == key(other)
    }
}

/// Whether two answers are the same as part of a natural key.
pub(crate) fn name_the_same<T: FieldValue>(left: &Said<T>, right: &Said<T>) -> bool {
    match (left, right) {
        (Said::Is(left), Said::Is(right)) => left.names_the_same(right),
        _ => left == right,
    }
}

/// A code of a list, or a word of the sender's own where the list is open.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Open<C> {
    /// One of the list.
    Listed(C),
    /// Another word.
    Other(Box<str>),
}

impl<C: Code> Open<C> {
    /// The code, or the sender's word.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Listed(code) => code.code(),
            Self::Other(word) => word,
        }
    }
}

impl<C> std::fmt::Debug for Open<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Open(..)")
    }
}

macro_rules! plain_values {
    ($($type:ty => $kind:ident),+ $(,)?) => {$(
        impl FieldValue for $type {
            const KIND: Kind = Kind::$kind;
            fn to_value(&self) -> Value { Value::$kind(self.clone()) }
            fn from_value(value: Value) -> Option<Self> {
                match value { Value::$kind(plain) => Some(plain), _ => None }
            }
        }
    )+};
}

plain_values! {
    Date => Date, ClockTime => ClockTime, bool => Flag, CollectionYear => Year, Box<str> => Text, Decimal => Decimal,
    Postcode => Postcode, OfstedUrn => OfstedUrn, LaCode => Authority, PermanenceAuthority => PermanenceAuthority,
    WorkerId => WorkerId, DateTime => DateTime, AcademicYear => AcademicYear, Pence => Pence, SchoolUrn => SchoolUrn,
    Laestab => Laestab,
}

/// A whole number no larger than `MOST`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number<const MOST: u16>(u16);

impl<const MOST: u16> Number<MOST> {
    /// The number, unless it is larger than the field allows.
    #[must_use]
    pub const fn new(number: u16) -> Option<Self> {
        if number <= MOST { Some(Self(number)) } else { None }
    }

    /// The plain number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl<const MOST: u16> std::fmt::Debug for Number<MOST> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Number(..)")
    }
}

impl<const MOST: u16> FieldValue for Number<MOST> {
    const KIND: Kind = Kind::Number { most: MOST as u32 };
    fn to_value(&self) -> Value {
        Value::Number(u32::from(self.0))
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Number(number) => u16::try_from(number).ok().and_then(Self::new),
            _ => None,
        }
    }
}

impl<C: Code> FieldValue for C {
    const KIND: Kind = Kind::Code(C::LIST);
    fn to_value(&self) -> Value {
        Value::Code(self.index())
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Code(index) => C::from_index(index),
            _ => None,
        }
    }
}

impl<C: Code> FieldValue for Open<C> {
    const KIND: Kind = Kind::OpenCode(C::LIST);
    fn to_value(&self) -> Value {
        match self {
            Self::Listed(code) => Value::Code(code.index()),
            Self::Other(word) => Value::Text(word.clone()),
        }
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Code(index) => C::from_index(index).map(Self::Listed),
            Value::Text(word) => Some(Self::Other(word)),
            _ => None,
        }
    }
}

impl<T: FieldValue> FieldValue for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);
    fn to_value(&self) -> Value {
        Value::List(self.iter().map(T::to_value).collect())
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::List(items) => items.into_iter().map(T::from_value).collect(),
            _ => None,
        }
    }
}

impl<T: FieldValue> Said<T> {
    /// The answer in the common tongue.
    pub(crate) fn to_said_value(&self) -> Said<Value> {
        self.as_ref().map(T::to_value)
    }

    /// Takes an answer of the common tongue; false when its value is of another kind.
    pub(crate) fn take(&mut self, answer: Said<Value>) -> bool {
        *self = match answer {
            Said::Is(value) => match T::from_value(value) {
                Some(value) => Said::Is(value),
                None => return false,
            },
            other => other.retyped(),
        };
        true
    }
}

/// The name of a field that is a keyword of the language without its escape.
pub(crate) const fn plain(name: &'static str) -> &'static str {
    let bytes = name.as_bytes();
    if bytes.len() > 2 && bytes[0] == b'r' && bytes[1] == b'#' { name.split_at(2).1 } else { name }
}

const fn marked(marks: &[&str], wanted: &[u8]) -> bool {
    let mut n = 0;
    while n < marks.len() {
        if equal(marks[n].as_bytes(), wanted) {
            return true;
        }
        n += 1;
    }
    false
}

const fn equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut n = 0;
    while n < left.len() {
        if left[n] != right[n] {
            return false;
        }
        n += 1;
    }
    true
}

/// A valid value of a kind, for tests of lenses.
#[cfg(test)]
pub(crate) fn some_value(kind: Kind) -> Value {
    match kind {
        Kind::Date => Value::Date(Date::new(2016, 5, 14).unwrap()),
        Kind::ClockTime => Value::ClockTime(ClockTime::new(7, 30).unwrap()),
        Kind::DateTime => Value::DateTime(DateTime::read(b"2026-01-12T09:41:00+00:00").unwrap()),
        Kind::Flag => Value::Flag(true),
        Kind::Number { most } => Value::Number(most),
        Kind::Year => Value::Year(CollectionYear::new(2026).unwrap()),
        Kind::AcademicYear => Value::AcademicYear(AcademicYear::new(2025).unwrap()),
        Kind::Pence => Value::Pence(Pence::new(65_000).unwrap()),
        Kind::Text => Value::Text("text".into()),
        Kind::Decimal => Value::Decimal(Decimal::read(b"19.10").unwrap()),
        Kind::Postcode => Value::Postcode(match Postcode::read(b"B99 1AA") {
            crate::postcode::PostcodeRead::Is(postcode) => postcode,
            _ => unreachable!("a whole postcode"),
        }),
        Kind::OfstedUrn => Value::OfstedUrn(OfstedUrn::read(b"SC123456").unwrap()),
        Kind::SchoolUrn => Value::SchoolUrn(SchoolUrn::read(b"999999").unwrap()),
        Kind::Laestab => Value::Laestab(Laestab::read(b"3309999").unwrap()),
        Kind::Authority => Value::Authority(LaCode::read(b"330").unwrap()),
        Kind::PermanenceAuthority => Value::PermanenceAuthority(PermanenceAuthority::read(b"330").unwrap()),
        Kind::WorkerId => Value::WorkerId(WorkerId::read(b"SW123").unwrap()),
        Kind::Code(_) | Kind::OpenCode(_) => Value::Code(0),
        Kind::List(kind) => Value::List(vec![some_value(*kind)]),
        Kind::Item(shape) => {
            Value::Item(shape.members.iter().map(|member| Said::Is(some_value(member.kind))).collect())
        }
    }
}
