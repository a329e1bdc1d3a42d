"""What a verifier demands, as data: printed in the verdict, pinned by its digest, never chosen by a file.

There is nothing here by which a chain policy could switch off format, signature, membership, status, consent,
links or calculation: those are the plan, not the policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self, cast

from trust.canonical import Json, canonicalize, parse
from trust.claims.consent import Data
from trust.claims.emissions import METHOD
from trust.codec import decode, encode
from trust.digest import Digest
from trust.errors import MalformedError

ROLE = "https://registry.ib1.org/scheme/perseus/role/"
PROCESS = "https://registry.ib1.org/scheme/perseus/process/"
OPERATOR = ROLE + "scheme-operator"
LARGEST = 65_536
HOUR = 3_600
DAY = 24 * HOUR
LONGEST_AGE = 31 * DAY
PROOF_INTERVALS = 2
"""What a bank wants (register.md, two clocks an event)."""


class Scope(StrEnum):
    """Whether a whole chain is judged, or one lone credential from outside the scheme."""

    CHAIN = "chain"
    CREDENTIAL = "credential"


@dataclass(frozen=True, slots=True)
class Signing:
    """Which role a member must have had to sign a kind of credential; none where any member may."""

    kind: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """The purpose for which a kind of data may be used by whoever verifies."""

    data: Data
    purpose: str


SIGNERS = (
    Signing("MembershipCredential", OPERATOR),
    Signing("AccountHolderCredential", ROLE + "energy-data-provider"),
    Signing("ConsumptionCredential", ROLE + "energy-data-provider"),
    Signing("GridIntensityCredential", ROLE + "grid-data-provider"),
    Signing("EmissionsCredential", ROLE + "carbon-accounting-provider"),
)
USES = (
    Use(Data.CONSUMPTION, PROCESS + "emissions-calculations"),
    Use(Data.EMISSIONS, PROCESS + "emissions-reporting"),
)
SUITES = ("ecdsa-jcs-2019", "eddsa-jcs-2022")


@dataclass(frozen=True, slots=True)
class Policy:
    """The demands of one verifier; ages and skew are in seconds, shares in whole per cent.

    `presented` names the kinds without which a presentation says nothing; `recalculates` whether the readings are
    due to this verifier; `customer` whether the firm must be paired with a customer of its own; within how many
    intervals of the evidence log a signature should be proven to exist says `proof_intervals`, 0 that it need not.

    Raises:
        MalformedError: a number is negative, or the skew would let anything pass.
    """

    name: str
    scope: Scope = Scope.CHAIN
    signers: tuple[Signing, ...] = SIGNERS
    uses: tuple[Use, ...] = USES
    suites: tuple[str, ...] = SUITES
    methods: tuple[str, ...] = (METHOD.id,)
    presented: tuple[str, ...] = ()
    clock_skew: int = 60
    presentation_age: int = 300
    status_age: int = DAY
    register_age: int = DAY
    proof_intervals: int = 0
    most_estimated: int = 100
    worst_quality: int = 5
    months_back: int | None = None
    separation: bool = True
    customer: bool = False
    recalculates: bool = False

    def __post_init__(self) -> None:
        """Refuse demands that would demand nothing."""
        numbers = (
            self.clock_skew,
            self.presentation_age,
            self.status_age,
            self.register_age,
            self.proof_intervals,
        )
        if min(numbers) < 0 or self.clock_skew > HOUR or not self.suites:
            raise MalformedError(
                "policy", expected="numbers from 0, a skew of at most an hour, a suite", found=str(numbers)
            )
        if self.scope is Scope.CHAIN:
            self._require_whole_plan()

    def _require_whole_plan(self) -> None:
        """Refuse a chain policy that would leave out a role, a purpose, a method or every age."""
        unsigned = [each.kind for each in SIGNERS if self.role_for(each.kind) is None]
        unused = [data.value for data in Data if not self.purpose_of(data)]
        if unsigned or unused or not self.methods:
            found = ", ".join([*unsigned, *unused]) or "no method"
            raise MalformedError(
                "policy", expected="a role, a purpose and a method for everything", found=found
            )
        if max(self.status_age, self.register_age, self.presentation_age) > LONGEST_AGE:
            found = f"{max(self.status_age, self.register_age, self.presentation_age)} seconds"
            raise MalformedError("policy", expected=f"ages of at most {LONGEST_AGE} seconds", found=found)

    @classmethod
    def bank(cls) -> Self:
        """Demand what a bank needs before it relies on a firm's emissions; it never sees a reading."""
        return cls(
            name="bank",
            presented=("EmissionsCredential",),
            most_estimated=25,
            customer=True,
            proof_intervals=PROOF_INTERVALS,
        )

    @classmethod
    def cap(cls) -> Self:
        """Demand what a carbon accounting provider needs before it calculates."""
        return cls(name="cap", recalculates=True)

    @classmethod
    def edp(cls) -> Self:
        """Demand what an energy data provider needs before it lets readings go."""
        return cls(name="edp", presented=("ConsentCredential",))

    @classmethod
    def auditor(cls) -> Self:
        """Demand what an auditor needs, who may see the readings and makes the figure again."""
        return cls(
            name="auditor",
            presented=("EmissionsCredential",),
            recalculates=True,
            proof_intervals=PROOF_INTERVALS,
        )

    @classmethod
    def interoperability(cls) -> Self:
        """Judge one lone credential of anybody's, by its form and signature; never yields a chain verdict."""
        return cls(name="interoperability", scope=Scope.CREDENTIAL, signers=(), uses=(), methods=())

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """Read a policy file.

        Raises:
            MalformedError: a member is missing, unknown, or of another shape.
        """
        document = parse(raw, where="policy", limit=LARGEST)
        found = decode(cls, document)
        if not isinstance(document, Mapping) or encode(found) != document:
            raise MalformedError(
                "policy",
                expected="the members of a policy and no other",
                found="others",
                code="format.schema",
            )
        return found

    def to_json(self) -> bytes:
        """Write the policy in its one form."""
        return canonicalize(cast("Json", encode(self)))

    @property
    def digest(self) -> Digest:
        """Give the digest by which a verdict pins the policy."""
        return Digest.of(self.to_json())

    def role_for(self, kind: str) -> str | None:
        """Give the role that the signer of a kind must have had."""
        for signing in self.signers:
            if signing.kind == kind:
                return signing.role
        return None

    def purpose_of(self, data: Data) -> str | None:
        """Give the purpose that a consent for this data must name."""
        return next((use.purpose for use in self.uses if use.data is data), None)
