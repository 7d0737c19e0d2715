//! The log, on standard error: never a value from a document, a path or a query.

use std::panic;

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
    let level = match log.level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let filter = EnvFilter::builder().parse(directives(level, filter)).map_err(|_| LogFault::Filter)?;
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let installed = match log.format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.try_init(),
    };
    installed.map_err(|_| LogFault::Installed)?;
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        tracing::error!(target: "homeward", place, "a panic: our fault");
    }));
    Ok(())
}

/// The directives of a filter that may be absent, a level, or directives already.
fn directives(level: LevelFilter, filter: Option<&str>) -> String {
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
        let of = |filter| directives(LevelFilter::INFO, filter);
        assert_eq!(of(None), "warn,homeward=info,server=info,exchange=info");
        assert_eq!(of(Some(" debug")), "warn,homeward=debug,server=debug,exchange=debug");
        assert_eq!(of(Some("h2=debug")), "h2=debug");
        assert!(EnvFilter::builder().parse(of(Some("off"))).is_ok());
        assert!(EnvFilter::builder().parse(of(Some("h2=loudly"))).is_err());
    }
}
