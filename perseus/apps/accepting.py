"""Which of several representations a caller wants most (RFC 9110, section 12.5.1)."""

import re
from collections.abc import Iterator, Sequence

from perseus.problems import NotAcceptableError

_QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
_LONGEST = 4_096


def choose(accept: str | None, offered: Sequence[str]) -> str:
    """Choose among media types, in our own order where the caller likes two alike.

    Raises:
        NotAcceptableError: the caller takes none of them.
    """
    if accept is None or not accept.strip():
        return offered[0]
    ranges = tuple(_ranges(accept[:_LONGEST]))
    best = max(offered, key=lambda one: _liking(one, ranges))
    if _liking(best, ranges) <= 0:
        raise NotAcceptableError(accept, offered)
    return best


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    """Read the media ranges; one that is misspelled is passed over."""
    for item in accept.split(","):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        told = next((part.partition("=")[2].strip() for part in parameters if part.startswith("q=")), "1")
        if _QUALITY.fullmatch(told):
            yield name, float(told)


def _liking(offered: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Give the quality of the range that names the type most exactly, 0 where none does."""
    kind = offered.partition("/")[0]
    for name in (offered, f"{kind}/*", "*/*"):
        found = [quality for named, quality in ranges if named == name]
        if found:
            return max(found)
    return 0.0
