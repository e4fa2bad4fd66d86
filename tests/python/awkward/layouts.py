"""Where the list stands in the file: headers, titles, totals, notes, several files and sheets."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from awkward.kind import HEAD, ROWS, Gives, Kind, Refused
from awkward.shapes import Make, book, old_book, open_book, raw, text, zipped

BLANK = [""] * 5
NOTES = [
    ["Ghi chú: số liệu trích xuất từ hệ thống một cửa", "", "", "", ""],
    ["", "", "", "", "Đồng Nguyên, ngày 31 tháng 01 năm 2026"],
    ["", "", "Ngày 31 tháng 01 năm 2026", "", ""],
    ["", "NGƯỜI LẬP BIỂU", "", "", "KT. CHỦ TỊCH"],
    ["", "(Ký, ghi rõ họ tên)", "", "", "(Ký tên, đóng dấu)"],
    ["", "Nguyễn Thị Mẫu", "", "", "Trần Văn Mẫu"],
]
TWO_ROWS = [
    ["Hồ sơ", "Đơn vị giải quyết", "Tiếp nhận", "Thời gian", ""],
    ["Mã", "", "Ngày", "Hẹn trả", "Kết thúc xử lý"],
]
SHORT = ["Mã HS", "ĐV giải quyết", "Ngày TN", "Ngày hẹn trả KQ", "Ngày KTXL"]


def columns(*names: str) -> list[list[str]]:
    return [list(names), *ROWS]


def nfd(rows: list[list[str]]) -> list[list[str]]:
    return [[unicodedata.normalize("NFD", cell) for cell in row] for row in rows]


def folder(parts: dict[str, Make], pattern: str = "") -> Make:
    def make(path: Path) -> object:
        inside = path / "nam"
        inside.mkdir()
        for name, part in parts.items():
            Path(str(part(inside))).rename(inside / name)
        return inside / pattern if pattern else inside

    return make


def files(parts: dict[str, Make]) -> Make:
    return lambda path: sorted(Path(str(folder(parts)(path))).iterdir())


def total(n: object) -> list[object]:
    return ["Tổng cộng", "", n, "", ""]


HEADERS = [
    Kind("dấu chấm phẩy", text([HEAD, *ROWS])),
    Kind("tiêu đề ở dòng 50", text([*[BLANK] * 49, HEAD, *ROWS])),
    Kind("tiêu đề ở dòng 51", text([*[BLANK] * 50, HEAD, *ROWS]), Refused("no_header")),
    Kind(
        "tên báo cáo trong ô gộp",
        book([["BÁO CÁO CHI TIẾT HỒ SƠ"], ["Từ ngày 01/01/2026"], [], HEAD, *ROWS], ["A1:E1", "A2:E2"]),
    ),
    Kind("tiêu đề hai dòng, ô gộp", book([*TWO_ROWS, *ROWS], ["B1:B2", "D1:E1"])),
    Kind(
        "tiêu đề hai dòng in lại ở trang sau",
        text([*TWO_ROWS, *ROWS[:2], *TWO_ROWS, *ROWS[2:]]),
        Gives(skipped={"heading": 2}),
    ),
    Kind("cột đầu để trống", book([["", *row] for row in [HEAD, *ROWS]])),
    Kind("dấu NFD", text(nfd([HEAD, *ROWS]))),
    Kind("chữ hoa", text(columns(*[name.upper() for name in HEAD]))),
    Kind("không dấu", text(columns("Ma ho so", "Don vi giai quyet", "Ngay tiep nhan", "Ngay hen tra", "ngay ket thuc xu ly"))),
    Kind("viết tắt", text(columns(*SHORT))),
    Kind("viết tắt không dấu", text(columns("MA HS", "DV giai quyet", "Ngay TN", "Ngay hen tra KQ", "Ngay KTXL"))),
    Kind("xuống dòng và dấu cách trong tiêu đề", book(columns("Mã\nhồ sơ", " Đơn vị  giải quyết ", "Ngày\r\ntiếp nhận:", "Ngày hẹn\u00a0trả *", "Ngày kết thúc xử lý (thực tế)"))),
    Kind("tiêu đề hiểu được hai cách", text(columns(*HEAD[:3], "Ngày HT", HEAD[4])), Refused("ambiguous_header", "Ngày HT")),
    Kind("người dùng nói rõ cột hiểu được hai cách", text(columns(*HEAD[:3], "Ngày HT", HEAD[4])), mapping={"Ngày HT": "due_at"}),
    Kind("hai cột là một", text(columns(*HEAD[:3], "Hẹn trả", "Hạn xử lý")), Refused("duplicate_column")),
    Kind("không có cột quen thuộc", text([["a", "b", "c"], ["1", "2", "3"]]), Refused("no_header")),
    Kind("tiêu đề lặp lại, cột đổi chỗ", text([HEAD, *ROWS, [HEAD[0], HEAD[2], HEAD[1], *HEAD[3:]]]), Refused("moved_header")),
]  # fmt: skip

ROWS_BELOW = [
    *(
        Kind(f"dòng {''.join(line)}", text([HEAD, line, *ROWS]), Gives(skipped={"index": 1}))
        for line in (
            ["(1)", "(2)", "(3)", "(4)", "(5)"],
            ["[1]", "[2]", "[3]", "[4]", "[5]"],
            ["1", "2", "3", "4", "5"],
            ["A", "B", "1", "2", "3=1-2"],
        )
    ),
    Kind(
        "mỗi trang in lại tiêu đề và dòng số",
        text([HEAD, "(1);(2);(3);(4);(5)", *ROWS[:2], HEAD, "(1);(2);(3);(4);(5)", *ROWS[2:]]),
        Gives(skipped={"index": 2, "heading": 1}),
    ),
    Kind("tổng cộng", text([HEAD, *ROWS, total("4"), "Cộng;4;;;"]), Gives(skipped={"total": 2})),
    Kind("tổng cộng trong Excel", book([HEAD, *ROWS, total(4)]), Gives(skipped={"total": 1})),
    Kind("tổng ở cột ngày", text([HEAD, *ROWS, ["", "", "Tổng số: 4", "", ""]]), Gives(skipped={"total": 1})),
    Kind("tổng không dấu", text([HEAD, *ROWS, "TONG CONG: 4 ho so;;;;"]), Gives(skipped={"total": 1})),
    Kind(
        "tên mục giữa các dòng",
        book([["STT", *HEAD], ["I", "Lĩnh vực hộ tịch"], ["1", *ROWS[0]], ["2", *ROWS[1]], ["II", "", "Lĩnh vực đất đai"], ["3", *ROWS[2]], ["4", *ROWS[3]]]),
        Gives(skipped={"note": 2}),
    ),
    Kind("tên mục trong một ô gộp", book([HEAD, ["Lĩnh vực hộ tịch"], *ROWS], ["A2:E2"]), Gives(skipped={"note": 1})),
    Kind("ghi chú và chữ ký, văn bản", text([HEAD, *ROWS, *NOTES]), Gives(skipped={"note": 6})),
    Kind("ghi chú và chữ ký, Excel", book([HEAD, *ROWS, [], *NOTES]), Gives(skipped={"note": 6})),
    Kind("ghi chú và chữ ký, Excel cũ", old_book([HEAD, *ROWS, [], *NOTES]), Gives(skipped={"note": 6})),
    Kind("ghi chú không đủ ô", text([HEAD, *ROWS, "Ghi chú: trích từ hệ thống", "Nguồn: một cửa; ngày 31/01"]), Gives(skipped={"note": 2})),
    Kind("dòng đánh số sẵn, chưa điền", book([["STT", *HEAD], *[[at, *row] for at, row in enumerate(ROWS, 1)], [5], [6]]), Gives(skipped={"blank": 2})),
    # A row with an id, or with a value of any other column, is a dossier that lacks its date.
    Kind(
        "hồ sơ thiếu ngày tiếp nhận vẫn là hồ sơ",
        text([HEAD, *ROWS, "0005;;;;", ";Tư pháp;;09/01/2026;", "0006;Tư pháp;hôm nào;;"]),
        Gives(read=7, aside={"missing_received_at": 2, "unreadable_received_at": 1}),
    ),
    Kind("dòng lệch số ô", text([HEAD, *ROWS, "0005;Tư pháp;05/01/2026"]), Gives(read=5, aside={"unreadable_row": 1})),
    Kind(
        "đơn vị gộp ô xuống nhiều dòng",
        book([HEAD, ROWS[0], [ROWS[1][0], "", *ROWS[1][2:]], *ROWS[2:]], ["B2:B3"]),
    ),
]  # fmt: skip

IDENTITY = [
    # Only spaces and invisible marks around an id are no part of it; its case is.
    Kind(
        "mã khác chữ hoa là hồ sơ khác; khác dấu cách là cùng hồ sơ",
        text([HEAD, "a1;;05/01/2026;;", "A1;;05/01/2026;;", " A1 ;;05/01/2026;;", "A1\u200b;;05/01/2026;;"]),
        Gives(read=4, used=2, on_time=(0, 0), early=0, excluded={"duplicate": 2}, ids=("A1", "a1")),
    ),
    Kind("số 0 đầu mã trong Excel", book([HEAD, *ROWS])),
    Kind(
        "trùng giữa hai tệp: dòng đi xa hơn được tính",
        files({"a.csv": text([HEAD, [*ROWS[0][:4], ""], *ROWS[2:]]), "b.csv": text([HEAD, *ROWS[:2]])}),
        Gives(read=5, excluded={"duplicate": 1}),
    ),
    Kind(
        "trùng giữa hai trang",
        book([HEAD, *ROWS[:3]], more={"Tháng 2": [HEAD, *ROWS[2:]], "Bìa": [["Báo cáo"]]}),
        Gives(read=5, excluded={"duplicate": 1}, skipped={"sheet": 1}),
    ),
    Kind("tệp nén", zipped({"t1/a.csv": text([HEAD, *ROWS[:2]]), "t2.xlsx": book([HEAD, *ROWS[2:]])})),
    Kind("tệp nén có bản trùng", zipped({"a.csv": text([HEAD, *ROWS]), "b.xls": old_book([HEAD, *ROWS])}), Gives(read=8, excluded={"duplicate": 4})),
    Kind("thư mục", folder({"a.csv": text([HEAD, *ROWS[:2]]), "b.ods": open_book([HEAD, *ROWS[2:]]), "~$a.xlsx": raw(b"x", "tmp")})),
    Kind("mẫu tên", folder({"t1.csv": text([HEAD, *ROWS[:2]]), "t2.csv": text([HEAD, *ROWS[2:]]), "khac.csv": text(["a"])}, "t?.csv")),
    Kind("mẫu tên không khớp", folder({"a.csv": text([HEAD])}, "*.xlsx"), Refused("missing_file")),
    Kind("hồ sơ đã rút vẫn được tính", text([[*HEAD, "Trạng thái"], *[[*row, "Đã rút" if row[0] == "0004" else ""] for row in ROWS]])),
]  # fmt: skip

KINDS = [*HEADERS, *ROWS_BELOW, *IDENTITY]
