"""Tên nhóm trên trục: whole in tooltips, in two lines at most beside the marks."""

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tthc_kpi._result import Group
from tthc_kpi._text import Lang, key_text
from tthc_kpi.charts._base import altair, harmless

__all__ = ["Name", "name_axis", "names_of", "row_height"]

# Characters of a line; two lines of them hold nearly every procedure's name.
_LINE = 48
# Beyond so many rows a picture would be longer than anybody scrolls.
_MANY = 60


@dataclass(frozen=True, slots=True)
class Name:
    """A group's name: as the axis writes it, and whole."""

    axis: str
    whole: str

    @classmethod
    def of(cls, text: str, *, tail: bool = False) -> "Name":
        """A name with its lines broken; what does not fit is cut, and says so.

        What is cut off is the end, or with ``tail`` the middle.
        """
        lines = textwrap.wrap(text, _LINE)
        if len(lines) > 2:
            second = f"…{text[1 - _LINE :]}" if tail else f"{lines[1][: _LINE - 1].rstrip()}…"
            lines = [lines[0], second]
        elif len(lines) == 2:
            # Two lines of about one length, rather than a word alone.
            widths = range(len(text) // 2, _LINE + 1)
            tries = (textwrap.wrap(text, width) for width in widths)
            lines = next((even for even in tries if len(even) == 2), lines)
        return cls("\n".join(lines), text)


def names_of(groups: Iterable[Group], lang: Lang) -> list[Name]:
    """The names of all groups, each a different one: an axis would take equal ones for one."""
    texts = [
        " · ".join(key_text(name, key, lang) for name, key in group.keys.items())
        for group in groups
    ]
    alike = Counter(Name.of(text).axis for text in texts)
    met: Counter[str] = Counter()
    names = []
    for text in texts:
        name = Name.of(text)
        if alike[name.axis] > 1:
            name = Name.of(text, tail=True)
        met[name.axis] += 1
        nth = met[name.axis]
        names.append(name if nth == 1 else Name(f"{name.axis} ({nth})", text))
    return names


def row_height(names: Sequence[Name], least: int = 24) -> int:
    """Pixels of a row: room for two lines where a name has two."""
    if any("\n" in name.axis for name in names):
        return max(least, 31)
    return least if len(names) <= _MANY else 17


def name_axis(names: Sequence[Name], title: str | None) -> Any:
    """Groups down the side, in the order given."""
    alt = altair()
    return alt.Y(
        "name:N",
        title=title,
        scale=alt.Scale(domain=[harmless(name.axis) for name in names]),
        axis={
            "labelExpr": "split(datum.label, '\\n')",
            "labelLineHeight": 13,
            # Of two lines the first stands on the middle, the second hangs from it.
            "labelBaseline": {
                "condition": {"test": "indexof(datum.value, '\\n') >= 0", "value": "bottom"},
                "value": "middle",
            },
            "labelOverlap": False,
            "ticks": False,
            "domain": False,
            "labelPadding": 8,
            "labelLimit": 0,
            "titleAngle": 0,
            "titleAnchor": "start",
            "titleAlign": "right",
            "titleBaseline": "bottom",
            "titleX": -8,
            "titleY": -6,
        },
    )
