//! In which notation it is answered: JSON or XML, by `_format` or by `Accept` (FHIR R4, section 3.1.0.1.11); and what a
//! resource is in another notation, or drawn out for people.

use axum::http::header::{self, HeaderMap};
use kit::report::Findings;
use schemas::diagnostic::PartId;

use super::outcome::Issue;
use super::stating::issue_of;
use crate::inbound::media::negotiate;
use crate::inbound::problem::Problem;

/// The notation of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// FHIR JSON.
    Json,
    /// FHIR XML.
    Xml,
    /// The page for the young person, where there is one.
    Page,
}

/// Every type by which a form is known, the first of each being the one that is answered.
const TYPES: [(&str, Form); 9] = [
    ("application/fhir+json", Form::Json),
    ("application/fhir+xml", Form::Xml),
    ("application/json", Form::Json),
    ("text/json", Form::Json),
    ("application/json+fhir", Form::Json),
    ("application/xml", Form::Xml),
    ("text/xml", Form::Xml),
    ("json", Form::Json),
    ("xml", Form::Xml),
];

impl Form {
    /// The media type of an answer.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json; charset=utf-8",
            Self::Xml => "application/fhir+xml; charset=utf-8",
            Self::Page => "text/html; charset=utf-8",
        }
    }

    /// The form that is asked for, where a page may be.
    ///
    /// # Errors
    /// [`Problem::NotAcceptable`], [`Problem::InvalidHeader`].
    pub(crate) fn asked(headers: &HeaderMap, format: Option<&str>, with_page: bool) -> Result<Self, Problem> {
        let mut types: Vec<(&'static str, Self)> = TYPES.to_vec();
        if with_page {
            types.extend([("text/html", Self::Page), ("html", Self::Page)]);
        }
        let available = || Problem::NotAcceptable {
            available: types.iter().map(|(name, _)| *name).filter(|name| name.contains('/')).collect(),
        };
        if let Some(format) = format {
            // A plus sign that was not escaped has become a blank.
            let format = format.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().replace(' ', "+");
            let found = types.iter().find(|(name, _)| *name == format).map(|(_, form)| *form);
            return found.ok_or_else(available);
        }
        let other_version = |value: &str| {
            let parameters = value.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
            parameters.into_iter().any(|(name, value)| {
                name.trim().eq_ignore_ascii_case("fhirversion") && value.trim().trim_matches('"') != "4.0"
            })
        };
        let mut spoken = HeaderMap::new();
        let accepted = headers.get_all(header::ACCEPT);
        for value in &accepted {
            let value = value.to_str().map_err(|_| Problem::InvalidHeader("Accept"))?;
            for range in value.split(',').filter(|range| !other_version(range)) {
                let range = range.parse().map_err(|_| Problem::InvalidHeader("Accept"))?;
                spoken.append(header::ACCEPT, range);
            }
        }
        if spoken.is_empty() && accepted.iter().next().is_some() {
            return Err(available());
        }
        let names: Vec<&'static str> = types.iter().map(|(name, _)| *name).collect();
        negotiate(&spoken, &names).map(|nth| types[nth].1).map_err(|_| available())
    }

    /// The form of a refusal: what was asked for where that is clear, else JSON.
    pub(crate) fn of_refusal(headers: &HeaderMap, query: Option<&str>) -> Self {
        let format = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).find(|(name, _)| name == "_format");
        match Self::asked(headers, format.as_ref().map(|(_, value)| value.as_ref()), false) {
            Ok(Self::Xml) => Self::Xml,
            _ => Self::Json,
        }
    }
}

/// A resource in XML; `None` for what is no resource.
pub(crate) fn in_xml(json: &[u8]) -> Option<Vec<u8>> {
    let conversion = roster::conversions()
        .find(|conversion| conversion.from.name == "fhir-json" && conversion.to.name == "fhir-xml")?;
    let (mut out, mut findings) = (Vec::new(), Findings::new(0));
    // What we have written ourselves is as large as it is: a limit guards against others.
    let limits = kit::limits::ReadingLimits {
        resource_bytes_max: u32::MAX,
        elements_max: u32::MAX,
        depth_max: u16::MAX,
        text_bytes_max: u32::MAX,
        ..kit::limits::ReadingLimits::default()
    };
    let written = conversion.convert.convert((PartId(0), &json.to_vec()), &limits, &mut out, &mut findings);
    (written.is_ok() && findings.errors() == 0).then_some(out)
}

/// A resource that came in XML, in JSON.
///
/// # Errors
/// The first thing that is wrong with it; `None` where nothing can be said of it.
pub(crate) fn in_json(xml: Vec<u8>) -> Result<Vec<u8>, Option<Box<Issue>>> {
    let conversion = roster::conversions()
        .find(|conversion| conversion.from.name == "fhir-xml" && conversion.to.name == "fhir-json")
        .ok_or(None)?;
    let (mut out, mut findings) = (Vec::new(), Findings::new(1));
    let limits = kit::limits::ReadingLimits::default();
    let written = conversion.convert.convert((PartId(0), &xml), &limits, &mut out, &mut findings);
    if findings.errors() > 0 {
        return Err(findings.diagnostics().first().map(|told| Box::new(issue_of(told, None))));
    }
    if written.is_err() || out.is_empty() { Err(None) } else { Ok(out) }
}

/// JSON with a line for each member: what stands in it stays as it is, digit for digit.
pub(crate) fn drawn_out(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    let mut bytes = json.iter().copied().peekable();
    let line = |out: &mut Vec<u8>, depth: usize| {
        out.push(b'\n');
        out.resize(out.len() + 2 * depth, b' ');
    };
    while let Some(byte) = bytes.next() {
        if in_text {
            out.push(byte);
            in_text = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => {
                in_text = true;
                out.push(byte);
            }
            b'{' | b'[' => {
                out.push(byte);
                if !matches!(bytes.peek(), Some(b'}' | b']')) {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            b'}' | b']' => {
                if !matches!(out.last(), Some(b'{' | b'[')) {
                    depth = depth.saturating_sub(1);
                    line(&mut out, depth);
                }
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                line(&mut out, depth);
            }
            b':' => out.extend_from_slice(b": "),
            byte if byte.is_ascii_whitespace() => {}
            byte => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(accept: &[&str], format: Option<&str>) -> Option<Form> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(header::ACCEPT, value.parse().unwrap());
        }
        Form::asked(&headers, format, false).ok()
    }

    #[test]
    fn the_form_is_that_of_the_parameter_and_else_of_the_header() {
        let (json, xml) = (Some(Form::Json), Some(Form::Xml));
        for (accept, format, expected) in [
            (&[][..], None, json),
            (&["*/*"], None, json),
            (&["application/fhir+xml"], None, xml),
            (&["text/html, application/xml;q=0.9, */*;q=0.8"], None, xml),
            (&["application/fhir+json, */*; q=0.1"], None, json),
            (&["application/fhir+json; fhirVersion=4.0"], None, json),
            (&["application/fhir+json; fhirVersion=5.0"], None, None),
            (&["application/fhir+json; fhirVersion=5.0, application/fhir+xml"], None, xml),
            (&["text/html"], None, None),
            (&["text/html"], Some("xml"), xml),
            (&["application/fhir+xml"], Some("application/fhir+json"), json),
            // As a query has it that was not escaped.
            (&[], Some("application/fhir xml"), xml),
            (&[], Some("turtle"), None),
        ] {
            assert_eq!(asked(accept, format), expected, "{accept:?} {format:?}");
        }
    }

    #[test]
    fn what_is_drawn_out_is_the_same_value() {
        let json = br#"{"a":[1.50,{},[],{"b":"x,{\"y\":[1]}\\"}],"c":null}"#;
        let drawn = drawn_out(json);
        let read = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
        assert_eq!(read(&drawn), read(json));
        let text = String::from_utf8(drawn).unwrap();
        assert!(text.contains("1.50") && text.contains("\n  \"c\": null\n}"), "{text}");
    }
}
