//! Text of a part in any encoding an export comes in, read by position.
//!
//! Every encoding is presented as one byte a unit, so that a place in the text is a place in the part and rows can be
//! read at random: UTF-8 and Windows-1252 as they are (both hold ASCII as ASCII), UTF-16 by its low bytes. A cell that
//! holds more than ASCII is decoded on its own: as UTF-8 where it is valid, else as Windows-1252; a UTF-16 cell with
//! such a unit from its own code units. Separators, quotes and line ends are ASCII in all of them.

use std::{borrow::Cow, io};

use encoding_rs::WINDOWS_1252;
use schemas::diagnostic::PartId;

use crate::document::ReadAt;

/// How the units of a part are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 or Windows-1252: one byte a unit.
    Bytes,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
}

/// Stands in the byte view for a UTF-16 unit beyond ASCII: never a separator, and never valid UTF-8 by itself.
const BEYOND: u8 = 0xff;

/// How many bytes a window asks for at first, and at most.
const WINDOW_BYTES_MIN: usize = 4 << 10;
const WINDOW_BYTES_MAX: usize = 64 << 10;

/// The text of a part.
#[derive(Clone, Copy)]
pub struct PartText<'d> {
    /// The part.
    pub part: PartId,
    bytes: &'d dyn ReadAt,
    encoding: Encoding,
    start: u64,
}

impl<'d> PartText<'d> {
    /// Looks at the first bytes and settles how the part is encoded. Without a mark, a zero byte beside the first
    /// character tells UTF-16.
    ///
    /// # Errors
    /// When the part cannot be read.
    pub fn open(part: PartId, bytes: &'d dyn ReadAt) -> io::Result<Self> {
        let mut first = [1_u8; 4];
        let count = read_full(bytes, 0, &mut first)?;
        let (encoding, start) = match &first[..count] {
            [0xef, 0xbb, 0xbf, ..] => (Encoding::Bytes, 3),
            [0xff, 0xfe, ..] => (Encoding::Utf16Le, 2),
            [0xfe, 0xff, ..] => (Encoding::Utf16Be, 2),
            [low, 0, next, 0] if *low != 0 && *next != 0 => (Encoding::Utf16Le, 0),
            [0, low, 0, next] if *low != 0 && *next != 0 => (Encoding::Utf16Be, 0),
            _ => (Encoding::Bytes, 0),
        };
        Ok(Self { part, bytes, encoding, start })
    }

    /// How many units there are.
    #[must_use]
    pub fn len(&self) -> u64 {
        (self.bytes.len().saturating_sub(self.start)) / self.width()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The offset in the part, in bytes as received, of a place in the text.
    #[must_use]
    pub fn byte(&self, at: u64) -> u64 {
        self.start + at * self.width()
    }

    /// The place in the text of an offset in the part.
    #[must_use]
    pub fn at(&self, byte: u64) -> u64 {
        byte.saturating_sub(self.start) / self.width()
    }

    /// The units from a place on, as the byte view.
    ///
    /// # Errors
    /// When the part cannot be read.
    pub fn read(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if self.encoding == Encoding::Bytes {
            return read_full(self.bytes, self.start + at, buffer);
        }
        let mut pairs = [0_u8; 4096];
        let mut done = 0;
        while done < buffer.len() {
            let wanted = (buffer.len() - done).min(pairs.len() / 2) * 2;
            let count = read_full(self.bytes, self.byte(at + done as u64), &mut pairs[..wanted])? / 2;
            for (unit, pair) in buffer[done..].iter_mut().zip(pairs[..count * 2].chunks_exact(2)) {
                let (low, high) =
                    if self.encoding == Encoding::Utf16Le { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
                *unit = if high == 0 && low < 0x80 { low } else { BEYOND };
            }
            done += count;
            if count * 2 < wanted {
                break;
            }
        }
        Ok(done)
    }

    /// The text of a cell that holds more than ASCII, from its place; what the byte view shows is enough otherwise.
    #[must_use]
    pub fn exact<'c>(&self, at: u64, cell: &'c [u8]) -> Cow<'c, [u8]> {
        if self.encoding == Encoding::Bytes || !cell.contains(&BEYOND) {
            return Cow::Borrowed(cell);
        }
        let mut pairs = vec![0_u8; cell.len() * 2];
        let Ok(count) = read_full(self.bytes, self.byte(at), &mut pairs) else { return Cow::Borrowed(cell) };
        let units = pairs[..count].chunks_exact(2).map(|pair| match self.encoding {
            Encoding::Utf16Be => u16::from_be_bytes([pair[0], pair[1]]),
            _ => u16::from_le_bytes([pair[0], pair[1]]),
        });
        let text: String = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Cow::Owned(text.into_bytes())
    }

    /// All units, where the part is in memory as bytes.
    #[must_use]
    pub fn in_memory(&self) -> Option<&'d [u8]> {
        match self.encoding {
            Encoding::Bytes => self.bytes.in_memory()?.get(usize::try_from(self.start).ok()?..),
            _ => None,
        }
    }

    /// Whether a unit takes two bytes.
    #[must_use]
    pub fn is_utf_16(&self) -> bool {
        self.encoding != Encoding::Bytes
    }

    fn width(&self) -> u64 {
        if self.encoding == Encoding::Bytes { 1 } else { 2 }
    }
}

/// A stretch of a part's text in memory that moves with the reader.
pub struct Window<'d> {
    text: PartText<'d>,
    memory: Option<&'d [u8]>,
    buffer: Vec<u8>,
    at: u64,
    next_bytes: usize,
}

impl<'d> Window<'d> {
    /// A window on a text.
    #[must_use]
    pub fn new(text: PartText<'d>) -> Self {
        Self { text, memory: text.in_memory(), buffer: Vec::new(), at: 0, next_bytes: WINDOW_BYTES_MIN }
    }

    /// The text it looks at.
    #[must_use]
    pub fn text(&self) -> &PartText<'d> {
        &self.text
    }

    /// The units from `at` that are in memory already; none where the window has moved on.
    #[must_use]
    pub fn held(&self, at: u64) -> &[u8] {
        let (bytes, from) = match self.memory {
            Some(memory) => (memory, Some(at)),
            None => (self.buffer.as_slice(), at.checked_sub(self.at)),
        };
        from.and_then(|from| usize::try_from(from).ok()).and_then(|from| bytes.get(from..)).unwrap_or_default()
    }

    /// The units from `at`: at least `least`, or all to the end.
    ///
    /// # Errors
    /// When the part cannot be read.
    pub fn from(&mut self, at: u64, least: usize) -> io::Result<&[u8]> {
        if let Some(memory) = self.memory {
            return Ok(usize::try_from(at).ok().and_then(|at| memory.get(at..)).unwrap_or_default());
        }
        let held = self.at..self.at + self.buffer.len() as u64;
        let covered = held.contains(&at) && (at + least as u64 <= held.end || held.end == self.text.len());
        if !covered {
            // Reading on where the window ends: look further ahead. Jumping about: read little.
            self.next_bytes = if held.start <= at && at <= held.end {
                (self.next_bytes * 2).min(WINDOW_BYTES_MAX)
            } else {
                WINDOW_BYTES_MIN
            };
            let rest = usize::try_from(self.text.len().saturating_sub(at)).unwrap_or(usize::MAX);
            self.buffer.resize(self.next_bytes.max(least).min(rest), 0);
            let count = self.text.read(at, &mut self.buffer)?;
            self.buffer.truncate(count);
            self.at = at;
        }
        Ok(usize::try_from(at - self.at).ok().and_then(|from| self.buffer.get(from..)).unwrap_or_default())
    }
}

/// The text of a cell: UTF-8 where it is valid, else Windows-1252; control characters removed.
#[must_use]
pub fn text_of(cell: &[u8]) -> Box<str> {
    if cell.iter().all(|byte| matches!(byte, b' '..=b'~'))
        && let Ok(text) = std::str::from_utf8(cell)
    {
        return text.into();
    }
    let keep = |character: &char| !character.is_control();
    match std::str::from_utf8(cell) {
        Ok(text) if text.chars().all(|character| keep(&character)) => text.into(),
        Ok(text) => text.chars().filter(keep).collect::<String>().into(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(cell).0.chars().filter(keep).collect::<String>().into(),
    }
}

/// Whether a part is an archive, as workbooks are: its places are paths, and its bytes are no text.
#[must_use]
pub fn is_archive(bytes: &dyn ReadAt) -> bool {
    let mut first = [0; 4];
    matches!(read_full(bytes, 0, &mut first), Ok(4)) && first == *b"PK\x03\x04"
}

fn read_full(bytes: &dyn ReadAt, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        match bytes.read_at(offset + done as u64, &mut buffer[done..])? {
            0 => break,
            count => done += count,
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(bytes: &Vec<u8>) -> PartText<'_> {
        PartText::open(PartId(0), bytes).unwrap()
    }

    fn utf16(text: &str, mark: bool, big: bool) -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn marks_are_not_text_and_places_count_bytes_as_received() {
        for (bytes, byte_of_2) in [
            (b"CHILD".to_vec(), 2),
            (b"\xef\xbb\xbfCHILD".to_vec(), 5),
            (utf16("CHILD", true, false), 6),
            (utf16("CHILD", true, true), 6),
            (utf16("CHILD", false, false), 4),
            (utf16("CHILD", false, true), 4),
        ] {
            let text = open(&bytes);
            assert_eq!(text.len(), 5);
            let mut window = Window::new(text);
            assert_eq!(window.from(0, 5).unwrap(), b"CHILD");
            assert_eq!(text.byte(2), byte_of_2);
            assert_eq!(text.at(byte_of_2), 2);
        }
    }

    #[test]
    fn a_cell_beyond_ascii_is_read_from_its_own_units() {
        let bytes = utf16("ab,Łódź,1", true, false);
        let text = open(&bytes);
        let mut window = Window::new(text);
        let cell = &window.from(3, 4).unwrap()[..4].to_vec();
        assert_eq!(&*text_of(&text.exact(3, cell)), "Łódź");
    }

    #[test]
    fn what_is_not_utf_8_is_windows_1252_and_controls_vanish() {
        assert_eq!(&*text_of("Zoë".as_bytes()), "Zoë");
        assert_eq!(&*text_of(b"Zo\xeb \x80\x00"), "Zoë €");
    }

    #[test]
    fn a_window_gives_the_same_text_however_it_is_moved() {
        struct Slow(Vec<u8>);
        impl ReadAt for Slow {
            fn len(&self) -> u64 {
                self.0.len() as u64
            }
            fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
                let short = buffer.len().min(7);
                self.0.read_at(offset, &mut buffer[..short])
            }
        }
        let bytes: Vec<u8> = (0..200_000_u32).map(|n| b'a' + (n % 23) as u8).collect();
        let slow = Slow(bytes.clone());
        let mut window = Window::new(PartText::open(PartId(0), &slow).unwrap());
        for at in [0_u64, 10, 199_990, 5, 70_000, 69_999, 134_000, 199_999, 200_000] {
            let from = usize::try_from(at).unwrap();
            let least = 50.min(bytes.len() - from);
            assert_eq!(window.from(at, 50).unwrap()[..least], bytes[from..from + least], "at {at}");
        }
    }
}
