"""The 766 index in Python: the portal's figures, every shape of counts, errors, and the console."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pyarrow
import pytest

import tthc_kpi as tk
from tthc_kpi.cli import main

DATA = Path(__file__).resolve().parents[1] / "data" / "portal-766"
WIDE = {"progress.csv": "progress", "payment.csv": "payment", "online.csv": "online"}
pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")


def cells(name):
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def shown(name, counts=None):
    return tk.index_766(
        counts=DATA / name if counts is None else counts, level="province", scope="shown"
    )


@pytest.mark.parametrize("name", WIDE)
def test_groups_are_the_portals(name):
    rows = cells(name)
    indices = list(shown(name))
    assert len(indices) == len(rows)
    for row, ix in zip(rows, indices):
        assert ix.keys["agency_code"] == row["agency_code"]
        assert ix.groups[WIDE[name]].score == Decimal(row["score"])
        assert ix.groups[WIDE[name]].maximum == Decimal(row["max_score"])
        assert ix.total.score is None


@pytest.mark.parametrize("name", ["satisfaction.csv", "indicators.csv"])
def test_rows_are_the_portals(name):
    whose = lambda keys, period: (keys["agency_code"], period)  # noqa: E731
    indices = {whose(ix.keys, ix.period): ix for ix in shown(name)}
    for row in cells(name):
        ours = indices[row["agency_code"], row.get("period")][row["indicator"]]
        if row["indicator"] == "certified_copies":
            assert (ours.status, ours.score) == ("no_data", None)
        elif ours.status != "information":
            assert ours.score == (Decimal(row["score"]) if row["score"] else None)


@pytest.mark.parametrize(
    "shape", ["pandas", "polars", "lazy", "pyarrow", "dicts", "columns", "path"]
)
def test_counts_come_in_many_shapes(shape):
    path = DATA / "payment.csv"
    counts = {
        "pandas": lambda: pandas.read_csv(path),
        "polars": lambda: polars.read_csv(path),
        "lazy": lambda: polars.scan_csv(path),
        "pyarrow": lambda: pyarrow.Table.from_pandas(pandas.read_csv(path)),
        "dicts": lambda: cells("payment.csv"),
        "columns": lambda: polars.read_csv(path).to_dict(as_series=False),
        "path": lambda: str(path),
    }[shape]()
    ours = [ix.groups["payment"].score for ix in shown("payment.csv", counts)]
    assert ours == [Decimal(row["score"]) for row in cells("payment.csv")]


def test_a_gap_in_a_pandas_column_is_unknown_and_not_0():
    table = pandas.DataFrame(
        {"agency": ["A", "B"], "received": [10, 10], "on_time": [9.0, float("nan")]}
    )
    a, b = tk.index_766(counts=table, level="commune")
    assert (a["2.1"].score, b["2.1"].status) == (Decimal("18.00"), "no_data")
    assert b["2.1"].missing == ("on_time",)


def test_arrow_has_a_row_per_office_and_row():
    ix = shown("progress.csv")
    table = pyarrow.table(ix)
    assert table.num_rows == len(ix) * len(tk.Scheme("qd-766-2026").rows)
    assert table.schema.field("score").type == pyarrow.decimal128(38, 2)
    one = next(row for row in table.to_pylist() if row["code"] == "2.1")
    assert (one["agency_code"], one["score"], one["maximum"]) == (
        "H44",
        Decimal("15.68"),
        Decimal("20.00"),
    )
    assert (one["status"], one["counts_from"], one["certainty_threshold"]) == (
        "scored",
        "table",
        "reproduced",
    )
    header = json.loads(table.schema.metadata[b"tthc_kpi"])
    assert header[0]["scheme"]["id"] == "qd-766-2026"
    frame = ix.to_pandas()
    assert frame.loc[frame["code"] == "2.1", "numerator"].iloc[0] == 144625
    assert ix.to_polars().height == table.num_rows


def test_two_schemes_side_by_side():
    counts = {"received": 10, "on_time": 9, "paid_online_dossiers": 1, "fee_dossiers": 2}
    old, new = tk.index_766(counts=counts, level="commune", scheme=tk.schemes())
    assert (old.scheme, new.scheme) == ("qd-766-2022", "qd-766-2026")
    assert (old["on_time"].percent, old["on_time"].score) == (Decimal("90.00"), None)
    assert new["on_time"].score == Decimal("18.00")
    with pytest.raises(tk.UnknownNameError, match="received"):
        tk.index_766(counts={"recieved": 1}, level="commune", scheme=tk.schemes())


def test_declared_and_table_and_dossiers():
    ds = tk.Dossiers(tk.synth(800, seed=4))
    declared = {
        "5.2": {"numerator": 3, "denominator": 4, "source": "12/BC-UBND", "date": "2026-09-05"}
    }
    ix = tk.index_766(
        ds, period="2026", level="commune", counts={"2.1": (9, 10)}, declared=declared
    )
    assert (ix["2.1"].counts_from, ix["2.1"].score) == ("table", Decimal("18.00"))
    assert (ix["3.3"].counts_from, ix["5.2"].counts_from) == ("dossiers", "declared")
    assert ix["5.2"].source == "12/BC-UBND, 2026-09-05"
    assert ix["5.2"].score == Decimal("4.50")
    assert ix["2.2"].value is not None
    card = tk.evaluate(ds, tk.Plan("dong-nguyen-2026"), period="2026", policy="qd-766")
    plain = tk.index_766(ds, period="2026", level="commune")
    result = card["on_time_rate"]
    assert (plain["2.1"].numerator, plain["2.1"].denominator) == (
        result.numerator,
        result.denominator,
    )
    assert plain["2.1"].unknown == result.unknown
    counted = tk.tally(ds, tk.Plan("dong-nguyen-2026"), period="2026", policy="qd-766")
    assert tk.index_766(counted, level="commune").documents == plain.documents
    other = tk.tally(ds, tk.Plan("dong-nguyen-2026"), period="2026")
    with pytest.raises(tk.QueryError, match="on_time_base") as error:
        tk.index_766(other, level="commune")
    assert error.value.code == "other_on_time_base"


def test_by_agency():
    ds = tk.Dossiers(tk.synth(800, seed=4))
    indices = tk.index_766(ds, period="2026", by="agency", level="commune")
    assert len(indices) == len({ix.keys["agency"] for ix in indices}) > 1
    with pytest.raises(tk.QueryError, match="for one in ix") as error:
        _ = indices.total
    assert error.value.code == "many_offices"
    assert "…" not in repr(next(iter(indices)))


def test_an_index_is_not_broken_down_by_what_is_no_office():
    ds = tk.Dossiers(tk.synth(200, seed=4))
    for by in ("month", ["agency", "field"]):
        with pytest.raises(tk.QueryError, match="chọn agency hoặc receiving_agency") as error:
            tk.index_766(ds, period="2026", by=by, level="commune")
        assert error.value.code == "not_by_office"
        assert "expected by agency or receiving_agency" in error.value.text("en")
    assert len(tk.index_766(ds, period="2026", by="receiving_agency", level="commune")) >= 1


def test_a_group_that_is_none_names_the_nearest():
    groups = tk.index_766(counts={"received": 10, "on_time": 9}, level="commune").groups
    with pytest.raises(tk.UnknownNameError, match="không có nhóm 'progres'") as error:
        groups["progres"]
    assert "did you mean 'progress'?" in str(error.value)
    assert error.value.code == "unknown_group"
    assert groups.get("x") is None
    assert "x" not in groups


def test_counts_that_only_look_like_counts_are_told(tmp_path):
    path = tmp_path / "so-dem.csv"
    path.write_text("received;on_time\n2.971;97%\n", encoding="utf-8")
    with pytest.raises(tk.InputError) as error:
        tk.index_766(counts=path, level="commune")
    told = str(error.value)
    assert "không có dấu ngăn hàng nghìn: hai nghìn viết 2000, không viết 2.000" in told
    assert "phần trăm; cần số đếm, không phải tỷ lệ" in told
    assert "2.971" not in told
    assert "write 2000, not 2.000" in error.value.text("en")
    with pytest.raises(tk.InputError, match="hàng nghìn"):
        tk.index_766(counts=[{"received": "2.971", "on_time": 3}], level="commune")


def test_a_commune_leaves_out_the_provinces_rows():
    counts = {"4.5a": (5, 10)}
    stated = tk.index_766(counts=counts, level="commune")
    assert (stated["4.5a"].status, stated["4.5a"].score) == ("not_applicable", None)
    assert (stated.total.maximum, stated.total.scheme_maximum) == (94, 100)
    assert tk.index_766(counts=counts, level="commune", scope="shown")["4.5a"].score == 1


@pytest.mark.parametrize(
    ("arguments", "kind", "code"),
    [
        ({}, tk.QueryError, "no_counts"),
        ({"counts": {"received": 1}}, tk.QueryError, "no_level"),
        ({"counts": {"received": 1}, "level": "ward"}, tk.UnknownNameError, "unknown_value"),
        (
            {"counts": {"received": 1}, "level": "commune", "scheme": "qd-767"},
            tk.UnknownNameError,
            "unknown_scheme",
        ),
        ({"counts": {"received": 1}, "level": "commune", "scheme": []}, tk.QueryError, "no_scheme"),
        (
            {"counts": {"received": 1}, "level": "commune", "scheme": ["qd-766-2026"] * 2},
            tk.QueryError,
            "scheme_twice",
        ),
        (
            {"counts": {"received": 1}, "level": "commune", "scheme": 766},
            tk.QueryError,
            "not_a_scheme",
        ),
        ({"counts": {"received": 1.5}, "level": "commune"}, tk.InputError, "bad_count"),
        ({"counts": {"received": True}, "level": "commune"}, tk.InputError, "bad_count"),
        ({"counts": {"received": -1}, "level": "commune"}, tk.InputError, "bad_count"),
        ({"counts": {"recieved": 1}, "level": "commune"}, tk.UnknownNameError, "unknown_count"),
        ({"counts": {"9.9": (1, 2)}, "level": "commune"}, tk.UnknownNameError, "unknown_row"),
        ({"counts": {"5.1": (1, 2)}, "level": "commune"}, tk.QueryError, "ambiguous_code"),
        ({"counts": [{"received": object()}], "level": "commune"}, tk.InputError, "bad_counts"),
        ({"counts": [{"received": "SECRET"}], "level": "commune"}, tk.InputError, "bad_counts"),
        (
            {"counts": {"received": [1], "on_time": [1, 2]}, "level": "commune"},
            tk.InputError,
            "bad_table",
        ),
        ({"counts": 7, "level": "commune"}, tk.InputError, "unsupported_table"),
        ({"counts": "no-such.csv", "level": "commune"}, tk.MissingFileError, "missing_file"),
        (
            {"declared": {"2.1": {"numerator": 1}}, "level": "commune"},
            tk.InputError,
            "bad_declaration",
        ),
        (
            {
                "declared": {
                    "2.1": {"numerator": 1, "denominator": 1, "source": "", "date": "2026-01-01"}
                },
                "level": "commune",
            },
            tk.InputError,
            "bad_counts",
        ),
    ],
)
def test_errors(arguments, kind, code):
    with pytest.raises(kind) as error:
        tk.index_766(**arguments)
    assert error.value.code == code
    assert "SECRET" not in str(error.value)


def test_dossiers_need_a_period():
    with pytest.raises(tk.QueryError, match="2026-08"):
        tk.index_766(tk.Dossiers(tk.synth(10)), level="commune")


def test_rows_are_found_by_id_or_code():
    ix = tk.index_766(counts={"received": 10, "on_time": 9}, level="commune")
    assert ix["on_time"] == ix["2.1"]
    with pytest.raises(tk.QueryError, match="petitions_about_rules"):
        ix["5.1"]
    with pytest.raises(tk.UnknownNameError, match="on_time"):
        ix["on_tme"]


def test_people_can_read_it(tmp_path):
    ix = tk.index_766(
        counts=[{"agency": "<b>X</b>", "received": 10, "on_time": 9}],
        level="commune",
        period="2026-08",
    )
    text = repr(ix)
    assert "18,00 / 20" in text
    assert "mới xét được 20/94 điểm" in text
    assert "○" in text
    html = ix._repr_html_()
    assert "<b>X</b>" not in html
    assert "&lt;b&gt;X" in html
    ix.to_html(tmp_path / "ix.html", lang="en")
    assert "judged so far" in (tmp_path / "ix.html").read_text("utf-8")
    assert json.loads(ix.to_json(tmp_path / "ix.json"))[0]["period"] == "2026-08"
    assert "Certainty:" in ix.explain("2.1", lang="en")
    many = shown("progress.csv")
    assert "H44.100" in repr(many)
    assert "H44.100" in many._repr_html_()


def test_the_scheme_shows_what_it_rests_on():
    scheme = tk.Scheme("qd-766-2026")
    assert {source["id"] for source in scheme.sources} >= {"metrics", "portal"}
    assert "766" in repr(scheme)
    assert "qd-766-2026" in scheme._repr_html_()
    with pytest.raises(tk.UnknownNameError, match="qd-766-2026"):
        tk.Scheme("qd-766-2025")


def test_a_scheme_of_ones_own(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text("id = 'x'\nmaxmum = '1'\n", encoding="utf-8")
    with pytest.raises(tk.PlanError, match=r"my.toml:2:1: .* không có khóa \"maxmum\""):
        tk.Scheme(path)


def test_console(tmp_path, capsys):
    counts = tmp_path / "c.csv"
    counts.write_text("received,on_time\n2971,2348\n", encoding="utf-8")
    page = tmp_path / "ix.html"
    assert (
        main(["index-766", "--counts", str(counts), "--level", "commune", "--html", str(page)]) == 0
    )
    out = capsys.readouterr().out
    assert "15,81 / 20" in out
    assert page.exists()
    assert (
        main(
            [
                "index-766",
                "--counts",
                str(counts),
                "--level",
                "commune",
                "--explain",
                "2.1",
                "--lang",
                "en",
            ]
        )
        == 0
    )
    assert "Certainty:" in capsys.readouterr().out
    assert main(["index-766", "--list"]) == 0
    assert "qd-766-2022" in capsys.readouterr().out
    assert main(["index-766", "--counts", str(counts)]) == 2
    assert "commune" in capsys.readouterr().err
    counts.write_text("received,on_time\n10,SECRET\n", encoding="utf-8")
    assert main(["index-766", "--counts", str(counts), "--level", "commune"]) == 1
    err = capsys.readouterr().err
    assert 'c.csv, dòng 2, cột "on_time"' in err
    assert "SECRET" not in err


def test_several_offices_tell_their_faults(tmp_path):
    path = tmp_path / "dem.csv"
    rows = "agency,recieved,received,on_time\nXã A,5,100,248\nXã B,5,100,97\n"
    path.write_text(rows, encoding="utf-8")
    ix = tk.index_766(counts=path, level="commune")
    for shown in (repr(ix), ix._repr_html_()):
        assert "Xã A, 2.1: tử số lớn hơn mẫu số" in shown
        assert "Xã B, 2.1" not in shown
        assert shown.count("recieved") == 1
