//! How the service is started.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tthc_kpi::{Day, Dimension, Period, Plan, Policy, Query};

/// When a request with events is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// When its events are on the disk: nothing that was answered is lost, whatever ends.
    Sync,
    /// When the operating system has them: nothing is lost when the process is killed; when the
    /// machine fails, what was answered since the last sync is.
    Written,
}

/// Where the cut comes from: a tally is of one cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// The last day of the period.
    End,
    /// This day.
    Day(Day),
    /// The day it is in Vietnam, by the machine's clock; at midnight all is counted anew.
    Today,
}

impl AsOf {
    /// The day now; none is the period's last.
    pub fn now(self) -> Option<Day> {
        match self {
            AsOf::End => None,
            AsOf::Day(day) => Some(day),
            AsOf::Today => today(),
        }
    }
}

/// The day at UTC+7.
fn today() -> Option<Day> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Day::from_number(i32::try_from((since.as_secs() + 7 * 3600) / 86_400).ok()?)
}

/// Everything a service is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// The directory of log and snapshot.
    pub data: PathBuf,
    /// The plan.
    pub plan: Plan,
    /// The period.
    pub period: Period,
    /// The rules.
    pub policy: Policy,
    /// The cut.
    pub as_of: AsOf,
    /// The breakdowns that are kept, each a tally.
    pub by: Vec<Vec<Dimension>>,
    /// When a request is answered.
    pub durability: Durability,
    /// How often the log is brought to the disk.
    pub sync_every: Duration,
    /// How old an answered scorecard may be.
    pub card_age: Duration,
    /// Events from one snapshot to the next.
    pub snapshot_events: u64,
    /// Largest request, bytes.
    pub max_body: usize,
    /// Most events in a request.
    pub max_batch: usize,
    /// Most requests with events at a time; more are told to come again.
    pub in_flight: usize,
}

/// The options, as `--help` prints them.
pub const HELP: &str = "\
live_service: a pattern of a service that counts dossiers while they change

  --data FOLDER          log and snapshot (made if it is not there); required
  --period PERIOD        2026, 2026-Q2, 2026-03, 2026-01-01..2026-03-31; required
  --plan ID|FILE.toml    the plan (dong-nguyen-2026)
  --profile NAME         the rules: plan, qd-766, nd-61 (plan)
  --as-of DAY|today      the cut (the period's last day)
  --by DIM,DIM           a breakdown to keep beside the total; may be repeated (agency; month)
  --listen ADDRESS       127.0.0.1:8070
  --durability sync|written
                         answer when events are on the disk, or when they are written (sync)
  --sync-ms N            bring the log to the disk every N ms (10)
  --card-ms N            a scorecard may be that old (100)
  --snapshot-events N    save all after so many events (1000000)
  --max-body BYTES       largest request (4194304)
  --max-batch N          most events in a request (5000)
  --in-flight N          most requests with events at a time (64)
";

impl Config {
    /// The configuration of these arguments.
    ///
    /// # Errors
    /// A sentence for whoever starts it.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments.into_iter();
        let (mut data, mut period) = (None, None);
        let mut plan = "dong-nguyen-2026".to_owned();
        let (mut policy, mut by, mut as_of) = (Policy::default(), Vec::new(), AsOf::End);
        let (mut listen, mut durability) = (SocketAddr::from(([127, 0, 0, 1], 8070)), Durability::Sync);
        let (mut sync_ms, mut card_ms, mut snapshot_events) = (10, 100, 1_000_000);
        let (mut max_body, mut max_batch, mut in_flight) = (4 << 20, 5000, 64);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} has no value"))?;
            let said = |error: &dyn std::fmt::Display| format!("{name}: {error}");
            let number =
                || value.parse::<u64>().ok().filter(|n| *n > 0).ok_or_else(|| said(&"expected a number"));
            let size = || number().and_then(|number| usize::try_from(number).map_err(|error| said(&error)));
            match name.as_str() {
                "--data" => data = Some(PathBuf::from(&value)),
                "--period" => period = Some(value.parse::<Period>().map_err(|error| said(&error))?),
                "--plan" => plan.clone_from(&value),
                "--profile" => policy = Policy::profile(&value).map_err(|error| said(&error))?,
                "--as-of" if value == "today" => as_of = AsOf::Today,
                "--as-of" => as_of = AsOf::Day(value.parse().map_err(|error| said(&error))?),
                "--by" => {
                    let dimensions = value.split(',').map(str::parse).collect::<Result<_, _>>();
                    by.push(dimensions.map_err(|error: tthc_kpi::UnknownName| said(&error))?);
                }
                "--listen" => listen = value.parse().map_err(|error| said(&error))?,
                "--durability" if value == "sync" => durability = Durability::Sync,
                "--durability" if value == "written" => durability = Durability::Written,
                "--sync-ms" => sync_ms = number()?,
                "--card-ms" => card_ms = number()?,
                "--snapshot-events" => snapshot_events = number()?,
                "--max-body" => max_body = size()?,
                "--max-batch" => max_batch = size()?,
                "--in-flight" => in_flight = size()?,
                _ => return Err(format!("{name} {value}: no such option")),
            }
        }
        if by.is_empty() {
            by = vec![vec![Dimension::Agency], vec![Dimension::Month]];
        }
        by.insert(0, Vec::new());
        Ok(Config {
            listen,
            data: data.ok_or("--data is missing")?,
            plan: read_plan(&plan)?,
            period: period.ok_or("--period is missing")?,
            policy,
            as_of,
            by,
            durability,
            sync_every: Duration::from_millis(sync_ms),
            card_age: Duration::from_millis(card_ms),
            snapshot_events,
            max_body,
            max_batch,
            in_flight,
        })
    }

    /// The queries that are kept, seen from this day.
    ///
    /// # Errors
    /// Those of a query that makes no sense.
    pub fn queries(&self, as_of: Option<Day>) -> Result<Vec<Arc<Query>>, tthc_kpi::Error> {
        self.by.iter().map(|by| self.query(by, as_of)).collect()
    }

    /// One query.
    ///
    /// # Errors
    /// Those of a query that makes no sense.
    pub fn query(&self, by: &[Dimension], as_of: Option<Day>) -> Result<Arc<Query>, tthc_kpi::Error> {
        let draft = Query::new(&self.plan).period(self.period).policy(self.policy.clone()).by(by.to_vec());
        match as_of {
            Some(day) => draft.as_of(day).check(),
            None => draft.check(),
        }
    }

    /// The names of the queries in addresses: `total`, `agency`, `agency,month`.
    pub fn names(&self) -> Vec<String> {
        let name = |by: &Vec<Dimension>| by.iter().map(Dimension::name).collect::<Vec<_>>().join(",");
        self.by.iter().map(|by| if by.is_empty() { "total".to_owned() } else { name(by) }).collect()
    }
}

fn read_plan(name: &str) -> Result<Plan, String> {
    if !name.ends_with(".toml") {
        return Plan::builtin(name).map_err(|error| format!("--plan: {error}"));
    }
    let text = std::fs::read_to_string(name).map_err(|error| format!("--plan: {name}: {error}"))?;
    Plan::from_toml(name, &text).map_err(|error| format!("--plan: {error}"))
}
