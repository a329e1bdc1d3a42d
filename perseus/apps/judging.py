"""How a party judges what it is sent: with its copy of the register, and status lists fetched from their keepers."""

import threading
import time
from collections.abc import Iterable, Mapping
from typing import TypeVar, cast

from perseus.apps.issuing import StatusLists
from perseus.apps.party import Party
from registry.errors import RegisterError
from registry.register import Register
from trust.canonical import Json, parse
from trust.digest import Digest
from trust.errors import MalformedError, NotPermittedError, PerseusError, UnavailableError
from trust.report import Report, Verified
from trust.secured import Secured
from verifiers.evidence import Door, Evidence
from verifiers.policy import Policy
from verifiers.verify import verify

LARGEST = 1 << 20
FRESH = 20.0  # seconds for which a fetched list is not asked for again
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
    ) -> Evidence:
        """Gather what a verdict rests on: the register, and every status list that is named."""
        register, fault = self._register()
        others = tuple(beside)
        urls = {url for one in (target, *others) for url in named_lists(one)}
        return Evidence(
            register=register,
            credentials=others,
            resources=resources,
            status_lists=self._fetched(urls),
            pairing=pairing,
            door=door,
            register_fault=fault,
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
            Refused: the verdict is not yes.
            MalformedError: it is of another kind.
        """
        evidence = self.evidence(target, beside=beside, resources=resources)
        found = self.report(target, evidence, policy=policy).require()
        if not isinstance(found.claim, kind):
            name = type(found.claim).__name__
            raise MalformedError("credential", expected=kind.__name__, found=name, code="format.unknown_type")
        return cast("Verified[T]", found)

    def _register(self) -> tuple[Register | None, PerseusError | None]:
        try:
            return self._party.register.current(), None
        except (RegisterError, UnavailableError) as fault:
            return None, fault

    def _fetched(self, urls: Iterable[str]) -> dict[str, Secured]:
        found = {url: self._list(url) for url in sorted(urls)}
        return {url: held for url, held in found.items() if held is not None}

    def _list(self, url: str) -> Secured | None:
        """Fetch a list from its keeper; when nobody answers, the last copy stands and its age tells."""
        if url.startswith(self._party.settings.url + "/"):
            return self._own.published(url)
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
            self._lists[url] = (time.monotonic(), fetched)
        return fetched


def named_lists(held: Secured) -> tuple[str, ...]:
    """Name the status lists of a credential, or of every credential in a presentation, believing nothing yet."""
    try:
        document = parse(held.raw, where="document", limit=len(held.raw) + 1)
    except MalformedError:
        return ()
    return tuple(dict.fromkeys(_lists_in(document)))


def _lists_in(document: Json) -> list[str]:
    if not isinstance(document, dict):
        return []
    inner = document.get("verifiableCredential")
    found = [url for one in inner for url in _lists_in(one)] if isinstance(inner, list) else []
    entries = document.get("credentialStatus")
    for entry in entries if isinstance(entries, list) else ():
        url = entry.get("statusListCredential") if isinstance(entry, dict) else None
        found += [url] if isinstance(url, str) else []
    return found
