//! Judging what agencies say: each row by the rules of submission, all of them at one moment.

use std::collections::HashSet;
use std::sync::Arc;

use exchange::market::agencies::judged;
use exchange::market::search::Home;
use exchange::market::submission::{Outcome, Submitted, submit, withdrawn_by_absence};
use schemas::code::{VacancyConfirmer, VacancyStatus};
use schemas::date::DateTime;
use schemas::diagnostic::{Place, Rule};
use schemas::identifier::ProviderUrn;
use schemas::record::{Provider, Statement, Vacancy};
use schemas::said::Said;
use store::{Micros, StoreFault};
use uuid::Uuid;

use super::{NewHome, NewProvider, PROVIDER_NOT_YOURS, Sheet, Taken, Told};
use crate::durable::Durable;
use crate::durable::market::around::{Terms, broken, broken_by};
use crate::durable::market::review::date_time;
use crate::durable::market::shelf::{Entry, Snapshot};
use crate::durable::moment::{day_in, now};

/// Rows that are being judged, all of them at one moment.
pub(super) struct Judging<'d> {
    durable: &'d Durable,
    pub(super) standing: Arc<Snapshot>,
    pub(super) at: Micros,
    pub(super) received: DateTime,
}

impl<'d> Judging<'d> {
    pub(super) fn begin(durable: &'d Durable) -> Result<Self, StoreFault> {
        let at = now();
        // A clock outside the centuries of the record is a fault of the machine.
        let received = date_time(at).ok_or_else(|| StoreFault::Failed("the clock cannot be right".to_owned()))?;
        Ok(Self { durable, standing: durable.market.standing(), at, received })
    }

    pub(super) fn submit(
        &self,
        held: Option<&Entry>,
        urn: ProviderUrn,
        said: &Vacancy,
    ) -> Result<Submitted, &'static Rule> {
        let config = &self.durable.config;
        let today = day_in(&config.timezone, self.at);
        let Terms { freshness, .. } = Terms::of(config, urn, said, today);
        let mut submitted = submit(held.map(|held| &held.home.vacancy), said, self.received, freshness)?;
        // Kept all the same: whether it is shown is decided at each search.
        submitted.told.extend(broken(config, urn, &submitted.vacancy, today));
        Ok(submitted)
    }

    /// What is to be kept of what was submitted; nothing where nothing is new.
    pub(super) fn new_home(held: Option<&Entry>, urn: ProviderUrn, submitted: &Submitted) -> Option<NewHome> {
        if submitted.outcome == Outcome::Unchanged {
            return None;
        }
        let (id, seen) = held.map_or_else(|| (Uuid::now_v7(), 0), |held| (held.id, held.version));
        Some(NewHome { id, seen, urn, vacancy: submitted.vacancy.clone() })
    }

    /// What is said of a provider, under the judgement that counts.
    pub(super) fn judged(&self, urn: ProviderUrn, said: Provider) -> Provider {
        judged(urn, said, self.durable.config.registers.providers.as_deref())
    }

    /// The rules that a provider breaks by what it says of itself.
    pub(super) fn broken_by(&self, urn: ProviderUrn, said: &Provider) -> Vec<&'static Rule> {
        let held = self.standing.market.provider(urn).map(|held| &**held);
        let config = &self.durable.config;
        broken_by(config, urn, (said, held), day_in(&config.timezone, self.at))
    }

    /// What is said of a provider beside what was said; nothing where nothing is new.
    pub(super) fn new_provider(&self, urn: ProviderUrn, said: &Provider) -> Option<NewProvider> {
        let held = self.standing.market.provider(urn).map(|held| (**held).clone());
        let merged = self.judged(urn, merged(held.clone().unwrap_or_default(), said));
        if Some(&merged) == held.as_ref() {
            return None;
        }
        let (id, seen) = self.standing.provider(urn).unwrap_or_else(|| (Uuid::now_v7(), 0));
        Some(NewProvider { id, seen, urn, said: merged })
    }
}

/// What was said, but for what is said anew.
pub(super) fn merged(held: Provider, said: &Provider) -> Provider {
    let (mut merged, said) = (Statement::from(held.clone()), Statement::from(said.clone()));
    for field in Provider::TYPE.fields {
        let answer = field.get(&said);
        if matches!(answer, Said::Is(_)) {
            field.set(&mut merged, answer);
        }
    }
    if let Statement::Provider(merged) = merged { merged } else { held }
}

/// Judges every row by itself.
pub(super) fn judge_rows(
    judging: &Judging<'_>,
    sheet: &Sheet,
    is_own: &dyn Fn(ProviderUrn) -> bool,
) -> (Taken, Vec<NewHome>) {
    let mut taken = Taken { told: Vec::with_capacity(sheet.rows.len()), not_withdrawn: None, stands: true };
    let mut homes = Vec::new();
    for row in &sheet.rows {
        let mut told = Told { place: Some(row.place.clone()), outcome: None, id: None, rules: Vec::new() };
        if !is_own(row.urn) {
            told.rules.push(&PROVIDER_NOT_YOURS);
            taken.told.push(told);
            continue;
        }
        let held = row.vacancy.vacancy_id.as_ref().is().and_then(|id| judging.standing.entry_of(row.urn, id));
        told.id = held.map(|held| held.id);
        match judging.submit(held, row.urn, &row.vacancy) {
            Err(rule) => told.rules.push(rule),
            Ok(submitted) => {
                told.outcome = Some(submitted.outcome.word());
                told.rules.clone_from(&submitted.told);
                if let Some(new) = Judging::new_home(held, row.urn, &submitted) {
                    told.id = Some(new.id);
                    homes.push(new);
                }
            }
        }
        taken.told.push(told);
    }
    (taken, homes)
}

impl Judging<'_> {
    /// Withdraws the homes that a document does not name, and tells of each.
    pub(super) fn withdraw_absent(
        &self,
        sheet: &Sheet,
        own: &[ProviderUrn],
        taken: &mut Taken,
        is_confirmed: bool,
    ) -> Vec<NewHome> {
        let absent = self.absent(sheet, own, taken, is_confirmed);
        let told =
            |held: &&Entry| Told { place: None, outcome: Some("withdrawn"), id: Some(held.id), rules: Vec::new() };
        taken.told.extend(absent.iter().map(told));
        absent.into_iter().map(withdrawn).collect()
    }

    /// The homes that a document withdraws because it does not name them.
    fn absent(&self, sheet: &Sheet, own: &[ProviderUrn], taken: &mut Taken, is_confirmed: bool) -> Vec<&Entry> {
        // Of a row that was lost nobody knows which home it is of.
        let lost: &[Option<&str>] = if sheet.rows_lost { &[None] } else { &[] };
        if sheet.rows_lost {
            taken.not_withdrawn = Some("rows-lost");
        }
        let providers: HashSet<ProviderUrn> = own.iter().copied().collect();
        let mut absent = Vec::new();
        for urn in providers {
            // What is rejected is named all the same.
            let rows = sheet.rows.iter().filter(|row| row.urn == urn);
            let named: HashSet<&str> =
                rows.filter_map(|row| row.vacancy.vacancy_id.as_ref().is()).map(|id| &**id).collect();
            let held: Vec<&Entry> = self.standing.entries().filter(|entry| entry.home.urn == urn).collect();
            let vacancies = held.iter().map(|entry| &entry.home.vacancy);
            match withdrawn_by_absence(vacancies, &named, lost, is_confirmed) {
                Ok(withdrawn) => {
                    let goes =
                        |entry: &&&Entry| withdrawn.iter().any(|it| std::ptr::eq(*it, &raw const entry.home.vacancy));
                    absent.extend(held.iter().filter(goes).copied());
                }
                Err(rule) => {
                    taken.not_withdrawn = Some("replace-too-large");
                    taken.told.push(Told { place: Some(Place::Document), outcome: None, id: None, rules: vec![rule] });
                }
            }
        }
        absent
    }
}

/// A home that its agency does not offer any more.
pub(super) fn withdrawn(held: &Entry) -> NewHome {
    let Home { urn, vacancy, .. } = &*held.home;
    let mut vacancy = Vacancy { status: Said::Is(VacancyStatus::Withdrawn), ..vacancy.clone() };
    let more = vacancy.more.get_or_insert_default();
    if let Said::Is(version) = more.version {
        more.version = schemas::reflect::Number::new(version.get().saturating_add(1)).map_or(more.version, Said::Is);
    }
    NewHome { id: held.id, seen: held.version, urn: *urn, vacancy }
}

/// That a home is as it was said.
pub(super) fn confirmation(held: &Entry, by: Option<VacancyConfirmer>, at: DateTime) -> Vacancy {
    let mut said =
        Vacancy { vacancy_id: held.home.vacancy.vacancy_id.clone(), as_at: Said::Is(at), ..Vacancy::default() };
    if let Some(by) = by {
        said.more.get_or_insert_default().confirmed_by = Said::Is(by);
    }
    said
}

/// How many rows became what.
pub(super) fn counted(taken: &Taken) -> [(&'static str, usize); 5] {
    // What is told of the document is told of no row.
    let rows = || taken.told.iter().filter(|told| told.place != Some(Place::Document));
    let count = |word| rows().filter(|told| told.outcome.unwrap_or("rejected") == word).count();
    ["created", "updated", "unchanged", "withdrawn", "rejected"].map(|word| (word, count(word)))
}

pub(super) fn counts(taken: &Taken) -> String {
    counted(taken).map(|(word, count)| format!("{word}={count}")).join(" ")
}
