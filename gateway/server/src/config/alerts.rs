//! `[alerts]` and `[mail]`: who is told of what a person must see, and by which way; addresses of mail.

use std::path::PathBuf;

use lettre::message::Mailbox;
use rustls::pki_types::CertificateDer;

use super::delivery::{Outbound, read_authorities};
use super::fault;
use super::section::{Placed, Section};
use super::targets::{Https, Secret, SignIn, read_address, read_secret_text};

/// Addresses that are told.
const TO_MAX: usize = 32;

/// Who is told of alerts.
#[derive(Clone, Debug)]
pub struct Alerts {
    /// A request for each alert.
    pub webhook: Option<Box<Https>>,
    /// A mail for each alert.
    pub mail: Option<Box<AlertMail>>,
    /// The server that takes our mail, whomever it is to.
    pub server: Option<Box<MailServer>>,
    /// Days before the end of a certificate at which it becomes an alert.
    pub certificate_days: u64,
}

impl Default for Alerts {
    fn default() -> Self {
        Self { webhook: None, mail: None, server: None, certificate_days: 30 }
    }
}

/// Mail to a team.
#[derive(Clone, Debug)]
pub struct AlertMail {
    /// To whom.
    pub to: Vec<Mailbox>,
    /// By which server.
    pub server: MailServer,
}

/// `[mail]`: the server that takes our mail (RFC 6409).
#[derive(Clone, Debug)]
pub struct MailServer {
    /// Its name, as its certificate has it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is secured; it always is.
    pub tls: MailTls,
    /// Who we are there, and how we prove it.
    pub sign_in: Option<(String, Secret)>,
    /// The sender.
    pub from: Mailbox,
    /// Authorities believed besides those of the system.
    pub authorities: Vec<CertificateDer<'static>>,
}

/// How a connection to a mail server is secured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MailTls {
    /// In the talk (RFC 3207), before anything is told.
    StartTls,
    /// From the first byte (RFC 8314, section 3.3).
    Implicit,
}

impl MailTls {
    /// The port of each (RFC 6409, section 3.1; RFC 8314, section 7.3).
    fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Implicit => 465,
        }
    }
}

impl Alerts {
    /// Reads both tables.
    pub(super) fn read(root: &Section<'_>, outbound: &Outbound) -> Self {
        let mail_section = root.section("mail");
        let mail_is_there = mail_section.is_present();
        let server = if mail_is_there { read_server(&mail_section, outbound) } else { None };
        mail_section.finish();
        let section = root.section("alerts");
        let certificate_days = section.integer("certificate_days", 1..=366).map_or(30, |found| found.value);
        let to = read_addresses(&section, "to");
        if !to.is_empty() && !mail_is_there {
            section.fault(&fault::MISSING_KEY, section.byte(), Some("`[mail]`, by which they are told".to_owned()));
        }
        let private_network = section.boolean("private_network").is_some_and(|found| found.value);
        let webhook = read_address(&section, "webhook_url", private_network).map(|url| {
            Box::new(Https {
                url,
                method: hyper::Method::POST,
                certificate: None,
                authorities: outbound.authorities.clone(),
                sign_in: SignIn::None,
                headers: Vec::new(),
                private_network,
                proxy: if private_network { None } else { outbound.proxy.clone() },
            })
        });
        section.finish();
        let mail = server.clone().filter(|_| !to.is_empty()).map(|server| Box::new(AlertMail { to, server }));
        Self { webhook, mail, server: server.map(Box::new), certificate_days }
    }
}

/// Reads addresses of mail.
pub(super) fn read_addresses(section: &Section<'_>, key: &'static str) -> Vec<Mailbox> {
    let texts = section.texts(key).unwrap_or_default();
    if texts.len() > TO_MAX {
        section.range(texts[TO_MAX].byte, format!("at most {TO_MAX} addresses"));
    }
    texts.into_iter().filter_map(|found| read_mailbox(section, found)).collect()
}

/// Reads `[mail]`; `None` only with a fault.
fn read_server(section: &Section<'_>, outbound: &Outbound) -> Option<MailServer> {
    section.require("host");
    section.require("from");
    let host = section.text("host").filter(|found| {
        let is_name = !found.value.is_empty() && rustls::pki_types::ServerName::try_from(found.value).is_ok();
        if !is_name {
            section.range(found.byte, "the name of a host".to_owned());
        }
        is_name
    });
    let words = [("starttls", MailTls::StartTls), ("implicit", MailTls::Implicit)];
    let tls = section.choice("tls", &words).map_or(MailTls::StartTls, |found| found.value);
    let port = section.integer("port", 1..=65_535).and_then(|found| u16::try_from(found.value).ok());
    let (user, password) = (section.text("user"), section.path("password_file"));
    match (&user, &password) {
        (Some(_), None) => section.require("password_file"),
        (None, Some(_)) => section.require("user"),
        _ => {}
    }
    let sign_in = user.zip(password).and_then(|(user, file)| {
        let secret = read_secret_text(section, &file)?;
        Some((user.value.to_owned(), Secret::new(secret)))
    });
    let authorities = section.path("ca_file").map(|file: Placed<PathBuf>| read_authorities(section, &file));
    let from = section.text("from").and_then(|found| read_mailbox(section, found));
    Some(MailServer {
        host: host?.value.to_owned(),
        port: port.unwrap_or(tls.port()),
        tls,
        sign_in,
        from: from?,
        authorities: authorities.unwrap_or_else(|| outbound.authorities.clone()),
    })
}

fn read_mailbox(section: &Section<'_>, found: Placed<&str>) -> Option<Mailbox> {
    let mailbox = found.value.parse::<lettre::Address>().ok().filter(|_| found.value.is_ascii());
    if mailbox.is_none() {
        section.range(found.byte, "an address of mail: name@host".to_owned());
    }
    mailbox.map(|address| Mailbox::new(None, address))
}
