"""Dấu hiệu cần xem lại: counted as SQL counts them, told to people, and never in a figure."""

import datetime as dt
import random
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pyarrow as pa
import pytest

import tthc_kpi as tk
from integrity_oracle import FLAGS, one_in, signs
from random_tables import random_table
from tthc_kpi import cli

WINDOWS = [
    ("2026", None, dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
    ("2026", "2026-03-14", dt.date(2026, 1, 1), dt.date(2026, 3, 14)),
    ("2026-Q1", None, dt.date(2026, 1, 1), dt.date(2026, 3, 31)),
]
DROPPED = [[], ["officer"], ["agency"], ["agency", "officer"], ["due_at"], ["returned_at"]]


def crowded_table(n: int, seed: int) -> pa.Table:
    """A random table of which a twelfth is completed within a few minutes, often when due, by one desk."""
    rng = random.Random(seed)
    table = random_table(n, seed)
    made = table.to_pylist()
    for row in rng.sample(made, n // 12):
        small = rng.random() < 0.05
        row |= {
            "agency": "Tổ nhỏ" if small else "Phòng Kinh tế",
            "officer": "CB01",
            "status": 9,
            "received_at": dt.datetime(2026, 1, 5, 8, 30),
            "due_at": dt.datetime(2026, 2, 11, 17, 30, rng.choice([0, 0, 1])),
            "completed_at": dt.datetime(2026, 2, 11, 17, 30 + rng.choice([0] * 20 + [1, 2])),
            "returned_at": rng.choice([None, dt.datetime(2026, 2, 11)]),
        }
    return pa.Table.from_pylist(made, schema=table.schema)


def rounded(share: Fraction) -> Decimal:
    exact = Decimal(share.numerator * 10**6 // share.denominator).scaleb(-6)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def held_against_sql(count: tk.FlagCount, mine: list[dict], everyone: list[dict] | None) -> None:
    flag = count.flag
    judged = [row[flag] for row in mine if row[flag] is not None]
    assert (count.judged, count.flagged) == (len(judged), sum(judged)), flag
    assert count.unknown == len(mine) - len(judged)
    share = Fraction(count.flagged, count.judged) if count.judged else None
    assert count.percent == (None if share is None else rounded(share * 100))
    if everyone is None:
        assert (count.rarity, count.one_in, count.others_judged) == ("not_compared", None, None)
        return
    whole = [row[flag] for row in everyone if row[flag] is not None]
    others = (len(whole) - count.judged, sum(whole) - count.flagged)
    assert (count.others_judged, count.others_flagged) == others
    if share is not None and others[1]:
        assert count.times_others == rounded(share / Fraction(others[1], others[0]))
    else:
        assert count.times_others is None
    if not count.judged or not others[0]:
        expected = ("not_compared", None)
    elif flag == "same_minute":
        expected = ("bunched", None)
    elif count.judged < 10:
        expected = ("too_few", None)
    else:
        odds = one_in(count.flagged, count.judged, sum(whole), len(whole))
        expected = ("usual" if odds is None else "rare", odds)
    assert (count.rarity, count.one_in) == expected, (flag, count)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: f"{window[0]}-{window[1]}")
def test_flags_count_as_sql_does(seed, window):
    period, as_of, start, cut = window
    table = crowded_table(1500, seed).drop_columns(DROPPED[seed])
    expected = signs(table, start, cut)
    found = tk.integrity(tk.Dossiers(table), period=period, as_of=as_of)
    assert found.resolved == len(expected)
    assert (found.start, found.cut) == (start.isoformat(), cut.isoformat())
    for flag in FLAGS:
        held_against_sql(found[flag], expected, None)
        ids = Counter(row["dossier_id"] for row in found.cases(flag))
        assert ids == Counter(row["dossier_id"] for row in expected if row[flag])
    for by, keys in (("agency", ["agency"]), ("officer", ["agency", "officer"])):
        rows: dict[tuple, list[dict]] = {}
        for row in expected:
            rows.setdefault(tuple(row[key] for key in keys), []).append(row)
        groups = {tuple(group.keys.values()): group for group in found.groups(by)}
        assert groups.keys() == rows.keys()
        for key, group in groups.items():
            assert group.resolved == len(rows[key])
            for flag in FLAGS:
                held_against_sql(group[flag], rows[key], expected)


def test_the_tables_bear_every_flag_and_every_rarity():
    answers, rarities = Counter(), Counter()
    table = crowded_table(1500, 0)
    for row in signs(table, *WINDOWS[0][2:]):
        answers.update((flag, row[flag]) for flag in FLAGS)
    assert {one for one in answers if answers[one] > 5} == {
        (flag, answer) for flag in FLAGS for answer in (True, False, None)
    }
    for group in tk.integrity(tk.Dossiers(table), period="2026").groups("officer"):
        rarities.update(count.rarity for count in group.flags)
    assert rarities.keys() == {"not_compared", "too_few", "bunched", "usual", "rare"}


@pytest.mark.parametrize("seed", range(3))
def test_made_up_exports_count_as_sql_does(seed):
    table = tk.synth(3000, seed=seed).to_arrow()
    expected = signs(table, *WINDOWS[0][2:])
    found = tk.integrity(tk.Dossiers(table, duplicates="assume_unique"), period="2026")
    for flag in FLAGS:
        held_against_sql(found[flag], expected, None)


def rows(agency: str, officer: str | None, end: str, n: int) -> list[dict]:
    return [
        {
            "dossier_id": f"{agency}-{officer}-{end}-{i}",
            "agency": agency,
            "officer": officer,
            "received_at": "2026-01-05 08:30",
            "due_at": "2026-01-12 17:00",
            "completed_at": end,
        }
        for i in range(n)
    ]


@pytest.fixture(scope="module")
def arranged() -> tk.Dossiers:
    """Ten of A in the very second they are due, all in one minute; twenty of B as it should be."""
    b = [row for i in range(20) for row in rows("B", "Y", f"2026-01-09 10:{i + 10}", 1)]
    return tk.Dossiers(rows("A", "X", "2026-01-12 17:00", 10) + b)


def test_by_hand(arranged):
    found = tk.integrity(arranged, period="2026-Q1")
    assert found.resolved == 30
    assert [flag.flag for flag in found.flags] == FLAGS
    count = found["end_at_due"]
    assert (count.flagged, count.judged, count.percent) == (10, 30, Decimal("33.33"))
    a, b = found.groups("agency")
    assert (a.keys, a["end_at_due"].one_in) == ({"agency": "A"}, 10_000_000)  # 1 of 30,045,015
    assert (a["end_at_due"].others_flagged, a["end_at_due"].times_others) == (0, None)
    assert (b["end_at_due"].rarity, b["end_at_due"].times_others) == ("usual", Decimal("0.00"))
    assert (a["same_minute"].flagged, a["same_minute"].rarity) == (10, "bunched")
    x, y = found.groups("officer")
    assert (x.keys, y.keys) == ({"agency": "A", "officer": "X"}, {"agency": "B", "officer": "Y"})
    cases = found.cases("end_at_due").to_dicts()
    assert [case["row"] for case in cases] == list(range(1, 11))
    assert {case["agency"] for case in cases} == {"A"}
    assert len(found.cases("outside_hours")) == 0


def test_missing_columns_are_named():
    found = tk.integrity(tk.Dossiers([{"Ngày tiếp nhận": "05/01/2026"}]), period="2026")
    lacking = {flag.flag: flag.lacking for flag in found.flags}
    assert lacking["end_at_due"] == ("due_at", "completed_at")
    assert lacking["same_minute"] == ("completed_at", "agency", "officer")
    assert lacking["due_moved"] == ("due_moves", "due_moved_late")
    assert "thiếu: Ngày hẹn trả (due_at), Ngày kết thúc xử lý (completed_at)" in found.to_html()
    assert "lacking: due_at, completed_at" in found.to_html("en")
    assert found["end_at_due"].percent is None
    assert len(found.cases("end_at_due")) == 0


def test_dates_alone_are_said_to_be_why():
    row = {"Ngày tiếp nhận": "05/01/2026", "Ngày kết thúc xử lý": "11/01/2026"}
    found = tk.integrity(tk.Dossiers([row]), period="2026")
    assert (found["outside_hours"].judged, found["outside_hours"].unknown) == (0, 1)
    assert found["outside_hours"].lacking == ()
    assert "chỉ có ngày mà không có giờ" in found.to_html()


def test_no_figure_moves(arranged):
    plan = tk.Plan("dong-nguyen-2026")
    before = tk.evaluate(arranged, plan, period="2026-Q1").to_json()
    tk.integrity(arranged, period="2026-Q1").cases("end_at_due")
    assert tk.evaluate(arranged, plan, period="2026-Q1").to_json() == before
    card = tk.evaluate(arranged, plan, period="2026-Q1")
    assert card["on_time_rate"].denominator == tk.integrity(arranged, period="2026-Q1").resolved


def test_it_shows_itself(arranged):
    found = tk.integrity(arranged, period="2026-Q1")
    text, page = " ".join(repr(found).split()), found._repr_html_()
    for flag in found.flags:
        assert flag.name() in page
        assert flag.innocent() in page
        assert flag.innocent("en") in found.to_html("en")
        assert flag.name().split()[0] in text
    said = "A › X: Kết thúc đúng từng giây của hạn: 10/10 (100,00%); phần còn lại không có"
    assert said in text
    assert said in page
    assert "dưới 1 trên 10.000.000 lần" in text
    assert "theo lô" in text
    assert "không hồ sơ nào bị loại, không con số nào đổi" in text
    assert "less than once in 10,000,000" in " ".join(found.to_text("en").split())
    assert "<script" not in page
    with pytest.raises(tk.QueryError, match="ngôn ngữ"):
        found.to_text("fr")


def test_names_are_escaped():
    hostile = "<b onclick='x'>\u202e"
    b = [row for i in range(20) for row in rows("B", "Y", f"2026-01-09 10:{i + 10}", 1)]
    ds = tk.Dossiers(rows(hostile, hostile, "2026-01-12 17:00", 10) + b)
    found = tk.integrity(ds, period="2026")
    assert "&lt;b onclick" in found.to_html()
    assert "<b onclick" not in found.to_html()
    assert "\u202e" not in found.to_text() + found.to_html()


def test_many_groups_are_cut_short():
    made = [row for i in range(14) for row in rows(f"A{i:02}", "X", f"2026-01-12 10:{i + 10}", 10)]
    text = repr(tk.integrity(tk.Dossiers(made), period="2026"))
    assert "so 14 nhóm" in text
    assert "và 4 nhóm khác" in text


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda ds: tk.integrity(ds, period="2026-Q9"), "bad_period"),
        (lambda ds: tk.integrity(ds, period="2026", as_of="2025-12-31"), "period_after_as_of"),
        (lambda _: tk.integrity("hoso.xlsx", period="2026"), "not_dossiers"),
        (lambda ds: tk.integrity(ds, period="2026")["same_minut"], "unknown_flag"),
        (lambda ds: tk.integrity(ds, period="2026").cases("late"), "unknown_flag"),
        (lambda ds: tk.integrity(ds, period="2026")[0], "bad_flag"),
        (lambda ds: tk.integrity(ds, period="2026").groups("field"), "unknown_dimension"),
    ],
)
def test_mistakes_are_named(arranged, ask, code):
    with pytest.raises(tk.TthcKpiError) as raised:
        ask(arranged)
    assert raised.value.code == code


def test_another_calendar_is_used(arranged, tmp_path):
    path = tmp_path / "off.csv"
    path.write_text(
        "date,kind,name,source,confidence\n2026-01-12,off,Ngày nghỉ,ours,decided\n",
        encoding="utf-8",
    )
    ours = tk.integrity(arranged, period="2026", calendar=tk.WorkCalendar.from_csv(path))
    assert ours["outside_hours"].flagged == 10
    assert tk.integrity(arranged, period="2026")["outside_hours"].flagged == 0
    assert ours.document["calendar"] != tk.integrity(arranged, period="2026").document["calendar"]


def test_check_looks_for_flags_when_asked(tmp_path, capsys):
    path = tmp_path / "hoso.csv"
    assert cli.main(["synth", "300", str(path), "--seed", "4"]) == 0
    capsys.readouterr()
    assert cli.main(["check", str(path)]) == 0
    plain = capsys.readouterr().out
    assert "Dấu hiệu" not in plain
    assert cli.main(["check", str(path), "--integrity", "2026"]) == 0
    output = capsys.readouterr()
    assert output.out == plain + tk.integrity(tk.read(path), period="2026").to_text() + "\n"
    assert output.err == ""
    assert cli.main(["check", str(path), "--integrity", "2026-Q9"]) == 2
    assert capsys.readouterr().out == ""


def test_registers_alone_bear_no_flags(tmp_path, capsys):
    path = tmp_path / "so.xlsx"
    assert cli.main(["synth", "10", str(tmp_path / "a.csv"), "--registers", str(path)]) == 0
    assert cli.main(["check", "--registers", str(path), "--integrity", "2026"]) == 2
    assert "--integrity" in capsys.readouterr().err
