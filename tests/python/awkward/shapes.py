"""How files are written: text, workbooks of three kinds, archives. Each gives a maker for a folder."""

from __future__ import annotations

import datetime as dt
import html
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import openpyxl
import xlwt

Rows = Sequence[Sequence[object]]
Make = Callable[[Path], object]


def text(
    rows: Iterable[Sequence[str] | str],
    separator: str = ";",
    encoding: str = "utf-8",
    name: str = "hoso.csv",
) -> Make:
    """Lines of cells; a line that is a text stands as it is."""
    lines = [row if isinstance(row, str) else separator.join(row) for row in rows]
    return raw(("\n".join(lines) + "\n").encode(encoding), name)


def raw(content: bytes, name: str) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return make


def book(
    rows: Rows,
    merged: Sequence[str] = (),
    name: str = "hoso.xlsx",
    epoch: dt.datetime | None = None,
    more: dict[str, Rows] | None = None,
) -> Make:
    """A new workbook; empty texts leave no cell. ``more`` are further sheets."""

    def make(folder: Path) -> Path:
        workbook = openpyxl.Workbook()
        if epoch:
            workbook.epoch = epoch
        sheets = {"Danh sách": rows, **(more or {})}
        for title, lines in sheets.items():
            sheet = workbook.create_sheet(title)
            for at, row in enumerate(lines, 1):
                for column, value in enumerate(row, 1):
                    if value != "":
                        sheet.cell(at, column, value)
        for area in merged:
            workbook["Danh sách"].merge_cells(area)
        workbook.remove(workbook.worksheets[0])
        workbook.save(folder / name)
        return folder / name

    return make


def old_book(rows: Rows, epoch_1904: bool = False, name: str = "hoso.xls") -> Make:
    def make(folder: Path) -> Path:
        workbook = xlwt.Workbook()
        workbook.dates_1904 = epoch_1904
        sheet = workbook.add_sheet("Danh sách")
        dated = xlwt.easyxf(num_format_str="dd/mm/yyyy hh:mm:ss")
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                style = (dated,) if isinstance(value, dt.date) else ()
                sheet.write(at, column, value, *style)
        workbook.save(str(folder / name))
        return folder / name

    return make


def open_book(rows: Rows, extra: str = "", name: str = "hoso.ods") -> Make:
    """An OpenDocument workbook; ``extra`` is XML after the last row."""

    def cell(value: object) -> str:
        if isinstance(value, dt.datetime):
            shape = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        elif value in ("", None):
            return "<table:table-cell/>"
        else:
            shape = 'office:value-type="string"'
        return f"<table:table-cell {shape}><text:p>{html.escape(str(value))}</text:p></table:table-cell>"

    def make(folder: Path) -> Path:
        body = "".join(
            f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows
        )
        spaces = " ".join(
            f'xmlns:{space}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
            for space in ("office", "table", "text")
        )
        content = (
            f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
            f'<table:table table:name="Danh sách">{body}{extra}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>"
        )
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        files = {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{manifest}"/>',
            "content.xml": content,
        }
        return archive_of(folder / name, files)

    return make


def archive_of(path: Path, files: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def bare_sheet(rows: str, size: str = "A1") -> dict[str, str | bytes]:
    """The parts of a new workbook whose one sheet has these rows, as XML."""
    space = "http://schemas.openxmlformats.org"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{space}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{space}/spreadsheetml/2006/main" '
        f'xmlns:r="{space}/officeDocument/2006/relationships"><sheets>'
        '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{space}/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}/spreadsheetml/2006/main">'
        f'<dimension ref="{size}"/><sheetData>{rows}</sheetData></worksheet>',
    }


def xml_rows(rows: Rows) -> str:
    """Rows of texts as the XML of a sheet."""

    def cell(value: object) -> str:
        return f'<c t="inlineStr"><is><t>{html.escape(str(value))}</t></is></c>'

    return "".join(
        f'<row r="{at}">{"".join(map(cell, row))}</row>' for at, row in enumerate(rows, 1)
    )


def zipped(parts: dict[str, Make], name: str = "hoso.zip") -> Make:
    """An archive of made files, each under the name given here."""

    def make(folder: Path) -> Path:
        inner = folder / "inner"
        inner.mkdir()
        files = {under: Path(str(part(inner))).read_bytes() for under, part in parts.items()}
        return archive_of(folder / name, files)

    return make
