//! JSON text that the compiler has checked: names, members and values that are known beforehand.
//!
//! The checker takes what we write and no more: printable ASCII, strings without escapes, whole numbers, nothing empty.

/// The name of a member with its quotes and colon.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    pub(super) with_colon: &'static str,
}

/// One or more members of an object.
#[derive(Clone, Copy)]
pub(crate) struct Members {
    pub(super) with_comma: &'static str,
}

/// One value.
#[derive(Clone, Copy)]
pub(crate) struct Value<'text> {
    pub(super) with_comma: &'text [u8],
}

/// Members known beforehand but for a resource id in one of their strings.
#[derive(Clone, Copy)]
pub(crate) struct Framed {
    pub(super) before: &'static str,
    pub(super) after_with_comma: &'static str,
}

/// Part of a string that needs no escape.
#[derive(Clone, Copy)]
pub(crate) struct Plain(pub(super) &'static str);

/// The name of a member: `key!(status)`.
macro_rules! key {
    ($name:ident) => {
        const { $crate::writer::Key::checked(concat!("\"", stringify!($name), "\":")) }
    };
}

/// Members known beforehand: `members!(r#""status":"final""#)`.
macro_rules! members {
    ($($text:expr),+ $(,)?) => {
        const { $crate::writer::Members::checked(concat!($($text),+, ",")) }
    };
}

/// A value known beforehand: `value!(r#"{"code":"final"}"#)`.
macro_rules! value {
    ($($text:expr),+ $(,)?) => {
        const { $crate::writer::Value::checked(concat!($($text),+, ",")) }
    };
}

/// Part of a string known beforehand: `plain!("Patient/")`.
macro_rules! plain {
    ($($text:expr),+ $(,)?) => {
        const { $crate::writer::Plain::checked(concat!($($text),+)) }
    };
}

/// Members with a resource id in one of their strings: `framed!((r#""id":""#), (r#"","active":true"#))`.
macro_rules! framed {
    (($($before:expr),+), ($($after:expr),+)) => {
        const {
            let whole = concat!($($before),+, "-", $($after),+, ",");
            $crate::writer::Framed::checked(whole, concat!($($before),+), concat!($($after),+, ","))
        }
    };
}

pub(crate) use {framed, key, members, plain, value};

impl Key {
    /// For [`key!`] only.
    pub(crate) const fn checked(with_colon: &'static str) -> Self {
        let bytes = with_colon.as_bytes();
        let end = string_end(bytes, 0);
        assert!(end + 1 == bytes.len() && bytes[end] == b':', "a name and a colon");
        Self { with_colon }
    }
}

impl Members {
    /// For [`members!`] only.
    pub(crate) const fn checked(with_comma: &'static str) -> Self {
        let bytes = with_comma.as_bytes();
        let end = members_end(bytes, 0);
        assert!(end + 1 == bytes.len() && bytes[end] == b',', "members and nothing else");
        Self { with_comma }
    }
}

impl Framed {
    /// For [`framed!`] only: `whole` has one character in place of the id, which says nothing that JSON could mistake.
    pub(crate) const fn checked(whole: &'static str, before: &'static str, after_with_comma: &'static str) -> Self {
        Members::checked(whole);
        let bytes = whole.as_bytes();
        // The id stands in a string: with a quote in its place these would be no members.
        assert!(quotes_before(bytes, before.len()) % 2 == 1, "the id stands in a string");
        Self { before, after_with_comma }
    }
}

/// How many quotes there are before a place; the texts that are checked hold no escaped one.
const fn quotes_before(bytes: &[u8], place: usize) -> usize {
    let (mut quotes, mut at) = (0, 0);
    while at < place {
        quotes += (bytes[at] == b'"') as usize;
        at += 1;
    }
    quotes
}

impl Value<'static> {
    /// For [`value!`] only.
    pub(crate) const fn checked(with_comma: &'static str) -> Self {
        let bytes = with_comma.as_bytes();
        let end = value_end(bytes, 0);
        assert!(end + 1 == bytes.len() && bytes[end] == b',', "a value and nothing else");
        Self { with_comma: bytes }
    }
}

impl Plain {
    /// For [`plain!`] only.
    pub(crate) const fn checked(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            assert!(is_plain(bytes[at]), "a character that needs no escape");
            at += 1;
        }
        Self(text)
    }
}

const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

/// Where the members that begin here end. A comma that no member follows is not theirs.
const fn members_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    loop {
        at = string_end(bytes, at);
        assert!(bytes[at] == b':', "a name and a colon");
        at = value_end(bytes, at + 1);
        if at + 1 < bytes.len() && bytes[at] == b',' {
            at += 1;
        } else {
            return at;
        }
    }
}

const fn value_end(bytes: &[u8], start: usize) -> usize {
    match bytes[start] {
        b'"' => string_end(bytes, start),
        b'{' => {
            let end = members_end(bytes, start + 1);
            assert!(bytes[end] == b'}', "an object that ends");
            end + 1
        }
        b'[' => {
            let mut at = value_end(bytes, start + 1);
            while bytes[at] == b',' {
                at = value_end(bytes, at + 1);
            }
            assert!(bytes[at] == b']', "an array that ends");
            at + 1
        }
        b't' => word_end(bytes, start, b"true"),
        b'f' => word_end(bytes, start, b"false"),
        b'1'..=b'9' => {
            let mut at = start;
            while bytes[at].is_ascii_digit() {
                at += 1;
            }
            at
        }
        _ => panic!("a value that we write"),
    }
}

const fn string_end(bytes: &[u8], start: usize) -> usize {
    assert!(bytes[start] == b'"', "a string");
    let mut at = start + 1;
    while is_plain(bytes[at]) {
        at += 1;
    }
    assert!(at > start + 1 && bytes[at] == b'"', "a string that is not empty and needs no escape");
    at + 1
}

const fn word_end(bytes: &[u8], start: usize, word: &[u8]) -> usize {
    let mut at = 0;
    while at < word.len() {
        assert!(bytes[start + at] == word[at], "true or false");
        at += 1;
    }
    start + at
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn what_the_compiler_refuses() {
        for wrong in [
            "",
            ",",
            r#""a""#,
            r#""a":1"#,
            r#""a":,"#,
            r#""a":"","#,
            r#""a":{},"#,
            r#""a":[],"#,
            r#""a":{"b":1,"#,
            r#""a":["b","c",]"#,
            r#""a":1}, "#,
            r#""a":"\n","#,
            r#""a":"é","#,
            r#"a:1,"#,
            r#""a":01,"#,
            r#""a":nul,"#,
            r#""a":trUe,"#,
            r#""a":1,,"#,
        ] {
            assert!(catch_unwind(|| Members::checked(wrong)).is_err(), "{wrong}");
        }
        for wrong in ["", "{},", r#"{"a":1}"#, r#"{"a":1},,"#, r#""a","b","#] {
            assert!(catch_unwind(|| Value::checked(wrong)).is_err(), "{wrong}");
        }
        for wrong in ["a\"", "a\\", "é", "a\n"] {
            assert!(catch_unwind(|| Plain::checked(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_the_compiler_takes() {
        for right in [r#""a":1,"#, r#""a":"b","c":[{"d":true},"e",["f"]],"g":{"h":{"i":false}},"#] {
            assert_eq!(Members::checked(right).with_comma, right);
            let object: serde_json::Value =
                serde_json::from_str(&format!("{{{}}}", right.trim_end_matches(','))).unwrap();
            assert!(object.is_object());
        }
    }
}
