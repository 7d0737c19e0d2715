//! Plans: the term that a date tells, what a row says besides, and targets that hang on a plan.

use epep::PEP_CSV;
use kit::{adapter::Options, dialect::Dialect};
use schemas::{
    code::{AcademicTerm, PepStatus, PepType, VoiceContext, VoiceWhose},
    record::{EducationPlan, Statement},
    said::Said,
};

use crate::support::{Read, day, options, read, read_with};

fn plans(read: &Read) -> Vec<&EducationPlan> {
    let plans = read.statements().filter_map(|statement| match statement {
        Statement::EducationPlan(plan) => Some(plan),
        _ => None,
    });
    plans.collect()
}

#[test]
fn year_and_term_follow_from_a_date_where_nobody_says_them() {
    for (columns, cells, year, term) in [
        ("meeting_date", "2025-11-12", 2025, AcademicTerm::Autumn),
        ("due_date", "2026-02-12", 2025, AcademicTerm::Spring),
        ("completed_date", "2026-09-01", 2026, AcademicTerm::Autumn),
        ("as_at", "2026-06-30", 2025, AcademicTerm::Summer),
        ("meeting_date,due_date", "2025-11-12,2026-07-01", 2025, AcademicTerm::Autumn),
        ("academic_year,term,due_date", "2024/25,Sum,2026-02-12", 2024, AcademicTerm::Summer),
    ] {
        let read = read(&PEP_CSV, &[&format!("la_child_id,status,{columns}\n1,planned,{cells}\n")]);
        let plan = plans(&read)[0];
        assert_eq!(plan.academic_year.is().unwrap().begins_in(), year, "{columns}");
        assert_eq!(plan.term, Said::Is(term), "{columns}");
    }
}

#[test]
fn a_row_says_person_school_provision_plan_and_score_in_this_order() {
    let row = "la_child_id,date_of_birth,academic_year,term,status,meeting_date,completed_date,school_urn,sen_provision,sdq_score\n\
               1,2016-11-20,2025/26,autumn,complete,2025-11-12,2025-11-20,999999,K,14\n";
    let read = read(&PEP_CSV, &[row]);
    assert_eq!(read.names(), ["Person", "Enrolment", "SenProvision", "EducationPlan", "SdqScore"]);
    let score = read.statements().find_map(|statement| match statement {
        Statement::SdqScore(score) => score.completed_date.is(),
        _ => None,
    });
    assert_eq!(score, Some(day("2025-11-12")));
}

#[test]
fn an_authority_rates_plans_on_a_scheme_of_its_own() {
    let scheme =
        "[qa.stars]\nvalues = ['one star', 'two stars']\naliases = { '**' = 'two stars' }\nsections = ['voice']";
    let (dialect, faults) = Dialect::read(scheme, PEP_CSV.tables);
    assert_eq!(faults, []);
    let told = |rating: &str, sections: &str, dialect: &Dialect| {
        let row = format!(
            "la_child_id,academic_year,term,status,qa_scheme,qa_rating,qa_sections\n\
             1,2025/26,autumn,planned,Stars,{rating},{sections}\n"
        );
        let read = read_with(&PEP_CSV, &[&row], &Options { dialect: dialect.clone(), ..options() });
        let Some(Said::Is(quality)) = plans(&read)[0].more.as_ref().map(|more| more.quality.clone()) else { panic!() };
        let [scheme, rating] = [quality.scheme, quality.rating].map(|said| said.as_ref().is().unwrap().to_string());
        (read.codes(), scheme, rating)
    };
    let is =
        |codes: &[&'static str], scheme: &str, rating: &str| (codes.to_vec(), scheme.to_owned(), rating.to_owned());
    assert_eq!(told("**", "voice=**", &dialect), is(&[], "stars", "two stars"));
    assert_eq!(told("gold", "", &dialect), is(&["epep/qa-unknown"], "stars", "gold"));
    assert_eq!(told("**", "funding=**", &dialect), is(&["epep/qa-unknown"], "stars", "two stars"));
    assert_eq!(told("**", "voice=gold", &dialect), is(&["epep/qa-unknown"], "stars", "two stars"));
    assert_eq!(told("**", "", &Dialect::default()), is(&["epep/qa-unknown"], "Stars", "**"));
}

#[test]
fn two_plans_at_one_school_say_the_school_once() {
    let rows = "la_child_id,academic_year,term,status,school_urn,nc_year\n\
                1,2025/26,autumn,planned,999999,4\n1,2025/26,spring,planned,999999,4\n1,2025/26,summer,planned,999998,4\n";
    let read = read(&PEP_CSV, &[rows]);
    assert_eq!(read.names().iter().filter(|name| **name == "Enrolment").count(), 2);
    assert!(read.codes().is_empty(), "{:?}", read.codes());
}

#[test]
fn words_of_senders_are_read() {
    let rows = "la_child_id,academic_year,term,pep_status,first_pep,stage,year_group,rag\n\
                1,2025-26,Spr,Signed off,Y,Post 16,Year 12,G\n2,2025,T5,Not started,N,Early Years,Reception,\n";
    let read = read(&PEP_CSV, &[rows]);
    let found = plans(&read);
    assert_eq!((found[0].status, found[0].plan_type), (Said::Is(PepStatus::QualityAssured), Said::Is(PepType::First)));
    assert_eq!((found[1].status, found[1].term), (Said::Is(PepStatus::Planned), Said::Is(AcademicTerm::Summer)));
    assert_eq!(found[1].half.is().unwrap().get(), 1);
}

#[test]
fn targets_of_a_plan_that_comes_elsewhere_stand_under_its_reference() {
    let targets = "la_child_id,pep_ref,target_no,target\n1,A,1,Read\n1,A,2,Write\n1,B,1,Count\n";
    let read = read(&PEP_CSV, &[targets]);
    let counts: Vec<usize> =
        plans(&read).iter().map(|plan| plan.more.as_ref().unwrap().targets.clone().is().unwrap().len()).collect();
    assert_eq!(counts, [2, 1]);
    assert!(plans(&read).iter().all(|plan| plan.status == Said::NotAsked));
}

#[test]
fn whoever_is_no_child_carer_or_parent_speaks_as_a_professional() {
    let words =
        "la_child_id,who,words\n1,child,A\n1,carer,B\n1,parent,C\n1,school,D\n1,virtual-school,E\n1,social-worker,F\n";
    let read = read(&PEP_CSV, &[words]);
    use VoiceWhose::{Carer, Child, Parent, Professional};
    let whose: Vec<_> = read
        .statements()
        .filter_map(|statement| match statement {
            Statement::Voice(voice) => {
                assert_eq!(voice.context, Said::Is(VoiceContext::Pep));
                voice.whose.is()
            }
            _ => None,
        })
        .collect();
    assert_eq!(whose, [Child, Carer, Parent, Professional, Professional, Professional]);
}

#[test]
fn a_rating_on_no_scheme_is_carried_as_it_came() {
    let row = "la_child_id,academic_year,term,status,qa_scheme,qa_rating,qa_sections\n\
               1,2025/26,autumn,planned,stars,***,voice=**\n";
    let read = read(&PEP_CSV, &[row]);
    let quality = plans(&read)[0].more.as_ref().unwrap().quality.clone().is().unwrap();
    assert_eq!((quality.scheme, quality.rating), (Said::Is("stars".into()), Said::Is("***".into())));
    assert_eq!(read.codes(), ["epep/qa-unknown"]);
}
