//! Whole files by schedule: everybody whom the recipient may have, at each run; never what must not be known any longer.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{Cursor, Read},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use super::{House, Return, wait_until};
use crate::program::{authority, names};

const SEND: &str = "/v1/routes/morning/messages";

/// The one target of these tests, as the store names it.
const TARGET: &str = "morning/nurses/0";

/// The nurses get a whole return each day; what cannot be put into their folder is tried again soon.
const ROUTES: &str = "[[route]]\nname = \"morning\"\nsubjects_missing_percent_max = 100\n\
    schedule = { every = \"day\", at = \"00:00\" }\n\
    from = { partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\" }\n\
    to = [{ partner = \"nurses\", format = \"ssda903-csv\", batch = \"schedule\", transport = \"directory\", path = \"out\", \
    name = \"{delivery}.zip\", delivery = { wait_ms_min = 100, wait_ms_max = 200, breaker_open_ms_min = 200, \
    breaker_open_ms_max = 400 } }]\n";

/// A file that was delivered, table by table.
type Tables = BTreeMap<String, String>;

impl House {
    fn comes_back_after_two_days(&mut self) {
        self.comes_back_after_two_days_to(&[TARGET]);
    }

    /// The names of the files that were delivered, once there are so many.
    fn files(&self, count: usize) -> Vec<String> {
        wait_until("a whole file", || {
            // What is still being written has a name that is hidden.
            let files: Vec<String> =
                names(&self.path("out")).into_iter().filter(|name| !name.starts_with('.')).collect();
            (files.len() >= count).then_some(files)
        })
    }

    fn tables(&self, file: &str) -> Tables {
        let bytes = fs::read(self.path("out").join(file)).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut tables = Tables::new();
        for n in 0..archive.len() {
            let (mut part, mut text) = (archive.by_index(n).unwrap(), String::new());
            part.read_to_string(&mut text).unwrap();
            assert!(tables.insert(part.name().to_owned(), text).is_none(), "each table once");
        }
        tables
    }

    /// The tables of the file that was not among these.
    fn new_tables(&self, before: &[String]) -> Tables {
        let files = self.files(before.len() + 1);
        let new: Vec<&String> = files.iter().filter(|name| !before.contains(name)).collect();
        assert_eq!(new.len(), 1, "one more: {files:?}");
        self.tables(new[0])
    }

    fn lines(&self, action: &str) -> Vec<Value> {
        self.audit().into_iter().filter(|line| line["action"] == action).collect()
    }

    fn states(&self) -> Vec<String> {
        self.deliveries().iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect()
    }
}

impl Return {
    /// The same with every so many-th child alone.
    fn part(&self, part: usize, of: usize) -> Self {
        let others = self.children().into_iter().enumerate().filter(|(n, _)| n % of != part).map(|(_, child)| child);
        let others: BTreeSet<String> = others.collect();
        let own = Self::of(self.0.path());
        for name in names(own.0.path()) {
            own.rewrite(&name, |line| {
                (!line.split(',').any(|cell| others.contains(cell.trim_matches('"')))).then(|| line.to_owned())
            });
        }
        own
    }

    fn bytes(&self) -> u64 {
        names(self.0.path()).iter().map(|name| fs::metadata(self.0.path().join(name)).unwrap().len()).sum()
    }
}

/// The cells of a column, row by row.
fn column(table: &str, heading: &str) -> Vec<String> {
    let mut lines = table.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let at = lines.next().unwrap().iter().position(|known| known == heading).unwrap();
    lines.map(|cells| cells[at].clone()).collect()
}

fn children(tables: &Tables) -> Vec<String> {
    let mut children = column(&tables["episodes.csv"], "CHILD");
    children.dedup();
    children
}

/// A child in a file who lives alone in a place that the file tells, and that place.
fn placed(tables: &Tables) -> (String, String) {
    let episodes = &tables["episodes.csv"];
    let [children, ended, places] = ["CHILD", "DEC", "PL_POST"].map(|heading| column(episodes, heading));
    let alone = |at: usize| (0..places.len()).all(|other| other == at || places[other] != places[at]);
    let at = (0..children.len()).find(|at| ended[*at].is_empty() && places[*at].len() > 5 && alone(*at));
    let at = at.expect("a child whose place is told");
    (children[at].clone(), places[at].clone())
}

fn restriction(child: &str, kind: &str) -> String {
    json!({ "child": { "system": "la-child", "value": child }, "kind": kind, "since": "2026-01-01",
            "reviewOn": "2030-01-01", "setByRole": "service manager" })
    .to_string()
}

fn is_anywhere(tables: &Tables, text: &str) -> bool {
    tables.values().any(|table| table.contains(text))
}

#[test]
fn each_run_sends_everybody_in_the_order_of_their_ids_whatever_changed() {
    let mut house = House::open(ROUTES);
    let document = Return::small();
    let message = house.send(SEND, &document.zip());
    assert_eq!(message["counts"]["deliveries"], 0, "a message causes none: {message}");
    assert!(house.deliveries().is_empty());

    house.comes_back_after_two_days();
    let first = house.files(1);
    let tables = house.tables(&first[0]);
    let carried = children(&tables);
    let (mut sorted, all) = (carried.clone(), document.children());
    sorted.sort();
    assert_eq!(carried, sorted, "in the order of their ids, each child once");
    assert!(carried.len() > 5 && carried.len() < all.len() && carried.iter().all(|child| all.contains(child)));
    // All of them and all of theirs, not only what somebody changed.
    let rows = |child: &str| document.column("episodes.csv", "CHILD").iter().filter(|id| *id == child).count();
    let told = column(&tables["episodes.csv"], "CHILD");
    for child in &carried {
        assert_eq!(told.iter().filter(|id| *id == child).count(), rows(child), "every episode of a child");
    }
    assert!(column(&tables["header.csv"], "CHILD").iter().all(|child| carried.contains(child)));

    // Who was told of what stands in the chain, and how many the run left out and why.
    let delivery = house.settled().remove(0);
    assert_eq!((&delivery["state"], &delivery["children"]), (&json!("delivered"), &json!(carried.len())));
    let disclosed = house.lines("disclose");
    assert_eq!(disclosed.iter().filter(|line| line["subject"].is_string()).count(), carried.len());
    assert_eq!(disclosed.iter().filter(|line| line["outcome"] == "tried").count(), 1);
    let run = house.lines("run").remove(0);
    assert_eq!(run["statements"]["carried"], carried.len(), "{run}");
    let counted: u64 = run["statements"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(counted, all.len() as u64, "everybody is carried or left out for a reason: {run}");

    // However many runs were missed, one file is made; and again nothing changed.
    house.comes_back_after_two_days();
    assert!(house.new_tables(&first) == tables, "the same of everybody");
    thread::sleep(Duration::from_secs(3));
    assert_eq!(house.files(2).len(), 2, "one file a run");

    // Who has left is simply not in the next.
    let gone = &carried[0];
    let changed = Return::of(document.0.path());
    changed.forget(gone);
    let body = changed.zip();
    let target = format!("{SEND}?complete=true&period=2025-04-01/2027-03-31&authority=330");
    let message = house.send(&target, &body);
    assert_eq!(message["counts"]["childrenMissing"], 1, "{message}");
    let before = house.files(2);
    assert_eq!(before.len(), 2, "it waits for its run");
    house.comes_back_after_two_days();
    let later = house.new_tables(&before);
    assert_eq!(children(&later), carried[1..], "all but one");
    assert!(!is_anywhere(&later, gone));
}

#[test]
fn the_first_run_waits_for_its_approval_and_for_something_to_tell() {
    let mut house = House::unapproved(ROUTES);
    house.comes_back_after_two_days();
    let document = Return::small();
    house.send(SEND, &document.zip());
    thread::sleep(Duration::from_secs(3));
    assert!(house.deliveries().is_empty() && names(&house.path("out")).is_empty(), "nobody has approved it");
    let preview = house.by("a.one").get("/v1/routes/morning/preview").with_status(200).json();
    assert_eq!(
        (&preview["targets"][0]["batch"], &preview["targets"][0]["personsNeeded"]),
        (&json!("schedule"), &json!(2))
    );
    house.approve("a.one", "morning").with_status(200);
    thread::sleep(Duration::from_secs(2));
    assert!(names(&house.path("out")).is_empty(), "one of two");
    house.approve("b.two", "morning").with_status(200);
    let files = house.files(1);
    assert_eq!(children(&house.tables(&files[0])).len() as u64, preview["targets"][0]["children"].as_u64().unwrap());

    // Where the sender has said nothing of anybody, an empty file would read as if everybody were gone.
    let mut silent = House::open(ROUTES);
    silent.comes_back_after_two_days();
    thread::sleep(Duration::from_secs(3));
    assert!(silent.deliveries().is_empty() && names(&silent.path("out")).is_empty());
}

#[test]
fn a_late_restriction_sends_the_next_file_at_once() {
    let mut house = House::open(ROUTES);
    house.send(SEND, &Return::small().zip());
    house.comes_back_after_two_days();
    let before = house.files(1);
    let tables = house.tables(&before[0]);
    let (child, place) = placed(&tables);
    house.settled();
    let set = house.by("lcs").post("/v1/identity/restrictions", &restriction(&child, "location")).with_status(201);
    assert_eq!(set.json()["holders"][0]["recipient"], "nurses", "{}", set.text());
    let after = house.new_tables(&before);
    assert!(!is_anywhere(&after, &place) && children(&after).contains(&child), "there, and not to be found");
    assert_eq!(children(&after), children(&tables), "and everybody else");
    let alerts = house.by("b.two").get("/v1/alerts").with_status(200).json();
    assert_eq!(alerts["items"][0]["kind"], "late-restriction", "{alerts}");

    // Said again it changes nothing, and nothing is sent.
    house.settled();
    house.by("lcs").post("/v1/identity/restrictions", &restriction(&child, "location")).with_status(200);
    thread::sleep(Duration::from_secs(2));
    let before = house.files(2);
    assert_eq!(before.len(), 2);

    // A child who is adopted is in no table of the next file, and nothing says why.
    let adopted = children(&after).into_iter().find(|other| *other != child).unwrap();
    house.by("lcs").post("/v1/identity/restrictions", &restriction(&adopted, "adopted")).with_status(201);
    let last = house.new_tables(&before);
    assert!(!is_anywhere(&last, &adopted));
    assert_eq!(children(&last).len(), children(&after).len() - 1);
    house.settled();

    // Of whom nothing was told, nothing has to be taken back: the file waits for its run.
    let files = house.files(3);
    let unknown = "NEVERTOLD1";
    house.by("lcs").post("/v1/identity/restrictions", &restriction(unknown, "location")).with_status(201);
    thread::sleep(Duration::from_secs(2));
    assert_eq!(house.files(3), files);
}

#[test]
fn a_file_that_waits_never_leaves_past_a_restriction_and_gives_way_to_the_next() {
    let mut house = House::open(ROUTES);
    house.send(SEND, &Return::small().zip());
    // The control: what the file tells where nobody restricts anybody.
    house.comes_back_after_two_days();
    let first = house.files(1);
    let (child, place) = placed(&house.tables(&first[0]));
    house.settled();

    // The recipient is away: the file waits, and the next takes its place.
    let (out, away) = (house.path("out"), house.path("away"));
    fs::rename(&out, &away).unwrap();
    for superseded in 0..2 {
        house.comes_back_after_two_days();
        wait_until("the newest waits, and the others have given way", || {
            let states = house.states();
            let gave_way = states.iter().filter(|state| *state == "superseded").count();
            (states.first().map(String::as_str) == Some("waiting") && gave_way == superseded).then_some(())
        });
    }
    let set = house.by("lcs").post("/v1/identity/restrictions", &restriction(&child, "location")).with_status(201);
    assert_eq!(set.json()["holders"][0]["recipient"], "nurses");
    fs::rename(&away, &out).unwrap();
    let after = house.new_tables(&first);
    assert!(!is_anywhere(&after, &place) && children(&after).contains(&child));
    let settled = house.settled();
    let delivered: Vec<&Value> = settled.iter().filter(|one| one["state"] == "delivered").collect();
    assert_eq!(delivered.len(), 2, "{settled:?}");
    assert!(settled.iter().all(|one| ["delivered", "superseded"].contains(&one["state"].as_str().unwrap())));
}

#[test]
fn a_file_that_would_be_too_large_is_told_and_not_made() {
    let document = Return::of(&authority(2026, 80, 5, 0));
    let parts: Vec<Return> = (0..8).map(|part| document.part(part, 8)).collect();
    // Each message has room, what is carried of all of them has none.
    let most = parts.iter().map(Return::bytes).max().unwrap() + 100;
    let mut house = House::unapproved(&format!("{ROUTES}\n[limits]\nmessage_bytes_max = {most}\n"));
    house.approve_all(ROUTES);
    for part in &parts {
        assert_eq!(house.send(SEND, &part.zip())["state"], "settled");
    }
    house.comes_back_after_two_days();
    let alert = wait_until("an alert", || {
        thread::sleep(Duration::from_millis(200));
        let alerts = house.by("a.one").get("/v1/alerts").with_status(200).json();
        alerts["items"].as_array().unwrap().iter().find(|alert| alert["kind"] == "whole-file").cloned()
    });
    assert_eq!(alert["about"], format!("target:{TARGET}"), "{alert}");
    assert!(house.deliveries().is_empty() && names(&house.path("out")).is_empty());
    let said = house.stop();
    assert_eq!(said.matches("message_bytes_max").count(), 1, "told once a run: {said}");
}
