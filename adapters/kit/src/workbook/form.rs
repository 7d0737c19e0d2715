//! A workbook to be filled in, made of the field tables and of nothing else, so that it never drifts from what is read.
//!
//! Limits: whoever gives rows keeps them within `sheet_rows_max`; drop-downs reach [`FILLED_ROWS`] rows. Format: a sheet that says what to do,
//! a sheet a table, and the lists that its drop-downs show. On the sheet of a table row 1 is what people read, row 2 the
//! machine names, row 3 help, row 4 an example, and what is filled in begins in row 5. Operations: [`cells_of`] makes a
//! row, [`Form::workbook`] the file.

use schemas::date::Date;

use crate::{
    describe::codes_in,
    dialect::Dialect,
    table::{Column, Row},
    wire::{Heard, Reading, Spelling, WireType, Writing, Written},
    workbook::{
        SheetOf,
        look::Look,
        serial,
        sheet::letters_of,
        write::{self, Drawn, Validation, Value},
    },
};

/// How many rows have drop-downs.
const FILLED_ROWS: usize = 2_000;

/// The first row to be filled in, from 1.
const FIRST_ROW: usize = 5;

/// What sort of form it is.
pub struct Form {
    /// Title of the sheet that says what to do.
    pub start: &'static str,
    /// Its lines.
    pub lines: &'static [Line],
    /// Title of the sheet of lists.
    pub lists: &'static str,
    /// The sheets to be filled in.
    pub sheets: &'static [FormSheet],
}

/// A line of the first sheet.
pub enum Line {
    /// Something to read.
    Says(&'static str),
    /// Something to read, in large letters.
    Title(&'static str),
    /// A name and what stands beside it.
    Fact(&'static str, &'static str),
    /// A name, and a day to be filled in beside it.
    Day(&'static str),
    /// A name, and a choice to be made beside it, of which the first holds unless another is made.
    Choice(&'static str, &'static [&'static str]),
}

/// A sheet to be filled in.
pub struct FormSheet {
    /// The table.
    pub of: &'static SheetOf,
    /// When a column must be filled in, in words; `None` where it may stay blank.
    pub needed: fn(&Column) -> Option<String>,
    /// Columns that are greyed when another says so.
    pub greys: &'static [Grey],
    /// What its first row says.
    pub first_row: FirstRow,
    /// Cells of the example that are not the table's own, by column.
    pub example: &'static [(&'static str, &'static str)],
}

/// What stands above the machine names.
pub enum FirstRow {
    /// What people read of each column.
    Headings,
    /// Titles of groups, each above the first of its columns.
    Groups(&'static [(&'static str, &'static str)]),
}

/// Columns that do not apply where another column holds, or does not hold, a word.
pub struct Grey {
    /// The columns; of a table's columns those for which this holds.
    pub columns: fn(&Column) -> bool,
    /// The column that decides.
    pub by: &'static str,
    /// The word.
    pub word: &'static str,
    /// Greyed where it holds the word; otherwise where it holds another.
    pub when_it_is: bool,
}

/// A cell of a row to be written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormCell {
    /// Nothing.
    Blank,
    /// A text, whatever it looks like.
    Text(Box<str>),
    /// A number.
    Number(Box<str>),
    /// A day by its serial number.
    Day(u32),
}

impl FormCell {
    /// What a column wrote.
    fn of(column: &Column, written: &[u8]) -> Self {
        let text = String::from_utf8_lossy(written);
        let day = || Date::parse_iso(written).and_then(serial::of_day);
        let is_number = || text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        match column.wire {
            _ if text.is_empty() => Self::Blank,
            WireType::Date | WireType::DateTime => day().map_or_else(|| Self::Text(text.into()), Self::Day),
            WireType::Number { .. } | WireType::Decimal | WireType::Money if is_number() => Self::Number(text.into()),
            _ => Self::Text(text.into()),
        }
    }

    fn value(&self) -> Option<Value> {
        match self {
            Self::Blank => None,
            Self::Text(text) => Some(Value::Text(text.to_string())),
            Self::Number(number) => Some(Value::Number(number.to_string())),
            Self::Day(day) => Some(Value::Number(day.to_string())),
        }
    }
}

/// The cells of a row, one for each column that is written on the sheet; tells each column that has no word for its value.
pub fn cells_of<R: Row>(
    sheet: &SheetOf,
    row: &R,
    writing: &Writing<'_>,
    mut cannot_say: impl FnMut(usize),
) -> Vec<FormCell> {
    let writing = &Writing { spelling: R::TABLE.spelling, ..*writing };
    let (mut cells, mut cell) = (Vec::new(), Vec::new());
    for (n, (column, lens)) in R::TABLE.columns.iter().zip(R::LENSES).enumerate() {
        if column.only_read && !sheet.written_too.contains(&column.name) {
            continue;
        }
        cell.clear();
        if (lens.write)(row, &mut cell, writing) == Written::CannotSay {
            cell.clear();
            cannot_say(n);
        }
        cells.push(FormCell::of(column, &cell));
    }
    cells
}

/// What a form says below the heading of a column.
pub(super) fn help_of(column: &Column) -> String {
    let several = match column.wire {
        WireType::Words(list) | WireType::Codes(list) => format!("Several with ; between: list {} on Lists", list.name),
        WireType::Labels(list) => format!("Several with ; between: list {} on Lists", list.name),
        WireType::List => "Several with ; between".to_owned(),
        _ => String::new(),
    };
    [column.help, &several].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(". ")
}

impl Form {
    /// The workbook, with the rows of each sheet.
    #[must_use]
    pub fn workbook(&self, rows: &[Vec<Vec<FormCell>>]) -> Vec<u8> {
        let lists = Lists::of(self);
        let mut sheets = vec![self.start_sheet()];
        for (n, sheet) in self.sheets.iter().enumerate() {
            sheets.push(sheet.drawn(&lists, rows.get(n).map_or(&[], Vec::as_slice)));
        }
        sheets.push(lists.drawn(self.lists));
        write::workbook(&sheets, &lists.names(self.lists))
    }

    fn start_sheet(&self) -> Drawn {
        let text = |text: &str| Value::Text(text.to_owned());
        let mut sheet = Drawn { title: self.start, ..Drawn::default() };
        sheet.columns = vec![(24, Look::Plain), (24, Look::Plain)];
        for (n, line) in (1..).zip(self.lines) {
            let beside = format!("B{n}");
            let cells = match line {
                Line::Says(says) => vec![(0, Look::Plain, text(says))],
                Line::Title(says) => vec![(0, Look::Title, text(says))],
                Line::Fact(name, says) => vec![(0, Look::NeededHeading, text(name)), (1, Look::Plain, text(says))],
                Line::Day(name) => {
                    sheet.validations.push((beside, Validation::Day, "Write a day, such as 12/01/2026.".to_owned()));
                    vec![(0, Look::NeededHeading, text(name)), (1, Look::Day, Value::Blank)]
                }
                Line::Choice(name, words) => {
                    let list = format!("\"{}\"", words.join(","));
                    sheet.validations.push((beside, Validation::OneOf(list), "Choose from the list.".to_owned()));
                    let first = words.first().copied().unwrap_or_default();
                    vec![(0, Look::NeededHeading, text(name)), (1, Look::Text, text(first))]
                }
            };
            sheet.rows.push(cells);
        }
        sheet
    }
}

impl FormSheet {
    fn drawn(&self, lists: &Lists, rows: &[Vec<FormCell>]) -> Drawn {
        let columns: Vec<&Column> = self.of.written().collect();
        let mut sheet = Drawn { title: self.of.title, frozen: Some((1, 1)), ..Drawn::default() };
        sheet.columns = columns.iter().map(|column| (width_of(column), look_of(column))).collect();
        sheet.heights = &[45, 0, 75];
        let row = |cells: &mut dyn Iterator<Item = (Look, Option<Value>)>| {
            (0..).zip(cells).filter_map(|(n, (look, value))| Some((n, look, value?))).collect::<Vec<_>>()
        };
        let text = |text: &str| Some(Value::Text(text.to_owned())).filter(|_| !text.is_empty());
        sheet.rows = vec![
            row(&mut columns.iter().map(|column| {
                let is_needed = (self.needed)(column).is_some();
                (if is_needed { Look::NeededHeading } else { Look::Heading }, text(self.title_of(column)))
            })),
            row(&mut columns.iter().map(|column| (Look::MachineName, text(column.name)))),
            row(&mut columns.iter().map(|column| (Look::Help, text(&help_of(column))))),
            row(&mut columns.iter().map(|column| {
                let example = self.example.iter().find(|(name, _)| *name == column.name);
                let example = example.map_or(column.example, |(_, example)| *example);
                (example_look(look_of(column)), FormCell::of(column, example.as_bytes()).value())
            })),
        ];
        for cells in rows {
            let looks = columns.iter().map(|column| look_of(column));
            sheet.rows.push(row(&mut looks.zip(cells.iter().map(FormCell::value))));
        }
        let last = FIRST_ROW + FILLED_ROWS - 1;
        for (n, column) in columns.iter().enumerate() {
            let letters = letters_of(n);
            let cells = format!("{letters}{FIRST_ROW}:{letters}{last}");
            sheet.comments.push(((n, 0), self.comment(column)));
            if let Some((validation, otherwise)) = lists.validation(column) {
                sheet.validations.push((cells, validation, otherwise));
            }
        }
        for grey in self.greys {
            let Some(by) = columns.iter().position(|column| column.name == grey.by) else { continue };
            let by = format!("${}{FIRST_ROW}", letters_of(by));
            let word = grey.word;
            let formula =
                if grey.when_it_is { format!("{by}=\"{word}\"") } else { format!("AND({by}<>\"\",{by}<>\"{word}\")") };
            let greyed = columns.iter().enumerate().filter(|(_, column)| (grey.columns)(column));
            let cells: Vec<String> = greyed.map(|(n, _)| format!("{0}{FIRST_ROW}:{0}{last}", letters_of(n))).collect();
            if !cells.is_empty() {
                sheet.greys.push((cells.join(" "), formula));
            }
        }
        sheet
    }

    /// What the first row says above a column.
    fn title_of(&self, column: &Column) -> &'static str {
        match self.first_row {
            FirstRow::Headings => read_by_people(column),
            FirstRow::Groups(groups) => {
                groups.iter().find(|(first, _)| *first == column.name).map_or("", |(_, title)| *title)
            }
        }
    }

    /// What is said of a column when somebody points at its heading.
    fn comment(&self, column: &Column) -> String {
        let needed = (self.needed)(column).unwrap_or_else(|| "May stay blank".to_owned());
        let holds = match column.wire {
            WireType::Date | WireType::DateTime => "A day, such as 12/01/2026".to_owned(),
            WireType::Flag => {
                let [no, yes] = self.of.table.spelling.flags();
                format!("{yes} or {no}")
            }
            WireType::Number { most } => format!("A whole number up to {most}"),
            WireType::Money => "Pounds, such as 945.00".to_owned(),
            WireType::Word(_) | WireType::Code(_) | WireType::Label(_) => "Choose from the list".to_owned(),
            WireType::Text { characters_max: most @ 1.. } => format!("Text of at most {most} characters"),
            _ => String::new(),
        };
        let says = [column.meaning.trim(), &holds, &help_of(column), &needed];
        let sentences = says.iter().map(|says| says.trim_end_matches('.')).filter(|says| !says.is_empty());
        sentences.map(|says| format!("{says}.")).collect::<Vec<_>>().join("\n")
    }
}

fn read_by_people(column: &Column) -> &'static str {
    if column.heading.is_empty() { column.name } else { column.heading }
}

fn look_of(column: &Column) -> Look {
    match column.wire {
        WireType::Date | WireType::DateTime => Look::Day,
        WireType::Number { .. } => Look::Number,
        WireType::Money | WireType::Decimal => Look::Money,
        // As text, so that no spreadsheet takes 2:3 for a time, 5-11 for a day, or the zeros from a reference.
        _ => Look::Text,
    }
}

fn example_look(look: Look) -> Look {
    match look {
        Look::Day => Look::ExampleDay,
        Look::Number => Look::ExampleNumber,
        Look::Money => Look::ExampleMoney,
        _ => Look::ExampleText,
    }
}

/// How wide a column is, in characters.
fn width_of(column: &Column) -> u16 {
    match column.wire {
        WireType::Date | WireType::DateTime | WireType::Flag | WireType::Number { .. } => 12,
        WireType::Money | WireType::Decimal => 12,
        WireType::Text { characters_max: 201.. } => 40,
        WireType::Words(_) | WireType::Codes(_) | WireType::Labels(_) => 24,
        _ => 18,
    }
}

/// The lists that drop-downs show, and those that help names: codes with their labels.
struct Lists {
    lists: Vec<(String, Vec<(String, &'static str)>)>,
}

/// The list of the two answers to a question.
const YES_OR_NO: &str = "yes_or_no";

impl Lists {
    fn of(form: &Form) -> Self {
        let mut lists: Vec<(String, Vec<(String, &'static str)>)> = Vec::new();
        let sheets = form.sheets.iter().map(|sheet| sheet.of);
        for (sheet, column) in sheets.flat_map(|sheet| sheet.written().map(move |column| (sheet, column))) {
            let (name, codes) = match (column.wire, codes_in(column.wire)) {
                (WireType::Flag, _) => {
                    let [no, yes] = sheet.table.spelling.flags();
                    (YES_OR_NO, vec![(yes.to_owned(), "Yes"), (no.to_owned(), "No")])
                }
                (WireType::Label(list) | WireType::Labels(list), _) => {
                    (list.name, list.labels.iter().map(|(label, concept)| ((*label).to_owned(), *concept)).collect())
                }
                (_, Some((list, spell))) => {
                    let codes = list.entries.iter().map(|entry| (spell(entry), entry.label));
                    // What the column itself would not take is not offered.
                    (list.name, codes.filter(|(code, _)| takes(column, code)).collect())
                }
                _ => continue,
            };
            if !lists.iter().any(|(known, _)| known == name) {
                lists.push((name.to_owned(), codes));
            }
        }
        Self { lists }
    }

    /// What may be typed into a column, and what is said otherwise. Several words in one cell have no drop-down: no
    /// spreadsheet has one for them.
    fn validation(&self, column: &Column) -> Option<(Validation, String)> {
        let one_of = |name: &str| (Validation::OneOf(named(name)), "Choose from the list.".to_owned());
        match column.wire {
            WireType::Word(list) | WireType::Code(list) => Some(one_of(list.name)),
            WireType::Label(list) => Some(one_of(list.name)),
            WireType::Flag => Some(one_of(YES_OR_NO)),
            WireType::Date => Some((Validation::Day, "Write a day, such as 12/01/2026.".to_owned())),
            WireType::Number { most } => {
                Some((Validation::UpTo(most), format!("Write one whole number from 0 to {most}.")))
            }
            _ => None,
        }
    }

    fn drawn(&self, title: &'static str) -> Drawn {
        let mut sheet = Drawn { title, frozen: Some((1, 0)), ..Drawn::default() };
        sheet.columns = self.lists.iter().flat_map(|_| [(24, Look::Plain), (40, Look::Plain)]).collect();
        let longest = self.lists.iter().map(|(_, codes)| codes.len()).max().unwrap_or(0);
        let text = |text: &str| Value::Text(text.to_owned());
        let titles = self.lists.iter().enumerate();
        sheet.rows.push(titles.map(|(n, (name, _))| (2 * n, Look::NeededHeading, text(name))).collect());
        for line in 0..longest {
            let of_line = self.lists.iter().enumerate().filter_map(|(n, (_, codes))| Some((n, codes.get(line)?)));
            let cells = of_line.flat_map(|(n, (code, label))| {
                [(2 * n, Look::Plain, text(code)), (2 * n + 1, Look::Plain, text(label))]
            });
            sheet.rows.push(cells.collect());
        }
        sheet
    }

    /// The names by which drop-downs know the lists, and their cells.
    fn names(&self, title: &str) -> Vec<(String, String)> {
        let cells = self.lists.iter().enumerate().map(|(n, (name, codes))| {
            let letters = letters_of(2 * n);
            (named(name), format!("'{title}'!${letters}$2:${letters}${}", codes.len() + 1))
        });
        let mut names: Vec<_> = cells.collect();
        names.sort();
        names
    }
}

/// Whether a column reads a word as what it is.
fn takes(column: &Column, word: &str) -> bool {
    let dialect = Dialect::default();
    let reading = Reading { year: None, dialect: &dialect, protection_only: false, spelling: Spelling::Plain };
    (column.hears)(word.as_bytes(), &reading) == Heard::Is(())
}

/// The name of a list, which may look like no cell.
fn named(list: &str) -> String {
    format!("list_{}", list.replace('-', "_"))
}
