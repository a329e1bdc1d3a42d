"""Who asks: a request is shown to the firm only with the names that the register has for everybody in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from holders.request import ConsentRequest, asked_by, read_request
from registry.members import Member
from registry.register import Register
from registry.standing import Outcome
from trust.claims.halfhour import stamp
from trust.did import Did
from trust.errors import NotPermittedError
from trust.keys import PublicKey
from trust.secured import Secured


@dataclass(frozen=True, slots=True)
class Asking:
    """A request that may be shown: who asks, and everybody named in it, as the register has them."""

    request: ConsentRequest
    requester: Member
    parties: Mapping[Did, Member]

    def name(self, party: Did) -> str:
        """Give the name of a party for people, or its identifier where it has none."""
        member = self.parties.get(party)
        return str(party) if member is None else member.name


def meet(signed: Secured, *, register: Register, words: bytes, at: datetime) -> Asking:
    """Read a request that a member in good standing signed, about members in good standing alone.

    Raises:
        MalformedError: when the bytes are no request.
        NotPermittedError: when the requester or a party is no member now, or the words are not those named.
        SignatureMismatchError: when the requester did not sign it.
    """
    requester = asked_by(signed)
    act = f"showing a request of {requester.did}"
    member, key = _requester(requester.did, requester.fragment, register=register, at=at, act=act)
    request = read_request(signed, key=key, words=words)
    named = dict.fromkeys(party for use in request.uses for party in (use.from_, use.to))
    parties = {party: _member(party, register=register, at=at, act=act) for party in named}
    return Asking(request, member, MappingProxyType(parties))


def _requester(
    did: Did, thumbprint: str, *, register: Register, at: datetime, act: str
) -> tuple[Member, PublicKey]:
    member = _member(did, register=register, at=at, act=act)
    key = next((one for one in member.keys if one.thumbprint == thumbprint), None)
    if key is None:
        reason = f"the register knows no key {thumbprint} of it at {stamp(at)}"
        raise NotPermittedError(act, because=reason, code="key.unknown")
    return member, key


def _member(did: Did, *, register: Register, at: datetime, act: str) -> Member:
    standing = register.standing(did, None, None, signed_at=at)
    member = register.member(did, at=at)
    if standing.outcome is not Outcome.VALID or member is None:
        raise NotPermittedError(act, because=standing.sentence, code=standing.code)
    return member
