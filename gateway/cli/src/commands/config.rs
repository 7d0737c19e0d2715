//! `homeward config`: every fault of a configuration at once, before a gateway is started with it, and what it says.

use crate::{
    arguments::ConfigCommand,
    commands::flows,
    failure::{Ended, Outcome},
    reading::load_config,
    terminal::Terminal,
};

pub(crate) fn run(command: &ConfigCommand, terminal: &Terminal) -> Outcome {
    let file = match command {
        ConfigCommand::Check { file } => file,
        ConfigCommand::Describe { file, output } => return flows::run(file, output.as_deref(), terminal),
    };
    let config = load_config(file)?;
    // A gateway that starts with these very bytes tells the same digest.
    terminal.print(format!("the configuration is sound: {}\n", config.digest).as_bytes())?;
    Ok(Ended::Well)
}
