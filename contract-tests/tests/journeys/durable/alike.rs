//! Two who have one name and one birth date are a question for a person, never one child; and whoever must not be found
//! by name is not.

use std::fs;

use serde_json::{Value, json};

use super::{House, SCOPES, cast, partner, tag};
use crate::program::names;

const HEADING: &str = "la_code,la_child_id,nhs_number,upn,surname,forename,date_of_birth,source,verified_on\n";

/// Two sources of one authority, each with keys of its own for the same children.
fn house() -> House {
    let routes: Vec<String> = ["lcs", "school"]
        .into_iter()
        .map(|from| {
            format!(
                "[[route]]\nname = \"of-{from}\"\nfrom = {{ partner = \"{from}\", format = \"links-csv\" }}\n\
                 to = [{{ partner = \"nurses\", format = \"fhir-json\", transport = \"directory\", path = \"out\", name = \"{{delivery}}\" }}]\n"
            )
        })
        .collect();
    let school = partner("school", &format!("view = \"virtual-school\"\nauthority = \"330\"\nscopes = {SCOPES}"));
    let other = partner("other", &format!("view = \"local-authority\"\nauthority = \"331\"\nscopes = {SCOPES}"));
    House::with(&format!("{}\n{school}\n{other}", cast()), &routes.concat(), "info")
}

fn says(house: &House, who: &str, rows: &[String]) -> Value {
    let table = format!("{HEADING}{}\n", rows.join("\n"));
    let target = format!("/v1/routes/of-{who}/messages");
    let sent = house.by(who).send("POST", &target, &[("Content-Type", "text/csv")], table.as_bytes());
    let message = house.until_read_of(who, sent.with_status(202).json()["id"].as_str().unwrap());
    assert_ne!(message["state"], "quarantined", "{message}");
    message
}

fn row(child: u32, numbers: &str, name: &str, born: &str) -> String {
    let (forename, surname) = name.split_once(' ').unwrap();
    format!("330,{child},{numbers},{surname},{forename},{born},authority-record,")
}

fn open(house: &House) -> Vec<Value> {
    house.by("lcs").get("/v1/identity/proposals").with_status(200).json()["items"].as_array().unwrap().clone()
}

fn lookup(house: &House, who: &str, body: &Value) -> Value {
    house.by(who).post("/v1/identity/lookup", &body.to_string()).with_status(200).json()
}

fn subject(house: &House, child: u32) -> Value {
    let told = lookup(house, "lcs", &json!({ "system": "la-child", "value": child.to_string() }));
    told["subjects"][0]["id"].clone()
}

#[test]
fn one_name_and_birth_date_are_proposed_and_a_person_decides() {
    let house = house();
    says(
        &house,
        "lcs",
        &[row(9001, ",", "Samira O'Neill", "2012-03-04"), row(9002, ",", "Aisha O'Neill", "2012-03-04")],
    );
    let message = says(&house, "school", &[row(7001, ",", "SAMIRA ONEILL", "2012-03-04")]);
    assert_eq!(
        (&message["counts"]["childrenNew"], &message["counts"]["proposals"]),
        (&json!(1), &json!(1)),
        "{message}"
    );
    let [known, new, twin] = [9001, 7001, 9002].map(|child| subject(&house, child));
    assert!(known != new && known != twin, "they stay two, whatever they are called");
    let proposals = open(&house);
    assert_eq!(proposals.len(), 1, "the twin is no question: {proposals:?}");
    assert_eq!((&proposals[0]["score"], &proposals[0]["subjects"]), (&json!(100), &json!([known, new])));
    assert_eq!(proposals[0]["evidence"]["by"], "names");
    let agree = &proposals[0]["evidence"]["agree"];
    assert_eq!(agree, &json!(["Person.birth_date", "Name.forename", "Name.surname"]), "{proposals:?}");
    let text = proposals[0].to_string().to_lowercase();
    for value in ["samira", "neill", "2012", "9001", "7001"] {
        assert!(!text.contains(value) || text.contains(&format!("-{value}")), "{value} in {text}");
    }

    // By name nobody is found; what is proposed is.
    let asked = json!({ "name": "Samira O’Neill", "birthDate": "2012-03-04", "sex": "female" });
    let told = lookup(&house, "lcs", &asked);
    assert_eq!((&told["subjects"], &told["proposals"][0]["id"]), (&json!([]), &proposals[0]["id"]), "{told}");
    for (name, born) in [("Aisha O'Neill", "2012-03-04"), ("Samira O'Neill", "2012-03-05"), ("No Body", "2012-03-04")] {
        let told = lookup(&house, "lcs", &json!({ "name": name, "birthDate": born }));
        assert_eq!(told, json!({ "subjects": [], "proposals": [] }), "{name} {born}");
    }
    for who in ["other", "nurses"] {
        assert_eq!(lookup(&house, who, &asked), json!({ "subjects": [], "proposals": [] }), "{who}");
    }
    for wrong in [
        json!({ "name": "Samira O'Neill" }),
        json!({ "birthDate": "2012-03-04" }),
        json!({ "name": "Samira", "birthDate": "2012-03-04" }),
        json!({ "name": 7, "birthDate": "2012-03-04" }),
        json!({ "name": "Samira O'Neill", "birthDate": "4.3.2012" }),
        json!({ "name": "Samira O'Neill", "birthDate": "2012-03-04", "sex": "F" }),
        json!({ "name": "Samira O'Neill", "birthDate": "2012-03-04", "system": "la-child" }),
        json!({ "name": "x ".repeat(300), "birthDate": "2012-03-04" }),
    ] {
        let problem = house.by("lcs").post("/v1/identity/lookup", &wrong.to_string());
        problem.problem(400, "invalid-request");
    }
    let line = house.audit().into_iter().find(|line| line["action"] == "lookup").unwrap();
    assert!(!line.to_string().to_lowercase().contains("samira"), "{line}");

    // Rejected it stays, whatever else is said, until an identifier changes.
    let path = |proposal: &Value| format!("/v1/identity/proposals/{}", proposal["id"].as_str().unwrap());
    let lcs = house.by("lcs");
    let reject = path(&proposals[0]);
    lcs.act(&format!("{reject}/reject"), &tag(&lcs.get(&reject)), "{}").with_status(200);
    says(&house, "school", &[row(7001, ",", "Samira-Jo ONeill", "2012-03-04")]);
    says(&house, "school", &[row(7001, ",", "Samira ONeill", "2012-03-04")]);
    assert_eq!(open(&house), Vec::<Value>::new());
    says(&house, "school", &[row(7001, ",J330999925001", "Samira ONeill", "2012-03-04")]);
    let again = open(&house);
    assert_eq!(again.len(), 1, "an identifier is new");
    assert_ne!(again[0]["id"], proposals[0]["id"]);
    let confirm = path(&again[0]);
    let link = lcs.act(&format!("{confirm}/confirm"), &tag(&lcs.get(&confirm)), "{}").with_status(200).json();
    assert_eq!(link["subjects"], json!({ "stays": known, "merged": new }));
    assert_eq!((subject(&house, 9001), subject(&house, 7001)), (known.clone(), known));
    assert_eq!(lookup(&house, "lcs", &asked)["proposals"], json!([]), "it is decided");
}

#[test]
fn nobody_is_proposed_who_is_told_apart_hidden_or_one_of_too_many() {
    let mut house = house();
    let born = "2012-03-04";
    // One source tells its own children apart.
    says(&house, "lcs", &[row(9001, ",", "Sam Hill", born), row(9002, ",", "Sam Hill", born)]);
    assert_eq!(open(&house), Vec::<Value>::new());
    // Another NHS number is another child.
    says(&house, "lcs", &[row(9003, "9000000009,", "Tom Dale", born)]);
    says(&house, "school", &[row(7003, "9434765919,", "Tom Dale", born)]);
    assert_eq!(open(&house), Vec::<Value>::new());
    // Nobody is linked with a child whom an adoption has closed, nor found by that name.
    says(&house, "lcs", &[row(9004, ",", "Ada Moor", born)]);
    let adopted = json!({ "child": { "system": "la-child", "value": "9004" }, "kind": "adopted",
                          "since": "2026-01-01", "setByRole": "manager" });
    house.by("lcs").post("/v1/identity/restrictions", &adopted.to_string()).with_status(201);
    says(&house, "school", &[row(7004, ",", "Ada Moor", born)]);
    assert_eq!(open(&house), Vec::<Value>::new());
    // A name that many have tells nobody apart.
    let many: Vec<String> = (0..21).map(|n| row(8000 + n, ",", "Mo Khan", born)).collect();
    says(&house, "lcs", &many[..20]);
    says(&house, "school", &[row(7005, ",", "Mo Khan", born)]);
    assert_eq!(open(&house).len(), 5, "of twenty the five most alike");
    says(&house, "lcs", &many);
    says(&house, "school", &[row(7006, ",", "Mo Khan", born)]);
    assert_eq!(open(&house).len(), 5, "of more, none");

    // Names are in no file as they are written.
    house.settled();
    house.stop();
    for name in names(&house.path("store")) {
        let bytes = fs::read(house.path("store").join(&name)).unwrap();
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        for value in ["mo khan", "mokhan", "ada moor", "\nsurname\n"] {
            assert!(!text.contains(value), "{value} in {name}");
        }
    }
}
