//! PNG: the header, the palette, what is transparent, how colours are meant, the samples and the end; each chunk as long
//! as it may be, and the samples as many as the header says.
//!
//! Format: one picture; of an animation its first, still. A checksum that is wrong refuses a chunk that is kept, since a
//! browser would not show it, and means nothing for one that is left behind. Samples are unpacked a window at a time and
//! kept nowhere, to see that they are all there and that nothing is packed behind them.

use miniz_oxide::inflate::{
    TINFLStatus,
    core::{
        DecompressorOxide, decompress, inflate_flags::TINFL_FLAG_HAS_MORE_INPUT,
        inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER,
    },
};

use super::{Fault, Rest, orientation, within};

/// What every file begins with.
pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// How far what is unpacked may refer back.
const WINDOW_BYTES: usize = 32 << 10;

/// Where the lines of an interlaced picture begin, and how far apart they stand: column, row, and the same of steps.
const PASSES: [[u32; 4]; 7] =
    [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];

/// What the first chunk says.
struct Header {
    width: u32,
    height: u32,
    depth: u8,
    colour: u8,
    is_interlaced: bool,
}

/// What is kept of a picture.
#[derive(Default)]
struct Kept {
    header: Option<Header>,
    /// Which way up it is, where it is not upright.
    orientation: Option<u8>,
    /// The chunks before the samples, without the header.
    before: Vec<u8>,
    /// Those that there are already.
    seen: Vec<[u8; 4]>,
    /// Colours of the palette.
    colours: usize,
    /// The chunks of samples.
    samples: Vec<u8>,
    samples_are_over: bool,
    unpacking: Unpacking,
}

/// The picture that a file holds.
pub(super) fn strip(bytes: &[u8], side_pixels_max: u32) -> Result<Vec<u8>, Fault> {
    let mut rest = Rest(bytes);
    rest.take(SIGNATURE.len())?;
    let mut kept = Kept::default();
    let header_at = rest.0;
    loop {
        let chunk = Chunk::read(&mut rest)?;
        if kept.header.is_none() && chunk.name != b"IHDR" {
            return Err(Fault::Damaged);
        }
        match chunk.name {
            b"IHDR" => {
                if kept.header.is_some() {
                    return Err(Fault::Damaged);
                }
                let header = Header::read(chunk.kept()?)?;
                within([header.width, header.height], side_pixels_max)?;
                kept.header = Some(header);
            }
            b"IEND" => {
                if !chunk.kept()?.is_empty() {
                    return Err(Fault::Damaged);
                }
                break;
            }
            _ => kept.chunk(&chunk)?,
        }
    }
    // Whatever follows the end is left behind.
    let header = kept.header.as_ref().ok_or(Fault::Damaged)?;
    let needs_palette = header.colour == 3 && kept.colours == 0;
    if needs_palette || !kept.unpacking.is_whole || kept.unpacking.bytes != header.samples_bytes() {
        return Err(Fault::Damaged);
    }
    let header = header_at.get(..HEADER_CHUNK_BYTES).ok_or(Fault::Damaged)?;
    let mut out = [SIGNATURE, header, &kept.before].concat();
    if let Some(orientation) = kept.orientation {
        write(b"eXIf", &orientation::write(orientation), &mut out);
    }
    out.extend_from_slice(&kept.samples);
    write(b"IEND", b"", &mut out);
    Ok(out)
}

/// Bytes of the chunk of the header: length, name, 13 bytes and checksum.
const HEADER_CHUNK_BYTES: usize = 25;

/// A chunk as it stands.
struct Chunk<'b> {
    name: &'b [u8; 4],
    data: &'b [u8],
    /// All of it, with length and checksum.
    whole: &'b [u8],
    checksum: u32,
}

impl<'b> Chunk<'b> {
    fn read(rest: &mut Rest<'b>) -> Result<Self, Fault> {
        let start = rest.0;
        let length = usize::try_from(rest.four()?).map_err(|_| Fault::Damaged)?;
        let name = rest.take(4)?.first_chunk::<4>().ok_or(Fault::Damaged)?;
        if !name.iter().all(u8::is_ascii_alphabetic) {
            return Err(Fault::Damaged);
        }
        let (data, checksum) = (rest.take(length)?, rest.four()?);
        let whole = start.get(..start.len() - rest.0.len()).ok_or(Fault::Damaged)?;
        Ok(Self { name, data, whole, checksum })
    }

    /// What it holds, of a chunk that is kept: then its checksum has to be right.
    fn kept(&self) -> Result<&'b [u8], Fault> {
        if checksum(self.name, self.data) == self.checksum { Ok(self.data) } else { Err(Fault::Damaged) }
    }
}

fn checksum(name: &[u8; 4], data: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(name);
    hasher.update(data);
    hasher.finalize()
}

fn write(name: &[u8; 4], data: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(name);
    out.extend_from_slice(data);
    out.extend_from_slice(&checksum(name, data).to_be_bytes());
}

impl Kept {
    fn chunk(&mut self, chunk: &Chunk<'_>) -> Result<(), Fault> {
        let Some(header) = &self.header else { return Err(Fault::Damaged) };
        let is_as_long = match chunk.name {
            b"IDAT" => {
                if self.samples_are_over {
                    return Err(Fault::Damaged);
                }
                self.unpacking.take(chunk.kept()?, header.samples_bytes())?;
                self.samples.extend_from_slice(chunk.whole);
                return Ok(());
            }
            b"PLTE" => {
                self.colours = chunk.data.len() / 3;
                !matches!(header.colour, 0 | 4)
                    && chunk.data.len().is_multiple_of(3)
                    && (1..=256).contains(&self.colours)
            }
            b"tRNS" => match header.colour {
                0 => chunk.data.len() == 2,
                2 => chunk.data.len() == 6,
                3 => chunk.data.len() <= self.colours,
                _ => false,
            },
            b"gAMA" => chunk.data.len() == 4,
            b"cHRM" => chunk.data.len() == 32,
            b"sRGB" => chunk.data.len() == 1 && chunk.data[0] <= 3,
            name => {
                self.samples_are_over |= !self.samples.is_empty();
                // Its first letter says whether a picture can be shown without it.
                if name[0].is_ascii_uppercase() {
                    return Err(Fault::Damaged);
                }
                if name == b"eXIf" {
                    self.orientation = self.orientation.or(orientation::read(chunk.data));
                }
                return Ok(());
            }
        };
        chunk.kept()?;
        // Each once, and before the samples.
        if !is_as_long || !self.samples.is_empty() || self.seen.contains(chunk.name) {
            return Err(Fault::Damaged);
        }
        self.seen.push(*chunk.name);
        self.before.extend_from_slice(chunk.whole);
        Ok(())
    }
}

impl Header {
    fn read(data: &[u8]) -> Result<Self, Fault> {
        let mut rest = Rest(data);
        let (width, height) = (rest.four()?, rest.four()?);
        let [depth, colour, packing, filter, interlace] = *rest.0.first_chunk::<5>().ok_or(Fault::Damaged)?;
        let depths: &[u8] = match colour {
            0 => &[1, 2, 4, 8, 16],
            3 => &[1, 2, 4, 8],
            2 | 4 | 6 => &[8, 16],
            _ => &[],
        };
        if rest.0.len() != 5 || !depths.contains(&depth) || packing != 0 || filter != 0 || interlace > 1 {
            return Err(Fault::Damaged);
        }
        Ok(Self { width, height, depth, colour, is_interlaced: interlace == 1 })
    }

    /// How many bytes all samples have, each line behind the byte of its filter.
    fn samples_bytes(&self) -> u64 {
        let samples = match self.colour {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        let bits = u64::from(self.depth) * samples;
        let of = |width: u32, height: u32| match width {
            0 => 0,
            _ => u64::from(height) * (1 + (u64::from(width) * bits).div_ceil(8)),
        };
        if !self.is_interlaced {
            return of(self.width, self.height);
        }
        let passes = PASSES.iter().map(|[column, row, columns, rows]| {
            of(self.width.saturating_sub(*column).div_ceil(*columns), self.height.saturating_sub(*row).div_ceil(*rows))
        });
        passes.sum()
    }
}

/// Samples as they are unpacked: how many there were.
struct Unpacking {
    state: Box<DecompressorOxide>,
    window: Vec<u8>,
    at: usize,
    bytes: u64,
    is_whole: bool,
}

impl Default for Unpacking {
    fn default() -> Self {
        Self { state: Box::default(), window: vec![0; WINDOW_BYTES], at: 0, bytes: 0, is_whole: false }
    }
}

impl Unpacking {
    /// Takes the next piece; nothing may follow the end, and no more than `most` bytes may come out.
    fn take(&mut self, mut piece: &[u8], most: u64) -> Result<(), Fault> {
        const FLAGS: u32 = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_HAS_MORE_INPUT;
        loop {
            if self.is_whole {
                return if piece.is_empty() { Ok(()) } else { Err(Fault::Damaged) };
            }
            let (status, read, written) = decompress(&mut self.state, piece, &mut self.window, self.at, FLAGS);
            piece = piece.get(read..).ok_or(Fault::Damaged)?;
            self.at = (self.at + written) % WINDOW_BYTES;
            self.bytes += written as u64;
            if self.bytes > most {
                return Err(Fault::Damaged);
            }
            match status {
                TINFLStatus::Done => self.is_whole = true,
                TINFLStatus::HasMoreOutput => {}
                TINFLStatus::NeedsMoreInput if piece.is_empty() => return Ok(()),
                _ => return Err(Fault::Damaged),
            }
        }
    }
}
