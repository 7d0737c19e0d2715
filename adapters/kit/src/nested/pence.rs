//! Rows whose money comes in whole pence, where the tables of CSV have pounds.

use std::borrow::Cow;

use crate::{
    nested::{Hearing, Rows, Spot, TableRows},
    table::Row,
    wire::WireType,
};

/// Rows whose money comes in whole pence, where the tables of CSV have pounds.
#[derive(Default)]
pub struct InPence<R>(pub R);

impl<R: Row> TableRows for InPence<Rows<R>> {
    fn begin(&mut self, within: usize, spot: Spot) {
        self.0.begin(within, spot);
    }

    fn cell(&mut self, column: usize, cell: &[u8], spot: Spot, hearing: &mut Hearing<'_>) {
        let is_money = matches!(R::TABLE.columns.get(column).map(|column| column.wire), Some(WireType::Money));
        let cell = if is_money { pounds(cell) } else { Cow::Borrowed(cell) };
        self.0.cell(column, &cell, spot, hearing);
    }

    fn spoilt(&mut self, column: usize) {
        self.0.spoilt(column);
    }

    fn end(&mut self, hearing: &mut Hearing<'_>) {
        self.0.end(hearing);
    }

    fn count(&self) -> usize {
        self.0.count()
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

/// Whole pence as pounds; anything else as something that no amount is.
fn pounds(pence: &[u8]) -> Cow<'_, [u8]> {
    let (sign, digits) = pence.strip_prefix(b"-").map_or(("", pence), |digits| ("-", digits));
    if digits.is_empty() {
        return Cow::Borrowed(pence);
    }
    if !digits.iter().all(u8::is_ascii_digit) {
        return Cow::Borrowed(b"not pence");
    }
    let digits = format!("{:0>3}", String::from_utf8_lossy(digits));
    let (pounds, pence) = digits.split_at(digits.len() - 2);
    Cow::Owned(format!("{sign}{pounds}.{pence}").into_bytes())
}
