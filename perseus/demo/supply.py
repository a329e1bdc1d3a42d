"""What goes in: the visitor's own files, or a bakery's year made up from a seed and labelled so wherever shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from perseus.calculation import calculate
from perseus.formats.choice import choose, kind_of
from perseus.formats.finding import Finding
from perseus.formats.grid import Grid
from perseus.formats.metering import Meter, Quantities
from perseus.inputs import Inputs, Source, place_of, read_grid, read_meter
from perseus.made_up import made_up
from perseus.placing import Place, either
from perseus.postcode import CENTRES, possible_regions
from perseus.statement import MonthFigure, Statement
from trust.claims.consumption import Fuel
from trust.claims.emissions import weights
from trust.claims.halfhour import Month, Period
from trust.claims.intensity import ATTRIBUTION, IntensityKind, IntensitySeries
from trust.claims.region import GB, Region
from trust.errors import MalformedError
from trust.weighted_sum import LARGEST_TOTAL, LEAST_WEIGHTS

SETTLED = timedelta(hours=24)
YEAR = 12
UPSTREAM = "https://api.carbonintensity.org.uk/"
MADE_UP = "https://demo.perseus.example/made-up"
FROM_FILE = "https://demo.perseus.example/file-without-source"
LONDON = Region.of(13)
_NO_SALT = bytes(32)
INVENTED = "made up for a demonstration, measured by nobody"
UNSTATED = "https://w3id.org/perseus/v1/licence/unstated"


@dataclass(frozen=True, slots=True)
class Supply:
    """Meter and grid as they were read, the months that can be reported, and what their owner must know of them."""

    meter: Meter
    grid: Grid
    kind: IntensityKind
    fill: bool
    statement: Statement
    months: tuple[Month, ...]
    left_out: tuple[Finding, ...]
    outcode: str
    region: Region
    upstream: Source
    made_up: bool

    def readings(self, month: Month) -> Quantities:
        """Give the readings of one month."""
        return self.meter.over(month.period)

    def series(self, month: Month) -> IntensitySeries:
        """Give the intensities of one month."""
        return choose(self.grid, month.period, kind=self.kind, fill=self.fill).series

    @property
    def grid_region(self) -> Region:
        """Name the region that the intensities are of, which may be the whole of Great Britain."""
        return self.grid.region or GB

    @property
    def upstream_url(self) -> str:
        """Name where the intensities come from; a file of the visitor's is named by no path of this machine."""
        if self.made_up:
            return MADE_UP
        return UPSTREAM if self.attribution == ATTRIBUTION else FROM_FILE

    @property
    def attribution(self) -> str:
        """Say whose the intensities are, which is nobody's where they are made up or their file does not say."""
        return INVENTED if self.made_up else str(self.statement.method["attribution"])

    @property
    def licence(self) -> str:
        """Name the licence of the intensities, as far as there is one."""
        return UNSTATED if self.made_up else str(self.statement.method["licence"]) or UNSTATED

    @property
    def upstream_type(self) -> str:
        """Tell what kind of file the intensities came in."""
        return "text/csv" if ".csv" in Path(self.upstream.name).suffixes else "application/json"

    @property
    def figures(self) -> tuple[MonthFigure, ...]:
        """Give the figures of the months that are reported."""
        wanted = {str(month) for month in self.months}
        return tuple(figure for figure in self.statement.months if figure.month in wanted)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Give everything that was noticed about the files."""
        return self.statement.findings + self.left_out


def invent(seed: int, *, at: datetime) -> Supply:
    """Make up the last twelve months that are over and settled."""
    last = Month.of(at - SETTLED)
    invented = made_up(seed, Month(last.year - 1, last.month), months=YEAR)
    inputs = Inputs(
        meter=(Source("made-up-meter.csv", invented.meter_csv),),
        intensity=(Source("made-up-intensity.json", invented.intensity_json),),
        outcode=invented.outcode,
    )
    return supply(inputs, at=at, made_up=True)


def supply(inputs: Inputs, *, at: datetime, made_up: bool = False) -> Supply:
    """Read the files, and choose the months whose sum can be opened to a bank.

    Raises:
        MalformedError: a file is not what it must be, or no month has enough half-hours.
    """
    meter = read_meter(inputs, only=Fuel.ELECTRICITY)
    statement, grid = calculate(inputs, at=at), read_grid(inputs)
    stood = place_of(inputs, (meter,), grid)
    region = _region(stood, grid)
    kind = kind_of(grid, inputs.kind)
    covered = [Month.parse(figure.month) for figure in statement.months]
    counted = {month: _counted(meter, grid, month.period, kind=kind, fill=inputs.fill) for month in covered}
    months = tuple(
        month for month in covered if counted[month] >= LEAST_WEIGHTS and month.period.end + SETTLED <= at
    )
    if not months:
        best, files = max(counted.values()), ", ".join(one.name for one in inputs.meter + inputs.intensity)
        raise MalformedError(
            f"{files}: months",
            expected=f"a month with at least {LEAST_WEIGHTS:,} half-hours that count, over for a day",
            found=f"{best:,} half-hours in the best of {len(covered)} months",
            code="calculation.too_few_slots",
        )
    found = Supply(
        meter=meter,
        grid=grid,
        kind=kind,
        fill=inputs.fill,
        statement=statement,
        months=months,
        left_out=(
            *_assumed(stood, region),
            *(_left_out(month, counted[month]) for month in covered if month not in months),
        ),
        outcode=stood.outcode or CENTRES[region.id],
        region=region,
        upstream=inputs.intensity[0],
        made_up=made_up,
    )
    _require_signable(found, ", ".join(source.name for source in inputs.meter))
    return found


def _require_signable(found: Supply, name: str) -> None:
    """Refuse quantities that no credential could carry, before anything is made of them.

    Raises:
        MalformedError: a month needs more digits, or comes to more, than a commitment can hold.
    """
    for month in found.months:
        metered, series = found.readings(month), found.series(month)
        try:
            metered.readings(salt=_NO_SALT)
        except MalformedError as error:
            raise error.within(f"{name}: {month}") from error
        graded = weights(series, metered.quality)
        total = sum(weight * (value or 0) for weight, value in zip(graded, metered.values, strict=True))
        if total >= LARGEST_TOTAL:
            expected, told = "a sum that can be opened, below 2^63", f"{total:,}"
            raise MalformedError(f"{name}: {month}", expected=expected, found=told, code="data.range")


def _assumed(stood: Place, region: Region) -> tuple[Finding, ...]:
    """Say where the demonstration places a meter that nobody places."""
    if stood.outcode is not None:
        return ()
    detail = f"The demonstration places the meter in {CENTRES[region.id]}, in {region}."
    return (Finding("data.location_unstated", "", detail),)


def _region(stood: Place, grid: Grid) -> Region:
    """Give the region that the provider of the readings states; where nobody places the meter, the demo says London.

    Raises:
        MalformedError: it is known where the meter is, but not in which region that lies.
    """
    if stood.region is not None:
        return stood.region
    if stood.outcode is None and grid.region in {None, GB}:
        return LONDON
    possible = possible_regions(stood.outcode) if stood.outcode is not None else ()
    choice = f"the region of {stood.outcode or 'the meter'}, {either(possible) or 'from 1 to 14'}"
    raise MalformedError("--region", expected=choice, found="none stated", code="data.location_unstated")


def _counted(meter: Meter, grid: Grid, period: Period, *, kind: IntensityKind, fill: bool) -> int:
    """Count the half-hours that add to the sum: read, and with an intensity above 0."""
    series = choose(grid, period, kind=kind, fill=fill).series
    return sum(weight > 0 for weight in weights(series, meter.over(period).quality))


def _left_out(month: Month, counted: int) -> Finding:
    if counted >= LEAST_WEIGHTS:
        detail = f"{month} is left out: it ended less than a day ago, and its values may still change."
        return Finding("data.partial_month", str(month.period.first), detail)
    detail = (
        f"{month} is left out: {counted:,} of its half-hours count, and a sum over fewer than "
        f"{LEAST_WEIGHTS:,} would show too much of the readings."
    )
    return Finding("calculation.too_few_slots", str(month.period.first), detail)
