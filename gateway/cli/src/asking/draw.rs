//! What a gateway tells, for people: tables and things, aligned, without anything that moves a terminal.

use serde_json::{Map, Value};

/// A column of a table: its heading, and the member that it shows.
pub(crate) type Column = (&'static str, &'static str);

/// Members that are addresses for machines.
const UNSHOWN: [&str; 1] = ["links"];

/// Members that come before the others.
const FIRST: [&str; 7] = ["id", "route", "recipient", "subject", "kind", "state", "reason"];

/// Text of the other side without control characters, and without those that turn the order of what follows.
pub(super) fn clean(text: &str) -> String {
    let moves = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if moves(c) { '\u{fffd}' } else { c }).collect()
}

/// Items as a table.
pub(crate) fn table(items: &[Value], columns: &[Column]) -> String {
    let heading = columns.iter().map(|(heading, _)| (*heading).to_owned()).collect();
    let rows = items.iter().map(|item| columns.iter().map(|(_, member)| cell(&item[*member])).collect());
    aligned(&[vec![heading], rows.collect()].concat())
}

/// A thing: a line a member, then a table for each list of things in it.
pub(crate) fn thing(value: &Value) -> String {
    let (mut facts, mut tables) = (Vec::new(), String::new());
    gather("", value, &mut facts, &mut tables);
    aligned(&facts) + &tables
}

fn gather(label: &str, value: &Value, facts: &mut Vec<Vec<String>>, tables: &mut String) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            let shown = |name: &&String| !UNSHOWN.contains(&name.as_str());
            let mut names: Vec<&String> = members.keys().filter(shown).collect();
            names.sort_by_key(|name| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()));
            for name in names {
                let words = words(name);
                let label = if label.is_empty() { words } else { format!("{label} {words}") };
                gather(&label, &members[name], facts, tables);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            tables.push_str(&format!("\n{label}\n{}", table_of_all(items)));
        }
        value => facts.push(vec![label.to_owned(), cell(value)]),
    }
}

/// A table of things of one kind, with a column for each member that one of them has.
fn table_of_all(items: &[Value]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in items.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !names.contains(&name.as_str()) && !UNSHOWN.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let heading = names.iter().map(|name| words(name)).collect();
    let rows = items.iter().map(|item| names.iter().map(|name| cell(&item[*name])).collect());
    aligned(&[vec![heading], rows.collect()].concat())
}

/// A report of reading: the counts, a line a rule, a line a place, and what it comes to in words.
pub(crate) fn report(report: &Value) -> String {
    let count = |name: &str| report[name].as_u64().unwrap_or(0);
    let mut text = format!(
        "{}: {} rows, {} records, {} errors, {} warnings, {} losses\n",
        cell(&report["format"]),
        count("rows"),
        count("records"),
        count("errors"),
        count("warnings"),
        count("losses")
    );
    let list = |name: &str| report[name].as_array().map(Vec::as_slice).unwrap_or_default();
    if !list("rules").is_empty() {
        let columns = [("rule", "rule"), ("severity", "severity"), ("count", "count"), ("message", "message")];
        text.push_str(&format!("\n{}", table(list("rules"), &columns)));
    }
    if !list("diagnostics").is_empty() {
        let columns = ["part", "line", "column", "path"];
        let heading = ["rule"].into_iter().chain(columns).map(str::to_owned).collect();
        let rows = list("diagnostics").iter().map(|diagnostic| {
            let places = columns.iter().map(|name| cell(&diagnostic["place"][*name]));
            [cell(&diagnostic["rule"])].into_iter().chain(places).collect()
        });
        text.push_str(&format!("\n{}", aligned(&[vec![heading], rows.collect()].concat())));
    }
    for line in list("summary") {
        text.push_str(&format!("\n{}\n", cell(line)));
    }
    if let Some(left_out) = report["leftOut"].as_object().filter(|reasons| !reasons.is_empty()) {
        let reasons = left_out.iter().map(|(reason, count)| vec![clean(reason), cell(count)]);
        text.push_str(&format!("\nchildren left out\n{}", aligned(&reasons.collect::<Vec<_>>())));
    }
    text
}

/// A value in one cell.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::String(text) => clean(text),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| format!("{} {}", words(name), cell(value)))
            .collect::<Vec<_>>()
            .join(", "),
        Value::Number(number) => number.to_string(),
    }
}

/// A member's name as words: `receivedAt` is "received at".
fn words(name: &str) -> String {
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return clean(name);
    }
    let mut words = String::new();
    for c in clean(name).chars() {
        if c.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    words
}

/// Rows under each other, two spaces between columns and none at the end of a line.
fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_is_aligned_by_characters_and_ends_without_spaces() {
        let items = [json!({"id": "é", "n": 10}), json!({"id": "abc"}), json!(null)];
        assert_eq!(table(&items, &[("id", "id"), ("how many", "n")]), "id   how many\né    10\nabc  -\n-    -\n");
    }

    #[test]
    fn a_thing_shows_what_it_is_first_and_its_lists_last() {
        let message = json!({
            "receivedAt": "now", "id": "7", "counts": {"rows": 3, "Person": 1}, "none": null,
            "links": {"self": "/v1"}, "holders": [{"recipient": "a"}, {"recipient": "b", "last": "x"}],
        });
        let drawn = thing(&message);
        assert!(drawn.starts_with("id             7\n"), "{drawn}");
        for line in ["received at    now\n", "counts rows    3\n", "counts Person  1\n", "\nholders\n"] {
            assert!(drawn.contains(line), "{drawn}");
        }
        assert!(!drawn.contains("/v1") && !drawn.contains("none"), "{drawn}");
        assert!(drawn.find("holders") > drawn.find("received at"), "{drawn}");
    }

    #[test]
    fn nothing_drawn_moves_a_terminal() {
        let hostile =
            json!({"id": "\u{1b}]0;x\u{7}\r\n\u{9b}2J", "\u{1b}[1m": "\u{202e}abc", "list": [{"\u{8}": "\t"}]});
        for drawn in [
            thing(&hostile),
            table(std::slice::from_ref(&hostile), &[("id", "id")]),
            report(&json!({"format": "\u{1b}c"})),
        ] {
            assert!(drawn.chars().all(|c| c == '\n' || !c.is_control()), "{drawn:?}");
            assert!(!drawn.contains('\u{202e}'));
        }
    }

    #[test]
    fn a_report_of_any_shape_is_drawn() {
        let whole = json!({
            "format": "ssda903-csv", "rows": 4, "records": 3, "errors": 1, "warnings": 0, "losses": 0,
            "rules": [{"rule": "ssda903/146", "severity": "error", "count": 1, "message": "no code"}],
            "diagnostics": [{"rule": "ssda903/146", "place": {"part": "episodes", "line": 41, "column": 7}}],
            "summary": ["Nothing is lost"], "leftOut": {"adopted": 2},
        });
        let drawn = report(&whole);
        let lines =
            ["ssda903-csv: 4 rows, 3 records, 1 errors, 0 warnings, 0 losses\n", "ssda903/146  episodes  41    7"];
        for line in lines.into_iter().chain(["Nothing is lost\n", "children left out\nadopted  2\n"]) {
            assert!(drawn.contains(line), "{drawn}");
        }
        for odd in [json!(null), json!([]), json!({"rules": {}, "diagnostics": [1], "summary": "x", "leftOut": []})] {
            assert!(report(&odd).contains("0 rows"));
        }
    }
}
