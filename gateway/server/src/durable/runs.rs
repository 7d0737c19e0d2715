//! The runs of schedules: for each target that gets whole files, one is made when the route's schedule says so.
//!
//! **When.** A run is due when the schedule has one after the last that was made; for a target that is new, after it was
//! first seen. Whatever kept it from being made (the gateway was down, nobody had approved, the recipient was switched
//! off), one file is made as soon as it can be, as at that day. Besides, one is made at once when it was asked for:
//! because what protects a child has changed who may stand in the last, or because the last could not go as it was.
//! **Again.** A run makes a file whatever changed: a recipient of whole files tells a quiet day from a broken gateway by it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use store::delivery::Target;
use store::whole::{Run, RunChange};
use store::{Batch, Micros};
use tokio::task::spawn_blocking;
use tokio::time::Instant;

use super::Durable;
use super::alerts::Kind;
use super::approve::Approved;
use super::commit::kept;
use super::moment::now;
use super::schedule::next_run;
use super::way::Way;
use super::whole_file::{Made, NotMade};
use crate::config::Config;
use crate::standing::Current;

/// Between two looks at what is due.
const ROUND: Duration = Duration::from_secs(1);

/// A run that the store or a fault of ours kept from being made is tried again after these.
const AGAIN_SOON: Duration = Duration::from_secs(60);
const AGAIN: Duration = Duration::from_secs(600);

/// Makes what is due until nothing more is to be begun.
pub(crate) async fn run_schedules(current: Current) {
    let mut left_alone: HashMap<Target, Instant> = HashMap::new();
    while let Some(durable) = current.durable().filter(|durable| !durable.is_stopping()) {
        let ways: Vec<Arc<Way>> =
            durable.ways.all().filter(|way| way.is_by_schedule() && way.is_open()).cloned().collect();
        left_alone.retain(|_, until| Instant::now() < *until);
        for (way, run) in due(&durable, ways).await {
            if !durable.is_stopping()
                && !left_alone.contains_key(&way.key)
                && let Some(wait) = make(&durable, &way, &run).await
            {
                left_alone.insert(way.key.clone(), Instant::now() + wait);
            }
        }
        drop(durable);
        tokio::time::sleep(ROUND).await;
    }
}

/// The ways for which a file is due. Those that are new are known from now on.
async fn due(durable: &Arc<Durable>, ways: Vec<Arc<Way>>) -> Vec<(Arc<Way>, Run)> {
    if ways.is_empty() {
        return Vec::new();
    }
    let shared = durable.clone();
    let read = durable.read(move |store| Ok((store.runs()?, Approved::of(&shared)?))).await;
    let Ok((runs, approved)) = read else {
        tracing::error!("the store cannot say which runs are due");
        return Vec::new();
    };
    let at = now();
    let (mut due, mut changes) = (Vec::new(), Vec::new());
    for way in ways {
        let Some(run) = runs.iter().find(|run| run.target == way.key) else {
            changes.push(RunChange::Known(way.key.clone(), at));
            continue;
        };
        if run.made > at {
            // The clock was set back: without this nothing would run until it is there again.
            changes.push(RunChange::Made { target: way.key.clone(), at, answered: run.answered });
        }
        if is_due(run, &way, &durable.config, at) && approved.holds(&way) {
            due.push((way, run.clone()));
        }
    }
    if !changes.is_empty() {
        note(durable, changes).await;
    }
    due
}

fn is_due(run: &Run, way: &Way, config: &Config, at: Micros) -> bool {
    let scheduled = way.route.schedule.as_ref().is_some_and(|schedule| {
        let next = next_run(schedule, &config.timezone, &config.pep.calendar, run.made);
        next > run.made && next <= at
    });
    run.is_asked_for() || scheduled
}

/// Makes a file, and tells what came of it; how long to leave it alone when it could not be made.
async fn make(durable: &Arc<Durable>, way: &Arc<Way>, run: &Run) -> Option<Duration> {
    let (shared, its_way, answered) = (durable.clone(), way.clone(), run.asked);
    let made = spawn_blocking(move || shared.make_whole_file(&its_way, answered)).await;
    let (route, recipient) = (&way.route.name, &way.target.partner);
    match made {
        Ok(Ok(Made::File(children))) => {
            tracing::info!(%route, %recipient, children, "a whole file was made");
            durable.wake_courier();
            None
        }
        Ok(Ok(Made::Nothing)) => {
            tracing::warn!(%route, %recipient, "no whole file was made: the sender has said nothing of anybody yet");
            None
        }
        Ok(Err(NotMade::Stopped)) => None,
        Ok(Err(NotMade::TooLarge)) => {
            tracing::error!(%route, %recipient, "a whole file is larger than message_bytes_max, and was not made");
            durable.raise(Kind::WholeFile, format!("target:{}", way.key)).await;
            note(durable, vec![RunChange::Made { target: way.key.clone(), at: now(), answered }]).await;
            None
        }
        Ok(Err(NotMade::Store(fault))) => {
            tracing::error!(%route, %recipient, %fault, "a whole file could not be made");
            Some(AGAIN_SOON)
        }
        Err(_) => {
            // It panicked: our fault, and it would do so again.
            tracing::error!(%route, %recipient, "making a whole file panicked");
            durable.raise(Kind::WholeFile, format!("target:{}", way.key)).await;
            Some(AGAIN)
        }
    }
}

async fn note(durable: &Durable, runs: Vec<RunChange>) {
    if !matches!(kept(|done| durable.store.keep(Batch { runs, ..Batch::default() }, done)).await, Ok(Ok(_))) {
        tracing::error!("when whole files are made could not be noted");
    }
}
