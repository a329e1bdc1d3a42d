"""Who signed an event: each signature is checked against the key it names, and keys become people."""

from collections.abc import Mapping
from types import MappingProxyType

from registry.bodies import Genesis, NewOfficers
from registry.errors import EventRefusedError
from registry.events import Event, SignedEvent
from registry.fold.act import Signers
from registry.fold.record import Record
from registry.jws import EventSignature
from registry.kept import Kept
from registry.scheme import OfficerKey, Scheme, officer_keys
from trust.errors import MalformedError, SignatureMismatchError
from trust.keys import PublicKey

VERIFIED: Kept[tuple[bytes, str], PublicKey] = Kept(1 << 18)
"""The signatures that were found to fit, by leaf hash and key id: a second replay verifies none of them again."""

_NOBODY: Mapping[str, OfficerKey] = MappingProxyType({})
_NONE: frozenset[str] = frozenset()


def signers(
    signed: SignedEvent, *, leaf: bytes, scheme: Scheme | None, record: Record, strict: bool = True
) -> Signers:
    """Tell whose signatures an event bears: officers in office, officers to be, and the member it is about.

    Raises:
        EventRefusedError: a signature does not fit, or is by a key that may not sign here.
    """
    officers = scheme.officers if scheme is not None else _NOBODY
    to_be = incoming(signed.event)
    in_office: list[str] = []
    coming: list[str] = []
    member = False
    for signature in signed.signatures:
        kid = signature.kid
        officer, own = officers.get(kid), record.keys.get(kid)
        new = to_be.get(kid) if to_be else None
        if own is not None and not own.usable(signed.event.effective):
            own = None
        found = officer or new or own
        if found is None:
            if strict:
                raise EventRefusedError(f"the key {kid} may not sign this", code="event.signature")
        elif VERIFIED.get((leaf, kid)) is not found.key:
            _check(signed, leaf, signature, found.key)
        if officer is not None:
            in_office.append(officer.pseudonym)
        if new is not None:
            coming.append(new.pseudonym)
        if own is not None:
            member = True
    return Signers(frozenset(in_office), member, frozenset(coming) if coming else _NONE)


def everybody(event: Event, scheme: Scheme, record: Record) -> Signers:
    """Name all who may sign an event, as if they had."""
    to_be = frozenset(item.pseudonym for item in incoming(event).values())
    own = any(key.usable(event.effective) for key in record.keys.values())
    return Signers(scheme.people, own, to_be)


def _check(signed: SignedEvent, leaf: bytes, signature: EventSignature, key: PublicKey) -> None:
    name = (leaf, signature.kid)
    if VERIFIED.get(name) == key:
        return
    try:
        signature.verify(signed.payload, key=key)
    except (SignatureMismatchError, MalformedError) as error:
        because = f"the signature by {signature.kid} does not count: {error}"
        raise EventRefusedError(because, code="event.signature") from error
    VERIFIED.put(name, key)


def incoming(event: Event) -> Mapping[str, OfficerKey]:
    """Name the officers that an event would put into office, by the thumbprints of their keys.

    Raises:
        EventRefusedError: the set is none that could check itself.
    """
    if event.type == "scheme.genesis":
        return officer_keys(event.says(Genesis).officers)
    if event.type == "scheme.officers":
        return officer_keys(event.says(NewOfficers).officers)
    return _NOBODY
