"""Kho kết quả đếm theo tệp: một tệp không đổi thì không đếm lại."""

import contextlib
import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tthc_kpi import _tthc_kpi
from tthc_kpi._errors import InputError, QueryError, StateError
from tthc_kpi._files import PathLike

__all__ = ["TallyCache", "prune_cache"]

# Raised when an entry means something else.
_FORM = 1
_ENTRY = re.compile(r"[0-9a-f]{64}\.counts")
_PART = ".part-"
_DAY = 86_400

# Some ten thousand entries.
MOST_BYTES = 1 << 30


class TallyCache:
    """The tallies of files, by what is in each file and by all else their counts depend on.

    An entry that is damaged, or is not what its name says, is as good as none.
    """

    def __init__(self, folder: PathLike, query: str, how: Mapping[str, object]) -> None:
        self._folder = Path(folder)
        self._query = query
        self._how = {"form": _FORM, "library": _library(), "query": query, **how}
        self._reader = _tthc_kpi.TallyReader()
        self._wrote = False
        try:
            self._folder.mkdir(exist_ok=True)
        except OSError as error:
            raise _unusable(self._folder, error) from None

    def _key(self, sha256: bytes, ending: str) -> bytes:
        # The ending too: a file of the same bytes is read otherwise under another.
        of = {**self._how, "file": sha256.hex(), "ending": ending}
        return hashlib.sha256(json.dumps(of, sort_keys=True).encode()).digest()

    def _path(self, key: bytes) -> Path:
        return self._folder / f"{key.hex()}.counts"

    def find(self, sha256: bytes, ending: str) -> _tthc_kpi.Tally | None:
        """The tally of a file of this content, if it was counted before."""
        key = self._key(sha256, ending)
        path = self._path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if data[: len(key)] != key:
            return None
        try:
            tally = self._reader.unpack(data[len(key) :])
        except StateError:
            return None
        sources = [source for _, source, _ in tally.sources()]
        if tally.query_digest != self._query or sources != [sha256]:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # what is used stays longest
        return tally

    def keep(self, sha256: bytes, ending: str, tally: _tthc_kpi.Tally) -> None:
        """Keep the tally of a file; it is there whole or not at all."""
        key = self._key(sha256, ending)
        data = key + tally.of_source("", sha256).packed()
        try:
            handle, part = tempfile.mkstemp(prefix=_PART, dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(part).replace(self._path(key))
            except BaseException:
                Path(part).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise _unusable(self._folder, error) from None
        self._wrote = True

    def close(self) -> None:
        """Keep the folder within its bounds."""
        if self._wrote:
            prune_cache(self._folder)


def prune_cache(folder: PathLike, *, max_bytes: int = MOST_BYTES) -> int:
    """Dọn kho kết quả đếm: xóa những mục lâu không dùng nhất cho đến khi vừa ``max_bytes``.

    :func:`tally` does so by itself, at 1 GiB, after it has added something. Only entries of the
    cache are looked at; another process that uses it at the same time counts anew what was removed.

    Parameters
    ----------
    folder
        The folder given as ``cache=``.
    max_bytes
        What may remain; 0 removes everything.

    Returns
    -------
    int
        How many entries were removed.

    Examples
    --------
    >>> import tempfile
    >>> import tthc_kpi as tk
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tk.prune_cache(folder, max_bytes=0)
    0
    """
    if isinstance(max_bytes, bool) or not isinstance(max_bytes, int) or max_bytes < 0:
        raise QueryError(
            "bad_option", "max_bytes là số byte, từ 0 [max_bytes is a number of bytes, from 0]"
        )
    folder = Path(folder)
    entries: list[tuple[int, str, int]] = []
    try:
        with os.scandir(folder) as found:
            for entry in found:
                with contextlib.suppress(FileNotFoundError):
                    if _ENTRY.fullmatch(entry.name):
                        of = entry.stat()
                        entries.append((of.st_mtime_ns, entry.path, of.st_size))
                    elif _is_left(entry):
                        Path(entry.path).unlink()
    except OSError as error:
        raise _unusable(folder, error) from None
    left, removed = sum(size for _, _, size in entries), 0
    for _, path, size in sorted(entries):
        if left <= max_bytes:
            break
        Path(path).unlink(missing_ok=True)
        left, removed = left - size, removed + 1
    return removed


def _is_left(entry: os.DirEntry[str]) -> bool:
    """Whether it was left by a process that was ended while it wrote."""
    return entry.name.startswith(_PART) and time.time() - entry.stat().st_mtime > _DAY


def _unusable(folder: Path, error: OSError) -> InputError:
    name, why = folder.name, type(error).__name__
    english = f"{name}: the folder of the cache cannot be used ({why})"
    return InputError("bad_cache", f"{name}: không dùng được thư mục cache [{english}]", english)


@cache
def _library() -> str:
    """The very build that counts: another may count otherwise under the same version."""
    with Path(_tthc_kpi.__file__).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
