"""What a decision about a member would touch: what the register says, and what the other members answer in numbers.

The operator sees no firm and no figure, so each member counts for itself; who does not answer is named.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from types import MappingProxyType
from urllib.parse import quote

from fastapi import Depends, Response

from perseus.apps.asking import JsonObject, post, show
from perseus.apps.frame import answer
from perseus.apps.memberships import membership_of
from perseus.apps.party import Party
from perseus.apps.service import Service, owner_of
from perseus.problems import NotFoundError
from perseus.storage import statuses
from perseus.storage.reliance import Reliance
from registry.endings import endings
from registry.members import Member
from registry.projections.state import footing_of
from trust.claims.halfhour import stamp
from trust.did import Did
from trust.errors import MalformedError, NotPermittedError, PerseusError, UnavailableError
from verifiers.policy import ROLE

_FROM_THEN = "What it signs from then on is refused."
_GOOD = "What it signed before stays good"
CONSEQUENCES: Mapping[str, str] = MappingProxyType(
    {
        "member.suspended": f"{_FROM_THEN} {_GOOD}, with a warning.",
        "member.expelled": f"{_FROM_THEN} {_GOOD}, except since the moment a fraud reaches back to.",
        "member.exited": f"{_FROM_THEN} {_GOOD}.",
        "role.ended": f"What it signs in that role from then on is refused. {_GOOD}.",
        "key.retired": f"{_FROM_THEN} {_GOOD}.",
        "key.compromised": f"{_FROM_THEN} What it signed before counts only where its time is proven.",
    }
)
"""What follows for signatures, as the register's table has it, for every event that takes something away."""
_ROLES = frozenset(
    ROLE + word
    for word in ("energy-data-provider", "carbon-accounting-provider", "financial-service-provider")
)
_AT_ONCE = 8
_DAYS = 90


@dataclass(frozen=True, slots=True)
class Asked:
    """A member that was asked, and its answer, or why there is none."""

    member: Member
    found: Reliance | None
    why: str | None = None


def add_impact(service: Service) -> None:
    """Let the operator's people look before they decide, and see what ends soon."""
    party, app, owner = service.party, service.app, [Depends(owner_of(service.party))]

    @app.get("/v1/impact", dependencies=owner)
    def impact(event: str, subject: str) -> Response:
        """Tell what an event about a member would touch."""
        return answer(impact_of(party, event, Did.parse(subject)))

    @app.get("/v1/endings", dependencies=owner)
    def ending(days: int = _DAYS) -> Response:
        """List what ends within so many days: certificates, agreements, roles, keys, emergency suspensions."""
        found = endings(party.register.current(), at=party.now(), days=days)
        told = [
            {
                "member": str(one.member),
                "name": one.name,
                "what": one.what,
                "at": stamp(one.at),
                "entry": one.entry,
            }
            for one in found
        ]
        return answer({"endings": told})


def impact_of(party: Party, event: str, subject: Did) -> dict[str, object]:
    """Ask every member that may rely on the subject, all at once, and add their numbers up.

    Raises:
        MalformedError: the event takes nothing away from anybody.
        NotFoundError: the subject was never a member.
    """
    if event not in CONSEQUENCES:
        known = ", ".join(CONSEQUENCES)
        raise MalformedError("event", expected=f"one of {known}", found=ascii(event[:60]), code="event.type")
    register, at = party.register.current(), party.now()
    member = register.member(subject, at=at)
    if member is None:
        raise NotFoundError(f"a member {subject}")
    asked = _ask_all(party, member)
    total = sum((one.found for one in asked if one.found is not None), Reliance())
    with party.store.read() as connection:
        places = statuses.open_places(connection, kept_by=str(party.did))
    return {
        "event": event,
        "subject": str(subject),
        "name": member.name,
        "active": member.active,
        "state": footing_of(register.history(subject), at).state.value,
        "roles": list(member.roles),
        "services": {one.name: one.url for one in member.services},
        "keys": len(member.keys),
        **asdict(total),
        "answers": [{"member": str(one.member.did), **asdict(one.found)} for one in asked if one.found],
        "silent": [
            {"member": str(one.member.did), "name": one.member.name, "why": one.why}
            for one in asked
            if one.found is None
        ],
        "shared_list": places,
        "sentence": sentence(total, asked),
        "consequence": CONSEQUENCES[event],
    }


def sentence(total: Reliance, asked: Iterable[Asked]) -> str:
    """Say the numbers in a line, and how many members are not in them."""
    counted = ((total.reports, "report"), (total.banks, "bank"), (total.consents, "consent"))
    told = ", ".join(_many(number, noun) for number, noun in counted)
    silent = sum(one.found is None for one in asked)
    return told if not silent else f"{told}; {_many(silent, 'member')} did not answer"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _ask_all(party: Party, subject: Member) -> tuple[Asked, ...]:
    members = party.register.current().members
    others = [one for one in members if _ROLES & set(one.roles) and one.did != subject.did]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(pool.map(lambda one: _ask(party, one, subject.did), others))


def _ask(party: Party, member: Member, subject: Did) -> Asked:
    url = member.service("perseus") or party.url_of(member.did)
    try:
        shown = show(party, url, (membership_of(party, party.did),))
        told = post(party, f"{url}/v1/reliance/{quote(str(subject), safe=':')}", {"presentation": shown})
        return Asked(member, _counts(told))
    except PerseusError as error:
        party.log.info("impact", member=str(member.did), why=str(error), code=error.code)
        return Asked(member, None, _why(error))


def _why(error: PerseusError) -> str:
    """Say for people why a member's numbers are not there: it was not asked, kept silent, refused, or gave none."""
    match error:
        case NotPermittedError(code="fetch.blocked"):
            return f"it could not be asked, because {error.because}"
        case NotPermittedError():
            return f"it refused to say: {error.because}"
        case UnavailableError():
            return f"it did not answer: {error.because}"
        case _:
            return f"its answer cannot be read: {error}"


def _counts(told: JsonObject) -> Reliance:
    """Read three numbers, and take nothing else from another's answer.

    Raises:
        MalformedError: they are none.
    """
    found = [told.get(name) for name in ("reports", "banks", "consents")]
    numbers = [
        value for value in found if isinstance(value, int) and not isinstance(value, bool) and value >= 0
    ]
    if len(numbers) != len(found):
        raise MalformedError("reliance", expected="three counts", found=ascii(found), code="format.schema")
    return Reliance(*numbers)
