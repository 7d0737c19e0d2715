//! Faults that are planted on purpose: each one cell, or one row, that breaks one rule at one known place.
//!
//! Kinds that break a rule at two places (a child twice in the header, one NHS number on two children) are not here:
//! what is planted and what is found could not be compared one to one. Neither are faults of restrictions and consents:
//! they stop the whole document from leaving.

use std::{collections::BTreeMap, io};

use super::{
    FILES, File, Order,
    child::{Child, ChildId},
    draw::{Draw, Purpose},
    rows::{RowView, Rows},
};

/// A kind of fault.
pub(super) struct Kind {
    /// The rule that it breaks.
    pub(super) rule: &'static str,
    /// The table, and the column in which it is told.
    pub(super) part: &'static str,
    pub(super) column: &'static str,
    pub(super) spoil: Spoil,
    /// Which rows it can be planted in.
    wanted: fn(RowView<'_>) -> bool,
}

/// What is done to a row.
#[derive(Clone, Copy)]
pub(super) enum Spoil {
    /// Another text stands in the cell.
    Cell(&'static str),
    /// The row is followed by itself under a child that nobody knows.
    StrayChild,
}

const ANY: fn(RowView<'_>) -> bool = |_| true;

const fn cell(
    rule: &'static str,
    part: &'static str,
    column: &'static str,
    text: &'static str,
    wanted: fn(RowView<'_>) -> bool,
) -> Kind {
    Kind { rule, part, column, spoil: Spoil::Cell(text), wanted }
}

/// A birth date of no child: all are born later.
const OTHER_BIRTH_DATE: &str = "17/05/1991";

/// Every kind, in the order in which they are planted.
pub(super) static KINDS: &[Kind] = &[
    cell("ssda903/102", "header", "DOB", "31/02/2012", ANY),
    cell("ssda903/146", "episodes", "PLACE", "Q9", ANY),
    cell("ssda903/103", "header", "ETHNIC", "WXYZ", ANY),
    cell("ssda903/148", "episodes", "DEC", "", |row| row.filled("REC") && !row.is("REC", "X1")),
    cell("ssda903/144", "episodes", "LS", "V9", ANY),
    cell("ssda903/167", "reviews", "REVIEW_CODE", "PN9", ANY),
    cell("ssda903/141", "episodes", "DECOM", "12/13/2017", ANY),
    cell("ssda903/131", "oc3", "IN_TOUCH", "MAYBE", ANY),
    cell("ssda903/181", "oc2", "IMMUNISATIONS", "2", ANY),
    cell("ssda903/INT17", "reviews", "DOB", OTHER_BIRTH_DATE, ANY),
    cell("ssda903/168", "header", "UPN", "I123456789012", |row| !row.begins("UPN", "UN")),
    cell("ssda903/180", "oc2", "SDQ_SCORE", "41", |row| row.filled("SDQ_SCORE")),
    cell("ssda903/143", "episodes", "RNE", "X", ANY),
    Kind {
        rule: "ssda903/INT03",
        part: "episodes",
        column: "CHILD",
        spoil: Spoil::StrayChild,
        // A start that is still open is a whole period by itself.
        wanted: |row| row.is("RNE", "S") && !row.filled("DEC"),
    },
    cell("ssda903/120", "placed-adoption", "REASON_PLACED_CEASED", "RD9", |row| row.filled("REASON_PLACED_CEASED")),
    cell("record/nhs-number", "links", "nhs_number", "9990000000", |row| row.filled("nhs_number")),
    cell("ssda903/149", "episodes", "REC", "E99", |row| row.filled("REC") && !row.is("REC", "X1")),
    cell("ssda903/145", "episodes", "CIN", "N12", ANY),
    cell("ssda903/178", "episodes", "PLACE_PROVIDER", "PR9", |row| row.filled("PLACE_PROVIDER")),
    cell("record/link-birth-date", "links", "date_of_birth", OTHER_BIRTH_DATE, ANY),
    cell("ssda903/147", "episodes", "DEC", "31/06/2026", |row| row.filled("DEC")),
    cell("ssda903/132", "oc3", "ACTIV", "F9", ANY),
    cell("ssda903/133", "oc3", "ACCOM", "S1", ANY),
    cell("ssda903/153", "oc3", "ACCOM", "", ANY),
    cell("ssda903/166", "reviews", "REVIEW", "31/09/2020", ANY),
    cell("ssda903/197a", "oc2", "SDQ_REASON", "SDQ2", |row| row.filled("SDQ_SCORE")),
    cell("ssda903/182", "oc2", "TEETH_CHECK", "", |row| row.filled("CONVICTED") || row.filled("HEALTH_CHECK")),
    cell("ssda903/193", "oc2", "INTERVENTION_RECEIVED", "0", |row| row.is("SUBSTANCE_MISUSE", "0")),
    cell("ssda903/192", "oc2", "INTERVENTION_RECEIVED", "", |row| row.is("INTERVENTION_RECEIVED", "1")),
    cell("ssda903/101", "header", "SEX", "3", ANY),
    cell("ssda903/174", "header", "MC_DOB", "04/01/2015", |row| row.is("SEX", "1") || row.is("SEX", "M")),
    cell("ssda903/INT15", "oc3", "DOB", OTHER_BIRTH_DATE, ANY),
    cell("ssda903/INT18", "uasc", "DOB", OTHER_BIRTH_DATE, ANY),
    cell("ssda903/104", "uasc", "DUC", "30/02/2026", |row| row.filled("DUC")),
    cell("ssda903/112", "ad1", "DATE_INT", "2/2/17", ANY),
    cell("ssda903/175", "ad1", "NB_ADOPTR", "3", ANY),
    cell("ssda903/151", "ad1", "LS_ADOPTR", "", ANY),
    cell("ssda903/115", "placed-adoption", "DATE_PLACED", "00/01/2018", ANY),
    cell("ssda903/119", "placed-adoption", "REASON_PLACED_CEASED", "", |row| row.filled("REASON_PLACED_CEASED")),
    cell("ssda903/INT16", "prev-perm", "DOB", OTHER_BIRTH_DATE, ANY),
    cell("ssda903/INT13", "missing", "DOB", OTHER_BIRTH_DATE, ANY),
];

/// Which child carries which fault.
#[derive(Default)]
pub(super) struct Plan(BTreeMap<u32, &'static Kind>);

impl Plan {
    /// Takes the kinds in turn, each at the next child that has a row for it, beginning anywhere.
    ///
    /// # Errors
    /// When there are more faults than children.
    pub(super) fn of(order: &Order) -> io::Result<Self> {
        let mut plan = Self::default();
        if order.faults == 0 {
            return Ok(plan);
        }
        if order.faults > order.children {
            let message = "each fault needs a child of its own, and there are fewer children than faults";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let mut searches: Vec<Search> = KINDS.iter().filter_map(|kind| Search::of(kind, order)).collect();
        // A kind for which no child is left drops out; the first, a birth date, fits every child.
        while plan.0.len() < order.faults as usize && !searches.is_empty() {
            let wanting = order.faults as usize - plan.0.len();
            let mut turn = 0;
            searches.retain_mut(|search| {
                turn += 1;
                turn > wanting || search.next(order, &mut plan)
            });
        }
        Ok(plan)
    }

    /// How many faults there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The fault to plant in the rows that a child has in a table, and the row for it.
    pub(super) fn fault(&self, child: u32, part: &str, rows: &Rows) -> Option<(&'static Kind, usize)> {
        let kind = self.0.get(&child).filter(|kind| kind.part == part)?;
        Some((*kind, kind.row(rows)?))
    }
}

impl Kind {
    /// The first row that it can be planted in.
    fn row(&self, rows: &Rows) -> Option<usize> {
        (0..rows.len()).find(|row| (self.wanted)(rows.row(*row)))
    }

    /// The identifier of the stray child of a fault at this child.
    pub(super) fn stray_id(child: &Child) -> String {
        ChildId::stray(child.number).to_string()
    }
}

/// The way of one kind through the children, once around.
struct Search {
    kind: &'static Kind,
    file: &'static File,
    rows: Rows,
    next: u32,
    left: u32,
}

impl Search {
    /// Nothing to search where the year has no such file.
    fn of(kind: &'static Kind, order: &Order) -> Option<Self> {
        let file = FILES.iter().find(|file| file.part == kind.part)?;
        let table = file.table().ok().filter(|table| super::is_of_year(table, order))?;
        let turn = KINDS.iter().position(|other| std::ptr::eq(other, kind))?;
        let next = Draw::of(order.seed, turn as u32, Purpose::Faults).below(order.children);
        Some(Self { kind, file, rows: Rows::of(table), next, left: order.children })
    }

    /// Plants the fault at the next child that has a row for it; false when there is none.
    fn next(&mut self, order: &Order, plan: &mut Plan) -> bool {
        while self.left > 0 {
            let number = self.next;
            self.left -= 1;
            self.next = (number + 1) % order.children;
            if plan.0.contains_key(&number) {
                continue;
            }
            self.rows.clear();
            (self.file.rows)(&Child::of(order, number), order, &mut self.rows);
            if self.kind.row(&self.rows).is_some() {
                plan.0.insert(number, self.kind);
                return true;
            }
        }
        false
    }
}
