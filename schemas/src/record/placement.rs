//! Statements about placements as providers tell of them (record, section 6).
//!
//! They are said of a child: by the random name of the search for its home, or, after a match, by the child's own id.
//! Amounts are for a week.

use crate::{
    code::{
        NoticeKind, PlacementContract, PlacementEndReason, PlacementEndedBy, PlacementNext, Provision,
        VacancyPlacementType,
    },
    date::{Date, DateTime},
    money::Pence,
    postcode::Postcode,
    record::{
        DecidedBy,
        declare::{shape, statements},
    },
    reflect::Number,
};

shape! {
    /// What others pay of a placement.
    CostContributions {
        /// Health.
        health: Pence,
        /// Education.
        education: Pence,
    }
}

statements! {
    Child:
    /// A provider's notice that a placement begins, ends or changes (6). It never makes an episode: that is the authority's.
    PlacementNotice reference(provider_urn, notice_id) key(provider_urn, start_date, kind) {
        /// The provider's own reference of the notice.
        notice_id: Box<str>,
        /// What it tells.
        kind: NoticeKind,
        /// The provider's number at whoever registers it.
        provider_urn: Box<str>,
        /// The provider's pseudonym of the household, home or setting.
        carer_ref: Box<str>,
        /// When the placement began.
        start_date: Date,
        /// When it ended.
        end_date: Date,
        /// When it was true; a day alone is its first moment.
        as_at: DateTime,
    }
    rarely
    /// What a notice tells beside dates.
    PlacementNoticeMore {
        /// Kind of provision.
        provision: Provision,
        /// Kind of placement.
        placement_type: VacancyPlacementType,
        /// Whether the beginning or the end was planned.
        planned: bool,
        /// Who ended it.
        ended_by: PlacementEndedBy,
        /// When notice was given.
        notice_given_date: Date,
        /// Why it ended.
        end_reason: PlacementEndReason,
        /// Where the child goes.
        next: PlacementNext,
        /// Postcode of the home.
        placement_postcode: Postcode,
        /// Whether the home is where it was asked for.
        location_preferred: bool,
        /// Whether education goes on as it was.
        education_continuous: bool,
        /// How many brothers and sisters live there too.
        siblings_together: Number<20>,
        /// Who recorded it at the authority.
        recorded_by: DecidedBy,
    }

    /// What a placement costs (6), as a notice tells it: who takes the notice back takes back its cost.
    PlacementCost reference(provider_urn, notice_id) key(provider_urn, start_date, cost_from) {
        /// The provider's own reference of the notice that tells it.
        notice_id: Box<str>,
        /// The provider's number at whoever registers it.
        provider_urn: Box<str>,
        /// When the placement began.
        start_date: Date,
        /// From when the cost holds.
        cost_from: Date,
        /// All of it, without value added tax.
        total: Pence,
        /// When it was true; a day alone is its first moment.
        as_at: DateTime,
    }
    rarely
    /// What a cost is made of.
    PlacementCostMore {
        /// Care.
        core: Pence,
        /// Additional support.
        support: Pence,
        /// Education.
        education: Pence,
        /// Anything else.
        other: Pence,
        /// What others pay of it.
        contributions: CostContributions,
        /// The framework.
        framework: Box<str>,
        /// Price band of the framework.
        lot: Box<str>,
        /// How it is paid for.
        contract: PlacementContract,
        /// Who recorded it at the authority.
        recorded_by: DecidedBy,
    }
}
