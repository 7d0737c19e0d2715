//! Anchors: heads of the audit chain kept outside the store, which show what the chain alone cannot: that it was cut or
//! written again as a whole.
//!
//! **Format.** One JSON object a line, `{"seq":88213,"hash":"41ab…","at":"2026-11-21T09:30:11.482913Z"}`, appended and
//! synced. A last line without its end was cut by a crash and counts for nothing.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
};

use crate::{Micros, chain};

/// Bytes of one line.
const ANCHOR_BYTES_MAX: u64 = 512;

/// A head of the chain as it was at a time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Anchor {
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub hash: [u8; 32],
    /// When, RFC 3339.
    pub at: String,
}

/// Appends an anchor to a file, made when there is none; it is on stable storage when this returns.
///
/// # Errors
/// Those of the file.
pub fn append_anchor(file: &Path, seq: u64, hash: [u8; 32], at: Micros) -> io::Result<()> {
    let mut anchors = OpenOptions::new().create(true).read(true).append(true).open(file)?;
    // A line that a crash cut must not take the next one with it.
    let mut last = [b'\n'];
    if anchors.seek(SeekFrom::End(0))? > 0 {
        anchors.seek(SeekFrom::End(-1))?;
        anchors.read_exact(&mut last)?;
    }
    let break_first = if last == *b"\n" { "" } else { "\n" };
    let (hash, at) = (hex::encode(hash), chain::time(at));
    anchors.write_all(format!("{break_first}{{\"seq\":{seq},\"hash\":\"{hash}\",\"at\":\"{at}\"}}\n").as_bytes())?;
    anchors.sync_all()
}

/// The anchors of a file, oldest first; what is not an anchor is left out and counted.
///
/// # Errors
/// Those of the file.
pub fn read_anchors(file: &Path) -> io::Result<(Vec<Anchor>, u64)> {
    let mut lines = BufReader::new(File::open(file)?);
    let (mut anchors, mut others) = (Vec::new(), 0);
    loop {
        let mut line = Vec::new();
        if lines.by_ref().take(ANCHOR_BYTES_MAX).read_until(b'\n', &mut line)? == 0 {
            return Ok((anchors, others));
        }
        match line.strip_suffix(b"\n").and_then(anchor) {
            Some(anchor) => anchors.push(anchor),
            None => others += 1,
        }
    }
}

fn anchor(line: &[u8]) -> Option<Anchor> {
    let value: serde_json::Value = serde_json::from_slice(line).ok()?;
    let mut hash = [0; 32];
    hex::decode_to_slice(value.get("hash")?.as_str()?, &mut hash).ok()?;
    Some(Anchor { seq: value.get("seq")?.as_u64()?, hash, at: value.get("at")?.as_str()?.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_come_back_and_a_cut_line_takes_no_other_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("anchors");
        append_anchor(&file, 1, [1; 32], 0).unwrap();
        let mut cut = OpenOptions::new().append(true).open(&file).unwrap();
        cut.write_all(b"{\"seq\":2,\"hash\":\"02").unwrap();
        append_anchor(&file, 3, [3; 32], 1_000_000).unwrap();
        let (anchors, others) = read_anchors(&file).unwrap();
        let third = Anchor { seq: 3, hash: [3; 32], at: "1970-01-01T00:00:01.000000Z".to_owned() };
        assert_eq!((anchors.len(), others), (2, 1));
        assert_eq!(anchors[1], third);
        std::fs::write(&file, [b'x'; 2000]).unwrap();
        assert_eq!(read_anchors(&file).unwrap().0, []);
        assert!(read_anchors(&folder.path().join("none")).is_err());
    }
}
