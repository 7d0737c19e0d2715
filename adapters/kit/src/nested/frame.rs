//! A document taken apart: where its items are, and what stands around them.

use crate::encoding::{PartText, Window};

/// Where an item stands in the part's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its first unit.
    pub at: u64,
    /// How many units it has.
    pub units: u32,
}

impl Item {
    pub(crate) fn between(from: u64, to: u64) -> Self {
        Self { at: from, units: u32::try_from(to.saturating_sub(from)).unwrap_or(u32::MAX) }
    }

    /// Where it ends.
    #[must_use]
    pub fn end(self) -> u64 {
        self.at + u64::from(self.units)
    }
}

/// A document taken apart.
#[derive(Debug, Default)]
pub struct Parted {
    /// Its items, in their order.
    pub items: Vec<Item>,
    /// Where the runs of items begin that the frame shows by one empty item each: the number of the first.
    pub runs: Vec<u32>,
    /// What stands around them.
    pub frame: Frame,
}

impl Parted {
    /// Keeps the items of those runs alone that were met in their place.
    pub fn keep_runs(&mut self, in_place: &[bool]) {
        let ends = self.runs.iter().skip(1).copied().chain([u32::try_from(self.items.len()).unwrap_or(u32::MAX)]);
        let keep: Vec<bool> = self
            .runs
            .iter()
            .zip(ends)
            .enumerate()
            .flat_map(|(run, (from, to))| {
                let kept = in_place.get(run).copied().unwrap_or(false);
                (*from..to).map(move |_| kept)
            })
            .collect();
        if keep.contains(&false) {
            let mut keep = keep.into_iter();
            self.items.retain(|_| keep.next().unwrap_or(false));
        }
    }
}

/// What stands around the items of a document, put together from pieces of it.
#[derive(Debug, Default)]
pub struct Frame {
    units: Vec<u8>,
    /// Where each piece begins, here and in the part's text.
    pieces: Vec<(usize, u64)>,
    too_long: bool,
}

impl Frame {
    /// Adds what stands in the text from one place to another.
    pub(crate) fn add(&mut self, window: &mut Window<'_>, from: u64, to: u64, units_max: u32) -> std::io::Result<()> {
        let room = u64::from(units_max).saturating_sub(self.units.len() as u64);
        if self.too_long || to.saturating_sub(from) > room {
            self.too_long = true;
            return Ok(());
        }
        let units = usize::try_from(to - from).unwrap_or(0);
        let rest = window.from(from, units)?;
        self.pieces.push((self.units.len(), from));
        self.units.extend_from_slice(&rest[..units.min(rest.len())]);
        Ok(())
    }

    /// Adds what stands for items that are at a place.
    pub(crate) fn add_made(&mut self, made: &[u8], at: u64, units_max: u32) {
        self.too_long |= self.units.len() + made.len() > units_max as usize;
        if self.too_long {
            return;
        }
        self.pieces.push((self.units.len(), at));
        self.units.extend_from_slice(made);
    }

    /// Whether there is more than a frame may hold.
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        self.too_long
    }

    /// Its units.
    #[must_use]
    pub fn units(&self) -> &[u8] {
        &self.units
    }

    /// Where they stand in the part's text.
    #[must_use]
    pub fn ground<'f>(&'f self, text: PartText<'f>) -> Ground<'f> {
        Ground { text, pieces: Pieces::Many(&self.pieces) }
    }
}

/// Where the units that a reader sees stand in the part's text.
#[derive(Clone, Copy)]
pub struct Ground<'b> {
    text: PartText<'b>,
    pieces: Pieces<'b>,
}

#[derive(Clone, Copy)]
enum Pieces<'b> {
    One(u64),
    Many(&'b [(usize, u64)]),
}

impl<'b> Ground<'b> {
    /// Units that stand together, from a place on.
    #[must_use]
    pub fn from(text: PartText<'b>, at: u64) -> Self {
        Self { text, pieces: Pieces::One(at) }
    }

    /// The place in the part's text of one of the units.
    #[must_use]
    pub fn at(&self, unit: usize) -> u64 {
        match self.pieces {
            Pieces::One(at) => at + unit as u64,
            Pieces::Many(pieces) => {
                let after = pieces.partition_point(|(from, _)| *from <= unit);
                let (from, at) = after.checked_sub(1).map_or((0, 0), |piece| pieces[piece]);
                (at + (unit - from) as u64).min(self.text.len())
            }
        }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &PartText<'b> {
        &self.text
    }
}
