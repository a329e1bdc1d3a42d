"""An entry of the register, or a proposal for one, as a person reads it before signing."""

from collections.abc import Iterator, Mapping

from registry.draft import Draft
from registry.errors import EventRefusedError
from registry.events import Event, SignedEvent
from registry.fold.signing import incoming
from registry.history import moment
from registry.register import Register
from registry.scheme import OfficerKey
from trust.canonical import Json, canonicalize, parse
from trust.did import Did
from trust.errors import MalformedError


def of_entry(register: Register, index: int) -> Iterator[str]:
    """Tell one entry: what it says, who signed it, and whether it has effect.

    Raises:
        MalformedError: the register has no such entry.
    """
    require_entry(register, index)
    ignored = next((item for item in register.ignored if item.index == index), None)
    try:
        signed = register.event(index)
    except MalformedError:
        yield f"Entry {index} is no event."
    else:
        before = register.prefix(index) if index else register
        yield f"Entry {index}: {headline(before, signed.event)}"
        yield from _members(signed.event)
        yield f"  signed by  {', '.join(names(before, signed))}"
        yield f"  leaf       {signed.leaf.hex()}"
    if ignored is not None:
        yield f"  NO EFFECT  {ignored.sentence} ({ignored.code})"


def of_draft(register: Register, draft: Draft) -> Iterator[str]:
    """Tell what a signature on this proposal would decide, and who has signed."""
    yield f"Proposal {draft.id}: {headline(register, draft.event)}"
    yield from _members(draft.event)
    signed = ", ".join(names(register, draft.entry)) if draft.signatures else "nobody yet"
    yield f"  signed by  {signed}"


def listed(register: Register) -> Iterator[str]:
    """Tell every entry in a line."""
    ignored = {item.index: item for item in register.ignored}
    for index in range(register.size):
        try:
            what = headline(register, register.event(index).event)
        except MalformedError:
            what = "no event"
        effect = f"  NO EFFECT ({ignored[index].code})" if index in ignored else ""
        yield f"{index:>5}  {what}{effect}"


def as_json(register: Register, index: int) -> dict[str, Json]:
    """Give one entry as data: its event, its signatures as they stand, and the rule that it breaks, if any.

    Raises:
        MalformedError: the register has no such entry, or it is no event.
    """
    require_entry(register, index)
    signed = register.event(index)
    ignored = next((item for item in register.ignored if item.index == index), None)
    return {
        "index": index,
        "leaf": signed.leaf.hex(),
        "event": parse(signed.event.payload, where="event"),
        "signed_by": list(names(register.prefix(index) if index else register, signed)),
        "ignored": None if ignored is None else {"code": ignored.code, "sentence": ignored.sentence},
    }


def require_entry(register: Register, index: int) -> None:
    """Demand that the register has an entry.

    Raises:
        MalformedError: it has not.
    """
    if not 0 <= index < register.size:
        raise MalformedError("INDEX", expected=f"0 to {register.size - 1}", found=str(index))


def headline(register: Register, event: Event) -> str:
    """Say in one line which event about whom counts from when."""
    return f"{event.type} of {subject_name(register, event.subject)} from {moment(event.effective)}"


def names(register: Register, signed: SignedEvent) -> tuple[str, ...]:
    """Name the people behind the signatures; a key that the register does not know goes by its thumbprint."""
    officers = {**_incoming(signed.event), **register.scheme.officers}
    found = (
        officers[item.kid].pseudonym if item.kid in officers else _own(register, signed.event, item.kid)
        for item in signed.signatures
    )
    return tuple(sorted(set(found)))


def headline_of(event: Event) -> str:
    """Say the same where no register is at hand to name the subject."""
    return f"{event.type} of {event.subject} from {moment(event.effective)}"


def effect(register: Register, signed: SignedEvent, index: int) -> str:
    """Say whether the register, as its copy has it, lets an entry have effect.

    Raises:
        MalformedError: the copy has another entry there, or none.
    """
    require_entry(register, index)
    if register.entries[index] != signed.entry:
        raise MalformedError("the copy of the register", expected="the entry of the receipt", found="another")
    ignored = next((item for item in register.ignored if item.index == index), None)
    return "it has effect" if ignored is None else f"none: {ignored.sentence} ({ignored.code})"


def subject_name(register: Register, subject: str) -> str:
    """Name a subject as the register calls it."""
    try:
        member = register.member(Did.parse(subject))
    except MalformedError:
        return subject
    return subject if member is None else f"{member.name} ({subject})"


def _incoming(event: Event) -> Mapping[str, OfficerKey]:
    try:
        return incoming(event)
    except EventRefusedError:
        return {}


def _own(register: Register, event: Event, kid: str) -> str:
    try:
        known = register.key(Did.parse(event.subject), kid) is not None
    except MalformedError:
        known = False
    return "the member" if known else f"the key {kid}"


def _members(event: Event) -> Iterator[str]:
    yield f"  body       {canonicalize(event.body).decode()}"
    last = "no earlier entry about it" if event.prev is None else f"entry {event.prev}"
    yield f"  follows    {last}, under the policy of entry {event.policy}"
    if event.case or event.reason:
        case = f"case {event.case}" if event.case else ""
        yield f"  because    {', '.join(filter(None, (event.reason, case)))}"
    if event.evidence:
        yield f"  evidence   {', '.join(one.multibase for one in event.evidence)}"
