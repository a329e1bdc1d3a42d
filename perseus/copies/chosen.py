"""What a verifier chose at the command line: a trust anchor, a witness policy, a source, a folder, files."""

from pathlib import Path

from perseus import clock
from perseus.copies.folder import has_copy
from perseus.copies.source import Source, open_source
from perseus.copies.syncing import Demand, Synced, synchronise
from perseus.copies.using import chosen_folder
from perseus.log.names import LogName, keys_of
from perseus.verification import anchor_of, settings_beside
from registry.anchor import Anchor
from registry.log.quorum import WitnessPolicy
from trust.errors import MalformedError, UnavailableError


def anchored(path: Path | None) -> Anchor:
    """Read the trust anchor, which must be there.

    Raises:
        UnavailableError: none was named, or the file cannot be read.
        MalformedError: the file is no trust anchor.
    """
    anchor = anchor_of(path)
    if anchor is None:
        because = "none was named; give the scheme's trust.json with --trust"
        raise UnavailableError("the trust anchor", because=because, code="register.no_anchor")
    return anchor


def demanded(anchor: Anchor, policy: Path | None) -> Demand:
    """Join the anchor with the verifier's own witness policy.

    Raises:
        UnavailableError: the policy file cannot be read.
        MalformedError: it is no policy.
    """
    if policy is None:
        return Demand(anchor, WitnessPolicy())
    try:
        return Demand(anchor, WitnessPolicy.parse(text_of(policy)))
    except MalformedError as error:
        raise error.within(str(policy)) from error


def folder_for(to: Path | None, trust: Path | None) -> Path:
    """Give the folder of the copy.

    Raises:
        MalformedError: neither an option nor the settings name one.
    """
    folder = chosen_folder(to, settings_beside(trust))
    if folder is None:
        raise MalformedError("--to", expected="a folder for the copy", found="none, nor one in the settings")
    return folder


def copy_beside(named: Path | None, trust: Path | None) -> Path | None:
    """Give the folder of the verifier's own copy: the one that was named, or the one in the settings if it is there.

    Raises:
        MalformedError: the settings file is not TOML.
    """
    folder = chosen_folder(named, settings_beside(trust))
    return folder if folder is None or folder == named or has_copy(folder) else None


def source_of(place: str, anchor: Anchor, trust: Path | None) -> Source:
    """Open the log that a copy is read from.

    Raises:
        UnavailableError: there is no such folder.
        MalformedError: the place is no https URL.
    """
    return open_source(place, anchor=anchor, settings=settings_beside(trust))


def bring(source: Source, folder: Path, demand: Demand, *, served: bool) -> Synced:
    """Bring a copy up to date, and close the source.

    Raises:
        UnavailableError: a file of the log cannot be had.
        MalformedError: a file is not what it must be.
        RegisterError: the log is another, forked, older, or lacks the quorum.
    """
    try:
        return synchronise(source, folder, demand, at=clock.now(), served=served)
    finally:
        source.close()


def policy_text(anchor: Anchor) -> str:
    """Write an anchor's log, witnesses and quorum as a policy file (C2SP tlog-policy).

    A key may stand in such a file once, so that the evidence log, which the same key signs, is told in a comment.
    """
    found = anchor.policy
    policy = WitnessPolicy(found.quorum, found.witnesses, found.groups, {anchor.log_key: None})
    members, rest = str(policy).split("\n", 1)
    evidence = LogName.EVIDENCE.key(anchor.log_key)
    return f"{members}\n# the same key signs the evidence log: {evidence}\n{rest}"


def logs_text(anchor: Anchor) -> str:
    """Write the verifier keys of the members log and of the evidence log, one a line."""
    return "".join(f"{key}\n" for key in keys_of(anchor.log_key))


def text_of(path: Path) -> str:
    """Read a text that the asker named.

    Raises:
        UnavailableError: it cannot be read.
        MalformedError: it is not in UTF-8.
    """
    try:
        return bytes_of(path).decode()
    except UnicodeDecodeError as error:
        raise MalformedError(str(path), expected="UTF-8", found=str(error), code="format.encoding") from error


def bytes_of(path: Path) -> bytes:
    """Read a file that the asker named.

    Raises:
        UnavailableError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        because = error.strerror or str(error)
        raise UnavailableError(str(path), because=because, code="fetch.blocked") from error
