//! The worked examples of the mapping, byte for byte but for blanks and ids.

use health_passport::FHIR_NDJSON;
use schemas::{
    code::*,
    date::CollectionYear,
    record::*,
    reflect::Number,
    said::Said::{self, Is},
};

use crate::support::*;

#[test]
fn two_episodes_are_one_period_of_care() {
    let person = Person {
        birth_date: on("2016-05-14"),
        sex: Is(Sex::Female),
        ethnicity: Is(Ethnicity::GypsyRoma),
        is_mother: Said::Blank,
        ..Person::default()
    };
    let first = CareEpisode {
        start_reason: Is(Rne::StartedToBeLookedAfter),
        legal_status: Is(LegalStatus::SectionTwentySinglePeriod),
        category_of_need: Is(CategoryOfNeed::AbuseOrNeglect),
        placement_type: Is(PlacementType::FosterOtherCarerOther),
        placement_provider: Is(PlacementProvider::Private),
        end_date: on("2025-09-02"),
        end_reason: Is(EpisodeEndReason::NewEpisodeSameDay),
        placement_change_reason: Is(PlacementChangeReason::CarePlan),
        home_postcode: postcode("B99 1AA"),
        placement_postcode: postcode("B99 2BB"),
        placement_urn: urn("SC000001"),
        ..episode("2025-03-12")
    };
    let second = CareEpisode {
        start_reason: Is(Rne::LegalStatusPlacementAndCarer),
        legal_status: Is(LegalStatus::FullCareOrder),
        category_of_need: Is(CategoryOfNeed::AbuseOrNeglect),
        placement_type: Is(PlacementType::FosterOtherCarerLongTerm),
        placement_provider: Is(PlacementProvider::Voluntary),
        end_date: Said::Blank,
        end_reason: Said::Blank,
        home_postcode: postcode("B99 1AA"),
        placement_postcode: postcode("B99 3CC"),
        placement_urn: urn("2000001"),
        ..episode("2025-09-02")
    };
    let child = Child::with(
        vec![child_id("4017"), upn("J330999925001", false)],
        vec![person.into(), first.into(), second.into()],
    );
    compare_bundles(&bundles(child), include_str!("examples/episodes.json"), &[]);
}

#[test]
fn a_care_leaver_whom_the_nhs_restricts() {
    let person = Person {
        birth_date: on("2007-02-03"),
        sex: Is(Sex::Male),
        ethnicity: Is(Ethnicity::WhiteAndBlackCaribbean),
        nhs_number_status: Is(NhsNumberStatus::PresentAndVerified),
        ..Person::default()
    };
    let leaver = CareLeaver {
        in_touch: Is(InTouch::InTouch),
        activity: Is(Activity::OtherEducationFullTime),
        accommodation: Is(Accommodation::IndependentLiving),
        suitable: Is(true),
        ..CareLeaver::default()
    };
    let child = Child::with(
        vec![child_id("4020"), nhs_number("9000000025")],
        vec![person.into(), leaver.into(), restriction(RestrictionKind::NhsRestricted)],
    );
    compare_bundles(&bundles(child), include_str!("examples/care-leaver.json"), &["Organization"]);
}

#[test]
fn health_outcomes_of_the_year() {
    let year = Is(CollectionYear::new(2026).unwrap());
    let first = vec![
        SdqScore { score: Is(Number::new(17).unwrap()), reason: Said::Blank, year, ..SdqScore::default() }.into(),
        AnnualHealth {
            year,
            convicted: Is(false),
            health_check: Said::Blank,
            immunisations: Is(true),
            teeth_check: Is(true),
            health_assessment: Is(false),
            substance_misuse: Is(false),
            intervention_received: Said::Blank,
            intervention_offered: Said::Blank,
            derivation: Is(Derivation::Stated),
            ..AnnualHealth::default()
        }
        .into(),
    ];
    let second =
        vec![SdqScore { score: Said::Blank, reason: Is(SdqReason::CarerRefused), year, ..SdqScore::default() }.into()];
    let written = |id: &str, statements| {
        let text = write(&FHIR_NDJSON, &options(), &[Child::new(id, statements)]).text();
        nameless(text.lines().filter(|line| line.contains("\"resourceType\":\"Observation\"")))
    };
    let expected = nameless(items(&minify(include_str!("examples/annual-health.json"))).iter().map(String::as_str));
    let [score, immunisations, reason] = &expected[..] else { panic!("three observations") };
    let first = written("4017", first);
    assert_eq!(first.len(), 5);
    assert!(first.contains(score), "{score}\n{first:#?}");
    assert!(first.contains(immunisations), "{immunisations}\n{first:#?}");
    let others = [
        ("teeth-check", "Teeth checked by a dentist", "true"),
        ("health-assessment", "Annual health assessment held", "false"),
        ("substance-misuse", "Substance misuse problem identified", "false"),
    ];
    for (code, display, flag) in others {
        let expected = immunisations
            .replace("\"immunisations\"", &format!("\"{code}\""))
            .replace("Immunisations up to date", display)
            .replace("\"valueBoolean\":true", &format!("\"valueBoolean\":{flag}"));
        assert!(first.contains(&expected), "{expected}\n{first:#?}");
    }
    assert_eq!(written("4018", second), [reason.as_str()]);
}

/// Compares Bundles with an expected one. Ids are compared by what they name; the entries of one type may be in the
/// order of other ids. Types that the example leaves out are named.
fn compare_bundles(written: &[String], expected: &str, left_out: &[&str]) {
    let [written] = written else { panic!("one Bundle") };
    let (frame, mut entries) = split(written);
    let (expected_frame, expected_entries) = split(&minify(expected));
    entries.retain(|entry| !left_out.iter().any(|kind| entry.contains(&format!("\"resourceType\":\"{kind}\""))));
    assert_eq!(frame, expected_frame);
    assert_eq!(named(&entries), named(&expected_entries));
}

/// A Bundle without its entries, and the entries.
fn split(bundle: &str) -> (String, Vec<String>) {
    let at = bundle.find("\"entry\":").unwrap() + "\"entry\":".len();
    (bundle[..at].to_owned(), items(&bundle[at..bundle.len() - 1]))
}

/// Entries with their ids replaced by the type and the place among the entries of that type, ordered by content.
fn named(entries: &[String]) -> Vec<String> {
    let mut ordered: Vec<&String> = entries.iter().collect();
    ordered.sort_by_key(|entry| (entries.iter().position(|first| kind(first) == kind(entry)), without_ids(entry)));
    let mut text = ordered.iter().map(|entry| entry.as_str()).collect::<Vec<_>>().join("\n");
    for (n, entry) in ordered.iter().enumerate() {
        let at = entry.find("\"id\":\"").unwrap() + 6;
        text = text.replace(&entry[at..at + 36], &format!("{}-{n}", kind(entry)));
    }
    text.lines().map(without_ids).collect()
}

fn nameless<'l>(resources: impl Iterator<Item = &'l str>) -> Vec<String> {
    resources.map(without_ids).collect()
}

fn kind(entry: &str) -> &str {
    let at = entry.find("\"resourceType\":\"").unwrap() + 16;
    entry[at..].split('"').next().unwrap()
}

fn without_ids(text: &str) -> String {
    let is_id = |text: &[u8]| {
        text.iter().enumerate().all(|(n, byte)| match n {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let mut out = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if rest.len() >= 36 && is_id(&rest.as_bytes()[..36]) {
            out.push('#');
            rest = &rest[36..];
        } else {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    out
}

/// JSON without blanks outside strings.
fn minify(json: &str) -> String {
    let mut inside = false;
    json.chars()
        .filter(|&character| {
            inside ^= character == '"';
            inside || !character.is_whitespace()
        })
        .collect()
}

/// The items of an array without blanks.
fn items(array: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut depth = 0;
    let mut inside = false;
    for character in array[1..array.len() - 1].chars() {
        inside ^= character == '"';
        match character {
            '{' | '[' if !inside => depth += 1,
            '}' | ']' if !inside => depth -= 1,
            _ => (),
        }
        match (character, depth, inside) {
            (',', 0, false) => items.push(String::new()),
            _ => items.last_mut().unwrap().push(character),
        }
    }
    items
}
