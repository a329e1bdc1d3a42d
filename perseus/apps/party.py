"""One party while it runs: its settings, its database, its key, its copy of the register, its way out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from perseus import clock, settings
from perseus.apps.scheme import RegisterCopy
from perseus.fetching import Fetcher
from perseus.keystore import KeyStore, draw_secret
from perseus.logs import Log, open_log
from perseus.settings import Settings
from perseus.storage.store import Store
from perseus.tls import asking
from registry.evidence.proof import LogTrust
from registry.intervals import EvidenceLog
from trust.did import Did
from trust.errors import NotPermittedError, UnavailableError
from trust.keys import PrivateKey

Act = Callable[[], None]
WALLET = "wallet"


@dataclass(eq=False)
class Party:
    """What every endpoint of a party may use; `starting` and `stopping` are run around its life.

    `evidence` is the log that a member commits to, where its scheme has one.
    """

    settings: Settings
    store: Store
    keys: KeyStore = field(repr=False)
    signer: PrivateKey = field(repr=False)
    fetcher: Fetcher
    log: Log
    register: RegisterCopy
    door: str = field(repr=False)
    evidence: EvidenceLog | None = None
    starting: list[Act] = field(default_factory=list)
    stopping: list[Act] = field(default_factory=list)

    @property
    def did(self) -> Did:
        """Name this party."""
        return Did(self.settings.did)

    def now(self) -> datetime:
        """Read the clock."""
        return clock.now()

    def log_trust(self) -> LogTrust:
        """Give what a checkpoint of the evidence log must show to this party.

        Raises:
            UnavailableError: no copy of the register is at hand.
            NotPermittedError: the scheme has no evidence log.
        """
        keys = [item.key for item in self.register.current().scheme.log_keys]
        trust = LogTrust.of(self.register.anchor, keys=keys)
        if trust is None:
            because = "the trust anchor names no evidence log"
            raise NotPermittedError("using the evidence log", because=because, code="register.no_anchor")
        return trust

    def url_of(self, did: Did | str) -> str:
        """Give the address of a member, by its name: the scheme's members are did:web."""
        return "https://" + str(did).removeprefix("did:web:")

    def start(self) -> None:
        """Begin what goes on in the background."""
        for act in self.starting:
            act()
        self.log.info("started", did=str(self.did))

    def stop(self) -> None:
        """End what goes on in the background, and give everything back."""
        for act in reversed(self.stopping):
            act()
        self.log.info("stopped", did=str(self.did))
        self.fetcher.close()
        self.store.close()


def open_party(home: Path) -> Party:
    """Open a party's home: its database is brought to the newest revision.

    Raises:
        MalformedError: a setting, a key file or a secret is not what it must be.
        UnavailableError: the database, the key or the passphrase is not there.
    """
    found = settings.load(home)
    keys = KeyStore.at(home)
    signer = keys.open(found.key)
    store = Store(found.database_url, party=found.party)
    store.upgrade()
    fetcher = Fetcher(found, tls=asking(found))
    register = RegisterCopy(found, store, fetcher)
    log = open_log(home / "log.jsonl", party=found.party)
    door = draw_secret(home / "door")
    return Party(found, store, keys, signer, fetcher, log, register, door, _evidence_log(register, found))


def _evidence_log(register: RegisterCopy, found: Settings) -> EvidenceLog | None:
    """Read from the trust anchor which log a member commits to; a firm commits to none."""
    if found.party == WALLET:
        return None
    try:
        return register.anchor.evidence
    except UnavailableError:
        return None
