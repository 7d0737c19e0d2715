use bytes::Bytes;
use schemas::date::Date;

use super::*;
use crate::outbound::mesh::{MailboxName, WorkflowId};

struct Client {
    root: tempfile::TempDir,
    folder: Arc<MeshFolder>,
    way: config::MeshFolderWay,
}

impl Client {
    fn new(folders: [&str; 4]) -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in folders {
            fs::create_dir(root.path().join(folder)).unwrap();
        }
        let table = config::MeshFolder {
            mailbox: MailboxName::parse("X26ABC1").unwrap(),
            path: root.path().to_owned(),
            poll_seconds: 60,
        };
        let way = config::MeshFolderWay {
            folder: Arc::new(table.clone()),
            to: MailboxName::parse("X26ABC2").unwrap(),
            workflow: WorkflowId::parse("HOMEWARD_PASSPORT").unwrap(),
        };
        Self { folder: Arc::new(MeshFolder::new(&table)), root, way }
    }

    fn small() -> Self {
        Self::new(["in", "out", "sent", "failed"])
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn arrives(&self, name: &str, control: &str, data: Option<&str>) {
        if let Some(data) = data {
            fs::write(self.path(&format!("in/{name}.dat")), data).unwrap();
        }
        fs::write(self.path(&format!("in/{name}.ctl")), format!("<DTSControl>{control}</DTSControl>")).unwrap();
    }

    fn found(&self) -> Vec<String> {
        self.folder.look().unwrap().found.iter().map(|found| found.arrival.message_id.to_string()).collect()
    }
}

fn parcel() -> Parcel {
    Parcel {
        delivery: Uuid::now_v7(),
        fence: 1,
        correlation_id: None,
        media_type: "application/fhir+json",
        body: Bytes::from_static(b"{\"resourceType\":\"Bundle\"}"),
        date: Date::parse_iso(b"2026-11-22").unwrap(),
        route: "r".to_owned(),
    }
}

#[tokio::test]
async fn a_delivery_is_a_pair_in_out_and_is_put_once() {
    for folders in [["in", "out", "sent", "failed"], ["IN", "OUT", "SENT", "FAILED"]] {
        let client = Client::new(folders);
        let (sent, out) = (parcel(), folders[1]);
        for _ in 0..2 {
            let outcome = MeshFolder::put(&client.folder, &client.way, sent.clone()).await;
            assert_eq!(outcome, Outcome::Sent { message_id: None });
        }
        let name = sent.delivery;
        assert_eq!(fs::read(client.path(&format!("{out}/{name}.dat"))).unwrap(), sent.body);
        let control = fs::read(client.path(&format!("{out}/{name}.ctl"))).unwrap();
        let control = Control::parse(&control).unwrap();
        assert_eq!(control.local_id, Some(name.to_string()));
        assert_eq!(control.from, MailboxName::parse("X26ABC1"));
        assert_eq!(fs::read_dir(client.path(out)).unwrap().count(), 2, "nothing unfinished is left");
        // The client has taken it: a repeat does not send it again.
        for end in ["dat", "ctl"] {
            let (from, to) = (format!("{out}/{name}.{end}"), format!("{}/{name}.{end}", folders[2]));
            fs::rename(client.path(&from), client.path(&to)).unwrap();
        }
        let outcome = MeshFolder::put(&client.folder, &client.way, sent.clone()).await;
        assert_eq!(outcome, Outcome::Sent { message_id: None });
        assert_eq!(fs::read_dir(client.path(out)).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn a_mailbox_without_folders_is_our_fault_and_is_tried_again() {
    let client = Client::small();
    fs::remove_dir(client.path("out")).unwrap();
    let outcome = MeshFolder::put(&client.folder, &client.way, parcel()).await;
    assert_eq!(outcome, Outcome::of(Reason::FolderClosed, None));
}

#[test]
fn a_message_counts_when_its_content_has_the_size_that_is_named() {
    let client = Client::small();
    client.arrives("A1", "<DataSize>3</DataSize>", Some("abc"));
    client.arrives("A2", "<DataSize>4</DataSize>", Some("abc"));
    client.arrives("A3", "<DataSize>3</DataSize>", None);
    assert_eq!(client.found(), ["A1"]);
    fs::write(client.path("in/A2.dat"), "abcd").unwrap();
    fs::write(client.path("in/A3.dat"), "abc").unwrap();
    assert_eq!(client.found(), ["A1", "A2", "A3"]);
}

#[test]
fn content_whose_size_nobody_names_counts_once_it_rests() {
    let client = Client::small();
    client.arrives("A1", "<DTSId>M1</DTSId><WorkflowId>W</WorkflowId>", Some("abc"));
    assert!(client.found().is_empty());
    fs::write(client.path("in/A1.dat"), "abcd").unwrap();
    assert!(client.found().is_empty());
    let look = client.folder.look().unwrap();
    let [found] = &look.found[..] else { panic!("one") };
    assert_eq!((found.bytes, found.arrival.workflow.as_str()), (4, "W"));
    assert_eq!(found.arrival.message_id, MessageId::parse("M1").unwrap());
    assert_eq!(io::read_to_string(found.open().unwrap()).unwrap(), "abcd");
    assert!(client.path("in/A1.ctl").exists(), "nothing is moved before it is kept");
    client.folder.take(found).unwrap();
    client.folder.take(found).unwrap();
    assert!(client.found().is_empty());
    assert_eq!(fs::read_dir(client.path("in")).unwrap().count(), 0);
    assert!(client.path("done/A1.dat").exists() && client.path("done/A1.ctl").exists());
}

#[test]
fn a_taking_that_was_cut_short_is_finished() {
    let client = Client::small();
    client.arrives("A1", "<DataSize>3</DataSize>", Some("abc"));
    fs::create_dir(client.path("done")).unwrap();
    fs::rename(client.path("in/A1.dat"), client.path("done/A1.dat")).unwrap();
    assert!(client.found().is_empty());
    assert!(client.path("done/A1.ctl").exists());
}

#[test]
fn a_report_in_the_inbox_names_its_delivery() {
    let client = Client::small();
    let delivery = Uuid::now_v7();
    let control = format!(
        "<MessageType>Report</MessageType><LocalId>{delivery}</LocalId>\
         <StatusRecord><Status>ERROR</Status><StatusCode>14</StatusCode></StatusRecord>"
    );
    client.arrives("R1", &control, None);
    let look = client.folder.look().unwrap();
    let fate = Fate::Failed(Refusal::of_code("14"));
    assert_eq!(look.found[0].arrival.kind, ArrivalKind::Report(Report { delivery: Some(delivery), about: None, fate }));
    client.folder.take(&look.found[0]).unwrap();
    assert!(client.found().is_empty());
}

#[test]
fn hostile_files_stay_where_they_are_and_stop_nothing() {
    let client = Client::small();
    fs::write(client.path("in/B1.ctl"), "<!DOCTYPE x [<!ENTITY a \"b\">]><DTSControl/>").unwrap();
    fs::write(client.path("in/B2.ctl"), vec![b' '; 100_000]).unwrap();
    fs::write(client.path("in/B 3.ctl"), "<DTSControl/>").unwrap();
    fs::create_dir(client.path("in/B4.ctl")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/hostname", client.path("in/B5.ctl")).unwrap();
        client.arrives("B6", "<DataSize>1</DataSize>", None);
        std::os::unix::fs::symlink("/etc/hostname", client.path("in/B6.dat")).unwrap();
    }
    client.arrives("G1", "<DataSize>3</DataSize>", Some("abc"));
    let look = client.folder.look().unwrap();
    assert_eq!((look.found.len(), look.unreadable), (1, 3));
}

#[test]
fn what_the_client_did_is_told_once() {
    let client = Client::small();
    let (taken, failed, odd) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
    let success = "<StatusRecord><Status>SUCCESS</Status><StatusCode>00</StatusCode></StatusRecord>";
    for (place, text) in [
        (format!("sent/{taken}"), format!("<DTSControl><DTSId>M1</DTSId>{success}</DTSControl>")),
        (
            format!("failed/{failed}"),
            "<DTSControl><StatusRecord><Status>ERROR</Status><StatusCode>12</StatusCode></StatusRecord></DTSControl>"
                .to_owned(),
        ),
        (format!("failed/{odd}"), "no XML".to_owned()),
        ("sent/somebody-elses".to_owned(), "<DTSControl/>".to_owned()),
    ] {
        fs::write(client.path(&format!("{place}.ctl")), text).unwrap();
        fs::write(client.path(&format!("{place}.dat")), "x").unwrap();
    }
    let words = client.folder.words().unwrap();
    let of = |delivery| words.iter().find(|word| word.delivery == delivery).unwrap();
    assert_eq!(words.len(), 3);
    assert_eq!((of(taken).fate, of(taken).message_id), (Fate::Waits, MessageId::parse("M1")));
    assert_eq!(of(failed).fate, Fate::Failed(Refusal::of_code("12")));
    assert_eq!(of(odd).fate, Fate::Failed(Refusal::of_code("")));
    for word in &words {
        client.folder.forget(word).unwrap();
    }
    assert!(client.folder.words().unwrap().is_empty());
    assert_eq!(fs::read_dir(client.path("sent")).unwrap().count(), 2, "what is not ours stays");
}

#[test]
fn what_the_client_has_not_taken_can_be_taken_back() {
    let client = Client::small();
    let sent = parcel();
    client.folder.write(&client.way, &sent).unwrap();
    assert!(client.folder.waits(sent.delivery).unwrap());
    assert!(!client.folder.waits(Uuid::now_v7()).unwrap());
    client.folder.withdraw(sent.delivery).unwrap();
    client.folder.withdraw(sent.delivery).unwrap();
    assert!(!client.folder.waits(sent.delivery).unwrap());
    assert_eq!(fs::read_dir(client.path("out")).unwrap().count(), 0);
}
