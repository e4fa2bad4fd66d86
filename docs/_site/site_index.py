"""A page per row of the built-in schemes of the 766 index: how it is counted, how sure that is."""

from functools import cache
from typing import Any

import tthc_kpi as tk
from site_rules import ROOT, sample
from site_words import english, folded, page, plain, table, text_block, toctree

_CERTAIN = {
    "read": "○ đã đọc trong văn bản",
    "reproduced": "● đã tái lập từ số liệu Cổng",
    "unverified": "? chưa kiểm chứng",
}
_OF = {
    "definition": "định nghĩa",
    "maximum": "điểm tối đa",
    "scope": "phạm vi",
    "threshold": "hệ số điểm",
    "cap": "mức đạt điểm tối đa",
    "zero": "mẫu số 0",
}


@cache
def _index(scheme: str) -> tk.Index:
    found = tk.index_766(
        sample(),
        period="2026",
        level="commune",
        scheme=scheme,
        registers=ROOT / "examples/so-dong-nguyen-2026.xlsx",
    )
    if not isinstance(found, tk.Index):
        raise TypeError("one office was asked for")
    return found


def pages() -> dict[str, str]:
    made = {"chi-so-766/index.md": _overview()}
    for name in tk.schemes():
        scheme = tk.Scheme(name)
        groups = {group["id"]: group for group in scheme.groups}
        sources = {source["id"]: source for source in scheme.sources}
        for row in scheme.rows:
            made[f"chi-so-766/{name}/{row['id']}.md"] = _page(scheme, row, groups, sources)
    return made


def _title(row: dict[str, Any]) -> str:
    code = f"{row['code']} " if row["code"] else ""
    return f"{code}{plain(row['name']['vi'])}"


def _overview() -> str:
    parts = [
        "# Từng dòng của Bộ chỉ số 766",
        "Mỗi dòng của bộ chỉ số (Quyết định 766/QĐ-TTg) một trang: chia gì cho gì, ra điểm "
        "thế nào, điều nào đã đọc trong văn bản (○), đã tái lập từ số liệu Cổng (●), "
        "chưa kiểm chứng (?). "
        "Cách tính: [tính điểm theo Bộ chỉ số 766](/cach-lam/chi-so-766.md).",
    ]
    names = []
    for name in sorted(tk.schemes(), reverse=True):
        scheme = tk.Scheme(name)
        rows = [
            (
                f"[{_title(row)}]({name}/{row['id']}.md)",
                row["maximum"] or "–",
                "từ hồ sơ, sổ" if row["counts_from"]["kind"] != "declared" else "số đếm, tự khai",
            )
            for row in scheme.rows
        ]
        parts += [f"## {plain(scheme.title)}", f"Mã: `{name}`."]
        parts.append(table(("Dòng", "Điểm tối đa", "Số đếm lấy"), rows))
        names += [f"{name}/{row['id']}" for row in scheme.rows]
    return page([*parts, toctree(names)])


def _page(
    scheme: tk.Scheme,
    row: dict[str, Any],
    groups: dict[str, dict[str, Any]],
    sources: dict[str, dict[str, Any]],
) -> str:
    group = groups.get(row["group"])
    of = f"Nhóm: {plain(group['name']['vi'])}. " if group else ""
    index = _index(scheme.id)
    noted = any(one["note"] for one in row["evidence"])
    evidence = [
        (
            ", ".join(_OF.get(aspect, aspect) for aspect in one["of"]),
            _CERTAIN[one["certainty"]],
            plain(sources[one["source"]]["title"]["vi"])
            + (f", {plain(one['place'])}" if one["place"] else ""),
            *([plain(one["note"]["vi"]) if one["note"] else ""] if noted else []),
        )
        for one in row["evidence"]
    ]
    head = ["Điều gì", "Mức", "Nguồn", *(["Ghi chú"] if noted else [])]
    return page(
        [
            f"# {_title(row)}",
            f"{english(row['name']['en'])} · mã `{row['id']}` · bộ `{scheme.id}`",
            f"{of}Điểm tối đa: **{row['maximum'] or '–'}**.",
            "## Tính thế nào",
            table(
                ("", ""),
                [
                    ("Tử số", _side(row, "numerator")),
                    ("Mẫu số", _side(row, "denominator")),
                ],
            ),
            _formula(row),
            "## Chắc chắn đến đâu",
            table(head, evidence),
            "## Chỗ các nguồn khác nhau" if row["differences"] else "",
            "\n".join(f"- {plain(one['vi'])}" for one in row["differences"]),
            "## Ví dụ trên tệp mẫu",
            "Tệp `examples/hoso-dong-nguyen-2026.xlsx` và các sổ đi kèm, năm 2026, cấp xã.",
            text_block(index.explain(row["id"])),
            folded("In English", text_block(index.explain(row["id"], "en"))),
        ]
    )


def _side(row: dict[str, Any], side: str) -> str:
    told = row[side]
    if told is None:
        return "–"
    names = ", ".join(f"`{name}`" for name in row["counts"][side] or ())
    return f"{plain(told['vi'])} {f'({names})' if names else ''} {english(told['en'])}"


def _formula(row: dict[str, Any]) -> str:
    formula = row["formula"]
    if formula["kind"] == "proportional":
        threshold = formula["threshold"]
        divided = "" if threshold == "1" else f" / {plain(threshold)}"
        return (
            f"Điểm = điểm tối đa × tử số / mẫu số{divided}, không quá điểm tối đa; "
            "làm tròn hai chữ số từng dòng rồi mới cộng."
        )
    return "Dòng này không cho điểm, hoặc chưa rõ tỷ lệ thành điểm thế nào."
