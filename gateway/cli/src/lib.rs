//! The command line of Homeward: what people and scripts call.
//!
//! Data on standard output, talk on standard error; exit status 0, 1 or 2 and nothing else.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod arguments;
mod asking;
mod commands;
pub mod failure;
mod output;
mod reading;
pub mod synth;
mod terminal;

use std::process::ExitCode;

use clap::{
    Parser,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::{
    arguments::{Arguments, ColourWhen, Command},
    failure::{Ended, Failure},
    terminal::Terminal,
};

/// Runs the program with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            match wrong_command(&error) {
                Some(failure) => Terminal::new(false, ColourWhen::Auto).fail(&failure),
                None => drop(error.print()),
            }
            // Help and version are asked for and end well; everything else is a wrong command.
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let terminal = Terminal::new(arguments.quiet, arguments.color);
    let outcome = match &arguments.command {
        Command::Check(arguments) => commands::check::run(arguments, &terminal),
        Command::Translate(arguments) => commands::translate::run(arguments, &terminal),
        Command::Convert(arguments) => commands::convert::run(arguments, &terminal),
        Command::Formats { json } => commands::formats::run(*json, &terminal),
        Command::Describe(arguments) => commands::describe::run(arguments, &terminal),
        Command::Template(arguments) => commands::template::run(arguments, &terminal),
        Command::Synth(arguments) => commands::synth::run(arguments, &terminal),
        Command::Dialect(command) => commands::dialect::run(command, &terminal),
        Command::Serve(arguments) => commands::serve::run(arguments, &terminal),
        Command::Config(command) => commands::config::run(command, &terminal),
        Command::Partner(command) => commands::partner::run(command, &terminal),
        Command::Messages(group) => commands::messages::run(group, &terminal),
        Command::Deliveries(group) => commands::deliveries::run(group, &terminal),
        Command::Route(group) => commands::route::run(group, &terminal),
        Command::Identity(group) => commands::identity::run(group, &terminal),
        Command::Audit(group) => commands::audit::run(group, &terminal),
        Command::Demo(arguments) => commands::demo::run(arguments, &terminal),
        Command::Completions { shell } => commands::completions::run(*shell, &terminal),
    };
    match outcome {
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Ok(Ended::WithErrors) => ExitCode::from(1),
        Err(failure) => {
            terminal.fail(&failure);
            ExitCode::from(2)
        }
    }
}

/// What the reader of arguments says in paragraphs, in our two lines; `None` where it shows help.
fn wrong_command(error: &clap::Error) -> Option<Failure> {
    let said = error.render().to_string();
    let mut lines = said.lines().map(str::trim);
    let mut what = lines.next()?.strip_prefix("error: ")?.to_owned();
    if let Some(ContextValue::String(unknown)) = error.get(ContextKind::InvalidArg)
        && error.kind() == ErrorKind::UnknownArgument
        && !unknown.starts_with('-')
    {
        // It may be an identifier that belongs on standard input: it is not repeated.
        "an argument stands where none belongs".clone_into(&mut what);
    }
    let (mut help, mut help_flag) = (Vec::new(), "homeward --help".to_owned());
    for line in lines {
        if let Some(tip) = line.strip_prefix("tip: ") {
            help.push(tip.to_owned());
        } else if let Some(values) = line.strip_prefix("[possible values: ") {
            help.push(format!("it takes {}", values.trim_end_matches(']')));
        } else if let Some(usage) = line.strip_prefix("Usage: ") {
            let command: Vec<&str> = usage.split(' ').take_while(|word| !word.starts_with(['-', '<', '['])).collect();
            help_flag = format!("{} --help", command.join(" "));
        } else if line.starts_with(['-', '<']) {
            what.push_str(&format!(" {line}"));
        }
    }
    help.push(format!("`{help_flag}` shows every flag"));
    Some(Failure::new(what, help.join("; ")))
}
