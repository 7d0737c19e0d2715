//! A return comes back as it was: every accepted cell of every module, after the normalisations of the record.
//!
//! Accepted is a cell without an error of its own in a row that makes a record (record, section 1.6); rows of
//! `record/duplicate` and `record/key-clash` are counted apart. A cell that comes back blank is told as a loss.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use kit::{adapter::Format, table::Table, wire::WireType};
use schemas::{
    diagnostic::{Diagnostic, Place, Severity},
    identifier::Identifier,
};

use crate::support::{
    Kept, bless, cases, document, folder, format, is_of_places, options, read, synthetic, translated,
};

/// What became of the cells of one module.
#[derive(Default)]
struct Count {
    rows: u64,
    rows_lost: u64,
    rows_merged: u64,
    /// Told as a loss: the year has no such module.
    rows_told: u64,
    accepted: u64,
    /// Told as a loss: no word for it in this year, or no birth date to repeat.
    told: u64,
}

/// One translation of a return into itself, cell against cell.
struct Compared {
    counts: BTreeMap<&'static str, Count>,
    /// Accepted cells that differ and were not told: module, line, column.
    differing: Vec<String>,
}

/// What comes beside a return is read with it and never written.
const COMPANIONS: [&str; 4] = ["links", "restriction", "consent", "delegation"];

type Files = [(String, Vec<u8>)];

fn compare(files: &Files, number: u16) -> Compared {
    let (document, options) = (document(files), options(number));
    let returns = format("ssda903-csv");
    let read = read(returns, &document, &options);
    let (mut outcome, kept) = translated(&document, (returns, returns), "local-authority", &options);
    let losses: BTreeSet<(u16, u64, Option<&str>)> = outcome
        .findings
        .diagnostics()
        .iter()
        .filter(|told| told.rule.severity == Severity::Loss)
        .filter_map(|told| cell(told).map(|(part, line, _)| (part, line, told.field)))
        .collect();
    let errors: BTreeSet<(u16, u64, u16)> = read
        .told
        .iter()
        .filter(|told| told.rule.severity == Severity::Error)
        .filter_map(|told| cell(told).and_then(|(part, line, column)| Some((part, line, column?))))
        .collect();
    let merged: BTreeSet<(u16, u64)> = read
        .told
        .iter()
        .filter(|told| matches!(told.rule.code, "record/duplicate" | "record/key-clash"))
        .flat_map(|told| told.related.iter().chain([&told.place]))
        .filter_map(|place| at(place).map(|(part, line, _)| (part, line)))
        .collect();

    let mut names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let mut compared = Compared { counts: BTreeMap::new(), differing: Vec::new() };
    for table in returns.tables.iter().copied().filter(|table| !COMPANIONS.contains(&table.name)) {
        let mut written =
            by_child(&kept.0.get(&format!("{}.csv", table.name)).map(|it| rows_of(it)).unwrap_or_default());
        let count = compared.counts.entry(table.name).or_default();
        for (part, name) in names.iter().enumerate() {
            if read.labels[part].to_string().split('#').next() != Some(table.name) {
                continue;
            }
            let part = u16::try_from(part).unwrap();
            let bytes = &files.iter().find(|(known, _)| known == name).unwrap().1;
            let rows = rows_of(bytes);
            let headings = &rows[0].1;
            count.rows += rows.len() as u64 - 1;
            let mut making: BTreeSet<u64> = BTreeSet::new();
            for (records, _) in &read.children {
                let Some(first) = records.first() else { continue };
                let child = child_of(&first.subject.identifiers);
                let mut seen = BTreeSet::new();
                for record in records {
                    let Some((in_part, line, _)) = at(&record.source.place) else { continue };
                    if in_part != part || !seen.insert(line) {
                        continue;
                    }
                    making.insert(line);
                    if losses.contains(&(part, line, None)) {
                        count.rows_told += 1;
                        continue;
                    }
                    let Some(output) = written.get_mut(&child).and_then(|rows| rows.pop_front()) else {
                        compared.differing.push(format!("{} line {line}: no row came back", table.name));
                        continue;
                    };
                    if merged.contains(&(part, line)) {
                        count.rows_merged += 1;
                        continue;
                    }
                    let row = &rows.iter().find(|(known, _)| *known == line).unwrap().1;
                    for (column, (heading, input)) in headings.iter().zip(row).enumerate() {
                        let Some(known) = column_of(table, heading) else { continue };
                        if errors.contains(&(part, line, u16::try_from(column + 1).unwrap())) {
                            continue;
                        }
                        count.accepted += 1;
                        let field = table.columns[known].record_field();
                        let (input, output) = (
                            normal(input, table.columns[known].wire),
                            normal(&output[known], table.columns[known].wire),
                        );
                        if input == output {
                            continue;
                        }
                        if output.is_empty() && losses.contains(&(part, line, Some(field))) {
                            count.told += 1;
                        } else {
                            compared.differing.push(format!("{} line {line} column {}", table.name, column + 1));
                        }
                    }
                }
            }
            count.rows_lost += rows.len() as u64 - 1 - making.len() as u64;
        }
        if let Some(child) = written.iter().find(|(_, rows)| !rows.is_empty()) {
            compared.differing.push(format!("{}: {} rows from nowhere", table.name, child.1.len()));
        }
    }
    compared
}

fn at(place: &Place) -> Option<(u16, u64, Option<u16>)> {
    match place {
        Place::Cell { part, line, column, .. } => Some((part.0, *line, *column)),
        _ => None,
    }
}

fn cell(told: &Diagnostic) -> Option<(u16, u64, Option<u16>)> {
    at(&told.place)
}

fn child_of(identifiers: &[Identifier]) -> String {
    let mut text = Vec::new();
    identifiers.iter().filter(|it| matches!(it, Identifier::LaChild(_))).for_each(|it| it.write_value(&mut text));
    String::from_utf8(text).unwrap()
}

/// Rows by line, read by plain splitting: no file here has a cell in quotes.
fn rows_of(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    let rows = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    rows.map(|(line, row)| {
        assert!(!row.contains('"'));
        (line, row.split(',').map(str::to_owned).collect())
    })
    .collect()
}

/// The rows of each child in order, without the heading row.
fn by_child(rows: &[(u64, Vec<String>)]) -> BTreeMap<String, std::collections::VecDeque<Vec<String>>> {
    let mut children: BTreeMap<String, std::collections::VecDeque<Vec<String>>> = BTreeMap::new();
    for (_, row) in rows.iter().skip(1) {
        children.entry(row[0].clone()).or_default().push_back(row.clone());
    }
    children
}

fn column_of(table: &Table, heading: &str) -> Option<usize> {
    let heading = heading.trim().to_uppercase().replace('-', "_");
    table.columns.iter().position(|column| {
        column.name.eq_ignore_ascii_case(&heading)
            || column.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(&heading))
    })
}

/// A cell as the record compares it (record, sections 1.3, 1.5 and 1.7), by other means than the readers'.
fn normal(cell: &str, wire: WireType) -> String {
    const BLANK: [&str; 12] =
        ["NA", "N/A", "NAN", "NONE", "NULL", "-", ".", "#N/A", "<BLANK>", "PD.NA", "SSD_PH", "*DUMMY*"];
    let cell = cell.trim().to_uppercase();
    if BLANK.contains(&cell.as_str()) {
        return String::new();
    }
    let number = |cell: &str| cell.strip_suffix(".0").unwrap_or(cell).to_owned();
    match wire {
        WireType::Date => {
            let parts: Vec<&str> = cell.split(['/', '-']).collect();
            match parts[..] {
                [year, month, day] if year.len() == 4 => format!("{day:0>2}/{month:0>2}/{year}"),
                [day, month, year] => format!("{day:0>2}/{month:0>2}/{year}"),
                _ => cell,
            }
        }
        WireType::Postcode => {
            let compact: String = cell.split_whitespace().collect();
            // What stands for no postcode is read as blank, with a warning.
            if compact.len() <= 4 && !compact.chars().any(|one| one.is_ascii_digit()) { String::new() } else { compact }
        }
        WireType::LaChildId | WireType::Number { .. } | WireType::Flag => number(&cell),
        _ => cell,
    }
}

fn frozen(compared: &Compared) -> String {
    let mut text =
        String::from("module rows rows-lost rows-merged rows-told-as-lost accepted-cells cells-told-as-lost\n");
    for (module, count) in compared.counts.iter().filter(|(_, count)| count.rows > 0) {
        let Count { rows, rows_lost, rows_merged, rows_told, accepted, told } = count;
        writeln!(text, "{module} {rows} {rows_lost} {rows_merged} {rows_told} {accepted} {told}").unwrap();
    }
    text
}

#[test]
fn every_accepted_cell_of_the_fake_return_comes_back() {
    let Some(samples) = contract_tests::homeward::samples() else {
        eprintln!("SKIPPED: the samples are absent; name their folder in HOMEWARD_SAMPLES");
        return;
    };
    let files: Vec<_> = folder(&samples.join("ssda903/fake-2018"))
        .into_iter()
        .filter(|(name, _)| name.ends_with(".csv") && !name.contains("errors"))
        .collect();
    let compared = compare(&files, 2018);
    let some: Vec<_> = compared.differing.iter().take(20).collect();
    assert!(compared.differing.is_empty(), "{} cells differ: {some:#?}", compared.differing.len());
    bless(&cases().join("the-sample-of-2018-keeps-its-counts/accepted-cells.txt"), &frozen(&compared)).unwrap();
}

#[test]
fn a_clean_synthetic_return_comes_back_cell_for_cell() {
    for (number, seed) in [(2018, 1), (2024, 2), (2025, 3), (2026, 4), (2027, 5)] {
        let files = synthetic(400, seed, 0, number);
        let compared = compare(&files, number);
        assert!(compared.differing.is_empty(), "{number}: {:#?}", compared.differing);
        for (module, count) in &compared.counts {
            let Count { rows_lost, rows_merged, rows_told, told, .. } = count;
            assert_eq!((*rows_lost, *rows_merged, *rows_told, *told), (0, 0, 0, 0), "{number} {module}");
        }
    }
}

#[test]
fn a_synthetic_return_with_faults_loses_only_what_is_faulty() {
    for seed in 0..4 {
        let files = synthetic(300, seed, 60, 2026);
        let compared = compare(&files, 2026);
        assert!(compared.differing.is_empty(), "{:#?}", compared.differing);
    }
}

#[test]
fn a_birth_date_without_a_header_row_comes_back_or_is_told() {
    let mut files = crate::base::files();
    let reviews = files.iter_mut().find(|(name, _)| name == "reviews.csv").unwrap();
    reviews.1.extend_from_slice(b"C9,01/02/2012,10/10/2026,PN1\n");
    let uasc = files.iter_mut().find(|(name, _)| name == "uasc.csv").unwrap();
    uasc.1.extend_from_slice(b"C9,F,01/02/2012,01/02/2026\n");
    let compared = compare(&files, crate::base::YEAR);
    assert!(compared.differing.is_empty(), "{:#?}", compared.differing);
}

#[test]
fn the_same_return_gives_the_same_bytes() {
    let files = synthetic(200, 9, 30, 2026);
    let written = |name: &str, view: &str| -> Kept {
        let formats = (format("ssda903-csv"), format(name));
        translated(&document(&files), formats, view, &options(2026)).1
    };
    for (_, to) in roster::formats().filter(|(_, to)| to.encode.is_some()) {
        for view in exchange::view::View::offered() {
            let (first, again) = (written(to.name, view.name()), written(to.name, view.name()));
            assert!(first == again, "{} under {}", to.name, view.name());
            // A return says nothing of places, nor of how a home is searched for.
            let may_be_empty = view.carries_nobody() || is_of_places(to) || says_nothing_of(to, format("ssda903-csv"));
            assert!(may_be_empty || !first.0.is_empty(), "{} under {}", to.name, view.name());
        }
    }
}

/// Whether no column of a format is of a statement that a column of another is of.
fn says_nothing_of(one: &Format, other: &Format) -> bool {
    let statements = |format: &Format| -> BTreeSet<&'static str> {
        let columns = format.tables.iter().flat_map(|table| table.columns);
        columns.filter_map(|column| column.field.split_once('.')).map(|(statement, _)| statement).collect()
    };
    !one.tables.is_empty() && statements(one).is_disjoint(&statements(other))
}

#[test]
fn the_comparison_sees_a_cell_that_was_changed() {
    assert_eq!(normal(" 1/2/2017", WireType::Date), normal("2017-02-01", WireType::Date));
    assert_ne!(normal("1/2/2017", WireType::Date), normal("2/1/2017", WireType::Date));
    assert_eq!(normal("b99  1aa", WireType::Postcode), normal("B991AA", WireType::Postcode));
    assert_ne!(normal("000123", WireType::LaChildId), normal("123", WireType::LaChildId));
}
