//! The search for a home: what providers are told of a child, whom they are, and what they answer (ifa-formats, sections
//! 4.2, 4.3 and 5).
//!
//! Nothing here knows who the child is once a referral is made: the texts are looked through before, and what could
//! single a child out is left away.

pub mod alike;
pub mod issue;
pub mod known;
pub mod offer;
pub mod rules;
pub mod wave;
