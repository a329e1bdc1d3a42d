"""How the documents of a chain hang together: by which names and digests, in which order."""

from collections.abc import Iterable, Mapping

from trust.claims.receipt import Receipt
from trust.digest import Digest
from verifiers.item import Item


def index(items: list[Item]) -> Mapping[str, Item]:
    """Index by identifier; the first one counts, as the target and what it carries come first."""
    found: dict[str, Item] = {}
    for item in items:
        if item.id:
            found.setdefault(item.id, item)
    return found


def clashes(items: list[Item]) -> frozenset[str]:
    """Collect the identifiers under which one issuer signed two documents that differ."""
    first: dict[tuple[str, str], bytes] = {}
    clashing = set[str]()
    for item in items:
        if first.setdefault((item.subject.issuer, item.id), item.secured.raw) != item.secured.raw:
            clashing.add(item.id)
    return frozenset(clashing)


def named(roots: list[Item], by_id: Mapping[str, Item]) -> set[str]:
    """Collect the identifiers that the roots rest on, however far down."""
    waiting, seen = list(roots), set[str]()
    while waiting:
        item = waiting.pop()
        for link in item.credential.links if item.credential is not None else ():
            if link.id not in seen:
                seen.add(link.id)
                waiting += [by_id[link.id]] if link.id in by_id else []
    return seen


def bottom_up(items: list[Item], by_id: Mapping[str, Item]) -> tuple[Item, ...]:
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


def bindings(items: Iterable[Item]) -> Mapping[str, tuple[tuple[Item, Digest], ...]]:
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
