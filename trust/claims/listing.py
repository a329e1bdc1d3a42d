"""A status list as its keeper publishes it, before anybody decodes it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listing:
    """One bit a credential of a keeper and purpose (Bitstring Status List 1.0, section 2.2); `ttl` in ms."""

    id: str
    status_purpose: str
    encoded_list: str
    ttl: int
