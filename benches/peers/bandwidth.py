"""Băng thông bộ nhớ: how fast this machine reads a large array on all its cores."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

BYTES = 1 << 30
ROUNDS = 7


def measure(size: int = BYTES) -> float:
    """Bytes per second, the best of several reductions: each reads the whole array once."""
    # Written to, so that it lies in memory and not on the one page of zeros.
    values = np.ones(size // 8, dtype=np.int64)
    threads = os.cpu_count() or 1
    parts = np.array_split(values, threads)
    best = 0.0
    with ThreadPoolExecutor(threads) as pool:
        for reduction in (np.max, np.add.reduce, np.bitwise_or.reduce):
            for _ in range(ROUNDS):
                start = time.perf_counter()
                list(pool.map(reduction, parts))
                best = max(best, values.nbytes / (time.perf_counter() - start))
    return best
