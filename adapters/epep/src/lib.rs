//! What a virtual school sends and takes: personal education plans, attendance, and what children say.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod ctf;
pub mod identity;

use kit::adapter::Adapter;

/// The adapter.
pub static ADAPTER: Adapter = Adapter {
    name: "epep",
    summary: "A virtual school: personal education plans, attendance, suspensions, and what children say",
    formats: &[&ctf::CTF_XML],
};
