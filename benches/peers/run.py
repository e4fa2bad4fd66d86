"""So với polars, DuckDB, pandas: the same work, the answers asserted equal, one table.

python benches/peers/run.py [--rows N] [--as-of DAY] [--quick] [--update-readme]
"""

import argparse
import datetime as dt
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import bandwidth
import data
import duckdb_peer
import ours
import pandas_peer
import polars_peer
import report
from case import BY_AGENCY_AND_MONTH, Question, columns_of, differences
from timing import take_turns

PEERS: tuple[ModuleType, ...] = (ours, polars_peer, duckdb_peer, pandas_peer)
FAST, SLOW = 7, 3
Ask = Callable[[Question], object]


@dataclass(frozen=True)
class Size:
    """Rows in memory and in Parquet, in a CSV, in a workbook; and in how many rounds."""

    rows: int = 10_000_000
    csv_rows: int = 1_000_000
    workbook_rows: int = 100_000
    rounds: int = FAST


QUICK = Size(50_000, 20_000, 2_000, rounds=1)


class Bench:
    """The rows of the table, one after another."""

    def __init__(self, size: Size, as_of: dt.date) -> None:
        self.size = size
        self.ungrouped = Question(cut=as_of)
        self.grouped = Question(cut=as_of, by=BY_AGENCY_AND_MONTH)
        self.lines: list[report.Line] = []
        self.told = machine()

    def run(self) -> None:
        self.in_memory()
        self.from_parquet()
        self.from_csv()
        self.from_workbook()

    def in_memory(self) -> None:
        rows = self.size.rows
        files = data.parquet(rows)
        columns = columns_of(self.grouped)
        table = data.in_memory(files, columns)
        speed = bandwidth.measure()
        self.told.append(f"memory read at {speed / 1e9:.1f} GB/s")
        takes = {peer.NAME: lambda peer=peer: peer.take_in(table) for peer in PEERS}
        self.measure("take in and validate", rows, takes)
        self.look_for_equal_ids(files, columns)
        held = {peer.NAME: take() for peer, take in zip(PEERS, takes.values(), strict=True)}
        asks = {
            peer.NAME: lambda question, peer=peer: peer.ask(held[peer.NAME], question)
            for peer in PEERS
        }
        for question in (self.ungrouped, self.grouped):
            size = table.select(columns_of(question)).nbytes
            self.ask("in memory", rows, asks, question, read=size, bandwidth=speed)
        asks[ours.NAME] = lambda question: ours.ask_again(held[ours.NAME], question)
        for question in (self.ungrouped, self.grouped):
            self.ask(f"in memory, judged facts of {ours.NAME} kept", rows, asks, question)

    def look_for_equal_ids(self, files: list[Path], columns: list[str]) -> None:
        table = data.in_memory(files, [*columns, "dossier_id"])
        works = {ours.NAME: lambda: ours.take_in(table, duplicates="resolve")}
        self.measure("take in, validate, look for equal ids", self.size.rows, works)

    def from_parquet(self) -> None:
        files = data.parquet(self.size.rows)
        asks = {peer.NAME: lambda q, peer=peer: peer.ask_parquet(files, q) for peer in PEERS}
        how = "zstd Parquet" if ours.SCANS else "zstd Parquet (read by pyarrow)"
        for question in (self.ungrouped, self.grouped):
            self.ask(how, self.size.rows, asks, question)

    def from_csv(self) -> None:
        path = data.csv(self.size.csv_rows)
        asks = {peer.NAME: lambda q, peer=peer: peer.ask_csv(path, q) for peer in PEERS}
        alone = {report.ALONE: lambda: polars_peer.read_csv_alone(path)}
        self.ask("CSV", self.size.csv_rows, asks, self.ungrouped, alone)

    def from_workbook(self) -> None:
        path = data.workbook(self.size.workbook_rows)
        asks = {peer.NAME: lambda q, peer=peer: peer.ask_workbook(path, q) for peer in PEERS}
        alone = {report.ALONE: lambda: polars_peer.read_workbook_alone(path)}
        self.ask("XLSX", self.size.workbook_rows, asks, self.ungrouped, alone)

    def ask(
        self,
        title: str,
        rows: int,
        asks: Mapping[str, Ask],
        question: Question,
        beside: Mapping[str, Callable[[], object]] | None = None,
        **memory: float,
    ) -> None:
        """First that all four answer alike, then how long they take."""
        title = f"{title}, {'by agency and month' if question.by else 'ungrouped'}"
        check(title, asks, question)
        works = {name: lambda ask=ask: ask(question) for name, ask in asks.items()}
        self.measure(title, rows, works | dict(beside or {}), **memory)

    def measure(
        self, title: str, rows: int, works: Mapping[str, Callable[[], object]], **memory: float
    ) -> None:
        rounds = {
            name: min(self.size.rounds, SLOW) if name == pandas_peer.NAME else self.size.rounds
            for name in works
        }
        line = report.Line(title, rows, take_turns(works, rounds), **memory)
        self.lines.append(line)
        print(line.text(), flush=True)


def check(title: str, asks: Mapping[str, Ask], question: Question) -> None:
    """Stop unless all four answer alike."""
    answers = {peer.NAME: peer.answer(asks[peer.NAME](question), question) for peer in PEERS}
    for name, answer in answers.items():
        if found := list(differences(answers[ours.NAME], answer)):
            told = "\n".join(found[:20])
            raise SystemExit(f"{title}: {ours.NAME} and {name} differ\n{told}")


def machine() -> list[str]:
    cores = f"{os.cpu_count()} cores ({platform.machine()}), all of them used by each"
    versions = [f"{peer.NAME} {peer.VERSION}" for peer in PEERS]
    return [cores, f"Python {platform.python_version()}", *versions]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, help="in memory and in Parquet")
    parser.add_argument("--rounds", type=int, help=f"{FAST} unless said; pandas at most {SLOW}")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, default=Question.cut)
    parser.add_argument(
        "--quick", action="store_true", help="few rows, one round: do answers agree?"
    )
    parser.add_argument("--update-readme", action="store_true")
    options = parser.parse_args()
    size = QUICK if options.quick else Size()
    given = {"rows": options.rows, "rounds": options.rounds}
    size = replace(size, **{name: value for name, value in given.items() if value is not None})
    bench = Bench(size, options.as_of)
    bench.run()
    # A trial does not replace what was measured.
    folder = data.CACHE / "quick" if options.quick else data.CACHE
    text = report.write(folder, [*bench.told, f"cut at {options.as_of}"], bench.lines)
    print(f"\n{text}")
    if options.update_readme:
        report.update_readme(text)


if __name__ == "__main__":
    main()
