//! A JSON writer that appends to bytes and with which no wrong JSON can be said.
//!
//! Limits: no indentation, no floating point. Duplicate names are the caller's to avoid.
//! Format: every member and item is written with a comma after it; closing turns the last comma into the bracket. An
//! object, array or text that turns out empty is taken back together with its name, as FHIR wants it (R4, JSON: no
//! empty array, object or string).
//! Operations: text known beforehand is checked by the compiler ([`members!`], [`value!`]) and copied in one go; text
//! of people is escaped; everything else is a closure that fills an object or array.

mod literal;

use kit::ids::ResourceId;
use schemas::{date::Date, decimal::Decimal};

pub(crate) use self::literal::{Framed, Key, Members, Plain, Value, framed, key, members, plain, value};

/// Room taken for a resource before it is written; most resources of a child are smaller.
const RESOURCE_BYTES_EXPECTED: usize = 2048;

/// Most values that are copied often are shorter.
const READY_BYTES_EXPECTED: usize = 128;

/// A JSON value that was written once to be copied often: a coding of a code list.
pub(crate) struct Ready {
    /// With the comma that follows it.
    bytes: Vec<u8>,
}

impl Ready {
    /// An object written now.
    pub(crate) fn object(fill: impl FnOnce(&mut Object<'_>)) -> Self {
        // A child has a Reference of its own, made once: room for it is asked for once too.
        let mut bytes = Vec::with_capacity(READY_BYTES_EXPECTED);
        Array { out: &mut bytes }.object(fill);
        Self { bytes }
    }

    /// A Reference to a resource, relative to the server.
    pub(crate) fn reference(path: Plain, id: &IdText) -> Self {
        Self::object(|reference| reference.id(key!(reference), path, id))
    }

    /// The value, to be written.
    pub(crate) fn value(&self) -> Value<'_> {
        Value { with_comma: &self.bytes }
    }
}

/// Text that was escaped once to be copied often: the base of full URLs.
pub(crate) struct Escaped(Box<[u8]>);

impl Escaped {
    /// Text, escaped now.
    pub(crate) fn text(text: &str) -> Self {
        let mut bytes = Vec::with_capacity(text.len());
        push_escaped(&mut bytes, text);
        Self(bytes.into())
    }
}

/// The 36 characters of a resource id.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdText([u8; 36]);

impl From<ResourceId> for IdText {
    fn from(id: ResourceId) -> Self {
        Self(id.text())
    }
}

/// Writes one object that stands alone, without a comma; nothing at all when it turns out empty.
pub(crate) fn write_object(out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
    out.reserve(RESOURCE_BYTES_EXPECTED);
    let before = out.len();
    Array { out }.object(fill);
    if out.len() > before {
        out.pop();
    }
}

/// An object that is being written.
pub(crate) struct Object<'out> {
    out: &'out mut Vec<u8>,
}

impl Object<'_> {
    /// Members known beforehand.
    #[inline]
    pub(crate) fn members(&mut self, members: Members) {
        self.out.extend_from_slice(members.with_comma.as_bytes());
    }

    /// Members known beforehand around a resource id.
    #[inline]
    pub(crate) fn framed(&mut self, framed: Framed, id: &IdText) {
        self.out.extend_from_slice(framed.before.as_bytes());
        self.out.extend_from_slice(&id.0);
        self.out.extend_from_slice(framed.after_with_comma.as_bytes());
    }

    /// A value known beforehand, or written before.
    #[inline]
    pub(crate) fn value(&mut self, key: Key, value: Value<'_>) {
        self.key(key);
        self.out.extend_from_slice(value.with_comma);
    }

    /// Text of people, escaped; no member when it is blank.
    pub(crate) fn text(&mut self, key: Key, text: &str) {
        if !is_blank(text) {
            self.key(key);
            push_text(self.out, text);
        }
    }

    /// Text that writes itself; no member when it writes nothing.
    pub(crate) fn written(&mut self, key: Key, write: impl FnOnce(&mut Vec<u8>)) {
        let before = self.out.len();
        self.key(key);
        self.out.push(b'"');
        let start = self.out.len();
        write(self.out);
        escape_from(self.out, start);
        match self.out.len() == start {
            true => self.out.truncate(before),
            false => self.out.extend_from_slice(b"\","),
        }
    }

    /// A day: `YYYY-MM-DD`.
    #[inline]
    pub(crate) fn date(&mut self, key: Key, day: Date) {
        self.key(key);
        self.out.push(b'"');
        day.write_iso(self.out);
        self.out.extend_from_slice(b"\",");
    }

    /// True or false.
    pub(crate) fn flag(&mut self, key: Key, flag: bool) {
        self.key(key);
        self.out.extend_from_slice(if flag { b"true," } else { b"false," });
    }

    /// A whole number.
    pub(crate) fn number(&mut self, key: Key, number: u16) {
        self.key(key);
        let mut digits = [0; 5];
        self.out.extend_from_slice(decimal(number.into(), &mut digits));
        self.out.push(b',');
    }

    /// A decimal number with its digits; JSON has no zeros before the first.
    pub(crate) fn decimal(&mut self, key: Key, number: &Decimal) {
        let text = number.as_str();
        let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
        let whole = digits.split('.').next().unwrap_or_default();
        let zeros = whole.len() - whole.trim_start_matches('0').len();
        self.key(key);
        self.out.extend_from_slice(sign.as_bytes());
        self.out.extend_from_slice(&digits.as_bytes()[zeros.min(whole.len().saturating_sub(1))..]);
        self.out.push(b',');
    }

    /// A resource id after a fixed beginning: `Patient/` and the id.
    #[inline]
    pub(crate) fn id(&mut self, key: Key, beginning: Plain, id: &IdText) {
        self.key(key);
        self.out.push(b'"');
        self.out.extend_from_slice(beginning.0.as_bytes());
        self.out.extend_from_slice(&id.0);
        self.out.extend_from_slice(b"\",");
    }

    /// The same after the base of a server.
    pub(crate) fn address(&mut self, key: Key, base: &Escaped, beginning: Plain, id: &IdText) {
        self.key(key);
        self.out.push(b'"');
        self.out.extend_from_slice(&base.0);
        self.out.push(b'/');
        self.out.extend_from_slice(beginning.0.as_bytes());
        self.out.extend_from_slice(&id.0);
        self.out.extend_from_slice(b"\",");
    }

    /// An object; no member when it turns out empty.
    #[inline]
    pub(crate) fn object(&mut self, key: Key, fill: impl FnOnce(&mut Object<'_>)) {
        let before = self.out.len();
        self.key(key);
        self.out.push(b'{');
        fill(&mut Object { out: self.out });
        close(self.out, before, b'}');
    }

    /// An array; no member when it turns out empty.
    #[inline]
    pub(crate) fn array(&mut self, key: Key, fill: impl FnOnce(&mut Array<'_>)) {
        let before = self.out.len();
        self.key(key);
        self.out.push(b'[');
        fill(&mut Array { out: self.out });
        close(self.out, before, b']');
    }

    #[inline]
    fn key(&mut self, key: Key) {
        self.out.extend_from_slice(key.with_colon.as_bytes());
    }
}

/// An array that is being written.
pub(crate) struct Array<'out> {
    out: &'out mut Vec<u8>,
}

impl Array<'_> {
    /// A value known beforehand, or written before.
    #[inline]
    pub(crate) fn value(&mut self, value: Value<'_>) {
        self.out.extend_from_slice(value.with_comma);
    }

    /// Text of people, escaped; no item when it is blank.
    pub(crate) fn text(&mut self, text: &str) {
        if !is_blank(text) {
            push_text(self.out, text);
        }
    }

    /// An object; no item when it turns out empty.
    #[inline]
    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Object<'_>)) {
        let before = self.out.len();
        self.out.push(b'{');
        fill(&mut Object { out: self.out });
        close(self.out, before, b'}');
    }

    /// An object that begins with members known beforehand; no item when nothing follows them.
    #[inline]
    pub(crate) fn object_with(&mut self, first: Members, fill: impl FnOnce(&mut Object<'_>)) {
        let before = self.out.len();
        self.out.push(b'{');
        self.out.extend_from_slice(first.with_comma.as_bytes());
        let after_first = self.out.len();
        fill(&mut Object { out: self.out });
        match self.out.len() == after_first {
            true => self.out.truncate(before),
            false => close(self.out, before, b'}'),
        }
    }
}

/// The digits of a number.
pub(crate) fn decimal<const WIDTH: usize>(number: u32, digits: &mut [u8; WIDTH]) -> &[u8] {
    let mut rest = number;
    let mut at = WIDTH;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 || at == 0 {
            return &digits[at..];
        }
    }
}

/// Closes what was opened after `before`, or takes it back when nothing was written into it.
#[inline]
fn close(out: &mut Vec<u8>, before: usize, bracket: u8) {
    match out.last_mut() {
        Some(last) if *last == b',' => {
            *last = bracket;
            out.push(b',');
        }
        _ => out.truncate(before),
    }
}

fn is_blank(text: &str) -> bool {
    // Most texts begin with a letter: the whole is looked at only where the first character does not tell.
    !text.as_bytes().first().is_some_and(u8::is_ascii_graphic) && text.chars().all(char::is_whitespace)
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    push_escaped(out, text);
    out.extend_from_slice(b"\",");
}

fn push_escaped(out: &mut Vec<u8>, text: &str) {
    if needs_no_escape(text.as_bytes()) {
        out.extend_from_slice(text.as_bytes());
    } else {
        push_escapes(out, text);
    }
}

/// Looks at every byte without stopping, so that several are looked at at once.
fn needs_no_escape(text: &[u8]) -> bool {
    !text.iter().fold(false, |found, &byte| found | (byte < 0x20) | (byte == b'"') | (byte == b'\\'))
}

#[cold]
fn push_escapes(out: &mut Vec<u8>, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for &byte in text.as_bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => {
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 15)]);
            }
            other => out.push(other),
        }
    }
}

/// Escapes what was appended after `start`; whatever is no UTF-8 is replaced.
fn escape_from(out: &mut Vec<u8>, start: usize) {
    let written = &out[start..];
    if !(written.is_ascii() && needs_no_escape(written)) {
        let text = String::from_utf8_lossy(written).into_owned();
        out.truncate(start);
        push_escaped(out, &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(fill: impl FnOnce(&mut Object<'_>)) -> String {
        let mut out = Vec::new();
        write_object(&mut out, fill);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn commas_stand_between_members_and_items_and_nowhere_else() {
        let text = written(|object| {
            object.members(members!(r#""a":1,"b":[true,"x"]"#));
            object.object(key!(c), |inner| {
                inner.flag(key!(d), false);
                inner.number(key!(e), 65535);
            });
            object.array(key!(f), |array| {
                array.text("one");
                array.object(|item| item.text(key!(g), "two"));
                array.value(value!(r#"{"h":"three"}"#));
            });
        });
        assert_eq!(text, r#"{"a":1,"b":[true,"x"],"c":{"d":false,"e":65535},"f":["one",{"g":"two"},{"h":"three"}]}"#);
    }

    #[test]
    fn what_is_empty_is_not_there() {
        let empty = |object: &mut Object<'_>| {
            object.text(key!(a), "");
            object.text(key!(b), " \t\u{a0}");
            object.written(key!(c), |_| ());
            object.object(key!(d), |inner| inner.array(key!(e), |array| array.object(|_| ())));
            object.array(key!(f), |array| array.text(""));
            object.array(key!(g), |array| array.object_with(members!(r#""url":"x""#), |inner| inner.text(key!(h), "")));
        };
        assert_eq!(written(empty), "");
        assert_eq!(
            written(|object| {
                object.flag(key!(z), true);
                empty(object)
            }),
            r#"{"z":true}"#
        );
    }

    #[test]
    fn text_of_any_bytes_reads_back() {
        let all: String = (0..0x300).filter_map(char::from_u32).chain(['\u{2028}', '😀']).collect();
        for text in [all.as_str(), r#"a "quoted" \ text"#, "line\nline\r\n\ttab", "\u{1f}\u{0}", "😀", "plain"] {
            let json = written(|object| {
                object.text(key!(a), text);
                object.written(key!(b), |out| out.extend_from_slice(text.as_bytes()));
            });
            let value: serde_json::Value = serde_json::from_str(&json).unwrap();
            assert_eq!(value["a"], text);
            assert_eq!(value["b"], text);
        }
    }

    #[test]
    fn bytes_that_are_no_text_become_text() {
        let json = written(|object| object.written(key!(a), |out| out.extend_from_slice(b"\xff\"")));
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["a"], "\u{fffd}\"");
    }

    #[test]
    fn decimals_keep_their_digits_but_for_zeros_that_json_forbids() {
        for (number, expected) in
            [("19.10", "19.10"), ("007", "7"), ("00.50", "0.50"), ("0", "0"), ("000", "0"), ("-03.5", "-3.5")]
        {
            let json = written(|object| object.decimal(key!(n), &Decimal::read(number.as_bytes()).unwrap()));
            assert_eq!(json, format!("{{\"n\":{expected}}}"));
        }
    }

    #[test]
    fn numbers_have_all_their_digits() {
        for number in [0, 7, 10, 999, 65_535] {
            let json = written(|object| object.number(key!(n), number));
            assert_eq!(json, format!("{{\"n\":{number}}}"));
        }
        assert_eq!(decimal(u32::MAX, &mut [0; 10]), b"4294967295");
    }
}
