//! Returns of providers under a framework: what came of requests, placements, places and carers in a quarter (IFA
//! formats, section 7).

pub mod checks;
pub mod encode;
pub mod records;
pub mod tables;

use kit::{
    adapter::{DeclaredLoss, Format, Parts},
    csv::rules as table_rules,
};

use crate::{
    lists::tables::TableDecode,
    returns::{
        encode::TableEncode,
        tables::{RETURN, ReturnRow},
    },
    rules,
};

/// Returns as a table.
pub static FRAMEWORK_RETURN_CSV: Format = Format {
    name: "framework-return-csv",
    summary: "Figures of providers under a framework: one row a provider, framework, lot, authority and quarter",
    media_types: &["text/csv"],
    extensions: &["csv"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[&RETURN],
    rules: &[table_rules::ALL, rules::RETURNS, rules::WRITING],
    settings: &[],
    losses: &[
        DeclaredLoss {
            field: "FrameworkReturn.counted_by",
            why: "a return is the agency's own count; what a gateway counted has no column",
        },
        DeclaredLoss { field: "Provider", why: "a return names the provider by its number alone" },
        DeclaredLoss { field: "Vacancy", why: "vacancies travel in vacancies-csv" },
    ],
    together: &[],
    decode: Some(&TableDecode::<ReturnRow>::NEW),
    encode: Some(&TableEncode),
};
