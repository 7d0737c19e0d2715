//! The National Placements Standard through the real program: its examples checked, its form filled in and sent on.

use std::fs;

use contract_tests::homeward::samples;

use crate::program::{Scratch, run, skipped};

const LINKED: &str = "placements-standard-jsonld";
const WORKBOOK: &str = "placements-standard-xlsx";

/// A placement with names of officers, whom analysts may not learn.
const PLACEMENT: &str = r#"{"@context":"context.jsonld","@type":"Placement","childId":"1029384","placementAvailability":{"neededBy":"Today","siblingCount":0,"isPreferredLocationLocal":true},
"placementRequirements":{"communicationNeeds":"No","specificCommunicationRequirement":["None"],"homeAdaptationRequired":false,"culturalNeeds":"NotRequired","livingCompanions":"NoPreference","pets":"YesCan"},
"placementRecommendation":{"fosterCareSuitability":"Preferred","residentialCareSuitability":"NotSpecified","supportedAccommodationSuitability":"NotSpecified"},
"riskAssessment":{"riskSelfHarm":"NoKnownRisk","riskCriminalExploitation":"NoKnownRisk","riskDrugAlcohol":"NoKnownRisk","riskEatingDisorder":"NoKnownRisk","riskMissing":"RiskPresent","riskSexualExploitation":"NoKnownRisk","riskToOthersPhysical":"NoKnownRisk","riskToOthersSexual":"NoKnownRisk","riskToOthersFire":"NoKnownRisk","riskToOthersAnimals":"NoKnownRisk","riskToOthersCriminal":"NoKnownRisk"},
"actualPlacement":{"totalWeeklyCost":"945.00","placementLocation":"B13","isLocationPreferred":true,"isEducationContinuous":true,"providerURN":"SC999901","siblingsPlacedTogether":0,"placementType":"Foster"},
"qualityAssurance":{"referralOfficerName":"Zqx Referral","referralDate":"2026-01-12","placementOfficerName":"Zqx Placement","placementDate":"2026-01-16","costOfficerName":"Zqx Cost","costDate":"2026-01-17"}}"#;

fn translate(from: &str, to: &str, view: &str, more: &[&str], file: &str, out: &str) -> String {
    let flags = ["translate", "--from", from, "--to", to, "--view", view, "--authority", "330", file, "-o", out];
    run(flags.iter().chain(more)).ended(0).talk
}

#[test]
fn what_is_sent_as_linked_data_comes_out_as_the_workbook_and_back() {
    let scratch = Scratch::new();
    let sent = scratch.write("placement.jsonld", PLACEMENT);
    let [book, back, again] = ["book.xlsx", "back.jsonld", "again.xlsx"].map(|name| scratch.file(name));
    translate(LINKED, WORKBOOK, "local-authority", &["--option", "sexual-exploitation-column=yes"], &sent, &book);
    translate(WORKBOOK, LINKED, "local-authority", &[], &book, &back);
    let text = fs::read_to_string(&back).unwrap();
    for said in [
        "\"childId\":\"1029384\"",
        "\"totalWeeklyCost\":\"945.00\"",
        "Zqx Placement",
        "\"riskMissing\":\"RiskPresent\"",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    translate(LINKED, WORKBOOK, "local-authority", &["--option", "sexual-exploitation-column=yes"], &back, &again);
    assert!(fs::read(&book).unwrap() == fs::read(&again).unwrap());
    // A person who has asked the sender turns the open column round.
    let turned = scratch.file("turned.jsonld");
    let talk = translate(LINKED, LINKED, "local-authority", &["--option", "education=question"], &sent, &turned);
    assert!(
        !talk.contains("polarity") && fs::read_to_string(&turned).unwrap().contains("\"isEducationContinuous\":false")
    );
}

#[test]
fn analysts_learn_neither_the_child_nor_the_officers_nor_the_price() {
    let scratch = Scratch::new();
    let sent = scratch.write("placement.jsonld", PLACEMENT);
    let key = scratch.write("pseudonyms.key", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n");
    let out = scratch.file("analysts.jsonld");
    let talk = translate(LINKED, LINKED, "statistics", &["--pseudonym-key-file", &key], &sent, &out);
    let text = fs::read_to_string(&out).unwrap();
    assert!(
        text.contains("\"placementType\":\"Foster\"") && text.contains("\"placementOfficerName\":\"withheld\""),
        "{text}"
    );
    for withheld in ["1029384", "Zqx", "945", "2026-01-16", "2026-01-12"] {
        assert!(!text.contains(withheld), "{withheld}: {text}");
    }
    assert!(talk.contains("ifa/nps-officer-withheld") && talk.contains("ifa/nps-incomplete"), "{talk}");
}

#[test]
fn the_form_is_recognised_and_its_page_names_the_official_headings() {
    let scratch = Scratch::new();
    let form = scratch.file("form.xlsx");
    run(["template", WORKBOOK, "-o", &form]).ended(0);
    let talk = run(["check", "--authority", "330", &form]).ended(0).talk;
    assert!(talk.contains("read as placements-standard-xlsx"), "{talk}");
    let page = run(["describe", WORKBOOK]).ended(0).text();
    assert!(page.contains("preferrability_of_placement_location") && page.contains("Suitable but not preferred"));
    let page = run(["describe", LINKED]).ended(0).text();
    assert!(page.contains("placementAvailability/neededBy") && page.contains("olr:CourtOrder"), "{page}");
}

#[test]
fn the_standards_own_examples_end_as_their_names_say() {
    let Some(folder) = samples() else { return skipped("the samples are absent") };
    for entry in fs::read_dir(folder.join("placements-standard/shacl/examples")).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        // Its shape warns of a cost out of the ordinary, and so do we.
        let is_wrong = name.starts_with("invalid") && name != "invalid-cost-out-of-range.jsonld";
        let flags = ["check", "--from", LINKED, "--authority", "330", file.to_str().unwrap()];
        let told = run(flags).ended(i32::from(is_wrong)).text();
        assert_eq!(told.contains("ifa/cost-range"), name == "invalid-cost-out-of-range.jsonld", "{name}: {told}");
    }
}
