"""Kiểm đếm tệp này đến tệp khác, mỗi lúc chỉ một tệp trong bộ nhớ."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tthc_kpi import _tthc_kpi
from tthc_kpi._dossiers import Dossiers, Duplicates, Scan, read, scan
from tthc_kpi._errors import InputError, StateError
from tthc_kpi._files import PathLike, files_of
from tthc_kpi._mapping import MappingLike, ValuesLike, wishes_of
from tthc_kpi._plan import Plan
from tthc_kpi._query import QueryArguments, counted
from tthc_kpi._tally_cache import TallyCache

__all__ = ["Progress", "Reading", "tally_of_files"]

Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Reading:
    """How each file is read."""

    mapping: MappingLike = None
    values: ValuesLike = None
    sheet: str | None = None
    strict: bool = False
    duplicates: Duplicates = "resolve"
    extra: Sequence[str] = ()

    def open(self, file: str) -> Dossiers | Scan:
        """The file, loaded, or to be counted while it is read where nothing stands against it."""
        if (
            self.duplicates == "assume_unique"
            and self.sheet is None
            and _ending(file) == ".parquet"
        ):
            return scan(
                file,
                mapping=self.mapping,
                values=self.values,
                strict=self.strict,
                extra=self.extra,
            )
        return read(
            file,
            mapping=self.mapping,
            values=self.values,
            sheet=self.sheet,
            strict=self.strict,
            duplicates=self.duplicates,
            extra=self.extra,
        )

    def told(self) -> dict[str, object]:
        """All of it, as far as counts depend on it."""
        mapping, values = wishes_of(self.mapping, self.values)
        return {
            "mapping": mapping,
            "values": values,
            "sheet": self.sheet,
            "strict": self.strict,
            "duplicates": self.duplicates,
            "extra": list(self.extra),
        }


def tally_of_files(
    paths: PathLike | Sequence[PathLike],
    plan: Plan,
    arguments: QueryArguments,
    *,
    reading: Reading,
    threads: int | None,
    cache: PathLike | None,
    progress: Progress | None,
) -> _tthc_kpi.Tally:
    """The tally of all the files, each counted by itself or found in the cache."""
    files = files_of(paths)
    query = _tthc_kpi.query_digest(plan._core, arguments, extra=list(reading.extra))
    kept = None if cache is None else TallyCache(cache, query, reading.told())
    seen: dict[bytes, str] = {}
    whole: _tthc_kpi.Tally | None = None
    for number, file in enumerate(files):
        if progress is not None:
            progress(number, len(files))
        name, ending = Path(file).name, _ending(file)
        before, sha256 = _state(file), _digest(file)
        part = None if kept is None else kept.find(sha256, ending)
        if part is None:
            core = counted(reading.open(file))
            part = _tthc_kpi.tally(core, plan._core, arguments, threads=threads)
            if _state(file) != before:
                english = f"{name} has changed while it was read: try again"
                told = f"{name} đã đổi trong lúc đang đọc: hãy chạy lại [{english}]"
                raise InputError("file_changed", told, english)
            if kept is not None:
                kept.keep(sha256, ending, part)
        # Files without a row may be the same; nothing in them is counted twice.
        if part.rows > 0:
            if sha256 in seen:
                raise _twice(name, seen[sha256])
            seen[sha256] = name
            part = part.of_source(name, sha256)
        whole = part if whole is None else whole.merge(part)
    if progress is not None:
        progress(len(files), len(files))
    if kept is not None:
        kept.close()
    if whole is None:
        raise InputError("no_files", "chưa cho tệp nào [no file given]", "no file given")
    return whole


def _twice(name: str, first: str) -> StateError:
    english = f"{name} and {first} hold the same: their rows would be counted twice"
    return StateError(
        "same_source",
        f"{name} và {first} cùng một nội dung: hồ sơ sẽ bị đếm hai lần; bỏ bớt một tệp [{english}]",
        english,
    )


def _ending(file: str) -> str:
    return Path(file).suffix.lower()


def _state(file: str) -> tuple[int, ...]:
    """By what it is seen that a file was written to, moved or exchanged while it was read."""
    try:
        of = Path(file).stat()
    except OSError as error:
        raise _unreadable(file, error) from None
    return of.st_dev, of.st_ino, of.st_size, of.st_mtime_ns, of.st_ctime_ns


def _digest(file: str) -> bytes:
    try:
        with Path(file).open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").digest()
    except OSError as error:
        raise _unreadable(file, error) from None


def _unreadable(file: str, error: OSError) -> InputError:
    name, why = Path(file).name, type(error).__name__
    english = f"{name}: cannot be read ({why})"
    return InputError("unreadable_file", f"{name}: không đọc được tệp [{english}]", english)
