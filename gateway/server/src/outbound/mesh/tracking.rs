//! What became of a message that was sent (MESH API, tracking), in the words of both versions.

use hyper::Method;
use serde_json::Value;
use uuid::Uuid;

use super::Mailbox;
use super::calls::{CALL_SECONDS_MAX, Call, Failure};
use super::names::MessageId;
use super::refusal::Refusal;
use crate::outbound::outcome::Reason;

/// What became of a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fate {
    /// Its last piece has not come: MESH does not have it.
    Unfinished,
    /// It waits for its recipient.
    Waits,
    /// Its recipient has acknowledged it.
    Delivered,
    /// It was not delivered and will not be.
    Failed(Refusal),
}

/// A message that was sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tracked {
    /// What MESH calls it.
    pub message_id: Option<MessageId>,
    /// What became of it.
    pub fate: Fate,
}

impl Mailbox {
    /// What became of a delivery, by the local id it was sent under; `None` when MESH does not know of it.
    ///
    /// # Errors
    /// When MESH cannot be asked, or does not say it in words that are known.
    pub async fn track(&self, delivery: Uuid) -> Result<Option<Tracked>, Failure> {
        self.tracked(&format!("/outbox/tracking/{delivery}")).await
    }

    /// What became of a message, by its id; `None` when MESH does not know of it.
    ///
    /// # Errors
    /// As [`Mailbox::track`].
    pub async fn track_message(&self, message_id: MessageId) -> Result<Option<Tracked>, Failure> {
        self.tracked(&format!("/outbox/tracking?messageID={message_id}")).await
    }

    async fn tracked(&self, rest: &str) -> Result<Option<Tracked>, Failure> {
        self.greet().await?;
        let answer = self.call(Call::new(Method::GET, self.own(rest)), CALL_SECONDS_MAX).await?;
        match answer.read.status {
            // Several went under one local id: which of them counts, MESH does not say.
            300 => Ok(Some(Tracked { message_id: None, fate: Fate::Waits })),
            404 => Ok(None),
            _ if !answer.is_good() => Err(answer.failure()),
            _ => {
                let fate = answer.json().as_ref().and_then(fate).ok_or(Reason::Unintelligible)?;
                Ok(Some(Tracked { message_id: answer.message_id(), fate }))
            }
        }
    }
}

fn fate(said: &Value) -> Option<Fate> {
    let word = |names: [&str; 2]| names.iter().find_map(|name| said.get(name)?.as_str());
    let status = said.get("status")?.as_str()?.to_ascii_lowercase();
    let code = || Refusal::of_code(word(["status_code", "statusCode"]).unwrap_or_default());
    Some(match status.as_str() {
        "uploading" => Fate::Unfinished,
        "accepted" => Fate::Waits,
        "acknowledged" => Fate::Delivered,
        "undeliverable" | "error" => Fate::Failed(code()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fate_is_read_in_both_versions_and_an_unknown_word_is_none() {
        let read = |text: &str| fate(&serde_json::from_str(text).unwrap());
        assert_eq!(read(r#"{"status":"accepted"}"#), Some(Fate::Waits));
        assert_eq!(read(r#"{"status":"Acknowledged","statusSuccess":"SUCCESS"}"#), Some(Fate::Delivered));
        assert_eq!(read(r#"{"status":"uploading"}"#), Some(Fate::Unfinished));
        let failed = Some(Fate::Failed(Refusal::of_code("14")));
        assert_eq!(read(r#"{"status":"undeliverable","status_code":"14"}"#), failed);
        assert_eq!(read(r#"{"status":"Undeliverable","statusCode":"14"}"#), failed);
        for text in ["{}", "[]", r#"{"status":"lost"}"#, r#"{"status":1}"#] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
