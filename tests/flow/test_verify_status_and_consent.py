"""Status and consent: each refusal with its code, on the answer that it bears on."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from support.chain import AT, ChainSimulator, assert_refused, codes, party, signed_at
from support.keys import signer
from support.story import BANK, CAP, EDP, GRID, LIST_URL, METERED_AT, OPERATOR, REPORTED_AT, urn
from trust.claims.account import AccountHolder
from trust.claims.consent import Consent, Withdrawal
from trust.claims.consumption import Consumption
from trust.credential import Credential
from trust.did import Did
from trust.digest import b64url_encode
from trust.envelope import link
from trust.keys import Signer
from trust.links import Relation
from trust.report import Answer, Outcome, Overall
from trust.secured import Secured
from trust.signing import sign
from trust.status import StatusEntry, StatusList

EMISSIONS_INDEX, CONSENT_INDEX = 40, 10


def consent(**changes: object) -> Callable[[Credential[object]], Credential[object]]:
    """Change what a consent says."""
    return lambda c: replace(c, claim=replace(c.claim, **changes))  # type: ignore[type-var]  # a consent


def listed(chain: ChainSimulator, **changes: object) -> dict[str, Secured]:
    """Give one status list for the chain, changed."""
    return {LIST_URL: chain.status_list(**changes)}  # type: ignore[arg-type]  # the names are its own


def test_a_revoked_report_is_genuine_and_unusable() -> None:
    report = replace(ChainSimulator(), revoked=(EMISSIONS_INDEX,)).report()
    assert_refused(report, "status.revoked", check="status.clear")
    assert (report.authentic_at_signing, report.usable_now) == (Answer.YES, Answer.NO)


@pytest.mark.parametrize(
    ("purpose", "code"), [("suspension", "status.suspended"), ("refresh", "status.superseded")]
)
def test_a_second_list_is_asked_as_well(purpose: str, code: str) -> None:
    url = f"{LIST_URL}-{purpose}"
    entry = StatusEntry(purpose, 7, url)
    chain = ChainSimulator().changed(emissions=lambda c: replace(c, status=(*c.status, entry)))
    second = chain.status_list(purpose=purpose, revoked=(7,), url=url)
    assert_refused(chain.report(status_lists={**listed(chain), url: second}), code)


def test_a_report_that_names_no_list_is_refused() -> None:
    chain = ChainSimulator().changed(emissions=lambda c: replace(c, status=()))
    assert_refused(chain.report(), "status.missing")


def test_without_the_list_nobody_can_tell() -> None:
    report = ChainSimulator().report(status_lists={})
    assert report.overall is Overall.UNDETERMINED
    assert codes(report) == {"status.unreachable", "consent.stale"}
    assert report.authentic_at_signing is Answer.YES


def test_an_old_list_lets_nobody_tell() -> None:
    chain = ChainSimulator()
    report = chain.report(status_lists=listed(chain, at=AT - timedelta(days=3), life=timedelta(days=9)))
    assert codes(report) == {"status.stale", "consent.stale"}


def test_a_list_from_after_the_moment_asked_for_lets_nobody_tell() -> None:
    chain = ChainSimulator()
    assert codes(chain.report(status_lists=listed(chain, at=AT + timedelta(days=1)))) == {"status.stale"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"by": EDP}, "status.other_issuer"),
        ({"purpose": "refresh"}, "status.other_purpose"),
        ({"encoded": "uAAAA"}, "status.malformed"),
        ({"url": "https://operator.demo.perseus.example/status/2"}, "status.malformed"),
    ],
)
def test_a_list_that_may_not_answer_is_refused(changes: dict[str, object], code: str) -> None:
    chain = ChainSimulator()
    assert code in codes(chain.report(status_lists=listed(chain, **changes)))


def test_a_list_too_short_to_hide_in_is_refused() -> None:
    short = "u" + b64url_encode(gzip.compress(bytes(100), mtime=0))
    chain = ChainSimulator()
    assert "status.too_short" in codes(chain.report(status_lists=listed(chain, encoded=short)))


def test_a_place_outside_the_list_is_refused() -> None:
    chain = ChainSimulator().changed(
        emissions=lambda c: replace(c, status=(StatusEntry("revocation", 999_999, LIST_URL),))
    )
    assert_refused(chain.report(), "status.out_of_range")


def test_a_list_that_somebody_else_signed_is_refused() -> None:
    chain = ChainSimulator()
    good = chain.status_list()
    forged = Secured(good.raw.replace(b'"ttl":300000', b'"ttl":300001'))
    assert codes(chain.report(status_lists={LIST_URL: forged})) >= {"status.other_issuer"}


def test_the_bit_of_a_consent_is_its_withdrawal() -> None:
    report = replace(ChainSimulator(), revoked=(CONSENT_INDEX,)).report()
    assert_refused(report, "consent.withdrawn", check="consent.not_withdrawn")
    assert report.authentic_at_signing is Answer.YES


def withdrawal(chain: ChainSimulator, *, by: Did, key: Signer, days: float = 0) -> Secured:
    """Withdraw the consent to readings in somebody's name."""
    given = chain.credentials["consent"]
    claim = Withdrawal(chain.story.id("consent 0"))
    at = METERED_AT + timedelta(days=days)
    ended: Credential[object] = Credential(
        urn("withdrawal"), by, claim, at, links=(link(Relation.DERIVED, given),)
    )
    return sign(ended, signer=key)


def test_a_withdrawal_is_honoured_whatever_the_list_says() -> None:
    chain = ChainSimulator()
    ended = withdrawal(chain, by=chain.story.firm, key=chain.story.firm_signer, days=1.8)
    report = chain.report(credentials=(ended,))
    assert_refused(report, "consent.withdrawn", check="consent.not_withdrawn")
    assert report.authentic_at_signing is Answer.YES


def test_what_is_signed_after_a_withdrawal_was_never_allowed() -> None:
    chain = ChainSimulator()
    ended = withdrawal(chain, by=chain.story.firm, key=chain.story.firm_signer, days=-1)
    report = chain.report(credentials=(ended,))
    assert codes(report) == {"consent.withdrawn"}
    assert report.authentic_at_signing is Answer.NO


def test_a_stranger_cannot_withdraw() -> None:
    chain = ChainSimulator()
    ended = withdrawal(chain, by=GRID, key=signer(f"scheme/{GRID}"))
    report = chain.report(credentials=(ended,))
    assert "consent.withdrawn" not in codes(report)


def test_an_expired_consent_ends_the_use_and_not_the_truth() -> None:
    report = (
        ChainSimulator()
        .changed(
            consent=consent(expires=AT - timedelta(minutes=9)),
            showing=consent(expires=AT - timedelta(minutes=9)),
        )
        .report()
    )
    assert_refused(report, "consent.expired", check="consent.not_expired")
    assert report.authentic_at_signing is Answer.YES


def test_a_figure_made_after_the_consent_ran_out_was_never_allowed() -> None:
    report = ChainSimulator().changed(consent=consent(expires=REPORTED_AT - timedelta(hours=1))).report()
    assert codes(report) == {"consent.expired", "consent.widened"}
    assert report.authentic_at_signing is Answer.NO


def test_readings_let_go_before_the_consent_was_given_were_never_allowed() -> None:
    chain = ChainSimulator().changed(consent=lambda c: replace(c, valid_from=METERED_AT + timedelta(hours=2)))
    assert "consent.missing" in codes(chain.report())


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("showing", {"to": GRID}, "consent.other_recipient"),
        ("consent", {"from_": GRID}, "consent.other_recipient"),
        ("showing", {"purposes": ("https://elsewhere.example/marketing",)}, "consent.other_purpose"),
        ("consent", {"purposes": ("https://elsewhere.example/marketing",)}, "consent.other_purpose"),
    ],
)
def test_a_use_outside_the_consent_is_refused(name: str, changes: dict[str, object], code: str) -> None:
    assert codes(ChainSimulator().changed(**{name: consent(**changes)}).report()) == {code}


def test_a_consent_to_another_accounting_provider_is_refused() -> None:
    found = codes(ChainSimulator().changed(consent=consent(to=BANK)).report())
    assert "consent.other_recipient" in found


def test_a_month_outside_the_consent_is_refused() -> None:
    later = METERED_AT.replace(day=1, hour=0, minute=0)
    chain = ChainSimulator().changed(showing=consent(data_from=later))
    assert_refused(chain.report(), "consent.out_of_period")


def test_a_meter_that_no_consent_names_is_refused() -> None:
    strange = urn("another meter")
    chain = ChainSimulator().changed(showing=consent(sources=(strange,)), consent=consent(sources=(strange,)))
    assert {"consent.missing", "consent.not_account_holder"} <= codes(chain.report())


def test_showing_a_figure_without_a_consent_to_show_it_is_refused() -> None:
    chain = ChainSimulator()
    shown = tuple(item for name, item in chain.credentials.items() if name != "showing")
    assert_refused(
        chain.report(chain.presented(credentials=shown)), "consent.missing", check="consent.present"
    )


def test_a_consent_wider_than_the_one_it_depends_on_is_refused() -> None:
    def widen(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Consent)
        return replace(c, claim=replace(c.claim, expires=c.claim.expires + timedelta(days=1)))

    assert_refused(ChainSimulator().changed(showing=widen).report(), "consent.widened")


def test_a_consent_that_depends_on_one_not_linked_is_refused() -> None:
    chain = ChainSimulator().changed(showing=consent(depends_on=(urn("elsewhere"),)))
    assert_refused(chain.report(), "consent.widened")


def test_a_consent_by_another_key_than_the_account_holders_is_refused() -> None:
    rogue = signer("a neighbour")
    name = Did.key(rogue.key.multikey)
    chain = replace(ChainSimulator(), keys={"consent": rogue}).changed(
        consent=lambda c: replace(c, issuer=name)
    )
    assert "consent.not_account_holder" in codes(chain.report())


def test_a_consent_from_before_the_account_was_established_is_refused() -> None:
    chain = ChainSimulator().changed(
        account_holder=lambda c: replace(c, valid_from=c.valid_from + timedelta(days=1))
    )
    assert "consent.not_account_holder" in codes(chain.report())


def test_a_consent_signed_after_the_account_holder_credential_ended_is_refused() -> None:
    chain = ChainSimulator().changed(
        account_holder=lambda c: replace(
            c, valid_from=c.valid_from - timedelta(days=9), valid_until=c.valid_from
        )
    )
    assert "consent.not_account_holder" in codes(chain.report())


def test_a_consent_signed_with_a_stolen_key_is_refused() -> None:
    chain = ChainSimulator()

    def steal(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, AccountHolder)
        claim = replace(c.claim, replaces=c.id, compromised_since=c.valid_from)
        return replace(c, id=urn("new account"), claim=claim, valid_from=c.valid_from + timedelta(days=30))

    envelope = ChainSimulator().changed(account_holder=steal).credentials["account_holder"]
    report = chain.report(credentials=(envelope,))
    assert "consent.not_account_holder" in codes(report)
    assert report.authentic_at_signing is Answer.NO


def test_readings_from_before_the_firm_controlled_the_meter_are_refused() -> None:
    def move_in(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, AccountHolder)
        return replace(c, claim=replace(c.claim, control_from=METERED_AT - timedelta(days=10)))

    assert_refused(ChainSimulator().changed(account_holder=move_in).report(), "consent.before_control")


def test_an_account_that_another_provider_vouches_for_is_refused() -> None:
    chain = ChainSimulator().changed(account_holder=lambda c: replace(c, issuer=CAP))
    assert {"consent.before_control", "member.wrong_role"} & codes(chain.report())


def test_a_meter_that_is_not_the_firms_is_refused() -> None:
    def swap(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Consumption)
        return replace(c, claim=replace(c.claim, id=urn("the neighbours meter")))

    report = ChainSimulator().changed(consumption=swap).report()
    assert "consent.before_control" in codes(report)


def test_an_unreadable_answer_never_becomes_a_yes() -> None:
    report = ChainSimulator().report(status_lists={LIST_URL: Secured(b"{")})
    assert report.overall is Overall.NOT_VERIFIED
    assert {c.outcome for c in report if c.name == "status.clear"} == {Outcome.FAILED}
    assert len(StatusList.of()) == 131_072


def test_a_consent_whose_credential_ends_first_ends_with_it() -> None:
    chain = ChainSimulator().changed(consent=lambda c: replace(c, valid_until=AT - timedelta(minutes=9)))
    assert_refused(chain.report(), "consent.expired", check="consent.not_expired")


def test_thousands_of_withdrawals_of_other_consents_change_nothing() -> None:
    chain = ChainSimulator()
    claim = Withdrawal(urn("a consent of somebody else"))
    given = chain.credentials["consent"]
    links = (link(Relation.DERIVED, given),)
    strange: Credential[object] = Credential(urn("strange"), chain.story.firm, claim, METERED_AT, links=links)
    report = chain.report(credentials=(sign(strange, signer=chain.story.firm_signer),) * 2_000)
    assert report.overall is Overall.VERIFIED


@pytest.mark.parametrize("name", ["consent", "showing"])
def test_a_withdrawal_is_found_in_whichever_list_says_so(name: str) -> None:
    second = f"{LIST_URL}-second"
    chain = ChainSimulator().changed(
        **{name: lambda c: replace(c, status=(*c.status, StatusEntry("revocation", 7, second)))}
    )
    lists = {**listed(chain), second: chain.status_list(url=second, revoked=(7,))}
    assert_refused(chain.report(status_lists=lists), "consent.withdrawn", check="consent.not_withdrawn")


def test_a_list_that_is_dated_otherwise_than_it_was_signed_is_refused() -> None:
    chain = ChainSimulator()
    fresh = chain.status_list()
    backdated = signed_at(fresh, lambda _: None, AT - timedelta(days=5))
    assert "status.malformed" in codes(chain.report(status_lists={LIST_URL: backdated}))


def test_a_list_that_ends_before_it_begins_is_refused() -> None:
    chain = ChainSimulator()
    ended = chain.status_list(life=timedelta(0))
    assert "status.malformed" in codes(chain.report(status_lists={LIST_URL: ended}))


def test_a_list_by_a_keeper_that_was_suspended_tells_nothing_unless_that_was_not_known() -> None:
    chain = ChainSimulator()
    size = chain.register.size
    chain.scheme.suspend(party(OPERATOR), at=AT - timedelta(days=1))
    report = chain.report()
    assert codes(report) == {"status.keeper_away", "consent.stale"}
    assert (report.authentic_at_signing, report.usable_now) == (Answer.YES, Answer.UNKNOWN)
    assert "was suspended when it signed" in report.obstacles[0].detail
    assert report.obstacles[0].detail.endswith(").")
    assert chain.report(known_at=size).overall is Overall.VERIFIED


def test_a_renewed_consent_stands_beside_the_one_before() -> None:
    chain = ChainSimulator()
    later = METERED_AT.replace(day=1, hour=0, minute=0)

    def renew(c: Credential[object]) -> Credential[object]:
        return replace(consent(data_from=later)(c), id=urn("renewed"))

    renewed = chain.changed(showing=renew).credentials["showing"]
    assert chain.report(chain.presented(credentials=(*chain.chain, renewed))).overall is Overall.VERIFIED


def test_a_moment_before_every_list_is_answered_as_well() -> None:
    report = ChainSimulator().report(at=datetime(1, 1, 1, tzinfo=UTC))
    assert report.overall is Overall.NOT_VERIFIED
    assert all(check.detail for check in report)
