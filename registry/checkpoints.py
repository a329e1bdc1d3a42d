"""Is this the register of the trust anchor, whole, and as its log signed it?"""

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from registry.anchor import Anchor
from registry.errors import RegisterError
from registry.kept import Kept
from registry.log.checkpoint import Checkpoint
from registry.log.merkle import Tree
from registry.log.note import Note
from registry.log.quorum import Witnessed
from registry.recording import Sighting, Time, between
from registry.scheme import Scheme
from trust.digest import Digest
from trust.errors import MalformedError, SignatureMismatchError


class _Shown(NamedTuple):
    """A checkpoint with the times of its witnesses, or None where a note proves none."""

    cosigned: tuple[Checkpoint, Witnessed] | None


_SHOWN: Kept[bytes, _Shown] = Kept(1 << 15)
"""Checkpoints whose cosignatures were checked before, by digest: what a note proves to one anchor never changes."""


def check_checkpoint(raw: str, anchor: Anchor, scheme: Scheme, tree: Tree) -> Checkpoint:
    """Check a checkpoint against the entries (C2SP tlog-checkpoint).

    Raises:
        RegisterError: it is not signed by the log, of another log, or of other entries.
    """
    try:
        checkpoint = Checkpoint.open(raw, key=scheme.log_key(tree.size))
    except (MalformedError, SignatureMismatchError) as error:
        raise RegisterError(
            f"The checkpoint is not one that the log of {anchor.scheme} signed: {error}.",
            code="register.forked",
        ) from error
    if checkpoint.origin != anchor.scheme:
        raise RegisterError(
            f"The checkpoint is of the log {checkpoint.origin}, and the trust anchor is for {anchor.scheme}.",
            code="register.no_anchor",
        )
    _require_size(checkpoint, tree)
    if checkpoint.root != tree.root:
        raise RegisterError(
            f"The register's {tree.size} entries are not those that its log signed: "
            f"root {tree.root.hex()}, signed {checkpoint.root.hex()}.",
            code="register.forked",
        )
    _require_quorum(raw, anchor)
    return checkpoint


def check_kept(kept: Checkpoint, tree: Tree) -> None:
    """Check that the register only grew since this verifier last saw it (register.md, log).

    Raises:
        RegisterError: it is shorter, or tells its past otherwise.
    """
    if tree.size < kept.size:
        raise RegisterError(
            f"The register has {tree.size} entries, fewer than the {kept.size} seen before.",
            code="register.rolled_back",
        )
    if tree.root_at(kept.size) != kept.root:
        raise RegisterError(
            f"The register tells its first {kept.size} entries otherwise than before: "
            f"root {tree.root_at(kept.size).hex()}, seen {kept.root.hex()}.",
            code="register.forked",
        )


def times(seen: Iterable[str], *, anchor: Anchor, tree: Tree) -> tuple[Time, ...]:
    """Tell when each entry was recorded, as far as checkpoints with witnesses' cosignatures show it.

    Raises:
        RegisterError: a quorum of witnesses saw other entries.
    """
    under = sha256(anchor.to_json()).digest()
    found = [one for note in seen if (one := _sighting(note, anchor, tree, under)) is not None]
    return between(found, size=tree.size) if found else ()


def _sighting(note: str, anchor: Anchor, tree: Tree, under: bytes) -> Sighting | None:
    """Tell between which moments a checkpoint was witnessed; one that proves no time says nothing.

    Whose key of the log signed it does not matter here: a witness cosigns only what the log signed.
    """
    name = sha256(under + note.encode(errors="surrogatepass")).digest()
    shown = _SHOWN.get(name) or _SHOWN.put(name, _Shown(_cosigned(note, anchor)))
    if shown.cosigned is None or shown.cosigned[0].size > tree.size:
        return None
    checkpoint, witnessed = shown.cosigned
    if checkpoint.root != tree.root_at(checkpoint.size):
        raise RegisterError(
            f"Witnesses saw another root of the first {checkpoint.size} entries than these have: "
            f"{checkpoint.root.hex()}, found {tree.root_at(checkpoint.size).hex()}.",
            code="register.forked",
        )
    return Sighting(checkpoint.size, witnessed.since, witnessed.by)


def _cosigned(note: str, anchor: Anchor) -> tuple[Checkpoint, Witnessed] | None:
    """Read a checkpoint of the anchor's log, and when it was witnessed; None where it proves no time."""
    try:
        parsed = Note.parse(note)
        checkpoint, witnessed = Checkpoint.parse(parsed.text), anchor.policy.witnessed(parsed)
    except (MalformedError, SignatureMismatchError):
        return None
    return None if witnessed is None or checkpoint.origin != anchor.scheme else (checkpoint, witnessed)


def require_genesis(tree: Tree, anchor: Anchor) -> None:
    """Demand the first entry that the trust anchor names by its leaf hash.

    Raises:
        RegisterError: the register is empty, or begins otherwise.
    """
    if tree.size == 0 or tree.levels[0][0] != anchor.genesis.value:
        first = f"a first entry {Digest(tree.levels[0][0]).multibase}" if tree.size else "no entry"
        has = "another first entry" if tree.size else "no entry"
        raise RegisterError(
            f"The register is not the one of the trust anchor {anchor.scheme}: it has {has}.",
            code="register.no_anchor",
            expected=f"a first entry {anchor.genesis.multibase}",
            found=first,
        )


def require_anchor(scheme: Scheme, anchor: Anchor) -> None:
    """Demand the scheme and the environment that the trust anchor names.

    Raises:
        RegisterError: the register is of another one.
    """
    if scheme.origin != anchor.scheme:
        raise RegisterError(
            f"The register is of {scheme.origin}, and the trust anchor is for {anchor.scheme}.",
            code="register.no_anchor",
            expected=anchor.scheme,
            found=scheme.origin,
        )
    if scheme.environment != anchor.environment:
        raise RegisterError(
            f"The register is of the environment {scheme.environment}, and the trust anchor is for "
            f"{anchor.environment}.",
            code="environment.mismatch",
            expected=anchor.environment,
            found=scheme.environment,
        )


def require_log_key(scheme: Scheme, anchor: Anchor) -> None:
    """Demand that the log has had the key that the trust anchor names.

    Raises:
        RegisterError: it never had.
    """
    if all(item.key != anchor.log_key for item in scheme.log_keys):
        raise RegisterError(
            f"The trust anchor names the log key {anchor.log_key}, which this register has never had.",
            code="register.no_anchor",
            expected=str(anchor.log_key),
            found=", ".join(str(item.key) for item in scheme.log_keys),
        )


def _require_quorum(raw: str, anchor: Anchor) -> None:
    """Demand the cosignatures of as many witnesses as the trust anchor says (C2SP tlog-cosignature).

    Raises:
        RegisterError: there are fewer, or one of a known witness does not fit.
    """
    note, policy = Note.parse(raw), anchor.policy
    try:
        witnessed = policy.witnessed(note)
    except (MalformedError, SignatureMismatchError) as error:
        raise RegisterError(
            f"A cosignature under the checkpoint is not one of its witness: {error}.", code="register.forked"
        ) from error
    if anchor.quorum and witnessed is None:
        cosigned = [key.name for key in anchor.witnesses if note.lines(key)]
        named = f"only {', '.join(cosigned)}" if cosigned else "none"
        raise RegisterError(
            f"The trust anchor demands {anchor.quorum} of {len(anchor.witnesses)} witnesses, "
            f"and {named} cosigned the checkpoint.",
            code="register.unwitnessed",
        )


def _require_size(checkpoint: Checkpoint, tree: Tree) -> None:
    if checkpoint.size > tree.size:
        raise RegisterError(
            f"The log signed {checkpoint.size} entries, and only {tree.size} are at hand.",
            code="register.rolled_back",
        )
    if checkpoint.size < tree.size:
        raise RegisterError(
            f"The log signed {checkpoint.size} entries, and {tree.size} are at hand.", code="register.forked"
        )
