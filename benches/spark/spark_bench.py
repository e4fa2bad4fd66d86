"""Spark tốn thêm bao nhiêu: the same files counted by one process and by Spark, answers held equal.

python benches/spark/spark_bench.py [--rows N] [--rounds N] [--masters 'local[2];local[4]']
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tthc_kpi as tk

ROOT = Path(__file__).resolve().parents[2]
PIECE = 500_000
PLAN = tk.Plan("dong-nguyen-2026")
QUESTIONS: dict[str, dict[str, Any]] = {
    "ungrouped": {"period": "2026"},
    "by agency and month": {"period": "2026", "by": ["agency", "month"]},
}


def files_of(rows: int, folder: Path, piece: int = PIECE) -> list[str]:
    """That many dossiers in files of a piece each, made once."""
    files = []
    for seed, first in enumerate(range(0, rows, piece)):
        size = min(piece, rows - first)
        path = folder / f"{size}-{seed}.parquet"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            tk.synth(size, seed=seed).to_parquet(path.with_suffix(".part"))
            path.with_suffix(".part").rename(path)
        files.append(str(path))
    return files


def timed(work: Callable[[], tk.Scorecard], rounds: int) -> tuple[float, float, tk.Scorecard]:
    """Seconds of the first time and of the median of the next rounds, and the answer."""
    seconds = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        card = work()
        seconds.append(time.perf_counter() - start)
    return seconds[0], statistics.median(seconds[1:]), card


def measure(spark: Any, files: list[str], rounds: int, threads: int = 2) -> list[dict[str, object]]:
    """Each question by one process and by Spark."""
    found = []
    df = spark.read.parquet(*files)
    for name, question in QUESTIONS.items():
        one_first, one_warm, one = timed(
            lambda question=question: tk.evaluate(
                tk.scan(files), PLAN, threads=threads, **question
            ),
            rounds,
        )
        first, warm, card = timed(
            lambda question=question: tk.spark.evaluate(df, PLAN, **question), rounds
        )
        assert card.to_json() == one.to_json(), "Spark and one process answer alike"
        found.append(
            {
                "question": name,
                "rows": card.accounting["read"],
                "one first": one_first,
                "one warm": one_warm,
                "spark first": first,
                "spark warm": warm,
            }
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--masters", default="local[2];local-cluster[2,1,1024]")
    asked = parser.parse_args()
    sys.path.insert(0, str(ROOT / "tests" / "python"))
    import spark_session

    files = files_of(asked.rows, ROOT / "build" / "spark")
    print("| Spark | question | one process, first | warm | Spark, first | warm | warm ratio |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for master in asked.masters.split(";"):
        start = time.perf_counter()
        with (
            tempfile.TemporaryDirectory() as folder,
            spark_session.session(Path(folder), master, quick=False) as spark,
        ):
            started = time.perf_counter() - start
            for row in measure(spark, files, asked.rounds):
                one, warm = row["one warm"], row["spark warm"]
                print(
                    f"| `{master}`, started in {started:.1f} s | {row['question']}"
                    f" | {row['one first']:.2f} s | {one:.2f} s"
                    f" | {row['spark first']:.2f} s | {warm:.2f} s | {warm / one:.1f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
