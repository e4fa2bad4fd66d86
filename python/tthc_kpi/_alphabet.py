"""Thứ tự chữ cái tiếng Việt: the order of names where people read them.

Data keep the order of code points; what is shown and printed has this one, of the core.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from tthc_kpi import _tthc_kpi
from tthc_kpi._document import Key

__all__ = ["by_name", "reading_order"]

Row = TypeVar("Row")
Order = tuple[int, list[int], int]


def reading_order(key: Key) -> Order:
    """What to sort a value of a dimension by: texts by the alphabet, numbers, the unknown last.

    >>> sorted(["Đất đai", None, "Hộ tịch", "Dân tộc"], key=reading_order)
    ['Dân tộc', 'Đất đai', 'Hộ tịch', None]
    """
    if isinstance(key, str):
        return (0, _tthc_kpi.alphabet_key(key), 0)
    return (2, [], 0) if key is None else (1, [], int(key))


def by_name(rows: Iterable[Row], keys: Callable[[Row], Iterable[Key]]) -> list[Row]:
    """Rows in the order of their names; those of the same names stay as they were."""
    return sorted(rows, key=lambda row: [reading_order(key) for key in keys(row)])
