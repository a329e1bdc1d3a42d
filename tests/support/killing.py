"""Run by a test as a process: a witness's desk that takes submissions and dies at a write point, again and again.

One line of JSON in a time, `{"home", "point", "body"}`, one line out: what was answered before the end, or nothing.
Each submission is taken by a child forked for it, which is killed at its k-th write point (0: at none).
"""

import json
import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event

from perseus import clock, settings
from perseus.witness.cosigning import Cosigned, CosigningDesk
from perseus.witness.memory import open_memory
from perseus.witness.settings import WitnessSettings, known_logs, signer_of

POINTS = ("begin", "before_cursor_execute", "after_cursor_execute", "commit")


def take(home: Path, point: int, body: bytes) -> str:
    """Take one submission, and die at a write point of it."""
    left = [point]

    def passed(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    found = settings.read(home, WitnessSettings)
    store = open_memory(found.database_url)
    desk = CosigningDesk(found.name, signer_of(home), known_logs(found.logs), store, clock.now)
    for name in POINTS:
        event.listen(store.engine, name, passed)
    event.listen(store.engine.pool, "checkin", passed)
    answered = desk.add(body)
    return answered.line if isinstance(answered, Cosigned) else f"{answered.status} {answered.reason}"


def main() -> None:
    """Fork a child for each line, and pass on what it said."""
    for line in sys.stdin:
        asked = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            told = take(Path(asked["home"]), asked["point"], asked["body"].encode())
            os.write(writing, told.encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as pipe:
            told = pipe.read()
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) in {0, -signal.SIGKILL}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
