"""What `perseus member list` says of members that do not stand alike."""

import json
import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from perseus import settings
from perseus.cli import main
from perseus.clock import now
from perseus.storage import register as log
from perseus.storage.register import Seen
from perseus.storage.store import Store
from registry import proposal
from support.scheme import SchemeSimulator
from trust.did import Did


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Lay out an operator whose register has a member of every kind."""
    found, at = SchemeSimulator(environment="demo"), now()
    found.join("did:web:good.example", name="Good", roles=("auditor",))
    found.suspend(found.join("did:web:suspended.example", name="Suspended"), at=at)
    leaver = found.join("did:web:left.example", name="Leaver")
    found.take(proposal.request_exit(found.register, leaver.did, at=at), leaver.signer, by="")
    found.take(proposal.let_go(found.register, leaver.did, at=at))
    rogue = found.join("did:web:rogue.example", name="Rogue")
    found.take(proposal.expel(found.register, rogue.did, at=at, reason="figures made up"))
    comer = Did.parse("did:web:later.example")
    found.take(proposal.admit(found.register, comer, name="Comer", at=at + timedelta(days=3)))
    place = tmp_path / "operator"
    (tmp_path / "trust.json").write_bytes(found.anchor.to_json())
    named = {"did": "did:web:op.example", "name": "Operator", "authority": "op.example"}
    settings.write(place, {"party": "operator", **named})
    store = Store(settings.load(place).database_url, party="operator")
    store.upgrade()
    with store.write() as connection:
        log.append(connection, found.entries, at_size=0)
        log.see(connection, Seen(found.register.size, found.checkpoint, at))
    store.close()
    return place


def test_every_way_of_not_being_active_has_its_own_word_and_day(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["member", "list", "--home", str(home)])
    assert ended.value.code == 0
    rows = capsys.readouterr().out.splitlines()
    words = {line[12:].split(" ")[0]: (line[:12].strip(), below.strip()) for line, below in pairwise(rows)}
    moment = r"\d+ \w{3} \d{4}, \d\d:\d\d UTC"
    assert words["Good"] == ("active", "did:web:good.example")
    for name, word in (("Suspended", "suspended"), ("Leaver", "left"), ("Rogue", "expelled")):
        assert words[name][0] == word
        assert re.fullmatch(f"since {moment}", words[name][1])
    assert words["Comer"][0] == "not yet"
    assert re.fullmatch(f"begins {moment}", words["Comer"][1])


def test_programs_read_the_same_states(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["member", "list", "--home", str(home), "--json"])
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)["members"]}
    assert [one["state"] for one in found.values()] == ["member", "suspended", "left", "expelled", "admitted"]
    assert [name for name, one in found.items() if one["active"]] == ["Good"]
    assert all(one["since"].endswith("Z") for one in found.values())
