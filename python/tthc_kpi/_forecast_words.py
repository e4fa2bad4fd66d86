"""Lời của dự báo: assumptions, reasons and outlooks in both languages."""

from fractions import Fraction

from tthc_kpi._english import filled
from tthc_kpi._forecast_history import FEW_MONTHS_TIMES, Base, History
from tthc_kpi._forecast_model import LEAST_CASES, LEAST_MONTHS
from tthc_kpi._result import Note, Result
from tthc_kpi._text import Lang, columns, count, day, label, register_title

__all__ = ["OUTLOOKS", "assumptions", "plain", "reason_of", "word"]

_WORDS: dict[str, tuple[str, str]] = {
    "certain": ("chắc chắn đạt", "certain"),
    "likely": ("nhiều khả năng đạt", "likely"),
    "uncertain": ("chưa rõ", "uncertain"),
    "unlikely": ("khó đạt", "unlikely"),
    "impossible": ("không thể đạt", "out of reach"),
    "not_forecast": ("không dự báo", "not forecast"),
    "title": ("Dự báo cuối kỳ", "Forecast to the end of the period"),
    "indicator": ("Chỉ tiêu", "Indicator"),
    "outlook": ("Triển vọng", "Outlook"),
    "so_far": ("Đến ngày chốt", "To the cut"),
    "likely_range": ("Khoảng có khả năng", "Likely range"),
    "bounds": ("Khoảng chắc chắn", "Hard bounds"),
    "must": ("Điều phải xảy ra", "What must happen"),
    "target": ("mục tiêu", "target"),
    "assumptions": ("Giả định", "Assumptions"),
    "left": ("Còn {n} ngày làm việc", "{n} working days are left"),
    "seen": ("đã qua {n}", "{n} have passed"),
    "legend": (
        "Thanh: tỷ lệ đến ngày chốt. Vạch đứng: mục tiêu. Dải đậm: khoảng có khả năng. "
        "Ngoặc dưới thanh: khoảng chắc chắn.",
        "Bar: the rate to the cut. Upright line: the target. Dark band: the likely range. "
        "Bracket: the hard bounds.",
    ),
    "months_seen": ("{n} tháng trọn đã qua", "{n} whole months seen"),
    "none_left": ("kỳ đã hết, số không đổi nữa", "the period is over, nothing moves any more"),
    "no_pace": (
        "chưa đủ tháng hoặc trường hợp",
        "too few months or cases",
    ),
    "only_bounds": ("tháng không cho nhịp", "months give no pace"),
    "already": (
        "Không còn điều gì phải xảy ra: kể cả các trường hợp còn lại đều không đạt.",
        "Nothing more: even if all that remain fail.",
    ),
    "enough": (
        "Kể cả không trường hợp nào trong {more} {unit} còn lại đạt, với nhịp trung bình.",
        "Even none of the {more} {unit} still to come, by the average pace.",
    ),
    "needed": (
        "Ít nhất {good} trong khoảng {more} {unit} còn lại phải đạt ({share}).",
        "At least {good} of about {more} {unit} still to come must succeed ({share}).",
    ),
    "beyond": (
        "{more} {unit} còn lại theo nhịp trung bình đều đạt vẫn chưa đủ.",
        "Even all {more} {unit} still to come by the average pace are not enough.",
    ),
    "never": (
        "Không thể đạt với số hồ sơ còn nhận đã giả định.",
        "Out of reach with the inflow that is assumed.",
    ),
    "overdue_open": (
        "{n} hồ sơ đang giải quyết đã quá hạn, kết thúc lúc nào cũng là không đạt.",
        "{n} open dossiers are overdue and fail whenever they end.",
    ),
    "mend": (
        "{n} {unit} chưa đạt phải được bổ sung, và các hồ sơ sắp tới đều phải đạt.",
        "{n} {unit} that fail must be made good, and those to come must all succeed.",
    ),
    "failing": ("{n} chưa đạt", "{n} failing"),
    "of_registers": (
        "tính từ sổ đi kèm, không từ nhịp hồ sơ",
        "counted from registers, not from dossiers",
    ),
    "mend_some": (
        "{n} {unit} chưa đạt còn có thể được bổ sung.",
        "{n} {unit} that fail can still be made good.",
    ),
}
OUTLOOKS = ("certain", "likely", "uncertain", "unlikely", "impossible", "not_forecast")


def word(name: str, lang: Lang, **values: object) -> str:
    """A word or a sentence of the forecast by its name."""
    vi, en = _WORDS[name]
    text = vi if lang == "vi" else en
    return filled(text, lang, values)


_REASONS: dict[str, tuple[str, str]] = {
    "mendable": (
        "trường hợp đã đếm là chưa đạt vẫn bổ sung được bất cứ lúc nào, nên nhịp đến nay không"
        " nói được cuối kỳ",
        "what failed can be made good at any time, so that the pace so far says nothing of the end",
    ),
    "composite": (
        "gồm nhiều điều kiện của hồ sơ đang giải quyết còn đổi được",
        "it joins several conditions that can still change while a dossier is open",
    ),
    "procedures": (
        "đếm thủ tục chứ không đếm hồ sơ: một thủ tục đạt hay không tùy từng hồ sơ của nó",
        "it counts procedures and not dossiers",
    ),
    "declared_only": (
        "số liệu tự khai theo văn bản, không có hồ sơ phía sau",
        "a declared figure has no dossiers behind it",
    ),
    "moving_due": (
        "theo quy tắc {rule}, hạn trả hay ngày kết thúc của hồ sơ đang chờ bổ sung còn đổi được,"
        " nên không có khoảng chắc chắn",
        "under {rule} the due or the end of dossiers that wait for a supplement can still change,"
        " so that there are no hard bounds",
    ),
    "no_case": ("chưa có trường hợp nào đến ngày chốt", "there is no case yet"),
    "too_early": (
        "chưa qua ngày làm việc nào của kỳ nên chưa có nhịp; cho inflow= để có khoảng chắc chắn",
        "no working day of the period has passed, so there is no pace; give inflow= for bounds",
    ),
}


def plain(code: str, **values: str) -> Note:
    """A reason by its code."""
    vi, en = _REASONS[code]
    told = dict[str, object](values)
    return Note(filled(vi, "vi", told), filled(en, "en", told), code)


def reason_of(result: Result) -> Note:
    """Why an indicator of no dossiers is not forecast."""
    if result.measure in ("payment_used", "payment_used_offered"):
        return plain("procedures")
    if result.register is not None and result.register != "declared":
        vi, en = register_title(result.register, "vi"), register_title(result.register, "en")
        return Note(
            f"tính từ {vi}, không từ nhịp hồ sơ",
            f"counted from: {en}, not from dossiers",
            "register",
        )
    return plain("declared_only")


def lacking(result: Result) -> Note:
    """Why an indicator without data is not forecast."""
    vi, en = (columns(result.missing_columns, lang) for lang in ("vi", "en"))
    return Note(f"thiếu dữ liệu: {vi}", f"no data: {en}", "no_data")


def assumptions(history: History, through: str | None) -> tuple[Note, ...]:
    """What the forecast takes for granted, in order of weight."""
    base = history.bases[None]
    cut_vi, cut_en = day(history.cut, "vi"), day(history.cut, "en")
    notes = [_inflow(history, base), _pace(history)]
    notes += [
        Note(
            f"Mỗi hồ sơ đã đếm giữ nguyên kết quả của nó ở ngày chốt {cut_vi}: không sửa, không"
            " xóa, không nhập muộn; ô không rõ vẫn không rõ (riêng phiếu đánh giá còn có thể"
            " được trả lời).",
            f"What is counted stays as it stood at the cut {cut_en}: nothing is corrected,"
            " deleted or entered late; unknown cells stay unknown (only ratings may still be"
            " given).",
            "final",
        ),
        Note(
            "Hạn trả không bị dời sau ngày chốt: hồ sơ đang giải quyết đã quá hạn thì không thể đạt"
            " nữa, trừ hồ sơ đang chờ công dân bổ sung.",
            "Due dates are not moved after the cut: an open dossier that is overdue can no longer"
            " succeed, unless it waits for the citizen.",
            "due",
        ),
        Note(
            "Khoảng chắc chắn: thấp nhất khi mọi hồ sơ đang giải quyết và sắp nhận đều kết thúc"
            " và đều không đạt; cao nhất khi mọi hồ sơ còn kịp và sắp nhận đều đạt, còn hồ sơ"
            " quá hạn chưa xong vẫn chưa vào mẫu số. Hồ sơ nhận nhiều hơn giả định thì khoảng"
            " này không còn đúng.",
            "Hard bounds: lowest when all that are open and to come end and fail; highest when"
            " all that can succeed do, and overdue ones stay open. They hold no longer if more"
            " dossiers come than assumed.",
            "bounds",
        ),
        Note(
            "Số giao dịch thanh toán của một hồ sơ không cao hơn tháng cao nhất đã thấy.",
            "A dossier does not have more payments than in the highest month seen.",
            "payments",
        ),
    ]
    if through is not None and through < history.cut.isoformat():
        notes.append(
            Note(
                f"Dữ liệu chỉ đến {day(through, 'vi')}, trước ngày chốt: những ngày sau đó coi như"
                " không có hồ sơ, nên nhịp bị thấp.",
                f"The data ends on {day(through, 'en')}, before the cut: the days after it count as"
                " days without dossiers, so that the pace is too low.",
                "data_ends",
            )
        )
    return tuple(notes)


def _inflow(history: History, base: Base) -> Note:
    flow, left = base.inflow, history.days_left
    if flow.given:
        return Note(
            f"Từ nay đến hết kỳ còn nhận {count(flow.low, 'vi')} đến {count(flow.high, 'vi')} hồ sơ"
            " (người dùng cho).",
            f"{flow.low:,} to {flow.high:,} more dossiers are received (as given).",
            "inflow",
        )
    months = len(history.pace)
    if months < LEAST_MONTHS:
        how = (
            f"mới có {months} tháng trọn: lấy đến {FEW_MONTHS_TIMES} lần nhịp trung bình",
            f"only {months} whole months: up to {FEW_MONTHS_TIMES} times the average pace",
        )
    else:
        how = (
            "tháng thưa nhất đến tháng dày nhất theo ngày làm việc, nới rộng mỗi phía",
            "the thinnest to the busiest month per working day, widened on each side",
        )
    return Note(
        f"Còn {count(left, 'vi')} ngày làm việc; nhận thêm {count(flow.low, 'vi')} đến"
        f" {count(flow.high, 'vi')} hồ sơ, trung bình {count(flow.expected, 'vi')} ({how[0]}).",
        f"{left:,} working days are left; {flow.low:,} to {flow.high:,} more dossiers are received,"
        f" {flow.expected:,} by the average ({how[1]}).",
        "inflow",
    )


def _pace(history: History) -> Note:
    months = len(history.pace)
    if months < LEAST_MONTHS:
        return Note(
            f"Mới có {months} tháng trọn, cần {LEAST_MONTHS}: chưa biết các tháng khác nhau bao"
            " nhiêu, nên khoảng có khả năng lấy bằng khoảng chắc chắn.",
            f"Only {months} whole months of the {LEAST_MONTHS} it takes to tell how months"
            " differ: the likely range is that of the hard bounds.",
            "pace",
        )
    few_vi = " Ít tháng, nên nới nhiều." if months < _FEW_MONTHS else ""
    few_en = " With so few months that is much." if months < _FEW_MONTHS else ""
    share = Fraction(1, months - 1)
    first, last = history.pace[0], history.pace[-1]
    return Note(
        f"Khoảng có khả năng: những ngày còn lại như {months} tháng trọn từ"
        f" {label_month(first.key, 'vi')} đến {label_month(last.key, 'vi')}, từ tháng thấp nhất"
        f" đến tháng cao nhất, nới mỗi phía {share} khoảng cách ấy.{few_vi} Chỉ tiêu có dưới"
        f" {LEAST_CASES} trường hợp mỗi tháng thì lấy bằng khoảng chắc chắn. Đây không phải là"
        " cam kết.",
        f"Likely range: the days left go as the {months} whole months {first.key} to {last.key},"
        f" from the lowest to the highest, widened by {share} of their spread on each"
        f" side.{few_en} Indicators of fewer than {LEAST_CASES} cases a month take the hard"
        " bounds. It is no promise.",
        "pace",
    )


_FEW_MONTHS = 6


def label_month(key: str, lang: Lang) -> str:
    """A month in a sentence: tháng 03/2026."""
    year, _, month = key.partition("-")
    return f"tháng {month}/{year}" if lang == "vi" else key


def unit_of(unit: str, lang: Lang) -> str:
    """What is counted, as it stands in a sentence."""
    return label(unit, lang)
