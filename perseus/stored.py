"""A verdict that was kept, held against its file: it comes out again by what was known then, or what came since."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

from perseus.verification import Question, judge, policy_of
from trust.canonical import Json, parse_object
from trust.claims.halfhour import instant
from trust.errors import MalformedError
from verifiers.evidence import LARGEST
from verifiers.file import Refresh
from verifiers.since import Change, changes, same_bytes

_MEMBERS = ("overall", "at", "known_at", "policy", "checks")


@dataclass(frozen=True, slots=True)
class Restated:
    """The stored verdict, whether its own question has that answer again, and today's answer with what changed.

    `differences` says where the stored verdict is not what the file gives by its own size of the register.
    """

    stored: Mapping[str, Json]
    same: bool
    differences: tuple[Change, ...]
    verdict: dict[str, Json]
    changes: tuple[Change, ...]

    def write(self) -> dict[str, Json]:
        """Write it as JSON."""
        return {
            "against": {
                "at": self.stored["at"],
                "known_at": self.stored["known_at"],
                "same": self.same,
                "differences": [one.write() for one in self.differences],
            },
            "changes": [one.write() for one in self.changes],
            "verdict": self.verdict,
        }


def read_stored(raw: bytes, *, where: str) -> dict[str, Json]:
    """Read a verdict as `perseus verify --json` printed it, or as a bank keeps it.

    Raises:
        MalformedError: it is no verdict on one file.
    """
    found = parse_object(raw.strip(), where=where, limit=LARGEST)
    inner = found.get("verdict")
    held = dict(inner if isinstance(inner, Mapping) else found)
    held.pop("file", None)
    for name in _MEMBERS:
        if name not in held:
            raise MalformedError(
                f"{where}/{name}", expected="a verdict of perseus verify --json", found="none"
            )
    if not isinstance(held["known_at"], int):
        found_size = str(held["known_at"])
        raise MalformedError(f"{where}/known_at", expected="a size of the register", found=found_size)
    return held


def restate(
    raw: bytes, stored: Mapping[str, Json], question: Question, *, refresh: Refresh | None = None
) -> Restated:
    """Judge a file as at the stored verdict's own moment and size, then as asked now, and hold all three together.

    Raises:
        MalformedError: the policy is not the stored verdict's, or something that the asker chose is malformed.
        RegisterError: the copy is not the anchor's, or not whole.
        UnavailableError: one of their files cannot be read.
    """
    _require_policy(stored, question)
    again = list(_again(raw, stored, question))
    same = any(same_bytes(stored, one) for one in again)
    today = judge(raw, question, refresh=refresh)
    differences = () if same else changes(stored, again[0], words=True)
    return Restated(stored, same, differences, today, changes(stored, today))


def _again(raw: bytes, stored: Mapping[str, Json], question: Question) -> Iterator[dict[str, Json]]:
    """Judge as it was judged: by the file alone, either as received at that moment or as received before."""
    then = replace(
        question,
        at=instant(str(stored["at"])),
        known_at=cast("int", stored["known_at"]),
        offline=True,
        register=None,
    )
    for in_hand in (False, True):
        yield judge(raw, replace(then, in_hand=in_hand))


def _require_policy(stored: Mapping[str, Json], question: Question) -> None:
    """Demand the policy of the stored verdict, by its digest.

    Raises:
        MalformedError: it is another.
    """
    named = cast("Mapping[str, str]", stored["policy"])
    if policy_of(question.policy).digest.multibase != named.get("digest"):
        raise MalformedError(
            "--policy",
            expected=f"the policy {named.get('name')} that the stored verdict was judged by",
            found=question.policy,
            code="verdict.policy_unknown",
        )
