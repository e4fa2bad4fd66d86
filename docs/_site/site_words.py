"""How the pages that are made write text, tables and lists."""

import re
from collections.abc import Iterable, Sequence

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|$~])")


def plain(text: object) -> str:
    """A text in which Markdown sees no markup."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def english(text: object) -> str:
    """The English of a line, smaller."""
    return f"[{plain(text)}]{{.en lang=en}}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def folded(title: str, inside: str) -> str:
    """Something long, closed until it is asked for."""
    return f"<details><summary>{title}</summary>\n\n{inside}\n\n</details>"


def text_block(text: str) -> str:
    return f"`````text\n{text.strip()}\n`````"


def page(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"


def toctree(names: Iterable[str], *, hidden: bool = True) -> str:
    flag = "\n:hidden:" if hidden else ""
    return "```{toctree}" + flag + "\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```"
