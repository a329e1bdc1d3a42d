"""Did the signer stand in the register, in its role and with its key, when it signed?"""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from registry.errors import RegisterError
from registry.register import Register
from registry.standing import Obstacle, Outcome, Standing
from trust.did import Did
from verifiers.case import Case
from verifiers.catalogue import check_of, reasons
from verifiers.finding import Detail, Finding, failed, passed, unknown, warning
from verifiers.item import Item
from verifiers.reach import beyond
from verifiers.wording import moment

_MOST_STANDINGS = 8_192


class Signature(NamedTuple):
    """What the register is asked about: who signed, in which role, with which key, when."""

    member: Did
    role: str | None
    key: str
    signed_at: datetime


def known(case: Case, item: Item) -> Finding:
    """Ask whether the signer was ever a member (register.md, events)."""
    return _asked(case, item, "member.known", lambda: f"{case.name(item.subject.issuer)} is a member.")


def had_role(case: Case, item: Item) -> Finding:
    """Ask whether the signer stood in its role when it signed (IB1 Role-based Access Control 1.0)."""
    return _asked(case, item, "member.had_role", lambda: _standing_sentence(case, item))


def key_valid(case: Case, item: Item) -> Finding:
    """Ask whether the key was in use and safe when it signed (register.md, events)."""
    return _asked(case, item, "key.valid_at_signing", lambda: "The key was in use and safe.")


def time_proven(case: Case, item: Item) -> Finding:
    """Ask whether the moment of signing matters beyond the signer's word (register.md, two clocks)."""
    return _asked(
        case, item, "signature.time_proven", lambda: "No event reaches back to the time of signing."
    )


def standing_of(case: Case, item: Item) -> Standing | None:
    """Give what the register says of the signer, or None where it can say nothing."""
    if id(item) in case.standings:
        return case.standings[id(item)]
    found = case.standings[id(item)] = _ask(case, item)
    return found


def _ask(case: Case, item: Item) -> Standing | None:
    register, proof = case.register, item.proof
    if register is None or proof is None:
        return None
    method = proof.verification_method
    role = case.policy.role_for(item.kind)
    signature = Signature(method.did, role, method.fragment, proof.created)
    return _standing(register, signature, case.known_at)


def _asked(case: Case, item: Item, check: str, sentence: Detail) -> Finding:
    standing = standing_of(case, item)
    if standing is None:
        return beyond(case) or unknown(
            _UNKNOWN[check], "No copy of the member register answers for that moment."
        )
    for obstacle in standing.obstacles:
        if _check_for(obstacle) == check:
            return _hindered(obstacle)
    if standing.warnings and check == "member.had_role":
        return warning("member.suspended_later", " ".join(standing.warnings))
    return passed(sentence)


def _check_for(obstacle: Obstacle) -> str:
    return check_of(obstacle.code) if obstacle.code in reasons() else "member.known"


def _hindered(obstacle: Obstacle) -> Finding:
    find = failed if obstacle.outcome is Outcome.INVALID else unknown
    return find(
        obstacle.code,
        obstacle.sentence,
        expected=obstacle.expected,
        found=obstacle.found,
        remedy=obstacle.remedy,
    )


def _standing_sentence(case: Case, item: Item) -> str:
    standing = standing_of(case, item)
    since = None if standing is None else standing.since
    tail = f" since {moment(since)}" if since is not None else ""
    return f"{case.name(item.subject.issuer)} stood in the register{tail}."


@lru_cache(maxsize=_MOST_STANDINGS)
def _standing(register: Register, signature: Signature, known_at: int | None) -> Standing | None:
    member, role, key, signed_at = signature
    try:
        return register.standing(member, role, key, signed_at=signed_at, known_at=known_at)
    except RegisterError:
        return None


_UNKNOWN = {
    "member.known": "register.unreachable",
    "member.had_role": "register.unreachable",
    "key.valid_at_signing": "register.unreachable",
    "signature.time_proven": "signature.time_unproven",
}
