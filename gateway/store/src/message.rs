//! Messages: what a partner sent, from its receipt to its settlement.

use uuid::Uuid;

use crate::{Cursor, Micros, batch::Batch};

/// A message's id, UUIDv7.
pub type MessageId = Uuid;

/// A message to be kept, together with the answer that acknowledges it.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Its id; the one that [`arrive`](crate::Store::arrive) began when the body came in pieces.
    pub id: MessageId,
    /// The route it was sent on.
    pub route: String,
    /// Who sent it.
    pub partner: String,
    /// The caller's own id of the flow.
    pub correlation_id: Option<String>,
    /// When the last byte had come.
    pub received_at: Micros,
    /// Bytes of the body.
    pub bytes: u64,
    /// SHA-256 of the body.
    pub sha256: [u8; 32],
    /// The body itself, or how many pieces of it have been kept already.
    pub body: NewBody,
    /// Name of the file as the sender gave it: encrypted.
    pub file_name: Option<String>,
    /// Media type without parameters; it tells how the body is opened.
    pub media_type: Option<String>,
    /// What the sender said of it: period, authority, completeness; canonical, opaque here, and part of what makes two
    /// messages equal.
    pub terms: Vec<u8>,
    /// A message of the same route and partner, content and terms that was the latest one received since this time, and
    /// is not quarantined or discarded, is this message: it is answered with the first receipt. `None`: never.
    pub same_since: Option<Micros>,
}

/// The body of a new message.
#[derive(Clone, Debug)]
pub enum NewBody {
    /// All of it, at most [`CHUNK_BYTES_MAX`](crate::CHUNK_BYTES_MAX).
    Whole(Vec<u8>),
    /// So many pieces have been kept under the message's id.
    Arrived(u32),
}

/// Where a message is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum MessageState {
    Received,
    Reading,
    Read,
    Settled,
    Quarantined,
    Discarded,
    Purged,
}

impl MessageState {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Received, Self::Reading, Self::Read, Self::Settled, Self::Quarantined, Self::Discarded, Self::Purged];

    /// The word of answers and filters.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Reading => "reading",
            Self::Read => "read",
            Self::Settled => "settled",
            Self::Quarantined => "quarantined",
            Self::Discarded => "discarded",
            Self::Purged => "purged",
        }
    }

    /// The state of that word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A message as it is known.
#[derive(Clone, Debug)]
pub struct Message {
    /// See [`NewMessage`].
    pub id: MessageId,
    /// See [`NewMessage`].
    pub route: String,
    /// See [`NewMessage`].
    pub partner: String,
    /// Where it is.
    pub state: MessageState,
    /// Why it is quarantined or discarded: a word or a person's reason; never a value of a record.
    pub reason: Option<String>,
    /// How often its reading was begun.
    pub attempt: u32,
    /// See [`NewMessage`].
    pub bytes: u64,
    /// See [`NewMessage`].
    pub sha256: [u8; 32],
    /// See [`NewMessage`].
    pub correlation_id: Option<String>,
    /// See [`NewMessage`].
    pub media_type: Option<String>,
    /// See [`NewMessage`].
    pub file_name: Option<String>,
    /// See [`NewMessage`].
    pub terms: Vec<u8>,
    /// See [`NewMessage`].
    pub received_at: Micros,
    /// When all that it caused was settled.
    pub settled_at: Option<Micros>,
    /// Sequence number and hash of its audit line.
    pub audit: (u64, [u8; 32]),
    /// Counts of its reading, as JSON without values.
    pub counts: Vec<u8>,
    /// Overrides of a replay (dialect, errors), opaque here.
    pub replay: Option<Vec<u8>>,
    /// Raised by every change; the strong ETag.
    pub version: u64,
}

/// A message to be read now.
#[derive(Clone, Debug)]
pub struct LeasedMessage {
    /// The message, in state [`MessageState::Reading`], its attempt counted.
    pub message: Message,
    /// What a settlement must show.
    pub fence: u64,
    /// How often an earlier process ended while it was being read.
    pub crashes: u32,
}

/// What came of reading a message.
#[derive(Clone, Debug)]
pub struct MessageSettlement {
    /// Which.
    pub id: MessageId,
    /// Under which lease.
    pub fence: u64,
    /// When.
    pub at: Micros,
    /// Read (it becomes settled by itself once all its deliveries are, at once when there are none), or quarantined.
    pub state: MessageState,
    /// Why it is quarantined.
    pub reason: Option<String>,
    /// Counts, as JSON without values.
    pub counts: Vec<u8>,
    /// The report, without values.
    pub report: Vec<u8>,
    /// Rows that were rejected.
    pub rejects: Vec<Reject>,
    /// Everything else of the reading.
    pub batch: Batch,
}

/// A row that was not taken.
#[derive(Clone, Debug)]
pub struct Reject {
    /// Which part, by our own name for it.
    pub part: String,
    /// Line in it, from 1.
    pub line: u64,
    /// Byte in it, from 0.
    pub byte: u64,
    /// The rule it broke.
    pub rule: String,
    /// The row as it came: encrypted.
    pub row: Vec<u8>,
}

/// An act on a message.
#[derive(Clone, Debug)]
pub struct MessageAct {
    /// Which.
    pub id: MessageId,
    /// The version that was seen; another refuses the batch.
    pub version: u64,
    /// What.
    pub act: MessageActKind,
}

/// What is done to a message.
#[derive(Clone, Debug)]
pub enum MessageActKind {
    /// It is received again, under these overrides. From settled, read or quarantined.
    Replay(Vec<u8>),
    /// It is discarded, for this reason. From quarantined or received.
    Discard(String),
}

impl Message {
    /// The message as it is once an act on this version of it has been kept: what whoever acts is told.
    pub fn after(self, act: &MessageActKind) -> Self {
        let version = self.version + 1;
        match act {
            MessageActKind::Replay(overrides) => Self {
                state: MessageState::Received,
                replay: Some(overrides.clone()),
                reason: None,
                settled_at: None,
                version,
                ..self
            },
            MessageActKind::Discard(reason) => {
                Self { state: MessageState::Discarded, reason: Some(reason.clone()), version, ..self }
            }
        }
    }
}

/// Which messages.
#[derive(Clone, Debug, Default)]
pub struct MessageFilter {
    /// Of this partner; `None` is an operator's view of all.
    pub partner: Option<String>,
    /// On this route.
    pub route: Option<String>,
    /// In this state.
    pub state: Option<MessageState>,
    /// Of this flow.
    pub correlation_id: Option<String>,
    /// Received at or after.
    pub since: Option<Micros>,
    /// Received before.
    pub until: Option<Micros>,
    /// After this one.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: u32,
}
