"""Drafting: from the words of a command line to the exact bytes that officers sign."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from perseus.governance.roles import require_known_role
from registry import bodies
from registry.draft import Draft
from registry.errors import EventRefusedError
from registry.events import Event
from registry.foresight import foresee
from registry.projections.scheme import roles
from registry.proposal import prove_possession
from registry.register import Register
from trust.canonical import Json, parse_object
from trust.claims.halfhour import instant
from trust.did import Did
from trust.digest import Digest, b64url_encode
from trust.errors import MalformedError
from trust.keys import Signer

SCHEME = "scheme."
AT_ONCE = frozenset(("member.suspended", "key.compromised"))
LATER = timedelta(hours=1)
"""How long officers have for signing what is not urgent: nothing may be dated back behind its own recording."""
_SPAN = re.compile("([1-9][0-9]{0,4})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LARGEST = 65_536


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants decided: the type, the subject, the body in JSON, from when, why, on which documents.

    `other_role` says that a role may be granted which is not one of the scheme's.
    """

    type: str
    subject: str | None
    body: Mapping[str, Json] = field(default_factory=dict)
    effective: str | None = None
    case: str = ""
    reason: str = ""
    evidence: tuple[Path, ...] = ()
    other_role: bool = False


def draft(register: Register, wish: Wish, *, at: datetime) -> Draft:
    """Draft the next event about the subject, refusing at once what no signature could make the fold accept.

    Raises:
        EventRefusedError: the fold would ignore it whoever signs, or no event has this type.
        MalformedError: the subject, a moment or a document is not what it must be.
    """
    body = bodies.BODIES.get(wish.type)
    if body is None:
        known = ", ".join(bodies.BODIES)
        raise EventRefusedError(f"{wish.type} is no type of event; known are: {known}", code="event.type")
    event = _event(register, wish, bodies.write(bodies.read(body, wish.body)), at=at)
    foresee(register, event, recorded=at)
    if not wish.other_role:
        require_known_role(event)
    return Draft.of(event, register=register)


def signing(register: Register, event: Event, path: Path) -> Iterator[str]:
    """Give the commands that sign a proposal: for the member where its own signature counts, and for officers."""
    demand = register.scheme.policy.demand(event.type)
    command = f"  perseus registry sign {shlex.quote(str(path))}"
    if demand is None or demand.officers:
        yield f"{command} --officers FOLDER"
    if demand is not None and (demand.member or _rotates(register, event)):
        yield f"{command} --key FILE   (the member, with its own key)"


def _rotates(register: Register, event: Event) -> bool:
    """Tell whether a key is added beside an old one, which signs along unless it is lost."""
    if event.type != "key.added" or event.body.get("lost"):
        return False
    member = register.member(Did.parse(event.subject))
    return member is not None and bool(member.keys)


def moment(text: str, *, at: datetime) -> datetime:
    """Read a moment: a stamp, `now`, or how long from now as `90m`, `24h`, `30d`.

    Raises:
        MalformedError: it is none of them.
    """
    if text == "now":
        return at
    span = _SPAN.fullmatch(text)
    return instant(text) if span is None else at + timedelta(**{_UNITS[span[2]]: int(span[1])})


def read_body(text: str) -> Mapping[str, Json]:
    """Read a body that is given as JSON.

    Raises:
        MalformedError: it is no JSON object.
    """
    return parse_object(text.encode(), where="--body", limit=_LARGEST)


def role_url(word: str) -> str:
    """Give a role's URL by its last word.

    Raises:
        MalformedError: the scheme has no such role.
    """
    urls = {url.rpartition("/")[2]: url for url in roles()}
    if "/" in word or word in urls:
        return urls.get(word, word)
    raise MalformedError("--role", expected=f"one of {', '.join(urls)}", found=ascii(word[:60]))


def digest_of(document: Path) -> Digest:
    """Digest a document that stays outside the log.

    Raises:
        MalformedError: it cannot be read.
    """
    try:
        return Digest.of(document.read_bytes())
    except OSError as error:
        found = error.strerror or str(error)
        raise MalformedError(str(document), expected="a document to digest", found=found) from error


def possession_of(register: Register, member: str, *, signer: Signer) -> Mapping[str, Json]:
    """Let a new key sign the register's present size and root: the members of a body that prove who holds it."""
    proof = prove_possession(register, Did.parse(member), signer=signer)
    return {
        "key": proof.key.multikey,
        "size": proof.size,
        "root": b64url_encode(proof.root),
        "signature": b64url_encode(proof.signature),
    }


def _event(register: Register, wish: Wish, body: Mapping[str, Json], *, at: datetime) -> Event:
    subject = register.scheme.origin if wish.type.startswith(SCHEME) else str(Did.parse(wish.subject or ""))
    return Event(
        type=wish.type,
        scheme=register.scheme.origin,
        subject=subject,
        effective=_effective(wish, at=at),
        prev=register.last_event(subject),
        policy=register.scheme.policy_index,
        case=wish.case,
        reason=wish.reason,
        body=body,
        evidence=tuple(digest_of(path) for path in wish.evidence),
    )


def _effective(wish: Wish, *, at: datetime) -> datetime:
    if wish.effective is not None:
        return moment(wish.effective, at=at)
    return at if wish.type in AT_ONCE else at + LATER
