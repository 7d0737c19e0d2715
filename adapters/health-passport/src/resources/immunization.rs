//! Immunization: a vaccine that was given, or was not.

use schemas::{
    code::ImmunisationStatus,
    record::{Immunisation, ImmunisationMore},
    said::Said,
};

use super::{identify, organisation};
use crate::{
    child::Child,
    concept::{self, text},
    writer::{Array, IdText, Object, key, members},
};

/// Writes an immunisation; whether it was given is said, or it would not have come here.
pub(super) fn write(child: &Child<'_>, given: &Immunisation, retracted: bool, id: &IdText, object: &mut Object<'_>) {
    let more = given.more.as_deref();
    object.array(key!(extension), |extensions| write_extensions(more, extensions));
    identify(object, id);
    let not_done = given.status == Said::Is(ImmunisationStatus::NotDone);
    object.members(match (retracted, not_done) {
        (true, _) => members!(r#""status":"entered-in-error""#),
        (_, false) => members!(r#""status":"completed""#),
        (_, true) => members!(r#""status":"not-done""#),
    });
    if not_done {
        match more.and_then(|more| more.not_done_reason.as_ref().is()).filter(|reason| concept::says_something(reason))
        {
            Some(reason) => concept::write(object, key!(statusReason), reason),
            // UK Core forbids to say that it was not given without a reason (ukcore-imm-001).
            None => object.members(members!(r#""statusReason":{"text":"Reason not recorded"}"#)),
        }
    }
    match given.vaccine.as_ref().is().filter(|vaccine| concept::says_something(vaccine)) {
        Some(vaccine) => concept::write(object, key!(vaccineCode), vaccine),
        None => object.members(members!(
            r#""vaccineCode":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-NullFlavor","code":"UNK","display":"unknown"}],"text":"Vaccine not recorded"}"#
        )),
    }
    object.value(key!(patient), child.patient_reference.value());
    match given.date {
        // Of midnight only the day is known.
        Said::Is(moment) => object.written(key!(occurrenceDateTime), |out| match moment.date() {
            Some(day) if moment.is_midnight() => day.write_iso(out),
            _ => moment.write(out),
        }),
        _ => object.members(members!(r#""occurrenceString":"Date not recorded""#)),
    }
    if let Some(more) = more {
        write_batch(more, object);
    }
    write_protocol(given, object);
}

fn write_extensions(more: Option<&ImmunisationMore>, extensions: &mut Array<'_>) {
    let Some(more) = more else { return };
    if let Said::Is(procedure) = &more.procedure {
        extensions.object_with(
            members!(r#""url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-VaccinationProcedure""#),
            |extension| concept::write(extension, key!(valueCodeableConcept), procedure),
        );
    }
    if let Said::Is(present) = more.parent_present {
        extensions.object(|extension| {
            extension.members(members!(
                r#""url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-ParentPresent""#
            ));
            extension.flag(key!(valueBoolean), present);
        });
    }
}

fn write_batch(more: &ImmunisationMore, object: &mut Object<'_>) {
    if let Said::Is(primary) = more.primary_source {
        object.flag(key!(primarySource), primary);
    }
    if let Some(lot) = text(&more.lot) {
        object.text(key!(lotNumber), lot);
    }
    if let Said::Is(expiry) = more.expiry {
        object.date(key!(expirationDate), expiry);
    }
    if let Said::Is(site) = &more.site {
        concept::write(object, key!(site), site);
    }
    if let Said::Is(route) = &more.route {
        concept::write(object, key!(route), route);
    }
    if let Said::Is(place) = &more.performer_org {
        object.array(key!(performer), |performers| {
            performers.object(|performer| {
                performer.object(key!(actor), |reference| organisation::refer(place, reference));
            });
        });
    }
}

/// Against what, and which dose. FHIR wants the dose wherever there is a protocol.
fn write_protocol(given: &Immunisation, object: &mut Object<'_>) {
    let targets = given.targets.as_ref().is().map_or(&[][..], |targets| targets);
    let dose = text(&given.dose_number).map(str::trim);
    if dose.is_none() && !targets.iter().any(concept::says_something) {
        return;
    }
    object.array(key!(protocolApplied), |protocols| {
        protocols.object(|protocol| {
            protocol.array(key!(targetDisease), |diseases| {
                targets.iter().for_each(|target| concept::list(diseases, target));
            });
            match dose.map(|dose| (dose, dose.parse::<u16>())) {
                Some((_, Ok(number))) if number > 0 => protocol.number(key!(doseNumberPositiveInt), number),
                Some((words, _)) => protocol.text(key!(doseNumberString), words),
                None => protocol.members(members!(r#""doseNumberString":"Not recorded""#)),
            }
        });
    });
}
