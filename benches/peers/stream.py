"""Đếm dần: time per row and peak memory of Parquet, CSV and streams, however many dossiers.

python benches/peers/stream.py [--rows 1,3,10] [--rounds N] [--places PLACE,...] [--out FILE]

Each size of each place has a process of its own, whose peak memory is then that of the size.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq

import data
import ours
import tthc_kpi as tk
from case import BY_AGENCY_AND_MONTH, Question, columns_of

MILLION = 1_000_000
QUESTION = Question(by=BY_AGENCY_AND_MONTH)
# ru_maxrss counts bytes on macOS, KiB elsewhere.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
PLACES = ("in memory", "parquet", "csv", "dataset", "iterator", "cases")


def csv_of(rows: int) -> list[Path]:
    """The CSV files of the first so many dossiers, a million each, made once."""
    folder = data.CACHE / "csv"
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for source in data.parquet(rows):
        path = folder / source.with_suffix(".csv").name
        if not path.exists():
            part = path.with_suffix(".part")
            table = data.as_written(pq.ParquetFile(source).read())
            pl.from_arrow(table).write_csv(part)
            part.rename(path)
        files.append(path)
    return files


def batches(rows: int) -> Iterator[pa.RecordBatch]:
    """Batches as a program of one's own makes them."""
    for file in data.parquet(rows):
        yield from pq.ParquetFile(file).iter_batches(65_536, columns=columns_of(QUESTION))


def peak() -> int:
    """Most bytes of this process; on Linux `ru_maxrss` would count what its parent had."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def opened(place: str, rows: int) -> tk.Scan | tk.Dossiers:
    files = [str(path) for path in data.parquet(rows)]
    match place:
        case "in memory":
            return ours.take_in(data.stream(data.parquet(rows), columns_of(QUESTION)))
        case "csv":
            return tk.scan([str(path) for path in csv_of(rows)])
        case "dataset":
            return tk.scan(pyarrow.dataset.dataset(files))
        case "iterator":
            return tk.scan(lambda: batches(rows))
        case _:
            return tk.scan(files)


def one(place: str, rows: int, rounds: int) -> dict[str, object]:
    """A size in this process."""
    source = opened(place, rows)
    card = ours.ask(source, QUESTION) if place == "cases" else None
    seconds = []
    for _ in range(rounds):
        started = time.perf_counter()
        if card is None:
            assert ours.ask(source, QUESTION).accounting["read"] == rows
        else:
            result = card["on_time_rate"]
            listed = sum(map(len, card.cases_stream("on_time_rate", "passing")))
            assert listed == result.numerator
        seconds.append(time.perf_counter() - started)
    return {"place": place, "rows": rows, "seconds": seconds, "peak_bytes": peak()}


def measured(place: str, rows: int, rounds: int) -> dict[str, object]:
    command = [sys.executable, __file__, "--one", place, str(rows), str(rounds)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="1,3,10", help="millions of dossiers")
    parser.add_argument("--places", default=",".join(PLACES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, help="a JSON file")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        place, rows, rounds = options.one
        print(json.dumps(one(place, int(rows), int(rounds))))
        return
    found = []
    for millions in map(float, options.rows.split(",")):
        rows = int(millions * MILLION)
        # Made in this process: making must not count in the peak of the measured one.
        data.parquet(rows)
        for place in options.places.split(","):
            if place == "csv":
                csv_of(rows)
            found.append(measured(place, rows, options.rounds))
            best = min(found[-1]["seconds"])
            print(
                f"{rows:>12,} {place:<10} {best:8.3f} s {1e9 * best / rows:8.1f} ns a row"
                f" {found[-1]['peak_bytes'] / 2**20:8.0f} MiB",
                flush=True,
            )
    if options.out is not None:
        options.out.write_text(json.dumps(found, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
