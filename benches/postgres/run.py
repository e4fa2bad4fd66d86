"""Dossiers counted out of a real PostgreSQL, in a stream: how fast, in how much memory.

    .venv/bin/python benches/postgres/run.py                  # 5 million; some minutes
    .venv/bin/python benches/postgres/run.py --rows 20000     # do the answers agree?

A private server is started (as the tests do: a socket, no port) and filled once. Every way of
counting then runs in a process of its own, whose peak memory is its own. All must give the same
figures; if not, the run fails.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "python"), str(Path(__file__).parent)]

import fill  # noqa: E402
import postgres  # noqa: E402
import ways  # noqa: E402


def measure(way: str, env: dict[str, str], options: argparse.Namespace) -> dict[str, object]:
    """One way, in a fresh process."""
    command = [sys.executable, str(Path(__file__).parent / "ways.py"), way]
    command += ["--batch-bytes", str(options.batch_bytes), "--workers", str(options.workers)]
    run = subprocess.run(
        command, env=os.environ | env, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, object] = json.loads(run.stdout)
    return found


def table(rows: int, found: dict[str, list[dict[str, object]]]) -> str:
    """The figures, as `benches/README.md` has them."""
    lines = ["| way | s | rows a second | peak memory, MiB | of it, before any row |"]
    lines.append("| --- | ---: | ---: | ---: | ---: |")
    for way, runs in found.items():
        best = min(runs, key=lambda run: float(str(run["seconds"])))
        seconds = float(str(best["seconds"]))
        memory = max(int(str(run["peak_mib"])) for run in runs)
        speed = f"{rows / seconds:,.0f}"
        lines.append(
            f"| {ways.WAYS[way].title} | {seconds:.2f} | {speed} | {memory} | {best['start_mib']} |"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=1, help="of each way; the best counts")
    parser.add_argument("--batch-bytes", type=int, default=ways.BATCH_BYTES)
    parser.add_argument("--workers", type=int, default=2, help="connections of the way by month")
    parser.add_argument("--only", action="append", choices=list(ways.WAYS), help="these ways alone")
    options = parser.parse_args(arguments)
    if (why := postgres.missing()) is not None:
        print(why, file=sys.stderr)
        return 1
    with postgres.server() as env:
        start = time.perf_counter()
        fill.fill(env, options.rows)
        print(f"{options.rows:,} rows filled in {time.perf_counter() - start:.1f} s", flush=True)
        found: dict[str, list[dict[str, object]]] = {}
        for _ in range(options.rounds):
            for way in options.only or ways.WAYS:
                found.setdefault(way, []).append(measure(way, env, options))
                print(way, found[way][-1]["seconds"], "s", flush=True)
    print(table(options.rows, found))
    answers = {way: {str(run["answer"]) for run in runs} for way, runs in found.items()}
    told = {answer for ones in answers.values() for answer in ones if answer != "None"}
    if len(told) != 1:
        print("the ways do not agree", file=sys.stderr)
        return 1
    print("all ways agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
