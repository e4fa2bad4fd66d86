-- The dossiers of postgresql.sql as SQLite holds them, which has no type for dates: receipt as
-- CURRENT_TIMESTAMP writes it (UTC), due dates as people type them (local), the rest as seconds since 1970.
CREATE TABLE thu_tuc (ma_thu_tuc TEXT PRIMARY KEY, ten_thu_tuc TEXT, linh_vuc TEXT);
CREATE TABLE don_vi (ma_don_vi TEXT PRIMARY KEY, ten_don_vi TEXT);
CREATE TABLE ho_so (
    so_ho_so TEXT PRIMARY KEY,
    chu_ho_so TEXT,
    so_dien_thoai TEXT,
    ma_thu_tuc TEXT,
    ma_don_vi TEXT,
    kenh_nop TEXT,
    trang_thai INTEGER,
    tiep_nhan_luc TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    hen_tra TEXT,
    xong_luc INTEGER,
    tra_luc INTEGER,
    so_giao_dich INTEGER,
    so_giao_dich_truc_tuyen INTEGER,
    le_phi NUMERIC,
    le_phi_truc_tuyen REAL,
    muc_hai_long INTEGER,
    co_phan_anh BOOLEAN,
    so_hoa BOOLEAN,
    da_xoa BOOLEAN
);
INSERT INTO thu_tuc VALUES
    ('1.001193', 'Đăng ký khai sinh', 'Hộ tịch'),
    ('2.000815', 'Chứng thực bản sao', 'Chứng thực');
INSERT INTO don_vi VALUES ('TP', 'Phòng Tư pháp'), ('VP', 'Văn phòng');
INSERT INTO ho_so VALUES
    ('H01-1', 'Lê A', '0900000001', '1.001193', 'TP', 'Trực tiếp', 10,
     '2026-03-31 09:30:00', '07/04/2026 17:00', 1775552400, 1775554200, 1, 0, 8000, 0, 5, 0, 1, 0),
    ('H01-2', 'Lê B', '0900000002', '1.001193', 'TP', 'Trực tuyến', 10,
     '2026-03-31 17:30:00', '09/04/2026 17:00', 1775752200, 1775754900, 1, 1, 8000.50, 8000.50, 4, 0, 1, NULL),
    ('H01-3', 'Lê C', '0900000003', '2.000815', 'VP', 'Trực tuyến', 9,
     '2026-04-02 01:00:00', '09/04/2026 17:00', 1775757600, NULL, 2, 1, 150000, 75000, 2, 1, 0, 0),
    ('H01-4', 'Lê D', '0900000004', '2.000815', 'VP', 'Bưu chính công ích', 9,
     '2026-04-03 02:00:00', '10/04/2026', 1775808000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0),
    ('H01-5', 'Lê E', '0900000005', '2.000815', 'VP', 'Trực tiếp', 4,
     '2026-04-06 03:00:00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1, 0),
    ('H01-6', 'Lê G', '0900000006', '9.999999', NULL, NULL, 4,
     '2026-04-07 03:00:00', '14/04/2026 17:00', NULL, NULL, 0, 0, 0, 0, NULL, NULL, NULL, NULL),
    ('H01-7', 'Lê H', '0900000007', '2.000815', 'VP', 'Trực tiếp', 10,
     '2026-04-07 03:00:00', '14/04/2026 17:00', 1776679200, NULL, 0, 0, 0, 0, NULL, NULL, NULL, 1);
