"""Who signed an event: each signature is checked against the key it names, and keys become people."""

from collections.abc import Iterator, Mapping

from registry.bodies import Genesis, NewOfficers, read
from registry.errors import EventRefusedError
from registry.events import Event, SignedEvent
from registry.fold.act import Signers
from registry.history import History
from registry.jws import EventSignature
from registry.kept import Kept
from registry.scheme import OfficerKey, Scheme, officer_keys
from trust.errors import MalformedError, SignatureMismatchError
from trust.keys import PublicKey

VERIFIED: Kept[tuple[bytes, str], PublicKey] = Kept(1 << 18)
"""The signatures that were found to fit, by leaf hash and key id: a second replay verifies none of them again."""


def signers(
    signed: SignedEvent, *, leaf: bytes, scheme: Scheme | None, history: History, strict: bool = True
) -> Signers:
    """Tell whose signatures an event bears: officers in office, officers to be, and the member it is about.

    Raises:
        EventRefusedError: a signature does not fit, or is by a key that may not sign here.
    """
    officers = scheme.officers if scheme is not None else {}
    to_be = incoming(signed.event)
    found: list[Signers] = []
    for signature in signed.signatures:
        roles = tuple(_roles(signature.kid, officers, to_be, _usable(history, signed.event, signature.kid)))
        for key, _ in roles[:1]:
            _check(signed, leaf, signature, key)
        if not roles and strict:
            raise EventRefusedError(f"the key {signature.kid} may not sign this", code="event.signature")
        found.extend(role for _, role in roles)
    return Signers(
        officers=frozenset().union(*(item.officers for item in found)),
        member=any(item.member for item in found),
        incoming=frozenset().union(*(item.incoming for item in found)),
    )


def everybody(event: Event, scheme: Scheme, history: History) -> Signers:
    """Name all who may sign an event, as if they had."""
    to_be = frozenset(item.pseudonym for item in incoming(event).values())
    own = any(key.usable(event.effective) for key in history.keys)
    return Signers(scheme.people, member=own, incoming=to_be)


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


def _roles(
    kid: str, officers: Mapping[str, OfficerKey], to_be: Mapping[str, OfficerKey], own: PublicKey | None
) -> Iterator[tuple[PublicKey, Signers]]:
    if kid in officers:
        yield officers[kid].key, Signers(frozenset((officers[kid].pseudonym,)))
    if kid in to_be:
        yield to_be[kid].key, Signers(frozenset(), incoming=frozenset((to_be[kid].pseudonym,)))
    if own is not None:
        yield own, Signers(frozenset(), member=True)


def incoming(event: Event) -> Mapping[str, OfficerKey]:
    """Name the officers that an event would put into office, by the thumbprints of their keys.

    Raises:
        EventRefusedError: the set is none that could check itself.
    """
    if event.type == "scheme.genesis":
        return officer_keys(read(Genesis, event.body).officers)
    if event.type == "scheme.officers":
        return officer_keys(read(NewOfficers, event.body).officers)
    return {}


def _usable(history: History, event: Event, kid: str) -> PublicKey | None:
    key = history.key(kid)
    return key.key if key is not None and key.usable(event.effective) else None
