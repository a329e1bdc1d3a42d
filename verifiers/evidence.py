"""What a verifier has in hand beside the document it judges: nothing here is believed yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from registry.register import Register
from trust.did import Did
from trust.digest import Digest
from trust.errors import PerseusError
from trust.secured import Secured


@dataclass(frozen=True, slots=True)
class Door:
    """What the verifier knows of the moment in which it received a presentation.

    `challenge` is the nonce that it gave out, `audience` itself, `holder` the member of the connection's
    certificate, or None where the connection has none.
    """

    challenge: str
    audience: Did
    holder: Did | None
    received_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The register, the credentials linked to, the resources by digest, the status lists by URL, and the rest.

    `pairing` are the bytes of the firm's signed `CustomerPairing`; `register_fault` says why a copy of the register
    that was offered is not among it.
    """

    register: Register | None
    credentials: tuple[Secured, ...] = ()
    resources: Mapping[Digest, bytes] = field(default_factory=dict)
    status_lists: Mapping[str, Secured] = field(default_factory=dict)
    receipt: Secured | None = None
    pairing: Secured | None = None
    door: Door | None = None
    register_fault: PerseusError | None = None
