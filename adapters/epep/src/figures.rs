//! What a document of attendance or of plans comes to, for its sender's own report (ePEP formats, 4.4 and 6.2).
//!
//! Limits: whole numbers added over children; a percentage is made only in the words. Format: one child's records in,
//! figures by name out, which name neither child nor school. Operations: [`AttendanceTally`] and [`PlansTally`] count,
//! [`SchoolFigures`] puts both into the sums of a report and tells them in words.

use kit::{
    adapter::{Dossier, Options},
    figures::{Summarise, Sums},
    report::thousands,
    school_calendar::{Basis, DayKind},
};
use schemas::{
    code::SuspensionCategory,
    date::Date,
    record::{Record, Statement},
    said::Said,
};

use crate::{
    sessions::{Period, Register, Sessions, Tenths, told_sums},
    timeliness::{DueFor, Outcome, Verdict, spells, verdicts, verdicts_by_plan},
};

/// The figures of attendance and of plans.
pub struct SchoolFigures;

/// The periods of attendance: the name of the group and how it is called.
const PERIODS: [(&str, &str); 3] = [
    ("attendanceOfYear", "this school year"),
    ("attendanceOfTerm", "this term"),
    ("attendanceOfLastDays", "in the last 20 school days"),
];

const SUSPENSIONS: &str = "suspensions";
const FIRST_PLANS: &str = "firstPlans";
const TERM_PLANS: &str = "plansOfTerms";
const RATINGS: &str = "ratings";

/// Plans that are held to what their sender says, because nobody says since when the child is in care.
const BY_PLAN: &str = "startOfCareUnknown";

/// Plans that nothing says when they were due.
const UNDUE: &str = "dueDayUnknown";

impl Summarise for SchoolFigures {
    fn add(&self, dossier: &Dossier, options: &Options, sums: &mut Sums) {
        let Some(as_at) = dossier.as_at.or_else(|| options.as_at_day()) else { return };
        add_attendance(&dossier.records, options, as_at, sums);
        add_suspensions(&dossier.records, as_at, sums);
        add_plans(&dossier.records, options, as_at, sums);
        add_ratings(&dossier.records, options, sums);
    }

    fn words(&self, sums: &Sums, options: &Options) -> Vec<String> {
        let attendance = PERIODS.iter().filter_map(|(group, called)| AttendanceTally::of(group, sums).words(called));
        let pep = &options.pep;
        let kind = match pep.first_day_kind {
            DayKind::School => "school ",
            DayKind::Working => "working ",
            DayKind::Calendar => "",
        };
        let first = format!("First plans, due within {} {kind}days of the start of care", pep.first_days);
        let plans = [
            PlansTally::of(FIRST_PLANS, sums).words(&first),
            PlansTally::of(TERM_PLANS, sums).words("Plans of a term or year"),
        ];
        let by_plan = sums.get(FIRST_PLANS, BY_PLAN);
        let by_plan = (by_plan > 0).then(|| {
            format!(
                "First plans held to the due date that the sender gives, since no start of care is told: {by_plan}."
            )
        });
        let undue = sums.get(FIRST_PLANS, UNDUE) + sums.get(TERM_PLANS, UNDUE);
        let undue = (undue > 0)
            .then(|| format!("Plans not judged, since nothing says when they were due: {}.", thousands(undue)));
        let plans = plans.into_iter().flatten().chain(by_plan).chain(undue);
        let ratings = ratings_in_words(sums);
        attendance.chain(suspensions_in_words(sums)).chain(plans).chain(ratings).collect()
    }
}

/// The marks of a child; where none counts in the school year, the sums that a sender tells.
fn add_attendance(records: &[Record], options: &Options, as_at: Date, sums: &mut Sums) {
    let is_of_attendance =
        |record: &Record| matches!(record.statement, Statement::AttendanceMark(_) | Statement::AttendanceSummary(_));
    if !records.iter().any(is_of_attendance) {
        return;
    }
    let register = Register::of(records);
    let calendar = &options.pep.calendar;
    let periods = [Period::year_to(as_at), Period::term_to(as_at, calendar), Period::last_days_to(as_at, calendar)];
    for ((group, _), period) in PERIODS.into_iter().zip(periods) {
        let Some(period) = period else { continue };
        let counted = register.count(&period);
        let of_marks = counted.possible() > 0;
        let mut tally = AttendanceTally::default();
        tally.add(&if of_marks { counted } else { told_sums(records, &period) });
        tally.by_sums = u64::from(!of_marks && tally.children > 0);
        tally.add_to(group, sums);
    }
}

/// Suspensions and exclusions that began in the school year, the withdrawn ones apart.
fn add_suspensions(records: &[Record], as_at: Date, sums: &mut Sums) {
    let Some(year) = Period::year_to(as_at) else { return };
    let (mut suspended, mut excluded) = (false, false);
    for record in records.iter().filter(|record| !record.source.retracts) {
        let Statement::Suspension(suspension) = &record.statement else { continue };
        let Some(category) = suspension.category.is() else { continue };
        if !suspension.start_date.is().is_some_and(|start| year.days.contains(start)) {
            continue;
        }
        let sessions = suspension.sessions.is().map_or(0, |sessions| u64::from(sessions.get()));
        let [mut own, mut of_sessions, mut permanent, mut lunchtime, mut withdrawn] = [0; 5];
        match category {
            _ if suspension.withdrawn == Said::Is(true) => withdrawn = 1,
            SuspensionCategory::Suspension => (own, of_sessions, suspended) = (1, sessions, true),
            SuspensionCategory::Permanent => (permanent, excluded) = (1, true),
            SuspensionCategory::Lunchtime => (lunchtime, suspended) = (1, true),
        }
        for (name, number) in [
            ("suspensions", own),
            ("sessions", of_sessions),
            ("permanentExclusions", permanent),
            ("lunchtimes", lunchtime),
            ("withdrawn", withdrawn),
        ] {
            sums.add(SUSPENSIONS, name, number);
        }
    }
    if suspended || excluded {
        sums.add(SUSPENSIONS, "childrenSuspended", u64::from(suspended));
        sums.add(SUSPENSIONS, "childrenExcluded", u64::from(excluded));
    }
}

fn suspensions_in_words(sums: &Sums) -> Option<String> {
    let of = |name| thousands(sums.get(SUSPENSIONS, name));
    let any = sums.groups().any(|(group, _)| group == SUSPENSIONS);
    any.then(|| {
        format!(
            "Suspensions this school year: {}, at lunchtime: {}, sessions: {}, children suspended: {}; permanent \
             exclusions: {}; withdrawn and not counted: {}.",
            of("suspensions"),
            of("lunchtimes"),
            of("sessions"),
            of("childrenSuspended"),
            of("permanentExclusions"),
            of("withdrawn"),
        )
    })
}

fn add_plans(records: &[Record], options: &Options, as_at: Date, sums: &mut Sums) {
    let knows_care = !spells(records).is_empty();
    let (verdicts, undue) = if knows_care {
        (verdicts(records, &options.pep, as_at), 0)
    } else {
        verdicts_by_plan(records, &options.pep, as_at)
    };
    let (first, of_terms): (Vec<Verdict>, Vec<Verdict>) =
        verdicts.into_iter().partition(|verdict| verdict.due_for == DueFor::FirstPlan);
    for (group, verdicts) in [(FIRST_PLANS, &first), (TERM_PLANS, &of_terms)] {
        if !verdicts.is_empty() {
            let mut tally = PlansTally::default();
            tally.add(verdicts);
            tally.add_to(group, sums);
        }
    }
    if !knows_care && !first.is_empty() {
        sums.add(FIRST_PLANS, BY_PLAN, first.len() as u64);
    }
    if undue > 0 {
        sums.add(TERM_PLANS, UNDUE, undue);
    }
}

/// Plans with a rating, and those that are good by their own scheme: ratings of two schemes are never compared.
fn add_ratings(records: &[Record], options: &Options, sums: &mut Sums) {
    for record in records.iter().filter(|record| !record.source.retracts) {
        let Statement::EducationPlan(plan) = &record.statement else { continue };
        let Some(Said::Is(quality)) = plan.more.as_ref().map(|more| &more.quality) else { continue };
        let (Said::Is(scheme), Said::Is(rating)) = (&quality.scheme, &quality.rating) else { continue };
        let good = options.dialect.rating_scheme(scheme).and_then(|scheme| scheme.is_good(rating));
        sums.add(RATINGS, "rated", 1);
        sums.add(RATINGS, "good", u64::from(good == Some(true)));
        sums.add(RATINGS, "notTellingWhatIsGood", u64::from(good.is_none()));
    }
}

fn ratings_in_words(sums: &Sums) -> Option<String> {
    let of = |name| thousands(sums.get(RATINGS, name));
    (sums.get(RATINGS, "rated") > 0).then(|| {
        format!(
            "Plans rated: {}; good or better on their own scheme: {}; on a scheme that does not say what is good: {}.",
            of("rated"),
            of("good"),
            of("notTellingWhatIsGood")
        )
    })
}

/// Children counted by how they attend: no child is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttendanceTally {
    /// Children with at least one possible session.
    pub children: u64,
    /// Of them, those persistently absent, the severely absent among them.
    pub persistently: u64,
    /// Of them, those severely absent.
    pub severely: u64,
    /// Of them, those with so few sessions that their rate says little; they are in neither of the two above.
    pub few: u64,
    /// Of them, those of whom there are no marks and a sender's sums are taken.
    pub by_sums: u64,
    /// All their sessions.
    pub attended: u64,
    /// All their possible sessions.
    pub possible: u64,
}

impl AttendanceTally {
    /// Takes in one child.
    pub fn add(&mut self, sessions: &Sessions) {
        if sessions.possible() == 0 {
            return;
        }
        let enough = !sessions.has_few();
        self.children += 1;
        self.persistently += u64::from(enough && sessions.is_persistently_absent());
        self.severely += u64::from(enough && sessions.is_severely_absent());
        self.few += u64::from(!enough);
        self.attended += u64::from(sessions.attended);
        self.possible += u64::from(sessions.possible());
    }

    /// Its figures by name.
    fn figures(&mut self) -> [(&'static str, &mut u64); 7] {
        [
            ("children", &mut self.children),
            ("persistentlyAbsent", &mut self.persistently),
            ("severelyAbsent", &mut self.severely),
            ("tooFewSessions", &mut self.few),
            ("childrenBySums", &mut self.by_sums),
            ("sessionsAttended", &mut self.attended),
            ("sessionsPossible", &mut self.possible),
        ]
    }

    fn add_to(mut self, group: &'static str, sums: &mut Sums) {
        if self.children > 0 {
            self.figures().into_iter().for_each(|(name, figure)| sums.add(group, name, *figure));
        }
    }

    fn of(group: &str, sums: &Sums) -> Self {
        let mut tally = Self::default();
        tally.figures().into_iter().for_each(|(name, figure)| *figure = sums.get(group, name));
        tally
    }

    /// One sentence; none where no child had a session.
    #[must_use]
    pub fn words(&self, called: &str) -> Option<String> {
        let attendance = Tenths::of(self.attended, self.possible)?;
        let by_sums = match self.by_sums {
            0 => String::new(),
            children => format!("; without marks, by the sums that are told: {}", thousands(children)),
        };
        let [children, possible] = [self.children, self.possible].map(thousands);
        let [persistently, severely, few] = [self.persistently, self.severely, self.few].map(thousands);
        Some(format!(
            "Attendance {called}: {attendance} % of {possible} sessions; children: {children}, persistently absent: \
             {persistently}, severely: {severely}, too few sessions to say: {few}{by_sums}."
        ))
    }
}

/// Plans counted by how they stand: no child is named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlansTally {
    /// In time.
    pub in_time: u64,
    /// Late.
    pub late: u64,
    /// Due, within ten school days or later.
    pub due: u64,
    /// Of those due, within ten school days.
    pub due_soon: u64,
    /// Overdue.
    pub overdue: u64,
    /// Waived or not required.
    pub none: u64,
    /// Verdicts that rest on an approximate calendar.
    pub approximate: u64,
}

impl PlansTally {
    /// Takes in what was found of one child.
    pub fn add(&mut self, verdicts: &[Verdict]) {
        for verdict in verdicts {
            match verdict.outcome {
                Outcome::InTime => self.in_time += 1,
                Outcome::Late(_) => self.late += 1,
                Outcome::Due => self.due += 1,
                Outcome::DueSoon => (self.due, self.due_soon) = (self.due + 1, self.due_soon + 1),
                Outcome::Overdue => self.overdue += 1,
                Outcome::Waived | Outcome::NotRequired => self.none += 1,
            }
            self.approximate += u64::from(verdict.basis == Basis::Approximate);
        }
    }

    /// Its figures by name.
    fn figures(&mut self) -> [(&'static str, &mut u64); 7] {
        [
            ("inTime", &mut self.in_time),
            ("late", &mut self.late),
            ("due", &mut self.due),
            ("dueSoon", &mut self.due_soon),
            ("overdue", &mut self.overdue),
            ("noneNeeded", &mut self.none),
            ("approximate", &mut self.approximate),
        ]
    }

    fn add_to(mut self, group: &'static str, sums: &mut Sums) {
        self.figures().into_iter().for_each(|(name, figure)| sums.add(group, name, *figure));
    }

    fn of(group: &str, sums: &Sums) -> Self {
        let mut tally = Self::default();
        tally.figures().into_iter().for_each(|(name, figure)| *figure = sums.get(group, name));
        tally
    }

    /// One sentence; none where no plan is or was due.
    #[must_use]
    pub fn words(&self, called: &str) -> Option<String> {
        if *self == Self::default() {
            return None;
        }
        let approximate = match self.approximate {
            0 => String::new(),
            plans => {
                format!(" {} of these rest on an approximate calendar: give the terms under [pep].", thousands(plans))
            }
        };
        let [in_time, late, overdue] = [self.in_time, self.late, self.overdue].map(thousands);
        let [due, due_soon, none] = [self.due, self.due_soon, self.none].map(thousands);
        Some(format!(
            "{called}: in time: {in_time}, late: {late}, overdue: {overdue}, due: {due} ({due_soon} within ten school \
             days); none needed: {none}.{approximate}"
        ))
    }
}
