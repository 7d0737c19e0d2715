//! Places on their way through views: whose a vacancy is decides who gets it, and nothing of a child has a say in it.

use exchange::view::View;
use kit::adapter::{Options, Parts};

use crate::support::{Kept, day, document, format, is_of_places, translated};

const HEADING: &str = "vacancy_id,provider_urn,provision,carer_ref,status,as_at,places_approved,places_occupied,\
    places_available,age_min,age_max,genders,placement_types,ethnicity,religion,outward_postcode,summary\n";

fn row(id: &str, urn: &str) -> String {
    format!("{id},{urn},fostering,C-{id},open,2026-01-28,3,1,2,5,11,any,short-term,APKN,muslim,B13,Patient couple\n")
}

fn written(rows: &[String], to: &str, view: &str) -> (std::collections::BTreeMap<&'static str, u64>, String) {
    let files = [("vacancies.csv".to_owned(), [HEADING.to_owned(), rows.concat()].concat().into_bytes())];
    let options = Options { as_at: Some(day("2026-01-30")), ..Options::plain() };
    let formats = (format("vacancies-csv"), format(to));
    let (outcome, Kept(parts)) = translated(&document(&files), formats, view, &options);
    // Workbooks are no text: what is looked for in them is looked for in nothing that is packed.
    let text = parts.into_values().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
    (outcome.left_out, text)
}

#[test]
fn a_provider_gets_its_own_places_and_of_several_providers_none() {
    let own = [row("V-1", "SC999901"), row("V-2", "SC999901")];
    let others = [row("V-1", "SC999901"), row("V-2", "SC999902")];
    for view in ["provider", "referral"] {
        let (left_out, text) = written(&own, "vacancies-csv", view);
        assert!(left_out.is_empty() && text.contains("V-1") && text.contains("V-2"), "{view}: {left_out:?}");
        let (left_out, text) = written(&others, "vacancies-csv", view);
        assert_eq!(left_out.get("not-own"), Some(&2), "{view}");
        assert!(!text.contains("SC9999"), "{view}");
    }
    let (left_out, text) = written(&others, "vacancies-csv", "local-authority");
    assert!(left_out.is_empty() && text.contains("SC999901") && text.contains("SC999902"));
}

#[test]
fn what_an_offer_has_to_be_accepted_for_only_the_provider_itself_sees() {
    for to in ["vacancies-csv", "vacancies-json"] {
        for view in View::offered().map(View::name) {
            let (_, text) = written(&[row("V-1", "SC999901")], to, view);
            let told = text.contains("APKN") || text.contains("muslim");
            assert_eq!(told, view == "provider", "{to} under {view}");
        }
    }
}

#[test]
fn analysts_see_whose_places_there_are_and_not_which_home() {
    let (left_out, text) = written(&[row("V-1", "SC999901"), row("V-2", "SC999902")], "vacancies-csv", "statistics");
    assert!(left_out.is_empty());
    assert!(text.contains("SC999901") && text.contains("B13"));
    assert!(!text.contains("C-V-1") && !text.contains("Patient"));
}

#[test]
fn a_format_of_children_is_given_no_place() {
    for (_, to) in roster::formats().filter(|(_, to)| to.encode.is_some() && !is_of_places(to)) {
        for view in ["local-authority", "health"] {
            let (left_out, text) = written(&[row("V-1", "SC999901")], to.name, view);
            assert_eq!(left_out.get("other-kind"), Some(&1), "{} under {view}", to.name);
            assert!(!text.contains("SC999901") && !text.contains("V-1"), "{} under {view}", to.name);
        }
    }
}

#[test]
fn a_document_is_of_one_provider() {
    assert_eq!(format("vacancies-json").parts, Parts::EachChild);
    let (_, text) = written(&[row("V-1", "SC999901"), row("V-2", "SC999902")], "vacancies-json", "local-authority");
    let documents: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let urns: Vec<&str> = documents.iter().map(|document| document["provider"]["urn"].as_str().unwrap()).collect();
    assert_eq!(urns, ["SC999901", "SC999902"]);
    assert!(documents.iter().all(|document| document["vacancies"].as_array().unwrap().len() == 1));
}
