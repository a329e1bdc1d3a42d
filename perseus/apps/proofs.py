"""Putting a member's side of the evidence log together: its clerk, and the door for proofs of time."""

from functools import partial

from fastapi import Response
from pydantic import Field

from perseus.apps.call import Body, Called
from perseus.apps.frame import answer
from perseus.apps.service import Service
from perseus.evidence.clerk import Clerk, Duties
from perseus.evidence.committing import Committer
from perseus.evidence.gathering import gather
from perseus.evidence.outlet import Outlet, Remote
from perseus.evidence.proving import proofs_of
from trust.digest import Digest

MOST = 256


class Wanted(Body):
    """The digests of documents, by each of which a caller shows that it has the document."""

    digests: tuple[str, ...] = Field(min_length=1, max_length=MOST, strict=False)


def keep_time(service: Service, outlet: Outlet | None = None) -> Clerk | None:
    """Let a member commit to what it signs, where the scheme has an evidence log, and hand out proofs."""
    party = service.party
    log = party.evidence
    if log is None:
        return None

    @service.app.post("/v1/time-proofs")
    def proofs(call: Called) -> Response:
        """Give the proofs of time that are at hand for these digests."""
        digests = [Digest.parse(one) for one in call.read(Wanted).digests]
        with party.store.read() as connection:
            found = proofs_of(connection, dict.fromkeys(digests))
        return answer({"proofs": {digest.multibase: proof.write() for digest, proof in found.items()}})

    committer = Committer(party.store, party.did, party.signer, log)
    return Clerk(
        party, Duties(committer, outlet or Remote(party), service.lists.publish, partial(gather, party))
    )
