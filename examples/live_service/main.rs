//! Starts the service of `lib.rs`, keeps its day, and stops it in order.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt;
use live_service::config::{AsOf, Config, HELP};
use live_service::http::router;
use live_service::service::{Service, tell};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help") {
        use std::io::Write;
        let _ = std::io::stdout().write_all(HELP.as_bytes());
        return ExitCode::SUCCESS;
    }
    match Config::parse(arguments).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(&error);
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(config: Config) -> Result<(), String> {
    let listener = TcpListener::bind(config.listen).await.map_err(|error| error.to_string())?;
    let (service, found) = Service::open(config).map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    tell(&format!(
        "{} events from the snapshot, {} from the log, {} torn record ({} bytes) dropped",
        found.snapshot, found.replayed, found.torn_records, found.torn_bytes
    ));
    tell(&format!("listening on http://{address}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    let day = tokio::spawn(keep_day(Arc::clone(&service)));
    // Small answers go out at once.
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    let serve = axum::serve(listener, router(Arc::clone(&service))).with_graceful_shutdown(stop);
    let ended = tokio::select! {
        ended = async { serve.await } => ended.map_err(|error| error.to_string()),
        why = service.failed() => Err(why),
    };
    day.abort();
    let closed =
        tokio::task::spawn_blocking(move || service.close()).await.map_err(|error| error.to_string())?;
    ended.and(closed)
}

/// Counts anew when the day in Vietnam is another than the one counted for.
async fn keep_day(service: Arc<Service>) {
    let as_of = service.config().as_of;
    if as_of != AsOf::Today {
        return;
    }
    let kept = service.ask(|core| core.tallies().first().map(|tally| tally.query().as_of()));
    let mut counted = kept.await.ok().flatten();
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = as_of.now();
        if now == counted {
            continue;
        }
        let rolling = Arc::clone(&service);
        match tokio::task::spawn_blocking(move || rolling.roll(now).map_err(|error| error.to_string())).await
        {
            Ok(Ok(())) => counted = now,
            Ok(Err(error)) => tell(&format!("the day stays as it was, and is tried again: {error}")),
            Err(_) => return,
        }
    }
}
