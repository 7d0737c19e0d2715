//! What remembers: messages, what is held of each child, deliveries and the audit chain, on stable storage.
//!
//! One trait, [`Store`], in three verbs, each one commit for many things: [`keep`](Store::keep) what came or was
//! decided, [`lease`](Store::lease) what is to be done, [`settle`](Store::settle) what came of it. Bodies are opaque
//! here and encrypted before they reach a disk; identifiers are found by blind indexes. Nothing in the trait leans on
//! one implementation: the module `conformance` (a feature) is what each must pass.
//!
//! **Invariants.** An answer to a write is given only when it is on stable storage. An audit line stands in the same
//! commit as what it tells. A delivery is leased only if nothing that protects its children has changed since it was
//! made. A settlement under an old fence changes nothing. No error holds a value of a record.

pub mod anchors;
pub mod audit;
pub mod batch;
mod chain;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod crash;
pub mod delivery;
pub mod home;
pub mod identity;
mod keys;
pub mod loaded;
pub mod message;
pub mod photo;
pub mod sqlite;
pub mod subject;
pub mod whole;
mod words;

pub use batch::{Batch, Kept, Refused};
pub use keys::{Keys, KeysFault};
pub use sqlite::SqliteStore;

use audit::{AuditFilter, AuditLine, Verdict};
use delivery::{
    Delivery, DeliveryFilter, DeliveryId, DeliveryLeases, DeliverySettlement, LeaseOrder, NewDelivery, Target,
};
use home::{HomeId, Offered, ProviderId, ReferralId};
use identity::{Alert, Approval, BlindIdentifier, Proposal, ProposalState, Relation, RelationFilter, Restriction};
use message::{LeasedMessage, Message, MessageFilter, MessageId, MessageSettlement, Reject};
use photo::{Photo, PhotoId};
use subject::{DemographicKey, PlaceKey, SubjectId, SubjectState, Waiting};
use whole::{Run, WholeLot};

/// Microseconds since 1970 UTC: every time in the store. Always handed in, never read from a clock.
pub type Micros = i64;

/// A page of a list, newest first.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Its items.
    pub items: Vec<T>,
    /// Where the next page begins; `None` when this is the last.
    pub next: Option<Cursor>,
}

/// Where a page begins: after this id. Opaque outside; whoever shows it to a caller seals it.
pub type Cursor = uuid::Uuid;

/// Why the store cannot do what is asked; never a value of a record.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The disk is full, or free space is below the configured minimum.
    #[error("the store has no room")]
    Full,
    /// The store cannot be read or written.
    #[error("the store failed: {0}")]
    Failed(String),
    /// What is stored cannot be decrypted or is not what was written.
    #[error("what is stored cannot be read: {0}")]
    Corrupt(&'static str),
    /// The store is closing.
    #[error("the store is closed")]
    Closed,
}

/// Who waits for a write. It is called once, from the store's own thread, and must not block.
pub type Done<T> = Box<dyn FnOnce(Result<T, StoreFault>) + Send>;

/// What remembers. All methods may be called from any thread; those that read may block for as long as a disk takes.
pub trait Store: Send + Sync {
    /// Begins a message whose body comes in pieces: it stays invisible until [`Batch::message`] names it.
    fn arrive(&self, message: MessageId, at: Micros, done: Done<()>);

    /// The next piece of an arriving body, encrypted on its way; at most [`CHUNK_BYTES_MAX`], numbered from 0.
    fn chunk(&self, message: MessageId, number: u32, bytes: Vec<u8>, done: Done<()>);

    /// Forgets an arriving message.
    fn abandon(&self, message: MessageId);

    /// Keeps a batch, whole or not at all.
    fn keep(&self, batch: Batch, done: Done<Result<Kept, Refused>>);

    /// Begins a whole file: a delivery whose body, children and disclosure come in lots and not with it, and that nobody
    /// sees until [`Batch::wholes`] names it. The disclosure that it comes with is told at each try.
    fn begin_whole(&self, new: NewDelivery, done: Done<()>);

    /// The next lot of a whole file.
    fn add_to_whole(&self, id: DeliveryId, lot: WholeLot, done: Done<()>);

    /// Forgets a whole file that was begun.
    fn abandon_whole(&self, id: DeliveryId);

    /// Leases up to `most` messages that wait to be read, oldest first. One that was leased and never settled by an
    /// earlier process counts an attempt and is leased again.
    fn lease_messages(&self, most: usize, now: Micros, done: Done<Vec<LeasedMessage>>);

    /// Leases deliveries: only heads of lanes, fairly over targets, and only if epochs, view and standing are those of
    /// the planning; the disclosure lines of what is leased are in the same commit. What differs is given back as
    /// stale, under a fence, to be made again.
    fn lease_deliveries(&self, order: LeaseOrder, done: Done<DeliveryLeases>);

    /// Settles what was read: records, deliveries, report and audit in one commit, if the fence is still good.
    fn settle_message(&self, settlement: MessageSettlement, done: Done<Result<Kept, Refused>>);

    /// Settles deliveries, each by itself; in order, whether its fence was still good.
    fn settle_deliveries(&self, settlements: Vec<DeliverySettlement>, done: Done<Vec<bool>>);

    /// Moves the end of every wait by so much, because the clock was set, and brings back those that would end after
    /// `latest`; how many were moved. What was planned for a time of day stays there.
    fn move_waits(&self, by: Micros, latest: Micros, done: Done<u64>);

    /// What a batch under this key would be refused with: the answer of the first, or another request under it.
    fn first_answer(&self, key: &batch::Idempotency) -> Result<Option<Refused>, StoreFault>;

    /// A message, by id.
    fn message(&self, id: MessageId) -> Result<Option<Message>, StoreFault>;

    /// Messages, newest first.
    fn messages(&self, filter: &MessageFilter) -> Result<Page<Message>, StoreFault>;

    /// One piece of a message's body, decrypted; `None` after the last, or when it was purged.
    fn body_chunk(&self, id: MessageId, number: u32) -> Result<Option<Vec<u8>>, StoreFault>;

    /// The report of a reading; of the latest when no attempt is named.
    fn report(&self, id: MessageId, attempt: Option<u32>) -> Result<Option<Vec<u8>>, StoreFault>;

    /// The rejected rows of the latest reading.
    fn rejects(&self, id: MessageId) -> Result<Vec<Reject>, StoreFault>;

    /// The subjects that are known by these identifiers, each `None` where it is not known.
    fn find(&self, identifiers: &[BlindIdentifier]) -> Result<Vec<Option<SubjectId>>, StoreFault>;

    /// The subjects that resources of these ids are of, each `None` where no change has named it, or its subject was
    /// erased. It is the subject that was named last: one that was merged into another since may still be named.
    fn subjects_of_resources(&self, ids: &[uuid::Uuid]) -> Result<Vec<Option<SubjectId>>, StoreFault>;

    /// What is held of these subjects, in their order, with what the named targets were sent.
    fn subjects(&self, ids: &[SubjectId], targets: &[Target]) -> Result<Vec<Option<SubjectState>>, StoreFault>;

    /// Which of these places is one of a protected subject, other than `but`.
    fn protected_places(&self, places: &[PlaceKey], but: Option<SubjectId>) -> Result<Vec<bool>, StoreFault>;

    /// The subjects who live in any of these places.
    fn subjects_at(&self, places: &[PlaceKey]) -> Result<Vec<SubjectId>, StoreFault>;

    /// The subjects that have each of these keys, at most so many for each, in the order of their ids.
    fn alike(&self, keys: &[DemographicKey], most: usize) -> Result<Vec<Vec<SubjectId>>, StoreFault>;

    /// Subjects, in an order that does not change while others are added: all of them, page by page.
    fn all_subjects(&self, after: Option<SubjectId>, most: usize) -> Result<Vec<SubjectId>, StoreFault>;

    /// Subjects that wait for people, in an order that does not change while others are added, page by page.
    fn waiting_subjects(
        &self,
        what: Waiting,
        after: Option<SubjectId>,
        most: usize,
    ) -> Result<Vec<SubjectId>, StoreFault>;

    /// Subjects of which something is held and nobody has looked which resources come of it, in an order that does not
    /// change while others are added, page by page.
    fn unindexed_subjects(&self, after: Option<SubjectId>, most: usize) -> Result<Vec<SubjectId>, StoreFault>;

    /// A delivery, by id; its body only when asked for.
    fn delivery(&self, id: DeliveryId, with_body: bool) -> Result<Option<Delivery>, StoreFault>;

    /// Deliveries, newest first, without bodies.
    fn deliveries(&self, filter: &DeliveryFilter) -> Result<Page<Delivery>, StoreFault>;

    /// The open deliveries (not delivered, superseded or discarded) that name a subject, oldest first, each with that
    /// subject alone.
    fn open_deliveries(&self, subject: SubjectId) -> Result<Vec<Delivery>, StoreFault>;

    /// The earliest time at which a waiting or planned delivery wants to be looked at.
    fn next_delivery_at(&self) -> Result<Option<Micros>, StoreFault>;

    /// When whole files are made, target by target.
    fn runs(&self) -> Result<Vec<Run>, StoreFault>;

    /// States of the breakers as they were last settled.
    fn breakers(&self) -> Result<Vec<(Target, Vec<u8>)>, StoreFault>;

    /// Identity proposals.
    fn proposals(&self, state: ProposalState, after: Option<Cursor>, limit: u32) -> Result<Page<Proposal>, StoreFault>;

    /// The open proposals of a subject, newest first, at most so many.
    fn proposals_of(&self, subject: SubjectId, most: u32) -> Result<Vec<Proposal>, StoreFault>;

    /// One proposal.
    fn proposal(&self, id: uuid::Uuid) -> Result<Option<Proposal>, StoreFault>;

    /// A link made by a confirmed proposal.
    fn link(&self, id: uuid::Uuid) -> Result<Option<identity::Link>, StoreFault>;

    /// Restrictions set in the house: those of a subject, or all in force.
    fn restrictions(&self, subject: Option<SubjectId>) -> Result<Vec<Restriction>, StoreFault>;

    /// One restriction.
    fn restriction(&self, id: uuid::Uuid) -> Result<Option<Restriction>, StoreFault>;

    /// Relations that nobody has ended, newest first.
    fn relations(&self, filter: &RelationFilter) -> Result<Page<Relation>, StoreFault>;

    /// One relation.
    fn relation(&self, id: uuid::Uuid) -> Result<Option<Relation>, StoreFault>;

    /// What was approved of a route, or of all.
    fn approvals(&self, route: Option<&str>) -> Result<Vec<Approval>, StoreFault>;

    /// What partners could see by the configuration that was loaded last.
    fn loaded_views(&self) -> Result<Vec<loaded::LoadedView>, StoreFault>;

    /// Homes, in an order that does not change while others are added: all of them, page by page.
    fn homes(&self, after: Option<HomeId>, most: usize) -> Result<Vec<Offered>, StoreFault>;

    /// What was said of a home before, newest first, at most [`HOME_VERSIONS_MAX`](home::HOME_VERSIONS_MAX).
    fn home_versions(&self, id: HomeId) -> Result<Vec<Offered>, StoreFault>;

    /// Providers of homes, as [`homes`](Store::homes).
    fn providers(&self, after: Option<ProviderId>, most: usize) -> Result<Vec<Offered>, StoreFault>;

    /// Searches for homes, as [`homes`](Store::homes).
    fn referrals(&self, after: Option<ReferralId>, most: usize) -> Result<Vec<Offered>, StoreFault>;

    /// What is known of photographs of homes, without their bytes, as [`homes`](Store::homes).
    fn photos(&self, after: Option<PhotoId>, most: usize) -> Result<Vec<Photo>, StoreFault>;

    /// The bytes of a photograph.
    fn photo_body(&self, id: PhotoId) -> Result<Option<Vec<u8>>, StoreFault>;

    /// Alerts that nobody has seen yet, or all.
    fn alerts(&self, open_only: bool) -> Result<Vec<Alert>, StoreFault>;

    /// Audit lines, newest first.
    fn audit(&self, filter: &AuditFilter) -> Result<Page<AuditLine>, StoreFault>;

    /// Recomputes the chain from one sequence number to another (both within it; `None`: its ends), and compares an
    /// anchor (sequence number and hash) when one is given. `progress` hears how many lines are done.
    fn verify(
        &self,
        range: (Option<u64>, Option<u64>),
        anchor: Option<(u64, [u8; 32])>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Verdict, StoreFault>;

    /// The head of the chain: its last sequence number and hash; zeros when it is empty.
    fn audit_head(&self) -> Result<(u64, [u8; 32]), StoreFault>;

    /// Purges what is due in one lot of at most `lot`; how much was done (0: nothing is due).
    fn purge(&self, due: &Retention, now: Micros, lot: usize, done: Done<u64>);

    /// Re-wraps data keys of older key-encryption keys, one lot; how many are left.
    fn rewrap(&self, lot: usize, done: Done<u64>);

    /// Free bytes of the disk, where the system tells.
    fn disk_free_bytes(&self) -> Option<u64>;

    /// Numbers for metrics. Counting takes the longer the more is held.
    fn census(&self) -> Result<Census, StoreFault>;

    /// A write that changes nothing but its own time: what readiness asks for.
    fn touch(&self, now: Micros, done: Done<()>);

    /// The 32 bytes under which tokens, cursors and the like are derived (HKDF-SHA-256 with this label, from the oldest
    /// key of the key file).
    fn derive(&self, label: &str) -> [u8; 32];
}

/// Bytes of one piece of a body.
pub const CHUNK_BYTES_MAX: usize = 256 * 1024;

/// When what may go goes: each before this time.
#[derive(Clone, Debug)]
pub struct Retention {
    /// Bytes as received and as sent, of what is settled.
    pub content_before: Micros,
    /// The same, of what is quarantined.
    pub quarantine_before: Micros,
    /// Reports.
    pub report_before: Micros,
    /// Rows of deliveries.
    pub delivery_before: Micros,
    /// Audit lines; a checkpoint line stays in their place.
    pub audit_before: Micros,
    /// Idempotency keys and used assertions whose time is over go by themselves.
    pub keys_before: Micros,
}

/// Numbers of the store.
#[derive(Clone, Debug, Default)]
pub struct Census {
    /// Messages by state.
    pub messages: Vec<(&'static str, u64)>,
    /// Deliveries by state and recipient.
    pub deliveries: Vec<(&'static str, String, u64)>,
    /// When the oldest delivery that is open was made.
    pub oldest_delivery: Option<Micros>,
    /// Bytes by table.
    pub bytes: Vec<(String, u64)>,
    /// Last sequence number of the audit chain.
    pub audit_seq: u64,
    /// Restrictions in force by kind.
    pub restrictions: Vec<(String, u64)>,
    /// Subjects held by an unreadable guard.
    pub guard_holds: u64,
    /// Alerts nobody has seen.
    pub alerts_open: u64,
    /// Data keys that are wrapped under an older key.
    pub rewrap_left: u64,
    /// Writes committed and batches they were committed in, since start.
    pub commits: (u64, u64),
}
