"""Is every linked document there, exactly as it was signed for, without circles, and about one firm?"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from trust.claims.account import AccountHolder
from trust.claims.consent import Consent
from trust.claims.consumption import Consumption, ResourceReference
from trust.claims.emissions import Emissions
from trust.claims.intensity import Intensity
from trust.did import Did
from trust.presentation import Presentation
from verifiers.case import Case
from verifiers.chain import MOST
from verifiers.finding import Finding, failed, not_applicable, passed
from verifiers.item import PRESENTATION, Item
from verifiers.wording import noun

DEEPEST = 16
NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ConsentCredential": ("AccountHolderCredential",),
        "WithdrawalCredential": ("ConsentCredential",),
        "ConsumptionCredential": ("ConsentCredential", "AccountHolderCredential"),
        "EmissionsCredential": ("ConsumptionCredential", "ConsentCredential"),
    }
)


def digests_match(case: Case, item: Item) -> Finding:
    """Ask whether all who name it, and it of its resources, bind the bytes at hand (VCDM 2.0, section 5.3)."""
    if item.id in case.chain.clashes:
        return failed(
            "equivocation.two_credentials",
            f"{case.name(item.issuer)} signed two documents under {item.id}, and they differ.",
            expected="one document",
            found="two",
        )
    bindings = case.chain.bindings.get(item.id, ())
    own = item.secured.digest if bindings else None
    for other, bound in bindings:
        if bound != own:
            return failed(
                "link.digest",
                f"{noun(other.kind)} was signed over other bytes than these.",
                expected=bound.multibase,
                found=item.secured.digest.multibase,
            )
    for reference in references(item):
        found = case.resources.digest(reference.digest_multibase)
        if found is not None and found != reference.digest_multibase:
            return failed(
                "link.digest",
                f"The resource {reference.id} is not the one that was signed for.",
                expected=reference.digest_multibase.multibase,
                found=found.multibase,
            )
    return passed("Its bytes are those that were signed for.")


def inputs_present(case: Case, item: Item) -> Finding:
    """Ask whether everything that it rests on is at hand (VCDM 2.0, section 5.3)."""
    links = item.credential.links if item.credential is not None else ()
    for link in links:
        if link.id not in case.chain.by_id:
            return _absent(f"It rests on {link.id}, which is not there.", link.id)
    kinds = {held.kind for held in case.chain.inputs(item)}
    for kind in _needed(case, item):
        if kind not in kinds:
            return _absent(f"It rests on no {noun(kind)[4:]}.", kind)
    for reference in _due(item):
        if case.resources.digest(reference.digest_multibase) is None:
            return _absent(f"Its resource {reference.id} is not there.", reference.digest_multibase.multibase)
    return passed(lambda: f"All {len(links)} documents that it rests on are there.")


def acyclic(case: Case, _item: Item) -> Finding:
    """Ask whether the links lead down and end soon (PROV-O, section 3.1)."""
    if case.chain.beyond:
        return failed(
            "link.depth",
            f"It comes with {case.chain.beyond:,} documents; the limit is {MOST:,}.",
            expected=f"at most {MOST}",
            found=str(case.chain.beyond),
        )
    deepest = _depths(case) if len(case.chain.items) > 1 else 0
    if deepest is None:
        return failed(
            "link.cycle", "The links lead round in a circle.", expected="links that end", found="a circle"
        )
    if deepest > DEEPEST:
        return failed(
            "link.depth",
            f"More than {DEEPEST} documents rest on each other.",
            expected=f"at most {DEEPEST}",
            found=f"{deepest} or more",
        )
    return passed(lambda: f"The longest way to a source has {deepest} links.")


def one_subject(case: Case, item: Item) -> Finding:
    """Ask whether it and what it rests on are about one firm (credentials.md, links)."""
    firms = dict.fromkeys(_firms(case, item))
    if len(firms) > 1:
        return failed(
            "link.other_subject",
            f"It mixes documents of {len(firms)} firms.",
            expected=str(next(iter(firms))),
            found=", ".join(str(firm) for firm in list(firms)[1:]),
        )
    if not firms:
        return not_applicable("It names no firm.")
    return passed("All of it is about one firm.")


def references(item: Item) -> tuple[ResourceReference, ...]:
    """Give the resources that a document binds by their digests."""
    claim = item.credential.claim if item.credential is not None else None
    if isinstance(claim, Consumption):
        return (claim.readings, claim.commitments)
    return (claim.series,) if isinstance(claim, Intensity) else ()


def _due(item: Item) -> tuple[ResourceReference, ...]:
    """Give the resources that every verifier must have: all but the readings."""
    claim = item.credential.claim if item.credential is not None else None
    if isinstance(claim, Consumption):
        return (claim.commitments,)
    return (claim.series,) if isinstance(claim, Intensity) else ()


def _needed(case: Case, item: Item) -> tuple[str, ...]:
    claim = item.credential.claim if item.credential is not None else None
    if isinstance(claim, Emissions) and any(row.fuel.value == "electricity" for row in claim.rows):
        return (*NEEDED[item.kind], "GridIntensityCredential")
    if item.kind == PRESENTATION:
        held = {other.kind for other in case.chain.items}
        return tuple(kind for kind in case.policy.presented if kind not in held)
    return NEEDED.get(item.kind, ())


def _depths(case: Case) -> int | None:
    """Give the length of the longest way down, counted no further than the limit; None where one goes in a circle."""
    waiting = {item.id: {held.id for held in case.chain.inputs(item)} for item in case.chain.items}
    for depth in range(DEEPEST + 2):
        ready = [name for name, inputs in waiting.items() if not inputs & waiting.keys()]
        for name in ready:
            del waiting[name]
        if not waiting:
            return depth
        if not ready:
            return None
    return DEEPEST + 1


def _firms(case: Case, item: Item) -> Iterator[Did]:
    claim = item.credential.claim if item.credential is not None else None
    if isinstance(item.presentation, Presentation):
        yield from sorted(case.chain.firms)
    if isinstance(claim, Emissions):
        yield claim.id
        for held, _ in case.chain.inputs_of(item, Consumption):
            yield from _firms(case, held)
    if isinstance(claim, Consumption | Emissions):
        yield from (held.issuer for held, _ in case.chain.inputs_of(item, Consent))
        yield from (account.id for _, account in case.chain.inputs_of(item, AccountHolder))


def _absent(sentence: str, expected: str) -> Finding:
    return failed("link.missing", sentence, expected=expected, found="nothing")
