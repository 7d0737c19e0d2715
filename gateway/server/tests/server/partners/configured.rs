//! `[[partner]]` in the configuration file: what is taken, and every fault with its rule and place.

use std::fs;

use server::config::{Config, ConfigFaults, Environment, Means, PartnerCertificate, Scope, SubjectName};

const HASH: &str = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
const OTHER: &str = "10112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("ids.key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        folder.write("server.pem", &made.cert.pem());
        folder.write("server.key", &made.signing_key.serialize_pem());
        // A self-signed certificate is its own authority.
        folder.write("ca.pem", &made.cert.pem());
        let modulus = "wcHB".repeat(86);
        let key = |more: &str| format!(r#"{{"keys":[{{"kty":"RSA","kid":"k","n":"{modulus}","e":"AQAB"{more}}}]}}"#);
        folder.write("keys.json", &key(""));
        folder.write("private.json", &key(r#","d":"canary""#));
        folder
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    fn parse(&self, source: &str) -> Result<Config, ConfigFaults> {
        Config::parse(&self.0.path().join("homeward.toml"), source, &Environment::default())
    }
}

/// Nine lines; what follows begins on line 10.
const HEAD: &str = "version = 1\nname = \"test\"\npublic_url = \"https://gateway.example\"\n[ids]\nkey_file = \"ids.key\"\n\
    [listen.public.tls]\ncertificate_file = \"server.pem\"\nkey_file = \"server.key\"\nclient_ca_file = \"ca.pem\"\n";

#[test]
fn a_partner_is_read_with_everything_that_it_has() {
    let source = format!(
        r#"{HEAD}
[listen.public]
address = "0.0.0.0:8443"
[limits.partner]
requests_per_minute = 100
[[partner]]
name = "uhcw-community"
title = "Children in care nurses"
view = "health"
ods_code = "RKB"
urns = ["SC123456", "ciw:W18/0001"]
tell_to = ["duty@agency.example", "night@agency.example"]
authority = "331"
scopes = ["fhir:read", "translate"]
require = ["certificate", "token"]
[partner.oauth]
client_id = "c6f1a0e2"
jwks_file = "keys.json"
[[partner.certificate]]
san_uri = "urn:nhs:ods:RKB"
ca_file = "ca.pem"
[[partner.certificate]]
sha256 = "{HASH}"
[partner.limits]
requests_burst = 7
[mail]
host = "smtp.example"
from = "homeward@example.org"
[[partner]]
name = "second"
view = "provider"
enabled = false
[[partner.certificate]]
san_dns = "LCS.Coventry.Example"
ca_file = "ca.pem"
[[partner.api_key]]
id = "b1"
sha256 = "{HASH}"
expires = 2020-03-31
allow_addresses = ["203.0.113.0/28", "::1"]
"#
    );
    let config = Folder::new().parse(&source).unwrap_or_else(|faults| panic!("{faults}"));
    let [first, second] = &config.partners[..] else { panic!("two partners") };
    assert_eq!((first.name.as_str(), first.view.as_str()), ("uhcw-community", "health"));
    assert!(first.scopes.contains(Scope::FhirRead) && !first.scopes.contains(Scope::FhirWrite));
    assert_eq!((first.tell_to.len(), first.urns.len()), (2, 2));
    assert_eq!(first.require, [Means::Certificate, Means::Token]);
    assert_eq!(first.oauth.as_ref().unwrap().keys[0].id, "k");
    assert!(
        matches!(&first.certificates[0], PartnerCertificate::Named { name: SubjectName::Uri(uri), .. } if uri == "urn:nhs:ods:RKB")
    );
    assert!(matches!(first.certificates[1], PartnerCertificate::Fingerprint(hash) if hash[..2] == [0, 0x11]));
    assert_eq!((first.limits.requests_per_minute, first.limits.requests_burst), (100, 7));
    assert!(!second.enabled && second.scopes == server::config::Scopes::default());
    assert!(
        matches!(&second.certificates[0], PartnerCertificate::Named { name: SubjectName::Dns(dns), .. } if dns == "lcs.coventry.example")
    );
    // The last second of the day.
    assert_eq!(second.api_keys[0].expires, 1_585_699_199);
    assert!(second.api_keys[0].allow_addresses[0].contains("203.0.113.9".parse().unwrap()));
}

#[test]
fn a_view_of_the_configuration_may_be_named() {
    let source =
        format!("{HEAD}[[partner]]\nname = \"a\"\nview = \"coventry-epep\"\n[[view]]\nname = \"coventry-epep\"\n");
    let faults = Folder::new().parse(&source).unwrap_err().0;
    // The view itself is another matter.
    assert!(faults.iter().all(|fault| fault.rule.code != "config/view"), "{faults:?}");
}

#[test]
fn each_fault_of_a_partner_has_its_rule_and_its_place_and_never_the_value() {
    let folder = Folder::new();
    let partner = |rest: &str| format!("[[partner]]\nname = \"a\"\nview = \"health\"\n{rest}");
    let key = |rest: &str| partner(&format!("[[partner.api_key]]\nid = \"b1\"\nsha256 = \"{HASH}\"\n{rest}"));
    let certificate = |rest: &str| partner(&format!("[[partner.certificate]]\n{rest}"));
    let oauth = |rest: &str| partner(&format!("[partner.oauth]\nclient_id = \"c\"\n{rest}"));
    let cases: Vec<(String, &str, usize, usize, &str)> = vec![
        ("[partner]\nname = \"a\"\n".to_owned(), "config/type", 10, 1, "array of tables"),
        ("[[partner]]\nview = \"health\"\n".to_owned(), "config/missing-key", 10, 1, "`name`"),
        ("[[partner]]\nname = \"a\"\n".to_owned(), "config/missing-key", 10, 1, "`view`"),
        ("[[partner]]\nname = \"Canary\"\nview = \"health\"\n".to_owned(), "config/range", 11, 8, "a-z"),
        ("[[partner]]\nname = \"a\"\nview = \"canary\"\n".to_owned(), "config/view", 12, 8, ""),
        (partner("scopes = [\"canary\"]\n"), "config/range", 13, 11, "translate"),
        (partner("scopes = [1]\n"), "config/type", 13, 11, "texts in quotes"),
        (partner("scopes = \"translate\"\n"), "config/type", 13, 10, "a list"),
        (partner("require = [\"canary\"]\n"), "config/range", 13, 12, "certificate, token, api_key"),
        (partner("require = [\"token\"]\n"), "config/missing-key", 10, 1, "[partner.oauth]"),
        (partner("require = [\"api_key\"]\n"), "config/missing-key", 10, 1, "[[partner.api_key]]"),
        (partner("require = [\"certificate\"]\n"), "config/missing-key", 10, 1, "[[partner.certificate]]"),
        (partner("authority = \"33\"\n"), "config/range", 13, 13, "three digits"),
        (partner("urns = [\"canary!\"]\n"), "config/range", 13, 9, "SC and six digits"),
        (partner("urns = [\"nobody:W18/0001\"]\n"), "config/range", 13, 9, "ciw:W18/0001"),
        (partner("tell_to = [\"duty@agency.example\"]\n"), "config/missing-key", 13, 11, "`[mail]`"),
        (partner("tell_to = [\"canary\"]\n"), "config/range", 13, 12, "name@host"),
        (partner("scope = [\"translate\"]\n"), "config/unknown-key", 13, 1, "nearest: `scopes`"),
        (partner("token = \"canary\"\n"), "config/secret-in-file", 13, 1, ""),
        (partner("[partner.limits]\nrequest_burst = 1\n"), "config/unknown-key", 14, 1, "nearest: `requests_burst`"),
        (key(""), "config/missing-key", 13, 1, "`expires`"),
        (key("expires = 2999-01-01\n"), "config/range", 16, 11, "400 days"),
        (key("expires = 2027-02-30\n"), "config/syntax", 16, 11, ""),
        (key("expires = 10:00:00\n"), "config/range", 16, 11, "400 days"),
        (key("expires = \"2027-01-01\"\n"), "config/type", 16, 11, "without quotes"),
        (key("expires = 2026-12-01\nallow_addresses = []\n"), "config/range", 17, 19, "one network"),
        (key("expires = 2026-12-01\nallow_addresses = [\"203.0.113.9/28\"]\n"), "config/range", 17, 20, "a network"),
        (partner("[[partner.api_key]]\nid = \"b_1\"\nsha256 = \"canary\"\n"), "config/range", 14, 6, "a-z"),
        (partner("[[partner.api_key]]\nid = \"b1\"\nsha256 = \"canary\"\n"), "config/range", 15, 10, "64 hexadecimal"),
        (certificate(""), "config/missing-key", 13, 1, "san_dns"),
        (certificate("sha256 = \"12\"\n"), "config/range", 14, 10, "64 hexadecimal"),
        (certificate("san_dns = \"*.example\"\nca_file = \"ca.pem\"\n"), "config/range", 14, 11, "without a wildcard"),
        (certificate("san_uri = \"urn:é\"\nca_file = \"ca.pem\"\n"), "config/range", 14, 11, "visible ASCII"),
        (certificate("san_dns = \"a.example\"\n"), "config/missing-key", 13, 1, "`ca_file`"),
        (certificate("san_dns = \"a.example\"\nca_file = \"none.pem\"\n"), "config/file-missing", 15, 11, ""),
        (certificate("san_dns = \"a.example\"\nca_file = \"keys.json\"\n"), "config/certificate", 15, 11, "authority"),
        (
            certificate("san_dns = \"a.example\"\nsan_uri = \"urn:a\"\nca_file = \"ca.pem\"\n"),
            "config/range",
            13,
            1,
            "one of",
        ),
        (oauth(""), "config/missing-key", 13, 10, "`jwks_file`"),
        (oauth("jwks_file = \"none.json\"\n"), "config/file-missing", 15, 13, ""),
        (oauth("jwks_file = \"private.json\"\n"), "config/key-set", 15, 13, "private members"),
        (oauth("jwks_file = \"server.pem\"\n"), "config/key-set", 15, 13, "not JSON"),
        (partner(&partner("")), "config/duplicate", 14, 8, "the name of a partner"),
        (
            key(&format!(
                "expires = 2026-12-01\n[[partner.api_key]]\nid = \"b1\"\nsha256 = \"{OTHER}\"\nexpires = 2026-12-01\n"
            )),
            "config/duplicate",
            18,
            6,
            "the id of an API key",
        ),
        (
            format!(
                "{}[[partner]]\nname = \"b\"\nview = \"health\"\n[[partner.certificate]]\nsha256 = \"{}\"\n",
                certificate(&format!("sha256 = \"{HASH}\"\n")),
                HASH.to_ascii_lowercase()
            ),
            "config/duplicate",
            19,
            10,
            "the fingerprint",
        ),
        (
            certificate(
                "san_dns = \"a.example\"\nca_file = \"ca.pem\"\n[[partner.certificate]]\nsan_dns = \"A.example\"\nca_file = \"ca.pem\"\n",
            ),
            "config/duplicate",
            17,
            11,
            "the name of a certificate",
        ),
        (
            format!(
                "{}[[partner]]\nname = \"b\"\nview = \"health\"\n[partner.oauth]\nclient_id = \"c\"\njwks_file = \"keys.json\"\n",
                oauth("jwks_file = \"keys.json\"\n")
            ),
            "config/duplicate",
            20,
            13,
            "a client id",
        ),
    ];
    for (rest, rule, line, column, words) in cases {
        let faults = folder.parse(&format!("{HEAD}{rest}")).expect_err(&rest).0;
        let fault = faults.iter().find(|fault| fault.rule.code == rule && (fault.line, fault.column) == (line, column));
        let told: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
        assert!(fault.is_some(), "{rule} at {line}:{column} is not among\n{told}\n{rest}");
        assert!(told.contains(words), "{words}\n{told}");
        assert!(!told.contains("canary") && !told.contains("Canary"), "{told}");
    }
}

#[test]
fn without_client_certificates_nobody_can_show_one() {
    let folder = Folder::new();
    let head = HEAD.replace("client_ca_file = \"ca.pem\"", "client_certificate = \"off\"");
    let certificate =
        |lines: &str| format!("[[partner]]\nname = \"a\"\nview = \"health\"\n[[partner.certificate]]\n{lines}");
    let named = certificate("san_dns = \"a.example\"\nca_file = \"ca.pem\"\n");
    let fingerprint = certificate(&format!("sha256 = \"{HASH}\"\n"));
    for source in [format!("{head}{named}"), format!("{head}{fingerprint}")] {
        let faults = folder.parse(&source).unwrap_err().0;
        assert!(faults.iter().any(|fault| fault.rule.code == "config/means" && fault.line == 13), "{faults:?}");
    }
    // A fingerprint needs no authority, a name does.
    let head = head.replace("\"off\"", "\"optional\"");
    assert!(folder.parse(&format!("{head}{fingerprint}")).is_ok());
    assert!(folder.parse(&format!("{head}{named}")).is_err());
}

#[test]
fn only_a_partner_that_may_call_opens_the_listener_to_others() {
    let folder = Folder::new();
    let open = "[listen.public]\naddress = \"0.0.0.0:8443\"\n";
    let partner = "[[partner]]\nname = \"a\"\nview = \"health\"\n";
    assert!(folder.parse(&format!("{HEAD}{open}{partner}")).is_ok());
    for source in [format!("{HEAD}{open}"), format!("{HEAD}{open}{partner}enabled = false\n")] {
        let faults = folder.parse(&source).unwrap_err().0;
        assert_eq!((faults[0].rule.code, faults[0].line), ("config/public-without-partner", 11));
    }
    let plain: String = HEAD.lines().take(5).map(|line| format!("{line}\n")).collect();
    let faults = folder.parse(&format!("{plain}{open}{partner}")).unwrap_err().0;
    assert_eq!(faults[0].rule.code, "config/plain-public");
}

#[test]
fn no_partner_breaks_the_reader() {
    let folder = Folder::new();
    let source = format!(
        "{HEAD}[[partner]]\nname = \"a\"\nview = \"health\"\nurns = [\"A\"]\n[[partner.api_key]]\nid = \"b\"\nsha256 = \"{HASH}\"\nexpires = 2026-12-01\nallow_addresses = [\"::/0\"]\n"
    );
    for place in HEAD.len()..source.len() {
        let _ = folder.parse(&source[..place]);
        for byte in [b'"', b'[', b'=', b'\n', b'{', b'0', b'\''] {
            let mut changed = source.clone().into_bytes();
            changed[place] = byte;
            let _ = folder.parse(&String::from_utf8(changed).unwrap());
        }
    }
}
