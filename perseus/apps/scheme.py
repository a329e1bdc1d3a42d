"""A party's copy of the member register: asked for anew when it may have grown, replayed, and never taken back."""

import threading
import time
from datetime import datetime

from perseus.clock import now
from perseus.fetching import Fetcher
from perseus.settings import Settings
from perseus.storage import register as log
from perseus.storage.register import Seen
from perseus.storage.store import Store
from registry.anchor import Anchor
from registry.errors import RegisterError
from registry.register import Register
from trust.canonical import canonicalize, parse_object
from trust.errors import UnavailableError

PAUSE = 2.0  # seconds for which a copy is not asked for again
_LIMIT = 32 * 1024 * 1024
OPERATOR = "operator"


class RegisterCopy:
    """The register as this party knows it, against the trust anchor in its own settings."""

    def __init__(self, settings: Settings, store: Store, fetcher: Fetcher) -> None:
        self._settings = settings
        self._store = store
        self._fetcher = fetcher
        self._lock = threading.Lock()
        self._held: Register | None = None
        self._asked = float("-inf")
        self._reached = True
        self._seen: datetime | None = None

    @property
    def anchor(self) -> Anchor:
        """Read the trust anchor that this party was given, which must be of the party's own environment.

        Raises:
            UnavailableError: there is none.
            MalformedError: it is none.
            RegisterError: it is of another environment.
        """
        try:
            found = Anchor.from_json(self._settings.anchor_file.read_bytes())
        except OSError as error:
            path = str(self._settings.anchor_file)
            raise UnavailableError(path, because=str(error), code="register.no_anchor") from error
        own = self._settings.environment
        if found.environment != own:
            raise RegisterError(
                f"The trust anchor is for {found.environment}, and this service is for {own}.",
                code="environment.mismatch",
                expected=own,
                found=found.environment,
            )
        return found

    def current(self, *, fresh: bool = False) -> Register:
        """Give the register, asked for at most every two seconds, or the copy at hand when nobody answers.

        A `fresh` one is asked for now, as long as the operator answers.

        Raises:
            UnavailableError: nobody answers and there is no copy.
            RegisterError: what was answered is not the register of the anchor, or goes back.
        """
        with self._lock:
            due = (fresh and self._reached) or time.monotonic() - self._asked > PAUSE
            if self._settings.party != OPERATOR and due:
                self._ask()
            return self._replayed()

    def as_of(self) -> datetime | None:
        """Tell when the operator last said that this copy is whole; the operator's own always is."""
        if self._settings.party == OPERATOR:
            return now()
        if self._seen is not None:
            return self._seen
        with self._store.read() as connection:
            seen = log.newest(connection)
        return None if seen is None else seen.seen_at

    def size(self) -> int:
        """Count the entries of the copy."""
        with self._store.read() as connection:
            return log.size(connection)

    def note(self) -> str | None:
        """Give the newest checkpoint seen, which a signer embeds."""
        with self._store.read() as connection:
            seen = log.newest(connection)
        return None if seen is None else seen.note

    def note_of(self, register: Register) -> str:
        """Give the checkpoint over exactly these entries.

        Raises:
            UnavailableError: none of that size was seen.
        """
        with self._store.read() as connection:
            seen = log.seen_at(connection, register.size)
        if seen is None:
            what = f"a checkpoint over {register.size} entries"
            raise UnavailableError(what, because="none was seen", code="register.unreachable")
        return seen.note

    def _replayed(self) -> Register:
        with self._store.read() as connection:
            seen = log.newest(connection)
            held = self._held
            if held is not None and seen is not None and held.size == seen.size:
                return held
            entries = log.entries(connection, end=None if seen is None else seen.size)
        if not entries:
            raise UnavailableError("the register", because="no copy is at hand", code="register.unreachable")
        note = None if seen is None else seen.note
        if held is None or held.size > len(entries):
            self._held = Register.replay(entries, anchor=self.anchor, checkpoint=note)
        else:
            self._held = held.extend(entries[held.size :], checkpoint=note)
        return self._held

    def _ask(self) -> None:
        base, self._reached = self._base(), False
        try:
            checkpoint = self._get(f"{base}/checkpoint").decode()
            held = self.size()
            size = int(checkpoint.split("\n", 2)[1])
            grown = self._entries(f"{base}/entries?start={held}") if size > held else ()
        except (UnavailableError, ValueError, IndexError):
            return  # the copy at hand stands, and the verdict says how old it is
        finally:
            self._asked = time.monotonic()
        self._reached = True
        self._take(held, grown, checkpoint)

    def _take(self, held: int, grown: tuple[bytes, ...], checkpoint: str) -> None:
        """Keep what was answered, once it is shown to continue what is held."""
        with self._store.read() as connection:
            entries = (*log.entries(connection), *grown)
        replayed = Register.replay(entries, anchor=self.anchor, checkpoint=checkpoint)
        with self._store.write() as connection:
            if log.size(connection) == held:
                log.append(connection, grown, at_size=held)
                log.see(connection, Seen(replayed.size, checkpoint, now()))
        self._held = replayed
        self._seen = now()

    def _entries(self, url: str) -> tuple[bytes, ...]:
        document = parse_object(self._get(url), where=url, limit=_LIMIT)
        listed = document.get("entries")
        return tuple(canonicalize(entry) for entry in listed) if isinstance(listed, list) else ()

    def _get(self, url: str) -> bytes:
        answered = self._fetcher.get(url, limit=_LIMIT)
        if answered.status != 200:  # noqa: PLR2004 - the status itself
            raise UnavailableError(url, because=f"HTTP {answered.status}", code="register.unreachable")
        return answered.body

    def _base(self) -> str:
        return "https://" + self._settings.members[OPERATOR].removeprefix("did:web:")
