//! `homeward completions`: a shell's completion script.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{
    arguments::Arguments,
    failure::{Ended, Outcome},
    terminal::Terminal,
};

pub(crate) fn run(shell: Shell, terminal: &Terminal) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "homeward", &mut script);
    terminal.print(&script)?;
    Ok(Ended::Well)
}
