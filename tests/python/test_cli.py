"""The console: what it prints, where, and how it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tthc_kpi as tk
from tthc_kpi import _cli_plan, _text, cli

PLAN = ["--plan", "dong-nguyen-2026", "--period", "2026"]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "hồ sơ.csv"
    assert cli.main(["synth", "400", str(path), "--seed", "4"]) == 0
    return path


def failure(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code and the message of a run that must fail with one line and nothing else."""
    code = cli.main(arguments)
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("tthc-kpi: ")
    assert output.err.count("\n") == 1
    assert "Traceback" not in output.err
    return code, output.err


def test_report_prints_the_scorecard(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", str(export), *PLAN]) == 0
    output = capsys.readouterr()
    card = tk.evaluate(tk.read(export), tk.Plan("dong-nguyen-2026"), period="2026")
    result = card["on_time_rate"]
    assert _text.percent(result.percent, "vi") in output.out
    accounting = _text.accounting(card.document["accounting"], "vi")
    assert accounting in " ".join(output.out.split())
    assert output.err == ""


def test_report_writes_what_is_asked(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    html, xlsx, file = tmp_path / "a.html", tmp_path / "a.xlsx", tmp_path / "a.json"
    arguments = ["report", str(export), *PLAN, "--as-of", "2026-06-30", "--by", "agency"]
    arguments += ["--policy", "comparison=instant", "--lang", "en"]
    arguments += ["--html", str(html), "--no-charts", "--xlsx", str(xlsx), "--json", str(file)]
    assert cli.main(arguments) == 0
    assert '<html lang="en">' in html.read_text(encoding="utf-8")
    assert xlsx.read_bytes()[:2] == b"PK"
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["query"]["by"] == ["agency"]
    rules = {rule["rule"]: rule["value"] for rule in document["policy"]["rules"]}
    assert rules["comparison"] == "instant"
    assert capsys.readouterr().out.count("Wrote ") == 3


def test_by_takes_several_dimensions(export: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    arguments = ["report", str(export), *PLAN, "--by", "agency,month", "--json", str(file)]
    assert cli.main(arguments) == 0
    assert json.loads(file.read_text(encoding="utf-8"))["query"]["by"] == ["agency", "month"]


def test_map_reads_an_unknown_header(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Nhận lúc=giờ,Ngày hẹn trả\n05/01/2026 08:30,09/01/2026\n", encoding="utf-8")
    assert cli.main(["check", str(path), "--map", "Nhận lúc=giờ=received_at"]) == 0
    assert "received_at" in capsys.readouterr().out


def test_check_lists_columns_and_issues(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(export)]) == 0
    output = capsys.readouterr().out
    ds = tk.read(export)
    assert ds.issues
    assert all(column.source.split()[0] in output for column in ds.mapping)
    assert "Vấn đề dữ liệu" in output


def test_plan_lists_plans_and_indicators(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plan"]) == 0
    assert "dong-nguyen-2026" in capsys.readouterr().out
    assert cli.main(["plan", "dong-nguyen-2026"]) == 0
    output = capsys.readouterr().out
    for indicator in tk.Plan("dong-nguyen-2026").indicators:
        assert indicator["id"] in output


def test_synth_is_deterministic(tmp_path: Path) -> None:
    one, two, other = (tmp_path / name for name in ("1.csv", "2.csv", "3.csv"))
    for path, seed in ((one, "7"), (two, "7"), (other, "8")):
        assert cli.main(["synth", "50", str(path), "--seed", seed, "--clean"]) == 0
    assert one.read_bytes() == two.read_bytes()
    assert not tk.read(one).issues


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (["report", "no-such.xlsx", *PLAN], 1, "no-such.xlsx"),
        (["check", "no-such-*.xlsx"], 1, "no-such-*.xlsx"),
        (["plan", "no-such.toml"], 1, "no-such.toml"),
        (["plan", "dong-nguyen-2062"], 2, "dong-nguyen-2026"),
        (["synth", "0", "a.csv"], 2, "whole number"),
        (["synth", "5"], 2, "--help"),
        (["nothing"], 2, "nothing"),
        ([], 2, "--help"),
    ],
)
def test_failures_are_one_line(
    arguments: list[str], code: int, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found, message = failure(capsys, *arguments)
    assert found == code
    assert word in message


@pytest.mark.parametrize(
    "arguments",
    [
        ["--period", "2026-13"],
        ["--as-of", "14/06/26"],
        ["--by", "agancy"],
        ["--policy", "comparisn=day"],
        ["--policy", "=day"],
        ["--map", "received_at"],
    ],
)
def test_a_wrong_argument_is_a_usage_error(
    export: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert failure(capsys, "report", str(export), *PLAN, *arguments)[0] == 2


@pytest.mark.parametrize(
    ("arguments", "told", "english"),
    [
        ([], "thiếu LỆNH", "required: LỆNH"),
        (
            ["reprot"],
            "LỆNH: không có 'reprot': chọn một trong report, ",
            "invalid choice: 'reprot'",
        ),
        (["report", "a.csv"], "thiếu --plan, --period", "required: --plan, --period"),
        (["report", "a.csv", *PLAN, "--html"], "--html: cần một giá trị", "expected one argument"),
        (["check", "a.csv", "--nghiem"], "không có tham số này: --nghiem", "unrecognized"),
        (["check", "a.csv", "--strict=1"], "--strict: không nhận giá trị", "ignored explicit"),
        (["synth", "5", "a.csv", "--seed", "x"], "--seed: 'x' không phải số nguyên", "invalid int"),
        (["index-766", "--level", "comune"], "có phải 'commune'?", "did you mean 'commune'?"),
        (["index-766", "--l", "x"], "--l là tùy chọn nào: --level, --list, --lang", "ambiguous"),
    ],
)
def test_a_wrong_command_line_is_told_in_vietnamese(
    arguments: list[str], told: str, english: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, message = failure(capsys, *arguments)
    assert code == 2
    assert told in message
    assert "(xem: tthc-kpi" in message
    for words in ("argument", "expected", "required", "invalid", "choose"):
        assert words not in message
    if arguments:
        code, message = failure(capsys, *arguments, "--lang=en")
        assert code == 2
        assert english in message
        assert "(see: tthc-kpi" in message


def test_help_is_vietnamese(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["report", "-h"], ["index-766", "--help"]):
        assert cli.main(arguments) == 0
        told = capsys.readouterr().out
        assert told.startswith("cách dùng: tthc-kpi")
        assert "tùy chọn:" in told
        for words in ("usage", "options:", "positional", "show this"):
            assert words not in told


def test_what_the_system_refuses_is_told_without_folders(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a.html"
    folder.mkdir()
    assert cli.main(["report", str(export), *PLAN, "--html", str(folder), "--no-charts"]) == 1
    told = capsys.readouterr().err
    assert told == "tthc-kpi: a.html: là thư mục, cần một tệp\n"
    nowhere = tmp_path / "khong-co" / "a.html"
    code, told = failure(
        capsys, "report", str(export), *PLAN, "--html", str(nowhere), "--no-charts"
    )
    assert code == 1
    assert told.startswith("tthc-kpi: a.html: không có thư mục khong-co [")
    assert str(tmp_path) not in told


def test_strict_stops_at_the_first_issue(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert failure(capsys, "report", str(export), *PLAN, "--strict")[0] == 1


def test_a_file_that_holds_no_dossiers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert failure(capsys, "report", str(path), *PLAN)[0] == 1


def test_a_page_that_cannot_be_written(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "missing" / "a.html"
    assert cli.main(["report", str(export), *PLAN, "--html", str(path), "--no-charts"]) == 1
    assert "a.html: không có thư mục missing" in capsys.readouterr().err


def test_an_error_of_ours_says_where_but_not_what(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> list[str]:
        raise RuntimeError("a value of a cell")

    monkeypatch.setattr(_cli_plan, "plans", broken)
    code, message = failure(capsys, "plan")
    assert code == 1
    assert "RuntimeError tại test_cli.py:" in message
    assert "value" not in message


def test_interrupted_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(_cli_plan, "plans", interrupted)
    assert cli.main(["plan"]) == 130
    assert capsys.readouterr().err == ""


def test_a_closed_pipe_is_quiet(export: Path) -> None:
    command = [sys.executable, "-m", "tthc_kpi.cli", "report", str(export), *PLAN, "--by", "month"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_vietnamese_comes_out_whatever_the_locale() -> None:
    command = [sys.executable, "-m", "tthc_kpi.cli", "plan"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    result = subprocess.run(command, capture_output=True, env=environment, check=True)
    assert "Kế hoạch" in result.stdout.decode()


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["report", "--help"], ["--version"]):
        assert cli.main(arguments) == 0
    assert "--plan" in capsys.readouterr().out
