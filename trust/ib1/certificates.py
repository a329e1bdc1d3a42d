"""IB1's signing certificates: who a certificate names, in which roles, and which key it holds.

Member Identity Digital Certificates 1.0: the roles are a SEQUENCE of UTF8String under 1.3.6.1.4.1.62329.1.1, the
member is a UTF8String under 1.3.6.1.4.1.62329.1.3, the application is the one URI of the alternative name.
"""

import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.utils import CryptographyDeprecationWarning

from trust.errors import MalformedError, SignatureMismatchError

ROLES, MEMBER = (x509.ObjectIdentifier(f"1.3.6.1.4.1.62329.1.{arc}") for arc in (1, 3))
LARGEST_PEM, MOST = 1024 * 1024, 256
_LONGEST_TEXT = 16 * 1024
_UTF8, _SEQUENCE = 0x0C, 0x30
_LONG_FORM, _LONGEST_LENGTH = 0x80, 2
_MOST_ROLES, _LONGEST_NAME = 64, 200
_HELD = 1_024  # parsed certificates that a process keeps
_SIGNING: Final = ec.ECDSA(hashes.SHA256())

Certificate: TypeAlias = x509.Certificate


class Signatory(NamedTuple):
    """Whom a certificate names: the member and the application by their directory URLs, and the roles."""

    member: str
    application: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """Certificates and revocation lists that came as files, roots apart: only those are trusted."""

    roots: tuple[Certificate, ...]
    others: tuple[Certificate, ...] = ()
    revocations: tuple[x509.CertificateRevocationList, ...] = ()


def read_certificates(raw: bytes, *, where: str) -> tuple[Certificate, ...]:
    """Read every certificate of a PEM file.

    Raises:
        MalformedError: there is none, there are too many, or one cannot be read (record.certificate_form).
    """
    if len(raw) > LARGEST_PEM:
        raise _unfit(where, f"at most {LARGEST_PEM} bytes", str(len(raw)))
    try:
        with _quietly():
            found = tuple(map(_whole, x509.load_pem_x509_certificates(raw)))
    except ValueError as error:
        raise _unfit(where, "certificates in PEM", "none that can be read") from error
    if len(found) > MOST:
        raise _unfit(where, f"at most {MOST} certificates", str(len(found)))
    return found


@lru_cache(maxsize=_HELD)
def read_certificate(text: str, *, where: str) -> Certificate:
    """Read the one certificate of a PEM text; those of members come again with every record.

    Raises:
        MalformedError: there is none or more than one, or it cannot be read (record.certificate_form).
    """
    if len(text) > _LONGEST_TEXT:
        raise _unfit(where, f"at most {_LONGEST_TEXT} characters", f"{len(text)}")
    found = read_certificates(text.encode("utf-8", "replace"), where=where)
    if len(found) != 1:
        raise _unfit(where, "one certificate in PEM", f"{len(found)}")
    return found[0]


def read_revocations(raw: bytes, *, where: str) -> x509.CertificateRevocationList:
    """Read a certificate revocation list, in PEM or in DER (RFC 5280, section 5).

    Raises:
        MalformedError: it is none (record.revocation_list).
    """
    load = x509.load_pem_x509_crl if raw.lstrip().startswith(b"-----") else x509.load_der_x509_crl
    try:
        with _quietly():
            found = load(raw)
        # What the library reads lazily is read now, so that nothing raises later.
        _ = found.issuer, found.last_update_utc, found.next_update_utc, found.extensions
    except (ValueError, x509.DuplicateExtension) as error:
        raise _unfit(where, "a revocation list in PEM or DER", "none", "record.revocation_list") from error
    return found


@lru_cache(maxsize=_HELD)
def signatory(certificate: Certificate) -> Signatory:
    """Read whom a certificate names (Member Identity Digital Certificates 1.0, IB1 x509 extensions).

    Raises:
        MalformedError: it lacks a member, a role or exactly one URI, or holds them in another form.
    """
    try:
        extensions = certificate.extensions
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        addresses = names.get_values_for_type(x509.UniformResourceIdentifier)
        member, roles = (_value(extensions, oid) for oid in (MEMBER, ROLES))
    except x509.ExtensionNotFound as error:
        raise _unnamed(f"no extension {error.oid.dotted_string}") from error
    except (ValueError, x509.DuplicateExtension) as error:
        raise _unnamed(str(error)) from error
    if len(addresses) != 1:
        raise _unnamed(f"{len(addresses)} URIs in the alternative name")
    read = tuple(_texts(_content(roles, _SEQUENCE)))
    if not 1 <= len(read) <= _MOST_ROLES:
        raise _unnamed(f"{len(read)} roles")
    return Signatory(_text(_content(member, _UTF8)), addresses[0], _organisation(certificate), read)


@lru_cache(maxsize=_HELD)
def public_key(certificate: Certificate) -> ec.EllipticCurvePublicKey:
    """Give the P-256 key of a signing certificate, the one kind that ES256 has.

    Raises:
        MalformedError: the key is of another kind (record.certificate_key).
    """
    try:
        key = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unfit("certificate", "a P-256 key", str(error), "record.certificate_key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise _unfit("certificate", "a P-256 key", "a key of another kind", "record.certificate_key")
    return key


def check_signature(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> None:
    """Hold an ES256 signature in DER against a message (RFC 7518, section 3.4; RFC 3279, section 2.2.3).

    Raises:
        SignatureMismatchError: the key did not make it.
    """
    try:
        key.verify(signature, message, _SIGNING)
    except InvalidSignature as error:
        raise SignatureMismatchError("the key did not make it over this list (ES256)") from error


@lru_cache(maxsize=_HELD)
def is_issued_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Tell whether one certificate's key signed another, whose issuer it is by name."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature):
        return False
    return True


def title_of(certificate: Certificate) -> str:
    """Name a certificate as a sentence does: its subject, and its serial number."""
    return f"{certificate.subject.rfc4514_string()[:_LONGEST_NAME]} (serial {certificate.serial_number})"


def of_serial(certificates: Iterable[Certificate], serial: str) -> tuple[Certificate, ...]:
    """Choose the certificates with a serial number; two issuers may have given the same."""
    return tuple(one for one in certificates if str(one.serial_number) == serial)


@contextmanager
def _quietly() -> Generator[None]:
    """Keep to ourselves what the library says of odd serial numbers: they are judged, not printed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        yield


def _whole(certificate: Certificate) -> Certificate:
    """Read now what the library reads when it is first asked for, so that nothing raises later.

    Raises:
        ValueError: a name or a time in it cannot be read.
    """
    _ = (
        certificate.subject,
        certificate.issuer,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
    )
    return certificate


def _organisation(certificate: Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
    return str(found[0].value)[:_LONGEST_NAME] if found else ""


def _value(extensions: x509.Extensions, oid: x509.ObjectIdentifier) -> bytes:
    return extensions.get_extension_for_oid(oid).value.public_bytes()


def _texts(content: bytes) -> Iterator[str]:
    while content:
        size = _size(content)
        yield _text(_content(content[:size], _UTF8))
        content = content[size:]


def _content(der: bytes, tag: int) -> bytes:
    """Give what one DER value of a tag holds, when nothing follows it (X.690, section 10.1)."""
    if not der or der[0] != tag or _size(der) != len(der):
        raise _unnamed("an IB1 extension in another form")
    return der[2 + (der[1] - _LONG_FORM if der[1] >= _LONG_FORM else 0) :]


def _size(der: bytes) -> int:
    """Measure one DER value, its tag and length among it."""
    if len(der) <= 1:
        raise _unnamed("an IB1 extension that was cut short")
    if der[1] < _LONG_FORM:
        return 2 + der[1]
    octets = der[1] - _LONG_FORM
    length = int.from_bytes(der[2 : 2 + octets])
    if not 1 <= octets <= _LONGEST_LENGTH or length < _LONG_FORM or der[2] == 0:
        raise _unnamed("an IB1 extension with a length that DER does not allow")
    return 2 + octets + length


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unnamed("a name that is not UTF-8") from error


def _unnamed(found: str) -> MalformedError:
    expected = "a member, at least one role and one application"
    return _unfit("certificate", expected, found, "record.signer_unnamed")


def _unfit(where: str, expected: str, found: str, code: str = "record.certificate_form") -> MalformedError:
    return MalformedError(where, expected=expected, found=found[:120], code=code)
