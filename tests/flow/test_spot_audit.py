"""Spot audits: what an auditor is shown of single half-hours stands in what was signed, or is refused with a code."""

from dataclasses import replace

import pytest

from issuers.spot_audit import AUDITOR, BANK, Auditor, Holding, open_for_audit
from support.chain import AT, ChainSimulator, resigned
from support.story import CAP, EDP, PURPOSE, REPORTING, Story, believed, drawn, refused
from support.year import CUBIC, ELECTRIC, GAS, Year, YearChain, last, year_chain
from trust.claims.consent import Consent
from trust.claims.consumption import Consumption
from trust.credential import Credential
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope
from trust.errors import CommitmentError, MalformedError
from trust.report import Outcome, Overall
from trust.secp256k1 import ORDER, add, base, encode, multiply
from trust.secp256k1 import decode as decode_point
from trust.slot_opening import SlotOpening, check_rest, check_slot, open_slots
from trust.spot_audit import SlotOpenings, read_slot_openings
from trust.weighted_sum import Opening, check_opening, decode
from verifiers.evidence import write_evidence
from verifiers.policy import Policy
from verifiers.spot_audit import SpotAudit, audit_slots, slots_of
from verifiers.spot_verdict import spot_verdict

CLEARVIEW = Did.parse("did:web:auditor.demo.perseus.example")
YEAR = Year(meters=(ELECTRIC, ELECTRIC, GAS, CUBIC), months=last(2), opening="audited")
SLOTS = (0, 17, 903, 1_204)


def leave(story: Story, **changes: object) -> Auditor:
    """Give an auditor with the firm's leave."""
    consent = replace(believed(story.consents[0], Consent).claim, to=CLEARVIEW, **changes)  # type: ignore[arg-type]  # its fields
    return Auditor(CLEARVIEW, (AUDITOR,), story.given(consent), PURPOSE)


def holding(year: Year, number: int = 0) -> Holding:
    """Give what the provider keeps of a meter's first month."""
    return held_of(year.consumption[number, year.months[0]])


def held_of(issued: object) -> Holding:
    credential = envelope(issued.credential)  # type: ignore[attr-defined]  # as it was issued
    assert isinstance(credential.claim, Consumption)
    typed: Credential[Consumption] = Credential(
        credential.id, credential.issuer, credential.claim, credential.valid_from
    )
    return Holding(typed, issued.readings, issued.k)  # type: ignore[attr-defined]  # as it was issued


def opened(year: Year, number: int = 0, slots: tuple[int, ...] = SLOTS) -> SlotOpenings:
    """Have the provider open half-hours, and read what comes over the wire."""
    auditor = leave(year.story)
    made = open_for_audit(holding(year, number), slots=slots, auditor=auditor, before=(), at=AT)
    return read_slot_openings(made.write(), where="openings")


def file_of(chain: ChainSimulator) -> bytes:
    """Give the evidence file that the auditor has."""
    presented = chain.presented()
    evidence = chain.evidence(door=None, receipt=chain.receipt(presented))
    return write_evidence(presented, evidence, checkpoint=chain.scheme.checkpoint)


def audited(shown: SlotOpenings, chain: YearChain | None = None) -> SpotAudit:
    """Have the auditor check."""
    found = chain or year_chain(YEAR)
    return audit_slots(file_of(found), shown, policy=Policy.bank(), anchor=found.anchor, at=AT)


def altered(shown: SlotOpenings, **changes: object) -> SlotOpenings:
    """Have somebody change the second half-hour that was opened."""
    first, second, *others = shown.openings
    changed = replace(second, **changes)  # type: ignore[arg-type]  # its fields
    return replace(shown, openings=(first, changed, *others))


def codes(audit: SpotAudit) -> list[str | None]:
    return [one.code for one in (*audit.seen, *audit.sums)]


@pytest.mark.parametrize("number", range(4))
def test_what_the_provider_opens_stands_in_the_commitments_and_fits_the_total(number: int) -> None:
    shown = opened(YEAR, number)
    audit = audited(shown)
    assert audit.overall is Overall.VERIFIED, codes(audit)
    assert [one.outcome for one in audit.seen] == [Outcome.PASSED] * 4
    readings = YEAR.readings(number, YEAR.months[0]).values
    assert [one.value for one in shown.openings] == [readings[slot] for slot in SLOTS]
    (total,) = audit.sums
    assert total.outcome is Outcome.PASSED
    assert "of it was seen, and the rest opens" in total.detail


def test_the_answer_for_a_program_has_readings_in_their_unit() -> None:
    told = spot_verdict(audited(opened(YEAR, 3, (17,))), at=AT)
    reading = YEAR.readings(3, YEAR.months[0]).values[17]
    assert reading is not None
    assert (told["overall"], told["unit"]) == ("verified", "m3")
    assert told["half_hours"] == [
        {
            "slot": 17,
            "from": "2026-09-01T08:30:00Z",
            "reading": f"{reading / 100:.2f}",
            "outcome": "passed",
            "code": None,
            "detail": "Half-hour 17, from 2026-09-01T08:30:00Z, is the one that was signed.",
        }
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"value": 1}, "audit.forged"),
        ({"blinding": drawn("another")}, "audit.forged"),
        ({"blinding": bytes(32)}, "audit.forged"),
        ({"blinding": b"\xff" * 32}, "audit.forged"),
        ({"slot": 18}, "audit.other_slot"),
        ({"slot": 5}, "audit.gap"),
        ({"slot": 1_487}, "audit.gap"),  # September has 1,440 half-hours
    ],
)
def test_an_opening_that_is_not_the_one_that_was_signed_is_refused(
    changes: dict[str, object], code: str
) -> None:
    audit = audited(altered(opened(YEAR), **changes))
    assert audit.overall is Overall.NOT_VERIFIED
    assert codes(audit) == [None, code, None, None]
    assert audit.seen[1].detail.endswith(".")


def test_an_opening_of_another_meter_does_not_open_this_one() -> None:
    shown, other = opened(YEAR, 0), opened(YEAR, 1)
    mixed = replace(shown, openings=other.openings)
    assert set(codes(audited(mixed))) == {"audit.forged"}


def test_openings_of_another_chain_or_month_say_nothing_of_this_one() -> None:
    stranger = Year(meters=(ELECTRIC,), months=last(1), opening="stranger")
    for shown in (
        opened(stranger),
        replace(opened(YEAR), commitments=Digest.of(b"another vector")),
        replace(opened(YEAR), period=last(1)[0].period),
    ):
        audit = audited(shown)
        assert (audit.overall, codes(audit)) == (Overall.NOT_VERIFIED, ["audit.other_month"])


def test_a_chain_that_is_not_genuine_vouches_for_nothing() -> None:
    chain = year_chain(YEAR)
    name = f"consumption 0 {YEAR.months[0]}"
    rogue = replace(chain, changes={name: lambda c: replace(c, issuer=CAP)})
    audit = audited(opened(YEAR), rogue)
    assert audit.overall is Overall.NOT_VERIFIED
    assert [one.outcome for one in audit.seen] == [Outcome.NOT_RUN]
    nobody = audit_slots(file_of(chain), opened(YEAR), policy=Policy.bank(), anchor=None, at=AT)
    assert (nobody.overall, codes(nobody)) == (Overall.UNDETERMINED, ["register.no_anchor"])


def test_bytes_that_are_no_evidence_are_answered_and_not_raised() -> None:
    audit = audit_slots(b"{}", opened(YEAR), policy=Policy.bank(), anchor=None, at=AT)
    assert audit.overall is not Overall.VERIFIED


def test_half_hours_that_weigh_more_than_the_total_are_found_out() -> None:
    """A provider that committed to a reading below nothing: the sum opens, and an honest half-hour outweighs it."""
    slots = 1_056
    values = [1_000] + [0] * (slots - 2) + [-900]
    scalars = [int.from_bytes(drawn(f"r {slot}")) % ORDER for slot in range(slots)]
    h = decode_point(bytes.fromhex("0250929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0"))
    points = tuple(
        encode(add([base(value % ORDER), multiply(h, r)]) if value else multiply(h, r))
        for value, r in zip(values, scalars, strict=True)
    )
    parts = [(decode(points), (1,) * slots)]
    total = Opening(100, (sum(scalars) % ORDER).to_bytes(32))
    check_opening(parts, total)  # no range is proven: the bank sees nothing wrong
    shown = SlotOpening(0, 1_000, scalars[0].to_bytes(32))
    check_slot(points, shown)
    with pytest.raises(CommitmentError, match="900 more than the total") as refusal:
        check_rest(parts, total, place=0, opened=(shown,))
    assert refusal.value.code == "audit.sum"
    fine = SlotOpening(1, 0, scalars[1].to_bytes(32))
    assert check_rest(parts, total, place=0, opened=(fine,)) == 100
    other = Opening(101, total.blinding)
    with pytest.raises(CommitmentError, match="does not open") as refusal:
        check_rest(parts, other, place=0, opened=(fine,))
    assert refusal.value.code == "audit.sum"


@pytest.mark.parametrize(
    ("roles", "told"), [((), "none"), ((BANK,), "financial"), ((AUDITOR, BANK), "auditor, financial")]
)
def test_readings_are_opened_to_an_auditor_and_never_to_a_bank(roles: tuple[str, ...], told: str) -> None:
    auditor = replace(leave(YEAR.story), roles=roles)
    with refused("member.wrong_role", told, "to no bank"):
        open_for_audit(holding(YEAR), slots=SLOTS, auditor=auditor, before=(), at=AT)


def test_without_the_firms_leave_nothing_is_opened() -> None:
    story = YEAR.story
    other = Auditor(CLEARVIEW, (AUDITOR,), believed(story.consents[0], Consent), PURPOSE)
    with refused("consent.other_recipient"):
        open_for_audit(holding(YEAR), slots=SLOTS, auditor=other, before=(), at=AT)
    with refused("consent.missing"):
        open_for_audit(
            holding(YEAR), slots=SLOTS, auditor=leave(story, sources=story.source_ids[1:]), before=(), at=AT
        )
    with refused("consent.other_purpose"):
        open_for_audit(
            holding(YEAR), slots=SLOTS, auditor=leave(story, purposes=(REPORTING,)), before=(), at=AT
        )
    given = leave(story)
    ended = replace(given, withdrawn={envelope(given.consent).id: AT})
    with refused("consent.withdrawn"):
        open_for_audit(holding(YEAR), slots=SLOTS, auditor=ended, before=(), at=AT)


def test_a_month_is_opened_at_48_half_hours_in_all_and_no_more() -> None:
    auditor, forty_eight = leave(YEAR.story), range(10, 58)
    made = open_for_audit(holding(YEAR), slots=forty_eight, auditor=auditor, before=(), at=AT)
    assert len(made.openings) == 48
    again = open_for_audit(holding(YEAR), slots=(10, 11), auditor=auditor, before=forty_eight, at=AT)
    assert [one.slot for one in again.openings] == [10, 11]
    for slots, before in (((58,), forty_eight), (range(10, 59), ()), ((), ())):
        with refused("audit.too_many"):
            open_for_audit(holding(YEAR), slots=slots, auditor=auditor, before=before, at=AT)


@pytest.mark.parametrize("slot", [5, 700, -1, 1_440])
def test_a_gap_is_not_opened(slot: int) -> None:
    with refused("audit.gap"):
        open_for_audit(holding(YEAR), slots=(17, slot), auditor=leave(YEAR.story), before=(), at=AT)


def test_readings_that_were_not_signed_are_not_opened() -> None:
    swapped = replace(holding(YEAR), readings=YEAR.consumption[1, YEAR.months[0]].readings)
    with refused("link.digest"):
        open_for_audit(swapped, slots=SLOTS, auditor=leave(YEAR.story), before=(), at=AT)


def test_the_half_hours_to_choose_from_are_those_with_a_reading() -> None:
    months = slots_of(file_of(year_chain(YEAR)), anchor=year_chain(YEAR).anchor)
    assert len(months) == 8
    for _, claim, there in months:
        assert len(there) == len(claim.period) - 2
        assert not {5, 700} & set(there)


def test_a_document_that_is_no_opening_is_refused_by_its_place() -> None:
    raw = opened(YEAR).write()
    assert read_slot_openings(raw, where="openings").write() == raw
    with pytest.raises(MalformedError):
        read_slot_openings(raw.replace(b'"slot":17', b'"slot":1488'), where="openings")


def test_neither_readings_nor_k_show_in_what_is_printed() -> None:
    held, shown = holding(YEAR), opened(YEAR)
    printed = repr(held) + repr(shown)
    assert held.k.hex() not in printed
    assert "SlotOpening(17)" in printed
    assert all(repr(one.blinding) not in printed for one in shown.openings)
    assert not any(f"value={one.value}" in printed for one in shown.openings)


def test_no_half_hour_that_was_not_opened_can_be_read_from_the_others() -> None:
    """Every blinding stands by itself: what is opened of 47 says nothing about k, nor about the 48th."""
    values, k = YEAR.readings(0, YEAR.months[0]).values, YEAR.consumption[0, YEAR.months[0]].k
    found = open_slots(values, k, range(10, 58))
    assert len({one.blinding for one in found}) == 48
    assert all(one.blinding != k for one in found)


def test_another_credential_of_the_same_commitments_is_not_the_one_of_the_chain() -> None:
    chain = year_chain(YEAR)
    name = f"consumption 0 {YEAR.months[0]}"
    forged = resigned(chain.credentials[name], lambda d: d.update(id=YEAR.story.id("another")))
    assert envelope(forged).issuer == EDP
    shown = replace(opened(YEAR), credential=envelope(forged).id)
    assert codes(audited(shown)) == ["audit.other_month"]
