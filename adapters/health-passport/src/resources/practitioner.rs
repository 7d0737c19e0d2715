//! Practitioner: a worker of the authority.

use schemas::{record::SocialWorker, said::Said};

use super::{identify_beside, telecom};
use crate::{
    child::Child,
    writer::{IdText, Object, key, members},
};

/// Writes a worker. The number has no system: none is registered for it.
pub(super) fn write(child: &Child<'_>, worker: &SocialWorker, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    object.array(key!(identifier), |identifiers| {
        if let Said::Is(number) = &worker.worker_id {
            identifiers.object(|identifier| {
                // `XX`, or a number of the authority's own, is no registration.
                let prefix = number.as_str().as_bytes().get(..2).unwrap_or_default();
                match prefix.eq_ignore_ascii_case(b"SW") {
                    true => identifier.members(members!(
                        r#""type":{"coding":[{"system":"urn:homeward:cs:identifier-type","code":"swe","display":"Social Work England registration"}]}"#
                    )),
                    false => identifier.members(members!(
                        r#""type":{"coding":[{"system":"urn:homeward:cs:identifier-type","code":"worker","display":"Worker number of the authority"}]}"#
                    )),
                }
                identifier.text(key!(value), number.as_str());
            });
        }
        identify_beside(identifiers, child.conventions, id);
    });
    if retracted {
        object.members(members!(r#""active":false"#));
    }
    if let Said::Is(name) = &worker.name {
        object.array(key!(name), |names| names.object(|human| human.text(key!(text), name)));
    }
    if let Said::Is(telecoms) = &worker.telecom {
        object.array(key!(telecom), |points| telecom::write(telecoms, points));
    }
}
