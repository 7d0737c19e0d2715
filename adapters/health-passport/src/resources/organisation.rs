//! A Reference to an organisation of the NHS, by its code and its name.

use schemas::record::NhsOrganisation;

use crate::{
    concept::text,
    writer::{Object, key, members},
};

/// Writes it into a reference; nothing when neither is said.
pub(super) fn refer(organisation: &NhsOrganisation, reference: &mut Object<'_>) {
    let (code, name) = (text(&organisation.ods), text(&organisation.name));
    if code.is_none() && name.is_none() {
        return;
    }
    reference.members(members!(r#""type":"Organization""#));
    if let Some(code) = code {
        reference.object(key!(identifier), |identifier| {
            identifier.members(members!(r#""system":"https://fhir.nhs.uk/Id/ods-organization-code""#));
            identifier.text(key!(value), code);
        });
    }
    if let Some(name) = name {
        reference.text(key!(display), name);
    }
}
