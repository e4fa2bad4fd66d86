"""Bảng điểm hiện ra bằng một thứ tiếng đã chọn."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tthc_kpi._html import fragment
from tthc_kpi._terminal import as_text
from tthc_kpi._text import Lang

if TYPE_CHECKING:
    from tthc_kpi._scorecard import Scorecard

__all__ = ["View"]


@dataclass(frozen=True, slots=True, repr=False)
class View:
    """A scorecard as a notebook or a screen shows it; made by ``Scorecard.view``.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(tk.Dossiers(tk.synth(50)), plan, period="2026")
    >>> card.view("en").lang
    'en'
    """

    card: "Scorecard"
    lang: Lang

    def _repr_html_(self) -> str:
        return fragment(self.card, self.lang)

    def __repr__(self) -> str:
        return as_text(self.card, self.lang)
