"""The one way in which an issuer of the scheme signs a credential."""

from dataclasses import dataclass, field
from datetime import datetime

from trust.credential import Credential
from trust.did import Did
from trust.errors import NotPermittedError
from trust.keys import Signer
from trust.links import Link
from trust.secured import Secured
from trust.securing.data_integrity import Suite
from trust.signing import sign
from trust.status import StatusEntry


def issue(
    claim: object,
    *,
    issuer: Did,
    signer: Signer,
    at: datetime,
    id: str,  # noqa: A002 - what VCDM calls it
    links: tuple[Link, ...] = (),
    status: tuple[StatusEntry, ...] = (),
    valid_until: datetime | None = None,
    checkpoint: str | None = None,
    suite: Suite | None = None,
) -> Secured:
    """Sign a claim as its issuer's credential (VCDM 2.0, section 4).

    `at` is both `validFrom` and the signing time; whether the issuer may sign is each kind's own rule.

    Raises:
        MalformedError: when the credential does not fit its published schema.
        NotPermittedError: when it would end before it begins, or the key cannot be the issuer's.
    """
    if valid_until is not None and valid_until <= at:
        raise NotPermittedError(
            "issuing a credential",
            because=f"it would end at {valid_until}, which is not after {at}",
            code="time.malformed",
        )
    credential = Credential(
        id=id,
        issuer=issuer,
        claim=claim,
        valid_from=at,
        valid_until=valid_until,
        links=links,
        status=status,
        checkpoint=checkpoint,
    )
    return sign(credential, signer=signer, suite=suite)


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs one credential, with which key, when, and under which id; `status` is where it may be revoked."""

    issuer: Did
    signer: Signer = field(repr=False)
    at: datetime
    id: str
    status: tuple[StatusEntry, ...] = ()
    checkpoint: str | None = None

    def issue(
        self, claim: object, *, links: tuple[Link, ...] = (), valid_until: datetime | None = None
    ) -> Secured:
        """Sign this claim.

        Raises:
            MalformedError: when the credential does not fit its published schema.
            NotPermittedError: when it would end before it begins, or the key cannot be the issuer's.
        """
        return issue(
            claim,
            issuer=self.issuer,
            signer=self.signer,
            at=self.at,
            id=self.id,
            links=links,
            status=self.status,
            valid_until=valid_until,
            checkpoint=self.checkpoint,
        )
