//! What a local authority's case management sends and takes: the SSDA903 return, and the links and restrictions that
//! come beside it.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod companions;
pub mod links;
pub mod module;
pub mod ssda903;

use kit::{
    adapter::{Adapter, DeclaredLoss, Format, Parts},
    csv::rules as table_rules,
    table::Table,
};

use crate::{
    companions::{CONSENT, DELEGATION, LINKS, RESTRICTION},
    ssda903::{
        decode::TableDecode,
        encode::{COMPLETE_FOR, ReturnEncode},
        outcomes, rules,
        tables::{
            AD1, DOLO, EPISODES, HEADER, MISSING, OC2, OC3, PLACED_ADOPTION, PREV_PERM, REVIEWS, SOCIAL_WORKER, UASC,
        },
    },
};

/// The adapter.
pub static ADAPTER: Adapter = Adapter {
    name: "liquidlogic",
    summary: "A local authority's case management: the SSDA903 return and what comes beside it",
    formats: &[&SSDA903_CSV, &LINKS_CSV, &RESTRICTIONS_CSV],
    conversions: &[],
};

/// The return as CSV modules, with links and restrictions beside them when it is read.
pub static SSDA903_CSV: Format = Format {
    name: "ssda903-csv",
    summary: "SSDA903 return on children looked after: twelve CSV modules, told by their heading rows",
    media_types: &["text/csv", "application/zip"],
    extensions: &["csv", "zip"],
    parts: Parts::Named,
    needs_year: true,
    needs_authority: false,
    case_management: true,
    tables: RETURN_TABLES,
    rules: &[table_rules::ALL, rules::ALL, outcomes::ALL, companions::ALL],
    settings: &[COMPLETE_FOR],
    losses: &[
        DeclaredLoss { field: "Review.due_date", why: "the return has only reviews that were held" },
        DeclaredLoss { field: "Review.cancelled", why: "the return has only reviews that were held" },
        DeclaredLoss { field: "CareLeaver.contact_date", why: "the return has no such column" },
        DeclaredLoss { field: "CareLeaver.eligibility", why: "the return has no such column" },
        DeclaredLoss { field: "CareLeaver.pathway_review_date", why: "the return has no such column" },
        DeclaredLoss { field: "Address", why: "the return has postcodes of episodes alone" },
        DeclaredLoss { field: "Relationship", why: "the return names nobody" },
        DeclaredLoss { field: "Disability", why: "the return has no such column" },
        DeclaredLoss { field: "CarePlan", why: "the return has no such column" },
        DeclaredLoss {
            field: "HealthCheck",
            why: "but for whether the year's dental, developmental and health assessments were held",
        },
        DeclaredLoss { field: "AnnualHealth.immunisations_as_at", why: "the return has no such column" },
        DeclaredLoss { field: "SdqScore.completed_date", why: "the return has no such column" },
        DeclaredLoss { field: "SdqScore.rater", why: "the return has the latest score of the year by a carer alone" },
        DeclaredLoss { field: "SdqScore.subscores", why: "the return has no such column" },
        DeclaredLoss {
            field: "Immunisation",
            why: "the return has whether all is up to date, which no immunisation proves",
        },
        DeclaredLoss { field: "Allergy", why: "the return has nothing on it" },
        DeclaredLoss { field: "Condition", why: "the return has nothing on it" },
        DeclaredLoss { field: "Medication", why: "the return has nothing on it" },
        DeclaredLoss { field: "Measurement", why: "the return has nothing on it" },
        DeclaredLoss {
            field: "SubstanceMisuse",
            why: "but for whether a problem was found in the year, and whether help was received or offered",
        },
        DeclaredLoss { field: "Restriction", why: "restrictions travel in restrictions-csv, which is only read" },
        DeclaredLoss { field: "Consent", why: "consents travel in restrictions-csv, which is only read" },
        DeclaredLoss { field: "Delegation", why: "delegations travel in restrictions-csv, which is only read" },
        DeclaredLoss { field: "EducationPlan", why: "the return has nothing on education" },
        DeclaredLoss { field: "Enrolment", why: "the return has nothing on education" },
        DeclaredLoss { field: "AttendanceMark", why: "the return has nothing on education" },
        DeclaredLoss { field: "AttendanceSummary", why: "the return has nothing on education" },
        DeclaredLoss { field: "Suspension", why: "the return has nothing on education" },
        DeclaredLoss { field: "Attainment", why: "the return has nothing on education" },
        DeclaredLoss { field: "SenProvision", why: "the return has nothing on education" },
        DeclaredLoss { field: "Voice", why: "the return has nothing on what was said" },
    ],
    together: OUTCOMES_TOGETHER,
    decode: Some(&TableDecode { tables: RETURN_TABLES }),
    encode: Some(&ReturnEncode),
};

/// The outcomes of the year are derived from all that is said of the child's health, for those whose episodes say that
/// they were looked after all of it.
static OUTCOMES_TOGETHER: &[&str] =
    &["CareEpisode", "HealthCheck", "AnnualHealth", "SdqScore", "Immunisation", "SubstanceMisuse"];

static RETURN_TABLES: &[&Table] = &[
    &HEADER,
    &EPISODES,
    &REVIEWS,
    &UASC,
    &OC2,
    &OC3,
    &AD1,
    &PLACED_ADOPTION,
    &PREV_PERM,
    &MISSING,
    &SOCIAL_WORKER,
    &DOLO,
    &LINKS,
    &RESTRICTION,
    &CONSENT,
    &DELEGATION,
];

/// Which identifiers are one child's.
pub static LINKS_CSV: Format = Format {
    name: "links-csv",
    summary: "Which identifiers are one child's: the case system's, the NHS number, the UPN, names where wanted",
    media_types: &["text/csv"],
    extensions: &["csv"],
    parts: Parts::One,
    needs_year: false,
    needs_authority: false,
    case_management: true,
    tables: LINKS_TABLES,
    rules: &[table_rules::ALL, companions::ALL],
    settings: &[],
    losses: &[],
    together: &[],
    decode: Some(&TableDecode { tables: LINKS_TABLES }),
    encode: None,
};

static LINKS_TABLES: &[&Table] = &[&LINKS];

/// Who must not be found, what was consented to, and who may decide what.
pub static RESTRICTIONS_CSV: Format = Format {
    name: "restrictions-csv",
    summary: "Restrictions, consents and delegations of an authority's children: three tables, told by their heading rows",
    media_types: &["text/csv", "application/zip"],
    extensions: &["csv", "zip"],
    parts: Parts::Named,
    needs_year: false,
    needs_authority: false,
    case_management: true,
    tables: RESTRICTION_TABLES,
    rules: &[table_rules::ALL, companions::ALL],
    settings: &[],
    losses: &[],
    together: &[],
    decode: Some(&TableDecode { tables: RESTRICTION_TABLES }),
    encode: None,
};

static RESTRICTION_TABLES: &[&Table] = &[&RESTRICTION, &CONSENT, &DELEGATION];
