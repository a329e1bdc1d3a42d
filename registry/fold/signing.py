"""Who signed an event: each signature is checked against the key it names, and keys become people."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

from registry.bodies import Genesis, NewOfficers
from registry.errors import EventRefusedError
from registry.events import Event, SignedEvent
from registry.fold.act import Signers
from registry.fold.record import Record
from registry.kept import Kept
from registry.scheme import OfficerKey, Scheme, officer_keys
from trust.errors import MalformedError, SignatureMismatchError
from trust.keys import PublicKey

Keys: TypeAlias = tuple[PublicKey | None, ...]

VERIFIED: Kept[bytes, Keys] = Kept(1 << 17)
"""The entries whose signatures were found to fit, by leaf hash: a second replay verifies none of them again."""

PROVEN: Kept[tuple[bytes, bytes, int, str, str, str], PublicKey] = Kept(1 << 17)
"""The proofs of possession that were found to fit, by all that was signed."""

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
    to_be = incoming(signed.event) if record.did is None else _NOBODY
    held, at = record.keys, signed.event.effective
    in_office: list[str] = []
    coming: list[str] = []
    keys: list[PublicKey | None] = []
    member = False
    for kid in signed.kids:
        officer, new, own = officers.get(kid), to_be.get(kid), held.get(kid)
        if own is not None and (own.compromises or not own.span.covers(at)):
            own = None
        found = officer or new or own
        if found is None and strict:
            raise EventRefusedError(f"the key {kid} may not sign this", code="event.signature")
        keys.append(None if found is None else found.key)
        if officer is not None:
            in_office.append(officer.pseudonym)
        if new is not None:
            coming.append(new.pseudonym)
        member = member or own is not None
    by = tuple(keys)
    check(signed, by, leaf)
    named = frozenset(in_office) if in_office else _NONE
    return Signers(named, member, frozenset(coming) if coming else _NONE, by)


def everybody(event: Event, scheme: Scheme, record: Record) -> Signers:
    """Name all who may sign an event, as if they had."""
    to_be = frozenset(item.pseudonym for item in incoming(event).values())
    own = any(key.usable(event.effective) for key in record.keys.values())
    return Signers(scheme.people, own, to_be)


def check(signed: SignedEvent, keys: Keys, leaf: bytes) -> None:
    """Check the signatures of an event by these keys, in the order of the signatures; None passes one over.

    Raises:
        EventRefusedError: one does not fit.
    """
    if VERIFIED.get(leaf) == keys:
        return
    for signature, key in zip(signed.signatures, keys, strict=True):
        try:
            if key is not None:
                signature.verify(signed.payload, key=key)
        except (SignatureMismatchError, MalformedError) as error:
            because = f"the signature by {signature.kid} does not count: {error}"
            raise EventRefusedError(because, code="event.signature") from error
    VERIFIED.put(leaf, keys)


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
