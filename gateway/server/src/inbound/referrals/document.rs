//! Documents of referrals and offers, read and written by their formats.

use std::num::NonZeroUsize;
use std::sync::Arc;

use exchange::view::View;
use kit::adapter::{Disclosure, Dossier, Options, Protection, Unheard};
use kit::document::{Document, Part};
use kit::ids::IdKey;
use kit::render::{self, Places};
use kit::report::{Findings, Summary};
use kit::sheaf::Sheaf;
use schemas::diagnostic::Place;
use schemas::identifier::ReferralRef;
use schemas::record::{Record, Source, Statement};
use serde_json::Value;
use tokio::task::spawn_blocking;

use super::super::problem::Problem;
use super::super::stack::House;
use crate::durable::market::referrals::case::subject_of;
use crate::work::Report;

/// A statement of a search as its format writes it, as far as a view lets it out; nothing where that is nothing.
pub(super) fn drawn(format: &str, reference: ReferralRef, statement: Statement, view: &View) -> Option<Value> {
    let mut statement = statement;
    if !view.project(&mut statement, None) {
        return None;
    }
    let subject = subject_of(reference);
    let records = [Record { subject: Arc::clone(&subject), statement, source: Source::at(Place::Document) }];
    let options = Options::plain();
    let ids = IdKey::published().of_subject(b"referral", reference.as_str().as_bytes());
    let mut sheaf = Sheaf::default();
    let (_, format) = roster::format(format)?;
    let encoder = format.encode?.begin(&options);
    encoder.subject(
        &Disclosure {
            subject: &subject,
            records: &records,
            ids: &ids,
            protection: Protection::default(),
            photographs: &[],
        },
        &mut sheaf,
        &mut Unheard,
    );
    let (_, bytes) = sheaf.parts().first()?;
    serde_json::from_slice(bytes).ok()
}

/// The one statement that a document makes. What is not understood of it is refused, not passed over: an answer to a
/// person who is there can say so.
pub(super) async fn one(house: &Arc<House>, format: &'static str, body: Vec<u8>) -> Result<Statement, Problem> {
    let diagnostics_max = usize::try_from(house.config.limits.diagnostics_max).unwrap_or(usize::MAX);
    let read = spawn_blocking(move || {
        let (_, format) = roster::format(format)?;
        let document = Document::new(vec![Part::new("document", body)]);
        let options = Options::plain();
        let mut findings = Findings::new(diagnostics_max);
        let subjects = format.decode?.open(&document, &options, NonZeroUsize::MIN, &mut findings);
        let (mut reader, mut dossier) = (subjects.reader(), Dossier::default());
        if !subjects.is_empty() {
            reader.read(0, &mut dossier, &mut findings);
        }
        let is_one = subjects.len() == 1 && dossier.records.len() == 1;
        let statement = dossier.records.pop().map(|record| record.statement).filter(|_| is_one);
        let summary =
            Summary { format: format.name, rows: subjects.rows(), records: u64::from(is_one), ..Summary::default() };
        let report = (findings.errors() + findings.losses() > 0 || statement.is_none()).then(|| {
            let mut body = Vec::new();
            render::json::report(&summary, &mut findings, &mut Places::of(&document, subjects.labels()), &mut body);
            Report {
                format: format.name,
                errors: findings.errors(),
                warnings: findings.warnings(),
                losses: findings.losses(),
                rules: findings.counts().map(|count| (count.rule.code, count.count)).collect(),
                body,
            }
        });
        Some((statement, report))
    });
    match read.await.map_err(|_| Problem::Internal)?.ok_or(Problem::Internal)? {
        (Some(statement), None) => Ok(statement),
        (_, Some(report)) => {
            house.metrics.rules(report.format, &report.rules);
            Err(Problem::DocumentHasErrors(report))
        }
        (None, None) => Err(Problem::Internal),
    }
}
