"""Whether a certificate, or one that issued it, was revoked, by the lists that the auditor was given (RFC 5280, 5)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Final

from cryptography import x509

from trust.ib1.certificates import Certificate, title_of
from verifiers.finding import Finding, failed, passed, unknown, warning
from verifiers.ib1.path import Path

_Lists = Sequence[x509.CertificateRevocationList]
# A key that was merely replaced or laid down signed honestly before; of any other reason that is not known.
_LAID_DOWN: Final = frozenset(
    {
        x509.ReasonFlags.superseded,
        x509.ReasonFlags.cessation_of_operation,
        x509.ReasonFlags.affiliation_changed,
    }
)


def not_revoked(path: Path, lists: _Lists, *, signed_at: datetime, at: datetime) -> Finding:
    """Look up each certificate of a path in its issuer's newest list; the root vouches for itself."""
    try:
        found = [_one(low, high, lists, signed_at=signed_at, at=at) for low, high in pairwise(path)]
    except ValueError as error:
        told = f"An entry of a revocation list cannot be read: {error}."
        return unknown("record.revocation_list", told, expected="entries by RFC 5280", found="another form")
    order = ("failed", "unknown", "warning", "passed")
    return min(found, key=lambda one: order.index(one.outcome)) if found else passed("A root signed it.")


def _one(
    certificate: Certificate, issuer: Certificate, lists: _Lists, *, signed_at: datetime, at: datetime
) -> Finding:
    offered = [one for one in lists if one.issuer == issuer.subject]
    if not offered:
        return warning(
            "record.revocation_unchecked",
            partial(_unchecked, certificate, issuer),
            expected="a revocation list of the issuer",
            found="none",
        )
    named = title_of(certificate)
    sound = [one for one in offered if _is_sound(one, issuer)]
    if not sound:
        return unknown(
            "record.revocation_list",
            f"The revocation list that names {issuer.subject.rfc4514_string()} is not signed by it.",
            expected="a list that the issuer signed",
            found="another",
        )
    newest = max(sound, key=lambda one: one.last_update_utc)
    entry = newest.get_revoked_certificate_by_serial_number(certificate.serial_number)
    if entry is not None and entry.revocation_date_utc <= at:
        return _revoked(entry, named, signed_at)
    end = newest.next_update_utc
    if not newest.last_update_utc <= at or end is None or end < at:
        told = "an unstated time" if end is None else f"{end:%Y-%m-%dT%H:%MZ}"
        return unknown(
            "record.revocation_list_old",
            f"The newest revocation list for {named} is from {newest.last_update_utc:%Y-%m-%dT%H:%MZ} until {told}.",
            expected=f"a list in force on {at:%Y-%m-%dT%H:%MZ}",
            found=f"one until {told}",
        )
    return passed(
        f"{named} is on no revocation list; the newest is from {newest.last_update_utc:%Y-%m-%dT%H:%MZ}."
    )


def _unchecked(certificate: Certificate, issuer: Certificate) -> str:
    keeper = issuer.subject.rfc4514_string()
    return f"No revocation list of {keeper} was given, so that nobody looked up {title_of(certificate)}."


def _revoked(entry: x509.RevokedCertificate, named: str, signed_at: datetime) -> Finding:
    reason, on = _reason(entry), entry.revocation_date_utc
    is_later = reason in _LAID_DOWN and on > signed_at
    return failed(
        "record.certificate_laid_down" if is_later else "record.certificate_revoked",
        f"{named} was revoked on {on:%Y-%m-%dT%H:%MZ} ({reason.value}); "
        f"the list says it was signed on {signed_at:%Y-%m-%dT%H:%MZ}.",
        expected="a certificate that was not revoked",
        found=f"revoked on {on:%Y-%m-%dT%H:%MZ}",
    )


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, ValueError):
        return x509.ReasonFlags.unspecified


def _is_sound(one: x509.CertificateRevocationList, issuer: Certificate) -> bool:
    """Tell whether the issuer signed a list, and nothing in it is critical, as in a list of a part only."""
    try:
        is_signed = one.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]  # another kind raises TypeError
        return is_signed and not any(extension.critical for extension in one.extensions)
    except (TypeError, ValueError):
        return False
