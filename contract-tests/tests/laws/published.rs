//! What is published of the formats is what their declarations say; another word turns the law red.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use kit::adapter::Options;
use schemas::{
    diagnostic::{PartId, Place},
    document::write_record,
    record::{Record, Source},
    said::{Coarse, Reduction, Said},
};
use serde_json::Value;

use crate::{
    nothing_leaks::canary::{self, Condition},
    support::{Kept, authority, bless, cases, day, document, folder, format, is_of_places, translated, workspace},
};

/// Every published file with its text.
fn published() -> Vec<(PathBuf, String)> {
    let folder = workspace().join("schemas/published");
    let mut files = vec![(folder.join("record.schema.json"), schemas::json_schema::record_schema())];
    for (adapter, format) in roster::formats() {
        files.push((folder.join(format!("{}.md", format.name)), kit::describe::page(adapter, format, None, None)));
        if let Some(schema) = kit::nested::document_schema(format) {
            let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
            files.push((folder.join(format!("{}.schema.json", format.name)), text));
            continue;
        }
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

/// What is written in JSON is what its schema says, member for member; a member more or another type is not.
#[test]
fn the_schema_of_a_document_accepts_what_is_written_and_no_other_member() {
    let mut judged = 0;
    for (name, case) in [
        ("pep-json", "every-column-of-pep-csv-comes-back"),
        ("attendance-json", "every-column-of-attendance-csv-comes-back"),
        ("vacancies-json", "every-column-of-vacancies-csv-comes-back"),
        ("notice-json", "every-column-of-notice-csv-comes-back"),
    ] {
        let (written, tables) = (format(name), format(&name.replace("json", "csv")));
        let schema = kit::nested::document_schema(written).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{name} is no JSON Schema 2020-12");
        let validator = jsonschema::validator_for(&schema).unwrap();
        let files = document(&folder(&cases().join(case)));
        let view = if is_of_places(written) { "provider" } else { "local-authority" };
        let options = Options { authority: Some(authority(330)), as_at: Some(day("2026-01-30")), ..Options::plain() };
        let (_, Kept(parts)) = translated(&files, (tables, written), view, &options);
        for (_, bytes) in parts {
            let mut document: Value = serde_json::from_slice(&bytes).unwrap();
            let wrong: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{name}: {wrong:#?}");
            document["somethingElse"] = Value::Null;
            assert!(!validator.is_valid(&document), "{name}: a member that nobody declared");
            judged += 1;
        }
        let blank = kit::nested::document_template(written).unwrap();
        let wrong: Vec<String> = validator.iter_errors(&blank).map(|error| error.to_string()).collect();
        assert!(wrong.iter().all(|wrong| !wrong.contains("Additional")), "{name}: {wrong:#?}");
    }
    assert!(judged >= 4, "{judged} documents");
    assert!(kit::nested::document_schema(format("ctf-xml")).is_none(), "XML has a standard of its own");
}
