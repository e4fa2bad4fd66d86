"""Ways to count dossiers that are in PostgreSQL; as a script, one way: its figures as JSON."""

import argparse
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi as postgresql

import tthc_kpi as tk
from fill import address

# What the timing of dossiers needs, and by whom; of 41 columns.
FEW = (
    "agency, channel, status, received_at, due_at, completed_at, returned_at,"
    " payments, payments_portal, rating"
)
BATCH_BYTES = 4 << 20
QUESTION: dict[str, Any] = {"period": "2026", "by": ["agency"]}
HINT = "adbc.postgresql.batch_size_hint_bytes"


@dataclass(frozen=True)
class Way:
    title: str
    run: Callable[[argparse.Namespace], Any]


@contextmanager
def cursor(batch_bytes: int) -> Iterator[Any]:
    """A cursor that gives batches of about so many bytes."""
    where = address({name: os.environ[name] for name in ("PGHOST", "PGUSER", "PGDATABASE")})
    with (
        postgresql.connect(where) as connection,
        connection.cursor(adbc_stmt_kwargs={HINT: str(batch_bytes)}) as made,
    ):
        yield made


def plan() -> tk.Plan:
    return tk.Plan("dong-nguyen-2026")


def drained(columns: str, options: argparse.Namespace) -> None:
    """The driver alone: every batch is drawn and let go."""
    with cursor(options.batch_bytes) as made:
        made.execute(f"SELECT {columns} FROM ho_so")
        for _ in made.fetch_record_batch():
            pass


def streamed(columns: str, options: argparse.Namespace, where: str = "true") -> tk.Tally:
    """Counted while it comes."""
    with cursor(options.batch_bytes) as made:
        made.execute(f"SELECT {columns} FROM ho_so WHERE {where}")
        return tk.tally(tk.scan(made.fetch_record_batch()), plan(), **QUESTION)


def by_month(options: argparse.Namespace) -> tk.Tally:
    """Months on several connections, each streamed, their tallies merged."""
    months = [f"2026-{month:02}-01" for month in range(1, 13)] + ["2027-01-01"]
    spans = [f"received_at < '{months[0]}'"]
    spans += [f"received_at >= '{a}' AND received_at < '{b}'" for a, b in pairwise(months)]
    spans += [f"received_at >= '{months[-1]}'"]
    with ThreadPoolExecutor(options.workers) as pool:
        tallies = list(pool.map(lambda span: streamed(FEW, options, span), spans))
    whole = tallies[0]
    for tally in tallies[1:]:
        whole = whole.merge(tally)
    return whole


def in_memory(options: argparse.Namespace) -> tk.Tally:
    """Loaded first, as a data set that is asked often."""
    with cursor(options.batch_bytes) as made:
        made.execute(f"SELECT {FEW} FROM ho_so")
        return tk.tally(tk.Dossiers(made), plan(), **QUESTION)


WAYS = {
    "drain": Way("the driver alone, 10 columns", lambda options: drained(FEW, options)),
    "stream": Way("`tk.scan`, 10 columns", lambda options: streamed(FEW, options)),
    "months": Way("`tk.scan`, by month, 2 connections, merged", by_month),
    "memory": Way("`tk.Dossiers`, 10 columns, all in memory", in_memory),
    "drain_all": Way("the driver alone, every column", lambda options: drained("*", options)),
    "stream_all": Way("`tk.scan`, every column", lambda options: streamed("*", options)),
}


def digest(tally: tk.Tally) -> str:
    """A fingerprint of the figures that the ten columns answer, in total and by agency."""
    card = tally.scorecard()
    names = ("on_time_rate", "early_rate", "online_payment_rate", "satisfaction_rate")
    names += ("online_dossier_rate",)

    def told(of: Any) -> list[str]:
        found = [of[name] for name in names]
        return [f"{one.numerator}/{one.denominator}/{one.unknown}" for one in found]

    groups = [[*map(str, group.keys.values()), *told(group)] for group in card.groups]
    rows = {name: card.accounting[name] for name in ("read", "used", "outside", "excluded")}
    text = json.dumps([told(card), groups, rows], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def mib() -> int:
    """The peak of this process's memory: what `getrusage` tells begins with that of its parent."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=list(WAYS))
    parser.add_argument("--batch-bytes", type=int, default=BATCH_BYTES)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    before = mib()
    start = time.perf_counter()
    tally = WAYS[options.way].run(options)
    seconds = time.perf_counter() - start
    answer = None if tally is None else digest(tally)
    found = {"seconds": round(seconds, 3), "peak_mib": mib(), "start_mib": before, "answer": answer}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
