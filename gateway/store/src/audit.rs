//! The audit chain: who did what with whose record, under which view and basis; never a value (RFC 8785 lines, SHA-256).
//!
//! `hash = SHA-256("homeward-audit-1" ‖ 0x00 ‖ canonical line)`; each line holds the hash of the one before, the first
//! 64 zeros. The chain shows editing, removal and reordering; that it was cut or rewritten as a whole is shown only by
//! an anchor kept elsewhere.

use uuid::Uuid;

use crate::{Cursor, Micros, subject::SubjectId};

/// A line to be written; its number, its predecessor's hash and its own are given in the commit.
#[derive(Clone, Debug, Default)]
pub struct AuditEntry {
    /// When.
    pub at: Micros,
    /// The partner or person; `homeward` for the house itself.
    pub actor: String,
    /// How it was recognised: `certificate:3f5a9c…`, `key:b1`, `token`.
    pub by: Option<String>,
    /// What: `receive`, `read`, `disclose`, `outcome`, `restrict`, …
    pub action: &'static str,
    /// About whom.
    pub subject: Option<SubjectId>,
    /// On what: `message:…`, `delivery:…`, `route:…`.
    pub object: Option<String>,
    /// To whom.
    pub recipient: Option<String>,
    /// Through which view, with its digest.
    pub view: Option<String>,
    /// On which ground.
    pub basis: Option<String>,
    /// How many statements of each type.
    pub statements: Vec<(&'static str, u64)>,
    /// The request's id.
    pub request: Option<Uuid>,
    /// How it ended.
    pub outcome: Option<String>,
}

/// A line of the chain.
#[derive(Clone, Debug)]
pub struct AuditLine {
    /// Its number, from 1.
    pub seq: u64,
    /// The canonical line.
    pub line: String,
    /// Its hash.
    pub hash: [u8; 32],
}

/// Which lines.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// About this subject.
    pub subject: Option<SubjectId>,
    /// By this actor.
    pub actor: Option<String>,
    /// Of this kind.
    pub action: Option<String>,
    /// On this object.
    pub object: Option<String>,
    /// At or after.
    pub since: Option<Micros>,
    /// Before.
    pub until: Option<Micros>,
    /// Below this number.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: u32,
    /// Unused for the chain: pages go by number. Kept `None`.
    pub after: Option<Cursor>,
}

/// What a verification found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// Every line is as it was written.
    Intact {
        /// First line verified.
        from: u64,
        /// Last line verified.
        to: u64,
        /// Hash of the last line.
        head: [u8; 32],
        /// How many.
        lines: u64,
    },
    /// The first line that is not, and how.
    Broken {
        /// Its number.
        seq: u64,
        /// How.
        how: Break,
    },
}

/// How a chain is broken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Break {
    Edited,
    Missing,
    Reordered,
    Truncated,
    AnchorDiffers,
}
