"""Officers govern a running scheme: signatures made apart, and doors that refuse what verifiers would ignore."""

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from perseus import clock, serve
from perseus.cli import main
from perseus.demo.parties import NEXT_OFFICERS, OFFICERS
from perseus.keystore import KeyStore
from perseus.officers import register_of
from registry import bodies, proposal
from registry.draft import Draft
from registry.events import Event, SignedEvent
from registry.receipt import EventReceipt
from registry.register import Register
from registry.scheme import officers_digest
from support.keys import signer
from support.scheme import ROLE
from support.town import DID, Town
from trust.canonical import parse
from trust.claims.halfhour import stamp
from trust.did import Did
from trust.digest import b64url_encode
from trust.keys import Signer

WRONG, NOT_PROVEN = 2, 1
EDP = Did.parse(DID["edp"])
TYPO = f"{ROLE}carbon-acounting-provider"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Run the operator alone."""
    found = Town(tmp_path_factory.mktemp("town"), months=())
    found.processes = serve.Town(found.out, parties=("operator",))
    try:
        found.start()
        yield found
    finally:
        found.stop()


def perseus(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command as the program does, in this process, which costs no start."""
    command, said, amiss = [str(one) for one in arguments], io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(amiss), pytest.raises(SystemExit) as ended:
        main(command)
    code = ended.value.code
    assert isinstance(code, int)
    return subprocess.CompletedProcess(command, code, said.getvalue(), amiss.getvalue())


def registry(town: Town, command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command of `perseus registry` on the operator's own copy."""
    place = "--home" if command in {"commit", "proposals", "receipt"} else "--register"
    return perseus("registry", command, *arguments, place, town.out / "operator")


def done(ran: subprocess.CompletedProcess[str]) -> str:
    """Demand that a command did what it was told, and give what it said."""
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def officer(town: Town, name: str) -> Signer:
    return KeyStore.at(town.out / "officers").open(name)


def both(town: Town) -> tuple[Signer, Signer]:
    return officer(town, "officer-ash"), officer(town, "officer-birch")


def copy(town: Town) -> Register:
    return register_of(town.out / "operator")


def drafted(town: Town, event: Event, *signers: Signer) -> Draft:
    return Draft.of(event, register=copy(town)).signed(*signers)


def suspension(town: Town, member: Did = EDP) -> Event:
    return proposal.suspend(copy(town), member, at=clock.now(), reason="overdue audit")


def post(town: Town, path: str, body: object) -> httpx2.Response:
    address = (town.out / "operator" / "address").read_text()
    with httpx2.Client(trust_env=False, timeout=30) as client:
        return client.post(address + path, json=body)


def offered(town: Town, draft: Draft) -> httpx2.Response:
    return post(town, "/v1/proposals", {"proposal": json.loads(draft.to_json())})


def waiting_at(town: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(town.owner("operator").fetch("GET", "/v1/proposals"))[
        "proposals"
    ]
    return found


def test_two_officers_admit_a_member_on_two_machines(town: Town, tmp_path: Path) -> None:
    file, other, officers = tmp_path / "p.json", tmp_path / "q.json", town.out / "officers"
    did = "did:web:newcomer.example"
    before = copy(town).size
    said = done(
        registry(
            town, "propose", "member.admitted", did, "--name", "Newcomer", "--case", "2026-31", "--out", file
        )
    )
    assert "signed by  nobody yet" in said
    # Each signs the file as it was written; their copies are brought together only when it is committed.
    for name, out in (("officer-ash", other), ("officer-birch", file)):
        ran = registry(town, "sign", file, "--officers", officers, "--as", name, "--out", out)
        assert "2 officers must sign, and 1 did" in done(ran)
    alone = registry(town, "commit", file)
    assert (alone.returncode, "perseus explain event.quorum" in alone.stderr) == (WRONG, True)
    assert copy(town).size == before
    assert done(registry(town, "commit", file, other)) == f"register entry {before}, signed with 2 keys\n"
    shown = done(registry(town, "show", str(before)))
    assert f"member.admitted of {did}" in shown
    assert "officer-ash, officer-birch" in shown
    assert "NO EFFECT" not in shown


def test_the_program_itself_signs_and_commits(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    event = proposal.admit(copy(town), Did.parse("did:web:real.example"), name="R", at=clock.now())
    file.write_bytes(drafted(town, event).to_json())
    home = town.out / "operator"
    for words in (
        ("sign", file, "--officers", town.out / "officers", "--register", home),
        ("commit", file, "--home", home),
    ):
        command = [sys.executable, "-m", "perseus", "registry", *map(str, words)]
        ran = subprocess.run(command, capture_output=True, check=False, timeout=60, text=True)
        assert (ran.returncode, ran.stderr) == (0, "")
    assert copy(town).event(copy(town).size - 1).event == event


def test_an_officer_far_away_signs_with_a_copy_of_the_log_alone(town: Town, tmp_path: Path) -> None:
    file, own, trust = tmp_path / "p.json", tmp_path / "copy", town.out / "trust.json"
    event = proposal.admit(copy(town), Did.parse("did:web:far.example"), name="F", at=clock.now())
    file.write_bytes(drafted(town, event).to_json())
    done(perseus("registry", "sync", "--trust", trust, "--from", town.out / "registry" / "log", "--to", own))
    where = ("--register", own, "--trust", trust, "--officers", town.out / "officers", "--as", "officer-elm")
    assert "2 officers must sign, and 1 did" in done(perseus("registry", "sign", file, *where))
    unanchored = perseus("registry", "sign", file, *where[:2], *where[4:])
    assert (unanchored.returncode, "register.no_anchor" in unanchored.stderr) == (WRONG, True)
    assert "far.example" not in {str(member.did) for member in copy(town).members}


def test_a_proposal_waits_at_the_operator_until_the_quorum_has_signed(town: Town) -> None:
    ash, birch = both(town)
    register = copy(town)
    event = proposal.admit(register, Did.parse("did:web:waiting.example"), name="W", at=clock.now())
    draft = drafted(town, event, ash)
    answered = offered(town, draft)
    assert (answered.status_code, answered.json()["state"], answered.json()["code"]) == (
        201,
        "waiting",
        "event.quorum",
    )
    listed = waiting_at(town)
    assert [one["signers"] for one in listed if one["id"] == draft.id] == [["officer-ash"]]
    signature = draft.signed(birch).signatures
    added = [one.write() for one in signature if one.kid == birch.key.thumbprint]
    told = post(town, f"/v1/proposals/{draft.id}/signatures", {"signatures": added}).json()
    assert (told["state"], told["lacks"]) == ("ready", None)
    assert sorted(told["signers"]) == ["officer-ash", "officer-birch"]
    assert done(registry(town, "commit", draft.id)) == f"register entry {register.size}\n"
    again = registry(town, "commit", draft.id)
    assert again.returncode == WRONG
    assert f"entry {register.size} of the register already" in again.stderr


def test_the_same_person_signs_once_however_often(town: Town, tmp_path: Path) -> None:
    file, officers = tmp_path / "p.json", town.out / "officers"
    done(registry(town, "propose", "role.ended", DID["edp"], "--role", "energy-data-provider", "--out", file))
    for _ in range(2):
        said = done(registry(town, "sign", file, "--officers", officers, "--as", "officer-ash"))
        assert "2 officers must sign, and 1 did" in said
    assert len(Draft.from_json(file.read_bytes().strip()).signatures) == 1


def test_a_proposal_whose_place_was_taken_is_stale_and_says_what_to_do(town: Town) -> None:
    ash, birch = both(town)
    first, second = (
        drafted(town, replace(suspension(town, Did.parse(DID["grid"])), case=case), ash) for case in "ab"
    )
    assert [offered(town, one).status_code for one in (first, second)] == [201, 201]
    entry = parse(first.signed(birch).entry.entry, where="entry")
    assert post(town, "/v1/events", {"entry": entry}).status_code == 201
    states = {one["id"]: one for one in waiting_at(town)}
    assert (states[first.id]["state"], states[second.id]["state"]) == ("committed", "stale")
    assert states[second.id]["code"] == "event.prev"
    assert "waits no more" in done(registry(town, "proposals", second.id, "--drop"))
    assert second.id not in {one["id"] for one in waiting_at(town)}
    kept = registry(town, "proposals", first.id, "--drop")
    assert (kept.returncode, "of the register already" in kept.stderr) == (WRONG, True)
    late = offered(town, second.signed(birch))
    assert (late.status_code, late.json()["code"]) == (409, "event.prev")
    assert "Propose it anew" in late.json()["detail"]


def forged(event: Event, signers: tuple[Signer, ...]) -> SignedEvent:
    other = replace(event, reason="bribed").signed(*signers)
    return SignedEvent(event, b64url_encode(event.payload), other.signatures)


REFUSED: dict[str, tuple[Callable[[Event], Event], int, str]] = {
    "another scheme": (lambda event: replace(event, scheme="other.example"), 400, "event.scheme"),
    "an unknown policy": (lambda event: replace(event, policy=3), 409, "event.policy"),
    "out of order": (lambda event: replace(event, prev=1), 409, "event.prev"),
    "dated back": (
        lambda event: replace(event, effective=event.effective - timedelta(minutes=2)),
        409,
        "event.backdated",
    ),
    "an unknown type": (lambda event: replace(event, type="member.merged"), 400, "event.type"),
    "another version": (lambda event: replace(event, v=2), 400, "event.type"),
    "a body of another type": (lambda event: replace(event, body={"role": "x"}), 400, "event.body"),
    "a stranger": (
        lambda event: replace(event, subject="did:web:nobody.example", prev=None),
        400,
        "event.state",
    ),
    "no DID": (lambda event: replace(event, subject="Meterworks", prev=None), 400, "format.unparseable"),
}


@pytest.mark.parametrize("how", sorted(REFUSED))
def test_what_verifiers_would_ignore_is_refused_at_both_doors_at_once(town: Town, how: str) -> None:
    change, status, code = REFUSED[how]
    event, before = change(suspension(town)), copy(town)
    draft = drafted(town, event, *both(town))
    whole = post(town, "/v1/events", {"entry": parse(draft.entry.entry, where="entry")})
    waiting = offered(town, drafted(town, event, both(town)[0]))
    for answered in (whole, waiting):
        assert (answered.status_code, answered.json()["code"]) == (status, code)
        assert answered.headers["content-type"] == "application/problem+json"
    assert ("Propose it anew" in whole.json()["detail"]) == (status == 409)
    assert copy(town).entries == before.entries
    assert draft.id not in {one["id"] for one in waiting_at(town)}


@pytest.mark.parametrize("how", ["unknown", "forged", "nobody"])
def test_signatures_that_do_not_count_are_refused(town: Town, how: str) -> None:
    event, stranger = suspension(town), signer("a stranger")
    signed = {
        "unknown": event.signed(*both(town), stranger),
        "nobody": event.signed(stranger),
        "forged": forged(event, both(town)),
    }[how]
    answered = post(town, "/v1/events", {"entry": parse(signed.entry, where="entry")})
    assert (answered.status_code, answered.json()["code"]) == (400, "event.signature")
    draft = Draft.of(event, register=copy(town)).with_signatures(signed.signatures)
    assert offered(town, draft).json()["code"] == "event.signature"


def test_a_role_that_the_scheme_does_not_have_is_refused_at_both_doors_unless_it_is_meant(
    town: Town, tmp_path: Path
) -> None:
    file, officers = tmp_path / "role.json", town.out / "officers"
    wish = ("propose", "role.granted", str(EDP), "--role", TYPO, "--effective", "10m", "--out", file)
    refused = registry(town, *wish)
    assert refused.returncode == WRONG
    assert "is no role of this scheme" in refused.stderr
    assert f"{ROLE}carbon-accounting-provider" in refused.stderr
    assert not file.exists()

    done(registry(town, *wish, "--other-role"))
    done(registry(town, "sign", file, "--officers", officers, "--as", "officer-ash"))
    unasked = registry(town, "commit", file, "--wait")
    assert unasked.returncode == WRONG
    assert "is no role of this scheme" in unasked.stderr
    answered = offered(town, Draft.from_json(file.read_bytes().strip()))
    assert (answered.status_code, answered.json()["code"]) == (400, "event.role")
    assert "is waiting" in done(registry(town, "commit", file, "--wait", "--other-role"))
    drop = next(one["id"] for one in waiting_at(town) if one["type"] == "role.granted")
    done(registry(town, "proposals", drop, "--drop"))


def test_a_year_that_somebody_mistyped_is_refused_before_anybody_signs(town: Town, tmp_path: Path) -> None:
    refused = registry(
        town,
        *("propose", "member.admitted", "did:web:typo.example", "--name", "Typo"),
        *("--effective", "2500-01-01T00:00:00Z", "--out", tmp_path / "typo.json"),
    )
    assert refused.returncode == WRONG
    assert "is dated 2500-01-01T00:00Z, more than 400 days ahead" in refused.stderr
    event = proposal.admit(
        copy(town), Did("did:web:typo.example"), name="Typo", at=clock.now() + timedelta(days=401)
    )
    answered = offered(town, drafted(town, event, *both(town)))
    assert (answered.status_code, answered.json()["code"]) == (400, "event.ahead")


def test_a_proposal_without_a_signature_is_not_kept(town: Town) -> None:
    answered = offered(town, drafted(town, suspension(town)))
    assert (answered.status_code, answered.json()["code"]) == (400, "event.quorum")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("member.merged", DID["edp"]), "event.type"),
        (("role.granted", DID["edp"], "--name", "X"), "event.body"),
        (("role.granted", DID["edp"], "--role", "energy-data-provider"), "event.state"),
        (("role.granted", DID["edp"], "--role", "wizard"), "format.unparseable"),
        (("member.exited", DID["edp"]), "event.state"),
        (("member.expelled", DID["edp"], "--effective", "2026-01-01T00:00:00Z"), "event.backdated"),
        (("member.admitted", "Newcomer", "--name", "N"), "format.unparseable"),
        (("scheme.policy", "--body", "{"), "format.unparseable"),
        (("role.granted", DID["edp"], "--role", "auditor", "--until", "soon"), "time.malformed"),
    ],
)
def test_a_draft_that_no_signature_could_mend_is_never_written(
    town: Town, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    out = tmp_path / "p.json"
    ran = registry(town, "propose", *arguments, "--out", out)
    assert (ran.returncode, out.exists()) == (WRONG, False)
    assert f"perseus explain {code}" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_officer_signs_nothing_that_the_own_copy_does_not_continue(town: Town, tmp_path: Path) -> None:
    file, officers = tmp_path / "p.json", town.out / "officers"
    draft = drafted(town, suspension(town))
    for changes, said in (
        ({"size": draft.size + 5}, "entries, as the proposal has"),
        ({"root": bytes(32)}, "found another"),
    ):
        file.write_bytes(replace(draft, **changes).to_json())
        ran = registry(town, "sign", file, "--officers", officers)
        assert (ran.returncode, said in ran.stderr) == (WRONG, True)
    file.write_bytes(draft.to_json())
    stranger = KeyStore.founded(tmp_path / "stranger").create("x")
    assert stranger.key.thumbprint not in copy(town).scheme.officers
    ran = registry(town, "sign", file, "--key", tmp_path / "stranger" / "keys" / "x.pem")
    assert (ran.returncode, "perseus explain event.signature" in ran.stderr) == (WRONG, True)
    assert Draft.from_json(file.read_bytes()).signatures == ()


def test_a_passphrase_that_others_can_read_opens_nothing(town: Town, tmp_path: Path) -> None:
    KeyStore.founded(tmp_path / "loose").create("x")
    (tmp_path / "loose" / "keys" / "passphrase").chmod(0o644)
    file = tmp_path / "p.json"
    file.write_bytes(drafted(town, suspension(town)).to_json())
    ran = registry(town, "sign", file, "--key", tmp_path / "loose" / "keys" / "x.pem")
    assert (ran.returncode, "perseus explain key.exposed" in ran.stderr) == (WRONG, True)


def test_a_member_keeps_a_receipt_that_the_trust_anchor_alone_proves(town: Town, tmp_path: Path) -> None:
    file, trust = tmp_path / "receipt.json", town.out / "trust.json"
    done(registry(town, "receipt", "2", "--out", file))
    said = done(perseus("registry", "check-receipt", file, "--trust", trust))
    assert said.startswith(f"Entry 2 of {copy(town).size}: key.added of ")
    checked = perseus(
        "registry", "check-receipt", file, "--trust", trust, "--register", town.out / "operator"
    )
    assert "it has effect" in done(checked)
    receipt = EventReceipt.from_json(file.read_bytes().strip())
    other = EventReceipt(copy(town).event(3), receipt.proof)
    file.write_bytes(other.to_json())
    ran = perseus("registry", "check-receipt", file, "--trust", trust)
    assert (ran.returncode, "proves nothing" in ran.stderr) == (NOT_PROVEN, True)


def test_there_is_no_receipt_for_what_is_not_in_the_log(town: Town) -> None:
    for index in (copy(town).size, -1):
        address = (town.out / "operator" / "address").read_text()
        answered = httpx2.get(f"{address}/v1/receipts/{index}", trust_env=False)
        assert (answered.status_code, answered.json()["code"]) == (404, "http.not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/proposals"),
        ("GET", "/v1/proposals/x"),
        ("POST", "/v1/proposals/x/commit"),
        ("POST", "/v1/proposals/x/drop"),
        ("GET", "/v1/impact?event=member.suspended&subject=did:web:x.example"),
        ("GET", "/v1/endings"),
    ],
)
def test_what_is_being_decided_is_for_the_operators_people_alone(town: Town, method: str, path: str) -> None:
    address = (town.out / "operator" / "address").read_text()
    answered = httpx2.request(method, address + path, trust_env=False)
    assert (answered.status_code, answered.json()["code"]) == (401, "http.unauthenticated")


def test_what_ends_soon_is_listed(town: Town, tmp_path: Path) -> None:
    paper, file, officers = tmp_path / "certificate.pem", tmp_path / "p.json", town.out / "officers"
    paper.write_bytes(b"certificate")
    dates = ("--from", "2026-01-01T00:00:00Z", "--until", "20d", "--document", paper)
    done(
        registry(
            town, "propose", "certificate.recorded", DID["bank"], *dates, "--effective", "now", "--out", file
        )
    )
    done(registry(town, "sign", file, "--officers", officers, "--as", "officer-ash"))
    done(registry(town, "commit", file))
    until = clock.now() + timedelta(days=20)
    listed = done(perseus("member", "endings", "--home", town.out / "operator"))
    assert f"{stamp(until)[:10]}" in listed
    assert "certificate of Northern Bank" in listed
    assert "Nothing ends" in done(
        perseus("member", "endings", "--days", "10", "--home", town.out / "operator")
    )


def test_a_lost_key_is_replaced_by_two_officers(town: Town, tmp_path: Path) -> None:
    file, officers, new = tmp_path / "p.json", town.out / "officers", tmp_path / "new"
    drawn = done(perseus("registry", "draw-key", "signing-2", "--home", new))
    thumbprint = drawn.rsplit(maxsplit=1)[1]
    where = ("--new-key", new / "keys" / "signing-2.pem", "--lost", "--effective", "now")
    done(registry(town, "propose", "key.added", DID["bank"], *where, "--out", file))
    assert "must sign" in done(registry(town, "sign", file, "--officers", officers, "--as", "officer-ash"))
    done(registry(town, "sign", file, "--officers", officers, "--as", "officer-birch"))
    done(registry(town, "commit", file))
    bank = copy(town).member(Did.parse(DID["bank"]))
    assert bank is not None
    assert [key.thumbprint for key in bank.keys][-1] == thumbprint


def test_the_announced_officers_take_over_and_two_keys_of_one_are_one_person(
    town: Town, tmp_path: Path
) -> None:
    """The last test of this file: the officers before sign nothing any more."""
    officers, file = town.out / "officers", tmp_path / "p.json"
    keys = KeyStore.at(officers)
    second = keys.create("elm-second")
    elm, fir = keys.create("elm"), keys.create("fir")
    following = [
        bodies.Officer("elm", (elm.key.multikey, second.key.multikey)),
        bodies.Officer("fir", (fir.key.multikey,)),
    ]
    hand_over(town, file, list(NEXT_OFFICERS), list(OFFICERS[:2]), following)
    hand_over(town, file, following, list(NEXT_OFFICERS[:2]), following)
    event = suspension(town)
    reinstated = proposal.reinstate(copy(town), Did.parse(DID["grid"]), at=clock.now(), reason="audited")
    twice = drafted(town, reinstated, elm, second)
    answered = offered(town, twice)
    assert (answered.json()["state"], answered.json()["signers"]) == ("waiting", ["elm"])
    assert "2 officers must sign, and 1 did" in answered.json()["lacks"]
    entry = parse(twice.signed(fir).entry.entry, where="entry")
    assert post(town, "/v1/events", {"entry": entry}).status_code == 201
    old = post(town, "/v1/events", {"entry": parse(event.signed(*both(town)).entry, where="entry")})
    assert old.json()["code"] == "event.signature"


def hand_over(
    town: Town,
    file: Path,
    to: list[str] | list[bodies.Officer],
    by: list[str],
    following: list[bodies.Officer],
) -> None:
    """Let the announced set take over at the command line, and announce the next."""
    officers = town.out / "officers"
    if isinstance(to[0], str):
        named = json.loads(done(perseus("registry", "officer-set", *map(str, to), "--officers", officers)))[
            "officers"
        ]
    else:
        named = [dict(bodies.write(one)) for one in to]
    digest = officers_digest(following).multibase
    body = json.dumps({"officers": named, "nextOfficers": digest})
    done(registry(town, "propose", "scheme.officers", "--body", body, "--effective", "now", "--out", file))
    incoming = [str(one) if isinstance(one, str) else one.pseudonym for one in to]
    for name in (*by, *incoming):
        done(registry(town, "sign", file, "--officers", officers, "--as", name))
    done(registry(town, "commit", file))
    shown = done(registry(town, "show", str(copy(town).size - 1)))
    assert f"signed by  {', '.join(sorted({*by, *incoming}))}" in shown


@pytest.mark.parametrize(
    ("kind", "options", "signed"),
    [
        ("agreement.executed", ("--version", "2", "--document", __file__), "--key FILE"),
        ("role.granted", ("--role", "auditor"), "--officers FOLDER"),
    ],
)
def test_a_proposal_names_the_command_of_those_who_must_sign_it(
    town: Town, tmp_path: Path, kind: str, options: tuple[str, ...], signed: str
) -> None:
    out = tmp_path / "proposal.json"
    told = done(registry(town, "propose", kind, DID["bank"], *options, "--out", out))
    assert f"registry sign {out} {signed}" in told
    assert told.count("registry sign") == 1


def test_a_key_beside_an_old_one_is_signed_by_the_member_and_an_officer(town: Town, tmp_path: Path) -> None:
    done(perseus("registry", "draw-key", "signing-9", "--home", town.out / "bank"))
    new, out = town.out / "bank" / "keys" / "signing-9.pem", tmp_path / "key.json"
    told = done(registry(town, "propose", "key.added", DID["bank"], "--new-key", new, "--out", out))
    assert f"registry sign {out} --officers FOLDER" in told
    assert f"registry sign {out} --key FILE" in told
    lost = done(registry(town, "propose", "key.added", DID["bank"], "--new-key", new, "--lost", "--out", out))
    assert "--key FILE" not in lost
