//! Statistics: pseudonyms, nothing finer than a year of the adopted, and nobody alone in a group.

use std::io;

use schemas::{
    code::{AdopterSex, Ethnicity, Sex},
    record::{Adoption, Person},
    said::Said,
};

use crate::made::{Child, Kept, Silent, Trial, episode, is_day, let_out, person};

fn of(id: usize, ethnicity: Ethnicity, sex: Sex) -> Child {
    let person = Person { ethnicity: Said::Is(ethnicity), sex: Said::Is(sex), ..person("2015-06-15") };
    Child::new(&format!("{id}")).says(person).says(episode("2020-05-01"))
}

fn many(number: usize, from: usize, ethnicity: Ethnicity, sex: Sex) -> Vec<Child> {
    (0..number).map(|n| of(from + n, ethnicity, sex)).collect()
}

#[test]
fn six_keep_everything() {
    let text = let_out("statistics", many(6, 1, Ethnicity::Caribbean, Sex::Male));
    assert_eq!(text.matches("sex=M ethnicity=coarse:black").count(), 6);
    assert_eq!(text.matches("child 330").count(), 6);
    assert_eq!(text.matches("placement_postcode=B99 ").count(), 6);
}

#[test]
fn five_lose_everything_that_tells_them_apart() {
    let text = let_out("statistics", many(5, 1, Ethnicity::Caribbean, Sex::Male));
    assert_eq!(text.matches("child 0 pseudonym=").count(), 5);
    assert_eq!(text.matches("Person birth_date=age:10\n").count(), 5);
    for word in ["sex=", "ethnicity=", "placement_la", "placement_location", "postcode", "330"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn a_small_ethnic_group_loses_its_ethnicity_and_then_its_sex() {
    let mut children = many(6, 100, Ethnicity::WhiteBritish, Sex::Female);
    children.extend(many(3, 200, Ethnicity::Caribbean, Sex::Female));
    children.extend(many(3, 300, Ethnicity::Indian, Sex::Female));
    let text = let_out("statistics", children);
    assert_eq!(text.matches("sex=F ethnicity=coarse:white").count(), 6);
    assert_eq!(text.matches("Person birth_date=age:10 sex=F\n").count(), 6, "three and three are six");
    let mut children = many(3, 200, Ethnicity::Caribbean, Sex::Female);
    children.extend(many(3, 300, Ethnicity::Caribbean, Sex::Male));
    let text = let_out("statistics", children);
    assert_eq!(text.matches("Person birth_date=age:10\n").count(), 6);
    assert_eq!(text.matches("child 330").count(), 6);
}

#[test]
fn rows_are_in_the_order_of_pseudonyms_which_hang_on_the_key() {
    let pseudonyms = |key: u8| -> Vec<String> {
        let children = many(200, 1000, Ethnicity::Caribbean, Sex::Male);
        let trial = Trial { pseudonym_key: Some([key; 32]), workers: 2, ..Trial::new("statistics", children) };
        let text = trial.run().1.text();
        text.lines().filter_map(|line| line.split("pseudonym=").nth(1)?.split(' ').next().map(str::to_owned)).collect()
    };
    let first = pseudonyms(1);
    assert_eq!(first.len(), 200);
    assert!(first.is_sorted());
    assert_eq!(first, pseudonyms(1));
    let second = pseudonyms(2);
    assert!(first.iter().all(|pseudonym| !second.contains(pseudonym)));
}

#[test]
fn nothing_about_the_adopted_is_finer_than_a_year() {
    let adoption = Adoption {
        decision_date: is_day("2024-07-17"),
        order_date: is_day("2026-02-17"),
        adopters_sex: Said::Is(AdopterSex::OneMaleAndOneFemale),
        foster_carer_adopts: Said::Is(true),
        ..Adoption::default()
    };
    let (outcome, kept) = Trial::new("statistics", vec![Child::in_care("1").says(adoption)]).run();
    let text = kept.text();
    assert!(
        text.contains("Adoption decision_date=2024-01-01 order_date=2026-01-01 foster_carer_adopts=true\n"),
        "{text}"
    );
    assert!(text.contains("start_date=2020-01-01") && !text.contains("age:"));
    assert!(outcome.findings.counts().any(|count| count.rule.code == "view/adopted" && count.count == 3));
    let plan = Adoption { decision_date: is_day("2024-07-17"), ..Adoption::default() };
    let text = let_out("statistics", vec![Child::in_care("1").says(plan)]);
    assert!(text.contains("decision_date=2024-07-01") && text.contains("age:10"));
}

#[test]
fn all_children_are_counted_but_those_held_by_a_guard() {
    let children = vec![Child::new("1").says(person("1999-01-01")), Child::in_care("2").guard_unreadable()];
    let (outcome, kept) = Trial::new("statistics", children).run();
    assert_eq!(outcome.left_out.iter().collect::<Vec<_>>(), [(&"guard-unreadable", &1)]);
    assert_eq!((outcome.subjects, kept.text().matches("child ").count()), (2, 1));
}

#[test]
fn without_a_key_there_are_no_statistics() {
    let trial = Trial { pseudonym_key: None, ..Trial::new("statistics", vec![Child::in_care("1")]) };
    let mut kept = Kept::default();
    let error = trial.run_into(&mut kept, &Silent).err().unwrap();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert_eq!(kept, Kept::default());
}
