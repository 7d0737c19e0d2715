//! JPEG: the frame, its tables and its scans; of all else, what a picture is shown wrongly without is written anew.
//!
//! Format: baseline, extended and progressive pictures under Huffman codes, which is what browsers show; with restart
//! markers and any number of scans. JFIF (that colours are YCbCr) and Adobe's segment (how they were transformed) are
//! written anew, without the thumbnail and the words that they can hold. Only the first picture of a file is kept.

use super::{Fault, Rest, orientation, within};

/// The segment that says that colours are as JFIF has them, one pixel as wide as high.
const JFIF: &[u8] = b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";

/// What EXIF begins with.
const EXIF: &[u8] = b"Exif\0\0";

/// What the segment of Adobe begins with, and where in it the transform of colours stands.
const ADOBE: &[u8] = b"Adobe";
const ADOBE_TRANSFORM_AT: usize = 11;

/// Components of a frame.
const COMPONENTS_MAX: u8 = 4;

/// Values of one table of codes.
const CODES_MAX: usize = 256;

/// What is kept of a picture, in the order of the file.
#[derive(Default)]
struct Kept {
    /// Whether colours are as JFIF has them.
    is_jfif: bool,
    /// How colours were transformed, where Adobe's segment says it.
    transform: Option<u8>,
    /// Which way up it is, where it is not upright.
    orientation: Option<u8>,
    /// Frame, tables and scans.
    segments: Vec<u8>,
    /// Components of the frame.
    components: Option<u8>,
    has_scan: bool,
}

/// The picture that a file holds.
pub(super) fn strip(bytes: &[u8], side_pixels_max: u32) -> Result<Vec<u8>, Fault> {
    let mut rest = Rest(bytes);
    rest.take(2)?;
    let mut kept = Kept::default();
    loop {
        let marker = marker(&mut rest)?;
        match marker {
            0xd9 => break,
            // A segment that stands alone has nothing to do between others; 0x01 to 0xbf mean nothing.
            0x00..=0xbf | 0xd0..=0xd8 => return Err(Fault::Damaged),
            _ => {}
        }
        let length = usize::from(rest.two()?).checked_sub(2).ok_or(Fault::Damaged)?;
        let segment = rest.take(length)?;
        kept.segment(marker, segment, side_pixels_max)?;
        if marker == 0xda {
            kept.segments.extend_from_slice(scan(&mut rest)?);
        }
    }
    // Whatever follows the end is left behind.
    if !kept.has_scan {
        return Err(Fault::Damaged);
    }
    Ok(kept.write())
}

/// The next marker, behind any number of fill bytes.
fn marker(rest: &mut Rest<'_>) -> Result<u8, Fault> {
    if rest.byte()? != 0xff {
        return Err(Fault::Damaged);
    }
    loop {
        match rest.byte()? {
            0xff => {}
            marker => return Ok(marker),
        }
    }
}

/// The coded samples of a scan, up to the marker that ends them: restart markers are within.
fn scan<'b>(rest: &mut Rest<'b>) -> Result<&'b [u8], Fault> {
    let bytes = rest.0;
    let mut from = 0;
    loop {
        let found = memchr::memchr(0xff, bytes.get(from..).unwrap_or_default()).ok_or(Fault::Damaged)?;
        let at = from + found;
        match bytes.get(at + 1) {
            None => return Err(Fault::Damaged),
            Some(0x00 | 0xd0..=0xd7) => from = at + 2,
            Some(_) => return rest.take(at),
        }
    }
}

impl Kept {
    fn segment(&mut self, marker: u8, segment: &[u8], side_pixels_max: u32) -> Result<(), Fault> {
        match marker {
            0xc0..=0xc2 => self.frame(segment, side_pixels_max)?,
            0xc4 => codes(segment)?,
            0xdb => quanta(segment)?,
            0xdd if segment.len() == 2 => {}
            0xda => self.scan_head(segment)?,
            // Frames that no browser shows: lossless, hierarchical, under arithmetic codes.
            0xc3 | 0xc5..=0xcf | 0xdd | 0xde | 0xdf => return Err(Fault::Damaged),
            _ => {
                self.look_into(marker, segment);
                return Ok(());
            }
        }
        let length = u16::try_from(segment.len() + 2).map_err(|_| Fault::Damaged)?;
        self.segments.extend_from_slice(&[0xff, marker]);
        self.segments.extend_from_slice(&length.to_be_bytes());
        self.segments.extend_from_slice(segment);
        Ok(())
    }

    /// What of a segment that is not kept is written anew; behind the first scan nobody looks for it.
    fn look_into(&mut self, marker: u8, segment: &[u8]) {
        match marker {
            _ if self.has_scan => {}
            0xe0 if segment.starts_with(b"JFIF\0") => self.is_jfif = true,
            0xe1 => {
                let found = segment.strip_prefix(EXIF).and_then(orientation::read);
                self.orientation = self.orientation.or(found);
            }
            0xee if segment.starts_with(ADOBE) => {
                let found = segment.get(ADOBE_TRANSFORM_AT).copied().filter(|transform| *transform <= 2);
                self.transform = self.transform.or(found);
            }
            _ => {}
        }
    }

    fn frame(&mut self, segment: &[u8], side_pixels_max: u32) -> Result<(), Fault> {
        let mut rest = Rest(segment);
        let (_precision, height, width) = (rest.byte()?, rest.two()?, rest.two()?);
        let components = rest.byte()?;
        let is_only = self.components.replace(components).is_none();
        if !is_only || !(1..=COMPONENTS_MAX).contains(&components) || rest.0.len() != usize::from(components) * 3 {
            return Err(Fault::Damaged);
        }
        within([width.into(), height.into()], side_pixels_max)
    }

    fn scan_head(&mut self, segment: &[u8]) -> Result<(), Fault> {
        let of_frame = self.components.ok_or(Fault::Damaged)?;
        let components = *segment.first().ok_or(Fault::Damaged)?;
        if !(1..=of_frame).contains(&components) || segment.len() != usize::from(components) * 2 + 4 {
            return Err(Fault::Damaged);
        }
        self.has_scan = true;
        Ok(())
    }

    fn write(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.segments.len() + 80);
        out.extend_from_slice(b"\xff\xd8");
        if self.is_jfif {
            out.extend_from_slice(JFIF);
        }
        if let Some(orientation) = self.orientation {
            out.extend_from_slice(b"\xff\xe1\0\x22");
            out.extend_from_slice(EXIF);
            out.extend_from_slice(&orientation::write(orientation));
        }
        if let Some(transform) = self.transform {
            out.extend_from_slice(b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0");
            out.push(transform);
        }
        out.extend_from_slice(&self.segments);
        out.extend_from_slice(b"\xff\xd9");
        out
    }
}

/// Tables of Huffman codes, and nothing behind them.
fn codes(segment: &[u8]) -> Result<(), Fault> {
    let mut rest = Rest(segment);
    while !rest.0.is_empty() {
        rest.byte()?;
        let values: usize = rest.take(16)?.iter().map(|count| usize::from(*count)).sum();
        if values > CODES_MAX {
            return Err(Fault::Damaged);
        }
        rest.take(values)?;
    }
    Ok(())
}

/// Tables of quantisation, and nothing behind them.
fn quanta(segment: &[u8]) -> Result<(), Fault> {
    let mut rest = Rest(segment);
    while !rest.0.is_empty() {
        let values = match rest.byte()? >> 4 {
            0 => 64,
            1 => 128,
            _ => return Err(Fault::Damaged),
        };
        rest.take(values)?;
    }
    Ok(())
}
