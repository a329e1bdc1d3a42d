"""The directory comes back byte for byte from the operator's database alone, the heads that its log signed among it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from perseus.apps.party import open_party
from perseus.storage.log import MEMBERS, Head
from perseus.storage.store import Store
from registry import proposal
from registry.projections.view import View
from registry.register import Register
from support.directory import OperatorHome, every_page
from support.scheme import ROLE, START, SchemeSimulator

DID = "did:web:cap.example"


def signed(home: OperatorHome, *, at: datetime) -> None:
    """Put what was decided into the log, signed at a moment."""
    home.take()
    store = Store(f"sqlite:///{home.path / 'db.sqlite'}", party="operator")
    with store.write() as connection:
        MEMBERS.sign(connection, Head(home.scheme.register.size, home.scheme.checkpoint, at))
    store.close()


@pytest.fixture
def home(tmp_path: Path) -> OperatorHome:
    """Have a member join, and the log sign that."""
    scheme = SchemeSimulator(environment="demo")
    scheme.join(DID, name="GreenLedger", roles=("carbon-accounting-provider",))
    found = OperatorHome(tmp_path, scheme)
    signed(found, at=START)
    return found


def test_a_register_that_grew_shows_the_pages_of_one_replayed_from_the_database(home: OperatorHome) -> None:
    long_running = open_party(home.path)
    assert long_running.register.current().size == home.scheme.register.size

    scheme, member = home.scheme, home.scheme.register.members[0]
    far = scheme.at(days=300)
    scheme.take(proposal.grant_role(scheme.register, member.did, role=f"{ROLE}auditor", at=far))
    signed(home, at=scheme.at(days=1))
    reported = scheme.at(days=2)
    thumbprint = scheme.register.history(member.did).keys[0].key.thumbprint
    scheme.put(proposal.compromise(scheme.register, member.did, thumbprint=thumbprint, at=reported), by="a")
    signed(home, at=reported)

    grown = long_running.register.current()
    restarted = open_party(home.path)
    replayed = restarted.register.current()
    assert grown.recorded == replayed.recorded
    assert grown.history(member.did).keys[0].compromises[0].declared.at == reported
    for size in range(1, grown.size + 1):
        at = START + timedelta(days=3) if size == grown.size else None
        assert every_page(View.of(grown, size=size, at=at)) == every_page(View.of(replayed, size=size, at=at))

    clockless = Register.replay(grown.entries, anchor=grown.anchor)
    assert clockless.history(member.did).keys[0].compromises[0].declared.at == far
    long_running.stop()
    restarted.stop()
