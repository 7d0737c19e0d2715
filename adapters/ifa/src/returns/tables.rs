//! The table of returns: the one list of its columns, for reading, writing, the template and the reference page.

use schemas::{date::Date, reflect::Number};

use crate::{
    rules,
    wire::{AsAt, Authority, Figure, OfstedNumber, Text},
};

kit::rows! {
    /// What a provider did under a framework in a quarter.
    ReturnRow = RETURN "framework_return" spelt Plain {
        /// Ofsted's number of the agency; of the home itself if residential.
        provider_urn: OfstedNumber = "provider_urn" { heading: "Ofsted URN", aliases: &["urn", "ofsted_urn", "sc_number"], wrong: &rules::URN_SHAPE, blank: Some(&rules::URN_SHAPE), loses_row: true, example: "SC999901", source: "ifa 7" },
        /// The framework.
        framework: Text<80> = "framework" { heading: "Framework", aliases: &["contract_name"], field: "FrameworkReturn.framework", loses_row: true, example: "wm-fostering", source: "ifa 7" },
        /// The price band of the framework; all of them where it is blank.
        lot: Text<80> = "lot" { heading: "Price band", aliases: &["tier", "level", "price_band"], field: "FrameworkReturn.lot", required: false, help: "Leave empty for all", example: "standard", source: "ifa 7" },
        /// The authority, by its DfE code or name; all of them where it is blank.
        la_code: Authority = "la_code" { heading: "Council", aliases: &["la", "local_authority"], field: "FrameworkReturn.authority", required: false, help: "Leave empty for all", example: "330", source: "ifa 7" },
        /// First day of the quarter.
        period_start: Date = "period_start" { heading: "From", field: "FrameworkReturn.period_start", loses_row: true, example: "2026-01-01", source: "ifa 7" },
        /// Last day of the quarter.
        period_end: Date = "period_end" { heading: "To", field: "FrameworkReturn.period_end", loses_row: true, example: "2026-03-31", source: "ifa 7" },
        /// Requests that were received.
        referrals_received: Number<9999> = "referrals_received" { heading: "Referrals received", field: "FrameworkReturn.offers", blank: Some(&rules::RETURN_REQUIRED), example: "40", source: "ifa 7" },
        /// Offers that were made.
        offers_made: Number<9999> = "offers_made" { heading: "Offers made", field: "FrameworkReturn.offers", blank: Some(&rules::RETURN_REQUIRED), example: "12", source: "ifa 7" },
        /// Of these, offers made before the deadline.
        offers_in_deadline: Number<9999> = "offers_in_deadline" { heading: "Of these, in time", field: "FrameworkReturn.offers", blank: Some(&rules::RETURN_REQUIRED), example: "11", source: "ifa 7" },
        /// Answers without an offer.
        no_offer_replies: Number<9999> = "no_offer_replies" { heading: "Replies without an offer", field: "FrameworkReturn.offers", blank: Some(&rules::RETURN_REQUIRED), example: "20", source: "ifa 7" },
        /// Hours from request to offer, the median.
        median_hours_to_offer: Figure = "median_hours_to_offer" { heading: "Hours to an offer (median)", field: "FrameworkReturn.offers", required: false, example: "6.5", source: "ifa 7" },
        /// Placements that began.
        placements_started: Number<9999> = "placements_started" { heading: "Placements begun", field: "FrameworkReturn.placements", blank: Some(&rules::RETURN_REQUIRED), example: "9", source: "ifa 7" },
        /// Placements that ended.
        placements_ended: Number<9999> = "placements_ended" { heading: "Placements ended", field: "FrameworkReturn.placements", blank: Some(&rules::RETURN_REQUIRED), example: "6", source: "ifa 7" },
        /// Of these, ended as planned.
        planned_endings: Number<9999> = "planned_endings" { heading: "Ended as planned", field: "FrameworkReturn.placements", blank: Some(&rules::RETURN_REQUIRED), example: "3", source: "ifa 7" },
        /// Ended unplanned by the provider.
        unplanned_endings_provider: Number<9999> = "unplanned_endings_provider" { heading: "Unplanned, by the provider", field: "FrameworkReturn.placements", blank: Some(&rules::RETURN_REQUIRED), example: "1", source: "ifa 7" },
        /// Ended unplanned by the authority.
        unplanned_endings_authority: Number<9999> = "unplanned_endings_authority" { heading: "Unplanned, by the council", field: "FrameworkReturn.placements", blank: Some(&rules::RETURN_REQUIRED), example: "1", source: "ifa 7" },
        /// Ended unplanned by others.
        unplanned_endings_other: Number<9999> = "unplanned_endings_other" { heading: "Unplanned, by others", field: "FrameworkReturn.placements", blank: Some(&rules::RETURN_REQUIRED), example: "1", source: "ifa 7" },
        /// Notices that were given.
        notices_given: Number<9999> = "notices_given" { heading: "Notices given", field: "FrameworkReturn.placements", required: false, example: "2", source: "ifa 7" },
        /// Days of notice, the mean.
        mean_notice_days: Figure = "mean_notice_days" { heading: "Days of notice (mean)", field: "FrameworkReturn.placements", required: false, example: "21", source: "ifa 7" },
        /// Children placed on the last day.
        children_placed_at_end: Number<9999> = "children_placed_at_end" { heading: "Children placed on the last day", field: "FrameworkReturn.placements", blank: Some(&rules::RETURN_REQUIRED), example: "58", source: "ifa 7" },
        /// Of these, in the same home for twelve months or more.
        stable_12_months: Number<9999> = "stable_12_months" { heading: "Of these, 12 months in one home", field: "FrameworkReturn.placements", required: false, example: "31", source: "ifa 7" },
        /// Households.
        households: Number<9999> = "households" { heading: "Households", field: "FrameworkReturn.places", blank: Some(&rules::RETURN_REQUIRED), example: "45", source: "ifa 7" },
        /// Places approved.
        places_approved: Number<9999> = "places_approved" { heading: "Places approved", field: "FrameworkReturn.places", blank: Some(&rules::RETURN_REQUIRED), example: "90", source: "ifa 7" },
        /// Places filled.
        places_filled: Number<9999> = "places_filled" { heading: "Places filled", field: "FrameworkReturn.places", blank: Some(&rules::RETURN_REQUIRED), example: "58", source: "ifa 7" },
        /// Places vacant.
        places_vacant: Number<9999> = "places_vacant" { heading: "Places vacant", field: "FrameworkReturn.places", blank: Some(&rules::RETURN_REQUIRED), example: "20", source: "ifa 7" },
        /// Places that could not be filled.
        places_not_available: Number<9999> = "places_not_available" { heading: "Places not available", field: "FrameworkReturn.places", blank: Some(&rules::RETURN_REQUIRED), example: "12", source: "ifa 7" },
        /// Carers approved in the quarter.
        carers_approved: Number<9999> = "carers_approved" { heading: "Carers approved", field: "FrameworkReturn.carers", required: false, example: "3", source: "ifa 7" },
        /// Carers who left in the quarter.
        carers_left: Number<9999> = "carers_left" { heading: "Carers who left", field: "FrameworkReturn.carers", required: false, example: "2", source: "ifa 7" },
        /// Reports of outcomes that were due.
        outcome_reports_due: Number<9999> = "outcome_reports_due" { heading: "Outcome reports due", field: "FrameworkReturn.outcomes", required: false, example: "30", source: "ifa 7" },
        /// Reports of outcomes that were sent.
        outcome_reports_sent: Number<9999> = "outcome_reports_sent" { heading: "Outcome reports sent", field: "FrameworkReturn.outcomes", required: false, example: "28", source: "ifa 7" },
        /// Objectives that were met, in per cent.
        objectives_met_percent: Number<100> = "objectives_met_percent" { heading: "Objectives met (%)", field: "FrameworkReturn.outcomes", required: false, example: "82", source: "ifa 7" },
        /// Complaints.
        complaints: Number<9999> = "complaints" { heading: "Complaints", field: "FrameworkReturn.concerns", required: false, example: "1", source: "ifa 7" },
        /// Complaints that were upheld.
        complaints_upheld: Number<9999> = "complaints_upheld" { heading: "Complaints upheld", field: "FrameworkReturn.concerns", required: false, example: "1", source: "ifa 7" },
        /// Allegations.
        allegations: Number<9999> = "allegations" { heading: "Allegations", field: "FrameworkReturn.concerns", required: false, example: "1", source: "ifa 7" },
        /// When this was true.
        as_at: AsAt = "as_at" { heading: "As at", aliases: &["updated"], field: "FrameworkReturn.as_at", blank: Some(&rules::AS_AT_MISSING), loses_row: true, help: "When you counted", example: "2026-04-10", source: "ifa 7" },
    }
}
