//! Opens a return with what comes beside it: an index by child in one pass, and what concerns the document as a whole.
//!
//! Format: any number of parts, each one of the twelve modules or a companion table, told by its heading row. Modules
//! are taken in a fixed order whatever their files are called, so that the header of a child comes before the rest.
//! Operations: opening reads every part once, settles links and restrictions, and tells what belongs to no child; a
//! [`ChildReader`] tells everything that the rows of one child break.

use kit::{
    adapter::{Decode, Options, PartLabel, SubjectReader, Subjects},
    csv::{
        header::{Layout, Recognised, recognise},
        index::{Index, RowAt},
        read::{RowFate, read_row},
        rows::{Found, RowReader},
        rules as table_rules,
    },
    document::Document,
    encoding::PartText,
    table::{Row, Table},
    wire::Reading,
};
use schemas::{
    diagnostic::{Diagnostic, PartId, Place, Report, Severity},
    said::Said,
};

use crate::{
    companions::{ConsentRow, RestrictionRow},
    links::Links,
    module::Module,
    ssda903::child::ChildReader,
};

/// Reads the tables of one of the adapter's formats.
pub struct TableDecode {
    /// The tables that the format knows.
    pub tables: &'static [&'static Table],
}

impl Decode for TableDecode {
    fn open<'d>(
        &self,
        document: &'d Document,
        options: &'d Options,
        report: &mut dyn Report,
    ) -> Box<dyn Subjects + 'd> {
        Box::new(Opened::open(document, options, self.tables, report))
    }
}

/// A document that has been opened.
pub(super) struct Opened<'d> {
    pub(super) options: &'d Options,
    pub(super) parts: Vec<(PartText<'d>, Layout)>,
    pub(super) modules: Vec<Module>,
    labels: Vec<PartLabel>,
    pub(super) index: Index,
    pub(super) links: Links,
    pub(super) has_header: bool,
    closed: bool,
}

impl<'d> Opened<'d> {
    fn open(document: &'d Document, options: &'d Options, tables: &[&'static Table], report: &mut dyn Report) -> Self {
        let mut labels = Vec::new();
        let mut found: Vec<(Module, PartText<'d>, Layout)> = Vec::new();
        let (mut incomplete, mut guards_lost) = (false, false);
        for (id, part) in document.parts() {
            labels.push(PartLabel::unknown(id));
            if labels.len() > usize::from(options.limits.parts_max) {
                report.raise(Diagnostic::new(&table_rules::TOO_MANY_PARTS, Place::Part(id)));
                break;
            }
            let Ok(text) = PartText::open(id, part.bytes.as_ref()) else {
                report.raise(Diagnostic::new(&table_rules::PART_UNREADABLE, Place::Part(id)));
                continue;
            };
            match recognise(text, tables, &options.dialect, options.year, options.limits, report) {
                Recognised::Table(layout) => {
                    let Some(module) = Module::of(layout.table) else { continue };
                    let earlier = found.iter().filter(|(other, _, _)| *other == module).count();
                    if earlier > 0 {
                        let first =
                            found.iter().find(|(other, _, _)| *other == module).map(|(_, _, layout)| layout.part);
                        let double = Diagnostic::new(&table_rules::DOUBLE_PART, Place::Part(id));
                        report.raise(double.related_to(first.map(Place::Part)));
                    }
                    label(&mut labels, id, layout.table.name, earlier);
                    found.push((module, text, layout));
                }
                Recognised::Incomplete(table) => {
                    incomplete = true;
                    // Whom its rows would have protected cannot be told.
                    guards_lost |= table.columns.iter().any(|column| column.guard);
                    label(&mut labels, id, table.name, 0);
                }
                Recognised::Unknown if text.is_empty() => {}
                Recognised::Unknown => report.raise(Diagnostic::new(&table_rules::UNRECOGNISED, Place::Part(id))),
            }
        }
        if found.is_empty() && !incomplete {
            report.raise(Diagnostic::new(&table_rules::NOTHING_RECOGNISED, Place::Document));
        }
        found.sort_by_key(|(module, _, layout)| (*module, layout.part));
        let modules: Vec<Module> = found.iter().map(|(module, _, _)| *module).collect();
        let parts: Vec<_> = found.into_iter().map(|(_, text, layout)| (text, layout)).collect();
        let index = Index::build(&parts, "CHILD", options.limits, report);
        let mut opened = Self {
            options,
            has_header: modules.contains(&Module::Header),
            parts,
            modules,
            labels,
            index,
            links: Links::default(),
            closed: false,
        };
        opened.links = opened.read_links(report);
        opened.closed = guards_lost || opened.has_faulty_restrictions();
        opened
    }

    pub(super) fn reading(&self) -> Reading<'_> {
        Reading { year: self.options.year, dialect: &self.options.dialect }
    }

    /// Every row of one module, in order.
    fn each_row<R: Row>(
        &self,
        module: Module,
        report: &mut dyn Report,
        mut take: impl FnMut(R, RowFate, RowAt, Place),
    ) {
        let reading = self.reading();
        for (n, ((text, layout), _)) in
            self.parts.iter().zip(&self.modules).enumerate().filter(|(_, (_, of))| **of == module)
        {
            let mut rows = RowReader::new(*text, layout.delimiter, self.options.limits);
            let mut start = layout.rows;
            loop {
                match rows.read(start) {
                    Found::Row { next, .. } => {
                        let at = RowAt {
                            layout: u16::try_from(n).unwrap_or(u16::MAX),
                            at: start.at,
                            line: u32::try_from(start.line).unwrap_or(u32::MAX),
                        };
                        let (row, mut fate) = read_row::<R>(&rows, layout, &reading, None, report);
                        fate.lost |= rows.len() < layout.width;
                        take(row, fate, at, rows.row_place());
                        start = next;
                    }
                    Found::BlankLine { next } => start = next,
                    Found::Fault { rule, at, line, next } => {
                        report.raise(Diagnostic::new(rule, rows.fault_place(at, line)));
                        start = next;
                    }
                    Found::Unreadable | Found::End => break,
                }
            }
        }
    }

    /// Identifiers that two children claim are settled before any child is read. Only the identifiers are looked at;
    /// the rest of the rows, and what is wrong with them, comes with their children.
    fn read_links(&self, report: &mut dyn Report) -> Links {
        let mut links = Links::default();
        for (n, ((text, layout), module)) in (0_u16..).zip(self.parts.iter().zip(&self.modules)) {
            if *module != Module::Links {
                continue;
            }
            let cell_of = |column: &str| layout.cell_of(column);
            let (child, identifiers) = (cell_of("la_child_id"), ["nhs_number", "upn", "uln"].map(cell_of));
            let mut rows = RowReader::new(*text, layout.delimiter, self.options.limits);
            let mut start = layout.rows;
            loop {
                match rows.read(start) {
                    Found::Row { next, .. } => {
                        let at = RowAt { layout: n, at: start.at, line: u32::try_from(start.line).unwrap_or(u32::MAX) };
                        let cells = rows.cells();
                        let cell = |column: Option<usize>| column.and_then(|column| cells.get(column));
                        links.add(cell(child), identifiers.map(cell), at);
                        start = next;
                    }
                    Found::BlankLine { next } | Found::Fault { next, .. } => start = next,
                    Found::Unreadable | Found::End => break,
                }
            }
        }
        links.settle(&self.parts, report);
        links
    }

    /// Whether a restriction or consent row has an error: then nothing may leave to others with this document.
    fn has_faulty_restrictions(&self) -> bool {
        let mut errors = Errors::default();
        let mut faulty = false;
        let own = self.options.authority;
        let foreign = |la| matches!((own, la), (Some(own), Said::Is(la)) if own != la);
        self.each_row::<RestrictionRow>(Module::Restriction, &mut errors, |row, fate, _, _| {
            faulty |= fate.lost || fate.guard_unreadable || foreign(row.la_code);
        });
        self.each_row::<ConsentRow>(Module::Consent, &mut errors, |row, fate, _, _| {
            faulty |= fate.lost || fate.guard_unreadable || foreign(row.la_code);
        });
        faulty || errors.count > 0
    }
}

impl Subjects for Opened<'_> {
    fn len(&self) -> usize {
        self.index.len()
    }

    fn rows(&self) -> u64 {
        self.index.rows_seen()
    }

    fn labels(&self) -> &[PartLabel] {
        &self.labels
    }

    fn reader(&self) -> Box<dyn SubjectReader + '_> {
        Box::new(ChildReader::new(self))
    }

    fn closed_to_others(&self) -> bool {
        self.closed
    }
}

fn label(labels: &mut [PartLabel], part: PartId, table: &'static str, earlier: usize) {
    if let Some(label) = labels.get_mut(usize::from(part.0)) {
        *label = PartLabel::Table(table, u16::try_from(earlier + 1).unwrap_or(u16::MAX));
    }
}

/// Counts errors that will be told when the child is read.
#[derive(Default)]
struct Errors {
    count: u64,
}

impl Report for Errors {
    fn raise(&mut self, diagnostic: Diagnostic) {
        self.count += u64::from(diagnostic.rule.severity == Severity::Error);
    }
}
