//! What waits for the one thread that counts, and what it has counted and waits for the disk.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use tokio::sync::oneshot;

use crate::core::Core;
use crate::event::{Batch, Refused};

/// A question to the counting thread; it comes before waiting requests.
pub type Ask = Box<dyn FnOnce(&mut Core) + Send>;

/// A request with events.
pub struct Post {
    /// As it came.
    pub body: Bytes,
    /// Its events.
    pub batch: Batch,
    /// Who waits.
    pub reply: oneshot::Sender<Counted>,
}

/// What became of a request's events, in memory: not yet on disk.
#[derive(Debug)]
pub struct Counted {
    /// Events that are now the newest of their dossiers.
    pub applied: usize,
    /// Events that were there already, or were older than what is there.
    pub stale: usize,
    /// The others.
    pub refused: Vec<Refused>,
    /// Events applied since the beginning, these included.
    pub position: u64,
}

/// What is to be done next.
pub enum Next {
    /// A question.
    Ask(Ask),
    /// A request.
    Post(Post),
}

#[derive(Default)]
struct Waiting {
    asks: VecDeque<Ask>,
    posts: VecDeque<Post>,
    closed: bool,
}

/// The line before the counting thread. How long it gets is bounded by who lets requests in.
#[derive(Default)]
pub struct Queue {
    waiting: Mutex<Waiting>,
    wake: Condvar,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Queue {
    /// Queues a request; false when no more are taken.
    #[must_use]
    pub fn post(&self, post: Post) -> bool {
        self.put(|waiting| waiting.posts.push_back(post))
    }

    /// Queues a question; false when no more are taken.
    #[must_use]
    pub fn ask(&self, ask: Ask) -> bool {
        self.put(|waiting| waiting.asks.push_back(ask))
    }

    fn put(&self, put: impl FnOnce(&mut Waiting)) -> bool {
        let mut waiting = lock(&self.waiting);
        if waiting.closed {
            return false;
        }
        put(&mut waiting);
        drop(waiting);
        self.wake.notify_one();
        true
    }

    /// What to do next, waited for; none when the queue is closed and empty.
    pub fn next(&self) -> Option<Next> {
        let mut waiting = lock(&self.waiting);
        loop {
            if let Some(ask) = waiting.asks.pop_front() {
                return Some(Next::Ask(ask));
            }
            if let Some(post) = waiting.posts.pop_front() {
                return Some(Next::Post(post));
            }
            if waiting.closed {
                return None;
            }
            waiting = self.wake.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A question that waits now.
    pub fn waiting_ask(&self) -> Option<Ask> {
        lock(&self.waiting).asks.pop_front()
    }

    /// Takes no more; what waits is still done.
    pub fn close(&self) {
        lock(&self.waiting).closed = true;
        self.wake.notify_one();
    }

    /// Takes no more, and lets go of all that waits: whoever waits is told so.
    pub fn abandon(&self) {
        let mut waiting = lock(&self.waiting);
        *waiting = Waiting { closed: true, ..Waiting::default() };
    }
}

/// What is to be written to the log, in order.
#[derive(Debug, PartialEq, Eq)]
pub enum ToWrite {
    /// Records, and the position after them.
    Records(Vec<u8>, u64),
    /// Another file, beginning at this position.
    NextFile(u64),
}

#[derive(Default)]
struct Unwritten {
    items: Vec<ToWrite>,
    closed: bool,
}

/// The line before the log.
#[derive(Default)]
pub struct LogQueue {
    unwritten: Mutex<Unwritten>,
    wake: Condvar,
}

impl LogQueue {
    /// Queues.
    pub fn put(&self, item: ToWrite) {
        lock(&self.unwritten).items.push(item);
        self.wake.notify_one();
    }

    /// All that waits, and whether it is the last. Waits for something, at most so long.
    pub fn take(&self, at_most: Option<Duration>) -> (Vec<ToWrite>, bool) {
        let idle = |unwritten: &mut Unwritten| unwritten.items.is_empty() && !unwritten.closed;
        let unwritten = lock(&self.unwritten);
        let mut unwritten = match at_most {
            Some(time) => {
                let waited = self.wake.wait_timeout_while(unwritten, time, idle);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.wake.wait_while(unwritten, idle).unwrap_or_else(PoisonError::into_inner),
        };
        (std::mem::take(&mut unwritten.items), unwritten.closed)
    }

    /// Nothing more comes.
    pub fn close(&self) {
        lock(&self.unwritten).closed = true;
        self.wake.notify_one();
    }
}
