//! What came to a mailbox: listed, looked at one by one, and acknowledged once it is kept.

use std::collections::HashSet;
use std::fmt;

use hyper::Method;
use hyper::header::{self, HeaderMap};
use serde_json::Value;
use uuid::Uuid;

use super::Mailbox;
use super::calls::{CALL_SECONDS_MAX, Call, Failure};
use super::names::{MailboxName, MessageId};
use super::refusal::Refusal;
use super::tracking::Fate;
use crate::outbound::outcome::Reason;

/// Messages that one list names (MESH API, inbox: 10 to 5,000).
const PAGE_MESSAGES_MAX: usize = 500;

/// Lists that are asked for in one look.
const PAGES_MAX: usize = 20;

/// Characters of the word by which the next list is asked for (MESH API, `continue_from`).
const CONTINUE_CHARACTERS_MAX: usize = 1_000;

/// A message that waits in a mailbox.
#[derive(Clone, Eq, PartialEq)]
pub struct Arrival {
    /// What MESH calls it.
    pub message_id: MessageId,
    /// What it is for; as its sender wrote it.
    pub workflow: String,
    /// The mailbox that sent it.
    pub from: Option<MailboxName>,
    /// What its sender calls it; as its sender wrote it.
    pub local_id: Option<String>,
    /// Its file name; as its sender wrote it, and so perhaps the name of a child.
    pub file_name: Option<String>,
    /// What it is.
    pub kind: ArrivalKind,
}

/// What a message is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ArrivalKind {
    /// Content of a sender's.
    Data,
    /// Word of MESH about a message of ours. It has no content, and is acknowledged as every other message.
    Report(Report),
}

/// Word of MESH about a message of ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Report {
    /// The delivery, where the local id is that of one.
    pub delivery: Option<Uuid>,
    /// What MESH calls the message.
    pub about: Option<MessageId>,
    /// What became of it: delivered or failed.
    pub fate: Fate,
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival")
            .field("message_id", &self.message_id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Mailbox {
    /// Everything that waits in the mailbox, oldest first as MESH lists it.
    ///
    /// # Errors
    /// When MESH cannot be asked, or does not answer in words that are known.
    pub async fn poll(&self) -> Result<Vec<Arrival>, Failure> {
        self.greet().await?;
        let mut arrivals = Vec::new();
        for message_id in self.list().await? {
            arrivals.extend(self.look(message_id).await?);
        }
        Ok(arrivals)
    }

    /// Tells MESH that a message is kept: it leaves the inbox and cannot be fetched again. One that is gone already
    /// counts as acknowledged.
    ///
    /// # Errors
    /// When MESH cannot be told; it may be told again at any time.
    pub async fn acknowledge(&self, message_id: MessageId) -> Result<(), Failure> {
        self.greet().await?;
        let path = self.own(&format!("/inbox/{message_id}/status/acknowledged"));
        let answer = self.call(Call::new(Method::PUT, path), CALL_SECONDS_MAX).await?;
        if answer.is_good() || matches!(answer.read.status, 404 | 410) { Ok(()) } else { Err(answer.failure()) }
    }

    async fn list(&self) -> Result<Vec<MessageId>, Failure> {
        let (mut listed, mut seen) = (Vec::new(), HashSet::new());
        let mut next: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let mut path = self.own(&format!("/inbox?max_results={PAGE_MESSAGES_MAX}"));
            if let Some(next) = &next {
                path.push_str("&continue_from=");
                path.extend(form_urlencoded::byte_serialize(next.as_bytes()));
            }
            let answer = self.call(Call::new(Method::GET, path), CALL_SECONDS_MAX).await?;
            if !answer.is_good() {
                return Err(answer.failure());
            }
            let said = answer.json().ok_or(Reason::Unintelligible)?;
            let page = ids(&said).ok_or(Reason::Unintelligible)?;
            // A list that names nothing new would go on for ever.
            let before = listed.len();
            listed.extend(page.into_iter().filter(|id| seen.insert(*id)));
            next = continue_from(&said);
            if next.is_none() || listed.len() == before {
                break;
            }
        }
        Ok(listed)
    }

    /// What a message is; `None` when it has gone meanwhile.
    async fn look(&self, message_id: MessageId) -> Result<Option<Arrival>, Failure> {
        let call = Call::new(Method::HEAD, self.own(&format!("/inbox/{message_id}")));
        let answer = self.call(call, CALL_SECONDS_MAX).await?;
        match answer.read.status {
            404 | 410 => Ok(None),
            _ if !answer.is_good() => Err(answer.failure()),
            _ => Ok(Some(arrival(message_id, &answer.headers))),
        }
    }
}

fn ids(said: &Value) -> Option<Vec<MessageId>> {
    let ids = said.get("messages")?.as_array()?;
    ids.iter().take(PAGE_MESSAGES_MAX).map(|id| MessageId::parse(id.as_str()?)).collect()
}

/// Only the word by which MESH goes on is taken of the address it gives: we know where it is.
fn continue_from(said: &Value) -> Option<String> {
    let (_, query) = said.get("links")?.get("next")?.as_str()?.split_once('?')?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, value) = pairs.find(|(name, _)| name == "continue_from")?;
    (1..=CONTINUE_CHARACTERS_MAX).contains(&value.len()).then(|| value.into_owned())
}

fn arrival(message_id: MessageId, headers: &HeaderMap) -> Arrival {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let local_id = said("mex-localid");
    let kind = if said("mex-messagetype").is_some_and(|kind| kind.eq_ignore_ascii_case("report")) {
        let success = said("mex-statussuccess").is_some_and(|word| word.eq_ignore_ascii_case("success"));
        let code = said("mex-statuscode").unwrap_or_default();
        ArrivalKind::Report(Report {
            delivery: local_id.and_then(|id| Uuid::try_parse(id).ok()),
            about: said("mex-linkedmsgid").and_then(MessageId::parse),
            fate: if success { Fate::Delivered } else { Fate::Failed(Refusal::of_code(code)) },
        })
    } else {
        ArrivalKind::Data
    };
    Arrival {
        message_id,
        workflow: said("mex-workflowid").unwrap_or_default().to_owned(),
        from: said("mex-from").and_then(MailboxName::parse),
        local_id: local_id.map(str::to_owned),
        file_name: said("mex-filename").map(str::to_owned),
        kind,
    }
}

/// How the body of a message is packed; `Err` when in a way that nobody knows.
pub(super) fn is_packed(headers: &HeaderMap) -> Result<bool, Reason> {
    match headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase()) {
        None => Ok(false),
        Some(coding) if coding.is_empty() || coding == b"identity" => Ok(false),
        Some(coding) if coding == b"gzip" => Ok(true),
        Some(_) => Err(Reason::Unintelligible),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(pairs: &[(&'static str, &'static str)]) -> Arrival {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        arrival(MessageId::parse("M1").unwrap(), &headers)
    }

    #[test]
    fn a_report_names_the_delivery_and_why_it_failed() {
        let delivery = Uuid::now_v7();
        let local_id: &'static str = Box::leak(delivery.to_string().into_boxed_str());
        let found = head(&[
            ("mex-messagetype", "REPORT"),
            ("mex-localid", local_id),
            ("mex-linkedmsgid", "20220228174323222_ABCDEF"),
            ("mex-statuscode", "14"),
            ("mex-statussuccess", "ERROR"),
        ]);
        let about = MessageId::parse("20220228174323222_ABCDEF");
        let fate = Fate::Failed(Refusal::of_code("14"));
        assert_eq!(found.kind, ArrivalKind::Report(Report { delivery: Some(delivery), about, fate }));
    }

    #[test]
    fn a_report_that_says_little_is_a_failure_without_a_name() {
        let found = head(&[("mex-messagetype", "Report"), ("mex-localid", "autumn return"), ("mex-statuscode", "00")]);
        let fate = Fate::Failed(Refusal::of_code("00"));
        assert_eq!(found.kind, ArrivalKind::Report(Report { delivery: None, about: None, fate }));
        assert_eq!(head(&[]).kind, ArrivalKind::Data);
    }

    #[test]
    fn what_a_sender_wrote_is_never_shown() {
        let found = head(&[("mex-filename", "canary.csv"), ("mex-localid", "canary"), ("mex-workflowid", "canary")]);
        assert!(!format!("{found:?}").contains("canary"));
    }

    #[test]
    fn a_list_goes_on_by_its_word_and_never_by_its_address() {
        let next = |link: &str| continue_from(&serde_json::json!({ "links": { "next": link } }));
        assert_eq!(next("https://evil.example/x?continue_from=abc%3D&max_results=9").as_deref(), Some("abc="));
        assert_eq!(next("/messageexchange/A/inbox"), None);
        assert_eq!(next(&format!("/?continue_from={}", "a".repeat(1_001))), None);
        for text in ["{}", "[]", r#"{"messages":"A"}"#, r#"{"messages":["../B"]}"#, r#"{"messages":[1]}"#] {
            assert!(ids(&serde_json::from_str(text).unwrap()).is_none(), "{text}");
        }
    }
}
