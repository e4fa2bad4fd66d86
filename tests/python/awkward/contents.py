"""How the list is written: encodings, separators, dates of every form, files that are broken or ask too much."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from awkward.kind import HEAD, IDS, ROWS, Gives, Kind, Refused
from awkward.shapes import (
    Make,
    archive_of,
    bare_sheet,
    book,
    old_book,
    open_book,
    raw,
    text,
    xml_rows,
    zipped,
)

LIST = [HEAD, *ROWS]
TCVN3 = "M· hå s¬;§¬n vÞ gi¶i quyÕt;Ngµy tiÕp nhËn;Ngµy hÑn tr¶;Tr¹ng th¸i"
VNI = "Maõ hoà sô;Ngaøy tieáp nhaän;Ngaøy heïn traû;Traïng thaùi"
# Windows-1258 has letters with their hats and horns, and tones that stand after them.
TONES = "".join(map(chr, (0x300, 0x309, 0x303, 0x301, 0x323)))


def in_1258(line: str) -> str:
    """The line with its tones apart, the rest of its marks not."""
    out = ""
    for letter in unicodedata.normalize("NFC", line):
        apart = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in apart if mark in TONES)
        rest = "".join(mark for mark in apart if mark not in TONES)
        out += unicodedata.normalize("NFC", rest) + tone
    return out


def day_first(text: str) -> dt.datetime:
    form = "%d/%m/%Y %H:%M" if " " in text else "%d/%m/%Y"
    return dt.datetime.strptime(text, form)


def dated(form: str) -> list[list[str]]:
    """The list with its dates written in a form of strftime."""
    written = [
        [*row[:2], *(day_first(cell).strftime(form) if cell else "" for cell in row[2:])]
        for row in ROWS
    ]
    return [HEAD, *written]


def real() -> list[list[object]]:
    """The list with real dates."""
    rows = [[*row[:2], *(day_first(cell) if cell else "" for cell in row[2:])] for row in ROWS]
    return [HEAD, *rows]


def serials(first: dt.datetime) -> list[list[object]]:
    """The list with its dates as day numbers that lost their format."""
    day = dt.timedelta(days=1)
    return [
        [(cell - first) / day if isinstance(cell, dt.datetime) else cell for cell in row]
        for row in real()
    ]


def records(kind: str) -> Make:
    def make(folder: Path) -> Path:
        rows = [dict(zip(HEAD, row)) for row in ROWS]
        path = folder / f"hoso.{kind}"
        if kind == "parquet":
            pyarrow.parquet.write_table(pa.Table.from_pylist(rows), path)
        else:
            import json

            dumped = [json.dumps(row, ensure_ascii=False) for row in rows]
            lines = "\n".join(dumped) if kind == "jsonl" else f"[{','.join(dumped)}]"
            path.write_text(lines, encoding="utf-8")
        return path

    return make


def swallowing(separator: str) -> list[str]:
    """The list with a mark before a cell of its first row and one behind that of its third."""
    rows = [list(row) for row in ROWS]
    rows[0][1] = '"' + rows[0][1]
    rows[2][1] += '"'
    return [separator.join(row) for row in rows]


WRITTEN = [
    *(
        Kind(f"ngăn cách bằng {separator!r}, {name}", text(LIST, separator, name=name))
        for separator, name in ((",", "a.csv"), ("\t", "a.tsv"), ("|", "a.txt"), ("\t", "a.csv"))
    ),
    Kind("dấu phẩy và xuống dòng trong ô có nháy", text([HEAD, 'x1,"Tư pháp, hộ tịch\nvà chứng thực",05/01/2026,,'], ","), Gives(read=1, used=1, on_time=(0, 0), early=0, ids=("x1",))),
    Kind("UTF-8 có BOM", text(LIST, encoding="utf-8-sig")),
    Kind("UTF-16", text(LIST, encoding="utf-16")),
    Kind("UTF-16 đầu lớn", raw(("\ufeff" + "\r\n".join(";".join(row) for row in LIST)).encode("utf-16-be"), "a.csv")),
    Kind("Windows-1258", text([in_1258(";".join(row)) for row in LIST], encoding="cp1258")),
    Kind("TCVN3", raw((TCVN3 + "\n1;x;05/01/2026;;\n").encode("latin-1"), "a.csv"), Refused("legacy_encoding", "TCVN3")),
    Kind("TCVN3 trong Excel", book([TCVN3.split(";"), ["1", "x", "05/01/2026"]]), Refused("legacy_encoding", "TCVN3")),
    Kind("VNI", raw((VNI + "\n1;05/01/2026;;\n").encode("latin-1"), "a.csv"), Refused("legacy_encoding", "VNI")),
    Kind("xuống dòng kiểu Windows", raw("\r\n".join(";".join(row) for row in LIST).encode(), "a.csv")),
    Kind("xuống dòng kiểu Mac cũ", raw("\r".join(";".join(row) for row in LIST).encode(), "a.csv")),
    Kind("dòng sep= của Excel", text(["sep=;", *LIST], encoding="utf-8-sig")),
    Kind("UTF-16 không BOM", text(LIST, encoding="utf-16-le")),
    Kind("chữ đặt trong công thức để giữ số 0", text([HEAD, *[['"=""' + row[0] + '"""', *row[1:]] for row in ROWS]])),
    Kind("nháy không đóng", text([HEAD, ROWS[0], '0002;"Địa chính;06/01/2026;;', *ROWS[2:]]), Refused("unclosed_quote")),
    # The mark opened in the row of 0001 closes in that of 0003: each line would be a row.
    *(
        Kind(f"nháy đóng ở dòng sau, {name}", text(["DANH SÁCH", "", HEAD, *swallowing(separator)], separator), Refused("unclosed_quote", "dòng 4 của tệp"))
        for separator, name in ((",", "dấu phẩy"), (";", "chấm phẩy"))
    ),
    Kind("ô có nháy nhiều dòng, có cả ngày", text([HEAD, '"x\n1","Tư pháp\nhộ tịch, chứng thực",05/01/2026,,"09/01/2026\n"'], ","), Gives(read=1, used=1, on_time=(0, 0), early=0, ids=("x\n1",))),
    Kind("Excel cũ", old_book(LIST)),
    Kind("OpenDocument", open_book(LIST)),
    *(Kind(kind, records(kind)) for kind in ("json", "jsonl", "parquet")),
]  # fmt: skip

DATED = [
    *(
        Kind(f"ngày viết {form}", text(dated(form), "|"))
        for form in (
            "%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d.%m.%Y %H:%M", "%H:%M %d/%m/%Y", "%Y-%m-%dT%H:%M:%S",
            "%Y-%m-%d %H:%M:%S+07:00", "%Y%m%d%H%M%S", "%d/%m/%Y %Hh%M", "%Hh%M ngày %d/%m/%Y", "%d/%m/%Y, %H:%M",
            "ngày %d tháng %m năm %Y", "%d / %m / %Y",
        )
    ),
    Kind("ngày thật, Excel", book(real())),
    Kind("ngày thật, mốc 1904", book(real(), epoch=dt.datetime(1904, 1, 1))),
    Kind("ngày thật, Excel cũ", old_book(real())),
    Kind("ngày thật, Excel cũ mốc 1904", old_book(real(), epoch_1904=True)),
    Kind("ngày thật, OpenDocument", open_book(real())),
    Kind("số ngày mất định dạng, mốc 1900", book(serials(dt.datetime(1899, 12, 30)))),
    Kind("số ngày mất định dạng, mốc 1904", book(serials(dt.datetime(1904, 1, 1)), epoch=dt.datetime(1904, 1, 1))),
    Kind("số ngày mất định dạng, văn bản", text([[str(cell).replace(".", ",") for cell in row] for row in serials(dt.datetime(1899, 12, 30))])),
    Kind("tháng trước ngày, chính cột chứng tỏ", text(dated("%m/%d/%Y %H:%M"))),
    Kind("tháng trước ngày kiểu Mỹ, AM PM", text(dated("%m/%d/%Y %I:%M %p"))),
    Kind("AM PM mà không rõ tháng trước hay ngày trước", text([HEAD, "1;;05/01/2026 08:30 AM;;"]), Gives(read=1, used=0, on_time=(0, 0), early=0, aside={"unreadable_received_at": 1}, ids=())),
    Kind("một cột chứng tỏ cả hai", text([*LIST, "5;;01/13/2026;;"]), Refused("date_order")),
    Kind(
        "năm hai chữ số, ngày không có, câu hỏi",
        text([*LIST, "5;;05/01/26;;", "6;;31/02/2026;;", "7;;05/01/2026?;;", "8;;0026-01-05;;"]),
        Gives(read=8, aside={"unreadable_received_at": 3}, excluded={"bad_date": 1}, ids=(*IDS, "8")),
    ),
    Kind(
        "giờ có múi giờ là giờ Việt Nam",
        text([HEAD, "1;;2026-01-05T00:00:00Z;2026-01-08T18:00:00Z;2026-01-09T01:30:00+07:00"]),
        Gives(read=1, used=1, on_time=(1, 1), early=0, ids=("1",)),
    ),
    # A date alone is due until the end of its day.
    Kind("hẹn ngày không giờ, xong chiều hôm đó", text([HEAD, "1;;05/01/2026;09/01/2026;09/01/2026 16:59"]), Gives(read=1, used=1, on_time=(1, 1), early=0, ids=("1",))),
    Kind("xong trước khi nhận", text([*LIST, "5;;05/01/2026;;04/01/2026"]), Gives(read=5, excluded={"end_before_receipt": 1}, ids=(*IDS, "5"))),
]  # fmt: skip


def cut(make: Make, share: float) -> Make:
    """The first part of a file."""

    def cut_short(folder: Path) -> Path:
        path = Path(str(make(folder)))
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
        return path

    return cut_short


def packed(parts: dict[str, str | bytes], name: str = "hoso.xlsx") -> Make:
    return lambda folder: archive_of(folder / name, parts)


def bomb(folder: Path) -> Path:
    """An archive of a kilobyte per megabyte inside: the list, and two million empty rows."""
    lines = "\n".join(";".join(row) for row in LIST)
    return archive_of(folder / "hoso.zip", {"a.csv": lines + "\n;;;;" * 2_000_000})


def greater_bomb(folder: Path) -> Path:
    """The same byte over and over: a thousand times as much inside."""
    return archive_of(folder / "hoso.zip", {"a.csv": bytes(260 << 20)})


def with_texts(texts: str) -> Make:
    """A workbook of the list, and shared texts of its own."""
    return packed(bare_sheet(xml_rows(LIST)) | {"xl/sharedStrings.xml": texts})


# 70 MB of one letter, packed to 70 kB.
LONG = "x" * (70 << 20)


def locked(folder: Path) -> Path:
    """An old container that holds what a new workbook with a password is wrapped in."""
    path = Path(str(old_book(LIST, name="hoso.xlsx")(folder)))
    old, new = "Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
    content = bytearray(path.read_bytes())
    at = content.rindex(old + b"\0\0")
    content[at : at + len(new)] = new
    content[at + 64 : at + 66] = (len(new) + 2).to_bytes(2, "little")
    path.write_bytes(content)
    return path


def huge(folder: Path) -> Path:
    """An old workbook of 257 MB, which takes no room: nearly all of it is a hole."""
    path = Path(str(old_book(LIST)(folder)))
    with path.open("r+b") as file:
        file.truncate(257 << 20)
    return path


FAR = f'{xml_rows(LIST)}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
MANY = (
    '<table:table-row table:number-rows-repeated="1000000000"><table:table-cell '
    'table:number-columns-repeated="16384"/></table:table-row>'
)
PAGE = "<html><body><table><tr><td>Mã hồ sơ</td><td>Ngày tiếp nhận</td></tr></table></body></html>"

BROKEN = [
    Kind("tệp rỗng", raw(b"", "a.csv"), Refused("empty")),
    Kind("trang web đặt đuôi .xls", raw(PAGE.encode(), "hoso.xls"), Refused("format", "là trang web")),
    Kind("PDF đặt đuôi .xlsx", raw(b"%PDF-1.7\n", "hoso.xlsx"), Refused("format", "là tệp PDF")),
    Kind("sổ có mật khẩu", locked, Refused("encrypted", "mật khẩu")),
    Kind("tệp nén bị cắt ngang", cut(zipped({"a.csv": text(LIST), "b.csv": text(LIST)}), 0.6), Refused("malformed")),
    Kind("sổ Excel bị cắt ngang", cut(book(LIST), 0.7), Refused("malformed")),
    Kind("sổ Excel cũ bị cắt ngang", cut(old_book([*LIST, *[["x" * 99] * 5] * 99]), 0.5), Refused("malformed")),
    Kind("sổ Excel cũ 257 MB", huge, Refused("too_large", "quá 256 MiB")),
    Kind("bom nén", bomb, Gives(skipped={"blank": 2_000_000})),
    Kind("bom nén gấp nghìn lần", greater_bomb, Refused("too_large")),
    Kind("sổ Excel có ô 70 MB", packed(bare_sheet(xml_rows([*LIST, [LONG]]))), Refused("too_large", "hơn 200 lần")),
    Kind("văn bản chung gấp nghìn lần", with_texts(f"<sst><si><t>{LONG}</t></si></sst>"), Refused("too_large")),
    Kind("văn bản chung nhận là trăm tỉ", with_texts('<sst uniqueCount="100000000000"></sst>'), Refused("malformed")),
    Kind("văn bản chung nhận quá nhiều", with_texts('<sst uniqueCount="99999"></sst>'), Gives()),
    # Read cell by cell: the list is there, and the far cell is a number alone in a row.
    Kind("5 kB đòi 13 GB", packed(bare_sheet(FAR, "A1:XFD1048576")), Gives(skipped={"blank": 1})),
    Kind("một tỉ dòng trống", open_book(LIST, MANY)),
    Kind("một tỉ dòng có chữ", open_book(LIST, MANY.replace("/></", ' office:value-type="string"><text:p>x</text:p></table:table-cell></')), Refused("too_large")),
    Kind("trang không có hồ sơ", book([["Báo cáo"], ["không có gì"]]), Refused("no_header")),
]  # fmt: skip

KINDS = [*WRITTEN, *DATED, *BROKEN]
