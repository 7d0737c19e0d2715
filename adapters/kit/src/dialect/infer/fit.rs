//! Which heading is which column of one table: by names, by what the values are, and each at most once.
//!
//! What the format already knows is settled first. What protects a child is never fitted by its values alone.

use std::collections::HashSet;

use schemas::code::CodeList;

use super::{
    names::{ALIKE, Known, Likeness, Name},
    sample::Sample,
};
use crate::{
    csv::header::{HEADINGS_KNOWN_MIN, KnownHeadings},
    dialect::Dialect,
    table::{Column, Table},
    wire::{Heard, Reading, WireType},
};

/// A heading less like a column than this needs values that tell.
const ALIKE_MIN: u32 = 50;

/// A heading less like a column than this is not its heading.
const ALIKE_WITH_VALUES_MIN: u32 = 40;

/// Words that are those of a declared name, in whatever order and spelling.
const ALIKE_SURE: u32 = 97;

/// Values of a column that are read to see what they are.
const VALUES_MAX: usize = 200;

/// Fewer values than this prove nothing.
const VALUES_MIN: usize = 5;

/// A column tells something by its values when it reads few texts that are not meant for it, in hundredths.
const TELLING_MIN: u32 = 85;

/// Texts of every kind: a column that reads most of them is told nothing by what it reads.
const PROBES: [&str; 20] = [
    "x",
    "Smith",
    "Yes",
    "1",
    "17",
    "2019",
    "4017",
    "1029384",
    "C2",
    "Full care order",
    "02/03/2019",
    "2019-03-02",
    "AB1 2CD",
    "SC123456",
    "9434765919",
    "A123456789012",
    "a longer text of several words",
    "someone@example.org",
    "12.50",
    "75%",
];

/// A table that headings are compared with, its names cut into words once.
pub(super) struct Candidate {
    pub(super) table: &'static Table,
    known: KnownHeadings,
    names: Vec<Known>,
    telling: Vec<u32>,
}

/// The headings of a row, and which of them may be spoken of.
pub(super) struct Headings {
    pub(super) names: Vec<Name>,
    /// It looks like a value, or stands among the values of its own column: it is neither compared nor repeated.
    pub(super) like_a_value: Vec<bool>,
}

/// How the headings fit a table.
pub(super) struct Fit {
    pub(super) pairs: Vec<Pair>,
    /// Higher is better.
    pub(super) total: i64,
}

/// A heading and the column it is taken for.
pub(super) struct Pair {
    pub(super) heading: usize,
    pub(super) column: usize,
    pub(super) why: Why,
    pub(super) values: Values,
    /// Another column that is nearly as like.
    pub(super) rival: Option<usize>,
}

/// Why a heading is taken for a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The format knows it.
    Known,
    /// It is so like it, in that.
    Like(u32, Likeness),
    /// Its values fit, and no other's.
    Values,
}

/// What a column of a table makes of the values under a heading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Values {
    pub(super) looked_at: usize,
    pub(super) read: usize,
}

impl Values {
    fn at_least(self, hundredths: usize) -> bool {
        self.read * 100 >= self.looked_at * hundredths
    }

    fn fit(self) -> bool {
        self.looked_at > 0 && self.at_least(95)
    }
}

impl Pair {
    /// Nothing is left to a person but to see that it is so.
    pub(super) fn is_sure(&self) -> bool {
        match self.why {
            Why::Known => self.values.looked_at == 0 || self.values.at_least(50),
            Why::Like(alike, _) => alike >= ALIKE_SURE && self.values.fit() && self.rival.is_none(),
            Why::Values => false,
        }
    }
}

impl Candidate {
    pub(super) fn of(table: &'static Table) -> Self {
        let dialect = Dialect::default();
        let telling = table.columns.iter().map(|column| {
            let reads = |probe: &&&str| {
                matches!(hear(table, column, probe.as_bytes(), &dialect), Heard::Is(()) | Heard::Mended((), _))
            };
            in_hundredths(PROBES.len() - PROBES.iter().filter(reads).count(), PROBES.len())
        });
        Self {
            table,
            known: KnownHeadings::of(table),
            names: table.columns.iter().map(|column| Known::of(column, table.name)).collect(),
            telling: telling.collect(),
        }
    }

    /// Whether enough headings are like columns of the table for their row to be a heading row.
    pub(super) fn is_headed_by(&self, fit: &Fit) -> bool {
        let like = fit.pairs.iter().filter(|pair| match pair.why {
            Why::Known => true,
            Why::Like(alike, _) => alike >= 60,
            Why::Values => false,
        });
        like.count() >= HEADINGS_KNOWN_MIN.min(self.table.columns.len())
    }

    /// Fits headings to columns; by their names alone without a sample.
    pub(super) fn fit(&self, headings: &Headings, sample: Option<&Sample>, dialect: &Dialect) -> Fit {
        let mut fitting = Fitting {
            candidate: self,
            sample,
            dialect,
            headings: vec![false; headings.names.len()],
            columns: vec![false; self.table.columns.len()],
            pairs: Vec::new(),
        };
        fitting.known(headings);
        fitting.alike(headings);
        fitting.by_values(headings);
        let missing =
            self.table.columns.iter().zip(&fitting.columns).filter(|(column, taken)| column.required && !**taken);
        let total = fitting.pairs.iter().map(|pair| pair.worth()).sum::<i64>() - 60 * missing.count() as i64;
        fitting.pairs.sort_by_key(|pair| pair.heading);
        Fit { pairs: fitting.pairs, total }
    }

    /// What a column makes of the values under a heading.
    fn values(&self, column: usize, heading: usize, sample: Option<&Sample>, dialect: &Dialect) -> Values {
        let Some(sample) = sample else { return Values::default() };
        let cells = &sample.columns[heading];
        let step = cells.len().div_ceil(VALUES_MAX).max(1);
        let mut values = Values::default();
        for cell in cells.iter().step_by(step).filter(|cell| !is_blank(self.table, cell, dialect)) {
            match hear(self.table, &self.table.columns[column], cell, dialect) {
                // What stands for nothing says nothing.
                Heard::Blank(_) => continue,
                Heard::Is(()) | Heard::Mended((), _) => values.read += 1,
                Heard::Unreadable | Heard::Wrong(_) => {}
            }
            values.looked_at += 1;
        }
        values
    }
}

impl Pair {
    /// What it says for its table; values that do not fit speak against it, however well the heading does.
    fn worth(&self) -> i64 {
        let by_name = match self.why {
            Why::Known => i64::from(ALIKE),
            Why::Like(alike, _) => i64::from(alike),
            Why::Values => 30,
        };
        if self.values.at_least(50) { by_name } else { by_name - 40 }
    }
}

/// Headings and columns while they are fitted.
struct Fitting<'f> {
    candidate: &'f Candidate,
    sample: Option<&'f Sample>,
    dialect: &'f Dialect,
    /// Which headings are taken.
    headings: Vec<bool>,
    /// Which columns are taken.
    columns: Vec<bool>,
    pairs: Vec<Pair>,
}

impl Fitting<'_> {
    fn known(&mut self, headings: &Headings) {
        let plain = Dialect::default();
        for (heading, name) in headings.names.iter().enumerate() {
            let Some(column) = self.candidate.known.column_of(&name.folded, &plain) else { continue };
            // The second of two is nobody's: it would be read as the first.
            self.headings[heading] = true;
            if !self.columns[column] {
                let values = self.candidate.values(column, heading, self.sample, self.dialect);
                self.take(Pair { heading, column, why: Why::Known, values, rival: None });
            }
        }
    }

    fn alike(&mut self, headings: &Headings) {
        let mut offers: Vec<(u32, Pair)> = Vec::new();
        // One heading cannot be two columns, however often it stands there.
        let mut seen: HashSet<&str> = HashSet::new();
        for (heading, name) in headings.names.iter().enumerate() {
            if !seen.insert(&name.folded) || self.headings[heading] || headings.like_a_value[heading] {
                continue;
            }
            for (column, known) in self.candidate.names.iter().enumerate().filter(|(column, _)| !self.columns[*column])
            {
                let (alike, likeness) = known.likeness(name);
                if alike < ALIKE_WITH_VALUES_MIN {
                    continue;
                }
                let values = self.candidate.values(column, heading, self.sample, self.dialect);
                if let Some(score) = self.score(alike, column, values) {
                    offers
                        .push((score, Pair { heading, column, why: Why::Like(alike, likeness), values, rival: None }));
                }
            }
        }
        let rivals: Vec<(usize, usize, u32)> =
            offers.iter().map(|(score, pair)| (pair.heading, pair.column, *score)).collect();
        // The best first; of equals, the one whose place in the file is nearest to its place in the table.
        offers.sort_by_key(|(score, pair)| {
            (u32::MAX - score, pair.heading.abs_diff(pair.column), pair.heading, pair.column)
        });
        for (score, mut pair) in offers {
            if self.headings[pair.heading] || self.columns[pair.column] {
                continue;
            }
            let rival = |(heading, column, other): &&(usize, usize, u32)| {
                *heading == pair.heading && *column != pair.column && !self.columns[*column] && other + 15 > score
            };
            pair.rival = rivals.iter().find(rival).map(|(_, column, _)| *column);
            self.take(pair);
        }
    }

    /// A heading unlike all that is left, whose values only one column reads and which no other's values fit.
    fn by_values(&mut self, headings: &Headings) {
        let mut offers: Vec<Pair> = Vec::new();
        for heading in (0..self.headings.len()).filter(|heading| !self.headings[*heading]) {
            if headings.like_a_value[heading] || headings.names[heading].folded.is_empty() {
                continue;
            }
            for (column, declared) in self.candidate.table.columns.iter().enumerate() {
                if self.columns[column] || declared.guard || self.candidate.telling[column] < TELLING_MIN {
                    continue;
                }
                let values = self.candidate.values(column, heading, self.sample, self.dialect);
                if values.looked_at >= VALUES_MIN && values.fit() {
                    offers.push(Pair { heading, column, why: Why::Values, values, rival: None });
                }
            }
        }
        let alone = |pair: &Pair| {
            offers.iter().filter(|other| other.heading == pair.heading || other.column == pair.column).count() == 1
        };
        let alone: Vec<bool> = offers.iter().map(alone).collect();
        for (pair, _) in offers.into_iter().zip(alone).filter(|(_, alone)| *alone) {
            self.take(pair);
        }
    }

    /// Names and values together; none where they do not make a column.
    fn score(&self, alike: u32, column: usize, values: Values) -> Option<u32> {
        let telling = self.candidate.telling[column] >= TELLING_MIN;
        let is_code = list_of(&self.candidate.table.columns[column]).is_some();
        if values.looked_at == 0 || !telling {
            return (alike >= ALIKE_MIN).then_some(alike);
        }
        match values {
            _ if values.at_least(95) => Some(alike + 15),
            _ if values.at_least(50) && alike >= ALIKE_MIN => Some(alike),
            // The sender's own words for codes are what a dialect is for; values of other kinds speak against a column,
            // and are told.
            _ if alike >= ALIKE_MIN + 10 => Some(alike - if is_code { 10 } else { 20 }),
            _ => None,
        }
    }

    fn take(&mut self, pair: Pair) {
        self.headings[pair.heading] = true;
        self.columns[pair.column] = true;
        self.pairs.push(pair);
    }
}

/// What a column makes of a cell.
pub(super) fn hear(table: &Table, column: &Column, cell: &[u8], dialect: &Dialect) -> Heard<()> {
    (column.hears)(cell, &Reading { year: None, dialect, protection_only: false, spelling: table.spelling })
}

/// Whether a column makes nothing of a cell.
pub(super) fn is_unread(table: &Table, column: &Column, cell: &[u8], dialect: &Dialect) -> bool {
    matches!(hear(table, column, cell, dialect), Heard::Unreadable | Heard::Wrong(_))
}

/// Whether a cell stands for nothing.
pub(super) fn is_blank(table: &Table, cell: &[u8], dialect: &Dialect) -> bool {
    dialect.is_blank(cell) || table.spelling.is_blank(cell)
}

/// The code list of a column.
pub(super) fn list_of(column: &Column) -> Option<&'static CodeList> {
    match column.wire {
        WireType::Code(list) | WireType::Word(list) | WireType::Codes(list) | WireType::Words(list) => Some(list),
        _ => None,
    }
}

fn in_hundredths(part: usize, of: usize) -> u32 {
    u32::try_from(part * 100 / of.max(1)).unwrap_or(0)
}
