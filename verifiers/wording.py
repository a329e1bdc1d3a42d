"""How a report names parties, documents and moments: for people first, by the register's names where it has one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

from registry.register import Register
from trust.claims.halfhour import Period
from trust.did import Did
from trust.errors import MalformedError

_MOST_NAMES = 4_096
_NOUNS: Mapping[str, str] = MappingProxyType(
    {
        "MembershipCredential": "The membership credential",
        "AccountHolderCredential": "The account holder credential",
        "ConsentCredential": "The consent",
        "WithdrawalCredential": "The withdrawal",
        "ConsumptionCredential": "The consumption",
        "GridIntensityCredential": "The grid intensity",
        "EmissionsCredential": "The emissions report",
        "ReceiptCredential": "The receipt",
        "WithdrawalReceiptCredential": "The withdrawal receipt",
        "VerdictCredential": "The signed verdict",
        "BitstringStatusListCredential": "The status list",
        "VerifiablePresentation": "The presentation",
        "Register": "The register",
    }
)


def noun(kind: str) -> str:
    """Name a kind of document as a sentence begins."""
    return _NOUNS.get(kind, "The document")


def party(register: Register | None, did: Did | str) -> str:
    """Name a party as the register does; a small firm has no name there."""
    text = str(did)
    return "the firm" if text.startswith("did:key:") else _named(register, text)


@lru_cache(maxsize=_MOST_NAMES)
def _named(register: Register | None, text: str) -> str:
    member = None if register is None else register.member(did_of(text))
    return text or "nobody" if member is None else member.name


def document(register: Register | None, kind: str, issuer: str) -> str:
    """Name a document by its kind and whose it is."""
    return f"{noun(kind)} of {party(register, issuer)}" if issuer else noun(kind)


def sentence(error: Exception) -> str:
    """Tell what an exception says as a sentence of its own."""
    text = f"{error}".rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def moment(at: datetime) -> str:
    """Write a moment to the minute."""
    return at.strftime("%Y-%m-%dT%H:%MZ")


def ago(age: timedelta) -> str:
    """Say how long ago something was, in the largest unit that it fills."""
    seconds = max(0, int(age.total_seconds()))
    for unit, size in (("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit} before"
    return f"{seconds} seconds before"


def span(period: Period) -> str:
    """Write a month as a month, any other period by its ends."""
    month = period.month
    return str(month) if month is not None else f"{moment(period.start)} to {moment(period.end)}"


@lru_cache(maxsize=_MOST_NAMES)
def did_of(text: str) -> Did:
    """Read the name of a party; one that is no name is nobody's."""
    try:
        return Did.parse(text)
    except MalformedError:
        return Did("did:web:unreadable.invalid")
