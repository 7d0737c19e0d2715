//! The row of one child's health and outcomes in the year: what is stated, what is derived where nobody states it, and
//! what is told where both differ or nobody can tell (record, sections 5.17 and 5.18; FHIR mapping, section 9).

use schemas::{
    code::SdqReason,
    date::CollectionYear,
    diagnostic::{Diagnostic, Place, Report, Rule, Severity},
    record::{AnnualHealth, Record, SdqScore, Statement},
    reflect::Number,
    said::Said,
};

use crate::ssda903::{
    derive::{CompleteFor, Derived, Known, Outcomes, derive, is_health, is_stated},
    modules::oc2_row,
    tables::Oc2Row,
};

/// Two statements answer one item differently.
pub static OC2_FLAG_DIFFERS: Rule = Rule {
    code: "record/oc2-flag-differs",
    severity: Severity::Warning,
    message: "What is written of this item of the outcomes module is told otherwise elsewhere",
    help: "Compare both places. What is stated for the return is never overwritten by what follows from other statements.",
    source: "record, section 5.17",
};

/// Nobody can tell what an item is.
pub static OC2_NOT_DERIVABLE: Rule = Rule {
    code: "ssda903/oc2-not-derivable",
    severity: Severity::Warning,
    message: "Nobody states this item of the outcomes module and nothing proves it either way; the cell is left blank",
    help: "Fill it in by hand. Where all of its kind is always sent, say so with complete_for.",
    source: "FHIR mapping, section 9",
};

/// There are immunisations, and nobody says whether they are all.
pub static IMMUNISATION_EVIDENCE: Rule = Rule {
    code: "ssda903/immunisation-evidence",
    severity: Severity::Warning,
    message: "Immunisations are told, but not whether they are up to date; the cell is left blank",
    help: "Look at the immunisations named beside this and decide: which are due at what age changes yearly.",
    source: "FHIR mapping, section 9",
};

/// There is neither a score nor a reason for having none.
pub static SDQ_MISSING: Rule = Rule {
    code: "ssda903/sdq-missing",
    severity: Severity::Warning,
    message: "The child has neither a questionnaire of a carer within the year nor a reason for having none",
    help: "Ask for the score, or fill in the reason. Self-rated and teacher-rated scores do not count (rule 186).",
    source: "FHIR mapping, section 9",
};

/// Two questionnaires of one day.
pub static SDQ_TWICE: Rule = Rule {
    code: "ssda903/sdq-twice",
    severity: Severity::Warning,
    message: "Two questionnaires of the same day differ; the one that was received later is written",
    help: "Compare both and have the wrong one taken back.",
    source: "FHIR mapping, section 9",
};

/// Every rule of this file.
pub static ALL: &[&Rule] = &[&OC2_FLAG_DIFFERS, &OC2_NOT_DERIVABLE, &IMMUNISATION_EVIDENCE, &SDQ_MISSING, &SDQ_TWICE];

/// The row of a child's year, and which statements it carries.
pub(super) struct Year<'r> {
    /// The row without the child.
    pub(super) row: Oc2Row,
    /// The statement that faults of the row are told at.
    pub(super) place: &'r Place,
    carried: Vec<&'r Place>,
}

impl Year<'_> {
    /// Whether the row says what a record does.
    pub(super) fn carries(&self, record: &Record) -> bool {
        self.carried.iter().any(|place| std::ptr::eq(*place, &raw const record.source.place))
    }
}

/// A flag: what it is called, where it is stated, where it is derived, and its cell.
struct Flag {
    field: &'static str,
    stated: fn(&AnnualHealth) -> Said<bool>,
    derived: for<'o, 'r> fn(&'o Outcomes<'r>) -> &'o Derived<'r, bool>,
    cell: fn(&mut Oc2Row) -> &mut Said<bool>,
}

macro_rules! flags {
    ($($field:ident),+ $(,)?) => {
        /// The flags that can be derived.
        const FLAGS: &[Flag] = &[$(Flag {
            field: stringify!($field),
            stated: |health| health.$field,
            derived: |outcomes| &outcomes.$field,
            cell: |row| &mut row.$field,
        }),+];
    };
}

flags! {
    health_check, immunisations, teeth_check, health_assessment, substance_misuse, intervention_received,
    intervention_offered,
}

/// The row of the year, told what is wrong with it; `None` where nothing is stated and nothing can be derived.
///
/// Derived is only where there is something to derive from: a statement of health, or a declaration that all is there.
pub(super) fn row_of<'r>(
    records: &'r [Record],
    year: CollectionYear,
    complete_for: &CompleteFor,
    report: &mut dyn Report,
) -> Option<Year<'r>> {
    let stated = Stated::of(records, year);
    let first = records.iter().find(|record| is_health(record, year));
    let source = first.or(records.first()).filter(|_| first.is_some() || !complete_for.is_empty());
    let derived = source.and_then(|_| derive(records, year, complete_for, stated.known()));
    let place = stated.place().or(source.filter(|_| derived.is_some()).map(|record| &record.source.place))?;
    let row = oc2_row(stated.sdq.first().map(|(sdq, _)| *sdq));
    let mut year = Year { row, place, carried: stated.places().collect() };
    year.row.convicted = stated.flag(|health| health.convicted).map_or(Said::NotAsked, |(said, _)| said);
    for flag in FLAGS {
        year.fill(flag, &stated, derived.as_ref().map(|outcomes| (flag.derived)(outcomes)), report);
    }
    year.fill_questionnaire(&stated, derived.as_ref(), report);
    Some(year)
}

impl<'r> Year<'r> {
    /// Fills a flag: with what is stated, else with what is derived.
    fn fill(&mut self, flag: &Flag, stated: &Stated<'r>, derived: Option<&Derived<'r, bool>>, report: &mut dyn Report) {
        let (said, at) = stated.flag(flag.stated).unzip();
        let said = said.unwrap_or(Said::NotAsked);
        *(flag.cell)(&mut self.row) = said;
        let mut others: Vec<&Place> =
            said.is().map(|it| stated.otherwise(flag.stated, it).collect()).unwrap_or_default();
        let Some(derived) = derived else {
            if let (Some(at), false) = (at, others.is_empty()) {
                differs(flag.field, at, &others, report);
            }
            return;
        };
        if is_open(said) {
            *(flag.cell)(&mut self.row) = if derived.said.has_value() { derived.said } else { said };
            if derived.said == Said::NotAsked {
                return self.tell_underivable(flag, derived, report);
            }
            self.carried.extend(&derived.evidence);
            if let (Some(first), false) = (derived.evidence.first(), derived.against.is_empty()) {
                differs(flag.field, first, &derived.against, report);
            }
            return;
        }
        let agree = said == derived.said;
        let disagree = said.has_value() && derived.said.has_value() && !agree;
        if agree {
            self.carried.extend(&derived.evidence);
            others.extend(&derived.against);
        } else if disagree {
            others.extend(&derived.evidence);
        }
        // That a check is not among all that were held has no place, and differs all the same.
        if let (Some(at), true) = (at, disagree || !others.is_empty()) {
            differs(flag.field, at, &others, report);
        }
    }

    fn tell_underivable(&self, flag: &Flag, derived: &Derived<'_, bool>, report: &mut dyn Report) {
        let rule = match flag.field {
            "immunisations" if !derived.evidence.is_empty() => &IMMUNISATION_EVIDENCE,
            _ => &OC2_NOT_DERIVABLE,
        };
        let told = Diagnostic::new(rule, self.place.clone()).of_field(flag.field);
        report.raise(told.related_to(derived.evidence.iter().map(|place| (*place).clone())));
    }

    /// Fills score and reason, exactly one of which there is: those that are stated, else those that are derived.
    fn fill_questionnaire(&mut self, stated: &Stated<'r>, derived: Option<&Outcomes<'r>>, report: &mut dyn Report) {
        if let Some((written, at)) = stated.sdq.first() {
            let mut others: Vec<&Place> = Vec::new();
            for (other, place) in &stated.sdq[1..] {
                others.extend((answers(other) != answers(written)).then_some(*place));
            }
            if let Some(Outcomes { sdq_score: score, sdq_reason: reason, .. }) = derived {
                let carried = [&*score.evidence, &reason.evidence].concat();
                match (score.said.is(), reason.said.is()) {
                    it if it == answers(written) => self.carried.extend(carried),
                    _ if answers(written) != (None, None) => others.extend(carried),
                    _ => {}
                }
            }
            if !others.is_empty() {
                differs("score", at, &others, report);
            }
            return;
        }
        let Some(Outcomes { sdq_score: score, sdq_reason: reason, .. }) = derived else { return };
        let (evidence, against) = match (score.said, reason.said) {
            (Said::Is(_), _) => {
                self.row.sdq_score = score.said;
                (&score.evidence, &score.against)
            }
            (_, Said::Is(_)) => {
                self.row.sdq_reason = reason.said;
                (&reason.evidence, &reason.against)
            }
            (_, Said::NotAsked) => {
                let told = Diagnostic::new(&SDQ_MISSING, self.place.clone()).of_field("score");
                return report.raise(told.related_to(reason.evidence.iter().map(|place| (*place).clone())));
            }
            _ => return,
        };
        self.carried.extend(evidence);
        if let (Some(at), false) = (evidence.first(), against.is_empty()) {
            let twice = Diagnostic::new(&SDQ_TWICE, (*at).clone()).of_field("score");
            report.raise(twice.related_to(against.iter().map(|place| (*place).clone())));
        }
    }
}

/// Score and reason, where there are values.
fn answers(sdq: &SdqScore) -> (Option<Number<40>>, Option<SdqReason>) {
    (sdq.score.is(), sdq.reason.is())
}

fn differs(field: &'static str, at: &Place, others: &[&Place], report: &mut dyn Report) {
    let told = Diagnostic::new(&OC2_FLAG_DIFFERS, at.clone()).of_field(field);
    report.raise(told.related_to(others.iter().map(|place| (*place).clone())));
}

/// Whether nobody has answered.
fn is_open<T>(said: Said<T>) -> bool {
    matches!(said, Said::NotAsked | Said::Blank)
}

/// What is stated of the year, with its places; of several the first is written.
#[derive(Default)]
struct Stated<'r> {
    health: Vec<(&'r AnnualHealth, &'r Place)>,
    sdq: Vec<(&'r SdqScore, &'r Place)>,
}

impl<'r> Stated<'r> {
    fn of(records: &'r [Record], year: CollectionYear) -> Self {
        let mut stated = Self::default();
        for record in records.iter().filter(|record| is_stated(record, year)) {
            match &record.statement {
                Statement::AnnualHealth(health) => stated.health.push((health, &record.source.place)),
                Statement::SdqScore(sdq) => stated.sdq.push((sdq, &record.source.place)),
                _ => {}
            }
        }
        stated
    }

    fn places(&self) -> impl Iterator<Item = &'r Place> {
        let health = self.health.iter().map(|(_, place)| *place);
        health.chain(self.sdq.first().map(|(_, place)| *place))
    }

    fn place(&self) -> Option<&'r Place> {
        self.places().next()
    }

    /// What is said of a flag: the first answer, else the first silence.
    fn flag(&self, flag: fn(&AnnualHealth) -> Said<bool>) -> Option<(Said<bool>, &'r Place)> {
        let said = || self.health.iter().map(|(health, place)| (flag(health), *place));
        said().find(|(said, _)| !is_open(*said)).or_else(|| said().next())
    }

    /// Where a flag is said to be otherwise.
    fn otherwise(&self, flag: fn(&AnnualHealth) -> Said<bool>, written: bool) -> impl Iterator<Item = &'r Place> {
        let others = self.health.iter().filter(move |(health, _)| flag(health) == Said::Is(!written));
        others.map(|(_, place)| *place)
    }

    fn known(&self) -> Known {
        let known = |flag| self.flag(flag).and_then(|(said, _)| said.is());
        Known {
            substance_misuse: known(|health| health.substance_misuse),
            intervention_received: known(|health| health.intervention_received),
        }
    }
}
