//! Diagnostics and reports as JSON: rule and place, never a value.

use schemas::diagnostic::{Diagnostic, Place};

use super::label_of;
use crate::{
    adapter::PartLabel,
    report::{Findings, RuleCount, Summary},
};

/// Writes one diagnostic as one line.
pub fn diagnostic(diagnostic: &Diagnostic, labels: &[PartLabel], out: &mut Vec<u8>) {
    let rule = diagnostic.rule;
    let mut object = Object::begin(out);
    object.text("rule", rule.code);
    object.text("severity", rule.severity.word());
    place_members(&mut object, &diagnostic.place, labels);
    if let Some(field) = diagnostic.field {
        object.text("field", field);
    }
    object.text("message", rule.message);
    object.text("help", rule.help);
    related(&mut object, diagnostic, labels);
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
pub fn report(summary: &Summary, findings: &mut Findings, labels: &[PartLabel], out: &mut Vec<u8>) {
    let mut object = Object::begin(out);
    counts(&mut object, summary, findings);
    object.list("diagnostics", findings.diagnostics(), |diagnostic, object| {
        object.text("rule", diagnostic.rule.code);
        object.object("place", |place| place_members(place, &diagnostic.place, labels));
        if let Some(field) = diagnostic.field {
            object.text("field", field);
        }
        related(object, diagnostic, labels);
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
    if !summary.written.is_empty() {
        object.object("written", |written| {
            for (what, count) in &summary.written {
                written.number(what, *count);
            }
        });
    }
}

fn related(object: &mut Object<'_>, diagnostic: &Diagnostic, labels: &[PartLabel]) {
    object.list("related", &diagnostic.related, |place, object| place_members(object, place, labels));
}

fn place_members(object: &mut Object<'_>, place: &Place, labels: &[PartLabel]) {
    if let Some(part) = place.part() {
        object.text("part", &label_of(labels, part));
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
            object.text("path", path);
            object.number("byte", *byte);
        }
    }
}

/// A JSON object being written: members keep the order in which they are given.
struct Object<'o> {
    out: &'o mut Vec<u8>,
    empty: bool,
}

impl<'o> Object<'o> {
    fn begin(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, empty: true }
    }

    fn end(self) {
        self.out.push(b'}');
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        string(value, self.out);
    }

    fn number(&mut self, name: &str, value: u64) {
        self.literal(name, &value.to_string());
    }

    fn literal(&mut self, name: &str, value: &str) {
        self.name(name);
        self.out.extend_from_slice(value.as_bytes());
    }

    fn texts(&mut self, name: &str, values: &[String]) {
        self.name(name);
        self.out.push(b'[');
        for (n, value) in values.iter().enumerate() {
            if n > 0 {
                self.out.push(b',');
            }
            string(value, self.out);
        }
        self.out.push(b']');
    }

    fn object(&mut self, name: &str, members: impl FnOnce(&mut Object<'_>)) {
        self.name(name);
        let mut object = Object::begin(self.out);
        members(&mut object);
        object.end();
    }

    fn list<T>(&mut self, name: &str, items: &[T], members: impl Fn(&T, &mut Object<'_>)) {
        self.name(name);
        self.out.push(b'[');
        for (n, item) in items.iter().enumerate() {
            if n > 0 {
                self.out.push(b',');
            }
            let mut object = Object::begin(self.out);
            members(item, &mut object);
            object.end();
        }
        self.out.push(b']');
    }

    fn name(&mut self, name: &str) {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        string(name, self.out);
        self.out.push(b':');
    }
}

/// Text in quotes, escaped as RFC 8259, section 7, asks.
fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for character in text.chars() {
        match character {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\n' => out.extend_from_slice(b"\\n"),
            control if control < ' ' => {
                out.extend_from_slice(format!("\\u{:04x}", u32::from(control)).as_bytes());
            }
            other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}
