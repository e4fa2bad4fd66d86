//! Files of JSON for the tests that read them, and one message with everything in it. Nobody in it exists.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::RecordBatch;
use serde_json::{Value, json};
use tthc_kpi_arrow::read::{Loaded, ReadError, ReadOptions, read_file};

static FILES: AtomicU64 = AtomicU64::new(0);

/// Reads text as a file.
pub fn try_read(bytes: impl AsRef<[u8]>, options: &ReadOptions) -> Result<Loaded, ReadError> {
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("messages_{}_{number}.json", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    let loaded = read_file(&path, options, &mut |_, _| ControlFlow::Continue(()));
    std::fs::remove_file(&path).unwrap();
    loaded
}

/// Reads text that is a readable file.
#[track_caller]
pub fn read(bytes: impl AsRef<[u8]>) -> Loaded {
    let loaded = try_read(bytes, &ReadOptions::default()).unwrap();
    adds_up(&loaded);
    loaded
}

/// Rows read are the rows of the batches and those set aside.
#[track_caller]
pub fn adds_up(loaded: &Loaded) {
    let rows: usize = loaded.batches.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(loaded.rows_read, rows as u64 + loaded.set_aside.values().sum::<u64>());
    let numbers: Vec<usize> = loaded.row_numbers.iter().map(Vec::len).collect();
    assert_eq!(numbers, loaded.batches.iter().map(RecordBatch::num_rows).collect::<Vec<_>>());
}

/// One message with all the fields.
pub fn full() -> Value {
    json!({
        "MaHoSo": "H05.1-260105-0001",
        "MaTTHC": "1.000815",
        "TenTTHC": "Chứng thực bản sao",
        "MaLinhVuc": "G15-TP01",
        "TenLinhVuc": "Chứng thực",
        "KenhThucHien": "2",
        "SoBienNhan": "BN-1",
        "SoGiayToChuHoSo": "001099000000",
        "ChuHoSo": "Người Không Có",
        "LoaiDoiTuong": "2",
        "MaDoiTuong": "X1",
        "ThongTinKhac": "",
        "Email": "khong@co.invalid",
        "Fax": "",
        "SoDienThoai": "0900000000",
        "TrichYeuHoSo": "trích yếu",
        "NgayNopHoSo": "20260105075900",
        "NgayTiepNhan": "20260105083000",
        "NgayHenTra": "20260112170000",
        "TrangThaiHoSo": "10",
        "NgayKetThucXuLy": "20260116152000",
        "NgayTra": "20260119090000",
        "NgayTuChoi": "",
        "ThongTinTra": "",
        "HinhThuc": "1",
        "DonViXuLy": "Phòng Tư pháp",
        "NoiNopHoSo": "Trung tâm Phục vụ hành chính công",
        "GhiChu": null,
        "TaiLieuNop": [
            {"TepDinhKemId": 1, "TenTepDinhKem": "nguoi-khong-co.pdf", "IsDeleted": "False", "DuocSoHoa": 1,
             "DuocTaiSuDung": 0, "DuocLayTuKhoDMQG": 1},
        ],
        "DanhSachLePhi": [{"TenPhiLePhi": "Phí", "HinhThucThu": "1", "Gia": "15000", "LoaiPhiLePhi": "1"}],
        "DanhSachHoSoBoSung": [
            {"HoSoBoSungId": "1", "NguoiYeuCauBoSung": "Cán Bộ Giả", "NgayBoSung": "20260107100000",
             "NgayTiepNhanBoSung": "20260109140000", "NgayHenTraTruoc": "20260112170000",
             "NgayHenTraMoi": "20260114170000"},
            {"HoSoBoSungId": "2", "NgayBoSung": "20260112100000", "NgayTiepNhanBoSung": "20260113080000",
             "NgayHenTraMoi": "20260116170000"},
        ],
        "DanhSachGiayToKetQua": [{"TenGiayTo": "Bản sao", "DuongDanTepTinKetQua": "/ket-qua/1.pdf"}],
        "HoSoCoThanhPhanSoHoa": "1",
        "TaiKhoanDuocXacThucVoiVNeID": "1",
        "DuocThanhToanTrucTuyen": "1",
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "001099000000"}],
        "DSKetNoiCSDL": [{"MaCSDL": "1"}],
    })
}
