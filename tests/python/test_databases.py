"""Databases: the same dossiers in DuckDB, SQLite and PostgreSQL, read by the saved queries."""

import datetime as dt
import os
import re
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import duckdb
import pyarrow as pa
import pytest

import postgres
import tthc_kpi as tk

ROOT = Path(__file__).resolve().parents[2]
PLAN = tk.Plan("dong-nguyen-2026")
PAGE = "docs/co-so-du-lieu.md"
MISSING = postgres.missing()
needs_postgres = pytest.mark.skipif(MISSING is not None, reason=MISSING or "")
EVERY = ["duckdb", "sqlite", pytest.param("postgresql", marks=needs_postgres)]


def at(text):
    return dt.datetime.strptime(text, "%d/%m/%Y %H:%M")


BIRTH = {"procedure_code": "1.001193", "procedure": "Đăng ký khai sinh", "field": "Hộ tịch"}
COPY = {"procedure_code": "2.000815", "procedure": "Chứng thực bản sao", "field": "Chứng thực"}
# By hand from tests/data/databases: every time is that of the clock on the wall in Vietnam.
EXPECTED = [
    BIRTH
    | {"dossier_id": "H01-1", "agency": "Phòng Tư pháp", "channel": "in_person", "status": 10}
    | {"received_at": at("31/03/2026 16:30"), "due_at": at("07/04/2026 17:00")}
    | {"completed_at": at("07/04/2026 16:00"), "returned_at": at("07/04/2026 16:30")}
    | {"payments": 1, "payments_online": 0, "amount_due": Decimal(8000)}
    | {"amount_online": Decimal(0), "rating": 5, "petitioned": False, "input_digitised": True},
    # Of March in UTC, of April here; done on the last day in both.
    BIRTH
    | {"dossier_id": "H01-2", "agency": "Phòng Tư pháp", "channel": "online", "status": 10}
    | {"received_at": at("01/04/2026 00:30"), "due_at": at("09/04/2026 17:00")}
    | {"completed_at": at("09/04/2026 23:30"), "returned_at": at("10/04/2026 00:15")}
    | {"payments": 1, "payments_online": 1, "amount_due": Decimal("8000.50")}
    | {"amount_online": Decimal("8000.50"), "rating": 4}
    | {"petitioned": False, "input_digitised": True},
    # Done on the day it was due in UTC, a day late here.
    COPY
    | {"dossier_id": "H01-3", "agency": "Văn phòng", "channel": "online", "status": 9}
    | {"received_at": at("02/04/2026 08:00"), "due_at": at("09/04/2026 17:00")}
    | {"completed_at": at("10/04/2026 01:00"), "payments": 2, "payments_online": 1}
    | {"amount_due": Decimal(150000), "amount_online": Decimal(75000), "rating": 2}
    | {"petitioned": True, "input_digitised": False},
    # Due on a day without an hour: midnight here, 17:00 of the day before in UTC.
    COPY
    | {"dossier_id": "H01-4", "agency": "Văn phòng", "channel": "postal", "status": 9}
    | {"received_at": at("03/04/2026 09:00"), "due_at": at("10/04/2026 00:00")}
    | {"completed_at": at("10/04/2026 15:00")},
    COPY
    | {"dossier_id": "H01-5", "agency": "Văn phòng", "channel": "in_person", "status": 4}
    | {"received_at": at("06/04/2026 10:00"), "petitioned": False, "input_digitised": True},
    # Of a procedure that the catalogue lacks.
    {"dossier_id": "H01-6", "procedure_code": "9.999999", "status": 4}
    | {"received_at": at("07/04/2026 10:00"), "due_at": at("14/04/2026 17:00")}
    | {"payments": 0, "payments_online": 0, "amount_due": Decimal(0), "amount_online": Decimal(0)},
]


def saved(name):
    return (ROOT / "examples" / "sql" / f"{name}.sql").read_text("utf-8")


def sample(name):
    return (ROOT / "tests" / "data" / "databases" / f"{name}.sql").read_text("utf-8")


def postgresql(env):
    return adbc_driver_postgresql.dbapi.connect(
        f"postgresql:///{env['PGDATABASE']}?host={env['PGHOST']}&user={env['PGUSER']}"
    )


@pytest.fixture(scope="module")
def address():
    """The sample database in a PostgreSQL server whose own time zone is neither UTC nor ours."""
    if MISSING is not None:
        pytest.skip(MISSING)
    with postgres.server(timezone="America/New_York") as env:
        with postgresql(env) as connection, connection.cursor() as cursor:
            for statement in sample("postgresql").split(";\n"):
                if statement.strip():
                    cursor.execute(statement)
            connection.commit()
        yield env


@pytest.fixture
def folder(tmp_path):
    """The sample databases that are files."""
    with closing(sqlite3.connect(tmp_path / "motcua.sqlite")) as connection:
        connection.executescript(sample("sqlite"))
    with duckdb.connect(tmp_path / "motcua.duckdb") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(sample("duckdb"))
    return tmp_path


@pytest.fixture
def opened(folder, request):
    """Opens a sample database by its name: what to give `tk.Dossiers` for a query."""

    @contextmanager
    def open_(name, *settings):
        if name == "duckdb":
            with duckdb.connect(folder / "motcua.duckdb", read_only=True) as connection:
                for setting in settings:
                    connection.execute(setting)
                yield connection.sql
            return
        if name == "sqlite":
            connection = adbc_driver_sqlite.dbapi.connect(str(folder / "motcua.sqlite"))
        else:
            connection = postgresql(request.getfixturevalue("address"))
        with connection, connection.cursor() as cursor:
            for setting in settings:
                cursor.execute(setting)
            yield cursor.execute

    return open_


def rows_of(ds):
    rows = [
        {name: value for name, value in row.items() if value is not None}
        for row in pa.table(ds).to_pylist()
    ]
    return sorted(rows, key=lambda row: row["dossier_id"])


@pytest.mark.parametrize("name", EVERY)
def test_the_saved_query_gives_the_dossiers(opened, name):
    with opened(name) as query:
        ds = tk.Dossiers(query(saved(name)))
    assert rows_of(ds) == EXPECTED
    assert ds.issues == ()
    assert {column.rule for column in ds.mapping} == {"exact"}
    card = tk.evaluate(ds, PLAN, period="2026-Q2", as_of="2026-06-30", by=["received_month"])
    assert card["on_time_rate"].rate.denominator == 4
    assert card["on_time_rate"].rate.numerator == 3
    late = card.cases("on_time_rate", "failing").to_dicts()
    assert [row["dossier_id"] for row in late] == ["H01-3"]


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("duckdb", "SET TimeZone = '{}'"),
        pytest.param("postgresql", "SET TIME ZONE '{}'", marks=needs_postgres),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Ho_Chi_Minh", "America/New_York"])
def test_the_zone_of_the_session_moves_no_day(opened, name, setting, zone):
    with opened(name, setting.format(zone)) as query:
        assert rows_of(tk.Dossiers(query(saved(name)))) == EXPECTED


WRONG_DAY = {
    # The date of a timestamptz is that of the session's zone.
    "duckdb": "SELECT tiep_nhan_luc::date AS received_at FROM ho_so WHERE so_ho_so = 'H01-2'",
    "postgresql": "SELECT tiep_nhan_luc::date AS received_at FROM mot_cua.ho_so"
    " WHERE so_ho_so = 'H01-2'",
    # Text without a zone is taken for local time.
    "sqlite": "SELECT tiep_nhan_luc AS received_at FROM ho_so WHERE so_ho_so = 'H01-2'",
}
RIGHT_DAY = {
    "duckdb": "SELECT (tiep_nhan_luc AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS received_at"
    " FROM ho_so WHERE so_ho_so = 'H01-2'",
    "postgresql": "SELECT (tiep_nhan_luc AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS received_at"
    " FROM mot_cua.ho_so WHERE so_ho_so = 'H01-2'",
    "sqlite": "SELECT date(tiep_nhan_luc, '+7 hours') AS received_at"
    " FROM ho_so WHERE so_ho_so = 'H01-2'",
}


@pytest.mark.parametrize("name", EVERY)
def test_what_the_page_warns_of_moves_the_day_and_its_remedy_does_not(opened, name):
    settings = {
        "duckdb": ["SET TimeZone = 'UTC'"],
        "postgresql": ["SET TIME ZONE 'UTC'"],
        "sqlite": [],
    }
    for queries, day in ((WRONG_DAY, dt.date(2026, 3, 31)), (RIGHT_DAY, dt.date(2026, 4, 1))):
        with opened(name, *settings[name]) as query:
            (row,) = pa.table(tk.Dossiers(query(queries[name]))).to_pylist()
        assert row["received_at"].date() == day


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("'2026-03-31 17:30:00'", "31/03/2026 17:30"),
        ("'2026-03-31T17:30:00Z'", "01/04/2026 00:30"),
        ("'2026-04-01 00:30:00+07:00'", "01/04/2026 00:30"),
        ("'01/04/2026 00:30'", "01/04/2026 00:30"),
        ("20260401003000", "01/04/2026 00:30"),
        ("datetime(1774978200, 'unixepoch', '+7 hours')", "01/04/2026 00:30"),
        ("datetime(1774978200123 / 1000, 'unixepoch', '+7 hours')", "01/04/2026 00:30"),
    ],
)
def test_dates_of_sqlite(opened, text, local):
    with opened("sqlite") as query:
        (row,) = pa.table(tk.Dossiers(query(f"SELECT {text} AS received_at"))).to_pylist()
    assert row["received_at"] == at(local)


@pytest.mark.parametrize("number", ["1774978200", "1774978200000", "'1774978200'"])
def test_a_count_of_seconds_is_set_aside_and_never_guessed_at(opened, number):
    with opened("sqlite") as query:
        ds = tk.Dossiers(query(f"SELECT {number} AS received_at"))
    assert [(issue.column, issue.action) for issue in ds.issues] == [("received_at", "set_aside")]


def test_a_julian_day_is_refused(opened):
    with opened("sqlite") as query, pytest.raises(tk.InputError, match="received_at") as raised:
        tk.Dossiers(query("SELECT julianday('2026-03-31') AS received_at"))
    assert raised.value.code == "unsupported_type"


def test_columns_that_begin_empty_in_sqlite(folder, opened):
    """The driver guesses types from the first rows; the saved query must not depend on the guess."""
    with closing(sqlite3.connect(folder / "motcua.sqlite")) as connection:
        connection.execute("CREATE TABLE sau AS SELECT * FROM ho_so")
        connection.execute("DELETE FROM ho_so")
        connection.executemany(
            "INSERT INTO ho_so (so_ho_so, tiep_nhan_luc) VALUES (?, '2026-05-04 01:00:00')",
            [(f"A-{number}",) for number in range(3000)],
        )
        connection.execute("INSERT INTO ho_so SELECT * FROM sau")
        connection.commit()
    with opened("sqlite") as query:
        ds = tk.Dossiers(query(saved("sqlite")))
        assert ds.issues == ()
        assert rows_of(ds)[3000:] == EXPECTED
        with pytest.raises(tk.InputError, match=PAGE) as raised:
            tk.Dossiers(
                query("SELECT tiep_nhan_luc AS received_at, kenh_nop AS channel FROM ho_so")
            )
    assert raised.value.code == "query_failed"


def one_row(query, columns):
    """The only row of a query of these columns, and its issues."""
    ds = tk.Dossiers(query(f"SELECT timestamp '2026-01-05 08:00' AS received_at, {columns}"))
    table = pa.table(ds).to_pylist()
    return (table[0] if table else None), [(issue.column, issue.reason) for issue in ds.issues]


@needs_postgres
def test_types_of_postgresql(opened):
    """What the page says of each type."""
    with opened("postgresql") as query:
        row, issues = one_row(
            query,
            "1234567.5::numeric AS amount_due, 12::numeric AS limit_days, 'A1'::char(9) AS id",
        )
        assert (row["amount_due"], row["limit_days"], issues) == (Decimal("1234567.5"), 12, [])
        row, issues = one_row(query, "'NaN'::numeric AS amount_due")
        assert (row["amount_due"], issues) == (None, [])
        endless = "SELECT now() AS received_at, 'infinity'::timestamptz AS due_at"
        assert tk.Dossiers(query(endless)).accounting["excluded"] == {"bad_date": 1}
        for column, bare, cast in (
            ("dossier_id", "gen_random_uuid()", "gen_random_uuid()::text"),
            ("limit_days", "interval '3 days'", "extract(day FROM interval '3 days')::int"),
        ):
            with pytest.raises(tk.InputError, match=column) as raised:
                one_row(query, f"{bare} AS {column} FROM mot_cua.ho_so LIMIT 1")
            assert raised.value.code == "unsupported_type"
            row, issues = one_row(query, f"{cast} AS {column} FROM mot_cua.ho_so LIMIT 1")
            assert row[column] is not None
            assert issues == []
        row, issues = one_row(query, "kenh_nop AS channel FROM mot_cua.ho_so LIMIT 1")
        assert (row["channel"], issues) == ("in_person", [])
        # The driver gives money in hundredths, as whole numbers: refused, not read a hundredfold.
        with pytest.raises(tk.InputError, match="amount_online") as raised:
            one_row(query, "'75000'::money AS amount_online")
        assert raised.value.code == "unsupported_type"
        row, _ = one_row(query, "'75000'::money::numeric AS amount_online")
        assert row["amount_online"] == 75000


@needs_postgres
def test_a_query_that_fails_halfway_is_told_without_its_data(opened):
    with opened("postgresql") as query, pytest.raises(tk.InputError) as raised:
        one_row(
            query,
            "(CASE WHEN n < 9 THEN 'x' ELSE 'Lê A' END || '1')::int AS status"
            " FROM generate_series(1, 9) AS n WHERE n = 9",
        )
    assert raised.value.code == "query_failed"
    assert "Lê A" not in str(raised.value)


def test_types_of_duckdb():
    with duckdb.connect() as connection:
        row, issues = one_row(
            connection.sql,
            "'Trực tuyến'::ENUM('Trực tiếp', 'Trực tuyến') AS channel, 5::hugeint AS rating,"
            " sum(1) AS payments, 12.5::decimal(18, 3) AS amount_due, 0.1::double AS amount_online,"
            " uuid() AS dossier_id, NULL AS due_at, timestamp_ns '2026-01-06 09:00' AS completed_at",
        )
    assert issues == []
    assert (row["channel"], row["rating"], row["payments"]) == ("online", 5, 1)
    assert (row["amount_due"], row["amount_online"]) == (Decimal("12.5"), Decimal("0.1"))
    assert row["completed_at"] == at("06/01/2026 09:00")
    assert len(row["dossier_id"]) == 36


def test_a_register_is_read_from_a_cursor(opened):
    with opened("sqlite") as query:
        registers = tk.Registers(
            procedures=query("SELECT ma_thu_tuc AS code, ten_thu_tuc AS name FROM thu_tuc")
        )
    assert registers["procedures"].kept == 2


def test_a_connection_is_told_what_to_do():
    with (
        duckdb.connect() as duck,
        closing(sqlite3.connect(":memory:")) as lite,
        adbc_driver_sqlite.dbapi.connect() as adbc,
    ):
        for connection in (duck, lite, adbc):
            with pytest.raises(tk.InputError, match=PAGE) as raised:
                tk.Dossiers(connection)
            assert raised.value.code == "connection_given"
        with pytest.raises(tk.InputError, match="adbc-driver-sqlite") as raised:
            tk.Dossiers(lite.execute("SELECT '2026-01-05' AS received_at"))
        assert raised.value.code == "cursor_without_arrow"
        with adbc.cursor() as cursor:
            with pytest.raises(tk.InputError, match="execute") as raised:
                tk.Dossiers(cursor)
            assert raised.value.code == "no_query_result"
            cursor.execute("SELECT '2026-01-05' AS received_at")
            assert len(tk.Dossiers(cursor)) == 1
            with pytest.raises(tk.InputError) as raised:
                tk.Dossiers(cursor)
            assert raised.value.code == "no_query_result"


def test_a_cursor_needs_no_pyarrow(folder):
    script = """
        import sys
        sys.modules["pyarrow"] = None
        import adbc_driver_sqlite.dbapi
        import tthc_kpi as tk
        with adbc_driver_sqlite.dbapi.connect(sys.argv[1]) as connection, connection.cursor() as cursor:
            print(len(tk.Dossiers(cursor.execute(open(sys.argv[2], encoding="utf-8").read()))))
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    command += [str(folder / "motcua.sqlite"), str(ROOT / "examples" / "sql" / "sqlite.sql")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert run.stdout.split() == ["6"]


@needs_postgres
def test_the_server_of_the_tests_is_gone_with_them():
    with postgres.server() as env, postgresql(env):
        assert Path(env["PGHOST"], ".s.PGSQL.5432").exists()
    assert not Path(env["PGHOST"]).exists()


def sections():
    """The page's Python by database, in the order of the page."""
    found = {}
    for section in re.split(r"^## ", (ROOT / PAGE).read_text("utf-8"), flags=re.M)[1:]:
        blocks = re.findall(r"^```python\n(.*?)^```", section, re.M | re.S)
        found[section.partition("\n")[0].lower()] = blocks
    return found


@pytest.mark.parametrize("name", EVERY)
def test_the_page(name, folder, request, monkeypatch):
    blocks = sections()[name]
    assert blocks, "the section has an example"
    if name == "postgresql":
        env = request.getfixturevalue("address")
        monkeypatch.setenv(
            "MOTCUA_DB",
            f"postgresql:///{env['PGDATABASE']}?host={env['PGHOST']}&user={env['PGUSER']}",
        )
    (folder / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(folder)
    for block in blocks:
        exec(compile(block, f"{PAGE}: {name}", "exec"), {})


def test_every_example_of_the_page_is_run():
    assert {name for name, blocks in sections().items() if blocks} == {
        "duckdb",
        "sqlite",
        "postgresql",
    }
