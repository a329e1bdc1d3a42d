"""The twelve ways in which the demo breaks its own chain, each with the code that must catch it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

from perseus.demo.documents import (
    Document,
    consent_to,
    credentials_of,
    firm_of,
    kind_of,
    last_moment,
    one_of,
    reports_of,
    rows_of,
    statuses_of,
    subject_of,
    withdrawal_of,
)
from perseus.demo.forging import Change, Forge
from perseus.demo.parties import AUDITOR, CAP, EDP, OTHER_BANK, SUSPENDED
from perseus.keystore import write_secret
from trust.canonical import canonicalize
from trust.claims.consumption import UnitCode
from trust.claims.emissions import grams_exponent, kilograms
from trust.claims.halfhour import instant, stamp
from trust.status import StatusList

Break = Callable[[Forge], bytes]
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Tampered:
    """One broken chain: its place, what was done, and the code under which it must be caught."""

    number: int
    name: str
    code: str
    make: Break

    @property
    def file(self) -> str:
        """Name the file that the demo leaves."""
        return f"{self.number:02}-{self.name}.perseus.json"


def write_all(forge: Forge, folder: Path) -> Iterator[tuple[Tampered, Path]]:
    """Write each broken chain as a file, one after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    for tampered in TWELVE:
        path = folder / tampered.file
        write_secret(path, tampered.make(forge))  # it holds what the bank's own file holds
        yield tampered, path


def edited_figure(forge: Forge) -> bytes:
    """Write a smaller figure into the report, and hope that nobody checks its signature."""
    evidence = forge.open()
    for credential in reports_of(evidence):
        rows_of(credential)[0]["kg"] = "1.000"
    return forge.close(evidence)


def wrong_role(forge: Forge) -> bytes:
    """Let a member that is an auditor, and no accounting provider, make the report."""
    return _recast(forge, AUDITOR.did)


def suspended_signer(forge: Forge) -> bytes:
    """Let an accounting provider make the report while the scheme has suspended it."""
    return _recast(forge, SUSPENDED.did)


def other_issuers_key(forge: Forge) -> bytes:
    """Sign the accounting provider's report with the energy data provider's key."""
    evidence = forge.open()
    chain = credentials_of(evidence)
    signer = forge.signers[EDP.did]
    method = f"{EDP.did}#{signer.key.thumbprint}"
    for place, credential in enumerate(chain):
        if kind_of(credential) == "EmissionsCredential":
            stolen = Forge(forge.evidence, {CAP.did: signer})
            chain[place] = stolen.sign(credential, method=method)
    return forge.close(evidence)


def revoked(forge: Forge) -> bytes:
    """Revoke the meter data, in a status list that its keeper signs."""
    evidence = forge.open()
    [entry, *_] = statuses_of(one_of(evidence, "ConsumptionCredential"))
    _set_bit(forge, evidence, entry)
    return canonicalize(evidence)


def withdrawn(forge: Forge) -> bytes:
    """Let the firm withdraw its consent, and keep using the figures."""
    evidence = forge.open()
    consent = consent_to(evidence, "emissionsMonthly")
    chain = credentials_of(evidence)
    chain.append(forge.sign(withdrawal_of(consent, at=last_moment(evidence))))
    return forge.close(evidence)


def expired(forge: Forge) -> bytes:
    """Make the report after the consent to it has ended."""

    def shorten(consent: Document) -> None:
        ends = stamp(instant(str(consent["validFrom"])) + SECOND)
        subject_of(consent)["expires"] = ends
        if "validUntil" in consent:
            consent["validUntil"] = ends

    return forge.reforge(forge.open(), {"ConsentCredential": shorten, "EmissionsCredential": _later})


def other_recipient(forge: Forge) -> bytes:
    """Show this bank what the firm allowed another bank to see."""

    def redirect(consent: Document) -> None:
        if subject_of(consent)["data"] == "emissionsMonthly":
            subject_of(consent)["to"] = OTHER_BANK

    return forge.reforge(forge.open(), {"ConsentCredential": redirect})


def other_document(forge: Forge) -> bytes:
    """Put another version of the meter data under the report than the one it was made from."""
    evidence = forge.open()
    chain = credentials_of(evidence)
    place = next(p for p, held in enumerate(chain) if kind_of(held) == "ConsumptionCredential")
    subject_of(chain[place])["outcode"] = "SW1A" if subject_of(chain[place])["outcode"] != "SW1A" else "EC1A"
    chain[place] = forge.sign(chain[place])
    return forge.close(evidence)


def other_firm(forge: Forge) -> bytes:
    """Make the report about another firm than the one whose meters were read."""
    stranger = next(
        did for did in forge.signers if did.startswith("did:key:") and did != firm_of(forge.open())
    )

    def readdress(report: Document) -> None:
        subject_of(report)["id"] = stranger

    return forge.reforge(forge.open(), {"EmissionsCredential": readdress})


def misstated_coverage(forge: Forge) -> bytes:
    """State that a half-hour was estimated that the sealed map says was measured."""

    def misstate(consumption: Document) -> None:
        coverage = cast("dict[str, int]", subject_of(consumption)["coverage"])
        coverage["measured"] -= 1
        coverage["estimated"] += 1

    return forge.reforge(forge.open(), {"ConsumptionCredential": misstate})


def other_total(forge: Forge) -> bytes:
    """State a smaller total than the sealed readings have, and a figure that follows from it."""
    evidence = forge.open()
    exponent = cast("int", subject_of(one_of(evidence, "ConsumptionCredential"))["exponent"])

    def shrink(report: Document) -> None:
        row = rows_of(report)[0]
        opening = cast("list[Document]", row["openings"])[0]
        total = int(str(opening["total"])) * 9 // 10
        opening["total"] = str(total)
        exact = grams_exponent(UnitCode.WATT_HOUR, exponent)
        row["kg"] = f"{kilograms(total, exponent=exact):f}"

    return forge.reforge(evidence, {"EmissionsCredential": shrink})


TWELVE: Sequence[Tampered] = (
    Tampered(1, "edited-figure", "signature.mismatch", edited_figure),
    Tampered(2, "wrong-role", "member.wrong_role", wrong_role),
    Tampered(3, "suspended-signer", "member.suspended_at_signing", suspended_signer),
    Tampered(4, "other-issuers-key", "key.other_issuer", other_issuers_key),
    Tampered(5, "revoked", "status.revoked", revoked),
    Tampered(6, "withdrawn", "consent.withdrawn", withdrawn),
    Tampered(7, "expired", "consent.expired", expired),
    Tampered(8, "other-recipient", "consent.other_recipient", other_recipient),
    Tampered(9, "other-document", "link.digest", other_document),
    Tampered(10, "other-firm", "link.other_subject", other_firm),
    Tampered(11, "misstated-coverage", "data.coverage_misstated", misstated_coverage),
    Tampered(12, "other-total", "calculation.opening", other_total),
)


def _recast(forge: Forge, cap: str) -> bytes:
    """Let another member play the accounting provider; the firm consents to it, and everybody plays along."""

    def rename(consent: Document) -> None:
        subject = subject_of(consent)
        for end in ("from", "to"):
            subject[end] = cap if subject[end] == CAP.did else subject[end]

    evidence = forge.open()
    [shared, *_] = statuses_of(one_of(evidence, "ConsentCredential"))

    def sign_as(document: Document) -> None:
        document["holder" if "holder" in document else "issuer"] = cap
        for place in statuses_of(document) if "credentialStatus" in document else ():
            place |= {"statusListCredential": shared["statusListCredential"], "statusListIndex": "7"}

    changes: Mapping[str, Change] = {
        "ConsentCredential": rename,
        "EmissionsCredential": sign_as,
        "VerifiablePresentation": sign_as,
    }
    return forge.reforge(evidence, changes)


def _later(credential: Document) -> None:
    credential["validFrom"] = stamp(instant(str(credential["validFrom"])) + 2 * SECOND)
    activity = subject_of(credential)["activity"]
    cast("Document", activity)["endedAt"] = credential["validFrom"]


def _set_bit(forge: Forge, evidence: Document, entry: Document) -> None:
    url = str(entry["statusListCredential"])
    lists = cast("dict[str, Document]", evidence["statusLists"])
    listing = lists[url]
    subject = subject_of(listing)
    bits = StatusList.decode(str(subject["encodedList"]))
    subject["encodedList"] = bits.with_set([int(str(entry["statusListIndex"]))]).encode()
    lists[url] = forge.sign(listing)
