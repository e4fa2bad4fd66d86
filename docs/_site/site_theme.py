"""The words of the theme and of Sphinx that their Vietnamese catalogues lack."""

from gettext import NullTranslations
from typing import Any

_WORDS = {
    "Back to top": "Về đầu trang",
    "General Index": "Chỉ mục",
    "Home": "Trang đầu",
    "Index": "Chỉ mục",
    "Link to this definition": "Liên kết đến mục này",
    "Link to this heading": "Liên kết đến mục này",
    "Made with ": "Dựng bằng ",
    "On this page": "Trong trang này",
    "Please activate JavaScript to enable the search functionality.": "Bật JavaScript để tìm kiếm.",
}


class _Words(NullTranslations):
    def gettext(self, message: str) -> str:
        return _WORDS.get(message, message)


def setup(app: Any) -> dict[str, bool]:
    app.translator.add_fallback(_Words())
    return {"parallel_read_safe": True}
