//! Patient: who the child is.

mod birth_time;

use schemas::{
    code::{Ethnicity, Gender, NameUse, NhsNumberStatus, Sex},
    identifier::Identifier,
    record::{Language, Name, NhsOrganisation, Subject},
    said::Said,
};

use super::{address, identify_beside, organisation, refer_to_authority, telecom};
use crate::{
    child::{Child, subject_nhs_number},
    coding::{NHS_NUMBER_STATUS, language},
    conventions::{Conventions, PatientEntry},
    resource_type::ResourceType,
    writer::{Array, IdText, Members, Object, Ready, key, members, plain},
};

/// How resources refer to the Patient: where it is put, by its id; where the server's own is found, by its place in the
/// Bundle; where there is none, by the NHS number.
pub(crate) fn reference(subject: &Subject, conventions: &Conventions<'_>, id: &IdText) -> Ready {
    match (conventions.patient, subject_nhs_number(subject)) {
        (PatientEntry::Put, _) => Ready::reference(conventions.update.path(ResourceType::Patient), id),
        (PatientEntry::Logical, Some(number)) => Ready::object(|reference| {
            reference.members(members!(r#""type":"Patient""#));
            reference.object(key!(identifier), |identifier| {
                identifier.members(members!(r#""system":"https://fhir.nhs.uk/Id/nhs-number""#));
                identifier.written(key!(value), |out| number.write(out));
            });
        }),
        (PatientEntry::IfNoneExist | PatientEntry::Logical, _) => Ready::reference(plain!("urn:uuid:"), id),
    }
}

/// Writes the child. Religion and nationality are never written.
pub(super) fn write(child: &Child<'_>, id: &IdText, object: &mut Object<'_>) {
    let people = &child.people;
    object.array(key!(extension), |extensions| write_extensions(child, extensions));
    object.array(key!(identifier), |identifiers| {
        write_identifiers(child, identifiers);
        identify_beside(identifiers, child.conventions, id);
    });
    object.members(members!(r#""active":true"#));
    if let Some(names) = people.more(|more| &more.names) {
        object.array(key!(name), |array| names.iter().for_each(|name| write_name(name, array)));
    }
    if let Some(telecoms) = people.more(|more| &more.telecom) {
        object.array(key!(telecom), |points| telecom::write(telecoms, points));
    }
    if let Some(gender) = gender(child) {
        object.members(gender);
    }
    let birth_date = people.said(|person| &person.birth_date).is().copied();
    if let Some(birth_date) = birth_date {
        object.date(key!(birthDate), birth_date);
        if let Some(time) = people.more(|more| &more.birth_time) {
            object.object(key!(_birthDate), |element| {
                element.array(key!(extension), |extensions| birth_time::write(birth_date, *time, extensions));
            });
        }
    }
    if let Some(death_date) = people.more(|more| &more.death_date) {
        object.date(key!(deceasedDateTime), *death_date);
    }
    object.array(key!(address), |addresses| {
        child.addresses.iter().for_each(|home| address::write(home, child.conventions.as_at, addresses));
    });
    if let Some(languages) = people.more(|more| &more.languages) {
        object.array(key!(communication), |spoken| languages.iter().for_each(|it| write_language(it, spoken)));
    }
    if let Some(practice) = people.more(|more| &more.gp) {
        object.array(key!(generalPractitioner), |practices| write_practice(practice, practices));
    }
    refer_to_authority(object, key!(managingOrganization), child.authority);
}

fn write_extensions(child: &Child<'_>, extensions: &mut Array<'_>) {
    let people = &child.people;
    let sex = if child.conventions.writes_birth_sex { sex(child) } else { None };
    if let Some(sex) = sex {
        extensions.object(|extension| extension.members(birth_sex(sex)));
    }
    let ethnicity = match people.said(|person| &person.ethnicity) {
        Said::Is(ethnicity) => Some(*ethnicity),
        Said::Refused => Some(Ethnicity::Refused),
        Said::Unknown => Some(Ethnicity::NotYetObtained),
        _ => None,
    };
    if let Some(ethnicity) = ethnicity {
        extensions.value(child.conventions.ethnicities.extension(ethnicity));
    }
    if let Some(place) = people.more(|more| &more.birth_place) {
        extensions.object_with(
            members!(r#""url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace""#),
            |extension| extension.object(key!(valueAddress), |address| address.text(key!(text), place)),
        );
    }
    let needs_interpreter = people.more(|more| &more.languages).and_then(|languages| {
        let said = languages.iter().filter_map(|language| language.interpreter.is());
        said.reduce(|any, interpreter| any || interpreter)
    });
    if let Some(needed) = needs_interpreter {
        extensions.object(|extension| {
            extension
                .members(members!(r#""url":"http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired""#));
            extension.flag(key!(valueBoolean), needed);
        });
    }
}

/// The NHS number first, then the others in the order of their rank. At most one NHS number: UK Core forbids two.
fn write_identifiers(child: &Child<'_>, identifiers: &mut Array<'_>) {
    let all = &child.subject.identifiers;
    if let Some(number) = all.iter().find(|identifier| matches!(identifier, Identifier::Nhs(_))) {
        identifiers.object(|object| {
            object.array(key!(extension), |extensions| {
                extensions.object(|extension| {
                    extension.members(members!(
                        r#""url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus""#
                    ));
                    extension.value(key!(valueCodeableConcept), NHS_NUMBER_STATUS.concept(nhs_number_status(child)));
                });
            });
            object.members(members!(r#""use":"official","system":"https://fhir.nhs.uk/Id/nhs-number""#));
            object.written(key!(value), |out| number.write_value(out));
        });
    }
    for identifier in all.iter().filter(|identifier| !matches!(identifier, Identifier::Nhs(_))) {
        let authority = child.authority.map(|authority| authority.code);
        if identifier.kind().is_scoped_by_authority() && authority.is_none() {
            continue;
        }
        identifiers.object(|object| {
            object.members(match identifier {
                Identifier::Upn { former: true, .. } => members!(r#""use":"old""#),
                _ => members!(r#""use":"secondary""#),
            });
            // The system is only unknown where the authority is, and that was seen to.
            object.written(key!(system), |out| identifier.system(authority, out).unwrap_or_default());
            object.written(key!(value), |out| identifier.write_value(out));
        });
    }
}

/// How far the number was verified: 02 where nobody said, or said that there is none.
fn nhs_number_status(child: &Child<'_>) -> NhsNumberStatus {
    match child.people.said(|person| &person.nhs_number_status) {
        Said::Is(NhsNumberStatus::NotPresentTraceNotRequired) => NhsNumberStatus::PresentButNotTraced,
        Said::Is(status) => *status,
        _ => NhsNumberStatus::PresentButNotTraced,
    }
}

fn sex(child: &Child<'_>) -> Option<Sex> {
    match child.people.said(|person| &person.sex) {
        Said::Is(sex) => Some(*sex),
        Said::Unknown => Some(Sex::Unknown),
        _ => None,
    }
}

fn birth_sex(sex: Sex) -> Members {
    match sex {
        Sex::Male => members!(
            r#""url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-BirthSex","valueCodeableConcept":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender","code":"M","display":"Male"}]}"#
        ),
        Sex::Female => members!(
            r#""url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-BirthSex","valueCodeableConcept":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender","code":"F","display":"Female"}]}"#
        ),
        Sex::Unknown => members!(
            r#""url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-BirthSex","valueCodeableConcept":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-NullFlavor","code":"UNK","display":"unknown"}]}"#
        ),
    }
}

/// The gender that is stated, otherwise the sex.
fn gender(child: &Child<'_>) -> Option<Members> {
    if let Some(gender) = child.people.more(|more| &more.gender) {
        return Some(match gender {
            Gender::Male => members!(r#""gender":"male""#),
            Gender::Female => members!(r#""gender":"female""#),
            Gender::Unknown => members!(r#""gender":"unknown""#),
            Gender::Neither => members!(r#""gender":"other""#),
        });
    }
    sex(child).map(|sex| match sex {
        Sex::Male => members!(r#""gender":"male""#),
        Sex::Female => members!(r#""gender":"female""#),
        Sex::Unknown => members!(r#""gender":"unknown""#),
    })
}

fn write_name(name: &Name, names: &mut Array<'_>) {
    let says = |part: &Said<Box<str>>| part.as_ref().is().is_some_and(|text| !text.trim().is_empty());
    if !(says(&name.surname) || says(&name.forename) || says(&name.middle)) {
        return;
    }
    names.object(|object| {
        if let Said::Is(kind) = name.r#use {
            object.members(match kind {
                NameUse::Usual => members!(r#""use":"usual""#),
                NameUse::Former => members!(r#""use":"old""#),
                NameUse::Preferred => members!(r#""use":"nickname""#),
            });
        }
        if let Said::Is(surname) = &name.surname {
            object.text(key!(family), surname);
        }
        object.array(key!(given), |given| {
            for part in [&name.forename, &name.middle] {
                if let Said::Is(part) = part {
                    given.text(part);
                }
            }
        });
    });
}

/// A language that is not in the map was told before, and is left out.
fn write_language(spoken: &Language, communication: &mut Array<'_>) {
    if let Some(concept) = spoken.code.as_ref().is().and_then(|code| language(code)) {
        communication.object(|object| object.value(key!(language), concept));
    }
}

fn write_practice(practice: &NhsOrganisation, practices: &mut Array<'_>) {
    practices.object(|reference| organisation::refer(practice, reference));
}
