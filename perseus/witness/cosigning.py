"""One submission at a witness: decided, cosigned and stored in one transaction, before anybody is answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from perseus.storage.store import Store
from perseus.witness import memory
from perseus.witness.memory import LARGEST, Held
from registry.log.cosignature import cosign
from registry.log.note import VerifierKey
from registry.log.witness import Accepted, Refusal, Submission, consider, origin_of
from trust.claims.halfhour import stamp
from trust.errors import MalformedError, UnavailableError
from trust.keys import Signer

_CONFLICT = 409
STEP = timedelta(seconds=60)
"""How far a clock may have been set back; further, and its owner must look at it before it cosigns again."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The signature line, and how many entries it is about."""

    line: str
    size: int


@dataclass(frozen=True, slots=True)
class CosigningDesk:
    """The name, the key, the logs and the memory of one witness; any number of threads may stand at it."""

    name: str
    signer: Signer = field(repr=False)
    logs: Mapping[str, Sequence[VerifierKey]]
    store: Store
    now: Callable[[], datetime]

    def add(self, body: bytes) -> Cosigned | Refusal:
        """Answer a submission; what is cosigned is on the disk before this returns (C2SP tlog-witness).

        Raises:
            UnavailableError: the database is away, or the clock was set back.
        """
        try:
            submitted = Submission.parse(body.decode())
        except (MalformedError, UnicodeDecodeError) as error:
            return Refusal(400, str(error))
        with self.store.write() as connection:
            held = memory.recall(connection, origin_of(submitted.note))
            decided = consider(submitted, logs=self.logs, held=None if held is None else held.checkpoint)
            if isinstance(decided, Refusal):
                self._keep_fork(connection, submitted, held, decided)
                return decided
            if decided.checkpoint.size > LARGEST:
                return Refusal(400, f"a log of {decided.checkpoint.size} entries is beyond what is kept")
            at = self._moment(held)
            line = cosign(decided.text, name=self.name, signer=self.signer, at=at)
            memory.keep(connection, _kept(decided, submitted.note, at), before=held)
        return Cosigned(f"{line}\n", decided.checkpoint.size)

    def _moment(self, held: Held | None) -> datetime:
        """Read the clock; the time in a cosignature never lies before one that was given already."""
        moment = self.now()
        if held is None or moment >= held.cosigned_at:
            return moment
        if held.cosigned_at - moment > STEP:
            because = (
                f"the clock shows {stamp(moment)}, and this witness cosigned at {stamp(held.cosigned_at)}"
            )
            raise UnavailableError("the time", because=because, code="http.refused")
        return held.cosigned_at

    def _keep_fork(
        self, connection: Connection, submitted: Submission, held: Held | None, refused: Refusal
    ) -> None:
        """Keep two checkpoints of one size with different roots, both signed by the log: they prove it to anybody."""
        if held is not None and refused.status == _CONFLICT and submitted.old == held.size:
            memory.keep_fork(connection, held, submitted.note, at=self.now())


def _kept(accepted: Accepted, note: str, at: datetime) -> Held:
    return Held(accepted.checkpoint.origin, accepted.checkpoint.size, note, at)
