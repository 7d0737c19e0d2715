//! Whole journeys of messages: from mailbox to mailbox, with the reference client at the other end, and back as reports.

use server::outbound::Outcome;
use server::outbound::mesh::{ArrivalKind, Fate, Refusal, Report};
use server::outbound::outcome::{FaultSide, Reason};

use crate::sandbox::Sandbox;
use crate::setup::{Sender, parcel};

const TO_SECOND: &str = "recipient_mailbox = \"X26ABC2\"\nworkflow = \"TEST_WORKFLOW\"";
const PASSPORT: &str =
    "{\"resourceType\":\"Bundle\",\"type\":\"message\",\"entry\":[{\"fullUrl\":\"caf\u{e9}\"},{},{},{},{},{},{}]}";

#[tokio::test]
async fn a_delivery_goes_in_pieces_and_is_whole_at_the_other_end_until_it_is_acknowledged() {
    let Some(sandbox) = Sandbox::start() else { return };
    let (sender, receiver) = (Sender::of(&sandbox, "X26ABC1", TO_SECOND), Sender::of(&sandbox, "X26ABC2", TO_SECOND));
    for body in [PASSPORT.as_bytes().to_vec(), vec![b'x'; 64], vec![b'x'; 129], vec![b'x'; 100_000 / 64]] {
        let sent = parcel(body.clone());
        let message_id = sender.sent(sent.clone()).await;
        let arrivals = receiver.mailbox().poll().await.unwrap();
        let [arrival] = &arrivals[..] else { panic!("one message, not {}", arrivals.len()) };
        assert_eq!((arrival.message_id, arrival.kind), (message_id, ArrivalKind::Data));
        assert_eq!(arrival.workflow, "TEST_WORKFLOW");
        assert_eq!(arrival.local_id, Some(sent.delivery.to_string()));
        assert_eq!(arrival.from.as_ref().map(|from| from.as_str()), Some("X26ABC1"));
        assert_eq!(receiver.fetch(message_id).await.unwrap(), body);
        // Fetched is not kept: it waits until it is acknowledged.
        assert_eq!(receiver.mailbox().poll().await.unwrap().len(), 1);
        assert_eq!(sender.mailbox().track(sent.delivery).await.unwrap().unwrap().fate, Fate::Waits);
        receiver.mailbox().acknowledge(message_id).await.unwrap();
        receiver.mailbox().acknowledge(message_id).await.unwrap();
        assert!(receiver.mailbox().poll().await.unwrap().is_empty());
        let tracked = sender.mailbox().track(sent.delivery).await.unwrap().unwrap();
        assert_eq!((tracked.message_id, tracked.fate), (Some(message_id), Fate::Delivered));
        let tracked = sender.mailbox().track_message(message_id).await.unwrap().unwrap();
        assert_eq!((tracked.message_id, tracked.fate), (Some(message_id), Fate::Delivered));
    }
    assert_eq!(sender.mailbox().track(uuid::Uuid::now_v7()).await.unwrap(), None);
}

#[tokio::test]
async fn the_reference_client_reads_what_we_send_and_we_read_what_it_sends() {
    let Some(sandbox) = Sandbox::start() else { return };
    let sender = Sender::of(&sandbox, "X26ABC1", TO_SECOND);
    let sent = parcel(PASSPORT);
    assert!(matches!(sender.send(sent.clone()).await, Outcome::Sent { .. }));
    let read = sandbox.python(
        "with client('X26ABC2') as box:\n    [id] = box.list_messages()\n    message = box.retrieve_message(id)\n    \
         print(json.dumps({'body': message.read().decode(), 'local': message.local_id, 'name': message.filename, \
         'subject': message.subject}))\n    message.acknowledge()\n",
    );
    let read: serde_json::Value = serde_json::from_str(&read).unwrap();
    assert_eq!(read["body"], PASSPORT);
    assert_eq!(read["local"], sent.delivery.to_string());
    assert_eq!(read["name"], format!("{}.json", sent.delivery));
    assert_eq!(read["subject"], serde_json::Value::Null);

    for compress in ["True", "False"] {
        sandbox.python(&format!(
            "with client('X26ABC2') as box:\n    box.send_message('X26ABC1', b'hello mesh ' * 20, \
             workflow_id='TEST_WORKFLOW_ACK', local_id='theirs', filename='a.json', compress={compress})\n"
        ));
        let arrivals = sender.mailbox().poll().await.unwrap();
        let [arrival] = &arrivals[..] else { panic!("one message") };
        assert_eq!((arrival.workflow.as_str(), arrival.local_id.as_deref()), ("TEST_WORKFLOW_ACK", Some("theirs")));
        assert_eq!(sender.fetch(arrival.message_id).await.unwrap(), b"hello mesh ".repeat(20));
        sender.mailbox().acknowledge(arrival.message_id).await.unwrap();
    }
}

#[tokio::test]
async fn a_report_names_the_delivery_that_failed_and_why() {
    let Some(sandbox) = Sandbox::start() else { return };
    let sender = Sender::of(&sandbox, "X26ABC1", TO_SECOND);
    let sent = parcel(PASSPORT);
    let message_id = sender.sent(sent.clone()).await;
    sandbox.python(&format!(
        "post('/messageexchange/admin/report', {{'mailbox_id': 'X26ABC1', 'code': '14', 'description': 'canary', \
         'workflow_id': 'TEST_WORKFLOW', 'local_id': '{}', 'linked_message_id': '{message_id}'}})\n",
        sent.delivery
    ));
    let arrivals = sender.mailbox().poll().await.unwrap();
    let [arrival] = &arrivals[..] else { panic!("one report") };
    let fate = Fate::Failed(Refusal::of_code("14"));
    let report = Report { delivery: Some(sent.delivery), about: Some(message_id), fate };
    assert_eq!(arrival.kind, ArrivalKind::Report(report));
    assert!(sender.fetch(arrival.message_id).await.unwrap().is_empty());
    sender.mailbox().acknowledge(arrival.message_id).await.unwrap();
    assert!(sender.mailbox().poll().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_mesh_refuses_is_dead_and_who_it_does_not_know_waits_for_a_person() {
    let Some(sandbox) = Sandbox::start() else { return };
    let nowhere = Sender::of(&sandbox, "X26ABC1", "recipient_mailbox = \"NOSUCH\"\nworkflow = \"TEST_WORKFLOW\"");
    let refused = Outcome::Dead { reason: Reason::Mesh(Refusal::of_code("12")), side: FaultSide::RecipientRefused };
    assert_eq!(nowhere.send(parcel(PASSPORT)).await, refused);

    let ours = |reason| Outcome::Retry { after: None, breaker_at_once: true, side: FaultSide::Ours, reason };
    let stranger = Sender::with("X26ABC1", &sandbox.mailbox("X26ABC1").replace("/password\"", "/shared\""), TO_SECOND);
    assert_eq!(stranger.send(parcel(PASSPORT)).await, ours(Reason::Handshake(403)));
    assert_eq!(stranger.mailbox().poll().await.unwrap_err().reason, Reason::Handshake(403));

    // The organisation X27 has one mailbox for this workflow, and none for the other.
    let by_code = "recipient_ods = \"X27\"\nworkflow = \"TEST_WORKFLOW_ACK\"";
    let found = Sender::of(&sandbox, "X26ABC2", by_code);
    assert!(matches!(found.send(parcel(PASSPORT)).await, Outcome::Sent { .. }));
    let third = Sender::of(&sandbox, "X26ABC3", TO_SECOND);
    assert_eq!(third.mailbox().poll().await.unwrap().len(), 1);
    let none = Sender::of(&sandbox, "X26ABC1", "recipient_ods = \"X27\"\nworkflow = \"TEST_WORKFLOW\"");
    assert_eq!(none.send(parcel(PASSPORT)).await, ours(Reason::NoMailbox));
}
