"""A page per indicator of the built-in plans, from the plan, the code and the bundled data.

The facts of a measure are read from `measure.rs` and `fact.rs`, and held against the figures: a
page whose formula does not give the rate it shows fails the build.
"""

import re
from decimal import Decimal
from functools import cache
from typing import Any

import tthc_kpi as tk
from site_facts import FACTS
from site_rules import ROOT, card_under, rules_of, values_of, words_of
from site_words import english, folded, page, plain, table, text_block, toctree
from tthc_kpi import _tthc_kpi
from tthc_kpi._text import columns, count, label, percent, target

_CORE = ROOT / "crates/tthc-kpi/src"
_ROLES = ("có thể vào mẫu số", "mẫu số: đủ dữ liệu để xét", "tử số: đạt")
# What each register must be given before it says which of its columns an indicator lacks.
_BARE: dict[str, Any] = {
    "procedures": [{"code": "1", "name": "x"}],
    "petitions": [{"id": "1", "source": "x"}],
    "tasks": [{"title": "x", "assigned_by": "x"}],
    "archive": [{"id": "1", "agency": "x"}],
}


@cache
def _facts() -> dict[str, tuple[str, str]]:
    """Per fact as Rust names it: its slug and what it is."""
    source = (_CORE / "fact.rs").read_text("utf-8")
    found = re.findall(r"((?:^ +///.*\n)+) +(\w+) = \"(\w+)\",", source, re.M)
    return {
        name: (slug, " ".join(line.strip(" /") for line in told.strip().splitlines()))
        for told, name, slug in found
    }


@cache
def _formulas() -> dict[str, tuple[str, str, str]]:
    """Per measure its scope, judged and passed facts, by their slugs."""
    source = (_CORE / "measure.rs").read_text("utf-8")
    names = dict(re.findall(r" (\w+) = \"(\w+)\",", source.partition("pub struct")[0]))
    arms = re.findall(r"Measure::(\w+) => (?:\{\s*)?\(F::(\w+), F::(\w+), F::(\w+)\)", source, re.M)
    facts = _facts()
    return {
        names[measure]: (facts[scope][0], facts[judged][0], facts[passed][0])
        for measure, scope, judged, passed in arms
    }


@cache
def _lacking() -> dict[str, set[str]]:
    """The columns each indicator asks for: those it misses in tables that have almost none."""
    late = {"received_at": "2026-01-02", "completed_at": "2026-01-05"}
    wanted: dict[str, set[str]] = {}
    for row in (late, late | {"due_at": "2026-01-03"}):
        card = tk.evaluate(tk.Dossiers([row]), tk.Plan("dong-nguyen-2026"), period="2026", **_BARE)
        for result in card:
            wanted.setdefault(result.indicator, set()).update(result.missing_columns)
    return wanted


def pages() -> dict[str, str]:
    plans = [tk.Plan(name) for name in sorted(tk.plans())]
    made: dict[str, str] = {}
    order: dict[str, dict[str, Any]] = {}
    for plan in plans:
        for indicator in plan.indicators:
            order.setdefault(indicator["id"], indicator)
    for number, (name, indicator) in enumerate(order.items(), 1):
        made[f"chi-tieu/{name}.md"] = _page(number, indicator, plans)
    made["chi-tieu/index.md"] = _overview(list(order.values()))
    return made


def _overview(indicators: list[dict[str, Any]]) -> str:
    card = card_under()
    rows = [
        (
            str(number),
            f"[{plain(one['name']['vi'])}]({one['id']}.md)",
            _target(card[one["id"]]),
            _percent(card[one["id"]]),
            plain(card[one["id"]].source()) if not card[one["id"]].declared else "tự khai",
        )
        for number, one in enumerate(indicators, 1)
    ]
    return page(
        [
            "# Từng chỉ tiêu",
            "Mỗi chỉ tiêu của các kế hoạch có sẵn một trang: định nghĩa, căn cứ, công thức, "
            "cột cần có, quy tắc nào làm con số đổi, và ví dụ tính trên tệp mẫu. Các trang này "
            "do chính chương trình viết ra, nên luôn khớp với cách nó tính.",
            table(("", "Chỉ tiêu", "Mục tiêu", "Trên tệp mẫu", "Nguồn"), rows),
            toctree(one["id"] for one in indicators),
        ]
    )


def _page(number: int, indicator: dict[str, Any], plans: list[tk.Plan]) -> str:
    name = indicator["id"]
    result = card_under()[name]
    explanation = card_under().explain(name)
    return page(
        [
            f"# {number}. {plain(indicator['name']['vi'])}",
            f"{english(indicator['name']['en'])} · mã `{name}` · mục tiêu **{_target(result)}**",
            "## Tính thế nào",
            _definition(result),
            _formula(result),
            "## Căn cứ",
            *(_clauses(plan, name) for plan in plans),
            "## Cần những gì",
            _needs(result),
            "## Quy tắc nào làm con số đổi",
            _policies(name, rules_of(explanation)),
            "## Ví dụ trên tệp mẫu",
            "Tệp `examples/hoso-dong-nguyen-2026.xlsx` và các sổ "
            "`examples/so-dong-nguyen-2026.xlsx`, năm 2026. " + _call(name),
            text_block(explanation),
            folded("In English", text_block(card_under().explain(name, "en"))),
        ]
    )


def _call(name: str) -> str:
    return f'Lệnh: `print(card.explain("{name}"))`; xem [cách làm](/cach-lam/giai-thich.md).'


def _definition(result: tk.Result) -> str:
    total: Any = card_under().document["total"]["results"]
    told = next(one["definition"] for one in total if one["indicator"] == result.indicator)
    return f"**{plain(told['vi'])}**\n\n{english(told['en'])}"


def _formula(result: tk.Result) -> str:
    names = _formulas().get(result.measure)
    if names is None:
        unit = label(result.unit, "vi")
        return f"Đếm từ: {plain(result.source())}. Đơn vị: {plain(unit)}."
    counted = card_under().whole.facts
    scope, judged, passed = names
    sums = result.measure == "online_payments"
    whole = result.indicator in {"satisfaction_rate"} or result.measure != "satisfaction"
    if (
        whole
        and not sums
        and (counted[passed], counted[judged])
        != (
            result.numerator,
            result.denominator,
        )
    ):
        raise ValueError(f"{result.indicator}: {passed} / {judged} does not give its rate")
    told = dict(_facts().values())
    rows = [
        (role, f"`{fact}`", f"{plain(FACTS[fact])} {english(told[fact])}", _count(counted[fact]))
        for role, fact in zip(_ROLES, names, strict=True)
        if not (sums and fact == passed and role == _ROLES[2])
    ]
    line = (
        "Tử số, mẫu số là **tổng số giao dịch** (`payments_online` / `payments`) "
        "của các hồ sơ đủ dữ liệu."
        if sums
        else f"Bằng sự kiện: `{passed}` / `{judged}`; không rõ = `{scope}` − `{judged}`."
    )
    field = "" if whole else " Chỉ đếm hồ sơ thuộc nhóm lĩnh vực; bảng dưới đếm mọi lĩnh vực."
    return line + field + "\n\n" + table(("Vai trò", "Sự kiện", "Là gì", "Tệp mẫu"), rows)


def _clauses(plan: tk.Plan, name: str) -> str:
    found = next((one for one in plan.indicators if one["id"] == name), None)
    if found is None:
        return ""
    lines = [f"**{plain(plan.title)}** (`{plan.id}`)"]
    for clause in found["clauses"]:
        # The template leaves the number of the clause to whoever fills it in.
        number = "mục do đơn vị điền" if clause["clause"] == "mục ..." else clause["clause"]
        lines.append(f"> {plain(number)}: «{plain(clause['text'])}»")
        if clause["deadline"]:
            lines.append(f"Thời hạn ghi trong kế hoạch: {plain(_day(clause['deadline']))}.")
        if clause["note"]:
            lines.append(f"Cách hiểu: {plain(clause['note']['vi'])}")
    if found["owner"]:
        lines.append(f"Chịu trách nhiệm: {plain(found['owner'])}.")
    return "\n\n".join(lines)


def _day(text: str) -> str:
    year, month, day = text.split("-")
    return f"{day}/{month}/{year}"


def _needs(result: tk.Result) -> str:
    if result.measure == "declared":
        return (
            "Số liệu tự khai kèm văn bản, trong sổ `declared`: xem [các sổ đi kèm](/so-dang-ky.md)."
        )
    wanted = sorted(_lacking()[result.indicator])
    own = [name for name in wanted if "." not in name and name not in dict(_registers())]
    kept = [name for name in wanted if "." in name]
    lines = []
    if result.register is None or own:
        always = [] if result.register else ["received_at", "status", "completed_at"]
        lines.append(f"Cột của hồ sơ: {plain(columns([*always, *own], 'vi'))}.")
    if result.register is not None:
        title = dict(_registers())[result.register]
        names = f", cột: {plain(columns(kept, 'vi'))}" if kept else ""
        lines.append(f"Sổ **{plain(title)}** (`{result.register}`){names}.")
        lines.append("Từng cột của sổ, cách viết: [các sổ đi kèm](/so-dang-ky.md).")
    lines.append("Thiếu cột thì chỉ tiêu ghi «thiếu dữ liệu», không bao giờ tự coi là 0.")
    return "\n\n".join(lines)


@cache
def _registers() -> tuple[tuple[str, str], ...]:
    return tuple((slug, title) for slug, title, _english, _columns in _tthc_kpi.registers())


def _policies(name: str, rules: list[str]) -> str:
    if not rules:
        return "Không có quy tắc nào: con số chỉ theo sổ hoặc văn bản."
    rows = []
    usual = card_under()
    for rule in rules:
        for value in values_of(rule):
            card = card_under(rule, value)
            mark = " (mặc định)" if usual.policy[rule] == value else ""
            result = card[name]
            same = (result.numerator, result.denominator) == (
                usual[name].numerator,
                usual[name].denominator,
            )
            shown = f"{_count(result.numerator)}/{_count(result.denominator)} = {_percent(result)}"
            rows.append(
                (
                    f"`{rule} = {value}`{mark}",
                    plain(words_of(card, rule)),
                    f"[{shown if same else f'**{shown}**'}]{{.figure}}",
                )
            )
    return (
        "Mỗi dòng là tệp mẫu tính lại với **một** quy tắc đổi khác, các quy tắc khác như kế hoạch. "
        "Chữ đậm là nơi con số đổi. Đổi bằng "
        f'`policy={{"{rules[0]}": "{values_of(rules[0])[-1]}"}}`.\n\n'
        + table(("Quy tắc = giá trị", "Nghĩa", "Kết quả"), rows)
    )


def _target(result: tk.Result) -> str:
    return plain(target(result.target_op, result.target, "vi"))


def _percent(result: tk.Result) -> str:
    return "–" if result.percent is None else percent(result.percent, "vi")


def _count(value: int | Decimal) -> str:
    return count(value, "vi")
