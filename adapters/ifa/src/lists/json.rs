//! Opens a list in JSON, an item a row of the table that CSV has, and writes one.
//!
//! Limits: 24 bytes an item and the name of each subject; one item in memory. Format: an object that says what it is,
//! with the array of items; money is in whole pence. Where the list is somebody else's, whatever stands around the items
//! is theirs, and items may come without it. Operations: [`ListDecode`] opens, a reader reads one subject's items
//! together; [`head`], [`item`] and [`tail`] write.

use std::{marker::PhantomData, num::NonZeroUsize};

use kit::{
    adapter::{Decode, Dossier, Options, PartLabel, SubjectReader, Subjects, Unheard},
    csv::{
        groups::{Gathering, Groups},
        index::RowAt,
        read::RowFate,
        rules as table_rules,
    },
    document::Document,
    encoding::{PartText, Window},
    json::{
        items::{self, Form},
        members::Members,
        read::Reader,
        write::Object,
    },
    nested::{
        Branch, Columns, Ground, Hearing, Held, InPence, Item, Outline, Parted, Rows, Spot, Syntax, TableRows, Walk,
        rules::JSON,
    },
    sheaf::{PartName, Sheaf},
    telling::Telling,
};
use schemas::{
    diagnostic::{Diagnostic, Place, Report, Rule},
    said::Said,
};

use crate::{
    document::reading,
    json::shape,
    lists::{Gathers, Speaks, Whom, Whose, name_of},
    rules,
};

/// A row that is an item of a list in JSON.
pub trait Listed: Speaks {
    /// What the document says it is: `homeward/notice`; nothing where the list is not ours.
    const FORMAT: Option<&'static str>;
    /// What the array of items is called.
    const ITEMS: &'static str;
    /// Where each column stands in an item.
    const COLUMNS: &'static [(&'static str, &'static str)];
    /// The same, with the places where others have had them.
    const READ: &'static [(&'static str, &'static str)] = Self::COLUMNS;
    /// Names that may stand in every object, and say nothing.
    const PASSED_OVER: &'static [&'static str] = &[];

    /// Where everything stands.
    #[must_use]
    fn outline(branches: &[Branch]) -> Outline {
        Outline::of(Syntax::Json, branches, Self::ITEMS, &[], &rules::UNKNOWN_MEMBER)
    }
}

kit::rows! {
    /// What a document says of itself.
    DocumentRow = DOCUMENT "document" spelt Plain {
        /// The format.
        format: Box<str> = "format" { required: false, source: "ifa 6" },
        /// Its version.
        version: Box<str> = "version" { required: false, source: "ifa 6" },
    }
}

fn branches<R: Listed>(columns: &'static [(&'static str, &'static str)]) -> [Branch; 2] {
    let of_the_document = if R::FORMAT.is_some() { Columns::Called } else { Columns::At(&[]) };
    [Branch::one(&DOCUMENT, "", of_the_document), Branch::several(R::TABLE, R::ITEMS, Columns::At(columns))]
}

/// Begins a document of the list.
pub fn head<R: Listed>(sheaf: &mut Sheaf) {
    let out = sheaf.part(PartName::Whole);
    let mut object = Object::begin(out);
    object.text("format", R::FORMAT.unwrap_or_default());
    object.text("version", "1");
    out.extend_from_slice(format!(",\"{}\":[", R::ITEMS).as_bytes());
}

/// Writes an item.
pub fn item<R: Listed>(members: &Members, sheaf: &mut Sheaf) {
    let out = sheaf.next_item(b",");
    out.push(b'\n');
    out.extend_from_slice(members.json().as_bytes());
    sheaf.count(R::TABLE.name, 1);
}

/// Ends a document.
pub fn tail(sheaf: &mut Sheaf) {
    sheaf.part(PartName::Whole).extend_from_slice(b"\n]}\n");
}

/// Reads a list in JSON.
pub struct ListDecode<R>(PhantomData<fn() -> R>);

impl<R> ListDecode<R> {
    /// The decoder.
    pub const NEW: Self = Self(PhantomData);
}

impl<R: Listed> Decode for ListDecode<R> {
    fn open<'d>(
        &self,
        document: &'d Document,
        options: &'d Options,
        _: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        Box::new(Opened::<R>::open(document, options, report))
    }

    fn branches(&self) -> Vec<Branch> {
        branches::<R>(R::COLUMNS).to_vec()
    }

    fn passed_over(&self) -> &'static [&'static str] {
        R::PASSED_OVER
    }
}

/// A document that has been opened.
struct Opened<'d, R> {
    options: &'d Options,
    /// Of items in their array, and of items in nothing.
    outlines: [Outline; 2],
    files: Vec<File<'d>>,
    labels: Vec<PartLabel>,
    subjects: Groups,
    row: PhantomData<fn() -> R>,
}

/// A file of a document.
struct File<'d> {
    text: PartText<'d>,
    items: Vec<Item>,
    form: Form,
}

impl<'d, R: Listed> Opened<'d, R> {
    fn open(document: &'d Document, options: &'d Options, report: &mut dyn Report) -> Self {
        let outline = || R::outline(&branches::<R>(R::READ));
        let outlines = [outline(), outline().bare()];
        let subjects = Gathering::default().finish();
        let mut opened = Self { options, outlines, files: Vec::new(), labels: Vec::new(), subjects, row: PhantomData };
        for (id, part) in document.parts() {
            opened.labels.push(PartLabel::unknown(id));
            if opened.labels.len() > usize::from(options.limits.parts_max) {
                report.raise(Diagnostic::new(&table_rules::TOO_MANY_PARTS, Place::Part(id)));
                break;
            }
            let Ok(text) = PartText::open(id, part.bytes.as_ref()) else {
                report.raise(Diagnostic::new(&JSON.unreadable, Place::Part(id)));
                continue;
            };
            if let Some((items, form)) = opened.items(text, report) {
                opened.files.push(File { text, items, form });
                let nth = u16::try_from(opened.files.len()).unwrap_or(u16::MAX);
                if let Some(label) = opened.labels.last_mut() {
                    *label = PartLabel::Table("document", nth);
                }
            }
        }
        opened.subjects = opened.gather(report);
        opened
    }

    fn outline(&self, form: Form) -> &Outline {
        let [enveloped, bare] = &self.outlines;
        if form == Form::Bare { bare } else { enveloped }
    }

    /// The items of a file that says that it is such a list.
    fn items(&self, text: PartText<'d>, report: &mut dyn Report) -> Option<(Vec<Item>, Form)> {
        let (parted, form) = items::part(text, Some(R::ITEMS), self.options.limits, report);
        if form == Form::Bare {
            if R::FORMAT.is_none() {
                return Some((parted.items, form));
            }
            if !parted.items.is_empty() {
                report.raise(Diagnostic::new(&rules::FORMAT_NAME, Place::Part(text.part)));
            }
            return None;
        }
        let reading = reading(self.options);
        let mut hearing = Hearing { reading: &reading, outline: self.outline(form), text: &text, report };
        let held = self.frame(&parted, &mut hearing)?;
        let is_ours = |format: &str| R::FORMAT.is_some_and(|ours| *format == *ours);
        let refused = match (&held.row.format, &held.row.version) {
            _ if R::FORMAT.is_none() => None,
            (Said::Is(format), Said::Is(version)) if is_ours(format) => {
                (version.split('.').next() != Some("1")).then_some(&rules::VERSION)
            }
            (Said::Is(format), _) if is_ours(format) => Some(&rules::VERSION),
            _ => Some(&rules::FORMAT_NAME),
        };
        if let Some(rule) = refused {
            tell(rule, &held.spot, &mut hearing);
            return None;
        }
        Some((parted.items, form))
    }

    /// What the document says of itself.
    fn frame(&self, parted: &Parted, hearing: &mut Hearing<'_>) -> Option<Held<DocumentRow>> {
        let mut reader = Reader::new(parted.frame.units(), parted.frame.ground(*hearing.text), self.options.limits);
        let (mut document, mut rows) = (Rows::<DocumentRow>::default(), InPence::<Rows<R>>::default());
        let mut tables: [&mut dyn TableRows; 2] = [&mut document, &mut rows];
        Walk::new(hearing.outline, self.options.limits).frame(&mut reader, &mut tables, hearing);
        document.drain().next()
    }

    /// Looks at every item once, and notes whose it is. What is wrong with one that is nobody's is told here.
    fn gather(&self, report: &mut dyn Report) -> Groups {
        let mut gathering = Gathering::default();
        for (n, file) in (0_u16..).zip(&self.files) {
            let mut reading_of = ItemReader::of(self, file);
            let mut once: Option<&'static Rule> = None;
            for (number, item) in (0_u32..).zip(&file.items) {
                let held = reading_of.read(number as usize, *item, &mut Unheard);
                once = once.or_else(|| held.as_ref()?.row.tells_once(self.options));
                let why = match held.map(|held| held.row.whom(self.options)) {
                    Some(Whom::Is(subject)) => {
                        gathering.add(&name_of(&subject), RowAt { layout: n, at: 0, line: number });
                        continue;
                    }
                    Some(Whom::Nobody(why)) => why,
                    None => None,
                };
                if let (Some(held), Some((rule, column))) = (reading_of.read(number as usize, *item, report), why) {
                    let outline = self.outline(file.form);
                    let place = outline.place(&file.text, &outline.column_spot(&held.spot, column));
                    report.raise(Diagnostic::new(rule, place));
                }
            }
            once.into_iter().for_each(|rule| report.raise(Diagnostic::new(rule, Place::Part(file.text.part))));
        }
        gathering.finish()
    }
}

fn tell(rule: &'static Rule, spot: &Spot, hearing: &mut Hearing<'_>) {
    let place = hearing.outline.place(hearing.text, spot);
    hearing.report.raise(Diagnostic::new(rule, place));
}

/// Reads the items of a file, one at a time.
struct ItemReader<'o, R> {
    options: &'o Options,
    outline: &'o Outline,
    text: PartText<'o>,
    window: Window<'o>,
    walk: Walk<'o>,
    rows: InPence<Rows<R>>,
}

impl<'o, R: Listed> ItemReader<'o, R> {
    fn of(opened: &'o Opened<'o, R>, file: &File<'o>) -> Self {
        let outline = opened.outline(file.form);
        Self {
            options: opened.options,
            outline,
            text: file.text,
            window: Window::new(file.text),
            walk: Walk::new(outline, opened.options.limits),
            rows: InPence::default(),
        }
    }

    /// The row of an item; `None` where it cannot be read, which is told.
    fn read(&mut self, number: usize, item: Item, report: &mut dyn Report) -> Option<Held<R>> {
        let (limits, reading) = (self.options.limits, reading(self.options));
        let mut hearing = Hearing { reading: &reading, outline: self.outline, text: &self.text, report };
        self.rows.clear();
        let spot = self.outline.item_spot(number, item.at);
        if item.units > limits.item_bytes_max {
            tell(&JSON.item_too_long, &spot, &mut hearing);
            return None;
        }
        let units = self.window.from(item.at, item.units as usize).ok();
        let Some(units) = units.and_then(|rest| rest.get(..item.units as usize)) else {
            tell(&JSON.unreadable, &spot, &mut hearing);
            return None;
        };
        let mut reader = Reader::new(units, Ground::from(self.text, item.at), limits);
        let mut document = Rows::<DocumentRow>::default();
        let mut tables: [&mut dyn TableRows; 2] = [&mut document, &mut self.rows];
        if !self.walk.item(number, &mut reader, &mut tables, &mut hearing) {
            return None;
        }
        // An item that holds nothing is a row that says nothing.
        let nothing = || Held { row: R::default(), fate: RowFate::default(), within: 0, spot };
        Some(self.rows.0.drain().next().unwrap_or_else(nothing))
    }
}

impl<R: Listed> Subjects for Opened<'_, R> {
    fn len(&self) -> usize {
        self.subjects.len()
    }

    fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.items.len() as u64).sum()
    }

    fn labels(&self) -> &[PartLabel] {
        &self.labels
    }

    fn reader(&self) -> Box<dyn SubjectReader + '_> {
        Box::new(ListReader { opened: self, items: self.files.iter().map(|file| ItemReader::of(self, file)).collect() })
    }
}

/// Reads one subject after another; each worker has its own.
struct ListReader<'o, R> {
    opened: &'o Opened<'o, R>,
    items: Vec<ItemReader<'o, R>>,
}

impl<R: Listed> SubjectReader for ListReader<'_, R> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        dossier.clear();
        let Opened { options, files, subjects, .. } = self.opened;
        let (mut whose, mut said) = (Whose::default(), R::Said::begin(options));
        for at in subjects.rows_of(n) {
            let (of, number) = (usize::from(at.layout), at.line as usize);
            let file = &files[of];
            let outline = self.opened.outline(file.form);
            let Some(held) = self.items[of].read(number, file.items[number], report) else { continue };
            if let Whom::Is(subject) = held.row.whom(options) {
                whose.add(subject);
            }
            if !held.fate.lost {
                let place_of = |column: &str| outline.place(&file.text, &outline.column_spot(&held.spot, column));
                let columns = shape::Members { table: R::TABLE, place_of: &place_of };
                let place = outline.place(&file.text, &held.spot);
                let under = (options.as_at_day(), &options.dialect);
                said.take(held.row, &mut Telling::at(place, under, &columns, report));
            }
        }
        if let Some(subject) = whose.take() {
            said.finish(&subject, dossier, report);
            dossier.subject = Some(subject);
        }
    }
}
