//! Reads FHIR R4 NDJSON on standard input in fhirbolt's strict mode, writes each resource again and compares.
//!
//! One line on standard output for each fault, `line N: what`, with places and kinds but never content; then
//! `lines: N, faults: M`. Exit code 0 without faults, 1 with, 2 when standard input or output fails.

mod tokens;

use std::io::{self, BufRead, Write};
use std::panic;
use std::process::ExitCode;
use std::thread;

use fhirbolt::model::r4::Resource;
use fhirbolt::serde::{DeserializationConfig, DeserializationMode};

/// The generated readers keep large resources on the stack; 64 MiB carries the deepest nesting that JSON allows them.
const STACK_BYTES_MAX: usize = 64 << 20;

fn main() -> ExitCode {
    // fhirbolt panics on an empty array, and its panic texts may quote the resource.
    panic::set_hook(Box::new(|_| {}));
    let judge = thread::Builder::new().stack_size(STACK_BYTES_MAX).spawn(judge_standard_input);
    match judge.map(thread::JoinHandle::join) {
        Ok(Ok(Ok(0))) => ExitCode::SUCCESS,
        Ok(Ok(Ok(_))) => ExitCode::FAILURE,
        _ => ExitCode::from(2),
    }
}

/// Judges every line, prints the faults and the sum, and returns the number of faults.
fn judge_standard_input() -> io::Result<usize> {
    let mut input = io::stdin().lock();
    let mut output = io::BufWriter::new(io::stdout().lock());
    let (mut lines, mut faults) = (0_usize, 0_usize);
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        lines += 1;
        let resource = line.strip_suffix(b"\n").unwrap_or(&line);
        let verdict = panic::catch_unwind(|| judge(resource)).unwrap_or_else(|_| Err("fhirbolt panicked".to_owned()));
        if let Err(fault) = verdict {
            faults += 1;
            writeln!(output, "line {lines}: {fault}")?;
        }
        line.clear();
    }
    writeln!(output, "lines: {lines}, faults: {faults}")?;
    output.flush()?;
    Ok(faults)
}

/// One resource: read strictly, written again, equal but for blanks between tokens and the spelling of escapes.
fn judge(resource: &[u8]) -> Result<(), String> {
    let strict = DeserializationConfig { mode: DeserializationMode::Strict };
    let read: Resource =
        fhirbolt::json::from_slice(resource, Some(strict)).map_err(|error| format!("refused: {}", kind(&error)))?;
    let written =
        fhirbolt::json::to_vec(&read, None).map_err(|error| format!("not written again: {}", kind(&error)))?;
    if written == resource {
        return Ok(());
    }
    tokens::compare(resource, &written).map_err(|byte| format!("written differently from byte {byte}"))
}

/// The kind of an error of serde; the rest of its text may quote the resource and is dropped.
fn kind(error: &serde_json::Error) -> &'static str {
    const KINDS: &[(&str, &str)] = &[
        ("unknown field", "unknown element"),
        ("unknown variant", "unknown resource type"),
        ("missing field", "missing required element"),
        ("duplicate field", "element given twice"),
        ("invalid type", "wrong JSON type"),
        ("invalid value", "wrong JSON value"),
        ("invalid length", "wrong number of items"),
    ];
    let text = error.to_string();
    if error.is_syntax() || error.is_eof() {
        return "not JSON";
    }
    KINDS.iter().find(|(start, _)| text.starts_with(start)).map_or("not this resource", |(_, kind)| kind)
}
