//! Patient: who the child is, where it lives, who is to be called, and whether it may be found.

use schemas::{
    code::{AddressType, Code, Ethnicity, Gender, NameUse, NhsNumberStatus, RestrictionBasis, RestrictionKind, Sex},
    date::ClockTime,
    record::{Address, AddressMore, Language, Name, Person, PersonMore, Restriction},
    said::Said,
};

use crate::{
    coding::{NHS_NUMBER_STATUS, ethnicity_of, language_of},
    fhir::tree::Element,
    read::{
        elements::{code_of, extension, extension_of, flag, organisation, postcode, said, telecom, text},
        person::{lines, read_contact},
        says::Says,
    },
    rules,
};

const UK: &str = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-";
const CORE: &str = "http://hl7.org/fhir/StructureDefinition/patient-";
const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

/// Reads a Patient.
pub(super) fn read(patient: Element<'_>, says: &mut Says<'_>) {
    read_restrictions(patient, says);
    if patient.says("active", "false") && patient.all("link").any(|link| link.says("type", "replaced-by")) {
        // Two that were one: what is said of the child is said by the other.
        says.tell(&rules::PATIENT_REPLACED, "link", patient.first("link"));
        return;
    }
    let person = person(patient, says);
    if person != Person::default() {
        says.say_together(person);
    }
    for (n, address) in patient.all("address").enumerate() {
        read_address(address, n, says);
    }
    for contact in patient.all("contact") {
        read_contact(contact, says);
    }
}

fn person(patient: Element<'_>, says: &mut Says<'_>) -> Person {
    let sex_at_birth = extension(patient, &format!("{UK}BirthSex")).map(birth_sex);
    let told = gender(patient);
    let sex = sex_at_birth.unwrap_or_else(|| match told {
        Said::Is(Gender::Male) => Said::Is(Sex::Male),
        Said::Is(Gender::Female) => Said::Is(Sex::Female),
        Said::Is(Gender::Unknown) => Said::Is(Sex::Unknown),
        _ => Said::NotAsked,
    });
    let differs = match (told, sex) {
        (Said::Is(told), Said::Is(sex)) => told.code() != sex.code(),
        (Said::Is(_), _) => true,
        _ => false,
    };
    let birth_date = says.day(patient.first("birthDate"), "birthDate");
    let (telecom, others) = telecom(patient);
    if others > 0 {
        says.tell(&rules::TELECOM_OTHER, "telecom", patient.first("telecom"));
    }
    let more = PersonMore {
        gender: if differs { told } else { Said::NotAsked },
        birth_time: birth_time(patient),
        birth_place: birth_place(patient),
        death_date: says.day(patient.first("deceased").filter(|told| told.type_name() == "dateTime"), "deceased"),
        names: names(patient),
        languages: languages(patient, says),
        gp: said(patient.first("generalPractitioner").and_then(organisation)),
        telecom,
        ..PersonMore::default()
    };
    let status = nhs_number_status(patient);
    if matches!(status, Said::Is(NhsNumberStatus::PresentAndVerified)) {
        says.dossier.traced = true;
    }
    Person {
        birth_date,
        sex,
        ethnicity: ethnicity(patient, says),
        nhs_number_status: status,
        more: (more != PersonMore::default()).then(|| Box::new(more)),
        ..Person::default()
    }
}

fn birth_sex(concept: Element<'_>) -> Said<Sex> {
    let gender = code_of(concept, "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender");
    let unknown = code_of(concept, "http://terminology.hl7.org/CodeSystem/v3-NullFlavor");
    match (gender.as_deref(), unknown.as_deref()) {
        (Some("M"), _) => Said::Is(Sex::Male),
        (Some("F"), _) => Said::Is(Sex::Female),
        (Some("UN"), _) | (_, Some("UNK")) => Said::Is(Sex::Unknown),
        _ => Said::Unreadable,
    }
}

fn gender(patient: Element<'_>) -> Said<Gender> {
    match patient.text("gender").as_deref() {
        Some("male") => Said::Is(Gender::Male),
        Some("female") => Said::Is(Gender::Female),
        Some("unknown") => Said::Is(Gender::Unknown),
        Some("other") => Said::Is(Gender::Neither),
        Some(_) => Said::Unreadable,
        None => Said::NotAsked,
    }
}

/// Our own coding wins: the categories of the NHS are wider.
fn ethnicity(patient: Element<'_>, says: &mut Says<'_>) -> Said<Ethnicity> {
    let Some(concept) = extension(patient, &format!("{UK}EthnicCategory")) else { return Said::NotAsked };
    let own = code_of(concept, "urn:homeward:cs:ethnicity").and_then(|code| Ethnicity::from_code(code.as_bytes()));
    let category = code_of(concept, "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland");
    let found = match (own, category.as_deref().map(ethnicity_of)) {
        (Some(own), _) => own,
        (None, Some(Some((ethnicity, exact)))) => {
            if !exact {
                says.tell(&rules::ETHNICITY_WIDER, "extension", Some(concept));
            }
            ethnicity
        }
        (None, Some(None)) => return Said::Unreadable,
        (None, None) => return Said::NotAsked,
    };
    match found {
        Ethnicity::Refused => Said::Refused,
        Ethnicity::NotYetObtained => Said::Unknown,
        found => Said::Is(found),
    }
}

/// The status under the system of England, or under the older one that PDS still sends, in numbers or in words.
fn nhs_number_status(patient: Element<'_>) -> Said<NhsNumberStatus> {
    const OLD: &str = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus";
    let number = patient.all("identifier").find(|it| it.says("system", crate::fhir::NHS_NUMBER));
    let status = number.and_then(|number| extension(number, &format!("{UK}NHSNumberVerificationStatus")));
    let Some(status) = status else { return Said::NotAsked };
    let code = code_of(status, NHS_NUMBER_STATUS.system()).or_else(|| code_of(status, OLD));
    let code = code.as_deref().map(|code| match code {
        "number-present-and-verified" => "01",
        "number-present-but-not-traced" => "02",
        "trace-required" => "03",
        other => other,
    });
    code.map_or(Said::NotAsked, |code| NhsNumberStatus::from_code(code.as_bytes()).map_or(Said::Unreadable, Said::Is))
}

fn birth_time(patient: Element<'_>) -> Said<ClockTime> {
    let told = patient.first("birthDate").and_then(|born| extension(born, &format!("{CORE}birthTime")));
    let Some(told) = told.and_then(Element::value) else { return Said::NotAsked };
    let clock = told.split_once('T').and_then(|(_, time)| time.get(..5));
    clock.and_then(|clock| ClockTime::parse(clock.as_bytes())).map_or(Said::Unreadable, Said::Is)
}

fn birth_place(patient: Element<'_>) -> Said<Box<str>> {
    let Some(place) = extension(patient, &format!("{CORE}birthPlace")) else { return Said::NotAsked };
    match text(place.first("text")) {
        told @ Said::Is(_) => told,
        _ => text(place.first("city")),
    }
}

fn names(patient: Element<'_>) -> Said<Vec<Name>> {
    let names: Vec<Name> = patient.all("name").filter_map(name).collect();
    said((!names.is_empty()).then_some(names))
}

fn name(name: Element<'_>) -> Option<Name> {
    let mut given = name.all("given").filter_map(|given| text(Some(given)).is());
    let forename = given.next();
    let middle: Vec<String> = given.map(String::from).collect();
    let surname = match text(name.first("family")) {
        told @ Said::Is(_) => told,
        // A name in one piece is not taken apart.
        _ if forename.is_none() => text(name.first("text")),
        _ => Said::NotAsked,
    };
    if forename.is_none() && !surname.has_value() {
        return None;
    }
    let r#use = match name.text("use").as_deref() {
        Some("usual" | "official") => Said::Is(NameUse::Usual),
        Some("old" | "maiden") => Said::Is(NameUse::Former),
        Some("nickname" | "anonymous" | "temp") => Said::Is(NameUse::Preferred),
        _ => Said::NotAsked,
    };
    Some(Name {
        r#use,
        forename: said(forename),
        middle: said((!middle.is_empty()).then(|| middle.join(" ").into_boxed_str())),
        surname,
    })
}

/// Languages as R4 has them, and as PDS still sends them in an extension of UK Core.
fn languages(patient: Element<'_>, says: &mut Says<'_>) -> Said<Vec<Language>> {
    let mut found = Vec::new();
    let interpreter = flag(extension(patient, &format!("{CORE}interpreterRequired")));
    for communication in patient.all("communication") {
        found.extend(communication.first("language").map(|language| (language, interpreter)));
    }
    let old = format!("{UK}NHSCommunication");
    for communication in patient.all("extension").filter(|extension| extension.says("url", &old)) {
        let needs = flag(extension(communication, "interpreterRequired"));
        found.extend(extension(communication, "language").map(|language| (language, needs)));
    }
    let mut languages = Vec::new();
    for (language, interpreter) in found {
        let tags = language.all("coding").filter_map(|coding| coding.text("code"));
        match tags.filter_map(|tag| language_of(&tag)).next() {
            Some(code) => languages.push(Language { code: Said::Is(code.into()), interpreter }),
            None => says.tell(&rules::LANGUAGE_UNMAPPED, "communication", Some(language)),
        }
    }
    if languages.is_empty() && interpreter.has_value() {
        languages.push(Language { code: Said::NotAsked, interpreter });
    }
    said((!languages.is_empty()).then_some(languages))
}

fn read_address(address: Element<'_>, n: usize, says: &mut Says<'_>) {
    let (start, end) = says.period(address.first("period"), &format!("address[{n}].period"));
    let uprn = extension_of(address, &format!("{UK}AddressKey")).filter(|key| {
        extension(*key, "type").is_some_and(|kind| {
            code_of(kind, "https://fhir.hl7.org.uk/CodeSystem/UKCore-AddressKeyType").as_deref() == Some("UPRN")
        })
    });
    let uprn = uprn.map_or(Said::NotAsked, |key| text(extension(key, "value")));
    let found = Address {
        r#type: Said::Is(match address.text("use").as_deref() {
            Some("home") => AddressType::Home,
            Some("temp") => AddressType::Placement,
            _ => AddressType::Other,
        }),
        lines: lines(address),
        town: text(address.first("city")),
        county: text(address.first("district")),
        postcode: postcode(address.first("postalCode")),
        start_date: start,
        end_date: end,
        more: uprn.has_value().then(|| Box::new(AddressMore { uprn })),
    };
    if found.lines.has_value() || found.town.has_value() || found.postcode != Said::NotAsked || found.more.is_some() {
        says.say(found);
    }
}

/// What the labels of a Patient restrict. One that cannot be read is taken to restrict: nothing may leave until
/// somebody has looked.
fn read_restrictions(patient: Element<'_>, says: &mut Says<'_>) {
    let labels = patient.first("meta").into_iter().flat_map(|meta| meta.all("security"));
    for label in labels {
        let kind = match (label.text("system").as_deref(), label.text("code").as_deref()) {
            (Some(CONFIDENTIALITY), Some("R")) => Some(RestrictionKind::NhsRestricted),
            (Some(CONFIDENTIALITY), Some("V")) => Some(RestrictionKind::NhsVeryRestricted),
            (_, Some("REDACTED" | "redacted")) => Some(RestrictionKind::Redacted),
            (Some("urn:homeward:cs:restriction"), Some("location")) => Some(RestrictionKind::AuthorityRestricted),
            (Some(CONFIDENTIALITY), Some("U" | "L" | "M" | "N")) => None,
            // Labels of other systems say how to handle, not whom to hide.
            (Some(system), Some(_)) if system != CONFIDENTIALITY => None,
            _ => {
                says.dossier.guard_unreadable = true;
                says.tell(&rules::LABEL_UNREADABLE, "meta.security", Some(label));
                None
            }
        };
        if let Some(kind) = kind {
            says.say_together(Restriction {
                kind: Said::Is(kind),
                basis: Said::Is(RestrictionBasis::Stated),
                ..Restriction::default()
            });
        }
    }
}
