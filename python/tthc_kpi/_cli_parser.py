"""Bộ đọc tham số của dòng lệnh, nói tiếng Việt.

argparse reads the arguments; what it says of them is put into Vietnamese here. A message that is
not known here stays as argparse words it.
"""

import argparse
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from tthc_kpi._text import nearest

__all__ = ["Parser", "UsageError", "lang_asked"]


class UsageError(Exception):
    """A command line that is wrong, and the command whose help says what is right."""

    def __init__(self, prog: str, message: str) -> None:
        super().__init__(prog, message)
        self.prog, self.message = prog, message

    def text(self, lang: str) -> str:
        """What is wrong, in one line.

        >>> UsageError("tthc-kpi synth", "argument --seed: expected one argument").text("vi")
        '--seed: cần một giá trị (xem: tthc-kpi synth --help)'
        """
        if lang == "en":
            return f"{self.message}{_near(self.message)} (see: {self.prog} --help)"
        return f"{_vietnamese(self.message)} (xem: {self.prog} --help)"


class _Formatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "cách dùng: " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser whose help is Vietnamese, and whose errors are a :class:`UsageError`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _Formatter, **options, "add_help": False})
        self._positionals.title, self._optionals.title = "tham số", "tùy chọn"
        self.add_argument("-h", "--help", action="help", help="in trợ giúp này")

    def error(self, message: str) -> NoReturn:
        """Stop, with argparse's message."""
        raise UsageError(self.prog, message)


def lang_asked(arguments: Sequence[str] | None) -> str:
    """The language the arguments ask for, also where the rest of them is wrong.

    >>> lang_asked(["report", "--lang", "en", "--perod"]), lang_asked(["synth", "--lang"])
    ('en', 'vi')
    """
    asked = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    asked.add_argument("--lang", default="vi")
    try:
        return str(asked.parse_known_args(arguments)[0].lang)
    except argparse.ArgumentError:
        return "vi"


_CHOICE = r"invalid choice: '?(.*?)'? \((?:maybe you meant .*?, )?choose from (.*)\)"


def _near(message: str) -> str:
    """The nearest of the choices, where something is none of them."""
    found = re.search(_CHOICE, message)
    return nearest(found[1], _choices(found[2])).partition("; expected")[0] if found else ""


def _choices(text: str) -> list[str]:
    return [name.strip("'\" ") for name in text.split(",")]


def _choice(found: re.Match[str]) -> str:
    choices = _choices(found[2])
    near = nearest(found[1], choices)
    ask = f"; có phải {near.partition(' mean ')[2]}" if " mean " in near else ""
    return f"không có {found[1]!r}: chọn một trong {', '.join(choices)}{ask}"


_KINDS = {"int": "số nguyên", "float": "số"}

# What argparse says, whole, and what is said instead.
_SAID: list[tuple[str, Callable[[re.Match[str]], str]]] = [
    (r"argument (.+?): (.*)", lambda m: f"{m[1]}: {_vietnamese(m[2])}"),
    (r"the following arguments are required: (.*)", lambda m: f"thiếu {m[1]}"),
    (r"unrecognized arguments: (.*)", lambda m: f"không có tham số này: {m[1]}"),
    (r"one of the arguments (.*) is required", lambda m: f"cần một trong: {m[1]}"),
    (r"ambiguous option: (.*) could match (.*)", lambda m: f"{m[1]} là tùy chọn nào: {m[2]}"),
    (_CHOICE, _choice),
    (r"expected one argument", lambda _: "cần một giá trị"),
    (r"expected at most one argument", lambda _: "nhiều nhất một giá trị"),
    (r"expected at least one argument", lambda _: "cần ít nhất một giá trị"),
    (r"expected (\d+) arguments?", lambda m: f"cần {m[1]} giá trị"),
    (r"not allowed with argument (.*)", lambda m: f"không dùng cùng {m[1]}"),
    (r"ignored explicit argument (.*)", lambda m: f"không nhận giá trị, ở đây là {m[1]}"),
    (
        r"invalid (\w+) value: (.*)",
        lambda m: f"{m[2]} không phải {_KINDS.get(m[1], 'giá trị đúng')}",
    ),
]


def _vietnamese(message: str) -> str:
    for said, instead in _SAID:
        found = re.fullmatch(said, message, re.DOTALL)
        if found:
            return instead(found)
    return message
