"""Câu có số: a sentence with its values, "1 row" where there is one."""

from tthc_kpi import _tthc_kpi

__all__ = ["filled"]


def filled(text: str, lang: str, values: dict[str, object]) -> str:
    """A sentence of two languages with its values; English of one is told as of one.

    >>> filled("{n} rows were set aside", "en", {"n": 1}), filled("{n} dòng", "vi", {"n": 1})
    ('1 row was set aside', '1 dòng')
    """
    if not values:
        return text
    told = text.format(**values)
    return _tthc_kpi.singular(told) if lang == "en" else told
