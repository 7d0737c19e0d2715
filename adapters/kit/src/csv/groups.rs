//! Rows by whatever names their subject: an index for tables in which a child may be named in several ways.
//!
//! Limits: 24 bytes a row, and the name of each subject once. Format: subjects are numbered in the order of their first
//! row; the rows of one stand in the order in which they were added. Operations: [`Gathering::add`] in one pass, then
//! [`Groups::rows_of`]. Where a child has one identifier in one column, [`Index`](super::index::Index) takes less.

use std::collections::HashMap;

use super::index::RowAt;

/// Rows being gathered.
#[derive(Default)]
pub struct Gathering {
    names: HashMap<Box<[u8]>, u32>,
    rows: Vec<(u32, RowAt)>,
}

impl Gathering {
    /// Adds a row to the subject of this name.
    pub fn add(&mut self, name: &[u8], row: RowAt) -> u32 {
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let number = match self.names.get(name) {
            Some(number) => *number,
            None => *self.names.entry(name.into()).or_insert(next),
        };
        self.add_to(number, row);
        number
    }

    /// Adds a row to a subject by its number.
    pub fn add_to(&mut self, number: u32, row: RowAt) {
        self.rows.push((number, row));
    }

    /// The rows by subject.
    #[must_use]
    pub fn finish(mut self) -> Groups {
        self.rows.sort_by_key(|(number, _)| *number);
        let mut starts: Vec<usize> = Vec::with_capacity(self.names.len() + 1);
        for (n, (number, _)) in self.rows.iter().enumerate() {
            while starts.len() <= *number as usize {
                starts.push(n);
            }
        }
        starts.push(self.rows.len());
        Groups { rows: self.rows.into_iter().map(|(_, row)| row).collect(), starts }
    }
}

/// The rows of each subject.
pub struct Groups {
    rows: Vec<RowAt>,
    starts: Vec<usize>,
}

impl Groups {
    /// How many subjects there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows of the n-th subject.
    #[must_use]
    pub fn rows_of(&self, n: usize) -> &[RowAt] {
        match (self.starts.get(n), self.starts.get(n + 1)) {
            (Some(from), Some(to)) => &self.rows[*from..*to],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: u32) -> RowAt {
        RowAt { layout: 0, at: u64::from(line) * 10, line }
    }

    #[test]
    fn rows_stand_by_their_subject_in_the_order_of_the_first() {
        let mut gathering = Gathering::default();
        assert_eq!(gathering.add(b"one", row(2)), 0);
        assert_eq!(gathering.add(b"other", row(3)), 1);
        assert_eq!(gathering.add(b"one", row(4)), 0);
        gathering.add_to(1, row(1));
        let groups = gathering.finish();
        assert_eq!(groups.len(), 2);
        assert_eq!(groups.rows_of(0), [row(2), row(4)]);
        assert_eq!(groups.rows_of(1), [row(3), row(1)]);
        assert_eq!(groups.rows_of(2), []);
        assert!(Gathering::default().finish().is_empty());
    }
}
