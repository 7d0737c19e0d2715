//! Small pictures made by hand, with a mark in every place that can hold one.

use kit::photograph::{Fault, PhotoLimits, strip};
use miniz_oxide::deflate::compress_to_vec_zlib;

/// What must be nowhere in what is kept.
pub(crate) const MARK: &[u8] = b"CANARY-51.50N-0.12W-Invented";

/// What is kept of a file.
pub(crate) fn kept(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    strip(bytes, &PhotoLimits::default()).map(|photograph| photograph.bytes().to_vec())
}

pub(crate) fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// A segment of a JPEG.
pub(crate) fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], &length[..], data].concat()
}

/// EXIF that holds this number for the way up, a mark, and a thumbnail.
pub(crate) fn exif(orientation: u8) -> Vec<u8> {
    let directory = [&b"II*\0\x08\0\0\0\x02\0"[..], b"\x0f\x01\x02\0\x1c\0\0\0\x26\0\0\0"].concat();
    let entry = [&b"\x12\x01\x03\0\x01\0\0\0"[..], &[orientation, 0, 0, 0], b"\0\0\0\0"].concat();
    [b"Exif\0\0", &directory[..], &entry, MARK, &small_jpeg()].concat()
}

/// A frame of these sides with one component.
pub(crate) fn frame(marker: u8, width: u16, height: u16) -> Vec<u8> {
    let (height, width) = (height.to_be_bytes(), width.to_be_bytes());
    segment(marker, &[&[8][..], &height, &width, &[1, 1, 0x11, 0]].concat())
}

pub(crate) fn quanta() -> Vec<u8> {
    segment(0xdb, &[&[0][..], &[1; 64]].concat())
}

/// A table with one code of one bit.
pub(crate) fn codes(class: u8) -> Vec<u8> {
    let mut table = vec![class << 4, 1];
    table.extend([0; 15]);
    table.push(0);
    segment(0xc4, &table)
}

pub(crate) fn scan(samples: &[u8]) -> Vec<u8> {
    [&segment(0xda, &[1, 1, 0, 0, 63, 0])[..], samples].concat()
}

/// A grey square of eight pixels, and nothing beside it.
pub(crate) fn small_jpeg() -> Vec<u8> {
    [&b"\xff\xd8"[..], &quanta(), &frame(0xc0, 8, 8), &codes(0), &codes(1), &scan(&[0x3f]), b"\xff\xd9"].concat()
}

/// The same with something behind the first two bytes.
pub(crate) fn jpeg_with(beside: &[u8]) -> Vec<u8> {
    let small = small_jpeg();
    [&small[..2], beside, &small[2..]].concat()
}

/// A chunk of a PNG.
pub(crate) fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(name);
    hasher.update(data);
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length[..], name, data, &hasher.finalize().to_be_bytes()].concat()
}

pub(crate) fn header(width: u32, height: u32, [depth, colour, interlace]: [u8; 3]) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(b"IHDR", &[&sides[..], &[depth, colour, 0, 0, interlace]].concat())
}

/// Samples that are all nothing, packed.
pub(crate) fn samples(bytes: usize) -> Vec<u8> {
    compress_to_vec_zlib(&vec![0; bytes], 6)
}

pub(crate) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A black picture of two by two pixels, with chunks before its samples and behind them.
pub(crate) fn png_with(before: &[u8], behind: &[u8]) -> Vec<u8> {
    let samples = chunk(b"IDAT", &samples(2 * 7));
    [SIGNATURE, &header(2, 2, [8, 2, 0]), before, &samples, behind, &chunk(b"IEND", b"")].concat()
}

/// One picture of each kind with marks wherever a file can hold some.
pub(crate) fn full_of_marks() -> [Vec<u8>; 2] {
    let marked = |begin: &[u8]| [begin, MARK].concat();
    let beside: Vec<u8> = [
        segment(0xe0, &marked(b"JFIF\0\x01\x02\x01\0\x48\0\x48\x03\x03")),
        segment(0xe0, &marked(b"JFXX\0\x10")),
        segment(0xe1, &exif(6)),
        segment(0xe1, &marked(b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>")),
        segment(0xe1, &marked(b"http://ns.adobe.com/xmp/extension/\0")),
        segment(0xe2, &marked(b"ICC_PROFILE\0\x01\x01")),
        segment(0xe2, &marked(b"MPF\0")),
        segment(0xed, &marked(b"Photoshop 3.0\x008BIM\x04\x04")),
        segment(0xee, &marked(b"Adobe\0\x64\0\0\0\0\x01")),
        segment(0xfe, MARK),
    ]
    .concat();
    let others: Vec<u8> = (0xe3..=0xef).chain(0xf0..=0xfd).flat_map(|marker| segment(marker, MARK)).collect();
    let jpeg = [&jpeg_with(&[beside, others].concat())[..], MARK].concat();
    let packed = compress_to_vec_zlib(MARK, 6);
    let before: Vec<u8> = [
        chunk(b"iCCP", &[&marked(b"")[..], b"\0\0", &packed].concat()),
        chunk(b"tEXt", &marked(b"Title\0")),
        chunk(b"zTXt", &[&marked(b"")[..], b"\0\0", &packed].concat()),
        chunk(b"iTXt", &marked(b"XML:com.adobe.xmp\0\0\0\0\0")),
        chunk(b"eXIf", &exif(3)[6..]),
        chunk(b"tIME", &MARK[..7]),
        chunk(b"sPLT", MARK),
        chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]),
        chunk(b"fcTL", MARK),
        chunk(b"meTa", MARK),
    ]
    .concat();
    let behind = [chunk(b"fdAT", MARK), chunk(b"tEXt", MARK)].concat();
    [jpeg, [&png_with(&before, &behind)[..], MARK].concat()]
}
