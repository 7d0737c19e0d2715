//! ContactPoint: ways to reach a person.

use schemas::{code::TelecomSystem, record::Telecom, said::Said};

use crate::writer::{Array, Object, key, members};

/// Writes the ways of which both the system and the value are said (R4, cpt-2).
pub(super) fn write(telecoms: &[Telecom], array: &mut Array<'_>) {
    for telecom in telecoms {
        let (Said::Is(system), Said::Is(value)) = (telecom.system, &telecom.value) else { continue };
        if !value.trim().is_empty() {
            array.object(|point| write_point(system, value, point));
        }
    }
}

fn write_point(system: TelecomSystem, value: &str, point: &mut Object<'_>) {
    match system {
        TelecomSystem::Phone => point.members(members!(r#""system":"phone""#)),
        TelecomSystem::Email => point.members(members!(r#""system":"email""#)),
    }
    point.text(key!(value), value);
}
