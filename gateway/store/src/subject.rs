//! Subjects: what is held of each child, by source, and what each recipient was sent.

use uuid::Uuid;

use crate::{Micros, delivery::Target, identity::BlindIdentifier};

/// A subject's id, a random UUIDv4: the anchor of its resource ids.
pub type SubjectId = Uuid;

/// What stands for a place: opaque here, found by blind index.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct PlaceKey(pub Vec<u8>);

/// What stands for a name and a birth date: opaque here, found by blind index.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct DemographicKey(pub Vec<u8>);

impl std::fmt::Debug for DemographicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DemographicKey(..)")
    }
}

/// What is held of a subject.
#[derive(Clone, Debug)]
pub struct SubjectState {
    /// Its id.
    pub id: SubjectId,
    /// Raised by every change: what a [`SubjectChange`] must show.
    pub version: u64,
    /// Raised by every change of what protects the subject.
    pub epoch: u64,
    /// Opaque: authority, flags.
    pub standing: Standing,
    /// What each source says of it: the partner, and the holding's bytes.
    pub holdings: Vec<(String, Vec<u8>)>,
    /// What the asked targets were sent.
    pub sent: Vec<Sent>,
}

/// What is known of a subject without opening what is held.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Standing {
    /// Responsible authority, three digits.
    pub authority: Option<String>,
    /// Those who share its places are protected too.
    pub protects_places: bool,
    /// A guard could not be read.
    pub guard_hold: bool,
    /// Closed by adoption: never linked again.
    pub closed_by_adoption: bool,
    /// Merged into another.
    pub merged_into: Option<SubjectId>,
    /// An act that takes two persons, once the first has begun it.
    pub begun: Option<Begun>,
    /// When the subject was last owed anything, as a day in microseconds; `None` while it is, or nobody knows.
    pub eligible_until: Option<Micros>,
    /// A person's word, after that day, about handing over what is held.
    pub handed_over: Option<HandedOver>,
    /// When everything held of it was erased.
    pub erased_at: Option<Micros>,
}

/// A person's word about what is held of a subject before it goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HandedOver {
    /// It was handed over.
    Done,
    /// It could not be.
    CouldNotBe,
}

impl HandedOver {
    const ALL: [Self; 2] = [Self::Done, Self::CouldNotBe];

    /// The word of the interfaces.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "handed-over",
            Self::CouldNotBe => "could-not-be",
        }
    }

    /// What the word says.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|said| said.word() == word)
    }
}

/// An act on a subject that takes two persons, and who has begun it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Begun {
    /// The act.
    pub act: TwoPersons,
    /// The first person, or a partner's system; the second is another, and a person.
    pub by: String,
}

/// Acts on a subject that take two persons.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TwoPersons {
    /// What could not be read holds the subject back no longer.
    Release,
    /// Everything held of the subject goes.
    Erase,
    /// What is said of an erased subject from now on is taken in again, as of somebody new.
    Readmit,
}

impl TwoPersons {
    const ALL: [Self; 3] = [Self::Release, Self::Erase, Self::Readmit];

    /// The word of the act.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Erase => "erase",
            Self::Readmit => "readmit",
        }
    }

    /// The act of that word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.word() == word)
    }
}

/// What subjects wait for that wait for people.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Waiting {
    /// To be released, or said readably: a guard could not be read.
    GuardHold,
    /// For the second person of an act that the first has begun.
    SecondPerson(TwoPersons),
    /// For a person's word about handing over: nothing was owed any more at this time.
    HandOver(Micros),
    /// For nobody any more: the word was given, and nothing was owed any more at this time.
    Purge(Micros),
}

/// What one target was sent of a subject; opaque, without values.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The target.
    pub target: Target,
    /// What it will have once everything planned is delivered.
    pub planned: Vec<u8>,
    /// What it has.
    pub delivered: Vec<u8>,
}

/// A change of a subject.
#[derive(Clone, Debug)]
pub struct SubjectChange {
    /// Which.
    pub id: SubjectId,
    /// The version that was seen, 0 for a new subject; another refuses the batch (`Refused::Clash`).
    pub seen: u64,
    /// Its standing from now on.
    pub standing: Standing,
    /// What protects it has changed: its epoch rises.
    pub raise_epoch: bool,
    /// Holdings that are replaced; empty bytes remove one.
    pub holdings: Vec<(String, Vec<u8>)>,
    /// Identifiers that it is known by from now on. One that another subject has refuses the batch (`Refused::Clash`).
    pub identifiers: Vec<BlindIdentifier>,
    /// Identifiers that it is no longer known by.
    pub forgotten: Vec<BlindIdentifier>,
    /// Where it lives, when that is replaced.
    pub places: Option<Vec<PlaceKey>>,
    /// What it is looked for by, where no identifier says who it is, when that is replaced.
    pub demographics: Option<Vec<DemographicKey>>,
    /// What targets will have been sent, when that is replaced.
    pub planned: Vec<(Target, Vec<u8>)>,
    /// Ids of its resources from now on, besides those that it had: one that was given once leads to it for ever, unless
    /// it is erased, or a later change gives the id to another, as when two are linked; `None` when nobody looked. A
    /// subject is indexed once somebody has looked, and no more when holdings are replaced and nobody has.
    pub resources: Option<Vec<Uuid>>,
}
