"""How the accounting provider gathers a month: what it already has, else from the providers, verified before use."""

from typing import cast

from issuers.emissions import Grid
from issuers.openings import Delivered
from perseus.apps.asking import post, show
from perseus.apps.issuing import keep
from perseus.apps.service import Service
from perseus.storage import credentials, readings, resources
from trust.canonical import Json, canonicalize
from trust.claims.consent import Consent
from trust.claims.consumption import Consumption
from trust.claims.halfhour import Month
from trust.claims.intensity import Intensity
from trust.did import Did
from trust.digest import Digest, b64url_decode
from trust.envelope import envelope, links_to
from trust.errors import MalformedError, UnavailableError
from trust.links import Relation
from trust.report import Verified
from trust.secured import Secured
from verifiers.policy import Policy


class Gathering:
    """One firm's inputs, under one consent."""

    def __init__(self, service: Service, consent: Verified[Consent], account_holder: Secured) -> None:
        self._service = service
        self._party = service.party
        self._consent = consent
        self._account_holder = account_holder

    def consumption(self, source: str, month: Month) -> Delivered:
        """Get one month of one source, and verify it with its readings and commitments.

        Raises:
            Refused: the verdict on it is not yes.
            NotPermittedError: the provider refuses.
            UnavailableError: the provider does not answer.
        """
        held = self._held_consumption(source, month) or self._ask_consumption(source, month)
        with self._party.store.read() as connection:
            kept = readings.find(connection, envelope(held).id)
            commitments = resources.find_all(connection, (_claim(held).commitments.digest_multibase,))
        if kept is None or not commitments:
            raise UnavailableError(
                f"the readings of {source}", because="they are deleted", code="link.missing"
            )
        beside = (self._account_holder, self._consent.secured)
        found = self._service.judge.verified(
            held,
            Consumption,
            policy=Policy.cap(),
            beside=beside,
            resources={Digest.of(kept.body): kept.body, **commitments},
        )
        return Delivered(found, kept.body, next(iter(commitments.values())), kept.k)

    def intensity(self, provider: Did, region: int, month: Month, kind: str) -> Grid:
        """Get one month of a region's intensity, and verify it with its series.

        Raises:
            Refused: the verdict on it is not yes.
            NotPermittedError: the provider refuses.
            UnavailableError: the provider does not answer.
        """
        with self._party.store.read() as connection:
            named = f"{region} {kind} {month}"
            known = credentials.of_kind(connection, "GridIntensityCredential", about=named)
        held = known[-1].secured if known else self._ask_intensity(provider, region, month, kind)
        claim = envelope(held).claim
        if not isinstance(claim, Intensity):
            raise MalformedError("credential", expected="an intensity", found=type(claim).__name__)
        with self._party.store.read() as connection:
            series = resources.find_all(connection, (claim.series.digest_multibase,))
        found = self._service.judge.verified(held, Intensity, policy=Policy.cap(), resources=series)
        return Grid(found, next(iter(series.values())))

    def _held_consumption(self, source: str, month: Month) -> Secured | None:
        with self._party.store.read() as connection:
            held = credentials.of_kind(connection, "ConsumptionCredential", about=f"{source} {month}")
            whole = [one for one in held if readings.find(connection, one.id) is not None]
        own = [one.secured for one in whole if links_to(one.secured, Relation.PERMITTED, self._consent)]
        return own[-1] if own else None

    def _ask_consumption(self, source: str, month: Month) -> Secured:
        url = self._party.url_of(self._consent.claim.from_)
        shown = show(self._party, url, (self._membership(), self._account_holder, self._consent.secured))
        body = {"presentation": shown, "source": source, "month": str(month)}
        got = post(self._party, f"{url}/v1/consumption", body)
        secured = _credential(got)
        with self._party.store.write() as connection:
            found = keep(self._party, connection, secured)
            body_, k = canonicalize(got["readings"]), b64url_decode(str(got["k"]), where="k")
            readings.keep(connection, found.id, body=body_, k=k, at=self._party.now())
            resources.keep(connection, canonicalize(got["commitments"]), at=self._party.now())
        return secured

    def _ask_intensity(self, provider: Did, region: int, month: Month, kind: str) -> Secured:
        url = self._party.url_of(provider)
        shown = show(self._party, url, (self._membership(),))
        body = {"presentation": shown, "region": region, "month": str(month), "kind": kind}
        got = post(self._party, f"{url}/v1/intensity", body)
        secured = _credential(got)
        with self._party.store.write() as connection:
            keep(self._party, connection, secured)
            resources.keep(connection, canonicalize(got["series"]), at=self._party.now())
        return secured

    def _membership(self) -> Secured:
        """Show the operator's copy of our own membership, fetched once."""
        party = self._party
        with party.store.read() as connection:
            held = credentials.of_kind(connection, "MembershipCredential", about=str(party.did))
        if held:
            return held[-1].secured
        url = f"{party.url_of(party.settings.members['operator'])}/v1/memberships/{party.did}"
        answered = party.fetcher.get(url)
        if answered.status != 200:  # noqa: PLR2004 - the status itself
            raise UnavailableError(url, because=f"HTTP {answered.status}", code="member.unknown")
        secured = Secured(answered.body)
        with party.store.write() as connection:
            keep(party, connection, secured)
        return secured


def _credential(got: object) -> Secured:
    members = cast("dict[str, Json]", got)
    return Secured(canonicalize(members["credential"]))


def _claim(held: Secured) -> Consumption:
    claim = envelope(held).claim
    if not isinstance(claim, Consumption):
        raise MalformedError("credential", expected="a consumption", found=type(claim).__name__)
    return claim
