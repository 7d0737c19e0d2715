//! The canary law over a running gateway: what a record says stands in no log, metric, report or complaint, in no
//! spelling, however loudly the gateway logs and whatever it is sent.

#![cfg(unix)]

use std::{collections::BTreeSet, fs, ops::Range, path::Path};

use aho_corasick::AhoCorasick;
use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{
    exchange::{FORM, TRANSLATE, ZIP, form},
    gateway::Gateway,
    output::zipped,
    program::{authority, names, text},
};

/// A text that nobody else writes: in headings, file names, queries and headers.
pub(crate) const CANARY: &str = "zqXgatewaylark";

/// Shorter cells are codes, flags and numbers: of the list that everybody knows, and in every log.
const CELL_BYTES_MIN: usize = 7;

/// Every cell of an authority that can be known again, in each of its spellings.
fn spellings(folder: &Path) -> Vec<Vec<u8>> {
    let mut spelt = BTreeSet::from([CANARY.as_bytes().to_vec(), CANARY.to_uppercase().into_bytes()]);
    for name in names(folder).into_iter().filter(|name| name != "faults.csv") {
        let table = fs::read_to_string(folder.join(&name)).unwrap();
        for cell in table.lines().skip(1).flat_map(|row| row.split(',')).filter(|cell| is_personal(cell)) {
            let together: String = cell.chars().filter(char::is_ascii_alphanumeric).collect();
            let percent: String = cell.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let utf16: Vec<u8> = cell.encode_utf16().flat_map(u16::to_le_bytes).collect();
            spelt.extend([cell.to_lowercase(), cell.to_uppercase(), together, percent].map(String::into_bytes));
            spelt.extend([cell.into(), BASE64_STANDARD.encode(cell).into_bytes(), utf16]);
            if let [day, month, year] = cell.split('/').collect::<Vec<_>>()[..] {
                spelt.extend([format!("{year}-{month}-{day}"), format!("{year}{month}{day}")].map(String::into_bytes));
            }
        }
    }
    spelt.into_iter().filter(|spelling| spelling.len() >= CELL_BYTES_MIN).collect()
}

/// Identifiers, days, postcodes and names: what is long, and has a digit, a blank or a capital and no word of a list.
fn is_personal(cell: &str) -> bool {
    let listed = cell.chars().all(|character| character.is_ascii_lowercase() || character == '-')
        || cell.chars().all(|character| character.is_ascii_uppercase() || character == '_');
    cell.len() >= CELL_BYTES_MIN && !listed
}

/// Fewer hexadecimal digits in a row are no digest.
const DIGEST_DIGITS_MIN: usize = 64;

/// Digits among those of a digest, where seven of them are like a child's number by chance: hundreds of deliveries
/// with a SHA-256 each make that likely once in some hundred runs.
fn is_within_a_digest(bytes: &[u8], hit: Range<usize>) -> bool {
    let is_hexadecimal = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let before = bytes[..hit.start].iter().rev().take_while(is_hexadecimal).count();
    let after = bytes[hit.end..].iter().take_while(is_hexadecimal).count();
    bytes[hit.clone()].iter().all(u8::is_ascii_digit) && before + hit.len() + after >= DIGEST_DIGITS_MIN
}

#[test]
fn a_childs_number_is_found_wherever_it_stands_but_among_the_digits_of_a_digest() {
    let search = Search::spelt(vec![b"1000080".to_vec()]);
    let digest = "0123456789abcdef".repeat(4);
    for told in ["1000080".to_owned(), "{\"child\":\"a1000080f\"}".to_owned(), format!("{digest}-1000080.csv")] {
        assert_eq!(search.found(told.as_bytes()).len(), 1, "{told}");
    }
    let by_chance = format!("\"sha256\":\"{}1000080{}\"", &digest[..50], &digest[..7]);
    assert!(search.found(by_chance.as_bytes()).is_empty());
}

pub(crate) struct Search {
    automaton: AhoCorasick,
    spelt: Vec<Vec<u8>>,
}

impl Search {
    pub(crate) fn of(folder: &Path) -> Self {
        let spelt = spellings(folder);
        assert!(spelt.len() > 5_000, "{} spellings are too few for a law", spelt.len());
        Self::spelt(spelt)
    }

    fn spelt(spelt: Vec<Vec<u8>>) -> Self {
        Self { automaton: AhoCorasick::new(&spelt).unwrap(), spelt }
    }

    pub(crate) fn found(&self, bytes: &[u8]) -> BTreeSet<String> {
        let hits = self.automaton.find_overlapping_iter(bytes).filter(|hit| !is_within_a_digest(bytes, hit.range()));
        hits.map(|hit| String::from_utf8_lossy(&self.spelt[hit.pattern().as_usize()]).into_owned()).collect()
    }

    #[track_caller]
    pub(crate) fn finds_nothing(&self, bytes: &[u8], whose: &str) {
        assert!(!bytes.is_empty(), "{whose} is there");
        let found = self.found(bytes);
        assert!(found.is_empty(), "{whose}: {found:?}");
    }
}

#[test]
fn nothing_of_a_record_is_told_by_a_gateway_that_runs() {
    let folder = authority(2026, 200, 5, 20);
    let search = Search::of(&folder);
    let gateway = Gateway::start_loudly("silence.toml");
    let client = &gateway.client;
    let (archive, form) = (zipped(&folder), form(&folder));
    let header = fs::read_to_string(folder.join("header.csv")).unwrap();

    // The control: where the view lets a value out, the search finds it, in the form that the recipient reads.
    let whole = TRANSLATE.replace("view=health", "view=local-authority") + "&errors=skip";
    let back = client.post(&whole, ZIP, &archive).with_status(200);
    let found = search.found(&back.body).len();
    assert!(found > 1_000, "{found} spellings are found where they are let out");
    search.finds_nothing(back.header("homeward-report").unwrap().as_bytes(), "the report's header");

    // Faulty, wrongly asked, cut, torn, unknown, and as other media types.
    let check = "/v1/check?from=ssda903-csv&year=2026&authority=330";
    let unknown_heading = header.replacen("CHILD", &format!("CHILD,{CANARY}"), 1);
    let named = String::from_utf8_lossy(&form).replace("filename=\"", &format!("filename=\"{CANARY}-")).into_bytes();
    let asked = format!("{TRANSLATE}&{CANARY}={CANARY}");
    let (short, long) = (&archive[..archive.len() / 2], [archive.as_slice(), b"tail"].concat());
    for (what, target, media_type, body) in [
        ("a faulty document", TRANSLATE, ZIP, archive.as_slice()),
        ("a report", check, ZIP, &archive),
        ("a form with other names", check, FORM, &named),
        ("a form that is cut", check, FORM, &form[..form.len() / 2]),
        ("an unknown heading", check, "text/csv", unknown_heading.as_bytes()),
        ("no heading", check, "text/csv", header.split_once('\n').unwrap().1.as_bytes()),
        ("a torn archive", check, ZIP, short),
        ("an archive with a tail", check, ZIP, &long),
        ("no archive", check, ZIP, header.as_bytes()),
        ("another media type", check, "application/json", header.as_bytes()),
        ("an unknown parameter", &asked, "text/csv", header.as_bytes()),
        ("an unknown format", &format!("/v1/check?from={CANARY}"), "text/csv", header.as_bytes()),
        ("an unknown route", &format!("/v1/{CANARY}"), "text/csv", header.as_bytes()),
    ] {
        let answer = client.send("POST", target, &[("Content-Type", media_type), ("X-Note", CANARY)], body);
        search.finds_nothing(&answer.body, what);
    }
    let table = client.send("POST", check, &[("Content-Type", ZIP), ("Accept", "text/csv")], &archive).with_status(200);
    search.finds_nothing(&table.body, "a report as a table");

    let metrics = gateway.admin("/metrics");
    assert!(metrics.contains("homeward_"), "{metrics}");
    search.finds_nothing(metrics.as_bytes(), "the metrics");
    let log = gateway.end_telling();
    assert!(log.lines().filter(|line| line.contains("answered")).count() >= 14, "the log tells of each request: {log}");
    search.finds_nothing(log.as_bytes(), "the log");
}

#[test]
fn nothing_of_a_record_is_told_by_the_program() {
    let folder = authority(2026, 200, 5, 20);
    let search = Search::of(&folder);
    let scratch = crate::program::Scratch::new();
    for name in names(&folder) {
        fs::copy(folder.join(&name), scratch.file(&format!("{CANARY}-{name}"))).unwrap();
    }
    let flags = ["--from", "ssda903-csv", "--year", "2026", "--authority", "330"];
    for (command, more, status) in [
        ("check", &["--json"][..], 1),
        ("check", &["--format", "csv"], 1),
        ("translate", &["--to", "fhir-ndjson", "--view", "health", "-o", "/dev/null"], 1),
        ("translate", &["--to", "fhir-json", "--view", "health", "--errors", "fail", "-o", &scratch.file("out")], 1),
    ] {
        let ran = crate::program::run(
            [command].iter().chain(&flags).chain(more).copied().chain([text(scratch.path()).as_str()]),
        );
        let ran = ran.ended(status);
        search.finds_nothing(&[ran.out.as_slice(), ran.talk.as_bytes()].concat(), command);
    }
}
