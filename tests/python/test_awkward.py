"""Tệp khó đọc: every kind of file in the tables of ``awkward`` gives its figures, or is refused in words."""

import resource
from collections import Counter

import pyarrow as pa
import pytest

import tthc_kpi as tk
from awkward import cells, contents, layouts
from awkward.kind import Gives, Kind, Refused
from awkward.shapes import book, text

KINDS = [*layouts.KINDS, *contents.KINDS]
PLAN = tk.Plan("dong-nguyen-2026")
MOST_MEMORY_KB = 300_000
NEVER_TOLD = ("Mẫu", "hôm nào", "Địa chính", "31/02/2026")


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def ids_of(kind: Kind) -> str:
    return kind.name


def test_no_kind_is_told_twice():
    assert Counter(kind.name for kind in KINDS).most_common(1)[0][1] == 1
    assert len(KINDS) >= 40


@pytest.mark.parametrize("kind", [k for k in KINDS if isinstance(k.gives, Gives)], ids=ids_of)
def test_gives_its_figures(kind, tmp_path):
    gives, path = kind.gives, kind.make(tmp_path)
    before = memory()
    ds = tk.read(path, mapping=kind.mapping)
    assert memory() - before < MOST_MEMORY_KB
    book = ds.accounting
    assert {name: book[name] for name in ("read", "kept", "set_aside", "excluded", "skipped")} == {
        "read": gives.read,
        "kept": gives.used,
        "set_aside": gives.aside,
        "excluded": gives.excluded,
        "skipped": gives.skipped,
    }
    assert gives.read == gives.used + sum((gives.aside | gives.excluded).values())
    if gives.used:
        assert tuple(sorted(pa.table(ds)["dossier_id"].to_pylist())) == gives.ids
    card = tk.evaluate(ds, PLAN, period="2026-01")
    on_time, early = card["on_time_rate"], card["early_rate"]
    assert (on_time.numerator, on_time.denominator) == gives.on_time
    assert (early.numerator, early.denominator) == (gives.early, gives.on_time[1])
    told = "".join(map(str, ds.issues)) + repr(ds.issues) + repr(ds.mapping) + repr(ds)
    assert not [mark for mark in NEVER_TOLD if mark in told]


@pytest.mark.parametrize("kind", [k for k in KINDS if isinstance(k.gives, Refused)], ids=ids_of)
def test_is_refused_in_words(kind, tmp_path):
    path = kind.make(tmp_path)
    before = memory()
    with pytest.raises(tk.TthcKpiError) as caught:
        tk.read(path, mapping=kind.mapping)
    assert caught.value.code == kind.gives.code
    assert kind.gives.words in caught.value.text()
    assert memory() - before < MOST_MEMORY_KB
    told = caught.value.text() + caught.value.text("en")
    assert not [mark for mark in NEVER_TOLD if mark in told]


@pytest.mark.parametrize("make", [lambda rows: text(rows, "|"), book], ids=["text", "workbook"])
@pytest.mark.parametrize("column", cells.COLUMNS)
def test_values_as_people_type_them(column, make, tmp_path):
    header, values = cells.COLUMNS[column]
    head = ["Mã hồ sơ", "Ngày tiếp nhận", header]
    rows = [[f"{at:03}", "05/01/2026", value] for at, value in enumerate(values)]
    ds = tk.read(make([head, *rows])(tmp_path))
    read = dict(zip(pa.table(ds)["dossier_id"].to_pylist(), pa.table(ds)[column].to_pylist()))
    refused = {issue.row for issue in ds.issues if issue.column == column}
    for at, (value, expected) in enumerate(values.items()):
        found = (read.get(f"{at:03}"), at + 2 in refused)
        assert found == ((None, True) if expected is cells.REFUSED else (expected, False)), value
