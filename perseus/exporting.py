"""From an evidence file to an IB1 provenance record: only a genuine chain, and only what the signer did itself."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from holders.record import FRAMEWORK, Passing, steps_by
from perseus.keystore import read_secret
from perseus.verification import anchor_of
from trust.canonical import Json, parse_object
from trust.claims.receipt import Receipt
from trust.did import Did
from trust.errors import MalformedError, NotPermittedError, UnavailableError
from trust.ib1.certificates import read_certificates, signatory
from trust.ib1.container import LARGEST, read_container
from trust.ib1.signing import Steps, sign_steps
from trust.ib1.steps import read_step
from trust.keys import PrivateKey, Signer
from trust.report import Answer
from verifiers.chain import Chain
from verifiers.evidence import read_evidence
from verifiers.file import verify_file
from verifiers.policy import Policy


def export(
    raw: bytes,
    *,
    certificates: bytes,
    signer: Signer,
    members: Mapping[Did, str],
    trust: Path | None,
    at: datetime,
    signed_at: datetime,
    upon: bytes | None,
) -> bytes:
    """Write and sign the steps of one member; those of others come from the record that it received.

    Raises:
        NotPermittedError: the chain is not genuine, the certificate is nobody's of the chain, or a step is missing.
        MalformedError: a file is not what it must be.
    """
    anchor = anchor_of(trust)
    report = verify_file(raw, policy=Policy.bank(), anchor=anchor, at=at)
    if report.authentic_at_signing is not Answer.YES:
        told = "; ".join(check.code for check in report.obstacles)
        raise NotPermittedError(
            "exporting the chain",
            because=f"it is not shown to be genuine ({told})",
            code=report.obstacles[0].code,
        )
    path = read_certificates(certificates, where="--certificate")
    secured, evidence = read_evidence(raw, anchor=anchor)
    chain = Chain.of(secured, beside=(), receipt=evidence.receipt, register=evidence.register)
    steps = steps_by(_exporter(signatory(path[0]).member, members), _passing(chain, members))
    _refuse_missing(steps, upon)
    return sign_steps(FRAMEWORK, steps, path=path, signer=signer, at=signed_at, upon=upon)


def signing_key(key_file: Path, passphrase_file: Path) -> Signer:
    """Open a key file with the passphrase that stands in a file of its own.

    Raises:
        UnavailableError: there is no such file.
        MalformedError: the passphrase does not open it, or others may read the passphrase.
    """
    passphrase = read_secret(passphrase_file).encode()
    try:
        return PrivateKey.from_pem(key_file.read_bytes(), passphrase)
    except OSError as error:
        because = error.strerror or str(error)
        raise UnavailableError(f"the key in {key_file}", because=because, code="file.missing") from error


def _passing(chain: Chain, members: Mapping[Did, str]) -> Passing:
    proof, receipts = chain.target.proof, chain.claims(Receipt)
    if proof is None or proof.domain is None:
        raise MalformedError(
            "/presentation/proof", expected="an audience", found="none", code="presentation.audience"
        )
    shown = [(item.credential, item.secured.digest) for item in chain.items if item.credential is not None]
    return Passing(
        shown=tuple(shown),
        audience=Did.parse(str(proof.domain)),
        shown_at=proof.created,
        received_at=receipts[0][1].received_at if receipts else None,
        members=members,
    )


def _exporter(member: str, members: Mapping[Did, str]) -> Did:
    found = next((did for did, url in members.items() if url == member), None)
    if found is None:
        because = f"the certificate is of {member}, and no --member says which party that is"
        raise NotPermittedError("signing a record", because=because, code="member.unknown")
    return found


def _refuse_missing(steps: Steps, upon: bytes | None) -> None:
    """Refuse to name a step that nobody signed: it comes from the record received, or is one's own.

    Raises:
        NotPermittedError: a step is neither.
    """
    known = {step["id"] for step in steps} | _ids(upon)
    named = {name for step in steps for name in _named(step)}
    if missing := named - known:
        because = f"{len(missing)} steps that yours rest on are in no record received; name it with --upon"
        raise NotPermittedError("signing a record", because=because, code="record.step_missing")


def _named(step: Mapping[str, Json]) -> Iterator[Json]:
    """Walk the ids of other steps in a step."""
    for name in ("of", "transfer"):
        if name in step:
            yield step[name]
    for name in ("inputs", "permissions"):
        found = step.get(name, [])
        yield from found if isinstance(found, list) else []


def _ids(upon: bytes | None) -> set[Json]:
    if upon is None:
        return set()
    container = read_container(parse_object(upon, limit=LARGEST))
    return {read_step(text, place).id for _, place, text in container.steps.encoded()}
