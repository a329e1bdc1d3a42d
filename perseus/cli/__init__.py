"""The commands: their names and one line each; a command's module is imported only when it runs."""

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from types import MappingProxyType

from trust.errors import PerseusError

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "demo": "Run the whole story, meter to bank, then break it on purpose.",
        "serve": "Run one party's service, or all of them.",
        "verify": "Verify evidence files; say why, and who can mend it.",
        "report": "Make a PDF report, an evidence zip and a signed verdict of an evidence file.",
        "verify-verdict": "Verify a signed verdict; judge its evidence again.",
        "pcaf": "Attribute a verified chain's emissions to a loan (PCAF).",
        "explain": "Say what a code means, and what to do about it.",
        "inspect": "Show what is in a credential or an evidence file.",
        "trace": "Draw where a file's figures come from, as linked data or a picture.",
        "query": "Ask a folder of evidence files a question in SPARQL.",
        "calculate": "Calculate emissions from meter readings and grid intensity.",
        "consent": "List, grant or withdraw a small firm's consents.",
        "member": "List the scheme's members, or suspend one.",
        "registry": "Govern the scheme; keep a copy of its register; prove from its log.",
        "witness": "Make and run a witness, which never lets a log go back.",
        "spot-audit": "Choose single half-hours, open them to an auditor, and check them.",
        "audit-ib1": "Audit one of IB1's own provenance records.",
        "export-ib1": "Write a chain as an IB1 provenance record, signed by a member.",
        "doctor": "Check this installation, and say what to mend.",
    }
)
USAGE, INTERNAL, STOPPED = 2, 4, 130
_EPILOG = (
    "Exit codes: 0 verified or done, 1 not verified, 2 usage or bad input, 3 undetermined, 4 a fault of Perseus.\n"
    "More about a command: perseus COMMAND --help"
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; every refusal is one sentence and an exit code, never a traceback."""
    asked = _parser().parse_args(arguments)
    if asked.command is None:
        _parser().print_help()
        sys.exit(0)
    sys.exit(_guarded(asked.command, asked.rest, debug=asked.debug))


def _parser() -> argparse.ArgumentParser:
    listed = "\n".join(f"  {name:<15}{line}" for name, line in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="perseus",
        usage="perseus [--debug] COMMAND ...",
        description=f"Verifiable emissions from smart meters.\n\ncommands:\n{listed}",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--debug", action="store_true", help="show the traceback of a fault of Perseus itself"
    )
    parser.add_argument("--version", action="version", version=f"perseus {version('perseus-trust')}")
    parser.add_argument("command", nargs="?", choices=COMMANDS, metavar="COMMAND", help=argparse.SUPPRESS)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def _guarded(name: str, rest: Sequence[str], *, debug: bool) -> int:
    """Import a command's module and run it; turn whatever stops it into a sentence and an exit code."""
    import typer  # noqa: PLC0415 - the list of commands must not wait for it

    app: Callable[..., object] = importlib.import_module(f"perseus.cli.{name.replace('-', '_')}").app
    try:
        code = app(args=list(rest), prog_name=f"perseus {name}", standalone_mode=False)
    except typer.Exit as ended:
        return ended.exit_code
    except (typer.Abort, KeyboardInterrupt):
        _say("stopped")
        return STOPPED
    except typer.TyperException as error:
        error.show()  # type: ignore[attr-defined]  # every usage error that typer raises has it
        return USAGE
    except PerseusError as error:
        from perseus.cli.explain import pointer_to  # noqa: PLC0415 - only a refusal needs it

        _say("\n  ".join(filter(None, (str(error), pointer_to(error.code)))))
        return USAGE
    except Exception as error:
        if debug:
            raise
        _say(
            f"a fault of Perseus itself: {type(error).__name__}: {error}\n  See it whole: perseus --debug {name} ..."
        )
        return INTERNAL
    return code if isinstance(code, int) else 0


def _say(sentence: str) -> None:
    from perseus.cli.text import plain  # noqa: PLC0415 - only a refusal needs it

    sys.stderr.write(f"perseus: {plain(sentence)}\n")
