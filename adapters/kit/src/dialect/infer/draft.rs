//! A draft as it is written: TOML that loads, a mark on each line, and what is left to a person at the end.

use std::fmt::Write;

use super::{
    Found, dates,
    dates::Unread,
    fit::{Pair, Why, hear, is_blank, is_unread, list_of},
    guards,
    names::Likeness,
    sample::{SAMPLE_COLUMNS_MAX, SAMPLE_ROWS_MAX},
    words::{self, Style},
};
use crate::{
    adapter::Format,
    dialect::{Dialect, ratings::is_shipped_rating},
    table::{Column, Table},
    wire::{Heard, WireType},
};

/// A drafted dialect.
pub struct Draft {
    /// The format it is for; `None` where no table was recognised.
    pub format: Option<&'static Format>,
    /// The table it is for.
    pub table: Option<&'static Table>,
    /// Columns that the table needs and no column of the part was found for.
    pub missing: Vec<&'static str>,
    /// Whether reading with the draft finds the heading row and every column that the table needs.
    pub is_complete: bool,
    /// How many lines are sure.
    pub sure: usize,
    /// How many lines are guesses.
    pub guesses: usize,
    /// The draft.
    pub toml: String,
}

impl Draft {
    /// A draft that says nothing but that no table was recognised.
    pub(super) fn nothing(formats: &[&'static Format]) -> Self {
        let names: Vec<&str> = formats.iter().map(|format| format.name).collect();
        let toml = format!(
            "# No table is recognised: no row of the first ten has headings like those of a table of {}.\n\
             # Cells stand between commas, semicolons or tabs, and one row names the columns.\n",
            names.join(", ")
        );
        Self { format: None, table: None, missing: Vec::new(), is_complete: false, sure: 0, guesses: 0, toml }
    }
}

/// What is said of a line.
enum Mark {
    Sure,
    Guess(String),
}

/// A stretch of the file: its heading, and its lines.
struct Section {
    heading: String,
    lines: Vec<(String, Mark)>,
}

/// Writes what was found.
pub(super) struct Writer<'f> {
    found: &'f Found<'f>,
    sections: Vec<Section>,
    notes: Vec<String>,
}

impl<'f> Writer<'f> {
    pub(super) fn new(found: &'f Found<'f>) -> Self {
        Self { found, sections: Vec::new(), notes: Vec::new() }
    }

    pub(super) fn draft(mut self) -> Draft {
        let patterns = dates::patterns(self.used_spellings());
        let headers = self.headers();
        let codes = self.codes(&dates::dialect(&patterns));
        self.sections.extend([headers, self.dates(&patterns)]);
        self.sections.extend(codes);
        // Keys that stand in no section come first in the file, and which words are blank hangs on all the rest.
        let (so_far, _) = Dialect::read(&self.text(), self.tables());
        let top = self.format().into_iter().chain(self.encoding()).chain(self.percent()).chain(self.blank(&so_far));
        self.sections.insert(0, Section { heading: String::new(), lines: top.collect() });
        let (dialect, _) = Dialect::read(&self.text(), self.tables());
        self.unread(&dialect);
        self.ratings();
        self.unfitted();
        let taken = |n: usize| self.found.fit.pairs.iter().any(|pair| pair.column == n);
        let columns = self.found.table.columns.iter().enumerate();
        let missing = columns.filter(|(n, column)| column.required && !taken(*n));
        let missing: Vec<&'static str> = missing.map(|(_, column)| column.name).collect();
        let is_complete = missing.is_empty() && self.found.is_read_with(&dialect);
        if missing.is_empty() && !is_complete {
            self.notes.push("reading with this draft does not find the heading row: headings that stand twice, or rows above it that look like headings, may be why".to_owned());
        }
        for name in &missing {
            self.notes.push(format!(
                "{name} is needed and no column was found for it: name its heading under [headers], or what stands in \
                 every row under [constants]"
            ));
        }
        let lines = self.sections.iter().flat_map(|section| &section.lines);
        let (sure, guesses) = lines.fold((0, 0), |(sure, guesses), (_, mark)| match mark {
            Mark::Sure => (sure + 1, guesses),
            Mark::Guess(_) => (sure, guesses + 1),
        });
        let toml = self.preface(sure, guesses) + &self.text() + &self.postscript();
        Draft {
            format: self.found.formats.first().copied(),
            table: Some(self.found.table),
            missing,
            is_complete,
            sure,
            guesses,
            toml,
        }
    }

    fn tables(&self) -> &'static [&'static Table] {
        self.found.formats.first().map_or(&[][..], |format| format.tables)
    }

    /// What is read, and what else it could be.
    fn preface(&self, sure: usize, guesses: usize) -> String {
        let found = self.found;
        let separator = match found.top.separator {
            b';' => "semicolons",
            b'\t' => "tabs",
            _ => "commas",
        };
        let rows = if found.sample.cut {
            format!("the first {SAMPLE_ROWS_MAX} rows at most were looked at")
        } else {
            format!("{} rows were looked at", found.sample.rows)
        };
        format!(
            "# A draft: nothing in it is confirmed. Look at each line that says guess ({guesses} of {}).\n\
             # Line {} is the heading row, cells stand between {separator}, {rows}.\n",
            sure + guesses,
            found.top.at.line,
        )
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for section in self.sections.iter().filter(|section| !section.lines.is_empty()) {
            if !section.heading.is_empty() {
                let guesses = section.lines.iter().filter(|(_, mark)| matches!(mark, Mark::Guess(_))).count();
                let mark = match guesses {
                    0 => "sure".to_owned(),
                    guesses => format!("guess: {guesses} of {} lines", section.lines.len()),
                };
                let _ = writeln!(text, "\n[{}] # {mark}", section.heading);
            }
            for (line, mark) in &section.lines {
                let _ = match mark {
                    Mark::Sure => writeln!(text, "{line} # sure"),
                    Mark::Guess(why) => writeln!(text, "{line} # guess: {why}"),
                };
            }
        }
        text
    }

    fn postscript(&self) -> String {
        let notes: Vec<String> = self.notes.iter().map(|note| format!("# {note}\n")).collect();
        if notes.is_empty() { String::new() } else { format!("\n# Left to you:\n{}", notes.concat()) }
    }

    fn format(&self) -> Vec<(String, Mark)> {
        let found = self.found;
        let [format, others @ ..] = found.formats.as_slice() else { return Vec::new() };
        let nearly = || {
            let tables: Vec<&str> = found.nearly.iter().take(3).map(|table| table.name).collect();
            format!("tables that fit nearly as well: {}", tables.join(", "))
        };
        let mark = if !others.is_empty() {
            let others: Vec<&str> = others.iter().map(|format| format.name).collect();
            Mark::Guess(format!("the table is also one of {}", others.join(", ")))
        } else if !found.one_format && !found.nearly.is_empty() {
            Mark::Guess(nearly())
        } else {
            Mark::Sure
        };
        let mut lines = vec![(format!("format = \"{}\"", format.name), mark)];
        if format.tables.len() > 1 {
            let mark = if found.nearly.is_empty() { Mark::Sure } else { Mark::Guess(nearly()) };
            lines.push((format!("table = \"{}\"", found.table.name), mark));
        }
        lines
    }

    fn encoding(&self) -> Option<(String, Mark)> {
        let (name, mark) = if self.found.text.is_utf_16() {
            ("utf-16", Mark::Sure)
        } else if self.found.sample.not_utf_8 {
            ("windows-1252", Mark::Guess("bytes that are no UTF-8".to_owned()))
        } else if self.found.sample.beyond_ascii {
            ("utf-8", Mark::Sure)
        } else {
            return None;
        };
        Some((format!("encoding = \"{name}\""), mark))
    }

    /// Percentages that nowhere go beyond one, and are whole nowhere but at its ends.
    fn percent(&self) -> Option<(String, Mark)> {
        let is_percent = |pair: &&Pair| matches!(self.found.table.columns[pair.column].wire, WireType::Percent);
        let cells = || self.found.fit.pairs.iter().filter(is_percent).flat_map(|pair| self.cells(pair));
        let fractions = cells().any(|cell| cell.contains(&b'.')) && cells().all(is_fraction);
        let why = "no percentage is above 1".to_owned();
        fractions.then(|| ("percent = \"fraction\"".to_owned(), Mark::Guess(why)))
    }

    fn headers(&mut self) -> Section {
        let mut lines = Vec::new();
        for pair in &self.found.fit.pairs {
            let heading = &self.found.top.cells[pair.heading];
            let column = &self.found.table.columns[pair.column];
            let mark = if pair.is_sure() { Mark::Sure } else { Mark::Guess(self.why(pair, column)) };
            lines.push((format!("{} = \"{}\"", quoted(heading), column.name), mark));
        }
        Section { heading: "headers".to_owned(), lines }
    }

    fn why(&self, pair: &Pair, column: &Column) -> String {
        let mut why = format!("column {}", pair.heading + 1);
        why += &match pair.why {
            Why::Known => ", a heading that the format knows".to_owned(),
            Why::Like(_, Likeness::Name) => ", its heading is like the column's name".to_owned(),
            Why::Like(_, Likeness::Field) => format!(", its heading is like the field {}", column.record_field()),
            Why::Like(_, Likeness::Meaning) => ", its heading is like the column's meaning".to_owned(),
            Why::Values => ", by its values alone: no other column is left that reads them".to_owned(),
        };
        match (pair.values.read, pair.values.looked_at) {
            (_, 0) => why += "; no value to compare",
            (read, of) => {
                let _ = write!(why, "; {read} of {of} values fit");
            }
        }
        if let Some(rival) = pair.rival {
            let _ = write!(why, "; {} is nearly as like", self.found.table.columns[rival].name);
        }
        if column.guard {
            why += "; it protects a child, so look twice";
        }
        why
    }

    /// The spellings of the columns whose dates only a dialect reads.
    fn used_spellings(&self) -> impl Iterator<Item = &'f dates::Spelling> {
        let found = self.found;
        found.fit.pairs.iter().filter_map(move |pair| {
            let is_date = matches!(found.table.columns[pair.column].wire, WireType::Date);
            found.spellings[pair.heading].as_ref().filter(|_| is_date)
        })
    }

    fn dates(&self, patterns: &[&'static str]) -> Section {
        let is_settled = |pattern: &&str| self.used_spellings().any(|it| it.pattern == *pattern && !it.doubtful);
        let mark = if patterns.iter().all(is_settled) {
            Mark::Sure
        } else {
            Mark::Guess("no day above 12 was seen: the day is taken to come first".to_owned())
        };
        let list: Vec<String> = patterns.iter().map(|pattern| quoted(pattern)).collect();
        let line = (!list.is_empty()).then(|| (format!("formats = [{}]", list.join(", ")), mark));
        Section { heading: "dates".to_owned(), lines: line.into_iter().collect() }
    }

    /// Code lists whose labels the export spells in a style of its own.
    fn codes(&self, dialect: &Dialect) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        for pair in &self.found.fit.pairs {
            let column = &self.found.table.columns[pair.column];
            let Some(list) = list_of(column) else { continue };
            let heading = format!("codes.{}", list.name);
            if sections.iter().any(|section| section.heading == heading) {
                continue;
            }
            let unread: Vec<&[u8]> = self.unread_cells(pair, dialect).collect();
            let Some(style) = words::style_of(list, guards(self.found.table, list), &unread) else { continue };
            let why = match style {
                Style::Beginning => "beginnings of labels; the whole list is written, whatever occurs".to_owned(),
                style => format!("{}; the whole list is written, whatever occurs", style.in_words()),
            };
            let words = words::words_of(list, style).into_iter();
            let lines = words.map(|(word, code)| (format!("{} = \"{code}\"", quoted(&word)), Mark::Guess(why.clone())));
            sections.push(Section { heading, lines: lines.collect() });
        }
        sections
    }

    /// Words for nothing that the export has: those of our list that some column cannot read, none that stand in a
    /// column which protects a child, and none that another column reads.
    fn blank(&self, dialect: &Dialect) -> Option<(String, Mark)> {
        let stands_badly = |word: &str| {
            self.found.fit.pairs.iter().any(|pair| {
                let column = &self.found.table.columns[pair.column];
                let stands = || self.cells(pair).any(|cell| cell.eq_ignore_ascii_case(word.as_bytes()));
                let says_something =
                    || !is_unread(self.found.table, column, word.as_bytes(), dialect) && !is_text(column);
                (column.guard || says_something()) && stands()
            })
        };
        let is_unread = |word: &str| {
            self.found
                .fit
                .pairs
                .iter()
                .any(|pair| self.unread_cells(pair, dialect).any(|cell| cell.eq_ignore_ascii_case(word.as_bytes())))
        };
        let loads = |word: &str| Dialect::read(&format!("blank = [{}]", quoted(word)), self.tables()).1.is_empty();
        let found: Vec<String> = words::BLANK_WORDS
            .into_iter()
            .filter(|word| is_unread(word) && !stands_badly(word) && loads(word))
            .map(quoted)
            .collect();
        (!found.is_empty()).then(|| {
            let why = "words for nothing that stand where a value is expected".to_owned();
            (format!("blank = [{}]", found.join(", ")), Mark::Guess(why))
        })
    }

    /// Tells what cannot be read with the draft, column by column, in counts.
    fn unread(&mut self, dialect: &Dialect) {
        let mut notes = Vec::new();
        for pair in &self.found.fit.pairs {
            let column = &self.found.table.columns[pair.column];
            let cells: Vec<Box<[u8]>> = self.unread_cells(pair, dialect).map(Into::into).collect();
            let place = format!("column {} ({})", pair.heading + 1, column.name);
            if self.cells(pair).any(|cell| has_decimal_tail(self.found.table, column, cell, dialect)) {
                notes.push(format!("{place}: numbers end in .0, a spreadsheet's work; they are read, with a warning"));
            }
            if cells.is_empty() {
                continue;
            }
            let count = format!("{} of {} values cannot be read", cells.len(), self.cells(pair).count());
            let is_date = matches!(column.wire, WireType::Date);
            notes.push(match (dates::unread(&cells).filter(|_| is_date), list_of(column)) {
                (Some(Unread::MonthFirst), _) => {
                    format!("{place}: {count}; they look like month/day/year, which is never guessed: ask for another export")
                }
                (Some(Unread::ShortYear), _) => {
                    format!("{place}: {count}; their years have two digits, which are never guessed: ask for four")
                }
                (Some(Unread::Serial), _) => {
                    format!("{place}: {count}; they look like a spreadsheet's count of days: export dates as dates")
                }
                (None, Some(list)) => format!(
                    "{place}: {count} as a code of {0}; write the sender's words with our codes under [codes.{0}]",
                    list.name
                ),
                (None, None) => format!("{place}: {count}; is it the right column?"),
            });
        }
        self.notes.append(&mut notes);
    }

    /// Ratings on a scheme that does not come with the program: only the authority can say what is worse than what.
    fn ratings(&mut self) {
        for pair in &self.found.fit.pairs {
            let column = &self.found.table.columns[pair.column];
            if !matches!(column.wire, WireType::Rating) {
                continue;
            }
            let is_unknown = |cell: &&[u8]| !std::str::from_utf8(cell).is_ok_and(is_shipped_rating);
            let unknown = self.cells(pair).filter(is_unknown).count();
            if unknown > 0 {
                self.notes.push(format!(
                    "column {} ({}): {unknown} of {} ratings are of no scheme that comes with the program; declare the \
                     authority's own as [qa.<scheme>] with values = [...] from worst to best",
                    pair.heading + 1,
                    column.name,
                    self.cells(pair).count(),
                ));
            }
        }
    }

    /// Tells by number what no column fits.
    fn unfitted(&mut self) {
        let found = self.found;
        for n in 0..found.top.cells.len() {
            if found.fit.pairs.iter().any(|pair| pair.heading == n) || found.headings.names[n].folded.is_empty() {
                continue;
            }
            let folded = &found.headings.names[n].folded;
            let twin = found.fit.pairs.iter().find(|pair| found.headings.names[pair.heading].folded == *folded);
            let words = |wanted: &[&str]| wanted.iter().any(|word| folded.contains(word));
            let why = if let Some(twin) = twin {
                format!("its heading is that of column {} too: one of them has to be renamed", twin.heading + 1)
            } else if found.headings.like_a_value[n] {
                "its heading looks like a value; it is not compared".to_owned()
            } else if words(&["restrict", "confidential", "disclos", "sensitive"]) {
                "its heading may flag a restriction: if it does, name it under [restriction] with column, set and clear"
                    .to_owned()
            } else {
                format!("no column of {} fits", found.table.name)
            };
            self.notes.push(format!("column {}: {why}", n + 1));
        }
        if found.top.cells.len() == SAMPLE_COLUMNS_MAX {
            self.notes.push(format!("columns after the {SAMPLE_COLUMNS_MAX}th were not looked at"));
        }
    }

    fn cells(&self, pair: &Pair) -> impl Iterator<Item = &'f [u8]> + use<'f> {
        self.found.sample.columns[pair.heading].iter().map(|cell| &**cell)
    }

    fn unread_cells<'d>(&self, pair: &Pair, dialect: &'d Dialect) -> impl Iterator<Item = &'f [u8]> + use<'f, 'd> {
        let column = &self.found.table.columns[pair.column];
        let table = self.found.table;
        self.cells(pair).filter(move |cell| !is_blank(table, cell, dialect) && is_unread(table, column, cell, dialect))
    }
}

fn is_text(column: &Column) -> bool {
    matches!(column.wire, WireType::Text { .. } | WireType::List | WireType::Rating)
}

fn has_decimal_tail(table: &Table, column: &Column, cell: &[u8], dialect: &Dialect) -> bool {
    let mended = || hear(table, column, cell, dialect) == Heard::Mended((), &crate::csv::rules::DECIMAL_TAIL);
    cell.ends_with(b".0") && mended()
}

/// Whether a percentage comes as a part of one.
fn is_fraction(cell: &[u8]) -> bool {
    let number = std::str::from_utf8(cell).ok().and_then(|text| text.parse::<f32>().ok());
    number.is_some_and(|number| (0.0..=1.0).contains(&number))
}

/// A text as TOML has it, on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}
