"""What verifying costs: one credential from its bytes, and a bank's whole chain with every check made."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from bench.commitments import sum_alone
from bench.timing import Figure, beside
from holders.withdraw import withdraw
from support.chain import AT, ChainSimulator, codes
from support.keys import signer
from support.story import SHOWN_AT
from trust.claims.commitments import Commitments
from trust.claims.emissions import weights
from trust.claims.intensity import IntensitySeries
from trust.keys import Signer
from trust.report import Overall, Report
from trust.resource import read_resource
from trust.secured import Secured
from trust.weighted_sum import decode
from verifiers import resources, shape
from verifiers.checks import opening
from verifiers.policy import Policy
from verifiers.verify import verify

SIZE = 1_500
DISTINCT = 600  # more than any cache of the verifier holds, so that every one is read from its bytes
ECDSA = ec.ECDSA(hashes.SHA256())


def credential() -> Figure:
    """Verify one credential of about 1.5 KB from its bytes; the limit is one raw P-256 verification."""
    chain = ChainSimulator()
    held = cycle([of_size(chain, SIZE, number) for number in range(DISTINCT)])
    evidence = replace(chain.evidence(), pairing=None, door=None)
    policy, anchor = Policy.interoperability(), chain.anchor

    def judged() -> Report[object]:
        return verify(next(held), evidence, policy=policy, anchor=anchor, at=AT)

    require_yes(judged())
    return beside("verify.credential", lambda: judged().overall, raw_verification(signer("bench")), times=50)


def of_size(simulated: ChainSimulator, size: int, number: int) -> Secured:
    """Have the firm sign one more credential of so many bytes: a withdrawal, whose reason fills it up."""
    story = simulated.story

    def signed(reason: str) -> Secured:
        return withdraw(
            story.consents[1],
            signer=story.firm_signer,
            at=SHOWN_AT,
            id=story.id(f"withdrawal {number}"),
            reason=reason,
        )

    return signed("x" * (size - len(signed("x").raw)))


def chain() -> Iterator[Figure]:
    """Verify a bank's whole chain, warm and cold; the limit is its signatures and its one weighted sum alone."""
    simulated = ChainSimulator()
    presented, evidence, policy = simulated.presented(), simulated.evidence(), Policy.bank()

    def judged() -> Report[object]:
        forget_documents()
        return verify(
            Secured(presented.raw, "application/vp"), evidence, policy=policy, anchor=simulated.anchor, at=AT
        )

    def cold() -> Report[object]:
        forget()
        return judged()

    require_yes(judged())
    bound = limit_of(simulated)
    yield beside("verify.chain", lambda: judged().overall, bound, times=3)
    yield beside("verify.chain.cold", lambda: cold().overall, bound)


def limit_of(simulated: ChainSimulator) -> Callable[[], object]:
    """Prepare what no verifier can do without: one verification a signature, and the additions of the sum."""
    signatures = len(simulated.chain) + 1
    verification = raw_verification(signer("bench"))
    found = [read_resource(raw, where="resource") for raw in simulated.held_resources.values()]
    sealed = next(one for one in found if isinstance(one, Commitments))
    series = next(one for one in found if isinstance(one, IntensitySeries))
    summed = sum_alone(sealed.points, weights(series, sealed.quality))

    def alone() -> None:
        for _ in range(signatures):
            verification()
        summed()

    return alone


def raw_verification(key: Signer) -> Callable[[], object]:
    """Prepare one P-256 verification by the library: key parsed, message at hand, signature in its own form."""
    message = bytes(64)
    raw = key.sign(message)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.key.point)
    return lambda: public.verify(der, message, ECDSA)


def forget_documents() -> None:
    """Drop every document that was read and every opening that was checked, so that both are done each time."""
    for cached in (shape._remembered_shape, shape._remembered_claim, opening._fault, opening._alike):  # noqa: SLF001 - what is not to be measured
        cached.cache_clear()


def forget() -> None:
    """Drop the decoded points and series, as a verifier that has never seen them."""
    decode.cache_clear()
    for name in dir(resources):
        cached = getattr(resources, name)
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()


def require_yes(report: Report[object]) -> None:
    """Refuse to time a verification that does not say yes.

    Raises:
        RuntimeError: naming the codes.
    """
    if report.overall is not Overall.VERIFIED:
        raise RuntimeError(f"the chain to be timed is {report.overall}: {sorted(codes(report))}")
