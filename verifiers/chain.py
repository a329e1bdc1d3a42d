"""Everything that one verdict is about: the target, and the documents it rests on, in the order they came about."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from registry.register import Register
from trust.claims.account import AccountHolder
from trust.claims.consent import Consent, Withdrawal
from trust.claims.emissions import Emissions
from trust.claims.receipt import Receipt
from trust.did import Did
from trust.digest import Digest
from trust.secured import Secured
from verifiers.item import LARGEST_CREDENTIAL, LARGEST_PRESENTATION, PRESENTATION, Item, open_item
from verifiers.shape import shape_of

C = TypeVar("C")

# Bottom-up: what a document rests on is judged before it.
ORDER = (
    "MembershipCredential",
    "AccountHolderCredential",
    "ConsentCredential",
    "WithdrawalCredential",
    "ConsumptionCredential",
    "GridIntensityCredential",
    "EmissionsCredential",
    PRESENTATION,
    "ReceiptCredential",
    "WithdrawalReceiptCredential",
    "BitstringStatusListCredential",
)
MOST = 1_024
WITHDRAWAL = "WithdrawalCredential"
_RANK = {kind: rank for rank, kind in enumerate(ORDER)}
_LAST = len(ORDER)


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """The documents of one verdict, bottom-up, the target among them.

    `extra` are all that were at hand beside the target; `beyond` counts those that were too many to be opened.
    """

    target: Item
    items: tuple[Item, ...]
    by_id: Mapping[str, Item]
    bindings: Mapping[str, tuple[tuple[Item, Digest], ...]]
    clashes: frozenset[str] = frozenset()
    withdrawals: tuple[Item, ...] = ()
    extra: tuple[Item, ...] = ()
    beyond: int = 0
    _inputs: dict[int, tuple[Item, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        secured: Secured,
        *,
        beside: Iterable[Secured],
        receipt: Secured | None,
        register: Register | None,
    ) -> "Chain":
        """Open the target and all that it rests on; documents beside it that nothing names stay outside."""
        target = open_item(secured, place="", register=register, limit=LARGEST_PRESENTATION)
        carried = target.presentation.credentials if target.presentation is not None else ()
        ended, linked = _parted(beside)
        if len(carried) + len(linked) > MOST:
            return cls(target, (target,), {target.id: target}, {}, beyond=len(carried) + len(linked))
        if not linked and not ended and receipt is None and target.presentation is None:
            return cls(target, (target,), {target.id: target}, {})
        shown = _opened(carried, "/verifiableCredential", register)
        others = [*shown, *_opened(linked, "/credentials", register)]
        by_id = _index([target, *others])
        wanted = _named([target, *shown], by_id)
        inside = shown + [x for x in others[len(shown) :] if x.id in wanted and by_id[x.id] is x]
        inside += [x for x in others[len(shown) :] if x not in inside and _replaces(x, inside)]
        # Of all withdrawals that a verifier has received, only those that end a consent in hand are opened.
        received = _opened([one for one, consent in ended if consent in by_id], "/withdrawals", register)
        inside += [item for item in received if _ends(item, by_id)]
        withdrawals = tuple(item for item in inside if item.kind == WITHDRAWAL)
        if receipt is not None:
            inside.append(open_item(receipt, place="/receipt", register=register))
        items = _bottom_up(sorted([*inside, target], key=lambda item: _RANK.get(item.kind, _LAST)), by_id)
        return cls(target, items, by_id, _bindings(items), _clashes(others), withdrawals, tuple(others))

    def inputs(self, item: Item) -> tuple[Item, ...]:
        """Give the documents in hand that this one names, once each."""
        if item.credential is None:
            return ()
        found = self._inputs.get(id(item))
        if found is None:
            names = dict.fromkeys([link.id for link in item.credential.links])
            found = self._inputs[id(item)] = tuple([self.by_id[name] for name in names if name in self.by_id])
        return found

    def of_kind(self, kind: str) -> tuple[Item, ...]:
        """Give the documents of one kind, in the order they came."""
        return tuple(item for item in self.items if item.kind == kind)

    def claims(self, cls: type[C]) -> Iterator[tuple[Item, C]]:
        """Walk the claims of one class, with the document that makes each."""
        return _claims(self.items, cls)

    def inputs_of(self, item: Item, cls: type[C]) -> tuple[tuple[Item, C], ...]:
        """Give the claims of one class among the documents that this one names."""
        return tuple(_claims(self.inputs(item), cls))

    @property
    def firms(self) -> frozenset[Did]:
        """Give every small firm that the chain is about."""
        named = {claim.id for _, claim in self.claims(AccountHolder)}
        named |= {item.issuer for item, _ in self.claims(Consent)}
        return frozenset(named | {claim.id for _, claim in self.claims(Emissions)})

    def withdrawn(self, consent: Item) -> tuple[Item, ...]:
        """Give the withdrawals of a consent that are signed by whoever may withdraw it."""
        return tuple(
            item
            for item, claim in _claims(self.withdrawals, Withdrawal)
            if claim.consent == consent.id and may_withdraw(item, consent)
        )


def may_withdraw(withdrawal: Item, consent: Item) -> bool:
    """Tell whether a withdrawal is by the firm itself, or by a member that keeps the consent for it."""
    if withdrawal.issuer == consent.issuer:
        return True
    claim = consent.credential.claim if consent.credential else None
    return isinstance(claim, Consent) and withdrawal.issuer in {claim.from_, claim.to, claim.status_keeper}


def _claims(items: Iterable[Item], cls: type[C]) -> Iterator[tuple[Item, C]]:
    for item in items:
        if item.credential is not None and isinstance(item.credential.claim, cls):
            yield item, item.credential.claim


def _index(items: list[Item]) -> Mapping[str, Item]:
    """Index by identifier; the first one counts, as the target and what it carries come first."""
    found: dict[str, Item] = {}
    for item in items:
        if item.id:
            found.setdefault(item.id, item)
    return found


def _clashes(items: list[Item]) -> frozenset[str]:
    """Collect the identifiers under which one issuer signed two documents that differ."""
    first: dict[tuple[str, str], bytes] = {}
    clashing = set()
    for item in items:
        if first.setdefault((item.subject.issuer, item.id), item.secured.raw) != item.secured.raw:
            clashing.add(item.id)
    return frozenset(clashing)


def _named(roots: list[Item], by_id: Mapping[str, Item]) -> set[str]:
    """Collect the identifiers that the roots rest on, however far down."""
    waiting, seen = list(roots), set[str]()
    while waiting:
        item = waiting.pop()
        for link in item.credential.links if item.credential is not None else ():
            if link.id not in seen:
                seen.add(link.id)
                waiting += [by_id[link.id]] if link.id in by_id else []
    return seen


def _ends(item: Item, by_id: Mapping[str, Item]) -> bool:
    """Tell whether a withdrawal is signed by somebody who may end the consent that it names."""
    claim = item.credential.claim if item.credential is not None else None
    return isinstance(claim, Withdrawal) and may_withdraw(item, by_id[claim.consent])


def _replaces(item: Item, inside: list[Item]) -> bool:
    """Tell whether a document that nobody names replaces an account holder of the chain."""
    claim = item.credential.claim if item.credential is not None else None
    return isinstance(claim, AccountHolder) and any(other.id == claim.replaces for other in inside)


def _parted(beside: Iterable[Secured]) -> tuple[list[tuple[Secured, str]], list[Secured]]:
    """Part the withdrawals, each with the consent that it says to end, from all other documents."""
    ended, linked = list[tuple[Secured, str]](), list[Secured]()
    for held in beside:
        shape = shape_of(held, limit=LARGEST_CREDENTIAL)
        subject = shape.members.get("credentialSubject")
        if shape.kind == WITHDRAWAL and isinstance(subject, dict):
            ended.append((held, str(subject.get("consent"))))
        else:
            linked.append(held)
    return ended, linked


def _opened(held: Iterable[Secured], place: str, register: Register | None) -> list[Item]:
    return [open_item(one, place=f"{place}/{number}", register=register) for number, one in enumerate(held)]


def _bottom_up(items: list[Item], by_id: Mapping[str, Item]) -> tuple[Item, ...]:
    """Put every document after those that it names; one in a circle comes where it is first met."""
    inside, done, ordered = {id(item) for item in items}, set[int](), list[Item]()
    for item in items:
        waiting = [(item, False)]
        while waiting:
            current, ready = waiting.pop()
            if ready:
                ordered.append(current)
            elif id(current) not in done and id(current) in inside:
                done.add(id(current))
                waiting.append((current, True))
                links = current.credential.links if current.credential is not None else ()
                waiting += [(by_id[link.id], False) for link in links if link.id in by_id]
    return tuple(ordered)


def _bindings(items: Iterable[Item]) -> Mapping[str, tuple[tuple[Item, Digest], ...]]:
    """Collect, for every identifier, who names it and the digest that it was signed over."""
    found: dict[str, tuple[tuple[Item, Digest], ...]] = {}
    for item in items:
        credential = item.credential
        if credential is None:
            continue
        for link in credential.links:
            found[link.id] = (*found.get(link.id, ()), (item, link.digest))
        claim = credential.claim
        if isinstance(claim, Receipt):
            bound = (item, claim.digest_multibase)
            found[claim.presentation] = (*found.get(claim.presentation, ()), bound)
    return found
