"""Hồ sơ để đo: made once with `tk.synth`, kept under build/peers.

Pieces of a million dossiers, each from its own seed, so that any number of rows fits in memory
while it is made. `tk.synth` makes one commune; here the dossiers are spread over those of a
province, and the ids are made to differ between pieces.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import tthc_kpi as tk
from tthc_kpi import _tthc_kpi

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / "build" / "peers"
PIECE = 1_000_000
COMMUNES = 120

STATUSES = (
    "Mới đăng ký",
    "Được tiếp nhận",
    "Không được tiếp nhận",
    "Đang xử lý",
    "Yêu cầu bổ sung giấy tờ",
    "Yêu cầu thực hiện nghĩa vụ tài chính",
    "Công dân yêu cầu rút hồ sơ",
    "Dừng xử lý",
    "Đã xử lý xong",
    "Đã trả kết quả",
)
RATINGS = (
    "Rất không hài lòng",
    "Không hài lòng",
    "Bình thường",
    "Hài lòng",
    "Rất hài lòng",
)
CHANNELS = {"in_person": "Trực tiếp", "online": "Trực tuyến", "postal": "Bưu chính công ích"}
APPLICANTS = {
    "citizen": "Công dân",
    "business": "Doanh nghiệp",
    "state_body": "Cơ quan nhà nước",
    "other": "Khác",
}
YES, NO = "Có", "Không"
CSV_DATE = "%d/%m/%Y %H:%M"
# Headers of the CSV, by column.
HEADERS: dict[str, str] = dict(_tthc_kpi.columns())
# Those of a workbook as `tthc-kpi synth` writes it.
WORKBOOK_HEADERS = HEADERS | {
    "payments_online": "Số giao dịch thanh toán trực tuyến",
    "payments_portal": "Số giao dịch thanh toán trên Cổng DVCQG",
    "apologised": "Văn bản xin lỗi",
    "explained": "Giải trình",
}


def piece(rows: int, seed: int) -> pa.Table:
    table = pa.table(tk.synth(rows, seed=seed))
    unknown = pc.is_null(table["agency"].combine_chunks())
    communes = np.random.default_rng(seed).integers(COMMUNES, size=rows, dtype=np.int32)
    agency = pa.DictionaryArray.from_arrays(
        pa.array(communes, mask=unknown.to_numpy(zero_copy_only=False)),
        [f"UBND xã, phường số {number:03}" for number in range(1, COMMUNES + 1)],
    )
    ids = pc.replace_substring(table["dossier_id"], "H05.42", f"H05.{42 + seed}")
    table = table.set_column(table.schema.get_field_index("agency"), "agency", agency)
    return table.set_column(table.schema.get_field_index("dossier_id"), "dossier_id", ids)


def pieces(rows: int) -> Iterator[pa.Table]:
    for seed, count in enumerate(parts(rows)):
        yield piece(count, seed)


def parts(rows: int) -> list[int]:
    return [min(PIECE, rows - start) for start in range(0, rows, PIECE)]


def parquet(rows: int) -> list[Path]:
    """zstd Parquet files of one row group each; more rows begin with the files of fewer."""
    folder = CACHE / "parquet"
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for seed, count in enumerate(parts(rows)):
        path = folder / f"{seed:03}-{count}.parquet"
        if not path.exists():
            part = path.with_suffix(".part")
            pq.write_table(piece(count, seed), part, compression="zstd", row_group_size=PIECE)
            part.rename(path)
        paths.append(path)
    return paths


def stream(files: Sequence[Path], columns: Sequence[str]) -> pa.RecordBatchReader:
    """A piece at a time, so that nothing but what is kept of them must fit in memory."""
    schema = pq.ParquetFile(files[0]).read_row_group(0, columns=list(columns)).schema
    tables = (pq.ParquetFile(path).read(columns=list(columns)) for path in files)
    batches = (batch for table in tables for batch in table.to_batches())
    return pa.RecordBatchReader.from_batches(schema, batches)


def in_memory(files: Sequence[Path], columns: Sequence[str]) -> pa.Table:
    # `ParquetFile` keeps dictionaries as they were written.
    return pa.concat_tables(pq.ParquetFile(path).read(columns=list(columns)) for path in files)


def csv(rows: int) -> Path:
    """All columns, under Vietnamese headers; dates as dd/MM/yyyy HH:mm, words as people read."""
    path = CACHE / f"hoso-{rows}.csv"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        # pyarrow's own writer would quote every text.
        pl.from_arrow(pa.concat_tables(map(as_written, pieces(rows)))).write_csv(part)
        part.rename(path)
    return path


def as_written(table: pa.Table) -> pa.Table:
    written = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type
        if name in ("channel", "result_channel"):
            column = worded(column, CHANNELS)
        elif name == "applicant_kind":
            column = worded(column, APPLICANTS)
        elif name == "status":
            column = pa.array(STATUSES).take(pc.subtract(column, 1).combine_chunks())
        elif name == "rating":
            column = pa.array(RATINGS).take(pc.subtract(column, 1).combine_chunks())
        elif pa.types.is_timestamp(kind):
            column = pc.strftime(pc.floor_temporal(column, unit="minute"), format=CSV_DATE)
        elif pa.types.is_boolean(kind):
            column = pc.if_else(column, YES, NO)
        elif pa.types.is_decimal(kind):
            column = column.cast(pa.int64())
        elif pa.types.is_dictionary(kind):
            column = column.cast(pa.string())
        written[HEADERS[name]] = column
    return pa.table(written)


def worded(column: pa.ChunkedArray, words: dict[str, str]) -> pa.Array:
    places = pc.index_in(column.cast(pa.string()), pa.array(list(words)))
    return pa.array(list(words.values())).take(places.combine_chunks())


def workbook(rows: int) -> Path:
    """As the library's own `tthc-kpi synth` writes it: title rows, all columns, a total."""
    path = CACHE / f"hoso-{rows}.xlsx"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.xlsx")
        _tthc_kpi.synth_file(rows, str(part), 0, False)
        part.rename(path)
    return path
