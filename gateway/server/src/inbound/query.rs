//! Query parameters, read strictly: an unknown, repeated or malformed one is refused by its name or number.

use std::borrow::Cow;

use kit::nearest::nearest;
use schemas::date::Date;
use store::Micros;
use uuid::Uuid;

use super::problem::{Complaint, Place, Problem};
use crate::durable::moment::from_rfc3339;

/// Longest word that names something of ours: a format, a view, a dialect, a part.
const NAME_CHARS_MAX: usize = 64;

/// The parameters of one request, all of them known by name.
pub(crate) struct Query<'q> {
    values: Vec<(&'static str, Cow<'q, str>)>,
}

impl<'q> Query<'q> {
    /// Reads a query of which these names are known.
    ///
    /// # Errors
    /// [`Problem::InvalidRequest`] that names the parameter by its number when it is not ours.
    pub(crate) fn parse(query: Option<&'q str>, names: &[&'static str]) -> Result<Self, Problem> {
        let mut values: Vec<(&'static str, Cow<'q, str>)> = Vec::new();
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        for (number, (name, value)) in (1..).zip(pairs) {
            let Some(known) = names.iter().find(|known| **known == name) else {
                let message = match nearest(&name, names.iter().copied()) {
                    Some(nearest) => format!("parameter number {number} is not known; nearest: {nearest}").into(),
                    None => format!("parameter number {number} is not known").into(),
                };
                let help = "leave it out; the parameters are named in the documentation of this address";
                let place = Place::ParameterNumber(number);
                return Err(Problem::InvalidRequest(Complaint {
                    rule: "http/unknown-parameter",
                    message,
                    help,
                    place,
                }));
            };
            if values.iter().any(|(name, _)| name == known) {
                return Err(refuse("http/repeated-parameter", known, "is there twice", "give it once"));
            }
            values.push((known, value));
        }
        Ok(Self { values })
    }

    /// A value as it is.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }

    /// The name of something of ours: `[A-Za-z0-9_-]`, 1 to 64 characters.
    pub(crate) fn name(&self, name: &'static str) -> Result<Option<String>, Problem> {
        self.checked(name, is_name, "1 to 64 letters, digits, - or _")
    }

    /// A collection year by its end, or `current`.
    pub(crate) fn year(&self) -> Result<Option<String>, Problem> {
        let valid = |value: &str| value == "current" || value.len() == 4 && all_digits(value);
        self.checked("year", valid, "four digits, the year in which the collection ends, or `current`")
    }

    /// A day as `YYYY-MM-DD`; whether there is such a day is for the pipeline to say.
    pub(crate) fn day(&self, name: &'static str) -> Result<Option<String>, Problem> {
        let valid = |value: &str| {
            let pieces: Vec<&str> = value.split('-').collect();
            matches!(pieces[..], [y, m, d] if y.len() == 4 && m.len() == 2 && d.len() == 2)
                && pieces.iter().all(|piece| all_digits(piece))
        };
        self.checked(name, valid, "a day as YYYY-MM-DD")
    }

    /// The three-digit code of a local authority.
    pub(crate) fn authority(&self) -> Result<Option<String>, Problem> {
        self.checked("authority", |value| value.len() == 3 && all_digits(value), "three digits")
    }

    /// A text of at most so many characters, without control characters.
    pub(crate) fn text(&self, name: &'static str, chars_max: usize) -> Result<Option<String>, Problem> {
        let valid = |value: &str| {
            !value.is_empty() && value.chars().count() <= chars_max && !value.chars().any(char::is_control)
        };
        self.checked(name, valid, "a text on one line that is not too long")
    }

    /// A first and a last day, `YYYY-MM-DD/YYYY-MM-DD`.
    pub(crate) fn period(&self) -> Result<Option<String>, Problem> {
        let day = |text: &str| Date::parse_iso(text.as_bytes());
        let valid = |value: &str| {
            value.split_once('/').and_then(|(first, last)| Some(day(first)? <= day(last)?)).unwrap_or(false)
        };
        self.checked("period", valid, "a first and a last day, as in 2025-04-01/2026-03-31")
    }

    /// An id of ours.
    pub(crate) fn id(&self, name: &'static str) -> Result<Option<Uuid>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        Uuid::try_parse(value).map(Some).map_err(|_| malformed(name, "an id, as lists give it".to_owned()))
    }

    /// A moment in RFC 3339.
    pub(crate) fn instant(&self, name: &'static str) -> Result<Option<Micros>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        from_rfc3339(value).map(Some).ok_or_else(|| malformed(name, "a moment, as in 2026-11-21T09:30:00Z".to_owned()))
    }

    /// A whole number of at most `most`.
    pub(crate) fn number(&self, name: &'static str, most: u64) -> Result<Option<u64>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = Some(value).filter(|value| all_digits(value)).and_then(|value| value.parse().ok());
        match number.filter(|number| *number <= most) {
            Some(number) => Ok(Some(number)),
            None => Err(malformed(name, format!("a whole number from 0 to {most}"))),
        }
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(
        &self,
        name: &'static str,
        words: &[(&'static str, T)],
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        match words.iter().find(|(word, _)| *word == value) {
            Some((_, choice)) => Ok(Some(*choice)),
            None => {
                let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                Err(malformed(name, format!("one of {}", words.join(", "))))
            }
        }
    }

    fn checked(
        &self,
        name: &'static str,
        valid: impl Fn(&str) -> bool,
        takes: &'static str,
    ) -> Result<Option<String>, Problem> {
        match self.get(name) {
            Some(value) if !valid(value) => Err(malformed(name, takes.to_owned())),
            value => Ok(value.map(str::to_owned)),
        }
    }
}

/// A parameter that has to be there.
pub(crate) fn missing(name: &'static str) -> Problem {
    refuse("http/missing-parameter", name, "is needed", "add it to the query")
}

/// Whether a text has the form of a name of ours.
pub(crate) fn is_name(value: &str) -> bool {
    (1..=NAME_CHARS_MAX).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

fn malformed(name: &'static str, takes: String) -> Problem {
    let message = format!("the parameter {name} is malformed; it takes {takes}").into();
    let help = "write it as the message says";
    Problem::InvalidRequest(Complaint { rule: "http/parameter", message, help, place: Place::Parameter(name) })
}

pub(crate) fn refuse(rule: &'static str, name: &'static str, what: &str, help: &'static str) -> Problem {
    let message = format!("the parameter {name} {what}").into();
    Problem::InvalidRequest(Complaint { rule, message, help, place: Place::Parameter(name) })
}

fn all_digits(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}
