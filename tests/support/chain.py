"""A whole chain before a verifier, good or altered by a rogue who signs anew with its own key.

    chain = ChainSimulator()
    chain.report()                                              # every check passes
    chain.changed(emissions=lambda c: replace(c, ...)).report() # signed anew, and everything above it

The credentials are those of `support.story`, made by the real issuers; the register is a scheme in memory.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import cast

from registry.anchor import Anchor
from registry.register import Register
from support.keys import signer
from support.scheme import Party, SchemeSimulator
from support.story import BANK, CAP, EDP, GRID, LIST_URL, OPERATOR, SHOWN_AT, Story
from trust.canonical import Json, canonicalize, parse
from trust.claims.consent import Consent
from trust.claims.halfhour import instant
from trust.claims.listing import Listing
from trust.claims.receipt import Receipt
from trust.credential import Credential
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope
from trust.keys import Signer
from trust.presentation import Presentation, write_presentation
from trust.report import Overall, Report
from trust.secured import Secured
from trust.signing import sign, sign_document
from trust.status import StatusList
from verifiers.evidence import Door, Evidence
from verifiers.policy import Policy
from verifiers.verify import verify

AT = datetime(2026, 11, 5, 10, tzinfo=UTC)
CHALLENGE = "bank-nonce-0002"
MEMBERS = (
    (EDP, "Meterworks", "energy-data-provider"),
    (GRID, "GridWatch", "grid-data-provider"),
    (CAP, "GreenLedger", "carbon-accounting-provider"),
    (BANK, "Northern Bank", "financial-service-provider"),
    (OPERATOR, "Perseus Operator", "scheme-operator"),
)
ORDER = ("account_holder", "consent", "showing", "consumption", "intensity", "emissions")

Change = Callable[[Credential[object]], Credential[object]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A chain that was judged, by which policy and with how much of the register, and what came of it."""

    secured: Secured
    evidence: Evidence
    policy: Policy
    known_at: datetime | int | None
    report: Report[object]


ONLOOKERS: list[Callable[[Judged], object]] = []


@cache
def good_story() -> Story:
    """Give the one good story that most chains share, because making it takes a while."""
    return Story()


def scheme(*, witnesses: int = 0, seed: str = "scheme", environment: str = "test") -> SchemeSimulator:
    """Found the scheme of the chain, with its five members, and with so many witnesses, of whom two are demanded."""
    found = SchemeSimulator(witnesses=witnesses, seed=seed, environment=environment)
    found.witnessed_at = AT - timedelta(hours=1)
    for did, name, role in MEMBERS:
        found.join(str(did), name=name, roles=(role,))
    return found


def party(did: Did) -> Party:
    """Give a member of the scheme, to suspend or to retire."""
    name = next(name for member, name, _ in MEMBERS if member == did)
    return Party(did, name, signer(f"scheme/{did}"))


@dataclass(frozen=True)
class ChainSimulator:
    """One firm's chain, with the changes that were made to it before it was signed."""

    story: Story = field(default_factory=good_story)
    changes: Mapping[str, Change] = field(default_factory=dict)
    keys: Mapping[str, Signer] = field(default_factory=dict)
    scheme: SchemeSimulator = field(default_factory=scheme)
    resources: Mapping[Digest, bytes] = field(default_factory=dict)
    revoked: tuple[int, ...] = ()
    readings: bool = False
    shown_at: datetime = SHOWN_AT

    def changed(self, **changes: Change) -> "ChainSimulator":
        """Have a rogue change credentials, by name, and sign them and all above them anew."""
        return replace(self, changes={**self.changes, **changes})

    @property
    def register(self) -> Register:
        """Give the register at hand."""
        return self.scheme.register

    @property
    def anchor(self) -> Anchor:
        """Give the trust anchor."""
        return self.scheme.anchor

    @property
    def made(self) -> Mapping[str, Secured]:
        """Give every credential as its issuer made it, by name, in the order of the chain."""
        story = self.story
        return {
            "account_holder": story.account_holder,
            "consent": story.consents[0],
            "showing": story.consents[1],
            **{_name(number): one.credential for number, one in enumerate(story.consumption)},
            "intensity": story.intensity.credential,
            "emissions": story.emissions.credential,
        }

    @cached_property
    def credentials(self) -> Mapping[str, Secured]:
        """Give every credential by name, signed in the order of the chain; links follow the new digests."""
        done: dict[str, Secured] = {}
        fresh: dict[str, Digest] = {}
        for name, secured in self.made.items():
            before = envelope(secured)
            links = tuple(replace(link, digest=fresh.get(link.id, link.digest)) for link in before.links)
            paired = (
                self._paired(replace(before, links=links))
                if name == "showing"
                else replace(before, links=links)
            )
            after = self.changes.get(name, _same)(paired)
            if after == before and name not in self.keys:
                done[name] = secured
            else:
                done[name] = sign(after, signer=self.signer_of(name, after.issuer))
            fresh[after.id] = done[name].digest
        return done

    def _paired(self, credential: Credential[object]) -> Credential[object]:
        """Name in a consent the customer that the firm paired with."""
        assert isinstance(credential.claim, Consent)
        document = cast("dict[str, str]", parse(self.story.pairing.raw))
        return replace(
            credential, claim=replace(credential.claim, customer=Digest.parse(document["customer"]))
        )

    def signer_of(self, name: str, issuer: Did) -> Signer:
        """Give the key that signs a credential: a rogue's own, or that of its issuer."""
        if name in self.keys:
            return self.keys[name]
        if issuer == self.story.firm:
            return self.story.firm_signer
        return signer(f"scheme/{issuer}")

    @property
    def chain(self) -> tuple[Secured, ...]:
        """Give the credentials that are shown."""
        return tuple(reversed(tuple(self.credentials.values())))

    def presented(
        self,
        *,
        credentials: tuple[Secured, ...] | None = None,
        holder: Did = CAP,
        by: Signer | None = None,
        audience: Did = BANK,
    ) -> Secured:
        """Give what the holder shows."""
        held = self.chain if credentials is None else credentials
        shown = Presentation(self.story.id("presentation"), holder, held)
        return sign_document(
            write_presentation(shown),
            by=holder,
            signer=by or self.signer_of("", holder),
            purpose="authentication",
            at=self.shown_at,
            challenge=CHALLENGE,
            domain=audience,
        )

    def status_list(
        self,
        *,
        by: Did = OPERATOR,
        at: datetime = AT - timedelta(hours=1),
        purpose: str = "revocation",
        revoked: tuple[int, ...] | None = None,
        encoded: str | None = None,
        url: str = LIST_URL,
        life: timedelta = timedelta(days=1),
        seen: str | None = None,
    ) -> Secured:
        """Give the status list that its keeper published, with the newest checkpoint that it saw."""
        bits = StatusList.of(self.revoked if revoked is None else revoked)
        claim = Listing(f"{url}#list", purpose, encoded or bits.encode(), 300_000)
        note = self.scheme.checkpoint if seen is None else seen
        credential: Credential[object] = Credential(
            url, by, claim, at, valid_until=at + life, checkpoint=note or None
        )
        return sign(credential, signer=signer(f"scheme/{by}"))

    @property
    def held_resources(self) -> Mapping[Digest, bytes]:
        """Give the resources that travel with the chain: commitments and series, and readings where they are due."""
        return {Digest.of(raw): raw for raw in self.travelling} | dict(self.resources)

    @property
    def travelling(self) -> list[bytes]:
        """Give the resources of the good chain."""
        story = self.story
        found = [one.commitments for one in story.consumption] + [story.intensity.series]
        return found + ([one.readings for one in story.consumption] if self.readings else [])

    def door(self, **changes: object) -> Door:
        """Give what the bank knows of the moment of receiving."""
        door = Door(CHALLENGE, BANK, CAP, self.shown_at + timedelta(seconds=2))
        return replace(door, **changes)  # type: ignore[arg-type]  # the names are those of the fields

    def receipt(
        self,
        presentation: Secured,
        *,
        challenge: str = CHALLENGE,
        seen: str | None = None,
        channel: Did | None = None,
    ) -> Secured:
        """Give the bank's receipt for a presentation."""
        claim = Receipt(
            self.story.id("presentation"),
            presentation.digest,
            CAP,
            self.shown_at + timedelta(seconds=2),
            challenge,
            BANK,
            "yes",
            channel,
        )
        at = self.shown_at + timedelta(seconds=3)
        credential: Credential[object] = Credential(
            self.story.id("receipt"), BANK, claim, at, checkpoint=seen
        )
        return sign(credential, signer=signer(f"scheme/{BANK}"))

    def evidence(self, **changes: object) -> Evidence:
        """Give what the bank has in hand at its door."""
        evidence = Evidence(
            register=self.register,
            resources=self.held_resources,
            status_lists={LIST_URL: self.status_list()},
            pairing=self.story.pairing,
            door=self.door(),
        )
        return replace(evidence, **changes)  # type: ignore[arg-type]  # the names are those of the fields

    def report(
        self,
        secured: Secured | None = None,
        *,
        policy: Policy | None = None,
        at: datetime = AT,
        known_at: datetime | int | None = None,
        **evidence: object,
    ) -> Report[object]:
        """Have the bank judge the presentation, and let whoever looks on look at it."""
        shown, held, asked = secured or self.presented(), self.evidence(**evidence), policy or Policy.bank()
        found = verify(shown, held, policy=asked, anchor=self.anchor, at=at, known_at=known_at)
        for look in ONLOOKERS:
            look(Judged(shown, held, asked, known_at, found))
        return found


def codes(report: Report[object]) -> set[str]:
    """Give the codes of everything that stands in the way."""
    return {check.code for check in report.obstacles}


def _name(number: int) -> str:
    return "consumption" if number == 0 else f"consumption_{number}"


def _same(credential: Credential[object]) -> Credential[object]:
    return credential


def assert_refused(report: Report[object], *expected: str, check: str = "") -> None:
    """Assert that these codes, and no other, stand in the way, each with a sentence and a remedy for people."""
    assert codes(report) == set(expected), [f"{c.code}: {c.detail}" for c in report.obstacles]
    for obstacle in report.obstacles:
        assert obstacle.detail.endswith(".")
        assert obstacle.remedy
        assert not check or obstacle.name == check


def assert_good(report: Report[object]) -> None:
    """Assert that nothing stands in the way."""
    assert report.overall is Overall.VERIFIED, [f"{c.code}: {c.detail}" for c in report.obstacles]


def edited(secured: Secured, edit: Callable[[dict[str, Json]], object]) -> Secured:
    """Edit a signed document without signing it anew."""
    document = json.loads(secured.raw)
    edit(document)
    return Secured(canonicalize(document))


def resigned(secured: Secured, edit: Callable[[dict[str, Json]], object]) -> Secured:
    """Edit a document and have its issuer sign it anew, past every check of an honest issuer."""
    return signed_at(secured, edit, instant(json.loads(secured.raw)["validFrom"]))


def signed_at(secured: Secured, edit: Callable[[dict[str, Json]], object], at: datetime) -> Secured:
    """Edit a document and have its issuer sign it anew at a moment of its choice."""
    document = json.loads(secured.raw)
    del document["proof"]
    edit(document)
    issuer = Did(document["issuer"])
    return sign_document(
        document,
        by=issuer,
        signer=signer(f"scheme/{issuer}"),
        purpose="assertionMethod",
        at=at,
    )
