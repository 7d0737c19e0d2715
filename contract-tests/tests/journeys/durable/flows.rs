//! File in, file out; and after that only what changed.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};

use super::{House, Return, TO_HEALTH, without_ids};
use crate::program::{names, run};
use crate::recipient::Stub;

const SEND: &str = "/v1/routes/to-health/messages";

/// What the program writes of a return for the nurses on the day of a message: the file of each child, in no order,
/// without ids.
fn translated(house: &House, document: &Return, message: &Value) -> BTreeSet<String> {
    let place = house.scratch.file("translated");
    let flags = "translate --from ssda903-csv --to fhir-json --view health --year 2026 --authority 330 -q -o";
    let keys = ["--id-key-file", &house.scratch.file("ids.key")].map(str::to_owned);
    let day = message["receivedAt"].as_str().unwrap().split('T').next().unwrap().to_owned();
    let rest = [place.clone(), document.folder(), "--as-at".to_owned(), day].into_iter().chain(keys);
    run(flags.split(' ').map(str::to_owned).chain(rest)).ended(0);
    let files = names(place.as_ref()).into_iter().map(|name| house.path("translated").join(name));
    files.map(|file| without_ids(&fs::read_to_string(file).unwrap())).collect()
}

#[test]
fn a_return_in_is_a_file_a_child_out_as_the_program_itself_writes_it() {
    let house = House::open(TO_HEALTH);
    let document = Return::small();
    let message = house.send(SEND, &document.zip());
    assert_eq!(message["counts"]["errors"], 0, "{message}");
    assert_eq!(message["counts"]["children"], document.children().len());
    let delivered = house.delivered();
    let expected = translated(&house, &document, &message);
    assert!(expected.len() > 5);
    let told: BTreeSet<String> = delivered.values().map(|text| without_ids(text)).collect();
    assert_eq!(told.len(), delivered.len(), "a file a child");
    same(&told, &expected);
    // Names of files are ids of deliveries, each of which says what it was.
    let settled = house.settled();
    assert_eq!(settled.len(), delivered.len());
    for delivery in settled {
        assert_eq!(delivery["state"], "delivered", "{delivery}");
        assert!(delivered.contains_key(&format!("{}.json", delivery["id"].as_str().unwrap())));
        assert_eq!(delivery["messages"], json!([message["id"]]));
    }
    let message = house.until_settled(message["id"].as_str().unwrap());
    assert_eq!(message["state"], "settled");
}

/// Both are the same files; where they are not, what one of them has and the one nearest to it has not.
#[track_caller]
fn same(told: &BTreeSet<String>, expected: &BTreeSet<String>) {
    for file in expected.difference(told) {
        let lines = |file: &str| file.lines().map(str::to_owned).collect::<BTreeSet<String>>();
        let wanted = lines(file);
        let nearest = told.iter().map(|file| lines(file)).max_by_key(|other| wanted.intersection(other).count());
        let nearest = nearest.expect("something was told");
        let (missing, more) = (wanted.difference(&nearest), nearest.difference(&wanted));
        panic!("missing {:#?}\nand instead {:#?}", missing.collect::<Vec<_>>(), more.collect::<Vec<_>>());
    }
    assert_eq!(told.len(), expected.len());
}

impl House {
    fn until_settled(&self, id: &str) -> Value {
        super::wait_until("a message settles", || {
            let message = self.by("lcs").get(&format!("/v1/messages/{id}")).with_status(200).json();
            (message["state"] == "settled").then_some(message)
        })
    }
}

#[test]
fn a_return_goes_out_by_https_with_its_key_and_correlation() {
    let stub = Stub::answering(200);
    let routes = format!(
        "[[route]]\nname = \"to-health\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\" }}\n\
         to = [{{ partner = \"nurses\", format = \"fhir-json\", url = \"http://127.0.0.1:{}/in\", private_network = true }}]\n",
        stub.port
    );
    let house = House::open(&routes);
    let document = Return::small();
    let headers = [("Content-Type", "application/zip"), ("X-Correlation-ID", "autumn.return-1")];
    let message = house.by("lcs").send("POST", SEND, &headers, &document.zip()).with_status(202).json();
    let settled = super::wait_until("deliveries", || {
        let all = house.settled();
        (!all.is_empty()).then_some(all)
    });
    let requests = stub.requests();
    assert_eq!(requests.len(), settled.len(), "each once");
    let keys: BTreeSet<&str> = requests.iter().map(|request| request.header("idempotency-key").unwrap()).collect();
    assert_eq!(keys.len(), requests.len(), "each under its own key");
    let told: BTreeSet<String> =
        requests.iter().map(|request| without_ids(std::str::from_utf8(&request.body).unwrap())).collect();
    same(&told, &translated(&house, &document, &message));
    for request in &requests {
        assert_eq!(request.header("content-type"), Some("application/fhir+json"));
        assert_eq!(request.header("x-correlation-id"), Some("autumn.return-1"));
        assert!(request.header("homeward-fence").is_some());
        let key = request.header("idempotency-key").unwrap().trim_matches('"');
        assert!(settled.iter().any(|delivery| delivery["id"] == key), "the key is the delivery's id");
    }
}

#[test]
fn what_was_sent_before_is_not_sent_again_and_of_what_changed_only_that() {
    let mut house = House::open(TO_HEALTH);
    let document = Return::small();
    house.send(SEND, &document.zip());
    let first = house.delivered();

    // The same content is the same message; packed otherwise it is another, which says nothing new.
    let again = house.by("lcs").send("POST", SEND, &[("Content-Type", "application/zip")], &document.zip());
    assert_eq!(again.with_status(202).header("idempotency-replayed"), Some("true"));
    house.stop();
    house.start();
    let form = crate::exchange::form(document.0.path());
    let sent = house.by("lcs").send("POST", SEND, &[("Content-Type", crate::exchange::FORM)], &form).with_status(202);
    assert_eq!(sent.header("idempotency-replayed"), None);
    let other = house.until_read(sent.json()["id"].as_str().unwrap());
    assert_eq!(
        (&other["counts"]["childrenChanged"], &other["counts"]["deliveries"]),
        (&json!(0), &json!(0)),
        "{other}"
    );
    assert_eq!(house.delivered(), first);

    // Another URN in one open episode: one child, and of it no more than before.
    let patients = |text: &String| text.contains("\"resourceType\":\"EpisodeOfCare\"") || text.contains("Encounter");
    let told = first.values().find(|text| patients(text)).unwrap();
    let child = document.children().into_iter().find(|child| told.contains(&format!("\"{child}\""))).unwrap();
    let mut seen = 0;
    document.rewrite("episodes.csv", |line| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if cells[0] == child && cells[7].is_empty() {
            cells[6] = if cells[6] == "PR1" { "PR2" } else { "PR1" };
            seen += 1;
        }
        Some(cells.join(","))
    });
    assert_eq!(seen, 1, "{child} has one open episode");
    let changed = house.send(SEND, &document.zip());
    assert_eq!(changed["counts"]["childrenChanged"], 1, "{changed}");
    let second = house.delivered();
    let new: Vec<&String> =
        second.iter().filter(|(name, _)| !first.contains_key(*name)).map(|(_, text)| text).collect();
    assert!(new.len() <= 1, "{} deliveries for one change", new.len());
    for text in new {
        assert!(text.contains(&format!("\"{child}\"")) && text.len() < told.len(), "{text}");
    }
}

#[test]
fn a_vanished_child_is_withdrawn_within_limits_and_asked_about_above_them() {
    let routes = TO_HEALTH.replace(
        "name = \"to-health\"\n",
        "name = \"to-health\"\nsubjects_missing_percent_max = 5\nsubjects_missing_max = 3\n",
    );
    let house = House::open(&routes);
    let document = Return::of(&crate::program::authority(2026, 40, 5, 0));
    let whole = format!("{SEND}?complete=true&period=2010-01-01/2030-12-31&authority=330");
    let told = house.send(&whole, &document.zip());
    assert_eq!(told["state"].as_str().map(|state| state != "quarantined"), Some(true), "{told}");
    let first = house.delivered();
    let known = |child: &&String| first.values().any(|text| text.contains(&format!("\"{child}\"")));
    let children = document.children();
    let gone = children.iter().find(known).unwrap().clone();

    // Not said to be the whole: nothing follows.
    document.forget(&gone);
    let partial = house.send(SEND, &document.zip());
    assert_eq!((&partial["counts"]["childrenMissing"], &partial["counts"]["deliveries"]), (&json!(0), &json!(0)));

    // The whole of it: one is withdrawn.
    let other = crate::exchange::form(document.0.path());
    let sent =
        house.by("lcs").send("POST", &whole, &[("Content-Type", crate::exchange::FORM)], &other).with_status(202);
    let withdrawn = house.until_read(sent.json()["id"].as_str().unwrap());
    assert_eq!(withdrawn["counts"]["childrenMissing"], 1, "{withdrawn}");
    let second = house.delivered();
    let new: Vec<&String> =
        second.iter().filter(|(name, _)| !first.contains_key(*name)).map(|(_, text)| text).collect();
    assert_eq!(new.len(), 1, "{withdrawn}");
    assert!(new[0].contains("\"entered-in-error\"") || new[0].contains("\"DELETE\""), "{}", new[0]);

    // Many: a person is asked, and nothing is withdrawn.
    for child in document.children().iter().take(6) {
        document.forget(child);
    }
    let many = house.send(&whole, &document.zip());
    assert_eq!((&many["state"], &many["reason"]), (&json!("quarantined"), &json!("subjects-missing")), "{many}");
    assert_eq!(house.delivered(), second);
    // And a document that does not say of what it is the whole is none.
    house
        .by("lcs")
        .send("POST", &format!("{SEND}?complete=true"), &[("Content-Type", "application/zip")], b"")
        .problem(400, "invalid-request");
}
