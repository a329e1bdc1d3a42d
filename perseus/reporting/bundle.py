"""The files of a report, and the zip that holds them: the same files give the same bytes.

Nothing in the zip is compressed and every time in it is the same, so that its bytes depend on no library's version.
"""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

from perseus.loans import headline
from perseus.reporting.account import Signed, account_of
from perseus.reporting.limits import ANCHOR, EVIDENCE, POLICY, SIGNED, commands, expected_code
from perseus.reporting.paper import write_pdf
from perseus.verification import Judged
from trust.canonical import EVIDENCE_LIMIT, Json, canonicalize, parse_object
from trust.digest import Digest
from trust.errors import MalformedError
from trust.secured import Secured

README, REPORT, VERDICT, FINANCED, DIGESTS = (
    "README.txt",
    "report.pdf",
    "verdict.json",
    "pcaf.json",
    "DIGESTS.txt",
)
CHECKPOINT, ENTRIES = "register/checkpoint", "register/entries.jsonl"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name
_UNIX, _READABLE = 3, 0o100644 << 16
_WIDE = 26
_ABOUT = {
    README: "this text",
    REPORT: "the report for people: what was judged, by what, what came of it, what it does not prove",
    EVIDENCE: "the evidence file, byte for byte as it was given",
    VERDICT: "the verdict as JSON in RFC 8785 form (specs/verdict)",
    SIGNED: "the verdict as a credential that a member signed",
    FINANCED: "what the loan finances (specs/pcaf)",
    ANCHOR: "the trust anchor that it was judged by",
    POLICY: "the policy that it was judged by",
    CHECKPOINT: "the log's signed note over the register that the evidence carries",
    ENTRIES: "every entry of that register, one a line: replay them, and the root is the note's",
    DIGESTS: "the SHA-256 of every other file here",
}


def files_of(
    judged: Judged, *, pcaf: dict[str, Json] | None, signed: tuple[Secured, Signed] | None
) -> Mapping[str, bytes]:
    """Make every file of a report, by its name, in the order of the zip."""
    account = account_of(judged, pcaf=pcaf, signed=None if signed is None else signed[1])
    made = {
        REPORT: write_pdf(account),
        EVIDENCE: judged.raw,
        VERDICT: canonicalize(judged.verdict),
        POLICY: judged.policy.to_json(),
        **({} if signed is None else {SIGNED: signed[0].raw}),
        **({} if pcaf is None else {FINANCED: canonicalize(pcaf)}),
        **({} if judged.anchor is None else {ANCHOR: judged.anchor.to_json()}),
        **_register(judged),
    }
    signed_at = None if signed is None else signed[1].at
    readme = _readme(judged, made, pcaf=pcaf, signed_at=signed_at).encode()
    named = {README: readme, **dict(sorted(made.items()))}
    digests = "".join(f"{Digest.of(raw).value.hex()}  {name}\n" for name, raw in named.items())
    return {**named, DIGESTS: digests.encode()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Put files into a zip whose bytes follow from their names and contents alone."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for name, raw in files.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, raw)
    return held.getvalue()


def _register(judged: Judged) -> Mapping[str, bytes]:
    """Give the register's note and entries as files of their own, where the evidence carries them."""
    try:
        document = parse_object(judged.raw, limit=EVIDENCE_LIMIT)
    except MalformedError:
        return {}
    register = document.get("register")
    if not isinstance(register, dict) or not isinstance(register.get("events"), list):
        return {}
    events = register["events"]
    lines = [canonicalize(event) + b"\n" for event in events] if isinstance(events, list) else []
    return {CHECKPOINT: str(register.get("checkpoint")).encode(), ENTRIES: b"".join(lines)}


def _readme(
    judged: Judged,
    made: Mapping[str, bytes],
    *,
    pcaf: dict[str, Json] | None,
    signed_at: datetime | None,
) -> str:
    verdict = judged.verdict
    heading = str(verdict["overall"]).replace("_", " ").upper()
    lines = [
        f"{heading}  an evidence file of Perseus, judged as at {verdict['at']}",
        *([] if pcaf is None else [headline(pcaf)]),
        "",
        "What is in here",
        *(f"  {name:<{_WIDE}}{_ABOUT[name]}" for name in sorted({*made, README, DIGESTS})),
        "",
        "How to check it again",
        "  1. Unpack everything into one folder, and go there.",
        "  2. Hold trust.json against the trust anchor that you have from the scheme itself.",
        "     An anchor that came with the evidence proves nothing.",
        "  3. Install Perseus, and run:",
        *(f"       {' '.join(words)}" for words in commands(judged, signed_at=signed_at)),
        f"     The first ends with exit code {expected_code(judged)}. With --json it prints what verdict.json holds.",
        "     With a newer copy of the register of your own, named with --register, you also learn what came later.",
        "  4. sha256sum --check DIGESTS.txt tells whether a file was changed since, and nothing about who made it.",
        "",
        "What it does not prove stands in report.pdf, under that heading.",
    ]
    if judged.anchor is None:
        lines = [line for line in lines if not line.startswith(("  2.", "     An anchor"))]
    return "\n".join(lines) + "\n"
