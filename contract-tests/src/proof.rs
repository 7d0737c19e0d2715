//! What a test needs of the machine, and what it says where that is not there.

/// Says loudly what was not proved, because something is not installed. Where all must be proved it is a failure.
///
/// # Panics
/// Under `CI`.
#[expect(clippy::print_stderr, reason = "who runs the tests is to see what was not proved")]
pub fn not_proved(words: &str) {
    assert!(std::env::var_os("CI").is_none(), "{words}");
    eprintln!("\n*** NOT PROVED: {words} ***\n");
}
