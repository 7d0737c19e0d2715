//! Writes returns, as the agency counted.

use kit::{
    adapter::{Disclosure, Encode, Encoder, Options},
    sheaf::Sheaf,
};
use schemas::{
    code::CountedBy,
    diagnostic::Report,
    record::{Statement, SubjectKind},
    said::Said,
};

use crate::{
    encode::{RowsOf, head, urn_of, writing},
    returns::tables::{RETURN, ReturnRow},
    rules,
};

/// Writes returns as a table.
pub struct TableEncode;

impl Encode for TableEncode {
    fn begin<'o>(&self, options: &'o Options) -> Box<dyn Encoder + 'o> {
        Box::new(TableEncoder { options })
    }
}

struct TableEncoder<'o> {
    options: &'o Options,
}

impl Encoder for TableEncoder<'_> {
    fn about(&self) -> SubjectKind {
        SubjectKind::Place
    }

    fn head(&self, sheaf: &mut Sheaf) {
        head(&RETURN, self.options, sheaf);
    }

    fn subject(&self, disclosure: &Disclosure<'_>, sheaf: &mut Sheaf, report: &mut dyn Report) {
        let urn = urn_of(disclosure.subject);
        let mut rows = RowsOf { writing: writing(self.options), sheaf, report };
        for record in disclosure.records {
            match &record.statement {
                Statement::FrameworkReturn(said)
                    if !record.source.retracts && said.counted_by != Said::Is(CountedBy::Gateway) =>
                {
                    rows.write(record, &ReturnRow::of(said, urn));
                }
                _ => rows.lose(record, &rules::NOT_EXPRESSIBLE),
            }
        }
    }
}
