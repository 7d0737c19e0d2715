//! Documents that are one list: every row names whom it speaks of, in a table of CSV or as an item in JSON.
//!
//! Vacancies stand beside other tables and under one provider a document; what else agencies send is a list, of notices
//! or of returns. A list is declared by its row: whom it speaks of, and what the rows of one subject come to.

pub mod json;
pub mod tables;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use kit::{
    adapter::{Dossier, Options},
    csv::rules as table_rules,
    table::Row,
    telling::Telling,
};
use schemas::{
    diagnostic::{Diagnostic, Place, Report, Rule},
    document::natural_key,
    identifier::Identifier,
    record::{Record, Source, Statement, Subject},
};

/// A row that names whom it speaks of.
pub trait Speaks: Row {
    /// What the rows of one subject come to.
    type Said: Gathers<Self>;

    /// Columns that are known and of which nothing is carried; each is told once where it stands.
    const LEFT_OUT: &'static [&'static str] = &[];

    /// Whom the row speaks of.
    fn whom(&self, options: &Options) -> Whom;

    /// What is told once of a file in which a row is like this one.
    fn tells_once(&self, _: &Options) -> Option<&'static Rule> {
        None
    }

    /// Whom it speaks of too: the provider of a child's place. What is wrong with the row is told with the first alone.
    fn beside(&self) -> Option<Subject> {
        None
    }
}

/// Whom a row speaks of.
pub enum Whom {
    /// A child, or a provider.
    Is(Subject),
    /// Nobody: which rule tells so, and at which column; none where the cell itself tells why.
    Nobody(Option<(&'static Rule, &'static str)>),
}

/// The rows of one subject, gathered.
pub trait Gathers<R> {
    /// Before the first of them.
    fn begin(options: &Options) -> Self;

    /// Takes a row of which no needed cell was lost.
    fn take(&mut self, row: R, telling: &mut Telling<'_>);

    /// Everything as records of the subject.
    fn finish(self, subject: &Arc<Subject>, dossier: &mut Dossier, report: &mut dyn Report);
}

/// What tells a subject from the others of its document: the first of its identifiers. Identifiers of one row are one
/// subject's; those of several rows are not reconciled here, since a referral may be of brothers and sisters.
fn name_of(subject: &Subject) -> Vec<u8> {
    let mut name = Vec::new();
    let Some(first) = subject.identifiers.first() else { return name };
    // The system says whose the authority's own ids are, and who registers a provider. Without an authority it says
    // nothing, and no row is read that has such an id alone.
    let _ = first.system(subject.authority, &mut name);
    name.push(b'|');
    first.write_value(&mut name);
    name
}

/// The subject of several rows that are named alike: every identifier that any of them gives.
#[derive(Default)]
struct Whose {
    subject: Option<Subject>,
    known: HashSet<Identifier>,
}

impl Whose {
    fn add(&mut self, other: Subject) {
        let subject = self.subject.get_or_insert_with(|| Subject { identifiers: Vec::new(), ..other.clone() });
        let new = other.identifiers.into_iter().filter(|identifier| self.known.insert(*identifier));
        subject.identifiers.extend(new);
        subject.authority = subject.authority.or(other.authority);
    }

    fn take(&mut self) -> Option<Arc<Subject>> {
        let mut subject = self.subject.take()?;
        subject.identifiers.sort_by_key(Identifier::rank);
        Some(Arc::new(subject))
    }
}

/// What the rows of one subject say: of two that say something of one thing the later stands.
#[derive(Default)]
pub struct LaterStands {
    said: Vec<(Statement, Place)>,
    known: HashMap<(&'static str, Vec<u8>), usize>,
}

impl LaterStands {
    /// Takes what a row says. That something is said twice is told; that it is said in the same words, where asked.
    pub fn take(&mut self, statement: Statement, place: &Place, tells_the_same: bool, report: &mut dyn Report) {
        let key = (statement.statement_type().name, natural_key(&statement));
        let Some((before, first)) = self.known.get(&key).and_then(|n| self.said.get_mut(*n)) else {
            self.known.insert(key, self.said.len());
            self.said.push((statement, place.clone()));
            return;
        };
        let rule = match *before == statement {
            false => Some(&table_rules::KEY_CLASH),
            true => tells_the_same.then_some(&table_rules::DUPLICATE),
        };
        if let Some(rule) = rule {
            report.raise(Diagnostic::new(rule, place.clone()).related_to([first.clone()]));
        }
        (*before, *first) = (statement, place.clone());
    }

    /// Everything as records of the subject.
    pub fn finish(self, subject: &Arc<Subject>, dossier: &mut Dossier) {
        let records = self.said.into_iter().map(|(statement, place)| Record {
            subject: Arc::clone(subject),
            statement,
            source: Source::at(place),
        });
        dossier.records.extend(records);
    }
}
