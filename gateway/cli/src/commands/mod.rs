//! One file a command.

pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod convert;
pub(crate) mod deliveries;
pub(crate) mod demo;
pub(crate) mod describe;
pub(crate) mod dialect;
pub(crate) mod flows;
pub(crate) mod formats;
pub(crate) mod identity;
pub(crate) mod messages;
pub(crate) mod partner;
pub(crate) mod route;
pub(crate) mod serve;
pub(crate) mod synth;
pub(crate) mod template;
pub(crate) mod translate;
