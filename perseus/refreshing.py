"""Asking for what is newer than an evidence file: the register from its operator, status lists from their keepers.

Only names that the register's own members serve are asked; in the demo environment the settings beside the trust
anchor map them to loopback addresses. What cannot be had leaves the copies in the file, whose age the verdict tells.
"""

import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from perseus.clock import now
from perseus.fetching import Fetcher
from perseus.log.copying import continued
from perseus.log.following import follow
from perseus.log.names import LogName
from perseus.naming import named_lists, replaced
from perseus.settings import DEMO, loopback, require_above
from registry.errors import RegisterError
from registry.log.note import Note
from registry.recording import Recorded, Sighting, between, narrower
from registry.register import Register
from trust.canonical import EVIDENCE_LIMIT, parse_object
from trust.errors import MalformedError, NotPermittedError, UnavailableError
from trust.secured import Secured
from verifiers.evidence import Evidence
from verifiers.policy import ROLE

OPERATOR, SERVICE = f"{ROLE}scheme-operator", "perseus"
PATIENCE = 5.0  # seconds for one answer, and for all the lists together
MOST_LISTS = 32
_OK = 200
_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a verifier may ask: hosts over TLS, and in the demo environment names mapped to this machine."""

    environment: str
    hosts: tuple[str, ...]
    peers: Mapping[str, str] = field(default_factory=dict)
    base: Path = Path()
    evidence_limit: int = EVIDENCE_LIMIT

    def address_of(self, name: str) -> str | None:
        """Find the loopback address that a process of the demo wrote when it started.

        Raises:
            MalformedError: the address is not on this machine.
        """
        told = self.peers.get(name)
        path = None if told is None else self.base / told
        return (
            loopback(path.read_text(encoding="utf-8").strip())
            if path is not None and path.is_file()
            else None
        )


@dataclass(frozen=True, slots=True)
class Refresher:
    """Brings newer evidence, as far as it can be had; `settings` is the visitor's own settings file, if any."""

    settings: Path

    def __call__(self, secured: Secured, evidence: Evidence) -> Evidence:
        """Give the evidence with the newest register and status lists that their keepers give out."""
        register = evidence.register
        if register is None:
            return evidence
        fetcher = Fetcher(self._reach(register), patience=PATIENCE)
        try:
            fetched = _lists(fetcher, secured, evidence)
            return replace(
                _newer(fetcher, evidence, register),
                status_lists={**evidence.status_lists, **fetched},
                other_lists=replaced(evidence.status_lists, fetched),
            )
        except RegisterError as fault:
            return replace(evidence, register=None, register_fault=fault)
        finally:
            fetcher.close()

    def _reach(self, register: Register) -> Reach:
        """Allow the hosts of the register's members, and nobody else.

        Raises:
            MalformedError: the settings file is not TOML.
        """
        services = [service.url for member in register.members for service in member.services]
        hosts = tuple(host for url in services if (host := urlsplit(url).hostname))
        environment = register.anchor.environment
        peers = peers_in(self.settings) if environment == DEMO else {}
        return Reach(environment, hosts, peers, self.settings.parent)


def peers_in(settings: Path) -> Mapping[str, str]:
    """Read which names of the demo a verifier finds on this machine, from its settings file, if there is one.

    Raises:
        MalformedError: the settings file is not TOML.
    """
    return cast("Mapping[str, str]", settings_in(settings).get("peers", {}))


def settings_in(path: Path) -> Mapping[str, object]:
    """Read a verifier's settings file; nothing where there is none.

    Raises:
        MalformedError: it is not TOML, or names the copy of the register below the head of a table.
    """
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise MalformedError(str(path), expected="TOML", found=str(error)) from error
    require_above(path, content, ("register",))
    return content


def _newer(fetcher: Fetcher, evidence: Evidence, held: Register) -> Evidence:
    """Extend the copy by what the operator has since appended; it was whole when witnesses saw it, or just now.

    Raises:
        RegisterError: what the operator gives out does not continue the copy.
    """
    operator = next((member for member in held.members if OPERATOR in member.roles), None)
    base = None if operator is None else operator.service(SERVICE)
    if base is None:
        return evidence
    get, prefix = partial(_required, fetcher), f"{base}/{LogName.MEMBERS.value}"
    try:
        offered = follow(get, prefix, held=held.size)
        grown = continued(get, prefix, held, offered)
    except (UnavailableError, NotPermittedError, MalformedError):
        return evidence
    seen = grown.anchor.policy.witnessed(Note.parse(offered.note))
    if seen is None:
        return replace(evidence, register=grown, register_at=now(), register_carried=False)
    timed = _timed(grown, held, Sighting(grown.size, seen.since, seen.by), since=evidence.register_at)
    whole = [at for at in (evidence.register_at, seen.since) if at is not None]
    return replace(evidence, register=timed, register_at=max(whole))


def _timed(grown: Register, held: Register, seen: Sighting, *, since: datetime | None) -> Register:
    """Tell when the new entries were recorded: after witnesses saw the copy without them, by when they saw them."""
    before = narrower(held.recorded, (), size=held.size)
    added = (Recorded(since, None),) * (grown.size - held.size)
    known = narrower((*before, *added), between((seen,), size=grown.size), size=grown.size)
    timed = Register.replay(grown.entries, anchor=grown.anchor, recorded=known)
    return replace(timed, checkpoint=grown.checkpoint)


def _lists(fetcher: Fetcher, secured: Secured, evidence: Evidence) -> dict[str, Secured]:
    """Fetch the lists that the chain names, a few and not for long, and keep those newer than the file's.

    A file could name any number of addresses; what is left unasked is judged by the file's own copy.
    """
    found: dict[str, Secured] = {}
    until = time.monotonic() + PATIENCE
    for url in sorted(named_lists(secured))[:MOST_LISTS]:
        if time.monotonic() > until:
            break
        body = _get(fetcher, url)
        held = evidence.status_lists.get(url)
        if body is not None and (held is None or _signed_at(body) > _signed_at(held.raw)):
            found[url] = Secured(body)
    return found


def _signed_at(raw: bytes) -> str:
    """Read when a list says it was signed: a stamp, which sorts as text; nothing sorts first."""
    try:
        return str(parse_object(raw, where="status list", limit=_LIMIT).get("validFrom", ""))
    except MalformedError:
        return ""


def _required(fetcher: Fetcher, url: str) -> bytes:
    """Fetch what must be there.

    Raises:
        UnavailableError: it is not.
    """
    found = _get(fetcher, url)
    if found is None:
        raise UnavailableError(url, because="it does not answer", code="register.unreachable")
    return found


def _get(fetcher: Fetcher, url: str) -> bytes | None:
    try:
        answered = fetcher.get(url)
    except (UnavailableError, NotPermittedError, MalformedError):
        return None
    return answered.body if answered.status == _OK else None
