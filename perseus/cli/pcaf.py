"""`perseus pcaf`: an evidence file and a loan in, financed emissions and their data quality out."""

import json
import re
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perseus.cli.judging import (
    Assurance,
    AssuredBy,
    At,
    Audience,
    Currency,
    KnownAt,
    Offline,
    TotalValueIs,
    Trust,
)
from perseus.cli.reading import read_capped
from perseus.cli.text import bold, wrapped
from perseus.cli.verify import CODES, known_at_asked, moment_asked
from perseus.clock import now
from trust.errors import MalformedError

if TYPE_CHECKING:
    from trust.canonical import Json
    from verifiers.financed import Assured, Loan

app = typer.Typer(add_completion=False, rich_markup_mode=None)
_AMOUNT = re.compile(r"£?([0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(\.[0-9]{1,2})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


@app.command()
def pcaf(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An evidence file; - for standard input.")],
    *,
    outstanding: Annotated[str, typer.Option(help="What is outstanding of the loan, such as 250000.")],
    total_value: Annotated[str, typer.Option(help="The firm's total equity and debt, or its EVIC.")],
    total_value_is: TotalValueIs = "equity-and-debt",
    currency: Currency = "GBP",
    assurance: Assurance = None,
    assured_by: AssuredBy = None,
    trust: Trust = None,
    policy: Annotated[str, typer.Option(help="bank, auditor, or a policy file.")] = "bank",
    at: At = None,
    known_at: KnownAt = None,
    offline: Offline = False,
    audience: Audience = None,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as JSON.")] = False,
) -> None:
    """Attribute a verified chain's emissions to a loan, by the PCAF Standard, Part A.

    Exit codes: 0 attributed, 1 the chain is not verified, 2 usage, 3 undetermined.
    """
    # The verifier is imported only when there is something to judge, so that --help does not wait for it.
    from perseus.refreshing import Refresher  # noqa: PLC0415 - see above
    from perseus.verification import Question, audience_of, judged, settings_beside  # noqa: PLC0415 - see above
    from verifiers.financed import financed  # noqa: PLC0415 - see above
    from verifiers.pcaf import pcaf_answer  # noqa: PLC0415 - see above

    loan = loan_asked(outstanding, total_value, total_value_is, currency)
    assured = assurance_asked(assurance, assured_by)
    question = Question(
        trust,
        policy,
        moment_asked(at, now()),
        known_at_asked(known_at),
        offline,
        audience=audience_of(audience, trust),
        in_hand=at is None,
    )
    refresh = None if offline or at is not None else Refresher(settings_beside(trust))
    found = judged(read_capped(file), question, refresh=refresh)
    shared = financed(found.report, found.chain, loan, assured=assured)
    answer = pcaf_answer(shared, about=found.report.about, at=question.at)
    lines = [json.dumps(answer, ensure_ascii=False)] if as_json else told(answer)
    sys.stdout.write("\n".join(lines) + "\n")
    raise typer.Exit(CODES[shared.overall.value])


def loan_asked(outstanding: str, total_value: str, total_value_is: TotalValueIs, currency: str) -> "Loan":
    """Read a loan from its options.

    Raises:
        MalformedError: an amount is no amount, or more is outstanding than the firm is worth.
    """
    from verifiers.financed import Loan, TotalValue  # noqa: PLC0415 - as above

    if _CURRENCY.fullmatch(currency) is None:
        raise MalformedError("--currency", expected="three letters, such as GBP", found=ascii(currency[:20]))
    return Loan(
        _amount("--outstanding", outstanding),
        _amount("--total-value", total_value),
        TotalValue(total_value_is),
        currency,
    )


def assurance_asked(statement: Path | None, by: str | None) -> "Assured | None":
    """Take an auditor's statement by its digest and its author's name; one without the other proves nothing.

    Raises:
        MalformedError: only one of the two is given, or the file cannot be read.
    """
    from trust.digest import Digest  # noqa: PLC0415 - as above
    from verifiers.financed import Assured  # noqa: PLC0415 - as above

    if statement is None and by is None:
        return None
    if statement is None or not by:
        option = "--assurance" if statement is None else "--assured-by"
        expected = "the statement and who gave it, both"
        raise MalformedError(option, expected=expected, found="only the other")
    return Assured(by, Digest.of(read_capped(statement)))


def _amount(option: str, text: str) -> Decimal:
    if _AMOUNT.fullmatch(text) is None:
        expected, found = "an amount such as 250000 or 250,000.00", ascii(text[:40])
        raise MalformedError(option, expected=expected, found=found, code="data.range")
    return Decimal(text.lstrip("£").replace(",", ""))


def told(answer: "dict[str, Json]") -> list[str]:
    """Tell the answer to a person at a terminal."""
    from perseus.loans import headline, rows  # noqa: PLC0415 - as above

    lines = [bold(headline(answer)), *(f"  {name:<24} {text}" for name, text in rows(answer)), ""]
    quality, refused, notes = answer["data_quality"], answer["refused"], answer["notes"]
    if isinstance(quality, dict) and isinstance(quality["reasons"], list):
        lines.append(f"Data quality score {quality['score']} (option {quality['option']})")
        lines += _listed(quality["reasons"])
    if isinstance(refused, list):
        lines += _listed([f"{one['code']}: {one['detail']}" for one in refused if isinstance(one, dict)])
    return [*lines, "", *_listed(notes if isinstance(notes, list) else [])]


def _listed(sentences: "list[Json]") -> list[str]:
    return [line for one in sentences for line in wrapped(str(one), indent="  - ", hang="    ")]
