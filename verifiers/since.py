"""What differs between two verdicts on one file: the answers, what they are about, and each check by its document."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from trust.canonical import Json, canonicalize

Verdict = Mapping[str, Json]
_ANSWERS = ("overall", "authentic_at_signing", "usable_now")
_ABOUT = ("anchor", "policy", "scope", "subject", "period", "figures")


class Change(NamedTuple):
    """One thing that is otherwise: `what` is an answer, a member of the verdict, or the name of a check.

    `document` is the id that the check is about, or empty; `before` and `after` are an answer, or outcome and code.
    """

    what: str
    kind: str
    document: str
    before: str
    after: str
    detail: str

    def write(self) -> dict[str, Json]:
        """Write it as JSON."""
        return dict(self._asdict())


def same_bytes(one: Verdict, other: Verdict) -> bool:
    """Tell whether two verdicts are one, byte for byte, in their canonical form (RFC 8785)."""
    return canonicalize(dict(one)) == canonicalize(dict(other))


def changes(before: Verdict, after: Verdict, *, words: bool = False) -> tuple[Change, ...]:
    """Name what came out otherwise, the answers first; sentences alone count only where `words` says so."""
    return (*_members(before, after), *_checks(before, after, words=words))


def _members(before: Verdict, after: Verdict) -> Iterator[Change]:
    for name in (*_ANSWERS, *_ABOUT):
        if before.get(name) != after.get(name):
            yield Change(name, "", "", _told(before.get(name)), _told(after.get(name)), "")


def _checks(before: Verdict, after: Verdict, *, words: bool) -> Iterator[Change]:
    earlier, later = _by_document(before), _by_document(after)
    for key in dict.fromkeys((*earlier, *later)):
        one, other = earlier.get(key, {}), later.get(key, {})
        said = words and one.get("detail") != other.get("detail")
        if said or any(one.get(member) != other.get(member) for member in ("outcome", "code")):
            name, kind, document, _ = key
            detail = str(other.get("detail", ""))
            yield Change(name, kind, document, _found(one), _found(other), detail)


def _by_document(verdict: Verdict) -> dict[tuple[str, str, str, str], Verdict]:
    listed = cast("Sequence[Verdict]", verdict.get("checks", []))
    return {_key(check): check for check in listed}


def _key(check: Verdict) -> tuple[str, str, str, str]:
    subject = cast("Verdict", check["subject"])
    return str(check["name"]), str(subject["kind"]), str(subject["id"]), str(subject["place"])


def _found(check: Verdict) -> str:
    if not check:
        return "not asked"
    outcome = str(check["outcome"]).replace("_", " ")
    return outcome if check["code"] == check["name"] else f"{outcome}, {check['code']}"


def _told(value: Json) -> str:
    if isinstance(value, str):
        return value.replace("_", " ")
    return canonicalize(value).decode() if value is not None else "none"
