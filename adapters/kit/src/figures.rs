//! What a document comes to, in figures, for the report of whoever sent it.
//!
//! Limits: sums alone. Nothing of a subject goes in but whole numbers to be added, under names of the format's own, so
//! that no figure names a child; a small one may still be known to be of one, and such a report goes to nobody but the
//! sender. Format: figures by name, in groups. Operations: [`Summarise`] adds up, [`Sums::absorb`] joins what several
//! workers added.

use std::collections::BTreeMap;

use crate::adapter::{Dossier, Options};

/// Adds up what the subjects of a document come to.
pub trait Summarise: Send + Sync {
    /// Adds what is said of one subject. The day is that of the dossier, else that of the options.
    fn add(&self, dossier: &Dossier, options: &Options, sums: &mut Sums);

    /// The sums in plain sentences; none where nothing was added up.
    fn words(&self, sums: &Sums, options: &Options) -> Vec<String>;
}

/// Whole numbers by group and name. They are the same in whatever order they are added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums(BTreeMap<&'static str, BTreeMap<&'static str, u64>>);

impl Sums {
    /// Adds to a figure. A figure to which nothing is added but zeros is there, and zero.
    pub fn add(&mut self, group: &'static str, name: &'static str, number: u64) {
        let sum = self.0.entry(group).or_default().entry(name).or_default();
        *sum = sum.saturating_add(number);
    }

    /// A figure; zero where nothing was added.
    #[must_use]
    pub fn get(&self, group: &str, name: &str) -> u64 {
        self.0.get(group).and_then(|names| names.get(name)).copied().unwrap_or_default()
    }

    /// Takes over what another worker added up.
    pub fn absorb(&mut self, other: &Self) {
        for (group, names) in other.groups() {
            for (name, number) in names {
                self.add(group, name, number);
            }
        }
    }

    /// Whether nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The groups with their figures, in the order of their names.
    pub fn groups(&self) -> impl Iterator<Item = (&'static str, impl Iterator<Item = (&'static str, u64)>)> {
        self.0.iter().map(|(group, names)| (*group, names.iter().map(|(name, number)| (*name, *number))))
    }
}

/// The figures of a document, for a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The sums, for machines.
    pub sums: Sums,
    /// The same in plain sentences.
    pub words: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_come_out_the_same_however_they_are_shared_out() {
        let added = [("b", "one", 3), ("a", "two", 0), ("b", "one", 4), ("b", "three", u64::MAX), ("b", "three", 1)];
        let mut whole = Sums::default();
        added.iter().for_each(|(group, name, number)| whole.add(group, name, *number));
        for cut in 0..=added.len() {
            let (mut first, mut second) = (Sums::default(), Sums::default());
            added[..cut].iter().for_each(|(group, name, number)| first.add(group, name, *number));
            added[cut..].iter().for_each(|(group, name, number)| second.add(group, name, *number));
            second.absorb(&first);
            assert_eq!(second, whole, "{cut}");
        }
        let told: Vec<_> = whole.groups().map(|(group, names)| (group, names.collect::<Vec<_>>())).collect();
        assert_eq!(told, [("a", vec![("two", 0)]), ("b", vec![("one", 7), ("three", u64::MAX)])]);
        assert_eq!((whole.get("b", "one"), whole.get("b", "four"), whole.get("c", "one")), (7, 0, 0));
    }
}
