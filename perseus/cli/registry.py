"""`perseus registry`: the scheme's register, for those who govern by it and for those who verify with it."""

import typer

from perseus.cli import copying
from perseus.cli.ceremony import draw_key, officer_set
from perseus.cli.entries import check_receipt, receipt, show
from perseus.cli.proposals import commit, proposals, propose, sign

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Govern the scheme; keep a copy of its register; prove from its log.",
)
for _command in (propose, sign, commit, proposals, show, receipt, check_receipt, draw_key, officer_set):
    app.command()(_command)
copying.mount(app)
