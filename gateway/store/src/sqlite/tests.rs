//! The laws of every store, and those of this one alone.

use std::sync::Arc;

use super::*;
use crate::conformance::{Ground, laws, wait};

struct Folder(tempfile::TempDir);

fn keys() -> Keys {
    Keys::parse(KEY.as_bytes()).unwrap()
}

const KEY: &str = "k1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n";
const OTHER: &str = "k2:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n";

fn settings(folder: &Path, keys: &str) -> Settings {
    Settings {
        folder: folder.to_owned(),
        keys: Keys::parse(keys.as_bytes()).unwrap(),
        commit_wait_us_max: 2_000,
        commit_messages_max: 256,
        disk_free_bytes_min: 0,
    }
}

impl Ground for Folder {
    fn open(&self) -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(settings(self.0.path(), KEY)).unwrap())
    }
}

#[test]
fn sqlite_keeps_every_law() {
    for (name, law) in laws() {
        println!("{name}");
        law(&Folder(tempfile::tempdir().unwrap()));
    }
    assert_eq!(keys().first(), "k1");
}
