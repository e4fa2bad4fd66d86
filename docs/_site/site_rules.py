"""Each policy rule, its values, and the bundled data judged under every one of them."""

import re
from functools import cache
from pathlib import Path

import tthc_kpi as tk

ROOT = Path(__file__).resolve().parents[2]
PERIOD = "2026"
_CHOICES = re.compile(r"expected one of ([a-z0-9_, ]+)")


@cache
def sample() -> tk.Dossiers:
    return tk.read(ROOT / "examples/hoso-dong-nguyen-2026.xlsx")


@cache
def card_under(rule: str = "", value: str = "") -> tk.Scorecard:
    """The scorecard of the bundled data, all but one rule as the plan has them."""
    return tk.evaluate(
        sample(),
        tk.Plan("dong-nguyen-2026"),
        period=PERIOD,
        policy={rule: value} if rule else "plan",
        registers=ROOT / "examples/so-dong-nguyen-2026.xlsx",
    )


def _choices(policy: dict[str, str]) -> list[str]:
    # The engine names what it would have taken.
    try:
        tk.evaluate(sample(), tk.Plan("dong-nguyen-2026"), period=PERIOD, policy=policy)
    except tk.UnknownNameError as error:
        found = _CHOICES.search(str(error))
        if found is not None:
            return found[1].split(", ")
    raise ValueError(f"no choices for {policy}")


@cache
def values_of(rule: str) -> tuple[str, ...]:
    return tuple(_choices({rule: "?"}))


def rules_of(explanation: str) -> list[str]:
    """The rules that an explanation in Vietnamese says apply."""
    return re.findall(r"^  ([a-z_0-9]+) = \S+: ", explanation, re.M)


def words_of(card: tk.Scorecard, rule: str) -> str:
    return next(one["vi"] for one in card.document["policy"]["rules"] if one["rule"] == rule)
