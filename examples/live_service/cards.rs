//! Scorecards: made from a copy of a tally, beside the counting, and answered again while they are
//! young or nothing has changed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::body::Bytes;
use serde::Serialize;
use tokio::sync::Semaphore;
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
    service: Arc<Service>,
    names: Vec<String>,
    places: Vec<Arc<Place>>,
    waiting: Semaphore,
    other_days: Semaphore,
}

/// Requests that may wait for scorecards at a time.
const MOST_WAITING: usize = 512;

/// The youngest card of a query, and who makes the next one.
#[derive(Default)]
struct Place {
    made: Mutex<Option<Arc<Made>>>,
    making: Arc<tokio::sync::Mutex<()>>,
}

struct Made {
    card: Arc<Scorecard>,
    /// Events applied when the tally was copied: the card is of exactly these.
    position: u64,
    at: Instant,
    bodies: Mutex<Bodies>,
}

/// The JSON of a card, whole or of one indicator.
type Bodies = BTreeMap<Option<String>, Bytes>;

#[derive(Serialize)]
struct Answer<'c> {
    query: &'c str,
    position: u64,
    card: &'c Scorecard,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cards {
    /// No card yet.
    pub fn new(service: &Arc<Service>) -> Self {
        let names = service.config().names();
        Cards {
            service: Arc::clone(service),
            places: names.iter().map(|_| Arc::default()).collect(),
            names,
            waiting: Semaphore::new(MOST_WAITING),
            other_days: Semaphore::new(1),
        }
    }

    /// The JSON of a scorecard. It is at most `card_age` old and has the events up to `at_least`:
    /// one that is younger is answered at once, and when half that old the next is begun meanwhile.
    ///
    /// # Errors
    /// [`Problem`].
    pub async fn answer(&self, name: &str, wanted: Wanted) -> Result<Bytes, Problem> {
        let number = self.names.iter().position(|known| known == name);
        let found = number.and_then(|number| Some((number, self.places.get(number)?)));
        let (number, place) = found.ok_or_else(|| Problem::no_such_query(&self.names))?;
        let config = self.service.config();
        if wanted.indicator.as_ref().is_some_and(|id| config.plan.indicator(id).is_err()) {
            return Err(Problem::no_such_indicator());
        }
        let _waiting = admit(&self.waiting)?;
        let young = || {
            let made = lock(&place.made).clone();
            made.filter(|made| made.at.elapsed() <= config.card_age && made.position >= wanted.at_least)
        };
        let made = match young() {
            Some(made) => {
                if made.at.elapsed() > config.card_age / 2
                    && let Ok(turn) = Arc::clone(&place.making).try_lock_owned()
                {
                    let (service, place) = (Arc::clone(&self.service), Arc::clone(place));
                    let name = name.to_owned();
                    tokio::spawn(async move {
                        let _turn = turn;
                        let _ = make(&service, &place, number, &name).await;
                    });
                }
                made
            }
            None => {
                let _turn = place.making.lock().await;
                match young() {
                    Some(made) => made,
                    None => make(&self.service, place, number, name).await?,
                }
            }
        };
        if made.position < wanted.at_least {
            return Err(Problem::not_there_yet());
        }
        if let Some(as_of) = wanted.as_of.filter(|as_of| *as_of != made.card.query.as_of) {
            return self.of_another_day(number, name, &wanted, as_of).await;
        }
        if let Some(body) = lock(&made.bodies).get(&wanted.indicator) {
            return Ok(body.clone());
        }
        let body = write(name, &made.card, made.position, wanted.indicator.clone()).await?;
        lock(&made.bodies).insert(wanted.indicator, body.clone());
        Ok(body)
    }

    /// Counts all dossiers for one answer; one such at a time.
    async fn of_another_day(
        &self,
        number: usize,
        name: &str,
        wanted: &Wanted,
        as_of: Day,
    ) -> Result<Bytes, Problem> {
        let service = &self.service;
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
        write(name, &scorecard(tally).await?, position, wanted.indicator.clone()).await
    }
}

/// Makes a query's card anew, with whatever was asked of the last one; to be called by one at a time.
async fn make(service: &Service, place: &Place, number: usize, name: &str) -> Result<Arc<Made>, Problem> {
    let at = Instant::now();
    let old = lock(&place.made).clone();
    // When nothing has changed, not even the copy is made.
    let unchanged = old.as_ref().map(|old| (old.position, old.card.query.as_of));
    let copied = service.ask(move |core| {
        let tally = core.tallies().get(number)?;
        let now = (core.position(), tally.query().as_of());
        Some((core.position(), (unchanged != Some(now)).then(|| tally.clone())))
    });
    let (position, tally) =
        copied.await.map_err(|_| Problem::stopping())?.ok_or_else(Problem::cannot_count)?;
    let asked = old.as_ref().map(|old| lock(&old.bodies).clone()).unwrap_or_default();
    let made = match (tally, old) {
        (Some(tally), _) => {
            let card = scorecard(tally).await?;
            let mut bodies = Bodies::new();
            for indicator in asked.into_keys() {
                bodies.insert(indicator.clone(), write(name, &card, position, indicator).await?);
            }
            Made { card, position, at, bodies: Mutex::new(bodies) }
        }
        (None, Some(old)) => Made { card: Arc::clone(&old.card), position, at, bodies: Mutex::new(asked) },
        (None, None) => return Err(Problem::cannot_count()),
    };
    let made = Arc::new(made);
    *lock(&place.made) = Some(Arc::clone(&made));
    Ok(made)
}

async fn scorecard(tally: Tally) -> Result<Arc<Scorecard>, Problem> {
    let card = spawn_blocking(move || tally.scorecard().map(Arc::new)).await;
    card.map_err(|_| Problem::cannot_count())?.map_err(|_| Problem::cannot_count())
}

async fn write(
    name: &str,
    card: &Arc<Scorecard>,
    position: u64,
    indicator: Option<String>,
) -> Result<Bytes, Problem> {
    let card = Arc::clone(card);
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
