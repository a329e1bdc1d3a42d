"""`make bench`: one JSON line a figure, each beside its limit measured in the same run (ratio 1 is the limit)."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

# The chain is the simulator's that the tests stand on, and IB1's library is where the tests have it.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(1, str(Path(__file__).parents[1] / ".venv" / "oracle"))

from bench import chains, commitments, ib1, logs, memory, recalculation, register, years
from bench.timing import Figure, tell

FIGURES: dict[str, Callable[[], Iterable[Figure]]] = {
    "verify.credential": lambda: [chains.credential()],
    "verify.chain": chains.chain,
    "verify.year": years.year,
    "recalculate.year": lambda: [recalculation.year()],
    "commit.month": lambda: [commitments.commit_month()],
    "open.month": lambda: [commitments.open_month()],
    "log.append": lambda: [logs.append()],
    "log.inclusion": lambda: [logs.inclusion()],
    "log.read": lambda: [logs.read()],
    "log.sync": register.sync,
    "register.fold": register.fold,
    "register.standing": lambda: [register.standing()],
    "ib1.audit": lambda: [ib1.audited()],
    "memory.verify": lambda: [memory.verify()],
}


def main(wanted: list[str]) -> None:
    """Measure the figures that are named, or all of them."""
    for name, measure in FIGURES.items():
        if not wanted or name in wanted:
            for figure in measure():
                tell(figure)


if __name__ == "__main__":
    main(sys.argv[1:])
