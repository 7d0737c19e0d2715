//! The JSON Schema of a document of branches, from the declarations that read and write it (JSON Schema 2020-12).
//!
//! Format: each branch is an object, or an array of them, at its path; each column a member at its own. A member that is
//! null says nothing, as one that is absent; amounts are whole pence. What no branch has is not carried, and the schema
//! does not allow it.

use serde_json::{Map, Value, json};

use crate::{
    adapter::Format,
    describe::{codes_in, field_schema},
    table::{Column, Table},
    wire::WireType,
};

/// An object while its members are gathered.
#[derive(Default)]
struct Object {
    description: Option<&'static str>,
    members: Vec<(&'static str, Member)>,
    required: Vec<&'static str>,
    /// Names that may stand in it and in every object within, and say nothing.
    passed_over: &'static [&'static str],
}

/// What stands under a name: a value, or the members of an object.
#[derive(Default)]
struct Member {
    several: bool,
    value: Option<Value>,
    object: Object,
}

/// The schema of a format's documents; `None` where they are no trees of branches.
#[must_use]
pub fn document_schema(format: &Format) -> Option<Value> {
    let mut schema = Map::new();
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("$id".into(), format!("urn:homeward:schema:{}", format.name).into());
    schema.insert("title".into(), format.name.into());
    schema.extend(tree(format)?.schema());
    schema.insert("description".into(), format.summary.into());
    Some(schema.into())
}

/// A blank document to fill: every member, each null, and one entry in each array.
#[must_use]
pub fn document_template(format: &Format) -> Option<Value> {
    tree(format).map(Object::blank)
}

/// Everything that may stand in a document.
fn tree(format: &Format) -> Option<Object> {
    let decode = format.decode?;
    let branches = decode.branches();
    let mut root = Object { passed_over: decode.passed_over(), ..Object::default() };
    for branch in &branches {
        let object = root.object_at(branch.at, branch.several);
        object.description = Some(branch.table.meaning.trim());
        for (column, path) in branch.members() {
            let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
            let holder = object.object_at(above, false);
            if !holder.members.iter().any(|(known, _)| *known == name) {
                let value = Some(value(branch.table, column));
                holder.members.push((name, Member { value, ..Member::default() }));
            }
            if column.loses_row && above.is_empty() {
                holder.required.push(name);
            }
        }
    }
    (!branches.is_empty()).then_some(root)
}

impl Object {
    /// The object at a path below this one; made where it is not there yet.
    fn object_at(&mut self, path: &'static str, several: bool) -> &mut Object {
        let Some((name, rest)) = path.split_once('/').map_or((!path.is_empty()).then_some((path, "")), Some) else {
            return self;
        };
        let at = self.members.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            let object = Self { passed_over: self.passed_over, ..Self::default() };
            self.members.push((name, Member { object, ..Member::default() }));
            self.members.len() - 1
        });
        let member = &mut self.members[at].1;
        member.several |= several && rest.is_empty();
        member.object.object_at(rest, several)
    }

    fn blank(self) -> Value {
        let members = self.members.into_iter().map(|(name, member)| {
            let blank = match member.value {
                Some(_) => Value::Null,
                None if member.several => Value::Array(vec![member.object.blank()]),
                None => member.object.blank(),
            };
            (name.to_owned(), blank)
        });
        Map::from_iter(members).into()
    }

    fn schema(self) -> Map<String, Value> {
        let mut schema = Map::new();
        if let Some(description) = self.description {
            schema.insert("description".into(), description.into());
        }
        schema.insert("type".into(), "object".into());
        let properties = self.members.into_iter().map(|(name, member)| {
            let schema = match member.value {
                Some(value) => value,
                None if member.several => json!({ "type": "array", "items": member.object.schema() }),
                None => member.object.schema().into(),
            };
            (name.to_owned(), schema)
        });
        let passed_over = self.passed_over.iter().map(|name| ((*name).to_owned(), Value::Bool(true)));
        schema.insert("properties".into(), Map::from_iter(properties.chain(passed_over)).into());
        if !self.required.is_empty() {
            schema.insert("required".into(), self.required.into());
        }
        schema.insert("additionalProperties".into(), false.into());
        schema
    }
}

/// What a column holds in JSON: as its table has it, but for what JSON has words of its own for.
fn value(table: &Table, column: &Column) -> Value {
    let field = field_schema(table, column, None);
    let mut schema = Map::new();
    schema.insert("description".into(), column.meaning.trim().into());
    let codes = || codes_in(column.wire).map(|(list, spell)| list.entries.iter().map(spell).collect::<Vec<String>>());
    let kind = match column.wire {
        WireType::Codes(_) | WireType::Words(_) | WireType::List => {
            let items = codes().map_or(json!({ "type": "string" }), |codes| json!({ "enum": codes }));
            schema.insert("items".into(), items);
            "array"
        }
        WireType::Numbers { most } => {
            schema.insert("items".into(), json!({ "type": "integer", "minimum": 0, "maximum": most }));
            "array"
        }
        WireType::Code(_) | WireType::Word(_) => {
            let values = codes().unwrap_or_default().into_iter().map(Value::from).chain([Value::Null]);
            schema.insert("enum".into(), values.collect());
            return schema.into();
        }
        WireType::Labels(list) => {
            let concepts: Vec<&str> = list.labels.iter().map(|(_, concept)| *concept).collect();
            schema.insert("items".into(), json!({ "enum": concepts }));
            "array"
        }
        WireType::Label(list) => {
            let concepts = list.labels.iter().map(|(_, concept)| Value::from(*concept)).chain([Value::Null]);
            schema.insert("enum".into(), concepts.collect());
            return schema.into();
        }
        WireType::Money => "integer",
        // As a text no reader rounds it.
        WireType::Decimal => {
            schema.insert("type".into(), json!(["string", "number", "null"]));
            return schema.into();
        }
        WireType::Date => {
            schema.insert("format".into(), "date".into());
            "string"
        }
        WireType::DateTime => {
            schema.insert("format".into(), "date-time".into());
            "string"
        }
        _ => field["type"].as_str().map_or("string", |kind| match kind {
            "boolean" => "boolean",
            "integer" => "integer",
            "number" => "number",
            _ => "string",
        }),
    };
    schema.insert("type".into(), json!([kind, "null"]));
    if let Some(constraints) = field["constraints"].as_object() {
        for key in ["minimum", "maximum", "maxLength"] {
            if let Some(limit) = constraints.get(key).filter(|_| kind != "array") {
                schema.insert(key.into(), limit.clone());
            }
        }
        if let (Some(pattern), "string") = (constraints.get("pattern").and_then(Value::as_str), kind) {
            // Table Schema means the whole value, JSON Schema any part of it.
            schema.insert("pattern".into(), format!("^(?:{pattern})$").into());
        }
    }
    schema.into()
}
