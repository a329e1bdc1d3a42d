"""A party's copy of the member register: asked for anew when it may have grown, replayed, and never taken back."""

import threading
import time
from datetime import datetime, timedelta

from perseus.clock import now
from perseus.fetching import Fetcher
from perseus.log.ahead import check_ahead
from perseus.log.copying import OlderError, TwoHistoriesError, continued
from perseus.log.following import LARGEST_BUNDLE, Offered, follow
from perseus.log.forks import forks_of, keep_fork
from perseus.log.names import LogName
from perseus.settings import Settings
from perseus.storage import register as log
from perseus.storage import sightings
from perseus.storage.register import Seen
from perseus.storage.store import Store
from registry.anchor import Anchor
from registry.errors import RegisterError
from registry.recording import between
from registry.register import Register
from trust.errors import MalformedError, UnavailableError

PAUSE = 2.0  # seconds for which a copy is not asked for again
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
        self._fault: RegisterError | None = None

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
            self._require_one_history()
            due = (fresh and self._reached) or time.monotonic() - self._asked > PAUSE
            if self._settings.party != OPERATOR and due:
                self._ask()
            if self._fault is not None:
                raise self._fault
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

    def notes(self, *, most: int | None = None) -> tuple[str, ...]:
        """Give the checkpoints by which it is known when entries were recorded."""
        with self._store.read() as connection:
            return sightings.notes(connection, most=most)

    def _replayed(self) -> Register:
        with self._store.read() as connection:
            seen = log.newest(connection)
            held = self._held
            if held is not None and seen is not None and held.size == seen.size:
                return held
            entries = log.entries(connection, end=None if seen is None else seen.size)
            signings = log.MEMBERS.signings(connection) if self._settings.party == OPERATOR else ()
        if not entries:
            raise UnavailableError("the register", because="no copy is at hand", code="register.unreachable")
        note = None if seen is None else seen.note
        anchor = self.anchor
        if signings:  # the operator's register is the one that its log grows by, whoever witnesses it
            recorded = between(signings, size=len(entries))
            self._held = Register.replay(entries, anchor=anchor, checkpoint=note, recorded=recorded)
        elif held is None or held.size > len(entries) or anchor.quorum:
            self._held = Register.replay(entries, anchor=anchor, checkpoint=note, seen=self.notes())
        else:
            self._held = held.extend(entries[held.size :], checkpoint=note)
        return self._held

    def _ask(self) -> None:
        """Ask the operator; without an answer the copy at hand stands, and the verdict says how old it is.

        Raises:
            RegisterError: what was answered contradicts the copy, or is not what the log and its witnesses signed.
        """
        operator = self._settings.members[OPERATOR].removeprefix("did:web:")
        prefix = f"https://{operator}/{LogName.MEMBERS.value}"
        held = self._replayed() if self.size() else None
        try:
            offered = follow(self._get, prefix, held=0 if held is None else held.size)
            check_ahead(offered.entries)
            grown = self._checked(prefix, held, offered)
        except (UnavailableError, MalformedError) as error:
            self._reached = not error.code.startswith(
                "fetch."
            )  # whoever did not answer is not asked again at every door
            return
        except RegisterError as error:
            self._fault = error
            raise
        finally:
            self._asked = time.monotonic()
        self._reached, self._fault = True, None
        if grown is not None:
            self._keep(0 if held is None else held.size, grown, offered)

    def _checked(self, prefix: str, held: Register | None, offered: Offered) -> Register | None:
        """Give the copy as the log continues it, or None where a server merely lags behind it."""
        if held is None:
            return Register.replay(offered.entries, anchor=self.anchor, checkpoint=offered.note)
        try:
            return continued(self._get, prefix, held, offered)
        except TwoHistoriesError:
            keep_fork(self._settings.home, held=self.note_of(held), offered=offered.note)
            raise
        except OlderError:
            seen = self.as_of()
            if seen is None or now() - seen > timedelta(seconds=held.scheme.policy.skew):
                raise
            return None

    def _keep(self, size: int, grown: Register, offered: Offered) -> None:
        """Keep what continues the copy, unless another process of this party was faster."""
        with self._store.write() as connection:
            if log.size(connection) == size:
                log.append(connection, offered.entries, at_size=size)
                log.see(connection, Seen(grown.size, offered.note, now()))
                sightings.keep(connection, Seen(grown.size, offered.note, now()))
        # With witnesses, a copy that grew is replayed with what their times say about its new entries.
        grew = self._held is None or grown.size != self._held.size
        self._held = None if grew and self.anchor.quorum else grown
        self._seen = now()

    def _get(self, url: str) -> bytes:
        answered = self._fetcher.get(url, limit=LARGEST_BUNDLE)
        if answered.status != 200:  # noqa: PLR2004 - the status itself
            raise UnavailableError(url, because=f"HTTP {answered.status}", code="register.unreachable")
        return answered.body

    def _require_one_history(self) -> None:
        """Refuse to go on with a log that was caught with two histories, also after a restart.

        Raises:
            RegisterError: it was; a person must look, and take the proof away.
        """
        found = forks_of(self._settings.home)
        if found:
            raise RegisterError(
                f"The log of this register signed two histories; both notes are kept in {found[0]}. "
                "Show them to the scheme's officers; what they decide ends this, not this service.",
                code="register.forked",
            )
