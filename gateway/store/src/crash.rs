//! Named points at which a crash test stops the program, so that it is killed just there.
//!
//! Without the feature `crash-points` a point is nothing. With it, the environment variable [`CRASH_AT`] names one and
//! the passage that is meant (`after-lease:3` is the third): whoever comes by says so on standard error and goes no
//! further, while all other threads do.

/// The environment variable that names a point.
pub const CRASH_AT: &str = "HOMEWARD_CRASH_AT";

/// A point.
#[cfg(not(feature = "crash-points"))]
#[inline]
pub fn point(_name: &'static str) {}

/// A point.
#[cfg(feature = "crash-points")]
pub fn point(name: &'static str) {
    use std::{
        io::Write,
        sync::{
            OnceLock,
            atomic::{AtomicU64, Ordering},
        },
    };

    static MEANT: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static PASSED: AtomicU64 = AtomicU64::new(0);

    let meant = MEANT.get_or_init(|| {
        let told = std::env::var(CRASH_AT).ok()?;
        let (name, passage) = told.split_once(':').unwrap_or((&told, "1"));
        Some((name.to_owned(), passage.parse().ok()?))
    });
    let Some((_, passage)) = meant.as_ref().filter(|(meant, _)| meant == name) else { return };
    if PASSED.fetch_add(1, Ordering::SeqCst) + 1 != *passage {
        return;
    }
    // Nobody who listens is nobody who kills: it stands still all the same.
    let _ = writeln!(std::io::stderr(), "crash point {name}");
    loop {
        std::thread::park();
    }
}
