"""A member looks at the evidence log: it goes on with what continues what it saw, and keeps both notes of a fork."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from perseus import clock
from perseus.apps.party import Party, open_party
from perseus.evidence.clerk import Clerk, Duties
from perseus.evidence.committing import Committer
from perseus.homes import Inhabitant, make_home
from perseus.storage.log import EVIDENCE, MEMBERS, Seen
from registry.log.tiles import Tile, hashes
from support.evidence_log import EvidenceLogSimulator, salt_of
from support.scheme import Party as Member
from support.scheme import SchemeSimulator
from trust.digest import Digest
from trust.errors import NotPermittedError

BANK = Inhabitant("bank", "Northern Bank", "bank.demo.perseus.example")
OPERATOR = Inhabitant("operator", "Scheme", "operator.demo.perseus.example")


@dataclass
class Served:
    """A log as its operator serves it: a checkpoint, and the tiles under it."""

    log: EvidenceLogSimulator
    harmed: bool = False
    asked: list[Tile] = field(default_factory=list)

    def submit(self, entry: bytes) -> int:
        """Put every entry off: these tests only look."""
        raise NotPermittedError("taking evidence", because=f"{len(entry)} bytes wait", code="http.not_yet")

    def prove(self, place: int) -> str | None:
        """Prove nothing."""
        raise AssertionError(place)

    def checkpoint(self) -> str | None:
        """Give the newest checkpoint, as all witnesses cosigned it."""
        return self.log.checkpoint(at=clock.now())

    def tile(self, tile: Tile) -> bytes:
        """Give a tile of hashes."""
        self.asked.append(tile)
        found = hashes(self.log.tree, tile)
        return bytes(len(found)) if self.harmed else found


@pytest.fixture
def scheme() -> SchemeSimulator:
    found = SchemeSimulator(environment="demo")
    found.join(
        "did:web:bank.demo.perseus.example", name="Northern Bank", roles=("financial-service-provider",)
    )
    return found


@pytest.fixture
def log(scheme: SchemeSimulator) -> EvidenceLogSimulator:
    """Give an evidence log with three entries."""
    return grown(EvidenceLogSimulator(), scheme, "one", "two", "three")


def grown(log: EvidenceLogSimulator, scheme: SchemeSimulator, *words: str) -> EvidenceLogSimulator:
    """Let a member commit to a few more documents."""
    member = scheme.register.members[0]
    by = Member(member.did, member.name, scheme.draw(f"{scheme.seed}/{member.did}"))
    for word in words:
        log.committed(Digest.of(salt_of(word)), by=by, at=clock.now() - timedelta(hours=1))
    return log


@pytest.fixture
def party(tmp_path: Path, scheme: SchemeSimulator, log: EvidenceLogSimulator) -> Iterator[Party]:
    """Open a bank that has the register, and whose operator does not answer."""
    make_home(tmp_path, BANK, town=(BANK, OPERATOR))
    # The register's own checkpoint has no witness here; the evidence log's has three.
    (tmp_path / "trust.json").write_bytes(log.anchored(scheme.anchor).to_json())
    found = open_party(tmp_path / "bank")
    with found.store.write() as connection:
        MEMBERS.append(connection, scheme.entries, at_size=0)
    yield found
    found.fetcher.close()
    found.store.close()


def look(party: Party, served: Served) -> Seen | None:
    """Let the clerk look once, and give the checkpoint that signers then embed."""
    clerk_of(party, served).turn()
    return held(party)


def clerk_of(party: Party, served: Served) -> Clerk:
    committer = Committer(party.store, party.did, party.signer, served.log.log)
    return Clerk(party, Duties(committer, served, lambda: None, lambda: None))


def held(party: Party) -> Seen | None:
    with party.store.read() as connection:
        return EVIDENCE.newest(connection)


def turned(party: Party, served: Served) -> list[dict[str, str]]:
    """Let the clerk go round once, and give what it wrote into its log."""
    before = len(lines(party))
    clerk_of(party, served).turn()
    return lines(party)[before:]


def lines(party: Party) -> list[dict[str, str]]:
    path = party.settings.home / "log.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def forks(party: Party) -> list[Path]:
    return sorted((party.settings.home / "evidence" / "forks").glob("*"))


def test_what_continues_what_was_seen_is_taken_over_by_proof(
    party: Party, scheme: SchemeSimulator, log: EvidenceLogSimulator
) -> None:
    served = Served(log)
    first = look(party, served)
    assert first is not None
    assert (first.size, served.asked) == (3, [])
    grown(log, scheme, "four", "five")
    second = look(party, served)
    assert second is not None
    assert second.size == 5
    assert served.asked == [Tile(0, 0, 5)]


@pytest.mark.parametrize("more", [0, 2])
def test_a_fork_is_refused_and_both_notes_are_kept(
    party: Party, scheme: SchemeSimulator, log: EvidenceLogSimulator, more: int
) -> None:
    """The log and all its witnesses signed both; only who saw the first can tell."""
    first = look(party, Served(log))
    words = ("another", "two", "three", "four", "five")[: 3 + more]
    other = grown(EvidenceLogSimulator(), scheme, *words)
    told = turned(party, Served(other))
    assert held(party) == first
    assert {line["code"] for line in told if "code" in line} == {"register.forked"}
    assert [line["level"] for line in told if line["event"] == "evidence log forked"] == ["critical"]
    [kept] = forks(party)
    assert first is not None
    assert (kept / "held.note").read_text() == first.note
    assert (kept / "offered.note").read_text().splitlines()[1] == str(3 + more)
    # What continues the first is still taken over afterwards.
    again = look(party, Served(grown(log, scheme, "four")))
    assert again is not None
    assert again.size == 4


def test_harmed_tiles_accuse_nobody_and_nothing_is_taken_over(
    party: Party, scheme: SchemeSimulator, log: EvidenceLogSimulator
) -> None:
    first = look(party, Served(log))
    told = turned(party, Served(grown(log, scheme, "four"), harmed=True))
    assert held(party) == first
    assert {line["code"] for line in told if "code" in line} == {"register.other_entries"}
    assert forks(party) == []


def test_an_older_checkpoint_takes_no_newer_ones_place(
    party: Party, scheme: SchemeSimulator, log: EvidenceLogSimulator
) -> None:
    older = replace(log, entries=list(log.entries))
    newest = look(party, Served(grown(log, scheme, "four")))
    assert look(party, Served(older)) == newest
