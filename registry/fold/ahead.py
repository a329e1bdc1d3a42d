"""Signatures checked before the fold needs them: a large log's are spread over several processes, entry by entry.

Nothing is decided here. A signature that fits the key it names is remembered, and the fold, which alone knows whether
that key may sign there, does not compute it again; one that is not remembered, it checks itself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from registry.bodies import Genesis, NewKey, NewOfficers, read
from registry.events import Event, SignedEvent
from registry.fold.signing import VERIFIED
from registry.log.merkle import leaf_hash
from trust.errors import PerseusError
from trust.keys import PublicKey

Fitting = tuple[bytes, str]
_FOUNDING = {"scheme.genesis": Genesis, "scheme.officers": NewOfficers}


def keys_in(entries: Sequence[bytes]) -> tuple[str, ...]:
    """Give every key that these entries bring in, be it an officer's or a member's, as Multikeys."""
    return tuple(multikey for signed in _readable(entries) for multikey in _multikeys(signed.event))


def fitting(entries: Sequence[bytes], multikeys: Iterable[str]) -> list[Fitting]:
    """Check every signature by one of these keys, and name those that fit by leaf hash and key id."""
    keys = {key.thumbprint: key for key in _keys(multikeys)}
    return [found for signed in _readable(entries) for found in _fitting(signed, keys)]


def remember(found: Iterable[Fitting], multikeys: Iterable[str]) -> None:
    """Spare the fold what was found to fit."""
    keys = {key.thumbprint: key for key in _keys(multikeys)}
    for leaf, kid in found:
        VERIFIED.put((leaf, kid), keys[kid])


def _fitting(signed: SignedEvent, keys: Mapping[str, PublicKey]) -> Iterator[Fitting]:
    leaf = leaf_hash(signed.entry)
    for signature in signed.signatures:
        key = keys.get(signature.kid)
        try:
            if key is not None:
                signature.verify(signed.payload, key=key)
                yield leaf, signature.kid
        except PerseusError:
            continue  # the fold says of it what is to be said


def _readable(entries: Sequence[bytes]) -> Iterator[SignedEvent]:
    for entry in entries:
        try:
            yield SignedEvent.parse(entry)
        except PerseusError:
            continue


def _multikeys(event: Event) -> Iterator[str]:
    try:
        if event.type == "key.added":
            yield read(NewKey, event.body).key
        elif event.type in _FOUNDING:
            body: Genesis | NewOfficers = read(_FOUNDING[event.type], event.body)
            yield from (key for officer in body.officers for key in officer.keys)
    except PerseusError:
        return


def _keys(multikeys: Iterable[str]) -> Iterator[PublicKey]:
    for multikey in multikeys:
        try:
            yield PublicKey.from_multikey(multikey)
        except PerseusError:
            continue
