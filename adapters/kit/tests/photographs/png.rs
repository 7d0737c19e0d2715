//! What comes through of a PNG.

use kit::photograph::{Fault, PhotoLimits, Picture, strip};

use crate::made::{MARK, SIGNATURE, chunk, exif, full_of_marks, header, holds, kept, png_with, samples};

/// A picture of samples alone.
fn of(header: &[u8], samples: &[u8]) -> Vec<u8> {
    [SIGNATURE, header, &chunk(b"IDAT", samples), &chunk(b"IEND", b"")].concat()
}

#[test]
fn a_picture_with_nothing_beside_it_comes_through_as_it_is() {
    let plain = png_with(b"", b"");
    let photograph = strip(&plain, &PhotoLimits::default()).unwrap();
    assert_eq!((photograph.bytes(), photograph.picture()), (&plain[..], Picture::Png));
    let meant = [
        chunk(b"gAMA", &45_455_u32.to_be_bytes()),
        chunk(b"cHRM", &[1; 32]),
        chunk(b"sRGB", &[0]),
        chunk(b"tRNS", &[0; 6]),
    ];
    let with_colours = png_with(&meant.concat(), b"");
    assert_eq!(kept(&with_colours).unwrap(), with_colours);
}

#[test]
fn nothing_that_stands_beside_the_picture_is_kept() {
    let [_, full] = full_of_marks();
    let left = kept(&full).unwrap();
    for what in [&b"CANARY"[..], b"iCCP", b"tEXt", b"zTXt", b"iTXt", b"tIME", b"acTL", b"fdAT", b"meTa"] {
        assert!(holds(&full, what) && !holds(&left, what), "{what:?}");
    }
    assert_eq!(kept(&left).unwrap(), left, "once is enough");
    let upright = chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0");
    assert_eq!(left, png_with(&upright, b""), "an animation stands still, and the way up is written anew");
}

#[test]
fn a_picture_that_is_upright_needs_no_word_of_it() {
    assert_eq!(kept(&png_with(&chunk(b"eXIf", &exif(1)[6..]), b"")).unwrap(), png_with(b"", b""));
}

#[test]
fn a_wrong_checksum_refuses_what_is_kept_and_nothing_else() {
    let plain = png_with(&chunk(b"sRGB", &[0]), b"");
    for name in [b"IHDR", b"sRGB", b"IDAT", b"IEND"] {
        let at = plain.windows(4).position(|window| window == name).unwrap();
        let length = u32::from_be_bytes(plain[at - 4..at].try_into().unwrap()) as usize;
        let mut wrong = plain.clone();
        wrong[at + 4 + length] ^= 1;
        assert_eq!(kept(&wrong), Err(Fault::Damaged), "{name:?}");
    }
    let mut left_behind = chunk(b"tEXt", MARK);
    *left_behind.last_mut().unwrap() ^= 1;
    assert!(kept(&png_with(&left_behind, b"")).is_ok());
}

#[test]
fn chunks_stand_where_and_as_often_as_they_may() {
    let srgb = chunk(b"sRGB", &[0]);
    for (what, picture) in [
        ("twice", png_with(&[&srgb[..], &srgb].concat(), b"")),
        ("behind the samples", png_with(b"", &srgb)),
        ("samples apart", png_with(b"", &[chunk(b"tEXt", b""), chunk(b"IDAT", b"")].concat())),
        ("unknown and needed", png_with(&chunk(b"CgBI", b""), b"")),
        ("a second header", png_with(&header(2, 2, [8, 2, 0]), b"")),
        ("too long", png_with(&chunk(b"gAMA", MARK), b"")),
        ("too long", png_with(&chunk(b"sRGB", MARK), b"")),
        ("too long", png_with(&chunk(b"tRNS", MARK), b"")),
        ("no colours", png_with(&chunk(b"PLTE", b""), b"")),
        ("no palette", of(&header(2, 2, [8, 3, 0]), &samples(6))),
        ("no samples", [SIGNATURE, &header(2, 2, [8, 2, 0]), &chunk(b"IEND", b"")].concat()),
        ("no header", [SIGNATURE, &chunk(b"IEND", b"")].concat()),
        ("an end that says something", [SIGNATURE, &header(2, 2, [8, 2, 0]), &chunk(b"IEND", MARK)].concat()),
    ] {
        assert_eq!(kept(&picture), Err(Fault::Damaged), "{what}");
    }
    let with_palette = |header: &[u8], between: &[u8]| {
        [SIGNATURE, header, between, &chunk(b"IDAT", &samples(6)), &chunk(b"IEND", b"")].concat()
    };
    let between = [chunk(b"PLTE", &[7; 6]), chunk(b"tRNS", &[1, 2])].concat();
    assert!(kept(&with_palette(&header(2, 2, [8, 3, 0]), &between)).is_ok());
}

#[test]
fn samples_are_as_many_as_the_header_says_and_nothing_is_packed_behind_them() {
    let plain = header(3, 3, [8, 2, 0]);
    assert!(kept(&of(&plain, &samples(3 * 10))).is_ok());
    for bytes in [0, 29, 31, 1 << 20] {
        assert_eq!(kept(&of(&plain, &samples(bytes))), Err(Fault::Damaged), "{bytes}");
    }
    let behind = [&samples(30)[..], MARK].concat();
    assert_eq!(kept(&of(&plain, &behind)), Err(Fault::Damaged));
    // Two chunks make one stream.
    let (one, two) = (samples(30), chunk(b"IEND", b""));
    let parted = [SIGNATURE, &plain, &chunk(b"IDAT", &one[..3]), &chunk(b"IDAT", &one[3..]), &two].concat();
    assert_eq!(kept(&parted).unwrap(), parted);
    // Nine pixels of one byte in five passes with six lines.
    assert!(kept(&of(&header(3, 3, [8, 0, 1]), &samples(15))).is_ok());
    assert_eq!(kept(&of(&header(3, 3, [8, 0, 1]), &samples(14))), Err(Fault::Damaged));
    for (depth_and_colour, bytes) in [([1, 0, 0], 3 * 2), ([16, 6, 0], 3 * 25), ([16, 4, 0], 3 * 13), ([4, 0, 0], 9)] {
        assert!(kept(&of(&header(3, 3, depth_and_colour), &samples(bytes))).is_ok(), "{depth_and_colour:?}");
    }
    for wrong in [[3, 0, 0], [4, 2, 0], [16, 3, 0], [8, 1, 0], [8, 5, 0], [8, 7, 0], [8, 2, 2]] {
        assert_eq!(kept(&of(&header(3, 3, wrong), &samples(30))), Err(Fault::Damaged), "{wrong:?}");
    }
}

#[test]
fn sides_are_from_one_to_the_most() {
    let sized = |width: u32, height: u32| {
        let bytes = usize::try_from(u64::from(height) * (1 + u64::from(width).div_ceil(8))).unwrap();
        of(&header(width, height, [1, 0, 0]), &samples(bytes))
    };
    assert!(kept(&sized(6_000, 6_000)).is_ok() && kept(&sized(1, 1)).is_ok());
    for (width, height, expected) in
        [(6_001, 1, Fault::Pixels), (1, 6_001, Fault::Pixels), (0, 1, Fault::Damaged), (1, 0, Fault::Damaged)]
    {
        assert_eq!(kept(&sized(width, height)), Err(expected), "{width} {height}");
    }
    assert_eq!(kept(&of(&header(u32::MAX, u32::MAX, [16, 6, 1]), &samples(1))), Err(Fault::Pixels));
}
