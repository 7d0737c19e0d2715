//! Writing what goes to one recipient: what passed through a view becomes the parts of a format, in memory or wherever
//! they are taken one subject after the other.

use std::io;

use kit::{
    adapter::{Disclosure, Encoder, Format, Options},
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
    /// Of each subject in its order, whether there is anything of it in the parts.
    pub is_there: Vec<bool>,
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
    let mut writer = Writer::begin(&*encoder, &mut parts)?;
    let is_there = disclosures.map(|disclosure| writer.subject(&disclosure)).collect::<io::Result<_>>()?;
    let findings = writer.end()?;
    Ok(Written { parts: parts.0, is_there, findings })
}

/// A document under way: whatever is written goes to its output at once, and no subject is held.
pub struct Writer<'w> {
    encoder: &'w dyn Encoder,
    joiner: Joiner<'w>,
    sheaf: Sheaf,
    outcome: Outcome,
}

impl<'w> Writer<'w> {
    /// Writes what comes before the first subject.
    ///
    /// # Errors
    /// Those of the output.
    pub fn begin(encoder: &'w dyn Encoder, output: &'w mut dyn Output) -> io::Result<Self> {
        let (joiner, sheaf) = (Joiner::new(encoder, output), Sheaf::default());
        let mut writer = Self { encoder, joiner, sheaf, outcome: Outcome::of(Findings::new(0)) };
        writer.encoder.head(&mut writer.sheaf);
        writer.join()?;
        Ok(writer)
    }

    /// Writes a subject; whether there is anything of it in the document. An encoder that holds what it writes until the
    /// last subject counts it at once.
    ///
    /// # Errors
    /// Those of the output.
    pub fn subject(&mut self, disclosure: &Disclosure<'_>) -> io::Result<bool> {
        if disclosure.subject.kind != self.encoder.about() {
            return Ok(false);
        }
        self.encoder.subject(disclosure, &mut self.sheaf, &mut self.outcome.findings);
        let is_there = self.sheaf.bytes() > 0 || self.sheaf.counts().iter().any(|(_, number)| *number > 0);
        self.join()?;
        Ok(is_there)
    }

    /// Writes what comes after the last subject; what writing found, counted.
    ///
    /// # Errors
    /// Those of the output.
    pub fn end(mut self) -> io::Result<Findings> {
        self.encoder.tail(&mut self.sheaf);
        self.join()?;
        Ok(self.outcome.findings)
    }

    fn join(&mut self) -> io::Result<()> {
        self.joiner.join(&self.sheaf, &mut self.outcome)?;
        self.sheaf.clear();
        Ok(())
    }
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
