"""Presenting: a holder shows credentials to one audience, once."""

from collections.abc import Sequence
from datetime import datetime

from trust.did import Did
from trust.envelope import envelope
from trust.errors import NotPermittedError
from trust.keys import Signer
from trust.presentation import Presentation, write_presentation
from trust.schema import fit
from trust.secured import Secured
from trust.signing import sign_document


def present(
    credentials: Sequence[Secured],
    *,
    holder: Did,
    signer: Signer,
    audience: Did,
    challenge: str,
    at: datetime,
    id: str,  # noqa: A002 - what VCDM calls it
) -> Secured:
    """Sign a presentation of these credentials, each whole, against the audience's nonce (VCDM 2.0, section 4.13).

    Raises:
        NotPermittedError: when there is nothing to show, or one credential would be shown twice.
        MalformedError: when a credential is none of the scheme's, or the presentation does not fit its schema.
    """
    ids = [envelope(credential).id for credential in credentials]
    if not ids or len(set(ids)) != len(ids):
        reason = f"it would hold {len(ids)} credentials, {len(set(ids))} of them different"
        raise NotPermittedError(f"presenting to {audience}", because=reason, code="link.missing")
    document = write_presentation(Presentation(id, holder, tuple(credentials)))
    fit("presentation", document)
    return sign_document(
        document,
        by=holder,
        signer=signer,
        purpose="authentication",
        at=at,
        challenge=challenge,
        domain=audience,
    )
