"""The other half of the cases: agreements, certificates, roles, keys, status lists, and bytes that are no event."""

from dataclasses import replace

from registry import bodies, proposal
from registry.bodies import Demand
from registry.events import Event, SignedEvent
from registry.jws import EventSignature
from support.fold_cases import (
    AUDITOR,
    LIST,
    NEWCOMER,
    about,
    added,
    admission,
    case,
    key,
    policy,
    put,
    reshaped,
)
from support.fold_vectors import Case, draw
from support.scheme import ROLE, Party
from trust.canonical import canonicalize, parse
from trust.digest import Digest, b64url_encode
from trust.keys import Algorithm
from trust.multikey import write_multikey

TEXT = Digest.of(b"the agreement, version 2")
CAP_ROLE = ROLE + "carbon-accounting-provider"


@case("agreement.executed--until", "A member signs a version of the agreement that ends in a year.")
def agreement_executed_until(made: Case) -> None:
    cap = made.cap()
    body = bodies.Agreement("2", TEXT, made.scheme.at(days=365))
    put(made, about(made, cap, "agreement.executed", body), cap.signer, by="")


@case("agreement.executed--by-officers", "Nobody signs the agreement for a member.", "event.quorum")
def agreement_executed_by_officers(made: Case) -> None:
    put(made, about(made, made.cap(), "agreement.executed", bodies.Agreement("2", TEXT)))


@case("agreement.executed--ended", "An agreement ends after it begins.", "event.body")
def agreement_executed_ended(made: Case) -> None:
    cap = made.cap()
    body = bodies.Agreement("2", TEXT, made.scheme.at(days=1))
    put(made, about(made, cap, "agreement.executed", body), cap.signer, by="")


def certificate(made: Case, cap: Party, *, start: float, until: float) -> Event:
    """Propose to record the dates of a certificate."""
    scheme = made.scheme
    body = bodies.CertificateDates(Digest.of(b"certificate"), scheme.at(days=start), scheme.at(days=until))
    return about(made, cap, "certificate.recorded", body)


@case(
    "certificate.recorded--dates", "An officer records when a certificate ends; no standing follows from it."
)
def certificate_recorded_dates(made: Case) -> None:
    put(made, certificate(made, made.cap(), start=-30, until=6), by="a")


@case(
    "certificate.recorded--by-the-member",
    "An officer looks at the certificate before its dates are recorded.",
    "event.quorum",
)
def certificate_recorded_by_the_member(made: Case) -> None:
    cap = made.cap()
    put(made, certificate(made, cap, start=-30, until=6), cap.signer, by="")


@case("certificate.recorded--ended", "A certificate ends after it begins.", "event.body")
def certificate_recorded_ended(made: Case) -> None:
    put(made, certificate(made, made.cap(), start=6, until=6), by="a")


@case("role.granted--until", "A role is granted until a moment.")
def role_granted_until(made: Case) -> None:
    put(made, about(made, made.cap(), "role.granted", bodies.Grant(AUDITOR, made.scheme.at(days=12))))


@case("role.granted--one-officer", "A role needs two officers.", "event.quorum")
def role_granted_one_officer(made: Case) -> None:
    put(made, about(made, made.cap(), "role.granted", bodies.Grant(AUDITOR)), by="c")


@case("role.granted--held", "A role that is held is not granted again.", "event.state")
def role_granted_held(made: Case) -> None:
    put(made, about(made, made.cap(), "role.granted", bodies.Grant(CAP_ROLE)))


@case("role.granted--no-url", "A role is named by its URL.", "event.body")
def role_granted_no_url(made: Case) -> None:
    put(made, about(made, made.cap(), "role.granted", bodies.Grant("auditor")))


@case("role.granted--ended", "A role ends after it begins.", "event.body")
def role_granted_ended(made: Case) -> None:
    put(made, about(made, made.cap(), "role.granted", bodies.Grant(AUDITOR, made.scheme.at(days=1))))


@case(
    "role.granted--dated-back",
    "A role is not granted for a time that has passed when it is recorded.",
    "event.backdated",
)
def role_granted_dated_back(made: Case) -> None:
    cap, scheme = made.cap(), made.scheme
    made.recorded = [scheme.at(), scheme.at(), scheme.at(), scheme.at(), scheme.at(days=3)]
    put(made, about(made, cap, "role.granted", bodies.Grant(AUDITOR)))


@case("role.ended--from-then", "A role ends; what was signed in it before stays good.")
def role_ended_from_then(made: Case) -> None:
    put(made, about(made, made.cap(), "role.ended", bodies.RoleEnd(CAP_ROLE), day=2))


@case("role.ended--not-held", "A role that is not held does not end.", "event.state")
def role_ended_not_held(made: Case) -> None:
    put(made, about(made, made.cap(), "role.ended", bodies.RoleEnd(AUDITOR), day=2))


@case("key.added--rotated", "An old key signs for the new one; both may sign until one is retired.")
def key_added_rotated(made: Case) -> None:
    cap = made.cap()
    put(made, added(made, cap, key("new")), cap.signer, by="a")


@case("key.added--lost", "Two officers declare the old key lost.")
def key_added_lost(made: Case) -> None:
    put(made, added(made, made.cap(), key("new"), lost=True))


@case("key.added--expires", "A key expires; what it signed before stays good.", days=(1.5, 2.5, 12))
def key_added_expires(made: Case) -> None:
    cap = made.cap()
    put(made, added(made, cap, key("new"), until=made.scheme.at(days=2)), cap.signer, by="a")


@case("key.added--expired", "A key expires after it may sign.", "event.body")
def key_added_expired(made: Case) -> None:
    cap = made.cap()
    put(made, added(made, cap, key("new"), until=made.scheme.at(days=1)), cap.signer, by="a")


@case("key.added--without-the-old", "Without the old key's signature a new one is not added.", "event.quorum")
def key_added_without_the_old(made: Case) -> None:
    put(made, added(made, made.cap(), key("new")))


@case("key.added--first-by-one", "A first key needs more than one officer.", "event.quorum")
def key_added_first_by_one(made: Case) -> None:
    put(made, admission(made))
    put(made, added(made, Party(NEWCOMER, "Newcomer", key("n")), key("n")), by="a")


@case("key.added--proven-by-another", "The new key itself proves that somebody holds it.", "event.possession")
def key_added_proven_by_another(made: Case) -> None:
    cap = made.cap()
    put(made, added(made, cap, key("new"), key=key("thief").key.multikey), cap.signer, by="a")


@case(
    "key.added--old-checkpoint",
    "The proof is over a checkpoint since the member's last event.",
    "event.possession",
)
def key_added_old_checkpoint(made: Case) -> None:
    cap = made.cap()
    old = added(made, cap, key("new"))
    put(made, about(made, cap, "member.exit-requested", bodies.Nothing()), cap.signer, by="")
    put(made, replace(old, prev=made.scheme.register.last_event(str(cap.did))), cap.signer, by="a")


@case("key.added--no-root", "The proof is over a root of this log.", "event.possession")
def key_added_no_root(made: Case) -> None:
    cap = made.cap()
    put(made, added(made, cap, key("new"), root=bytes(32)), cap.signer, by="a")


@case("key.added--of-an-officer", "A key stands in the register once.", "event.state")
def key_added_of_an_officer(made: Case) -> None:
    cap = made.cap()
    put(made, added(made, cap, made.scheme.officers["officer-c"]), cap.signer, by="a")


@case("key.added--weak", "A key of small order never enters the register.", "key.weak")
def key_added_weak(made: Case) -> None:
    cap = made.cap()
    weak = write_multikey(Algorithm.ED25519, b"\x01" + bytes(31))
    put(made, added(made, cap, key("new"), key=weak), cap.signer, by="a")


def ended(made: Case, cap: Party, *, day: float) -> Event:
    """Propose to retire the member's first key."""
    return about(made, cap, "key.retired", bodies.KeyEnd(cap.signer.key.thumbprint), day=day)


@case("key.retired--by-the-member", "A key retires; what it signed before stays good.")
def key_retired_by_the_member(made: Case) -> None:
    cap = made.cap()
    put(made, ended(made, cap, day=2), cap.signer, by="a")


@case("key.retired--without-the-member", "Nobody retires a member's key without it.", "event.quorum")
def key_retired_without_the_member(made: Case) -> None:
    put(made, ended(made, made.cap(), day=2))


@case("key.retired--twice", "A key retires while it signs.", "event.state")
def key_retired_twice(made: Case) -> None:
    cap = made.cap()
    put(made, added(made, cap, key("new")), cap.signer, by="a")
    put(made, ended(made, cap, day=2), cap.signer, by="a")
    put(made, ended(made, cap, day=3), key("new"), by="a")


def stolen(
    made: Case, cap: Party, *, day: float, since: float | None = None, confirms: int | None = None
) -> Event:
    """Report that the member's first key is in other hands."""
    cut_off = None if since is None else made.scheme.at(days=since)
    body = bodies.KeyCompromise(cap.signer.key.thumbprint, cut_off, confirms)
    return about(made, cap, "key.compromised", body, day=day)


@case("key.compromised--stopped-by-one", "One officer stops a key; reaching back stays in doubt.")
def key_compromised_stopped_by_one(made: Case) -> None:
    put(made, stolen(made, made.cap(), day=10, since=2), by="a")


@case("key.compromised--by-two", "Two officers let a theft reach back: before it, only proof of time helps.")
def key_compromised_by_two(made: Case) -> None:
    put(made, stolen(made, made.cap(), day=10, since=2))


@case("key.compromised--by-member-and-one", "The member and one officer are two people.")
def key_compromised_by_member_and_one(made: Case) -> None:
    cap = made.cap()
    put(made, stolen(made, cap, day=10, since=2), cap.signer, by="a")


@case("key.compromised--confirmed", "Two officers confirm within 72 hours what one reported.")
def key_compromised_confirmed(made: Case) -> None:
    cap = made.cap()
    index = put(made, stolen(made, cap, day=10, since=2), by="a")
    put(made, stolen(made, cap, day=11, confirms=index), by="bc")


@case("key.compromised--confirmed-late", "After 72 hours a report is confirmed no more.", "event.state")
def key_compromised_confirmed_late(made: Case) -> None:
    cap = made.cap()
    index = put(made, stolen(made, cap, day=10, since=2), by="a")
    put(made, stolen(made, cap, day=13.1, confirms=index), by="bc")


@case("key.compromised--confirmed-alone", "One officer confirms nothing alone.", "event.quorum")
def key_compromised_confirmed_alone(made: Case) -> None:
    cap = made.cap()
    index = put(made, stolen(made, cap, day=10, since=2), by="a")
    put(made, stolen(made, cap, day=11, confirms=index), by="b")


@case("key.compromised--forward", "A theft reaches back, not forward.", "event.body")
def key_compromised_forward(made: Case) -> None:
    put(made, stolen(made, made.cap(), day=10, since=11))


@case("key.compromised--signs-no-more", "A stolen key signs nothing for its member.", "event.signature")
def key_compromised_signs_no_more(made: Case) -> None:
    cap = made.cap()
    put(made, stolen(made, cap, day=2), by="a")
    put(made, about(made, cap, "member.exit-requested", bodies.Nothing(), day=3), cap.signer, by="")


@case("key.compromised--unknown-key", "A key that the member never had is not reported.", "event.state")
def key_compromised_unknown_key(made: Case) -> None:
    body = bodies.KeyCompromise(key("other").key.thumbprint)
    put(made, about(made, made.cap(), "key.compromised", body))


def listed(made: Case, cap: Party, interval: int, *, url: str = LIST, content: bytes = b"list") -> Event:
    """Propose the digest of a status list."""
    return about(made, cap, "status.published", bodies.StatusPublication(url, interval, Digest.of(content)))


@case("status.published--in-order", "A member publishes the digest of a list, interval by interval.")
def status_published_in_order(made: Case) -> None:
    cap = made.cap()
    for interval in (1, 2):
        put(made, listed(made, cap, interval), cap.signer, by="")


@case(
    "status.published--two-for-one-interval",
    "A second list for one interval has no effect, and shows.",
    "event.state",
)
def status_published_two_for_one_interval(made: Case) -> None:
    cap = made.cap()
    for content in (b"list", b"another list"):
        put(made, listed(made, cap, 1, content=content), cap.signer, by="")


@case("status.published--by-officers", "Nobody publishes a list in a member's name.", "event.quorum")
def status_published_by_officers(made: Case) -> None:
    put(made, listed(made, made.cap(), 1))


@case("status.published--no-url", "A list is named by its https URL.", "event.body")
def status_published_no_url(made: Case) -> None:
    cap = made.cap()
    put(made, listed(made, cap, 1, url="http://cap.example/status/1"), cap.signer, by="")


# --- what no version knows, and bytes that are no event ---


@case("unknown--about-a-member", "An event of an unknown type leaves its subject undetermined.")
def unknown_about_a_member(made: Case) -> None:
    put(made, about(made, made.cap(), "member.merged", bodies.Nothing(), day=2), by="a")


@case("unknown--about-the-scheme", "An unknown event about the scheme leaves everybody undetermined.")
def unknown_about_the_scheme(made: Case) -> None:
    made.cap()
    put(made, about(made, None, "scheme.merged", bodies.Nothing(), day=2), by="a")


@case("unknown--by-nobody", "An unknown event that nobody known signed is ignored.", "event.quorum")
def unknown_by_nobody(made: Case) -> None:
    put(made, about(made, made.cap(), "member.merged", bodies.Nothing(), day=2), draw("stranger"), by="")


def raw(made: Case, entry: bytes) -> None:
    """Put bytes into the log that may be no event."""
    made.cap()
    made.scheme.register = made.scheme.register.extend((entry,))


def sound(made: Case) -> SignedEvent:
    """Give an admission that would count."""
    return admission(made).signed(*list(made.scheme.officers.values())[:2])


@case("bytes--noise", "Bytes that are no JSON are no event.", "format.unparseable")
def bytes_noise(made: Case) -> None:
    raw(made, b"noise")


@case("bytes--no-utf-8", "An entry is UTF-8.", "format.encoding")
def bytes_no_utf_8(made: Case) -> None:
    raw(made, b'{"payload":"\xff"}')


@case("bytes--not-canonical", "An entry stands in its RFC 8785 bytes.", "format.not_canonical")
def bytes_not_canonical(made: Case) -> None:
    raw(made, b" " + sound(made).entry)


@case("bytes--name-twice", "No name stands twice in an object.", "format.duplicate_key")
def bytes_name_twice(made: Case) -> None:
    raw(made, b'{"payload":"","payload":"","signatures":[]}')


@case("bytes--member-more", "An entry has no member beside its payload and its signatures.", "format.schema")
def bytes_member_more(made: Case) -> None:
    raw(made, reshaped(sound(made).entry, note="x"))


@case(
    "bytes--signatures-out-of-order",
    "The signatures stand in the order of their key ids.",
    "format.not_canonical",
)
def bytes_signatures_out_of_order(made: Case) -> None:
    entry = parse(sound(made).entry, where="entry")
    assert isinstance(entry, dict)
    signatures = entry["signatures"]
    assert isinstance(signatures, list)
    raw(made, reshaped(sound(made).entry, signatures=signatures[::-1]))


@case("bytes--one-key-twice", "One key signs once.", "event.quorum")
def bytes_one_key_twice(made: Case) -> None:
    entry = parse(sound(made).entry, where="entry")
    assert isinstance(entry, dict)
    signatures = entry["signatures"]
    assert isinstance(signatures, list)
    raw(made, reshaped(sound(made).entry, signatures=signatures[:1] * 2))


@case(
    "bytes--other-header", "A signature's header is alg, kid and typ, of the two algorithms.", "jose.header"
)
def bytes_other_header(made: Case) -> None:
    signed = sound(made)
    kid = signed.signatures[0].kid
    protected = b64url_encode(canonicalize({"alg": "none", "kid": kid, "typ": "perseus-event+json"}))
    raw(made, reshaped(signed.entry, signatures=[{"protected": protected, "signature": "A" * 86}]))


@case("bytes--short-signature", "A signature has 64 bytes.", "jose.encoding")
def bytes_short_signature(made: Case) -> None:
    signed = sound(made)
    short = [{"protected": one.protected, "signature": "AAAA"} for one in signed.signatures]
    raw(made, reshaped(signed.entry, signatures=short))


@case("bytes--absurd-time", "A year lies between 2000 and 8999.", "time.malformed")
def bytes_absurd_time(made: Case) -> None:
    payload = parse(admission(made).payload, where="event")
    assert isinstance(payload, dict)
    encoded = b64url_encode(canonicalize({**payload, "effective": "9999-12-31T23:59:59Z"}))
    signatures = [EventSignature.make(encoded, signer=one).write() for one in made.scheme.officers.values()]
    raw(made, canonicalize({"payload": encoded, "signatures": signatures[:1]}))


@case("bytes--too-large", "An entry has at most 65,535 bytes.", "format.too_large")
def bytes_too_large(made: Case) -> None:
    raw(made, canonicalize({"payload": "A" * 65_536, "signatures": []}))


@case(
    "quorum--larger-full-number",
    "A policy may ask for more officers where one alone may not decide.",
    "event.quorum",
)
def quorum_larger_full_number(made: Case) -> None:
    cap = made.cap()
    rest = tuple(item for item in proposal.QUORUM if item.type != "key.compromised")
    put(made, policy(made, quorum=(*rest, Demand("key.compromised", 2, full=3))))
    put(made, stolen(made, cap, day=4, since=2), by="a")
