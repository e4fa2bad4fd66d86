"""Trợ giúp của dòng lệnh bằng tiếng Anh, cho ``--help --lang en``.

A help text that is not here stays Vietnamese; a test asks that none does.
"""

import argparse

__all__ = ["in_english"]

_ENGLISH = {
    "Chỉ số giải quyết thủ tục hành chính theo kế hoạch. "
    "From a one-stop system's export to the plan's scorecard.": "From a one-stop system's export"
    " to the plan's scorecard.",
    # titles and names of values
    "tham số": "arguments",
    "tùy chọn": "options",
    "lệnh": "commands",
    "đem so với, ít nhất một": "compare with, at least one",
    "LỆNH": "COMMAND",
    "TỆP": "FILE",
    "TÊN": "NAME",
    "KỲ": "PERIOD",
    "NGÀY": "DAY",
    "CHIỀU": "DIMENSION",
    "CHỮ": "TEXT",
    "DÒNG": "ROW",
    "SỐ": "NUMBER",
    "CÁCH": "READING",
    "QUY_TẮC": "RULE",
    "QUY_TẮC=GIÁ_TRỊ": "RULE=VALUE",
    "TIÊU_ĐỀ=CỘT": "HEADER=COLUMN",
    "CỘT": "COLUMNS",
    "THƯ_MỤC": "FOLDER",
    "BẢNG_ĐẾM": "TALLY",
    # commands
    "in trợ giúp này": "show this help",
    "in phiên bản": "show the version",
    "bảng kết quả các chỉ tiêu của kế hoạch": "the scorecard of a plan",
    "chất lượng dữ liệu: cột, dòng, vấn đề": "quality of the data: columns, rows, issues",
    "cùng hồ sơ dưới nhiều bộ quy tắc": "the same dossiers under several sets of rules",
    "dự báo tỷ lệ cuối kỳ, và điều phải xảy ra": "where each rate can end, what must happen",
    "hai kỳ, hai bộ quy tắc khác nhau ở đâu, do nhóm nào": "what moved between two periods or"
    " two sets of rules, by which groups",
    "các kế hoạch có sẵn, hoặc chỉ tiêu của một kế hoạch": "the built-in plans, or the indicators"
    " of a plan",
    "biểu 06a của một kỳ: Excel, JSON, Parquet, HTML": "form 06a of a period: Excel, JSON,"
    " Parquet, HTML",
    "hồ sơ chậm muộn của một kỳ: Excel, JSON, Parquet, HTML": "the late dossiers of a period:"
    " Excel, JSON, Parquet, HTML",
    "bộ chỉ số QĐ 766/QĐ-TTg": "the index of Decision 766/QD-TTg",
    "nhiệm vụ của kế hoạch, và tình hình tại một ngày": "the tasks of a plan, and how they stand"
    " on a day",
    "sinh tệp hồ sơ giả định như hệ thống xuất ra": "a made-up export to try things on",
    "kết quả xét từng hồ sơ, thành tệp Parquet hay CSV": "what became of each dossier, as a Parquet"
    " or CSV file",
    "đếm hồ sơ rồi lưu bảng đếm, để gửi đi hay gộp lại": "count dossiers and save the tally, to"
    " send or to merge",
    "gộp các bảng đếm đã lưu thành bảng kết quả": "merge saved tallies into a scorecard",
    # reading
    "tệp .xlsx, .xls, .csv, .parquet, .zip, hoặc thư mục": "files .xlsx, .xls, .csv, .parquet,"
    " .zip, or a folder",
    "tệp hồ sơ .xlsx, .csv, .parquet": "files of dossiers .xlsx, .csv, .parquet",
    "bảng tính cần đọc": "the sheet to read",
    'một tiêu đề được hiểu là cột nào, như "Hạn trả=due_at"': "which column a header means, such"
    ' as "Due=due_at"',
    "một tiêu đề là cột nào": "which column a header means",
    "tệp TOML đã ghi bằng check --save-mapping": "a TOML file written by check --save-mapping",
    "dừng ở vấn đề dữ liệu đầu tiên": "stop at the first issue of the data",
    "đếm dần tệp Parquet, CSV, không nạp vào bộ nhớ; không tìm mã hồ sơ trùng": "count Parquet and"
    " CSV files piece by piece, never whole in memory; equal dossier ids are not looked for",
    "giữ kết quả từng tệp ở đây: lần sau chỉ đếm lại tệp đã đổi": "keep the counts of each file"
    " here: next time only files that changed are counted",
    "coi mã hồ sơ là không trùng, không tìm trong từng tệp; Parquet thì không cần nạp hết": "take"
    " dossier ids as unique, without looking in each file; Parquet then need not be loaded whole",
    "tệp .tally, .json do lệnh tally ghi, hoặc thư mục chứa chúng": ".tally, .json files written by"
    " tally, or a folder of them",
    "ngôn ngữ của kết quả": "language of the output",
    "tệp các sổ đi kèm hồ sơ (danh mục TTHC, phản ánh, nhiệm vụ, ...); nhiều lần được": "files of"
    " the registers beside the dossiers (procedures, petitions, tasks, ...); may be repeated",
    "danh mục TTHC, sổ phản ánh, kiến nghị; nhiều lần được": "registers of procedures, of"
    " petitions; may be repeated",
    "tệp các sổ đi kèm cần kiểm tra; nhiều lần được": "files of registers to check; may be"
    " repeated",
    'một tiêu đề của sổ là cột nào, như "Có phí=fee_bearing"': "which column a header of a"
    ' register means, such as "Fee=fee_bearing"',
    # asking
    "mã kế hoạch có sẵn, hoặc tệp TOML": "id of a built-in plan, or a TOML file",
    "2026, 2026-Q2, 2026-H1, 2026-9M, 2026-03, 2026-W14, hoặc 2026-01-01..2026-03-31": "2026,"
    " 2026-Q2, 2026-H1, 2026-9M, 2026-03, 2026-W14, or 2026-01-01..2026-03-31",
    "2026-03, 2026-Q2, 2026-H1, 2026, hoặc 2026-01-01..2026-03-31": "2026-03, 2026-Q2, 2026-H1,"
    " 2026, or 2026-01-01..2026-03-31",
    "2026-08, 2026-Q3, ...; cần khi có hồ sơ": "2026-08, 2026-Q3, ...; needed with dossiers",
    "tính đến hết ngày nào (yyyy-mm-dd)": "the last day that is seen (yyyy-mm-dd)",
    "tình hình đến hết ngày nào (yyyy-mm-dd)": "as of the end of which day (yyyy-mm-dd)",
    "chia theo agency, field, month, ...; nhiều chiều cách nhau dấu phẩy": "group by agency,"
    " field, month, ...; several with commas between them",
    "do nhóm nào: agency, field, ...; nhiều chiều cách nhau dấu phẩy": "by which groups: agency,"
    " field, ...; several with commas between them",
    "chia hồ sơ theo agency hoặc receiving_agency": "group the dossiers by agency or"
    " receiving_agency",
    "chỉ giữ các chiều này của bảng đếm; --by '' để gộp thành toàn bộ": "keep only these dimensions"
    " of the tally; --by '' for the whole",
    "cột của hồ sơ cần có, cách nhau dấu phẩy; không có thì là các cột thường xem": "columns of the"
    " dossiers to carry, with commas between them; the usual ones without it",
    "đổi một quy tắc, như comparison=instant, hoặc tên một bộ quy tắc, như qd-766": "change a"
    " rule, such as comparison=instant, or a profile, such as qd-766",
    "đổi một quy tắc, như period_rule=cut_off_15, hoặc tên một bộ quy tắc, như qd-766": "change a"
    " rule, such as period_rule=cut_off_15, or a profile, such as qd-766",
    "một bộ quy tắc, như qd-766, hoặc các quy tắc khác đi, như comparison=instant": "a profile,"
    " such as qd-766, or rules that differ, such as comparison=instant",
    "một bộ quy tắc, như nd-61, hoặc các quy tắc khác đi, như comparison=instant": "a profile,"
    " such as nd-61, or rules that differ, such as comparison=instant",
    "một bộ quy tắc, như qd-766, hoặc các quy tắc khác đi, như comparison=instant,waiting=by_due;"
    " nhiều lần, bộ đầu là bộ đem so; không có thì là plan, qd-766, nd-61": "a profile, such as"
    " qd-766, or rules that differ, such as comparison=instant,waiting=by_due; may be repeated, the"
    " first is what the others are held against; without any: plan, qd-766, nd-61",
    "chỉ tiêu cần biết vì sao khác nhau; cũng của --changes": "the indicator whose difference is"
    " explained; also that of --changes",
    "giải thích dự báo của một chỉ tiêu": "explain the forecast of an indicator",
    "giải thích một chỉ tiêu": "explain an indicator",
    "giải thích một dòng, như 2.1": "explain a row, such as 2.1",
    "chỉ lấy nhịp của N tháng trọn gần nhất": "take the pace of the latest N whole months",
    "số hồ sơ còn nhận đến hết kỳ, như 900 hoặc 900..1200; không có thì theo nhịp": "how many"
    " dossiers still come, such as 900 or 900..1200; by the pace without it",
    "kỳ trước, như 2026-Q1": "the period before, such as 2026-Q1",
    "kỳ trước tính đến ngày nào": "the last day that is seen of the period before",
    "bộ quy tắc khác": "another set of rules",
    "kế hoạch khác, hoặc bản khác của nó": "another plan, or another version of it",
    "tìm cả dấu hiệu cần xem lại trong hồ sơ đã giải quyết của kỳ, như 2026-Q2": "also look for"
    " integrity flags among the dossiers resolved in a period, such as 2026-Q2",
    "tìm dấu hiệu đến hết ngày nào (yyyy-mm-dd)": "the last day that flags are looked for"
    " (yyyy-mm-dd)",
    # the index, tasks, plans
    "bảng số đếm, ngang hoặc dọc": "a table of counts, wide or long",
    "số liệu tự khai, kèm source và date": "declared figures, with source and date",
    "cấp của cơ quan": "level of the office",
    "bộ chỉ số, mặc định qd-766-2026; nêu nhiều lần để so sánh": "the scheme, qd-766-2026 by"
    " default; repeat it to compare",
    "phạm vi theo văn bản, hoặc như Cổng chấm": "scope as the text says, or as the portal scores",
    "các bộ chỉ số, dòng và nguồn": "the schemes, their rows and sources",
    "tệp .csv có hai cột id, done: việc xong ngày nào": "a .csv file of two columns id, done: the"
    " day a task was done",
    '"trước ngày": strict (ngày trước đó) hoặc inclusive (chính ngày ấy)': '"before a day": strict'
    " (the day before) or inclusive (the day itself)",
    "mã kế hoạch có sẵn hoặc tệp TOML: xem chỉ tiêu; new TỆP: viết kế hoạch mới; check TỆP: mọi"
    " lỗi và điều đáng ngờ của một tệp": "id of a built-in plan or a TOML file: its indicators; new"
    " FILE: write a new plan; check FILE: every fault and doubt of a file",
    "tệp TOML của new, check": "the TOML file of new, check",
    "kế hoạch có sẵn mà new bắt đầu từ đó (mau-cap-xa-2026)": "the built-in plan that new starts"
    " from (mau-cap-xa-2026)",
    # synth
    "số hồ sơ": "how many dossiers",
    "tệp .xlsx hoặc .csv sẽ ghi": "the .xlsx or .csv file to write",
    "cùng số, cùng dữ liệu": "the same number, the same data",
    "không cài dòng hỏng như tệp xuất thật": "without the broken rows of a real export",
    "ghi cả sổ, danh mục đi kèm ra tệp .xlsx này": "also write the registers to this .xlsx file",
    # writing
    "ghi trang báo cáo HTML": "write the report as an HTML page",
    "ghi trang HTML": "write an HTML page",
    "trang HTML không có biểu đồ, nhanh hơn": "no charts on the page, which is quicker",
    "ghi sổ Excel": "write an Excel workbook",
    "ghi biểu Excel để in, ký": "write the form as an Excel workbook, to print and sign",
    "ghi JSON": "write JSON",
    "ghi Parquet": "write Parquet",
    "ghi CSV, mở được bằng Excel": "write CSV, which Excel opens",
    "ghi bảng đếm: .tally (gọn) hoặc .json": "write the tally: .tally (compact) or .json",
    "ghi bảng đếm đã gộp": "write the merged tally",
    "ghi bảng kết quả JSON": "write the scorecard as JSON",
    "ghi các dòng để riêng ra tệp .xlsx, kèm lý do": "write the rows set aside to an .xlsx file,"
    " with the reasons",
    "ghi cách hiểu các cột ra tệp TOML": "write how the columns were understood to a TOML file",
    "ghi các hồ sơ được tính khác đi ra tệp .csv (khi so đúng hai bộ)": "write the dossiers that"
    " are counted otherwise to a .csv file (of exactly two sets)",
    "tệp TOML: phần đầu, phần ký của biểu Excel (xem docs/bieu-mau.md)": "a TOML file: head and"
    " signatures of the workbook (see docs/bieu-mau.md)",
    "trên biểu Excel: đơn vị báo cáo": "on the workbook: the office that reports",
    "trên biểu Excel: nơi ký": "on the workbook: where it is signed",
    "trên biểu Excel: ngày ký (dd/mm/yyyy hoặc yyyy-mm-dd)": "on the workbook: when it is signed"
    " (dd/mm/yyyy or yyyy-mm-dd)",
    "trên biểu Excel: tên biểu, thay cho tên mẫu": "on the workbook: the title, instead of the"
    " form's own",
}


def in_english(parser: argparse.ArgumentParser) -> None:
    """Puts the help of a parser, and of its commands, into English."""
    parser.formatter_class = argparse.HelpFormatter
    parser.description = _told(parser.description)
    for group in parser._action_groups:
        group.title = _told(group.title)
    for action in parser._actions:
        action.help = _told(action.help)
        if isinstance(action.metavar, str):
            action.metavar = _told(action.metavar)
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                choice.help = _told(choice.help)
            for command in action.choices.values():
                in_english(command)


def _told(text: str | None) -> str | None:
    return text if text is None else _ENGLISH.get(text, text)
