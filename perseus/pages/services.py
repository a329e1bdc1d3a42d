"""Which of the services answer, asked when a page is asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2

from perseus.pages.exhibit import Service

_PATIENCE = 1.0
_GOOD = 200


@dataclass(frozen=True, slots=True)
class State:
    """One service, where it listens, and whether it answers."""

    service: Service
    address: str
    answers: bool


def states_of(services: Sequence[Service], out: Path) -> tuple[State, ...]:
    """Ask every service whether it is there."""
    with httpx2.Client(trust_env=False, timeout=_PATIENCE) as client:
        return tuple(_ask(services, out, client))


def _ask(services: Sequence[Service], out: Path, client: httpx2.Client) -> Iterator[State]:
    for service in services:
        address = _address(out / service.key)
        yield State(service, address, address != "" and _answers(address, client))


def _answers(address: str, client: httpx2.Client) -> bool:
    try:
        return client.get(f"{address}/healthz").status_code == _GOOD
    except httpx2.HTTPError:
        return False


def _address(home: Path) -> str:
    try:
        return (home / "address").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
