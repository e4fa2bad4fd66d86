"""Lời cho người đọc, bằng hai thứ tiếng, và cách viết số, ngày của người Việt.

Everything a person reads and that the extension does not already word: labels of slugs, headings,
numbers and dates. Vietnamese writes 1.234,56 and dd/MM/yyyy; English 1,234.56 and ISO dates.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from tthc_kpi import _tthc_kpi
from tthc_kpi._document import AccountingJson, Key, RegisterJson
from tthc_kpi._english import filled
from tthc_kpi._errors import QueryError

__all__ = [
    "AMOUNTS",
    "MARKS",
    "STATUSES",
    "Lang",
    "accounting",
    "aside_reason",
    "clean",
    "count",
    "day",
    "key_text",
    "label",
    "lang_of",
    "nearest",
    "percent",
    "period",
    "points",
    "register_line",
    "register_remarks",
    "register_title",
    "say",
    "target",
    "unit_of",
]

Lang = Literal["vi", "en"]

# Units of which further cases cannot be had one by one.
AMOUNTS = ("vnd", "working_days")

MARKS = {"met": "✓", "missed": "✗", "not_applicable": "○", "no_data": "?"}
STATUSES = tuple(MARKS)

# slug -> (vi, en); a slug that is not here is shown as it is.
_LABELS: dict[str, tuple[str, str]] = {
    # status of a result
    "met": ("đạt", "met"),
    "missed": ("chưa đạt", "missed"),
    "not_applicable": ("không có trường hợp", "no cases"),
    "no_data": ("thiếu dữ liệu", "no data"),
    # dimensions
    "agency": ("Đơn vị giải quyết", "Agency"),
    "receiving_agency": ("Đơn vị tiếp nhận", "Receiving agency"),
    "field": ("Lĩnh vực", "Field"),
    "field_code": ("Mã lĩnh vực", "Field code"),
    "procedure": ("Thủ tục", "Procedure"),
    "procedure_code": ("Mã thủ tục", "Procedure code"),
    "officer": ("Cán bộ xử lý", "Officer"),
    "channel": ("Kênh nộp", "Channel"),
    "applicant_kind": ("Đối tượng", "Applicant"),
    "month": ("Tháng", "Month"),
    "quarter": ("Quý", "Quarter"),
    "week": ("Tuần", "Week"),
    "day": ("Ngày", "Day"),
    "received_month": ("Tháng tiếp nhận", "Month received"),
    # keys of the dimensions that are slugs
    "in_person": ("trực tiếp", "in person"),
    "online": ("trực tuyến", "online"),
    "postal": ("bưu chính", "by post"),
    "citizen": ("cá nhân", "citizen"),
    "business": ("doanh nghiệp", "business"),
    "state_body": ("cơ quan nhà nước", "state body"),
    "other": ("khác", "other"),
    # units
    "dossiers": ("hồ sơ", "dossiers"),
    "ratings": ("phiếu đánh giá", "ratings"),
    "payments": ("giao dịch", "payments"),
    "procedures": ("thủ tục", "procedures"),
    "tasks": ("nhiệm vụ", "tasks"),
    "months": ("tháng", "months"),
    "groups": ("nhóm", "groups"),
    "petitions": ("phản ánh, kiến nghị", "petitions"),
    "results": ("kết quả", "results"),
    "working_days": ("ngày làm việc", "working days"),
    "vnd": ("đồng", "VND"),
    "declared": ("theo văn bản", "as declared"),
    # facts of a group
    "received": ("Tiếp nhận trong kỳ", "Received"),
    "carried_over": ("Kỳ trước chuyển sang", "Carried over"),
    "resolved": ("Đã giải quyết", "Resolved"),
    "open": ("Đang giải quyết", "Open"),
    "end_unknown": ("Không rõ ngày kết thúc", "End unknown"),
    # row accounting
    "not_received": ("không được tiếp nhận", "not received"),
    "bad_date": ("ngày ngoài 2000–2100", "date outside 2000–2100"),
    "end_before_receipt": ("kết thúc trước khi tiếp nhận", "ended before receipt"),
    "duplicate": ("trùng mã", "duplicate id"),
    "withdrawn": ("công dân rút hồ sơ", "withdrawn"),
    "unreadable": ("không đọc được", "unreadable"),
    "unreadable_received_at": ("ngày tiếp nhận không đọc được", "unreadable receipt date"),
    "missing_received_at": ("thiếu ngày tiếp nhận", "no receipt date"),
    "unreadable_due_at": ("ngày hẹn trả không đọc được", "unreadable due date"),
    "unreadable_completed_at": ("ngày kết thúc không đọc được", "unreadable completion date"),
    "unreadable_returned_at": ("ngày trả không đọc được", "unreadable return date"),
    "blank": ("dòng trống", "blank rows"),
    "index": ("dòng số thứ tự cột", "column number rows"),
    "heading": ("dòng tiêu đề lặp lại", "repeated headings"),
    "total": ("dòng tổng cộng", "total rows"),
    "note": ("dòng ghi chú, chữ ký, tên mục", "notes, signatures, names of sections"),
    "sheet": (
        "trang không có danh sách hồ sơ (không có dòng tiêu đề, hoặc là sổ)",
        "sheets without a list of dossiers (no header row, or a register)",
    ),
    "missing": ("thiếu giá trị", "missing"),
    "not_computed": ("công thức chưa có kết quả", "formula never computed"),
    "not_computed_received_at": (
        "công thức ngày tiếp nhận chưa có kết quả",
        "receipt date never computed",
    ),
    "not_computed_due_at": (
        "công thức ngày hẹn trả chưa có kết quả",
        "due date never computed",
    ),
    "not_computed_completed_at": (
        "công thức ngày kết thúc chưa có kết quả",
        "completion date never computed",
    ),
    "not_computed_returned_at": (
        "công thức ngày trả chưa có kết quả",
        "return date never computed",
    ),
    "not_computed_status": ("công thức trạng thái chưa có kết quả", "status never computed"),
    "end_before_start": ("xong trước khi bắt đầu", "ended before the start"),
    "zero_base": ("mốc so sánh bằng 0", "nothing to compare with"),
    "out_of_range": ("ngoài khoảng cho phép", "out of range"),
    "part_exceeds_whole": ("phần lớn hơn tổng", "part exceeds whole"),
    "unreadable_row": ("dòng sai số ô", "row with a wrong number of fields"),
    # the kind of a value, never the value
    "empty": ("ô trống", "empty"),
    "text": ("chữ", "text"),
    "number": ("số", "number"),
    "date": ("ngày", "date"),
    "bool": ("có/không", "yes or no"),
    "error": ("lỗi công thức", "formula error"),
    "formula": ("công thức", "formula"),
    "unreadable_status": ("trạng thái không đọc được", "unreadable status"),
    # what was done with an issue
    "set_aside": ("để riêng cả dòng", "row set aside"),
    "unknown": ("ô coi là không rõ", "cell taken as unknown"),
    "excluded": ("loại cả dòng", "row excluded"),
    # how a column was recognised
    "exact": ("đúng tên", "exact name"),
    "synonym": ("tên tương đương", "synonym"),
    "caller": ("người dùng chỉ định", "given by the caller"),
    "personal": ("dữ liệu cá nhân, không nạp", "personal data, dropped"),
    "ignored": ("không dùng", "not used"),
    # uniqueness
    "checked": ("đã kiểm tra mã hồ sơ trùng", "duplicate ids were checked for"),
    "assumed": ("chưa kiểm tra mã hồ sơ trùng", "ids were assumed unique"),
    # scope of a target
    "ward": ("phường, xã", "ward"),
    "province": ("tỉnh", "province"),
    # period rules
    "calendar": ("theo tháng dương lịch", "calendar months"),
    "cut_off_15": ("kỳ chốt ngày 14", "cut at day 14"),
}

_SENTENCES: dict[str, tuple[str, str]] = {
    "scorecard": ("Bảng kết quả thực hiện chỉ tiêu", "Scorecard"),
    "period": ("Kỳ", "Period"),
    "as_of": ("tính đến", "as of"),
    "result": ("Kết quả", "Result"),
    "indicator": ("Chỉ tiêu", "Indicator"),
    "rate": ("Tỷ lệ", "Rate"),
    "rate_against": ("Tỷ lệ so với mục tiêu", "Rate against target"),
    "passed_of": ("Đạt / Tổng", "Passed / Total"),
    "target": ("Mục tiêu", "Target"),
    "gap": ("Chênh", "Gap"),
    "points": ("điểm %", "points"),
    "needed": ("Cần thêm", "Still needed"),
    "needed_help": (
        "Số trường hợp thành công liên tiếp ít nhất còn cần để đạt mục tiêu",
        "The fewest further successes in a row that reach the target",
    ),
    "impossible": ("không thể", "impossible"),
    "range": ("Khoảng có thể", "Possible range"),
    "range_help": (
        "Nếu mọi hồ sơ đang giải quyết đều trễ, và nếu mọi hồ sơ còn kịp đều kịp",
        "If every open dossier fails, and if every one that still can succeeds",
    ),
    "unknown_count": ("Không rõ", "Unknown"),
    "unknown_help": (
        "Trường hợp lẽ ra được tính nhưng thiếu thông tin",
        "Cases that would count but for an unknown value",
    ),
    "unknown_key": ("(không rõ)", "(unknown)"),
    "whole": ("Toàn bộ", "Whole"),
    "declared": ("Số liệu tự khai theo văn bản", "Declared from a document"),
    "missing_columns": ("Thiếu, hoặc không có giá trị", "Missing or all unknown"),
    "left_alone": (
        "Trang không nhận ra là sổ nào, nên không đọc: {names}",
        "Sheets that have the headers of no register and were not read: {names}",
    ),
    "figures_from": ("Số liệu từ", "Figures from"),
    "registers": ("Sổ, danh mục đi kèm", "Registers"),
    "outside_register": (
        "ngoài kỳ hoặc không chỉ tiêu nào hỏi",
        "outside the period or asked by no indicator",
    ),
    "twice": ("trùng", "duplicate"),
    "silenced": (
        "thiếu {n} cột nên không tính được: {indicators}",
        "lacks {n} columns, so there is no data for {indicators}",
    ),
    "codes_not_listed": (
        "{n} mã thủ tục của hồ sơ không có trong danh mục (số hồ sơ tiếp nhận): {codes}",
        "{n} procedure codes of dossiers are not in the register (dossiers received): {codes}",
    ),
    "absent_columns": ("thiếu cột mà nơi khác có", "lacks columns that others have"),
    "not_found": ("Không tìm thấy cột", "Columns not found"),
    "no_groups": ("Không có hồ sơ nào trong kỳ.", "No dossier in the period."),
    "response": ("Phản hồi", "Response"),
    "wilson": ("khoảng tin cậy 95%", "95% interval"),
    "warnings": ("Lưu ý khi đọc số liệu", "Read this first"),
    "notes": ("Ghi chú", "Notes"),
    "accounting": ("Dòng dữ liệu", "Rows"),
    "read": ("đã đọc", "read"),
    "used": ("được tính", "used"),
    "outside": ("ngoài kỳ", "outside the period"),
    "excluded_rows": ("bị loại", "excluded"),
    "set_aside_rows": ("để riêng", "set aside"),
    "unread_rows": ("ngoài kỳ, không đọc", "outside the period and not read"),
    "policy": ("Quy tắc tính", "Rules"),
    "profile": ("bộ quy tắc", "profile"),
    "overridden": ("thay đổi so với bộ quy tắc", "changed from the profile"),
    "calendar_label": ("Lịch làm việc", "Working calendar"),
    "version": ("phiên bản", "version"),
    "provisional": ("tạm tính", "provisional"),
    "data_through": ("Dữ liệu đến", "Data through"),
    "uniqueness": ("Mã hồ sơ", "Dossier ids"),
    "how": ("Cách tính và căn cứ", "How it was computed"),
    "clauses": ("Căn cứ và cách hiểu từng chỉ tiêu", "Clauses behind each indicator"),
    "clause": ("Điều khoản", "Clause"),
    "wording": ("Nội dung", "Wording"),
    "by": ("Theo", "By"),
    "overview": ("Tỷ lệ của từng nhóm", "Rates of each group"),
    "group": ("Nhóm", "Group"),
    "more_groups": ("… còn {n} nhóm nữa.", "… {n} more groups."),
    "all_groups": (
        "Xem đủ trong tệp HTML, Excel hay JSON: card.to_html('bao-cao.html'), hoặc --html, --xlsx,"
        " --json ở dòng lệnh.",
        "The HTML, Excel or JSON file has them all: card.to_html('report.html'), or --html, --xlsx,"
        " --json in a terminal.",
    ),
    "heat_1": ("kém mục tiêu dưới 5 điểm %", "less than 5 points below"),
    "heat_2": ("kém từ 5 đến dưới 15", "5 to less than 15 below"),
    "heat_3": ("kém từ 15 trở lên", "15 or more below"),
    "declared_mark": ("số tự khai", "declared"),
    "silent": ("Chỉ tiêu chưa có số", "Indicators without a rate"),
    "silent_help": (
        "Thiếu sổ, thiếu cột, hoặc trong kỳ không có trường hợp nào để tính.",
        "A register or a column is missing, or the period has no case to judge.",
    ),
    "why": ("Vì sao", "Why"),
    "no_case": ("Trong kỳ không có trường hợp nào.", "The period has no case."),
    "definition": ("Cách tính", "Definition"),
    "rules_and_clauses": ("Căn cứ, quy tắc từng mục", "Clauses and rules, one by one"),
    "silent_fold": ("{n} chỉ tiêu chưa có số: vì sao", "{n} indicators without a rate: why"),
    "time": ("Thời gian giải quyết", "Processing time"),
    "time_line": (
        "trung bình {mean}, trung vị {median}, 90% trong {p90} ngày làm việc",
        "mean {mean}, median {median}, 90% within {p90} working days",
    ),
    "time_known": ("{known} hồ sơ, không rõ {unknown}", "{known} dossiers, {unknown} unknown"),
    "bar_help": (
        "Thanh: tỷ lệ, từ 0 đến 100%. Vạch đứng: mục tiêu. "
        "Ngoặc dưới thanh: khoảng có thể khi các hồ sơ đang giải quyết có kết quả.",
        "Bar: the rate, from 0 to 100%. Upright line: the target. "
        "Bracket: the possible range once the open dossiers have ended.",
    ),
    "cut": ("Chốt số liệu hết ngày", "Counted through"),
    "from_to": ("từ {start} đến {end}", "{start} to {end}"),
    "value": ("Giá trị", "Value"),
    "skipped_rows": ("bỏ qua, không phải dữ liệu", "passed over, no data"),
    "month_first": ("ngày đọc theo tháng trước ngày", "dates read with the month first"),
    "listed": ("liệt kê {n} vấn đề đầu", "the first {n} listed"),
    "yes": ("có", "yes"),
    "no": ("không", "no"),
    "scope": ("Phạm vi", "Scope"),
    "no_clause": ("Không nêu", "None stated"),
    "row_count": ("{n} dòng", "{n} rows"),
    "gap_line": ("chênh {gap} điểm %", "gap {gap} points"),
    "target_line": ("mục tiêu {target}", "target {target}"),
    "each_indicator": ("Từng chỉ tiêu", "Each indicator"),
    "digests": ("Mã đối chiếu", "Digests"),
    "plan": ("Kế hoạch", "Plan"),
    "query": ("truy vấn", "query"),
    "owner": ("Đơn vị chủ trì", "Owner"),
    "column": ("Cột", "Column"),
    "header": ("Tiêu đề trong tệp", "Header in the file"),
    "meaning": ("Được hiểu là", "Read as"),
    "rule": ("Cách nhận", "How"),
    "sheet": ("Bảng tính", "Sheet"),
    "place": ("Nơi", "Where"),
    "in_sheet": ("trang", "sheet"),
    "in_row": ("dòng", "row"),
    "in_column": ("cột", "column"),
    "wanted": ("cần", "expected"),
    "mend_rows": (
        "Để sửa các dòng để riêng: thêm --aside sua.xlsx, sửa trong Excel, rồi đọc lại cả hai tệp.",
        "To mend the rows set aside: add --aside mend.xlsx, mend that in Excel, read both files.",
    ),
    "reason": ("Lý do", "Reason"),
    "expected": ("Cần", "Expected"),
    "handled": ("Xử lý", "Action"),
    "count": ("Số lượng", "Count"),
    "first_rows": ("Các dòng đầu", "First rows"),
    "no_issues": ("Không có vấn đề nào.", "No issues."),
    "issues": ("Vấn đề dữ liệu", "Data issues"),
    "columns": ("Nhận diện cột", "Columns"),
    "check_title": ("Kiểm tra dữ liệu", "Data check"),
    "quality": ("Mỗi cột có được bao nhiêu", "How much of each column is known"),
    "known_cells": ("Có giá trị", "Known"),
    "known_share": ("Tỷ lệ có", "Share known"),
    "refused_cells": ("Không nhận", "Refused"),
    "wrote_aside": (
        "Đã ghi {n} dòng để riêng vào {path}: sửa rồi đọc cùng tệp gốc",
        "Wrote the {n} rows set aside to {path}: mend them and read both files",
    ),
    "warning": ("lưu ý", "warning"),
    "plan_is_valid": (
        "Kế hoạch {id} dùng được: {n} chỉ tiêu",
        "Plan {id} is valid: {n} indicators",
    ),
    "wrote": ("Đã ghi {path}", "Wrote {path}"),
    "reading": ("Đang đọc", "Reading"),
    "rows_file": ("{n} dòng", "{n} rows"),
    "more_issues": ("… còn {n} loại vấn đề nữa.", "… {n} more kinds of issue."),
    "no_such_file": ("không có tệp", "no such file"),
    "not_permitted": ("không được phép đọc hoặc ghi", "not permitted"),
    "is_a_folder": ("là thư mục, cần một tệp", "is a folder; expected a file"),
    "system_error": ("không đọc hoặc ghi được", "cannot be read or written"),
    "internal_error": (
        "lỗi của chính chương trình: {kind} tại {place}; xin báo lại",
        "internal error: {kind} at {place}; please report it",
    ),
    "no_data_list": ("Không tính được ở nhóm nào", "Not computable in any group"),
}

# Reasons for which a row of a register is set aside; the column follows.
_ASIDE = (
    "unreadable",
    "missing",
    "not_computed",
    "duplicate",
    "out_of_range",
    "part_exceeds_whole",
    "end_before_start",
    "bad_date",
)

# C0 and C1 controls would drive a terminal; bidirectional controls would reorder the text around.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_SWAP = str.maketrans(",.", ".,")
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


def lang_of(lang: str) -> Lang:
    """The language, or a ValueError that names the two there are."""
    for known in get_args(Lang):
        if lang == known:
            return "vi" if lang == "vi" else "en"
    raise QueryError(
        "unknown_language",
        f"ngôn ngữ {lang!r}: chọn 'vi' hoặc 'en' [unknown language: expected 'vi' or 'en']",
    )


def clean(text: str) -> str:
    """The text with line breaks made spaces and every other control character made visible."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", re.sub(r"[\t\r\n]+", " ", text))


def nearest(name: str, known: Iterable[str]) -> str:
    """The tail of an error about a name: the nearest valid one, or all of them."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; expected one of: {', '.join(names)}" if names else ""


def label(slug: str, lang: Lang) -> str:
    """The words for a slug; the slug itself, without underscores, when it has none."""
    words = _LABELS.get(slug)
    if words is None:
        return clean(slug.replace("_", " "))
    return words[0] if lang == "vi" else words[1]


def unit_of(n: int | Decimal, unit: str, lang: Lang) -> str:
    """The word for what is counted, beside its number.

    >>> unit_of(1, "procedures", "en"), unit_of(2, "ratings", "en"), unit_of(1, "ratings", "vi")
    ('procedure', 'ratings', 'phiếu đánh giá')
    """
    words = label(unit, lang)
    return filled("{n} " + words, lang, {"n": n}).partition(" ")[2] if n == 1 else words


def say(name: str, lang: Lang, **values: object) -> str:
    """A heading or a sentence by its name."""
    vi, en = _SENTENCES[name]
    text = vi if lang == "vi" else en
    return filled(text, lang, values)


def count(value: int | Decimal | None, lang: Lang) -> str:
    """A number with its thousands grouped; a dash for none.

    >>> count(1234567, "vi"), count(Decimal("1234.50"), "vi"), count(-1234, "en")
    ('1.234.567', '1.234,50', '−1,234')
    """
    if value is None:
        return "–"
    text = f"{value:,}" if isinstance(value, int) else f"{value:,f}"
    if lang == "vi":
        text = text.translate(_SWAP)
    return text.replace("-", "\N{MINUS SIGN}")


def percent(value: Decimal | None, lang: Lang) -> str:
    """A percentage with the digits it came with.

    >>> percent(Decimal("94.996"), "vi"), percent(None, "vi")
    ('94,996%', '–')
    """
    return "–" if value is None else f"{count(value, lang)}%"


def points(value: Decimal | None, lang: Lang) -> str:
    """A signed difference in percentage points.

    >>> points(Decimal("1.55"), "vi"), points(Decimal("-0.004"), "vi")
    ('+1,55', '−0,004')
    """
    if value is None:
        return "–"
    return ("+" if value > 0 else "") + count(value, lang)


def target(op: str, value: Decimal, lang: Lang) -> str:
    """A target as people write it.

    >>> target(">", Decimal("95"), "vi"), target(">=", Decimal("75"), "vi")
    ('> 95%', '≥ 75%')
    >>> target("=", Decimal("100"), "vi")
    '100%'
    """
    sign = {">": "> ", ">=": "≥ ", "=": ""}.get(op, f"{op} ")
    return sign + percent(value, lang)


def day(value: date | str | None, lang: Lang) -> str:
    """A calendar day: dd/MM/yyyy in Vietnamese, ISO in English.

    >>> day("2026-06-14", "vi"), day("2026-06-14", "en")
    ('14/06/2026', '2026-06-14')
    """
    if value is None:
        return "–"
    if isinstance(value, str):
        value = date.fromisoformat(value)
    return value.strftime("%d/%m/%Y") if lang == "vi" else value.isoformat()


def period(text: str, lang: Lang) -> str:
    """The name of a period.

    >>> period("2026", "vi"), period("2026-Q2", "vi"), period("2026-03", "vi")
    ('Năm 2026', 'Quý II/2026', 'Tháng 03/2026')
    >>> period("2026-03-05", "vi"), period("2026-W10", "vi")
    ('Ngày 05/03/2026', 'Tuần 10/2026')
    >>> period("2026-01-01..2026-03-31", "vi"), period("2026-H1", "en")
    ('01/01/2026 – 31/03/2026', '2026-H1')
    """
    if ".." in text:
        start, _, end = text.partition("..")
        return f"{day(start, lang)} – {day(end, lang)}"
    if lang == "en":
        return clean(text)
    year, _, part = text.partition("-")
    match part[:1]:
        case "":
            return f"Năm {clean(year)}"
        case "Q":
            return f"Quý {_ROMAN.get(part[1:], clean(part[1:]))}/{year}"
        case "H":
            return f"6 tháng {'đầu' if part == 'H1' else 'cuối'} năm {year}"
        case "W":
            return f"Tuần {clean(part[1:])}/{year}"
        case _ if part[2:3] == "-":
            return f"Ngày {day(text, lang)}"
        case _ if part.endswith("M"):
            return f"{clean(part[:-1])} tháng năm {year}"
        case _:
            return f"Tháng {clean(part)}/{year}"


_TITLES = dict(_tthc_kpi.columns())
_REGISTERS = {slug: (vi, en) for slug, vi, en, _ in _tthc_kpi.registers()}
# A register's column is named with its register: procedures.synced.
_TITLES |= {
    f"{slug}.{name}": title for slug, _, _, names in _tthc_kpi.registers() for name, title in names
}
_TITLES |= {slug: vi for slug, (vi, _) in _REGISTERS.items()}
_TITLES |= {"schedule": "Lịch công việc của kế hoạch", "dossiers": "Hồ sơ"}


def columns(slugs: Iterable[str], lang: Lang) -> str:
    """Columns as people know them, the slug beside for whoever maps one.

    >>> columns(["due_at"], "vi"), columns(["due_at"], "en")
    ('Ngày hẹn trả (due_at)', 'due_at')
    """
    if lang == "en":
        return ", ".join(slugs)
    return ", ".join(f"{_TITLES[slug]} ({slug})" if slug in _TITLES else slug for slug in slugs)


def register_title(slug: str, lang: Lang) -> str:
    """The name of a register.

    >>> register_title("petitions", "vi"), register_title("petitions", "en")
    ('Sổ phản ánh, kiến nghị', 'Register of petitions')
    """
    return _REGISTERS[slug][0 if lang == "vi" else 1]


def aside_reason(register: str, reason: str, lang: Lang) -> str:
    """Why rows of a register were set aside: a reason and the column it is of.

    >>> aside_reason("petitions", "unreadable_due", "vi")
    'không đọc được: Hạn giải quyết'
    >>> aside_reason("procedures", "duplicate_code", "en")
    'duplicate: code'
    """
    for kind in _ASIDE:
        if reason.startswith(f"{kind}_"):
            column = reason.removeprefix(f"{kind}_")
            words = say("twice", lang) if kind == "duplicate" else label(kind, lang)
            title = _TITLES.get(f"{register}.{column}", column) if lang == "vi" else column
            return f"{words}: {title}"
    return label(reason, lang)


def register_line(used: RegisterJson, lang: Lang) -> str:
    """Where a register came from and where its rows went."""
    place = clean(" › ".join(filter(None, [used["source"], used["sheet"]])))
    reasons = "; ".join(
        f"{aside_reason(used['register'], reason, lang)} {count(n, lang)}"
        for reason, n in used["set_aside"].items()
    )
    aside = count(sum(used["set_aside"].values()), lang)
    return (
        f"{place}: {count(used['read'], lang)} {say('read', lang)}"
        f" = {count(used['used'], lang)} {say('used', lang)}"
        f" + {count(used['outside'], lang)} {say('outside_register', lang)}"
        f" + {aside} {say('set_aside_rows', lang)}" + (f" ({reasons})" if reasons else "")
    )


def register_remarks(used: RegisterJson, lang: Lang) -> list[str]:
    """What must be said of a register: columns it lacks, codes it lacks, its notes."""
    texts = []
    if used["silenced"]:
        names = [name for silenced in used["silenced"] for name in silenced["indicators"]]
        indicators = ", ".join(dict.fromkeys(names))
        n = count(len(used["silenced"]), lang)
        texts.append(say("silenced", lang, n=n, indicators=indicators))
    codes = used["codes_not_listed"]
    if codes:
        first = ", ".join(f"{clean(code)} ({count(n, lang)})" for code, n in codes[:10])
        more = ", …" if len(codes) > 10 else ""
        texts.append(say("codes_not_listed", lang, n=count(len(codes), lang), codes=first + more))
    return texts + [note[lang] for note in used["notes"]]


def key_text(dimension: str, key: Key, lang: Lang) -> str:
    """A group key as people read it; an unknown one is said to be unknown.

    >>> key_text("agency", None, "vi"), key_text("month", "2026-03", "vi")
    ('(không rõ)', 'Tháng 03/2026')
    >>> key_text("khu_vuc", 9, "vi"), key_text("khu_vuc", True, "vi")
    ('9', 'có')
    """
    if key is None:
        return say("unknown_key", lang)
    if isinstance(key, bool):
        return say("yes" if key else "no", lang)
    if isinstance(key, int):
        return str(key)
    if dimension in ("month", "quarter", "week", "day", "received_month"):
        return period(key, lang)
    if dimension in ("channel", "applicant_kind"):
        return label(key, lang)
    return clean(key)


def accounting(book: AccountingJson, lang: Lang) -> str:
    """The row accounting as the sum that it is.

    >>> book = {"read": 5, "used": 2, "outside": 1, "excluded": {"duplicate": 2}, "set_aside": {}}
    >>> accounting(book, "en")
    '5 read = 2 used + 1 outside the period + 2 excluded (duplicate id 2) + 0 set aside'
    """

    def part(name: str, rows: Mapping[str, int]) -> str:
        reasons = "; ".join(f"{label(reason, lang)} {count(n, lang)}" for reason, n in rows.items())
        text = f"{count(sum(rows.values()), lang)} {say(name, lang)}"
        return f"{text} ({reasons})" if reasons else text

    skipped = book.get("skipped", 0)
    return (
        f"{count(book['read'], lang)} {say('read', lang)}"
        f" = {count(book['used'], lang)} {say('used', lang)}"
        f" + {count(book['outside'], lang)} {say('outside', lang)}"
        f" + {part('excluded_rows', book['excluded'])}"
        f" + {part('set_aside_rows', book['set_aside'])}"
        + (f"; {count(skipped, lang)} {say('unread_rows', lang)}" if skipped else "")
    )
