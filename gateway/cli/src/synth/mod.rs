//! A whole synthetic local authority that agrees with itself: the return, and what comes beside it.
//!
//! Limits: every child follows from order and number alone, so a file is streamed child by child and only the places of
//! planted faults are kept. At most [`CHILDREN_MAX`] children, since each has an NHS number of its own in the range 999.
//! Format: the tables of `ssda903-csv`, a file each; a table without a row has no file, for a heading row alone is
//! reported by whoever reads it. Operations: [`write()`].

mod care;
mod child;
mod companions;
mod draw;
mod faults;
mod modules;
mod places;
pub mod region;
mod rows;
#[cfg(test)]
mod tests;

use std::io;

use kit::{csv::write::write_heading, table::Table};
use schemas::{date::CollectionYear, identifier::LaCode};

use crate::synth::{
    child::Child,
    faults::{Kind, Plan, Spoil},
    rows::{Rows, column_number},
};

/// Most children of one authority.
pub const CHILDREN_MAX: u32 = 800_000;

/// Bytes of a file that are gathered before they are handed on.
const CHUNK_BYTES: usize = 64 * 1024;

/// What is to be made. Equal orders give equal bytes.
#[derive(Clone, Debug)]
pub struct Order {
    /// How many children, care leavers among them: one header row each. From 1 to [`CHILDREN_MAX`].
    pub children: u32,
    /// What chance follows from.
    pub seed: u64,
    /// How many faults to plant, each in a child of its own.
    pub faults: u32,
    /// The year of the return; code lists and files are those of this year.
    pub year: CollectionYear,
    /// The responsible authority.
    pub authority: LaCode,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Rows of all tables, heading rows and the list of faults not counted.
    pub rows: u64,
    /// Children.
    pub children: u32,
    /// The planted faults, by file and line.
    pub planted: Vec<Planted>,
}

/// A planted fault: the rule that it breaks, and where that is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planted {
    /// The rule's code.
    pub rule: &'static str,
    /// The table, as the format names it.
    pub part: &'static str,
    /// Line from 1, the heading row counted.
    pub line: u64,
    /// The cell's number from 1.
    pub column: u16,
}

/// Writes the files one after another: `out` gets the name of a file and its next bytes, all bytes of one file before
/// the first of the next. Equal order, equal bytes.
///
/// The files are those of the return's modules that the year has, then `links.csv`, `restrictions.csv`, `consents.csv`
/// and `delegations.csv`, and last, where faults were ordered, `faults.csv` (command line, section 2).
///
/// # Errors
/// `InvalidInput`, before anything is written, when there is no child, more than [`CHILDREN_MAX`] children, or fewer
/// children than faults; otherwise what `out` says.
pub fn write(order: &Order, out: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>) -> io::Result<Made> {
    if order.children == 0 || order.children > CHILDREN_MAX {
        let message = format!("an authority has from 1 to {CHILDREN_MAX} children");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let plan = Plan::of(order)?;
    let mut made = Made { rows: 0, children: order.children, planted: Vec::with_capacity(plan.len()) };
    for file in FILES {
        let table = file.table()?;
        if is_of_year(table, order) {
            file.write(table, order, &plan, &mut made, out)?;
        }
    }
    if order.faults > 0 {
        out("faults.csv", fault_list(&made.planted).as_bytes())?;
    }
    Ok(made)
}

/// A file, and what it says of a child.
struct File {
    name: &'static str,
    part: &'static str,
    rows: fn(&Child, &Order, &mut Rows),
}

/// The files, in the order in which they are written.
static FILES: &[File] = &[
    File { name: "header.csv", part: "header", rows: modules::header },
    File { name: "episodes.csv", part: "episodes", rows: modules::episodes },
    File { name: "reviews.csv", part: "reviews", rows: modules::reviews },
    File { name: "uasc.csv", part: "uasc", rows: modules::uasc },
    File { name: "oc2.csv", part: "oc2", rows: modules::oc2 },
    File { name: "oc3.csv", part: "oc3", rows: modules::oc3 },
    File { name: "ad1.csv", part: "ad1", rows: modules::ad1 },
    File { name: "placed-adoption.csv", part: "placed-adoption", rows: modules::placed_adoption },
    File { name: "prev-perm.csv", part: "prev-perm", rows: modules::prev_perm },
    File { name: "missing.csv", part: "missing", rows: modules::missing },
    File { name: "social-worker.csv", part: "social-worker", rows: modules::social_worker },
    File { name: "dolo.csv", part: "dolo", rows: modules::dolo },
    File { name: "links.csv", part: "links", rows: companions::links },
    File { name: "restrictions.csv", part: "restriction", rows: companions::restrictions },
    File { name: "consents.csv", part: "consent", rows: companions::consents },
    File { name: "delegations.csv", part: "delegation", rows: companions::delegations },
];

impl File {
    /// The field table, from the format that reads it: there is no second list of columns.
    fn table(&self) -> io::Result<&'static Table> {
        roster::format("ssda903-csv")
            .and_then(|(_, format)| format.tables.iter().find(|table| table.name == self.part))
            .copied()
            .ok_or_else(|| io::Error::other("the format of the return has no such table"))
    }

    fn write(
        &self,
        table: &'static Table,
        order: &Order,
        plan: &Plan,
        made: &mut Made,
        out: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut rows = Rows::of(table);
        let mut text = Vec::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 8);
        let mut line = 1;
        for number in 0..order.children {
            let child = Child::of(order, number);
            rows.clear();
            (self.rows)(&child, order, &mut rows);
            if rows.len() > 0 && line == 1 {
                write_heading(table, &mut text);
            }
            let fault = plan.fault(number, self.part, &rows);
            for row in 0..rows.len() {
                line += 1;
                match fault.filter(|(_, at)| *at == row) {
                    Some((kind, _)) => {
                        line += spoil(kind, table, &child, &rows, row, &mut text);
                        made.planted.push(planted(kind, table, line));
                    }
                    None => rows.write(row, None, &mut text),
                }
            }
            if text.len() >= CHUNK_BYTES {
                out(self.name, &text)?;
                text.clear();
            }
        }
        made.rows += line - 1;
        if text.is_empty() { Ok(()) } else { out(self.name, &text) }
    }
}

fn is_of_year(table: &Table, order: &Order) -> bool {
    table.first_year.is_none_or(|first| first <= order.year.number())
}

/// Writes a row with a fault; tells how many lines it added.
fn spoil(kind: &Kind, table: &Table, child: &Child, rows: &Rows, row: usize, text: &mut Vec<u8>) -> u64 {
    let column = column_number(table, kind.column);
    match kind.spoil {
        Spoil::Cell(wrong) => {
            rows.write(row, column.map(|column| (column, wrong)), text);
            0
        }
        Spoil::StrayChild => {
            rows.write(row, None, text);
            let stray = Kind::stray_id(child);
            rows.write(row, column.map(|column| (column, stray.as_str())), text);
            1
        }
    }
}

fn planted(kind: &Kind, table: &Table, line: u64) -> Planted {
    let column = column_number(table, kind.column).map_or(0, |column| column + 1);
    Planted { rule: kind.rule, part: kind.part, line, column: u16::try_from(column).unwrap_or(u16::MAX) }
}

fn fault_list(planted: &[Planted]) -> String {
    let mut list = String::from("rule,part,line,column\n");
    for Planted { rule, part, line, column } in planted {
        list += &format!("{rule},{part},{line},{column}\n");
    }
    list
}
