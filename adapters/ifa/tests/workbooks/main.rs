//! Workbooks of vacancies: as Excel and LibreOffice write them, as offices fill them in, as attackers make them, and as
//! we write them.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod book;
mod form;
mod hostile;
mod manners;
mod sheets;
#[path = "../vacancies/support.rs"]
#[allow(dead_code)]
mod support;
#[path = "../trial/mod.rs"]
#[allow(dead_code, reason = "each of the tests that share it needs another part")]
mod trial;

use ifa::xlsx::VACANCIES_XLSX;
use kit::adapter::Options;
use schemas::{
    diagnostic::Place,
    record::{Statement, Vacancy},
    said::Said,
};

/// What reading a workbook says and tells.
struct Read(support::Read);

impl Read {
    fn of(bytes: &[u8]) -> Self {
        Self(support::read(&VACANCIES_XLSX, &[bytes]))
    }

    fn with(bytes: &[u8], options: &Options) -> Self {
        Self(support::read_with(&VACANCIES_XLSX, &[bytes], options))
    }

    /// The rules that were told, each with its place.
    fn told(&self) -> Vec<String> {
        let place = |place: &Place| match place {
            Place::Node { path, .. } => path.to_string(),
            _ => String::new(),
        };
        self.0.told.iter().map(|told| format!("{} {}", told.rule.code, place(&told.place)).trim().to_owned()).collect()
    }

    fn vacancies(&self) -> Vec<&Vacancy> {
        self.0.vacancies()
    }

    /// The references of the vacancies.
    fn ids(&self) -> Vec<&str> {
        let vacancies = self.0.statements().filter_map(|statement| match statement {
            Statement::Vacancy(Vacancy { vacancy_id: Said::Is(id), .. }) => Some(&**id),
            _ => None,
        });
        vacancies.collect()
    }
}
