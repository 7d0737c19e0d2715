//! Opens files into pupils: where each stands, whose it is, and what the file says of itself.
//!
//! Limits: 16 bytes a pupil and 25 a UPN; one pupil in memory. Format: any number of files, each read by itself; pupils
//! of one UPN are one subject, in the order of the files. Operations: opening looks at the tags of each file once and at
//! the UPN of each pupil; a [`PupilReader`] reads a pupil when it is asked for.

use std::{collections::HashMap, num::NonZeroUsize};

use kit::{
    adapter::{Decode, Dossier, Options, PartLabel, SubjectReader, Subjects},
    csv::rules as table_rules,
    document::Document,
    encoding::{PartText, Window},
    limits::ReadingLimits,
    nested::{Ground, Hearing, Item, Outline, Parted, Rows, Step, Steps, Walk, rules::XML},
    wire::Reading,
    xml::{
        items,
        read::{Reader, Spelling},
    },
};
use schemas::{
    diagnostic::{Diagnostic, PartId, Place, Report},
    identifier::Upn,
    said::Said,
};

use crate::ctf::{
    pupil::{FileFacts, Pupil},
    rules,
    tables::{HeaderRow, outline},
};

/// Reads Common Transfer Files.
pub(super) struct CtfDecode;

impl Decode for CtfDecode {
    fn open<'d>(
        &self,
        document: &'d Document,
        options: &'d Options,
        _: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        Box::new(Opened::open(document, options, report))
    }
}

/// A document that has been opened.
pub(super) struct Opened<'d> {
    options: &'d Options,
    outline: Outline,
    files: Vec<File<'d>>,
    labels: Vec<PartLabel>,
    /// Each pupil, those of one subject together.
    pupils: Vec<PupilAt>,
    /// Where each subject begins among them.
    subjects: Vec<u32>,
}

/// A file of a document.
struct File<'d> {
    text: PartText<'d>,
    spelling: Spelling,
    items: Vec<Item>,
    facts: FileFacts,
}

/// Which pupil of which file.
#[derive(Clone, Copy)]
struct PupilAt {
    item: u32,
    file: u16,
}

impl<'d> Opened<'d> {
    fn open(document: &'d Document, options: &'d Options, report: &mut dyn Report) -> Self {
        let outline = outline();
        let mut labels = Vec::new();
        let mut files = Vec::new();
        for (id, part) in document.parts() {
            labels.push(PartLabel::unknown(id));
            if labels.len() > usize::from(options.limits.parts_max) {
                report.raise(Diagnostic::new(&table_rules::TOO_MANY_PARTS, Place::Part(id)));
                break;
            }
            let Ok(text) = PartText::open(id, part.bytes.as_ref()) else {
                report.raise(Diagnostic::new(&XML.unreadable, Place::Part(id)));
                continue;
            };
            let parted = items::part(text, "Pupil", options.limits, report);
            let Some(file) = File::of(text, parted, &outline, options, report) else { continue };
            label(&mut labels, id, files.len());
            files.push(file);
        }
        let (pupils, subjects) = grouped(&files, options.limits);
        Self { options, outline, files, labels, pupils, subjects }
    }

    /// The pupils of the n-th subject.
    fn pupils(&self, n: usize) -> &[PupilAt] {
        let from = self.subjects.get(n).map_or(self.pupils.len(), |from| *from as usize);
        let to = self.subjects.get(n + 1).map_or(self.pupils.len(), |to| *to as usize);
        &self.pupils[from..to]
    }
}

impl<'d> File<'d> {
    /// Reads what stands around the pupils; `None` where it is no file of this format.
    fn of(
        text: PartText<'d>,
        mut parted: Parted,
        outline: &Outline,
        options: &Options,
        report: &mut dyn Report,
    ) -> Option<Self> {
        let units = parted.frame.units();
        if units.is_empty() {
            if text.is_empty() {
                report.raise(Diagnostic::new(&XML.unrecognised, Place::Part(text.part)));
            }
            return None;
        }
        let spelling = items::spelling(units).unwrap_or_else(|| {
            report.raise(Diagnostic::new(&XML.encoding, Place::Part(text.part)));
            Spelling::Unicode
        });
        let reading = reading(options);
        let mut hearing = Hearing { reading: &reading, outline, text: &text, report };
        let mut reader = Reader::new(units, parted.frame.ground(text), spelling, options.limits);
        let (mut header, mut pupil) = (Rows::<HeaderRow>::default(), Pupil::default());
        let walked =
            Walk::new(outline, options.limits).frame(&mut reader, &mut pupil.tables(&mut header), &mut hearing);
        let admissions = is_admissions(units);
        parted.keep_runs(&walked.runs);
        if !walked.whole && parted.items.is_empty() && header.held().is_empty() {
            return None;
        }
        if admissions {
            hearing.report.raise(Diagnostic::new(&rules::ADMISSIONS, Place::Part(text.part)));
        }
        let header = header.drain().next();
        let spot = header.as_ref().map(|held| held.spot).unwrap_or_default();
        let header = header.map(|held| held.row).unwrap_or_default();
        match version(&header) {
            Some(version) if version > NEWEST => tell(&rules::VERSION_NEWER, &spot, &mut hearing),
            Some(version) if version >= OLDEST => {}
            _ => tell(&rules::VERSION_OLDER, &spot, &mut hearing),
        }
        let facts = FileFacts::of(&header, options.as_at_day());
        Some(Self { text, spelling, items: parted.items, facts })
    }

    /// The units of a pupil; `None` where it is longer than any may be.
    fn units<'w>(&self, window: &'w mut Window<'d>, item: Item, limits: ReadingLimits) -> Option<&'w [u8]> {
        let units = Some(item.units).filter(|units| *units <= limits.item_bytes_max)? as usize;
        window.from(item.at, units).ok()?.get(..units)
    }
}

/// The versions that are read as they are.
const OLDEST: u16 = 17;
const NEWEST: u16 = 25;

fn version(header: &HeaderRow) -> Option<u16> {
    let Said::Is(version) = &header.version else { return None };
    version.split('.').next()?.trim().parse().ok()
}

fn is_admissions(frame: &[u8]) -> bool {
    const ROOT: &[u8] = b"<ATfile";
    frame.windows(ROOT.len()).any(|units| units.eq_ignore_ascii_case(ROOT))
}

fn tell(rule: &'static schemas::diagnostic::Rule, spot: &kit::nested::Spot, hearing: &mut Hearing<'_>) {
    let place = hearing.outline.place(hearing.text, spot);
    hearing.report.raise(Diagnostic::new(rule, place));
}

fn reading(options: &Options) -> Reading<'_> {
    Reading { year: None, dialect: &options.dialect, protection_only: false }
}

fn label(labels: &mut [PartLabel], part: PartId, earlier: usize) {
    if let Some(label) = labels.get_mut(usize::from(part.0)) {
        *label = PartLabel::Table("ctf", u16::try_from(earlier + 1).unwrap_or(u16::MAX));
    }
}

/// Puts pupils of one UPN together. One without a UPN is a subject by itself.
fn grouped(files: &[File<'_>], limits: ReadingLimits) -> (Vec<PupilAt>, Vec<u32>) {
    let mut known: HashMap<Upn, u32> = HashMap::new();
    let mut of_subject: Vec<(u32, PupilAt)> = Vec::new();
    let mut subjects = 0;
    for (n, file) in (0_u16..).zip(files) {
        let mut window = Window::new(file.text);
        for (item, at) in (0_u32..).zip(&file.items) {
            let upn = file.units(&mut window, *at, limits).and_then(|units| upn_of(units, file, limits));
            let subject = match upn {
                Some(upn) => *known.entry(upn).or_insert(subjects),
                None => subjects,
            };
            subjects = subjects.max(subject + 1);
            of_subject.push((subject, PupilAt { item, file: n }));
        }
    }
    // Stable: the pupils of one subject stay in their order.
    of_subject.sort_by_key(|(subject, _)| *subject);
    let mut begins = Vec::new();
    for (n, (subject, _)) in (0_u32..).zip(&of_subject) {
        if *subject as usize == begins.len() {
            begins.push(n);
        }
    }
    (of_subject.into_iter().map(|(_, at)| at).collect(), begins)
}

/// The UPN of a pupil, which stands near its beginning.
fn upn_of(units: &[u8], file: &File<'_>, limits: ReadingLimits) -> Option<Upn> {
    let mut reader = Reader::new(units, Ground::from(file.text, 0), file.spelling, limits);
    let (mut depth, mut is_upn) = (0, false);
    loop {
        match reader.step() {
            Step::Open(name) => {
                depth += 1;
                is_upn = depth == 2 && name.eq_ignore_ascii_case(b"UPN");
            }
            Step::Text(text) if is_upn => return Upn::read(&text),
            Step::Text(_) | Step::Told(_) => {}
            Step::Close => {
                depth -= 1;
                is_upn = false;
            }
            Step::Spoilt(_) if !is_upn => {}
            Step::Spoilt(_) | Step::Broken(_) | Step::End => return None,
        }
    }
}

impl Subjects for Opened<'_> {
    fn len(&self) -> usize {
        self.subjects.len()
    }

    fn rows(&self) -> u64 {
        self.pupils.len() as u64
    }

    fn labels(&self) -> &[PartLabel] {
        &self.labels
    }

    fn reader(&self) -> Box<dyn SubjectReader + '_> {
        let limits = self.options.limits;
        Box::new(PupilReader {
            opened: self,
            windows: self.files.iter().map(|file| Window::new(file.text)).collect(),
            walk: Walk::new(&self.outline, limits),
            header: Rows::default(),
            pupil: Pupil::default(),
        })
    }
}

/// Reads one pupil after another; each worker has its own.
struct PupilReader<'o> {
    opened: &'o Opened<'o>,
    windows: Vec<Window<'o>>,
    walk: Walk<'o>,
    header: Rows<HeaderRow>,
    pupil: Pupil,
}

impl SubjectReader for PupilReader<'_> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        dossier.clear();
        let opened = self.opened;
        let (options, limits) = (opened.options, opened.options.limits);
        let reading = reading(options);
        for at in opened.pupils(n) {
            let file = &opened.files[usize::from(at.file)];
            let item = file.items[at.item as usize];
            let mut hearing = Hearing { reading: &reading, outline: &opened.outline, text: &file.text, report };
            if item.units > limits.item_bytes_max {
                tell(&XML.item_too_long, &opened.outline.item_spot(at.item as usize, item.at), &mut hearing);
                continue;
            }
            let Some(units) = file.units(&mut self.windows[usize::from(at.file)], item, limits) else {
                tell(&XML.unreadable, &opened.outline.item_spot(at.item as usize, item.at), &mut hearing);
                continue;
            };
            let mut reader = Reader::new(units, Ground::from(file.text, item.at), file.spelling, limits);
            self.pupil.clear();
            let mut tables = self.pupil.tables(&mut self.header);
            if self.walk.item(at.item as usize, &mut reader, &mut tables, &mut hearing) {
                self.pupil.say(&file.facts, options, dossier, &mut hearing);
            }
        }
    }
}
