"""Values as people type them, and what each is: ``REFUSED`` is a cell that is unknown and listed."""

from decimal import Decimal

REFUSED = "refused"

AMOUNTS = {
    "15000": 15000, "15.000": 15000, "15 000": 15000, "15.000 đ": 15000, "15.000đ": 15000, "15.000 Đồng": 15000,
    "15.000 VNĐ": 15000, "VNĐ 15.000": 15000, "₫15.000": 15000, "15.000,-": 15000, "'15.000": 15000,
    "1.234.567": 1234567, "1.234,5": Decimal("1234.5"), "15.000,00": 15000, "0": 0, "Miễn phí": 0, "Không": 0, "-": None, "": None,
    # In this column commas stand before decimals: before three digits they are neither.
    "15,500": REFUSED, "15 nghìn": REFUSED, "10.000 + 5.000": REFUSED, "-1.000": REFUSED, "1e4": REFUSED,
    "Chưa có": None, "N/A": None, "null": None, "nan": None, "—": None, "#N/A": None, "#VALUE!": REFUSED,
}  # fmt: skip

# The same with the marks exchanged.
AMOUNTS_ONLINE = {
    "1,234,567": 1234567, "1,234.5": Decimal("1234.5"), "15,000": 15000, "15,500 đ": 15500, "15,000.00": 15000, "15.500": REFUSED,
}  # fmt: skip

RATINGS = {
    "5": 5, "4.0": 4, "5/5": 5, "4 / 5": 4, "3 sao": 3, "★★★★☆": 4, "Rất hài lòng": 5, "HÀI LÒNG": 4, "binh thuong": 3,
    "Không hài lòng": 2, "Rất không hài lòng": 1, "Chưa đánh giá": None, "": None,
    "0": REFUSED, "6": REFUSED, "8/10": REFUSED, "4,5": REFUSED,
}  # fmt: skip

TRUTHS = {
    "x": True, "X": True, "Có": True, "co": True, "1": True, "TRUE": True, "✓": True, "Đã số hoá": True, "Rồi": True,
    "Không": False, "KHÔNG": False, "khong": False, "0": False, "Chưa": False, "sai": False, "☐": False,
    "": None, "-": None, "2": REFUSED, "K": REFUSED, "có thể": REFUSED,
}  # fmt: skip

COUNTS = {
    "5": 5, "05": 5, "5,0": 5, "5 ngày làm việc": 5, "10 NLV": 10, "15 ngày làm việc.": 15, "1.234": 1234, "1,234": 1234, "": None,
    "Chưa có": None, "Không có": None, "../..": None,
    # Three thousand, or three with decimals.
    "3.000": REFUSED, "3,000": REFUSED,
    # Calendar days are not working days.
    "5 ngày": REFUSED, "5,5": REFUSED, "-1": REFUSED,
}  # fmt: skip

CHANNELS = {
    "1": "in_person", "2": "online", "3": "postal", "Trực tuyến": "online", "truc tiep": "in_person",
    "Bưu chính công ích": "postal", "": None, "4": REFUSED, "khác": REFUSED,
}  # fmt: skip

STATUSES = {
    "10": 10, "09": 9, "Đã trả kết quả": 10, "ĐÃ TRẢ KQ": 10, "da tra ket qua": 10, "Đang giải quyết": 4, "": None,
    "Kết thúc": 9, "ĐÃ KẾT THÚC": 9, "Đã xong": 9, "da xong": 9, "Đã hoàn thành": 9, "Hoàn tất": 9, "Trả kết quả đúng hạn": 10,
    "Đã trả kết quả (đúng hạn)": 10, "Hồ sơ đang xử lý quá hạn": 4, "Đang xử lý - trong hạn": 4, "10 - Đã trả kết quả": 10,
    "10. Đã trả KQ": 10, "[10] Đã trả kết quả": 10, "(4) Đang xử lý": 4, "[10]": 10, "10.": 10, "2 - Đang xử lý": 4, "N/A": None,
    "Đúng hạn": REFUSED, "Tạm dừng": REFUSED, "10 - Lưu kho": REFUSED, "[11]": REFUSED, "#REF!": REFUSED,
}  # fmt: skip

COLUMNS = {
    "amount_due": ("Phí, lệ phí", AMOUNTS),
    "amount_online": ("Số tiền nộp trực tuyến", AMOUNTS_ONLINE),
    "rating": ("Mức độ hài lòng", RATINGS),
    "input_digitised": ("Số hóa thành phần hồ sơ", TRUTHS),
    "limit_days": ("Số ngày quy định", COUNTS),
    "channel": ("Hình thức nộp", CHANNELS),
    "status": ("Trạng thái", STATUSES),
}
