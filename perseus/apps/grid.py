"""The grid data provider: gives any member a region's intensity, one signed series a month and kind."""

from fastapi import FastAPI, Response
from pydantic import Field, JsonValue
from sqlalchemy import Connection

from issuers.intensity import Retrieval, issue_intensity
from perseus.apps.call import Body, Called
from perseus.apps.doors import admit, use_up
from perseus.apps.frame import answer
from perseus.apps.issuing import keep, signing
from perseus.apps.party import Party
from perseus.apps.proofs import keep_time
from perseus.apps.service import Service, open_service
from perseus.keystore import fresh_urn
from perseus.problems import NotFoundError
from perseus.storage import credentials, resources
from perseus.storage import grid as ledger
from trust.canonical import parse
from trust.claims.halfhour import Month
from trust.claims.intensity import Intensity, IntensityKind, IntensitySeries, Upstream
from trust.claims.region import Region
from trust.digest import Digest
from trust.envelope import envelope
from trust.secured import Secured
from verifiers.policy import Policy


class Wanted(Body):
    """Which region, month and kind is asked for, and the presentation that says by whom."""

    presentation: dict[str, JsonValue]
    region: int
    month: str = Field(max_length=7)
    kind: str = Field(max_length=8)


def open_grid(party: Party) -> FastAPI:
    """Put the grid data provider's service together."""
    service = open_service(party)
    keep_time(service)
    _add_intensity(service)
    return service.app


def _add_intensity(service: Service) -> None:
    party = service.party

    @service.app.post("/v1/intensity")
    def intensity(call: Called) -> Response:
        """Give one month of a region's intensity; asked again, the same series comes back."""
        asked = call.read(Wanted)
        region, month, kind = Region.of(asked.region), Month.parse(asked.month), IntensityKind(asked.kind)
        shown = admit(party, service.judge, asked.presentation, policy=Policy.cap(), peer=call.peer)
        with party.store.write() as connection:
            use_up(party, connection, shown.nonce)
            named = f"{region.id} {kind.value} {month}"
            known = credentials.of_kind(connection, "GridIntensityCredential", about=named)
            secured = known[-1].secured if known else _issue(party, connection, region, month, kind)
            return answer(_delivered(connection, secured))


def _issue(
    party: Party, connection: Connection, region: Region, month: Month, kind: IntensityKind
) -> Secured:
    found = ledger.find(connection, region.id, kind.value, month.period.start)
    if found is None:
        raise NotFoundError(f"the {kind.value} intensity of {region} in {month}")
    upstream = Upstream(found.upstream, Digest.parse(found.upstream_digest), found.upstream_type)
    issued = issue_intensity(
        IntensitySeries(month.period, tuple(found.values), found.quality),
        region=region,
        kind=kind,
        retrieval=Retrieval(found.retrieved_at, upstream, found.attribution, found.licence),
        series_id=fresh_urn(),
        signing=signing(party, connection),
    )
    keep(party, connection, issued.credential)
    resources.keep(connection, issued.series, at=party.now())
    return issued.credential


def _delivered(connection: Connection, secured: Secured) -> dict[str, object]:
    claim = envelope(secured).claim
    if not isinstance(claim, Intensity):
        raise NotFoundError("the series")
    digest: Digest = claim.series.digest_multibase
    series = resources.find_all(connection, (digest,))[digest]
    return {
        "credential": parse(secured.raw, where="credential"),
        "series": parse(series, where="series", limit=1 << 20),
    }
