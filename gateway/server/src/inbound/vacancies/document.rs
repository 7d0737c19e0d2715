//! Documents of homes, read and written by the formats of vacancies: what a row becomes, and what a caller may see.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use exchange::market::profile::profile_of;
use exchange::market::search::Home;
use exchange::view::View;
use kit::adapter::{Disclosure, Dossier, Format, Options, Protection, Unheard};
use kit::document::Document;
use kit::ids::IdKey;
use kit::limits::ReadingLimits;
use kit::render::{self, Places};
use kit::report::{Findings, Summary};
use kit::sheaf::Sheaf;
use schemas::diagnostic::{Diagnostic, PartId, Place, Report as _, Rule, Severity};
use schemas::identifier::{Identifier, ProviderUrn};
use schemas::record::{Provider, Record, Source, Statement, Subject};
use schemas::said::Said;
use serde_json::Value;

use super::super::partners::Caller;
use super::super::stack::House;
use super::{is_own, today};
use crate::config::Config;
use crate::durable::market::offering::Sheet;
use crate::work::Report;

/// The format in which one home goes in and out.
pub(super) const JSON: &str = "vacancies-json";

/// The formats in which many come.
pub(super) const FORMATS: [&str; 3] = [JSON, "vacancies-csv", "vacancies-xlsx"];

/// The sheet of a workbook whose cells are of no row: they hold for all.
const START_SHEET: &str = "Start here";

/// Where a row stands: its part, and its line or number there.
pub(super) type RowKey = (PartId, u64);

/// A document that has been read.
pub(in crate::inbound) struct Read {
    pub(in crate::inbound) sheet: Sheet,
    pub(super) findings: Findings,
    pub(super) rows: u64,
    /// It says of itself that it is everything.
    pub(super) is_everything: bool,
    /// What is told of each row, and whether it is an error.
    pub(super) told: BTreeMap<RowKey, (Place, Vec<&'static Rule>)>,
    format: &'static Format,
    labels: Vec<kit::adapter::PartLabel>,
}

impl Read {
    /// The report of what was read.
    pub(super) fn report(&mut self, document: &Document) -> Report {
        let records = self.sheet.rows.len() as u64;
        let summary = Summary { format: self.format.name, rows: self.rows, records, ..Summary::default() };
        let mut body = Vec::new();
        render::json::report(&summary, &mut self.findings, &mut Places::of(document, &self.labels), &mut body);
        Report {
            format: self.format.name,
            errors: self.findings.errors(),
            warnings: self.findings.warnings(),
            losses: self.findings.losses(),
            rules: self.findings.counts().map(|count| (count.rule.code, count.count)).collect(),
            body,
        }
    }
}

/// Where a row stands, and nothing of its cells; `None` for what is of no row.
pub(super) fn row_key(place: &Place) -> Option<RowKey> {
    match place {
        Place::Cell { part, line, .. } => Some((*part, *line)),
        Place::Node { part, path, .. } if path.contains('!') => {
            let (sheet, cell) = path.split_once('!').filter(|(sheet, _)| *sheet != START_SHEET)?;
            let line: u64 = line_of(cell).parse().ok()?;
            // Rows of one sheet stand together, and those of several apart.
            let sheet = sheet.bytes().fold(0, |sum, byte| (sum * 31 + u64::from(byte)) & 0xffff);
            Some((*part, (sheet << 32) + line))
        }
        Place::Node { part, path, .. } => {
            let number = path.split_once('[')?.1.split_once(']')?.0;
            // Confirmations stand beside the vacancies, and are numbered by themselves.
            let beside = u64::from(path.starts_with("confirmations")) << 32;
            Some((*part, beside + number.parse::<u64>().ok()?))
        }
        Place::Document | Place::Part(_) => None,
    }
}

/// The path of the row in which a path leads: `vacancies[3]`, `Vacancies!5`.
pub(super) fn row_path(path: &str) -> String {
    match path.split_once('!') {
        Some((sheet, cell)) => format!("{sheet}!{}", line_of(cell)),
        None => format!("{}]", path.split_once(']').map_or(path, |(item, _)| item)),
    }
}

/// The line of a cell: `5` of `AD5`.
fn line_of(cell: &str) -> &str {
    cell.trim_start_matches(|letter: char| letter.is_ascii_alphabetic())
}

/// Reads a document, within so many rows.
pub(super) fn read(document: &Document, format: &'static Format, config: &Config) -> Read {
    let rows_max = u32::try_from(config.limits.bulk_rows_max).unwrap_or(u32::MAX);
    let options = Options {
        as_at: Some(today(config)),
        limits: ReadingLimits { rows_max, ..config.reading_limits },
        ..Options::plain()
    };
    let diagnostics_max = usize::try_from(config.limits.diagnostics_max).unwrap_or(usize::MAX);
    let mut read = Read {
        sheet: Sheet::default(),
        findings: Findings::new(diagnostics_max),
        rows: 0,
        is_everything: false,
        told: BTreeMap::new(),
        format,
        labels: Vec::new(),
    };
    let Some(decode) = format.decode else { return read };
    let mut heard: Vec<Diagnostic> = Vec::new();
    let subjects = decode.open(document, &options, NonZeroUsize::MIN, &mut heard);
    read.rows = subjects.rows();
    read.labels = subjects.labels().to_vec();
    read.is_everything = subjects.is_everything();
    let mut reader = subjects.reader();
    for diagnostic in heard.drain(..) {
        read.hear(diagnostic);
    }
    for n in 0..subjects.len() {
        let mut dossier = Dossier::default();
        reader.read(n, &mut dossier, &mut heard);
        for diagnostic in heard.drain(..) {
            read.hear(diagnostic);
        }
        read.sheet.take(dossier.subject.as_deref(), dossier.records);
    }
    read
}

impl Read {
    fn hear(&mut self, diagnostic: Diagnostic) {
        if diagnostic.rule.severity == Severity::Error {
            self.sheet.rows_lost = true;
        }
        // An earlier row that a later one took the place of is told of at the later.
        for place in std::iter::once(&diagnostic.place).chain(&diagnostic.related) {
            if let Some(key) = row_key(place) {
                let told = self.told.entry(key).or_insert_with(|| (place.clone(), Vec::new()));
                if !told.1.iter().any(|known| std::ptr::eq(*known, diagnostic.rule)) {
                    told.1.push(diagnostic.rule);
                }
            }
        }
        self.findings.raise(diagnostic);
    }
}

/// Who looks, and through which view.
pub(in crate::inbound) struct Seen<'h> {
    caller: &'h Caller,
    view: Option<Arc<View>>,
    /// What a child may read was released to the caller.
    has_profile: bool,
}

impl<'h> Seen<'h> {
    pub(in crate::inbound) fn by(house: &House, caller: &'h Caller) -> Self {
        Self { caller, view: house.config.views.get(&caller.known.partner.view), has_profile: false }
    }

    /// The same of a home of which the caller may have what a child may read.
    pub(super) fn with_profile(self) -> Self {
        Self { has_profile: true, ..self }
    }

    /// What the caller may see of a statement about a provider's place; `None` where that is nothing.
    fn project(&self, urn: ProviderUrn, mut statement: Statement) -> Option<Statement> {
        let released = match &statement {
            Statement::Vacancy(vacancy) if self.has_profile => profile_of(vacancy).cloned(),
            _ => None,
        };
        if !self.view.as_ref()?.project(&mut statement, None) {
            return None;
        }
        // Whatever a view says: who the carers are is told by an accepted offer, and by nothing before.
        if let Statement::Vacancy(vacancy) = &mut statement
            && let Some(more) = &mut vacancy.more
            && !is_own(self.caller, urn)
        {
            more.home_ethnicity = Said::NotAsked;
            more.home_religion = Said::NotAsked;
            more.for_the_child = released.map_or(Said::NotAsked, Said::Is);
        }
        Some(statement)
    }
}

/// A home as a document of one vacancy, as far as it may be seen; `None` where that is nothing.
pub(super) fn drawn(config: &Config, seen: &Seen<'_>, home: &Home, provider: Option<&Provider>) -> Option<Value> {
    let vacancy = seen.project(home.urn, home.vacancy.clone().into())?;
    let provider = provider.and_then(|provider| seen.project(home.urn, provider.clone().into()));
    written(config, home.urn, provider.into_iter().chain([vacancy]))
}

/// A provider as a document without vacancies, as far as it may be seen.
pub(in crate::inbound) fn drawn_provider(
    config: &Config,
    seen: &Seen<'_>,
    urn: ProviderUrn,
    said: &Provider,
) -> Option<Value> {
    written(config, urn, seen.project(urn, said.clone().into()))
}

/// Statements of one provider's place as the format writes them.
fn written(config: &Config, urn: ProviderUrn, statements: impl IntoIterator<Item = Statement>) -> Option<Value> {
    let subject = Arc::new(Subject::place(vec![Identifier::Provider(urn)]));
    let record = |statement| Record { subject: subject.clone(), statement, source: Source::at(Place::Document) };
    let records: Vec<Record> = statements.into_iter().map(record).collect();
    let (_, format) = roster::format(JSON)?;
    let options = Options { as_at: Some(today(config)), ..Options::plain() };
    let ids = IdKey::published().of_subject(b"provider", urn.as_str().as_bytes());
    let mut sheaf = Sheaf::default();
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
