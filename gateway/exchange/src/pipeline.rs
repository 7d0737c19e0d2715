//! The one pipeline: open, read, leave out, project, encode, join; for the server and the command line alike.
//!
//! Towards another organisation a document is read twice: first for what its children share and for its errors, then
//! to be written. The bytes and the findings are the same with one worker or many. What reading finds is counted once.

use std::{
    collections::BTreeMap,
    io, mem,
    num::NonZeroUsize,
    ops::{ControlFlow, Range},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use kit::{
    adapter::{Decode, Disclosure, Dossier, Encoder, Format, Options, PartLabel, SubjectReader, Subjects, Unheard},
    crew,
    document::Document,
    figures::{Figures, Sums},
    report::Findings,
    sheaf::Sheaf,
};
use schemas::{date::CollectionYear, diagnostic::Report, record::Subject};

use crate::{
    anchor::Anchor,
    carried::{LeftOut, protection},
    joiner::Joiner,
    project::Projecting,
    recipient::Recipient,
    restrict::{ProtectedPlaces, protected_places, protects_others, shares_place},
    statistics::{Pseudonyms, Row, disguise, settle},
    view::View,
};

/// How many subjects a worker takes at a time where they are only read: handing over is rare.
const READING_SUBJECTS: usize = 512;

/// How many subjects a worker takes at a time where they are written: what is written stays in the nearer caches.
const WRITING_SUBJECTS: usize = 128;

/// What is to be translated, for whom, and within which bounds.
pub struct Order<'o> {
    /// The document.
    pub document: &'o Document,
    /// The format it is in.
    pub from: &'static Format,
    /// The format it is wanted in.
    pub to: &'static Format,
    /// What the recipient may see.
    pub view: &'o View,
    /// What reading and writing take into account.
    pub options: &'o Options,
    /// The id key is nobody else's: ids may be made from identifiers that the view withholds.
    pub id_key_is_secret: bool,
    /// The key of pseudonyms; `statistics` needs one.
    pub pseudonym_key: Option<[u8; 32]>,
    /// How many threads work; the bytes written do not depend on it.
    pub workers: NonZeroUsize,
    /// What an error costs.
    pub errors: Errors,
    /// More errors than this end the work without output; `None` is no limit.
    pub errors_max: Option<u64>,
    /// How many diagnostics are kept; all are counted.
    pub diagnostics_max: usize,
    /// Who looks on.
    pub watch: &'o dyn Watch,
}

/// What an error of the document costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors {
    /// The cell, the row or the child.
    Skip,
    /// The output.
    Fail,
}

/// Who looks on, and may stop the work.
pub trait Watch: Sync {
    /// Asked before every subject.
    fn stopped(&self) -> bool {
        false
    }

    /// So many subjects of so many are done; a document that is read twice counts each of them twice.
    fn done(&self, _subjects: u64, _of: u64) {}
}

/// Where the output goes: parts by name, `""` for the only stream. Bytes of one name are appended in order.
pub trait Output {
    /// Takes the next bytes of a part.
    ///
    /// # Errors
    /// When they cannot be taken: the translation ends.
    fn write(&mut self, part: &str, bytes: &[u8]) -> io::Result<()>;
}

/// What came of it.
pub struct Outcome {
    /// What was found.
    pub findings: Findings,
    /// What each part of the document is.
    pub labels: Vec<PartLabel>,
    /// Rows of the document.
    pub rows: u64,
    /// Records read.
    pub records: u64,
    /// Subjects read, those left out among them.
    pub subjects: u64,
    /// Subjects left out, by the word of the reason.
    pub left_out: BTreeMap<&'static str, u64>,
    /// How many of those not looked after have short breaks.
    pub short_breaks: u64,
    /// What the output holds, by type.
    pub written: Vec<(&'static str, u64)>,
    /// Bytes written.
    pub bytes: u64,
    /// What the document comes to, where it was checked: for its sender alone.
    pub figures: Figures,
    /// How it ended.
    pub ended: Ended,
}

/// How a translation ended. Only `Whole` leaves an output that may be used, whatever else was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// To the last subject.
    Whole,
    /// The document has errors, or cannot be written without, and errors fail.
    ErrorsFail,
    /// There are more errors than allowed.
    TooManyErrors,
    /// The document's restrictions or consents have errors: nothing of it may go to another organisation.
    ClosedToOthers,
    /// Whoever watched said so; what was written is not whole.
    Stopped,
}

/// Translates a document.
///
/// # Errors
/// When the output cannot be written; and [`io::ErrorKind::InvalidInput`] when the formats cannot be read or written,
/// or pseudonyms are wanted without a key.
pub fn translate(order: &Order<'_>, output: &mut dyn Output) -> io::Result<Outcome> {
    let decode = order.from.decode.ok_or_else(|| not_possible("this format cannot be read"))?;
    let encode = order.to.encode.ok_or_else(|| not_possible("this format cannot be written"))?;
    let pseudonyms = match (order.view.needs_pseudonyms(), &order.pseudonym_key) {
        (true, None) => return Err(not_possible("statistics need a pseudonym key")),
        (true, Some(key)) => Some(Pseudonyms::new(key, &recipient_and_year(order))),
        _ => None,
    };
    let mut findings = Findings::new(order.diagnostics_max);
    let subjects = decode.open(order.document, order.options, order.workers, &mut findings);
    let run = Run {
        order,
        subjects: &*subjects,
        pseudonyms,
        projecting: Projecting {
            view: order.view,
            recipient: Recipient::unknown(),
            as_at: order.options.as_at_day(),
            labels: order.view.is_for_others() || !order.to.case_management,
            of_one_provider: subjects.len() == 1,
        },
        halt: AtomicBool::new(false),
        // A document that is closed to others has no second pass: the first gives its report.
        counts_first: order.errors == Errors::Fail
            || order.errors_max.is_some()
            || order.view.needs_pseudonyms()
            || (order.view.is_for_others() && subjects.closed_to_others()),
    };
    let mut outcome = Outcome::opened(findings, &*subjects);
    let survey = if run.reads_twice() { run.survey(&mut outcome) } else { Survey::default() };
    if outcome.ended == Ended::Whole && order.view.is_for_others() && subjects.closed_to_others() {
        outcome.ended = Ended::ClosedToOthers;
    }
    if outcome.ended == Ended::Whole {
        let encoder = encode.begin(order.options);
        run.write(&survey, &*encoder, &mut outcome, output)?;
        // What writing finds counts too: a child that a format cannot hold is an error of the output.
        let errors = outcome.findings.errors();
        if outcome.ended == Ended::Whole && order.errors == Errors::Fail && errors > 0 {
            outcome.ended = Ended::ErrorsFail;
        } else if outcome.ended == Ended::Whole && order.errors_max.is_some_and(|most| errors > most) {
            outcome.ended = Ended::TooManyErrors;
        }
    }
    Ok(outcome)
}

/// Reads a document and says what is wrong with it, and what it comes to. A format that cannot be read finds nothing.
pub fn check(
    document: &Document,
    format: &'static Format,
    options: &Options,
    workers: NonZeroUsize,
    diagnostics_max: usize,
    watch: &dyn Watch,
) -> Outcome {
    let mut findings = Findings::new(diagnostics_max);
    let decode: &dyn Decode = match format.decode {
        Some(decode) => decode,
        None => return Outcome::of(findings),
    };
    let subjects = decode.open(document, options, workers, &mut findings);
    let mut outcome = Outcome::opened(findings, &*subjects);
    let bounds = Bounds { workers, errors_max: None, diagnostics_max, passes: 1, counts: true, watch };
    let summarise = decode.summarise();
    let mut sums = Sums::default();
    read_all(
        &*subjects,
        &AtomicBool::new(false),
        bounds,
        &mut outcome,
        |worker, _, noted| {
            if let Some(summarise) = summarise.filter(|_| worker.dossier.subject.is_some()) {
                summarise.add(&worker.dossier, options, &mut noted.sums);
            }
        },
        |_, noted| sums.absorb(&mem::take(&mut noted.sums)),
    );
    let words = summarise.map(|summarise| summarise.words(&sums, options)).unwrap_or_default();
    outcome.figures = Figures { sums, words };
    outcome
}

impl Outcome {
    pub(crate) fn of(findings: Findings) -> Self {
        Self {
            findings,
            labels: Vec::new(),
            rows: 0,
            records: 0,
            subjects: 0,
            left_out: BTreeMap::new(),
            short_breaks: 0,
            written: Vec::new(),
            bytes: 0,
            figures: Figures::default(),
            ended: Ended::Whole,
        }
    }

    fn opened(findings: Findings, subjects: &dyn Subjects) -> Self {
        Self { labels: subjects.labels().to_vec(), rows: subjects.rows(), ..Self::of(findings) }
    }

    fn add(&mut self, tally: &mut Tally) {
        let tally = mem::take(tally);
        self.subjects += tally.subjects;
        self.records += tally.records;
        self.short_breaks += tally.short_breaks;
        for (word, number) in LeftOut::WORDS.into_iter().zip(tally.left_out) {
            if number > 0 {
                *self.left_out.entry(word).or_default() += number;
            }
        }
        if tally.cut {
            self.ended = Ended::Stopped;
        }
    }
}

/// What is counted of a chunk.
#[derive(Default)]
struct Tally {
    subjects: u64,
    records: u64,
    left_out: [u64; LeftOut::WORDS.len()],
    short_breaks: u64,
    /// The chunk was not worked to its end.
    cut: bool,
}

impl Tally {
    fn read(&mut self, dossier: &Dossier) {
        self.subjects += u64::from(dossier.subject.is_some());
        self.records += dossier.records.len() as u64;
    }

    fn leave_out(&mut self, reason: LeftOut) {
        self.left_out[reason.index()] += 1;
        self.short_breaks += u64::from(reason == LeftOut::NotLookedAfter { short_breaks: true });
    }
}

/// Within which bounds a document is read.
#[derive(Clone, Copy)]
struct Bounds<'b> {
    workers: NonZeroUsize,
    errors_max: Option<u64>,
    diagnostics_max: usize,
    passes: u64,
    /// What is found is counted; otherwise only what protects subjects is read.
    counts: bool,
    watch: &'b dyn Watch,
}

/// A worker's own: a reader, and room that is used again.
struct Worker<'s> {
    reader: Box<dyn SubjectReader + 's>,
    dossier: Dossier,
    anchor: Anchor,
}

impl<'s> Worker<'s> {
    fn hire(subjects: &'s dyn Subjects) -> Self {
        Self { reader: subjects.reader(), dossier: Dossier::default(), anchor: Anchor::default() }
    }

    fn read(&mut self, n: usize, report: &mut dyn Report) {
        self.dossier.clear();
        self.reader.read(n, &mut self.dossier, report);
    }

    fn read_protection(&mut self, n: usize) {
        self.dossier.clear();
        self.reader.read_protection(n, &mut self.dossier);
    }
}

/// What a survey learns of a chunk, or of all.
#[derive(Default)]
struct Survey {
    /// Places of children who are protected.
    places: ProtectedPlaces,
    /// The rows of statistics.
    rows: Vec<Row>,
}

/// What one chunk of the first pass brings.
struct Noted {
    findings: Findings,
    tally: Tally,
    survey: Survey,
    sums: Sums,
}

/// What one chunk of the second pass brings.
struct Written {
    findings: Findings,
    tally: Tally,
    sheaf: Sheaf,
}

/// Reads every subject once, counts what is found, and notes what else is wanted.
fn read_all(
    subjects: &dyn Subjects,
    halt: &AtomicBool,
    bounds: Bounds<'_>,
    outcome: &mut Outcome,
    note: impl Fn(&mut Worker<'_>, usize, &mut Noted) + Sync,
    mut join: impl FnMut(&mut Outcome, &mut Noted),
) {
    let too_many = |outcome: &Outcome| bounds.errors_max.is_some_and(|most| outcome.findings.errors() > most);
    if too_many(outcome) {
        outcome.ended = Ended::TooManyErrors;
        return;
    }
    let len = subjects.len();
    let mut done = 0;
    crew::in_order(
        (len.div_ceil(READING_SUBJECTS), bounds.workers),
        halt,
        || Worker::hire(subjects),
        || Noted {
            findings: Findings::new(bounds.diagnostics_max),
            tally: Tally::default(),
            survey: Survey::default(),
            sums: Sums::default(),
        },
        |worker, chunk, noted| {
            for n in subjects_of(chunk, READING_SUBJECTS, len) {
                if halt.load(Ordering::Relaxed) || bounds.watch.stopped() {
                    noted.tally.cut = true;
                    return;
                }
                if bounds.counts {
                    worker.read(n, &mut noted.findings);
                    noted.tally.read(&worker.dossier);
                } else {
                    worker.read_protection(n);
                }
                note(worker, n, noted);
            }
        },
        |noted| {
            outcome.findings.absorb(mem::replace(&mut noted.findings, Findings::new(bounds.diagnostics_max)));
            outcome.add(&mut noted.tally);
            join(outcome, noted);
            if outcome.ended == Ended::Whole && too_many(outcome) {
                outcome.ended = Ended::TooManyErrors;
            }
            if outcome.ended != Ended::Whole {
                return ControlFlow::Break(());
            }
            done = (done + READING_SUBJECTS).min(len);
            bounds.watch.done(done as u64, len as u64 * bounds.passes);
            ControlFlow::Continue(())
        },
    );
}

/// One translation under way.
struct Run<'r> {
    order: &'r Order<'r>,
    subjects: &'r dyn Subjects,
    pseudonyms: Option<Pseudonyms>,
    projecting: Projecting<'r>,
    halt: AtomicBool,
    /// What reading finds is counted in the first pass, because it decides whether there is a second, or its order.
    counts_first: bool,
}

impl Run<'_> {
    /// Whether there are two passes: what protects one child can withhold the place of another.
    fn reads_twice(&self) -> bool {
        self.counts_first || self.order.view.is_for_others()
    }

    /// The first pass: what the children share, the groups of statistics, and every error of the document.
    fn survey(&self, outcome: &mut Outcome) -> Survey {
        let order = self.order;
        let bounds = Bounds {
            workers: order.workers,
            errors_max: order.errors_max,
            diagnostics_max: order.diagnostics_max,
            passes: 2,
            counts: self.counts_first,
            watch: order.watch,
        };
        let mut survey = Survey::default();
        read_all(
            self.subjects,
            &self.halt,
            bounds,
            outcome,
            |worker, n, noted| {
                if order.view.is_for_others() {
                    self.note(worker, n, noted);
                }
            },
            |_, noted| {
                survey.places.extend(noted.survey.places.drain());
                survey.rows.append(&mut noted.survey.rows);
            },
        );
        settle(&mut survey.rows, order.view.group_children_min());
        if outcome.ended == Ended::Whole && order.errors == Errors::Fail && outcome.findings.errors() > 0 {
            outcome.ended = Ended::ErrorsFail;
        }
        survey
    }

    fn note(&self, worker: &mut Worker<'_>, n: usize, noted: &mut Noted) {
        let (view, as_at) = (self.order.view, self.projecting.as_at);
        let dossier = &worker.dossier;
        if protects_others(dossier, as_at) {
            noted.survey.places.extend(protected_places(dossier, as_at));
        }
        let Some(pseudonyms) = &self.pseudonyms else { return };
        let Some(subject) = &dossier.subject else { return };
        if let Some(reason) = self.projecting.left_out(dossier) {
            return noted.tally.leave_out(reason);
        }
        // Whoever holds the key of pseudonyms holds nothing that is published: the anchor may be any identifier.
        if !worker.anchor.take(subject, |_| true) {
            return noted.tally.leave_out(LeftOut::WithoutIdentifier);
        }
        let pseudonym = pseudonyms.of(&worker.anchor.system, &worker.anchor.value);
        noted.survey.rows.push(Row::new(n, pseudonym, dossier, view, as_at));
    }

    /// The second pass, or the only one.
    fn write(
        &self,
        survey: &Survey,
        encoder: &dyn Encoder,
        outcome: &mut Outcome,
        output: &mut dyn Output,
    ) -> io::Result<()> {
        let order = self.order;
        let (watch, diagnostics_max) = (order.watch, order.diagnostics_max);
        let len = if self.pseudonyms.is_some() { survey.rows.len() } else { self.subjects.len() };
        let read_before = if self.reads_twice() { self.subjects.len() } else { 0 };
        let mut joiner = Joiner::new(encoder, output);
        let mut sheaf = Sheaf::default();
        encoder.head(&mut sheaf);
        joiner.join(&sheaf, outcome)?;
        let (mut done, mut failed) = (0, None);
        crew::in_order(
            (len.div_ceil(WRITING_SUBJECTS), order.workers),
            &self.halt,
            || Worker::hire(self.subjects),
            || Written { findings: Findings::new(diagnostics_max), tally: Tally::default(), sheaf: Sheaf::default() },
            |worker, chunk, written| {
                written.sheaf.clear();
                for n in subjects_of(chunk, WRITING_SUBJECTS, len) {
                    if self.halt.load(Ordering::Relaxed) || watch.stopped() {
                        written.tally.cut = true;
                        return;
                    }
                    self.write_subject(survey, n, encoder, worker, written);
                }
            },
            |written| {
                outcome.findings.absorb(mem::replace(&mut written.findings, Findings::new(diagnostics_max)));
                outcome.add(&mut written.tally);
                if outcome.ended != Ended::Whole {
                    return ControlFlow::Break(());
                }
                if let Err(error) = joiner.join(&written.sheaf, outcome) {
                    failed = Some(error);
                    return ControlFlow::Break(());
                }
                done = (done + WRITING_SUBJECTS).min(len);
                watch.done((read_before + done) as u64, (read_before + len) as u64);
                ControlFlow::Continue(())
            },
        );
        if let Some(error) = failed {
            return Err(error);
        }
        if outcome.ended == Ended::Whole {
            sheaf.clear();
            encoder.tail(&mut sheaf);
            joiner.join(&sheaf, outcome)?;
        }
        Ok(())
    }

    fn write_subject(
        &self,
        survey: &Survey,
        n: usize,
        encoder: &dyn Encoder,
        worker: &mut Worker<'_>,
        written: &mut Written,
    ) {
        let (view, as_at) = (self.order.view, self.projecting.as_at);
        let row = self.pseudonyms.as_ref().and_then(|_| survey.rows.get(n));
        let n = row.map_or(n, |row| row.subject);
        if self.counts_first {
            worker.read(n, &mut Unheard);
        } else {
            worker.read(n, &mut written.findings);
            written.tally.read(&worker.dossier);
        }
        let Worker { dossier, anchor, .. } = worker;
        let Some(subject) = dossier.subject.clone() else { return };
        if subject.kind != encoder.about() {
            return written.tally.leave_out(LeftOut::OtherKind);
        }
        let shares_place = shares_place(dossier, as_at, &survey.places);
        let restricted = self.projecting.restricted(dossier, shares_place);
        let left_out = self.projecting.left_out(dossier);
        if let Some(reason) = left_out.or_else(|| self.projecting.left_out_as_restricted(restricted)) {
            return written.tally.leave_out(reason);
        }
        let named = match row {
            Some(row) => anchor.take_pseudonym(row.pseudonym),
            // Under a key that everybody knows an id could be counted back to the identifier it was made from.
            None => anchor.take(&subject, |identifier| self.order.id_key_is_secret || view.lets_out(identifier)),
        };
        if !named {
            return written.tally.leave_out(LeftOut::WithoutIdentifier);
        }
        let protection = protection(dossier);
        self.projecting.project(dossier, restricted, &mut written.findings);
        if let Some(row) = row {
            disguise(dossier, row);
        }
        let subject: &Arc<Subject> = dossier.subject.as_ref().unwrap_or(&subject);
        let ids = self.order.options.id_key.of_subject(&anchor.system, &anchor.value);
        let disclosure =
            Disclosure { subject, records: &dossier.records, ids: &ids, protection, photographs: &dossier.photographs };
        encoder.subject(&disclosure, &mut written.sheaf, &mut written.findings);
    }
}

fn subjects_of(chunk: usize, subjects: usize, len: usize) -> Range<usize> {
    chunk * subjects..((chunk + 1) * subjects).min(len)
}

/// For whom pseudonyms are made: a file names no recipient, so that its key stands for one; and the year. A narrower
/// view names a child as the shipped one does.
fn recipient_and_year(order: &Order<'_>) -> String {
    const RECIPIENT: &str = "statistics";
    let of_day = || order.options.as_at_day().and_then(CollectionYear::of);
    match order.options.year.or_else(of_day) {
        Some(year) => format!("{RECIPIENT}/{}", year.number()),
        None => RECIPIENT.to_owned(),
    }
}

fn not_possible(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}
