"""Withdrawing: the firm ends a consent, as easily as it gave it."""

from datetime import datetime

from trust.claims.consent import Consent, Withdrawal
from trust.credential import Credential
from trust.did import Did
from trust.envelope import envelope, link
from trust.errors import NotPermittedError
from trust.keys import Signer
from trust.links import Relation
from trust.secured import Secured
from trust.signing import sign


def withdraw(
    consent: Secured,
    *,
    signer: Signer,
    at: datetime,
    id: str,  # noqa: A002 - what VCDM calls it
    reason: str | None = None,
    on_behalf: Did | None = None,
) -> Secured:
    """Sign the end of a consent, effective at once (GDPR, article 7(3)).

    `on_behalf` is the member that signs for a firm it has authenticated; otherwise the firm signs itself.

    Raises:
        NotPermittedError: when it is no consent, or neither the firm nor a party named in it signs.
        MalformedError: when the withdrawal does not fit its published schema.
    """
    given = envelope(consent)
    act = f"withdrawing {given.id}"
    if not isinstance(given.claim, Consent):
        raise NotPermittedError(act, because=f"it is a {given.kind}", code="consent.missing")
    parties = (given.claim.from_, given.claim.to, given.claim.status_keeper)
    if on_behalf is not None and on_behalf not in parties:
        reason_why = f"{on_behalf} is no party to it"
        raise NotPermittedError(act, because=reason_why, code="consent.not_account_holder")
    credential = Credential(
        id=id,
        issuer=on_behalf or given.issuer,
        claim=Withdrawal(given.id, reason),
        valid_from=at,
        links=(link(Relation.DERIVED, consent),),
    )
    return sign(credential, signer=signer)
