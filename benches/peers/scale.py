"""Chi phí theo số hồ sơ: time per row and peak memory from 1 to 100 million dossiers.

python benches/peers/scale.py [--rows 1,3,10,30,100] [--out FOLDER]
"""

import argparse
import json
import resource
import subprocess
import sys
from pathlib import Path

import data
import ours
from case import BY_AGENCY_AND_MONTH, Question, columns_of
from timing import take_turns

MILLION = 1_000_000
ROUNDS = 3
QUESTIONS = {
    "ungrouped": Question(),
    "by agency and month": Question(by=BY_AGENCY_AND_MONTH),
}
PLACES = ("in memory", "zstd Parquet")
# ru_maxrss counts bytes on macOS, KiB elsewhere.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def one(place: str, rows: int) -> dict[str, object]:
    """A size in this process, whose peak memory is then that of the size."""
    files = data.parquet(rows)
    if place == "in memory":
        columns = columns_of(QUESTIONS["by agency and month"])
        held = ours.take_in(data.stream(files, columns))
        works = {
            name: lambda question=question: ours.ask(held, question)
            for name, question in QUESTIONS.items()
        }
    else:
        works = {
            name: lambda question=question: ours.ask_parquet(files, question)
            for name, question in QUESTIONS.items()
        }
    timed = take_turns(works, dict.fromkeys(works, ROUNDS))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT
    # After the peak: an answer in Python's own objects takes more than the work itself.
    for name, question in QUESTIONS.items():
        read = ours.answer(works[name](), question).read
        assert read == rows, f"{read} of {rows} rows read"
    return {
        "place": place,
        "rows": rows,
        "peak_bytes": peak,
        "seconds": {name: list(found.seconds) for name, found in timed.items()},
        "median": {name: found.median for name, found in timed.items()},
    }


def measure(place: str, rows: int) -> dict[str, object]:
    command = [sys.executable, __file__, "--one", place, str(rows)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def plot(found: list[dict], folder: Path) -> None:
    """Time per row above, peak memory below, over the number of rows."""
    import altair as alt

    lines = [
        {
            "rows": one["rows"],
            "work": f"{one['place']}, {name}",
            "place": one["place"],
            "ns": 1e9 * seconds / one["rows"],
            "gigabytes": one["peak_bytes"] / 1e9,
        }
        for one in found
        for name, seconds in one["median"].items()
    ]
    sizes = sorted({one["rows"] for one in found})
    rows = alt.X("rows:Q", title="dossiers").scale(type="log", nice=False)
    rows = rows.axis(values=sizes, format="~s")
    base = alt.Chart(alt.InlineData(lines)).mark_line(point=True).properties(width=480, height=220)
    time = base.encode(
        rows,
        alt.Y("ns:Q", title="nanoseconds a dossier").scale(zero=True),
        alt.Color("work:N", title=None),
    )
    memory = base.encode(
        rows,
        alt.Y("gigabytes:Q", title="peak memory, GB").scale(zero=True),
        alt.Color("place:N", title=None),
    )
    chart = alt.vconcat(time, memory).resolve_scale(color="independent")
    for kind in ("svg", "png"):
        chart.save(folder / f"scale.{kind}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="1,3,10,30,100", help="millions of dossiers")
    parser.add_argument("--out", type=Path, default=data.CACHE, help="folder of the plot")
    parser.add_argument("--one", nargs=2, metavar=("PLACE", "ROWS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        place, rows = options.one
        print(json.dumps(one(place, int(rows))))
        return
    found = []
    for millions in map(int, options.rows.split(",")):
        # Made in this process: making must not count in the peak of the measured one.
        data.parquet(millions * MILLION)
        for place in PLACES:
            found.append(measure(place, millions * MILLION))
            times = (f"{name} {seconds:.3f} s" for name, seconds in found[-1]["median"].items())
            peak = f"{found[-1]['peak_bytes'] / 1e9:.2f} GB"
            print(f"{millions} million, {place}: {', '.join(times)}, peak {peak}", flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "scale.json").write_text(json.dumps(found, indent=2), encoding="utf-8")
    plot(found, options.out)


if __name__ == "__main__":
    main()
