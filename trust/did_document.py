"""DID documents: the keys of a party with their times, for those who resolve identifiers (DID Core 1.0, section 5).

An output and never a source: a verifier of the scheme asks its copy of the register. A retired key stays in
`verificationMethod` with `expires`, a compromised one with `revoked`; neither stays in `assertionMethod`
(Controlled Identifiers 1.0, section 2.2).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from trust.canonical import Json
from trust.claims.halfhour import stamp
from trust.did import Did
from trust.keys import PublicKey
from trust.signing import verification_method

MEDIA_TYPE = "application/did+json"
CONTEXTS = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
)
SERVICE = "https://w3id.org/perseus/v1/vocabulary#service"


@dataclass(frozen=True, slots=True)
class Method:
    """A key of a party: whether it may sign now, when it was retired, since when it was in other hands."""

    key: PublicKey
    signs: bool
    expires: datetime | None = None
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service of a party by its name."""

    name: str
    url: str


def write_document(
    did: Did, *, methods: Sequence[Method], endpoints: Sequence[Endpoint] = ()
) -> dict[str, Json]:
    """Write the DID document: every key twice, as a Multikey and as a JSON Web Key."""
    signing: list[Json] = [name for method in methods if method.signs for name in _names(did, method)]
    document: dict[str, Json] = {
        "@context": list(CONTEXTS),
        "id": str(did),
        "verificationMethod": [written for method in methods for written in _methods(did, method)],
        "assertionMethod": signing,
        "authentication": list(signing),
    }
    services: list[Json] = [
        {"id": f"{did}#{quote(one.name, safe='')}", "type": SERVICE, "serviceEndpoint": one.url}
        for one in endpoints
    ]
    return {**document, "service": services} if services else document


def _names(did: Did, method: Method) -> tuple[str, str]:
    name = str(verification_method(did, method.key))
    return name, f"{name}-jwk"


def _methods(did: Did, method: Method) -> Iterator[dict[str, Json]]:
    multikey, jwk = _names(did, method)
    times: dict[str, Json] = {}
    if method.expires is not None:
        times["expires"] = stamp(method.expires)
    if method.revoked is not None:
        times["revoked"] = stamp(method.revoked)
    yield {
        "id": multikey,
        "type": "Multikey",
        "controller": str(did),
        "publicKeyMultibase": method.key.multikey,
        **times,
    }
    yield {
        "id": jwk,
        "type": "JsonWebKey",
        "controller": str(did),
        "publicKeyJwk": {**method.key.jwk()},
        **times,
    }
