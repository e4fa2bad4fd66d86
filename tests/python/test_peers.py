"""The benchmark's peers answer as the library does, on data meant to break rules."""

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import data
import report
import run
import scale
import stream
from case import BY_AGENCY_AND_MONTH, Question
from random_tables import random_table
from timing import Timed

QUESTIONS = [
    Question(cut=cut, by=by)
    for cut in (dt.date(2026, 12, 31), dt.date(2026, 3, 30))
    for by in ((), BY_AGENCY_AND_MONTH)
]


def nasty(rows, seed):
    table = random_table(rows, seed)
    table = table.filter(pc.is_valid(table["received_at"]))
    for name in ("channel", "field", "agency"):
        place = table.schema.get_field_index(name)
        words = table[name].combine_chunks().dictionary_encode()
        table = table.set_column(place, name, words)
    return table


@pytest.mark.parametrize("seed", range(3))
def test_all_four_agree_in_memory(seed):
    table = nasty(3000, seed)
    held = {peer.NAME: peer.take_in(table) for peer in run.PEERS}
    for question in QUESTIONS:
        asks = {p.NAME: lambda q, p=p: p.ask(held[p.NAME], q) for p in run.PEERS}
        run.check("in memory", asks, question)


@pytest.mark.parametrize("source", ["parquet", "csv", "workbook"])
def test_all_four_agree_on_files(source, tmp_path, monkeypatch):
    if source == "workbook":
        pytest.importorskip("fastexcel")
    monkeypatch.setattr(data, "CACHE", tmp_path)
    files = getattr(data, source)(2000)
    asks = {p.NAME: lambda q, p=p: getattr(p, f"ask_{source}")(files, q) for p in run.PEERS}
    for question in QUESTIONS:
        if source == "parquet" or not question.by:
            run.check(source, asks, question)


def test_a_difference_stops_the_benchmark():
    table = pa.table(data.piece(1000, 0))
    asks = {p.NAME: lambda q, p=p: p.ask(p.take_in(table), q) for p in run.PEERS}
    fewer = {**asks, "pandas": lambda q: run.pandas_peer.ask(run.pandas_peer.take_in(table[1:]), q)}
    run.check("the same rows", asks, Question())
    with pytest.raises(SystemExit, match="differ"):
        run.check("a row less", fewer, Question())


def test_more_rows_begin_with_the_same_dossiers_and_ids_stay_unique(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "CACHE", tmp_path)
    monkeypatch.setattr(data, "PIECE", 400)
    few, many = data.parquet(400), data.parquet(1000)
    assert many[: len(few)] == few
    ids = data.in_memory(many, ["dossier_id"])["dossier_id"]
    assert pc.count_distinct(ids).as_py() == len(ids) == 1000


def test_the_table_goes_between_the_markers_and_nowhere_else(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", encoding="utf-8")
    timed = {"tthc-kpi": Timed((0.1, 0.2, 0.3)), "polars": Timed((1.0, 1.0))}
    line = report.Line("some work", 1000, timed, read=100, bandwidth=1000)
    report.update_readme(report.markdown(["a machine"], [line]), readme)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{report.BEGIN}\n| work |")
    assert text.endswith(f"a machine\n{report.END}\nafter\n")
    assert "| 0.200 | 200000.0 | 1.000 (5.0x) |" in text
    assert "| 50% |" in text


def test_a_size_is_measured_with_its_time_and_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "CACHE", tmp_path)
    for place in scale.PLACES:
        found = scale.one(place, 2000)
        assert found["rows"] == 2000
        assert found["peak_bytes"] > 0
        assert set(found["median"]) == set(scale.QUESTIONS)


@pytest.mark.parametrize("place", stream.PLACES)
def test_every_place_is_counted_in_a_stream(place, tmp_path, monkeypatch):
    monkeypatch.setattr(data, "CACHE", tmp_path)
    found = stream.one(place, 2000, 1)
    assert (found["rows"], len(found["seconds"])) == (2000, 1)
    assert found["peak_bytes"] > 0
