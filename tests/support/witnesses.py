"""Witnesses in memory, built on the decision that the service makes; they may be away, late or wrong."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from perseus.fetching import Fetched
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import WitnessKey, cosign
from registry.log.note import VerifierKey
from registry.log.witness import Accepted, Submission, consider, origin_of
from support.keys import signer
from support.scheme import START
from trust.errors import UnavailableError


@dataclass
class Witness:
    """One witness: what it holds of each log, and how it behaves just now."""

    name: str
    logs: Mapping[str, tuple[VerifierKey, ...]]
    held: dict[str, Checkpoint] = field(default_factory=dict)
    at: datetime = START
    down: bool = False
    wrong: bool = False
    delay: float = 0.0
    asked: list[Submission] = field(default_factory=list)

    @property
    def key(self) -> WitnessKey:
        """The key that a trust anchor names."""
        return WitnessKey(f"{self.name}.example", signer(self.name, ed25519=True).key)

    @property
    def url(self) -> str:
        """The submission prefix."""
        return f"https://{self.name}.example/witness/"

    def take(self, body: bytes) -> Fetched:
        """Answer a submission."""
        time.sleep(self.delay)
        if self.down:
            raise UnavailableError(self.url, because="it does not answer", code="fetch.timeout")
        submitted = Submission.parse(body.decode())
        self.asked.append(submitted)
        origin = origin_of(submitted.note)
        found = consider(submitted, logs=self.logs, held=self.held.get(origin))
        if not isinstance(found, Accepted):
            sized = found.size is not None
            text = f"{found.size}\n" if sized else found.reason
            return Fetched(found.status, "text/x.tlog.size" if sized else "text/plain", text.encode(), {})
        self.held[origin] = found.checkpoint
        text = found.text + "one line more\n" if self.wrong else found.text
        line = cosign(text, name=self.key.name, signer=signer(self.name, ed25519=True), at=self.at)
        return Fetched(200, "text/plain", f"{line}\n".encode(), {})


@dataclass
class Witnesses:
    """Several witnesses behind one way out."""

    all: tuple[Witness, ...]

    def post(self, url: str, body: bytes) -> Fetched:
        """Hand a submission to whom it is addressed to."""
        one = next(one for one in self.all if url == f"{one.url}add-checkpoint")
        return one.take(body)

    @property
    def urls(self) -> dict[str, str]:
        """Map the names to submission prefixes, as settings do."""
        return {one.key.name: one.url for one in self.all}
