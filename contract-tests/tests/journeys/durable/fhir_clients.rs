//! Clients of FHIR that others wrote, as they are: each does in a script what it is used for, against a gateway that
//! holds a return. A script tells every step that it has taken, and all of them are named here: one that does less
//! proves less than is said.

use std::{
    fs, io,
    net::{Shutdown, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use contract_tests::proof::not_proved;
use serde_json::Value;

use super::{House, Return, SCOPES, TO_HEALTH, key_of, partner, person};
use crate::{gateway::certificates, program::Running};

const SEND: &str = "/v1/routes/to-health/messages";
const NHS: &str = "https://fhir.nhs.uk/Id/nhs-number";

const FHIRPY: [&str; 28] = [
    "search by NHS number",
    "first",
    "get of a search",
    "read",
    "refresh of what has not changed",
    "pages of one",
    "count",
    "get or create: created, then found",
    "get or create of a child that the authority holds",
    "create and read back an Observation",
    "create and read back a Condition",
    "create and read back an AllergyIntolerance",
    "what was created is found",
    "update",
    "refresh of what has changed",
    "conditional update",
    "a patch is refused",
    "validate",
    "an invalid resource is refused with an outcome",
    "several matches of a condition are told",
    "what another says is not changed",
    "without a key that is known nothing is told",
    "everything of a patient",
    "delete, and gone",
    "unknown ids",
    "asynchronously: search, pages and count",
    "asynchronously: of many who create one child at once one does",
    "asynchronously: get or create, save and delete",
];

const FHIRCLIENT: [&str; 11] = [
    "capabilities",
    "search by NHS number",
    "read",
    "search by subject",
    "pages of one",
    "create and read back a Condition",
    "update",
    "create an Observation and an AllergyIntolerance",
    "an invalid resource is refused",
    "delete, and gone",
    "unknown id",
];

const FHIR_RESOURCES: [&str; 7] =
    ["search", "resources built of models are created", "everything", "summary", "history", "capabilities", "outcome"];

const FHIR_KIT_CLIENT: [&str; 22] = [
    "capabilities",
    "capabilities tell what may be written",
    "search",
    "search by POST",
    "read",
    "vread",
    "history",
    "search in a compartment",
    "next page",
    "next page after POST",
    "a search of everything is refused",
    "create and read back",
    "conditional create",
    "transaction",
    "a transaction with a fault leaves nothing",
    "a batch with one bad entry",
    "everything of a patient",
    "update",
    "conditional update",
    "a patch is refused",
    "delete, and gone",
    "unknown ids",
];

const MEDPLUM: [&str; 19] = [
    "search",
    "search one",
    "search resources",
    "pages of one",
    "read",
    "history and version",
    "create and read back",
    "create if none exists",
    "update",
    "update by a search",
    "a patch is refused",
    "batch",
    "transaction",
    "everything of a patient",
    "summary of a patient",
    "validate",
    "an invalid resource is refused",
    "delete, and gone",
    "unknown id",
];

/// An authority that sends, nurses who may read and write over FHIR, and two who approve.
fn cast() -> String {
    let scopes = SCOPES.replace(']', ", \"fhir:read\", \"fhir:write\"]");
    [
        partner("lcs", &format!("view = \"local-authority\"\nauthority = \"330\"\nscopes = {SCOPES}")),
        partner("nurses", &format!("view = \"health\"\nods_code = \"RKB\"\nscopes = {scopes}")),
        person("a.one", "\"approve\""),
        person("b.two", "\"approve\""),
    ]
    .join("\n")
}

/// A gateway that holds a small return, delivered to the nurses, and is found where its own links lead.
struct Served {
    house: House,
    port: u16,
}

impl Served {
    fn new() -> Self {
        // Clients follow links below the address that they know and no other, so a port is had before the gateway is
        // told its public address; which port it then listens on is its own affair.
        let door = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = door.local_addr().unwrap().port();
        let mut house = House::with(&cast(), TO_HEALTH, "info");
        house.stop();
        let file = house.path("homeward.toml");
        let configuration = fs::read_to_string(&file).unwrap();
        let (elsewhere, here) = ("\"https://localhost:8443\"", format!("\"https://localhost:{port}\""));
        assert!(configuration.contains(elsewhere));
        fs::write(&file, configuration.replace(elsewhere, &here)).unwrap();
        house.start();
        lead_in(door, house.gateway.as_ref().unwrap().client.port);
        house.approve_all(TO_HEALTH);
        house.send(SEND, &Return::small().zip());
        Self { house, port }
    }

    /// Runs a script to its end, which must have taken these steps and no others.
    #[track_caller]
    fn is_driven(&self, mut script: Command, steps: &[&str]) {
        let authority = certificates().file("authority.pem");
        script
            .env("HOMEWARD_FHIR", format!("https://localhost:{}/fhir/R4", self.port))
            .env("HOMEWARD_KEY", key_of("nurses").0)
            .env("HOMEWARD_NHS_NUMBER", self.number_of_a_child())
            .env("HOMEWARD_CA", &authority)
            .env("NODE_EXTRA_CA_CERTS", &authority)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let ran = Running::start(&mut script).end();
        let told = ran.text();
        assert_eq!(ran.status, Some(0), "after\n{told}\n{}", ran.talk);
        let lines: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let taken: Vec<&str> =
            lines.iter().filter(|line| line["ok"] == true).filter_map(|line| line["step"].as_str()).collect();
        assert_eq!(taken, steps);
    }

    /// A child that was delivered with more than one Observation, so that there are pages to turn.
    fn number_of_a_child(&self) -> String {
        let delivered = self.house.delivered();
        delivered.values().find_map(|text| number_of(&serde_json::from_str(text).unwrap())).unwrap()
    }
}

/// The NHS number of a Bundle's Patient that has one, and several Observations.
fn number_of(bundle: &Value) -> Option<String> {
    let resources: Vec<&Value> = bundle["entry"].as_array()?.iter().map(|entry| &entry["resource"]).collect();
    let observations = resources.iter().filter(|resource| resource["resourceType"] == "Observation").count();
    let patient = resources.iter().find(|resource| resource["resourceType"] == "Patient")?;
    let mut identifiers = patient["identifier"].as_array()?.iter();
    let number = identifiers.find(|identifier| identifier["system"] == NHS)?["value"].as_str()?;
    (observations > 1).then(|| number.to_owned())
}

/// Leads whoever comes to the door on to the gateway, which holds the certificate of both.
fn lead_in(door: TcpListener, gateway: u16) {
    thread::spawn(move || {
        for outside in door.incoming().map_while(Result::ok) {
            // The gateway has ended, and with it the test.
            let Ok(inside) = TcpStream::connect(("127.0.0.1", gateway)) else { return };
            let there = (outside.try_clone().unwrap(), inside.try_clone().unwrap());
            for (mut from, mut to) in [there, (inside, outside)] {
                thread::spawn(move || {
                    let _ = io::copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Write);
                });
            }
        }
    });
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn script(name: &str) -> PathBuf {
    root().join("contract-tests/fhir-clients").join(name)
}

/// A script in Python; `None`, said loudly, where its clients are not installed.
fn in_python(name: &str) -> Option<Command> {
    let python = root().join("target/fhir-clients/bin/python");
    if !python.is_file() {
        not_proved("the FHIR clients in Python are not installed (see `.ci/run`, step \"fhir clients in python\")");
        return None;
    }
    let mut command = Command::new(python);
    // What Python compiles is not to lie beside the scripts.
    command.arg("-B").arg(script(name));
    Some(command)
}

/// A script for Node.js; `None`, said loudly, where its client is not installed.
fn in_node(name: &str, package: &str) -> Option<Command> {
    // Medplum's client names WebSocket when it is loaded; Node.js 20 has it behind this flag, later ones without.
    const FLAG: &str = "--experimental-websocket";
    let version = Command::new("node").args([FLAG, "--version"]).stdin(Stdio::null()).output();
    if !version.is_ok_and(|ran| ran.status.success()) {
        not_proved("Node.js 20 or later is not installed (see `.ci/run`, step \"fhir clients\")");
        return None;
    }
    if !script("node_modules").join(package).is_dir() {
        not_proved("the FHIR clients for Node.js are not installed (see `.ci/run`, step \"fhir clients\")");
        return None;
    }
    let mut command = Command::new("node");
    command.arg(FLAG).arg(script(name));
    Some(command)
}

#[test]
fn fhirpy_finds_a_child_and_states_changes_and_takes_back_what_is_known_of_it() {
    let Some(script) = in_python("fhirpy_client.py") else { return };
    Served::new().is_driven(script, &FHIRPY);
}

#[test]
fn fhirclient_finds_a_child_and_states_changes_and_takes_back_what_is_known_of_it() {
    let Some(script) = in_python("fhirclient_client.py") else { return };
    Served::new().is_driven(script, &FHIRCLIENT);
}

#[test]
fn the_models_of_fhir_resources_read_everything_that_is_told_of_a_child_and_write_what_is_stated() {
    let Some(script) = in_python("fhir_resources_models.py") else { return };
    Served::new().is_driven(script, &FHIR_RESOURCES);
}

#[test]
fn fhir_kit_client_searches_in_every_manner_and_writes_one_by_one_and_many_at_once() {
    let Some(script) = in_node("fhir-kit-client.mjs", "fhir-kit-client") else { return };
    Served::new().is_driven(script, &FHIR_KIT_CLIENT);
}

#[test]
fn the_client_of_medplum_finds_its_way_from_the_address_alone_and_reads_and_writes() {
    let Some(script) = in_node("medplum.mjs", "@medplum/core") else { return };
    Served::new().is_driven(script, &MEDPLUM);
}
