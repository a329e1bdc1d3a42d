"""How the accounting provider gathers a month: from its own shelf, else from the providers; verified, then kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from issuers.inputs import Grid
from issuers.openings import Delivered
from perseus.apps.asking import post, show
from perseus.apps.authentic import members_credential
from perseus.apps.issuing import keep
from perseus.apps.service import Service
from perseus.storage import credentials, readings, resources
from trust.canonical import Json, canonicalize
from trust.claims.consent import Consent
from trust.claims.consumption import Consumption, Fuel
from trust.claims.halfhour import Month
from trust.claims.intensity import Intensity
from trust.did import Did
from trust.digest import Digest, b64url_decode
from trust.envelope import envelope, links_to
from trust.errors import MalformedError, NotPermittedError, UnavailableError
from trust.links import Relation
from trust.report import Verified
from trust.secured import Secured
from verifiers.policy import Policy


@dataclass(frozen=True, slots=True, repr=False)
class Brought:
    """One month of one source as it came: the credential, and what travels beside it."""

    secured: Secured
    readings: bytes
    commitments: bytes
    k: bytes


class Gathering:
    """One firm's inputs, under one consent."""

    def __init__(self, service: Service, consent: Verified[Consent], account_holder: Secured) -> None:
        self._service = service
        self._party = service.party
        self._consent = consent
        self._account_holder = account_holder

    def sources(self, month: Month) -> tuple[tuple[Delivered, ...], frozenset[str]]:
        """Get one month of every source of the consent, and name those of which the provider has no reading.

        Raises:
            Refused: the verdict on one is no.
            NotPermittedError: the provider refuses, gives another month or source, or has nothing of any.
            UnavailableError: the provider does not answer.
        """
        delivered: list[Delivered] = []
        absent: dict[str, NotPermittedError] = {}
        for source in self._consent.claim.sources:
            try:
                delivered.append(self.consumption(source, month))
            except NotPermittedError as error:
                if error.code != "http.not_found":
                    raise
                absent[source] = error
        if not delivered:
            raise next(iter(absent.values()))
        return tuple(delivered), frozenset(absent)

    def grids(
        self, provider: Did, delivered: Sequence[Delivered], month: Month, *, kind: str, region: int | None
    ) -> tuple[Grid, ...]:
        """Get the intensity of every region that electricity is metered in, or of the one that is asked for.

        Raises:
            Refused: the verdict on one is no.
            NotPermittedError: the provider refuses, or gives another month or region.
            UnavailableError: the provider does not answer.
        """
        metered = [one.consumption.claim for one in delivered]
        wanted = dict.fromkeys(
            region or claim.region.id for claim in metered if claim.fuel is Fuel.ELECTRICITY
        )
        return tuple(self.intensity(provider, each, month, kind) for each in wanted)

    def consumption(self, source: str, month: Month) -> Delivered:
        """Get one month of one source, verify it with its readings and commitments, and keep it.

        Raises:
            Refused: the verdict on it is no.
            NotPermittedError: the provider refuses, or gives another month or source.
            UnavailableError: the provider does not answer.
        """
        held = self._held(source, month)
        got = held or self._ask(source, month)
        found = self._service.judge.verified(
            got.secured,
            Consumption,
            policy=Policy.cap(),
            beside=(self._account_holder, self._consent.secured),
            resources={Digest.of(body): body for body in (got.readings, got.commitments)},
        )
        if (found.claim.id, found.claim.period) != (source, month.period):
            reason = f"the provider gave {found.claim.id} for {found.claim.period}"
            raise NotPermittedError(f"taking {source} for {month}", because=reason, code="link.other_subject")
        if held is None:
            self._keep(got)
        return Delivered(found, got.readings, got.commitments, got.k)

    def intensity(self, provider: Did, region: int, month: Month, kind: str) -> Grid:
        """Get one month of a region's intensity, verify it with its series, and keep it.

        Raises:
            Refused: the verdict on it is no.
            NotPermittedError: the provider refuses, or gives another month or region.
            UnavailableError: the provider does not answer.
        """
        known = self._held_intensity(region, month, kind)
        secured, series = known or self._ask_intensity(provider, region, month, kind)
        found = self._service.judge.verified(
            secured, Intensity, policy=Policy.cap(), resources={Digest.of(series): series}
        )
        claim = found.claim
        if (claim.region.id, claim.period, claim.kind.value) != (region, month.period, kind):
            reason = f"the provider gave {claim.kind.value} values of {claim.region} for {claim.period}"
            raise NotPermittedError(f"taking the intensity of {month}", because=reason, code="data.region")
        if known is None:
            with self._party.store.write() as connection:
                keep(self._party, connection, secured)
                resources.keep(connection, series, at=self._party.now())
        return Grid(found, series)

    def _held(self, source: str, month: Month) -> Brought | None:
        with self._party.store.read() as connection:
            held = credentials.of_kind(connection, "ConsumptionCredential", about=f"{source} {month}")
            own = [one for one in held if links_to(one.secured, Relation.PERMITTED, self._consent)]
            kept = readings.find(connection, own[-1].id) if own else None
            if kept is None:
                return None
            digest = _claim(own[-1].secured).commitments.digest_multibase
            commitments = resources.find_all(connection, (digest,))[digest]
        return Brought(own[-1].secured, kept.body, commitments, kept.k)

    def _ask(self, source: str, month: Month) -> Brought:
        url = self._party.url_of(self._consent.claim.from_)
        shown = show(self._party, url, (self._membership(), self._account_holder, self._consent.secured))
        body = {"presentation": shown, "source": source, "month": str(month)}
        got = post(self._party, f"{url}/v1/consumption", body, form="consumption-delivery")
        return Brought(
            Secured(_bytes(got, "credential")),
            _bytes(got, "readings"),
            _bytes(got, "commitments"),
            b64url_decode(str(got["k"]), where="k"),
        )

    def _keep(self, got: Brought) -> None:
        at = self._party.now()
        with self._party.store.write() as connection:
            found = keep(self._party, connection, got.secured)
            readings.keep(connection, found.id, body=got.readings, k=got.k, at=at)
            resources.keep(connection, got.commitments, at=at)

    def _held_intensity(self, region: int, month: Month, kind: str) -> tuple[Secured, bytes] | None:
        with self._party.store.read() as connection:
            named = f"{region} {kind} {month}"
            known = credentials.of_kind(connection, "GridIntensityCredential", about=named)
            claim = envelope(known[-1].secured).claim if known else None
            if not isinstance(claim, Intensity):
                return None
            digest: Digest = claim.series.digest_multibase
            return known[-1].secured, resources.find_all(connection, (digest,))[digest]

    def _ask_intensity(self, provider: Did, region: int, month: Month, kind: str) -> tuple[Secured, bytes]:
        url = self._party.url_of(provider)
        shown = show(self._party, url, (self._membership(),))
        body = {"presentation": shown, "region": region, "month": str(month), "kind": kind}
        got = post(self._party, f"{url}/v1/intensity", body, form="intensity-delivery")
        return Secured(_bytes(got, "credential")), _bytes(got, "series")

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
        members_credential(party, secured)
        with party.store.write() as connection:
            keep(party, connection, secured)
        return secured


def _bytes(got: Mapping[str, Json], member: str) -> bytes:
    """Take a part of an answer in its RFC 8785 bytes, which its digest binds."""
    return canonicalize(got[member])


def _claim(held: Secured) -> Consumption:
    claim = envelope(held).claim
    if not isinstance(claim, Consumption):
        raise MalformedError("credential", expected="a consumption", found=type(claim).__name__)
    return claim
