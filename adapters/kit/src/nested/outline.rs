//! Where the tables and columns of a format stand in a nested document.
//!
//! Format: a tree of names. A [`Branch`] puts a table at a path below another table or the root, and each of its columns
//! at a path below that. Names are looked up as they are written, then without case and marks.

use schemas::diagnostic::{Place, Rule};

use crate::{
    csv::header::fold,
    encoding::PartText,
    nested::Syntax,
    table::{Column, Table},
};

/// A table, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Branch {
    /// The table whose rows stand there.
    pub table: &'static Table,
    /// The path of a row from the root, names between `/`: `CTfile/CTFpupilData/Pupil/SchoolHistory/School`. Every row
    /// of the branch that a path goes through holds rows of its own.
    pub at: &'static str,
    /// Whether several stand there, in an array, and not one.
    pub several: bool,
    /// Where its columns stand.
    pub columns: Columns,
}

/// Where the columns of a table stand, from its row.
#[derive(Clone, Copy, Debug)]
pub enum Columns {
    /// Each at the path that is its name or one of its aliases.
    Called,
    /// Each at a path of its own, by the name of the column. Columns that are not named stand nowhere.
    At(&'static [(&'static str, &'static str)]),
}

impl Branch {
    /// One row at a path.
    #[must_use]
    pub const fn one(table: &'static Table, at: &'static str, columns: Columns) -> Self {
        Self { table, at, several: false, columns }
    }

    /// Several rows at a path.
    #[must_use]
    pub const fn several(table: &'static Table, at: &'static str, columns: Columns) -> Self {
        Self { table, at, several: true, columns }
    }

    /// Its columns, each with the path at which it is written from the row.
    #[must_use]
    pub fn members(&self) -> Vec<(&'static Column, &'static str)> {
        match self.columns {
            Columns::Called => self.table.columns.iter().map(|column| (column, column.name)).collect(),
            Columns::At(_) => {
                self.leaves().into_iter().map(|(column, path)| (&self.table.columns[column], path)).collect()
            }
        }
    }

    /// The paths of its columns, each with the number of the column.
    fn leaves(&self) -> Vec<(usize, &'static str)> {
        let numbered = self.table.columns.iter().enumerate();
        match self.columns {
            Columns::Called => numbered
                .flat_map(|(n, column)| {
                    std::iter::once(column.name).chain(column.aliases.iter().copied()).map(move |path| (n, path))
                })
                .collect(),
            Columns::At(columns) => columns
                .iter()
                .filter_map(|(name, path)| {
                    let number = self.table.columns.iter().position(|column| column.name == *name)?;
                    Some((number, *path))
                })
                .collect(),
        }
    }
}

/// What a format knows and does not carry, on purpose.
#[derive(Clone, Copy, Debug)]
pub struct LeftOut {
    /// Its path from the root, in two pieces: where it stands, and what it is called there.
    pub at: (&'static str, &'static str),
    /// The rule that tells it.
    pub rule: &'static Rule,
}

/// The most branches of an outline, and the most rows within each other.
pub(super) const BRANCHES_MAX: usize = 32;
const ROWS_WITHIN_MAX: usize = 4;

/// Where everything of a format stands.
pub struct Outline {
    pub(super) syntax: Syntax,
    pub(super) nodes: Vec<Node>,
    pub(super) branches: Vec<Branch>,
    /// By branch: the branch in whose rows its rows stand.
    within: Vec<Option<u8>>,
    /// The node of the items.
    pub(super) item: u16,
    /// The items stand in nothing: paths begin with them.
    bare: bool,
    /// How a node is told that is in no outline.
    pub(super) unknown: &'static Rule,
    /// Names that say nothing wherever they stand.
    passed_over: &'static [&'static str],
}

/// A name in the tree.
pub(super) struct Node {
    name: Box<str>,
    /// How the name begins: most names are told apart by it at once.
    begin: u64,
    folded: Box<str>,
    pub(super) parent: u16,
    pub(super) children: Vec<u16>,
    /// The table whose row begins here.
    pub(super) branch: Option<u8>,
    /// The table and column whose cell this is.
    pub(super) column: Option<(u8, u8)>,
    /// How it is told that it is not carried.
    pub(super) left_out: Option<&'static Rule>,
    /// The table in whose row it stands, and how many rows that is in.
    pub(super) within: Option<u8>,
    rows_within: u8,
}

/// The root above all names.
pub(super) const ROOT: u16 = 0;

/// The most names within each other.
const NAMES_MAX: usize = 16;

/// The first eight units of a name, and its length where it is shorter.
fn begin_of(name: &[u8]) -> u64 {
    match name.first_chunk() {
        Some(begin) => u64::from_le_bytes(*begin),
        None => name.iter().fold(name.len() as u64, |begin, unit| begin << 8 | u64::from(*unit)),
    }
}

/// A position in brackets.
fn position(number: u32, take: &mut impl FnMut(&str)) {
    let (mut digits, mut from, mut rest) = ([b'0'; 10], 10, number);
    loop {
        from -= 1;
        digits[from] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    take("[");
    take(std::str::from_utf8(&digits[from..]).unwrap_or_default());
    take("]");
}

impl Outline {
    /// The outline of these branches. The items stand at the path of the branch that is named; `also` gives other names
    /// to nodes: `("ATfile", "CTfile")`.
    #[must_use]
    pub fn of(
        syntax: Syntax,
        branches: &[Branch],
        item_at: &'static str,
        left_out: &[LeftOut],
        unknown: &'static Rule,
    ) -> Self {
        let mut outline = Self {
            syntax,
            nodes: Vec::new(),
            branches: branches.to_vec(),
            within: vec![None; branches.len()],
            item: ROOT,
            bare: false,
            unknown,
            passed_over: &[],
        };
        outline.nodes.push(Node::of("", ROOT));
        // Rows first, so that what stands in them knows whose it is.
        for (n, branch) in (0_u8..).zip(branches) {
            let node = outline.node_at(ROOT, branch.at);
            outline.nodes[usize::from(node)].branch = Some(n);
        }
        outline.item = outline.node_at(ROOT, item_at);
        for (n, branch) in (0_u8..).zip(branches) {
            let row = outline.node_at(ROOT, branch.at);
            for (column, path) in branch.leaves() {
                let leaf = outline.node_at(row, path);
                outline.nodes[usize::from(leaf)].column = u8::try_from(column).ok().map(|column| (n, column));
            }
        }
        for left_out in left_out {
            let above = outline.node_at(ROOT, left_out.at.0);
            let node = outline.node_at(above, left_out.at.1);
            outline.nodes[usize::from(node)].left_out = Some(left_out.rule);
        }
        outline.settle();
        outline
    }

    /// The same with names that are passed over without a word, wherever they stand.
    #[must_use]
    pub fn passing_over(self, names: &'static [&'static str]) -> Self {
        Self { passed_over: names, ..self }
    }

    pub(super) fn passes_over(&self, name: &[u8]) -> bool {
        self.passed_over.iter().any(|known| known.as_bytes() == name)
    }

    /// Gives a second name to what stands at a path.
    #[must_use]
    pub fn also(mut self, at: &str, name: &str) -> Self {
        let node = self.node_at(ROOT, at);
        let parent = self.nodes[usize::from(node)].parent;
        // A twin: it stands for the same, has the same children, and is looked up by the other name.
        let mut twin = Node::of(name, parent);
        let original = &self.nodes[usize::from(node)];
        twin.children.clone_from(&original.children);
        (twin.branch, twin.column, twin.left_out) = (original.branch, original.column, original.left_out);
        (twin.within, twin.rows_within) = (original.within, original.rows_within);
        let number = u16::try_from(self.nodes.len()).unwrap_or(u16::MAX);
        self.nodes.push(twin);
        self.nodes[usize::from(parent)].children.push(number);
        self
    }

    /// The same for a document that is nothing but items.
    #[must_use]
    pub fn bare(self) -> Self {
        Self { bare: true, ..self }
    }

    /// The branches, in their order.
    #[must_use]
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The number of the branch of the items, if they are rows.
    #[must_use]
    pub fn item_branch(&self) -> Option<usize> {
        self.nodes[usize::from(self.item)].branch.map(usize::from)
    }

    /// Where the item of that number stands, from 0.
    #[must_use]
    pub fn item_spot(&self, number: usize, at: u64) -> Spot {
        let mut spot = Spot { node: self.item, at, ..Spot::default() };
        if let Some(depth) = self.rows_within(self.item).checked_sub(1) {
            spot.rows[depth] = u32::try_from(number + 1).unwrap_or(u32::MAX);
        }
        spot
    }

    /// Where a column of a branch stands in the row at a spot, as far as that is known: the row's byte, the column's path.
    #[must_use]
    pub fn column_spot(&self, row: &Spot, column: &str) -> Spot {
        let branch = self.nodes[usize::from(row.node)].branch.map(usize::from);
        let leaf = branch.and_then(|branch| {
            let number = self.branches[branch].table.columns.iter().position(|known| known.name == column)?;
            self.nodes
                .iter()
                .position(|node| node.column.map(|(of, n)| (of.into(), n.into())) == Some((branch, number)))
        });
        Spot { node: leaf.and_then(|leaf| u16::try_from(leaf).ok()).unwrap_or(row.node), ..*row }
    }

    /// The place of a spot.
    #[must_use]
    pub fn place(&self, text: &PartText<'_>, spot: &Spot) -> Place {
        Place::Node { part: text.part, path: self.path(spot), byte: text.byte(spot.at) }
    }

    /// Its path: names of ours, and positions. What has no name of ours is told by its place among its siblings.
    #[must_use]
    pub fn path(&self, spot: &Spot) -> Box<str> {
        // Counted first, then written: every record has a place, and most of what a place costs is its room.
        let mut units = 0;
        self.each_piece(spot, |piece| units += piece.len());
        let mut path = String::with_capacity(units);
        self.each_piece(spot, |piece| path.push_str(piece));
        path.into_boxed_str()
    }

    fn each_piece(&self, spot: &Spot, mut take: impl FnMut(&str)) {
        let mut names = [ROOT; NAMES_MAX];
        let (mut node, mut depth) = (spot.node, 0);
        while node != ROOT && depth < NAMES_MAX {
            (names[depth], depth) = (node, depth + 1);
            node = if self.bare && node == self.item { ROOT } else { self.nodes[usize::from(node)].parent };
        }
        let (mut first, mut in_item) = (true, false);
        for number in names[..depth].iter().rev().copied() {
            let node = &self.nodes[usize::from(number)];
            if !(self.bare && number == self.item) {
                self.before_name(&mut first, &mut take);
                take(&node.name);
            }
            // What stands around the items stands there once.
            in_item |= number == self.item;
            let row = usize::from(node.rows_within).checked_sub(1).map_or(0, |depth| spot.rows[depth]);
            if in_item && node.branch.is_some() && row > 0 {
                // From 1 in XPath, from 0 in FHIRPath.
                position(if self.syntax == Syntax::Xml { row } else { row - 1 }, &mut take);
                first = false;
            }
        }
        if spot.child > 0 {
            self.before_name(&mut first, &mut take);
            take("*");
            position(spot.child, &mut take);
        }
    }

    fn before_name(&self, first: &mut bool, take: &mut impl FnMut(&str)) {
        match self.syntax {
            Syntax::Xml => take("/"),
            Syntax::Json if *first => {}
            Syntax::Json => take("."),
        }
        *first = false;
    }

    /// The child of that name. The search begins after the child that was found last: nodes mostly come in their order.
    pub(super) fn child(&self, node: u16, name: &[u8], after: &mut u16) -> Option<u16> {
        let children = &self.nodes[usize::from(node)].children;
        let from = usize::from(*after).min(children.len());
        let begin = begin_of(name);
        let named = |child: &u16| {
            let node = &self.nodes[usize::from(*child)];
            node.begin == begin && node.name.as_bytes() == name
        };
        let found = match children[from..].iter().position(named) {
            Some(step) => Some(from + step),
            // What repeats is the one right before.
            None => children[..from].iter().rposition(named).or_else(|| self.folded_child(children, name)),
        }?;
        *after = u16::try_from(found + 1).unwrap_or(u16::MAX);
        Some(children[found])
    }

    #[cold]
    fn folded_child(&self, children: &[u16], name: &[u8]) -> Option<usize> {
        let name = fold(name);
        children.iter().position(|child| !name.is_empty() && *self.nodes[usize::from(*child)].folded == *name)
    }

    /// The node at a path below another; made where it is not there yet.
    fn node_at(&mut self, from: u16, path: &str) -> u16 {
        let mut node = from;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let children = &self.nodes[usize::from(node)].children;
            let known = children.iter().copied().find(|child| *self.nodes[usize::from(*child)].name == *name);
            node = known.unwrap_or_else(|| {
                let number = u16::try_from(self.nodes.len()).unwrap_or(u16::MAX);
                self.nodes.push(Node::of(name, node));
                self.nodes[usize::from(node)].children.push(number);
                number
            });
        }
        node
    }

    /// Settles for each node in whose row it stands. Parents come before their children.
    fn settle(&mut self) {
        self.nodes[usize::from(ROOT)].rows_within = u8::from(self.nodes[usize::from(ROOT)].branch.is_some());
        for n in 1..self.nodes.len() {
            let parent = &self.nodes[usize::from(self.nodes[n].parent)];
            let (within, mut rows) = (parent.branch.or(parent.within), parent.rows_within);
            rows += u8::from(self.nodes[n].branch.is_some());
            debug_assert!(usize::from(rows) <= ROWS_WITHIN_MAX && self.branches.len() <= BRANCHES_MAX);
            (self.nodes[n].within, self.nodes[n].rows_within) = (within, rows);
            if let Some(branch) = self.nodes[n].branch {
                self.within[usize::from(branch)] = within;
            }
        }
    }

    /// The branch in whose rows those of a branch stand.
    pub(super) fn branch_within(&self, branch: usize) -> Option<usize> {
        self.within.get(branch).copied().flatten().map(usize::from)
    }

    /// Whether a name is that of the items.
    pub(super) fn is_item(&self, name: &[u8]) -> bool {
        self.nodes[usize::from(self.item)].name.as_bytes() == name
    }

    pub(super) fn rows_within(&self, node: u16) -> usize {
        usize::from(self.nodes[usize::from(node)].rows_within)
    }
}

impl Node {
    fn of(name: &str, parent: u16) -> Self {
        Self {
            name: name.into(),
            begin: begin_of(name.as_bytes()),
            folded: fold(name.as_bytes()).into(),
            parent,
            children: Vec::new(),
            branch: None,
            column: None,
            left_out: None,
            within: None,
            rows_within: 0,
        }
    }
}

/// A place in a nested document, small enough to be kept with every row; its path is made when it is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    pub(super) node: u16,
    /// The rows that it stands in, from the outermost: which among its siblings, from 1; 0 says nothing.
    pub(super) rows: [u32; ROWS_WITHIN_MAX],
    /// Below the node, its child of that number that has no name of ours.
    pub(super) child: u32,
    /// In the part's text.
    pub(super) at: u64,
}

impl Spot {
    /// The same without positions: what is told once for all rows.
    #[must_use]
    pub(super) fn without_rows(self) -> Self {
        Self { rows: [0; ROWS_WITHIN_MAX], ..self }
    }
}
