//! A draft of a dialect reads an export as the export's own format would be read: for every table of every format that
//! is read from tables, whatever its headings are called, in whatever order they stand, however its dates are spelt.

use kit::{
    adapter::Format,
    describe::csv_template,
    dialect::{
        Dialect,
        infer::{Draft, infer},
    },
    document::Part,
    limits::ReadingLimits,
    table::{Column, Table},
    wire::WireType,
};
use schemas::{date::Date, record::Statement};

use crate::{
    base::YEAR,
    support::{document, options, read, synthetic},
};

/// A heading that a case system could show for a column.
type Rename = fn(&Column) -> String;

const RENAMES: [(&str, Rename); 6] = [
    ("as it is, in other letters", |column| column.name.replace('_', " ").to_lowercase()),
    ("by the record's field", |column| match column.field.rsplit_once('.') {
        Some((_, field)) => capitalised(&field.replace('_', " ")),
        None => column.name.to_owned(),
    }),
    ("by the meaning", |column| column.meaning.trim().split([';', '.', ',']).next().unwrap_or_default().to_owned()),
    ("with words beside", |column| format!("{} (case record)", column.name)),
    ("with a slip of the pen", |column| {
        let mut letters: Vec<char> = column.name.chars().collect();
        if letters.len() > 5 {
            letters.swap(2, 3);
        }
        letters.into_iter().collect()
    }),
    ("by an alias", |column| column.aliases.last().unwrap_or(&column.name).replace('_', "-")),
];

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

fn table_formats() -> Vec<&'static Format> {
    let of_tables =
        |format: &&Format| format.decode.is_some() && !format.tables.is_empty() && format.extensions.contains(&"csv");
    roster::formats().map(|(_, format)| format).filter(of_tables).collect()
}

/// A blank table with every column that is read, those that are never written too.
fn heading_row(table: &Table) -> String {
    table.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(",")
}

/// The headings of a table under a rename: each once, and none that the table knows as another column's.
fn renamed(table: &Table, rename: Rename) -> Vec<String> {
    let mut headings: Vec<String> = Vec::new();
    for column in table.columns {
        let heading = rename(column);
        let other = table.columns.iter().any(|known| {
            known.name != column.name
                && [&known.name].into_iter().chain(known.aliases).any(|name| alike(name, &heading))
        });
        let taken = headings.iter().any(|known| alike(known, &heading))
            || table.columns.iter().filter(|known| alike(&rename(known), &heading)).count() > 1;
        headings.push(if other || taken || heading.is_empty() { column.name.to_owned() } else { heading });
    }
    headings
}

fn alike(one: &str, other: &str) -> bool {
    kit::csv::header::fold(one.as_bytes()) == kit::csv::header::fold(other.as_bytes())
}

/// A table under other headings, its columns shuffled, under a title, with a column that nobody knows.
fn export(table: &Table, text: &str, rename: Rename, turn: usize, dates: bool) -> Vec<u8> {
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let headings = renamed(table, rename);
    let place = |heading: &str| table.columns.iter().position(|column| column.name == heading).unwrap();
    let places: Vec<usize> = rows[0].iter().map(|heading| place(heading)).collect();
    // Steps of a number that shares no factor with the width visit each column once.
    let width = places.len();
    let step = (1..=width)
        .map(|n| (n + turn) % width.max(1))
        .find(|step| (1..=width).filter(|n| width.is_multiple_of(*n) && step.is_multiple_of(*n)).count() == 1);
    let order: Vec<usize> = (0..width).map(|n| (n * step.unwrap_or(1) + turn) % width).collect();
    let mut out = String::from("Export of the case system;;\n\n");
    for (n, row) in rows.iter().enumerate() {
        let mut cells: Vec<String> = order
            .iter()
            .map(|at| match row.get(*at) {
                _ if n == 0 => headings[places[*at]].clone(),
                Some(cell) if dates && matches!(table.columns[places[*at]].wire, WireType::Date) => respelt(cell),
                Some(cell) => (*cell).to_owned(),
                None => String::new(),
            })
            .collect();
        cells.push(if n == 0 { "Zzgl".to_owned() } else { "never to be told".to_owned() });
        out += &(cells.join(";") + "\n");
    }
    out.into_bytes()
}

fn respelt(cell: &str) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    match Date::parse_british(cell.as_bytes()).or_else(|| Date::parse_iso(cell.as_bytes())) {
        Some(date) => format!("{} {} {}", date.day(), MONTHS[usize::from(date.month()) - 1], date.year()),
        None => cell.to_owned(),
    }
}

fn drafted(format: &'static Format, bytes: &[u8]) -> (Draft, Dialect) {
    let draft = infer(&Part::new("export.csv", bytes.to_vec()), &[format], ReadingLimits::default());
    let (dialect, faults) = Dialect::read(&draft.toml, format.tables);
    assert_eq!(faults, [], "{}", draft.toml);
    assert!(!draft.toml.contains("never to be told") && !draft.toml.contains("Zzgl"), "{}", draft.toml);
    (draft, dialect)
}

/// What is said, child by child, without where it was read.
fn said(format: &'static Format, bytes: Vec<u8>, dialect: Dialect) -> Vec<Vec<Statement>> {
    let mut options = options(YEAR);
    options.dialect = dialect;
    let read = read(format, &document(&[("table.csv".to_owned(), bytes)]), &options);
    read.children.into_iter().map(|(records, _)| records.into_iter().map(|it| it.statement).collect()).collect()
}

#[test]
fn a_blank_table_of_every_format_is_known_again_by_its_draft() {
    for format in table_formats() {
        for table in format.tables {
            for (turn, (way, rename)) in RENAMES.into_iter().enumerate() {
                let bytes = export(table, &heading_row(table), rename, turn, false);
                let (draft, _) = drafted(format, &bytes);
                let what = format!(
                    "{} {} {way}\n{}\n{}",
                    format.name,
                    table.name,
                    String::from_utf8_lossy(&bytes),
                    draft.toml
                );
                assert_eq!(draft.table.map(|table| table.name), Some(table.name), "{what}");
                assert!(draft.is_complete, "{what}");
            }
        }
    }
}

#[test]
fn an_export_under_other_headings_says_the_same_by_its_draft() {
    let files = synthetic(40, 3, 0, YEAR);
    let mut tables = 0;
    for format in table_formats() {
        for (_, bytes) in &files {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let first = text.lines().next().unwrap();
            let Some(table) = format.tables.iter().find(|table| csv_template(table, None).trim() == first) else {
                continue;
            };
            let plain = said(format, bytes.clone(), Dialect::default());
            tables += 1;
            for (turn, (way, rename)) in RENAMES.into_iter().enumerate() {
                for dates in [false, true] {
                    let bytes = export(table, &text, rename, turn, dates);
                    let (draft, dialect) = drafted(format, &bytes);
                    assert!(draft.is_complete, "{} {} {way}\n{}", format.name, table.name, draft.toml);
                    let same = said(format, bytes, dialect) == plain;
                    assert!(same, "{} {} {way}, dates {dates}\n{}", format.name, table.name, draft.toml);
                }
            }
        }
    }
    assert!(tables >= 16, "only {tables} tables were tried");
}

#[test]
fn the_format_of_an_unknown_export_is_found() {
    let files = synthetic(60, 3, 0, YEAR);
    let formats = table_formats();
    for (name, bytes) in &files {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let table = formats
            .iter()
            .flat_map(|format| format.tables)
            .find(|table| csv_template(table, None).trim() == text.lines().next().unwrap());
        let table = table.unwrap();
        let draft =
            infer(&Part::new("x", export(table, &text, RENAMES[1].1, 2, true)), &formats, ReadingLimits::default());
        assert_eq!(draft.table.map(|table| table.name), Some(table.name), "{name}\n{}", draft.toml);
    }
}
