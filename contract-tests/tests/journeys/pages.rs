//! Pages for people, looked at in a real browser: on a phone, on A4, on paper and with text of double size nothing leaves
//! a page, nothing is fetched and nothing runs, and axe-core finds nothing, whatever the people are called.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use contract_tests::oracle::browser_look;
use flate2::{Compression, Crc, write::ZlibEncoder};
use serde_json::{Value, json};

use crate::program::{Scratch, authority, names, run, skipped, text};

/// The longest name that a table lets in, without a place to break it.
const LONG: &str = "Abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefgh";

/// Words that are read from right to left.
const FROM_THE_RIGHT: &str = "نطبخ معا كل مساء";

/// The pages that a translation writes into a folder.
fn pages(scratch: &Scratch, folder: &str, flags: &[&str], input: &str) -> Vec<PathBuf> {
    let out = scratch.file(folder);
    run(["translate"].iter().chain(flags).copied().chain([input, "-o", &out])).ended(0);
    names(out.as_ref()).iter().map(|name| Path::new(&out).join(name)).collect()
}

/// Of many pages the first ones, the shortest, of whom least is known, and the longest.
fn few(mut pages: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut few: Vec<PathBuf> = pages.iter().take(2).cloned().collect();
    pages.sort_by_key(|page| fs::metadata(page).unwrap().len());
    few.extend([pages.first(), pages.last()].into_iter().flatten().cloned());
    few
}

/// A page is there with the words that would break it, else nothing is tried.
#[track_caller]
fn holds(pages: &[PathBuf], words: &str) {
    assert!(pages.iter().any(|page| fs::read_to_string(page).unwrap().contains(words)), "no page has {words}");
}

#[track_caller]
fn look_well(pages: &[PathBuf]) {
    match browser_look(pages) {
        Err(absent) if absent.may_be_skipped() => skipped(&absent.to_string()),
        Ok(seen) => assert_eq!(seen, pages.len()),
        Err(faults) => panic!("{faults}"),
    }
}

/// A return of three children: one with long words, one whose words run from the right, and one of whom nobody said
/// anything.
fn hard_return(scratch: &Scratch) -> String {
    let folder = scratch.path().join("return");
    fs::create_dir(&folder).unwrap();
    let write = |name: &str, heading: &str, rows: &[String]| {
        fs::write(folder.join(name), format!("{heading}\n{}\n", rows.join("\n"))).unwrap();
    };
    let born = [(1, "14/05/2012"), (2, "02/06/2017"), (3, "02/06/2016")];
    write(
        "header.csv",
        "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB",
        &born.map(|(child, day)| format!("{child},M,{day},WBRI,UN1,,")),
    );
    write(
        "episodes.csv",
        "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN",
        &born.map(|(child, _)| format!("{child},25/10/2025,S,C1,N1,U6,PR4,,,,QX92 5BF,XQ98 8TZ,SC999901")),
    );
    write(
        "links.csv",
        "la_code,la_child_id,nhs_number,upn,uln,surname,forename,date_of_birth,source,verified_on",
        &[
            format!("330,1,9990000018,,,{LONG},{LONG},2012-05-14,authority-record,"),
            "330,2,9990000026,,,عبدالرحمن,نور,2017-06-02,authority-record,".to_owned(),
        ],
    );
    write(
        "delegations.csv",
        "la_code,la_child_id,matter,who_decides,conditions,as_at",
        &[
            format!("330,1,HAIRCUT,CARER,{LONG}{LONG},2026-02-06"),
            format!("330,1,{LONG},CARER,,2026-02-06"),
            format!("330,2,OVERNIGHT_STAY,CARER,{FROM_THE_RIGHT},2026-02-06"),
        ],
    );
    text(&folder)
}

/// The same of three patients, in a Bundle each.
fn hard_bundles(scratch: &Scratch) -> String {
    let folder = scratch.path().join("bundles");
    fs::create_dir(&folder).unwrap();
    let long = LONG.repeat(2);
    for (number, nhs_number, name, words) in [
        (1, "9990000018", Some(json!({"use": "usual", "family": LONG, "given": [LONG]})), Some(&*long)),
        (2, "9990000026", Some(json!({"use": "usual", "family": "عبدالرحمن", "given": ["نور"]})), Some(FROM_THE_RIGHT)),
        (3, "9990000034", None, None),
    ] {
        let patient = format!("urn:uuid:00000000-0000-4000-8000-00000000000{number}");
        let identifier = json!([{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": nhs_number}]);
        let born = "2014-05-14";
        let mut entries =
            vec![entry(&patient, json!({"resourceType": "Patient", "identifier": identifier, "birthDate": born}))];
        if let Some(name) = name {
            entries[0]["resource"]["name"] = json!([name]);
        }
        for (at, kind) in ["AllergyIntolerance", "Condition", "MedicationStatement"].into_iter().enumerate() {
            let Some(words) = words else { continue };
            let url = format!("urn:uuid:00000000-0000-4000-8000-0000000000{number}{at}");
            entries.push(entry(&url, clinical(kind, &patient, words)));
        }
        let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": entries});
        fs::write(folder.join(format!("{number}.json")), bundle.to_string()).unwrap();
    }
    text(&folder)
}

fn entry(url: &str, resource: Value) -> Value {
    let kind = resource["resourceType"].clone();
    json!({"fullUrl": url, "resource": resource, "request": {"method": "POST", "url": kind}})
}

/// What a clinician says of a patient in these words.
fn clinical(kind: &str, patient: &str, words: &str) -> Value {
    let coded = |list: &str, code: &str| json!({"coding": [{"system": list, "code": code}]});
    let patient = json!({"reference": patient});
    let said = json!({"text": words});
    match kind {
        "AllergyIntolerance" => json!({
            "resourceType": kind, "patient": patient, "code": said, "reaction": [{"manifestation": [said]}],
            "clinicalStatus": coded("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"),
        }),
        "Condition" => json!({
            "resourceType": kind, "subject": patient, "code": said,
            "clinicalStatus": coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
        }),
        _ => json!({
            "resourceType": kind, "status": "active", "subject": patient, "medicationCodeableConcept": said,
            "dosage": [said],
        }),
    }
}

/// A grey picture, far wider than a page.
fn wide_picture() -> Vec<u8> {
    let mut picture = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8], data: &[u8]| {
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(data);
        picture.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        picture.extend([kind, data].concat());
        picture.extend(crc.sum().to_be_bytes());
    };
    let (width, height) = (3_000_u16, 200_u16);
    let sides = [width, height].map(|side| u32::from(side).to_be_bytes()).concat();
    chunk(b"IHDR", &[&sides[..], &[8, 0, 0, 0, 0]].concat());
    // Each line begins with its filter, which is none.
    let line = [vec![0], vec![0x80; usize::from(width)]].concat();
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(&line.repeat(usize::from(height))).unwrap();
    chunk(b"IDAT", &packed.finish().unwrap());
    chunk(b"IEND", b"");
    picture
}

#[test]
fn a_carers_page_stands_on_a_phone_and_on_paper_and_hides_nothing_from_anybody() {
    let scratch = Scratch::new();
    let flags = ["--from", "ssda903-csv", "--to", "carer-html", "--view", "carer", "--year", "2026"];
    let flags = [&flags[..], &["--authority", "330"]].concat();
    let mut all = few(pages(&scratch, "many", &flags, &text(&authority(2026, 200, 5, 0))));
    let hard = pages(&scratch, "hard", &flags, &hard_return(&scratch));
    assert_eq!(hard.len(), 3);
    holds(&hard, &format!("<h1>About {LONG}</h1>"));
    holds(&hard, FROM_THE_RIGHT);
    all.extend(hard);
    // Resources alone do not say who is looked after, and a carer has pages of such children only.
    let flags = ["--from", "fhir-json", "--to", "carer-html", "--view", "local-authority", "--as-at", "2026-03-31"];
    let from_patients = pages(&scratch, "patients", &flags, &hard_bundles(&scratch));
    assert_eq!(from_patients.len(), 3);
    holds(&from_patients, FROM_THE_RIGHT);
    all.extend(from_patients);
    look_well(&all);
}

#[test]
fn a_page_about_a_home_stands_on_a_phone_and_on_paper_and_hides_nothing_from_anybody() {
    let scratch = Scratch::new();
    let all_of = |words: &str| {
        json!({
            "callMe": words, "whoLivesHere": words, "pets": words, "home": words, "yourRoom": words, "food": words,
            "weekends": words, "screensAndBedtime": words, "weLike": words, "faithAndLanguages": words,
            "ourRules": [words, words], "youCanBring": words, "childrenHaveSaid": words, "message": words,
            "writtenOn": "2026-01-05",
            "photos": [{"id": "room", "caption": words, "assured": true}, {"id": "dog", "assured": true}],
        })
    };
    let homes = [json!({"callMe": "Sam"}), all_of(LONG), all_of(FROM_THE_RIGHT)].map(|for_the_child| {
        json!({
            "status": "open", "provision": "fostering", "asAt": "2026-01-28",
            "places": {"approved": 3, "occupied": 1, "available": 2},
            "whoFor": {"ageMin": 5, "ageMax": 11, "genders": ["any"]}, "placementTypes": ["short-term"],
            "location": {"outwardPostcode": "B13"}, "forTheChild": for_the_child,
        })
    });
    let homes: Vec<Value> = (1..)
        .zip(homes)
        .map(|(number, mut home)| {
            home["vacancyId"] = json!(format!("V-014{number}"));
            home["carerRef"] = json!(format!("C-220{number}"));
            home
        })
        .collect();
    let provider = json!({"urn": "SC999901"});
    let sent = json!({"format": "homeward/vacancies", "version": "1", "provider": provider, "vacancies": homes});
    fs::create_dir_all(scratch.path().join("sent/photos")).unwrap();
    scratch.write("sent/vacancies.json", sent.to_string());
    scratch.write("sent/photos/room.png", wide_picture());
    scratch.write("sent/photos/dog.png", wide_picture());
    let flags = ["--from", "vacancies-json", "--to", "profile-html", "--view", "provider", "--as-at", "2026-01-30"];
    let all = pages(&scratch, "pages", &flags, &scratch.file("sent"));
    assert_eq!(all.len(), 3);
    holds(&all, &format!("<h1>Meet {LONG}</h1>"));
    holds(&all, "src=\"data:image/png;base64,");
    holds(&all, &format!("<li dir=\"auto\">{FROM_THE_RIGHT}</li>"));
    look_well(&all);
}

/// Passports that are made of what the flags name.
fn passports(scratch: &Scratch, folder: &str, flags: &[&str], input: &str) -> Vec<PathBuf> {
    let to = ["--to", "passport-html", "--view", "local-authority"];
    pages(scratch, folder, &[&to[..], flags].concat(), input)
}

#[test]
fn a_passport_of_an_authoritys_return_stands_on_a_phone_and_on_paper_and_hides_nothing_from_anybody() {
    let scratch = Scratch::new();
    let flags = ["--from", "ssda903-csv", "--year", "2026", "--authority", "330"];
    let mut all = few(passports(&scratch, "many", &flags, &text(&authority(2026, 200, 5, 0))));
    let hard = passports(&scratch, "hard", &flags, &hard_return(&scratch));
    assert_eq!(hard.len(), 3);
    holds(&hard, LONG);
    all.extend(hard);
    look_well(&all);
}

#[test]
fn a_passport_of_resources_stands_on_a_phone_and_on_paper_and_hides_nothing_from_anybody() {
    let scratch = Scratch::new();
    let flags = ["--from", "fhir-json", "--as-at", "2026-03-31"];
    let all = passports(&scratch, "patients", &flags, &hard_bundles(&scratch));
    assert_eq!(all.len(), 3);
    holds(&all, &LONG.repeat(2));
    holds(&all, FROM_THE_RIGHT);
    look_well(&all);
}
