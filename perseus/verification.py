"""Judging a file at a door: which anchor, which policy, which moment, and whether anybody may be asked.

The command line and the bank's HTTP door both come through here, so that they cannot answer differently.
"""

import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from perseus.copies.using import open_own
from perseus.refreshing import settings_in
from registry.anchor import Anchor
from trust.canonical import Json
from trust.did import Did
from trust.errors import MalformedError, UnavailableError
from trust.report import Report
from trust.secured import Secured
from verifiers.chain import Chain
from verifiers.evidence import Evidence
from verifiers.file import Refresh, verify_file
from verifiers.policy import Policy
from verifiers.verdict import verdict

PRESETS = {
    "bank": Policy.bank,
    "auditor": Policy.auditor,
    "interop": Policy.interoperability,
    "interoperability": Policy.interoperability,
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a file; the anchor never comes from the file itself or its folder.

    `register` is the folder of a copy that the asker keeps; `audience` who the asker is, where that is said; `in_hand`
    tells that `at` is the present, by which the file is there.
    """

    anchor: Path | None
    policy: str
    at: datetime
    known_at: datetime | int | None
    offline: bool
    register: Path | None = None
    audience: Did | None = None
    in_hand: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A file that was judged: the report, by what it was judged, and what could be read of it.

    `presentation` and `evidence` are None where the file is no evidence file.
    """

    raw: bytes
    report: Report[object]
    question: Question
    anchor: Anchor | None
    policy: Policy
    presentation: Secured | None = None
    evidence: Evidence | None = None

    @property
    def verdict(self) -> dict[str, Json]:
        """Write it as its published JSON."""
        asked = self.question
        return verdict(
            self.report, at=asked.at, known_at=asked.known_at, anchor=self.anchor, policy=self.policy
        )

    @property
    def chain(self) -> Chain | None:
        """Open the chain, to read what a report does not tell; nothing in it counts that the report does not hold."""
        if self.presentation is None or self.evidence is None:
            return None
        held = self.evidence
        return Chain.of(
            self.presentation, beside=held.credentials, receipt=held.receipt, register=held.register
        )


def judge(raw: bytes, question: Question, *, refresh: Refresh | None = None) -> dict[str, Json]:
    """Give the verdict on an evidence file, whatever it is; `refresh` brings newer evidence, unless offline.

    Raises:
        MalformedError: the anchor, the policy or the copy, which the asker chose, is not what it must be.
        RegisterError: the copy is not the anchor's, or not whole.
        UnavailableError: one of their files cannot be read.
    """
    return judged(raw, question, refresh=refresh).verdict


def judged(raw: bytes, question: Question, *, refresh: Refresh | None = None) -> Judged:
    """Judge an evidence file, and keep what it was judged by beside the report.

    Raises:
        MalformedError: the anchor, the policy or the copy, which the asker chose, is not what it must be.
        RegisterError: the copy is not the anchor's, or not whole.
        UnavailableError: one of their files cannot be read.
    """
    anchor = anchor_of(question.anchor)
    policy = policy_of(question.policy)
    own = None if question.register is None else open_own(question.register, anchor)
    # Without an anchor the register is the file's own word, and nobody whom it names is asked.
    asked = None if question.offline or anchor is None else refresh
    used: list[tuple[Secured, Evidence]] = []

    def gather(secured: Secured, evidence: Evidence) -> Evidence:
        newer = evidence if asked is None else asked(secured, evidence)
        seen = {secured.digest: question.at, **newer.seen} if question.in_hand else newer.seen
        told = replace(newer, own=question.audience or newer.own, seen=seen)
        used.append((secured, told if own is None else own.beside(told)))
        return used[-1][1]

    report = verify_file(
        raw, policy=policy, anchor=anchor, at=question.at, known_at=question.known_at, refresh=gather
    )
    presentation, evidence = used[-1] if used else (None, None)
    return Judged(raw, report, question, anchor, policy, presentation, evidence)


def anchor_of(path: Path | None) -> Anchor | None:
    """Read the trust anchor that the asker named, or the one in the asker's settings, or none.

    Raises:
        MalformedError: the file is no trust anchor.
        UnavailableError: the file cannot be read.
    """
    own = settings_folder() / "trust.json"
    chosen = path if path is not None else own if own.is_file() else None
    if chosen is None:
        return None
    try:
        return Anchor.from_json(_bytes(chosen))
    except MalformedError as error:
        raise error.within(str(chosen)) from error


def policy_of(name: str) -> Policy:
    """Take one of the presets by name, or read a policy file.

    Raises:
        MalformedError: the file is no policy.
        UnavailableError: there is no preset and no file of that name.
    """
    if name in PRESETS:
        return PRESETS[name]()
    try:
        return Policy.from_json(_bytes(Path(name)))
    except MalformedError as error:
        raise error.within(name) from error
    except UnavailableError as error:
        because = f"it is none of bank, auditor and interop, and no file ({error.because})"
        raise UnavailableError(f"the policy {name}", because=because, code=error.code) from error


def audience_of(named: str | None, anchor: Path | None) -> Did | None:
    """Give who the asker says to be: as named, else as the asker's settings say.

    Raises:
        MalformedError: it is no DID, or the settings file is not TOML.
    """
    told = named if named is not None else settings_in(settings_beside(anchor)).get("audience")
    try:
        return None if told is None else Did.parse(str(told))
    except MalformedError as error:
        raise error.within("--audience" if named is not None else f"{settings_beside(anchor)}") from error


def settings_beside(anchor: Path | None) -> Path:
    """Give the asker's settings file: beside the anchor that was named, else in the asker's own folder."""
    return (anchor.parent if anchor is not None else settings_folder()) / "settings.toml"


def settings_folder() -> Path:
    """Give the folder of the asker's own settings (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "perseus"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnavailableError(
            f"the file {path}", because=error.strerror or str(error), code="file.missing"
        ) from error
