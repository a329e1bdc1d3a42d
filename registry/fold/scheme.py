"""The rules for the scheme itself: genesis, policy, officers, log key, recognition (register.md, events)."""

from dataclasses import replace

from registry.bodies import Genesis, NewLogKey, NewOfficers, Policy, Recognition
from registry.errors import EventRefusedError
from registry.events import Event
from registry.fold.act import Act, Signers
from registry.scheme import LogKey, Scheme, officer_keys, officers_digest, read_log_key

_LONGEST = 366 * 86_400


def genesis(event: Event, signers: Signers) -> Scheme:
    """Found the scheme: every officer signs, which proves that each holds a key.

    Raises:
        EventRefusedError: the event is no genesis, or an officer did not sign.
    """
    if event.type != "scheme.genesis" or event.subject != event.scheme or event.prev is not None:
        raise EventRefusedError("the first entry is no genesis of this scheme", code="event.state")
    body = event.says(Genesis)
    scheme = Scheme(
        origin=event.scheme,
        environment=body.environment,
        policy=_checked(body.policy, people=len(body.officers)),
        policy_index=0,
        officers=officer_keys(body.officers),
        log_keys=(LogKey(0, read_log_key(body.log_key)),),
    )
    if event.policy != 0 or not event.scheme or not body.environment:
        raise EventRefusedError("a genesis names its origin, its environment and policy 0", code="event.body")
    if missing := scheme.people - signers.incoming:
        names = ", ".join(sorted(missing))
        raise EventRefusedError(f"the genesis is not signed by {names}", code="event.quorum")
    return scheme


def policy(act: Act) -> Scheme:
    """Change the rules by the quorum of the old ones; the commitment to the next officers stays."""
    act.require_quorum()
    body = _checked(act.event.says(Policy), people=len(act.scheme.people))
    if body.next_officers != act.scheme.policy.next_officers:
        raise act.refuse("a policy cannot replace the commitment to the next officers", "event.precommitment")
    return replace(act.scheme, policy=body, policy_index=act.index)


def officers(act: Act) -> Scheme:
    """Replace the officers by the set that was committed to before; every new one signs."""
    act.require_quorum()
    body = act.event.says(NewOfficers)
    keys = officer_keys(body.officers)
    if officers_digest(body.officers) != act.scheme.policy.next_officers:
        raise act.refuse("these are not the officers that the policy committed to", "event.precommitment")
    if missing := {item.pseudonym for item in keys.values()} - act.signers.incoming:
        raise act.refuse(f"the new officers {', '.join(sorted(missing))} did not sign", "event.quorum")
    if taken := keys.keys() & act.ground.owners.keys():
        raise act.refuse(f"the keys {', '.join(sorted(taken))} belong to members", "event.state")
    committed = replace(act.scheme.policy, next_officers=body.next_officers)
    _checked(committed, people=len(body.officers))
    return replace(act.scheme, officers=keys, policy=committed, policy_index=act.index)


def log_key(act: Act) -> Scheme:
    """Let another key sign the checkpoints of all later sizes."""
    act.require_quorum()
    key = read_log_key(act.event.says(NewLogKey).log_key)
    if any(item.key == key for item in act.scheme.log_keys):
        raise act.refuse("the log has had this key already", "event.state")
    return replace(act.scheme, log_keys=(*act.scheme.log_keys, LogKey(act.index, key)))


def recognised(act: Act) -> Scheme:
    """Recognise another scheme."""
    act.require_quorum()
    other = act.event.says(Recognition).scheme
    if not other or other == act.scheme.origin or other in act.scheme.recognised:
        raise act.refuse("it names no further scheme", "event.body")
    return replace(act.scheme, recognised=(*act.scheme.recognised, other))


def _checked(found: Policy, *, people: int) -> Policy:
    types = [demand.type for demand in found.quorum]
    if len(set(types)) != len(types):
        raise EventRefusedError("the policy names a type of event twice", code="event.body")
    for demand in found.quorum:
        full = demand.officers if demand.full is None else demand.full
        alone = demand.member and demand.type.startswith("scheme.")  # the scheme has no key of its own
        if demand.officers < 0 or full < demand.officers or alone or not (demand.officers or demand.member):
            raise EventRefusedError(f"the policy lets nobody sign {demand.type}", code="event.body")
        if full > people:
            because = f"the policy wants {full} officers for {demand.type}, and there are {people}"
            raise EventRefusedError(because, code="event.body")
    times = (found.skew, found.heartbeat, found.staleness)
    if not all(0 < seconds <= _LONGEST for seconds in times):
        raise EventRefusedError("the policy names a time beyond a second to a year", code="event.body")
    return found
