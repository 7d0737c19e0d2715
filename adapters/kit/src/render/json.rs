//! Diagnostics and reports as JSON: rule and place, never a value.
//!
//! The column of a cell is its number, that of a node counts characters.

use schemas::diagnostic::{Diagnostic, Place};

use super::Places;
use crate::{
    json::write::Object,
    report::{Findings, RuleCount, Summary},
};

/// Writes one diagnostic as one line.
pub fn diagnostic(diagnostic: &Diagnostic, places: &mut Places<'_>, out: &mut Vec<u8>) {
    let rule = diagnostic.rule;
    let mut object = Object::begin(out);
    object.text("rule", rule.code);
    object.text("severity", rule.severity.word());
    place_members(&mut object, &diagnostic.place, places);
    if let Some(field) = diagnostic.field {
        object.text("field", field);
    }
    object.text("message", rule.message);
    object.text("help", rule.help);
    related(&mut object, diagnostic, places);
    object.end();
    out.push(b'\n');
}

/// Writes the report without its places, as one line: what ends a list of diagnostics.
pub fn summary(summary: &Summary, findings: &Findings, out: &mut Vec<u8>) {
    let mut object = Object::begin(out);
    counts(&mut object, summary, findings);
    words(&mut object, summary, findings);
    object.end();
    out.push(b'\n');
}

/// Writes the whole report as one object.
pub fn report(summary: &Summary, findings: &mut Findings, places: &mut Places<'_>, out: &mut Vec<u8>) {
    let mut object = Object::begin(out);
    counts(&mut object, summary, findings);
    object.list("diagnostics", findings.diagnostics(), |diagnostic, object| {
        object.text("rule", diagnostic.rule.code);
        object.object("place", |place| place_members(place, &diagnostic.place, places));
        if let Some(field) = diagnostic.field {
            object.text("field", field);
        }
        related(object, diagnostic, places);
    });
    words(&mut object, summary, findings);
    object.end();
    out.push(b'\n');
}

fn counts(object: &mut Object<'_>, summary: &Summary, findings: &Findings) {
    object.text("format", summary.format);
    object.number("rows", summary.rows);
    object.number("records", summary.records);
    object.number("errors", findings.errors());
    object.number("warnings", findings.warnings());
    object.number("losses", findings.losses());
    object.literal("truncated", if findings.truncated() { "true" } else { "false" });
    let rules: Vec<RuleCount> = findings.counts().collect();
    object.list("rules", &rules, |RuleCount { rule, count }, object| {
        object.text("rule", rule.code);
        object.text("severity", rule.severity.word());
        object.number("count", *count);
        object.text("message", rule.message);
        object.text("help", rule.help);
        object.text("source", rule.source);
    });
}

fn words(object: &mut Object<'_>, summary: &Summary, findings: &Findings) {
    object.texts("summary", &summary.words(findings));
    object.object("leftOut", |left_out| {
        for (reason, count) in &summary.left_out {
            left_out.number(reason, *count);
        }
    });
    if !summary.figures.sums.is_empty() {
        object.object("figures", |figures| {
            for (group, names) in summary.figures.sums.groups() {
                figures.object(group, |figures| names.for_each(|(name, number)| figures.number(name, number)));
            }
        });
    }
    if !summary.written.is_empty() {
        object.object("written", |written| {
            for (what, count) in &summary.written {
                written.number(what, *count);
            }
        });
    }
}

fn related(object: &mut Object<'_>, diagnostic: &Diagnostic, places: &mut Places<'_>) {
    object.list("related", &diagnostic.related, |place, object| place_members(object, place, places));
}

fn place_members(object: &mut Object<'_>, place: &Place, places: &mut Places<'_>) {
    if let Some(part) = place.part() {
        object.text("part", &places.label(part));
    }
    match place {
        Place::Document | Place::Part(_) => {}
        Place::Cell { line, column, byte, .. } => {
            object.number("line", *line);
            if let Some(column) = column {
                object.number("column", u64::from(*column));
            }
            object.number("byte", *byte);
        }
        Place::Node { path, byte, .. } => {
            if let Some(position) = places.of_node(place) {
                object.number("line", position.line);
                object.number("column", position.column);
            }
            object.text("path", path);
            object.number("byte", *byte);
        }
    }
}
