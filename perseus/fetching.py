"""The one client that leaves this machine's process, through one guarded transport.

A name of the scheme in the demo goes to the loopback address that the settings map it to. Everywhere else:
https, a name on the allow-list, resolved once, no address that is not public, the connection made to the very
address that was checked, no redirects, a cap on size and on time.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Protocol

import httpx2

from perseus.settings import DEMO
from perseus.tls import plain
from trust.errors import NotPermittedError, UnavailableError

Resolve = Callable[[str], Iterable[str]]
PATIENCE = 20.0
_WIRE = httpx2.Timeout(10.0, connect=3.0)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back: the status, the media type and the exact bytes."""

    status: int
    media_type: str
    body: bytes
    headers: Mapping[str, str]


def resolve(name: str) -> tuple[str, ...]:
    """Ask for the addresses of a name, once."""
    return tuple(str(entry[4][0]) for entry in socket.getaddrinfo(name, 443, type=socket.SOCK_STREAM))


class Reach(Protocol):
    """Whom a client may ask, as settings say it."""

    @property
    def environment(self) -> str:
        """The environment; names are mapped to this machine in the demo alone."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that may be asked over TLS."""

    @property
    def peers(self) -> Mapping[str, str]:
        """The names that are mapped to loopback addresses."""

    @property
    def evidence_limit(self) -> int:
        """The largest answer, in bytes."""

    def address_of(self, name: str) -> str | None:
        """Find the loopback address of a name."""


class GuardedTransport(httpx2.BaseTransport):
    """Sends a request only where the settings let it go."""

    def __init__(self, settings: Reach, *, tls: ssl.SSLContext, resolver: Resolve = resolve) -> None:
        self._settings = settings
        self._resolve = resolver
        self._wire = httpx2.HTTPTransport(verify=tls, trust_env=False)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request to the address that its name is allowed to have.

        Raises:
            NotPermittedError: the address may not be asked.
            UnavailableError: the name has no address now.
        """
        url = request.url
        demo = self._settings.environment == DEMO and url.host in self._settings.peers
        if url.scheme != "https" or url.userinfo or url.port not in {None, 443} or "%" in url.path:
            raise _blocked(url, "only https addresses without port, account or escapes are asked")
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        request.url = self._on_loopback(url) if demo else self._checked(url)
        return self._wire.handle_request(request)

    def close(self) -> None:
        """Give the connections back."""
        self._wire.close()

    def _on_loopback(self, url: httpx2.URL) -> httpx2.URL:
        address = self._settings.address_of(url.host)
        if address is None:
            raise UnavailableError(url.host, because="its process has not started", code="fetch.timeout")
        base = httpx2.URL(address)
        return url.copy_with(scheme=base.scheme, host=base.host, port=base.port)

    def _checked(self, url: httpx2.URL) -> httpx2.URL:
        if url.host not in self._settings.hosts:
            raise _blocked(url, "the name is not among those that this service may ask")
        try:
            addresses = tuple(self._resolve(url.host))
        except OSError as error:
            raise UnavailableError(url.host, because="it has no address", code="fetch.timeout") from error
        if not addresses or not all(ip_address(address).is_global for address in addresses):
            raise _blocked(url, "it resolves to an address that is not public")
        return url.copy_with(host=addresses[0])


class Fetcher:
    """Asks other parties; the only outward door of a process. Without `tls` it shows no certificate."""

    def __init__(
        self,
        settings: Reach,
        *,
        tls: ssl.SSLContext | None = None,
        resolver: Resolve = resolve,
        patience: float = PATIENCE,
    ) -> None:
        self._limit = settings.evidence_limit
        self._patience = patience
        self._client = httpx2.Client(
            transport=GuardedTransport(settings, tls=tls or plain(), resolver=resolver),
            timeout=_WIRE,
            trust_env=False,
        )

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, limit: int | None = None) -> Fetched:
        """Fetch an address.

        Raises:
            NotPermittedError: the address may not be asked.
            UnavailableError: there is no answer in time, or too much of one.
        """
        return self._ask("GET", url, b"", dict(headers or {}), limit or self._limit)

    def post(
        self, url: str, body: bytes, *, media_type: str, key: str | None = None, limit: int | None = None
    ) -> Fetched:
        """Send a body; `key` is the Idempotency-Key under which it may be sent again.

        Raises:
            NotPermittedError: the address may not be asked.
            UnavailableError: there is no answer in time, or too much of one.
        """
        headers = {"Content-Type": media_type} | ({"Idempotency-Key": key} if key else {})
        return self._ask("POST", url, body, headers, limit or self._limit)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _ask(self, method: str, url: str, body: bytes, headers: dict[str, str], limit: int) -> Fetched:
        try:
            with self._client.stream(method, url, content=body or None, headers=headers) as answer:
                content = self._read(url, answer, limit)
        except httpx2.InvalidURL as error:
            raise NotPermittedError(
                f"asking {url!a}", because="it is no URL", code="fetch.blocked"
            ) from error
        except httpx2.HTTPError as error:
            raise UnavailableError(url, because=type(error).__name__, code="fetch.timeout") from error
        media_type = answer.headers.get("content-type", "").split(";")[0].strip()
        return Fetched(answer.status_code, media_type, content, dict(answer.headers))

    def _read(self, url: str, answer: httpx2.Response, limit: int) -> bytes:
        until = time.monotonic() + self._patience
        content = bytearray()
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > limit:
                raise UnavailableError(
                    url, because=f"it is longer than {limit:,} bytes", code="fetch.too_large"
                )
            if time.monotonic() > until:
                raise UnavailableError(url, because="it comes too slowly", code="fetch.timeout")
        return bytes(content)


def _blocked(url: httpx2.URL, because: str) -> NotPermittedError:
    return NotPermittedError(f"asking {str(url)!a}", because=because, code="fetch.blocked")
