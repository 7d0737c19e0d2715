//! Elements as fields: what is not there is not said, what cannot be read is unreadable.

use schemas::{
    code::{Code, TelecomSystem},
    date::{Date, DateTime},
    postcode::{Postcode, PostcodeRead},
    record::{Coding, NhsOrganisation, Telecom},
    reflect::Number,
    said::Said,
};

use crate::{coding::Codings, fhir::tree::Element};

/// The days of a record.
const ISO_DAY_LENGTH: usize = 10;

/// A value that is there, or that nobody asked for.
pub(super) fn said<T>(value: Option<T>) -> Said<T> {
    value.map_or(Said::NotAsked, Said::Is)
}

/// Text; blank text says nothing.
pub(super) fn text(element: Option<Element<'_>>) -> Said<Box<str>> {
    let value = element.and_then(Element::value).filter(|value| !value.trim().is_empty());
    said(value.map(|value| value.into_owned().into_boxed_str()))
}

/// A day, by the clock that told it. A year or month is no day: [`is_part_of_date`] says so.
pub(super) fn date(element: Option<Element<'_>>) -> Said<Date> {
    let Some(value) = element.and_then(Element::value) else { return Said::NotAsked };
    match value.as_bytes().get(..ISO_DAY_LENGTH) {
        Some(day) => Date::parse_iso(day).map_or(Said::Unreadable, Said::Is),
        None if is_part_of_date(element) => Said::NotAsked,
        None => Said::Unreadable,
    }
}

/// Whether an element tells a year or a month and no day.
pub(super) fn is_part_of_date(element: Option<Element<'_>>) -> bool {
    element.and_then(Element::value).is_some_and(|value| {
        value.len() < ISO_DAY_LENGTH && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    })
}

/// A moment; of a day without a time, its midnight.
pub(super) fn moment(element: Option<Element<'_>>) -> Said<DateTime> {
    let Some(value) = element.and_then(Element::value) else { return Said::NotAsked };
    let read = if value.len() == ISO_DAY_LENGTH {
        DateTime::read(format!("{value}T00:00:00").as_bytes())
    } else {
        DateTime::read(value.as_bytes())
    };
    match read {
        Some(moment) => Said::Is(moment),
        None if is_part_of_date(element) => Said::NotAsked,
        None => Said::Unreadable,
    }
}

/// True or false.
pub(super) fn flag(element: Option<Element<'_>>) -> Said<bool> {
    match element.and_then(Element::value).as_deref() {
        Some("true") => Said::Is(true),
        Some("false") => Said::Is(false),
        Some(_) => Said::Unreadable,
        None => Said::NotAsked,
    }
}

/// A whole number.
pub(super) fn number<const MOST: u16>(element: Option<Element<'_>>) -> Said<Number<MOST>> {
    let Some(value) = element.and_then(Element::value) else { return Said::NotAsked };
    value.parse().ok().and_then(Number::new).map_or(Said::Unreadable, Said::Is)
}

/// A postcode.
pub(super) fn postcode(element: Option<Element<'_>>) -> Said<Postcode> {
    let Some(value) = element.and_then(Element::value) else { return Said::NotAsked };
    match Postcode::read(value.as_bytes()) {
        PostcodeRead::Is(postcode) => Said::Is(postcode),
        PostcodeRead::Placeholder => Said::Blank,
        PostcodeRead::Unreadable => Said::Unreadable,
    }
}

/// The codings of a concept, or the one that an element is.
fn codings<'t>(concept: Element<'t>) -> Vec<Element<'t>> {
    if concept.type_name() == "Coding" { vec![concept] } else { concept.all("coding").collect() }
}

/// The code of a list that a concept has a coding of; a code that the list does not have is unreadable.
pub(super) fn code<C: Code>(concept: Option<Element<'_>>, list: &Codings<C>) -> Said<C> {
    let spelt = concept.into_iter().flat_map(codings).find(|coding| coding.says("system", list.system()));
    let Some(spelt) = spelt.and_then(|coding| coding.text("code")) else { return Said::NotAsked };
    list.read(&spelt).map_or(Said::Unreadable, Said::Is)
}

/// The code of a system that a concept has.
pub(super) fn code_of(concept: Element<'_>, system: &str) -> Option<String> {
    let coding = codings(concept).into_iter().find(|coding| coding.says("system", system))?;
    coding.text("code").map(std::borrow::Cow::into_owned)
}

/// Whether a concept has a coding.
pub(super) fn is_coded(concept: Option<Element<'_>>, system: &str, code: &str) -> bool {
    concept.into_iter().flat_map(codings).any(|coding| coding.says("system", system) && coding.says("code", code))
}

/// What is coded or said in words: the first coding with a code, and the words of whoever wrote it.
pub(super) fn concept(element: Option<Element<'_>>) -> Said<Coding> {
    let Some(element) = element else { return Said::NotAsked };
    let coding = element.all("coding").find(|coding| coding.has("code")).or_else(|| element.first("coding"));
    let part = |name| text(coding.and_then(|coding| coding.first(name)));
    let found = Coding {
        system: part("system"),
        code: part("code"),
        display: part("display"),
        text: text(element.first("text")),
    };
    let says = [&found.code, &found.display, &found.text].into_iter().any(Said::has_value);
    said(says.then_some(found))
}

/// The value of an extension.
pub(super) fn extension<'t>(element: Element<'t>, url: &str) -> Option<Element<'t>> {
    extension_of(element, url)?.first("value")
}

/// An extension.
pub(super) fn extension_of<'t>(element: Element<'t>, url: &str) -> Option<Element<'t>> {
    element.all("extension").find(|extension| extension.says("url", url))
}

/// Why an Observation or a component has no value (HL7, data-absent-reason).
pub(super) fn absence<T>(element: Element<'_>) -> Said<T> {
    const SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
    match element.first("dataAbsentReason").and_then(|reason| code_of(reason, SYSTEM)).as_deref() {
        Some("unknown" | "asked-unknown" | "temp-unknown") => Said::Unknown,
        Some("asked-declined") => Said::Refused,
        Some("not-applicable") => Said::NotApplicable,
        _ => Said::NotAsked,
    }
}

/// A value, or why there is none.
pub(super) fn or_absence<T>(value: Said<T>, element: Element<'_>) -> Said<T> {
    if matches!(value, Said::NotAsked) { absence(element) } else { value }
}

/// Ways to reach a person: telephones and mail; how many others there are.
pub(super) fn telecom(person: Element<'_>) -> (Said<Vec<Telecom>>, usize) {
    let mut others = 0;
    let mut found = Vec::new();
    for point in person.all("telecom") {
        let system = match point.text("system").as_deref() {
            Some("phone" | "sms") => TelecomSystem::Phone,
            Some("email") => TelecomSystem::Email,
            _ => {
                others += 1;
                continue;
            }
        };
        found.push(Telecom { system: Said::Is(system), value: text(point.first("value")) });
    }
    (said((!found.is_empty()).then_some(found)), others)
}

/// The ODS code and the name of an organisation that a reference tells.
pub(super) fn organisation(reference: Element<'_>) -> Option<NhsOrganisation> {
    const ODS: &str = "https://fhir.nhs.uk/Id/ods-organization-code";
    let identifier = reference.first("identifier").filter(|identifier| identifier.says("system", ODS));
    let found = NhsOrganisation {
        ods: text(identifier.and_then(|identifier| identifier.first("value"))),
        name: text(reference.first("display")),
    };
    (found.ods.has_value() || found.name.has_value()).then_some(found)
}
