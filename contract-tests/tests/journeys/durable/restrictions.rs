//! A place that must not be found: withheld from the moment somebody says so, taken back where it was told, and told
//! again only when two people have agreed.

use serde_json::{Value, json};

use super::{House, Return, TO_HEALTH, tag, wait_until};

const SEND: &str = "/v1/routes/to-health/messages";

/// A child of whom the nurses were told the place, and that place.
struct Placed {
    child: String,
    postcode: String,
}

/// The children who live alone in a place that deliveries tell.
fn placed(document: &Return, delivered: &[&String]) -> Placed {
    let [children, ended, postcodes] =
        ["CHILD", "DEC", "PL_POST"].map(|heading| document.column("episodes.csv", heading));
    let open = |at: &usize| ended[*at].is_empty() && !postcodes[*at].is_empty();
    let alone = |at: &usize| postcodes.iter().filter(|postcode| **postcode == postcodes[*at]).count() == 1;
    let told = |at: &usize| {
        delivered.iter().any(|text| text.contains(&format!("\"{}\"", children[*at])) && text.contains(&postcodes[*at]))
    };
    let at = (0..children.len()).find(|at| open(at) && alone(at) && told(at)).expect("a child whose place is told");
    Placed { child: children[at].clone(), postcode: postcodes[at].clone() }
}

fn restriction(child: &str) -> String {
    json!({ "child": { "system": "la-child", "value": child }, "kind": "location", "since": "2026-01-01",
            "reviewOn": "2030-01-01", "setByRole": "service manager" })
    .to_string()
}

/// What of these deliveries was not there before.
fn new<'a>(
    after: &'a std::collections::BTreeMap<String, String>,
    before: &std::collections::BTreeMap<String, String>,
) -> Vec<&'a String> {
    after.iter().filter(|(name, _)| !before.contains_key(*name)).map(|(_, text)| text).collect()
}

#[test]
fn a_restriction_before_anything_was_told_keeps_the_place_in_the_house() {
    // The control finds the child in a house where nobody restricted it.
    let control = House::open(TO_HEALTH);
    let document = Return::small();
    control.send(SEND, &document.zip());
    let told = control.delivered();
    let placed = placed(&document, &told.values().collect::<Vec<_>>());
    drop(control);

    let house = House::open(TO_HEALTH);
    let set = house.by("lcs").post("/v1/identity/restrictions", &restriction(&placed.child)).with_status(201);
    assert_eq!(set.json()["holders"], json!([]), "{}", set.text());
    assert!(!set.text().contains(&placed.child));
    house.send(SEND, &document.zip());
    let delivered = house.delivered();
    assert_eq!(delivered.len(), told.len());
    assert!(delivered.values().any(|text| text.contains(&format!("\"{}\"", placed.child))));
    for text in delivered.values() {
        assert!(!text.contains(&placed.postcode), "{text}");
    }
    assert_eq!(house.by("a.one").get("/v1/alerts").json()["items"], json!([]), "nobody holds the place");
}

#[test]
fn a_restriction_after_a_disclosure_takes_the_place_back_and_two_lift_it() {
    let house = House::open(TO_HEALTH);
    let document = Return::small();
    house.send(SEND, &document.zip());
    let before = house.delivered();
    let placed = placed(&document, &before.values().collect::<Vec<_>>());
    let lcs = house.by("lcs");
    let set = lcs.post("/v1/identity/restrictions", &restriction(&placed.child)).with_status(201);
    let body = set.json();
    assert_eq!(body["holders"][0]["recipient"], "nurses", "{body}");
    assert_eq!(body["state"], "in-force");

    // At once: what takes the place back goes out, and does not hold it.
    let after = wait_until("the withdrawal", || {
        let after = house.delivered();
        (after.len() > before.len()).then_some(after)
    });
    let withdrawal = new(&after, &before);
    assert_eq!(withdrawal.len(), 1);
    assert!(!withdrawal[0].contains(&placed.postcode), "{}", withdrawal[0]);
    assert!(withdrawal[0].contains("EpisodeOfCare"), "the episode is told anew: {}", withdrawal[0]);

    // Somebody must see it.
    let two = house.by("b.two");
    let alerts = two.get("/v1/alerts").with_status(200).json()["items"].as_array().unwrap().clone();
    assert_eq!((alerts.len(), &alerts[0]["kind"]), (1, &json!("late-restriction")), "{alerts:?}");
    let seen = format!("/v1/alerts/{}/seen", alerts[0]["id"].as_str().unwrap());
    house.by("c.three").post(&seen, "").with_status(403);
    lcs.post(&seen, "").with_status(403);
    two.post(&seen, "").with_status(200);
    assert_eq!(two.get("/v1/alerts").json()["items"], json!([]));

    // Said again it is the same; listed, with who holds the place.
    let again = lcs.post("/v1/identity/restrictions", &restriction(&placed.child)).with_status(200);
    assert_eq!(again.json()["id"], body["id"]);
    let listed = lcs.get("/v1/identity/restrictions").with_status(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let path = format!("/v1/identity/restrictions/{}", body["id"].as_str().unwrap());
    assert_eq!(lcs.get(&format!("{path}/holders")).json()["holders"][0]["recipient"], "nurses");

    // Sent again by the case system, the place stays in the house.
    let changed = Return::of(document.0.path());
    changed.rewrite("reviews.csv", |line| Some(line.replace("PN0", "PN1")));
    house.send(SEND, &changed.zip());
    let later = house.delivered();
    assert!(new(&later, &after).iter().all(|text| !text.contains(&placed.postcode)));

    // One begins, the same cannot end it, another does.
    let (one, lift) = (house.by("a.one"), format!("{path}/lift"));
    let reason = r#"{"reason":"the order has ended"}"#;
    one.post(&lift, reason).problem(428, "precondition-required");
    one.act(&lift, "\"9\"", reason).problem(412, "precondition-failed");
    let begun = one.act(&lift, &tag(&again), reason).with_status(202);
    assert_eq!(begun.json()["state"], "lifting");
    one.act(&lift, &tag(&begun), reason).problem(409, "second-person-required");
    assert_eq!(house.delivered().len(), later.len(), "one alone opens nothing");
    let lifted = two.act(&lift, &tag(&begun), reason).with_status(200);
    assert_eq!(lifted.json()["state"], "lifted");
    let told = wait_until("the place is told again", || {
        let told = house.delivered();
        (told.len() > later.len()).then_some(told)
    });
    assert!(new(&told, &later).iter().any(|text| text.contains(&placed.postcode)));
    two.act(&lift, &tag(&lifted), reason).with_status(412);
    let lines = house.audit();
    let outcomes: Vec<&Value> =
        lines.iter().filter(|line| line["action"] == "lift").map(|line| &line["outcome"]).collect();
    assert_eq!(outcomes, [&json!("lifted"), &json!("one-of-two")]);
}

#[test]
fn a_system_alone_cannot_end_a_restriction() {
    let house = House::open(TO_HEALTH);
    let document = Return::small();
    house.send(SEND, &document.zip());
    let child = &document.children()[0];
    let set = house.by("lcs").post("/v1/identity/restrictions", &restriction(child)).with_status(201);
    let lift = format!("/v1/identity/restrictions/{}/lift", set.json()["id"].as_str().unwrap());
    let reason = r#"{"reason":"ended"}"#;
    let begun = house.by("a.one").act(&lift, &tag(&set), reason).with_status(202);
    // A partner's system is no person: what one person began it does not end.
    house.by("lcs").act(&lift, &tag(&begun), reason).with_status(403);
    house.by("b.two").act(&lift, &tag(&begun), reason).with_status(200);
}

#[test]
fn restrictions_and_links_come_on_routes_of_their_own() {
    let more = |name: &str| {
        format!(
            "[[route]]\nname = \"{name}\"\nfrom = {{ partner = \"lcs\", format = \"{name}\" }}\n\
             to = [{{ partner = \"lcs\", format = \"ssda903-csv\", transport = \"directory\", path = \"back\", name = \"{{delivery}}\" }}]\n"
        )
    };
    // What comes on them goes out on the route to the nurses alone: nobody has approved the others.
    let routes = [TO_HEALTH.to_owned(), more("restrictions-csv"), more("links-csv")].concat();
    let house = House::beside(&super::cast(), &routes, "info", &[("back", "")]);
    house.approve_all(TO_HEALTH);
    let document = Return::small();
    let links = document.table("links.csv");
    let traced = Return::of(document.0.path());
    std::fs::remove_file(document.0.path().join("links.csv")).unwrap();
    house.send(SEND, &document.zip());
    let before = house.delivered();
    let postcodes = document.column("episodes.csv", "PL_POST");
    let is_told = |texts: &[&String]| {
        postcodes.iter().any(|code| code.len() > 5 && texts.iter().any(|text| text.contains(code.as_str())))
    };
    assert!(before.len() > 5 && !is_told(&before.values().collect::<Vec<_>>()), "of the untraced no place is told");

    let send = |route: &str, table: &str| {
        let target = format!("/v1/routes/{route}/messages");
        let sent = house.by("lcs").send("POST", &target, &[("Content-Type", "text/csv")], table.as_bytes());
        let message = house.until_read(sent.with_status(202).json()["id"].as_str().unwrap());
        assert_ne!(message["state"], "quarantined", "{message}");
        message
    };
    let linked = send("links-csv", &links);
    assert_eq!(linked["counts"]["childrenNew"], 0, "the same children: {linked}");
    let after = house.delivered();
    let told = new(&after, &before);
    assert!(is_told(&told), "once they are traced");
    let placed = placed(&traced, &told);

    // A return without links says nothing against them.
    let again = Return::of(document.0.path());
    again.rewrite("reviews.csv", |line| Some(line.replace("PN0", "PN1")));
    house.send(SEND, &again.zip());
    let later = house.delivered();
    for text in new(&later, &after) {
        assert!(!text.contains("EpisodeOfCare"), "no place is taken back: {text}");
    }

    let heading = "la_code,la_child_id,kind,since,until,review_on,set_by_role,recipients\n";
    let restricted =
        send("restrictions-csv", &format!("{heading}330,{},location,2026-01-01,,,manager,\n", placed.child));
    assert_eq!(restricted["counts"]["childrenChanged"], 1, "{restricted}");
    let withdrawn = house.delivered();
    let withdrawal = new(&withdrawn, &later);
    assert!(!withdrawal.is_empty() && withdrawal.iter().all(|text| !text.contains(&placed.postcode)), "{withdrawal:?}");
    let two = house.by("b.two");
    let alerts = two.get("/v1/alerts").with_status(200).json();
    assert_eq!(alerts["items"].as_array().unwrap().len(), 1, "late, as one that a person sets: {alerts}");
}
