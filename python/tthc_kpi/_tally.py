"""Bản kiểm đếm: phần giữa cộng được, lưu được, của phép tính."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

from tthc_kpi import _tthc_kpi
from tthc_kpi._calendar import Day, WorkCalendar
from tthc_kpi._dossiers import Dossiers, Duplicates, Scan
from tthc_kpi._errors import QueryError
from tthc_kpi._files import PathLike, files_of
from tthc_kpi._mapping import MappingLike, ValuesLike
from tthc_kpi._plan import Plan
from tthc_kpi._query import (
    By,
    Period,
    Policy,
    checked_plan,
    checked_threads,
    counted,
    names_of,
    query_arguments,
    telling,
)
from tthc_kpi._registers import Registers, RegisterSources, registers_of
from tthc_kpi._streams import paths_of
from tthc_kpi._tally_files import Reading, tally_of_files

if TYPE_CHECKING:
    from tthc_kpi._scorecard import Scorecard

__all__ = ["Tally", "TallySource", "merge_tallies", "tally"]

# What a folder of saved tallies holds.
_SAVED = {".tally", ".json"}


@dataclass(frozen=True, slots=True)
class TallySource:
    """Nguồn đã đếm: a file whose rows a tally has counted.

    ``name`` is the file's name without its folders, ``sha256`` the digest of what is in it,
    ``rows`` the rows read from it.
    """

    name: str
    sha256: str
    rows: int


class Tally:
    """Các số đếm của một tập hồ sơ theo một câu hỏi; cộng được với nhau.

    Tallies of parts (files, machines, agencies) merge into the tally of the whole in any order.
    Tallies of a different query, plan or calendar version refuse to merge, and so do tallies that
    have counted the same file (:attr:`sources`). Two tallies are equal when they count the same,
    wherever it came from.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> north = tk.tally(tk.Dossiers(tk.synth(300, seed=1)), plan, period="2026")
    >>> south = tk.tally(tk.Dossiers(tk.synth(300, seed=2)), plan, period="2026")
    >>> north + south == south + north
    True
    >>> tk.Tally.from_bytes(north.to_bytes()) == north
    True
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, core: _tthc_kpi.Tally) -> None:
        self._core = core

    def merge(self, other: "Tally") -> "Tally":
        """Cộng hai bảng đếm: the tally of both together; neither changes.

        Raises
        ------
        StateError
            They answer different queries, or have counted the same file.
        """
        return Tally(self._core.merge(other._core))

    def __add__(self, other: object) -> "Tally":
        return self.merge(other) if isinstance(other, Tally) else NotImplemented

    def __radd__(self, other: object) -> "Tally":
        # `sum(tallies)` starts from 0.
        return self if other == 0 else NotImplemented

    def __eq__(self, other: object) -> bool:
        return self._core == other._core if isinstance(other, Tally) else NotImplemented

    def scorecard(
        self,
        plan: Plan | None = None,
        *,
        registers: Registers | PathLike | Sequence[PathLike] | None = None,
        **sources: Unpack[RegisterSources],
    ) -> "Scorecard":
        """Bảng điểm từ các số đếm này; it lists no dossiers, since they are gone.

        Parameters
        ----------
        plan
            The plan the tally was made for: needed only for what is held against its schedule
            (months of publication, groups to be reviewed), which a tally does not keep.
        registers, procedures, petitions, tasks, reviews, archive, plan_tasks, declared
            The registers beside the dossiers, as :func:`evaluate` takes them.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan("dong-nguyen-2026")
        >>> tally = tk.tally(tk.Dossiers(tk.synth(100)), plan, period="2026")
        >>> entries = [{"Mã thủ tục": "1.001193", "Đồng bộ danh mục với Cổng DVCQG": "Có"}]
        >>> tally.scorecard(plan, procedures=entries)["procedure_sync_rate"].numerator
        1
        """
        from tthc_kpi._scorecard import card_of_tally

        plan = None if plan is None else checked_plan(plan)
        return card_of_tally(self._core, registers_of(registers, sources), plan)

    @property
    def by(self) -> tuple[str, ...]:
        """Các chiều chia nhóm: the dimensions, empty for the whole."""
        return tuple(self._core.by)

    @property
    def sources(self) -> tuple[TallySource, ...]:
        """Các tệp đã đếm: the files counted, as far as they are known.

        Known they are where :func:`tally` was given files, and where a tally was loaded: one that
        does not know has its own file as its source.
        """
        sources = (
            TallySource(name, sha256.hex(), rows) for name, sha256, rows in self._core.sources()
        )
        return tuple(sorted(sources, key=lambda source: (source.name, source.sha256)))

    def regroup(self, by: By = ()) -> "Tally":
        """Bảng đếm với ít chiều hơn, như thể đã đếm như vậy; không chiều nào thì là toàn bộ.

        Parameters
        ----------
        by
            Some of the dimensions of the tally, in any order.

        Raises
        ------
        QueryError
            A month (quarter, week, day) would be taken out while others remain: each is judged as
            a period of its own, so they do not add up.
        UnknownNameError
            The tally has no such dimension.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> ds, plan = tk.Dossiers(tk.synth(300)), tk.Plan("dong-nguyen-2026")
        >>> both = tk.tally(ds, plan, period="2026", by=["agency", "field"])
        >>> both.regroup("agency") == tk.tally(ds, plan, period="2026", by="agency")
        True
        >>> both.regroup() == tk.tally(ds, plan, period="2026")
        True
        """
        return Tally(self._core.regroup(names_of(by)))

    def save(self, path: PathLike) -> None:
        """Ghi ra tệp, để gửi đi hay để gộp về sau; định dạng theo đuôi tên.

        The file holds counts, the names of groups, procedure codes and the question with its plan;
        no dossier. It is written under another name and then renamed: never there in part.

        Parameters
        ----------
        path
            ``.tally`` (Arrow, packed: some ten kB) or ``.json``.

        Raises
        ------
        InputError
            Another ending, or the file cannot be written.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan("dong-nguyen-2026")
        >>> tally = tk.tally(tk.Dossiers(tk.synth(100)), plan, period="2026")
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = pathlib.Path(folder.name) / "xa-a.tally"
        >>> tally.save(path)
        >>> tk.Tally.load(path) == tally
        True
        >>> folder.cleanup()
        """
        self._core.save(os.fspath(path))

    @classmethod
    def load(cls, path: PathLike) -> "Tally":
        """Đọc lại từ tệp mà :meth:`save` đã ghi.

        Raises
        ------
        MissingFileError
            There is no such file.
        StateError
            It is cut short, changed, of another version of the library, or no tally.
        """
        return cls(_tthc_kpi.Tally.load(os.fspath(path)))

    def to_bytes(self) -> bytes:
        """Lưu thành byte: an Arrow IPC stream, which ``pyarrow.ipc.open_stream`` opens."""
        return self._core.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Tally":
        """Đọc lại từ byte; :class:`StateError` when they are not a whole, valid tally."""
        return cls(_tthc_kpi.Tally.from_bytes(data))

    def to_json(self) -> str:
        """Lưu thành JSON."""
        return self._core.to_json()

    @classmethod
    def from_json(cls, text: str) -> "Tally":
        """Đọc lại từ JSON; :class:`StateError` when it is not a valid tally."""
        return cls(_tthc_kpi.Tally.from_json(text))


def tally(
    ds: Dossiers | Scan | PathLike | Sequence[PathLike],
    plan: Plan,
    *,
    period: Period,
    as_of: Day | None = None,
    by: By = (),
    policy: Policy = "plan",
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
    threads: int | None = None,
    cache: PathLike | None = None,
    mapping: MappingLike = None,
    values: ValuesLike = None,
    sheet: str | None = None,
    strict: bool = False,
    duplicates: Duplicates = "resolve",
    extra: Sequence[str] = (),
    progress: Callable[[int, int], object] | None = None,
) -> Tally:
    """Kiểm đếm hồ sơ theo kế hoạch; như :func:`evaluate`, nhưng kết quả còn cộng được.

    Given files, it counts them one after another, one in memory at a time, and with ``cache`` only
    those that were not counted before.

    Parameters
    ----------
    ds
        A data set, a scan, or files: a path, a folder, a pattern, or several of them.
    plan, period, as_of, by, policy, limits, calendar, threads
        As :func:`evaluate` takes them.
    cache
        Of files: a folder that keeps the tally of each file. A file is known by the SHA-256 of what
        is in it, whatever its name and its times; another question, plan, calendar, way of reading
        or build of the library counts anew. Entries that are damaged are counted anew, those not
        used for longest are removed (:func:`prune_cache`). Processes may share it.
    mapping, values, sheet, strict, extra
        Of files: as :func:`read` takes them.
    duplicates
        Of files: as :func:`read` takes it, within each file; from one file to another ids are
        taken to be unique. Files of Parquet with ``"assume_unique"`` are not loaded but scanned.
    progress
        Of files: called as ``progress(done, total)``, in files.

    Raises
    ------
    StateError
        Two files hold the same, so that their dossiers would count twice.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> parts = [tk.Dossiers(tk.synth(100, seed=seed)) for seed in range(3)]
    >>> whole = sum(tk.tally(part, plan, period="2026-H1") for part in parts)
    >>> whole.scorecard().accounting["read"]
    300
    """
    arguments = query_arguments(
        period=period, as_of=as_of, by=by, policy=policy, limits=limits, calendar=calendar
    )
    plan, threads = checked_plan(plan), checked_threads(threads)
    reading = Reading(mapping, values, sheet, strict, duplicates, tuple(extra))
    paths = paths_of(ds)
    if paths is not None:
        return Tally(
            tally_of_files(
                paths,
                plan,
                arguments,
                reading=reading,
                threads=threads,
                cache=cache,
                progress=progress,
            )
        )
    if (reading, cache, progress) != (Reading(), None, None):
        raise QueryError(
            "not_files",
            "cache, progress và cách đọc tệp chỉ dùng khi đưa tệp vào tally"
            " [cache, progress and how files are read are for files: give tally their paths]",
        )
    with telling(ds) as told:
        core = _tthc_kpi.tally(counted(ds), plan._core, arguments, threads=threads, progress=told)
    return Tally(core)


def merge_tallies(
    paths: PathLike | Sequence[PathLike],
    *,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Tally:
    """Gộp các bảng đếm đã lưu thành một: như thể mọi hồ sơ đã được đếm một lần.

    Each thread holds one file at a time, so memory is that of the result. The order of the files
    changes nothing.

    Parameters
    ----------
    paths
        A path, a folder (its ``.tally`` and ``.json`` files), a pattern, or several of them.
    threads
        As many as the machine has by default.
    progress
        Called as ``progress(done, total)``, in files.

    Raises
    ------
    MissingFileError
        A path or pattern matches no file.
    StateError
        A file is no whole tally of this version; it answers another question, or a plan of another
        version, than the first; two files have counted the same source. The files are named.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import tthc_kpi as tk
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> folder = tempfile.TemporaryDirectory()
    >>> for seed, name in enumerate(["xa-a", "xa-b", "xa-c"]):
    ...     part = tk.tally(tk.Dossiers(tk.synth(100, seed=seed)), plan, period="2026")
    ...     part.save(pathlib.Path(folder.name) / f"{name}.tally")
    >>> province = tk.merge_tallies(folder.name)
    >>> province.scorecard().accounting["read"], [source.name for source in province.sources]
    (300, ['xa-a.tally', 'xa-b.tally', 'xa-c.tally'])
    >>> folder.cleanup()
    """
    files = files_of(paths, _SAVED)
    core = _tthc_kpi.merge_tallies(files, threads=checked_threads(threads), progress=progress)
    return Tally(core)
