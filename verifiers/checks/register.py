"""Is the register the one that this verifier trusts, whole, recent, and the one that the signers saw?"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from registry.anchor import Anchor
from registry.errors import RegisterError
from registry.log.checkpoint import Checkpoint
from registry.register import Register
from trust.did import Did
from trust.errors import MalformedError, PerseusError, SignatureMismatchError
from verifiers.case import Case
from verifiers.catalogue import check_of, reasons
from verifiers.finding import Finding, failed, passed, unknown
from verifiers.item import Item
from verifiers.listing import open_list
from verifiers.policy import OPERATOR
from verifiers.reach import beyond
from verifiers.wording import ago, moment, sentence

_MOST_CHECKPOINTS = 1_024


def anchored(case: Case, _item: Item) -> Finding:
    """Ask whether the register is the one that the verifier was given by hand (register.md, trust anchor)."""
    fault, register, anchor = case.evidence.register_fault, case.register, case.anchor
    if anchor is None:
        return unknown(
            "register.no_anchor",
            "No trust file was given, so nothing says which scheme to believe.",
            expected="a trust anchor",
            found="none",
        )
    if fault is not None and check_of(fault.code) != "register.consistent":
        return _register_fault(fault)
    if register is None:
        return unknown("register.unreachable", "No copy of the member register is at hand.")
    if register.anchor.genesis != anchor.genesis or register.anchor.scheme != anchor.scheme:
        return failed(
            "register.no_anchor",
            f"The register {_named(register.anchor)} is not that of the trust anchor, {_named(anchor)}.",
            expected=_named(anchor),
            found=_named(register.anchor),
        )
    if register.anchor.environment != anchor.environment:
        return failed(
            "environment.mismatch",
            f"The register is for {register.anchor.environment}, and the trust anchor for {anchor.environment}.",
            expected=anchor.environment,
            found=register.anchor.environment,
        )
    return passed(lambda: f"It is the register of {anchor.scheme} ({anchor.environment}).")


def consistent(case: Case, _item: Item) -> Finding:
    """Ask whether the copy is whole and reaches as far as was asked (RFC 9162, section 2.1.4)."""
    fault, register = case.evidence.register_fault, case.register
    if fault is not None and check_of(fault.code) == "register.consistent":
        return _register_fault(fault)
    if register is None:
        return unknown("register.stale", "No copy of the member register is at hand.")
    sightings = tuple(_sightings(case, register))
    seen = beyond(case) or _seen_by_signers(case, register, sightings) or _age(case, register, sightings)
    if seen is not None:
        return seen
    return passed(lambda: _whole(case, register, sightings))


class Sighting(NamedTuple):
    """Who says to have seen which checkpoint of the log, and when."""

    by: Did
    at: datetime
    checkpoint: Checkpoint


def _sightings(case: Case, register: Register) -> Iterator[Sighting]:
    """Walk the checkpoints that signers of documents and keepers of lists embedded, and that the log did sign."""
    for item in case.chain.items:
        if item.credential is not None and item.credential.checkpoint is not None:
            seen = _opened(item.credential.checkpoint, register)
            if seen is not None:
                yield Sighting(item.issuer, item.credential.valid_from, seen)
    for secured in case.evidence.status_lists.values():
        held = open_list(secured, register, case.known_at)
        seen = None if held.checkpoint is None or held.code else _opened(held.checkpoint, register)
        if seen is not None and held.keeper is not None and held.valid_from is not None:
            yield Sighting(held.keeper, held.valid_from, seen)


def _seen_by_signers(case: Case, register: Register, sightings: Sequence[Sighting]) -> Finding | None:
    """Hold the copy against every checkpoint that somebody saw."""
    for by, _, seen in sightings:
        if seen.size > register.size:
            return unknown(
                "register.stale",
                f"{case.name(by)} saw {seen.size} entries when it signed; this copy has {register.size}.",
                expected=f"at least {seen.size} entries",
                found=f"{register.size} entries",
            )
        if register.root_at(seen.size) != seen.root:
            return failed(
                "register.forked",
                f"{case.name(by)} saw other first {seen.size} entries than this copy has.",
                expected=seen.root.hex(),
                found=register.root_at(seen.size).hex(),
            )
    return None


@lru_cache(maxsize=_MOST_CHECKPOINTS)
def _opened(note: str, register: Register) -> Checkpoint | None:
    """Read a checkpoint, if the log of this register signed it; any other text proves nothing."""
    try:
        checkpoint = Checkpoint.open(note, key=register.scheme.log_key(register.size))
    except (MalformedError, SignatureMismatchError):
        return None
    return checkpoint if checkpoint.origin == register.scheme.origin and checkpoint.size > 0 else None


def _age(case: Case, register: Register, sightings: Sequence[Sighting]) -> Finding | None:
    """Refuse to rely anew on a copy that is too old, or that nobody but its bringer shows to be whole."""
    newest, limit = _shown_at(case, register, sightings), timedelta(seconds=case.policy.register_age)
    if newest is None and not case.evidence.register_carried:
        return None
    if newest is not None and case.at - newest <= limit:
        return None
    shown = "at no moment" if newest is None else f"on {moment(newest)}"
    return unknown(
        "register.stale",
        f"That these {register.size} entries were all there were is shown {shown}, and it is {moment(case.at)}.",
        expected=f"within {limit // timedelta(hours=1)} hours",
        found=shown,
    )


def _shown_at(case: Case, register: Register, sightings: Sequence[Sighting]) -> datetime | None:
    """Give the last moment at which the copy was shown to be whole: fetched, witnessed, or vouched for."""
    shown = case.evidence.register_at
    if not case.evidence.register_carried:
        return shown
    vouched = [at for by, at, _ in sightings if _may_vouch(case, register, by)]
    return max([*vouched, *([] if shown is None else [shown])], default=None)


def _whole(case: Case, register: Register, sightings: Sequence[Sighting]) -> str:
    """Say how much of the register was looked at, and how long ago it was shown to be all there is."""
    told = f"The first {case.known_at or register.size} entries of the register fit together"
    newest = _shown_at(case, register, sightings)
    if newest is None:
        return f"{told}."
    return f"{told}; its {register.size} were all there were on {moment(newest)}, {ago(case.at - newest)}."


def _may_vouch(case: Case, register: Register, by: Did) -> bool:
    """Let the scheme's operator say how long the log was; who received the presentation, where no witness could."""
    if by == case.audience and not register.anchor.quorum:
        return True
    member = register.member(by)
    return member is not None and OPERATOR in member.roles


def _named(anchor: Anchor) -> str:
    """Name a scheme so that two of one name are told apart: by the digest of its first entry as well."""
    return f"{anchor.scheme} ({anchor.genesis.multibase})"


def _register_fault(fault: PerseusError) -> Finding:
    reason = reasons().get(fault.code)
    doubtful = reason is not None and reason.outcome.value == "unknown" and fault.code != "register.no_anchor"
    expected, found = (fault.expected, fault.found) if isinstance(fault, RegisterError) else ("", "")
    return (unknown if doubtful else failed)(fault.code, sentence(fault), expected=expected, found=found)
