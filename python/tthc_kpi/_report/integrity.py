"""Dấu hiệu cần xem lại: data that looks arranged, beside the figures and never in them."""

from tthc_kpi._integrity import integrity_of
from tthc_kpi._integrity_view import body
from tthc_kpi._markup import el, join
from tthc_kpi._report.part import Part, Report
from tthc_kpi._report.words import word

__all__ = ["integrity"]


def integrity(report: Report) -> Part | None:
    """The flags of the same window; none when the dossiers are gone.

    Officers are left to who asks for them: a page is passed on, and a flag is no finding.
    """
    source = report.card._source
    if source is None or source.dossiers is None or source.arguments is None:
        return None
    lang = report.lang
    note = el("p", word("flags_of_officers", lang), class_="aside")
    flags = body(integrity_of(source.dossiers, source.arguments), lang, officers=False)
    return Part("integrity", word("integrity", lang), join([flags, note]))
