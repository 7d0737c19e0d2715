//! `homeward demo`: the gateway at work on a synthetic authority, from its certificate to the last line of FHIR.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use exchange::{precision::Precision, view::View};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use schemas::{date::CollectionYear, identifier::LaCode, record::STATEMENTS};
use serde_json::Value;
use server::{
    Certificate, ClientCertificates, Gateway, Running, StartFault,
    config::{Config, IdsKey, Tls, TlsVersion},
    desk::Desk,
    outbound::{
        address::Address,
        client::{Ask, Client, ClientFault, Content, ContentBytes, Credentials, Deed},
    },
};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    arguments::DemoArguments,
    commands::synth::{cannot_make, last_full_year},
    failure::{Ended, Failure, Outcome},
    output::cannot_write,
    synth::{self, Made, Order},
    terminal::Terminal,
};

/// How many faults are planted, fewer only where there are too few children to hold them.
const FAULTS_MAX: u32 = 20;

/// The authority that is played: Birmingham's code, invented children.
const AUTHORITY: u16 = 330;

/// Bytes of an answer that the demonstration takes.
const ANSWER_BYTES_MAX: usize = 256 << 20;

pub(crate) fn run(arguments: &DemoArguments, terminal: &Terminal) -> Outcome {
    let folder = Folder::open(arguments)?;
    let year = last_full_year()?;
    let made = make_authority(arguments, year, &folder.path)?;
    let authority_pem = make_certificates(&folder.path)?;
    let running = start(arguments, &folder.path)?;
    let port = running.public.port();

    let [collection, authority] = [year.to_string(), AUTHORITY.to_string()];
    let query = [
        ("from", "ssda903-csv"),
        ("to", "fhir-ndjson"),
        ("view", "health"),
        ("errors", "skip"),
        ("year", &*collection),
        ("authority", &*authority),
    ];
    let body = fs::read(folder.path.join(RETURN)).map_err(cannot_write)?;
    let sent = body.len();
    let unasked = |fault: ClientFault| Failure::new("the gateway could not be asked", fault.to_string());
    let address = Address::parse(&format!("https://localhost:{port}"))
        .ok_or_else(|| Failure::new("the gateway has no address", "this is a fault of Homeward"))?;
    let credentials = Credentials { authorities: Some(authority_pem.as_bytes()), ..Credentials::default() };
    let client = Client::new(address, &credentials).map_err(unasked)?;
    let ask = Ask {
        path: "/v1/translate",
        query: &query,
        headers: &[("accept", "multipart/mixed")],
        deed: Deed::Act(Content { media_type: "application/zip", bytes: ContentBytes::Whole(body) }),
    };
    let answer = client.ask(ask).map_err(unasked)?;
    let status = answer.status();
    let content_type = answer.header("content-type").unwrap_or_default().to_owned();
    let body = answer.read(ANSWER_BYTES_MAX).map_err(unasked)?;
    if status != 200 {
        return Err(Failure::new(
            format!("the gateway answered {status}"),
            String::from_utf8_lossy(&body).into_owned(),
        ));
    }
    let (output, report) = parts_of(&content_type, &body)
        .ok_or_else(|| Failure::new("the gateway's answer has not two parts", "this is a fault of Homeward"))?;
    let mut text = tell_input(&made, year, sent);
    text.push_str(&tell_output(output));
    text.push_str(&tell_wrong(&report));
    text.push_str(&tell_withheld(&report));
    text.push_str(&tell_commands(&folder.path, port, year));
    terminal.print(text.as_bytes())?;
    let missed = missed_faults(&made, &report);
    if missed > 0 {
        return Err(Failure::new(format!("{missed} planted faults were not found"), "this is a fault of Homeward"));
    }
    if !arguments.once {
        let signal = running.heed_signals().map_err(|error| {
            Failure::new("signals cannot be waited for", format!("the system says: {}", error.kind()))
        })?;
        terminal.note("note: the gateway serves until Ctrl-C");
        running.until_signal(signal);
    }
    running.drain();
    Ok(Ended::Well)
}

/// Where everything of the demonstration stands.
struct Folder {
    path: PathBuf,
    /// Removes the folder when the demonstration ends.
    _temporary: Option<tempfile::TempDir>,
}

impl Folder {
    fn open(arguments: &DemoArguments) -> Result<Self, Failure> {
        match &arguments.folder {
            Some(path) => {
                fs::create_dir_all(path).map_err(cannot_write)?;
                let path = path.canonicalize().map_err(cannot_write)?;
                Ok(Self { path, _temporary: None })
            }
            None => {
                let temporary = tempfile::Builder::new().prefix("homeward-demo-").tempdir().map_err(cannot_write)?;
                Ok(Self { path: temporary.path().to_owned(), _temporary: Some(temporary) })
            }
        }
    }
}

const RETURN: &str = "return.zip";
const AUTHORITY_FILE: &str = "authority.pem";

/// Makes the synthetic authority, as files and as the archive that is sent.
fn make_authority(arguments: &DemoArguments, year: CollectionYear, folder: &Path) -> Result<Made, Failure> {
    let authority = LaCode::new(AUTHORITY)
        .ok_or_else(|| Failure::new("the authority has no code", "this is a fault of Homeward"))?;
    let faults = FAULTS_MAX.min(arguments.children / 10);
    let order = Order { children: arguments.children, seed: arguments.seed, faults, year, authority };
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut keep = |name: &str, bytes: &[u8]| {
        match files.iter_mut().find(|(known, _)| known == name) {
            Some((_, file)) => file.extend_from_slice(bytes),
            None => files.push((name.to_owned(), bytes.to_owned())),
        }
        Ok(())
    };
    let made = synth::write(&order, &mut keep).map_err(cannot_make)?;
    let places = folder.join("authority");
    fs::create_dir_all(&places).map_err(cannot_write)?;
    let write = |archive: File| -> io::Result<()> {
        let mut archive = ZipWriter::new(archive);
        for (name, bytes) in &files {
            fs::write(places.join(name), bytes)?;
            // What was planted is the answer to the exercise; it is not sent.
            if name != "faults.csv" {
                archive.start_file(name.as_str(), SimpleFileOptions::default()).map_err(io::Error::other)?;
                archive.write_all(bytes)?;
            }
        }
        archive.finish().map_err(io::Error::other)?;
        Ok(())
    };
    write(File::create(folder.join(RETURN)).map_err(cannot_write)?).map_err(cannot_write)?;
    Ok(made)
}

/// Makes a development certificate authority and a certificate for localhost; gives the authority's certificate.
fn make_certificates(folder: &Path) -> Result<String, Failure> {
    let make = || -> Result<(String, String, String), rcgen::Error> {
        let mut authority = CertificateParams::new(Vec::new())?;
        authority.distinguished_name.push(DnType::CommonName, "Homeward demonstration authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let mut server = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
        server.distinguished_name.push(DnType::CommonName, "localhost");
        let key = KeyPair::generate()?;
        let certificate = server.signed_by(&key, &authority)?;
        Ok((authority.pem(), certificate.pem(), key.serialize_pem()))
    };
    let (authority, certificate, key) =
        make().map_err(|_| Failure::new("certificates cannot be made", "this system gives no random numbers"))?;
    for (name, text) in [(AUTHORITY_FILE, &authority), ("server.pem", &certificate)] {
        fs::write(folder.join(name), text).map_err(cannot_write)?;
    }
    write_secret(&folder.join("server.key"), &key).map_err(cannot_write)?;
    Ok(authority)
}

/// Writes a file that only its owner reads.
#[cfg(unix)]
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

/// Writes a file under the rights of its folder: this system has no others that are simple.
#[cfg(not(unix))]
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)
}

fn start(arguments: &DemoArguments, folder: &Path) -> Result<Running, Failure> {
    let read = |name: &str| fs::read(folder.join(name)).map_err(cannot_write);
    let certificate = Certificate::from_pem(&read("server.pem")?, &read("server.key")?)
        .map_err(|fault| Failure::new(fault.to_string(), "this is a fault of Homeward"))?;
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|_| Failure::new("this system gives no random numbers", ""))?;
    let mut config = Config::on_loopback("demo", IdsKey::new(key));
    config.public.address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    config.public.tls = Some(Tls {
        certificate,
        version_min: TlsVersion::Tls12,
        handshake_seconds_max: 10,
        client: ClientCertificates::default(),
    });
    let desk = Arc::new(Desk::new(&config));
    Gateway::start(config, desk).map_err(|fault| match fault {
        StartFault::Listen { .. } => Failure::new(
            format!("port {} of localhost is taken", arguments.port),
            "end what listens there, or give --port 0 for a free one",
        ),
        other => Failure::new(other.to_string(), ""),
    })
}

/// The two parts of a multipart answer: the output, and the report.
fn parts_of<'b>(content_type: &str, body: &'b [u8]) -> Option<(&'b [u8], Value)> {
    let (_, boundary) = content_type.split_once("boundary=")?;
    let line = format!("--{}", boundary.trim_matches('"'));
    let mut parts = split_at(body, line.as_bytes()).into_iter().skip(1).map(|part| {
        let head = find(part, b"\r\n\r\n").map_or(0, |at| at + 4);
        part[head..].strip_suffix(b"\r\n").unwrap_or(&part[head..])
    });
    let output = parts.next()?;
    let report = serde_json::from_slice(parts.next()?).ok()?;
    Some((output, report))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}

fn split_at<'b>(bytes: &'b [u8], line: &[u8]) -> Vec<&'b [u8]> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for at in memchr::memmem::find_iter(bytes, line) {
        pieces.push(&bytes[from..at]);
        from = at + line.len();
    }
    pieces.push(&bytes[from..]);
    pieces
}

fn tell_input(made: &Made, year: CollectionYear, sent: usize) -> String {
    format!(
        "in\n  {} children of authority {AUTHORITY}, collection year {year}: {} rows, {} bytes sent over TLS as a zip\n\n",
        made.children, made.rows, sent
    )
}

fn tell_output(output: &[u8]) -> String {
    let mut types: BTreeMap<String, u64> = BTreeMap::new();
    for line in output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let kind = serde_json::from_slice::<Value>(line)
            .ok()
            .and_then(|resource| resource["resourceType"].as_str().map(str::to_owned));
        *types.entry(kind.unwrap_or_else(|| "not FHIR".to_owned())).or_default() += 1;
    }
    let mut text = format!("out\n  {} bytes of FHIR R4, one resource a line\n", output.len());
    for (kind, count) in types {
        text.push_str(&format!("  {count:>7} {kind}\n"));
    }
    text.push('\n');
    text
}

fn tell_wrong(report: &Value) -> String {
    let mut text = String::from("wrong\n");
    for rule in list(report, "rules").filter(|rule| rule["severity"] != "loss") {
        let first = list(report, "diagnostics").find(|diagnostic| diagnostic["rule"] == rule["rule"]);
        let place = first.map_or_else(String::new, |diagnostic| place_of(&diagnostic["place"]));
        text.push_str(&format!(
            "  {:>5} {:<8} {:<26} {}{place}\n",
            number(&rule["count"]),
            word(&rule["severity"]),
            word(&rule["rule"]),
            word(&rule["message"])
        ));
    }
    text.push('\n');
    text
}

fn place_of(place: &Value) -> String {
    let line = &place["line"];
    if line.is_null() {
        return String::new();
    }
    format!(" (first at {}:{line})", word(&place["part"]))
}

fn tell_withheld(report: &Value) -> String {
    let mut text = String::from("withheld\n");
    if let Some(left_out) = report["leftOut"].as_object() {
        for (reason, count) in left_out {
            text.push_str(&format!("  {:>5} children left out: {reason}\n", number(count)));
        }
    }
    for loss in list(report, "rules").filter(|rule| rule["severity"] == "loss") {
        text.push_str(&format!(
            "  {:>5} {}: {}\n",
            number(&loss["count"]),
            word(&loss["rule"]),
            word(&loss["message"])
        ));
    }
    if let Some(health) = View::shipped("health") {
        let fields = STATEMENTS.iter().flat_map(|statement| {
            statement.fields.iter().filter_map(|field| {
                let withheld = health.precision(statement.name, field.name) == Precision::Withheld;
                withheld.then(|| format!("{}.{}", statement.name, field.name))
            })
        });
        let fields: Vec<String> = fields.collect();
        text.push_str(&format!("  {:>5} fields that the view health never lets out, such as ", fields.len()));
        let shown = ["CareEpisode.home_postcode", "CareEpisode.end_reason", "AnnualHealth.convicted"];
        let shown: Vec<&str> = shown.into_iter().filter(|field| fields.iter().any(|known| known == field)).collect();
        text.push_str(&shown.join(", "));
        text.push('\n');
    }
    text.push('\n');
    text
}

fn tell_commands(folder: &Path, port: u16, year: CollectionYear) -> String {
    let curl = format!("curl --cacert '{}'", folder.join(AUTHORITY_FILE).display());
    let send = format!("-H 'Content-Type: application/zip' --data-binary '@{}'", folder.join(RETURN).display());
    let base = format!("https://localhost:{port}/v1");
    format!(
        "do it yourself\n  {curl} {base}/formats\n  {curl} {send} '{base}/check?from=ssda903-csv&year={year}&authority={AUTHORITY}'\n  {curl} {send} '{base}/translate?from=ssda903-csv&to=fhir-ndjson&view=health&errors=skip&year={year}&authority={AUTHORITY}'\n"
    )
}

/// How many planted faults the report does not name at their place.
fn missed_faults(made: &Made, report: &Value) -> usize {
    let found = |planted: &synth::Planted| {
        list(report, "diagnostics").any(|diagnostic| {
            let place = &diagnostic["place"];
            diagnostic["rule"] == planted.rule && place["part"] == planted.part && place["line"] == planted.line
        })
    };
    made.planted.iter().filter(|planted| !found(planted)).count()
}

fn list<'v>(value: &'v Value, member: &str) -> impl Iterator<Item = &'v Value> {
    value[member].as_array().into_iter().flatten()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}
