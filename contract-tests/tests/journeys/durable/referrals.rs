//! A search for a home from outside: an authority asks in waves, providers read and answer, one answer is accepted, and
//! nobody learns who the child is but the provider that takes it in, for as long as that holds.

mod ending;
mod register;

use std::{fs, thread};

use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};

use super::{By, House, Return, partner, person, tag, wait_until};
use crate::client::Answer;
use crate::program::{Scratch, names};

const PATH: &str = "/v1/referrals";
const SEND: &str = "/v1/routes/care/messages";

/// What no provider may read before a match, however it is written.
const CANARIES: [&str; 12] = [
    "Forenamezq",
    "Surnamezq",
    "9990000018",
    "J330999925001",
    "B99 1AA",
    "B991AA",
    "B99 1AB",
    "B991AB",
    "SC123401",
    "\"101\"",
    "Home Finder",
    "Placements lead",
];

const MUCH: &str =
    "limits = { requests_per_minute = 100000000, requests_burst = 100000000, bytes_per_minute = 1000000000 }";

/// The authority's case system, another authority, its own fostering service, two agencies, and people.
fn cast() -> String {
    let all = "\"approve\", \"messages\", \"audit\", \"restrictions\", \"identity\"";
    let market = "[\"messages:send\", \"messages:read\", \"vacancies:read\", \"vacancies:write\", \"referrals:read\", \"offers:read\", \"offers:write\"]";
    let agency = |name: &str, urn: &str| {
        partner(name, &format!("view = \"provider\"\nurns = [\"{urn}\"]\nscopes = {market}\n{MUCH}"))
    };
    let authority = |name: &str, code: &str| {
        let scopes = "[\"messages:send\", \"messages:read\", \"deliveries:read\", \"vacancies:read\", \"referrals:read\", \
                      \"referrals:write\", \"offers:read\", \"offers:write\", \"restrictions:act\"]";
        partner(name, &format!("view = \"local-authority\"\nauthority = \"{code}\"\nscopes = {scopes}\n{MUCH}"))
    };
    [
        authority("lcs", "330"),
        authority("elsewhere", "331"),
        agency("inhouse", "SC999910"),
        agency("bluebird", "SC999901"),
        agency("robin", "SC999902"),
        person("a.one", all),
        person("b.two", "\"approve\", \"restrictions\", \"identity\""),
        person("c.three", "\"audit\""),
    ]
    .join("\n")
}

const FRAMEWORK: &str = "[[framework]]\nid = \"wm-fostering\"\nname = \"West Midlands\"\nprovision = \"fostering\"\n\
    lead = \"330\"\nmembers = [\"330\", \"331\"]\nlots = [\"standard\"]\ntiers = [[\"SC999901\"], [\"SC999902\"]]\n\
    in_house_urns = [\"SC999910\"]\nvalid_from = 2020-01-01\n";

/// What the authority's children bring, and the folders into which providers are sent.
const ROUTES: &str = "[[route]]\nname = \"notices\"\nfrom = { partner = \"bluebird\", format = \"notice-json\" }\n\
    to = [{ partner = \"lcs\", format = \"notice-csv\", transport = \"directory\", path = \"placed\", name = \"{delivery}.csv\" }]\n\
    [[route]]\nname = \"care\"\nfrom = { partner = \"lcs\", format = \"ssda903-csv\", year = \"current\" }\n\
    to = [{ partner = \"bluebird\", view = \"referral\", format = \"referral-json\", transport = \"directory\", path = \"asked\", name = \"{delivery}.json\" }, \
          { partner = \"bluebird\", format = \"fhir-json\", transport = \"directory\", path = \"told\", name = \"{delivery}.json\" }, \
          { partner = \"robin\", format = \"fhir-json\", transport = \"directory\", path = \"others\", name = \"{delivery}.json\" }]\n";

pub(super) fn house() -> House {
    house_with("")
}

/// The same with more in its configuration.
fn house_with(more: &str) -> House {
    house_beside(more, &[], &document())
}

/// The same with files beside its configuration, and what its authority says of its children.
fn house_beside(more: &str, files: &[(&str, &str)], said: &Return) -> House {
    let folders = ["asked", "told", "others", "placed"].map(|name| (name, ""));
    let files: Vec<_> = folders.iter().chain(files).copied().collect();
    let house = House::beside(&format!("{more}{FRAMEWORK}{}", cast()), ROUTES, "info", &files);
    house.send(SEND, &said.zip());
    house.approve_all(ROUTES);
    house
}

fn today() -> Date {
    jiff::Timestamp::now().in_tz("Europe/London").unwrap().date()
}

pub(super) fn days_ago(days: i32) -> String {
    today().checked_sub(days.days()).unwrap().to_string()
}

fn british(days: i32) -> String {
    today().checked_sub(days.days()).unwrap().strftime("%d/%m/%Y").to_string()
}

/// Three children of the authority, one of whom may not be shared with anybody.
fn document() -> Return {
    let document = Return(Scratch::new());
    let write = |name: &str, text: String| fs::write(document.0.path().join(name), text).unwrap();
    let (born, since) = (british(3_500), british(400));
    write(
        "header.csv",
        format!(
            "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n101,F,{born},WBRI,J330999925001,0,\n102,M,{born},WBRI,UN1,,\n\
             103,M,{born},WBRI,UN1,,\n"
        ),
    );
    write(
        "episodes.csv",
        format!(
            "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n\
             101,{since},S,C2,N1,U6,PR1,,,,B99 1AA,B99 1AB,SC123401\n\
             102,{since},S,C2,N1,U6,PR1,,,,B99 1AA,B99 1AB,SC123401\n\
             103,{since},S,C2,N1,U6,PR1,,,,B99 3AA,B99 3AB,SC123403\n"
        ),
    );
    write(
        "links.csv",
        "la_code,la_child_id,nhs_number,upn,uln,surname,forename,date_of_birth,source,verified_on\n\
         330,101,9990000018,J330999925001,,Surnamezq,Forenamezq,,authority-record,\n\
         330,102,,,,Othername,Another,,authority-record,\n\
         330,103,,,,Thirdname,Third,,authority-record,\n"
            .to_owned(),
    );
    write(
        "consent.csv",
        format!(
            "la_code,la_child_id,scope,decision,given_by,recipients,start_date,end_date\n\
             330,103,INFORMATION_SHARING,DENY,PARENT,,{},\n",
            days_ago(50)
        ),
    );
    document
}

/// A fresh home of an agency, with so many places.
fn offers_a_home(by: &By<'_>, urn: &str, places: u8) {
    offers_a_home_checked(by, urn, places, &days_ago(1));
}

fn offers_a_home_checked(by: &By<'_>, urn: &str, places: u8, as_at: &str) {
    let home = json!({
        "vacancyId": "V-1", "status": "open", "provision": "fostering", "carerRef": "C-1",
        "places": { "approved": 3, "occupied": 0, "reserved": 0, "available": places },
        "asAt": as_at, "confirmedBy": "duty-team",
        "whoFor": { "ageMin": 0, "ageMax": 17, "genders": ["any"] },
        "placementTypes": ["short-term"], "location": { "outwardPostcode": "B13" },
    });
    let provider = json!({ "urn": urn, "name": "Invented Fostering" });
    let document = json!({ "format": "homeward/vacancies", "version": "1", "provider": provider, "vacancies": [home] });
    by.post("/v1/vacancies", &document.to_string()).with_status(201);
}

/// A request for a home for a child.
pub(super) fn request(child: &str) -> Value {
    json!({
        "child": { "system": "la-child", "value": child },
        "framework": "wm-fostering",
        "request": { "neededBy": days_ago(-3), "urgency": "within-5-days", "planned": true,
                     "placementTypes": ["short-term"], "expectedDuration": "up-to-6-months" },
        "children": [{ "needs": { "skills": ["autism-adhd"] }, "likes": ["football", "baking"],
                       "risks": { "toSelf": { "missing": "present" } } }],
        "siblings": { "togetherCount": 0, "apartAllowed": true },
        "matching": { "searchFrom": { "outwardPostcode": "B99" }, "maxMiles": 15, "avoidOutward": ["B33"] },
        "summary": "A funny, determined nine-year-old who will need a patient home.",
        "authority": { "team": "Home-finding", "email": "homes@la.example" },
        "by": { "name": "Home Finder", "role": "Placements lead" },
        "waves": [{ "to": ["in-house"], "opens": "now" }, { "to": ["tier:1"], "opens": { "afterHours": 24 } },
                  { "to": ["tier:2"], "opens": "by-person", "includeWithoutVacancy": true }],
    })
}

pub(super) fn by() -> Value {
    json!({ "by": { "name": "Home Finder", "role": "Placements lead" } })
}

fn issue(by: &By<'_>, request: &Value) -> Answer {
    by.post(PATH, &request.to_string())
}

/// The reference of a new referral.
pub(super) fn issued(by: &By<'_>, request: &Value) -> String {
    issue(by, request).with_status(201).json()["reference"].as_str().unwrap().to_owned()
}

pub(super) fn open_wave(by_: &By<'_>, reference: &str, number: u8) -> Answer {
    by_.post(&format!("{PATH}/{reference}/waves/{number}/open"), &by().to_string())
}

fn offer_document(reference: &str, urn: &str, id: &str) -> Value {
    json!({
        "format": "homeward/offer", "version": "1", "offerId": id, "referralId": reference, "status": "offered",
        "providerUrn": urn, "vacancyId": "V-1", "carerRef": "C-1", "children": [1], "availableFrom": days_ago(-3),
        "validUntil": format!("{}T17:00:00+00:00", days_ago(-9)),
        "fee": { "weeklyPence": 94500, "additional": [{ "what": "Taxis", "weeklyPence": 6000 }] },
        "answers": [{ "criterion": "skill:autism-adhd", "answer": "met", "note": "Two children before" }],
        "conditions": ["Visit before the move"], "fit": "Close to school",
    })
}

/// Where a new offer is.
pub(super) fn offered(by: &By<'_>, reference: &str, urn: &str, id: &str) -> String {
    let document = offer_document(reference, urn, id).to_string();
    by.post(&format!("{PATH}/{reference}/offers"), &document).with_status(201).header("location").unwrap().to_owned()
}

pub(super) fn accept(by_: &By<'_>, at: &str) -> Answer {
    let release = by_.get(&format!("{at}/release")).with_status(200);
    by_.act(&format!("{at}/accept"), &tag(&release), &by().to_string())
}

impl House {
    /// What lies in a folder of a provider, newest last, once there are so many.
    fn lies_in(&self, folder: &str, count: usize) -> Vec<String> {
        wait_until(&format!("{count} in {folder}"), || {
            let mut there: Vec<String> =
                names(&self.path(folder)).into_iter().filter(|name| !name.starts_with('.')).collect();
            assert!(there.len() <= count, "{folder}: {there:?}");
            // Ids are made in the order of time.
            there.sort_unstable();
            (there.len() == count).then_some(there)
        })
        .iter()
        .map(|name| fs::read_to_string(self.path(folder).join(name)).unwrap())
        .collect()
    }
}

fn nothing_of_the_child(text: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "{canary} in {text}");
    }
}

#[test]
fn a_home_is_searched_in_waves_and_only_the_provider_that_takes_the_child_in_learns_who_it_is() {
    let house = house();
    let (lcs, bluebird, robin) = (house.by("lcs"), house.by("bluebird"), house.by("robin"));
    offers_a_home(&bluebird, "SC999901", 1);
    let made = issue(&lcs, &request("101")).with_status(201);
    let reference = made.json()["reference"].as_str().unwrap().to_owned();
    assert_eq!((reference.len(), &made.json()["asked"]), (28, &json!(0)), "no home in-house");
    assert_eq!(made.json()["told"][0]["rule"], "ifa/small-number", "three children are few");
    assert_eq!(made.header("location").unwrap(), format!("{PATH}/{reference}"));
    let at = format!("{PATH}/{reference}");

    // Nobody that was not asked knows that there is one, nor another authority.
    for other in ["bluebird", "robin", "inhouse", "elsewhere"] {
        house.by(other).get(&at).problem(404, "not-found");
        assert_eq!(house.by(other).get(PATH).with_status(200).json()["items"], json!([]), "{other}");
        let document = offer_document(&reference, "SC999901", "O-1").to_string();
        if other != "elsewhere" {
            house.by(other).post(&format!("{at}/offers"), &document).problem(404, "not-found");
        }
    }
    open_wave(&lcs, &reference, 3).problem(409, "state-conflict");
    house.by("elsewhere").post(&format!("{at}/waves/2/open"), &by().to_string()).problem(404, "not-found");
    lcs.post(&format!("{at}/waves/2/open"), "{}").problem(422, "unprocessable");
    assert_eq!(open_wave(&lcs, &reference, 2).with_status(200).json()["asked"], 1);
    open_wave(&lcs, &reference, 2).problem(409, "state-conflict");

    // By its route and when it asks, the provider reads the same, and nothing of the child.
    let by_route = house.lies_in("asked", 1).remove(0);
    let read = bluebird.get(&at).with_status(200);
    for text in [&by_route, &read.text(), &bluebird.get(PATH).with_status(200).text()] {
        nothing_of_the_child(text);
        assert!(text.contains(&reference), "{text}");
    }
    let (by_route, document): (Value, Value) = (serde_json::from_str(&by_route).unwrap(), read.json());
    assert_eq!(by_route, document);
    let child = &document["children"][0];
    assert_eq!(
        (&child["ageYears"], &child["sex"], &child["legalStatusGroup"]),
        (&json!(9), &json!("F"), &json!("full-order"))
    );
    assert_eq!(
        (&child["ethnicGroup"], &child["languageGroup"], child.get("uasc")),
        (&json!("unknown"), &json!("unknown"), None)
    );
    assert_eq!(child["likes"], json!(["football", "baking"]));
    assert_eq!(child["risks"]["toSelf"]["missing"], "present");
    assert_eq!(document["authority"]["team"], "Home-finding");
    for of_the_authority in ["waves", "issuedBy", "asked", "state"] {
        assert_eq!(document.get(of_the_authority), None, "{of_the_authority}");
    }
    let told = house.audit();
    let disclosed = told.iter().find(|line| {
        line["action"] == "disclose" && line["object"].as_str().is_some_and(|object| object.starts_with("referral:"))
    });
    assert_eq!(disclosed.unwrap()["recipient"], "bluebird");

    // Offers: one's own, on time, for children and places that there are.
    let offers = format!("{at}/offers");
    let wrong = |change: &dyn Fn(&mut Value)| {
        let mut document = offer_document(&reference, "SC999901", "O-9");
        change(&mut document);
        bluebird.post(&offers, &document.to_string())
    };
    wrong(&|document| document["providerUrn"] = json!("SC999902")).problem(422, "unprocessable");
    wrong(&|document| document["children"] = json!([2])).problem(422, "unprocessable");
    wrong(&|document| document["vacancyId"] = json!("V-77")).problem(422, "unprocessable");
    wrong(&|document| document["validUntil"] = json!("2020-01-01T00:00:00Z")).problem(422, "unprocessable");
    wrong(&|document| document["status"] = json!("accepted")).problem(409, "state-conflict");
    wrong(&|document| document["referralId"] = json!("R-ANOTHER")).problem(400, "invalid-request");
    wrong(&|document| document["unknown"] = json!(1)).problem(422, "document-has-errors");
    robin.post(&offers, &offer_document(&reference, "SC999902", "O-1").to_string()).problem(404, "not-found");
    let offer = offered(&bluebird, &reference, "SC999901", "O-1");
    bluebird.post(&offers, &offer_document(&reference, "SC999901", "O-1").to_string()).problem(409, "state-conflict");
    open_wave(&lcs, &reference, 3).with_status(200);
    let other = offered_without_a_vacancy(&robin, &reference, "SC999902", "O-1");
    robin.get(&offer).problem(404, "not-found");
    assert_eq!(robin.get(&offers).with_status(200).json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(lcs.get(&offers).with_status(200).json()["items"].as_array().unwrap().len(), 2);
    assert_eq!(lcs.get(PATH).json()["items"][0]["state"], "offered");

    // What accepting lets out is seen first; who accepts is named.
    let release = lcs.get(&format!("{offer}/release")).with_status(200);
    assert_eq!(release.json()["recipients"], json!(["bluebird"]));
    assert!(release.json()["fields"].to_string().contains("Person.names"));
    assert_eq!(release.json()["warnings"][0]["rule"], "ifa/profile-missing");
    bluebird.get(&format!("{offer}/release")).problem(404, "not-found");
    lcs.post(&format!("{offer}/accept"), &by().to_string()).problem(428, "precondition-required");
    lcs.act(&format!("{offer}/accept"), &tag(&release), "{}").problem(422, "unprocessable");
    lcs.act(&format!("{offer}/accept"), "\"1\"", &by().to_string()).problem(412, "precondition-failed");
    assert!(names(&house.path("told")).is_empty(), "nobody was told yet");
    let accepted = lcs.act(&format!("{offer}/accept"), &tag(&release), &by().to_string()).with_status(200);
    assert_eq!(accepted.json()["state"], "accepted");

    // The one provider learns who the child is; the other that another was chosen, and its route stays silent.
    let bundle = house.lies_in("told", 1).remove(0);
    assert!(bundle.contains("Surnamezq") && bundle.contains("Forenamezq"), "{bundle}");
    let declined = robin.get(PATH).with_status(200).json()["items"][0].clone();
    assert_eq!(declined["state"], "closed");
    robin.get(&at).problem(410, "gone");
    let why = robin.get(&other).with_status(200).json();
    assert_eq!((&why["status"], &why["decision"]["reason"]), (&json!("declined"), &json!("chosen-another")));
    assert_eq!(why["decision"].get("by"), None, "who decided stays with the authority");
    assert_eq!(robin.get(&offers).with_status(200).json()["items"].as_array().unwrap().len(), 1);
    accept(&lcs, &other).problem(409, "already-matched");
    let home = lcs.get("/v1/vacancies?include_stale=true").with_status(200).json();
    assert_eq!(home["items"], json!([]), "its only place is reserved");
    let line = house.audit().into_iter().find(|line| line["action"] == "accept-offer").unwrap();
    assert_eq!((&line["recipient"], &line["basis"]), (&json!("bluebird"), &json!("Home Finder, Placements lead")));
    lcs.post(&format!("{at}/close"), r#"{"closeReason":"no-match"}"#).problem(409, "state-conflict");

    // Undone: the provider is asked to delete what it was sent, and the place is open again.
    let seen = lcs.get(&at).with_status(200);
    let undo = json!({ "by": { "name": "Home Finder", "role": "Placements lead" }, "reason": "the child said no" });
    lcs.act(&format!("{offer}/undo"), &tag(&seen), &undo.to_string()).with_status(200);
    let recall = house.lies_in("told", 2).remove(1);
    assert!(!recall.contains("Surnamezq"), "{recall}");
    let home = lcs.get("/v1/vacancies?age=9").with_status(200).json();
    assert_eq!(home["items"][0]["vacancy"]["places"]["available"], 1);
    assert_eq!(lcs.get(PATH).json()["items"][0]["state"], "open");
    assert!(names(&house.path("others")).is_empty(), "whoever was not chosen was told nothing");

    let closed = lcs.post(&format!("{at}/close"), r#"{"closeReason":"withdrawn"}"#).with_status(200);
    assert_eq!(closed.json()["state"], "closed");
    bluebird.get(&at).problem(410, "gone");
    bluebird.post(&offers, &offer_document(&reference, "SC999901", "O-2").to_string()).problem(410, "gone");
    // By its route the provider is told too, and of the child nothing any more.
    let last = wait_until("the end is told", || {
        let folder = house.path("asked");
        let mut texts = names(&folder)
            .into_iter()
            .filter(|name| !name.starts_with('.'))
            .map(|name| fs::read_to_string(folder.join(name)).unwrap());
        texts.find(|text| text.contains("\"status\":\"closed\""))
    });
    assert!(last.contains(&reference) && !last.contains("children") && !last.contains("withdrawn"), "{last}");

    // Another search for the child has a name of its own, and is told under no other.
    let again = issued(&lcs, &request("101"));
    assert_ne!(again, reference);
    open_wave(&lcs, &again, 2).with_status(200);
    let folder = house.path("asked");
    let told = wait_until("the other search is told", || {
        let mut texts = names(&folder)
            .into_iter()
            .filter(|name| !name.starts_with('.'))
            .map(|name| fs::read_to_string(folder.join(name)).unwrap());
        texts.find(|text| text.contains(&again))
    });
    assert!(told.contains("\"status\":\"open\"") && !told.contains(&reference), "{told}");
}

#[test]
fn a_child_that_is_erased_leaves_no_search_behind() {
    let house = house();
    let (lcs, bluebird) = (house.by("lcs"), house.by("bluebird"));
    offers_a_home(&bluebird, "SC999901", 1);
    let reference = issued(&lcs, &request("101"));
    open_wave(&lcs, &reference, 2).with_status(200);
    house.lies_in("asked", 1);
    let line = house.audit().into_iter().find(|line| line["action"] == "issue-referral").unwrap();
    let subject = line["subject"].as_str().unwrap().to_owned();
    let at = format!("/v1/identity/subjects/{subject}");
    for who in ["a.one", "b.two"] {
        let person = house.by(who);
        let seen = person.get(&at).with_status(200);
        person.act(&format!("{at}/erase"), &tag(&seen), r#"{"reason":"asked by the authority"}"#);
    }
    lcs.get(&format!("{PATH}/{reference}")).problem(404, "not-found");
    bluebird.get(&format!("{PATH}/{reference}")).problem(404, "not-found");
    assert_eq!(lcs.get(PATH).with_status(200).json()["items"], json!([]));
}

fn offered_without_a_vacancy(by: &By<'_>, reference: &str, urn: &str, id: &str) -> String {
    let mut document = offer_document(reference, urn, id);
    document.as_object_mut().unwrap().remove("vacancyId");
    let at = format!("{PATH}/{reference}/offers");
    by.post(&at, &document.to_string()).with_status(201).header("location").unwrap().to_owned()
}

#[test]
fn a_text_that_names_the_child_is_not_sent_out_and_nothing_is_left_of_it() {
    let house = house();
    let lcs = house.by("lcs");
    let with = |pointer: &str, value: Value| {
        let mut request = request("101");
        match request.pointer_mut(pointer) {
            Some(there) => *there = value,
            None => request[&pointer[1..]] = value,
        }
        issue(&lcs, &request)
    };
    for (pointer, text, member) in
        [("/summary", "Forenamezq likes football", "summary"), ("/summary", "the SURNAMEZQ family", "summary")]
    {
        let refused = with(pointer, json!(text)).problem(422, "unprocessable");
        assert_eq!(
            (&refused["errors"][0]["rule"], &refused["errors"][0]["member"]),
            (&json!("ifa/text-identifies"), &json!(member))
        );
        nothing_of_the_child(&refused.to_string());
    }
    let refused = with("/children/0/likes", json!(["football with Forenamezq"])).problem(422, "unprocessable");
    assert_eq!(refused["errors"][0]["member"], "children[0].likes");
    // What tells who or where by itself is not even read.
    for text in ["call 0121 496 0000", "lives at B99 1AA", "mail a@b.example", "NHS 999 000 0018", "upn J330999925001."]
    {
        let refused = with("/summary", json!(text)).problem(422, "document-has-errors");
        assert!(!refused.to_string().contains(text), "{refused}");
    }
    with("/child/value", json!("999")).problem(404, "not-found");
    with("/waves/0/to", json!(["tier:1"])).problem(422, "unprocessable");
    with("/waves/1/to", json!(["all"])).problem(422, "unprocessable");
    with("/by/name", json!("")).problem(422, "unprocessable");
    with("/request/urgency", json!("yesterday")).problem(422, "document-has-errors");
    with("/respondBy", json!("tomorrow")).problem(422, "document-has-errors");
    with("/respondBy", json!("2020-01-01T00:00:00Z")).problem(422, "unprocessable");
    house.by("elsewhere").post(PATH, &request("101").to_string()).problem(404, "not-found");
    house.by("bluebird").post(PATH, &request("101").to_string()).problem(403, "insufficient-scope");
    assert_eq!(lcs.get(PATH).with_status(200).json()["items"], json!([]));
    for line in house.audit() {
        nothing_of_the_child(&line.to_string().replace("Home Finder", "").replace("Placements lead", ""));
    }
}

#[test]
fn of_two_who_accept_at_once_one_is_told_that_the_other_was_first() {
    let house = house();
    let (lcs, bluebird, robin) = (house.by("lcs"), house.by("bluebird"), house.by("robin"));
    offers_a_home(&bluebird, "SC999901", 1);
    let mut asked = request("101");
    asked["waves"] = json!([{ "to": ["in-house"], "opens": "now" },
                            { "to": ["tier:1", "tier:2"], "opens": "by-person", "includeWithoutVacancy": true }]);
    let reference = issued(&lcs, &asked);
    open_wave(&lcs, &reference, 2).with_status(200);
    let offers = [
        offered(&bluebird, &reference, "SC999901", "O-1"),
        offered_without_a_vacancy(&robin, &reference, "SC999902", "O-1"),
    ];
    let release = lcs.get(&format!("{}/release", offers[0])).with_status(200);
    let answers: Vec<u16> = thread::scope(|scope| {
        let acts: Vec<_> = offers
            .iter()
            .map(|offer| {
                let (lcs, tag) = (&lcs, tag(&release));
                scope.spawn(move || lcs.act(&format!("{offer}/accept"), &tag, &by().to_string()).status)
            })
            .collect();
        acts.into_iter().map(|act| act.join().unwrap()).collect()
    });
    let mut sorted = answers.clone();
    sorted.sort_unstable();
    assert!(sorted == [200, 409] || sorted == [200, 412], "{answers:?}");
    let items = lcs.get(&format!("{PATH}/{reference}/offers")).json()["items"].clone();
    let states: Vec<&str> = items.as_array().unwrap().iter().map(|item| item["status"].as_str().unwrap()).collect();
    let count = |state| states.iter().filter(|known| **known == state).count();
    assert_eq!((count("accepted"), count("declined")), (1, 1), "{states:?}");
}

#[test]
fn a_place_that_is_gone_when_its_offer_is_accepted_is_told_and_nobody_learns_of_the_child() {
    let house = house();
    let (lcs, bluebird) = (house.by("lcs"), house.by("bluebird"));
    offers_a_home(&bluebird, "SC999901", 1);
    let reference = issued(&lcs, &request("101"));
    open_wave(&lcs, &reference, 2).with_status(200);
    let offer = offered(&bluebird, &reference, "SC999901", "O-1");
    let home = bluebird.get("/v1/vacancies").json()["items"][0]["id"].as_str().unwrap().to_owned();
    let at = format!("/v1/vacancies/{home}");
    let seen = bluebird.get(&at).with_status(200);
    bluebird.send("DELETE", &at, &[("If-Match", &tag(&seen))], b"").with_status(204);
    let refused = accept(&lcs, &offer).problem(422, "unprocessable");
    assert_eq!(refused["errors"][0]["rule"], "ifa/offer-over-places");
    assert_eq!(lcs.get(PATH).json()["items"][0]["state"], "offered");
    bluebird.post(&format!("{offer}/withdraw"), "{}").with_status(200);
    accept(&lcs, &offer).problem(409, "state-conflict");
    // The home is offered again, and taken for another child. Once everything that was ever planned has arrived, that
    // child is all that the provider was told of.
    offers_a_home_checked(&bluebird, "SC999901", 1, &jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    let other = issued(&lcs, &request("102"));
    open_wave(&lcs, &other, 2).with_status(200);
    accept(&lcs, &offered(&bluebird, &other, "SC999901", "O-2")).with_status(200);
    house.settled();
    let told = house.lies_in("told", 1).remove(0);
    assert!(told.contains("Othername") && !told.contains("Surnamezq"), "{told}");
}

#[test]
fn what_was_decided_stands_after_a_restart_and_a_refusal_to_share_holds() {
    let mut house = house();
    let (reference, offer) = {
        let (lcs, bluebird) = (house.by("lcs"), house.by("bluebird"));
        offers_a_home(&bluebird, "SC999901", 2);
        let reference = issued(&lcs, &request("101"));
        open_wave(&lcs, &reference, 2).with_status(200);
        let offer = offered(&bluebird, &reference, "SC999901", "O-1");
        accept(&lcs, &offer).with_status(200);
        house.lies_in("told", 1);
        // Whoever must not be shared is not told, whatever was accepted.
        let refused = issued(&lcs, &request("103"));
        open_wave(&lcs, &refused, 2).with_status(200);
        let release = offered(&bluebird, &refused, "SC999901", "O-2");
        let seen = lcs.get(&format!("{release}/release")).with_status(200).json();
        assert_eq!(seen["children"][0]["leftOut"], "consent");
        (reference, offer)
    };
    let log = house.stop();
    nothing_of_the_child(&log);
    house.start();
    let (lcs, bluebird) = (house.by("lcs"), house.by("bluebird"));
    assert_eq!(lcs.get(&format!("{PATH}/{reference}")).with_status(200).json()["state"], "matched");
    assert_eq!(bluebird.get(&offer).with_status(200).json()["status"], "accepted");
    let own = bluebird.get(&offer).json();
    assert_eq!(own["decision"].get("by"), None, "who decided stays with the authority");
    // A change of what is known goes to the provider that has the child.
    let later = document();
    later.rewrite("links.csv", |line| Some(line.replace("Forenamezq", "Renamedzq")));
    house.send(SEND, &later.zip());
    let bundles = house.lies_in("told", 2);
    assert!(bundles[1].contains("Renamedzq"), "{}", bundles[1]);
}

#[test]
fn a_referral_is_said_anew_and_an_answer_without_an_offer_is_counted() {
    let house = house();
    let (lcs, bluebird) = (house.by("lcs"), house.by("bluebird"));
    offers_a_home(&bluebird, "SC999901", 1);
    let reference = issued(&lcs, &request("101"));
    let at = format!("{PATH}/{reference}");
    open_wave(&lcs, &reference, 2).with_status(200);
    house.lies_in("asked", 1);
    let seen = lcs.get(&at).with_status(200);
    let mut anew = request("101");
    for beside in ["child", "waves", "framework"] {
        anew.as_object_mut().unwrap().remove(beside);
    }
    anew["summary"] = json!("A calm home, please.");
    let headers = [("Content-Type", "application/json"), ("If-Match", &*tag(&seen))];
    let said = lcs.send("PUT", &at, &headers, anew.to_string().as_bytes()).with_status(200);
    assert_eq!(said.json()["revision"], 2);
    lcs.send("PUT", &at, &headers, anew.to_string().as_bytes()).problem(412, "precondition-failed");
    let read = bluebird.get(&at).with_status(200).json();
    assert_eq!((&read["revision"], &read["summary"]), (&json!(2), &json!("A calm home, please.")));
    assert_eq!((&read["framework"]["id"], &read["authority"]["code"]), (&json!("wm-fostering"), &json!("330")));
    assert_eq!(house.lies_in("asked", 2).len(), 2, "its route tells it too");

    let mut no_offer = offer_document(&reference, "SC999901", "N-1");
    no_offer["status"] = json!("no-offer");
    no_offer["noOfferReason"] = json!("no-vacancy");
    bluebird.post(&format!("{at}/offers"), &no_offer.to_string()).with_status(200);
    let item = lcs.get(PATH).json()["items"][0].clone();
    assert_eq!((&item["offers"], &item["noOffers"], &item["state"]), (&json!(0), &json!(1), &json!("open")));
}

/// A notice that a placement begins, or ends.
fn notice(reference: &str, id: &str, more: Value) -> String {
    let mut notice = json!({
        "noticeId": id, "kind": "start", "referralId": reference, "providerUrn": "SC999901", "carerRef": "C-1",
        "provision": "fostering", "placementType": "short-term", "startDate": days_ago(0), "planned": true,
        "placementPostcode": "B13 9ZZ", "asAt": days_ago(0),
        "cost": { "corePence": 94500, "supportPence": 0, "educationPence": 0, "otherPence": 0, "totalPence": 94500 },
    });
    for (name, value) in more.as_object().unwrap() {
        notice[name] = value.clone();
    }
    json!({ "format": "homeward/notice", "version": "1", "notices": [notice] }).to_string()
}

#[test]
fn a_placement_that_began_is_told_to_the_authority_as_a_proposal_and_writes_no_episode() {
    let house = house();
    let (lcs, bluebird, robin) = (house.by("lcs"), house.by("bluebird"), house.by("robin"));
    offers_a_home(&bluebird, "SC999901", 1);
    let reference = issued(&lcs, &request("101"));
    let at = format!("{PATH}/{reference}");
    open_wave(&lcs, &reference, 2).with_status(200);
    let offer = offered(&bluebird, &reference, "SC999901", "O-1");
    let tell = |document: &str| {
        let headers = [("Content-Type", "application/json"), ("Prefer", "wait=20")];
        let sent = bluebird.send("POST", &format!("{at}/notices"), &headers, document.as_bytes()).with_status(202);
        house.until_read_of("bluebird", sent.json()["id"].as_str().unwrap())
    };
    // Before its offer is accepted nothing that a provider says of the child is heard.
    let unheard = tell(&notice(&reference, "N-0", json!({})));
    assert_eq!((&unheard["counts"]["errors"], &unheard["counts"]["deliveries"]), (&json!(1), &json!(0)), "{unheard}");
    robin.post(&format!("{at}/notices"), &notice(&reference, "N-1", json!({}))).problem(404, "not-found");
    accept(&lcs, &offer).with_status(200);
    house.lies_in("told", 1);

    let heard = tell(&notice(&reference, "N-1", json!({})));
    // What it makes may be delivered by now.
    assert!(
        heard["counts"]["errors"] == 0 && ["read", "settled"].contains(&heard["state"].as_str().unwrap()),
        "{heard}"
    );
    let table = house.lies_in("placed", 1).remove(0);
    assert!(table.contains("N-1") && table.contains("B13 9ZZ") && table.contains(",101,"), "{table}");
    let candidates = lcs.get(&format!("{at}/candidates")).with_status(200).json();
    let candidate = &candidates["items"][0];
    assert_eq!((&candidate["proposes"], &candidate["notice"]), (&json!("move"), &json!("N-1")), "{candidates}");
    assert_eq!(candidate["begins"]["PLACE"], json!({ "is": "U6" }));
    assert_eq!(candidate["begins"]["DECOM"], days_ago(0));
    assert_eq!(candidate["begins"]["PL_POST"], json!({ "is": "B13 9ZZ" }));
    assert_eq!(candidate["begins"]["HOME_POST"], json!({ "is": "B99 1AA" }));
    bluebird.get(&format!("{at}/candidates")).problem(404, "not-found");
    let home = bluebird.get("/v1/vacancies").json()["items"][0].clone();
    assert_eq!((&home["status"], &home["vacancy"]["places"]["occupied"]), (&json!("filled"), &json!(1)));

    // Twice is once; an end is heard too, and the provider keeps what it needs for some weeks more.
    let again = tell(&notice(&reference, "N-1", json!({})));
    assert_eq!(again["id"], heard["id"], "the same notice is one message");
    let end = json!({ "kind": "end", "endDate": days_ago(0), "endedBy": "authority", "endReason": "planned-move" });
    assert_eq!(tell(&notice(&reference, "N-2", end))["counts"]["errors"], 0);
    let proposed = lcs.get(&format!("{at}/candidates")).with_status(200).json();
    assert_eq!(proposed["items"].as_array().unwrap().len(), 2);
    // What was released before stays released, and by now the provider's own name for the child stands in it.
    let told = house.lies_in("told", 2);
    assert!(told[1].contains(&reference) && told[1].contains("Surnamezq"), "{}", told[1]);
}
