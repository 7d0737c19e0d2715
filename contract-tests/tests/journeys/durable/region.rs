//! A synthetic region in a gateway: every home and every change of it is taken in, and a placements team finds homes.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use super::{House, partner};
use crate::program::{Scratch, names, run};

const UNHURRIED: &str =
    "limits = { requests_per_minute = 100000000, requests_burst = 100000000, bytes_per_minute = 1000000000 }";

/// The documents of a folder, in the order of their names.
fn documents(folder: &Path) -> Vec<String> {
    names(folder).into_iter().map(|name| fs::read_to_string(folder.join(name)).unwrap()).collect()
}

#[test]
fn a_synthetic_region_stands_up_as_a_market() {
    let scratch = Scratch::new();
    let folder = scratch.file("region");
    run(["synth", "--region", "--authorities", "4", "--agencies", "17", "--carers", "120", "-o", &folder]).ended(0);
    let folder = Path::new(&folder);
    let config = fs::read_to_string(folder.join("homeward.toml")).unwrap();
    let (_, registers) = config.split_once("[registers]").unwrap();
    let (registers, partners) = registers.split_once("# With a store").unwrap();
    let urns = partners.lines().find(|line| line.starts_with("#urns")).unwrap().trim_start_matches('#');
    let cast = [
        partner("agencies", &format!("view = \"provider\"\n{urns}\nscopes = [\"vacancies:write\"]\n{UNHURRIED}")),
        partner("placements", "view = \"local-authority\"\nauthority = \"330\"\nscopes = [\"vacancies:read\"]"),
    ];
    let beside = |name: &str| fs::read_to_string(folder.join("registers").join(name)).unwrap();
    let files = ["outcodes.csv", "ofsted.csv", "prices.csv"].map(|name| (format!("registers/{name}"), beside(name)));
    let files: Vec<(&str, &str)> = std::iter::once(("registers", ""))
        .chain(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
        .collect();
    let house = House::beside(&cast.join("\n"), &format!("[registers]{registers}"), "info", &files);

    let agencies = house.by("agencies");
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for document in documents(&folder.join("vacancies")).into_iter().chain(documents(&folder.join("changes"))) {
        let taken = agencies.post("/v1/vacancies/bulk", &document).with_status(200).json();
        for result in taken["results"].as_array().unwrap() {
            let told = result["rules"].as_array().into_iter().flatten();
            assert!(told.clone().all(|rule| rule["severity"] != "error"), "{result}");
            *outcomes.entry(result["outcome"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    assert_eq!(outcomes.remove("created"), Some(120));
    assert_eq!(outcomes.into_keys().collect::<Vec<_>>(), ["updated"]);

    let placements = house.by("placements");
    let page =
        placements.get("/v1/vacancies?age=9&provision=fostering&outward=QA1&miles=40&limit=200").with_status(200);
    let page = page.json();
    let items = page["items"].as_array().unwrap();
    assert!(items.len() > 10, "{} homes", items.len());
    let result = |item: &Value, name: &str| {
        let criteria = item["criteria"].as_array().unwrap();
        criteria.iter().find(|criterion| criterion["name"] == name).unwrap()["result"].clone()
    };
    assert!(items.iter().all(|item| result(item, "age") == "met"));
    assert!(items.iter().any(|item| result(item, "miles") == "met"), "the table of outward codes is used");
}
