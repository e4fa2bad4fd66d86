"""Một tập hồ sơ dưới nhiều bộ quy tắc: rates side by side, and the dossiers that change."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from rich import box
from rich.table import Table as RichTable
from rich.text import Text

from tthc_kpi import _tthc_kpi
from tthc_kpi._calendar import Day, WorkCalendar
from tthc_kpi._dossiers import Dossiers
from tthc_kpi._errors import QueryError, UnknownNameError
from tthc_kpi._evaluate import evaluate
from tthc_kpi._markup import Html, el, join, sheet
from tthc_kpi._paper import Paper
from tthc_kpi._plan import Plan
from tthc_kpi._query import (
    Period,
    Policy,
    QueryArguments,
    checked_dossiers,
    checked_plan,
    query_arguments,
)
from tthc_kpi._result import Result
from tthc_kpi._scorecard import Scorecard
from tthc_kpi._table import Table
from tthc_kpi._text import MARKS, Lang, clean, count, label, lang_of, nearest, percent, say, target

__all__ = ["Change", "Comparison", "compare", "word"]


class Change(NamedTuple):
    """Những hồ sơ đổi cách tính vì cùng một lý do: how many moved from where to where, and why.

    ``rules_act`` is ``"alone"`` when each of the rules by itself makes the change, ``"together"``
    when only all of them do.
    """

    before: str
    after: str
    rules: tuple[str, ...]
    rules_act: str
    dossiers: int


class Comparison:
    """Kết quả của một tập hồ sơ dưới từng bộ quy tắc.

    The first policy is the one the others are held against. A rate moves because dossiers are
    counted otherwise; :meth:`changes` lists them with the rules that make the difference.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds = tk.Dossiers(tk.synth(2000))
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> both = tk.compare(ds, plan, policies=["plan", "qd-766"], period="2026")
    >>> both.names
    ('plan', 'qd-766')
    >>> both["qd-766"]["on_time_rate"].rate == both.results("on_time_rate")["qd-766"].rate
    True
    >>> sum(change.dossiers for change in both.why()) == len(both.changes())
    True
    """

    def __init__(
        self,
        ds: Dossiers,
        plan: Plan,
        arguments: Mapping[str, QueryArguments],
        cards: Mapping[str, Scorecard],
    ) -> None:
        self._ds, self._plan = ds, plan
        self._arguments, self._cards = dict(arguments), dict(cards)
        self._changes: dict[tuple[str, str], Table] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Tên các bộ quy tắc: the names of the policies, the first is the one compared with."""
        return tuple(self._cards)

    @property
    def cards(self) -> Mapping[str, Scorecard]:
        """Bảng điểm theo từng bộ quy tắc: a scorecard for each policy."""
        return MappingProxyType(self._cards)

    def __getitem__(self, name: str) -> Scorecard:
        """The scorecard of one policy."""
        if name in self._cards:
            return self._cards[name]
        raise UnknownNameError(
            "unknown_policy",
            f"không có bộ quy tắc {name!r} trong so sánh này; có: {', '.join(self.names)}"
            f" [unknown policy]{nearest(name, self.names)}",
        )

    def results(self, indicator: str) -> dict[str, Result]:
        """Một chỉ tiêu theo từng bộ quy tắc: the result of an indicator under each policy."""
        return {name: card[indicator] for name, card in self._cards.items()}

    def changes(self, indicator: str = "on_time_rate", to: str | None = None) -> Table:
        """Những hồ sơ được tính khác đi, và vì quy tắc nào.

        Parameters
        ----------
        indicator
            The id of the indicator.
        to
            The policy held against the first; may be left out when there are two.

        Returns
        -------
        Table
            A row per dossier that is counted otherwise: its columns, ``outcome_before`` and
            ``outcome_after`` (``passing``, ``failing``, ``unknown``; ``open``: not yet in the rate;
            ``outside``: not asked about), both verdicts and effective due dates, ``rules`` (names,
            separated by commas) and ``rules_act`` (``alone``: each by itself; ``together``).

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> row = {"Ngày tiếp nhận": "05/01/2026", "Hạn trả": "12/01/2026 09:00",
        ...        "Ngày kết thúc xử lý": "12/01/2026 16:00"}
        >>> by_hour = {"by the hour": {"comparison": "instant"}}
        >>> both = tk.compare(tk.Dossiers([row], mapping={"Hạn trả": "due_at"}),
        ...     tk.Plan("dong-nguyen-2026"), policies={"plan": "plan"} | by_hour, period="2026")
        >>> changed = both.changes().to_dicts()[0]
        >>> changed["outcome_before"], changed["outcome_after"], changed["rules"]
        ('passing', 'failing', 'comparison')
        """
        name = self._other(to)
        self[self.names[0]][indicator]  # names the nearest indicator when there is none
        if (indicator, name) not in self._changes:
            arguments, other = self._arguments[self.names[0]], self._arguments[name]
            core = _tthc_kpi.changes(
                self._ds._core,
                self._plan._core,
                arguments,
                other=other["policy"],
                indicator=indicator,
            )
            self._changes[indicator, name] = Table(core)
        return self._changes[indicator, name]

    def why(self, indicator: str = "on_time_rate", to: str | None = None) -> tuple[Change, ...]:
        """Vì sao tỷ lệ khác nhau: the changes counted by where from, where to and why, most first.

        Parameters are those of :meth:`changes`.
        """
        kinds = Counter(
            (row["outcome_before"], row["outcome_after"], row["rules"], row["rules_act"])
            for row in self.changes(indicator, to)
        )
        return tuple(
            Change(str(before), str(after), tuple(str(rules).split(", ")), str(act), n)
            for (before, after, rules, act), n in sorted(
                kinds.items(), key=lambda kind: (-kind[1], *map(str, kind[0]))
            )
        )

    def to_text(self, lang: Lang = "vi", indicator: str = "on_time_rate") -> str:
        """Thành chữ: indicators against policies, then why one of them differs."""
        lang = lang_of(lang)
        console = Paper()
        table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
        table.add_column(say("indicator", lang), ratio=1, overflow="fold")
        table.add_column(say("target", lang), justify="right", no_wrap=True)
        for name in self.names:
            table.add_column(Text(clean(name)), justify="right")
        for row in self._rows(lang):
            table.add_row(*(Text(clean(cell)) for cell in row))
        console.print(table)
        for title, lines in self._reasons(lang, indicator):
            for line in (title, *(f"  {line}" for line in lines)):
                console.print(Text(clean(line)))
        return console.text()

    def to_html(self, lang: Lang = "vi", indicator: str = "on_time_rate") -> str:
        """Thành đoạn HTML: the same as a fragment of HTML without scripts."""
        lang = lang_of(lang)
        names = [say("indicator", lang), say("target", lang), *self.names]
        kinds = [None, "number"] + ["number verbatim"] * len(self.names)
        head = el(
            "tr",
            *(
                el("th", name, scope="col", class_=kind)
                for name, kind in zip(names, kinds, strict=True)
            ),
        )
        body = [
            el(
                "tr",
                el("th", row[0], scope="row"),
                *(el("td", cell, class_="number") for cell in row[1:]),
            )
            for row in self._rows(lang)
        ]
        reasons = [
            part
            for title, lines in self._reasons(lang, indicator)
            for part in (el("h3", title), el("ul", *(el("li", line) for line in lines)))
        ]
        table = el("table", el("thead", head), Html(f"<tbody>{join(body)}</tbody>"))
        return el("div", sheet(), table, *reasons, class_="tthc-kpi", lang=lang)

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return self.to_text()

    def _other(self, to: str | None) -> str:
        others = self.names[1:]
        if to is None and len(others) == 1:
            return others[0]
        if to is None or to == self.names[0]:
            raise QueryError(
                "which_policy",
                f"so với bộ quy tắc nào: to= một trong {', '.join(others)}"
                " [which of the other policies]",
            )
        self[to]
        return to

    def _rows(self, lang: Lang) -> list[list[str]]:
        """A row for each indicator whose figures are not missing under every policy."""
        rows = []
        for at, first in enumerate(self._cards[self.names[0]].whole.results):
            results = [card.whole.results[at] for card in self._cards.values()]
            # Dossiers are compared: registers would say the same under each policy.
            if first.register is not None and not any(result.denominator for result in results):
                continue
            goal = target(first.target_op, first.target, lang)
            rows.append([first.name.text(lang), goal, *(_cell(result, lang) for result in results)])
        return rows

    def _reasons(self, lang: Lang, indicator: str) -> list[tuple[str, list[str]]]:
        """Why an indicator differs under each other policy, the most frequent reasons first."""
        first = self.names[0]
        known = self._cards[first].whole.results
        named = [result.name.text(lang) for result in known if result.indicator == indicator]
        if not named:
            # A plan need not have the indicator that is shown unless another is asked for.
            return []
        found = []
        for name in self.names[1:]:
            reasons = self.why(indicator, name)
            used = {rule["rule"]: rule for rule in self._cards[name].document["policy"]["rules"]}
            lines = []
            for change in reasons[:_SHOWN_REASONS]:
                rules = "; ".join(
                    f"{used[rule][lang]}, {rule}={used[rule]['value']}" for rule in change.rules
                )
                act = f"; {word(change.rules_act, lang)}" if len(change.rules) > 1 else ""
                moved = f"{word(change.before, lang)} → {word(change.after, lang)}"
                lines.append(f"{moved}: {count(change.dossiers, lang)} ({rules}{act})")
            rest = reasons[_SHOWN_REASONS:]
            if rest:
                n = count(sum(change.dossiers for change in rest), lang)
                lines.append(f"{word('rest', lang)}: {n}")
            if lines:
                found.append((f"{named[0]}, {first} → {name}:", lines))
        return found


_SHOWN_REASONS = 8

# How an indicator counts a dossier, and how rules make the difference.
_WORDS: dict[str, tuple[str, str]] = {
    "passing": ("đạt", "passing"),
    "failing": ("không đạt", "failing"),
    "unknown": ("không rõ", "unknown"),
    "open": ("chưa vào mẫu số", "not yet in the rate"),
    "outside": ("không tính", "not counted"),
    "rest": ("các lý do khác", "other reasons"),
    "alone": ("mỗi quy tắc tự nó đã đủ", "each by itself"),
    "together": ("phải cùng nhau", "only together"),
}


def word(slug: str, lang: Lang) -> str:
    """How an indicator counts a dossier, or how rules act, in words."""
    vi, en = _WORDS[slug]
    return vi if lang == "vi" else en


def _cell(result: Result, lang: Lang) -> str:
    if result.percent is None:
        return f"{MARKS[result.status]} {label(result.status, lang)}"
    parts = f"{count(result.numerator, lang)}/{count(result.denominator, lang)}"
    return f"{MARKS[result.status]} {percent(result.percent, lang)}\n{parts}"


def compare(
    ds: Dossiers,
    plan: Plan,
    policies: Sequence[Policy] | Mapping[str, Policy] = ("plan", "qd-766", "nd-61"),
    *,
    period: Period,
    as_of: Day | None = None,
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
    threads: int | None = None,
) -> Comparison:
    """So sánh các bộ quy tắc trên cùng một tập hồ sơ: vì sao 97 % ở đây là 78 % ở nơi khác.

    Parameters
    ----------
    ds
        The dossiers; their rows are kept, so that those that change can be listed.
    plan
        The plan.
    policies
        Names of profiles, or dicts of rules as :func:`evaluate` takes them; a mapping gives each
        a name of its own. The first is the one the others are held against.
    period, as_of, limits, calendar, threads
        As in :func:`evaluate`.

    Raises
    ------
    QueryError
        Fewer than two policies, or two of the same name.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(1000)), tk.Plan("dong-nguyen-2026")
    >>> both = tk.compare(ds, plan, ["plan", {"comparison": "instant"}], period="2026-Q2")
    >>> both.names
    ('plan', 'plan, comparison=instant')
    """
    dossiers, checked = checked_dossiers(ds), checked_plan(plan)
    named = _named(policies)
    cards = {
        name: evaluate(
            dossiers,
            checked,
            period=period,
            as_of=as_of,
            policy=policy,
            limits=limits,
            calendar=calendar,
            threads=threads,
        )
        for name, policy in named.items()
    }
    arguments = {
        name: query_arguments(
            period=period, as_of=as_of, by=(), policy=policy, limits=limits, calendar=calendar
        )
        for name, policy in named.items()
    }
    return Comparison(dossiers, checked, arguments, cards)


def _named(policies: Sequence[Policy] | Mapping[str, Policy]) -> dict[str, Policy]:
    if not isinstance(policies, (Mapping, Sequence)) or not all(
        isinstance(policy, (str, Mapping))
        for policy in (policies.values() if isinstance(policies, Mapping) else policies)
    ):
        raise QueryError(
            "bad_policy",
            "policies là danh sách tên bộ quy tắc hoặc dict các quy tắc"
            " [a list of names or of dicts of rules]",
        )
    if isinstance(policies, Mapping):
        named = dict(policies)
    elif isinstance(policies, str):
        named = {policies: policies}
    else:
        named = {_name(policy): policy for policy in policies}
        if len(named) < len(policies):
            raise QueryError(
                "repeated_policy",
                "hai bộ quy tắc giống nhau [the same policy twice]",
            )
    if len(named) < 2:
        raise QueryError(
            "one_policy",
            "cần ít nhất hai bộ quy tắc để so sánh [at least two policies are compared]",
        )
    return named


def _name(policy: Policy) -> str:
    if isinstance(policy, str):
        return policy
    rules = [f"{rule}={value}" for rule, value in policy.items() if rule != "profile"]
    return ", ".join([str(policy.get("profile", "plan")), *rules])
