"""Who signed what, when, as which member, and what each document rests on, as far as signatures fit."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from registry.register import Register
from trust.canonical import Json
from trust.claims.consent import Consent, Data
from trust.claims.halfhour import Period, stamp
from trust.report import Check, Outcome
from verifiers.chain import Chain
from verifiers.item import Item
from verifiers.wording import did_of, noun, span

_STANDING = ("member.known", "member.had_role", "key.valid_at_signing")
_DATA = MappingProxyType({Data.CONSUMPTION: "half-hourly readings", Data.EMISSIONS: "monthly kilograms"})
_FIRM = "The firm (holder of its own key)"
_OUTCOMES = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.NOT_RUN)


def documents_of(chain: Chain, register: Register | None) -> list[Json]:
    """List every document in the order of the chain, each with its signer, its time and its digest."""
    return [_document(item, chain, register) for item in chain.items]


def signers_of(chain: Chain, register: Register | None, checks: Sequence[Check]) -> list[Json]:
    """List every party that signed something, its roles at that time, and how it stood."""
    signed: dict[str, list[Item]] = {}
    for item in chain.items:
        if item.subject.issuer and item.proof is not None:
            signed.setdefault(item.subject.issuer, []).append(item)
    return [_signer(issuer, items, register, checks) for issuer, items in signed.items()]


def title_of(item: Item) -> str:
    """Name a document by its kind, and by what sets it apart from others of its kind."""
    kind = noun(item.kind).removeprefix("The ").capitalize()
    claim = None if item.credential is None else item.credential.claim
    if isinstance(claim, Consent):
        return f"{kind}, {_DATA[claim.data]}"
    period = getattr(claim, "period", None)
    return f"{kind}, {span(period)}" if isinstance(period, Period) else kind


def _document(item: Item, chain: Chain, register: Register | None) -> Json:
    return {
        "title": title_of(item),
        "signer": _name(item.subject.issuer, register),
        "signed_at": "" if item.proof is None else stamp(item.proof.created),
        "digest": item.secured.digest.multibase,
        "fits": item.credential is not None or item.presentation is not None,
        "rests_on": [title_of(held) for held in chain.inputs(item)],
    }


def _signer(issuer: str, items: Sequence[Item], register: Register | None, checks: Iterable[Check]) -> Json:
    times = sorted(item.proof.created for item in items if item.proof is not None)
    keys = {item.proof.verification_method.fragment for item in items if item.proof is not None}
    return {
        "name": _name(issuer, register),
        "did": issuer,
        "roles": _roles(issuer, items, register),
        "signed": _counted([noun(item.kind).removeprefix("The ") for item in items]),
        "first": stamp(times[0]),
        "last": stamp(times[-1]),
        "keys": sorted(keys),
        **_standing(issuer, checks),
    }


def _name(issuer: str, register: Register | None) -> str:
    if issuer.startswith("did:key:"):
        return _FIRM
    member = None if register is None else register.member(did_of(issuer))
    return issuer or "nobody" if member is None else member.name


def _roles(issuer: str, items: Sequence[Item], register: Register | None) -> list[Json]:
    """Give the roles that a member had when it signed first."""
    first = min(item.proof.created for item in items if item.proof is not None)
    member = None if register is None else register.member(did_of(issuer), at=first)
    roles = () if member is None else member.roles
    return [role.rpartition("/")[2].replace("-", " ") for role in roles]


def _standing(issuer: str, checks: Iterable[Check]) -> Mapping[str, Json]:
    """Say how a party stood when it signed: the gravest of what was asked."""
    asked = [check for check in checks if check.subject.issuer == issuer and check.name in _STANDING]
    for outcome in _OUTCOMES:
        if found := next((check for check in asked if check.outcome is outcome), None):
            return {"outcome": outcome.value, "standing": found.detail}
    if issuer.startswith("did:key:"):
        return {"outcome": "passed", "standing": "A firm stands in no register; its key is its identifier."}
    if not asked:
        return {"outcome": "unknown", "standing": "Nothing could be asked of the register."}
    return {"outcome": "passed", "standing": "A member, in its role and with its own key, when it signed."}


def _counted(nouns: Sequence[str]) -> str:
    """Count documents of a kind: `emissions report (12), presentation`."""
    counts = {name: nouns.count(name) for name in dict.fromkeys(nouns)}
    return ", ".join(f"{name} ({number})" if number > 1 else name for name, number in counts.items())
