//! Opens documents in JSON into children: where their items stand, and whose they are.
//!
//! Limits: 24 bytes an item and the name of each child; one item in memory. Format: any number of documents, each an
//! object with an array of items, a bare array, one item, or one item a line; items of one child are one subject.
//! Operations: opening reads each item once, to tell whose it is; a reader reads a child's items when it is asked for.

use std::{marker::PhantomData, num::NonZeroUsize};

use kit::{
    adapter::{Decode, Dossier, Options, PartLabel, SubjectReader, Subjects, Unheard},
    csv::{
        groups::{Gathering, Groups},
        index::RowAt,
        rules as table_rules,
    },
    document::Document,
    encoding::{PartText, Window},
    figures::Summarise,
    json::{
        items::{self, Form},
        read::Reader,
    },
    nested::{Branch, Ground, Hearing, Item, Outline, Rows, Syntax, Walk, rules::JSON},
    wire::{Reading, Spelling},
};
use schemas::{
    date::Date,
    diagnostic::{Diagnostic, PartId, Place, Report, Rule},
    identifier::LaCode,
    said::Said,
};

use crate::{
    figures::SchoolFigures,
    json::{
        flat, rules,
        shape::{DocumentRow, Shape, Teller},
    },
    records::ChildRecords,
    rules as shared,
};

/// Reads documents of a shape; of a table of it, where the dialect names one.
pub(super) struct JsonDecode<S>(PhantomData<fn() -> S>);

impl<S> JsonDecode<S> {
    /// The decoder.
    pub(super) const NEW: Self = Self(PhantomData);
}

impl<S: Shape + 'static> Decode for JsonDecode<S> {
    fn open<'d>(
        &self,
        document: &'d Document,
        options: &'d Options,
        _: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        flat::open(document, options, report).unwrap_or_else(|| Box::new(Opened::<S>::open(document, options, report)))
    }

    fn summarise(&self) -> Option<&dyn Summarise> {
        Some(&SchoolFigures)
    }

    fn branches(&self) -> Vec<Branch> {
        S::branches()
    }
}

/// A document that has been opened.
pub(super) struct Opened<'d, S> {
    options: &'d Options,
    files: Vec<File<'d>>,
    labels: Vec<PartLabel>,
    children: Groups,
    items: u64,
    shape: PhantomData<fn() -> S>,
}

/// A file of a document.
struct File<'d> {
    text: PartText<'d>,
    outline: Outline,
    items: Vec<Item>,
    as_at: Option<Date>,
    authority: Option<LaCode>,
}

impl<'d, S: Shape> Opened<'d, S> {
    pub(super) fn open(document: &'d Document, options: &'d Options, report: &mut dyn Report) -> Self {
        let (mut labels, mut files) = (Vec::new(), Vec::new());
        for (id, part) in document.parts() {
            labels.push(PartLabel::unknown(id));
            if labels.len() > usize::from(options.limits.parts_max) {
                report.raise(Diagnostic::new(&table_rules::TOO_MANY_PARTS, Place::Part(id)));
                break;
            }
            let Ok(text) = PartText::open(id, part.bytes.as_ref()) else {
                report.raise(Diagnostic::new(&JSON.unreadable, Place::Part(id)));
                continue;
            };
            if let Some(file) = File::open::<S>(text, options, report) {
                label(&mut labels, id, files.len());
                files.push(file);
            }
        }
        let mut opened =
            Self { options, files, labels, children: Gathering::default().finish(), items: 0, shape: PhantomData };
        opened.children = opened.gathered(report);
        opened
    }

    /// Whose each item is. What is told once a file is told here, and who cannot be told.
    fn gathered(&mut self, report: &mut dyn Report) -> Groups {
        let mut gathering = Gathering::default();
        let mut shape = S::default();
        for (n, file) in (0_u16..).zip(&self.files) {
            let mut told: Vec<&'static Rule> = Vec::new();
            let (mut window, mut walk) = (Window::new(file.text), Walk::new(&file.outline, self.options.limits));
            for (number, item) in (0_u32..).zip(&file.items) {
                self.items += 1;
                let reading = reading(self.options);
                let mut unheard = Unheard;
                let mut hearing =
                    Hearing { reading: &reading, outline: &file.outline, text: &file.text, report: &mut unheard };
                if !read(&mut shape, file, number as usize, *item, &mut window, &mut walk, self.options, &mut hearing) {
                    // Nobody's: why is told here, since no child will be read of it.
                    let mut hearing =
                        Hearing { reading: &reading, outline: &file.outline, text: &file.text, report: &mut *report };
                    read(&mut shape, file, number as usize, *item, &mut window, &mut walk, self.options, &mut hearing);
                    continue;
                }
                let identity = shape.identity(file.authority, &mut Teller { hearing: &mut hearing, as_at: file.as_at });
                let mut hearing = Hearing { reading: &reading, outline: &file.outline, text: &file.text, report };
                for (rule, spot, column) in shape.oddities() {
                    if !told.contains(&rule) {
                        told.push(rule);
                        let spot = file.outline.column_spot(&spot, column);
                        Teller { hearing: &mut hearing, as_at: file.as_at }.tell(rule, &spot);
                    }
                }
                match identity.name(file.authority).filter(|_| identity.names_a_child()) {
                    Some(name) => {
                        gathering.add(&name, RowAt { layout: n, at: 0, line: number });
                    }
                    None => {
                        let spot = file.outline.item_spot(number as usize, item.at);
                        Teller { hearing: &mut hearing, as_at: file.as_at }.tell(&shared::NO_SUBJECT, &spot);
                    }
                }
            }
        }
        gathering.finish()
    }
}

impl<'d> File<'d> {
    fn open<S: Shape>(text: PartText<'d>, options: &Options, report: &mut dyn Report) -> Option<Self> {
        let (parted, form) = items::part(text, S::ITEMS, options.limits, report);
        let branches = S::branches();
        let outline = Outline::of(Syntax::Json, &branches, S::ITEM_AT, &[], &rules::UNKNOWN_MEMBER);
        if form == Form::Bare || S::FORMAT.is_none() {
            let outline = if form == Form::Bare { outline.bare() } else { outline };
            let (as_at, authority) = (options.as_at_day(), options.authority);
            return (!parted.items.is_empty()).then_some(Self { text, outline, items: parted.items, as_at, authority });
        }
        let reading = reading(options);
        let mut hearing = Hearing { reading: &reading, outline: &outline, text: &text, report };
        let mut reader = Reader::new(parted.frame.units(), parted.frame.ground(text), options.limits);
        let (mut document, mut shape) = (Rows::<DocumentRow>::default(), S::default());
        Walk::new(&outline, options.limits).frame(&mut reader, &mut shape.tables(&mut document), &mut hearing);
        let held = document.drain().next()?;
        let row = held.row;
        let refused = match (&row.format, &row.version) {
            (Said::Is(format), _) if S::FORMAT != Some(&**format) => Some(&rules::FORMAT_NAME),
            (Said::Is(_), Said::Is(version)) if version.split('.').next() == Some("1") => None,
            (Said::Is(_), _) => Some(&rules::VERSION),
            _ => Some(&rules::FORMAT_NAME),
        };
        if let Some(rule) = refused {
            Teller { hearing: &mut hearing, as_at: None }.tell(rule, &held.spot);
            return None;
        }
        let as_at = row.as_at.is().or(options.as_at_day());
        let authority = row.authority.is().or(options.authority);
        Some(Self { text, outline, items: parted.items, as_at, authority })
    }
}

/// Reads an item into its shape; false where it cannot be read.
#[allow(clippy::too_many_arguments, reason = "what is kept from one item to the next, and what the item is")]
fn read<'d, S: Shape>(
    shape: &mut S,
    file: &File<'d>,
    number: usize,
    item: Item,
    window: &mut Window<'d>,
    walk: &mut Walk<'_>,
    options: &Options,
    hearing: &mut Hearing<'_>,
) -> bool {
    let limits = options.limits;
    shape.clear();
    let mut fails = |rule: &'static Rule| {
        let spot = file.outline.item_spot(number, item.at);
        Teller { hearing, as_at: None }.tell(rule, &spot);
        false
    };
    if item.units > limits.item_bytes_max {
        return fails(&JSON.item_too_long);
    }
    let Some(units) = window.from(item.at, item.units as usize).ok().and_then(|rest| rest.get(..item.units as usize))
    else {
        return fails(&JSON.unreadable);
    };
    let mut reader = Reader::new(units, Ground::from(file.text, item.at), limits);
    let mut document = Rows::<DocumentRow>::default();
    walk.item(number, &mut reader, &mut shape.tables(&mut document), hearing)
}

fn reading(options: &Options) -> Reading<'_> {
    Reading { year: None, dialect: &options.dialect, protection_only: false, spelling: Spelling::Plain }
}

fn label(labels: &mut [PartLabel], part: PartId, earlier: usize) {
    if let Some(label) = labels.get_mut(usize::from(part.0)) {
        *label = PartLabel::Table("document", u16::try_from(earlier + 1).unwrap_or(u16::MAX));
    }
}

impl<S: Shape + 'static> Subjects for Opened<'_, S> {
    fn len(&self) -> usize {
        self.children.len()
    }

    fn rows(&self) -> u64 {
        self.items
    }

    fn labels(&self) -> &[PartLabel] {
        &self.labels
    }

    fn reader(&self) -> Box<dyn SubjectReader + '_> {
        Box::new(ChildReader {
            opened: self,
            windows: self.files.iter().map(|file| Window::new(file.text)).collect(),
            walks: self.files.iter().map(|file| Walk::new(&file.outline, self.options.limits)).collect(),
            shape: S::default(),
            child: ChildRecords::default(),
        })
    }
}

/// Reads one child after another; each worker has its own.
struct ChildReader<'o, S> {
    opened: &'o Opened<'o, S>,
    windows: Vec<Window<'o>>,
    walks: Vec<Walk<'o>>,
    shape: S,
    child: ChildRecords,
}

impl<S: Shape> SubjectReader for ChildReader<'_, S> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        dossier.clear();
        let opened = self.opened;
        let reading = reading(opened.options);
        self.child.begin(opened.options.authority);
        let mut as_at = opened.options.as_at_day();
        for at in opened.children.rows_of(n) {
            let (of, number) = (usize::from(at.layout), at.line as usize);
            let (file, shape) = (&opened.files[of], &mut self.shape);
            let mut hearing = Hearing { reading: &reading, outline: &file.outline, text: &file.text, report };
            let (window, walk, item) = (&mut self.windows[of], &mut self.walks[of], file.items[number]);
            if !read(shape, file, number, item, window, walk, opened.options, &mut hearing) {
                continue;
            }
            as_at = file.as_at.or(as_at);
            let mut teller = Teller { hearing: &mut hearing, as_at: file.as_at };
            let identity = shape.identity(file.authority, &mut teller);
            shape.say(&identity, &mut teller, &mut self.child);
        }
        self.child.finish(as_at, &opened.options.pep, dossier, report);
    }
}
