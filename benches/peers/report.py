"""Bảng kết quả: for the terminal, as Markdown, as JSON, and into benches/README.md."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from timing import Timed

US = "tthc-kpi"
OTHERS = ("polars", "DuckDB", "pandas")
# A kept reader that only reads, without an answer.
ALONE = "reader alone"
BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"
README = Path(__file__).resolve().parents[1] / "README.md"


@dataclass(frozen=True)
class Line:
    """One work: the seconds of each that did it."""

    title: str
    rows: int
    timed: Mapping[str, Timed]
    # What the work must read of memory, and how fast memory is read, in bytes.
    read: int | None = None
    bandwidth: float | None = None

    @property
    def share(self) -> float | None:
        """Of the bandwidth of memory."""
        if self.read is None or self.bandwidth is None:
            return None
        return self.read / self.timed[US].median / self.bandwidth

    def text(self) -> str:
        found = (
            f"{name} {timed.median:.3f} s (min {timed.least:.3f})"
            for name, timed in self.timed.items()
        )
        share = "" if self.share is None else f"; {self.share:.0%} of bandwidth"
        return f"{self.title}: {', '.join(found)}{share}"

    def cells(self) -> list[str]:
        ours = self.timed[US].median
        cells = [self.title, f"{self.rows:,}", f"{ours:.3f}", f"{1e9 * ours / self.rows:.1f}"]
        for name in (*OTHERS, ALONE):
            timed = self.timed.get(name)
            cells.append(
                "" if timed is None else f"{timed.median:.3f} ({timed.median / ours:.1f}x)"
            )
        cells.append("" if self.share is None else f"{self.share:.0%}")
        return cells

    def record(self) -> dict[str, object]:
        seconds = {name: list(timed.seconds) for name, timed in self.timed.items()}
        medians = {name: timed.median for name, timed in self.timed.items()}
        return {
            "title": self.title,
            "rows": self.rows,
            "median": medians,
            "seconds": seconds,
            "bytes": self.read,
            "share_of_bandwidth": self.share,
        }


HEAD = ["work", "rows", f"{US}, s", "ns a row", *(f"{name}, s" for name in OTHERS), f"{ALONE}, s"]
HEAD += ["of memory bandwidth"]


def markdown(machine: Sequence[str], lines: Sequence[Line]) -> str:
    """The table, and under it what it was measured with."""
    rows = [HEAD, ["---", *["---:"] * (len(HEAD) - 1)], *(line.cells() for line in lines)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{table}\n\n{' · '.join(machine)}\n"


def write(folder: Path, machine: Sequence[str], lines: Sequence[Line]) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    text = markdown(machine, lines)
    (folder / "peers.md").write_text(text, encoding="utf-8")
    document = {"machine": list(machine), "lines": [line.record() for line in lines]}
    encoded = json.dumps(document, ensure_ascii=False, indent=2)
    (folder / "peers.json").write_text(encoded, encoding="utf-8")
    return text


def update_readme(text: str, readme: Path = README) -> None:
    before, found, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not (found and closed):
        raise SystemExit(f"{readme}: the markers {BEGIN} and {END} are not there")
    readme.write_text(f"{before}{BEGIN}\n{text}{END}{after}", encoding="utf-8")
