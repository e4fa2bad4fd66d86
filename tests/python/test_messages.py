"""JSON files: messages of the national exchange and plain tables, to a scorecard. All made up."""

from __future__ import annotations

import json

import pandas
import pytest

import tthc_kpi as tk

PLAN = tk.Plan("dong-nguyen-2026")


def message(number: int, **fields: object) -> dict[str, object]:
    return {
        "MaHoSo": f"H05.1-260105-{number:04}",
        "ChuHoSo": "Người Không Có",
        "SoDienThoai": "0900000000",
        "NgayTiepNhan": "20260105083000",
        "NgayHenTra": "20260112170000",
        "TrangThaiHoSo": "4",
        "KenhThucHien": "2",
        **fields,
    }


def write(path, messages):
    envelope = {"service": "DongBoHoSoMC", "isUpdating": True, "data": messages}
    path.write_text(json.dumps(envelope, ensure_ascii=False), encoding="utf-8")
    return path


def test_messages_make_a_scorecard(tmp_path):
    done = {"TrangThaiHoSo": "9", "NgayKetThucXuLy": "20260112160000"}
    late = {"TrangThaiHoSo": "10", "NgayKetThucXuLy": "20260113160000", "KenhThucHien": "1"}
    moved = {**late, "DanhSachHoSoBoSung": [
        {"NgayBoSung": "20260106", "NgayTiepNhanBoSung": "20260107", "NgayHenTraMoi": "20260114170000"}
    ]}  # fmt: skip
    path = write(
        tmp_path / "dong-bo.json",
        # The first is sent twice: received, then done.
        [message(1), message(1, **done), message(2, **late), message(3, **moved), {"MaHoSo": "4"}],
    )
    ds = tk.read(path)
    assert len(ds) == 5
    assert [(issue.row, issue.source) for issue in ds.issues if issue.reason == "missing"] == [
        (5, "NgayTiepNhan")
    ]
    card = tk.evaluate(ds, PLAN, period="2026-01")
    on_time = card["on_time_rate"]
    assert (on_time.numerator, on_time.denominator) == (2, 3)
    online = card["online_dossier_rate"]
    assert (online.numerator, online.denominator) == (1, 3)
    assert card.accounting["read"] == 5
    assert card.accounting["excluded"] == {"duplicate": 1}
    for text in (str(ds.issues), str(ds.mapping), card.to_json()):
        assert "Không Có" not in text
        assert "0900000000" not in text


def test_a_data_frame_comes_back(tmp_path):
    frame = pandas.DataFrame(
        {
            "Mã hồ sơ": ["A1", "A2"],
            "Ngày tiếp nhận": pandas.to_datetime(["2026-01-05 08:30", "2026-01-06 00:00"]),
            "Ngày hẹn trả": pandas.to_datetime(["2026-01-09", None]),
        }
    )
    frame.to_json(tmp_path / "bang.json", orient="records", date_format="iso")
    frame.to_json(tmp_path / "bang.jsonl", orient="records", lines=True, date_format="iso")
    tables = [tk.read(tmp_path / name) for name in ("bang.json", "bang.jsonl")]
    for ds in tables:
        assert [column.column for column in ds.mapping] == ["dossier_id", "received_at", "due_at"]
        received = ds.to_arrow()["received_at"].to_pylist()
        assert [str(at) for at in received] == ["2026-01-05 08:30:00", "2026-01-06 00:00:00"]


def test_what_is_not_json(tmp_path):
    path = write(tmp_path / "cut.json", [message(1)])
    path.write_text(path.read_text("utf-8")[:-5], encoding="utf-8")
    with pytest.raises(tk.InputError) as raised:
        tk.read(path)
    assert raised.value.code == "json"
    assert "cut.json" in str(raised.value)
