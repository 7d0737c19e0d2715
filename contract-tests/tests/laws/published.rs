//! What is published of the formats is what their declarations say; another word turns the law red.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use schemas::{
    diagnostic::{PartId, Place},
    document::write_record,
    record::{Record, Source},
    said::{Coarse, Reduction, Said},
};
use serde_json::Value;

use crate::{
    nothing_leaks::canary::{self, Condition},
    support::{bless, workspace},
};

/// Every published file with its text.
fn published() -> Vec<(PathBuf, String)> {
    let folder = workspace().join("schemas/published");
    let mut files = vec![(folder.join("record.schema.json"), schemas::json_schema::record_schema())];
    for (adapter, format) in roster::formats() {
        files.push((folder.join(format!("{}.md", format.name)), kit::describe::page(adapter, format, None, None)));
        for table in format.tables {
            let schema = serde_json::to_string_pretty(&kit::describe::table_schema(table, None)).unwrap() + "\n";
            files.push((folder.join(format!("{}/{}.schema.json", format.name, table.name)), schema));
        }
    }
    files
}

#[test]
fn what_is_published_is_what_is_declared() {
    let wrong: Vec<String> = published().iter().filter_map(|(path, text)| bless(path, text).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_published_that_is_no_longer_declared() {
    let folder = workspace().join("schemas/published");
    let mut known: BTreeSet<PathBuf> = published().into_iter().map(|(path, _)| path).collect();
    known.insert(folder.join("ssda903-rules.md"));
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                assert!(known.contains(&path) || path.ends_with("openapi.json"), "{} is stale", path.display());
            }
        }
    }
}

#[test]
fn the_schema_of_the_record_is_a_schema_that_judges() {
    let schema: Value = serde_json::from_str(&schemas::json_schema::record_schema()).unwrap();
    assert!(jsonschema::meta::is_valid(&schema), "not valid JSON Schema 2020-12");
    let validator = jsonschema::validator_for(&schema).unwrap();
    let record = |statement: &str, says: Value| {
        serde_json::json!({
            "subject": { "kind": "child", "identifiers": [] }, "statement": statement, "says": says
        })
    };
    assert!(validator.is_valid(&record("Review", serde_json::json!({ "date": "2026-05-01", "cancelled": null }))));
    assert!(validator.is_valid(&record("Review", serde_json::json!({ "date": { "said": "unknown" } }))));
    for wrong in [
        record("Reviews", serde_json::json!({})),
        record("Review", serde_json::json!({ "day": "2026-05-01" })),
        record("Review", serde_json::json!({ "cancelled": "perhaps" })),
        record("Missing", serde_json::json!({ "type": "M" })),
        serde_json::json!({ "statement": "Review", "says": {} }),
    ] {
        assert!(!validator.is_valid(&wrong), "{wrong}");
    }
}

#[test]
fn the_schema_of_the_record_accepts_every_record_that_is_written() {
    let schema: Value = serde_json::from_str(&schemas::json_schema::record_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let places = [
        Place::Document,
        Place::Part(PartId(1)),
        Place::Cell { part: PartId(u16::MAX), line: 2, column: Some(u16::MAX), byte: 7 },
        Place::Node { part: PartId(0), path: "Child[1]".into(), byte: 7 },
    ];
    for child in Condition::ALL.into_iter().map(canary::child).chain([canary::place()]) {
        let subject = Arc::new(child.subject);
        for (n, statement) in child.statements.iter().enumerate() {
            let of = statement.statement_type();
            let mut said = vec![statement.clone()];
            for field in of.fields {
                let mut answers = vec![Said::Unreadable];
                if !field.required {
                    let ages = [Reduction::Age(7), Reduction::Coarse(Coarse::ALL[n % Coarse::ALL.len()])];
                    answers.extend([Said::NotAsked, Said::Blank, Said::Unknown, Said::Refused, Said::NotApplicable]);
                    answers.extend(ages.map(Said::Reduced));
                }
                for answer in answers.into_iter().filter(|_| !field.required || field.guard) {
                    let mut other = statement.clone();
                    assert!(field.set(&mut other, answer));
                    said.push(other);
                }
            }
            for statement in said {
                let source = Source { place: places[n % places.len()].clone(), retracts: n % 2 == 1 };
                let mut written = Vec::new();
                write_record(&Record { subject: Arc::clone(&subject), statement, source }, &mut written);
                let document = serde_json::from_slice(&written).unwrap();
                let wrong: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
                assert!(wrong.is_empty(), "{}: {wrong:?}", of.name);
            }
        }
    }
}

#[test]
fn every_table_schema_names_its_fields_once() {
    for (_, format) in roster::formats() {
        for table in format.tables {
            let schema = kit::describe::table_schema(table, None);
            let fields = schema["fields"].as_array().unwrap();
            let names: BTreeSet<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
            assert_eq!(names.len(), table.columns.len(), "{}", table.name);
            let types = ["string", "date", "datetime", "boolean", "integer", "number"];
            assert!(fields.iter().all(|field| types.iter().any(|known| field["type"] == *known)), "{}", table.name);
        }
    }
}
