//! Deliveries: what leaves, to whom, in which order, and what came of it.

use uuid::Uuid;

use crate::{Cursor, Micros, audit::AuditEntry, message::MessageId, subject::SubjectId};

/// A delivery's id, UUIDv7: the one idempotency key of all its tries.
pub type DeliveryId = Uuid;

/// One way to one recipient: `route/recipient/number`, a name of ours.
pub type Target = String;

/// A delivery to be planned.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    /// Its id.
    pub id: DeliveryId,
    /// The route.
    pub route: String,
    /// The target.
    pub target: Target,
    /// The recipient's name.
    pub recipient: String,
    /// What keeps its order: deliveries of one lane leave one after the other.
    pub lane: Vec<u8>,
    /// It goes before everything that its lane has not sent, and passes a lane that is held.
    pub ahead: bool,
    /// Not before this time.
    pub not_before: Micros,
    /// When it was planned.
    pub planned_at: Micros,
    /// The format.
    pub format: String,
    /// Media type of the body.
    pub media_type: String,
    /// Digest of the view it was made under.
    pub view: String,
    /// Digest of everything else of the configuration that it was made under.
    pub terms: String,
    /// The children in it.
    pub subjects: Vec<DeliverySubject>,
    /// The body: encrypted.
    pub body: Vec<u8>,
    /// What is disclosed: written when it is leased, before the first byte leaves.
    pub disclosure: Vec<AuditEntry>,
    /// The flow of the message that caused it.
    pub correlation_id: Option<String>,
    /// The messages that caused it.
    pub messages: Vec<MessageId>,
}

/// A child in a delivery.
#[derive(Clone, Debug)]
pub struct DeliverySubject {
    /// Which.
    pub id: SubjectId,
    /// The epoch it was projected under.
    pub epoch: u64,
    /// What the target has of it once this is delivered; opaque, without values.
    pub after: Vec<u8>,
}

/// Where a delivery is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum DeliveryState {
    Ready,
    Leased,
    Waiting,
    Sent,
    Delivered,
    Dead,
    Superseded,
    Discarded,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Ready,
        Self::Leased,
        Self::Waiting,
        Self::Sent,
        Self::Delivered,
        Self::Dead,
        Self::Superseded,
        Self::Discarded,
    ];

    /// The word of answers and filters.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Leased => "leased",
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
            Self::Superseded => "superseded",
            Self::Discarded => "discarded",
        }
    }

    /// The state of that word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether anything may still leave.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Ready | Self::Leased | Self::Waiting | Self::Sent | Self::Dead)
    }
}

/// A delivery as it is known.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// As it was planned; the body is empty unless it was asked for, and so are the children of a whole file.
    pub planned: NewDelivery,
    /// It says all that the target may have: what it does not hold is gone.
    pub whole: bool,
    /// How many children are in it.
    pub children: u64,
    /// Where it is.
    pub state: DeliveryState,
    /// Whether it was ever leased to be sent, whatever was decided about it since: it may have arrived.
    pub tried: bool,
    /// How often it was tried since a person last retried it.
    pub attempt: u32,
    /// SHA-256 of the body.
    pub sha256: [u8; 32],
    /// Bytes of the body.
    pub bytes: u64,
    /// When it may be tried again.
    pub next_at: Micros,
    /// Why it waits or died: a word of ours.
    pub reason: Option<String>,
    /// Whose fault: `ours`, `network`, `recipient-busy`, `recipient-refused`.
    pub side: Option<String>,
    /// Status of the last answer, where there was one.
    pub status: Option<u16>,
    /// When it reached its last state.
    pub settled_at: Option<Micros>,
    /// The lane is held by it.
    pub holds_lane: bool,
    /// Raised by each lease.
    pub fence: u64,
    /// Raised by every change; the ETag.
    pub version: u64,
}

/// What is wanted of a lease.
#[derive(Clone, Debug)]
pub struct LeaseOrder {
    /// Now.
    pub now: Micros,
    /// What may go to each target: those not named get nothing.
    pub targets: Vec<TargetOrder>,
}

/// What may go to one target.
#[derive(Clone, Debug)]
pub struct TargetOrder {
    /// Which.
    pub target: Target,
    /// Free places.
    pub most: u32,
    /// Digest of the view in force: a delivery made under another is stale.
    pub view: String,
    /// Digest of the other terms in force.
    pub terms: String,
    /// Whether a dead delivery holds its lane.
    pub dead_holds: bool,
}

/// What was leased.
#[derive(Clone, Debug, Default)]
pub struct DeliveryLeases {
    /// To be sent: with bodies, each with its fence in [`Delivery::fence`].
    pub leased: Vec<Delivery>,
    /// To be made again: something that protects its children, the view or the terms has changed. Leased all the same,
    /// so that nobody else takes it; nothing was disclosed.
    pub stale: Vec<Delivery>,
}

/// What came of a leased delivery.
#[derive(Clone, Debug)]
pub struct DeliverySettlement {
    /// Which.
    pub id: DeliveryId,
    /// Under which lease.
    pub fence: u64,
    /// When.
    pub at: Micros,
    /// What.
    pub outcome: DeliveryOutcome,
    /// The line that tells it.
    pub audit: Option<AuditEntry>,
    /// The state of the target's breaker from now on.
    pub breaker: Option<Vec<u8>>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum DeliveryOutcome {
    /// The recipient has it: what was planned of its children is delivered.
    Delivered {
        /// Status of the answer.
        status: Option<u16>,
    },
    /// It was taken, and word will come.
    Sent,
    /// It is tried again at a time.
    Waiting {
        /// When.
        next_at: Micros,
        /// Why.
        reason: String,
        /// Whose fault.
        side: String,
        /// Status of the answer.
        status: Option<u16>,
        /// Whether the try counts as an attempt.
        counts: bool,
    },
    /// It is refused for good.
    Dead {
        /// Why.
        reason: String,
        /// Whose fault.
        side: String,
        /// Status of the answer.
        status: Option<u16>,
    },
    /// Made again of today's records: same id, same key; only what was never tried may get another body.
    Renewed {
        /// The epochs and what the target will have.
        subjects: Vec<DeliverySubject>,
        /// The body, when it is another one.
        body: Option<Vec<u8>>,
        /// View and terms that it is made under now.
        view: String,
        /// See `view`.
        terms: String,
        /// What is disclosed.
        disclosure: Vec<AuditEntry>,
    },
    /// Nothing of it may go, or something newer holds it all; what was planned of its children is what was delivered.
    Superseded {
        /// What goes in its place, in the same commit.
        instead: Vec<NewDelivery>,
        /// What the targets will have been sent from now on: target, subject, bytes.
        planned: Vec<(Target, SubjectId, Vec<u8>)>,
    },
    /// Of a target that gets whole files: it may not go as it is, and another whole file is asked for.
    AskedAnew,
}

/// An act on a delivery.
#[derive(Clone, Debug)]
pub struct DeliveryAct {
    /// Which.
    pub id: DeliveryId,
    /// The version that was seen; another refuses the batch.
    pub version: u64,
    /// What.
    pub act: DeliveryActKind,
}

/// What is done to a delivery.
#[derive(Clone, Debug)]
pub enum DeliveryActKind {
    /// Ready again, its attempts counted anew; stale, where something newer of its lane has left meanwhile. From dead or
    /// waiting.
    Retry,
    /// Discarded for this reason: planned goes back to delivered. From ready, waiting or dead.
    Discard(String),
    /// Superseded, because something newer holds it all or nothing of it may go. From ready, waiting or dead.
    Supersede,
}

impl Delivery {
    /// The delivery as it is once an act on this version of it, at this time, has been kept: what whoever acts is told.
    pub fn after(self, act: &DeliveryActKind, at: Micros) -> Self {
        let ended = |state, reason| Self {
            state,
            reason,
            settled_at: Some(at),
            holds_lane: false,
            version: self.version + 1,
            ..self.clone()
        };
        match act {
            DeliveryActKind::Retry => Self {
                state: DeliveryState::Ready,
                attempt: 0,
                next_at: self.planned.not_before,
                settled_at: None,
                holds_lane: false,
                reason: None,
                side: None,
                version: self.version + 1,
                ..self
            },
            DeliveryActKind::Discard(reason) => ended(DeliveryState::Discarded, Some(reason.clone())),
            DeliveryActKind::Supersede => ended(DeliveryState::Superseded, self.reason.clone()),
        }
    }
}

/// Which deliveries.
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    /// From or to this partner: routes it sends on, or itself as recipient. `None` is an operator's view of all.
    pub partner: Option<PartnerSide>,
    /// In this state.
    pub state: Option<DeliveryState>,
    /// Of this route.
    pub route: Option<String>,
    /// To this recipient.
    pub recipient: Option<String>,
    /// Caused by this message.
    pub message: Option<MessageId>,
    /// Planned at or after.
    pub since: Option<Micros>,
    /// Planned before.
    pub until: Option<Micros>,
    /// After this one.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: u32,
}

/// A partner as sender and as recipient.
#[derive(Clone, Debug)]
pub struct PartnerSide {
    /// Its name as a recipient.
    pub recipient: String,
    /// The routes it sends on.
    pub routes: Vec<String>,
}
