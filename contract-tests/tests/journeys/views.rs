//! Views of a house's own: named on the command line with a configuration, and over the wire.

#![cfg(unix)]

use crate::{
    exchange::{TRANSLATE, ZIP},
    gateway::{Gateway, id_key},
    output::zipped,
    program::{Scratch, authority, run, text},
};

const OWN: &str = "[[view]]\nname = \"own\"\nbase = \"health\"\n\
                   withhold = [\"SdqScore.*\", \"CareEpisode.placement_postcode\"]\nreduce = { \"Person.birth_date\" = \"year\" }\n\
                   [[view]]\nname = \"young\"\nbase = \"own\"\nchildren = { age_max = 9 }\n";

#[test]
fn a_configured_view_is_one_over_the_wire_and_by_command_line() {
    let gateway = Gateway::start("a_configured_view_is_one_over_the_wire_and_by_command_line.toml", OWN);
    let folder = authority(2026, 200, 5, 0);
    let over_the_wire = |view: &str| {
        let target = TRANSLATE.replace("view=health", &format!("view={view}"));
        gateway.client.post(&target, ZIP, &zipped(&folder)).with_status(200).body
    };
    let scratch = Scratch::new();
    scratch.key("ids.key", 7);
    let head = "version = 1\nname = \"journeys\"\npublic_url = \"https://localhost\"\n[ids]\nkey_file = \"ids.key\"\n";
    let config = scratch.write("homeward.toml", format!("{head}{OWN}"));
    let by_command_line = |view: &str| {
        let flags = "translate --from ssda903-csv --to fhir-ndjson --year 2026 --authority 330 -q --view";
        let rest = [view, "--config", &config, "--id-key-file", &id_key(), &text(&folder)];
        run(flags.split(' ').chain(rest)).ended(0).out
    };
    let [health, own, young] = ["health", "own", "young"].map(over_the_wire);
    assert!(own == by_command_line("own") && young == by_command_line("young"));
    let count = |bytes: &[u8], word: &str| String::from_utf8_lossy(bytes).matches(word).count();
    assert_eq!(count(&own, "\"resourceType\":\"Patient\""), count(&health, "\"resourceType\":\"Patient\""));
    assert!(count(&young, "\"resourceType\":\"Patient\"") < count(&own, "\"resourceType\":\"Patient\""));
    let born = |bytes: &[u8]| -> Vec<String> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.split("\"birthDate\":\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    assert!(!born(&own).is_empty() && born(&own).iter().all(|born| born.ends_with("-01-01")));
    assert!(!born(&health).iter().all(|born| born.ends_with("-01-01")));
    assert!(own.len() < health.len());
}

#[test]
fn a_view_of_the_configuration_is_no_view_without_it() {
    let folder = text(&authority(2026, 30, 3, 0));
    let flags = "translate --to fhir-ndjson --year 2026 --authority 330 --view own";
    run(flags.split(' ').chain([folder.as_str()])).refused("--view", "one of the configuration");
}
