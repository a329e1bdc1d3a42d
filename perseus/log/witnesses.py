"""Asking the witnesses of the trust anchor to cosign a checkpoint, all at once; one that is down holds nobody up."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace

from perseus.fetching import Fetched
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import WitnessKey, cosigned_at
from registry.log.merkle import Tree
from registry.log.note import Note, NoteSignature, read_signature
from registry.log.witness import Submission
from trust.errors import PerseusError, UnavailableError

Post = Callable[[str, bytes], Fetched]
_OK, _CONFLICT = 200, 409
_SIZE_TYPE = "text/x.tlog.size"
_MOST_DIGITS = 19
_TRIES = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What one witness said: its cosignature, or why there is none."""

    name: str
    cosignature: NoteSignature | None = None
    trouble: str | None = None


class Witnesses:
    """The witnesses that a log may ask, by name and submission prefix; remembers what size each was seen to hold."""

    def __init__(
        self, keys: Callable[[], Sequence[WitnessKey]], urls: Mapping[str, str], *, post: Post
    ) -> None:
        """Ask only witnesses whose key the anchor names and whose address the settings tell."""
        self._named = keys
        self._urls = urls
        self._post = post
        self._held: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    @property
    def _keys(self) -> dict[str, WitnessKey]:
        return {key.name: key for key in self._named()}

    @property
    def names(self) -> tuple[str, ...]:
        """Name the witnesses that can be asked."""
        return tuple(name for name in self._keys if name in self._urls)

    def ask(self, note: str, tree: Tree) -> Iterator[Answer]:
        """Ask all of them about a checkpoint of this tree, and give each answer when it comes."""
        for name in self._keys.keys() - set(self.names):
            yield Answer(name, trouble="the settings tell no address of it")
        if not self.names:
            return
        with ThreadPoolExecutor(len(self.names), thread_name_prefix="witness") as pool:
            for asked in as_completed([pool.submit(self._asked, name, note, tree) for name in self.names]):
                yield asked.result()

    def _asked(self, name: str, note: str, tree: Tree) -> Answer:
        try:
            return Answer(name, self._cosigned(name, Note.parse(note), tree))
        except PerseusError as error:
            return Answer(name, trouble=str(error))

    def _cosigned(self, name: str, note: Note, tree: Tree) -> NoteSignature:
        """Submit from the size that the witness holds; its 409 says which that is."""
        checkpoint, url = Checkpoint.parse(note.text), f"{self._urls[name].rstrip('/')}/add-checkpoint"
        place = (checkpoint.origin, name)
        for _ in range(_TRIES):
            old = self._held.get(place, 0)
            if old > checkpoint.size:
                raise _declined(name, f"it holds {old} entries, and the log has {checkpoint.size}")
            proof = tree.consistency(old, size=checkpoint.size)
            answered = self._post(url, str(Submission(old, proof, str(note))).encode())
            if answered.status == _OK:
                line = self._line(self._keys[name], note, answered.body)
                with self._lock:
                    self._held[place] = checkpoint.size
                return line
            told = _told(answered)
            if answered.status == _CONFLICT and told == old == checkpoint.size:
                raise _declined(name, f"it holds another root of {old} entries than this log signed")
            if answered.status != _CONFLICT or told is None or told == old:
                raise _declined(name, f"HTTP {answered.status}: {answered.body[:200]!a}")
            with self._lock:
                self._held[place] = told
        raise _declined(name, "the size that it holds changed while it was asked")

    def _line(self, key: WitnessKey, note: Note, body: bytes) -> NoteSignature:
        """Take the witness's own line out of its answer, once it fits the checkpoint; others say nothing."""
        for line in body.decode(errors="replace").splitlines():
            signature = read_signature(line)
            if cosigned_at(replace(note, signatures=(signature,)), key) is not None:
                return signature
        raise _declined(key.name, "its answer has no line by its key")


def _declined(name: str, because: str) -> UnavailableError:
    return UnavailableError(f"the cosignature of {name}", because=because, code="register.unwitnessed")


def _told(answered: Fetched) -> int | None:
    """Read the size that a witness says it holds."""
    text = answered.body.decode("ascii", errors="replace").strip()
    sized = answered.media_type == _SIZE_TYPE and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if sized else None
