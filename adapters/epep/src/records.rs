//! What a document says of one child, gathered: one person, doubles settled, what is urgent first.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use kit::{
    adapter::{Dossier, later_wins},
    csv::rules as table_rules,
    pep::PepSettings,
};
use schemas::{
    code::{SchoolSession, SuspensionCategory},
    date::Date,
    diagnostic::{Diagnostic, Place, Report, Rule},
    document::natural_key,
    identifier::{Identifier, LaCode, Laestab, SchoolUrn},
    record::{AttendanceMark, EducationPlan, Person, Record, Source, Statement, Subject, Target},
    said::Said,
};

use crate::{
    attendance::{self, School},
    child::{ChildCells, Identity},
    document::Telling,
    plans, rules, sessions, timeliness,
};

/// A child is at most so old (epep, section 9).
const AGE_YEARS_MAX: i16 = 25;

/// Everything that is said of one child.
#[derive(Default)]
pub struct ChildRecords {
    /// How the row before named the child.
    pub cells: ChildCells,
    identifiers: Vec<Identifier>,
    authority: Option<LaCode>,
    person: Option<(Person, Place)>,
    /// What is said, with where; `None` for what was taken into another.
    said: Vec<(Statement, Source)>,
    /// By type and natural key, but for marks: which of `said`.
    known: HashMap<(&'static str, Vec<u8>), usize>,
    marks: Marks,
    /// The school of the row before, as long as nothing else was said since.
    school: Option<School>,
}

impl ChildRecords {
    /// A child of whom nothing is said yet. The room that the last child took is kept.
    pub fn begin(&mut self, authority: Option<LaCode>) {
        self.cells.forget();
        self.identifiers.clear();
        self.authority = authority;
        self.person = None;
        self.said.clear();
        self.known.clear();
        self.marks = Marks::default();
        self.school = None;
    }

    /// Who the child is, as a row has it.
    pub fn is(&mut self, identity: &Identity, row: &mut Telling<'_>) {
        if let Said::Is(authority) = identity.la_code {
            self.authority = Some(authority);
        }
        for identifier in identity.identifiers() {
            if !self.identifiers.contains(&identifier) {
                self.identifiers.push(identifier);
            }
        }
        let Some(mut person) = identity.person() else { return };
        if let (Said::Is(born), Some(day)) = (person.birth_date, row.as_at)
            && !is_plausible(born, day)
        {
            row.tell(&rules::DOB_IMPLAUSIBLE, "date_of_birth");
            person.birth_date = Said::Unreadable;
        }
        match &mut self.person {
            None => self.person = Some((person, row.place.clone())),
            Some((known, place)) => {
                let differs =
                    matches!((known.birth_date, person.birth_date), (Said::Is(one), Said::Is(other)) if one != other);
                if differs {
                    row.tell_beside(&rules::DOB_DIFFERS, "date_of_birth", Some(place.clone()));
                }
                fill(known, person);
            }
        }
    }

    /// Says something. The same thing twice is dropped; of two that differ the later wins field by field.
    pub fn say(&mut self, statement: impl Into<Statement>, row: &mut Telling<'_>) {
        let statement = statement.into();
        let source = Source::at(row.place.clone());
        let Some(known) = self.find(&statement) else { return self.add(statement, source) };
        let (earlier, earlier_source) = &mut self.said[known];
        if *earlier == statement {
            return row.tell_beside(&table_rules::DUPLICATE, "", Some(earlier_source.place.clone()));
        }
        row.tell_beside(&table_rules::KEY_CLASH, "", Some(earlier_source.place.clone()));
        later_wins(earlier, &statement);
        *earlier_source = source;
    }

    /// Says something of which a child may say several by one key: words are never put in place of other words.
    pub fn say_beside(&mut self, statement: impl Into<Statement>, row: &mut Telling<'_>) {
        let statement = statement.into();
        let source = Source::at(row.place.clone());
        if let Some(known) = self.find(&statement) {
            let (earlier, earlier_source) = &self.said[known];
            let place = Some(earlier_source.place.clone());
            if *earlier == statement {
                return row.tell_beside(&table_rules::DUPLICATE, "", place);
            }
            row.tell_beside(&table_rules::KEY_CLASH, "", place);
        }
        self.add(statement, source);
    }

    /// Says something that many rows repeat: what a row leaves open another may say, and only what differs is told.
    pub fn say_again(&mut self, statement: impl Into<Statement>, row: &mut Telling<'_>) {
        let statement = statement.into();
        let Some(known) = self.find(&statement) else { return self.add(statement, Source::at(row.place.clone())) };
        let (earlier, source) = &mut self.said[known];
        let place = source.place.clone();
        if contradicts(earlier, &statement) {
            row.tell_beside(&table_rules::KEY_CLASH, "", Some(place));
        }
        later_wins(earlier, &statement);
    }

    /// Says that the child is at a school, which every row of a register repeats.
    pub(crate) fn is_at(&mut self, school: &School, row: &mut Telling<'_>) {
        if self.school.as_ref() != Some(school) {
            self.say_again(school.enrolment(), row);
            self.school = Some(school.clone());
        }
    }

    /// Says what a session was marked with: the mark recorded later wins, else the later row (epep, section 4.4).
    pub fn mark(&mut self, mark: AttendanceMark, retracts: bool, row: &mut Telling<'_>) {
        let source = Source { place: row.place.clone(), retracts };
        let Some(known) = self.marks.place(&mark, &self.said) else { return self.said.push((mark.into(), source)) };
        let (earlier, earlier_source) = &mut self.said[known];
        let Statement::AttendanceMark(before) = earlier else { return };
        let place = earlier_source.place.clone();
        if *before == mark && earlier_source.retracts == retracts {
            return row.tell_beside(&table_rules::DUPLICATE, "", Some(place));
        }
        if before.code != mark.code && !retracts && !earlier_source.retracts {
            row.tell_beside(&rules::MARK_CONFLICT, "code", Some(place));
        }
        let is_older =
            matches!((before.recorded_at, mark.recorded_at), (Said::Is(before), Said::Is(now)) if now < before);
        if !is_older {
            (*earlier, *earlier_source) = (mark.into(), source);
        }
    }

    /// A target of the plan of that id, which is made where none was said yet.
    pub fn target(&mut self, reference: &str, target: Target, row: &Telling<'_>) {
        let empty = EducationPlan { plan_ref: Said::Is(reference.into()), ..EducationPlan::default() };
        let statement = Statement::from(empty);
        let known = self.find(&statement).unwrap_or_else(|| {
            self.add(statement, Source::at(row.place.clone()));
            self.said.len() - 1
        });
        let Statement::EducationPlan(plan) = &mut self.said[known].0 else { return };
        let targets = &mut plan.more.get_or_insert_default().targets;
        match targets {
            Said::Is(targets) => targets.push(target),
            other => *other = Said::Is(vec![target]),
        }
    }

    /// Targets of the plan that was said last, where they stand in it.
    pub fn targets_of_last_plan(&mut self, targets: Vec<Target>) {
        let plans = self.said.iter_mut().rev().find_map(|(statement, _)| match statement {
            Statement::EducationPlan(plan) => Some(plan),
            _ => None,
        });
        if let Some(plan) = plans.filter(|_| !targets.is_empty()) {
            plan.more.get_or_insert_default().targets = Said::Is(targets);
        }
    }

    fn find(&mut self, statement: &Statement) -> Option<usize> {
        self.school = None;
        self.known.get(&(statement.statement_type().name, natural_key(statement))).copied()
    }

    fn add(&mut self, statement: Statement, source: Source) {
        let key = (statement.statement_type().name, natural_key(&statement));
        self.known.entry(key).or_insert(self.said.len());
        self.said.push((statement, source));
    }

    /// Everything as records of one subject, the person first, then whoever was excluded for good.
    pub fn finish(&mut self, as_at: Option<Date>, pep: &PepSettings, dossier: &mut Dossier, report: &mut dyn Report) {
        if self.identifiers.is_empty() && self.person.is_none() && self.said.is_empty() {
            return;
        }
        let born = self.person.as_ref().and_then(|(person, _)| person.birth_date.is());
        attendance::check_together(&self.said, born, report);
        plans::check_together(&self.said, report);
        let subject = Arc::new(Subject::child(std::mem::take(&mut self.identifiers), self.authority));
        if self.said.iter().any(|(statement, _)| is_permanent_exclusion(statement)) {
            self.said.sort_by_key(|(statement, _)| !is_permanent_exclusion(statement));
        }
        let person = self.person.take().map(|(person, place)| (person.into(), Source::at(place)));
        let records = person.into_iter().chain(self.said.drain(..));
        let record = |(statement, source)| Record { subject: Arc::clone(&subject), statement, source };
        dossier.records.extend(records.map(record));
        sessions::check(&dossier.records, as_at, &pep.calendar, report);
        if let Some(as_at) = as_at {
            timeliness::check(&dossier.records, pep, as_at, report);
        }
        dossier.subject = Some(subject);
        dossier.as_at = as_at;
    }
}

/// Which of what was said is the mark of a session at a school. Registers mostly come in order, where the latest mark
/// tells that the next is new: all are kept only once one does not.
#[derive(Default)]
struct Marks {
    latest: Option<SessionKey>,
    all: Option<HashMap<SessionKey, usize>>,
}

/// The natural key of a mark.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct SessionKey {
    date: Option<Date>,
    session: Option<SchoolSession>,
    school: SchoolKey,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum SchoolKey {
    Urn(SchoolUrn),
    Laestab(Laestab),
    /// By a name, as it stands in the natural key; or not at all.
    Other(Vec<u8>),
}

impl SessionKey {
    fn of(mark: &AttendanceMark) -> Self {
        let school = match (mark.school_urn, mark.school_laestab) {
            (Said::Is(urn), _) => SchoolKey::Urn(urn),
            (_, Said::Is(laestab)) => SchoolKey::Laestab(laestab),
            _ => SchoolKey::Other(natural_key(&mark.clone().into())),
        };
        Self { date: mark.date.is(), session: mark.session.is(), school }
    }
}

impl Marks {
    /// Where the mark of the same session was said; where there is none, the next to be said is it.
    fn place(&mut self, mark: &AttendanceMark, said: &[(Statement, Source)]) -> Option<usize> {
        let key = SessionKey::of(mark);
        if self.all.is_none() && self.latest.as_ref().is_none_or(|latest| *latest < key) {
            self.latest = Some(key);
            return None;
        }
        let all = self.all.get_or_insert_with(|| {
            let marks = said.iter().enumerate().filter_map(|(n, (statement, _))| match statement {
                Statement::AttendanceMark(mark) => Some((SessionKey::of(mark), n)),
                _ => None,
            });
            marks.collect()
        });
        match all.entry(key) {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(new) => {
                new.insert(said.len());
                None
            }
        }
    }
}

fn is_permanent_exclusion(statement: &Statement) -> bool {
    matches!(statement, Statement::Suspension(it) if it.category == Said::Is(SuspensionCategory::Permanent))
}

fn is_plausible(born: Date, as_at: Date) -> bool {
    born <= as_at && born.add_years(AGE_YEARS_MAX).is_none_or(|latest| as_at <= latest)
}

/// What the known person leaves open, another row may say.
fn fill(known: &mut Person, other: Person) {
    if !known.birth_date.has_value() {
        known.birth_date = other.birth_date;
    }
    if !known.sex.has_value() {
        known.sex = other.sex;
    }
    if !known.upn_unknown_reason.has_value() {
        known.upn_unknown_reason = other.upn_unknown_reason;
    }
    if known.more.is_none() {
        known.more = other.more;
    }
}

/// Whether both say something and not the same.
fn contradicts(earlier: &Statement, later: &Statement) -> bool {
    let fields = earlier.statement_type().fields;
    fields.iter().any(|field| match (field.get(earlier), field.get(later)) {
        (Said::Is(one), Said::Is(other)) => one != other,
        _ => false,
    })
}

/// Tells a rule at the place of something that was said, beside others.
pub fn tell_of(rule: &'static Rule, source: &Source, others: impl IntoIterator<Item = Place>, report: &mut dyn Report) {
    report.raise(Diagnostic::new(rule, source.place.clone()).related_to(others));
}
