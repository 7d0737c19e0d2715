//! Ratings that fall: told to the provider, and to every authority with a child placed there or with an offer of it that
//! may still be accepted or was (`ifa/rating-fell`; ifa-formats, section 4.1).
//!
//! A provider is held under the judgement that counts: the register's, unless it tells of a later inspection. So what
//! the register says anew is seen at each look, also after a start, and what was told is not told again: it is kept once
//! it was told, and whoever could not be written to is called by those who run the gateway. Only providers of whom
//! something is held are looked at; of others nobody has said how they were rated before.

use std::collections::BTreeSet;
use std::sync::Arc;

use exchange::market::agencies::{RATING_FELL, has_fallen, judged};
use exchange::market::referral::alike::open_episode;
use schemas::code::OfferStatus;
use schemas::identifier::ProviderUrn;
use schemas::record::Provider;
use store::StoreFault;
use store::home::ProviderId;

use super::offering::{NewProvider, Offered, ToKeep};
use crate::config::Config;
use crate::durable::alerts::Kind;
use crate::durable::moment::{day_in, now};
use crate::durable::partner_letters::{News, ToldBy};
use crate::durable::{Durable, HOUSE};
use crate::outbound::mail::Letter;

/// Children that are looked at together.
const LOT: usize = 256;

/// A provider whom the register judges otherwise than it is held.
struct Judged {
    id: ProviderId,
    seen: u64,
    urn: ProviderUrn,
    said: Provider,
    has_fallen: bool,
}

impl Durable {
    /// Looks for providers whom the register judges anew, tells of those who fell, and holds them as they are judged.
    pub(crate) async fn look_at_ratings(self: &Arc<Self>) {
        for judged in self.judged_anew() {
            let told = if judged.has_fallen { self.tell_of_fall(&judged).await } else { Vec::new() };
            let shared = self.clone();
            match tokio::task::spawn_blocking(move || shared.hold_judged(judged, &told)).await {
                Ok(Ok(()) | Err(StoreFault::Closed)) => {}
                _ => tracing::error!("how a provider is rated could not be kept"),
            }
        }
    }

    fn judged_anew(&self) -> Vec<Judged> {
        let register = self.config.registers.providers.as_deref();
        let standing = self.market.standing();
        let judged_anew = |(urn, _): (ProviderUrn, ProviderId)| {
            let (held, (id, seen)) = (standing.market.provider(urn)?, standing.provider(urn)?);
            let said = judged(urn, (**held).clone(), register);
            let has_fallen = has_fallen(urn, held, Some(held), register);
            (said != **held).then_some(Judged { id, seen, urn, said, has_fallen })
        };
        standing.providers().filter_map(judged_anew).collect()
    }

    /// Tells everybody whom the fall of a provider concerns: who was told, and how.
    async fn tell_of_fall(self: &Arc<Self>, judged: &Judged) -> Vec<(String, ToldBy)> {
        let (shared, urn) = (self.clone(), judged.urn);
        let concerned = tokio::task::spawn_blocking(move || shared.authorities_with(urn)).await;
        let Ok(Ok(authorities)) = concerned else {
            tracing::error!("whom the rating of a provider concerns could not be seen");
            return Vec::new();
        };
        let mut told = Vec::new();
        for partner in concerned_partners(&self.config, urn, &authorities) {
            let news = self.news_of_fall(&partner, urn);
            let by = match self.tell_partner(&news).await {
                Some(by) => by,
                // It is kept as told right after: whom no letter reaches now must not be forgotten.
                None => {
                    self.call_partner(&news).await;
                    ToldBy::Alert
                }
            };
            told.push((partner, by));
        }
        told
    }

    /// The authorities with a child placed with a provider, or with an offer of it that stands or was accepted.
    fn authorities_with(&self, urn: ProviderUrn) -> Result<BTreeSet<String>, StoreFault> {
        let stands = |status| matches!(status, Some(OfferStatus::Offered | OfferStatus::Accepted));
        let of_offers = self.referrals.cases().into_iter().filter(|case| {
            case.answers.iter().any(|answer| answer.urn == urn && !answer.is_over && stands(answer.status()))
        });
        let mut authorities: BTreeSet<String> = of_offers.map(|case| case.authority.to_string()).collect();
        let (mut after, today) = (None, day_in(&self.config.timezone, now()));
        loop {
            let lot = self.store.all_subjects(after, LOT)?;
            let Some(last) = lot.last().copied() else { break };
            after = Some(last);
            for child in self.open_children(&lot)? {
                let Some(authority) = child.standing.authority.clone().filter(|code| !authorities.contains(code))
                else {
                    continue;
                };
                let dossier = child.dossier();
                let placed = open_episode(&dossier, today).and_then(|episode| episode.placement_urn.is());
                let mut text = Vec::new();
                if let Some(placed) = placed {
                    placed.write(&mut text);
                }
                if !child.is_erased() && text.eq_ignore_ascii_case(urn.as_str().as_bytes()) {
                    authorities.insert(authority);
                }
            }
        }
        Ok(authorities)
    }

    fn news_of_fall(&self, partner: &str, urn: ProviderUrn) -> News {
        let (gateway, today) = (&self.config.name, day_in(&self.config.timezone, now()));
        let urn = urn.as_str();
        let text = format!(
            "{}: {urn}.\n\nYou are told because you are the provider, have a child placed there, or have an offer of it.\n\n\
             What to do: {}\n\nRule: {}\nSee: /v1/providers/{urn}\n",
            RATING_FELL.message, RATING_FELL.help, RATING_FELL.code
        );
        let subject = format!("[homeward {gateway}] the rating of {urn} fell");
        let letter = Letter { id: format!("rating-fell-{partner}-{urn}-{today}"), subject, text };
        News { partner: partner.to_owned(), instead: Kind::RatingFell, about: Some(urn.to_owned()), letter }
    }

    /// Holds a provider as it is judged, with a line of who was told.
    fn hold_judged(&self, judged: Judged, told: &[(String, ToldBy)]) -> Result<(), StoreFault> {
        let Judged { id, seen, urn, said, has_fallen } = judged;
        self.market.as_writer_of(vec![urn], || {
            let at = now();
            let line = self.line("rate-provider", HOUSE, at, |line| {
                line.object = Some(format!("provider:{id}"));
                line.outcome = Some(if has_fallen { "fell" } else { "judged-anew" }.to_owned());
                let told: Vec<String> = told.iter().map(|(partner, by)| format!("{partner}={}", by.word())).collect();
                line.recipient = (!told.is_empty()).then(|| told.join(" "));
            });
            let providers = vec![NewProvider { id, seen, urn, said }];
            let offered = Offered { homes: Vec::new(), providers, at };
            // Where the provider has said something meanwhile, what it said is under the same judgement.
            self.keep_offered(ToKeep { offered, cause: "register".to_owned(), line }, None).map(drop)
        })
    }
}

/// The partners who act for a provider, and the systems of these authorities.
fn concerned_partners(config: &Config, urn: ProviderUrn, authorities: &BTreeSet<String>) -> Vec<String> {
    let partners = config.partners.iter().filter(|partner| partner.enabled && partner.person.is_none());
    let concerns = partners.filter(|partner| {
        partner.speaks_for(urn) || partner.authority.as_ref().is_some_and(|code| authorities.contains(code))
    });
    concerns.map(|partner| partner.name.clone()).collect()
}
