//! Tables that spell as plain text does: other dates and flags, more words for nothing, columns that are only read.

use kit::{
    csv::{
        header::{Recognised, recognise},
        read::{read_row, read_row_at},
        rows::RowReader,
        write::{write_heading, write_row},
    },
    describe,
    dialect::Dialect,
    table::Table,
    wire::{Reading, Spelling, Writing},
};
use schemas::{date::Date, money::Pence, said::Said};

use crate::sample::{Told, limits, text};

kit::rows! {
    /// A payment.
    PaymentRow = PAYMENTS "payments" spelt Plain {
        /// What for.
        purpose: Box<str> = "purpose" { },
        /// When.
        paid: Date = "paid" { },
        /// Whether it was the last.
        last: bool = "last" { },
        /// How much.
        amount: Pence = "amount" { },
        /// How much, as an older export has it.
        sum: Pence = "sum" { required: false, only_read: true },
    }
}

static TABLES: &[&Table] = &[&PAYMENTS];

fn reading(dialect: &Dialect) -> Reading<'_> {
    Reading { year: None, dialect, protection_only: false, spelling: Spelling::Return }
}

fn read(cells: &str) -> (PaymentRow, Vec<&'static str>) {
    let bytes = format!("purpose,paid,last,amount,sum\n{cells}\n").into_bytes();
    let (part, dialect, mut told) = (text(&bytes), Dialect::default(), Told::default());
    let Recognised::Table(layout) = recognise(part, TABLES, &dialect, None, limits(), &mut told) else {
        panic!("a table")
    };
    let mut rows = RowReader::new(part, layout.delimiter, limits());
    rows.read(layout.rows);
    let (row, _) = read_row::<PaymentRow>(&rows, &layout, &reading(&dialect), None, &mut told);
    (row, told.codes())
}

fn written(row: &PaymentRow, toml: &str) -> String {
    let (dialect, faults) = Dialect::read(toml, TABLES);
    assert!(faults.is_empty(), "{faults:?}");
    let mut out = Vec::new();
    write_row(row, &mut out, &Writing { year: None, dialect: &dialect, spelling: Spelling::Return }, |_| {});
    String::from_utf8(out).unwrap()
}

#[test]
fn dates_flags_and_money_are_read_in_every_spelling_and_written_in_one() {
    for paid in
        ["2025-11-12", "12/11/2025", "12-Nov-2025", "12-NOV-2025 00:00", "2025-11-12T00:00:00", "12/11/2025 00:00:00"]
    {
        let (row, told) = read(&format!("Books,{paid},T,£650,"));
        assert_eq!((row.paid, told), (Said::Is(Date::new(2025, 11, 12).unwrap()), vec![]), "{paid}");
        assert_eq!(written(&row, ""), "Books,2025-11-12,Y,650.00\n");
    }
    for (last, yes) in [("Y", true), ("no", false), ("FALSE", false), ("f", false), ("1", true), ("0", false)] {
        assert_eq!(read(&format!("Books,,{last},,")).0.last, Said::Is(yes), "{last}");
    }
    for wrong in ["11/13/2025", "12-11-25", "12-Nov-25", "2025-11-12 09:30"] {
        assert_eq!(read(&format!("Books,{wrong},,,")).1, ["table/cell"], "{wrong}");
    }
}

#[test]
fn more_words_stand_for_nothing() {
    for blank in ["", "not known", "Not Recorded", "!", "n/a", "-"] {
        let (row, told) = read(&format!("{blank},{blank},{blank},{blank},"));
        assert!(row.purpose == Said::Blank && row.last == Said::Blank && told.is_empty(), "{blank}");
    }
    assert!(read("not knowable,,,,").0.purpose.has_value());
}

#[test]
fn a_column_that_is_only_read_is_written_nowhere() {
    let (row, told) = read("Books,,,,12.50");
    assert_eq!((row.sum, told), (Said::Is(Pence::new(1_250).unwrap()), vec![]));
    assert_eq!(written(&row, ""), "Books,,,\n");
    let mut heading = Vec::new();
    write_heading(&PAYMENTS, &mut heading);
    assert_eq!(heading, b"purpose,paid,last,amount\n");
    assert_eq!(describe::csv_template(&PAYMENTS, None).into_bytes(), heading);
    let schema = describe::table_schema(&PAYMENTS, None);
    assert_eq!(schema["fields"][1]["format"], "%Y-%m-%d");
    assert_eq!(schema["fields"][2]["trueValues"], serde_json::json!(["Y"]));
    assert_eq!(schema["fields"][3]["type"], "number");
}

#[test]
fn a_formula_is_defused_only_where_the_dialect_asks() {
    for purpose in ["=1+1", "+44", "-5 books", "@home"] {
        let row = PaymentRow { purpose: Said::Is(purpose.into()), ..PaymentRow::default() };
        assert_eq!(written(&row, ""), format!("{purpose},,,\n"));
        assert_eq!(written(&row, "excel_safe = true"), format!("'{purpose},,,\n"));
    }
    let plain = PaymentRow { purpose: Said::Is("Books".into()), ..PaymentRow::default() };
    assert_eq!(written(&plain, "excel_safe = true"), "Books,,,\n");
}

#[test]
fn a_row_of_another_length_is_told_and_not_read() {
    let dialect = Dialect::default();
    for (row, rule) in [
        ("Books,,,,,", None),
        ("Books,,,,,x\n", Some("table/long-row")),
        ("Books,,\n", Some("table/short-row")),
        ("Books,,", Some("table/cut-row")),
        ("Books,,,,", Some("table/no-last-line-end")),
    ] {
        let bytes = format!("purpose,paid,last,amount,sum\n{row}").into_bytes();
        let (part, mut told) = (text(&bytes), Told::default());
        let Recognised::Table(layout) = recognise(part, TABLES, &dialect, None, limits(), &mut told) else {
            panic!("a table")
        };
        let mut rows = RowReader::new(part, layout.delimiter, limits());
        let read = read_row_at::<PaymentRow>(&mut rows, &layout, layout.rows, &reading(&dialect), &mut told);
        let codes = told.codes();
        assert_eq!(
            read.is_some(),
            !matches!(rule, Some("table/long-row" | "table/short-row" | "table/cut-row")),
            "{row:?}"
        );
        assert!(rule.is_none_or(|rule| codes.contains(&rule)), "{row:?}: {codes:?}");
    }
}
