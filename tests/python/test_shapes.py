"""Một bảng, mọi hình dạng tệp: any small table, written in any shape, reads back as the table itself."""

import csv
import datetime as dt
import io
import json
import tempfile
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
from hypothesis import given, settings
from hypothesis import strategies as st

import tthc_kpi as tk
from awkward.contents import in_1258
from awkward.shapes import archive_of, book, old_book, open_book, raw

HEADERS = {
    "dossier_id": "Mã hồ sơ",
    "procedure": "Tên thủ tục hành chính",
    "agency": "Đơn vị giải quyết",
    "channel": "Hình thức nộp",
    "status": "Trạng thái",
    "received_at": "Ngày tiếp nhận",
    "due_at": "Ngày hẹn trả",
    "completed_at": "Ngày kết thúc xử lý",
    "limit_days": "Số ngày quy định",
    "amount_due": "Phí, lệ phí",
    "rating": "Mức độ hài lòng",
    "input_digitised": "Số hóa thành phần hồ sơ",
}
SCHEMA = pa.schema(
    {
        **dict.fromkeys(HEADERS, pa.string()),
        **dict.fromkeys(("status", "rating"), pa.uint8()),
        **dict.fromkeys(("received_at", "due_at", "completed_at"), pa.timestamp("us")),
        "limit_days": pa.uint32(),
        "amount_due": pa.decimal128(18, 2),
        "input_digitised": pa.bool_(),
    }
)
DATE_FORMS = (
    "%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%H:%M:%S %d/%m/%Y", "%Y-%m-%dT%H:%M:%S", "%Y%m%d%H%M%S",
    "%Y-%m-%d %H:%M:%S+07:00", "%d.%m.%Y, %H:%M:%S",
)  # fmt: skip
WORDS = {
    "channel": {"in_person": "Trực tiếp", "online": "TRỰC TUYẾN", "postal": "buu chinh cong ich"},
    "input_digitised": {True: ("Có", "x", "1"), False: ("Không", "0", "Chưa")},
    "status": {4: "Đang xử lý", 9: "đã xử lý xong", 10: "Da tra ket qua"},
    "rating": {5: "Rất hài lòng", 4: "4/5", 2: "Không hài lòng"},
}
SERIALS, REAL = "serials", "real"

texts = st.one_of(
    st.none(),
    st.builds(
        lambda words, form: unicodedata.normalize(form, " ".join(words)),
        st.lists(
            st.sampled_from(
                ["Tư pháp", "Địa chính;", "x|y", 'số "1"', "hoà giải,", "Ủy ban", "a\\b"]
            ),
            min_size=1,
            max_size=3,
        ),
        st.sampled_from(["NFC", "NFD"]),
    ),
)
ids = st.from_regex(r"0{0,3}[1-9][0-9]{0,5}|H05\.01-26010[1-9]-0[0-9]{3}|[Aa]0", fullmatch=True)
moments = st.builds(
    lambda day, seconds: dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=seconds),
    st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31)),
    st.one_of(st.just(0), st.integers(0, 86_399)),
)


@st.composite
def tables(draw) -> pa.Table:
    rows = []
    for name in draw(st.lists(ids, min_size=1, max_size=8, unique=True)):
        received = draw(moments)
        later = st.none() | st.timedeltas(dt.timedelta(1), dt.timedelta(40)).map(
            lambda after, at=received: (at + after).replace(microsecond=0)
        )
        rows.append(
            {
                "dossier_id": name,
                "procedure": draw(texts),
                "agency": draw(texts),
                "channel": draw(st.sampled_from([None, "in_person", "online", "postal"])),
                "status": draw(st.sampled_from([None, 4, 9, 10])),
                "received_at": received,
                "due_at": draw(later),
                "completed_at": draw(later),
                "limit_days": draw(st.none() | st.integers(0, 2000)),
                "amount_due": draw(st.none() | st.decimals(0, 10**9, places=2)),
                "rating": draw(st.sampled_from([None, 2, 4, 5])),
                "input_digitised": draw(st.sampled_from([None, True, False])),
            }
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def money(value: Decimal) -> str:
    """With thousands apart, and decimals only where there are some."""
    whole = value == value.to_integral_value()
    text = f"{value:,.0f}" if whole else f"{value:,.2f}"
    return text.translate(str.maketrans(",.", ".,"))


def cells(table: pa.Table, dates: str, numbers: bool, choose: Callable[[int], int]) -> list[list]:
    """The rows as they are written: dates as text of a form, as real cells, or as day numbers."""
    written = []
    for row in table.to_pylist():
        line = []
        for name, value in row.items():
            known = WORDS.get(name, {}).get(value)
            if value is None:
                line.append("")
            elif isinstance(value, dt.datetime):
                since = value - dt.datetime(1899, 12, 30)
                day = since / dt.timedelta(days=1)
                shown = value if dates == REAL else day if dates == SERIALS else None
                line.append(value.strftime(dates) if shown is None else shown)
            elif known:
                line.append(known[choose(len(known))] if isinstance(known, tuple) else known)
            elif isinstance(value, Decimal):
                line.append(float(value) if numbers else money(value))
            elif isinstance(value, int):
                line.append(value if numbers else str(value))
            else:
                line.append(value)
        written.append(line)
    return written


def delimited(rows: list[list], separator: str, encoding: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    text = out.getvalue()
    return (in_1258(text) if encoding == "cp1258" else text).encode(encoding)


def write(draw, table: pa.Table, folder: Path, name: str) -> Path:
    """One file of some shape, under this name without its ending."""
    kind = draw(st.sampled_from(["csv", "tsv", "xlsx", "xls", "ods", "parquet", "json", "jsonl"]))
    spell = draw(
        st.sampled_from(
            [str, str.upper, lambda text: unicodedata.normalize("NFD", text), "{}\n*".format]
        )
    )
    head = [spell(header) for header in HEADERS.values()]
    choose = lambda n: draw(st.integers(0, n - 1))  # noqa: E731
    form = draw(st.sampled_from(DATE_FORMS))
    if kind in ("csv", "tsv"):
        rows = [head, *cells(table, form, False, choose)]
        separator = "\t" if kind == "tsv" else draw(st.sampled_from(",;|\t"))
        encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1258"]))
        return raw(delimited(rows, separator, encoding), f"{name}.{kind}")(folder)
    if kind in ("xlsx", "xls", "ods"):
        dates = draw(st.sampled_from([form, REAL, SERIALS] if kind != "ods" else [form, REAL]))
        titles = [["DANH SÁCH HỒ SƠ"], [], ["Kỳ báo cáo: 2026"]][: draw(st.integers(0, 3))]
        index = [[f"({at})" for at in range(1, len(head) + 1)]] * draw(st.integers(0, 1))
        maker = {"xlsx": book, "xls": old_book, "ods": open_book}[kind]
        rows = [*titles, head, *index, *cells(table, dates, kind != "ods", choose)]
        return maker(rows, name=f"{name}.{kind}")(folder)
    path = folder / f"{name}.{kind}"
    if kind == "parquet":
        pyarrow.parquet.write_table(table.rename_columns(head), path)
        return path
    lines = [
        json.dumps(dict(zip(head, row)), ensure_ascii=False)
        for row in cells(table, form, False, choose)
    ]
    joined = "\n".join(lines) if kind == "jsonl" else f"[{','.join(lines)}]"
    path.write_text(joined, encoding="utf-8")
    return path


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.data())
def test_a_table_reads_back_equal_from_any_shape(data):
    table = data.draw(tables())
    expected = pa.table(tk.Dossiers(table)).select(list(HEADERS)).to_pylist()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = data.draw(st.integers(1, 2))
        cut = len(table) if parts == 1 else data.draw(st.integers(0, len(table)))
        slices = [table.slice(0, cut), table.slice(cut)][:parts]
        files = [
            write(data.draw, part, folder, f"t{at}") for at, part in enumerate(slices) if len(part)
        ]
        if data.draw(st.booleans()):
            packed = folder / "nam.zip"
            archive_of(packed, {path.name: path.read_bytes() for path in files})
            files = [packed]
        ds = tk.read(files)
    assert not ds.issues
    assert pa.table(ds).select(list(HEADERS)).to_pylist() == expected
