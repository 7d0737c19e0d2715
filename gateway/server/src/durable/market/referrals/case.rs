//! A search for a home as it is held: the referral, whom it is about, who was asked, and what was answered.
//!
//! **Format** in the store (encrypted there): what is ours as JSON behind its length in four bytes, big-endian, then the
//! referral and the offers as a holding of records, in the form of everything else that is held.

use std::fmt;
use std::sync::Arc;

use exchange::holding::Holding;
use exchange::market::referral::offer::offered_for;
use exchange::market::registration;
use schemas::code::OfferStatus;
use schemas::date::Date;
use schemas::diagnostic::Place;
use schemas::identifier::{Identifier, LaCode, ProviderUrn, ReferralRef};
use schemas::record::{Offer, Record, Referral, Source, Statement, Subject};
use schemas::said::Said;
use serde_json::{Value, json};
use store::home::{HomeId, MarketKey, Offered, OfferedAct, OfferedChange, ReferralId};
use store::subject::SubjectId;
use store::{Micros, StoreFault};
use uuid::Uuid;

use crate::durable::held::{read_holding, write_holding};

/// Bytes of the length of what is ours.
const LENGTH_BYTES: usize = 4;

/// A search for a home.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) id: ReferralId,
    /// Raised by every change; the ETag.
    pub(crate) version: u64,
    /// When it was changed last.
    pub(crate) at: Micros,
    /// Its random name.
    pub(crate) reference: ReferralRef,
    /// Whose it is.
    pub(crate) authority: LaCode,
    /// Whom it is about, by the numbers of the referral's children, from 1.
    pub(crate) children: Vec<SubjectId>,
    pub(crate) referral: Referral,
    /// The providers that were asked.
    pub(crate) asked: Vec<ProviderUrn>,
    pub(crate) answers: Vec<Answer>,
}

/// What a provider answered.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) id: Uuid,
    pub(crate) version: u64,
    pub(crate) urn: ProviderUrn,
    pub(crate) offer: Offer,
    /// The home whose places are held for it, once it is accepted.
    pub(crate) home: Option<HomeId>,
    /// When it was accepted.
    pub(crate) accepted_at: Option<Micros>,
    /// When the provider told that the placement began.
    pub(crate) started_at: Option<Micros>,
    /// The day on which the placement ended, as the provider told it.
    pub(crate) ended_on: Option<Date>,
    /// The provider has no part in it any more: it was told so.
    pub(crate) is_over: bool,
}

/// Which it is, and nothing of what it says.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case").field("id", &self.id).field("version", &self.version).finish_non_exhaustive()
    }
}

impl Answer {
    /// Its state.
    pub(crate) fn status(&self) -> Option<OfferStatus> {
        self.offer.status.is()
    }

    /// Changes its state.
    pub(crate) fn become_(&mut self, status: OfferStatus) {
        self.offer.status = Said::Is(status);
        self.version += 1;
    }
}

impl Case {
    /// The children that an answer is for, by our own ids.
    pub(crate) fn children_of(&self, answer: &Answer) -> Vec<SubjectId> {
        let numbers = offered_for(&answer.offer, &self.referral);
        let place = |number: schemas::reflect::Number<99>| usize::from(number.get()).checked_sub(1);
        numbers.into_iter().filter_map(|number| self.children.get(place(number)?).copied()).collect()
    }

    /// The answer of an id.
    pub(crate) fn answer(&self, id: Uuid) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.id == id)
    }

    /// Changes the answer of an id; nothing where there is none.
    pub(crate) fn change(&mut self, id: Uuid, change: impl FnOnce(&mut Answer)) {
        if let Some(answer) = self.answers.iter_mut().find(|answer| answer.id == id) {
            change(answer);
        }
    }

    /// The answers that hold.
    pub(crate) fn accepted(&self) -> impl Iterator<Item = &Answer> {
        self.answers.iter().filter(|answer| answer.status() == Some(OfferStatus::Accepted))
    }

    /// Whether an accepted answer is for a child.
    pub(crate) fn is_matched(&self, child: SubjectId) -> bool {
        self.accepted().any(|answer| self.children_of(answer).contains(&child))
    }

    /// Under what it is kept.
    pub(super) fn key(reference: &ReferralRef) -> MarketKey {
        MarketKey(reference.as_str().as_bytes().to_vec())
    }

    /// The change that keeps it, at the version that was seen.
    pub(super) fn kept(&self, seen: u64, cause: String) -> OfferedChange {
        let act = OfferedAct::Put { key: Self::key(&self.reference), body: self.write() };
        OfferedChange { id: self.id, seen, at: self.at, cause, act }
    }

    fn write(&self) -> Vec<u8> {
        let answers: Vec<Value> = self
            .answers
            .iter()
            .map(|answer| {
                json!({
                    "id": answer.id,
                    "version": answer.version,
                    "urn": registration::write(answer.urn),
                    "home": answer.home,
                    "acceptedAt": answer.accepted_at,
                    "startedAt": answer.started_at,
                    "endedOn": answer.ended_on.map(|day| day.to_string()),
                    "isOver": answer.is_over,
                })
            })
            .collect();
        let ours = json!({
            "reference": self.reference.as_str(),
            "authority": self.authority.to_string(),
            "children": self.children,
            "asked": self.asked.iter().map(|urn| registration::write(*urn)).collect::<Vec<_>>(),
            "answers": answers,
        });
        let ours = ours.to_string().into_bytes();
        let subject = subject_of(self.reference);
        let record = |statement| Record { subject: subject.clone(), statement, source: Source::at(Place::Document) };
        let offers = self.answers.iter().map(|answer| Statement::from(answer.offer.clone()));
        let records = std::iter::once(self.referral.clone().into()).chain(offers).map(record).collect();
        let length = u32::try_from(ours.len()).unwrap_or(u32::MAX).to_be_bytes();
        let holding = write_holding(&Holding { subject: Some(subject.clone()), records, ..Holding::default() });
        [&length[..], &ours, &holding].concat()
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// [`StoreFault::Corrupt`] for anything else.
    pub(super) fn read(held: &Offered) -> Result<Self, StoreFault> {
        const NOT_OURS: StoreFault = StoreFault::Corrupt("a search for a home is not what was written");
        let (length, rest) = held.body.split_first_chunk::<LENGTH_BYTES>().ok_or(NOT_OURS)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| NOT_OURS)?;
        let (ours, holding) = rest.split_at_checked(length).ok_or(NOT_OURS)?;
        let ours: Value = serde_json::from_slice(ours).map_err(|_| NOT_OURS)?;
        let mut records = read_holding(holding)?.records.into_iter().map(|record| record.statement);
        let Some(Statement::Referral(referral)) = records.next() else { return Err(NOT_OURS) };
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or(NOT_OURS);
        let urn = |value: &Value| registration::read(&text(value)?).ok_or(NOT_OURS);
        let uuid = |value: &Value| Uuid::try_parse(&text(value)?).map_err(|_| NOT_OURS);
        let list = |name: &str| ours[name].as_array().cloned().ok_or(NOT_OURS);
        let answers = list("answers")?.into_iter().map(|answer| {
            let Some(Statement::Offer(offer)) = records.next() else { return Err(NOT_OURS) };
            Ok(Answer {
                id: uuid(&answer["id"])?,
                version: answer["version"].as_u64().ok_or(NOT_OURS)?,
                urn: urn(&answer["urn"])?,
                offer,
                home: answer["home"].as_str().and_then(|id| Uuid::try_parse(id).ok()),
                accepted_at: answer["acceptedAt"].as_i64(),
                started_at: answer["startedAt"].as_i64(),
                ended_on: answer["endedOn"].as_str().and_then(|day| Date::parse_iso(day.as_bytes())),
                is_over: answer["isOver"].as_bool().ok_or(NOT_OURS)?,
            })
        });
        let answers = answers.collect::<Result<_, StoreFault>>()?;
        Ok(Self {
            id: held.id,
            version: held.version,
            at: held.at,
            reference: ReferralRef::read(text(&ours["reference"])?.as_bytes()).map_err(|_| NOT_OURS)?,
            authority: LaCode::read(text(&ours["authority"])?.as_bytes()).ok_or(NOT_OURS)?,
            children: list("children")?.iter().map(uuid).collect::<Result<_, _>>()?,
            asked: list("asked")?.iter().map(urn).collect::<Result<_, _>>()?,
            referral,
            answers,
        })
    }
}

/// The child of a search, by nothing but its random name.
pub(crate) fn subject_of(reference: ReferralRef) -> Arc<Subject> {
    Arc::new(Subject::child(vec![Identifier::Referral(reference)], None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_comes_back_and_nothing_else_is_read() {
        let [urn, welsh] = ["SC999901", "ciw:W18/0001"].map(|text| registration::read(text).unwrap());
        let offer = Offer { status: Said::Is(OfferStatus::Accepted), ..Offer::default() };
        let answer = Answer {
            id: Uuid::from_u128(7),
            version: 3,
            urn,
            offer,
            home: Some(Uuid::from_u128(8)),
            accepted_at: Some(5),
            started_at: None,
            ended_on: Date::new(2026, 2, 3),
            is_over: false,
        };
        let case = Case {
            id: Uuid::from_u128(1),
            version: 4,
            at: 9,
            reference: ReferralRef::read(b"R-7Q4M2XKD9TVAHB3NC8E5WYRZ1P").unwrap(),
            authority: LaCode::read(b"330").unwrap(),
            children: vec![Uuid::from_u128(2), Uuid::from_u128(3)],
            referral: Referral::default(),
            asked: vec![urn, welsh],
            answers: vec![answer],
        };
        let body = case.write();
        let held = |body: &[u8]| Offered { id: case.id, version: 4, at: 9, cause: String::new(), body: body.to_vec() };
        let read = Case::read(&held(&body)).unwrap();
        assert!(
            read.write() == body
                && read.asked == case.asked
                && (read.id, read.version, read.at) == (case.id, case.version, case.at)
        );
        for end in 0..body.len() {
            assert!(Case::read(&held(&body[..end])).is_err(), "{end}");
        }
    }
}
