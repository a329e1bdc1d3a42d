"""Checking the officers' signatures of a large log on all cores, before its events are folded one after the other."""

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain

from registry.fold.ahead import fitting, keys_in, remember

WORTH = 2_000  # entries from which starting processes costs less than it saves
_PARTS = 4  # for each core, so that none waits long for the slowest


def check_ahead(entries: Sequence[bytes], *, workers: int | None = None) -> int:
    """Check the signatures of these entries on all cores, for the fold that follows, and count those that fit."""
    if len(entries) < WORTH:
        return 0
    cores = workers or os.cpu_count() or 1
    step = -(-len(entries) // (_PARTS * cores))
    chunks = [entries[start : start + step] for start in range(0, len(entries), step)]
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("forkserver")) as pool:
        keys = dict(chain.from_iterable(part.items() for part in pool.map(keys_in, chunks)))
        found = list(chain.from_iterable(pool.map(partial(fitting, keys=keys), chunks)))
    remember(found, keys)
    return sum(kid is not None for _, kids in found for kid in kids)
