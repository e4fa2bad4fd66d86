"""Trang báo cáo: một tệp HTML đứng riêng được, để mở, gửi và in.

:func:`tthc_kpi._report.page.page` puts the sections together; each has a module of its own.
"""
