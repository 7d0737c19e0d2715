//! The whole fake return of 2017/18.

use std::path::PathBuf;

use schemas::record::Record;

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
    assert_eq!(read.rows, 25_975);
    assert_eq!(read.children.len(), 2_676, "2,675 of the header, and one of the last two modules");
    let says = |wanted: &str| {
        let says = |records: &[Record]| records.iter().any(|record| record.statement.statement_type().name == wanted);
        read.children.iter().filter(|(records, _)| says(records)).count()
    };
    assert_eq!((says("Person"), says("CareEpisode")), (2_675, 2_123));
    assert_eq!(
        read.children.iter().filter(|(_, held)| *held).count(),
        29,
        "whose reason for the end of a plan is no code"
    );
    assert_eq!(read.labels.iter().filter(|label| label.as_str() == "part-4").count(), 1, "the XML is left aside");
    assert!(read.labels.iter().any(|label| label == "placed-adoption#2"), "two parts hold one module");
}
