//! The identifiers of a child as the index has them: by system and value, and blind to everything else.

use kit::adapter::Dossier;
use schemas::identifier::{Identifier, LaCode};
use store::identity::BlindIdentifier;

/// The identifiers of a child, the sender's own key first.
pub(super) fn ranked(dossier: &Dossier) -> Vec<Identifier> {
    let Some(subject) = &dossier.subject else { return Vec::new() };
    let mut identifiers = subject.identifiers.clone();
    identifiers.sort_by_key(Identifier::rank);
    let authority = subject.authority;
    identifiers.retain(|identifier| blind_of(identifier, authority).is_some());
    identifiers
}

/// Those identifiers, in the same order, as the index is asked for them.
pub(super) fn blind(dossier: &Dossier) -> Vec<BlindIdentifier> {
    let authority = dossier.subject.as_ref().and_then(|subject| subject.authority);
    ranked(dossier).iter().filter_map(|identifier| blind_of(identifier, authority)).collect()
}

/// An identifier as the index has it; `None` for one of an authority that is not known.
pub(crate) fn blind_of(identifier: &Identifier, authority: Option<LaCode>) -> Option<BlindIdentifier> {
    let (mut system, mut value) = (Vec::new(), Vec::new());
    identifier.system(authority, &mut system).ok()?;
    identifier.write_value(&mut value);
    Some(BlindIdentifier { system: String::from_utf8(system).ok()?, value: String::from_utf8(value).ok()? })
}
