"""SVG của biểu đồ thành một phần của trang: only shapes and text, written anew.

The drawing library escapes what comes from the data; the page does not rely on it. The picture is
read as a browser reads it, what is not in the lists below is left out, and ids get a prefix of
their own, since all pictures of a page share one space of ids.
"""

import html
import re
from html.parser import HTMLParser

from tthc_kpi._markup import Html
from tthc_kpi._text import clean

__all__ = ["inline"]

_TAGS = """
svg g path rect line circle text tspan defs linearGradient stop clipPath
"""
_ATTRIBUTES = """
id width height viewBox transform x y x1 y1 x2 y2 dx dy cx cy r d fill fill-opacity stroke
stroke-width stroke-opacity stroke-dasharray stroke-linecap stroke-linejoin stroke-miterlimit
opacity display offset stop-color text-anchor font-family font-size font-weight font-style
clip-path gradientUnits dominant-baseline
"""
# A parser of HTML knows names in small letters only.
_TAG = {name.lower(): name for name in _TAGS.split()}
_ATTRIBUTE = {name.lower(): name for name in _ATTRIBUTES.split()}
_REFERENCE = re.compile(r"url\(#([\w-]+)\)")


def inline(picture: str, prefix: str) -> Html:
    """The picture as an element of a page; ``prefix`` makes its ids its own.

    >>> inline('<svg><a href="x">A</a><g id="a" onclick="x">B &lt;</g></svg>', "c0-")
    '<svg aria-hidden="true" preserveAspectRatio="xMinYMin meet"><g id="c0-a">B &lt;</g></svg>'
    """
    reader = _Reader(prefix)
    reader.feed(picture)
    reader.close()
    return Html("".join(reader.written))


class _Reader(HTMLParser):
    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix
        self.written: list[str] = []
        # How deep within something that is left out.
        self.outside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.outside or tag not in _TAG:
            self.outside += 1
            return
        # What is made smaller to fit on paper stays at the left, below what is above it.
        of_picture = ['aria-hidden="true"', 'preserveAspectRatio="xMinYMin meet"']
        words = of_picture if tag == "svg" else []
        words += [word for name, value in attrs if (word := self._attribute(name, value or ""))]
        self.written.append(f"<{' '.join([_TAG[tag], *words])}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.outside:
            self.outside -= 1
        elif tag in _TAG:
            self.written.append(f"</{_TAG[tag]}>")

    def handle_data(self, data: str) -> None:
        if not self.outside:
            self.written.append(html.escape(clean(data)))

    def _attribute(self, name: str, value: str) -> str:
        if name not in _ATTRIBUTE:
            return ""
        if name == "id":
            value = self.prefix + value
        elif "url(" in value:
            if not _REFERENCE.fullmatch(value):
                return ""
            value = _REFERENCE.sub(rf"url(#{self.prefix}\1)", value)
        return f'{_ATTRIBUTE[name]}="{html.escape(value)}"'
