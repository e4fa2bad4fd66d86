//! The service over HTTP: many clients change the same dossiers, and nothing is lost.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test ends where it fails")]

mod common;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;
use live_service::client::Client;
use live_service::event::Event;
use live_service::http::router;
use live_service::service::Service;
use serde_json::{Value, json};
use tthc_kpi::{Dimension, Query};

use common::{body, config, counted, dossiers, event, left};

async fn start(data: &std::path::Path, more: &[&str]) -> (Arc<Service>, SocketAddr) {
    let (service, _) = Service::open(config(data, more)).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = router(Arc::clone(&service));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (service, address)
}

async fn close(service: Arc<Service>) {
    tokio::task::spawn_blocking(move || service.close()).await.unwrap().unwrap();
}

fn query(by: &[Dimension], as_of: &str) -> Arc<Query> {
    let draft = Query::new(&common::plan()).period("2026".parse().unwrap());
    draft.as_of(as_of.parse().unwrap()).by(by.to_vec()).check().unwrap()
}

async fn json(client: &mut Client, path: &str) -> (StatusCode, Value) {
    let (status, body) = client.get(path).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// The events of 8 clients: all change the same dossiers, each with versions of its own.
fn clients() -> Vec<Vec<Event>> {
    let mut drawn = dossiers(2400).into_iter();
    (0..8u64)
        .map(|client| {
            let of = |number: u64| format!("H05-{}", (number * 7 + client) % 90);
            (0..300).map(|number| event(&of(number), number * 8 + client, drawn.next().unwrap())).collect()
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_update_is_lost_among_many_clients_while_the_day_changes() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--by", "agency", "--by", "field,month", "--snapshot-events", "300", "--card-ms", "1"];
    let (service, address) = start(folder.path(), &more).await;
    let clients = clients();
    let senders: Vec<_> = clients
        .iter()
        .map(|events| {
            let requests: Vec<(usize, Vec<u8>)> =
                events.chunks(17).map(|events| (events.len(), body(events))).collect();
            tokio::spawn(async move {
                let mut client = Client::connect(address).await.unwrap();
                let mut position = 0;
                for (count, request) in requests {
                    let (status, answer) = client.post("/events", request).await.unwrap();
                    assert_eq!(status, StatusCode::OK);
                    let answer: Value = serde_json::from_slice(&answer).unwrap();
                    let number = |name: &str| answer[name].as_u64().unwrap();
                    assert_eq!(number("applied") + number("stale"), count as u64);
                    // A client's own events are in the scorecard it asks for next.
                    position = number("position");
                    let path = format!("/scorecard/agency?indicator=on_time_rate&at_least={position}");
                    let (status, card) = json(&mut client, &path).await;
                    assert_eq!(status, StatusCode::OK);
                    assert!(card["position"].as_u64() >= Some(position));
                    let rows = &card["card"]["accounting"];
                    assert!(rows["read"].as_u64() <= Some(90));
                }
                position
            })
        })
        .collect();
    let rolling = Arc::clone(&service);
    let rolled = tokio::task::spawn_blocking(move || {
        for day in ["2026-06-15", "2026-07-01", "2026-07-02"] {
            rolling.roll(Some(day.parse().unwrap())).unwrap();
        }
    });
    let mut position = 0;
    for sender in senders {
        position = position.max(sender.await.unwrap());
    }
    rolled.await.unwrap();

    let left = left(clients.iter().flatten());
    assert_eq!(left.len(), 90);
    let mut client = Client::connect(address).await.unwrap();
    for (path, by) in [
        ("/scorecard/total", vec![]),
        ("/scorecard?by=agency", vec![Dimension::Agency]),
        ("/scorecard?by=field,month", vec![Dimension::Field, Dimension::Month]),
    ] {
        for as_of in ["2026-07-02", "2026-03-31"] {
            // The kept day, and one that is counted for this answer.
            let mark = if path.contains('?') { '&' } else { '?' };
            let (status, answer) =
                json(&mut client, &format!("{path}{mark}as_of={as_of}&at_least={position}")).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            let expected = counted(&query(&by, as_of), left.values());
            assert_eq!(answer["card"], serde_json::to_value(expected.scorecard().unwrap()).unwrap());
        }
    }
    close(Arc::clone(&service)).await;
    let (status, answer) = client.post("/events", body(&clients[0][..1])).await.unwrap();
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(String::from_utf8_lossy(&answer).contains("stopping"));
}

#[tokio::test]
async fn what_is_refused_is_told_without_what_stood_there() {
    let folder = tempfile::tempdir().unwrap();
    let (service, address) = start(folder.path(), &["--max-batch", "3", "--max-body", "2000"]).await;
    let mut client = Client::connect(address).await.unwrap();
    let good =
        json!({"kind": "create", "version": 2, "dossier": {"dossier_id": "a", "received_at": "2026-01-05"}});
    let mut other = good.clone();
    other["dossier"]["rating"] = 5.into();
    let mut bad = good.clone();
    bad["dossier"]["rating"] = "Nguyen Van A".into();
    let sent = json!([good, other, bad]).to_string();
    let (status, answer) = client.post("/events", sent).await.unwrap();
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let refused = json!([{"index": 1, "reason": "conflict"},
        {"index": 2, "reason": "unreadable", "place": "rating"}]);
    assert_eq!(answer, json!({"position": 1, "applied": 1, "stale": 0, "refused": refused}));
    let (status, answer) = client.post("/events", good.to_string()).await.unwrap();
    assert_eq!(
        (status, serde_json::from_slice::<Value>(&answer).unwrap()["stale"].as_u64()),
        (StatusCode::OK, Some(1))
    );

    let long = " ".repeat(3000);
    for (sent, status, error) in [
        ("{\"Nguyen Van A", StatusCode::BAD_REQUEST, "not_json"),
        ("[{},{},{},{}]", StatusCode::PAYLOAD_TOO_LARGE, "too_many_events"),
        (&long, StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
    ] {
        let (got, answer) =
            Client::connect(address).await.unwrap().post("/events", sent.to_owned()).await.unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!((got, answer["error"].as_str()), (status, Some(error)));
        assert!(
            answer["vi"].is_string() && answer["en"].is_string() && !answer.to_string().contains("Nguyen")
        );
    }
    for (path, status, error) in [
        ("/scorecard/officer", StatusCode::NOT_FOUND, "no_such_query"),
        ("/scorecard?by=agency&indicator=on_tme", StatusCode::NOT_FOUND, "no_such_indicator"),
        ("/scorecard?as_of=05/01/2026", StatusCode::BAD_REQUEST, "bad_parameter"),
        ("/scorecard?day=2026-01-05", StatusCode::BAD_REQUEST, "bad_parameter"),
        ("/scorecard?as_of=2025-01-05", StatusCode::BAD_REQUEST, "bad_as_of"),
        ("/scorecard?at_least=2", StatusCode::CONFLICT, "not_there_yet"),
    ] {
        let (got, answer) = json(&mut client, path).await;
        assert_eq!((got, answer["error"].as_str()), (status, Some(error)), "{path}");
    }
    let (_, health) = json(&mut client, "/healthz").await;
    assert_eq!(health, json!({"status": "ok", "position": 1, "dossiers": 1, "as_of": "2026-06-14"}));
    let (_, card) = json(&mut client, "/scorecard?by=month&indicator=on_time_rate").await;
    assert_eq!(card["card"]["groups"][0]["results"].as_array().unwrap().len(), 1);
    assert!(Service::open(config(folder.path(), &[])).is_err(), "the directory is in use");
    close(service).await;
}

/// A body that does not come.
struct Never;

impl hyper::body::Body for Never {
    type Data = axum::body::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        std::task::Poll::Pending
    }
}

#[tokio::test]
async fn who_comes_when_all_places_are_taken_is_told_to_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let (service, address) = start(folder.path(), &["--in-flight", "1"]).await;
    // A request whose body does not end holds the one place.
    let slow = Body::new(Never);
    let holder =
        tokio::spawn(async move { Client::connect(address).await.unwrap().post("/events", slow).await });
    let mut client = Client::connect(address).await.unwrap();
    for _ in 0..1000 {
        let (status, answer) = client.post("/events", "[]").await.unwrap();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            assert!(String::from_utf8_lossy(&answer).contains("\"busy\""));
            let (status, _) = client.get("/scorecard").await.unwrap();
            assert_eq!(status, StatusCode::OK, "scorecards are answered all the same");
            holder.abort();
            close(service).await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    panic!("the place was never taken");
}
