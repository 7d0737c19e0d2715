//! Partners: how they are configured, recognised, limited, and given tokens.

mod called;
mod configured;
mod limited;
pub(crate) mod support;
mod tokens;
