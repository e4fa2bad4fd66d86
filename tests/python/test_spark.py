"""Spark of several executors gives the figures of one machine, whatever the partitions."""

import doctest
import importlib.util
import pickle
import re
import sys
import unicodedata
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import spark_session
import tthc_kpi as tk
from random_tables import random_table
from tthc_kpi import _parts, _tthc_kpi
from tthc_kpi._query import query_arguments

ROOT = Path(__file__).resolve().parents[2]
PLAN = tk.Plan("dong-nguyen-2026")
MISSING = spark_session.missing()
PAGE = "docs/spark.md"

pytestmark = [
    # PySpark's own: it says so of pandas 3, and leaves its sockets to the collector.
    pytest.mark.filterwarnings("ignore:PySpark does not yet:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

HEADERS = {
    "dossier_id": "Mã hồ sơ",
    "received_at": "NGÀY TIẾP NHẬN",
    "due_at": unicodedata.normalize("NFD", "Ngày hẹn trả"),
    "completed_at": "Ngày kết thúc xử lý",
    "agency": "Đơn vị giải quyết",
    "status": "Trạng thái",
}


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    if MISSING is not None:
        pytest.skip(MISSING)
    with spark_session.session(tmp_path_factory.mktemp("spark")) as running:
        yield running


def plain(table):
    """The same rows in types that Spark has."""
    kinds = {pa.uint8(): pa.int16(), pa.uint32(): pa.int64()}

    def kind(of):
        return of.value_type if pa.types.is_dictionary(of) else kinds.get(of, of)

    return table.cast(pa.schema([field.with_type(kind(field.type)) for field in table.schema]))


def alone(df, duplicates="assume_unique", **kept):
    return tk.Dossiers(df.toArrow(), duplicates=duplicates, **kept)


@pytest.fixture(scope="module")
def awkward(spark):
    """Vietnamese headers, instants with a zone, bad ratings, unreadable dates, personal data, a dimension."""
    table = plain(random_table(4_000, 7, untidy=True, repeat_ids=0.2)).drop_columns(["synced"])
    zoned = pc.assume_timezone(table["received_at"], "Asia/Ho_Chi_Minh")
    due = pc.strftime(table["due_at"], "%d/%m/%Y %H:%M")
    due = pa.array(
        ["khi nào xong" if n % 97 == 0 else text for n, text in enumerate(due.to_pylist())]
    )
    table = table.set_column(table.column_names.index("received_at"), "received_at", zoned)
    table = table.set_column(table.column_names.index("due_at"), "due_at", due)
    table = table.rename_columns([HEADERS.get(name, name) for name in table.column_names])
    names = pa.array([f"Nguyễn Văn {n}" for n in range(table.num_rows)])
    table = table.append_column("Chủ hồ sơ", names).append_column("chủ hồ sơ", names)
    table = table.append_column(
        "Phường.Xã", pa.array([f"Tổ {n % 3}" for n in range(table.num_rows)])
    )
    return spark.createDataFrame(table)


@pytest.mark.parametrize(
    ("question", "loaded"),
    [
        ({"period": "2026", "by": ["agency", "month"], "policy": "qd-766"}, {}),
        (
            {"period": "2026-Q2", "by": "Phường.Xã", "limits": {"1.001193": 5}},
            {"extra": ["Phường.Xã"]},
        ),
    ],
)
def test_the_card_is_that_of_one_machine(awkward, question, loaded):
    one = alone(awkward, **loaded)
    assert one.accounting["set_aside"], "some rows cannot be read"
    card = tk.spark.evaluate(awkward.repartition(3), PLAN, **question, **loaded)
    assert card.to_json() == tk.evaluate(one, PLAN, **question).to_json()
    assert card.document["data"]["uniqueness"] == "assumed"


def test_there_are_several_executors(spark):
    known = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size()
    assert known == 3, "two, and the driver"


def test_partitions_of_any_number_and_size_merge_to_the_same(awkward, monkeypatch):
    one = tk.tally(alone(awkward), PLAN, period="2026", by="agency")
    monkeypatch.setattr("tthc_kpi.spark.FAN_IN", 2)
    parts = {
        "one partition": awkward.coalesce(1),
        "a tree, most of it empty": awkward.repartition(2).unionAll(
            awkward.where("false").repartition(9)
        ),
        "a tree, skewed": awkward.repartition(10, "`Phường.Xã`"),
    }
    for told, df in parts.items():
        assert tk.spark.tally(df, PLAN, period="2026", by="agency") == one, told


def test_a_part_larger_than_a_piece_is_counted_piece_by_piece(monkeypatch):
    """What an executor does, here: no Spark needed."""
    table = plain(random_table(1_000, 3))
    question = asked(table)
    table = table.select(list(question.headers))
    whole = _parts.counted(question, table.to_batches())
    monkeypatch.setattr(_parts, "PIECE", 64)
    assert _parts.counted(question, table.to_batches(max_chunksize=50)) == whole
    assert _parts.counted(question, []) is None


def test_words_of_a_mapping_file_mean_in_a_part_what_they_mean_alone():
    rows = [
        {
            "Ngày tiếp nhận": "2026-03-02",
            "Ngày hẹn trả": "2026-03-09",
            "Ngày trả kết quả": "2026-03-06",
            "Trạng thái": "xong rồi đó",
        }
    ]
    table, values = pa.Table.from_pylist(rows), {"status": {"xong rồi đó": "withdrawn"}}
    alone = tk.tally(tk.Dossiers(table, values=values), PLAN, period="2026")
    question = asked(table, values=values)
    batches = table.select(list(question.headers)).to_batches()
    found = tk.Tally(_parts.merged([_parts.counted(question, batches)]))
    assert found.scorecard().to_json() == alone.scorecard().to_json()
    without = tk.tally(tk.Dossiers(table), PLAN, period="2026")
    assert without.scorecard().to_json() != alone.scorecard().to_json()


def asked(table, **kept):
    given = {"mapping": None, "extra": [], "duplicates": "assume_unique", "name": "x"} | kept
    arguments = {"period": "2026", "as_of": None, "by": [], "policy": {"profile": "plan"}}
    arguments |= {"limits": None, "calendar": None}
    return _parts.question_of(table.column_names, table.slice(0, 0), PLAN._core, arguments, **given)


def test_an_empty_frame_has_the_columns_of_its_schema(awkward):
    empty = awkward.where("false")
    card = tk.spark.evaluate(empty, PLAN, period="2026")
    assert card.to_json() == tk.evaluate(alone(empty), PLAN, period="2026").to_json()
    assert "synced" in card.document["data"]["missing_columns"]


def test_ids_in_several_partitions_are_resolved_as_on_one_machine(awkward):
    df = awkward.repartition(3)
    one = alone(df, "resolve")
    assert one.accounting["excluded"]["duplicate"] > 100
    whole = tk.spark.tally(df, PLAN, period="2026", duplicates="resolve")
    assert whole == tk.tally(one, PLAN, period="2026")
    assert whole.scorecard().document["data"]["uniqueness"] == "checked"
    with pytest.raises(tk.InputError, match=r"^\d+ dòng trùng mã hồ sơ") as told:
        tk.spark.tally(df, PLAN, period="2026", duplicates="error")
    with pytest.raises(tk.InputError) as on_one:
        alone(df, "error")
    assert (told.value.code, told.value.args[1].split()[0]) == (
        on_one.value.code,
        on_one.value.args[1].split()[0],
    )


def test_spellings_of_one_id_meet(spark):
    """Trimmed, composed, without a spreadsheet's quotes; the tie falls by a column no indicator asks of."""
    ids = ["HỒ-12", unicodedata.normalize("NFD", "HỒ-12"), "  HỒ-12 ", '="HỒ-12"', "HỒ-3", "", None]
    rows = [{"Mã hồ sơ": name, "Ngày tiếp nhận": "05/01/2026", "Ngày hẹn trả": f"{9 + n:02}/01/2026",
             "Cán bộ xử lý": f"Người {n % 3}"} for n, name in enumerate(ids)]  # fmt: skip
    df = spark.createDataFrame(pa.Table.from_pylist(rows))
    whole = tk.spark.tally(df, PLAN, period="2026", duplicates="resolve")
    assert whole == tk.tally(tk.Dossiers(rows), PLAN, period="2026")
    assert whole.scorecard().accounting["excluded"] == {"duplicate": 3}


def by_partition(spark, *parts):
    """A frame whose partitions are these."""
    frames = [spark.createDataFrame(pa.Table.from_pylist(rows)).coalesce(1) for rows in parts]
    whole = frames[0]
    for frame in frames[1:]:
        whole = whole.unionAll(frame)
    return whole


@pytest.mark.parametrize("column", ["Ngày tiếp nhận", "Ngày bổ sung"])
def test_parts_that_prove_another_order_of_day_and_month_are_refused(spark, column):
    """04/05 is the fourth of May in one partition; on one machine 04/13 in another makes it the fifth of April."""
    mapping = {"Ngày bổ sung": "supplemented_at"}
    open_row = {"Ngày tiếp nhận": "04/05/2026", "Ngày bổ sung": "06/05/2026"}
    proof = open_row | {column: "04/13/2026"}
    df = by_partition(spark, [open_row] * 20, [proof] * 3)
    read = alone(df, mapping=mapping)
    assert all(of.month_first for of in read.mapping), "on one machine all are read month first"
    with pytest.raises(tk.InputError) as told:
        tk.spark.tally(df, PLAN, period="2026", mapping=mapping)
    assert told.value.code == "month_first_part"
    text = told.value.args[1]
    for told_not in ("2026", "\n", "Traceback"):
        assert told_not not in text
    assert column in text
    assert told.value.text("en").startswith("columns")


def test_parts_that_prove_nothing_and_parts_that_prove_day_first_agree(spark):
    rows = [[{"Ngày tiếp nhận": "04/05/2026"}] * 5, [{"Ngày tiếp nhận": "25/04/2026"}] * 3]
    df = by_partition(spark, *rows)
    whole = tk.spark.tally(df, PLAN, period="2026-05")
    assert whole == tk.tally(alone(df), PLAN, period="2026-05")
    assert whole.scorecard().accounting["used"] == 8


@pytest.mark.parametrize(
    ("error", "code", "change"),
    [
        (tk.UnknownNameError, None, {"by": "agencies"}),
        (tk.QueryError, None, {"period": "2026-13"}),
        (tk.QueryError, "not_a_plan", {"plan": "dong-nguyen-2026"}),
        (tk.QueryError, "unknown_value", {"duplicates": "drop"}),
        (tk.InputError, None, {"mapping": {"NGÀY TIẾP NHẬN": "ignore"}}),
        (tk.InputError, "not_spark", {"df": [{"Ngày tiếp nhận": "05/01/2026"}]}),
    ],
)
def test_what_is_wrong_with_the_question_is_told_before_a_row_is_read(awkward, error, code, change):
    from pyspark.sql import functions

    unreadable = awkward.withColumn(
        "rating", functions.raise_error(functions.lit("read")).cast("int")
    )
    given = {"df": unreadable, "plan": PLAN, "period": "2026"} | change
    with pytest.raises(error) as told:
        tk.spark.evaluate(given.pop("df"), given.pop("plan"), **given)
    assert code is None or told.value.code == code


def test_an_error_crosses_from_a_worker_as_it_was_and_quotes_nothing_foreign():
    ours = tk.InputError("a_code", "lời [words]", "words")
    came = _parts.error_from_text(_parts.error_text(ours))
    assert (type(came), came.args) == (tk.InputError, ours.args)
    foreign = _parts.error_from_text(_parts.error_text(ValueError("Nguyễn Văn A 0123456789")))
    assert (type(foreign), foreign.code) == (tk.InternalError, "part_failed")
    assert "Nguyễn" not in str(foreign)
    assert "ValueError" in str(foreign)


def test_the_dossiers_behind_a_number(awkward):
    asked = {"period": "2026", "policy": "qd-766"}
    for duplicates in ("assume_unique", "resolve"):
        card = tk.evaluate(alone(awkward, duplicates), PLAN, **asked)
        found = tk.spark.cases(
            awkward.repartition(3), PLAN, "on_time_rate", duplicates=duplicates, **asked
        ).toArrow()
        listed = plain(pa.table(card.cases("on_time_rate")))
        assert found.schema.names == listed.schema.names
        assert sorted(map(repr, found.to_pylist())) == sorted(map(repr, listed.to_pylist()))
        assert found.num_rows == card["on_time_rate"].denominator - card["on_time_rate"].numerator
    with pytest.raises(tk.UnknownNameError):
        tk.spark.cases(awkward, PLAN, "on_time", period="2026")


@pytest.mark.parametrize(
    ("asked", "loaded", "duplicates"),
    [
        ({"period": "2026", "policy": "qd-766"}, {}, "assume_unique"),
        ({"period": "2026-Q2", "limits": {"1.001193": 5}}, {"extra": ["Phường.Xã", "Số"]}, "resolve"),
        ({"period": "2026", "as_of": "2026-05-20", "columns": ["agency", "Số"]}, {"extra": ["Số"]},
         "assume_unique"),
    ],
)  # fmt: skip
def test_the_judged_rows_are_those_of_one_machine(awkward, asked, loaded, duplicates):
    from pyspark.sql import functions

    df = awkward.withColumn("Số", functions.length("`Phường.Xã`"))
    one = alone(df, duplicates, **loaded)
    listed = plain(tk.judge(one, PLAN, **asked).to_arrow())
    wanted = sorted(map(repr, listed.to_pylist()))
    assert len(wanted) < df.count(), "some rows cannot be read"
    parts = {
        "several": df.repartition(3),
        "skewed, most of them empty": df.repartition(10, "`Phường.Xã`"),
    }
    for told, frame in parts.items():
        judged = tk.spark.judge(frame, PLAN, duplicates=duplicates, **asked, **loaded)
        found = judged.toArrow()
        assert found.schema.names == listed.schema.names, told
        assert [field.type for field in found.schema] == [field.type for field in listed.schema]
        assert sorted(map(repr, found.to_pylist())) == wanted, told
    excluded = [row["excluded"] for row in listed.to_pylist()]
    assert ("duplicate" in excluded) == (duplicates == "resolve")


def test_batches_are_not_weighed_row_by_row_and_settings_stay(awkward, monkeypatch):
    key, seen = "spark.sql.execution.arrow.maxBytesPerBatch", []
    conf, run = awkward.sparkSession.conf, tk.spark._run
    monkeypatch.setattr(
        tk.spark, "_run", lambda action: (seen.append(conf.get(key, None)), run(action))[1]
    )
    tk.spark.tally(awkward, PLAN, period="2026")
    assert (seen[0], conf.get(key, None)) == ("2147483647", None)
    conf.set(key, "1048576")
    try:
        tk.spark.tally(awkward, PLAN, period="2026")
        assert (seen[2], conf.get(key)) == ("1048576", "1048576")
    finally:
        conf.unset(key)


def test_what_is_wrong_with_a_judgement_is_told_before_a_row_is_read(awkward):
    from pyspark.sql import functions

    empty = tk.spark.judge(awkward.where("false"), PLAN, period="2026")
    assert (empty.count(), empty.columns[0]) == (0, "dossier_id")
    unreadable = awkward.withColumn(
        "rating", functions.raise_error(functions.lit("read")).cast("int")
    )
    tk.spark.judge(unreadable, PLAN, period="2026")
    with pytest.raises(tk.UnknownNameError):
        tk.spark.judge(unreadable, PLAN, period="2026", columns=["agencies"])
    with pytest.raises(tk.QueryError) as told:
        tk.spark.judge(unreadable, PLAN, period="2026", duplicates="error")
    assert told.value.code == "unknown_value"


OWN_DAYS = 'date,kind,name,source,confidence\n2026-03-03,off,"Nghỉ, ""riêng""",xã,verified\n'
OWN_PLAN = """extends = "dong-nguyen-2026"
id = "xa-khac"
title = 'Kế hoạch "khác" \\'
"""


@pytest.mark.parametrize("plan", [*tk.plans(), OWN_PLAN])
@pytest.mark.parametrize("own_days", [False, True])
def test_a_plan_that_is_sent_comes_back_as_it_was(plan, own_days, tmp_path):
    path = tmp_path / "lich-xa.csv"
    path.write_text(OWN_DAYS, encoding="utf-8")
    plan = tk.Plan.from_toml(plan) if "\n" in plan else tk.Plan(plan)
    ds = tk.Dossiers(tk.synth(200))
    calendar = tk.WorkCalendar.from_csv(path) if own_days else None
    asked = {"period": "2026", "policy": {"profile": "qd-766", "comparison": "instant"}}
    arguments = query_arguments(
        as_of="2026-06-30", by=(), limits={"1.001193": 5}, calendar=calendar, **asked
    )
    asked = _tthc_kpi.tally(ds._core, plan._core, arguments, threads=1)
    # As it is where it has come: nothing of this process.
    there = _tthc_kpi.Tally.from_bytes(pickle.loads(pickle.dumps(asked.to_bytes())))
    assert there.query_digest == _tthc_kpi.query_digest(plan._core, arguments, extra=[])
    judged = pa.table(_tthc_kpi.part_judge(there, ds._core, columns=None))
    here = _tthc_kpi.judge(ds._core, plan._core, arguments, columns=None, threads=1)
    assert judged == pa.table(here)


def test_a_question_that_changed_on_the_way_is_refused():
    arguments = query_arguments(
        period="2026", as_of=None, by=(), policy="plan", limits=None, calendar=None
    )
    asked = _tthc_kpi.tally(
        tk.Dossiers(tk.synth(1))._core, PLAN._core, arguments, threads=1
    ).to_bytes()
    changed = asked.replace(b'"95"', b'"96"')
    assert changed != asked
    with pytest.raises(tk.TthcKpiError) as told:
        _tthc_kpi.Tally.from_bytes(changed)
    assert told.value.code == "damaged_tally"


def test_without_pyspark_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(tk.InputError, match=r"tthc-kpi\[spark\]") as told:
        tk.spark.evaluate(None, PLAN, period="2026")
    assert told.value.code == "spark_missing"


def test_an_executor_without_the_library_is_told_in_a_sentence():
    def fails():
        raise RuntimeError(
            "Traceback ...\nModuleNotFoundError: No module named 'tthc_kpi'\n at java"
        )

    with pytest.raises(tk.InputError) as told:
        tk.spark._run(fails)
    assert told.value.code == "spark_executor"
    assert "java" not in str(told.value)


def test_examples_of_the_module(spark, tmp_path):
    # Not by createDataFrame: that makes instants of local times, by the zone of the session.
    tk.synth(2_000).to_parquet(tmp_path / "hoso.parquet")
    df = spark.read.parquet(str(tmp_path / "hoso.parquet"))
    options = doctest.NORMALIZE_WHITESPACE
    failed, tried = doctest.testmod(tk.spark, extraglobs={"df": df}, optionflags=options)
    assert tried > 8
    assert not failed


def test_the_benchmark_at_its_smallest(spark, tmp_path):
    path = ROOT / "benches" / "spark" / "spark_bench.py"
    spec = importlib.util.spec_from_file_location("spark_bench", path)
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    files = bench.files_of(2_000, tmp_path, piece=1_500)
    assert len(files) == 2
    found = bench.measure(spark, files, rounds=1)
    assert [row["rows"] for row in found] == [2_000, 2_000]


def test_page(spark, tmp_path, monkeypatch):
    """The page's blocks go on from one another; its session is the one that runs."""
    del spark
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    namespace = {}
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / PAGE).read_text("utf-8"), re.M | re.S)
    assert blocks
    for block in blocks:
        exec(compile(block, PAGE, "exec"), namespace)
