//! Partners: how they are configured, recognised, limited, and given tokens.

mod configured;
