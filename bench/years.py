"""What a whole annual report costs a bank: twelve months, electricity and gas, with every check made.

Three figures, each beside what no verifier can do without in that state: (1) cold, from bytes alone: every signature,
every point decoded, every sum; (2) with the points decoded: signatures and sums; (3) with the openings known by their
digests: the signatures.
"""

from collections.abc import Callable, Iterator

from coincurve import PublicKey

from bench.chains import forget, forget_documents, raw_verification, require_yes
from bench.commitments import sum_alone
from bench.timing import Figure, beside
from support.chain import AT
from support.keys import signer
from support.year import Year, YearChain, year_chain
from trust.claims.commitments import Commitments
from trust.claims.consumption import Fuel
from trust.claims.emissions import weights
from trust.claims.gas import gas_factors
from trust.claims.halfhour import Month
from trust.report import Report
from trust.resource import read_resource
from trust.secured import Secured
from verifiers import shape
from verifiers.policy import Policy
from verifiers.verify import verify


def year() -> Iterator[Figure]:
    """Verify an annual report in three states of a bank's memory."""
    chain = year_chain(Year())
    presented, evidence, policy = chain.presented(), chain.evidence(), Policy.bank()

    def judged() -> Report[object]:
        return verify(
            Secured(presented.raw, "application/vp"), evidence, policy=policy, anchor=chain.anchor, at=AT
        )

    def cold() -> object:
        forget()
        forget_documents()
        return judged().overall

    def decoded() -> object:
        forget_documents()
        return judged().overall

    def cached() -> object:
        forget_shapes()
        return judged().overall

    require_yes(judged())
    signatures, points, sums = limits_of(chain)
    yield beside("verify.year.cold", cold, together(signatures, points, sums), rounds=7)
    yield beside("verify.year.decoded", decoded, together(signatures, sums), rounds=7)
    yield beside("verify.year.cached", cached, signatures, rounds=7)


def forget_shapes() -> None:
    """Drop every document that was read, and keep the openings that were checked."""
    for remembered in (shape._remembered_shape, shape._remembered_claim):  # noqa: SLF001 - what is not to be measured
        remembered.cache_clear()


def limits_of(chain: YearChain) -> tuple[Callable[[], object], Callable[[], object], Callable[[], object]]:
    """Prepare the signatures, the decoding of all points and the sums, each by the libraries' own calls alone."""
    verification, count = raw_verification(signer("bench")), len(chain.chain) + 1
    found = [read_resource(raw, where="resource") for raw in chain.travelling]
    vectors = [one for one in found if isinstance(one, Commitments)]
    encoded = [point for one in vectors for point in one.points if point is not None]
    sums = [summed(chain, one) for one in vectors]
    return (
        lambda: [verification() for _ in range(count)],
        lambda: [PublicKey(point) for point in encoded],
        together(*sums),
    )


def summed(chain: YearChain, vector: Commitments) -> Callable[[], object]:
    """Prepare the sum of one vector: by running sums, or for gas, which has one weight, by one multiplication."""
    month = Month.of(vector.period.start)
    if vector.fuel is Fuel.ELECTRICITY:
        series = chain.year.series(chain.year.meters[0].region, month)
        return sum_alone(vector.points, weights(series, vector.quality))
    points = [PublicKey(point) for point in vector.points if point is not None]
    factor = gas_factors(month).weight(vector.unit_code).to_bytes(32)
    return lambda: PublicKey.combine_keys(points).multiply(factor)


def together(*works: Callable[[], object]) -> Callable[[], object]:
    """Do one piece of work after the other."""

    def all_of_them() -> None:
        for work in works:
            work()

    return all_of_them
