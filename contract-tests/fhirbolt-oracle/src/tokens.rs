//! Compares two JSON texts token by token, so that only blanks between tokens and the spelling of escapes may differ.

use std::borrow::Cow;

/// `Ok` when both texts have the same tokens in the same order, numbers with the same digits; otherwise the byte of
/// `left` at which they part.
pub fn compare(left: &[u8], right: &[u8]) -> Result<(), usize> {
    let (mut left, mut right) = (Tokens { text: left, at: 0 }, Tokens { text: right, at: 0 });
    loop {
        let (ours, theirs) = (left.next(), right.next());
        match (ours, theirs) {
            (None, None) => return Ok(()),
            (Some((_, ours)), Some((_, theirs))) if ours == theirs => {}
            (Some((at, _)), _) => return Err(at),
            (None, Some(_)) => return Err(left.at),
        }
    }
}

struct Tokens<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Iterator for Tokens<'t> {
    /// Where the token starts, and the token with its escapes resolved.
    type Item = (usize, Cow<'t, [u8]>);

    fn next(&mut self) -> Option<Self::Item> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        let start = self.at;
        let rest = self.text.get(start..)?;
        let length = match rest.first()? {
            b'"' => string_length(rest),
            b'{' | b'}' | b'[' | b']' | b':' | b',' => 1,
            _ => rest.iter().position(|byte| b"{}[]:,\" \t\r\n".contains(byte)).unwrap_or(rest.len()),
        };
        self.at += length;
        let token = &rest[..length];
        Some((start, unescaped(token).map_or(Cow::Borrowed(token), Cow::Owned)))
    }
}

/// The length of the string at the start of `rest`, both quotes included; to the end when it is not closed.
fn string_length(rest: &[u8]) -> usize {
    let mut escaped = false;
    for (index, byte) in rest.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A string token with its escapes resolved and its quotes kept, where it has escapes.
fn unescaped(token: &[u8]) -> Option<Vec<u8>> {
    if token.first() != Some(&b'"') || !token.contains(&b'\\') {
        return None;
    }
    let text: String = serde_json::from_slice(token).ok()?;
    Some([b"\"", text.as_bytes(), b"\""].concat())
}
