//! A delivery as a message of MESH: in pieces, each packed by itself, the first of which names the recipient.

use std::io::Write;
use std::sync::PoisonError;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::Method;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use super::calls::{CALL_SECONDS_MAX, Call, Failure};
use super::names::{MailboxName, MessageId, OdsCode, WorkflowId};
use super::{Fate, Mailbox, Tracked};
use crate::config::{MeshRecipient, MeshWay};
use crate::outbound::outcome::{Outcome, Reason};
use crate::outbound::parcel::Parcel;

/// Pieces of one message.
const CHUNKS_MAX: usize = 10_000;

/// How long the mailbox of an organisation is believed.
const FOUND: Duration = Duration::from_secs(3_600);

/// Organisations whose mailboxes are remembered.
const REMEMBERED_MAX: usize = 1_024;

/// The fence of a delivery that was never leased before: nothing of it can be at MESH.
const FIRST_FENCE: u64 = 1;

const TO: HeaderName = HeaderName::from_static("mex-to");
const WORKFLOW: HeaderName = HeaderName::from_static("mex-workflowid");
const CHUNK_RANGE: HeaderName = HeaderName::from_static("mex-chunk-range");
const FILE_NAME: HeaderName = HeaderName::from_static("mex-filename");
const LOCAL_ID: HeaderName = HeaderName::from_static("mex-localid");

impl Mailbox {
    /// Makes one attempt, each request within this time. What MESH took is [`Outcome::Sent`].
    pub(in crate::outbound) async fn send(&self, way: &MeshWay, parcel: &Parcel, seconds_max: u64) -> Outcome {
        match self.attempt(way, parcel, seconds_max).await {
            Ok(message_id) => Outcome::Sent { message_id },
            Err(failure) => Outcome::of(failure.reason, failure.after),
        }
    }

    async fn attempt(&self, way: &MeshWay, parcel: &Parcel, seconds_max: u64) -> Result<Option<MessageId>, Failure> {
        self.greet().await?;
        if let Some(sent) = self.sent_before(parcel).await? {
            return Ok(sent.message_id);
        }
        let recipient = match &way.to {
            MeshRecipient::Mailbox(mailbox) => mailbox.clone(),
            MeshRecipient::Organisation(ods) => self.mailbox_of(ods, &way.workflow).await?,
        };
        let bytes_max = usize::try_from(self.mesh.chunk_bytes_max).unwrap_or(usize::MAX).max(1);
        let chunks = parcel.body.len().div_ceil(bytes_max).max(1);
        if chunks > CHUNKS_MAX {
            return Err(Reason::TooLarge.into());
        }
        let mut message_id = None;
        for number in 1..=chunks {
            let start = (number - 1) * bytes_max;
            let piece = parcel.body.slice(start..parcel.body.len().min(start + bytes_max));
            let path = match &message_id {
                None => self.own("/outbox"),
                Some(id) => self.own(&format!("/outbox/{id}/{number}")),
            };
            let mut call = Call::new(Method::POST, path);
            call.headers = headers(parcel, number, chunks).ok_or(Reason::Internal)?;
            if number == 1 {
                name(&mut call.headers, way, &recipient, parcel).ok_or(Reason::Internal)?;
            }
            call.body = packed(piece).await?;
            let answer = self.call(call, seconds_max).await?;
            match answer.read.status {
                // Its last piece came already, by an attempt whose answer was lost: the next one asks for its id.
                423 => return Err(Reason::Broken.into()),
                _ if !answer.is_good() => return Err(answer.failure()),
                _ => {}
            }
            if message_id.is_none() {
                message_id = Some(answer.message_id().ok_or(Reason::Unintelligible)?);
            }
        }
        Ok(message_id)
    }

    /// What an earlier attempt, whose answer may never have come, has left at MESH. What MESH could not deliver is sent
    /// anew.
    async fn sent_before(&self, parcel: &Parcel) -> Result<Option<Tracked>, Failure> {
        if parcel.fence <= FIRST_FENCE {
            return Ok(None);
        }
        let tracked = self.track(parcel.delivery).await?;
        Ok(tracked.filter(|tracked| matches!(tracked.fate, Fate::Waits | Fate::Delivered)))
    }

    /// The one mailbox that an organisation has for a workflow (MESH API, endpoint lookup).
    async fn mailbox_of(&self, ods: &OdsCode, workflow: &WorkflowId) -> Result<MailboxName, Failure> {
        let key = (ods.clone(), workflow.clone());
        {
            let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((mailbox, at)) = found.get(&key)
                && at.elapsed() < FOUND
            {
                return Ok(mailbox.clone());
            }
        }
        let path = format!("endpointlookup/{}/{}", ods.as_str(), workflow.as_str());
        let answer = self.call(Call::new(Method::GET, path), CALL_SECONDS_MAX).await?;
        if !answer.is_good() {
            return Err(Failure { reason: Reason::Handshake(answer.read.status), after: answer.read.retry_after });
        }
        let said = answer.json().ok_or(Reason::Unintelligible)?;
        let mailbox = only_mailbox(&said).ok_or(Reason::NoMailbox)?;
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() >= REMEMBERED_MAX {
            found.clear();
        }
        found.insert(key, (mailbox.clone(), Instant::now()));
        Ok(mailbox)
    }
}

/// Where there are several, only a person knows which is meant.
fn only_mailbox(said: &Value) -> Option<MailboxName> {
    let [only] = said.get("results")?.as_array()?.as_slice() else { return None };
    let name = only.get("mailbox_id").or_else(|| only.get("address"))?;
    MailboxName::parse(name.as_str()?)
}

/// The headers of every piece.
fn headers(parcel: &Parcel, number: usize, chunks: usize) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(parcel.media_type));
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(CHUNK_RANGE, HeaderValue::from_str(&format!("{number}:{chunks}")).ok()?);
    Some(headers)
}

/// The headers that name recipient and delivery. There is no subject, and nothing of a child in any of them.
fn name(headers: &mut HeaderMap, way: &MeshWay, recipient: &MailboxName, parcel: &Parcel) -> Option<()> {
    let delivery = parcel.delivery;
    headers.insert(TO, HeaderValue::from_str(recipient.as_str()).ok()?);
    headers.insert(WORKFLOW, HeaderValue::from_str(way.workflow.as_str()).ok()?);
    headers.insert(LOCAL_ID, HeaderValue::from_str(&delivery.to_string()).ok()?);
    headers.insert(FILE_NAME, HeaderValue::from_str(&format!("{delivery}.{}", way.extension)).ok()?);
    Some(())
}

/// Packs a piece, away from the threads that serve connections.
async fn packed(piece: Bytes) -> Result<Bytes, Failure> {
    let packing = spawn_blocking(move || {
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        packer.write_all(&piece)?;
        packer.finish()
    });
    match packing.await {
        Ok(Ok(bytes)) => Ok(Bytes::from(bytes)),
        _ => Err(Reason::Internal.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_taken_only_where_there_is_one() {
        let named = |text: &str| only_mailbox(&serde_json::from_str(text).unwrap()).map(|name| name.to_string());
        assert_eq!(named(r#"{"results":[{"mailbox_id":"x26abc2","mailbox_name":"n"}]}"#).as_deref(), Some("X26ABC2"));
        assert_eq!(named(r#"{"query_id":"q","results":[{"address":"X26ABC2"}]}"#).as_deref(), Some("X26ABC2"));
        for text in [
            "{}",
            "[]",
            r#"{"results":[]}"#,
            r#"{"results":[{"mailbox_id":"A1"},{"mailbox_id":"A2"}]}"#,
            r#"{"results":[{"mailbox_id":"A1/../B"}]}"#,
            r#"{"results":[{"mailbox_id":1}]}"#,
        ] {
            assert_eq!(named(text), None, "{text}");
        }
    }
}
