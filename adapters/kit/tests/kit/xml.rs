//! XML: items with their places, everything that breaks the grammar, every limit at its edge, and what is written.

use kit::{
    dialect::Dialect,
    limits::ReadingLimits,
    nested::Syntax,
    wire::Written,
    xml::{rules, write::Writer},
};
use proptest::prelude::*;

use crate::{
    nested::{Heard, TABLES, hear, hears, hears_bytes},
    sample::{Windowed, limits, utf_16},
};

fn reads(document: &str, said: &[&str], told: &[&str]) {
    hears(Syntax::Xml, document, said, told);
}

/// A club of these members.
fn club(members: &str) -> String {
    format!("<club><name>Invented</name><members>{members}</members></club>")
}

const ONE: &str = "<member><id>C1</id><about><name>Ann</name></about></member>";

#[test]
fn items_are_read_with_all_that_is_in_them() {
    let document = r#"<?xml version="1.0"?>
<!-- <member><id>C9</id></member> -->
<club>
  <name>Invented &amp; Sons</name>
  <members>
    <member><id>C1</id>
      <visits><visit><note>late</note><day>2026-01-12</day></visit><visit><day>2026-01-13</day></visit></visits>
      <about><words>kind</words><name><![CDATA[A <b> & c]]></name><words>quick</words></about>
    </member>
    <member><about><name/></about><id>C2</id></member>
    <member><id>C3</id><!-- </member> --><about><name>Zo&#xeb;</name></about></member>
  </members>
</club>
"#;
    let said = [
        "club Invented & Sons",
        "0 C1 A <b> & c kind+quick",
        "0.0 2026-01-12 late",
        "0.0 2026-01-13 -",
        "1 C2 blank -",
        "2 C3 Zoë -",
    ];
    reads(document, &said, &[]);
}

#[test]
fn names_are_matched_as_they_are_and_then_without_case() {
    let document = "<CLUB><NAME>X</NAME><Members><MEMBER><ID>C1</ID></MEMBER></Members></CLUB>";
    reads(document, &["club X", "0 C1 - -"], &[]);
}

#[test]
fn what_is_not_known_is_told_by_its_position_and_never_by_its_name() {
    let members = "<member><id>C1</id><pin>0000</pin><about><x><y/></x></about><secret>s</secret></member>";
    let told = [
        "club/unknown /club/members/member/*[2] <pin>",
        "club/unknown /club/members/member/about/*[1] <x>",
        "club/not-carried /club/members/member/secret <secret>",
    ];
    reads(&club(members), &["club Invented", "0 C1 - -"], &told);
}

#[test]
fn a_wrong_cell_is_told_by_its_path_and_costs_itself() {
    let members = format!(
        "{ONE}<member><id>C2</id><visits><visit><day>2026-01-12</day></visit><visit><day>31/02/2026</day></visit>\
         </visits></member>"
    );
    let told = ["table/cell /club/members/member[2]/visits/visit[2]/day <day>31"];
    let said = ["club Invented", "0 C1 Ann -", "1 C2 - -", "1.0 2026-01-12 -", "1.0 ? - lost"];
    reads(&club(&members), &said, &told);
}

#[test]
fn a_broken_item_costs_itself() {
    for (member, rule) in [
        ("<member><id>C2</name></member>", "xml/mismatched"),
        ("<member><id>C2</id></about></member>", "xml/mismatched"),
        ("<member><id>C2</id>< about/></member>", "xml/malformed"),
        ("<member><id>C2</id><></></member>", "xml/malformed"),
        ("<member><id>C2</id><a b='1' b='2'/></member>", "xml/malformed"),
        ("<member><id>C2</id><a b=1/></member>", "xml/malformed"),
        ("<member><id>C2</id><!ENTITY x 'y'></member>", "xml/malformed"),
        ("<member><id>C2</id><?xml version='1.0'?></member>", "xml/malformed"),
        // Without its end it goes to the beginning of the next.
        ("<member><id>C2</id>", "xml/unclosed"),
    ] {
        let document = club(&format!("{ONE}{member}{}", ONE.replace("C1", "C3")));
        let heard = hear(Syntax::Xml, &document.clone().into_bytes(), limits(), &Dialect::default());
        assert_eq!(heard.said, ["club Invented", "0 C1 Ann -", "1 broken", "2 C3 Ann -"], "{member}");
        assert_eq!(heard.told.len(), 1, "{member}: {:?}", heard.told);
        assert!(heard.told[0].starts_with(rule), "{member}: {:?}", heard.told);
    }
}

#[test]
fn an_entity_that_is_not_xml_s_own_costs_its_text() {
    for text in ["Smith & Co", "&nbsp;", "a&lol9;b", "&#0;", "&#xD800;", "&#x110000;", "&#12", "& x &amp; y"] {
        let members = format!("<member><id>C1</id><about><name>{text}</name></about></member>");
        let told = ["xml/entity /club/members/member[1]/about/name <name>"];
        reads(&club(&members), &["club Invented", "0 C1 unreadable -"], &told);
    }
}

#[test]
fn a_document_type_ends_everything() {
    for doctype in [
        "<!DOCTYPE club>",
        "<!DOCTYPE club SYSTEM 'file:///etc/passwd'>",
        "<!doctype club [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>",
    ] {
        reads(&format!("{doctype}{}", club(ONE)), &[], &["xml/doctype / 0"]);
    }
    reads(&club(&format!("{ONE}<!DOCTYPE x>")), &[], &["xml/doctype / <!DOCTYPE"]);
}

#[test]
fn a_document_is_one_root_that_is_closed_and_nothing_else() {
    let two = format!("{}{}", club(ONE), club(&ONE.replace("C1", "C2")));
    reads(&two, &["club Invented", "0 C1 Ann -"], &["xml/second-root  <club>"]);
    reads(&format!("{}x", club(ONE)), &["club Invented", "0 C1 Ann -"], &["xml/outside-root  x"]);
    let open = club(ONE).replace("</members></club>", "");
    reads(&open, &["club Invented", "0 C1 Ann -"], &["xml/unclosed /club/members 95"]);
    reads("<house/>", &[], &["xml/unrecognised  0"]);
    reads("", &[], &[]);
    reads("no markup", &[], &["xml/outside-root  0"]);
    reads("  ", &[], &["xml/unclosed  2"]);
    // A tag that closes nothing: what comes after it cannot be told to be in its place.
    reads(
        &club(&format!("{ONE}</member>")),
        &["club Invented", "0 C1 Ann -"],
        &["xml/mismatched /club/members </member>"],
    );
}

#[test]
fn items_in_another_place_are_not_read() {
    let document = format!("<club>{}<members>{ONE}</members></club>", ONE.replace("C1", "C9"));
    reads(&document, &["club -", "0 C1 Ann -"], &["xml/misplaced /club 6"]);
    let document = format!("<club><x>{}</x><members>{ONE}</members></club>", ONE.replace("C1", "C9"));
    reads(&document, &["club -", "0 C1 Ann -"], &["club/unknown /club/*[1] 6", "xml/misplaced /club 9"]);
}

#[test]
fn a_value_that_comes_twice_is_read_once_and_a_group_is_no_value() {
    let members = "<member><id>C1</id><id>C2</id></member>";
    reads(&club(members), &["club Invented", "0 C1 - -"], &["xml/repeated /club/members/member[1]/id <id>C2"]);
    let members = "<member><id>C1</id><about>text<name><b>x</b></name></about></member>";
    let told = ["xml/shape /club/members/member[1]/about text", "xml/shape /club/members/member[1]/about/name <name>"];
    reads(&club(members), &["club Invented", "0 C1 unreadable -"], &told);
}

#[test]
fn every_limit_holds_at_its_edge() {
    let holds = |limits: ReadingLimits, document: &str, rule: Option<&str>| {
        let heard = hear(Syntax::Xml, &document.as_bytes().to_vec(), limits, &Dialect::default());
        let told: Vec<&str> = heard.told.iter().filter_map(|told| told.split(' ').next()).collect();
        let told: Vec<&str> = told.into_iter().filter(|code| *code != "club/unknown").collect();
        assert_eq!(told, rule.into_iter().collect::<Vec<_>>(), "{}", &document[..document.len().min(200)]);
    };
    let nested =
        |depth: usize| club(&format!("<member><id>C1</id>{}{}</member>", "<a>".repeat(depth), "</a>".repeat(depth)));
    holds(ReadingLimits { depth_max: 5, ..limits() }, &nested(4), None);
    holds(ReadingLimits { depth_max: 5, ..limits() }, &nested(5), Some("xml/too-deep"));
    holds(limits(), &nested(100_000), Some("xml/too-deep"));
    let attributes = |count: usize| {
        let all: String = (0..count).map(|n| format!(" a{n}='1'")).collect();
        club(&format!("<member><id>C1</id><a{all}/></member>"))
    };
    holds(ReadingLimits { attributes_max: 3, ..limits() }, &attributes(3), None);
    holds(ReadingLimits { attributes_max: 3, ..limits() }, &attributes(4), Some("xml/too-many-attributes"));
    holds(limits(), &attributes(100_000), Some("xml/too-many-attributes"));
    let name = |bytes: usize| {
        let text = "x&amp;".repeat(bytes / 2);
        club(&format!("<member><id>C1</id><about><name>{text}</name></about></member>"))
    };
    holds(ReadingLimits { text_bytes_max: 10, ..limits() }, &name(10), None);
    holds(ReadingLimits { text_bytes_max: 10, ..limits() }, &name(12), Some("xml/text-too-long"));
    let two = club(&format!("{ONE}{}", ONE.replace("C1", "C2")));
    holds(ReadingLimits { rows_max: 2, ..limits() }, &two, None);
    holds(ReadingLimits { rows_max: 1, ..limits() }, &two, Some("xml/too-many-items"));
    let around = two.len() - 2 * ONE.len() + "<member/>".len();
    holds(ReadingLimits { item_bytes_max: u32::try_from(around).unwrap(), ..limits() }, &two, None);
    let less = u32::try_from(around - 1).unwrap();
    holds(ReadingLimits { item_bytes_max: less, ..limits() }, &two, Some("xml/frame-too-long"));
}

#[test]
fn any_encoding_is_read_and_places_are_those_of_the_bytes() {
    let document = club("<member><id>C1</id><about><name>Zoë Łódź</name></about><x/></member>");
    let said = ["club Invented", "0 C1 Zoë Łódź -"];
    for (big, mark) in [(false, true), (true, true), (false, false), (true, false)] {
        let bytes = utf_16(&document, mark, big);
        let byte = 2 * (document.find("<x/>").unwrap() - 4 + usize::from(mark));
        let told = format!("club/unknown /club/members/member/*[3] {byte}");
        hears_bytes(Syntax::Xml, bytes, limits(), &said, &[&told]);
    }
    let marked = [b"\xef\xbb\xbf", document.as_bytes()].concat();
    hears_bytes(Syntax::Xml, marked, limits(), &said, &["club/unknown /club/members/member/*[3] <x/>"]);
    // What is no UTF-8 is Windows-1252, in silence only where the document says so.
    let latin = club("<member><id>C1</id><about><name>Ren\u{1}\u{2}</name></about></member>");
    let latin: Vec<u8> = latin
        .bytes()
        .map(|byte| {
            if byte == 1 {
                0xc3
            } else if byte == 2 {
                0xa9
            } else {
                byte
            }
        })
        .collect();
    hears_bytes(Syntax::Xml, latin.clone(), limits(), &["club Invented", "0 C1 René -"], &[]);
    let declared = [b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>", latin.as_slice()].concat();
    hears_bytes(Syntax::Xml, declared, limits(), &["club Invented", "0 C1 RenÃ© -"], &[]);
    let undeclared: Vec<u8> = latin.into_iter().filter(|byte| *byte != 0xc3).collect();
    let told = ["xml/encoding /club/members/member[1]/about/name <name>"];
    hears_bytes(Syntax::Xml, undeclared, limits(), &["club Invented", "0 C1 Ren© -"], &told);
}

#[test]
fn a_document_cut_anywhere_loses_what_is_cut_and_nothing_before() {
    let members: String = (1..=3).map(|n| ONE.replace("C1", &format!("C{n}"))).collect();
    let document = club(&members);
    let whole = hear(Syntax::Xml, &document.clone().into_bytes(), limits(), &Dialect::default());
    assert_eq!((whole.said.len(), whole.told.len()), (4, 0));
    for bytes in 0..document.len() {
        let heard = hear(Syntax::Xml, &document.as_bytes()[..bytes].to_vec(), limits(), &Dialect::default());
        let ended = document[..bytes].matches("</member>").count();
        let read: Vec<&String> = heard.said.iter().filter(|said| said.contains(" Ann ")).collect();
        assert_eq!(read, whole.said[1..].iter().take(ended).collect::<Vec<_>>(), "cut at {bytes}");
        assert!(bytes == 0 || !heard.told.is_empty(), "cut at {bytes}: not told");
    }
}

#[test]
fn headings_of_a_dialect_are_paths_of_the_sender() {
    let toml = "[headers]\n\"ref\" = \"child\"\n\"card/title\" = \"name\"\n";
    let (dialect, faults) = Dialect::read(toml, TABLES);
    assert_eq!(faults, []);
    let members =
        "<member><ref>C1</ref><card><title>Ann</title><size>4</size></card><about><words>w</words></about></member>";
    let heard = hear(Syntax::Xml, &club(members).into_bytes(), limits(), &dialect);
    assert_eq!(heard.said, ["club Invented", "0 C1 Ann w"]);
    assert_eq!(heard.told.len(), 1);
    assert!(heard.told[0].starts_with("club/unknown /club/members/member/*[2] "), "{:?}", heard.told);
}

#[test]
fn what_is_written_is_escaped_and_what_xml_cannot_hold_is_not() {
    let mut out = Vec::new();
    let mut writer = Writer::within(&mut out, &["club"]);
    assert!(!writer.group("members", |_| {}));
    let wrote = writer.group("members", |writer| {
        assert_eq!(writer.text("name", "a<b>&\"c\" ë]]>\r"), Written::Yes);
        for impossible in ["\0", "a\u{b}b", "\u{1f}", "\u{fffe}", "\u{ffff}"] {
            assert_eq!(writer.text("name", impossible), Written::CannotSay);
        }
    });
    assert!(wrote);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text, "  <members>\n    <name>a&lt;b&gt;&amp;\"c\" ë]]&gt;&#13;</name>\n  </members>\n");
}

#[test]
fn every_rule_is_of_one_family_and_stands_once() {
    let mut codes: Vec<&str> = rules::ALL.iter().map(|rule| rule.code).collect();
    assert!(codes.iter().all(|code| code.starts_with("xml/")));
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), rules::ALL.len());
}

/// Pieces in which what matters to the reader comes often.
fn any_document() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "<club>",
        "</club>",
        "<members>",
        "</members>",
        "<member>",
        "</member>",
        "<member/>",
        "<id>",
        "</id>",
        "C1",
        "<about><name>",
        "</name></about>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "&amp;",
        "&x;",
        "&",
        "<",
        ">",
        "'",
        "\"",
        " a='1'",
        "<!DOCTYPE x>",
        "</",
        "/>",
        "\u{feff}",
        "ë",
        "\n",
        "<visits><visit><day>2026-01-01</day>",
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
        filler in prop_oneof![Just(0_usize), 1_000..70_000_usize],
    ) {
        let mut bytes = bytes;
        let place = bytes.len() / 2;
        bytes.splice(place..place, std::iter::repeat_n(b' ', filler));
        let whole: Heard = hear(Syntax::Xml, &bytes, limits(), &Dialect::default());
        for told in &whole.told {
            let byte: usize = told.rsplit(' ').next().and_then(|byte| byte.parse().ok()).unwrap_or(0);
            prop_assert!(byte <= bytes.len(), "{told}");
        }
        prop_assert_eq!(&hear(Syntax::Xml, &Windowed(bytes), limits(), &Dialect::default()), &whole);
    }

    #[test]
    fn a_changed_byte_costs_at_most_the_items_around_it(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let members: String = (1..=5).map(|n| ONE.replace("C1", &format!("C{n}"))).collect();
        let document = club(&members);
        let whole = hear(Syntax::Xml, &document.clone().into_bytes(), limits(), &Dialect::default());
        let first = document.find("<member>").unwrap();
        let at = first + at.index(members.len());
        let mut changed = document.clone().into_bytes();
        changed[at] = byte;
        let heard = hear(Syntax::Xml, &changed, limits(), &Dialect::default());
        let touched = (at - first) / ONE.len();
        for n in 0..5 {
            // A tag that is spoilt can open a comment or an instruction to the end, or take the next item with it.
            if n + 1 < touched {
                prop_assert!(heard.said.contains(&whole.said[n + 1]), "{} of {:?}", n, heard);
            }
        }
    }

    #[test]
    fn what_is_written_is_read_again(text in "\\PC{0,40}") {
        let mut out = b"<club><members><member><id>C1</id><about>".to_vec();
        let written = Writer::within(&mut out, &[]).text("name", &text);
        out.extend_from_slice(b"</about></member></members></club>");
        prop_assume!(written == Written::Yes && !text.trim().is_empty());
        let heard = hear(Syntax::Xml, &out, limits(), &Dialect::default());
        prop_assert_eq!(heard.told.len(), 0);
        let dialect = Dialect::default();
        let trimmed = text.trim_matches(|character: char| character.is_ascii_whitespace());
        prop_assume!(!dialect.is_blank(trimmed.as_bytes()));
        prop_assert_eq!(&heard.said[1], &format!("0 C1 {trimmed} -"));
    }
}
