//! The placement census of Placements North West: one row a child placed, with what the place costs (IFA formats, section
//! 10.4; education and placements, section 4).
//!
//! Read, it says that a placement began and what it costs, how old the child is, and who the provider is. The sender's
//! identifier is no link to a child: it becomes a pseudonym under the installation's own key.

pub mod encode;
pub mod records;
pub mod tables;
pub mod words;

use kit::{
    adapter::{DeclaredLoss, Format, Parts},
    csv::rules as table_rules,
};

use crate::{
    census::{
        encode::CensusEncode,
        tables::{CENSUS, CensusRow},
    },
    lists::tables::TableDecode,
    rules,
};

/// The census as a table.
pub static PNW_CSV: Format = Format {
    name: "pnw-csv",
    summary: "The placement census of Placements North West: one row a child placed; written for analysts",
    media_types: &["text/csv"],
    extensions: &["csv"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[&CENSUS],
    rules: &[table_rules::ALL, rules::CENSUS, rules::WRITING],
    settings: &[],
    losses: &[
        DeclaredLoss { field: "Provider", why: "a row is of a child; its provider stands in it as a number alone" },
        DeclaredLoss { field: "Immigration", why: "whether a child is an unaccompanied asylum seeker is not carried" },
        DeclaredLoss { field: "LibertyOrder", why: "deprivation of liberty is not carried" },
        DeclaredLoss { field: "Referral", why: "no column for it" },
        DeclaredLoss { field: "Offer", why: "no column for it" },
        DeclaredLoss { field: "CareEpisode", why: "no column for it" },
    ],
    together: &["PlacementNotice", "PlacementCost"],
    decode: Some(&TableDecode::<CensusRow>::NEW),
    encode: Some(&CensusEncode),
};
