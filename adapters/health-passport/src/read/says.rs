//! What is said of one child while its resources are read: records with their places, and what is told of them.

use std::sync::Arc;

use kit::adapter::{Dossier, later_wins};
use schemas::{
    date::Date,
    diagnostic::{Diagnostic, PartId, Place, Report, Rule},
    record::{Record, Source, Statement, Subject},
    said::Said,
};

use crate::{
    fhir::tree::Element,
    read::{
        elements::{date, is_part_of_date},
        looked_after::{self, LookedAfter},
    },
    rules,
};

/// Takes what the resources of a child say.
pub(super) struct Says<'s> {
    /// Whom it is about.
    pub(super) subject: Arc<Subject>,
    /// What was said.
    pub(super) dossier: &'s mut Dossier,
    report: &'s mut dyn Report,
    part: PartId,
    /// The path of the resource in its document.
    path: Box<str>,
    /// Where the resource begins in its part.
    from: u64,
    /// The source takes back what the resource says.
    retracts: bool,
    /// Periods of being looked after, for which there is no episode yet.
    periods: Vec<LookedAfter>,
}

impl<'s> Says<'s> {
    /// A child of whom nothing is said yet.
    pub(super) fn new(subject: Arc<Subject>, dossier: &'s mut Dossier, report: &'s mut dyn Report) -> Self {
        dossier.subject = Some(Arc::clone(&subject));
        let periods = Vec::new();
        Self { subject, dossier, report, part: PartId(0), path: "".into(), from: 0, retracts: false, periods }
    }

    /// Goes on to a resource.
    pub(super) fn begin(&mut self, part: PartId, path: Box<str>, from: u64, retracts: bool) {
        (self.part, self.path, self.from, self.retracts) = (part, path, from, retracts);
    }

    /// Whether the source takes back what the resource says.
    pub(super) fn retracts(&self) -> bool {
        self.retracts
    }

    /// Takes back what the resource says: it is not in force.
    pub(super) fn take_back(&mut self) {
        self.retracts = true;
    }

    /// Keeps the period of a resource that the child is looked after in, until all of its episodes are known.
    pub(super) fn looked_after(&mut self, resource: Element<'_>) {
        let (start, end) = self.period(resource.first("period"), "period");
        self.periods.push(LookedAfter { start, end, place: self.place("", 0), retracts: self.retracts });
    }

    /// Ends what is said of the child: all its resources were read.
    pub(super) fn finish(&mut self) {
        looked_after::settle(&mut self.periods, &mut self.dossier.records, self.report);
    }

    /// Says something.
    pub(super) fn say(&mut self, statement: impl Into<Statement>) {
        let source = Source { place: self.place("", 0), retracts: self.retracts };
        let record = Record { subject: Arc::clone(&self.subject), statement: statement.into(), source };
        let twice = self.dossier.records.iter().rev().take(SAME_LOOKED_AT_MAX);
        if !twice.into_iter().any(|known| known.source.retracts == record.source.retracts && *known == record) {
            self.dossier.records.push(record);
        }
    }

    /// Says something that several resources tell together: what one leaves open another may say.
    pub(super) fn say_together(&mut self, statement: impl Into<Statement>) {
        let statement = statement.into();
        let retracts = self.retracts;
        let known = self
            .dossier
            .records
            .iter_mut()
            .find(|known| known.source.retracts == retracts && known.statement.same_key(&statement));
        match known {
            Some(known) => later_wins(&mut known.statement, &statement),
            None => self.say(statement),
        }
    }

    /// A day of an element; a year or month alone is a loss.
    pub(super) fn day(&mut self, element: Option<Element<'_>>, below: &str) -> Said<Date> {
        if let Some(found) = element.filter(|_| is_part_of_date(element)) {
            self.tell(&rules::DATE_INCOMPLETE, below, Some(found));
        }
        date(element)
    }

    /// The first and last day of a period.
    pub(super) fn period(&mut self, period: Option<Element<'_>>, below: &str) -> (Said<Date>, Said<Date>) {
        let (start, end) = (period.and_then(|it| it.first("start")), period.and_then(|it| it.first("end")));
        (self.day(start, &format!("{below}.start")), self.day(end, &format!("{below}.end")))
    }

    /// Tells a rule of the resource, or of something in it.
    pub(super) fn tell(&mut self, rule: &'static Rule, below: &str, element: Option<Element<'_>>) {
        let place = self.place(below, element.map_or(0, |element| u64::from(element.at())));
        self.report.raise(Diagnostic::new(rule, place));
    }

    fn place(&self, below: &str, at: u64) -> Place {
        let path = match below {
            "" => self.path.clone(),
            below => format!("{}.{below}", self.path).into(),
        };
        Place::Node { part: self.part, path, byte: self.from + at }
    }
}

/// How many of a child's records are compared with a new one: what is sent twice stands close together.
const SAME_LOOKED_AT_MAX: usize = 64;
