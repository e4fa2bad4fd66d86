//! Latencies and the table they are printed in.

use std::io::{self, Write};
use std::time::Duration;

/// How long answers took.
#[derive(Debug, Clone, Default)]
pub struct Latencies(Vec<Duration>);

impl Latencies {
    /// One more.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Those of another connection.
    pub fn extend(&mut self, other: Latencies) {
        self.0.extend(other.0);
    }

    /// The least time that this many thousandths of the answers did not exceed.
    fn thousandth(&self, thousandths: usize) -> Option<Duration> {
        let rank = (self.0.len() * thousandths).div_ceil(1000);
        self.0.get(rank.checked_sub(1)?).copied()
    }
}

/// A row per kind of request, in milliseconds.
pub fn print(out: &mut impl Write, rows: Vec<(String, Latencies)>) -> io::Result<()> {
    writeln!(out, "| request | answers | p50, ms | p99, ms | p999, ms | most, ms |")?;
    writeln!(out, "|---|---:|---:|---:|---:|---:|")?;
    for (name, mut times) in rows {
        times.0.sort_unstable();
        write!(out, "| {name} | {} ", times.0.len())?;
        for thousandths in [500, 990, 999, 1000] {
            let micros = times.thousandth(thousandths).unwrap_or_default().as_micros();
            write!(out, "| {}.{:02} ", micros / 1000, micros % 1000 / 10)?;
        }
        writeln!(out, "|")?;
    }
    Ok(())
}
