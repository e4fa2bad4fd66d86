-- The dossiers of postgresql.sql as a .duckdb file would hold them: due dates are local time without
-- a zone, the day of return is milliseconds since 1970.
CREATE TYPE kenh_nop AS ENUM ('Trực tiếp', 'Trực tuyến', 'Bưu chính công ích');
CREATE TABLE thu_tuc (ma_thu_tuc varchar PRIMARY KEY, ten_thu_tuc varchar, linh_vuc varchar);
CREATE TABLE don_vi (ma_don_vi varchar PRIMARY KEY, ten_don_vi varchar);
CREATE TABLE ho_so (
    so_ho_so varchar PRIMARY KEY,
    chu_ho_so varchar,
    so_dien_thoai varchar,
    ma_thu_tuc varchar,
    ma_don_vi varchar,
    kenh_nop kenh_nop,
    trang_thai utinyint,
    tiep_nhan_luc timestamptz NOT NULL,
    hen_tra_luc timestamp,
    xong_luc timestamptz,
    tra_luc bigint,
    so_giao_dich integer,
    so_giao_dich_truc_tuyen hugeint,
    le_phi decimal(15, 2),
    le_phi_truc_tuyen double,
    muc_hai_long tinyint,
    co_phan_anh boolean,
    so_hoa boolean,
    da_xoa boolean
);
INSERT INTO thu_tuc VALUES
    ('1.001193', 'Đăng ký khai sinh', 'Hộ tịch'),
    ('2.000815', 'Chứng thực bản sao', 'Chứng thực');
INSERT INTO don_vi VALUES ('TP', 'Phòng Tư pháp'), ('VP', 'Văn phòng');
INSERT INTO ho_so VALUES
    ('H01-1', 'Lê A', '0900000001', '1.001193', 'TP', 'Trực tiếp', 10,
     '2026-03-31 09:30Z', '2026-04-07 17:00', '2026-04-07 09:00Z', 1775554200000, 1, 0, 8000, 0, 5, false, true, false),
    ('H01-2', 'Lê B', '0900000002', '1.001193', 'TP', 'Trực tuyến', 10,
     '2026-03-31 17:30Z', '2026-04-09 17:00', '2026-04-09 16:30Z', 1775754900000, 1, 1, 8000.50, 8000.50, 4, false, true, NULL),
    ('H01-3', 'Lê C', '0900000003', '2.000815', 'VP', 'Trực tuyến', 9,
     '2026-04-02 01:00Z', '2026-04-09 17:00', '2026-04-09 18:00Z', NULL, 2, 1, 150000, 75000, 2, true, false, false),
    ('H01-4', 'Lê D', '0900000004', '2.000815', 'VP', 'Bưu chính công ích', 9,
     '2026-04-03 02:00Z', '2026-04-10 00:00', '2026-04-10 08:00Z', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false),
    ('H01-5', 'Lê E', '0900000005', '2.000815', 'VP', 'Trực tiếp', 4,
     '2026-04-06 03:00Z', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, true, false),
    ('H01-6', 'Lê G', '0900000006', '9.999999', NULL, NULL, 4,
     '2026-04-07 03:00Z', '2026-04-14 17:00', NULL, NULL, 0, 0, 0, 0, NULL, NULL, NULL, NULL),
    ('H01-7', 'Lê H', '0900000007', '2.000815', 'VP', 'Trực tiếp', 10,
     '2026-04-07 03:00Z', '2026-04-14 17:00', '2026-04-20 10:00Z', NULL, 0, 0, 0, 0, NULL, NULL, NULL, true);
