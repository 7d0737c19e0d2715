//! Writes a document of items: what it is, then one item after another, each from the rows that CSV would have.

use std::marker::PhantomData;

pub(super) use kit::json::members::Members;

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    json::{members::members_of, write::Object},
    sheaf::{PartName, Sheaf},
    table::Row,
    wire::Writing,
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

/// The columns of a row as members, each at its path. A column that has no word for its value is told.
pub(super) fn members<R: Row>(
    row: &R,
    columns: &[(&'static str, &'static str)],
    record: &Record,
    told: &mut Told<'_>,
) -> Members {
    let Told { writing, report } = told;
    members_of(row, columns, writing, |column| {
        let lost = Diagnostic::new(&shared::NOT_WRITTEN, record.source.place.clone());
        report.raise(lost.of_field(R::TABLE.columns[column].record_field()));
    })
}
