"""What a command line says about an event, as the body that its type has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from perseus.governance.drafting import digest_of, moment, possession_of, read_body, role_url
from perseus.governance.signing import key_at
from registry.register import Register
from trust.canonical import Json
from trust.claims.halfhour import stamp
from trust.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Given:
    """The options that say what an event is about; only those that were given count."""

    body: str | None = None
    name: str | None = None
    services: tuple[str, ...] = ()
    role: str | None = None
    since: str | None = None
    start: str | None = None
    until: str | None = None
    confirms: int | None = None
    thumbprint: str | None = None
    new_key: Path | None = None
    lost: bool = False
    version: str | None = None
    document: Path | None = None


def body_of(
    kind: str, subject: str | None, given: Given, *, register: Register, at: datetime
) -> Mapping[str, Json]:
    """Put the body together; whether it is the one of its type is for the fold to say.

    Raises:
        MalformedError: a word is not what its option takes.
    """
    if given.body is not None:
        return read_body(given.body)
    found: dict[str, Json] = {
        "name": given.name,
        "role": None if given.role is None else role_url(given.role),
        "since": _stamp(given.since, at=at),
        "from": _stamp(given.start, at=at),
        "until": _stamp(given.until, at=at),
        "confirms": given.confirms,
        "thumbprint": given.thumbprint,
        "lost": given.lost or None,
        "version": given.version,
        "digest": None if given.document is None else digest_of(given.document).multibase,
    }
    if given.services or kind == "member.admitted":
        found["services"] = [_service(text) for text in given.services]
    if given.new_key is not None:
        found |= possession_of(register, subject or "", signer=key_at(given.new_key))
    return {name: value for name, value in found.items() if value is not None}


def _service(text: str) -> Json:
    name, sign, url = text.partition("=")
    if not sign:
        raise MalformedError("--service", expected="NAME=URL", found=ascii(text[:60]))
    return {"name": name, "url": url}


def _stamp(text: str | None, *, at: datetime) -> str | None:
    return None if text is None else stamp(moment(text, at=at))
