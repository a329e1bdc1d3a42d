"""Which roles officers grant: those of the scheme's catalogue, and another scheme's only where somebody says so."""

from registry.bodies import Grant
from registry.errors import EventRefusedError
from registry.events import Event
from registry.projections.scheme import roles


def require_known_role(event: Event) -> None:
    """Demand that a grant names a role of the scheme; nobody would ever look for one that is misspelt.

    Raises:
        EventRefusedError: it names another.
        MalformedError: its body is not the one of its type.
    """
    if event.type != "role.granted":
        return
    url = event.says(Grant).role
    if url not in roles():
        known = ", ".join(roles())
        raise EventRefusedError(
            f"{url[:200]!a} is no role of this scheme. Its roles are {known}. A role of a recognised scheme is "
            "granted with --other-role, or other_role in the request.",
            code="event.role",
        )
