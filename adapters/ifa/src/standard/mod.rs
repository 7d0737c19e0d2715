//! The National Placements Standard (draft v01, June 2026): found placements, for the analysis of sufficiency, as the
//! official workbook and as JSON-LD (IFA formats, section 10.1; education and placements, section 5).
//!
//! Format: one row a child for whom a home was found: what was asked for, what was found, what it costs, and who at the
//! authority wrote it down. It becomes a matched referral, the notice that the placement began, and its cost. The two
//! notations share one table; what only one of them has is declared as its loss.

pub mod checks;
pub mod jsonld;
pub mod records;
pub mod sheet;
pub mod tables;
pub mod words;
pub mod write;

use kit::{
    adapter::{DeclaredLoss, Format, Parts, Setting},
    csv::rules as table_rules,
    workbook::rules as workbook_rules,
};

use crate::{
    rules,
    standard::{
        jsonld::{LINKED_DECODE, LinkedEncode},
        sheet::{SheetDecode, SheetEncode},
        tables::PLACEMENT,
    },
};

/// What the column on education says: whether it goes on, as its heading has it, or whether it was disrupted, as its
/// help text asks. The standard leaves it open.
pub(crate) const EDUCATION: Setting =
    Setting { name: "education", default: "heading", values: &["heading", "question"] };

/// Whether a column is written that the official sheet lacks and the model requires.
pub(crate) const EXPLOITATION_COLUMN: Setting =
    Setting { name: "sexual-exploitation-column", default: "no", values: &["no", "yes"] };

/// The official workbook.
pub static PLACEMENTS_STANDARD_XLSX: Format = Format {
    name: "placements-standard-xlsx",
    summary: "The National Placements Standard as its official workbook: found placements, one row a child",
    media_types: &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
    extensions: &["xlsx", "xlsm"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: true,
    case_management: false,
    tables: &[&PLACEMENT],
    rules: &[
        table_rules::ALL,
        workbook_rules::ALL,
        rules::STANDARD,
        rules::STANDARD_SHEETS,
        rules::WRITING,
        rules::WRITING_WORKBOOKS,
        rules::WRITING_STANDARD,
    ],
    settings: &[EDUCATION, EXPLOITATION_COLUMN],
    losses: SHEET_LOSSES,
    together: &["Referral", "PlacementNotice", "PlacementCost"],
    decode: Some(&SheetDecode),
    encode: Some(&SheetEncode),
};

/// The standard's linked data.
pub static PLACEMENTS_STANDARD_JSONLD: Format = Format {
    name: "placements-standard-jsonld",
    summary: "The National Placements Standard as JSON-LD: found placements, one object a child",
    media_types: &["application/ld+json"],
    extensions: &["jsonld"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: true,
    case_management: false,
    tables: &[&PLACEMENT],
    rules: &[
        kit::json::rules::ALL,
        rules::CELLS,
        rules::STANDARD,
        rules::STANDARD_DOCUMENTS,
        rules::WRITING,
        rules::WRITING_STANDARD,
    ],
    settings: &[EDUCATION],
    losses: LOSSES,
    together: &["Referral", "PlacementNotice", "PlacementCost"],
    decode: Some(&LINKED_DECODE),
    encode: Some(&LinkedEncode),
};

const fn loss(field: &'static str, why: &'static str) -> DeclaredLoss {
    DeclaredLoss { field, why }
}

/// What neither notation can say.
static LOSSES: &[DeclaredLoss] = &[
    loss("Offer", "the standard is of placements that were found"),
    loss("CareEpisode", "no column for it"),
    loss("Person", "the standard knows a child by a number alone"),
    loss("Referral.children", "of the first child alone, and only what the standard asks"),
    loss("PlacementNotice.end_date", "the standard tells beginnings"),
    loss("PlacementNotice.carer_ref", "no column for it"),
    loss("PlacementNotice.placement_postcode", "its first half alone"),
    loss("PlacementCost.contributions", "no column for it"),
];

/// What the sheet cannot say besides.
static SHEET_LOSSES: &[DeclaredLoss] = &[
    loss("Offer", "the standard is of placements that were found"),
    loss("CareEpisode", "no column for it"),
    loss("Person", "the standard knows a child by a number alone"),
    loss(
        "Referral.children",
        "of the first child alone, and only what the standard asks; no column for other needs in words",
    ),
    loss("PlacementNotice.notice_id", "no column for it"),
    loss("PlacementNotice.end_date", "the standard tells beginnings"),
    loss("PlacementNotice.carer_ref", "no column for it"),
    loss("PlacementNotice.placement_postcode", "its first half alone"),
    loss("PlacementCost.contributions", "no column for it"),
];
