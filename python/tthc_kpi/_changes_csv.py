"""Tệp CSV các hồ sơ được tính khác đi: for people in Vietnamese, for machines in English."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tthc_kpi import _tthc_kpi
from tthc_kpi._compare import Comparison, word
from tthc_kpi._table import write_csv
from tthc_kpi._text import Lang, clean, label

__all__ = ["VERDICTS", "write_changes"]

_HEADERS = {
    "outcome_before": "Kết quả theo {first}",
    "outcome_after": "Kết quả theo {other}",
    "verdict_before": "Đánh giá theo {first}",
    "verdict_after": "Đánh giá theo {other}",
    "effective_due_before": "Hạn áp dụng theo {first}",
    "effective_due_after": "Hạn áp dụng theo {other}",
    "rules": "Quy tắc làm khác đi",
    "rules_act": "Các quy tắc tác động",
}
VERDICTS = {
    "early": "trước hạn",
    "on_due_day": "đúng hạn",
    "late": "quá hạn",
    "unknown": "không rõ",
    "open_in_time": "đang giải quyết, trong hạn",
    "open_overdue": "đang giải quyết, quá hạn",
    "open_unknown": "đang giải quyết, không rõ hạn",
    "end_unknown": "không rõ ngày kết thúc",
    "outside": "ngoài kỳ",
    "excluded": "bị loại",
}
# By the code of the status, 1 to 10.
_STATUSES = (
    "mới đăng ký",
    "được tiếp nhận",
    "không được tiếp nhận",
    "đang xử lý",
    "yêu cầu bổ sung giấy tờ",
    "yêu cầu thực hiện nghĩa vụ tài chính",
    "công dân yêu cầu rút hồ sơ",
    "dừng xử lý",
    "đã xử lý xong",
    "đã trả kết quả",
)


def write_changes(found: Comparison, indicator: str, path: Path, lang: Lang) -> None:
    """The dossiers that two policies count otherwise.

    In English the headers and words are the codes of :meth:`Comparison.changes`.
    """
    table = found.changes(indicator)
    names = table.column_names
    if lang == "en":
        write_csv(path, names, ([row[name] for name in names] for row in table))
        return
    first, other = (clean(name) for name in found.names)
    titles = dict(_tthc_kpi.columns())
    told = {name: header.format(first=first, other=other) for name, header in _HEADERS.items()}
    headers = [titles.get(name) or told.get(name, name) for name in names]
    rules = {
        rule["rule"]: f"{rule['vi']} ({rule['rule']})"
        for rule in found[found.names[1]].document["policy"]["rules"]
    }
    rows = ([_words(name, row[name], rules) for name in names] for row in table)
    write_csv(path, headers, rows)


def _words(name: str, value: object, rules: Mapping[str, str]) -> object:
    """A value of a column as people read it."""
    if value is None:
        return None
    text = str(value)
    if name.startswith("outcome_") or name == "rules_act":
        return word(text, "vi")
    if name.startswith("verdict_"):
        return VERDICTS.get(text, text)
    if name == "rules":
        return "; ".join(rules.get(rule, rule) for rule in text.split(", "))
    if name == "channel":
        return label(text, "vi")
    if name == "status" and isinstance(value, int):
        return _STATUSES[value - 1]
    if name.endswith("_at") or name.startswith("effective_due_"):
        return _moment(datetime.fromisoformat(text))
    return value


def _moment(at: datetime) -> str:
    """As Vietnamese exports write it; exactly midnight is a day alone."""
    if (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0):
        return at.strftime("%d/%m/%Y")
    return at.strftime("%d/%m/%Y %H:%M:%S" if at.second else "%d/%m/%Y %H:%M")
