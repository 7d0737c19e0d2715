//! Mailboxes of NHS MESH: what is sent is settled by what MESH says of it, and what comes is taken once.

use std::{fs, path::Path};

use serde_json::{Value, json};
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{House, Return, wait_until};
use crate::mesh_sandbox::{PASSWORD, SHARED_KEY, Sandbox, secret};
use crate::program::names;

const SEND: &str = "/v1/routes/to-health/messages";

/// A mailbox that is looked into every second, and a route in each direction.
fn routes(mailbox: &str) -> String {
    format!(
        "[limits.partner]\nrequests_per_minute = 100000\nrequests_burst = 100000\n[delivery]\nwait_ms_min = 50\nwait_ms_max = 100\n[[mesh]]\npoll_seconds = 1\n{mailbox}\n\
         [[route]]\nname = \"to-health\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\" }}\n\
         to = [{{ partner = \"nurses\", format = \"fhir-json\", transport = \"mesh\", mailbox = \"X26ABC1\", \
         recipient_mailbox = \"X26ABC2\", workflow = \"TEST_WORKFLOW\" }}]\n\
         [[route]]\nname = \"by-mail\"\nfrom = {{ partner = \"lcs\", format = \"ssda903-csv\", year = \"2026\", \
         transport = \"mesh\", mailbox = \"X26ABC1\", workflow = \"TEST_WORKFLOW_ACK\", sender_mailbox = \"X26ABC2\" }}\n\
         to = [{{ partner = \"nurses\", format = \"fhir-json\", transport = \"directory\", path = \"out\", \
         name = \"{{delivery}}.json\" }}]\n"
    )
}

impl House {
    fn by_mail(mailbox: &str, more: &str) -> Self {
        Self::open(&format!("{more}{}", routes(mailbox)))
    }

    /// What goes to the nurses by mail. What one route brings goes by the other as well: it is the same children.
    fn posted(&self) -> Vec<Value> {
        let mut posted = self.deliveries();
        posted.retain(|delivery| delivery["route"] == "to-health");
        posted
    }

    fn posted_in(&self, state: &str) -> usize {
        self.posted().iter().filter(|delivery| delivery["state"] == state).count()
    }

    /// Waits until all that goes by mail is in this state.
    fn until_all_are(&self, state: &str) -> Vec<Value> {
        wait_until(state, || {
            let posted = self.posted();
            (!posted.is_empty() && posted.iter().all(|one| one["state"] == state)).then_some(posted)
        })
    }

    fn alerts(&self) -> Vec<(String, String)> {
        let open = self.by("a.one").get("/v1/alerts").with_status(200).json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        open["items"].as_array().unwrap().iter().map(|alert| (text(&alert["kind"]), text(&alert["about"]))).collect()
    }
}

#[test]
fn what_mesh_delivers_is_delivered_and_what_it_gives_up_is_dead_and_told() {
    let Some(sandbox) = Sandbox::start() else { return };
    let house = House::by_mail(&sandbox.mailbox("X26ABC1"), "");
    house.send(SEND, &Return::small().zip());
    let sent = house.until_all_are("sent");

    // The recipient collects all but one; MESH gives that one up.
    let left = sent[0]["id"].as_str().unwrap();
    let collected = sandbox.python(&format!(
        "with client('X26ABC2') as box:\n    for id in box.list_messages():\n        message = box.retrieve_message(id)\n        \
         if message.local_id == '{left}':\n            linked = id\n            continue\n        \
         json.loads(message.read())\n        print(message.local_id)\n        message.acknowledge()\n    \
         post('/messageexchange/admin/report', {{'mailbox_id': 'X26ABC1', 'code': '14', 'description': 'canary', \
         'workflow_id': 'TEST_WORKFLOW', 'local_id': '{left}', 'linked_message_id': linked}})\n"
    ));
    assert_eq!(collected.lines().count(), sent.len() - 1);
    wait_until("all but one are delivered", || (house.posted_in("delivered") == sent.len() - 1).then_some(()));
    wait_until("one is dead", || (house.posted_in("dead") == 1).then_some(()));
    let settled = house.posted();
    let dead = settled.iter().find(|one| one["id"] == left).unwrap();
    assert_eq!(dead["reason"], "MESH refused: 14, it was not collected in time");
    assert_eq!(house.alerts(), [("dead-letter".to_owned(), "target:to-health/nurses/0".to_owned())]);
    // The report is heard and gone.
    wait_until("the report is acknowledged", || {
        let waits = sandbox.python("with client('X26ABC1') as box:\n    print(len(box.list_messages()))\n");
        (waits.trim() == "0").then_some(())
    });
    let told: Vec<Value> =
        house.audit().into_iter().filter(|line| line["action"] == "outcome" && line["outcome"] == "dead").collect();
    assert_eq!(told.len(), 1, "{told:?}");

    // Tried anew, it is asked first whether MESH has it: here it waits still, and is collected after all.
    house.by("lcs").post("/v1/dead-letters/retry", "{}").with_status(202);
    wait_until("it is known to wait", || (house.posted_in("sent") == 1).then_some(()));
    let last =
        "with client('X26ABC2') as box:\n    [id] = box.list_messages()\n    box.retrieve_message(id).acknowledge()\n";
    sandbox.python(last);
    house.until_all_are("delivered");
}

#[test]
fn a_message_of_the_routes_workflow_is_taken_once_and_another_is_left_and_told() {
    let Some(sandbox) = Sandbox::start() else { return };
    let house = House::by_mail(&sandbox.mailbox("X26ABC1"), "");
    let zip = Return::small().zip();
    fs::write(house.path("return.zip"), &zip).unwrap();
    let send = |workflow: &str, name: &str| {
        sandbox.python(&format!(
            "with client('X26ABC2') as box:\n    box.send_message('X26ABC1', open('{}', 'rb').read(), \
             workflow_id='{workflow}', filename='{name}', compress=True)\n",
            house.path("return.zip").display()
        ))
    };
    send("TEST_WORKFLOW_ACK", "X26_20261122.dat");
    wait_until("files", || (names(&house.path("out")).len() > 5).then_some(()));
    house.until_all_are("sent");
    let delivered = names(&house.path("out"));
    let messages = house.by("lcs").get("/v1/messages").with_status(200).json();
    let [message] = &messages["items"].as_array().unwrap()[..] else { panic!("{messages}") };
    assert_eq!((&message["route"], message["bytes"].as_u64()), (&json!("by-mail"), Some(zip.len() as u64)));
    let received = house.audit().into_iter().find(|line| line["action"] == "receive").unwrap();
    assert_eq!(received["by"], "mesh:X26ABC1", "{received}");
    assert_eq!(house.alerts(), []);

    // What no route waits for stays, and a person is told; it is in nobody's way.
    send("CANARY_WORKFLOW", "canary.zip");
    wait_until("an alert", || (!house.alerts().is_empty()).then_some(()));
    assert_eq!(house.alerts(), [("mail-left".to_owned(), "mailbox:X26ABC1".to_owned())]);
    let waits = sandbox.python("with client('X26ABC1') as box:\n    print(len(box.list_messages()))\n");
    assert_eq!(waits.trim(), "1", "one is acknowledged, the other is left");
    assert_eq!(names(&house.path("out")), delivered);
    assert!(!format!("{:?}{:?}", house.audit(), house.alerts()).contains("anary"));
}

/// The priority of what answers where a test says nothing else.
const LAST: u8 = 200;

/// A MESH of the test's own, on a thread of its own runtime.
struct Mesh {
    runtime: tokio::runtime::Runtime,
    server: MockServer,
}

impl Mesh {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let server = runtime.block_on(MockServer::start());
        let mesh = Self { runtime, server };
        mesh.answers(Mock::given(path("/messageexchange/X26ABC1")).respond_with(ResponseTemplate::new(200)));
        let taken = ResponseTemplate::new(202).set_body_json(json!({ "message_id": "S1" }));
        mesh.answers(Mock::given(path("/messageexchange/X26ABC1/outbox")).respond_with(taken));
        let waits = ResponseTemplate::new(200).set_body_json(json!({ "status": "accepted" }));
        mesh.answers(Mock::given(path_regex("/outbox/tracking/")).respond_with(waits).with_priority(LAST));
        mesh
    }

    fn answers(&self, mock: Mock) {
        self.runtime.block_on(mock.mount(&self.server));
    }

    fn mailbox(&self, folder: &Path) -> String {
        secret(folder, "password", PASSWORD);
        secret(folder, "shared", SHARED_KEY);
        let path = |name: &str| folder.join(name).display().to_string();
        format!(
            "mailbox = \"X26ABC1\"\nurl = \"{}\"\nprivate_network = true\npassword_file = \"{}\"\n\
             shared_key_file = \"{}\"",
            self.server.uri(),
            path("password"),
            path("shared")
        )
    }

    fn acknowledgements(&self, id: &str) -> usize {
        let requests = self.runtime.block_on(self.server.received_requests()).unwrap();
        let end = format!("/inbox/{id}/status/acknowledged");
        requests.iter().filter(|request| request.url.path().ends_with(&end)).count()
    }
}

/// An inbox with these messages, each with its body.
fn inbox(mesh: &Mesh, messages: &[(&str, Vec<u8>)]) {
    let ids: Vec<&str> = messages.iter().map(|(id, _)| *id).collect();
    let list = ResponseTemplate::new(200).set_body_json(json!({ "messages": ids, "links": {} }));
    mesh.answers(Mock::given(path("/messageexchange/X26ABC1/inbox")).respond_with(list));
    for (id, body) in messages {
        let one = format!("/messageexchange/X26ABC1/inbox/{id}");
        let head = ResponseTemplate::new(200)
            .insert_header("Mex-WorkflowID", "TEST_WORKFLOW_ACK")
            .insert_header("Mex-From", "X26ABC2")
            .insert_header("Mex-FileName", "../canary.zip");
        mesh.answers(Mock::given(method("HEAD")).and(path(&one)).respond_with(head.clone()));
        mesh.answers(Mock::given(method("GET")).and(path(&one)).respond_with(head.set_body_bytes(body.clone())));
    }
}

#[test]
fn what_could_not_be_acknowledged_is_found_again_and_is_the_same_message() {
    let mesh = Mesh::start();
    let folder = tempfile::tempdir().unwrap();
    inbox(&mesh, &[("M1", Return::small().zip())]);
    // MESH hears the acknowledgement, and says so only the third time.
    let put = || Mock::given(method("PUT")).and(path_regex("/acknowledged$"));
    mesh.answers(put().respond_with(ResponseTemplate::new(503)).up_to_n_times(2));
    mesh.answers(put().respond_with(ResponseTemplate::new(200)));
    let mut house = House::by_mail(&mesh.mailbox(folder.path()), "");
    wait_until("the first try", || (mesh.acknowledgements("M1") >= 1).then_some(()));
    house.stop();
    house.start();
    wait_until("the fourth", || (mesh.acknowledgements("M1") >= 4).then_some(()));
    let messages = house.by("lcs").get("/v1/messages").with_status(200).json();
    assert_eq!(messages["items"].as_array().unwrap().len(), 1, "{messages}");
    assert!(!messages.to_string().contains("canary"), "what is more than a name is none: {messages}");
}

#[test]
fn what_is_too_large_stays_and_is_told_and_what_comes_after_it_is_taken() {
    let mesh = Mesh::start();
    let folder = tempfile::tempdir().unwrap();
    inbox(&mesh, &[("M1", vec![b'x'; 200_001]), ("M2", Return::small().zip())]);
    mesh.answers(Mock::given(method("PUT")).and(path_regex("/acknowledged$")).respond_with(ResponseTemplate::new(200)));
    let limit = "[limits]\nmessage_bytes_max = 200000\n";
    let house = House::by_mail(&mesh.mailbox(folder.path()), limit);
    wait_until("an alert", || (!house.alerts().is_empty()).then_some(()));
    assert_eq!(house.alerts(), [("mail-left".to_owned(), "mailbox:X26ABC1".to_owned())]);
    wait_until("the second", || (mesh.acknowledgements("M2") > 0).then_some(()));
    assert_eq!(mesh.acknowledgements("M1"), 0);
    let messages = house.by("lcs").get("/v1/messages").with_status(200).json();
    assert_eq!(messages["items"].as_array().unwrap().len(), 1, "{messages}");
}

#[test]
fn a_message_that_cannot_be_fetched_keeps_back_those_behind_it_but_no_word_of_what_was_sent() {
    let mesh = Mesh::start();
    let folder = tempfile::tempdir().unwrap();
    // Before the inbox of the stub: the first that is mounted answers.
    let broken = ResponseTemplate::new(500);
    mesh.answers(Mock::given(method("GET")).and(path("/messageexchange/X26ABC1/inbox/M1")).respond_with(broken));
    let collected = ResponseTemplate::new(200).set_body_json(json!({ "status": "acknowledged" }));
    mesh.answers(Mock::given(path_regex("/outbox/tracking/")).respond_with(collected));
    inbox(&mesh, &[("M1", b"broken".to_vec()), ("M2", Return::small().zip())]);
    mesh.answers(Mock::given(method("PUT")).and(path_regex("/acknowledged$")).respond_with(ResponseTemplate::new(200)));
    let house = House::by_mail(&mesh.mailbox(folder.path()), "");
    house.send(SEND, &Return::small().zip());
    house.until_all_are("delivered");
    assert_eq!((mesh.acknowledgements("M1"), mesh.acknowledgements("M2")), (0, 0), "they are read in their order");
}

#[test]
fn a_mailbox_that_knows_us_no_more_is_told_at_once() {
    let mesh = Mesh::start();
    let folder = tempfile::tempdir().unwrap();
    mesh.answers(Mock::given(path("/messageexchange/X26ABC1/inbox")).respond_with(ResponseTemplate::new(403)));
    let house = House::by_mail(&mesh.mailbox(folder.path()), "");
    wait_until("an alert", || (!house.alerts().is_empty()).then_some(()));
    assert_eq!(house.alerts(), [("mailbox-closed".to_owned(), "mailbox:X26ABC1".to_owned())]);
}

/// The folders of an installed client, and a route in each direction.
fn client_routes() -> String {
    routes("mailbox = \"X26ABC1\"\npath = \"mesh\"")
        .replace("[[mesh]]", "[[mesh_folder]]")
        .replace("\"mesh\", mailbox", "\"mesh-folder\", mailbox")
}

#[test]
fn an_installed_client_carries_both_ways_and_says_what_failed() {
    let routes = client_routes();
    let house = House::beside_folders(&routes, &["mesh", "mesh/in", "mesh/out", "mesh/sent", "mesh/failed"]);
    let mesh = house.path("mesh");
    house.send(SEND, &Return::small().zip());
    let sent: Vec<String> =
        house.until_all_are("sent").iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names(&mesh.join("out")).len(), 2 * sent.len());

    // The client sends all, and could not send one.
    for (number, id) in sent.iter().enumerate() {
        let to = if number == 0 { "failed" } else { "sent" };
        for end in ["dat", "ctl"] {
            let name = format!("{id}.{end}");
            fs::rename(mesh.join("out").join(&name), mesh.join(to).join(&name)).unwrap();
        }
    }
    wait_until("one is dead", || (house.posted_in("dead") == 1).then_some(()));
    wait_until("its copies are gone", || {
        (names(&mesh.join("failed")).is_empty() && names(&mesh.join("sent")).is_empty()).then_some(())
    });
    assert_eq!(house.posted_in("sent"), sent.len() - 1);

    // A report about another, as the client writes one.
    let control = |more: &str| {
        format!(
            "<DTSControl><Version>1.0</Version><To_DTS>X26ABC1</To_DTS><From_DTS>X26ABC2</From_DTS>{more}</DTSControl>"
        )
    };
    let report = format!(
        "<MessageType>Report</MessageType><LocalId>{}</LocalId><StatusRecord><Status>ERROR</Status>\
         <StatusCode>14</StatusCode></StatusRecord>",
        sent[1]
    );
    fs::write(mesh.join("in/R1.ctl"), control(&report)).unwrap();
    wait_until("another is dead", || (house.posted_in("dead") == 2).then_some(()));

    // And a message comes.
    let zip = Return::small();
    zip.forget(&zip.children()[0]);
    fs::write(mesh.join("in/M1.dat"), zip.zip()).unwrap();
    fs::write(
        mesh.join("in/M1.ctl"),
        control("<MessageType>Data</MessageType><WorkflowId>TEST_WORKFLOW_ACK</WorkflowId>"),
    )
    .unwrap();
    wait_until("it is taken", || names(&mesh.join("done")).contains(&"M1.dat".to_owned()).then_some(()));
    assert!(names(&mesh.join("in")).is_empty());
    let messages = house.by("lcs").get("/v1/messages").with_status(200).json();
    let routes: Vec<&Value> = messages["items"].as_array().unwrap().iter().map(|one| &one["route"]).collect();
    assert_eq!(routes, [&json!("by-mail"), &json!("to-health")]);

    // What is no control file stays, and a person is told.
    let left = ("mail-left".to_owned(), "mailbox:X26ABC1".to_owned());
    assert!(!house.alerts().contains(&left));
    fs::write(mesh.join("in/M2.ctl"), "canary").unwrap();
    wait_until("a person is told", || house.alerts().contains(&left).then_some(()));
    assert_eq!(names(&mesh.join("in")), ["M2.ctl"]);
}
