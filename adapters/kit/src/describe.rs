//! What a format is, from its own declaration: the reference page, the description for machines, schemas, templates.

use std::fmt::Write;

use schemas::{
    code::{CodeList, Entry},
    date::CollectionYear,
    diagnostic::Rule,
};
use serde_json::{Map, Value, json};

use crate::{
    adapter::{Adapter, Format},
    csv::write::write_heading_of,
    nested::Branch,
    table::{Column, Table},
    wire::{TEXT_CHARACTERS_MAX, WireType},
};

/// Describes a format as one JSON object; with a year, as it is in that collection year.
#[must_use]
pub fn json(adapter: &Adapter, format: &Format, year: Option<CollectionYear>) -> Value {
    let branches = branches_of(format);
    let tables: Vec<Value> = match &branches[..] {
        [] => tables_of(format, year).map(|table| table_json(table, year)).collect(),
        branches => branches.iter().map(|branch| branch_json(branch, year)).collect(),
    };
    let rules: Vec<Value> = rules_of(format).map(rule_json).collect();
    let options = format
        .settings
        .iter()
        .map(|setting| json!({ "name": setting.name, "default": setting.default, "values": setting.values }));
    let losses = format.losses.iter().map(|loss| json!({ "field": loss.field, "why": loss.why }));
    json!({
        "name": format.name,
        "adapter": adapter.name,
        "summary": format.summary,
        "mediaTypes": format.media_types,
        "extensions": format.extensions,
        "in": format.decode.is_some(),
        "out": format.encode.is_some(),
        "tables": tables,
        "rules": rules,
        "options": options.collect::<Vec<_>>(),
        "losses": losses.collect::<Vec<_>>(),
    })
}

/// Describes a format as a page of Markdown that reads as plain text too; with a part, only that table of it.
#[must_use]
pub fn page(adapter: &Adapter, format: &Format, year: Option<CollectionYear>, part: Option<&str>) -> String {
    let mut out = format!("# {}\n\n{}\n\n", format.name, format.summary);
    let direction = match (format.decode.is_some(), format.encode.is_some()) {
        (true, true) => "read and written",
        (true, false) => "read",
        (false, true) => "written",
        (false, false) => "neither read nor written yet",
    };
    let _ = writeln!(out, "Adapter {}; {direction}.", adapter.name);
    let _ = writeln!(
        out,
        "Media types: {}. File names end in: {}.",
        format.media_types.join(", "),
        format.extensions.join(", ")
    );
    if !format.together.is_empty() {
        let together = format.together.join(", ");
        let _ = writeln!(out, "Delivered together, all of a child's as soon as one of them changes: {together}.");
    }
    let branches = branches_of(format);
    for branch in branches.iter().filter(|branch| part.is_none_or(|part| part == branch.table.name)) {
        branch_page(&mut out, branch, year);
    }
    for table in tables_of(format, year).filter(|table| part.is_none_or(|part| part == table.name)) {
        if branches.is_empty() {
            table_page(&mut out, table, year);
        }
    }
    rules_list(&mut out, "Rules", rules_of(format));
    list(
        &mut out,
        "Options",
        &["option", "default", "values"],
        format
            .settings
            .iter()
            .map(|setting| vec![setting.name.into(), setting.default.into(), setting.values.join(", ")]),
    );
    list(
        &mut out,
        "Not expressible",
        &["field", "why"],
        format.losses.iter().map(|loss| vec![loss.field.into(), loss.why.into()]),
    );
    out
}

/// Describes rules that no format declares, as a page of Markdown.
#[must_use]
pub fn rules_page(rules: &[&'static Rule]) -> String {
    let mut out = String::from(
        "# rules\n\nWhat is told of records whatever their format is; the rules of a format stand on its page.\n",
    );
    rules_list(&mut out, "", rules.iter().copied());
    out
}

/// Describes rules that no format declares, as one JSON object.
#[must_use]
pub fn rules_json(rules: &[&'static Rule]) -> Value {
    json!({ "rules": rules.iter().map(|rule| rule_json(rule)).collect::<Vec<_>>() })
}

/// The Table Schema of a table (Frictionless Data, Table Schema 1) in a collection year.
#[must_use]
pub fn table_schema(table: &Table, year: Option<CollectionYear>) -> Value {
    let fields: Vec<Value> = columns_of(table, year).map(|column| field_schema(table, column, year)).collect();
    json!({
        "$schema": "https://datapackage.org/profiles/1.0/tableschema.json",
        "name": table.name,
        "description": table.meaning.trim(),
        "fields": fields,
        "missingValues": [""],
    })
}

/// A blank file to fill: the heading row of a table in a collection year.
#[must_use]
pub fn csv_template(table: &Table, year: Option<CollectionYear>) -> String {
    let mut out = Vec::new();
    write_heading_of(columns_of(table, year).filter(|column| !column.only_read), &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// The tables of a format that exist in a collection year.
pub fn tables_of(format: &Format, year: Option<CollectionYear>) -> impl Iterator<Item = &'static Table> {
    let exists = move |table: &&'static Table| {
        year.is_none_or(|year| table.first_year.is_none_or(|first| first <= year.number()))
    };
    format.tables.iter().copied().filter(exists)
}

fn columns_of(table: &Table, year: Option<CollectionYear>) -> impl Iterator<Item = &'static Column> {
    let exists = move |column: &&Column| {
        let (first, last) = column.years;
        year.is_none_or(|year| {
            first.is_none_or(|first| first <= year.number()) && last.is_none_or(|last| year.number() <= last)
        })
    };
    table.columns.iter().filter(exists)
}

/// Where the tables stand in documents of the format; none where it has files of tables.
fn branches_of(format: &Format) -> Vec<Branch> {
    format.decode.map(|decode| decode.branches()).unwrap_or_default()
}

fn rules_of(format: &Format) -> impl Iterator<Item = &'static Rule> {
    format.rules.iter().copied().flatten().copied()
}

fn codes_of(list: &'static CodeList, year: Option<CollectionYear>) -> impl Iterator<Item = &'static Entry> {
    list.entries.iter().filter(move |entry| year.is_none_or(|year| entry.in_year(year.number())))
}

fn table_json(table: &Table, year: Option<CollectionYear>) -> Value {
    let columns: Vec<Value> = columns_of(table, year).map(|column| column_json(column, year)).collect();
    json!({ "name": table.name, "meaning": table.meaning.trim(), "columns": columns })
}

/// The same of rows that stand in a document: each column by the path of its member.
fn branch_json(branch: &Branch, year: Option<CollectionYear>) -> Value {
    let columns = branch.members().into_iter().map(|(column, path)| {
        let mut described = column_json(column, year);
        described["member"] = path.into();
        if matches!(column.wire, WireType::Money) {
            described["type"] = "whole pence".into();
        }
        described
    });
    let columns: Vec<Value> = columns.collect();
    json!({
        "name": branch.table.name,
        "meaning": branch.table.meaning.trim(),
        "at": branch.at,
        "several": branch.several,
        "columns": columns,
    })
}

fn column_json(column: &Column, year: Option<CollectionYear>) -> Value {
    let mut object = json!({
        "name": column.name,
        "aliases": column.aliases,
        "field": column.field,
        "type": type_in_words(column.wire),
        "required": column.required,
        "meaning": column.meaning.trim(),
        "source": column.source,
        "guard": column.guard,
    });
    for (name, text) in [("heading", column.heading), ("help", column.help), ("example", column.example)] {
        if !text.is_empty() {
            object[name] = text.into();
        }
    }
    if let Some((list, spell)) = codes_in(column.wire) {
        let codes = codes_of(list, year).map(|entry| json!({ "code": spell(entry), "label": entry.label }));
        object["codes"] = codes.collect();
    }
    if column.only_read {
        object["onlyRead"] = true.into();
    }
    if let (Some(first), _) = column.years {
        object["firstYear"] = first.into();
    }
    if let (_, Some(last)) = column.years {
        object["lastYear"] = last.into();
    }
    object
}

fn rule_json(rule: &Rule) -> Value {
    json!({
        "code": rule.code,
        "severity": rule.severity.word(),
        "message": rule.message,
        "help": rule.help,
        "source": rule.source,
    })
}

fn table_page(out: &mut String, table: &Table, year: Option<CollectionYear>) {
    let _ = write!(out, "\n## {}\n\n{}\n", table.name, table.meaning.trim());
    let columns = columns_of(table, year)
        .map(|column| (column, column.name.to_owned(), column.headings().skip(1).collect::<Vec<_>>().join(", ")));
    columns_page(out, &["column", "also"], columns, year);
}

/// Rows that stand in a document: each column by the path of its member.
fn branch_page(out: &mut String, branch: &Branch, year: Option<CollectionYear>) {
    let place = match (branch.at, branch.several) {
        ("", _) => "the document itself".to_owned(),
        (at, true) => format!("each of `{at}`"),
        (at, false) => format!("`{at}`"),
    };
    let _ = write!(out, "\n## {}\n\n{} Here: {place}.\n", branch.table.name, branch.table.meaning.trim());
    let columns = branch.members().into_iter().map(|(column, path)| (column, path.to_owned(), column.name.to_owned()));
    columns_page(out, &["member", "column in tables"], columns, year);
}

/// A list of columns, each with two names, and the codes that they hold.
fn columns_page(
    out: &mut String,
    names: &[&str; 2],
    columns: impl Iterator<Item = (&'static Column, String, String)>,
    year: Option<CollectionYear>,
) {
    let is_nested = names[0] == "member";
    let mut lists: Vec<(&'static CodeList, Spell)> = Vec::new();
    let headings = [names[0], names[1], "holds", "required", "meaning", "field", "source"];
    list(
        out,
        "",
        &headings,
        columns.map(|(column, name, also)| {
            if let Some((codes, spell)) = codes_in(column.wire)
                && !lists.iter().any(|(known, _)| known.name == codes.name)
            {
                lists.push((codes, spell));
            }
            let mut holds = match column.wire {
                WireType::Code(codes) | WireType::Word(codes) => format!("code of {}", codes.name),
                WireType::Codes(codes) | WireType::Words(codes) => {
                    format!("codes of {}{}", codes.name, if is_nested { "" } else { ", ; between" })
                }
                WireType::Label(list) | WireType::Labels(list) => {
                    let one =
                        |(label, concept): &(&str, &str)| format!("`{}`", if is_nested { concept } else { label });
                    let labels: Vec<String> = list.labels.iter().map(one).collect();
                    format!("{}: {}", type_in_words(column.wire), labels.join(", "))
                }
                WireType::Money if is_nested => "whole pence".to_owned(),
                other => type_in_words(other).to_owned(),
            };
            if column.only_read {
                holds.push_str(", never written");
            }
            if column.guard {
                holds.push_str(", protects the child");
            }
            let required = if column.required { "yes" } else { "" };
            let mut meaning = format!("{}{}", column.meaning.trim(), years_in_words(column.years));
            if !column.help.is_empty() {
                let _ = write!(meaning, " {}.", column.help);
            }
            if !column.example.is_empty() {
                let _ = write!(meaning, " Example: `{}`.", column.example);
            }
            vec![name, also, holds, required.into(), meaning, column.field.into(), column.source.into()]
        }),
    );
    for (codes, spell) in lists {
        let title = format!("Codes of {}", codes.name);
        list(
            out,
            &title,
            &["code", "meaning"],
            codes_of(codes, year).map(|entry| vec![spell(entry), entry.label.into()]),
        );
    }
}

fn years_in_words(years: (Option<u16>, Option<u16>)) -> String {
    match years {
        (None, None) => String::new(),
        (Some(first), None) => format!(" (from {first})"),
        (None, Some(last)) => format!(" (until {last})"),
        (Some(first), Some(last)) => format!(" ({first} to {last})"),
    }
}

fn rules_list(out: &mut String, title: &str, rules: impl Iterator<Item = &'static Rule>) {
    let headings = ["rule", "severity", "message", "help", "source"];
    let row = |rule: &Rule| {
        [rule.code, rule.severity.word(), rule.message, rule.help, rule.source].map(str::to_owned).to_vec()
    };
    list(out, title, &headings, rules.map(row));
}

/// A Markdown table under a title; nothing where there are no rows.
fn list(out: &mut String, title: &str, headings: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        return;
    }
    if !title.is_empty() {
        let _ = write!(out, "\n### {title}\n");
    }
    let _ = writeln!(out, "\n| {} |", headings.join(" | "));
    let _ = writeln!(out, "|{}", "---|".repeat(headings.len()));
    for row in rows {
        // A bar inside a cell would end it.
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

/// How a code is spelt in a cell.
pub(crate) type Spell = fn(&Entry) -> String;

/// The list whose codes a cell holds, and how they are spelt there.
pub(crate) fn codes_in(wire: WireType) -> Option<(&'static CodeList, Spell)> {
    match wire {
        WireType::Code(list) | WireType::Codes(list) => Some((list, |entry| entry.code.to_owned())),
        WireType::Word(list) | WireType::Words(list) => Some((list, Entry::word)),
        _ => None,
    }
}

pub(crate) fn field_schema(table: &Table, column: &Column, year: Option<CollectionYear>) -> Value {
    let mut field = Map::new();
    field.insert("name".into(), column.name.into());
    field.insert("description".into(), column.meaning.trim().into());
    let mut constraints = Map::new();
    let kind = match column.wire {
        WireType::Date => {
            field.insert("format".into(), table.spelling.date_pattern().into());
            "date"
        }
        WireType::DateTime => "datetime",
        WireType::Flag => {
            let [no, yes] = table.spelling.flags();
            field.insert("trueValues".into(), json!([yes]));
            field.insert("falseValues".into(), json!([no]));
            "boolean"
        }
        WireType::Percent | WireType::Decimal | WireType::Money => {
            constraints.insert("minimum".into(), 0.into());
            if matches!(column.wire, WireType::Percent) {
                constraints.insert("maximum".into(), 100.into());
            }
            "number"
        }
        WireType::AcademicYear => {
            constraints.insert("pattern".into(), "[0-9]{4}/[0-9]{2}".into());
            "string"
        }
        WireType::SchoolUrn => {
            constraints.insert("pattern".into(), "[0-9]{6}".into());
            "string"
        }
        WireType::Laestab => {
            constraints.insert("pattern".into(), "[0-9]{7}".into());
            "string"
        }
        WireType::Number { most } => {
            constraints.insert("minimum".into(), 0.into());
            constraints.insert("maximum".into(), most.into());
            "integer"
        }
        WireType::Code(_) | WireType::Word(_) => {
            if let Some((list, spell)) = codes_in(column.wire) {
                constraints.insert("enum".into(), codes_of(list, year).map(spell).collect());
            }
            "string"
        }
        WireType::Label(list) => {
            constraints.insert("enum".into(), list.labels.iter().map(|(label, _)| *label).collect());
            "string"
        }
        WireType::NhsNumber | WireType::Uln => {
            constraints.insert("pattern".into(), "[0-9]{10}".into());
            "string"
        }
        WireType::Authority => {
            constraints.insert("pattern".into(), "[0-9]{3}".into());
            "string"
        }
        WireType::Rating => {
            constraints.insert("maxLength".into(), TEXT_CHARACTERS_MAX.into());
            "string"
        }
        WireType::Text { characters_max: 1.. } => {
            if let WireType::Text { characters_max } = column.wire {
                constraints.insert("maxLength".into(), characters_max.into());
            }
            "string"
        }
        _ => "string",
    };
    field.insert("type".into(), kind.into());
    if column.blank.is_some() || column.loses_row {
        constraints.insert("required".into(), true.into());
    }
    if !constraints.is_empty() {
        field.insert("constraints".into(), constraints.into());
    }
    field.into()
}

fn type_in_words(wire: WireType) -> &'static str {
    match wire {
        WireType::Date => "date",
        WireType::DateTime => "date and time",
        WireType::Flag => "flag",
        WireType::Number { .. } => "whole number",
        WireType::Percent => "percentage",
        WireType::Decimal => "number",
        WireType::Money => "pounds",
        WireType::AcademicYear => "school year",
        WireType::Code(_) | WireType::Word(_) => "code",
        WireType::Codes(_) | WireType::Words(_) => "list of codes",
        WireType::Label(_) => "one of",
        WireType::Labels(_) => "list of",
        WireType::LaChildId => "child identifier",
        WireType::NhsNumber => "NHS number",
        WireType::Upn => "UPN",
        WireType::Uln => "ULN",
        WireType::Authority => "local authority",
        WireType::PermanenceAuthority => "local authority or elsewhere",
        WireType::Postcode => "postcode",
        WireType::OfstedUrn => "Ofsted URN",
        WireType::SchoolUrn => "school URN",
        WireType::Laestab => "LAESTAB",
        WireType::WorkerId => "worker number",
        WireType::Text { .. } => "text",
        WireType::List => "list of texts",
        WireType::Numbers { .. } => "list of whole numbers",
        WireType::Rating => "rating",
    }
}
