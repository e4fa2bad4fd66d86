//! Scorecards: made from a copy of a tally, beside the counting, and answered again while they are
//! young or nothing has changed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use serde::Serialize;
use tokio::sync::{Mutex, Semaphore};
use tokio::task::spawn_blocking;
use tthc_kpi::{Day, Group, Scorecard, Tally};

use crate::core::count;
use crate::http::admit;
use crate::service::Service;
use crate::words::Problem;

/// What is asked of a scorecard.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only this indicator.
    pub indicator: Option<String>,
    /// Another cut than the one that is kept.
    pub as_of: Option<Day>,
    /// Not without the events up to this position.
    pub at_least: u64,
}

/// The scorecards of a service, one place per query.
pub struct Cards {
    names: Vec<String>,
    places: Vec<Mutex<Option<Made>>>,
    age: Duration,
    waiting: Semaphore,
    other_days: Semaphore,
}

/// Requests that may wait for scorecards at a time.
const MOST_WAITING: usize = 512;

struct Made {
    card: Arc<Scorecard>,
    position: u64,
    at: Instant,
    bodies: BTreeMap<Option<String>, Bytes>,
}

#[derive(Serialize)]
struct Answer<'c> {
    /// The query's name.
    query: &'c str,
    /// Events applied when the tally was copied: the card is of exactly these.
    position: u64,
    card: &'c Scorecard,
}

impl Cards {
    /// No card yet.
    pub fn new(service: &Service) -> Self {
        let names = service.config().names();
        Cards {
            places: names.iter().map(|_| Mutex::new(None)).collect(),
            names,
            age: service.config().card_age,
            waiting: Semaphore::new(MOST_WAITING),
            other_days: Semaphore::new(1),
        }
    }

    /// The JSON of a scorecard, at most `card_age` old when `at_least` does not ask for more.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn answer(&self, service: &Service, name: &str, wanted: Wanted) -> Result<Bytes, Problem> {
        let number = self.names.iter().position(|known| known == name);
        let found = number.and_then(|number| Some((number, self.places.get(number)?)));
        let (number, place) = found.ok_or_else(|| Problem::no_such_query(&self.names))?;
        let plan = &service.config().plan;
        if wanted.indicator.as_ref().is_some_and(|id| plan.indicator(id).is_err()) {
            return Err(Problem::no_such_indicator());
        }
        let _waiting = admit(&self.waiting)?;
        let mut made = place.lock().await;
        let young = |made: &Made| made.at.elapsed() <= self.age && made.position >= wanted.at_least;
        if !made.as_ref().is_some_and(young) {
            *made = Some(self.make(service, number, &wanted, made.as_ref()).await?);
        }
        let Some(held) = &mut *made else { return Err(Problem::cannot_count()) };
        if let Some(as_of) = wanted.as_of.filter(|as_of| *as_of != held.card.query.as_of) {
            drop(made);
            return self.of_another_day(service, number, name, &wanted, as_of).await;
        }
        if let Some(body) = held.bodies.get(&wanted.indicator) {
            return Ok(body.clone());
        }
        let body = write(name, Arc::clone(&held.card), held.position, wanted.indicator.clone()).await?;
        held.bodies.insert(wanted.indicator, body.clone());
        Ok(body)
    }

    async fn make(
        &self,
        service: &Service,
        number: usize,
        wanted: &Wanted,
        old: Option<&Made>,
    ) -> Result<Made, Problem> {
        // When nothing has changed, not even the copy is made.
        let unchanged = old.map(|old| (old.position, old.card.query.as_of));
        let at = Instant::now();
        let copied = service.ask(move |core| {
            let tally = core.tallies().get(number)?;
            let now = (core.position(), tally.query().as_of());
            Some((core.position(), (unchanged != Some(now)).then(|| tally.clone())))
        });
        let (position, tally) =
            copied.await.map_err(|_| Problem::stopping())?.ok_or_else(Problem::cannot_count)?;
        if position < wanted.at_least {
            return Err(Problem::not_there_yet());
        }
        match (tally, old) {
            (Some(tally), _) => {
                Ok(Made { card: scorecard(tally).await?, position, at, bodies: BTreeMap::new() })
            }
            (None, Some(old)) => {
                Ok(Made { card: Arc::clone(&old.card), position, at, bodies: old.bodies.clone() })
            }
            (None, None) => Err(Problem::cannot_count()),
        }
    }

    /// Counts all dossiers for one answer; one such at a time.
    async fn of_another_day(
        &self,
        service: &Service,
        number: usize,
        name: &str,
        wanted: &Wanted,
        as_of: Day,
    ) -> Result<Bytes, Problem> {
        let by = service.config().by.get(number).map(Vec::as_slice).unwrap_or_default();
        let query = service.config().query(by, Some(as_of)).map_err(|error| Problem::bad_as_of(&error))?;
        let _place = admit(&self.other_days)?;
        let viewed = service.ask(|core| (core.position(), core.state().view().clone()));
        let (position, view) = viewed.await.map_err(|_| Problem::stopping())?;
        if position < wanted.at_least {
            return Err(Problem::not_there_yet());
        }
        let tally = spawn_blocking(move || count(&query, &view)).await;
        let tally = tally.map_err(|_| Problem::cannot_count())?.map_err(|_| Problem::cannot_count())?;
        write(name, scorecard(tally).await?, position, wanted.indicator.clone()).await
    }
}

async fn scorecard(tally: Tally) -> Result<Arc<Scorecard>, Problem> {
    let card = spawn_blocking(move || tally.scorecard().map(Arc::new)).await;
    card.map_err(|_| Problem::cannot_count())?.map_err(|_| Problem::cannot_count())
}

async fn write(
    name: &str,
    card: Arc<Scorecard>,
    position: u64,
    indicator: Option<String>,
) -> Result<Bytes, Problem> {
    let query = name.to_owned();
    let written = spawn_blocking(move || {
        let card = match indicator {
            Some(indicator) => Arc::new(only(&card, &indicator)),
            None => card,
        };
        serde_json::to_vec(&Answer { query: &query, position, card: &card }).map(Bytes::from)
    });
    written.await.map_err(|_| Problem::cannot_count())?.map_err(|_| Problem::cannot_count())
}

/// The card with the results of one indicator.
fn only(card: &Scorecard, indicator: &str) -> Scorecard {
    let group = |group: &Group| Group {
        keys: group.keys.clone(),
        period_start: group.period_start,
        period_end: group.period_end,
        facts: group.facts.clone(),
        processing_time: group.processing_time.clone(),
        results: group.result(indicator).into_iter().cloned().collect(),
    };
    Scorecard {
        plan: card.plan.clone(),
        query: card.query.clone(),
        calendar: card.calendar.clone(),
        policy: card.policy.clone(),
        data: card.data.clone(),
        accounting: card.accounting.clone(),
        registers: card.registers.clone(),
        warnings: card.warnings.clone(),
        total: group(&card.total),
        groups: card.groups.iter().map(group).collect(),
    }
}
