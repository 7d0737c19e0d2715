//! Postcodes, whole or degraded to sector or outward code, as returns spell them and as placeholders hide them.

use crate::inline::hide_value_in_debug;

/// Most characters of a postcode without its blank.
pub const POSTCODE_CHARACTERS_MAX: usize = 7;

/// Up to so many characters, what is not an outward code is a stand-in for none.
const PLACEHOLDER_CHARACTERS_MAX: usize = 4;

/// A postcode of the right shape, in upper case. Whether the place exists is not checked.
///
/// The shape is one or two letters, a digit, perhaps another digit or letter (the outward code), then a digit and two
/// letters; a sector ends after that digit, an outward code before it. Order is that of the text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode {
    /// Without the blank; zero after the last character, so that the derived equality is that of the text.
    characters: [u8; POSTCODE_CHARACTERS_MAX],
    outward_length: u8,
    precision: Precision,
}

hide_value_in_debug!(Postcode);

/// How much of a postcode is said. The order is from the coarsest to the finest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// `B99`: some thousand addresses.
    Outward,
    /// `B99 1`.
    Sector,
    /// `B99 1AA`: a street.
    Full,
}

/// What a text in a postcode column turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostcodeRead {
    /// A postcode, whole or degraded.
    Is(Postcode),
    /// A stand-in for none, which becomes a blank with a warning.
    Placeholder,
    /// Something else.
    Unreadable,
}

impl Postcode {
    /// Reads a postcode in any case, with its inner blank, without it or with several.
    ///
    /// A sector needs its blank (`B99 1`), because `M1 1` without it is the outward code `M11`. Placeholders are
    /// `ZZZ…`, nothing but X, `nopostcode`, and whatever has four characters or fewer and is no postcode.
    pub fn read(bytes: &[u8]) -> PostcodeRead {
        let text = bytes.trim_ascii();
        let mut characters = [0; POSTCODE_CHARACTERS_MAX];
        let mut length = 0;
        for character in text.iter().filter(|byte| !byte.is_ascii_whitespace()) {
            if let Some(place) = characters.get_mut(length) {
                *place = character.to_ascii_uppercase();
            }
            length += 1;
        }
        let Some(compact) = characters.get(..length) else { return without_shape(text, length) };
        let outward_length = length.saturating_sub(3);
        let (outward, inward) = compact.split_at(outward_length);
        if is_outward(outward) && matches!(inward, [b'0'..=b'9', b'A'..=b'Z', b'A'..=b'Z']) {
            return PostcodeRead::Is(Postcode {
                characters,
                outward_length: outward_length as u8,
                precision: Precision::Full,
            });
        }
        let has_blank = length < text.len();
        if !has_blank && is_outward(compact) {
            return PostcodeRead::Is(Postcode {
                characters,
                outward_length: length as u8,
                precision: Precision::Outward,
            });
        }
        if let [outward @ .., b'0'..=b'9'] = compact
            && is_outward(outward)
            && text.get(outward.len()).is_some_and(u8::is_ascii_whitespace)
        {
            return PostcodeRead::Is(Postcode {
                characters,
                outward_length: outward.len() as u8,
                precision: Precision::Sector,
            });
        }
        without_shape(text, length)
    }

    /// How much of it is said.
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// Its outward code.
    pub fn outward(self) -> Postcode {
        self.cut(self.outward_length, Precision::Outward)
    }

    /// Its sector; an outward code, which is coarser, stays as it is.
    pub fn sector(self) -> Postcode {
        match self.precision {
            Precision::Outward => self,
            Precision::Sector | Precision::Full => self.cut(self.outward_length + 1, Precision::Sector),
        }
    }

    /// Appends it with a blank after the outward code: `B99 1AA`, `B99 1`, `B99`.
    pub fn write_spaced(&self, out: &mut Vec<u8>) {
        let (outward, inward) = self.parts();
        out.extend_from_slice(outward);
        if !inward.is_empty() {
            out.push(b' ');
            out.extend_from_slice(inward);
        }
    }

    /// Appends it without a blank: `B991AA`. Only a whole postcode reads back from this form.
    pub fn write_compact(&self, out: &mut Vec<u8>) {
        let (outward, inward) = self.parts();
        out.extend_from_slice(outward);
        out.extend_from_slice(inward);
    }

    fn parts(&self) -> (&[u8], &[u8]) {
        let (outward, rest) = self.characters.split_at(usize::from(self.outward_length));
        let inward_length = match self.precision {
            Precision::Outward => 0,
            Precision::Sector => 1,
            Precision::Full => 3,
        };
        (outward, &rest[..inward_length])
    }

    fn cut(mut self, length: u8, precision: Precision) -> Postcode {
        self.characters[usize::from(length)..].fill(0);
        Postcode { precision, ..self }
    }
}

/// Upper-case `[A-Z]{1,2}[0-9][A-Z0-9]?`.
fn is_outward(code: &[u8]) -> bool {
    let is_district = |district: &[u8]| match district {
        [b'0'..=b'9'] => true,
        [b'0'..=b'9', last] => last.is_ascii_digit() || last.is_ascii_uppercase(),
        _ => false,
    };
    match code {
        [b'A'..=b'Z', b'A'..=b'Z', district @ ..] | [b'A'..=b'Z', district @ ..] => is_district(district),
        _ => false,
    }
}

/// What a text is that has not the shape of a postcode; `length` counts its characters without blanks.
fn without_shape(text: &[u8], length: usize) -> PostcodeRead {
    let compact = || text.iter().filter(|byte| !byte.is_ascii_whitespace()).map(u8::to_ascii_uppercase);
    let is_placeholder = length <= PLACEHOLDER_CHARACTERS_MAX
        || compact().take(3).eq(*b"ZZZ")
        || compact().all(|character| character == b'X')
        || compact().eq(*b"NOPOSTCODE");
    if is_placeholder { PostcodeRead::Placeholder } else { PostcodeRead::Unreadable }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn postcode(text: &str) -> Postcode {
        match Postcode::read(text.as_bytes()) {
            PostcodeRead::Is(postcode) => postcode,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn spaced(postcode: Postcode) -> String {
        let mut out = Vec::new();
        postcode.write_spaced(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    fn compact(postcode: Postcode) -> String {
        let mut out = Vec::new();
        postcode.write_compact(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn a_postcode_is_small() {
        assert!(size_of::<Postcode>() <= 10);
    }

    #[test]
    fn whole_postcodes_in_every_spelling() {
        for (text, form) in [
            ("B99 1AA", "B99 1AA"),
            ("b991aa", "B99 1AA"),
            ("B99  1AA", "B99 1AA"),
            (" B 99 1 AA ", "B99 1AA"),
            ("B99\t1AA", "B99 1AA"),
            ("EG19 7TT", "EG19 7TT"),
            ("WV27 9FW", "WV27 9FW"),
            ("Y8 5KZ", "Y8 5KZ"),
            ("y85kz", "Y8 5KZ"),
            ("EC1A1BB", "EC1A 1BB"),
            ("W1A 0AX", "W1A 0AX"),
            ("M11AA", "M1 1AA"),
        ] {
            let postcode = postcode(text);
            assert_eq!(postcode.precision(), Precision::Full, "{text}");
            assert_eq!(spaced(postcode), form, "{text}");
            assert_eq!(compact(postcode), form.replace(' ', ""), "{text}");
        }
    }

    #[test]
    fn degraded_postcodes_keep_their_precision() {
        for (text, form, precision) in [
            ("B99", "B99", Precision::Outward),
            ("m1", "M1", Precision::Outward),
            ("M11", "M11", Precision::Outward),
            ("EC1A", "EC1A", Precision::Outward),
            ("B99 1", "B99 1", Precision::Sector),
            ("M1 1", "M1 1", Precision::Sector),
            ("ec1a  1", "EC1A 1", Precision::Sector),
        ] {
            let postcode = postcode(text);
            assert_eq!((spaced(postcode).as_str(), postcode.precision()), (form, precision), "{text}");
        }
        assert_ne!(postcode("M1 1"), postcode("M11"));
    }

    #[test]
    fn reducing_gives_what_would_have_been_read() {
        let full = postcode("EC1A 1BB");
        assert_eq!(full.sector(), postcode("EC1A 1"));
        assert_eq!(full.outward(), postcode("EC1A"));
        assert_eq!(full.outward().sector(), full.outward());
        assert_eq!(format!("{full:?}"), "Postcode(..)");
    }

    #[test]
    fn placeholders_say_there_is_none() {
        for text in [
            "",
            "  ",
            "ZZZ",
            "ZZZ1 1ZZ",
            "zzzzzzz",
            "ZZZZZZZZZZZZZZZZ",
            "X",
            "XXX XXX",
            "xxxxxxxxxxxx",
            "nopostcode",
            "No Postcode",
            "2TR",
            "?",
            "n/k",
            "B9 ?",
            "B991",
            "Ab",
            "££",
        ] {
            assert_eq!(Postcode::read(text.as_bytes()), PostcodeRead::Placeholder, "{text}");
        }
    }

    #[test]
    fn the_rest_is_unreadable() {
        for text in [
            "B99 1A",
            "B99 11A",
            "99B 1AA",
            "BBB9 1AA",
            "B999 1AA",
            "B99 1AAA",
            "EC1AA 1BB",
            "B99-1AA",
            "B99 1É",
            "unknown",
            "12 High Street",
            "B99 1AA B99 1AA",
            "XXXXXXY",
            "B99\u{0}1AA",
            "nopostcodes",
        ] {
            assert_eq!(Postcode::read(text.as_bytes()), PostcodeRead::Unreadable, "{text}");
        }
        assert_eq!(Postcode::read(&vec![b'B'; 1_000_000]), PostcodeRead::Unreadable);
        assert_eq!(Postcode::read(&vec![b'X'; 1_000_000]), PostcodeRead::Placeholder);
    }

    proptest! {
        #[test]
        fn reading_is_total(bytes: Vec<u8>, near in "[A-Za-z0-9 \t]{0,10}") {
            let _ = (Postcode::read(&bytes), Postcode::read(near.as_bytes()));
        }

        #[test]
        fn what_is_written_reads_back(text in "[A-Z]{1,2}[0-9][A-Z0-9]?( [0-9]([A-Z]{2})?)?") {
            let postcode = postcode(&text);
            prop_assert_eq!(spaced(postcode), text);
            for reduced in [postcode, postcode.sector(), postcode.outward()] {
                prop_assert_eq!(Postcode::read(spaced(reduced).as_bytes()), PostcodeRead::Is(reduced));
                prop_assert!(reduced.precision() <= postcode.precision());
            }
            if postcode.precision() == Precision::Full {
                prop_assert_eq!(Postcode::read(compact(postcode).as_bytes()), PostcodeRead::Is(postcode));
            }
        }

        #[test]
        fn what_is_read_is_written_and_read_the_same(text in "[A-Za-z0-9 ]{0,9}") {
            if let PostcodeRead::Is(postcode) = Postcode::read(text.as_bytes()) {
                prop_assert_eq!(Postcode::read(spaced(postcode).as_bytes()), PostcodeRead::Is(postcode));
            }
        }
    }
}
