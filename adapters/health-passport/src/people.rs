//! Who the child is, from every record that says so: of several, the later one that answers wins, field by field.

use schemas::{
    diagnostic::{Diagnostic, Report},
    record::{Person, PersonMore, Record, Statement},
    said::Said,
};

use crate::{
    coding::{is_coarser, language},
    rules::{ETHNICITY_COARSER, LANGUAGE_UNMAPPED},
};

/// The records that say who a child is.
#[derive(Clone, Copy)]
pub(crate) struct People<'c> {
    /// From the first of them to the last; usually one.
    records: &'c [Record],
}

impl<'c> People<'c> {
    /// Those among a child's records.
    pub(crate) fn among(records: &'c [Record]) -> Self {
        let is_person = |record: &Record| matches!(record.statement, Statement::Person(_));
        let first = records.iter().position(is_person).unwrap_or(records.len());
        let after = records.iter().rposition(is_person).map_or(first, |last| last + 1);
        Self { records: &records[first..after] }
    }

    /// What is said in a field: the latest value, otherwise the latest other answer.
    pub(crate) fn said<T>(&self, field: impl Fn(&'c Person) -> &'c Said<T>) -> Said<&'c T> {
        let mut answer = Said::NotAsked;
        for said in self.persons().map(field) {
            if said.has_value() {
                return said.as_ref();
            }
            if matches!(answer, Said::NotAsked) {
                answer = said.as_ref();
            }
        }
        answer
    }

    /// The value of a field that is rarely said.
    pub(crate) fn more<T>(&self, field: impl Fn(&'c PersonMore) -> &'c Said<T>) -> Option<&'c T> {
        self.persons().filter_map(|person| person.more.as_deref()).find_map(|more| field(more).as_ref().is())
    }

    /// Whether something was said in a record that was taken back.
    pub(crate) fn took_back(&self, was_said: impl Fn(&Person) -> bool) -> bool {
        self.records.iter().filter(|record| record.source.retracts).any(|record| match &record.statement {
            Statement::Person(person) => was_said(person),
            _ => false,
        })
    }

    /// Tells what of it FHIR cannot say.
    pub(crate) fn report(&self, report: &mut dyn Report) {
        for record in self.records {
            let Statement::Person(person) = &record.statement else { continue };
            let place = &record.source.place;
            if person.ethnicity.is().is_some_and(is_coarser) {
                report.raise(Diagnostic::new(&ETHNICITY_COARSER, place.clone()).of_field("ethnicity"));
            }
            let Some(Said::Is(languages)) = person.more.as_ref().map(|more| &more.languages) else { continue };
            for spoken in languages {
                if spoken.code.as_ref().is().is_some_and(|code| language(code).is_none()) {
                    report.raise(Diagnostic::new(&LANGUAGE_UNMAPPED, place.clone()).of_field("languages"));
                }
            }
        }
    }

    /// The persons that were not taken back, the latest first.
    fn persons(&self) -> impl Iterator<Item = &'c Person> + use<'c> {
        self.records.iter().rev().filter(|record| !record.source.retracts).filter_map(|record| {
            match &record.statement {
                Statement::Person(person) => Some(person),
                _ => None,
            }
        })
    }
}
