"""Signatures checked before the fold needs them: a large log's are spread over several processes, entry by entry.

Nothing is decided here. A signature that fits the key it names is remembered, and the fold, which alone knows whether
that key may sign there, does not compute it again; one that is not remembered, it checks itself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from registry.bodies import Genesis, NewKey, NewOfficers
from registry.events import Event, SignedEvent
from registry.fold.signing import VERIFIED
from registry.log.merkle import leaf_hash
from trust.errors import PerseusError
from trust.keys import PublicKey

Fitting = tuple[bytes, tuple[str | None, ...]]
_FOUNDING = {"scheme.genesis": Genesis, "scheme.officers": NewOfficers}


def keys_in(entries: Sequence[bytes]) -> dict[str, str]:
    """Give every key that these entries bring in, be it an officer's or a member's: thumbprint and Multikey."""
    named = (multikey for signed in _readable(entries) for multikey in _multikeys(signed.event))
    return {key.thumbprint: multikey for multikey in named for key in _key(multikey)}


def fitting(entries: Sequence[bytes], keys: Mapping[str, str]) -> list[Fitting]:
    """Check the signatures by these keys; name the entries where all fit by leaf hash, with the key ids in order."""
    opened: dict[str, PublicKey] = {}
    return [found for signed in _readable(entries) for found in _fitting(signed, keys, opened)]


def remember(found: Iterable[Fitting], keys: Mapping[str, str]) -> None:
    """Spare the fold what was found to fit."""
    opened = {kid: PublicKey.from_multikey(multikey) for kid, multikey in keys.items()}
    for leaf, kids in found:
        VERIFIED.put(leaf, tuple([None if kid is None else opened[kid] for kid in kids]))


def _fitting(signed: SignedEvent, keys: Mapping[str, str], opened: dict[str, PublicKey]) -> Iterator[Fitting]:
    known = tuple([kid if kid in keys else None for kid in signed.kids])
    try:
        for signature, kid in zip(signed.signatures, known, strict=True):
            if kid is not None:
                key = opened.get(kid) or opened.setdefault(kid, PublicKey.from_multikey(keys[kid]))
                signature.verify(signed.payload, key=key)
    except PerseusError:
        return  # the fold says of it what is to be said
    yield leaf_hash(signed.entry), known


def _readable(entries: Sequence[bytes]) -> Iterator[SignedEvent]:
    for entry in entries:
        try:
            yield SignedEvent.parse(entry)
        except PerseusError:
            continue


def _multikeys(event: Event) -> Iterator[str]:
    try:
        if event.type == "key.added":
            yield event.says(NewKey).key
        elif event.type in _FOUNDING:
            body: Genesis | NewOfficers = event.says(_FOUNDING[event.type])
            yield from (key for officer in body.officers for key in officer.keys)
    except PerseusError:
        return


def _key(multikey: str) -> Iterator[PublicKey]:
    """Read a key, if it is one."""
    try:
        yield PublicKey.from_multikey(multikey)
    except PerseusError:
        return
