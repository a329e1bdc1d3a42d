"""The commands: their names and one line each; a command's module is imported only when it runs."""

import importlib
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import click

from trust.errors import PerseusError

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "demo": "Run the whole story, meter to bank, then break it on purpose.",
        "serve": "Run one party's service, or all of them.",
        "verify": "Verify evidence files; say why, and who can mend it.",
        "explain": "Say what a code means, and what to do about it.",
        "inspect": "Show what is in a credential or an evidence file.",
        "calculate": "Calculate emissions from meter readings and grid intensity.",
        "consent": "List, grant or withdraw a small firm's consents.",
        "member": "List the scheme's members, or suspend one.",
        "doctor": "Check this installation, and say what to mend.",
    }
)
USAGE, INTERNAL = 2, 4


class Commands(click.Group):
    """A group that knows its commands by name, and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the module of one command."""
        if cmd_name not in COMMANDS:
            return None
        import typer  # noqa: PLC0415 - the list of commands must not wait for it

        app: typer.Typer = importlib.import_module(f"perseus.cli.{cmd_name}").app
        command = typer.main.get_command(app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the list without importing what it lists."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
@click.version_option(package_name="perseus-trust", prog_name="perseus")
@click.pass_context
def perseus(ctx: click.Context, *, debug: bool) -> None:
    """Verifiable emissions from smart meters.

    Exit codes: 0 verified or done, 1 not verified, 2 usage or bad input, 3 undetermined, 4 internal.
    """
    ctx.obj = debug


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; every refusal is one sentence and an exit code, never a traceback."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = perseus.main(args=given, prog_name="perseus", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        _say("stopped")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except PerseusError as error:
        _say(f"{error}\n  See: perseus explain {error.code}")
        sys.exit(USAGE)
    except Exception as error:
        if "--debug" in given:
            raise
        _say(
            f"this is a fault of Perseus itself: {type(error).__name__}: {error}\n  See it whole: perseus --debug ..."
        )
        sys.exit(INTERNAL)


def _say(sentence: str) -> None:
    from perseus.cli.text import plain  # noqa: PLC0415 - only a refusal needs it

    sys.stderr.write(f"perseus: {plain(sentence)}\n")
