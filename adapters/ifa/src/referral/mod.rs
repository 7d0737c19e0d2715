//! Referrals and offers in JSON: what an authority asks providers for, and what they answer (IFA formats, sections 5, 6.1).
//!
//! Format: one document a referral or an offer; several may come in an array, or one a line. Of a child nothing stands in
//! them but the random name of the search.

pub mod form;
mod open;
pub mod tables;
pub mod wire;
mod write;

use kit::{
    adapter::{DeclaredLoss, Format, Parts},
    json::rules as json_rules,
};

use crate::{
    referral::{
        form::{OfferForm, ReferralForm},
        open::OpenForm,
        tables::{ANSWER, CHILD, EXTRA, OFFER, REFERRAL, WAVE},
        write::WriteForm,
    },
    rules,
};

/// Requests for a home.
pub static REFERRAL_JSON: Format = Format {
    name: "referral-json",
    summary: "An anonymous request for a home, as an authority sends it to providers; one document a referral",
    media_types: &["application/json"],
    extensions: &["json"],
    parts: Parts::EachChild,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[&REFERRAL, &WAVE, &CHILD],
    rules: &[json_rules::ALL, rules::CELLS, rules::REFERRALS, rules::WRITING],
    settings: &[],
    losses: NO_LOSSES,
    together: &["Referral"],
    decode: Some(&OpenForm::<ReferralForm>::NEW),
    encode: Some(&WriteForm::<ReferralForm>::NEW),
};

/// Answers to them.
pub static OFFER_JSON: Format = Format {
    name: "offer-json",
    summary: "A provider's answer to a request for a home; one document an offer",
    media_types: &["application/json"],
    extensions: &["json"],
    parts: Parts::EachChild,
    needs_year: false,
    needs_authority: false,
    case_management: false,
    tables: &[&OFFER, &EXTRA, &ANSWER],
    rules: &[json_rules::ALL, rules::CELLS, rules::OFFERS, rules::WRITING],
    settings: &[],
    losses: NO_LOSSES,
    together: &["Offer"],
    decode: Some(&OpenForm::<OfferForm>::NEW),
    encode: Some(&WriteForm::<OfferForm>::NEW),
};

static NO_LOSSES: &[DeclaredLoss] = &[];
