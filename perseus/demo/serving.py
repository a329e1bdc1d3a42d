"""Staying up after the story: the six services run on and the pages are served, until somebody stops them."""

import contextlib
import signal
import socket
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import uvicorn

from perseus import clock
from perseus.demo.parties import BANK, FIRM, MEMBERS, PROCESSES, Cast
from perseus.demo.story import Outcome
from perseus.demo.supply import MADE_UP
from perseus.demo.tampering import TWELVE
from perseus.demo.telling import Teller
from perseus.pages.app import open_pages
from perseus.pages.exhibit import Broken, Exhibit, Service
from perseus.pages.judging import Bench
from perseus.refreshing import Refresher
from perseus.serve import Town
from perseus.verification import settings_beside
from trust.did import Did
from trust.errors import UnavailableError

HOST = "127.0.0.1"
_TRIES = 100
_LAST_PORT = 65_535
_DEEDS: Mapping[int, str] = MappingProxyType(
    {
        1: "A figure was made smaller after the report was signed.",
        2: "An auditor, which is no carbon accounting provider, made the report.",
        3: "A carbon accounting provider made the report while the scheme had suspended it.",
        4: "The report was signed with another member's key.",
        5: "The energy data provider revoked the meter data.",
        6: "The firm withdrew its consent.",
        7: "The report was made after the consent to it had ended.",
        8: "The firm had allowed another bank to see the figures, not this one.",
        9: "Other meter data were put under the report than it was made from.",
        10: "The report was made out to another firm than the one whose meter was read.",
        11: "A measured half-hour was called an estimate.",
        12: "A smaller total was stated than the sealed readings add up to.",
    }
)


def stay(town: Town, outcome: Outcome, listener: socket.socket, port: int, teller: Teller) -> None:
    """Serve until the process is told to stop; a service that dies is started again; `port` is what was asked for."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: town.over.set())
    town.watch()
    exhibit = exhibit_of(outcome)
    bench = Bench(exhibit, Refresher(settings_beside(exhibit.trust_file)), clock.now, own=Did(BANK.did))
    pages = open_pages(exhibit, at=clock.now(), judging=bench)
    config = uvicorn.Config(pages, log_config=None, access_log=False, server_header=False)
    taken = listener.getsockname()[1]
    told = f"  (port {port} is taken)" if port not in {0, taken} else ""
    teller.say(f" Look  http://{HOST}:{taken}{told}   Stop with Ctrl-C.")
    uvicorn.Server(config).run(sockets=[listener])


@contextlib.contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """Listen on the loopback address, on a port or else on the next that is free.

    Raises:
        UnavailableError: a hundred ports in a row are taken.
    """
    ports = range(port, min(port + _TRIES, _LAST_PORT + 1))
    listener = next((found for found in map(_bound, ports) if found is not None), None)
    if listener is None:
        place = f"{HOST}:{port}"
        raise UnavailableError(place, because=f"{len(ports)} ports from there are taken", code="port.taken")
    with contextlib.closing(listener):
        listener.listen(128)
        yield listener


def exhibit_of(outcome: Outcome) -> Exhibit:
    """Lay out what the pages are to show of a story."""
    evidence = (outcome.out / "evidence" / "bank.perseus.json").read_bytes()
    names = {party.did: party.name for party in MEMBERS} | {str(outcome.verdict["subject"]): FIRM}
    return Exhibit(
        out=outcome.out,
        reader=BANK.name,
        firm=FIRM,
        verdict=outcome.verdict,
        evidence=evidence,
        trust=(outcome.out / "trust.json").read_bytes(),
        names=MappingProxyType(names),
        roles=MappingProxyType({party.did: _role(party) for party in MEMBERS}),
        made_up=MADE_UP.encode() in evidence,
        broken=tuple(_broken(outcome)),
        services=tuple(Service(party.key, party.name, _role(party).capitalize()) for party in PROCESSES),
    )


def _broken(outcome: Outcome) -> Iterator[Broken]:
    files = {caught.file.name: caught for caught in outcome.caught}
    for one in TWELVE:
        caught = files[one.file]
        yield Broken(one.number, caught.file, _DEEDS[one.number], caught.expected_code, caught.found_code)


def _role(party: Cast) -> str:
    return party.role.replace("-", " ") or "the firm's wallet"


def _bound(port: int) -> socket.socket | None:
    """Take a port, or tell that somebody else has it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        return None
    return listener
