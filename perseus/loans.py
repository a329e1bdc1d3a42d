"""What a loan finances, in words and numbers for people: shared by the command line and the PDF report."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import cast

from trust.canonical import Json

Answer = Mapping[str, Json]
_NAMES = {"equity-and-debt": "Total equity and debt", "evic": "Enterprise value (EVIC)"}
_FUELS = {"electricity": "Electricity", "gas": "Gas"}


def headline(answer: Answer) -> str:
    """Give the figure in one line, or say that there is none."""
    total = answer["total"]
    if not isinstance(total, Mapping):
        return f"NOTHING IS ATTRIBUTED: the chain is {str(answer['overall']).replace('_', ' ')}"
    return f"{_kg(total['financed_kg'])} {_gases(total)} financed"


def rows(answer: Answer) -> Iterator[tuple[str, str]]:
    """Give every figure with its name and its unit, in the order of the calculation."""
    loan = cast("Mapping[str, str]", answer["loan"])
    currency = loan["currency"]
    yield "Outstanding", f"{currency} {Decimal(loan['outstanding']):,f}"
    yield _NAMES[loan["total_value_is"]], f"{currency} {Decimal(loan['total_value']):,f}"
    attribution, total = answer["attribution"], answer["total"]
    if not isinstance(attribution, Mapping) or not isinstance(total, Mapping):
        return
    exact = f"{attribution['numerator']}/{attribution['denominator']}"
    yield "Attribution factor", f"{attribution['decimal']} ({exact})"
    for share in cast("list[Mapping[str, str]]", answer["emissions"]):
        name = f"{_FUELS[share['fuel']]}, {share['scope'].split(',')[0]}"
        yield name, f"{_kg(share['financed_kg'])} {share['gases']} of {_kg(share['kg'])}"
    yield "Total", f"{_kg(total['financed_kg'])} {_gases(total)} of {_kg(total['kg'])}"


def _kg(text: Json) -> str:
    return f"{Decimal(str(text)):,f} kg"


def _gases(total: Mapping[str, Json]) -> str:
    return " and ".join(cast("list[str]", total["gases"]))
