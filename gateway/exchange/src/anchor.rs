//! What a subject's ids hang on: its first identifier before the view is applied (record, section 1.8).

use schemas::{
    identifier::{Identifier, Pseudonym},
    record::Subject,
};

/// An anchor, in room that is used again.
#[derive(Default)]
pub(crate) struct Anchor {
    /// The system of the identifier.
    pub(crate) system: Vec<u8>,
    /// The identifier itself.
    pub(crate) value: Vec<u8>,
}

impl Anchor {
    /// Takes the first identifier that may be used; false when there is none.
    pub(crate) fn take(&mut self, subject: &Subject, may_be_used: impl Fn(&Identifier) -> bool) -> bool {
        let usable = subject.identifiers.iter().filter(|identifier| may_be_used(identifier));
        let Some(first) = usable.min_by_key(|identifier| identifier.rank()) else { return false };
        self.system.clear();
        self.value.clear();
        if first.system(subject.authority, &mut self.system).is_err() {
            // Formats whose ids leave the house ask for the authority; the others only need the same id every time.
            self.system.extend_from_slice(first.kind().name().as_bytes());
        }
        first.write_value(&mut self.value);
        true
    }

    /// Takes the name that statistics give the child.
    pub(crate) fn take_pseudonym(&mut self, pseudonym: Pseudonym) -> bool {
        let identifier = Identifier::Pseudonym(pseudonym);
        self.system.clear();
        self.value.clear();
        identifier.write_value(&mut self.value);
        identifier.system(None, &mut self.system).is_ok()
    }
}
