//! A report that is kept, in the three forms in which it is read: as it was written, as rows, and as a page for people
//! (http, sections 3 and 4.2).
//!
//! The page draws rows of the document only where it is given some, and it is given some only for their sender. It asks
//! for nothing from anywhere and runs nothing.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Write};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kit::render;
use kit::report::thousands;
use serde::Deserialize;
use store::message::Reject;

/// How the page looks, on a screen and on paper.
const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#111}\
h1{font-size:1.5em}h2{font-size:1.2em;margin-top:2em}table{border-collapse:collapse;width:100%}\
th,td{border:1px solid #767676;padding:.3em .5em;text-align:left;vertical-align:top}\
td.number{text-align:right}pre{margin:.3em 0 0;white-space:pre-wrap;overflow-wrap:anywhere}\
@media print{body{margin:0;max-width:none}thead{display:table-header-group}tr{break-inside:avoid}}";

/// What was found when a message was read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct KeptReport {
    /// Why it was not read at all, in a word of ours.
    reason: Option<String>,
    format: String,
    rows: u64,
    records: u64,
    errors: u64,
    warnings: u64,
    losses: u64,
    /// Whether there are more places than these.
    truncated: bool,
    rules: Vec<BrokenRule>,
    diagnostics: Vec<Found>,
    /// It all in plain sentences.
    summary: Vec<String>,
}

/// A rule and how often it was broken.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BrokenRule {
    #[serde(rename = "rule")]
    code: String,
    severity: String,
    count: u64,
    message: String,
    help: String,
}

/// A place where a rule was broken.
#[derive(Debug, Deserialize)]
struct Found {
    rule: String,
    #[serde(default)]
    place: FoundPlace,
}

/// A place; of the document as a whole it says nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FoundPlace {
    part: String,
    line: Option<u64>,
    column: Option<u64>,
    path: String,
    byte: Option<u64>,
}

impl KeptReport {
    /// Reads a report that was kept.
    ///
    /// # Errors
    /// When it is not one of ours.
    pub(crate) fn read(bytes: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(bytes)
    }

    /// Its places as CSV, one a row: what a check of the same document gives.
    pub(crate) fn to_csv(&self) -> Vec<u8> {
        let rules = self.by_code();
        let mut out = render::csv::HEADING.as_bytes().to_vec();
        for Found { rule, place } in &self.diagnostics {
            let [severity, message, help] = rules
                .get(rule.as_str())
                .map_or([""; 3], |rule| [rule.severity.as_str(), rule.message.as_str(), rule.help.as_str()]);
            let [line, column, byte] = [place.line, place.column, place.byte]
                .map(|number| number.map(|number| number.to_string()).unwrap_or_default());
            let cells = [rule, severity, &place.part, &line, &column, &place.path, &byte, message, help];
            render::csv::row(cells, &mut out);
        }
        out
    }

    /// It all as a page for people, with the rows that its sender may see.
    pub(crate) fn to_page(&self, rows: &[Reject]) -> String {
        let mut out = String::new();
        // Text is never refused.
        let _ = self.write_page(&mut out, rows);
        out
    }

    fn write_page(&self, out: &mut String, rows: &[Reject]) -> fmt::Result {
        write!(
            out,
            "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>Report of a message</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<h1>Report of a message</h1>\n"
        )?;
        if let Some(reason) = &self.reason {
            return write!(out, "<p>It was not read: {}.</p>\n</body>\n</html>\n", Escaped(reason));
        }
        writeln!(
            out,
            "<p>Read as {}: {} rows, {} records. {} errors, {} warnings, {} losses.</p>",
            Escaped(&self.format),
            thousands(self.rows),
            thousands(self.records),
            thousands(self.errors),
            thousands(self.warnings),
            thousands(self.losses),
        )?;
        self.summary.iter().try_for_each(|sentence| writeln!(out, "<p>{}</p>", Escaped(sentence)))?;
        if !self.rules.is_empty() {
            self.write_rules(out)?;
        }
        if !self.diagnostics.is_empty() {
            self.write_places(out, rows)?;
        }
        out.write_str("</body>\n</html>\n")
    }

    fn write_rules(&self, out: &mut String) -> fmt::Result {
        out.write_str(
            "<h2>Rules</h2>\n<table>\n<thead><tr><th>Rule</th><th>Severity</th><th>How often</th><th>What is wrong</th>\
             <th>What to do</th></tr></thead>\n<tbody>\n",
        )?;
        for BrokenRule { code, severity, count, message, help } in &self.rules {
            let (code, severity, message, help) = (Escaped(code), Escaped(severity), Escaped(message), Escaped(help));
            let count = thousands(*count);
            writeln!(
                out,
                "<tr><td>{code}</td><td>{severity}</td><td class=\"number\">{count}</td><td>{message}</td><td>{help}</td></tr>"
            )?;
        }
        out.write_str("</tbody>\n</table>\n")
    }

    fn write_places(&self, out: &mut String, rows: &[Reject]) -> fmt::Result {
        let rules = self.by_code();
        let rows: BTreeMap<(&str, u64), &Reject> =
            rows.iter().map(|reject| ((reject.part.as_str(), reject.line), reject)).collect();
        out.write_str("<h2>Places</h2>\n")?;
        if self.truncated {
            out.write_str("<p>Not every place is shown; the counts are complete.</p>\n")?;
        }
        out.write_str("<table>\n<thead><tr><th>Where</th><th>Rule</th><th>What is wrong</th></tr></thead>\n<tbody>\n")?;
        for Found { rule, place } in &self.diagnostics {
            let message = rules.get(rule.as_str()).map_or("", |rule| &rule.message);
            write!(out, "<tr><td>{place}</td><td>{}</td><td>{}", Escaped(rule), Escaped(message))?;
            if let Some(reject) = place.line.and_then(|line| rows.get(&(place.part.as_str(), line))) {
                write!(out, "<pre>{}</pre>", Escaped(&String::from_utf8_lossy(&reject.row)))?;
            }
            out.write_str("</td></tr>\n")?;
        }
        out.write_str("</tbody>\n</table>\n")
    }

    fn by_code(&self) -> BTreeMap<&str, &BrokenRule> {
        self.rules.iter().map(|rule| (rule.code.as_str(), rule)).collect()
    }
}

impl Display for FoundPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.part.is_empty() {
            return f.write_str("the document");
        }
        write!(f, "{}", Escaped(&self.part))?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        if !self.path.is_empty() {
            write!(f, ", {}", Escaped(&self.path))?;
        }
        Ok(())
    }
}

/// What a browser may do with the page: nothing but show it in our own style.
pub(crate) fn content_security_policy() -> String {
    let style = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// Text within a page: whatever it holds, it is shown and means nothing.
struct Escaped<'t>(&'t str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // Controls and marks of direction would be obeyed and not shown.
                control if control.is_control() && control != '\t' => f.write_char('\u{fffd}')?,
                '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                    f.write_char('\u{fffd}')?
                }
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{"format":"ssda903-csv","rows":1204,"records":9,"errors":1,"warnings":0,"losses":1,
        "truncated":true,"rules":[{"rule":"a/1","severity":"error","count":1,"message":"a \"wrong\", code","help":"<b>"},
        {"rule":"a/2","severity":"loss","count":1,"message":"lost","help":""}],
        "diagnostics":[{"rule":"a/1","place":{"part":"episodes","line":41,"column":7,"byte":99},"related":[]},
        {"rule":"a/2","place":{"part":"file 2","path":"/a/b","byte":3},"field":"x","related":[]},
        {"rule":"a/2","place":{},"related":[]}],"summary":["Left out, adopted: 1 child"],"leftOut":{"adopted":1}}"#;

    fn reject(line: u64, row: &[u8]) -> Reject {
        Reject { part: "episodes".to_owned(), line, byte: 0, rule: "a/1".to_owned(), row: row.to_vec() }
    }

    #[test]
    fn its_places_are_rows() {
        let csv = KeptReport::read(REPORT.as_bytes()).unwrap().to_csv();
        let expected = "rule,severity,part,line,column,path,byte,message,help\n\
                        a/1,error,episodes,41,7,,99,\"a \"\"wrong\"\", code\",<b>\n\
                        a/2,loss,file 2,,,/a/b,3,lost,\n\
                        a/2,loss,,,,,,lost,\n";
        assert_eq!(String::from_utf8(csv).unwrap(), expected);
    }

    #[test]
    fn the_page_shows_rows_that_it_is_given_and_lets_none_of_them_act() {
        let report = KeptReport::read(REPORT.as_bytes()).unwrap();
        let hostile = b"<script>alert('1')</script>&\x1b[31m\xe2\x80\xae\xff\"";
        let page = report.to_page(&[reject(41, hostile), reject(42, b"canary")]);
        let shown = "<pre>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;\u{fffd}[31m\u{fffd}\u{fffd}&quot;</pre>";
        assert!(page.contains(shown), "{page}");
        assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("canary"), "{page}");
        for told in ["1,204 rows", "episodes, line 41, column 7", "file 2, /a/b", "the document", "Not every place"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert!(!report.to_page(&[]).contains("<pre>"));
    }

    #[test]
    fn what_was_not_read_says_why() {
        let report = KeptReport::read(br#"{"reason":"route-gone"}"#).unwrap();
        assert_eq!(report.to_csv(), render::csv::HEADING.as_bytes());
        assert!(report.to_page(&[]).contains("It was not read: route-gone."));
        for wrong in [&b""[..], b"[]x", b"{\"rows\":\"x\"}", b"{\"diagnostics\":[{}]}"] {
            assert!(KeptReport::read(wrong).is_err());
        }
    }
}
