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
from verifiers.span import span_of
from verifiers.turning import turned_by
from verifiers.wording import moment

_MOST_STANDINGS = 8_192


class Signature(NamedTuple):
    """What the register is asked about: who signed, in which role, with which key, when, and between which moments."""

    member: Did
    role: str | None
    key: str
    signed_at: datetime
    proven_by: datetime | None
    not_before: datetime | None


def known(case: Case, item: Item) -> Finding:
    """Ask whether the signer was ever a member (register.md, events)."""
    return asked(case, item, "member.known", lambda: f"{case.name(item.subject.issuer)} is a member.")


def had_role(case: Case, item: Item) -> Finding:
    """Ask whether the signer stood in its role when it signed (IB1 Role-based Access Control 1.0)."""
    return asked(case, item, "member.had_role", lambda: _standing_sentence(case, item))


def key_valid(case: Case, item: Item) -> Finding:
    """Ask whether the key was in use and safe when it signed (register.md, events)."""
    return asked(case, item, "key.valid_at_signing", lambda: "The key was in use and safe.")


def standing_of(case: Case, item: Item) -> Standing | None:
    """Give what the register says of the signer, or None where it can say nothing."""
    if id(item) in case.standings:
        return case.standings[id(item)]
    found = case.standings[id(item)] = _ask(case, item)
    return found


def signed_at_of(item: Item) -> datetime | None:
    """Give when a document says that it was signed."""
    return None if item.proof is None else item.proof.created


def asked(case: Case, item: Item, check: str, sentence: Detail) -> Finding:
    """Give what the register has against the signature under one question, or that it has nothing."""
    standing = standing_of(case, item)
    if standing is None:
        return beyond(case) or unknown(
            _UNKNOWN[check], "No copy of the member register answers for that moment."
        )
    for obstacle in standing.obstacles:
        if _check_for(obstacle) == check:
            return _hindered(case, item, obstacle)
    if check == "member.had_role" and standing.warnings:
        return warning("member.suspended_later", " ".join(standing.warnings))
    if check == "member.known" and standing.gaps:
        return warning("register.gap", " ".join(standing.gaps))
    return passed(sentence)


def _ask(case: Case, item: Item) -> Standing | None:
    register, signature = case.register, _signature(case, item)
    if register is None or signature is None:
        return None
    return _standing(register, signature, case.known_at)


def _signature(case: Case, item: Item) -> Signature | None:
    proof = item.proof
    if proof is None:
        return None
    method, span = proof.verification_method, span_of(case, item)
    role = case.policy.role_for(item.kind)
    return Signature(method.did, role, method.fragment, proof.created, span.proven_by, span.not_before)


def _check_for(obstacle: Obstacle) -> str:
    return check_of(obstacle.code) if obstacle.code in reasons() else "member.known"


def _hindered(case: Case, item: Item, obstacle: Obstacle) -> Finding:
    find = failed if obstacle.outcome is Outcome.INVALID else unknown
    return find(
        obstacle.code,
        lambda: obstacle.sentence + _turned(case, item, obstacle),
        expected=obstacle.expected,
        found=obstacle.found,
        remedy=obstacle.remedy,
    )


def _turned(case: Case, item: Item, obstacle: Obstacle) -> str:
    register, signature = case.register, _signature(case, item)
    if register is None or signature is None:
        return ""
    return turned_by(
        register,
        obstacle,
        signed_at=signature.signed_at,
        earlier=lambda size: _standing(register, signature, size),
    )


def _standing_sentence(case: Case, item: Item) -> str:
    standing = standing_of(case, item)
    since = None if standing is None else standing.since
    tail = f" since {moment(since)}" if since is not None else ""
    return f"{case.name(item.subject.issuer)} stood in the register{tail}."


@lru_cache(maxsize=_MOST_STANDINGS)
def _standing(register: Register, signature: Signature, known_at: int | None) -> Standing | None:
    member, role, key, signed_at, proven_by, not_before = signature
    try:
        return register.standing(
            member,
            role,
            key,
            signed_at=signed_at,
            known_at=known_at,
            proven_by=proven_by,
            not_before=not_before,
        )
    except RegisterError:
        return None


_UNKNOWN = {
    "member.known": "register.unreachable",
    "member.had_role": "register.unreachable",
    "key.valid_at_signing": "register.unreachable",
    "signature.time_proven": "signature.time_unproven",
}
