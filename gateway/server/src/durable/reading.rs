//! Reading one message: its document is opened, each child found and compared with what is held, and what goes to whom
//! is planned; all of it is one commit, or none of it (configuration, section 5.4).
//!
//! **What quarantines.** A route, dialect or format that is gone; a document that cannot be opened, or whose
//! restrictions cannot be read; errors where the route says `fail`, or more of them than it allows; more subjects
//! missing from a whole document than it allows; and a reading that ended the process three times. A quarantined
//! message keeps its report and leaves nothing else behind.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use exchange::carried::is_place;
use exchange::pipeline::{self, Watch};
use kit::adapter::{Dossier, Format, Options, Subjects};
use kit::document::Document;
use kit::photograph::BY_ITSELF;
use kit::render::{self, Places};
use kit::report::{Findings, Summary};
use schemas::date::{CollectionYear, Date};
use schemas::diagnostic::{Diagnostic, Place, Report, Severity};
use schemas::identifier::LaCode;
use serde_json::json;
use store::message::{LeasedMessage, MessageSettlement, MessageState};
use store::{Micros, StoreFault};

use super::market::offering::{Offered, Sheet};
use super::market::referrals::notices::Noticed;
use super::moment::now;
use super::planning::Thought;
use super::rejects::rejects;
use super::replay::Overrides;
use super::taking_in::Spoken;
use super::terms::Terms;
use super::{Durable, HOUSE};
use crate::config::{Route, RowErrors};
use crate::desk;
use crate::work::{Report as FoundReport, ReportForm};

/// A reading that ended the process so often is not begun again.
const CRASHES_MAX: u32 = 3;

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
    /// Whether what is said of something is all that is said of it.
    pub(crate) replaces: bool,
    /// Whether the children that it speaks of become those of its authority: a route has been approved for that, and
    /// whoever states something over FHIR may name any child.
    pub(crate) claims: bool,
    /// Whether a document that says of itself that it is everything is heard: its sender said nothing of that beside it.
    pub(crate) hears_document: bool,
    pub(crate) period: Option<(Date, Date)>,
}

/// A message that has been read.
pub(crate) struct Read {
    /// What is kept of it.
    pub(crate) settlement: MessageSettlement,
    /// Homes that it offers: shown once it is settled.
    pub(crate) offered: Offered,
    /// Searches for homes that it tells of: shown then too.
    pub(crate) noticed: Noticed,
}

impl Read {
    /// One that offers nothing.
    fn of(settlement: MessageSettlement) -> Self {
        Self { settlement, offered: Offered::default(), noticed: Noticed::default() }
    }
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
        let claims = !Self::is_of_fhir(&route.name);
        let of_the_house = self.config.authority.as_deref().filter(|_| claims);
        let authority = terms.authority.as_deref().or(partner.authority.as_deref()).or(of_the_house);
        let period = terms.days();
        let options = Options {
            year,
            authority: authority.and_then(|code| LaCode::read(code.as_bytes())),
            as_at: Some(today),
            dialect,
            pep: self.config.pep.clone(),
            settings: route
                .from
                .options
                .iter()
                .map(|(name, value)| (name.as_str().into(), value.as_str().into()))
                .collect(),
            limits: self.config.reading_limits,
            ..Options::plain()
        };
        Ok(How {
            errors: overrides.errors.unwrap_or(route.errors),
            errors_max: overrides.errors_max.unwrap_or(route.errors_max),
            complete: terms.complete.unwrap_or(route.complete),
            replaces: terms.replaces,
            claims,
            hears_document: terms.complete.is_none(),
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
        Ok(desk::report((how.from, document), outcome, ReportForm::Json))
    }

    /// Reads a message whose document has been opened, or could not be.
    ///
    /// # Errors
    /// When the store fails; never for what the document holds.
    pub(crate) fn read_message(
        &self,
        leased: &LeasedMessage,
        document: Result<&Document, Why>,
    ) -> Result<Read, StoreFault> {
        let message = &leased.message;
        let overrides = Overrides::from_bytes(message.replay.as_deref());
        let quarantine = |why: Why| Read::of(self.quarantined(leased, why, Vec::new(), Vec::new()));
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
        let (mut spoken, unplaced) = read_all(&*subjects, &mut findings);
        let mut noticed = self.hear_notices(&message.partner, &mut spoken, &mut findings)?;
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
            let report = self.report((&how, document), &*subjects, &spoken, findings);
            return Ok(Read::of(self.quarantined(leased, why, report.0, report.1)));
        }
        let rejects = match how.errors {
            RowErrors::Quarantine => rejects(document, subjects.labels(), &mut findings),
            RowErrors::Fail | RowErrors::Skip => Vec::new(),
        };

        let mut thought = Thought::begin(self, diagnostics_max)?;
        thought.caused_by(message.id, message.correlation_id.clone());
        let at = thought.at;
        let mut sheet = Sheet::default();
        for place in spoken.iter().map(|spoken| &spoken.dossier).filter(|dossier| is_place(dossier)) {
            sheet.take(place.subject.as_deref(), place.records.iter().cloned());
        }
        let counts = match self.take_in(&how, &message.partner, spoken, unplaced, &mut thought)? {
            Ok(counts) => counts,
            Err(why) => {
                let report = self.report((&how, document), &*subjects, &[], findings);
                return Ok(Read::of(self.quarantined(leased, why, report.0, report.1)));
            }
        };
        let planned: usize = thought.batch.deliveries.iter().map(|delivery| delivery.body.len()).sum();
        if planned > PLANNED_BYTES_MAX {
            let report = self.report((&how, document), &*subjects, &[], findings);
            return Ok(Read::of(self.quarantined(leased, "too-large-to-plan", report.0, report.1)));
        }
        findings.absorb(thought.findings);
        let cause = format!("message:{}", message.id);
        noticed.put_into(&mut thought.batch, &cause);
        let moved = self.homes_moved_into(noticed.take_homes(), &mut thought.batch, &cause);
        let offered = match sheet.rows.is_empty() && sheet.providers.is_empty() {
            true => None,
            false => {
                // Of a row that was lost nobody knows which home it is of.
                sheet.rows_lost = findings.errors() > 0;
                let replaces = how.complete || how.hears_document && subjects.is_everything();
                let by = (message.partner.as_str(), cause.as_str());
                Some(self.offer_in(&sheet, replaces, by, &mut thought.batch, &mut findings)?)
            }
        };
        let summary = Summary {
            format: how.from.name,
            rows: subjects.rows(),
            records: counts.records,
            left_out: std::mem::take(&mut thought.left_out),
            ..Summary::default()
        };
        let school_differs = counts.school_differs;
        let mut counts = json!({
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
            "childrenErased": counts.erased,
            "deliveries": thought.batch.deliveries.len(),
            "leftOut": summary.left_out,
        });
        if let Some((_, homes)) = &offered {
            counts["homes"] = homes.clone();
        }
        if let Some(differs) = school_differs {
            counts["schoolDiffers"] = differs.into();
        }
        self.metrics.rules(how.from.name, &rules_of(&findings));
        let mut report = Vec::new();
        render::json::report(&summary, &mut findings, &mut Places::of(document, subjects.labels()), &mut report);
        let mut batch = thought.batch;
        batch.audit.insert(0, self.read_line(leased, at, "read"));
        let settlement = MessageSettlement {
            id: message.id,
            fence: leased.fence,
            at,
            state: MessageState::Read,
            reason: None,
            counts: counts.to_string().into_bytes(),
            report,
            rejects,
            batch,
        };
        Ok(Read { settlement, offered: offered.map_or(moved, |(offered, _)| offered), noticed })
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
        (how, document): (&How, &Document),
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
            ..Summary::default()
        };
        self.metrics.rules(how.from.name, &rules_of(&findings));
        let counts = json!({
            "rows": subjects.rows(), "records": records, "errors": findings.errors(), "warnings": findings.warnings(),
        });
        let mut report = Vec::new();
        render::json::report(&summary, &mut findings, &mut Places::of(document, subjects.labels()), &mut report);
        (report, counts.to_string().into_bytes())
    }
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
        if !dossier.photographs.is_empty() {
            // They are many bytes, and a message is not where they are kept.
            dossier.photographs = Vec::new();
            findings.raise(Diagnostic::new(&BY_ITSELF, Place::Document));
        }
        if dossier.subject.is_some() {
            spoken.push(Spoken { dossier, rejected });
        } else {
            unplaced |= rejected;
        }
    }
    (spoken, unplaced)
}

/// Nobody waits for it to be stopped.
struct Unwatched;

impl Watch for Unwatched {}

fn rules_of(findings: &Findings) -> Vec<(&'static str, u64)> {
    findings.counts().map(|count| (count.rule.code, count.count)).collect()
}
