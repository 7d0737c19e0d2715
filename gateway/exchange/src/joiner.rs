//! Sheaves in the order of subjects: where the bytes of parallel work become one output.

use std::io;

use kit::sheaf::{PartName, Sheaf};

use crate::pipeline::{Outcome, Output};

/// Writes sheaves in the order in which they are joined, and numbers the children's parts.
pub(crate) struct Joiner<'j> {
    output: &'j mut dyn Output,
    children: u64,
}

impl<'j> Joiner<'j> {
    /// Nothing written yet.
    pub(crate) fn new(output: &'j mut dyn Output) -> Self {
        Self { output, children: 0 }
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
                PartName::Whole => self.output.write("", bytes)?,
                PartName::Named(name) => self.output.write(name, bytes)?,
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
}
