//! Acts on a thing: it is shown first, and done to what was seen and to nothing newer.

use std::io::{self, BufRead, IsTerminal, Read};

use serde_json::Value;

use super::{Asked, Asking, Told};
use crate::failure::Failure;

/// Bytes of a typed line.
const LINE_BYTES_MAX: u64 = 1_024;

/// An act, and what it is done to.
pub(crate) struct Act<'a> {
    /// What was seen, where the caller says it.
    pub(crate) if_match: Option<&'a str>,
    /// What the person is asked, as in "Discard this message?".
    pub(crate) question: &'a str,
    /// The command that tells what to give as --if-match.
    pub(crate) shown_by: &'a str,
}

impl Act<'_> {
    /// The version that was seen: as the caller says, or as the person is shown it now; `None` when that person says no.
    ///
    /// # Errors
    /// When nobody can be asked, or there is nothing to show.
    pub(crate) fn seen(
        &self,
        asking: &Asking<'_>,
        show: impl FnOnce() -> Asked<Told>,
        drawn: impl FnOnce(&Value) -> String,
    ) -> Asked<Option<String>> {
        asking.running()?;
        if let Some(etag) = self.if_match {
            if etag.is_empty() || !etag.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(Failure::new("--if-match holds no version", self.help()).into());
            }
            return Ok(Some(etag.to_owned()));
        }
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            return Err(Failure::new("--if-match is needed where nobody can be asked", self.help()).into());
        }
        let told = show()?;
        let Some(etag) = told.etag else {
            return Err(Failure::new("the gateway does not say which version this is", self.help()).into());
        };
        asking.terminal.talk(drawn(&told.value).trim_end());
        asking.terminal.talk(&format!("{} Type yes:", self.question));
        if typed_line()?.trim() == "yes" {
            Ok(Some(etag))
        } else {
            asking.terminal.talk("nothing was done");
            Ok(None)
        }
    }

    fn help(&self) -> String {
        format!("take `etag` from `{}`", self.shown_by)
    }
}

/// One line of standard input, and no more than a line can have.
///
/// # Errors
/// When it cannot be read, or is longer.
pub(crate) fn typed_line() -> Result<String, Failure> {
    let mut line = Vec::new();
    let unreadable =
        |error: io::Error| Failure::new("standard input cannot be read", format!("the system says: {}", error.kind()));
    io::stdin().lock().take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut line).map_err(unreadable)?;
    if line.len() as u64 > LINE_BYTES_MAX {
        return Err(Failure::new("the line on standard input is too long", "one identifier in one line"));
    }
    String::from_utf8(line).map_err(|_| Failure::new("the line on standard input is no text", "write it in UTF-8"))
}
