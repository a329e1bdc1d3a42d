"""Format, signature, key and membership: each refusal with its code, and nothing else wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from registry.log.checkpoint import Checkpoint
from support.chain import (
    AT,
    ChainSimulator,
    assert_refused,
    codes,
    edited,
    party,
    resigned,
    scheme,
    signed_at,
)
from support.keys import signer
from support.scheme import SchemeSimulator
from support.story import CAP, EDP, METERED_AT, OPERATOR
from trust.base58 import base58_decode, base58_encode
from trust.canonical import Json
from trust.claims.consent import Consent
from trust.credential import Credential
from trust.did import Did
from trust.report import Answer, Outcome, Overall
from trust.secured import Secured
from verifiers.policy import Policy
from verifiers.verify import verify

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def lone(chain: ChainSimulator, secured: Secured, policy: Policy | None = None) -> set[str]:
    """Have one credential judged with the chain beside it, and give what stands in the way."""
    evidence = chain.evidence(credentials=chain.chain, door=None)
    report = verify(secured, evidence, policy=policy or Policy.cap(), anchor=chain.anchor, at=AT)
    assert report.overall is Overall.NOT_VERIFIED
    return codes(report)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "format.unparseable"),
        (b"null", "format.unparseable"),
        (b'{"a":1,"a":2}', "format.duplicate_key"),
        (b'{"b":1, "a":2}', "format.not_canonical"),
        (b'{"type":["VerifiableCredential","Nonsense"]}', "format.unknown_type"),
        (b"\xff\xfe{\x00}\x00", "format.encoding"),
        (b"[" * 100 + b"]" * 100, "format.too_deep"),
    ],
)
def test_bytes_that_are_no_document_are_refused_with_the_reason(raw: bytes, code: str) -> None:
    assert lone(ChainSimulator(), Secured(raw)) == {code}


def test_another_context_is_refused() -> None:
    secured = edited(
        ChainSimulator().credentials["intensity"], lambda d: d.update({"@context": ["https://x.example"]})
    )
    assert lone(ChainSimulator(), secured) == {"format.unknown_context"}


def test_an_unexpected_member_is_refused() -> None:
    secured = edited(ChainSimulator().credentials["intensity"], lambda d: d.update(extra="x"))
    assert lone(ChainSimulator(), secured) == {"format.schema"}


def test_a_schema_of_another_edition_is_refused() -> None:
    chain = ChainSimulator()

    def edit(document: dict[str, Json]) -> None:
        schema = document["credentialSchema"]
        assert isinstance(schema, dict)
        schema["digestMultibase"] = chain.credentials["emissions"].digest.multibase

    secured = edited(chain.credentials["intensity"], edit)
    assert "format.schema" in lone(chain, secured)


def test_a_month_written_without_z_is_refused() -> None:
    secured = edited(
        ChainSimulator().credentials["intensity"], lambda d: d.update(validFrom="2026-11-03T03:10:00")
    )
    assert lone(ChainSimulator(), secured) & {"time.malformed", "format.schema"}


def test_a_signing_time_in_the_future_is_refused() -> None:
    chain = ChainSimulator()
    report = chain.report(at=AT - timedelta(days=20), status_lists={})
    assert "time.future" in codes(report)


def test_a_document_that_ends_before_it_begins_is_refused() -> None:
    chain = ChainSimulator().changed(
        emissions=lambda c: replace(c, valid_until=c.valid_from - timedelta(days=1))
    )
    assert codes(chain.report()) == {"time.malformed", "status.expired"}


def test_a_valid_from_that_is_not_the_signing_time_is_refused() -> None:
    def edit(document: dict[str, Json]) -> None:
        document["validFrom"] = "2026-11-03T03:11:00Z"

    chain = ChainSimulator()
    secured = signed_at(chain.credentials["intensity"], edit, METERED_AT)
    assert lone(chain, secured) == {"time.malformed"}


def test_a_consent_for_more_than_a_year_is_refused() -> None:
    def longer(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Consent)
        return replace(c, claim=replace(c.claim, expires=c.valid_from + timedelta(days=400)))

    chain = ChainSimulator().changed(consent=longer)
    assert lone(chain, chain.credentials["consent"]) == {"time.malformed"}


def test_a_document_that_has_run_out_is_genuine_and_unusable() -> None:
    chain = ChainSimulator().changed(emissions=lambda c: replace(c, valid_until=AT))
    report = chain.report()
    assert codes(report) == {"status.expired"}
    assert (report.authentic_at_signing, report.usable_now) == (Answer.YES, Answer.NO)


def test_a_document_without_a_signature_is_refused() -> None:
    secured = edited(ChainSimulator().credentials["intensity"], lambda d: d.pop("proof"))
    assert lone(ChainSimulator(), secured) == {"signature.missing"}


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("cryptosuite", "eddsa-rdfc-2022", "signature.suite_not_allowed"),
        ("proofPurpose", "authentication", "signature.purpose"),
    ],
)
def test_a_signature_of_another_way_or_purpose_is_refused(member: str, value: str, code: str) -> None:
    def edit(document: dict[str, Json]) -> None:
        proof = document["proof"]
        assert isinstance(proof, dict)
        proof[member] = value

    assert lone(ChainSimulator(), edited(ChainSimulator().credentials["intensity"], edit)) >= {code}


def test_a_suite_that_the_policy_leaves_out_is_refused() -> None:
    policy = replace(Policy.cap(), suites=("eddsa-jcs-2022",))
    chain = ChainSimulator()
    assert lone(chain, chain.credentials["intensity"], policy) == {"signature.suite_not_allowed"}


def test_the_larger_of_two_forms_of_a_signature_is_refused() -> None:
    def edit(document: dict[str, Json]) -> None:
        proof = document["proof"]
        assert isinstance(proof, dict)
        raw = base58_decode(str(proof["proofValue"])[1:])
        other = (ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
        proof["proofValue"] = "z" + base58_encode(raw[:32] + other)

    assert lone(ChainSimulator(), edited(ChainSimulator().credentials["intensity"], edit)) == {
        "signature.not_canonical"
    }


def test_a_figure_changed_after_signing_is_refused_and_nothing_is_built_on_it() -> None:
    chain = ChainSimulator()

    def edit(document: dict[str, Json]) -> None:
        subject = document["credentialSubject"]
        assert isinstance(subject, dict)
        rows = subject["rows"]
        assert isinstance(rows, list)
        assert isinstance(rows[0], dict)
        rows[0]["kg"] = "1.000"

    forged = edited(chain.credentials["emissions"], edit)
    held = tuple(forged if item == chain.credentials["emissions"] else item for item in chain.chain)
    report = chain.report(chain.presented(credentials=held))
    assert "signature.mismatch" in codes(report)
    opens = [check for check in report if check.name == "calculation.sum_opens"]
    assert [check.outcome for check in opens] == [Outcome.NOT_RUN]
    assert report.genuine is None


def test_a_key_of_another_member_is_refused() -> None:
    chain = replace(ChainSimulator(), keys={"emissions": signer(f"scheme/{EDP}")})
    assert "key.unknown" in codes(chain.report())


def test_another_member_signing_in_the_issuers_name_is_refused() -> None:
    chain = ChainSimulator()

    def edit(document: dict[str, Json]) -> None:
        document["issuer"] = str(EDP)

    assert "key.other_issuer" in lone(chain, edited(chain.credentials["intensity"], edit))


def test_a_signer_that_is_no_member_is_refused() -> None:
    chain = ChainSimulator().changed(emissions=lambda c: replace(c, issuer=Did("did:web:stranger.example")))
    assert "key.unknown" in codes(chain.report())


def changed_scheme(change: Callable[[SchemeSimulator], object]) -> ChainSimulator:
    """Give the good chain under a scheme to which something has happened."""
    found = scheme()
    change(found)
    return ChainSimulator(scheme=found)


def test_a_signer_suspended_when_it_signed_is_refused_with_its_name_and_the_date() -> None:
    signed = ChainSimulator().shown_at - timedelta(days=2)
    report = changed_scheme(lambda s: s.suspend(party(CAP), at=signed)).report()
    assert codes(report) == {"member.suspended_at_signing"}
    obstacle = report.obstacles[0]
    assert "GreenLedger" in obstacle.title
    assert report.authentic_at_signing is Answer.NO
    idle = [check for check in report if check.name == "calculation.sum_opens"]
    assert idle[0].outcome is Outcome.NOT_RUN
    assert idle[0].depends_on == ("member.had_role",)


def test_a_signer_without_the_role_is_refused() -> None:
    found = SchemeSimulator()
    for did, name, role in (
        (EDP, "Meterworks", "energy-data-provider"),
        (OPERATOR, "Operator", "scheme-operator"),
        (Did("did:web:grid.demo.perseus.example"), "GridWatch", "grid-data-provider"),
        (Did("did:web:bank.demo.perseus.example"), "Northern Bank", "financial-service-provider"),
        (CAP, "GreenLedger", "auditor"),
    ):
        found.join(str(did), name=name, roles=(role,))
    assert_refused(ChainSimulator(scheme=found).report(), "member.wrong_role")


def test_a_register_of_another_scheme_is_refused() -> None:
    chain = ChainSimulator()
    other = SchemeSimulator(seed="another")
    report = verify(chain.presented(), chain.evidence(), policy=Policy.bank(), anchor=other.anchor, at=AT)
    assert codes(report) == {"register.no_anchor"}
    assert report.overall is Overall.NOT_VERIFIED
    [refused] = report.obstacles
    assert refused.title == "It comes from another scheme than the trusted one"
    assert "--trust" not in refused.remedy
    genesis = (other.anchor.genesis.multibase, chain.anchor.genesis.multibase)
    assert (genesis[0] in refused.expected, genesis[1] in refused.found) == (True, True)
    assert all(digest in refused.detail for digest in genesis)


def test_a_register_of_another_environment_is_refused() -> None:
    chain = ChainSimulator()
    anchor = replace(chain.anchor, environment="production")
    report = verify(chain.presented(), chain.evidence(), policy=Policy.bank(), anchor=anchor, at=AT)
    assert codes(report) == {"environment.mismatch"}


def test_without_a_register_nothing_about_members_is_known() -> None:
    report = ChainSimulator().report(register=None)
    assert report.overall is not Overall.VERIFIED
    assert {"register.unreachable", "register.stale", "key.unknown"} <= codes(report)
    assert all(check.remedy.startswith("did:web:") for check in report if check.code == "key.unknown")


def test_more_entries_than_the_copy_has_cannot_be_asked_about() -> None:
    report = ChainSimulator().report(known_at=10_000)
    assert (report.overall, codes(report)) == (
        Overall.UNDETERMINED,
        {"register.out_of_range", "consent.stale"},
    )
    first = next(check for check in report if check.name == "register.consistent")
    assert first.detail == "The copy has 16 entries, and 10000 were asked for."
    assert report.about.size == 10_000


@pytest.mark.parametrize("known_at", [0, datetime(2020, 1, 1, tzinfo=UTC)])
def test_before_the_register_began_nobody_was_known_and_nothing_is_refused(known_at: datetime | int) -> None:
    report = ChainSimulator().report(known_at=known_at)
    assert (report.authentic_at_signing, report.usable_now) == (Answer.UNKNOWN, Answer.UNKNOWN)
    assert codes(report) == {"register.out_of_range", "consent.stale"}
    for obstacle in (check for check in report.obstacles if check.code == "register.out_of_range"):
        assert "had no entry yet: it begins on 2026-" in obstacle.detail
        assert obstacle.remedy == "Ask for a later moment, or for what is known now."


def test_a_verdict_names_the_size_of_the_register_that_it_was_reached_with() -> None:
    chain = ChainSimulator()
    assert chain.report().about.size == chain.register.size
    assert chain.report(known_at=chain.register.size - 1).about.size == chain.register.size - 1
    assert chain.report(register=None).about.size is None


def test_a_member_suspended_after_it_signed_is_believed_with_a_warning() -> None:
    chain = ChainSimulator()
    chain.scheme.suspend(party(CAP), at=AT + timedelta(hours=1))
    report = chain.report()
    assert report.overall is Overall.VERIFIED
    warned = [check for check in report if check.code == "member.suspended_later"]
    assert {check.subject.kind for check in warned} >= {"EmissionsCredential", "VerifiablePresentation"}
    for check in warned:
        assert (check.name, check.outcome) == ("member.had_role", Outcome.WARNING)
        assert check.detail.startswith("GreenLedger was suspended later, since 2026-")
    assert chain.report(known_at=chain.register.size - 1).counts[Outcome.WARNING] == report.counts[
        Outcome.WARNING
    ] - len(warned)


def test_what_was_known_at_an_earlier_size_is_what_counts() -> None:
    found = scheme()
    size = found.register.size
    found.suspend(party(CAP), at=ChainSimulator().shown_at - timedelta(days=2))
    chain = ChainSimulator(scheme=found)
    assert chain.report(known_at=size).overall is Overall.VERIFIED
    assert chain.report().overall is Overall.NOT_VERIFIED


def test_a_claim_that_contradicts_itself_is_told_by_the_question_it_belongs_to() -> None:
    def edit(document: dict[str, Json]) -> None:
        subject = document["credentialSubject"]
        assert isinstance(subject, dict)
        coverage = subject["coverage"]
        assert isinstance(coverage, dict)
        coverage["measured"] = 1

    chain = ChainSimulator()
    secured = resigned(chain.credentials["consumption"], edit)
    assert lone(chain, secured) == {"data.coverage_misstated"}


def with_checkpoint(chain: ChainSimulator, note: str) -> ChainSimulator:
    """Have the accounting provider embed a checkpoint that it saw."""
    return chain.changed(emissions=lambda c: replace(c, checkpoint=note))


def test_a_copy_shorter_than_what_a_signer_saw_is_too_old_for_new_reliance() -> None:
    chain = ChainSimulator()
    older = chain.register
    chain.scheme.suspend(party(EDP), at=AT)
    report = with_checkpoint(chain, chain.scheme.checkpoint).report(register=older)
    assert codes(report) == {"register.stale"}
    assert (report.authentic_at_signing, report.usable_now) == (Answer.YES, Answer.UNKNOWN)


def test_a_copy_that_tells_its_past_otherwise_than_a_signer_saw_is_refused() -> None:
    chain = ChainSimulator()
    forked = Checkpoint(chain.register.scheme.origin, 3, bytes(32)).sign(chain.scheme.log)
    assert codes(with_checkpoint(chain, forked).report()) == {"register.forked"}


def test_a_checkpoint_of_this_very_copy_or_of_nobody_changes_nothing() -> None:
    chain = ChainSimulator()
    stranger = Checkpoint("elsewhere.example/log", 3, bytes(32)).sign(chain.scheme.log)
    for note in (
        chain.scheme.checkpoint,
        stranger,
        "no checkpoint at all, but long enough for the schema to take it\n",
    ):
        assert with_checkpoint(chain, note).report().overall is Overall.VERIFIED


def test_a_copy_that_was_fetched_too_long_ago_is_too_old() -> None:
    report = ChainSimulator().report(register_at=AT - timedelta(days=2))
    assert codes(report) == {"register.stale"}
    assert report.authentic_at_signing is Answer.YES
    assert ChainSimulator().report(register_at=AT - timedelta(hours=2)).overall is Overall.VERIFIED
