//! What is held of a child follows its documents, whatever their order of rows, and silence withdraws only where it may.

use exchange::holding::{ChangeKind, Cover, Holding, Incoming, Merged, SubjectsMissingMax, merge, subjects_missing};
use kit::adapter::Dossier;
use schemas::{
    code::{
        AttendanceCode, EpisodeEndReason, Ethnicity, LegalStatus, NhsNumberStatus, PepStatus, ReviewCode,
        SchoolSession, Sex,
    },
    date::DateTime,
    identifier::SchoolUrn,
    money::Pence,
    record::{
        AttendanceMark, CareEpisode, EducationPlan, EducationPlanMore, Person, PlacementCost, PlacementNotice, Record,
        Review, Target,
    },
    reflect::Number,
    said::Said,
};

use crate::made::{Child, day, ended, episode, is_day, person};

const EPISODES: &[&str] = &["Person", "CareEpisode"];

fn year() -> (schemas::date::Date, schemas::date::Date) {
    (day("2025-04-01"), day("2026-03-31"))
}

fn take(held: Holding, dossier: Dossier, cover: Cover<'_>) -> Merged {
    merge(held, Incoming { dossier, cover, replaces: false, has_rejected_rows: false })
}

fn held(child: &Child) -> Holding {
    take(Holding::default(), child.dossier(0), Cover::Partial).holding
}

fn kinds(merged: &Merged) -> Vec<(&'static str, ChangeKind)> {
    merged.changes.iter().map(|change| (change.statement, change.kind)).collect()
}

fn whole() -> Cover<'static> {
    Cover::Whole { statements: EPISODES, period: Some(year()) }
}

#[test]
fn the_same_document_again_changes_nothing_in_whatever_order_it_comes() {
    let child = Child::in_care("1").says(ended("2019-01-01", "2020-01-01", EpisodeEndReason::NewEpisodeSameDay));
    let first = take(Holding::default(), child.dossier(0), whole());
    assert_eq!(first.changes.len(), 3);
    let before: Vec<Record> = first.holding.records.clone();
    assert!(before == child.dossier(0).records, "a first document is held in its own order");
    let mut turned = child.clone();
    turned.statements.reverse();
    for again in [child.dossier(700), turned.dossier(3)] {
        let held = take(Holding::default(), child.dossier(0), whole()).holding;
        let merged = take(held, again, whole());
        assert!(merged.changes.is_empty() && !merged.subject_changed);
        assert!(merged.holding.records == before && merged.holding.former.is_empty());
        assert!(merged.is_unchanged(&first.holding));
    }
}

#[test]
fn what_changes_is_replaced_in_its_place_and_kept_aside_until_told() {
    let changed = CareEpisode { legal_status: Said::Is(LegalStatus::InterimCareOrder), ..episode("2020-05-01") };
    let child = Child::new("1").says(changed).says(episode("2024-01-01"));
    let mut merged = take(held(&Child::in_care("1")), child.dossier(0), Cover::Partial);
    assert_eq!(kinds(&merged), [("CareEpisode", ChangeKind::Changed), ("CareEpisode", ChangeKind::Added)]);
    let types: Vec<_> = merged.holding.records.iter().map(|record| record.statement.statement_type().name).collect();
    assert_eq!(types, ["Person", "CareEpisode", "CareEpisode"], "a partial document takes nothing away");
    assert!(merged.holding.former.iter().map(|record| &record.statement).eq([&episode("2020-05-01").into()]));
    merged.holding.forget_former();
    // Back as it was: only the change in between is former now.
    let back = take(merged.holding, Child::in_care("1").dossier(0), Cover::Partial);
    assert_eq!(kinds(&back), [("CareEpisode", ChangeKind::Changed)]);
    assert_eq!(back.holding.former.len(), 1);
}

#[test]
fn of_two_words_on_one_session_the_one_that_was_recorded_later_stands_whichever_comes_last() {
    let mark = |code: AttendanceCode, at: Option<&str>| {
        let at = at.map(|at| DateTime::read(format!("2026-01-12T{at}:00Z").as_bytes()).unwrap());
        Child::new("1").says(AttendanceMark {
            school_urn: Said::Is(SchoolUrn::read(b"999999").unwrap()),
            date: is_day("2026-01-12"),
            session: Said::Is(SchoolSession::Morning),
            code: Said::Is(code),
            recorded_at: at.map_or(Said::NotAsked, Said::Is),
            ..AttendanceMark::default()
        })
    };
    let ill = |at| mark(AttendanceCode::Illness, at);
    let absent = |at| mark(AttendanceCode::NoReasonYet, at);
    for (first, second, changes) in [
        (absent(Some("09:30")), ill(Some("11:00")), true),
        (ill(Some("11:00")), absent(Some("09:30")), false),
        (ill(Some("11:00")), absent(None), true),
        (ill(None), absent(Some("09:30")), true),
    ] {
        for cover in [Cover::Partial, Cover::Whole { statements: &["AttendanceMark"], period: None }] {
            let merged = take(held(&first), second.dossier(0), cover);
            assert_eq!(!merged.changes.is_empty(), changes);
            let stands = if changes { &second } else { &first };
            assert!(merged.holding.records.iter().map(|record| &record.statement).eq(stands.statements.iter()));
        }
    }
    // So does a word that takes the mark back.
    let taken_back = |at| {
        let mut dossier = ill(Some(at)).dossier(0);
        dossier.records.iter_mut().for_each(|record| record.source.retracts = true);
        dossier
    };
    assert!(take(held(&ill(Some("11:00"))), taken_back("09:30"), Cover::Partial).changes.is_empty());
    let gone = take(held(&ill(Some("11:00"))), taken_back("12:00"), Cover::Partial);
    assert_eq!(kinds(&gone), [("AttendanceMark", ChangeKind::Withdrawn)]);
}

#[test]
fn of_two_words_on_one_notice_the_one_that_was_written_later_stands_and_its_price_with_it() {
    let text = |text: &str| Said::Is(text.into());
    let notice = |first_day: &str, pounds: u32, at: u8| {
        let as_at = Said::Is(DateTime::read(format!("2026-01-{at}T08:00:00Z").as_bytes()).unwrap());
        let (provider_urn, notice_id, start_date) = (text("SC999901"), text("N-1"), is_day(first_day));
        Child::new("1")
            .says(PlacementNotice {
                notice_id: notice_id.clone(),
                provider_urn: provider_urn.clone(),
                start_date,
                as_at,
                ..PlacementNotice::default()
            })
            .says(PlacementCost {
                notice_id,
                provider_urn,
                start_date,
                cost_from: start_date,
                total: Said::Is(Pence::new(pounds * 100).unwrap()),
                as_at,
                ..PlacementCost::default()
            })
    };
    let (said, corrected) = (notice("2026-01-10", 945, 11), notice("2026-01-11", 990, 12));
    for (first, second, stands, changes) in [(&said, &corrected, &corrected, 2), (&corrected, &said, &corrected, 0)] {
        let merged = take(held(first), second.dossier(0), Cover::Partial);
        assert_eq!(
            merged.changes.len(),
            changes,
            "the corrected price takes the place of the first, though its day moved"
        );
        assert!(merged.holding.records.iter().map(|record| &record.statement).eq(stands.statements.iter()));
    }
    let cancelled = |at| {
        let mut dossier = notice("2026-01-10", 945, at).dossier(0);
        dossier.records.iter_mut().for_each(|record| record.source.retracts = true);
        dossier
    };
    assert!(
        take(held(&corrected), cancelled(11), Cover::Partial).changes.is_empty(),
        "cancelled before it was corrected"
    );
    assert!(take(held(&corrected), cancelled(13), Cover::Partial).holding.records.is_empty());
}

#[test]
fn what_a_document_was_not_asked_for_stays_as_it_was_said_before() {
    let full =
        Person { sex: Said::Is(Sex::Female), ethnicity: Said::Is(Ethnicity::WhiteBritish), ..person("2015-06-15") };
    let of_the_return = Child::new("1").says(full.clone());
    let links = Person { nhs_number_status: Said::Is(NhsNumberStatus::PresentAndVerified), ..Person::default() };
    let of_the_links = Child::new("1").says(links.clone());
    let both = Person { nhs_number_status: links.nhs_number_status, ..full.clone() };
    for [first, second] in [[&of_the_return, &of_the_links], [&of_the_links, &of_the_return]] {
        let merged = take(held(first), second.dossier(0), Cover::Partial);
        assert!(merged.holding.records.iter().map(|record| &record.statement).eq([&both.clone().into()]));
        // Said again, in whatever turn, nothing is new.
        for again in [first, second, first] {
            let again = take(merged.holding.clone(), again.dossier(0), Cover::Partial);
            assert!(again.is_unchanged(&merged.holding));
        }
    }
    // What was asked and is blank takes back, and so does another word.
    let blank = Child::new("1").says(Person { sex: Said::Blank, ethnicity: Said::Refused, ..Person::default() });
    let merged = take(held(&of_the_return), blank.dossier(0), Cover::Partial);
    let expected = Person { sex: Said::Blank, ethnicity: Said::Refused, ..full };
    assert!(merged.holding.records.iter().map(|record| &record.statement).eq([&expected.into()]));
}

#[test]
fn targets_that_come_alone_are_those_of_the_plan_and_a_mark_is_another_mark_as_a_whole() {
    let plan = |status: Said<PepStatus>, targets: Said<Vec<Target>>| {
        let more = EducationPlanMore { targets, ..EducationPlanMore::default() };
        let plan_ref = Said::Is("PEP-1".into());
        Child::new("1").says(EducationPlan { plan_ref, status, more: Some(Box::new(more)), ..EducationPlan::default() })
    };
    let target = vec![Target { no: Said::Is(Number::new(1).unwrap()), ..Target::default() }];
    let said = plan(Said::Is(PepStatus::Planned), Said::NotAsked);
    let merged = take(held(&said), plan(Said::NotAsked, Said::Is(target.clone())).dossier(0), Cover::Partial);
    let whole = plan(Said::Is(PepStatus::Planned), Said::Is(target));
    assert!(merged.holding.records.iter().map(|record| &record.statement).eq(whole.statements.iter()));

    let mark = |code: AttendanceCode, minutes: Said<Number<240>>| {
        Child::new("1").says(AttendanceMark {
            school_urn: Said::Is(SchoolUrn::read(b"999999").unwrap()),
            date: is_day("2026-01-12"),
            session: Said::Is(SchoolSession::Morning),
            code: Said::Is(code),
            minutes_late: minutes,
            ..AttendanceMark::default()
        })
    };
    let present = mark(AttendanceCode::PresentMorning, Said::NotAsked);
    let late = mark(AttendanceCode::Late, Said::Is(Number::new(12).unwrap()));
    let merged = take(held(&late), present.dossier(0), Cover::Partial);
    assert!(merged.holding.records.iter().map(|record| &record.statement).eq(present.statements.iter()));
}

#[test]
fn what_replaces_says_all_that_is_said_of_a_thing_and_nothing_of_another() {
    let review = |participation| Review { date: is_day("2025-06-01"), participation, ..Review::default() };
    let before = Child::in_care("1").says(review(Said::Is(ReviewCode::AbsentNoViews)));
    let now = Child::new("1").says(review(Said::NotAsked));
    let of = |replaces| {
        let incoming = Incoming { dossier: now.dossier(0), cover: Cover::Partial, replaces, has_rejected_rows: false };
        merge(held(&before), incoming)
    };
    let keeps = of(false);
    assert!(keeps.changes.is_empty(), "a document that was not asked for a field leaves it");
    let replaced = of(true);
    assert_eq!(kinds(&replaced), [("Review", ChangeKind::Changed)]);
    assert_eq!(replaced.holding.records.len(), keeps.holding.records.len(), "what it does not speak of stays");
}

#[test]
fn a_whole_document_withdraws_what_it_covers_and_no_longer_says() {
    let child = Child::in_care("1")
        .says(ended("2018-01-01", "2019-01-01", EpisodeEndReason::NewEpisodeSameDay))
        .says(Review { date: is_day("2025-06-01"), ..Review::default() });
    let only_person = Child::new("1").says(person("2015-06-15"));
    let merged = take(held(&child), only_person.dossier(0), whole());
    assert_eq!(kinds(&merged), [("CareEpisode", ChangeKind::Withdrawn)], "only the episode open in the year");
    assert_eq!((merged.holding.records.len(), merged.holding.former.len()), (3, 1));

    let rejected =
        Incoming { dossier: only_person.dossier(0), cover: whole(), replaces: false, has_rejected_rows: true };
    assert!(merge(held(&child), rejected).changes.is_empty(), "of a child with a rejected row nothing is missing");
    let missing = take(held(&child), Dossier::default(), whole());
    assert_eq!(kinds(&missing), [("Person", ChangeKind::Withdrawn), ("CareEpisode", ChangeKind::Withdrawn)]);
    assert!(missing.holding.subject.is_some());
}

#[test]
fn the_edges_of_the_period_belong_to_it() {
    let covers = |statement: schemas::record::Statement| whole_of("CareEpisode").covers(&statement);
    let ends = |end| ended("2020-01-01", end, EpisodeEndReason::NewEpisodeSameDay).into();
    assert!(covers(ends("2025-04-01")) && !covers(ends("2025-03-31")));
    assert!(covers(episode("2026-03-31").into()) && !covers(episode("2026-04-01").into()));
    let review = |date| whole_of("Review").covers(&Review { date: is_day(date), ..Review::default() }.into());
    assert!(review("2025-04-01") && review("2026-03-31") && !review("2025-03-31") && !review("2026-04-01"));
    assert!(whole_of("Review").covers(&Review::default().into()));
    assert!(!Cover::Partial.covers(&episode("2025-05-01").into()));
}

fn whole_of(statement: &'static str) -> Cover<'static> {
    Cover::Whole { statements: Box::leak(Box::new([statement])), period: Some(year()) }
}

#[test]
fn a_statement_taken_back_is_withdrawn() {
    let retracts = Child::new("1").retracts(episode("2020-05-01"));
    let merged = take(held(&Child::in_care("1")), retracts.dossier(0), Cover::Partial);
    assert_eq!(kinds(&merged), [("CareEpisode", ChangeKind::Withdrawn)]);
    let never_said = take(held(&Child::new("1")), retracts.dossier(0), Cover::Partial);
    assert!(never_said.changes.is_empty());
}

#[test]
fn several_statements_of_one_key_stand_and_fall_together() {
    let unnamed = |participation| Review { participation: Said::Is(participation), ..Review::default() };
    let [first, second] = [ReviewCode::UnderFour, ReviewCode::AttendsAndSpeaks].map(unnamed);
    let both = Child::new("1").says(first.clone()).says(second.clone());
    assert!(take(held(&both), both.dossier(1), Cover::Partial).changes.is_empty());
    let merged = take(held(&both), Child::new("1").says(second).dossier(0), Cover::Partial);
    assert_eq!(kinds(&merged), [("Review", ChangeKind::Changed)]);
    assert!(merged.holding.former.iter().map(|record| &record.statement).eq([&first.into()]));
}

#[test]
fn an_unreadable_guard_holds_until_the_sender_speaks_of_the_guards_again() {
    let broken = held(&Child::in_care("1").guard_unreadable());
    assert!(broken.guard_unreadable);
    let review = || Child::new("1").says(Review { date: is_day("2025-06-01"), ..Review::default() });
    let broken = take(broken, review().dossier(0), Cover::Partial).holding;
    assert!(broken.guard_unreadable, "another document says nothing of it");
    let mended = take(broken, Child::in_care("1").dossier(0), Cover::Partial).holding;
    assert!(!mended.guard_unreadable);
    assert!(take(mended, review().guard_unreadable().dossier(0), Cover::Partial).holding.guard_unreadable);
}

#[test]
fn too_many_missing_subjects_ask_a_person() {
    let most = SubjectsMissingMax::default();
    assert!(!subjects_missing(0, 0, most));
    assert!(!subjects_missing(5, 500, most) && subjects_missing(6, 10_000, most));
    assert!(!subjects_missing(1, 100, most) && subjects_missing(1, 99, most));
    assert!(subjects_missing(u64::MAX, u64::MAX, SubjectsMissingMax { percent: 100, subjects: 5 }));
}

#[test]
fn what_is_released_holds_no_longer_until_something_unreadable_comes() {
    let unreadable = || Child::in_care("1").guard_unreadable();
    let mut released = held(&unreadable());
    released.release_guards();
    assert!(!released.guard_unreadable);
    let review = Child::new("1").says(Review { date: is_day("2025-06-01"), ..Review::default() });
    let later = take(released.clone(), review.dossier(0), Cover::Partial).holding;
    assert!(later.guards_released && !later.guard_unreadable, "another document says nothing of it");
    let again = take(released.clone(), unreadable().dossier(0), Cover::Partial);
    assert!(again.changes.is_empty() && !again.is_unchanged(&released), "the same words hold it anew");
    assert!(again.holding.guard_unreadable && !again.holding.guards_released);
}
