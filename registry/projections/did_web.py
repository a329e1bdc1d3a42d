"""A member's DID document as the register tells it (did:web method specification, DID Core 1.0)."""

from datetime import datetime

from registry.history import Key
from registry.projections.names import iri
from registry.projections.view import Member, View
from trust.canonical import Json
from trust.did_document import Endpoint, Method, write_document


def did_document(view: View, member: Member) -> dict[str, Json]:
    """Write the document of a member: every key it ever had, and as assertion methods those that sign at this moment.

    Nothing that an organisation signs after it has left counts, so none of its keys is an assertion method then. A
    suspended member keeps its own: a suspension ends, and the register says what was signed inside it.
    """
    stays = member.footing.stays
    methods = [_method(key, view.at, stays=stays) for key in member.history.keys]
    services = member.history.profiles[-1].services
    endpoints = [Endpoint(one.name, str(iri(one.url))) for one in services] if stays else []
    return write_document(member.did, methods=methods, endpoints=endpoints)


def _method(key: Key, at: datetime, *, stays: bool) -> Method:
    end = key.span.end
    revoked = min((report.since for report in key.compromises), default=None)
    expires = end.at if end is not None else None
    return Method(key.key, signs=stays and key.usable(at), expires=expires, revoked=revoked)
