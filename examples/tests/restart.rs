//! The program itself: killed in the middle of its work, stopped in order, loaded, and as its page
//! tells.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test ends where it fails")]

mod common;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::http::StatusCode;
use live_service::client::Client;
use live_service::event::Event;
use serde_json::Value;
use tthc_kpi::Query;

use common::{body, counted, dossiers, event, left};

struct Program {
    process: Child,
    address: SocketAddr,
    said: String,
}

impl Program {
    fn start(data: &Path, more: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_live_service"))
            .args(["--listen", "127.0.0.1:0", "--period", "2026", "--as-of", "2026-06-14"])
            .arg("--data")
            .arg(data)
            .args(more)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap());
        let mut said = String::new();
        while lines.read_line(&mut said).unwrap() > 0 {
            if let Some((_, address)) = said.trim_end().rsplit_once("http://") {
                return Program { process, address: address.parse().unwrap(), said };
            }
        }
        process.wait().unwrap();
        panic!("{said}");
    }

    /// SIGTERM: it answers what it has, saves all, and ends well.
    fn stop(mut self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn post(client: &mut Client, events: &[Event]) -> Option<Value> {
    let (status, answer) = client.post("/events", body(events)).await.ok()?;
    assert_eq!(status, StatusCode::OK);
    serde_json::from_slice(&answer).ok()
}

async fn killed_in_mid_load(durability: &str) {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--durability", durability, "--snapshot-events", "400"];
    let mut program = Program::start(folder.path(), &more);
    let mut drawn = dossiers(3000).into_iter();
    let sent: Vec<Vec<Event>> = (0..4u64)
        .map(|client| {
            let of = |number: u64| format!("H05-{}", (number * 5 + client) % 200);
            (0..750).map(|number| event(&of(number), number * 4 + client, drawn.next().unwrap())).collect()
        })
        .collect();
    let senders: Vec<_> = sent
        .iter()
        .map(|events| {
            let (events, address) = (events.clone(), program.address);
            tokio::spawn(async move {
                let mut client = Client::connect(address).await.unwrap();
                let mut answered = Vec::new();
                for events in events.chunks(5) {
                    match post(&mut client, events).await {
                        Some(_) => answered.extend_from_slice(events),
                        None => break,
                    }
                }
                answered
            })
        })
        .collect();
    // Until enough is there to be lost, and not all.
    let mut client = Client::connect(program.address).await.unwrap();
    loop {
        let (_, health) = client.get("/healthz").await.unwrap();
        if serde_json::from_slice::<Value>(&health).unwrap()["position"].as_u64() > Some(500) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    program.process.kill().unwrap();
    program.process.wait().unwrap();
    let mut answered = Vec::new();
    for sender in senders {
        answered.push(sender.await.unwrap());
    }

    let program = Program::start(folder.path(), &more);
    let mut client = Client::connect(program.address).await.unwrap();
    for event in answered.iter().flatten().collect::<Vec<_>>().chunks(100) {
        let again: Vec<Event> = event.iter().map(|event| (*event).clone()).collect();
        let answer = post(&mut client, &again).await.unwrap();
        assert_eq!(answer["applied"], 0, "what was answered is there");
    }
    for events in sent.iter().flat_map(|events| events.chunks(100)) {
        post(&mut client, events).await.unwrap();
    }
    let query = Query::new(&common::plan()).period("2026".parse().unwrap());
    let query = query.as_of("2026-06-14".parse().unwrap()).check().unwrap();
    let expected = counted(&query, left(sent.iter().flatten()).values()).scorecard().unwrap();
    let expected = serde_json::to_value(expected).unwrap();
    let card = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap()["card"].clone();
    let (_, body) = client.get("/scorecard/total").await.unwrap();
    assert_eq!(card(&body), expected);

    // In order: all is saved, and nothing is read from the log.
    program.stop();
    let program = Program::start(folder.path(), &more);
    assert!(program.said.contains(", 0 from the log, 0 torn"), "{}", program.said);
    let (_, body) = Client::connect(program.address).await.unwrap().get("/scorecard").await.unwrap();
    assert_eq!(card(&body), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_mid_load_nothing_answered_is_lost() {
    killed_in_mid_load("sync").await;
    killed_in_mid_load("written").await;
}

#[test]
fn a_bad_start_is_told_in_a_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("snapshot.bin"), "no snapshot").unwrap();
    let start = |more: &[&str]| {
        let program = Command::new(env!("CARGO_BIN_EXE_live_service")).args(more).output().unwrap();
        assert_eq!(program.status.code(), Some(1));
        String::from_utf8(program.stderr).unwrap()
    };
    let data = folder.path().to_str().unwrap();
    let damaged = start(&["--data", data, "--period", "2026", "--listen", "127.0.0.1:0"]);
    assert!(damaged.contains("snapshot.bin: damaged") && damaged.lines().count() == 1, "{damaged}");
    assert!(start(&["--data", data]).contains("--period is missing"));
    assert!(
        start(&["--data", data, "--period", "2026", "--by", "agancy"]).contains("did you mean \"agency\"?")
    );
}

#[test]
fn the_load_generator_loads_checks_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let load = Command::new(env!("CARGO_BIN_EXE_live_service_load"))
        .args(["--events", "12000", "--clients", "6", "--snapshot-events", "5000", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    let said = String::from_utf8(load.stdout).unwrap();
    assert!(load.status.success(), "{said}{}", String::from_utf8_lossy(&load.stderr));
    assert!(said.contains("| POST /events | 120 |"), "{said}");
    assert!(said.contains("the last scorecards equal a count of the final dossiers"));
    assert!(!data.exists(), "it leaves nothing behind");
}

#[test]
fn the_load_generator_keeps_a_rate() {
    let folder = tempfile::tempdir().unwrap();
    let load = Command::new(env!("CARGO_BIN_EXE_live_service_load"))
        .args(["--events", "2000", "--clients", "2", "--events-per-second", "2000", "--data"])
        .arg(folder.path().join("data"))
        .output()
        .unwrap();
    let said = String::from_utf8(load.stdout).unwrap();
    assert!(load.status.success(), "{said}{}", String::from_utf8_lossy(&load.stderr));
    let time = said.lines().find_map(|line| line.strip_prefix("2000 events in ")?.split_once(" ms"));
    // The last of 20 requests is due when 1,900 events are before it.
    assert!(time.unwrap().0.parse::<u64>().unwrap() >= 950, "{said}");
}

#[test]
fn the_page_shows_what_the_program_answers() {
    if Command::new("curl").arg("--version").output().is_err() {
        return;
    }
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/dich-vu.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path(), &[]);
    let blocks = page.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut run = 0;
    for example in blocks.flat_map(|block| block.split("$ ").skip(1)).filter(|text| text.starts_with("curl "))
    {
        let (command, expected) = example.split_once('\n').unwrap();
        let command = command.replace("127.0.0.1:8070", &program.address.to_string());
        let answer = Command::new("sh").args(["-c", &command]).output().unwrap();
        assert_eq!(String::from_utf8(answer.stdout).unwrap().trim(), expected.trim(), "{command}");
        run += 1;
    }
    assert_eq!(run, 6);
}
