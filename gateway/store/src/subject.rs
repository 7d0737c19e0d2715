//! Subjects: what is held of each child, by source, and what each recipient was sent.

use uuid::Uuid;

use crate::{delivery::Target, identity::BlindIdentifier};

/// A subject's id, a random UUIDv4: the anchor of its resource ids.
pub type SubjectId = Uuid;

/// What stands for a place: opaque here, found by blind index.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct PlaceKey(pub Vec<u8>);

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
    /// What targets will have been sent, when that is replaced.
    pub planned: Vec<(Target, Vec<u8>)>,
}
