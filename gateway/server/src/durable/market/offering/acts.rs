//! What an agency does with its homes: offers them, says them anew, confirms and withdraws them, one at a time or by a
//! document.

use axum::http::StatusCode;
use exchange::market::registration;
use exchange::market::submission::{Submitted, TRANSITION};
use exchange::market::vacancy::{Actor as By, may_become};
use schemas::code::{VacancyConfirmer, VacancyStatus};
use schemas::diagnostic::{Diagnostic, Place, Report, Rule};
use schemas::identifier::ProviderUrn;
use schemas::record::{Provider, Vacancy};
use schemas::said::Said;
use serde_json::{Value, json};
use store::audit::AuditEntry;
use store::home::HomeId;
use store::{Batch, Micros, Refused, StoreFault};
use uuid::Uuid;

use super::judging::{Judging, confirmation, counted, counts, judge_rows, withdrawn};
use super::{NewHome, NewProvider, Offered, Offering, Row, Sheet, Submission, Taken, ToKeep, state_word};
use crate::durable::Durable;
use crate::durable::market::shelf::Entry;
use crate::durable::moment::rfc3339;
use crate::durable::protect::Actor;
use crate::inbound::idempotency::Answered;

/// Homes that went because they are absent and that a message lists; all are counted.
const LISTED_HOMES_MAX: usize = 1_000;

impl Durable {
    /// Judges what a partner's message offers, as its writer, and puts what is new into what the reading keeps; what is
    /// told of rows is told to the report. `replaces` says that it is everything: what is absent is withdrawn, but never
    /// more than half, which a message cannot confirm.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn offer_in(
        &self,
        sheet: &Sheet,
        replaces: bool,
        (partner, cause): (&str, &str),
        batch: &mut Batch,
        report: &mut dyn Report,
    ) -> Result<(Offered, Value), StoreFault> {
        let judging = Judging::begin(self)?;
        let own = |urn| self.config.partner(partner).is_some_and(|partner| partner.speaks_for(urn));
        let (mut taken, mut homes) = judge_rows(&judging, sheet, &own);
        let mut gone = Vec::new();
        if replaces {
            let named = providers_of(sheet).filter(|urn| own(*urn)).collect::<Vec<_>>();
            homes.extend(judging.withdraw_absent(sheet, &named, &mut taken, false));
            gone.extend(taken.told.iter().filter(|told| told.place.is_none()).filter_map(|told| told.id));
        }
        for told in &taken.told {
            for rule in &told.rules {
                report.raise(Diagnostic::new(rule, told.place.clone().unwrap_or(Place::Document)));
            }
        }
        let said = sheet.providers.iter().filter(|(urn, _)| own(*urn));
        let providers = said.filter_map(|(urn, said)| judging.new_provider(*urn, said)).collect();
        let offered = Offered { homes, providers, at: judging.at };
        offered.put_into(batch, cause);
        let mut counts: Value = counted(&taken).into_iter().collect();
        if replaces {
            // What went because it is absent is listed back, and so is why nothing went.
            gone.truncate(LISTED_HOMES_MAX);
            counts["withdrawnAsAbsent"] = json!(gone);
            counts["notWithdrawn"] = json!(taken.not_withdrawn);
        }
        Ok((offered, counts))
    }

    /// Takes in a new home; or one that was withdrawn, and is offered again under its name: it goes on with its history.
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
            let held = judging.standing.entry_of(row.urn, vacancy_id);
            if let Some(held) = held.filter(|held| held.home.vacancy.status != Said::Is(VacancyStatus::Withdrawn)) {
                return Ok(Offering::Exists(held.id));
            }
            self.keep_one((&judging, StatusCode::CREATED), held, (row.urn, &row.vacancy), said, actor)
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
            self.keep_one((&judging, StatusCode::OK), Some(held), (row.urn, &row.vacancy), said, actor)
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
            self.keep_one((&judging, StatusCode::OK), Some(held), (urn, &said), None, actor)
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
            let rules = told(&judging.broken_by(urn, &said));
            let said = judging.judged(urn, said);
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
            let answer = Answered::new(
                status,
                json!({ "urn": urn.as_str(), "outcome": outcome, "rules": rules }),
                Some(version),
            );
            let answer = if seen == 0 {
                answer.at(format!("/v1/providers/{}", registration::write(urn).replace('/', "%2F")))
            } else {
                answer
            };
            self.keep_and_answer(&judging, (Vec::new(), providers), line, actor, answer)
        })
    }

    /// Keeps what is said of one home, and answers what became of it, under this status.
    fn keep_one(
        &self,
        (judging, status): (&Judging<'_>, StatusCode),
        held: Option<&Entry>,
        (urn, said): (ProviderUrn, &Vacancy),
        provider: Option<&Provider>,
        actor: &Actor,
    ) -> Result<Offering, StoreFault> {
        let submitted = match judging.submit(held, urn, said) {
            Ok(submitted) => submitted,
            Err(rule) if std::ptr::eq(rule, &raw const TRANSITION) => {
                return Ok(Offering::CannotFollow(state_word(held.and_then(|held| held.home.vacancy.status.is()))));
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
        let answer = answered(status, (id, version), outcome, &submitted);
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
        let own: Vec<ProviderUrn> = providers_of(sheet).filter(|urn| is_own(*urn)).collect();
        self.market.as_writer_of(own.clone(), || {
            let judging = Judging::begin(self)?;
            let (mut taken, mut homes) = judge_rows(&judging, sheet, is_own);
            if submission.replaces {
                homes.extend(judging.withdraw_absent(sheet, &own, &mut taken, submission.is_confirmed));
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

/// The providers of whom a document says something.
fn providers_of(sheet: &Sheet) -> impl Iterator<Item = ProviderUrn> + '_ {
    sheet.rows.iter().map(|row| row.urn).chain(sheet.providers.iter().map(|(urn, _)| *urn))
}

/// What whoever said it is answered: what became of it, and what is told of it.
fn answered(status: StatusCode, (id, version): (HomeId, u64), outcome: &str, submitted: &Submitted) -> Answered {
    let mut as_at = Vec::new();
    if let Said::Is(said) = submitted.vacancy.as_at {
        said.write(&mut as_at);
    }
    let body = json!({
        "id": id,
        "outcome": outcome,
        "status": state_word(submitted.vacancy.status.is()),
        "asAt": String::from_utf8_lossy(&as_at),
        "rules": told(&submitted.told),
    });
    let answer = Answered::new(status, body, Some(version));
    if status == StatusCode::CREATED { answer.at(format!("/v1/vacancies/{id}")) } else { answer }
}

/// Rules, as whoever broke them is told.
fn told(rules: &[&'static Rule]) -> Vec<Value> {
    let drawn = |rule: &&'static Rule| json!({ "rule": rule.code, "severity": rule.severity.word(), "message": rule.message, "help": rule.help });
    rules.iter().map(drawn).collect()
}

/// What an act is caused by, in ids of ours.
fn cause(actor: &Actor) -> String {
    actor.request.map_or_else(|| actor.name.clone(), |request| format!("request:{request}"))
}

fn object(id: HomeId) -> String {
    format!("vacancy:{id}")
}
