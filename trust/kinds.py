"""The kinds of credential that the scheme knows, each with its claim and its names on the wire."""

import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from trust.claims.account import AccountHolder
from trust.claims.consent import Consent, Withdrawal
from trust.claims.consumption import Consumption
from trust.claims.emissions import Emissions
from trust.claims.intensity import Intensity
from trust.claims.judgement import Judgement
from trust.claims.listing import Listing
from trust.claims.membership import Membership
from trust.claims.receipt import Receipt, WithdrawalReceipt

CONTEXT = ("https://www.w3.org/ns/credentials/v2", "https://w3id.org/perseus/v1")
SCHEMAS = "https://w3id.org/perseus/v1/schemas/"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of credential: its type, its subject's type, its schema, and the claim that it carries."""

    type: str
    subject: str
    schema: str
    claim: builtins.type[object]

    def __str__(self) -> str:
        """Give the type as it stands in the credential."""
        return self.type


MEMBERSHIP = Kind("MembershipCredential", "Member", "membership", Membership)
ACCOUNT_HOLDER = Kind("AccountHolderCredential", "AccountHolder", "account-holder", AccountHolder)
CONSENT = Kind("ConsentCredential", "Consent", "consent", Consent)
WITHDRAWAL = Kind("WithdrawalCredential", "Withdrawal", "withdrawal", Withdrawal)
CONSUMPTION = Kind("ConsumptionCredential", "Consumption", "consumption", Consumption)
INTENSITY = Kind("GridIntensityCredential", "GridIntensity", "grid-intensity", Intensity)
EMISSIONS = Kind("EmissionsCredential", "Emissions", "emissions", Emissions)
RECEIPT = Kind("ReceiptCredential", "Receipt", "receipt", Receipt)
WITHDRAWAL_RECEIPT = Kind(
    "WithdrawalReceiptCredential", "WithdrawalReceipt", "withdrawal-receipt", WithdrawalReceipt
)
VERDICT = Kind("VerdictCredential", "Judgement", "signed-verdict", Judgement)
STATUS_LIST = Kind("BitstringStatusListCredential", "BitstringStatusList", "status-list", Listing)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.type: kind
        for kind in (
            MEMBERSHIP,
            ACCOUNT_HOLDER,
            CONSENT,
            WITHDRAWAL,
            CONSUMPTION,
            INTENSITY,
            EMISSIONS,
            RECEIPT,
            WITHDRAWAL_RECEIPT,
            VERDICT,
            STATUS_LIST,
        )
    }
)
OF_CLAIM: Mapping[type[object], Kind] = MappingProxyType({kind.claim: kind for kind in KINDS.values()})
