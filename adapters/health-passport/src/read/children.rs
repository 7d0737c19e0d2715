//! Reads a child's resources again, when it is asked.

use kit::adapter::{Dossier, SubjectReader};
use schemas::diagnostic::Report;

use crate::read::opened::{Opened, read_child};

/// Reads children, one at a time.
pub(super) struct ChildReader<'o, 'd> {
    opened: &'o Opened<'d>,
    buffer: Vec<u8>,
}

impl<'o, 'd> ChildReader<'o, 'd> {
    pub(super) fn new(opened: &'o Opened<'d>) -> Self {
        Self { opened, buffer: Vec::new() }
    }
}

impl SubjectReader for ChildReader<'_, '_> {
    fn read(&mut self, n: usize, dossier: &mut Dossier, report: &mut dyn Report) {
        read_child(self.opened, n, &mut self.buffer, dossier, report);
    }
}
