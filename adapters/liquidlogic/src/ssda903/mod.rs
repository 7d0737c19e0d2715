//! The SSDA903: the yearly return on children looked after, as twelve CSV modules.

mod child;
pub mod decode;
pub mod derive;
pub mod encode;
pub mod integrity;
pub mod modules;
pub mod outcomes;
pub mod row_rules;
pub mod rules;
pub mod tables;
pub mod wire;
