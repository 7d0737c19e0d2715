//! The top of a part: its first rows by each separator, and a bounded sample of what stands under one of them.

use crate::{
    csv::{
        header::HEADING_ROWS_MAX,
        rows::{Found, RowReader, RowStart},
    },
    dialect::is_standard_blank,
    encoding::{PartText, text_of},
    limits::ReadingLimits,
};

/// Separators that are read.
pub(super) const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// How many rows under the heading row are looked at.
pub const SAMPLE_ROWS_MAX: usize = 1_000;

/// How many bytes of cells are kept while looking.
pub const SAMPLE_BYTES_MAX: usize = 8 << 20;

/// How many columns are looked at; what stands further right is told by number.
pub const SAMPLE_COLUMNS_MAX: usize = 300;

/// A longer cell is text: its beginning is enough to see that.
const CELL_BYTES_MAX: usize = 200;

/// A row near the top that may be the heading row.
pub(super) struct TopRow {
    pub(super) separator: u8,
    pub(super) at: RowStart,
    next: RowStart,
    /// Its cells as text.
    pub(super) cells: Vec<String>,
}

/// What stands under a heading row.
#[derive(Default)]
pub(super) struct Sample {
    /// How many rows were looked at.
    pub(super) rows: usize,
    /// By column: the cells that are not blank.
    pub(super) columns: Vec<Vec<Box<[u8]>>>,
    /// There were more rows.
    pub(super) cut: bool,
    /// A cell was not valid UTF-8.
    pub(super) not_utf_8: bool,
    /// A cell held more than ASCII.
    pub(super) beyond_ascii: bool,
}

/// The first rows by each separator, those with one cell left out.
pub(super) fn top_rows(text: PartText<'_>, limits: ReadingLimits) -> Vec<TopRow> {
    let mut tops = Vec::new();
    for separator in SEPARATORS {
        let mut rows = RowReader::new(text, separator, limits);
        let mut at = RowStart { at: 0, line: 1 };
        for _ in 0..HEADING_ROWS_MAX {
            let next = match rows.read(at) {
                Found::Row { next, .. } => {
                    let cells: Vec<String> = (0..rows.len().min(SAMPLE_COLUMNS_MAX))
                        .map(|n| rows.exact_cell(n).map(|cell| text_of(&cell).trim().to_owned()).unwrap_or_default())
                        .collect();
                    if cells.iter().filter(|cell| !cell.is_empty()).count() > 1 {
                        tops.push(TopRow { separator, at, next, cells });
                    }
                    next
                }
                Found::BlankLine { next } | Found::Fault { next, .. } => next,
                Found::Unreadable | Found::End => break,
            };
            at = next;
        }
    }
    tops
}

impl Sample {
    /// Looks at what stands under a heading row. A row that repeats it is none.
    pub(super) fn under(heading: &TopRow, text: PartText<'_>, limits: ReadingLimits) -> Self {
        let width = heading.cells.len();
        let mut sample = Self { columns: vec![Vec::new(); width], ..Self::default() };
        let mut rows = RowReader::new(text, heading.separator, limits);
        let (mut at, mut bytes) = (heading.next, 0);
        loop {
            let next = match rows.read(at) {
                Found::Row { next, .. } => next,
                Found::BlankLine { next } | Found::Fault { next, .. } if sample.rows < SAMPLE_ROWS_MAX => {
                    // A blank or faulty line counts too: however many there are, reading ends.
                    sample.rows += 1;
                    at = next;
                    continue;
                }
                _ => break,
            };
            if sample.rows == SAMPLE_ROWS_MAX || bytes > SAMPLE_BYTES_MAX {
                sample.cut = true;
                break;
            }
            let repeats = heading
                .cells
                .iter()
                .enumerate()
                .all(|(n, heading)| rows.exact_cell(n).is_some_and(|cell| *text_of(&cell).trim() == **heading));
            if !repeats {
                bytes += sample.take(&rows, width);
            }
            sample.rows += 1;
            at = next;
        }
        sample
    }

    /// Takes a row's cells; gives how many bytes are kept of it.
    fn take(&mut self, rows: &RowReader<'_>, width: usize) -> usize {
        let mut bytes = 0;
        for n in 0..rows.len().min(width) {
            let Some(cell) = rows.exact_cell(n) else { continue };
            self.beyond_ascii |= !cell.is_ascii();
            self.not_utf_8 |= std::str::from_utf8(&cell).is_err();
            match cell.first() {
                None => {}
                Some(first) if is_standard_blank(*first, &cell) => {}
                Some(_) => {
                    let kept = &cell[..cell.len().min(CELL_BYTES_MAX)];
                    bytes += kept.len();
                    self.columns[n].push(kept.into());
                }
            }
        }
        bytes
    }
}
