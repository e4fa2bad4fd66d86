"""Lịch làm việc: ngày nghỉ, ngày làm bù, và phép đếm ngày làm việc."""

import os
from datetime import date, datetime

from tthc_kpi import _tthc_kpi
from tthc_kpi._errors import QueryError
from tthc_kpi._files import PathLike

__all__ = ["Day", "WorkCalendar", "day_of"]

Day = date | str


def day_of(day: Day) -> date:
    """The day meant by a date, or by ISO text; an instant that has a time of day is refused."""
    if isinstance(day, datetime):
        if day.time() != datetime.min.time():
            raise QueryError(
                "time_of_day", "cần một ngày, không phải ngày giờ [expected a day without a time]"
            )
        return day.date()
    if isinstance(day, date):
        return day
    for read in (date.fromisoformat, _day_first):
        try:
            return read(day)
        except (TypeError, ValueError):
            continue
    raise QueryError(
        "bad_date",
        f"ngày {day!r} không hợp lệ: viết yyyy-mm-dd hoặc dd/mm/yyyy [bad date]",
    )


def _day_first(text: str) -> date:
    """The date as Vietnamese readers write it, dd/MM/yyyy; the year in four digits."""
    if len(text) > len("dd/mm/yyyy") or len(text.rpartition("/")[2]) != 4:
        raise ValueError
    return datetime.strptime(text, "%d/%m/%Y").date()


class WorkCalendar:
    """Lịch làm việc của cơ quan nhà nước, trong những năm nó biết.

    Days are ``datetime.date`` or ISO text. A day outside the covered years raises
    :class:`CalendarError`; it never counts as "no holidays".

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> calendar = tk.WorkCalendar.vietnam()
    >>> calendar.is_working_day("2026-01-10"), calendar.is_working_day("2026-01-02")
    (True, False)
    >>> calendar.add_working_days("2026-02-13", 5)
    datetime.date(2026, 2, 27)
    >>> calendar.working_days_between("2026-02-13", "2026-02-27")
    5
    """

    def __init__(self, core: _tthc_kpi.WorkCalendar) -> None:
        self._core = core

    @classmethod
    def vietnam(cls) -> "WorkCalendar":
        """Lịch nghỉ của Việt Nam kèm theo thư viện: the calendar that is used by default."""
        return cls(_tthc_kpi.WorkCalendar.vietnam())

    @classmethod
    def from_csv(cls, path: PathLike) -> "WorkCalendar":
        """Lịch từ một tệp CSV: columns ``date, kind, name, source, confidence``."""
        return cls(_tthc_kpi.WorkCalendar.from_csv(os.fspath(path)))

    def is_working_day(self, day: Day) -> bool:
        """Có phải ngày làm việc không."""
        return self._core.is_working_day(day_of(day))

    def next_working_day(self, day: Day) -> date:
        """Ngày làm việc đầu tiên sau ngày này: strictly after it."""
        return self._core.next_working_day(day_of(day))

    def add_working_days(self, day: Day, n: int) -> date:
        """Ngày làm việc thứ ``n`` sau ngày này; ``n = 0`` gives the day itself."""
        if n < 0:
            raise QueryError("bad_count", "số ngày làm việc phải từ 0 [working days, from 0]")
        return self._core.add_working_days(day_of(day), n)

    def working_days_between(self, start: Day, end: Day) -> int:
        """Số ngày làm việc trong (start, end]; ``end`` before ``start`` is an error."""
        return self._core.working_days_between(day_of(start), day_of(end))

    @property
    def name(self) -> str:
        """Tên lịch: the name."""
        return self._core.name

    @property
    def version(self) -> str:
        """Phiên bản, in mọi kết quả: the version that results print."""
        return self._core.version

    @property
    def first_year(self) -> int:
        """Năm đầu: the first covered year."""
        return self._core.first_year

    @property
    def last_year(self) -> int:
        """Năm cuối: the last covered year."""
        return self._core.last_year

    @property
    def provisional_years(self) -> list[int]:
        """Những năm chưa có quyết định chính thức: years whose days off are not yet decided."""
        return list(self._core.provisional_years)

    def __repr__(self) -> str:
        return f"<WorkCalendar {self.name} {self.first_year}–{self.last_year}, {self.version}>"
