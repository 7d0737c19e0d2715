//! Places that are published for a directory are what the standard's own schemas say, and add up to what the homes say.

use std::collections::BTreeMap;

use kit::{
    adapter::Options,
    document::{Document, Part},
};
use schemas::date::Date;
use serde_json::{Value, json};

use crate::support::{Kept, day, format, translated};

/// A region's documents of the day before, each with what it says.
fn region(as_at: Date) -> Vec<(Vec<u8>, Value)> {
    let order = cli::synth::region::Order { authorities: 3, agencies: 17, carers: 900, referrals: 0, seed: 3, as_at };
    let mut documents = Vec::new();
    let mut keep = |name: &str, bytes: &[u8]| {
        if name.starts_with("vacancies/") {
            documents.push((bytes.to_vec(), serde_json::from_slice(bytes).unwrap()));
        }
        Ok(())
    };
    cli::synth::region::write(&order, &mut keep, &|_| {}).unwrap();
    documents
}

/// The schema of a capacity as the standard publishes it, with its unit in the place where the schema points to it.
fn schema() -> Option<Value> {
    let folder = contract_tests::homeward::samples()?.join("capacity");
    let read =
        |name: &str| -> Option<Value> { serde_json::from_slice(&std::fs::read(folder.join(name)).ok()?).unwrap() };
    let (mut capacity, unit) = (read("service_capacity.schema.json")?, read("unit.schema.json")?);
    capacity["properties"]["unit"] = unit;
    // Two more schemas that it points to are of members which we never write.
    let members = capacity["properties"].as_object_mut().unwrap();
    members.retain(|name, _| !["attributes", "metadata"].contains(&name.as_str()));
    capacity["additionalProperties"] = json!(false);
    Some(capacity)
}

/// What the fresh and open homes of each lot of a document add up to: homes, available, approved, and the oldest day.
fn sums(document: &Value, as_at: Date) -> BTreeMap<String, (u64, u64, u64, String)> {
    let mut sums: BTreeMap<String, (u64, u64, u64, String)> = BTreeMap::new();
    for home in document["vacancies"].as_array().unwrap() {
        let checked = home["asAt"].as_str().unwrap();
        let days = as_at.days_since(day(checked));
        if home["status"] != "open" || days > 7 {
            continue;
        }
        let sum = sums.entry(home["framework"]["lot"].as_str().unwrap().to_owned()).or_default();
        sum.0 += 1;
        sum.1 += home["places"]["available"].as_u64().unwrap();
        sum.2 += home["places"]["approved"].as_u64().unwrap();
        if sum.3.is_empty() || *checked < *sum.3 {
            sum.3 = checked.to_owned();
        }
    }
    sums
}

#[test]
fn what_is_published_is_the_sum_of_the_homes_and_none_of_fewer_than_six() {
    let as_at = day("2026-01-14");
    let schema = schema();
    let validator = schema.as_ref().map(|schema| {
        let options = jsonschema::options().should_validate_formats(true);
        options.build(schema).unwrap()
    });
    if validator.is_none() {
        eprintln!("SKIPPED: the schemas of the samples are absent");
    }
    let (mut counted, mut too_few) = (0, 0);
    for (bytes, said) in region(as_at) {
        let sums = sums(&said, as_at);
        for view in ["statistics", "local-authority", "referral"] {
            let document = Document::new(vec![Part::new("agency.json", bytes.clone())]);
            let options = Options { as_at: Some(as_at), ..Options::plain() };
            let formats = (format("vacancies-json"), format("hsds-json"));
            let (_, Kept(parts)) = translated(&document, formats, view, &options);
            let [(_, written)] = &parts.into_iter().collect::<Vec<_>>()[..] else { panic!("one part") };
            let services: Vec<Value> = serde_json::from_slice(written).unwrap();
            assert!(services.len() >= sums.len(), "{view}: a lot without a service");
            for service in services {
                let lot = service["description"].as_str().unwrap().strip_prefix("Price band: ").unwrap();
                let (homes, available, approved, oldest) = sums.get(lot).cloned().unwrap_or_default();
                let capacities = service["capacities"].as_array().cloned().unwrap_or_default();
                assert_eq!(capacities.len(), usize::from(homes >= 6), "{view} {lot}: {homes} homes");
                too_few += usize::from(homes < 6);
                for capacity in capacities {
                    counted += 1;
                    let told = ["available", "maximum"].map(|member| capacity[member].as_u64().unwrap());
                    assert_eq!(told, [available, approved], "{view} {lot}");
                    assert_eq!(capacity["description"], format!("{homes} homes; counted as at {oldest}"));
                    assert_eq!(capacity["updated"], format!("{oldest}T00:00:00.000+00:00"));
                    assert_eq!(capacity["service_id"], service["id"]);
                    let Some(validator) = &validator else { continue };
                    let wrong: Vec<String> = validator.iter_errors(&capacity).map(|error| error.to_string()).collect();
                    assert!(wrong.is_empty(), "{wrong:?}");
                    // The judge is awake.
                    for member in ["id", "unit", "available", "updated"] {
                        let mut less = capacity.clone();
                        less.as_object_mut().unwrap().remove(member);
                        assert!(!validator.is_valid(&less), "without {member}");
                    }
                    let mut other = capacity.clone();
                    other["available"] = json!("12");
                    assert!(!validator.is_valid(&other), "a number as text");
                }
            }
        }
    }
    assert!(counted > 20 && too_few > 10, "{counted} counted, {too_few} too few");
}

#[test]
fn a_service_has_the_members_of_the_standards_own_examples() {
    let Some(samples) = contract_tests::homeward::samples() else {
        eprintln!("SKIPPED: the examples of the standard are absent");
        return;
    };
    let example: Value =
        serde_json::from_slice(&std::fs::read(samples.join("capacity/service_full_3.1dev.json")).unwrap()).unwrap();
    let as_at = day("2026-01-14");
    for (bytes, _) in region(as_at) {
        let document = Document::new(vec![Part::new("agency.json", bytes)]);
        let options = Options { as_at: Some(as_at), ..Options::plain() };
        let (_, Kept(parts)) =
            translated(&document, (format("vacancies-json"), format("hsds-json")), "statistics", &options);
        let services: Vec<Value> = serde_json::from_slice(parts.values().next().unwrap()).unwrap();
        for service in services {
            for (name, value) in service.as_object().unwrap() {
                // The example is older than the capacity.
                if name == "capacities" {
                    continue;
                }
                let known = example.get(name).unwrap_or_else(|| panic!("{name} is no member of a service"));
                assert_eq!(std::mem::discriminant(value), std::mem::discriminant(known), "{name}");
            }
            assert!(["active", "temporarily closed"].contains(&service["status"].as_str().unwrap()));
        }
    }
}
