"""The table of the benchmark: made-up dossiers of 2026, as a one-stop system would keep them."""

import adbc_driver_postgresql.dbapi as postgresql
import pyarrow as pa

import tthc_kpi as tk

# Rows made and copied at a time, so that filling takes little memory too.
PART = 250_000


def address(env: dict[str, str]) -> str:
    """The server's address, as the driver takes it."""
    return f"postgresql:///{env['PGDATABASE']}?host={env['PGHOST']}&user={env['PGUSER']}"


def fill(env: dict[str, str], rows: int) -> None:
    """Makes the table and fills it by COPY, each part of its own seed."""
    with postgresql.connect(address(env)) as connection, connection.cursor() as cursor:
        for seed, start in enumerate(range(0, rows, PART)):
            table = pa.table(tk.synth(min(PART, rows - start), seed))
            # The driver copies plain texts and signed integers.
            kinds = {pa.uint8(): pa.int16(), pa.uint32(): pa.int32()}
            fields = []
            for field in table.schema:
                kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
                fields.append(pa.field(field.name, kinds.get(kind, kind)))
            names = pa.array(
                [f"{seed}-{text}" for text in table["dossier_id"].to_pylist()], pa.string()
            )
            table = table.cast(pa.schema(fields)).set_column(0, "dossier_id", names)
            cursor.adbc_ingest("ho_so", table, mode="create" if seed == 0 else "append")
        connection.commit()
        cursor.execute("CREATE INDEX ON ho_so (received_at)")
        cursor.execute("ANALYZE ho_so")
        connection.commit()
