"""The register indicators against SQL that was written without looking at the library."""

import datetime as dt
from decimal import Decimal

import pytest

import tthc_kpi as tk
from register_oracle import (
    AMOUNTS,
    CASES,
    answers,
    joined,
    random_dossiers,
    random_registers,
)

PLAN = tk.Plan("dong-nguyen-2026")
NOTHING = tk.Dossiers([{"received_at": "2026-01-05"}])
WINDOWS = [
    ("2026", None, dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
    ("2026", "2026-06-14", dt.date(2026, 1, 1), dt.date(2026, 6, 14)),
    ("2026-Q1", "2026-02-10", dt.date(2026, 1, 1), dt.date(2026, 2, 10)),
    ("2026-Q2", None, dt.date(2026, 4, 1), dt.date(2026, 6, 30)),
]
INDICATORS = [*CASES, *AMOUNTS, "archive_digitisation_rate"]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: f"{window[0]}-{window[1]}")
def test_registers_count_as_sql_does(seed, window):
    period, as_of, start, cut = window
    tables = random_registers(seed)
    card = tk.evaluate(NOTHING, PLAN, period=period, as_of=as_of, **tables)
    expected = answers(tables, start, cut, grouped=False)
    for name in INDICATORS:
        result = card[name]
        found = (Decimal(result.numerator), Decimal(result.denominator), result.unknown)
        assert found == expected.get((name, "*"), (0, 0, 0)), name
    for used in card.registers:
        assert used["read"] == used["used"] + used["outside"] + sum(used["set_aside"].values())


@pytest.mark.parametrize("seed", range(12, 20))
def test_registers_are_broken_down_as_sql_does(seed):
    period, as_of, start, cut = WINDOWS[seed % len(WINDOWS)]
    tables = random_registers(seed)
    card = tk.evaluate(NOTHING, PLAN, period=period, as_of=as_of, by="agency", **tables)
    expected = answers(tables, start, cut, grouped=True)
    groups = {group.keys["agency"]: group for group in card.groups}
    for name in INDICATORS:
        for unit in {*groups, *(key for indicator, key in expected if indicator == name)}:
            wanted = expected.get((name, unit), (0, 0, 0))
            result = groups[unit].find(name) if unit in groups else None
            if result is None:
                assert wanted == (0, 0, 0), (name, unit)
                continue
            found = (Decimal(result.numerator), Decimal(result.denominator), result.unknown)
            assert found == wanted, (name, unit)


@pytest.mark.parametrize("seed", range(16))
def test_procedures_joined_with_dossiers_count_as_sql_does(seed):
    period, as_of, start, cut = WINDOWS[seed % len(WINDOWS)]
    tables, dossiers = random_registers(seed), random_dossiers(seed)
    card = tk.evaluate(
        tk.Dossiers(dossiers),
        PLAN,
        period=period,
        as_of=as_of,
        policy={"online_payment": "any", "reduction_base": "weighted"},
        limits={},
        procedures=tables["procedures"],
    )
    for name, expected in joined(dossiers, tables, start, cut).items():
        result = card[name]
        found = (Decimal(result.numerator), Decimal(result.denominator), result.unknown)
        assert found == expected, name
