"""Which status lists a document names, read before anything in it is believed."""

from collections.abc import Mapping

from trust.canonical import Json, parse
from trust.errors import MalformedError
from trust.secured import Secured


def named_lists(held: Secured) -> tuple[str, ...]:
    """Name the status lists of a credential, or of every credential in a presentation, believing nothing yet."""
    try:
        document = parse(held.raw, where="document", limit=len(held.raw) + 1)
    except MalformedError:
        return ()
    return tuple(dict.fromkeys(_lists_in(document)))


def replaced(held: Mapping[str, Secured], fetched: Mapping[str, Secured]) -> tuple[Secured, ...]:
    """Give the lists of a file in whose place others were fetched: two of one interval would contradict each other."""
    return tuple(held[url] for url, other in fetched.items() if url in held and held[url].raw != other.raw)


def _lists_in(document: Json) -> list[str]:
    if not isinstance(document, dict):
        return []
    inner = document.get("verifiableCredential")
    found = [url for one in inner for url in _lists_in(one)] if isinstance(inner, list) else []
    entries = document.get("credentialStatus")
    for entry in entries if isinstance(entries, list) else ():
        url = entry.get("statusListCredential") if isinstance(entry, dict) else None
        found += [url] if isinstance(url, str) else []
    return found
