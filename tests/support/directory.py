"""An operator's home over a simulated scheme's log, and its service, so that the directory is asked over real HTTP.

home = OperatorHome(tmp_path, scheme)
with home.client() as client:
    client.get("/m/did:web:edp.example", headers={"Accept": "text/turtle"})
"""

from pathlib import Path

from starlette.testclient import TestClient

from perseus import clock
from perseus.apps.operator import open_operator
from perseus.apps.party import open_party
from perseus.homes import Inhabitant, make_home
from perseus.storage import register
from perseus.storage.register import Seen
from perseus.storage.store import Store
from support.scheme import SchemeSimulator

HOST = "operator.example"
BASE = f"https://{HOST}"


class OperatorHome:
    """A home that holds a scheme's log; `take` brings it up to date with the simulator."""

    def __init__(self, out: Path, scheme: SchemeSimulator) -> None:
        """Make the home, and put the log into it."""
        self.path = out / "operator"
        self.scheme = scheme
        who = Inhabitant("operator", "Perseus Scheme", HOST)
        make_home(out, who, town=[who])
        (out / "trust.json").write_bytes(scheme.anchor.to_json())
        self.take()

    def take(self) -> None:
        """Append what the scheme has since decided, with the checkpoint over all of it."""
        store = Store(f"sqlite:///{self.path / 'db.sqlite'}", party="operator")
        store.upgrade()
        with store.write() as connection:
            held = register.size(connection)
            register.append(connection, self.scheme.entries[held:], at_size=held)
            note = Seen(self.scheme.register.size, self.scheme.checkpoint, clock.now())
            register.see(connection, note)
        store.close()

    def client(self) -> TestClient:
        """Start the operator's service in this process."""
        return TestClient(
            open_operator(open_party(self.path)), base_url="http://127.0.0.1", raise_server_exceptions=True
        )
