//! The gateway as it is run: its configuration, its certificate, its end.

#![cfg(unix)]

use std::sync::OnceLock;

use serde_json::Value;

use crate::{
    client::Client,
    program::{Running, Scratch, authority, command, run, text},
};

/// Certificates and keys, made once by a demonstration.
pub(crate) fn certificates() -> &'static Scratch {
    static MADE: OnceLock<Scratch> = OnceLock::new();
    MADE.get_or_init(|| {
        let scratch = Scratch::shared("certificates");
        let folder = scratch.path().to_str().unwrap().to_owned();
        run(["demo", "--once", "--port", "0", "--children", "20", "-q", "--folder", &folder]).ended(0);
        scratch.key("ids.key", 7);
        scratch
    })
}

/// The file with the key of every gateway's ids.
pub(crate) fn id_key() -> String {
    certificates().file("ids.key")
}

/// The configuration of a small gateway of authority 330, to which a test may add.
fn configuration(address: &str, more: &str) -> String {
    format!(
        "version = 1\nname = \"journeys\"\npublic_url = \"https://localhost:8443\"\nauthority = \"330\"\n\
         [listen.public]\naddress = \"{address}\"\n\
         [listen.public.tls]\ncertificate_file = \"server.pem\"\nkey_file = \"server.key\"\n\
         [listen.admin]\naddress = \"127.0.0.1:0\"\n\
         [ids]\nkey_file = \"ids.key\"\n\
         [limits.address]\nrequests_per_minute = 100000\n{more}"
    )
}

/// A gateway that runs.
pub(crate) struct Gateway {
    running: Running,
    pub(crate) client: Client,
    admin: String,
    digest: String,
}

impl Gateway {
    /// Starts `homeward serve` on free ports of loopback.
    pub(crate) fn start(name: &str, more: &str) -> Self {
        Self::start_logging(name, more, "info")
    }

    /// The same, with every level let through, of the parts below too.
    pub(crate) fn start_loudly(name: &str) -> Self {
        Self::start_logging(name, "", "trace,homeward=trace")
    }

    fn start_logging(name: &str, more: &str, level: &str) -> Self {
        let file = certificates().write(name, configuration("127.0.0.1:0", more));
        Self::start_with(&file, level)
    }

    /// Starts it with this file; it listens on loopback under the certificate of [`certificates`].
    pub(crate) fn start_with(file: &str, level: &str) -> Self {
        Self::start_under(file, level, &[])
    }

    /// The same, with this in its environment.
    pub(crate) fn start_under(file: &str, level: &str, environment: &[(&str, String)]) -> Self {
        let scratch = certificates();
        let mut command = command(["serve", "--config", file]);
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let (mut running, _) = Running::start_telling(command.env("HOMEWARD_LOG", level));
        let line = running.talks_of("homeward listens on");
        let word = |after: &str| line.split(after).nth(1).unwrap().split(',').next().unwrap().to_owned();
        let port = word("listens on ").rsplit(':').next().unwrap().parse().unwrap();
        let client = Client::new(port, &scratch.path().join("authority.pem"));
        let digest = word("configuration ").trim().to_owned();
        assert!(digest.len() == 64 && !digest.contains(' '), "{line}");
        Self { running, client, admin: word("admin on "), digest }
    }

    /// The answer of the admin listener, head and body.
    pub(crate) fn admin(&self, target: &str) -> String {
        plain(&self.admin, target)
    }

    /// Asks it to end and waits until it has.
    pub(crate) fn end(self) {
        self.end_telling();
    }

    /// kill -9, and nothing before it.
    pub(crate) fn kill(self) {
        self.running.signal("KILL");
        self.running.end();
    }

    /// The same, with all that it said from its first line to its last.
    pub(crate) fn end_telling(self) -> String {
        self.running.signal("TERM");
        self.running.end().ended(0).talk
    }
}

#[test]
fn it_answers_over_tls_until_it_is_asked_to_end() {
    let gateway = Gateway::start("answers.toml", "");
    let formats = gateway.client.get("/v1/formats").with_status(200);
    assert!(formats.json().as_array().unwrap().len() > 3);
    assert_eq!(formats.header("x-content-type-options"), Some("nosniff"));
    assert!(formats.header("strict-transport-security").is_some());
    assert!(gateway.client.get("/healthz").status == 404, "health is told on the other listener");
    let ready = gateway.admin("/readyz");
    let (head, body) = ready.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(serde_json::from_str::<Value>(body).unwrap()["ready"], true);
    gateway.end();
}

/// The whole answer of the admin listener, which speaks plain HTTP.
fn plain(address: &str, target: &str) -> String {
    use std::io::{Read, Write};
    let mut socket = std::net::TcpStream::connect(address.trim()).unwrap();
    socket.set_read_timeout(Some(crate::program::PATIENCE)).unwrap();
    write!(socket, "GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_request_under_way_is_answered_before_the_end() {
    let gateway = Gateway::start("drains.toml", "");
    // Sent in two pieces with the signal between them: the connection is taken and the request begun.
    let links = b"la_code,la_child_id,nhs_number,source\n330,1000001,,authority-record\n";
    let (first, rest) = links.split_at(20);
    let headers = [("Content-Type", "text/csv"), ("Expect", "100-continue")];
    let mut request = gateway.client.begin("POST", "/v1/check?from=links-csv", &headers, links.len());
    // The gateway asks for the body: from here on it has the request.
    request.wait_for_leave();
    request.write(first);
    gateway.running.signal("TERM");
    request.write(rest);
    assert_eq!(request.answer().with_status(200).json()["rows"], 1);
    gateway.running.end().ended(0);
}

#[test]
fn a_hangup_reads_the_configuration_anew_and_what_came_of_it_is_said() {
    let name = "hangs-up.toml";
    let mut gateway = Gateway::start(name, "");
    let write = |more: &str| certificates().write(name, configuration("127.0.0.1:0", more));
    write("[limits]\njson_bytes_max = 5000\nconnections_max = 9\n");
    gateway.running.signal("HUP");
    let line = gateway.running.talks_of("homeward has reloaded");
    assert!(line.contains("changed: limits;") && line.ends_with("needs a restart: limits.connections_max"), "{line}");
    write("[limits]\ncanary = 1\n");
    gateway.running.signal("HUP");
    gateway.running.talks_of("error[config/unknown-key]");
    gateway.running.talks_of("homeward goes on with the configuration of before");
    assert!(gateway.admin("/metrics").contains("homeward_reload_failures_total 1\n"));
    gateway.client.get("/v1/formats").with_status(200);
    gateway.end();
}

#[test]
fn without_a_configuration_the_three_places_are_named() {
    let scratch = Scratch::new();
    let ran = Running::start(command(["serve"]).current_dir(scratch.path())).end();
    for place in ["--config", "HOMEWARD_CONFIG", "./homeward.toml"] {
        assert!(ran.talk.contains(place), "{}", ran.talk);
    }
    ran.refused("there is no configuration", "homeward demo");
}

#[test]
fn a_configuration_is_found_by_environment_and_in_the_working_folder() {
    let scratch = Scratch::new();
    let faulty = scratch.write("homeward.toml", "version = 1\nnmae = \"x\"\n");
    let ran = Running::start(command(["serve"]).current_dir(scratch.path())).end().ended(2);
    assert!(ran.talk.contains("homeward.toml:2:1"), "{}", ran.talk);
    let elsewhere = Scratch::new();
    let ran = Running::start(command(["serve"]).current_dir(elsewhere.path()).env("HOMEWARD_CONFIG", &faulty)).end();
    assert!(ran.ended(2).talk.contains("homeward.toml:2:1"));
}

#[test]
fn a_sound_configuration_is_told_by_the_digest_that_a_gateway_starts_with() {
    let gateway = Gateway::start("sound.toml", "");
    let file = certificates().file("sound.toml");
    let told = run(["config", "check", &file]).ended(0).text();
    assert_eq!(told, format!("the configuration is sound: {}\n", gateway.digest));
    run(["config", "check", &certificates().file("absent.toml")]).refused("absent.toml", "can be read");
}

#[test]
fn a_configuration_is_told_as_who_gets_what() {
    let scratch = certificates();
    let routes = "[[partner]]\nname = \"lcs\"\nview = \"local-authority\"\n[[partner]]\nname = \"nurses\"\nview = \"health\"\n\
        ods_code = \"RKB\"\nscopes = [\"fhir:read\", \"fhir:write\"]\n\
        [[route]]\nname = \"to-nurses\"\ncomplete = false\nschedule = { every = \"day\", at = \"06:30\" }\n\
        children = { placement_area = [\"CV1\", \"CV2\"] }\n\
        from = { partner = \"lcs\", format = \"ssda903-csv\" }\n\
        to = [{ partner = \"nurses\", format = \"fhir-json\", url = \"https://nurses.example/in?code=s3cret\" },\
        { partner = \"lcs\", format = \"ssda903-csv\", transport = \"directory\", path = \"back\" }]\n";
    let key = std::fs::read_to_string(scratch.key("flows.key", 9)).unwrap();
    std::fs::write(scratch.path().join("flows.key"), format!("k1:{key}")).unwrap();
    let store = "[store]\npath = \"store\"\nkey_file = \"flows.key\"\n";
    let plans = "[pep]\nfirst_days = 10\nfirst_day_kind = \"working\"\n\
        terms = [{ term = \"spring\", first = 2027-01-04, last = 2027-03-25 }]\n";
    let market = "[[framework]]\nid = \"wm-fostering\"\nname = \"West Midlands IFA\"\nprovision = \"fostering\"\n\
        lead = \"331\"\nmembers = [\"330\", \"331\"]\nlots = [\"standard\", \"enhanced\"]\nvalid_from = 2026-04-01\n\
        vacancy_expire_days = 10\ntiers = [[\"SC999901\"], [\"SC999902\", \"SC999903\"]]\n\
        [registers]\nneighbours = [\"332\"]\noutcodes_file = \"outcodes.csv\"\n";
    scratch.write("outcodes.csv", "outcode,easting,northing\nB13,407500,282300\n");
    let file = scratch.write("flows.toml", configuration("127.0.0.1:0", &format!("{store}{plans}{market}{routes}")));
    let page = run(["config", "describe", &file]).ended(0).text();
    for words in [
        "\n## to-nurses\n",
        "- **Sender**: lcs: `ssda903-csv`",
        "- **Children**: looked after; placed in CV1, CV2; from 18 only with the adult's own consent\n",
        "- **Leaves**: every day at 06:30\n",
        "\n### fhir-json → nurses\n",
        "- **Travels**: POST to https://nurses.example/in\n",
        "- **Basis**: that of the shipped view it is made from: health\n",
        "| Identifier | NhsNumber | full |\n",
        "| Person | birth_date | full |\n",
        "\n### ssda903-csv → lcs\n",
        "back`\n",
        "- **Basis**: that of the shipped view it is made from: local-authority\n",
        "- **Retention**: ",
        "\n## Over FHIR: nurses\n",
        "- **Children**: those for whom the authority names RKB, and whom these take to it: to-nurses\n",
        "- **States**: health, of any child that it names, as its own word; that opens no record\n",
        "\n## Personal education plans\n",
        "- **First**: due 10 working days after the start of care\n",
        "- **Terms**: spring 2026/27 from 2027-01-04 to 2027-03-25; every other school year is approximate",
        "\n## Framework wm-fostering\n",
        "- **Lead**: 331 Coventry\n- **Members**: 330 Birmingham, 331 Coventry\n- **Lots**: standard, enhanced\n",
        "- **Agencies**: 1, 2 in 2 tiers, asked one after the other\n",
        "- **Vacancies**: fresh up to 7 days after they were checked, closed after 10\n",
        "- **Offers**: within 72 hours",
        "\n## Registers\n",
        "- **Distances**: by the middles of 1 outward codes\n",
        "- **Providers**: not held to Ofsted's register\n- **Near**: 332 Dudley\n",
    ] {
        assert!(page.contains(words), "without {words}:\n{page}");
    }
    assert!(!page.contains("s3cret"), "{page}");
    let nurses = page.split("### ").nth(1).unwrap();
    assert!(!nurses.contains("| Upn |"), "the view of nurses has no UPN:\n{nurses}");
    let written = scratch.file("flows.md");
    let ran = run(["config", "describe", &file, "-o", &written]).ended(0);
    assert!(ran.text().is_empty());
    assert_eq!(std::fs::read_to_string(&written).unwrap(), page);
    let none = scratch.write("none.toml", configuration("127.0.0.1:0", ""));
    assert!(run(["config", "describe", &none]).ended(0).text().contains("There is no route"));
    run(["config", "describe", &scratch.file("absent.toml")]).refused("absent.toml", "can be read");
}

#[test]
fn a_document_is_read_with_a_configuration_of_frameworks_and_registers_or_not_at_all() {
    let scratch = certificates();
    let market = "[[framework]]\nid = \"wm-fostering\"\nname = \"West Midlands IFA\"\nprovision = \"fostering\"\n\
        lead = \"331\"\nmembers = [\"331\"]\nlots = [\"standard\"]\nvalid_from = 2026-04-01\n\
        prices_file = \"prices.csv\"\n[registers]\nproviders_file = \"providers.csv\"\n";
    let file = scratch.write("market.toml", configuration("127.0.0.1:0", market));
    let headings = "framework,lot,age_from,age_to,weekly_fee,valid_from,valid_to\n";
    scratch.write("prices.csv", format!("{headings}wm-fostering,standard,5,10,945.00,,\n"));
    let providers = "URN,Provision type,Registration status\nSC999901,Independent Fostering Agency,";
    scratch.write("providers.csv", format!("{providers}Active\n"));
    let folder = text(&authority(2026, 20, 3, 0));
    let check = ["check", "-q", "--from", "ssda903-csv", "--year", "2026", "--config", &file, &folder];
    run(check).ended(0);
    scratch.write("prices.csv", format!("{headings}wm-fostering,standard,10,5,945.00,,\n"));
    scratch.write("providers.csv", format!("{providers}s3cret\n"));
    let talk = run(check).ended(2).talk;
    for words in ["prices.csv:2:26", "reference/order", "Swap the two", "providers.csv:2:39", "table/cell"] {
        assert!(talk.contains(words), "without {words}: {talk}");
    }
    assert!(!talk.contains("s3cret"), "{talk}");
}

#[test]
fn a_faulty_configuration_is_refused_with_every_place() {
    let scratch = certificates();
    for (name, text, wanted) in [
        (
            "open.toml",
            configuration("0.0.0.0:8443", ""),
            &["config/public-without-partner", "open.toml:6:", "name a [[partner]]"][..],
        ),
        (
            "unknown.toml",
            configuration("127.0.0.1:0", "[lmits]\nerrors_max = 1\n"),
            &["config/unknown-key", "limits", "unknown.toml:16:"],
        ),
        (
            "later.toml",
            configuration("127.0.0.1:0", "[merge]\nname = \"nhs\"\n"),
            &["config/not-yet", "later.toml:16:"],
        ),
        (
            "several.toml",
            configuration("127.0.0.1:0", "[limits]\nerrors_mx = 1\ndrain_seconds_max = \"long\"\n"),
            &["errors_max", "several.toml:17:", "config/type", "several.toml:18:"],
        ),
        ("torn.toml", "version = ".to_owned(), &["config/syntax", "torn.toml:1:"]),
    ] {
        let file = scratch.write(name, text);
        let ran = run(["serve", "--config", &file]).ended(2);
        assert!(ran.out.is_empty());
        assert!(ran.talk.starts_with("error: the configuration has faults\n"), "{}", ran.talk);
        for words in wanted {
            assert!(ran.talk.contains(words), "{name} without {words}: {}", ran.talk);
        }
        assert!(ran.talk.ends_with("help: mend them and try again\n"), "{}", ran.talk);
        let checked = run(["config", "check", &file]).ended(2);
        assert_eq!((checked.talk, checked.out), (ran.talk, ran.out), "{name}: the same without starting anything");
    }
    run(["serve", "--config", &scratch.file("absent.toml")]).refused("absent.toml", "can be read");
}
