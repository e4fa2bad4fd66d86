"""Lời của trang báo cáo, bằng hai thứ tiếng."""

from tthc_kpi._english import filled
from tthc_kpi._text import Lang

__all__ = ["word"]

_WORDS: dict[str, tuple[str, str]] = {
    "contents": ("Mục lục", "Contents"),
    "page_of": ("Trang", "Page"),
    # headings of the sections
    "summary": ("Tóm tắt", "Summary"),
    "indicators": ("Từng chỉ tiêu của kế hoạch", "The plan's indicators"),
    "charts": ("Biểu đồ", "Charts"),
    "agency": ("Theo đơn vị giải quyết", "By agency"),
    "field": ("Theo lĩnh vực", "By field"),
    "groups": ("Theo {names}", "By {names}"),
    "each": ("Từng chỉ tiêu, theo {names}", "Each indicator, by {names}"),
    "late": ("Hồ sơ quá hạn", "Late dossiers"),
    "integrity": ("Dấu hiệu cần xem lại", "Flags to look at"),
    "flags_of_officers": (
        "Theo từng cán bộ, và từng hồ sơ: tk.integrity(ds, period=…).",
        "By officer, and dossier by dossier: tk.integrity(ds, period=…).",
    ),
    "quality": ("Chất lượng dữ liệu", "Data quality"),
    "definitions": ("Định nghĩa, căn cứ, quy tắc tính", "Definitions, clauses, rules"),
    # summary
    "headline": (
        "Trong {all} chỉ tiêu của kế hoạch: {met} đạt, {missed} chưa đạt, {no_data} thiếu dữ liệu,"
        " {not_applicable} không có trường hợp.",
        "Of the plan's {all} indicators {met} are met, {missed} missed, {no_data} lack data,"
        " {not_applicable} have no cases.",
    ),
    "missed": ("Chưa đạt: kém mục tiêu nhất đứng trước", "Missed: farthest from the target first"),
    "missed_help": (
        "Từng trường hợp không đạt của một chỉ tiêu: {call}.",
        "The cases of an indicator that failed: {call}.",
    ),
    "all_met": (
        "Không chỉ tiêu nào có số mà chưa đạt.",
        "No indicator that has a rate is missed.",
    ),
    "to_do": ("Việc cần làm", "To do"),
    "do_needed": (
        "Cần thêm {n} {unit} đạt liên tiếp.",
        "{n} further {unit} in a row must succeed.",
    ),
    "do_mend": (
        "Khắc phục {n} {unit} không đạt (thêm mới không bù được).",
        "Mend the {n} {unit} that failed; further successes cannot make up for them.",
    ),
    "do_gap": (
        "Còn thiếu {gap} điểm %.",
        "{gap} points are lacking.",
    ),
    "do_declared": (
        "Số tự khai: {n} chưa đạt, xem văn bản.",
        "A declared figure: {n} failed, see its document.",
    ),
    "at_risk": ("Đang đạt nhưng chưa chắc", "Met, but not yet sure"),
    "at_risk_line": (
        "{name}: nếu mọi hồ sơ đang mở đều không đạt thì còn {worst}, dưới mục tiêu {target}.",
        "{name}: should every open dossier fail it comes to {worst}, below the target {target}.",
    ),
    "lacking": ("Thiếu dữ liệu: cần bổ sung gì", "No data: what to supply"),
    "lacking_line": ("{what}: {n} chỉ tiêu {numbers}", "{what}: {n} indicators {numbers}"),
    # groups
    "volume": ("Khối lượng và thời gian", "Volume and time"),
    "volume_help": (
        "Thời gian tính bằng ngày làm việc, của hồ sơ đã giải quyết. Quá hạn: đã giải quyết quá hạn"
        " và đang mở đã quá hạn.",
        "Time in working days, of dossiers resolved. Overdue: resolved late, and open past the due"
        " day.",
    ),
    "overdue_ever": ("Quá hạn", "Overdue"),
    "mean": ("Trung bình", "Mean"),
    "median": ("Trung vị", "Median"),
    "p90": ("90% trong", "90% within"),
    "no_column": (
        "Không hồ sơ nào có giá trị ở cột này.",
        "No dossier has a value in this column.",
    ),
    "no_dossiers": (
        "Bảng điểm này lập từ bảng đếm hoặc từ tệp đọc lướt nên không còn hồ sơ. Trang không có:"
        " {parts}. Muốn có, dùng tk.read rồi tk.evaluate.",
        "This card was made from a tally or from scanned files, whose dossiers are gone. The page"
        " leaves out: {parts}. Use tk.read and tk.evaluate to have them.",
    ),
    "each_left_out": (
        "Trên {limit} nhóm: bảng từng chỉ tiêu không in ở đây; có trong card.to_excel và"
        " card.to_pandas.",
        "More than {limit} groups: the table of each indicator is in card.to_excel and"
        " card.to_pandas.",
    ),
    # late dossiers
    "open_overdue": ("Đang giải quyết, đã quá hạn", "Open and overdue"),
    "resolved_late": ("Đã giải quyết, quá hạn", "Resolved late"),
    "other_failing": ("Không đạt vì lý do khác", "Failed otherwise"),
    "late_help": (
        "Trễ lâu nhất đứng trước. Số ngày trễ là ngày làm việc; 0 là trễ trong ngày hẹn trả. Không"
        " có dữ liệu của người nộp.",
        "The longest late first. Days late are working days; 0 is late within the due day. Nothing"
        " of the applicants is here.",
    ),
    "dossier_id": ("Mã hồ sơ", "Dossier"),
    "procedure": ("Thủ tục", "Procedure"),
    "officer": ("Cán bộ", "Officer"),
    "due": ("Hẹn trả", "Due"),
    "ended": ("Kết thúc", "Ended"),
    "days_late": ("Số ngày trễ", "Days late"),
    "none_late": ("Không hồ sơ nào quá hạn.", "No dossier is late."),
    "late_rest": (
        "… còn {n} hồ sơ nữa. Đủ danh sách: {call}",
        "… {n} more dossiers. The whole list: {call}",
    ),
    "no_late_indicator": (
        "Kế hoạch không có chỉ tiêu về hồ sơ đúng hạn, nên không có danh sách.",
        "The plan has no indicator of dossiers in time, so there is no list.",
    ),
    # charts
    "charts_need": (
        "Chưa vẽ biểu đồ: cần cài thêm tthc-kpi[plot] (altair, vl-convert-python). Mọi số liệu vẫn"
        " đủ trong các bảng.",
        "No charts: they need the extra tthc-kpi[plot] (altair, vl-convert-python). All figures are"
        " in the tables.",
    ),
    "nothing_to_draw": ("Không có gì để vẽ.", "There is nothing to draw."),
}


def word(name: str, lang: Lang, /, **values: object) -> str:
    """A sentence of the page by its name."""
    vi, en = _WORDS[name]
    text = vi if lang == "vi" else en
    return filled(text, lang, values)
