//! What an output packs away: the members of archives and what is compressed, at any depth.

use std::io::{Cursor, Read, Write};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{
    Search,
    canary::{Condition, child},
    everything,
};
use crate::support::Kept;

/// Adds the members of an archive with their names, and what was compressed.
pub(super) fn unpack(bytes: &[u8], all: &mut Vec<u8>) {
    let mut add = |name: &str, member: Vec<u8>| {
        all.extend([name.as_bytes(), b"\n", &member, b"\n"].concat());
        unpack(&member, all);
    };
    if bytes.starts_with(b"PK\x03\x04") {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        for n in 0..archive.len() {
            let mut member = archive.by_index(n).unwrap();
            let (name, mut content) = (member.name().to_owned(), Vec::new());
            member.read_to_end(&mut content).unwrap();
            add(&name, content);
        }
    } else if bytes.starts_with(b"\x1f\x8b") {
        let mut content = Vec::new();
        GzDecoder::new(bytes).read_to_end(&mut content).unwrap();
        add("", content);
    }
}

#[test]
fn what_is_packed_is_searched_too() {
    let child = child(Condition::Plain);
    let search = Search::of(std::slice::from_ref(&child));
    let slip = &search.canaries[0].spelt[0].bytes;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&[b"a ".as_slice(), slip, b" z".repeat(200).as_slice()].concat()).unwrap();
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("inner.gz", SimpleFileOptions::default()).unwrap();
    archive.write_all(&gzip.finish().unwrap()).unwrap();
    let packed = archive.finish().unwrap().into_inner();
    assert!(search.found(&packed).is_empty());
    assert!(!search.found(&everything(&Kept([("out".to_owned(), packed)].into()))).is_empty());
}
