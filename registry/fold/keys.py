"""The rules for keys: proof of possession, retirement, and compromise with its reach back (register.md, events)."""

from registry.bodies import KeyCompromise, KeyEnd, NewKey
from registry.fold.act import Act
from registry.fold.signing import PROVEN
from registry.history import LAPSE, Compromise, Key, Mark, Span
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


def added(act: Act) -> None:
    """Add a key that somebody proved to hold; an old key signs too, else more officers stand in for it."""
    demand = act.demand
    act.require_officers(demand.officers)
    stay = act.require_member()
    body = act.event.says(NewKey)
    key = read_key(body.key)
    thumbprint = key.thumbprint
    _require_unused(act, thumbprint)
    last = max(stay.start.index, act.event.prev or 0)
    if not last < body.size <= act.index or act.ground.roots.at(body.size) != body.root:
        because = f"the proof of possession names no root of this log since entry {last}"
        raise act.refuse(because, "event.possession")
    if body.until is not None and body.until <= act.effective:
        raise act.refuse("the key would expire before it may sign", "event.body")
    _require_possession(act, body, key, thumbprint)
    held, at = act.record.keys, act.mark.at
    has_old = bool(held) and any(old.usable(at) for old in held.values())
    if has_old and not act.signers.member and not (body.lost and act.full):
        raise act.refuse("an old key must sign too, or enough officers must declare it lost", "event.quorum")
    if not has_old and not act.full:
        raise act.refuse("without an old key more officers must sign", "event.quorum")
    lost = bool(body.lost) or (bool(held) and not has_old)
    ends = () if body.until is None else (Mark(body.until, act.index),)
    held[thumbprint] = Key(key, Span(act.mark, ends), lost_predecessor=lost)
    if act.record.did is not None:
        act.ground.owners[thumbprint] = act.record.did


def retired(act: Act) -> None:
    """Retire a key from a moment on; what it signed before stays good."""
    act.require_quorum()
    thumbprint = act.event.says(KeyEnd).thumbprint
    key = _key(act, thumbprint)
    if not key.span.covers(act.effective):
        raise act.refuse("the key does not sign at that moment", "event.state")
    act.record.keys[thumbprint] = key.ended(act.mark)


def compromised(act: Act) -> None:
    """Stop a key at once by one signature; let that reach back where two people say so within 72 hours."""
    if len(act.signers.officers) + act.signers.member < act.demand.officers:
        raise act.refuse("an officer or the member must sign", "event.quorum")
    body = act.event.says(KeyCompromise)
    key = _key(act, body.thumbprint)
    if body.confirms is not None:
        _confirm(act, key, body)
        return
    since = act.effective if body.since is None else body.since
    if since > act.effective:
        raise act.refuse("a compromise reaches back, not forward", "event.body")
    declared = max(act.effective, act.reach)
    full = act.mark if since == declared or _by_two(act) else None
    report = Compromise(Mark(declared, act.index), since, full)
    act.record.keys[body.thumbprint] = key.reported((*key.compromises, report))


def _confirm(act: Act, key: Key, body: KeyCompromise) -> None:
    found = next((item for item in key.compromises if item.declared.index == body.confirms), None)
    if found is None or found.full is not None or body.since not in {None, found.since}:
        raise act.refuse(f"entry {body.confirms} is no report that awaits confirmation", "event.state")
    if not _by_two(act):
        raise act.refuse("two officers, or the member and one, must confirm", "event.quorum")
    if act.effective > found.declared.at + LAPSE:
        raise act.refuse("72 hours have passed since the report", "event.state")
    changed = Compromise(found.declared, found.since, act.mark)
    reports = tuple(changed if item is found else item for item in key.compromises)
    act.record.keys[body.thumbprint] = key.reported(reports)


def _by_two(act: Act) -> bool:
    return act.full or (act.signers.member and bool(act.signers.officers))


def _require_unused(act: Act, thumbprint: str) -> None:
    if thumbprint in act.ground.owners or thumbprint in act.ground.scheme.officers:
        raise act.refuse("the key is in the register already", "event.state")


def _require_possession(act: Act, body: NewKey, key: PublicKey, thumbprint: str) -> None:
    origin, member = act.ground.scheme.origin, act.event.subject
    name = (body.signature, body.root, body.size, member, thumbprint, origin)  # all that is signed
    found = PROVEN.get(name)
    if found is key or found == key:
        return
    message = possession(origin=origin, size=body.size, root=body.root, member=member, thumbprint=thumbprint)
    try:
        key.verify(body.signature, message)
        PROVEN.put(name, key)
    except (SignatureMismatchError, MalformedError) as error:
        raise act.refuse(f"the new key did not sign: {error}", "event.possession") from error


def _key(act: Act, thumbprint: str) -> Key:
    key = act.record.keys.get(thumbprint)
    if key is None:
        raise act.refuse(f"it has no key {thumbprint}", "event.state")
    return key
