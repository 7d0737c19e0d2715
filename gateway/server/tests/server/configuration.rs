//! The configuration file: what is taken, and every fault with its rule and place.

mod frameworks;

use std::fs;
use std::path::{Path, PathBuf};

use exchange::market::framework::Framework;
use kit::limits::ReadingLimits;
use kit::pep::{CountedWhen, HowOften, PepSettings, PlanAges};
use kit::school_calendar::{Basis, DayKind};
use schemas::date::{AcademicYear, Date};
use server::config::{
    Config, ConfigError, ConfigFaults, Delivery, DeliveryLimits, DocumentReading, Environment, Limits, LogFormat,
    OAuth, PartnerLimits,
};

/// A folder with the files that a configuration names.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.secret("ids.key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
        folder.secret("store.key", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::write(folder.path().join("server.pem"), made.cert.pem()).unwrap();
        folder.secret("server.key", &made.signing_key.serialize_pem());
        folder.secret("other.key", &rcgen::KeyPair::generate().unwrap().serialize_pem());
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn secret(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::write(&path, text).unwrap();
        mode(&path, 0o600);
    }

    pub(crate) fn parse(&self, source: &str) -> Result<Config, ConfigFaults> {
        Config::parse(&self.path().join("homeward.toml"), source, &Environment::default())
    }
}

#[cfg(unix)]
pub(crate) fn mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(windows)]
pub(crate) fn mode(_: &Path, _: u32) {}

pub(crate) const HEAD: &str = "version = 1\nname = \"test\"\npublic_url = \"https://gateway.example\"\n";
pub(crate) const IDS: &str = "[ids]\nkey_file = \"ids.key\"\n";
/// What every configuration with a route needs.
pub(crate) const STORE: &str = "[store]\npath = \"store\"\nkey_file = \"store.key\"\n";

#[test]
fn the_shortest_configuration_has_every_default() {
    let config = Folder::new().parse(&format!("{HEAD}{IDS}")).unwrap();
    assert_eq!(config.limits, Limits::default());
    assert_eq!(config.public.address, "127.0.0.1:8443".parse().unwrap());
    assert_eq!(config.admin_address, "127.0.0.1:9464".parse().unwrap());
    assert_eq!(config.timezone, "Europe/London");
    assert_eq!(config.log.format, LogFormat::Json);
    assert!(config.public_documents && config.public.tls.is_none());
    assert_eq!(config.ids_key.bytes()[..4], [0, 1, 2, 3]);
    assert_eq!(config.digest.len(), 64);
    assert!(!format!("{config:?}").contains("AAEC") && format!("{config:?}").contains("IdsKey(..)"));
}

#[test]
fn the_annotated_example_is_taken() {
    let folder = Folder::new();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/homeward.toml");
    let file = folder.path().join("homeward.toml");
    fs::copy(example, &file).unwrap();
    for name in ["tls", "dialects", "registers"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    for (made, named) in [
        ("server.pem", "server.pem"),
        ("server.key", "server.key"),
        ("server.pem", "client.pem"),
        ("server.key", "client.key"),
        ("server.pem", "inspection-ca.pem"),
    ] {
        fs::copy(folder.path().join(made), folder.path().join("tls").join(named)).unwrap();
    }
    for name in ["tls/server.key", "tls/client.key"] {
        mode(&folder.path().join(name), 0o600);
    }
    fs::write(folder.path().join("dialects/coventry-903.toml"), "format = \"ssda903-csv\"\n").unwrap();
    fs::copy(folder.path().join("ids.key"), folder.path().join("ids-key")).unwrap();
    folder
        .secret("signing-key", &rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap().serialize_pem());
    folder.secret("supplier-key", "0123456789\n");
    folder.secret("smtp-password", "0123456789\n");
    folder.secret("store-key", &format!("k:{}\n", "A".repeat(43) + "="));
    let environment = Environment { credentials_directory: Some(folder.path().to_owned()) };
    let config = Config::load(&file, &environment).unwrap_or_else(|error| panic!("{error}"));
    // The example shows defaults: who copies it changes nothing unawares.
    assert_eq!(config.limits, Limits::default());
    for limit in Limits::DECLARATIONS {
        assert!(fs::read_to_string(example).unwrap().contains(limit.name), "{} is not in the example", limit.name);
    }
    assert_eq!(config.reading_limits, ReadingLimits::default());
    for limit in DocumentReading::DECLARATIONS {
        assert!(fs::read_to_string(example).unwrap().contains(limit.name), "{} is not in the example", limit.name);
    }
    for limit in DeliveryLimits::DECLARATIONS {
        assert!(fs::read_to_string(example).unwrap().contains(limit.name), "{} is not in the example", limit.name);
    }
    assert_eq!(config.delivery, Delivery::default());
    let mail = config.alerts.mail.as_ref().unwrap();
    assert_eq!((mail.to.len(), mail.server.port, config.alerts.certificate_days), (1, 587, 30));
    assert!(config.alerts.webhook.is_some() && !format!("{:?}", config.alerts).contains("0123456789"));
    assert_eq!((config.routes.len(), config.dialects.len()), (1, 1));
    // But for its terms, which nobody has by default.
    let calendar = config.pep.calendar.clone();
    assert_eq!(calendar.terms_of(AcademicYear::new(2026).unwrap()).1, Basis::Given);
    assert_eq!(config.pep, PepSettings { calendar, ..PepSettings::default() });
    let [framework] = &config.frameworks[..] else { panic!("one framework") };
    assert_eq!((framework.members.len(), framework.lots.len(), config.registers.neighbours.len()), (14, 4, 2));
    assert_eq!(framework.fresh_days, Framework::FRESH_DAYS);
    assert_eq!(framework.expire_days, Framework::EXPIRE_DAYS);
    assert_eq!(framework.offer_hours, Framework::OFFER_HOURS);
    assert_eq!(config.routes[0].to.len(), 3);
    assert!(config.public.tls.is_some() && config.store.is_some());
    assert_eq!(config.partners.len(), 2);
    assert_eq!((&config.oauth, &config.partner_limits), (&OAuth::default(), &PartnerLimits::default()));
    // What is shown as an example is taken as well, once it is no comment.
    let whole: String = fs::read_to_string(example)
        .unwrap()
        .lines()
        .map(|line| match line.strip_prefix('#') {
            Some(example) if !example.starts_with(' ') => format!("{example}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    for (name, as_name) in [("server.pem", "client-ca.pem"), ("server.pem", "council-ca.pem")] {
        fs::copy(folder.path().join(name), folder.path().join("tls").join(as_name)).unwrap();
    }
    fs::write(folder.path().join("tls/client.crl"), crl()).unwrap();
    for (made, named) in [("server.pem", "mesh.pem"), ("server.key", "mesh.key"), ("server.pem", "mesh-ca.pem")] {
        fs::copy(folder.path().join(made), folder.path().join("tls").join(named)).unwrap();
    }
    folder.secret("mesh-password", "password\n");
    folder.secret("mesh-shared-key", "TestKey\n");
    folder.secret("sftp-key", &crate::sftp::key(1));
    fs::write(folder.path().join("tls/known_hosts"), crate::sftp::host_line(2)).unwrap();
    fs::create_dir(folder.path().join("partners")).unwrap();
    let keys = format!(r#"{{"keys":[{{"kty":"RSA","kid":"k","n":"{}","e":"AQAB"}}]}}"#, "wcHB".repeat(86));
    fs::write(folder.path().join("partners/uhcw.jwks.json"), keys).unwrap();
    for (name, text) in frameworks::FILES {
        fs::write(folder.path().join("registers").join(name), text).unwrap();
    }
    fs::write(&file, whole).unwrap();
    let config = Config::load(&file, &environment).unwrap_or_else(|error| panic!("{error}"));
    // Three partners and a person.
    assert_eq!(config.partners.len(), 4);
    assert_eq!((config.frameworks[0].tiers.len(), config.frameworks[0].prices.len()), (2, 1));
    assert_eq!(
        (config.registers.outcodes.len(), config.registers.providers.as_ref().map(|held| held.len())),
        (2, Some(1))
    );
    let [mesh] = &config.mesh[..] else { panic!("one mailbox by the API") };
    assert_eq!((mesh.poll_seconds, mesh.chunk_bytes_max, mesh.private_network), (300, 52_428_800, false));
    assert_eq!((config.mesh_folders.len(), config.routes.len()), (1, 3));
}

/// A list of revoked certificates in PEM, which names none.
fn crl() -> String {
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.key_usages = vec![rcgen::KeyUsagePurpose::CrlSign];
    let issuer = rcgen::CertifiedIssuer::self_signed(params, rcgen::KeyPair::generate().unwrap()).unwrap();
    let list = rcgen::CertificateRevocationListParams {
        this_update: rcgen::date_time_ymd(2026, 1, 1),
        next_update: rcgen::date_time_ymd(2036, 1, 1),
        crl_number: rcgen::SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: Vec::new(),
        key_identifier_method: rcgen::KeyIdMethod::Sha256,
    };
    list.signed_by(&issuer).unwrap().pem().unwrap()
}

fn pep(key: &str) -> String {
    format!("{IDS}[pep]\n{key}\n")
}

fn term(days: &str) -> String {
    pep(&format!("terms = [{{ term = \"autumn\", {days} }}]"))
}

#[test]
fn terms_and_settings_of_plans_are_read_and_default() {
    let folder = Folder::new();
    let read = |rest: &str| folder.parse(&format!("{HEAD}{rest}")).unwrap().pep;
    assert_eq!(read(IDS), PepSettings::default());
    let pep = read(&pep(
        "first_days = 10\nfirst_day_kind = \"working\"\ncounted_when = \"meeting\"\nper_year = 2\nages = { from = 4 }\n\
         terms = [{ term = \"spring-1\", first = 2027-01-04, last = 2027-02-12 }]\n\
         school_days = { bank_holidays = [2027-01-05], closed = [{ first = 2027-01-06, last = 2027-01-07 }] }",
    ));
    assert_eq!((pep.first_days, pep.first_day_kind, pep.counted_when), (10, DayKind::Working, CountedWhen::Meeting));
    assert_eq!((pep.often, pep.ages), (HowOften::PerYear(2), PlanAges { from: 4, to: 18 }));
    let open: Vec<bool> = (4..=8).map(|day| pep.calendar.is_school_day(Date::new(2027, 1, day).unwrap()).0).collect();
    assert_eq!(open, [true, false, false, false, true]);
}

#[test]
fn each_fault_has_its_rule_and_its_place_and_never_the_value() {
    let folder = Folder::new();
    folder.secret("short.key", "Y2FuYXJ5\n");
    folder.secret("open.key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
    mode(&folder.path().join("open.key"), 0o644);
    let private = "-----BEGIN PRIVATE KEY-----canary";
    let tls = |lines: &str| format!("{IDS}[listen.public.tls]\n{lines}");
    let pair = "certificate_file = \"server.pem\"\nkey_file = \"server.key\"\n";
    let cases: Vec<(String, &str, usize, usize, &str)> = vec![
        // source after the head (three lines), rule, line, column, words that must be told
        (format!("canary\n{IDS}"), "config/syntax", 4, 7, ""),
        (format!("canary = [\n{IDS}"), "config/syntax", 5, 2, ""),
        (format!("nmae = 1\n{IDS}"), "config/unknown-key", 4, 1, "nearest: `name`"),
        (format!("{IDS}[listen.public]\nadress = \"canary\"\n"), "config/unknown-key", 7, 1, "nearest: `address`"),
        (format!("{IDS}[limits]\nconections_max = 1\n"), "config/unknown-key", 7, 1, "nearest: `connections_max`"),
        (format!("{IDS}[limits.address]\nrequest_per_minute = 1\n"), "config/unknown-key", 7, 1, "requests_per_minute"),
        (format!("{IDS}[canary]\n"), "config/unknown-key", 6, 2, ""),
        ("[ids]\n".to_owned(), "config/missing-key", 4, 2, "`key_file`"),
        (String::new(), "config/missing-key", 1, 1, "`key_file`"),
        (format!("authority = 330\n{IDS}"), "config/type", 4, 13, "a text in quotes"),
        (format!("limits = \"canary\"\n{IDS}"), "config/type", 4, 10, "a table"),
        (format!("{IDS}[limits]\nconnections_max = \"canary\"\n"), "config/type", 7, 19, "a whole number"),
        (format!("{IDS}[limits]\nconnections_max = 1.5\n"), "config/type", 7, 19, "a whole number"),
        (format!("public_documents = \"yes\"\n{IDS}"), "config/type", 4, 20, "true or false"),
        (format!("{IDS}[limits]\nconnections_max = 0\n"), "config/range", 7, 19, "allowed 1 to"),
        (format!("{IDS}[limits]\nconnections_max = -5\n"), "config/range", 7, 19, "allowed 1 to"),
        (format!("{IDS}[limits]\nheader_bytes_max = 8191\n"), "config/range", 7, 20, "allowed 8192 to"),
        (format!("{IDS}[limits]\nconnections_max = 99999999999999999999999\n"), "config/range", 7, 19, "allowed"),
        (format!("authority = \"33\"\n{IDS}"), "config/range", 4, 13, "three digits"),
        (format!("timezone = \"canary zone\"\n{IDS}"), "config/range", 4, 12, "IANA"),
        (format!("{IDS}[log]\nlevel = \"canary\"\n"), "config/range", 7, 9, "one of error, warn"),
        (format!("{IDS}[listen.public]\naddress = \"canary\"\n"), "config/range", 7, 11, "127.0.0.1:8443"),
        (format!("{IDS}key = \"canary\"\n"), "config/secret-in-file", 6, 1, "key_file"),
        (format!("{IDS}[mail]\npassword = \"canary\"\n"), "config/secret-in-file", 7, 1, ""),
        (format!("{IDS}token = \"canary\"\n"), "config/secret-in-file", 6, 1, ""),
        (format!("authority = \"{private}\"\n{IDS}"), "config/secret-in-file", 4, 13, ""),
        ("[ids]\nkey_file = \"open.key\"\n".to_owned(), "config/secret-readable", 5, 12, ""),
        ("[ids]\nkey_file = \"canary.key\"\n".to_owned(), "config/file-missing", 5, 12, ""),
        ("[ids]\nkey_file = \"credential:canary\"\n".to_owned(), "config/file-missing", 5, 12, ""),
        ("[ids]\nkey_file = \".\"\n".to_owned(), "config/file-unreadable", 5, 12, ""),
        ("[ids]\nkey_file = \"short.key\"\n".to_owned(), "config/file-content", 5, 12, ""),
        (tls("certificate_file = \"server.pem\"\n"), "config/missing-key", 6, 16, "`key_file`"),
        (tls(&pair.replace("server.key", "other.key")), "config/certificate", 8, 12, "does not belong"),
        (tls(&pair.replace("server.pem", "server.key")), "config/certificate", 7, 20, "no certificate"),
        (tls(&pair.replace("server.key", "ids.key")), "config/certificate", 8, 12, "no private key"),
        (tls(&format!("{pair}version_min = \"1.1\"\n")), "config/range", 9, 15, "one of 1.2, 1.3"),
        (tls(&format!("{pair}client_ca_file = \"canary\"\n")), "config/file-missing", 9, 18, ""),
        (tls(&format!("{pair}client_ca_file = \"server.key\"\n")), "config/certificate", 9, 18, "of an authority"),
        (tls(&format!("{pair}client_revocation_file = \"server.pem\"\n")), "config/certificate", 9, 26, "revocation"),
        (tls(&format!("{pair}client_certificate = \"canary\"\n")), "config/range", 9, 22, "one of off, optional"),
        (
            format!("{IDS}[listen.public]\naddress = \"0.0.0.0:8443\"\n[listen.public.tls]\n{pair}"),
            "config/public-without-partner",
            7,
            11,
            "",
        ),
        (format!("{IDS}[listen.public]\naddress = \"[::]:8443\"\n"), "config/plain-public", 7, 11, ""),
        (format!("{IDS}[listen.admin]\naddress = \"192.0.2.1:9464\"\n"), "config/admin-public", 7, 11, ""),
        (format!("{IDS}[listen.public]\nproxy_protocol = true\n"), "config/not-yet", 7, 18, "proxy_protocol"),
        (format!("{IDS}[store]\nkind = \"sqlite\"\n"), "config/missing-key", 6, 2, "`path`"),
        (format!("{IDS}[alerts]\nto = [\"duty@b.example\"]\n"), "config/missing-key", 6, 2, "`[mail]`"),
        (format!("{IDS}[alerts]\nto = [\"canary\"]\n"), "config/range", 7, 7, "name@host"),
        (format!("{IDS}[alerts]\nto = [\"a@b.example, canary@c.example\"]\n"), "config/range", 7, 7, "name@host"),
        (format!("{IDS}[alerts]\ncertificate_days = 0\n"), "config/range", 7, 20, "allowed 1 to 366"),
        (format!("{IDS}[alerts]\nwebhok_url = \"canary\"\n"), "config/unknown-key", 7, 1, "nearest: `webhook_url`"),
        (format!("{IDS}[alerts]\nwebhook_url = \"http://hooks.example/canary\"\n"), "config/address", 7, 15, ""),
        (format!("{IDS}[alerts]\nwebhook_url = \"http://127.0.0.1/canary\"\n"), "config/address", 7, 15, ""),
        (format!("{IDS}[mail]\nhost = \"mail.example\"\n"), "config/missing-key", 6, 2, "`from`"),
        (format!("{IDS}[mail]\nhost = \"mail example\"\n"), "config/range", 7, 8, "name of a host"),
        (format!("{IDS}[mail]\ntls = \"none\"\n"), "config/range", 7, 7, "one of starttls, implicit"),
        (format!("{IDS}[mail]\nport = 0\n"), "config/range", 7, 8, "allowed 1 to 65535"),
        (format!("{IDS}[mail]\nuser = \"canary\"\n"), "config/missing-key", 6, 2, "`password_file`"),
        (format!("{IDS}[mail]\npassword_file = \"ids.key\"\n"), "config/missing-key", 6, 2, "`user`"),
        (pep("first_days = 0"), "config/range", 7, 14, "allowed 1 to 200"),
        (pep("first_day_kind = \"canary\""), "config/range", 7, 18, "one of school, working, calendar"),
        (pep("counted_when = \"canary\""), "config/range", 7, 16, "one of complete, meeting"),
        (pep("per_term = 1\nper_year = 2"), "config/duplicate", 8, 12, "`per_term` and `per_year`"),
        (pep("ages = { from = 18, to = 3 }"), "config/range", 7, 1, "`from` at or below `to`"),
        (pep("trems = []"), "config/unknown-key", 7, 1, "nearest: `terms`"),
        (pep("terms = [{ term = \"canary\" }]"), "config/range", 7, 19, "autumn-1 to summer-2"),
        (pep("terms = [{ term = \"autumn\", first = 2026-09-01 }]"), "config/missing-key", 7, 10, "`last`"),
        (term("first = \"canary\", last = 2026-12-18"), "config/type", 7, 37, "without quotes"),
        (term("first = 2026-09-01T00:00:00Z, last = 2026-12-18"), "config/type", 7, 37, "a day"),
        (term("first = 2026-12-18, last = 2026-09-01"), "config/range", 7, 56, "on or after"),
        (term("first = 2026-08-30, last = 2026-12-18"), "config/terms", 7, 10, "one school year"),
        (pep("school_days = { bank_holidays = [2026-12-25, 5] }"), "config/type", 7, 46, "a day"),
        (
            pep("school_days = { closed = [{ first = 2026-10-30, last = 2026-10-26 }] }"),
            "config/range",
            7,
            56,
            "on or after",
        ),
        (
            format!(
                "{IDS}[merge]
name = \"canary\"
"
            ),
            "config/not-yet",
            6,
            2,
            "`merge`",
        ),
        (
            format!(
                "{IDS}[limits]
bulk_rows_max = 0
"
            ),
            "config/range",
            7,
            17,
            "allowed 1 to",
        ),
        (format!("{IDS}[limits]\nform_bytes_max = 1\n"), "config/range", 7, 18, "allowed 1024 to"),
        (format!("{IDS}[limits.partner]\nrequests_burst = 0\n"), "config/range", 7, 18, "allowed 1 to"),
        (format!("{IDS}[oauth]\nalgorithms = [\"HS256\"]\n"), "config/range", 7, 15, "one of RS512, RS384, ES384"),
        (format!("{IDS}[oauth]\nassertion_seconds_max = 301\n"), "config/range", 7, 25, "allowed 10 to 300"),
        (format!("{IDS}[oauth]\ntokens_not_before = 2026-11-22\n"), "config/range", 7, 21, "an instant"),
    ];
    for (rest, rule, line, column, words) in cases {
        let faults = folder.parse(&format!("{HEAD}{rest}")).expect_err(&rest).0;
        let fault = faults.iter().find(|fault| fault.rule.code == rule);
        let fault = fault.unwrap_or_else(|| panic!("{rule} is not among {faults:#?}\n{rest}"));
        assert_eq!((fault.line, fault.column), (line, column), "{rule}\n{rest}");
        let told: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
        assert!(told.contains(words), "{words}\n{told}");
        assert!(!told.contains("canary") || rest.contains("`canary`"), "{told}");
    }
}

#[test]
fn the_address_of_the_gateway_is_https_without_a_path_except_on_loopback() {
    let folder = Folder::new();
    let parse = |url: &str| folder.parse(&format!("version = 1\nname = \"t\"\npublic_url = \"{url}\"\n{IDS}"));
    for url in [
        "https://gateway.example",
        "https://gateway.example:8443",
        "http://localhost:8443",
        "http://127.0.0.1",
        "http://[::1]:80",
    ] {
        assert!(parse(url).is_ok(), "{url}");
    }
    for url in [
        "http://gateway.example",
        "http://localhost.example",
        "https://",
        "https://gateway.example/",
        "https://a?b",
        "https://user@host",
        "gateway.example",
        "ftp://localhost",
        "",
    ] {
        let faults = parse(url).expect_err(url).0;
        assert_eq!(faults[0].rule.code, "config/range", "{url}");
    }
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_file() {
    let source = "version = 2\nname = 5\n[limits]\nconnections_max = 0\nno_such = 1\n[store]\n[listen.public]\naddress = \"x\"\n";
    let faults = Folder::new().parse(source).unwrap_err().0;
    let found: Vec<(&str, usize)> = faults.iter().map(|fault| (fault.rule.code, fault.line)).collect();
    assert_eq!(
        found,
        [
            ("config/missing-key", 1),
            ("config/missing-key", 1),
            ("config/range", 1),
            ("config/type", 2),
            ("config/range", 4),
            ("config/unknown-key", 5),
            ("config/missing-key", 6),
            ("config/missing-key", 6),
            ("config/range", 8),
        ]
    );
}

#[test]
fn a_fault_is_told_as_a_compiler_tells_it() {
    let folder = Folder::new();
    let faults = folder.parse(&format!("{HEAD}{IDS}[listen.public]\nadress = \"canary\"\n")).unwrap_err();
    let file: PathBuf = folder.path().join("homeward.toml");
    assert_eq!(
        faults.to_string(),
        format!(
            "error[config/unknown-key]: this key does not exist here: nearest: `address`\n  --> {}:7:1\n   = help: correct it or remove it",
            file.display()
        )
    );
}

#[test]
fn a_secret_of_the_group_is_taken_and_a_credential_is_found() {
    let folder = Folder::new();
    mode(&folder.path().join("ids.key"), 0o640);
    assert!(folder.parse(&format!("{HEAD}{IDS}")).is_ok());
    let environment = Environment { credentials_directory: Some(folder.path().to_owned()) };
    let parse = |name: &str| {
        let source = format!("{HEAD}[ids]\nkey_file = \"credential:{name}\"\n");
        Config::parse(Path::new("/nowhere/homeward.toml"), &source, &environment)
    };
    assert!(parse("ids.key").is_ok());
    for name in ["", "..", "../ids.key", "a/../ids.key"] {
        assert_eq!(parse(name).unwrap_err().0[0].rule.code, "config/file-missing", "{name}");
    }
}

#[test]
fn a_file_that_is_not_there_or_not_text_is_told() {
    let folder = Folder::new();
    let load = |name: &str| Config::load(&folder.path().join(name), &Environment::default());
    assert!(matches!(load("none.toml"), Err(ConfigError::Unreadable { .. })));
    fs::write(folder.path().join("bytes.toml"), [0xff, 0xfe, 0]).unwrap();
    assert!(matches!(load("bytes.toml"), Err(ConfigError::Unreadable { .. })));
}

#[test]
fn no_file_breaks_the_reader() {
    let folder = Folder::new();
    let source = format!("{HEAD}{IDS}[limits]\nconnections_max = 5\n[listen.public]\naddress = \"127.0.0.1:1\"\n");
    for end in 0..source.len() {
        let _ = folder.parse(&source[..end]);
    }
    for place in 0..source.len() {
        for byte in [b'"', b'[', b'=', b'\n', b'{', b'0', b'\''] {
            let mut changed = source.clone().into_bytes();
            changed[place] = byte;
            let _ = folder.parse(&String::from_utf8(changed).unwrap());
        }
    }
    let _ = folder.parse(&"[".repeat(100_000));
    let _ = folder.parse(&format!("a = {}", "[".repeat(100_000)));
}
