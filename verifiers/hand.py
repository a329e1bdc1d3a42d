"""What a signed verdict says, held against what is at hand: one question a function."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from registry.anchor import Anchor
from registry.register import Register
from trust.claims.judgement import JudgedFinding, Judgement
from trust.digest import Digest
from trust.errors import MalformedError, NotPermittedError
from trust.report import Outcome
from verifiers.evidence import read_evidence
from verifiers.file import verify_file
from verifiers.finding import Finding, failed, not_applicable, passed, unknown
from verifiers.judgement import judgement_of, policy_named
from verifiers.policy import Policy
from verifiers.wording import moment

_MOST_TOLD = 6
_NOT_GIVEN = "No evidence file was given; the signature and its signer alone were judged."


class Hand(NamedTuple):
    """What the verifier of a signed verdict has at hand; a file that was not given is None."""

    claim: Judgement
    file: bytes | None
    register: Register | None
    anchor: Anchor | None
    policies: Sequence[Policy]


def same_anchor(hand: Hand) -> Finding:
    """Ask whether it was judged by the verifier's own trust anchor."""
    named = hand.claim.anchor
    own = None if hand.anchor is None else Digest.of(hand.anchor.to_json())
    if own is None:
        return unknown("register.no_anchor", "There is no trust anchor to hold it against.")
    if own != named.digest_multibase:
        return failed(
            "verdict.other_anchor",
            f"It was judged by an anchor of {named.scheme} ({named.environment}) that is not yours.",
            expected=own.multibase,
            found=named.digest_multibase.multibase,
        )
    return passed(f"It was judged by your own anchor of {named.scheme} ({named.environment}).")


def same_register(hand: Hand) -> Finding:
    """Ask whether the register at hand had that root at that size (RFC 9162, section 2.1.1)."""
    state, register = hand.claim.register, hand.register
    if register is None or register.size < state.size:
        size = 0 if register is None else register.size
        return unknown(
            "verdict.register_short",
            f"It was judged by {state.size} entries of the register, and {size} are at hand.",
            expected=f"{state.size} entries",
            found=str(size),
        )
    root = Digest(register.root_at(state.size)) if state.size else Digest.of(b"")
    if root != state.root:
        return failed(
            "verdict.other_register",
            f"The first {state.size} entries of the register have another root than the verdict says.",
            expected=root.multibase,
            found=state.root.multibase,
        )
    return passed(f"The first {state.size} entries of the register have the root that it names.")


def policy_known(hand: Hand) -> Finding:
    """Ask whether the policy that it was judged by is at hand, by its digest."""
    try:
        policy = policy_named(hand.claim.policy, hand.policies)
    except MalformedError as error:
        named = hand.claim.policy
        return unknown(
            error.code,
            f"The policy {named.name} that it was judged by is not at hand.",
            expected=named.digest_multibase.multibase,
            found="no policy with that digest",
        )
    return passed(f"It was judged by the policy {policy.name}.")


def same_file(hand: Hand) -> Finding:
    """Ask whether the evidence file beside it is the one that was judged."""
    if hand.file is None:
        return not_applicable(_NOT_GIVEN)
    found = Digest.of(hand.file)
    if found != hand.claim.evidence_digest:
        return failed(
            "verdict.other_file",
            "The evidence file beside it is not the one that was judged.",
            expected=hand.claim.evidence_digest.multibase,
            found=found.multibase,
        )
    return passed("The evidence file beside it is the one that was judged.")


def judged_again(hand: Hand) -> Finding:
    """Judge the file by what the verdict names, and by nothing newer."""
    if hand.file is None:
        return not_applicable(_NOT_GIVEN)
    signed, policy = hand.claim, policy_named(hand.claim.policy, hand.policies)
    size = signed.register.size
    report = verify_file(
        hand.file,
        policy=policy,
        anchor=hand.anchor,
        at=signed.judged_at,
        known_at=size,
        refresh=lambda _, evidence: replace(evidence, own=signed.audience),
    )
    presentation, beside = read_evidence(hand.file, anchor=hand.anchor)
    try:
        fresh = judgement_of(
            report,
            file=hand.file,
            presentation=presentation,
            at=signed.judged_at,
            anchor=hand.anchor,
            register=beside.register,
            policy=policy,
            audience=signed.audience,
        )
    except NotPermittedError as error:
        return failed("verdict.differs", f"Nothing in the file can be judged again: {error.because}.")
    if fresh != signed:
        return failed(
            "verdict.differs",
            f"Judged again as at {moment(signed.judged_at)}, {_apart(signed, fresh)}.",
            expected=signed.verdict_digest.multibase,
            found=fresh.verdict_digest.multibase,
        )
    told = f"as at {moment(signed.judged_at)} and by {size} entries of the register"
    return passed(f"Judged again {told}, the verdict has the same bytes.")


def _apart(signed: Judgement, fresh: Judgement) -> str:
    """Name what came out otherwise, the answers first."""
    told = [
        f"{name.replace('_', ' ')} is {getattr(fresh, name)} and not {getattr(signed, name)}"
        for name in ("overall", "authentic_at_signing", "usable_now")
        if getattr(fresh, name) != getattr(signed, name)
    ]
    told += [f"{found} is not in the signed verdict" for found in _codes(fresh) - _codes(signed)]
    told += [f"{found} is only in the signed verdict" for found in _codes(signed) - _codes(fresh)]
    told += ["the figures differ"] if fresh.figures != signed.figures else []
    return "; ".join(sorted(told)[:_MOST_TOLD]) or "its words or its numbers differ"


def _codes(judgement: Judgement) -> set[str]:
    return {_named(found) for found in judgement.findings if found.outcome != Outcome.NOT_APPLICABLE}


def _named(found: JudgedFinding) -> str:
    return f"{found.code} ({found.outcome.replace('_', ' ')}, {found.count})"
