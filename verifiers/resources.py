"""The resources at hand, each read once for as long as its bytes are in use, and only where its digest fits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeVar

from trust.digest import Digest
from trust.errors import MalformedError
from trust.resource import Resource, read_resource

R = TypeVar("R", bound=Resource)
_HELD = 512


@dataclass(frozen=True, slots=True)
class _Bytes:
    """Bytes that are known by their digest alone, so that nobody compares them twice."""

    digest: Digest
    raw: bytes = field(compare=False, repr=False)


@dataclass(slots=True, eq=False)
class Resources:
    """What travels beside the credentials of one case."""

    held: Final[Mapping[Digest, bytes]]
    _digests: Final[dict[Digest, Digest]] = field(default_factory=dict)

    def digest(self, name: Digest) -> Digest | None:
        """Give the digest of the bytes that are held under this name, or None where none are."""
        raw = self.held.get(name)
        if raw is None:
            return None
        if name not in self._digests:
            self._digests[name] = Digest.of(raw)
        return self._digests[name]

    def read(self, name: Digest, cls: type[R]) -> R | None:
        """Give the resource of this name, or None where it is not at hand, not itself, or of another class.

        Raises:
            MalformedError: the bytes contradict themselves.
        """
        if self.digest(name) != name:
            return None
        found = _read(_Bytes(name, self.held[name]))
        if isinstance(found, MalformedError):
            raise found
        return found if isinstance(found, cls) else None


@lru_cache(maxsize=_HELD)
def _read(held: _Bytes) -> Resource | MalformedError:
    try:
        return read_resource(held.raw, where="resource")
    except MalformedError as error:
        return error
