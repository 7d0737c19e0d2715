//! The National Placements Standard: what a placement says in either notation, what is told of it, and that it comes back.

use ifa::standard::{PLACEMENTS_STANDARD_JSONLD, PLACEMENTS_STANDARD_XLSX};
use kit::adapter::{Format, Options};
use proptest::prelude::*;
use schemas::{
    code::{NoticeKind, PresenceStatus, ReferralStatus, RiskLevel},
    identifier::LaCode,
    record::{ChildNeeds, ChildRisks, PlacementCost, PlacementNotice, Referral, ReferralMore, Statement},
    said::Said,
};

use crate::support::{Read, day, options, read_with, write_with};

/// A placement with every property, as a careful writer has it.
const PLACEMENT: &str = r#"{"@context":"context.jsonld","@type":"Placement","childId":"C1001","placementId":"P-1",
"placementAvailability":{"@id":"x:1","neededBy":"WithinFiveDays","siblingCount":2,"isPreferredLocationLocal":false,
 "outOfLAReason":"olr:OutOfLAReasonOther","outOfLAReasonOther":"near kin"},
"placementRequirements":{"communicationNeeds":"Yes","specificCommunicationRequirement":["ESOL","Other"],
 "specificCommunicationRequirementOther":"lip reading","homeAdaptationRequired":true,"culturalNeeds":"Other",
 "culturalNeedsOther":"halal food","livingCompanions":"SoloPlacement","pets":"NotKnown",
 "additionalSupport":["TaxisToSchool","Other"],"additionalSupportOther":"night waking","deprivationOfLiberty":false},
"placementRecommendation":{"fosterCareSuitability":"Preferred","residentialCareSuitability":"Unsuitable",
 "supportedAccommodationSuitability":"NotSpecified"},
"riskAssessment":{"riskSelfHarm":"RiskPresent","riskCriminalExploitation":"NoKnownRisk","riskDrugAlcohol":"NoKnownRisk",
 "riskEatingDisorder":"NoKnownRisk","riskMissing":"RiskPresent","riskSexualExploitation":"NoKnownRisk",
 "riskToOthersPhysical":"NoKnownRisk","riskToOthersSexual":"NoKnownRisk","riskToOthersFire":"NoKnownRisk",
 "riskToOthersAnimals":"NoKnownRisk","riskToOthersCriminal":"NoKnownRisk"},
"actualPlacement":{"coreWeeklyCost":"2500.00","additionalSupportWeeklyCost":"1500.00","educationWeeklyCost":"0.00",
 "otherWeeklyCost":"500.00","totalWeeklyCost":"4500.00","placementLocation":"N18","isLocationPreferred":true,
 "isEducationContinuous":false,"providerURN":"SC999901","siblingsPlacedTogether":1,"placementType":"Foster"},
"qualityAssurance":{"referralOfficerName":"Officer One","referralDate":"2024-02-12","placementOfficerName":"Officer Two",
 "placementDate":"2024-03-21","costOfficerName":"Officer Three","costDate":"2024-03-25"}}"#;

const POLARITY: &str = "ifa/nps-education-polarity";

fn under(settings: &[(&str, &str)]) -> Options {
    let settings = settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Options { authority: LaCode::new(330), settings, ..options() }
}

fn read(format: &Format, bytes: &[u8]) -> Read {
    read_with(format, &[bytes], &under(&[]))
}

fn linked(text: &str) -> Read {
    read(&PLACEMENTS_STANDARD_JSONLD, text.as_bytes())
}

fn write(format: &Format, read: &Read) -> (Vec<u8>, Vec<&'static str>) {
    let (bytes, told) = write_with(format, read, &under(&[]));
    (bytes, told.iter().map(|told| told.rule.code).collect())
}

fn first<T: Clone>(read: &Read, wanted: fn(&Statement) -> Option<&T>) -> T {
    read.records().find_map(|record| wanted(&record.statement)).expect("such a statement").clone()
}

fn referral(read: &Read) -> (Referral, ReferralMore) {
    let referral = first(read, |it| if let Statement::Referral(it) = it { Some(it) } else { None });
    let more = *referral.more.clone().expect("what it asks");
    (referral, more)
}

fn child(read: &Read) -> (ChildNeeds, ChildRisks) {
    let children = referral(read).1.children.is().expect("a child");
    (children[0].needs.clone().is().expect("needs"), children[0].risks.clone().is().expect("risks"))
}

fn notice(read: &Read) -> PlacementNotice {
    first(read, |it| if let Statement::PlacementNotice(it) = it { Some(it) } else { None })
}

fn cost(read: &Read) -> PlacementCost {
    first(read, |it| if let Statement::PlacementCost(it) = it { Some(it) } else { None })
}

fn text(said: Said<Box<str>>) -> Option<String> {
    said.is().map(String::from)
}

#[test]
fn a_placement_is_a_matched_request_a_beginning_and_its_cost() {
    let read = linked(PLACEMENT);
    assert_eq!(read.codes(), [POLARITY]);
    let (request, asked) = referral(&read);
    assert_eq!(request.status, Said::Is(ReferralStatus::Matched));
    assert_eq!(request.issued_at.is().and_then(|at| at.date()), Some(day("2024-02-12")));
    assert_eq!(text(asked.issued_by.is().expect("an officer").name).as_deref(), Some("Officer One"));
    let (needs, risks) = child(&read);
    assert_eq!(needs.communication_needed, Said::Is(PresenceStatus::Yes));
    assert_eq!(text(needs.communication_other).as_deref(), Some("lip reading"));
    assert_eq!(text(needs.culture_other).as_deref(), Some("halal food"));
    let to_self = risks.to_self.is().expect("risks to the child");
    assert_eq!(
        (to_self.missing, to_self.sexual_exploitation),
        (Said::Is(RiskLevel::Present), Said::Is(RiskLevel::NoneKnown))
    );
    let found = notice(&read);
    assert_eq!((found.kind, found.start_date), (Said::Is(NoticeKind::Start), Said::Is(day("2024-03-21"))));
    assert_eq!(text(found.notice_id).as_deref(), Some("P-1"));
    let more = found.more.expect("more");
    assert_eq!(text(more.recorded_by.is().expect("an officer").name).as_deref(), Some("Officer Two"));
    assert_eq!((more.location_preferred, more.education_continuous), (Said::Is(true), Said::Is(false)));
    let mut outward = Vec::new();
    more.placement_postcode.is().expect("a postcode").write_compact(&mut outward);
    assert_eq!(outward, b"N18");
    let price = cost(&read);
    assert_eq!(price.total.is().map(|pence| pence.number()), Some(450_000));
    assert_eq!(price.as_at.is().and_then(|at| at.date()), Some(day("2024-03-25")));
}

#[test]
fn linked_data_comes_back_whole_and_writing_it_again_changes_nothing() {
    let first = linked(PLACEMENT);
    let (bytes, told) = write(&PLACEMENTS_STANDARD_JSONLD, &first);
    assert!(told.is_empty(), "{told:?}");
    let second = read(&PLACEMENTS_STANDARD_JSONLD, &bytes);
    assert_eq!(first.said(), second.said(), "{}", String::from_utf8_lossy(&bytes));
    assert_eq!(bytes, write(&PLACEMENTS_STANDARD_JSONLD, &second).0);
}

#[test]
fn the_sheet_brings_back_all_that_it_has_columns_for_and_tells_the_rest() {
    let first = linked(PLACEMENT);
    let (bytes, told) = write(&PLACEMENTS_STANDARD_XLSX, &first);
    let lost = told.iter().filter(|code| **code == "ifa/not-expressible").count();
    assert_eq!((lost, told.len()), (5, 5), "three texts, a reference and one risk: {told:?}");
    let second = read(&PLACEMENTS_STANDARD_XLSX, &bytes);
    assert_eq!(second.codes(), [POLARITY, "ifa/nps-example-row", "ifa/nps-no-cse"]);
    let (needs, risks) = child(&second);
    assert_eq!(needs.communication, child(&first).0.communication);
    assert_eq!(risks.to_self.is().expect("risks").sexual_exploitation, Said::NotAsked, "silence is no answer");
    assert_eq!(notice(&second).more, notice(&first).more);
    assert_eq!(cost(&second).total, cost(&first).total);
    assert_eq!(bytes, write(&PLACEMENTS_STANDARD_XLSX, &second).0);
}

#[test]
fn the_column_that_the_sheet_lacks_is_written_on_request() {
    let first = linked(PLACEMENT);
    let (bytes, told) = write_with(&PLACEMENTS_STANDARD_XLSX, &first, &under(&[("sexual-exploitation-column", "yes")]));
    assert_eq!(told.len(), 4);
    let second = read(&PLACEMENTS_STANDARD_XLSX, &bytes);
    assert_eq!(child(&second).1, child(&first).1);
    assert!(!second.codes().contains(&"ifa/nps-no-cse"));
}

#[test]
fn labels_concepts_and_addresses_mean_the_same_however_they_are_spelt() {
    let spelt = [
        ("\"WithinFiveDays\"", &["\"< 5 days\"", "\"< 5days\"", "\"Within 5 days\"", "\"pu:WithinFiveDays\""][..]),
        ("\"SoloPlacement\"", &["\"Solo placement recommended\"", "\"solo  placement recommended,\""]),
        ("\"NotKnown\"", &["\"Not known\"", "\"https://ns.socialcaredata.io/placements/pets-allowance#NotKnown\""]),
        ("\"Unsuitable\"", &["\" Unsuitable\"", "\"unsuitable,\""]),
        ("\"olr:OutOfLAReasonOther\"", &["\"Other\"", "\"OutOfLAReasonOther\""]),
        ("[\"ESOL\",\"Other\"]", &["[\"esol\",\"cn:Other\"]"]),
        ("\"4500.00\"", &["4500.00", "4500", "4.5E3", "\"4.500E3\"", "45000e-1", "\"£4,500.00\""]),
        ("\"2500.00\"", &["2.5E3"]),
        ("\"childId\"", &["\"pl:childId\"", "\"childID\""]),
        ("\"riskAssessment\"", &["\"pl:riskAssessment\"", "\"risks\""]),
        ("\"homeAdaptationRequired\"", &["\"homeAdaptation\"", "\"pl:homeAdaptationRequired\""]),
    ];
    let first = linked(PLACEMENT).said();
    for (usual, others) in spelt {
        for other in others {
            assert!(PLACEMENT.contains(usual), "{usual}");
            let read = linked(&PLACEMENT.replacen(usual, other, 1));
            assert_eq!((read.said(), read.codes()), (first.clone(), vec![POLARITY]), "{other}");
        }
    }
}

#[test]
fn documents_come_in_every_form_of_linked_data() {
    let first = linked(PLACEMENT).said();
    let line = PLACEMENT.replace('\n', "");
    for form in [
        format!("[{PLACEMENT}]"),
        format!("{{\"@context\":{{\"pl\":[1]}},\"@graph\":[{PLACEMENT}]}}"),
        format!("{line}\n"),
    ] {
        let read = linked(&form);
        assert_eq!((read.said(), read.codes()), (first.clone(), vec![POLARITY]), "{form}");
    }
    let two = format!("{line}\n{}\n", line.replace("C1001", "C1002"));
    assert_eq!(linked(&two).subjects.len(), 2);
}

#[test]
fn what_breaks_the_model_is_told_where_it_stands() {
    let broken = [
        ("\"neededBy\":\"WithinFiveDays\",", "", "ifa/nps-required", "[0].placementAvailability.neededBy"),
        ("\"riskMissing\":\"RiskPresent\",", "", "ifa/nps-required", "[0].riskAssessment.riskMissing"),
        ("\"providerURN\":\"SC999901\",", "", "ifa/nps-required", "[0].actualPlacement.providerURN"),
        ("\"Preferred\"", "\"Perfect\"", "ifa/nps-label", "[0].placementRecommendation.fosterCareSuitability"),
        (
            "\"outOfLAReasonOther\":\"near kin\"",
            "\"outOfLAReasonOther\":\"\"",
            "ifa/nps-other-without-text",
            "[0].placementAvailability.outOfLAReasonOther",
        ),
        (
            "\"additionalSupportOther\":\"night waking\",",
            "",
            "ifa/nps-other-without-text",
            "[0].placementRequirements.additionalSupportOther",
        ),
        (
            "\"outOfLAReason\":\"olr:OutOfLAReasonOther\",",
            "",
            "ifa/nps-reason",
            "[0].placementAvailability.outOfLAReason",
        ),
        ("\"500.00\"", "\"-500.00\"", "table/cell", "[0].actualPlacement.otherWeeklyCost"),
        ("\"500.00\"", "\"600.00\"", "ifa/cost-sum", "[0].actualPlacement.totalWeeklyCost"),
        ("\"N18\"", "\"N18 1AA\"", "ifa/postcode-full", "[0].actualPlacement.placementLocation"),
        ("\"N18\"", "\"North London\"", "ifa/outward-shape", "[0].actualPlacement.placementLocation"),
        ("\"riskSelfHarm\"", "\"riskOther\":\"x\",\"riskSelfHarm\"", "ifa/column-left-out", "riskAssessment.riskOther"),
        ("\"siblingCount\":2", "\"siblingCount\":-2", "table/cell", "[0].placementAvailability.siblingCount"),
        ("\"childId\"", "\"childName\":\"x\",\"childId\"", "json/unknown-member", "*[3]"),
    ];
    for (from, to, rule, at) in broken {
        assert!(PLACEMENT.contains(from), "{from}");
        let read = linked(&PLACEMENT.replacen(from, to, 1));
        let told: Vec<(&str, String)> = read
            .told
            .iter()
            .filter(|told| told.rule.code != POLARITY)
            .map(|told| {
                (
                    told.rule.code,
                    match &told.place {
                        schemas::diagnostic::Place::Node { path, .. } => path.to_string(),
                        other => panic!("{other:?}"),
                    },
                )
            })
            .collect();
        let is_it =
            |(code, path): &(&str, String)| *code == rule || (rule == "json/unknown-member" && path.ends_with(at));
        assert!(told.iter().all(is_it) && told.len() == 1, "{to}: {told:?}");
        assert!(rule == "json/unknown-member" || told[0].1 == at, "{to}: {told:?}");
        assert!(!read.subjects.is_empty(), "what can be read is read");
    }
}

#[test]
fn a_child_without_a_number_says_nothing_and_one_that_stands_twice_is_told() {
    let nobody = linked(&PLACEMENT.replace("\"childId\":\"C1001\",", ""));
    assert!(nobody.subjects.is_empty() && nobody.codes().contains(&"ifa/nps-required"), "{:?}", nobody.codes());
    let again = PLACEMENT.replace("2024-02-12", "2025-02-12").replace("2024-03-21", "2025-03-21").replace("P-1", "P-2");
    let twice = linked(&format!("[{PLACEMENT},{again}]"));
    assert_eq!(twice.codes(), ["ifa/nps-child-twice", POLARITY]);
    assert_eq!(twice.subjects.len(), 1);
    assert_eq!(twice.records().count(), 6, "two searches, two beginnings, two prices");
    let (bytes, told) = write(&PLACEMENTS_STANDARD_JSONLD, &twice);
    assert!(told.is_empty(), "{told:?}");
    assert_eq!(read(&PLACEMENTS_STANDARD_JSONLD, &bytes).said(), twice.said());
    let same = linked(&format!("[{PLACEMENT},{PLACEMENT}]"));
    assert_eq!((same.codes(), same.records().count()), (vec![POLARITY, "record/duplicate"], 3));
}

#[test]
fn whoever_asks_what_the_column_on_education_means_turns_it_round() {
    let asked = read_with(&PLACEMENTS_STANDARD_JSONLD, &[PLACEMENT.as_bytes()], &under(&[("education", "question")]));
    assert!(asked.codes().is_empty());
    assert_eq!(notice(&asked).more.expect("more").education_continuous, Said::Is(true));
}

#[test]
fn a_name_that_is_not_told_reads_withheld_and_comes_back_as_nobody() {
    let mut read = linked(PLACEMENT);
    for record in &mut read.subjects[0] {
        match &mut record.statement {
            Statement::Referral(it) => it.more.as_mut().expect("more").issued_by = Said::NotAsked,
            Statement::PlacementNotice(it) => it.more.as_mut().expect("more").recorded_by = Said::NotAsked,
            Statement::PlacementCost(it) => it.more.as_mut().expect("more").recorded_by = Said::NotAsked,
            _ => {}
        }
    }
    let (bytes, told) = write(&PLACEMENTS_STANDARD_JSONLD, &read);
    assert_eq!(told, ["ifa/nps-officer-withheld"]);
    let written = String::from_utf8(bytes.clone()).expect("text");
    assert!(written.contains("\"placementOfficerName\":\"withheld\"") && !written.contains("Officer One"));
    assert_eq!(self::read(&PLACEMENTS_STANDARD_JSONLD, &bytes).said(), read.said());
    let (bytes, told) = write(&PLACEMENTS_STANDARD_XLSX, &read);
    assert!(told.contains(&"ifa/nps-officer-withheld") && !bytes.is_empty());
}

#[test]
fn what_the_model_requires_and_nobody_said_is_told_and_never_made_up() {
    let read = linked(
        &PLACEMENT
            .replace("\"riskSexualExploitation\":\"NoKnownRisk\",", "")
            .replace("\"neededBy\":\"WithinFiveDays\",", ""),
    );
    let (bytes, told) = write(&PLACEMENTS_STANDARD_JSONLD, &read);
    assert_eq!(told, ["ifa/nps-no-cse", "ifa/nps-incomplete"]);
    let written = String::from_utf8(bytes).expect("text");
    let items = written.split("\"@graph\"").nth(1).expect("items");
    assert!(!items.contains("riskSexualExploitation") && !items.contains("neededBy"));
}

#[test]
fn a_home_that_was_found_before_it_was_asked_for_is_of_another_request() {
    let again = PLACEMENT.replace("2024-02-12", "2026-01-05").replace("2024-03-21", "2025-03-21").replace("P-1", "P-2");
    let mut read = linked(&format!("[{PLACEMENT},{again}]"));
    // In whatever order they come: the later beginning has no request of its own.
    read.subjects[0].reverse();
    let (bytes, _) = write(&PLACEMENTS_STANDARD_JSONLD, &read);
    let whole: String = String::from_utf8(bytes).expect("text");
    let items: Vec<&str> = whole.split("\"@graph\"").nth(1).expect("items").lines().skip(1).collect();
    let of = |reference: &str| *items.iter().find(|item| item.contains(reference)).expect("a row");
    assert!(of("P-1").contains("2024-02-12") && of("P-1").contains("2024-03-21"), "{items:?}");
    assert!(!of("P-2").contains("referralDate") && of("P-2").contains("2025-03-21"), "{items:?}");
    assert!(of("2026-01-05").contains("neededBy") && !of("2026-01-05").contains("actualPlacement"), "{items:?}");
}

#[test]
fn a_request_of_which_nothing_has_a_column_is_told() {
    let mut read = linked(PLACEMENT);
    read.subjects[0].retain(|record| matches!(record.statement, Statement::Referral(_)));
    let Statement::Referral(request) = &mut read.subjects[0][0].statement else { panic!("a request") };
    let more = ReferralMore { summary: Said::Is("A funny nine-year-old".into()), ..ReferralMore::default() };
    *request = Referral { more: Some(Box::new(more)), ..Referral::default() };
    let (_, told) = write(&PLACEMENTS_STANDARD_JSONLD, &read);
    assert!(told.contains(&"ifa/not-expressible"), "{told:?}");
}

proptest! {
    /// Whatever is done to a document, it is read to an end, and says nothing of it that is not in it.
    #[test]
    fn any_bytes_are_read_to_an_end(at in 0_usize..3_000, byte in any::<u8>(), cut in 0_usize..3_000) {
        let mut bytes = PLACEMENT.as_bytes().to_vec();
        let len = bytes.len();
        bytes[at % len] = byte;
        bytes.truncate(cut.max(1));
        let read = read(&PLACEMENTS_STANDARD_JSONLD, &bytes);
        prop_assert!(read.subjects.len() <= 1);
    }

    /// Exponents are the amounts that they stand for.
    #[test]
    fn an_amount_with_an_exponent_is_the_amount(pence in 10_000_u32..10_000_000, shift in 0_u32..5) {
        let plain = format!("{}.{:02}", pence / 100, pence % 100);
        let moved = 10_u64.pow(shift);
        let spelt = format!("{}.{:0width$}e{}", u64::from(pence) / (100 * moved), u64::from(pence) % (100 * moved), shift, width = 2 + shift as usize);
        let costs = |total: &str| {
            let read = linked(&PLACEMENT.replace("\"4500.00\"", total));
            cost(&read).total.is().map(|pence| pence.number())
        };
        prop_assert_eq!(costs(&plain), Some(pence));
        prop_assert_eq!(costs(&spelt), Some(pence), "{}", spelt);
    }
}
