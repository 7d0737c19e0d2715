//! All searches in memory: whoever looks has each as it stood at one moment, and nobody waits for a writer.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use exchange::market::profile::is_released;
use exchange::market::search::Home;
use schemas::code::{OfferStatus, ReferralStatus};
use schemas::identifier::{LaCode, ProviderUrn, ReferralRef};
use schemas::record::Record;
use schemas::said::Said;
use store::home::HomeId;
use store::subject::SubjectId;

use super::case::{Answer, Case, subject_of};
use schemas::diagnostic::Place;
use schemas::record::Source;

/// All searches.
#[derive(Default)]
pub(crate) struct Book {
    cases: RwLock<HashMap<ReferralRef, Arc<Case>>>,
}

impl Book {
    /// A search by its random name.
    pub(crate) fn case(&self, reference: &ReferralRef) -> Option<Arc<Case>> {
        self.read().get(reference).cloned()
    }

    /// Every search, newest first.
    pub(crate) fn cases(&self) -> Vec<Arc<Case>> {
        let mut cases: Vec<Arc<Case>> = self.read().values().cloned().collect();
        cases.sort_unstable_by_key(|case| std::cmp::Reverse(case.id));
        cases
    }

    /// Shows a search as it has been kept.
    pub(super) fn show(&self, case: Case) {
        self.cases.write().unwrap_or_else(PoisonError::into_inner).insert(case.reference, Arc::new(case));
    }

    /// Forgets searches that are held no more.
    pub(super) fn forget(&self, references: impl Iterator<Item = ReferralRef>) {
        let mut cases = self.cases.write().unwrap_or_else(PoisonError::into_inner);
        references.for_each(|reference| drop(cases.remove(&reference)));
    }

    /// Shows these, and no others.
    pub(super) fn show_all(&self, cases: Vec<Case>) {
        let cases = cases.into_iter().map(|case| (case.reference, Arc::new(case))).collect();
        *self.cases.write().unwrap_or_else(PoisonError::into_inner) = cases;
    }

    /// Whether one of these providers may know who a child is: an offer of theirs for it was accepted, and holds.
    pub(crate) fn is_released(&self, child: SubjectId, provider: impl Fn(ProviderUrn) -> bool) -> bool {
        self.read().values().filter(|case| case.children.contains(&child)).any(|case| {
            case.accepted()
                .any(|answer| !answer.is_over && provider(answer.urn) && case.children_of(answer).contains(&child))
        })
    }

    /// Whether an authority may have what a child may read of a home: an offer of it to one of its searches says so.
    pub(crate) fn has_profile(&self, authority: LaCode, (id, home): (HomeId, &Home)) -> bool {
        let is_of_it = |answer: &Answer| {
            let named = home.vacancy.vacancy_id.has_value() && answer.offer.vacancy_id == home.vacancy.vacancy_id;
            answer.urn == home.urn && answer.home.map_or(named, |home| home == id)
        };
        self.read().values().filter(|case| case.authority == authority).any(|case| {
            // What was offered to a search that has ended is talked about no more.
            let is_ended = case.referral.status == Said::Is(ReferralStatus::Closed);
            let of_it = case.answers.iter().filter(|answer| is_of_it(answer));
            of_it.into_iter().any(|answer| {
                let is_over = answer.is_over || is_ended && answer.status() == Some(OfferStatus::Offered);
                is_released(&home.vacancy, answer.status(), is_over)
            })
        })
    }

    /// What one of these providers may be told of the search for a child: the latest of those that it was asked about,
    /// since each has a name of its own and nothing may join them. One that is over says that it is, and nothing else.
    pub(crate) fn told(&self, child: SubjectId, provider: impl Fn(ProviderUrn) -> bool) -> Option<Record> {
        let cases = self.read();
        let asked = cases
            .values()
            // Of brothers and sisters one search is told once.
            .filter(|case| case.children.first() == Some(&child))
            .filter(|case| case.asked.iter().any(|urn| provider(*urn)));
        let record = |case: &&Arc<Case>| {
            let mut referral = case.referral.clone();
            let has_accepted = case.accepted().any(|answer| provider(answer.urn));
            if referral.status != Said::Is(ReferralStatus::Open) && !has_accepted {
                // That it is over is all that matters any more, and why is the authority's affair.
                referral.status = Said::Is(ReferralStatus::Closed);
                (referral.close_reason, referral.more) = (Said::NotAsked, None);
            }
            Record {
                subject: subject_of(case.reference),
                statement: referral.into(),
                source: Source::at(Place::Document),
            }
        };
        asked.max_by_key(|case| case.id).as_ref().map(record)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, HashMap<ReferralRef, Arc<Case>>> {
        self.cases.read().unwrap_or_else(PoisonError::into_inner)
    }
}
