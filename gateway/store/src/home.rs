//! Homes that providers offer, who the providers are, and searches for homes: opaque here, found by their owners' own
//! names for them.
//!
//! Limits: [`HOME_VERSIONS_MAX`] earlier versions of each home; the oldest go first.

use uuid::Uuid;

use crate::Micros;

/// A home's id, UUIDv7.
pub type HomeId = Uuid;

/// A provider's id, UUIDv7.
pub type ProviderId = Uuid;

/// The id of a search for a home, UUIDv7.
pub type ReferralId = Uuid;

/// Earlier versions of a home that are kept: one a week for two years.
pub const HOME_VERSIONS_MAX: u32 = 104;

/// What a home, a provider or a search is called outside: opaque here, kept as a blind index, and nobody else's.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct MarketKey(pub Vec<u8>);

impl std::fmt::Debug for MarketKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MarketKey(..)")
    }
}

/// A home, a provider or a search as it is held.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Offered {
    /// Its id.
    pub id: Uuid,
    /// Raised by every change; the ETag.
    pub version: u64,
    /// When it was changed last.
    pub at: Micros,
    /// By what: a request or a message, in ids of ours.
    pub cause: String,
    /// What is said of it: encrypted.
    pub body: Vec<u8>,
}

/// A change of a home, a provider or a search.
#[derive(Clone, Debug)]
pub struct OfferedChange {
    /// Which.
    pub id: Uuid,
    /// The version that was seen, 0 for a new one; another refuses the batch (`Refused::Clash`).
    pub seen: u64,
    /// When.
    pub at: Micros,
    /// See [`Offered`].
    pub cause: String,
    /// What becomes of it.
    pub act: OfferedAct,
}

/// What becomes of a home, a provider or a search.
#[derive(Clone, Debug)]
pub enum OfferedAct {
    /// This is said of it from now on.
    Put {
        /// Under this name, which it keeps; one that another has refuses the batch (`Refused::Clash`).
        key: MarketKey,
        /// See [`Offered`].
        body: Vec<u8>,
    },
    /// It is forgotten with all that was said of it, and its data key is destroyed.
    Remove,
}
