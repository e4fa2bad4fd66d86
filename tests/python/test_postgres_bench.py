"""The benchmark of PostgreSQL, small: every way of counting gives the same figures."""

import argparse

import pytest

import fill
import postgres
import ways

MISSING = postgres.missing()


@pytest.mark.skipif(MISSING is not None, reason=MISSING or "")
def test_all_ways_agree(monkeypatch):
    # Small batches, so that there are many; no part of a second seed's rows is lost.
    options = argparse.Namespace(batch_bytes=100_000, workers=2)
    monkeypatch.setattr(fill, "PART", 12_000)
    with postgres.server() as env:
        fill.fill(env, 20_000)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        tallies = {name: way.run(options) for name, way in ways.WAYS.items()}
    counted = {name: tally for name, tally in tallies.items() if tally is not None}
    assert set(counted) == {"stream", "months", "memory", "stream_all"}
    assert len({ways.digest(tally) for tally in counted.values()}) == 1
    assert counted["months"].scorecard().accounting["read"] == 20_000
