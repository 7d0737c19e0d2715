//! The lines of the audit chain: their canonical form (RFC 8785), their hash, and what a line must agree with.

use std::fmt::Write as _;

use aws_lc_rs::digest;

use crate::{Micros, audit::AuditEntry, words};

/// What the hash of a line begins with, so that it is the hash of nothing else.
const HASH_LABEL: &[u8] = b"homeward-audit-1\0";

/// The version of the members of a line.
const LINE_VERSION: u32 = 1;

/// The end of a chain: its last number and hash; zeros when it is empty.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Head {
    /// Number of the last line.
    pub(crate) seq: u64,
    /// Its hash.
    pub(crate) hash: [u8; 32],
}

impl Head {
    /// The canonical line that follows, and the head after it.
    pub(crate) fn follow(self, entry: &AuditEntry) -> (String, Self) {
        let seq = self.seq + 1;
        let line = canonical(entry, seq, &self.hash);
        let hash = hash(&line);
        (line, Self { seq, hash })
    }
}

/// The hash of a canonical line.
pub(crate) fn hash(line: &str) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(HASH_LABEL);
    context.update(line.as_bytes());
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// SHA-256 of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

/// A time as RFC 3339 has it, always with six digits of the second, in UTC.
pub(crate) fn time(at: Micros) -> String {
    let clamped = jiff::Timestamp::from_microsecond(at).unwrap_or(match at {
        ..0 => jiff::Timestamp::MIN,
        0.. => jiff::Timestamp::MAX,
    });
    format!("{clamped:.6}")
}

/// The line: members sorted by name, absent ones left out, no space.
fn canonical(entry: &AuditEntry, seq: u64, prev: &[u8; 32]) -> String {
    let mut line = String::with_capacity(320);
    line.push('{');
    text(&mut line, "action", Some(entry.action));
    text(&mut line, "actor", Some(&entry.actor));
    text(&mut line, "at", Some(&time(entry.at)));
    text(&mut line, "basis", entry.basis.as_deref());
    text(&mut line, "by", entry.by.as_deref());
    text(&mut line, "object", entry.object.as_deref());
    text(&mut line, "outcome", entry.outcome.as_deref());
    text(&mut line, "prev", Some(&hex::encode(prev)));
    text(&mut line, "recipient", entry.recipient.as_deref());
    text(&mut line, "request", entry.request.map(|id| id.to_string()).as_deref());
    number(&mut line, "seq", seq);
    if !entry.statements.is_empty() {
        let mut counts = entry.statements.clone();
        // RFC 8785 §3.2.3 sorts by UTF-16 units; a type of a statement is ASCII, where that is the order of bytes.
        counts.sort_unstable();
        counts.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(later.1);
            }
            same
        });
        member(&mut line, "statements");
        line.push('{');
        for (name, count) in counts {
            number(&mut line, name, count);
        }
        line.push('}');
    }
    text(&mut line, "subject", entry.subject.map(|id| id.to_string()).as_deref());
    number(&mut line, "v", u64::from(LINE_VERSION));
    text(&mut line, "view", entry.view.as_deref());
    line.push('}');
    line
}

fn member(line: &mut String, name: &str) {
    if !line.ends_with('{') {
        line.push(',');
    }
    string(line, name);
    line.push(':');
}

fn text(line: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        member(line, name);
        string(line, value);
    }
}

fn number(line: &mut String, name: &str, value: u64) {
    member(line, name);
    // RFC 8785 §3.2.2.3: integers up to 2^53 are written as they are; no count of ours comes near.
    let _ = write!(line, "{}", value.min(1 << 53));
}

/// RFC 8785 §3.2.2.2: the short escapes where there is one, `\u00xx` for the other controls, all else as it is.
fn string(line: &mut String, value: &str) {
    line.push('"');
    for letter in value.chars() {
        match letter {
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\u{8}' => line.push_str("\\b"),
            '\t' => line.push_str("\\t"),
            '\n' => line.push_str("\\n"),
            '\u{c}' => line.push_str("\\f"),
            '\r' => line.push_str("\\r"),
            control if control < ' ' => {
                let _ = write!(line, "\\u{:04x}", u32::from(control));
            }
            other => line.push(other),
        }
    }
    line.push('"');
}

/// What a line says of itself, for comparing it with where it stands.
pub(crate) struct Said {
    /// Its number.
    pub(crate) seq: u64,
    /// Hash of the line before.
    pub(crate) prev: String,
    /// See [`AuditEntry`].
    pub(crate) at: String,
    /// See [`AuditEntry`].
    pub(crate) actor: String,
    /// See [`AuditEntry`].
    pub(crate) action: String,
    /// See [`AuditEntry`].
    pub(crate) subject: Option<String>,
    /// See [`AuditEntry`].
    pub(crate) object: Option<String>,
    /// See [`AuditEntry`].
    pub(crate) outcome: Option<String>,
}

/// Reads a line; `None` when it is not one.
pub(crate) fn said(line: &str) -> Option<Said> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    let word = |name: &str| value.get(name).and_then(|it| it.as_str()).map(str::to_owned);
    Some(Said {
        seq: value.get("seq")?.as_u64()?,
        prev: word("prev")?,
        at: word("at")?,
        actor: word("actor")?,
        action: word("action")?,
        subject: word("subject"),
        object: word("object"),
        outcome: word("outcome"),
    })
}

/// Entries that wait for their commit, as bytes.
pub(crate) fn pack(entries: &[AuditEntry]) -> Vec<u8> {
    let entries: Vec<serde_json::Value> = entries
        .iter()
        .map(|entry| {
            serde_json::json!({
                "at": entry.at,
                "actor": entry.actor,
                "by": entry.by,
                "action": entry.action,
                "subject": entry.subject.map(|id| id.to_string()),
                "object": entry.object,
                "recipient": entry.recipient,
                "view": entry.view,
                "basis": entry.basis,
                "statements": entry.statements,
                "request": entry.request.map(|id| id.to_string()),
                "outcome": entry.outcome,
            })
        })
        .collect();
    serde_json::Value::Array(entries).to_string().into_bytes()
}

/// The entries that were packed; `None` when these are other bytes.
pub(crate) fn unpack(packed: &[u8]) -> Option<Vec<AuditEntry>> {
    let values: Vec<serde_json::Value> = serde_json::from_slice(packed).ok()?;
    let entry = |value: serde_json::Value| {
        let word = |name: &str| value.get(name).and_then(|it| it.as_str()).map(str::to_owned);
        let id = |name: &str| word(name).map(|text| text.parse()).transpose().ok();
        let statements = value.get("statements")?.as_array()?.iter();
        Some(AuditEntry {
            at: value.get("at")?.as_i64()?,
            actor: word("actor")?,
            by: word("by"),
            action: words::known(value.get("action")?.as_str()?)?,
            subject: id("subject")?,
            object: word("object"),
            recipient: word("recipient"),
            view: word("view"),
            basis: word("basis"),
            statements: statements
                .map(|pair| Some((words::known(pair.get(0)?.as_str()?)?, pair.get(1)?.as_u64()?)))
                .collect::<Option<_>>()?,
            request: id("request")?,
            outcome: word("outcome"),
        })
    };
    values.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn full() -> AuditEntry {
        AuditEntry {
            at: 1_763_717_411_482_913,
            actor: "coventry-lcs".to_owned(),
            by: Some("certificate:3f5a9c".to_owned()),
            action: "disclose",
            subject: Some(Uuid::from_u128(7)),
            object: Some("delivery:1".to_owned()),
            recipient: Some("uhcw".to_owned()),
            view: Some("health@7c1e".to_owned()),
            basis: Some("a\"b\\c\u{1}\u{8}\u{c}\n\r\té\u{1f600}/".to_owned()),
            statements: vec![("Person", 1), ("Immunisation", 14)],
            request: Some(Uuid::from_u128(9)),
            outcome: Some("planned".to_owned()),
        }
    }

    #[test]
    fn a_line_is_canonical() {
        let (line, head) = Head::default().follow(&full());
        assert_eq!(
            line,
            concat!(
                r#"{"action":"disclose","actor":"coventry-lcs","at":"2025-11-21T09:30:11.482913Z","#,
                r#""basis":"a\"b\\c\u0001\b\f\n\r\té😀/","by":"certificate:3f5a9c","object":"delivery:1","#,
                r#""outcome":"planned","#,
                r#""prev":"0000000000000000000000000000000000000000000000000000000000000000","#,
                r#""recipient":"uhcw","request":"00000000-0000-0000-0000-000000000009","seq":1,"#,
                r#""statements":{"Immunisation":14,"Person":1},"#,
                r#""subject":"00000000-0000-0000-0000-000000000007","v":1,"view":"health@7c1e"}"#,
            )
        );
        assert_eq!((head.seq, head.hash), (1, hash(&line)));
        let (next, _) = head.follow(&AuditEntry { action: "read", ..AuditEntry::default() });
        assert!(
            next.starts_with(r#"{"action":"read","actor":"","at":"1970-01-01T00:00:00.000000Z","prev":""#),
            "{next}"
        );
        assert!(next.contains(&hex::encode(head.hash)));
    }

    #[test]
    fn a_canonical_line_is_what_a_parser_sorts_and_writes() {
        // serde_json keeps members sorted and escapes as RFC 8785 asks, but for two controls.
        let entry = AuditEntry { basis: Some("é\u{1f600}\"\\\n".to_owned()), ..full() };
        let (line, _) = Head::default().follow(&entry);
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value.to_string(), line);
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let entries = [full(), AuditEntry { action: "read", ..AuditEntry::default() }];
        let again = unpack(&pack(&entries)).unwrap();
        assert_eq!(format!("{again:?}"), format!("{entries:?}"));
        assert!(unpack(b"[{}]").is_none());
        assert!(unpack(b"").is_none());
    }

    #[test]
    fn a_time_out_of_range_is_held_at_the_end_of_it() {
        assert!(time(i64::MIN).starts_with('-'));
        assert!(time(i64::MAX).starts_with("9999"));
        assert_eq!(time(-1), "1969-12-31T23:59:59.999999Z");
    }
}
