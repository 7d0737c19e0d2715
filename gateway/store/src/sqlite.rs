//! The store in one file: SQLite in WAL mode, every commit synced, one thread that writes.

mod audit;
mod census;
mod deliveries;
mod disk;
mod homes;
mod lanes;
mod loaded;
mod messages;
mod people;
mod photos;
mod reading;
mod retention;
mod schema;
mod subjects;
#[cfg(test)]
mod tests;
mod wholes;
mod writer;
mod writing;

use std::{
    cmp::Ordering,
    collections::HashMap,
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use uuid::Uuid;

use crate::{
    Batch, Census, Cursor, Done, Kept, Micros, Page, Refused, Retention, Store, StoreFault,
    audit::{AuditFilter, AuditLine, Verdict},
    batch::Idempotency,
    delivery::{
        Delivery, DeliveryFilter, DeliveryId, DeliveryLeases, DeliveryOutcome, DeliverySettlement, LeaseOrder,
        NewDelivery, Target,
    },
    home::{HomeId, Offered, ProviderId, ReferralId},
    identity::{
        Alert, Approval, BlindIdentifier, Link, Proposal, ProposalState, Relation, RelationFilter, Restriction,
    },
    keys::{Cell, DataKey, Keys, Wrapped},
    loaded::LoadedView,
    message::{LeasedMessage, Message, MessageFilter, MessageId, MessageSettlement, NewBody, Reject},
    photo::{Photo, PhotoId},
    subject::{DemographicKey, PlaceKey, SubjectId, SubjectState, Waiting},
    whole::{Run, WholeLot},
};
use disk::Room;
pub use loaded::loaded_views;
use reading::{Readers, Reading};
use wholes::{Begun, Making};
use writer::{Pace, State, Work, Writer};
use writing::{Halt, SealedBatch, Step};

/// Name of the store's file in its folder.
const FILE_NAME: &str = "homeward.sqlite";

/// Name of the file whose lock says that a process has the store open.
const LOCK_NAME: &str = "homeward.lock";

/// Where a store is and how it is kept.
#[derive(Debug)]
pub struct Settings {
    /// Its folder; it must exist.
    pub folder: PathBuf,
    /// Its keys.
    pub keys: Keys,
    /// A commit waits for others at most so long after the first, and only while others come.
    pub commit_wait_us_max: u64,
    /// Callers that share a commit.
    pub commit_messages_max: usize,
    /// Below this nothing more comes in; 0 asks for none.
    pub disk_free_bytes_min: u64,
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenFault {
    /// Another process has it open.
    #[error("another process has this store open")]
    InUse,
    /// A newer program wrote it.
    #[error("this store has layout {store}, and this program knows none after {program}")]
    Newer {
        /// The layout it has.
        store: u32,
        /// The newest that this program knows.
        program: u32,
    },
    /// An older program wrote it, and nothing of it is to be changed.
    #[error("this store has layout {store}, and only a gateway that starts on it brings it to {program}")]
    Older {
        /// The layout it has.
        store: u32,
        /// The one that this program reads.
        program: u32,
    },
    /// There is none, and none is to be made.
    #[error("there is no store in this folder")]
    Missing,
    /// Something in it is wrapped under a key that the key file does not hold.
    #[error("the key file holds no key {0:?}, which this store needs")]
    KeyMissing(String),
    /// A key is not the one that the store was written with.
    #[error("the key {0:?} is another than this store was written with")]
    KeyDiffers(String),
    /// The folder cannot be used.
    #[error("the folder of the store: {0}")]
    Folder(#[from] std::io::Error),
    /// The file cannot be used.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl From<rusqlite::Error> for OpenFault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Data keys of bodies that arrive, and since when.
type Arriving = Mutex<HashMap<MessageId, (Micros, DataKey, Wrapped)>>;

/// The store in one file.
pub struct SqliteStore {
    // Before the lock, so that the file is closed when another may open it.
    writer: Writer,
    readers: Readers,
    keys: Arc<RwLock<Arc<Keys>>>,
    arriving: Arc<Arriving>,
    making: Arc<Making>,
    folder: PathBuf,
    _lock: File,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens a store, made when there is none. Leases of an earlier process are void, and bodies that were arriving are
    /// forgotten.
    ///
    /// # Errors
    /// When another process has it, a newer program wrote it, the keys are not its own, or the disk fails.
    pub fn open(settings: Settings) -> Result<Self, OpenFault> {
        let lock = locked(&settings.folder)?;
        let mut db = Connection::open(settings.folder.join(FILE_NAME))?;
        schema::prepare_writer(&db)?;
        let held = schema::version(&db)?;
        if held > schema::SCHEMA_VERSION {
            return Err(OpenFault::Newer { store: held, program: schema::SCHEMA_VERSION });
        }
        schema::migrate(&mut db)?;
        let begin = db.transaction()?;
        agree_about_keys(&begin, &settings.keys)?;
        void_leases(&begin)?;
        begin.commit()?;
        Self::over(db, lock, settings)
    }

    /// Opens a store that stands, to look into it: nobody else has it meanwhile, and nothing of it is changed. Leases
    /// stay, a reading that ended with its process is not counted once more, and every write is a fault.
    ///
    /// # Errors
    /// As [`SqliteStore::open`], and when there is none or an older program wrote it.
    pub fn open_to_read(settings: Settings) -> Result<Self, OpenFault> {
        let file = settings.folder.join(FILE_NAME);
        if !file.is_file() {
            return Err(OpenFault::Missing);
        }
        let lock = locked(&settings.folder)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(file, flags)?;
        schema::prepare_reader(&db)?;
        let (store, program) = (schema::version(&db)?, schema::SCHEMA_VERSION);
        match store.cmp(&program) {
            Ordering::Less => return Err(OpenFault::Older { store, program }),
            Ordering::Equal => {}
            Ordering::Greater => return Err(OpenFault::Newer { store, program }),
        }
        let agreed = db.transaction()?;
        agree_about_keys(&agreed, &settings.keys)?;
        agreed.rollback()?;
        db.pragma_update(None, "query_only", "ON")?;
        Self::over(db, lock, settings)
    }

    fn over(db: Connection, lock: File, settings: Settings) -> Result<Self, OpenFault> {
        let Settings { folder, keys, commit_wait_us_max, commit_messages_max, disk_free_bytes_min } = settings;
        let messages = db.query_row("SELECT coalesce(max(number), 0) FROM message", [], |row| row.get(0))?;
        let keys = Arc::new(RwLock::new(Arc::new(keys)));
        let state = State {
            head: audit::stored_head(&db)?,
            messages,
            keys: Arc::clone(&keys),
            room: Room::new(folder.clone(), disk_free_bytes_min),
            pace: Pace::new(commit_wait_us_max, commit_messages_max),
        };
        Ok(Self {
            writer: Writer::start(db, state)?,
            readers: Readers::new(folder.join(FILE_NAME)),
            keys,
            arriving: Arc::default(),
            making: Arc::default(),
            folder,
            _lock: lock,
        })
    }

    /// Takes other settings of how it is kept, from the next commit on; the meanings are those of [`Settings`].
    pub fn tune(&self, commit_wait_us_max: u64, commit_messages_max: usize, disk_free_bytes_min: u64) {
        let pace = Pace::new(commit_wait_us_max, commit_messages_max);
        self.writer.hand_in(Box::new(|_| {}), move |writing| {
            writing.tune(pace, disk_free_bytes_min);
            Ok(Work::Keep(()))
        });
    }

    /// Takes a key file that was read again: what is written from now on is wrapped under its first key, and
    /// [`rewrap`](Store::rewrap) does the same for what is held.
    ///
    /// # Errors
    /// When a key that the store needs is missing or another; the keys then stay as they were.
    pub fn renew_keys(&self, keys: Keys) -> Result<(), OpenFault> {
        let keys = Arc::new(keys);
        let (told, answer) = std::sync::mpsc::channel();
        let (agreed, slot) = (Arc::clone(&keys), Arc::clone(&self.keys));
        let done: Done<Result<(), OpenFault>> = Box::new(move |came| {
            let _ = told.send(came);
        });
        self.writer.hand_in(done, move |writing| match agree_about_keys(writing.db, &agreed) {
            Ok(()) => {
                *slot.write().unwrap_or_else(PoisonError::into_inner) = agreed;
                Ok(Work::Keep(Ok(())))
            }
            Err(OpenFault::Store(fault)) => Err(fault),
            Err(fault) => Ok(Work::Undo(Err(fault))),
        });
        answer.recv().map_err(|_| OpenFault::Store(StoreFault::Closed))??
    }

    fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn read<T>(&self, read: impl FnOnce(&Reading<'_>) -> Result<T, StoreFault>) -> Result<T, StoreFault> {
        self.readers.read(&self.keys(), read)
    }

    /// Seals bodies on the thread of who hands them in.
    fn seal(&self, mut batch: Batch) -> Result<Result<SealedBatch, Refused>, StoreFault> {
        let keys = self.keys();
        let message = match &mut batch.message {
            Some(new) => {
                let id = new.id;
                let body = std::mem::replace(&mut new.body, NewBody::Arrived(0));
                let (body, (key, wrapped)) = match body {
                    NewBody::Whole(bytes) => (Ok(bytes), keys.data_key("message", id.as_bytes())?),
                    NewBody::Arrived(pieces) => {
                        let Some(held) = self.arriving_key(id) else { return Ok(Err(Refused::Missing)) };
                        (Err(pieces), held)
                    }
                };
                Some(messages::seal(new, body, &key, wrapped)?)
            }
            None => None,
        };
        let deliveries =
            batch.deliveries.iter_mut().map(|new| deliveries::seal(&keys, new)).collect::<Result<_, _>>()?;
        let making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let wholes: Option<Vec<_>> = batch.wholes.iter().map(|id| Some((*id, making.get(id)?.body()))).collect();
        drop(making);
        let Some(wholes) = wholes else { return Ok(Err(Refused::Missing)) };
        Ok(Ok(SealedBatch { batch, message, deliveries, wholes }))
    }

    fn arriving_key(&self, id: MessageId) -> Option<(DataKey, Wrapped)> {
        let arriving = self.arriving.lock().unwrap_or_else(PoisonError::into_inner);
        arriving.get(&id).map(|(_, key, wrapped)| (key.clone(), wrapped.clone()))
    }

    fn forget_arriving(&self, forget: impl Fn(&MessageId, Micros) -> bool) {
        forget_from(&self.arriving, forget);
    }
}

fn forget_from(arriving: &Arriving, forget: impl Fn(&MessageId, Micros) -> bool) {
    arriving.lock().unwrap_or_else(PoisonError::into_inner).retain(|id, (since, ..)| !forget(id, *since));
}

/// Sees to it that no other process has the store of a folder open, for as long as the file is.
fn locked(folder: &Path) -> Result<File, OpenFault> {
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK_NAME))?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => OpenFault::InUse,
        TryLockError::Error(error) => OpenFault::Folder(error),
    })?;
    Ok(lock)
}

/// Recomputes the audit chain of a store, or of a copy of one, without its keys and without changing it.
///
/// # Errors
/// When the file cannot be read.
pub fn verify_file(
    file: &Path,
    range: (Option<u64>, Option<u64>),
    anchor: Option<(u64, [u8; 32])>,
    progress: &mut dyn FnMut(u64),
) -> Result<Verdict, StoreFault> {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    schema::prepare_reader(&db)?;
    let snapshot = db.unchecked_transaction()?;
    audit::verify(&snapshot, range, anchor, progress)
}

/// Every key that something is wrapped under is in the key file, and is what it was; so is the oldest, which finds.
fn agree_about_keys(db: &Connection, keys: &Keys) -> Result<(), OpenFault> {
    let mut held = db.prepare("SELECT key_id, key_check FROM wrapping")?;
    let held = held.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    for wrapping in held {
        let (id, check): (String, Vec<u8>) = wrapping?;
        match keys.check(&id) {
            None => return Err(OpenFault::KeyMissing(id)),
            Some(now) if now[..] != check => return Err(OpenFault::KeyDiffers(id)),
            Some(_) => {}
        }
    }
    let finds = keys.derive("blind index check");
    let held: Option<Vec<u8>> =
        db.query_row("SELECT key_check FROM wrapping_oldest", [], |row| row.get(0)).optional()?;
    match held {
        Some(held) if held != finds => return Err(OpenFault::KeyDiffers(keys.last().to_owned())),
        Some(_) => {}
        None => {
            db.execute("INSERT INTO wrapping_oldest VALUES (1, ?1)", [finds])?;
        }
    }
    let first = keys.first();
    db.execute("INSERT OR IGNORE INTO wrapping VALUES (?1, ?2)", params![first, keys.check(first)])?;
    Ok(())
}

/// What an earlier process had leased is leased again; what was arriving never came.
fn void_leases(db: &Connection) -> Result<(), StoreFault> {
    let epoch = schema::meta(db, "epoch")?.unwrap_or(0);
    schema::set_meta(db, "epoch", epoch + 1)?;
    db.execute(
        "UPDATE message SET state = 'received', crashes = crashes + 1, version = version + 1 WHERE state = 'reading'",
        [],
    )?;
    let mut leased = db.prepare("SELECT DISTINCT lane FROM delivery WHERE state = 'leased'")?;
    let lanes: Vec<Vec<u8>> = leased.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    db.execute("UPDATE delivery SET state = 'ready', version = version + 1 WHERE state = 'leased'", [])?;
    wholes::give_way_at_start(db)?;
    lanes.iter().try_for_each(|lane| lanes::refresh(db, lane))?;
    wholes::abandon(db, None)?;
    retention::forget_arriving(db, None, usize::MAX)?;
    Ok(())
}

/// A refusal rolls back and is an answer; a fault is none.
fn work<T>(step: Step<T>) -> Result<Work<Result<T, Refused>>, StoreFault> {
    match step {
        Ok(kept) => Ok(Work::Keep(Ok(kept))),
        Err(Halt::Refused(refused)) => Ok(Work::Undo(Err(refused))),
        Err(Halt::Fault(fault)) => Err(fault),
    }
}

impl Store for SqliteStore {
    fn arrive(&self, message: MessageId, at: Micros, done: Done<()>) {
        let (key, wrapped) = match self.keys().data_key("message", message.as_bytes()) {
            Ok(made) => made,
            Err(fault) => return done(Err(fault)),
        };
        let stored = wrapped.clone();
        self.arriving.lock().unwrap_or_else(PoisonError::into_inner).insert(message, (at, key, wrapped));
        self.writer.hand_in(done, move |writing| messages::arrive(writing, message, at, &stored).map(Work::Keep));
    }

    fn chunk(&self, message: MessageId, number: u32, bytes: Vec<u8>, done: Done<()>) {
        let missing = || StoreFault::Failed("no such message arrives".to_owned());
        let Some((key, _)) = self.arriving_key(message) else { return done(Err(missing())) };
        if bytes.len() > crate::CHUNK_BYTES_MAX || u64::from(number) >= 1 << schema::PIECE_BITS {
            return done(Err(StoreFault::Failed("a piece is too large".to_owned())));
        }
        let cell = Cell { table: "chunk", id: message.as_bytes(), piece: u64::from(number) };
        match key.seal(&cell, &bytes) {
            Ok(sealed) => {
                self.writer.hand_in(done, move |writing| match messages::chunk(writing, message, number, &sealed)? {
                    true => Ok(Work::Keep(())),
                    false => Err(missing()),
                })
            }
            Err(fault) => done(Err(fault)),
        }
    }

    fn abandon(&self, message: MessageId) {
        self.forget_arriving(|id, _| *id == message);
        // Nobody waits: what could not be removed now is removed at start, or within the hour.
        self.writer.hand_in(Box::new(|_| ()), move |writing| messages::abandon(writing, message).map(Work::Keep));
    }

    fn keep(&self, batch: Batch, done: Done<Result<Kept, Refused>>) {
        let arrived = batch.message.as_ref().filter(|new| matches!(new.body, NewBody::Arrived(_))).map(|new| new.id);
        let done: Done<Result<Kept, Refused>> = match arrived {
            None => done,
            Some(message) => {
                let arriving = Arc::clone(&self.arriving);
                Box::new(move |came| {
                    if matches!(came, Ok(Ok(_))) {
                        forget_from(&arriving, |id, _| *id == message);
                    }
                    done(came);
                })
            }
        };
        let done: Done<Result<Kept, Refused>> = match batch.wholes.clone() {
            none if none.is_empty() => done,
            wholes => {
                let making = Arc::clone(&self.making);
                Box::new(move |came| {
                    if matches!(came, Ok(Ok(_))) {
                        wholes.iter().for_each(|id| wholes::forget(&making, *id));
                    }
                    done(came);
                })
            }
        };
        match self.seal(batch) {
            Ok(Ok(sealed)) => self.writer.hand_in(done, move |writing| work(writing.apply(sealed))),
            Ok(Err(refused)) => done(Ok(Err(refused))),
            Err(fault) => done(Err(fault)),
        }
    }

    fn begin_whole(&self, mut new: NewDelivery, done: Done<()>) {
        let cells = self.keys().data_key("delivery", new.id.as_bytes()).and_then(|(key, wrapped)| {
            let cells = deliveries::seal_under(&key, wrapped, &mut new)?;
            self.making.lock().unwrap_or_else(PoisonError::into_inner).insert(new.id, Begun::new(key));
            Ok(cells)
        });
        let cells = match cells {
            Ok(cells) => cells,
            Err(fault) => return done(Err(fault)),
        };
        self.writer.hand_in(done, move |writing| match wholes::begin(writing, &new, cells) {
            Ok(()) => Ok(Work::Keep(())),
            Err(Halt::Fault(fault)) => Err(fault),
            Err(Halt::Refused(_)) => Err(StoreFault::Failed("a delivery of this id is there".to_owned())),
        });
    }

    fn add_to_whole(&self, id: DeliveryId, lot: WholeLot, done: Done<()>) {
        let missing = || StoreFault::Failed("no such whole file is made".to_owned());
        let sealed = match self.making.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&id) {
            Some(begun) => begun.seal(id, lot),
            None => Err(missing()),
        };
        match sealed {
            Ok(lot) => self.writer.hand_in(done, move |writing| match wholes::add(writing, id, &lot)? {
                true => Ok(Work::Keep(())),
                false => Err(missing()),
            }),
            Err(fault) => done(Err(fault)),
        }
    }

    fn abandon_whole(&self, id: DeliveryId) {
        wholes::forget(&self.making, id);
        // Nobody waits: what could not be removed now is removed at start.
        self.writer.hand_in(Box::new(|_| ()), move |writing| wholes::abandon(writing.db, Some(id)).map(Work::Keep));
    }

    fn lease_messages(&self, most: usize, now: Micros, done: Done<Vec<LeasedMessage>>) {
        self.writer.hand_in(done, move |writing| messages::lease(writing, most, now).map(Work::Keep));
    }

    fn lease_deliveries(&self, order: LeaseOrder, done: Done<DeliveryLeases>) {
        self.writer.hand_in(done, move |writing| lanes::lease(writing, &order).map(Work::Keep));
    }

    fn settle_message(&self, mut settlement: MessageSettlement, done: Done<Result<Kept, Refused>>) {
        match self.seal(std::mem::take(&mut settlement.batch)) {
            Ok(Ok(sealed)) => {
                self.writer.hand_in(done, move |writing| work(messages::settle(writing, &settlement, sealed)));
            }
            Ok(Err(refused)) => done(Ok(Err(refused))),
            Err(fault) => done(Err(fault)),
        }
    }

    fn settle_deliveries(&self, settlements: Vec<DeliverySettlement>, done: Done<Vec<bool>>) {
        let keys = self.keys();
        let mut sealed = Vec::with_capacity(settlements.len());
        for mut settlement in settlements {
            let cells = match &mut settlement.outcome {
                DeliveryOutcome::Superseded { instead, .. } => {
                    instead.iter_mut().map(|new| deliveries::seal(&keys, new)).collect()
                }
                _ => Ok(Vec::new()),
            };
            match cells {
                Ok(cells) => sealed.push((settlement, cells)),
                Err(fault) => return done(Err(fault)),
            }
        }
        self.writer.hand_in(done, move |writing| {
            let settled = sealed
                .into_iter()
                .map(|(settlement, cells)| writing.alone(|writing| deliveries::settle(writing, settlement, cells)));
            settled.collect::<Result<_, _>>().map(Work::Keep)
        });
    }

    fn first_answer(&self, key: &Idempotency) -> Result<Option<Refused>, StoreFault> {
        self.read(|reading| writing::first_answer(reading.db, reading.keys, key))
    }

    fn message(&self, id: MessageId) -> Result<Option<Message>, StoreFault> {
        self.read(|reading| reading.message(id))
    }

    fn messages(&self, filter: &MessageFilter) -> Result<Page<Message>, StoreFault> {
        self.read(|reading| reading.messages(filter))
    }

    fn body_chunk(&self, id: MessageId, number: u32) -> Result<Option<Vec<u8>>, StoreFault> {
        self.read(|reading| reading.body_chunk(id, number))
    }

    fn report(&self, id: MessageId, attempt: Option<u32>) -> Result<Option<Vec<u8>>, StoreFault> {
        self.read(|reading| reading.report(id, attempt))
    }

    fn rejects(&self, id: MessageId) -> Result<Vec<Reject>, StoreFault> {
        self.read(|reading| reading.rejects(id))
    }

    fn find(&self, identifiers: &[BlindIdentifier]) -> Result<Vec<Option<SubjectId>>, StoreFault> {
        self.read(|reading| reading.find(identifiers))
    }

    fn subjects_of_resources(&self, ids: &[Uuid]) -> Result<Vec<Option<SubjectId>>, StoreFault> {
        self.read(|reading| reading.subjects_of_resources(ids))
    }

    fn subjects(&self, ids: &[SubjectId], targets: &[Target]) -> Result<Vec<Option<SubjectState>>, StoreFault> {
        self.read(|reading| reading.subjects(ids, targets))
    }

    fn protected_places(&self, places: &[PlaceKey], but: Option<SubjectId>) -> Result<Vec<bool>, StoreFault> {
        self.read(|reading| reading.protected_places(places, but))
    }

    fn subjects_at(&self, places: &[PlaceKey]) -> Result<Vec<SubjectId>, StoreFault> {
        self.read(|reading| reading.subjects_at(places))
    }

    fn alike(&self, keys: &[DemographicKey], most: usize) -> Result<Vec<Vec<SubjectId>>, StoreFault> {
        self.read(|reading| reading.alike(keys, most))
    }

    fn all_subjects(&self, after: Option<SubjectId>, most: usize) -> Result<Vec<SubjectId>, StoreFault> {
        self.read(|reading| reading.all_subjects(after, most))
    }

    fn waiting_subjects(
        &self,
        what: Waiting,
        after: Option<SubjectId>,
        most: usize,
    ) -> Result<Vec<SubjectId>, StoreFault> {
        self.read(|reading| reading.waiting_subjects(what, after, most))
    }

    fn unindexed_subjects(&self, after: Option<SubjectId>, most: usize) -> Result<Vec<SubjectId>, StoreFault> {
        self.read(|reading| reading.unindexed_subjects(after, most))
    }

    fn delivery(&self, id: DeliveryId, with_body: bool) -> Result<Option<Delivery>, StoreFault> {
        self.read(|reading| reading.delivery(id, with_body))
    }

    fn deliveries(&self, filter: &DeliveryFilter) -> Result<Page<Delivery>, StoreFault> {
        self.read(|reading| reading.deliveries(filter))
    }

    fn open_deliveries(&self, subject: SubjectId) -> Result<Vec<Delivery>, StoreFault> {
        self.read(|reading| reading.open_deliveries(subject))
    }

    fn next_delivery_at(&self) -> Result<Option<Micros>, StoreFault> {
        self.read(|reading| reading.next_delivery_at())
    }

    fn runs(&self) -> Result<Vec<Run>, StoreFault> {
        self.read(|reading| reading.runs())
    }

    fn breakers(&self) -> Result<Vec<(Target, Vec<u8>)>, StoreFault> {
        self.read(|reading| reading.breakers())
    }

    fn proposals(&self, state: ProposalState, after: Option<Cursor>, limit: u32) -> Result<Page<Proposal>, StoreFault> {
        self.read(|reading| reading.proposals(state, after, limit))
    }

    fn proposals_of(&self, subject: SubjectId, most: u32) -> Result<Vec<Proposal>, StoreFault> {
        self.read(|reading| reading.proposals_of(subject, most))
    }

    fn proposal(&self, id: Uuid) -> Result<Option<Proposal>, StoreFault> {
        self.read(|reading| reading.proposal(id))
    }

    fn link(&self, id: Uuid) -> Result<Option<Link>, StoreFault> {
        self.read(|reading| reading.link(id))
    }

    fn restrictions(&self, subject: Option<SubjectId>) -> Result<Vec<Restriction>, StoreFault> {
        self.read(|reading| reading.restrictions(subject))
    }

    fn restriction(&self, id: Uuid) -> Result<Option<Restriction>, StoreFault> {
        self.read(|reading| reading.restriction(id))
    }

    fn relations(&self, filter: &RelationFilter) -> Result<Page<Relation>, StoreFault> {
        self.read(|reading| reading.relations(filter))
    }

    fn relation(&self, id: Uuid) -> Result<Option<Relation>, StoreFault> {
        self.read(|reading| reading.relation(id))
    }

    fn approvals(&self, route: Option<&str>) -> Result<Vec<Approval>, StoreFault> {
        self.read(|reading| reading.approvals(route))
    }

    fn loaded_views(&self) -> Result<Vec<LoadedView>, StoreFault> {
        self.read(|reading| reading.loaded_views())
    }

    fn homes(&self, after: Option<HomeId>, most: usize) -> Result<Vec<Offered>, StoreFault> {
        self.read(|reading| reading.offered(&homes::HOMES, after, most))
    }

    fn home_versions(&self, id: HomeId) -> Result<Vec<Offered>, StoreFault> {
        self.read(|reading| reading.home_versions(id))
    }

    fn providers(&self, after: Option<ProviderId>, most: usize) -> Result<Vec<Offered>, StoreFault> {
        self.read(|reading| reading.offered(&homes::PROVIDERS, after, most))
    }

    fn referrals(&self, after: Option<ReferralId>, most: usize) -> Result<Vec<Offered>, StoreFault> {
        self.read(|reading| reading.offered(&homes::REFERRALS, after, most))
    }

    fn photos(&self, after: Option<PhotoId>, most: usize) -> Result<Vec<Photo>, StoreFault> {
        self.read(|reading| reading.photos(after, most))
    }

    fn photo_body(&self, id: PhotoId) -> Result<Option<Vec<u8>>, StoreFault> {
        self.read(|reading| reading.photo_body(id))
    }

    fn alerts(&self, open_only: bool) -> Result<Vec<Alert>, StoreFault> {
        self.read(|reading| reading.alerts(open_only))
    }

    fn audit(&self, filter: &AuditFilter) -> Result<Page<AuditLine>, StoreFault> {
        self.read(|reading| reading.audit(filter))
    }

    fn verify(
        &self,
        range: (Option<u64>, Option<u64>),
        anchor: Option<(u64, [u8; 32])>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Verdict, StoreFault> {
        self.read(|reading| audit::verify(reading.db, range, anchor, progress))
    }

    fn audit_head(&self) -> Result<(u64, [u8; 32]), StoreFault> {
        self.read(|reading| reading.audit_head())
    }

    fn purge(&self, due: &Retention, now: Micros, lot: usize, done: Done<u64>) {
        let due = due.clone();
        self.forget_arriving(|_, since| since < now.saturating_sub(retention::ARRIVING_MICROS_MAX));
        self.writer.hand_in(done, move |writing| retention::purge(writing, &due, now, lot).map(Work::Keep));
    }

    fn rewrap(&self, lot: usize, done: Done<u64>) {
        self.writer.hand_in(done, move |writing| retention::rewrap(writing, lot).map(Work::Keep));
    }

    fn move_waits(&self, by: Micros, latest: Micros, done: Done<u64>) {
        self.writer.hand_in(done, move |writing| deliveries::move_waits(writing, by, latest).map(Work::Keep));
    }

    fn disk_free_bytes(&self) -> Option<u64> {
        fs4::available_space(&self.folder).ok()
    }

    fn census(&self) -> Result<Census, StoreFault> {
        Ok(Census { commits: self.writer.tally(), ..self.read(|reading| reading.census())? })
    }

    fn touch(&self, now: Micros, done: Done<()>) {
        self.writer.hand_in(done, move |writing| schema::set_meta(writing.db, "touched_at", now).map(Work::Keep));
    }

    fn derive(&self, label: &str) -> [u8; 32] {
        self.keys().derive(label)
    }
}
