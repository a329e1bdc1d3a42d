"""Every outcome of every question of a chain, found by judging broken, doubtful and good files."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache

from registry.log.checkpoint import Checkpoint
from support.altering import row
from support.attacks import ATTACKS, Attempt, good
from support.chain import AT, ChainSimulator, party, scheme
from support.story import BANK, CAP
from trust.claims.emissions import Emissions
from trust.credential import Credential
from trust.report import Check, Report
from verifiers.evidence import Evidence
from verifiers.file import verify_file
from verifiers.policy import Policy

BEYOND = 10_000  # entries of the register that nobody has


def asked(
    attempt: Attempt,
    *,
    policy: Policy | None = None,
    known_at: int | None = None,
    raw: bytes | None = None,
    anchored: bool = True,
    **evidence: object,
) -> Report[object]:
    """Judge a file as the bank, with other evidence where it is said."""

    def told(_: object, held: Evidence) -> Evidence:
        return replace(held, **{"own": BANK, **evidence})  # type: ignore[arg-type]  # the names are the fields'

    return verify_file(
        attempt.file if raw is None else raw,
        policy=policy or Policy.bank(),
        anchor=attempt.scheme.anchor if anchored else None,
        at=AT,
        known_at=known_at,
        refresh=told,
    )


def unknown_method(c: Credential[object]) -> Credential[object]:
    """Name a method of calculation that nobody published."""
    assert isinstance(c.claim, Emissions)
    method = replace(c.claim.method, id="https://elsewhere.example/method")
    return replace(c, claim=replace(c.claim, method=method))


def seen_by_nobody() -> Attempt:
    """Have a signer embed a checkpoint that tells the register's past otherwise."""
    chain = good()
    forked = Checkpoint(chain.register.scheme.origin, 3, bytes(32)).sign(chain.scheme.log)
    return Attempt(chain.changed(emissions=lambda c: replace(c, checkpoint=forked)))


def suspended_later() -> Attempt:
    """Suspend a signer after it signed, where nothing proves when that was."""
    found = scheme(environment="demo")
    found.suspend(party(CAP), at=AT - timedelta(minutes=30))
    return Attempt(ChainSimulator(scheme=found))


def backdated() -> Attempt:
    """Have a report hold what witnesses saw only after its date."""
    found = scheme(environment="demo", witnesses=3)
    note = found.cosigned("witness-0.example", "witness-1.example", at=AT)
    chain = ChainSimulator(scheme=found)
    return Attempt(chain.changed(emissions=lambda c: replace(c, checkpoint=note)))


def reports() -> Iterator[Report[object]]:
    """Judge every file that is needed to see every outcome."""
    whole = Attempt(good())
    for attack in ATTACKS.values():
        yield asked(attack.make())
    yield asked(whole)
    yield asked(whole, raw=whole.file[:-1])
    yield asked(whole, anchored=False)
    yield asked(whole, register=None)
    yield asked(whole, known_at=BEYOND)
    yield asked(whole, receipt=None, own=None)
    yield asked(whole, receipt=good().receipt(whole.presented, challenge="bank-nonce-9999"))
    yield asked(Attempt(good(), channel=CAP))
    yield asked(Attempt(good(), parts={"pairing": None}))
    yield asked(
        Attempt(
            replace(good(), shown_at=AT - timedelta(days=9)),
            parts={"receipt": good().receipt(whole.presented)},
        )
    )
    late = replace(good(), shown_at=AT - timedelta(minutes=50))
    yield asked(whole, receipt=late.receipt(whole.presented))
    for policy in (
        replace(Policy.bank(), most_estimated=0),
        replace(Policy.bank(), worst_quality=2),
        replace(Policy.bank(), months_back=0),
        replace(Policy.bank(), months_back=1),
    ):
        yield asked(whole, policy=policy)
    readings = replace(good(), readings=True)
    yield asked(Attempt(readings), policy=Policy.auditor())
    less = row(lambda r: replace(r, kg=r.kg - Decimal("0.001")))
    yield asked(Attempt(readings.changed(emissions=less)), policy=Policy.auditor())
    yield asked(Attempt(good().changed(emissions=unknown_method)))
    ended = good().changed(emissions=lambda c: replace(c, valid_until=c.valid_from - timedelta(days=1)))
    yield asked(Attempt(ended))
    for make in (seen_by_nobody, suspended_later, backdated):
        yield asked(make())


@cache
def checks() -> tuple[Check, ...]:
    """Give every check of every report."""
    return tuple(check for report in reports() for check in report)
