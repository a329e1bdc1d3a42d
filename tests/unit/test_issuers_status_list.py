"""A keeper's list: what is marked stays marked, unless it was only suspended."""

from datetime import timedelta

import pytest

from issuers.status_list import StatusListKeeper
from support.story import LIST_URL, METERED_AT, OPERATOR, Story, refused
from trust.claims.listing import Listing
from trust.envelope import envelope
from trust.secured import Secured
from trust.status import StatusEntry, StatusList

KEEPER = StatusListKeeper(LIST_URL, "revocation")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def published(keeper: StatusListKeeper, *, url: str = LIST_URL, ttl: timedelta = HOUR) -> Secured:
    """Publish a list for a day."""
    signing = Story().signing(OPERATOR, METERED_AT, "list")
    named = type(signing)(OPERATOR, signing.signer, METERED_AT, url)
    return keeper.publish(signing=named, lifetime=DAY, ttl=ttl)


def test_the_published_list_has_the_marked_bits_set_and_no_other() -> None:
    claim = envelope(published(KEEPER.mark(7).mark(131_071))).claim
    assert isinstance(claim, Listing)
    bits = StatusList.decode(claim.encoded_list)
    assert [index for index in (0, 6, 7, 8, 131_070, 131_071) if bits[index]] == [7, 131_071]
    assert (claim.ttl, claim.id) == (3_600_000, f"{LIST_URL}#list")


def test_the_list_is_current_for_as_long_as_it_says() -> None:
    credential = envelope(published(KEEPER))
    assert credential.id == LIST_URL
    assert (credential.valid_from, credential.valid_until) == (METERED_AT, METERED_AT + DAY)


def test_marking_leaves_the_earlier_list_as_it_was() -> None:
    assert KEEPER.mark(7).marked == {7}
    assert KEEPER.marked == frozenset()


@pytest.mark.parametrize("purpose", ["revocation", "refresh"])
def test_what_was_withdrawn_or_replaced_is_never_cleared(purpose: str) -> None:
    keeper = StatusListKeeper(LIST_URL, purpose).mark(7)
    with refused("status.rolled_back", "never cleared"):
        keeper.lift(7)


def test_a_suspension_can_be_lifted() -> None:
    assert StatusListKeeper(LIST_URL, "suspension").mark(7).lift(7).marked == frozenset()


@pytest.mark.parametrize("index", [-1, 131_072])
def test_a_place_outside_the_list_is_refused(index: int) -> None:
    with refused("status.out_of_range", "131071"):
        KEEPER.mark(index)
    with refused("status.out_of_range"):
        KEEPER.entry(index)


def test_an_entry_says_where_the_bit_of_a_credential_stands() -> None:
    assert KEEPER.entry(7) == StatusEntry("revocation", 7, LIST_URL)


def test_a_list_is_named_by_the_address_it_is_served_at() -> None:
    with refused("status.malformed", "served"):
        published(KEEPER, url="https://operator.demo.perseus.example/status/2")


def test_a_list_does_not_end_before_anybody_would_ask_again() -> None:
    with refused("status.stale", "2026-11-04"):
        published(KEEPER, ttl=DAY + HOUR)
