"""Đo: each work in turn, round after round, so that a change of the machine meets all alike."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Timed:
    """Seconds of every round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def least(self) -> float:
        return min(self.seconds)


def take_turns(
    works: Mapping[str, Callable[[], object]], rounds: Mapping[str, int]
) -> dict[str, Timed]:
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(max(rounds.values())):
        for name, work in works.items():
            if turn < rounds[name]:
                seconds[name].append(once(work))
    return {name: Timed(tuple(found)) for name, found in seconds.items()}


def once(work: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        result = work()
        found = time.perf_counter() - start
    finally:
        gc.enable()
    # Freeing what was made is no part of the work.
    del result
    return found
