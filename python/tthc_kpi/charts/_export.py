"""Biểu đồ thành tệp SVG, PNG, PDF hoặc HTML, không cần mạng."""

import html as markup
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from tthc_kpi._errors import QueryError
from tthc_kpi._files import PathLike
from tthc_kpi.charts._base import altair

__all__ = ["html", "save", "svg"]

# Pixels of a PNG for one of the picture: sharp on paper and on dense screens.
_SCALE = 2

# Nothing can be fetched or sent; the drawing library makes functions of a chart's expressions.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval';"
    " style-src 'unsafe-inline'; img-src data: blob:"
)

# In the text of a script these could end it or begin markup; in JSON all are written otherwise.
_UNSAFE = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}

_SUFFIXES = (".png", ".svg", ".html", ".pdf")


def svg(chart: Any) -> str:
    """Biểu đồ thành SVG: text that stands within a page, names in it escaped.

    Parameters
    ----------
    chart
        What a function of :mod:`tthc_kpi.charts` returns, or any other Altair chart.

    Raises
    ------
    QueryError
        It is no chart, or one that cannot be drawn or would fetch its data from elsewhere.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(500)), tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(ds, plan, period="2026", by="agency")
    >>> tk.charts.svg(card.plot("on_time_rate")).endswith("</svg>")
    True
    """
    picture: str = _drawn("svg", chart)
    return picture


def html(chart: Any, *, lang: str = "vi") -> str:
    """Biểu đồ thành một trang HTML đứng riêng được: with tooltips, without network.

    The page has one script, the drawing library and the chart. Whatever comes from the data is in
    it as text that no parser of HTML can take for markup.

    Parameters
    ----------
    chart
        What a function of :mod:`tthc_kpi.charts` returns, or any other Altair chart.
    lang
        Of the page and of its small menu: ``"vi"`` or ``"en"``.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(500)), tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(ds, plan, period="2026", by="agency")
    >>> page = tk.charts.html(card.plot("on_time_rate"))
    >>> page.startswith("<!doctype html>"), page.count("<script")
    (True, 1)
    """
    spec, version = _spec(chart)
    words = {"vi": ("Lưu SVG", "Lưu PNG"), "en": ("Save as SVG", "Save as PNG")}
    save_svg, save_png = words["en" if lang == "en" else "vi"]
    options = {
        "mode": "vega-lite",
        "renderer": "svg",
        "actions": {"export": True, "source": False, "compiled": False, "editor": False},
        "i18n": {"SVG_ACTION": save_svg, "PNG_ACTION": save_png},
    }
    # Addresses of schemas are never fetched, but a page without network should name none.
    spec.pop("$schema", None)
    script = f"{_library(version)}\nvegaEmbed('#chart', {_json(spec)}, {_json(options)});"
    title = markup.escape(_title(spec))
    return (
        f'<!doctype html>\n<html lang="{"en" if lang == "en" else "vi"}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{title}</title>\n<style>body {{ margin: 1rem; background: white; }}</style>\n"
        f'</head>\n<body>\n<div id="chart"></div>\n<script>{script}</script>\n</body>\n</html>\n'
    )


def save(chart: Any, path: PathLike) -> None:
    """Ghi biểu đồ ra tệp, theo đuôi: ``.png``, ``.svg``, ``.html`` or ``.pdf``.

    Parameters
    ----------
    chart
        What a function of :mod:`tthc_kpi.charts` returns, or any other Altair chart.
    path
        Where to write; its suffix says what.

    Raises
    ------
    QueryError
        The suffix is none of the four; the chart cannot be drawn, as in :func:`svg`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(500)), tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(ds, plan, period="2026", by="agency")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "xep-hang.png"
    ...     tk.charts.save(card.plot("on_time_rate"), path)
    ...     path.read_bytes()[1:4]
    b'PNG'
    """
    suffix = Path(os.fspath(path)).suffix.lower()
    if suffix not in _SUFFIXES:
        raise QueryError(
            "bad_suffix",
            f"đuôi tệp {suffix!r}: chọn .png, .svg, .html hoặc .pdf [unknown suffix]",
        )
    if suffix == ".svg":
        Path(path).write_text(svg(chart), encoding="utf-8")
        return
    if suffix == ".html":
        Path(path).write_text(html(chart), encoding="utf-8")
        return
    options = {"scale": _SCALE} if suffix == ".png" else {}
    Path(path).write_bytes(_drawn(suffix[1:], chart, **options))


def _drawn(kind: str, chart: Any, **options: Any) -> Any:
    """A picture of a kind; whatever a chart would have fetched is refused."""
    spec, version = _spec(chart)
    import vl_convert

    draw = getattr(vl_convert, f"vegalite_to_{kind}")
    try:
        return draw(spec, vl_version=version, allowed_base_urls=[], **options)
    except ValueError:
        # Its words may hold what the chart holds.
        raise QueryError(
            "chart_failed",
            "không vẽ được biểu đồ này: nó sai, hoặc cần dữ liệu từ nơi khác"
            " [the chart is wrong, or would fetch its data from elsewhere]",
        ) from None


def _spec(chart: Any) -> tuple[dict[str, Any], str]:
    """A chart as data, and the version of Vega-Lite it is written for."""
    alt = altair()
    if not isinstance(chart, alt.TopLevelMixin):
        raise QueryError(
            "not_a_chart",
            f"cần một biểu đồ của tk.charts [expected an Altair chart, got {type(chart).__name__}]",
        )
    spec: dict[str, Any] = chart.to_dict()
    return spec, ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


@lru_cache(maxsize=1)
def _library(version: str) -> str:
    import vl_convert

    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", version)
    return script


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).translate(_UNSAFE)


def _title(spec: dict[str, Any]) -> str:
    title = spec.get("title")
    text = title.get("text") if isinstance(title, dict) else title
    return text if isinstance(text, str) else "tthc-kpi"
