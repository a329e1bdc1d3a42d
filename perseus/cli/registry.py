"""`perseus registry`: the scheme's register, for those who verify with it."""

import typer

from perseus.cli import copying

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Keep your own copy of the register, and prove from its log.",
)
copying.mount(app)
