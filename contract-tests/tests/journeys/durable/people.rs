//! What people look after: who is who, what is held of a child, and who did what.

use std::{collections::BTreeSet, io::Cursor};

use serde_json::{Value, json};
use zip::ZipArchive;

use super::{House, Return, TO_HEALTH, tag};

const SEND: &str = "/v1/routes/to-health/messages";

fn lookup(house: &House, who: &str, system: &str, value: &str) -> Vec<Value> {
    let body = json!({ "system": system, "value": value }).to_string();
    let told = house.by(who).post("/v1/identity/lookup", &body).with_status(200).json();
    told["subjects"].as_array().unwrap().clone()
}

#[test]
fn two_children_with_one_nhs_number_are_a_question_and_never_one_child() {
    let house = House::open(TO_HEALTH);
    let document = Return::small();
    let numbers = document.column("links.csv", "nhs_number");
    let linked: Vec<usize> = (0..numbers.len()).filter(|at| numbers[*at].len() == 10).collect();
    let (first, second) = (&numbers[linked[0]], &numbers[linked[1]]);
    let holders = document.column("links.csv", "la_child_id");
    // In one document it is a fault of the rows, told to the sender.
    let both = Return::of(document.0.path());
    both.rewrite("links.csv", |line| Some(line.replace(second.as_str(), first)));
    let check = "/v1/check?from=ssda903-csv&year=2026&authority=330";
    let checked = house.by("lcs").send("POST", check, &[("Content-Type", "application/zip")], &both.zip()).json();
    assert_eq!(checked["errors"], 2, "{checked}");

    // In two, the second asks whether they are one.
    let told = house.send(SEND, &document.zip());
    assert_eq!(told["counts"]["childrenNew"], document.children().len());
    let known = lookup(&house, "lcs", "nhs-number", first);
    both.rewrite("links.csv", |line| (!line.contains(holders[linked[0]].as_str())).then(|| line.to_owned()));
    let message = house.send(SEND, &both.zip());
    assert_eq!(
        (&message["counts"]["proposals"], &message["counts"]["childrenNew"]),
        (&json!(1), &json!(0)),
        "{message}"
    );
    let [one, two] = [0, 1].map(|at| lookup(&house, "lcs", "la-child", &holders[linked[at]]));
    assert_eq!((one.len(), two.len()), (1, 1));
    assert_ne!(one[0]["id"], two[0]["id"], "they stay two");
    assert_eq!(known, one);
    assert_eq!(lookup(&house, "lcs", "nhs-number", first), one, "whoever came first has the number");

    let lcs = house.by("lcs");
    let proposals = lcs.get("/v1/identity/proposals").with_status(200).json()["items"].as_array().unwrap().clone();
    assert_eq!(proposals.len(), 1, "{proposals:?}");
    for child in [&one[0]["id"], &two[0]["id"]] {
        assert!(proposals[0]["subjects"].as_array().unwrap().contains(child), "{proposals:?}");
    }
    assert!(!proposals[0].to_string().contains(first.as_str()), "fields are named, never values");
    // Said again, it is not asked again.
    let again = Return::of(both.0.path());
    again.rewrite("reviews.csv", |line| Some(line.replace("PN0", "PN1")));
    house.send(SEND, &again.zip());
    assert_eq!(lcs.get("/v1/identity/proposals").json()["items"].as_array().unwrap().len(), 1);

    let path = format!("/v1/identity/proposals/{}", proposals[0]["id"].as_str().unwrap());
    let seen = tag(&lcs.get(&path).with_status(200));
    lcs.post(&format!("{path}/reject"), "{}").problem(428, "precondition-required");
    lcs.act(&format!("{path}/reject"), "\"99\"", "{}").problem(412, "precondition-failed");
    lcs.act(&format!("{path}/reject"), &seen, r#"{"reason":"two children"}"#).with_status(200);
    let now = tag(&lcs.get(&path));
    lcs.act(&format!("{path}/reject"), &now, "{}").problem(409, "state-conflict");
    assert_eq!(lcs.get("/v1/identity/proposals").json()["items"], json!([]));
    assert_eq!(lcs.get("/v1/identity/proposals?state=rejected").json()["items"].as_array().unwrap().len(), 1);
    again.rewrite("reviews.csv", |line| Some(line.replace("PN1", "PN2")));
    house.send(SEND, &again.zip());
    assert_eq!(lcs.get("/v1/identity/proposals").json()["items"], json!([]), "what was rejected is not asked again");
}

#[test]
fn everything_held_of_a_child_is_exported_with_who_was_told() {
    let house = House::open(TO_HEALTH);
    let document = Return::small();
    house.send(SEND, &document.zip());
    let delivered = house.delivered();
    let children = document.children();
    let child =
        children.iter().find(|child| delivered.values().any(|text| text.contains(&format!("\"{child}\"")))).unwrap();
    let id = lookup(&house, "lcs", "la-child", child)[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/identity/subjects/{id}/export");
    let lcs = house.by("lcs");
    lcs.post(&path, "{}").problem(400, "invalid-request");
    let answer = lcs.post(&path, r#"{"reason":"asked by the young person"}"#).with_status(200);
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    let mut archive = ZipArchive::new(Cursor::new(answer.body)).unwrap();
    let names: BTreeSet<String> = archive.file_names().map(str::to_owned).collect();
    let wanted = ["held/lcs.json", "withdrawn/lcs.json", "restrictions.json", "audit.ndjson"].map(str::to_owned);
    assert_eq!(names, BTreeSet::from(wanted));
    let mut file = |name: &str| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    assert!(file("held/lcs.json").contains(child.as_str()));
    let lines: Vec<Value> = file("audit.ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().all(|line| line["subject"] == id.as_str()));
    assert!(lines.iter().any(|line| line["action"] == "disclose" && line["recipient"] == "nurses"), "{lines:?}");
    let export = house.audit().into_iter().find(|line| line["action"] == "export").unwrap();
    assert_eq!((&export["subject"], &export["actor"]), (&json!(id), &json!("lcs")));
}

#[test]
fn every_act_is_a_line_and_the_chain_is_whole() {
    let mut house = House::open(TO_HEALTH);
    let message = house.send(SEND, &Return::small().zip());
    let deliveries = house.settled();
    let lines = house.audit();
    let count = |action: &str| lines.iter().filter(|line| line["action"] == action).count();
    assert_eq!((count("receive"), count("read"), count("approve")), (1, 1, 2), "{lines:?}");
    assert_eq!((count("disclose"), count("outcome")), (deliveries.len(), deliveries.len()));
    let receive = lines.iter().find(|line| line["action"] == "receive").unwrap();
    assert_eq!((&receive["seq"], &receive["hash"]), (&message["audit"]["seq"], &message["audit"]["hash"]));
    // Who is told is told before it is sent.
    for delivery in &deliveries {
        let object = format!("delivery:{}", delivery["id"].as_str().unwrap());
        let seq = |action: &str| {
            let line = lines.iter().find(|line| line["action"] == action && line["object"] == object.as_str());
            line.unwrap()["seq"].as_u64().unwrap()
        };
        assert!(seq("disclose") < seq("outcome"));
    }
    let seqs: Vec<u64> = lines.iter().map(|line| line["seq"].as_u64().unwrap()).collect();
    assert!(seqs.windows(2).all(|two| two[0] == two[1] + 1), "newest first, without a gap");
    assert!(lines.windows(2).all(|two| two[0]["prev"] == two[1]["hash"]), "each on the one before");

    let three = house.by("c.three");
    let anchor = json!({ "anchor": message["audit"] }).to_string();
    let told = three.post("/v1/audit/verify", &anchor).with_status(200).json();
    assert_eq!((&told["intact"], &told["from"]), (&json!(true), &json!(1)), "{told}");
    let wrong = json!({ "anchor": { "seq": message["audit"]["seq"], "hash": "00".repeat(32) } }).to_string();
    let told = three.post("/v1/audit/verify", &wrong).with_status(200).json();
    assert_eq!((&told["intact"], &told["how"]), (&json!(false), &json!("anchor-differs")), "{told}");
    for body in [r#"{"anchor":{"seq":"1","hash":"x"}}"#, r#"{"anchor":7}"#, r#"{"fromSeq":-1}"#, r#"{"toSeq":"9"}"#] {
        three.post("/v1/audit/verify", body).problem(400, "invalid-request");
    }
    // Page by page the same lines.
    let mut paged = Vec::new();
    let mut next = Some("/v1/audit?limit=7".to_owned());
    while let Some(page) = next {
        let page = three.get(&page).with_status(200).json();
        paged.extend(page["items"].as_array().unwrap().iter().map(|line| line["seq"].as_u64().unwrap()));
        next = page["next"].as_str().map(str::to_owned);
    }
    assert!(paged.ends_with(&seqs[seqs.len() - 5..]) && paged.len() >= seqs.len(), "{paged:?}");

    house.stop();
    let anchors = std::fs::read_to_string(house.path("anchors.ndjson")).unwrap();
    let last: Value = serde_json::from_str(anchors.lines().last().unwrap()).unwrap();
    house.start();
    let told = house
        .by("c.three")
        .post("/v1/audit/verify", &json!({ "anchor": { "seq": last["seq"], "hash": last["hash"] } }).to_string());
    assert_eq!(told.with_status(200).json()["intact"], true);
}
