"""Cách viết số, ngày, kỳ của người Việt: how numbers, dates and periods are written.

Vietnamese writes 1.234,56 and dd/MM/yyyy; English 1,234.56 and ISO dates.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Literal

__all__ = ["Lang", "clean", "count", "day", "percent", "period", "points", "target"]

Lang = Literal["vi", "en"]

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_SWAP = str.maketrans(",.", ".,")
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


def clean(text: str) -> str:
    """The text with line breaks made spaces and every other control character made visible."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", re.sub(r"[\t\r\n]+", " ", text))


def count(value: int | Decimal | None, lang: Lang) -> str:
    """A number with its thousands grouped; a dash for none.

    >>> count(1234567, "vi"), count(Decimal("1234.50"), "vi"), count(-1234, "en")
    ('1.234.567', '1.234,50', '−1,234')
    """
    if value is None:
        return "–"
    text = f"{value:,}" if isinstance(value, int) else f"{value:,f}"
    if lang == "vi":
        text = text.translate(_SWAP)
    return text.replace("-", "\N{MINUS SIGN}")


def percent(value: Decimal | None, lang: Lang) -> str:
    """A percentage with the digits it came with.

    >>> percent(Decimal("94.996"), "vi"), percent(None, "vi")
    ('94,996%', '–')
    """
    return "–" if value is None else f"{count(value, lang)}%"


def points(value: Decimal | None, lang: Lang) -> str:
    """A signed difference in percentage points.

    >>> points(Decimal("1.55"), "vi"), points(Decimal("-0.004"), "vi")
    ('+1,55', '−0,004')
    """
    if value is None:
        return "–"
    return ("+" if value > 0 else "") + count(value, lang)


def target(op: str, value: Decimal, lang: Lang) -> str:
    """A target as people write it.

    >>> target(">", Decimal("95"), "vi"), target(">=", Decimal("75"), "vi")
    ('> 95%', '≥ 75%')
    >>> target("=", Decimal("100"), "vi")
    '100%'
    """
    sign = {">": "> ", ">=": "≥ ", "=": ""}.get(op, f"{op} ")
    return sign + percent(value, lang)


def day(value: date | str | None, lang: Lang) -> str:
    """A calendar day: dd/MM/yyyy in Vietnamese, ISO in English.

    >>> day("2026-06-14", "vi"), day("2026-06-14", "en")
    ('14/06/2026', '2026-06-14')
    """
    if value is None:
        return "–"
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return value.strftime("%d/%m/%Y") if lang == "vi" else value.isoformat()


def period(text: str, lang: Lang) -> str:
    """The name of a period.

    >>> period("2026", "vi"), period("2026-Q2", "vi"), period("2026-03", "vi")
    ('Năm 2026', 'Quý II/2026', 'Tháng 03/2026')
    >>> period("2026-03-05", "vi"), period("2026-W10", "vi")
    ('Ngày 05/03/2026', 'Tuần 10/2026')
    >>> period("2026-01-01..2026-03-31", "vi"), period("2026-H1", "en")
    ('01/01/2026 – 31/03/2026', '2026-H1')
    """
    if ".." in text:
        start, _, end = text.partition("..")
        return f"{day(start, lang)} – {day(end, lang)}"
    if lang == "en":
        return clean(text)
    year, _, part = text.partition("-")
    match part[:1]:
        case "":
            return f"Năm {clean(year)}"
        case "Q":
            return f"Quý {_ROMAN.get(part[1:], clean(part[1:]))}/{year}"
        case "H":
            return f"6 tháng {'đầu' if part == 'H1' else 'cuối'} năm {year}"
        case "W":
            return f"Tuần {clean(part[1:])}/{year}"
        case _ if part[2:3] == "-":
            return f"Ngày {day(text, lang)}"
        case _ if part.endswith("M"):
            return f"{clean(part[:-1])} tháng năm {year}"
        case _:
            return f"Tháng {clean(part)}/{year}"
