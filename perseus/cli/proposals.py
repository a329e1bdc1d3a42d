"""The commands for proposals: draft an event, sign its bytes on any machine, commit it where the log is kept."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perseus.cli.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.draft import Draft
    from registry.register import Register
    from trust.canonical import Json
    from trust.keys import Signer

OPERATOR = Path("perseus-demo/operator")
USAGE = 2
WAITING = "uEi"  # how the digest begins that names a proposal
Copy = Annotated[
    Path,
    typer.Option("--register", help="A copy of the register: a party's home, or a folder that sync keeps."),
]
Trust = Annotated[
    Path | None, typer.Option(envvar="PERSEUS_TRUST", help="The trust anchor, for a folder of files.")
]
Home = Annotated[Path, typer.Option(help="The operator's home, beside its running service.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A proposal file.")]


def propose(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="An event's type, such as member.admitted.")],
    subject: Annotated[
        str | None, typer.Argument(metavar="[SUBJECT]", help="The member's DID; none for scheme.* events.")
    ] = None,
    *,
    body: Annotated[
        str | None, typer.Option(help="The whole body as JSON, in place of the options below.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The member's name.")] = None,
    service: Annotated[
        list[str] | None, typer.Option(metavar="NAME=URL", help="A service; may be repeated.")
    ] = None,
    role: Annotated[str | None, typer.Option(help="A role: its URL, or the last word of it.")] = None,
    other_role: Annotated[
        bool, typer.Option("--other-role", help="The role is not one of this scheme's, and is meant.")
    ] = False,
    since: Annotated[str | None, typer.Option(help="Since when a fraud or a theft reaches back.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="When a certificate begins.")] = None,
    until: Annotated[
        str | None, typer.Option(help="When a role, key, agreement or certificate ends.")
    ] = None,
    confirms: Annotated[int | None, typer.Option(help="The entry that this one confirms.")] = None,
    thumbprint: Annotated[str | None, typer.Option(help="The key that ends or is in other hands.")] = None,
    new_key: Annotated[
        Path | None, typer.Option(help="The new key's file, which signs the register's root.")
    ] = None,
    lost: Annotated[bool, typer.Option("--lost", help="No old key can sign along.")] = False,
    version: Annotated[str | None, typer.Option(help="The agreement's version.")] = None,
    document: Annotated[
        Path | None, typer.Option(help="The agreement or certificate, of which the log gets the digest.")
    ] = None,
    effective: Annotated[
        str | None,
        typer.Option(
            help="From when: a moment, now, or 90m, 24h, 7d from now; an hour where nothing hurries."
        ),
    ] = None,
    case: Annotated[str, typer.Option(help="The operator's file.")] = "",
    reason: Annotated[str, typer.Option(help="Why, for the register and the member.")] = "",
    evidence: Annotated[
        list[Path] | None, typer.Option(help="A document kept outside, by its digest; may be repeated.")
    ] = None,
    register: Copy = OPERATOR,
    trust: Trust = None,
    out: Annotated[Path, typer.Option(help="Where to write the proposal.")] = Path("proposal.json"),
) -> None:
    """Draft an event, as the exact bytes to sign."""
    from perseus.clock import now  # noqa: PLC0415 - the help must not wait for any of these
    from perseus.governance import bodies, drafting, filing  # noqa: PLC0415 - likewise
    from perseus.governance.copies import register_at  # noqa: PLC0415 - likewise

    copy, at = register_at(register, trust=trust), now()
    given = bodies.Given(
        body=body,
        name=name,
        services=tuple(service or ()),
        role=role,
        since=since,
        start=start,
        until=until,
        confirms=confirms,
        thumbprint=thumbprint,
        new_key=new_key,
        lost=lost,
        version=version,
        document=document,
    )
    wish = drafting.Wish(
        type_,
        subject,
        bodies.body_of(type_, subject, given, register=copy, at=at),
        effective,
        case,
        reason,
        tuple(evidence or ()),
        other_role,
    )
    drafted = drafting.draft(copy, wish, at=at)
    filing.write_draft(out, drafted)
    _tell(copy, drafted, f"Written to {out}. To sign it:", *drafting.signing(copy, drafted.event, out))


def sign(
    file: File,
    *,
    officers: Annotated[
        Path | None, typer.Option(help="The folder with officers' keys, kept away from every service.")
    ] = None,
    only: Annotated[str | None, typer.Option("--as", help="The one officer of the folder who signs.")] = None,
    key: Annotated[Path | None, typer.Option(help="One key file, such as a member's own.")] = None,
    register: Copy = OPERATOR,
    trust: Trust = None,
    out: Annotated[Path | None, typer.Option(help="Where to write it; none: into the same file.")] = None,
) -> None:
    """Sign a proposal on this machine alone."""
    from perseus.clock import now  # noqa: PLC0415 - the help must not wait for any of these
    from perseus.governance import filing, signing  # noqa: PLC0415 - likewise
    from perseus.governance.copies import register_at  # noqa: PLC0415 - likewise

    copy, found = register_at(register, trust=trust), filing.read_draft(file)
    signers: list[Signer] = [] if key is None else [signing.key_at(key)]
    if officers is not None:
        signers += signing.officers_in(officers, copy, only=only)
    if not signers:
        sys.stderr.write("perseus: name whose signature it is: --officers FOLDER, or --key FILE\n")
        raise typer.Exit(USAGE)
    made, missing = signing.sign(found, copy, *signers, at=now())
    filing.write_draft(out or file, made)
    whole = f"Nothing is missing. To commit it: perseus registry commit {out or file}"
    _tell(copy, made, whole if missing is None else f"Not enough yet: {missing}")


def commit(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...|ID", help="A proposal file, its copies signed apart, or one that waits."
        ),
    ],
    *,
    home: Home = OPERATOR,
    wait: Annotated[
        bool, typer.Option("--wait", help="Leave it at the operator, to be signed by others.")
    ] = False,
    other_role: Annotated[
        bool,
        typer.Option("--other-role", help="With --wait: its role is not one of this scheme's, and is meant."),
    ] = False,
) -> None:
    """Let the log take in what is signed."""
    from perseus.governance import filing  # noqa: PLC0415 - the help must not wait for it

    if len(files) == 1 and not files[0].exists() and str(files[0]).startswith(WAITING):
        _write([f"register entry {filing.commit_waiting(str(files[0]), home=home)}"])
        return
    found = filing.joined(files)
    if wait:
        told = filing.leave(found, home=home, other_role=other_role)
        _write(
            [f"Proposal {told['id']} is {told['state']}.", *([str(told["lacks"])] if told["lacks"] else [])]
        )
        return
    keys = f"{len(found.signatures)} key{'' if len(found.signatures) == 1 else 's'}"
    _write([f"register entry {filing.commit(found, home=home)}, signed with {keys}"])


def proposals(
    id_: Annotated[str | None, typer.Argument(metavar="[ID]", help="One proposal; none lists them.")] = None,
    *,
    home: Home = OPERATOR,
    out: Annotated[Path | None, typer.Option(help="Where to write the proposal's file.")] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Let the operator forget this one.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what waits for signatures, or fetch one."""
    from perseus.governance import filing  # noqa: PLC0415 - the help must not wait for it

    if id_ is not None and drop:
        filing.drop(id_, home=home)
        _write([f"{id_} waits no more."])
        return
    if id_ is not None:
        path = out or Path("proposal.json")
        filing.write_draft(path, filing.fetched(id_, home=home))
        _write([f"Written to {path}."])
        return
    found = filing.proposals(home=home)
    if as_json:
        sys.stdout.write(json.dumps({"proposals": found}) + "\n")
        return
    _write(
        [line for one in found for line in _listed(one)]
        or ["No proposal waits. To make one: perseus registry propose"]
    )


def _listed(one: "dict[str, Json]") -> list[str]:
    signers = ", ".join(map(str, one["signers"])) if isinstance(one["signers"], list) else ""
    head = f"{one['state']!s:<10} {one['type']} of {one['name']} from {one['effective']}  signed by {signers}"
    became = [f"           register entry {one['entry']}"] if one["entry"] is not None else []
    lacks = [f"           {one['lacks']}"] if one["lacks"] else []
    return [head, f"           {one['id']}", *lacks, *became]


def _tell(register: "Register", draft: "Draft", *last: str) -> None:
    from perseus.governance.telling import of_draft  # noqa: PLC0415 - the help must not wait for it

    _write([*of_draft(register, draft), *last])


def _write(lines: "Iterable[str]") -> None:
    for line in lines:
        sys.stdout.write(plain(line) + "\n")
