//! Writes a document of items: what it is, then one item after another, each from the rows that CSV would have.

use std::marker::PhantomData;

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    json::write::{Object, string},
    sheaf::{PartName, Sheaf},
    table::Row,
    wire::{WireType, Writing, Written},
};
use schemas::{
    diagnostic::{Diagnostic, Report, Rule},
    identifier::Identifier,
    record::Record,
    said::Said,
};

use crate::{
    child::Identity,
    encoding::writing,
    json::shape::{LA_CHILD, ULN, UPN},
    rules as shared,
    wire::WireUpn,
};

/// A shape that is written.
pub(super) trait Shaped: 'static {
    /// What the document says it is.
    const FORMAT: &'static str;
    /// What its items are called.
    const ITEMS: &'static str;
    /// The items of a child; who it is stands in each.
    fn items(disclosure: &Disclosure<'_>, told: &mut Told<'_>) -> Vec<Members>;
}

/// Writes documents of a shape.
pub(super) struct JsonEncode<S>(PhantomData<fn() -> S>);

impl<S> JsonEncode<S> {
    /// The encoder.
    pub(super) const NEW: Self = Self(PhantomData);
}

impl<S: Shaped> Encode for JsonEncode<S> {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(JsonEncoder::<S> { options, shape: PhantomData })
    }
}

struct JsonEncoder<'o, S> {
    options: &'o Options,
    shape: PhantomData<fn() -> S>,
}

impl<S: Shaped> Encoder for JsonEncoder<'_, S> {
    fn head(&self, sheaf: &mut Sheaf) {
        let out = sheaf.part(PartName::Whole);
        let mut head = Vec::new();
        let mut object = Object::begin(&mut head);
        object.text("format", S::FORMAT);
        object.text("version", "1");
        if let Some(day) = self.options.as_at_day() {
            object.text("asAt", &String::from_utf8_lossy(&day.iso()));
        }
        if let Some(authority) = self.options.authority {
            object.text("authority", &authority.to_string());
        }
        object.text("sentBy", "Homeward");
        out.extend_from_slice(&head);
        out.extend_from_slice(format!(",\"{}\":[", S::ITEMS).as_bytes());
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let writing = writing(self.options);
        let items = S::items(disclosure, &mut Told { writing: &writing, report });
        for item in items {
            let out = sheaf.next_item(b",");
            out.extend_from_slice(b"\n{\"child\":");
            child(disclosure, self.options, out);
            let members = item.json();
            // What is in the item comes after the child, inside the same braces.
            if members.len() > 2 {
                out.push(b',');
            }
            out.extend_from_slice(&members.as_bytes()[1..]);
            sheaf.count(S::ITEMS, 1);
        }
    }

    fn tail(&self, sheaf: &mut Sheaf) {
        sheaf.part(PartName::Whole).extend_from_slice(b"\n]}\n");
    }
}

/// Who the child is, as far as it may be told.
fn child(disclosure: &Disclosure<'_>, options: &Options, out: &mut Vec<u8>) {
    let identity = Identity::told(disclosure.subject, disclosure.records);
    let authority = disclosure.subject.authority.or(options.authority);
    let mut identifiers: Vec<(String, Vec<u8>, bool)> = Vec::new();
    for identifier in &disclosure.subject.identifiers {
        let (system, former) = match identifier {
            Identifier::LaChild(_) => {
                (authority.map_or(LA_CHILD.to_owned(), |authority| format!("{LA_CHILD}:{authority}")), false)
            }
            Identifier::Upn { former, .. } => (UPN.to_owned(), *former),
            Identifier::Uln(_) => (ULN.to_owned(), false),
            _ => continue,
        };
        let mut value = Vec::new();
        identifier.write_value(&mut value);
        identifiers.push((system, value, former));
    }
    // A view under a pseudonym gives no identifier of the child: the pseudonym stands where the authority's would.
    if identifiers.is_empty()
        && let Said::Is(id) = identity.la_child_id
    {
        let mut value = Vec::new();
        id.0.write(&mut value);
        identifiers.push((LA_CHILD.to_owned(), value, false));
    }
    let mut object = Object::begin(out);
    if !identifiers.is_empty() {
        object.list("identifiers", &identifiers, |(system, value, former), object| {
            object.text("system", system);
            object.text("value", &String::from_utf8_lossy(value));
            if *former {
                object.text("use", "old");
            }
        });
    }
    for (name, said) in
        [("surname", &identity.surname), ("forename", &identity.forename), ("knownAs", &identity.known_as)]
    {
        if let Said::Is(text) = said {
            object.text(name, text);
        }
    }
    if let Said::Is(born) = identity.date_of_birth {
        object.text("dateOfBirth", &String::from_utf8_lossy(&born.iso()));
    }
    if let Said::Is(sex) = identity.sex {
        object.text("sex", schemas::code::Code::code(sex.0));
    }
    if let Said::Is(WireUpn::Unknown(reason)) = identity.upn {
        object.text("upnUnknown", schemas::code::Code::code(reason));
    }
    object.end();
}

/// How cells are written, and who is told what cannot be.
pub(super) struct Told<'t> {
    writing: &'t Writing<'t>,
    report: &'t mut dyn Report,
}

impl Told<'_> {
    /// Tells that a record is not written.
    pub(super) fn lose(&mut self, record: &Record, rule: &'static Rule) {
        self.report.raise(Diagnostic::new(rule, record.source.place.clone()));
    }
}

/// Members with what they hold, in JSON, by path.
#[derive(Default)]
pub(super) struct Members(Vec<(&'static str, String)>);

impl Members {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the members of another.
    pub(super) fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Adds a list of objects, where there are any.
    pub(super) fn list(&mut self, path: &'static str, items: Vec<Self>) {
        if !items.is_empty() {
            let items: Vec<String> = items.iter().map(Self::json).collect();
            self.0.push((path, format!("[{}]", items.join(","))));
        }
    }

    /// The members as one object: those whose paths begin alike stand in one group, where the first of them does.
    fn json(&self) -> String {
        let all: Vec<(&str, &str)> = self.0.iter().map(|(path, value)| (*path, value.as_str())).collect();
        object_of(&all)
    }
}

fn object_of(members: &[(&str, &str)]) -> String {
    let mut written: Vec<&str> = Vec::new();
    let mut out = String::from("{");
    for (path, value) in members {
        let (name, rest) = path.split_once('/').map_or((*path, None), |(name, rest)| (name, Some(rest)));
        if written.contains(&name) {
            continue;
        }
        if !written.is_empty() {
            out.push(',');
        }
        written.push(name);
        out.push_str(&format!("\"{name}\":"));
        if rest.is_none() {
            out.push_str(value);
            continue;
        }
        let group: Vec<(&str, &str)> = members
            .iter()
            .filter_map(|(path, value)| Some((path.strip_prefix(name)?.strip_prefix('/')?, *value)))
            .collect();
        out.push_str(&object_of(&group));
    }
    out.push('}');
    out
}

/// The columns of a row as members, each at its path. A column that has no word for its value is told.
pub(super) fn members<R: Row>(
    row: &R,
    columns: &[(&'static str, &'static str)],
    record: &Record,
    told: &mut Told<'_>,
) -> Members {
    let mut members = Members::default();
    for (name, path) in columns {
        let Some(number) = R::TABLE.columns.iter().position(|column| column.name == *name) else { continue };
        let (lens, column) = (&R::LENSES[number], &R::TABLE.columns[number]);
        let mut cell = Vec::new();
        if (lens.write)(row, &mut cell, told.writing) == Written::CannotSay {
            let lost = Diagnostic::new(&shared::NOT_WRITTEN, record.source.place.clone());
            told.report.raise(lost.of_field(column.record_field()));
            continue;
        }
        if !cell.is_empty() {
            members.0.push((path, value_of(&String::from_utf8_lossy(&cell), column.wire)));
        }
    }
    members
}

/// A cell of a table as a value of JSON.
fn value_of(cell: &str, wire: WireType) -> String {
    let mut out = Vec::new();
    match wire {
        WireType::Flag => return if cell.eq_ignore_ascii_case("y") { "true" } else { "false" }.to_owned(),
        WireType::Number { .. } | WireType::Percent => return cell.to_owned(),
        WireType::Money => return pence(cell),
        WireType::Words(_) | WireType::Codes(_) | WireType::List => {
            let items: Vec<String> =
                cell.split(';').map(|item| value_of(item, WireType::Text { characters_max: 0 })).collect();
            return format!("[{}]", items.join(","));
        }
        _ => string(cell, &mut out),
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Pounds as whole pence.
fn pence(pounds: &str) -> String {
    let digits: String = pounds.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() { "0".to_owned() } else { digits.to_owned() }
}
