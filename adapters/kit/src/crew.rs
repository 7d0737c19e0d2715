//! Workers who share numbered chunks of work, and one joiner who takes their results in order.
//!
//! Limits: no worker is further ahead of the joiner than a window, so that memory does not grow with the document.
//! The joiner is the calling thread. When it wants no more, or anybody panics, every worker leaves after its chunk.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    ops::ControlFlow,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// How many chunks may lie finished or half finished besides one for each worker.
const WAITING_CHUNKS_MAX: usize = 2;

/// Runs `work` on every chunk, each worker with a state of its own, and `join` on the results in the order of chunks.
///
/// `halt` is raised as soon as no more results are wanted; `work` may look at it to end sooner. Bundles are used again.
pub fn in_order<S, B: Send>(
    (chunks, workers): (usize, NonZeroUsize),
    halt: &AtomicBool,
    hire: impl Fn() -> S + Sync,
    bundle: impl Fn() -> B + Sync,
    work: impl Fn(&mut S, usize, &mut B) + Sync,
    mut join: impl FnMut(&mut B) -> ControlFlow<()>,
) {
    let workers = workers.get().min(chunks);
    if workers <= 1 {
        let (mut state, mut bundle) = (hire(), bundle());
        for chunk in 0..chunks {
            work(&mut state, chunk, &mut bundle);
            if join(&mut bundle).is_break() {
                halt.store(true, Ordering::Relaxed);
                return;
            }
        }
        return;
    }
    let desk = Desk {
        chunks,
        window: workers + WAITING_CHUNKS_MAX,
        halt,
        papers: Mutex::new(Papers { next: 0, joined: 0, ready: BTreeMap::new(), spare: Vec::new() }),
        moved: Condvar::new(),
    };
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let _leaving = HaltOnPanic(&desk);
                let mut state = hire();
                while let Some((chunk, spare)) = desk.take() {
                    let mut bundle = spare.unwrap_or_else(&bundle);
                    work(&mut state, chunk, &mut bundle);
                    desk.give(chunk, bundle);
                }
            });
        }
        let _leaving = HaltOnPanic(&desk);
        for chunk in 0..chunks {
            let Some(mut bundle) = desk.collect(chunk) else { return };
            if join(&mut bundle).is_break() {
                desk.halt();
                return;
            }
            desk.joined(bundle);
        }
    });
}

struct Desk<'d, B> {
    chunks: usize,
    window: usize,
    halt: &'d AtomicBool,
    papers: Mutex<Papers<B>>,
    moved: Condvar,
}

struct Papers<B> {
    next: usize,
    joined: usize,
    ready: BTreeMap<usize, B>,
    spare: Vec<B>,
}

impl<B> Desk<'_, B> {
    /// The next chunk for a worker, once the joiner is near enough; `None` when there is no more to do.
    fn take(&self) -> Option<(usize, Option<B>)> {
        let mut papers = self.papers();
        loop {
            if self.is_halted() || papers.next >= self.chunks {
                return None;
            }
            if papers.next < papers.joined + self.window {
                papers.next += 1;
                return Some((papers.next - 1, papers.spare.pop()));
            }
            papers = self.wait(papers);
        }
    }

    fn give(&self, chunk: usize, bundle: B) {
        self.papers().ready.insert(chunk, bundle);
        self.moved.notify_all();
    }

    /// The result of a chunk; `None` when the worker who had it will not bring it.
    fn collect(&self, chunk: usize) -> Option<B> {
        let mut papers = self.papers();
        loop {
            if let Some(bundle) = papers.ready.remove(&chunk) {
                return Some(bundle);
            }
            if self.is_halted() {
                return None;
            }
            papers = self.wait(papers);
        }
    }

    fn joined(&self, bundle: B) {
        let mut papers = self.papers();
        papers.joined += 1;
        papers.spare.push(bundle);
        drop(papers);
        self.moved.notify_all();
    }

    /// Raised under the lock, so that nobody misses it between looking and waiting.
    fn halt(&self) {
        let papers = self.papers();
        self.halt.store(true, Ordering::Relaxed);
        drop(papers);
        self.moved.notify_all();
    }

    fn is_halted(&self) -> bool {
        self.halt.load(Ordering::Relaxed)
    }

    fn papers(&self) -> MutexGuard<'_, Papers<B>> {
        self.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'g>(&self, papers: MutexGuard<'g, Papers<B>>) -> MutexGuard<'g, Papers<B>> {
        self.moved.wait(papers).unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends everybody home when whoever holds it panics: nobody is to wait for what will not come.
struct HaltOnPanic<'d, 'h, B>(&'d Desk<'h, B>);

impl<B> Drop for HaltOnPanic<'_, '_, B> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.halt();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn workers(number: usize) -> NonZeroUsize {
        NonZeroUsize::new(number).unwrap()
    }

    #[test]
    fn results_come_in_order_and_nobody_runs_far_ahead() {
        for number in [1, 2, 5, 50] {
            let (halt, joined, furthest) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
            let mut seen = Vec::new();
            in_order(
                (200, workers(number)),
                &halt,
                || (),
                || 0,
                |(), chunk, result| {
                    furthest.fetch_max(chunk.saturating_sub(joined.load(Ordering::SeqCst)), Ordering::SeqCst);
                    if chunk % 7 == 0 {
                        thread::yield_now();
                    }
                    *result = chunk;
                },
                |result| {
                    seen.push(*result);
                    joined.fetch_add(1, Ordering::SeqCst);
                    ControlFlow::Continue(())
                },
            );
            assert!(seen.iter().copied().eq(0..200), "{number} workers");
            assert!(furthest.into_inner() <= number + WAITING_CHUNKS_MAX);
        }
    }

    #[test]
    fn after_a_break_nothing_more_is_joined_and_the_workers_leave() {
        for number in [1, 3] {
            let (halt, worked) = (AtomicBool::new(false), AtomicUsize::new(0));
            let mut joined = 0;
            in_order(
                (10_000, workers(number)),
                &halt,
                || (),
                || (),
                |(), _, ()| {
                    worked.fetch_add(1, Ordering::SeqCst);
                },
                |()| {
                    joined += 1;
                    if joined == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                },
            );
            assert_eq!(joined, 3);
            assert!(halt.into_inner());
            assert!(worked.into_inner() <= 3 + number + WAITING_CHUNKS_MAX);
        }
    }

    #[test]
    fn nothing_to_do_is_done_at_once() {
        let halt = AtomicBool::new(false);
        in_order((0, workers(4)), &halt, || (), || (), |(), _, ()| unreachable!(), |()| unreachable!());
    }

    #[test]
    fn a_panic_of_a_worker_reaches_the_caller_and_hangs_nobody() {
        let ended = std::panic::catch_unwind(|| {
            let halt = AtomicBool::new(false);
            in_order(
                (100, workers(3)),
                &halt,
                || (),
                || (),
                |(), chunk, ()| assert_ne!(chunk, 10),
                |()| ControlFlow::Continue(()),
            );
        });
        assert!(ended.is_err());
    }

    #[test]
    fn a_panic_of_the_joiner_hangs_nobody() {
        let ended = std::panic::catch_unwind(|| {
            let halt = AtomicBool::new(false);
            in_order((100, workers(3)), &halt, || (), || (), |(), _, ()| (), |()| panic!("on purpose"));
        });
        assert!(ended.is_err());
    }
}
