"""Dựng HTML mà không quên thoát ký tự: whatever is not already markup is escaped."""

import html
from collections.abc import Iterable
from importlib import resources

from tthc_kpi._text import clean

__all__ = ["Child", "Html", "el", "join", "sheet", "whole_page"]


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


# An id that nothing has: a notebook's own rules for tables and lists must not win over ours.
_STRONGER = ".tthc-kpi:not(#_) "


def sheet(name: str = "_report.css") -> Html:
    """The style of all that is shown: within a fragment, or in the head of a page."""
    return style(resources.files("tthc_kpi").joinpath(name).read_text(encoding="utf-8"))


def style(css: str) -> Html:
    """Rules for what is shown, as strong as those of the sheet."""
    return el("style", Html(css.replace(".tthc-kpi ", _STRONGER)))


def join(children: Iterable[Child]) -> Html:
    return Html(
        "".join(
            child if isinstance(child, Html) else html.escape(clean(child))
            for child in children
            if child
        )
    )


# Nothing can load or run, even if a text should slip through unescaped.
_CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

# Not in the style sheet: a fragment must not set the paper of the notebook around it.
_PAGE = "@page { size: A4 landscape; margin: 14mm; }"


def whole_page(title: str, body: Html, lang: str, *, more: Html | None = None) -> str:
    """A page that stands on its own: no script, no network; ``more`` is further style."""
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_CONTENT_POLICY}">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{join([title])}</title>\n<style>{_PAGE}</style>\n{sheet()}{more or ''}\n</head>\n"
        f'<body class="tthc-body">\n'
        f"{el('main', body, class_='tthc-kpi tthc-page')}\n</body>\n</html>\n"
    )
