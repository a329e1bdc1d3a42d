"""Who signed an event: each signature is checked against the key it names, and keys become people."""

from collections.abc import Iterator, Mapping
from threading import Lock

from registry.bodies import Genesis, NewOfficers, read
from registry.errors import EventRefusedError
from registry.events import Event, EventSignature, SignedEvent
from registry.fold.act import Signers
from registry.history import History
from registry.scheme import OfficerKey, Scheme, officer_keys
from trust.errors import MalformedError, SignatureMismatchError
from trust.keys import PublicKey


class Verified:
    """The signatures that were found to fit, so that a replay of the same entries verifies none of them again.

    Only what fits is kept, by the leaf hash of the entry and the key; the oldest makes room for the newest.
    """

    __slots__ = ("_found", "_limit", "_lock")

    def __init__(self, limit: int) -> None:
        self._found: dict[tuple[bytes, str], PublicKey] = {}
        self._limit = limit
        self._lock = Lock()

    def check(self, signed: SignedEvent, leaf: bytes, signature: EventSignature, key: PublicKey) -> None:
        """Check that a signature fits, once.

        Raises:
            EventRefusedError: it does not.
        """
        name = (leaf, signature.kid)
        if self._found.get(name) == key:
            return
        try:
            signed.verify(signature, key)
        except (SignatureMismatchError, MalformedError) as error:
            raise EventRefusedError(
                f"the signature by {signature.kid}: {error}", code="event.signature"
            ) from error
        with self._lock:
            if len(self._found) >= self._limit:
                del self._found[next(iter(self._found))]
            self._found[name] = key


VERIFIED = Verified(65_536)


def signers(
    signed: SignedEvent, *, leaf: bytes, scheme: Scheme | None, history: History, strict: bool = True
) -> Signers:
    """Tell whose signatures an event bears: officers in office, officers to be, and the member it is about.

    Raises:
        EventRefusedError: a signature does not fit, or is by a key that may not sign here.
    """
    officers = scheme.officers if scheme is not None else {}
    incoming = _incoming(signed.event)
    found: list[Signers] = []
    for signature in signed.signatures:
        roles = tuple(
            _roles(signature.kid, officers, incoming, _usable(history, signed.event, signature.kid))
        )
        for key, _ in roles[:1]:
            VERIFIED.check(signed, leaf, signature, key)
        if not roles and strict:
            raise EventRefusedError(f"the key {signature.kid} may not sign this", code="event.signature")
        found.extend(role for _, role in roles)
    return Signers(
        officers=frozenset().union(*(item.officers for item in found)),
        member=any(item.member for item in found),
        incoming=frozenset().union(*(item.incoming for item in found)),
    )


def _roles(
    kid: str, officers: Mapping[str, OfficerKey], incoming: Mapping[str, OfficerKey], own: PublicKey | None
) -> Iterator[tuple[PublicKey, Signers]]:
    if kid in officers:
        yield officers[kid].key, Signers(frozenset((officers[kid].pseudonym,)))
    if kid in incoming:
        yield incoming[kid].key, Signers(frozenset(), incoming=frozenset((incoming[kid].pseudonym,)))
    if own is not None:
        yield own, Signers(frozenset(), member=True)


def _incoming(event: Event) -> Mapping[str, OfficerKey]:
    if event.type == "scheme.genesis":
        return officer_keys(read(Genesis, event.body).officers)
    if event.type == "scheme.officers":
        return officer_keys(read(NewOfficers, event.body).officers)
    return {}


def _usable(history: History, event: Event, kid: str) -> PublicKey | None:
    key = history.key(kid)
    return key.key if key is not None and key.usable(event.effective) else None
