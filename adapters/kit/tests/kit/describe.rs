//! Descriptions from declarations.

use kit::{
    adapter::{Adapter, DeclaredLoss, Format, Parts, Setting},
    csv::rules,
    describe,
    table::Column,
    wire::WireType,
};
use schemas::date::CollectionYear;
use serde_json::json;

use crate::sample::{MEETINGS, STAYS, TABLES, column};

static FORMAT: Format = Format {
    name: "made-up",
    summary: "Stays and meetings.",
    media_types: &["text/csv"],
    extensions: &["csv"],
    parts: Parts::Named,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: TABLES,
    rules: &[rules::ALL],
    settings: &[Setting { name: "window", default: "1", values: &["1", "2"] }],
    losses: &[DeclaredLoss { field: "Person.names", why: "No column | for it." }],
    together: &["CareEpisode", "Review"],
    decode: None,
    encode: None,
};
static ADAPTER: Adapter = Adapter { name: "sample", summary: "A sample.", formats: &[&FORMAT], conversions: &[] };

fn year(number: u16) -> Option<CollectionYear> {
    CollectionYear::new(number)
}

#[test]
fn a_description_for_machines_has_the_members_that_are_promised() {
    let described = describe::json(&ADAPTER, &FORMAT, None);
    for member in
        ["name", "adapter", "summary", "mediaTypes", "extensions", "in", "out", "tables", "rules", "options", "losses"]
    {
        assert!(described.get(member).is_some(), "{member}");
    }
    assert_eq!(described["in"], false);
    assert_eq!(described["options"], json!([{ "name": "window", "default": "1", "values": ["1", "2"] }]));
    assert_eq!(described["rules"].as_array().map(Vec::len), Some(rules::ALL.len()));
    let child = &described["tables"][0]["columns"][0];
    assert_eq!(child["name"], "CHILD_ID");
    assert_eq!(child["aliases"], json!(["Child Unique ID"]));
    assert_eq!(child["meaning"], "The child.");
    let place = &described["tables"][0]["columns"][2];
    assert_eq!((&place["guard"], &place["type"]), (&json!(true), &json!("code")));
    assert_eq!(place["codes"][0]["code"], codes_of(column("PLACE"))[0]);
    assert_eq!(described["tables"][0]["columns"][3]["firstYear"], 2020);
}

fn codes_of(column: &Column) -> Vec<&'static str> {
    match column.wire {
        WireType::Code(list) => list.entries.iter().map(|entry| entry.code).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn a_page_says_what_is_delivered_together() {
    let page = describe::page(&ADAPTER, &FORMAT, None, None);
    assert!(page.contains("as soon as one of them changes: CareEpisode, Review.\n"), "{page}");
}

#[test]
fn a_year_leaves_out_what_it_does_not_know() {
    let tables = |of| describe::json(&ADAPTER, &FORMAT, of)["tables"].as_array().unwrap().len();
    assert_eq!((tables(year(2018)), tables(year(2019)), tables(None)), (1, 2, 2));
    assert_eq!(describe::csv_template(&STAYS, year(2019)), "CHILD_ID,START_DATE,PLACE\n");
    assert_eq!(describe::csv_template(&STAYS, year(2020)), "CHILD_ID,START_DATE,PLACE,NOTE\n");
    let schema = describe::table_schema(&STAYS, year(2026));
    let codes = schema["fields"][2]["constraints"]["enum"].as_array().unwrap().len();
    assert!(0 < codes && codes < codes_of(column("PLACE")).len(), "codes of other years are left out");
}

#[test]
fn a_table_schema_names_types_and_constraints() {
    let schema = describe::table_schema(&MEETINGS, None);
    assert_eq!(schema["name"], "meetings");
    assert_eq!(
        schema["fields"][0],
        json!({
            "name": "CHILD_ID", "description": "The child.", "type": "string", "constraints": { "required": true },
        })
    );
    assert_eq!(schema["fields"][1]["type"], "date");
    assert_eq!(schema["fields"][1]["format"], "%d/%m/%Y");
    assert_eq!(schema["fields"][2]["constraints"]["maxLength"], 4000);
}

#[test]
fn the_page_tells_tables_codes_rules_options_and_losses() {
    let page = describe::page(&ADAPTER, &FORMAT, None, None);
    for line in [
        "# made-up",
        "Adapter sample; neither read nor written yet.",
        "## stays",
        "| CHILD_ID | Child Unique ID | child identifier | yes | The child. |  |  |",
        "| NOTE |  | text |  | A note. (from 2020) |  |  |",
        "### Codes of placement_type",
        "### Rules",
        "| window | 1 | 1, 2 |",
        "| Person.names | No column \\| for it. |",
    ] {
        assert!(page.lines().any(|known| known == line), "{line}\n{page}");
    }
}

#[test]
fn the_schema_of_the_record_is_json_and_the_same_each_time() {
    let text = schemas::json_schema::record_schema();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(text, schemas::json_schema::record_schema());
    let episode = &schema["$defs"]["CareEpisode"];
    assert_eq!(episode["required"], json!(["startDate"]));
    let place = &episode["properties"]["placementType"];
    assert_eq!(place["anyOf"][0]["$ref"], "#/$defs/code.placement_type");
    let labels = schema["$defs"]["code.legal_status"]["description"].as_str().unwrap();
    assert!(labels.contains("C2: Full care order"));
}
