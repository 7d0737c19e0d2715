//! Flat lists of others, as the interfaces of school systems have them: one object a row of one of our tables.
//!
//! A dialect names the table and, for each member that is not called as a column of ours, the column it is. The list may
//! stand in an object under any name (`{"attendance": [...]}`), or alone.

use std::marker::PhantomData;

use kit::{
    adapter::{Options, Subjects},
    document::Document,
    nested::{Branch, Columns, Rows, Spot, TableRows},
};
use schemas::{
    diagnostic::{Report, Rule},
    identifier::LaCode,
    said::Said,
};

use crate::{
    attendance::tables::{DAY, DayRow, MARK, MarkRow, SUMMARY, SUSPENSION, SummaryRow, SuspensionRow},
    child::Identity,
    document::Says,
    json::{
        open::Opened,
        shape::{DOCUMENT_BRANCH, DocumentRow, Shape, Teller},
    },
    plans::tables::{PEP, PlanRow},
    records::ChildRecords,
};

/// Opens a document as the table that the dialect names; `None` where it names none.
pub(super) fn open<'d>(
    document: &'d Document,
    options: &'d Options,
    report: &mut dyn Report,
) -> Option<Box<dyn Subjects + 'd>> {
    let table = options.dialect.table()?;
    let opened: Box<dyn Subjects + 'd> = match table {
        name if name == MARK.name => Box::new(Opened::<Flat<MarkRow>>::open(document, options, report)),
        name if name == DAY.name => Box::new(Opened::<Flat<DayRow>>::open(document, options, report)),
        name if name == SUMMARY.name => Box::new(Opened::<Flat<SummaryRow>>::open(document, options, report)),
        name if name == SUSPENSION.name => Box::new(Opened::<Flat<SuspensionRow>>::open(document, options, report)),
        name if name == PEP.name => Box::new(Opened::<Flat<PlanRow>>::open(document, options, report)),
        _ => return None,
    };
    Some(opened)
}

/// The row of an item.
pub(super) struct Flat<R> {
    rows: Rows<R>,
    row: PhantomData<R>,
}

impl<R: Says> Default for Flat<R> {
    fn default() -> Self {
        Self { rows: Rows::default(), row: PhantomData }
    }
}

impl<R: Says> Shape for Flat<R> {
    const FORMAT: Option<&'static str> = None;
    const ITEMS: Option<&'static str> = None;
    const ITEM_AT: &'static str = "items";

    fn branches() -> Vec<Branch> {
        vec![DOCUMENT_BRANCH, Branch::several(R::TABLE, "items", Columns::Called)]
    }

    fn tables<'r>(&'r mut self, document: &'r mut Rows<DocumentRow>) -> Vec<&'r mut dyn TableRows> {
        vec![document, &mut self.rows]
    }

    fn clear(&mut self) {
        self.rows.clear();
    }

    fn identity(&mut self, authority: Option<LaCode>, _: &mut Teller<'_, '_>) -> Identity {
        let mut identity = self.rows.held().first().map(|held| held.row.identity()).unwrap_or_default();
        if !identity.la_code.has_value() {
            identity.la_code = authority.map_or(Said::NotAsked, Said::Is);
        }
        identity
    }

    fn oddities(&self) -> Vec<(&'static Rule, Spot, &'static str)> {
        let odd = self.rows.held().iter().filter_map(|held| Some((held, held.row.oddity()?)));
        odd.map(|(held, (rule, column))| (rule, held.spot, column)).collect()
    }

    fn say(&mut self, identity: &Identity, teller: &mut Teller<'_, '_>, child: &mut ChildRecords) {
        for held in self.rows.drain() {
            teller.row(R::TABLE, held.spot, |row| {
                child.is(identity, row);
                if !held.fate.lost {
                    held.row.says(row, child);
                }
            });
        }
    }
}
