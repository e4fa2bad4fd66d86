"""Links of pages to files outside of `docs`, right on GitHub, made links of the site."""

import re
from typing import Any

# What a page of `docs` writes -> what stands on the site. Both GitHub and the site then work.
_PLACES = {
    "GLOSSARY.md": "/thuat-ngu.md",
    "CHANGELOG.md": "/thay-doi.md",
    "DESIGN.md": "/thiet-ke.md",
}
_LINK = re.compile(r"\]\((?:\.\./)+(GLOSSARY|CHANGELOG|DESIGN)\.md(#[^)]*)?\)")
_FILE = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+examples/[^)#]+)\)")


def on_site(text: str) -> str:
    """The text of a page with its links to files outside of `docs` pointing to pages, downloads."""
    text = _LINK.sub(lambda m: f"]({_PLACES[m[1] + '.md']}{m[2] or ''})", text)
    return _FILE.sub(lambda m: f"{{download}}`{m[1]} <{m[2]}>`", text)


def _read(_app: Any, _name: str, source: list[str]) -> None:
    source[0] = on_site(source[0])


def setup(app: Any) -> dict[str, bool]:
    app.connect("source-read", _read)
    return {"parallel_read_safe": True}
