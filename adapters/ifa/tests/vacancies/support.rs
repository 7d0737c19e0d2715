//! Documents from texts, what reading them says and tells, and what is written of it.

use std::num::NonZeroUsize;

use kit::{
    adapter::{Disclosure, Dossier, Format, Options},
    document::{Document, Part},
    ids::IdKey,
    sheaf::Sheaf,
};
use schemas::{
    date::Date,
    diagnostic::Diagnostic,
    record::{Provider, Record, Statement, Vacancy},
};

/// What was read of a document.
pub(crate) struct Read {
    pub(crate) providers: Vec<Vec<Record>>,
    pub(crate) told: Vec<Diagnostic>,
}

impl Read {
    /// The rules that were told, each once.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<_> = self.told.iter().map(|told| told.rule.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    pub(crate) fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.providers.iter().flatten().map(|record| &record.statement)
    }

    pub(crate) fn vacancies(&self) -> Vec<&Vacancy> {
        let vacancies = self.statements().filter_map(|statement| match statement {
            Statement::Vacancy(vacancy) => Some(vacancy),
            _ => None,
        });
        vacancies.collect()
    }

    pub(crate) fn provider(&self) -> Option<&Provider> {
        self.statements().find_map(|it| if let Statement::Provider(provider) = it { Some(provider) } else { None })
    }
}

pub(crate) fn day(text: &str) -> Date {
    Date::parse_iso(text.as_bytes()).unwrap()
}

pub(crate) fn options() -> Options {
    Options { as_at: Some(day("2026-01-30")), ..Options::plain() }
}

/// Reads parts in a format.
pub(crate) fn read(format: &Format, parts: &[&[u8]]) -> Read {
    read_with(format, parts, &options())
}

pub(crate) fn read_with(format: &Format, parts: &[&[u8]], options: &Options) -> Read {
    let parts = parts.iter().enumerate().map(|(n, bytes)| Part::new(n.to_string(), bytes.to_vec()));
    let document = Document::new(parts.collect());
    let mut told: Vec<Diagnostic> = Vec::new();
    let subjects = format.decode.unwrap().open(&document, options, NonZeroUsize::MIN, &mut told);
    let (mut reader, mut dossier, mut providers) = (subjects.reader(), Dossier::default(), Vec::new());
    for n in 0..subjects.len() {
        reader.read(n, &mut dossier, &mut told);
        providers.push(std::mem::take(&mut dossier.records));
    }
    Read { providers, told }
}

/// Writes what was read, all of it let out; the parts in their order, and what is told.
pub(crate) fn write(format: &Format, read: &Read, options: &Options) -> (Vec<Vec<u8>>, Vec<Diagnostic>) {
    let encoder = format.encode.unwrap().begin(options);
    let (mut sheaf, mut told) = (Sheaf::default(), Vec::new());
    encoder.head(&mut sheaf);
    for records in read.providers.iter().filter(|records| !records.is_empty()) {
        let ids = IdKey::published().of_subject(b"test", b"test");
        let disclosure = Disclosure { subject: &records[0].subject, records, ids: &ids, photographs: &[] };
        encoder.subject(&disclosure, &mut sheaf, &mut told);
    }
    encoder.tail(&mut sheaf);
    (sheaf.parts().iter().map(|(_, bytes)| bytes.clone()).collect(), told)
}

/// The heading of a usual row, and the row.
pub(crate) const HEADING: &str = "vacancy_id,provider_urn,provision,carer_ref,status,change,as_at,places_approved,\
    places_occupied,places_available,age_min,age_max,genders,placement_types,outward_postcode\n";
pub(crate) const ROW: &str = "V-0141,SC999901,fostering,C-2207,open,,2026-01-28,3,1,2,5,11,any,short-term,B13\n";

/// A table of these rows under the usual heading.
pub(crate) fn table(rows: &[&str]) -> Vec<u8> {
    [HEADING].iter().chain(rows).map(|row| row.as_bytes()).collect::<Vec<_>>().concat()
}
