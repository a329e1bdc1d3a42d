"""`perseus report`: an evidence file in; a PDF for auditors, the verdict, and a zip that shows it again out."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perseus.cli.judging import Assurance, AssuredBy, At, Audience, Currency, KnownAt, TotalValueIs, Trust
from perseus.cli.pcaf import assurance_asked, loan_asked
from perseus.cli.reading import read_capped
from perseus.cli.text import plain
from perseus.cli.tree import HEADLINES
from perseus.cli.verify import CODES, known_at_asked, moment_asked
from perseus.clock import now
from trust.errors import MalformedError, UnavailableError

if TYPE_CHECKING:
    from perseus.reporting.account import Signed
    from perseus.verification import Judged
    from trust.canonical import Json
    from trust.secured import Secured

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def report(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An evidence file; - for standard input.")],
    *,
    out: Annotated[Path | None, typer.Option(help="Write the files into this folder.")] = None,
    zip_file: Annotated[Path | None, typer.Option("--zip", help="Write them into this zip.")] = None,
    sign: Annotated[
        Path | None, typer.Option(help="Sign the verdict as a member, with this encrypted key in PEM.")
    ] = None,
    passphrase_file: Annotated[
        Path | None,
        typer.Option(envvar="PERSEUS_KEY_PASSPHRASE_FILE", help="What opens the key; of mode 0600."),
    ] = None,
    trust: Trust = None,
    policy: Annotated[str, typer.Option(help="bank, auditor, or a policy file.")] = "bank",
    at: At = None,
    known_at: KnownAt = None,
    audience: Audience = None,
    outstanding: Annotated[
        str | None, typer.Option(help="With --total-value: what is outstanding of a loan.")
    ] = None,
    total_value: Annotated[
        str | None, typer.Option(help="The firm's total equity and debt, or its EVIC.")
    ] = None,
    total_value_is: TotalValueIs = "equity-and-debt",
    currency: Currency = "GBP",
    assurance: Assurance = None,
    assured_by: AssuredBy = None,
) -> None:
    """Report on an evidence file from what it holds alone, so that anybody can make the same report again.

    Exit codes: 0 verified, 1 not verified, 2 usage, 3 undetermined; the report is made for each but 2.
    """
    if out is None and zip_file is None:
        raise MalformedError("--out or --zip", expected="where the report is to go", found="neither")
    # The verifier is imported only when there is something to judge, so that --help does not wait for it.
    from perseus.reporting.bundle import files_of, zipped  # noqa: PLC0415 - see above
    from perseus.verification import Question, audience_of, judged  # noqa: PLC0415 - see above

    moment = now()
    question = Question(
        trust,
        policy,
        moment_asked(at, moment),
        known_at_asked(known_at),
        offline=True,
        audience=audience_of(audience, trust),
    )
    found = judged(read_capped(file), question)
    signed = None if sign is None else _signed(found, sign, passphrase_file)
    shared = None
    if outstanding is not None or total_value is not None or assurance is not None:
        shared = _financed(
            found, (outstanding, total_value, total_value_is, currency), (assurance, assured_by)
        )
    files = files_of(found, pcaf=shared, signed=signed)
    if out is not None:
        _write(out, files)
    if zip_file is not None:
        _write(zip_file.parent, {zip_file.name: zipped(files)})
    sys.stdout.write(f"{HEADLINES[found.report.overall.value]}  {_where(out, zip_file, files)}\n")
    raise typer.Exit(CODES[found.report.overall.value])


def _signed(found: "Judged", key_file: Path, passphrase_file: Path | None) -> "tuple[Secured, Signed]":
    """Sign the verdict, or say in one sentence why nobody may.

    Raises:
        MalformedError: there is no passphrase file.
        NotPermittedError: the key is no member's, or there is nothing to be signed.
    """
    from perseus.exporting import signing_key  # noqa: PLC0415 - as above
    from perseus.keystore import fresh_urn  # noqa: PLC0415 - as above
    from perseus.reporting.account import Signed  # noqa: PLC0415 - as above
    from perseus.reporting.verdicts import sign_verdict  # noqa: PLC0415 - as above

    if passphrase_file is None:
        raise MalformedError("--passphrase-file", expected="the file that opens the key", found="none")
    at = now()
    secured, member = sign_verdict(
        found, signer=signing_key(key_file, passphrase_file), at=at, id=fresh_urn()
    )
    return secured, Signed(member.name, at, secured.digest)


def _financed(
    found: "Judged",
    amounts: tuple[str | None, str | None, TotalValueIs, str],
    statement: tuple[Path | None, str | None],
) -> "dict[str, Json]":
    """Attribute the emissions to the loan, where both of its amounts are given.

    Raises:
        MalformedError: only one of them is, or one is no amount.
    """
    from verifiers.financed import financed  # noqa: PLC0415 - as above
    from verifiers.pcaf import pcaf_answer  # noqa: PLC0415 - as above

    outstanding, total_value, total_value_is, currency = amounts
    if outstanding is None or total_value is None:
        option = "--outstanding" if outstanding is None else "--total-value"
        raise MalformedError(option, expected="an amount, beside the other one", found="none")
    loan = loan_asked(outstanding, total_value, total_value_is, currency)
    shared = financed(found.report, found.chain, loan, assured=assurance_asked(*statement))
    return pcaf_answer(shared, about=found.report.about, at=found.question.at)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made where it does not exist.

    Raises:
        UnavailableError: one cannot be written.
    """
    for name, raw in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
        except OSError as error:
            because = error.strerror or str(error)
            raise UnavailableError(f"a place for {path}", because=because, code="file.unwritable") from error


def _where(out: Path | None, zip_file: Path | None, files: Mapping[str, bytes]) -> str:
    places = [plain(str(place)) for place in (out, zip_file) if place is not None]
    return f"{len(files)} files in {' and in '.join(places)}"
