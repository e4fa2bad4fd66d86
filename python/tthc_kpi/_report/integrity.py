"""Dấu hiệu cần xem lại: data that looks arranged, beside the figures and never in them."""

from tthc_kpi import _tthc_kpi
from tthc_kpi._integrity import Integrity
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
    arguments = source.arguments
    core = _tthc_kpi.integrity(
        source.dossiers._core,
        period=arguments["period"],
        as_of=arguments["as_of"],
        calendar=arguments["calendar"],
    )
    lang = report.lang
    note = el("p", word("flags_of_officers", lang), class_="aside")
    flags = body(Integrity(source.dossiers, core), lang, officers=False)
    return Part("integrity", word("integrity", lang), join([flags, note]))
