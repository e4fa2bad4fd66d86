"""Lịch công việc cho người đọc: lời bằng hai thứ tiếng, HTML, và lệnh ``tthc-kpi tasks``."""

import argparse
import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tthc_kpi._calendar import day_of
from tthc_kpi._english import filled
from tthc_kpi._errors import InputError, MissingFileError, QueryError
from tthc_kpi._markup import Html, el, join
from tthc_kpi._plan import Plan
from tthc_kpi._schedule import Instance, LeadCounts, ScheduleView
from tthc_kpi._tasks import Task
from tthc_kpi._text import Lang, clean, count, day, lang_of

__all__ = ["add_tasks", "print_tasks", "view_html"]

# slug -> (vi, en). The words of dossiers are elsewhere: a task is not due as a dossier is.
_WORDS: dict[str, tuple[str, str]] = {
    "date": ("theo ngày", "by a day"),
    "range": ("trong khoảng", "in a range"),
    "monthly": ("hằng tháng", "monthly"),
    "quarter": ("theo quý", "in a quarter"),
    "continuous": ("thường xuyên", "all the time"),
    "on_demand": ("theo yêu cầu", "on demand"),
    "other_plan": ("theo kế hoạch khác", "by another plan"),
    "not_started": ("chưa đến kỳ", "not started"),
    "running": ("đang thực hiện", "running"),
    "done": ("hoàn thành đúng hạn", "done in time"),
    "done_late": ("hoàn thành quá hạn", "done late"),
    "overdue": ("quá hạn, chưa xong", "overdue"),
    "no_date": ("không có hạn", "no date"),
    "title": ("Tình hình thực hiện kế hoạch đến hết ngày {day}", "The plan's schedule at {day}"),
    "unit": ("Đơn vị chủ trì", "Lead"),
    "all": ("Tất cả", "All"),
    "nobody": ("(kế hoạch không nêu)", "(not named in the plan)"),
    "total": ("Tổng số", "Total"),
    "due": ("Đến hạn", "Due"),
    "due_in_time": ("Trong đó đúng hạn", "Of these in time"),
    "clause": ("Điều khoản", "Clause"),
    "task": ("Nội dung", "Task"),
    "time": ("Thời gian", "Time"),
    "last_day": ("Hạn cuối", "Last good day"),
    "state": ("Tình trạng", "State"),
    "shared": (
        "Việc do nhiều đơn vị chủ trì được đếm ở từng đơn vị.",
        "What several units lead counts for each of them.",
    ),
    "none": ("Kế hoạch không có lịch công việc.", "The plan has no schedule."),
}
_COUNTED = (
    "total",
    "due",
    "due_in_time",
    "not_started",
    "running",
    "done",
    "done_late",
    "overdue",
    "no_date",
)
# Of these, what fits a console beside the names of the units.
_BRIEF = ("total", "due", "due_in_time", "done_late", "overdue")
NUMBER_WIDTH = 9
_COLOURS = {"done": "green", "done_late": "yellow", "overdue": "red", "not_started": "dim"}


def _say(name: str, lang: Lang, **values: object) -> str:
    vi, en = _WORDS[name]
    text = vi if lang == "vi" else en
    return filled(text, lang, values)


def _unit(counts: LeadCounts, lang: Lang) -> str:
    return counts.name if counts.name is not None else _say("nobody", lang)


def _numbers(counts: LeadCounts, names: Sequence[str], lang: Lang) -> list[str]:
    return [count(getattr(counts, name), lang) for name in names]


def _dated(view: ScheduleView) -> list[Instance]:
    """What has a last good day, by that day."""
    return sorted((of for of in view if of.due is not None), key=lambda of: str(of.due))


def _name(instance: Instance, lang: Lang) -> str:
    period = f" ({instance.period})" if instance.period else ""
    return instance.name.text(lang) + period


def view_html(view: ScheduleView, lang: Lang) -> Html:
    """The counts by lead, and everything that has a last good day."""
    heads = [_say("unit", lang), *(_say(name, lang) for name in _COUNTED)]
    rows = [[_say("all", lang), *_numbers(view.counts, _COUNTED, lang)]]
    rows += [[_unit(counts, lang), *_numbers(counts, _COUNTED, lang)] for counts in view.by_lead]
    dated = [
        [
            instance.clause,
            _name(instance, lang),
            "; ".join(instance.lead_names) or _say("nobody", lang),
            day(instance.due, lang),
            _say(instance.status, lang),
        ]
        for instance in _dated(view)
    ]
    names = [_say(name, lang) for name in ("clause", "task", "unit", "last_day", "state")]
    return el(
        "section",
        el("h3", _say("title", lang, day=day(view.as_of, lang))),
        _html_table(heads, rows),
        el("p", _say("shared", lang)),
        _html_table(names, dated),
        lang=lang,
    )


def _html_table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> Html:
    head = el("tr", *(el("th", name, scope="col") for name in heads))
    body = (el("tr", *(el("td", cell) for cell in row)) for row in rows)
    return el("table", el("thead", head), el("tbody", join(body)))


def add_tasks(parser: argparse.ArgumentParser) -> None:
    """The options of ``tthc-kpi tasks``."""
    parser.add_argument("plan", metavar="ID", help="mã kế hoạch có sẵn, hoặc tệp TOML")
    parser.add_argument("--as-of", metavar="NGÀY", help="tình hình đến hết ngày nào (yyyy-mm-dd)")
    parser.add_argument(
        "--done", type=Path, metavar="TỆP", help="tệp .csv có hai cột id, done: việc xong ngày nào"
    )
    parser.add_argument(
        "--before-date",
        default="strict",
        metavar="CÁCH",
        help='"trước ngày": strict (ngày trước đó) hoặc inclusive (chính ngày ấy)',
    )
    parser.add_argument("--lang", choices=["vi", "en"], default="vi", help="ngôn ngữ của kết quả")


def print_tasks(options: argparse.Namespace, console: Console) -> None:
    """Print the tasks, or with a day where everything stands."""
    lang = lang_of(options.lang)
    plan = Plan(options.plan)
    console.print(Text(clean(plan.title), style="bold"))
    if options.as_of is None:
        if options.done is not None:
            raise InputError("no_day", "--done cần --as-of [--done needs --as-of]")
        _print_list(plan.tasks, lang, console)
        return
    done = None if options.done is None else _read_done(options.done)
    view = plan.schedule(as_of=options.as_of, done=done, before_date=options.before_date)
    _print_view(view, lang, console)


def _read_done(path: Path) -> dict[str, date]:
    """The days of a CSV with the columns id and done, commas or semicolons between them."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        head = text.partition("\n")[0]
        rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in head else ",")
        found = [(rows.line_num, row) for row in rows]
    except FileNotFoundError:
        raise MissingFileError("no_such_file", f"không có tệp {path.name} [no such file]") from None
    except (csv.Error, UnicodeDecodeError):
        raise InputError(
            "unreadable_csv",
            f"không đọc được {path.name}: cần tệp CSV, UTF-8 [not a CSV file in UTF-8]",
        ) from None
    if not {"id", "done"} <= set(rows.fieldnames or []):
        raise InputError(
            "missing_column",
            f"{path.name}: cần hai cột id và done ở dòng đầu [expected the columns id and done]",
        )
    days: dict[str, date] = {}
    wrong: list[str] = []
    for line, row in found:
        name, day = row["id"], row["done"]
        if not name or not day or not day.strip():
            continue
        try:
            days[name.strip()] = day_of(day.strip())
        except QueryError:
            wrong.append(
                f'{path.name}, dòng {line}, cột "done": cần ngày dd/mm/yyyy hoặc yyyy-mm-dd'
                " [expected a date]"
            )
    if wrong:
        raise InputError("bad_date", "\n".join(wrong))
    return days


def _print_list(tasks: Sequence[Task], lang: Lang, console: Console) -> None:
    if not tasks:
        console.print(_say("none", lang))
        return
    table = _table([("clause", True), ("task", False), ("unit", False), ("time", False)], lang)
    for task in tasks:
        times = (f"{line.time or '–'} ({_say(line.cadence, lang)})" for line in task.lines)
        table.add_row(
            Text(clean(task.clause)),
            Text(clean(task.text)),
            Text(clean("; ".join(task.lead_names))),
            Text("\n".join(clean(time) for time in times)),
        )
    console.print(table)


def _print_view(view: ScheduleView, lang: Lang, console: Console) -> None:
    console.print(Text(_say("title", lang, day=day(view.as_of, lang))))
    table = _table([("unit", False)], lang)
    for name in _BRIEF:
        table.add_column(_say(name, lang), justify="right", max_width=NUMBER_WIDTH)
    table.add_row(_say("all", lang), *_numbers(view.counts, _BRIEF, lang), style="bold")
    for counts in view.by_lead:
        table.add_row(Text(clean(_unit(counts, lang))), *_numbers(counts, _BRIEF, lang))
    console.print(table)
    console.print(Text(_say("shared", lang), style="dim"))
    table = _table([("clause", True), ("task", False), ("last_day", True), ("state", True)], lang)
    for instance in _dated(view):
        table.add_row(
            Text(clean(instance.clause)),
            # The id is what the table of what is done names.
            Text(clean(_name(instance, lang))).append(f"\n{clean(instance.id)}", "dim"),
            Text(day(instance.due, lang)),
            Text(_say(instance.status, lang), style=_COLOURS.get(instance.status, "")),
        )
    console.print(table)


def _table(columns: Sequence[tuple[str, bool]], lang: Lang) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for name, whole in columns:
        table.add_column(_say(name, lang), no_wrap=whole, overflow="fold")
    return table
