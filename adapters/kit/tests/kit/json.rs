//! JSON: items in every form with their places, everything that breaks the grammar, every limit at its edge.

use kit::{
    dialect::Dialect,
    json::{rules, write},
    limits::ReadingLimits,
    nested::Syntax,
};
use proptest::prelude::*;

use crate::{
    nested::{Heard, TABLES, hear, hears, hears_bytes},
    sample::{Windowed, limits, utf_16},
};

fn reads(document: &str, said: &[&str], told: &[&str]) {
    hears(Syntax::Json, document, said, told);
}

fn club(members: &str) -> String {
    format!("{{\"name\":\"Invented\",\"members\":[{members}],\"more\":null}}")
}

const ONE: &str = r#"{"id":"C1","about":{"name":"Ann"}}"#;

#[test]
fn items_are_read_in_every_form() {
    let item = r#"{"visits":[{"note":"la\u0074e \ud83d\ude00","day":"2026-01-12"},{"day":"2026-01-13","note":null}],
        "id":"C1","about":{"words":["kind","quick"],"name":"Zo\u00eb"}}"#;
    let said = ["0 C1 Zoë kind+quick", "0.0 2026-01-12 late 😀", "0.0 2026-01-13 -"];
    reads(&club(item), &[&["club Invented"], &said[..]].concat(), &[]);
    reads(&format!("[{item}]"), &said, &[]);
    reads(item, &said, &[]);
    let two = ["0 C1 Ann -", "1 C2 Ann -"];
    let other = ONE.replace("C1", "C2");
    reads(&club(&format!("{ONE},\n{other}")), &[&["club Invented"], &two[..]].concat(), &[]);
    reads(&format!(" [ {ONE} , {other} ] "), &two, &[]);
    reads(&format!("{ONE}\n{other}\n"), &two, &[]);
    reads(&format!("{ONE}\r\n\r\n{other}"), &two, &[]);
    reads("[]", &[], &[]);
    reads(&club(""), &["club Invented"], &[]);
}

#[test]
fn places_are_paths_from_nought_and_unknown_members_are_told_by_position() {
    let item = r#"{"id":"C1","pin":"0000","visits":[{"day":"2026-01-12"},{"day":"never"}],"secret":{"a":1}}"#;
    let said = ["club Invented", "0 C1 - -", "0.0 2026-01-12 -", "0.0 ? - lost"];
    let told = [
        "club/unknown members.*[2] \"pin",
        "table/cell members[0].visits[1].day \"day\":\"never",
        "club/not-carried members.secret \"secret",
    ];
    reads(&club(item), &said, &told);
    let said = ["0 C1 Ann -", "1 C1 - -", "1.0 2026-01-12 -", "1.0 ? - lost"];
    let told =
        ["club/unknown *[2] \"pin", "table/cell [1].visits[1].day \"day\":\"never", "club/not-carried secret \"secret"];
    reads(&format!("[{ONE},{item}]"), &said, &told);
}

#[test]
fn a_broken_item_costs_itself() {
    for (item, rule) in [
        (r#"{"id":"C2",}"#, "json/malformed"),
        (r#"{"id":"C2" "x":1}"#, "json/malformed"),
        (r#"{"id":C2}"#, "json/malformed"),
        (r#"{id:"C2"}"#, "json/malformed"),
        (r#"{"id":"C2","x":[1}}"#, "json/malformed"),
        (r#"{"id":"C2","x":01}"#, "json/malformed"),
        (r#"{"id":"C2","x":1.}"#, "json/malformed"),
        (r#"{"id":"C2","x":1e}"#, "json/malformed"),
        (r#"{"id":"C2","x":+1}"#, "json/malformed"),
        (r#"{"id":"C2","x":NaN}"#, "json/malformed"),
        (r#"{"id":"C2","x":nul}"#, "json/malformed"),
        (r#"{"id":"C2","x":True}"#, "json/malformed"),
        ("{\"id\":\"C2\",\"x\":\"a\tb\"}", "json/malformed"),
        (r#"{"id":"C2"/*x*/}"#, "json/malformed"),
        (r#"{'id':"C2"}"#, "json/malformed"),
    ] {
        let document = club(&format!("{ONE},{item},{}", ONE.replace("C1", "C3")));
        let heard = hear(Syntax::Json, &document.clone().into_bytes(), limits(), &Dialect::default());
        assert_eq!(heard.said, ["club Invented", "0 C1 Ann -", "1 broken", "2 C3 Ann -"], "{item}");
        let told: Vec<&String> = heard.told.iter().filter(|told| !told.starts_with("club/")).collect();
        assert!(told.len() == 1 && told[0].starts_with(rule), "{item}: {:?}", heard.told);
    }
    // One item a line: an open bracket costs its line.
    let lines = format!("{ONE}\n{{\"id\":\"C2\",\"x\":[\n{}\n", ONE.replace("C1", "C3"));
    reads(&lines, &["0 C1 Ann -", "1 broken", "2 C3 Ann -"], &["json/unclosed [1] 51"]);
}

#[test]
fn what_is_no_document_or_more_than_one_is_told() {
    reads("", &[], &["json/unrecognised  0"]);
    reads("  x", &[], &["json/unrecognised  2"]);
    reads("\"members\"", &[], &["json/unrecognised  0"]);
    reads(&format!("[{ONE}] x"), &["0 C1 Ann -"], &["json/trailing  37"]);
    reads(&format!("{ONE} x"), &["0 broken"], &["json/trailing  35"]);
    reads(&format!("[{ONE}"), &["0 C1 Ann -"], &["json/unclosed  35"]);
    reads(&format!("[{ONE} {ONE}]"), &["0 C1 Ann -"], &["json/malformed  36"]);
    reads(&format!("[{ONE},]"), &["0 C1 Ann -"], &["json/malformed  36"]);
    reads(
        "[1,\"x\"]",
        &["0 ? - - lost", "1 ? - - lost"],
        &["json/shape [0] 1", "table/blank [0] 1", "json/shape [1] 3", "table/blank [1] 3"],
    );
}

#[test]
fn a_name_that_stands_twice_is_told_and_the_first_is_read() {
    let item = r#"{"id":"C1","id":"C2"}"#;
    reads(&format!("[{item}]"), &["0 C1 - -"], &["json/duplicate-member [0] 12"]);
    let item = r#"{"id":"C1","\u0069d":{"x":[1,"]"]}}"#;
    reads(&format!("[{item}]"), &["0 C1 - -"], &["json/duplicate-member [0] 12"]);
    let item = r#"{"id":["C1","C2"],"about":{"name":{"x":1}}}"#;
    reads(&format!("[{item}]"), &["0 C1 unreadable -"], &["json/repeated [0].id 13", "json/shape [0].about.name 28"]);
}

#[test]
fn an_escape_that_stands_for_nothing_costs_its_text() {
    for text in [r"\ud83d", r"\ud83dx", r"\ud83d\u0041", r"\udc00", r"\x", r"\u12", r"\u00g0"] {
        let item = format!("{{\"id\":\"C1\",\"about\":{{\"name\":\"{text}\"}}}}");
        reads(&format!("[{item}]"), &["0 C1 unreadable -"], &["json/escape [0].about.name \"name"]);
    }
}

#[test]
fn every_limit_holds_at_its_edge() {
    let holds = |limits: ReadingLimits, document: &str, rule: Option<&str>| {
        let heard = hear(Syntax::Json, &document.as_bytes().to_vec(), limits, &Dialect::default());
        let told: Vec<&str> = heard.told.iter().filter_map(|told| told.split(' ').next()).collect();
        let told: Vec<&str> = told.into_iter().filter(|code| *code != "club/unknown").collect();
        assert_eq!(told, rule.into_iter().collect::<Vec<_>>(), "{}", &document[..document.len().min(200)]);
    };
    let nested = |depth: usize| format!("[{{\"id\":\"C1\",\"x\":{}{}}}]", "[".repeat(depth), "]".repeat(depth));
    holds(ReadingLimits { depth_max: 5, ..limits() }, &nested(4), None);
    holds(ReadingLimits { depth_max: 5, ..limits() }, &nested(5), Some("json/too-deep"));
    holds(limits(), &nested(1_000_000), Some("json/too-deep"));
    let members = |count: usize| {
        let all: String = (1..count).map(|n| format!(",\"m{n}\":1")).collect();
        format!("[{{\"id\":\"C1\"{all}}}]")
    };
    holds(ReadingLimits { columns_max: 3, ..limits() }, &members(3), None);
    holds(ReadingLimits { columns_max: 3, ..limits() }, &members(4), Some("json/too-many-members"));
    let name = |bytes: usize| format!("[{{\"id\":\"C1\",\"about\":{{\"name\":\"{}\"}}}}]", "x".repeat(bytes));
    holds(ReadingLimits { text_bytes_max: 10, ..limits() }, &name(10), None);
    holds(ReadingLimits { text_bytes_max: 10, ..limits() }, &name(11), Some("json/text-too-long"));
    let two = format!("[{ONE},{ONE}]");
    holds(ReadingLimits { rows_max: 2, ..limits() }, &two, None);
    holds(ReadingLimits { rows_max: 1, ..limits() }, &two, Some("json/too-many-items"));
    let around = u32::try_from(club("").len()).unwrap();
    holds(ReadingLimits { item_bytes_max: around, ..limits() }, &club(ONE), None);
    holds(ReadingLimits { item_bytes_max: around - 1, ..limits() }, &club(ONE), Some("json/frame-too-long"));
}

#[test]
fn any_encoding_is_read_and_what_is_none_is_told() {
    let document = format!("[{}]", ONE.replace("Ann", "Zoë \\u0141ódź"));
    for (big, mark) in [(false, true), (true, true), (false, false), (true, false)] {
        hears_bytes(Syntax::Json, utf_16(&document, mark, big), limits(), &["0 C1 Zoë Łódź -"], &[]);
    }
    let latin: Vec<u8> = document.bytes().filter(|byte| *byte != 0xc3).collect();
    let heard = hear(Syntax::Json, &latin, limits(), &Dialect::default());
    assert_eq!(heard.told.len(), 1);
    assert!(heard.told[0].starts_with("json/encoding [0].about.name "), "{:?}", heard.told);
}

#[test]
fn a_document_cut_anywhere_loses_what_is_cut_and_nothing_before() {
    let members: Vec<String> = (1..=3).map(|n| ONE.replace("C1", &format!("C{n}"))).collect();
    for document in [club(&members.join(",")), format!("[{}]", members.join(",")), members.join("\n") + "\n"] {
        let whole = hear(Syntax::Json, &document.clone().into_bytes(), limits(), &Dialect::default());
        let items: Vec<&String> = whole.said.iter().filter(|said| said.contains(" Ann ")).collect();
        assert_eq!((items.len(), whole.told.len()), (3, 0));
        for bytes in 0..document.len() {
            let heard = hear(Syntax::Json, &document.as_bytes()[..bytes].to_vec(), limits(), &Dialect::default());
            let ended = document[..bytes].matches("\"Ann\"}}").count();
            let read: Vec<&String> = heard.said.iter().filter(|said| said.contains(" Ann ")).collect();
            let begun = document[..bytes].contains("\"members\":[") || !document.starts_with("{\"name");
            if begun {
                assert_eq!(read, items[..ended], "{document} cut at {bytes}");
            }
            let lines = !document.starts_with("{\"name") && document.starts_with('{');
            let between_lines =
                lines && bytes > 0 && (document[..bytes].ends_with('\n') || document[..bytes].ends_with("}}"));
            assert!(between_lines || !heard.told.is_empty(), "{document} cut at {bytes}: not told");
        }
    }
}

#[test]
fn headings_of_a_dialect_are_paths_of_the_sender() {
    let toml = "[headers]\n\"pupil.ref\" = \"child\"\n\"title\" = \"name\"\n\"dates.seen\" = \"day\"\n";
    let (dialect, faults) = Dialect::read(toml, TABLES);
    assert_eq!(faults, []);
    let item = r#"{"pupil":{"ref":7,"size":4},"title":"Ann","visits":[{"day":"2026-01-12"}]}"#;
    let heard = hear(Syntax::Json, &format!("[{item}]").into_bytes(), limits(), &dialect);
    assert_eq!(heard.said, ["0 7 Ann -", "0.0 2026-01-12 -"]);
    assert_eq!(heard.told, ["club/unknown *[1] 19"]);
}

#[test]
fn every_rule_is_of_one_family_and_stands_once() {
    let mut codes: Vec<&str> = rules::ALL.iter().map(|rule| rule.code).collect();
    assert!(codes.iter().all(|code| code.starts_with("json/")));
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), rules::ALL.len());
}

/// Pieces in which what matters to the reader comes often.
fn any_document() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\"id\":",
        "\"C1\"",
        "\"members\":[",
        "\"about\":{\"name\":",
        "null",
        "true",
        "-1.5e3",
        "\n",
        " ",
        "\\u00e9",
        "\\ud83d",
        "ë",
        "\u{feff}",
        "{\"id\":\"C2\"}",
        "\"visits\":[{\"day\":\"x\"}]",
    ];
    let piece = prop_oneof![
        9 => prop::sample::select(pieces.to_vec()).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_alike_in_memory_and_through_a_window_and_told_inside(
        bytes in any_document(),
        filler in prop_oneof![Just(0_usize), 1_000..40_000_usize],
    ) {
        let mut bytes = bytes;
        let place = bytes.len() / 2;
        bytes.splice(place..place, std::iter::repeat_n(b' ', filler));
        let whole: Heard = hear(Syntax::Json, &bytes, limits(), &Dialect::default());
        for told in &whole.told {
            let byte: usize = told.rsplit(' ').next().and_then(|byte| byte.parse().ok()).unwrap_or(0);
            prop_assert!(byte <= bytes.len(), "{told}");
        }
        prop_assert_eq!(&hear(Syntax::Json, &Windowed(bytes), limits(), &Dialect::default()), &whole);
    }

    #[test]
    fn an_item_is_accepted_where_serde_accepts_it(bytes in any_document()) {
        let bytes = [b"{\"x\":", bytes.as_slice(), b"}"].concat();
        let ours = hear(Syntax::Json, &bytes, limits(), &Dialect::default());
        let broken = ["json/malformed", "json/unclosed", "json/trailing", "json/unrecognised", "json/escape"];
        let ours_broken = ours.told.iter().any(|told| broken.iter().any(|rule| told.starts_with(rule)));
        let told_otherwise = ours.told.iter().any(|told| told.starts_with("json/encoding"));
        let lines = bytes.contains(&b'\n');
        if let Ok(value) = serde_json::from_slice::<serde_json::Value>(&bytes)
            && !lines && !value["members"].is_array()
        {
            prop_assert!(!ours_broken, "serde takes it: {:?}", ours.told);
        } else if std::str::from_utf8(&bytes).is_ok() && !lines && !told_otherwise {
            // Escapes of members that nobody asks for are not looked at.
            let unlooked = bytes.contains(&b'\\') || bytes.windows(11).any(|some| some == b"\"members\":[");
            prop_assert!(ours_broken || unlooked, "serde refuses it: {}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn what_is_written_is_read_again(text in "\\PC{0,40}|[\"\\\\/\u{8}\n\t\u{1f}a]{0,9}") {
        let mut out = b"[{\"id\":\"C1\",\"about\":{\"name\":".to_vec();
        write::string(&text, &mut out);
        out.extend_from_slice(b"}}]");
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        prop_assert_eq!(value[0]["about"]["name"].as_str(), Some(text.as_str()));
        prop_assert_eq!(hear(Syntax::Json, &out, limits(), &Dialect::default()).told.len(), 0);
    }
}
