//! Taking in what agencies say of their homes: each row by the rules of submission, kept with its line, then shown.

mod acts;
mod judging;

use schemas::code::VacancyStatus;
use schemas::diagnostic::{Place, Rule};
use schemas::identifier::{Identifier, ProviderUrn};
use schemas::record::{Provider, Record, Statement, Subject, Vacancy};
use schemas::said::Said;
use store::audit::AuditEntry;
use store::home::{HomeId, OfferedAct, OfferedChange, ProviderId};
use store::photo::PhotoChange;
use store::{Batch, Micros, Refused, StoreFault};

use super::body::{home_key, provider_key, write};
use super::review::home_of;
use crate::durable::Durable;
use crate::durable::commit::kept_blocking;
use crate::durable::moment::now;
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
            if is_withdrawn(new) {
                batch.photos.push(PhotoChange::RemoveAll(new.id));
            }
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

/// Whether nobody is offered it any more: its photographs go with it.
fn is_withdrawn(new: &NewHome) -> bool {
    new.vacancy.status == Said::Is(VacancyStatus::Withdrawn)
}

/// A provider as it is from now on.
pub(super) struct NewProvider {
    pub(super) id: ProviderId,
    pub(super) seen: u64,
    pub(super) urn: ProviderUrn,
    pub(super) said: Provider,
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
    /// What is said of it cannot follow its state.
    CannotFollow(&'static str),
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
                if is_withdrawn(&new) {
                    standing.remove_photos(new.id, None);
                }
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
        let own = self.config.partner(partner).map(|partner| partner.urns.clone()).unwrap_or_default();
        self.market.as_writer_of(own, write)
    }
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
