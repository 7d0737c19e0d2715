//! `[[dialect]]`: the overlays that routes name, read with the field tables of their format.

use std::path::PathBuf;

use kit::dialect::{Dialect, DialectFault, Hint};

use super::fault::{self, ConfigFault};
use super::files;
use super::routes::KnownFormat;
use super::section::{Placed, Section};

/// A dialect is a page or two.
const DIALECT_BYTES_MAX: u64 = 1024 * 1024;

/// A dialect under the name by which routes know it.
#[derive(Clone, Debug)]
pub struct NamedDialect {
    /// Its name.
    pub name: String,
    /// The format it is for.
    pub format: KnownFormat,
    /// What it says.
    pub dialect: Dialect,
}

/// Reads every dialect; a faulty one is told and left out.
pub(super) fn read(root: &Section<'_>) -> Vec<NamedDialect> {
    let mut dialects: Vec<NamedDialect> = Vec::new();
    for section in root.sections("dialect") {
        section.require("name");
        section.require("file");
        let name = section.text("name");
        if let Some(name) = name.filter(|name| dialects.iter().any(|known| known.name == name.value)) {
            section.fault(&fault::NAME_TAKEN, name.byte, None);
        }
        let read = section.path("file").and_then(|file| read_file(&section, &file));
        section.finish();
        if let (Some(name), Some((format, dialect))) = (name, read) {
            dialects.push(NamedDialect { name: name.value.to_owned(), format, dialect });
        }
    }
    dialects
}

fn read_file(section: &Section<'_>, file: &Placed<PathBuf>) -> Option<(KnownFormat, Dialect)> {
    let read = files::read_public(&file.value, DIALECT_BYTES_MAX);
    let bytes = read.map_err(|rule| section.fault(rule, file.byte, None)).ok()?;
    let Ok(text) = String::from_utf8(bytes) else {
        section.fault(&fault::DIALECT, file.byte, Some("it is not UTF-8".to_owned()));
        return None;
    };
    let known: Vec<&'static str> = roster::formats().map(|(_, format)| format.name).collect();
    let (name, unknown) = Dialect::format_of(&text, &known);
    let format = name.and_then(KnownFormat::named);
    // Without its format the words of a dialect cannot be judged; read with no tables it says only what is no TOML.
    let (dialect, faults) = Dialect::read(&text, format.map_or(&[], |format| format.tables));
    let faults: Vec<DialectFault> = match (format, unknown) {
        (Some(_), _) => faults,
        (None, Some(unknown)) => vec![unknown],
        (None, None) if !faults.is_empty() => faults,
        (None, None) => {
            section.fault(&fault::DIALECT, file.byte, Some("its `format` is missing".to_owned()));
            return None;
        }
    };
    for found in &faults {
        let hint = match found.hint {
            Some(Hint::Nearest(nearest)) => format!("; nearest: `{nearest}`"),
            Some(Hint::Takes(takes)) => format!("; it takes {takes}"),
            None => String::new(),
        };
        let placed = ConfigFault {
            rule: &fault::DIALECT,
            file: file.value.clone(),
            line: found.line as usize,
            column: found.column as usize,
            detail: Some(format!("{}: {}{hint}", found.rule.code, found.rule.message)),
        };
        section.fault_in(file.byte, placed);
    }
    if faults.is_empty() { Some((format?, dialect)) } else { None }
}
