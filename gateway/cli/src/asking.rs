//! Asking a gateway: how it is reached and signed in to, what it answers, and what is told of that.
//!
//! A stopped gateway is asked in its store, for lists and things alone: what was asked of it is no other then.
//!
//! Status 0 when it is done, 1 when the gateway refused (its problem is told in its own words), 2 when it could not be
//! reached or does not know who asks.

mod draw;
mod lines;
mod list;
mod problem;
mod rest;
mod seen;

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
};

use serde_json::Value;
use server::{
    AtRest, Certificate,
    outbound::{
        address::Address,
        client::{Answer, Ask, Client, ClientFault, Content, ContentBytes, Credentials, Deed},
    },
};

pub(crate) use draw::{report, table, thing};
pub(crate) use lines::Lines;
pub(crate) use list::List;
pub(crate) use problem::Stopped;
pub(crate) use seen::{Act, typed_line};

use crate::{
    arguments::gateway::ReachArguments,
    failure::{Ended, Failure, Outcome},
    reading::load_config,
    terminal::Terminal,
};
use problem::Problem;

/// Bytes of an answer that is read whole. What may be longer is written as it comes.
const ANSWER_BYTES_MAX: usize = 32 << 20;

/// Bytes of a problem; what is longer is told by its status alone.
const PROBLEM_BYTES_MAX: usize = 16 << 20;

/// Bytes of a file of certificates, a key or an API key.
const CREDENTIAL_BYTES_MAX: u64 = 1 << 20;

/// What to do when something else than a gateway answers.
const NO_GATEWAY: &str = "is it a gateway of Homeward that listens there, and no proxy before it?";

/// What asking gives.
pub(crate) type Asked<T> = Result<T, Stopped>;

/// A gateway that is reached, and how what it tells is told on.
pub(crate) struct Asking<'t> {
    way: Way,
    json: bool,
    pub(crate) terminal: &'t Terminal,
}

/// How it is reached.
enum Way {
    /// Over the network, as it runs.
    Running(Box<Client>),
    /// In its store, as it does not.
    AtRest(Box<AtRest>),
}

/// An answer in JSON.
pub(crate) struct Told {
    /// Its version, as `If-Match` takes it.
    pub(crate) etag: Option<String>,
    /// Whether it is the stored answer to an earlier request.
    pub(crate) replayed: bool,
    /// As it came.
    pub(crate) body: Vec<u8>,
    /// As it was read.
    pub(crate) value: Value,
}

/// An answer that was read whole.
struct Came {
    etag: Option<String>,
    replayed: bool,
    media_type: Option<String>,
    /// Where the next page is, as `Link` has it.
    next: Option<String>,
    body: Vec<u8>,
}

/// Runs a command that asks a gateway, and tells what stopped it.
pub(crate) fn run<'t>(
    reach: &ReachArguments,
    terminal: &'t Terminal,
    command: impl FnOnce(&Asking<'t>) -> Asked<Ended>,
) -> Outcome {
    let asking = Asking::open(reach, terminal)?;
    match command(&asking) {
        Ok(ended) => Ok(ended),
        Err(Stopped::Refused(problem)) => {
            terminal.talk(&problem.told(reach.json));
            Ok(Ended::WithErrors)
        }
        Err(Stopped::Failed(failure)) => Err(failure),
    }
}

impl<'t> Asking<'t> {
    fn open(reach: &ReachArguments, terminal: &'t Terminal) -> Result<Self, Failure> {
        let way = match reach.at_rest() {
            Some(file) => Way::AtRest(Box::new(rest::open(file)?)),
            None => Way::Running(Box::new(Self::sign_in(reach)?)),
        };
        Ok(Self { way, json: reach.json, terminal })
    }

    fn sign_in(reach: &ReachArguments) -> Result<Client, Failure> {
        let url = match (&reach.gateway, &reach.config) {
            (Some(url), _) => url.clone(),
            (None, Some(file)) => load_config(file)?.public_url,
            (None, None) => {
                return Err(Failure::new(
                    "--gateway is needed",
                    "the address of the gateway, as in --gateway https://gateway.example; or its --config",
                ));
            }
        };
        let address = Address::parse(&url)
            .filter(|address| address.is_bare() && (address.is_secured() || address.is_loopback_host()));
        let address = address.ok_or_else(|| {
            Failure::new(
                "the address of the gateway has another form",
                "https:// and a host, as in https://gateway.example",
            )
        })?;
        let authorities = reach.ca_file.as_deref().map(|file| credential(file, "--ca-file", false)).transpose()?;
        let certificate = match (&reach.certificate_file, &reach.key_file) {
            (Some(chain), Some(key)) => {
                let chain = credential(chain, "--certificate-file", false)?;
                let key = credential(key, "--key-file", true)?;
                let unusable =
                    |fault: server::TlsFault| Failure::new("the certificate cannot be used", fault.to_string());
                Some(Certificate::from_pem(&chain, &key).map_err(unusable)?)
            }
            (None, None) => None,
            (Some(_), None) => return Err(Failure::new("--key-file is needed", "the key of --certificate-file")),
            (None, Some(_)) => {
                return Err(Failure::new("--certificate-file is needed", "the certificate of --key-file"));
            }
        };
        let api_key = reach.api_key_file.as_deref().map(|file| credential(file, "--api-key-file", true)).transpose()?;
        let api_key = match &api_key {
            None => None,
            Some(bytes) => {
                let text = std::str::from_utf8(bytes).unwrap_or_default().trim_end_matches(['\r', '\n']);
                // More than the key in one line is another file, and must not go out.
                if !text.starts_with("hw_") || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Err(Failure::new(
                        "the file of --api-key-file holds no API key",
                        "one line that begins with hw_, as `homeward partner key` prints it",
                    ));
                }
                Some(text)
            }
        };
        if certificate.is_none() && api_key.is_none() {
            return Err(Failure::new(
                "the gateway must know who asks",
                "give --certificate-file and --key-file, or --api-key-file",
            ));
        }
        let credentials =
            Credentials { authorities: authorities.as_deref(), certificate: certificate.as_ref(), api_key };
        Client::new(address, &credentials).map_err(|fault| failed(&fault))
    }

    /// The gateway, where it must be running: before anything is asked or read for what only that one does.
    pub(crate) fn running(&self) -> Result<&Client, Failure> {
        match &self.way {
            Way::Running(client) => Ok(client),
            Way::AtRest(_) => Err(rest::only_running()),
        }
    }

    /// Reads something.
    pub(crate) fn get(&self, path: &str, query: &[(&str, &str)]) -> Asked<Told> {
        self.told(Ask { path, query, headers: &[("accept", "application/json")], deed: Deed::Read })
    }

    /// Asks for something to be done to what was seen.
    pub(crate) fn act(&self, path: &str, body: &Value, if_match: Option<&str>) -> Asked<Told> {
        let content =
            Content { media_type: "application/json", bytes: ContentBytes::Whole(body.to_string().into_bytes()) };
        let accept = ("accept", "application/json");
        let headers = if_match.map(|tag| ("if-match", tag));
        let headers: Vec<_> = [accept].into_iter().chain(headers).collect();
        self.told(Ask { path, query: &[], headers: &headers, deed: Deed::Act(content) })
    }

    /// Asks for what stands there to be taken away.
    pub(crate) fn remove(&self, path: &str) -> Asked<Told> {
        self.told(Ask { path, query: &[], headers: &[("accept", "application/json")], deed: Deed::Remove })
    }

    /// Asks, and reads an answer in JSON.
    fn told(&self, ask: Ask<'_>) -> Asked<Told> {
        self.answer(ask).map_err(|fault| failed(&fault))?
    }

    /// The same; a fault of the connection comes as it is, for those who try again.
    pub(crate) fn answer(&self, ask: Ask<'_>) -> Result<Asked<Told>, ClientFault> {
        let came = self.came(ask)?;
        Ok(came.and_then(|Came { etag, replayed, body, .. }| match serde_json::from_slice(&body) {
            Ok(value) => Ok(Told { etag, replayed, body, value }),
            Err(_) => Err(Stopped::Failed(Failure::new("the answer is no JSON", NO_GATEWAY))),
        }))
    }

    /// Asks, and reads an answer of any form.
    fn came(&self, ask: Ask<'_>) -> Result<Asked<Came>, ClientFault> {
        let client = match &self.way {
            Way::Running(client) => client,
            Way::AtRest(store) => return Ok(rest::came(store, &ask)),
        };
        let answer = client.ask(ask)?;
        if !is_success(answer.status()) {
            return Ok(Err(stopped(answer)));
        }
        let header = |name: &str| answer.header(name).map(str::to_owned);
        Ok(Ok(Came {
            etag: header("etag"),
            replayed: answer.header("idempotency-replayed") == Some("true"),
            media_type: header("content-type"),
            next: header("link"),
            body: answer.read(ANSWER_BYTES_MAX)?,
        }))
    }

    /// Asks, and writes the answer as it comes; under the final name stands the whole of it or nothing.
    pub(crate) fn download(&self, ask: Ask<'_>, path: Option<&Path>) -> Asked<u64> {
        let answer = self.running()?.ask(ask).map_err(|fault| failed(&fault))?;
        if !is_success(answer.status()) {
            return Err(stopped(answer));
        }
        let mut target = crate::output::Target::open_plain(path)?;
        let bytes = answer.copy_to(&mut OnePart(&mut target)).map_err(|fault| match fault {
            ClientFault::Output(error) => crate::output::cannot_write(error),
            fault => failed(&fault),
        })?;
        target.finish()?;
        Ok(bytes)
    }

    /// Tells an answer: as it came, or as it is drawn for people.
    pub(crate) fn tell(&self, told: &Told, drawn: impl FnOnce(&Value) -> String) -> Asked<Ended> {
        if self.json {
            self.print_line(&told.body)?;
        } else {
            self.terminal.print(drawn(&told.value).as_bytes())?;
        }
        Ok(Ended::Well)
    }

    /// Tells a thing that can be acted on: as it came but for the member `etag` before the others, or as it is drawn.
    pub(crate) fn tell_seen(&self, told: &Told, drawn: impl FnOnce(&Value) -> String) -> Asked<Ended> {
        let rest = told.body.iter().position(|byte| *byte == b'{').map(|at| &told.body[at + 1..]);
        match (&told.etag, rest) {
            (Some(etag), Some(rest)) if self.json && told.value.is_object() => {
                let more = told.value.as_object().is_some_and(|members| !members.is_empty());
                let mut line =
                    format!("{{\"etag\":{}{}", Value::from(etag.as_str()), if more { "," } else { "" }).into_bytes();
                line.extend_from_slice(rest);
                self.print_line(&line)?;
                Ok(Ended::Well)
            }
            _ => self.tell(told, drawn),
        }
    }

    /// Whether machines read what is told.
    pub(crate) fn for_machines(&self) -> bool {
        self.json
    }

    fn print_line(&self, body: &[u8]) -> Result<(), Failure> {
        self.terminal.print(body)?;
        if body.ends_with(b"\n") { Ok(()) } else { self.terminal.print(b"\n") }
    }
}

/// The one part of an output.
struct OnePart<'o>(&'o mut crate::output::Target);

impl Write for OnePart<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        exchange::pipeline::Output::write(self.0, "", bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Why a gateway did not do it, from an answer that is no success.
fn stopped(answer: Answer<'_>) -> Stopped {
    let status = answer.status();
    let is_problem = answer.header("content-type").is_some_and(|found| found.starts_with("application/problem+json"));
    let retry_after = answer.header("retry-after").map(str::to_owned);
    // A gateway that refuses before it has read all may end the connection under the rest of its words.
    let body = if is_problem { answer.read(PROBLEM_BYTES_MAX).unwrap_or_default() } else { Vec::new() };
    Problem::read(status, body, retry_after).stops()
}

/// A fault of reaching a gateway, in our two lines.
pub(crate) fn failed(fault: &ClientFault) -> Failure {
    use server::outbound::outcome::Reason;
    let (what, help) = match fault {
        ClientFault::Exchange(reason) => match reason {
            Reason::Unresolved => {
                ("the gateway's host has no address", "mend --gateway, or ask whoever runs the network")
            }
            Reason::NoConnection => {
                ("nothing answers at the gateway's address", "is it running, and is the port right?")
            }
            Reason::CertificateNotTrusted => (
                "the gateway's certificate is not believed",
                "give --ca-file with the authority that issued it, and the host as the certificate has it",
            ),
            Reason::TlsAlert => (
                "the gateway ended the connection: it does not believe your certificate, or wants one",
                "give --certificate-file and --key-file of one that it knows",
            ),
            Reason::TlsBroken => ("no TLS could be spoken", "is it a gateway of Homeward that listens there?"),
            Reason::TimedOut(_) => {
                ("the gateway did not answer in time", "try again; what was asked may have been done")
            }
            Reason::Broken => (
                "the connection broke before the answer was whole",
                "try again; what was asked may have been done: see `list` and `show`",
            ),
            Reason::Unintelligible => {
                ("what came is no answer of HTTP", "is it a gateway of Homeward that listens there?")
            }
            other => return Failure::new("the gateway could not be asked", other.to_string()),
        },
        ClientFault::Authorities => {
            ("the file of --ca-file holds no certificate in PEM", "give the authority's certificate")
        }
        ClientFault::TooLarge(_) => {
            ("the answer is longer than 32 MiB", "narrow what is asked, or write it to a file with --json")
        }
        ClientFault::Content => ("the file cannot be read to its end", "was it changed while it was sent?"),
        other => return Failure::new("the gateway could not be asked", other.to_string()),
    };
    Failure::new(what, help)
}

/// Reads a file of certificates or a secret, never its value into a message.
fn credential(file: &Path, flag: &str, secret: bool) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: io::Error| {
        Failure::new(format!("the file of {flag} cannot be read"), format!("the system says: {}", error.kind()))
    };
    let opened = File::open(file).map_err(unreadable)?;
    let metadata = opened.metadata().map_err(unreadable)?;
    if secret && others_can_read(&metadata) {
        return Err(Failure::new(
            format!("others can read the file of {flag}"),
            "make it yours alone: `chmod 600 FILE`, and think of what it held as known",
        ));
    }
    let mut bytes = Vec::new();
    opened.take(CREDENTIAL_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > CREDENTIAL_BYTES_MAX {
        return Err(Failure::new(format!("the file of {flag} is another file"), "it is longer than 1 MiB"));
    }
    Ok(bytes)
}

/// As the gateway has it for its own secrets: nobody but the owner, and the group for reading.
#[cfg(unix)]
fn others_can_read(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o037 != 0
}

/// Windows has access lists instead of a mode; they are not looked at here.
#[cfg(not(unix))]
fn others_can_read(_: &fs::Metadata) -> bool {
    false
}

/// An id of ours as an argument; what else stands there is not repeated.
pub(crate) fn id(text: &str) -> Result<&str, Failure> {
    let hyphens = [8, 13, 18, 23];
    let is_id = text.len() == 36
        && text.bytes().enumerate().all(
            |(at, byte)| {
                if hyphens.contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() }
            },
        );
    if is_id {
        Ok(text)
    } else {
        Err(Failure::new("the id is none of ours", "take it from `list`: 36 characters with hyphens"))
    }
}

/// The name of a route as an argument.
pub(crate) fn name(text: &str) -> Result<&str, Failure> {
    if server::config::is_name(text) {
        Ok(text)
    } else {
        Err(Failure::new("the name of a route has another form", "1 to 64 of a-z, 0-9 and -"))
    }
}
