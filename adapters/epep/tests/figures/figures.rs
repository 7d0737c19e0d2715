//! What a document comes to: figures added over children, in any order, and the same in words.

use epep::{
    ATTENDANCE_CSV, PEP_CSV,
    figures::SchoolFigures,
    sessions::{Period, told_sums},
    timeliness::{Outcome, verdicts_by_plan},
};
use kit::{
    adapter::{Dossier, Options},
    dialect::Dialect,
    figures::{Summarise, Sums},
    pep::{HowOften, PepSettings},
};
use schemas::{
    code::{AcademicTerm, AttendanceCode, Code, PepNotRequired, PepStatus, PepType, SchoolSession, SuspensionCategory},
    date::AcademicYear,
    identifier::SchoolUrn,
    record::{
        AttendanceMark, AttendanceSummary, EducationPlan, EducationPlanMore, PlanQuality, Record, Statement, Suspension,
    },
    reflect::Number,
    said::Said,
};

use crate::support::{calendar, day, records};

fn of(statements: impl IntoIterator<Item = Statement>) -> Vec<Record> {
    records(statements.into_iter().map(|statement| (statement, false)))
}

fn options(as_at: &str) -> Options {
    let pep = PepSettings { calendar: calendar(), ..PepSettings::default() };
    Options { as_at: Some(day(as_at)), pep, ..Options::plain() }
}

fn added(children: &[Vec<Record>], options: &Options) -> (Sums, Vec<String>) {
    let mut sums = Sums::default();
    for records in children {
        let dossier = Dossier { records: records.clone(), ..Dossier::default() };
        SchoolFigures.add(&dossier, options, &mut sums);
    }
    let words = SchoolFigures.words(&sums, options);
    (sums, words)
}

/// A mark on each weekday of a school week in January, both sessions, so many weeks.
fn marks(weeks: i32, absent_sessions: usize) -> Vec<Statement> {
    let monday = day("2026-01-05");
    let days = (0..weeks * 7).filter(|n| n % 7 < 5).filter_map(|n| monday.add_days(n));
    let sessions = days.flat_map(|date| [SchoolSession::Morning, SchoolSession::Afternoon].map(|it| (date, it)));
    let mark = |(n, (date, session))| {
        let code: &[u8] = if n < absent_sessions { b"I" } else { b"/" };
        Statement::from(AttendanceMark {
            date: Said::Is(date),
            session: Said::Is(session),
            code: Said::Is(AttendanceCode::from_code(code).unwrap()),
            ..AttendanceMark::default()
        })
    };
    sessions.enumerate().map(mark).collect()
}

fn sum(days: (&str, &str), school: Option<u32>, possible: u16, attended: u16) -> Statement {
    let number = |number| Said::Is(Number::new(number).unwrap());
    let urn = |urn: u32| Said::Is(SchoolUrn::read(urn.to_string().as_bytes()).unwrap());
    Statement::from(AttendanceSummary {
        period_start: Said::Is(day(days.0)),
        period_end: Said::Is(day(days.1)),
        school_urn: school.map_or(Said::NotAsked, urn),
        possible: number(possible),
        attended: number(attended),
        ..AttendanceSummary::default()
    })
}

fn plan(kind: PepType, term: AcademicTerm, due: Option<&str>, completed: Option<&str>) -> EducationPlan {
    EducationPlan {
        academic_year: Said::Is(AcademicYear::new(2025).unwrap()),
        term: Said::Is(term),
        plan_type: Said::Is(kind),
        due_date: due.map_or(Said::NotAsked, |due| Said::Is(day(due))),
        completed_date: completed.map_or(Said::NotAsked, |completed| Said::Is(day(completed))),
        status: Said::Is(if completed.is_some() { PepStatus::Complete } else { PepStatus::Planned }),
        ..EducationPlan::default()
    }
}

#[test]
fn attendance_comes_to_rates_and_thresholds_by_the_published_arithmetic() {
    // Forty sessions each: 4 absent is a tenth and persistent, 3 is not, 20 is severe; ten sessions say little.
    let children = [of(marks(4, 4)), of(marks(4, 3)), of(marks(4, 20)), of(marks(1, 10))];
    let (sums, words) = added(&children, &options("2026-01-30"));
    let year = |name| sums.get("attendanceOfYear", name);
    assert_eq!(["children", "persistentlyAbsent", "severelyAbsent", "tooFewSessions"].map(year), [4, 2, 1, 1]);
    assert_eq!(["sessionsAttended", "sessionsPossible", "childrenBySums"].map(year), [93, 130, 0]);
    assert_eq!(
        words,
        [
            "Attendance this school year: 71.5 % of 130 sessions; children: 4, persistently absent: 2, severely: 1, \
             too few sessions to say: 1.",
            "Attendance this term: 71.5 % of 130 sessions; children: 4, persistently absent: 2, severely: 1, \
             too few sessions to say: 1.",
            "Attendance in the last 20 school days: 71.5 % of 130 sessions; children: 4, persistently absent: 2, \
             severely: 1, too few sessions to say: 1.",
        ]
    );
    let (later, words) = added(&children, &options("2026-05-01"));
    assert_eq!(later.get("attendanceOfYear", "sessionsPossible"), 130);
    assert!(later.groups().all(|(group, _)| group == "attendanceOfYear"), "nothing was marked in summer: {words:?}");
    assert!(added(&children, &options("2025-12-01")).0.is_empty(), "no mark is counted before its day");
}

#[test]
fn without_marks_the_sums_that_a_sender_tells_are_counted_once() {
    let year = ("2025-09-02", "2026-01-30");
    let period = Period::year_to(day("2026-01-30")).unwrap();
    let told = |sums: Vec<Statement>| {
        let sessions = told_sums(&of(sums), &period);
        (sessions.possible(), sessions.attended)
    };
    // A term and its halves; two schools; all schools together beside each; one that reaches beyond the day.
    let term = sum(("2025-09-02", "2025-12-19"), Some(999_999), 140, 130);
    let half = sum(("2025-09-02", "2025-10-24"), Some(999_999), 70, 69);
    let spring = sum(("2026-01-05", "2026-01-30"), Some(999_999), 40, 20);
    let elsewhere = sum(("2025-09-02", "2025-12-19"), Some(999_998), 10, 5);
    assert_eq!(told(vec![half.clone(), term.clone(), spring.clone()]), (180, 150));
    assert_eq!(told(vec![half, term.clone(), spring.clone(), elsewhere.clone()]), (190, 155));
    assert_eq!(told(vec![elsewhere, sum(year, None, 200, 180), term, spring]), (200, 180));
    assert_eq!(told(vec![sum(("2025-09-02", "2026-02-28"), None, 200, 180)]), (0, 0));
    assert_eq!(told(vec![sum(year, None, 10, 20)]), (0, 0), "more attended than possible");

    let children = [of(vec![sum(year, None, 200, 180)]), of(marks(4, 0).into_iter().chain([sum(year, None, 200, 1)]))];
    let (sums, words) = added(&children, &options("2026-01-30"));
    assert_eq!(sums.get("attendanceOfYear", "sessionsPossible"), 240, "marks go before sums");
    assert!(words[0].ends_with("persistently absent: 1, severely: 0, too few sessions to say: 0; without marks, by the sums that are told: 1."), "{words:?}");
}

#[test]
fn suspensions_of_the_school_year_are_counted_the_withdrawn_ones_apart() {
    let suspension = |category, start: &str, sessions: u16, withdrawn| {
        Statement::from(Suspension {
            category: Said::Is(category),
            start_date: Said::Is(day(start)),
            sessions: Said::Is(Number::new(sessions).unwrap()),
            withdrawn: Said::Is(withdrawn),
            ..Suspension::default()
        })
    };
    use SuspensionCategory::{Lunchtime, Permanent, Suspension as Suspended};
    let one = of([
        suspension(Suspended, "2025-09-10", 4, false),
        suspension(Suspended, "2025-08-31", 9, false),
        suspension(Suspended, "2026-02-01", 9, false),
        suspension(Suspended, "2025-11-01", 6, true),
        suspension(Lunchtime, "2025-11-03", 1, false),
    ]);
    let other = of([suspension(Permanent, "2025-12-01", 0, false), suspension(Suspended, "2025-10-01", 2, false)]);
    let withdrawn = of([suspension(Permanent, "2025-12-01", 0, true)]);
    let (sums, words) = added(&[one, other, withdrawn], &options("2026-01-30"));
    let of = |name| sums.get("suspensions", name);
    assert_eq!(["childrenSuspended", "childrenExcluded", "suspensions", "lunchtimes"].map(of), [2, 1, 2, 1]);
    assert_eq!(["sessions", "permanentExclusions", "withdrawn"].map(of), [6, 1, 2]);
    assert_eq!(
        words,
        [
            "Suspensions this school year: 2, at lunchtime: 1, sessions: 6, children suspended: 2; permanent exclusions: 1; \
          withdrawn and not counted: 2."
        ]
    );
}

#[test]
fn plans_without_a_start_of_care_are_held_to_their_term_and_first_plans_to_the_due_date_told() {
    use AcademicTerm::{Autumn, Spring};
    use PepType::{First, Review};
    let not_required = EducationPlan {
        more: Some(Box::new(EducationPlanMore {
            not_required_reason: Said::Is(PepNotRequired::all().next().unwrap()),
            ..EducationPlanMore::default()
        })),
        ..plan(Review, Autumn, None, None)
    };
    let cancelled = EducationPlan { status: Said::Is(PepStatus::Cancelled), ..plan(Review, Autumn, None, None) };
    let plans = [
        (plan(First, Autumn, Some("2025-10-06"), Some("2025-10-06")), Outcome::InTime),
        (plan(First, Autumn, Some("2025-10-06"), Some("2025-10-08")), Outcome::Late(2)),
        (plan(First, Autumn, Some("2025-10-06"), None), Outcome::Overdue),
        (plan(Review, Autumn, None, Some("2025-12-19")), Outcome::InTime),
        (plan(Review, Autumn, None, Some("2026-01-05")), Outcome::Late(1)),
        (plan(Review, Autumn, Some("2026-03-27"), None), Outcome::Overdue),
        (plan(Review, Spring, None, None), Outcome::Due),
        (plan(Review, Spring, None, Some("2026-03-02")), Outcome::Due),
        (not_required, Outcome::NotRequired),
    ];
    let options = options("2026-01-20");
    for (n, (plan, outcome)) in plans.iter().enumerate() {
        let (verdicts, undue) = verdicts_by_plan(&of([plan.clone().into()]), &options.pep, day("2026-01-20"));
        assert_eq!((verdicts[0].outcome, undue), (*outcome, 0), "plan {n}");
    }
    let mut children: Vec<_> = plans.iter().map(|(plan, _)| of([plan.clone().into()])).collect();
    children.push(of([cancelled.into()]));
    children.push(of([plan(First, Autumn, None, Some("2025-10-06")).into()]));
    let (sums, words) = added(&children, &options);
    assert_eq!(
        words,
        [
            "First plans, due within 20 school days of the start of care: in time: 1, late: 1, overdue: 1, due: 0 (0 \
             within ten school days); none needed: 0.",
            "Plans of a term or year: in time: 1, late: 1, overdue: 1, due: 2 (0 within ten school days); none needed: 1.",
            "First plans held to the due date that the sender gives, since no start of care is told: 3.",
            "Plans not judged, since nothing says when they were due: 1.",
        ]
    );
    children.reverse();
    assert_eq!(added(&children, &options), (sums, words));

    // Where plans are not due by terms, only the sender can say when one is.
    let yearly = PepSettings { often: HowOften::PerYear(2), ..options.pep };
    let told = of([plan(Review, Autumn, Some("2025-11-01"), None).into(), plan(Review, Autumn, None, None).into()]);
    let (verdicts, undue) = verdicts_by_plan(&told, &yearly, day("2026-01-20"));
    assert_eq!((verdicts.len(), verdicts[0].outcome, undue), (1, Outcome::Overdue, 1));
}

#[test]
fn ratings_are_counted_by_what_their_own_scheme_calls_good() {
    let rated = |scheme: &str, rating: &str| {
        let quality =
            PlanQuality { scheme: Said::Is(scheme.into()), rating: Said::Is(rating.into()), ..PlanQuality::default() };
        let more = EducationPlanMore { quality: Said::Is(quality), ..EducationPlanMore::default() };
        let plan = plan(PepType::Review, AcademicTerm::Autumn, None, Some("2025-12-01"));
        of([EducationPlan { more: Some(Box::new(more)), ..plan }.into()])
    };
    let (dialect, _) = Dialect::read("[qa.x]\nvalues = ['no', 'yes', 'very']\ngood_from = 'yes'", PEP_CSV.tables);
    let children =
        [rated("rag", "green"), rated("rag", "amber"), rated("x", "very"), rated("x", "no"), rated("1-4", "4")];
    let (sums, words) = added(&children, &Options { dialect, ..options("2026-01-30") });
    assert_eq!(["rated", "good", "notTellingWhatIsGood"].map(|name| sums.get("ratings", name)), [5, 2, 1]);
    assert_eq!(
        words.last().unwrap(),
        "Plans rated: 5; good or better on their own scheme: 2; on a scheme that does not say what is good: 1."
    );
}

#[test]
fn the_formats_of_schools_summarise_and_an_empty_document_comes_to_nothing() {
    for format in [&ATTENDANCE_CSV, &PEP_CSV, &epep::json::ATTENDANCE_JSON, &epep::json::PEP_JSON] {
        let summarise = format.decode.unwrap().summarise().unwrap();
        let (mut sums, options) = (Sums::default(), options("2026-01-30"));
        summarise.add(&Dossier::default(), &options, &mut sums);
        assert!(sums.is_empty(), "{}", format.name);
        assert!(summarise.words(&sums, &options).is_empty(), "{}", format.name);
    }
}
