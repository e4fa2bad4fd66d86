"""Every figure of a random data set equals an independent query in DuckDB (``oracle.py``)."""

import datetime as dt
import random

import pytest

import oracle
import tthc_kpi as tk
from random_tables import POLICIES, random_table

QUERIES = [
    ("2026", None, []),
    ("2026", "2026-06-14", ["agency"]),
    ("2026-Q1", None, ["month"]),
    ("2026-H1", "2026-05-20", ["agency", "month"]),
    ("2026-02", None, ["week"]),
    ("2026-02", "2026-02-20", ["day"]),
    ("2026", "2026-11-30", ["field", "quarter"]),
    ("2025-12-20..2026-01-10", None, ["received_month"]),
]
# The built-in plan, and beside its indicators the rates that only the 766 index asks for.
PLAN = """\
extends = "dong-nguyen-2026"
id = "with-766"
title = "Kế hoạch 74 và bốn tỷ lệ của QĐ 766"
""" + "".join(
    f"""
[[indicators]]
id = "{name}"
measure = "{measure}"
name = {{ vi = "{measure}" }}
target = {{ op = ">=", percent = 90 }}
clauses = [{{ clause = "1", text = "90%" }}]
"""
    for name, measure in {
        "synced_of_received": "dossiers_synced",
        "electronic_of_received": "dossiers_with_electronic_result",
        "digitised_of_received": "dossiers_digitised",
        "served_well_of_received": "dossier_satisfaction",
    }.items()
)
LIMITS = {"1.000001": 5, "1.000002": 0}


@pytest.mark.parametrize("seed", range(28))
def test_figures_equal_the_oracle(seed, tmp_path):
    chance = random.Random(seed)
    policy = {rule: chance.choice(values) for rule, values in POLICIES.items()}
    if seed % 4 == 0:
        policy = {"profile": chance.choice(["plan", "qd-766", "nd-61"])}
    period, as_of, by = QUERIES[seed % len(QUERIES)]
    duplicates = "resolve" if seed % 3 == 0 else "assume_unique"
    table = random_table(1500, seed, untidy=seed % 2 == 0, repeat_ids=0.2)
    if seed % 5 == 0:
        table = table.drop_columns(["payments_portal"])
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    plan = tk.Plan(str(tmp_path / "plan.toml"))
    ds = tk.Dossiers(table, duplicates=duplicates)
    card = tk.evaluate(ds, plan, period=period, as_of=as_of, by=by, policy=policy, limits=LIMITS)
    query = card.document["query"]
    asked = {
        "start": dt.date.fromisoformat(query["start"]),
        "cut": dt.date.fromisoformat(query["cut"]),
        "policy": policy,
        "duplicates": duplicates,
    }
    total = oracle.indicators(table, **asked, limits=LIMITS)[()]
    assert figures(card.document["total"]) == total
    groups = oracle.indicators(table, **asked, limits=LIMITS, by=by) if by else {}
    found = {tuple(group["keys"]): figures(group) for group in card.document["groups"]}
    empty = {key for key, group in found.items() if not any(map(any, group.values()))}
    assert {key: group for key, group in found.items() if key not in empty or key in groups} == {
        key: group for key, group in groups.items() if key in found or any(map(any, group.values()))
    }
    rows = oracle.accounting(table, **asked)
    document = card.document["accounting"]
    for part in ("read", "used", "outside", "excluded"):
        assert document[part] == rows[part], part
    assert sum(document["set_aside"].values()) == sum(rows["set_aside"].values())
    days = {key: n for key, n in oracle.processing_time(table, **asked).items() if key is not None}
    assert dict(card.document["total"]["processing_time"]["days"]) == days


def figures(group):
    return {
        result["indicator"]: (
            int(result["numerator"]),
            int(result["denominator"]),
            result["unknown"],
        )
        for result in group["results"]
        if result["indicator"] in oracle.INDICATORS
    }
