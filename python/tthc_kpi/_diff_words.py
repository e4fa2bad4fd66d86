"""Lời của so sánh hai bảng điểm, bằng hai thứ tiếng."""

from tthc_kpi._english import filled
from tthc_kpi._text import Lang

__all__ = ["told"]

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("So sánh hai bảng điểm", "Two scorecards compared"),
    "before": ("Trước", "Before"),
    "after": ("Sau", "After"),
    "change": ("Đổi (điểm %)", "Change (points)"),
    "counts": ("Tử / mẫu đổi", "Numerator / denominator"),
    "status": ("Kết luận", "Status"),
    "indicator": ("Chỉ tiêu", "Indicator"),
    "same": ("như trước", "as before"),
    "not_there": ("không có trong kế hoạch", "not in the plan"),
    "target_was": ("mục tiêu trước là {goal}", "the target was {goal}"),
    "cut": ("tính đến {day}", "counted to {day}"),
    "rules": ("Quy tắc khác nhau: {rules}.", "Rules that differ: {rules}."),
    "plans": (
        "Hai kế hoạch, hoặc hai bản của một kế hoạch, khác nhau: chỉ so chỉ tiêu cùng mã.",
        "Two plans, or two versions of one: indicators of one id are compared.",
    ),
    "days": (
        "Hai kỳ dài khác nhau ({before} và {after} ngày): tử và mẫu không so thẳng được, tỷ lệ"
        " thì được.",
        "The periods differ in length ({before} and {after} days): compare rates, not counts.",
    ),
    "by": ("Theo nhóm: {name}", "By group: {name}"),
    "group": ("Nhóm", "Group"),
    "rate_effect": ("Do tỷ lệ của nhóm", "Rate effect"),
    "mix_effect": ("Do tỷ trọng", "Mix effect"),
    "contribution": ("Đóng góp", "Contribution"),
    "others": ("{n} nhóm khác", "{n} other groups"),
    "sum": ("Cộng", "Sum"),
    "appeared": ("mới có", "appeared"),
    "vanished": ("không còn", "vanished"),
    "formula": (
        "Đóng góp của một nhóm = tỷ trọng trung bình × mức đổi tỷ lệ của nhóm + (tỷ lệ trung"
        " bình của nhóm − tỷ lệ trung bình chung) × mức đổi tỷ trọng. Tỷ trọng là phần của nhóm"
        " trong mẫu số; trung bình là của trước và sau. Cộng lại đúng bằng mức đổi chung; nhóm"
        " chỉ có ở một bên thì chỉ có phần do tỷ trọng.",
        "The contribution of a group = mean weight × change of its rate + (its mean rate − the"
        " mean rate of the whole) × change of its weight. The weight is the group's part of the"
        " denominator; means are over before and after. They add up to the change exactly; a"
        " group of one side only has a mix effect only.",
    ),
    "not_grouped": (
        "Hai bảng điểm không cùng cách chia nhóm, nên không nói được do nhóm nào: thêm by=.",
        "The cards are not broken down alike, so no groups can be told: give by=.",
    ),
    "why": ("Vì quy tắc", "By rule"),
}


def told(sentence: str, lang: Lang, **values: object) -> str:
    """A sentence or a heading by its name."""
    vi, en = _WORDS[sentence]
    text = vi if lang == "vi" else en
    return filled(text, lang, values)
