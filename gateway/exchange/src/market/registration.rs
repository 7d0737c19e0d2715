//! A provider's registration as a configuration, an address and the store write it: Ofsted's number alone, another
//! regulator's behind its word and a colon, `ciw:W18/0001`. Other regulators' numbers are kept and not checked.

use schemas::{
    code::{Code, Regulator},
    identifier::ProviderUrn,
};

/// Reads what [`write`] writes.
#[must_use]
pub fn read(text: &str) -> Option<ProviderUrn> {
    let (regulator, number) = match text.trim().split_once(':') {
        None => (Regulator::Ofsted, text),
        Some((word, number)) => (Regulator::all().find(|known| known.word() == word)?, number),
    };
    ProviderUrn::read(regulator, number.as_bytes()).ok()
}

/// A registration as text.
#[must_use]
pub fn write(urn: ProviderUrn) -> String {
    match urn.regulator() {
        Regulator::Ofsted => urn.as_str().to_owned(),
        other => format!("{}:{}", other.word(), urn.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_comes_back_and_ofsteds_is_its_number_alone() {
        for regulator in Regulator::all() {
            let number = if regulator == Regulator::Ofsted { "SC999901" } else { "W18/0001" };
            let urn = ProviderUrn::read(regulator, number.as_bytes()).unwrap();
            assert_eq!(read(&write(urn)), Some(urn), "{regulator:?}");
        }
        assert_eq!(write(read(" sc999901 ").unwrap()), "SC999901");
        assert_eq!(read("ofsted:SC999901"), read("SC999901"));
        for wrong in ["", "W18/0001", "ciw:", "canary:W18/0001", "999901"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
