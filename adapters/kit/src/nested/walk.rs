//! Reads an item or a frame by an outline: every known node into a cell of its table's row, every other one told.
//!
//! Nodes come in any order. What the format does not know is passed over and told once a path; what it knows and leaves
//! out has a rule of its own. Under a dialect with headings a path of the sender's own is looked up first.

use std::borrow::Cow;

use schemas::diagnostic::Diagnostic;

use crate::{
    csv::header::fold,
    limits::ReadingLimits,
    nested::{
        Outline, Spot, Step, Steps, Syntax,
        outline::{BRANCHES_MAX, ROOT},
        rows::{Hearing, TableRows},
    },
};

/// Walks through items; its room is kept from one to the next.
pub struct Walk<'o> {
    outline: &'o Outline,
    limits: ReadingLimits,
    open: Vec<Open>,
    /// Rows of each branch so far, in the row they stand in.
    counts: [u32; BRANCHES_MAX],
    /// The rows that are open, by how many each stands in.
    rows: [u32; 4],
    /// The text of a value that comes in several pieces.
    pieces: Vec<u8>,
    /// The path as the sender writes it, where a dialect may know it.
    written: Vec<u8>,
    written_ends: Vec<usize>,
}

/// A node that is open and holds others.
struct Open {
    node: u16,
    /// Where the search for the next child begins.
    after: u16,
    /// How many children it has had; in JSON the entries of an array are one.
    children: u32,
    /// The child that came last.
    last: Option<u16>,
    /// Known to no outline: only a dialect may name what is in it.
    strange: bool,
}

/// A value that is open.
struct Leaf<'b> {
    branch: usize,
    column: usize,
    spot: Spot,
    text: Text<'b>,
    spoilt: bool,
}

/// What a value holds so far.
enum Text<'b> {
    None,
    One(Cow<'b, [u8]>),
    /// In the walk's own room.
    Pieces,
}

/// How a walk ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// Everything was read to its end.
    pub whole: bool,
    /// For each run of items that the frame shows, in order: whether it is in its place.
    pub runs: Vec<bool>,
}

/// What is walked through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Item(u32),
    Frame,
}

impl<'o> Walk<'o> {
    /// A walk by an outline.
    #[must_use]
    pub fn new(outline: &'o Outline, limits: ReadingLimits) -> Self {
        Self {
            outline,
            limits,
            open: Vec::new(),
            counts: [0; BRANCHES_MAX],
            rows: [0; 4],
            pieces: Vec::new(),
            written: Vec::new(),
            written_ends: Vec::new(),
        }
    }

    /// Reads the item of that number, from 0, into rows, a table's rows for each branch of the outline. False when it
    /// broke before its end: then what was read of it must not be used.
    pub fn item<'b>(
        &mut self,
        number: usize,
        source: &mut impl Steps<'b>,
        rows: &mut [&mut dyn TableRows],
        hearing: &mut Hearing<'_>,
    ) -> bool {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        self.run(What::Item(number), source, rows, hearing).whole
    }

    /// Reads a frame into rows. Items in it stand for the runs of items that were taken out.
    pub fn frame<'b>(
        &mut self,
        source: &mut impl Steps<'b>,
        rows: &mut [&mut dyn TableRows],
        hearing: &mut Hearing<'_>,
    ) -> Walked {
        self.run(What::Frame, source, rows, hearing)
    }

    fn run<'b>(
        &mut self,
        what: What,
        source: &mut impl Steps<'b>,
        rows: &mut [&mut dyn TableRows],
        hearing: &mut Hearing<'_>,
    ) -> Walked {
        self.open.clear();
        self.counts = [0; BRANCHES_MAX];
        self.rows = [0; 4];
        self.written.clear();
        self.written_ends.clear();
        let outline = self.outline;
        let rules = outline.syntax.rules();
        let by_dialect = hearing.reading.dialect.has_headers();
        let mut walked = Walked::default();
        let mut leaf: Option<Leaf<'b>> = None;
        let mut skipped = 0_u32;
        loop {
            match source.step() {
                Step::Open(name) => {
                    let is_item = what == What::Frame && outline.is_item(&name);
                    if skipped > 0 {
                        skipped += 1;
                        if is_item {
                            self.misplaced(source.at(), &mut walked, hearing);
                        }
                        continue;
                    }
                    if let Some(leaf) = &mut leaf {
                        // A group where a value is asked for.
                        if !leaf.spoilt {
                            tell(&rules.shape, leaf.spot, hearing);
                        }
                        (leaf.spoilt, skipped) = (true, 1);
                        continue;
                    }
                    let Some(parent) = self.open.last_mut() else {
                        match self.outermost(what, &name) {
                            Some(node) => self.enter(node, source.at(), rows),
                            None => {
                                tell(&rules.unrecognised, Spot { at: source.at(), ..Spot::default() }, hearing);
                                return walked;
                            }
                        }
                        continue;
                    };
                    parent.children += 1;
                    if by_dialect {
                        self.write(&name);
                        if let Some((branch, column)) = self.named_by_dialect(hearing) {
                            let spot = self.strange_spot(source.at());
                            leaf = Some(Leaf { branch, column, spot, text: Text::None, spoilt: false });
                            continue;
                        }
                    }
                    let Some(parent) = self.open.last_mut() else { continue };
                    let known =
                        if parent.strange { None } else { outline.child(parent.node, &name, &mut parent.after) };
                    if outline.syntax == Syntax::Json && known.is_some() && known == parent.last {
                        parent.children -= 1;
                    }
                    parent.last = known;
                    match known.map(|node| (node, &outline.nodes[usize::from(node)])) {
                        Some((node, facts)) => {
                            if let Some((branch, column)) = facts.column {
                                let spot = Spot { node, ..self.spot(source.at()) };
                                let (branch, column) = (usize::from(branch), usize::from(column));
                                leaf = Some(Leaf { branch, column, spot, text: Text::None, spoilt: false });
                            } else if let Some(rule) = facts.left_out {
                                let spot = Spot { node, ..self.spot(source.at()) };
                                tell(rule, spot.without_rows(), hearing);
                                skipped = 1;
                            } else if is_item && node == outline.item {
                                walked.runs.push(true);
                                skipped = 1;
                            } else {
                                self.enter(node, source.at(), rows);
                            }
                        }
                        None if outline.passes_over(&name) => skipped = 1,
                        None if by_dialect => {
                            let node = parent.node;
                            self.open.push(Open { node, after: 0, children: 0, last: None, strange: true });
                        }
                        None if is_item => {
                            self.misplaced(source.at(), &mut walked, hearing);
                            skipped = 1;
                        }
                        None => {
                            tell(outline.unknown, self.strange_spot(source.at()).without_rows(), hearing);
                            skipped = 1;
                        }
                    }
                }
                Step::Text(piece) => {
                    if skipped > 0 {
                        continue;
                    }
                    match &mut leaf {
                        Some(leaf) => self.gather(leaf, piece, hearing),
                        None if piece.trim_ascii().is_empty() => {}
                        // A value of a path that neither we nor the dialect know.
                        None if self.open.last().is_some_and(|open| open.strange) => {
                            tell(outline.unknown, self.strange_spot(source.at()).without_rows(), hearing);
                        }
                        None => tell(&rules.shape, self.spot(source.at()), hearing),
                    }
                }
                Step::Close => {
                    if skipped > 0 {
                        skipped -= 1;
                        if skipped > 0 || leaf.is_some() {
                            continue;
                        }
                    } else if let Some(leaf) = leaf.take() {
                        self.give(leaf, rows, hearing);
                    } else {
                        self.leave(rows, hearing);
                    }
                    if by_dialect {
                        self.unwrite();
                    }
                }
                Step::Told(rule) => tell(rule, self.spot(source.at()), hearing),
                Step::Spoilt(rule) => {
                    if skipped > 0 {
                        continue;
                    }
                    match &mut leaf {
                        Some(leaf) => {
                            if !leaf.spoilt {
                                tell(rule, leaf.spot, hearing);
                            }
                            leaf.spoilt = true;
                        }
                        None => tell(rule, self.spot(source.at()), hearing),
                    }
                }
                Step::Broken(rule) => {
                    tell(rule, self.spot(source.at()), hearing);
                    return walked;
                }
                Step::End => {
                    walked.whole = true;
                    return walked;
                }
            }
        }
    }

    /// The node of the outermost name.
    fn outermost(&mut self, what: What, name: &[u8]) -> Option<u16> {
        match what {
            What::Item(number) => {
                if let Some(branch) = self.outline.item_branch() {
                    self.counts[branch] = number;
                }
                Some(self.outline.item)
            }
            // The outermost object of JSON has no name.
            What::Frame if self.outline.syntax == Syntax::Json => Some(ROOT),
            What::Frame => self.outline.child(ROOT, name, &mut 0),
        }
    }

    /// Begins what a node is.
    fn enter(&mut self, node: u16, at: u64, rows: &mut [&mut dyn TableRows]) {
        let facts = &self.outline.nodes[usize::from(node)];
        if let Some(branch) = facts.branch.map(usize::from) {
            self.counts[branch] = self.counts[branch].saturating_add(1);
            self.rows[self.outline.rows_within(node) - 1] = self.counts[branch];
            for (inner, count) in self.counts.iter_mut().enumerate().take(self.outline.branches.len()) {
                if self.outline.branch_within(inner) == Some(branch) {
                    *count = 0;
                }
            }
            let within = facts.within.map_or(0, |outer| rows[usize::from(outer)].count().saturating_sub(1));
            let spot = Spot { node, ..self.spot(at) };
            rows[branch].begin(within, spot);
        }
        self.open.push(Open { node, after: 0, children: 0, last: None, strange: false });
    }

    /// Ends what is open.
    fn leave(&mut self, rows: &mut [&mut dyn TableRows], hearing: &mut Hearing<'_>) {
        let Some(open) = self.open.pop().filter(|open| !open.strange) else { return };
        if let Some(branch) = self.outline.nodes[usize::from(open.node)].branch {
            rows[usize::from(branch)].end(hearing);
            self.rows[self.outline.rows_within(open.node) - 1] = 0;
        }
    }

    /// Takes a piece of a value's text.
    fn gather<'b>(&mut self, leaf: &mut Leaf<'b>, piece: Cow<'b, [u8]>, hearing: &mut Hearing<'_>) {
        let held = match &leaf.text {
            Text::None => 0,
            Text::One(first) => first.len(),
            Text::Pieces => self.pieces.len(),
        };
        if held + piece.len() > self.limits.text_bytes_max as usize {
            if !leaf.spoilt {
                tell(&self.outline.syntax.rules().text_too_long, leaf.spot, hearing);
            }
            leaf.spoilt = true;
            return;
        }
        match std::mem::replace(&mut leaf.text, Text::Pieces) {
            Text::None => leaf.text = Text::One(piece),
            Text::One(first) => {
                self.pieces.clear();
                self.pieces.extend_from_slice(&first);
                self.pieces.extend_from_slice(&piece);
            }
            Text::Pieces => self.pieces.extend_from_slice(&piece),
        }
    }

    /// Gives a value that is whole to its row.
    fn give(&mut self, leaf: Leaf<'_>, rows: &mut [&mut dyn TableRows], hearing: &mut Hearing<'_>) {
        let Some(rows) = rows.get_mut(leaf.branch).filter(|rows| rows.count() > 0) else { return };
        if leaf.spoilt {
            return rows.spoilt(leaf.column);
        }
        let text: &[u8] = match &leaf.text {
            Text::None => b"",
            Text::One(text) => text,
            Text::Pieces => &self.pieces,
        };
        rows.cell(leaf.column, text, leaf.spot, hearing);
    }

    fn misplaced(&self, at: u64, walked: &mut Walked, hearing: &mut Hearing<'_>) {
        walked.runs.push(false);
        tell(&self.outline.syntax.rules().misplaced, self.spot(at), hearing);
    }

    /// Where the node that is open stands.
    fn spot(&self, at: u64) -> Spot {
        let node = self.open.last().map_or(ROOT, |open| open.node);
        Spot { node, rows: self.rows, child: 0, at }
    }

    /// Where a child stands that has no name of ours.
    fn strange_spot(&self, at: u64) -> Spot {
        let child = self.open.iter().rfind(|open| !open.strange).map_or(0, |open| open.children);
        Spot { child, ..self.spot(at) }
    }

    fn write(&mut self, name: &[u8]) {
        self.written_ends.push(self.written.len());
        self.written.push(b'/');
        self.written.extend_from_slice(name);
    }

    fn unwrite(&mut self) {
        if let Some(end) = self.written_ends.pop() {
            self.written.truncate(end);
        }
    }

    /// The column that the dialect gives to the path, in the nearest row that has it.
    fn named_by_dialect(&self, hearing: &Hearing<'_>) -> Option<(usize, usize)> {
        let column = hearing.reading.dialect.column(&fold(&self.written))?;
        let facts = &self.outline.nodes[usize::from(self.open.last()?.node)];
        let mut within = facts.branch.or(facts.within);
        while let Some(branch) = within.map(usize::from) {
            let columns = self.outline.branches[branch].table.columns;
            if let Some(number) = columns.iter().position(|known| known.name == column) {
                return Some((branch, number));
            }
            within = self.outline.branch_within(branch).and_then(|outer| u8::try_from(outer).ok());
        }
        None
    }
}

fn tell(rule: &'static schemas::diagnostic::Rule, spot: Spot, hearing: &mut Hearing<'_>) {
    let place = hearing.outline.place(hearing.text, &spot);
    hearing.report.raise(Diagnostic::new(rule, place));
}
