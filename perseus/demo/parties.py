"""Who plays in the demo: six parties and three witnesses with a process each, and those that broken chains need."""

from dataclasses import dataclass

DOMAIN = "demo.perseus.example"
ORIGIN = f"{DOMAIN}/register"
ROLE = "https://registry.ib1.org/scheme/perseus/role/"
OFFICERS = ("officer-ash", "officer-birch", "officer-elm")
NEXT_OFFICERS = ("officer-cedar", "officer-dogwood")
FIRM = "Baker & Sons"


@dataclass(frozen=True, slots=True)
class Cast:
    """One organisation of the demo: its folder and host name, the name people call it by, its role."""

    key: str
    name: str
    role: str

    @property
    def authority(self) -> str:
        """Name the host that its addresses stand under."""
        return f"{self.key}.{DOMAIN}"

    @property
    def did(self) -> str:
        """Name it in the scheme."""
        return f"did:web:{self.authority}"


OPERATOR = Cast("operator", "Perseus Scheme", "scheme-operator")
EDP = Cast("edp", "Meterworks", "energy-data-provider")
GRID = Cast("grid", "Gridwatch", "grid-data-provider")
CAP = Cast("cap", "GreenLedger", "carbon-accounting-provider")
BANK = Cast("bank", "Northern Bank", "financial-service-provider")
WALLET = Cast("wallet", FIRM, "")
AUDITOR = Cast("auditor", "Clearview Assurance", "auditor")
SUSPENDED = Cast("suspended", "Murk Carbon", "carbon-accounting-provider")

PROCESSES = (OPERATOR, EDP, GRID, CAP, BANK, WALLET)
MEMBERS = (OPERATOR, EDP, GRID, CAP, BANK, AUDITOR, SUSPENDED)
WITNESSING = (EDP, GRID, CAP)
QUORUM = 2
OTHER_BANK = f"did:web:southern-bank.{DOMAIN}"
