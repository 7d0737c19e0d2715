//! The parts of a document of tables: which table each is, told by its heading row.

use schemas::diagnostic::{Diagnostic, PartId, Place, Report};

use crate::{
    adapter::{Options, PartLabel},
    cells::TableSource,
    csv::{
        header::{Layout, Recognised, recognise},
        rows::RowReader,
        rules,
    },
    document::Document,
    encoding::PartText,
    limits::ReadingLimits,
    table::Table,
};

/// The parts that are tables, each with the number of its table, in the order of the tables.
pub type Parts<'d> = Vec<(usize, PartText<'d>, Layout)>;

impl TableSource for (usize, PartText<'_>, Layout) {
    type Rows<'r>
        = RowReader<'r>
    where
        Self: 'r;

    fn table(&self) -> usize {
        self.0
    }

    fn layout(&self) -> &Layout {
        &self.2
    }

    fn rows(&self, limits: ReadingLimits) -> RowReader<'_> {
        RowReader::new(self.1, self.2.delimiter, limits)
    }
}

/// Which table each part is, and what each is called in reports.
pub fn parts_of<'d>(
    document: &'d Document,
    options: &Options,
    known: &[&'static Table],
    report: &mut dyn Report,
) -> (Parts<'d>, Vec<PartLabel>) {
    let (mut labels, mut parts, mut incomplete) = (Vec::new(), Parts::new(), false);
    for (id, part) in document.parts() {
        labels.push(PartLabel::unknown(id));
        if labels.len() > usize::from(options.limits.parts_max) {
            report.raise(Diagnostic::new(&rules::TOO_MANY_PARTS, Place::Part(id)));
            break;
        }
        let Ok(text) = PartText::open(id, part.bytes.as_ref()) else {
            report.raise(Diagnostic::new(&rules::PART_UNREADABLE, Place::Part(id)));
            continue;
        };
        match recognise(text, known, &options.dialect, None, options.limits, report) {
            Recognised::Table(layout) => {
                let Some(table) = known.iter().position(|table| table.name == layout.table.name) else { continue };
                let earlier = parts.iter().filter(|(other, ..)| *other == table).count();
                label(&mut labels, id, layout.table.name, earlier);
                parts.push((table, text, layout));
            }
            Recognised::Incomplete(table) => {
                incomplete = true;
                label(&mut labels, id, table.name, 0);
            }
            Recognised::Unknown if text.is_empty() => {}
            Recognised::Unknown => report.raise(Diagnostic::new(&rules::UNRECOGNISED, Place::Part(id))),
        }
    }
    if parts.is_empty() && !incomplete {
        report.raise(Diagnostic::new(&rules::NOTHING_RECOGNISED, Place::Document));
    }
    parts.sort_by_key(|(table, _, layout)| (*table, layout.part));
    (parts, labels)
}

fn label(labels: &mut [PartLabel], part: PartId, table: &'static str, earlier: usize) {
    if let Some(label) = labels.get_mut(usize::from(part.0)) {
        *label = PartLabel::Table(table, u16::try_from(earlier + 1).unwrap_or(u16::MAX));
    }
}
