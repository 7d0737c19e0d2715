//! What may be asked, and what is wrong with what may not.

use exchange::market::question::{Asked, CHILDREN_MAX, CRITERIA_MAX, Kind, PARAMETERS, Question, QuestionFault};
use proptest::prelude::*;
use schemas::identifier::LaCode;

use crate::invented::today;

fn read(parameters: &[(&str, &str)]) -> Result<Question, QuestionFault> {
    Question::read(parameters.iter().copied(), LaCode::new(330).unwrap(), today())
}

#[test]
fn what_every_question_asks_is_asked_unless_it_says_otherwise() {
    let question = read(&[]).unwrap();
    let asked: Vec<(Kind, &Asked)> = question.criteria.iter().map(|it| (it.kind, &it.asked)).collect();
    let authority = LaCode::new(330).unwrap();
    assert_eq!(
        asked,
        [
            (Kind::Must, &Asked::Places(1)),
            (Kind::Must, &Asked::AvailableOn(today())),
            (Kind::Must, &Asked::Block(authority))
        ]
    );
    let question =
        read(&[("age", "9"), ("age", "4"), ("siblings", "3"), ("available_from", "want:2026-02-01")]).unwrap();
    assert_eq!(question.ages(), [9, 4]);
    assert!(question.criteria.iter().any(|it| it.asked == Asked::Places(3)), "a place for each");
    let available = question.criteria.iter().find(|it| matches!(it.asked, Asked::AvailableOn(_))).unwrap();
    assert_eq!(available.kind, Kind::Want);
}

#[test]
fn a_parameter_that_says_nothing_is_told_with_what_it_takes() {
    for (name, text) in [
        ("age", "26"),
        ("age", "-1"),
        ("age", ""),
        ("age", "9.5"),
        ("sex", "X"),
        ("siblings", "0"),
        ("provision", "hotel"),
        ("attribute", "uasc;"),
        ("pets", "unknown"),
        ("smoking", "unknown"),
        ("language", "english"),
        ("culture", "x"),
        ("available_from", "20/01/2026"),
        ("max_fee", "-1"),
        ("rating", "great"),
        ("school", "B13 9XX"),
        ("needed", "soon"),
        ("include_stale", "maybe"),
        ("updated_since", "yesterday"),
        ("sort", "rank"),
        ("authority", "9"),
        ("lot", ""),
        ("framework", &"x".repeat(61)),
        ("companions", "none"),
    ] {
        let fault = read(&[(name, text)]).unwrap_err();
        let takes = PARAMETERS.iter().find(|(known, _)| *known == name).unwrap().1;
        assert_eq!((fault.parameter, &*fault.takes), (Some(name), takes), "{name}={text}");
    }
    let fault = read(&[("ages", "9")]).unwrap_err();
    assert_eq!((fault.parameter, &*fault.takes), (None, "one of the parameters of a search; nearest: `age`"));
    assert_eq!(read(&[("miles", "9")]).unwrap_err().parameter, Some("miles"), "miles of what");
    assert_eq!(read(&[("outward", "B13")]).unwrap_err().parameter, Some("outward"), "and how far");
}

#[test]
fn a_question_is_about_so_many_children_and_asks_so_much() {
    let ages = |count: usize| read(&vec![("age", "9"); count]);
    assert_eq!(ages(CHILDREN_MAX).unwrap().ages().len(), CHILDREN_MAX);
    assert_eq!(ages(CHILDREN_MAX + 1).unwrap_err().parameter, Some("age"));
    assert_eq!(read(&[("sex", "M"), ("sex", "M")]).unwrap_err().parameter, Some("sex"), "asked twice");
    let names: Vec<String> = (0..=CRITERIA_MAX).map(|n| n.to_string()).collect();
    let lots = |count: usize| read(&names[..count].iter().map(|name| ("lot", &**name)).collect::<Vec<_>>());
    assert!(lots(CRITERIA_MAX).is_ok());
    assert_eq!(lots(CRITERIA_MAX + 1).unwrap_err().parameter, Some("lot"));
}

proptest! {
    #[test]
    fn any_text_is_a_question_or_a_fault(texts in prop::collection::vec((0..PARAMETERS.len(), "(must:|want:)?\\PC{0,12}"), 0..6)) {
        let parameters: Vec<(&str, &str)> = texts.iter().map(|(n, text)| (PARAMETERS[*n].0, &**text)).collect();
        if let Err(fault) = read(&parameters) {
            prop_assert!(fault.parameter.is_some());
        }
    }
}
