//! Whether a resource is such as a search asks for (FHIR R4, section 3.2.1.5).
//!
//! It is looked at as it is shown: what a view withholds is not there, and so matches nothing.

use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use super::kinds::{Compared, Parameter};

/// One value that is asked for; several of a parameter are each enough.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wanted {
    Token {
        /// `None`: any; `Some("")`: none at all.
        system: Option<String>,
        /// `None`: any.
        code: Option<String>,
    },
    Date {
        prefix: Prefix,
        range: Range,
    },
    Text(String),
    Quantity {
        prefix: Prefix,
        number: f64,
        /// Half of the last digit: `5.40` is from 5.395 to 5.405.
        within: f64,
        system: Option<String>,
        code: Option<String>,
    },
    Reference {
        kind: Option<String>,
        id: String,
    },
}

/// How a value stands to the one that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
}

/// From a moment up to, and without, another, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    from: i64,
    to: i64,
}

/// Values of a parameter: one of them must match.
#[derive(Debug)]
pub(crate) struct Criterion {
    pub(crate) parameter: &'static Parameter,
    pub(crate) wanted: Vec<Wanted>,
}

impl Criterion {
    /// Reads the values of a parameter, which stand apart by commas.
    pub(crate) fn read(parameter: &'static Parameter, values: &str, zone: &TimeZone) -> Option<Self> {
        let values = split(values, ',');
        let wanted = values.iter().map(|value| Wanted::read(parameter.compared, value, zone));
        Some(Self { parameter, wanted: wanted.collect::<Option<_>>()? })
    }

    /// Whether any of the elements is any of what is wanted.
    pub(crate) fn is_met_by(&self, resource: &Value, zone: &TimeZone) -> bool {
        let mut elements = Vec::new();
        self.parameter.paths.iter().for_each(|path| gather(resource, path, &mut elements));
        self.wanted.iter().any(|wanted| match wanted {
            Wanted::Date { prefix: Prefix::NotEqual, range } => {
                !elements.iter().any(|element| Range::of(element, zone).is_some_and(|it| it.is(Prefix::Equal, *range)))
            }
            wanted => elements.iter().any(|element| wanted.is(element, zone)),
        })
    }
}

impl Wanted {
    fn read(compared: Compared, value: &str, zone: &TimeZone) -> Option<Self> {
        Some(match compared {
            Compared::Token => {
                let parts = split(value, '|');
                let text = |text: &str| Some(unescaped(text)).filter(|text| !text.is_empty());
                match parts.as_slice() {
                    [code] if !code.is_empty() => Self::Token { system: None, code: text(code) },
                    [system, code] if !(system.is_empty() && code.is_empty()) => {
                        Self::Token { system: Some(unescaped(system)), code: text(code) }
                    }
                    _ => return None,
                }
            }
            Compared::Date => {
                let (prefix, rest) = Prefix::of(value)?;
                Self::Date { prefix, range: Range::read(rest, zone)? }
            }
            Compared::Text => Self::Text(folded(&unescaped(value))).some_if(!value.is_empty())?,
            Compared::Quantity => {
                let parts = split(value, '|');
                let (number, system, code) = match parts.as_slice() {
                    [number] => (number, "", ""),
                    [number, system, code] => (number, system.as_str(), code.as_str()),
                    _ => return None,
                };
                let (prefix, number) = Prefix::of(number)?;
                let is_plain = |byte: u8| byte.is_ascii_digit() || byte == b'.' || byte == b'-';
                let digits = number.split_once('.').map_or(0, |(_, digits)| digits.len());
                let text = |text: &str| Some(unescaped(text)).filter(|text| !text.is_empty());
                Self::Quantity {
                    prefix,
                    number: number.bytes().all(is_plain).then(|| number.parse().ok()).flatten()?,
                    within: 0.5 * 0.1_f64.powi(i32::try_from(digits).ok()?),
                    system: text(system),
                    code: text(code),
                }
            }
            Compared::Reference => match value.rsplit_once('/') {
                Some((kind, id)) => {
                    let kind = kind.rsplit_once('/').map_or(kind, |(_, kind)| kind);
                    Self::Reference { kind: Some(kind.to_owned()), id: id.to_owned() }
                }
                None => Self::Reference { kind: None, id: value.to_owned() },
            },
        })
    }

    fn some_if(self, holds: bool) -> Option<Self> {
        holds.then_some(self)
    }

    fn is(&self, element: &Value, zone: &TimeZone) -> bool {
        match self {
            Self::Token { system, code } => tokens(element).iter().any(|(of, token)| {
                let same_code = code.as_deref().is_none_or(|code| code == token);
                let same_system = match (system.as_deref(), of) {
                    (None, _) => true,
                    // A code that needs no system has one that FHIR names.
                    (Some(asked), Of::Implied) => asked.starts_with("http://hl7.org/fhir/"),
                    (Some(asked), Of::System(system)) => asked == *system,
                    (Some(asked), Of::Nothing) => asked.is_empty(),
                };
                same_code && same_system
            }),
            Self::Date { prefix, range } => Range::of(element, zone).is_some_and(|it| it.is(*prefix, *range)),
            Self::Text(beginning) => element.as_str().is_some_and(|text| folded(text).starts_with(beginning.as_str())),
            Self::Quantity { prefix, number, within, system, code } => {
                let Some(value) = element.get("value").and_then(Value::as_f64) else { return false };
                let is = |name: &str, asked: &Option<String>| {
                    asked.as_deref().is_none_or(|asked| element.get(name).and_then(Value::as_str) == Some(asked))
                };
                let (low, high) = (number - within, number + within);
                let equal = low <= value && value < high;
                let compares = match prefix {
                    Prefix::Equal => equal,
                    Prefix::NotEqual => !equal,
                    Prefix::Greater => value > *number,
                    Prefix::Less => value < *number,
                    Prefix::GreaterOrEqual => value > *number || equal,
                    Prefix::LessOrEqual => value < *number || equal,
                };
                compares && is("system", system) && (is("code", code) || is("unit", code))
            }
            Self::Reference { kind, id } => {
                let Some(reference) = element.get("reference").and_then(Value::as_str) else { return false };
                let Some((of, to)) = reference.rsplit_once('/') else { return false };
                to == id && kind.as_deref().is_none_or(|kind| kind == of)
            }
        }
    }
}

impl Prefix {
    /// The prefix of a value, and what follows it.
    fn of(value: &str) -> Option<(Self, &str)> {
        let letters = value.bytes().take_while(u8::is_ascii_lowercase).count();
        let (prefix, rest) = value.split_at(letters);
        let prefix = match prefix {
            "" | "eq" => Self::Equal,
            "ne" => Self::NotEqual,
            "gt" => Self::Greater,
            "lt" => Self::Less,
            "ge" => Self::GreaterOrEqual,
            "le" => Self::LessOrEqual,
            _ => return None,
        };
        Some((prefix, rest))
    }
}

impl Range {
    /// A year, month, day or moment.
    fn read(text: &str, zone: &TimeZone) -> Option<Self> {
        let day = |year: i16, month: i8, day: i8| civil::Date::new(year, month, day).ok();
        let begins = |date: civil::Date| Some(date.to_zoned(zone.clone()).ok()?.timestamp().as_second());
        let numbers = |text: &str| -> Option<Vec<i16>> {
            let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            text.split('-').map(|part| is_plain(part).then(|| part.parse().ok()).flatten()).collect()
        };
        let (from, to) = match text.len() {
            4 => {
                let from = day(*numbers(text)?.first()?, 1, 1)?;
                (from, from.checked_add(1.year()).ok()?)
            }
            7 => {
                let &[year, month] = numbers(text)?.as_slice() else { return None };
                let from = day(year, i8::try_from(month).ok()?, 1)?;
                (from, from.checked_add(1.month()).ok()?)
            }
            10 => {
                let &[year, month, of_month] = numbers(text)?.as_slice() else { return None };
                let from = day(year, i8::try_from(month).ok()?, i8::try_from(of_month).ok()?)?;
                (from, from.checked_add(1.day()).ok()?)
            }
            _ => {
                // A blank where a plus sign of the zone was not escaped.
                let text = text.replace(' ', "+");
                let (_, time) = text.split_once('T')?;
                let from = match text.parse::<Timestamp>() {
                    Ok(moment) => moment.as_second(),
                    Err(_) => {
                        let local: civil::DateTime = text.parse().ok()?;
                        local.to_zoned(zone.clone()).ok()?.timestamp().as_second()
                    }
                };
                let minutes_only = time.len() == 5 || time.as_bytes().get(5).is_some_and(|byte| *byte != b':');
                return Some(Self { from, to: from + if minutes_only { 60 } else { 1 } });
            }
        };
        Some(Self { from: begins(from)?, to: begins(to)? })
    }

    /// That of an element: a day, a moment or a period, whose last day belongs to it.
    fn of(element: &Value, zone: &TimeZone) -> Option<Self> {
        if let Some(text) = element.as_str() {
            return Self::read(text, zone);
        }
        let end = |name: &str| match element.get(name) {
            None => Some(None),
            Some(value) => value.as_str().and_then(|text| Self::read(text, zone)).map(Some),
        };
        let (start, end) = (end("start")?, end("end")?);
        if start.is_none() && end.is_none() {
            return None;
        }
        Some(Self { from: start.map_or(i64::MIN, |it| it.from), to: end.map_or(i64::MAX, |it| it.to) })
    }

    /// How it stands to the range that is asked for.
    fn is(self, prefix: Prefix, asked: Self) -> bool {
        let equal = asked.from <= self.from && self.to <= asked.to;
        match prefix {
            Prefix::Equal => equal,
            Prefix::NotEqual => !equal,
            Prefix::Greater => self.to > asked.to,
            Prefix::Less => self.from < asked.from,
            // Whatever goes on at that time or after it, or before it or at it.
            Prefix::GreaterOrEqual => self.to > asked.from,
            Prefix::LessOrEqual => self.from < asked.to,
        }
    }
}

/// The moment by which resources are put in order.
pub(crate) fn moment_of(resource: &Value, paths: &[&str], zone: &TimeZone) -> Option<i64> {
    let mut elements = Vec::new();
    paths.iter().for_each(|path| gather(resource, path, &mut elements));
    elements.iter().find_map(|element| Range::of(element, zone)).map(|range| range.from)
}

/// The elements at a path, whatever lists stand on the way.
pub(crate) fn gather<'v>(value: &'v Value, path: &str, into: &mut Vec<&'v Value>) {
    if let Value::Array(items) = value {
        items.iter().for_each(|item| gather(item, path, into));
        return;
    }
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let Some(element) = value.get(name) else { return };
    match (rest, element) {
        ("", Value::Array(items)) => into.extend(items),
        ("", element) => into.push(element),
        (rest, element) => gather(element, rest, into),
    }
}

/// What a code is of.
enum Of<'v> {
    System(&'v str),
    /// An element whose codes need none.
    Implied,
    Nothing,
}

/// The codes of an element: of a concept, an identifier or a plain code.
fn tokens(element: &Value) -> Vec<(Of<'_>, String)> {
    let named = |value: &'_ Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    fn of(value: &Value) -> Of<'_> {
        value.get("system").and_then(Value::as_str).map_or(Of::Nothing, Of::System)
    }
    match element {
        Value::String(code) => vec![(Of::Implied, code.clone())],
        Value::Bool(flag) => vec![(Of::Implied, flag.to_string())],
        element => {
            let codings = element.get("coding").and_then(Value::as_array).into_iter().flatten();
            let mut tokens: Vec<_> = codings.filter_map(|coding| Some((of(coding), named(coding, "code")?))).collect();
            tokens.extend(named(element, "value").or_else(|| named(element, "code")).map(|code| (of(element), code)));
            tokens
        }
    }
}

/// Parts of a value between separators that are not escaped.
pub(crate) fn split(value: &str, separator: char) -> Vec<String> {
    let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
    for character in value.chars() {
        if character == separator && !escaped {
            parts.push(std::mem::take(&mut part));
            continue;
        }
        escaped = character == '\\' && !escaped;
        part.push(character);
    }
    parts.push(part);
    parts
}

/// A value without the signs that keep its separators.
pub(crate) fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.extend(characters.next()),
            other => out.push(other),
        }
    }
    out
}

/// A text as it is compared: whatever its case.
fn folded(text: &str) -> String {
    text.to_lowercase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::inbound::fhir::kinds::kind;

    fn london() -> TimeZone {
        TimeZone::get("Europe/London").unwrap()
    }

    fn is(kind_name: &str, name: &str, asked: &str, resource: &Value) -> Option<bool> {
        let parameter = kind(kind_name).unwrap().parameter(name).unwrap();
        Some(Criterion::read(parameter, asked, &london())?.is_met_by(resource, &london()))
    }

    #[test]
    fn a_token_is_a_code_of_a_system_or_of_none_or_of_any() {
        let coded = json!({ "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "27113001" }, { "code": "w" }] } });
        for (asked, expected) in [
            ("27113001", true),
            ("http://snomed.info/sct|27113001", true),
            ("http://snomed.info/sct|", true),
            ("|27113001", false),
            ("|w", true),
            ("http://loinc.org|27113001", false),
            ("1,w", true),
            ("http://loinc.org|a,http://snomed.info/sct|27113001", true),
        ] {
            assert_eq!(is("Observation", "code", asked, &coded), Some(expected), "{asked}");
        }
        for wrong in ["", "|", "a|b|c", "a,"] {
            assert_eq!(is("Observation", "code", wrong, &coded), None, "{wrong}");
        }
        let named = json!({ "identifier": [{ "system": "urn:a|b", "value": "x,y" }] });
        assert_eq!(is("Patient", "identifier", r"urn:a\|b|x\,y", &named), Some(true));
        let patient = json!({ "gender": "female" });
        assert_eq!(is("Patient", "gender", "http://hl7.org/fhir/administrative-gender|female", &patient), Some(true));
        assert_eq!(is("Patient", "gender", "urn:other|female", &patient), Some(false));
    }

    #[test]
    fn a_day_is_the_day_of_the_zone_and_a_period_has_its_last_day() {
        let of = |value: Value| json!({ "effectiveDateTime": value });
        let late = of(json!("2026-06-30T23:30:00Z"));
        let day = of(json!("2026-06-30"));
        for (asked, at_night, on_the_day) in [
            ("2026-06-30", false, true),
            ("2026-07-01", true, false),
            ("2026-07", true, false),
            ("2026", true, true),
            ("ge2026-07-01", true, false),
            ("gt2026-06-30", true, false),
            ("le2026-06-30", false, true),
            ("lt2026-07-01", false, true),
            ("ne2026-06-30", true, false),
            ("2026-06-30T23:30:00Z", true, false),
            ("2026-07-01T00:30:00+01:00", true, false),
            ("2026-07-01T00:30:00 01:00", true, false),
        ] {
            assert_eq!(is("Observation", "date", asked, &late), Some(at_night), "{asked}");
            assert_eq!(is("Observation", "date", asked, &day), Some(on_the_day), "{asked}");
        }
        let period = json!({ "period": { "start": "2025-03-12", "end": "2025-09-02" } });
        let open = json!({ "period": { "start": "2025-03-12" } });
        for (asked, ended, going_on) in [
            ("ge2025-09-02", true, true),
            ("gt2025-09-02", false, true),
            ("lt2025-03-13", true, true),
            ("le2025-03-11", false, false),
            ("2025", true, false),
        ] {
            assert_eq!(is("EpisodeOfCare", "date", asked, &period), Some(ended), "{asked}");
            assert_eq!(is("EpisodeOfCare", "date", asked, &open), Some(going_on), "{asked}");
        }
        for wrong in ["", "yesterday", "2026-13", "2026-02-30", "ap2026", "20260630", "ge", "2026-6-1", "12-06-2026"] {
            assert_eq!(is("Observation", "date", wrong, &day), None, "{wrong}");
        }
        assert_eq!(is("Observation", "date", "ne2026", &json!({})), Some(true));
        assert_eq!(is("Observation", "date", "2026", &json!({})), Some(false));
    }

    #[test]
    fn a_quantity_is_as_exact_as_it_is_written() {
        let weight = json!({ "valueQuantity": { "value": 5.404, "unit": "kilogram", "system": "http://unitsofmeasure.org", "code": "kg" } });
        for (asked, expected) in [
            ("5.4", true),
            ("5.40", true),
            ("5.400", false),
            ("5.404||kg", true),
            ("5.404|http://unitsofmeasure.org|kg", true),
            ("5.404|http://unitsofmeasure.org|g", false),
            ("gt5", true),
            ("lt5", false),
            ("ge5.404", true),
        ] {
            assert_eq!(is("Observation", "value-quantity", asked, &weight), Some(expected), "{asked}");
        }
        for wrong in ["", "x", "5|kg", "inf", "1e9"] {
            assert_eq!(is("Observation", "value-quantity", wrong, &weight), None, "{wrong}");
        }
    }

    #[test]
    fn a_text_begins_so_whatever_its_case() {
        let named = json!({ "name": [{ "family": "Okafor", "given": ["Ada", "Ngozi"] }, { "given": ["Addy"] }] });
        for (name, asked, expected) in
            [("family", "oka", true), ("family", "kafor", false), ("given", "NGO", true), ("given", "x,add", true)]
        {
            assert_eq!(is("Patient", name, asked, &named), Some(expected), "{asked}");
        }
    }

    #[test]
    fn a_reference_is_compared_by_type_and_id() {
        let episode = json!({ "managingOrganization": { "reference": "Organization/1" } });
        for (asked, expected) in [
            ("1", true),
            ("Organization/1", true),
            ("https://h.example/fhir/R4/Organization/1", true),
            ("Patient/1", false),
            ("2", false),
        ] {
            assert_eq!(is("EpisodeOfCare", "organization", asked, &episode), Some(expected), "{asked}");
        }
    }
}
