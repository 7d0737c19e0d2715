//! A child whom an unreadable cell holds back: nobody hears of it until its sender says it readably, or two people say
//! that it may go; and what cannot be read later holds it again.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{House, Return, TO_HEALTH, tag};

const SEND: &str = "/v1/routes/to-health/messages";
const HELD: &str = "/v1/identity/subjects";

/// A return in which the open placement of a child cannot be read, and the child.
fn unreadable(document: &Return, word: &str, delivered: &BTreeMap<String, String>) -> (Return, String) {
    let [children, ended] = ["CHILD", "DEC"].map(|heading| document.column("episodes.csv", heading));
    let told = |child: &str| delivered.values().any(|text| text.contains(&format!("\"{child}\"")));
    let at =
        (0..children.len()).find(|at| ended[*at].is_empty() && told(&children[*at])).expect("a child that is told");
    let broken = Return::of(document.0.path());
    let place =
        broken.table("episodes.csv").lines().next().unwrap().split(',').position(|name| name == "PLACE").unwrap();
    let mut row = 0;
    broken.rewrite("episodes.csv", |line| {
        row += 1;
        let mut cells: Vec<&str> = line.split(',').collect();
        if row == at + 1 {
            cells[place] = word;
        }
        Some(cells.join(","))
    });
    (broken, children[at].clone())
}

fn held(house: &House, who: &str) -> Vec<Value> {
    house.by(who).get(HELD).with_status(200).json()["items"].as_array().unwrap().clone()
}

fn told<'d>(delivered: &'d BTreeMap<String, String>, child: &str) -> Vec<&'d String> {
    delivered.values().filter(|text| text.contains(&format!("\"{child}\""))).collect()
}

#[test]
fn two_people_release_what_an_unreadable_cell_holds_and_the_next_one_holds_it_again() {
    let control = House::open(TO_HEALTH);
    let document = Return::small();
    control.send(SEND, &document.zip());
    let (broken, child) = unreadable(&document, "ZZ", &control.delivered());
    drop(control);

    let house = House::open(TO_HEALTH);
    house.send(SEND, &broken.zip());
    assert!(told(&house.delivered(), &child).is_empty(), "nobody hears of the child");
    let list = held(&house, "a.one");
    assert_eq!((list.len(), &list[0]["state"]), (1, &json!("held")), "{list:?}");
    assert!(!list[0].to_string().contains(&child), "by our id, and not by the sender's");
    assert_eq!(held(&house, "nurses"), Vec::<Value>::new(), "not theirs to know");
    let id = list[0]["id"].as_str().unwrap().to_owned();
    let path = format!("{HELD}/{id}");
    let [lcs, one, two, three, nurses] = ["lcs", "a.one", "b.two", "c.three", "nurses"].map(|who| house.by(who));
    let release = format!("{path}/release");
    let reason = r#"{"reason":"the placement was read on the telephone"}"#;

    let seen = tag(&one.get(&path).with_status(200));
    nurses.get(&path).problem(404, "not-found");
    nurses.act(&release, &seen, reason).problem(404, "not-found");
    three.act(&release, &seen, reason).problem(403, "insufficient-scope");
    one.post(&release, reason).problem(428, "precondition-required");
    one.act(&release, "\"99\"", reason).problem(412, "precondition-failed");
    one.act(&release, &seen, "{}").problem(400, "invalid-request");
    one.act(&format!("{HELD}/x/release"), &seen, reason).problem(404, "not-found");
    let begun = one.act(&release, &seen, reason).with_status(202);
    assert_eq!((&begun.json()["state"], &begun.json()["begunBy"]), (&json!("releasing"), &json!("a.one")));
    assert_eq!(one.get(&format!("{HELD}?state=releasing")).json()["items"][0]["id"], id.as_str());
    one.act(&release, &tag(&begun), reason).problem(409, "second-person-required");
    lcs.act(&release, &tag(&begun), reason).problem(403, "insufficient-scope");
    two.act(&release, &seen, reason).problem(412, "precondition-failed");
    assert!(told(&house.delivered(), &child).is_empty(), "one alone opens nothing");

    // Another unreadable document in between: the first step was taken on something else.
    let other = Return::of(broken.0.path());
    other.rewrite("episodes.csv", |line| Some(line.replace(",ZZ,", ",ZY,")));
    house.send(SEND, &other.zip());
    two.act(&release, &tag(&begun), reason).problem(412, "precondition-failed");
    assert_eq!(one.get(&path).json()["state"], "held");
    let begun = lcs.act(&release, &tag(&one.get(&path)), reason).with_status(202);
    let released = two.act(&release, &tag(&begun), reason).with_status(200);
    assert_eq!((&released.json()["state"], &released.json()["begunBy"]), (&json!("open"), &Value::Null));
    two.act(&release, &tag(&released), reason).problem(409, "state-conflict");

    // What was held flows on, without the cell that nobody could read.
    let after = house.delivered();
    let flowed = told(&after, &child);
    assert_eq!(flowed.len(), 1, "once");
    assert!(flowed[0].contains("EpisodeOfCare"), "{}", flowed[0]);
    assert_eq!(held(&house, "a.one"), Vec::<Value>::new());
    let page = house.by("c.three").get(&format!("/v1/audit?limit=200&subject={id}")).with_status(200).json();
    let lines = page["items"].as_array().unwrap();
    let of = |action: &str| -> Vec<&Value> { lines.iter().filter(|line| line["action"] == action).collect() };
    assert_eq!((of("hold").len(), &of("hold")[0]["actor"]), (1, &json!("homeward")));
    let outcomes: Vec<&Value> = of("release").iter().map(|line| &line["outcome"]).collect();
    assert_eq!(outcomes, ["released", "one-of-two", "one-of-two"]);

    // The same cell again is as unreadable as before: nobody can say that it is what was released.
    other.rewrite("reviews.csv", |line| Some(line.replace("PN0", "PN1")));
    house.send(SEND, &other.zip());
    let list = held(&house, "a.one");
    assert_eq!((list.len(), &list[0]["id"]), (1, &json!(id)));
    assert_eq!(told(&house.delivered(), &child).len(), 1, "nothing more of the child");
    // Said readably it needs nobody.
    house.send(SEND, &document.zip());
    assert_eq!(held(&house, "a.one"), Vec::<Value>::new());
    assert!(told(&house.delivered(), &child).len() > 1);
    let last = house.audit().into_iter().find(|line| line["action"] == "release").unwrap();
    assert_eq!((&last["outcome"], &last["actor"]), (&json!("said-readably"), &json!("homeward")));
}
