//! Photographs of homes that providers offer: opaque here, each of one home, and gone with it.

use uuid::Uuid;

use crate::home::{HomeId, MarketKey};

/// A photograph's id, UUIDv7. Other bytes under the same name are another photograph.
pub type PhotoId = Uuid;

/// What is known of a photograph without its bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Photo {
    /// Its id.
    pub id: PhotoId,
    /// Of which home it is.
    pub home: HomeId,
    /// What is said of it: encrypted.
    pub about: Vec<u8>,
}

/// A photograph to be kept.
#[derive(Clone, Debug)]
pub struct NewPhoto {
    /// See [`Photo`].
    pub photo: Photo,
    /// What it is called: opaque here, kept as a blind index, and of each home once.
    pub name: MarketKey,
    /// The one that was seen under this name, which it takes the place of.
    pub seen: Option<PhotoId>,
    /// Its bytes: encrypted.
    pub body: Vec<u8>,
}

/// A change of a home's photographs.
#[derive(Clone, Debug)]
pub enum PhotoChange {
    /// One is kept. Another than the one that was seen under its name, or no such home, refuses the batch
    /// (`Refused::Clash`).
    Put(NewPhoto),
    /// One is forgotten, and its data key is destroyed; one that is not there any more refuses the batch.
    Remove(PhotoId),
    /// All of a home are forgotten, if there are any.
    RemoveAll(HomeId),
}
