//! Asking a stopped gateway: its store is read on its own machine, and everything else waits until it runs.

use std::path::Path;

use server::{
    AnswerAtRest, AtRest, StartFault,
    outbound::client::{Ask, Deed},
};
use store::sqlite::OpenFault;

use super::{Asked, Came, is_success, problem::Problem};
use crate::{failure::Failure, reading::load_config};

/// Opens the store of a configuration.
pub(super) fn open(file: &Path) -> Result<AtRest, Failure> {
    AtRest::open(load_config(file)?).map_err(|fault| match fault {
        StartFault::NoStore => Failure::new(fault.to_string(), "give the configuration of a gateway with one"),
        StartFault::Store(OpenFault::InUse) => Failure::new(
            "a gateway runs on this store",
            "ask it: give --certificate-file and --key-file, or --api-key-file, beside --config",
        ),
        StartFault::Store(OpenFault::Missing) => Failure::new(
            "there is no store in the folder that the configuration names",
            "a gateway makes it when it starts for the first time",
        ),
        fault => unreadable(fault.to_string()),
    })
}

fn unreadable(help: impl Into<String>) -> Failure {
    Failure::new("the store cannot be read", help)
}

/// Why a stopped gateway does not do it.
pub(super) fn only_running() -> Failure {
    Failure::new(
        "only a running gateway does this: it tells its audit chain who did what",
        "start it with `homeward serve --config FILE`, and give --certificate-file and --key-file, or --api-key-file",
    )
}

/// Asks for something that is read and not done.
pub(super) fn came(store: &AtRest, ask: &Ask<'_>) -> Asked<Came> {
    let accept = ask.headers.iter().find(|(name, _)| *name == "accept").map_or("*/*", |(_, value)| value);
    let answer = if matches!(ask.deed, Deed::Read) { store.get(ask.path, ask.query, accept) } else { None };
    let answer: AnswerAtRest = answer.ok_or_else(only_running)?;
    if answer.status >= 500 {
        return Err(unreadable("`homeward audit verify` says whether its chain is whole; a copy may be").into());
    }
    if !is_success(answer.status) {
        return Err(Problem::read(answer.status, answer.body, None).stops());
    }
    let header = |name: &str| answer.header(name).map(str::to_owned);
    Ok(Came {
        etag: header("etag"),
        replayed: false,
        media_type: header("content-type"),
        next: header("link"),
        body: answer.body,
    })
}
