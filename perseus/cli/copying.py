"""What a verifier does with the register's log: keeps its own copy, and proves what it was shown."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perseus.cli.explain import pointer_to
from perseus.cli.judging import Trust
from perseus.cli.text import plain
from perseus.clock import now
from trust.errors import MalformedError, NotPermittedError, PerseusError, UnavailableError

if TYPE_CHECKING:
    from perseus.copies.folder import Copy
    from perseus.copies.syncing import Synced
    from registry.log.proof import Proven
    from trust.canonical import Json

Own = Annotated[
    Path | None,
    typer.Option(
        envvar="PERSEUS_REGISTER", help="Your own copy of the register, for keys that the log changed to."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
REFUSED, UNDETERMINED = 1, 3
_SHOWN = 20


def mount(app: typer.Typer) -> None:
    """Add these commands to `perseus registry`."""
    for name, command in (
        ("sync", sync),
        ("policy", policy),
        ("fork-proof", fork_proof),
        ("check-proof", check_proof),
    ):
        app.command(name=name)(command)


def sync(
    *,
    source: Annotated[str, typer.Option("--from", help="The log: an https URL, or a folder of its files.")],
    trust: Trust = None,
    witness_policy: Annotated[
        Path | None, typer.Option(help="A tlog-policy file, demanded beside the anchor's quorum.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(envvar="PERSEUS_REGISTER", help="The folder of your copy, if your settings name none."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring your own copy of the register up to date; all of it is checked, and it never goes back.

    Exit codes: 0 up to date, 1 refused, 2 usage, 3 a file cannot be had; after 1 and 3 the copy is as it was.
    """
    from perseus.copies import chosen  # noqa: PLC0415 - the help must not wait for it

    anchor = chosen.anchored(trust)
    demand, folder = chosen.demanded(anchor, witness_policy), chosen.folder_for(to, trust)
    opened = chosen.source_of(source, anchor, trust)
    try:
        synced = chosen.bring(opened, folder, demand, served="://" in source)
    except NotPermittedError:
        raise
    except PerseusError as error:
        raise _refused(error, as_json=as_json) from error
    _tell(synced, as_json=as_json)


def policy(
    *,
    trust: Trust = None,
    logs: Annotated[
        bool, typer.Option("--logs", help="Only the verifier keys of both logs, one a line, for a witness.")
    ] = False,
) -> None:
    """Print the trust anchor's logs, witnesses and quorum as a tlog-policy file."""
    from perseus.copies import chosen  # noqa: PLC0415 - the help must not wait for it

    anchor = chosen.anchored(trust)
    sys.stdout.write(chosen.logs_text(anchor) if logs else chosen.policy_text(anchor))


def fork_proof(
    a: Annotated[Path, typer.Argument(help="A signed checkpoint, a log's folder, or an evidence file.")],
    b: Annotated[Path | None, typer.Argument(help="The other; without it, A is a proof to check.")] = None,
    *,
    trust: Trust = None,
    register: Own = None,
) -> None:
    """Prove to anybody that the log told two histories, or check such a proof.

    Exit codes: 0 proven, 1 they prove nothing, 2 usage.
    """
    from perseus.copies import chosen, proving  # noqa: PLC0415 - the help must not wait for it

    anchor = chosen.anchored(trust)
    try:
        keys = proving.keys_of(anchor, chosen.copy_beside(register, trust))
        proof = proving.fork_of(a, b, keys)
        found = proof.verify(keys)
    except UnavailableError:
        raise
    except PerseusError as error:
        sys.stderr.write(plain(f"perseus: this proves nothing: {error}") + "\n")
        raise typer.Exit(REFUSED) from error
    roots = " and ".join(root.hex() for root in found.roots)
    sys.stderr.write(
        plain(f"{found.origin} signed two roots of its first {found.size} entries: {roots}") + "\n"
    )
    if b is not None:
        sys.stdout.write(str(proof))


def check_proof(
    file: Annotated[Path, typer.Argument(help="A .tlog-proof.")],
    *,
    entry: Annotated[Path, typer.Option(help="The entry that it is about, byte for byte.")],
    trust: Trust = None,
    register: Own = None,
    as_json: AsJson = False,
) -> None:
    """Check offline that an entry stands in the members log or the evidence log.

    Exit codes: 0 it does, 1 the proof does not show it, 2 usage.
    """
    from perseus.copies import chosen, proving  # noqa: PLC0415 - the help must not wait for it
    from registry.log.proof import InclusionProof  # noqa: PLC0415 - the help must not wait for it

    anchor, raw, text = chosen.anchored(trust), chosen.bytes_of(entry), chosen.text_of(file)
    try:
        proof = InclusionProof.parse(text)
        keys = proving.keys_of(anchor, chosen.copy_beside(register, trust))
        shown = proving.proven(proof, raw, anchor, keys)
    except PerseusError as error:
        raise _refused(error, as_json=as_json) from error
    _tell_proof(proof.index, shown, as_json=as_json)


def _refused(error: PerseusError, *, as_json: bool) -> typer.Exit:
    """Say why nothing was taken over, and choose the exit code."""
    if as_json:
        sys.stdout.write(json.dumps({"code": error.code, "detail": str(error)}, ensure_ascii=False) + "\n")
    else:
        told = "\n  ".join(filter(None, (f"perseus: {error}", pointer_to(error.code))))
        sys.stderr.write(plain(told) + "\n")
    return typer.Exit(UNDETERMINED if isinstance(error, UnavailableError) else REFUSED)


def _tell(synced: "Synced", *, as_json: bool) -> None:
    copy, register = synced.copy, synced.copy.register
    if as_json:
        _write({**_summary(copy), "new": _events(synced, since=synced.since)})
        return
    _say(f"{register.anchor.scheme}: {register.size} entries, root {register.root.hex()}")
    witnessed = copy.witnessed
    if witnessed is not None:
        _say(f"cosigned by {', '.join(witnessed.names)}, of whom {register.anchor.quorum} are demanded")
    _say(f"known to be whole {_age(copy)}")
    new = register.size - synced.since
    last = f", the last {_SHOWN} of them:" if new > _SHOWN else ""
    _say(f"{new} new {'event' if new == 1 else 'events'}{last}" if new else "no new events")
    for event in _events(synced, since=max(synced.since, register.size - _SHOWN)):
        _say(f"  {event['index']:>6}  {event['type']:<22} {event['subject']}")


def _summary(copy: "Copy") -> "dict[str, Json]":
    register, witnessed = copy.register, copy.witnessed
    return {
        "origin": register.anchor.scheme,
        "size": register.size,
        "root": register.root.hex(),
        "witnesses": [] if witnessed is None else list(witnessed.names),
        "as_of": None if copy.as_of is None else copy.as_of.isoformat().replace("+00:00", "Z"),
    }


def _events(synced: "Synced", *, since: int) -> "list[dict[str, Json]]":
    register = synced.copy.register
    ignored = {one.index: one.code for one in register.ignored}
    return [_event(synced, index, ignored) for index in range(since, register.size)]


def _event(synced: "Synced", index: int, ignored: "dict[int, str]") -> "dict[str, Json]":
    try:
        event = synced.copy.register.event(index).event
    except MalformedError:
        return {"index": index, "type": "unreadable", "subject": ignored.get(index, "")}
    kind = f"ignored ({ignored[index]})" if index in ignored else event.type
    return {"index": index, "type": kind, "subject": event.subject}


def _age(copy: "Copy") -> str:
    if copy.as_of is None:
        return "at no moment: nobody says so"
    seconds = max(0, int((now() - copy.as_of).total_seconds()))
    return f"on {copy.as_of:%Y-%m-%dT%H:%M:%SZ}, {seconds:,} s ago"


def _tell_proof(index: int, shown: "Proven", *, as_json: bool) -> None:
    checkpoint, witnessed = shown
    if as_json:
        found: dict[str, Json] = {"origin": checkpoint.origin, "index": index, "size": checkpoint.size}
        _write(found | {"witnesses": [] if witnessed is None else list(witnessed.names)})
        return
    _say(f"entry {index} of the {checkpoint.size} entries of {checkpoint.origin}")
    if witnessed is not None:
        _say(f"cosigned by {', '.join(witnessed.names)}, by {witnessed.by:%Y-%m-%dT%H:%M:%SZ}")


def _write(found: "dict[str, Json]") -> None:
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")


def _say(line: str) -> None:
    sys.stdout.write(plain(line) + "\n")
