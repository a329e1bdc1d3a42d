"""Judging with one's own copy of the register at hand, beside the one that a file carries."""

from dataclasses import dataclass, replace
from pathlib import Path

from perseus.copies.folder import Copy, has_copy, open_copy
from perseus.refreshing import settings_in
from registry.anchor import Anchor
from registry.errors import RegisterError
from registry.recording import narrower
from registry.register import Register
from trust.errors import MalformedError, PerseusError, UnavailableError
from verifiers.evidence import Evidence


@dataclass(frozen=True, slots=True)
class OwnCopy:
    """A copy that this verifier keeps itself, checked when it was opened."""

    copy: Copy

    def beside(self, evidence: Evidence) -> Evidence:
        """Put the copy beside what a file carries; the longer of the two is used, if the other is its beginning.

        A fault of the file's own register stays: a copy at hand mends no file.
        """
        own, carried = self.copy.register, evidence.register
        if evidence.register_fault is not None:
            return evidence
        if carried is not None and not _continue(own, carried):
            fault = RegisterError(
                f"The file's register and this verifier's own copy differ within their first "
                f"{min(own.size, carried.size)} entries.",
                code="register.forked",
            )
            return replace(evidence, register=None, register_fault=fault)
        if carried is not None and carried.size > own.size:
            return replace(evidence, register=_timed(carried, own))
        used = own if carried is None else _timed(own, carried)
        return replace(evidence, register=used, register_at=self.copy.as_of)


def is_home(place: Path) -> bool:
    """Tell whether a folder is the home of a party, which keeps the register in its database.

    Raises:
        MalformedError: its settings file is not TOML.
    """
    return not has_copy(place) and "party" in settings_in(place / "settings.toml")


def require_register(place: Path) -> None:
    """Demand a folder in which a register can be looked for: a party's home, or one that a log's files lie in.

    Raises:
        UnavailableError: there is no such folder, or it is neither.
        MalformedError: its settings file is not TOML.
    """
    if has_copy(place) or is_home(place):
        return
    inner = place / "log"
    if not place.is_dir():
        because = "there is no such folder"
    elif has_copy(inner):
        because = f"the files of the log lie in {inner}: name that"
    else:
        because = "it is neither a party's home (settings.toml) nor a copy of the register (checkpoint)"
    raise UnavailableError(f"the register in {place}", because=because, code="register.unreachable")


def open_own(folder: Path, anchor: Anchor | None) -> OwnCopy:
    """Open a copy that the asker named: a folder of a log's files, or the home of a party.

    Raises:
        UnavailableError: there is no trust anchor to check it against, or a file is not there.
        MalformedError: a file is not what it must be.
        RegisterError: the copy is not the anchor's, or not whole.
    """
    if anchor is None:
        because = "no trust file was given, so nothing says which scheme to believe"
        raise UnavailableError(f"the copy in {folder}", because=because, code="register.no_anchor")
    require_register(folder)
    try:
        return OwnCopy(_opened(folder, anchor))
    except MalformedError as error:
        raise error.within(str(folder)) from error
    except UnavailableError as error:
        raise UnavailableError(f"{folder}: {error.what}", because=error.because, code=error.code) from error
    except PerseusError as error:
        raise RegisterError(f"The copy in {folder} cannot be used. {error}", code=error.code) from error


def chosen_folder(named: Path | None, settings: Path) -> Path | None:
    """Give the folder of the copy: the one that was named, or the one in the settings file.

    Raises:
        MalformedError: the settings file is not TOML.
    """
    if named is not None:
        return named
    written = settings_in(settings).get("register")
    return settings.parent / written if isinstance(written, str) else None


def _timed(register: Register, other: Register) -> Register:
    """Give a register that also knows what the other one shows of when its entries were recorded."""
    known = narrower(register.recorded, other.recorded, size=register.size)
    if not other.recorded or known == register.recorded:
        return register
    timed = Register.replay(register.entries, anchor=register.anchor, recorded=known)
    return replace(timed, checkpoint=register.checkpoint)


def _opened(place: Path, anchor: Anchor) -> Copy:
    if has_copy(place):
        return open_copy(place, anchor)
    from perseus.copies.home import open_home  # noqa: PLC0415 - no database is loaded for a folder of files

    return open_home(place, anchor)


def _continue(one: Register, other: Register) -> bool:
    """Tell whether the shorter of two copies is the beginning of the longer."""
    size = min(one.size, other.size)
    return one.root_at(size) == other.root_at(size)
