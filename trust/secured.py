"""The exact bytes of a secured document: the only thing a verifier accepts."""

from dataclasses import dataclass

from trust.digest import Digest


@dataclass(frozen=True, slots=True)
class Secured:
    """A credential or presentation as it travelled, not yet believed (VCDM 2.0, section 4.12)."""

    raw: bytes
    media_type: str = "application/vc"

    @property
    def digest(self) -> Digest:
        """Give the SHA-256 of the bytes, by which `relatedResource` binds them (VCDM 2.0, section 5.3)."""
        return Digest.of(self.raw)

    def __repr__(self) -> str:
        """Name the document by its digest, because a credential's content has no place in a log."""
        return f"Secured({self.media_type}, {len(self.raw)} bytes, {self.digest.multibase})"
