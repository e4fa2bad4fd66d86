"""Tệp nào: a path, a folder, a pattern, or several of them."""

import glob
import os
from collections.abc import Sequence, Set
from pathlib import Path

from tthc_kpi._errors import InputError, MissingFileError

__all__ = ["PathLike", "files_of", "written"]

PathLike = str | os.PathLike[str]

# What a folder of exports may hold; a note or a picture beside them is no list of dossiers.
_TABLES = {".csv", ".json", ".jsonl", ".parquet", ".tsv", ".txt"}
_TABLES |= {".ods", ".xls", ".xlsm", ".xlsx", ".zip"}


def files_of(
    paths: PathLike | Sequence[PathLike],
    endings: Set[str] = frozenset(_TABLES),
    *,
    deep: bool = False,
) -> list[str]:
    """Every path; patterns and folders give their files in code-point order.

    Of a folder those with one of the endings; with ``deep`` the folders in it are looked into too.
    A path that exists is no pattern.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not given:
        raise InputError("no_files", "chưa cho tệp nào [no file given]")
    files: list[str] = []
    for path in given:
        text = os.fspath(path)
        name = os.path.basename(os.path.normpath(text)) or text
        if Path(text).is_dir():
            files += _files_in(text, name, endings, deep)
        elif Path(text).exists():
            files.append(text)
        elif glob.has_magic(text):
            matches = sorted(glob.glob(text, recursive=True))
            if deep:
                # "**" gives the folders themselves too, which hold the same files.
                matches = [match for match in matches if Path(match).is_file()] or matches
            if not matches:
                raise MissingFileError(
                    "missing_file", f"không có tệp nào khớp {name!r} [no file matches]"
                )
            files += matches
        else:
            raise MissingFileError("missing_file", f"không có tệp {name!r} [no such file]")
    return files


def _files_in(folder: str, name: str, endings: Set[str], deep: bool) -> list[str]:
    """The files of a folder that may be tables; hidden ones and Office's own (~$) are none."""
    inside = Path(folder).rglob("*") if deep else Path(folder).iterdir()
    files = [path for path in inside if path.suffix.lower() in endings]
    files = [path for path in files if path.is_file() and path.name[0] not in ".~"]
    if deep:
        # What engines that write folders leave beside their parts (_temporary, .spark-staging).
        parents = [path.relative_to(folder).parts for path in files]
        files = [
            path
            for path, parts in zip(files, parents, strict=True)
            if not any(part[0] in "._~" for part in parts)
        ]
    if not files:
        raise MissingFileError(
            "missing_file",
            f"thư mục {name!r} không có tệp dữ liệu nào [no data file in the folder]",
        )
    return sorted(map(str, files))


def written(text: str, path: PathLike | None) -> str:
    """A text, which goes to a file too if there is one."""
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text
