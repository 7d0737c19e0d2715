//! The command line of Homeward: what people and scripts call.
//!
//! Data on standard output, talk on standard error; exit status 0, 1 or 2 and nothing else.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod arguments;
mod commands;
pub mod failure;
mod output;
mod reading;
pub mod synth;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    arguments::{Arguments, Command},
    failure::Ended,
    terminal::Terminal,
};

/// Runs the program with the arguments of the process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are asked for and end well; everything else is a wrong command.
            let status = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    let terminal = Terminal::new(arguments.quiet, arguments.color);
    let outcome = match &arguments.command {
        Command::Check(arguments) => commands::check::run(arguments, &terminal),
        Command::Translate(arguments) => commands::translate::run(arguments, &terminal),
        Command::Formats { json } => commands::formats::run(*json, &terminal),
        Command::Describe(arguments) => commands::describe::run(arguments, &terminal),
        Command::Template(arguments) => commands::template::run(arguments, &terminal),
        Command::Synth(arguments) => commands::synth::run(arguments, &terminal),
        Command::Serve(arguments) => commands::serve::run(arguments, &terminal),
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
