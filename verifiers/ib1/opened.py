"""One signed list in hand: which certificate it names, whether its signature fits, and whom that certificate names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from trust.errors import MalformedError, SignatureMismatchError
from trust.ib1.certificates import (
    Certificate,
    Signatory,
    check_signature,
    of_serial,
    public_key,
    read_certificate,
    signatory,
    title_of,
)
from trust.ib1.container import Container, SignedList
from trust.ib1.spelling import Deviation, decoded, moment_of
from trust.report import Outcome, Subject
from verifiers.finding import Finding, failed, not_run, passed
from verifiers.ib1.path import Issuers, Path, path_to_root
from verifiers.ib1.revocation import not_revoked

SKEW = timedelta(seconds=60)
TIME, FOUND, FITS = "time.plausible", "record.certificate_found", "signature.fits"
TRUSTED, NAMED, CLEAR = (
    "record.certificate_trusted",
    "record.signer_named",
    "record.certificate_not_revoked",
)
LIST_CHECKS = (TIME, FITS, FOUND, TRUSTED, NAMED, CLEAR)


@dataclass(slots=True, eq=False)
class Opened:
    """A list, as far as it could be opened; `findings` has one for each question that is asked of a list."""

    list: Final[SignedList]
    signed_at: Final[datetime | None]
    certificate: Final[Certificate | None]
    signatory: Final[Signatory | None]
    findings: Final[Mapping[str, Finding]]
    deviations: Final[tuple[Deviation, ...]] = field(default=())

    @property
    def who(self) -> str:
        """Name the signer as a sentence does."""
        if self.signatory is not None:
            return self.signatory.name or self.signatory.member
        return f"the holder of certificate {self.list.serial}"

    @property
    def member(self) -> str:
        """Give the member that signed, by its directory URL; nothing where the certificate names none."""
        return "" if self.signatory is None else self.signatory.member

    @property
    def subject(self) -> Subject:
        """Say what a check of this list is about."""
        return Subject(self.list.serial, "SignedStepList", self.list.place, self.member)


def certificates_of(container: Container) -> Mapping[str, Certificate | MalformedError]:
    """Read the certificates that a record carries, by the serial number under which each stands, or why not."""
    return {serial: _certificate(serial, entry[0]) for serial, entry in container.certificates.items()}


def open_list(
    one: SignedList,
    container: Container,
    carried: Mapping[str, Certificate | MalformedError],
    issuers: Issuers,
    *,
    at: datetime,
) -> Opened:
    """Open a list as far as it goes; it never raises on bad input."""
    findings: dict[str, Finding] = {}
    deviations: list[Deviation] = []
    signed_at = _time(one, findings, deviations, at=at)
    held = carried.get(one.serial)
    certificate = held if isinstance(held, Certificate) else None
    path: Path = ()
    if not isinstance(held, MalformedError):
        aside = of_serial(issuers.pool.others, one.serial)
        candidates = aside if certificate is None else (certificate, *aside)
        certificate, path = _trusted(candidates, issuers, signed_at, findings)
    findings[FOUND] = _found(one, held, certificate)
    findings[FITS] = _fits(one, container, certificate, deviations)
    whom = _named(certificate, findings)
    _clear(path, issuers, findings, signed_at=signed_at, at=at)
    for name in LIST_CHECKS:
        findings.setdefault(name, not_run(FOUND, f"The certificate {one.serial} is not at hand."))
    return Opened(one, signed_at, certificate, whom, findings, tuple(deviations))


def _certificate(serial: str, pem: str) -> Certificate | MalformedError:
    where = f"/certificates/{serial}"
    try:
        found = read_certificate(pem, where=where)
    except MalformedError as error:
        return error
    if str(found.serial_number) != serial:
        number, code = str(found.serial_number), "record.certificate_other_serial"
        return MalformedError(where, expected=f"the certificate {serial}", found=number, code=code)
    return found


def _time(
    one: SignedList, findings: dict[str, Finding], deviations: list[Deviation], *, at: datetime
) -> datetime | None:
    place = f"{one.place}/{len(one.elements)}/2"
    try:
        signed_at = moment_of(one.signed_at, place, deviations)
    except MalformedError as error:
        findings[TIME] = _refused(error, "time.malformed")
        return None
    findings[TIME] = passed(lambda: f"It says that it was signed on {one.signed_at}.")
    if signed_at > at + SKEW:
        findings[TIME] = failed(
            "time.future",
            f"It says that it was signed on {one.signed_at}, which had not come on {at:%Y-%m-%dT%H:%M:%SZ}.",
            expected=f"a time up to {at:%Y-%m-%dT%H:%M:%SZ}",
            found=one.signed_at,
        )
    return signed_at


def _trusted(
    candidates: tuple[Certificate, ...],
    issuers: Issuers,
    signed_at: datetime | None,
    findings: dict[str, Finding],
) -> tuple[Certificate | None, Path]:
    """Choose, of the certificates with the list's serial number, the one that leads to a trusted root."""
    if signed_at is None:
        findings[TRUSTED] = not_run(TIME, "It is not known when it says to have been signed.")
        return (candidates[0] if candidates else None), ()
    for certificate in candidates:
        try:
            path = path_to_root(certificate, issuers, at=signed_at)
        except MalformedError as error:
            findings.setdefault(TRUSTED, _refused(error))
            continue
        findings[TRUSTED] = passed(partial(_trusting, path, signed_at))
        return certificate, path
    return (candidates[0] if candidates else None), ()


def _trusting(path: Path, signed_at: datetime) -> str:
    root = path[-1].subject.rfc4514_string()
    return f"{title_of(path[0])} leads to the root {root}, each valid on {signed_at:%Y-%m-%dT%H:%MZ}."


def _found(
    one: SignedList, held: Certificate | MalformedError | None, certificate: Certificate | None
) -> Finding:
    if isinstance(held, MalformedError):
        return _refused(held)
    if certificate is None:
        return failed(
            "record.certificate_missing",
            f"The signature names the certificate {one.serial}, which is neither in the record nor beside it.",
            expected=f"the certificate {one.serial}",
            found="none of that number",
        )
    return passed(lambda: f"The certificate is {title_of(certificate)}.")


def _fits(
    one: SignedList, container: Container, certificate: Certificate | None, deviations: list[Deviation]
) -> Finding:
    if certificate is None:
        return not_run(FOUND, f"The certificate {one.serial} is not at hand.")
    try:
        key = public_key(certificate)
        signature = decoded(one.signature, f"{one.place}/{len(one.elements)}/3", deviations)
        check_signature(key, signature, one.signed_string(container.framework))
    except (MalformedError, SignatureMismatchError) as error:
        is_key = error.code == "record.certificate_key"
        return failed(
            error.code if is_key else "signature.mismatch",
            f"{title_of(certificate)}: {error}.",
            expected="a P-256 key" if is_key else "a signature by the key of the certificate over this list",
            found="a key of another kind" if is_key else "a signature that does not fit",
        )
    return passed(lambda: f"{title_of(certificate)} signed {len(one.elements)} elements.")


def _named(certificate: Certificate | None, findings: dict[str, Finding]) -> Signatory | None:
    if certificate is None:
        return None
    try:
        whom = signatory(certificate)
    except MalformedError as error:
        findings[NAMED] = _refused(error)
        return None
    findings[NAMED] = passed(
        lambda: f"It names {whom.member}, {whom.application}, in {len(whom.roles)} roles."
    )
    return whom


def _clear(
    path: Path,
    issuers: Issuers,
    findings: dict[str, Finding],
    *,
    signed_at: datetime | None,
    at: datetime,
) -> None:
    if path and signed_at is not None:
        findings[CLEAR] = not_revoked(path, issuers.pool.revocations, signed_at=signed_at, at=at)
    elif FOUND in findings and findings[FOUND].outcome is Outcome.PASSED:
        findings[CLEAR] = not_run(TRUSTED, "Without a trusted path nobody's revocation list counts.")


def _refused(error: MalformedError, code: str = "") -> Finding:
    text = f"{error}"
    return failed(
        code or error.code, f"{text[:1].upper()}{text[1:]}.", expected=error.expected, found=error.found
    )
