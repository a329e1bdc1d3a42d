"""Everything that one verdict is about: the target, and the documents it rests on, in the order they came about."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar, cast

from registry.register import Register
from trust.canonical import Json
from trust.claims.account import AccountHolder
from trust.claims.consent import Consent, Withdrawal
from trust.claims.emissions import Emissions
from trust.did import Did
from trust.digest import Digest
from trust.secured import Secured
from verifiers.item import LARGEST_CREDENTIAL, LARGEST_PRESENTATION, PRESENTATION, Item, open_item
from verifiers.shape import shape_of
from verifiers.walk import bindings, bottom_up, clashes, index, named

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
    "VerdictCredential",
    "BitstringStatusListCredential",
)
MOST = 1_024
WITHDRAWAL = "WithdrawalCredential"
_RANK = {kind: rank for rank, kind in enumerate(ORDER)}
_LAST = len(ORDER)


@dataclass(slots=True, eq=False)
class Chain:
    """The documents of one verdict, bottom-up, the target among them.

    `extra` are all that were at hand beside the target; `beyond` counts those that were too many to be opened.
    """

    target: Final[Item]
    items: Final[tuple[Item, ...]]
    by_id: Final[Mapping[str, Item]]
    bindings: Final[Mapping[str, tuple[tuple[Item, Digest], ...]]]
    clashes: Final[frozenset[str]] = frozenset()
    withdrawals: Final[tuple[Item, ...]] = ()
    extra: Final[tuple[Item, ...]] = ()
    beyond: Final[int] = 0
    _inputs: Final[dict[int, tuple[Item, ...]]] = field(default_factory=dict)
    _claimed: Final[dict[tuple[int, type[object]], tuple[tuple[Item, object], ...]]] = field(
        default_factory=dict
    )

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
        shown = _carried(target, register)
        others = [*shown, *_opened(linked, "/credentials", register)]
        by_id = index([target, *others])
        wanted = named([target, *shown], by_id)
        inside = shown + [x for x in others[len(shown) :] if x.id in wanted and by_id[x.id] is x]
        inside += [x for x in others[len(shown) :] if x not in inside and _replaces(x, inside)]
        # Of all withdrawals that a verifier has received, only those that end a consent in hand are opened.
        received = _opened([one for one, consent in ended if consent in by_id], "/withdrawals", register)
        inside += [item for item in received if _ends(item, by_id)]
        withdrawals = tuple(item for item in inside if item.kind == WITHDRAWAL)
        if receipt is not None:
            inside.append(open_item(receipt, place="/receipt", register=register))
        items = bottom_up(sorted([*inside, target], key=lambda item: _RANK.get(item.kind, _LAST)), by_id)
        return cls(target, items, by_id, bindings(items), clashes(others), withdrawals, tuple(others))

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

    def claims(self, cls: type[C]) -> tuple[tuple[Item, C], ...]:
        """Give the claims of one class, with the document that makes each."""
        return self._of(0, self.items, cls)

    def inputs_of(self, item: Item, cls: type[C]) -> tuple[tuple[Item, C], ...]:
        """Give the claims of one class among the documents that this one names."""
        return self._of(id(item), self.inputs(item), cls)

    def _of(self, place: int, items: tuple[Item, ...], cls: type[C]) -> tuple[tuple[Item, C], ...]:
        """Sort out the claims of one class once for each place where they are looked for."""
        found = self._claimed.get((place, cls))
        if found is None:
            found = self._claimed[place, cls] = tuple(_claims(items, cls))
        return cast("tuple[tuple[Item, C], ...]", found)

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


def _carried(target: Item, register: Register | None) -> list[Item]:
    """Open what a presentation carries, a document that it carries twice once.

    Its members were parsed with it, and need not be parsed again.
    """
    if target.presentation is None:
        return []
    held, members = target.presentation.credentials, target.members["verifiableCredential"]
    parsed = members if isinstance(members, list) else []
    first = dict[Secured, tuple[int, Json]]()
    for number, (one, part) in enumerate(zip(held, parsed, strict=True)):
        first.setdefault(one, (number, part))
    return [
        open_item(
            one,
            place=f"/verifiableCredential/{number}",
            register=register,
            members=part if isinstance(part, dict) else None,
        )
        for one, (number, part) in first.items()
    ]


def _opened(held: Iterable[Secured], place: str, register: Register | None) -> list[Item]:
    return [open_item(one, place=f"{place}/{number}", register=register) for number, one in enumerate(held)]
