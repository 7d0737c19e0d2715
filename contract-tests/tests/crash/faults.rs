//! Partners that fail, each in its own way: nothing is lost, nothing arrives twice under two keys, and the other partner
//! keeps its pace. And a disk that is full: nothing more comes in, and what came goes out.

use std::{
    collections::{BTreeSet, HashMap},
    fs, io,
    net::Shutdown,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use contract_tests::homeward::homeward_with_crash_points;

use crate::{
    children::{Told, episodes},
    client,
    house::{Gateway, House, SEND, key_of},
    recipient::{Recipient, TAKEN, Talk},
    restricted::certified,
};

const CHILDREN: u32 = 8;

/// The other partner has everything by then, however one of them fails.
const PACE: Duration = Duration::from_secs(20);

type Behaviour = fn(&mut Talk) -> io::Result<()>;

fn refuses(talk: &mut Talk) -> io::Result<()> {
    talk.socket.shutdown(Shutdown::Both)
}

fn hangs(talk: &mut Talk) -> io::Result<()> {
    talk.hear()?;
    thread::sleep(Duration::from_secs(30));
    Ok(())
}

fn answers_slowly(talk: &mut Talk) -> io::Result<()> {
    talk.hear()?;
    for piece in TAKEN.split_inclusive('\n') {
        thread::sleep(Duration::from_millis(100));
        talk.say(piece)?;
    }
    Ok(())
}

fn half_closes(talk: &mut Talk) -> io::Result<()> {
    talk.hear()?;
    talk.socket.shutdown(Shutdown::Write)?;
    thread::sleep(Duration::from_millis(200));
    Ok(())
}

fn fails(talk: &mut Talk) -> io::Result<()> {
    talk.hear()?;
    talk.say("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

fn asks_for_time(talk: &mut Talk) -> io::Result<()> {
    talk.hear()?;
    talk.say("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

/// Says that it took all, and breaks off before its answer is whole: what it said may be undone.
fn breaks_its_word(talk: &mut Talk) -> io::Result<()> {
    talk.hear()?;
    talk.say("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"taken\":")
}

fn takes(talk: &mut Talk) -> io::Result<()> {
    talk.take_all()
}

/// The children that came, and that no content came under two keys.
pub(crate) fn came(recipient: &Recipient) -> BTreeSet<u32> {
    let mut keys: HashMap<String, String> = HashMap::new();
    let arrivals = recipient.arrivals();
    for arrival in &arrivals {
        let key = keys.entry(arrival.content()).or_insert_with(|| arrival.key.clone());
        assert_eq!(*key, arrival.key, "one content, one key");
    }
    arrivals.iter().filter_map(crate::recipient::Arrival::child).collect()
}

fn target(recipient: &Recipient, authority: &str) -> String {
    format!(
        "url = \"https://localhost:{}/in\"\nprivate_network = true\nca_file = \"{authority}\"\n\
         delivery = {{ timeout_seconds_max = 1 }}",
        recipient.address.port()
    )
}

#[test]
fn whatever_a_partner_does_nothing_is_lost_and_the_other_keeps_its_pace() {
    let faults: [(&str, Behaviour); 7] = [
        ("refuses", refuses),
        ("hangs", hangs),
        ("answers slowly", answers_slowly),
        ("half-closes", half_closes),
        ("500", fails),
        ("503 with Retry-After", asks_for_time),
        ("breaks its word", breaks_its_word),
    ];
    for (name, fault) in faults {
        let ((tls, authority), (other_tls, other_authority)) = (certified("localhost"), certified("localhost"));
        let behaves = Arc::new(Mutex::new(fault));
        let asked = behaves.clone();
        let faulty = Recipient::start(Some(tls), move |talk| {
            let behaviour = *asked.lock().unwrap();
            behaviour(talk)
        });
        let sound = Recipient::start(Some(other_tls), takes);
        let house = House::new(&[target(&faulty, "faulty.pem"), target(&sound, "sound.pem")]);
        fs::write(house.path("faulty.pem"), authority).unwrap();
        fs::write(house.path("sound.pem"), other_authority).unwrap();
        let gateway = Gateway::start(house.command(&homeward_with_crash_points()));
        gateway.approve();
        let began = Instant::now();
        for child in 0..CHILDREN {
            gateway.message(&format!("message-{child}"), &episodes(&[Told::first(child)], false));
        }
        let all: BTreeSet<u32> = (0..CHILDREN).collect();
        gateway.until("the other partner has all", || came(&sound) == all);
        let pace = began.elapsed();
        assert!(pace < PACE, "{name}: the other partner waited {pace:?}");
        *behaves.lock().unwrap() = takes;
        gateway.until_settled();
        assert_eq!(came(&faulty), all, "{name}");
        let dead = gateway.list("lcs", "/v1/dead-letters");
        assert!(dead.is_empty(), "{name}: {dead:?}");
        println!(
            "a partner that {name}: all {CHILDREN} arrived in {} requests; the other had all after {:.1} s",
            faulty.arrivals().len(),
            pace.as_secs_f32()
        );
        gateway.kill();
        house.prove_store();
    }
}

#[test]
fn a_partner_under_another_certificate_gets_nothing_and_nothing_is_lost() {
    let ((tls, _), (other_tls, other_authority)) = (certified("localhost"), certified("localhost"));
    let (stranger, sound) = (Recipient::start(Some(tls), takes), Recipient::start(Some(other_tls), takes));
    // The stranger stands where the partner should, and is signed by somebody else.
    let house = House::new(&[target(&stranger, "sound.pem"), target(&sound, "sound.pem")]);
    fs::write(house.path("sound.pem"), other_authority).unwrap();
    let gateway = Gateway::start(house.command(&homeward_with_crash_points()));
    gateway.approve();
    gateway.message("message-1", &episodes(&[Told::first(1)], false));
    gateway.until("the other partner has it", || came(&sound).len() == 1);
    gateway.until("the stranger was tried", || {
        let waiting = gateway.list("lcs", "/v1/deliveries?recipient=nurses-1");
        waiting.iter().any(|told| told["state"] == "waiting" && told["attempts"].as_u64() != Some(0))
    });
    assert!(stranger.arrivals().is_empty());
}

#[test]
fn a_full_disk_takes_nothing_in_and_lets_everything_out() {
    let recipient = Recipient::start(None, |talk| {
        talk.hear()?;
        talk.say("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    });
    let house = House::new(&[
        format!("url = \"http://{}/in\"\nprivate_network = true", recipient.address),
        "transport = \"directory\"\npath = \"out\"\nname = \"{delivery}.json\"".to_owned(),
    ]);
    let program = homeward_with_crash_points();
    let gateway = Gateway::start(house.command(&program));
    gateway.approve();
    gateway.message("message-1", &episodes(&[Told::first(1)], false));
    gateway.until("it was tried", || !recipient.arrivals().is_empty());
    gateway.kill();

    // No disk of a test has so much left.
    house.asks_for_room(1 << 40);
    fs::create_dir(house.path("out")).unwrap();
    let gateway = Gateway::start(house.command(&program));
    let headers = [("Idempotency-Key", "message-2"), ("Content-Type", "text/csv")];
    let body = episodes(&[Told::first(2)], false);
    let refused = client::send(gateway.public, SEND, &key_of("lcs"), &headers, &body).unwrap().with_status(503);
    assert!(refused.header("retry-after").is_some());
    let files = || fs::read_dir(house.path("out")).unwrap().count();
    gateway.until("what came before goes out", || files() == 1);
    gateway.kill();

    house.asks_for_room(0);
    let gateway = Gateway::start(house.command(&program));
    gateway.message("message-2", &body);
    gateway.until("the message that was refused goes out", || files() == 2);
    gateway.kill();
    house.prove_store();
}
