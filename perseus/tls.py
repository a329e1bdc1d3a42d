"""TLS on both sides: version 1.3 and nothing older, our own certificate, and the certificate of whoever is there.

A party serves and asks with one certificate. Whose certificates count is said by two files: `tls_client_ca` for those
who call, `tls_server_ca` for those who are called (without it, the authorities of this machine).
"""

import ssl
from pathlib import Path
from typing import Protocol

import httpx2
from cryptography import x509

from trust.did import Did
from trust.errors import MalformedError, UnavailableError

_WEB = "did:web:"


class Certificates(Protocol):
    """Where the files stand, as settings say it."""

    @property
    def home(self) -> Path:
        """The folder that relative names start from."""

    @property
    def tls_certificate(self) -> Path | None:
        """Our own certificate and those between it and its root."""

    @property
    def tls_key(self) -> Path | None:
        """The private key of our own certificate."""

    @property
    def tls_client_ca(self) -> Path | None:
        """The authorities whose certificates callers may show."""

    @property
    def tls_server_ca(self) -> Path | None:
        """The authorities whose certificates those who are called may show."""


def serving(found: Certificates) -> ssl.SSLContext:
    """Make the context of a listener, which asks every caller for its certificate (RFC 8446, section 4.3.2).

    One that is shown must be good. One that is not shown lets a caller read what is public, and nothing else:
    `perseus.apps.channel` sees to that.

    Raises:
        UnavailableError: a file is not there, or is not what it must be.
    """
    context = _newest(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    _load_own(context, found)
    context.num_tickets = 0  # a connection is as good as the handshake that opened it
    if found.tls_client_ca is not None:
        _load_authorities(context, found.home / found.tls_client_ca)
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


def asking(found: Certificates) -> ssl.SSLContext:
    """Make the context of whoever asks: it shows its own certificate, and holds the other's against its name.

    Raises:
        UnavailableError: a file is not there, or is not what it must be.
    """
    context = plain()
    if found.tls_server_ca is not None:
        context = _newest(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        _load_authorities(context, found.home / found.tls_server_ca)
    if found.tls_certificate is not None:
        _load_own(context, found)
    return context


def plain() -> ssl.SSLContext:
    """Make the context of somebody without a certificate, who trusts the authorities of this machine."""
    return _newest(httpx2.create_ssl_context(trust_env=False))


def party_in(certificate: bytes) -> Did | None:
    """Name the one party that a certificate is for, in its subjectAltName (RFC 5280, section 4.2.1.6).

    A URI that is a DID names it, else the one DNS name does, as did:web. Of several nobody says which it is.
    """
    try:
        extension = x509.load_der_x509_certificate(certificate).extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
    except (ValueError, x509.ExtensionNotFound):
        return None
    uris = extension.value.get_values_for_type(x509.UniformResourceIdentifier)
    names = [text for text in uris if text.startswith("did:")]
    names = names or [_WEB + text.lower() for text in extension.value.get_values_for_type(x509.DNSName)]
    return _did(names[0]) if len(names) == 1 else None


def _did(text: str) -> Did | None:
    try:
        return Did(text)
    except MalformedError:
        return None


def _newest(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context


def _load_own(context: ssl.SSLContext, found: Certificates) -> None:
    if found.tls_certificate is None:
        raise UnavailableError("the own certificate", because="the settings name none", code="key.unknown")
    path, key = found.home / found.tls_certificate, found.tls_key
    try:
        context.load_cert_chain(path, None if key is None else found.home / key)
    except (OSError, ssl.SSLError) as error:
        raise UnavailableError(
            f"the certificate in {path}", because=str(error), code="key.unknown"
        ) from error


def _load_authorities(context: ssl.SSLContext, path: Path) -> None:
    try:
        context.load_verify_locations(path)
    except (OSError, ssl.SSLError) as error:
        raise UnavailableError(
            f"the authorities in {path}", because=str(error), code="key.unknown"
        ) from error
