"""The rules for keys: proof of possession, retirement, and compromise with its reach back (register.md, events)."""

from dataclasses import replace

from registry.bodies import KeyCompromise, KeyEnd, NewKey, read
from registry.fold.act import Act
from registry.fold.signing import VERIFIED
from registry.history import LAPSE, Compromise, History, Key, Mark, Span
from registry.scheme import read_key
from trust.canonical import canonicalize
from trust.digest import b64url_encode
from trust.errors import MalformedError, SignatureMismatchError
from trust.keys import PublicKey


def possession(*, origin: str, size: int, root: bytes, member: str, thumbprint: str) -> bytes:
    """Give the bytes that a new key signs to show that the member holds it, bound to a checkpoint of the log."""
    return canonicalize(
        {
            "type": "perseus-key-possession",
            "origin": origin,
            "size": size,
            "root": b64url_encode(root),
            "member": member,
            "thumbprint": thumbprint,
        }
    )


def added(act: Act) -> History:
    """Add a key that somebody proved to hold; an old key signs too, else more officers stand in for it."""
    act.require_officers(act.demand.officers)
    stay = act.require_member()
    body = read(NewKey, act.event.body)
    key = read_key(body.key)
    _require_unused(act, key)
    last = max(stay.start.index, act.event.prev or 0)
    if not last < body.size <= act.index or act.tree.root_at(body.size) != body.root:
        because = f"the proof of possession names no root of this log since entry {last}"
        raise act.refuse(because, "event.possession")
    if body.until is not None and body.until <= act.effective:
        raise act.refuse("the key would expire before it may sign", "event.body")
    _require_possession(act, body, key)
    has_old = any(old.usable(act.effective) for old in act.history.keys)
    if has_old and not act.signers.member and not (body.lost and act.full):
        raise act.refuse("an old key must sign too, or enough officers must declare it lost", "event.quorum")
    if not has_old and not act.full:
        raise act.refuse("without an old key more officers must sign", "event.quorum")
    lost = bool(body.lost) or (bool(act.history.keys) and not has_old)
    ends = () if body.until is None else (Mark(body.until, act.index),)
    new = Key(key, Span(act.mark, ends), lost_predecessor=lost)
    return replace(act.history, keys=(*act.history.keys, new))


def retired(act: Act) -> History:
    """Retire a key from a moment on; what it signed before stays good."""
    act.require_quorum()
    key = _key(act, read(KeyEnd, act.event.body).thumbprint)
    if not key.span.covers(act.effective):
        raise act.refuse("the key does not sign at that moment", "event.state")
    return _with(act.history, key, replace(key, span=key.span.ended(act.mark)))


def compromised(act: Act) -> History:
    """Stop a key at once by one signature; let that reach back where two people say so within 72 hours."""
    if len(act.signers.officers) + act.signers.member < act.demand.officers:
        raise act.refuse("an officer or the member must sign", "event.quorum")
    body = read(KeyCompromise, act.event.body)
    key = _key(act, body.thumbprint)
    if body.confirms is not None:
        return _confirmed(act, key, body)
    since = act.effective if body.since is None else body.since
    if since > act.effective:
        raise act.refuse("a compromise reaches back, not forward", "event.body")
    declared = max(act.effective, act.reach)
    full = act.mark if since == declared or _by_two(act) else None
    report = Compromise(Mark(declared, act.index), since, full)
    return _with(act.history, key, replace(key, compromises=(*key.compromises, report)))


def _confirmed(act: Act, key: Key, body: KeyCompromise) -> History:
    found = next((item for item in key.compromises if item.declared.index == body.confirms), None)
    if found is None or found.full is not None or body.since not in {None, found.since}:
        raise act.refuse(f"entry {body.confirms} is no report that awaits confirmation", "event.state")
    if not _by_two(act):
        raise act.refuse("two officers, or the member and one, must confirm", "event.quorum")
    if act.effective > found.declared.at + LAPSE:
        raise act.refuse("72 hours have passed since the report", "event.state")
    changed = replace(found, full=act.mark)
    reports = tuple(changed if item is found else item for item in key.compromises)
    return _with(act.history, key, replace(key, compromises=reports))


def _by_two(act: Act) -> bool:
    return act.full or (act.signers.member and bool(act.signers.officers))


def _require_unused(act: Act, key: PublicKey) -> None:
    if key.thumbprint in act.owners or key.thumbprint in act.scheme.officers:
        raise act.refuse("the key is in the register already", "event.state")


def _require_possession(act: Act, body: NewKey, key: PublicKey) -> None:
    message = possession(
        origin=act.scheme.origin,
        size=body.size,
        root=body.root,
        member=act.event.subject,
        thumbprint=key.thumbprint,
    )
    name = (body.signature + message, key.thumbprint)
    if VERIFIED.get(name) == key:
        return
    try:
        key.verify(body.signature, message)
        VERIFIED.put(name, key)
    except (SignatureMismatchError, MalformedError) as error:
        raise act.refuse(f"the new key did not sign: {error}", "event.possession") from error


def _key(act: Act, thumbprint: str) -> Key:
    key = act.history.key(thumbprint)
    if key is None:
        raise act.refuse(f"it has no key {thumbprint}", "event.state")
    return key


def _with(history: History, old: Key, new: Key) -> History:
    return replace(history, keys=tuple(new if key is old else key for key in history.keys))
