"""Dựng HTML mà không quên thoát ký tự: whatever is not already markup is escaped."""

import html
from collections.abc import Iterable
from importlib import resources

from tthc_kpi._text import clean

__all__ = ["Child", "Html", "el", "join", "sheet"]


Child = str | None


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def el(tag: str, *children: Child, **attributes: str | None) -> Html:
    """One element; children and attribute values that are plain text are escaped."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Html(f"<{tag}{written}>{join(children)}</{tag}>")


def sheet() -> Html:
    """The style of all that is shown: within a fragment, or in the head of a page."""
    css = (resources.files("tthc_kpi") / "_report.css").read_text(encoding="utf-8")
    return el("style", Html(css))


def join(children: Iterable[Child]) -> Html:
    return Html(
        "".join(
            child if isinstance(child, Html) else html.escape(clean(child))
            for child in children
            if child
        )
    )
