//! Agencies are reminded of homes that nobody has checked: on working days, once a day, and of none that was confirmed.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan, Zoned, civil::Weekday};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde_json::{Value, json};

use super::{By, House, partner, person, wait_until};
use crate::{
    gateway::certificates,
    mail_server::{MailServer, Temper},
};

/// A mail server by the certificates of the journeys.
fn mail_server() -> MailServer {
    let chain = CertificateDer::pem_file_iter(certificates().file("server.pem")).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(certificates().file("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    MailServer::start(Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap()), Temper::Implicit)
}

fn house(mail: &MailServer) -> House {
    let scopes = "scopes = [\"vacancies:read\", \"vacancies:write\"]\nview = \"provider\"";
    let cast = [
        format!(
            "[mail]\nhost = \"localhost\"\nport = {}\ntls = \"implicit\"\nca_file = \"{}\"\nfrom = \"homeward@coventry.example\"",
            mail.address.port(),
            certificates().file("authority.pem")
        ),
        partner("bluebird", &format!("{scopes}\nurns = [\"SC999901\"]\ntell_to = [\"duty@bluebird.example\"]")),
        partner("robin", &format!("{scopes}\nurns = [\"SC999902\"]")),
        person("c.three", "\"audit\""),
    ];
    House::with(&cast.join("\n"), "", "info")
}

/// Ten o'clock on the next Friday in London.
fn friday() -> Zoned {
    let now = Timestamp::now().in_tz("Europe/London").unwrap();
    let next = now.nth_weekday(1, Weekday::Friday).unwrap();
    next.date().at(10, 0, 0, 0).in_tz("Europe/London").unwrap()
}

fn offer(by: &By<'_>, urn: &str, reference: &str, as_at: &str) -> String {
    let home = json!({
        "vacancyId": reference, "status": "open", "provision": "fostering", "carerRef": format!("C-{reference}"),
        "places": { "approved": 3, "occupied": 1, "available": 1 }, "asAt": as_at,
        "whoFor": { "ageMin": 5, "ageMax": 11, "genders": ["any"] },
        "placementTypes": ["short-term"], "location": { "outwardPostcode": "B13" }, "summary": "Patient couple.",
    });
    let provider = json!({ "urn": urn, "name": "Invented Fostering" });
    let document = json!({ "format": "homeward/vacancies", "version": "1", "provider": provider, "vacancies": [home] });
    by.post("/v1/vacancies", &document.to_string()).with_status(201).json()["id"].as_str().unwrap().to_owned()
}

fn reminded(house: &House) -> Vec<Value> {
    house.audit().into_iter().filter(|line| line["action"] == "remind").collect()
}

#[test]
fn an_agency_is_reminded_after_four_and_five_working_days_once_each_and_of_nothing_that_it_confirmed() {
    let (mail, friday) = (mail_server(), friday());
    let mut house = house(&mail);
    let seconds = friday.timestamp().duration_since(Timestamp::now()).as_secs();
    if !house.comes_back_later(seconds) {
        return;
    }
    let before = |days: i64| (&friday - days.days()).date().to_string();
    let (bluebird, robin) = (house.by("bluebird"), house.by("robin"));
    let monday = offer(&bluebird, "SC999901", "V-1", &before(4));
    let confirmed = offer(&bluebird, "SC999901", "V-2", &before(4));
    let a_week_old = offer(&bluebird, "SC999901", "V-3", &before(7));
    let thursday = offer(&bluebird, "SC999901", "V-4", &before(1));
    offer(&robin, "SC999902", "V-1", &before(4));

    assert!(house.comes_back_later(seconds + 60));
    let letter = wait_until("a letter", || mail.mails().first().cloned());
    for words in [
        "To: duty@bluebird.example\n",
        "Subject: [homeward journeys] 3 homes are to be checked\n",
        "Checked 4 working days ago: 2\n",
        "Checked 5 working days ago: 1\n",
        "What to do: look at each.",
        &monday,
        &confirmed,
        &a_week_old,
    ] {
        assert!(letter.contains(words), "without {words}:\n{letter}");
    }
    for words in [&*thursday, "V-1", "Patient", "B13", "C-V"] {
        assert!(!letter.contains(words), "{words}:\n{letter}");
    }
    // Who named no team is called by those who run the gateway.
    let lines = wait_until("both are told", || Some(reminded(&house)).filter(|lines| lines.len() == 2));
    let outcome = |partner: &str| lines.iter().find(|line| line["recipient"] == partner).unwrap()["outcome"].clone();
    assert_eq!((outcome("bluebird"), outcome("robin")), (json!("letter"), json!("alert")));
    let alerts = house.by("c.three").get("/v1/alerts").with_status(200).json();
    let kinds: Vec<_> = alerts["items"].as_array().unwrap().iter().map(|it| (&it["kind"], &it["about"])).collect();
    assert!(kinds.contains(&(&json!("homes-unchecked"), &json!("partner:robin"))), "{alerts}");
    house.by("bluebird").post(&format!("/v1/vacancies/{confirmed}/confirm"), "{}").with_status(200);

    // Not again on that day, not on a Saturday; and on Monday of what is still not checked.
    assert!(house.comes_back_later(seconds + 3_600));
    house.by("bluebird").get("/v1/vacancies").with_status(200);
    assert!(house.comes_back_later(seconds + 86_400));
    house.by("bluebird").get("/v1/vacancies").with_status(200);
    assert!(house.comes_back_later(seconds + 3 * 86_400));
    wait_until("both are told", || (reminded(&house).len() == 4).then_some(()));
    let letters = mail.mails();
    assert_eq!(letters.len(), 2);
    assert!(letters[1].contains("Checked 5 working days ago: 1\n") && letters[1].contains(&monday), "{}", letters[1]);
    for over in [&confirmed, &a_week_old, &thursday] {
        assert!(!letters[1].contains(over), "{}", letters[1]);
    }
    house.stop();
}
