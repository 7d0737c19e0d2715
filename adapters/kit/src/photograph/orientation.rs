//! Which way up a picture is: the one number that is kept of EXIF, in a block of its own that holds nothing else.
//!
//! Format: TIFF 6.0 as EXIF 2.3 uses it, tag 0x0112; 1 is upright and needs no block.

/// The tag of the number.
const TAG: u16 = 0x0112;

/// What a number of two bytes is called.
const SHORT: u16 = 3;

/// Bytes of one entry of a directory.
const ENTRY_BYTES: usize = 12;

/// The number that a block of TIFF holds in its first directory, where the picture is not upright.
pub(super) fn read(tiff: &[u8]) -> Option<u8> {
    let order = match tiff.get(..4)? {
        b"II*\0" => u16::from_le_bytes,
        b"MM\0*" => u16::from_be_bytes,
        _ => return None,
    };
    let is_little = tiff.starts_with(b"II");
    let two = |at: usize| Some(order([*tiff.get(at)?, *tiff.get(at.checked_add(1)?)?]));
    let (low, high) = if is_little { (two(4)?, two(6)?) } else { (two(6)?, two(4)?) };
    let directory = (usize::from(high) << 16) | usize::from(low);
    let entries = usize::from(two(directory)?);
    // No file has more entries than bytes: a false count ends where the bytes do.
    (0..entries)
        .map_while(|n| {
            let at = directory.checked_add(2)?.checked_add(n * ENTRY_BYTES)?;
            Some((two(at)?, two(at.checked_add(2)?)?, two(at.checked_add(8)?)?))
        })
        .find(|(tag, kind, _)| (*tag, *kind) == (TAG, SHORT))
        .and_then(|(.., value)| u8::try_from(value).ok())
        .filter(|value| (2..=8).contains(value))
}

/// A block that holds the number and nothing else.
pub(super) fn write(orientation: u8) -> [u8; 26] {
    let [tag_high, tag_low] = TAG.to_be_bytes();
    [
        b'M',
        b'M',
        0,
        b'*',
        0,
        0,
        0,
        8, // the directory follows at once
        0,
        1, // and has one entry
        tag_high,
        tag_low,
        0,
        3,
        0,
        0,
        0,
        1,
        0,
        orientation,
        0,
        0, // one number of two bytes
        0,
        0,
        0,
        0, // and no directory follows
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_upright_is_nothing() {
        for orientation in 0..=u8::MAX {
            let expected = (2..=8).contains(&orientation).then_some(orientation);
            assert_eq!(read(&write(orientation)), expected);
        }
    }

    #[test]
    fn any_bytes_are_read_without_harm() {
        let block = write(6);
        for end in 0..block.len() {
            let _ = read(&block[..end]);
        }
        for at in 0..block.len() {
            for byte in [0, 1, 0x7f, 0xff] {
                let mut changed = block;
                changed[at] = byte;
                let _ = read(&changed);
            }
        }
        assert_eq!(
            read(b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"),
            Some(6),
            "the other order of bytes"
        );
        assert_eq!(read(b"II*\0\xff\xff\xff\xff"), None);
    }
}
