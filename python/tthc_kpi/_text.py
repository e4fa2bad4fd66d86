"""Lời cho người đọc, bằng hai thứ tiếng.

Everything a person reads and that the extension does not already word: labels of slugs, headings,
sentences. Numbers and dates are written by :mod:`tthc_kpi._figures`.
"""

import difflib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import get_args

from tthc_kpi import _tthc_kpi
from tthc_kpi._card_words import CARD_SENTENCES
from tthc_kpi._document import AccountingJson, Key, RegisterJson
from tthc_kpi._english import filled
from tthc_kpi._errors import QueryError
from tthc_kpi._figures import Lang, clean, count, day, percent, period, points, target

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
    "file": ("tệp trống", "empty files"),
    "left_empty": ("trống", "empty"),
    "no_rows": ("có tiêu đề mà không có dòng nào", "headers without a row"),
    "no_header": (
        "có chữ mà không có dòng tiêu đề: nếu là danh sách hồ sơ, thêm dòng tiêu đề",
        "something is written, without a header row: if it is a list, add the headers",
    ),
    "register": ("là sổ", "is a register"),
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
    **CARD_SENTENCES,
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
    "left_sources": ("Tệp, trang không cho hồ sơ nào", "Files and sheets that gave no dossier"),
    "unknown_words": ("Chữ không hiểu được", "Words that are not known"),
    "word": ("Chữ thứ", "Word"),
    "map_words": (
        'Xem các dòng ấy trong tệp rồi ghép: values={"status": {"chữ trong ô": "returned"}}, hoặc'
        ' ghi vào tệp --mapping: [values.status], mỗi dòng "chữ trong ô" = "returned".',
        'Look the rows up in the file and map them: values={"status": {"the word": "returned"}},'
        ' or in the --mapping file: [values.status], a line "the word" = "returned" each.',
    ),
    "mapped_words": ("ghép {n} chữ", "{n} words mapped"),
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
    "counting": ("Đang đếm", "Counting"),
    "rows_second": ("{n} dòng, {speed} dòng/giây", "{n} rows, {speed} rows/s"),
    "counting_files": ("Đang đếm các tệp", "Counting the files"),
    "merging": ("Đang gộp các bảng đếm", "Merging the tallies"),
    "counted": ("Đã đếm {rows} dòng của {n} nguồn", "{rows} rows of {n} sources counted"),
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


def lang_of(lang: str) -> Lang:
    """The language, or a ValueError that names the two there are."""
    for known in get_args(Lang):
        if lang == known:
            return "vi" if lang == "vi" else "en"
    raise QueryError(
        "unknown_language",
        f"ngôn ngữ {lang!r}: chọn 'vi' hoặc 'en' [unknown language: expected 'vi' or 'en']",
    )


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
