//! Diagnostics and reports for people: each place with the sender's own line, then counts, then plain words.
//!
//! Excerpts hold values of the document: they are for the screen of whoever holds it, never for a log or an answer.

use std::fmt::Write;

use schemas::diagnostic::{Diagnostic, Place, Severity};

use super::{
    Places,
    excerpt::{Excerpt, harmless},
};
use crate::{
    adapter::PartLabel,
    dialect::{DialectFault, Hint},
    document::Document,
    lines::Position,
    report::{Findings, RuleCount, Summary, thousands},
};

/// Whether colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// ANSI colours.
    On,
    /// Plain text.
    Off,
}

/// Draws diagnostics of one document.
pub struct People<'d> {
    document: &'d Document,
    places: Places<'d>,
    colour: Colour,
}

#[derive(Clone, Copy)]
enum Style {
    Error,
    Warning,
    Loss,
    Frame,
}

impl<'d> People<'d> {
    /// Excerpts come from the document, and its parts are called by these labels.
    #[must_use]
    pub fn new(document: &'d Document, labels: &'d [PartLabel], colour: Colour) -> Self {
        Self { document, places: Places::of(document, labels), colour }
    }

    /// One diagnostic with its excerpts, its related places and what can be done, and an empty line after it.
    #[must_use]
    pub fn diagnostic(&mut self, diagnostic: &Diagnostic) -> String {
        let rule = diagnostic.rule;
        let style = style_of(rule.severity);
        let mut node = |place| self.places.of_node(place);
        let (at, related): (_, Vec<_>) =
            (node(&diagnostic.place), diagnostic.related.iter().map(|place| (place, node(place))).collect());
        let gutter = gutter_width(std::iter::once((&diagnostic.place, at)).chain(related.iter().copied()));
        let mut out = String::new();
        head(&mut out, self.colour, style, (rule.severity.word(), rule.code, rule.message));
        self.place(&mut out, (&diagnostic.place, at), diagnostic.field, (gutter, style));
        for place in related {
            let frame = paint(self.colour, Style::Frame, "=");
            let _ = writeln!(out, "{:gutter$}{frame} related:", "");
            self.place(&mut out, place, None, (gutter, Style::Frame));
        }
        help(&mut out, self.colour, gutter, rule.help);
        out.push('\n');
        out
    }

    /// How often each rule was broken: errors first, then by rule. Empty where none was.
    #[must_use]
    pub fn counts(&self, findings: &Findings) -> String {
        let mut counts: Vec<RuleCount> = findings.counts().collect();
        counts.sort_by_key(|count| (std::cmp::Reverse(count.rule.severity), count.rule.code));
        let number_width = counts.iter().map(|count| thousands(count.count).len()).max().unwrap_or(0);
        let rule_width = counts.iter().map(|count| count.rule.code.len()).max().unwrap_or(0);
        let mut out = String::new();
        for RuleCount { rule, count } in counts {
            let severity = format!("{:7}", rule.severity.word());
            let severity = paint(self.colour, style_of(rule.severity), &severity);
            let (count, code, message) = (thousands(count), rule.code, rule.message);
            let _ = writeln!(out, "{code:rule_width$}  {severity}  {count:>number_width$}  {message}");
        }
        out
    }

    /// The last paragraph, in plain words.
    #[must_use]
    pub fn closing(&self, summary: &Summary, findings: &Findings) -> String {
        let mut out = format!("{} read, {}.", amount(summary.rows, "row"), amount(summary.records, "record"));
        let found = match (findings.errors(), findings.warnings()) {
            (0, 0) => "Nothing is wrong.".to_owned(),
            (0, warnings) => format!("No errors; {} to look at.", amount(warnings, "warning")),
            (errors, 0) => format!("{} to mend.", amount(errors, "error")),
            (errors, warnings) => {
                format!("{} to mend, {} to look at.", amount(errors, "error"), amount(warnings, "warning"))
            }
        };
        let _ = writeln!(out, " {found}");
        if findings.truncated() {
            out.push_str("Not every place is shown; the counts are complete.\n");
        }
        for sentence in summary.words(findings) {
            let _ = writeln!(out, "{sentence}");
        }
        out
    }

    fn place(
        &self,
        out: &mut String,
        (place, at): (&Place, Option<Position>),
        field: Option<&str>,
        (gutter, style): (usize, Style),
    ) {
        let Some(part) = place.part() else { return };
        let mut told = self.places.label(part);
        match place {
            Place::Cell { line, column: Some(column), .. } => {
                let _ = write!(told, ":{line}:{column}");
            }
            Place::Cell { line, column: None, .. } => {
                let _ = write!(told, ":{line}");
            }
            Place::Node { path, .. } => {
                if let Some(Position { line, column }) = at {
                    let _ = write!(told, ":{line}:{column}");
                }
                let _ = write!(told, ": {}", harmless(path.as_bytes()));
            }
            Place::Document | Place::Part(_) => {}
        }
        if let Some(field) = field {
            let _ = write!(told, " ({field})");
        }
        arrow(out, self.colour, gutter, &told);
        if let Some(excerpt) = Excerpt::of(self.document, place) {
            let line = line_of(place, at).map(|line| line.to_string()).unwrap_or_default();
            draw(out, self.colour, (gutter, style), &line, &excerpt, "");
        }
    }
}

/// Draws a fault of a dialect file, or of any file of the person's own, under the name that the person gave it.
#[must_use]
pub fn dialect_fault(fault: &DialectFault, name: &str, text: &str, colour: Colour) -> String {
    let rule = fault.rule;
    let line = fault.line.to_string();
    let gutter = line.len();
    let mut out = String::new();
    head(&mut out, colour, Style::Error, (rule.severity.word(), rule.code, rule.message));
    arrow(&mut out, colour, gutter, &format!("{}:{line}:{}", harmless(name.as_bytes()), fault.column));
    let source = text.split('\n').nth(fault.line.saturating_sub(1) as usize).unwrap_or_default();
    let mut characters = source.trim_end_matches('\r').chars();
    let mut take = |count: u32| {
        let text: String = characters.by_ref().take(count as usize).collect();
        harmless(text.as_bytes())
    };
    let before = take(fault.column.saturating_sub(1));
    let excerpt = Excerpt { before, marked: take(fault.width), after: take(u32::MAX) };
    let note = match fault.hint {
        Some(Hint::Nearest(known)) => format!("nearest: `{known}`"),
        Some(Hint::Takes(kind)) => format!("takes {kind}"),
        None => String::new(),
    };
    draw(&mut out, colour, (gutter, Style::Error), &line, &excerpt, &note);
    help(&mut out, colour, gutter, rule.help);
    out.push('\n');
    out
}

fn head(out: &mut String, colour: Colour, style: Style, (severity, code, message): (&str, &str, &str)) {
    let head = paint(colour, style, &format!("{severity}[{code}]"));
    let _ = writeln!(out, "{head}: {message}");
}

fn arrow(out: &mut String, colour: Colour, gutter: usize, place: &str) {
    let indent = gutter.saturating_sub(1);
    let _ = writeln!(out, "{:indent$}{} {place}", "", paint(colour, Style::Frame, "-->"));
}

fn help(out: &mut String, colour: Colour, gutter: usize, help: &str) {
    let _ = writeln!(out, "{:gutter$}{} help: {help}", "", paint(colour, Style::Frame, "="));
}

fn draw(
    out: &mut String,
    colour: Colour,
    (gutter, style): (usize, Style),
    line: &str,
    Excerpt { before, marked, after }: &Excerpt,
    note: &str,
) {
    let bar = paint(colour, Style::Frame, "|");
    let line = paint(colour, Style::Frame, &format!("{line:>gutter$}"));
    let _ = writeln!(out, "{:gutter$}{bar}", "");
    let _ = writeln!(out, "{line}{bar} {before}{marked}{after}");
    let marks = "^".repeat(marked.chars().count().max(1));
    let marks = if note.is_empty() { marks } else { format!("{marks} {note}") };
    let (indent, marks) = (before.chars().count(), paint(colour, style, &marks));
    let _ = writeln!(out, "{:gutter$}{bar} {:indent$}{marks}", "", "");
}

fn gutter_width<'p>(places: impl Iterator<Item = (&'p Place, Option<Position>)>) -> usize {
    places.filter_map(|(place, at)| line_of(place, at)).map(|line| line.to_string().len()).max().unwrap_or(1)
}

/// The line that is told of a place.
fn line_of(place: &Place, at: Option<Position>) -> Option<u64> {
    match place {
        Place::Cell { line, .. } => Some(*line),
        _ => at.map(|at| at.line),
    }
}

fn style_of(severity: Severity) -> Style {
    match severity {
        Severity::Error => Style::Error,
        Severity::Warning => Style::Warning,
        Severity::Loss => Style::Loss,
    }
}

fn paint(colour: Colour, style: Style, text: &str) -> String {
    if colour == Colour::Off {
        return text.to_owned();
    }
    let code = match style {
        Style::Error => "1;31",
        Style::Warning => "1;33",
        Style::Loss => "1;36",
        Style::Frame => "1;34",
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}

fn amount(number: u64, of: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {of}{ending}", thousands(number))
}
