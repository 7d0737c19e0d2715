//! A child restricted at every moment of a delivery's life: after the restriction is answered nothing leaves but what
//! takes back.
//!
//! The recipient speaks TLS and waits before its handshake, so that a delivery is leased, disclosed and connected, and
//! none of its bytes has left.

use std::{
    fs,
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use contract_tests::homeward::homeward_with_crash_points;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde_json::Value;

use crate::{
    children::{Told, episodes},
    house::{Gateway, House},
    recipient::{Arrival, Recipient, TAKEN},
};

/// How long something that must not come is waited for.
const QUIET: Duration = Duration::from_millis(1500);

/// What a recipient does with all that comes.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    /// Lets nothing begin.
    Waits,
    /// Gives this answer.
    Says(&'static str),
}

const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const REFUSED: &str = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// A recipient whose mood can be changed, and who it is.
struct Moody {
    mood: Arc<(Mutex<Mood>, Condvar)>,
    recipient: Recipient,
    authority: String,
}

impl Moody {
    fn new(mood: Mood) -> Self {
        let (tls, authority) = certified("localhost");
        let shared = Arc::new((Mutex::new(mood), Condvar::new()));
        let seen = shared.clone();
        let recipient = Recipient::start(Some(tls), move |talk| {
            loop {
                drop(seen.1.wait_while(seen.0.lock().unwrap(), |mood| *mood == Mood::Waits).unwrap());
                talk.hear()?;
                let Mood::Says(answer) = *seen.0.lock().unwrap() else { return Ok(()) };
                talk.say(answer)?;
                if answer != TAKEN {
                    return Ok(());
                }
            }
        });
        Self { mood: shared, recipient, authority }
    }

    fn turns(&self, mood: Mood) {
        *self.mood.0.lock().unwrap() = mood;
        self.mood.1.notify_all();
    }

    fn house(&self) -> House {
        let house = House::new(&[format!(
            "url = \"https://localhost:{}/in\"\nprivate_network = true\nca_file = \"recipient.pem\"\n\
             delivery = {{ concurrency_per_partner_max = 1 }}",
            self.recipient.address.port()
        )]);
        fs::write(house.path("recipient.pem"), &self.authority).unwrap();
        house
    }

    /// How many deliveries about a child came.
    fn came(&self, child: u32) -> usize {
        self.recipient.arrivals().iter().filter(|arrival| arrival.child() == Some(child)).count()
    }
}

/// A certificate of this name, and the authority that signed it.
pub(crate) fn certified(name: &str) -> (Arc<ServerConfig>, String) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&own, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let chain = CertificateDer::pem_slice_iter(certificate.pem().as_bytes()).map(Result::unwrap).collect();
    let private = PrivateKeyDer::from_pem_slice(own.serialize_pem().as_bytes()).unwrap();
    (Arc::new(config.with_no_client_auth().with_single_cert(chain, private).unwrap()), authority)
}

const CHILD: Told = Told { child: 7, changes: 0 };

/// The one delivery about the child as the gateway tells of it; the newest where there are several.
fn delivery(gateway: &Gateway, message: &str) -> Option<Value> {
    gateway.list("lcs", &format!("/v1/deliveries?message={message}")).into_iter().next()
}

fn until_state(gateway: &Gateway, message: &str, states: &[&str]) {
    gateway.until(&format!("a delivery that is {states:?}"), || {
        delivery(gateway, message).is_some_and(|told| states.iter().any(|state| told["state"] == *state))
    });
}

fn send(gateway: &Gateway, told: Told) -> String {
    let receipt = gateway.message(&format!("message-{}", told.child), &episodes(&[told], false));
    receipt["id"].as_str().unwrap().to_owned()
}

/// Whether nothing is told by an arrival but that what was told before no longer holds.
fn takes_back(arrival: &Arrival) -> bool {
    arrival.json()["entry"].as_array().unwrap().iter().all(|entry| {
        let resource = &entry["resource"];
        // A withdrawal names the child and the authority, by what the recipient knows them by.
        let members = resource.as_object().map_or(0, serde_json::Map::len);
        let names = matches!(resource["resourceType"].as_str(), Some("Patient" | "Organization")) && members <= 6;
        entry["request"]["method"] == "DELETE" || resource["status"] == "entered-in-error" || names
    })
}

/// Restricts the child, lets the recipient take all that comes, and looks at what comes.
fn nothing_leaves_after(moody: &Moody, gateway: &Gateway, moment: &str) {
    let before = moody.came(CHILD.child);
    gateway.restrict(&CHILD.id());
    let restricted = Instant::now();
    moody.turns(Mood::Says(TAKEN));
    thread::sleep(QUIET);
    let after: Vec<_> = moody.recipient.arrivals().into_iter().filter(|arrival| arrival.at > restricted).collect();
    for arrival in after.iter().filter(|arrival| arrival.child().is_none_or(|child| child == CHILD.child)) {
        assert!(takes_back(arrival), "{moment}: {:#}", arrival.json());
    }
    let after: Vec<_> = after.iter().map(|arrival| (arrival.child(), &arrival.key[30..], arrival.fence)).collect();
    println!("restricted {moment}: {before} came before; after it, all to take back: {after:?}");
}

/// A house whose route is approved.
fn approved(moody: &Moody, crash_at: &str) -> (House, Gateway) {
    let house = moody.house();
    let mut command = house.command(&homeward_with_crash_points());
    if !crash_at.is_empty() {
        command.env("HOMEWARD_CRASH_AT", crash_at);
    }
    let gateway = Gateway::start(command);
    gateway.approve();
    (house, gateway)
}

#[test]
fn restricted_while_it_is_ready_behind_another() {
    let moody = Moody::new(Mood::Waits);
    let (_house, gateway) = approved(&moody, "");
    let other = send(&gateway, Told::first(3));
    until_state(&gateway, &other, &["leased"]);
    let message = send(&gateway, CHILD);
    until_state(&gateway, &message, &["ready"]);
    nothing_leaves_after(&moody, &gateway, "ready");
    assert_eq!(moody.came(CHILD.child), 0, "whoever was never told has nothing to take back");
    gateway.until("the other child arrives", || moody.came(3) > 0);
}

#[test]
fn restricted_after_the_lease_and_before_the_first_byte() {
    let moody = Moody::new(Mood::Waits);
    let (_house, gateway) = approved(&moody, "");
    let message = send(&gateway, CHILD);
    until_state(&gateway, &message, &["leased"]);
    nothing_leaves_after(&moody, &gateway, "leased");
}

#[test]
fn restricted_while_it_waits_for_another_attempt() {
    let moody = Moody::new(Mood::Says(BUSY));
    let (_house, gateway) = approved(&moody, "");
    let message = send(&gateway, CHILD);
    gateway.until("it was tried", || moody.came(CHILD.child) > 1);
    moody.turns(Mood::Waits);
    until_state(&gateway, &message, &["waiting", "ready", "leased"]);
    nothing_leaves_after(&moody, &gateway, "waiting");
}

#[test]
fn restricted_when_it_is_dead_and_retried() {
    let moody = Moody::new(Mood::Says(REFUSED));
    let (_house, gateway) = approved(&moody, "");
    let message = send(&gateway, CHILD);
    until_state(&gateway, &message, &["dead"]);
    let retry = |gateway: &Gateway| {
        let told = delivery(gateway, &message).unwrap();
        let path = format!("/v1/deliveries/{}", told["id"].as_str().unwrap());
        let held = gateway.ask("lcs", &format!("GET {path}"), &[], b"").with_status(200);
        let tag = held.header("etag").unwrap().to_owned();
        gateway.ask("lcs", &format!("POST {path}/retry"), &[("If-Match", &tag)], b"");
    };
    moody.turns(Mood::Waits);
    // Once while it is dead, and once while a person has it tried again.
    retry(&gateway);
    until_state(&gateway, &message, &["leased"]);
    nothing_leaves_after(&moody, &gateway, "retried");
}

#[test]
fn restricted_while_it_is_dead_and_then_retried() {
    let moody = Moody::new(Mood::Says(REFUSED));
    let (_house, gateway) = approved(&moody, "");
    let message = send(&gateway, CHILD);
    until_state(&gateway, &message, &["dead"]);
    let dead = delivery(&gateway, &message).unwrap();
    nothing_leaves_after(&moody, &gateway, "dead");
    let restricted = Instant::now();
    let path = format!("/v1/deliveries/{}", dead["id"].as_str().unwrap());
    let held = gateway.ask("lcs", &format!("GET {path}"), &[], b"").with_status(200);
    let tag = held.header("etag").unwrap().to_owned();
    gateway.ask("lcs", &format!("POST {path}/retry"), &[("If-Match", &tag)], b"");
    thread::sleep(QUIET);
    let again = moody.recipient.arrivals().into_iter().filter(|arrival| arrival.at > restricted);
    assert!(again.into_iter().all(|arrival| takes_back(&arrival)));
}

#[test]
fn restricted_after_a_kill_between_lease_send_and_settlement() {
    for point in ["after-lease", "after-send"] {
        let moody = Moody::new(Mood::Says(TAKEN));
        let (house, mut gateway) = approved(&moody, &format!("{point}:1"));
        send(&gateway, CHILD);
        gateway.until_it_stands_still();
        gateway.kill();
        moody.turns(Mood::Waits);
        let gateway = Gateway::start(house.command(&homeward_with_crash_points()));
        nothing_leaves_after(&moody, &gateway, &format!("killed {point}"));
    }
}
