//! The laws of every store, and those of this one alone.

use std::sync::Arc;

use super::*;
use crate::{
    audit::{AuditEntry, Break},
    conformance::{Ground, laws, wait},
    delivery::DeliveryState,
    home::{MarketKey, OfferedAct, OfferedChange},
    identity::NewProposal,
    message::NewMessage,
    photo::{NewPhoto, Photo, PhotoChange},
    subject::{Standing, SubjectChange},
};

const KEY: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n";
const OTHER: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n";

/// A value that may stand in no file.
const CANARY: &[u8] = b"canary-of-a-child";

struct Folder(tempfile::TempDir);

impl Ground for Folder {
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(open(self.0.path(), KEY).unwrap())
    }
}

fn settings(folder: &Path, keys: &str) -> Settings {
    Settings {
        folder: folder.to_owned(),
        keys: Keys::parse(keys.as_bytes()).unwrap(),
        commit_wait_us_max: 2_000,
        commit_messages_max: 256,
        disk_free_bytes_min: 0,
    }
}

fn open(folder: &Path, keys: &str) -> Result<SqliteStore, OpenFault> {
    SqliteStore::open(settings(folder, keys))
}

fn id(number: u64) -> Uuid {
    Uuid::from_u64_pair(0, number)
}

fn batch(number: u64, body: &[u8]) -> Batch {
    Batch {
        message: Some(NewMessage {
            id: id(number),
            route: "route".to_owned(),
            partner: "partner".to_owned(),
            correlation_id: None,
            received_at: 1,
            bytes: body.len() as u64,
            sha256: crate::chain::sha256(body),
            body: NewBody::Whole(body.to_vec()),
            file_name: Some("canary-of-a-child.csv".to_owned()),
            media_type: None,
            terms: CANARY.to_vec(),
            same_since: None,
        }),
        audit: vec![AuditEntry { at: 1, actor: "partner".to_owned(), action: "receive", ..AuditEntry::default() }],
        ..Batch::default()
    }
}

fn keep(store: &SqliteStore, batch: Batch) -> Result<(), StoreFault> {
    wait(|done| store.keep(batch, done)).map(|kept| drop(kept.unwrap()))
}

/// Changes the closed file behind the store's back.
fn tamper(folder: &Path, sql: &str) {
    Connection::open(folder.join(FILE_NAME)).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn sqlite_keeps_every_law() {
    for (name, law) in laws() {
        println!("{name}");
        law(&Folder(tempfile::tempdir().unwrap()));
    }
}

#[test]
fn two_processes_never_have_one_store_open() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path(), KEY).unwrap();
    assert!(matches!(open(folder.path(), KEY), Err(OpenFault::InUse)));
    drop(first);
    open(folder.path(), KEY).unwrap();
}

#[test]
fn an_older_program_refuses_a_newer_store_and_leaves_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), KEY).unwrap());
    tamper(folder.path(), "PRAGMA user_version = 99");
    let program = schema::SCHEMA_VERSION;
    assert!(matches!(open(folder.path(), KEY), Err(OpenFault::Newer { store: 99, program: p }) if p == program));
    let db = Connection::open(folder.path().join(FILE_NAME)).unwrap();
    assert_eq!(schema::version(&db).unwrap(), 99);
}

#[test]
fn a_store_of_the_first_layout_is_brought_forward_with_all_that_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    tamper(folder.path(), include_str!("schema_1.sql"));
    tamper(
        folder.path(),
        "PRAGMA user_version = 1; \
         INSERT INTO delivery (id, route, target, recipient, lane, place, ahead, not_before, planned_at, format, \
         media_type, view, terms, bytes, sha256, state, next_at, disclosure) VALUES (x'0000000000000000000000000000002a', \
         'route', 'target', 'recipient', x'01', 1, 0, 1, 1, 'format', 'text/csv', 'view', 'terms', 0, zeroblob(32), \
         'delivered', 1, x'5b5d');",
    );
    let look = SqliteStore::open_to_read(settings(folder.path(), KEY));
    assert!(matches!(look.unwrap_err(), OpenFault::Older { store: 1, .. }), "whoever looks changes nothing");
    let store = open(folder.path(), KEY).unwrap();
    let held = store.delivery(id(42), true).unwrap().unwrap();
    assert_eq!((held.state, held.whole, held.children), (DeliveryState::Delivered, false, 0));
    assert_eq!(store.runs().unwrap(), []);
    drop(store);
    let db = Connection::open(folder.path().join(FILE_NAME)).unwrap();
    assert_eq!(schema::version(&db).unwrap(), schema::SCHEMA_VERSION);
}

/// A subject of which something is held, as the first layout has it.
fn hold_in_first_layout(db: &Connection, keys: &Keys, number: u64) {
    let subject = id(number);
    let (key, wrapped) = keys.data_key("subject", subject.as_bytes()).unwrap();
    let name = [subject.as_bytes().as_slice(), b"source"].concat();
    let sealed = key.seal(&Cell { table: "holding", id: &name, piece: 0 }, b"held").unwrap();
    let insert = "INSERT INTO subject VALUES (?1, 7, 3, '331', 0, 1, 0, NULL, ?2, ?3)";
    db.execute(insert, params![subject, wrapped.sealed, wrapped.key_id]).unwrap();
    db.execute("INSERT INTO holding VALUES (?1, 'source', ?2)", params![subject, sealed]).unwrap();
}

#[test]
fn a_store_of_the_first_layout_keeps_its_people_and_what_they_decided() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE_NAME);
    let db = Connection::open(&file).unwrap();
    schema::prepare_writer(&db).unwrap();
    db.execute_batch(include_str!("schema_1.sql")).unwrap();
    db.execute_batch("PRAGMA user_version = 1").unwrap();
    let keys = Keys::parse(KEY.as_bytes()).unwrap();
    hold_in_first_layout(&db, &keys, 2);
    // A pair that a person has rejected.
    let pair = [id(2).as_bytes().as_slice(), id(3).as_bytes()].concat();
    let evidence = keys.small().seal(&Cell { table: "evidence", id: id(9).as_bytes(), piece: 0 }, b"a").unwrap();
    let insert = "INSERT INTO proposal (id, keeps, other, pair, state, evidence, made_at) \
                  VALUES (?1, ?2, ?3, ?4, 'rejected', ?5, 1)";
    db.execute(insert, params![id(9), id(2), id(3), pair, evidence]).unwrap();
    drop(db);
    assert!(matches!(SqliteStore::open_to_read(settings(folder.path(), KEY)), Err(OpenFault::Older { store: 1, .. })));
    let store = open(folder.path(), KEY).unwrap();
    let held = store.subjects(&[id(2)], &[]).unwrap().remove(0).unwrap();
    assert_eq!((held.version, held.epoch, &held.holdings[0].1[..]), (7, 3, &b"held"[..]));
    assert_eq!(held.standing, Standing { authority: Some("331".to_owned()), guard_hold: true, ..Standing::default() });
    assert_eq!(store.waiting_subjects(Waiting::GuardHold, None, 9).unwrap(), [id(2)]);
    for (number, evidence, open) in [(10, b"a", 0), (11, b"b", 1)] {
        let (evidence, grounds) = (evidence.to_vec(), b"known by".to_vec());
        let new = NewProposal { id: id(number), keeps: id(2), other: id(3), evidence, grounds, made_at: 2 };
        keep(&store, Batch { proposals: vec![new], ..Batch::default() }).unwrap();
        let proposals = store.proposals(ProposalState::Open, None, 9).unwrap().items;
        assert_eq!(proposals.len(), open, "what was rejected stays so, as far as its evidence tells");
    }
    drop(store);
    let db = Connection::open(file).unwrap();
    assert_eq!(schema::version(&db).unwrap(), schema::SCHEMA_VERSION);
    drop(db);
    open(folder.path(), KEY).unwrap();
}

#[test]
fn no_value_stands_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), KEY).unwrap();
    let change = SubjectChange {
        id: id(2),
        seen: 0,
        standing: Standing::default(),
        raise_epoch: false,
        holdings: vec![("source".to_owned(), CANARY.to_vec())],
        identifiers: vec![BlindIdentifier { system: "nhs".to_owned(), value: "canary-of-a-child".to_owned() }],
        forgotten: Vec::new(),
        places: Some(vec![PlaceKey(CANARY.to_vec())]),
        demographics: Some(vec![DemographicKey(CANARY.to_vec())]),
        planned: vec![("target".to_owned(), CANARY.to_vec())],
        resources: Some(vec![id(7)]),
    };
    keep(&store, Batch { subjects: vec![change], ..batch(1, CANARY) }).unwrap();
    for seen in 0..2 {
        let homes = vec![offered(3, seen, CANARY)];
        let providers = vec![offered(4, seen, CANARY)];
        let referrals = vec![offered(5, seen, CANARY)];
        keep(&store, Batch { homes, providers, referrals, ..Batch::default() }).unwrap();
    }
    keep(&store, Batch { photos: vec![photo(6, 3, CANARY)], ..Batch::default() }).unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY));
    }
    assert_eq!(store.body_chunk(id(1), 0).unwrap().unwrap(), CANARY);
    assert_eq!(
        (&store.homes(None, 1).unwrap()[0].body[..], &store.providers(None, 1).unwrap()[0].body[..]),
        (CANARY, CANARY)
    );
}

/// A photograph of a home, called by its bytes.
fn photo(number: u64, home: u64, bytes: &[u8]) -> PhotoChange {
    let photo = Photo { id: id(number), home: id(home), about: bytes.to_vec() };
    PhotoChange::Put(NewPhoto { photo, name: MarketKey(bytes.to_vec()), seen: None, body: bytes.to_vec() })
}

/// A home or a provider, known by what is said of it.
fn offered(number: u64, seen: u64, said: &[u8]) -> OfferedChange {
    let act = OfferedAct::Put { key: MarketKey(said.to_vec()), body: said.to_vec() };
    OfferedChange { id: id(number), seen, at: 1, cause: "request:1".to_owned(), act }
}

#[test]
fn a_store_of_the_second_layout_takes_homes_and_keeps_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    tamper(folder.path(), include_str!("schema_1.sql"));
    tamper(folder.path(), include_str!("schema_2.sql"));
    tamper(
        folder.path(),
        "PRAGMA user_version = 2; INSERT INTO loaded_view VALUES ('partner', 'health@1', 'x=full', 1)",
    );
    let store = open(folder.path(), KEY).unwrap();
    assert_eq!(store.loaded_views().unwrap().len(), 1);
    keep(&store, Batch { homes: vec![offered(3, 0, b"said")], ..Batch::default() }).unwrap();
    drop(store);
    assert_eq!(open(folder.path(), KEY).unwrap().homes(None, 9).unwrap().len(), 1);
}

#[test]
fn a_store_of_the_fourth_layout_takes_photographs_and_keeps_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    for layout in [
        include_str!("schema_1.sql"),
        include_str!("schema_2.sql"),
        include_str!("schema_3.sql"),
        include_str!("schema_4.sql"),
        "PRAGMA user_version = 4; INSERT INTO loaded_view VALUES ('partner', 'health@1', 'x=full', 1)",
    ] {
        tamper(folder.path(), layout);
    }
    let store = open(folder.path(), KEY).unwrap();
    assert_eq!(store.loaded_views().unwrap().len(), 1);
    keep(&store, Batch { homes: vec![offered(3, 0, b"said")], ..Batch::default() }).unwrap();
    keep(&store, Batch { photos: vec![photo(4, 3, b"picture")], ..Batch::default() }).unwrap();
    drop(store);
    let store = open(folder.path(), KEY).unwrap();
    assert_eq!(store.photo_body(id(4)).unwrap().unwrap(), b"picture");
}

#[test]
fn a_store_of_the_fifth_layout_keeps_its_subjects_and_nobody_has_looked_for_their_resources() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE_NAME);
    let db = Connection::open(&file).unwrap();
    schema::prepare_writer(&db).unwrap();
    db.execute_batch(include_str!("schema_1.sql")).unwrap();
    let keys = Keys::parse(KEY.as_bytes()).unwrap();
    for number in [2, 3] {
        hold_in_first_layout(&db, &keys, number);
    }
    for layout in [
        include_str!("schema_2.sql"),
        include_str!("schema_3.sql"),
        include_str!("schema_4.sql"),
        include_str!("schema_5.sql"),
        "PRAGMA user_version = 5; INSERT INTO loaded_view VALUES ('partner', 'health@1', 'x=full', 1)",
    ] {
        db.execute_batch(layout).unwrap();
    }
    drop(db);
    let look = SqliteStore::open_to_read(settings(folder.path(), KEY));
    assert!(matches!(look.unwrap_err(), OpenFault::Older { store: 5, .. }), "whoever looks changes nothing");
    let store = open(folder.path(), KEY).unwrap();
    assert_eq!(store.loaded_views().unwrap().len(), 1);
    for held in store.subjects(&[id(2), id(3)], &[]).unwrap() {
        let held = held.unwrap();
        assert_eq!((held.version, held.epoch, &held.holdings[0].1[..]), (7, 3, &b"held"[..]));
    }
    assert_eq!(store.unindexed_subjects(None, 9).unwrap(), [id(2), id(3)]);
    assert_eq!(store.subjects_of_resources(&[id(4)]).unwrap(), [None]);
    let held = store.subjects(&[id(2)], &[]).unwrap().remove(0).unwrap();
    let looked = SubjectChange {
        id: id(2),
        seen: held.version,
        standing: held.standing,
        raise_epoch: false,
        holdings: Vec::new(),
        identifiers: Vec::new(),
        forgotten: Vec::new(),
        places: None,
        demographics: None,
        planned: Vec::new(),
        resources: Some(vec![id(4)]),
    };
    keep(&store, Batch { subjects: vec![looked], ..Batch::default() }).unwrap();
    drop(store);
    let store = open(folder.path(), KEY).unwrap();
    assert_eq!(store.unindexed_subjects(None, 9).unwrap(), [id(3)]);
    assert_eq!(store.subjects_of_resources(&[id(4)]).unwrap(), [Some(id(2))]);
    assert!(store.census().unwrap().bytes.iter().any(|(table, _)| table == "resource"), "it is measured too");
    drop(store);
    assert_eq!(schema::version(&Connection::open(file).unwrap()).unwrap(), schema::SCHEMA_VERSION);
}

#[test]
fn a_photograph_cannot_be_moved_to_another_home() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), KEY).unwrap();
    keep(&store, Batch { homes: vec![offered(3, 0, b"a")], ..Batch::default() }).unwrap();
    let photos = vec![photo(4, 3, b"one"), photo(5, 3, b"two")];
    keep(&store, Batch { photos, ..Batch::default() }).unwrap();
    drop(store);
    tamper(
        folder.path(),
        "UPDATE photo SET body = (SELECT max(body) FROM photo), about = (SELECT max(about) FROM photo)",
    );
    let store = open(folder.path(), KEY).unwrap();
    assert!(matches!(store.photos(None, 9), Err(StoreFault::Corrupt(_))));
    let bodies = [4, 5].map(|number| store.photo_body(id(number)));
    assert_eq!(bodies.iter().filter(|body| matches!(body, Err(StoreFault::Corrupt(_)))).count(), 1);
}

#[test]
fn what_is_said_of_a_home_cannot_be_moved_to_another_or_to_an_earlier_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), KEY).unwrap();
    keep(&store, Batch { homes: vec![offered(3, 0, b"a"), offered(4, 0, b"b")], ..Batch::default() }).unwrap();
    keep(&store, Batch { homes: vec![offered(3, 1, b"a")], ..Batch::default() }).unwrap();
    drop(store);
    for moved in [
        "UPDATE home SET body = (SELECT body FROM home_version LIMIT 1) WHERE version = 2",
        "UPDATE home SET body = (SELECT body FROM home WHERE version = 1) WHERE version = 2",
    ] {
        tamper(folder.path(), moved);
        let store = open(folder.path(), KEY).unwrap();
        assert!(matches!(store.homes(None, 9), Err(StoreFault::Corrupt(_))), "{moved}");
        assert_eq!(store.home_versions(id(3)).unwrap().len(), 1);
    }
}

#[test]
fn a_wrong_or_missing_key_is_told_when_the_store_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), KEY).unwrap());
    assert!(matches!(open(folder.path(), OTHER), Err(OpenFault::KeyMissing(id)) if id == "k1"));
    let wrong = KEY.replace("AQE", "AwM");
    assert!(matches!(open(folder.path(), &wrong), Err(OpenFault::KeyDiffers(id)) if id == "k1"));
    let oldest_differs = format!("{KEY}{OTHER}");
    assert!(matches!(open(folder.path(), &oldest_differs), Err(OpenFault::KeyDiffers(id)) if id == "k2"));
}

#[test]
fn keys_are_renewed_while_the_store_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), KEY).unwrap();
    for number in 1..=3 {
        keep(&store, batch(number, b"body")).unwrap();
    }
    let (homes, providers) = (vec![offered(4, 0, b"said")], vec![offered(5, 0, b"said")]);
    let referrals = vec![offered(6, 0, b"said")];
    let photos = vec![photo(7, 4, b"picture")];
    keep(&store, Batch { homes, providers, referrals, photos, ..Batch::default() }).unwrap();
    let both = format!("{OTHER}{KEY}");
    let derived = store.derive("cursor");
    assert!(store.renew_keys(Keys::parse(OTHER.as_bytes()).unwrap()).is_err());
    store.renew_keys(Keys::parse(both.as_bytes()).unwrap()).unwrap();
    assert_eq!((store.census().unwrap().rewrap_left, store.derive("cursor")), (7, derived));
    let lots = [2, 2, 3].map(|lot| wait(|done| store.rewrap(lot, done)).unwrap());
    assert_eq!(lots, [5, 3, 0]);
    for number in 1..=3 {
        assert_eq!(store.body_chunk(id(number), 0).unwrap().unwrap(), b"body");
    }
    drop(store);
    let store = open(folder.path(), &both).unwrap();
    assert_eq!(
        (&store.homes(None, 1).unwrap()[0].body[..], &store.providers(None, 1).unwrap()[0].body[..]),
        (&b"said"[..], &b"said"[..])
    );
}

#[test]
fn changed_and_moved_cells_are_told_and_stop_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), KEY).unwrap();
    for number in 1..=4 {
        keep(&store, batch(number, b"body")).unwrap();
    }
    drop(store);
    tamper(
        folder.path(),
        "UPDATE chunk SET data = substr(data, 1, length(data) - 1) || x'ff' WHERE place = 1 << 24;
         UPDATE chunk SET data = (SELECT data FROM chunk WHERE place = 3 << 24) WHERE place = 2 << 24;
         UPDATE message SET terms = x'00' WHERE number = 4;",
    );
    let store = open(folder.path(), KEY).unwrap();
    for number in [1, 2] {
        assert!(matches!(store.body_chunk(id(number), 0), Err(StoreFault::Corrupt(_))));
    }
    assert_eq!(store.body_chunk(id(3), 0).unwrap().unwrap(), b"body");
    assert!(matches!(store.message(id(4)), Err(StoreFault::Corrupt(_))));
    assert_eq!(wait(|done| store.lease_messages(9, 5, done)).unwrap().len(), 3, "the fourth is set aside");
}

#[test]
fn a_chain_that_was_tampered_with_is_told_without_keys() {
    for (sql, broken) in [
        ("UPDATE audit SET line = replace(line, 'partner', 'nobody') WHERE seq = 2", Some((2, Break::Edited))),
        ("UPDATE audit SET actor = 'nobody' WHERE seq = 2", Some((2, Break::Edited))),
        ("DELETE FROM audit WHERE seq = 2", Some((2, Break::Missing))),
        ("DELETE FROM audit WHERE seq = 1", Some((1, Break::Missing))),
        ("DELETE FROM audit WHERE seq = 4", Some((4, Break::Truncated))),
        ("DELETE FROM audit", Some((1, Break::Truncated))),
        (
            "UPDATE audit SET seq = 9 WHERE seq = 2; UPDATE audit SET seq = 2 WHERE seq = 3; \
             UPDATE audit SET seq = 3 WHERE seq = 9",
            Some((2, Break::Reordered)),
        ),
        ("UPDATE audit_head SET hash = zeroblob(32)", Some((4, Break::Edited))),
        ("SELECT 1", None),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), KEY).unwrap();
        for number in 1..=4 {
            keep(&store, batch(number, b"body")).unwrap();
        }
        drop(store);
        tamper(folder.path(), sql);
        let verdict = verify_file(&folder.path().join(FILE_NAME), (None, None), None, &mut |_| {}).unwrap();
        match (broken, &verdict) {
            (Some((seq, how)), _) => assert_eq!(verdict, Verdict::Broken { seq, how }, "{sql}"),
            (None, Verdict::Intact { lines: 4, .. }) => {}
            _ => panic!("{verdict:?}"),
        }
    }
    let none = tempfile::tempdir().unwrap();
    assert!(verify_file(&none.path().join("none"), (None, None), None, &mut |_| {}).is_err());
}

#[test]
fn a_full_disk_refuses_what_comes_and_lets_the_rest_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(Settings { disk_free_bytes_min: u64::MAX, ..settings(folder.path(), KEY) }).unwrap();
    assert!(matches!(keep(&store, batch(1, b"body")), Err(StoreFault::Full)));
    assert!(matches!(wait(|done| store.arrive(id(1), 0, done)), Err(StoreFault::Full)));
    keep(&store, Batch { message: None, ..batch(1, b"") }).unwrap();
    wait(|done| store.touch(1, done)).unwrap();
    assert_eq!(store.audit_head().unwrap().0, 1);
}

#[test]
fn a_write_that_finds_no_room_leaves_nothing_and_later_ones_do() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), KEY).unwrap();
    keep(&store, batch(1, b"body")).unwrap();
    let limit = |pages: u32| {
        let done = |done| {
            store.writer.hand_in(done, move |writing| {
                let set = writing.db.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()));
                set.map(Work::Keep).map_err(StoreFault::from)
            });
        };
        wait(done).unwrap();
    };
    let pages: u32 = store.read(|it| Ok(it.db.pragma_query_value(None, "page_count", |row| row.get(0))?)).unwrap();
    limit(pages + 4);
    let large = vec![7; crate::CHUNK_BYTES_MAX];
    assert!(matches!(keep(&store, batch(2, &large)), Err(StoreFault::Full)));
    assert!(store.message(id(2)).unwrap().is_none());
    assert_eq!(store.audit_head().unwrap().0, 1);
    keep(&store, batch(3, b"small")).unwrap();
    limit(pages + 1_000);
    keep(&store, batch(2, &large)).unwrap();
    assert_eq!(store.body_chunk(id(2), 0).unwrap().unwrap(), large);
    assert!(matches!(store.verify((None, None), None, &mut |_| {}), Ok(Verdict::Intact { lines: 3, .. })));
}

#[test]
fn what_was_answered_is_in_a_copy_of_the_files_made_at_any_moment() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), KEY).unwrap();
    for number in 1..=40 {
        keep(&store, batch(number, b"body")).unwrap();
        if number % 8 == 0 {
            // As after a lost process: the log is not folded in, the lock is nobody's.
            let copy = tempfile::tempdir().unwrap();
            for name in [FILE_NAME.to_owned(), format!("{FILE_NAME}-wal")] {
                std::fs::copy(folder.path().join(&name), copy.path().join(&name)).unwrap();
            }
            let again = open(copy.path(), KEY).unwrap();
            assert_eq!(again.audit_head().unwrap(), store.audit_head().unwrap());
            assert_eq!(again.body_chunk(id(number), 0).unwrap().unwrap(), b"body");
        }
    }
}

#[test]
fn a_purged_store_gives_its_room_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), KEY).unwrap();
    let body = vec![7; 100_000];
    for number in 1..=50 {
        keep(&store, batch(number, &body)).unwrap();
    }
    let held =
        || store.census().unwrap().bytes.iter().find(|(name, _)| name == "all").map(|(_, bytes)| *bytes).unwrap();
    let before = held();
    for message in wait(|done| store.lease_messages(50, 5, done)).unwrap() {
        let settlement = MessageSettlement {
            id: message.message.id,
            fence: message.fence,
            at: 5,
            state: crate::message::MessageState::Read,
            reason: None,
            counts: Vec::new(),
            report: Vec::new(),
            rejects: Vec::new(),
            batch: Batch::default(),
        };
        wait(|done| store.settle_message(settlement, done)).unwrap().unwrap();
    }
    let due = Retention {
        content_before: 6,
        quarantine_before: 6,
        report_before: 6,
        delivery_before: 6,
        audit_before: 0,
        keys_before: 6,
    };
    while wait(|done| store.purge(&due, 9, 10, done)).unwrap() > 0 {}
    assert!(held() < before / 5, "{} of {before}", held());
}

#[test]
fn a_store_that_is_looked_into_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let look = |keys: &str| SqliteStore::open_to_read(settings(folder.path(), keys));
    assert!(matches!(look(KEY).unwrap_err(), OpenFault::Missing));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "none is made");
    let store = open(folder.path(), KEY).unwrap();
    assert!(matches!(look(KEY).unwrap_err(), OpenFault::InUse));
    for number in 1..=2 {
        keep(&store, batch(number, b"body")).unwrap();
    }
    assert_eq!(wait(|done| store.lease_messages(1, 5, done)).unwrap().len(), 1);
    let (head, all) = (store.audit_head().unwrap(), MessageFilter { limit: 10, ..MessageFilter::default() });
    let stood = format!("{:?}", store.messages(&all).unwrap());
    drop(store);
    assert!(matches!(look(OTHER).unwrap_err(), OpenFault::KeyMissing(_)));
    for _ in 0..5 {
        let store = look(KEY).unwrap();
        assert!(matches!(open(folder.path(), KEY).unwrap_err(), OpenFault::InUse));
        assert_eq!(format!("{:?}", store.messages(&all).unwrap()), stood);
        assert_eq!(store.body_chunk(id(1), 0).unwrap().unwrap(), b"body");
        assert!(wait(|done| store.keep(batch(3, b"body"), done)).is_err());
        assert!(wait(|done| store.lease_messages(1, 5, done)).is_err());
        assert_eq!(store.audit_head().unwrap(), head);
    }
    // A key that the store has never seen is not written into it either.
    drop(look(&format!("{OTHER}{KEY}")).unwrap());
    assert!(look(KEY).is_ok(), "it needs no key more than before");
    let store = open(folder.path(), KEY).unwrap();
    let leased = wait(|done| store.lease_messages(9, 5, done)).unwrap();
    assert_eq!(leased.iter().map(|leased| leased.crashes).collect::<Vec<_>>(), [1, 0], "one process ended, not six");
    drop(store);
    tamper(folder.path(), "PRAGMA user_version = 0");
    assert!(matches!(look(KEY).unwrap_err(), OpenFault::Older { store: 0, .. }));
    tamper(folder.path(), "PRAGMA user_version = 99");
    assert!(matches!(look(KEY).unwrap_err(), OpenFault::Newer { store: 99, .. }));
}

/// How SQLite goes about a query.
fn plan(store: &SqliteStore, query: &str) -> Vec<String> {
    let plan = store.read(|reading| {
        let mut explained = reading.db.prepare(&format!("EXPLAIN QUERY PLAN {query}"))?;
        let nothing = vec![rusqlite::types::Null; explained.parameter_count()];
        let steps = explained.query_map(rusqlite::params_from_iter(nothing), |row| row.get(3))?;
        Ok(steps.collect::<Result<_, _>>()?)
    });
    plan.unwrap()
}

#[test]
fn what_is_next_is_found_without_looking_at_all_that_waits() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path(), KEY).unwrap();
    for query in [messages::NEXT_TO_READ, lanes::NEXT_TO_LEAVE] {
        let plan = plan(&store, query);
        assert!(plan.len() == 1 && plan[0].contains("USING") && !plan[0].contains("TEMP"), "{plan:?}");
    }
}

#[test]
fn whoever_is_not_indexed_is_found_without_looking_at_whoever_is() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&open(folder.path(), KEY).unwrap(), subjects::NEXT_TO_INDEX);
    assert!(plan[0].contains("subject_unindexed") && !plan.iter().any(|step| step.contains("TEMP")), "{plan:?}");
}
