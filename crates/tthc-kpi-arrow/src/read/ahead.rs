//! A source read on a thread of its own, while the calling thread works on what it has read.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::vec::IntoIter;

use super::ReadError;

/// Items handed over at once, and what they may weigh together.
const BLOCK: usize = 1_024;
const BLOCK_WEIGHT: usize = 1 << 20;
/// Blocks that may wait: with the ones being filled and emptied they bound the memory.
const WAITING: usize = 2;

/// Some items, or none at the end: a source that ended without saying so was cut short.
type Block<T> = Result<Vec<T>, ReadError>;

/// Calls `work` with what `items` gives, in the same order, read by another thread. The thread ends
/// with the items, with their first error, or soon after `work` returns. `weigh` tells the bytes an
/// item holds beyond its own size; `broken` is the error if the thread panics.
pub(super) fn read_ahead<T: Send, R>(
    items: impl Iterator<Item = Result<T, ReadError>> + Send,
    weigh: impl Fn(&T) -> usize + Send,
    broken: ReadError,
    work: impl FnOnce(Ahead<T>) -> Result<R, ReadError>,
) -> Result<R, ReadError> {
    let (send, receive) = sync_channel(WAITING);
    thread::scope(|scope| {
        let reader = thread::Builder::new()
            .spawn_scoped(scope, move || hand_over(items, weigh, &send))
            .map_err(|_| ReadError::Internal("a thread could not be started"))?;
        // `work` owns the receiver: when it returns, sending fails, and the thread ends.
        let done = work(Ahead { receive, block: Vec::new().into_iter(), ended: false, broken });
        // A panic has been told as `broken`; joined here, it does not go on to the caller.
        reader.join().ok();
        done
    })
}

fn hand_over<T>(
    mut items: impl Iterator<Item = Result<T, ReadError>>,
    weigh: impl Fn(&T) -> usize,
    send: &SyncSender<Block<T>>,
) {
    let mut last = None;
    while last.is_none() {
        let mut block = Vec::with_capacity(BLOCK);
        let mut weight = 0;
        while block.len() < BLOCK && weight < BLOCK_WEIGHT {
            match items.next() {
                Some(Ok(item)) => {
                    weight += weigh(&item);
                    block.push(item);
                }
                Some(Err(error)) => {
                    last = Some(Err(error));
                    break;
                }
                None => {
                    last = Some(Ok(Vec::new()));
                    break;
                }
            }
        }
        if !block.is_empty() && send.send(Ok(block)).is_err() {
            return;
        }
    }
    if let Some(last) = last {
        // Nobody listens any more: nothing is left to tell.
        send.send(last).ok();
    }
}

/// The items another thread reads. After an error there are no more.
pub(super) struct Ahead<T> {
    receive: Receiver<Block<T>>,
    block: IntoIter<T>,
    ended: bool,
    broken: ReadError,
}

impl<T> Iterator for Ahead<T> {
    type Item = Result<T, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(item) = self.block.next() {
            return Some(Ok(item));
        }
        if self.ended {
            return None;
        }
        match self.receive.recv().unwrap_or_else(|_| Err(self.broken.clone())) {
            Ok(block) => {
                self.ended = block.is_empty();
                self.block = block.into_iter();
                self.block.next().map(Ok)
            }
            Err(error) => {
                self.ended = true;
                Some(Err(error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const BROKEN: ReadError = ReadError::Internal("broken");

    fn all(items: impl Iterator<Item = Result<usize, ReadError>> + Send) -> Vec<Result<usize, ReadError>> {
        read_ahead(items, |_| 0, BROKEN, |ahead| Ok(ahead.collect())).unwrap()
    }

    #[test]
    fn the_same_items_in_the_same_order() {
        for count in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK] {
            assert_eq!(all((0..count).map(Ok)), (0..count).map(Ok).collect::<Vec<_>>(), "{count}");
        }
    }

    #[test]
    fn an_error_comes_in_its_place_and_ends_it() {
        for at in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK] {
            let items =
                (0..10 * BLOCK).map(|item| if item == at { Err(ReadError::Cancelled) } else { Ok(item) });
            let expected: Vec<_> = (0..at).map(Ok).chain([Err(ReadError::Cancelled)]).collect();
            assert_eq!(all(items), expected, "{at}");
        }
    }

    /// Cut short without a word, the rows read so far would pass for all there are.
    #[test]
    fn a_panic_is_an_error_and_never_an_end() {
        let items = (0..3 * BLOCK).map(|item| if item < 2 * BLOCK { Ok(item) } else { panic!("a test") });
        let found = all(items);
        assert_eq!((found.len(), found.last()), (2 * BLOCK + 1, Some(&Err(BROKEN))));
    }

    /// Against a source without end: it is read no further than the blocks that may wait.
    #[test]
    fn stopping_early_stops_the_thread() {
        for wanted in [0, 1, BLOCK, 3 * BLOCK + 1] {
            let read = AtomicUsize::new(0);
            let items = (0..).map(|item: usize| {
                read.fetch_add(1, Ordering::Relaxed);
                Ok(item)
            });
            let taken = read_ahead(items, |_| 0, BROKEN, |ahead| Ok(ahead.take(wanted).count()));
            assert_eq!(taken, Ok(wanted));
            assert!(read.into_inner() <= wanted + (WAITING + 2) * BLOCK);
            let failed = read_ahead(
                (0..).map(Ok::<usize, _>),
                |_| 0,
                BROKEN,
                |mut ahead| {
                    ahead.next().transpose()?;
                    Err::<(), _>(ReadError::Cancelled)
                },
            );
            assert_eq!(failed, Err(ReadError::Cancelled));
        }
    }

    #[test]
    fn heavy_items_wait_in_smaller_number() {
        let read = AtomicUsize::new(0);
        let items = (0..).map(|item: usize| {
            read.fetch_add(1, Ordering::Relaxed);
            Ok(item)
        });
        let first = read_ahead(items, |_| BLOCK_WEIGHT / 2, BROKEN, |mut ahead| ahead.next().transpose());
        assert_eq!(first, Ok(Some(0)));
        assert!(read.into_inner() <= (WAITING + 2) * 2);
    }
}
