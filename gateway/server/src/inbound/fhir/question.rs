//! What a search asks, read strictly: a parameter that is not known is refused, unless its caller says that it may be left
//! out (FHIR R4, section 3.2.1.1; NHS services refuse too).
//!
//! Limits: `page_max`. Format: the query, and the form of a `_search`. Operations: read, and say again what was read.

use axum::http::header::HeaderMap;
use jiff::tz::TimeZone;
use kit::nearest::nearest;
use schemas::date::Date;
use schemas::identifier::{IdentifierKind, LaCode, NhsNumber};
use store::identity::BlindIdentifier;
use uuid::Uuid;

use super::compare::{Criterion, split, unescaped};
use super::kinds::{Compared, Kind};
use super::outcome::{self, ADDITIONAL_PROPERTIES, INVALID_RESOURCE_ID, INVALID_SEARCH_DATA, bad};
use crate::durable::shown::Reader;
use crate::inbound::problem::Problem;

/// The system of NHS numbers.
const NHS: &str = "https://fhir.nhs.uk/Id/nhs-number";
/// The systems of our own, before the code of an authority.
const LA_CHILD: &str = "urn:homeward:id:la-child:";
const LA_PERSON: &str = "urn:homeward:id:la-person:";
const UPN: &str = "urn:homeward:id:upn";
const ULN: &str = "urn:homeward:id:uln";
/// The system of ids that are UUIDs.
const URI: &str = "urn:ietf:rfc:3986";

/// Resources on a page when the caller says nothing.
const PAGE_DEFAULT: u64 = 50;

/// Names that every search knows.
const COMMON: [&str; 13] = [
    "_id",
    "_count",
    "_total",
    "_totalMethod",
    "_summary",
    "_sort",
    "_include",
    "_revinclude",
    "_format",
    "_pretty",
    "_page",
    "patient",
    "subject",
];

/// Parameters as they came: names and values, the query before the form.
pub(crate) struct Given(Vec<(String, String)>);

/// Whose resources are asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Whose {
    /// Of a Patient of this id.
    Patient(Uuid),
    /// Of whoever has this identifier.
    Identifier(BlindIdentifier),
    /// Of whoever has this family name and birth date.
    Named { family: String, born: String },
    /// By the ids of the resources themselves.
    Resources(Vec<Uuid>),
    /// Of everybody whom the caller may list.
    Everybodys,
    /// Of nobody: an id that is none.
    Nobodys,
}

/// A search.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) whose: Whose,
    /// Patients of other ids are not asked for.
    pub(crate) patient: Option<Uuid>,
    /// The ids that are asked for.
    pub(crate) ids: Option<Vec<Uuid>>,
    pub(crate) criteria: Vec<Criterion>,
    /// What the Patient of whoever is found must be such as.
    pub(crate) of_patient: Vec<Criterion>,
    /// Resources on a page; none when only their number is asked for.
    pub(crate) count: u64,
    pub(crate) counted: bool,
    /// The date is what they are ordered by, and from the back.
    pub(crate) by_date: Option<bool>,
    /// References whose resources come along.
    pub(crate) include: Vec<&'static [&'static str]>,
    pub(crate) page: Option<String>,
    /// The parameters that were used, as an address has them.
    pub(crate) used: String,
    /// How many were left out, where the caller lets them be.
    pub(crate) left_out: usize,
}

impl Given {
    /// The parameters of a query and of a form.
    pub(crate) fn read(query: Option<&str>, form: &[u8]) -> Self {
        let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let given = query.chain(form_urlencoded::parse(form));
        Self(given.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The names that are given.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Whether JSON is to be drawn out.
    pub(crate) fn is_pretty(&self) -> bool {
        self.get("_pretty").is_some_and(|value| value != "false")
    }

    /// Refuses whatever has another name.
    ///
    /// # Errors
    /// A refusal that names the parameter by its number.
    pub(crate) fn only(&self, names: &[&'static str]) -> Result<(), Problem> {
        let known = |name: &str| names.contains(&name) || name == "_format" || name == "_pretty";
        match self.0.iter().position(|(name, _)| !known(name)) {
            None => Ok(()),
            Some(at) => Err(unknown(at + 1, &self.0[at].0, names)),
        }
    }
}

/// Whether parameters that are not known may be left out (`Prefer: handling=lenient`).
fn is_lenient(headers: &HeaderMap) -> bool {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    preferences.flat_map(|value| value.split([',', ';'])).any(|one| one.trim() == "handling=lenient")
}

impl Question {
    /// Whose an identifier is that was given by itself.
    ///
    /// # Errors
    /// As [`Question::read`].
    pub(crate) fn of_identifier(identifier_text: &str, reader: &Reader) -> Result<Whose, Problem> {
        identifier(identifier_text, reader)
    }

    /// Reads a search of a type, in which a compartment may say whose.
    ///
    /// # Errors
    /// A refusal that names a parameter of ours by its name, and another by its number.
    pub(crate) fn read(
        kind: &'static Kind,
        compartment: Option<Uuid>,
        given: &Given,
        headers: &HeaderMap,
        (reader, zone): (&Reader, &TimeZone),
        page_max: u64,
    ) -> Result<Self, Problem> {
        let lenient = is_lenient(headers);
        let mut question = Self {
            whose: Whose::Everybodys,
            patient: compartment,
            ids: None,
            criteria: Vec::new(),
            of_patient: Vec::new(),
            count: PAGE_DEFAULT.min(page_max),
            counted: false,
            by_date: None,
            include: Vec::new(),
            page: None,
            used: String::new(),
            left_out: 0,
        };
        let mut whose: Vec<Whose> = compartment.map(Whose::Patient).into_iter().collect();
        let mut used = form_urlencoded::Serializer::new(String::new());
        let (mut family, mut born) = (None, None);
        for (number, (name, value)) in (1..).zip(&given.0) {
            let mut is_used = true;
            match name.as_str() {
                // An empty name is a query that ends in a sign.
                "" if value.is_empty() => continue,
                "_format" | "_pretty" => {}
                "_id" => {
                    let ids = split(value, ',').iter().filter_map(|id| Uuid::try_parse(id).ok()).collect::<Vec<_>>();
                    whose.push(if ids.is_empty() { Whose::Nobodys } else { Whose::Resources(ids.clone()) });
                    question.ids = Some(ids);
                }
                "_count" => {
                    let count = value.parse().map_err(|_| refuse("_count", "is no whole number", "as in _count=50"))?;
                    question.count = page_max.min(count);
                    // Said again with what is really taken.
                    used.append_pair("_count", &question.count.to_string());
                    is_used = false;
                }
                "_total" => {
                    question.counted |= match value.as_str() {
                        "accurate" | "estimate" => true,
                        "none" => false,
                        _ => return Err(refuse("_total", "is not known", "none, estimate or accurate")),
                    };
                }
                "_totalMethod" => question.counted |= value == "count",
                "_summary" => match value.as_str() {
                    "count" => (question.count, question.counted) = (0, true),
                    "false" => {}
                    _ => return Err(refuse("_summary", "is not had here", "count, or leave it out")),
                },
                "_sort" => {
                    let (from_the_back, by) = value.strip_prefix('-').map_or((false, value.as_str()), |by| (true, by));
                    if kind.parameter(by).is_none_or(|parameter| parameter.compared != Compared::Date) {
                        return Err(refuse("_sort", "is not had here", "a date of the type, as in _sort=-date"));
                    }
                    question.by_date = Some(from_the_back);
                }
                "_include" => {
                    for included in split(value, ',') {
                        question.include.push(included_paths(kind, &included)?);
                    }
                }
                "_revinclude" => {
                    return Err(refuse("_revinclude", "is not had here", "search the other type by `patient`"));
                }
                "_page" => {
                    question.page = Some(value.clone());
                    is_used = false;
                }
                "patient" | "subject" if kind.is_of_a_child() => {
                    let id = value.rsplit_once('/').map_or(value.as_str(), |(_, id)| id);
                    let id = Uuid::try_parse(id).ok();
                    whose.push(id.map_or(Whose::Nobodys, Whose::Patient));
                    question.patient = id;
                }
                "patient.identifier" | "patient:identifier" | "subject.identifier" | "subject:identifier"
                    if kind.is_of_a_child() =>
                {
                    whose.push(identifier(value, reader)?);
                    question.of_patient.push(criterion("Patient", "identifier", value, zone)?);
                }
                name => match kind.parameter(name) {
                    Some(parameter) => {
                        question.criteria.push(criterion(kind.name, parameter.name, value, zone)?);
                        let before = match parameter.name {
                            "identifier" => {
                                whose.extend(own_identifier(kind, value, reader)?);
                                None
                            }
                            "family" if kind.name == "Patient" => family.replace(unescaped(value)),
                            "birthdate" => born.replace(value.trim_start_matches("eq").to_owned()),
                            _ => None,
                        };
                        if before.is_some() {
                            return Err(refuse(parameter.name, "is there twice", "give it once"));
                        }
                        let short = matches!(parameter.compared, Compared::Text) && value.chars().count() < 2;
                        if short {
                            return Err(bad(
                                ("value", INVALID_SEARCH_DATA),
                                "http/short-name",
                                format!("the parameter {} is shorter than two letters", parameter.name),
                                "give the beginning of the name",
                            ));
                        }
                    }
                    None if lenient => {
                        question.left_out += 1;
                        is_used = false;
                    }
                    None => {
                        let names: Vec<&'static str> =
                            kind.parameters.iter().map(|parameter| parameter.name).chain(COMMON).collect();
                        return Err(unknown(number, name, &names));
                    }
                },
            }
            if is_used {
                used.append_pair(name, value);
            }
        }
        if let (Some(family), Some(born)) = (family, born) {
            // By parts of a name or of a date a child is not looked for: "nobody" would be an answer that was not sought.
            if !reader.lists_its_own() && Date::parse_iso(born.as_bytes()).is_none() {
                return Err(refuse("birthdate", "is no single day", "a Patient is found by one day, as in 2012-01-31"));
            }
            whose.push(Whose::Named { family, born });
        }
        question.counted |= question.count == 0;
        // The narrowest: whatever else is asked is looked at in what is found.
        let width = |whose: &Whose| match whose {
            Whose::Nobodys => 0,
            Whose::Patient(_) | Whose::Identifier(_) => 1,
            Whose::Resources(_) => 2,
            Whose::Named { .. } => 3,
            Whose::Everybodys => 4,
        };
        question.whose = whose.into_iter().min_by_key(width).unwrap_or(Whose::Everybodys);
        question.used = used.finish();
        if question.whose == Whose::Everybodys && !reader.lists_its_own() {
            return Err(bad(
                ("too-costly", INVALID_SEARCH_DATA),
                "http/search-too-wide",
                if kind.is_of_a_child() {
                    "The search does not say whose resources are asked for"
                } else {
                    "The search does not say who is asked for"
                },
                "give `patient`, `identifier` or `_id`; a Patient is found by `family` and `birthdate` together too",
            ));
        }
        Ok(question)
    }
}

/// What a search of another type refers to that comes along.
fn included_paths(kind: &'static Kind, included: &str) -> Result<&'static [&'static str], Problem> {
    let help = "as in _include=Encounter:service-provider or _include=*:patient";
    let refused = || refuse("_include", "is not had here", help);
    let (of, name) = included.split_once(':').ok_or_else(refused)?;
    if of != "*" && of != kind.name {
        return Err(refused());
    }
    match name {
        "patient" | "subject" => match kind.patient {
            Some("patient") => Ok(&["patient"]),
            Some(_) => Ok(&["subject"]),
            None => Err(refused()),
        },
        name => {
            let parameter = kind.parameter(name).filter(|parameter| parameter.compared == Compared::Reference);
            parameter.map(|parameter| parameter.paths).ok_or_else(refused)
        }
    }
}

fn criterion(of: &'static str, name: &'static str, value: &str, zone: &TimeZone) -> Result<Criterion, Problem> {
    let parameter = super::kinds::kind(of).and_then(|kind| kind.parameter(name)).ok_or(Problem::Internal)?;
    Criterion::read(parameter, value, zone).ok_or_else(|| {
        let help = match parameter.compared {
            Compared::Token => "as in system|code, |code or code; several stand apart by commas",
            Compared::Date => "as in 2026-03-31, 2026-03 or 2026-03-31T10:00:00Z, after eq, ne, gt, lt, ge or le",
            Compared::Text => "the beginning of the text",
            Compared::Quantity => "as in gt5.4|http://unitsofmeasure.org|kg",
            Compared::Reference => "as in Organization/id",
        };
        refuse(name, "is malformed", help)
    })
}

/// Whose an identifier of a resource is: that of a child, or one that is made of an id.
fn own_identifier(kind: &Kind, value: &str, reader: &Reader) -> Result<Option<Whose>, Problem> {
    if kind.name == "Patient" {
        return identifier(value, reader).map(Some);
    }
    let (_, value) = value.rsplit_once('|').unwrap_or(("", value));
    let id = value.strip_prefix("urn:uuid:").and_then(|id| Uuid::try_parse(id).ok());
    Ok(id.map(|id| Whose::Resources(vec![id])))
}

/// Whose an identifier of a child is.
fn identifier(value: &str, reader: &Reader) -> Result<Whose, Problem> {
    let value = split(value, ',');
    let [value] = value.as_slice() else {
        return Err(refuse("identifier", "holds several", "ask for one child at a time"));
    };
    let parts: Vec<String> = split(value, '|').iter().map(|part| unescaped(part)).collect();
    let (system, value) = match parts.as_slice() {
        [value] => (None, value.trim()),
        [system, value] => (Some(system.as_str()).filter(|system| !system.is_empty()), value.trim()),
        _ => return Err(refuse("identifier", "is malformed", "as in system|value")),
    };
    let known = |system: &str, value: &str| {
        Whose::Identifier(BlindIdentifier { system: system.to_owned(), value: value.to_owned() })
    };
    let withheld = |kind| {
        if reader.view().lets_out_kind(kind) { Ok(()) } else { Err(Problem::ViewWithholds) }
    };
    match system {
        Some(NHS) => {
            withheld(IdentifierKind::NhsNumber)?;
            NhsNumber::read(value.as_bytes()).map_err(|_| {
                bad(
                    ("value", INVALID_RESOURCE_ID),
                    "fhir/nhs-number-check",
                    "The NHS number fails its check digit",
                    "send the ten digits from the PDS record",
                )
            })?;
            Ok(known(NHS, value))
        }
        Some(URI) => {
            let id = value.strip_prefix("urn:uuid:").and_then(|id| Uuid::try_parse(id).ok());
            Ok(id.map_or(Whose::Nobodys, Whose::Patient))
        }
        Some(system) if system == UPN => withheld(IdentifierKind::Upn).map(|()| known(system, value)),
        Some(system) if system == ULN => withheld(IdentifierKind::Uln).map(|()| known(system, value)),
        Some(system) if is_of_an_authority(system, LA_CHILD) => {
            withheld(IdentifierKind::LaChild).map(|()| known(system, value))
        }
        Some(system) if is_of_an_authority(system, LA_PERSON) => {
            withheld(IdentifierKind::LaPerson).map(|()| known(system, value))
        }
        Some(_) => Ok(Whose::Nobodys),
        None if NhsNumber::read(value.as_bytes()).is_ok() && reader.view().lets_out_kind(IdentifierKind::NhsNumber) => {
            Ok(known(NHS, value))
        }
        None => Err(refuse("identifier", "has no system", "as in https://fhir.nhs.uk/Id/nhs-number|9000000009")),
    }
}

fn is_of_an_authority(system: &str, before: &str) -> bool {
    system.strip_prefix(before).is_some_and(|code| LaCode::read(code.as_bytes()).is_some())
}

/// A complaint about a parameter of ours.
pub(crate) fn refuse(name: &'static str, what: &str, help: &'static str) -> Problem {
    outcome::Refused {
        status: axum::http::StatusCode::BAD_REQUEST,
        code: "value",
        spine: INVALID_SEARCH_DATA,
        text: format!("the parameter {name} {what}").into(),
        rule: "http/parameter",
        help,
        parameter: Some(name),
    }
    .into()
}

fn unknown(number: usize, name: &str, names: &[&'static str]) -> Problem {
    let text = match nearest(name, names.iter().copied()) {
        Some(nearest) => format!("parameter number {number} is not known; nearest: {nearest}"),
        None => format!("parameter number {number} is not known"),
    };
    bad(
        ("not-supported", ADDITIONAL_PROPERTIES),
        "http/unknown-parameter",
        text,
        "see /fhir/R4/metadata, or send Prefer: handling=lenient",
    )
}
