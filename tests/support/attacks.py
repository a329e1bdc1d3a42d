"""Chains that a rogue broke, each as the evidence file that a bank is handed, with the codes that must meet it.

    attack = ATTACKS["a gram less"]
    attempt = attack.make()
    attempt.file      # bytes that go through the library, the command and the bank's door alike

Whoever is named as the issuer of a changed credential signs it anew with its own key, and everybody above signs what
they then see, so that nothing but the named fault is wrong.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache, cached_property

from registry import proposal
from support.altering import Change, opening, row, says
from support.chain import AT, ChainSimulator, edited, party, resigned, scheme
from support.keys import signer
from support.scheme import SchemeSimulator
from support.story import BANK, CAP, EDP, GRID, LIST_URL, METERED_AT, OPERATOR, REPORTED_AT, Story, urn
from trust.base58 import base58_decode, base58_encode
from trust.canonical import Json, canonicalize
from trust.claims.account import AccountHolder
from trust.claims.consent import Withdrawal
from trust.claims.consumption import Consumption
from trust.claims.emissions import Exact
from trust.claims.halfhour import Month
from trust.claims.intensity import Intensity, IntensityKind
from trust.claims.region import Region
from trust.credential import Credential
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope, link
from trust.links import Relation
from trust.report import Overall
from trust.resource import write_resource
from trust.secured import Secured
from trust.signing import sign
from trust.status import StatusEntry
from verifiers.evidence import write_evidence

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ELSEWHERE = "https://elsewhere.example/marketing"


@dataclass(frozen=True)
class Attempt:
    """A chain as it is shown, and what travels beside it in the bank's evidence file."""

    chain: ChainSimulator
    shown: Secured | None = None
    parts: Mapping[str, object] = field(default_factory=dict)
    channel: Did | None = None
    smuggled: Mapping[str, bytes] = field(default_factory=dict)
    trusted: ChainSimulator | None = None  # whose scheme the verifier trusts, where it is not the chain's own

    @cached_property
    def presented(self) -> Secured:
        """Give the presentation."""
        return self.shown or self.chain.presented()

    @cached_property
    def file(self) -> bytes:
        """Write the evidence file."""
        shown, note = self.presented, self.chain.scheme.checkpoint
        receipt = self.chain.receipt(shown, channel=self.channel, seen=note)
        held = self.chain.evidence(**{"door": None, "receipt": receipt, **self.parts})
        # What no honest program would write is put in afterwards, past every schema.
        document = json.loads(write_evidence(self.chain.presented(), held, checkpoint=note))
        document["presentation"] = json.loads(shown.raw)
        document["resources"] |= {name: json.loads(raw) for name, raw in self.smuggled.items()}
        return canonicalize(document)

    @property
    def scheme(self) -> SchemeSimulator:
        """Give the scheme that the verifier trusts."""
        return (self.trusted or self.chain).scheme


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to cheat: the entries of the list of attacks that it answers, what must be found, and how it is made."""

    entries: tuple[int, ...]
    codes: frozenset[str]
    make: Callable[[], Attempt]
    overall: Overall = Overall.NOT_VERIFIED
    with_own_register: frozenset[str] = frozenset()  # where a verifier that keeps its own copy finds less

    @property
    def expected(self) -> frozenset[str]:
        """Give the codes that a verifier finds by its own copy of the register."""
        return self.with_own_register or self.codes


@cache
def shared() -> SchemeSimulator:
    """Give the scheme of those chains whose members did nothing that a register shows."""
    return scheme(environment="demo")


def good() -> ChainSimulator:
    """Give the good chain that each attack begins with."""
    return ChainSimulator(scheme=shared())


def changed(**changes: Change) -> Callable[[], Attempt]:
    """Have credentials changed, by name, and signed anew."""
    return lambda: Attempt(good().changed(**changes))


def with_scheme(act: Callable[[SchemeSimulator], object]) -> Callable[[], Attempt]:
    """Let something happen to a member, and leave the chain as it was."""

    def make() -> Attempt:
        found = scheme(environment="demo")
        act(found)
        return Attempt(ChainSimulator(scheme=found))

    return make


def exchanged(name: str, other: Callable[[ChainSimulator], Secured]) -> Callable[[], Attempt]:
    """Show another document in the place of one of the chain."""

    def make() -> Attempt:
        chain = good()
        before, after = chain.credentials[name], other(chain)
        held = tuple(after if item == before else item for item in chain.chain)
        return Attempt(chain, chain.presented(credentials=held))

    return make


def without(*names: str) -> Callable[[], Attempt]:
    """Withhold credentials."""

    def make() -> Attempt:
        chain = good()
        held = tuple(one for name, one in chain.credentials.items() if name not in names)
        return Attempt(chain, chain.presented(credentials=held))

    return make


def beside(more: Callable[[ChainSimulator], Secured], **changes: Change) -> Callable[[], Attempt]:
    """Show one credential more."""

    def make() -> Attempt:
        chain = good().changed(**changes)
        return Attempt(chain, chain.presented(credentials=(*chain.chain, more(chain))))

    return make


def listed(**changes: object) -> Callable[[], Attempt]:
    """Put another status list beside the chain."""

    def make() -> Attempt:
        chain = good()
        return Attempt(chain, parts={"status_lists": {LIST_URL: chain.status_list(**changes)}})  # type: ignore[arg-type]  # the names are its own

    return make


def member(document: Json, *path: str | int) -> dict[str, Json]:
    """Give an object inside a document."""
    found = document
    for step in path:
        found = found[step]  # type: ignore[index]  # walked by names and places alike
    assert isinstance(found, dict)
    return found


def put(value: Json, *path: str | int) -> Callable[[dict[str, Json]], None]:
    """Put a value into a place of a document."""

    def edit(document: dict[str, Json]) -> None:
        member(document, *path[:-1])[str(path[-1])] = value

    return edit


def larger_s(document: dict[str, Json]) -> None:
    """Turn a signature into the other one that fits as well."""
    proof = member(document, "proof")
    raw = base58_decode(str(proof["proofValue"])[1:])
    other = (ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    proof["proofValue"] = "z" + base58_encode(raw[:32] + other)


def withdrawal(chain: ChainSimulator, *, days: float) -> Secured:
    """Have the firm withdraw its consent to readings, so many days after the meter data were signed."""
    ended: Credential[object] = Credential(
        urn("withdrawal"),
        chain.story.firm,
        Withdrawal(chain.story.id("consent 0")),
        METERED_AT + timedelta(days=days),
        links=(link(Relation.DERIVED, chain.credentials["consent"]),),
    )
    return sign(ended, signer=chain.story.firm_signer)


def another_firms_meter() -> Attempt:
    """Count a neighbour's meter in this firm's report."""
    mine, theirs = good(), ChainSimulator(Story(opening="the neighbour"), scheme=shared())
    foreign, own = theirs.credentials["consumption"], envelope(mine.credentials["consumption"]).id

    def mix(c: Credential[object]) -> Credential[object]:
        links = tuple(
            replace(one, id=envelope(foreign).id, digest=foreign.digest) if one.id == own else one
            for one in c.links
        )
        return replace(c, links=links)

    mixed = mine.changed(emissions=mix)
    resources = {**mine.held_resources, **theirs.held_resources}
    shown = mixed.presented(credentials=(*mixed.chain, *theirs.chain[1:]))
    return Attempt(mixed, shown, {"resources": resources})


def another_firms_chain() -> Attempt:
    """Show the clean chain of another firm than the bank's customer."""
    return Attempt(good(), parts={"pairing": Story(opening="the neighbour").pairing})


def forged_scheme() -> Attempt:
    """Found a scheme of the same name with the same members, and sign everything in it."""
    forged = scheme(environment="demo", seed="forged")
    keys = {
        name: signer(f"forged/{envelope(one).issuer}")
        for name, one in good().credentials.items()
        if str(envelope(one).issuer).startswith("did:web:")
    }
    chain = ChainSimulator(scheme=forged, keys=keys)
    return Attempt(chain, chain.presented(by=signer(f"forged/{CAP}")), trusted=good())


def stranger_without_membership() -> Attempt:
    """Report in the name of somebody whom the register does not know."""
    chain = good().changed(emissions=lambda c: replace(c, issuer=Did("did:web:stranger.example")))
    return Attempt(chain)


def stolen_account_key(chain: ChainSimulator) -> Secured:
    """Tell that the firm's key was stolen before it signed its consent."""

    def steal(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, AccountHolder)
        claim = replace(c.claim, replaces=c.id, compromised_since=c.valid_from)
        return replace(c, id=urn("new account"), claim=claim, valid_from=c.valid_from + timedelta(days=30))

    return chain.changed(account_holder=steal).credentials["account_holder"]


def other_signer_of_consent() -> Attempt:
    """Give the consent with a key that is not the account holder's."""
    rogue = signer("a neighbour")
    name = Did.key(rogue.key.multikey)
    chain = replace(good(), keys={"consent": rogue})
    return Attempt(chain.changed(consent=lambda c: replace(c, issuer=name)))


def circle(chain: ChainSimulator) -> Change:
    """Let a consent rest on itself."""
    own = chain.story.id("consent 0")
    return lambda c: replace(c, links=tuple(replace(one, id=own) for one in c.links))


def deep_chain() -> Attempt:
    """Stack more consents on one another than any chain of the scheme has."""
    chain = good()
    held = [chain.credentials["consent"]]
    for number in range(20):
        below = envelope(held[-1])
        links = (replace(below.links[0], id=below.id, digest=held[-1].digest),)
        stacked = replace(below, id=urn(f"deep {number}"), links=links)
        held.append(sign(stacked, signer=chain.story.firm_signer))
    return Attempt(chain, chain.presented(credentials=(*chain.chain, *reversed(held[1:]))))


def two_meters_one_consented() -> Attempt:
    """Leave a meter that the firm consented to out of the figure."""

    def more(c: Credential[object]) -> Credential[object]:
        return says(sources=(*c.claim.sources, urn("second meter")))(c)  # type: ignore[attr-defined]  # it has sources

    return Attempt(good().changed(account_holder=more, consent=more))


def polished(c: Credential[object]) -> Credential[object]:
    """State that nothing was missing."""
    assert isinstance(c.claim, Consumption)
    coverage = replace(c.claim.coverage, measured=c.claim.coverage.expected, missing=0)
    return replace(c, claim=replace(c.claim, coverage=coverage))


def called_actual(c: Credential[object]) -> Credential[object]:
    """Call a regional forecast actual."""
    assert isinstance(c.claim, Intensity)
    coverage = replace(c.claim.coverage, present=0, filled=c.claim.coverage.expected)
    return replace(c, claim=replace(c.claim, kind=IntensityKind.ACTUAL, coverage=coverage))


def second_report(chain: ChainSimulator, change: Change) -> Secured:
    """Have the accounting provider sign a second report for the same month."""
    again = chain.changed(emissions=lambda c: replace(change(c), id=urn("second report")))
    return again.credentials["emissions"]


def other_weights() -> Attempt:
    """Open the sum under weights of the provider's own, and bind the intensity that the bank verifies."""
    chain = good()
    series = chain.story.series
    higher = tuple(None if value is None else value + 1 for value in series.values)
    return _with_series(chain, replace(series, values=higher))


def few_weights() -> Attempt:
    """Choose an intensity that is zero but for a few half-hours, so that the sum tells of those alone."""
    chain = good()
    series = chain.story.series
    return _with_series(
        chain, replace(series, values=tuple(v if i < 900 else 0 for i, v in enumerate(series.values)))
    )


def _with_series(chain: ChainSimulator, series: object) -> Attempt:
    raw = write_resource(series)  # type: ignore[arg-type]  # an intensity series
    named = Digest.of(raw)

    def swap(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Intensity)
        return says(series=replace(c.claim.series, digest_multibase=named))(c)

    rogue = replace(chain, resources={named: raw}).changed(intensity=swap)
    kept = {k: v for k, v in rogue.held_resources.items() if b'"IntensitySeries"' not in v or k == named}
    return Attempt(rogue, parts={"resources": kept})


def double_part(name: str, issuer: Did, role: str) -> Callable[[], Attempt]:
    """Let one member play two parts, in both of which it stands."""

    def make() -> Attempt:
        found = scheme(environment="demo")
        found.grant(party(issuer), role, at=found.at(days=1))
        chain = ChainSimulator(scheme=found)
        return Attempt(chain.changed(**{name: lambda c: replace(c, issuer=issuer)}))

    return make


def forked_intensity(chain: ChainSimulator) -> Secured:
    """Have the grid data provider sign a second series for one region and month."""
    other = ChainSimulator(Story(opening="second"), scheme=shared()).changed(
        intensity=lambda c: says(series=replace(c.claim.series, digest_multibase=Digest.of(b"other")))(c)  # type: ignore[attr-defined]  # an intensity
    )
    del chain
    return other.credentials["intensity"]


def disguised_readings() -> Attempt:
    """Hide readings in a file as a resource that nothing asks for, under another name."""
    values = good().story.readings().values
    raw = canonicalize({"type": "Note", "text": json.dumps(values)})
    return Attempt(good(), smuggled={Digest.of(raw).multibase: raw})


def compromised(found: SchemeSimulator) -> None:
    """Tell that the accounting provider's key was stolen before it signed."""
    key = party(CAP).signer.key.thumbprint
    found.take(
        proposal.compromise(found.register, CAP, thumbprint=key, at=AT, since=REPORTED_AT - timedelta(days=1))
    )


def left(found: SchemeSimulator) -> None:
    """Let the accounting provider leave before it signed."""
    at = REPORTED_AT - timedelta(days=2)
    found.take(proposal.request_exit(found.register, CAP, at=at), party(CAP).signer, by="")
    found.take(proposal.let_go(found.register, CAP, at=at), by="a")


def wrong_role() -> Attempt:
    """Let a member report that has another role than an accounting provider's."""
    chain = good().changed(emissions=lambda c: replace(c, issuer=OPERATOR))
    return Attempt(chain)


LATE = METERED_AT.replace(day=1, hour=0, minute=0)
DAY = timedelta(days=1)


def _of(
    *entries: int,
    codes: str,
    make: Callable[[], Attempt],
    overall: Overall = Overall.NOT_VERIFIED,
    own: str = "",
) -> Attack:
    return Attack(entries, frozenset(codes.split()), make, overall, frozenset(own.split()))


ATTACKS: Mapping[str, Attack] = {
    "a figure edited after signing": _of(
        69,
        codes="signature.mismatch",
        make=exchanged(
            "emissions",
            lambda c: edited(c.credentials["emissions"], put("1.000", "credentialSubject", "rows", 0, "kg")),
        ),
    ),
    "the other form of a signature": _of(
        72,
        codes="signature.not_canonical link.digest",
        make=exchanged("intensity", lambda c: edited(c.credentials["intensity"], larger_s)),
    ),
    "a proof of a suite for other graphs": _of(
        124,
        188,
        codes="signature.suite_not_allowed link.digest",
        make=exchanged(
            "intensity",
            lambda c: edited(c.credentials["intensity"], put("ecdsa-rdfc-2019", "proof", "cryptosuite")),
        ),
    ),
    "a proof for another purpose": _of(
        122,
        codes="signature.purpose link.digest",
        make=exchanged(
            "intensity",
            lambda c: edited(c.credentials["intensity"], put("authentication", "proof", "proofPurpose")),
        ),
    ),
    "a context appended": _of(
        116,
        189,
        codes="format.unknown_context",
        make=exchanged(
            "intensity",
            lambda c: edited(
                c.credentials["intensity"],
                lambda d: d.update({"@context": [*d["@context"], "https://x.example/v1"]}),  # type: ignore[misc]  # a list
            ),
        ),
    ),
    "a member nobody knows": _of(
        131,
        codes="format.schema",
        make=exchanged("intensity", lambda c: edited(c.credentials["intensity"], put("x", "extra"))),
    ),
    "a document exchanged": _of(
        160,
        codes="link.digest",
        make=exchanged(
            "consumption", lambda c: c.changed(consumption=says(outcode="E1")).credentials["consumption"]
        ),
    ),
    "a neighbour's meter": _of(
        161,
        codes="link.other_subject calculation.opening consent.missing data.more_than_due data.source_missing "
        "presentation.other_customer",
        make=another_firms_meter,
    ),
    "consent expired before the figure": _of(
        162,
        codes="consent.expired consent.widened",
        make=changed(consent=says(expires=REPORTED_AT - timedelta(hours=1))),
    ),
    "consent withdrawn before delivery": _of(
        162, codes="consent.withdrawn", make=beside(lambda c: withdrawal(c, days=-1))
    ),
    "consent withdrawn later": _of(
        162, 192, codes="consent.withdrawn", make=beside(lambda c: withdrawal(c, days=1.8))
    ),
    "consent to another accounting provider": _of(
        163, codes="consent.other_recipient consent.widened", make=changed(consent=says(to=GRID))
    ),
    "consent to another bank": _of(163, codes="consent.other_recipient", make=changed(showing=says(to=GRID))),
    "consent for another purpose": _of(
        163, codes="consent.other_purpose", make=changed(consent=says(purposes=(ELSEWHERE,)))
    ),
    "a month outside the consent": _of(
        164, codes="consent.out_of_period", make=changed(showing=says(data_from=LATE))
    ),
    "a consent wider than its root": _of(
        163,
        codes="consent.widened",
        make=changed(
            showing=lambda c: replace(
                c,
                claim=replace(c.claim, expires=c.claim.expires + DAY),  # type: ignore[attr-defined,type-var]  # a consent
            )
        ),
    ),
    "a consent given by somebody else": _of(
        163,
        codes="consent.not_account_holder consent.widened link.other_subject presentation.other_customer",
        make=other_signer_of_consent,
    ),
    "no consent to show": _of(163, codes="consent.missing", make=without("showing")),
    "a circle": _of(
        165,
        codes="link.cycle consent.not_account_holder link.digest link.missing",
        make=lambda: Attempt(good().changed(consent=circle(good()))),
    ),
    "twenty consents on one another": _of(
        166, codes="link.depth consent.not_account_holder data.more_than_due link.missing", make=deep_chain
    ),
    "a report by a stranger": _of(167, codes="key.unknown", make=stranger_without_membership),
    "a report in another role": _of(
        167, codes="member.wrong_role consent.other_recipient presentation.holder", make=wrong_role
    ),
    "a report while suspended": _of(
        167,
        codes="member.suspended_at_signing",
        make=with_scheme(lambda s: s.suspend(party(CAP), at=REPORTED_AT - DAY)),
    ),
    "a report after leaving": _of(167, codes="member.left", make=with_scheme(left)),
    "a report with a key that was stolen earlier": _of(
        168, codes="key.compromised", make=with_scheme(compromised)
    ),
    "a month that is not the data's": _of(
        169, 170, codes="data.partial_month", make=changed(consumption=says(period=Month(2026, 8).period))
    ),
    "a month signed before it was over": _of(
        170,
        codes="data.in_future",
        make=changed(consumption=lambda c: replace(c, valid_from=METERED_AT - 10 * DAY)),
    ),
    "a coverage better than the data": _of(
        170, codes="data.coverage_misstated", make=changed(consumption=polished)
    ),
    "a unit that is not the data's": _of(171, codes="data.unit", make=changed(consumption=says(exponent=3))),
    "a gram less": _of(
        172,
        codes="calculation.differs",
        make=changed(emissions=row(lambda r: replace(r, kg=r.kg - Decimal("0.001")))),
    ),
    "a total that the commitments do not open to": _of(
        172,
        184,
        codes="calculation.opening calculation.differs",
        make=changed(emissions=opening(lambda o: replace(o, total=Exact(o.total - 1_000_000)))),
    ),
    "another region": _of(173, codes="data.region", make=changed(intensity=says(region=Region.of(1)))),
    "a forecast sold as actual": _of(
        173, codes="data.forecast_as_actual", make=changed(intensity=called_actual)
    ),
    "a forged scheme": _of(
        176, codes="register.no_anchor register.stale key.unknown", own="key.unknown", make=forged_scheme
    ),
    "another customer's chain": _of(177, codes="presentation.other_customer", make=another_firms_chain),
    "readings from before the firm moved in": _of(
        178,
        codes="consent.before_control",
        make=changed(
            account_holder=says(control_from=METERED_AT - 10 * DAY),
        ),
    ),
    "a consent with a stolen key": _of(
        179, codes="consent.not_account_holder", make=beside(stolen_account_key)
    ),
    "a second opening": _of(
        181,
        codes="calculation.second_weights equivocation.two_reports",
        make=beside(
            lambda c: second_report(
                c, row(lambda r: replace(r, openings=(replace(r.openings[0], total=Exact(5)),)))
            )
        ),
    ),
    "two figures for one month": _of(
        102,
        codes="equivocation.two_reports",
        make=beside(lambda c: second_report(c, row(lambda r: replace(r, kg=r.kg + 1)))),
    ),
    "few weights": _of(183, codes="calculation.too_few_slots", make=few_weights),
    "a total beyond all figures": _of(
        184,
        codes="calculation.opening",
        make=exchanged(
            "emissions",
            lambda c: resigned(
                c.credentials["emissions"],
                put(str(1 << 63), "credentialSubject", "rows", 0, "openings", 0, "total"),
            ),
        ),
    ),
    "weights from elsewhere": _of(185, codes="calculation.opening", make=other_weights),
    "a meter left out": _of(186, codes="data.source_missing", make=two_meters_one_consented),
    "readings and intensity by one member": _of(
        187,
        codes="policy.separation",
        make=double_part("intensity", EDP, "grid-data-provider"),
    ),
    "readings in the bank's file": _of(
        191, codes="data.more_than_due", make=lambda: Attempt(replace(good(), readings=True))
    ),
    "readings disguised": _of(191, codes="format.schema", make=disguised_readings),
    "two intensities": _of(
        193,
        codes="equivocation.two_intensities data.more_than_due link.missing",
        make=beside(forked_intensity),
    ),
    "a status list older than allowed": _of(
        133,
        194,
        codes="status.stale consent.stale",
        make=listed(at=AT - 3 * DAY, life=9 * DAY),
        overall=Overall.UNDETERMINED,
    ),
    "a status list by another": _of(134, 147, codes="status.other_issuer", make=listed(by=EDP)),
    "a status list for another purpose": _of(
        137, codes="status.other_purpose", make=listed(purpose="refresh")
    ),
    "a place outside the list": _of(
        136,
        codes="status.out_of_range",
        make=changed(emissions=lambda c: replace(c, status=(StatusEntry("revocation", 999_999, LIST_URL),))),
    ),
    "no status list named": _of(
        145, codes="status.missing", make=changed(emissions=lambda c: replace(c, status=()))
    ),
    "a revoked report": _of(
        146, codes="status.revoked", make=lambda: Attempt(replace(good(), revoked=(40,)))
    ),
    "a list that nobody has": _of(
        132,
        codes="status.unreachable consent.stale",
        make=lambda: Attempt(good(), parts={"status_lists": {}}),
        overall=Overall.UNDETERMINED,
    ),
    "an input withheld": _of(
        160, codes="link.missing consent.not_account_holder", make=without("account_holder")
    ),
    "a resource withheld": _of(
        160, codes="link.missing", make=lambda: Attempt(good(), parts={"resources": {}})
    ),
    "another member's connection": _of(
        195, codes="presentation.channel", make=lambda: Attempt(good(), channel=EDP)
    ),
    "a presentation of the data provider's making": _of(
        97,
        codes="presentation.holder",
        make=lambda: Attempt(good(), good().presented(holder=GRID)),
    ),
    "a presentation for another": _of(
        92, codes="presentation.audience", make=lambda: Attempt(good(), good().presented(audience=GRID))
    ),
    "a receipt of another presentation": _of(
        94,
        codes="link.digest",
        make=lambda: Attempt(
            good(), parts={"receipt": good().receipt(good().presented(audience=BANK, holder=CAP))}
        ),
    ),
}
