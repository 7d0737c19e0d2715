//! Sheaves in the order of subjects: where the bytes of parallel work become one output.

use std::io;

use kit::{
    adapter::Encoder,
    sheaf::{PartName, Sheaf},
};

use crate::pipeline::{Outcome, Output};

/// Writes sheaves in the order in which they are joined, and numbers the children's parts.
pub(crate) struct Joiner<'j> {
    encoder: &'j dyn Encoder,
    output: &'j mut dyn Output,
    /// Parts with names of the format's own that have bytes already.
    begun: Vec<&'static str>,
    children: u64,
    /// Items of a list were written.
    listed: bool,
}

impl<'j> Joiner<'j> {
    /// Nothing written yet.
    pub(crate) fn new(encoder: &'j dyn Encoder, output: &'j mut dyn Output) -> Self {
        Self { encoder, output, begun: Vec::new(), children: 0, listed: false }
    }

    /// Writes a sheaf after those before it, and counts what it holds.
    pub(crate) fn join(&mut self, sheaf: &Sheaf, outcome: &mut Outcome) -> io::Result<()> {
        // A sheaf that is used again remembers the order in which earlier chunks began its parts.
        let mut parts: Vec<_> = sheaf.parts().iter().filter(|(_, bytes)| !bytes.is_empty()).collect();
        parts.sort_by_key(|(name, _)| match name {
            PartName::Named(name) => *name,
            PartName::Whole | PartName::Child { .. } => "",
        });
        for (name, bytes) in parts {
            match name {
                PartName::Whole => {
                    if let Some(separator) = sheaf.leading_separator().filter(|_| self.listed) {
                        self.output.write("", separator)?;
                        outcome.bytes += separator.len() as u64;
                    }
                    self.listed |= sheaf.has_items();
                    self.output.write("", bytes)?;
                }
                PartName::Named(name) => {
                    self.begin(name, outcome)?;
                    self.output.write(name, bytes)?;
                }
                PartName::Child { nth, split, extension } => {
                    let number = self.children + u64::from(*nth) + 1;
                    let name = match split {
                        0 | 1 => format!("{number:06}.{extension}"),
                        split => format!("{number:06}-{split}.{extension}"),
                    };
                    self.output.write(&name, bytes)?;
                }
            }
            outcome.bytes += bytes.len() as u64;
        }
        self.children += u64::from(sheaf.children());
        for (what, number) in sheaf.counts() {
            match outcome.written.iter_mut().find(|(known, _)| known == what) {
                Some((_, count)) => *count += number,
                None => outcome.written.push((what, *number)),
            }
        }
        Ok(())
    }

    /// Puts at the top of a part what its format wants there.
    fn begin(&mut self, name: &'static str, outcome: &mut Outcome) -> io::Result<()> {
        if self.begun.contains(&name) {
            return Ok(());
        }
        self.begun.push(name);
        // The head begins most parts by itself, with the bytes that follow.
        let mut heading = Vec::new();
        self.encoder.heading(PartName::Named(name), &mut heading);
        outcome.bytes += heading.len() as u64;
        if heading.is_empty() { Ok(()) } else { self.output.write(name, &heading) }
    }
}
