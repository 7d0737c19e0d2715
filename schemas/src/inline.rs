//! Short text held in place: what identifiers are made of, so that a record is copied and never allocates.

use std::cmp::Ordering;
use std::fmt;

/// Text of at most `N` bytes, held in place with its length.
///
/// Equality, order and hash are those of the text. `Debug` does not show the text: values of a record reach no log
/// and no panic message.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Inline<const N: usize> {
    length: u8,
    /// Zero after `length`, so that the derived equality is that of the text.
    bytes: [u8; N],
}

impl<const N: usize> Inline<N> {
    /// Holds `text`; `None` when it is longer than `N` bytes.
    pub fn new(text: &str) -> Option<Self> {
        const { assert!(N <= u8::MAX as usize, "the length is one byte") };
        let mut bytes = [0; N];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Inline { length: text.len() as u8, bytes })
    }

    /// Holds printable ASCII `text`. `None` when it is longer than `N` or holds anything else.
    pub(crate) fn printable(text: &[u8]) -> Option<Self> {
        const { assert!(N <= u8::MAX as usize, "the length is one byte") };
        let mut bytes = [0; N];
        // One pass that checks and copies: cells are short, and a call to copy each would cost more than the copying.
        let places = bytes.get_mut(..text.len())?;
        for (place, &character) in places.iter_mut().zip(text) {
            if !matches!(character, b' '..=b'~') {
                return None;
            }
            *place = character;
        }
        Some(Inline { length: text.len() as u8, bytes })
    }

    /// Holds ASCII bytes that fill it to the last.
    pub(crate) const fn filled_with_ascii(bytes: [u8; N]) -> Self {
        const { assert!(N <= u8::MAX as usize, "the length is one byte") };
        debug_assert!(bytes.is_ascii());
        Inline { length: N as u8, bytes }
    }

    /// The same text with ASCII letters in upper case.
    pub(crate) fn upper(mut self) -> Self {
        self.bytes.make_ascii_uppercase();
        self
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        // Always UTF-8: the bytes came from a `str`, and only ASCII letters among them change.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The bytes of the text.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }
}

impl<const N: usize> PartialOrd for Inline<N> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<const N: usize> Ord for Inline<N> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl<const N: usize> fmt::Debug for Inline<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Inline(..)")
    }
}

/// `Debug` that names the type and hides the value: a log or a panic message never shows what a record says.
macro_rules! hide_value_in_debug {
    ($type:ident) => {
        impl std::fmt::Debug for $type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($type), "(..)"))
            }
        }
    };
}
pub(crate) use hide_value_in_debug;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_at_the_limit_is_held_and_over_it_refused() {
        assert_eq!(Inline::<4>::new("abcd").unwrap().as_str(), "abcd");
        assert_eq!(Inline::<4>::new("abcde"), None);
        assert_eq!(Inline::<4>::new("").unwrap().as_str(), "");
        assert_eq!(Inline::<4>::new("éé").unwrap().as_str(), "éé");
        assert_eq!(Inline::<4>::new("ééé"), None);
    }

    #[test]
    fn debug_hides_the_text() {
        assert_eq!(format!("{:?}", Inline::<4>::new("abcd")), "Some(Inline(..))");
    }

    proptest! {
        #[test]
        fn order_and_equality_are_those_of_the_text(left in ".{0,4}", right in ".{0,4}") {
            let (Some(a), Some(b)) = (Inline::<16>::new(&left), Inline::<16>::new(&right)) else {
                return Err(TestCaseError::fail("four characters fit into sixteen bytes"));
            };
            prop_assert_eq!(a.as_str(), left.as_str());
            prop_assert_eq!(a.cmp(&b), left.cmp(&right));
            prop_assert_eq!(a == b, left == right);
        }
    }
}
