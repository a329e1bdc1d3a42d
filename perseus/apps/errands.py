"""What the wallet does for its owner: holds, grants, delivers, withdraws; each act is on disk before it is told."""

import json
from collections.abc import Mapping, Sequence
from typing import cast

import orjson
from sqlalchemy import Connection

from holders.answer import answer_challenge, pair
from holders.grant import Granting, Slip, grant
from holders.request import ConsentRequest
from holders.wallet import Wallet
from holders.withdraw import withdraw
from perseus.apps.asking import ask_challenge, post, send, show
from perseus.apps.authentic import members_credential
from perseus.apps.courier import Courier
from perseus.apps.frame import CREDENTIAL, JSON
from perseus.apps.issuing import keep
from perseus.apps.party import Party
from perseus.apps.wording import consent_json, read_kept
from perseus.fetching import Fetched
from perseus.keystore import fresh_bytes, fresh_urn
from perseus.problems import ConflictError, NotFoundError
from perseus.storage import consents, credentials, deliveries
from perseus.storage.consents import Standing
from perseus.storage.deliveries import Delivery
from trust.canonical import parse
from trust.claims.consent import Consent
from trust.claims.receipt import WithdrawalReceipt
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope
from trust.errors import NotPermittedError, UnavailableError
from trust.secured import Secured
from trust.status import StatusEntry


class Errands:
    """The acts of one firm's wallet."""

    def __init__(self, party: Party) -> None:
        self._party = party
        self.courier: Courier | None = None

    def open_account(self, provider: Did, code: str) -> str:
        """Answer the provider's challenge and hold the account holder credential that it signs."""
        party, url = self._party, self._party.url_of(provider)
        challenge = ask_challenge(party, url)
        shown = answer_challenge(challenge, signer=party.signer, at=party.now())
        body = {"code": code, "answer": parse(shown.raw, where="answer")}
        got = Secured(send(party, f"{url}/v1/account-holders", orjson.dumps(body)).body)
        with party.store.write() as connection:
            return keep(party, connection, got).id

    def pair(self, bank: Did, code: str, reference: str) -> str:
        """Answer the bank's challenge with its own reference, and keep the salted digest of that."""
        party, url = self._party, self._party.url_of(bank)
        challenge, salt = ask_challenge(party, url), fresh_bytes()
        shown = pair(challenge, reference=reference, salt=salt, signer=party.signer, at=party.now())
        body = {"code": code, "pairing": parse(shown.raw, where="pairing")}
        customer = str(post(party, f"{url}/v1/pairings", body)["customer"])
        with party.store.write() as connection:
            consents.pair(connection, str(bank), customer=customer)
        return customer

    def grant(self, id_: str) -> list[str]:
        """Sign one consent for each use that a request asks for; asked again, the same ones are named.

        Raises:
            NotFoundError: there is no such request.
            ConflictError: it was declined.
            NotPermittedError: it reaches further than the firm's account.
        """
        request, answered = self._request(id_)
        if answered is not None:
            return _granted(answered)
        slips = self._slips(request)
        with self._party.store.write() as connection:
            made = grant(request, granting=self._granting(connection, request), slips=slips)
            ids = [self._hold(connection, one) for one in made]
            word = json.dumps(ids)
            if not consents.answer(connection, id_, word=word, at=self._party.now()):
                raise ConflictError(f"the request {id_} was answered in the meantime")
            self._post_consents(connection, made)
        self._wake()
        return ids

    def decline(self, id_: str) -> None:
        """Say no.

        Raises:
            NotFoundError: there is no such request.
        """
        self._request(id_)
        with self._party.store.write() as connection:
            consents.answer(connection, id_, word="declined", at=self._party.now())

    def listed(self) -> list[dict[str, object]]:
        """Tell of every consent who uses what until when, how it stands, and who has stopped."""
        with self._party.store.read() as connection:
            wallet = self._wallet(connection)
            return [consent_json(connection, one) for one in wallet.consents(at=self._party.now())]

    def withdraw(self, id_: str, reason: str | None) -> list[str]:
        """End a consent and every one that rests on it, at once; those named are told until they have answered.

        Raises:
            NotFoundError: there is no such consent.
        """
        with self._party.store.write() as connection:
            wallet = self._wallet(connection)
            if consents.find(connection, id_) is None:
                raise NotFoundError(f"the consent {id_}")
            ended = [self._end(connection, name, reason) for name in (id_, *wallet.resting_on(id_))]
        self._wake()
        return ended

    def compose(self, delivery: Delivery) -> bytes:
        """Make a message at the last moment: consents are shown against a challenge of their receiver."""
        if delivery.media_type == CREDENTIAL:
            return delivery.body
        with self._party.store.read() as connection:
            held = credentials.find_all(connection, orjson.loads(delivery.body))
        url = delivery.url.removesuffix("/v1/consents")
        shown = show(self._party, url, [one.secured for one in held])
        return orjson.dumps({"presentation": shown})

    def answered(self, delivery: Delivery, fetched: Fetched) -> None:
        """Hold the receipt that a party sends back for a withdrawal.

        Raises:
            PerseusError: the answer is no receipt of that party for that act, and so the act is told again.
        """
        if delivery.url.endswith("/v1/withdrawals"):
            secured = Secured(fetched.body)
            found = members_credential(self._party, secured)
            claim = found.claim
            answers = isinstance(claim, WithdrawalReceipt) and claim.withdrawal == delivery.about
            if not answers or str(found.issuer) != delivery.receiver:
                reason = f"{found.issuer} answered with a {found.kind} for another act"
                raise NotPermittedError("taking a receipt", because=reason, code="link.other_subject")
            with self._party.store.write() as connection:
                keep(self._party, connection, secured)

    def _request(self, id_: str) -> tuple[ConsentRequest, str | None]:
        with self._party.store.read() as connection:
            found = consents.request(connection, id_)
        if found is None:
            raise NotFoundError(f"the request {id_}")
        return read_kept(found.body), found.answer

    def _slips(self, request: ConsentRequest) -> tuple[Slip, ...]:
        """Ask the keeper named in the request for a place in its list for each consent."""
        party, url = self._party, self._party.url_of(request.status_keeper)
        ids = [fresh_urn() for _ in request.uses]
        challenge = ask_challenge(party, url)
        shown = answer_challenge(challenge, signer=party.signer, at=party.now())
        body = {"answer": parse(shown.raw, where="answer"), "credentials": ids}
        answered = post(party, f"{url}/v1/status-entries", body, form="status-places")
        places = cast("list[dict[str, str | int]]", answered["entries"])
        if len(places) != len(ids):
            because = f"it gave {len(places)} places for {len(ids)} consents"
            raise UnavailableError(url, because=because, code="status.missing")
        return tuple(Slip(id_, (_entry(place),)) for id_, place in zip(ids, places, strict=True))

    def _granting(self, connection: Connection, request: ConsentRequest) -> Granting:
        held = credentials.of_kind(connection, "AccountHolderCredential", about=str(self._party.did))
        if not held:
            raise NotFoundError("an account holder credential; open an account first")
        named = [consents.paired(connection, str(use.to)) for use in request.uses]
        customer = next((Digest.parse(one) for one in named if one is not None), None)
        note = self._party.register.note()
        return Granting(held[-1].secured, self._party.signer, self._party.now(), customer, checkpoint=note)

    def _hold(self, connection: Connection, secured: Secured) -> str:
        found = keep(self._party, connection, secured)
        if isinstance(found.claim, Consent):
            claim = found.claim
            parties = (str(found.issuer), str(claim.from_), str(claim.to), claim.data.value)
            consents.keep(connection, Standing(found.id, *parties, self._party.now(), None, None))
        return found.id

    def _post_consents(self, connection: Connection, made: Sequence[Secured]) -> None:
        """Put into the outbox, for each party, the consents that name it and those they rest on."""
        account = credentials.of_kind(connection, "AccountHolderCredential", about=str(self._party.did))[-1]
        found = [envelope(one) for one in made]
        claims = {one.id: one.claim for one in found if isinstance(one.claim, Consent)}
        for receiver in sorted({did for claim in claims.values() for did in (claim.from_, claim.to)}):
            own = [id_ for id_, claim in claims.items() if receiver in {claim.from_, claim.to}]
            rests = [name for id_ in own for name in claims[id_].depends_on]
            ids = list(dict.fromkeys((account.id, *rests, *own)))
            url = f"{self._party.url_of(receiver)}/v1/consents"
            self._post(connection, url, JSON, orjson.dumps(ids), about=own[0], receiver=receiver)

    def _end(self, connection: Connection, id_: str, reason: str | None) -> str:
        standing, held = consents.find(connection, id_), credentials.find(connection, id_)
        if standing is None or held is None:
            raise NotFoundError(f"the consent {id_}")
        if standing.withdrawal is not None:
            return standing.withdrawal
        now = self._party.now()
        made = withdraw(held.secured, signer=self._party.signer, at=now, id=fresh_urn(), reason=reason)
        ended = keep(self._party, connection, made)
        consents.end(connection, id_, withdrawal=ended.id, at=now)
        for receiver in _parties(held.secured):
            url = f"{self._party.url_of(receiver)}/v1/withdrawals"
            self._post(connection, url, CREDENTIAL, made.raw, about=ended.id, receiver=receiver)
        return ended.id

    def _post(
        self, connection: Connection, url: str, media_type: str, body: bytes, *, about: str, receiver: Did
    ) -> None:
        now, id_ = self._party.now(), fresh_urn()
        deliveries.post(connection, Delivery(id_, url, media_type, body, about, str(receiver), now, now))

    def _wallet(self, connection: Connection) -> Wallet:
        kinds = ("AccountHolderCredential", "ConsentCredential", "WithdrawalCredential")
        held = [one.secured for kind in kinds for one in credentials.of_kind(connection, kind)]
        return Wallet().hold(*held)

    def _wake(self) -> None:
        if self.courier is not None:
            self.courier.wake()


def _parties(consent: Secured) -> tuple[Did, ...]:
    claim = envelope(consent).claim
    if not isinstance(claim, Consent):
        return ()
    return tuple(dict.fromkeys((claim.from_, claim.to, claim.status_keeper)))


def _granted(answered: str) -> list[str]:
    if answered == "declined":
        raise ConflictError("the request was declined; ask for a new one")
    return [str(name) for name in json.loads(answered)]


def _entry(place: Mapping[str, str | int]) -> StatusEntry:
    return StatusEntry(str(place["purpose"]), int(place["index"]), str(place["status_list"]))
