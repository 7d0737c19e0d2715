//! `homeward synth`: a whole synthetic authority that agrees with itself.

use std::io;

use exchange::pipeline::Output;
use kit::adapter::Parts;
use schemas::{date::CollectionYear, identifier::LaCode};

use crate::{
    arguments::SynthArguments,
    commands::describe::year,
    failure::{Ended, Failure, Outcome},
    output::{Target, cannot_write},
    reading,
    synth::{self, Order},
    terminal::{self, Terminal},
};

pub(crate) fn run(arguments: &SynthArguments, terminal: &Terminal) -> Outcome {
    terminal::heed_interrupts();
    let authority = LaCode::read(arguments.authority.as_bytes())
        .ok_or_else(|| Failure::new("--authority is not a code", "the three-digit code of an authority, as in 330"))?;
    let year = match year(arguments.year.as_deref())? {
        Some(year) => year,
        None => last_full_year()?,
    };
    let mut target = Target::open(Some(&arguments.output), Parts::Named)?;
    let order = Order { children: arguments.children, seed: arguments.seed, faults: arguments.faults, year, authority };
    let mut write = |file: &str, bytes: &[u8]| {
        if terminal::interrupted() { Err(io::ErrorKind::Interrupted.into()) } else { target.write(file, bytes) }
    };
    let made = synth::write(&order, &mut write);
    if terminal::interrupted() {
        return Err(Failure::new("interrupted", "nothing was written"));
    }
    let made = made.map_err(cannot_make)?;
    target.finish()?;
    terminal.note(&format!(
        "note: {} children in {} rows, collection year {year}, {} faults planted",
        made.children,
        made.rows,
        made.planted.len()
    ));
    Ok(Ended::Well)
}

/// Why an authority was not made: an order that cannot be filled, or the output.
pub(crate) fn cannot_make(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::InvalidInput => {
            Failure::new(error.to_string(), "give another number with --children or --faults")
        }
        _ => cannot_write(error),
    }
}

/// The collection year that ended last.
pub(crate) fn last_full_year() -> Result<CollectionYear, Failure> {
    let today = reading::today()?;
    let ended = CollectionYear::of(today).and_then(|current| CollectionYear::new(current.number() - 1));
    ended.ok_or_else(|| Failure::new("the clock shows a year without a return", "give --year"))
}
