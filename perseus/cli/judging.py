"""The options by which a chain is judged, and a loan described: the same for every command that judges."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Trust = Annotated[Path | None, typer.Option(envvar="PERSEUS_TRUST", help="The trust anchor: a trust.json.")]
At = Annotated[str | None, typer.Option(help="Judge as at this moment, such as 2026-11-22T10:00:00Z.")]
KnownAt = Annotated[str | None, typer.Option(help="With what the register knew then: a moment or a size.")]
Offline = Annotated[bool, typer.Option("--offline", help="Ask nobody; use the copies in the file.")]
Audience = Annotated[
    str | None,
    typer.Option(
        envvar="PERSEUS_AUDIENCE", help="Who you are, as a DID: what was made for another is refused."
    ),
]
TotalValueIs = Annotated[
    Literal["equity-and-debt", "evic"],
    typer.Option(help="equity-and-debt for a private firm, evic for a listed one."),
]
Currency = Annotated[str, typer.Option(help="The currency of both amounts.")]
Assurance = Annotated[
    Path | None, typer.Option(help="An independent auditor's statement on the firm's emissions.")
]
AssuredBy = Annotated[str | None, typer.Option(help="Who gave that statement.")]
