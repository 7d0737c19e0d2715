//! Reading one message: its document is opened, each child found and compared with what is held, and what goes to whom
//! is planned; all of it is one commit, or none of it (configuration, section 5.4).
//!
//! **What quarantines.** A route, dialect or format that is gone; a document that cannot be opened, or whose
//! restrictions cannot be read; errors where the route says `fail`, or more of them than it allows; more subjects
//! missing from a whole document than it allows; and a reading that ended the process three times. A quarantined
//! message keeps its report and leaves nothing else behind.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use exchange::holding::{Cover, Holding, Incoming, SubjectsMissingMax, merge, subjects_missing};
use exchange::identity::{Found, Known, Resolved, evidence, resolve};
use exchange::pipeline::{self, Watch};
use kit::adapter::{Dossier, Format, Options, PartLabel, Subjects};
use kit::document::{Document, ReadAt};
use kit::render;
use kit::report::{Findings, Summary};
use schemas::date::{CollectionYear, Date};
use schemas::diagnostic::{Diagnostic, Place, Report, Severity};
use schemas::identifier::{Identifier, LaCode};
use schemas::record::Subject;
use serde_json::json;
use store::identity::{Alert, BlindIdentifier, NewProposal};
use store::message::{LeasedMessage, MessageSettlement, MessageState, Reject};
use store::subject::{PlaceKey, SubjectId};
use store::{Micros, StoreFault};
use uuid::Uuid;

use super::held::Child;
use super::moment::now;
use super::planning::Thought;
use super::replay::Overrides;
use super::terms::Terms;
use super::{Durable, HOUSE};
use crate::config::{Route, RowErrors};
use crate::desk;
use crate::work::{Report as FoundReport, ReportForm};

/// A reading that ended the process so often is not begun again.
const CRASHES_MAX: u32 = 3;

/// Children that are looked up at once.
const LOT: usize = 256;

/// Bytes of rows that are kept as rejects, in all; further ones are counted only.
const REJECTED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Bytes of one rejected row before and after the place of its fault.
const ROW_BYTES_MAX: u64 = 64 * 1024;

/// Bytes that one message may plan in deliveries: what is above is a document to be split.
const PLANNED_BYTES_MAX: usize = 1024 * 1024 * 1024;

/// Why a message is quarantined: the word of its `reason`.
pub(crate) type Why = &'static str;

/// What a message is read as.
pub(crate) struct How {
    pub(crate) route: Arc<Route>,
    pub(crate) from: &'static Format,
    pub(crate) options: Options,
    pub(crate) errors: RowErrors,
    pub(crate) errors_max: u64,
    pub(crate) complete: bool,
    pub(crate) period: Option<(Date, Date)>,
}

/// What a document says of one child.
struct Spoken {
    dossier: Dossier,
    rejected: bool,
}

impl Durable {
    /// How a message is to be read, by its route, its terms and the overrides of a replay.
    ///
    /// # Errors
    /// The word of why it cannot be.
    pub(crate) fn how(&self, route: &str, terms: &Terms, overrides: &Overrides) -> Result<How, Why> {
        let route = self.route(route).ok_or("route-gone")?;
        let today = super::moment::day_in(&self.config.timezone, now());
        let dialect = match overrides.dialect.as_ref().or(route.from.dialect.as_ref()) {
            None => kit::dialect::Dialect::default(),
            Some(name) => self.config.dialect(name).ok_or("dialect-gone")?,
        };
        let from = route.from.format.get();
        let year = match route.from.year.as_deref() {
            Some("current") | None => CollectionYear::of(today),
            Some(year) => CollectionYear::parse(year.as_bytes()),
        };
        let partner = self.config.partner(&route.from.partner).ok_or("sender-gone")?;
        let authority =
            terms.authority.as_deref().or(partner.authority.as_deref()).or(self.config.authority.as_deref());
        let period = terms.days();
        let options = Options {
            year,
            authority: authority.and_then(|code| LaCode::read(code.as_bytes())),
            as_at: Some(today),
            dialect,
            settings: route
                .from
                .options
                .iter()
                .map(|(name, value)| (name.as_str().into(), value.as_str().into()))
                .collect(),
            ..Options::plain()
        };
        Ok(How {
            errors: overrides.errors.unwrap_or(route.errors),
            errors_max: overrides.errors_max.unwrap_or(route.errors_max),
            complete: terms.complete.unwrap_or(route.complete),
            period,
            from,
            options,
            route,
        })
    }

    /// What reading a document on a route would find; nothing is kept of it.
    ///
    /// # Errors
    /// The word of why the route cannot be read on.
    pub(crate) fn dry_run(&self, route: &str, terms: &Terms, document: &Document) -> Result<FoundReport, Why> {
        let how = self.how(route, terms, &Overrides::default())?;
        let diagnostics_max = usize::try_from(self.config.limits.diagnostics_max).unwrap_or(usize::MAX);
        let workers = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let outcome = pipeline::check(document, how.from, &how.options, workers, diagnostics_max, &Unwatched);
        Ok(desk::report(how.from, outcome, ReportForm::Json))
    }

    /// Reads a message whose document has been opened, or could not be.
    ///
    /// # Errors
    /// When the store fails; never for what the document holds.
    pub(crate) fn read_message(
        &self,
        leased: &LeasedMessage,
        document: Result<&Document, Why>,
    ) -> Result<MessageSettlement, StoreFault> {
        let message = &leased.message;
        let overrides = Overrides::from_bytes(message.replay.as_deref());
        let quarantine = |why: Why| self.quarantined(leased, why, Vec::new(), Vec::new());
        if leased.crashes >= CRASHES_MAX {
            return Ok(quarantine("attempt-crashes"));
        }
        let document = match document {
            Ok(document) => document,
            Err(why) => return Ok(quarantine(why)),
        };
        let how = match self.how(&message.route, &Terms::from_bytes(&message.terms), &overrides) {
            Ok(how) => how,
            Err(why) => return Ok(quarantine(why)),
        };
        let Some(decode) = how.from.decode else { return Ok(quarantine("format-gone")) };
        let diagnostics_max = usize::try_from(self.config.limits.diagnostics_max).unwrap_or(usize::MAX);
        let mut findings = Findings::new(diagnostics_max);
        let workers = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let subjects = decode.open(document, &how.options, workers, &mut findings);
        let (spoken, unplaced) = read_all(&*subjects, &mut findings);
        let errors = findings.errors();
        let closed = subjects.closed_to_others();
        let why = if closed {
            Some("restrictions-unreadable")
        } else if subjects.rows() == 0 && errors > 0 {
            // Not a row with a fault, but no rows: nothing of it is the sender's word.
            Some("undecodable")
        } else if how.errors == RowErrors::Fail && errors > 0 {
            Some("errors")
        } else if errors > how.errors_max {
            Some("errors-max")
        } else {
            None
        };
        if let Some(why) = why {
            let report = self.report(&how, &*subjects, &spoken, findings);
            return Ok(self.quarantined(leased, why, report.0, report.1));
        }
        let rejects = match how.errors {
            RowErrors::Quarantine => rejects(document, subjects.labels(), &mut findings),
            RowErrors::Fail | RowErrors::Skip => Vec::new(),
        };

        let mut thought = Thought::begin(self, diagnostics_max)?;
        thought.caused_by(message.id, message.correlation_id.clone());
        let at = thought.at;
        let counts = match self.take_in(&how, &message.partner, spoken, unplaced, &mut thought)? {
            Ok(counts) => counts,
            Err(why) => {
                let report = self.report(&how, &*subjects, &[], findings);
                return Ok(self.quarantined(leased, why, report.0, report.1));
            }
        };
        let planned: usize = thought.batch.deliveries.iter().map(|delivery| delivery.body.len()).sum();
        if planned > PLANNED_BYTES_MAX {
            let report = self.report(&how, &*subjects, &[], findings);
            return Ok(self.quarantined(leased, "too-large-to-plan", report.0, report.1));
        }
        findings.absorb(thought.findings);
        let summary = Summary {
            format: how.from.name,
            rows: subjects.rows(),
            records: counts.records,
            left_out: std::mem::take(&mut thought.left_out),
            written: Vec::new(),
        };
        let counts = json!({
            "rows": subjects.rows(),
            "children": counts.children,
            "childrenNew": counts.new,
            "childrenChanged": counts.changed,
            "childrenMissing": counts.missing,
            "records": counts.records,
            "errors": findings.errors(),
            "warnings": findings.warnings(),
            "rejects": rejects.len(),
            "proposals": thought.batch.proposals.len(),
            "held": counts.held,
            "deliveries": thought.batch.deliveries.len(),
            "leftOut": summary.left_out,
        });
        self.metrics.rules(how.from.name, &rules_of(&findings));
        let mut report = Vec::new();
        render::json::report(&summary, &mut findings, subjects.labels(), &mut report);
        let mut batch = thought.batch;
        batch.audit.insert(0, self.read_line(leased, at, "read"));
        Ok(MessageSettlement {
            id: message.id,
            fence: leased.fence,
            at,
            state: MessageState::Read,
            reason: None,
            counts: counts.to_string().into_bytes(),
            report,
            rejects,
            batch,
        })
    }

    fn read_line(&self, leased: &LeasedMessage, at: Micros, outcome: &str) -> store::audit::AuditEntry {
        self.line("read", HOUSE, at, |line| {
            line.object = Some(format!("message:{}", leased.message.id));
            line.outcome = Some(outcome.to_owned());
        })
    }

    fn quarantined(&self, leased: &LeasedMessage, why: Why, report: Vec<u8>, counts: Vec<u8>) -> MessageSettlement {
        let at = now();
        let mut line = self.read_line(leased, at, "quarantined");
        line.basis = Some(why.to_owned());
        MessageSettlement {
            id: leased.message.id,
            fence: leased.fence,
            at,
            state: MessageState::Quarantined,
            reason: Some(why.to_owned()),
            counts: if counts.is_empty() { b"{}".to_vec() } else { counts },
            report: if report.is_empty() { json!({ "reason": why }).to_string().into_bytes() } else { report },
            rejects: Vec::new(),
            batch: store::Batch { audit: vec![line], ..store::Batch::default() },
        }
    }

    /// The report of a message that is not taken in, and its counts.
    fn report(
        &self,
        how: &How,
        subjects: &dyn Subjects,
        spoken: &[Spoken],
        mut findings: Findings,
    ) -> (Vec<u8>, Vec<u8>) {
        let records = spoken.iter().map(|spoken| spoken.dossier.records.len() as u64).sum();
        let summary = Summary {
            format: how.from.name,
            rows: subjects.rows(),
            records,
            left_out: BTreeMap::new(),
            written: Vec::new(),
        };
        self.metrics.rules(how.from.name, &rules_of(&findings));
        let counts = json!({
            "rows": subjects.rows(), "records": records, "errors": findings.errors(), "warnings": findings.warnings(),
        });
        let mut report = Vec::new();
        render::json::report(&summary, &mut findings, subjects.labels(), &mut report);
        (report, counts.to_string().into_bytes())
    }
}

/// What was taken in.
struct Counts {
    children: u64,
    new: u64,
    changed: u64,
    missing: u64,
    records: u64,
    /// Children whose records wait for a person's decision.
    held: u64,
}

impl Durable {
    fn take_in(
        &self,
        how: &How,
        partner: &str,
        spoken: Vec<Spoken>,
        unplaced: bool,
        thought: &mut Thought<'_>,
    ) -> Result<Result<Counts, Why>, StoreFault> {
        let today = thought.today;
        let mut counts = Counts { children: 0, new: 0, changed: 0, missing: 0, records: 0, held: 0 };
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
            self.identify(lot, partner, cover, thought, &mut worked, &mut counts)?;
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
        let mut late = BTreeSet::new();
        for child in worked.children.values_mut() {
            let before = child.standing.clone();
            child.look_again(today, authority.clone());
            let is = &child.standing;
            if (is.protects_places && !before.protects_places) || (is.closed_by_adoption && !before.closed_by_adoption)
            {
                late.insert(child.id);
            }
        }
        self.alert_of_late(&late, thought)?;
        counts.changed = worked.changed.len() as u64;
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
        let changes = worked.order.iter().filter_map(|id| worked.children.get(id)).filter(|child| child.is_changed());
        thought.batch.subjects.extend(changes.map(|child| child.change(today)));
        Ok(Ok(counts))
    }

    /// Finds out whom each dossier speaks of, and takes it into what is held.
    fn identify(
        &self,
        lot: Vec<Spoken>,
        partner: &str,
        cover: Cover<'_>,
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
            let attach: Vec<BlindIdentifier> =
                resolution.attach.iter().filter_map(|identifier| blind_of(identifier, authority)).collect();
            for identifier in &attach {
                worked.by_identifier.insert(identifier.clone(), id);
            }
            for other in &resolution.propose {
                counts.held += 1;
                let other = Uuid::from_bytes(*other);
                thought.batch.proposals.push(worked.proposal(id, other, &spoken.dossier, thought.at));
            }
            worked.note(id);
            let Some(child) = worked.children.get_mut(&id) else { continue };
            child.attach(attach);
            let held = child.holdings.get(partner).cloned().unwrap_or_default();
            let mut dossier = spoken.dossier;
            complete(&mut dossier, &held, &worked.systems);
            let incoming = Incoming { dossier, cover, has_rejected_rows: spoken.rejected };
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

    /// A person must see each child whom a document protects after somebody was told of it (configuration, 5.11).
    fn alert_of_late(&self, late: &BTreeSet<SubjectId>, thought: &mut Thought<'_>) -> Result<(), StoreFault> {
        for id in late {
            if self.holders(*id)?.is_empty() {
                continue;
            }
            thought.batch.alerts.push(Alert {
                id: Uuid::now_v7(),
                kind: "late-restriction".to_owned(),
                about: thought.cause(),
                subject: Some(*id),
                raised_at: thought.at,
                seen_by: None,
            });
        }
        Ok(())
    }

    /// Whom else a change of protection touches: those who share a place with a child whose protection changed.
    pub(crate) fn spread(&self, worked: &mut Worked, today: Date) -> Result<(), StoreFault> {
        let changed: Vec<&Child> = worked.children.values().filter(|child| child.rises() || child.seen == 0).collect();
        let mut places: Vec<PlaceKey> = Vec::new();
        for child in changed.iter().filter(|child| child.standing.protects_places || child.seen > 0) {
            places.extend(child.places(today));
            places.extend(child.looks_for(today));
        }
        if places.is_empty() {
            return Ok(());
        }
        let neighbours = self.store.subjects_at(&places)?;
        let (known, unknown): (Vec<SubjectId>, Vec<SubjectId>) =
            neighbours.into_iter().partition(|id| worked.children.contains_key(id));
        for id in known {
            if let Some(child) = worked.children.get_mut(&id).filter(|child| child.seen > 0) {
                child.raise_epoch();
            }
            worked.note(id);
        }
        for mut child in self.open_children(&unknown)? {
            child.raise_epoch();
            worked.note(child.id);
            worked.children.insert(child.id, child);
        }
        Ok(())
    }
}

/// The children that are worked on.
#[derive(Default)]
pub(crate) struct Worked {
    pub(crate) children: HashMap<SubjectId, Child>,
    /// In the order in which they were first spoken of.
    pub(crate) order: Vec<SubjectId>,
    /// Those of whom the document speaks.
    spoken: BTreeSet<SubjectId>,
    /// Those of whom something else is said than before.
    pub(crate) changed: BTreeSet<SubjectId>,
    by_identifier: HashMap<BlindIdentifier, SubjectId>,
    /// Ranks of the systems of which the document names an identifier of anybody.
    systems: BTreeSet<u8>,
}

impl Worked {
    pub(crate) fn note(&mut self, id: SubjectId) {
        if self.spoken.insert(id) && !self.order.contains(&id) {
            self.order.push(id);
        }
    }

    fn known(&self, id: SubjectId, partner: &str) -> Option<Known> {
        let child = self.children.get(&id)?;
        let own = child.holdings.get(partner).and_then(|holding| holding.subject.as_ref());
        let numbers = child.holdings.values().filter_map(|holding| holding.subject.as_ref()).flat_map(|subject| {
            subject.identifiers.iter().filter_map(|identifier| match identifier {
                Identifier::Nhs(number) => Some(*number),
                _ => None,
            })
        });
        Some(Known {
            id: id.into_bytes(),
            sender_key: own.and_then(|own| own.identifiers.iter().min_by_key(|identifier| identifier.rank()).copied()),
            nhs_number: { numbers }.next(),
            closed_by_adoption: child.standing.closed_by_adoption,
        })
    }

    fn proposal(&self, keeps: SubjectId, other: SubjectId, dossier: &Dossier, at: Micros) -> NewProposal {
        let theirs = self.children.get(&other).map(Child::dossier).unwrap_or_default();
        let compared = evidence(dossier.statements(), theirs.statements().collect::<Vec<_>>());
        let names =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(of, field)| format!("{of}.{field}")).collect::<Vec<_>>();
        let evidence = json!({ "agree": names(&compared.agree), "differ": names(&compared.differ) });
        NewProposal { id: Uuid::now_v7(), keeps, other, evidence: evidence.to_string().into_bytes(), made_at: at }
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

/// The types of statement that the tables of a format are able to say.
fn statements_of(format: &Format) -> Vec<&'static str> {
    let columns = format.tables.iter().flat_map(|table| table.columns);
    let said: BTreeSet<&'static str> =
        columns.filter_map(|column| column.field.split_once('.')).map(|(statement, _)| statement).collect();
    said.into_iter().collect()
}

/// Reads every child of a document. Also whether a row was rejected of which nobody knows whose it is.
fn read_all(subjects: &dyn Subjects, findings: &mut Findings) -> (Vec<Spoken>, bool) {
    let mut spoken = Vec::new();
    let mut unplaced = findings.errors() > 0;
    let mut reader = subjects.reader();
    for n in 0..subjects.len() {
        let mut dossier = Dossier::default();
        let mut heard: Vec<Diagnostic> = Vec::new();
        reader.read(n, &mut dossier, &mut heard);
        let rejected = heard.iter().any(|diagnostic| diagnostic.rule.severity == Severity::Error);
        for diagnostic in heard {
            findings.raise(diagnostic);
        }
        if dossier.subject.is_some() {
            spoken.push(Spoken { dossier, rejected });
        } else {
            unplaced |= rejected;
        }
    }
    (spoken, unplaced)
}

/// The rows in which something is wrong, as they came.
fn rejects(document: &Document, labels: &[PartLabel], findings: &mut Findings) -> Vec<Reject> {
    let mut rejects: Vec<Reject> = Vec::new();
    let mut bytes_left = REJECTED_BYTES_MAX;
    let mut seen = BTreeSet::new();
    let diagnostics: Vec<Diagnostic> = findings
        .diagnostics()
        .iter()
        .filter(|diagnostic| diagnostic.rule.severity == Severity::Error)
        .cloned()
        .collect();
    for diagnostic in diagnostics {
        let Place::Cell { part, line, byte, .. } = diagnostic.place else { continue };
        if !seen.insert((part, line)) {
            continue;
        }
        let Some(row) = document.part(part).and_then(|part| row_at(&*part.bytes, byte)) else {
            continue;
        };
        let Some(left) = bytes_left.checked_sub(row.len()) else { break };
        bytes_left = left;
        let label = labels.get(usize::from(part.0)).map_or_else(String::new, ToString::to_string);
        rejects.push(Reject { part: label, line, byte, rule: diagnostic.rule.code.to_owned(), row });
    }
    rejects
}

/// The line in which a byte stands, as it came; `None` when it cannot be read.
fn row_at(bytes: &dyn ReadAt, byte: u64) -> Option<Vec<u8>> {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let from = byte.saturating_sub(ROW_BYTES_MAX);
    let mut before = vec![0; usize::try_from(byte - from).ok()?];
    let count = bytes.read_at(from, &mut before).ok()?;
    before.truncate(count);
    let mut after = vec![0; usize::try_from(ROW_BYTES_MAX).ok()?];
    let count = bytes.read_at(byte, &mut after).ok()?;
    after.truncate(count);
    let begin = before.iter().rposition(is_end).map_or(0, |end| end + 1);
    let end = after.iter().position(is_end).unwrap_or(after.len());
    Some([&before[begin..], &after[..end]].concat())
}

/// The identifiers of a child, the sender's own key first.
fn ranked(dossier: &Dossier) -> Vec<Identifier> {
    let Some(subject) = &dossier.subject else { return Vec::new() };
    let mut identifiers = subject.identifiers.clone();
    identifiers.sort_by_key(Identifier::rank);
    let authority = subject.authority;
    identifiers.retain(|identifier| blind_of(identifier, authority).is_some());
    identifiers
}

fn blind(dossier: &Dossier) -> Vec<BlindIdentifier> {
    let authority = dossier.subject.as_ref().and_then(|subject| subject.authority);
    ranked(dossier).iter().filter_map(|identifier| blind_of(identifier, authority)).collect()
}

/// An identifier as the index has it; `None` for one of an authority that is not known.
pub(crate) fn blind_of(identifier: &Identifier, authority: Option<LaCode>) -> Option<BlindIdentifier> {
    let (mut system, mut value) = (Vec::new(), Vec::new());
    identifier.system(authority, &mut system).ok()?;
    identifier.write_value(&mut value);
    Some(BlindIdentifier { system: String::from_utf8(system).ok()?, value: String::from_utf8(value).ok()? })
}

/// Nobody waits for it to be stopped.
struct Unwatched;

impl Watch for Unwatched {}

/// Whether a type of statement decides who may be told. What follows from others (a placement for adoption, an adoption
/// order in an episode) shows in the child's standing.
fn protects(statement: &str) -> bool {
    ["Restriction", "Consent", "Adoption", "PlacedForAdoption"].contains(&statement)
}

fn rules_of(findings: &Findings) -> Vec<(&'static str, u64)> {
    findings.counts().map(|count| (count.rule.code, count.count)).collect()
}
