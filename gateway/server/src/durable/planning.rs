//! Planning: what of a child goes which way now, and what every delivery that is made again becomes.
//!
//! **Order.** What is held passes through the view and the overrides, is compared with what the recipient was told, and
//! only what differs is written. A lane keeps the order of planning; what is planned builds on what was planned before
//! it, so nothing is told twice while the recipient is away. **Again.** A delivery that is stale is projected from what
//! is held today: one that was tried keeps its body and its key where that says exactly what is true today; otherwise
//! another takes its place, before everything behind it.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Write};
use std::sync::Arc;

use exchange::carried::LeftOut;
use exchange::delta::compare;
use exchange::farewell::{Farewell, farewell};
use exchange::holding::Holding;
use exchange::passage::{ChildHeld, Destination, Passage, passage};
use exchange::planned::Planned;
use exchange::recipient::Recipient;
use exchange::whole::is_wanted_at_once;
use exchange::writing::{Written, write};
use kit::adapter::{Disclosure, Parts, Protection};
use kit::report::Findings;
use schemas::date::Date;
use schemas::identifier::LaCode;
use schemas::record::{Record, Subject};
use store::audit::AuditEntry;
use store::delivery::{Delivery, DeliveryOutcome, DeliverySettlement, DeliverySubject, NewDelivery, Target};
use store::message::MessageId;
use store::subject::SubjectId;
use store::whole::RunChange;
use store::{Batch, Micros, Store, StoreFault};
use uuid::Uuid;

use super::approve::Approved;
use super::held::Child;
use super::moment::{day_in, now};
use super::schedule::next_run;
use super::way::Way;
use super::{Durable, HOUSE};

/// The system of the anchor that resource ids are made under: the child's own id here.
pub(super) const ANCHOR: &[u8] = b"urn:homeward:subject";

/// Thinking under way: what one commit will keep.
pub(crate) struct Thought<'d> {
    durable: &'d Durable,
    approved: Approved,
    pub(crate) at: Micros,
    pub(crate) today: Date,
    secret: [u8; 32],
    /// The message that causes it, and its flow.
    messages: Vec<MessageId>,
    correlation_id: Option<String>,
    /// Deliveries, changes and lines so far.
    pub(crate) batch: Batch,
    /// What goes as one body for the whole message, by way; what must not wait by itself.
    together: BTreeMap<(Target, bool), Vec<Telling>>,
    /// Children left out, by the word of the reason, and what was withheld or lost.
    pub(crate) left_out: BTreeMap<&'static str, u64>,
    pub(crate) findings: Findings,
}

/// What is told of one child.
pub(crate) struct Telling {
    id: SubjectId,
    epoch: u64,
    subject: Arc<Subject>,
    protection: Protection,
    records: Vec<Record>,
    after: Vec<u8>,
    /// It takes something back: it goes before everything that was not sent yet.
    ahead: bool,
    takes_back: bool,
}

/// Whose words about a child go a way, and to whom.
struct Told {
    sources: Vec<Holding>,
    /// What decides beside them.
    beside: Vec<Holding>,
    recipient: Recipient,
}

impl<'d> Thought<'d> {
    /// Begins to think.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn begin(durable: &'d Durable, diagnostics_max: usize) -> Result<Self, StoreFault> {
        let at = now();
        Ok(Self {
            approved: Approved::of(durable)?,
            today: day_in(&durable.config.timezone, at),
            secret: durable.store.derive("homeward plan"),
            durable,
            at,
            messages: Vec::new(),
            correlation_id: None,
            batch: Batch::default(),
            together: BTreeMap::new(),
            left_out: BTreeMap::new(),
            findings: Findings::new(diagnostics_max),
        })
    }

    /// What is planned from now on is caused by this message.
    pub(crate) fn caused_by(&mut self, message: MessageId, correlation_id: Option<String>) {
        self.messages = vec![message];
        self.correlation_id = correlation_id;
    }

    /// The message that made us think, as alerts name it.
    pub(crate) fn cause(&self) -> String {
        self.messages.first().map_or_else(String::new, |message| format!("message:{message}"))
    }

    /// Plans everything that a child's state calls for, on every way that its senders have.
    ///
    /// # Errors
    /// When something cannot be written; never for what a record says.
    pub(crate) fn plan(&mut self, child: &mut Child, shares_place: bool) -> Result<(), StoreFault> {
        let ways: Vec<Arc<Way>> = self.durable.ways.all().cloned().collect();
        for way in ways {
            if child.holdings.contains_key(&way.route.from.partner) {
                self.plan_way(child, &way, shares_place)?;
            }
        }
        Ok(())
    }

    /// Takes back everything that was told of a child, on every way: it goes on under another id, or not at all.
    ///
    /// # Errors
    /// When something cannot be written.
    pub(crate) fn withdraw(&mut self, child: &mut Child) -> Result<(), StoreFault> {
        let ways: Vec<Arc<Way>> = self.durable.ways.all().cloned().collect();
        for way in ways {
            if way.is_by_schedule() {
                // It is in no file under this id any more: the next one is without it.
                if self.may_have_been_in_a_file(child, &way)?.iter().any(|told| !told.is_nothing()) {
                    self.ask_for_a_file(&way);
                }
                continue;
            }
            let before = self.may_hold(child, &way)?;
            let Told { sources, beside, recipient } = self.told_by(child, &way);
            let held = ChildHeld {
                holdings: &sources,
                beside: &beside,
                shares_place: false,
                restrictions: &child.restrictions,
            };
            let key = way.plan_key(&self.secret);
            let to = Destination { recipient: &recipient, ..self.destination(&way) };
            // Of a child whom an adoption has closed no label goes out.
            let reason = if child.standing.closed_by_adoption { LeftOut::Adopted } else { LeftOut::WithoutIdentifier };
            let Farewell::Withdrawal { records, .. } = farewell(&before, &held, &to, reason, &key) else { continue };
            let Some(subject) = held.dossier().subject else { continue };
            let mut after = Vec::new();
            Planned::default().write(&mut after);
            let subject = subject_of(&records, &subject);
            let epoch = child.epoch_from_now_on();
            let telling = Telling {
                id: child.id,
                epoch,
                subject,
                protection: Protection::default(),
                records,
                after: after.clone(),
                ahead: true,
                takes_back: true,
            };
            child.plan(&way.key, after);
            let deliveries = self.deliveries(&way, &[&telling], true)?;
            self.batch.deliveries.extend(deliveries);
        }
        Ok(())
    }

    fn plan_way(&mut self, child: &mut Child, way: &Way, shares_place: bool) -> Result<(), StoreFault> {
        if way.is_by_schedule() {
            return self.plan_file(child, way, shares_place);
        }
        if !way.is_open() || !self.approved.holds(way) {
            return Ok(());
        }
        // What follows from a change of protection passes whatever waits in its lane: it builds on what the recipient
        // may have, and what waits is superseded when it is looked at again.
        let before = if child.rises() { self.may_hold(child, way)? } else { child.told(&way.key).0 };
        let Some(telling) = self.telling(child, way, shares_place, &before, true)? else { return Ok(()) };
        child.plan(&way.key, telling.after.clone());
        let ahead = telling.ahead || child.rises();
        if way.is_by_child() {
            let deliveries = self.deliveries(way, &[&telling], ahead)?;
            self.batch.deliveries.extend(deliveries);
        } else {
            self.together.entry((way.key.clone(), ahead)).or_default().push(telling);
        }
        Ok(())
    }

    /// What goes as a whole file is made at each run, whatever changed. Only where the protection changes of a child who
    /// may stand in one, the recipient gets another at once: it is all that it can act on.
    fn plan_file(&mut self, child: &Child, way: &Way, shares_place: bool) -> Result<(), StoreFault> {
        if !child.rises() {
            return Ok(());
        }
        let told = self.may_have_been_in_a_file(child, way)?;
        let Told { sources, beside, recipient } = self.told_by(child, way);
        let held = ChildHeld { holdings: &sources, beside: &beside, shares_place, restrictions: &child.restrictions };
        let to = Destination { recipient: &recipient, ..self.destination(way) };
        if is_wanted_at_once(&told, &held, &to, &way.plan_key(&self.secret)) {
            self.ask_for_a_file(way);
        }
        Ok(())
    }

    fn ask_for_a_file(&mut self, way: &Way) {
        let is_asked = |change: &RunChange| matches!(change, RunChange::Asked(target, _) if *target == way.key);
        if !self.batch.runs.iter().any(is_asked) {
            self.batch.runs.push(RunChange::Asked(way.key.clone(), self.at));
        }
    }

    /// What a recipient may have been told of a child by whole files: by the last that was delivered, and by whatever
    /// was tried and not settled.
    fn may_have_been_in_a_file(&self, child: &Child, way: &Way) -> Result<Vec<Planned>, StoreFault> {
        let mut told = vec![child.told(&way.key).1];
        for delivery in self.durable.store.open_deliveries(child.id)? {
            if delivery.tried && delivery.planned.target == way.key {
                let read = |subject: &DeliverySubject| Planned::read(&subject.after).ok();
                told.extend(delivery.planned.subjects.iter().filter_map(read));
            }
        }
        Ok(told)
    }

    /// Writes what goes as one body for the whole message.
    ///
    /// # Errors
    /// When something cannot be written.
    pub(crate) fn finish_together(&mut self) -> Result<(), StoreFault> {
        for ((target, ahead), tellings) in std::mem::take(&mut self.together) {
            let Some(way) = self.durable.ways.by_key(&target).cloned() else { continue };
            let tellings: Vec<&Telling> = tellings.iter().collect();
            let deliveries = self.deliveries(&way, &tellings, ahead)?;
            self.batch.deliveries.extend(deliveries);
        }
        Ok(())
    }

    /// Whose words about a child go which way, and to whom. A way whose view carries nobody by itself carries whom a
    /// search for a home names: what providers are asked, or, once an offer holds, who the child is.
    fn told_by(&self, child: &Child, way: &Way) -> Told {
        let beside = child.beside_sender(&way.route.from.partner);
        let plain = |sources| Told { sources, beside: beside.clone(), recipient: way.recipient.clone() };
        if !way.view.carries_nobody() {
            return plain(child.for_way(way));
        }
        let partner = self.durable.config.partner(&way.target.partner);
        let is_theirs = |urn| partner.is_some_and(|partner| partner.speaks_for(urn));
        if way.format().together.contains(&"Referral") {
            let Some(asked) = self.durable.referrals.told(child.id, is_theirs) else {
                return plain(child.for_way(way));
            };
            let asked = Holding { subject: Some(asked.subject.clone()), records: vec![asked], ..Holding::default() };
            // What the authority says of the child decides and is not told.
            let told = Told { sources: vec![asked], beside: child.sources(), recipient: way.recipient.clone() };
            return Told { recipient: told.recipient.released(), ..told };
        }
        let told = plain(child.for_way(way));
        match self.durable.referrals.is_released(child.id, is_theirs) {
            true => Told { recipient: told.recipient.released(), ..told },
            false => told,
        }
    }

    fn destination<'w>(&self, way: &'w Way) -> Destination<'w> {
        way.destination(self.today)
    }

    /// What has to be told of a child to a recipient who was told so much; `None` when there is nothing.
    fn telling(
        &mut self,
        child: &Child,
        way: &Way,
        shares_place: bool,
        before: &Planned,
        counts: bool,
    ) -> Result<Option<Telling>, StoreFault> {
        let Told { sources, beside, recipient } = self.told_by(child, way);
        let held = ChildHeld { holdings: &sources, beside: &beside, shares_place, restrictions: &child.restrictions };
        let to = Destination { recipient: &recipient, ..self.destination(way) };
        let key = way.plan_key(&self.secret);
        let epoch = child.epoch_from_now_on();
        let told = |subject, records, planned: &Planned, ahead, takes_back| {
            let mut after = Vec::new();
            planned.write(&mut after);
            Telling {
                id: child.id,
                epoch,
                subject,
                protection: Protection::default(),
                records,
                after,
                ahead,
                takes_back,
            }
        };
        match passage(&held, &to) {
            Passage::Through(mut through) => {
                let delta = compare(before, &through, way.format().together, &key);
                if counts {
                    self.findings.absorb(std::mem::take(&mut through.findings));
                }
                if delta.is_empty() {
                    return Ok(None);
                }
                let records = delta.records(&through);
                let takes_back = !delta.take_back.is_empty();
                let telling = told(through.subject, records, &delta.planned, false, takes_back);
                Ok(Some(Telling { protection: through.protection, ..telling }))
            }
            Passage::LeftOut(reason) => {
                if counts {
                    *self.left_out.entry(reason.word()).or_default() += 1;
                }
                let Some(subject) = held.dossier().subject else { return Ok(None) };
                let mut word = farewell(before, &held, &to, reason, &key);
                if counts && matches!(word, Farewell::Withdrawal { .. }) {
                    // It goes before whatever has not left: whoever was never told must not learn of the child by it.
                    word = farewell(&self.may_hold(child, way)?, &held, &to, reason, &key);
                }
                Ok(match word {
                    Farewell::Hold | Farewell::Nothing => None,
                    Farewell::Closing(records) => {
                        Some(told(subject_of(&records, &subject), records, &Planned::default(), false, true))
                    }
                    Farewell::Withdrawal { records, .. } => {
                        Some(told(subject_of(&records, &subject), records, &Planned::default(), true, true))
                    }
                })
            }
        }
    }

    /// What a recipient may have been told of a child: what was delivered, and what was tried and not settled.
    fn may_hold(&self, child: &Child, way: &Way) -> Result<Planned, StoreFault> {
        let (_, mut may_hold) = child.told(&way.key);
        for delivery in self.durable.store.open_deliveries(child.id)? {
            if delivery.tried && delivery.planned.target == way.key {
                let told = delivery.planned.subjects.iter().find(|subject| subject.id == child.id);
                let told = told.and_then(|subject| Planned::read(&subject.after).ok()).unwrap_or_default();
                may_hold = may_hold.either(&told);
            }
        }
        Ok(may_hold)
    }

    /// The deliveries of one body: one, or several where the format splits what is too large for one. Of whom the format
    /// writes nothing, as a table of marks writes nothing of sums, nobody is told; where that is all of them, nothing goes.
    fn deliveries(&mut self, way: &Way, tellings: &[&Telling], ahead: bool) -> Result<Vec<NewDelivery>, StoreFault> {
        let (mut bodies, is_there) = self.bodies(way, tellings)?;
        let tellings: Vec<&Telling> =
            tellings.iter().zip(is_there).filter(|(_, is_there)| *is_there).map(|(telling, _)| *telling).collect();
        if tellings.is_empty() {
            return Ok(Vec::new());
        }
        let tellings = tellings.as_slice();
        let last = bodies.pop();
        let mut deliveries = Vec::new();
        for body in bodies {
            // Only with the last of them has the recipient been told all.
            let mut delivery = self.delivery(way, tellings, body, ahead);
            delivery.disclosure.clear();
            delivery.subjects.iter_mut().for_each(|subject| subject.after.clear());
            deliveries.push(delivery);
        }
        deliveries.extend(last.map(|body| self.delivery(way, tellings, body, ahead)));
        Ok(deliveries)
    }

    fn delivery(&self, way: &Way, tellings: &[&Telling], body: Vec<u8>, ahead: bool) -> NewDelivery {
        let id = Uuid::now_v7();
        let lane = match tellings {
            [one] if way.is_by_child() => format!("{}\n{}", way.key, one.id),
            _ => way.key.clone(),
        };
        NewDelivery {
            id,
            route: way.route.name.clone(),
            target: way.key.clone(),
            recipient: way.target.partner.clone(),
            lane: lane.into_bytes(),
            ahead,
            not_before: if ahead { self.at } else { self.due(way) },
            planned_at: self.at,
            format: way.format().name.to_owned(),
            media_type: media_type(way).to_owned(),
            view: way.view.digest().to_owned(),
            terms: way.terms.clone(),
            subjects: subjects(tellings),
            body,
            disclosure: self.disclosure(way, id, tellings),
            correlation_id: self.correlation_id.clone(),
            messages: self.messages.clone(),
        }
    }

    /// When what is planned now may leave: at once, or at the route's next run. What takes something back never waits.
    fn due(&self, way: &Way) -> Micros {
        let (zone, calendar) = (&self.durable.config.timezone, &self.durable.config.pep.calendar);
        way.route.schedule.as_ref().map_or(self.at, |schedule| next_run(schedule, zone, calendar, self.at))
    }

    /// Who will have been told what, on which ground: written before the first byte leaves.
    fn disclosure(&self, way: &Way, delivery: Uuid, tellings: &[&Telling]) -> Vec<AuditEntry> {
        let line = |telling: &&Telling| {
            let outcome = if telling.takes_back { "takes-back" } else { "planned" };
            let mut line = self.durable.disclosure_line(way, delivery, self.at, outcome);
            line.subject = Some(telling.id);
            line.statements = counted(&telling.records);
            line
        };
        tellings.iter().map(line).collect()
    }

    /// The bytes that leave, and of each child whether there is anything of it in them. A format of several files goes as
    /// one archive.
    fn bodies(&mut self, way: &Way, tellings: &[&Telling]) -> Result<(Vec<Vec<u8>>, Vec<bool>), StoreFault> {
        let authority = tellings.iter().find_map(|telling| telling.subject.authority).or_else(|| self.authority());
        let options = way.options(&self.durable.config, self.today, authority, self.at);
        let ids: Vec<_> = tellings
            .iter()
            .map(|telling| options.id_key.of_subject(ANCHOR, telling.id.hyphenated().to_string().as_bytes()))
            .collect();
        let disclosures = tellings.iter().zip(&ids).map(|(telling, ids)| Disclosure {
            subject: &telling.subject,
            records: &telling.records,
            ids,
            protection: telling.protection,
            photographs: &[],
        });
        let Written { parts, is_there, findings } =
            write(way.format(), &options, disclosures).map_err(|error| StoreFault::Failed(error.kind().to_string()))?;
        self.findings.absorb(findings);
        if goes_as_archive(way) {
            let body = archive(parts).map_err(|error| StoreFault::Failed(error.kind().to_string()))?;
            return Ok((vec![body], is_there));
        }
        Ok((parts.into_iter().map(|(_, bytes)| bytes).filter(|bytes| !bytes.is_empty()).collect(), is_there))
    }

    fn authority(&self) -> Option<LaCode> {
        self.durable.config.authority.as_deref().and_then(|code| LaCode::read(code.as_bytes()))
    }
}

/// How many records there are of each type.
pub(super) fn counted(records: &[Record]) -> Vec<(&'static str, u64)> {
    let mut statements: BTreeMap<&'static str, u64> = BTreeMap::new();
    for record in records {
        *statements.entry(record.statement.statement_type().name).or_default() += 1;
    }
    statements.into_iter().collect()
}

/// The media type of what is planned now.
pub(super) fn media_type(way: &Way) -> &'static str {
    if goes_as_archive(way) { "application/zip" } else { way.media_type("") }
}

/// Whether several parts go as one archive: files of the format's own, or the parts of several children.
pub(super) fn goes_as_archive(way: &Way) -> bool {
    match way.format().parts {
        Parts::One => false,
        Parts::Named => true,
        Parts::EachChild => !way.is_by_child(),
    }
}

fn subjects(tellings: &[&Telling]) -> Vec<DeliverySubject> {
    let subject =
        |telling: &&Telling| DeliverySubject { id: telling.id, epoch: telling.epoch, after: telling.after.clone() };
    tellings.iter().map(subject).collect()
}

/// The subject as the records have it: with the identifiers that the view lets out.
fn subject_of(records: &[Record], otherwise: &Arc<Subject>) -> Arc<Subject> {
    records.first().map_or_else(
        || Arc::new(Subject { identifiers: Vec::new(), ..(**otherwise).clone() }),
        |record| Arc::clone(&record.subject),
    )
}

fn archive(parts: Vec<(String, Vec<u8>)>) -> io::Result<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).map_err(io::Error::other)?;
        archive.write_all(&bytes)?;
    }
    Ok(archive.finish().map_err(io::Error::other)?.into_inner())
}

impl Durable {
    /// A line that tells whom a delivery discloses something to, and on which ground.
    pub(super) fn disclosure_line(&self, way: &Way, delivery: Uuid, at: Micros, outcome: &str) -> AuditEntry {
        self.line("disclose", &way.route.from.partner, at, |line| {
            line.object = Some(format!("delivery:{delivery}"));
            line.recipient = Some(way.target.partner.clone());
            line.view = Some(way.view.digest().to_owned());
            line.basis = Some(way.basis());
            line.outcome = Some(outcome.to_owned());
        })
    }

    /// Opens children by their ids; those that are gone are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn open_children(&self, ids: &[SubjectId]) -> Result<Vec<Child>, StoreFault> {
        let store: &dyn Store = &*self.store;
        let states = store.subjects(ids, &self.ways.keys())?;
        states.into_iter().flatten().map(|state| Child::open(state, store)).collect()
    }

    /// Whether a child lives in a place of one who is protected.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn shares_place(&self, child: &Child, today: Date) -> Result<bool, StoreFault> {
        let places = child.looks_for(today);
        if places.is_empty() {
            return Ok(false);
        }
        Ok(self.store.protected_places(&places, Some(child.id))?.into_iter().any(|protected| protected))
    }

    /// Makes stale deliveries again of what is held today.
    ///
    /// # Errors
    /// When the store cannot be read, or something cannot be written.
    pub(crate) fn renew(&self, stale: Vec<Delivery>) -> Result<Vec<DeliverySettlement>, StoreFault> {
        stale.into_iter().map(|delivery| self.renew_one(&delivery)).collect()
    }

    fn renew_one(&self, delivery: &Delivery) -> Result<DeliverySettlement, StoreFault> {
        let planned = &delivery.planned;
        let mut thought = Thought::begin(self, 0)?;
        thought.messages.clone_from(&planned.messages);
        thought.correlation_id.clone_from(&planned.correlation_id);
        let at = thought.at;
        let settle = |outcome, word: &str| DeliverySettlement {
            id: planned.id,
            fence: delivery.fence,
            at,
            outcome,
            audit: Some(self.line("again", HOUSE, at, |line| {
                line.object = Some(format!("delivery:{}", planned.id));
                line.recipient = Some(planned.recipient.clone());
                line.outcome = Some(word.to_owned());
            })),
            breaker: None,
        };
        let nothing = |planned: Vec<(Target, SubjectId, Vec<u8>)>| {
            settle(DeliveryOutcome::Superseded { instead: Vec::new(), planned }, "superseded")
        };
        let Some(way) = self.ways.by_key(&planned.target).cloned() else { return Ok(nothing(Vec::new())) };
        if way.is_by_schedule() {
            let again = (DeliveryOutcome::AskedAnew, "asked-anew");
            return Ok(if thought.approved.holds(&way) { settle(again.0, again.1) } else { nothing(Vec::new()) });
        }
        if delivery.whole {
            // Made when the target got whole files: since its approval everything is planned otherwise.
            return Ok(nothing(Vec::new()));
        }
        let ids: Vec<SubjectId> = planned.subjects.iter().map(|subject| subject.id).collect();
        let children = self.open_children(&ids)?;
        // Of a child that was erased only what was planned with it goes, and as it was planned, whatever has been approved
        // since: of what is held today nothing could be taken back.
        let farewell = |child: &Child| {
            let epoch = planned.subjects.iter().find(|subject| subject.id == child.id).map(|subject| subject.epoch);
            child.is_erased() && epoch == Some(child.epoch)
        };
        if !children.is_empty() && children.len() == ids.len() && children.iter().all(farewell) {
            let outcome = DeliveryOutcome::Renewed {
                subjects: planned.subjects.clone(),
                body: None,
                view: way.view.digest().to_owned(),
                terms: way.terms.clone(),
                disclosure: planned.disclosure.clone(),
            };
            return Ok(settle(outcome, "renewed"));
        }
        if !thought.approved.holds(&way) {
            return Ok(nothing(Vec::new()));
        }
        // By any lease, also before a person had it tried anew.
        let tried = delivery.tried;
        let (mut tellings, mut as_delivered) = (Vec::new(), Vec::new());
        for child in children.into_iter().filter(|child| !child.is_erased()) {
            let (_, delivered) = child.told(&way.key);
            let after = planned.subjects.iter().find(|subject| subject.id == child.id);
            let after = after.and_then(|subject| Planned::read(&subject.after).ok()).unwrap_or_default();
            // What was tried may have arrived: it counts as told where it stands, and as not told where it does not.
            let before = if tried { delivered.either(&after) } else { delivered.clone() };
            let shares_place = self.shares_place(&child, thought.today)?;
            match thought.telling(&child, &way, shares_place, &before, false)? {
                Some(telling) => tellings.push(telling),
                None => {
                    let mut bytes = Vec::new();
                    before.write(&mut bytes);
                    as_delivered.push((way.key.clone(), child.id, bytes));
                }
            }
        }
        if tellings.is_empty() {
            return Ok(nothing(as_delivered));
        }
        let same = |telling: &Telling| {
            !telling.takes_back && planned.subjects.iter().any(|was| was.id == telling.id && was.after == telling.after)
        };
        if tried && tellings.len() == planned.subjects.len() && tellings.iter().all(same) {
            let refs: Vec<&Telling> = tellings.iter().collect();
            let outcome = DeliveryOutcome::Renewed {
                subjects: subjects(&refs),
                body: None,
                view: way.view.digest().to_owned(),
                terms: way.terms.clone(),
                disclosure: thought.disclosure(&way, planned.id, &refs),
            };
            return Ok(settle(outcome, "renewed"));
        }
        let refs: Vec<&Telling> = tellings.iter().collect();
        // What was never tried never left: another id takes its place as well.
        let instead = thought.deliveries(&way, &refs, true)?;
        let told = |telling: &&Telling| (way.key.clone(), telling.id, telling.after.clone());
        let mut now_planned: Vec<_> = refs.iter().map(told).collect();
        now_planned.extend(as_delivered);
        Ok(settle(DeliveryOutcome::Superseded { instead, planned: now_planned }, "superseded"))
    }
}
