//! Whether a narrative is what R4 allows: one `div` with some text, and no markup that could do anything (txt-1, txt-2).

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use crate::fhir::text;

/// How deep markup may be.
const DEPTH_MAX: usize = 256;

/// Elements that may stand in a narrative: structure, lists, tables, marks of text, images and links.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "b",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "map",
    "area",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "center",
    "font",
    "em",
];

/// Whether text is such a `div`.
pub(crate) fn is_narrative(markup: &str) -> bool {
    let mut reader = Reader::from_str(markup);
    reader.config_mut().check_end_names = true;
    let (mut depth, mut begun, mut says) = (0_usize, false, false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => {
                if !may_begin(&tag, depth, begun) {
                    return false;
                }
                says |= tag.name().as_ref() == b"img";
                (begun, depth) = (true, depth + 1);
            }
            Ok(Event::Empty(tag)) => {
                if depth == 0 || !may_begin(&tag, depth, begun) {
                    return false;
                }
                says |= tag.name().as_ref() == b"img";
            }
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Text(words)) => {
                let blank = words.iter().all(u8::is_ascii_whitespace);
                if depth == 0 && !blank {
                    return false;
                }
                says |= !blank;
            }
            Ok(Event::GeneralRef(reference)) => {
                let name = std::str::from_utf8(&reference).unwrap_or_default();
                // The names that HTML gives to characters are not XML's: narratives hold the characters (R4, narrative).
                if depth == 0 || text::reference(name).is_none() {
                    return false;
                }
                says = true;
            }
            Ok(Event::CData(words)) if depth > 0 => says |= !words.iter().all(u8::is_ascii_whitespace),
            Ok(Event::Comment(_)) => {}
            Ok(Event::Eof) => return begun && depth == 0 && says,
            Ok(Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::CData(_)) | Err(_) => return false,
        }
    }
}

fn may_begin(tag: &BytesStart<'_>, depth: usize, begun: bool) -> bool {
    let name = tag.name();
    let name = std::str::from_utf8(name.as_ref()).unwrap_or_default();
    if depth >= DEPTH_MAX || depth == 0 && (begun || name != "div") || !ELEMENTS.contains(&name) {
        return false;
    }
    let mut names_space = false;
    for attribute in tag.attributes() {
        let Ok(attribute) = attribute else { return false };
        let key = attribute.key.as_ref();
        let value = std::str::from_utf8(&attribute.value).unwrap_or_default();
        let value = text::of_attribute(value).unwrap_or_default().to_ascii_lowercase();
        let acts = key.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(b"on"))
            || value.trim_start().starts_with("javascript:");
        if acts || key.starts_with(b"xmlns:") {
            return false;
        }
        if key == b"xmlns" {
            names_space = value == "http://www.w3.org/1999/xhtml";
            if !names_space {
                return false;
            }
        }
    }
    depth > 0 || names_space
}

#[cfg(test)]
mod tests {
    use super::is_narrative;

    #[test]
    fn a_narrative_is_one_div_that_says_something_and_does_nothing() {
        let around = |inside: &str| format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{inside}</div>");
        for right in [
            "<p>a</p>",
            "a&amp;b",
            "&#160;",
            "<img src=\"#a\" alt=\"\"/>",
            "<table><tr><td>a</td></tr></table>",
            "<!-- x -->a",
        ] {
            assert!(is_narrative(&around(right)), "{right}");
        }
        let wrong = [
            "",
            "  ",
            "&nbsp;",
            "<p> </p>",
            "<script>a</script>",
            "<p onclick=\"a\">a</p>",
            "<a href=\"JavaScript:a\">a</a>",
            "<p>a",
            "<iframe src=\"a\">a</iframe>",
            "<p>a</b>",
            "<form>a</form>",
            "<p x=\"1\" x=\"2\">a</p>",
            "a<?php a?>",
        ];
        for wrong in wrong {
            assert!(!is_narrative(&around(wrong)), "{wrong}");
        }
        for wrong in
            ["", "a", "<p xmlns=\"http://www.w3.org/1999/xhtml\">a</p>", "<div>a</div>", "<!DOCTYPE div><div>a</div>"]
        {
            assert!(!is_narrative(wrong), "{wrong}");
        }
        let twice = around("a") + &around("b");
        assert!(!is_narrative(&twice));
        let deep = format!("{}a{}", "<p>".repeat(10_000), "</p>".repeat(10_000));
        assert!(!is_narrative(&around(&deep)));
    }
}
