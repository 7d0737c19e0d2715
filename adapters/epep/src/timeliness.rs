//! Whether a child's personal education plans were in time: the first, and one a term (ePEP formats, 6.2 and 6.3).
//!
//! Limits: thirty school years of one child. Format: statements and the authority's settings in; a verdict a plan that
//! is due out, with its due day, the day that counts, and whether the calendar was given or is approximate. Nothing here
//! is written over what a sender says. Operations: [`spells`], [`verdicts`], [`next_due`], [`check`].

use kit::{
    pep::{CountedWhen, HowOften, PepSettings},
    school_calendar::{Basis, DayKind, Days, Half, Term, TermName},
};
use schemas::{
    code::{EpisodeEndReason, PepStatus, PepType, Rne},
    date::{AcademicYear, Date},
    diagnostic::{Diagnostic, Report},
    record::{CareEpisode, EducationPlan, Record, Statement},
    said::Said,
};

use crate::rules;

/// School days before a due day in which a plan is due soon.
const SOON_SCHOOL_DAYS: u32 = 10;

/// School years that are looked at, from the start of a spell of care.
const YEARS_MAX: u16 = 30;

/// A stretch of care without a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    /// The day on which it began.
    pub start: Date,
    /// The day on which it ended; none while it lasts.
    pub end: Option<Date>,
}

/// The stretches of care that a child's episodes make, the earliest first.
#[must_use]
pub fn spells(records: &[Record]) -> Vec<Spell> {
    let mut episodes: Vec<&CareEpisode> = Vec::new();
    for record in records {
        match &record.statement {
            Statement::CareEpisode(episode) if !record.source.retracts => episodes.push(episode),
            _ => {}
        }
    }
    let place =
        |episode: &&CareEpisode| (episode.start_date.is(), episode.ordinal.is().map(schemas::reflect::Number::get));
    episodes.sort_by_key(place);
    let mut spells: Vec<Spell> = Vec::new();
    for episode in episodes {
        let Said::Is(start) = episode.start_date else { continue };
        let goes_on = matches!(episode.end_reason, Said::Is(EpisodeEndReason::NewEpisodeSameDay));
        let end = episode.end_date.is().filter(|_| !goes_on);
        let begins = matches!(episode.start_reason, Said::Is(Rne::StartedToBeLookedAfter));
        match spells.last_mut() {
            Some(spell) if !begins && spell.end.is_none_or(|end| end == start) => spell.end = end,
            _ => {
                // A file of one year has the later episodes alone; some say when the care itself began.
                let start = episode.period_start.is().filter(|earlier| *earlier <= start).unwrap_or(start);
                spells.push(Spell { start, end });
            }
        }
    }
    spells
}

/// What a plan is due for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueFor {
    /// The start of care.
    FirstPlan,
    /// A term, or a half of one where the year has six.
    Term(AcademicYear, TermName),
    /// A school year.
    Year(AcademicYear),
}

/// How it stands with a plan that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Counted on or before the due day.
    InTime,
    /// Counted so many counted days after it.
    Late(u32),
    /// Not yet counted, and not yet due.
    Due,
    /// Not yet counted, and due within ten school days.
    DueSoon,
    /// Not counted, and past the due day.
    Overdue,
    /// None is expected: the first plan stands for the term, or care ended before the term did.
    Waived,
    /// None is required: the child's age, or a reason that the plan gives.
    NotRequired,
}

impl Outcome {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::InTime => "in-time",
            Self::Late(_) => "late",
            Self::Due => "due",
            Self::DueSoon => "due-soon",
            Self::Overdue => "overdue",
            Self::Waived => "waived",
            Self::NotRequired => "not-required",
        }
    }

    fn is_open(self) -> bool {
        matches!(self, Self::Due | Self::DueSoon | Self::Overdue)
    }
}

/// How it stands with one plan that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it is due for.
    pub due_for: DueFor,
    /// How it stands.
    pub outcome: Outcome,
    /// By when.
    pub due: Date,
    /// The day that counts, and the place of its plan among the records.
    pub counted: Option<(Date, usize)>,
    /// Whether the days were given or are approximate.
    pub basis: Basis,
}

/// A plan that counts: the day, and which of the records.
#[derive(Clone, Copy)]
struct Counted<'r> {
    day: Date,
    record: usize,
    plan: &'r EducationPlan,
}

/// How it stands with every plan of a child that is or was due, stretch by stretch of care, the first plan first.
#[must_use]
pub fn verdicts(records: &[Record], settings: &PepSettings, as_at: Date) -> Vec<Verdict> {
    let judging = Judging::of(records, settings, as_at);
    let mut verdicts = Vec::new();
    for spell in spells(records) {
        judging.spell(&spell, &mut verdicts);
    }
    verdicts
}

/// The day by which the next plan is due that does not count yet; none where care has ended or none is required.
///
/// For whoever holds all of a child's records. Of what a view has let out it would tell another day than of the whole,
/// so that the roll tells the day that a sender told.
#[must_use]
pub fn next_due(records: &[Record], settings: &PepSettings, as_at: Date) -> Option<(Date, Basis)> {
    let verdicts = verdicts(records, settings, as_at);
    let open = verdicts.iter().filter(|verdict| verdict.outcome.is_open());
    open.min_by_key(|verdict| verdict.due).map(|verdict| (verdict.due, verdict.basis))
}

/// Tells of every plan whose sender says otherwise than we whether it was in time. Where nobody says when care began, a
/// plan of a term is held to that term alone, and a first plan to nothing.
pub fn check(records: &[Record], settings: &PepSettings, as_at: Date, report: &mut dyn Report) {
    let mut verdicts: Option<Vec<Verdict>> = None;
    for (n, record) in records.iter().enumerate() {
        let Statement::EducationPlan(plan) = &record.statement else { continue };
        let Said::Is(told) = plan.told_in_timescale else { continue };
        let verdicts = verdicts.get_or_insert_with(|| self::verdicts(records, settings, as_at));
        let own = || verdicts.iter().filter(|verdict| verdict.counted.is_some_and(|(_, record)| record == n));
        let ours = match own().next() {
            Some(_) => Some(own().all(|verdict| verdict.outcome == Outcome::InTime)),
            None if verdicts.is_empty() => in_time_for_its_term(plan, settings),
            None => None,
        };
        if ours.is_some_and(|ours| ours != told) {
            report.raise(Diagnostic::new(&rules::TIMESCALE_DIFFERS, record.source.place.clone()));
        }
    }
}

/// How it stands with each plan of a child of whom nobody says since when it is in care. A plan of a term is held to the
/// last school day of that term; a first plan, and any other where plans are not due by terms, to the day by which its
/// sender says it is due. The second number counts plans for which there is no such day. Cancelled plans are none.
#[must_use]
pub fn verdicts_by_plan(records: &[Record], settings: &PepSettings, as_at: Date) -> (Vec<Verdict>, u64) {
    let judging = Judging::of(records, settings, as_at);
    let (mut verdicts, mut undue) = (Vec::new(), 0);
    for (n, record) in records.iter().enumerate().filter(|(_, record)| !record.source.retracts) {
        let Statement::EducationPlan(plan) = &record.statement else { continue };
        if matches!(plan.status, Said::Is(PepStatus::Cancelled)) {
            continue;
        }
        let Some((due_for, due, basis)) = due_of(plan, settings) else {
            undue += 1;
            continue;
        };
        let counted = counted_on(plan, settings.counted_when).filter(|day| *day <= as_at).map(|day| (day, n));
        let excused = plan.more.as_ref().is_some_and(|more| more.not_required_reason.has_value());
        let kind = if due_for == DueFor::FirstPlan { settings.first_day_kind } else { DayKind::School };
        let outcome = match counted {
            Some((day, _)) => judging.judged(day, due, kind),
            None if excused => Outcome::NotRequired,
            None => judging.open(due),
        };
        verdicts.push(Verdict { due_for, outcome, due, counted, basis });
    }
    (verdicts, undue)
}

/// What a plan is due for and when, by itself alone.
fn due_of(plan: &EducationPlan, settings: &PepSettings) -> Option<(DueFor, Date, Basis)> {
    let told = |due_for| Some((due_for, plan.due_date.is()?, Basis::Given));
    if matches!(plan.plan_type, Said::Is(PepType::First)) {
        return told(DueFor::FirstPlan);
    }
    let (year, name) = (plan.academic_year.is()?, term_of(plan)?);
    if !matches!(settings.often, HowOften::PerTerm(1)) {
        return told(DueFor::Term(year, name));
    }
    let (term, basis) = settings.calendar.term(year, name)?;
    Some((DueFor::Term(year, name), settings.calendar.last_school_day(&term)?, basis))
}

/// The term that a plan names.
fn term_of(plan: &EducationPlan) -> Option<TermName> {
    let half = plan.half.is().and_then(|half| half_of(half.get()));
    Some(TermName { term: plan.term.is()?, half })
}

/// Whether a plan counts by the last school day of the term that it names; `None` where it does not count, names none,
/// or is a first plan.
fn in_time_for_its_term(plan: &EducationPlan, settings: &PepSettings) -> Option<bool> {
    if matches!(plan.plan_type, Said::Is(PepType::First)) || !matches!(settings.often, HowOften::PerTerm(1)) {
        return None;
    }
    let (term, _) = settings.calendar.term(plan.academic_year.is()?, term_of(plan)?)?;
    let due = settings.calendar.last_school_day(&term)?;
    Some(counted_on(plan, settings.counted_when)? <= due)
}

/// What all verdicts on one child rest on.
struct Judging<'r> {
    settings: &'r PepSettings,
    as_at: Date,
    birth: Option<Date>,
    /// Plans that count, by their day.
    counted: Vec<Counted<'r>>,
    /// Plans that say why none is required, and for when.
    excused: Vec<&'r EducationPlan>,
}

impl<'r> Judging<'r> {
    fn of(records: &'r [Record], settings: &'r PepSettings, as_at: Date) -> Self {
        let mut judging = Self { settings, as_at, birth: None, counted: Vec::new(), excused: Vec::new() };
        for (record, it) in records.iter().enumerate() {
            match &it.statement {
                Statement::Person(person) => judging.birth = judging.birth.or(person.birth_date.is()),
                Statement::EducationPlan(plan) if !it.source.retracts => {
                    let excused = plan.more.as_ref().is_some_and(|more| more.not_required_reason.has_value());
                    match counted_on(plan, settings.counted_when).filter(|day| *day <= as_at) {
                        Some(day) => judging.counted.push(Counted { day, record, plan }),
                        None if excused => judging.excused.push(plan),
                        None => {}
                    }
                }
                _ => {}
            }
        }
        judging.counted.sort_by_key(|counted| counted.day);
        judging
    }

    fn spell(&self, spell: &Spell, verdicts: &mut Vec<Verdict>) {
        if self.as_at < spell.start {
            return;
        }
        let first = self.first_plan(spell);
        let first_due = first.as_ref().map(|verdict| verdict.due);
        verdicts.extend(first);
        let until = spell.end.map_or(self.as_at, |end| end.min(self.as_at));
        let Some(year) = AcademicYear::of(spell.start) else { return };
        for begins_in in year.begins_in()..year.begins_in().saturating_add(YEARS_MAX) {
            let Some(year) = AcademicYear::new(begins_in).filter(|year| year.starts() <= until) else { break };
            let (terms, basis) = self.settings.calendar.terms_of(year);
            match self.settings.often {
                HowOften::PerTerm(number) => {
                    for term in terms.iter().filter(|term| spell.start <= term.days.last && term.days.first <= until) {
                        let due_for = DueFor::Term(term.year, term.name);
                        verdicts.extend(self.regular(spell, first_due, (due_for, term, basis), number));
                    }
                }
                HowOften::PerYear(number) => {
                    let (Some(first), Some(last)) = (terms.first(), terms.last()) else { continue };
                    let Some(days) = Days::new(first.days.first, last.days.last) else { continue };
                    if spell.start <= days.last && days.first <= until {
                        let whole = Term { days, ..*last };
                        verdicts.extend(self.regular(spell, first_due, (DueFor::Year(year), &whole, basis), number));
                    }
                }
            }
        }
    }

    /// The plan that the start of care asks for: day 0 is the start, and what was counted before never counts.
    fn first_plan(&self, spell: &Spell) -> Option<Verdict> {
        let settings = self.settings;
        let (due, basis) = settings.calendar.counted_day(spell.start, settings.first_days, settings.first_day_kind)?;
        let counted = self
            .counted
            .iter()
            .find(|counted| spell.start <= counted.day && spell.end.is_none_or(|end| counted.day <= end));
        let term = settings.calendar.term_on_or_after(due).map(|(term, _)| term);
        let required = term.is_none_or(|term| self.is_of_age(&term)) && !self.is_excused_on(due);
        let verdict = |outcome| Verdict {
            due_for: DueFor::FirstPlan,
            outcome,
            due,
            counted: counted.map(|counted| (counted.day, counted.record)),
            basis,
        };
        Some(verdict(match counted {
            Some(counted) => self.judged(counted.day, due, settings.first_day_kind),
            None if !required => Outcome::NotRequired,
            None if spell.end.is_some_and(|end| end < due) => Outcome::Waived,
            None => self.open(due),
        }))
    }

    /// So many plans in a term or a year: by its last school day. The last of them decides.
    fn regular(
        &self,
        spell: &Spell,
        first_due: Option<Date>,
        (due_for, term, basis): (DueFor, &Term, Basis),
        number: u8,
    ) -> Option<Verdict> {
        let due = self.settings.calendar.last_school_day(term)?;
        let own = self.counted.iter().filter(|counted| {
            let in_care = spell.start <= counted.day && spell.end.is_none_or(|end| counted.day <= end);
            in_care && self.belongs(counted, due_for, term)
        });
        let counted = own.copied().nth(usize::from(number.saturating_sub(1)));
        let outcome = match counted {
            Some(counted) => self.judged(counted.day, due, DayKind::School),
            None if !self.is_of_age(term) || self.is_excused(due_for) => Outcome::NotRequired,
            None if spell.end.is_some_and(|end| end < due) => Outcome::Waived,
            None if self.starts_in(spell, due_for) && first_due.is_some_and(|first| term.days.last < first) => {
                Outcome::Waived
            }
            None => self.open(due),
        };
        let counted = counted.map(|counted| (counted.day, counted.record));
        Some(Verdict { due_for, outcome, due, counted, basis })
    }

    /// Whether care began in this term or year; of a start between terms, the one that follows.
    fn starts_in(&self, spell: &Spell, due_for: DueFor) -> bool {
        let began = self.settings.calendar.term_on_or_after(spell.start);
        began.is_some_and(|(term, _)| match due_for {
            DueFor::Term(year, name) => (year, name) == (term.year, term.name),
            DueFor::Year(year) => year == term.year,
            DueFor::FirstPlan => false,
        })
    }

    /// Whether a plan is that of a term: the one it names, else the one that its day is in.
    fn belongs(&self, counted: &Counted<'_>, due_for: DueFor, term: &Term) -> bool {
        let told = counted.plan.academic_year.is().zip(counted.plan.term.is());
        match (told, due_for) {
            (Some((year, _)), DueFor::Year(of)) => year == of,
            (Some((year, name)), DueFor::Term(of, own)) => {
                let half = counted.plan.half.is().and_then(|half| half_of(half.get()));
                let same_half = own.half.is_none() || half.is_none_or(|half| own.half == Some(half));
                // A plan of a whole term, in a year of halves, is that of the half in which it is dated.
                let by_day = half.is_none() && own.half.is_some();
                year == of && name == own.term && same_half && (!by_day || self.is_in(counted.day, term))
            }
            (None, _) | (_, DueFor::FirstPlan) => self.is_in(counted.day, term),
        }
    }

    /// Whether a day is in a term, or in the holiday before it.
    fn is_in(&self, day: Date, term: &Term) -> bool {
        let next = self.settings.calendar.term_on_or_after(day);
        next.is_some_and(|(next, _)| term.days.first <= next.days.first && next.days.last <= term.days.last)
    }

    fn judged(&self, day: Date, due: Date, kind: DayKind) -> Outcome {
        if day <= due {
            return Outcome::InTime;
        }
        Outcome::Late(self.settings.calendar.counted_between(due, day, kind).0)
    }

    fn open(&self, due: Date) -> Outcome {
        if due < self.as_at {
            return Outcome::Overdue;
        }
        let (left, _) = self.settings.calendar.counted_between(self.as_at, due, DayKind::School);
        if left <= SOON_SCHOOL_DAYS { Outcome::DueSoon } else { Outcome::Due }
    }

    /// A child whose birth date nobody says is taken to be of age.
    fn is_of_age(&self, term: &Term) -> bool {
        self.birth.is_none_or(|birth| self.settings.ages.hold_in(birth, term.days.first, term.days.last))
    }

    fn is_excused_on(&self, day: Date) -> bool {
        let term = self.settings.calendar.term_on_or_after(day);
        term.is_some_and(|(term, _)| self.is_excused(DueFor::Term(term.year, term.name)))
    }

    /// Whether a plan says of this term, or of a term of this year, why none is required.
    fn is_excused(&self, due_for: DueFor) -> bool {
        self.excused.iter().any(|plan| match (plan.academic_year.is().zip(plan.term.is()), due_for) {
            (Some((year, term)), DueFor::Term(of, name)) => year == of && term == name.term,
            (Some((year, _)), DueFor::Year(of)) => year == of,
            _ => false,
        })
    }
}

/// The day on which a plan counts; none while it does not, and never for one that was cancelled.
#[must_use]
pub fn counted_on(plan: &EducationPlan, when: CountedWhen) -> Option<Date> {
    let held =
        matches!(plan.status, Said::Is(PepStatus::MeetingHeld | PepStatus::Complete | PepStatus::QualityAssured));
    match (when, plan.status) {
        (_, Said::Is(PepStatus::Cancelled)) => None,
        (CountedWhen::Complete, _) => plan.completed_date.is(),
        (CountedWhen::Meeting, _) => plan.meeting_date.is().filter(|_| held),
    }
}

fn half_of(number: u16) -> Option<Half> {
    match number {
        1 => Some(Half::First),
        2 => Some(Half::Second),
        _ => None,
    }
}
