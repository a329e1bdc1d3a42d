"""Is it, at the moment asked for, neither revoked nor suspended nor replaced?"""

from datetime import timedelta
from functools import lru_cache

from registry.register import Register
from trust.claims.consent import Consent
from trust.did import Did
from trust.errors import MalformedError
from trust.report import Outcome
from trust.status import StatusEntry
from verifiers.case import Case
from verifiers.catalogue import reasons
from verifiers.finding import Finding, failed, passed, unknown
from verifiers.item import Item
from verifiers.listing import OpenList, open_list
from verifiers.policy import OPERATOR
from verifiers.reach import beyond
from verifiers.rivals import rival_of
from verifiers.span import not_before, shown_by
from verifiers.wording import moment

_MOST_KEEPERS = 256
_SET = {"revocation": "status.revoked", "suspension": "status.suspended", "refresh": "status.superseded"}
_SAID = {"revocation": "revoked", "suspension": "suspended", "refresh": "replaced by a newer one"}


def clear(case: Case, item: Item) -> Finding:
    """Ask every list that it names, not only the first (Bitstring Status List 1.0, section 3.2)."""
    entries = item.credential.status if item.credential is not None else ()
    # When a consent runs out is asked by consent.not_expired.
    until = item.credential.valid_until if item.credential is not None else None
    if until is not None and until <= case.at and _consent(item) is None:
        return failed(
            "status.expired",
            f"It ran out on {moment(until)}, and it is {moment(case.at)}.",
            expected=f"use before {moment(until)}",
            found=moment(case.at),
        )
    if not entries:
        return failed("status.missing", "It names no status list.", expected="a status entry", found="none")
    worst = [finding for entry in entries if (finding := _entry(case, item, entry)) is not None]
    if worst:
        return next((finding for finding in worst if finding.outcome is Outcome.FAILED), worst[0])
    return passed(lambda: f"{_count(len(entries))} of {case.name(_keeper(case, entries[0]))} clear it.")


def revoked_bit(case: Case, item: Item) -> bool:
    """Tell whether any readable list of the right keeper has the revocation bit of this document set."""
    entries = item.credential.status if item.credential is not None else ()
    return any(_knows_of_revocation(case, item, entry) for entry in entries)


def _knows_of_revocation(case: Case, item: Item, entry: StatusEntry) -> bool:
    found = _list(case, entry)
    if found is None or found.bits is None or found.valid_from is None or entry.purpose != "revocation":
        return False
    # A withdrawal is never taken back, so that an old list that knows of one counts; a later one is not yet known.
    known = found.valid_from <= case.at + case.skew
    return known and _misfit(case, item, entry, found) is None and found.bits[entry.index]


def age_of(case: Case, item: Item) -> timedelta | None:
    """Tell how old the oldest list is that speaks of this document, or None where one is not at hand."""
    entries = item.credential.status if item.credential is not None else ()
    lists = [_list(case, entry) for entry in entries]
    dates = [found.valid_from for found in lists if found is not None and found.valid_from is not None]
    return case.at - min(dates) if dates and len(dates) == len(entries) else None


def _entry(case: Case, item: Item, entry: StatusEntry) -> Finding | None:
    found = _list(case, entry)
    if found is None:
        return unknown(
            "status.unreachable",
            f"The status list {entry.list_url} is not at hand.",
            expected=entry.list_url,
            found="no such list",
        )
    return (
        _misfit(case, item, entry, found)
        or _dated_back(case, found)
        or _contradicted(case, entry, found)
        or _aged(case, found)
        or _set(item, entry, found)
    )


def _dated_back(case: Case, found: OpenList) -> Finding | None:
    """Refuse a list that is older by its date than what it holds."""
    since = not_before(case, found.checkpoint)
    if since is not None and found.valid_from is not None and found.valid_from < since:
        return failed(
            "status.backdated",
            f"The list is dated {moment(found.valid_from)}, and what it holds did not exist before {moment(since)}.",
            expected=f"a list dated {moment(since)} or later",
            found=moment(found.valid_from),
        )
    return None


def _contradicted(case: Case, entry: StatusEntry, found: OpenList) -> Finding | None:
    """Rely on no list beside which its keeper signed another (Bitstring Status List 1.0, section 3.2)."""
    other = rival_of(case, case.evidence.status_lists[entry.list_url], found)
    if not other:
        return None
    keeper, since = (
        case.name(found.keeper or ""),
        "" if found.valid_from is None else moment(found.valid_from),
    )
    return failed(
        "status.equivocation",
        f"{keeper} signed the status list of {since}, and {other}.",
        expected="one list an interval",
        found="two",
    )


def _misfit(case: Case, item: Item, entry: StatusEntry, found: OpenList) -> Finding | None:
    """Say why this list may not answer for this entry at all."""
    if found.code:
        return _unusable(case, entry, found)
    if found.url != entry.list_url:
        return failed(
            "status.malformed",
            f"The list at {entry.list_url} calls itself {found.url}.",
            expected=entry.list_url,
            found=found.url,
        )
    if found.keeper is None or not _may_keep(case, item, found.keeper):
        return failed(
            "status.other_issuer",
            f"The status list is kept by {case.name(found.keeper or '')}, which is not the keeper named.",
            expected=_named_keeper(item),
            found=str(found.keeper),
        )
    if found.purpose != entry.purpose:
        return failed(
            "status.other_purpose",
            f"The entry is for {entry.purpose}, and the list for {found.purpose}.",
            expected=entry.purpose,
            found=found.purpose,
        )
    try:
        _ = found.bits is not None and found.bits[entry.index]
    except MalformedError as error:
        return failed(
            error.code,
            f"Its place {entry.index} lies outside the list.",
            expected=error.expected,
            found=error.found,
        )
    return None


def _unusable(case: Case, entry: StatusEntry, found: OpenList) -> Finding:
    """Tell a list that proves something amiss from one that only tells nothing."""
    reach = beyond(case) if found.code == "register.out_of_range" else None
    find = failed if reasons()[found.code].outcome is Outcome.FAILED else unknown
    return reach or find(found.code, f"The status list {entry.list_url} cannot be used: {found.fault}.")


def _aged(case: Case, found: OpenList) -> Finding | None:
    """Let only a list that is valid at the moment asked for answer for it."""
    since, until = found.valid_from, found.valid_until
    longest = timedelta(seconds=case.policy.status_age)
    if since is None or since > case.at + case.skew:
        text = "" if since is None else moment(since)
        return unknown(
            "status.stale",
            f"The status list is of {text}, after {moment(case.at)}.",
            expected=f"a list valid at {moment(case.at)}",
            found=text,
        )
    if case.at - since > longest or (until is not None and until < case.at):
        return unknown(
            "status.stale",
            f"The status list is of {moment(since)}, too old for {moment(case.at)}.",
            expected=f"a list of at most {longest // timedelta(hours=1)} hours",
            found=moment(since),
        )
    return None


def _set(item: Item, entry: StatusEntry, found: OpenList) -> Finding | None:
    if found.bits is None or not found.bits[entry.index]:
        return None
    if entry.purpose == "revocation" and _consent(item) is not None:
        return None  # the revoked bit of a consent is its withdrawal: consent.not_withdrawn says so
    since = "" if found.valid_from is None else moment(found.valid_from)
    return failed(
        _SET[entry.purpose],
        f"The status list of {since} says that it is {_SAID[entry.purpose]}.",
        expected=f"place {entry.index} clear",
        found="set",
    )


def _may_keep(case: Case, item: Item, keeper: Did) -> bool:
    consent = _consent(item)
    if consent is not None:
        return keeper == consent.status_keeper
    if keeper == item.issuer:
        return True
    return case.register is not None and _operates(case.register, keeper)


@lru_cache(maxsize=_MOST_KEEPERS)
def _operates(register: Register, keeper: Did) -> bool:
    member = register.member(keeper)
    return member is not None and OPERATOR in member.roles


def _named_keeper(item: Item) -> str:
    consent = _consent(item)
    return str(consent.status_keeper) if consent is not None else f"{item.issuer} or the scheme operator"


def _consent(item: Item) -> Consent | None:
    claim = item.credential.claim if item.credential is not None else None
    return claim if isinstance(claim, Consent) else None


def _list(case: Case, entry: StatusEntry) -> OpenList | None:
    secured = case.evidence.status_lists.get(entry.list_url)
    if secured is None:
        return None
    return open_list(secured, case.register, case.known_at, shown_by(case, secured))


def _keeper(case: Case, entry: StatusEntry) -> Did | str:
    found = _list(case, entry)
    return "" if found is None or found.keeper is None else found.keeper


def _count(lists: int) -> str:
    return "The status list" if lists == 1 else f"{lists} status lists"
