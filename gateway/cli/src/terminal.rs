//! Standard output and standard error: who reads them, colours, progress, and what happens when they close.

use std::{
    io::{self, IsTerminal, Write},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use exchange::pipeline::Watch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{arguments::ColourWhen, failure::Failure};

/// Work shorter than this shows no progress.
const PROGRESS_AFTER: Duration = Duration::from_secs(1);

/// Where the program talks.
pub(crate) struct Terminal {
    quiet: bool,
    colour_out: bool,
    colour_error: bool,
}

impl Terminal {
    /// The terminal, as the flags want it.
    #[must_use]
    pub(crate) fn new(quiet: bool, colour: ColourWhen) -> Self {
        let wanted = |terminal: bool| match colour {
            ColourWhen::Auto => terminal,
            ColourWhen::Always => true,
            ColourWhen::Never => false,
        };
        Self { quiet, colour_out: wanted(io::stdout().is_terminal()), colour_error: wanted(io::stderr().is_terminal()) }
    }

    /// Whether standard output is coloured.
    #[must_use]
    pub(crate) fn colours_output(&self) -> bool {
        self.colour_out
    }

    /// Whether standard error is coloured.
    #[must_use]
    pub(crate) fn colours_talk(&self) -> bool {
        self.colour_error
    }

    /// Whether a person would see what goes to standard output.
    #[must_use]
    pub(crate) fn output_is_seen(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// A note on standard error; silent with `-q`.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.talk(text);
        }
    }

    /// Something on standard error, with `-q` too.
    pub(crate) fn talk(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Why the command could not run.
    pub(crate) fn fail(&self, failure: &Failure) {
        self.talk(&failure.to_string());
    }

    /// Data on standard output. A closed pipe ends the program quietly.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub(crate) fn print(&self, data: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match out.write_all(data).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::new("standard output cannot be written", error.kind().to_string()))
            }
            _ => Ok(()),
        }
    }

    /// Progress of long work on children, shown while a person watches.
    #[must_use]
    pub(crate) fn progress(&self) -> Progress {
        self.progress_of("children")
    }

    /// Progress of long work on something else.
    #[must_use]
    pub(crate) fn progress_of(&self, what: &'static str) -> Progress {
        Progress {
            shown: !self.quiet && io::stderr().is_terminal(),
            what,
            begun: Instant::now(),
            bar: Mutex::new(None),
        }
    }
}

/// Raised by Ctrl-C: the work ends within one subject.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Lets Ctrl-C end the work in order, so that nothing half written is left behind.
pub(crate) fn heed_interrupts() {
    // A second call finds the handler set; then it stays.
    let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
}

/// Whether somebody pressed Ctrl-C.
#[must_use]
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// A progress bar that comes when the work is long.
pub(crate) struct Progress {
    shown: bool,
    what: &'static str,
    begun: Instant,
    bar: Mutex<Option<ProgressBar>>,
}

impl Progress {
    fn template(&self) -> String {
        format!("{{bar:32}} {{pos}} of {{len}} {}, {{eta}} left", self.what)
    }
}

impl Watch for Progress {
    fn stopped(&self) -> bool {
        interrupted()
    }

    fn done(&self, subjects: u64, of: u64) {
        if !self.shown || self.begun.elapsed() < PROGRESS_AFTER {
            return;
        }
        if let Ok(mut bar) = self.bar.lock() {
            let bar = bar.get_or_insert_with(|| {
                let bar = ProgressBar::with_draw_target(Some(of), ProgressDrawTarget::stderr());
                if let Ok(style) = ProgressStyle::with_template(&self.template()) {
                    bar.set_style(style);
                }
                bar
            });
            bar.set_length(of);
            bar.set_position(subjects);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Ok(bar) = self.bar.lock()
            && let Some(bar) = &*bar
        {
            bar.finish_and_clear();
        }
    }
}
