"""Lỗi của thư viện: một cây, mỗi lỗi một mã.

The extension imports these classes and raises ``Class(code, message)``. A message says what was
given, what was expected and the nearest valid name; it never holds the value of a data cell.
"""

import errno

__all__ = [
    "CalendarError",
    "InputError",
    "InternalError",
    "MissingFileError",
    "PlanError",
    "QueryError",
    "StateError",
    "TthcKpiError",
    "UnknownNameError",
]


class TthcKpiError(Exception):
    """Lỗi chung của thư viện; mọi lỗi khác là con của nó.

    Parameters
    ----------
    code
        A stable slug for machines, such as ``"unknown_indicator"``.
    message
        One sentence for people.
    english
        The same in English alone, where there is one; see :meth:`text`.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> try:
    ...     tk.Plan("dong-nguyen-2062")
    ... except tk.TthcKpiError as error:
    ...     print(isinstance(error, Exception), error.code != "")
    True True
    """

    code: str

    def __init__(self, code: str, message: str, english: str | None = None) -> None:
        # `args` alone is set: OSError and KeyError, which some children also are, would read two
        # arguments as errno and strerror. All arguments stay in `args` so that pickling works.
        self.args = (code, message) if english is None else (code, message, english)
        self.code = code

    def text(self, lang: str = "vi") -> str:
        """Lời của lỗi bằng thứ tiếng đã chọn: the message, in English alone with ``lang="en"``.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> try:
        ...     tk.Plan.from_toml("id = 5")
        ... except tk.PlanError as error:
        ...     print(error.text().splitlines()[3])
        ...     print(error.text("en").splitlines()[3])
          plan:1:6: "id" là số nguyên: cần chữ
          plan:1:6: "id" is integer: expected text
        """
        return str(self.args[2] if lang == "en" and len(self.args) > 2 else self.args[1])

    def __str__(self) -> str:
        # KeyError would print the repr of its argument, quotes and all.
        return str(self.args[1])


class InputError(TthcKpiError, ValueError):
    """Dữ liệu đầu vào không đọc được: a file, sheet, table or column cannot be read as dossiers."""


class PlanError(TthcKpiError, ValueError):
    """Tệp kế hoạch sai: every fault of the plan file, each with its line."""


class QueryError(TthcKpiError, ValueError):
    """Câu hỏi sai: a period, cut-off, dimension or policy that does not make sense."""


class CalendarError(TthcKpiError, ValueError):
    """Ngoài lịch làm việc: a date outside the covered years, or a table that contradicts itself."""


class UnknownNameError(TthcKpiError, KeyError):
    """Tên không có: an indicator, plan, dimension or rule that does not exist."""


class MissingFileError(TthcKpiError, FileNotFoundError):
    """Không thấy tệp: a path, or a pattern, that matches no file."""

    def __init__(self, code: str, message: str, english: str | None = None) -> None:
        super().__init__(code, message, english)
        self.errno = errno.ENOENT


class StateError(TthcKpiError, ValueError):
    """Bản kiểm đếm không dùng được: a tally that is damaged, or that belongs to another query."""


class InternalError(TthcKpiError, RuntimeError):
    """Lỗi của chính thư viện: an invariant did not hold; please report it."""
