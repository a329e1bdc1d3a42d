"""What the scheme's officers decide, at the command line and with keys that no service ever sees."""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

from perseus.apps.scheme import RegisterCopy
from perseus.client import Owner
from perseus.clock import now
from perseus.fetching import Fetcher
from perseus.keystore import KeyStore
from perseus.settings import load
from perseus.storage.store import Store
from perseus.tls import asking
from registry import proposal
from registry.events import Event
from registry.foresight import lacking
from registry.members import Member
from registry.projections.state import Footing, footing_of
from registry.register import Register
from trust.canonical import parse
from trust.did import Did
from trust.errors import NotPermittedError
from trust.keys import Signer


def register_of(home: Path) -> Register:
    """Read the register as the operator's own log has it.

    Raises:
        MalformedError: the home is none.
        UnavailableError: it has no register.
    """
    settings = load(home)
    store, fetcher = (
        Store(settings.database_url, party=settings.party),
        Fetcher(settings, tls=asking(settings)),
    )
    try:
        return RegisterCopy(settings, store, fetcher).current()
    finally:
        store.close()
        fetcher.close()


def members_now(home: Path) -> tuple[tuple[Member, Footing], ...]:
    """List everybody who was ever admitted, with how each stands, as the register has them at this moment.

    Raises:
        MalformedError: the home is none.
        UnavailableError: it has no register.
    """
    register, at = register_of(home), now()
    return tuple(
        (register.member(one.did, at=at) or one, footing_of(register.history(one.did), at))
        for one in register.members
    )


def suspend(member: str, *, reason: str, home: Path, officers: Path) -> str:
    """Let as many officers as it takes suspend a member from now on, and say which entry of the register tells of it.

    Whoever else is present signs nothing, because a suspension is not lifted by those alone who ordered it.

    Raises:
        NotPermittedError: no officer's key is at hand, or the fold refuses the event.
        UnavailableError: the operator's service does not run.
    """

    def propose(register: Register) -> Event:
        return proposal.suspend(register, Did(member), at=now(), reason=reason)

    return _decide(home, officers, propose)


def reinstate(member: str, *, reason: str, home: Path, officers: Path) -> str:
    """Let the officers lift a member's suspension, and say which entry of the register tells of it.

    Raises:
        NotPermittedError: no officer's key is at hand, or the fold refuses the event.
        UnavailableError: the operator's service does not run.
    """

    def propose(register: Register) -> Event:
        return proposal.reinstate(register, Did(member), at=now(), reason=reason)

    return _decide(home, officers, propose)


def _decide(home: Path, officers: Path, propose: Callable[[Register], Event]) -> str:
    """Propose an event, have as many officers at hand sign it as it needs, and let the operator's log decide."""
    register = register_of(home)
    signers = _present_officers(register, officers)
    if not signers:
        reason = f"no key of a present officer stands in {officers}"
        raise NotPermittedError("deciding about a member", because=reason, code="key.unknown")
    event = propose(register)
    chosen = _enough(register, event, signers)
    entry = event.signed(*chosen).entry
    answered = Owner(home).post("/v1/events", {"entry": parse(entry, where="entry")})
    return f"register entry {answered['index']}, signed by {len(chosen)} officers"


def _enough(register: Register, event: Event, signers: tuple[Signer, ...]) -> tuple[Signer, ...]:
    """Choose officers whose signatures are enough, so that another is left who can lift what they decide."""
    demand = register.scheme.policy.demand(event.type)
    number = len(signers) if demand is None else demand.full or demand.officers
    for chosen in combinations(signers, min(number, len(signers))):
        if lacking(register, event.signed(*chosen), recorded=now()) is None:
            return chosen
    return signers


def _present_officers(register: Register, folder: Path) -> tuple[Signer, ...]:
    keys = KeyStore.at(folder)
    held = [keys.open(name) for name in keys.names()]
    return tuple(one for one in held if one.key.thumbprint in register.scheme.officers)
