//! Load for the service of `lib.rs`: sends so many events, as fast as it can or at a rate, asks for
//! scorecards meanwhile, holds the last ones against a count of the final dossiers, prints a table, and
//! ends.

#![expect(clippy::disallowed_methods, reason = "a measurement has a clock")]

mod events;
mod table;

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use live_service::client::{Client, Failure};
use serde_json::Value;
use tokio::sync::watch;
use tthc_kpi::{Dimension, Plan, Query, Tally, Uniqueness};

use crate::events::Events;
use crate::table::Latencies;

const HELP: &str = "\
live_service_load: starts the service beside it on a free port and an empty directory, and loads it

  --events N             events in all (200000)
  --clients C            connections that send (32)
  --batch N              events in a request (100)
  --events-per-second R  all connections together send at this rate, and an answer's time counts from when
                         its request was due, sent late or not (each sends when it has its answer)
  --cards-per-second R   scorecards asked for meanwhile (50)
  --data FOLDER          where the service keeps its log (a directory below the system's for temporary ones)
  --durability, --sync-ms, --card-ms, --snapshot-events
                         given to the service as they are
";

/// Asked for in turn.
const CARDS: [&str; 4] = [
    "/scorecard/total",
    "/scorecard/total?indicator=on_time_rate",
    "/scorecard/agency?indicator=on_time_rate",
    "/scorecard/month?indicator=on_time_rate",
];

struct Load {
    events: u64,
    clients: u64,
    batch: usize,
    rate: Option<NonZeroU64>,
    cards: u64,
    data: std::path::PathBuf,
    service: Vec<String>,
}

fn main() -> ExitCode {
    match read().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "live_service_load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read() -> Result<Load, Failure> {
    let data = std::env::temp_dir().join(format!("live-service-load-{}", std::process::id()));
    let mut load =
        Load { events: 200_000, clients: 32, batch: 100, rate: None, cards: 50, data, service: Vec::new() };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(HELP)?;
        match name.as_str() {
            "--events" => load.events = value.parse()?,
            "--clients" => load.clients = value.parse::<u64>()?.max(1),
            "--batch" => load.batch = value.parse::<usize>()?.max(1),
            "--events-per-second" => load.rate = Some(value.parse()?),
            "--cards-per-second" => load.cards = value.parse::<u64>()?.max(1),
            "--data" => load.data = value.into(),
            "--durability" | "--sync-ms" | "--card-ms" | "--snapshot-events" => {
                load.service.extend([name, value]);
            }
            _ => return Err(HELP.into()),
        }
    }
    Ok(load)
}

/// The service, ended with its directory however the load ends.
struct Running {
    process: Child,
    address: SocketAddr,
    data: std::path::PathBuf,
}

impl Running {
    fn start(load: &Load) -> Result<Self, Failure> {
        let program = std::env::current_exe()?.with_file_name("live_service");
        if load.data.exists() {
            return Err("--data is there already: give an empty place".into());
        }
        let mut process = Command::new(program)
            .args(["--listen", "127.0.0.1:0", "--period", "2026", "--as-of", "2026-09-30"])
            .arg("--data")
            .arg(&load.data)
            .args(["--in-flight", &(load.clients * 2).to_string()])
            .args(&load.service)
            .stderr(Stdio::piped())
            .spawn()?;
        let mut said = String::new();
        if let Some(errors) = process.stderr.take() {
            let mut lines = BufReader::new(errors);
            while lines.read_line(&mut said)? > 0 {
                if let Some((_, address)) = said.trim_end().rsplit_once("listening on http://") {
                    let address = address.parse()?;
                    std::thread::spawn(move || io::copy(&mut lines, &mut io::stderr()));
                    return Ok(Running { process, address, data: load.data.clone() });
                }
            }
        }
        let _ = process.wait();
        Err(said.into())
    }

    /// Kilobytes of memory, now or at the most; none where the system does not tell.
    fn memory(&self, what: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with(what))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

#[tokio::main]
async fn run(load: Load) -> Result<(), Failure> {
    let running = Running::start(&load)?;
    let idle = running.memory("VmRSS:").unwrap_or_default();
    let each = load.events / load.clients;
    let (stop, stopped) = watch::channel(());
    let every = Duration::from_millis(CARDS.len() as u64 * 1000) / u32::try_from(load.cards)?;
    // In threads of their own: the time they measure is not that of making events.
    let cards = CARDS.map(|path| {
        let (address, stopped) = (running.address, stopped.clone());
        std::thread::spawn(move || alone()?.block_on(ask(address, path, every, stopped)))
    });
    let began = Instant::now();
    let pace = load.rate.map(|rate| Pace { began, clients: load.clients, batch: load.batch as u64, rate });
    let senders: Vec<_> = (0..load.clients)
        .map(|client| tokio::spawn(send(running.address, client, each, load.batch, pace)))
        .collect();
    let mut posts = Latencies::default();
    for sender in senders {
        posts.extend(sender.await??);
    }
    let time = began.elapsed();
    drop(stop);
    let mut rows = vec![("POST /events".to_owned(), posts)];
    let mut all = Latencies::default();
    for (path, card) in CARDS.iter().zip(cards) {
        let times = card.join().map_err(|_| "a thread ended by itself")??;
        all.extend(times.clone());
        rows.push((format!("GET {path}"), times));
    }
    rows.push(("GET, all".to_owned(), all));
    let (held, most) = (running.memory("VmRSS:"), running.memory("VmHWM:"));
    let (held, most) = (held.unwrap_or_default(), most.unwrap_or_default());
    let events = each * load.clients;
    let dossiers = check(running.address, load.clients, each).await?;
    let mut out = io::stdout().lock();
    table::print(&mut out, rows)?;
    let rate = u128::from(events) * 1000 / time.as_millis().max(1);
    writeln!(out, "{events} events in {} ms: {rate} a second", time.as_millis())?;
    writeln!(
        out,
        "{dossiers} dossiers; memory {held} KiB (at most {most}), {idle} before: {} bytes a dossier",
        held.saturating_sub(idle) * 1024 / dossiers.max(1)
    )?;
    writeln!(out, "the last scorecards equal a count of the final dossiers")?;
    Ok(())
}

/// When requests are due: all clients' in turn, evenly spread.
#[derive(Clone, Copy)]
struct Pace {
    began: Instant,
    clients: u64,
    batch: u64,
    rate: NonZeroU64,
}

impl Pace {
    /// When the time has come for the events before this request of a client, counted from 0.
    fn due(self, client: u64, request: u64) -> Result<Instant, Failure> {
        let before = u128::from(request * self.clients + client) * u128::from(self.batch);
        let nanos = before * 1_000_000_000 / u128::from(self.rate.get());
        Ok(self.began + Duration::from_nanos(nanos.try_into()?))
    }
}

/// Sends a client's events; whatever is not applied is an error. Times count from when a request was
/// due, where there is a pace: one slow answer makes the requests after it late, and that is told too.
async fn send(
    address: SocketAddr,
    client: u64,
    events: u64,
    batch: usize,
    pace: Option<Pace>,
) -> Result<Latencies, Failure> {
    let mut connection = Client::connect(address).await?;
    let mut events = Events::of(client).take(usize::try_from(events)?);
    let mut times = Latencies::default();
    for request in 0.. {
        let mut body = vec![b'['];
        let mut count = 0u64;
        for event in events.by_ref().take(batch) {
            if count > 0 {
                body.push(b',');
            }
            serde_json::to_writer(&mut body, &event)?;
            count += 1;
        }
        if count == 0 {
            break;
        }
        body.push(b']');
        let began = match pace {
            Some(pace) => pace.due(client, request)?,
            None => Instant::now(),
        };
        tokio::time::sleep_until(began.into()).await;
        let (status, answer) = connection.post("/events", body).await?;
        times.add(began.elapsed());
        let answer: Value = serde_json::from_slice(&answer)?;
        if !status.is_success() || answer.get("applied") != Some(&count.into()) {
            return Err(format!("{status}: {answer}").into());
        }
    }
    Ok(times)
}

/// A runtime for one thread.
fn alone() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// Asks for a scorecard every so often until told to stop. Times count from when it was to be
/// asked for, so that one slow answer is not one only.
async fn ask(
    address: SocketAddr,
    path: &'static str,
    every: Duration,
    mut stopped: watch::Receiver<()>,
) -> Result<Latencies, Failure> {
    let mut connection = Client::connect(address).await?;
    let (mut times, mut due) = (Latencies::default(), Instant::now());
    loop {
        tokio::select! {
            _ = stopped.changed() => return Ok(times),
            () = tokio::time::sleep_until(due.into()) => {}
        }
        let (status, answer) = connection.get(path).await?;
        times.add(due.elapsed());
        if !status.is_success() {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&answer)).into());
        }
        due += every;
    }
}

/// Holds the service's figures against those of the final dossiers; how many there are.
async fn check(address: SocketAddr, clients: u64, each: u64) -> Result<u64, Failure> {
    let mut last = BTreeMap::new();
    for client in 0..clients {
        for event in Events::of(client).take(usize::try_from(each)?) {
            last.insert(event.id().to_owned(), event.dossier);
        }
    }
    let mut connection = Client::connect(address).await?;
    let at_least = clients * each;
    for (name, by) in
        [("total", None), ("agency", Some(Dimension::Agency)), ("month", Some(Dimension::Month))]
    {
        let query = Query::new(&Plan::builtin("dong-nguyen-2026")?)
            .period("2026".parse()?)
            .as_of("2026-09-30".parse()?)
            .by(by)
            .check()?;
        let mut tally = Tally::new(&query);
        tally.set_uniqueness(Uniqueness::Checked);
        last.values().try_for_each(|dossier| tally.add(dossier))?;
        let (_, body) = connection.get(&format!("/scorecard/{name}?at_least={at_least}")).await?;
        let answer: Value = serde_json::from_slice(&body)?;
        if answer.get("card") != Some(&serde_json::to_value(tally.scorecard()?)?) {
            return Err(format!("the scorecard {name} is not that of the final dossiers").into());
        }
    }
    Ok(last.len() as u64)
}
