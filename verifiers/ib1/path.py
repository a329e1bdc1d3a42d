"""From a signing certificate to a root that the auditor trusts, as all of it stood when the list was signed.

RFC 5280, section 6.1, as far as IB1's two layers of issuers need it: names, signatures, times, the right to issue,
the length of the path, and no critical extension that is not understood.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtensionOID

from trust.errors import MalformedError
from trust.ib1.certificates import MEMBER, ROLES, Certificate, Pool, is_issued_by, title_of
from trust.ib1.container import LONGEST_PATH

Path: TypeAlias = tuple[Certificate, ...]

_MOST_TRIES, _HELD = 256, 1_024
_SMALLEST_RSA = 2_048
_CURVES = frozenset({"secp256r1", "secp384r1"})
_HASHES = frozenset({"sha256", "sha384", "sha512"})
_OIDS = ExtensionOID
_UNDERSTOOD: Final = frozenset(
    {
        _OIDS.BASIC_CONSTRAINTS,
        _OIDS.KEY_USAGE,
        _OIDS.EXTENDED_KEY_USAGE,
        _OIDS.SUBJECT_ALTERNATIVE_NAME,
        _OIDS.CERTIFICATE_POLICIES,
        _OIDS.AUTHORITY_KEY_IDENTIFIER,
        _OIDS.SUBJECT_KEY_IDENTIFIER,
        ROLES,
        MEMBER,
    }
)


@dataclass(slots=True, eq=False)
class Issuers:
    """Who may have issued what: the trusted roots, and the certificates that stand between, each pair tried once."""

    pool: Final[Pool]
    between: Final[tuple[Certificate, ...]]
    _tried: Final[dict[tuple[int, int], bool]] = field(default_factory=dict)

    def of(self, certificate: Certificate) -> Iterator[Certificate]:
        """Find the certificates whose key signed this one, roots first."""
        for issuer in (*self.pool.roots, *self.between):
            if issuer.subject == certificate.issuer and self._is_issued(certificate, issuer):
                yield issuer

    def _is_issued(self, certificate: Certificate, issuer: Certificate) -> bool:
        pair = id(certificate), id(issuer)
        if pair not in self._tried:
            self._tried[pair] = len(self._tried) < _MOST_TRIES and is_issued_by(certificate, issuer)
        return self._tried[pair]


def path_to_root(certificate: Certificate, issuers: Issuers, *, at: datetime) -> Path:
    """Find the path from a certificate to a trusted root, each link of it good at a moment.

    Raises:
        MalformedError: no root stands at the end of it (record.certificate_untrusted), or one of the certificates
            was not valid then (record.certificate_expired).
    """
    faults: list[MalformedError] = []
    for path in _paths((certificate,), issuers):
        fault = _fault(path, at)
        if fault is None:
            return path
        faults.append(fault)
    raise (
        faults[0] if faults else _untrusted("a path to a trusted root", f"none from {title_of(certificate)}")
    )


def _paths(path: Path, issuers: Issuers) -> Iterator[Path]:
    if path[-1] in issuers.pool.roots:
        yield path
        return
    if len(path) < LONGEST_PATH:
        for issuer in issuers.of(path[-1]):
            if issuer not in path:
                yield from _paths((*path, issuer), issuers)


def _fault(path: Path, at: datetime) -> MalformedError | None:
    for height, certificate in enumerate(path):
        fault = _untimely(certificate, at)
        if fault is not None:
            return fault
        unfit = _unfit(certificate, height)
        if unfit is not None:
            return _untrusted(*unfit)
    return None


@lru_cache(maxsize=_HELD)
def _unfit(certificate: Certificate, height: int) -> tuple[str, str] | None:
    """Say what was expected and found where a certificate may not stand at this height of a path, whenever that is."""
    try:
        _refuse_weak(certificate)
        _refuse_use(certificate, height)
    except MalformedError as fault:
        return fault.expected, fault.found
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        return "certificates that can be read", str(error)
    return None


def _untimely(certificate: Certificate, at: datetime) -> MalformedError | None:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if begin <= at <= end:
        return None
    return MalformedError(
        title_of(certificate),
        expected=f"a certificate valid on {at:%Y-%m-%dT%H:%M:%SZ}",
        found=f"one valid from {begin:%Y-%m-%dT%H:%M:%SZ} to {end:%Y-%m-%dT%H:%M:%SZ}",
        code="record.certificate_expired",
    )


def _refuse_weak(certificate: Certificate) -> None:
    key = certificate.public_key()
    is_strong = isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES
    is_strong = is_strong or (isinstance(key, rsa.RSAPublicKey) and key.key_size >= _SMALLEST_RSA)
    algorithm = certificate.signature_hash_algorithm
    if not is_strong or algorithm is None or algorithm.name not in _HASHES:
        raise _untrusted("P-256, P-384 or RSA of 2,048 bits, with SHA-2", f"less in {title_of(certificate)}")


def _refuse_use(certificate: Certificate, height: int) -> None:
    """Hold a certificate against what its place in the path asks: the lowest signs records, the others issue."""
    found = {extension.oid: extension for extension in certificate.extensions}
    strange = [oid for oid, extension in found.items() if extension.critical and oid not in _UNDERSTOOD]
    if strange:
        raise _untrusted("no critical extension that is unknown", strange[0].dotted_string)
    usage = found[_OIDS.KEY_USAGE].value if _OIDS.KEY_USAGE in found else None
    if isinstance(usage, x509.KeyUsage) and not (usage.key_cert_sign if height else usage.digital_signature):
        wanted = "issue certificates" if height else "sign"
        raise _untrusted(f"a key that may {wanted}", f"another use in {title_of(certificate)}")
    if height:
        _refuse_no_issuer(certificate, found.get(_OIDS.BASIC_CONSTRAINTS), below=height - 1)


def _refuse_no_issuer(
    certificate: Certificate, extension: x509.Extension[x509.ExtensionType] | None, *, below: int
) -> None:
    limits = None if extension is None else extension.value
    if not isinstance(limits, x509.BasicConstraints) or not limits.ca:
        raise _untrusted("a certificate that may issue others", f"one that may not: {title_of(certificate)}")
    if limits.path_length is not None and below > limits.path_length:
        raise _untrusted(f"at most {limits.path_length} issuers below it", f"{below}")


def _untrusted(expected: str, found: str) -> MalformedError:
    return MalformedError("certificates", expected=expected, found=found, code="record.certificate_untrusted")
