//! Text as JSON and as XML spell it, and back.

/// Text as it stands in quotes in JSON; `None` where an escape stands for no character.
pub(crate) fn of_json(spelling: &str) -> Option<String> {
    let mut out = String::with_capacity(spelling.len());
    let mut rest = spelling;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let kind = *rest.as_bytes().get(at + 1)?;
        rest = rest.get(at + 2..)?;
        out.push(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => unicode(&mut rest)?,
            _ => return None,
        });
    }
    out.push_str(rest);
    Some(out)
}

/// The character of `\u` and what follows it: four digits, or a pair of surrogates.
fn unicode(rest: &mut &str) -> Option<char> {
    let first = four_digits(rest)?;
    if let Some(character) = char::from_u32(first.into()) {
        return Some(character);
    }
    *rest = rest.strip_prefix("\\u")?;
    let second = four_digits(rest)?;
    char::decode_utf16([first, second]).next()?.ok()
}

fn four_digits(rest: &mut &str) -> Option<u16> {
    let (digits, after) = rest.split_at_checked(4)?;
    *rest = after;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

/// Text as it stands in an attribute of XML (1.0, section 3.3.3); `None` where a reference stands for no character.
pub(crate) fn of_attribute(spelling: &str) -> Option<String> {
    let mut out = String::with_capacity(spelling.len());
    let mut rest = spelling;
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        out.push_str(&rest[..at]);
        let (_, after) = rest.split_at(at);
        if let Some(after) = after.strip_prefix('&') {
            let (name, after) = after.split_once(';')?;
            out.push(reference(name)?);
            rest = after;
        } else {
            // A line end of two characters is one (section 2.11).
            rest = after.strip_prefix("\r\n").unwrap_or(&after[1..]);
            out.push(' ');
        }
    }
    out.push_str(rest);
    Some(out)
}

/// The character that a reference of XML stands for; its own five entities and no others.
pub(crate) fn reference(name: &str) -> Option<char> {
    let number = match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "apos" => return Some('\''),
        "quot" => return Some('"'),
        _ => name.strip_prefix('#')?,
    };
    let digits = |digits: &str, radix| {
        let plain = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
        u32::from_str_radix(digits, radix).ok().filter(|_| plain)
    };
    let number = match number.strip_prefix('x') {
        Some(hex) => digits(hex, 16)?,
        None => digits(number, 10)?,
    };
    char::from_u32(number).filter(|character| may_stand_in_xml(*character))
}

/// Whether a character may stand in XML at all (XML 1.0, section 2.2).
pub(crate) fn may_stand_in_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{1_0000}'..)
}

/// Writes text in quotes for JSON.
pub(crate) fn write_json(text: &str, out: &mut Vec<u8>) {
    kit::json::write::string(text, out);
}

/// Writes text as it stands in an attribute of XML.
pub(crate) fn write_attribute(text: &str, out: &mut Vec<u8>) {
    for character in text.chars() {
        match character {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '\t' => out.extend_from_slice(b"&#9;"),
            '\n' => out.extend_from_slice(b"&#10;"),
            '\r' => out.extend_from_slice(b"&#13;"),
            other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_json_stand_for_characters_or_for_none() {
        assert_eq!(of_json(r#"a\"\\\/\b\f\n\r\t\u0041\ud83d\ude00"#).unwrap(), "a\"\\/\u{8}\u{c}\n\r\tA😀");
        for wrong in [r"\x", r"\u12", r"\ud83d", r"\ud83d\u0041", r"\udc00", "\\", r"\u+123"] {
            assert!(of_json(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn references_of_xml_stand_for_characters_or_for_none() {
        assert_eq!(of_attribute("&amp;&lt;&#65;&#x1F600;\r\n\ta").unwrap(), "&<A😀  a");
        for wrong in ["&", "&nbsp;", "&#0;", "&#xD800;", "&#;", "&#+65;", "&amp"] {
            assert!(of_attribute(wrong).is_none(), "{wrong}");
        }
        let mut out = Vec::new();
        write_attribute("a\"<&>\r\n\tå", &mut out);
        assert_eq!(of_attribute(std::str::from_utf8(&out).unwrap()).unwrap(), "a\"<&>\r\n\tå");
    }
}
