"""Whose key belongs to which account: a code that was agreed with the customer, and one answer to one challenge."""

from datetime import timedelta

from fastapi import Response
from pydantic import Field, JsonValue
from sqlalchemy import Connection

from issuers.account_holder import Account, issue_account_holder
from perseus.apps.call import Body, Called
from perseus.apps.doors import nonce_of, signed, spent_challenge
from perseus.apps.guesses import Guesses
from perseus.apps.issuing import keep, signing
from perseus.apps.party import Party
from perseus.apps.service import Service, credential
from perseus.problems import NotFoundError
from perseus.storage import meters
from trust.challenge import Challenge, check_answer
from trust.claims.account import Assurance, Method

_CONTROL = timedelta(days=366)


class NewAccount(Body):
    """The code agreed with the customer, and the answer of its key to our challenge."""

    code: str = Field(min_length=8, max_length=200)
    answer: dict[str, JsonValue]


def add_accounts(service: Service) -> None:
    """Let a customer show its key."""
    party, guesses = service.party, Guesses()

    @service.app.post("/v1/account-holders", status_code=201)
    def account_holder(call: Called) -> Response:
        """Sign that the key which answers our challenge belongs to the account with this code."""
        asked = call.read(NewAccount)
        shown = signed(asked.answer, where="answer")

        def prepare() -> Challenge:
            guesses.allow()
            challenge = spent_challenge(party, nonce_of(asked.answer))
            check_answer(shown, challenge=challenge, at=party.now())
            return challenge

        def act(connection: Connection, challenge: Challenge) -> Response:
            account = _account(party, connection, asked.code)
            if account is None:
                guesses.wrong()
                raise NotFoundError("an account with this code")
            sign = signing(party, connection)
            made = issue_account_holder(shown, challenge=challenge, account=account, signing=sign)
            keep(party, connection, made)
            return credential(made)

        return call.once(party, prepare, act)


def _account(party: Party, connection: Connection, code: str) -> Account | None:
    """Say what our records have of an account: since when its meters are its own, and how we know."""
    held = meters.of_account(connection, code)
    months = [month for meter in held for month in meters.months(connection, meter.source)]
    if not months:
        return None
    sources = tuple(meter.source for meter in held)
    until = party.now() + _CONTROL
    return Account(sources, min(months), until, Method.LOGIN_AND_PAIRING, Assurance.SUBSTANTIAL)
