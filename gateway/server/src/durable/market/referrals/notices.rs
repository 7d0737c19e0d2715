//! What providers tell of placements: whose word is heard, when a placement has begun and ended, and what it would change
//! in the authority's episodes, which nobody but the authority writes (ifa-formats, sections 6.2 and 6.3).

use exchange::carried::is_place;
use exchange::market::candidate::{Beside, Candidate, PlacementUrn, Proposal, Provider, candidate};
use exchange::market::referral::alike::{birth_date, open_episode};
use exchange::market::referral::offer::moved_in;
use exchange::market::referral::rules;
use exchange::market::registration;
use schemas::code::{Code, NoticeKind};
use schemas::date::Date;
use schemas::diagnostic::{Diagnostic, Place, Report};
use schemas::identifier::ProviderUrn;
use schemas::record::{PlacementNotice, Statement};
use schemas::said::Said;
use serde_json::{Value, json};
use store::subject::SubjectId;
use store::{Batch, StoreFault};

use super::case::Case;
use super::issuing::Outcome;
use crate::durable::Durable;
use crate::durable::blind::blind_of;
use crate::durable::market::offering::NewHome;
use crate::durable::moment::{day_in, now};
use crate::durable::taking_in::Spoken;

/// What notices change beside the children's records.
#[derive(Default)]
pub(crate) struct Noticed {
    /// Searches whose placements began or ended.
    cases: Vec<(Case, u64)>,
    /// Homes into which children have moved.
    pub(super) homes: Vec<NewHome>,
}

impl Noticed {
    /// Puts the searches into what the reading keeps.
    pub(crate) fn put_into(&self, batch: &mut Batch, cause: &str) {
        batch.referrals.extend(self.cases.iter().map(|(case, seen)| case.kept(*seen, cause.to_owned())));
    }

    /// The homes, to be kept with whatever else is offered.
    pub(crate) fn take_homes(&mut self) -> Vec<NewHome> {
        std::mem::take(&mut self.homes)
    }
}

impl Durable {
    /// Hears what a partner's message tells of placements. An agency is heard of the children whom it took in by an
    /// accepted offer, and of nobody else: the rest of such a notice is told and passed over. What is heard says when a
    /// placement began and ended.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn hear_notices(
        &self,
        partner: &str,
        spoken: &mut Vec<Spoken>,
        report: &mut dyn Report,
    ) -> Result<Noticed, StoreFault> {
        let mut noticed = Noticed::default();
        let Some(sender) = self.config.partner(partner).filter(|partner| !partner.urns.is_empty()) else {
            return Ok(noticed);
        };
        for spoken in spoken.iter_mut().filter(|spoken| !is_place(&spoken.dossier)) {
            let tells = |statement: &Statement| {
                matches!(statement, Statement::PlacementNotice(_) | Statement::PlacementCost(_))
            };
            if !spoken.dossier.records.iter().any(|record| tells(&record.statement)) {
                continue;
            }
            let Some(subject) = spoken.dossier.subject.clone() else { continue };
            let known: Vec<_> = subject.identifiers.iter().filter_map(|id| blind_of(id, subject.authority)).collect();
            let child = self.store.find(&known)?.into_iter().flatten().next();
            let today = day_in(&self.config.timezone, now());
            let is_theirs = |urn: ProviderUrn| sender.speaks_for(urn);
            let is_released = |child| self.referrals.is_released(child, is_theirs);
            let child = child.filter(|child| is_released(*child));
            let mut told: Option<Place> = None;
            spoken.dossier.records.retain(|record| {
                let urn = urn_told(&record.statement).map(|number| sender.registration(number));
                let is_heard =
                    !tells(&record.statement) || child.is_some() && urn.is_none_or(|urn| urn.is_some_and(is_theirs));
                // A notice and its cost stand at one place.
                if !is_heard && told.as_ref() != Some(&record.source.place) {
                    report.raise(Diagnostic::new(&rules::NOTICE_NOT_RELEASED, record.source.place.clone()));
                    told = Some(record.source.place.clone());
                }
                is_heard
            });
            let Some(child) = child else { continue };
            let standing = spoken.dossier.records.iter().filter(|record| !record.source.retracts);
            for record in standing {
                if let Statement::PlacementNotice(notice) = &record.statement {
                    let urn = notice.provider_urn.as_ref().is().and_then(|number| sender.registration(number));
                    self.note(&mut noticed, child, (urn, notice), today);
                }
            }
        }
        // Of whom nothing is heard nothing is held.
        spoken.retain(|spoken| is_place(&spoken.dossier) || !spoken.dossier.records.is_empty() || spoken.rejected);
        Ok(noticed)
    }

    /// Notes when a placement began or ended.
    fn note(
        &self,
        noticed: &mut Noticed,
        child: SubjectId,
        (urn, notice): (Option<ProviderUrn>, &PlacementNotice),
        today: Date,
    ) {
        let Some(urn) = urn else { return };
        let cases = self.referrals.cases();
        let holds = |case: &Case| {
            case.accepted()
                .find(|answer| answer.urn == urn && !answer.is_over && case.children_of(answer).contains(&child))
                .map(|answer| answer.id)
        };
        let Some((case, id)) = cases.iter().find_map(|case| Some((case, holds(case)?))) else { return };
        let known = noticed.cases.iter().position(|(known, _)| known.id == case.id);
        let place = known.unwrap_or_else(|| {
            let mut next = (**case).clone();
            self.advance(&mut next);
            noticed.cases.push((next, case.version));
            noticed.cases.len() - 1
        });
        let at = now();
        let (next, _) = &mut noticed.cases[place];
        let children = next.answer(id).map_or(0, |answer| next.children_of(answer).len());
        let mut begins = None;
        next.change(id, |answer| match notice.kind {
            Said::Is(NoticeKind::Start) if answer.started_at.is_none() => {
                (answer.started_at, begins) = (Some(at), Some(answer.home));
            }
            Said::Is(NoticeKind::End) => answer.ended_on = notice.end_date.is().or(Some(today)),
            _ => {}
        });
        if let Some(home) = begins.flatten() {
            let standing = self.market.standing();
            let moved = standing.entry(home).and_then(|entry| {
                let vacancy = moved_in(&entry.home.vacancy, children)?;
                Some(NewHome { id: entry.id, seen: entry.version, urn, vacancy })
            });
            noticed.homes.extend(moved);
        }
    }

    /// Shows searches whose notices have been kept.
    pub(crate) fn show_noticed(&self, noticed: Noticed) {
        for (case, _) in noticed.cases {
            self.referrals.show(case);
        }
    }

    /// What the notices about a search's children would change in their episodes, for a person of the authority to
    /// confirm in the case system.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn candidates(&self, case: &Case) -> Result<Value, StoreFault> {
        let today = day_in(&self.config.timezone, now());
        let mut items = Vec::new();
        for (number, child) in (1..).zip(self.open_children(&case.children)?) {
            let dossier = child.dossier();
            let notices: Vec<&PlacementNotice> = dossier
                .statements()
                .filter_map(|statement| match statement {
                    Statement::PlacementNotice(notice) => Some(notice),
                    _ => None,
                })
                .collect();
            let open = open_episode(&dossier, today);
            for notice in &notices {
                let of = |kind| {
                    notices
                        .iter()
                        .copied()
                        .find(|other| other.kind == Said::Is(kind) && other.notice_id != notice.notice_id)
                };
                let beside = Beside {
                    open,
                    began: of(NoticeKind::Start),
                    ended: of(NoticeKind::End),
                    provider: self.provider_of(notice),
                    born: birth_date(&dossier),
                };
                let mut drawn = drawn(&candidate(notice, &beside));
                drawn["childNo"] = json!(number);
                drawn["notice"] = json!(notice.notice_id.as_ref().is());
                items.push(drawn);
            }
        }
        Ok(json!({ "items": items, "next": null }))
    }

    fn provider_of(&self, notice: &PlacementNotice) -> Provider {
        // A number that is none of Ofsted's is registered elsewhere: a person decides.
        let Some(urn) = notice.provider_urn.as_ref().is().and_then(|urn| registration::read(urn)) else {
            return Provider::Unknown;
        };
        let register = self.config.registers.providers.as_deref();
        let listed = register.and_then(|register| register.entry(urn));
        let said = self.market.standing().market.provider(urn).and_then(|provider| provider.sector.is());
        match listed {
            Some(entry) => {
                Provider::Registered { provision: entry.provision, sector: entry.sector.or(said), is_own: None }
            }
            None if said.is_some() => Provider::Registered { provision: None, sector: said, is_own: None },
            None => Provider::Unknown,
        }
    }

    /// Ends the releases of placements that ended long enough ago.
    pub(super) fn end_releases(&self, case: &Case) -> Result<(), StoreFault> {
        let today = day_in(&self.config.timezone, now());
        let days = i32::try_from(self.config.release_days.placement_days_after_max).unwrap_or(i32::MAX);
        let is_due = |answer: &&super::case::Answer| {
            !answer.is_over && answer.ended_on.is_some_and(|ended| today.days_since(ended) > days)
        };
        let Some(due) = case.accepted().find(is_due) else { return Ok(()) };
        self.end_release(case, due).map(|_: Outcome| ())
    }
}

/// The number of the provider of which a statement tells.
fn urn_told(statement: &Statement) -> Option<&str> {
    let urn = match statement {
        Statement::PlacementNotice(notice) => &notice.provider_urn,
        Statement::PlacementCost(cost) => &cost.provider_urn,
        _ => return None,
    };
    urn.as_ref().is().map(|urn| &**urn)
}

/// A candidate as a person reads it: columns of the return, each certain, suggested or to be decided.
fn drawn(candidate: &Candidate) -> Value {
    match candidate {
        Candidate::Nothing => json!({ "proposes": "nothing" }),
        Candidate::NoOpenEpisode => json!({ "proposes": "nothing", "why": "no-open-episode" }),
        Candidate::TooLittle => json!({ "proposes": "nothing", "why": "too-little-or-done-already" }),
        Candidate::End(end) => json!({
            "proposes": "end",
            "DEC": end.end_date.to_string(),
            "REC": of_codes(&end.end_reason),
            "REASON_PLACE_CHANGE": of_codes(&end.change_reason),
        }),
        Candidate::Move(it) => {
            let begins = &it.begins;
            let told: Vec<Value> = it
                .told
                .iter()
                .map(|rule| json!({ "rule": rule.code, "message": rule.message, "help": rule.help }))
                .collect();
            json!({
                "proposes": "move",
                "ends": {
                    "DEC": it.ends.end_date.to_string(),
                    "REC": it.ends.end_reason.code(),
                    "REASON_PLACE_CHANGE": of_codes(&it.ends.change_reason),
                },
                "begins": {
                    "DECOM": begins.start_date.to_string(),
                    "RNE": of_codes(&begins.start_reason),
                    "LS": of_codes(&begins.legal_status),
                    "CIN": of_codes(&begins.category_of_need),
                    "PLACE": of_codes(&begins.placement_type),
                    "PLACE_PROVIDER": of_codes(&begins.placement_provider),
                    "URN": of(&begins.placement_urn, |urn| match urn {
                        PlacementUrn::Number(urn) => written(|out| urn.write(out)),
                        PlacementUrn::NotRegistered => "XXXXXXX".to_owned(),
                    }),
                    "HOME_POST": of(&begins.home_postcode, |postcode| written(|out| postcode.write_spaced(out))),
                    "PL_POST": of(&begins.placement_postcode, |postcode| written(|out| postcode.write_spaced(out))),
                },
                "returns": it.returns.map(|back| json!({ "DECOM": back.start_date.to_string(), "PLACE": back.placement_type.is().map(Code::code) })),
                "told": told,
            })
        }
    }
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}

fn of_codes<C: Code>(proposal: &Proposal<C>) -> Value {
    of(proposal, |code| code.code().to_owned())
}

fn of<T>(proposal: &Proposal<T>, spell: impl Fn(&T) -> String) -> Value {
    let all = |values: &[T]| values.iter().map(&spell).collect::<Vec<_>>();
    match proposal {
        Proposal::Is(value) => json!({ "is": spell(value) }),
        Proposal::Suggested { value, or } => json!({ "suggested": spell(value), "or": all(or) }),
        Proposal::Decide(values) => json!({ "decide": all(values) }),
        Proposal::Blank => json!({ "is": "" }),
    }
}
