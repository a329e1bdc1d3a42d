"""The PDF report: the account of a verdict, set by a template, tagged for screen readers, the same bytes every time.

Everything that came from outside goes in as data and never as markup; the template reads no file, and no font but
the two that the typesetter brings (docs/decisions/0016).
"""

import json
from datetime import datetime
from importlib import resources
from typing import Literal

import typst

from perseus.reporting.printable import all_printable
from trust.canonical import Json
from trust.claims.halfhour import instant

_STANDARD: Literal["ua-1"] = "ua-1"
_TEMPLATE = "report.typ"


def write_pdf(account: dict[str, Json]) -> bytes:
    """Set an account as PDF/UA-1; its date is that of the judgement, so that the bytes follow from the account."""
    template = resources.files(__package__ or "perseus.reporting").joinpath(_TEMPLATE).read_bytes()
    return typst.compile(
        template,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"account": json.dumps(all_printable(account), ensure_ascii=False, sort_keys=True)},
        pdf_standards=[_STANDARD],
        timestamp=int(_moment(account).timestamp()),
    )


def _moment(account: dict[str, Json]) -> datetime:
    return instant(str(account["at"]))
