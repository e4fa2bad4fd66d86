"""Việc của tthc-kpi: everything the benchmark asks of the library, and nothing else."""

import datetime as dt
from pathlib import Path

import pyarrow as pa

import data
import tthc_kpi as tk
from case import INDICATORS, Answer, Question, columns_of

NAME = "tthc-kpi"
VERSION = "this tree"
# Until files can be scanned lazily, their needed columns are read by pyarrow and then taken in.
SCANS = hasattr(tk, "scan")

_BUILTIN = "dong-nguyen-2026"


def _plan_of_dossiers() -> tk.Plan:
    """The indicators that the others compute too, so that all four do the same work.

    What the built-in plan asks beside them, of registers, declarations and procedures, is left out.
    """
    ids = [indicator["id"] for indicator in tk.Plan(_BUILTIN).indicators]
    beside = [name for name in ids if name not in INDICATORS]
    plan = tk.Plan.from_toml(
        f"id = 'hoso'\ntitle = 'Hồ sơ'\nextends = '{_BUILTIN}'\nleave_out = {beside}\n"
    )
    assert {indicator["id"] for indicator in plan.indicators} == set(INDICATORS)
    return plan


_PLAN = _plan_of_dossiers()


def take_in(table: object, duplicates: str = "assume_unique") -> tk.Dossiers:
    """Validation, and the rules for impossible cells."""
    return tk.Dossiers(table, duplicates=duplicates)


def ask(dossiers: object, question: Question) -> tk.Scorecard:
    """Judged anew: nothing is kept of the question before."""
    if isinstance(dossiers, tk.Dossiers):
        dossiers.forget()
    return ask_again(dossiers, question)


def ask_again(dossiers: object, question: Question) -> tk.Scorecard:
    """Answered from judged facts, where two questions before had the same rules."""
    return tk.evaluate(
        dossiers,
        _PLAN,
        period=(question.start, dt.date(question.start.year, 12, 31)),
        as_of=question.cut,
        by=list(question.by),
    )


def ask_parquet(files: list[Path], question: Question) -> tk.Scorecard:
    if SCANS:
        return ask(tk.scan([str(path) for path in files]), question)
    columns = columns_of(question)
    return ask(take_in(data.in_memory(files, columns)), question)


def ask_csv(path: Path, question: Question) -> tk.Scorecard:
    return ask(tk.read(path, duplicates="assume_unique"), question)


ask_workbook = ask_csv


def answer(card: tk.Scorecard, _: Question) -> Answer:
    rows = card.accounting
    found: dict = {}
    names = [*card.by, "indicator", "numerator", "denominator", "unknown"]
    table = pa.table(card).select(names).to_pylist()
    for row in table:
        if row["indicator"] in INDICATORS:
            key = tuple(row[name] for name in card.by)
            numbers = (row["numerator"], row["denominator"], row["unknown"])
            found.setdefault(key, {})[row["indicator"]] = tuple(map(int, numbers))
    assert not any(rows["set_aside"].values()), "nothing made up is unreadable"
    excluded = {reason: n for reason, n in rows["excluded"].items() if n}
    return Answer(rows["read"], rows["used"], rows["outside"], excluded, found)
