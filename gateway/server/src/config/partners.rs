//! `[[partner]]`: who may call, how each is recognised, what it may do and see, and how much of it.

use std::collections::HashMap;
use std::net::IpAddr;

use exchange::market::registration;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use lettre::message::Mailbox;
use schemas::identifier::ProviderUrn;

use super::alerts::read_addresses;
use super::key_set::{self, PublicKey};
use super::limits::PartnerLimits;
use super::people::Person;
use super::scope::{Scope, Scopes};
use super::section::{Placed, Section};
use super::{CERTIFICATE_BYTES_MAX, fault, files};
use crate::tls::ClientAuthority;

/// Days that an API key may last.
pub const API_KEY_DAYS_MAX: i64 = 400;

/// Longest name of a partner, a view or a key.
const NAME_CHARS_MAX: usize = 64;

/// Longest title, client id or name in a certificate.
const TEXT_CHARS_MAX: usize = 256;

/// One who may call, or is sent to.
#[derive(Clone, Debug)]
pub struct Partner {
    /// Its name, never given to another party.
    pub name: String,
    /// What people call it.
    pub title: Option<String>,
    /// The name of its view: what it may see.
    pub view: String,
    /// Three-digit code of the authority whose children it sends.
    pub authority: Option<String>,
    /// Its ODS code.
    pub ods_code: Option<String>,
    /// Its registrations as a provider, with Ofsted and with others.
    pub urns: Vec<ProviderUrn>,
    /// The team that is told by mail of what the gateway saw by itself.
    pub tell_to: Vec<Mailbox>,
    /// What it may do.
    pub scopes: Scopes,
    /// What it must show, all of it; empty: any one.
    pub require: Vec<Means>,
    /// Whether it may call and is sent to.
    pub enabled: bool,
    /// Certificates that are its own.
    pub certificates: Vec<PartnerCertificate>,
    /// How it asks for tokens.
    pub oauth: Option<OAuthClient>,
    /// Keys that are its own.
    pub api_keys: Vec<ApiKey>,
    /// How much it may ask.
    pub limits: PartnerLimits,
    /// The person, when it is not a partner's system that calls.
    pub person: Option<Person>,
}

impl Partner {
    /// Whether it speaks for a provider of homes: this is one of its registrations.
    pub(crate) fn speaks_for(&self, urn: ProviderUrn) -> bool {
        self.urns.contains(&urn)
    }

    /// The registration that it means by a number alone, as offers and notices have it.
    pub(crate) fn registration(&self, number: &str) -> Option<ProviderUrn> {
        self.urns.iter().find(|own| own.as_str().eq_ignore_ascii_case(number.trim())).copied()
    }

    /// Whether tokens are bound to the certificate with which they were asked for (RFC 8705, section 3).
    pub(crate) fn binds_tokens(&self) -> bool {
        self.require.contains(&Means::Certificate) && self.require.contains(&Means::Token)
    }
}

/// How a caller shows who it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Means {
    /// A client certificate in the handshake.
    Certificate,
    /// A bearer token of `/oauth2/token`.
    Token,
    /// An API key.
    ApiKey,
}

impl Means {
    const WORDS: &[(&str, Self)] =
        &[("certificate", Self::Certificate), ("token", Self::Token), ("api_key", Self::ApiKey)];
}

/// A certificate that is a partner's own.
#[derive(Clone, Debug)]
pub enum PartnerCertificate {
    /// This very one: SHA-256 of its DER.
    Fingerprint([u8; 32]),
    /// Any of this name below an authority.
    Named {
        /// The name.
        name: SubjectName,
        /// The authority.
        below: ClientAuthority,
    },
}

/// A subject alternative name (RFC 5280, section 4.2.1.6).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SubjectName {
    /// A host, in lower case; no wildcard.
    Dns(String),
    /// A URI, compared byte by byte.
    Uri(String),
}

/// A client of the token endpoint.
#[derive(Clone, Debug)]
pub struct OAuthClient {
    /// `iss` and `sub` of its assertions.
    pub client_id: String,
    /// What checks their signatures.
    pub keys: Vec<PublicKey>,
}

/// An API key by what is kept of it.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// The part that may be told.
    pub id: String,
    /// SHA-256 of the whole key.
    pub sha256: [u8; 32],
    /// The last second in which it is taken, since 1970.
    pub expires: i64,
    /// Where it may be shown from; empty: anywhere.
    pub allow_addresses: Vec<AddressRange>,
}

/// A network: an address and the bits of it that count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AddressRange {
    network: IpAddr,
    bits: u8,
}

impl AddressRange {
    /// A network as `203.0.113.0/28`, or one address; `None` when it is neither, or has bits beyond the network.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let network: IpAddr = address.parse().ok()?;
        let most: u8 = if network.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) if bits.bytes().all(|byte| byte.is_ascii_digit()) => bits.parse().ok()?,
            Some(_) => return None,
            None => most,
        };
        let beyond = u32::from(most.checked_sub(bits)?);
        let plain = masked(network, bits).checked_shl(beyond).unwrap_or(0) == masked(network, most);
        plain.then_some(Self { network, bits })
    }

    /// Whether an address is in it. An IPv4 address that came over IPv6 is one.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.network.is_ipv4() && masked(address, self.bits) == masked(self.network, self.bits)
    }
}

/// The first bits of an address, as a number.
fn masked(address: IpAddr, bits: u8) -> u128 {
    let (number, most) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let dropped = u32::from(most - bits.min(most));
    number.checked_shr(dropped).unwrap_or(0)
}

/// What the listener takes, as far as partners are concerned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listens {
    /// Client certificates are asked for.
    pub(super) client_certificates: bool,
    /// There is a `client_ca_file`.
    pub(super) client_authority: bool,
    /// There is a `[mail]`.
    pub(super) has_mail: bool,
}

/// Reads every `[[partner]]`; what is wrong with one is told with its place. `now` is when API keys are judged.
pub(super) fn read(root: &Section<'_>, limits: &PartnerLimits, judging: &mut Judging<'_>) -> Vec<Partner> {
    let sections = root.sections("partner");
    sections.into_iter().filter_map(|section| read_partner(section, limits, judging)).collect()
}

/// What partners and people are judged by, and what some of them have taken already.
pub(super) struct Judging<'j> {
    listens: Listens,
    views: &'j [&'j str],
    now: Timestamp,
    taken: Taken,
}

impl<'j> Judging<'j> {
    pub(super) fn new(listens: Listens, views: &'j [&'j str], now: Timestamp) -> Self {
        Self { listens, views, now, taken: Taken::default() }
    }

    /// Takes what may stand for one party only.
    pub(super) fn take(&mut self, section: &Section<'_>, kind: &'static str, value: &str, byte: usize) {
        self.taken.take(section, kind, value.to_owned(), byte);
    }

    /// Whether there is a view of that name.
    pub(super) fn knows_view(&self, name: &str) -> bool {
        is_name(name) && self.views.contains(&name)
    }
}

/// Reads the fingerprint of a certificate.
pub(super) fn read_fingerprint(
    section: &Section<'_>,
    key: &'static str,
    judging: &mut Judging<'_>,
) -> Option<PartnerCertificate> {
    let found = section.text(key)?;
    if !judging.listens.client_certificates {
        section.fault(&fault::MEANS, section.byte(), None);
    }
    let fingerprint = sha256(section, found)?;
    judging.take(section, "the fingerprint of a certificate", &hex::encode(fingerprint), found.byte);
    Some(PartnerCertificate::Fingerprint(fingerprint))
}

/// Reads the API keys of a partner or a person.
pub(super) fn read_api_keys(section: &Section<'_>, judging: &mut Judging<'_>) -> Vec<ApiKey> {
    let keys = section.sections("api_key");
    keys.into_iter().filter_map(|key| read_api_key(key, judging.now, &mut judging.taken)).collect()
}

/// What may stand for one partner only.
#[derive(Default)]
struct Taken {
    values: HashMap<(&'static str, String), ()>,
}

impl Taken {
    fn take(&mut self, section: &Section<'_>, kind: &'static str, value: String, byte: usize) {
        if self.values.insert((kind, value), ()).is_some() {
            section.fault(&fault::DUPLICATE, byte, Some(kind.to_owned()));
        }
    }
}

fn read_partner(section: Section<'_>, limits: &PartnerLimits, judging: &mut Judging<'_>) -> Option<Partner> {
    section.require("name");
    section.require("view");
    let name = section.text("name").filter(|found| {
        let valid = is_name(found.value);
        if !valid {
            section.range(found.byte, "1 to 64 of a-z, 0-9 and -".to_owned());
        }
        valid
    });
    if let Some(found) = name {
        judging.take(&section, "the name of a partner", found.value, found.byte);
    }
    let view = section.text("view");
    if let Some(found) = view.filter(|found| !judging.knows_view(found.value)) {
        section.fault(&fault::VIEW, found.byte, None);
    }
    let title = text(&section, "title");
    let authority = section.text("authority").map(|found| super::authority_code(&section, found));
    let ods_code = code(&section, "ods_code");
    let urns = section.texts("urns").unwrap_or_default();
    let urns = urns.into_iter().filter_map(|found| read_registration(&section, found)).collect();
    let tell_to = read_addresses(&section, "tell_to");
    if let Some(byte) = section.present("tell_to").filter(|_| !judging.listens.has_mail) {
        section.fault(&fault::MISSING_KEY, byte, Some("`[mail]`, by which they are told".to_owned()));
    }
    let scopes = section.choices("scopes", Scope::ALL).unwrap_or_default().into_iter().collect();
    let require = section.choices("require", Means::WORDS).unwrap_or_default();
    let enabled = section.boolean("enabled").is_none_or(|found| found.value);
    let certificates: Vec<PartnerCertificate> = section
        .sections("certificate")
        .into_iter()
        .filter_map(|certificate| read_certificate(certificate, judging))
        .collect();
    let oauth_section = section.section("oauth");
    let has_oauth = oauth_section.is_present();
    let oauth = read_oauth(oauth_section, &mut judging.taken);
    let has_keys = section.present("api_key").is_some();
    let api_keys = read_api_keys(&section, judging);
    let limits_section = section.section("limits");
    let limits = limits.overridden(&limits_section);
    limits_section.finish();
    // What must be shown and cannot be shut the partner out for ever.
    let lacks = |means: Means, has: bool, key: &str| {
        if require.contains(&means) && !has {
            section.fault(&fault::MISSING_KEY, section.byte(), Some(format!("`{key}`, which `require` asks for")));
        }
    };
    lacks(Means::Certificate, !certificates.is_empty(), "[[partner.certificate]]");
    lacks(Means::Token, has_oauth, "[partner.oauth]");
    lacks(Means::ApiKey, has_keys, "[[partner.api_key]]");
    section.finish();
    Some(Partner {
        name: name?.value.to_owned(),
        title,
        view: view?.value.to_owned(),
        authority,
        ods_code,
        urns,
        tell_to,
        scopes,
        require,
        enabled,
        certificates,
        oauth,
        api_keys,
        limits,
        person: None,
    })
}

fn read_certificate(section: Section<'_>, judging: &mut Judging<'_>) -> Option<PartnerCertificate> {
    let listens = judging.listens;
    let fingerprint = section.text("sha256");
    let dns = section.text("san_dns");
    let uri = section.text("san_uri");
    let ca_file = section.path("ca_file");
    let certificate = match (fingerprint, dns, uri) {
        (Some(_), None, None) => {
            if let Some(file) = ca_file {
                section.fault(&fault::UNKNOWN_KEY, file.byte, Some("a fingerprint needs no authority".to_owned()));
            }
            read_fingerprint(&section, "sha256", judging)
        }
        (None, Some(_), None) | (None, None, Some(_)) => {
            if !listens.client_authority {
                section.fault(&fault::MEANS, section.byte(), None);
            }
            section.require("ca_file");
            let authority = ca_file.as_ref().map(|file| file.value.display().to_string()).unwrap_or_default();
            let below = ca_file.and_then(|file| read_client_authority(&section, file));
            let name = match (dns, uri) {
                (Some(found), _) => dns_name(&section, found),
                (_, Some(found)) => {
                    let plain = !found.value.is_empty()
                        && found.value.len() <= TEXT_CHARS_MAX
                        && found.value.bytes().all(|byte| byte.is_ascii_graphic());
                    if !plain {
                        section.range(found.byte, "a URI of visible ASCII".to_owned());
                    }
                    Some(SubjectName::Uri(found.value.to_owned())).filter(|_| plain)
                }
                _ => None,
            };
            let name = name?;
            let byte = dns.or(uri).map_or(section.byte(), |found| found.byte);
            judging.take(&section, "the name of a certificate", &format!("{name:?} below {authority}"), byte);
            Some(PartnerCertificate::Named { name, below: below? })
        }
        (None, None, None) => {
            section.fault(&fault::MISSING_KEY, section.byte(), Some("`sha256`, `san_dns` or `san_uri`".to_owned()));
            None
        }
        _ => {
            section.range(section.byte(), "one of `sha256`, `san_dns` and `san_uri`".to_owned());
            None
        }
    };
    section.finish();
    certificate
}

/// Reads the authorities of client certificates.
pub(super) fn read_client_authority(
    section: &Section<'_>,
    file: Placed<std::path::PathBuf>,
) -> Option<ClientAuthority> {
    let read = files::read_public(&file.value, CERTIFICATE_BYTES_MAX);
    let pem = read.map_err(|rule| section.fault(rule, file.byte, None)).ok()?;
    match ClientAuthority::from_pem(&pem) {
        Ok(authority) => Some(authority),
        Err(told) => {
            section.fault(&fault::CERTIFICATE, file.byte, Some(told.to_string()));
            None
        }
    }
}

fn read_oauth(section: Section<'_>, taken: &mut Taken) -> Option<OAuthClient> {
    if !section.is_present() {
        section.text("client_id");
        return None;
    }
    section.require("client_id");
    section.require("jwks_file");
    let client_id = section.text("client_id").filter(|found| {
        let valid = (1..=TEXT_CHARS_MAX).contains(&found.value.len())
            && found.value.bytes().all(|byte| byte.is_ascii_graphic());
        if !valid {
            section.range(found.byte, "1 to 256 visible ASCII characters".to_owned());
        }
        valid
    });
    if let Some(found) = client_id {
        taken.take(&section, "a client id", found.value.to_owned(), found.byte);
    }
    let keys = section.path("jwks_file").and_then(|file| {
        let read = files::read_public(&file.value, key_set::KEY_SET_BYTES_MAX);
        let bytes = read.map_err(|rule| section.fault(rule, file.byte, None)).ok()?;
        key_set::read(&bytes).map_err(|told| section.fault(&fault::KEY_SET, file.byte, Some(told))).ok()
    });
    section.finish();
    Some(OAuthClient { client_id: client_id?.value.to_owned(), keys: keys? })
}

fn read_api_key(section: Section<'_>, now: Timestamp, taken: &mut Taken) -> Option<ApiKey> {
    section.require("id");
    section.require("sha256");
    section.require("expires");
    let id = section.text("id").filter(|found| {
        let valid = is_name(found.value);
        if !valid {
            section.range(found.byte, "1 to 64 of a-z, 0-9 and -".to_owned());
        }
        valid
    });
    if let Some(found) = id {
        taken.take(&section, "the id of an API key", found.value.to_owned(), found.byte);
    }
    let hash = section.text("sha256").and_then(|found| {
        let hash = sha256(&section, found)?;
        taken.take(&section, "the hash of an API key", hex::encode(hash), found.byte);
        Some(hash)
    });
    let expires = section.date_time("expires").and_then(|found| {
        let expires = end_of(found.value);
        let last = now.to_zoned(TimeZone::UTC).checked_add(API_KEY_DAYS_MAX.days()).ok();
        let last = last.and_then(|last| last.date().at(23, 59, 59, 0).to_zoned(TimeZone::UTC).ok());
        let within = expires.zip(last).is_some_and(|(expires, last)| expires <= last.timestamp());
        if !within {
            section.range(found.byte, format!("a day of at most {API_KEY_DAYS_MAX} days from now"));
        }
        expires.filter(|_| within)
    });
    let ranges = section.texts("allow_addresses").unwrap_or_default();
    let allow_addresses: Vec<AddressRange> = ranges
        .iter()
        .filter_map(|found| {
            let range = AddressRange::parse(found.value);
            if range.is_none() {
                section.range(found.byte, "a network, as in 203.0.113.0/28 or 2001:db8::/32".to_owned());
            }
            range
        })
        .collect();
    // An empty list reads as nobody, and would let everyone in.
    if ranges.is_empty()
        && let Some(found) = section.present("allow_addresses")
    {
        section.range(found, "one network or more; left out, every address".to_owned());
    }
    section.finish();
    Some(ApiKey { id: id?.value.to_owned(), sha256: hash?, expires: expires?.as_second(), allow_addresses })
}

/// The last second of a day in UTC, or the instant itself.
fn end_of(found: &toml::value::Datetime) -> Option<Timestamp> {
    match (&found.date, &found.time, &found.offset) {
        (Some(date), None, None) => {
            let date = Date::new(i16::try_from(date.year).ok()?, date.month as i8, date.day as i8).ok()?;
            Some(date.at(23, 59, 59, 0).to_zoned(TimeZone::UTC).ok()?.timestamp())
        }
        (Some(_), Some(_), Some(_)) => found.to_string().parse().ok(),
        _ => None,
    }
}

/// An instant with its offset.
pub(super) fn instant(section: &Section<'_>, key: &'static str) -> Option<i64> {
    let found = section.date_time(key)?;
    let instant: Option<Timestamp> = found.value.offset.and_then(|_| found.value.to_string().parse().ok());
    if instant.is_none() {
        section.range(found.byte, "an instant with its offset, as in 2026-11-22T06:30:00Z".to_owned());
    }
    instant.map(Timestamp::as_second)
}

fn sha256(section: &Section<'_>, found: Placed<&str>) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    match hex::decode_to_slice(found.value, &mut hash) {
        Ok(()) => Some(hash),
        Err(_) => {
            section.range(found.byte, "64 hexadecimal digits".to_owned());
            None
        }
    }
}

fn dns_name(section: &Section<'_>, found: Placed<&str>) -> Option<SubjectName> {
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if found.value.len() <= TEXT_CHARS_MAX && found.value.split('.').all(label) {
        return Some(SubjectName::Dns(found.value.to_ascii_lowercase()));
    }
    section.range(found.byte, "the name of a host without a wildcard".to_owned());
    None
}

fn text(section: &Section<'_>, key: &'static str) -> Option<String> {
    let found = section.text(key)?;
    if found.value.is_empty() || found.value.chars().count() > TEXT_CHARS_MAX || found.value.contains(char::is_control)
    {
        section.range(found.byte, format!("1 to {TEXT_CHARS_MAX} characters on one line"));
        return None;
    }
    Some(found.value.to_owned())
}

fn code(section: &Section<'_>, key: &'static str) -> Option<String> {
    is_code(section, section.text(key)?)
}

/// A registration as a provider.
fn read_registration(section: &Section<'_>, found: Placed<&str>) -> Option<ProviderUrn> {
    let read = registration::read(found.value);
    if read.is_none() {
        let words = "Ofsted's number, SC and six digits or seven digits; or another regulator's, such as ciw:W18/0001";
        section.range(found.byte, words.to_owned());
    }
    read
}

fn is_code(section: &Section<'_>, found: Placed<&str>) -> Option<String> {
    const CODE_CHARS_MAX: usize = 16;
    if (1..=CODE_CHARS_MAX).contains(&found.value.len()) && found.value.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        return Some(found.value.to_owned());
    }
    section.range(found.byte, format!("1 to {CODE_CHARS_MAX} letters and digits"));
    None
}

/// Whether a text may name a partner, a view or a key: `[a-z0-9-]{1,64}`.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=NAME_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        let range = AddressRange::parse("203.0.113.0/28").unwrap();
        let holds = |text: &str| range.contains(text.parse().unwrap());
        assert!(holds("203.0.113.0") && holds("203.0.113.15") && holds("::ffff:203.0.113.7"));
        assert!(!holds("203.0.113.16") && !holds("203.0.112.255") && !holds("2001:db8::1"));
        let all = AddressRange::parse("0.0.0.0/0").unwrap();
        assert!(all.contains("192.0.2.1".parse().unwrap()) && !all.contains("::1".parse().unwrap()));
        let six = AddressRange::parse("2001:db8::/32").unwrap();
        assert!(six.contains("2001:db8:ffff::1".parse().unwrap()) && !six.contains("2001:db9::".parse().unwrap()));
        assert!(AddressRange::parse("::/0").unwrap().contains("::1".parse().unwrap()));
        assert!(AddressRange::parse("192.0.2.1").unwrap().contains("192.0.2.1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_network_is_none() {
        for text in [
            "",
            "/",
            "203.0.113.1/28",
            "203.0.113.0/33",
            "203.0.113.0/-1",
            "203.0.113.0/+8",
            "2001:db8::1/32",
            "::/129",
            "host",
            "1.2.3/8",
            "1.2.3.4/",
        ] {
            assert_eq!(AddressRange::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_is_short_and_plain() {
        assert!(is_name("a") && is_name("coventry-lcs-2") && is_name(&"a".repeat(64)));
        assert!(!is_name("") && !is_name("A") && !is_name("a_b") && !is_name("é") && !is_name(&"a".repeat(65)));
    }
}
