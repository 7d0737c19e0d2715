//! The log, on standard error: never a value from a document, a path or a query.

use std::panic;
use std::sync::OnceLock;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::{Log, LogFormat, LogLevel};

/// Why the log could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum LogFault {
    /// The filter is not one; see `tracing`'s `EnvFilter`.
    #[error("the log filter is malformed; write a level, or target=level pairs")]
    Filter,
    /// The process has a log already.
    #[error("the log is installed already")]
    Installed,
}

/// Installs the log of the process, and makes a panic tell its place only: what it says may quote a document. `filter`
/// is what `HOMEWARD_LOG` holds, and wins over the level of the configuration. The parts below (HTTP, TLS) are kept at
/// warnings unless the filter names them: a level alone is ours.
///
/// # Errors
/// [`LogFault`].
pub fn install_log(log: Log, filter: Option<&str>) -> Result<(), LogFault> {
    let given = filter;
    let filter = EnvFilter::builder().parse(directives(log.level, given)).map_err(|_| LogFault::Filter)?;
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let (installed, change): (_, ChangeLevel) = match log.format {
        LogFormat::Json => {
            let builder = builder.json().flatten_event(true).with_filter_reloading();
            let handle = builder.reload_handle();
            (builder.try_init(), Box::new(move |level| drop(handle.reload(filter_of(level)))))
        }
        LogFormat::Text => {
            let builder = builder.with_filter_reloading();
            let handle = builder.reload_handle();
            (builder.try_init(), Box::new(move |level| drop(handle.reload(filter_of(level)))))
        }
    };
    installed.map_err(|_| LogFault::Installed)?;
    if given.is_none() {
        // There is one log in a process, and it has just been installed.
        let _ = CHANGE_LEVEL.set(change);
    }
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        tracing::error!(target: "homeward", place, "a panic: our fault");
    }));
    Ok(())
}

type ChangeLevel = Box<dyn Fn(LogLevel) + Send + Sync>;

/// Gives the log of the process another level, where it follows the configuration.
static CHANGE_LEVEL: OnceLock<ChangeLevel> = OnceLock::new();

/// From now on the log has this level, unless `HOMEWARD_LOG` says otherwise.
pub(crate) fn change_level(level: LogLevel) {
    if let Some(change) = CHANGE_LEVEL.get() {
        change(level);
    }
}

fn filter_of(level: LogLevel) -> EnvFilter {
    EnvFilter::new(directives(level, None))
}

/// The directives of a filter that may be absent, a level, or directives already.
fn directives(level: LogLevel, filter: Option<&str>) -> String {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let ours = |level: LevelFilter| format!("warn,homeward={level},server={level},exchange={level}");
    match filter {
        None => ours(level),
        Some(filter) => filter.trim().parse().map_or_else(|_| filter.to_owned(), ours),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_alone_does_not_open_the_parts_below() {
        let of = |filter| directives(LogLevel::Info, filter);
        assert_eq!(of(None), "warn,homeward=info,server=info,exchange=info");
        assert_eq!(of(Some(" debug")), "warn,homeward=debug,server=debug,exchange=debug");
        assert_eq!(of(Some("h2=debug")), "h2=debug");
        assert!(EnvFilter::builder().parse(of(Some("off"))).is_ok());
        assert!(EnvFilter::builder().parse(of(Some("h2=loudly"))).is_err());
    }
}
