"""Một mục của trang, và những gì mọi mục cần biết."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tthc_kpi._dossiers import Dossiers
from tthc_kpi._markup import Html
from tthc_kpi._text import Lang

if TYPE_CHECKING:
    from tthc_kpi._scorecard import Scorecard

__all__ = ["Part", "Report"]


@dataclass(frozen=True, slots=True)
class Part:
    """A section: its slug, its heading, what is below."""

    slug: str
    title: str
    body: Html

    @property
    def anchor(self) -> str:
        """The id of the section; indicators have ids of their own on the page."""
        return f"muc-{self.slug}"


@dataclass(frozen=True, slots=True)
class Report:
    """The scorecard that is reported, the language, the sections; what was asked again is kept."""

    card: "Scorecard"
    lang: Lang
    wanted: tuple[str, ...]
    asked: "dict[str, Scorecard | None]" = field(default_factory=dict)

    @property
    def links(self) -> bool:
        """Whether there are definitions for an indicator's name to lead to."""
        return "definitions" in self.wanted

    @property
    def dossiers(self) -> Dossiers | None:
        """The dossiers behind the card; none when they are gone."""
        source = self.card._source
        return None if source is None else source.dossiers

    def again(self, by: str) -> "Scorecard | None":
        """The same question by another dimension; none when the dossiers are gone."""
        if by not in self.asked:
            self.asked[by] = self.card._again(by)
        return self.asked[by]
