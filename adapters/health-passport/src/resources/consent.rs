//! Consent: what was permitted or denied, and to whom.

use schemas::{
    code::{ConsentDecision, ConsentGivenBy, ConsentScope},
    record::Consent,
    said::Said,
};

use super::{identify, is_over, list_authority, write_period};
use crate::{
    child::Child,
    writer::{Array, IdText, Object, key, members},
};

/// Writes consent; scope and decision are said, or it would not have come here.
pub(super) fn write(child: &Child<'_>, consent: &Consent, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    identify(object, id);
    object.members(match (retracted, is_over(&consent.end_date, child.conventions.as_at)) {
        (true, _) => members!(r#""status":"entered-in-error""#),
        (_, false) => members!(r#""status":"active""#),
        (_, true) => members!(r#""status":"inactive""#),
    });
    object.members(match consent.scope {
        Said::Is(ConsentScope::Treatment | ConsentScope::Immunisation) => members!(
            r#""scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"treatment","display":"Treatment"}]}"#
        ),
        _ => members!(
            r#""scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy","display":"Privacy Consent"}]}"#
        ),
    });
    object.members(members!(
        r#""category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"INFA","display":"information access"},{"system":"http://snomed.info/sct","code":"887031000000108","display":"Consent for information sharing"}]}]"#
    ));
    object.value(key!(patient), child.patient_reference.value());
    if let Said::Is(start) = consent.start_date {
        object.date(key!(dateTime), start);
    }
    write_giver(child, consent, object);
    list_authority(object, key!(organization), child.authority);
    let denied = matches!(consent.decision, Said::Is(ConsentDecision::Deny));
    object.members(match denied {
        false => members!(
            r#""policyRule":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OPTIN","display":"opt-in"}]}"#
        ),
        true => members!(
            r#""policyRule":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OPTOUT","display":"opt-out"}]}"#
        ),
    });
    object.object(key!(provision), |provision| {
        provision.members(match denied {
            false => members!(r#""type":"permit""#),
            true => members!(r#""type":"deny""#),
        });
        write_period(provision, key!(period), consent.start_date.is(), consent.end_date.is());
        if let Said::Is(recipients) = &consent.recipients {
            provision.array(key!(actor), |actors| {
                recipients.iter().for_each(|recipient| write_recipient(recipient, actors));
            });
        }
    });
}

fn write_giver(child: &Child<'_>, consent: &Consent, object: &mut Object<'_>) {
    let Said::Is(giver) = consent.given_by else { return };
    if giver == ConsentGivenBy::LocalAuthority {
        return list_authority(object, key!(performer), child.authority);
    }
    if giver == ConsentGivenBy::Oneself {
        return object.array(key!(performer), |performers| performers.value(child.patient_reference.value()));
    }
    object.array(key!(performer), |performers| {
        performers.object(|performer| match (giver, &consent.given_by_name) {
            (_, Said::Is(name)) if !name.trim().is_empty() => performer.text(key!(display), name),
            (ConsentGivenBy::Parent, _) => performer.members(members!(r#""display":"Parent""#)),
            (ConsentGivenBy::Court, _) => performer.members(members!(r#""display":"Court""#)),
            (ConsentGivenBy::LocalAuthority | ConsentGivenBy::Oneself, _) => (),
        });
    });
}

/// A recipient is an ODS code, of capital letters and digits, or the name of a sector.
fn write_recipient(recipient: &str, actors: &mut Array<'_>) {
    if recipient.trim().is_empty() {
        return;
    }
    let is_code = recipient.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    actors.object(|actor| {
        actor.members(members!(
            r#""role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"IRCP","display":"information recipient"}]}"#
        ));
        actor.object(key!(reference), |reference| match is_code {
            true => {
                reference.members(members!(r#""type":"Organization""#));
                reference.object(key!(identifier), |identifier| {
                    identifier.members(members!(r#""system":"https://fhir.nhs.uk/Id/ods-organization-code""#));
                    identifier.text(key!(value), recipient);
                });
            }
            false => reference.text(key!(display), recipient),
        });
    });
}
