//! Opens a return with what comes beside it: an index by child in one pass, and what concerns the document as a whole.
//!
//! Format: any number of parts, each one of the twelve modules or a companion table, told by its heading row. Modules
//! are taken in a fixed order whatever their files are called, so that the header of a child comes before the rest.
//! Operations: opening reads every part once, settles links and restrictions, and tells what belongs to no child; a
//! [`ChildReader`] tells everything that the rows of one child break.

use std::{
    collections::{BTreeMap, HashSet},
    num::NonZeroUsize,
    panic::resume_unwind,
    thread,
};

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
    limits::ReadingLimits,
    table::{Row, Table},
    wire::{Reading, Spelling},
};
use schemas::{
    date::Date,
    diagnostic::{Diagnostic, PartId, Place, Report, Severity},
    said::Said,
};

use crate::{
    companions::{self, ConsentRow, RestrictionRow},
    links::{Claims, Links},
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
        workers: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Box<dyn Subjects + 'd> {
        Box::new(Opened::open(document, options, self.tables, workers, report))
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
    fn open(
        document: &'d Document,
        options: &'d Options,
        tables: &[&'static Table],
        workers: NonZeroUsize,
        report: &mut (dyn Report + Send),
    ) -> Self {
        let mut labels = Vec::new();
        let mut found: Vec<(Module, PartText<'d>, Layout)> = Vec::new();
        let (mut incomplete, mut guards_lost) = (false, false);
        for (id, part) in document.parts() {
            labels.push(PartLabel::unknown(id));
            if labels.len() > usize::from(options.limits.parts_max) {
                report.raise(Diagnostic::new(&table_rules::TOO_MANY_PARTS, Place::Part(id)));
                guards_lost = true;
                break;
            }
            let Ok(text) = PartText::open(id, part.bytes.as_ref()) else {
                report.raise(Diagnostic::new(&table_rules::PART_UNREADABLE, Place::Part(id)));
                guards_lost = true;
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
                Recognised::Unknown => {
                    // Names tell no table; but what is called restrictions must not be left aside in silence.
                    let name = part.name.to_lowercase();
                    let protects = name.contains("restrict") || name.contains("consent");
                    let rule = if protects { &companions::PROTECTION_UNRECOGNISED } else { &table_rules::UNRECOGNISED };
                    guards_lost |= protects;
                    report.raise(Diagnostic::new(rule, Place::Part(id)));
                }
            }
        }
        if found.is_empty() && !incomplete {
            report.raise(Diagnostic::new(&table_rules::NOTHING_RECOGNISED, Place::Document));
        }
        found.sort_by_key(|(module, _, layout)| (*module, layout.part));
        let modules: Vec<Module> = found.iter().map(|(module, _, _)| *module).collect();
        let parts: Vec<_> = found.into_iter().map(|(_, text, layout)| (text, layout)).collect();
        let links = || claimed_in_links(&parts, &modules, options.limits);
        let mut index = || Index::build(&parts, "CHILD", options.limits, workers, report);
        let (index, links) = if workers.get() > 1 {
            thread::scope(|scope| {
                let links = scope.spawn(links);
                (index(), links.join().unwrap_or_else(|panic| resume_unwind(panic)))
            })
        } else {
            (index(), links())
        };
        links.tell(&parts, report);
        let mut opened = Self {
            options,
            has_header: modules.contains(&Module::Header),
            parts,
            modules,
            labels,
            index,
            links,
            closed: false,
        };
        opened.closed = guards_lost | opened.has_faulty_restrictions() | opened.protects_a_misspelt_child(report);
        opened
    }

    pub(super) fn reading(&self, protection_only: bool) -> Reading<'_> {
        Reading { year: self.options.year, dialect: &self.options.dialect, protection_only, spelling: Spelling::Return }
    }

    /// Every row of one module, in order.
    fn each_row<R: Row>(
        &self,
        module: Module,
        report: &mut dyn Report,
        mut take: impl FnMut(R, RowFate, RowAt, Place),
    ) {
        let reading = self.reading(false);
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

impl Opened<'_> {
    /// The day of the work, as far as it was handed in.
    pub(super) fn today(&self) -> Option<Date> {
        let recorded_at = self.options.recorded_at.as_deref()?;
        Date::parse_iso(recorded_at.get(..10)?.as_bytes())
    }

    /// Tells restrictions and consents of children whom no row of the return names; true when one is spelt nearly as a
    /// child of the return: it would protect nobody, and that child would go out unprotected.
    fn protects_a_misspelt_child(&self, report: &mut dyn Report) -> bool {
        let runs_of = |wanted: fn(Module) -> bool| {
            let parts = (0_u16..).zip(&self.modules).filter(move |(_, module)| wanted(**module));
            parts.flat_map(|(part, _)| self.index.runs_of(part))
        };
        let of_return = || runs_of(|module| !module.is_companion());
        let protects = || runs_of(|module| matches!(module, Module::Restriction | Module::Consent));
        if self.modules.iter().all(|module| module.is_companion()) || protects().next().is_none() {
            return false;
        }
        let mut named = vec![false; self.index.len()];
        of_return().for_each(|(child, _)| named[child] = true);
        // Each child once, in the order of the children.
        let mut alone = BTreeMap::new();
        for (child, run) in protects().filter(|(child, _)| !named[*child]) {
            alone.entry(child).or_insert(run.first);
        }
        if alone.is_empty() {
            return false;
        }
        let known: Vec<RowAt> = of_return()
            .filter(|(child, _)| std::mem::replace(&mut named[*child], false))
            .map(|(_, run)| run.first)
            .collect();
        let limits = self.options.limits;
        let mut readers: Vec<_> =
            self.parts.iter().map(|(text, layout)| RowReader::new(*text, layout.delimiter, limits)).collect();
        let mut spelt = |at: RowAt| {
            let layout = &self.parts[usize::from(at.layout)].1;
            let rows = &mut readers[usize::from(at.layout)];
            rows.read(at.start());
            let cell = layout.cell_of("CHILD");
            (cell.and_then(|cell| rows.cell(cell)).map(loosely), layout.column_place(rows, "CHILD"))
        };
        let known: HashSet<Option<String>> = known.into_iter().map(|at| spelt(at).0).collect();
        let mut misspelt = false;
        for at in alone.into_values() {
            let (loose, place) = spelt(at);
            let near = known.contains(&loose);
            misspelt |= near;
            let rule = if near { &companions::NEARLY_ANOTHER } else { &companions::PROTECTS_NOBODY };
            report.raise(Diagnostic::new(rule, place).of_field("la_child_id"));
        }
        misspelt
    }
}

/// What the links claim. Identifiers that two children claim are found before any child is read. Only the identifiers
/// are looked at; the rest of the rows, and what is wrong with them, comes with their children.
fn claimed_in_links(parts: &[(PartText<'_>, Layout)], modules: &[Module], limits: ReadingLimits) -> Links {
    let mut claims = Claims::default();
    for (n, ((text, layout), module)) in (0_u16..).zip(parts.iter().zip(modules)) {
        if *module != Module::Links {
            continue;
        }
        let cell_of = |column: &str| layout.cell_of(column);
        let (child, identifiers) = (cell_of("la_child_id"), ["nhs_number", "upn", "uln"].map(cell_of));
        let mut rows = RowReader::new(*text, layout.delimiter, limits);
        let mut start = layout.rows;
        loop {
            match rows.read(start) {
                Found::Row { next, .. } => {
                    let at = RowAt { layout: n, at: start.at, line: u32::try_from(start.line).unwrap_or(u32::MAX) };
                    let cells = rows.cells();
                    let cell = |column: Option<usize>| column.and_then(|column| cells.get(column));
                    claims.add(cell(child), identifiers.map(cell), at);
                    start = next;
                }
                Found::BlankLine { next } | Found::Fault { next, .. } => start = next,
                Found::Unreadable | Found::End => break,
            }
        }
    }
    claims.settle()
}

/// An identifier without what people and spreadsheets change in it: case, marks, leading zeros, an exponent.
fn loosely(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell).to_uppercase();
    let expanded = text.split_once("E+").or_else(|| text.split_once('E')).and_then(|(mantissa, exponent)| {
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent: usize = exponent.parse().ok().filter(|exponent| *exponent <= 20)?;
        let fraction = fraction.trim_end_matches('0');
        let digits = !whole.is_empty() && whole.chars().chain(fraction.chars()).all(|digit| digit.is_ascii_digit());
        (digits && fraction.len() <= exponent)
            .then(|| format!("{whole}{fraction}{}", "0".repeat(exponent - fraction.len())))
    });
    let text = expanded.unwrap_or_else(|| text.strip_suffix(".0").unwrap_or(&text).to_owned());
    let letters: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    letters.trim_start_matches('0').to_owned()
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

#[cfg(test)]
mod tests {
    use super::loosely;

    #[test]
    fn what_people_and_spreadsheets_change_in_an_identifier_is_not_looked_at() {
        for alike in
            ["1000010", "01000010", "1.00001E6", "1.000010E+6", "1000010.0", "+1000010", "1-000-010", " 1000010"]
        {
            assert_eq!(loosely(alike.as_bytes()), "1000010", "{alike}");
        }
        for other in ["1000011", "1000010x", "1.00001E5", "1.0000101E6", "E6", "100001"] {
            assert_ne!(loosely(other.as_bytes()), "1000010", "{other}");
        }
        assert_eq!(loosely(b"ab-10"), loosely(b"AB 10"));
    }
}
