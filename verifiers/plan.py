"""The plan of a verification as data: which question is asked of which document, and what it waits for.

A question waits for others of the same document, and for the inputs that the document names to be sound: then
each of those must have a signature that fits, by a party that stood in its role. No question about the signing
waits for one about the use, so that the first answer never depends on the second.
"""

from dataclasses import dataclass, replace
from functools import cache

from verifiers.case import Ask
from verifiers.catalogue import Question, questions
from verifiers.checks import (
    calculation,
    consent,
    customer,
    data,
    demands,
    grid,
    links,
    membership,
    minimum,
    presentation,
    register,
    signature,
    status,
    timing,
    use,
)
from verifiers.checks import (
    format as forms,
)
from verifiers.item import PRESENTATION

MEMBERSHIP, HOLDER = "MembershipCredential", "AccountHolderCredential"
CONSENT, WITHDRAWAL = "ConsentCredential", "WithdrawalCredential"
CONSUMPTION, INTENSITY, EMISSIONS = "ConsumptionCredential", "GridIntensityCredential", "EmissionsCredential"
RECEIPT, WITHDRAWAL_RECEIPT = "ReceiptCredential", "WithdrawalReceiptCredential"
VERDICT = "VerdictCredential"
LIST = "BitstringStatusListCredential"
REGISTER = "Register"

EVERY = frozenset(
    {MEMBERSHIP, HOLDER, CONSENT, WITHDRAWAL, CONSUMPTION, INTENSITY, EMISSIONS, PRESENTATION, RECEIPT}
    | {WITHDRAWAL_RECEIPT, VERDICT, LIST, ""}
)
LINKING = frozenset({CONSENT, WITHDRAWAL, CONSUMPTION, EMISSIONS, PRESENTATION})
STATUSED = frozenset({MEMBERSHIP, HOLDER, CONSENT, CONSUMPTION, INTENSITY, EMISSIONS})
USES = frozenset({CONSUMPTION, EMISSIONS})
SOUND = ("signature.fits", "key.valid_at_signing", "member.known", "member.had_role")
READ = ("signature.fits",)
SHOWING = USES | {PRESENTATION}
REPORT, SHOWN = frozenset({EMISSIONS}), frozenset({PRESENTATION})
VECTORS = frozenset({CONSUMPTION, INTENSITY})
MEASURED = (*SOUND, "link.digests_match", "data.halfhours_sound")
OWN = (*SOUND, "link.digests_match", "link.inputs_present")


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One question of the plan: of which kinds it is asked, what it waits for, and which inputs must be sound."""

    name: str
    ask: Ask
    of: frozenset[str]
    waits: tuple[str, ...] = ()
    inputs: frozenset[str] = frozenset()
    target: bool = False

    @property
    def sound(self) -> tuple[str, ...]:
        """Name what an input must have passed: its half-hours too, where this question counts them."""
        return MEASURED if self.inputs is VECTORS else SOUND

    @property
    def question(self) -> Question:
        """Give the published texts of the question."""
        return questions()[self.name]


STEPS = (
    Step("register.anchored", register.anchored, frozenset({REGISTER})),
    Step("register.consistent", register.consistent, frozenset({REGISTER})),
    # Format, signature, key and membership: of every document, as it stood when it was signed.
    Step("format.parses", forms.parses, EVERY),
    Step("format.kind_known", forms.kind_known, EVERY, ("format.parses",)),
    Step("format.schema_fits", forms.schema_fits, EVERY, ("format.kind_known",)),
    Step("time.plausible", forms.times_plausible, EVERY, ("format.schema_fits",)),
    Step("signature.allowed", signature.allowed, EVERY, ("format.schema_fits",)),
    Step("key.known", signature.key_known, EVERY, ("signature.allowed",)),
    Step("signature.fits", signature.fits, EVERY, ("signature.allowed", "key.known")),
    Step("member.known", membership.known, EVERY, ("key.known",)),
    Step("member.had_role", membership.had_role, EVERY, ("member.known",)),
    Step("key.valid_at_signing", membership.key_valid, EVERY, ("key.known",)),
    Step("signature.time_proven", timing.time_proven, EVERY, ("key.known",)),
    # Status: at the moment asked for.
    Step("status.clear", status.clear, STATUSED, READ),
    # Consent: what it is, then each use of it.
    Step(
        "consent.from_account_holder",
        consent.from_account_holder,
        frozenset({CONSENT}),
        READ,
        frozenset({HOLDER}),
    ),
    Step("consent.narrows", consent.narrows, frozenset({CONSENT}), READ, frozenset({CONSENT})),
    Step("consent.not_withdrawn", consent.not_withdrawn, frozenset({CONSENT}), READ),
    Step("consent.not_expired", consent.not_expired, frozenset({CONSENT}), READ),
    Step("consent.fresh", consent.fresh, frozenset({CONSENT}), READ),
    Step("consent.present", use.present, SHOWING, READ, frozenset({CONSENT})),
    Step("consent.covers_recipient", use.covers_recipient, SHOWING, ("consent.present",)),
    Step("consent.covers_purpose", use.covers_purpose, SHOWING, ("consent.present",)),
    Step("consent.covers_period", use.covers_period, SHOWING, ("consent.present",)),
    Step("consent.in_force_at_signing", use.in_force_at_signing, SHOWING, ("consent.present",)),
    Step("consent.inside_control", use.inside_control, frozenset({CONSUMPTION}), READ, frozenset({HOLDER})),
    # Links: every digest, every input, no circle, one firm.
    Step("link.digests_match", links.digests_match, EVERY - {"", LIST}, ("format.schema_fits",)),
    Step("link.inputs_present", links.inputs_present, LINKING | {INTENSITY}, READ),
    Step("link.one_subject", links.one_subject, USES | {PRESENTATION}, READ),
    # Data and calculation: from what was verified, never from what was received.
    Step("data.halfhours_sound", data.halfhours_sound, USES | {INTENSITY}, OWN),
    Step("data.coverage_as_stated", data.coverage_as_stated, VECTORS, ("data.halfhours_sound",)),
    Step("data.coverage_as_stated", data.coverage_as_stated, REPORT, ("data.halfhours_sound",), VECTORS),
    Step("data.intensity_kind", grid.intensity_kind, frozenset({INTENSITY}), READ),
    Step("data.region_matches", grid.region_matches, REPORT, OWN, VECTORS),
    Step("data.intensity_complete", grid.intensity_complete, REPORT, READ),
    Step("data.sources_complete", grid.sources_complete, REPORT, OWN, VECTORS),
    Step("calculation.method_known", calculation.method_known, REPORT, READ),
    Step("calculation.sum_opens", calculation.sum_opens, REPORT, (*OWN, "calculation.method_known"), VECTORS),
    Step(
        "calculation.figure_follows",
        calculation.figure_follows,
        REPORT,
        (*OWN, "calculation.method_known"),
        VECTORS,
    ),
    Step(
        "calculation.recalculated",
        calculation.recalculated,
        REPORT,
        (*OWN, "calculation.method_known"),
        VECTORS,
    ),
    # Policy, of each report; then the presentation, at the door or by its receipt.
    Step("policy.separation", demands.separation, REPORT, READ),
    Step("policy.estimates", demands.estimates, REPORT, READ),
    Step("policy.quality", demands.quality, REPORT, READ),
    Step("policy.age", demands.age, REPORT, READ),
    Step("link.acyclic", links.acyclic, EVERY, target=True),
    Step("data.nothing_extra", minimum.nothing_extra, SHOWN, READ, target=True),
    Step("presentation.nonce", presentation.nonce, SHOWN, READ, target=True),
    Step("presentation.audience", presentation.audience, SHOWN, READ, target=True),
    Step("presentation.fresh", presentation.fresh, SHOWN, READ, target=True),
    Step("presentation.holder", presentation.holder, SHOWN, ("signature.allowed",), target=True),
    Step("presentation.channel", presentation.channel, SHOWN, READ, target=True),
    Step("presentation.customer", customer.customer, SHOWN, READ, target=True),
)
_STANDING = frozenset({"member.known", "member.had_role", "key.valid_at_signing", "signature.time_proven"})
_EARLY = frozenset({"format", "signature", "membership"})
_LONE = ("format.parses", "time.plausible", "signature.allowed", "key.known", "signature.fits")


@cache
def steps_for(kind: str, *, small_firm: bool, target: bool) -> tuple[Step, ...]:
    """Choose the questions for a document of this kind; a small firm stands in no register."""
    return tuple(
        step
        for step in STEPS
        if kind in step.of and (target or not step.target) and not (small_firm and step.name in _STANDING)
    )


@cache
def lone_steps() -> tuple[Step, ...]:
    """Choose the questions for one lone credential from outside the scheme."""
    return tuple(replace(step, waits=_lone_waits(step)) for step in STEPS if step.name in _LONE)


def step_alone(name: str) -> Step:
    """Give a question by its name, as one that waits for nothing."""
    return replace(next(step for step in STEPS if step.name == name), waits=())


@cache
def is_early(name: str) -> bool:
    """Tell whether a question is asked before the claim is read."""
    return questions()[name].area in _EARLY


def _lone_waits(step: Step) -> tuple[str, ...]:
    """Wait for what is asked of a lone credential, and at least for its bytes."""
    kept = tuple(name for name in step.waits if name in _LONE)
    return kept or (() if step.name == "format.parses" else ("format.parses",))
