//! The statement of how a provider did under a framework (record, section 6; ifa-formats, section 7).

use crate::{
    code::CountedBy,
    date::{Date, DateTime},
    decimal::Decimal,
    identifier::LaCode,
    record::declare::{shape, statements},
    reflect::Number,
};

shape! {
    /// Requests and what came of them, in a quarter.
    ReturnOffers {
        /// Requests that were received.
        referrals_received: Number<9999>,
        /// Offers that were made.
        offers_made: Number<9999>,
        /// Offers made before the deadline.
        offers_in_deadline: Number<9999>,
        /// Answers without an offer.
        no_offer_replies: Number<9999>,
        /// Hours from request to offer, the median.
        median_hours_to_offer: Decimal,
    }
    /// Placements that began and ended, in a quarter.
    ReturnPlacements {
        /// Began.
        started: Number<9999>,
        /// Ended.
        ended: Number<9999>,
        /// Ended as planned.
        planned_endings: Number<9999>,
        /// Ended unplanned by the provider.
        unplanned_by_provider: Number<9999>,
        /// Ended unplanned by the authority.
        unplanned_by_authority: Number<9999>,
        /// Ended unplanned by others.
        unplanned_by_others: Number<9999>,
        /// Notices that were given.
        notices_given: Number<9999>,
        /// Days of notice, the mean.
        mean_notice_days: Decimal,
        /// Children placed at the end of the quarter.
        children_at_end: Number<9999>,
        /// Of these, in the same home for twelve months.
        stable_twelve_months: Number<9999>,
    }
    /// Households and places at the end of a quarter.
    ReturnPlaces {
        /// Households.
        households: Number<9999>,
        /// Approved.
        approved: Number<9999>,
        /// Lived in.
        filled: Number<9999>,
        /// Free.
        vacant: Number<9999>,
        /// Free, and not to be filled.
        not_available: Number<9999>,
    }
    /// Carers, in a quarter.
    ReturnCarers {
        /// Approved.
        approved: Number<9999>,
        /// Left.
        left: Number<9999>,
    }
    /// Reports of outcomes, in a quarter.
    ReturnOutcomes {
        /// Reports that were due.
        reports_due: Number<9999>,
        /// Reports that were sent.
        reports_sent: Number<9999>,
        /// Objectives that were met, in per cent.
        objectives_met_percent: Number<100>,
    }
    /// What was complained of, in a quarter.
    ReturnConcerns {
        /// Complaints.
        complaints: Number<9999>,
        /// Complaints that were upheld.
        complaints_upheld: Number<9999>,
        /// Allegations.
        allegations: Number<9999>,
    }
}

statements! {
    Place:
    /// How a provider did under a framework in a quarter (6).
    FrameworkReturn key(framework, lot, authority, period_start, period_end, counted_by) {
        /// The framework.
        framework: Box<str>,
        /// The lot of it.
        lot: Box<str>,
        /// For which authority; without it, for all.
        authority: LaCode,
        /// First day of the quarter.
        period_start: Date,
        /// Last day of the quarter.
        period_end: Date,
        /// Who counted.
        counted_by: CountedBy,
        /// When it was true; a day alone is its first moment.
        as_at: DateTime,
    }
    rarely
    /// The figures of a return.
    FrameworkReturnMore {
        /// Requests and offers.
        offers: ReturnOffers,
        /// Placements.
        placements: ReturnPlacements,
        /// Places.
        places: ReturnPlaces,
        /// Carers.
        carers: ReturnCarers,
        /// Outcomes.
        outcomes: ReturnOutcomes,
        /// Complaints and allegations.
        concerns: ReturnConcerns,
    }
}
