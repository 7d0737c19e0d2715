//! Photographs of homes: kept stripped, one under each name, gone when the home is withdrawn.
//!
//! Limits: so many of one home as the configuration says; what is known of all of them stands in memory, and their bytes
//! in the store. **Format** of what is known of one in the store (encrypted there): JSON with `name`, `mediaType`,
//! `sha256` and `bytes`. A photograph is written by the writer of its provider's homes, with its line, and only then
//! shown.

use std::sync::Arc;

use axum::http::StatusCode;
use kit::photograph::{Fault, Photograph, Picture};
use schemas::code::VacancyStatus;
use schemas::identifier::ProviderUrn;
use schemas::said::Said;
use serde_json::{Value, json};
use store::home::{HomeId, MarketKey};
use store::photo::{NewPhoto, Photo, PhotoChange, PhotoId};
use store::{Batch, Refused, StoreFault};
use uuid::Uuid;

use super::offering::{Offering, state_word};
use super::shelf::Snapshot;
use crate::durable::Durable;
use crate::durable::moment::now;
use crate::durable::protect::Actor;
use crate::inbound::idempotency::Answered;

/// What the agency has looked for on a photograph before it sent it, as the audit chain has it.
const ASSURED: &str = "assured: no other child, street sign, number plate or school badge";

/// A photograph that is held, without its bytes.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct HeldPhoto {
    pub(crate) id: PhotoId,
    /// What it is called, of its home once.
    pub(crate) name: Box<str>,
    pub(crate) picture: Picture,
    /// Of its bytes as they are kept, in hex.
    pub(crate) sha256: Box<str>,
    pub(crate) bytes: u64,
}

impl HeldPhoto {
    fn of(name: &str, photograph: &Photograph) -> Self {
        Self {
            id: Uuid::now_v7(),
            name: name.into(),
            picture: photograph.picture(),
            sha256: photograph.sha256().into(),
            bytes: photograph.bytes().len() as u64,
        }
    }

    /// Its ETag: of what it shows, so that the same bytes under the same name are the same, whenever they came.
    pub(crate) fn tag(&self) -> u64 {
        self.sha256.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default()
    }

    /// What whoever may have it is told of it.
    pub(crate) fn told(&self) -> Value {
        json!({
            "name": &*self.name,
            "mediaType": self.picture.media_type(),
            "sha256": &*self.sha256,
            "bytes": self.bytes,
        })
    }

    fn write(&self) -> Vec<u8> {
        self.told().to_string().into_bytes()
    }

    /// Reads what [`HeldPhoto::write`] wrote.
    ///
    /// # Errors
    /// [`StoreFault::Corrupt`] for anything else.
    pub(super) fn read(id: PhotoId, about: &[u8]) -> Result<Self, StoreFault> {
        const NOT_OURS: StoreFault = StoreFault::Corrupt("a photograph is not what was written");
        let about: Value = serde_json::from_slice(about).map_err(|_| NOT_OURS)?;
        let text = |name: &str| about[name].as_str().ok_or(NOT_OURS);
        Ok(Self {
            id,
            name: text("name")?.into(),
            picture: Picture::of_media_type(text("mediaType")?).ok_or(NOT_OURS)?,
            sha256: text("sha256")?.into(),
            bytes: about["bytes"].as_u64().ok_or(NOT_OURS)?,
        })
    }
}

/// Which photograph is meant: of which provider's home, and what it is called.
pub(crate) struct Which {
    pub(crate) home: HomeId,
    pub(crate) urn: ProviderUrn,
    pub(crate) name: Box<str>,
}

impl Which {
    fn held(&self, standing: &Snapshot) -> Option<Arc<HeldPhoto>> {
        standing.photos(self.home).iter().find(|held| held.name == self.name).cloned()
    }
}

impl Durable {
    /// Keeps a photograph of a home; `seen` is the tag of the one under its name, where the agency has seen one.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn put_photo(
        &self,
        which: &Which,
        seen: Option<u64>,
        photograph: &Photograph,
        actor: &Actor,
    ) -> Result<Offering, StoreFault> {
        self.market.as_writer_of(vec![which.urn], || {
            let standing = self.market.standing();
            let Some(entry) = standing.entry(which.home) else { return Ok(Offering::Missing) };
            if entry.home.vacancy.status == Said::Is(VacancyStatus::Withdrawn) {
                return Ok(Offering::State(state_word(entry.home.vacancy.status.is())));
            }
            let held = which.held(&standing);
            if held.as_ref().map(|held| held.tag()) != seen {
                return Ok(Offering::Changed);
            }
            let new = HeldPhoto::of(&which.name, photograph);
            let outcome = match &held {
                None => "created",
                Some(held) if held.sha256 == new.sha256 => "unchanged",
                Some(_) => "updated",
            };
            let most = usize::try_from(self.config.limits.photos_per_profile_max).unwrap_or(usize::MAX);
            if held.is_none() && standing.photos(which.home).len() >= most {
                return Ok(Offering::Breaks(Fault::Many.rule()));
            }
            let mut body = new.told();
            body["outcome"] = json!(outcome);
            let (status, tag) =
                if held.is_none() { (StatusCode::CREATED, new.tag()) } else { (StatusCode::OK, new.tag()) };
            let answer = Answered::new(status, body, Some(tag));
            let answer = match held {
                None => answer.at(format!("/v1/vacancies/{}/photos/{}", which.home, which.name)),
                Some(_) => answer,
            };
            let name = MarketKey(which.name.as_bytes().to_vec());
            let photo = Photo { id: new.id, home: which.home, about: new.write() };
            let body = photograph.bytes().to_vec();
            let put = PhotoChange::Put(NewPhoto { photo, name, seen: held.as_ref().map(|held| held.id), body });
            let photos = if outcome == "unchanged" { Vec::new() } else { vec![put] };
            let kept = self.keep_photos(which, photos, ("put-photo", outcome, new.id), actor, answer)?;
            if matches!(kept, Offering::Done(_)) && outcome != "unchanged" {
                self.market.change(|standing| standing.put_photo(which.home, new));
            }
            Ok(kept)
        })
    }

    /// Forgets a photograph of a home, which the agency has seen under a tag.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn remove_photo(&self, which: &Which, seen: u64, actor: &Actor) -> Result<Offering, StoreFault> {
        self.market.as_writer_of(vec![which.urn], || {
            let Some(held) = which.held(&self.market.standing()) else { return Ok(Offering::Missing) };
            if held.tag() != seen {
                return Ok(Offering::Changed);
            }
            let answer = Answered::empty(held.tag());
            let photos = vec![PhotoChange::Remove(held.id)];
            let kept = self.keep_photos(which, photos, ("remove-photo", "removed", held.id), actor, answer)?;
            if matches!(kept, Offering::Done(_)) {
                self.market.change(|standing| standing.remove_photos(which.home, Some(held.id)));
            }
            Ok(kept)
        })
    }

    fn keep_photos(
        &self,
        which: &Which,
        photos: Vec<PhotoChange>,
        (action, outcome, id): (&'static str, &str, PhotoId),
        actor: &Actor,
        answer: Answered,
    ) -> Result<Offering, StoreFault> {
        let line = self.line(action, &actor.name, now(), |line| {
            line.by.clone_from(&actor.by);
            line.request = actor.request;
            line.object = Some(format!("vacancy:{}", which.home));
            line.outcome = Some(format!("{outcome} photo:{id}"));
            if action == "put-photo" {
                line.basis = Some(ASSURED.to_owned());
            }
        });
        let batch = Batch { photos, audit: vec![line], ..Batch::default() };
        let kept = self.act(batch, actor, &answer);
        if matches!(kept, Ok(Err(Refused::Clash)) | Err(_)) {
            // Another wrote it, or nobody knows whether it is kept: what the store has is what stands.
            self.load_market()?;
        }
        Ok(match kept? {
            Ok(_) => Offering::Done(answer),
            Err(Refused::Clash) => Offering::Changed,
            Err(refused) => Offering::Refused(refused),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_a_photograph_comes_back_and_nothing_else_is_read() {
        let photo = HeldPhoto {
            id: Uuid::from_u128(7),
            name: "room".into(),
            picture: Picture::Png,
            sha256: "00000000000000ff11".into(),
            bytes: 9,
        };
        let about = photo.write();
        assert_eq!((HeldPhoto::read(photo.id, &about).unwrap(), photo.tag()), (photo, 255));
        for end in 0..about.len() {
            assert!(HeldPhoto::read(Uuid::nil(), &about[..end]).is_err(), "{end}");
        }
    }
}
