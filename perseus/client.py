"""The owner's way to a running service on this machine: through its local door, with the secret of its home."""

import shlex
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import httpx2
import orjson

from perseus.keystore import read_secret
from perseus.settings import load
from perseus.tls import asking, plain
from trust.canonical import Json
from trust.errors import NotPermittedError, UnavailableError

_PATIENCE = 60.0
_REFUSED, _BROKEN = 400, 500


@dataclass(frozen=True, slots=True)
class Owner:
    """Whoever can read a party's home."""

    home: Path

    def get(self, path: str) -> dict[str, Json]:
        """Ask the service, and read the JSON it answers with.

        Raises:
            UnavailableError: it does not run, or is in trouble.
            NotPermittedError: it refuses.
        """
        return _object(self.fetch("GET", path))

    def post(self, path: str, body: Mapping[str, object], *, key: str | None = None) -> dict[str, Json]:
        """Let the service act, and read the JSON it answers with.

        Raises:
            UnavailableError: it does not run, or is in trouble.
            NotPermittedError: it refuses.
        """
        return _object(self.fetch("POST", path, body=orjson.dumps(body), key=key))

    def fetch(self, method: str, path: str, *, body: bytes = b"", key: str | None = None) -> bytes:
        """Call the service, and give the bytes it answers with.

        Raises:
            UnavailableError: it does not run, or is in trouble.
            NotPermittedError: it refuses.
        """
        headers = {"Authorization": f"Bearer {read_secret(self.home / 'door')}"}
        headers |= {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        try:
            address = (self.home / "address").read_text(encoding="utf-8").strip()
            tls, name = self._certified() if address.startswith("https:") else (plain(), "")
            with httpx2.Client(trust_env=False, timeout=_PATIENCE, verify=tls) as client:
                extensions = {"sni_hostname": name} if name else None
                answered = client.request(
                    method, address + path, content=body, headers=headers, extensions=extensions
                )
        except (OSError, httpx2.HTTPError) as error:
            what = f"the service in {self.home}"
            start = f"perseus serve {self.home.resolve().name} --home {shlex.quote(str(self.home))}"
            because = f"it does not answer ({type(error).__name__}); to start it: {start}"
            raise UnavailableError(what, because=because, code="fetch.timeout") from error
        if answered.status_code >= _REFUSED:
            raise _refusal(path, answered)
        return answered.content

    def _certified(self) -> tuple[ssl.SSLContext, str]:
        """Show the party's own certificate at its own door, and expect it there."""
        found = load(self.home)
        return asking(found), found.authority


def _object(raw: bytes) -> dict[str, Json]:
    return cast("dict[str, Json]", orjson.loads(raw))


def _refusal(path: str, answered: httpx2.Response) -> NotPermittedError | UnavailableError:
    try:
        told = _object(answered.content)
    except orjson.JSONDecodeError:
        told = {}
    because, code = str(told.get("detail", answered.status_code)), str(told.get("code", "http.refused"))
    if answered.status_code >= _BROKEN:
        return UnavailableError(path, because=because, code=code)
    return NotPermittedError(path, because=because, code=code)
