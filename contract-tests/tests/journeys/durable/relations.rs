//! Relations: an authority names a recipient for a child of its own, and ends that at once; to everybody else it is as if
//! there were none.

use serde_json::{Value, json};

use super::{House, Return, SCOPES, TO_HEALTH, cast, partner};

const PATH: &str = "/v1/identity/relations";
const SEND: &str = "/v1/routes/to-health/messages";

fn list(house: &House, who: &str, query: &str) -> Vec<Value> {
    house.by(who).get(&format!("{PATH}{query}")).with_status(200).json()["items"].as_array().unwrap().clone()
}

#[test]
fn an_authority_names_recipients_for_its_own_children_and_ends_that_at_once() {
    let other = partner("other", &format!("view = \"local-authority\"\nauthority = \"331\"\nscopes = {SCOPES}"));
    let reads = partner("reads", "view = \"local-authority\"\nauthority = \"330\"\nscopes = [\"identity:read\"]");
    let house = House::with(&format!("{}\n{other}\n{reads}", cast()), TO_HEALTH, "info");
    house.approve_all(TO_HEALTH);
    let document = Return::small();
    house.send(SEND, &document.zip());
    let before = house.delivered();
    let children = document.children();
    let relation = |child: &str, ods: &str| json!({ "ods": ods, "child": { "system": "la-child", "value": child }, "since": "2026-01-01", "until": "2027-01-01" });
    let (lcs, asked) = (house.by("lcs"), relation(&children[0], "RKB").to_string());
    let set = lcs.post(PATH, &asked).with_status(201);
    let body = set.json();
    assert_eq!(
        (&body["ods"], &body["since"], &body["until"], &body["state"], &body["setBy"]),
        (&json!("RKB"), &json!("2026-01-01"), &json!("2027-01-01"), &json!("stands"), &json!("lcs"))
    );
    assert!(!set.text().contains(&children[0]), "by our id");
    // Said again it is the same; with other days it is another, and the first is ended before.
    assert_eq!(lcs.post(PATH, &asked).with_status(200).json(), body);
    let mut later = relation(&children[0], "RKB");
    later["since"] = json!("2026-02-01");
    lcs.post(PATH, &later.to_string()).problem(409, "state-conflict");
    for child in &children[1..4] {
        lcs.post(PATH, &relation(child, "RKC").to_string()).with_status(201);
    }
    assert_eq!(list(&house, "lcs", "").len(), 4);
    assert_eq!(list(&house, "a.one", "?ods=RKC").len(), 3);
    let subject = body["subject"].as_str().unwrap();
    assert_eq!(list(&house, "reads", &format!("?subject={subject}")), std::slice::from_ref(&body));
    let mut paged = 0;
    let mut next = Some(format!("{PATH}?limit=1"));
    while let Some(page) = next {
        let page = lcs.get(&page).with_status(200).json();
        paged += page["items"].as_array().unwrap().len();
        next = page["next"].as_str().map(str::to_owned);
    }
    assert_eq!(paged, 4);

    // Nobody opens a child that is not its own, and nobody else sees who may.
    let one = format!("{PATH}/{}", body["id"].as_str().unwrap());
    for who in ["other", "nurses"] {
        assert_eq!(list(&house, who, ""), Vec::<Value>::new(), "{who}");
        house.by(who).send("DELETE", &one, &[], b"").problem(404, "not-found");
        let mut theirs = relation(&children[0], "RKB");
        theirs["child"]["authority"] = json!("330");
        house.by(who).post(PATH, &theirs.to_string()).problem(404, "not-found");
    }
    house.by("reads").post(PATH, &asked).problem(403, "insufficient-scope");
    house.by("reads").send("DELETE", &one, &[], b"").problem(403, "insufficient-scope");
    lcs.post(PATH, &relation("7777777", "RKB").to_string()).problem(404, "not-found");
    for (member, wrong) in [
        ("ods", json!("rkb")),
        ("ods", json!("R1")),
        ("ods", Value::Null),
        ("since", json!("yesterday")),
        ("since", Value::Null),
        ("until", json!("2025-12-31")),
        ("child", json!("4017")),
        ("child", json!({ "system": "la-child" })),
        ("more", json!(1)),
    ] {
        let mut asked = relation(&children[5], "RKB");
        asked[member] = wrong;
        lcs.post(PATH, &asked.to_string()).problem(400, "invalid-request");
    }

    // Ended at once, and ended it stays; under its key it is done once.
    let key = [("Idempotency-Key", "end-1")];
    let ended = lcs.send("DELETE", &one, &key, b"").with_status(200);
    assert_eq!(ended.json()["state"], "ended");
    let again = lcs.send("DELETE", &one, &key, b"").with_status(200);
    assert_eq!((again.header("idempotency-replayed"), again.json()), (Some("true"), ended.json()));
    assert_eq!(lcs.send("DELETE", &one, &[], b"").with_status(200).json(), ended.json());
    assert_eq!(list(&house, "lcs", "?ods=RKB"), Vec::<Value>::new());
    lcs.send("DELETE", &format!("{PATH}/x"), &[], b"").problem(404, "not-found");
    lcs.send("PUT", &one, &[], b"").problem(405, "method-not-allowed");
    lcs.post(PATH, &asked).with_status(201);

    // What a route carries is the route's to say.
    assert_eq!(house.delivered(), before);
    let lines = house.audit();
    let of = |action: &str| lines.iter().filter(|line| line["action"] == action).collect::<Vec<_>>();
    assert_eq!((of("relate").len(), of("unrelate").len()), (5, 1));
    assert_eq!((&of("unrelate")[0]["subject"], &of("unrelate")[0]["recipient"]), (&json!(subject), &json!("RKB")));
}
