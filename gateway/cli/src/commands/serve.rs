//! `homeward serve`: the gateway, until it is asked to end.

use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
};

use server::{ReloadFault, Reloaded, Running, desk::Desk, install_log, run_until_signal};

use crate::{
    arguments::ServeArguments,
    failure::{Ended, Failure, Outcome},
    reading::load_config,
    terminal::Terminal,
};

pub(crate) fn run(arguments: &ServeArguments, terminal: &Terminal) -> Outcome {
    let file = configuration(arguments)?;
    let config = load_config(&file)?;
    install_log(config.log, env::var("HOMEWARD_LOG").ok().as_deref())
        .map_err(|error| Failure::new(error.to_string(), "HOMEWARD_LOG takes a level: error, warn, info, debug"))?;
    let desk = Arc::new(Desk::new(&config));
    let started = |running: &Running| {
        terminal.talk(&format!(
            "homeward listens on {}, admin on {}, configuration {}",
            running.public, running.admin, running.digest
        ));
    };
    let reloaded = |outcome: &Result<Reloaded, ReloadFault>| match outcome {
        Ok(reloaded) => terminal.talk(&format!("homeward has reloaded: {reloaded}")),
        Err(fault) => terminal.talk(&format!("{fault}\nhomeward goes on with the configuration of before")),
    };
    run_until_signal(config, desk, started, reloaded).map_err(|fault| Failure::new(fault.to_string(), ""))?;
    Ok(Ended::Well)
}

/// The configuration: as given, else by environment, else in the working folder.
fn configuration(arguments: &ServeArguments) -> Result<PathBuf, Failure> {
    if let Some(file) = &arguments.config {
        return Ok(file.clone());
    }
    if let Some(file) = env::var_os("HOMEWARD_CONFIG") {
        return Ok(PathBuf::from(file));
    }
    let here = Path::new("homeward.toml");
    if here.is_file() {
        return Ok(here.to_owned());
    }
    Err(Failure::new(
        "there is no configuration: neither --config, nor HOMEWARD_CONFIG, nor ./homeward.toml",
        "write one, or see `homeward demo` for a gateway that needs none",
    ))
}
