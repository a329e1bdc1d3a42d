"""An IB1 trust framework to test against: roots, issuers, members' certificates, and records signed by them.

Records are made twice over: by IB1's own library, as members make them, and by hand, to write what no library would.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from ib1.provenance import Record
from ib1.provenance.certificates import CertificatesProviderSelfContainedRecord
from ib1.provenance.signing import SignerInMemory

from trust.ib1.certificates import Pool, read_certificates

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
FRAMEWORK = "https://registry.core.trust.ib1.org/trust-framework"
SCHEME = "https://registry.core.trust.ib1.org/scheme/perseus"
DIRECTORY = "https://directory.core.trust.ib1.org"
METER, GRID = f"{SCHEME}/source-type/Meter", f"{SCHEME}/source-type/GridCarbonIntensity"
READINGS = f"{SCHEME}/license/energy-consumption-data/2024-12-05"
REPORT = f"{SCHEME}/license/emissions-report/2024-12-05"
SEC = "https://smartenergycodecompany.co.uk/documents/sec/consolidated-sec/"
CALCULATION = f"{SCHEME}/process/emissions-calculations/2024-12-05"
EDP, CAP, BANK = "energy-data-provider", "carbon-accounting-provider", "financial-service-provider"

Key: TypeAlias = ec.EllipticCurvePrivateKey
Step: TypeAlias = dict[str, Any]


def stamp(moment: datetime) -> str:
    """Write a time as IB1's library does."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def utf8(text: str, tag: int = 0x0C) -> bytes:
    """Write a DER value by hand: a UTF8String, unless the tag says otherwise."""
    return der(tag, text.encode())


def der(tag: int, content: bytes) -> bytes:
    """Write one DER value of less than 65,536 bytes."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 + len(length)]) + length + content


def roles_extension(roles: Sequence[str]) -> bytes:
    """Write the roles as IB1's directory does: a SEQUENCE of UTF8String."""
    return der(0x30, b"".join(utf8(role) for role in roles))


@dataclass(frozen=True)
class Holder:
    """A certificate, its key, and the certificates above it, the root apart."""

    certificate: x509.Certificate
    key: Key
    above: tuple[x509.Certificate, ...] = ()

    @property
    def serial(self) -> str:
        """The serial number as a record writes it."""
        return str(self.certificate.serial_number)

    @property
    def bundle(self) -> list[x509.Certificate]:
        """The certificate and those above it."""
        return [self.certificate, *self.above]


def authority(
    name: str,
    by: Holder | None = None,
    *,
    key: Key | None = None,
    days: tuple[int, int] = (-400, 400),
    path_length: int | None = None,
    is_authority: bool = True,
    sign_crl: bool = True,
) -> Holder:
    """Make a root, or an issuer below one."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = _builder(subject, by, own, days).add_extension(
        x509.BasicConstraints(ca=is_authority, path_length=path_length if is_authority else None),
        critical=True,
    )
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    )
    builder = builder.add_extension(
        x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=sign_crl,
            encipher_only=False,
            decipher_only=False,
            **usage,
        ),
        critical=True,
    )
    made = builder.sign(by.key if by else own, hashes.SHA256())
    return Holder(made, own, () if by is None else (by.certificate, *by.above)[: len(by.above)])


def member(
    number: int,
    name: str,
    role: str,
    by: Holder,
    *,
    days: tuple[int, int] = (-30, 300),
    roles: bytes | None = None,
    names: Sequence[str] | None = None,
    serial: int | None = None,
    curve: ec.EllipticCurve | None = None,
    extra: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Holder:
    """Make a member's signing certificate, as IB1's directory does."""
    key = ec.generate_private_key(curve or ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, name)])
    application = f"{DIRECTORY}/application/{number}"
    addresses = [application] if names is None else names
    role_list = roles_extension([f"{SCHEME}/role/{role}"]) if roles is None else roles
    builder = _builder(subject, by, key, days, serial)
    if addresses:
        uris = [x509.UniformResourceIdentifier(address) for address in addresses]
        builder = builder.add_extension(x509.SubjectAlternativeName(uris), critical=False)
    oids = [(1, role_list), (3, utf8(f"{DIRECTORY}/member/{number}"))]
    for arc, value in oids:
        if value:
            oid = x509.ObjectIdentifier(f"1.3.6.1.4.1.62329.1.{arc}")
            builder = builder.add_extension(x509.UnrecognizedExtension(oid, value), critical=False)
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical=critical)
    return Holder(builder.sign(by.key, hashes.SHA256()), key, (by.certificate, *by.above))


def revocations(
    by: Holder,
    revoked: Mapping[int, tuple[datetime, x509.ReasonFlags | None]],
    *,
    last: datetime = NOW - DAY,
    until: datetime = NOW + DAY,
    key: Key | None = None,
) -> bytes:
    """Make an issuer's revocation list, in PEM."""
    builder = x509.CertificateRevocationListBuilder(by.certificate.subject, last, until)
    for serial, (on, reason) in revoked.items():
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(on)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key or by.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _builder(
    subject: x509.Name, by: Holder | None, key: Key, days: tuple[int, int], serial: int | None = None
) -> x509.CertificateBuilder:
    issuer = subject if by is None else by.certificate.subject
    begin, end = (NOW + number * DAY for number in days)
    builder = x509.CertificateBuilder(
        issuer, subject, key.public_key(), serial or x509.random_serial_number()
    )
    builder = builder.not_valid_before(begin).not_valid_after(end)
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    above = key if by is None else by.key
    return builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key()), critical=False
    )


def pem(*certificates: x509.Certificate) -> bytes:
    """Write certificates as one PEM file."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


@dataclass(frozen=True)
class Framework:
    """A root, its issuer, and one member of each kind."""

    root: Holder
    issuer: Holder
    edp: Holder
    cap: Holder
    bank: Holder

    @property
    def pool(self) -> Pool:
        """What an auditor is given: the root alone."""
        return Pool(read_certificates(pem(self.root.certificate), where="roots"))

    @property
    def provider(self) -> CertificatesProviderSelfContainedRecord:
        """What IB1's library is given: the root, and certificates from the record."""
        return CertificatesProviderSelfContainedRecord(pem(self.root.certificate))


@cache
def framework() -> Framework:
    """Found a trust framework once for all tests."""
    root = authority("Core Trust Framework Signing CA")
    issuer = authority("Core Trust Framework Signing Issuer", root, path_length=0)
    return Framework(
        root,
        issuer,
        member(2876152, "Honest Dave's Accurate Meter Readings", EDP, issuer),
        member(81524, "Emission Calculations 4 U", CAP, issuer),
        member(71212388, "Green Bank of London", BANK, issuer),
    )


def member_url(holder: Holder) -> str:
    """Give the directory URL of the member that a certificate names."""
    oid = x509.ObjectIdentifier("1.3.6.1.4.1.62329.1.3")
    value: bytes = holder.certificate.extensions.get_extension_for_oid(oid).value.public_bytes()
    return value[2:].decode()


def by_library(
    signings: Sequence[tuple[Holder, Sequence[Step | Callable[[Mapping[str, str]], Step]]]],
) -> bytes:
    """Let IB1's library sign each run of steps upon the one before; a step may be made from the ids so far.

    A step's `name` is how later ones ask for its id.
    """
    provider, ids = framework().provider, dict[str, str]()
    record = Record(FRAMEWORK)
    for holder, steps in signings:
        for made in steps:
            step = dict(made(ids) if callable(made) else made)
            name = step.pop("name", step["type"])
            ids[name] = record.add_step(step)
        record = record.sign(SignerInMemory(provider, holder.bundle, holder.key))
        record = Record(FRAMEWORK, json.loads(json.dumps(record.encoded())))
    return json.dumps(record.encoded()).encode()


def library_verifies(raw: bytes, provider: CertificatesProviderSelfContainedRecord | None = None) -> bool:
    """Tell whether IB1's library accepts a record."""
    record = Record(FRAMEWORK, json.loads(raw))
    record.verify(provider or framework().provider)
    return bool(record.decoded())


def base64url(data: bytes) -> str:
    """Encode as the library does: for addresses, with padding."""
    return base64.urlsafe_b64encode(data).decode()


@dataclass
class ByHand:
    """A record written by hand, a list at a time, with nothing held back."""

    framework: str = FRAMEWORK
    steps: list[Any] = field(default_factory=list)
    certificates: dict[str, list[str]] = field(default_factory=dict)
    origins: list[str] = field(default_factory=list)

    def sign(
        self, holder: Holder, *steps: Step | str, at: datetime = NOW, signed_at: str | None = None
    ) -> "ByHand":
        """Sign these steps upon what is there."""
        encoded = [step if isinstance(step, str) else encode(step) for step in steps]
        elements = [*([self.steps] if self.steps else []), *encoded]
        block: list[Any] = [0, holder.serial, signed_at or stamp(at), ""]
        block[3] = base64url(holder.key.sign(self.string(elements, block), ec.ECDSA(hashes.SHA256())))
        self.steps = [*elements, block]
        self.origins += [
            step["id"] for step in steps if isinstance(step, dict) and step.get("type") == "origin"
        ]
        for number, one in enumerate(holder.bundle):
            above = [str(other.serial_number) for other in holder.above] if number == 0 else []
            self.certificates.setdefault(str(one.serial_number), [pem(one).decode(), *above])
        return self

    def string(self, elements: Sequence[Any], block: Sequence[Any]) -> bytes:
        """Build the signed string by the words of the specification, and the three parts the library adds."""
        return ".".join([self.framework, *_parts(elements), *map(str, block[:3])]).encode()

    @property
    def document(self) -> dict[str, Any]:
        """The record as JSON."""
        return {
            "ib1:provenance": self.framework,
            "origins": self.origins,
            "steps": self.steps,
            "certificates": self.certificates,
        }

    @property
    def raw(self) -> bytes:
        """The record as bytes."""
        return json.dumps(self.document).encode()


def _parts(elements: Sequence[Any]) -> list[str]:
    parts: list[str] = []
    for element in elements:
        parts += ["%", *_parts(element), "&"] if isinstance(element, list) else [str(element)]
    return parts


def encode(step: Step) -> str:
    """Encode a step as the library does."""
    return base64url(json.dumps(step, separators=(",", ":")).encode())


def consent(licences: Sequence[str] = (), processes: Sequence[str] = (), **other: object) -> Step:
    """Write a consent step: what IB1 calls a permission."""
    allows = {"licenses": list(licences), "processes": list(processes)}
    return {
        "type": "permission",
        "scheme": SCHEME,
        "timestamp": stamp(NOW - DAY),
        "account": "/yl4Y/aV6b80fo5cnmuDDByfuEA=",
        "allows": allows,
        "expires": stamp(NOW + 300 * DAY),
        **other,
    }


def edp_steps(cap: Holder | None = None) -> list[Step | Callable[[Mapping[str, str]], Step]]:
    """Write what an honest energy data provider does: a consent, the meter's data, the transfer to the CAP."""
    to = member_url(cap or framework().cap)
    return [
        consent([READINGS, SEC], name="leave"),
        lambda ids: {**METERED, "permissions": [ids["leave"]]},
        lambda ids: {**HANDED, "of": ids["origin"], "to": to, "permissions": [ids["leave"]]},
    ]


def cap_steps() -> list[Step | Callable[[Mapping[str, str]], Step]]:
    """Write what an honest carbon accounting provider does: receipt, consent, grid data, sum, transfer to the bank."""
    return [
        lambda ids: {"type": "receipt", "scheme": SCHEME, "transfer": ids["transfer"]},
        consent([REPORT], [CALCULATION], name="leave2"),
        {**GRIDDED, "name": "grid"},
        lambda ids: {**SUMMED, "inputs": [ids["receipt"], ids["grid"]], "permissions": [ids["leave2"]]},
        lambda ids: {
            **REPORTED,
            "name": "report",
            "of": ids["process"],
            "to": member_url(framework().bank),
            "permissions": [ids["leave2"]],
        },
    ]


def bank_steps() -> list[Step | Callable[[Mapping[str, str]], Step]]:
    """Write what an honest bank does: the receipt."""
    return [lambda ids: {"type": "receipt", "scheme": SCHEME, "transfer": ids["report"], "name": "receipt2"}]


METERED: Step = {
    "type": "origin",
    "scheme": SCHEME,
    "sourceType": METER,
    "origin": "https://www.smartdcc.co.uk/",
    "originLicense": SEC,
    "external": True,
    "perseus:assurance": {"missingData": f"{SCHEME}/assurance/missing-data/Missing", "share": 0.97},
}
HANDED: Step = {
    "type": "transfer",
    "scheme": SCHEME,
    "standard": f"{SCHEME}/standard/energy-consumption-data/2024-12-05",
    "license": READINGS,
    "service": "https://api.example.com/v1/consumption",
    "path": "/readings",
    "parameters": {"measure": "import", "from": "2023-09-01Z", "to": "2024-09-01Z"},
}
GRIDDED: Step = {
    "type": "origin",
    "scheme": SCHEME,
    "sourceType": GRID,
    "origin": "https://api.carbonintensity.org.uk/",
    "originLicense": "https://creativecommons.org/licenses/by/4.0/",
    "external": True,
}
SUMMED: Step = {"type": "process", "scheme": SCHEME, "process": CALCULATION}
REPORTED: Step = {
    "type": "transfer",
    "scheme": SCHEME,
    "standard": f"{SCHEME}/standard/emissions-report/2024-12-05",
    "license": REPORT,
    "service": "https://api.example.com/v1/emissions",
    "path": "/emissions",
    "parameters": {"from": "2023-09Z", "to": "2024-09Z"},
}


@cache
def honest() -> bytes:
    """Give the record of three signers that IB1's library makes of an honest chain."""
    ours = framework()
    return by_library([(ours.edp, edp_steps()), (ours.cap, cap_steps()), (ours.bank, bank_steps())])
