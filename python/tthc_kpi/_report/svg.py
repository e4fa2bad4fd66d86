"""SVG của biểu đồ thành một phần của trang: only shapes and text, written anew.

The drawing library escapes what comes from the data; the page does not rely on it. What is not in
the lists below is left out, and ids get a prefix of their own, since pictures on one page share one
space of ids.
"""

import re
from xml.etree import ElementTree

from tthc_kpi._markup import Child, Html, el, join

__all__ = ["inline"]

# fmt: off
_TAGS = frozenset((
    "svg", "g", "path", "rect", "line", "circle", "text", "tspan", "defs",
    "linearGradient", "stop", "clipPath",
))
_ATTRIBUTES = frozenset((
    "id", "width", "height", "viewBox", "transform", "x", "y", "x1", "y1", "x2", "y2",
    "dx", "dy", "cx", "cy", "r", "d", "fill", "fill-opacity", "stroke", "stroke-width",
    "stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-
    miterlimit", "opacity", "display", "offset", "stop-color", "text-anchor", "font-
    family", "font-size", "font-weight", "font-style", "clip-path", "gradientUnits",
    "dominant-baseline",
))
# fmt: on
_REFERENCE = re.compile(r"url\(#([\w-]+)\)")


def inline(picture: str, prefix: str) -> Html:
    """The picture as an element of a page; ``prefix`` makes its ids its own.

    >>> picture = '<svg xmlns="http://www.w3.org/2000/svg"><a href="x"/><g id="a" onclick="x"/></svg>'
    >>> inline(picture, "c0-")
    '<svg aria-hidden="true"><g id="c0-a"></g></svg>'
    """
    # Made in this process by the drawing library, which declares no entity.
    root = ElementTree.fromstring(picture)  # noqa: S314
    return _written(root, prefix, {"aria_hidden": "true"})


def _written(
    element: ElementTree.Element, prefix: str, more: dict[str, str | None] | None = None
) -> Html:
    attributes: dict[str, str | None] = {}
    for name, value in element.attrib.items():
        if name not in _ATTRIBUTES:
            continue
        if name == "id":
            value = prefix + value
        elif "url(" in value:
            if not _REFERENCE.fullmatch(value):
                continue
            value = _REFERENCE.sub(rf"url(#{prefix}\1)", value)
        attributes[name] = value
    children: list[Child] = [element.text]
    for child in element:
        if _tag(child) in _TAGS:
            children.append(_written(child, prefix))
        children.append(child.tail)
    return el(_tag(element), join(children), **attributes, **(more or {}))


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
