"""The golden cases of ``tests/cases`` through Python: the same files that Rust runs."""

import datetime as dt

import pytest

import tthc_kpi as tk
from golden import CALENDAR, CASES, registers_of, table_of


def evaluate(case, folder):
    asked = case["query"]
    plan = "dong-nguyen-2026"
    if "plan_toml" in case:
        plan = folder / "plan.toml"
        plan.write_text(case["plan_toml"], encoding="utf-8")
    ds = tk.Dossiers(table_of(case), duplicates=case.get("duplicates", "assume_unique"))
    return tk.evaluate(
        ds,
        tk.Plan(plan),
        period=asked["period"],
        as_of=asked.get("as_of"),
        by=asked.get("by", []),
        policy=asked.get("policy", "plan"),
        limits=asked.get("limits"),
        **registers_of(case),
    )


def short(result):
    document = dict(result)
    fraction = lambda share, above, below: (  # noqa: E731
        None if share is None else f"{share[above]}/{share[below]}"
    )
    document["best_case"] = fraction(result["best_case"], "numerator", "denominator")
    document["worst_case"] = fraction(result["worst_case"], "numerator", "denominator")
    document["response"] = fraction(result["response"], "answered", "of")
    document["best_percent"] = (result["best_case"] or {}).get("percent")
    document["worst_percent"] = (result["worst_case"] or {}).get("percent")
    wilson = result["wilson"]
    document["wilson"] = None if wilson is None else [wilson["low"], wilson["high"]]
    document["notes"] = [note["code"] for note in result["notes"]]
    return document


def group(found):
    return {
        "facts": found["facts"],
        "results": {result["indicator"]: short(result) for result in found["results"]},
        "processing_time": found["processing_time"],
        "period_start": found["period_start"],
        "period_end": found["period_end"],
    }


def contains(expected, found, at):
    if expected == "null":
        assert found is None, f"{at}: expected null, found {found}"
    elif isinstance(expected, dict):
        for key, value in expected.items():
            contains(value, found.get(key, 0 if isinstance(value, int) else None), f"{at}.{key}")
    else:
        assert found == expected, f"{at}: expected {expected}, found {found}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case, tmp_path):
    expect = case["expect"]
    if "error" in expect:
        with pytest.raises(tk.TthcKpiError) as caught:
            evaluate(case, tmp_path)
        assert caught.value.code == expect["error"]
        return
    card = evaluate(case, tmp_path)
    document = card.document
    total = group(document["total"])
    for part in ("facts", "results", "processing_time"):
        contains(expect.get(part, {}), total[part], part)
    for key, value in expect.get("accounting", {}).items():
        assert document["accounting"][key] == value, key
    used = {register["register"]: register for register in document["registers"]}
    for name, wanted in expect.get("registers", {}).items():
        found = used[name] | {"notes": [note["code"] for note in used[name]["notes"]]}
        aside = sum(found["set_aside"].values())
        assert found["read"] == found["used"] + found["outside"] + aside
        for key, value in wanted.items():
            assert found[key] == value, f"{name}.{key}: {found[key]}"
    codes = {warning["code"] for warning in document["warnings"]}
    assert set(expect.get("warnings", [])) <= codes
    assert not set(expect.get("absent_warnings", [])) & codes
    groups = {
        "|".join("∅" if key is None else str(key) for key in found["keys"]): group(found)
        for found in document["groups"]
    }
    for key, wanted in expect.get("groups", {}).items():
        assert key in groups, f"no group {key}, only {sorted(groups)}"
        contains(wanted, groups[key], key)
    assert not set(expect.get("absent_groups", [])) & set(groups)


@pytest.mark.parametrize(
    "case", CALENDAR, ids=lambda case: f"{case['op']}-{case.get('date', case.get('a'))}"
)
def test_calendar(case):
    calendar = tk.WorkCalendar.vietnam()
    days = [dt.date.fromisoformat(case[key]) for key in ("date", "a", "b") if key in case]
    ask = lambda: getattr(calendar, case["op"])(*days, *([case["n"]] if "n" in case else []))  # noqa: E731
    if "error" in case:
        with pytest.raises(tk.CalendarError):
            ask()
        return
    found = ask()
    assert (found.isoformat() if isinstance(found, dt.date) else found) == case["expect"]
