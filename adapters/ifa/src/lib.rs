//! What independent fostering agencies, residential homes and supported accommodation send and take: vacancies,
//! referrals and offers, notices of placements, returns under a framework, and a census of placements.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod carer;
pub mod census;
pub mod document;
pub mod encode;
pub mod hsds;
pub mod json;
pub mod lists;
pub mod marks;
pub mod mirror;
pub mod notices;
pub mod profile;
pub mod records;
pub mod referral;
pub mod returns;
pub mod rules;
pub mod standard;
pub mod vacancies;
pub mod wire;
pub mod words;
pub mod xlsx;

use kit::{
    adapter::{Adapter, DeclaredLoss, Format, Parts},
    csv::rules as table_rules,
};

use crate::{
    document::{TABLES, TablesDecode},
    encode::{TABLE, TablesEncode},
    records::{EXPIRE_DAYS, FRESH_DAYS},
};

/// The adapter.
pub static ADAPTER: Adapter = Adapter {
    name: "ifa",
    summary: "Providers of placements: vacancies of fostering agencies, homes and supported accommodation, referrals and offers, notices of placements, framework returns and a placement census, and pages for children and carers",
    formats: &[
        &VACANCIES_CSV,
        &json::VACANCIES_JSON,
        &xlsx::VACANCIES_XLSX,
        &referral::REFERRAL_JSON,
        &referral::OFFER_JSON,
        &notices::NOTICE_CSV,
        &notices::NOTICE_JSON,
        &returns::FRAMEWORK_RETURN_CSV,
        &census::PNW_CSV,
        &standard::PLACEMENTS_STANDARD_XLSX,
        &standard::PLACEMENTS_STANDARD_JSONLD,
        &hsds::HSDS_JSON,
        &profile::PROFILE_HTML,
        &carer::CARER_HTML,
    ],
    conversions: &[],
};

/// Vacancies with their fees and what a child may read.
pub static VACANCIES_CSV: Format = Format {
    name: "vacancies-csv",
    summary: "Vacancies of providers, with fees and what a child may read: three tables, told by their heading rows",
    media_types: &["text/csv", "application/zip"],
    extensions: &["csv", "zip"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: TABLES,
    rules: &[table_rules::ALL, rules::VACANCIES, rules::BESIDE, rules::WRITING, rules::WRITING_TABLES],
    settings: &[TABLE, FRESH_DAYS, EXPIRE_DAYS],
    losses: CSV_LOSSES,
    together: &["Provider", "Vacancy"],
    decode: Some(&TablesDecode),
    encode: Some(&TablesEncode),
};

/// What the tables cannot say.
static CSV_LOSSES: &[DeclaredLoss] = &[
    DeclaredLoss { field: "Provider.company_number", why: "no column for it" },
    DeclaredLoss { field: "Provider.sector", why: "no column for it" },
    DeclaredLoss { field: "Provider.branch", why: "each vacancy has its own" },
    DeclaredLoss { field: "Provider.duty", why: "each vacancy has its own" },
    DeclaredLoss { field: "Provider.frameworks", why: "each vacancy has its own" },
    DeclaredLoss { field: "Vacancy.version", why: "only JSON counts changes" },
];
