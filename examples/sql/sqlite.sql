-- Hồ sơ của hệ thống một cửa (SQLite) theo các cột của tthc-kpi.
-- Cột chữ có thể trống thì bọc coalesce(..., ''): trình điều khiển đoán kiểu từ 1024 dòng đầu, cột
-- toàn trống ở đó bị đoán là số nguyên. Ô '' được đọc là không rõ.
-- Không lấy họ tên, số điện thoại: dữ liệu cá nhân không rời cơ sở dữ liệu.
SELECT
    h.so_ho_so                                                      AS dossier_id,
    coalesce(h.ma_thu_tuc, '')                                      AS procedure_code,
    coalesce(t.ten_thu_tuc, '')                                     AS procedure,
    coalesce(t.linh_vuc, '')                                        AS field,
    coalesce(d.ten_don_vi, '')                                      AS agency,
    coalesce(h.kenh_nop, '')                                        AS channel,
    h.trang_thai                                                    AS status,           -- 1 đến 10
    -- CURRENT_TIMESTAMP ghi giờ UTC không kèm múi giờ: cộng 7 giờ.
    datetime(h.tiep_nhan_luc, '+7 hours')                           AS received_at,
    -- Chữ dd/MM/yyyy, giờ Việt Nam, có khi chỉ có ngày: để nguyên, không cộng.
    coalesce(h.hen_tra, '')                                         AS due_at,
    -- Số giây từ 1970.
    coalesce(datetime(h.xong_luc, 'unixepoch', '+7 hours'), '')     AS completed_at,
    coalesce(datetime(h.tra_luc, 'unixepoch', '+7 hours'), '')      AS returned_at,
    h.so_giao_dich                                                  AS payments,
    h.so_giao_dich_truc_tuyen                                       AS payments_online,
    -- Cột tiền lẫn số nguyên và số thực: viết thành chữ, dấu phẩy thập phân.
    iif(h.le_phi IS NULL, '', replace(printf('%.2f', h.le_phi), '.', ','))
                                                                    AS amount_due,
    iif(h.le_phi_truc_tuyen IS NULL, '', replace(printf('%.2f', h.le_phi_truc_tuyen), '.', ','))
                                                                    AS amount_online,
    h.muc_hai_long                                                  AS rating,
    h.co_phan_anh                                                   AS petitioned,       -- 0, 1
    h.so_hoa                                                        AS input_digitised
FROM ho_so AS h
-- LEFT JOIN: hồ sơ có mã không có trong danh mục vẫn được đếm.
LEFT JOIN thu_tuc AS t ON t.ma_thu_tuc = h.ma_thu_tuc
LEFT JOIN don_vi AS d ON d.ma_don_vi = h.ma_don_vi
WHERE coalesce(h.da_xoa, 0) = 0
