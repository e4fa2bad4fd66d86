"""What a kind of awkward file is, and the list that most of them hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HEAD = ["Mã hồ sơ", "Đơn vị giải quyết", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày kết thúc xử lý"]

# Early, on the due day, late, open.
ROWS = [
    ["0001", "Tư pháp", "05/01/2026 08:30", "09/01/2026", "08/01/2026"],
    ["0002", "Địa chính", "06/01/2026", "12/01/2026", "12/01/2026 16:00"],
    ["0003", "Tư pháp", "14/01/2026", "20/01/2026", "22/01/2026"],
    ["0004", "Địa chính", "15/01/2026", "30/01/2026", ""],
]
IDS = ("0001", "0002", "0003", "0004")


@dataclass(frozen=True)
class Gives:
    """What a file must give. ``on_time`` and ``early`` are counts over the dossiers resolved."""

    read: int = 4
    used: int = 4
    on_time: tuple[int, int] = (2, 3)
    early: int = 1
    aside: dict[str, int] = field(default_factory=dict)
    excluded: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    ids: tuple[str, ...] = IDS


@dataclass(frozen=True)
class Refused:
    """The code of the error, and words its message must have."""

    code: str
    words: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name, how it is made in a folder, what it gives."""

    name: str
    make: Callable[[Path], object]
    gives: Gives | Refused = field(default_factory=Gives)
    mapping: dict[str, str] | None = None
