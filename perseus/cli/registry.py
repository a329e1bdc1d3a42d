"""`perseus registry`: the log of governance events: propose, sign away from every service, commit, look up, prove."""

import typer

from perseus.cli.ceremony import draw_key, officer_set
from perseus.cli.entries import check_receipt, receipt, show
from perseus.cli.proposals import commit, proposals, propose, sign

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Govern the scheme: propose, sign, commit, look up, prove.",
)
for _command in (propose, sign, commit, proposals, show, receipt, check_receipt, draw_key, officer_set):
    app.command()(_command)
