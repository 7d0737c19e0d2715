//! A gateway that holds the region, asked over plain HTTP on loopback by clients of a few lines.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use schemas::date::Date;
use serde_json::{Value, json};
use server::{
    Gateway, Running, api_key,
    config::{Config, Environment},
    desk::Desk,
};

const SEARCHERS: usize = 64;
const ROWS: usize = 500;
const WARMING: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(4);

const SEARCHES: [&str; 4] = [
    "age=9&sex=F&provision=fostering&outward=QA3&miles=15",
    "age=14&sex=M&provision=fostering&attribute=autism-adhd&pets=none&outward=QC2&miles=20&max_fee=1000.00",
    "age=4&age=9&siblings=2&provision=fostering",
    "age=16&provision=supported-accommodation&outward=QE1&miles=30",
];

/// Measures searches alone, and while an agency submits.
pub(crate) fn searching() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let today = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::get("Europe/London").unwrap()).date();
    let as_at = Date::new(today.year(), today.month() as u8, today.day() as u8).unwrap();
    let documents: Vec<Value> =
        super::documents(as_at).iter().map(|bytes| serde_json::from_slice(bytes).unwrap()).collect();
    let (gateway, [agencies, placements]) = start(folder.path(), &documents);
    let mut agency = Client::connect(gateway.public, &agencies);
    for document in &documents {
        agency.post("/v1/vacancies/bulk", document);
    }
    let largest = documents.iter().max_by_key(|document| homes_of(document).len()).unwrap();
    assert!(homes_of(largest).len() >= ROWS, "an agency of {ROWS} homes");

    let (median, slowest, _) = asked(&gateway, &placements, || 0);
    println!("{SEARCHERS} searchers, nobody submits: p99 of the median {:.2}", slowest / median);
    let mut turn = 0_u64;
    let (median, slowest, submitted) = asked(&gateway, &placements, || {
        turn += 1;
        agency.post("/v1/vacancies/bulk", &changed(largest, turn, as_at));
        1
    });
    println!(
        "{SEARCHERS} searchers, an agency submits {ROWS} homes {submitted} times: p99 of the median {:.2} (wanted: no more \
         than 5)",
        slowest / median
    );
    gateway.drain();
}

fn homes_of(document: &Value) -> &Vec<Value> {
    document["vacancies"].as_array().unwrap()
}

/// The first homes of a document, each as it was but for its branch.
fn changed(document: &Value, turn: u64, as_at: Date) -> Value {
    let homes = homes_of(document).iter().filter(|home| home["status"] == "open").take(ROWS);
    let homes = homes.map(|home| {
        let mut home = home.clone();
        home["branch"] = json!(format!("Branch {turn}"));
        home["asAt"] = json!(as_at.to_string());
        home
    });
    let homes: Vec<Value> = homes.collect();
    let mut document = document.clone();
    document["vacancies"] = Value::Array(homes);
    document
}

/// What searches take while something else is done again and again: the median, the slowest of a hundred, and how often
/// the other was done.
fn asked(gateway: &Running, key: &str, mut meanwhile: impl FnMut() -> u64) -> (f64, f64, u64) {
    let (ended, begun) = (AtomicBool::new(false), Instant::now());
    let (mut seconds, done) = thread::scope(|scope| {
        let searchers: Vec<_> = (0..SEARCHERS)
            .map(|n| {
                let ended = &ended;
                let mut client = Client::connect(gateway.public, key);
                scope.spawn(move || {
                    let (mut seconds, address) =
                        (Vec::new(), format!("/v1/vacancies?{}", SEARCHES[n % SEARCHES.len()]));
                    while !ended.load(Ordering::Relaxed) {
                        let since = Instant::now();
                        client.get(&address);
                        if begun.elapsed() > WARMING {
                            seconds.push(since.elapsed().as_secs_f64());
                        }
                    }
                    seconds
                })
            })
            .collect();
        let mut done = 0;
        while begun.elapsed() < WARMING + MEASURED {
            match meanwhile() {
                0 => thread::sleep(Duration::from_millis(50)),
                more => done += more,
            }
        }
        ended.store(true, Ordering::Relaxed);
        let seconds: Vec<f64> = searchers.into_iter().flat_map(|searcher| searcher.join().unwrap()).collect();
        (seconds, done)
    });
    seconds.sort_by(f64::total_cmp);
    (seconds[seconds.len() / 2], seconds[seconds.len() * 99 / 100], done)
}

/// The gateway with the agencies and a placements team, and the key of each.
fn start(folder: &Path, documents: &[Value]) -> (Running, [String; 2]) {
    let urns: Vec<&str> = documents.iter().map(|document| document["provider"]["urn"].as_str().unwrap()).collect();
    let tomorrow = jiff::Zoned::now().date().tomorrow().unwrap();
    let made = [api_key::make().unwrap(), api_key::make().unwrap()];
    let key = |n: usize| {
        format!("[[partner.api_key]]\nid = \"{}\"\nsha256 = \"{}\"\nexpires = {tomorrow}\n", made[n].id, made[n].sha256)
    };
    let source = format!(
        "version = 1\nname = \"bench\"\npublic_url = \"http://127.0.0.1:8443\"\nauthority = \"330\"\n\
         [ids]\nkey_file = \"ids.key\"\n[store]\npath = \"store\"\nkey_file = \"store.key\"\ndisk_free_bytes_min = 0\n\
         [listen.public]\naddress = \"127.0.0.1:0\"\n[listen.admin]\naddress = \"127.0.0.1:0\"\n\
         [limits]\nconnections_per_address_max = 1000\n\
         [limits.partner]\nrequests_per_minute = 100000000\nrequests_burst = 100000000\nbytes_per_minute = 1000000000\n\
         [[partner]]\nname = \"agencies\"\nview = \"provider\"\nscopes = [\"vacancies:write\"]\nurns = {urns:?}\n{}\
         [[partner]]\nname = \"placements\"\nview = \"local-authority\"\nauthority = \"330\"\nscopes = [\"vacancies:read\"]\n{}",
        key(0),
        key(1),
    );
    fs::create_dir(folder.join("store")).unwrap();
    // 32 bytes of nothing in particular.
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for (name, text) in [("ids.key", zeros.to_owned()), ("store.key", format!("k:{zeros}"))] {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    let config = Config::parse(&folder.join("homeward.toml"), &source, &Environment::default());
    let config = config.unwrap_or_else(|faults| panic!("{faults}"));
    let desk = Arc::new(Desk::new(&config));
    (Gateway::start(config, desk).unwrap(), made.map(|made| made.text.to_string()))
}

/// One connection, one request after another.
struct Client {
    stream: BufReader<TcpStream>,
    key: String,
}

impl Client {
    fn connect(address: SocketAddr, key: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream), key: key.to_owned() }
    }

    fn get(&mut self, address: &str) {
        self.send("GET", address, b"");
    }

    fn post(&mut self, address: &str, document: &Value) {
        self.send("POST", address, document.to_string().as_bytes());
    }

    /// Asks, and reads the answer to its end.
    fn send(&mut self, method: &str, address: &str, body: &[u8]) {
        let head = format!(
            "{method} {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        self.stream.get_mut().write_all(&[head.as_bytes(), body].concat()).unwrap();
        let (mut line, mut length) = (String::new(), 0);
        self.stream.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 200"), "{method} {address}: {line}");
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            let header = line.trim_end().to_ascii_lowercase();
            assert!(!header.starts_with("transfer-encoding"), "an answer has a length");
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if header.is_empty() {
                break;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).unwrap();
    }
}
