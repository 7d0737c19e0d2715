//! `homeward synth`: a whole synthetic authority that agrees with itself, or a region of agencies and their homes.

use std::io;

use exchange::pipeline::{Output, Watch as _};
use kit::adapter::Parts;
use schemas::{
    date::{CollectionYear, Date},
    identifier::LaCode,
};

use crate::{
    arguments::{RegionArguments, SynthArguments},
    commands::describe::year,
    failure::{Ended, Failure, Outcome},
    output::{Target, cannot_write},
    reading,
    synth::{self, Order, region},
    terminal::{self, Terminal},
};

pub(crate) fn run(arguments: &SynthArguments, terminal: &Terminal) -> Outcome {
    terminal::heed_interrupts();
    if arguments.region {
        return region(arguments, terminal);
    }
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

/// Makes a region.
fn region(arguments: &SynthArguments, terminal: &Terminal) -> Outcome {
    let RegionArguments { authorities, agencies, carers, referrals, as_at } = &arguments.market;
    let as_at = match as_at {
        Some(text) => Date::parse_iso(text.as_bytes())
            .ok_or_else(|| Failure::new("--as-at is not a day", "write it YYYY-MM-DD, as in 2026-01-12"))?,
        None => reading::today()?,
    };
    let order = region::Order {
        authorities: *authorities,
        agencies: *agencies,
        carers: *carers,
        referrals: *referrals,
        seed: arguments.seed,
        as_at,
    };
    // One file after another, so that a region of many agencies holds no file open but the last.
    let mut target = Target::open(Some(&arguments.output), Parts::EachChild)?;
    let mut write = |file: &str, bytes: &[u8]| {
        if terminal::interrupted() { Err(io::ErrorKind::Interrupted.into()) } else { target.write(file, bytes) }
    };
    let progress = terminal.progress_of("agencies");
    let made = region::write(&order, &mut write, &|done| progress.done(u64::from(done), u64::from(*agencies)));
    drop(progress);
    if terminal::interrupted() {
        return Err(Failure::new("interrupted", "nothing was written"));
    }
    let made = made.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => Failure::new(
            error.to_string(),
            "give other numbers with --authorities, --agencies, --carers and --referrals",
        ),
        _ => cannot_write(error),
    })?;
    target.finish()?;
    terminal.note(&format!(
        "note: {} homes of {agencies} agencies and {authorities} authorities, {} said again on {as_at}; {} searches with \
         {} answers; README.md says how to stand the market up",
        made.homes, made.changes, made.referrals, made.offers
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
