//! The register as Ofsted published it at 31 March 2023.

use std::path::PathBuf;

use exchange::market::register::{Register, Standing};
use schemas::{
    code::{OfstedRating, ProviderSector, Provision, Regulator},
    identifier::ProviderUrn,
};

/// The published file: in `HOMEWARD_SAMPLES`, else in `../shared/samples` beside the workspace, where that exists.
fn published() -> Option<Vec<u8>> {
    let samples = std::env::var_os("HOMEWARD_SAMPLES")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples"), PathBuf::from);
    std::fs::read(samples.join("ofsted/provider_level_at_31_march_2023.csv")).ok()
}

#[test]
fn the_published_register_is_read_whole() {
    let Some(bytes) = published() else {
        eprintln!("SKIPPED: the samples are absent; name their folder in HOMEWARD_SAMPLES");
        return;
    };
    let register = Register::read(&bytes).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(register.len(), 3_546);
    let active = |urn| register.standing(urn) == Standing::Active;
    assert_eq!(register.entries().filter(|(urn, _)| !active(*urn)).count(), 7, "suspended");
    let kind = |provision| register.entries().filter(|(_, entry)| entry.provision == Some(provision)).count();
    // Homes of both spellings, secure ones, and special schools that are registered as homes.
    assert_eq!((kind(Provision::Residential), kind(Provision::SupportedAccommodation)), (2_814 + 7 + 13 + 56, 0));
    let agencies: Vec<_> = register
        .entries()
        .filter(|(urn, entry)| entry.provision == Some(Provision::Fostering) && active(*urn))
        .map(|(_, entry)| entry)
        .collect();
    assert_eq!(agencies.len(), 313);
    let rated = |rating| agencies.iter().filter(|entry| entry.rating == Some(rating)).count();
    let ratings = [
        OfstedRating::Good,
        OfstedRating::Outstanding,
        OfstedRating::RequiresImprovement,
        OfstedRating::Inadequate,
        OfstedRating::NotYetInspected,
    ];
    assert_eq!(ratings.map(rated), [233, 64, 13, 3, 0]);
    let owned = |sector| agencies.iter().filter(|entry| entry.sector == Some(sector)).count();
    assert_eq!((owned(ProviderSector::Private), owned(ProviderSector::Voluntary)), (258, 55));
    assert!(agencies.iter().all(|entry| entry.rating_date.is_some() && entry.name.is_some()));
    let nobody = ProviderUrn::read(Regulator::Ofsted, b"SC999901").unwrap();
    assert_eq!(register.standing(nobody), Standing::NotListed);
}

/// Whatever is lost on the way, what is read is what stands there, or nothing is taken.
#[test]
fn a_register_that_is_cut_short_is_refused_or_is_a_part() {
    let Some(bytes) = published() else {
        eprintln!("SKIPPED: the samples are absent; name their folder in HOMEWARD_SAMPLES");
        return;
    };
    let whole = Register::read(&bytes).unwrap();
    for share in 1..=40 {
        let cut = bytes.len() * share / 41;
        if let Ok(part) = Register::read(&bytes[..cut]) {
            assert!(part.len() < whole.len());
            for (urn, entry) in part.entries() {
                assert_eq!(whole.entry(urn), Some(entry));
            }
        }
    }
}
