//! The JSON Schema of the record, from its own declaration (JSON Schema 2020-12).
//!
//! A record is an object of `subject`, `statement` (the name of its type), `says` (one member a field, camelCase),
//! `retracts` and `place`. A field that was not asked is absent; a field that is blank is null; another answer without
//! a value is an object of one member: `said`, or `reduced` where a view let out less than the value.

use std::fmt::Write;

use crate::{
    code::CodeList,
    money::Pence,
    record::STATEMENTS,
    reflect::{Kind, Shape, StatementType},
    said::Coarse,
};

/// Answers without a value that are written as a word; absent and null are the other two.
pub(crate) const ANSWERS: [&str; 4] = ["unknown", "refused", "notApplicable", "unreadable"];

/// The schema of the record, pretty-printed; the same text for the same declaration.
#[must_use]
pub fn record_schema() -> String {
    let mut definitions =
        vec![("Answer".to_owned(), answer()), ("Subject".to_owned(), subject()), ("Place".to_owned(), place())];
    let mut shapes: Vec<&'static Shape> = Vec::new();
    let mut lists: Vec<&'static CodeList> = Vec::new();
    for statement in STATEMENTS {
        definitions.push((statement.name.to_owned(), statement_schema(statement)));
        for field in statement.fields {
            gather(field.kind, &mut shapes, &mut lists);
        }
    }
    definitions.extend(shapes.iter().map(|shape| (shape.name.to_owned(), shape_schema(shape))));
    definitions.extend(lists.iter().map(|list| (code_name(list), list_schema(list))));

    let one_of = STATEMENTS.iter().map(|statement| {
        Json::object([(
            "properties",
            Json::object([
                ("statement", Json::object([("const", Json::text(statement.name))])),
                ("says", refer(statement.name)),
            ]),
        )])
    });
    let schema = Json::object([
        ("$schema", Json::text("https://json-schema.org/draft/2020-12/schema")),
        ("$id", Json::text("urn:homeward:schema:record")),
        ("title", Json::text("Record")),
        ("description", Json::text("One thing said of one subject, read at one place.")),
        ("type", Json::text("object")),
        (
            "properties",
            Json::object([
                ("subject", refer("Subject")),
                ("statement", Json::object([("type", Json::text("string"))])),
                ("says", Json::object([("type", Json::text("object"))])),
                ("retracts", Json::object([("type", Json::text("boolean"))])),
                ("place", refer("Place")),
            ]),
        ),
        ("required", Json::texts(["subject", "statement", "says"])),
        ("additionalProperties", Json::False),
        ("oneOf", Json::List(one_of.collect())),
        ("$defs", Json::Object(definitions)),
    ]);
    let mut out = String::new();
    schema.write(&mut out, 0);
    out.push('\n');
    out
}

/// `birth_date` as JSON spells it: `birthDate` (record, section 1.1).
#[must_use]
pub fn camel_case(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut upper = false;
    for character in name.chars() {
        match character {
            '_' => upper = true,
            _ if upper => {
                camel.push(character.to_ascii_uppercase());
                upper = false;
            }
            _ => camel.push(character),
        }
    }
    camel
}

/// The name of a field or member in JSON: an amount of money says that it is in pence (record, section 1.1).
#[must_use]
pub fn member_name(name: &str, kind: Kind) -> String {
    let mut member = camel_case(name);
    if matches!(kind, Kind::Pence) {
        member.push_str("Pence");
    }
    member
}

fn answer() -> Json {
    let one_member = |name: &str, value: Json| {
        Json::object([
            ("type", Json::text("object")),
            ("properties", Json::object([(name, value)])),
            ("required", Json::texts([name])),
            ("additionalProperties", Json::False),
        ])
    };
    let reduced = Json::object([(
        "anyOf",
        Json::List(vec![
            one_member("age", integer(u8::MAX.into())),
            one_member("coarse", Json::object([("enum", Json::texts(Coarse::ALL.iter().map(|coarse| coarse.name())))])),
            one_member("flag", Json::object([("type", Json::text("boolean"))])),
        ]),
    )]);
    Json::object([
        ("description", Json::text("An answer without a value. Null is blank; an absent member was not asked.")),
        (
            "anyOf",
            Json::List(vec![
                Json::object([("type", Json::text("null"))]),
                one_member("said", Json::object([("enum", Json::texts(ANSWERS))])),
                one_member("reduced", reduced),
            ]),
        ),
    ])
}

fn place() -> Json {
    let whole = || Json::object([("type", Json::text("integer")), ("minimum", Json::Number(0))]);
    Json::object([
        ("description", Json::text("Where in its document the record was read; absent for the document as a whole.")),
        ("type", Json::text("object")),
        (
            "properties",
            Json::object([
                ("part", integer(u16::MAX.into())),
                ("line", whole()),
                ("column", integer(u16::MAX.into())),
                ("path", Json::object([("type", Json::text("string"))])),
                ("byte", whole()),
            ]),
        ),
        ("required", Json::texts(["part"])),
        ("additionalProperties", Json::False),
    ])
}

fn subject() -> Json {
    let text = || Json::object([("type", Json::text("string"))]);
    let identifier = Json::object([
        ("type", Json::text("object")),
        (
            "properties",
            Json::object([
                ("system", text()),
                ("value", text()),
                ("former", Json::object([("type", Json::text("boolean"))])),
            ]),
        ),
        ("required", Json::texts(["system", "value"])),
        ("additionalProperties", Json::False),
    ]);
    Json::object([
        ("description", Json::text("Whom records are about.")),
        ("type", Json::text("object")),
        (
            "properties",
            Json::object([
                ("kind", Json::object([("enum", Json::texts(["child", "place"]))])),
                ("identifiers", Json::object([("type", Json::text("array")), ("items", identifier)])),
                ("authority", pattern("[0-9]{3}")),
            ]),
        ),
        ("required", Json::texts(["kind", "identifiers"])),
        ("additionalProperties", Json::False),
    ])
}

fn statement_schema(statement: &StatementType) -> Json {
    let fields = statement.fields.iter().map(|field| {
        let mut meaning = field.meaning.trim().to_owned();
        if field.guard {
            meaning.push_str(" It protects the child.");
        }
        // A record is never made without a required field's value, but a guard may stand there unreadable.
        let value = if field.required && !field.guard { kind_schema(field.kind) } else { or_answer(field.kind) };
        (member_name(field.name, field.kind), described(&meaning, value))
    });
    let required = statement
        .fields
        .iter()
        .filter(|field| field.required)
        .map(|field| Json::Text(member_name(field.name, field.kind)));
    object_schema(statement.meaning, fields.collect(), required.collect())
}

fn shape_schema(shape: &Shape) -> Json {
    let members = shape.members.iter().map(|member| {
        (member_name(member.name, member.kind), described(member.meaning.trim(), or_answer(member.kind)))
    });
    object_schema("", members.collect(), Vec::new())
}

fn object_schema(meaning: &str, properties: Vec<(String, Json)>, required: Vec<Json>) -> Json {
    let mut members =
        vec![("type".to_owned(), Json::text("object")), ("properties".to_owned(), Json::Object(properties))];
    if !required.is_empty() {
        members.push(("required".to_owned(), Json::List(required)));
    }
    members.push(("additionalProperties".to_owned(), Json::False));
    described(meaning.trim(), Json::Object(members))
}

fn list_schema(list: &CodeList) -> Json {
    let labels: Vec<String> = list.entries.iter().map(|entry| format!("{}: {}", entry.code, entry.label)).collect();
    let codes = list.entries.iter().map(|entry| entry.code);
    described(&labels.join("; "), Json::object([("enum", Json::texts(codes))]))
}

fn or_answer(kind: Kind) -> Json {
    Json::object([("anyOf", Json::List(vec![kind_schema(kind), refer("Answer")]))])
}

fn kind_schema(kind: Kind) -> Json {
    let string = || ("type", Json::text("string"));
    match kind {
        Kind::Date => pattern("[0-9]{4}-[0-9]{2}-[0-9]{2}"),
        Kind::ClockTime => pattern("[0-9]{2}:[0-9]{2}"),
        Kind::DateTime => Json::object([string(), ("format", Json::text("date-time"))]),
        Kind::Flag => Json::object([("type", Json::text("boolean"))]),
        Kind::Number { most } => integer(most),
        Kind::Pence => integer(Pence::MOST),
        Kind::Year => Json::object([("type", Json::text("integer"))]),
        Kind::AcademicYear => pattern("[0-9]{4}/[0-9]{2}"),
        Kind::SchoolUrn => pattern("[0-9]{6}"),
        Kind::Laestab => pattern("[0-9]{7}"),
        Kind::Decimal => pattern("-?[0-9]+([.][0-9]+)?"),
        Kind::Authority => pattern("[0-9]{3}"),
        Kind::Text | Kind::Postcode | Kind::OfstedUrn | Kind::PermanenceAuthority | Kind::WorkerId => {
            Json::object([string()])
        }
        Kind::Code(list) => refer(&code_name(list)),
        Kind::OpenCode(list) => {
            Json::object([("anyOf", Json::List(vec![refer(&code_name(list)), Json::object([string()])]))])
        }
        Kind::List(items) => Json::object([("type", Json::text("array")), ("items", kind_schema(*items))]),
        Kind::Item(shape) => refer(shape.name),
    }
}

fn gather(kind: Kind, shapes: &mut Vec<&'static Shape>, lists: &mut Vec<&'static CodeList>) {
    match kind {
        Kind::Code(list) | Kind::OpenCode(list) if !lists.iter().any(|known| known.name == list.name) => {
            lists.push(list)
        }
        Kind::List(items) => gather(*items, shapes, lists),
        Kind::Item(shape) if !shapes.iter().any(|known| known.name == shape.name) => {
            shapes.push(shape);
            for member in shape.members {
                gather(member.kind, shapes, lists);
            }
        }
        _ => {}
    }
}

/// The name of a code list's definition, which no statement has.
fn code_name(list: &CodeList) -> String {
    format!("code.{}", list.name)
}

fn refer(name: &str) -> Json {
    Json::object([("$ref", Json::Text(format!("#/$defs/{name}")))])
}

fn integer(most: u32) -> Json {
    Json::object([("type", Json::text("integer")), ("minimum", Json::Number(0)), ("maximum", Json::Number(most))])
}

fn pattern(pattern: &str) -> Json {
    Json::object([("type", Json::text("string")), ("pattern", Json::Text(format!("^{pattern}$")))])
}

/// The schema with its description first; JSON Schema 2020-12 allows one beside `$ref`.
fn described(meaning: &str, schema: Json) -> Json {
    match schema {
        Json::Object(mut members) if !meaning.is_empty() => {
            members.insert(0, ("description".to_owned(), Json::text(meaning)));
            Json::Object(members)
        }
        other => other,
    }
}

/// As much of JSON as a schema needs, with members in the order given.
enum Json {
    Text(String),
    Number(u32),
    False,
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Json {
    fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    fn object<'n>(members: impl IntoIterator<Item = (&'n str, Self)>) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    fn write(&self, out: &mut String, depth: usize) {
        match self {
            Self::Text(text) => write_text(text, out),
            Self::Number(number) => {
                let _ = write!(out, "{number}");
            }
            Self::False => out.push_str("false"),
            Self::List(items) => {
                write_items(out, depth, ['[', ']'], items.iter(), |item, out| item.write(out, depth + 1));
            }
            Self::Object(members) => {
                write_items(out, depth, ['{', '}'], members.iter(), |(name, value), out| {
                    write_text(name, out);
                    out.push_str(": ");
                    value.write(out, depth + 1);
                });
            }
        }
    }
}

fn write_items<T>(
    out: &mut String,
    depth: usize,
    [open, close]: [char; 2],
    items: impl ExactSizeIterator<Item = T>,
    write: impl Fn(T, &mut String),
) {
    out.push(open);
    let empty = items.len() == 0;
    for (n, item) in items.enumerate() {
        out.push_str(if n == 0 { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(depth + 1));
        write(item, out);
    }
    if !empty {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
    out.push(close);
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            control if control < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_camel_case() {
        assert_eq!(camel_case("birth_date"), "birthDate");
        assert_eq!(camel_case("nhs_number_status"), "nhsNumberStatus");
        assert_eq!(camel_case("score"), "score");
        assert_eq!(member_name("agreed", Kind::Pence), "agreedPence");
        assert_eq!(member_name("rated_on", Kind::Date), "ratedOn");
    }

    #[test]
    fn every_reference_has_its_definition_and_every_statement_and_field_is_there() {
        let schema = record_schema();
        for reference in schema.split("\"#/$defs/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schema.contains(&format!("\n    \"{name}\": {{")), "{name}");
        }
        for statement in STATEMENTS {
            assert!(schema.contains(&format!("\n    \"{}\": {{", statement.name)));
            for field in statement.fields {
                assert!(schema.contains(&format!("\"{}\": {{", member_name(field.name, field.kind))), "{}", field.name);
            }
        }
    }

    #[test]
    fn text_is_escaped() {
        let mut out = String::new();
        write_text("a\"b\\c\n", &mut out);
        assert_eq!(out, r#""a\"b\\c\u000a""#);
    }
}
