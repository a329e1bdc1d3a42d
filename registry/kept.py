"""A bounded memory of answers: it saves time and never changes an answer."""

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Keep the newest values by name; the oldest makes room. `get` gives what was kept under a name, or None."""

    __slots__ = ("_limit", "_lock", "_values", "get")

    def __init__(self, limit: int) -> None:
        """Keep at most so many values."""
        self._values: dict[K, V] = {}
        self.get: Callable[[K], V | None] = self._values.get
        self._limit = limit
        self._lock = Lock()

    def put(self, name: K, value: V) -> V:
        """Keep a value under a name, and give it back."""
        with self._lock:
            if len(self._values) >= self._limit and name not in self._values:
                del self._values[next(iter(self._values))]
            self._values[name] = value
        return value

    def __len__(self) -> int:
        """Give how many values are kept."""
        return len(self._values)
