//! How reports look, for machines and for people.

use std::collections::BTreeMap;

use kit::{
    adapter::PartLabel,
    dialect::Dialect,
    document::{Document, Part},
    figures::{Figures, Sums},
    render::{
        Places, csv, json,
        people::{Colour, People, dialect_fault},
    },
    report::{Findings, Summary},
};
use schemas::diagnostic::{Diagnostic, PartId, Place, Report};

use crate::{
    report::{ERROR, LOSS, WARNING},
    sample::{TABLES, utf_16},
};

fn cell(line: u64, column: u16, byte: u64) -> Place {
    Place::Cell { part: PartId(0), line, column: Some(column), byte }
}

fn row(line: u64, byte: u64) -> Place {
    Place::Cell { part: PartId(0), line, column: None, byte }
}

fn labels() -> Vec<PartLabel> {
    vec![PartLabel::Table("stays", 1), PartLabel::Table("stays", 2)]
}

fn document(bytes: &[u8]) -> Document {
    Document::new(vec![Part::new("secret-name.csv", bytes.to_vec())])
}

fn drawn(bytes: &[u8], diagnostic: &Diagnostic) -> String {
    let (document, labels) = (document(bytes), labels());
    People::new(&document, &labels, Colour::Off).diagnostic(diagnostic)
}

#[track_caller]
fn check(bytes: &[u8], diagnostic: &Diagnostic, expected: &str) {
    assert_eq!(drawn(bytes, diagnostic), expected);
}

/// The line and the marks under it.
fn excerpt(bytes: &[u8], place: Place) -> [String; 2] {
    let drawn = drawn(bytes, &Diagnostic::new(&ERROR, place));
    let mut lines = drawn.lines().skip(3).map(|line| line.split_once("| ").map_or("", |(_, rest)| rest).to_owned());
    [lines.next().unwrap(), lines.next().unwrap()]
}

fn text_of(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_diagnostic_is_one_line_of_json() {
    let (document, labels) = (document(b"{\n\n  \"a\""), labels());
    let mut places = Places::of(&document, &labels);
    let mut line = |diagnostic: &Diagnostic| text_of(|out| json::diagnostic(diagnostic, &mut places, out));
    assert_eq!(
        line(&Diagnostic::new(&ERROR, cell(41, 7, 3120)).of_field("placement_type").related_to([row(40, 3051)])),
        "{\"rule\":\"made/error\",\"severity\":\"error\",\"part\":\"stays\",\"line\":41,\"column\":7,\"byte\":3120,\
         \"field\":\"placement_type\",\"message\":\"Something is wrong\",\"help\":\"Mend it.\",\
         \"related\":[{\"part\":\"stays\",\"line\":40,\"byte\":3051}]}\n"
    );
    let node = Place::Node { part: PartId(0), path: "stays[0].a".into(), byte: 5 };
    assert_eq!(
        line(&Diagnostic::new(&LOSS, node.clone()).related_to([node])),
        "{\"rule\":\"fhir/no-word\",\"severity\":\"loss\",\"part\":\"stays\",\"line\":3,\"column\":3,\"path\":\"stays[0].a\",\
         \"byte\":5,\"message\":\"Something is wrong\",\"help\":\"Mend it.\",\
         \"related\":[{\"part\":\"stays\",\"line\":3,\"column\":3,\"path\":\"stays[0].a\",\"byte\":5}]}\n"
    );
    let absent = Place::Node { part: PartId(1), path: "Stays!C\"7".into(), byte: 9 };
    assert_eq!(
        line(&Diagnostic::new(&LOSS, absent)),
        "{\"rule\":\"fhir/no-word\",\"severity\":\"loss\",\"part\":\"stays#2\",\"path\":\"Stays!C\\\"7\",\"byte\":9,\
         \"message\":\"Something is wrong\",\"help\":\"Mend it.\",\"related\":[]}\n"
    );
    assert!(
        line(&Diagnostic::new(&ERROR, Place::Document))
            .starts_with("{\"rule\":\"made/error\",\"severity\":\"error\",\"message\"")
    );
    assert!(line(&Diagnostic::new(&ERROR, Place::Part(PartId(8)))).contains("\"part\":\"part-9\",\"message\""));
}

fn sample_figures() -> Figures {
    let mut sums = Sums::default();
    sums.add("rides", "late", 3);
    sums.add("rides", "children", 0);
    sums.add("boats", "afloat", 1);
    Figures { sums, words: vec!["Rides late: 3.".to_owned()] }
}

fn sample_report() -> (Summary, Findings) {
    let mut findings = Findings::new(1);
    findings.raise(Diagnostic::new(&WARNING, cell(3, 1, 20)));
    findings.raise(Diagnostic::new(&ERROR, cell(2, 1, 10)).of_field("start_date"));
    findings.raise(Diagnostic::new(&LOSS, Place::Document));
    findings.raise(Diagnostic::new(&ERROR, Place::Document));
    let summary = Summary {
        format: "made-up",
        rows: 1204,
        records: 9120,
        left_out: BTreeMap::from([("adopted", 113)]),
        written: vec![("Patient", 2)],
        figures: sample_figures(),
    };
    (summary, findings)
}

#[test]
fn the_report_is_one_object_and_its_summary_is_it_without_places() {
    let (summary, mut findings) = sample_report();
    let counts = "{\"format\":\"made-up\",\"rows\":1204,\"records\":9120,\"errors\":2,\"warnings\":1,\"losses\":1,\
        \"truncated\":true,\"rules\":[\
        {\"rule\":\"fhir/no-word\",\"severity\":\"loss\",\"count\":1,\"message\":\"Something is wrong\",\"help\":\"Mend it.\",\"source\":\"nowhere\"},\
        {\"rule\":\"made/error\",\"severity\":\"error\",\"count\":2,\"message\":\"Something is wrong\",\"help\":\"Mend it.\",\"source\":\"nowhere\"},\
        {\"rule\":\"made/warning\",\"severity\":\"warning\",\"count\":1,\"message\":\"Something is wrong\",\"help\":\"Mend it.\",\"source\":\"nowhere\"}]";
    let words = "\"summary\":[\"Rides late: 3.\",\"Not expressible in FHIR: 1 (kept in the source)\",\"Left out, adopted: 113 children\",\
        \"Written: 2 Patient\"],\"leftOut\":{\"adopted\":113},\
        \"figures\":{\"boats\":{\"afloat\":1},\"rides\":{\"children\":0,\"late\":3}},\"written\":{\"Patient\":2}}\n";
    assert_eq!(text_of(|out| json::summary(&summary, &findings, out)), format!("{counts},{words}"));
    let places = "\"diagnostics\":[{\"rule\":\"fhir/no-word\",\"place\":{},\"related\":[]}]";
    let whole = text_of(|out| json::report(&summary, &mut findings, &mut Places::without_lines(&labels()), out));
    assert_eq!(whole, format!("{counts},{places},{words}"));
    assert!(serde_json::from_str::<serde_json::Value>(&whole).is_ok());
}

#[test]
fn a_diagnostic_is_one_row_of_csv() {
    let (document, labels) = (document(b"{\r\r\n \xe9\xe9\"a\""), labels());
    let mut places = Places::of(&document, &labels);
    let mut row_of = |diagnostic: &Diagnostic| text_of(|out| csv::diagnostic(diagnostic, &mut places, out));
    assert_eq!(csv::HEADING, "rule,severity,part,line,column,path,byte,message,help\n");
    assert_eq!(
        row_of(&Diagnostic::new(&ERROR, cell(41, 7, 3120))),
        "made/error,error,stays,41,7,,3120,Something is wrong,Mend it.\n"
    );
    let node = Place::Node { part: PartId(0), path: "a,\"b\"".into(), byte: 8 };
    assert_eq!(
        row_of(&Diagnostic::new(&ERROR, node)),
        "made/error,error,stays,3,5,\"a,\"\"b\"\"\",8,Something is wrong,Mend it.\n"
    );
    assert_eq!(
        row_of(&Diagnostic::new(&ERROR, Place::Document)),
        "made/error,error,,,,,,Something is wrong,Mend it.\n"
    );
}

#[test]
fn people_see_the_line_the_cell_what_is_related_and_what_to_do() {
    let bytes = b"CHILD_ID,PLACE\n12,U9\n13,U1\n";
    let diagnostic = Diagnostic::new(&ERROR, cell(2, 2, 18)).of_field("placement_type").related_to([row(3, 21)]);
    check(
        bytes,
        &diagnostic,
        "error[made/error]: Something is wrong
--> stays:2:2 (placement_type)
 |
2| 12,U9
 |    ^^
 = related:
--> stays:3
 |
3| 13,U1
 | ^^^^^
 = help: Mend it.

",
    );
    check(
        b"",
        &Diagnostic::new(&WARNING, Place::Document),
        "warning[made/warning]: Something is wrong\n = help: Mend it.\n\n",
    );
    check(
        b"",
        &Diagnostic::new(&WARNING, Place::Part(PartId(0))),
        "warning[made/warning]: Something is wrong\n--> stays\n = help: Mend it.\n\n",
    );
}

#[test]
fn people_see_the_line_and_the_column_of_a_node() {
    let lines = "\n".repeat(98);
    let bytes = format!("{{{lines}\"é\": 1,\n \"b\": 2}}");
    let node = |path: &str, at: &str| {
        let byte = bytes.find(at).unwrap() as u64;
        Place::Node { part: PartId(0), path: path.into(), byte }
    };
    check(
        bytes.as_bytes(),
        &Diagnostic::new(&ERROR, node("b", "\"b")).related_to([node("é", "1")]),
        "error[made/error]: Something is wrong
  --> stays:100:2: b
   |
100|  \"b\": 2}
   |  ^
   = related:
  --> stays:99:6: é
   |
 99| \"é\": 1,
   |      ^
   = help: Mend it.

",
    );
}

#[test]
fn the_cell_is_marked_in_every_encoding_and_spelling() {
    for (bytes, place, expected) in [
        (b"a,\"b,\"\"c\",d".to_vec(), cell(1, 2, 2), ["a,\"b,\"\"c\",d", "  ^^^^^^^"]),
        (b"a;b,c;d".to_vec(), cell(1, 2, 2), ["a;b,c;d", "  ^^^"]),
        (b"a,,d".to_vec(), cell(1, 2, 2), ["a,,d", "  ^"]),
        (b"abc ,d\r\ne".to_vec(), cell(1, 1, 0), ["abc ,d", "^^^"]),
        ("é,Zoë,d\n".into(), cell(1, 2, 3), ["é,Zoë,d", "  ^^^"]),
        (b"\xe9,Zo\xeb,d\n".to_vec(), cell(1, 2, 2), ["é,Zoë,d", "  ^^^"]),
        (utf_16("é,Łódź,d\nx", true, true), cell(1, 2, 6), ["é,Łódź,d", "  ^^^^"]),
        (b"\xef\xbb\xbfa,b\n".to_vec(), cell(1, 2, 5), ["a,b", "  ^"]),
        (b"a,b".to_vec(), cell(1, 2, 3), ["a,b", "   ^"]),
    ] {
        assert_eq!(excerpt(&bytes, place), expected);
    }
}

#[test]
fn a_long_line_is_cut_around_the_cell_at_whole_characters() {
    let bytes = format!("{},X,{}\n", "é".repeat(500), "ö".repeat(500)).into_bytes();
    let [line, marks] = excerpt(&bytes, cell(1, 2, 1001));
    assert_eq!(line, format!("…{},X,{}…", "é".repeat(29), "ö".repeat(49)));
    assert_eq!(marks, format!("{}^", " ".repeat(31)));
    let long = [b"a,".to_vec(), b"x".repeat(1 << 20)].concat();
    let [line, marks] = excerpt(&long, cell(1, 2, 2));
    assert!(line.chars().count() <= 160 && marks.len() <= 160);
}

#[test]
fn a_hostile_file_does_not_drive_the_terminal() {
    let hostile = b"a,\x1b]0;own\x07\x1b[31m\x00\x9b2J\x7f\xe2\x80\xae\xc2\x9b,c\n";
    for place in [cell(1, 2, 2), row(1, 0), Place::Node { part: PartId(0), path: "a\x1b[31m\u{202e}".into(), byte: 0 }]
    {
        let drawn = drawn(hostile, &Diagnostic::new(&ERROR, place));
        let driving = |character: char| (character.is_control() && character != '\n') || character == '\u{202e}';
        assert!(!drawn.contains(driving), "{drawn:?}");
    }
}

#[test]
fn places_that_are_wrong_or_no_text_are_drawn_without_an_excerpt() {
    let line_count = |bytes: &[u8], place| drawn(bytes, &Diagnostic::new(&ERROR, place)).lines().count();
    assert_eq!(line_count(b"a,b\n", cell(9, 9, 900)), 4);
    assert_eq!(line_count(b"PK\x03\x04 and so on", Place::Node { part: PartId(0), path: "A1".into(), byte: 3 }), 4);
    assert_eq!(line_count(b"a", Place::Cell { part: PartId(7), line: 1, column: None, byte: 0 }), 4);
}

#[test]
fn colours_are_around_words_and_leave_the_text_as_it_is() {
    let (document, labels) = (document(b"a,b\n"), labels());
    let diagnostic = Diagnostic::new(&ERROR, cell(1, 2, 2));
    let draw = |colour| People::new(&document, &labels, colour).diagnostic(&diagnostic);
    let coloured = draw(Colour::On);
    assert!(coloured.starts_with("\x1b[1;31merror[made/error]\x1b[0m: "));
    let mut plain = coloured;
    for code in ["\x1b[1;31m", "\x1b[1;34m", "\x1b[0m"] {
        plain = plain.replace(code, "");
    }
    assert_eq!(plain, draw(Colour::Off));
}

#[test]
fn counts_and_the_last_paragraph_are_for_people() {
    let (summary, findings) = sample_report();
    let (document, labels) = (document(b""), labels());
    let people = People::new(&document, &labels, Colour::Off);
    assert_eq!(
        people.counts(&findings),
        "made/error    error    2  Something is wrong
made/warning  warning  1  Something is wrong
fhir/no-word  loss     1  Something is wrong
"
    );
    assert_eq!(
        people.closing(&summary, &findings),
        "1,204 rows read, 9,120 records. 2 errors to mend, 1 warning to look at.
Not every place is shown; the counts are complete.
Rides late: 3.
Not expressible in FHIR: 1 (kept in the source)
Left out, adopted: 113 children
Written: 2 Patient
"
    );
    let nothing = Findings::default();
    assert_eq!(people.counts(&nothing), "");
    assert_eq!(people.closing(&Summary::default(), &nothing), "0 rows read, 0 records. Nothing is wrong.\n");
}

#[test]
fn a_fault_of_a_dialect_shows_its_line() {
    let toml = "bom = true\r\n[headers]\r\n\"Home\" = \"PLACES\"\r\n";
    let (_, faults) = Dialect::read(toml, TABLES);
    assert_eq!(
        dialect_fault(&faults[0], "my\x1b.toml", toml, Colour::Off),
        "error[dialect/no-such-column]: The format has no such column
--> my␛.toml:3:10
 |
3| \"Home\" = \"PLACES\"
 |          ^^^^^^^^ nearest: `PLACE`
 = help: Write a column's name as the description of the format gives it.

"
    );
}

#[test]
fn no_name_and_no_value_of_a_document_reaches_a_machine() {
    let canary = "canary7193";
    let bytes =
        format!("CHILD_ID,{canary},START_DATE,PLACE\n{canary},{canary},{canary},{canary}\n\"{canary}\n").into_bytes();
    let bytes_of_part = bytes.clone();
    let text = crate::sample::text(&bytes_of_part);
    let mut findings = Findings::default();
    let dialect = Dialect::default();
    let recognised = kit::csv::header::recognise(text, TABLES, &dialect, None, crate::sample::limits(), &mut findings);
    let kit::csv::header::Recognised::Table(layout) = recognised else { panic!("a table") };
    let mut rows = kit::csv::rows::RowReader::new(text, layout.delimiter, crate::sample::limits());
    rows.read(layout.rows);
    let reading = kit::wire::Reading {
        year: None,
        dialect: &dialect,
        protection_only: false,
        spelling: kit::wire::Spelling::Return,
    };
    kit::csv::read::read_row::<crate::sample::StayRow>(&rows, &layout, &reading, None, &mut findings);
    kit::csv::index::Index::build(
        &[(text, layout)],
        "CHILD_ID",
        crate::sample::limits(),
        std::num::NonZeroUsize::MIN,
        &mut findings,
    );
    assert!(findings.errors() >= 3);

    let labels = [PartLabel::unknown(PartId(0))];
    let document = document(&bytes);
    let mut places = Places::of(&document, &labels);
    let mut machine = Vec::new();
    for diagnostic in findings.diagnostics().to_vec() {
        json::diagnostic(&diagnostic, &mut places, &mut machine);
        csv::diagnostic(&diagnostic, &mut places, &mut machine);
    }
    json::report(&Summary::default(), &mut findings, &mut places, &mut machine);
    json::summary(&Summary::default(), &findings, &mut machine);
    let machine = String::from_utf8(machine).unwrap();
    assert!(!machine.contains(canary) && !machine.contains("secret-name"), "{machine}");
    // As a control: the person who holds the file does see it.
    let mut people = People::new(&document, &labels, Colour::Off);
    let drawn: String = findings.diagnostics().iter().map(|diagnostic| people.diagnostic(diagnostic)).collect();
    assert!(drawn.contains(canary) && !drawn.contains("secret-name"));
}
