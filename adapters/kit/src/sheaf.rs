//! What an encoder writes in memory, part by part, before it is joined in order and leaves.

/// The name of an output part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartName {
    /// The only one of a format of one stream.
    Whole,
    /// One of the format's own names: `episodes.csv`.
    Named(&'static str),
    /// The part of a child; whoever joins gives the running number.
    Child {
        /// The child's place among those of this sheaf, from 0.
        nth: u32,
        /// Which part of the child's, from 1: a large child is split.
        split: u16,
        /// Its extension, without the dot.
        extension: &'static str,
    },
}

/// Parts with the bytes written to each, and a count of what they hold.
#[derive(Default)]
pub struct Sheaf {
    parts: Vec<(PartName, Vec<u8>)>,
    counts: Vec<(&'static str, u64)>,
    children: u32,
    list: Option<List>,
}

/// A list in the only part, whose items are written one by one.
#[derive(Clone, Copy)]
struct List {
    separator: &'static [u8],
    /// Nothing stands before its first item in this sheaf: whoever joins parts it from the items of other sheaves.
    begins: bool,
}

impl Sheaf {
    /// The bytes of a part, to append to.
    pub fn part(&mut self, name: PartName) -> &mut Vec<u8> {
        let place = match self.parts.iter().rposition(|(known, _)| *known == name) {
            Some(place) => place,
            None => {
                self.parts.push((name, Vec::new()));
                self.parts.len() - 1
            }
        };
        &mut self.parts[place].1
    }

    /// Begins an item of a list in the only part, parted from the item before.
    pub fn next_item(&mut self, separator: &'static [u8]) -> &mut Vec<u8> {
        let is_first = self.list.is_none();
        let begins = self.part(PartName::Whole).is_empty();
        let list = self.list.get_or_insert(List { separator, begins });
        let separator = if is_first { &[][..] } else { list.separator };
        let out = self.part(PartName::Whole);
        out.extend_from_slice(separator);
        out
    }

    /// What parts the first item here from an item before it: nothing where there is no item, or something else stands
    /// before it.
    #[must_use]
    pub fn leading_separator(&self) -> Option<&'static [u8]> {
        self.list.filter(|list| list.begins).map(|list| list.separator)
    }

    /// Whether it holds an item of a list.
    #[must_use]
    pub fn has_items(&self) -> bool {
        self.list.is_some()
    }

    /// Counts things written, by type.
    pub fn count(&mut self, what: &'static str, number: u64) {
        match self.counts.iter_mut().find(|(known, _)| *known == what) {
            Some((_, count)) => *count += number,
            None => self.counts.push((what, number)),
        }
    }

    /// Begins a child's part; the number of the next child.
    pub fn next_child(&mut self) -> u32 {
        self.children += 1;
        self.children - 1
    }

    /// How many children have parts of their own.
    #[must_use]
    pub fn children(&self) -> u32 {
        self.children
    }

    /// The parts in the order in which they were begun.
    #[must_use]
    pub fn parts(&self) -> &[(PartName, Vec<u8>)] {
        &self.parts
    }

    /// What was counted.
    #[must_use]
    pub fn counts(&self) -> &[(&'static str, u64)] {
        &self.counts
    }

    /// How many bytes it holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// Empties it, keeping the room of parts with lasting names.
    pub fn clear(&mut self) {
        self.parts.retain(|(name, _)| !matches!(name, PartName::Child { .. }));
        for (_, bytes) in &mut self.parts {
            bytes.clear();
        }
        self.counts.clear();
        self.children = 0;
        self.list = None;
    }
}
