//! The place market, remembered: homes that agencies offer, kept before they are answered, searched without waiting.
//!
//! Limits: those of the bodies that bring homes; everything that is offered stands in memory. A home is written by one
//! writer of its provider at a time, kept on stable storage with its audit line, and only then shown. Whoever searches
//! does so in what stood when it began. Operations: [`Durable::load_market`] at the start, [`Durable::offer`] for
//! everything that agencies say, [`Durable::review_market`] when days go by or the configuration is another, [`Durable::remind_agencies`] as working
//! days go by without a check, [`Durable::look_at_ratings`] when the register is another.

pub(crate) mod around;
mod body;
pub(crate) mod offering;
pub(crate) mod photos;
mod ratings;
pub(crate) mod referrals;
mod reminding;
pub(crate) mod review;
pub(crate) mod shelf;
