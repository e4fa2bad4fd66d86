"""Gộp bảng đếm: how long saved tallies take to be merged, and the memory it takes.

python benches/partial/merge.py --tallies 10000 --groups 20 [--months] [--threads 2]

Made-up tallies, each of a commune of its own: some different ones, of other dossiers each, are
copied under other names until there are enough, with sources that differ. They are written first,
outside the time, and read from the page cache.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

import tthc_kpi as tk

DIFFERENT = 25


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tallies", type=int, default=10_000)
    parser.add_argument("--groups", type=int, default=20)
    parser.add_argument("--rows", type=int, default=2_000, help="dossiers of each commune")
    parser.add_argument("--months", action="store_true", help="by month, too")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        size = make(Path(folder), options)
        took, merged = [], None
        for _ in range(options.rounds):
            started = time.perf_counter()
            merged = tk.merge_tallies(folder, threads=options.threads)
            took.append(time.perf_counter() - started)
        assert merged is not None
        read = merged.scorecard().accounting["read"]
        assert read == options.tallies * options.rows, read
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        groups = len(merged.scorecard().groups)
        each = size / options.tallies / 1024
        print(
            f"{options.tallies:,} tallies of {groups} groups, {each:.1f} KiB"
            f" each: {sorted(took)[len(took) // 2]:.2f} s (of {options.rounds}:"
            f" {', '.join(f'{seconds:.2f}' for seconds in took)}), {memory} MiB at most"
        )
    return 0


def make(folder: Path, options: argparse.Namespace) -> int:
    """Write the tallies; gives their size in bytes."""
    plan, by = tk.Plan("dong-nguyen-2026"), ["agency", "month"] if options.months else ["agency"]
    size = 0
    different = min(DIFFERENT, options.tallies)
    made = [tally_of(options, plan, by, seed) for seed in range(different)]
    for number in range(options.tallies):
        of = made[number % different]._core.of_source(
            f"xa-{number}.xlsx", number.to_bytes(32, "big")
        )
        path = folder / f"xa-{number:06}.tally"
        size += path.write_bytes(of.packed())
    return size


def tally_of(options: argparse.Namespace, plan: tk.Plan, by: list[str], seed: int) -> tk.Tally:
    table = pa.table(tk.synth(options.rows, seed=seed))
    names = pa.array([f"Phòng chuyên môn số {n}" for n in range(options.groups)])
    agency = pa.array([row % options.groups for row in range(table.num_rows)])
    place = table.schema.get_field_index("agency")
    table = table.set_column(place, "agency", pc.take(names, agency))
    ds = tk.Dossiers(table, duplicates="assume_unique")
    return tk.tally(ds, plan, period="2026", by=by)


if __name__ == "__main__":
    raise SystemExit(main())
