"""A request for consent in plain words: who asks for what, for whom, for which purpose, until when, in which words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import cast

import specs
from perseus.cli.text import wrapped
from trust.canonical import Json

_INDENT = " " * 12
DATA = {
    "energyConsumptionHalfHourly": "the half-hourly readings of",
    "emissionsMonthly": "the monthly emissions, in kilograms, of",
}


def lines(request: Mapping[str, Json], *, names: Mapping[str, str], words: str) -> list[str]:
    """Tell everything that would be allowed; a party that the register does not name keeps its identifier."""
    requester = str(request["requester"])
    told = [f"{names.get(requester, requester)} asks, and nothing is shared until you allow it."]
    for number, use in enumerate(cast("Sequence[Mapping[str, Json]]", request["uses"]), 1):
        told.append(f"{number}. {_use(use, names, meters=len(cast('Sequence[str]', request['sources'])))}")
    told += [
        f"The data is that of {moment(request['dataFrom'])} to {moment(request['dataTo'])}.",
        f"Your leave ends on {moment(request['expires'])}; you can end it at any time before.",
        f"The licence is {request['licence']}",
    ]
    address = cast("Mapping[str, str]", request["words"])["id"]
    return [*(line for text in told for line in _shown(text)), *_quoted(words, address)]


def moment(stamp: Json) -> str:
    """Write a stamp for people, to the minute."""
    return f"{datetime.fromisoformat(str(stamp)):%d %b %Y, %H:%M} UTC".lstrip("0")


def purpose(url: Json) -> str:
    """Name a purpose as the scheme's catalogue does, or else by its address."""
    return _labels().get(str(url), str(url))


def _use(use: Mapping[str, Json], names: Mapping[str, str], *, meters: int) -> str:
    giver, taker = (names.get(str(use[end]), str(use[end])) for end in ("from", "to"))
    what = DATA.get(str(use["data"]), str(use["data"]))
    why = ", ".join(purpose(url) for url in cast("Sequence[Json]", use["purposes"]))
    return f"{giver} gives {taker} {what} {meters} {'meter' if meters == 1 else 'meters'}, to {why}."


def _shown(text: str) -> list[str]:
    return wrapped(text, indent=_INDENT, hang=f"{_INDENT}   ")


def _quoted(words: str, address: str) -> list[str]:
    """Give the exact words, broken into lines that fit and otherwise as they are, and where they stand."""
    bar = f"{_INDENT}| "
    lines = (wrapped(line, indent=bar, hang=bar) for line in words.rstrip("\n").split("\n"))
    told = _shown(f"You agree to these words, which stand at {address}")
    return [*told, *(line for quoted in lines for line in quoted)]


@cache
def _labels() -> Mapping[str, str]:
    processes = cast("list[Mapping[str, str]]", specs.document("scheme/catalogue.json")["processes"])
    return {process["id"]: process["label"] for process in processes}
