//! The one list of adapters. Adding one is a folder beside this and a line here.

use kit::adapter::{Adapter, Conversion, Format};

/// Every adapter, in the order of the alphabet.
pub static ADAPTERS: &[&Adapter] = &[&epep::ADAPTER, &health_passport::ADAPTER, &ifa::ADAPTER, &liquidlogic::ADAPTER];

/// The format of that name, with its adapter.
#[must_use]
pub fn format(name: &str) -> Option<(&'static Adapter, &'static Format)> {
    formats().find(|(_, format)| format.name == name)
}

/// Every format with its adapter.
pub fn formats() -> impl Iterator<Item = (&'static Adapter, &'static Format)> {
    ADAPTERS.iter().flat_map(|adapter| adapter.formats.iter().map(|format| (*adapter, *format)))
}

/// Every conversion from one notation to another.
pub fn conversions() -> impl Iterator<Item = &'static Conversion> {
    ADAPTERS.iter().flat_map(|adapter| adapter.conversions)
}
