"""Turning values into pages: every value is escaped, and nothing invisible in it reaches the reader unseen."""

import re
import shlex
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from perseus.cli.text import GLYPHS, plain
from perseus.pages.catalogue import known
from trust.claims.halfhour import Month, instant

WORDS = {
    "passed": "Passed",
    "failed": "Failed",
    "warning": "Warning",
    "unknown": "Could not be made",
    "not_run": "Not run",
    "not_applicable": "Not applicable",
}


_STAMP = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?Z")


def render(template: str, **values: object) -> str:
    """Make one page."""
    return _environment().get_template(template).render(values)


def visible(value: object) -> object:
    """Write control and format characters out, so that a text from outside cannot reorder or hide what is read."""
    return value if isinstance(value, Markup) else plain(str(value))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("perseus.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=visible,
    )
    environment.filters.update(
        breakable=breakable,
        chemical=chemical,
        day=day,
        month=month,
        moment=moment,
        number=number,
        shell=shell,
        spoken=spoken,
    )
    environment.globals.update(glyph=glyph, words=WORDS, known=known)
    return environment


def breakable(name: str) -> Markup:
    """Let a code, a DID or an address break where its words end: after a point, a colon, a slash, a line."""
    parts = re.split(r"(?<=[._:/])(?![/:]|$)", str(visible(name)))
    return Markup("<wbr>").join(parts)


def chemical(gases: str) -> str:
    """Set the figure in a gas's name low: CO₂."""
    return gases.replace("CO2", "CO\N{SUBSCRIPT TWO}")


def month(text: str) -> str:
    """Name a month in words: `November 2025`."""
    return f"{Month.parse(text).period.start:%B %Y}"


def moment(at: datetime | str) -> str:
    """Write a moment as people read it, always in UTC: `24 November 2026, 00:08:31 UTC`."""
    exact = instant(at) if isinstance(at, str) else at
    return f"{exact.day} {exact:%B %Y, %H:%M:%S} UTC"


def spoken(sentence: str) -> str:
    """Write the stamps in a sentence as people read them; those to the minute stay so."""
    return _STAMP.sub(lambda found: _said(found[0]), sentence)


def _said(stamp: str) -> str:
    exact = datetime.fromisoformat(stamp)
    shown = f"{exact:%H:%M:%S}" if exact.second else f"{exact:%H:%M}"
    return f"{exact.day} {exact:%B %Y}, {shown} UTC"


def day(at: datetime) -> str:
    """Write a day as people read it: `24 November 2026`."""
    return f"{at.day} {at:%B %Y}"


def number(value: Decimal | int) -> str:
    """Write a quantity with its thousands set apart."""
    return f"{value:,}"


def shell(path: Path) -> str:
    """Write a path so that a shell reads it as one word."""
    return shlex.quote(str(path))


def glyph(outcome: str) -> str:
    """Give the sign of an outcome; its word always stands beside it."""
    return GLYPHS[outcome][0]
