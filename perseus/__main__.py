"""The one door to the commands: make sure that the packages are ours, then hand over."""

import sys

from perseus.shadowing import ShadowedError, refuse_shadows

INTERNAL = 4


def run() -> None:
    """Run the command line, or refuse in one sentence where another package stands in for ours."""
    try:
        refuse_shadows()
    except ShadowedError as error:
        sys.stderr.write(f"perseus: {error}\n")
        sys.exit(INTERNAL)
    from perseus.cli import main  # noqa: PLC0415 - only after the guard: the commands import the guarded packages

    main()


if __name__ == "__main__":
    run()
