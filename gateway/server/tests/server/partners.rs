//! Partners: how they are configured, recognised, limited, and given tokens.

mod called;
mod configured;
mod limited;
mod support;
mod tokens;
