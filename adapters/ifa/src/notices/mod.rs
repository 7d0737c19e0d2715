//! Notices of placements: what an agency tells the authority of a child who comes, goes or costs something else (IFA
//! formats, section 6.2).
//!
//! A row is one notice. It names the child by the referral that found the home, or by the authority's own id once that was
//! released. What it says is whole: a row that comes again, or corrects, takes the place of the one before it.

pub mod checks;
pub mod encode;
pub mod records;
pub mod rows;
pub mod tables;
pub mod together;

use kit::{
    adapter::{DeclaredLoss, Format, Parts},
    csv::rules as table_rules,
    json::rules as json_rules,
};

use crate::{
    lists::{json::ListDecode, tables::TableDecode},
    notices::{
        encode::{JsonEncode, TableEncode},
        tables::{NOTICES, NoticeRow},
    },
    rules,
};

/// Notices as a table.
pub static NOTICE_CSV: Format = Format {
    name: "notice-csv",
    summary: "Notices of placements that begin, end or change, with what they cost: one row a notice",
    media_types: &["text/csv"],
    extensions: &["csv"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[&NOTICES],
    rules: &[table_rules::ALL, rules::NOTICES, rules::WRITING],
    settings: &[],
    losses: LOSSES,
    together: TOGETHER,
    decode: Some(&TableDecode::<NoticeRow>::NEW),
    encode: Some(&TableEncode),
};

/// The same in JSON.
pub static NOTICE_JSON: Format = Format {
    name: "notice-json",
    summary: "Notices of placements that begin, end or change, with what they cost, in JSON",
    media_types: &["application/json"],
    extensions: &["json"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[&NOTICES],
    rules: &[json_rules::ALL, rules::CELLS, rules::NOTICES, rules::JSON, rules::WRITING],
    settings: &[],
    losses: LOSSES,
    together: TOGETHER,
    decode: Some(&ListDecode::<NoticeRow>::NEW),
    encode: Some(&JsonEncode),
};

/// A notice and its cost are one row.
const TOGETHER: &[&str] = &["PlacementNotice", "PlacementCost"];

/// What a notice cannot say: it tells of placements, and of the child no more than which it is.
const LOSSES: &[DeclaredLoss] = &[
    DeclaredLoss { field: "PlacementNotice.location_preferred", why: "only the National Placements Standard has it" },
    DeclaredLoss { field: "PlacementNotice.education_continuous", why: "only the National Placements Standard has it" },
    DeclaredLoss { field: "PlacementNotice.siblings_together", why: "only the National Placements Standard has it" },
    DeclaredLoss { field: "Person", why: "a notice names the child by the referral or the authority's id alone" },
    DeclaredLoss { field: "CareEpisode", why: "episodes are the authority's, and no notice makes one" },
    DeclaredLoss { field: "Referral", why: "a notice follows a referral and does not repeat it" },
    DeclaredLoss { field: "Offer", why: "a notice follows an offer and does not repeat it" },
];
