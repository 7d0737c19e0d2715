//! `homeward synth`: a whole synthetic authority that agrees with itself.

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
    terminal::Terminal,
};

pub(crate) fn run(arguments: &SynthArguments, terminal: &Terminal) -> Outcome {
    let authority = LaCode::read(arguments.authority.as_bytes())
        .ok_or_else(|| Failure::new("--authority is not a code", "the three-digit code of an authority, as in 330"))?;
    let year = match year(arguments.year.as_deref())? {
        Some(year) => year,
        None => last_full_year()?,
    };
    let mut target = Target::open(Some(&arguments.output), Parts::Named)?;
    let order = Order { children: arguments.children, seed: arguments.seed, faults: arguments.faults, year, authority };
    let made = synth::write(&order, &mut |file, bytes| target.write(file, bytes)).map_err(cannot_write)?;
    target.finish()?;
    terminal.note(&format!(
        "note: {} children in {} rows, collection year {year}, {} faults planted",
        made.children,
        made.rows,
        made.planted.len()
    ));
    Ok(Ended::Well)
}

/// The collection year that ended last.
pub(crate) fn last_full_year() -> Result<CollectionYear, Failure> {
    let today = reading::today()?;
    let ended = CollectionYear::of(today).and_then(|current| CollectionYear::new(current.number() - 1));
    ended.ok_or_else(|| Failure::new("the clock shows a year without a return", "give --year"))
}
