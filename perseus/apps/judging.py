"""How a party judges what it is sent: with its copy of the register, and status lists fetched from their keepers."""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, cast

from perseus.apps.issuing import StatusLists
from perseus.apps.party import Party
from perseus.naming import named_lists, replaced
from perseus.problems import NotFoundError
from perseus.storage import credentials, presentations
from registry.errors import RegisterError
from registry.register import Register
from trust.digest import Digest
from trust.errors import MalformedError, NotPermittedError, PerseusError, UnavailableError
from trust.report import Overall, Report, Verified
from trust.secured import Secured
from verifiers.evidence import Door, Evidence
from verifiers.policy import Policy
from verifiers.verify import verify

LARGEST = 1 << 20
FRESH = 20.0  # seconds for which a fetched list is not asked for again
_MOST, _KEPT = 32, 256  # lists asked for over one document, and kept by this process
_PATIENCE = 20.0
T = TypeVar("T")
NO_RESOURCES: Mapping[Digest, bytes] = {}


class Judge:
    """A party's verifier: evidence is gathered once, before anything is judged."""

    def __init__(self, party: Party, own: StatusLists) -> None:
        self._party = party
        self._own = own
        self._lock = threading.Lock()
        self._lists: dict[str, tuple[float, Secured]] = {}

    def evidence(
        self,
        target: Secured,
        *,
        beside: Iterable[Secured] = (),
        resources: Mapping[Digest, bytes] = NO_RESOURCES,
        door: Door | None = None,
        pairing: Secured | None = None,
        fresh: bool = False,
    ) -> Evidence:
        """Gather what a verdict rests on: the register, asked for now if it is to be `fresh`, and every list named."""
        register, fault = self._register(fresh=fresh)
        others = tuple(beside)
        urls = [url for one in (target, *others) for url in named_lists(one)]
        now = self._party.now()
        return Evidence(
            register=register,
            credentials=others,
            resources=resources,
            status_lists=self._fetched(urls),
            pairing=pairing,
            door=door,
            register_fault=fault,
            register_at=None if register is None else self._party.register.as_of(),
            seen=self._seen((target, *others), now),
        )

    def refresh(self, target: Secured, evidence: Evidence) -> Evidence:
        """Put the newest that this party knows beside a file's own: register, status lists, withdrawals received.

        It is this party that judges, and its own records tell whether it received this file's presentation before.
        """
        register, fault = self._register()
        named = [url for one in (target, *evidence.credentials) for url in named_lists(one)]
        lists = self._fetched(named)
        with self._party.store.read() as connection:
            ended = tuple(one.secured for one in credentials.of_kind(connection, "WithdrawalCredential"))
            received = presentations.received_at(connection, target.digest.multibase)
        return replace(
            evidence,
            register=register or evidence.register,
            register_fault=fault if register is None else None,
            register_at=None if register is None else self._party.register.as_of(),
            register_carried=register is None,
            status_lists={**evidence.status_lists, **lists},
            other_lists=replaced(evidence.status_lists, lists),
            credentials=(*evidence.credentials, *ended),
            own=self._party.did,
            seen={target.digest: received or self._party.now()},
        )

    def report(self, target: Secured, evidence: Evidence, *, policy: Policy) -> Report[object]:
        """Judge one document with its evidence, as of now."""
        anchor = self._party.register.anchor
        return verify(target, evidence, policy=policy, anchor=anchor, at=self._party.now())

    def verified(
        self,
        target: Secured,
        kind: type[T],
        *,
        policy: Policy,
        beside: Iterable[Secured] = (),
        resources: Mapping[Digest, bytes] = NO_RESOURCES,
    ) -> Verified[T]:
        """Judge one credential and give its claim.

        Raises:
            Refused: the verdict is no.
            UnavailableError: it cannot be reached now.
            MalformedError: it is of another kind.
        """
        evidence = self.evidence(target, beside=beside, resources=resources)
        found = require(self.report(target, evidence, policy=policy))
        if not isinstance(found.claim, kind):
            name = type(found.claim).__name__
            raise MalformedError("credential", expected=kind.__name__, found=name, code="format.unknown_type")
        return cast("Verified[T]", found)

    def _seen(self, documents: Iterable[Secured], now: datetime) -> dict[Digest, datetime]:
        """Tell by when these documents were here: since they were kept, else since now."""
        found = {one.digest: now for one in documents}
        with self._party.store.read() as connection:
            kept = credentials.kept_since(connection, [digest.multibase for digest in found])
        return {digest: kept.get(digest.multibase, at) for digest, at in found.items()}

    def _register(self, *, fresh: bool = False) -> tuple[Register | None, PerseusError | None]:
        try:
            return self._party.register.current(fresh=fresh), None
        except (RegisterError, UnavailableError) as fault:
            return None, fault

    def _fetched(self, urls: Iterable[str]) -> dict[str, Secured]:
        """Ask for the lists that are named, but never for more than an honest chain needs, nor for long."""
        until = time.monotonic() + _PATIENCE
        found: dict[str, Secured] = {}
        for url in tuple(dict.fromkeys(urls))[:_MOST]:
            held = self._list(url) if time.monotonic() < until else None
            if held is not None:
                found[url] = held
        return found

    def _list(self, url: str) -> Secured | None:
        """Fetch a list from its keeper; when nobody answers, the last copy stands and its age tells."""
        if url.startswith(self._party.settings.url + "/"):
            return self._published(url)
        with self._lock:
            known = self._lists.get(url)
        if known is not None and time.monotonic() - known[0] < FRESH:
            return known[1]
        try:
            answered = self._party.fetcher.get(url, limit=LARGEST)
        except (UnavailableError, NotPermittedError):
            return known[1] if known else None
        if answered.status != 200:  # noqa: PLR2004 - the status itself
            return known[1] if known else None
        fetched = Secured(answered.body)
        with self._lock:
            if len(self._lists) >= _KEPT:
                self._lists.clear()
            self._lists[url] = (time.monotonic(), fetched)
        return fetched

    def _published(self, url: str) -> Secured | None:
        try:
            return self._own.published(url)
        except NotFoundError:
            return None


def require(report: Report[T]) -> Verified[T]:
    """Give what a verdict vouches for; one that could not be reached now may be asked for again.

    Raises:
        Refused: something in it is not as it must be.
        UnavailableError: nothing is wrong with it, but a register or a list is not at hand.
    """
    if report.overall is Overall.UNDETERMINED:
        obstacle = report.obstacles[0] if report.obstacles else None
        code = "register.unreachable" if obstacle is None else obstacle.code
        because = "no check was made" if obstacle is None else obstacle.detail
        raise UnavailableError("a verdict", because=because, code=code)
    return report.require()
