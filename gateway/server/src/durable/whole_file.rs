//! Making a whole file: everything that a target may have of everybody it carries, as at the day of making, in the order
//! of its format.
//!
//! **Limits.** Children are opened in lots, twice: to find their order, and to be written; nobody is held longer than
//! its lot. What is written goes to the store lot by lot, and only an archive is put together in memory, packed. A file
//! is no larger than `message_bytes_max`. **Which moment.** Nobody waits while a file is made: each child is in it as it
//! was when it was opened, under the epoch of then, and the lease compares the epochs of all of them. **Who is in it.**
//! Whoever the view lets through and the format writes something of; nobody else is disclosed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Cursor, Write};

use exchange::carried::LeftOut;
use exchange::passage::ChildHeld;
use exchange::pipeline::Output;
use exchange::planned::PlanKey;
use exchange::whole::{Standing, lately_left, standing};
use exchange::writing::Writer;
use kit::adapter::{Disclosure, Encode};
use schemas::date::Date;
use schemas::identifier::LaCode;
use store::delivery::{DeliveryId, DeliverySubject, NewDelivery};
use store::subject::SubjectId;
use store::whole::{RunChange, WholeLot};
use store::{Batch, Micros, StoreFault};
use uuid::Uuid;
use zip::write::SimpleFileOptions;

use super::Durable;
use super::commit::kept_blocking;
use super::held::Child;
use super::moment::{day_in, now};
use super::planning::{ANCHOR, counted, goes_as_archive, media_type};
use super::way::Way;

/// Children that are opened at once.
const LOT: usize = 256;

/// The option of formats that tell for some days of who has left care.
const LEFT_CARE_DAYS: &str = "left_care_rows_days";

/// The count of the children in a file, beside those of who is left out.
const CARRIED: &str = "carried";

/// What came of a run.
#[derive(Debug)]
pub(crate) enum Made {
    /// A file of so many children waits to be sent.
    File(u64),
    /// Nothing is held of what the sender says of anybody: there is nothing to make a file of.
    Nothing,
}

/// Why no file was made.
#[derive(Debug)]
pub(crate) enum NotMade {
    /// It would be larger than `message_bytes_max`.
    TooLarge,
    /// The gateway is about to end.
    Stopped,
    /// The store failed.
    Store(StoreFault),
}

impl From<StoreFault> for NotMade {
    fn from(fault: StoreFault) -> Self {
        Self::Store(fault)
    }
}

impl From<io::Error> for NotMade {
    fn from(error: io::Error) -> Self {
        // The only other output than memory is the limit.
        if error.kind() == io::ErrorKind::FileTooLarge {
            Self::TooLarge
        } else {
            Self::Store(StoreFault::Failed(error.kind().to_string()))
        }
    }
}

/// One file under way.
struct Making<'d> {
    durable: &'d Durable,
    way: &'d Way,
    encode: &'static dyn Encode,
    id: DeliveryId,
    at: Micros,
    today: Date,
    key: PlanKey,
    /// For so many days after its care ended a child who was in the file before is told to have left.
    left_care_days: i32,
    carried: u64,
    left_out: BTreeMap<&'static str, u64>,
}

impl Durable {
    /// Makes the whole file of a way, as of now, and answers so many who asked for it. Nothing waits for it meanwhile.
    ///
    /// # Errors
    /// Why there is none. What was begun of it is gone then.
    pub(crate) fn make_whole_file(&self, way: &Way, answered: u64) -> Result<Made, NotMade> {
        let at = now();
        let cannot = || NotMade::Store(StoreFault::Failed("this format cannot be written".to_owned()));
        let mut making = Making {
            durable: self,
            way,
            encode: way.format().encode.ok_or_else(cannot)?,
            id: Uuid::now_v7(),
            at,
            today: day_in(&self.config.timezone, at),
            key: way.plan_key(&self.store.derive("homeward plan")),
            left_care_days: left_care_days(way),
            carried: 0,
            left_out: BTreeMap::new(),
        };
        let made = RunChange::Made { target: way.key.clone(), at, answered };
        let Some(order) = making.order()? else {
            keep(self, Batch { runs: vec![made], ..Batch::default() })?;
            return Ok(Made::Nothing);
        };
        kept_blocking(|done| self.store.begin_whole(making.delivery(), done))?;
        let mut begun = Begun { durable: self, id: making.id, is_kept: false };
        making.write(&order)?;
        let batch = Batch { wholes: vec![making.id], runs: vec![made], audit: vec![making.line()], ..Batch::default() };
        keep(self, batch)?;
        begun.is_kept = true;
        Ok(Made::File(making.carried))
    }
}

/// What a target's option of that name says, where its format has it: other formats tell of nobody who has left.
fn left_care_days(way: &Way) -> i32 {
    let Some(setting) = way.format().settings.iter().find(|setting| setting.name == LEFT_CARE_DAYS) else { return -1 };
    let said = way.target.options.iter().find(|(name, _)| name == LEFT_CARE_DAYS);
    said.map_or(setting.default, |(_, value)| value).parse().unwrap_or(-1)
}

/// What was begun of a file: gone, unless it was kept.
struct Begun<'d> {
    durable: &'d Durable,
    id: DeliveryId,
    is_kept: bool,
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.is_kept {
            self.durable.store.abandon_whole(self.id);
        }
    }
}

fn keep(durable: &Durable, batch: Batch) -> Result<(), NotMade> {
    let kept = kept_blocking(|done| durable.store.keep(batch, done))?;
    kept.map(drop).map_err(|_| NotMade::Store(StoreFault::Failed("a whole file was refused".to_owned())))
}

impl Making<'_> {
    /// Who is in it, in the order of the format; `None` when the sender says nothing of anybody.
    fn order(&mut self) -> Result<Option<Vec<SubjectId>>, NotMade> {
        let (mut order, mut after, mut is_anybody_held): (Vec<(Vec<u8>, SubjectId)>, _, _) = (Vec::new(), None, false);
        loop {
            let lot = self.durable.store.all_subjects(after, LOT)?;
            let Some(last) = lot.last().copied() else { break };
            after = Some(last);
            for child in self.open(&lot)? {
                is_anybody_held = true;
                match self.standing(&child)? {
                    Ok(standing) => order.push((self.encode.order(&standing.subject), child.id)),
                    Err(reason) => *self.left_out.entry(reason.word()).or_default() += 1,
                }
            }
        }
        order.sort_unstable();
        Ok(is_anybody_held.then(|| order.into_iter().map(|(_, id)| id).collect()))
    }

    /// Children of whom the sender says something.
    fn open(&self, ids: &[SubjectId]) -> Result<Vec<Child>, NotMade> {
        if self.durable.is_stopping() {
            return Err(NotMade::Stopped);
        }
        let mut children = self.durable.open_children(ids)?;
        children.retain(|child| child.holdings.contains_key(&self.way.route.from.partner));
        Ok(children)
    }

    fn standing(&self, child: &Child) -> Result<Result<Standing, LeftOut>, StoreFault> {
        let sources = child.for_way(self.way);
        let shares_place = self.durable.shares_place(child, self.today)?;
        let beside = child.beside_sender(&self.way.route.from.partner);
        let held = ChildHeld { holdings: &sources, beside: &beside, shares_place, restrictions: &child.restrictions };
        let to = self.way.destination(self.today);
        Ok(standing(&held, &to, &self.key).or_else(|reason| {
            let was_told = !child.told(&self.way.key).1.is_nothing();
            let left = was_told.then(|| lately_left(&held, &to, &self.key, reason, self.left_care_days));
            left.flatten().ok_or(reason)
        }))
    }

    /// Its row, without what follows in lots; the one line that it has already is told at each try.
    fn delivery(&self) -> NewDelivery {
        let way = self.way;
        NewDelivery {
            id: self.id,
            route: way.route.name.clone(),
            target: way.key.clone(),
            recipient: way.target.partner.clone(),
            lane: way.key.clone().into_bytes(),
            ahead: false,
            not_before: self.at,
            planned_at: self.at,
            format: way.format().name.to_owned(),
            media_type: media_type(way).to_owned(),
            view: way.view.digest().to_owned(),
            terms: way.terms.clone(),
            subjects: Vec::new(),
            body: Vec::new(),
            disclosure: vec![self.durable.disclosure_line(way, self.id, self.at, "tried")],
            correlation_id: None,
            messages: Vec::new(),
        }
    }

    /// The line that tells of the run: how many are in the file, and how many are left out for which reason.
    fn line(&self) -> store::audit::AuditEntry {
        let way = self.way;
        self.durable.line("run", &way.route.from.partner, self.at, |line| {
            line.object = Some(format!("delivery:{}", self.id));
            line.recipient = Some(way.target.partner.clone());
            line.view = Some(way.view.digest().to_owned());
            line.statements = self.left_out.iter().map(|(word, count)| (*word, *count)).collect();
            line.statements.push((CARRIED, self.carried));
            line.outcome = Some("planned".to_owned());
        })
    }

    /// Writes everybody in this order, lot by lot.
    fn write(&mut self, order: &[SubjectId]) -> Result<(), NotMade> {
        let (config, way) = (&self.durable.config, self.way);
        let options = way.options(config, self.today, self.authority(), self.at);
        let body = RefCell::new(Body::new(goes_as_archive(way), config.limits.message_bytes_max));
        let mut output = Shared(&body);
        let encoder = self.encode.begin(&options);
        let mut writer = Writer::begin(&*encoder, &mut output)?;
        for ids in order.chunks(LOT) {
            let mut lot = WholeLot::default();
            for child in self.open(ids)? {
                // Whoever was carried a moment ago may be so no more.
                let standing = match self.standing(&child)? {
                    Ok(standing) => standing,
                    Err(reason) => {
                        *self.left_out.entry(reason.word()).or_default() += 1;
                        continue;
                    }
                };
                let anchor = child.id.hyphenated().to_string();
                let ids = options.id_key.of_subject(ANCHOR, anchor.as_bytes());
                let disclosure = Disclosure {
                    subject: &standing.subject,
                    records: &standing.records,
                    ids: &ids,
                    protection: standing.protection,
                    photographs: &[],
                };
                if !writer.subject(&disclosure)? {
                    *self.left_out.entry("without-row").or_default() += 1;
                    continue;
                }
                self.carried += 1;
                self.tell(&mut lot, &child, &standing);
            }
            lot.body = body.borrow_mut().take();
            self.add(lot)?;
        }
        writer.end()?;
        self.add(WholeLot { body: body.into_inner().end()?, ..WholeLot::default() })
    }

    /// Notes that a child is in it.
    fn tell(&self, lot: &mut WholeLot, child: &Child, standing: &Standing) {
        let mut after = Vec::new();
        standing.told.write(&mut after);
        lot.subjects.push(DeliverySubject { id: child.id, epoch: child.epoch, after });
        let mut line = self.durable.disclosure_line(self.way, self.id, self.at, "planned");
        line.subject = Some(child.id);
        line.statements = counted(&standing.records);
        lot.disclosure.push(line);
    }

    fn add(&self, lot: WholeLot) -> Result<(), NotMade> {
        Ok(kept_blocking(|done| self.durable.store.add_to_whole(self.id, lot, done))?)
    }

    /// Whose children they are: the sender's own, or those of the house.
    fn authority(&self) -> Option<LaCode> {
        self.durable.config.authority_of(&self.way.route.from.partner)
    }
}

/// The body so far.
struct Body {
    parts: Parts,
    bytes: u64,
    bytes_max: u64,
}

enum Parts {
    /// One stream, of which the store has what was taken.
    One(Vec<u8>),
    /// Each part packed by itself, to become one archive.
    Named(Vec<(String, zip::ZipWriter<Cursor<Vec<u8>>>)>),
}

impl Body {
    fn new(is_archive: bool, bytes_max: u64) -> Self {
        let parts = if is_archive { Parts::Named(Vec::new()) } else { Parts::One(Vec::new()) };
        Self { parts, bytes: 0, bytes_max }
    }

    /// What can go to the store already.
    fn take(&mut self) -> Vec<u8> {
        match &mut self.parts {
            Parts::One(bytes) => std::mem::take(bytes),
            Parts::Named(_) => Vec::new(),
        }
    }

    /// The rest of it.
    fn end(self) -> io::Result<Vec<u8>> {
        let parts = match self.parts {
            Parts::One(bytes) => return Ok(bytes),
            Parts::Named(parts) => parts,
        };
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (_, part) in parts {
            let part = part.finish_into_readable().map_err(io::Error::other)?;
            archive.merge_archive(part).map_err(io::Error::other)?;
        }
        Ok(archive.finish().map_err(io::Error::other)?.into_inner())
    }

    fn write(&mut self, part: &str, bytes: &[u8]) -> io::Result<()> {
        self.bytes += bytes.len() as u64;
        if self.bytes > self.bytes_max {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let parts = match &mut self.parts {
            Parts::One(written) => {
                written.extend_from_slice(bytes);
                return Ok(());
            }
            Parts::Named(parts) => parts,
        };
        let at = match parts.iter().position(|(name, _)| name == part) {
            Some(at) => at,
            None => {
                let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
                writer.start_file(part, SimpleFileOptions::default()).map_err(io::Error::other)?;
                parts.push((part.to_owned(), writer));
                parts.len() - 1
            }
        };
        parts[at].1.write_all(bytes)
    }
}

/// The body, written to by whoever writes the document and emptied by whoever brings it to the store.
struct Shared<'b>(&'b RefCell<Body>);

impl Output for Shared<'_> {
    fn write(&mut self, part: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().write(part, bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn an_archive_holds_each_part_in_the_order_in_which_it_was_begun() {
        let mut body = Body::new(true, 1_000);
        for (part, text) in [("b.csv", "1"), ("a.csv", "2"), ("b.csv", "3")] {
            body.write(part, text.as_bytes()).unwrap();
            assert!(body.take().is_empty(), "an archive leaves when it is whole");
        }
        let mut archive = zip::ZipArchive::new(Cursor::new(body.end().unwrap())).unwrap();
        let mut held = Vec::new();
        for n in 0..archive.len() {
            let (mut file, mut text) = (archive.by_index(n).unwrap(), String::new());
            file.read_to_string(&mut text).unwrap();
            held.push((file.name().to_owned(), text));
        }
        assert_eq!(held, [("b.csv".to_owned(), "13".to_owned()), ("a.csv".to_owned(), "2".to_owned())]);
    }

    #[test]
    fn a_body_ends_at_its_limit_whatever_of_it_has_left() {
        for is_archive in [false, true] {
            let mut body = Body::new(is_archive, 4);
            body.write("", b"123").unwrap();
            body.take();
            body.write("", b"4").unwrap();
            assert_eq!(body.write("", b"5").unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        }
        let mut body = Body::new(false, 4);
        body.write("", b"12").unwrap();
        assert_eq!(body.take(), b"12");
        body.write("", b"34").unwrap();
        assert_eq!(body.end().unwrap(), b"34");
    }
}
