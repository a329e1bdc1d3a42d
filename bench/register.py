"""What a copy of the register costs: syncing a log of 70,000 events, reading and folding 20,000, and one answer."""

import os
import tempfile
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from itertools import pairwise
from json import loads
from pathlib import Path

from bench.timing import Figure, beside, once
from perseus.log.ahead import check_ahead
from perseus.log.following import follow
from registry.anchor import Anchor
from registry.checkpoints import check_checkpoint
from registry.events import SignedEvent
from registry.fold.ahead import keys_in
from registry.fold.step import State
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import cosign
from registry.log.merkle import Tree, leaf_hash, verify_consistency
from registry.log.note import Note
from registry.log.tiles import WIDTH, bundle, tiles_of
from registry.register import Register
from support.keys import signer
from support.logs import LOG_SIGNER, witness_key
from support.registers import ROLE_URLS, grown
from support.scheme import ORIGIN, START
from trust.did import Did
from trust.keys import PublicKey

SYNCED, FOLDED = 70_000, 20_000
_WITNESSES = ("w1", "w2", "w3")


def sync() -> Iterable[Figure]:
    """Sync a new verifier from static files; the officers' signatures apart, on all cores."""
    entries, anchor = grown(SYNCED)
    demanding = replace(anchor, quorum=2, witnesses=tuple(witness_key(name) for name in _WITNESSES))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _publish(folder, entries)
        yield beside("log.sync", lambda: _synced(folder, demanding), lambda: _hashed(entries), rounds=5)
    yield _signatures(entries)


def fold() -> Iterable[Figure]:
    """Read 20,000 events; then fold them, read and with their signatures checked before.

    Reading takes in the body as well, as the value that the rules ask for; its limit is to parse the JSON of entry
    and payload. The limit of the fold is to note each event's place.
    """
    entries, anchor = grown(FOLDED)
    register = Register.replay(entries, anchor=anchor)
    signed = _read(entries)
    yield beside("register.read", lambda: _read(entries), lambda: _parsed(entries), rounds=5)

    made: list[State] = []  # a fold is for keeping what it made

    def folded() -> None:
        state = State.of_genesis(entries[0], register.tree.levels[0][0])
        state.take(signed[1:], tree=register.tree)
        made.append(state)

    def noted() -> dict[str, int]:
        return {event.event.subject: index for index, event in enumerate(signed)}

    yield beside("register.fold", folded, noted, rounds=5)


def standing() -> Figure:
    """Ask a register that was asked before; the limit is one look into a dictionary."""
    entries, anchor = grown(FOLDED)
    register = Register.replay(entries, anchor=anchor)
    member = Did.parse("did:web:member-7.example")
    key, at = signer(str(member)).key.thumbprint, START + timedelta(days=30)
    known = {(member, ROLE_URLS[0], key, register.size): register}
    return beside(
        "register.standing",
        lambda: register.standing(member, ROLE_URLS[0], key, signed_at=at),
        lambda: known[member, ROLE_URLS[0], key, register.size],
        times=1_000,
    )


def _signatures(entries: Sequence[bytes]) -> Figure:
    """Check every signature on all cores; the limit is that many bare verifications, divided by the cores."""
    counted: list[int] = []
    value = once(lambda: counted.append(check_ahead(entries)), 1)
    sample = SignedEvent.parse(entries[0])
    signature = sample.signatures[0]
    verify = partial(
        signature.verify, sample.payload, key=PublicKey.from_multikey(keys_in(entries[:1])[signature.kid])
    )
    limit = once(verify, 500) * counted[0] / (os.cpu_count() or 1)
    return Figure("log.sync.signatures", round(value), "ms", round(limit), round(limit / value, 3))


def _synced(folder: Path, anchor: Anchor) -> Tree:
    """Fetch everything, and check root, consistency with an earlier checkpoint, signature and cosignatures."""
    offered = follow(lambda path: (folder / path).read_bytes(), ".", held=0)
    tree = Tree.of(map(leaf_hash, offered.entries))
    older = SYNCED * 2 // 3
    root = tree.root_at(older)
    proof = tree.consistency(older, size=tree.size)
    verify_consistency(older, older_root=root, size=tree.size, root=offered.checkpoint.root, proof=proof)
    check_checkpoint(offered.note, anchor, State.of_genesis(offered.entries[0], tree.node(0, 0)).scheme, tree)
    return tree


def _publish(folder: Path, entries: Sequence[bytes]) -> None:
    """Write the files that a sync reads: the bundles, and a checkpoint with cosignatures."""
    for tile in tiles_of(len(entries)):
        if tile.level is None:
            path, start = folder / str(tile), tile.index * WIDTH
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bundle(entries[start : start + tile.width]))
    tree = Tree.of(map(leaf_hash, entries))
    note = Note.parse(Checkpoint(ORIGIN, tree.size, tree.root).sign(LOG_SIGNER))
    lines = [
        cosign(note.text, name=witness_key(name).name, signer=signer(name, ed25519=True), at=START)
        for name in _WITNESSES
    ]
    (folder / "checkpoint").write_text(str(replace(note, signatures=(*note.signatures, *lines))))


def _read(entries: Sequence[bytes]) -> list[SignedEvent]:
    """Read every entry as a replay reads it."""
    return [SignedEvent.parse(entry) for entry in entries]


def _parsed(entries: Sequence[bytes]) -> None:
    """Parse what reading cannot do without: the JSON of every entry, and that of the payload in it."""
    for entry in entries:
        payload = loads(entry)["payload"]
        loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def _hashed(entries: Sequence[bytes]) -> bytes:
    """Hash every entry and every node of its tree in the barest loop there is: what no sync can do without."""
    row = [sha256(b"\x00" + entry).digest() for entry in entries]
    while len(row) > 1:
        row = [sha256(b"\x01" + left + right).digest() for left, right in list(pairwise(row))[::2]]
    return row[0]
