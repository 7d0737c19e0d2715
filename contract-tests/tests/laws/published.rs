//! What is published of the formats is what their declarations say; another word turns the law red.

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::Value;

use crate::support::{bless, workspace};

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
fn every_table_schema_names_its_fields_once() {
    for (_, format) in roster::formats() {
        for table in format.tables {
            let schema = kit::describe::table_schema(table, None);
            let fields = schema["fields"].as_array().unwrap();
            let names: BTreeSet<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
            assert_eq!(names.len(), table.columns.len(), "{}", table.name);
            let types = ["string", "date", "boolean", "integer"];
            assert!(fields.iter().all(|field| types.iter().any(|known| field["type"] == *known)), "{}", table.name);
        }
    }
}
