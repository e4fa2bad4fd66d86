-- Hồ sơ của hệ thống một cửa (PostgreSQL) theo các cột của tthc-kpi.
-- Không có dấu chấm phẩy ở cuối: trình điều khiển bọc cả câu vào COPY (...).
-- Không lấy họ tên, số điện thoại: dữ liệu cá nhân không rời cơ sở dữ liệu.
SELECT
    h.so_ho_so                         AS dossier_id,
    h.ma_thu_tuc                       AS procedure_code,
    t.ten_thu_tuc                      AS procedure,
    t.linh_vuc                         AS field,
    d.ten_don_vi                       AS agency,
    h.kenh_nop::text                   AS channel,          -- enum: chuyển thành text
    h.trang_thai                       AS status,           -- 1 đến 10
    h.tiep_nhan_luc                    AS received_at,      -- timestamptz: để nguyên
    NULLIF(h.hen_tra_luc, 'infinity')  AS due_at,           -- 'infinity' là không hẹn
    h.xong_luc                         AS completed_at,
    h.tra_luc AT TIME ZONE 'UTC'       AS returned_at,      -- timestamp không múi giờ, máy chủ ghi giờ UTC
    h.so_giao_dich                     AS payments,
    h.so_giao_dich_truc_tuyen          AS payments_online,
    h.le_phi                           AS amount_due,       -- numeric: để nguyên, không qua float
    h.le_phi_truc_tuyen::numeric       AS amount_online,    -- money: thiếu ::numeric thì gấp 100 lần
    h.muc_hai_long                     AS rating,
    h.co_phan_anh                      AS petitioned,
    h.so_hoa                           AS input_digitised
FROM mot_cua.ho_so AS h
-- LEFT JOIN: hồ sơ có mã không có trong danh mục vẫn được đếm.
LEFT JOIN mot_cua.thu_tuc AS t ON t.ma_thu_tuc = h.ma_thu_tuc
LEFT JOIN mot_cua.don_vi AS d ON d.ma_don_vi = h.ma_don_vi
WHERE h.da_xoa IS NOT TRUE
