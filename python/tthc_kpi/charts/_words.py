"""Lời trên biểu đồ, bằng hai thứ tiếng."""

from tthc_kpi._english import filled
from tthc_kpi._text import Lang

__all__ = ["tell"]

_WORDS: dict[str, tuple[str, str]] = {
    "whole_only": ("chỉ có ở dòng chung", "in the whole only"),
    "of_open": ("Phần trong số đang giải quyết", "Of those open"),
    "share_axis": ("Tỷ lệ (%)", "Rate (%)"),
    "dossier_axis": ("Số hồ sơ", "Dossiers"),
    "days_axis": ("Ngày làm việc", "Working days"),
    "case_of": ("Đạt / Tổng", "Passed / Total"),
    "percent": ("Tỷ lệ", "Rate"),
    "target": ("Mục tiêu", "Target"),
    "status": ("Kết quả", "Status"),
    "unknown": ("Không rõ", "Unknown"),
    "time": ("Thời gian", "Time"),
    "dates": ("Từ ngày, đến ngày", "Dates"),
    "small": (
        "Rỗng: dưới {n} trường hợp, một trường hợp nữa cũng đổi hẳn tỷ lệ",
        "Hollow: fewer than {n} cases, which one more case can turn over",
    ),
    "left_out": ("Vẽ {n} trong {all} nhóm", "{n} of {all} groups shown"),
    "lost_cases": ("không có", "no cases"),
    "lost_data": ("thiếu", "no data"),
    "lost_beyond": ("chưa có", "not yet"),
    "lost_marks": (
        "○ không có trường hợp · ? thiếu dữ liệu hoặc chưa có",
        "○ no cases · ? no data, or not yet",
    ),
    "left_out_lowest": (
        "Vẽ {n} nhóm thấp nhất trong {all} nhóm",
        "The {n} lowest of {all} groups",
    ),
    "left_out_highest": (
        "Vẽ {n} nhóm cao nhất trong {all} nhóm",
        "The {n} highest of {all} groups",
    ),
    "left_out_most": (
        "Vẽ {n} nhóm nhiều hồ sơ nhất trong {all} nhóm",
        "The {n} of {all} groups with the most dossiers",
    ),
    "no_cases": ("không có trường hợp", "no cases"),
    "no_rate": ("Không có nhóm nào tính được tỷ lệ", "No group has a rate"),
    "beyond_data": ("chưa có dữ liệu", "no data yet"),
    # flow
    "flow": (
        "Hồ sơ trước hạn, đúng ngày hẹn, trễ, đang giải quyết",
        "Early, on the due day, late, open",
    ),
    "early": ("Trước hạn", "Early"),
    "on_due_day": ("Đúng ngày hẹn", "On the due day"),
    "late": ("Trễ hạn", "Late"),
    "open": ("Đang giải quyết cuối kỳ", "Open at the end"),
    "not_known": ("Không rõ hạn hoặc ngày xong", "Due or end unknown"),
    "kind": ("Loại", "Kind"),
    "late_over": ("trễ {n}", "{n} late"),
    "dossiers": ("Số hồ sơ", "Dossiers"),
    "of_handled": ("Phần trong số xử lý", "Of those handled"),
    "handled": ("Tổng xử lý", "Handled"),
    # backlog
    "backlog": ("Hồ sơ tồn và quá hạn cuối mỗi kỳ", "Open and overdue at the end of each period"),
    "all_open": ("Đang giải quyết", "Open"),
    "overdue": ("Trong đó quá hạn", "Of them overdue"),
    # calendar
    "received": ("Hồ sơ tiếp nhận theo ngày", "Dossiers received, by day"),
    "resolved_late": ("Hồ sơ trả trễ hạn theo ngày", "Dossiers resolved late, by day"),
    "day": ("Ngày", "Day"),
    "day_kind": ("Loại ngày", "Kind of day"),
    "day_off": ("ngày nghỉ", "day off"),
    "work_day": ("ngày làm việc", "working day"),
    "day_unknown": ("ngoài lịch đã biết", "outside the known calendar"),
    "day_off_note": (
        "Ô gạch chéo: ngày nghỉ. Không có ô: ngoài kỳ, hoặc sau ngày cuối của dữ liệu",
        "Crossed: a day off. No cell: outside the period, or after the last day of the data",
    ),
    "calendar_unknown": (
        "Lịch làm việc không có những năm này nên không đánh dấu ngày nghỉ",
        "The working calendar lacks these years: days off are not marked",
    ),
    "total": ("Cả kỳ: {n} hồ sơ", "The period: {n} dossiers"),
    "weekdays": ("T2 T3 T4 T5 T6 T7 CN", "Mon Tue Wed Thu Fri Sat Sun"),
    "weekday": ("Thứ", "Weekday"),
    # processing time
    "processing": (
        "Thời gian giải quyết (ngày làm việc) theo {by}",
        "Processing time (working days) by {by}",
    ),
    "processing_note": (
        "Ô càng đậm càng nhiều hồ sơ",
        "Darker: more dossiers",
    ),
    "days": ("Số ngày làm việc", "Working days"),
    "days_over": ("{n} ngày trở lên", "{n} days or more"),
    "half": ("Nửa số hồ sơ (p50)", "Half of them (p50)"),
    "ninety": ("90% số hồ sơ (p90)", "90% of them (p90)"),
    "limit": ("Thời hạn", "Limit"),
    "within": ("Trong thời hạn", "Within the limit"),
    "resolved": ("Đã giải quyết", "Resolved"),
    "group": ("Nhóm", "Group"),
    "nothing_resolved": ("Không có hồ sơ nào đã giải quyết", "No dossier was resolved"),
    "time_words": ("p50 {half} · p90 {ninety}", "p50 {half} · p90 {ninety}"),
    "within_words": (" · {within}/{known} trong hạn {limit}", " · {within}/{known} within {limit}"),
    "of_group": ("Phần trong nhóm", "Of the group"),
    # pareto
    "pareto": ("Hồ sơ trễ hạn dồn vào đâu", "Where late dossiers come from"),
    "cumulative": ("Cộng dồn", "Cumulative"),
    "others": ("{n} nhóm còn lại", "{n} other groups"),
    "late_total": (
        "{n} hồ sơ trễ, ở {groups} trong {all} nhóm",
        "{n} late, in {groups} of {all} groups",
    ),
    "nothing_late": ("Không có hồ sơ trễ hạn", "No dossier was late"),
    "late_unknown": (
        "Không xét được trễ hay không: không rõ ngày hẹn trả",
        "Late cannot be told: no due date is known",
    ),
    "unknown_of": ("Không rõ hạn", "Due unknown"),
    "last_cell": (" · ô cuối: từ {n} ngày trở lên", " · last cell: {n} days or more"),
    "late_of": ("Trong số đã giải quyết", "Of those resolved"),
}


def tell(name: str, lang: Lang, **values: object) -> str:
    """A word or a sentence of a chart by its name."""
    vi, en = _WORDS[name]
    text = vi if lang == "vi" else en
    return filled(text, lang, values)
