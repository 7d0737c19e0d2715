//! A batch: everything that one commit keeps, and what may refuse it.

use crate::{
    Micros,
    audit::AuditEntry,
    delivery::{DeliveryAct, DeliveryId, NewDelivery},
    home::OfferedChange,
    identity::{Alert, Approval, Link, NewProposal, ProposalAct, Relation, Restriction},
    loaded::LoadedView,
    message::{MessageAct, MessageId, NewMessage},
    photo::PhotoChange,
    subject::{SubjectChange, SubjectId},
    whole::RunChange,
};

/// What one commit keeps, whole or not at all. Parts are applied in the order of the members.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The key under which a repeat gets the first answer.
    pub idempotency: Option<Idempotency>,
    /// An assertion that may be used once.
    pub assertion: Option<Assertion>,
    /// A message.
    pub message: Option<NewMessage>,
    /// Acts on messages.
    pub message_acts: Vec<MessageAct>,
    /// Acts on deliveries.
    pub delivery_acts: Vec<DeliveryAct>,
    /// Changes of subjects.
    pub subjects: Vec<SubjectChange>,
    /// Proposals made.
    pub proposals: Vec<NewProposal>,
    /// Proposals decided.
    pub proposal_acts: Vec<ProposalAct>,
    /// Links made, or replaced by their id (undone).
    pub links: Vec<Link>,
    /// Restrictions set, or replaced by their id at the version that follows the one held.
    pub restrictions: Vec<Restriction>,
    /// Relations set, or replaced by their id at the version that follows the one held.
    pub relations: Vec<Relation>,
    /// Homes put or removed. What is said of one takes the place of what was said, which is kept as its history.
    pub homes: Vec<OfferedChange>,
    /// Providers of homes put or removed; without a history.
    pub providers: Vec<OfferedChange>,
    /// Searches for homes put or removed; without a history.
    pub referrals: Vec<OfferedChange>,
    /// Photographs of homes put or removed.
    pub photos: Vec<PhotoChange>,
    /// Approvals made or replaced.
    pub approvals: Vec<Approval>,
    /// Alerts raised, or replaced by their id (seen).
    pub alerts: Vec<Alert>,
    /// Deliveries planned.
    pub deliveries: Vec<NewDelivery>,
    /// Whole files that were begun and have all their lots: each takes the place of all that its lane has not sent.
    pub wholes: Vec<DeliveryId>,
    /// When whole files are made.
    pub runs: Vec<RunChange>,
    /// Subjects of which everything goes: what is held, what it is looked for by, the ids of its resources,
    /// restrictions, relations, links, proposals, what targets were sent, and the bodies of settled deliveries about it
    /// alone; and the same of whoever was merged into it. Its data key is destroyed. What it is known by stays, as blind indexes.
    pub erasures: Vec<SubjectId>,
    /// Erased subjects that are known by nothing any more.
    pub readmissions: Vec<SubjectId>,
    /// What partners may see by a configuration that is loaded; it replaces what was kept of the one before.
    pub loaded_views: Option<Vec<LoadedView>>,
    /// What is told of it, in order. The first line is the message's own when there is a message.
    pub audit: Vec<AuditEntry>,
}

/// A key that makes a request safe to repeat.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// Who asked.
    pub partner: String,
    /// Method and path without query.
    pub request: String,
    /// The caller's key.
    pub key: String,
    /// SHA-256 of query, content type and body.
    pub fingerprint: [u8; 32],
    /// The answer to repeat, opaque here; a message's receipt is made anew from the message.
    pub answer: Vec<u8>,
    /// Until when.
    pub expires_at: Micros,
    /// Now.
    pub now: Micros,
    /// A key used for another request is a new request (the FHIR surface's X-Request-ID), not a mismatch.
    pub lenient: bool,
}

/// An assertion's own id.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// Whose.
    pub partner: String,
    /// Its id.
    pub jti: String,
    /// Until when it could be used.
    pub expires_at: Micros,
    /// Now.
    pub now: Micros,
}

/// What was kept.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Sequence number and hash of each audit line, in order.
    pub audit: Vec<(u64, [u8; 32])>,
}

/// Why a batch was not kept. Nothing of it was.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refused {
    /// The key was used for the same request: its answer, and the message when it was one.
    Repeated {
        /// The stored answer.
        answer: Vec<u8>,
        /// The message that it acknowledged.
        message: Option<MessageId>,
    },
    /// The same content came just before: the first message stands for it.
    SameContent(MessageId),
    /// The key was used for another request.
    Mismatch,
    /// The assertion was used before.
    Used,
    /// Something that was seen has changed since, or an identifier belongs to another subject: look again.
    Clash,
    /// The state of the thing does not allow it; the word of the state it is in.
    State(&'static str),
    /// The fence is not the latest.
    Stale,
    /// There is no such thing.
    Missing,
}
