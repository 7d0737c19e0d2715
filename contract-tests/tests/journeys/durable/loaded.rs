//! What a partner may see is shown beside what it could see by the configuration that was loaded last.

use std::fs;

use super::{House, TO_HEALTH};
use crate::program::{Ran, run};

fn diff(house: &House, partner: &str) -> Ran {
    run(["partner", "show", partner, "--config", &house.scratch.file("homeward.toml"), "--diff"])
}

#[test]
fn a_change_of_a_view_is_shown_before_it_is_loaded_and_is_none_afterwards() {
    let mut house = House::open(TO_HEALTH);
    let told = diff(&house, "nurses").ended(0).text();
    assert!(told.starts_with("# nurses\n") && told.contains("\nNothing has changed.\n"), "{told}");

    let file = house.path("homeward.toml");
    let before = fs::read_to_string(&file).unwrap();
    let narrow = "[[view]]\nname = \"narrow\"\nbase = \"health\"\nwithhold = [\"Person.ethnicity\", \"Review.*\"]\n\
                  reduce = { \"Person.birth_date\" = \"month\" }\nbasis = \"agreement 7\"\n\
                  [[partner]]\nname = \"later\"\nview = \"provider\"\n";
    let after = before.replace("name = \"nurses\"\nview = \"health\"", "name = \"nurses\"\nview = \"narrow\"");
    assert_ne!(before, after);
    fs::write(&file, format!("{after}\n{narrow}")).unwrap();
    let told = diff(&house, "nurses").ended(0).text();
    for line in
        ["| `Person` | `ethnicity` | full | - |", "| `Person` | `birth_date` | full | month |", "| `Review` | `date` |"]
    {
        assert!(told.contains(line), "{line} in {told}");
    }
    assert!(told.contains("* view then: health@") && told.contains("* view now: narrow@"), "{told}");
    assert!(!told.contains("`sex`"), "what stays is left out: {told}");
    let told = diff(&house, "lcs").ended(0).text();
    assert!(told.contains("Nothing has changed."), "{told}");
    let told = diff(&house, "later").ended(0).text();
    assert!(told.contains("was not there"), "{told}");
    diff(&house, "nobody").refused("no partner of that name", "");
    // The page of a view of one's own has every field as it lets it out.
    let page = run(["partner", "show", "nurses", "--config", &house.scratch.file("homeward.toml")]).ended(0).text();
    assert!(page.contains("| `Person` | `ethnicity` | - |") && page.contains("| `Person` | `birth_date` | month |"));

    house.stop();
    let stopped = diff(&house, "nurses").ended(0).text();
    assert!(stopped.contains("| `Person` | `ethnicity` | full | - |"), "a stopped gateway's store tells the same");
    house.start();
    let told = diff(&house, "nurses").ended(0).text();
    assert!(told.contains("* view then: narrow@") && told.contains("Nothing has changed."), "{told}");

    // What was never loaded cannot be compared.
    fs::create_dir(house.path("empty")).unwrap();
    let elsewhere = format!("{after}\n{narrow}").replace("[store]\npath = \"store\"", "[store]\npath = \"empty\"");
    let other = house.scratch.write("elsewhere.toml", elsewhere);
    run(["partner", "show", "nurses", "--config", &other, "--diff"]).refused("there is no store", "when it starts");
    assert_eq!(fs::read_dir(house.path("empty")).unwrap().count(), 0, "looking makes nothing");
}
