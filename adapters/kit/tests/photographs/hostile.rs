//! Bytes that nobody wrote in good faith.

use kit::photograph::{Fault, PhotoLimits, Picture, strip};
use proptest::prelude::*;

use crate::made::{full_of_marks, holds, jpeg_with, kept, png_with, segment, small_jpeg};

#[test]
fn what_is_no_picture_is_refused() {
    let others: [&[u8]; 9] = [
        b"",
        b"\xff",
        b"\xff\xd8",
        b"GIF89a\x01\0\x01\0",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"PK\x03\x04",
        b"%PDF-1.7",
        b"\0\0\0\x18ftypheic",
    ];
    for bytes in others {
        assert_eq!(kept(bytes), Err(Fault::NotAPicture), "{bytes:?}");
    }
    assert_eq!(Picture::of_media_type(" image/JPEG"), Some(Picture::Jpeg));
    assert_eq!(Picture::of_media_type("image/jpg"), None);
}

#[test]
fn a_file_that_is_another_file_too_is_only_the_picture() {
    let behind: [&[u8]; 3] = [b"PK\x03\x04\x14\0CANARY.txt", b"<html><script>CANARY()</script>", b"%PDF-1.7 CANARY"];
    for behind in behind {
        for plain in [small_jpeg(), png_with(b"", b"")] {
            assert_eq!(kept(&[&plain[..], behind].concat()).unwrap(), plain);
        }
        let before = jpeg_with(&segment(0xfe, behind));
        assert!(!holds(&kept(&before).unwrap(), b"CANARY"));
    }
}

#[test]
fn a_file_that_is_cut_short_is_refused_wherever_it_is_cut() {
    for full in full_of_marks() {
        let whole = kept(&full).unwrap();
        for end in 0..whole.len() {
            assert!(kept(&whole[..end]).is_err(), "{end}");
        }
        // Only what stands behind the end may be missing.
        for end in 0..full.len() {
            assert!(kept(&full[..end]).is_ok_and(|left| left == whole) || kept(&full[..end]).is_err(), "{end}");
        }
    }
}

#[test]
fn bytes_are_at_most_so_many() {
    let plain = small_jpeg();
    let limits = |photo_bytes_max| PhotoLimits { photo_bytes_max, ..PhotoLimits::default() };
    assert!(strip(&plain, &limits(plain.len() as u64)).is_ok());
    assert_eq!(strip(&plain, &limits(plain.len() as u64 - 1)).err(), Some(Fault::Bytes));
    let mut largest = plain.clone();
    largest.resize(4 << 20, 0);
    assert!(kept(&largest).is_ok());
    largest.push(0);
    assert_eq!(kept(&largest), Err(Fault::Bytes));
}

#[test]
fn every_fault_is_one_rule_and_says_what_to_do() {
    let all = [
        Fault::NotAPicture,
        Fault::Damaged,
        Fault::Bytes,
        Fault::Pixels,
        Fault::Many,
        Fault::Other,
        Fault::NotAssured,
        Fault::Unknown,
    ];
    let mut told: Vec<&str> = all.map(|fault| fault.rule().message).to_vec();
    assert!(all.iter().all(|fault| fault.rule().code == "ifa/photo" && !fault.rule().help.is_empty()));
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), all.len());
}

proptest! {
    #[test]
    fn any_bytes_are_taken_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), is_jpeg: bool) {
        let begin: &[u8] = if is_jpeg { b"\xff\xd8\xff" } else { b"\x89PNG\r\n\x1a\n" };
        let _ = kept(&[begin, &bytes].concat());
    }

    #[test]
    fn what_is_changed_anywhere_is_taken_whole_or_refused(
        is_jpeg: bool,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let [jpeg, png] = full_of_marks();
        let mut bytes = if is_jpeg { jpeg } else { png };
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(left) = kept(&bytes) {
            prop_assert_eq!(kept(&left), Ok(left));
        }
    }

    #[test]
    fn whatever_stands_in_what_is_left_behind_the_picture_is_the_same(
        text in "[A-Z]{12,40}",
        marker in prop::sample::select((0xe0_u8..=0xfe).collect::<Vec<_>>()),
    ) {
        let left = kept(&jpeg_with(&segment(marker, text.as_bytes()))).unwrap();
        prop_assert!(!holds(&left, text.as_bytes()));
        prop_assert_eq!(left, small_jpeg());
    }
}
