//! Writing what goes to one recipient: what passed through a view becomes the parts of a format, in memory.

use std::io;

use kit::{
    adapter::{Disclosure, Format, Options},
    report::Findings,
    sheaf::Sheaf,
};

use crate::{
    joiner::Joiner,
    pipeline::{Outcome, Output},
};

/// What was written.
pub struct Written {
    /// Parts by name in the order in which they were begun; `""` for the only stream.
    pub parts: Vec<(String, Vec<u8>)>,
    /// What writing found, counted: losses above all.
    pub findings: Findings,
}

/// Writes disclosures, in their order, as a whole document of the format.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] when the format cannot be written.
pub fn write<'d>(
    to: &'static Format,
    options: &Options,
    disclosures: impl Iterator<Item = Disclosure<'d>>,
) -> io::Result<Written> {
    let not_possible = || io::Error::new(io::ErrorKind::InvalidInput, "this format cannot be written");
    let encode = to.encode.ok_or_else(not_possible)?;
    let encoder = encode.begin(options);
    let mut parts = Parts::default();
    let mut outcome = Outcome::of(Findings::new(0));
    let mut joiner = Joiner::new(&*encoder, &mut parts);
    let mut sheaf = Sheaf::default();
    encoder.head(&mut sheaf);
    joiner.join(&sheaf, &mut outcome)?;
    for disclosure in disclosures {
        sheaf.clear();
        encoder.subject(&disclosure, &mut sheaf, &mut outcome.findings);
        joiner.join(&sheaf, &mut outcome)?;
    }
    sheaf.clear();
    encoder.tail(&mut sheaf);
    joiner.join(&sheaf, &mut outcome)?;
    Ok(Written { parts: parts.0, findings: outcome.findings })
}

/// Parts in memory.
#[derive(Default)]
struct Parts(Vec<(String, Vec<u8>)>);

impl Output for Parts {
    fn write(&mut self, part: &str, bytes: &[u8]) -> io::Result<()> {
        match self.0.iter_mut().find(|(name, _)| name == part) {
            Some((_, written)) => written.extend_from_slice(bytes),
            None => self.0.push((part.to_owned(), bytes.to_vec())),
        }
        Ok(())
    }
}
