//! Work shared out to threads: items in their order, each to the next thread that is free.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use rayon::ThreadPoolBuilder;

use crate::error::ArrowError;

/// How long the caller is left without a look at whether it wants to stop.
const LOOK: Duration = Duration::from_millis(100);

/// Threads to use: as many as asked for, else as the machine has for us, and no more than items.
pub(crate) fn threads(asked: Option<usize>, items: usize) -> usize {
    let all = || std::thread::available_parallelism().map_or(1, usize::from);
    asked.unwrap_or_else(all).min(items).max(1)
}

/// Does `work` on each item, with a state of its own on each thread, and gives the states.
///
/// The pool is private and made for the call: nothing is left behind for a process that forks.
/// `work` gives the rows done; their sum goes to `progress` on the calling thread, which may stop.
///
/// # Errors
/// The first error in the order of items, whatever the threads; [`ArrowError::Interrupted`].
pub(crate) fn share<I: Sync, S: Send>(
    asked: Option<usize>,
    items: &[I],
    start: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &I) -> Result<u64, ArrowError> + Sync,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Vec<S>, ArrowError> {
    let threads = threads(asked, items.len());
    let mut done = 0u64;
    let pool = if threads == 1 { None } else { ThreadPoolBuilder::new().num_threads(threads).build().ok() };
    let Some(pool) = pool else {
        let mut state = start();
        for item in items {
            done = done.saturating_add(work(&mut state, item)?);
            if progress(done).is_break() {
                return Err(ArrowError::Interrupted);
            }
        }
        return Ok(vec![state]);
    };
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (mut states, mut failed, mut interrupted) = (Vec::new(), None, false);
    pool.in_place_scope(|scope| {
        let (told, tell) = channel();
        let (end, ended) = channel();
        for _ in 0..threads {
            let (told, end) = (told.clone(), end.clone());
            let (start, work, next, stop) = (&start, &work, &next, &stop);
            scope.spawn(move |_| {
                let mut state = start();
                while !stop.load(Ordering::Relaxed) {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(place) else { break };
                    let outcome = work(&mut state, item);
                    // Items before a failed one have all been begun, and are ended by others.
                    if outcome.is_err() {
                        stop.store(true, Ordering::Relaxed);
                    }
                    drop(told.send((place, outcome)));
                }
                drop(end.send(state));
            });
        }
        drop((told, end));
        loop {
            match tell.recv_timeout(LOOK) {
                Ok((_, Ok(rows))) => done = done.saturating_add(rows),
                Ok((place, Err(error))) => {
                    if failed.as_ref().is_none_or(|(first, _)| place < *first) {
                        failed = Some((place, error));
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if !interrupted && progress(done).is_break() {
                interrupted = true;
                stop.store(true, Ordering::Relaxed);
            }
        }
        states.extend(ended.iter());
    });
    match (interrupted, failed) {
        (true, _) => Err(ArrowError::Interrupted),
        (false, Some((_, error))) => Err(error),
        (false, None) => Ok(states),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(threads: usize, items: &[u64]) -> Result<u64, ArrowError> {
        let add = |sum: &mut u64, item: &u64| {
            *sum += item;
            if *item == 1_000 || *item == 2_000 { Err(ArrowError::Arrow(item.to_string())) } else { Ok(1) }
        };
        let states = share(Some(threads), items, || 0, add, &mut |_| ControlFlow::Continue(()))?;
        Ok(states.into_iter().sum())
    }

    #[test]
    fn every_item_is_done_once_by_any_number_of_threads() {
        let items: Vec<u64> = (0..500).collect();
        for threads in [1, 2, 3, 16] {
            assert_eq!(sum(threads, &items), Ok(499 * 500 / 2));
            assert_eq!(sum(threads, &[]), Ok(0));
        }
    }

    #[test]
    fn the_first_error_is_told_whichever_thread_comes_to_it() {
        let items: Vec<u64> = (900..3_000).collect();
        for threads in [1, 2, 3, 16] {
            assert_eq!(sum(threads, &items), Err(ArrowError::Arrow("1000".into())));
        }
    }

    #[test]
    fn the_caller_stops_all_threads() {
        let items = vec![0u64; 10_000];
        for threads in [1, 4] {
            let one = |_: &mut (), _: &u64| Ok(1);
            let stopped = share(Some(threads), &items, || (), one, &mut |_| ControlFlow::Break(()));
            assert_eq!(stopped.unwrap_err(), ArrowError::Interrupted);
        }
    }
}
