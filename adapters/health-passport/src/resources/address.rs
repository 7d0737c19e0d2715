//! Address: where the child lives, or somebody who belongs to it.

use schemas::{
    code::AddressType,
    date::Date,
    postcode::Postcode,
    record::{Address, PostalAddress},
    said::Said,
};

use super::{is_over, write_period};
use crate::{
    concept::text,
    writer::{Array, Object, key, members, value},
};

/// Whether an address says where that is; its postcode alone does.
pub(crate) fn says_where(address: &Address) -> bool {
    let lines = address.lines.as_ref().is().is_some_and(|lines| lines.iter().any(|line| !line.trim().is_empty()));
    let uprn = address.more.as_ref().is_some_and(|more| text(&more.uprn).is_some());
    lines || uprn || address.postcode.has_value() || text(&address.town).or_else(|| text(&address.county)).is_some()
}

/// Writes where the child lives or lived.
pub(super) fn write(address: &Address, as_at: Option<Date>, addresses: &mut Array<'_>) {
    addresses.object(|object| {
        if let Some(uprn) = address.more.as_ref().and_then(|more| text(&more.uprn)) {
            object.array(key!(extension), |extensions| extensions.object(|extension| write_uprn(uprn, extension)));
        }
        match address.r#type {
            Said::Is(AddressType::Home) => object.members(members!(r#""use":"home""#)),
            Said::Is(AddressType::Placement) => object.members(members!(r#""use":"temp""#)),
            _ if is_over(&address.end_date, as_at) => object.members(members!(r#""use":"old""#)),
            _ => (),
        }
        object.members(members!(r#""type":"physical""#));
        write_place((&address.lines, &address.town, &address.county, &address.postcode), object);
        write_period(object, key!(period), address.start_date.is(), address.end_date.is());
    });
}

/// Writes where another person lives; nothing when that is not said.
pub(super) fn write_other(address: &PostalAddress, addresses: &mut Array<'_>) {
    addresses.object(|object| {
        write_place((&address.lines, &address.town, &address.county, &address.postcode), object);
    });
}

type Place<'a> = (&'a Said<Vec<Box<str>>>, &'a Said<Box<str>>, &'a Said<Box<str>>, &'a Said<Postcode>);

fn write_place((lines, town, county, postcode): Place<'_>, object: &mut Object<'_>) {
    object.array(key!(line), |array| {
        lines.as_ref().is().into_iter().flatten().for_each(|line| array.text(line));
    });
    if let Some(town) = text(town) {
        object.text(key!(city), town);
    }
    if let Some(county) = text(county) {
        object.text(key!(district), county);
    }
    object.written(key!(postalCode), |out| postcode.is().iter().for_each(|postcode| postcode.write_spaced(out)));
}

fn write_uprn(uprn: &str, extension: &mut Object<'_>) {
    extension.members(members!(r#""url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AddressKey""#));
    extension.array(key!(extension), |parts| {
        parts.value(value!(
            r#"{"url":"type","valueCodeableConcept":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-AddressKeyType","code":"UPRN"}]}}"#
        ));
        parts.object(|part| {
            part.members(members!(r#""url":"value""#));
            part.text(key!(valueString), uprn);
        });
    });
}
