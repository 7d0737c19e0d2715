//! Laws of the Common Transfer File over bytes that are cut, changed and hostile.

use epep::ctf::CTF_XML;
use proptest::prelude::*;

use crate::{
    ctf::{PUPIL, file, options},
    support::read,
};

fn three() -> String {
    let pupil = |upn: &str| PUPIL.replace("J330999925001", upn);
    file(&[pupil("J330999925001"), pupil("W330999924017"), pupil("D816888824003")].concat())
}

#[test]
fn a_file_cut_anywhere_loses_the_pupil_that_is_cut_and_nothing_before() {
    let document = three();
    let whole = read(&CTF_XML, document.as_bytes(), &options()).statements();
    assert_eq!(whole.len(), 3);
    for bytes in 0..document.len() {
        let read = read(&CTF_XML, &document.as_bytes()[..bytes], &options());
        let ended = document[..bytes].matches("</Pupil>").count();
        let said: Vec<_> = read.statements().into_iter().filter(|said| !said.is_empty()).collect();
        assert!(said == whole[..ended], "cut at {bytes}");
        let told = read.codes().iter().any(|code| code.starts_with("xml/"));
        assert!(told, "cut at {bytes}: not told");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_file_is_read_twice_alike_and_told_inside(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let mut bytes = three().into_bytes();
        for (at, byte, deed) in changes {
            let at = at.index(bytes.len());
            match deed {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let (first, again) = (read(&CTF_XML, &bytes, &options()), read(&CTF_XML, &bytes, &options()));
        prop_assert!(first.statements() == again.statements());
        prop_assert_eq!(&first.told, &again.told);
        for told in &first.told {
            prop_assert!(told.place.order().1 <= bytes.len() as u64 + 1);
        }
    }
}

#[test]
fn no_place_and_no_rule_tells_a_value() {
    let hostile = PUPIL
        .replace("F</Sex>", "Zebedee</Sex>")
        .replace("2016-11-20", "Zebedee")
        .replace("<UCI>", "<Zebedee>")
        .replace("<Email>", "<Zebedee>x</Zebedee><Email Zebedee='Zebedee'>")
        .replace("KS2", "Zebedee");
    let read = read(&CTF_XML, file(&hostile).as_bytes(), &options());
    assert!(read.told.len() > 3);
    assert!(!format!("{:?}", read.told).contains("Zebedee"));
}
