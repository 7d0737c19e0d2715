//! `homeward config check`: every fault of a configuration at once, before a gateway is started with it.

use crate::{
    arguments::ConfigCommand,
    failure::{Ended, Outcome},
    reading::load_config,
    terminal::Terminal,
};

pub(crate) fn run(command: &ConfigCommand, terminal: &Terminal) -> Outcome {
    let ConfigCommand::Check { file } = command;
    let config = load_config(file)?;
    // A gateway that starts with these very bytes tells the same digest.
    terminal.print(format!("the configuration is sound: {}\n", config.digest).as_bytes())?;
    Ok(Ended::Well)
}
