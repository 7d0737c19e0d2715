//! Where separators, line ends and quotes stand, for 64 bytes at a time: one bit a byte.
//!
//! Rows and cells are short: a search begun anew for each would cost more than it finds.

use wide::u8x16;

/// How many bytes are looked at together.
pub(super) const BLOCK_BYTES: usize = 64;

/// What stands in a block: bit n speaks of byte n.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// Separators.
    pub(super) separators: u64,
    /// Line feeds, carriage returns and quotes.
    pub(super) stops: u64,
    /// Bytes beyond ASCII.
    pub(super) beyond: u64,
}

impl Marks {
    /// The marks of a block of up to 64 bytes.
    #[inline]
    pub(super) fn of(block: &[u8], separator: u8) -> Self {
        match block.first_chunk::<BLOCK_BYTES>() {
            Some(block) => Self::of_whole(block, separator),
            None => {
                // Zero bytes are none of what is looked for.
                let mut whole = [0; BLOCK_BYTES];
                whole[..block.len()].copy_from_slice(block);
                Self::of_whole(&whole, separator)
            }
        }
    }

    /// Eight bytes at once, on any processor.
    #[inline]
    fn of_whole(block: &[u8; BLOCK_BYTES], separator: u8) -> Self {
        let [separator, feed, carriage_return, quote] = [separator, b'\n', b'\r', b'"'].map(u8x16::splat);
        let mut marks = Self::default();
        for (n, sixteen) in block.as_chunks::<16>().0.iter().enumerate() {
            let bytes = u8x16::new(*sixteen);
            let bits = |bytes: u8x16| u64::from(bytes.to_bitmask()) << (n * 16);
            marks.separators |= bits(bytes.simd_eq(separator));
            marks.stops |= bits(bytes.simd_eq(feed) | bytes.simd_eq(carriage_return) | bytes.simd_eq(quote));
            marks.beyond |= bits(bytes);
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bits(block: &[u8], is: impl Fn(u8) -> bool) -> u64 {
        block.iter().enumerate().map(|(n, byte)| u64::from(is(*byte)) << n).sum()
    }

    proptest! {
        #[test]
        fn each_byte_is_marked_for_what_it_is(
            block in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b",;\t\n\r\"\0a".to_vec())], 0..=64),
            separator in prop::sample::select(b",;\t|".to_vec()),
        ) {
            let expected = Marks {
                separators: bits(&block, |byte| byte == separator),
                stops: bits(&block, |byte| matches!(byte, b'\n' | b'\r' | b'"')),
                beyond: bits(&block, |byte| byte >= 0x80),
            };
            prop_assert_eq!(Marks::of(&block, separator), expected);
        }
    }
}
