//! Texts of a workbook: those that its sheets share, and the runs that a text is made of.

use crate::workbook::{
    Fault,
    xml::{Step, Xml},
};

/// The texts that the cells of a workbook share, by number.
#[derive(Default)]
pub(super) struct Strings {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Strings {
    /// Reads the member of shared texts; together they hold at most so many bytes.
    pub(super) fn read(mut xml: Xml<'_>, bytes_max: u64) -> Result<Self, Fault> {
        let mut strings = Self::default();
        loop {
            match xml.step()? {
                Step::Open if xml.name() == b"si" => {
                    read_text(&mut xml, &mut strings.bytes)?;
                    if strings.held_bytes() > bytes_max {
                        return Err(Fault::TooLarge);
                    }
                    strings.ends.push(u32::try_from(strings.bytes.len()).map_err(|_| Fault::TooLarge)?);
                }
                Step::End => return Ok(strings),
                _ => {}
            }
        }
    }

    /// How much is held.
    pub(super) fn held_bytes(&self) -> u64 {
        (self.bytes.len() + self.ends.len() * size_of::<u32>()) as u64
    }

    /// A text by its number.
    pub(super) fn get(&self, number: u32) -> Option<&[u8]> {
        let number = number as usize;
        let from = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.bytes.get(from as usize..*self.ends.get(number)? as usize)
    }
}

/// Appends the text of the element that has just opened, to its end: its runs one behind the other, without how they
/// are pronounced.
pub(super) fn read_text(xml: &mut Xml<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
    let (from, mut depth, mut in_text) = (out.len(), 1_u16, false);
    while depth > 0 {
        match xml.step()? {
            Step::Open if xml.name() == b"rPh" => xml.skip()?,
            Step::Open => (depth, in_text) = (depth + 1, xml.name() == b"t"),
            Step::Text if in_text => out.extend_from_slice(xml.text()),
            Step::Text => {}
            Step::Close => (depth, in_text) = (depth - 1, false),
            Step::End => return Err(Fault::Damaged),
        }
    }
    unescape(out, from);
    Ok(())
}

/// Puts characters in the place of their numbers, `_x000D_` (ECMA-376, part 1, section 22.9.2.19).
pub(super) fn unescape(out: &mut Vec<u8>, from: usize) {
    if !out[from..].windows(2).any(|pair| pair == b"_x") {
        return;
    }
    let text = out.split_off(from);
    let mut rest = &text[..];
    while let Some((first, after)) = rest.split_first() {
        match escaped(rest) {
            Some(character) => {
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest = &rest[ESCAPE_BYTES..];
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
}

/// How long an escape is.
pub(super) const ESCAPE_BYTES: usize = 7;

/// The character whose escape stands here.
pub(super) fn escaped(text: &[u8]) -> Option<char> {
    let digits = text.get(..ESCAPE_BYTES)?.strip_prefix(b"_x")?.strip_suffix(b"_")?;
    let is_number = digits.iter().all(u8::is_ascii_hexdigit);
    let number = std::str::from_utf8(digits).ok().filter(|_| is_number)?;
    char::from_u32(u32::from_str_radix(number, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_stand_for_their_numbers() {
        for (text, expected) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x00e9_", "é"),
            ("_xD800_", "_xD800_"),
            ("_x00_ _x+0D_", "_x00_ _x+0D_"),
            ("plain", "plain"),
            ("_x", "_x"),
        ] {
            let mut out = b"_x000D_".to_vec();
            out.extend_from_slice(text.as_bytes());
            unescape(&mut out, 7);
            assert_eq!(String::from_utf8(out).unwrap(), format!("_x000D_{expected}"), "{text}");
        }
    }
}
