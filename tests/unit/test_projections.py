"""The register as others ask for it: the same in every representation, and true at every size and moment."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pyoxigraph as ox
import pytest
from rdflib import Graph

from registry import bodies
from registry.errors import BeyondError
from registry.events import Event
from registry.fold.rules import KNOWN
from registry.history import Service
from registry.log.proof import InclusionProof
from registry.log.quorum import WitnessPolicy
from registry.projections import trqp
from registry.projections.did_web import did_document
from registry.projections.names import Names
from registry.projections.queries import members_with_role
from registry.projections.state import State, footing_of
from registry.projections.timeline import SENTENCES, timeline, told
from registry.projections.view import Member, View
from registry.proposal import propose
from support.directory import BASE, WRITERS, every_page, graphs, storied
from support.keys import signer
from support.scheme import ORIGIN, ROLE, START, SchemeSimulator, named
from trust.did import Did
from trust.digest import Digest
from trust.errors import MalformedError

FORMATS = {
    "ttl": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
    "nt": ox.RdfFormat.N_TRIPLES,
}
EDP, CAP = Did("did:web:edp.example"), Did("did:web:cap.example%3A8443")
GONE, BAD = Did("did:web:gone.example"), Did("did:web:bad.example")
SCHEME = storied()
MURK = {"entity": str(BAD), "resource": "EmissionsCredential"}


def view(*, days: float = 30, size: int | None = None) -> View:
    return View.of(SCHEME.register, size=size, at=SCHEME.at(days=days))


def member(did: Did, *, days: float = 30) -> Member:
    found = view(days=days).member(did)
    assert found is not None
    return found


def parsed(raw: bytes, form: str) -> set[str]:
    """Read a page by an implementation that did not write it."""
    return {str(quad.triple) for quad in ox.parse(raw, format=FORMATS[form], lenient=True)}


@pytest.mark.parametrize("form", ["ttl", "jsonld", "rdf"])
def test_every_representation_says_the_same_and_hostile_names_break_none(form: str) -> None:
    pages = dict(graphs(view()))
    assert len(pages) > 15
    for path, graph in pages.items():
        wanted = parsed(WRITERS["nt"](graph), "nt")
        assert len(wanted) == len(graph), path
        assert parsed(WRITERS[form](graph), form) == wanted, path
        assert not any("evil.example/p>" in triple.partition('"')[0] for triple in wanted)


def test_rdflib_reads_back_what_it_drew() -> None:
    for _, graph in graphs(view()):
        for form, name in (("ttl", "turtle"), ("rdf", "xml")):
            read = Graph().parse(data=WRITERS[form](graph), format=name)
            assert len(read) == len(graph)


def test_nothing_is_a_blank_node() -> None:
    assert not any(
        "_:" in triple.partition('"')[0]
        for triple in parsed(WRITERS["nt"](dict(graphs(view()))["/register"]), "nt")
    )


@pytest.mark.parametrize(
    ("did", "days", "state", "since", "until"),
    [
        (EDP, 30, State.MEMBER, 0, None),
        (CAP, 3, State.SUSPENDED, 3, 6),
        (CAP, 6, State.MEMBER, 0, None),
        (GONE, 6.9, State.MEMBER, 0, 7),
        (GONE, 7, State.LEFT, 7, None),
        (BAD, 3.5, State.SUSPENDED, 3, 4),
        (BAD, 8, State.MEMBER, 0, 9),
        (BAD, 9, State.EXPELLED, 9, None),
    ],
)
def test_a_member_is_shown_with_its_state_and_dates(
    did: Did, days: float, state: State, since: int, until: int | None
) -> None:
    footing = member(did, days=days).footing
    assert (footing.state, footing.since) == (state, SCHEME.at(days=since))
    assert footing.until == (None if until is None else SCHEME.at(days=until))


def test_a_member_whose_admission_begins_later_is_not_one_yet() -> None:
    scheme = SchemeSimulator()
    party = scheme.join(str(EDP), name="Meterworks", at=scheme.at(days=5))
    history = scheme.register.history(party.did)
    assert footing_of(history, START).state is State.ADMITTED
    assert footing_of(history, scheme.at(days=5)).state is State.MEMBER


def test_a_view_stands_still_between_two_changes() -> None:
    assert view(days=20).at == view(days=30).at == SCHEME.at(days=13)
    assert view(days=61).at == SCHEME.at(days=60)
    assert every_page(view(days=20)) == every_page(view(days=30))


def test_a_size_alone_is_judged_when_its_newest_entry_counts() -> None:
    first = View.of(SCHEME.register, size=4)
    assert (first.size, first.at, first.root) == (4, START, SCHEME.register.root_at(4))
    assert [one.name for one in first.members()] == ["Perseus Scheme"]


@pytest.mark.parametrize("size", [0, -1, 10_000])
def test_a_size_beyond_the_log_is_refused(size: int) -> None:
    with pytest.raises(
        BeyondError, match=f"its first {size} were asked for. Ask for 1 to {SCHEME.register.size}"
    ):
        View.of(SCHEME.register, size=size)


def test_a_time_before_the_log_is_refused() -> None:
    with pytest.raises(BeyondError, match=r"began on 2026-01-01T00:00Z, and 2025-12-31T00:00Z was asked for"):
        View.known_at(SCHEME.register, datetime(2025, 12, 31, tzinfo=UTC))


def test_what_was_known_at_a_time_leaves_out_what_came_later() -> None:
    then = View.known_at(SCHEME.register, SCHEME.at(days=6.5))
    assert then.size < SCHEME.register.size
    gone = then.member(GONE)
    assert gone is not None
    assert (gone.footing.state, gone.footing.until) == (State.MEMBER, None)


def test_retired_keys_stay_in_the_document_and_leave_its_assertion_methods() -> None:
    keys = member(EDP).history.keys
    document: Any = did_document(view(), member(EDP))
    by_id = {method["id"]: method for method in document["verificationMethod"]}
    first, second, third = (f"{EDP}#{key.key.thumbprint}" for key in keys)
    assert document["assertionMethod"] == document["authentication"] == [third, f"{third}-jwk"]
    assert by_id[first]["expires"] == "2026-01-04T00:00:00Z"
    assert by_id[second]["revoked"] == "2026-01-05T00:00:00Z"
    assert not {"revoked", "expires"} & by_id[third].keys()
    assert by_id[third]["publicKeyMultibase"] == keys[2].key.multikey
    assert by_id[f"{third}-jwk"]["publicKeyJwk"] == keys[2].key.jwk()


def test_before_a_key_was_retired_it_was_an_assertion_method() -> None:
    first = f"{EDP}#{member(EDP).history.keys[0].key.thumbprint}"
    document: Any = did_document(view(days=1), member(EDP, days=1))
    assert first in document["assertionMethod"]


@pytest.mark.parametrize("did", [GONE, BAD])
def test_whoever_has_left_has_keys_and_no_assertion_method(did: Did) -> None:
    document: Any = did_document(view(), member(did))
    assert (len(document["verificationMethod"]), document["assertionMethod"]) == (2, [])


def test_holders_of_a_role_that_are_suspended_stand_apart() -> None:
    role = ROLE + "carbon-accounting-provider"
    now: Any = members_with_role(view(days=3.5), Names(BASE), role)
    assert ([one["did"] for one in now["members"]], len(now["suspended"])) == ([], 2)
    later: Any = members_with_role(view(), Names(BASE), role)
    assert [one["did"] for one in later["members"]] == [str(CAP)]


def test_a_role_is_found_by_the_address_that_ib1_publishes() -> None:
    published = "https://registry.core.trust.ib1.org/scheme/perseus/role/energy-data-provider"
    found: Any = members_with_role(view(), Names(BASE), published)
    assert [one["did"] for one in found["members"]] == [str(EDP)]


def test_the_timeline_tells_every_event_and_who_signed_it() -> None:
    found = timeline(view(), member(BAD).history.events)
    assert [one.told for one in found][-3:] == [
        "Suspended.",
        "Reinstated: every open suspension was lifted.",
        "Expelled, for a fraud that began on 2026-01-06T00:00Z.",
    ]
    assert (found[-1].reason, found[-1].by) == ("fraud", ("officer-a", "officer-b"))
    own = timeline(view(), member(EDP).history.events)
    assert own[3].told == "It signed version 2026-03-12 of the scheme's agreement."
    assert own[3].by == ("the member",)


def test_an_event_of_a_type_that_is_not_known_is_named_by_it() -> None:
    scheme = SchemeSimulator()
    party = scheme.join(str(EDP), name="Meterworks")
    scheme.put(propose(scheme.register, "member.unheard-of", party.did, body=bodies.Nothing(), at=START))
    found = timeline(View.of(scheme.register), scheme.register.history(party.did).events)
    assert found[-1].told == "An event of the type member.unheard-of."


SERVICES = (Service("perseus", "https://x.example"),)


@pytest.mark.parametrize(
    ("kind", "body", "sentence"),
    [
        ("member.updated", bodies.Update("New Name"), "It is now called New Name."),
        ("member.updated", bodies.Update(None, ()), "Its services are now: none."),
        (
            "member.updated",
            bodies.Update("N", SERVICES),
            "It is now called N. Its services are now: perseus at https://x.example.",
        ),
        ("member.updated", bodies.Update(), "Nothing about it was changed."),
        ("member.suspended", bodies.SuspensionOrder(7), "The suspension of entry 7 was confirmed."),
        ("member.expelled", bodies.Expulsion(), "Expelled."),
        (
            "role.granted",
            bodies.Grant(ROLE + "auditor", START),
            "Granted the role auditor, until 2026-01-01T00:00Z.",
        ),
        ("role.ended", bodies.RoleEnd(ROLE + "auditor"), "The role auditor ended."),
        ("key.retired", bodies.KeyEnd("0123456789abcdef"), "The key 0123456789... was retired."),
        (
            "key.compromised",
            bodies.KeyCompromise("0123456789abcdef", confirms=3),
            "The report of entry 3 about the key 0123456789... was confirmed.",
        ),
        (
            "status.published",
            bodies.StatusPublication("https://x.example/status/1", 9, Digest.of(b"x")),
            "It published the status list https://x.example/status/1 for the interval 9.",
        ),
        (
            "scheme.recognised",
            bodies.Recognition("y.example", Digest.of(b"y")),
            "The scheme y.example was recognised.",
        ),
        ("role.granted", bodies.Nothing(), "An event of the type role.granted."),
    ],
)
def test_every_event_has_a_sentence(kind: str, body: object, sentence: str) -> None:
    event = Event(kind, ORIGIN, str(EDP), START, None, 0, "", "", bodies.write(body))
    assert told(event) == sentence


def test_every_type_of_event_that_the_fold_knows_has_words_of_its_own() -> None:
    assert frozenset(SENTENCES) == KNOWN


def test_officers_that_were_replaced_are_still_named_under_what_they_signed() -> None:
    scheme = SchemeSimulator()
    body = bodies.NewOfficers(named(scheme.next_officers), Digest.of(b"the set after"))
    event = propose(scheme.register, "scheme.officers", None, body=body, at=START)
    scheme.take(event, *scheme.next_officers.values())
    scheme.officers = {
        f"officer-{letter}": key for letter, key in zip("abc", scheme.next_officers.values(), strict=True)
    }
    scheme.join(str(EDP), name="Meterworks")
    seen = View.of(scheme.register)
    assert timeline(seen, (1, 2))[1].by == ("officer-a", "officer-b")
    assert timeline(seen, (1,))[0].told == "The officers were replaced by those committed to before."


def asked(kind: str, seen: View, changes: dict[str, Any] | None = None) -> dict[str, Any]:
    given = {"entity": str(EDP), "authority": ORIGIN, "action": "issue", "resource": "ConsumptionCredential"}
    query = trqp.Query(**{**given, **(changes or {})})
    decide = trqp.authorization if kind == "authorization" else trqp.recognition
    return decide(seen, query, evaluated=SCHEME.at(days=30), note=SCHEME.checkpoint)


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({}, "authorized"),
        ({"action": "hold", "resource": ROLE + "energy-data-provider"}, "authorized"),
        ({"resource": "ReceiptCredential"}, "authorized"),
        ({"resource": "EmissionsCredential"}, "not_authorized"),
        ({"resource": "ConsentCredential"}, "not_authorized"),
        ({"action": "dance"}, "not_authorized"),
        ({"entity": str(GONE), "resource": "ReceiptCredential"}, "not_authorized"),
        ({"entity": str(GONE), "resource": "ReceiptCredential", "time": SCHEME.at(days=2)}, "authorized"),
        ({"entity": str(BAD), "resource": "EmissionsCredential", "time": SCHEME.at(days=1)}, "unknown"),
        ({"entity": "did:web:stranger.example"}, "not_authorized"),
        ({"entity": "nobody"}, "not_authorized"),
        ({"authority": "another.example"}, "unknown"),
    ],
)
def test_an_authorization_is_yes_no_or_unknown_and_fits_the_protocol(
    changes: dict[str, Any], decision: str, shared: Path
) -> None:
    found = asked("authorization", view(), changes)
    assert (found["decision"], found["authorized"]) == (decision, decision == "authorized")
    assert found["message"]
    require_shape("authorization", found, shared)


@pytest.mark.parametrize(
    ("entity", "days", "decision"),
    [
        ("other.example/register", 30, "recognized"),
        ("other.example/register", 9, "not_recognized"),
        ("third.example/register", 30, "not_recognized"),
    ],
)
def test_another_scheme_is_recognised_from_the_moment_that_the_officers_said_so(
    entity: str, days: int, decision: str, shared: Path
) -> None:
    found = asked(
        "recognition", view(), {"entity": entity, "time": SCHEME.at(days=days), "context": {"locator": "x"}}
    )
    assert (found["decision"], found["recognized"]) == (decision, decision == "recognized")
    require_shape("recognition", found, shared)


def require_shape(kind: str, found: dict[str, Any], shared: Path) -> None:
    """Hold an answer against the schema that the protocol publishes."""
    schema = json.loads((shared / "vectors" / "trqp" / f"trqp_{kind}_response.schema.json").read_text())
    jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(found)


def test_the_proofs_of_an_answer_hold_under_the_logs_own_key() -> None:
    found = asked("authorization", view(), MURK)
    assert found["events"]
    key = SCHEME.register.scheme.log_key(SCHEME.register.size)
    for index, text in zip(found["events"], found["proofs"], strict=True):
        proof = InclusionProof.parse(text)
        leaf = SCHEME.register.event(index).leaf
        assert proof.index == index
        assert proof.verify(leaf, key=key, policy=WitnessPolicy()).checkpoint.size == SCHEME.register.size
        with pytest.raises(MalformedError):
            proof.verify(signer("another leaf").key.point[:32], key=key, policy=WitnessPolicy())


def test_an_answer_as_of_a_size_does_not_know_what_came_later() -> None:
    size = SCHEME.register.history(BAD).events[-1]
    before = asked("authorization", view(size=size), MURK)
    after = asked("authorization", view(size=size + 1), MURK)
    assert (before["decision"], after["decision"]) == ("authorized", "not_authorized")
    assert (before["register"]["size"], after["register"]["size"]) == (size, size + 1)
