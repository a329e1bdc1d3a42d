"""`perseus demo`: the whole story on one machine, from meter to bank."""

import json
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perseus.cli import options
from perseus.clock import now
from trust.errors import MalformedError, PerseusError

if TYPE_CHECKING:
    from perseus.demo.story import Outcome
    from perseus.demo.supply import Supply
    from perseus.demo.telling import Teller
    from perseus.serve import Town

app = typer.Typer(add_completion=False, rich_markup_mode=None)
FAILED = 1


@app.command()
def demo(
    *,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="End when the story is told.")] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Where to serve; if it is taken, the next free one.")
    ] = 8420,
    out: Annotated[Path, typer.Option(help="The folder for everything that is made.")] = Path("perseus-demo"),
    seed: Annotated[int, typer.Option(help="Of the made-up readings; the same seed, the same figures.")] = 7,
    meter: options.Meter = [],  # noqa: B006 - typer copies it
    intensity: options.Intensity = [],  # noqa: B006 - typer copies it
    meter_format: options.MeterFormat = None,
    meter_zone: options.MeterZone = "UTC",
    intensity_kind: options.IntensityKind = None,
    fill: options.Fill = None,
    outcode: options.Outcode = None,
    region: options.Region = None,
    split_hours: options.SplitHours = False,
    start: options.Start = None,
    end: options.End = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object at the end.")] = False,
) -> None:
    """Run the whole story: six parties, one firm, its bank; then break it in twelve ways.

    Without files of your own it takes a bakery's year, made up from the seed and labelled so.
    Exit codes: 0 verified and all twelve caught, 1 not, 2 a file or an option is not what it must be.
    """
    # The services and readers are imported only when the story begins, so that --help does not wait for them.
    from perseus.cli.files import read_inputs  # noqa: PLC0415 - see above
    from perseus.demo.supply import invent, supply  # noqa: PLC0415 - see above
    from perseus.serve import warm  # noqa: PLC0415 - see above

    warm()  # the six processes load their packages while the files are read

    if bool(meter) != bool(intensity):
        raise MalformedError("--meter, --intensity", expected="both or neither", found="one of them")
    if not meter:
        raise typer.Exit(_run(invent(seed, at=now()), out, None if no_serve else port, as_json=as_json))
    inputs = read_inputs(
        meter=meter,
        intensity=intensity,
        meter_format=meter_format,
        meter_zone=meter_zone,
        intensity_kind=intensity_kind,
        fill=fill,
        outcode=outcode,
        region=region,
        split_hours=split_hours,
        start=start,
        end=end,
    )
    raise typer.Exit(_run(supply(inputs, at=now()), out, None if no_serve else port, as_json=as_json))


def _run(used: "Supply", out: Path, port: int | None, *, as_json: bool) -> int:
    from perseus.demo.serving import listening, stay  # noqa: PLC0415 - as above
    from perseus.demo.telling import Teller  # noqa: PLC0415 - as above
    from perseus.serve import Town  # noqa: PLC0415 - as above

    teller, town = Teller(), Town(out)
    # The port is taken before the story begins, so that nobody hears all of it and then a refusal.
    with nullcontext() if port is None else listening(port) as listener:
        try:
            outcome = _play(used, town, teller)
            _show(outcome, as_json=as_json)
            first = next(one.file for one in outcome.caught if "suspended" in one.file.name)
            teller.command("Try", [_called(), "verify", "--trust", str(out / "trust.json"), str(first)])
            if port is not None and listener is not None:
                stay(town, outcome, listener, port, teller)
        finally:
            town.stop()
    return 0 if outcome.good else FAILED


def _play(used: "Supply", town: "Town", teller: "Teller") -> "Outcome":
    """Tell the story to its end, or leave nothing of it behind."""
    from perseus.demo.preparing import clear, discard  # noqa: PLC0415 - as above
    from perseus.demo.story import play, set_up  # noqa: PLC0415 - as above

    clear(town.out)  # a folder that is refused stays as it is
    try:
        prepared = set_up(used, town.out, teller)
        town.start()
        return play(used, prepared, teller)
    except (PerseusError, KeyboardInterrupt):
        town.stop()
        discard(town.out)
        raise


def _called() -> str:
    """Name the command as the reader can type it here: where it is not on the path, with the folder it stands in."""
    here = Path(sys.executable).parent / "perseus"
    if shutil.which("perseus") or not here.is_file():
        return "perseus"
    return str(here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here)


def _show(outcome: "Outcome", *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")
        return
    for month, kg in outcome.figures.items():
        sys.stdout.write(f"{month}  {kg:>12,} kg CO2\n")
