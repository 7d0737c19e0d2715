//! Records as documents: canonical JSON by the record's own declaration, there and back, and what is compared by hash.
//!
//! What is written is what [`json_schema`](crate::json_schema) publishes, in the canonical form of RFC 8785: members in
//! order, no blanks, so that equal records have equal bytes. Codes stand by their text, because the place of a code in
//! its list changes with the years. A document is read through the lenses of the reflection: nothing that it holds is
//! taken without the check of its own type. Its depth is bounded by that of the reader.

use std::{fmt, sync::Arc, sync::LazyLock};

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use crate::{
    code::CodeList,
    date::{AcademicYear, ClockTime, CollectionYear, Date, DateTime},
    decimal::Decimal,
    diagnostic::{PartId, Place},
    identifier::{Identifier, LaCode, Laestab, OfstedUrn, PermanenceAuthority, SchoolUrn, WorkerId},
    json_schema::{ANSWERS, member_name},
    money::Pence,
    postcode::{Postcode, PostcodeRead},
    record::{Record, STATEMENTS, Source, Statement, Subject, SubjectKind, unsaid},
    reflect::{Field, Kind, Shape, StatementType, Value},
    said::{Coarse, Reduction, Said},
};

/// Why a document is not one of records: where, by names that we declare, and never what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which record, from 0; `None` when the bytes are no JSON of records at all.
    pub record: Option<usize>,
    /// The type of the statement, where it was known by then.
    pub statement: Option<&'static str>,
    /// The field or member.
    pub member: &'static str,
    /// What is wrong with it.
    pub reason: FaultReason,
}

/// What is wrong with a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultReason {
    /// The bytes are no JSON, or JSON nested too deep.
    NotJson,
    /// It has to be there and is not.
    Missing,
    /// No member of this name is declared.
    Undeclared,
    /// It is there and cannot be read as what it is declared to be: another kind, or a code of no list we know.
    Unreadable,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(record) = self.record {
            write!(f, "record {record}, ")?;
        }
        if let Some(statement) = self.statement {
            write!(f, "{statement}, ")?;
        }
        write!(f, "{}: ", self.member)?;
        f.write_str(match self.reason {
            FaultReason::NotJson => "it is no JSON",
            FaultReason::Missing => "it is not there",
            FaultReason::Undeclared => "it holds a member that is not declared",
            FaultReason::Unreadable => "it is not what it is declared to be",
        })
    }
}

impl std::error::Error for Fault {}

/// Appends a record as canonical JSON.
pub fn write_record(record: &Record, out: &mut Vec<u8>) {
    // The members in the order of RFC 8785: place, retracts, says, statement, subject.
    out.push(b'{');
    if record.source.place != Place::Document {
        out.extend_from_slice(b"\"place\":");
        write_place(&record.source.place, out);
        out.push(b',');
    }
    if record.source.retracts {
        out.extend_from_slice(b"\"retracts\":true,");
    }
    out.extend_from_slice(b"\"says\":");
    write_says(&record.statement, out);
    out.extend_from_slice(b",\"statement\":");
    write_text(record.statement.statement_type().name, out);
    out.extend_from_slice(b",\"subject\":");
    write_subject(&record.subject, out);
    out.push(b'}');
}

/// Appends records as a canonical JSON array.
pub fn write_records(records: &[Record], out: &mut Vec<u8>) {
    write_list(records, out, write_record);
}

/// Reads what [`write_record`] or [`write_records`] wrote. Records of equal subjects one after the other share theirs.
///
/// # Errors
/// [`Fault`] at the first thing that is not as it is declared.
pub fn read_records(bytes: &[u8]) -> Result<Vec<Record>, Fault> {
    let not_json = Fault { record: None, statement: None, member: "document", reason: FaultReason::NotJson };
    let documents = match serde_json::from_slice(bytes).map_err(|_| not_json)? {
        Json::Array(documents) => documents,
        document => vec![document],
    };
    let mut records: Vec<Record> = Vec::with_capacity(documents.len());
    for (n, document) in documents.into_iter().enumerate() {
        let known = records.last().map(|record| Arc::clone(&record.subject));
        records.push(read_record(document, known).map_err(|fault| Fault { record: Some(n), ..fault })?);
    }
    Ok(records)
}

/// The natural key of a statement in canonical form (record, section 1.6): a JSON array of its parts as text.
///
/// Codes are in upper case; text is in lower case, trimmed, its inner blanks single. A part that is not said is empty:
/// such a statement is weakly keyed. The sender's own reference, where it is a key, stands alone.
#[must_use]
pub fn natural_key(statement: &Statement) -> Vec<u8> {
    let of = statement.statement_type();
    let part_of = |name: &&'static str| {
        let field = of.field(name)?;
        Some(key_part(field.kind, &field.get(statement).is()?))
    };
    let mut out = Vec::new();
    let reference: Option<Vec<String>> = of.key.reference.iter().map(part_of).collect();
    match reference.filter(|reference| !reference.is_empty()) {
        Some(reference) => write_list(&reference, &mut out, |part, out| write_text(part, out)),
        None => write_list(of.key.parts, &mut out, |fields, out| {
            write_text(&fields.iter().find_map(part_of).unwrap_or_default(), out);
        }),
    }
    out
}

/// What a statement says, as a hash: its type and its fields, those of its key among them, and nothing of its source.
#[must_use]
pub fn content_hash(statement: &Statement) -> [u8; 32] {
    let mut canonical = statement.statement_type().name.as_bytes().to_vec();
    write_says(statement, &mut canonical);
    Sha256::digest(&canonical).into()
}

/// A subject as a hash: its kind, identifiers and authority.
#[must_use]
pub fn subject_hash(subject: &Subject) -> [u8; 32] {
    let mut canonical = Vec::new();
    write_subject(subject, &mut canonical);
    Sha256::digest(&canonical).into()
}

/// The fields of a type of statement in the order in which they are written, each with its name in JSON.
type Layout = Vec<(String, &'static Field)>;

static LAYOUTS: LazyLock<Vec<(&'static str, Layout)>> = LazyLock::new(|| {
    let layout = |of: &StatementType| {
        let mut fields: Layout = of.fields.iter().map(|field| (member_name(field.name, field.kind), field)).collect();
        fields.sort_by(|(left, _), (right, _)| left.cmp(right));
        fields
    };
    STATEMENTS.iter().map(|of| (of.name, layout(of))).collect()
});

fn layout_of(statement: &str) -> &'static [(String, &'static Field)] {
    LAYOUTS.iter().find(|(name, _)| *name == statement).map_or(&[], |(_, layout)| layout)
}

fn write_says(statement: &Statement, out: &mut Vec<u8>) {
    let layout = layout_of(statement.statement_type().name).iter();
    write_members(layout.map(|(name, field)| (name.as_str(), field.kind, field.get(statement))), out);
}

/// Writes answers by name; what was not asked is absent.
fn write_members<'n>(members: impl Iterator<Item = (&'n str, Kind, Said<Value>)>, out: &mut Vec<u8>) {
    out.push(b'{');
    let mut first = true;
    for (name, kind, answer) in members.filter(|(_, _, answer)| *answer != Said::NotAsked) {
        if !first {
            out.push(b',');
        }
        first = false;
        write_text(name, out);
        out.push(b':');
        write_answer(kind, &answer, out);
    }
    out.push(b'}');
}

fn write_answer(kind: Kind, answer: &Said<Value>, out: &mut Vec<u8>) {
    let [unknown, refused, not_applicable, unreadable] = ANSWERS;
    let word = match answer {
        Said::Is(value) => return write_value(kind, value, out),
        Said::NotAsked | Said::Blank => return out.extend_from_slice(b"null"),
        Said::Reduced(reduction) => return write_reduction(*reduction, out),
        Said::Unknown => unknown,
        Said::Refused => refused,
        Said::NotApplicable => not_applicable,
        Said::Unreadable => unreadable,
    };
    out.extend_from_slice(b"{\"said\":");
    write_text(word, out);
    out.push(b'}');
}

fn write_reduction(reduction: Reduction, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"reduced\":{");
    match reduction {
        Reduction::Age(years) => {
            out.extend_from_slice(b"\"age\":");
            write_number(years.into(), out);
        }
        Reduction::Coarse(coarse) => {
            out.extend_from_slice(b"\"coarse\":");
            write_text(coarse.name(), out);
        }
        Reduction::Flag(flag) => {
            out.extend_from_slice(b"\"flag\":");
            write_flag(flag, out);
        }
    }
    out.extend_from_slice(b"}}");
}

fn write_value(kind: Kind, value: &Value, out: &mut Vec<u8>) {
    match (kind, value) {
        (_, Value::Flag(flag)) => write_flag(*flag, out),
        (_, Value::Number(number)) => write_number(u64::from(*number), out),
        (_, Value::Pence(pence)) => write_number(pence.number().into(), out),
        (_, Value::Year(year)) => write_number(year.number().into(), out),
        (Kind::List(of), Value::List(items)) => write_list(items, out, |item, out| write_value(*of, item, out)),
        (Kind::Item(shape), Value::Item(answers)) => {
            let named = sorted_members(shape).into_iter();
            let answer = |n: usize| answers.get(n).cloned().unwrap_or_default();
            let members: Vec<_> = named.map(|(name, n, kind)| (name, kind, answer(n))).collect();
            write_members(members.iter().map(|(name, kind, answer)| (name.as_str(), *kind, answer.clone())), out);
        }
        _ => write_text(&text_of(kind, value), out),
    }
}

/// The members of a group in the order in which they are written: name in JSON, place in the group, kind.
fn sorted_members(shape: &Shape) -> Vec<(String, usize, Kind)> {
    let members = shape.members.iter().enumerate();
    let mut members: Vec<_> =
        members.map(|(n, member)| (member_name(member.name, member.kind), n, member.kind)).collect();
    members.sort_by(|(left, ..), (right, ..)| left.cmp(right));
    members
}

/// A value that is written as text.
fn text_of(kind: Kind, value: &Value) -> String {
    let mut out = Vec::new();
    match value {
        Value::Date(day) => day.write_iso(&mut out),
        Value::ClockTime(time) => time.write(&mut out),
        Value::DateTime(moment) => moment.write(&mut out),
        Value::AcademicYear(year) => year.write(&mut out),
        Value::Text(text) => return text.as_ref().to_owned(),
        Value::Decimal(decimal) => decimal.write(&mut out),
        Value::Postcode(postcode) => postcode.write_spaced(&mut out),
        Value::OfstedUrn(urn) => urn.write(&mut out),
        Value::SchoolUrn(urn) => urn.write(&mut out),
        Value::Laestab(number) => number.write(&mut out),
        Value::Authority(authority) => authority.write(&mut out),
        Value::PermanenceAuthority(authority) => authority.write(&mut out),
        Value::WorkerId(worker) => worker.write(&mut out),
        Value::Code(index) => {
            let (Kind::Code(list) | Kind::OpenCode(list)) = kind else { return String::new() };
            return list.entries.get(usize::from(*index)).map_or_else(String::new, |entry| entry.code.to_owned());
        }
        Value::Flag(flag) => write_flag(*flag, &mut out),
        Value::Number(number) => write_number(u64::from(*number), &mut out),
        Value::Year(year) => write_number(year.number().into(), &mut out),
        Value::Pence(pence) => write_number(pence.number().into(), &mut out),
        // A lens gives none to a field of another kind.
        Value::List(_) | Value::Item(_) => {}
    }
    String::from_utf8(out).unwrap_or_default()
}

/// A part of a natural key, normalised. A group goes by its code, else by its words; a list by its items in the order of
/// their names; a moment by its day.
pub(crate) fn key_part(kind: Kind, value: &Value) -> String {
    match (kind, value) {
        (Kind::Item(shape), Value::Item(answers)) => {
            let named = |name: &str| {
                let (member, answer) = shape.members.iter().zip(answers).find(|(member, _)| member.name == name)?;
                match answer {
                    Said::Is(value) => Some(key_part(member.kind, value)).filter(|part| !part.is_empty()),
                    _ => None,
                }
            };
            return ["code", "text"].into_iter().find_map(named).unwrap_or_default();
        }
        (Kind::List(item), Value::List(items)) => {
            let mut parts: Vec<String> = items.iter().map(|value| key_part(*item, value)).collect();
            parts.sort_unstable();
            return parts.join(",");
        }
        _ => {}
    }
    match value {
        Value::DateTime(moment) => moment.date().map_or_else(String::new, |day| day.to_string()),
        Value::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase(),
        Value::Postcode(postcode) => {
            let mut out = Vec::new();
            postcode.write_compact(&mut out);
            String::from_utf8(out).unwrap_or_default()
        }
        _ => text_of(kind, value),
    }
}

fn write_place(place: &Place, out: &mut Vec<u8>) {
    let mut members: Vec<(&str, u64)> = Vec::new();
    let mut named = None;
    match place {
        Place::Document => {}
        Place::Part(_) => {}
        Place::Cell { line, column, byte, .. } => {
            members.push(("byte", *byte));
            members.extend(column.map(|column| ("column", u64::from(column))));
            members.push(("line", *line));
        }
        Place::Node { path, byte, .. } => {
            members.push(("byte", *byte));
            named = Some(path);
        }
    }
    members.extend(place.part().map(|part| ("part", u64::from(part.0))));
    out.push(b'{');
    for (n, (name, number)) in members.into_iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        write_text(name, out);
        out.push(b':');
        write_number(number, out);
    }
    if let Some(path) = named {
        out.extend_from_slice(b",\"path\":");
        write_text(path, out);
    }
    out.push(b'}');
}

/// Appends a subject as canonical JSON.
pub fn write_subject(subject: &Subject, out: &mut Vec<u8>) {
    out.push(b'{');
    if let Some(authority) = subject.authority {
        out.extend_from_slice(b"\"authority\":\"");
        authority.write(out);
        out.extend_from_slice(b"\",");
    }
    out.extend_from_slice(b"\"identifiers\":");
    write_list(&subject.identifiers, out, |identifier, out| {
        out.push(b'{');
        if matches!(identifier, Identifier::Upn { former: true, .. }) {
            out.extend_from_slice(b"\"former\":true,");
        }
        out.extend_from_slice(b"\"system\":\"");
        if identifier.system(subject.authority, out).is_err() {
            out.extend_from_slice(identifier.kind().system().as_bytes());
        }
        out.extend_from_slice(b"\",\"value\":");
        let mut value = Vec::new();
        identifier.write_value(&mut value);
        write_text(&String::from_utf8(value).unwrap_or_default(), out);
        out.push(b'}');
    });
    out.extend_from_slice(match subject.kind {
        SubjectKind::Child => b",\"kind\":\"child\"}",
        SubjectKind::Place => b",\"kind\":\"place\"}",
    });
}

fn write_list<T>(items: &[T], out: &mut Vec<u8>, mut write: impl FnMut(&T, &mut Vec<u8>)) {
    out.push(b'[');
    for (n, item) in items.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(b']');
}

fn write_flag(flag: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if flag { b"true" } else { b"false" });
}

fn write_number(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(number.to_string().as_bytes());
}

/// Writes a text by RFC 8785, 3.2.2.2: the short escapes where there are any, nothing else escaped that need not be.
fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0x08 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            control if control < b' ' => out.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
            other => out.push(other),
        }
    }
    out.push(b'"');
}

fn read_record(document: Json, known: Option<Arc<Subject>>) -> Result<Record, Fault> {
    let mut members = object(document, "record")?;
    let name = take(&mut members, "statement")?;
    let name = name.as_str().ok_or_else(|| unreadable("statement"))?;
    let mut statement = unsaid(name).ok_or_else(|| unreadable("statement"))?;
    let of = statement.statement_type();
    read_says(take(&mut members, "says")?, &mut statement)
        .map_err(|fault| Fault { statement: Some(of.name), ..fault })?;
    let subject = subject_of(take(&mut members, "subject")?)?;
    let retracts = match members.remove("retracts") {
        None => false,
        Some(Json::Bool(retracts)) => retracts,
        Some(_) => return Err(unreadable("retracts")),
    };
    let place = match members.remove("place") {
        None => Place::Document,
        Some(place) => read_place(place)?,
    };
    none_left(&members, "record")?;
    let subject = known.filter(|known| **known == subject).unwrap_or_else(|| Arc::new(subject));
    Ok(Record { subject, statement, source: Source { place, retracts } })
}

fn read_says(says: Json, statement: &mut Statement) -> Result<(), Fault> {
    let mut members = object(says, "says")?;
    for (name, field) in layout_of(statement.statement_type().name) {
        let Some(answer) = members.remove(name) else { continue };
        let answer = read_answer(field.kind, answer).ok_or_else(|| unreadable(field.name))?;
        if !field.set(statement, answer) {
            return Err(unreadable(field.name));
        }
    }
    none_left(&members, "says")
}

fn read_answer(kind: Kind, answer: Json) -> Option<Said<Value>> {
    match answer {
        Json::Null => Some(Said::Blank),
        Json::Object(mut members) if members.len() == 1 && members.contains_key("said") => {
            let word = members.remove("said")?;
            let answers = [Said::Unknown, Said::Refused, Said::NotApplicable, Said::Unreadable];
            ANSWERS.into_iter().zip(answers).find(|(known, _)| word == *known).map(|(_, answer)| answer)
        }
        Json::Object(mut members) if members.len() == 1 && members.contains_key("reduced") => {
            read_reduction(members.remove("reduced")?).map(Said::Reduced)
        }
        value => read_value(kind, value).map(Said::Is),
    }
}

fn read_reduction(reduction: Json) -> Option<Reduction> {
    let Json::Object(members) = reduction else { return None };
    let mut members = members.into_iter();
    let (name, value) = members.next()?;
    let reduction = match name.as_str() {
        "age" => Reduction::Age(u8::try_from(value.as_u64()?).ok()?),
        "coarse" => {
            let name = value.as_str()?;
            Reduction::Coarse(Coarse::ALL.iter().copied().find(|coarse| coarse.name() == name)?)
        }
        "flag" => Reduction::Flag(value.as_bool()?),
        _ => return None,
    };
    members.next().is_none().then_some(reduction)
}

fn read_value(kind: Kind, value: Json) -> Option<Value> {
    Some(match kind {
        Kind::Flag => Value::Flag(value.as_bool()?),
        Kind::Number { .. } => Value::Number(u32::try_from(value.as_u64()?).ok()?),
        Kind::Year => Value::Year(CollectionYear::new(u16::try_from(value.as_u64()?).ok()?)?),
        Kind::Pence => Value::Pence(Pence::new(u32::try_from(value.as_u64()?).ok()?)?),
        Kind::List(of) => {
            let Json::Array(items) = value else { return None };
            Value::List(items.into_iter().map(|item| read_value(*of, item)).collect::<Option<_>>()?)
        }
        Kind::Item(shape) => {
            let Json::Object(mut members) = value else { return None };
            let answers =
                shape.members.iter().map(|member| match members.remove(&member_name(member.name, member.kind)) {
                    None => Some(Said::NotAsked),
                    Some(answer) => read_answer(member.kind, answer),
                });
            let answers = answers.collect::<Option<_>>()?;
            members.is_empty().then_some(Value::Item(answers))?
        }
        _ => read_text(kind, value.as_str()?)?,
    })
}

fn read_text(kind: Kind, text: &str) -> Option<Value> {
    let bytes = text.as_bytes();
    Some(match kind {
        Kind::Date => Value::Date(Date::parse_iso(bytes)?),
        Kind::ClockTime => Value::ClockTime(ClockTime::parse(bytes)?),
        Kind::DateTime => Value::DateTime(DateTime::read(bytes)?),
        Kind::AcademicYear => Value::AcademicYear(AcademicYear::read(bytes)?),
        Kind::Text => Value::Text(text.into()),
        Kind::Decimal => Value::Decimal(Decimal::read(bytes)?),
        Kind::Postcode => match Postcode::read(bytes) {
            PostcodeRead::Is(postcode) => Value::Postcode(postcode),
            PostcodeRead::Placeholder | PostcodeRead::Unreadable => return None,
        },
        Kind::OfstedUrn => Value::OfstedUrn(OfstedUrn::read(bytes)?),
        Kind::SchoolUrn => Value::SchoolUrn(SchoolUrn::read(bytes)?),
        Kind::Laestab => Value::Laestab(Laestab::read(bytes)?),
        Kind::Authority => Value::Authority(LaCode::read(bytes)?),
        Kind::PermanenceAuthority => Value::PermanenceAuthority(PermanenceAuthority::read(bytes)?),
        Kind::WorkerId => Value::WorkerId(WorkerId::read(bytes).ok()?),
        Kind::Code(list) => Value::Code(index_of(list, text)?),
        Kind::OpenCode(list) => index_of(list, text).map_or_else(|| Value::Text(text.into()), Value::Code),
        Kind::Flag | Kind::Number { .. } | Kind::Year | Kind::Pence | Kind::List(_) | Kind::Item(_) => return None,
    })
}

/// The place of exactly this code: what was written is in the case of the list.
fn index_of(list: &CodeList, code: &str) -> Option<u8> {
    list.entries.iter().position(|entry| entry.code == code).and_then(|index| u8::try_from(index).ok())
}

/// Reads what [`write_subject`] wrote.
///
/// # Errors
/// [`Fault`] at the first thing that is not as it is declared.
pub fn read_subject(bytes: &[u8]) -> Result<Subject, Fault> {
    let not_json = Fault { record: None, statement: None, member: "subject", reason: FaultReason::NotJson };
    subject_of(serde_json::from_slice(bytes).map_err(|_| not_json)?)
}

fn subject_of(subject: Json) -> Result<Subject, Fault> {
    let mut members = object(subject, "subject")?;
    let kind = match take(&mut members, "kind")?.as_str() {
        Some("child") => SubjectKind::Child,
        Some("place") => SubjectKind::Place,
        _ => return Err(unreadable("kind")),
    };
    let authority = match members.remove("authority") {
        None => None,
        Some(code) => {
            let code = code.as_str().and_then(|code| LaCode::read(code.as_bytes()));
            Some(code.ok_or_else(|| unreadable("authority"))?)
        }
    };
    let Json::Array(identifiers) = take(&mut members, "identifiers")? else { return Err(unreadable("identifiers")) };
    let identifiers = identifiers.into_iter().map(|identifier| read_identifier(identifier, authority));
    let identifiers = identifiers.collect::<Option<_>>().ok_or_else(|| unreadable("identifiers"))?;
    none_left(&members, "subject")?;
    Ok(Subject { kind, identifiers, authority })
}

fn read_identifier(identifier: Json, authority: Option<LaCode>) -> Option<Identifier> {
    let Json::Object(members) = identifier else { return None };
    let system = members.get("system")?.as_str()?;
    let former = match members.get("former") {
        None => false,
        Some(former) => former.as_bool()?,
    };
    let declared = 2 + usize::from(members.contains_key("former"));
    let value = members.get("value")?.as_str()?.as_bytes();
    let identifier = Identifier::read_of_system(system, authority, value, former)?;
    (members.len() == declared).then_some(identifier)
}

fn read_place(place: Json) -> Result<Place, Fault> {
    let members = object(place, "place")?;
    let number = |name: &str| members.get(name).and_then(Json::as_u64);
    let small = |name: &str| number(name).and_then(|number| u16::try_from(number).ok());
    let path = members.get("path").and_then(Json::as_str);
    let part = small("part").map(PartId).ok_or_else(|| unreadable("place"))?;
    let (place, declared) = match (number("byte"), number("line"), path) {
        (None, None, None) => (Place::Part(part), 1),
        (Some(byte), Some(line), None) => {
            let column = small("column");
            (Place::Cell { part, line, column, byte }, 3 + usize::from(column.is_some()))
        }
        (Some(byte), None, Some(path)) => (Place::Node { part, path: path.into(), byte }, 3),
        _ => return Err(unreadable("place")),
    };
    if members.len() == declared { Ok(place) } else { Err(unreadable("place")) }
}

fn object(json: Json, member: &'static str) -> Result<Map<String, Json>, Fault> {
    match json {
        Json::Object(members) => Ok(members),
        _ => Err(unreadable(member)),
    }
}

fn take(members: &mut Map<String, Json>, member: &'static str) -> Result<Json, Fault> {
    members.remove(member).ok_or(Fault { reason: FaultReason::Missing, ..unreadable(member) })
}

fn none_left(members: &Map<String, Json>, member: &'static str) -> Result<(), Fault> {
    match members.is_empty() {
        true => Ok(()),
        false => Err(Fault { reason: FaultReason::Undeclared, ..unreadable(member) }),
    }
}

fn unreadable(member: &'static str) -> Fault {
    Fault { record: None, statement: None, member, reason: FaultReason::Unreadable }
}
