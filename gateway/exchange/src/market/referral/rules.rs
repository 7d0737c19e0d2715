//! The rules of referrals and offers (ifa-formats, section 11).

use schemas::diagnostic::{Rule, Severity};

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $rule:ident $code:literal $severity:ident $message:literal $help:literal $source:literal;)+) => {
        $($(#[doc = $doc])+
        pub static $rule: Rule = Rule {
            code: concat!("ifa/", $code),
            severity: Severity::$severity,
            message: $message,
            help: $help,
            source: concat!("IFA formats, section ", $source),
        };)+

        /// Every rule of this file.
        pub static RULES: &[&Rule] = &[$(&$rule),+];
    };
}

rules! {
    /// A text that tells who a child is.
    TEXT_IDENTIFIES "text-identifies" Error
        "A text for providers holds a name, a date, a number, a place or a school by which this child is known: nothing was sent out"
        "Take it out of the text that is named, and send the request again." "5";
    /// What few children have in common was left away.
    SMALL_NUMBER "small-number" Loss
        "Fewer than six children of the authority are alike in this: language, UASC or ethnic group were left away"
        "Nothing. Say what a home must know once an offer is close." "5";
    /// Nobody knows how many children are alike.
    SMALL_NUMBER_UNKNOWN "small-number-unknown" Error
        "Nobody can count how many children of the authority are like this one: nothing was sent out"
        "Withhold languages, uasc and ethnicGroup, or send the authority's return first." "5";
    /// An act without a person.
    NO_PERSON "no-person" Error
        "This act needs a person who answers for it"
        "Say in `by` the name and the role of whoever decides: they stay in the audit and are never sent on." "4.2";
    /// The authority's own carers are not asked first.
    IN_HOUSE_FIRST "in-house-first" Error
        "The first wave does not ask the authority's own carers"
        "Put a wave to in-house first, or say in inHouseSkipped why it is left out." "4.2";
    /// A wave that asks nobody that is known.
    WAVE_UNKNOWN "wave-unknown" Error
        "A wave asks somebody who is not known here"
        "Name in-house, tier:1, framework:ID with a configured framework, or urn: with a provider's URN; there is no wave to all." "4.2";
    /// An offer on no referral.
    OFFER_REFERRAL_UNKNOWN "offer-referral-unknown" Error
        "There is no such referral for you"
        "Check the reference; it is only known to providers that were asked." "6.1";
    /// An offer on a closed referral.
    OFFER_REFERRAL_CLOSED "offer-referral-closed" Error
        "This referral takes no offers any more"
        "Nothing: it was withdrawn, matched or closed." "6.1";
    /// An offer after the deadline.
    OFFER_LATE "offer-late" Error
        "The deadline of this referral has passed"
        "Call the team that the referral names, if your offer still matters." "6.1";
    /// An offer for more children than places.
    OFFER_OVER_PLACES "offer-over-places" Error
        "This offer is for more children than the vacancy has places available"
        "Check the children, or the vacancy." "6.1";
    /// An offer for a child that the referral does not have.
    OFFER_CHILDREN "offer-children" Error
        "This offer is for a child that the referral does not have"
        "Name the children by their childNo, as the referral has them." "6.1";
    /// An offer that has run out before it was made.
    OFFER_OVER "offer-over" Error
        "This offer holds until a moment that has passed"
        "Fill in validUntil with a moment to come." "6.1";
    /// A vacancy that is not the provider's, or not there.
    OFFER_VACANCY "offer-vacancy" Error
        "There is no such vacancy of this provider"
        "Check vacancyId and providerUrn, or leave vacancyId out and name the home by carerRef." "6.1";
    /// A notice of a child whom the sender did not take in.
    NOTICE_NOT_RELEASED "notice-not-released" Error
        "No offer of yours was accepted for this child, or it no longer holds: what this row tells is not taken in"
        "Check the reference and the URN; call the authority's team if the child lives in your home." "6.2";
    /// A provider without registration.
    REGISTRATION_NOT_ACTIVE "registration-not-active" Error
        "The register shows this provider suspended, cancelled or resigned, or does not list it: its offers cannot be accepted"
        "Call the provider; once the register shows it as active, accept the offer." "4.1";
    /// A home of which the child cannot read.
    PROFILE_MISSING "profile-missing" Warning
        "There is nothing that the child could read about this home"
        "Ask the agency for it: a child should not move to strangers." "9";
}
