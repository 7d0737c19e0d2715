//! Rules of workbooks: for each a workbook that breaks it, and the nearest that does not.

#[path = "../../../../adapters/ifa/tests/workbooks/book.rs"]
#[allow(dead_code)]
mod book;

use std::{collections::BTreeSet, fmt::Write};

use kit::{adapter::Options, limits::ReadingLimits};

use self::book::{Book, NAMES, ROW, row};
use super::declared_by;
use crate::support::{authority, day, document, format, read, translated};

struct Case {
    rule: &'static str,
    format: &'static str,
    /// A workbook that breaks the rule, or the nearest that does not.
    made: fn(bool) -> Vec<u8>,
    limits: fn(&mut ReadingLimits),
    /// It is written too.
    is_written: bool,
}

const fn case(rule: &'static str, made: fn(bool) -> Vec<u8>) -> Case {
    Case { rule, format: "vacancies-xlsx", made, limits: |_| {}, is_written: false }
}

const fn within(case: Case, limits: fn(&mut ReadingLimits)) -> Case {
    Case { limits, ..case }
}

/// A compound file, which holds a workbook of the old kind or an encrypted one.
fn compound(stream: &str) -> Vec<u8> {
    let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}

fn usual() -> Book {
    Book::of_rows(&[ROW.to_vec()])
}

/// The usual workbook with another cell in one column of its row.
fn with(column: &str, cell: &str) -> Vec<u8> {
    Book::of_rows(&[row(&[(column, cell)])]).packed()
}

fn titled(titles: [&str; 2]) -> Vec<u8> {
    Book::of(&titles.map(|title| (title, vec![NAMES.to_vec(), ROW.to_vec()]))).packed()
}

static CASES: &[Case] = &[
    case("workbook/password", |breaks| compound(if breaks { "EncryptedPackage" } else { "Workbook" })),
    case("workbook/old-kind", |breaks| compound(if breaks { "Workbook" } else { "EncryptedPackage" })),
    case("workbook/binary-kind", |breaks| {
        let mut book = usual();
        book.put("xl/workbook.bin", "");
        if breaks { book.change("_rels/.rels", "workbook.xml", "workbook.bin").packed() } else { book.packed() }
    }),
    case("workbook/open-document", |breaks| {
        let mut book = usual();
        let of = if breaks { "opendocument.spreadsheet" } else { "other" };
        book.put("mimetype", &format!("application/vnd.oasis.{of}"));
        book.packed()
    }),
    case("workbook/not-a-workbook", |breaks| if breaks { b"vacancy_id,status\n".to_vec() } else { usual().packed() }),
    case("workbook/damaged", |breaks| {
        let mut bytes = usual().packed();
        bytes.truncate(bytes.len() - usize::from(breaks));
        bytes
    }),
    within(
        case("workbook/too-large", |breaks| {
            let rows = "<row/>".repeat(if breaks { 20_000 } else { 1 });
            Book::with_data(vec![("Vacancies", book::data(&[NAMES.to_vec(), ROW.to_vec()]) + &rows)]).packed()
        }),
        |limits| limits.workbook_bytes_max = 50_000,
    ),
    within(
        case("workbook/too-many-sheets", |breaks| if breaks { titled(["Vacancies", "Old"]) } else { usual().packed() }),
        |limits| {
            limits.parts_max = 1;
        },
    ),
    case("workbook/no-sheet", |breaks| {
        let rows = if breaks { vec![vec!["Nothing here"]] } else { vec![NAMES.to_vec(), ROW.to_vec()] };
        Book::of(&[("Notes", rows)]).packed()
    }),
    case("workbook/several-sheets", |breaks| titled(["Old", if breaks { "New" } else { "Vacancies" }])),
    case("workbook/no-headings", |breaks| {
        let rows = if breaks { vec![ROW.to_vec()] } else { vec![NAMES.to_vec(), ROW.to_vec()] };
        Book::of(&[("Vacancies", rows)]).packed()
    }),
    case("workbook/error-value", |breaks| {
        with("age_min", if breaks { "<c t=\"e\"><v>#REF!</v></c>" } else { "<c t=\"str\"><f>A1</f><v>5</v></c>" })
    }),
    case("workbook/no-heading-above", |breaks| {
        let mut noted = ROW.to_vec();
        noted.push(if breaks { "call us" } else { "<c s=\"1\"/>" });
        Book::of_rows(&[noted]).packed()
    }),
    case("ifa/formula-without-value", |breaks| {
        with("age_min", if breaks { "<c><f>4+1</f></c>" } else { "<c><f>4+1</f><v>5</v></c>" })
    }),
    case("ifa/sheet-empty", |breaks| with("vacancy_id", if breaks { "EXAMPLE-2" } else { "V-2" })),
    case("ifa/sheet-as-at", |breaks| {
        let start = vec![vec!["As at", if breaks { "soon" } else { "28/01/2026" }]];
        Book::of(&[("Start here", start), ("Vacancies", vec![NAMES.to_vec(), ROW.to_vec()])]).packed()
    }),
    Case {
        format: "placements-standard-xlsx",
        ..case("ifa/nps-column", |breaks| {
            let columns = format("placements-standard-xlsx").tables[0].written().map(|column| column.name);
            let names = columns.filter(|name| !breaks || *name != "Date_entry_referral").collect();
            Book::of(&[("Data Collection", vec![names, vec!["C1"]])]).packed()
        })
    },
    Case {
        format: "placements-standard-xlsx",
        ..case("ifa/nps-example-row", |breaks| {
            let names = vec!["child_ID", "provider_URN", "placement_type", "Date_entry_referral"];
            let row = vec!["ABCD2012", if breaks { "ABCD10293002" } else { "SC999901" }, "Foster", "2025-11-03"];
            Book::of(&[("Data Collection", vec![names, row])]).packed()
        })
    },
    Case {
        is_written: true,
        ..within(
            case("ifa/too-many-sheet-rows", |breaks| {
                let other = row(&[("vacancy_id", "V-2"), ("carer_ref", "C-2"), ("outward_postcode", "B14")]);
                let rows = [ROW.to_vec(), other];
                Book::of_rows(&rows[..1 + usize::from(breaks)]).packed()
            }),
            |limits| limits.sheet_rows_max = 1,
        )
    },
];

/// The rules that have a case.
pub(super) fn rules<'r>() -> impl Iterator<Item = &'r str> {
    CASES.iter().map(|case| case.rule)
}

impl Case {
    fn told(&self, breaks: bool) -> BTreeSet<&'static str> {
        let mut options =
            Options { authority: Some(authority(330)), as_at: Some(day("2026-01-30")), ..Options::plain() };
        (self.limits)(&mut options.limits);
        let (workbooks, files) = (format(self.format), [("a.xlsx".to_owned(), (self.made)(breaks))]);
        if !self.is_written {
            return read(workbooks, &document(&files), &options).told.iter().map(|told| told.rule.code).collect();
        }
        let (outcome, _) = translated(&document(&files), (workbooks, workbooks), "provider", &options);
        outcome.findings.counts().map(|count| count.rule.code).collect()
    }
}

#[test]
fn every_rule_of_a_workbook_is_broken_by_its_case_and_not_by_its_neighbour() {
    let mut wrong = String::new();
    for case in CASES {
        let may: BTreeSet<_> = declared_by(format(case.format)).collect();
        let (raised, near) = (case.told(true), case.told(false));
        if !raised.contains(case.rule) || near.contains(case.rule) {
            writeln!(wrong, "{}: broken {raised:?}, nearest {near:?}", case.rule).unwrap();
        }
        let undeclared: Vec<_> = raised.union(&near).filter(|code| !may.contains(*code)).collect();
        if !undeclared.is_empty() {
            writeln!(wrong, "{}: told and not declared: {undeclared:?}", case.rule).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
