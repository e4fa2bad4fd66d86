//! The threads: one that counts, one that writes the log, and now and then one that saves or counts
//! anew. Nothing is locked while anything is counted, written or made.

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use axum::body::Bytes;
use tokio::sync::{oneshot, watch};
use tthc_kpi::{Day, Tally};

use crate::config::{Config, Durability};
use crate::core::{Applied, Broken, Core, count, follow};
use crate::event::{Batch, Reason, Refused};
use crate::log::{self, BadLog, Writer, at_file};
use crate::queue::{Counted, LogQueue, Next, Post, Queue, ToWrite};
use crate::snapshot::{Found, Snapshot, recover};

/// How far the log is safe, by the rule of [`Durability`].
#[derive(Debug, Clone, Default)]
pub struct Safe {
    /// Events that may be answered.
    pub position: u64,
    /// Why no more will be.
    pub failed: Option<String>,
}

/// The service takes no more: it is stopping, or it has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

/// A running service.
pub struct Service {
    config: Config,
    queue: Arc<Queue>,
    safe: watch::Receiver<Safe>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    _folder: File,
}

/// Events between two looks for questions: the longest a scorecard waits for events.
const BETWEEN_ASKS: usize = 32;
/// Changes that the counting thread takes over by itself at the end of counting anew.
const LAST_CHANGES: usize = 200;
/// Rounds of counting anew after which it takes over however many there are.
const MOST_ROUNDS: usize = 50;

impl Service {
    /// Starts from what the directory holds.
    ///
    /// # Errors
    /// [`BadLog`].
    pub fn open(config: Config) -> Result<(Arc<Self>, Found), BadLog> {
        std::fs::create_dir_all(&config.data).map_err(at_file(&config.data))?;
        let path = config.data.join("lock");
        let folder = File::create(&path).map_err(at_file(&path))?;
        folder.try_lock().map_err(|_| BadLog::InUse(config.data.clone()))?;
        let broken = |error: tthc_kpi::Error| BadLog::Broken(error.to_string());
        let queries = config.queries(config.as_of.now()).map_err(broken)?;
        let (core, found, tail) = recover(&config.data, &queries)?;
        let writer = Writer::open(&config.data, tail.position, tail.whole)?;
        let (queue, to_write) = (Arc::new(Queue::default()), Arc::new(LogQueue::default()));
        let safe = Safe { position: core.position(), failed: None };
        let (report, safe) = watch::channel(safe);
        let counter = Counter {
            last_snapshot: found.snapshot,
            snapshot: None,
            folder: config.data.clone(),
            snapshot_events: config.snapshot_events,
            core,
            queue: Arc::clone(&queue),
            to_write: Arc::clone(&to_write),
            report: report.clone(),
        };
        let log = LogThread { writer, to_write, durability: config.durability, every: config.sync_every };
        let failing = Arc::clone(&queue);
        let writing = std::thread::spawn(move || {
            if let Err(error) = log.run(&report) {
                report.send_modify(|safe| safe.failed = Some(format!("the log cannot be written: {error}")));
                failing.abandon();
            }
        });
        let counting = std::thread::spawn(move || counter.run(writing));
        let threads = Mutex::new(vec![counting]);
        Ok((Arc::new(Service { config, queue, safe, threads, _folder: folder }), found))
    }

    /// How it was started.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Counts the events of a request, and returns when they are safe.
    ///
    /// # Errors
    /// [`Gone`]: whether the events are kept is then unknown; sending them again is harmless.
    pub async fn post(&self, body: Bytes, batch: Batch) -> Result<Counted, Gone> {
        let (reply, answer) = oneshot::channel();
        if !self.queue.post(Post { body, batch, reply }) {
            return Err(Gone);
        }
        let counted = answer.await.map_err(|_| Gone)?;
        // Waited for even when nothing was new: what was there already may not be safe yet.
        let mut safe = self.safe.clone();
        let reached = |safe: &Safe| safe.position >= counted.position || safe.failed.is_some();
        let safe = safe.wait_for(reached).await.map_err(|_| Gone)?;
        if safe.position < counted.position {
            return Err(Gone);
        }
        drop(safe);
        Ok(counted)
    }

    /// Asks the counting thread, between two events.
    ///
    /// # Errors
    /// [`Gone`].
    pub async fn ask<T: Send + 'static>(
        &self,
        what: impl FnOnce(&mut Core) -> T + Send + 'static,
    ) -> Result<T, Gone> {
        self.send(what)?.await.map_err(|_| Gone)
    }

    fn send<T: Send + 'static>(
        &self,
        what: impl FnOnce(&mut Core) -> T + Send + 'static,
    ) -> Result<oneshot::Receiver<T>, Gone> {
        let (reply, answer) = oneshot::channel();
        let ask = move |core: &mut Core| {
            let _ = reply.send(what(core));
        };
        if self.queue.ask(Box::new(ask)) { Ok(answer) } else { Err(Gone) }
    }

    /// Counts all dossiers anew, seen from another day, while events go on; then that day stands in
    /// the place of the old one. Scorecards until then are those of the old day, and say so. To be
    /// called by one thread at a time, outside the async runtime.
    ///
    /// # Errors
    /// What cannot be counted; the old day then stands.
    pub fn roll(&self, as_of: Option<Day>) -> Result<(), Broken> {
        let queries = self.config.queries(as_of)?;
        let gone = || Broken::from("the service is stopping");
        let view = self.send(Core::begin_recount).map_err(|_| gone())?.blocking_recv()?;
        let mut tallies =
            queries.iter().map(|query| count(query, &view)).collect::<Result<Vec<Tally>, _>>()?;
        drop(view);
        for _ in 0..MOST_ROUNDS {
            let (changes, texts) = self.send(Core::take_changes).map_err(|_| gone())?.blocking_recv()?;
            follow(&mut tallies, &changes, &texts)?;
            if changes.len() <= LAST_CHANGES {
                break;
            }
        }
        self.send(move |core| core.end_recount(tallies)).map_err(|_| gone())?.blocking_recv()?
    }

    /// Why the service failed, once it has.
    pub async fn failed(&self) -> String {
        let mut safe = self.safe.clone();
        let failed = safe.wait_for(|safe| safe.failed.is_some()).await;
        let failed = failed.ok().and_then(|safe| safe.failed.clone());
        match failed {
            Some(why) => why,
            // Ended without a failure: nobody is told.
            None => std::future::pending().await,
        }
    }

    /// Takes no more, does what waits, saves all, and ends the threads.
    ///
    /// # Errors
    /// Why it failed, if it has.
    pub fn close(&self) -> Result<(), String> {
        self.queue.close();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            thread.join().map_err(|_| "a thread ended by itself")?;
        }
        self.safe.borrow().failed.clone().map_or(Ok(()), Err)
    }
}

/// The thread that counts.
struct Counter {
    core: Core,
    queue: Arc<Queue>,
    to_write: Arc<LogQueue>,
    report: watch::Sender<Safe>,
    folder: PathBuf,
    snapshot_events: u64,
    last_snapshot: u64,
    snapshot: Option<JoinHandle<Result<(), BadLog>>>,
}

impl Counter {
    fn run(mut self, log: JoinHandle<()>) {
        while let Some(next) = self.queue.next() {
            match next {
                Next::Ask(ask) => ask(&mut self.core),
                Next::Post(post) => {
                    if let Err(error) = self.count(post) {
                        self.report.send_modify(|safe| safe.failed = Some(error.to_string()));
                        self.queue.abandon();
                    }
                }
            }
        }
        self.to_write.close();
        let _ = log.join();
        let failed = self.report.borrow().failed.is_some();
        // What memory holds is not saved when it is ahead of a log that failed.
        if !failed && self.core.position() > self.last_snapshot {
            self.end_snapshot();
            if let Err(error) = self.now().write(&self.folder) {
                self.report.send_modify(|safe| safe.failed = Some(error.to_string()));
            }
        } else {
            self.end_snapshot();
        }
    }

    fn count(&mut self, post: Post) -> Result<(), Broken> {
        let before = self.core.position();
        let (mut refused, mut stale, mut new) = (Vec::new(), 0, Vec::new());
        for (index, sent) in post.batch.events.iter().enumerate() {
            if index % BETWEEN_ASKS == BETWEEN_ASKS - 1 {
                while let Some(ask) = self.queue.waiting_ask() {
                    ask(&mut self.core);
                }
            }
            match &sent.event {
                Err((reason, place)) => refused.push(Refused { index, reason: *reason, place: *place }),
                Ok(event) => match self.core.apply(event)? {
                    Applied::New => new.push(post.body.get(sent.text.clone()).unwrap_or_default()),
                    Applied::Stale => stale += 1,
                    Applied::Conflict => {
                        refused.push(Refused { index, reason: Reason::Conflict, place: None });
                    }
                },
            }
        }
        let (applied, position) = (new.len(), self.core.position());
        if applied > 0 {
            self.to_write.put(ToWrite::Records(log::record(before, new)?, position));
        }
        let _ = post.reply.send(Counted { applied, stale, refused, position });
        if position - self.last_snapshot >= self.snapshot_events {
            self.begin_snapshot();
        }
        Ok(())
    }

    fn now(&self) -> Snapshot {
        Snapshot {
            position: self.core.position(),
            tallies: self.core.tallies().to_vec(),
            view: self.core.state().view().clone(),
        }
    }

    /// Saves in a thread of its own, from a view; the log goes on in a new file.
    fn begin_snapshot(&mut self) {
        if self.snapshot.as_ref().is_some_and(|thread| !thread.is_finished()) {
            return;
        }
        self.end_snapshot();
        let (snapshot, folder) = (self.now(), self.folder.clone());
        self.last_snapshot = snapshot.position;
        self.to_write.put(ToWrite::NextFile(snapshot.position));
        self.snapshot = Some(std::thread::spawn(move || snapshot.write(&folder)));
    }

    /// A snapshot that could not be written leaves the old one and the whole log: it is told, and
    /// the next one is tried in its time.
    fn end_snapshot(&mut self) {
        if let Some(Ok(Err(error))) = self.snapshot.take().map(JoinHandle::join) {
            tell(&format!("no snapshot: {error}"));
        }
    }
}

/// A line for whoever runs the service.
pub fn tell(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "live_service: {line}");
}

/// The thread that writes the log: what has come meanwhile goes to the disk together.
struct LogThread {
    writer: Writer,
    to_write: Arc<LogQueue>,
    durability: Durability,
    every: std::time::Duration,
}

impl LogThread {
    fn run(mut self, report: &watch::Sender<Safe>) -> std::io::Result<()> {
        let (mut synced, mut unsynced) = (Instant::now(), false);
        let mut reached = report.borrow().position;
        loop {
            let due = self.every.saturating_sub(synced.elapsed());
            let (mut items, mut last) = self.to_write.take(unsynced.then_some(due));
            if self.durability == Durability::Sync && !items.is_empty() && !last {
                std::thread::sleep(self.every.saturating_sub(synced.elapsed()));
                let (more, ends) = self.to_write.take(Some(std::time::Duration::ZERO));
                items.extend(more);
                last = ends;
            }
            for item in items {
                match item {
                    ToWrite::Records(records, position) => {
                        self.writer.write(&records)?;
                        (reached, unsynced) = (position, true);
                    }
                    ToWrite::NextFile(position) => self.writer.next_file(position)?,
                }
            }
            if self.durability == Durability::Written {
                report.send_modify(|safe| safe.position = reached);
            }
            if unsynced && (last || self.durability == Durability::Sync || synced.elapsed() >= self.every) {
                self.writer.sync()?;
                (synced, unsynced) = (Instant::now(), false);
                report.send_modify(|safe| safe.position = reached);
            }
            if last {
                return Ok(());
            }
        }
    }
}
