//! The table of the census: the one list of its columns. Headings vary from year to year and sender to sender, so that
//! some are known by how they begin (`*`).

use schemas::{
    code::{Regulator, Sex},
    date::Date,
};

use crate::{
    census::words::{CensusProvision, EthnicGroup, Label, LeftOut, Years},
    wire::{Authority, Text, TotalCost, UrnText, WeeklyCost},
};

kit::rows! {
    /// One child placed.
    CensusRow = CENSUS "pnw" {
        /// The authority that placed the child, by its DfE code or name.
        authority: Authority = "Placing Authority" { aliases: &["Placing LA", "Placing Local*"], field: "Subject.authority", example: "330", source: "ifa 10.4" },
        /// The sender's own pseudonym of the child; it links to no child.
        identifier: Text<80> = "Identifier" { aliases: &["Unique Identifier", "Child Identifier"], loses_row: true, example: "A-1001", source: "ifa 10.4" },
        /// Age in whole years.
        age: Years = "Age" { field: "Person.birth_date", required: false, example: "9", source: "ifa 10.4" },
        /// Gender, as far as a record has it.
        gender: Label<Sex> = "Gender" { field: "Person.sex", required: false, example: "Female (including trans female)", source: "ifa 10.4" },
        /// Broad ethnic group.
        ethnic_group: EthnicGroup = "Ethnic Group" { aliases: &["Ethnicity"], field: "Person.ethnicity", required: false, example: "Asian", source: "ifa 10.4" },
        /// Name of the provider.
        organisation: Text<200> = "Organisation" { aliases: &["Provider Name"], field: "Provider.name", required: false, only_read: true, source: "ifa 10.4" },
        /// Number of the provider at whoever registers it.
        provider_urn: UrnText = "Provider Ofsted (or equivalent) URN" { aliases: &["Provider ID", "Provider URN", "Provider Ofsted*"], field: "PlacementNotice.provider_urn", required: false, example: "SC999901", source: "ifa 10.4" },
        /// Number of the provider in the companies register.
        company_number: Text<8> = "Provider Company number" { aliases: &["Provider Company*"], field: "Provider.company_number", required: false, only_read: true, source: "ifa 10.4" },
        /// Number of the home at whoever registers it: before that of its provider.
        establishment_urn: UrnText = "Establishment URN" { aliases: &["Establishment Ofsted*"], field: "PlacementNotice.provider_urn", required: false, only_read: true, source: "ifa 10.4" },
        /// Who registers the provider.
        registration: Label<Regulator> = "Primary registration type" { aliases: &["Primary registration*"], required: false, only_read: true, example: "Ofsted", source: "ifa 10.4" },
        /// Type of provision.
        provision: Label<CensusProvision> = "Type of provision" { aliases: &["Provision type", "Type of placement"], field: "PlacementNotice.provision", required: false, example: "Mainstream", source: "ifa 10.4" },
        /// First day of the placement.
        start_date: Date = "Placement start date" { aliases: &["Placement start*"], field: "PlacementNotice.start_date", loses_row: true, example: "16/01/2026", source: "ifa 10.4" },
        /// All that it costs, a week.
        total_weekly: TotalCost = "Total weekly cost" { aliases: &["Total weekly*"], field: "PlacementCost.total", required: false, example: "945.00", source: "ifa 10.4" },
        /// What education pays of it.
        contribution_education: WeeklyCost = "Contribution from Education" { aliases: &["Contribution from Education*"], field: "PlacementCost.contributions", required: false, source: "ifa 10.4" },
        /// What health pays of it.
        contribution_health: WeeklyCost = "Contribution from Health" { aliases: &["Contribution from Health*"], field: "PlacementCost.contributions", required: false, source: "ifa 10.4" },
        /// Whether the child is looked after.
        looked_after: LeftOut = "Looked after child?" { aliases: &["Looked after*"], required: false, only_read: true, source: "ifa 10.4" },
        /// How the placement was found.
        sourced: LeftOut = "How the placement was sourced" { aliases: &["How the placement*"], required: false, only_read: true, source: "ifa 10.4" },
        /// Name of the home, which tells where the child lives.
        establishment: LeftOut = "Establishment" { aliases: &["Establishment Name"], required: false, only_read: true, source: "ifa 10.4" },
        /// Whether the child is an unaccompanied asylum seeker.
        uasc: LeftOut = "UASC" { aliases: &["UASC*"], required: false, only_read: true, source: "ifa 10.4" },
        /// What social care pays: the rest of the total.
        contribution_social_care: LeftOut = "Contribution from Social Care" { aliases: &["Contribution from Social*"], required: false, only_read: true, source: "ifa 10.4" },
        /// Whether the cost has packages in it.
        packages: LeftOut = "Does this placement cost include additional packages?" { aliases: &["Does this placement cost*"], required: false, only_read: true, source: "ifa 10.4" },
        /// Deprivation of liberty.
        liberty: LeftOut = "DoLS in place?" { aliases: &["DoLS*"], required: false, only_read: true, source: "ifa 10.4" },
        /// Whether the child is to live alone.
        solo: LeftOut = "Does this CYP require a solo placement?" { aliases: &["Does this CYP*"], required: false, only_read: true, source: "ifa 10.4" },
        /// Why the child is placed at a distance.
        distance: LeftOut = "Placing at Distance Reason" { aliases: &["Placing at Distance*", "Reason for*"], required: false, only_read: true, source: "ifa 10.4" },
        /// The authority of the home, which the census no longer asks.
        host: LeftOut = "Host Authority" { aliases: &["Host*"], required: false, only_read: true, source: "ifa 10.4" },
        /// Special educational needs, which the census no longer asks.
        needs: LeftOut = "SEND" { aliases: &["SEN", "EHCP", "SEND*"], required: false, only_read: true, source: "ifa 10.4" },
    }
}

/// The columns of which nothing is carried.
pub const LEFT_OUT: &[&str] = &[
    "Looked after child?",
    "How the placement was sourced",
    "Establishment",
    "UASC",
    "Contribution from Social Care",
    "Does this placement cost include additional packages?",
    "DoLS in place?",
    "Does this CYP require a solo placement?",
    "Placing at Distance Reason",
    "Host Authority",
    "SEND",
];
