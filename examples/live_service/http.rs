//! The addresses: `POST /events`, `GET /scorecard/{query}`, `GET /scorecard?by=`, `GET /healthz`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::spawn_blocking;
use tthc_kpi::Day;

use crate::cards::{Cards, Wanted};
use crate::event::{Batch, Refused};
use crate::service::Service;
use crate::words::Problem;

/// How long a body may take to come.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Requests whose events are read at a time, beside the threads that serve: these stay free for
/// scorecards.
const READERS: usize = 2;

struct Shared {
    service: Arc<Service>,
    cards: Cards,
    posts: Semaphore,
    readers: Semaphore,
}

/// The routes of a service.
pub fn router(service: Arc<Service>) -> Router {
    let posts = Semaphore::new(service.config().in_flight);
    let cards = Cards::new(&service);
    let shared = Arc::new(Shared { service, cards, posts, readers: Semaphore::new(READERS) });
    Router::new()
        .route("/events", post(take_events))
        .route("/scorecard", get(scorecard_by))
        .route("/scorecard/{query}", get(scorecard))
        .route("/healthz", get(health))
        .with_state(shared)
}

/// A place among those served at a time, or the answer to come again.
pub(crate) fn admit(places: &Semaphore) -> Result<SemaphorePermit<'_>, Problem> {
    places.try_acquire().map_err(|_| Problem::busy())
}

/// What became of a request's events. All but the refused are kept, on disk as configured.
#[derive(Debug, Serialize)]
struct Receipt {
    /// Events applied since the beginning, these included: `at_least` of a scorecard that has them.
    position: u64,
    applied: usize,
    stale: usize,
    refused: Vec<Refused>,
}

async fn take_events(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    // Before the body is read: what waits in memory is at most so many bodies.
    let _place = admit(&shared.posts)?;
    let config = shared.service.config();
    let body = read_body(request.into_body(), config.max_body).await?;
    let reading = shared.readers.acquire().await.map_err(|_| Problem::stopping())?;
    let text = body.clone();
    let batch = spawn_blocking(move || Batch::read(&text)).await.map_err(|_| Problem::stopping())?;
    drop(reading);
    let batch = batch.map_err(|fault| Problem::not_json(fault.line, fault.column))?;
    if batch.events.len() > config.max_batch {
        return Err(Problem::too_many_events(config.max_batch));
    }
    let counted = shared.service.post(body, batch).await.map_err(|_| Problem::stopping())?;
    // A client that looks at the status alone must see that not all was taken.
    let status = if counted.refused.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let receipt = Receipt {
        position: counted.position,
        applied: counted.applied,
        stale: counted.stale,
        refused: counted.refused,
    };
    Ok((status, Json(receipt)).into_response())
}

async fn read_body(body: Body, most: usize) -> Result<Bytes, Problem> {
    match tokio::time::timeout(BODY_TIME, to_bytes(body, most)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) => {
            let too_long = std::error::Error::source(&error)
                .is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
            Err(if too_long { Problem::too_large(most) } else { Problem::no_body() })
        }
        Err(_) => Err(Problem::no_body()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    by: Option<String>,
    indicator: Option<String>,
    as_of: Option<Day>,
    #[serde(default)]
    at_least: u64,
}

type Parameters = Result<Query<Asked>, QueryRejection>;

async fn scorecard_by(State(shared): State<Arc<Shared>>, asked: Parameters) -> Result<Response, Problem> {
    let Query(asked) = asked.map_err(|_| Problem::bad_parameter())?;
    let name = asked.by.as_deref().filter(|by| !by.is_empty()).unwrap_or("total").to_owned();
    answer(&shared, &name, asked).await
}

async fn scorecard(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    asked: Parameters,
) -> Result<Response, Problem> {
    let Query(asked) = asked.map_err(|_| Problem::bad_parameter())?;
    if asked.by.is_some() {
        return Err(Problem::bad_parameter());
    }
    answer(&shared, &name, asked).await
}

async fn answer(shared: &Shared, name: &str, asked: Asked) -> Result<Response, Problem> {
    let wanted = Wanted { indicator: asked.indicator, as_of: asked.as_of, at_least: asked.at_least };
    let body = shared.cards.answer(name, wanted).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    position: u64,
    dossiers: usize,
    as_of: Option<Day>,
}

async fn health(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    let health = shared.service.ask(|core| Health {
        status: "ok",
        position: core.position(),
        dossiers: core.state().len(),
        as_of: core.tallies().first().map(|tally| tally.query().as_of()),
    });
    Ok(Json(health.await.map_err(|_| Problem::stopping())?).into_response())
}
