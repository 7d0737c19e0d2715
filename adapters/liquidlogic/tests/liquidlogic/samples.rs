//! The whole fake return of 2017/18.

use std::path::PathBuf;

use crate::support::{folder, read, year};

fn samples() -> Option<PathBuf> {
    let path = std::env::var_os("HOMEWARD_SAMPLES")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"), PathBuf::from);
    path.is_dir().then_some(path)
}

#[test]
fn the_fake_return_is_read_whole() {
    let Some(samples) = samples() else {
        eprintln!("SKIPPED: the samples are absent; name their folder in HOMEWARD_SAMPLES");
        return;
    };
    let document = folder(&samples.join("ssda903/fake-2018"));
    let read = read(&document, &year(2018));
    eprintln!("{:?} {} children={} closed={}", read.labels, read.rows, read.children.len(), read.closed);
    for (code, n) in read.counts() {
        eprintln!("{code} {n}");
    }
    eprintln!("held {}", read.children.iter().filter(|(_, held)| *held).count());
    let mut types = std::collections::BTreeMap::new();
    for (records, _) in &read.children {
        for record in records {
            *types.entry(record.statement.statement_type().name).or_insert(0) += 1;
        }
    }
    eprintln!("{types:?}");
    assert_eq!(read.rows, 25_975);
}
