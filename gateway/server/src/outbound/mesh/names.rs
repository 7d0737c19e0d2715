//! What MESH calls things: mailboxes, workflows, organisations and messages, checked before they stand in an address,
//! a header or a control file.

use std::fmt;

/// Characters of the id of a message. Those of MESH have 24 (`20220228174323222_ABCDEF`), those of its sandbox 32.
const MESSAGE_ID_BYTES_MAX: usize = 48;

/// Characters of the name of a mailbox (MESH API, `mex-to`).
const MAILBOX_CHARACTERS_MAX: usize = 100;

/// Characters of a workflow (MESH API, `mex-workflowid`).
const WORKFLOW_CHARACTERS_MAX: usize = 300;

/// Characters of an ODS code.
const ODS_CHARACTERS_MAX: usize = 12;

/// The name of a mailbox, in capitals: tokens are made of it so.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct MailboxName(Box<str>);

impl MailboxName {
    /// Reads a name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_plain(text, MAILBOX_CHARACTERS_MAX, b"-_").then(|| Self(text.to_ascii_uppercase().into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a text names this mailbox.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.0.eq_ignore_ascii_case(text)
    }
}

impl fmt::Display for MailboxName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a message is for; sender and recipient are registered for it.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct WorkflowId(Box<str>);

impl WorkflowId {
    /// Reads a workflow.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_plain(text, WORKFLOW_CHARACTERS_MAX, b"-._").then(|| Self(text.into()))
    }

    /// The workflow.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An organisation, as the Organisation Data Service codes it; in capitals.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct OdsCode(Box<str>);

impl OdsCode {
    /// Reads a code.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_plain(text, ODS_CHARACTERS_MAX, b"").then(|| Self(text.to_ascii_uppercase().into()))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The id that MESH gave a message.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct MessageId {
    bytes: [u8; MESSAGE_ID_BYTES_MAX],
    length: u8,
}

impl MessageId {
    /// Reads an id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if !is_plain(text, MESSAGE_ID_BYTES_MAX, b"-_") {
            return None;
        }
        let mut bytes = [0; MESSAGE_ID_BYTES_MAX];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Some(Self { bytes, length: u8::try_from(text.len()).ok()? })
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..usize::from(self.length)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageId({self})")
    }
}

fn is_plain(text: &str, characters_max: usize, others: &[u8]) -> bool {
    (1..=characters_max).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
        && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_change_an_address_or_a_header_is_no_name() {
        assert_eq!(MailboxName::parse("x26abc1").unwrap().as_str(), "X26ABC1");
        assert_eq!(MessageId::parse("20220228174323222_ABCDEF").unwrap().as_str(), "20220228174323222_ABCDEF");
        assert_eq!(MessageId::parse(&"A".repeat(48)).unwrap().as_str().len(), 48);
        assert_eq!(WorkflowId::parse("SPINE_1.0-ack").unwrap().as_str(), "SPINE_1.0-ack");
        for text in ["", "..", ".", "_", "a/b", "a b", "a\r\nx: y", "a:b", "é", "a?b", "a%2f", "<a>", &"a".repeat(301)]
        {
            assert!(MailboxName::parse(text).is_none(), "{text}");
            assert!(WorkflowId::parse(text).is_none(), "{text}");
            assert!(OdsCode::parse(text).is_none(), "{text}");
            assert!(MessageId::parse(text).is_none(), "{text}");
        }
        assert!(MessageId::parse(&"A".repeat(49)).is_none());
    }
}
