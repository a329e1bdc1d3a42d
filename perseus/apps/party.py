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
from trust.did import Did
from trust.keys import PrivateKey

Act = Callable[[], None]


@dataclass(eq=False)
class Party:
    """What every endpoint of a party may use; `starting` and `stopping` are run around its life."""

    settings: Settings
    store: Store
    keys: KeyStore = field(repr=False)
    signer: PrivateKey = field(repr=False)
    fetcher: Fetcher
    log: Log
    register: RegisterCopy
    door: str = field(repr=False)
    starting: list[Act] = field(default_factory=list)
    stopping: list[Act] = field(default_factory=list)

    @property
    def did(self) -> Did:
        """Name this party."""
        return Did(self.settings.did)

    def now(self) -> datetime:
        """Read the clock."""
        return clock.now()

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
    return Party(found, store, keys, signer, fetcher, log, register, draw_secret(home / "door"))
