//! Vacancies in JSON: the document of the description, and what makes one unreadable.

use ifa::json::VACANCIES_JSON;
use schemas::{code::ProviderSector, said::Said};

use crate::support::read;

/// The document of the formats' description (IFA formats, section 3).
pub(crate) const DOCUMENT: &str = r#"{
  "format": "homeward/vacancies", "version": "1", "mode": "merge",
  "asAt": "2026-01-28T08:30:00+00:00",
  "provider": {"urn": "SC999901", "registeredWith": "ofsted", "name": "Invented Fostering",
               "companyNumber": "01234567", "sector": "private",
               "ofstedRating": "good", "ratingDate": "2025-06-03",
               "duty": {"email": "duty@agency.example", "phone": "0121 496 0000"}},
  "vacancies": [{
    "vacancyId": "V-0141", "version": 7, "status": "open", "provision": "fostering",
    "carerRef": "C-2207", "branch": "North",
    "framework": {"id": "wm-fostering", "lot": "standard", "contract": "spot"},
    "places": {"approved": 3, "occupied": 1, "reserved": 0, "available": 2, "notAvailable": 0, "notAvailableReasons": []},
    "available": {"from": "2026-02-02", "until": null},
    "asAt": "2026-01-28T08:30:00+00:00", "confirmedBy": "duty-team",
    "whoFor": {"ageMin": 5, "ageMax": 11, "genders": ["any"], "siblingsMax": 2,
               "siblingsOnly": false, "soloOnly": false},
    "placementTypes": ["short-term", "long-term"],
    "skills": ["uasc", "autism-adhd"], "skillsNot": ["fire-setting"],
    "home": {"childrenHere": ["11-15", "11-15"], "pets": ["dog"], "smoking": "no", "wheelchair": "none",
             "ownBedroom": true, "languages": ["ENG", "URD"],
             "ethnicity": ["APKN"], "religion": ["muslim"]},
    "location": {"outwardPostcode": "B13", "authority": "330", "schoolRunMiles": 10, "familyTime": ["transport"]},
    "fee": {"weeklyPence": 94500, "note": null,
            "bands": [{"ageFrom": 5, "ageTo": 10, "weeklyPence": 94500}, {"ageFrom": 11, "ageTo": 15, "weeklyPence": 101000}]},
    "summary": "Patient couple, older children, used to school meetings.",
    "forTheChild": {"callMe": "Sam and Ash", "message": "You choose the film on Fridays.",
                    "photos": [{"id": "room", "caption": "Your room", "mediaType": "image/jpeg", "sha256": "00"}]}
  }],
  "confirmations": [{"vacancyId": "V-0098", "asAt": "2026-01-28T08:30:00+00:00", "confirmedBy": "duty-team"}]
}"#;

#[test]
fn the_document_of_the_description_is_read_whole() {
    let read = read(&VACANCIES_JSON, &[DOCUMENT.as_bytes()]);
    assert!(read.told.is_empty(), "{:#?}", read.told);
    let provider = read.provider().unwrap();
    assert_eq!(provider.sector, Said::Is(ProviderSector::Private));
    assert_eq!(provider.more.as_deref().unwrap().company_number, Said::Is("01234567".into()));
    let [vacancy, confirmation] = read.vacancies()[..] else { panic!("two vacancies") };
    assert!(ifa::vacancies::rows::is_confirmation(confirmation) && !ifa::vacancies::rows::is_confirmation(vacancy));
    let more = vacancy.more.as_deref().unwrap();
    let fee = more.fee.as_ref().is().unwrap();
    assert_eq!(fee.weekly.is().unwrap().number(), 94_500, "pence stay pence");
    let bands = fee.bands.as_ref().is().unwrap();
    assert_eq!(bands.iter().map(|band| band.weekly.is().unwrap().number()).collect::<Vec<_>>(), [94_500, 101_000]);
    assert_eq!(more.home.as_ref().is().unwrap().children_here.as_ref().is().unwrap().len(), 2, "one band a child");
    assert!(more.for_the_child.as_ref().is().unwrap().photos.has_value());
}

#[test]
fn a_vacancy_without_a_day_of_its_own_was_checked_on_that_of_the_document() {
    let text = DOCUMENT.replace("\"asAt\": \"2026-01-28T08:30:00+00:00\", \"confirmedBy\"", "\"confirmedBy\"");
    let read_it = read(&VACANCIES_JSON, &[text.as_bytes()]);
    assert!(read_it.told.is_empty(), "{:?}", read_it.told);
    assert!(read_it.vacancies().iter().all(|vacancy| vacancy.as_at.has_value()));
    let nowhere = text.replace("\"asAt\": \"2026-01-28T08:30:00+00:00\",\n", "");
    assert_eq!(read(&VACANCIES_JSON, &[nowhere.as_bytes()]).codes(), ["ifa/as-at-missing"]);
}

#[test]
fn a_document_that_is_none_gives_nothing_and_says_why() {
    for (from, to, code) in [
        ("homeward/vacancies", "homeward/pep", "ifa/json-format"),
        ("\"version\": \"1\", \"mode\"", "\"version\": \"2\", \"mode\"", "ifa/json-version"),
        ("SC999901", "123456", "ifa/urn-shape"),
        ("\"registeredWith\": \"ofsted\"", "\"registeredWith\": \"nobody I know\"", "table/cell"),
    ] {
        let read = read(&VACANCIES_JSON, &[DOCUMENT.replacen(from, to, 1).as_bytes()]);
        assert_eq!((read.codes(), read.subjects.len()), (vec![code], 0), "{to}");
    }
    let bare = read(&VACANCIES_JSON, &[b"[{\"vacancyId\":\"V-1\"}]"]);
    assert_eq!((bare.codes(), bare.subjects.len()), (vec!["ifa/json-format"], 0));
}

#[test]
fn everything_we_have_is_read_and_told_to_withdraw_nothing() {
    let read = read(&VACANCIES_JSON, &[DOCUMENT.replace("merge", "replace").as_bytes()]);
    assert_eq!((read.codes(), read.vacancies().len()), (vec!["ifa/replace-not-carried"], 2));
}

#[test]
fn two_documents_of_one_provider_are_one_subject() {
    let other = DOCUMENT.replace("V-0141", "V-0142").replace("C-2207", "C-2208").replace("\"B13\"", "\"B14\"");
    let other = other.replace("V-0098", "V-0099");
    let read = read(&VACANCIES_JSON, &[DOCUMENT.as_bytes(), other.as_bytes()]);
    assert!(read.told.is_empty(), "{:?}", read.told);
    assert_eq!((read.subjects.len(), read.vacancies().len()), (1, 4));
}
