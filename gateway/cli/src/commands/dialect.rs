//! `homeward dialect infer`: a draft of a dialect for an export nobody has described.

use std::io;

use exchange::pipeline::Output;
use kit::{
    adapter::Format,
    dialect::infer::{self, Draft},
    document::Part,
    limits::ReadingLimits,
};
use server::{
    config::Limits,
    documents::{self, DocumentLimits, Input},
};

use crate::{
    arguments::{DialectCommand, InferArguments},
    failure::{Ended, Failure, Outcome},
    output::{Target, cannot_write},
    reading,
    terminal::Terminal,
};

pub(crate) fn run(command: &DialectCommand, terminal: &Terminal) -> Outcome {
    let DialectCommand::Infer(arguments) = command;
    infer(arguments, terminal)
}

fn infer(arguments: &InferArguments, terminal: &Terminal) -> Outcome {
    let formats: Vec<&'static Format> = match &arguments.format {
        Some(name) => vec![table_format(name)?],
        None => roster::formats().map(|(_, format)| format).filter(|format| is_of_tables(format)).collect(),
    };
    let part = open(arguments)?;
    let draft = infer::infer(&part, &formats, ReadingLimits::default());
    let mut target = Target::open_plain(arguments.output.as_deref())?;
    target.write("dialect.toml", draft.toml.as_bytes()).map_err(cannot_write)?;
    target.finish()?;
    terminal.note(&in_words(&draft));
    Ok(if draft.is_complete { Ended::Well } else { Ended::WithErrors })
}

/// Whether the format is read from tables whose rows and headings are text.
fn is_of_tables(format: &Format) -> bool {
    format.decode.is_some() && !format.tables.is_empty() && format.extensions.contains(&"csv")
}

fn table_format(name: &str) -> Result<&'static Format, Failure> {
    let format = reading::readable_format(name)?;
    if !is_of_tables(format) {
        let what = format!("{} has no tables in CSV, and a dialect is drafted from headings", format.name);
        return Err(Failure::new(what, "`homeward formats` lists the formats"));
    }
    Ok(format)
}

/// The one part of the file.
fn open(arguments: &InferArguments) -> Result<Part, Failure> {
    let help = "give one file, or - for standard input; a folder or archive holds a table each, and each its own draft";
    let mut standard_input = io::stdin().lock();
    let input = if arguments.file.as_os_str() == "-" {
        Input::Stream(&mut standard_input)
    } else {
        Input::Path(arguments.file.clone())
    };
    let limits = DocumentLimits::new(&Limits::default(), u64::MAX);
    let document = documents::open(vec![input], &limits)
        .map_err(|(_, fault)| Failure::new(format!("input {}: {fault}", arguments.file.display()), help))?;
    let mut parts = document.into_parts();
    match (parts.pop(), parts.is_empty()) {
        (Some(part), true) => Ok(part),
        _ => Err(Failure::new(format!("input {} is not one table", arguments.file.display()), help)),
    }
}

/// What was made of the file, for the person who has to confirm it.
fn in_words(draft: &Draft) -> String {
    match (draft.format, draft.table) {
        (Some(format), Some(table)) if draft.missing.is_empty() => format!(
            "note: drafted for {} of {}: {} lines are sure, {} are guesses to confirm",
            table.name, format.name, draft.sure, draft.guesses
        ),
        (Some(format), Some(table)) => format!(
            "note: drafted for {} of {}: {} lines are sure, {} are guesses; no column was found for {}",
            table.name,
            format.name,
            draft.sure,
            draft.guesses,
            draft.missing.join(", ")
        ),
        _ => "note: no table was recognised; `homeward describe FORMAT` shows the headings of one".to_owned(),
    }
}
