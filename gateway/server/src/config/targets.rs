//! The targets of a route: to whom, through which view, and how it travels.

use std::path::PathBuf;
use std::sync::Arc;

use hyper::header::{self, HeaderName, HeaderValue};
use rustls::pki_types::CertificateDer;
use zeroize::Zeroizing;

use super::batch::{Batch, Roll, read_batch, read_roll};
use super::delivery::{Delivery, read_authorities, read_proxy};
use super::fault;
use super::files;
use super::mesh::{MeshFolderWay, MeshWay};
use super::routes::{
    Intake, Known, KnownFormat, Source, Transported, nearest_words, read_format, read_options, read_partner,
    read_transport,
};
use super::section::{Placed, Section};
use super::sftp::SftpFolder;
use crate::outbound::address::Address;
use crate::outbound::assertion::SigningKey;
use crate::outbound::file_name::FileName;
use crate::tls::Certificate;

/// Headers that the gateway sets itself, or that speak of the connection and not of the delivery.
const HEADERS_OF_OURS: [HeaderName; 13] = [
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::EXPECT,
    header::HOST,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    HeaderName::from_static("homeward-fence"),
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("x-correlation-id"),
];

/// Headers whose value is a secret wherever it stands.
const SECRET_HEADERS: [HeaderName; 5] = [
    header::AUTHORIZATION,
    header::COOKIE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("ocp-apim-subscription-key"),
];

/// One recipient of a route.
#[derive(Clone, Debug)]
pub struct Target {
    /// Name of the partner.
    pub partner: String,
    /// What it gets.
    pub format: KnownFormat,
    /// The partner's own view: the ceiling of what it gets by any route.
    pub partner_view: Option<String>,
    /// A view of this target that narrows the partner's.
    pub view: Option<String>,
    /// What becomes of the placement address of a child whose NHS number was not traced.
    pub untraced: Untraced,
    /// What one delivery holds.
    pub batch: Batch,
    /// How much of a roll it gets, where the format is one.
    pub roll: Roll,
    /// Options of the format.
    pub options: Vec<(String, String)>,
    /// How it travels.
    pub transport: Transport,
    /// How it is tried.
    pub delivery: Delivery,
}

impl Target {
    /// Whether it gets a roll, and of that what a collector gets.
    #[must_use]
    pub fn is_collectors_roll(&self) -> bool {
        Roll::is_of(self.format.get()) && self.roll == Roll::Collector
    }
}

/// What becomes of the placement address of a child whose NHS number was not traced.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Untraced {
    /// It stays in the house.
    Withhold,
    /// It is sent, which two people approve.
    Send,
}

/// How a delivery travels.
#[derive(Clone, Debug)]
pub enum Transport {
    /// By a request to the recipient.
    Https(Box<Https>),
    /// As a file in a folder.
    Directory(Folder),
    /// As a file in a folder of another host.
    Sftp(Box<SftpFolder>),
    /// As a message of MESH.
    Mesh(Box<MeshWay>),
    /// As a message that an installed MESH client sends.
    MeshFolder(MeshFolderWay),
}

/// A request to the recipient.
#[derive(Clone, Debug)]
pub struct Https {
    /// Where it goes.
    pub url: Address,
    /// `POST` or `PUT`.
    pub method: hyper::Method,
    /// The certificate by which we are known.
    pub certificate: Option<Certificate>,
    /// Authorities believed besides those of the system.
    pub authorities: Vec<CertificateDer<'static>>,
    /// How we sign in.
    pub sign_in: SignIn,
    /// Headers of every request; those from files are marked as sensitive.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Whether the host may have an address of this machine or of a private network.
    pub private_network: bool,
    /// The proxy through which it is reached.
    pub proxy: Option<Address>,
}

/// How we sign in to a recipient, besides a client certificate.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// We do not.
    None,
    /// With a token that does not change, as the whole value of `Authorization`.
    Bearer(HeaderValue),
    /// With a token asked for by client credentials (RFC 6749, section 4.4).
    Token {
        /// Where tokens are given.
        url: Address,
        /// Who we are there.
        client_id: String,
        /// How we prove it.
        proof: ClientProof,
    },
}

/// How a client proves who it is at a token endpoint.
#[derive(Clone, Debug)]
pub enum ClientProof {
    /// By a signed assertion (RFC 7523, section 2.2).
    SignedAssertion(Arc<SigningKey>),
    /// By a secret in the form (RFC 6749, section 2.3.1).
    Secret(Secret),
}

/// A secret text. Never shown.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The text, for the one place that sends it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A folder into which deliveries are written.
#[derive(Clone, Debug)]
pub struct Folder {
    /// The folder.
    pub path: PathBuf,
    /// How files are named.
    pub name: FileName,
}

/// What a target needs to know of its route.
pub(super) struct OfRoute<'r> {
    pub(super) from: Option<&'r Source>,
    pub(super) is_scheduled: bool,
}

/// Reads one target; `None` only with a fault.
pub(super) fn read(section: Section<'_>, of: &OfRoute<'_>, known: &Known<'_>) -> Option<Target> {
    let from = of.from;
    let partner = read_partner(&section, known);
    let format = read_format(&section, |format| format.encode.is_some(), "it cannot be written");
    let view = section.text("view").map(|found| {
        if !known.views.iter().any(|view| view == found.value) {
            let names = known.views.iter().map(String::as_str);
            section.fault(&fault::VIEW_UNKNOWN, found.byte, nearest_words(found.value, names));
        }
        found.value.to_owned()
    });
    let untraced = section.choice("untraced", &[("withhold", Untraced::Withhold), ("send", Untraced::Send)]);
    let batch = read_batch(&section, format, of.is_scheduled);
    let roll = read_roll(&section, format, partner.as_deref(), of, known);
    let options = read_options(&section, format);
    let transport = match read_transport(&section) {
        Transported::Https => read_https(&section, known).map(|https| Transport::Https(Box::new(https))),
        Transported::Directory => read_folder(&section, from, format).map(Transport::Directory),
        Transported::Sftp => read_remote_folder(&section, from, format, known).map(|to| Transport::Sftp(Box::new(to))),
        Transported::Mesh => {
            let extension = format.and_then(|format| format.extensions.first().copied());
            known.mailboxes.read_way(&section, extension).map(|way| Transport::Mesh(Box::new(way)))
        }
        Transported::MeshFolder => known.mailboxes.read_folder_way(&section).map(Transport::MeshFolder),
    };
    let delivery = known.delivery.overridden(section.section("delivery"));
    section.finish();
    let partner = partner?;
    let partner_view = known.partners.iter().find(|known| known.name == partner).and_then(|known| known.view.clone());
    Some(Target {
        partner,
        format: format?,
        partner_view,
        view,
        untraced: untraced.map_or(Untraced::Withhold, |found| found.value),
        batch,
        roll,
        options,
        transport: transport?,
        delivery,
    })
}

fn read_folder(section: &Section<'_>, from: Option<&Source>, format: Option<KnownFormat>) -> Option<Folder> {
    section.require("path");
    let path = section.path("path");
    let name = read_file_name(section, format);
    let path = path?;
    if let Some(Source { transport: Intake::Directory(pickup), .. }) = from
        && pickup.path == path.value
    {
        section.fault(&fault::ROUTE_LOOP, path.byte, None);
    }
    Some(Folder { path: path.value, name: name? })
}

fn read_remote_folder(
    section: &Section<'_>,
    from: Option<&Source>,
    format: Option<KnownFormat>,
    known: &Known<'_>,
) -> Option<SftpFolder> {
    let name = read_file_name(section, format);
    let folder = SftpFolder::read(section, known, name)?;
    if let Some(Source { transport: Intake::Sftp(pickup), .. }) = from
        && pickup.reads(&folder.value)
    {
        section.fault(&fault::ROUTE_LOOP, folder.byte, None);
    }
    Some(folder.value)
}

/// How files are named: as the target says, else by the delivery; `None` only with a fault.
fn read_file_name(section: &Section<'_>, format: Option<KnownFormat>) -> Option<FileName> {
    let Some(found) = section.text("name") else { return FileName::with_extension(format?.extensions.first()?) };
    let name = FileName::parse(found.value);
    if name.is_none() {
        section.fault(&fault::FILE_NAME, found.byte, None);
    }
    name
}

/// The proxy to a host: its own, none, or that of everyone.
pub(super) fn read_proxy_of(section: &Section<'_>, known: &Known<'_>) -> Option<Address> {
    match section.text("proxy") {
        Some(found) if found.value == "none" => None,
        Some(found) => read_proxy(section, found),
        None => known.outbound.proxy.clone(),
    }
}

fn read_https(section: &Section<'_>, known: &Known<'_>) -> Option<Https> {
    section.require("url");
    let private_network = section.boolean("private_network").is_some_and(|found| found.value);
    let url = read_address(section, "url", private_network);
    let methods = [("POST", "POST"), ("PUT", "PUT")];
    let method = section.choice("method", &methods).map_or("POST", |found| found.value);
    let certificate = read_own_certificate(section);
    let authorities = match section.path("ca_file") {
        Some(file) => read_authorities(section, &file),
        None => known.outbound.authorities.clone(),
    };
    let proxy = read_proxy_of(section, known);
    let sign_in = read_sign_in(section, private_network);
    let headers = read_headers(section, &sign_in);
    Some(Https {
        url: url?,
        method: if method == "PUT" { hyper::Method::PUT } else { hyper::Method::POST },
        certificate,
        authorities,
        sign_in: sign_in?,
        headers,
        private_network,
        proxy,
    })
}

/// `https`; plain HTTP only within this machine, and only where the target says that it is meant.
pub(super) fn read_address(section: &Section<'_>, key: &'static str, private_network: bool) -> Option<Address> {
    let found = section.text(key)?;
    let address = Address::parse(found.value);
    let fits = address.filter(|address| address.is_secured() || (private_network && address.is_loopback_host()));
    if fits.is_none() {
        section.fault(&fault::ADDRESS, found.byte, None);
    }
    fits
}

pub(super) fn read_own_certificate(section: &Section<'_>) -> Option<Certificate> {
    let (certificate_file, key_file) = (section.path("certificate_file"), section.path("key_file"));
    match (&certificate_file, &key_file) {
        (Some(_), None) => section.require("key_file"),
        (None, Some(_)) => section.require("certificate_file"),
        _ => {}
    }
    super::read_certificate(section, certificate_file, key_file)
}

/// Reads the one way to sign in; `None` only with a fault.
fn read_sign_in(section: &Section<'_>, private_network: bool) -> Option<SignIn> {
    let bearer = section.path("bearer_file");
    let token_is_there = section.text("token_url");
    let url = read_address(section, "token_url", private_network);
    let client_id = section.text("client_id");
    let key_id = section.text("key_id");
    let signing_key = section.path("signing_key_file");
    let secret = section.path("client_secret_file");
    let refuse = |byte| section.fault(&fault::SIGN_IN, byte, None);
    let of_token = [client_id.map(|found| found.byte), key_id.map(|found| found.byte)];
    let of_proof = [signing_key.as_ref().map(|file| file.byte), secret.as_ref().map(|file| file.byte)];
    let Some(token) = token_is_there else {
        // Whatever belongs to a token and stands without an address for one was meant otherwise.
        if let Some(byte) = of_token.into_iter().chain(of_proof).flatten().next() {
            refuse(byte);
            return None;
        }
        let Some(file) = bearer else { return Some(SignIn::None) };
        let text = read_secret_text(section, &file)?;
        let value = HeaderValue::from_str(&format!("Bearer {}", &*text)).ok().filter(is_visible_ascii);
        if value.is_none() {
            section.fault(&fault::HEADER, file.byte, None);
        }
        return value.map(|value| SignIn::Bearer(sensitive(value)));
    };
    let proof = match (signing_key, secret, key_id, bearer) {
        (Some(file), None, Some(key_id), None) => {
            let pem = files::read_secret(&file.value).map_err(|rule| section.fault(rule, file.byte, None)).ok()?;
            let Some(key) = SigningKey::from_pem(&pem, key_id.value) else {
                section.fault(&fault::SIGNING_KEY, file.byte, None);
                return None;
            };
            ClientProof::SignedAssertion(Arc::new(key))
        }
        (None, Some(file), None, None) => ClientProof::Secret(Secret(read_secret_text(section, &file)?)),
        _ => {
            refuse(token.byte);
            return None;
        }
    };
    let Some(client_id) = client_id.filter(|found| !found.value.is_empty()) else {
        refuse(token.byte);
        return None;
    };
    Some(SignIn::Token { url: url?, client_id: client_id.value.to_owned(), proof })
}

pub(super) fn read_secret_text(section: &Section<'_>, file: &Placed<PathBuf>) -> Option<Zeroizing<String>> {
    let bytes = files::read_secret(&file.value).map_err(|rule| section.fault(rule, file.byte, None)).ok()?;
    match std::str::from_utf8(&bytes) {
        Ok(text) if !text.is_empty() => Some(Zeroizing::new(text.to_owned())),
        _ => {
            section.fault(&fault::HEADER, file.byte, Some("the file holds no text".to_owned()));
            None
        }
    }
}

fn read_headers(section: &Section<'_>, sign_in: &Option<SignIn>) -> Vec<(HeaderName, HeaderValue)> {
    let mut headers: Vec<(HeaderName, HeaderValue)> = Vec::new();
    let signs_in = sign_in.as_ref().is_some_and(|sign_in| !matches!(sign_in, SignIn::None));
    let mut add = |name: Placed<&str>, value: Option<HeaderValue>, byte: usize| {
        let known = HeaderName::from_bytes(name.value.as_bytes()).ok();
        let free = known.filter(|known| {
            let taken = headers.iter().any(|(other, _)| other == known);
            !(taken || HEADERS_OF_OURS.contains(known) || signs_in && *known == header::AUTHORIZATION)
        });
        match (free, value.filter(is_visible_ascii)) {
            (None, _) => section.fault(&fault::HEADER, name.byte, None),
            (_, None) => section.fault(&fault::HEADER, byte, None),
            (Some(name), Some(value)) => headers.push((name, value)),
        }
    };
    for (name, value) in section.entries("headers") {
        if SECRET_HEADERS.iter().any(|secret| secret.as_str().eq_ignore_ascii_case(name.value)) {
            section.fault(&fault::SECRET_IN_FILE, name.byte, Some("use `header_files`".to_owned()));
        } else {
            add(name, HeaderValue::from_str(value.value).ok(), value.byte);
        }
    }
    for (name, file) in section.entries("header_files") {
        let Some(file) = section.resolve(file) else { continue };
        section.names_file(&format!("header_files.{}", name.value), &file);
        match files::read_secret(&file.value) {
            Ok(secret) => add(name, HeaderValue::from_bytes(&secret).ok().map(sensitive), file.byte),
            Err(rule) => section.fault(rule, file.byte, None),
        }
    }
    headers
}

/// Other bytes are letters to one recipient and an attack to the next.
fn is_visible_ascii(value: &HeaderValue) -> bool {
    !value.is_empty() && value.as_bytes().iter().all(|byte| matches!(byte, b' '..=b'~'))
}

fn sensitive(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}
