"""Dòng lệnh ``tthc-kpi``: report, form-06a, late, forecast, diff, compare, check, tally and others.

Exit codes: 0 done; 1 the input cannot be used; 2 the command line is wrong; 130 interrupted.
Results go to stdout, messages to stderr, one line each and never a traceback.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

from tthc_kpi import _tthc_kpi
from tthc_kpi._changes_csv import write_changes
from tthc_kpi._check import as_json, as_page, of_dossiers, of_registers, show
from tthc_kpi._cli_diff import add_diff
from tthc_kpi._cli_english import in_english
from tthc_kpi._cli_forecast import add_forecast
from tthc_kpi._cli_forms import add_form_06a, add_late
from tthc_kpi._cli_index import add_index
from tthc_kpi._cli_judge import add_judge
from tthc_kpi._cli_parser import Parser, UsageError, lang_asked
from tthc_kpi._cli_plan import add_plan
from tthc_kpi._cli_tally import add_merge, add_tally
from tthc_kpi._compare import compare
from tthc_kpi._console import add_by, add_lang, add_policy, console, files_asked, names_asked, wrote
from tthc_kpi._dossiers import Dossiers, Scan, read, scan
from tthc_kpi._errors import InputError, QueryError, TthcKpiError, UnknownNameError
from tthc_kpi._evaluate import evaluate
from tthc_kpi._integrity import integrity
from tthc_kpi._mapping import Values, wishes_of
from tthc_kpi._plan import Plan
from tthc_kpi._progress import ReadProgress
from tthc_kpi._query import Policy
from tthc_kpi._registers import Registers
from tthc_kpi._schedule_text import add_tasks, print_tasks
from tthc_kpi._terminal import print_card
from tthc_kpi._text import Lang, clean, count, lang_of, say

__all__ = ["main"]

# Options of check that ask dossiers and no registers.
OF_DOSSIERS = ("mapping", "sheet", "aside", "save_mapping", "integrity")

DONE, BAD_INPUT, USAGE, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Chạy dòng lệnh và trả về mã thoát; the entry point of the console script.

    Examples
    --------
    >>> from tthc_kpi.cli import main
    >>> main(["plan", "no-such-plan"])
    2
    """
    for stream in (sys.stdout, sys.stderr):
        # Names are Vietnamese whatever the locale says; a console that cannot show them shows '?'.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    lang = lang_asked(arguments)
    try:
        parser = _parser()
        if lang == "en":
            in_english(parser)
        options = parser.parse_args(arguments)
        run: Callable[[argparse.Namespace], None] = options.run
        run(options)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse: --help, --version
        return stop.code if isinstance(stop.code, int) else USAGE
    except UsageError as wrong:
        _complain(wrong.text(lang))
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of stdout went away (`| head`). Python would complain again at shutdown.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return PIPE_CLOSED
    except (QueryError, UnknownNameError) as error:
        _complain(error.text(lang))
        return USAGE
    except TthcKpiError as error:
        _complain(error.text(lang))
        return BAD_INPUT
    except OSError as error:
        _complain(_os_error(error, lang))
        return BAD_INPUT
    except Exception as error:
        # Not its message: what a library says about a value may quote the value.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        _complain(say("internal_error", lang_of(lang), kind=type(error).__name__, place=place))
        return BAD_INPUT
    return DONE


def _complain(message: str) -> None:
    for line in message.splitlines() or [""]:
        print(f"tthc-kpi: {clean(line)}", file=sys.stderr)


def _os_error(error: OSError, lang: str) -> str:
    """What the system refused, with the file's name and none of its folders."""
    name = os.path.basename(os.fsdecode(error.filename)) if error.filename else ""
    kinds = {
        FileNotFoundError: "no_such_file",
        PermissionError: "not_permitted",
        IsADirectoryError: "is_a_folder",
    }
    words = say(kinds.get(type(error), "system_error"), "en" if lang == "en" else "vi")
    detail = "" if type(error) in kinds else f" ({error.strerror})" if error.strerror else ""
    return f"{name}: {words}{detail}" if name else f"{words}{detail}"


def _parser() -> Parser:
    parser = Parser(
        prog="tthc-kpi",
        description="Chỉ số giải quyết thủ tục hành chính theo kế hoạch. "
        "From a one-stop system's export to the plan's scorecard.",
    )
    parser.add_argument(
        "--version", action="version", version=f"tthc-kpi {_version()}", help="in phiên bản"
    )
    commands = parser.add_subparsers(
        title="lệnh", required=True, metavar="LỆNH", dest="command", parser_class=Parser
    )
    _add_report(commands.add_parser("report", help="bảng kết quả các chỉ tiêu của kế hoạch"))
    _add_check(commands.add_parser("check", help="chất lượng dữ liệu: cột, dòng, vấn đề"))
    _add_compare(commands.add_parser("compare", help="cùng hồ sơ dưới nhiều bộ quy tắc"))
    told = commands.add_parser("forecast", help="dự báo tỷ lệ cuối kỳ, và điều phải xảy ra")
    add_forecast(told, _add_asking, _read, _policy)
    moved = commands.add_parser("diff", help="hai kỳ, hai bộ quy tắc khác nhau ở đâu, do nhóm nào")
    add_diff(moved, _add_asking, _read, _policy)
    judged = commands.add_parser("judge", help="kết quả xét từng hồ sơ, thành tệp Parquet hay CSV")
    add_judge(judged, _add_asking, _read, _rules)
    add_plan(
        commands.add_parser("plan", help="các kế hoạch có sẵn, hoặc chỉ tiêu của một kế hoạch")
    )
    forms = {"form-06a": (add_form_06a, "biểu 06a"), "late": (add_late, "hồ sơ chậm muộn")}
    for name, (add_form, meaning) in forms.items():
        command = commands.add_parser(
            name, help=f"{meaning} của một kỳ: Excel, JSON, Parquet, HTML"
        )
        _add_reading(command)
        add_form(command, _read, _rules)
    add_index(commands.add_parser("index-766", help="bộ chỉ số QĐ 766/QĐ-TTg"), _read, console)
    counts = commands.add_parser("tally", help="đếm hồ sơ rồi lưu bảng đếm, để gửi đi hay gộp lại")
    _add_asking(counts)
    add_tally(counts, _rules, _wishes)
    add_merge(commands.add_parser("merge", help="gộp các bảng đếm đã lưu thành bảng kết quả"))
    _add_tasks(
        commands.add_parser("tasks", help="nhiệm vụ của kế hoạch, và tình hình tại một ngày")
    )
    _add_synth(commands.add_parser("synth", help="sinh tệp hồ sơ giả định như hệ thống xuất ra"))
    return parser


def _version() -> str:
    try:
        return metadata.version("tthc-kpi")
    except metadata.PackageNotFoundError:  # run from the source tree
        return "(not installed)"


def _add_report(parser: argparse.ArgumentParser) -> None:
    _add_asking(parser)
    add_by(parser)
    add_policy(parser)
    parser.add_argument(
        "--registers",
        action="append",
        default=[],
        metavar="TỆP",
        help="tệp các sổ đi kèm hồ sơ (danh mục TTHC, phản ánh, nhiệm vụ, ...); nhiều lần được",
    )
    _add_register_map(parser)
    parser.add_argument(
        "--scan",
        action="store_true",
        help="đếm dần tệp Parquet, CSV, không nạp vào bộ nhớ; không tìm mã hồ sơ trùng",
    )
    parser.add_argument("--html", type=Path, metavar="TỆP", help="ghi trang báo cáo HTML")
    parser.add_argument(
        "--no-charts", action="store_true", help="trang HTML không có biểu đồ, nhanh hơn"
    )
    parser.add_argument("--xlsx", type=Path, metavar="TỆP", help="ghi sổ Excel")
    parser.add_argument("--json", type=Path, metavar="TỆP", help="ghi JSON")
    parser.set_defaults(run=_report)


def _add_asking(parser: argparse.ArgumentParser) -> None:
    _add_reading(parser)
    parser.add_argument(
        "--plan", required=True, metavar="ID", help="mã kế hoạch có sẵn, hoặc tệp TOML"
    )
    parser.add_argument(
        "--period",
        required=True,
        metavar="KỲ",
        help="2026, 2026-Q2, 2026-H1, 2026-9M, 2026-03, 2026-W14, hoặc 2026-01-01..2026-03-31",
    )
    parser.add_argument("--as-of", metavar="NGÀY", help="tính đến hết ngày nào (yyyy-mm-dd)")


def _add_compare(parser: argparse.ArgumentParser) -> None:
    _add_asking(parser)
    parser.add_argument(
        "--policy",
        action="append",
        default=[],
        metavar="QUY_TẮC",
        help="một bộ quy tắc, như qd-766, hoặc các quy tắc khác đi, như"
        " comparison=instant,waiting=by_due; nhiều lần, bộ đầu là bộ đem so;"
        " không có thì là plan, qd-766, nd-61",
    )
    parser.add_argument(
        "--indicator",
        default="on_time_rate",
        metavar="ID",
        help="chỉ tiêu cần biết vì sao khác nhau; cũng của --changes",
    )
    parser.add_argument(
        "--changes",
        type=Path,
        metavar="TỆP",
        help="ghi các hồ sơ được tính khác đi ra tệp .csv (khi so đúng hai bộ)",
    )
    parser.set_defaults(run=_compare)


def _add_check(parser: argparse.ArgumentParser) -> None:
    _add_reading(parser, files="*")
    parser.add_argument(
        "--registers",
        action="append",
        default=[],
        metavar="TỆP",
        help="tệp các sổ đi kèm cần kiểm tra; nhiều lần được",
    )
    _add_register_map(parser)
    parser.add_argument(
        "--integrity",
        metavar="KỲ",
        help="tìm cả dấu hiệu cần xem lại trong hồ sơ đã giải quyết của kỳ, như 2026-Q2",
    )
    parser.add_argument(
        "--as-of", metavar="NGÀY", help="tìm dấu hiệu đến hết ngày nào (yyyy-mm-dd)"
    )
    parser.add_argument("--html", type=Path, metavar="TỆP", help="ghi trang HTML")
    parser.add_argument("--json", type=Path, metavar="TỆP", help="ghi JSON")
    parser.add_argument(
        "--aside", type=Path, metavar="TỆP", help="ghi các dòng để riêng ra tệp .xlsx, kèm lý do"
    )
    parser.add_argument(
        "--save-mapping", type=Path, metavar="TỆP", help="ghi cách hiểu các cột ra tệp TOML"
    )
    parser.set_defaults(run=_check)


def _add_register_map(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--register-map",
        action="append",
        default=[],
        metavar="TIÊU_ĐỀ=CỘT",
        help='một tiêu đề của sổ là cột nào, như "Có phí=fee_bearing"',
    )


def _registers(options: argparse.Namespace) -> Registers | None:
    if not options.registers:
        return None
    mapping = _pairs(options.register_map, "--register-map", "Header=column")
    return Registers(options.registers, mapping=mapping or None)


def _add_reading(parser: argparse.ArgumentParser, files: str = "+") -> None:
    parser.add_argument(
        "files",
        nargs=files,
        metavar="TỆP",
        help="tệp .xlsx, .xls, .csv, .parquet, .zip, hoặc thư mục",
    )
    parser.add_argument("--sheet", metavar="TÊN", help="bảng tính cần đọc")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="TIÊU_ĐỀ=CỘT",
        help='một tiêu đề được hiểu là cột nào, như "Hạn trả=due_at"',
    )
    parser.add_argument(
        "--mapping", type=Path, metavar="TỆP", help="tệp TOML đã ghi bằng check --save-mapping"
    )
    parser.add_argument("--strict", action="store_true", help="dừng ở vấn đề dữ liệu đầu tiên")
    add_lang(parser)


def _add_tasks(parser: argparse.ArgumentParser) -> None:
    add_tasks(parser)
    parser.set_defaults(run=lambda options: print_tasks(options, console()))


def _add_synth(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("n", type=_positive, metavar="N", help="số hồ sơ")
    parser.add_argument("file", type=Path, metavar="TỆP", help="tệp .xlsx hoặc .csv sẽ ghi")
    parser.add_argument("--seed", type=int, default=0, metavar="SỐ", help="cùng số, cùng dữ liệu")
    parser.add_argument(
        "--clean", action="store_true", help="không cài dòng hỏng như tệp xuất thật"
    )
    parser.add_argument(
        "--registers", type=Path, metavar="TỆP", help="ghi cả sổ, danh mục đi kèm ra tệp .xlsx này"
    )
    add_lang(parser)
    parser.set_defaults(run=_synth)


def _positive(text: str) -> int:
    try:
        n = int(text)
    except ValueError:
        n = 0
    if n < 1:
        raise argparse.ArgumentTypeError(
            f"cần số nguyên từ 1, không phải {text!r} [expected a whole number from 1]"
        )
    return n


def _report(options: argparse.Namespace) -> None:
    lang = lang_of(options.lang)
    by = names_asked(options.by)
    policy = _rules(options)
    plan = Plan(options.plan)
    written = files_asked(options.html, options.xlsx, options.json)
    # Small, and read first: what is wrong with them is told before the work.
    registers = _registers(options)
    card = evaluate(
        _scan(options) if options.scan else _read(options, lang),
        plan,
        period=options.period,
        as_of=options.as_of,
        by=by,
        policy=policy,
        registers=registers,
    )
    print_card(card, lang, console())
    if options.html is not None:
        card.to_html(options.html, lang=lang, charts=not options.no_charts)
    if options.xlsx is not None:
        card.to_excel(options.xlsx, lang=lang)
    if options.json is not None:
        options.json.write_text(card.to_json(), encoding="utf-8")
    for path in written:
        print(wrote(path, lang))


def _rules(options: argparse.Namespace) -> Policy:
    """The rules of ``--policy``: a profile by its name, and rules that differ from it."""
    rules = [text if "=" in text else f"profile={text}" for text in options.policy]
    return _pairs(rules, "--policy", "rule=value")


def _compare(options: argparse.Namespace) -> None:
    lang = lang_of(options.lang)
    policies: list[Policy] = [_policy(text) for text in options.policy]
    policies = policies or ["plan", "qd-766", "nd-61"]
    if options.changes is not None and len(policies) != 2:
        raise QueryError(
            "which_policy",
            "--changes cần đúng hai --policy [the changes are between two policies]",
        )
    if options.changes is not None and options.changes.suffix.lower() != ".csv":
        raise QueryError("bad_option", "--changes ghi tệp .csv [the changes go to a .csv file]")
    files_asked(options.changes)
    plan = Plan(options.plan)
    ds = _read(options, lang)
    found = compare(ds, plan, policies, period=options.period, as_of=options.as_of)
    indicator = options.indicator or "on_time_rate"
    if options.indicator is not None:
        found[found.names[0]][indicator]  # names the nearest when there is none
    print(found.to_text(lang, indicator))
    if options.changes is not None:
        write_changes(found, indicator, options.changes, lang)
        print(wrote(options.changes, lang))


def _policy(text: str) -> Policy:
    """A profile by its name, or rules with commas between them."""
    if "=" not in text:
        return text
    return _pairs(text.split(","), "--policy", "rule=value")


def _check(options: argparse.Namespace) -> None:
    lang = lang_of(options.lang)
    files_asked(options.html, options.json, options.aside, options.save_mapping)
    registers = _registers(options)
    sections = of_registers(registers, lang) if registers is not None else []
    ds = found = None
    if options.files:
        ds = _read(options, lang)
        if options.integrity is not None:
            found = integrity(ds, period=options.integrity, as_of=options.as_of)
        sections += of_dossiers(ds, lang)
    elif registers is None:
        raise InputError("no_files", "chưa cho tệp nào [no file given]")
    elif any(getattr(options, name) for name in ("map", *OF_DOSSIERS)):
        raise QueryError(
            "bad_option",
            "--map, --mapping, --sheet, --aside, --save-mapping, --integrity là của tệp hồ sơ; tiêu"
            " đề của sổ thì dùng --register-map [of dossiers; for registers use --register-map]",
        )
    if options.html is not None:
        options.html.write_text(as_page(sections, found, lang), encoding="utf-8")
    if options.json is not None:
        options.json.write_text(as_json(ds, registers, found), encoding="utf-8")
    if ds is not None and options.save_mapping is not None:
        ds.save_mapping(options.save_mapping)
    written = [options.html, options.json, options.save_mapping]
    done = [wrote(path, lang) for path in written if path is not None]
    if ds is not None and options.aside is not None:
        n = ds.set_aside_to_excel(options.aside, lang=lang)
        path = clean(str(options.aside))
        done.append(say("wrote_aside", lang, n=count(n, lang), path=path))
    show(sections, console())
    if found is not None:
        print(found.to_text(lang))
    for line in done:
        print(line)


def _synth(options: argparse.Namespace) -> None:
    _tthc_kpi.synth_file(options.n, str(options.file), options.seed, not options.clean)
    lang = lang_of(options.lang)
    rows = say("rows_file", lang, n=count(options.n, lang))
    print(f"{wrote(options.file, lang)}: {rows}")
    if options.registers is not None:
        _tthc_kpi.synth_registers(str(options.registers))
        print(wrote(options.registers, lang))


def _wishes(options: argparse.Namespace) -> tuple[dict[str, str] | None, Values | None]:
    kept, values = wishes_of(options.mapping, None)
    return (kept or {}) | _pairs(options.map, "--map", "Header=column") or None, values


def _scan(options: argparse.Namespace) -> Scan:
    mapping, values = _wishes(options)
    return scan(options.files, mapping=mapping, values=values, strict=options.strict)


def _read(options: argparse.Namespace, lang: Lang) -> Dossiers:
    mapping, values = _wishes(options)
    with ReadProgress(say("reading", lang)) as progress:
        return read(
            options.files,
            mapping=mapping,
            values=values,
            sheet=options.sheet,
            strict=options.strict,
            progress=progress,
        )


def _pairs(texts: Sequence[str], option: str, shape: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts:
        # From the right: a header may hold an equals sign, a column or a rule's value may not.
        name, sign, value = text.rpartition("=")
        if not (sign and name.strip() and value.strip()):
            raise QueryError("bad_option", f"{option} {text!r}: viết {shape} [expected {shape}]")
        pairs[name.strip()] = value.strip()
    return pairs


if __name__ == "__main__":
    raise SystemExit(main())
