"""Signing away from every service: a proposal file, a copy of the register, a key, and nothing more."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from perseus.keystore import KeyStore
from registry import bodies
from registry.bodies import Officer
from registry.draft import Draft
from registry.foresight import foresee, lacking
from registry.register import Register
from registry.scheme import officers_digest
from trust.canonical import Json
from trust.errors import NotPermittedError, UnavailableError
from trust.keys import PrivateKey, Signer


def sign(found: Draft, register: Register, *signers: Signer, at: datetime) -> tuple[Draft, str | None]:
    """Sign a proposal that one's own copy of the register would accept, and say which signatures it then lacks.

    Raises:
        EventRefusedError: the fold would ignore it whoever signs, or one of the keys may not sign it.
        MalformedError: the copy does not continue the log that the proposal was made for.
    """
    found.require_continues(register)
    foresee(register, found.event, recorded=at)
    made = found.signed(*signers)
    return made, lacking(register, made.entry, recorded=at)


def officers_in(folder: Path, register: Register, *, only: str | None = None) -> tuple[Signer, ...]:
    """Open the keys of present officers, and of those to come, that stand in a folder; `only` names one of them.

    Raises:
        NotPermittedError: none stands there.
        UnavailableError: the passphrase is not there.
    """
    keys = KeyStore.at(folder)
    held = [keys.open(name) for name in keys.names() if only in {None, name}]
    chosen = tuple(one for one in held if only is not None or one.key.thumbprint in register.scheme.officers)
    if not chosen:
        reason = f"no key of {'a present officer' if only is None else only} stands in {folder}"
        raise NotPermittedError("signing a proposal", because=reason, code="key.unknown")
    return chosen


def officer_set(folder: Path, names: Sequence[str]) -> dict[str, Json]:
    """Name officers with their keys in a folder, and the digest that a policy commits to.

    Raises:
        UnavailableError: one has no key there.
    """
    keys = KeyStore.at(folder)
    found = [Officer(name, (keys.open(name).key.multikey,)) for name in names]
    return {
        "officers": [dict(bodies.write(one)) for one in found],
        "digest": officers_digest(found).multibase,
    }


def key_at(path: Path) -> PrivateKey:
    """Open one key file; its passphrase stands beside it, or where the environment says.

    Raises:
        UnavailableError: there is no key, or no passphrase.
        MalformedError: the passphrase does not open it, or others may read it.
    """
    if path.suffix != ".pem":
        raise UnavailableError(f"the key {path}", because="a key file ends in .pem", code="key.unknown")
    return KeyStore.of(path.parent).open(path.stem)
