"""The operator's side of the evidence log: takes what members say, once an interval, and proves that it stands there.

It keeps nothing that the log does not publish: which member, which list, which interval, and the hash of the entry.
"""

from collections.abc import Callable
from typing import Annotated, cast

from fastapi import Path, Response
from pydantic import JsonValue

from perseus.apps.call import Body, Called
from perseus.apps.frame import answer
from perseus.apps.party import Party
from perseus.apps.service import Service
from perseus.evidence.committing import LATEST
from perseus.log.keeper import Keeper
from perseus.log.names import LogName
from perseus.log.offers import Placed
from perseus.storage import slots
from registry.evidence.statement import Batch, SignedStatement, Statement
from registry.intervals import EvidenceLog
from registry.log.tiles import Tile
from registry.standing import Outcome
from trust.canonical import Json, canonicalize
from trust.digest import b64url_encode
from trust.errors import MalformedError, NotPermittedError, UnavailableError

_LAST = (1 << 53) - 1
_TEXT = "text/plain; charset=utf-8"
Take = Callable[[bytes], Placed]


class NewStatement(Body):
    """A statement that a member signed, as a JWS in its general JSON serialization."""

    entry: dict[str, JsonValue]


class Local:
    """The operator's own way to the log that it keeps."""

    def __init__(self, take: Take, keeper: Keeper) -> None:
        self._take = take
        self._keeper = keeper

    def submit(self, entry: bytes) -> int:
        """Take an entry of the operator's own as any other."""
        return self._take(entry).index

    def prove(self, place: int) -> str | None:
        """Prove an entry, once a checkpoint over it is published."""
        try:
            return str(self._keeper.prove(LogName.EVIDENCE, place))
        except UnavailableError:
            return None

    def checkpoint(self) -> str | None:
        """Give the newest published checkpoint; it is in the database already."""
        return None

    def tile(self, tile: Tile) -> bytes:
        """Give a tile of the published log.

        Raises:
            NotFoundError: it reaches beyond what was published.
            UnavailableError: the database is away.
        """
        return self._keeper.published[LogName.EVIDENCE].content(tile)


def add_evidence(service: Service, keeper: Keeper, log: EvidenceLog) -> Local:
    """Open the doors of the evidence log, and give the operator's own way to it."""
    party = service.party

    def take(entry: bytes) -> Placed:
        return taken(party, keeper, log, entry)

    @service.app.post("/v1/evidence", status_code=201)
    def statement(call: Called) -> Response:
        """Take what a member says for an interval; the same entry again gets the same place."""
        placed = take(canonicalize(cast("Json", call.read(NewStatement).entry)))
        found = {"index": placed.index, "size": placed.size, "checkpoint": placed.note}
        return answer(found, status=201)

    @service.app.get("/v1/evidence/{index}")
    def proof(index: Annotated[int, Path(ge=0, le=_LAST)]) -> Response:
        """Prove that an entry stands in the log (C2SP tlog-proof); 503 while no checkpoint over it is published."""
        return Response(str(keeper.prove(LogName.EVIDENCE, index)), media_type=_TEXT)

    return Local(take, keeper)


def taken(party: Party, keeper: Keeper, log: EvidenceLog, entry: bytes) -> Placed:
    """Take an entry into the log: (1) a member's, (2) for an interval that is due, (3) the only one for its slot.

    Raises:
        MalformedError: it is no statement to this log.
        SignatureMismatchError: the member did not sign it.
        NotPermittedError: it is a stranger's, of an interval that is not over or long over, or about another's list.
        ConflictError: the member said something else for the same slot.
        UnavailableError: another process appends, or the database is away.
    """
    signed = SignedStatement.parse(entry)
    statement = signed.statement
    if statement.log != log.origin:
        found = ascii(statement.log[:80])
        raise MalformedError("evidence/log", expected=log.origin, found=found, code="format.schema")
    _require_member(party, signed)
    _require_due(party, log, statement)
    with party.store.write() as connection:
        leaf = b64url_encode(signed.leaf)
        slots.take(connection, str(statement.member), statement.slot, leaf=leaf)
    return keeper.submit(LogName.EVIDENCE, entry)


def _require_member(party: Party, signed: SignedStatement) -> None:
    member, kid = signed.statement.member, signed.signature.kid
    register = party.register.current()
    now = party.now()
    standing = register.standing(member, None, kid, signed_at=now, proven_by=now)
    key = register.key(member, kid)
    if standing.outcome is not Outcome.VALID or key is None:
        raise _refused(standing.sentence, standing.code)
    signed.verify(key)
    url = getattr(signed.statement, "status_list", None)
    if url is not None and not url.startswith(f"{party.url_of(member)}/"):
        raise _refused(f"{member} does not keep {url}", "status.other_issuer")


def _require_due(party: Party, log: EvidenceLog, statement: Statement) -> None:
    """Demand an interval that is over, or for a list has begun, and that is not over for long."""
    now, number = log.number(party.now()), statement.interval
    newest = now - 1 if isinstance(statement, Batch) else now
    if number > newest:
        raise _refused(f"interval {number} is not due before {newest + 1}", "http.not_yet")
    if number < now - LATEST - 1:
        raise _refused(f"interval {number} is over for more than {LATEST} intervals", "http.too_late")


def _refused(because: str, code: str) -> NotPermittedError:
    return NotPermittedError("taking evidence", because=because, code=code)
