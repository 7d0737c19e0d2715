//! Another time for a program that is started: what happens on a later day is tested today.

use std::{fs, path::PathBuf};

/// The library that tells a program another time (Debian: libfaketime).
#[must_use]
pub fn faketime() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok).map(|entry| entry.path());
    folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1")).find(|library| library.is_file())
}

/// What the environment of a program must say so that it lives so many seconds later; the time that it measures stays
/// its own. None where the library is not installed.
#[must_use]
pub fn seconds_later(seconds: i64) -> Option<Vec<(&'static str, String)>> {
    let library = faketime()?.to_str()?.to_owned();
    Some(vec![
        ("LD_PRELOAD", library),
        ("FAKETIME", format!("+{seconds}")),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ])
}
