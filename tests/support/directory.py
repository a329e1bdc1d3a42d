"""An operator's home over a simulated scheme's log, and the directory over it, asked over real HTTP.

home = OperatorHome(tmp_path, scheme)
with home.client() as client:
    client.get("/m/did:web:edp.example", headers={"Accept": "text/turtle"})
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import uvicorn
from fastapi import FastAPI
from rdflib import Graph

from perseus import clock
from perseus.apps.channel import Connection
from perseus.apps.directory import add_directory
from perseus.apps.party import open_party
from perseus.apps.service import open_service
from perseus.homes import Inhabitant, make_home
from perseus.pages.register_pages import Sheet, member_page, register_page, service_page
from perseus.storage import register
from perseus.storage.register import Seen
from perseus.storage.store import Store
from registry import bodies, proposal
from registry.projections import forms, trqp
from registry.projections.catalog import application_graph, whole_graph
from registry.projections.did_web import did_document
from registry.projections.graph import member_graph
from registry.projections.names import Names, application_path, member_path
from registry.projections.queries import apis_conforming_to, members_with_role
from registry.projections.scheme import roles, standards
from registry.projections.view import Member, View
from support.keys import signer
from support.scheme import ROLE, Party, SchemeSimulator
from trust.canonical import Json, canonicalize
from trust.did import Did
from trust.digest import Digest

HOST = "operator.example"
BASE = f"https://{HOST}"


class OperatorHome:
    """A home that holds a scheme's log; `take` brings it up to date with the simulator."""

    def __init__(self, out: Path, scheme: SchemeSimulator) -> None:
        """Make the home, and put the log into it."""
        self.path = out / "operator"
        self.scheme = scheme
        who = Inhabitant("operator", "Perseus Scheme", HOST)
        make_home(out, who, town=[who])
        (out / "trust.json").write_bytes(scheme.anchor.to_json())
        self.take()

    def take(self) -> None:
        """Append what the scheme has since decided, with the checkpoint over all of it."""
        store = Store(f"sqlite:///{self.path / 'db.sqlite'}", party="operator")
        store.upgrade()
        with store.write() as connection:
            held = register.size(connection)
            register.append(connection, self.scheme.entries[held:], at_size=held)
            note = Seen(self.scheme.register.size, self.scheme.checkpoint, clock.now())
            register.see(connection, note)
        store.close()

    def app(self) -> FastAPI:
        """Put a service together that holds the register and shows the directory."""
        service = open_service(open_party(self.path))
        add_directory(service)
        return service.app

    @contextmanager
    def client(self) -> Iterator[httpx2.Client]:
        """Serve the directory on a loopback port, and give a caller for them."""
        config = uvicorn.Config(self.app(), http=Connection, log_config=None, access_log=False)
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            try:
                with httpx2.Client(base_url=address, trust_env=False, timeout=20) as caller:
                    yield caller
            finally:
                server.should_exit = True
                thread.join()


HOSTILE = (
    "</td><script>alert(1)</script>\" ' . <x> a <y> ; ]]> --> &lt; \\ \u00e9",
    '"""@en . <https://evil.example/> <https://evil.example/p> "',
    "'; DROP TABLE members; --",
)
HOSTILE_ROLES = (
    "https://x.example/> . <evil:s> <evil:p> <evil:o> .",
    'https://[x" onload="alert(1)\\u003e',
    "https://%zz/\u2028?",
)
HOSTILE_SERVICES = {
    "../../m?x=1#y&<z>\"'": 'https://edp.example/<svg onload=alert(1)>?a&b="c"',
    "": "https://edp.example",
}


def storied() -> SchemeSimulator:
    """Give a scheme in which everything has happened: coming, going, theft, broken rules, hostile names."""
    made = SchemeSimulator(environment="demo")
    services = {"perseus": "https://edp.example"}
    made.join("did:web:operator.example", name="Perseus Scheme", roles=("scheme-operator",))
    edp = made.join(
        "did:web:edp.example", name="Meterworks", roles=("energy-data-provider",), services=services
    )
    cap = made.join("did:web:cap.example%3A8443", name="GreenLedger", roles=("carbon-accounting-provider",))
    gone = made.join("did:web:gone.example", name="Gone Ltd", roles=("auditor",), services=services)
    bad = made.join("did:web:bad.example", name="Murk Carbon", roles=("carbon-accounting-provider",))
    _agree_and_rotate(made, edp)
    made.suspend(cap, at=made.at(days=3), by="a")
    made.suspend(bad, at=made.at(days=3))
    made.reinstate(bad, at=made.at(days=4))
    made.take(
        proposal.expel(made.register, bad.did, at=made.at(days=9), reason="fraud", since=made.at(days=5))
    )
    made.take(proposal.request_exit(made.register, gone.did, at=made.at(days=6)), gone.signer, by="")
    made.take(proposal.let_go(made.register, gone.did, at=made.at(days=7)))
    made.take(
        proposal.grant_role(
            made.register, edp.did, role=ROLE + "auditor", at=made.at(days=8), until=made.at(days=60)
        )
    )
    other = bodies.Recognition("other.example/register", Digest.of(b"other"))
    made.take(proposal.propose(made.register, "scheme.recognised", None, body=other, at=made.at(days=10)))
    lone = proposal.admit(made.register, Did("did:web:lone.example"), name="Lone", at=made.at(days=11))
    made.register = made.register.extend((lone.signed(made.officers["officer-a"]).entry, b"no event"))
    _hostile(made)
    return made


def _agree_and_rotate(made: SchemeSimulator, edp: Party) -> None:
    agreement = proposal.sign_agreement(
        made.register, edp.did, version="2026-03-12", digest=Digest.of(b"x"), at=made.at(days=1)
    )
    made.take(agreement, edp.signer, by="")
    new, newer = signer("edp, second key"), signer("edp, third key")
    made.add_key(edp, new, at=made.at(days=2), old=edp.signer)
    made.take(
        proposal.retire_key(made.register, edp.did, thumbprint=edp.signer.key.thumbprint, at=made.at(days=3)),
        new,
    )
    made.add_key(edp, newer, at=made.at(days=4), old=new)
    stolen = proposal.compromise(
        made.register, edp.did, thumbprint=new.key.thumbprint, at=made.at(days=5), since=made.at(days=4)
    )
    made.take(stolen)


def _hostile(made: SchemeSimulator) -> None:
    for number, name in enumerate(HOSTILE):
        member = made.join(
            f"did:web:hostile-{number}.example", name=name, at=made.at(days=12), services=HOSTILE_SERVICES
        )
        made.take(
            proposal.grant_role(made.register, member.did, role=HOSTILE_ROLES[number], at=made.at(days=12))
        )
        agreement = proposal.sign_agreement(
            made.register,
            member.did,
            version=f"\xa0{name}",
            digest=Digest.of(b"x"),
            at=made.at(days=12),
        )
        made.take(agreement, member.signer, by="")
        made.take(proposal.suspend(made.register, member.did, at=made.at(days=13), reason=name))


WRITERS = {"ttl": forms.turtle, "jsonld": forms.json_ld, "rdf": forms.rdf_xml, "nt": forms.n_triples}


def graphs(view: View) -> Iterator[tuple[str, Graph]]:
    """Draw every graph of the directory, by the path of its page."""
    names = Names(BASE)
    yield "/register", whole_graph(view, names)
    for member in view.members():
        yield member_path(member.did), member_graph(view, member, names)
        for service in member.history.profiles[-1].services:
            yield application_path(member.did, service.name), application_graph(view, member, service, names)


def every_page(view: View) -> dict[str, bytes]:
    """Make every page of the directory in every representation, each from the log alone."""
    names = Names(BASE)
    found = {
        f"{path}.{form}": write(graph) for path, graph in graphs(view) for form, write in WRITERS.items()
    }
    found["/register.html"] = register_page(Sheet(view, "/register"))
    found["/metadata"] = canonicalize(trqp.metadata(view, base=BASE))
    for role in (*roles(), *HOSTILE_ROLES):
        found[f"/query/members-with-role?role={role}"] = canonicalize(members_with_role(view, names, role))
    urls = [standard.url for standard in standards()]
    found["/query/data-catalog/api"] = canonicalize(apis_conforming_to(view, names, urls))
    for member in view.members():
        path = member_path(member.did)
        found[f"{path}.html"] = member_page(Sheet(view, path), member)
        found[f"{path}/did.json"] = canonicalize(did_document(view, member))
        found[f"{path} may issue"] = canonicalize(_asked(view, member))
        for service in member.history.profiles[-1].services:
            page = application_path(member.did, service.name)
            found[f"{page}.html"] = service_page(Sheet(view, page), member, service)
    return found


def _asked(view: View, member: Member) -> dict[str, Json]:
    query = trqp.Query(str(member.did), view.origin, "issue", "EmissionsCredential", view.at)
    return trqp.authorization(view, query, evaluated=view.at)
