"""The trust anchor: the little that a verifier must be given by hand before it can rely on a register."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from registry.log.note import VerifierKey
from trust.canonical import Json, canonicalize, parse
from trust.digest import Digest
from trust.errors import MalformedError

_TYPE = "PerseusTrustAnchor"
_MEMBERS = {"type", "version", "scheme", "genesis", "logKey", "quorum", "witnesses", "environment"}
_LARGEST = 65_536


@dataclass(frozen=True, slots=True)
class Anchor:
    """Which scheme, which first entry, which log key, how many witnesses, and for which environment.

    `genesis` is the RFC 6962 leaf hash of entry 0; `quorum` of the `witnesses` must have cosigned a checkpoint.

    Raises:
        MalformedError: the scheme or the environment is empty, or the quorum exceeds the witnesses.
    """

    scheme: str
    genesis: Digest
    log_key: VerifierKey
    quorum: int = 0
    environment: str = "test"
    witnesses: tuple[VerifierKey, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an anchor that could hold nothing."""
        if not self.scheme or not self.environment:
            raise MalformedError("anchor", expected="a scheme and an environment", found="an empty name")
        if not 0 <= self.quorum <= len(self.witnesses):
            raise MalformedError(
                "anchor/quorum", expected=f"0 to {len(self.witnesses)} witnesses", found=str(self.quorum)
            )

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """Read a trust file.

        Raises:
            MalformedError: a member is missing, unknown, or of another shape.
        """
        document = _object(parse(raw, where="anchor", limit=_LARGEST))
        if document["type"] != _TYPE or document["version"] != 1:
            found = f"{document['type']} {document['version']}"
            raise MalformedError("anchor/type", expected=f"{_TYPE} 1", found=ascii(found))
        return cls(
            scheme=_text(document, "scheme"),
            genesis=Digest.parse(_text(document, "genesis")),
            log_key=VerifierKey.parse(_text(document, "logKey")),
            quorum=_quorum(document["quorum"]),
            environment=_text(document, "environment"),
            witnesses=tuple(VerifierKey.parse(key) for key in _texts(document["witnesses"])),
        )

    def to_json(self) -> bytes:
        """Write the trust file in its one form."""
        return canonicalize(
            {
                "type": _TYPE,
                "version": 1,
                "scheme": self.scheme,
                "genesis": self.genesis.multibase,
                "logKey": str(self.log_key),
                "quorum": self.quorum,
                "witnesses": [str(key) for key in self.witnesses],
                "environment": self.environment,
            }
        )


def _object(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        raise MalformedError("anchor", expected="an object", found=type(value).__name__)
    if value.keys() != _MEMBERS:
        names = ", ".join(sorted(value.keys() ^ _MEMBERS))
        raise MalformedError(
            "anchor", expected=f"exactly {len(_MEMBERS)} members", found=f"a difference in {names}"
        )
    return value


def _text(document: Mapping[str, Json], name: str) -> str:
    value = document[name]
    if not isinstance(value, str):
        raise MalformedError(f"anchor/{name}", expected="text", found=type(value).__name__)
    return value


def _texts(value: Json) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, list):
        raise MalformedError("anchor/witnesses", expected="an array of keys", found=type(value).__name__)
    return tuple(_text({"witnesses": item}, "witnesses") for item in value)


def _quorum(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise MalformedError("anchor/quorum", expected="an integer", found=type(value).__name__)
    return value
