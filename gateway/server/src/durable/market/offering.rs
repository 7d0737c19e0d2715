//! Taking in what agencies say of their homes: each row by the rules of submission, kept with its line, then shown.

use std::collections::HashSet;
use std::sync::Arc;

use axum::http::StatusCode;
use exchange::market::search::Home;
use exchange::market::submission::{Outcome, Submitted, TRANSITION, submit, withdrawn_by_absence};
use exchange::market::vacancy::{Actor as By, may_become};
use schemas::code::{Regulator, VacancyConfirmer, VacancyStatus};
use schemas::date::DateTime;
use schemas::diagnostic::{Diagnostic, Place, Report, Rule};
use schemas::identifier::{Identifier, ProviderUrn};
use schemas::record::{Provider, Record, Statement, Subject, Vacancy};
use schemas::said::Said;
use serde_json::{Value, json};
use store::audit::AuditEntry;
use store::home::{HomeId, OfferedAct, OfferedChange, ProviderId};
use store::{Batch, Micros, Refused, StoreFault};
use uuid::Uuid;

use super::around::{Terms, broken};
use super::body::{home_key, provider_key, write};
use super::review::{date_time, home_of};
use super::shelf::{Entry, Snapshot};
use crate::durable::Durable;
use crate::durable::commit::kept_blocking;
use crate::durable::moment::{day_in, now, rfc3339};
use crate::durable::protect::Actor;
use crate::inbound::idempotency::Answered;

/// What is to be kept in one commit.
pub(super) struct ToKeep {
    pub(super) offered: Offered,
    /// What brought it, in ids of ours.
    pub(super) cause: String,
    pub(super) line: AuditEntry,
}

/// Homes and providers as they are once they are kept; shown then, and not before.
#[derive(Default)]
pub(crate) struct Offered {
    pub(super) homes: Vec<NewHome>,
    pub(super) providers: Vec<NewProvider>,
    pub(super) at: Micros,
}

impl Offered {
    /// Puts it into a batch; `cause` is what brought it, in ids of ours.
    pub(super) fn put_into(&self, batch: &mut Batch, cause: &str) {
        let change = |id, seen, key, body| OfferedChange {
            id,
            seen,
            at: self.at,
            cause: cause.to_owned(),
            act: OfferedAct::Put { key, body },
        };
        for new in &self.homes {
            let Said::Is(vacancy_id) = &new.vacancy.vacancy_id else { continue };
            let body = write(new.urn, new.vacancy.clone().into());
            batch.homes.push(change(new.id, new.seen, home_key(new.urn, vacancy_id), body));
        }
        for new in &self.providers {
            let body = write(new.urn, new.said.clone().into());
            batch.providers.push(change(new.id, new.seen, provider_key(new.urn), body));
        }
    }
}

/// A home as it is from now on.
pub(crate) struct NewHome {
    pub(super) id: HomeId,
    /// The version that was seen; 0 for a new one.
    pub(super) seen: u64,
    pub(super) urn: ProviderUrn,
    pub(super) vacancy: Vacancy,
}

/// A provider as it is from now on.
pub(super) struct NewProvider {
    id: ProviderId,
    seen: u64,
    urn: ProviderUrn,
    said: Provider,
}

/// A row of a document, by its provider.
pub(crate) struct Row {
    pub(crate) urn: ProviderUrn,
    pub(crate) vacancy: Vacancy,
    pub(crate) place: Place,
}

/// What a document says of homes.
#[derive(Default)]
pub(crate) struct Sheet {
    pub(crate) providers: Vec<(ProviderUrn, Provider)>,
    pub(crate) rows: Vec<Row>,
    /// Rows were lost: then nothing is withdrawn because it is absent.
    pub(crate) rows_lost: bool,
}

impl Sheet {
    /// Takes what a document says of one provider's place; what is said of anybody else is passed over.
    pub(crate) fn take(&mut self, subject: Option<&Subject>, records: impl IntoIterator<Item = Record>) {
        let urn = subject.and_then(|subject| {
            subject.identifiers.iter().find_map(|identifier| match identifier {
                Identifier::Provider(urn) => Some(*urn),
                _ => None,
            })
        });
        let Some(urn) = urn else { return };
        for record in records {
            match record.statement {
                Statement::Provider(said) => self.providers.push((urn, said)),
                Statement::Vacancy(vacancy) => self.rows.push(Row { urn, vacancy, place: record.source.place }),
                _ => {}
            }
        }
    }
}

/// What became of a row.
pub(crate) struct Told {
    /// Where it stands; nowhere, when it is withdrawn because it is absent.
    pub(crate) place: Option<Place>,
    /// `None` when it is rejected.
    pub(crate) outcome: Option<&'static str>,
    pub(crate) id: Option<HomeId>,
    /// What is told of it.
    pub(crate) rules: Vec<&'static Rule>,
}

/// What came of what an agency asked.
pub(crate) enum Offering {
    /// It is done.
    Done(Answered),
    /// There is no such home of this agency's.
    Missing,
    /// This provider's home of that reference is there already.
    Exists(HomeId),
    /// What was seen has changed.
    Changed,
    /// The state of the home does not allow it.
    State(&'static str),
    /// The agency holds another number of homes.
    Count(usize),
    /// It breaks a rule.
    Breaks(&'static Rule),
    /// It is about another home than the address names.
    AnotherHome,
    /// The store refuses it.
    Refused(Refused),
}

/// What a document is to do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Submission {
    /// It is everything that its providers have: what is absent is withdrawn.
    pub(crate) replaces: bool,
    /// Whoever sends it knows that more than half would go.
    pub(crate) is_confirmed: bool,
    /// One row that is rejected rejects all.
    pub(crate) all_or_nothing: bool,
    /// Nothing is kept.
    pub(crate) dry_run: bool,
}

/// What came of a document.
pub(crate) struct Taken {
    /// In the order of the rows; what is withdrawn by absence comes last.
    pub(crate) told: Vec<Told>,
    /// Why nothing was withdrawn because it is absent, where it was asked for.
    pub(crate) not_withdrawn: Option<&'static str>,
    /// Whether it is kept, or would be.
    pub(crate) stands: bool,
}

/// A row that is of a provider which the partner does not act for.
pub(crate) static PROVIDER_NOT_YOURS: Rule = Rule {
    code: "ifa/provider-not-yours",
    severity: schemas::diagnostic::Severity::Error,
    message: "This provider is not among those for which you are registered here",
    help: "Check the URN; to send for another provider, ask the operator to add it to your registrations.",
    source: "IFA formats, section 11",
};

/// Rows that are being judged, all of them at one moment.
struct Judging<'d> {
    durable: &'d Durable,
    standing: Arc<Snapshot>,
    at: Micros,
    received: DateTime,
}

impl<'d> Judging<'d> {
    fn begin(durable: &'d Durable) -> Result<Self, StoreFault> {
        let at = now();
        // A clock outside the centuries of the record is a fault of the machine.
        let received = date_time(at).ok_or_else(|| StoreFault::Failed("the clock cannot be right".to_owned()))?;
        Ok(Self { durable, standing: durable.market.standing(), at, received })
    }

    fn submit(&self, held: Option<&Entry>, urn: ProviderUrn, said: &Vacancy) -> Result<Submitted, &'static Rule> {
        let config = &self.durable.config;
        let today = day_in(&config.timezone, self.at);
        let Terms { freshness, .. } = Terms::of(config, urn, said, today);
        let mut submitted = submit(held.map(|held| &held.home.vacancy), said, self.received, freshness)?;
        // Kept all the same: whether it is shown is decided at each search.
        submitted.told.extend(broken(config, urn, &submitted.vacancy, today));
        Ok(submitted)
    }

    /// What is to be kept of what was submitted; nothing where nothing is new.
    fn new_home(held: Option<&Entry>, urn: ProviderUrn, submitted: &Submitted) -> Option<NewHome> {
        if submitted.outcome == Outcome::Unchanged {
            return None;
        }
        let (id, seen) = held.map_or_else(|| (Uuid::now_v7(), 0), |held| (held.id, held.version));
        Some(NewHome { id, seen, urn, vacancy: submitted.vacancy.clone() })
    }

    /// What is said of a provider beside what was said; nothing where nothing is new.
    fn new_provider(&self, urn: ProviderUrn, said: &Provider) -> Option<NewProvider> {
        let held = self.standing.market.provider(urn).map(|held| (**held).clone());
        let merged = merged(held.clone().unwrap_or_default(), said);
        if Some(&merged) == held.as_ref() {
            return None;
        }
        let (id, seen) = self.standing.provider(urn).unwrap_or_else(|| (Uuid::now_v7(), 0));
        Some(NewProvider { id, seen, urn, said: merged })
    }
}

/// What was said, but for what is said anew.
fn merged(held: Provider, said: &Provider) -> Provider {
    let (mut merged, said) = (Statement::from(held.clone()), Statement::from(said.clone()));
    for field in Provider::TYPE.fields {
        let answer = field.get(&said);
        if matches!(answer, Said::Is(_)) {
            field.set(&mut merged, answer);
        }
    }
    if let Statement::Provider(merged) = merged { merged } else { held }
}

impl Durable {
    /// Keeps what is offered with its line, and shows it; as the writer of its providers.
    ///
    /// # Errors
    /// When the store fails: then it may be kept, and is shown once the market is read again.
    pub(super) fn keep_offered(
        &self,
        keep: ToKeep,
        answered: Option<(&Actor, &Answered)>,
    ) -> Result<Result<(), Refused>, StoreFault> {
        let ToKeep { offered, cause, line } = keep;
        let mut batch = Batch { audit: vec![line], ..Batch::default() };
        offered.put_into(&mut batch, &cause);
        let kept = match answered {
            Some((actor, answer)) => self.act(batch, actor, answer),
            None => kept_blocking(|done| self.store.keep(batch, done)),
        };
        match kept {
            Ok(Ok(_)) => {}
            Ok(Err(Refused::Clash)) | Err(_) => {
                // Another wrote it, or nobody knows whether it is kept: what the store has is what stands.
                self.load_market()?;
                return kept.map(|kept| kept.map(drop));
            }
            Ok(Err(refused)) => return Ok(Err(refused)),
        }
        self.show_offered(offered);
        Ok(Ok(()))
    }

    /// Shows what has been kept.
    pub(crate) fn show_offered(&self, offered: Offered) {
        let Offered { homes, providers, at } = offered;
        if homes.is_empty() && providers.is_empty() {
            return;
        }
        self.market.change(|standing| {
            for new in providers {
                standing.put_provider(new.id, new.seen + 1, new.urn, new.said);
            }
            for new in homes {
                if let Some(home) = home_of(&self.config, new.urn, new.vacancy, at) {
                    standing.put(new.id, new.seen + 1, at, home);
                }
            }
        });
    }

    /// Puts homes into which children have moved into what a reading keeps; they are shown once it is.
    pub(crate) fn homes_moved_into(&self, homes: Vec<NewHome>, batch: &mut Batch, cause: &str) -> Offered {
        let offered = Offered { homes, providers: Vec::new(), at: now() };
        offered.put_into(batch, cause);
        offered
    }

    /// Does something as the only writer of everything that a partner offers.
    pub(crate) fn as_writer_for<T>(&self, partner: &str, write: impl FnOnce() -> T) -> T {
        let own = self.config.partner(partner).map(|partner| partner.urns.as_slice()).unwrap_or_default();
        let own = own.iter().filter_map(|urn| ProviderUrn::read(Regulator::Ofsted, urn.as_bytes()).ok());
        self.market.as_writer_of(own.collect(), write)
    }

    /// Judges what a partner's message offers, as its writer, and puts what is new into what the reading keeps; what is
    /// told of rows is told to the report. Nothing is withdrawn because it is absent.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn offer_in(
        &self,
        sheet: &Sheet,
        (partner, cause): (&str, &str),
        batch: &mut Batch,
        report: &mut dyn Report,
    ) -> Result<(Offered, Value), StoreFault> {
        let judging = Judging::begin(self)?;
        let own = |urn| self.config.partner(partner).is_some_and(|partner| partner.speaks_for(urn));
        let (taken, homes) = judge_rows(&judging, sheet, &own);
        for told in &taken.told {
            for rule in &told.rules {
                report.raise(Diagnostic::new(rule, told.place.clone().unwrap_or(Place::Document)));
            }
        }
        let said = sheet.providers.iter().filter(|(urn, _)| own(*urn));
        let providers = said.filter_map(|(urn, said)| judging.new_provider(*urn, said)).collect();
        let offered = Offered { homes, providers, at: judging.at };
        offered.put_into(batch, cause);
        Ok((offered, counted(&taken).into_iter().collect()))
    }

    /// Takes in a new home.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn create_home(
        &self,
        row: &Row,
        said: Option<&Provider>,
        actor: &Actor,
    ) -> Result<Offering, StoreFault> {
        self.market.as_writer_of(vec![row.urn], || {
            let judging = Judging::begin(self)?;
            let Said::Is(vacancy_id) = &row.vacancy.vacancy_id else { return Ok(Offering::Missing) };
            if let Some(held) = judging.standing.entry_of(row.urn, vacancy_id) {
                return Ok(Offering::Exists(held.id));
            }
            self.keep_one(&judging, None, row.urn, &row.vacancy, said, actor)
        })
    }

    /// Takes in what is said anew of a home, which the agency has seen at a version.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn replace_home(
        &self,
        id: HomeId,
        seen: u64,
        row: &Row,
        said: Option<&Provider>,
        actor: &Actor,
    ) -> Result<Offering, StoreFault> {
        self.market.as_writer_of(vec![row.urn], || {
            let judging = Judging::begin(self)?;
            let Some(held) = judging.standing.entry(id) else { return Ok(Offering::Missing) };
            if (held.home.urn, &held.home.vacancy.vacancy_id) != (row.urn, &row.vacancy.vacancy_id) {
                return Ok(Offering::AnotherHome);
            }
            if held.version != seen {
                return Ok(Offering::Changed);
            }
            self.keep_one(&judging, Some(held), row.urn, &row.vacancy, said, actor)
        })
    }

    /// Withdraws a home that the agency has seen at a version.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn withdraw_home(
        &self,
        id: HomeId,
        seen: u64,
        urn: ProviderUrn,
        actor: &Actor,
    ) -> Result<Offering, StoreFault> {
        self.market.as_writer_of(vec![urn], || {
            let judging = Judging::begin(self)?;
            let Some(held) = judging.standing.entry(id) else { return Ok(Offering::Missing) };
            if held.version != seen {
                return Ok(Offering::Changed);
            }
            let status = held.home.vacancy.status.is();
            if !may_become(status, VacancyStatus::Withdrawn, By::Agency) {
                return Ok(Offering::State(state_word(status)));
            }
            let homes: Vec<NewHome> =
                if status == Some(VacancyStatus::Withdrawn) { Vec::new() } else { vec![withdrawn(held)] };
            let answer = Answered::empty(held.version + homes.len() as u64);
            let line = self.offering_line("withdraw-home", actor, judging.at, |line| line.object = Some(object(id)));
            self.keep_and_answer(&judging, (homes, Vec::new()), line, actor, answer)
        })
    }

    /// A home is still as it was said, at this moment; `by` says who checked it.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn confirm_home(
        &self,
        id: HomeId,
        urn: ProviderUrn,
        by: Option<VacancyConfirmer>,
        actor: &Actor,
    ) -> Result<Offering, StoreFault> {
        self.market.as_writer_of(vec![urn], || {
            let judging = Judging::begin(self)?;
            let Some(held) = judging.standing.entry(id) else { return Ok(Offering::Missing) };
            let said = confirmation(held, by, judging.received);
            self.keep_one(&judging, Some(held), urn, &said, None, actor)
        })
    }

    /// All homes of a provider that are open or reserved are still as they were said; the agency says how many they are.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn confirm_homes(
        &self,
        urn: ProviderUrn,
        count: u64,
        by: Option<VacancyConfirmer>,
        actor: &Actor,
    ) -> Result<Offering, StoreFault> {
        use VacancyStatus::{Open, Reserved};
        self.market.as_writer_of(vec![urn], || {
            let judging = Judging::begin(self)?;
            let standing = judging.standing.clone();
            let is_live = |entry: &&Entry| {
                entry.home.urn == urn && matches!(entry.home.vacancy.status, Said::Is(Open | Reserved))
            };
            let held: Vec<&Entry> = standing.entries().filter(is_live).collect();
            if held.len() as u64 != count {
                return Ok(Offering::Count(held.len()));
            }
            let mut homes = Vec::new();
            for held in held {
                match judging.submit(Some(held), urn, &confirmation(held, by, judging.received)) {
                    Ok(submitted) => homes.extend(Judging::new_home(Some(held), urn, &submitted)),
                    Err(rule) => return Ok(Offering::Breaks(rule)),
                }
            }
            let line = self.offering_line("confirm-homes", actor, judging.at, |line| {
                line.outcome = Some(format!("confirmed={}", homes.len()));
            });
            let body = json!({ "confirmed": count, "asAt": rfc3339(judging.at) });
            let answer = Answered::new(StatusCode::OK, body, None);
            self.keep_and_answer(&judging, (homes, Vec::new()), line, actor, answer)
        })
    }

    /// Takes in what a provider says of itself, seen at a version; 0 when nobody had said anything.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn replace_provider(
        &self,
        urn: ProviderUrn,
        seen: u64,
        said: Provider,
        actor: &Actor,
    ) -> Result<Offering, StoreFault> {
        self.market.as_writer_of(vec![urn], || {
            let judging = Judging::begin(self)?;
            let (id, version) = judging.standing.provider(urn).unwrap_or_else(|| (Uuid::now_v7(), 0));
            if version != seen {
                return Ok(Offering::Changed);
            }
            let is_same = judging.standing.market.provider(urn).is_some_and(|held| **held == said);
            let providers = if is_same { Vec::new() } else { vec![NewProvider { id, seen, urn, said }] };
            let outcome = if seen == 0 {
                "created"
            } else if is_same {
                "unchanged"
            } else {
                "updated"
            };
            let line = self.offering_line("put-provider", actor, judging.at, |line| {
                line.object = Some(format!("provider:{id}"));
                line.outcome = Some(outcome.to_owned());
            });
            let status = if seen == 0 { StatusCode::CREATED } else { StatusCode::OK };
            let version = seen + providers.len() as u64;
            let answer = Answered::new(status, json!({ "urn": urn.as_str(), "outcome": outcome }), Some(version));
            let answer = if seen == 0 { answer.at(format!("/v1/providers/{}", urn.as_str())) } else { answer };
            self.keep_and_answer(&judging, (Vec::new(), providers), line, actor, answer)
        })
    }

    /// Keeps what is said of one home, and answers what became of it.
    fn keep_one(
        &self,
        judging: &Judging<'_>,
        held: Option<&Entry>,
        urn: ProviderUrn,
        said: &Vacancy,
        provider: Option<&Provider>,
        actor: &Actor,
    ) -> Result<Offering, StoreFault> {
        let submitted = match judging.submit(held, urn, said) {
            Ok(submitted) => submitted,
            Err(rule) if std::ptr::eq(rule, &raw const TRANSITION) => {
                return Ok(Offering::State(state_word(held.and_then(|held| held.home.vacancy.status.is()))));
            }
            Err(rule) => return Ok(Offering::Breaks(rule)),
        };
        let new = Judging::new_home(held, urn, &submitted);
        let (id, version) = match (&new, held) {
            (Some(new), _) => (new.id, new.seen + 1),
            (None, Some(held)) => (held.id, held.version),
            (None, None) => return Ok(Offering::Missing),
        };
        let providers: Vec<_> = provider.and_then(|said| judging.new_provider(urn, said)).into_iter().collect();
        let outcome = submitted.outcome.word();
        let line = self.offering_line("offer-home", actor, judging.at, |line| {
            line.object = Some(object(id));
            line.outcome = Some(outcome.to_owned());
        });
        let answer = answered(held.is_none(), (id, version), outcome, &submitted);
        self.keep_and_answer(judging, (new.into_iter().collect(), providers), line, actor, answer)
    }

    fn keep_and_answer(
        &self,
        judging: &Judging<'_>,
        (homes, providers): (Vec<NewHome>, Vec<NewProvider>),
        line: AuditEntry,
        actor: &Actor,
        answer: Answered,
    ) -> Result<Offering, StoreFault> {
        let offered = Offered { homes, providers, at: judging.at };
        let keep = ToKeep { offered, cause: cause(actor), line };
        Ok(match self.keep_offered(keep, Some((actor, &answer)))? {
            Ok(()) => Offering::Done(answer),
            Err(Refused::Clash) => Offering::Changed,
            Err(refused) => Offering::Refused(refused),
        })
    }

    fn offering_line(
        &self,
        action: &'static str,
        actor: &Actor,
        at: Micros,
        tell: impl FnOnce(&mut AuditEntry),
    ) -> AuditEntry {
        self.line(action, &actor.name, at, |line| {
            line.by.clone_from(&actor.by);
            line.request = actor.request;
            tell(line);
        })
    }

    /// Takes in a document of homes: each row by itself, all of them in one commit. `is_own` says for which providers the
    /// sender speaks, and `answer` makes what it is answered of what came of it.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn offer(
        &self,
        sheet: &Sheet,
        submission: Submission,
        is_own: &dyn Fn(ProviderUrn) -> bool,
        actor: &Actor,
        answer: impl FnOnce(&Taken) -> Answered,
    ) -> Result<Result<(Answered, bool), Refused>, StoreFault> {
        let of_rows = sheet.rows.iter().map(|row| row.urn).chain(sheet.providers.iter().map(|(urn, _)| *urn));
        let own: Vec<ProviderUrn> = of_rows.filter(|urn| is_own(*urn)).collect();
        self.market.as_writer_of(own.clone(), || {
            let judging = Judging::begin(self)?;
            let (mut taken, mut homes) = judge_rows(&judging, sheet, is_own);
            if submission.replaces {
                let absent = judging.absent(sheet, &own, &mut taken, submission.is_confirmed);
                for held in absent {
                    let id = Some(held.id);
                    taken.told.push(Told { place: None, outcome: Some("withdrawn"), id, rules: Vec::new() });
                    homes.push(withdrawn(held));
                }
            }
            let is_rejected = taken.told.iter().any(|told| told.outcome.is_none());
            taken.stands = !(submission.all_or_nothing && (is_rejected || sheet.rows_lost));
            let answer = answer(&taken);
            if submission.dry_run || !taken.stands {
                return Ok(Ok((answer, taken.stands)));
            }
            let said = sheet.providers.iter().filter(|(urn, _)| is_own(*urn));
            let providers = said.filter_map(|(urn, said)| judging.new_provider(*urn, said)).collect();
            let line = self.offering_line("offer-homes", actor, judging.at, |line| line.outcome = Some(counts(&taken)));
            let offered = Offered { homes, providers, at: judging.at };
            let keep = ToKeep { offered, cause: cause(actor), line };
            Ok(self.keep_offered(keep, Some((actor, &answer)))?.map(|()| (answer, true)))
        })
    }
}

/// Judges every row by itself.
fn judge_rows(judging: &Judging<'_>, sheet: &Sheet, is_own: &dyn Fn(ProviderUrn) -> bool) -> (Taken, Vec<NewHome>) {
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
fn withdrawn(held: &Entry) -> NewHome {
    let Home { urn, vacancy, .. } = &*held.home;
    let mut vacancy = Vacancy { status: Said::Is(VacancyStatus::Withdrawn), ..vacancy.clone() };
    let more = vacancy.more.get_or_insert_default();
    if let Said::Is(version) = more.version {
        more.version = schemas::reflect::Number::new(version.get().saturating_add(1)).map_or(more.version, Said::Is);
    }
    NewHome { id: held.id, seen: held.version, urn: *urn, vacancy }
}

/// That a home is as it was said.
fn confirmation(held: &Entry, by: Option<VacancyConfirmer>, at: DateTime) -> Vacancy {
    let mut said =
        Vacancy { vacancy_id: held.home.vacancy.vacancy_id.clone(), as_at: Said::Is(at), ..Vacancy::default() };
    if let Some(by) = by {
        said.more.get_or_insert_default().confirmed_by = Said::Is(by);
    }
    said
}

/// What whoever said it is answered: what became of it, and what is told of it.
fn answered(is_new: bool, (id, version): (HomeId, u64), outcome: &str, submitted: &Submitted) -> Answered {
    let rules: Vec<_> = submitted
        .told
        .iter()
        .map(|rule| json!({ "rule": rule.code, "severity": rule.severity.word(), "message": rule.message, "help": rule.help }))
        .collect();
    let mut as_at = Vec::new();
    if let Said::Is(said) = submitted.vacancy.as_at {
        said.write(&mut as_at);
    }
    let body = json!({
        "id": id,
        "outcome": outcome,
        "status": state_word(submitted.vacancy.status.is()),
        "asAt": String::from_utf8_lossy(&as_at),
        "rules": rules,
    });
    if is_new {
        Answered::new(StatusCode::CREATED, body, Some(version)).at(format!("/v1/vacancies/{id}"))
    } else {
        Answered::new(StatusCode::OK, body, Some(version))
    }
}

/// What an act is caused by, in ids of ours.
fn cause(actor: &Actor) -> String {
    actor.request.map_or_else(|| actor.name.clone(), |request| format!("request:{request}"))
}

fn object(id: HomeId) -> String {
    format!("vacancy:{id}")
}

/// How many rows became what.
fn counted(taken: &Taken) -> [(&'static str, usize); 5] {
    let count = |word| taken.told.iter().filter(|told| told.outcome.unwrap_or("rejected") == word).count();
    ["created", "updated", "unchanged", "withdrawn", "rejected"].map(|word| (word, count(word)))
}

fn counts(taken: &Taken) -> String {
    counted(taken).map(|(word, count)| format!("{word}={count}")).join(" ")
}

/// The word of a state; of a home that is new, that it is.
pub(crate) fn state_word(status: Option<VacancyStatus>) -> &'static str {
    match status {
        None => "new",
        Some(VacancyStatus::Draft) => "draft",
        Some(VacancyStatus::Open) => "open",
        Some(VacancyStatus::Reserved) => "reserved",
        Some(VacancyStatus::Filled) => "filled",
        Some(VacancyStatus::Withdrawn) => "withdrawn",
        Some(VacancyStatus::Expired) => "expired",
    }
}
