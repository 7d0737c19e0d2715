//! `[registers]`: what is known of places and providers from public registers, and which authorities count as near.

use std::sync::Arc;

use exchange::market::outcodes::{OUTCODES, Outcodes};
use exchange::market::register::{REGISTER, Register};
use schemas::identifier::LaCode;

use super::framework::read_authorities;
use super::reference;
use super::section::Section;

/// Authorities that count as near.
const NEIGHBOURS_MAX: usize = 50;

/// A table of all outward codes has some 60,000 bytes.
const OUTCODES_BYTES_MAX: u64 = 1024 * 1024;

/// The publication of 2023 has a little more than a megabyte.
const PROVIDERS_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Public registers, as the files that are named hold them.
#[derive(Clone, Debug, Default)]
pub struct Registers {
    /// The middles of outward codes; without the file none.
    pub outcodes: Arc<Outcodes>,
    /// Ofsted's register of social care providers; `None`: nobody is held to it.
    pub providers: Option<Arc<Register>>,
    /// Authorities that count as near.
    pub neighbours: Vec<LaCode>,
}

impl Registers {
    /// Reads the table, and the files that it names.
    pub(super) fn read(section: Section<'_>) -> Self {
        let outcodes = reference::read(&section, "outcodes_file", OUTCODES_BYTES_MAX, &OUTCODES, Outcodes::read);
        let providers = reference::read(&section, "providers_file", PROVIDERS_BYTES_MAX, &REGISTER, Register::read);
        let neighbours = read_authorities(&section, "neighbours", NEIGHBOURS_MAX);
        section.not_yet(&["schools_file"]);
        section.finish();
        Self {
            outcodes: Arc::new(outcodes.unwrap_or_default()),
            providers: providers.map(Arc::new),
            neighbours: neighbours.into_iter().map(|found| found.value).collect(),
        }
    }
}
