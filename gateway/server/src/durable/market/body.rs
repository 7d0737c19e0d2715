//! A home or a provider as the store keeps it: one record of a place, in the form of everything else that is held.

use std::sync::Arc;

use exchange::holding::Holding;
use schemas::diagnostic::Place;
use schemas::identifier::{Identifier, ProviderUrn};
use schemas::record::{Record, Source, Statement, Subject};
use store::StoreFault;
use store::home::MarketKey;

use crate::durable::held::{read_holding, write_holding};

/// What is said of a provider's place.
pub(super) fn write(urn: ProviderUrn, statement: Statement) -> Vec<u8> {
    let subject = Arc::new(Subject::place(vec![Identifier::Provider(urn)]));
    let records = vec![Record { subject: subject.clone(), statement, source: Source::at(Place::Document) }];
    write_holding(&Holding { subject: Some(subject), records, ..Holding::default() })
}

/// Reads what [`write`] wrote.
///
/// # Errors
/// [`StoreFault::Corrupt`] for anything else.
pub(super) fn read(bytes: &[u8]) -> Result<(ProviderUrn, Statement), StoreFault> {
    const NOT_OURS: StoreFault = StoreFault::Corrupt("a home is not what was written");
    let mut holding = read_holding(bytes)?;
    let subject = holding.subject.ok_or(NOT_OURS)?;
    let [Identifier::Provider(urn)] = subject.identifiers[..] else { return Err(NOT_OURS) };
    match holding.records.pop() {
        Some(record) if holding.records.is_empty() => Ok((urn, record.statement)),
        _ => Err(NOT_OURS),
    }
}

/// What a home is called: its provider and the provider's own reference.
pub(super) fn home_key(urn: ProviderUrn, vacancy_id: &str) -> MarketKey {
    let mut key = provider_key(urn).0;
    key.push(0);
    key.extend_from_slice(vacancy_id.as_bytes());
    MarketKey(key)
}

/// What a provider is called: who registers it, and its number there.
pub(super) fn provider_key(urn: ProviderUrn) -> MarketKey {
    MarketKey(format!("{:?}\0{}", urn.regulator(), urn.as_str()).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemas::code::Regulator;
    use schemas::record::{Provider, Vacancy};

    #[test]
    fn what_is_said_of_a_home_comes_back_and_nothing_else_is_read() {
        let urn = ProviderUrn::read(Regulator::Ofsted, b"SC999901").unwrap();
        for statement in [Statement::from(Vacancy::default()), Statement::from(Provider::default())] {
            let bytes = write(urn, statement.clone());
            assert_eq!(read(&bytes).unwrap(), (urn, statement));
            for end in 0..bytes.len() {
                assert!(read(&bytes[..end]).is_err(), "{end}");
            }
        }
        assert!(read(&write_holding(&Holding::default())).is_err());
    }

    #[test]
    fn no_two_homes_are_called_alike() {
        let urn = |regulator, number: &[u8]| ProviderUrn::read(regulator, number).unwrap();
        let ofsted = urn(Regulator::Ofsted, b"SC999901");
        let keys = [
            home_key(ofsted, "V-1"),
            home_key(ofsted, "V-2"),
            home_key(urn(Regulator::Unregistered, b"SC999901"), "V-1"),
            home_key(urn(Regulator::Ofsted, b"SC999902"), "V-1"),
            provider_key(ofsted),
        ];
        let different: std::collections::HashSet<_> = keys.iter().collect();
        assert_eq!(different.len(), keys.len());
    }
}
