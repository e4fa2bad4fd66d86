"""Bảng đếm lưu, gộp, giữ lại: saved tallies, merging files of them, the cache by file."""

import itertools
import json
import multiprocessing
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import tthc_kpi as tk
from tthc_kpi import _tally_files
from tthc_kpi.cli import main

PLAN = tk.Plan("dong-nguyen-2026")
ASKED = {"period": "2026", "by": ["agency", "month"]}
ROOT = Path(__file__).resolve().parents[2]


def table(rows, seed):
    """Dossiers whose ids are of this seed alone."""
    made = pa.table(tk.synth(rows, seed=seed))
    place = made.schema.get_field_index("dossier_id")
    ids = pa.array([f"HS-{seed}-{row}" for row in range(made.num_rows)])
    return made.set_column(place, "dossier_id", ids)


@pytest.fixture
def year(tmp_path):
    """A folder of ten files."""
    folder = tmp_path / "nam-2026"
    folder.mkdir()
    for month in range(10):
        pq.write_table(table(60, month), folder / f"thang-{month:02}.parquet")
    return folder


@pytest.fixture
def opened(monkeypatch):
    """Names of the files that were read."""
    names = []
    real = _tally_files.Reading.open

    def noted(self, file):
        names.append(Path(file).name)
        return real(self, file)

    monkeypatch.setattr(_tally_files.Reading, "open", noted)
    return names


# --- saved ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["xa.tally", "xa.json"])
def test_a_saved_tally_comes_back_as_it_was(tmp_path, name):
    whole = tk.tally(tk.Dossiers(table(300, 1)), PLAN, **ASKED)
    whole.save(tmp_path / name)
    back = tk.Tally.load(tmp_path / name)
    assert back == whole
    assert back.scorecard().to_json() == whole.scorecard().to_json()
    assert [path.name for path in tmp_path.iterdir()] == [name], "nothing else is left behind"
    (source,) = back.sources
    assert (source.name, source.rows) == (name, 300)


def test_a_tally_is_an_arrow_stream_for_others(tmp_path):
    whole = tk.tally(tk.Dossiers(table(300, 1)), PLAN, period="2026", by="agency")
    whole.save(tmp_path / "xa.tally")
    with pa.input_stream(str(tmp_path / "xa.tally"), compression="lz4") as stream:
        rows = pa.ipc.open_stream(stream).read_all()
    assert rows.num_rows == 1 + len(whole.scorecard().groups)
    assert rows["resolved"][0].as_py() == whole.scorecard().document["total"]["facts"]["resolved"]


def test_no_dossier_is_in_a_saved_tally(tmp_path):
    """Of texts only group keys, procedure codes, and names of sources."""
    rows = table(200, 3)
    pq.write_table(rows, tmp_path / "hoso.parquet")
    whole = tk.tally(tmp_path / "hoso.parquet", PLAN, period="2026", by="agency")
    text, stream = whole.to_json(), whole.to_bytes()
    groups = {value for value in rows["agency"].to_pylist() if value}
    assert all(json.dumps(value, ensure_ascii=False) in text for value in groups)
    # The plan's own words may be those of a field.
    plan, looked = PLAN.to_json(), 0
    for column in ("dossier_id", "officer", "receiving_agency", "field", "procedure"):
        for value in {value for value in rows[column].to_pylist() if value} - groups:
            if value not in plan:
                looked += 1
                assert value not in text, column
                assert value.encode() not in stream, column
    assert looked > 200


@pytest.mark.parametrize("name", ["xa.tally", "xa.json"])
def test_a_damaged_file_is_refused_by_name(tmp_path, name):
    path = tmp_path / name
    tk.tally(tk.Dossiers(table(50, 1)), PLAN, **ASKED).save(path)
    whole = path.read_bytes()
    chosen = random.Random(7)
    cuts = [whole[: chosen.randrange(1, len(whole))] for _ in range(8)]
    flips = []
    for _ in range(25):
        at = chosen.randrange(len(whole))
        flips.append(whole[:at] + bytes([whole[at] ^ 1 << chosen.randrange(7)]) + whole[at + 1 :])
    for data in [*cuts, *flips, b"", b"no tally", b"{}", b"\xff" * 40]:
        path.write_bytes(data)
        with pytest.raises(tk.StateError, match=re.escape(name)) as told:
            tk.Tally.load(path)
        assert told.value.code in {"damaged_tally", "bad_tally", "tally_version"}
        assert len(str(told.value).splitlines()) == 1
        with pytest.raises(tk.StateError, match=re.escape(name)):
            tk.merge_tallies([path])


def test_a_tally_of_a_later_version_says_what_to_do(tmp_path):
    text = tk.tally(tk.Dossiers(table(50, 1)), PLAN, **ASKED).to_json()
    (tmp_path / "moi.json").write_text(text.replace('"tally_version":3', '"tally_version":9'))
    with pytest.raises(tk.StateError, match=r"moi\.json.*hãy cập nhật tthc-kpi") as told:
        tk.Tally.load(tmp_path / "moi.json")
    assert "update the library" in told.value.text("en")


def test_what_cannot_be_saved_or_loaded_is_told(tmp_path):
    whole = tk.tally(tk.Dossiers(table(50, 1)), PLAN, **ASKED)
    with pytest.raises(tk.InputError, match=r"\.tally hoặc \.json") as told:
        whole.save(tmp_path / "xa.xlsx")
    assert told.value.code == "unknown_ending"
    with pytest.raises(tk.InputError) as told:
        whole.save(tmp_path / "no" / "xa.tally")
    assert told.value.code == "not_written"
    assert str(tmp_path) not in str(told.value)
    with pytest.raises(tk.MissingFileError, match=r"none\.tally"):
        tk.Tally.load(tmp_path / "none.tally")
    with pytest.raises(tk.InputError) as told:
        tk.Tally.load(tmp_path)
    assert told.value.code == "unreadable_file"


# --- merged --------------------------------------------------------------------------------


def test_any_split_and_any_order_merge_to_the_single_pass(tmp_path):
    rows = table(3000, 5)
    whole = tk.tally(tk.Dossiers(rows, duplicates="assume_unique"), PLAN, **ASKED)
    chosen = random.Random(11)
    cuts = [0, *sorted(chosen.randrange(len(rows) + 1) for _ in range(199)), len(rows)]
    files = []
    for number, (start, end) in enumerate(itertools.pairwise(cuts)):
        part = tk.Dossiers(rows[start:end], duplicates="assume_unique")
        path = tmp_path / f"phan-{number:03}.{'tally' if number % 9 else 'json'}"
        tk.tally(part, PLAN, **ASKED).save(path)
        files.append(path)
    assert len(files) == 200
    told = []
    merged = tk.merge_tallies(tmp_path, progress=lambda done, total: told.append((done, total)))
    assert merged == whole
    assert told[-1] == (200, 200)
    assert merged.scorecard().to_json() == whole.scorecard().to_json()
    for threads in (1, 3):
        chosen.shuffle(files)
        assert tk.merge_tallies(files, threads=threads) == whole
    # A tree: provinces of communes, then all of them.
    provinces = []
    for number in range(0, 200, 23):
        provinces.append(tmp_path / f"tinh-{number}.tally")
        tk.merge_tallies(files[number : number + 23]).save(provinces[-1])
    assert tk.merge_tallies(provinces) == whole
    # A commune that is in one of the provinces already.
    with pytest.raises(tk.StateError) as again:
        tk.merge_tallies([*provinces, files[30]])
    assert again.value.code == "same_source"
    assert files[30].name in str(again.value)


def test_the_same_file_is_not_counted_twice(tmp_path):
    for name, seed in (("xa-a", 1), ("xa-b", 2)):
        tk.tally(tk.Dossiers(table(50, seed)), PLAN, **ASKED).save(tmp_path / f"{name}.tally")
    (tmp_path / "xa-b (1).tally").write_bytes((tmp_path / "xa-b.tally").read_bytes())
    with pytest.raises(tk.StateError, match=r"xa-b\.tally và xa-b \(1\)\.tally cùng đếm") as told:
        tk.merge_tallies(tmp_path)
    assert told.value.code == "same_source"
    # The same counts in the other form, too.
    (tmp_path / "xa-b (1).tally").unlink()
    tk.tally(tk.Dossiers(table(50, 2)), PLAN, **ASKED).save(tmp_path / "xa-b.json")
    with pytest.raises(tk.StateError, match="xa-b"):
        tk.merge_tallies(tmp_path)
    (tmp_path / "xa-b.json").unlink()
    both = tk.merge_tallies(tmp_path)
    with pytest.raises(tk.StateError) as told:
        both + tk.Tally.load(tmp_path / "xa-a.tally")
    assert told.value.code == "same_source"


def test_files_with_the_same_rows_are_not_counted_twice(year):
    (year / "thang-03 (1).parquet").write_bytes((year / "thang-03.parquet").read_bytes())
    with pytest.raises(tk.StateError, match=r"thang-03\.parquet và thang-03 \(1\)") as told:
        tk.tally(year, PLAN, **ASKED)
    assert told.value.code == "same_source"


def test_sources_of_one_name_are_warned_of(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        pq.write_table(table(40, ord(name)), tmp_path / name / "hoso.parquet")
        part = tk.tally(tmp_path / name / "hoso.parquet", PLAN, **ASKED)
        part.save(tmp_path / f"xa-{name}.tally")
    merged = tk.merge_tallies(tmp_path)
    assert [source.name for source in merged.sources] == ["hoso.parquet"] * 2
    (note,) = [note for note in merged.scorecard().warnings if note.code == "sources_of_one_name"]
    assert "hoso.parquet" in note.vi


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"period": "2026-Q1"}, "câu hỏi là 2026-Q1"),
        ({"by": "agency"}, "agency"),
        ({"policy": "qd-766"}, "quy tắc tính là qd-766"),
        ({"plan": "mau-cap-xa-2026"}, "kế hoạch là mau-cap-xa-2026"),
        ({"calendar": True}, "lịch làm việc là"),
    ],
)
def test_tallies_of_other_questions_are_named(tmp_path, other, told):
    if other.pop("calendar", None):
        own = "date,kind,name,source,confidence\n2026-01-01,off,Tết,law,official\n"
        (tmp_path / "lich.csv").write_text(own, encoding="utf-8")
        other = {"calendar": tk.WorkCalendar.from_csv(tmp_path / "lich.csv")}
    plan = tk.Plan(other.pop("plan", "dong-nguyen-2026"))
    tk.tally(tk.Dossiers(table(50, 1)), PLAN, **ASKED).save(tmp_path / "xa-a.tally")
    tk.tally(tk.Dossiers(table(50, 2)), plan, **(ASKED | other)).save(tmp_path / "xa-b.tally")
    with pytest.raises(tk.StateError, match=rf"xa-b\.tally: .*{told}.*xa-a\.tally") as found:
        tk.merge_tallies(tmp_path)
    assert found.value.code == "different_tally"


def test_nothing_to_merge(tmp_path):
    with pytest.raises(tk.InputError, match="chưa cho tệp nào"):
        tk.merge_tallies([])
    with pytest.raises(tk.MissingFileError):
        tk.merge_tallies(tmp_path)
    with pytest.raises(tk.MissingFileError, match=r"a\.tally"):
        tk.merge_tallies([tmp_path / "a.tally"])


def test_a_caller_stops_merging(tmp_path):
    tk.tally(tk.Dossiers(table(50, 1)), PLAN, **ASKED).save(tmp_path / "xa.tally")

    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tk.merge_tallies(tmp_path, progress=stop)


@pytest.mark.parametrize("by", ["agency", "field", ["field", "agency"], []])
def test_fewer_dimensions_are_as_if_counted_so(by):
    ds = tk.Dossiers(table(800, 4))
    fine = tk.tally(ds, PLAN, period="2026", by=["agency", "field", "procedure"])
    coarse = fine.regroup(by)
    assert coarse == tk.tally(ds, PLAN, period="2026", by=by)
    assert coarse.scorecard().to_json() == tk.evaluate(ds, PLAN, period="2026", by=by).to_json()
    assert coarse.by == tuple([by] if isinstance(by, str) else by)


def test_what_cannot_be_regrouped():
    fine = tk.tally(tk.Dossiers(table(100, 4)), PLAN, **ASKED)
    with pytest.raises(tk.QueryError, match="không bỏ riêng chiều month") as told:
        fine.regroup("agency")
    assert told.value.code == "bucket_dropped"
    assert fine.regroup("month") == tk.tally(
        tk.Dossiers(table(100, 4)), PLAN, period="2026", by="month"
    )
    with pytest.raises(tk.UnknownNameError, match="agency"):
        fine.regroup("agancy")
    with pytest.raises(tk.QueryError):
        fine.regroup(["month", "month"])


# --- counted by file, and kept --------------------------------------------------------------


def test_files_are_counted_as_if_they_were_one(year):
    parts = [pq.read_table(path) for path in sorted(year.iterdir())]
    whole = tk.tally(tk.Dossiers(pa.concat_tables(parts)), PLAN, **ASKED)
    for duplicates in ("resolve", "assume_unique"):
        counted = tk.tally(year, PLAN, duplicates=duplicates, **ASKED)
        assert counted.scorecard()["on_time_rate"] == whole.scorecard()["on_time_rate"]
        assert counted.scorecard().document["groups"] == whole.scorecard().document["groups"]
        assert counted.scorecard().document["data"]["uniqueness"] == "assumed"
        assert [source.rows for source in counted.sources] == [60] * 10


def test_one_file_is_counted_as_it_is_read(tmp_path):
    """Equal ids within a file are resolved, as read and report do."""
    rows = table(100, 1)
    twice = pa.concat_tables([rows, rows[:20]])
    pa.csv.write_csv(twice.select(["dossier_id", "received_at", "agency"]), tmp_path / "xa.csv")
    counted = tk.tally(tmp_path / "xa.csv", PLAN, **ASKED)
    assert counted == tk.tally(tk.read(tmp_path / "xa.csv"), PLAN, **ASKED)
    assert counted.scorecard().accounting["excluded"]["duplicate"] == 20
    assert counted.scorecard().document["data"]["uniqueness"] == "checked"


def test_only_the_changed_file_of_ten_is_read_anew(tmp_path, year, opened):
    kept = tmp_path / "cache"
    first = tk.tally(year, PLAN, cache=kept, **ASKED)
    assert len(opened) == 10
    opened.clear()
    assert tk.tally(year, PLAN, cache=kept, **ASKED) == first
    assert opened == []
    pq.write_table(table(61, 77), year / "thang-04.parquet")
    changed = tk.tally(year, PLAN, cache=kept, **ASKED)
    assert opened == ["thang-04.parquet"]
    assert changed != first
    assert changed == tk.tally(year, PLAN, **ASKED)
    assert [source.rows for source in changed.sources] == [60] * 4 + [61] + [60] * 5


def test_random_edits_change_the_same_with_and_without_a_cache(tmp_path, year, opened):
    chosen, kept = random.Random(3), tmp_path / "cache"
    for step in range(12):
        path = chosen.choice(sorted(year.iterdir()))
        edit = chosen.choice(["change", "delete", "rename", "replace", "add", "touch"])
        before = path.stat()
        if edit == "change":
            pq.write_table(table(chosen.randrange(1, 50), 100 + step), path)
        elif edit == "delete" and len(list(year.iterdir())) > 2:
            path.unlink()
        elif edit == "rename":
            path.rename(year / f"{step}-{path.name}")
        elif edit == "replace":
            # Of another content, by the same name, size and times.
            other = table(60, 200 + step)
            pq.write_table(other, path)
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        elif edit == "add":
            pq.write_table(table(10, 300 + step), year / f"them-{step}.parquet")
        else:
            os.utime(path)
        counted = tk.tally(year, PLAN, cache=kept, **ASKED)
        plain = tk.tally(year, PLAN, **ASKED)
        assert counted == plain, edit
        assert counted.sources == plain.sources, edit
        assert counted.scorecard().to_json() == plain.scorecard().to_json()
    opened.clear()
    tk.tally(year, PLAN, cache=kept, **ASKED)
    assert opened == []


def test_another_question_or_way_of_reading_is_counted_anew(tmp_path, opened):
    rows = table(60, 1)
    names = ["ngay_hen" if name == "due_at" else name for name in rows.column_names]
    pq.write_table(rows.rename_columns(names), tmp_path / "xa.parquet")
    own = tk.Plan.from_toml(
        (ROOT / "crates/tthc-kpi/plans/dong-nguyen-2026.toml")
        .read_text("utf-8")
        .replace("percent = 95", "percent = 96", 1)
    )
    questions = [
        (PLAN, {}),
        (own, {}),
        (PLAN, {"period": "2026-Q2"}),
        (PLAN, {"as_of": "2026-09-30"}),
        (PLAN, {"by": "agency"}),
        (PLAN, {"policy": "qd-766"}),
        (PLAN, {"limits": {"1.001193": 3}}),
        (PLAN, {"mapping": {"ngay_hen": "due_at"}}),
        (PLAN, {"duplicates": "assume_unique"}),
    ]
    for _ in range(2):
        for plan, other in questions:
            cached = tk.tally(
                tmp_path / "xa.parquet", plan, cache=tmp_path / "c", **(ASKED | other)
            )
            assert cached == tk.tally(tmp_path / "xa.parquet", plan, **(ASKED | other))
    # Once for each question, and each time without a cache.
    assert len(opened) == len(questions) * 3


def test_damaged_and_exchanged_entries_are_counted_anew(tmp_path, year, opened):
    kept = tmp_path / "cache"
    plain = tk.tally(year, PLAN, cache=kept, **ASKED)
    entries = sorted(kept.iterdir())
    assert len(entries) == 10
    data = [path.read_bytes() for path in entries]
    entries[0].write_bytes(data[1])
    entries[1].write_bytes(data[1][:32] + data[0][32:])
    entries[2].write_bytes(data[2][:100])
    entries[3].write_bytes(b"")
    entries[4].write_bytes(data[4][:900] + bytes([data[4][900] ^ 1]) + data[4][901:])
    entries[5].unlink()
    opened.clear()
    assert tk.tally(year, PLAN, cache=kept, **ASKED) == plain
    assert len(opened) == 6
    opened.clear()
    assert tk.tally(year, PLAN, cache=kept, **ASKED) == plain
    assert opened == []


def test_the_cache_is_kept_within_bounds(tmp_path, year, opened):
    kept = tmp_path / "cache"
    tk.tally(year, PLAN, cache=kept, **ASKED)
    (kept / "ghi-chu.txt").write_text("not an entry")
    (kept / ".part-old").write_text("x")
    os.utime(kept / ".part-old", (0, 0))
    entries = sorted(kept.glob("*.counts"))
    for age, path in enumerate(entries):
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    most = sum(path.stat().st_size for path in entries[:4])
    assert tk.prune_cache(kept, max_bytes=most) == 6
    assert sorted(kept.glob("*.counts")) == entries[:4]
    assert {path.name for path in kept.iterdir()} - {path.name for path in entries[:4]} == {
        "ghi-chu.txt"
    }
    opened.clear()
    tk.tally(year, PLAN, cache=kept, **ASKED)
    assert len(opened) == 6
    assert tk.prune_cache(kept, max_bytes=0) == 10
    for wrong in (-1, True, "1"):
        with pytest.raises(tk.QueryError):
            tk.prune_cache(kept, max_bytes=wrong)
    with pytest.raises(tk.InputError) as told:
        tk.prune_cache(tmp_path / "none")
    assert told.value.code == "bad_cache"
    (tmp_path / "file").write_text("x")
    with pytest.raises(tk.InputError, match="cache"):
        tk.tally(year, PLAN, cache=tmp_path / "file", **ASKED)


def _count(year, kept, told):
    told.put(tk.tally(year, PLAN, cache=kept, **ASKED).to_bytes())


def test_processes_share_a_cache(tmp_path, year):
    kept = tmp_path / "cache"
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    runs = [context.Process(target=_count, args=(year, kept, told)) for _ in range(2)]
    for run in runs:
        run.start()
    found = {told.get(timeout=60) for _ in runs}
    for run in runs:
        run.join(60)
        assert run.exitcode == 0
    assert found == {tk.tally(year, PLAN, **ASKED).to_bytes()}
    assert len(list(kept.iterdir())) == 10


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, year, monkeypatch):
    real = _tally_files.Reading.open

    def changing(self, file):
        found = real(self, file)
        pq.write_table(table(5, 5), file)
        return found

    monkeypatch.setattr(_tally_files.Reading, "open", changing)
    with pytest.raises(tk.InputError, match=r"thang-00\.parquet đã đổi") as told:
        tk.tally(year, PLAN, cache=tmp_path / "cache", **ASKED)
    assert told.value.code == "file_changed"
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_file_that_cannot_be_opened_is_named(tmp_path):
    (tmp_path / "thu-muc.csv").mkdir()
    with pytest.raises(tk.MissingFileError):
        tk.tally(tmp_path / "thu-muc.csv", PLAN, **ASKED)
    with pytest.raises(tk.InputError, match=r"thu-muc\.csv: không đọc được") as told:
        tk.tally(str(tmp_path / "thu-muc.c*"), PLAN, **ASKED)
    assert told.value.code == "unreadable_file"


def test_files_without_a_row_may_be_the_same(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("Mã hồ sơ,Ngày tiếp nhận\n", encoding="utf-8")
    empty = tk.tally(tmp_path, PLAN, **ASKED)
    assert empty.scorecard().accounting["read"] == 0
    assert empty.sources == ()


def test_options_of_files_need_files(year):
    ds = tk.Dossiers(table(10, 1))
    for options in ({"cache": "c"}, {"strict": True}, {"progress": print}):
        with pytest.raises(tk.QueryError) as told:
            tk.tally(ds, PLAN, **ASKED, **options)
        assert told.value.code == "not_files"
    with pytest.raises(tk.InputError):
        tk.tally(3, PLAN, **ASKED)
    told = []
    tk.tally(year, PLAN, progress=lambda done, total: told.append((done, total)), **ASKED)
    assert told == [(done, 10) for done in range(11)]


# --- the console ---------------------------------------------------------------------------


def test_communes_count_and_the_province_merges(tmp_path, year, capsys):
    asked = ["--plan", "dong-nguyen-2026", "--period", "2026"]
    for number, path in enumerate(sorted(year.iterdir())):
        out = tmp_path / f"xa-{number}.tally"
        assert main(["tally", str(path), "--out", str(out), *asked, "--by", "agency"]) == 0
        assert "Đã đếm 60 dòng của 1 nguồn" in capsys.readouterr().out
    out, page, book = tmp_path / "tinh.json", tmp_path / "t.html", tmp_path / "t.xlsx"
    command = ["merge", str(tmp_path), "--html", str(page), "--xlsx", str(book)]
    assert main([*command, "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "Đã đếm 600 dòng của 10 nguồn" in told
    assert "Phòng" in told
    assert page.stat().st_size
    assert book.stat().st_size
    whole = tk.tally(year, PLAN, period="2026", by="agency")
    assert tk.Tally.load(out) == whole
    card = tmp_path / "card.json"
    assert main(["merge", str(out), "--by", "", "--json", str(card)]) == 0
    assert json.loads(card.read_text("utf-8")) == whole.regroup().scorecard().document
    capsys.readouterr()
    # The merged one lies among those it was merged of; a scorecard is no tally.
    assert main(["merge", *map(str, tmp_path.glob("*.tally")), str(out)]) == 1
    told = capsys.readouterr().err
    assert "tinh.json và xa-" in told
    assert "cùng đếm nguồn thang-" in told
    assert main(["merge", str(card)]) == 1
    assert "card.json: không phải bảng đếm đã lưu" in capsys.readouterr().err


def test_the_console_keeps_what_it_counted(tmp_path, year, capsys, opened):
    out = tmp_path / "nam.tally"
    command = ["tally", str(year), "--out", str(out), "--plan", "dong-nguyen-2026"]
    command += ["--period", "2026", "--by", "month", "--cache", str(tmp_path / "cache")]
    for _ in range(2):
        assert main(command) == 0
    assert len(opened) == 10
    assert main([*command[:-2], "--assume-unique"]) == 0
    assert main([*command[:2], "--out", str(tmp_path / "x" / "y.tally"), *command[4:]]) == 1
    assert "không có thư mục x" in capsys.readouterr().err


def test_the_benchmark_runs():
    script = ROOT / "benches/partial/merge.py"
    options = ["--tallies", "200", "--groups", "20", "--rows", "40", "--rounds", "1"]
    run = subprocess.run(
        [sys.executable, script, *options], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("200 tallies of 20 groups")
