//! JSON as it was written: where the members of an object and the items of an array stand, so that what is sent on keeps
//! every digit. What comes here has been read as JSON already.

use std::ops::Range;

/// The members of an object, each name with where its value stands.
pub(crate) fn members(json: &[u8], object: Range<usize>) -> Vec<(String, Range<usize>)> {
    let pieces = pieces(json, object);
    let member = |piece: Range<usize>| {
        let name = string(json, piece.start)?;
        let text = serde_json::from_slice(&json[name.clone()]).ok()?;
        let colon = name.end + json[name.end..piece.end].iter().position(|byte| *byte == b':')?;
        Some((text, trimmed(json, colon + 1..piece.end)))
    };
    pieces.into_iter().filter_map(member).collect()
}

/// The items of an array.
pub(crate) fn items(json: &[u8], array: Range<usize>) -> Vec<Range<usize>> {
    pieces(json, array)
}

/// Where the value of a member stands.
pub(crate) fn member(json: &[u8], object: Range<usize>, name: &str) -> Option<Range<usize>> {
    members(json, object).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// What stands between the commas of an object or an array.
fn pieces(json: &[u8], of: Range<usize>) -> Vec<Range<usize>> {
    let inner = of.start + 1..of.end.saturating_sub(1).max(of.start + 1);
    let (mut pieces, mut begin, mut depth, mut at) = (Vec::new(), inner.start, 0_usize, inner.start);
    while at < inner.end {
        match json[at] {
            b'"' => {
                at = string(json, at).map_or(inner.end, |text| text.end);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                pieces.push(begin..at);
                begin = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    pieces.push(begin..inner.end);
    pieces.into_iter().map(|piece| trimmed(json, piece)).filter(|piece| !piece.is_empty()).collect()
}

/// A text in its quotes, which begins here or after white space.
fn string(json: &[u8], from: usize) -> Option<Range<usize>> {
    let begin = from + json[from..].iter().position(|byte| *byte == b'"')?;
    let mut at = begin + 1;
    loop {
        match json.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(begin..at + 1),
            _ => at += 1,
        }
    }
}

fn trimmed(json: &[u8], mut piece: Range<usize>) -> Range<usize> {
    while piece.start < piece.end && json[piece.start].is_ascii_whitespace() {
        piece.start += 1;
    }
    while piece.start < piece.end && json[piece.end - 1].is_ascii_whitespace() {
        piece.end -= 1;
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str, range: Range<usize>) -> &str {
        &json[range]
    }

    #[test]
    fn what_stands_in_an_object_is_found_as_it_was_written() {
        let json = r#" { "a" : 2.50 , "b,\"}" : [ 1 , {"c":"x]"} , [] ] , "d": {} }"#;
        let json = json.trim();
        let all = members(json.as_bytes(), 0..json.len());
        let told: Vec<(&str, &str)> = all.iter().map(|(name, at)| (name.as_str(), text(json, at.clone()))).collect();
        assert_eq!(told, [("a", "2.50"), ("b,\"}", r#"[ 1 , {"c":"x]"} , [] ]"#), ("d", "{}")]);
        let array = member(json.as_bytes(), 0..json.len(), "b,\"}").unwrap();
        let items: Vec<&str> = items(json.as_bytes(), array).into_iter().map(|at| text(json, at)).collect();
        assert_eq!(items, ["1", r#"{"c":"x]"}"#, "[]"]);
        assert!(members(b"{}", 0..2).is_empty() && pieces(b"[ ]", 0..3).is_empty());
    }
}
