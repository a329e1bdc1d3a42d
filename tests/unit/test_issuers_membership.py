"""The operator copies into a credential what the register says, and nothing else."""

from datetime import timedelta

import pytest

from issuers.issue import Signing
from issuers.membership import issue_membership
from support.scheme import ROLE, START, Party, SchemeSimulator
from support.story import refused, urn
from trust.claims.halfhour import Period
from trust.claims.membership import Membership
from trust.did import Did
from trust.envelope import envelope

YEAR = Period.of(START, START + timedelta(days=365))
LATER = START + timedelta(days=30)


@pytest.fixture
def scheme() -> SchemeSimulator:
    return SchemeSimulator()


@pytest.fixture
def operator(scheme: SchemeSimulator) -> Party:
    return scheme.join("did:web:operator.example", name="Operator", roles=("scheme-operator",))


@pytest.fixture
def edp(scheme: SchemeSimulator) -> Party:
    return scheme.join("did:web:edp.example", name="Meterworks", roles=("energy-data-provider",))


def attempt(scheme: SchemeSimulator, by: Party, member: Did, *, period: Period = YEAR) -> Membership:
    """Issue a membership credential, and give its claim."""
    secured = issue_membership(
        member,
        register=scheme.register,
        agreement_version="1.0",
        period=period,
        signing=Signing(by.did, by.signer, LATER, urn("membership")),
    )
    claim = envelope(secured).claim
    assert isinstance(claim, Membership)
    return claim


def test_name_and_roles_come_from_the_register(scheme: SchemeSimulator, operator: Party, edp: Party) -> None:
    claim = attempt(scheme, operator, edp.did)
    assert (claim.id, claim.name) == (edp.did, "Meterworks")
    assert claim.roles == (f"{ROLE}energy-data-provider",)


def test_a_stranger_gets_no_membership(scheme: SchemeSimulator, operator: Party) -> None:
    with refused("member.unknown"):
        attempt(scheme, operator, Did.parse("did:web:stranger.example"))


def test_only_the_operator_issues_memberships(scheme: SchemeSimulator, edp: Party) -> None:
    with refused("member.wrong_role"):
        attempt(scheme, edp, edp.did)


def test_a_suspended_member_gets_none(scheme: SchemeSimulator, operator: Party, edp: Party) -> None:
    scheme.suspend(edp, at=START + timedelta(days=10))
    with refused("member.suspended_at_signing"):
        attempt(scheme, operator, edp.did)


def test_a_member_without_a_role_gets_none(scheme: SchemeSimulator, operator: Party) -> None:
    idle = scheme.join("did:web:idle.example", name="Idle")
    with refused("member.wrong_role", "no role"):
        attempt(scheme, operator, idle.did)


def test_the_period_holds_the_moment_of_signing(scheme: SchemeSimulator, operator: Party, edp: Party) -> None:
    with refused("time.malformed"):
        attempt(scheme, operator, edp.did, period=Period.of(START, START + timedelta(days=1)))
