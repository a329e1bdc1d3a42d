"""The exact words that a firm agrees to, at an address and under a digest, so that nobody can change them later."""

from trust.claims.consent import Words
from trust.digest import Digest

LANGUAGE = "en-GB"
TEXT = """Who may use your data

You allow two uses of your energy data.

1. Your energy data provider gives the half-hourly readings of your meters to the carbon accounting provider named
   in the request. It calculates your monthly emissions from them, and does nothing else with them.
2. The carbon accounting provider gives your monthly emissions, in kilograms, to the bank named in the request.
   The bank never sees a reading.

You can stop either use at any time, as easily as you allow it. Then the readings that were given away are deleted,
and the figures may no longer be used. What was shared before was shared with your leave.
"""


def url_of(base: str) -> str:
    """Give the address at which a wallet shows these words."""
    return f"{base}/words/2026-11/en"


def words_at(base: str) -> Words:
    """Name these words, as a request and a consent do."""
    return Words(url_of(base), Digest.of(TEXT.encode()), LANGUAGE)
