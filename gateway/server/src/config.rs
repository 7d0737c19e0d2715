//! The configuration: one TOML file, read whole, all faults at once, into plain structs.
//!
//! No secret stands in the file, nothing is read from the environment but what [`Environment`] holds, an unknown key
//! is an error that names the nearest known one, and a table of a later version is refused rather than ignored.

use std::cell::RefCell;
use std::fmt;
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::digest;
use base64::Engine as _;
use exchange::market::framework::Framework;
use exchange::views::Views;
use kit::dialect::Dialect;
use kit::limits::ReadingLimits;
use kit::pep::PepSettings;
use schemas::identifier::LaCode;
use toml::de::DeTable;
use zeroize::Zeroizing;

mod alerts;
mod batch;
mod delivery;
mod dialects;
mod fault;
mod files;
mod framework;
mod key_set;
mod limits;
mod mesh;
mod named_files;
mod oauth;
mod partners;
mod people;
mod pep;
mod reference;
mod registers;
mod routes;
mod scope;
mod section;
mod sftp;
mod store;
pub(crate) mod succession;
mod targets;
mod views;

pub use alerts::{AlertMail, Alerts, MailServer, MailTls};
pub use batch::{Batch, Roll};
pub use delivery::{Delivery, OnDead, Outbound};
pub use dialects::NamedDialect;
pub use fault::{CONFIG_RULES, ConfigFault, ConfigFaults, ConfigRule};
pub use key_set::{PublicKey, SigningAlgorithm};
pub(crate) use limits::seconds;
pub use limits::{
    AddressLimits, DeliveryLimits, DocumentReading, FhirLimits, LimitDeclaration, Limits, PartnerLimits, Retention,
};
pub use mesh::{Mesh, MeshFolder, MeshFolderWay, MeshInbox, MeshRecipient, MeshWay};
pub use named_files::{NamedFile, NamedFiles, Origin};
pub use oauth::OAuth;
pub use partners::{
    API_KEY_DAYS_MAX, AddressRange, ApiKey, Means, OAuthClient, Partner, PartnerCertificate, SubjectName, is_name,
};
pub use people::{Person, Role};
pub use registers::Registers;
pub use routes::{AfterPickup, Every, Intake, KnownFormat, Pickup, Route, RowErrors, Schedule, Source};
pub use scope::{Scope, Scopes};
pub use sftp::{SftpFolder, SftpHost, SftpPickup};
pub use store::StoreConfig;
pub use targets::{ClientProof, Folder, Https, Secret, SignIn, Target, Transport, Untraced};
pub use views::ReleaseDays;

use crate::tls::{Certificate, ClientAuthority, ClientCertificate, ClientCertificates, Revocations, TlsFault};
use section::{Placed, Reading, Section};

/// A configuration file is a page or two; a larger one is another file.
pub const CONFIG_BYTES_MAX: u64 = 1024 * 1024;

/// A certificate chain in PEM.
const CERTIFICATE_BYTES_MAX: u64 = 1024 * 1024;

/// Lists of certificates that are taken back, in PEM.
const REVOCATION_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Tables of the file that later versions read.
const TABLES_NOT_YET: &[&str] = &["merge"];

/// What is taken from the environment, handed in by the program.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `CREDENTIALS_DIRECTORY`: where systemd puts what `credential:NAME` names.
    pub credentials_directory: Option<PathBuf>,
}

/// Everything the gateway is told.
#[derive(Clone, Debug)]
pub struct Config {
    /// Name of this gateway.
    pub name: String,
    /// What callers see: `https` without a path, except on loopback.
    pub public_url: String,
    /// Three-digit code of the local authority that is responsible by default.
    pub authority: Option<String>,
    /// IANA name of the zone of deadlines and date searches.
    pub timezone: String,
    /// Whether formats and schemas are given without a credential.
    pub public_documents: bool,
    /// The public listener.
    pub public: PublicListener,
    /// Address of the admin listener, always loopback.
    pub admin_address: SocketAddr,
    /// `[limits]`.
    pub limits: Limits,
    /// `[limits.reading]`, with what `[limits]` says of photographs.
    pub reading_limits: ReadingLimits,
    /// `[limits.address]`.
    pub address_limits: AddressLimits,
    /// `[limits.partner]`.
    pub partner_limits: PartnerLimits,
    /// `[fhir]`.
    pub fhir: FhirLimits,
    /// `[oauth]`.
    pub oauth: OAuth,
    /// Every `[[partner]]`.
    pub partners: Vec<Partner>,
    /// The key of resource ids.
    pub ids_key: IdsKey,
    /// The authority itself, as FHIR shows it.
    pub organisation: Organisation,
    /// The shipped views and every `[[view]]`.
    pub views: Views,
    /// `[views]`: how long those who care for a child see it.
    pub release_days: ReleaseDays,
    /// `[pep]`: terms of schools, and what personal education plans are held to.
    pub pep: PepSettings,
    /// Every `[[framework]]`.
    pub frameworks: Vec<Framework>,
    /// `[registers]`.
    pub registers: Registers,
    /// `[outbound]`.
    pub outbound: Outbound,
    /// `[delivery]`.
    pub delivery: Delivery,
    /// Every `[[mesh]]`.
    pub mesh: Vec<Arc<Mesh>>,
    /// Every `[[mesh_folder]]`.
    pub mesh_folders: Vec<Arc<MeshFolder>>,
    /// Every `[[dialect]]`.
    pub dialects: Vec<NamedDialect>,
    /// Every `[[route]]`.
    pub routes: Vec<Route>,
    /// What is remembered, and where; `None`: nothing.
    pub store: Option<StoreConfig>,
    /// `[alerts]`, and the `[mail]` by which they are told.
    pub alerts: Alerts,
    /// `[log]`.
    pub log: Log,
    /// SHA-256 of the file, in hex; empty when there was none.
    pub digest: String,
    /// Where it was read from, to be read again; `None` for one that a program made.
    pub origin: Option<Origin>,
}

/// The listener for partners. Without partners its address is loopback.
#[derive(Clone, Debug)]
pub struct PublicListener {
    /// Where it listens; port 0 takes a free one.
    pub address: SocketAddr,
    /// Its certificate; plain HTTP when absent, which only loopback may be.
    pub tls: Option<Tls>,
}

/// TLS of a listener.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Chain and key.
    pub certificate: Certificate,
    /// The oldest version spoken.
    pub version_min: TlsVersion,
    /// Seconds for a handshake.
    pub handshake_seconds_max: u64,
    /// What is done about client certificates.
    pub client: ClientCertificates,
}

/// Versions of TLS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TlsVersion {
    /// TLS 1.2 (RFC 5246).
    Tls12,
    /// TLS 1.3 (RFC 8446).
    Tls13,
}

/// The 32 bytes under which resource ids are names. Never shown.
#[derive(Clone)]
pub struct IdsKey(Zeroizing<[u8; 32]>);

impl IdsKey {
    /// A key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for the one place that makes ids.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A key of 32 bytes, as a key file holds it: base64 and nothing else.
#[must_use]
pub fn decode_key(text: &[u8]) -> Option<[u8; 32]> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).map(Zeroizing::new).ok()?;
    bytes.as_slice().try_into().ok()
}

impl fmt::Debug for IdsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdsKey(..)")
    }
}

/// The authority itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Organisation {
    /// ODS code.
    pub ods_code: Option<String>,
    /// Telephone of the office.
    pub office_phone: Option<String>,
    /// Telephone out of hours.
    pub duty_phone: Option<String>,
}

/// How the log is written, on standard error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Log {
    /// For machines or for people.
    pub format: LogFormat,
    /// The least important lines written.
    pub level: LogLevel,
}

/// Forms of the log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// One line of text.
    Text,
}

/// Importance of a line of the log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read at all.
    #[error("the configuration {} cannot be read: {}", file.display(), reason.kind())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        reason: io::Error,
    },
    /// It can be read, and is wrong.
    #[error(transparent)]
    Faults(#[from] ConfigFaults),
}

impl Config {
    /// The defaults on free ports of 127.0.0.1 without TLS: what a demonstration and a test start from.
    pub fn on_loopback(name: &str, ids_key: IdsKey) -> Self {
        let loopback = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        Self {
            name: name.to_owned(),
            public_url: "http://localhost".to_owned(),
            authority: None,
            timezone: "Europe/London".to_owned(),
            public_documents: true,
            public: PublicListener { address: loopback, tls: None },
            admin_address: loopback,
            limits: Limits::default(),
            reading_limits: ReadingLimits::default(),
            address_limits: AddressLimits::default(),
            partner_limits: PartnerLimits::default(),
            fhir: FhirLimits::default(),
            oauth: OAuth::default(),
            partners: Vec::new(),
            ids_key,
            organisation: Organisation::default(),
            views: Views::default(),
            release_days: ReleaseDays::default(),
            pep: PepSettings::default(),
            frameworks: Vec::new(),
            registers: Registers::default(),
            outbound: Outbound::default(),
            delivery: Delivery::default(),
            mesh: Vec::new(),
            mesh_folders: Vec::new(),
            dialects: Vec::new(),
            routes: Vec::new(),
            store: None,
            alerts: Alerts::default(),
            log: Log { format: LogFormat::Json, level: LogLevel::Info },
            digest: String::new(),
            origin: None,
        }
    }

    /// The partner of that name.
    #[must_use]
    pub fn partner(&self, name: &str) -> Option<&Partner> {
        self.partners.iter().find(|partner| partner.name == name)
    }

    /// The authority for which a partner speaks: its own, else that of the house.
    #[must_use]
    pub fn authority_of(&self, partner: &str) -> Option<LaCode> {
        let own = self.partner(partner).and_then(|partner| partner.authority.as_deref());
        own.or(self.authority.as_deref()).and_then(|code| LaCode::read(code.as_bytes()))
    }

    /// The dialect of that name.
    #[must_use]
    pub fn dialect(&self, name: &str) -> Option<Dialect> {
        self.dialects.iter().find(|dialect| dialect.name == name).map(|dialect| dialect.dialect.clone())
    }

    /// Reads and checks a configuration file and every file that it names.
    ///
    /// # Errors
    /// [`ConfigError`] with every fault at once.
    pub fn load(file: &Path, environment: &Environment) -> Result<Self, ConfigError> {
        let unreadable = |reason| ConfigError::Unreadable { file: file.to_owned(), reason };
        if fs::metadata(file).map_err(unreadable)?.len() > CONFIG_BYTES_MAX {
            return Err(unreadable(io::Error::from(io::ErrorKind::FileTooLarge)));
        }
        let source = fs::read_to_string(file).map_err(unreadable)?;
        Ok(Self::parse(file, &source, environment)?)
    }

    /// Checks a configuration that has been read; `file` is where its relative paths begin.
    ///
    /// # Errors
    /// Every fault at once, in the order of the file.
    pub fn parse(file: &Path, source: &str, environment: &Environment) -> Result<Self, ConfigFaults> {
        let reading = Reading { file, source, environment, faults: RefCell::default(), files: RefCell::default() };
        let (root, errors) = DeTable::parse_recoverable(source);
        for error in &errors {
            // Only the place is taken: the words of another crate may quote the file.
            reading.fault(&fault::SYNTAX, error.span().map_or(0, |span| span.start), None);
        }
        // A file that is not TOML would bring faults that are none once it is.
        let config = if errors.is_empty() {
            reading.refuse_secrets(root.get_ref());
            read(Section::root(&reading, root.get_ref()), source)
        } else {
            None
        };
        let mut faults = reading.faults.into_inner();
        let files = NamedFiles(reading.files.into_inner());
        match config {
            Some(config) if faults.is_empty() => {
                Ok(Config { origin: Some(Origin::new(file, source, environment, files)), ..config })
            }
            _ => {
                faults.sort_by_key(|(byte, _)| *byte);
                Err(ConfigFaults(faults.into_iter().map(|(_, fault)| fault).collect()))
            }
        }
    }
}

/// Reads every table; `None` only with a fault.
fn read(root: Section<'_>, source: &str) -> Option<Config> {
    root.require("version");
    root.integer("version", 1..=1);
    root.require("name");
    let name = root.text("name");
    root.require("public_url");
    let public_url = read_public_url(&root);
    let authority = root.text("authority").map(|found| authority_code(&root, found));
    let timezone = root.text("timezone").map_or("Europe/London", |found| {
        if !is_zone_name(found.value) {
            root.range(found.byte, "the IANA name of a zone".to_owned());
        }
        found.value
    });
    let public_documents = root.boolean("public_documents").is_none_or(|found| found.value);

    let listen = root.section("listen");
    let (public, public_byte) = read_public(listen.section("public"));
    let admin_address = read_admin(listen.section("admin"));
    listen.finish();

    let limits_section = root.section("limits");
    let limits = Limits::default().overridden(&limits_section);
    let reading_section = limits_section.section("reading");
    let reading_limits = DocumentReading::default().overridden(&reading_section).with_photos(&limits);
    reading_section.finish();
    let address_section = limits_section.section("address");
    let address_limits = AddressLimits::default().overridden(&address_section);
    address_section.finish();
    let partner_section = limits_section.section("partner");
    let partner_limits = PartnerLimits::default().overridden(&partner_section);
    partner_section.finish();
    limits_section.finish();

    let fhir_section = root.section("fhir");
    let fhir = FhirLimits::default().overridden(&fhir_section);
    fhir_section.finish();

    let oauth = OAuth::read(root.section("oauth"));
    let partners = read_partners(&root, &public, public_byte, &partner_limits, authority.as_deref());
    let ids_key = read_ids(root.section("ids"));
    let organisation = read_organisation(root.section("organisation"));
    let (views, release_days) = views::read(&root);
    let pep = pep::read(root.section("pep"));
    let frameworks = framework::read(&root);
    let registers = Registers::read(root.section("registers"));
    let outbound = Outbound::read(root.section("outbound"));
    let delivery = Delivery::read(root.section("delivery"));
    let mailboxes = mesh::Mailboxes::read(&root, &outbound);
    let dialects = dialects::read(&root);
    let known = routes::Known {
        partners: routes::partner_names(&root),
        views: views.names().map(str::to_owned).collect(),
        dialects: &dialects,
        bases: routes::view_bases(&root),
        authority: authority.clone(),
        delivery: &delivery,
        outbound: &outbound,
        mailboxes: &mailboxes,
    };
    let routes = routes::read(&root, &known);
    let store = store::read_store(&root, !routes.is_empty());
    let alerts = Alerts::read(&root, &outbound);
    let log = read_log(root.section("log"));
    root.not_yet(TABLES_NOT_YET);
    root.finish();

    Some(Config {
        name: name?.value.to_owned(),
        public_url: public_url?,
        authority,
        timezone: timezone.to_owned(),
        public_documents,
        public,
        admin_address,
        limits,
        reading_limits,
        address_limits,
        partner_limits,
        fhir,
        oauth,
        partners,
        ids_key: ids_key?,
        organisation,
        views,
        release_days,
        pep,
        frameworks,
        registers,
        outbound,
        delivery,
        mesh: mailboxes.mesh,
        mesh_folders: mailboxes.folders,
        dialects,
        routes,
        store,
        alerts,
        log,
        digest: hex::encode(digest::digest(&digest::SHA256, source.as_bytes())),
        origin: None,
    })
}

/// `https` and a host without a path; `http` only for this machine itself.
fn read_public_url(root: &Section<'_>) -> Option<String> {
    let found = root.text("public_url")?;
    let (scheme, host) = found.value.split_once("://").unwrap_or_default();
    let name = if host.starts_with('[') {
        host.split_inclusive(']').next().unwrap_or_default()
    } else {
        host.split(':').next().unwrap_or_default()
    };
    let own = name == "localhost" || name == "[::1]" || name.starts_with("127.");
    let plain = !name.is_empty() && !host.contains(|c: char| "/?#@\\".contains(c) || c.is_whitespace());
    if !plain || !(scheme == "https" || scheme == "http" && own) {
        root.range(found.byte, "https:// and a host without a path; http:// only for localhost".to_owned());
        return None;
    }
    Some(found.value.to_owned())
}

fn is_zone_name(name: &str) -> bool {
    let piece =
        |piece: &str| !piece.is_empty() && piece.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c));
    name.len() <= 64 && name.split('/').all(piece)
}

fn read_address(section: &Section<'_>, default: u16) -> Placed<SocketAddr> {
    let byte = section.byte();
    let default = Placed { value: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), default), byte };
    let Some(found) = section.text("address") else { return default };
    match found.value.parse() {
        Ok(value) => Placed { value, byte: found.byte },
        Err(_) => {
            section.range(found.byte, "an address and a port, as in 127.0.0.1:8443 or [::1]:8443".to_owned());
            default
        }
    }
}

/// A three-digit code of a local authority.
fn authority_code(section: &Section<'_>, found: Placed<&str>) -> String {
    if found.value.len() != 3 || !found.value.bytes().all(|byte| byte.is_ascii_digit()) {
        section.range(found.byte, "three digits".to_owned());
    }
    found.value.to_owned()
}

/// Reads the partners, and judges by them where the public listener may listen.
fn read_partners(
    root: &Section<'_>,
    public: &PublicListener,
    public_byte: usize,
    limits: &PartnerLimits,
    authority: Option<&str>,
) -> Vec<Partner> {
    let client = public.tls.as_ref().map(|tls| &tls.client);
    let listens = partners::Listens {
        client_certificates: client.is_some_and(|client| client.asked != ClientCertificate::Off),
        client_authority: client.is_some_and(|client| client.authority.is_some()),
        has_mail: root.present("mail").is_some(),
    };
    let mut views: Vec<&str> = exchange::views::shipped_names().collect();
    views.extend(root.names("view"));
    let mut judging = partners::Judging::new(listens, &views, jiff::Timestamp::now());
    let mut partners = partners::read(root, limits, &mut judging);
    let people = people::read(root, &mut judging, &partners, authority);
    if !public.address.ip().is_loopback() && !partners.iter().any(|partner| partner.enabled) {
        root.fault(&fault::PUBLIC_WITHOUT_PARTNER, public_byte, None);
    }
    partners.extend(people);
    partners
}

/// The listener, and where its address stands.
fn read_public(section: Section<'_>) -> (PublicListener, usize) {
    let address = read_address(&section, 8443);
    let tls_section = section.section("tls");
    let plain = !tls_section.is_present();
    let tls = read_tls(tls_section);
    if plain && !address.value.ip().is_loopback() {
        section.fault(&fault::PLAIN_PUBLIC, address.byte, None);
    }
    match section.boolean("proxy_protocol") {
        Some(found) if found.value => section.fault(&fault::NOT_YET, found.byte, Some("`proxy_protocol`".to_owned())),
        _ => {}
    }
    section.finish();
    (PublicListener { address: address.value, tls }, address.byte)
}

fn read_admin(section: Section<'_>) -> SocketAddr {
    let address = read_address(&section, 9464);
    if !address.value.ip().is_loopback() {
        section.fault(&fault::ADMIN_PUBLIC, address.byte, None);
    }
    section.not_yet(&["tls"]);
    section.finish();
    address.value
}

fn read_tls(section: Section<'_>) -> Option<Tls> {
    if section.is_present() {
        section.require("certificate_file");
        section.require("key_file");
    }
    let certificate_file = section.path("certificate_file");
    let key_file = section.path("key_file");
    let versions = [("1.2", TlsVersion::Tls12), ("1.3", TlsVersion::Tls13)];
    let version_min = section.choice("version_min", &versions).map_or(TlsVersion::Tls12, |found| found.value);
    let handshake_seconds_max = section.integer("handshake_seconds_max", 1..=300).map_or(10, |found| found.value);
    let client = read_client(&section);
    let certificate = read_certificate(&section, certificate_file, key_file);
    section.finish();
    Some(Tls { certificate: certificate?, version_min, handshake_seconds_max, client })
}

fn read_client(section: &Section<'_>) -> ClientCertificates {
    let authority = section.path("client_ca_file");
    let has_authority = authority.is_some();
    let authority: Option<ClientAuthority> = authority.and_then(|file| partners::read_client_authority(section, file));
    let revocations = section.path("client_revocation_file").and_then(|file| {
        let read = files::read_public(&file.value, REVOCATION_BYTES_MAX);
        let pem = read.map_err(|rule| section.fault(rule, file.byte, None)).ok()?;
        let read = Revocations::from_pem(&pem);
        read.map_err(|told| section.fault(&fault::CERTIFICATE, file.byte, Some(told.to_string()))).ok()
    });
    let words = [
        ("off", ClientCertificate::Off),
        ("optional", ClientCertificate::Optional),
        ("required", ClientCertificate::Required),
    ];
    let default = if has_authority { ClientCertificate::Optional } else { ClientCertificate::Off };
    let asked = section.choice("client_certificate", &words).map_or(default, |found| found.value);
    ClientCertificates { asked, authority, revocations: revocations.unwrap_or_default() }
}

fn read_certificate(
    section: &Section<'_>,
    certificate_file: Option<Placed<PathBuf>>,
    key_file: Option<Placed<PathBuf>>,
) -> Option<Certificate> {
    let chain = certificate_file.and_then(|file| {
        let read = files::read_public(&file.value, CERTIFICATE_BYTES_MAX);
        let chain = read.map_err(|rule| section.fault(rule, file.byte, None)).ok()?;
        Some(Placed { value: chain, byte: file.byte })
    });
    let key = key_file.and_then(|file| {
        let read = files::read_secret(&file.value);
        let key = read.map_err(|rule| section.fault(rule, file.byte, None)).ok()?;
        Some(Placed { value: key, byte: file.byte })
    });
    let (chain, key) = (chain?, key?);
    match Certificate::from_pem(&chain.value, &key.value) {
        Ok(certificate) => Some(certificate),
        Err(fault) => {
            let byte = if matches!(fault, TlsFault::Key | TlsFault::Mismatch) { key.byte } else { chain.byte };
            section.fault(&fault::CERTIFICATE, byte, Some(fault.to_string()));
            None
        }
    }
}

fn read_ids(section: Section<'_>) -> Option<IdsKey> {
    section.require("key_file");
    let key = section.path("key_file").and_then(|file| {
        let secret = files::read_secret(&file.value).map_err(|rule| section.fault(rule, file.byte, None)).ok()?;
        let key = decode_key(&secret);
        if key.is_none() {
            section.fault(&fault::FILE_CONTENT, file.byte, None);
        }
        key.map(IdsKey::new)
    });
    section.finish();
    key
}

fn read_organisation(section: Section<'_>) -> Organisation {
    let text = |key| section.text(key).map(|found| found.value.to_owned());
    let organisation =
        Organisation { ods_code: text("ods_code"), office_phone: text("office_phone"), duty_phone: text("duty_phone") };
    section.finish();
    organisation
}

fn read_log(section: Section<'_>) -> Log {
    let formats = [("json", LogFormat::Json), ("text", LogFormat::Text)];
    let levels = [
        ("error", LogLevel::Error),
        ("warn", LogLevel::Warn),
        ("info", LogLevel::Info),
        ("debug", LogLevel::Debug),
        ("trace", LogLevel::Trace),
    ];
    let format = section.choice("format", &formats).map_or(LogFormat::Json, |found| found.value);
    let level = section.choice("level", &levels).map_or(LogLevel::Info, |found| found.value);
    section.finish();
    Log { format, level }
}
