//! What a child's health in the year comes to, cell by cell of the outcomes module, and the statements that each answer
//! rests on (FHIR mapping, section 9).
//!
//! A statement that is absent proves nothing. A flag is 1 on evidence; it is 0 where it was said to be so, where a check
//! was only refused, or where whoever sends declares that everything is there; otherwise nobody can tell. What a source
//! has taken back proves nothing either. CONVICTED is never derived: health says nothing of it.

use schemas::{
    code::{
        Derivation, EpisodeEndReason, HealthCheckStatus, HealthCheckType, LegalStatus, Rne, SdqRater, SdqReason,
        SubstanceIntervention,
    },
    date::{CollectionYear, Date, DateTime},
    diagnostic::Place,
    record::{AnnualHealth, Record, SdqScore, Statement, SubstanceMisuse},
    reflect::Number,
    said::Said,
};

/// What was derived for one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Derived<'r, T> {
    /// The value; that the question does not arise; or, as where nobody was asked, that nobody can tell.
    pub said: Said<T>,
    /// Where the statements stand that it rests on. Where nobody can tell, those that a person should look at.
    pub evidence: Vec<&'r Place>,
    /// Where statements stand that answer otherwise.
    pub against: Vec<&'r Place>,
}

impl<T> Derived<'_, T> {
    fn not_applicable() -> Self {
        Self { said: Said::NotApplicable, evidence: Vec::new(), against: Vec::new() }
    }
}

/// What was derived of a child for the outcomes module.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcomes<'r> {
    /// HEALTH_CHECK: developmental checks of a child who is under five at the end of the year.
    pub health_check: Derived<'r, bool>,
    /// IMMUNISATIONS: up to date. Immunisations themselves never prove it: which are due changes yearly.
    pub immunisations: Derived<'r, bool>,
    /// TEETH_CHECK.
    pub teeth_check: Derived<'r, bool>,
    /// HEALTH_ASSESSMENT: one in the year, or two of a young child.
    pub health_assessment: Derived<'r, bool>,
    /// SUBSTANCE_MISUSE.
    pub substance_misuse: Derived<'r, bool>,
    /// INTERVENTION_RECEIVED: asked where there is a misuse.
    pub intervention_received: Derived<'r, bool>,
    /// INTERVENTION_OFFERED: asked where none was received.
    pub intervention_offered: Derived<'r, bool>,
    /// SDQ_SCORE: the latest that a carer has given at an age of 4 to 16.
    pub sdq_score: Derived<'r, Number<40>>,
    /// SDQ_REASON: why there is none.
    pub sdq_reason: Derived<'r, SdqReason>,
}

/// What is known already of the cells that decide whether others arise.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// SUBSTANCE_MISUSE as it is stated.
    pub substance_misuse: Option<bool>,
    /// INTERVENTION_RECEIVED as it is stated.
    pub intervention_received: Option<bool>,
}

macro_rules! indicators {
    ($($(#[doc = $doc:literal])+ $indicator:ident = $word:literal,)+) => {
        /// What a sender may declare to be told completely: then what is not told was not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Indicator { $($(#[doc = $doc])+ $indicator),+ }

        const INDICATORS: &[(&str, Indicator)] = &[$(($word, Indicator::$indicator)),+];
    };
}

indicators! {
    /// Every visit to a dentist.
    Dental = "dental",
    /// Every initial and review health assessment.
    HealthAssessment = "health-assessment",
    /// Every developmental check.
    Development = "development",
    /// Every substance misuse problem that was found.
    SubstanceMisuse = "substance-misuse",
}

/// What a sender declares to be complete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompleteFor(Vec<Indicator>);

impl CompleteFor {
    /// Reads the indicators, parted by commas. An unknown word declares nothing: its cells stay blank.
    ///
    /// There is none for immunisations: whether they are up to date is never concluded from what is there.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let known = |word: &str| INDICATORS.iter().find(|(name, _)| *name == word).map(|(_, indicator)| *indicator);
        Self(text.split(',').filter_map(|word| known(word.trim())).collect())
    }

    /// Whether anything is declared to be complete.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn has(&self, indicator: Indicator) -> bool {
        self.0.contains(&indicator)
    }
}

/// Whether a record states outcomes of the year itself: a return's row, or a score or reason without a day. What is
/// stated is never derived again.
#[must_use]
pub fn is_stated(record: &Record, year: CollectionYear) -> bool {
    match &record.statement {
        _ if record.source.retracts => false,
        Statement::AnnualHealth(health) => {
            health.year == Said::Is(year) && health.derivation == Said::Is(Derivation::Stated)
        }
        Statement::SdqScore(sdq) => sdq.year == Said::Is(year) && !sdq.completed_date.has_value(),
        _ => false,
    }
}

/// Whether a record is of what outcomes of the year are derived from.
#[must_use]
pub fn is_health(record: &Record, year: CollectionYear) -> bool {
    match &record.statement {
        _ if record.source.retracts => false,
        Statement::HealthCheck(_) | Statement::Immunisation(_) | Statement::SubstanceMisuse(_) => true,
        Statement::AnnualHealth(health) => health.year == Said::Is(year) && !is_stated(record, year),
        Statement::SdqScore(sdq) => sdq.completed_date.has_value(),
        _ => false,
    }
}

/// Derives the outcomes of a child for a year; `None` for a child outside the cohort: the return asks only of those who
/// were looked after the whole year.
#[must_use]
pub fn derive<'r>(
    records: &'r [Record],
    year: CollectionYear,
    complete_for: &CompleteFor,
    known: Known,
) -> Option<Outcomes<'r>> {
    let health = Health { records, year, born: birth_date(records) };
    if !health.is_of_cohort() {
        return None;
    }
    let substance_misuse = health.substance_misuse().settle(1, complete_for.has(Indicator::SubstanceMisuse));
    let misuse = known.substance_misuse.or(substance_misuse.said.is());
    let intervention_received = match misuse {
        Some(true) => health.intervention_received().settle(1, false),
        _ => Derived::not_applicable(),
    };
    let received = known.intervention_received.or(intervention_received.said.is());
    let intervention_offered = match (misuse, received) {
        (Some(true), Some(false)) => health.intervention_offered().settle(1, false),
        _ => Derived::not_applicable(),
    };
    let (sdq_score, sdq_reason) = health.questionnaire();
    Some(Outcomes {
        health_check: health.developmental_checks(complete_for),
        immunisations: health.immunisations(),
        teeth_check: health.teeth_checks().settle(1, complete_for.has(Indicator::Dental)),
        health_assessment: health.assessments(complete_for),
        substance_misuse,
        intervention_received,
        intervention_offered,
        sdq_score,
        sdq_reason,
    })
}

fn birth_date(records: &[Record]) -> Option<Date> {
    let mut standing = records.iter().filter(|record| !record.source.retracts);
    standing.find_map(|record| match &record.statement {
        Statement::Person(person) => person.birth_date.is(),
        _ => None,
    })
}

/// What answers one cell. What is told of a year as a whole counts as much as what was done on a day.
#[derive(Default)]
struct Answers<'r> {
    /// Done, and on which day.
    done: Vec<(Date, &'r Place)>,
    /// Told to be so of the year as a whole.
    told: Vec<&'r Place>,
    /// Told not to be so of the year as a whole.
    denied: Vec<&'r Place>,
    /// Asked on a day, and not so: refused, called off where that counts, or not found.
    missed: Vec<&'r Place>,
    /// Planned: what became of it is not known.
    planned: Vec<&'r Place>,
}

impl<'r> Answers<'r> {
    /// A yes or no of the year as a whole.
    fn tell(&mut self, said: Said<bool>, place: &'r Place) {
        match said {
            Said::Is(true) => self.told.push(place),
            Said::Is(false) => self.denied.push(place),
            _ => {}
        }
    }

    /// What it comes to where so many different days are needed, and where all that was done may be told.
    fn settle(self, needed: usize, is_complete: bool) -> Derived<'r, bool> {
        let mut days: Vec<Date> = self.done.iter().map(|(day, _)| *day).collect();
        days.sort_unstable();
        days.dedup();
        let done: Vec<&Place> = self.done.iter().map(|(_, place)| *place).collect();
        if days.len() >= needed || !self.told.is_empty() {
            let evidence = [done, self.told].concat();
            return Derived { said: Said::Is(true), evidence, against: self.denied };
        }
        if !self.denied.is_empty() || (!self.missed.is_empty() && self.planned.is_empty()) {
            let evidence = [self.denied, self.missed].concat();
            return Derived { said: Said::Is(false), evidence, against: Vec::new() };
        }
        let evidence = [done, self.missed, self.planned].concat();
        let said = if is_complete { Said::Is(false) } else { Said::NotAsked };
        Derived { said, evidence, against: Vec::new() }
    }
}

/// What is said of one child, and for which year it is asked.
struct Health<'r> {
    records: &'r [Record],
    year: CollectionYear,
    born: Option<Date>,
}

impl<'r> Health<'r> {
    /// What stands, with its places.
    fn standing(&self) -> impl Iterator<Item = (&'r Statement, &'r Place)> + use<'r> {
        let standing = self.records.iter().filter(|record| !record.source.retracts);
        standing.map(|record| (&record.statement, &record.source.place))
    }

    /// Whether the child was looked after the whole year, as the DfE's validation decides it (care standard, 5.2): there
    /// is an episode in the year, no period of care began after its first day or ended before its last, and no episode is
    /// of short breaks. Where it cannot be told, as where a view withholds it, the child is not of the cohort.
    fn is_of_cohort(&self) -> bool {
        let episodes = || {
            self.standing().filter_map(|(statement, _)| match statement {
                Statement::CareEpisode(episode) => Some(episode),
                _ => None,
            })
        };
        // What one source cannot say of an episode another may.
        fn answer<T>(mut answers: impl Iterator<Item = Said<T>>) -> Said<T> {
            answers.find(|answer| !matches!(answer, Said::NotAsked)).unwrap_or(Said::NotAsked)
        }
        let (from, to) = (self.year.starts(), self.year.ends());
        let mut is_looked_after = false;
        for episode in episodes() {
            let Said::Is(start) = episode.start_date else { continue };
            let same = || episodes().filter(move |other| other.start_date == Said::Is(start));
            let end = answer(same().map(|other| other.end_date));
            if start > to || matches!(end, Said::Is(end) if end < from) {
                continue;
            }
            let began = start > from
                && !is_other_than(answer(same().map(|other| other.start_reason)), &[Rne::StartedToBeLookedAfter]);
            let goes_on = Said::Is(EpisodeEndReason::NewEpisodeSameDay);
            let ended = match end {
                Said::Is(end) => end < to && answer(same().map(|other| other.end_reason)) != goes_on,
                Said::Blank | Said::NotAsked => false,
                _ => true,
            };
            let breaks = [LegalStatus::ShortBreaksEpisodesRecorded, LegalStatus::ShortBreaksAgreementRecorded];
            if began || ended || !is_other_than(answer(same().map(|other| other.legal_status)), &breaks) {
                return false;
            }
            is_looked_after = true;
        }
        is_looked_after
    }

    /// The day on which the child turns so many years old; a child of 29 February on 1 March of a common year.
    fn birthday(&self, years: i16) -> Option<Date> {
        self.born?.add_years(years)
    }

    /// What was told of the year as a whole and is stated by no return.
    fn told(&self) -> impl Iterator<Item = (&'r AnnualHealth, &'r Place)> + use<'r> {
        let year = self.year;
        let records = self.records.iter().filter(move |record| is_health(record, year));
        records.filter_map(|record| match &record.statement {
            Statement::AnnualHealth(health) => Some((health, &record.source.place)),
            _ => None,
        })
    }

    fn telling(&self, flag: fn(&AnnualHealth) -> Said<bool>) -> Answers<'r> {
        let mut answers = Answers::default();
        self.told().for_each(|(health, place)| answers.tell(flag(health), place));
        answers
    }

    /// Checks of some kinds in the year, and what is told of them.
    fn checks(
        &self,
        kinds: &[HealthCheckType],
        missed: &[HealthCheckStatus],
        flag: fn(&AnnualHealth) -> Said<bool>,
    ) -> Answers<'r> {
        let mut answers = self.telling(flag);
        for (statement, place) in self.standing() {
            let Statement::HealthCheck(check) = statement else { continue };
            let (Said::Is(kind), Said::Is(date), Said::Is(status)) = (check.r#type, check.date, check.status) else {
                continue;
            };
            if !kinds.contains(&kind) || !self.year.contains(date) {
                continue;
            }
            match status {
                HealthCheckStatus::Completed => answers.done.push((date, place)),
                HealthCheckStatus::Planned => answers.planned.push(place),
                status if missed.contains(&status) => answers.missed.push(place),
                _ => {}
            }
        }
        answers
    }

    fn teeth_checks(&self) -> Answers<'r> {
        let missed = [HealthCheckStatus::Refused, HealthCheckStatus::Cancelled];
        self.checks(&[HealthCheckType::DentalCheck], &missed, |health| health.teeth_check)
    }

    fn developmental_checks(&self, complete_for: &CompleteFor) -> Derived<'r, bool> {
        let missed = [HealthCheckStatus::Refused, HealthCheckStatus::Cancelled];
        let checks = self.checks(&[HealthCheckType::DevelopmentalCheck], &missed, |health| health.health_check);
        match self.birthday(5) {
            Some(fifth) if fifth > self.year.ends() => checks.settle(1, complete_for.has(Indicator::Development)),
            Some(_) => Derived::not_applicable(),
            None => Derived { said: Said::NotAsked, ..checks.settle(1, false) },
        }
    }

    fn assessments(&self, complete_for: &CompleteFor) -> Derived<'r, bool> {
        let kinds = [HealthCheckType::InitialHealthAssessment, HealthCheckType::ReviewHealthAssessment];
        // One that was called off is arranged anew: only a refusal says that there was none.
        let checks = self.checks(&kinds, &[HealthCheckStatus::Refused], |health| health.health_assessment);
        match self.birthday(5) {
            Some(fifth) => {
                checks.settle(assessments_needed(fifth, self.year), complete_for.has(Indicator::HealthAssessment))
            }
            None => Derived { said: Said::NotAsked, ..checks.settle(1, false) },
        }
    }

    /// The latest that is told of immunisations being up to date. Beside a blank, the immunisations themselves, for a
    /// person to decide.
    fn immunisations(&self) -> Derived<'r, bool> {
        let (year, ends) = (self.year, self.year.ends());
        let told = self.records.iter().filter(|record| !record.source.retracts && !is_stated(record, year));
        let told = told.filter_map(|record| {
            let Statement::AnnualHealth(health) = &record.statement else { return None };
            let day = match health.immunisations_as_at {
                Said::Is(day) => day,
                // Told of a year as a whole, it is true for the end of it.
                _ => health.year.is()?.ends(),
            };
            year.contains(day).then_some((health.immunisations.is()?, day, &record.source.place))
        });
        latest(told).unwrap_or_else(|| {
            let given = self.standing().filter(|(statement, _)| match statement {
                Statement::Immunisation(given) => {
                    given.date.is().and_then(DateTime::date).is_none_or(|day| day <= ends)
                }
                _ => false,
            });
            let evidence = given.map(|(_, place)| place).collect();
            Derived { said: Said::NotAsked, evidence, against: Vec::new() }
        })
    }

    /// What was found of substance misuse in the year.
    fn misuses(&self) -> impl Iterator<Item = (&'r SubstanceMisuse, Date, &'r Place)> + use<'r> {
        let year = self.year;
        self.standing().filter_map(move |(statement, place)| match statement {
            Statement::SubstanceMisuse(misuse) => {
                misuse.date.is().filter(|date| year.contains(*date)).map(|date| (misuse, date, place))
            }
            _ => None,
        })
    }

    fn substance_misuse(&self) -> Answers<'r> {
        let mut answers = self.telling(|health| health.substance_misuse);
        for (misuse, date, place) in self.misuses() {
            match misuse.identified {
                Said::Is(true) => answers.done.push((date, place)),
                // What is not found on one day may be on another.
                Said::Is(false) => answers.missed.push(place),
                _ => {}
            }
        }
        answers
    }

    fn intervention_received(&self) -> Answers<'r> {
        use SubstanceIntervention::{NoIntervention, Offered, Received, Refused};
        let answers = self.telling(|health| health.intervention_received);
        self.interventions(answers, &[Received], &[Offered, Refused, NoIntervention])
    }

    fn intervention_offered(&self) -> Answers<'r> {
        use SubstanceIntervention::{NoIntervention, Offered, Refused};
        let answers = self.telling(|health| health.intervention_offered);
        self.interventions(answers, &[Offered, Refused], &[NoIntervention])
    }

    fn interventions(
        &self,
        mut answers: Answers<'r>,
        yes: &[SubstanceIntervention],
        no: &[SubstanceIntervention],
    ) -> Answers<'r> {
        // What was offered where nothing was found answers no question of the return.
        for (misuse, date, place) in self.misuses().filter(|(misuse, ..)| misuse.identified != Said::Is(false)) {
            match misuse.intervention {
                Said::Is(intervention) if yes.contains(&intervention) => answers.done.push((date, place)),
                Said::Is(intervention) if no.contains(&intervention) => answers.missed.push(place),
                _ => {}
            }
        }
        answers
    }

    /// The questionnaires that a carer has filled in within the year, or why none was.
    fn questionnaires(&self) -> impl Iterator<Item = (&'r SdqScore, Date, &'r Place)> + use<'r> {
        let year = self.year;
        self.standing().filter_map(move |(statement, place)| match statement {
            Statement::SdqScore(sdq) if sdq.rater == Said::Is(SdqRater::Carer) => {
                sdq.completed_date.is().filter(|day| year.contains(*day)).map(|day| (sdq, day, place))
            }
            _ => None,
        })
    }

    /// The latest score, or the latest reason for having none.
    fn questionnaire(&self) -> (Derived<'r, Number<40>>, Derived<'r, SdqReason>) {
        let nobody_can_tell = Derived { said: Said::NotAsked, evidence: Vec::new(), against: Vec::new() };
        let (Some(fourth), Some(seventeenth)) = (self.birthday(4), self.birthday(17)) else {
            let evidence = self.questionnaires().map(|(_, _, place)| place).collect();
            return (nobody_can_tell, Derived { said: Said::NotAsked, evidence, against: Vec::new() });
        };
        let of_age = |day: Date| fourth <= day && day < seventeenth;
        let scores = self.questionnaires().filter(|(_, day, _)| of_age(*day));
        if let Some(score) = latest(scores.filter_map(|(sdq, day, place)| Some((sdq.score.is()?, day, place)))) {
            return (score, Derived::not_applicable());
        }
        let reasons = self.questionnaires().filter_map(|(sdq, day, place)| Some((sdq.reason.is()?, day, place)));
        let reason = latest(reasons).unwrap_or_else(|| {
            let said = match (fourth > self.year.ends(), seventeenth.cmp(&self.year.starts())) {
                // Rules 188 and 189 want both cells blank.
                (true, _) | (_, std::cmp::Ordering::Less) => Said::NotApplicable,
                (false, std::cmp::Ordering::Equal) => Said::Is(SdqReason::UnderFourOrOverSixteen),
                (false, std::cmp::Ordering::Greater) => Said::NotAsked,
            };
            Derived { said, evidence: Vec::new(), against: Vec::new() }
        });
        (nobody_can_tell, reason)
    }
}

/// How many assessments a child needs in a year: one a year from the fifth birthday, two before. Who turns five within
/// the year needs two where the birthday is in its second half.
fn assessments_needed(fifth: Date, year: CollectionYear) -> usize {
    let second_half = Date::new(year.starts().year(), 10, 1);
    if fifth > year.starts() && second_half.is_none_or(|second_half| fifth >= second_half) { 2 } else { 1 }
}

/// The latest of some answers. Of several of one day the one that was received later holds, and the others stand against
/// it where they answer otherwise.
fn latest<'r, T: PartialEq>(answers: impl Iterator<Item = (T, Date, &'r Place)>) -> Option<Derived<'r, T>> {
    let mut answers: Vec<(T, Date, &Place)> = answers.collect();
    answers.sort_by_key(|(_, day, _)| *day);
    let (answer, day, place) = answers.pop()?;
    let against = answers.iter().filter(|(other, when, _)| *when == day && *other != answer);
    let against = against.map(|(_, _, place)| *place).collect();
    Some(Derived { said: Said::Is(answer), evidence: vec![place], against })
}

/// Whether it is known that an answer is none of these. A blank is none; what nobody was asked, could read or may know is
/// not known.
fn is_other_than<T: PartialEq>(answer: Said<T>, these: &[T]) -> bool {
    match answer {
        Said::Is(answer) => !these.contains(&answer),
        Said::Blank => true,
        _ => false,
    }
}
