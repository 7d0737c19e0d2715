//! The table of notices: the one list of its columns, for CSV, JSON, the template and the reference page.

use schemas::{
    code::{
        NoticeMessage, PlacementContract, PlacementEndReason, PlacementEndedBy, PlacementNext, Provision,
        VacancyPlacementType,
    },
    date::Date,
    identifier::{LaChildId, ReferralRef},
    postcode::Postcode,
};

use crate::{
    lists::json::Listed,
    rules,
    wire::{AsAt, Authority, HomeReference, ProviderNumber, Reference, Text, TotalCost, WeeklyCost},
    words::Word,
};

kit::rows! {
    /// One notice of a placement.
    NoticeRow = NOTICES "notices" spelt Plain {
        /// The provider's own reference of the notice; the same one again takes the place of the first.
        notice_id: Reference = "notice_id" { heading: "Your reference", aliases: &["notice_ref", "ref", "id"], field: "PlacementNotice.notice_id", blank: Some(&rules::NOTICE_ID_MISSING), loses_row: true, help: "Any reference you keep; a new one for each notice", example: "N-3301", source: "ifa 6.2" },
        /// What the notice does.
        kind: Word<NoticeMessage> = "kind" { heading: "What this tells", aliases: &["notice_type", "type"], field: "PlacementNotice.kind", wrong: &rules::NOTICE_KIND, blank: Some(&rules::NOTICE_KIND), loses_row: true, example: "start", source: "ifa 6.2" },
        /// The referral that found the home.
        referral_id: ReferralRef = "referral_id" { heading: "Referral", aliases: &["referral_ref"], required: false, help: "As it stands on the referral; or fill in the council and its id of the child", example: "R-7Q4M2XKD9TVAHB3NC8E5WYRZ1P", source: "ifa 6.2" },
        /// The responsible authority, by its DfE code or name.
        la_code: Authority = "la_code" { heading: "Council", aliases: &["la", "local_authority", "placing_authority"], field: "Subject.authority", required: false, help: "Only with the council's id of the child", example: "330", source: "ifa 6.2" },
        /// The authority's id of the child, once it was released.
        la_child_id: LaChildId = "la_child_id" { heading: "The council's id of the child", aliases: &["child_id", "child"], required: false, help: "Only after the council has told it you; never a name", example: "1029384", source: "ifa 6.2" },
        /// Ofsted's number of the agency; of the home itself if residential.
        provider_urn: ProviderNumber = "provider_urn" { heading: "Ofsted URN", aliases: &["urn", "ofsted_urn", "sc_number"], field: "PlacementNotice.provider_urn", wrong: &rules::URN_SHAPE, blank: Some(&rules::URN_SHAPE), loses_row: true, help: "Agency, or the home itself if residential", example: "SC999901", source: "ifa 6.2" },
        /// Pseudonym of the carer household, or reference of the home or setting.
        carer_ref: HomeReference = "carer_ref" { heading: "Carer or home reference", aliases: &["home_ref", "setting_ref", "carer_id", "household_ref"], field: "PlacementNotice.carer_ref", required: false, help: "The code you use for this household or home", example: "C-2207", source: "ifa 6.2" },
        /// Kind of provision.
        provision: Word<Provision> = "provision" { heading: "Kind of provision", aliases: &["type_of_provision"], field: "PlacementNotice.provision", wrong: &rules::PROVISION_UNKNOWN, example: "fostering", source: "ifa 6.2" },
        /// Kind of placement; each kind of provision has kinds of its own.
        placement_type: Word<VacancyPlacementType> = "placement_type" { heading: "Kind of placement", aliases: &["type_of_placement"], field: "PlacementNotice.placement_type", required: false, help: "Needed when a placement begins", example: "short-term", source: "ifa 6.2" },
        /// First day of the placement.
        start_date: Date = "start_date" { heading: "First day", aliases: &["placement_start", "date_started"], field: "PlacementNotice.start_date", help: "The day the child came, in a notice of the end too", example: "2026-01-16", source: "ifa 6.2" },
        /// Last day of the placement.
        end_date: Date = "end_date" { heading: "Last day", aliases: &["placement_end", "date_ended"], field: "PlacementNotice.end_date", required: false, help: "Needed when a placement ends", source: "ifa 6.2" },
        /// Whether this beginning or this end was planned.
        planned: bool = "planned" { heading: "Was this planned?", field: "PlacementNotice.planned", required: false, example: "Y", source: "ifa 6.2" },
        /// Who ended it.
        ended_by: Word<PlacementEndedBy> = "ended_by" { heading: "Who ended it", field: "PlacementNotice.ended_by", required: false, help: "Needed when a placement ends", source: "ifa 6.2" },
        /// When notice was given.
        notice_given_date: Date = "notice_given_date" { heading: "Notice given on", field: "PlacementNotice.notice_given_date", required: false, source: "ifa 6.2" },
        /// Why it ended.
        end_reason: Word<PlacementEndReason> = "end_reason" { heading: "Why it ended", aliases: &["reason"], field: "PlacementNotice.end_reason", required: false, help: "Needed when a placement ends", source: "ifa 6.2" },
        /// Where the child goes.
        next: Word<PlacementNext> = "next" { heading: "Where the child goes", field: "PlacementNotice.next", required: false, source: "ifa 6.2" },
        /// Postcode of the home, in full.
        placement_postcode: Postcode = "placement_postcode" { heading: "Postcode of the home", aliases: &["postcode"], field: "PlacementNotice.placement_postcode", required: false, locates: true, help: "In full: the council must know where the child lives", example: "B13 9ZZ", source: "ifa 6.2" },
        /// Price of care, a week.
        core_weekly: WeeklyCost = "core_weekly" { heading: "Care (£ a week)", aliases: &["core", "weekly_fee"], field: "PlacementCost.core", required: false, help: "Excl. VAT", example: "945.00", source: "ifa 6.2" },
        /// Price of additional support, a week.
        support_weekly: WeeklyCost = "support_weekly" { heading: "Support (£ a week)", aliases: &["support", "additional"], field: "PlacementCost.support", required: false, example: "0.00", source: "ifa 6.2" },
        /// Price of education, a week.
        education_weekly: WeeklyCost = "education_weekly" { heading: "Education (£ a week)", aliases: &["education"], field: "PlacementCost.education", required: false, example: "0.00", source: "ifa 6.2" },
        /// Anything else, a week.
        other_weekly: WeeklyCost = "other_weekly" { heading: "Anything else (£ a week)", aliases: &["other"], field: "PlacementCost.other", required: false, example: "0.00", source: "ifa 6.2" },
        /// All of it, a week, without value added tax.
        total_weekly: TotalCost = "total_weekly" { heading: "Total (£ a week)", aliases: &["total", "total_weekly_cost"], field: "PlacementCost.total", required: false, help: "The sum of the four before it. Excl. VAT", example: "945.00", source: "ifa 6.2" },
        /// What health pays of it.
        contributions_health: WeeklyCost = "contributions_health" { heading: "Of that, health pays (£ a week)", aliases: &["contribution_from_health"], field: "PlacementCost.contributions", required: false, source: "ifa 6.2" },
        /// What education pays of it.
        contributions_education: WeeklyCost = "contributions_education" { heading: "Of that, education pays (£ a week)", aliases: &["contribution_from_education"], field: "PlacementCost.contributions", required: false, source: "ifa 6.2" },
        /// From when it costs this; the first day where it is blank.
        cost_from: Date = "cost_from" { heading: "Price holds from", field: "PlacementCost.cost_from", required: false, help: "Leave empty if from the first day", example: "2026-01-16", source: "ifa 6.2" },
        /// The framework.
        framework: Text<80> = "framework" { heading: "Framework", aliases: &["contract_name"], field: "PlacementCost.framework", required: false, example: "wm-fostering", source: "ifa 6.2" },
        /// The price band of the framework.
        lot: Text<80> = "lot" { heading: "Price band", aliases: &["tier", "level", "price_band"], field: "PlacementCost.lot", required: false, example: "standard", source: "ifa 6.2" },
        /// How it is paid for.
        contract: Word<PlacementContract> = "contract" { heading: "Contract", field: "PlacementCost.contract", required: false, help: "Block = paid for in advance", example: "spot", source: "ifa 6.2" },
        /// When this was true: it orders notices of one reference.
        as_at: AsAt = "as_at" { heading: "As at", aliases: &["updated", "sent_at"], field: "PlacementNotice.as_at", blank: Some(&rules::AS_AT_MISSING), loses_row: true, help: "When you wrote this", example: "2026-01-16T18:10:00+00:00", source: "ifa 6.2" },
    }
}

impl Listed for NoticeRow {
    const FORMAT: Option<&'static str> = Some("homeward/notice");
    const ITEMS: &'static str = "notices";
    const COLUMNS: &'static [(&'static str, &'static str)] = &[
        ("notice_id", "noticeId"),
        ("kind", "kind"),
        ("referral_id", "referralId"),
        ("la_code", "laCode"),
        ("la_child_id", "laChildId"),
        ("provider_urn", "providerUrn"),
        ("carer_ref", "carerRef"),
        ("provision", "provision"),
        ("placement_type", "placementType"),
        ("start_date", "startDate"),
        ("end_date", "endDate"),
        ("planned", "planned"),
        ("ended_by", "endedBy"),
        ("notice_given_date", "noticeGivenDate"),
        ("end_reason", "endReason"),
        ("next", "next"),
        ("placement_postcode", "placementPostcode"),
        ("core_weekly", "cost/corePence"),
        ("support_weekly", "cost/supportPence"),
        ("education_weekly", "cost/educationPence"),
        ("other_weekly", "cost/otherPence"),
        ("total_weekly", "cost/totalPence"),
        ("contributions_health", "cost/contributions/healthPence"),
        ("contributions_education", "cost/contributions/educationPence"),
        ("cost_from", "cost/from"),
        ("framework", "framework/id"),
        ("lot", "framework/lot"),
        ("contract", "framework/contract"),
        ("as_at", "asAt"),
    ];
}
