//! Replays: what a person changes about how a message is read, kept with the message; and what would come of it.

use serde_json::{Map, Value, json};
use store::message::{LeasedMessage, Message};

use super::Durable;
use crate::config::RowErrors;
use crate::inbound::acts::member;
use crate::inbound::problem::Problem;

/// What a replay changes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Overrides {
    /// Another dialect of the configuration.
    pub(crate) dialect: Option<String>,
    /// What a wrong row does.
    pub(crate) errors: Option<RowErrors>,
    /// Errors above which the message is quarantined again.
    pub(crate) errors_max: Option<u64>,
}

const ERRORS: [(&str, RowErrors); 3] =
    [("fail", RowErrors::Fail), ("skip", RowErrors::Skip), ("quarantine", RowErrors::Quarantine)];

impl Overrides {
    /// Reads what a person asks.
    ///
    /// # Errors
    /// A complaint about the member that cannot be used.
    pub(crate) fn read(body: &Map<String, Value>, durable: &Durable) -> Result<Self, Problem> {
        let dialect = crate::inbound::acts::text(body, "dialect")?;
        if dialect.as_deref().is_some_and(|name| durable.config.dialect(name).is_none()) {
            return Err(member(
                "dialect",
                "names no dialect of the configuration",
                "see [[dialect]] in the configuration",
            ));
        }
        let errors = match crate::inbound::acts::text(body, "errors")? {
            None => None,
            Some(word) => Some(
                of_word(&word)
                    .ok_or_else(|| member("errors", "is none of fail, skip, quarantine", "choose one of them"))?,
            ),
        };
        let errors_max = match body.get("errorsMax") {
            None | Some(Value::Null) => None,
            Some(value) => Some(
                value
                    .as_u64()
                    .ok_or_else(|| member("errorsMax", "is not a whole number", "write it without quotes"))?,
            ),
        };
        Ok(Self { dialect, errors, errors_max })
    }

    /// As they are kept.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let word =
            self.errors.and_then(|errors| ERRORS.iter().find(|(_, known)| *known == errors)).map(|(word, _)| *word);
        json!({ "dialect": self.dialect, "errors": word, "errorsMax": self.errors_max }).to_string().into_bytes()
    }

    /// From what was kept; what cannot be read changes nothing.
    pub(crate) fn from_bytes(bytes: Option<&[u8]>) -> Self {
        let value: Value = bytes.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
        Self {
            dialect: value.get("dialect").and_then(Value::as_str).map(str::to_owned),
            errors: value.get("errors").and_then(Value::as_str).and_then(of_word),
            errors_max: value.get("errorsMax").and_then(Value::as_u64),
        }
    }
}

fn of_word(word: &str) -> Option<RowErrors> {
    ERRORS.iter().find(|(known, _)| *known == word).map(|(_, errors)| *errors)
}

impl Durable {
    /// What a replay would do: the reading as it would be, what would go to whom, what was delivered before. Nothing
    /// is kept of it.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn preview_replay(
        self: &std::sync::Arc<Self>,
        mut message: Message,
        overrides: Overrides,
    ) -> Result<Value, Problem> {
        message.replay = Some(overrides.to_bytes());
        let document = super::reader::open_document(self, &message).await;
        let before = message.clone();
        let settlement = self
            .think(move |durable| {
                let leased = LeasedMessage { message, fence: 0, crashes: 0 };
                durable.read_message(&leased, document.as_ref().map_err(|why| *why)).map(|read| read.settlement)
            })
            .await?
            .map_err(crate::inbound::intake::store_problem)?;
        let id = before.id;
        let delivered = self
            .read(move |store| {
                store.deliveries(&store::delivery::DeliveryFilter {
                    message: Some(id),
                    limit: 200,
                    ..store::delivery::DeliveryFilter::default()
                })
            })
            .await?;
        let mut would: std::collections::BTreeMap<(String, String), (u64, u64)> = std::collections::BTreeMap::new();
        for delivery in &settlement.batch.deliveries {
            let counts = would.entry((delivery.route.clone(), delivery.recipient.clone())).or_default();
            counts.0 += 1;
            counts.1 += delivery.subjects.len() as u64;
        }
        let would: Vec<Value> = would
            .into_iter()
            .map(|((route, recipient), (deliveries, children))| {
                json!({ "route": route, "recipient": recipient, "deliveries": deliveries, "children": children })
            })
            .collect();
        let earlier: Vec<Value> = delivered.items.iter().map(crate::inbound::deliveries::delivery_json).collect();
        Ok(json!({
            "state": settlement.state.word(),
            "reason": settlement.reason,
            "counts": serde_json::from_slice::<Value>(&settlement.counts).unwrap_or_default(),
            "report": serde_json::from_slice::<Value>(&settlement.report).unwrap_or_default(),
            "wouldSend": would,
            "deliveredBefore": earlier,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_come_back_as_they_were_kept() {
        let overrides =
            Overrides { dialect: Some("coventry-903".to_owned()), errors: Some(RowErrors::Skip), errors_max: Some(12) };
        assert_eq!(Overrides::from_bytes(Some(&overrides.to_bytes())), overrides);
        assert_eq!(Overrides::from_bytes(Some(&Overrides::default().to_bytes())), Overrides::default());
        assert_eq!(Overrides::from_bytes(Some(b"[")), Overrides::default());
        assert_eq!(Overrides::from_bytes(None), Overrides::default());
    }
}
