"""Tệp khó đọc, do kiểm thử làm ra: awkward files, each with the figures it must give."""
