"""Còn cần gì để đạt mục tiêu: of one result, in numbers and in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from tthc_kpi._document import Key, ResultJson
from tthc_kpi._english import filled
from tthc_kpi._errors import QueryError, UnknownNameError
from tthc_kpi._exact import percent_of
from tthc_kpi._forecast_model import good_needed, meets
from tthc_kpi._markup import el, join, sheet
from tthc_kpi._result import Result
from tthc_kpi._text import (
    AMOUNTS,
    Lang,
    clean,
    columns,
    count,
    label,
    lang_of,
    percent,
    say,
    target,
)

if TYPE_CHECKING:
    from tthc_kpi._scorecard import Scorecard

__all__ = ["Needed", "needed"]

# Of these a failure stays one: what came late was late, what was rated badly was rated so.
_FINAL = frozenset(
    {
        "on_time",
        "early",
        "online_payments",
        "online_payment_dossiers",
        "satisfaction",
        "online_dossiers",
        "electronic_transfers",
        "data_reuse",
        "dossier_satisfaction",
        "assigned_tasks",
        "monthly_publication",
        "review_groups",
        "petitions_resolved",
    }
)


@dataclass(frozen=True, slots=True)
class Needed:
    """Điều còn phải xảy ra để một chỉ tiêu đạt.

    Attributes
    ----------
    result
        The result it is about.
    reachable
        Whether the target can still be reached: by further cases, by the open dossiers, or by
        making good what failed. ``None`` where there is nothing to judge by.
    cases_needed
        The fewest further successes in a row that reach it: 0 when met, ``None`` when none do.
    open, open_possible
        Open dossiers still to be decided, and those that can still succeed; timing rates only.
    open_needed
        How many of the open ones must succeed, the others failing and none being received: 0 when
        none must, ``None`` when all that can are not enough.
    reachable_with_open
        Whether the open dossiers alone can reach it: ``best_case`` against the target.
    to_mend
        How many of the counted failures must be made good with no case added; ``None`` where a
        failure stays one.
    spare
        While met: how many further failures in a row it stands.
    amount
        Of a cut (working days, đồng): how much more must be cut, exactly.
    """

    result: Result
    reachable: bool | None
    cases_needed: int | None
    open: int | None
    open_possible: int | None
    open_needed: int | None
    reachable_with_open: bool | None
    to_mend: int | None
    spare: int | None
    amount: Fraction | None

    def at(self, share: Fraction | int | Decimal) -> int | None:
        """Cần bao nhiêu trường hợp nữa nếu chỉ một phần như vậy đạt.

        Parameters
        ----------
        share
            The share of further cases that succeed, 0 to 1.

        Returns
        -------
        int or None
            The fewest further cases after which the rate meets the target, their successes being
            whole, rounded down; ``None`` when it never does.

        Examples
        --------
        >>> from fractions import Fraction
        >>> import tthc_kpi as tk
        >>> row = {"Ngày tiếp nhận": "05/01/2026", "Hạn trả": "12/01/2026"}
        >>> days = ["09/01/2026"] * 9 + ["13/01/2026"]
        >>> rows = [row | {"Ngày kết thúc xử lý": day} for day in days]
        >>> ds = tk.Dossiers(rows, mapping={"Hạn trả": "due_at"})
        >>> card = tk.evaluate(ds, tk.Plan("dong-nguyen-2026"), period="2026")
        >>> needed = card.needed("on_time_rate")          # 9 of 10, above 95 % is asked
        >>> needed.cases_needed, needed.at(1), needed.at(Fraction(98, 100)), needed.at(0)
        (11, 11, 31, None)
        """
        if not isinstance(share, int | Fraction | Decimal) or not 0 <= share <= 1:
            raise QueryError("bad_share", "share là phần từ 0 đến 1 [a share of one]")
        exact, goal, op = Fraction(share), Fraction(self.result.target) / 100, self.result.target_op
        if not self.cases_needed or exact == 1:
            return self.cases_needed
        if exact <= goal or op == "=":
            return None
        lack = goal * int(self.result.denominator) - int(self.result.numerator)
        # With f failures at least so many cases are needed, and at most f / (1 - share) hold no
        # more of them: the first f for which there is a number between.
        failing = ceil(lack / (1 - goal) / (1 / (1 - exact) - 1 / (1 - goal)))
        while True:
            least = (lack + failing) / (1 - goal)
            cases = floor(least) + 1 if op == ">" else ceil(least)
            cases = max(cases, floor((failing - 1) / (1 - exact)) + 1)
            if cases <= floor(failing / (1 - exact)):
                return cases
            failing += 1

    def text(self, lang: Lang = "vi") -> str:
        """Thành lời: the whole of it, a sentence a line."""
        lang = lang_of(lang)
        return "\n".join(clean(line) for line in _lines(self, lang))

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        first, *lines = self.text().split("\n")
        items = el("ul", *(el("li", line) for line in lines))
        return join([sheet(), el("div", el("p", el("strong", first)), items, class_="tthc-kpi")])


def needed(card: "Scorecard", indicator: str, where: Mapping[str, Key] | None = None) -> Needed:
    """What a result of a scorecard still needs; see :meth:`Scorecard.needed`."""
    result = card[indicator]
    documents = card.document["total"]["results"]
    if where:
        group = next(
            (at for at, one in enumerate(card.groups) if dict(one.keys) == dict(where)), None
        )
        if group is None:
            raise UnknownNameError(
                "unknown_group", "không có nhóm này trong bảng điểm [no such group on this card]"
            )
        result = card.groups[group][indicator]
        documents = card.document["groups"][group]["results"]
    document = next(one for one in documents if one["indicator"] == indicator)
    return _needed(result, document)


def _needed(result: Result, document: ResultJson) -> Needed:
    goal = Fraction(result.target) / 100
    cut = result.unit in AMOUNTS
    counted = bool(result.denominator) and not cut and not result.declared
    open_ = possible = open_needed = None
    with_open = to_mend = spare = amount = None
    if counted:
        n, d = int(result.numerator), int(result.denominator)
        spare = _spare(n, d, result.target_op, goal) if result.met else None
        to_mend = _to_mend(result, n, d, goal)
    if cut and result.denominator and not result.declared:
        lack = goal * Fraction(result.denominator) - Fraction(result.numerator)
        amount = max(lack, Fraction(0))
    best, worst = document["best_case"], document["worst_case"]
    if best is not None and worst is not None:
        open_, possible, open_needed = _open(result, document, goal)
        if result.best_case is not None:
            with_open = meets(result.best_case, result.target_op, goal)
    reachable: bool | None = None
    if result.denominator and not result.declared:
        ways = (result.cases_needed is not None, with_open, to_mend is not None, amount is not None)
        reachable = any(ways)
    return Needed(
        result=result,
        reachable=reachable,
        cases_needed=result.cases_needed if counted else None,
        open=open_,
        open_possible=possible,
        open_needed=open_needed,
        reachable_with_open=with_open,
        to_mend=to_mend,
        spare=spare,
        amount=amount,
    )


def _open(result: Result, document: ResultJson, goal: Fraction) -> tuple[int, int, int | None]:
    """Open dossiers, those that can succeed, and how many of them must."""
    best, worst = document["best_case"], document["worst_case"]
    if best is None or worst is None:
        return 0, 0, None
    # With the open ones in the base, those in time are among its successes already.
    low, high = int(worst["numerator"]), int(best["numerator"])
    of = int(worst["denominator"])
    possible = high - low
    pending = of - int(result.denominator) if of != int(result.denominator) else possible
    return pending, possible, good_needed(low, of - possible, possible, result.target_op, goal)


def _spare(numerator: int, denominator: int, op: str, goal: Fraction) -> int | None:
    """How many further failures in a row a target that is met stands; none when any number."""
    if goal == 0:
        return None
    most = Fraction(numerator) / goal - denominator
    if op == "=":
        return 0
    return max(ceil(most) - 1 if op == ">" else floor(most), 0)


def _to_mend(result: Result, numerator: int, denominator: int, goal: Fraction) -> int | None:
    if result.measure in _FINAL or result.met:
        return None
    failing = denominator - numerator
    return good_needed(numerator, numerator, failing, result.target_op, goal)


# (vi, en)
_WORDS = {
    "head": (
        "{name}: {rate}, mục tiêu {goal}: {status}.",
        "{name}: {rate}, target {goal}: {status}.",
    ),
    "met": ("Đến nay đã đạt.", "Met so far."),
    "spare": (
        "Còn chịu được {n} {unit} không đạt liên tiếp nữa.",
        "It stands {n} further {unit} in a row that fail.",
    ),
    "no_spare": (
        "Chỉ thêm một trường hợp không đạt là không còn đạt mục tiêu.",
        "One more failure, and it is missed.",
    ),
    "cases": (
        "Cần thêm ít nhất {n} {unit} đạt liên tiếp.",
        "At least {n} further {unit} in a row must succeed.",
    ),
    "at": (
        "Nếu chỉ {share} số {unit} sắp tới đạt thì cần {n} {unit}.",
        "If only {share} of the {unit} to come succeed, {n} {unit} are needed.",
    ),
    "never_more": (
        "Thêm bao nhiêu {unit} đạt cũng không tới được mục tiêu này.",
        "No number of further {unit} that succeed reaches this target.",
    ),
    "open": (
        "Đang giải quyết {open} hồ sơ có hạn trả, {possible} hồ sơ trong đó còn kịp.",
        "{open} dossiers with a due date are open, {possible} of them can still succeed.",
    ),
    "open_needed": (
        "Nếu không nhận thêm hồ sơ nào: ít nhất {n} trong {possible} hồ sơ còn kịp phải đạt.",
        "With no further dossier: at least {n} of the {possible} that can must succeed.",
    ),
    "open_none": (
        "Nếu không nhận thêm hồ sơ nào: đạt kể cả khi mọi hồ sơ đang giải quyết đều không đạt.",
        "With no further dossier: met even if all that are open fail.",
    ),
    "open_beyond": (
        "Riêng hồ sơ đang giải quyết thì không đủ: cao nhất {best}.",
        "The open dossiers alone are not enough: {best} at best.",
    ),
    "mend": (
        "Hoặc bổ sung cho {n} trong {failing} {unit} đã đếm là chưa đạt.",
        "Or {n} of the {failing} {unit} that failed are made good.",
    ),
    "mend_all": (
        "Chỉ đạt khi bổ sung cho cả {failing} {unit} đã đếm là chưa đạt.",
        "Only if all {failing} {unit} that failed are made good.",
    ),
    "amount": ("Cần giảm thêm ít nhất {n} {unit}.", "At least {n} {unit} more must be cut."),
    "unreachable": (
        "Không còn đạt được nữa trong kỳ này.",
        "It can no longer be reached in this period.",
    ),
    "no_data": (
        "Chưa có dữ liệu để nói còn cần gì: thiếu {columns}.",
        "There is no data to tell what is needed: {columns}.",
    ),
    "no_case": (
        "Chưa có trường hợp nào: tỷ lệ do những trường hợp đầu tiên quyết định.",
        "There is no case yet: the first ones decide.",
    ),
    "declared": (
        "{source}: còn cần gì thì xem ở văn bản ấy, phần mềm không biết.",
        "{source}: that document tells what is needed, not the program.",
    ),
}


def _say(sentence: str, lang: Lang, **values: object) -> str:
    vi, en = _WORDS[sentence]
    return filled(vi if lang == "vi" else en, lang, values)


def _lines(told: Needed, lang: Lang) -> Iterator[str]:
    result = told.result
    unit = label(result.unit, lang)
    rate = "–"
    if result.percent is not None:
        parts = f"{count(result.numerator, lang)}/{count(result.denominator, lang)}"
        rate = f"{percent(result.percent, lang)} ({parts})"
    goal = target(result.target_op, result.target, lang)
    status = label(result.status, lang)
    yield _say("head", lang, name=result.name.text(lang), rate=rate, goal=goal, status=status)
    if result.declared:
        yield _say("declared", lang, source=result.source(lang))
    elif result.status == "no_data":
        yield _say("no_data", lang, columns=columns(result.missing_columns, lang))
    elif result.status == "not_applicable":
        yield _say("no_case", lang)
    elif told.amount is not None and not result.met:
        # Rounded up: a little less would not do. "Above" a percent asks for more than the amount.
        yield _say("amount", lang, n=count(_up(told.amount), lang), unit=unit)
    else:
        yield from _ways(told, unit, lang)
    if result.unknown:
        # Rows, whatever the numerator and the denominator count.
        yield f"{say('unknown_count', lang)}: {count(result.unknown, lang)}."


def _up(amount: Fraction) -> int | Decimal:
    """Two decimals, rounded up; a whole number as one."""
    hundredths = ceil(amount * 100)
    return hundredths // 100 if hundredths % 100 == 0 else Decimal(hundredths).scaleb(-2)


def _ways(told: Needed, unit: str, lang: Lang) -> Iterator[str]:
    result = told.result
    if told.result.met:
        yield _say("met", lang)
        if told.spare == 0:
            yield _say("no_spare", lang)
        elif told.spare is not None:
            yield _say("spare", lang, n=count(told.spare, lang), unit=unit)
    elif told.cases_needed is None and told.to_mend is None:
        yield _say("never_more", lang, unit=unit)
    elif told.cases_needed is not None:
        yield _say("cases", lang, n=count(told.cases_needed, lang), unit=unit)
        # Half way between the target and all.
        share = (Fraction(result.target) / 100 + 1) / 2
        more = told.at(share)
        if more is not None and share < 1:
            shown = percent(percent_of(share), lang)
            yield _say("at", lang, share=shown, n=count(more, lang), unit=unit)
    if told.open:
        opened, possible = count(told.open, lang), count(told.open_possible, lang)
        yield _say("open", lang, open=opened, possible=possible)
        if told.open_needed is None and told.reachable_with_open:
            pass
        elif told.open_needed is None:
            best = percent(result.best_case_percent, lang)
            yield _say("open_beyond", lang, best=best)
        elif told.open_needed == 0:
            yield _say("open_none", lang)
        else:
            yield _say("open_needed", lang, n=count(told.open_needed, lang), possible=possible)
    if told.to_mend is not None:
        failing = int(result.denominator - result.numerator)
        n, of = count(told.to_mend, lang), count(failing, lang)
        only = told.cases_needed is None and told.to_mend == failing
        yield _say("mend_all" if only else "mend", lang, n=n, failing=of, unit=unit)
    if told.reachable is False:
        yield _say("unreachable", lang)
