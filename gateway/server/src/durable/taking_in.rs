//! Taking in what a document says: each child is found, what is said of it is merged with what the same partner said
//! before, and whatever changes by it is planned, of that child and of those whom its protection touches.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use exchange::carried::guard_is_unreadable;
use exchange::holding::{Cover, Holding, Incoming, SubjectsMissingMax, merge, subjects_missing};
use exchange::identity::{Found, Resolved, resolve};
use exchange::school_belief::{belief, differs, may_be_told_to};
use kit::adapter::{Dossier, Format};
use schemas::date::Date;
use schemas::diagnostic::{Diagnostic, Report};
use schemas::identifier::Identifier;
use schemas::record::Subject;
use store::StoreFault;
use store::identity::{Alert, BlindIdentifier};
use store::subject::{PlaceKey, SubjectId, TwoPersons};
use uuid::Uuid;

use super::alerts::Kind;
use super::blind::{blind, blind_of, ranked};
use super::held::Child;
use super::planning::Thought;
use super::reading::{How, Why};
use super::worked::Worked;
use super::{Durable, HOUSE};

/// Children that are looked up at once.
const LOT: usize = 256;

/// Alerts that one message raises of children whom a school and the authority see differently; all are counted.
const SCHOOL_ALERTS_MAX: usize = 50;

/// What a document says of one child.
pub(crate) struct Spoken {
    pub(crate) dossier: Dossier,
    /// Whether one of its rows was rejected, so that what is missing may have been in it.
    pub(crate) rejected: bool,
}

/// What was taken in.
pub(super) struct Counts {
    pub(super) children: u64,
    pub(super) new: u64,
    pub(super) changed: u64,
    pub(super) missing: u64,
    pub(super) records: u64,
    /// Children whose records wait for a person's decision.
    pub(super) held: u64,
    /// Children whom a school has as in care and the authority has not, or the other way round; where the sender may know.
    pub(super) school_differs: Option<u64>,
    /// Children who were erased: nothing of them is taken in.
    pub(super) erased: u64,
}

impl Durable {
    /// Takes in what a document says of each child, withdraws what a whole document no longer says, and plans what follows.
    ///
    /// # Errors
    /// When the store fails; the inner error is the word of why the document is not taken in.
    pub(super) fn take_in(
        &self,
        how: &How,
        partner: &str,
        spoken: Vec<Spoken>,
        unplaced: bool,
        thought: &mut Thought<'_>,
    ) -> Result<Result<Counts, Why>, StoreFault> {
        let today = thought.today;
        let mut counts = Counts {
            children: 0,
            new: 0,
            changed: 0,
            missing: 0,
            records: 0,
            held: 0,
            school_differs: None,
            erased: 0,
        };
        let statements = statements_of(how.from);
        let cover = match (how.complete, how.period) {
            // A row whose child cannot be read may be anybody's: then nobody is missing (configuration, section 5.10).
            (true, Some(period)) if !unplaced => Cover::Whole { statements: &statements, period: Some(period) },
            _ => Cover::Partial,
        };
        let subjects = spoken.iter().filter_map(|spoken| spoken.dossier.subject.as_ref());
        let systems = subjects.flat_map(|subject| subject.identifiers.iter().map(Identifier::rank)).collect();
        let mut worked = Worked { systems, ..Worked::default() };
        let mut spoken = spoken.into_iter().peekable();
        while spoken.peek().is_some() {
            let lot: Vec<Spoken> = spoken.by_ref().take(LOT).collect();
            self.identify(lot, partner, (how, cover), thought, &mut worked, &mut counts)?;
        }
        if let Cover::Whole { statements, period } = cover {
            let most = SubjectsMissingMax {
                percent: u8::try_from(how.route.subjects_missing_percent_max).unwrap_or(100),
                subjects: how.route.subjects_missing_max,
            };
            let authority = how.options.authority.map(|code| code.to_string());
            match self.withdraw_missing(partner, authority, (statements, period), most, &mut worked)? {
                Ok(missing) => counts.missing = missing,
                Err(why) => return Ok(Err(why)),
            }
        }
        let authority = how.options.authority.map(|code| code.to_string());
        let (mut late, mut held) = (BTreeSet::new(), BTreeMap::new());
        for child in worked.children.values_mut().filter(|child| !child.is_erased()) {
            let before = child.standing.clone();
            let claimed = authority.clone().filter(|_| how.claims || before.authority.is_none());
            child.look_again(today, claimed);
            let is = &child.standing;
            if (is.protects_places && !before.protects_places) || (is.closed_by_adoption && !before.closed_by_adoption)
            {
                late.insert(child.id);
            }
            if is.guard_hold != before.guard_hold {
                held.insert(child.id, is.guard_hold);
            }
        }
        self.tell_guards(&held, thought);
        self.alert_of_erased(std::mem::take(&mut worked.erased), thought)?;
        self.alert_of_late(&late, thought)?;
        counts.school_differs = self.compare_beliefs(partner, &worked, thought)?;
        counts.changed = worked.changed.len() as u64;
        self.propose_alike(&worked, thought)?;
        self.spread(&mut worked, today)?;
        // Places that this very message protects are not in the store yet.
        let mut protected: HashMap<PlaceKey, BTreeSet<SubjectId>> = HashMap::new();
        for child in worked.children.values().filter(|child| child.standing.protects_places) {
            for place in child.places(today) {
                protected.entry(place).or_default().insert(child.id);
            }
        }
        for id in worked.order.clone() {
            let Some(child) = worked.children.get_mut(&id) else { continue };
            let within = child
                .looks_for(today)
                .iter()
                .any(|place| protected.get(place).is_some_and(|by| by.iter().any(|by| *by != id)));
            let shares_place = within || self.shares_place(child, today)?;
            if worked.changed.contains(&id) || child.rises() {
                thought.plan(child, shares_place)?;
            }
        }
        thought.finish_together()?;
        self.index(worked.children.values_mut())?;
        if !how.claims {
            self.alert_of_asking(partner, &worked, thought)?;
        }
        let changes = worked.order.iter().filter_map(|id| worked.children.get(id)).filter(|child| child.is_changed());
        thought.batch.subjects.extend(changes.map(|child| child.change(today)));
        Ok(Ok(counts))
    }

    /// Finds out whom each dossier speaks of, and takes it into what is held.
    fn identify(
        &self,
        lot: Vec<Spoken>,
        partner: &str,
        (how, cover): (&How, Cover<'_>),
        thought: &mut Thought<'_>,
        worked: &mut Worked,
        counts: &mut Counts,
    ) -> Result<(), StoreFault> {
        let mut asked: Vec<BlindIdentifier> = Vec::new();
        let mut spans = Vec::new();
        for spoken in &lot {
            let begin = asked.len();
            asked.extend(blind(&spoken.dossier));
            spans.push(begin..asked.len());
        }
        let found = self.store.find(&asked)?;
        let known: Vec<Option<SubjectId>> = asked
            .iter()
            .zip(found)
            .map(|(identifier, found)| worked.by_identifier.get(identifier).copied().or(found))
            .collect();
        let wanted: BTreeSet<SubjectId> =
            known.iter().flatten().copied().filter(|id| !worked.children.contains_key(id)).collect();
        let wanted: Vec<SubjectId> = wanted.into_iter().collect();
        for child in self.open_children(&wanted)? {
            worked.children.insert(child.id, child);
        }
        for (spoken, span) in lot.into_iter().zip(spans) {
            counts.children += 1;
            counts.records += spoken.dossier.records.len() as u64;
            let erased = known[span.clone()].iter().flatten().find(|id| worked.is_erased(**id));
            if let Some(erased) = erased {
                worked.erased.insert(*erased);
                counts.erased += 1;
                continue;
            }
            let identifiers = ranked(&spoken.dossier);
            let found: Vec<Found> = identifiers
                .iter()
                .zip(&known[span.clone()])
                .zip(&asked[span])
                .map(|((identifier, found), blind)| Found {
                    identifier: *identifier,
                    // Whoever came first in this very message may be it.
                    subject: worked
                        .by_identifier
                        .get(blind)
                        .copied()
                        .or(*found)
                        .and_then(|id| worked.known(id, partner)),
                })
                .collect();
            let resolution = resolve(&found);
            let id = match resolution.subject {
                Resolved::Existing(id) => Uuid::from_bytes(id),
                Resolved::New => {
                    counts.new += 1;
                    let id = Uuid::new_v4();
                    worked.children.insert(id, Child::new(id));
                    id
                }
            };
            let authority = spoken.dossier.subject.as_ref().and_then(|subject| subject.authority);
            // Who names a child that an authority answers for makes it known by no other name.
            let answered_for = worked.children.get(&id).and_then(|child| child.standing.authority.clone());
            let may_attach = how.claims
                || answered_for.is_none()
                || answered_for == how.options.authority.map(|authority| authority.to_string());
            let attach: Vec<BlindIdentifier> = resolution
                .attach
                .iter()
                .filter(|_| may_attach)
                .filter_map(|identifier| blind_of(identifier, authority))
                .collect();
            for identifier in &attach {
                worked.by_identifier.insert(identifier.clone(), id);
            }
            for other in &resolution.propose {
                counts.held += 1;
                let other = Uuid::from_bytes(*other);
                thought.batch.proposals.push(worked.proposal(id, other, &spoken.dossier, thought.at));
            }
            worked.note(id);
            let beliefs = spoken.dossier.records.iter().filter(|record| belief(record).is_some());
            worked.beliefs.extend(beliefs.map(|record| (id, record.clone())));
            let Some(child) = worked.children.get_mut(&id) else { continue };
            child.attach(attach);
            let held = child.holdings.get(partner).cloned().unwrap_or_default();
            let mut dossier = spoken.dossier;
            complete(&mut dossier, &held, &worked.systems);
            if !how.claims {
                // To have traced a child is the word of a route that was approved for it.
                dossier.traced = false;
                if child.standing.authority.is_some() {
                    of_nobody_elses(&mut dossier, child.standing.authority.as_deref());
                }
            }
            if guard_is_unreadable(&dossier) {
                // Whoever began to release the child has not seen this.
                child.take_back(TwoPersons::Release);
            }
            let replaces = how.replaces;
            let incoming = Incoming { dossier, cover, replaces, has_rejected_rows: spoken.rejected };
            let merged = merge(held.clone(), incoming);
            if !merged.is_unchanged(&held) {
                worked.changed.insert(id);
                if merged.changes.iter().any(|change| protects(change.statement)) {
                    child.raise_epoch();
                }
                child.hold(partner, merged.holding);
            }
        }
        Ok(())
    }

    /// Withdraws what a whole document no longer says of children whom it does not speak of at all.
    fn withdraw_missing(
        &self,
        partner: &str,
        authority: Option<String>,
        (statements, period): (&[&str], Option<(Date, Date)>),
        most: SubjectsMissingMax,
        worked: &mut Worked,
    ) -> Result<Result<u64, Why>, StoreFault> {
        let (mut after, mut held, mut missing) = (None, 0_u64, Vec::new());
        loop {
            let lot = self.store.all_subjects(after, LOT)?;
            let Some(last) = lot.last().copied() else { break };
            after = Some(last);
            for mut child in self.open_children(&lot)? {
                let theirs = authority.is_none() || child.standing.authority == authority;
                let Some(holding) = child.holdings.get(partner).filter(|_| theirs).cloned() else { continue };
                if holding.records.is_empty() {
                    continue;
                }
                held += 1;
                if worked.spoken.contains(&child.id) {
                    continue;
                }
                let incoming = Incoming {
                    dossier: Dossier { subject: holding.subject.clone(), ..Dossier::default() },
                    cover: Cover::Whole { statements, period },
                    replaces: false,
                    has_rejected_rows: false,
                };
                let merged = merge(holding.clone(), incoming);
                if !merged.is_unchanged(&holding) {
                    child.hold(partner, merged.holding);
                    missing.push(child);
                }
            }
        }
        let count = missing.len() as u64;
        if subjects_missing(count, held, most) {
            return Ok(Err("subjects-missing"));
        }
        for mut child in missing {
            child.raise_epoch();
            worked.changed.insert(child.id);
            worked.order.push(child.id);
            worked.children.insert(child.id, child);
        }
        Ok(Ok(count))
    }

    /// Tells whom a document holds back by a guard that cannot be read, and whom it releases by saying it readably.
    fn tell_guards(&self, held: &BTreeMap<SubjectId, bool>, thought: &mut Thought<'_>) {
        for (id, is_held) in held {
            let (action, outcome) = if *is_held { ("hold", "guard-unreadable") } else { ("release", "said-readably") };
            let line = self.line(action, HOUSE, thought.at, |line| {
                line.subject = Some(*id);
                line.object = Some(thought.cause());
                line.outcome = Some(outcome.to_owned());
            });
            thought.batch.audit.push(line);
        }
    }

    /// A person decides whether a recipient is related to a child of whom it has spoken (views, section 2.1): told once
    /// while it stands.
    fn alert_of_asking(&self, partner: &str, worked: &Worked, thought: &mut Thought<'_>) -> Result<(), StoreFault> {
        let (kind, about) = (Kind::RelationAsked.word(), format!("partner:{partner}"));
        let open = self.store.alerts(true)?;
        for id in &worked.changed {
            let Some(child) = worked.children.get(id) else { continue };
            let is_told = open.iter().any(|it| it.kind == kind && it.about == about && it.subject == Some(*id));
            if !is_told && self.asks_for_relation(child, partner)? {
                thought.batch.alerts.push(Alert {
                    id: Uuid::now_v7(),
                    kind: kind.to_owned(),
                    about: about.clone(),
                    subject: Some(*id),
                    raised_at: thought.at,
                    seen_by: None,
                });
            }
        }
        Ok(())
    }

    /// A person must see each child whom a document protects after somebody was told of it (configuration, 5.11).
    fn alert_of_late(&self, late: &BTreeSet<SubjectId>, thought: &mut Thought<'_>) -> Result<(), StoreFault> {
        for id in late {
            if self.holders(*id)?.is_empty() {
                continue;
            }
            thought.batch.alerts.push(Alert {
                id: Uuid::now_v7(),
                kind: Kind::LateRestriction.word().to_owned(),
                about: thought.cause(),
                subject: Some(*id),
                raised_at: thought.at,
                seen_by: None,
            });
        }
        Ok(())
    }
}

impl Durable {
    /// Tells where a school has a child as in care of whom no open episode is held, or the other way round: to a person,
    /// once while it stands, and where its sender may know of care in the report too; then also how many children it is.
    fn compare_beliefs(
        &self,
        partner: &str,
        worked: &Worked,
        thought: &mut Thought<'_>,
    ) -> Result<Option<u64>, StoreFault> {
        let sender = self.config.partner(partner).and_then(|partner| self.config.views.get(&partner.view));
        let may_be_told = sender.is_some_and(|view| may_be_told_to(&view)) && !worked.beliefs.is_empty();
        let mut differing = Vec::new();
        for (id, record) in &worked.beliefs {
            let (Some(child), Some(place)) = (worked.children.get(id), belief(record)) else { continue };
            if let Some(rule) = differs(place, &child.dossier(), Some(thought.today)) {
                differing.push((*id, Diagnostic::new(rule, record.source.place.clone())));
            }
        }
        if differing.is_empty() {
            return Ok(may_be_told.then_some(0));
        }
        let open = self.store.alerts(true)?;
        let known = |id: SubjectId| {
            open.iter().any(|alert| alert.kind == Kind::SchoolDiffers.word() && alert.subject == Some(id))
        };
        let children: BTreeSet<SubjectId> = differing.iter().map(|(id, _)| *id).collect();
        for id in children.iter().filter(|id| !known(**id)).take(SCHOOL_ALERTS_MAX) {
            thought.batch.alerts.push(Alert {
                id: Uuid::now_v7(),
                kind: Kind::SchoolDiffers.word().to_owned(),
                about: thought.cause(),
                subject: Some(*id),
                raised_at: thought.at,
                seen_by: None,
            });
        }
        if may_be_told {
            differing.into_iter().for_each(|(_, told)| thought.findings.raise(told));
        }
        Ok(may_be_told.then_some(children.len() as u64))
    }
}

/// A document that names no identifier of a system at all says nothing of that system: a return without its table of
/// links leaves the links that came before, or by another route, as they are.
fn complete(dossier: &mut Dossier, held: &Holding, systems: &BTreeSet<u8>) {
    let (Some(subject), Some(known)) = (&mut dossier.subject, &held.subject) else { return };
    let unsaid = known.identifiers.iter().filter(|identifier| !systems.contains(&identifier.rank()));
    let unsaid: Vec<Identifier> = unsaid.copied().collect();
    if unsaid.is_empty() {
        return;
    }
    let mut whole = Subject::clone(subject);
    whole.identifiers.extend(unsaid);
    let as_before = whole.identifiers.len() == known.identifiers.len()
        && whole.identifiers.iter().all(|identifier| known.identifiers.contains(identifier))
        && (whole.authority, whole.kind) == (known.authority, known.kind);
    // The same identifiers in another order are no news.
    *subject = if as_before { Arc::clone(known) } else { Arc::new(whole) };
}

/// Who speaks of a child whom an authority answers for says nothing of who does.
fn of_nobody_elses(dossier: &mut Dossier, responsible: Option<&str>) {
    let Some(subject) = dossier.subject.as_mut() else { return };
    if subject.authority.is_some_and(|authority| Some(authority.to_string().as_str()) != responsible) {
        *subject = Arc::new(Subject { authority: None, ..Subject::clone(subject) });
    }
}

/// The types of statement that the tables of a format are able to say.
fn statements_of(format: &Format) -> Vec<&'static str> {
    let columns = format.tables.iter().flat_map(|table| table.columns);
    let said: BTreeSet<&'static str> =
        columns.filter_map(|column| column.field.split_once('.')).map(|(statement, _)| statement).collect();
    said.into_iter().collect()
}

/// Whether a type of statement decides who may be told. What follows from others (a placement for adoption, an adoption
/// order in an episode) shows in the child's standing.
fn protects(statement: &str) -> bool {
    ["Restriction", "Consent", "Adoption", "PlacedForAdoption"].contains(&statement)
}
