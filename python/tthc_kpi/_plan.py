"""Kế hoạch và các chỉ tiêu của nó."""

import html
import json
import os
from pathlib import Path
from typing import Any

from tthc_kpi import _tthc_kpi
from tthc_kpi._dossiers import PathLike
from tthc_kpi._errors import InputError
from tthc_kpi._text import clean

__all__ = ["Plan", "plans"]


def plans() -> list[str]:
    """Các kế hoạch có sẵn: the ids of the built-in plans.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> "dong-nguyen-2026" in tk.plans()
    True
    """
    return _tthc_kpi.builtin_plans()


class Plan:
    """Kế hoạch kiểm soát TTHC: các chỉ tiêu, mục tiêu và điều khoản đặt ra chúng.

    Parameters
    ----------
    source
        The id of a built-in plan (see :func:`plans`), or the path of a TOML file.

    Raises
    ------
    UnknownNameError
        The id is neither a built-in plan nor a file.
    PlanError
        The file is not a valid plan; the message lists every fault with its line.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> plan.id
    'dong-nguyen-2026'
    >>> plan.indicators[0]["id"]
    'on_time_rate'
    """

    def __init__(self, source: PathLike) -> None:
        text = os.fspath(source)
        is_path = not isinstance(source, str) or text.endswith(".toml") or os.sep in text
        self._core = _tthc_kpi.Plan.from_path(text) if is_path else _tthc_kpi.Plan.builtin(text)

    @classmethod
    def from_file(cls, path: PathLike) -> "Plan":
        """Đọc kế hoạch từ một tệp TOML, tên gì cũng được: a plan of a file, whatever its name."""
        plan = cls.__new__(cls)
        plan._core = _tthc_kpi.Plan.from_path(os.fspath(path))
        return plan

    @classmethod
    def from_toml(cls, text: str) -> "Plan":
        """Đọc kế hoạch từ một văn bản TOML: a plan from the text of a TOML file."""
        plan = cls.__new__(cls)
        plan._core = _tthc_kpi.Plan.from_toml(text)
        return plan

    @staticmethod
    def new(path: PathLike, template: str = "mau-cap-xa-2026") -> None:
        """Viết một tệp kế hoạch mới để sửa, từ một kế hoạch có sẵn; không ghi đè tệp đã có.

        Parameters
        ----------
        path
            The file to write.
        template
            The built-in plan it starts as; without it a commented one of no place.

        Raises
        ------
        InputError
            There is a file of that name already.
        UnknownNameError
            There is no such built-in plan.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import tthc_kpi as tk
        >>> path = pathlib.Path(tempfile.mkdtemp(), "ke-hoach.toml")
        >>> tk.Plan.new(path)
        >>> tk.Plan(path).id
        'mau-cap-xa-2026'
        """
        text = _tthc_kpi.plan_text(template)
        try:
            with Path(path).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            raise InputError(
                "file_exists",
                f"đã có tệp {Path(path).name!r}, không ghi đè [there is a file of that name]",
            ) from None

    @property
    def id(self) -> str:
        """Mã kế hoạch: the id."""
        return self._core.id

    @property
    def title(self) -> str:
        """Tên kế hoạch: the title."""
        return self._core.title

    @property
    def digest(self) -> str:
        """Mã đối chiếu nội dung: changes when anything in the plan changes."""
        return self._core.digest

    @property
    def warnings(self) -> tuple[str, ...]:
        """Những điều đáng ngờ trong tệp kế hoạch, mỗi điều kèm dòng và cột.

        A target weaker than that of the plan it extends, an indicator of that plan left out, no
        dates: none keeps the plan from being used. Empty for a built-in plan.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan.from_toml('''
        ... id = "xa-cua-toi-2026"
        ... title = "Kế hoạch của xã"
        ... extends = "mau-cap-xa-2026"
        ... [[indicators]]
        ... id = "on_time_rate"
        ... target = { op = ">=", percent = 90 }
        ... ''')
        >>> "asks for >= 90 %, less than the > 95 %" in plan.warnings[0]
        True
        """
        return tuple(self._core.warnings())

    @property
    def indicators(self) -> list[dict[str, Any]]:
        """Các chỉ tiêu: id, name, measure, target, clauses and owner of each, in plan order."""
        indicators: list[dict[str, Any]] = json.loads(self.to_json())["indicators"]
        return indicators

    def to_json(self) -> str:
        """Toàn bộ kế hoạch thành JSON: the whole plan as JSON text."""
        return self._core.to_json()

    def __repr__(self) -> str:
        return f"<Plan {self.id}: {self.title}>"

    def _repr_html_(self) -> str:
        return f"<p><strong>{html.escape(clean(self.title))}</strong> ({html.escape(self.id)})</p>"
