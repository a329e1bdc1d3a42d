"""How a figure is measured: the work and its limit in turn, in one run, so that the machine's moods cancel out."""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

ROUNDS = 15


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of output; a ratio of 1 is the limit itself, and less is slower."""

    name: str
    value: float
    unit: str
    limit: float
    ratio: float


def tell(figure: Figure) -> None:
    """Print one figure as one JSON line."""
    sys.stdout.write(json.dumps(asdict(figure)) + "\n")
    sys.stdout.flush()


def beside(
    name: str,
    work: Callable[[], object],
    limit: Callable[[], object],
    *,
    times: int = 1,
    rounds: int = ROUNDS,
) -> Figure:
    """Time the work and its limit alternately; give the median of each, in milliseconds a call."""
    work(), limit()
    pairs = [(once(work, times), once(limit, times)) for _ in range(rounds)]
    value = statistics.median(pair[0] for pair in pairs)
    bound = statistics.median(pair[1] for pair in pairs)
    return Figure(name, round(value, 4), "ms", round(bound, 4), round(bound / value, 3))


def once(work: Callable[[], object], times: int) -> float:
    """Time so many calls, and give the milliseconds of one; garbage is collected before, as timeit has it."""
    gc.collect()
    gc.disable()
    try:
        begun = time.perf_counter()
        for _ in range(times):
            work()
        return (time.perf_counter() - begun) * 1_000 / times
    finally:
        gc.enable()
