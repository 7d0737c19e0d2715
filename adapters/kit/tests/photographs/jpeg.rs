//! What comes through of a JPEG.

use kit::photograph::{Fault, PhotoLimits, Picture, strip};

use crate::made::{MARK, codes, exif, frame, full_of_marks, holds, jpeg_with, kept, quanta, scan, segment, small_jpeg};

#[test]
fn a_picture_with_nothing_beside_it_comes_through_as_it_is() {
    let photograph = strip(&small_jpeg(), &PhotoLimits::default()).unwrap();
    assert_eq!(photograph.bytes(), small_jpeg());
    assert_eq!((photograph.picture(), photograph.picture().media_type()), (Picture::Jpeg, "image/jpeg"));
}

#[test]
fn nothing_that_stands_beside_the_picture_is_kept() {
    let [full, _] = full_of_marks();
    let left = kept(&full).unwrap();
    assert!(full.windows(MARK.len()).filter(|window| *window == MARK).count() > 30);
    assert!(!holds(&left, b"CANARY") && !holds(&left, b"xmp") && !holds(&left, b"ICC") && !holds(&left, b"8BIM"));
    assert_eq!(kept(&left).unwrap(), left, "once is enough");
    // What is kept of them is what colours and the way up need, written anew.
    let jfif = b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0";
    let adobe = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\x01";
    let upright = b"\xff\xe1\0\"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    assert_eq!(left, jpeg_with(&[&jfif[..], upright, adobe].concat()));
}

#[test]
fn a_picture_keeps_its_way_up_and_nothing_else_of_its_exif() {
    for orientation in 0..=9 {
        let left = kept(&jpeg_with(&segment(0xe1, &exif(orientation)))).unwrap();
        assert_eq!(holds(&left, b"Exif"), (2..=8).contains(&orientation), "{orientation}");
        assert!(!holds(&left, b"CANARY"));
        assert_eq!(left.iter().filter(|byte| **byte == 0xd8).count(), 1, "the thumbnail has gone");
        if (2..=8).contains(&orientation) {
            assert_eq!(left[2 + 4 + 6 + 8 + 2 + 9], orientation);
        }
    }
}

#[test]
fn scans_restarts_and_tables_between_them_are_kept() {
    let progressive = [
        &b"\xff\xd8"[..],
        &quanta(),
        &frame(0xc2, 8, 8),
        &codes(0),
        &segment(0xdd, &[0, 1]),
        &scan(b"\x3f\xff\xd0\x3f\xff\0\x3f\xff\xd7\x11"),
        &codes(1),
        &scan(b"\x01\x02"),
        &scan(b"\x03"),
        b"\xff\xd9",
    ]
    .concat();
    assert_eq!(kept(&progressive).unwrap(), progressive);
    // Between scans and behind fill bytes the same segments are left behind.
    let marked =
        [&progressive[..progressive.len() - 2], b"\xff\xff\xff", &segment(0xfe, MARK)[1..], b"\xff\xd9"].concat();
    assert_eq!(kept(&marked).unwrap(), progressive);
}

#[test]
fn a_table_holds_nothing_but_the_table() {
    let with = |from: &[u8], to: &[u8]| {
        let small = small_jpeg();
        let at = small.windows(from.len()).position(|window| window == from).unwrap();
        [&small[..at], to, &small[at + from.len()..]].concat()
    };
    let longer = |table: Vec<u8>| segment(table[1], &[&table[4..], MARK].concat());
    for table in [quanta(), codes(0), frame(0xc0, 8, 8), scan(b"")] {
        assert_eq!(kept(&with(&table, &longer(table.clone()))), Err(Fault::Damaged), "{table:x?}");
    }
}

#[test]
fn frames_that_browsers_do_not_show_are_refused() {
    for marker in [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf] {
        let picture =
            [&b"\xff\xd8"[..], &quanta(), &frame(marker, 8, 8), &codes(0), &scan(&[0x3f]), b"\xff\xd9"].concat();
        assert_eq!(kept(&picture), Err(Fault::Damaged), "{marker:x}");
    }
    let twice = [&b"\xff\xd8"[..], &frame(0xc0, 8, 8), &frame(0xc0, 8, 8), &scan(&[0x3f]), b"\xff\xd9"].concat();
    assert_eq!(kept(&twice), Err(Fault::Damaged));
    let without_scan = [&b"\xff\xd8"[..], &frame(0xc0, 8, 8), b"\xff\xd9"].concat();
    assert_eq!(kept(&without_scan), Err(Fault::Damaged));
    let scan_before_frame = [&b"\xff\xd8"[..], &scan(&[0x3f]), &frame(0xc0, 8, 8), b"\xff\xd9"].concat();
    assert_eq!(kept(&scan_before_frame), Err(Fault::Damaged));
}

#[test]
fn sides_are_from_one_to_the_most() {
    let sized = |width, height| [&b"\xff\xd8"[..], &frame(0xc0, width, height), &scan(&[0x3f]), b"\xff\xd9"].concat();
    for (width, height, expected) in [
        (6_000, 6_000, None),
        (1, 1, None),
        (6_001, 1, Some(Fault::Pixels)),
        (1, 6_001, Some(Fault::Pixels)),
        (u16::MAX, u16::MAX, Some(Fault::Pixels)),
        (0, 8, Some(Fault::Damaged)),
        (8, 0, Some(Fault::Damaged)),
    ] {
        assert_eq!(kept(&sized(width, height)).err(), expected, "{width} {height}");
    }
}
