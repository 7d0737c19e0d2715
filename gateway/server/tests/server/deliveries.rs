//! Routes and how deliveries travel, as the configuration says them.

use std::fs;

use exchange::children::Children;
use server::config::{
    AfterPickup, Batch, ClientProof, Config, ConfigFaults, Every, Intake, OnDead, Roll, RowErrors, SignIn, Transport,
    Untraced,
};

use crate::configuration::{Folder, HEAD, IDS, STORE, mode};

const PARTNERS: &str =
    "[[partner]]\nname = \"lcs\"\nview = \"local-authority\"\n[[partner]]\nname = \"nurses\"\nview = \"health\"\n";
const FROM: &str = "from = { partner = \"lcs\", format = \"ssda903-csv\" }";
const TO: &str = "{ partner = \"nurses\", format = \"fhir-json\", url = \"https://nurses.example/in\" }";

fn folder() -> Folder {
    let folder = Folder::new();
    let p384 = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    folder.secret("p384.key", &p384.serialize_pem());
    folder.secret("word", "s3cret-w0rd\n");
    folder.secret("unicode", "gehe\u{ef}m\n");
    folder.secret("lines", "a\nInjected: b\n");
    folder.secret("empty", "");
    folder.secret("open", "s3cret-w0rd\n");
    mode(&folder.path().join("open"), 0o644);
    fs::write(folder.path().join("903.toml"), "format = \"ssda903-csv\"\n").unwrap();
    fs::write(folder.path().join("faulty.toml"), "format = \"ssda903-csv\"\nblnk = [\"canary\"]\n").unwrap();
    fs::write(folder.path().join("formless.toml"), "blank = [\"x\"]\n").unwrap();
    fs::write(folder.path().join("other.toml"), "format = \"ssda903-cvs\"\n").unwrap();
    folder
}

/// The head of a file with partners; `rest` begins in line 12.
fn parse(folder: &Folder, rest: &str) -> Result<Config, ConfigFaults> {
    folder.parse(&format!("{HEAD}{IDS}{PARTNERS}{rest}\n{STORE}"))
}

/// A route with one target.
fn route(to: &str) -> String {
    format!("[[route]]\nname = \"r\"\n{FROM}\nto = [{to}]\n")
}

/// A target that posts, with more keys.
fn posts(keys: &str) -> String {
    route(&format!("{}, {keys} }}", TO.trim_end_matches(" }")))
}

#[test]
fn the_shortest_route_has_every_default() {
    let folder = folder();
    let config = parse(&folder, &route(TO)).unwrap();
    let [route] = &config.routes[..] else { panic!("one route") };
    assert_eq!((route.name.as_str(), route.from.partner.as_str(), route.from.format.name), ("r", "lcs", "ssda903-csv"));
    assert_eq!(route.from.transport, Intake::Https);
    assert_eq!((route.errors, route.errors_max), (RowErrors::Quarantine, 10_000));
    assert_eq!((route.subjects_missing_percent_max, route.subjects_missing_max), (1, 5));
    assert_eq!(route.children, Children::default());
    assert!(route.enabled && !route.complete && !route.idempotency_required && route.schedule.is_none());
    let [target] = &route.to[..] else { panic!("one target") };
    assert_eq!((target.untraced, target.batch), (Untraced::Withhold, Batch::Child));
    assert_eq!(target.delivery, config.delivery);
    let Transport::Https(https) = &target.transport else { panic!("by request") };
    assert_eq!(https.method, "POST");
    assert!(matches!(https.sign_in, SignIn::None) && !https.private_network && https.certificate.is_none());
    assert!(https.headers.is_empty() && https.proxy.is_none() && https.authorities.is_empty());
}

#[test]
fn every_key_is_taken() {
    let folder = folder();
    let source = "[[dialect]]\nname = \"ours\"\nfile = \"903.toml\"\n\
         [outbound]\nproxy = \"http://proxy.example:3128\"\nca_file = \"server.pem\"\n\
         [delivery]\nattempts_max = 3\non_dead = \"skip\"\n\
         [[route]]\nname = \"nightly\"\nerrors = \"fail\"\nerrors_max = 7\nidempotency_required = true\nenabled = false\n\
         schedule = { every = \"month\", at = \"06:30\", on = \"28\" }\n\
         children = { status = [\"care-leaver\"], age_min = 16, age_max = 25, placement_area = [\"CV1\"] }\n\
         from = { partner = \"lcs\", format = \"ssda903-csv\", dialect = \"ours\", year = \"2026\", transport = \"directory\", path = \"out\", pattern = \"*.zip\", settle_seconds = 5, after = \"delete\" }\n\
         [[route.to]]\npartner = \"nurses\"\nformat = \"fhir-ndjson\"\nview = \"health\"\nbatch = \"message\"\nuntraced = \"send\"\n\
         url = \"https://nurses.example:8443/in?code=1\"\nmethod = \"PUT\"\ncertificate_file = \"server.pem\"\nkey_file = \"server.key\"\n\
         token_url = \"https://nurses.example/token\"\nclient_id = \"us\"\nsigning_key_file = \"p384.key\"\nkey_id = \"k1\"\n\
         headers = { \"X-Plain\" = \"yes\" }\nheader_files = { \"X-Key\" = \"word\" }\nprivate_network = true\n\
         options = { \"fhir.profile\" = \"uk-core\" }\n\
         [route.to.delivery]\nattempts_max = 5\n\
         [[route.to]]\npartner = \"lcs\"\nformat = \"ssda903-csv\"\nbatch = \"schedule\"\ntransport = \"directory\"\npath = \"in\"\n";
    let config = parse(&folder, source).unwrap_or_else(|faults| panic!("{faults}"));
    let route = &config.routes[0];
    assert_eq!(route.schedule.as_ref().unwrap().every, Every::Month);
    assert_eq!(route.children.age_min, Some(16));
    let Intake::Directory(pickup) = &route.from.transport else { panic!("a folder") };
    assert_eq!((pickup.path.as_path(), &pickup.after), (folder.path().join("out").as_path(), &AfterPickup::Delete));
    let [posted, written] = &route.to[..] else { panic!("two targets") };
    assert_eq!((posted.batch, written.batch, written.roll), (Batch::Message, Batch::Schedule, Roll::Collector));
    assert_eq!((posted.delivery.limits.attempts_max, written.delivery.limits.attempts_max), (5, 3));
    assert_eq!(posted.delivery.on_dead, OnDead::Skip);
    let Transport::Https(https) = &posted.transport else { panic!("by request") };
    let SignIn::Token { proof: ClientProof::SignedAssertion(_), client_id, .. } = &https.sign_in else {
        panic!("signed")
    };
    assert_eq!(client_id, "us");
    assert!(https.proxy.is_some() && https.authorities.len() == 1 && https.certificate.is_some());
    assert_eq!(https.headers.len(), 2);
    assert_eq!(written.batch, Batch::Schedule);
    assert!(matches!(written.transport, Transport::Directory(_)));
    let shown = format!("{config:?}");
    assert!(!shown.contains("s3cret-w0rd") && !shown.contains("code=1"));
}

#[test]
fn each_fault_of_a_route_has_its_rule_and_its_place_and_never_a_secret() {
    let folder = folder();
    let token = "token_url = \"https://nurses.example/t\"";
    let named = |lines: &str| format!("[[route]]\nname = \"r\"\n{FROM}\nto = [{TO}]\n{lines}\n");
    let dialect = |file: &str| format!("[[dialect]]\nname = \"d\"\nfile = \"{file}\"\n");
    let folders = |to: &str| {
        route(&format!("{{ partner = \"nurses\", format = \"fhir-json\", transport = \"directory\", {to} }}"))
    };
    // source after the head, rule, line, words that must be told
    let cases: Vec<(String, &str, usize, &str)> = vec![
        ("[[route]]\n".to_owned(), "config/missing-key", 12, "`name`"),
        ("[[route]]\n".to_owned(), "config/missing-key", 12, "`from`"),
        (format!("[[route]]\nname = \"R 1\"\n{FROM}\nto = [{TO}]\n"), "config/range", 13, "a-z"),
        (format!("{}{}", route(TO), route(TO)), "config/name-taken", 17, ""),
        (format!("[[route]]\nname = \"r\"\n{FROM}\nto = []\n"), "config/missing-key", 12, "at least one"),
        (format!("[[route]]\nname = \"r\"\n{FROM}\nto = [5]\n"), "config/type", 15, "tables only"),
        (named("nmae = 1"), "config/unknown-key", 16, "nearest: `name`"),
        (named("errors = \"ignore\""), "config/range", 16, "quarantine"),
        (named("errors_max = 0"), "config/range", 16, "allowed 1"),
        (named("complete = true"), "config/complete", 16, ""),
        (named("subjects_missing_percent_max = 101"), "config/range", 16, "allowed 0 to 100"),
        (named("schedule = { at = \"06:30\" }"), "config/missing-key", 16, "`every`"),
        (named("schedule = { every = \"day\", at = \"6:30\" }"), "config/schedule", 16, ""),
        (named("schedule = { every = \"day\", at = \"24:00\" }"), "config/schedule", 16, ""),
        (named("schedule = { every = \"month\", on = \"31\" }"), "config/schedule", 16, ""),
        (named("schedule = { every = \"day\", on = \"monday\" }"), "config/schedule", 16, ""),
        (named("schedule = { every = \"term\", on = \"monday\" }"), "config/schedule", 16, ""),
        (named("schedule = { every = \"terms\" }"), "config/range", 16, "term"),
        (named("children = { status = [\"adopted\"] }"), "config/range", 16, "care-leaver"),
        (named("children = { status = [] }"), "config/range", 16, "at least one"),
        (named("children = { age_min = 18, age_max = 10 }"), "config/range", 16, "at most"),
        (named("children = { placement_area = [\"CV1 2AB\"] }"), "config/range", 16, "outward"),
        (named("children = { authority = \"331\" }"), "config/type", 16, "a list"),
        (route(TO).replace("\"lcs\"", "\"lsc\""), "config/route-partner", 14, "nearest: `lcs`"),
        (route(TO).replace("\"nurses\"", "\"nurse\""), "config/route-partner", 15, "nearest: `nurses`"),
        (route(TO).replace("fhir-json", "fhir-jsn"), "config/route-format", 15, "nearest: `fhir-json`"),
        (route(TO).replace("ssda903-csv", "hsds-json"), "config/route-direction", 14, "cannot be read"),
        (route(TO).replace("fhir-json", "links-csv"), "config/route-direction", 15, "cannot be written"),
        (route(TO).replace("\"ssda903-csv\"", "\"ssda903-csv\", dialect = \"none\""), "config/route-dialect", 14, ""),
        (
            route(TO).replace("\"ssda903-csv\"", "\"ssda903-csv\", year = \"then\""),
            "config/range",
            14,
            "collection year",
        ),
        (
            route(TO).replace("\"ssda903-csv\"", "\"ssda903-csv\", transport = \"post\""),
            "config/range",
            14,
            "mesh-folder",
        ),
        (
            route(TO).replace("\"ssda903-csv\"", "\"ssda903-csv\", transport = \"directory\", path = \"in\""),
            "config/missing-key",
            14,
            "done_path",
        ),
        (posts("view = \"helth\""), "config/view-unknown", 15, "nearest: `health`"),
        (posts("roll = \"full\""), "config/unknown-key", 15, "no roll"),
        (posts("roll = \"half\""), "config/range", 15, "one of collector, full"),
        (posts("batch = \"schedule\""), "config/lane", 15, "who is gone"),
        (posts("batch = \"daily\""), "config/range", 15, "one of child, message, schedule"),
        (
            route(TO).replace("fhir-json", "ssda903-csv").replace("/in\"", "/in\", batch = \"schedule\""),
            "config/missing-key",
            15,
            "`schedule`",
        ),
        (posts("options = { \"fhir.profil\" = \"uk-core\" }"), "config/route-option", 15, "nearest: `fhir.profile`"),
        (posts("options = { \"fhir.profile\" = \"canary\" }"), "config/route-option", 15, "one of"),
        (posts("delivery = { attempts_max = 0 }"), "config/range", 15, "allowed 1"),
        (posts("delivery = { atempts_max = 1 }"), "config/unknown-key", 15, "nearest: `attempts_max`"),
        (posts("delivery = { wait_ms_min = 5000, wait_ms_max = 4000 }"), "config/range", 15, "at most"),
        (
            route(TO).replace("fhir-json", "ssda903-csv").replace("/in\"", "/in\", batch = \"child\""),
            "config/lane",
            15,
            "",
        ),
        (route("{ partner = \"nurses\", format = \"fhir-json\" }"), "config/missing-key", 15, "`url`"),
        (route(&TO.replace("https://", "http://")), "config/address", 15, ""),
        (
            route(&TO.replace("https://nurses.example/in", "http://127.0.0.1/in")),
            "config/address",
            15,
            "private_network",
        ),
        (route(&TO.replace("https://", "https://user:canary@")), "config/address", 15, ""),
        (posts("method = \"GET\""), "config/range", 15, "one of POST, PUT"),
        (posts("certificate_file = \"server.pem\""), "config/missing-key", 15, "`key_file`"),
        (posts("certificate_file = \"server.pem\", key_file = \"other.key\""), "config/certificate", 15, "belong"),
        (posts("ca_file = \"server.key\""), "config/authorities", 15, ""),
        (posts("ca_file = \"canary.pem\""), "config/file-missing", 15, ""),
        (posts("proxy = \"https://proxy.example\""), "config/address", 15, "a proxy"),
        (posts("bearer_file = \"open\""), "config/secret-readable", 15, ""),
        (posts("bearer_file = \"unicode\""), "config/header", 15, ""),
        (posts("bearer_file = \"empty\""), "config/header", 15, ""),
        (posts("bearer_file = \"lines\""), "config/header", 15, ""),
        (posts("client_id = \"us\""), "config/sign-in", 15, ""),
        (posts(token), "config/sign-in", 15, ""),
        (posts(&format!("{token}, client_id = \"us\"")), "config/sign-in", 15, ""),
        (posts(&format!("{token}, client_secret_file = \"word\"")), "config/sign-in", 15, ""),
        (
            posts(&format!("{token}, client_id = \"us\", client_secret_file = \"word\", bearer_file = \"word\"")),
            "config/sign-in",
            15,
            "",
        ),
        (posts(&format!("{token}, client_id = \"us\", signing_key_file = \"p384.key\"")), "config/sign-in", 15, ""),
        (
            posts(&format!("{token}, client_id = \"us\", key_id = \"k\", signing_key_file = \"word\"")),
            "config/signing-key",
            15,
            "",
        ),
        (
            posts(&format!("{token}, client_id = \"us\", key_id = \"k\", signing_key_file = \"server.key\"")),
            "config/signing-key",
            15,
            "",
        ),
        (posts("headers = { Authorization = \"Basic canary\" }"), "config/secret-in-file", 15, "header_files"),
        (posts("headers = { \"x-api-key\" = \"canary\" }"), "config/secret-in-file", 15, "header_files"),
        (posts("headers = { \"Idempotency-Key\" = \"canary\" }"), "config/header", 15, ""),
        (posts("headers = { \"Content-Length\" = \"0\" }"), "config/header", 15, ""),
        (posts("headers = { \"X Y\" = \"1\" }"), "config/header", 15, ""),
        (posts("headers = { \"X-Y\" = \"caf\u{e9}\" }"), "config/header", 15, ""),
        (posts("headers = { \"X-Y\" = \"a\\r\\nZ: b\" }"), "config/header", 15, ""),
        (posts("header_files = { \"X-Y\" = \"unicode\" }"), "config/header", 15, ""),
        (posts("header_files = { \"X-Y\" = \"lines\" }"), "config/header", 15, ""),
        (posts("header_files = { \"X-Y\" = \"empty\" }"), "config/header", 15, ""),
        (posts("header_files = { \"X-Y\" = \"canary\" }"), "config/file-missing", 15, ""),
        (posts("bearer_file = \"word\", header_files = { Authorization = \"word\" }"), "config/header", 15, ""),
        (folders("name = \"{date}.json\""), "config/missing-key", 15, "`path`"),
        (folders("path = \"in\", name = \"{child}.json\""), "config/file-name", 15, ""),
        (folders("path = \"in\", name = \"../{date}.json\""), "config/file-name", 15, ""),
        (folders("path = \"in\", url = \"https://a\""), "config/unknown-key", 15, ""),
        (
            folders("path = \"loop\"").replace(
                "\"ssda903-csv\"",
                "\"ssda903-csv\", transport = \"directory\", path = \"loop\", after = \"delete\"",
            ),
            "config/route-loop",
            15,
            "",
        ),
        ("[outbound]\nproxy = \"proxy.example\"\n".to_owned(), "config/address", 13, "a proxy"),
        ("[delivery]\nbreaker_open_ms_max = 10\n".to_owned(), "config/range", 12, "at most"),
        (dialect("none.toml"), "config/file-missing", 14, ""),
        (dialect("formless.toml"), "config/dialect", 14, "`format` is missing"),
        (dialect("other.toml"), "config/dialect", 1, "nearest: `ssda903-csv`"),
        (dialect("faulty.toml"), "config/dialect", 2, "dialect/unknown-key"),
        (format!("{}{}", dialect("903.toml"), dialect("903.toml")), "config/name-taken", 16, ""),
    ];
    for (rest, rule, line, words) in cases {
        let faults = parse(&folder, &rest).expect_err(&rest).0;
        let found: Vec<_> = faults.iter().filter(|fault| fault.rule.code == rule).collect();
        assert!(found.iter().any(|fault| fault.line == line), "{rule} at {line} is not among {faults:#?}\n{rest}");
        let told: String = found.iter().map(|fault| format!("{fault}\n")).collect();
        assert!(told.contains(words), "{words}\n{told}");
        assert!(!told.contains("canary") && !told.contains("s3cret"), "{told}");
        let expected = faults.iter().all(|fault| fault.rule.code == rule || fault.rule.code == "config/missing-key");
        assert!(expected, "more than {rule}: {faults:#?}\n{rest}");
    }
}

#[test]
fn a_dialect_is_told_at_its_own_place_and_goes_with_its_format() {
    let folder = folder();
    let faults = parse(&folder, "[[dialect]]\nname = \"d\"\nfile = \"faulty.toml\"\n").unwrap_err().0;
    assert_eq!((faults.len(), faults[0].line, faults[0].column), (1, 2, 1));
    assert!(faults[0].file.ends_with("faulty.toml"));
    let source = format!("[[dialect]]\nname = \"ours\"\nfile = \"903.toml\"\n{}", route(TO));
    let with = |format: &str| {
        let source =
            source.replace("format = \"ssda903-csv\" }", &format!("format = \"{format}\", dialect = \"ours\" }}"));
        parse(&folder, &source)
    };
    assert!(with("ssda903-csv").is_ok());
    assert_eq!(with("links-csv").unwrap_err().0[0].rule.code, "config/route-dialect");
}

#[test]
fn complete_takes_the_authority_of_the_file_or_of_the_partner() {
    let folder = folder();
    let complete = format!("{}complete = true\n", route(TO));
    assert!(parse(&folder, &complete).is_err());
    assert!(folder.parse(&format!("{HEAD}authority = \"331\"\n{IDS}{PARTNERS}{complete}{STORE}")).is_ok());
    let with_own = PARTNERS.replacen("view", "authority = \"331\"\nview", 1);
    assert!(folder.parse(&format!("{HEAD}{IDS}{with_own}{complete}{STORE}")).is_ok());
}

#[test]
fn plain_http_is_for_this_machine_and_only_where_it_is_meant() {
    let folder = folder();
    for (url, taken) in [
        ("http://localhost:8080/in", true),
        ("http://127.0.0.1/in", true),
        ("http://[::1]:9/in", true),
        ("https://10.0.0.1/in", true),
        ("http://10.0.0.1/in", false),
        ("http://localhost.example/in", false),
        ("ftp://localhost/in", false),
        ("localhost/in", false),
        ("", false),
    ] {
        let to = format!("{{ partner = \"nurses\", format = \"fhir-json\", private_network = true, url = \"{url}\" }}");
        assert_eq!(parse(&folder, &route(&to)).is_ok(), taken, "{url}");
    }
}

#[test]
fn no_route_breaks_the_reader() {
    let folder = folder();
    let more =
        "schedule = { every = \"week\", on = \"monday\" }\nchildren = { age_min = 1, status = [\"looked-after\"] }\n";
    let keys = "headers = { \"X-Y\" = \"1\" }, header_files = { \"X-Z\" = \"word\" }, delivery = { attempts_max = 2 }";
    let source = format!("{HEAD}{IDS}{PARTNERS}\n{}{more}{STORE}", posts(keys));
    assert!(folder.parse(&source).is_ok());
    for end in (0..source.len()).filter(|end| source.is_char_boundary(*end)) {
        let _ = folder.parse(&source[..end]);
    }
    for place in 0..source.len() {
        for byte in [b'"', b'[', b'=', b'\n', b'{', b'0', b'}', b'%'] {
            let mut changed = source.clone().into_bytes();
            changed[place] = byte;
            let _ = folder.parse(&String::from_utf8(changed).unwrap());
        }
    }
}
