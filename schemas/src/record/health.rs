//! Statements about a child's health (record, sections 5.17 and 5.18).

use crate::{
    code::{Derivation, SdqRater, SdqReason},
    date::{CollectionYear, Date},
    record::declare::{shape, statements},
    reflect::Number,
};

shape! {
    /// The sub-scores of a Strengths and Difficulties Questionnaire, 0 to 10 each.
    SdqSubscores {
        /// Emotional problems.
        emotional: Number<10>,
        /// Conduct problems.
        conduct: Number<10>,
        /// Hyperactivity.
        hyperactivity: Number<10>,
        /// Peer problems.
        peer: Number<10>,
        /// Prosocial behaviour.
        prosocial: Number<10>,
        /// Impact.
        impact: Number<10>,
    }
}

statements! {
    Child:
    /// Health and outcomes of the year as the return states them (5.17, OC2).
    AnnualHealth key(year) {
        /// The collection year.
        year: CollectionYear [required],
        /// Convicted or subject to a final warning in the year.
        convicted: bool,
        /// Developmental checks of a child under five up to date.
        health_check: bool,
        /// Immunisations up to date.
        immunisations: bool,
        /// The day that the immunisation status is for.
        immunisations_as_at: Date,
        /// Teeth checked by a dentist.
        teeth_check: bool,
        /// Annual health assessment held.
        health_assessment: bool,
        /// A substance misuse problem was identified.
        substance_misuse: bool,
        /// Help for it was received.
        intervention_received: bool,
        /// Help for it was offered.
        intervention_offered: bool,
        /// Stated by the source, or derived from others.
        derivation: Derivation,
    }

    /// A Strengths and Difficulties Questionnaire, or why there is none (5.18).
    SdqScore key(completed_date, year) {
        /// Total difficulties score.
        score: Number<40>,
        /// Why there is no score.
        reason: SdqReason,
        /// Date completed.
        completed_date: Date,
        /// The collection year, where no date is known.
        year: CollectionYear,
        /// Who filled it in.
        rater: SdqRater,
        /// Its parts.
        subscores: SdqSubscores,
    }
}
