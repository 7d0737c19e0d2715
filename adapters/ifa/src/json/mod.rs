//! Vacancies in JSON: one document a provider, which says what the tables say (IFA formats, section 3).
//!
//! Photographs stand beside the document, under `photos/` in a folder or an archive, each called by its id there.
//! The tables of CSV stand at paths of the document: one declaration of a column for both. Fees are in whole pence.

mod open;
pub(crate) mod shape;
mod write;

use kit::{
    adapter::{DeclaredLoss, Format, Parts},
    json::rules as json_rules,
    photograph,
};

use crate::{
    document::TABLES,
    json::{open::JsonDecode, write::JsonEncode},
    records::{EXPIRE_DAYS, FRESH_DAYS},
    rules,
};

/// Vacancies of one provider a document.
pub static VACANCIES_JSON: Format = Format {
    name: "vacancies-json",
    summary: "Vacancies of a provider in JSON, with fees and what a child may read; one document a provider, photographs beside it",
    media_types: &["application/json"],
    extensions: &["json"],
    parts: Parts::EachChild,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: TABLES,
    rules: &[json_rules::ALL, rules::CELLS, rules::VACANCIES, rules::JSON, photograph::RULES, rules::WRITING],
    settings: &[FRESH_DAYS, EXPIRE_DAYS],
    losses: &[
        DeclaredLoss { field: "Provider.frameworks", why: "each vacancy has its own" },
        DeclaredLoss {
            field: "Vacancy.for_the_child.photos",
            why: "a document names them; the pictures stand beside it",
        },
    ],
    together: &["Provider", "Vacancy"],
    decode: Some(&JsonDecode),
    encode: Some(&JsonEncode),
};
