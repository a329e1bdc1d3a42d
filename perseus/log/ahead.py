"""Checking the officers' signatures of a large log on all cores, before its events are folded one after the other."""

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain

from registry.fold.ahead import fitting, keys_in, remember

WORTH = 2_000  # entries from which starting processes costs less than it saves
_CHUNK = 500


def check_ahead(entries: Sequence[bytes], *, workers: int | None = None) -> int:
    """Check every signature of these entries on all cores, for the fold that follows, and count those that fit."""
    if len(entries) < WORTH:
        return 0
    chunks = [entries[start : start + _CHUNK] for start in range(0, len(entries), _CHUNK)]
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(workers or os.cpu_count() or 1, mp_context=context) as pool:
        keys = tuple(dict.fromkeys(chain.from_iterable(pool.map(keys_in, chunks))))
        found = list(chain.from_iterable(pool.map(partial(fitting, multikeys=keys), chunks)))
    remember(found, keys)
    return len(found)
